//! Performing the kernel's own calls for a shell process. Starting programs and the prompt are the machine's part.

use bstr::BString;
use wasmsand_vfs::{Errno, Kind, Open, OpenId, Scope, Target};

use super::call::{AccessMode, Answer, Call, Clock, Listed, PollFd, Reply, Times, WaitTarget};
use super::fd_table::Slot;
use super::process::{Fd, Pid, Status};
use super::signal::{Signal, SignalAction};
use super::wait::{Fact, Outcome};
use super::{Kernel, process::Process};
use crate::host::TerminalMode;

impl Kernel {
    /// Performs a call, or says what it waits for. [`Call::Spawn`], [`Call::Exec`] and [`Call::NextLine`] belong to
    /// the machine and answer `NoSys` here.
    pub(crate) fn perform(&mut self, pid: Pid, call: &mut Call) -> Outcome<Answer> {
        match call {
            Call::Read { fd, bytes_max } => {
                let bytes_max = (*bytes_max).min(self.limits.transfer_bytes_max);
                self.perform_read(pid, *fd, |kernel, open| {
                    let mut bytes = vec![0; kernel.read_size(open, bytes_max)?];
                    let count = kernel.read_open(open, &mut bytes)?;
                    bytes.truncate(count);
                    Ok(bytes)
                })
            }
            Call::ReadUntil { fd, delimiter, bytes_max } => self
                .perform_read(pid, *fd, |kernel, open| kernel.read_open_until(open, *delimiter, *bytes_max)),
            Call::Write { fd, bytes } => self.perform_write(pid, *fd, bytes),
            Call::Wait { target, block, stopped_too } => {
                self.perform_wait(pid, *target, *block, *stopped_too)
            }
            Call::Poll { fds, until } => self.perform_poll(pid, fds, *until),
            Call::Open { path, how, at_least } => {
                let opened = self.perform_open(pid, path, how, *at_least);
                match self.awaited_peer(pid) {
                    Some(peer) => Outcome::Block(peer),
                    None => Outcome::Done(opened),
                }
            }
            other => Outcome::Done(self.perform_at_once(pid, other)),
        }
    }

    fn perform_at_once(&mut self, pid: Pid, call: &mut Call) -> Answer {
        match call {
            Call::Yield => Ok(Reply::Unit),
            Call::Pipe => self.perform_pipe(pid),
            Call::OpenBytes { bytes, at_least } => {
                self.perform_open_bytes(pid, std::mem::take(bytes), *at_least)
            }
            Call::Close { fd } => self.close_fd(pid, *fd).map(|()| Reply::Unit),
            Call::Dup { fd, at_least, close_on_exec } => {
                self.perform_dup(pid, *fd, *at_least, *close_on_exec)
            }
            Call::DupTo { fd, to } => self.dup_to(pid, *fd, *to).map(|()| Reply::Unit),
            Call::Seek { fd, offset, whence } => {
                let open = self.open_of(pid, *fd)?;
                self.vfs.seek(open, *whence, *offset).map(Reply::Number)
            }
            Call::Stat { path, follow } => self.stat_path(pid, path, *follow).map(Reply::Stat),
            Call::StatFd { fd } => {
                let open = self.open_of(pid, *fd)?;
                self.vfs.fstat(open).map(Reply::Stat)
            }
            Call::Access { path, mode } => self.perform_access(pid, path, *mode),
            Call::List { path } => self.perform_list(pid, path),
            Call::ReadLink { path } => {
                let dir = self.process(pid)?.cwd;
                let at = wasmsand_vfs::At { dir, path, scope: Scope::Anywhere };
                self.read_link(pid, at).map(Reply::Bytes)
            }
            Call::ChangeDirectory { path } => self.perform_change_directory(pid, path),
            Call::CurrentDirectory => {
                let cwd = self.process(pid)?.cwd;
                self.vfs.path_of(cwd).map(Reply::Bytes).ok_or(Errno::NoEnt)
            }
            Call::Umask { mask } => {
                let process = self.process_mut(pid)?;
                let old = process.umask;
                process.umask = mask.map_or(old, |mask| mask & 0o777);
                Ok(Reply::Mask(old))
            }
            Call::Limit { resource, set } => {
                let limits = &mut self.process_mut(pid)?.rlimits;
                let old = limits.get(*resource);
                if let Some(bounds) = set {
                    limits.set(*resource, *bounds)?;
                }
                Ok(Reply::Bounds(old))
            }
            Call::Kill { target, signal } => self.kill(pid, *target, *signal).map(|()| Reply::Unit),
            Call::SetGroup { pid: whom, group } => {
                self.process_mut(*whom)?.group = *group;
                Ok(Reply::Unit)
            }
            Call::SetForeground { group } => {
                self.give_terminal(*group);
                Ok(Reply::Unit)
            }
            Call::SetAction { signal, action } => self.perform_set_action(pid, *signal, *action),
            Call::Clock(Clock::Realtime) => Ok(Reply::Number(self.host.realtime())),
            Call::Clock(Clock::Monotonic) => Ok(Reply::Number(self.host.monotonic())),
            Call::Random { bytes } => self.perform_random(*bytes),
            Call::IsTerminal { fd } => {
                let open = self.open_of(pid, *fd)?;
                Ok(Reply::Bool(self.is_terminal(open)))
            }
            Call::SetTyping { echo, lines } => {
                let mode = self.host.terminal_mode().ok_or(Errno::NoTty)?;
                let mode = TerminalMode { echo: *echo, canonical: *lines, ..mode };
                self.set_terminal_mode(pid, mode, false).map(|()| Reply::Unit)
            }
            Call::ResetTyping => {
                self.undo_terminal_mode(pid);
                Ok(Reply::Unit)
            }
            Call::TerminalSize => Ok(Reply::Size(self.host.terminal_size())),
            Call::Times => self.perform_times(pid),
            Call::Descriptors => Ok(Reply::Fds(self.process(pid)?.fds.iter().map(|(fd, _)| fd).collect())),
            Call::Memory { bytes } => self.perform_memory(pid, *bytes),
            Call::Read { .. } | Call::ReadUntil { .. } | Call::Write { .. } => Err(Errno::NoSys),
            Call::Wait { .. } | Call::Poll { .. } => Err(Errno::NoSys),
            Call::Open { .. } | Call::Spawn(_) | Call::Exec { .. } => Err(Errno::NoSys),
            Call::MayPrompt | Call::NextLine { .. } => Err(Errno::NoSys),
        }
    }

    fn open_of(&self, pid: Pid, fd: Fd) -> Result<OpenId, Errno> {
        self.process(pid)?.fds.get(fd).map(|slot| slot.open)
    }

    fn perform_read(
        &mut self,
        pid: Pid,
        fd: Fd,
        read: impl FnOnce(&mut Kernel, OpenId) -> Result<Vec<u8>, Errno>,
    ) -> Outcome<Answer> {
        let open = match self.open_of(pid, fd) {
            Ok(open) => open,
            Err(errno) => return Outcome::Done(Err(errno)),
        };
        if let Some(outcome) = self.stop_background_reader(pid, open) {
            return outcome;
        }
        match read(self, open) {
            Ok(bytes) => Outcome::Done(Ok(Reply::Bytes(bytes))),
            Err(Errno::Again) => Outcome::Block(Fact::Readable(open)),
            Err(errno) => Outcome::Done(Err(errno)),
        }
    }

    /// How large a buffer a read needs: no larger than what waits in a pipe.
    fn read_size(&mut self, open: OpenId, bytes_max: usize) -> Result<usize, Errno> {
        match self.vfs.target(open)? {
            Target::Pipe { .. } => {
                let waiting = self.vfs.readiness(open)?.read_bytes.max(1);
                Ok(usize::try_from(waiting).map_or(bytes_max, |waiting| waiting.min(bytes_max)))
            }
            Target::File(_) | Target::Directory(_) | Target::Device(_) => Ok(bytes_max),
        }
    }

    /// A process in the background that reads from the terminal is stopped (POSIX, general terminal interface), or
    /// gets an error when it ignores that.
    pub(crate) fn stop_background_reader<T>(
        &mut self,
        pid: Pid,
        open: OpenId,
    ) -> Option<Outcome<Result<T, Errno>>> {
        let process = self.processes.get(pid)?;
        let foreground = self.terminal.foreground?;
        if process.group == foreground || !self.is_terminal(open) {
            return None;
        }
        let process = self.processes.get(pid)?;
        if process.action(Signal::TTIN) == SignalAction::Ignore {
            return Some(Outcome::Done(Err(Errno::Io)));
        }
        self.signal(pid, Signal::TTIN);
        Some(Outcome::Block(Fact::Readable(open)))
    }

    fn perform_write(&mut self, pid: Pid, fd: Fd, bytes: &[u8]) -> Outcome<Answer> {
        let open = match self.open_of(pid, fd) {
            Ok(open) => open,
            Err(errno) => return Outcome::Done(Err(errno)),
        };
        let room = match self.file_room(pid, open, None, bytes.len()) {
            Ok(0) if !bytes.is_empty() => {
                return self.refused_write(pid, Signal::XFSZ, Err(Errno::FBig));
            }
            Ok(room) => room,
            Err(errno) => return Outcome::Done(Err(errno)),
        };
        match self.write_open(open, bytes.get(..room).unwrap_or_default()) {
            Ok(count) => Outcome::Done(Ok(Reply::Number(u64::try_from(count).unwrap_or(u64::MAX)))),
            Err(Errno::Again) => Outcome::Block(Fact::Writable(open)),
            Err(Errno::Pipe) => self.refused_write(pid, Signal::PIPE, Err(Errno::Pipe)),
            Err(errno) => Outcome::Done(Err(errno)),
        }
    }

    /// A write to a pipe that nobody reads (`PIPE`) or beyond the size that a file may have (`XFSZ`): ends the writer
    /// unless it ignores or catches the signal (write(2)).
    pub(crate) fn refused_write<T>(&mut self, pid: Pid, signal: Signal, answer: T) -> Outcome<T> {
        match self.processes.get(pid).map(|process: &Process| process.action(signal)) {
            Some(SignalAction::Ignore) => Outcome::Done(answer),
            Some(SignalAction::Catch) => {
                self.signal(pid, signal);
                Outcome::Done(answer)
            }
            Some(SignalAction::Default) | None => Outcome::Exit(Status::Signaled(signal)),
        }
    }

    fn perform_wait(
        &mut self,
        pid: Pid,
        target: WaitTarget,
        block: bool,
        stopped_too: bool,
    ) -> Outcome<Answer> {
        match self.find_child(pid, target, stopped_too) {
            Ok(Some((child, status))) => {
                self.reap(pid, child);
                Outcome::Done(Ok(Reply::Waited(Some((child, status)))))
            }
            Ok(None) if block => Outcome::Block(Fact::Child { target, stopped_too }),
            Ok(None) => Outcome::Done(Ok(Reply::Waited(None))),
            Err(errno) => Outcome::Done(Err(errno)),
        }
    }

    fn perform_poll(&mut self, pid: Pid, fds: &[PollFd], until: Option<u64>) -> Outcome<Answer> {
        let mut facts = Vec::new();
        for wanted in fds {
            match self.open_of(pid, wanted.fd) {
                Ok(open) if wanted.write => facts.push(Fact::Writable(open)),
                Ok(open) => facts.push(Fact::Readable(open)),
                Err(errno) => return Outcome::Done(Err(errno)),
            }
        }
        let ready: Vec<usize> =
            (0..facts.len()).filter(|&i| facts.get(i).is_some_and(|fact| self.holds(pid, fact))).collect();
        let time_came = until.is_some_and(|until| self.host.monotonic() >= until);
        if !ready.is_empty() || time_came {
            return Outcome::Done(Ok(Reply::Ready(ready)));
        }
        facts.extend(until.map(Fact::Time));
        Outcome::Block(Fact::Any(facts))
    }

    fn perform_pipe(&mut self, pid: Pid) -> Answer {
        let (read, write) = self.vfs.pipe()?;
        let private = |open| Slot { close_on_exec: true, ..Slot::new(open) };
        // Numbers that scripts do not use, so that `3>&1` and its like never meet a pipe of the shell's own.
        let reader = match self.install(pid, private(read), Fd(64)) {
            Ok(fd) => fd,
            Err(errno) => {
                self.vfs.close(write);
                return Err(errno);
            }
        };
        match self.install(pid, private(write), Fd(64)) {
            Ok(writer) => Ok(Reply::Pipe(reader, writer)),
            Err(errno) => {
                self.close_fd(pid, reader)?;
                Err(errno)
            }
        }
    }

    fn perform_open(&mut self, pid: Pid, path: &BString, how: &Open, at_least: Fd) -> Answer {
        let cwd = self.process(pid)?.cwd;
        let open = self.open_path(pid, cwd, path, Scope::Anywhere, &Open { follow: true, ..*how })?;
        self.install(pid, Slot::new(open), at_least).map(Reply::Fd)
    }

    fn perform_open_bytes(&mut self, pid: Pid, bytes: Vec<u8>, at_least: Fd) -> Answer {
        let (now, content) = (self.now(), wasmsand_vfs::Content::owned(bytes));
        let open = self.vfs.open_anonymous(content, now)?;
        self.install(pid, Slot::new(open), at_least).map(Reply::Fd)
    }

    fn perform_dup(&mut self, pid: Pid, fd: Fd, at_least: Fd, close_on_exec: bool) -> Answer {
        let open = self.open_of(pid, fd)?;
        self.vfs.retain(open);
        self.install(pid, Slot { close_on_exec, ..Slot::new(open) }, at_least).map(Reply::Fd)
    }

    fn perform_access(&mut self, pid: Pid, path: &[u8], mode: AccessMode) -> Answer {
        let ino = self.lookup(pid, path, true)?;
        let AccessMode { read, write, execute } = mode;
        let ino = match self.behind_descriptor(pid, ino)? {
            Some(open) => match self.vfs.target(open)? {
                Target::File(behind) | Target::Directory(behind) => behind,
                Target::Pipe { .. } | Target::Device(_) if execute => return Err(Errno::Acces),
                Target::Pipe { .. } | Target::Device(_) => return Ok(Reply::Unit),
            },
            None => ino,
        };
        self.vfs.access(ino, wasmsand_vfs::Access { read, write, execute })?;
        Ok(Reply::Unit)
    }

    fn perform_list(&mut self, pid: Pid, path: &[u8]) -> Answer {
        let dir = self.lookup(pid, path, true)?;
        let names = self.list(pid, dir)?;
        let listed = |(name, kind): (Vec<u8>, Kind)| Listed { name: name.into(), kind };
        Ok(Reply::Names(names.into_iter().map(listed).collect()))
    }

    fn perform_change_directory(&mut self, pid: Pid, path: &[u8]) -> Answer {
        let ino = self.directory(pid, path)?;
        self.enter_directory(pid, ino)?;
        Ok(Reply::Unit)
    }

    fn perform_set_action(&mut self, pid: Pid, signal: Signal, action: SignalAction) -> Answer {
        if signal == Signal::KILL || signal == Signal::STOP {
            return Err(Errno::Inval);
        }
        self.process_mut(pid)?.set_action(signal, action);
        Ok(Reply::Unit)
    }

    fn perform_random(&mut self, bytes: usize) -> Answer {
        let most = usize::try_from(self.limits.random_bytes_max).unwrap_or(usize::MAX);
        let mut random = vec![0; bytes.min(most)];
        self.host.random(&mut random);
        Ok(Reply::Bytes(random))
    }

    fn perform_memory(&mut self, pid: Pid, bytes: usize) -> Answer {
        let shells =
            self.processes.iter().filter(|(other, process)| *other != pid && process.world.is_none());
        let all = shells.map(|(_, process)| process.memory_bytes).fold(bytes, usize::saturating_add);
        if all > self.limits.shells_memory_bytes_max {
            return Err(Errno::NoMem);
        }
        self.process_mut(pid)?.memory_bytes = bytes;
        Ok(Reply::Unit)
    }

    fn perform_times(&mut self, pid: Pid) -> Answer {
        let process = self.process(pid)?;
        Ok(Reply::Times(Times { own: process.cpu_ns, children: process.children_cpu_ns }))
    }
}
