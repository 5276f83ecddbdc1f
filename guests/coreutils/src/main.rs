//! The coreutils program: one wasm file that is many commands.
//!
//! It owns the table from command name to utility and nothing else; almost every
//! utility is a published crate of the uutils project. The command is the last
//! component of `argv[0]`, or the first argument after `coreutils`.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::exit;

/// A utility's entry point: the whole `argv`, its own name first, to an exit status.
type Uumain = fn(std::vec::IntoIter<OsString>) -> i32;

/// Every utility under the name that it answers to, sorted by name.
const UTILITIES: &[(&str, Uumain)] = &[
    ("dircolors", uu_dircolors::uumain),
    ("fmt", uu_fmt::uumain),
    ("hostid", uu_hostid::uumain),
    ("pr", uu_pr::uumain),
    ("ptx", uu_ptx::uumain),
    ("shred", uu_shred::uumain),
];

fn main() {
    #[cfg(target_os = "wasi")]
    wasmsand_sys::directory::enter();
    let mut argv: Vec<OsString> = std::env::args_os().collect();
    if argv.first().map(|name| base_name(name)) == Some(OsStr::new("coreutils")) {
        argv.remove(0);
        // uucore reads the process's own argv for the name in its messages.
        uucore::set_utility_is_second_arg();
    }
    let Some(name) = argv.first().map(|name| base_name(name).to_owned()) else {
        list();
    };
    match UTILITIES.iter().find(|(known, _)| name == *known) {
        Some((known, uumain)) => run(known, *uumain, argv),
        None if name == "--list" || name == "--help" => list(),
        None if name == "--version" => {
            exit(i32::from(writeln!(std::io::stdout(), "coreutils (wasmsand) 0.1.0").is_err()))
        }
        None => {
            eprintln!("coreutils: {}: no such utility", name.display());
            exit(127);
        }
    }
}

/// Runs one utility and leaves with its status.
fn run(name: &str, uumain: Uumain, argv: Vec<OsString>) -> ! {
    uucore::panic::mute_sigpipe_panic();
    if let Err(error) = uucore::locale::setup_localization(name) {
        eprintln!("{name}: cannot read the messages: {error}");
        exit(99);
    }
    let status = uumain(argv.into_iter());
    if let Err(error) = std::io::stdout().flush() {
        eprintln!("{name}: write error: {}", uucore::error::strip_errno(&error));
        exit(if status == 0 { 1 } else { status });
    }
    exit(status)
}

/// Prints the name of every utility, one a line, and leaves.
fn list() -> ! {
    let names: String = UTILITIES.iter().map(|(name, _)| format!("{name}\n")).collect();
    let written = std::io::stdout().write_all(names.as_bytes());
    exit(i32::from(written.is_err()))
}

/// The last component of the path in `argv[0]`.
fn base_name(argv0: &OsStr) -> &OsStr {
    Path::new(argv0).file_name().unwrap_or(argv0)
}
