//! `ulimit`: the limits of the shell's process, which its children begin with.

use std::fmt::Write;

use bstr::BString;
use wasmsand_wasi::{Bounds, Errno, Resource};

use crate::exec::{Call, Outcome, Shell};
use crate::state::SetOption;

/// The options that take a limit, as bash knows them where Linux is below.
const ROWS: [Row; 17] = [
    row(b'R', "real-time non-blocking time", "microseconds", 1, Some(Resource::RealtimeTime)),
    row(b'c', "core file size", "blocks", BLOCK, Some(Resource::Core)),
    row(b'd', "data seg size", "kbytes", 1024, Some(Resource::Data)),
    row(b'e', "scheduling priority", "", 1, Some(Resource::Nice)),
    row(b'f', "file size", "blocks", BLOCK, Some(Resource::FileSize)),
    row(b'i', "pending signals", "", 1, Some(Resource::Signals)),
    row(b'l', "max locked memory", "kbytes", 1024, Some(Resource::LockedMemory)),
    row(b'm', "max memory size", "kbytes", 1024, Some(Resource::ResidentSet)),
    row(b'n', "open files", "", 1, Some(Resource::OpenFiles)),
    row(b'p', "pipe size", "512 bytes", 512, None),
    row(b'q', "POSIX message queues", "bytes", 1, Some(Resource::MessageQueues)),
    row(b'r', "real-time priority", "", 1, Some(Resource::RealtimePriority)),
    row(b's', "stack size", "kbytes", 1024, Some(Resource::Stack)),
    row(b't', "cpu time", "seconds", 1, Some(Resource::Cpu)),
    row(b'u', "max user processes", "", 1, Some(Resource::Processes)),
    row(b'v', "virtual memory", "kbytes", 1024, Some(Resource::AddressSpace)),
    row(b'x', "file locks", "", 1, Some(Resource::FileLocks)),
];

/// A block is of 1024 bytes, and in POSIX mode of 512.
const BLOCK: u64 = 0;

/// How wide a table's names are at least, and its units.
const COLUMN: usize = 20;

/// What one write to a pipe may be without being taken apart, in bytes.
const PIPE_BYTES: u64 = 4096;

/// A limit as `ulimit` knows it.
struct Row {
    letter: u8,
    name: &'static str,
    unit: &'static str,
    factor: u64,
    /// Absent: it cannot be changed.
    resource: Option<Resource>,
}

const fn row(
    letter: u8,
    name: &'static str,
    unit: &'static str,
    factor: u64,
    resource: Option<Resource>,
) -> Row {
    Row { letter, name, unit, factor, resource }
}

/// Which bounds are meant.
#[derive(Clone, Copy, Debug, Default)]
struct Which {
    soft: bool,
    hard: bool,
}

/// What is asked for: limits, each with its new value.
#[derive(Default)]
struct Wish {
    which: Which,
    all: bool,
    limits: Vec<(&'static Row, Option<BString>)>,
}

/// `ulimit`
pub(crate) async fn ulimit(shell: &mut Shell, call: &mut Call) -> Outcome {
    let wish = match parse(call.argv.get(1..).unwrap_or_default()) {
        Ok(wish) => wish,
        Err(letter) => {
            let message = format!("ulimit: -{}: invalid option", char::from(letter));
            shell.complain(&message).await;
            shell.usage(b"ulimit").await;
            return Ok(2);
        }
    };
    if wish.all {
        let mut out = String::new();
        for row in &ROWS {
            let value = value_of(shell, row, wish.which).await;
            describe(&mut out, row, &value);
        }
        return Ok(shell.write_out("ulimit", out.as_bytes()).await);
    }
    let several = wish.limits.len() > 1;
    for (row, text) in wish.limits {
        match text {
            Some(text) => {
                if !change(shell, row, &text, wish.which).await {
                    return Ok(1);
                }
            }
            None => {
                let value = value_of(shell, row, wish.which).await;
                let mut out = String::new();
                if several {
                    describe(&mut out, row, &value);
                } else {
                    let _ = writeln!(out, "{value}");
                }
                let status = shell.write_out("ulimit", out.as_bytes()).await;
                if status != 0 {
                    return Ok(status);
                }
            }
        }
    }
    Ok(0)
}

/// Reads the words: a letter's limit is behind it, in the same word or the next. An error is an unknown letter.
fn parse(words: &[BString]) -> Result<Wish, u8> {
    let mut wish = Wish::default();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next_if(|word| word.starts_with(b"-") && word.len() > 1) {
        if word == "--" {
            break;
        }
        let mut letters = word.get(1..).unwrap_or_default();
        while let [letter, rest @ ..] = letters {
            letters = rest;
            match letter {
                b'S' => wish.which.soft = true,
                b'H' => wish.which.hard = true,
                b'a' => wish.all = true,
                letter => {
                    let Some(row) = ROWS.iter().find(|row| row.letter == *letter) else {
                        return Err(*letter);
                    };
                    let text = if rest.is_empty() {
                        words.next_if(|word| !word.starts_with(b"-")).cloned()
                    } else {
                        Some(rest.into())
                    };
                    wish.limits.push((row, text));
                    letters = b"";
                }
            }
        }
    }
    if wish.limits.is_empty() {
        let usual = ROWS.iter().find(|row| row.letter == b'f');
        wish.limits.extend(usual.map(|row| (row, words.next().cloned())));
    }
    Ok(wish)
}

/// A row of a table: `open files                          (-n) 1024`
fn describe(out: &mut String, row: &Row, value: &str) {
    let letter = char::from(row.letter);
    let unit =
        if row.unit.is_empty() { format!("(-{letter})") } else { format!("({}, -{letter})", row.unit) };
    let _ = writeln!(out, "{:<COLUMN$}{unit:>COLUMN$} {value}", row.name);
}

fn factor(shell: &Shell, row: &Row) -> u64 {
    match row.factor {
        BLOCK if shell.state.options.on(SetOption::Posix) => 512,
        BLOCK => 1024,
        factor => factor,
    }
}

async fn bounds(shell: &mut Shell, row: &Row) -> Bounds {
    match row.resource {
        Some(resource) => shell.sys.limit(resource, None).await.unwrap_or_default(),
        None => Bounds { soft: Some(PIPE_BYTES), hard: Some(PIPE_BYTES) },
    }
}

async fn value_of(shell: &mut Shell, row: &Row, which: Which) -> String {
    let bounds = bounds(shell, row).await;
    let bound = if which.hard && !which.soft { bounds.hard } else { bounds.soft };
    match bound {
        Some(bound) => (bound / factor(shell, row)).to_string(),
        None => "unlimited".into(),
    }
}

/// Sets a limit; says whether that went well, and why not if it did not.
async fn change(shell: &mut Shell, row: &Row, text: &BString, which: Which) -> bool {
    let old = bounds(shell, row).await;
    let bound = match text.as_slice() {
        b"unlimited" => None,
        b"hard" => old.hard,
        b"soft" => old.soft,
        digits if digits.iter().all(u8::is_ascii_digit) => {
            let number = digits
                .iter()
                .try_fold(0u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
            match number.unwrap_or(u64::MAX).checked_mul(factor(shell, row)) {
                Some(bound) => Some(bound),
                None => {
                    shell.complain_in("ulimit", text, "limit out of range").await;
                    return false;
                }
            }
        }
        other => {
            let hex = other.starts_with(b"0x") || other.starts_with(b"0X");
            let why = if hex { "invalid hex number" } else { "invalid number" };
            shell.complain_in("ulimit", text, why).await;
            return false;
        }
    };
    let both = !which.soft && !which.hard;
    let new = Bounds {
        soft: if both || which.soft { bound } else { old.soft },
        hard: if both || which.hard { bound } else { old.hard },
    };
    let set = match row.resource {
        Some(resource) => shell.sys.limit(resource, Some(new)).await.map(|_| ()),
        None => Err(Errno::Inval),
    };
    if let Err(errno) = set {
        shell.complain(&format!("ulimit: {}: cannot modify limit: {}", row.name, errno.message())).await;
        return false;
    }
    true
}
