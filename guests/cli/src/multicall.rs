//! A wasm file that is many commands: which one it is comes from the last component of `argv[0]`, or from the first
//! argument when the file was called by its own name.

use std::ffi::OsString;
use std::process::exit;

#[cfg(unix)]
use std::os::unix::ffi::OsStringExt;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi::OsStringExt;

use crate::{frame, stdio, wording};

/// A command's entry point: its name as typed and its arguments, to an exit status.
pub type Command = fn(&str, Vec<Vec<u8>>) -> i32;

/// Runs the command that the process's arguments ask for and leaves with its status. `own` is the name of the file.
pub fn run(own: &str, commands: &[(&str, Command)]) -> ! {
    let mut argv: Vec<Vec<u8>> = std::env::args_os().map(OsString::into_vec).collect();
    if argv.first().is_some_and(|name| base_name(name) == own.as_bytes()) {
        argv.remove(0);
    }
    if argv.is_empty() {
        exit(list(commands));
    }
    let typed = argv.remove(0);
    let name = base_name(&typed);
    let found = commands.iter().find(|(known, _)| name == known.as_bytes());
    exit(match (found, name) {
        (Some((_, command)), _) => command(&String::from_utf8_lossy(&typed), argv),
        (None, b"--list" | b"--help") => list(commands),
        (None, b"--version") => i32::from(stdio::print(frame::version(own).as_bytes()).is_err()),
        (None, _) => {
            stdio::complain(own, &format!("{}: no such command", wording::name(name)));
            127
        }
    })
}

/// Prints the name of every command, one a line; the status.
fn list(commands: &[(&str, Command)]) -> i32 {
    let names: String = commands.iter().map(|(name, _)| format!("{name}\n")).collect();
    i32::from(stdio::print(names.as_bytes()).is_err())
}

/// The name of a command without the directories that it was typed with.
pub fn command_name(typed: &str) -> &str {
    typed.rsplit('/').next().unwrap_or(typed)
}

/// The last component of a path, as `argv[0]` is one.
fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}
