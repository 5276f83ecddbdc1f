//! The diff program: diff, cmp and patch, which tell how files differ and carry differences over.
//!
//! It owns the table from command name to tool. [`system`] is the way to files, [`output`] to standard output, [`time`]
//! writes and reads times; the crate `cli` reads command lines and words messages.
//!
//! It also builds for Unix, where the tools do the same by the system's own calls: that is how they are tested.

mod cmp;
mod diff;
mod output;
mod patch;
mod system;
mod time;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

pub use system::enter;

/// A tool's entry point: its name as typed and its arguments, to an exit status.
type Tool = fn(&str, Vec<Vec<u8>>) -> i32;

/// Every tool under the name that it answers to, sorted by name.
const TOOLS: [(&str, Tool); 3] = [("cmp", cmp::main), ("diff", diff::main), ("patch", patch::main)];

/// Runs a tool on the words of a command line, the name of the command first; answers the exit status.
pub fn main(mut argv: Vec<Vec<u8>>) -> i32 {
    let typed = if argv.is_empty() { b"diff".to_vec() } else { argv.remove(0) };
    let name = typed.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let tool = TOOLS
        .iter()
        .find(|(known, _)| name == known.as_bytes())
        .map_or(diff::main as Tool, |(_, tool)| *tool);
    tool(&String::from_utf8_lossy(&typed), argv)
}
