//! What a shell remembers: variables, functions, aliases, options, traps, jobs. It knows no system call.
//!
//! Everything here is `Clone`, and a clone is cheap: large members are shared and copied when they are first
//! written to. That is what a subshell is.

mod associative;
mod completion;
mod directories;
mod dynamic;
mod frame;
mod hash;
mod history;
mod jobs;
mod memory;
mod options;
mod shell_state;
mod traps;
mod value;
mod variables;

pub(crate) use associative::Associative;
pub(crate) use completion::{
    ACTIONS, COMPLETION_OPTIONS, CompletionSpec, CompletionSpecs, CompletionTarget, NameSet,
};
pub(crate) use directories::{DIRECTORIES_MAX, Directories};
pub(crate) use dynamic::{Dynamic, Random};
pub(crate) use frame::{Frame, FrameKind};
pub(crate) use hash::CommandHash;
pub(crate) use history::{History, HistoryControl, HistoryEntry};
pub(crate) use jobs::{Job, JobMember, JobSelection, JobState, Jobs};
pub(crate) use memory::{ITEM_BYTES, Memory};
pub(crate) use options::{Options, SetOption, ShoptOption};
pub(crate) use shell_state::{Coprocess, Function, State};
pub(crate) use traps::{TrapName, Traps};
pub(crate) use value::{Attributes, Value, Variable};
pub(crate) use variables::{ScopeKind, Variables, is_name};
