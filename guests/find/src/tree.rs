//! tree: shows directories as trees, as text or as JSON.

mod colour;
mod node;
mod options;
mod show;

use std::collections::HashSet;
use std::io::Write;

use cli::stdio::note;
use cli::wording::reason;
use rustix::io::Errno;

use crate::accounts::Accounts;
use crate::system;
use node::{Node, Reader};
use options::{Options, Stop};
use show::{Shown, Style};

/// A directory could not be opened.
const UNREADABLE: i32 = 2;

/// What is said of it.
const UNOPENED: &str = "error opening dir";

/// What is written is kept up to this much.
const BUFFER_BYTES: usize = 64 * 1024;

/// Where the tree is written.
struct Output {
    file: Option<std::fs::File>,
    kept: Vec<u8>,
    failed: Option<Errno>,
}

impl Output {
    fn write(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
        if self.kept.len() >= BUFFER_BYTES {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let written = match &mut self.file {
            Some(file) => file.write_all(&self.kept).map_err(|error| system::errno(&error)),
            None => cli::stdio::print(&self.kept),
        };
        self.failed = self.failed.or(written.err());
        self.kept.clear();
    }
}

/// Runs tree; its exit status.
pub fn main(argv: Vec<Vec<u8>>) -> i32 {
    let options = match Options::read(argv) {
        Ok(options) => options,
        Err(Stop::Complaint(what)) => {
            note(&what);
            return 1;
        }
        Err(Stop::Text(text)) => return i32::from(cli::stdio::print(text.as_bytes()).is_err()),
    };
    let file = match options.file.as_deref().map(|path| std::fs::File::create(system::os(path))) {
        None => None,
        Some(Ok(file)) => Some(file),
        Some(Err(_)) => {
            let path = String::from_utf8_lossy(options.file.as_deref().unwrap_or_default()).into_owned();
            note(&format!("tree: invalid filename '{path}'"));
            return 1;
        }
    };
    let mut tree = Tree {
        reader: Reader { options: &options },
        style: Style::new(&options, file.is_none()),
        output: Output { file, kept: Vec::new(), failed: None },
        accounts: Accounts::default(),
        seen: HashSet::new(),
        directories: 0,
        files: 0,
        used: 0,
        status: 0,
        options: &options,
    };
    tree.all();
    tree.output.flush();
    match tree.output.failed {
        None => tree.status,
        Some(errno) => {
            note(&format!("tree: write error: {}", reason(errno)));
            1
        }
    }
}

/// A directory whose entries are being shown.
struct Level {
    nodes: std::vec::IntoIter<Node>,
    path_len: usize,
    /// Whether more siblings of the directory follow.
    has_more: bool,
}

struct Tree<'o> {
    options: &'o Options,
    reader: Reader<'o>,
    style: Style<'o>,
    output: Output,
    accounts: Accounts,
    /// The directories that were shown: a link to one of them is not followed.
    seen: HashSet<(u64, u64)>,
    directories: u64,
    files: u64,
    /// The sizes of what was shown.
    used: u64,
    status: i32,
}

impl Tree<'_> {
    fn all(&mut self) {
        let json = self.options.json;
        let newline: &[u8] = if json && self.options.no_indent { b"" } else { b"\n" };
        if json {
            self.output.write(b"[");
        }
        let starts = self.options.starts.clone();
        for (index, start) in starts.iter().enumerate() {
            if json {
                self.output.write(if index > 0 { b"," } else { b"" });
                self.output.write(newline);
            }
            self.start(start);
        }
        let (directories, files) = (self.directories, self.files);
        if json {
            self.output.write(newline);
            if !self.options.no_report {
                self.output.write(b",");
                self.output.write(newline);
                self.output.write(if self.options.no_indent { b"" } else { b"  " });
                let used = if self.options.sums { format!(",\"size\":{}", self.used) } else { String::new() };
                let files =
                    if self.options.directories_only { String::new() } else { format!(",\"files\":{files}") };
                let report = format!("{{\"type\":\"report\"{used},\"directories\":{directories}{files}}}");
                self.output.write(report.as_bytes());
            }
            self.output.write(newline);
            self.output.write(b"]\n");
        } else if !self.options.no_report {
            let used = self.style.used(self.used);
            let one = |count: u64, one: &str, many: &str| {
                format!("{count} {}", if count == 1 { one } else { many })
            };
            let mut report = format!("\n{used}{}", one(directories, "directory", "directories"));
            if !self.options.directories_only {
                report += &format!(", {}", one(files, "file", "files"));
            }
            self.output.write(format!("{report}\n").as_bytes());
        }
    }

    /// Shows a starting point and everything below it.
    fn start(&mut self, start: &[u8]) {
        let mut path = start.to_vec();
        if self.options.full_paths {
            while path.len() > 1 && path.ends_with(b"/") {
                path.pop();
            }
        }
        let Ok(mut node) = Node::look(&path, path.clone(), true) else {
            self.status = UNREADABLE;
            let name = self.style.name(&path);
            if self.options.json {
                let name = show::json_text(&path);
                let error = format!(",\"contents\":[{{\"error\": \"{UNOPENED}\"}}]}}");
                let line = [b"  {\"type\":\"directory\",\"name\":".as_slice(), &name, error.as_bytes()];
                return self.output.write(&line.concat());
            }
            return self.output.write(&[name.as_slice(), format!("  [{UNOPENED}]\n").as_bytes()].concat());
        };
        if !node.is_directory() {
            self.files += 1;
        }
        let device = node.stat.dev;
        let mut names = if node.is_directory() {
            self.children(&mut node, &path, 0, false)
        } else {
            Err(UNOPENED.to_owned())
        };
        if self.options.sums {
            node.add_up(names.as_deref().unwrap_or_default());
        }
        // An empty starting point does not count.
        if node.is_directory() && !matches!(&names, Ok(nodes) if nodes.is_empty()) {
            self.directories += 1;
        }
        if node.is_directory() && matches!(&names, Err(problem) if problem == UNOPENED) {
            // The tree of a single directory that cannot be read is a file to tree.
            self.directories -= 1;
            self.files += 1;
        }
        self.line(&node, &path, &[], false, true, names.as_ref());
        let Ok(nodes) = &mut names else { return };
        let nodes = std::mem::take(nodes);
        if nodes.is_empty() {
            return;
        }
        let mut levels = vec![Level { nodes: nodes.into_iter(), path_len: path.len(), has_more: false }];
        while let Some(level) = levels.last_mut() {
            path.truncate(level.path_len);
            let Some(mut node) = level.nodes.next() else {
                levels.pop();
                self.close(levels.len(), levels.last().is_some_and(|level| level.nodes.len() > 0));
                continue;
            };
            let has_more = level.nodes.len() > 0;
            if !path.ends_with(b"/") {
                path.push(b'/');
            }
            path.extend_from_slice(&node.name);
            self.count(&node);
            let bars: Vec<bool> = levels.iter().skip(1).map(|level| level.has_more).collect();
            let depth = levels.len();
            let goes_in = self.goes_in(&node, depth, device);
            let mut names = match goes_in {
                Ok(true) => {
                    let all = node.matched;
                    self.children(&mut node, &path, depth, all)
                }
                Ok(false) => Ok(Vec::new()),
                Err(problem) => Err(problem),
            };
            if matches!(&names, Err(problem) if problem == UNOPENED) {
                self.status = UNREADABLE;
            }
            self.used += node.shown_size();
            self.line(&node, &path, &bars, has_more, false, names.as_ref());
            match &mut names {
                Ok(nodes) if !nodes.is_empty() => {
                    let nodes = std::mem::take(nodes).into_iter();
                    levels.push(Level { nodes, path_len: path.len(), has_more });
                }
                _ => self.separate(has_more),
            }
        }
    }

    /// Whether what is in an entry is shown; an error says why not.
    fn goes_in(&mut self, node: &Node, depth: usize, device: u64) -> Result<bool, String> {
        if node.leads_to_directory() && self.options.follow {
            let is_known = node.target_stat.is_some_and(|stat| self.seen.contains(&stat.identity()));
            return if is_known {
                Err("recursive, not followed".to_owned())
            } else {
                Ok(self.is_within(depth))
            };
        }
        let on_device = !self.options.one_device || node.stat.dev == device;
        Ok(node.is_directory() && self.is_within(depth) && on_device)
    }

    fn is_within(&self, depth: usize) -> bool {
        self.options.level_max.is_none_or(|most| depth < most)
    }

    /// The entries of a directory, as they are to be shown; an error says why they cannot be.
    fn children(
        &mut self,
        node: &mut Node,
        path: &[u8],
        depth: usize,
        all: bool,
    ) -> Result<Vec<Node>, String> {
        let stat = node.target_stat.unwrap_or(node.stat);
        self.seen.insert(stat.identity());
        if let Some(children) = node.children.take() {
            return Ok(children);
        }
        if self.options.gathers() && depth == 0 {
            self.reader.gather(path)
        } else {
            self.reader.read(path, all)
        }
    }

    fn count(&mut self, node: &Node) {
        if node.is_directory() || node.leads_to_directory() {
            self.directories += 1;
        } else {
            self.files += 1;
        }
    }

    /// Shows an entry.
    fn line(
        &mut self,
        node: &Node,
        path: &[u8],
        bars: &[bool],
        has_more: bool,
        is_start: bool,
        contents: Result<&Vec<Node>, &String>,
    ) {
        let shown =
            Shown { node, path, bars, has_more, is_start, problem: contents.err().map(String::as_str) };
        let line = if self.options.json {
            let opens = contents.is_ok_and(|nodes| !nodes.is_empty());
            self.style.json_line(&shown, &mut self.accounts, opens)
        } else {
            self.style.text_line(&shown, &mut self.accounts)
        };
        self.output.write(&line);
    }

    /// Ends the list of a directory, in JSON.
    fn close(&mut self, depth: usize, has_more: bool) {
        if self.options.json {
            if !self.options.no_indent {
                self.output.write(&b"  ".repeat(depth + 1));
            }
            self.output.write(b"]}");
            if depth > 0 {
                self.separate(has_more);
            }
        }
    }

    /// Ends an entry, in JSON.
    fn separate(&mut self, has_more: bool) {
        if self.options.json {
            self.output.write(if has_more { b"," } else { b"" });
            self.output.write(if self.options.no_indent { b"" } else { b"\n" });
        }
    }
}
