//! A preview1 call in words, for `--trace`: its name, its arguments with paths as text, and its result.

use std::fmt::Write;

use bstr::BStr;

use super::abi;
use super::{Call, Memory};
use crate::kernel::Outcome;

/// The most bytes of a string that a trace shows.
const SHOWN_BYTES: u32 = 64;

/// One line for a performed call, without the newline.
pub(crate) fn describe(call: &Call, memory: &Memory<'_>, outcome: &Outcome<u16>) -> String {
    let mut text = format!("{}(", call.name());
    let arguments = call.arguments();
    let mut separator = "";
    let mut rest = arguments.as_slice();
    while let [(name, value), tail @ ..] = rest {
        text.push_str(separator);
        separator = ", ";
        rest = tail;
        if let (Some((_, length)), true) = (tail.first(), name.ends_with("path")) {
            rest = tail.get(1..).unwrap_or_default();
            shown(&mut text, memory, *value, *length);
        } else {
            signed_or_plain(&mut text, call, name, *value);
        }
    }
    text.push_str(") = ");
    match outcome {
        Outcome::Done(abi::SUCCESS) => result(&mut text, call, memory),
        Outcome::Done(number) => text.push_str(abi::errno_name(*number)),
        Outcome::Block(_) => text.push_str("? (waits)"),
        Outcome::Exit(status) => {
            // Writing to a String cannot fail.
            let _ = write!(text, "ends with {}", status.code());
        }
    }
    text
}

/// Writes bytes of guest memory as text, cut where they are long.
pub(crate) fn shown(text: &mut String, memory: &Memory<'_>, pointer: u64, length: u64) {
    let (pointer, length) = (low(pointer), low(length));
    let cut = length.min(SHOWN_BYTES);
    let _ = match memory.slice(pointer, cut) {
        Ok(bytes) if cut < length => write!(text, "{:?}...", BStr::new(bytes)),
        Ok(bytes) => write!(text, "{:?}", BStr::new(bytes)),
        Err(_) => write!(text, "{pointer:#x}"),
    };
}

fn signed_or_plain(text: &mut String, call: &Call, name: &str, value: u64) {
    let _ = match (call, name) {
        (Call::FdSeek { offset, .. }, "offset") => write!(text, "{offset}"),
        (_, "fd" | "old_fd" | "new_fd" | "to" | "id" | "whence" | "code" | "cookie" | "size" | "len") => {
            write!(text, "{value}")
        }
        (_, _) if name.ends_with("len") => write!(text, "{value}"),
        _ => write!(text, "{name} {value:#x}"),
    };
}

/// What a successful call answered: the number it wrote, where it wrote one.
fn result(text: &mut String, call: &Call, memory: &Memory<'_>) {
    let four = |at| memory.read_u32(at).map(u64::from);
    let number = match *call {
        Call::FdRead { nread: at, .. }
        | Call::FdPread { nread: at, .. }
        | Call::FdWrite { nwritten: at, .. }
        | Call::FdPwrite { nwritten: at, .. }
        | Call::FdReaddir { bufused: at, .. }
        | Call::PathReadlink { bufused: at, .. }
        | Call::PathOpen { opened_fd: at, .. }
        | Call::PollOneoff { nevents: at, .. } => four(at),
        Call::FdSeek { newoffset: at, .. }
        | Call::FdTell { offset: at, .. }
        | Call::ClockTimeGet { time: at, .. } => memory.read_u64(at),
        _ => {
            text.push_str("ok");
            return;
        }
    };
    let _ = match number {
        Ok(number) => write!(text, "{number}"),
        Err(errno) => write!(text, "{}", errno.name()),
    };
}

fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}
