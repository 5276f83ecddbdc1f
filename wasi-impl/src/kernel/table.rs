//! The process table: every process that runs or whose status nobody has asked for.

use std::collections::BTreeMap;

use wasmsand_vfs::Errno;

use super::process::{Pid, Process};

/// Processes by number. Numbers count up and are never reused within a session.
#[derive(Debug, Default)]
pub struct ProcessTable {
    processes: BTreeMap<Pid, Process>,
    last: u32,
}

impl ProcessTable {
    /// Puts a process in under a new number.
    ///
    /// # Errors
    /// `Again`, as fork(2) answers, when there are `processes_max` already.
    pub fn insert(&mut self, make: impl FnOnce(Pid) -> Process, processes_max: usize) -> Result<Pid, Errno> {
        if self.processes.len() >= processes_max {
            return Err(Errno::Again);
        }
        let number = self.last.checked_add(1).ok_or(Errno::Again)?;
        self.last = number;
        let pid = Pid(number);
        self.processes.insert(pid, make(pid));
        Ok(pid)
    }

    /// A process.
    #[must_use]
    pub fn get(&self, pid: Pid) -> Option<&Process> {
        self.processes.get(&pid)
    }

    /// A process, to change it.
    pub fn get_mut(&mut self, pid: Pid) -> Option<&mut Process> {
        self.processes.get_mut(&pid)
    }

    /// Forgets a process.
    pub fn remove(&mut self, pid: Pid) -> Option<Process> {
        self.processes.remove(&pid)
    }

    /// All, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (Pid, &Process)> {
        self.processes.iter().map(|(&pid, process)| (pid, process))
    }

    /// All, ascending, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Pid, &mut Process)> {
        self.processes.iter_mut().map(|(&pid, process)| (pid, process))
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.processes.len()
    }

    /// None?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.processes.is_empty()
    }
}
