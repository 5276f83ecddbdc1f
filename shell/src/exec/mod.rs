//! The evaluator: trees to processes. A shell is a process of the kernel; what it starts are others.
//!
//! Three ways to start something, never confused: a subshell is a clone of the state, a script is a fresh shell
//! with the environment only, a program gets arguments, environment and descriptors.

mod and_or;
mod call;
mod complain;
mod completion;
mod compound;
mod condition;
mod coprocess;
mod file_test;
mod history_file;
mod hop;
mod job_control;
mod jump;
mod loops;
mod memory;
mod pipeline;
mod port;
mod posix;
mod process;
mod prompt;
mod read_commands;
mod recording;
mod redirect;
mod regex_text;
mod search;
mod select;
mod simple;
mod source_text;
pub(crate) mod start;
pub(crate) mod startup;
mod steps;
mod trace;
mod trap;
mod waiting;

use std::collections::VecDeque;
use std::sync::Arc;

use bstr::BString;
use wasmsand_wasi::{Pid, Sys};

use crate::state::State;
use hop::Hops;
use port::Port;

pub(crate) use file_test::{compare_numbers, is_binary, is_unary};
pub(crate) use hop::Flight;
pub(crate) use jump::{Outcome, Running, Unwind};
pub(crate) use search::Found;
pub(crate) use simple::Call;
pub(crate) use source_text::JobText;
pub(crate) use source_text::{function_source, parse_quoted_text, word_source};
pub(crate) use trap::single_quoted;

/// How deep functions, `eval`, sourced files, traps and substitutions may nest. A level takes some KiB of the heap.
pub(crate) const CALL_DEPTH_MAX: u32 = 2048;

/// A running shell: its way to the kernel and its state.
pub(crate) struct Shell {
    /// The kernel.
    pub(crate) sys: Port,
    /// The way to the driver.
    hops: Hops,
    /// Lists that run within one another since the last hop.
    lists: u32,
    /// Parameter expansions within one another since the last hop.
    pub(crate) expansions: u32,
    /// What a subshell is a copy of.
    pub(crate) state: State,
    /// The next command is the last thing this process does: a program may take its place.
    tail: bool,
    /// Commands and rounds since the shell began, for giving way.
    steps: u32,
    /// The status of the last substitution in the command being expanded.
    pub(crate) substituted: Option<u8>,
    /// Commands read from the prompt, for `\#`.
    pub(crate) commands_read: u32,
    /// The history as it was last shown to the line editor, and how often it had been changed then.
    shown_history: Option<(u64, Arc<Vec<BString>>)>,
    /// A command in a loop was stopped in the foreground.
    leaves_loops: bool,
    /// How often Ctrl-D was typed in a row.
    ends_of_input: u32,
    /// Children that belong to no job: process substitutions.
    asides: VecDeque<Pid>,
    /// Those of them that read: `>( )`.
    readers: Vec<Pid>,
    /// What is to be said of children that a signal ended, once the redirections of their command are undone.
    obituaries: BString,
}

impl Shell {
    fn bare(state: State, hops: Hops) -> Shell {
        Shell {
            sys: Port::default(),
            hops,
            lists: 0,
            expansions: 0,
            state,
            tail: false,
            steps: 0,
            substituted: None,
            commands_read: 0,
            shown_history: None,
            leaves_loops: false,
            ends_of_input: 0,
            asides: VecDeque::new(),
            readers: Vec::new(),
            obituaries: BString::default(),
        }
    }

    /// What stands where a shell hopped from.
    fn hollow(hops: Hops) -> Shell {
        Shell::bare(State::hollow(), hops)
    }

    /// A shell in its process.
    pub(crate) fn new(sys: Sys, state: State, hops: Hops) -> Shell {
        Shell { sys: Port::new(sys), ..Shell::bare(state, hops) }
    }
}
