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
mod watch;

use std::ffi::OsString;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use cli::multicall::{self, Command};
use os::OsStringExt;

/// Every tool under the name that it answers to, sorted by name.
const TOOLS: &[(&str, Command)] = &[
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
    ("watch", watch::main),
    ("wget", network::wget),
    ("who", identity::who),
    ("whoami", identity::whoami),
];

fn main() {
    wasmsand::enter();
    multicall::run("tools", TOOLS)
}

/// A path of bytes as the system wants it.
fn os_path(bytes: &[u8]) -> std::path::PathBuf {
    OsString::from_vec(bytes.to_vec()).into()
}
