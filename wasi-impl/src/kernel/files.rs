//! Reading, writing and opening for processes: the file system's operations plus what it cannot do alone (host
//! streams, random devices, `/dev/fd`, the current directory, the umask).

use wasmsand_vfs::{
    Access, At, Content, Device, Errno, Ino, Kind, Open, OpenId, Opened, Readiness, Scope, Stat, Target,
};

use super::fd_table::Slot;
use super::process::{Fd, Pid};
use super::{Fact, Kernel};
use crate::host::{Stream, read_bytewise};

/// The most of a line that is asked of the host at once.
const LINE_BYTES: usize = 4096;

/// The host's stream behind a device, if there is one.
pub(crate) fn stream_of(device: Device) -> Option<Stream> {
    match device {
        Device::Host(0) => Some(Stream::Input),
        Device::Host(1) => Some(Stream::Output),
        Device::Host(2) => Some(Stream::Error),
        Device::Terminal => Some(Stream::Terminal),
        Device::Host(_) | Device::Null | Device::Zero | Device::Full => None,
        Device::Random | Device::Urandom | Device::Fd(_) | Device::Text(_) => None,
    }
}

impl Kernel {
    /// Reads from an open file.
    ///
    /// # Errors
    /// `Again` when there is nothing yet; else the file's own.
    pub(crate) fn read_open(&mut self, open: OpenId, bytes: &mut [u8]) -> Result<usize, Errno> {
        let piece = bytes.len().min(self.limits.transfer_bytes_max);
        let bytes = bytes.get_mut(..piece).unwrap_or_default();
        if let Target::Device(device) = self.vfs.target(open)? {
            let stream = stream_of(device);
            let is_random = matches!(device, Device::Random | Device::Urandom);
            if (is_random || stream.is_some()) && !self.vfs.flags(open)?.read {
                return Err(Errno::BadF);
            }
            if is_random {
                self.host.random(bytes);
                return Ok(bytes.len());
            }
            if let Some(stream) = stream {
                // No bytes are had at once, whatever the stream has.
                return if bytes.is_empty() { Ok(0) } else { self.host.read(stream, bytes) };
            }
        }
        let now = self.now();
        self.vfs.read(open, bytes, now)
    }

    /// Reads from an open file up to and with the first `delimiter`, at most `bytes_max`, and takes nothing behind it.
    ///
    /// # Errors
    /// Those of [`Kernel::read_open`].
    pub(crate) fn read_open_until(
        &mut self,
        open: OpenId,
        delimiter: u8,
        bytes_max: usize,
    ) -> Result<Vec<u8>, Errno> {
        let bytes_max = bytes_max.min(self.limits.transfer_bytes_max);
        if let Target::Device(device) = self.vfs.target(open)? {
            let stream = stream_of(device);
            if stream.is_some() || matches!(device, Device::Random | Device::Urandom) {
                let mut line = vec![0; bytes_max.min(LINE_BYTES)];
                let count = match stream {
                    Some(_) if !self.vfs.flags(open)?.read => return Err(Errno::BadF),
                    Some(stream) => self.host.read_until(stream, delimiter, &mut line)?,
                    None => read_bytewise(delimiter, &mut line, |byte| self.read_open(open, byte))?,
                };
                line.truncate(count);
                return Ok(line);
            }
        }
        let now = self.now();
        self.vfs.read_until(open, delimiter, bytes_max, now)
    }

    /// Writes to an open file.
    ///
    /// # Errors
    /// `Again` when there is no room yet; else the file's own.
    pub(crate) fn write_open(&mut self, open: OpenId, bytes: &[u8]) -> Result<usize, Errno> {
        let bytes = bytes.get(..bytes.len().min(self.limits.transfer_bytes_max)).unwrap_or_default();
        if let Target::Device(device) = self.vfs.target(open)?
            && let Some(stream) = stream_of(device)
        {
            if !self.vfs.flags(open)?.write {
                return Err(Errno::BadF);
            }
            return if bytes.is_empty() { Ok(0) } else { self.host.write(stream, bytes) };
        }
        let now = self.now();
        self.vfs.write(open, bytes, now)
    }

    /// Could it be read or written at once?
    ///
    /// # Errors
    /// `BadF` for a stale id.
    pub(crate) fn readiness(&mut self, open: OpenId) -> Result<Readiness, Errno> {
        let mut ready = self.vfs.readiness(open)?;
        if let Target::Device(device) = self.vfs.target(open)? {
            if matches!(device, Device::Random | Device::Urandom) {
                (ready.read, ready.write) = (true, true);
            } else if let Some(stream) = stream_of(device) {
                ready.read = self.host.readable(stream);
                ready.write = self.host.writable(stream);
            }
        }
        Ok(ready)
    }

    /// Is the open file the terminal?
    pub(crate) fn is_terminal(&mut self, open: OpenId) -> bool {
        match self.vfs.target(open) {
            Ok(Target::Device(device)) => {
                stream_of(device).is_some_and(|stream| self.host.is_terminal(stream))
            }
            Ok(Target::File(_) | Target::Directory(_) | Target::Pipe { .. }) | Err(_) => false,
        }
    }

    /// Opens a path for a process; answers a new reference to an open file.
    ///
    /// A FIFO whose other side is not open yet stays half open in the process, and the call is to be performed again
    /// when that has come.
    ///
    /// # Errors
    /// Those of open(2). `Again`: see [`Kernel::awaited_peer`].
    pub(crate) fn open_path(
        &mut self,
        pid: Pid,
        dir: Ino,
        path: &[u8],
        scope: Scope,
        how: &Open,
    ) -> Result<OpenId, Errno> {
        if let Some(open) = self.process_mut(pid)?.opening.take() {
            return self.await_peer(pid, open);
        }
        let umask = self.process(pid)?.umask;
        let how = Open { mode: how.mode & !umask, ..*how };
        let now = self.now();
        match self.vfs.open(At { dir, path, scope }, &how, now)? {
            Opened::File(open) => {
                let no_terminal = matches!(self.vfs.target(open)?, Target::Device(Device::Terminal))
                    && !self.host.is_terminal(Stream::Terminal);
                if no_terminal {
                    self.vfs.close(open);
                    return Err(Errno::NxIo);
                }
                let waits = !how.nonblock && (how.read || how.write);
                if waits { self.await_peer(pid, open) } else { Ok(open) }
            }
            Opened::CallersFd(number) => {
                let open = self.callers_fd(pid, number)?;
                self.vfs.open_again(open, &how, now)
            }
            Opened::Text(number) => {
                let text = self.proc_text(pid, number).ok_or(Errno::NoEnt)?;
                self.vfs.open_anonymous(Content::owned(text), now)
            }
        }
    }

    fn await_peer(&mut self, pid: Pid, open: OpenId) -> Result<OpenId, Errno> {
        if self.vfs.peer_came(open)? {
            return Ok(open);
        }
        self.process_mut(pid)?.opening = Some(open);
        Err(Errno::Again)
    }

    /// What a process that opens a FIFO waits for.
    pub(crate) fn awaited_peer(&self, pid: Pid) -> Option<Fact> {
        self.processes.get(pid)?.opening.map(Fact::Peer)
    }

    /// Must a call that would wait answer `Intr` instead? Then the process counts as told, and what it was opening
    /// is closed.
    pub(crate) fn interrupts(&mut self, pid: Pid) -> bool {
        let Some(process) = self.processes.get_mut(pid) else { return false };
        if !process.has_caught() {
            return false;
        }
        process.tell();
        if let Some(open) = process.opening.take() {
            self.vfs.close(open);
        }
        true
    }

    /// Attributes of a path as a process means it.
    ///
    /// # Errors
    /// Those of path resolution.
    pub(crate) fn stat_path(&mut self, pid: Pid, path: &[u8], follow: bool) -> Result<Stat, Errno> {
        let dir = self.process(pid)?.cwd;
        let (ino, told) = self.vfs.stat_at(At { dir, path, scope: Scope::Anywhere }, follow)?;
        self.stat_seen_by(pid, ino, told, follow)
    }

    /// Puts a reference to an open file into a process's table at the lowest free number of at least `at_least`. The
    /// reference is given up when there is no room.
    ///
    /// # Errors
    /// `MFile`, `Srch`.
    pub(crate) fn install(&mut self, pid: Pid, slot: Slot, at_least: Fd) -> Result<Fd, Errno> {
        let fds_max = self.fds_max(pid);
        let Some(process) = self.processes.get_mut(pid) else {
            self.vfs.close(slot.open);
            return Err(Errno::Srch);
        };
        process.fds.insert(slot, at_least, fds_max).map_err(|(errno, slot)| {
            self.vfs.close(slot.open);
            errno
        })
    }

    /// Closes a descriptor.
    ///
    /// # Errors
    /// `BadF`.
    pub(crate) fn close_fd(&mut self, pid: Pid, fd: Fd) -> Result<(), Errno> {
        let slot = self.process_mut(pid)?.fds.remove(fd)?;
        self.vfs.close(slot.open);
        Ok(())
    }

    /// Duplicates a descriptor onto a given number.
    ///
    /// # Errors
    /// `BadF`; also for a number beyond the table's bound, as dup2(2) answers.
    pub(crate) fn dup_to(&mut self, pid: Pid, fd: Fd, to: Fd) -> Result<(), Errno> {
        if to.0 >= self.fds_max(pid) {
            return Err(Errno::BadF);
        }
        let process = self.process_mut(pid)?;
        let slot = Slot { close_on_exec: false, ..process.fds.get(fd)?.clone() };
        if fd == to {
            process.fds.get_mut(fd)?.close_on_exec = false;
            return Ok(());
        }
        let open = slot.open;
        let old = process.fds.replace(to, slot);
        self.vfs.retain(open);
        if let Some(old) = old {
            self.vfs.close(old.open);
        }
        Ok(())
    }

    /// The directory of a path, which a process may enter.
    ///
    /// # Errors
    /// `NotDir`, `Acces`, and those of path resolution.
    pub(crate) fn directory(&mut self, pid: Pid, path: &[u8]) -> Result<Ino, Errno> {
        let ino = self.lookup(pid, path, true)?;
        if self.vfs.stat(ino)?.kind != Kind::Directory {
            return Err(Errno::NotDir);
        }
        self.vfs.access(ino, Access { execute: true, ..Access::default() })?;
        Ok(ino)
    }

    /// Makes a directory a process's current one.
    ///
    /// # Errors
    /// `Srch`.
    pub(crate) fn enter_directory(&mut self, pid: Pid, directory: Ino) -> Result<(), Errno> {
        let process = self.processes.get_mut(pid).ok_or(Errno::Srch)?;
        let old = std::mem::replace(&mut process.cwd, directory);
        self.vfs.hold(directory);
        self.vfs.release(old);
        Ok(())
    }

    /// The inode of a path as a process means it.
    ///
    /// # Errors
    /// Those of path resolution.
    pub(crate) fn lookup(&mut self, pid: Pid, path: &[u8], follow: bool) -> Result<Ino, Errno> {
        let dir = self.process(pid)?.cwd;
        self.vfs.lookup(At { dir, path, scope: Scope::Anywhere }, follow)
    }
}
