//! The grammar beside `bash -n`: verdicts and messages on the scripts of this machine, on pieces of them with
//! something broken in them, and on every prefix; and functions as `declare -f` prints them.
//!
//! `WASMSAND_SCRIPTS` names other folders to take scripts from, separated by colons; `WASMSAND_MUTATIONS` and
//! `WASMSAND_SEED` say how many pieces are broken and which.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail their test by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmsand::syntax::ast::CommandKind;
use wasmsand::syntax::{NoAliases, ParseOptions, Parsed, Parser, is_name};
use wasmsand_tests::{Chance, Ran, has, program, repository, run};

/// Larger files are data, and would make bash slow.
const SCRIPT_BYTES_MAX: u64 = 400_000;

/// As many scripts of this machine are read, at most.
const SCRIPTS_MAX: usize = 400;

/// A shell script and where it is from.
struct Script {
    name: String,
    text: Vec<u8>,
}

/// The scripts of this machine, and the golden ones.
fn scripts() -> Vec<Script> {
    let given = std::env::var("WASMSAND_SCRIPTS").ok();
    let folders = given.as_deref().unwrap_or("/usr/bin:/usr/share:/etc:/usr/lib");
    let mut folders: Vec<PathBuf> = folders.split(':').map(PathBuf::from).collect();
    let mut found: Vec<Script> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.extend(script(&entry.path()));
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    if given.is_none() {
        found.truncate(SCRIPTS_MAX);
    }
    found.extend(golden_scripts());
    found
}

fn golden_scripts() -> Vec<Script> {
    let mut found: Vec<Script> = fs::read_dir(repository().join("tests/cases"))
        .unwrap()
        .filter_map(|entry| script(&entry.unwrap().path()))
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() > 200, "{} golden scripts", found.len());
    found
}

/// A file, if it is a shell script.
fn script(path: &Path) -> Option<Script> {
    const FIRST_LINES: [&[u8]; 6] = [
        b"#!/bin/sh",
        b"#! /bin/sh",
        b"#!/bin/bash",
        b"#! /bin/bash",
        b"#!/usr/bin/env bash",
        b"#!/usr/bin/bash",
    ];
    let named = path.extension().is_some_and(|extension| extension == "sh" || extension == "bash");
    let has_no_extension = path.extension().is_none();
    if !(named || has_no_extension) || fs::metadata(path).ok()?.len() > SCRIPT_BYTES_MAX {
        return None;
    }
    let text = fs::read(path).ok()?;
    let is_script = named || FIRST_LINES.iter().any(|line| text.starts_with(line));
    is_script.then(|| Script { name: path.display().to_string(), text })
}

fn is_bash_5_2() -> bool {
    let mut command = Command::new("bash");
    command.arg("--version");
    let found = has("bash") && run(command, b"").out.contains("version 5.2");
    if !found {
        eprintln!("no bash 5.2 on this machine: not compared");
    }
    found
}

/// What `bash -n` says of a text, without the file's name.
fn bash_says(folder: &Path, text: &[u8]) -> Vec<String> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let file = folder.join(NUMBER.fetch_add(1, Ordering::Relaxed).to_string());
    fs::write(&file, text).unwrap();
    let mut command = Command::new("bash");
    command.args(["--norc", "-n"]).arg(&file);
    let Ran { err, .. } = run(command, b"");
    fs::remove_file(&file).unwrap();
    let prefix = format!("{}: ", file.display());
    // A line of the text may hold newlines of its own only for bash: what it echoes is one line.
    err.lines().map(|line| line.strip_prefix(&prefix).unwrap_or(line).to_owned()).collect()
}

/// What our parser says of it.
fn we_say(text: &[u8]) -> Vec<String> {
    // bash ends the last line of a file.
    let ended = [text, if text.ends_with(b"\\") { b"\n".as_slice() } else { b"" }].concat();
    let mut parser = Parser::new(ended, 1);
    let mut said = String::new();
    let options = ParseOptions::default();
    loop {
        let parsed = parser.next(&options, &NoAliases);
        for warning in parser.take_warnings() {
            said.push_str(&format!("line {}: {warning}\n", warning.line()));
        }
        let error = match parsed {
            Parsed::Command(_) => continue,
            Parsed::End => break,
            Parsed::Incomplete(incomplete) => incomplete.into_error(),
            Parsed::Error(error) => error,
        };
        for (line, words) in error.messages() {
            said.push_str(&format!("line {line}: {words}\n"));
        }
        if !error.resumes {
            break;
        }
    }
    said.lines().map(str::to_owned).collect()
}

/// Is there more than warnings?
fn refused(said: &[String]) -> bool {
    said.iter().any(|line| !line.contains(": warning: "))
}

/// Runs over all items with as many threads as there are processors.
fn for_all<T: Sync>(items: &[T], what: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    what(item);
                }
            });
        }
    });
}

/// Where the two differ.
struct Differences {
    folder: tempfile::TempDir,
    found: Mutex<Vec<String>>,
}

impl Differences {
    fn new() -> Differences {
        Differences { folder: tempfile::tempdir().unwrap(), found: Mutex::default() }
    }

    fn differ(&self, text: &[u8]) -> bool {
        self.word_by_word(text).is_some()
    }

    fn word_by_word(&self, text: &[u8]) -> Option<(Vec<String>, Vec<String>)> {
        let (bash, ours) = (bash_says(self.folder.path(), text), we_say(text));
        (bash != ours).then_some((bash, ours))
    }

    /// Compares verdict and words.
    fn check(&self, name: &str, text: &[u8]) {
        if !self.differ(text) || EXCEPTIONS.iter().any(|(exception, _)| exception.as_bytes() == text) {
            return;
        }
        let text = self.smaller(text.to_vec());
        let Some((bash, ours)) = self.word_by_word(&text) else { return };
        let kind = if refused(&bash) == refused(&ours) { "words" } else { "VERDICT" };
        let text = String::from_utf8_lossy(&text).into_owned();
        self.found
            .lock()
            .unwrap()
            .push(format!("{kind} {name}: {text:?}\n    bash {bash:?}\n    ours {ours:?}"));
    }

    /// The text with all left out that can be left out while the two still differ.
    fn smaller(&self, mut text: Vec<u8>) -> Vec<u8> {
        let mut length = text.len() / 2;
        let mut tries = 2000;
        while length > 0 && tries > 0 {
            let mut at = 0;
            while at < text.len() && tries > 0 {
                tries -= 1;
                let end = (at + length).min(text.len());
                let without = [text.get(..at).unwrap(), text.get(end..).unwrap()].concat();
                if self.differ(&without) {
                    text = without;
                } else {
                    at += length;
                }
            }
            length /= 2;
        }
        text
    }

    fn report(self) {
        self.report_beyond(0);
    }

    /// Fails where there are more than so many.
    fn report_beyond(self, most: usize) {
        let mut found = self.found.into_inner().unwrap();
        found.sort();
        found.dedup();
        assert!(found.len() <= most, "{} differences:\n{}", found.len(), found.join("\n"));
    }
}

/// Texts on which the two may differ, and why.
const EXCEPTIONS: &[(&str, &str)] = &[];

#[test]
fn scripts_are_taken_and_refused_in_the_words_of_bash() {
    if !is_bash_5_2() {
        return;
    }
    let differences = Differences::new();
    for_all(&scripts(), |script| differences.check(&script.name, &script.text));
    differences.report();
}

/// A few lines of a script.
fn piece(chance: &mut Chance, scripts: &[Script]) -> Vec<u8> {
    let script = scripts.get(chance.below(scripts.len())).unwrap();
    let lines: Vec<&[u8]> = script.text.split_inclusive(|byte| *byte == b'\n').collect();
    let first = chance.below(lines.len());
    let count = chance.between(1, 25);
    lines.iter().skip(first).take(count).copied().collect::<Vec<_>>().concat()
}

/// Names, blanks, and single bytes of anything else.
fn tokens(text: &[u8]) -> Vec<&[u8]> {
    let class = |byte: &u8| match byte {
        b' ' | b'\t' => 1,
        byte if byte.is_ascii_alphanumeric() || *byte == b'_' => 2,
        _ => 0,
    };
    text.chunk_by(|a, b| class(a) != 0 && class(a) == class(b)).collect()
}

/// Does one small harm to a text.
fn broken(chance: &mut Chance, text: &[u8], other: &[u8]) -> Vec<u8> {
    const MORE: [&str; 40] = [
        "(",
        ")",
        "{",
        "}",
        "((",
        "))",
        "[[ ",
        " ]]",
        "'",
        "\"",
        "`",
        "$",
        "${",
        "$(",
        "$((",
        ";",
        ";;",
        "&",
        "&&",
        "|",
        "||",
        "<",
        ">",
        "<<",
        "<<E\n",
        "\n",
        "\\",
        "\\\n",
        "if ",
        "then\n",
        "fi\n",
        "do\n",
        "done\n",
        "case x in ",
        "esac",
        "for ",
        "in ",
        "function ",
        "! ",
        "=(",
    ];
    let mut tokens = tokens(text);
    if tokens.is_empty() {
        return Vec::new();
    }
    let at = chance.below(tokens.len());
    match chance.below(6) {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens.get(at).copied().unwrap()),
        2 => {
            let with = chance.below(tokens.len());
            tokens.swap(at, with);
        }
        3 => tokens.insert(at, chance.pick(&MORE).as_bytes()),
        4 => {
            let others = self::tokens(other);
            tokens.insert(at, others.get(chance.below(others.len())).copied().unwrap_or(b";"));
        }
        _ => {
            let mut text = text.to_vec();
            text.truncate(chance.below(text.len()));
            return text;
        }
    }
    tokens.concat()
}

#[test]
fn broken_pieces_of_scripts_are_refused_in_the_words_of_bash() {
    if !is_bash_5_2() {
        return;
    }
    let number =
        |name, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let scripts = scripts();
    let mut chance = Chance::new(number("WASMSAND_SEED", 1));
    let pieces: Vec<Vec<u8>> = (0..number("WASMSAND_MUTATIONS", 1000))
        .map(|_| {
            let (text, other) = (piece(&mut chance, &scripts), piece(&mut chance, &scripts));
            broken(&mut chance, &text, &other)
        })
        .collect();
    let differences = Differences::new();
    for_all(&pieces, |text| differences.check("piece", text));
    // One in two hundred may differ: the line in a warning about a here-document that the end of the file ends behind a
    // backslash, and its like.
    differences.report_beyond(pieces.len() / 200);
}

/// The function definitions that are commands of their own in a script: name and source text.
fn functions(text: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut parser = Parser::new(text, 1);
    let mut found = Vec::new();
    while let Parsed::Command(list) = parser.next(&ParseOptions::default(), &NoAliases) {
        let [item] = list.items.as_slice() else { continue };
        let [stage] = item.and_or.first.stages.as_slice() else { continue };
        let CommandKind::Function(definition) = &stage.command.kind else { continue };
        let span = stage.command.span;
        let source = text.get(span.start as usize..span.end as usize).unwrap();
        // With the bodies of here-documents that begin on its last line, the source is more than its span.
        if is_name(&definition.name) {
            found.push((definition.name.to_string(), source.to_vec()));
        }
    }
    found
}

/// Markers between the answers of one run.
const MARK: &str = "-- end of function --";

#[test]
fn functions_are_printed_as_bash_prints_them() {
    if !is_bash_5_2() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let found = Mutex::new(Vec::new());
    let count = AtomicUsize::new(0);
    for_all(&scripts(), |script| {
        let functions = functions(&script.text);
        if functions.is_empty() {
            return;
        }
        count.fetch_add(functions.len(), Ordering::Relaxed);
        let mut text = Vec::new();
        for (name, source) in &functions {
            text.extend_from_slice(source);
            text.extend_from_slice(
                format!(
                    "\n\\builtin declare -f {name}; \\builtin echo '{MARK}'; \\builtin unset -f {name}\n"
                )
                .as_bytes(),
            );
        }
        let file = folder.path().join(format!("f{}", count.fetch_add(0, Ordering::Relaxed)));
        fs::write(&file, &text).unwrap();
        let answers = |program: &Path| {
            let mut command = Command::new(program);
            command.arg(&file);
            run(command, b"").out
        };
        let (bash, ours) = (answers(Path::new("bash")), answers(program()));
        let separator = format!("{MARK}\n");
        let (bash, ours): (Vec<_>, Vec<_>) =
            (bash.split(&separator).collect(), ours.split(&separator).collect());
        for (index, (name, _)) in functions.iter().enumerate() {
            let (Some(bash), ours) = (bash.get(index), ours.get(index).unwrap_or(&"")) else { continue };
            if bash != ours {
                let at = bash.lines().zip(ours.lines()).find(|(a, b)| a != b);
                found.lock().unwrap().push(format!("{name} in {}: {at:#?}", script.name));
            }
        }
    });
    let found = found.into_inner().unwrap();
    eprintln!("{} functions", count.into_inner());
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}
