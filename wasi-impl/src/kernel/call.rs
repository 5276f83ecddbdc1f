//! A kernel call: what a shell process asks of the kernel, as a value, and what it is answered.
//!
//! These are the calls that WASI preview1 lacks (processes, pipes, descriptors, signals, the terminal) and typed
//! twins of the ones it has. A guest's own calls are [`crate::preview1::Call`]; both end in the same operations.

use std::sync::Arc;

use bstr::BString;
use wasmsand_vfs::{Errno, Ino, Kind, Open, Stat, Whence};

use super::process::{Fd, Pid, Status};
use super::rlimit::{Bounds, Resource};
use super::signal::{Signal, SignalAction, SignalSet};
use crate::machine::CoroutineStart;

/// One request of a shell process. Paths are Unix paths, resolved from the process's current directory.
#[derive(Debug)]
pub enum Call {
    /// Lets others run; returns at once. A process that computes for long asks for this now and then.
    Yield,
    /// Makes a pipe; both ends are close-on-exec and meant to be moved into a [`Spawn`].
    Pipe,
    /// Opens a file at the lowest free descriptor of at least `at_least`. The umask is applied to `how.mode`.
    Open {
        /// The file.
        path: BString,
        /// The mode.
        how: Open,
        /// The lowest number wanted.
        at_least: Fd,
    },
    /// Opens an unlinked file with the given bytes for reading from its start: here-documents.
    OpenBytes {
        /// What is read.
        bytes: Vec<u8>,
        /// The lowest number wanted.
        at_least: Fd,
    },
    /// Closes a descriptor.
    Close {
        /// Which.
        fd: Fd,
    },
    /// Duplicates onto the lowest free descriptor of at least `at_least`.
    Dup {
        /// Which.
        fd: Fd,
        /// The lowest number wanted.
        at_least: Fd,
        /// Not inherited by a spawned executable or subshell.
        close_on_exec: bool,
    },
    /// Duplicates onto a given descriptor, which is closed first; clears close-on-exec.
    DupTo {
        /// Which.
        fd: Fd,
        /// Onto.
        to: Fd,
    },
    /// Reads up to `bytes_max`; waits until there is something. No bytes: end of file.
    Read {
        /// From.
        fd: Fd,
        /// At most.
        bytes_max: usize,
    },
    /// Reads up to and with the first `delimiter`, at most `bytes_max`, and takes no byte behind it; waits until there
    /// is something. Bytes without the delimiter at their end: there may be more of the line. No bytes: end of file.
    ReadUntil {
        /// From.
        fd: Fd,
        /// The last byte wanted.
        delimiter: u8,
        /// At most.
        bytes_max: usize,
    },
    /// Writes; waits until something could be written; answers how much.
    Write {
        /// To.
        fd: Fd,
        /// What.
        bytes: Vec<u8>,
    },
    /// Moves the offset.
    Seek {
        /// Which.
        fd: Fd,
        /// By.
        offset: i64,
        /// From where.
        whence: Whence,
    },
    /// Attributes of a file.
    Stat {
        /// Which.
        path: BString,
        /// Of the file a final symbolic link points at.
        follow: bool,
    },
    /// Attributes of an open file.
    StatFd {
        /// Which.
        fd: Fd,
    },
    /// May the process read, write, execute (all that are set)? access(2).
    Access {
        /// Which file.
        path: BString,
        /// For what.
        mode: AccessMode,
    },
    /// Names in a directory, without `.` and `..`, in directory order.
    List {
        /// Which.
        path: BString,
    },
    /// The target of a symbolic link.
    ReadLink {
        /// Which.
        path: BString,
    },
    /// Changes the current directory.
    ChangeDirectory {
        /// To.
        path: BString,
    },
    /// The current directory as an absolute path without links; NoEnt when it was removed.
    CurrentDirectory,
    /// Sets the file creation mask when given; answers the old one.
    Umask {
        /// The new mask.
        mask: Option<u16>,
    },
    /// Starts a process; answers its pid. See [`Spawn`].
    Spawn(Box<Spawn>),
    /// Replaces this process by an executable; returns only in failure.
    Exec {
        /// The executable's path (no search).
        path: BString,
        /// With the name first.
        argv: Vec<BString>,
        /// `NAME=value`.
        env: Vec<BString>,
    },
    /// Waits for a child to end (or stop).
    Wait {
        /// Which children.
        target: WaitTarget,
        /// Wait until there is one; else answer at once.
        block: bool,
        /// Report stopped children too.
        stopped_too: bool,
    },
    /// Sets the bounds of a resource when given; answers the old ones.
    Limit {
        /// Which.
        resource: Resource,
        /// The new bounds.
        set: Option<Bounds>,
    },
    /// Sends a signal. `signal` absent: only checks that the target exists.
    Kill {
        /// To whom.
        target: KillTarget,
        /// Which.
        signal: Option<Signal>,
    },
    /// Puts a process into a group (its own when equal); setpgid(2).
    SetGroup {
        /// Whom.
        pid: Pid,
        /// Into which.
        group: Pid,
    },
    /// Makes a group the foreground group of the terminal.
    SetForeground {
        /// Which.
        group: Pid,
    },
    /// What a signal does to this process from now on.
    SetAction {
        /// Which signal.
        signal: Signal,
        /// What it does.
        action: SignalAction,
    },
    /// Waits until one of the descriptors is ready or the monotonic clock reaches `until`.
    Poll {
        /// Which.
        fds: Vec<PollFd>,
        /// Nanoseconds of the monotonic clock; absent: for ever.
        until: Option<u64>,
    },
    /// A clock, in nanoseconds.
    Clock(Clock),
    /// Random bytes.
    Random {
        /// How many.
        bytes: usize,
    },
    /// Is the descriptor a terminal?
    IsTerminal {
        /// Which.
        fd: Fd,
    },
    /// Sets how the terminal takes what is typed, until this process ends, loses it, or resets that.
    SetTyping {
        /// What is typed is shown.
        echo: bool,
        /// It comes in lines that can be edited; else at once.
        lines: bool,
    },
    /// Undoes that.
    ResetTyping,
    /// Columns and rows of the terminal.
    TerminalSize,
    /// CPU time used by this process and by its waited-for children, in nanoseconds.
    Times,
    /// Is there a person who answered a prompt before, and whom this process may ask, being in the foreground?
    MayPrompt,
    /// Asks the person at the prompt for a line.
    NextLine {
        /// The question, and what the person may be helped with.
        prompt: Box<Prompt>,
    },
    /// The open descriptors of this process, ascending.
    Descriptors,
    /// Notes how much memory the process holds beside what the kernel knows. `NoMem`: all shell processes together
    /// would hold more than their limit.
    Memory {
        /// In all, not more than before.
        bytes: usize,
    },
}

/// A process to be started.
pub struct Spawn {
    /// What runs.
    pub program: Spawned,
    /// Descriptors moved from the parent to the child: closed in the parent whether or not the start succeeds.
    /// Applied after inheritance, in order.
    pub moved: Vec<MovedFd>,
    /// The process group.
    pub group: SpawnGroup,
    /// Makes the child's group the terminal's foreground group.
    pub foreground: bool,
    /// Ignored by the child from its first moment on.
    pub ignored: SignalSet,
}

impl std::fmt::Debug for Spawn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.program {
            Spawned::Executable { path, argv, .. } => write!(f, "spawn({path}, {argv:?}, {:?})", self.moved),
            Spawned::File { argv, .. } => write!(f, "spawn({argv:?}, {:?})", self.moved),
            Spawned::Coroutine { name, .. } => write!(f, "spawn(<{name}>, {:?})", self.moved),
        }
    }
}

/// What a new process runs. It inherits the current directory, the umask, ignored signals and every descriptor
/// that is not close-on-exec.
pub enum Spawned {
    /// A file: a guest, a script, or our own shell.
    Executable {
        /// Its path (no search).
        path: BString,
        /// With the name first.
        argv: Vec<BString>,
        /// `NAME=value`.
        env: Vec<BString>,
    },
    /// A file that was found already, and that need not have a name any more.
    File {
        /// Which.
        ino: Ino,
        /// With the name first.
        argv: Vec<BString>,
        /// `NAME=value`.
        env: Vec<BString>,
    },
    /// A shell process: a subshell, a pipeline stage, a background list.
    Coroutine {
        /// For traces.
        name: &'static str,
        /// Makes its future.
        start: CoroutineStart,
    },
}

/// A descriptor that changes hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovedFd {
    /// In the parent.
    pub from: Fd,
    /// In the child.
    pub to: Fd,
}

/// The process group of a new process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpawnGroup {
    /// The parent's.
    Inherit,
    /// One of its own.
    New,
    /// An existing one.
    Join(Pid),
}

/// Which children a wait is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitTarget {
    /// Any child.
    Any,
    /// One child.
    Pid(Pid),
    /// Any child in a group.
    Group(Pid),
}

/// Who gets a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KillTarget {
    /// One process.
    Pid(Pid),
    /// Every process of a group.
    Group(Pid),
    /// Every process but the caller and the session's first.
    All,
}

/// What access(2) asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessMode {
    /// Reading.
    pub read: bool,
    /// Writing.
    pub write: bool,
    /// Executing, or searching a directory.
    pub execute: bool,
}

/// A descriptor to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollFd {
    /// Which.
    pub fd: Fd,
    /// Until it can be written; else until it can be read.
    pub write: bool,
}

/// Which clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Nanoseconds since the Unix epoch.
    Realtime,
    /// Nanoseconds since some moment before the session; never goes back.
    Monotonic,
}

/// A question to the person at the prompt, and what a line editor may help with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// The number of the process that asks.
    pub shell: u32,
    /// What is shown: PS1 or PS2 after expansion. What is between the bytes 1 and 2 takes no room on the screen.
    pub text: BString,
    /// The line goes on with an unfinished command.
    pub continuation: bool,
    /// Lines to go back to, oldest first.
    pub history: Arc<Vec<BString>>,
    /// How many lines were ever added to the history: how many of the last ones are new since another prompt.
    pub history_added: u64,
    /// The keys are vi's; else they are Emacs'.
    pub vi: bool,
    /// The answer to a [`Line::Complete`]: the person still types the line that was asked about.
    pub completions: Option<Completions>,
}

/// What could stand where a person typed Tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// How many bytes of the line stay before what is completed.
    pub start: usize,
    /// What could stand from there to the cursor.
    pub found: Vec<Completion>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Completion {
    /// What replaces the text up to the cursor.
    pub text: BString,
    /// How it is listed.
    pub shown: BString,
}

/// A line from the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// What was typed, without the newline; may hold newlines when it was pasted.
    Text(BString),
    /// Tab: what could stand at a place of an unfinished line? The same question is asked again, with the answer.
    Complete {
        /// The line so far.
        line: BString,
        /// The place, in bytes.
        point: usize,
    },
    /// Ctrl-C: the line is dropped.
    Interrupted,
    /// Ctrl-D on an empty line, or the terminal is gone.
    End,
}

/// A name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The name.
    pub name: BString,
    /// What it is, not following links.
    pub kind: Kind,
}

/// CPU times, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Of the process.
    pub own: u64,
    /// Of its children that were waited for.
    pub children: u64,
}

/// The answer to a [`Call`]; which variant belongs to which call is said there.
#[derive(Debug)]
pub enum Reply {
    /// Nothing to say.
    Unit,
    /// A descriptor.
    Fd(Fd),
    /// Read end, write end.
    Pipe(Fd, Fd),
    /// Bytes read, a path, a link's target.
    Bytes(Vec<u8>),
    /// Bytes written, an offset, nanoseconds.
    Number(u64),
    /// Attributes.
    Stat(Stat),
    /// A directory's names.
    Names(Vec<Listed>),
    /// The old umask.
    Mask(u16),
    /// The old bounds.
    Bounds(Bounds),
    /// A child.
    Pid(Pid),
    /// A child that ended or stopped, or none yet.
    Waited(Option<(Pid, Status)>),
    /// Which of the polled descriptors are ready, by index; none: the time came.
    Ready(Vec<usize>),
    /// An answer yes or no.
    Bool(bool),
    /// Columns, rows; absent without a terminal.
    Size(Option<(u16, u16)>),
    /// CPU times.
    Times(Times),
    /// A line.
    Line(Line),
    /// Descriptors.
    Fds(Vec<Fd>),
}

/// What a call answers: a reply or an error number.
pub type Answer = Result<Reply, Errno>;
