//! The textutils program: what puts lines beside one another, numbers, folds, splits, encodes and sums them.
//!
//! It owns the table from command name to tool and nothing else. The command is the last component of `argv[0]`, or the
//! first argument after `textutils`. Written from the manuals of POSIX and of GNU, and held against coreutils 9.1.
//!
//! It also builds for Unix: that is how it is tested.

mod base;
mod comm;
mod csplit;
mod expand;
mod extended;
mod factor;
mod fmt;
mod fold;
mod integer;
mod join;
mod line;
mod nl;
mod numfmt;
mod od;
mod paste;
mod printf;
mod shell;
mod shuf;
mod split;
mod sums;
mod tabs;
mod tsort;
mod unexpand;

use cli::multicall::{self, Command};
use textio::{input, output};

/// Every tool under the name that it answers to, sorted by name.
const TOOLS: &[(&str, Command)] = &[
    ("b2sum", sums::digest),
    ("base32", base::main),
    ("base64", base::main),
    ("basenc", base::basenc),
    ("cksum", sums::cksum),
    ("comm", comm::main),
    ("csplit", csplit::main),
    ("expand", expand::main),
    ("factor", factor::main),
    ("fmt", fmt::main),
    ("fold", fold::main),
    ("join", join::main),
    ("md5sum", sums::digest),
    ("nl", nl::main),
    ("numfmt", numfmt::main),
    ("od", od::main),
    ("paste", paste::main),
    ("printf", printf::main),
    ("sha1sum", sums::digest),
    ("sha224sum", sums::digest),
    ("sha256sum", sums::digest),
    ("sha384sum", sums::digest),
    ("sha512sum", sums::digest),
    ("shuf", shuf::main),
    ("split", split::main),
    ("sum", sums::sum),
    ("tsort", tsort::main),
    ("unexpand", unexpand::main),
];

fn main() {
    #[cfg(target_os = "wasi")]
    wasmsand_sys::directory::enter();
    multicall::run("textutils", TOOLS)
}
