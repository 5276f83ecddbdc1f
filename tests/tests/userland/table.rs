//! A table: a text file of cases, each a command line and what is expected of it. It owns the format:
//!
//! ```text
//! # What the table is about.
//! === tools awk=gawk/5.2 sed/4.9
//! === fixture
//! printf 'a b\n' > f
//! === case fields are split at blanks
//! awk '{ print $2 }' f
//! === out
//! b
//! === case a missing file is an error
//! awk 1 nowhere
//! === err
//! awk: warning: command line argument ...
//! === status 2
//! ```
//!
//! A tool is `NAME`, `NAME/VERSION` or `NAME=REAL/VERSION`: the machine's REAL, of whose `--version` VERSION is a part,
//! is called NAME in the cases; REAL may be a path. The fixture is run in front of each case, by the same shell, in an empty folder. A
//! block `=== in` is standard input. A line `=== differs WHY` says that GNU's answer is meant to be another one. A text
//! that does not end with a newline has the mark `=== cut` behind it.

use std::fs;
use std::path::{Path, PathBuf};

use wasmsand_tests::Ran;

/// A program of the machine.
pub(crate) struct Tool {
    /// What the cases call it.
    pub(crate) name: String,
    pub(crate) real: String,
    /// A part of what it says of itself.
    pub(crate) version: String,
    pub(crate) version_option: String,
}

/// A command line and what is expected of it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) command: String,
    pub(crate) input: String,
    pub(crate) expected: Ran,
    why: Option<String>,
    pub(crate) differs: bool,
}

/// A file of cases.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    head: String,
    tools_line: String,
    pub(crate) tools: Vec<Tool>,
    pub(crate) fixture: String,
    pub(crate) cases: Vec<Case>,
}

/// Where the lines of a block go.
#[derive(Clone, Copy)]
enum Block {
    Head,
    Fixture,
    Command,
    Input,
    Out,
    Err,
}

const MARK: &str = "=== ";

impl Table {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Table {
        let mut table = Table {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            path: path.to_owned(),
            head: String::new(),
            tools_line: String::new(),
            tools: Vec::new(),
            fixture: String::new(),
            cases: Vec::new(),
        };
        let mut block = Block::Head;
        let text = fs::read_to_string(path).unwrap();
        for (index, line) in text.split_inclusive('\n').enumerate() {
            match line.strip_prefix(MARK) {
                None => table.block(block).push_str(line),
                Some(mark) => {
                    let (word, rest) = mark.trim_end().split_once(' ').unwrap_or((mark.trim_end(), ""));
                    block = table
                        .mark(word, rest, block)
                        .unwrap_or_else(|| panic!("{}:{}: no such mark: {word}", path.display(), index + 1));
                }
            }
        }
        table
    }

    /// Takes a marked line; answers the block that follows.
    fn mark(&mut self, word: &str, rest: &str, before: Block) -> Option<Block> {
        let last = self.cases.last_mut();
        Some(match word {
            "tools" => {
                self.tools_line = rest.to_owned();
                self.tools = rest.split_whitespace().map(Tool::read).collect();
                before
            }
            "fixture" => Block::Fixture,
            "case" => {
                self.cases.push(Case {
                    name: rest.to_owned(),
                    command: String::new(),
                    input: String::new(),
                    expected: Ran { status: 0, out: String::new(), err: String::new() },
                    why: None,
                    differs: false,
                });
                Block::Command
            }
            "in" => Block::Input,
            "out" => Block::Out,
            "err" => Block::Err,
            "cut" => {
                let text = self.block(before);
                text.truncate(text.trim_end_matches('\n').len());
                before
            }
            "status" => {
                last?.expected.status = rest.parse().ok()?;
                before
            }
            "differs" => {
                let case = last?;
                (case.differs, case.why) = (true, Some(rest.to_owned()));
                before
            }
            _ => return None,
        })
    }

    fn block(&mut self, block: Block) -> &mut String {
        let case = match block {
            Block::Head => return &mut self.head,
            Block::Fixture => return &mut self.fixture,
            Block::Command | Block::Input | Block::Out | Block::Err => self.cases.last_mut().unwrap(),
        };
        match block {
            Block::Input => &mut case.input,
            Block::Out => &mut case.expected.out,
            Block::Err => &mut case.expected.err,
            Block::Head | Block::Fixture | Block::Command => &mut case.command,
        }
    }

    /// The file's text.
    pub(crate) fn text(&self) -> String {
        let mut text = self.head.clone();
        if !self.tools_line.is_empty() {
            text.push_str(&format!("{MARK}tools {}\n", self.tools_line));
        }
        text.push_str(&written("fixture", &self.fixture));
        for case in &self.cases {
            text.push_str(&format!("{MARK}case {}\n{}", case.name, case.command));
            if let Some(why) = &case.why {
                text.push_str(&format!("{MARK}differs {why}\n"));
            }
            text.push_str(&written("in", &case.input));
            text.push_str(&written("out", &case.expected.out));
            text.push_str(&written("err", &case.expected.err));
            if case.expected.status != 0 {
                text.push_str(&format!("{MARK}status {}\n", case.expected.status));
            }
        }
        text
    }

    /// Writes the file.
    pub(crate) fn write(&self) {
        fs::write(&self.path, self.text()).unwrap();
    }
}

/// A block, nothing where it is empty.
fn written(word: &str, block: &str) -> String {
    assert!(
        !block.lines().any(|line| line.starts_with(MARK)),
        "a text has a line that begins as a mark does"
    );
    match block {
        "" => String::new(),
        whole if whole.ends_with('\n') => format!("{MARK}{word}\n{whole}"),
        cut => format!("{MARK}{word}\n{cut}\n{MARK}cut\n"),
    }
}

impl Tool {
    fn read(word: &str) -> Tool {
        let (tool, version) = word.rsplit_once('/').unwrap_or((word, ""));
        let (name, real) = tool.split_once('=').unwrap_or((tool, tool));
        let version_option = match real {
            "unzip" | "zip" => "-v",
            _ => "--version",
        };
        Tool {
            name: name.to_owned(),
            real: real.to_owned(),
            version: version.to_owned(),
            version_option: version_option.to_owned(),
        }
    }
}
