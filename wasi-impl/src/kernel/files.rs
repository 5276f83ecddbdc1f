//! Reading, writing and opening for processes: the file system's operations plus what it cannot do alone (host
//! streams, random devices, `/dev/fd`, the current directory, the umask).

use wasmsand_vfs::{At, Device, Errno, Ino, Open, OpenId, Opened, Readiness, Scope, Target};

use super::Kernel;
use super::fd_table::Slot;
use super::process::{Fd, Pid};
use crate::host::Stream;

/// The host's stream behind a device, if there is one.
pub(crate) fn stream_of(device: Device) -> Option<Stream> {
    match device {
        Device::Host(0) => Some(Stream::Input),
        Device::Host(1) => Some(Stream::Output),
        Device::Host(2) => Some(Stream::Error),
        Device::Terminal => Some(Stream::Terminal),
        Device::Host(_) | Device::Null | Device::Zero | Device::Full => None,
        Device::Random | Device::Urandom | Device::Fd(_) => None,
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
    /// # Errors
    /// Those of open(2).
    pub(crate) fn open_path(
        &mut self,
        pid: Pid,
        dir: Ino,
        path: &[u8],
        scope: Scope,
        how: &Open,
    ) -> Result<OpenId, Errno> {
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
                Ok(open)
            }
            Opened::CallersFd(number) => {
                let open = self.callers_fd(pid, number)?;
                self.vfs.retain(open);
                Ok(open)
            }
        }
    }

    /// The open file behind `/dev/fd/N`: a guest's numbers above 2 are its parent's, for its own are preopens.
    fn callers_fd(&self, pid: Pid, number: u32) -> Result<OpenId, Errno> {
        let process = self.process(pid)?;
        let slot = process.inherited.get(Fd(number)).or_else(|_| process.fds.get(Fd(number)));
        slot.map(|slot| slot.open).map_err(|_| Errno::NoEnt)
    }

    /// The open file that an inode stands for when it is `/dev/fd/N` and its kin, as stat(2) sees through those.
    ///
    /// # Errors
    /// `NoEnt` when the caller has no such descriptor.
    pub(crate) fn behind_descriptor(&self, pid: Pid, ino: Ino) -> Result<Option<OpenId>, Errno> {
        match self.vfs.device_of(ino) {
            Some(Device::Fd(number)) => self.callers_fd(pid, number).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    /// Puts a reference to an open file into a process's table at the lowest free number of at least `at_least`. The
    /// reference is given up when there is no room.
    ///
    /// # Errors
    /// `MFile`, `Srch`.
    pub(crate) fn install(&mut self, pid: Pid, slot: Slot, at_least: Fd) -> Result<Fd, Errno> {
        let fds_max = self.limits.fds_max;
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
        if to.0 >= self.limits.fds_max {
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

    /// The inode of a path as a process means it.
    ///
    /// # Errors
    /// Those of path resolution.
    pub(crate) fn lookup(&mut self, pid: Pid, path: &[u8], follow: bool) -> Result<Ino, Errno> {
        let dir = self.process(pid)?.cwd;
        self.vfs.lookup(At { dir, path, scope: Scope::Anywhere }, follow)
    }
}
