//! The probe table at the ABI: every row is a guest of its own that asks one question of preview1, with our answer, and
//! those of wasmtime and node where they are others. What each of the words means: `script.rs`.
//!
//! The same guests run in the machine (in memory, as the world, mounted) and, where they are found, in wasmtime and
//! node, whose answers must be what the table says of them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod abi;
mod answer;
mod module;
mod ours;
mod peers;
mod row;
mod rows;
mod script;

use std::collections::HashSet;
use std::io::Write;
use std::sync::LazyLock;

use ours::Root;
use row::Row;

/// A row that is ready to run.
struct Probe {
    row: Row,
    steps: Vec<script::Step>,
    module: Vec<u8>,
}

static PROBES: LazyLock<Vec<Probe>> = LazyLock::new(|| {
    rows::all()
        .into_iter()
        .map(|row| {
            let steps = script::parse(&row.script);
            let module = module::compile(&steps);
            Probe { row, steps, module }
        })
        .collect()
});

/// The versions that the table was made with.
const WASMTIME: &str = "wasmtime 50.";
const NODE: &str = "node v20.";

/// Every row that is not answered as expected, in lines.
fn failures<'a>(answers: &[String], expected: impl Fn(&'a Row) -> Option<&'a str>) -> Vec<String> {
    PROBES
        .iter()
        .zip(answers)
        .filter_map(|(probe, answer)| {
            let expected = expected(&probe.row)?;
            (expected != answer).then(|| format!("{}: {answer}\n    expected {expected}", probe.row.name))
        })
        .collect()
}

fn report(failures: &[String]) {
    assert!(failures.is_empty(), "{} of {} rows:\n{}", failures.len(), PROBES.len(), failures.join("\n"));
}

fn check_ours<'a>(root: Root, expected: impl Fn(&'a Row) -> &'a str) {
    let answers: Vec<String> = PROBES
        .iter()
        .map(|probe| {
            let (report, ending) = ours::run(&probe.module, root);
            answer::answer(&probe.steps, &report, &ending)
        })
        .collect();
    report(&failures(&answers, |row| Some(expected(row))));
}

fn or<'a>(special: Option<&'a (String, &'static str)>, usual: &'a str) -> &'a str {
    special.map_or(usual, |(answer, _)| answer)
}

#[test]
fn a_given_directory_answers_as_the_table_says() {
    check_ours(Root::Given, |row| &row.ours);
}

#[test]
fn the_world_answers_as_the_table_says() {
    check_ours(Root::World, |row| or(row.world.as_ref(), &row.ours));
}

#[test]
fn a_given_directory_with_absolute_links_answers_as_the_world() {
    check_ours(Root::GivenWithAbsoluteLinks, |row| or(row.world.as_ref(), &row.ours));
}

#[test]
fn a_mounted_folder_of_the_host_answers_as_one_in_memory() {
    check_ours(Root::Mounted, |row| &row.ours);
}

/// The rows that have most to do with how `wasmsand run` starts and ends a program.
const OF_THE_COMMAND: [&str; 6] =
    ["args", "environ", "exit", "fdstat std", "symlink: absolute", "readdir: names"];

#[test]
fn the_command_answers_as_the_table_says() {
    let probes = PROBES
        .iter()
        .filter(|probe| OF_THE_COMMAND.iter().any(|start| probe.row.name.starts_with(start)))
        .collect::<Vec<_>>();
    let failures: Vec<String> = probes
        .iter()
        .filter_map(|probe| {
            let (report, ending) = ours::run_command(&probe.module);
            let answer = answer::answer(&probe.steps, &report, &ending);
            let expected = &probe.row.ours;
            (*expected != answer).then(|| format!("{}: {answer}\n    expected {expected}", probe.row.name))
        })
        .collect();
    assert!(probes.len() > 20, "{} rows", probes.len());
    report(&failures);
}

/// Says something to whoever runs the tests, also of a test that passes: what `println` prints is kept back then.
fn say(words: &str) {
    std::io::stderr().write_all(format!("{words}\n").as_bytes()).unwrap();
}

/// Compares a peer's answers with the table's. A row that `expected` has no answer for may have any.
fn check_peer(
    peer: Option<peers::Peer>,
    name: &str,
    version: &str,
    expected: impl Fn(&'static Row) -> Option<&'static str>,
) {
    let Some(peer) = peer else {
        return say(&format!("no {name} on this machine: the probe table is not compared with it"));
    };
    let modules: Vec<(Vec<u8>, bool)> =
        PROBES.iter().map(|probe| (probe.module.clone(), expected(&probe.row) == Some("hangs"))).collect();
    let answers: Vec<String> = peer
        .run(&modules)
        .iter()
        .zip(PROBES.iter())
        .map(|((report, ending), probe)| answer::answer(&probe.steps, report, ending))
        .collect();
    let agreeing = PROBES.iter().zip(&answers).filter(|(probe, answer)| probe.row.ours == **answer).count();
    let (failures, rows) = (failures(&answers, expected), PROBES.len());
    say(&format!("{}: {agreeing} of {rows} rows are answered as ours", peer.version));
    if peer.version.starts_with(version) {
        report(&failures);
    } else {
        say(&format!("the table is of {version}; otherwise here:\n{}", failures.join("\n")));
    }
}

#[test]
fn wasmtime_answers_as_the_table_says() {
    check_peer(peers::wasmtime(), "wasmtime package of Python", WASMTIME, |row| {
        (!row.wasmtime_varies).then(|| or(row.wasmtime.as_ref(), &row.ours))
    });
}

#[test]
fn node_answers_as_the_table_says() {
    check_peer(peers::node(), "node", NODE, |row| {
        (!row.node_varies).then(|| row.node.as_ref().unwrap_or(&row.ours).as_str())
    });
}

#[test]
fn the_table_asks_every_function_and_gives_every_difference_a_reason() {
    let mut names = HashSet::new();
    let mut asked = HashSet::new();
    for probe in PROBES.iter() {
        let row = &probe.row;
        assert!(names.insert(row.name.clone()), "two rows are called `{}`", row.name);
        asked.extend(probe.steps.iter().map(|step| step.function.clone()));
        for (answer, why) in [&row.world, &row.wasmtime].into_iter().flatten() {
            assert!(why.len() > 10, "{}: why?", row.name);
            assert_ne!(*answer, row.ours, "{}: no difference", row.name);
        }
        assert_ne!(row.node.as_ref(), Some(&row.ours), "{}: no difference", row.name);
    }
    let missing: Vec<&str> =
        abi::FUNCTIONS.iter().map(|(name, _)| *name).filter(|name| !asked.contains(*name)).collect();
    assert_eq!(missing, [""; 0]);
    assert!(PROBES.len() > 300, "{} rows", PROBES.len());
}
