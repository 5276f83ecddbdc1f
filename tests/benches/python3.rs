//! python3 beside others: how soon it starts, and what it does in kernels of Python programs, as tables in Markdown.
//!
//! `cargo bench -p wasmsand-tests --bench python3 [-- starts | kernels [NAME...]]`
//!
//! Beside the machine's python3 run those that the environment names: `WASMSAND_NATIVE_RUSTPYTHON`, a program;
//! `WASMSAND_PLAIN_PYTHON`, a preview1 command that is RustPython without a snapshot, which is run by `wasmsand` and by
//! `WASMSAND_WASMI_CLI`; `WASMSAND_PYTHON`, a folder with another build of our `python3`.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and stops at what it lacks"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// How often a start is measured; the median counts.
const STARTS: usize = 21;
/// Rounds of all contenders, one after the other, and runs of a kernel in each; the best counts.
const ROUNDS: usize = 3;
const RUNS: &str = "3";

const IMPORTS: &str = "import json, re, collections, dataclasses, typing, datetime, argparse";

/// Milliseconds of a whole process, the median.
fn process_ms(program: &str, arguments: &[&str]) -> Option<f64> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let status = Command::new(program).args(arguments).stdin(Stdio::null()).status().ok()?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
        status.success().then_some(())?;
    }
    Some(median(times))
}

/// Milliseconds of each start within one session but the first, the median.
fn again_ms(program: &str, python: &str, text: &str) -> Option<f64> {
    let script = format!(
        "for ((i = 0; i <= {STARTS}; i++)); do a=${{EPOCHREALTIME/./}}; \"$2\" -c \"$1\"; \
         b=${{EPOCHREALTIME/./}}; echo $((b - a)); done"
    );
    let mut command = Command::new(program);
    command.args(["-c", &script, "sh", text, python]).stdin(Stdio::null());
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Some(median(text.lines().skip(1).filter_map(|line| line.parse().ok()).collect()) / 1000.0)
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The machine's python3 itself: what PATH has may be a script that looks for it.
fn machine_python() -> String {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let output = output.expect("there is a python3 to compare with");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

fn starts() {
    let ours = wasmsand_tests::program().display().to_string();
    let theirs = machine_python();
    println!("| start | wasmsand, ms | the machine's own, ms | times |\n|---|---|---|---|");
    let row = |what: &str, ours: Option<f64>, theirs: Option<f64>| {
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            println!("| {what} | {ours:.1} | {theirs:.1} | {:.2} |", ours / theirs);
        }
    };
    for (what, text) in [("`-c pass`", "pass"), ("seven imports", IMPORTS)] {
        let cold = process_ms(&ours, &["-c", "python3 -c \"$1\"", "sh", text]);
        row(&format!("{what}, a process of its own"), cold, process_ms(&theirs, &["-c", text]));
        let again = again_ms("bash", &theirs, text);
        row(&format!("{what}, again in a session"), again_ms(&ours, "python3", text), again);
    }
}

/// Who runs the kernels: a name, and the command up to the arguments of the script.
fn contenders(folder: &str) -> Vec<(&'static str, Vec<String>)> {
    let ours = wasmsand_tests::program().display().to_string();
    let script = format!("{folder}/kernels.py");
    let mount = format!("{folder}::/bench");
    let variable = |name: &str| std::env::var(name).ok();
    let command = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let inside = "python3 /bench/kernels.py \"$@\"";
    let mut found = vec![("ours", command(&[&ours, "--ro-dir", &mount, "-c", inside, "sh"]))];
    if let Some(other) = variable("WASMSAND_PYTHON") {
        let inside = format!("/opt/{inside}");
        let opt = format!("{other}::/opt");
        found.push((
            "ours, other",
            command(&[&ours, "--ro-dir", &mount, "--ro-dir", &opt, "-c", &inside, "sh"]),
        ));
    }
    if let Some(plain) = variable("WASMSAND_PLAIN_PYTHON") {
        found.push((
            "plain",
            command(&[
                &ours,
                "run",
                "--ro-dir",
                &mount,
                "--dir",
                "/tmp::/tmp",
                &plain,
                "--",
                "/bench/kernels.py",
            ]),
        ));
        if let Some(wasmi) = variable("WASMSAND_WASMI_CLI") {
            found.push((
                "plain, wasmi_cli",
                command(&[&wasmi, "--dir", folder, "--dir", "/tmp", "--", &plain, &script]),
            ));
        }
    }
    if let Some(native) = variable("WASMSAND_NATIVE_RUSTPYTHON") {
        found.push(("native RustPython", command(&[&native, &script])));
    }
    found.push(("CPython", command(&[&machine_python(), &script])));
    found
}

fn kernels(wanted: &[String]) {
    let folder: PathBuf = wasmsand_tests::repository().join("tests/benches/python3");
    let contenders = contenders(&folder.display().to_string());
    let mut best: BTreeMap<(String, usize), f64> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for (place, (_, command)) in contenders.iter().enumerate() {
            let (program, arguments) = command.split_first().expect("a command has a name");
            let output =
                Command::new(program).args(arguments).arg(RUNS).args(wanted).stdin(Stdio::null()).output();
            let output = output.expect("the contender runs");
            for line in String::from_utf8_lossy(&output.stdout).lines() {
                let Some((name, seconds)) = line.split_once(' ') else { continue };
                let seconds: f64 = seconds.parse().expect("a number");
                let least = best.entry((name.to_owned(), place)).or_insert(f64::INFINITY);
                *least = least.min(seconds);
            }
        }
    }
    let names: Vec<&str> = contenders.iter().map(|(name, _)| *name).collect();
    println!("| kernel, ms | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    let mut logarithms = vec![(0.0, 0.0); names.len()];
    let mut kernels: Vec<&String> = best.keys().map(|(name, _)| name).collect();
    kernels.dedup();
    for kernel in kernels {
        let time = |place: usize| best.get(&(kernel.clone(), place)).copied();
        let cells: Vec<String> = (0..names.len())
            .map(|place| time(place).map_or_else(|| "-".to_owned(), |time| format!("{:.1}", time * 1000.0)))
            .collect();
        println!("| {kernel} | {} |", cells.join(" | "));
        for (place, (sum, count)) in logarithms.iter_mut().enumerate() {
            if let (Some(ours), Some(time)) = (time(0), time(place)) {
                *sum += (time / ours).ln();
                *count += 1.0;
            }
        }
    }
    let means: Vec<String> =
        logarithms.iter().map(|(sum, count)| format!("{:.3}", (sum / count).exp())).collect();
    println!("| geometric mean of times of ours | {} |", means.join(" | "));
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    match words.split_first() {
        Some((first, _)) if first == "starts" => starts(),
        Some((first, rest)) if first == "kernels" => kernels(rest),
        _ => {
            starts();
            kernels(&[]);
        }
    }
}
