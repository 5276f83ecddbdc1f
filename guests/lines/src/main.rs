//! The lines program: the everyday tools for text, in one small file that starts fast.
//!
//! It owns the table from command name to tool and nothing else. The command is the last component of `argv[0]`, or the
//! first argument after `lines`. Written from the manuals of POSIX and of GNU, and held against coreutils 9.1.
//!
//! It also builds for Unix: that is how it is tested.

mod cat;
mod cut;
mod float;
mod head;
mod input;
mod locale;
mod output;
mod ranges;
mod seq;
mod size;
mod small;
mod sort;
mod stream;
mod tac;
mod tail;
mod tee;
mod tr;
mod uniq;
mod wc;

use std::ffi::OsString;
use std::process::exit;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use cli::{stdio, wording};
use os::OsStringExt;

/// A tool's entry point: its name as typed and its arguments, to an exit status.
type Tool = fn(&str, Vec<Vec<u8>>) -> i32;

/// Every tool under the name that it answers to, sorted by name.
const TOOLS: &[(&str, Tool)] = &[
    ("basename", small::basename),
    ("cat", cat::main),
    ("cut", cut::main),
    ("dirname", small::dirname),
    ("echo", small::echo),
    ("false", small::no_status),
    ("head", head::main),
    ("pwd", small::pwd),
    ("seq", seq::main),
    ("sort", sort::main),
    ("tac", tac::main),
    ("tail", tail::main),
    ("tee", tee::main),
    ("tr", tr::main),
    ("true", small::yes_status),
    ("uniq", uniq::main),
    ("wc", wc::main),
    ("yes", small::yes),
];

fn main() {
    #[cfg(target_os = "wasi")]
    wasmsand_sys::directory::enter();
    let mut argv: Vec<Vec<u8>> = std::env::args_os().map(OsString::into_vec).collect();
    if argv.first().is_some_and(|name| base_name(name) == b"lines") {
        argv.remove(0);
    }
    if argv.is_empty() {
        list();
    }
    let typed = argv.remove(0);
    let name = base_name(&typed);
    match TOOLS.iter().find(|(known, _)| name == known.as_bytes()) {
        Some((_, tool)) => exit(tool(&String::from_utf8_lossy(&typed), argv)),
        None if name == b"--list" || name == b"--help" => list(),
        None => {
            stdio::complain("lines", &format!("{}: no such tool", wording::name(name)));
            exit(127);
        }
    }
}

/// Prints the name of every tool, one a line, and leaves.
fn list() -> ! {
    let names: String = TOOLS.iter().map(|(name, _)| format!("{name}\n")).collect();
    exit(i32::from(stdio::print(names.as_bytes()).is_err()))
}

/// The last component of the path in `argv[0]`.
fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// The directory that the process is in, without links.
fn current_directory() -> std::io::Result<Vec<u8>> {
    #[cfg(target_os = "wasi")]
    let path = wasmsand_sys::directory::current()?;
    #[cfg(not(target_os = "wasi"))]
    let path = std::env::current_dir()?;
    Ok(path.into_os_string().into_vec())
}
