//! bash's own verdicts, where there is a bash.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::snippets::SNIPPETS;
use super::{Outcome, complaint, parse};

/// Where bash waits until the text is evaluated, or stops without a word, and we refuse it at once; and texts whose
/// acceptance is an accident of bash's reader.
const INTENDED: &[&str] = &[
    // bash stops without a word.
    "[[ ]]",
    "[[ a && ]]",
    "[[ ! ]]",
    // bash takes the `)` of a later line, or anything at all, for the second one.
    "for ((a;b;c) ; do d; done",
    // bash refuses the name when it starts the coprocess.
    "coproc \"x\" { a; }",
    "coproc $x { a; }",
];

/// Where both refuse a text and word it differently: other lines, or a second complaint of bash's.
const WORDED_OTHERWISE: &[&str] = &["((1 + 2)", "((a)) ((b))", "[[ ( ) ]]", "[[ ( a\n) ]]", "((a)"];

/// What `bash -n` complains of, without warnings; nothing at all if there is no bash.
fn bash_complaint(source: &[u8]) -> Option<Vec<String>> {
    let mut bash = Command::new("bash")
        .args(["--norc", "-n"])
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    // bash may stop reading before the end.
    drop(bash.stdin.take()?.write_all(source));
    let output = bash.wait_with_output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(
        text.lines()
            .filter(|line| !line.contains(": warning: "))
            .map(|line| line.replacen("bash: ", "", 1))
            .collect(),
    )
}

fn is_bash_5_2() -> bool {
    let output = Command::new("bash").arg("--version").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("version 5.2"))
}

#[test]
fn verdicts_and_words_are_those_of_bash() {
    assert!(SNIPPETS.len() >= 300);
    if !is_bash_5_2() {
        return;
    }
    let mut wrong = Vec::new();
    for snippet in SNIPPETS {
        let Some(bash) = bash_complaint(snippet.as_bytes()) else { return };
        let ours = complaint(snippet.as_bytes());
        let same_verdict = bash.is_empty() == ours.is_none();
        if same_verdict == INTENDED.contains(snippet) {
            wrong.push(format!("{snippet:?}: bash {bash:?}, we {ours:?}"));
        }
        let ours: Vec<String> = ours.unwrap_or_default().iter().map(|line| line.to_string()).collect();
        let other_words = bash.join("\n").lines().ne(ours.join("\n").lines());
        if same_verdict && other_words != WORDED_OTHERWISE.contains(snippet) {
            wrong.push(format!("{snippet:?}: bash says {bash:?}, we {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// The shell scripts installed on this machine.
pub(super) fn installed_scripts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("/usr/share"), PathBuf::from("/usr/bin"), PathBuf::from("/usr/lib")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && found.len() < 400 && is_script(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn is_script(path: &Path) -> bool {
    if path.extension().is_some_and(|extension| extension == "sh") {
        return true;
    }
    if !path.starts_with("/usr/bin") {
        return false;
    }
    let Ok(text) = std::fs::read(path) else { return false };
    ["#!/bin/sh", "#! /bin/sh", "#!/bin/bash", "#! /bin/bash", "#!/usr/bin/env bash"]
        .iter()
        .any(|first| text.starts_with(first.as_bytes()))
}

#[test]
fn installed_scripts_are_taken_as_bash_takes_them() {
    if !is_bash_5_2() {
        return;
    }
    for path in installed_scripts() {
        let Ok(source) = std::fs::read(&path) else { continue };
        let Some(bash) = bash_complaint(&source) else { return };
        let ours = complaint(&source);
        assert_eq!(bash.is_empty(), ours.is_none(), "{}: bash {bash:?}, we {ours:?}", path.display());
    }
}

/// A script that uses most of the language.
const RICH: &str = r#"#!/bin/bash
set -euo pipefail
shopt -s nullglob
declare -A seen=([a]=1 ["b c"]=2)
list=(one "two three" $(echo four) *.txt)
usage() {
    cat <<EOF >&2
usage: ${0##*/} [-h] ${list[*]} $(date +"%Y") $((1 + 2))
EOF
    exit "${1:-1}"
}
while getopts ":hn:" opt; do
    case $opt in
        h) usage 0 ;;
        n | m) number=$OPTARG ;;
        (*) echo "bad: -$OPTARG" >&2; usage ;;
    esac
done < <(printf '%s\n' "${list[@]}")
for ((i = 0; i < ${#list[@]}; i++)); do
    if [[ ${list[i]} =~ ^(a|b)+$ && -n "${seen[x]:-}" ]] || ! grep -q "$i" file 2>/dev/null; then
        echo $'tab\there' "${list[i]/ /_}" `echo "old \`style\`"` | sort -u |& tee -a log &
    elif ((i % 2)); then
        : "${x:="default $(echo "nested ${y}")"}"
    else
        { echo a; (echo b); } >out 2>&1
    fi
done
function report() { local -r n=$1; echo "n=$n"; }
time report "$(<file)" && echo done \
    # the end
coproc worker { cat; }
"#;

#[test]
fn every_prefix_of_a_script_is_a_command_or_incomplete_or_wrong_for_bash_too() {
    let with_bash = is_bash_5_2();
    assert!(matches!(parse(RICH), Outcome::Commands(_)));
    for end in 0..RICH.len() {
        let Some(prefix) = RICH.get(..end) else { continue };
        match parse(prefix) {
            Outcome::Commands(_) | Outcome::Incomplete(_) => {}
            Outcome::Error(error) => {
                if with_bash {
                    let bash = bash_complaint(prefix.as_bytes());
                    assert!(bash.is_none_or(|lines| !lines.is_empty()), "{error:?} for {prefix:?}");
                }
            }
        }
    }
}
