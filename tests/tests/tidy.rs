//! The invariants of ARCHITECTURE.md that a text search can see.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail their test by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use wasmsand_tests::repository;

/// Every Rust source of the host crates, as path relative to the repository and text.
fn sources() -> Vec<(String, String)> {
    let root = repository();
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["shell", "wasi-impl", "vfs", "guests/src", "tests"].iter().map(|name| root.join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(found.len() > 50, "only {} sources found", found.len());
    found
}

/// The code of a file: no comments, and nothing from its unit tests on.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    text.get(..end)
        .unwrap_or(text)
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Tests may use the system: they are on the host's side of the door.
fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs")
}

/// Files outside of `allowed` whose code contains one of the words.
fn offenders(words: &[&str], within: &[&str], allowed: &[&str]) -> Vec<String> {
    sources()
        .into_iter()
        .filter(|(name, _)| !is_test(name) && within.iter().any(|folder| name.starts_with(folder)))
        .filter(|(name, _)| !allowed.iter().any(|folder| name.starts_with(folder)))
        .flat_map(|(name, text)| {
            let code = code(&text);
            words
                .iter()
                .filter(|word| code.contains(**word))
                .map(|word| format!("{name} says {word}"))
                .collect::<Vec<_>>()
        })
        .collect()
}

const HOST: [&str; 3] = ["shell/src/", "wasi-impl/src/", "vfs/src/"];

#[test]
fn only_the_machine_names_wasmi() {
    assert_eq!(offenders(&["wasmi::", "wasmi_core"], &HOST, &["wasi-impl/src/machine/"]), [""; 0]);
}

#[test]
fn only_the_prompt_names_the_line_editor_and_colours() {
    assert_eq!(offenders(&["rustyline", "nu_ansi_term"], &HOST, &["shell/src/repl/"]), [""; 0]);
}

#[test]
fn only_hosts_touch_the_system() {
    let words = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "SystemTime",
        "time::Instant",
        "println!",
        "io::stdin",
        "io::stdout",
        "io::stderr",
        "rustix::",
        "cap_std",
    ];
    let allowed =
        ["shell/src/host/", "shell/src/cli/", "shell/src/main.rs", "shell/src/repl/", "wasi-impl/src/host/"];
    assert_eq!(offenders(&words, &HOST, &allowed), [""; 0]);
}

#[test]
fn the_file_system_knows_no_process_and_no_clock() {
    assert_eq!(offenders(&["wasm", "Pid", "std::time", "argv"], &["vfs/src/"], &["vfs/src/lib.rs"]), [""; 0]);
}

#[test]
fn nothing_is_shared_but_the_interrupt_and_the_mailbox() {
    let words =
        ["Mutex", "RwLock", "RefCell", "static mut", "thread_local", "Atomic", "OnceLock", "LazyLock"];
    let allowed = [
        "wasi-impl/src/interrupt.rs",
        "wasi-impl/src/machine/coroutine.rs",
        "shell/src/exec/hop.rs",
        "shell/src/cli/signals.rs",
    ];
    assert_eq!(offenders(&words, &HOST, &allowed), [""; 0]);
}

#[test]
fn there_is_no_unsafe_code() {
    assert_eq!(offenders(&["unsafe {", "unsafe fn", "unsafe impl"], &HOST, &[]), [""; 0]);
}

#[test]
fn no_test_is_ignored() {
    let ignored = concat!("#[", "ignore");
    let found: Vec<String> =
        sources().into_iter().filter(|(_, text)| text.contains(ignored)).map(|(name, _)| name).collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| !text.starts_with("//!") && !name.ends_with("build.rs"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(silent, [""; 0]);
}

#[test]
fn large_files_are_named() {
    // A warning, not a failure: a flat catalogue may be long.
    for (name, text) in sources() {
        let lines = code(&text).lines().count();
        if lines > 500 {
            println!("{name}: {lines} lines of code");
        }
    }
}

#[test]
fn the_documents_are_there() {
    for name in ["README.md", "ARCHITECTURE.md", "RATIONALE.md", "CHANGELOG.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(Path::new(&repository()).join(name)).unwrap_or_default();
        assert!(text.len() > 200, "{name}");
    }
}
