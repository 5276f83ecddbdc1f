//! A call of the module in words, for `--trace`: its name, its arguments with strings as text, and its result.

use std::fmt::Write;

use super::{Call, VERSION};
use crate::kernel::Outcome;
use crate::preview1::{Memory, abi, shown};

/// A call and its arguments, without the result.
pub(crate) fn words(call: &Call, memory: &Memory<'_>) -> String {
    let mut text = format!("{}(", call.name());
    let arguments = call.arguments();
    let mut separator = "";
    let mut rest = arguments.as_slice();
    while let [(name, value), tail @ ..] = rest {
        text.push_str(separator);
        separator = ", ";
        rest = tail;
        let is_text = matches!(*name, "path" | "argv");
        // Writing to a String cannot fail.
        let _ = match (tail.first(), u64::try_from(*value)) {
            (Some((_, length)), Ok(pointer)) if is_text => {
                rest = tail.get(1..).unwrap_or_default();
                shown(&mut text, memory, pointer, u64::try_from(*length).unwrap_or(0));
                Ok(())
            }
            _ if is_plain(name) => write!(text, "{value}"),
            _ if *name == "mode" || *name == "mask" => write!(text, "{name} {value:#o}"),
            _ => write!(text, "{name} {value:#x}"),
        };
    }
    text.push(')');
    text
}

fn is_plain(name: &str) -> bool {
    name.ends_with("fd")
        || name.ends_with("len")
        || matches!(name, "target" | "signal" | "group" | "at_least")
}

/// One line for a performed call, without the newline.
pub(crate) fn describe(call: &Call, memory: &Memory<'_>, outcome: &Outcome<u16>) -> String {
    let mut text = words(call, memory);
    text.push_str(" = ");
    match outcome {
        Outcome::Done(VERSION) if matches!(call, Call::Version {}) => text.push_str(&VERSION.to_string()),
        Outcome::Done(abi::SUCCESS) => result(&mut text, call, memory),
        Outcome::Done(number) => text.push_str(abi::errno_name(*number)),
        Outcome::Block(_) => text.push_str("? (waits)"),
        Outcome::Exit(status) => {
            let _ = write!(text, "ends with {}", status.code());
        }
    }
    text
}

/// What a successful call answered.
fn result(text: &mut String, call: &Call, memory: &Memory<'_>) {
    let number = |at| memory.read_u32(at).unwrap_or(0);
    let _ = match *call {
        Call::Wait { status, pid, .. } => write!(text, "{} status {:#x}", number(pid), number(status)),
        Call::Pipe { read_fd, write_fd } => write!(text, "{} {}", number(read_fd), number(write_fd)),
        Call::Dup { new_fd: at, .. } => write!(text, "{}", number(at)),
        Call::SignalsTake { signals: at } => write!(text, "{:#x}", number(at)),
        Call::ModeGet { mode: at, .. } | Call::Umask { old: at, .. } => write!(text, "{:#o}", number(at)),
        _ => write!(text, "ok"),
    };
}
