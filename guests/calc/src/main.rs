//! The calc program: bc and dc, calculators of any precision.
//!
//! It owns the table from command name to program. The command is the last component of `argv[0]`, or the first
//! argument after `calc`. [`number`] is the arithmetic that both share.

mod bc;
mod dc;
mod input;
mod math;
mod number;
mod output;

use std::ffi::OsString;
use std::process::exit;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use cli::{stdio, wording};
use os::OsStringExt;

/// A program's entry point: its arguments, to an exit status.
type Program = fn(Vec<Vec<u8>>) -> i32;

const PROGRAMS: [(&str, Program); 2] = [("bc", bc::main), ("dc", dc::main)];

fn main() {
    #[cfg(target_os = "wasi")]
    wasmsand_sys::directory::enter();
    let mut argv: Vec<Vec<u8>> = std::env::args_os().map(OsString::into_vec).collect();
    if argv.first().is_some_and(|name| base_name(name) == b"calc") {
        argv.remove(0);
    }
    if argv.is_empty() {
        list();
    }
    let typed = argv.remove(0);
    let name = base_name(&typed);
    match PROGRAMS.iter().find(|(known, _)| name == known.as_bytes()) {
        Some((_, program)) => exit(program(argv)),
        None if name == b"--list" || name == b"--help" => list(),
        None => {
            stdio::complain("calc", &format!("{}: no such program", wording::name(name)));
            exit(127);
        }
    }
}

/// Prints the name of every program, one a line, and leaves.
fn list() -> ! {
    let names: String = PROGRAMS.iter().map(|(name, _)| format!("{name}\n")).collect();
    exit(i32::from(stdio::print(names.as_bytes()).is_err()))
}

/// The last component of the path in `argv[0]`.
fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// A path as std has it.
fn os_str(path: &[u8]) -> &std::ffi::OsStr {
    os::OsStrExt::from_bytes(path)
}
