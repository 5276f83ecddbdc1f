//! The text program: commands that show text and bytes, a page or a column at a time.
//!
//! It owns the table from command name to tool. [`stream`] is the way to files and to standard output; the crate `cli`
//! reads command lines and words messages.
//!
//! It also builds for Unix, where the tools do the same: that is how they are tested. Only the pager's keys need the
//! sandbox.

mod column;
mod hexdump;
mod pager;
mod rev;
mod stream;
mod strings;
mod terminfo;
mod xxd;

use std::ffi::OsString;
use std::process::exit;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use os::OsStringExt;

/// A tool's entry point: its name as typed and its arguments, to an exit status.
type Tool = fn(&str, Vec<Vec<u8>>) -> i32;

/// Every tool under the name that it answers to, sorted by name.
const TOOLS: [(&str, Tool); 11] = [
    ("clear", terminfo::clear),
    ("column", column::main),
    ("hd", hexdump::main_canonical),
    ("hexdump", hexdump::main),
    ("less", pager::less),
    ("more", pager::more),
    ("reset", terminfo::reset),
    ("rev", rev::main),
    ("strings", strings::main),
    ("tput", terminfo::tput),
    ("xxd", xxd::main),
];

fn main() {
    #[cfg(target_os = "wasi")]
    wasmsand_sys::directory::enter();
    let mut argv: Vec<Vec<u8>> = std::env::args_os().map(OsString::into_vec).collect();
    if argv.first().is_some_and(|name| base_name(name) == b"text") {
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
            cli::stdio::complain("text", &format!("{}: no such tool", cli::wording::name(name)));
            exit(127);
        }
    }
}

/// Prints the name of every tool, one a line, and leaves.
fn list() -> ! {
    let names: String = TOOLS.iter().map(|(name, _)| format!("{name}\n")).collect();
    exit(i32::from(cli::stdio::print(names.as_bytes()).is_err()))
}

/// The last component of the path in `argv[0]`.
fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}
