//! The grammar beside `bash -n`: verdicts and messages on the scripts of this machine, on pieces of them with
//! something broken in them, and on every prefix; and functions as `declare -f` prints them.
//!
//! `WASMSAND_SCRIPTS` names other folders to take scripts from, separated by colons; `WASMSAND_MUTATIONS` and
//! `WASMSAND_SEED` say how many pieces are broken and which, `WASMSAND_BEGINNINGS` how many beginnings are read.

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

/// What becomes of a text.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Taken,
    /// It ends too early.
    Ends,
    /// The first complaint, with its line.
    Refused(String),
}

fn verdict(said: &[String]) -> Verdict {
    match said.iter().find(|line| !line.contains(": warning: ")) {
        None => Verdict::Taken,
        Some(line)
            if ["unexpected EOF", "unexpected end of file", "`EOF'"].iter().any(|end| line.contains(end)) =>
        {
            Verdict::Ends
        }
        Some(line) => Verdict::Refused(line.clone()),
    }
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

/// Which answers count as different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compared {
    /// Those with other verdicts.
    Verdicts,
    /// Those with other words too.
    Words,
}

/// Where the two differ.
struct Differences {
    folder: tempfile::TempDir,
    compared: Compared,
    found: Mutex<Vec<String>>,
}

impl Differences {
    fn new(compared: Compared) -> Differences {
        Differences { folder: tempfile::tempdir().unwrap(), compared, found: Mutex::default() }
    }

    /// What the two say, if they differ and are not meant to.
    fn difference(&self, text: &[u8]) -> Option<(Vec<String>, Vec<String>)> {
        let (bash, ours) = (bash_says(self.folder.path(), text), we_say(text));
        let verdicts = (verdict(&bash), verdict(&ours));
        let differ = match self.compared {
            Compared::Verdicts => verdicts.0 != verdicts.1,
            Compared::Words => bash != ours,
        };
        (differ && meant(text, &verdicts.0, &verdicts.1).is_none()).then_some((bash, ours))
    }

    /// Compares what the two say to a text.
    fn check(&self, name: &str, text: &[u8]) {
        if self.difference(text).is_none() {
            return;
        }
        let text = self.smaller(text.to_vec());
        let Some((bash, ours)) = self.difference(&text) else { return };
        let text = String::from_utf8_lossy(&text).into_owned();
        self.found.lock().unwrap().push(format!("{name}: {text:?}\n    bash {bash:?}\n    ours {ours:?}"));
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
                if self.difference(&without).is_some() {
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

/// Why the two are meant to differ on a text, if they are.
fn meant(text: &[u8], bash: &Verdict, ours: &Verdict) -> Option<&'static str> {
    let has = |part: &str| String::from_utf8_lossy(text).contains(part);
    let refused =
        |verdict: &Verdict, words: &str| matches!(verdict, Verdict::Refused(line) if line.contains(words));
    if *bash == Verdict::Taken && refused(ours, "unexpected token `]]' in conditional command") {
        return Some("bash stops at `[[ ]]` without a word");
    }
    if *bash == Verdict::Taken && (has("for((") || has("for ((")) {
        return Some("bash takes the end of the text for the second parenthesis of `for ((`");
    }
    if *bash == Verdict::Ends && refused(ours, "`('") {
        return Some("bash reads the expression of a `((` before it notices that it has no place");
    }
    if has("((") && *ours != Verdict::Taken {
        return Some(
            "what is no expression after all is read twice by bash, whose lines and tokens count anew",
        );
    }
    let none_takes_it = *bash != Verdict::Taken && *ours != Verdict::Taken;
    if none_takes_it && has("[[") {
        return Some("which word of `[[ ]]` is complained of, and on which line");
    }
    if none_takes_it && refused(ours, "='") {
        return Some("bash reads the array of a misplaced `a=(` before it notices that it has no place");
    }
    if refused(bash, "syntax error near `") {
        return Some("bash names the rest of the line where it lost its token");
    }
    if has("${") && (has("((") || has("$[")) {
        return Some("bash looks for the end of arithmetic without looking into its expansions");
    }
    if refused(bash, "unexpected token 28") || (refused(bash, "unexpected argument") && has("[[")) {
        return Some("bash takes the 1 of `[[ 1<2 ]]` for a descriptor, and names it by its token's number");
    }
    if has("$((") && has("[") {
        return Some("bash finds the end of `$((a[)]))` by its parentheses alone");
    }
    None
}

#[test]
fn scripts_are_taken_and_refused_in_the_words_of_bash() {
    if !is_bash_5_2() {
        return;
    }
    let differences = Differences::new(Compared::Words);
    for_all(&scripts(), |script| differences.check(&script.name, &script.text));
    differences.report();
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
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
fn broken_pieces_of_scripts_are_refused_as_by_bash() {
    if !is_bash_5_2() {
        return;
    }
    let scripts = scripts();
    let mut chance = Chance::new(number("WASMSAND_SEED", 1));
    let pieces: Vec<Vec<u8>> = (0..number("WASMSAND_MUTATIONS", 1000))
        .map(|_| {
            let (text, other) = (piece(&mut chance, &scripts), piece(&mut chance, &scripts));
            broken(&mut chance, &text, &other)
        })
        .collect();
    let differences = Differences::new(Compared::Verdicts);
    for_all(&pieces, |text| differences.check("piece", text));
    // One in two hundred may differ: the line in a warning about a here-document that the end of the file ends behind a
    // backslash, and its like.
    differences.report_beyond(pieces.len() / 200);
}

#[test]
fn beginnings_of_scripts_are_taken_and_refused_as_bash_does() {
    if !is_bash_5_2() {
        return;
    }
    let mut chance = Chance::new(number("WASMSAND_SEED", 1));
    let scripts = golden_scripts();
    let beginnings: Vec<Vec<u8>> = (0..number("WASMSAND_BEGINNINGS", 600))
        .map(|_| {
            let script = scripts.get(chance.below(scripts.len())).unwrap();
            script.text.get(..chance.below(script.text.len())).unwrap().to_vec()
        })
        .collect();
    let differences = Differences::new(Compared::Verdicts);
    for_all(&beginnings, |text| differences.check("beginning", text));
    differences.report();
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
