//! The lines program: the everyday tools for text, in one small file that starts fast.
//!
//! It owns the table from command name to tool and nothing else. The command is the last component of `argv[0]`, or the
//! first argument after `lines`. Written from the manuals of POSIX and of GNU, and held against coreutils 9.1.
//!
//! It also builds for Unix: that is how it is tested.

mod cat;
mod cut;
mod head;
mod locale;
mod seq;
mod small;
mod sort;
mod stream;
mod tac;
mod tail;
mod tee;
mod tr;
mod uniq;
mod wc;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use cli::multicall::{self, Command};
use os::OsStringExt;
use textio::{float, input, output, ranges, size};

/// Every tool under the name that it answers to, sorted by name.
const TOOLS: &[(&str, Command)] = &[
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
    multicall::run("lines", TOOLS)
}

/// The directory that the process is in, without links.
fn current_directory() -> std::io::Result<Vec<u8>> {
    #[cfg(target_os = "wasi")]
    let path = wasmsand_sys::directory::current()?;
    #[cfg(not(target_os = "wasi"))]
    let path = std::env::current_dir()?;
    Ok(path.into_os_string().into_vec())
}
