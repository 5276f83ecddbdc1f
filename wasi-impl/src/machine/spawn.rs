//! Starting processes: a shell's spawn, and a guest's spawn and exec.

use wasmsand_vfs::Errno;

use super::{Machine, Running, trace};
use crate::kernel::Kernel;
use crate::kernel::call::{Spawn, Spawned};
use crate::kernel::fd_table::Slot;
use crate::kernel::process::{Fd, Pid};
use crate::module::{GuestSpawn, Start};
use crate::preview1::abi;

impl Machine {
    /// Starts a process for a shell.
    pub(super) fn spawn(&mut self, parent: Pid, program: Spawned, spawn: &Spawn) -> Result<Pid, Errno> {
        let child = self.kernel().fork_for_spawn(parent, spawn)?;
        self.begin_child(child, program, spawn.foreground)?;
        self.kernel().make_runnable(child);
        Ok(child)
    }

    /// Puts the program into a child, which is not in the run queue yet.
    fn begin_child(&mut self, child: Pid, program: Spawned, foreground: bool) -> Result<(), Errno> {
        if let Err(errno) = self.begin(child, program) {
            self.kernel().unfork(child);
            return Err(errno);
        }
        let kernel = self.kernel();
        if let (true, Some(group)) = (foreground, kernel.processes.get(child).map(|process| process.group)) {
            kernel.give_terminal(group);
        }
        Ok(())
    }

    /// Does what a guest asked for, and lets it go on with the answer, or another program in its place.
    pub(super) fn start_for_guest(&mut self, pid: Pid, start: Start, words: &str) {
        let Some(Running::Guest(mut guest)) = self.running.remove(&pid) else { return };
        let (started, child_at) = match start {
            Start::Exec(program) => (self.exec(pid, program.into()).map(|()| None), None),
            Start::Spawn { spawn, pid: at } => (self.spawn_for_guest(pid, spawn).map(Some), Some(at)),
        };
        if self.trace {
            let result = match started {
                Ok(Some(child)) => child.to_string(),
                Ok(None) => "ok".to_owned(),
                Err(errno) => errno.name().to_owned(),
            };
            trace::line(self.kernel(), pid, &format!("{words} = {result}"));
        }
        // The parent first: it has ends of pipes to close before a child looks at them.
        self.kernel().make_runnable(pid);
        match started {
            Ok(None) => {
                // The new program is in the table.
                let kernel = self.kernel();
                kernel.guests_memory_bytes = kernel.guests_memory_bytes.saturating_sub(guest.memory_bytes());
            }
            Ok(Some(child)) => {
                guest.answer_start(abi::SUCCESS, child_at.map(|at| (at, child)));
                self.running.insert(pid, Running::Guest(guest));
                self.kernel().make_runnable(child);
            }
            Err(errno) => {
                guest.answer_start(abi::errno_number(errno), None);
                self.running.insert(pid, Running::Guest(guest));
            }
        }
    }

    fn spawn_for_guest(&mut self, parent: Pid, spawn: GuestSpawn) -> Result<Pid, Errno> {
        let child = self.kernel().fork_for_guest(parent, &spawn)?;
        self.begin_child(child, spawn.program.into(), spawn.foreground)?;
        Ok(child)
    }
}

impl Kernel {
    /// Makes the process of a guest's spawn.
    fn fork_for_guest(&mut self, parent: Pid, spawn: &GuestSpawn) -> Result<Pid, Errno> {
        let child = self.fork_without_descriptors(Some(parent), spawn.group)?;
        match self.furnish_for_guest(parent, child, spawn) {
            Ok(()) => Ok(child),
            Err(errno) => {
                self.unfork(child);
                Err(errno)
            }
        }
    }

    fn furnish_for_guest(&mut self, parent: Pid, child: Pid, spawn: &GuestSpawn) -> Result<(), Errno> {
        let from = self.process(parent)?;
        let mut given: Vec<(Fd, Option<Slot>)> = from
            .fds
            .iter()
            .filter(|(fd, _)| *fd <= Fd::STDERR)
            .map(|(fd, s)| (fd, Some(s.clone())))
            .collect();
        if spawn.inherited {
            given.extend(from.inherited.iter().map(|(fd, slot)| (fd, Some(slot.clone()))));
        }
        // A source is the parent's descriptor whatever the actions before did to the child's.
        for action in &spawn.files {
            let slot = match action.source {
                Some(fd) => Some(from.fds.get(fd)?.clone()),
                None => None,
            };
            given.push((action.child, slot));
        }
        for (fd, slot) in given {
            let old = match slot {
                Some(slot) => {
                    self.vfs.retain(slot.open);
                    // A preopen is only a directory to a child, who gets preopens of its own.
                    let slot = Slot { close_on_exec: false, ..Slot::new(slot.open) };
                    self.process_mut(child)?.fds.replace(fd, slot)
                }
                None => self.process_mut(child)?.fds.remove(fd).ok(),
            };
            if let Some(old) = old {
                self.vfs.close(old.open);
            }
        }
        let process = self.process_mut(child)?;
        for signal in spawn.signals_default.iter() {
            process.set_action(signal, crate::kernel::signal::SignalAction::Default);
        }
        if let Some(path) = &spawn.cwd {
            let directory = self.directory(child, path)?;
            self.enter_directory(child, directory)?;
        }
        Ok(())
    }
}
