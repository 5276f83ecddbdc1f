//! What the commands of csvkit share: their common options, and how they fail.
//!
//! They fail as Python programs do: `NameOfError: what` for data, a usage and status 2 for a command line.

pub mod clean;
mod columns;
pub mod cut;
mod decimal;
mod dialect;
pub mod format;
pub mod grep;
pub mod import;
pub mod join;
pub mod json;
mod kind;
pub mod look;
mod moment;
mod options;
mod output;
mod sniff;
pub mod sort;
pub mod stack;
pub mod stat;
mod table;

use std::io;

/// Why a command gives up.
#[derive(Debug)]
pub enum Failure {
    /// The command line: usage, and status 2.
    Usage(String),
    /// The data: the name of an error and what it is about; status 1.
    Error(&'static str, String),
    /// Nothing more to do: help was asked for, or the status was decided on.
    Done(i32),
    /// Output could not be written.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Answers a command's status, and says why it failed.
fn finish(program: &str, result: Result<(), Failure>) -> i32 {
    let name = cli::multicall::command_name(program);
    match result {
        Ok(()) => 0,
        Err(Failure::Done(status)) => status,
        Err(Failure::Usage(what)) => {
            cli::stdio::note(&format!("usage: {name} [-h] [options] [FILE]\n{name}: error: {what}"));
            2
        }
        Err(Failure::Error(kind, what)) => {
            cli::stdio::note(&format!("{kind}: {what}"));
            1
        }
        Err(Failure::Output(error)) => {
            let (why, _) = crate::file::reason(&error);
            cli::stdio::complain(name, &format!("write error: {why}"));
            1
        }
    }
}
