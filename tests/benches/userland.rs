//! The programs: what each weighs, how soon it starts, and what it does with 50 MB beside the machine's own tools, as
//! tables in Markdown.
//!
//! `cargo bench -p wasmsand-tests --bench userland [-- starts | throughput [NAME]]`

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and stops at what it lacks"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// How often a start is measured; the median counts.
const STARTS: usize = 15;
/// How often work is measured; the best counts.
const RUNS: usize = 3;
const BYTES: usize = 50 << 20;

/// GNU grep stops at the first match where its output is /dev/null, hence `cat`. Work on `text` (50 MB of lines of words and numbers), `text.gz`, `text.b64` or `rows.json`, by name.
const WORK: &[(&str, &str)] = &[
    ("cat", "cat text"),
    ("wc", "wc text"),
    ("wc_lines", "wc -l text"),
    ("sort", "sort text"),
    ("sort_numeric", "sort -k3n text"),
    ("cut", "cut -d' ' -f2 text"),
    ("grep_literal", "grep -c lorem text | cat"),
    ("grep_nothing", "grep -c nowhere text | cat"),
    ("grep_alternation", "grep -cE 'lorem|ipsum|dolor' text | cat"),
    ("grep_class", "grep -c '[0-9]*5 ' text | cat"),
    ("rg", "rg -c lorem text | cat"),
    ("sed_print", "sed -n '/lorem/p' text"),
    ("sed_substitute", "sed 's/lorem/LOREM/g' text"),
    ("awk_print", "awk '{ print $2 }' text"),
    ("awk_sum", "awk '{ s += $3 } END { print s }' text"),
    ("awk_match", "awk '/lorem/ { n++ } END { print n }' text"),
    ("awk_count", "awk '{ c[$2]++ } END { for (w in c) n++; print n }' text"),
    ("tr", "tr a-z A-Z < text"),
    ("tr_delete", "tr -d 0-9 < text"),
    ("uniq", "uniq -c text"),
    ("head", "head -n 400000 text"),
    ("tail", "tail -n 400000 text"),
    ("tac", "tac text"),
    ("rev", "rev text"),
    ("nl", "nl text"),
    ("paste", "paste text text"),
    ("md5sum", "md5sum text"),
    ("sha1sum", "sha1sum text"),
    ("sha256sum", "sha256sum text"),
    ("sha512sum", "sha512sum text"),
    ("b2sum", "b2sum text"),
    ("cksum", "cksum text"),
    ("base64", "base64 text"),
    ("base64_decode", "base64 -d text.b64"),
    ("od", "head -c 5000000 text | od -c"),
    ("xxd", "head -c 5000000 text | xxd"),
    ("diff", "diff text changed"),
    ("cmp", "cmp text same"),
    ("gzip", "gzip -c text"),
    ("gunzip", "gzip -dc text.gz"),
    ("bzip2", "head -c 5000000 text | bzip2"),
    ("xz", "head -c 5000000 text | xz -T1"),
    ("zstd", "zstd -qc text"),
    ("tar_create", "tar cf - text"),
    ("tar_extract", "tar xOf text.tar"),
    ("jq", "jq -c .b rows.json"),
];

/// Each start is a run that does nearly nothing.
const STARTED: &[(&str, &str)] = &[
    ("true", "/usr/bin/true"),
    ("cat", "cat /dev/null"),
    ("wc", "wc /dev/null"),
    ("sort", "sort /dev/null"),
    ("ls", "ls /dev/null"),
    ("grep", "grep x /dev/null"),
    ("sed", "sed p /dev/null"),
    ("awk", "awk 'BEGIN { exit }'"),
    ("find", "find /dev/null"),
    ("xargs", "xargs true < /dev/null"),
    ("diff", "diff /dev/null /dev/null"),
    ("tar", "tar --version"),
    ("gzip", "gzip --version"),
    ("bc", "bc < /dev/null"),
    ("jq", "jq -n 1"),
    ("date", "date"),
    ("env", "env true"),
    ("ps", "ps"),
    ("stat", "stat /dev/null"),
    ("xxd", "xxd /dev/null"),
    ("rg", "rg x /dev/null"),
    ("xsv", "xsv --version"),
    ("python3", "python3 -c pass"),
];

fn prepare() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let words = ["lorem", "amet", "ipsum", "sit", "consectetur", "dolor", "elit", "sed", "do", "eiusmod"];
    let mut text = String::with_capacity(BYTES + 100);
    let mut number = 1_u64;
    while text.len() < BYTES {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word =
            |shift: u32| words.get(usize::try_from((number >> shift) % 10).unwrap_or(0)).unwrap_or(&"x");
        let _ = writeln!(
            text,
            "{} {}{} {} {} {}",
            word(20),
            word(24),
            number >> 52,
            number >> 44,
            word(30),
            word(40)
        );
    }
    let changed = text.replacen(" 7", " 8", 200);
    let rows: String = (0..200_000).fold(String::new(), |mut rows, n| {
        let _ = writeln!(rows, "{{\"a\":{n},\"b\":\"row {n}\",\"c\":[1,2,{n}]}}");
        rows
    });
    for (name, bytes) in [("text", &text), ("same", &text), ("changed", &changed), ("rows.json", &rows)] {
        std::fs::write(folder.path().join(name), bytes).expect("a file can be written");
    }
    let made = Command::new("bash")
        .current_dir(folder.path())
        .args(["-c", "gzip -k text; tar cf text.tar text; base64 text > text.b64"])
        .status();
    assert!(made.is_ok_and(|status| status.success()), "gzip, tar and base64 are needed for the inputs");
    folder
}

/// Runs a script in the folder and gives the numbers that it prints.
fn numbers(command: &mut Command, script: &str) -> Option<Vec<f64>> {
    let output = command.args(["-c", script]).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.split_whitespace().filter_map(|word| word.parse().ok()).collect())
}

/// A script that tells how many microseconds each of some runs of a command took; it fails where there is none.
fn timed(command: &str, runs: usize) -> String {
    let name = command.split_whitespace().next().unwrap_or_default();
    format!(
        "type -P {name} >/dev/null || exit 1\nfor ((i = 0; i < {runs}; i++)); do\n\
         a=${{EPOCHREALTIME/./}}; {{ {command}; }} >/dev/null 2>&1; b=${{EPOCHREALTIME/./}}; echo $((b - a)); done"
    )
}

fn ours(folder: &Path) -> Command {
    let mut command = Command::new(wasmsand_tests::program());
    command.arg("--copy-dir").arg(format!("{}::/bench", folder.display())).args(["--cwd", "/bench"]);
    command
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

fn starts() {
    println!("| program | first in a session, ms | again, ms | the machine's own, ms |\n|---|---|---|---|");
    let own_median = |command: &str| {
        numbers(&mut Command::new("bash"), &timed(command, STARTS)).map(|times| median(times) / 1000.0)
    };
    for (name, command) in STARTED {
        let script = timed(command, STARTS + 1);
        let Some(times) = numbers(&mut Command::new(wasmsand_tests::program()), &script) else { continue };
        let Some((first, again)) = times.split_first() else { continue };
        let theirs = own_median(command).map_or_else(|| "-".to_owned(), |time| format!("{time:.1}"));
        println!("| {name} | {:.1} | {:.1} | {theirs} |", first / 1000.0, median(again.to_vec()) / 1000.0);
    }
}

fn throughput(wanted: Option<&str>) {
    let folder = prepare();
    println!("| work | wasmsand, ms | the machine's own, ms | times |\n|---|---|---|---|");
    for (_, command) in WORK.iter().filter(|(name, _)| wanted.is_none_or(|part| name.contains(part))) {
        let script = timed(command, RUNS);
        let best = |times: Vec<f64>| times.into_iter().fold(f64::INFINITY, f64::min) / 1000.0;
        let Some(we) = numbers(&mut ours(folder.path()), &script).map(best) else { continue };
        let they = numbers(Command::new("bash").current_dir(folder.path()), &script).map(best);
        match they {
            Some(they) => println!("| `{command}` | {we:.0} | {they:.0} | {:.1} |", we / they),
            None => println!("| `{command}` | {we:.0} | - | - |"),
        }
    }
}

fn main() {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with('-'));
    match words.next().as_deref() {
        Some("starts") => starts(),
        Some("throughput") => throughput(words.next().as_deref()),
        _ => {
            starts();
            throughput(None);
        }
    }
}
