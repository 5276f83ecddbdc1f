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

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use cli::multicall::{self, Command};

/// Every tool under the name that it answers to, sorted by name.
const TOOLS: [(&str, Command); 11] = [
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
    multicall::run("text", &TOOLS)
}
