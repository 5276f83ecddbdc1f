//! The state of a shell: all that a subshell starts with a copy of.

use std::collections::BTreeMap;
use std::sync::Arc;

use bstr::BString;
use indexmap::IndexMap;
use wasmsand_wasi::{Fd, Pid, Signal};

use super::{
    CommandHash, CompletionSpecs, Directories, Frame, History, Jobs, Options, Random, Traps, Variables,
};
use crate::syntax::ast::FunctionDef;

/// A defined function.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// Its definition.
    pub(crate) definition: Arc<FunctionDef>,
    /// The file its text came from.
    pub(crate) source: Arc<BString>,
    /// `export -f`
    pub(crate) export: bool,
    /// `readonly -f`
    pub(crate) readonly: bool,
    /// `declare -ft`
    pub(crate) trace: bool,
}

/// A coprocess that runs.
#[derive(Clone, Debug)]
pub(crate) struct Coprocess {
    /// The array with its descriptors.
    pub(crate) name: BString,
    /// Its process.
    pub(crate) pid: Pid,
    /// The shell's ends of its pipes: what it writes, what it reads.
    pub(crate) ends: [Fd; 2],
}

/// What a shell remembers.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// Variables and their scopes.
    pub(crate) variables: Variables,
    /// Functions by name.
    pub(crate) functions: Arc<BTreeMap<BString, Function>>,
    /// Aliases by name.
    pub(crate) aliases: Arc<IndexMap<BString, BString>>,
    /// `set -o` and `shopt`.
    pub(crate) options: Options,
    /// `$1` and on.
    pub(crate) positional: Arc<Vec<BString>>,
    /// `$0`.
    pub(crate) name: BString,
    /// The script that runs, if it is a file.
    pub(crate) script: Option<Arc<BString>>,
    /// `$?`.
    pub(crate) last_status: u8,
    /// `$_`. Not among the variables: every command sets it, and a subshell that only sets it copies none of those.
    pub(crate) last_argument: BString,
    /// PIPESTATUS.
    pub(crate) pipe_status: Vec<u8>,
    /// `$!`.
    pub(crate) last_background: Option<Pid>,
    /// `$$`: the pid of the shell that subshells come from.
    pub(crate) shell_pid: Pid,
    /// `$BASHPID`.
    pub(crate) own_pid: Pid,
    /// How many subshells are around this one.
    pub(crate) subshell_depth: u32,
    /// Running functions and sourced files.
    pub(crate) frames: Vec<Frame>,
    /// Traps.
    pub(crate) traps: Traps,
    /// Jobs.
    pub(crate) jobs: Jobs,
    /// How arguments are completed.
    pub(crate) completions: CompletionSpecs,
    /// What was typed.
    pub(crate) history: Arc<History>,
    /// Coprocesses that run.
    pub(crate) coprocesses: Vec<Coprocess>,
    /// pushd's stack.
    pub(crate) directories: Directories,
    /// Where programs were found.
    pub(crate) hash: CommandHash,
    /// Builtins that `enable -n` turned off.
    pub(crate) disabled: Arc<Vec<BString>>,
    /// `$LINENO`.
    pub(crate) line: u32,
    /// What is added to the lines of commands: see [`State::line_of`].
    pub(crate) line_shift: u32,
    /// How often PS4 begins anew: the level of substitutions.
    pub(crate) trace_level: u32,
    /// BASH_COMMAND.
    pub(crate) command_text: BString,
    /// How many constructs around the running command test its status: errexit and ERR look away.
    pub(crate) tested: u32,
    /// How many loops run around the running command.
    pub(crate) loops: u32,
    /// Reads commands from a prompt.
    pub(crate) interactive: bool,
    /// Reads commands from standard input (`$-` shows `s`).
    pub(crate) reads_stdin: bool,
    /// `exit` has been refused once because of stopped jobs.
    pub(crate) warned_of_jobs: bool,
    /// Started with `-c`.
    pub(crate) command_string: bool,
    /// What messages about syntax call the text that is read, if they name it: `-c`, `eval`, `trap`.
    pub(crate) input_name: &'static str,
    /// The text that `eval` or `.` ran last could not be read from its beginning on.
    pub(crate) text_unreadable: bool,
    /// The words of a pipeline's stage are expanded: BASH_SUBSHELL does not count the stage yet.
    pub(crate) expands_stage: bool,
    /// Ctrl-C is ignored: a background list without job control.
    pub(crate) ignores_interrupt: bool,
    /// Ctrl-C is caught, to be looked at when the child in the foreground has ended.
    pub(crate) holds_interrupt: bool,
    /// The signal that this shell is to die of once its EXIT trap has run.
    pub(crate) dies_of: Option<Signal>,
    /// RANDOM.
    pub(crate) random: Random,
    /// What SECONDS counts from.
    pub(crate) seconds_origin: i64,
    /// The real-time clock when it was last asked, in nanoseconds.
    pub(crate) now: u64,
    /// Where getopts is within a cluster of letters.
    pub(crate) getopts_offset: usize,
    /// The OPTIND that getopts left, to notice that a script has reset it.
    pub(crate) getopts_index: i64,
    /// How deep functions, eval, sourced files and substitutions are nested.
    pub(crate) depth: u32,
    /// How deep arithmetic nests through variables and subscripts.
    pub(crate) arithmetic_depth: u32,
    /// What it holds in memory.
    pub(crate) memory: super::Memory,
    /// Subscripts with expansions in them that the running evaluation met, and what they came to.
    pub(crate) expanded_subscripts: Vec<(BString, BString)>,
    /// How often an expression has assigned something.
    pub(crate) arithmetic_writes: u32,
    /// What is to be said of the expression evaluated last, although it has a value.
    pub(crate) arithmetic_remarks: Vec<BString>,
    /// Descriptors of process substitutions, kept open until the command ends.
    pub(crate) substitution_fds: Vec<Fd>,
}

impl State {
    /// A fresh shell's.
    pub(crate) fn new(name: BString, pid: Pid) -> State {
        State { variables: Variables::new(), ..State::empty(name, pid) }
    }

    /// Nothing at all, to stand in for a state that is elsewhere.
    pub(crate) fn hollow() -> State {
        State::empty(BString::default(), Pid(0))
    }

    fn empty(name: BString, pid: Pid) -> State {
        State {
            variables: Variables::default(),
            functions: Arc::default(),
            aliases: Arc::default(),
            options: Options::default(),
            positional: Arc::default(),
            name,
            script: None,
            last_status: 0,
            last_argument: BString::default(),
            pipe_status: Vec::new(),
            last_background: None,
            shell_pid: pid,
            own_pid: pid,
            subshell_depth: 0,
            frames: Vec::new(),
            traps: Traps::default(),
            jobs: Jobs::default(),
            completions: CompletionSpecs::default(),
            history: Arc::default(),
            coprocesses: Vec::new(),
            directories: Directories::default(),
            hash: CommandHash::default(),
            disabled: Arc::default(),
            line: 0,
            line_shift: 0,
            trace_level: 0,
            command_text: BString::default(),
            tested: 0,
            loops: 0,
            interactive: false,
            warned_of_jobs: false,
            command_string: false,
            input_name: "",
            text_unreadable: false,
            expands_stage: false,
            ignores_interrupt: false,
            holds_interrupt: false,
            dies_of: None,
            reads_stdin: false,
            random: Random::new(pid.0),
            seconds_origin: 0,
            now: 0,
            getopts_offset: 0,
            getopts_index: 1,
            depth: 0,
            arithmetic_depth: 0,
            memory: super::Memory::EMPTY,
            expanded_subscripts: Vec::new(),
            arithmetic_writes: 0,
            arithmetic_remarks: Vec::new(),
            substitution_fds: Vec::new(),
        }
    }

    /// The line a command of the source is said to be on. bash counts the lines of a substitution from the line of
    /// the command that it is in, and that is where a word of it ends.
    pub(crate) fn line_of(&self, line: u32) -> u32 {
        line.wrapping_add(self.line_shift)
    }

    /// TZ, as far as it is exported: what is not does not reach C's clock either. Empty for UTC.
    pub(crate) fn zone(&self) -> BString {
        let variable = self.variables.get(b"TZ").filter(|variable| variable.attributes.export);
        variable.and_then(|variable| variable.text()).map(ToOwned::to_owned).unwrap_or_default()
    }

    /// Is a function or sourced file running?
    pub(crate) fn in_function(&self) -> bool {
        self.frames.iter().any(|frame| frame.kind == super::FrameKind::Function)
    }
}
