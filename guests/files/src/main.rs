//! The files program: the commands that see or set what WASI preview1 hides of a file, its mode, owner, times and kind.
//!
//! It owns the table from command name to program and nothing else. The command is the last component of `argv[0]`,
//! or the first argument after `files`. [`system`] is the way to the files; the crate `cli` reads command lines and
//! words messages. Everything is written from the manuals of POSIX and of GNU, and held against GNU coreutils 9.1.
//!
//! It also builds for Unix, where the programs do the same by the system's own calls: that is how they are tested.

mod arguments;
mod ask;
mod backup;
mod chmod;
mod chown;
mod clock;
mod copy;
mod cp;
mod date;
mod date_text;
mod dd;
mod destination;
mod df;
mod du;
mod file;
mod install;
mod link;
mod ln;
mod ls;
mod mkdir;
mod mknod;
mod mktemp;
mod mv;
mod numbers;
mod path;
mod pathchk;
mod pattern;
mod people;
mod pr;
mod printenv;
mod quoting;
mod readlink;
mod realpath;
mod removal;
mod resolve;
mod rm;
mod rmdir;
mod run;
mod stat;
mod sync;
mod system;
mod test;
mod touch;
mod truncate;
mod which;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use cli::multicall::{self, Command};

/// Every program under the names that it answers to, sorted by name.
const PROGRAMS: &[(&str, Command)] = &[
    ("[", test::main),
    ("chgrp", chown::main),
    ("chmod", chmod::main),
    ("chown", chown::main),
    ("cp", cp::main),
    ("date", date::main),
    ("dd", dd::main),
    ("df", df::main),
    ("dir", ls::main),
    ("du", du::main),
    ("file", file::main),
    ("install", install::main),
    ("link", link::link),
    ("ln", ln::main),
    ("ls", ls::main),
    ("mkdir", mkdir::main),
    ("mkfifo", mknod::main),
    ("mknod", mknod::main),
    ("mktemp", mktemp::main),
    ("mv", mv::main),
    ("pathchk", pathchk::main),
    ("pr", pr::main),
    ("printenv", printenv::main),
    ("readlink", readlink::main),
    ("realpath", realpath::main),
    ("rm", rm::main),
    ("rmdir", rmdir::main),
    ("stat", stat::main),
    ("sync", sync::main),
    ("test", test::main),
    ("touch", touch::main),
    ("truncate", truncate::main),
    ("unlink", link::unlink),
    ("vdir", ls::main),
    ("which", which::main),
];

fn main() {
    system::enter();
    multicall::run("files", PROGRAMS)
}
