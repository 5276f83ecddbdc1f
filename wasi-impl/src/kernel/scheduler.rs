//! The scheduler: who runs next, whose fact has come true, and how processes start, are signalled and end.
//!
//! Facts are re-read each turn and never sent, so no wake-up can be lost. A signal only marks; the machine ends a
//! marked process before it would be resumed.

use wasmsand_vfs::{Errno, Target};

use super::call::{KillTarget, SpawnGroup, WaitTarget};
use super::fd_table::Slot;
use super::process::{Condition, Fd, Pid, Process, Status};
use super::rlimit::{Resource, Rlimits};
use super::signal::{DefaultEffect, Signal, SignalAction};
use super::wait::Fact;
use super::{Kernel, files};
use crate::host::Sleep;

impl Kernel {
    /// The next process to run, if any.
    pub(crate) fn next_runnable(&mut self) -> Option<Pid> {
        while let Some(pid) = self.run_queue.pop_front() {
            let runs = self
                .processes
                .get(pid)
                .is_some_and(|p| p.condition == Condition::Runnable && p.stopped.is_none());
            if runs {
                return Some(pid);
            }
        }
        None
    }

    /// Puts a process at the end of the run queue.
    pub(crate) fn make_runnable(&mut self, pid: Pid) {
        if let Some(process) = self.processes.get_mut(pid) {
            process.condition = Condition::Runnable;
            if process.stopped.is_none() {
                self.run_queue.push_back(pid);
            }
        }
    }

    /// Suspends a process until a fact holds.
    pub(crate) fn park(&mut self, pid: Pid, fact: Fact) {
        if let Some(process) = self.processes.get_mut(pid) {
            process.condition = Condition::Waiting(fact);
        }
    }

    /// Puts every process whose fact holds by now (or who caught a signal) into the run queue; says what the others
    /// wait for outside.
    pub(crate) fn wake(&mut self) -> Sleep {
        let waiting: Vec<Pid> = self
            .processes
            .iter()
            .filter(|(_, p)| p.stopped.is_none() && matches!(p.condition, Condition::Waiting(_)))
            .map(|(pid, _)| pid)
            .collect();
        let mut sleep = Sleep { until: self.next_timer, ..Sleep::default() };
        for pid in waiting {
            let Some(process) = self.processes.get_mut(pid) else { continue };
            // Taken out while it is looked at: a poll's fact may be thousands, too many to copy each turn.
            let fact = match std::mem::replace(&mut process.condition, Condition::Runnable) {
                Condition::Waiting(fact) => fact,
                other @ (Condition::Runnable | Condition::Ended(_)) => {
                    process.condition = other;
                    continue;
                }
            };
            if process.has_caught() || self.holds(pid, &fact) {
                self.make_runnable(pid);
            } else {
                self.note_sleep(&fact, &mut sleep);
                self.park(pid, fact);
            }
        }
        sleep
    }

    fn note_sleep(&mut self, fact: &Fact, sleep: &mut Sleep) {
        match fact {
            Fact::Time(at) => sleep.until = Some(sleep.until.map_or(*at, |until| until.min(*at))),
            Fact::Readable(open) => {
                if let Ok(Target::Device(device)) = self.vfs.target(*open) {
                    sleep.input = files::stream_of(device).or(sleep.input);
                }
            }
            Fact::Writable(open) => {
                if let Ok(Target::Device(device)) = self.vfs.target(*open) {
                    sleep.output = files::stream_of(device).or(sleep.output);
                }
            }
            Fact::Any(facts) => facts.iter().for_each(|fact| self.note_sleep(fact, sleep)),
            Fact::Child { .. } | Fact::Line | Fact::Peer(_) => {}
        }
    }

    /// Is it true by now?
    pub(crate) fn holds(&mut self, pid: Pid, fact: &Fact) -> bool {
        match fact {
            Fact::Readable(open) => self.readiness(*open).map_or(true, |ready| ready.read || ready.hangup),
            Fact::Writable(open) => self.readiness(*open).map_or(true, |ready| ready.write || ready.hangup),
            Fact::Time(at) => self.host.monotonic() >= *at,
            Fact::Child { target, stopped_too } => {
                !matches!(self.find_child(pid, *target, *stopped_too), Ok(None))
            }
            Fact::Peer(open) => self.vfs.peer_came(*open).unwrap_or(true),
            Fact::Line => self.line.is_some(),
            Fact::Any(facts) => facts.iter().any(|fact| self.holds(pid, fact)),
        }
    }

    /// A child that has ended, or stopped without the parent knowing; none yet; or `Child` when there is no child to
    /// wait for.
    pub(crate) fn find_child(
        &self,
        parent: Pid,
        target: WaitTarget,
        stopped_too: bool,
    ) -> Result<Option<(Pid, Status)>, Errno> {
        let mut any = false;
        for (pid, process) in self.processes.iter().filter(|(_, p)| p.parent == Some(parent)) {
            let meant = match target {
                WaitTarget::Any => true,
                WaitTarget::Pid(wanted) => pid == wanted,
                WaitTarget::Group(group) => process.group == group,
            };
            if !meant {
                continue;
            }
            any = true;
            if let Condition::Ended(status) = process.condition {
                return Ok(Some((pid, status)));
            }
            if let (true, true, Some(signal)) = (stopped_too, process.stop_untold, process.stopped) {
                return Ok(Some((pid, Status::Stopped(signal))));
            }
        }
        if any { Ok(None) } else { Err(Errno::Child) }
    }

    /// Adds a process that inherits from a parent: directory, mask, ignored signals and every descriptor that is not
    /// close-on-exec. It is not in the run queue yet.
    pub(crate) fn fork(&mut self, parent: Option<Pid>, group: SpawnGroup) -> Result<Pid, Errno> {
        let child = self.fork_without_descriptors(parent, group)?;
        if let Some(parent) = parent {
            let kept = |(fd, slot): (Fd, &Slot)| (!slot.close_on_exec).then(|| (fd, slot.clone()));
            let slots: Vec<_> = self.process(parent)?.fds.iter().filter_map(kept).collect();
            for (fd, slot) in slots {
                self.vfs.retain(slot.open);
                self.process_mut(child)?.fds.replace(fd, slot);
            }
        }
        Ok(child)
    }

    /// The same, but nothing is open in it.
    pub(crate) fn fork_without_descriptors(
        &mut self,
        parent: Option<Pid>,
        group: SpawnGroup,
    ) -> Result<Pid, Errno> {
        let (mut child, cwd) = match parent {
            Some(pid) => {
                let from = self.process(pid)?;
                let mut child = Process::new(parent, from.group, from.cwd);
                child.inherit_actions(from);
                child.umask = from.umask;
                child.rlimits = from.rlimits.clone();
                child.name = from.name.clone();
                (child, from.cwd)
            }
            None => {
                let root = self.vfs.root();
                let mut first = Process::new(None, Pid::FIRST, root);
                first.rlimits = Rlimits::of(&self.limits);
                (first, root)
            }
        };
        child.started = self.now();
        let allowed = parent.and_then(|pid| self.processes.get(pid)).map(|process| &process.rlimits);
        let most = self.limits.processes_max;
        let processes_max = allowed.map_or(most, |own| own.at_most(Resource::Processes, most));
        let pid = self.processes.insert(
            |pid| {
                child.group = match group {
                    SpawnGroup::Inherit if parent.is_some() => child.group,
                    SpawnGroup::Inherit | SpawnGroup::New => pid,
                    SpawnGroup::Join(group) => group,
                };
                child
            },
            processes_max,
        )?;
        self.vfs.hold(cwd);
        Ok(pid)
    }

    /// Takes back a process that could not be started: nobody is told of its end.
    pub(crate) fn unfork(&mut self, child: Pid) {
        if let Some(process) = self.processes.get_mut(child) {
            process.parent = None;
        }
        self.end(child, Status::Exited(127));
    }

    /// Sends a signal to whom it concerns.
    ///
    /// # Errors
    /// `Srch` when there is no such process.
    pub(crate) fn kill(
        &mut self,
        sender: Pid,
        target: KillTarget,
        signal: Option<Signal>,
    ) -> Result<(), Errno> {
        let meant: Vec<Pid> = self
            .processes
            .iter()
            .filter(|(pid, process)| match target {
                KillTarget::Pid(wanted) => *pid == wanted,
                KillTarget::Group(group) => process.group == group,
                KillTarget::All => *pid != sender && *pid != Pid::FIRST,
            })
            .map(|(pid, _)| pid)
            .collect();
        if meant.is_empty() {
            return Err(Errno::Srch);
        }
        if let Some(signal) = signal {
            meant.into_iter().for_each(|pid| self.signal(pid, signal));
        }
        Ok(())
    }

    /// Sends a signal to one process: ignores it, notes it as caught, or does what it does by default.
    pub(crate) fn signal(&mut self, pid: Pid, signal: Signal) {
        let Some(process) = self.processes.get_mut(pid) else { return };
        if process.has_ended() {
            return;
        }
        if signal == Signal::CONT || signal == Signal::KILL {
            self.resume_stopped(pid);
        }
        let Some(process) = self.processes.get_mut(pid) else { return };
        match (process.action(signal), signal.default_effect()) {
            (SignalAction::Ignore, _) => {}
            (SignalAction::Catch, _) => process.catch(signal),
            (SignalAction::Default, DefaultEffect::Nothing | DefaultEffect::Continue) => {}
            (SignalAction::Default, DefaultEffect::Stop) => self.stop(pid, signal),
            (SignalAction::Default, DefaultEffect::End) => self.doomed.push((pid, Status::Signaled(signal))),
        }
    }

    fn stop(&mut self, pid: Pid, signal: Signal) {
        let Some(process) = self.processes.get_mut(pid) else { return };
        process.stopped = Some(signal);
        process.stop_untold = true;
        if let Some(parent) = process.parent {
            self.signal(parent, Signal::CHLD);
        }
    }

    fn resume_stopped(&mut self, pid: Pid) {
        let Some(process) = self.processes.get_mut(pid) else { return };
        if process.stopped.take().is_some() {
            process.stop_untold = false;
            if process.condition == Condition::Runnable {
                self.run_queue.push_back(pid);
            }
        }
    }

    /// The processes that a signal has ended and the machine has not buried yet.
    pub(crate) fn take_doomed(&mut self) -> Vec<(Pid, Status)> {
        std::mem::take(&mut self.doomed)
    }

    /// Takes the end out that a signal has marked for a process, if one has.
    pub(crate) fn take_doom(&mut self, pid: Pid) -> Option<Status> {
        let (_, status) = *self.doomed.iter().find(|(doomed, _)| *doomed == pid)?;
        self.doomed.retain(|(doomed, _)| *doomed != pid);
        Some(status)
    }

    /// Ends a process: releases its descriptors and directory, leaves its children without a parent, and keeps its
    /// status for whoever waits.
    pub(crate) fn end(&mut self, pid: Pid, status: Status) {
        let Some(process) = self.processes.get_mut(pid) else { return };
        if process.has_ended() {
            return;
        }
        process.condition = Condition::Ended(status);
        process.stopped = None;
        process.memory_bytes = 0;
        let (cwd, parent, group) = (process.cwd, process.parent, process.group);
        let opening = process.opening.take();
        let slots: Vec<_> =
            process.fds.drain().chain(process.inherited.drain()).map(|(_, slot)| slot.open).collect();
        slots.into_iter().chain(opening).for_each(|open| self.vfs.close(open));
        self.vfs.release(cwd);
        self.undo_terminal_mode(pid);
        self.inherit_terminal(group, parent);
        self.orphan_children(pid);
        match parent {
            Some(parent) if self.processes.get(parent).is_some_and(|p| !p.has_ended()) => {
                self.signal(parent, Signal::CHLD);
            }
            Some(_) | None => {
                self.processes.remove(pid);
            }
        }
    }

    fn orphan_children(&mut self, pid: Pid) {
        let mut nobody_waits = Vec::new();
        for (child, process) in self.processes.iter_mut().filter(|(_, p)| p.parent == Some(pid)) {
            process.parent = None;
            if process.has_ended() {
                nobody_waits.push(child);
            }
        }
        nobody_waits.into_iter().for_each(|child| drop(self.processes.remove(child)));
    }

    /// Forgets an ended child whose status was asked for, and counts its time to the parent.
    pub(crate) fn reap(&mut self, parent: Pid, child: Pid) {
        let Some(process) = self.processes.get_mut(child) else { return };
        process.stop_untold = false;
        if !process.has_ended() {
            return;
        }
        let used = process.cpu_ns.saturating_add(process.children_cpu_ns);
        self.processes.remove(child);
        if let Some(process) = self.processes.get_mut(parent) {
            process.children_cpu_ns = process.children_cpu_ns.saturating_add(used);
        }
    }
}
