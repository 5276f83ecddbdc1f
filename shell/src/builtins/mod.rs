//! The builtins: what a shell does itself, because only it can. Everything else is a program.

mod alias;
mod arithmetic;
mod bind;
mod command;
mod complete;
mod control;
mod declare;
mod declare_print;
mod directories;
mod evaluate;
mod fc;
mod flags;
mod getopts;
mod help;
mod history;
mod jobs;
mod kill;
mod limits;
mod mapfile;
mod output;
mod printf;
mod read;
mod set;
mod table;
mod test;
mod trap;
mod ulimit;
mod unset;

use crate::exec::{Call, Outcome, Running, Shell};

pub(crate) use bind::EDITOR_FUNCTIONS;
pub(crate) use evaluate::run_file;
pub(crate) use output::format_time;
pub(crate) use read::read_reply;
pub(crate) use table::{find, names};

/// How a builtin runs.
pub(crate) enum Run {
    /// At once, without a system call.
    Now(fn(&mut Shell, &mut Call) -> Outcome),
    /// As a future.
    Later(for<'a> fn(&'a mut Shell, &'a mut Call) -> Running<'a>),
}

/// A builtin.
pub(crate) struct Builtin {
    /// Its name.
    pub(crate) name: &'static str,
    /// One of POSIX's special builtins: in POSIX mode its errors end a script and its assignments stay.
    pub(crate) special: bool,
    /// What it does.
    pub(crate) run: Run,
    /// Its arguments, for `help` and for messages.
    pub(crate) synopsis: &'static str,
    /// What it does, in a line.
    pub(crate) summary: &'static str,
}

/// Runs a builtin.
pub(crate) async fn run(shell: &mut Shell, builtin: &'static Builtin, call: &mut Call) -> Outcome {
    match builtin.run {
        Run::Now(run) => run(shell, call),
        Run::Later(run) => run(shell, call).await,
    }
}
