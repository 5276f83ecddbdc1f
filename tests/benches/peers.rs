//! Whole processes beside `wasmi`, the command line of the engine that is ours too: the same programs, the same files,
//! in one run, by turns. Ours has its own WASI layer, so what differs is start-up and system calls.
//!
//! `cargo bench --bench peers [CASE...]`; `WASMSAND_WASMI_CLI` names the other program (else it is looked for on the
//! search path), `WASMSAND_ROUNDS` how often each contender runs. Wall time is the median of the rounds, processor
//! time (user and system) their mean: on a busy machine only that is to be trusted.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark prints its table, and ends by panicking when it cannot run"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Bytes of the file that is counted and sorted.
const FILE_BYTES: usize = 50 << 20;

/// What is measured: a program with its arguments, and how often it runs.
struct Case {
    name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    rounds: usize,
    /// It reads files, so that it matters where they are.
    has_files: bool,
}

const CASES: [Case; 6] = [
    Case { name: "start", program: "true", arguments: &[], rounds: 31, has_files: false },
    Case { name: "compute", program: "compute", arguments: &[], rounds: 7, has_files: false },
    Case { name: "wc", program: "wc", arguments: &["-l", "data/lines"], rounds: 7, has_files: true },
    Case { name: "sort", program: "sort", arguments: &["data/lines"], rounds: 3, has_files: true },
    Case { name: "stats", program: "stats", arguments: &[], rounds: 11, has_files: true },
    Case { name: "reads", program: "reads", arguments: &[], rounds: 11, has_files: true },
];

/// 100,000 times the attributes of `lines` in the first preopened directory.
const STATS: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "lines")
    (func (export "_start") (local $i i32)
      (loop $again
        (if (call $stat (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 5) (i32.const 64)) (then unreachable))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100000))))))"#;

/// 100,000 times 16 bytes of `lines`.
const READS: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_open"
      (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "lines")
    (func (export "_start") (local $i i32)
      (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 5) (i32.const 0) (i64.const 2)
        (i64.const 2) (i32.const 0) (i32.const 16)) (then unreachable))
      (i32.store (i32.const 32) (i32.const 64)) (i32.store (i32.const 36) (i32.const 16))
      (loop $again
        (if (call $read (i32.load (i32.const 16)) (i32.const 32) (i32.const 1) (i32.const 40)) (then unreachable))
        (if (i32.ne (i32.load (i32.const 40)) (i32.const 16)) (then unreachable))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100000))))))"#;

/// 50 million rounds of a generator of numbers.
const COMPUTE: &str = r#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start") (local $i i32) (local $x i32)
      (loop $again
        (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50000000))))
      (call $exit (i32.and (local.get $x) (i32.const 0)))))"#;

/// The folder of one run: programs in `bin`, files in `data`.
fn prepare() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (bin, data) = (folder.path().join("bin"), folder.path().join("data"));
    fs::create_dir(&bin).expect("a folder can be made");
    fs::create_dir(&data).expect("a folder can be made");
    let coreutils = Command::new(wasmsand_tests::program()).args(["-c", "cat /usr/bin/wc"]).output();
    let coreutils = coreutils.expect("wasmsand runs").stdout;
    for name in ["true", "wc", "sort"] {
        fs::write(bin.join(name), &coreutils).expect("files can be written");
    }
    for (name, text) in [("stats", STATS), ("reads", READS), ("compute", COMPUTE)] {
        fs::write(bin.join(name), wat::parse_str(text).expect("the text is correct"))
            .expect("files can be written");
    }
    fs::write(data.join("lines"), lines()).expect("files can be written");
    folder
}

/// Lines of up to 40 bytes in no order.
fn lines() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FILE_BYTES + 64);
    let mut number: u64 = 1;
    while bytes.len() < FILE_BYTES {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(format!("{:x} some words of a line\n", number >> 20).as_bytes());
    }
    bytes
}

/// The other program, if it is there.
fn wasmi() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("WASMSAND_WASMI_CLI") {
        return Some(path.into());
    }
    wasmsand_tests::has("wasmi").then(|| "wasmi".into())
}

/// Who runs a case: a name, and the command up to the program's path.
fn contenders(case: &Case) -> Vec<(&'static str, Vec<String>)> {
    let ours = wasmsand_tests::program().display().to_string();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut found = Vec::new();
    if let Some(wasmi) = wasmi() {
        let wasmi = wasmi.display().to_string();
        found.push(("wasmi", words(&[&wasmi, "--dir", "data"])));
        found.push(("wasmi lazy", words(&[&wasmi, "--compilation-mode", "lazy", "--dir", "data"])));
    }
    if case.has_files {
        found.push(("ours, host folder", words(&[&ours, "run", "--dir", "data::data"])));
        found.push(("ours, in memory", words(&[&ours, "run", "--copy-dir", "data::data"])));
    } else {
        found.push(("ours", words(&[&ours, "run"])));
    }
    found
}

/// Runs once; answers the wall time.
fn run(folder: &Path, command: &[String], case: &Case) -> Duration {
    let (program, arguments) = command.split_first().expect("a command has a name");
    let mut process = Command::new(program);
    process.args(arguments).arg(format!("bin/{}", case.program)).args(case.arguments);
    process.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = process.status().expect("the program starts");
    assert!(status.success(), "{command:?} {}", case.name);
    start.elapsed()
}

/// User and system time of all children so far, in ticks of 10 ms: proc(5), fields 16 and 17.
fn children_ticks() -> u64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    after_name.split_ascii_whitespace().skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

fn measure(folder: &Path, case: &Case) {
    let rounds =
        std::env::var("WASMSAND_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(case.rounds);
    let contenders = contenders(case);
    let mut walls = vec![Vec::new(); contenders.len()];
    let mut ticks = vec![0; contenders.len()];
    for _ in 0..rounds {
        for (i, (_, command)) in contenders.iter().enumerate() {
            let before = children_ticks();
            let wall = run(folder, command, case);
            walls.get_mut(i).expect("one per contender").push(wall);
            *ticks.get_mut(i).expect("one per contender") += children_ticks() - before;
        }
    }
    for ((name, _), (walls, ticks)) in contenders.iter().zip(walls.iter_mut().zip(&ticks)) {
        walls.sort();
        let median = walls.get(walls.len() / 2).copied().unwrap_or_default();
        let processor =
            Duration::from_millis(ticks * 10).as_secs_f64() / f64::from(u32::try_from(rounds).unwrap_or(1));
        println!(
            "{:<8} {name:<18} {:>9.1} ms wall {:>9.1} ms processor",
            case.name,
            median.as_secs_f64() * 1e3,
            processor * 1e3
        );
    }
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if wasmi().is_none() {
        println!("no wasmi: set WASMSAND_WASMI_CLI, or `cargo install wasmi_cli --version =2.0.0`");
    }
    let folder = prepare();
    for case in CASES.iter().filter(|case| wanted.is_empty() || wanted.iter().any(|name| name == case.name)) {
        measure(folder.path(), case);
    }
}
