//! The find program: find, xargs and tree, which walk directories and run programs on what they find.
//!
//! It owns the table from command name to tool and nothing else. The command is the last component of `argv[0]`.
//! [`system`] is the way to the host. It also builds for Unix, where the tools do the same by the system's own calls:
//! that is how they are tested.

mod accounts;
mod calendar;
mod find;
mod glob;
mod program;
mod stat;
mod system;
mod tree;
mod xargs;

pub use system::enter;

/// A tool's entry point: its arguments, to an exit status.
type Tool = fn(Vec<Vec<u8>>) -> i32;

/// Every tool under the name that it answers to.
const TOOLS: [(&str, Tool); 3] = [("find", find::main), ("tree", tree::main), ("xargs", xargs::main)];

/// Runs a tool on the words of a command line, the name of the command first; answers the exit status.
pub fn main(argv: Vec<Vec<u8>>) -> i32 {
    let mut argv = argv.into_iter();
    let typed = argv.next().unwrap_or_default();
    let name = typed.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let tool = TOOLS.iter().find(|(known, _)| name == known.as_bytes());
    // Under any other name it is find, as a copy of GNU's is.
    tool.map_or(find::main as Tool, |(_, tool)| *tool)(argv.collect())
}
