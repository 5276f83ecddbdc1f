//! Properties: what random expressions, patterns, words and formats come to is what they come to in bash.
//!
//! A property is a sequence of lines made from a seed. Both shells run the same script of them, and their answers are
//! compared line by line. `WASMSAND_PROPERTIES` says how many lines each property has, `WASMSAND_SEED` which.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail their test by panicking"
)]

mod arithmetic;
mod patterns;
mod printing;
mod words;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use wasmsand_tests::{Chance, has, program, run};

/// Lines of a property where nothing else is asked for.
const LINES: usize = 1500;

/// Lines of one run of both shells.
const BATCH: usize = 500;

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Asks both shells for the answer to as many lines as `line` can make, and fails where they differ. `excused` may say
/// that a difference is meant.
fn agree(prelude: &str, line: impl Fn(&mut Chance) -> String, excused: impl Fn(&Answers<'_>) -> bool) {
    let found = differences(prelude, line, excused);
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

/// The same where bash itself has corners that random lines now and then run into: at most one line in a hundred may
/// differ. `corners` says which are known.
fn agree_mostly(
    prelude: &str,
    line: impl Fn(&mut Chance) -> String,
    excused: impl Fn(&Answers<'_>) -> bool,
    corners: &str,
) {
    let found = differences(prelude, line, excused);
    let most = number("WASMSAND_PROPERTIES", LINES) / 100;
    assert!(found.len() <= most, "{} differences beside {corners}:\n{}", found.len(), found.join("\n"));
}

fn differences(
    prelude: &str,
    line: impl Fn(&mut Chance) -> String,
    excused: impl Fn(&Answers<'_>) -> bool,
) -> Vec<String> {
    if !is_bash_5_2() {
        return Vec::new();
    }
    let mut chance = Chance::new(number("WASMSAND_SEED", 1) as u64);
    let mut left = number("WASMSAND_PROPERTIES", LINES);
    let mut found = Vec::new();
    while left > 0 {
        let lines: Vec<String> = (0..left.min(BATCH)).map(|_| line(&mut chance)).collect();
        left -= lines.len();
        compare(prelude, &lines, &excused, &mut found);
    }
    found.sort_by_key(String::len);
    found
}

/// A line, and what the two shells say to it.
struct Answers<'a> {
    line: &'a str,
    bash: &'a str,
    ours: &'a str,
}

fn nothing_is_excused(_: &Answers<'_>) -> bool {
    false
}

fn compare(
    prelude: &str,
    lines: &[String],
    excused: &impl Fn(&Answers<'_>) -> bool,
    found: &mut Vec<String>,
) {
    // Standard error goes where standard output goes, so that the order is kept. No line may hide another one.
    let mut script = format!("exec 2>&1; {prelude}\n");
    for (index, line) in lines.iter().enumerate() {
        assert!(!line.contains('\n'), "a line is one line: {line:?}");
        writeln!(script, "builtin echo; builtin echo @{index}; {line}").unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t"), &script).unwrap();
    let answer = |shell: &Path, scratch: &str| {
        let mut command = Command::new("env");
        command
            .arg("LC_ALL=C.UTF-8")
            .arg(format!("FOLDER={scratch}"))
            .arg(shell)
            .arg("t")
            .current_dir(folder.path());
        run(command, b"").out
    };
    let scratch = tempfile::tempdir().unwrap();
    let bash = answer(Path::new("bash"), &scratch.path().display().to_string());
    let ours = answer(program(), "/tmp");
    let (bash, ours) = (answers(&bash, lines.len()), answers(&ours, lines.len()));
    for ((line, bash), ours) in lines.iter().zip(bash).zip(ours) {
        if bash != ours && !excused(&Answers { line, bash, ours }) {
            found.push(format!("{line}\n    bash {bash:?}\n    ours {ours:?}"));
        }
    }
}

/// The answer to each line.
fn answers(all: &str, count: usize) -> Vec<&str> {
    let mut rest = all;
    let mut answers = Vec::new();
    for index in 0..count {
        let start = format!("\n@{index}\n");
        let end = format!("\n@{}\n", index + 1);
        let Some((_, behind)) = rest.split_once(&start) else {
            answers.push("(nothing)");
            continue;
        };
        answers.push(behind.split_once(&end).map_or(behind, |(answer, _)| answer));
        rest = behind.find(&end).and_then(|at| behind.get(at..)).unwrap_or(behind);
    }
    answers
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

/// Some of these, one after another.
fn some(chance: &mut Chance, of: &[&str], most: usize) -> String {
    (0..chance.below(most + 1)).map(|_| chance.pick(of)).collect()
}

/// A text as one word that stands for itself.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A text as `$'…'`, on one line.
fn ansi_quoted(text: &[u8]) -> String {
    let mut out = String::from("$'");
    for byte in text {
        match byte {
            b'\'' | b'\\' => write!(out, "\\{}", char::from(*byte)).unwrap(),
            32..127 => out.push(char::from(*byte)),
            _ => write!(out, "\\x{byte:02x}").unwrap(),
        }
    }
    out + "'"
}
