//! The tools program: commands that need what WASI preview1 lacks.
//!
//! It owns the table from command name to tool and nothing else. The command is
//! the last component of `argv[0]`, or the first argument after `tools`.
//! [`wasmsand`] is the way to the host; the crate `cli` reads command lines and words messages.
//!
//! It also builds for Unix, where the tools do the same by the system's own
//! calls: that is how they are tested.

mod accounts;
mod cal;
mod calendar;
mod duration;
mod env;
mod getopt;
mod identity;
mod kill;
mod launch;
mod network;
mod nice;
mod pgrep;
mod processes;
mod ps;
mod signals;
mod sleep;
mod stty;
mod system;
mod time;
mod timeout;
mod uuidgen;
#[cfg(target_os = "wasi")]
mod wasmsand;
#[cfg(not(target_os = "wasi"))]
#[path = "native.rs"]
mod wasmsand;

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
    ("arch", system::arch),
    ("cal", cal::main),
    ("curl", network::curl),
    ("env", env::main),
    ("free", system::free),
    ("getopt", getopt::main),
    ("groups", identity::groups),
    ("hostname", system::hostname),
    ("id", identity::id),
    ("kill", kill::kill),
    ("killall", kill::killall),
    ("logname", identity::logname),
    ("nice", nice::nice),
    ("nohup", nice::nohup),
    ("nproc", system::nproc),
    ("pgrep", pgrep::pgrep),
    ("pidof", kill::pidof),
    ("pkill", pgrep::pkill),
    ("ps", ps::main),
    ("sleep", sleep::main),
    ("stty", stty::stty),
    ("time", time::main),
    ("timeout", timeout::main),
    ("tty", stty::tty),
    ("uname", system::uname),
    ("uptime", system::uptime),
    ("users", identity::users),
    ("uuidgen", uuidgen::main),
    ("w", identity::w),
    ("wget", network::wget),
    ("who", identity::who),
    ("whoami", identity::whoami),
];

fn main() {
    wasmsand::enter();
    let mut argv: Vec<Vec<u8>> = std::env::args_os().map(OsString::into_vec).collect();
    if argv.first().is_some_and(|name| base_name(name) == b"tools") {
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
            stdio::complain("tools", &format!("{}: no such tool", wording::name(name)));
            exit(127);
        }
    }
}

/// A path of bytes as the system wants it.
fn os_path(bytes: &[u8]) -> std::path::PathBuf {
    OsString::from_vec(bytes.to_vec()).into()
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
