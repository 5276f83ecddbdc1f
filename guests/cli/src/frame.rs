//! The frame of a tool: its name in messages, and how it ends in the usual cases.

use crate::stdio;
use crate::wording::reason;

/// A tool's name as typed, for its messages.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub program: &'a str,
}

impl Frame<'_> {
    /// Writes `program: what` to standard error.
    pub fn complain(self, what: &str) {
        stdio::complain(self.program, what);
    }

    /// Complains about the command line and points at `--help`; the status.
    pub fn misused(self, what: &str) -> i32 {
        self.complain(what);
        self.try_help()
    }

    /// Points at `--help`; the status.
    pub fn try_help(self) -> i32 {
        stdio::note(&format!("Try '{} --help' for more information.", self.program));
        1
    }

    /// Complains about an operand too many.
    pub fn extra_operand(self, operand: &[u8]) -> i32 {
        self.misused(&format!("extra operand {}", crate::wording::quoted(operand)))
    }

    /// Prints a text that was asked for; the status.
    pub fn show(self, text: &str) -> i32 {
        match stdio::print(text.as_bytes()) {
            Ok(()) => 0,
            Err(errno) => {
                self.complain(&format!("write error: {}", reason(errno)));
                1
            }
        }
    }
}

/// What `--version` prints.
pub fn version(name: &str) -> String {
    format!("{name} (wasmsand) 0.1.0\n")
}

/// What an option `--help` means in the tables of tools whose options mean letters.
pub const HELP: char = '?';
/// What an option `--version` means there.
pub const VERSION: char = '!';
