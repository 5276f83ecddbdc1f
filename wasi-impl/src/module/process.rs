//! Processes: waiting, signals, groups and who else is there.

use wasmsand_vfs::{Errno, Time};

use super::{Bytes, Done, Maybe, Performance};
use crate::kernel::call::{KillTarget, WaitTarget};
use crate::kernel::process::{Condition, Pid, Process, Status, World};
use crate::kernel::signal::{Signal, SignalAction};
use crate::kernel::{Fact, Outcome};

/// Bits of `wait`'s options, Linux's.
mod options {
    pub(super) const NOHANG: u32 = 1;
    pub(super) const UNTRACED: u32 = 2;
    pub(super) const ALL: u32 = 3;
}

/// A timeout that never comes.
const FOR_EVER: u64 = u64::MAX;

/// Bytes of a process's record before its strings, and of its arguments that are shown.
const RECORD_BYTES: usize = 64;
const ARGUMENTS_SHOWN_BYTES: usize = 4_096;

/// Bits of a record's flags.
mod record {
    pub(super) const FOREGROUND: u32 = 1;
    pub(super) const SHELL: u32 = 2;
}

/// A status as wait(2) of Linux encodes it.
fn wait_status(status: Status) -> u32 {
    match status {
        Status::Exited(code) => u32::from(code) << 8,
        Status::Signaled(signal) => u32::from(signal.number()),
        Status::Stopped(signal) => u32::from(signal.number()) << 8 | 0x7f,
    }
}

/// A process number that is not 0 and lies in the range of the negative ones too.
fn pid_of(number: i32) -> Pid {
    Pid(number.unsigned_abs())
}

impl Performance<'_> {
    fn own_group(&self) -> Result<Pid, Errno> {
        self.kernel.process(self.pid).map(|process| process.group)
    }

    /// Does a process, ended ones included, belong to the group?
    pub(super) fn group_exists(&self, group: Pid) -> bool {
        self.kernel.processes.iter().any(|(_, process)| process.group == group)
    }

    /// Is the caller's group the terminal's foreground group?
    pub(super) fn is_foreground(&self) -> Result<bool, Errno> {
        Ok(self.kernel.terminal.foreground == Some(self.own_group()?))
    }

    /// Waits for a child. `Child`: there is none; `Inval`: unknown options; `Fault`; `Intr`.
    pub(super) fn wait(&mut self, target: i32, options: u32, timeout: u64, status: u32, pid: u32) -> Maybe {
        match self.try_wait(target, options, timeout, status, pid) {
            Ok(None) => Outcome::Done(Ok(())),
            Ok(Some(fact)) => Outcome::Block(fact),
            Err(errno) => Outcome::Done(Err(errno)),
        }
    }

    fn try_wait(
        &mut self,
        target: i32,
        options: u32,
        timeout: u64,
        status: u32,
        pid: u32,
    ) -> Result<Option<Fact>, Errno> {
        if options & !options::ALL != 0 {
            return Err(Errno::Inval);
        }
        self.memory.slice(status, 4)?;
        self.memory.slice(pid, 4)?;
        let target = match target {
            -1 => WaitTarget::Any,
            0 => WaitTarget::Group(self.own_group()?),
            1.. => WaitTarget::Pid(pid_of(target)),
            _ => WaitTarget::Group(pid_of(target)),
        };
        let stopped_too = options & options::UNTRACED != 0;
        let (child, how) = match self.kernel.find_child(self.pid, target, stopped_too)? {
            Some((child, status)) => {
                self.kernel.reap(self.pid, child);
                (child.0, wait_status(status))
            }
            None if options & options::NOHANG != 0 => (0, 0),
            None if timeout == FOR_EVER => return Ok(Some(Fact::Child { target, stopped_too })),
            None => {
                let until = self.since.saturating_add(timeout);
                if self.kernel.host.monotonic() < until {
                    let facts = vec![Fact::Child { target, stopped_too }, Fact::Time(until)];
                    return Ok(Some(Fact::Any(facts)));
                }
                (0, 0)
            }
        };
        self.memory.write_u32(status, how)?;
        self.memory.write_u32(pid, child)?;
        Ok(None)
    }

    /// Sends a signal; 0 only asks whether the target is there. `Srch`; `Inval`: no such signal; `NotCapable`: a
    /// confined guest reaches only itself.
    pub(super) fn kill(&mut self, target: i32, signal: u32) -> Done {
        let signal = match signal {
            0 => None,
            number => Some(Signal::from_number(number).ok_or(Errno::Inval)?),
        };
        let target = match target {
            -1 => KillTarget::All,
            0 => KillTarget::Group(self.own_group()?),
            1.. => KillTarget::Pid(pid_of(target)),
            _ => KillTarget::Group(pid_of(target)),
        };
        if target != KillTarget::Pid(self.pid) {
            self.whole_world()?;
        }
        self.kernel.kill(self.pid, target, signal)
    }

    /// Own number, parent's, group, and the foreground group (0: none). `Fault`.
    pub(super) fn process_ids(&mut self, ids: u32) -> Done {
        let process = self.kernel.process(self.pid)?;
        let foreground = self.kernel.terminal.foreground.map_or(0, |group| group.0);
        let words = [self.pid.0, parent_of(self.pid, process), process.group.0, foreground];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.memory.write(ids, &bytes)
    }

    /// CPU time of the caller and of the children it waited for, nanoseconds. `Fault`.
    pub(super) fn process_times(&mut self, times: u32) -> Done {
        let process = self.kernel.process(self.pid)?;
        let words = [process.cpu_ns, process.children_cpu_ns];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.memory.write(times, &bytes)
    }

    /// Every process as a record. `Range`: the buffer is too small; `Fault`, `NotCapable`.
    pub(super) fn processes(&mut self, buf: Bytes, used: u32) -> Done {
        self.whole_world()?;
        let foreground = self.kernel.terminal.foreground;
        let mut bytes = Vec::new();
        for (pid, process) in self.kernel.processes.iter() {
            put_record(&mut bytes, pid, process, foreground)?;
        }
        self.put_sized(buf, used, &bytes)
    }

    /// Puts the caller or a child of its into a group. `Srch`: neither; `Perm`: no such group; `NotCapable`.
    pub(super) fn set_group(&mut self, pid: u32, group: u32) -> Done {
        self.whole_world()?;
        let whom = if pid == 0 { self.pid } else { Pid(pid) };
        let group = if group == 0 { whom } else { Pid(group) };
        let process = self.kernel.process(whom)?;
        if whom != self.pid && process.parent != Some(self.pid) {
            return Err(Errno::Srch);
        }
        if group != whom && !self.group_exists(group) {
            return Err(Errno::Perm);
        }
        self.kernel.process_mut(whom)?.group = group;
        Ok(())
    }

    /// Gives the terminal to a group. `NoTty`: there is none; `Perm`: no such group, or the caller is in the
    /// background; `NotCapable`.
    pub(super) fn set_foreground(&mut self, group: u32) -> Done {
        self.whole_world()?;
        self.kernel.host.terminal_size().ok_or(Errno::NoTty)?;
        if !self.group_exists(Pid(group)) || !self.is_foreground()? {
            return Err(Errno::Perm);
        }
        self.kernel.give_terminal(Pid(group));
        Ok(())
    }

    /// What a signal does to the caller: 0 its default, 1 nothing, 2 it is kept for `signals_take`. `Inval`: no such
    /// signal or action, or one that always acts.
    pub(super) fn signal_action(&mut self, signal: u32, action: u32) -> Done {
        let action = match action {
            0 => SignalAction::Default,
            1 => SignalAction::Ignore,
            2 => SignalAction::Catch,
            _ => return Err(Errno::Inval),
        };
        let signal = Signal::from_number(signal).ok_or(Errno::Inval)?;
        if signal == Signal::KILL || signal == Signal::STOP {
            return Err(Errno::Inval);
        }
        self.kernel.process_mut(self.pid)?.set_action(signal, action);
        Ok(())
    }

    /// The signals that do nothing. `Fault`.
    pub(super) fn signals_ignored(&mut self, signals: u32) -> Done {
        let ignored = self.kernel.process(self.pid)?.ignored();
        self.memory.write_u32(signals, ignored.bits())
    }

    /// Takes the signals that were caught since the last time. `Fault`, and then none is taken.
    pub(super) fn signals_take(&mut self, signals: u32) -> Done {
        self.memory.slice(signals, 4)?;
        let taken = self.kernel.process_mut(self.pid)?.take_caught();
        self.memory.write_u32(signals, taken.bits())
    }

    /// Sets the caller's timer: `ALRM` after so many nanoseconds (0: never), and again every so many. Answers with
    /// what was left of the one before. `Fault`, and then nothing is set.
    pub(super) fn timer_set(&mut self, after: u64, every: u64, left: u32) -> Done {
        self.memory.slice(left, 16)?;
        let before = self.kernel.set_timer(self.pid, (after != 0).then_some((after, every)))?;
        self.put_timer(left, before)
    }

    /// What is left of the caller's timer. `Fault`.
    pub(super) fn timer_get(&mut self, left: u32) -> Done {
        let timer = self.kernel.timer_left(self.pid)?;
        self.put_timer(left, timer)
    }

    fn put_timer(&mut self, at: u32, (left, every): (u64, u64)) -> Done {
        let bytes: Vec<u8> = [left, every].iter().flat_map(|word| word.to_le_bytes()).collect();
        self.memory.write(at, &bytes)
    }

    /// The byte of the caller's memory that becomes 1 when a signal was caught; 0: none. `Fault`.
    pub(super) fn signals_watch(&mut self, flag: u32) -> Done {
        if flag != 0 {
            self.memory.slice(flag, 1)?;
        }
        self.kernel.process_mut(self.pid)?.watch_signals((flag != 0).then_some(flag));
        Ok(())
    }
}

/// The parent's number; a process whose parent is gone belongs to the first.
fn parent_of(pid: Pid, process: &Process) -> u32 {
    let orphan = if pid == Pid::FIRST { 0 } else { Pid::FIRST.0 };
    process.parent.map_or(orphan, |parent| parent.0)
}

/// The letter that ps shows.
fn state_of(process: &Process) -> u8 {
    match (&process.condition, process.stopped) {
        (Condition::Ended(_), _) => b'Z',
        (_, Some(_)) => b'T',
        (Condition::Runnable, None) => b'R',
        (Condition::Waiting(_), None) => b'S',
    }
}

fn put_record(
    bytes: &mut Vec<u8>,
    pid: Pid,
    process: &Process,
    foreground: Option<Pid>,
) -> Result<(), Errno> {
    let mut arguments = Vec::new();
    for argument in &process.argv {
        if arguments.len() + argument.len() >= ARGUMENTS_SHOWN_BYTES {
            break;
        }
        arguments.extend_from_slice(argument);
        arguments.push(0);
    }
    let name = process.name.get(..ARGUMENTS_SHOWN_BYTES).unwrap_or(&process.name);
    let length = (RECORD_BYTES + name.len() + arguments.len()).next_multiple_of(8);
    let small = |length: usize| u32::try_from(length).map_err(|_| Errno::Overflow);
    let in_foreground = if foreground == Some(process.group) { record::FOREGROUND } else { 0 };
    let shell = match process.world {
        Some(World::Whole | World::Folders) => 0,
        None => record::SHELL,
    };
    let Time(started) = process.started;
    let end = bytes.len() + length;
    for word in [
        small(length)?,
        pid.0,
        parent_of(pid, process),
        process.group.0,
        u32::from(state_of(process)),
        in_foreground | shell,
    ] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    let memory = u64::try_from(process.memory_bytes).unwrap_or(u64::MAX);
    for word in [process.cpu_ns, memory, started] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    for word in [small(RECORD_BYTES)?, small(name.len())?, small(arguments.len())?, 0] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(&arguments);
    bytes.resize(end, 0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_encoded_as_linux_does() {
        assert_eq!(wait_status(Status::Exited(3)), 0x0300);
        assert_eq!(wait_status(Status::Signaled(Signal::KILL)), 9);
        assert_eq!(wait_status(Status::Stopped(Signal::TSTP)), 0x147f);
    }
}
