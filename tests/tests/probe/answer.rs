//! A probe's answer: what a guest has told, in words. `ok`, `ok VALUE` or the errno's name; several are joined by `; `.

use std::collections::HashMap;

use crate::abi::{errno, filetype};
use crate::module::regions;
use crate::script::{Step, Tell};

/// How a guest ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By itself, with a status.
    Exit(u32),
    /// By a trap, or whatever an engine makes of a bad argument.
    Trap,
    /// It did not end.
    Hang,
    /// It took the engine with it.
    Crash,
}

/// The numbers that differ from run to run (inodes, devices), in the order in which they are met.
#[derive(Default)]
struct Names {
    inodes: HashMap<u64, usize>,
    devices: HashMap<u64, usize>,
    mark: u64,
}

fn nth(met: &mut HashMap<u64, usize>, number: u64) -> usize {
    let next = met.len() + 1;
    *met.entry(number).or_insert(next)
}

/// The answer of a script.
pub(crate) fn answer(steps: &[Step], report: &[u8], ending: &Ending) -> String {
    match ending {
        Ending::Trap => return "trap".to_owned(),
        Ending::Hang => return "hangs".to_owned(),
        Ending::Crash => return "crashes".to_owned(),
        Ending::Exit(_) => {}
    }
    let mut rest = report;
    let mut names = Names::default();
    let mut told = Vec::new();
    for step in steps {
        if step.function == "proc_exit" {
            if let Ending::Exit(status) = ending {
                told.push(format!("exit {status}"));
            }
            return told.join("; ");
        }
        let Some(number) = word(&mut rest) else {
            told.push(format!("nothing told of `{}`", step.text));
            break;
        };
        if number != 0 {
            let name = errno(number);
            if step.told {
                told.push(name);
            } else if !step.may_fail {
                told.push(format!("`{}`: {name}", step.text));
                break;
            }
            continue;
        }
        let parts: Vec<&[u8]> = regions(&step.tell).iter().map(|_| piece(&mut rest)).collect();
        let value = value(&step.tell, &parts, &mut names);
        if step.told {
            told.push(if value.is_empty() { "ok".to_owned() } else { format!("ok {value}") });
        }
    }
    if *ending != Ending::Exit(0) {
        told.push(format!("{ending:?}"));
    }
    told.join("; ")
}

fn word(rest: &mut &[u8]) -> Option<u32> {
    let (word, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_le_bytes(*word))
}

fn piece<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let length = word(rest).map_or(0, |length| usize::try_from(length).unwrap());
    let (piece, after) = rest.split_at(length.min(rest.len()));
    *rest = after;
    piece
}

/// A little-endian number somewhere in bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let mut all = [0; 8];
    if let (Some(from), Some(to)) = (bytes.get(at..at + length), all.get_mut(..length)) {
        to.copy_from_slice(from);
    }
    u64::from_le_bytes(all)
}

fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

fn value(tell: &Tell, parts: &[&[u8]], names: &mut Names) -> String {
    let bytes = parts.first().copied().unwrap_or_default();
    match tell {
        Tell::Nothing => String::new(),
        Tell::U32(_) | Tell::Used => number(bytes, 0, 4).to_string(),
        Tell::U64(_) => number(bytes, 0, 8).to_string(),
        Tell::Text | Tell::Bytes(..) => text(bytes),
        Tell::Stat(field) => stat(bytes, field, names),
        Tell::Fdstat => {
            let (flags, base, inheriting) = (number(bytes, 2, 2), number(bytes, 8, 8), number(bytes, 16, 8));
            format!("{} {flags} {base:x} {inheriting:x}", filetype(bytes[0]))
        }
        Tell::Prestat => format!("{} {}", bytes[0], number(bytes, 4, 4)),
        Tell::Zero(..) => bytes.iter().all(|byte| *byte == 0).to_string(),
        Tell::Names => names_of(bytes),
        Tell::List("count") => entries(bytes).len().to_string(),
        Tell::List("entries") => {
            let mut all: Vec<String> = entries(bytes)
                .iter()
                .map(|entry| {
                    let inode = nth(&mut names.inodes, entry.ino);
                    format!("{}={}#{inode}", text(entry.name), filetype(entry.kind))
                })
                .collect();
            all.sort();
            all.join(" ")
        }
        Tell::List(_) => names_of(bytes),
        Tell::Events => events(bytes),
        Tell::Mark => {
            names.mark = number(bytes, 0, 8);
            String::new()
        }
        Tell::Since(least) => (number(bytes, 0, 8) >= names.mark.saturating_add(*least)).to_string(),
        Tell::Positive => (number(bytes, 0, 8) > 0).to_string(),
        Tell::Random(_) => bytes.iter().any(|byte| *byte != 0 && *byte != 0xaa).to_string(),
        Tell::Strings => strings(bytes, parts.get(1).copied().unwrap_or_default()),
    }
}

fn stat(bytes: &[u8], field: &str, names: &mut Names) -> String {
    let kind = bytes.get(16).copied().unwrap_or(u8::MAX);
    let (nlink, size) = (number(bytes, 24, 8), number(bytes, 32, 8));
    let (atim, mtim, ctim) = (number(bytes, 40, 8), number(bytes, 48, 8), number(bytes, 56, 8));
    // 2020-01-01
    let is_recent = |time: u64| time > 1_577_836_800_000_000_000;
    match field {
        "size" => size.to_string(),
        "nlink" => nlink.to_string(),
        "ino" => {
            let zero = if number(bytes, 8, 8) == 0 { " zero" } else { "" };
            format!("#{}{zero}", nth(&mut names.inodes, number(bytes, 8, 8)))
        }
        "dev" => format!("#{}", nth(&mut names.devices, number(bytes, 0, 8))),
        "atim" => atim.to_string(),
        "mtim" => mtim.to_string(),
        "times" => format!("{atim} {mtim}"),
        "recent" => format!("{} {} {}", is_recent(atim), is_recent(mtim), is_recent(ctim)),
        "type" => filetype(kind),
        // What a directory's size and links are is every file system's own.
        _ if kind == 3 => filetype(kind),
        _ => format!("{} {size} {nlink}", filetype(kind)),
    }
}

struct Entry<'a> {
    ino: u64,
    kind: u8,
    name: &'a [u8],
}

/// The whole entries in a buffer; the last one may be cut.
fn entries(mut bytes: &[u8]) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    while bytes.len() >= 24 {
        let length = usize::try_from(number(bytes, 16, 4)).unwrap();
        let Some(name) = bytes.get(24..24 + length) else { break };
        found.push(Entry { ino: number(bytes, 8, 8), kind: bytes[20], name });
        bytes = &bytes[24 + length..];
    }
    found
}

/// Names in no order, for nobody promises one.
fn names_of(bytes: &[u8]) -> String {
    let mut names: Vec<String> = entries(bytes).iter().map(|entry| text(entry.name)).collect();
    names.sort();
    names.join(" ")
}

/// Each event: its userdata, its kind, and an error, bytes or flags where there are any.
fn events(bytes: &[u8]) -> String {
    let all: Vec<String> = bytes
        .chunks_exact(32)
        .map(|event| {
            let kind = match event[10] {
                0 => "clock".to_owned(),
                1 => "read".to_owned(),
                2 => "write".to_owned(),
                other => format!("type {other}"),
            };
            let mut words = format!("{}:{kind}", number(event, 0, 8));
            let error = u32::try_from(number(event, 8, 2)).unwrap();
            if error != 0 {
                words += &format!(":{}", errno(error));
            }
            // How much may be written is every file system's own.
            if event[10] == 1 && error == 0 {
                words += &format!(":{}", number(event, 16, 8));
            }
            if number(event, 24, 2) & 1 == 1 {
                words += ":hangup";
            }
            words
        })
        .collect();
    all.join(" ")
}

/// Strings by their pointers, which must lead to where each begins.
fn strings(pointers: &[u8], bytes: &[u8]) -> String {
    let first = number(pointers, 0, 4);
    let all: Vec<String> = pointers
        .chunks_exact(4)
        .map(|pointer| {
            let start = usize::try_from(number(pointer, 0, 4).saturating_sub(first)).unwrap();
            let rest = bytes.get(start..).unwrap_or_default();
            match rest.iter().position(|byte| *byte == 0) {
                Some(end) => format!("[{}]", text(&rest[..end])),
                None => "no end".to_owned(),
            }
        })
        .collect();
    format!("{}: {}", all.len(), all.join(" "))
}
