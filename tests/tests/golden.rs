//! Golden scripts: each `cases/NAME.sh` must print `NAME.out`, `NAME.err` (empty when absent) and end with
//! `NAME.status` (0 when absent); and bash must agree, wherever bash is found.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail their test by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasmsand_tests::{Ran, has, run, wasmsand};

struct Case {
    name: String,
    script: String,
    expected: Ran,
    /// Why bash's answer differs, from a line `# differs from bash: why` in the script.
    differs: bool,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sh"))
        .map(|path| {
            let beside = |extension| fs::read_to_string(path.with_extension(extension)).unwrap_or_default();
            let script = fs::read_to_string(&path).unwrap();
            let status = beside("status").trim().parse().unwrap_or(0);
            Case {
                name: path.file_stem().unwrap().to_string_lossy().into_owned(),
                differs: script.lines().any(|line| line.starts_with("# differs from bash: ")),
                script,
                expected: Ran { status, out: beside("out"), err: beside("err") },
            }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!cases.is_empty(), "no golden scripts found");
    cases
}

fn report(failures: &[String], all: usize) {
    assert!(failures.is_empty(), "{} of {all} cases fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn golden_scripts_answer_as_written() {
    let cases = cases();
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let ran = wasmsand(&["-c", &case.script, "sh"], b"");
            (ran != case.expected).then(|| format!("{}: {ran:?}\n  expected {:?}", case.name, case.expected))
        })
        .collect();
    report(&failures, cases.len());
}

#[test]
fn bash_answers_the_golden_scripts_alike() {
    if !has("bash") {
        return eprintln!("no bash on this machine: not compared");
    }
    let cases = cases();
    let failures: Vec<String> = cases
        .iter()
        .filter(|case| !case.differs)
        .filter_map(|case| {
            let ask = || {
                let folder = tempfile::tempdir().unwrap();
                let mut command = Command::new("bash");
                command.args(["--norc", "-c", &case.script, "sh"]).current_dir(folder.path());
                run(command, b"")
            };
            // On a loaded machine the real processes of a script may come in another order: bash is asked again.
            let ran = (0..3).map(|_| ask()).find(|ran| *ran == case.expected).unwrap_or_else(ask);
            (ran != case.expected).then(|| format!("{}: {ran:?}\n  expected {:?}", case.name, case.expected))
        })
        .collect();
    report(&failures, cases.len());
}
