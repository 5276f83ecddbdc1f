//! The kernel: the file system, the processes, the terminal and the host, and every operation on them.
//!
//! It owns all state that system calls read or change. It never waits: an operation that cannot be done yet says
//! so as a value ([`Outcome::Block`]), and the machine performs the call again when the fact holds. It knows
//! neither wasm nor the shell's syntax.

pub mod call;
mod descriptors;
pub mod fd_table;
pub mod files;
pub mod perform;
pub mod proc;
pub mod process;
pub mod rlimit;
pub mod scheduler;
pub mod signal;
pub mod table;
pub mod terminal;
pub mod timer;
pub mod wait;

use std::any::Any;
use std::collections::VecDeque;

use wasmsand_vfs::{Errno, Time, Vfs};

use crate::host::Host;
use crate::limits::Limits;
use call::Line;
use process::{Pid, Process};
use table::ProcessTable;
use terminal::Terminal;

pub use wait::{Fact, Outcome};

/// Everything that system calls read or change.
pub struct Kernel {
    /// The file system.
    pub vfs: Vfs,
    /// The processes.
    pub processes: ProcessTable,
    /// The controlling terminal.
    pub terminal: Terminal,
    /// The door outside.
    pub host: Box<dyn Host>,
    /// What may be used.
    pub limits: Limits,
    /// Bytes of linear memory that all guests hold together.
    pub guests_memory_bytes: usize,
    /// When the present slice began.
    pub slice_began: u64,
    /// The line that was typed at the prompt and not fetched yet.
    pub(crate) line: Option<Line>,
    run_queue: VecDeque<Pid>,
    doomed: Vec<(Pid, process::Status)>,
    /// When the next timer of a process is due.
    next_timer: Option<u64>,
}

impl Kernel {
    /// A kernel with an empty file system and no process.
    #[must_use]
    pub fn new(limits: Limits, mut host: Box<dyn Host>) -> Kernel {
        let now = Time(host.realtime());
        Kernel {
            vfs: Vfs::new(limits.files.clone(), now),
            processes: ProcessTable::default(),
            terminal: Terminal::default(),
            host,
            limits,
            guests_memory_bytes: 0,
            slice_began: 0,
            line: None,
            run_queue: VecDeque::new(),
            doomed: Vec::new(),
            next_timer: None,
        }
    }

    /// The host as what it is, for whoever made it.
    #[must_use]
    pub fn host_as<H: Host>(&self) -> Option<&H> {
        let host: &dyn Any = self.host.as_ref();
        host.downcast_ref()
    }

    /// The time for file stamps.
    pub fn now(&mut self) -> Time {
        Time(self.host.realtime())
    }

    /// A process.
    ///
    /// # Errors
    /// `Srch` when there is none of that number.
    pub fn process(&self, pid: Pid) -> Result<&Process, Errno> {
        self.processes.get(pid).ok_or(Errno::Srch)
    }

    /// A process, to change it.
    ///
    /// # Errors
    /// `Srch` when there is none of that number.
    pub fn process_mut(&mut self, pid: Pid) -> Result<&mut Process, Errno> {
        self.processes.get_mut(pid).ok_or(Errno::Srch)
    }
}
