//! The controlling terminal: which process group owns its keyboard, and who changed its mode.
//!
//! A program that changes the mode and dies must not leave a person with a terminal that shows nothing. So a change
//! ends with the process that made it, or when the terminal goes to a group without it; only a change that was asked
//! to last (`stty`) stays, until the session ends.

use wasmsand_vfs::Errno;

use super::Kernel;
use super::process::Pid;
use crate::host::TerminalMode;

/// The terminal of a session. Its bytes are the host's; its foreground group is kept here.
#[derive(Debug, Default)]
pub struct Terminal {
    /// Who is interrupted by Ctrl-C and may read. Absent before the first process.
    pub foreground: Option<Pid>,
    /// The mode before the session first changed it.
    original: Option<TerminalMode>,
    /// Who changed the mode, and what it was before; at most one entry a process, the last change last.
    changes: Vec<(Pid, TerminalMode)>,
}

impl Kernel {
    /// Sets the terminal's mode for a process: until that ends or, `lasting`, until the session does.
    ///
    /// # Errors
    /// `NoTty` without a terminal.
    pub(crate) fn set_terminal_mode(
        &mut self,
        pid: Pid,
        mode: TerminalMode,
        lasting: bool,
    ) -> Result<(), Errno> {
        let before = self.host.terminal_mode().ok_or(Errno::NoTty)?;
        self.host.set_terminal_mode(mode)?;
        let terminal = &mut self.terminal;
        terminal.original.get_or_insert(before);
        if lasting {
            terminal.changes.iter_mut().for_each(|(_, before)| *before = mode);
        } else if !terminal.changes.iter().any(|(by, _)| *by == pid) {
            terminal.changes.push((pid, before));
        }
        Ok(())
    }

    /// Undoes a process's change of the mode; what others changed since stays.
    pub(crate) fn undo_terminal_mode(&mut self, pid: Pid) {
        let changes = &mut self.terminal.changes;
        let Some(at) = changes.iter().position(|(by, _)| *by == pid) else { return };
        let (_, before) = changes.remove(at);
        match changes.get_mut(at) {
            Some((_, later)) => *later = before,
            // A terminal that is gone needs no mode.
            None => drop(self.host.set_terminal_mode(before)),
        }
    }

    /// Makes a group the foreground one. Who changed the mode and is not in it has lost the terminal.
    pub(crate) fn give_terminal(&mut self, group: Pid) {
        self.terminal.foreground = Some(group);
        let processes = &self.processes;
        let losers: Vec<Pid> = self
            .terminal
            .changes
            .iter()
            .map(|(by, _)| *by)
            .filter(|by| processes.get(*by).is_none_or(|process| process.group != group))
            .collect();
        losers.into_iter().rev().for_each(|pid| self.undo_terminal_mode(pid));
    }

    /// Takes the terminal back from a group of which nobody lives any more, for `heir`'s group: else Ctrl-C would
    /// reach nobody.
    pub(crate) fn inherit_terminal(&mut self, group: Pid, heir: Option<Pid>) {
        let lives = self.processes.iter().any(|(_, p)| p.group == group && !p.has_ended());
        if lives || self.terminal.foreground != Some(group) {
            return;
        }
        let of = |pid| self.processes.get(pid).filter(|p| !p.has_ended()).map(|p| p.group);
        if let Some(group) = heir.and_then(of).or_else(|| of(Pid::FIRST)) {
            self.give_terminal(group);
        }
    }

    /// Sets the mode back to what it was before the session.
    pub(crate) fn leave_terminal(&mut self) {
        self.terminal.changes.clear();
        if let Some(original) = self.terminal.original.take() {
            // A terminal that is gone needs no mode.
            let _ = self.host.set_terminal_mode(original);
        }
    }
}
