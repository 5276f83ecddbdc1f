//! `/dev/fd`: a process's own descriptors as names (Linux's `/proc/self/fd`).
//!
//! The file system has a node for each number; which of them there are, and what each is, depends on who looks. A name
//! there is a symbolic link that only this file can follow: opening it opens the same thing again.

use std::collections::BTreeSet;

use wasmsand_vfs::{At, Device, DirEntry, Errno, Ino, Kind, OpenId, Stat, Target};

use super::process::{Fd, Pid};
use super::{Kernel, files};

/// The cookie after `..`; the one after descriptor `n` is greater by `n + 1`.
const COOKIE_AFTER_DOT_DOT: u64 = 2;

/// Permissions of a link that only its owner can follow.
const LINK_MODE: u16 = 0o700;

/// What `st_size` shows of such a link, as Linux has it.
const LINK_BYTES: u64 = 64;

impl Kernel {
    /// The open file behind `/dev/fd/N`: a guest's numbers above 2 are its parent's, for its own are preopens.
    pub(super) fn callers_fd(&self, pid: Pid, number: u32) -> Result<OpenId, Errno> {
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

    /// Attributes of an inode as a process sees it: of `/dev/fd/N` those of the open file, or of the link; else those
    /// that the file system has told.
    ///
    /// # Errors
    /// `NoEnt` when the caller has no such descriptor.
    pub(crate) fn stat_seen_by(
        &mut self,
        pid: Pid,
        ino: Ino,
        told: Stat,
        follow: bool,
    ) -> Result<Stat, Errno> {
        match self.behind_descriptor(pid, ino)? {
            Some(open) if follow => self.vfs.fstat(open),
            Some(_) => {
                Ok(Stat { kind: Kind::Symlink, mode: LINK_MODE, size: LINK_BYTES, rdev: (0, 0), ..told })
            }
            None => Ok(told),
        }
    }

    /// Where a symbolic link points, those of `/dev/fd` too.
    ///
    /// # Errors
    /// Those of readlink(2).
    pub(crate) fn read_link(&mut self, pid: Pid, at: At<'_>) -> Result<Vec<u8>, Errno> {
        let ino = self.vfs.lookup(at, false)?;
        match self.behind_descriptor(pid, ino)? {
            Some(open) => self.name_of(open),
            None => self.vfs.read_link(at),
        }
    }

    /// What an open file is, in the words of Linux's `/proc/self/fd`.
    fn name_of(&mut self, open: OpenId) -> Result<Vec<u8>, Errno> {
        if let Some(path) = self.vfs.path_of_open(open) {
            return Ok(path);
        }
        let number = self.vfs.fstat(open)?.ino;
        Ok(match self.vfs.target(open)? {
            Target::Device(device) if files::stream_of(device).is_some() && self.is_terminal(open) => {
                b"/dev/tty".to_vec()
            }
            Target::Device(_) | Target::Pipe { .. } => format!("pipe:[{number}]").into_bytes(),
            Target::File(_) | Target::Directory(_) => b"/memfd:text (deleted)".to_vec(),
        })
    }

    /// The entry of an open directory after a cookie; see `Vfs::read_dir`.
    ///
    /// # Errors
    /// Those of reading a directory.
    pub(crate) fn read_dir(
        &mut self,
        pid: Pid,
        open: OpenId,
        cookie: u64,
    ) -> Result<Option<DirEntry>, Errno> {
        match self.vfs.target(open)? {
            Target::Directory(dir) if cookie >= COOKIE_AFTER_DOT_DOT && self.vfs.has_descriptors(dir) => {
                let Ok(from) = u32::try_from(cookie - COOKIE_AFTER_DOT_DOT) else { return Ok(None) };
                let Some(fd) = self.descriptors(pid)?.range(Fd(from)..).next().copied() else {
                    return Ok(None);
                };
                let name = fd.0.to_string().into_bytes();
                let at = At { dir, path: &name, scope: wasmsand_vfs::Scope::Beneath };
                let ino = self.vfs.lookup(at, false)?.get();
                let next = COOKIE_AFTER_DOT_DOT + u64::from(fd.0) + 1;
                Ok(Some(DirEntry { next, ino, kind: Kind::Symlink, name }))
            }
            Target::Directory(_) | Target::File(_) | Target::Pipe { .. } | Target::Device(_) => {
                self.vfs.read_dir(open, cookie)
            }
        }
    }

    /// The names in a directory, without `.` and `..`.
    ///
    /// # Errors
    /// `NotDir`, `Acces`.
    pub(crate) fn list(&mut self, pid: Pid, dir: Ino) -> Result<Vec<(Vec<u8>, Kind)>, Errno> {
        if self.vfs.has_descriptors(dir) {
            let fds = self.descriptors(pid)?;
            return Ok(fds.into_iter().map(|fd| (fd.0.to_string().into_bytes(), Kind::Symlink)).collect());
        }
        Ok(self.vfs.list(dir)?.into_iter().map(|(name, _, kind)| (name, kind)).collect())
    }

    /// The numbers that a process finds in `/dev/fd`.
    fn descriptors(&self, pid: Pid) -> Result<BTreeSet<Fd>, Errno> {
        let process = self.process(pid)?;
        Ok(process.fds.iter().chain(process.inherited.iter()).map(|(fd, _)| fd).collect())
    }
}
