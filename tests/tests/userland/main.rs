//! The programs of the userland against GNU's: tables of command lines in `tables/`, each with what it prints and its
//! status. `programs_answer_as_written` runs them in the sandbox; `gnu_answers_as_written` runs the same lines by bash
//! with the machine's tools, wherever a table's tools are found in the versions it names.
//!
//! `WASMSAND_TABLES=awk,sed` takes only those tables, `WASMSAND_CASE=text` only the cases whose names hold the text.
//! `WASMSAND_BLESS=1` writes what GNU answers into the tables: the truth never comes from the sandbox.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail their test by panicking")]
#![allow(clippy::print_stderr, reason = "what is not compared is said")]

mod hostile;
mod programs;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use table::{Case, Table};
use wasmsand_tests::{Ran, run, wasmsand};

/// What both sides have in front of every case. Answers depend on neither place nor person.
const ENVIRONMENT: &str = "export LC_ALL=C.UTF-8 TZ=UTC\n";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/userland/tables")
}

fn tables() -> Vec<Table> {
    let wanted = std::env::var("WASMSAND_TABLES").ok();
    let is_wanted =
        |name: &str| wanted.as_deref().is_none_or(|list| list.split(',').any(|item| item == name));
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let tables: Vec<Table> = paths
        .iter()
        .filter(|path| is_wanted(&path.file_stem().unwrap().to_string_lossy()))
        .map(|path| Table::read(path))
        .collect();
    assert!(!tables.is_empty(), "no tables found");
    tables
}

fn is_wanted(case: &Case) -> bool {
    std::env::var("WASMSAND_CASE").map_or(true, |part| case.name.contains(&part))
}

/// The machine's tools under the names that a table calls them by, in a folder for the search path; `None` when one is
/// missing or is of another version.
fn oracle(table: &Table) -> Option<tempfile::TempDir> {
    let links = tempfile::tempdir().unwrap();
    for tool in &table.tools {
        let found = std::env::split_paths(&std::env::var_os("PATH")?)
            .map(|folder| folder.join(&tool.real))
            .find(|path| path.is_file() && is_for_everybody(path));
        let version = found.as_ref().and_then(|path| {
            let said = Command::new(path).arg(&tool.version_option).output().ok()?;
            Some(String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned())
        });
        if !version.is_some_and(|version| version.contains(&tool.version)) {
            eprintln!("{}: no {} {} on this machine: not compared", table.name, tool.real, tool.version);
            return None;
        }
        std::os::unix::fs::symlink(found?, links.path().join(&tool.name)).unwrap();
    }
    // Others must be able to run what is in it.
    fs::set_permissions(links.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    Some(links)
}

/// Whether everybody may come to a file: as root, cases run as another person, who has no way to what is installed in
/// root's home.
fn is_for_everybody(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.ancestors()
        .skip(1)
        .all(|folder| fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0))
}

/// Runs a case by bash and the machine's tools, in an empty folder. As root, it runs as the person that one is in the
/// sandbox, for root may do everything.
fn ask(table: &Table, case: &Case, links: &Path) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("bash");
    // On the line of the environment, so that the numbers of lines in messages are those of the sandbox.
    let path = format!("PATH={}:$PATH; ", links.display());
    let text = [&path, ENVIRONMENT, &table.fixture, &case.command].concat();
    command.args(["--norc", "-c", &text, "sh"]).current_dir(folder.path());
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(folder.path(), Some(1000), Some(1000)).unwrap();
        command.uid(1000).gid(1000);
    }
    let mut ran = run(command, case.input.as_bytes());
    // GNU's messages have the quotes of the locale; ours have those of ASCII everywhere.
    ran.err = ran.err.replace(['‘', '’'], "'");
    // The folder may hold what its owner may not search.
    drop(Command::new("chmod").args(["-R", "u+rwX"]).arg(folder.path()).status());
    ran
}

/// Runs the cases of every table on all processors; answers the complaints.
fn for_all(tables: &[Table], check: impl Fn(&Table, &Case) -> Option<String> + Sync) -> Vec<String> {
    let cases: Vec<(&Table, &Case)> =
        tables.iter().flat_map(|table| table.cases.iter().map(move |case| (table, case))).collect();
    let (next, complaints) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((table, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if !is_wanted(case) {
                        continue;
                    }
                    if let Some(complaint) = check(table, case) {
                        complaints
                            .lock()
                            .unwrap()
                            .push(format!("{}: {}: {complaint}", table.name, case.name));
                    }
                }
            });
        }
    });
    let mut complaints = complaints.into_inner().unwrap();
    complaints.sort();
    complaints
}

fn report(complaints: &[String], tables: &[Table]) {
    let all: usize = tables.iter().map(|table| table.cases.len()).sum();
    assert!(complaints.is_empty(), "{} of {all} cases fail:\n{}", complaints.len(), complaints.join("\n"));
}

fn compared(ran: &Ran, expected: &Ran) -> Option<String> {
    (ran != expected).then(|| format!("{ran:?}\n  expected {expected:?}"))
}

#[test]
fn programs_answer_as_written() {
    let tables = tables();
    let complaints = for_all(&tables, |table, case| {
        let text = [ENVIRONMENT, &table.fixture, &case.command].concat();
        compared(&wasmsand(&["-c", &text, "sh"], case.input.as_bytes()), &case.expected)
    });
    report(&complaints, &tables);
}

#[test]
fn gnu_answers_as_written() {
    let is_blessing = std::env::var_os("WASMSAND_BLESS").is_some();
    let mut tables = tables();
    let mut complaints = Vec::new();
    for table in &mut tables {
        let Some(links) = oracle(table) else { continue };
        if is_blessing {
            let answers: Vec<Option<Ran>> = table
                .cases
                .iter()
                .map(|case| (!case.differs && is_wanted(case)).then(|| ask(table, case, links.path())))
                .collect();
            for (case, answer) in table.cases.iter_mut().zip(answers) {
                case.expected = answer.unwrap_or_else(|| case.expected.clone());
            }
            table.write();
            continue;
        }
        complaints.extend(for_all(std::slice::from_ref(table), |table, case| {
            // On a loaded machine real processes may come in another order: they are asked again.
            let mut asked = (0..3).map(|_| ask(table, case, links.path()));
            let ran =
                asked.find(|ran| *ran == case.expected).or_else(|| Some(ask(table, case, links.path())));
            (!case.differs).then(|| compared(&ran?, &case.expected)).flatten()
        }));
    }
    report(&complaints, &tables);
}

#[test]
fn every_case_has_a_name_of_its_own() {
    for table in tables() {
        let names: BTreeSet<&str> = table.cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), table.cases.len(), "{}: two cases have the same name", table.name);
    }
}

#[test]
fn a_table_is_written_as_it_was_read() {
    for table in tables() {
        assert_eq!(table.text(), fs::read_to_string(&table.path).unwrap(), "{}", table.name);
    }
}
