//! The cases of the tables, broken: whatever a program reads, it may refuse it, but it must not panic, and a time-out must
//! end it. The corpus is the tables themselves; a mutation is a piece lost, doubled, moved, or taken from another case.
//!
//! By default each table has a few of them. `WASMSAND_HOSTILE_SECONDS=600` goes on for that long, from a seed of its own
//! each time (`WASMSAND_HOSTILE_SEED` plays one again).

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use wasmsand_tests::{Chance, Ran, wasmsand};

use crate::ENVIRONMENT;
use crate::table::{Case, Table};

/// How many broken cases each table has by default.
const EACH: u64 = 12;
/// What people and programs put where it hurts.
const PIECES: [&str; 44] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "'",
    "\"",
    "/",
    "*",
    "+",
    "?",
    "|",
    "&",
    "^",
    "$",
    ".",
    ",",
    ";",
    ":",
    "-",
    "=",
    "<",
    ">",
    "!",
    "~",
    "@",
    "#",
    "%",
    "\n",
    "\t",
    " ",
    "0",
    "-1",
    "99999999999999999999",
    "1e999",
    "0x",
    "[[:",
    "\\(",
    "{,3}",
    "é",
    "\u{1f600}",
    "[^",
];
/// So much of what a program says is read, that one that says it for ever does no harm.
const SAID_BYTES: usize = 100_000;

/// A text with something done to it.
fn broken(chance: &mut Chance, text: &str, other: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=chance.below(3) {
        let at = chance.below(characters.len() + 1);
        let end = (at + 1 + chance.below(8)).min(characters.len());
        match chance.below(6) {
            0 => drop(characters.drain(at..end)),
            1 => {
                let piece: Vec<char> = characters[at..end].to_vec();
                for _ in 0..=chance.below(40) {
                    characters.splice(at..at, piece.iter().copied());
                }
            }
            2 if at < end => {
                let to = chance.below(characters.len());
                characters.swap(at, to);
            }
            3 => {
                let others: Vec<char> = other.chars().collect();
                let from = chance.below(others.len() + 1);
                let until = (from + chance.below(20)).min(others.len());
                characters.splice(at..at, others[from..until].iter().copied());
            }
            _ => {
                let piece = chance.pick(&PIECES);
                characters.splice(at..at, piece.chars());
            }
        }
    }
    characters.retain(|character| *character != '\0');
    characters.into_iter().collect()
}

/// What one broken case did that no program may do.
fn complaint(ran: &Ran) -> Option<&'static str> {
    let said = |what: &str| ran.out.contains(what) || ran.err.contains(what);
    if said("panicked at") {
        Some("a panic")
    } else if said("call stack exhausted") || said("wasm trap") {
        Some("a trap")
    } else if ran.status == 101 || ran.status == 134 {
        Some("an abort")
    } else {
        None
    }
}

/// Breaks a case of a table and runs it.
fn play(table: &Table, chance: &mut Chance) -> Option<String> {
    let pick = |chance: &mut Chance| -> Option<&Case> {
        let at = chance.below(table.cases.len());
        table.cases.get(at)
    };
    let (case, other) = (pick(chance)?, pick(chance)?);
    let command = broken(chance, &case.command, &other.command);
    let input =
        if chance.below(3) == 0 { broken(chance, &case.input, &other.input) } else { case.input.clone() };
    let fixture = [ENVIRONMENT, &table.fixture].concat();
    let script = format!("{fixture}\neval \"$1\" 2>&1 | head -c {SAID_BYTES}; exit ${{PIPESTATUS[0]}}");
    let arguments = ["--timeout", "3", "--max-memory", "256M", "-c", &script, "sh", &command];
    let ran = wasmsand(&arguments, input.as_bytes());
    complaint(&ran).map(|what| {
        let mut text = format!("{}: {}: {what}: {command:?}", table.name, case.name);
        let _ = write!(text, "\n  input {input:?}\n  {ran:?}");
        text
    })
}

#[test]
fn broken_cases_end_without_a_panic() {
    let tables = crate::tables();
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("WASMSAND_HOSTILE_SECONDS");
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let seed = number("WASMSAND_HOSTILE_SEED").unwrap_or(if seconds.is_some() { now } else { 1 });
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let (next, complaints) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    let is_over = match end {
                        Some(end) => Instant::now() > end,
                        None => turn >= EACH * tables.len() as u64,
                    };
                    if is_over {
                        return;
                    }
                    let table = &tables[(turn % tables.len() as u64) as usize];
                    let mut chance = Chance::new(seed.wrapping_mul(1 << 32).wrapping_add(turn));
                    if let Some(complaint) = play(table, &mut chance) {
                        complaints.lock().unwrap().push(complaint);
                    }
                }
            });
        }
    });
    let turns = next.into_inner();
    eprintln!("{turns} broken cases from seed {seed}");
    let complaints = complaints.into_inner().unwrap();
    assert!(complaints.is_empty(), "seed {seed}, {turns} turns:\n{}", complaints.join("\n"));
}
