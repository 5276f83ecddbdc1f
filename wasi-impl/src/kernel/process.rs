//! A process: what it owns (descriptors, arguments, environment, current directory, signals) and what it waits
//! for. It knows nothing of the program that runs in it.

use std::fmt;

use bstr::BString;
use wasmsand_vfs::{Ino, OpenId, Time};

use super::fd_table::FdTable;
use super::rlimit::Rlimits;
use super::signal::{Signal, SignalAction, SignalSet};
use super::timer::Timer;
use super::wait::Fact;

/// The number of a process, from 1, never reused within a session. A group has the number of its first process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pid(pub u32);

impl Pid {
    /// The session's first process.
    pub const FIRST: Pid = Pid(1);
}

impl fmt::Debug for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A file descriptor of a process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fd(pub u32);

impl Fd {
    /// Standard input.
    pub const STDIN: Fd = Fd(0);
    /// Standard output.
    pub const STDOUT: Fd = Fd(1);
    /// Standard error.
    pub const STDERR: Fd = Fd(2);
}

impl fmt::Debug for Fd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Fd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How a process ended, or that it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// By its own will, with an exit status.
    Exited(u8),
    /// By a signal (a wasm trap counts as the signal a native program would get).
    Signaled(Signal),
    /// Not ended: stopped by a signal.
    Stopped(Signal),
}

impl Status {
    /// What `$?` shows: the exit status, or 128 and the signal's number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Status::Exited(code) => code,
            Status::Signaled(signal) | Status::Stopped(signal) => 128 + signal.number(),
        }
    }
}

/// What a process is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// In the run queue.
    Runnable,
    /// Suspended until the fact holds.
    Waiting(Fact),
    /// Ended; kept until its parent has asked for its status.
    Ended(Status),
}

/// What a guest can reach by path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// Every file of the session.
    Whole,
    /// The folders that it was given, and nothing that leads out of them.
    Folders,
}

/// A process.
#[derive(Debug)]
pub struct Process {
    /// Who is told when it ends; absent when the parent is gone.
    pub parent: Option<Pid>,
    /// Its process group.
    pub group: Pid,
    /// The name it was started by, for messages.
    pub name: BString,
    /// Arguments, the name first.
    pub argv: Vec<BString>,
    /// `NAME=value`.
    pub env: Vec<BString>,
    /// Its descriptors.
    pub fds: FdTable,
    /// Descriptors of the parent's at numbers that a guest's preopens take: a guest reaches them as `/dev/fd/N`.
    pub inherited: FdTable,
    /// The current directory; holds a reference to the inode.
    pub cwd: Ino,
    /// Bits taken away from the mode of what it creates.
    pub umask: u16,
    /// What it is doing.
    pub condition: Condition,
    /// Stopped by a signal; nothing runs until `CONT`.
    pub stopped: Option<Signal>,
    /// The parent has not been told of the stop yet.
    pub stop_untold: bool,
    /// What it can reach when a guest runs in it; absent of a shell process.
    pub world: Option<World>,
    /// When it was started.
    pub started: Time,
    /// Bytes of linear memory of the guest that runs in it; of a shell, what it says that it holds.
    pub memory_bytes: usize,
    /// The end of a FIFO that it is opening: the other side has not come yet. Holds a reference.
    pub opening: Option<OpenId>,
    /// What it may use.
    pub rlimits: Rlimits,
    /// Fuel used.
    pub fuel: u64,
    /// Fuel of the children that were waited for.
    /// CPU time in nanoseconds of the host's clock: what its slices took.
    pub cpu_ns: u64,
    /// That of the children it waited for.
    pub children_cpu_ns: u64,
    /// When it is sent an `ALRM`.
    pub timer: Option<Timer>,
    actions: [SignalAction; 32],
    caught: SignalSet,
    /// A signal was caught since the process was last told of one.
    untold: bool,
    /// Where in its memory a byte becomes 1 when a signal was caught.
    flag: Option<u32>,
    /// A signal was caught since that byte was last set.
    unflagged: bool,
}

impl Process {
    /// A runnable process without descriptors. The caller has taken the reference to `cwd`.
    #[must_use]
    pub fn new(parent: Option<Pid>, group: Pid, cwd: Ino) -> Process {
        Process {
            parent,
            group,
            name: BString::default(),
            argv: Vec::new(),
            env: Vec::new(),
            fds: FdTable::default(),
            inherited: FdTable::default(),
            cwd,
            umask: 0o022,
            condition: Condition::Runnable,
            stopped: None,
            stop_untold: false,
            world: None,
            started: Time(0),
            memory_bytes: 0,
            opening: None,
            rlimits: Rlimits::default(),
            fuel: 0,
            cpu_ns: 0,
            children_cpu_ns: 0,
            timer: None,
            actions: [SignalAction::Default; 32],
            caught: SignalSet::EMPTY,
            untold: false,
            flag: None,
            unflagged: false,
        }
    }

    /// What a signal does to it. `KILL` and `STOP` always act by default.
    #[must_use]
    pub fn action(&self, signal: Signal) -> SignalAction {
        if signal == Signal::KILL || signal == Signal::STOP {
            return SignalAction::Default;
        }
        self.actions.get(usize::from(signal.number())).copied().unwrap_or_default()
    }

    /// Sets what a signal does to it.
    pub fn set_action(&mut self, signal: Signal, action: SignalAction) {
        if let Some(place) = self.actions.get_mut(usize::from(signal.number())) {
            *place = action;
        }
    }

    /// The signals it ignores.
    #[must_use]
    pub fn ignored(&self) -> SignalSet {
        let mut ignored = SignalSet::EMPTY;
        for signal in Signal::all().filter(|&signal| self.action(signal) == SignalAction::Ignore) {
            ignored.insert(signal);
        }
        ignored
    }

    /// Signals it ignores are ignored by its children too; the others act by default there (execve(2)).
    pub fn inherit_actions(&mut self, parent: &Process) {
        for (own, parents) in self.actions.iter_mut().zip(parent.actions) {
            *own = if parents == SignalAction::Ignore { SignalAction::Ignore } else { SignalAction::Default };
        }
    }

    /// A new program catches nothing, and what was caught is forgotten.
    pub fn forget_caught(&mut self) {
        self.take_caught();
        self.flag = None;
        for action in &mut self.actions {
            if *action == SignalAction::Catch {
                *action = SignalAction::Default;
            }
        }
    }

    /// Notes a caught signal.
    pub fn catch(&mut self, signal: Signal) {
        self.caught.insert(signal);
        self.untold = true;
        self.unflagged = true;
    }

    /// Sets where in its memory a byte becomes 1 when a signal was caught; absent: nowhere.
    pub fn watch_signals(&mut self, flag: Option<u32>) {
        self.flag = flag;
        self.unflagged = !self.caught.is_empty();
    }

    /// The byte that is to become 1 before the process goes on. Answers it once for what was caught so far.
    pub fn take_flag(&mut self) -> Option<u32> {
        if !std::mem::take(&mut self.unflagged) {
            return None;
        }
        self.flag
    }

    /// Has it caught signals that it was not told of?
    #[must_use]
    pub fn has_caught(&self) -> bool {
        self.untold
    }

    /// It is told by a call that answers `Intr`, once for what was caught so far; which signals they are it takes
    /// later.
    pub fn tell(&mut self) {
        self.untold = false;
    }

    /// Takes the caught signals to tell the process.
    pub fn take_caught(&mut self) -> SignalSet {
        self.untold = false;
        std::mem::take(&mut self.caught)
    }

    /// Has it ended?
    #[must_use]
    pub fn has_ended(&self) -> bool {
        matches!(self.condition, Condition::Ended(_))
    }
}
