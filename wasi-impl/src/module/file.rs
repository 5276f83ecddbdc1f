//! Descriptors and files: pipes, the current directory, modes, owners, FIFOs.

use wasmsand_vfs::{Access, At, Errno, GID, Ino, Kind, Scope, Stat, Target, UID};

use super::{Bytes, Done, Performance};
use crate::kernel::fd_table::Slot;
use crate::kernel::process::Fd;

/// The lowest descriptor of a pipe: 0 to 2 are streams, and 3 is where wasi-libc looks for preopens.
const PIPE_FD_MIN: Fd = Fd(4);

/// A mask that only asks for the old one, and an owner that stays.
const UNCHANGED: u32 = u32::MAX;

/// Bits of a mode that are not the type.
const MODE_BITS: u32 = 0o7777;

/// What a block is in `file_system_stat`.
const BLOCK_BYTES: u64 = 4_096;

/// The flag of a file system that cannot be written at this path (`ST_RDONLY`).
const READ_ONLY: u64 = 1;

/// Bits of `access`, Linux's.
mod access_bits {
    pub(super) const EXECUTE: u32 = 1;
    pub(super) const WRITE: u32 = 2;
    pub(super) const READ: u32 = 4;
    pub(super) const ALL: u32 = 7;
}

/// Bits of `st_mode` that tell the type (Linux, inode(7)).
fn type_bits(kind: Kind) -> u32 {
    match kind {
        Kind::File => 0o100_000,
        Kind::Directory => 0o040_000,
        Kind::Symlink => 0o120_000,
        Kind::Fifo => 0o010_000,
        Kind::CharDevice => 0o020_000,
    }
}

fn mode_of(stat: &Stat) -> u32 {
    type_bits(stat.kind) | u32::from(stat.mode)
}

fn permission_bits(mode: u32) -> u16 {
    u16::try_from(mode & MODE_BITS).unwrap_or(0)
}

impl Performance<'_> {
    /// Makes a pipe in the caller's table. `MFile`, `NFile`; `Fault`.
    pub(super) fn pipe(&mut self, read_fd: u32, write_fd: u32) -> Done {
        self.memory.slice(read_fd, 4)?;
        self.memory.slice(write_fd, 4)?;
        let (read, write) = self.kernel.vfs.pipe()?;
        let reader = match self.kernel.install(self.pid, Slot::new(read), PIPE_FD_MIN) {
            Ok(fd) => fd,
            Err(errno) => {
                self.kernel.vfs.close(write);
                return Err(errno);
            }
        };
        let writer = match self.kernel.install(self.pid, Slot::new(write), PIPE_FD_MIN) {
            Ok(fd) => fd,
            Err(errno) => {
                self.kernel.close_fd(self.pid, reader)?;
                return Err(errno);
            }
        };
        self.memory.write_u32(read_fd, reader.0)?;
        self.memory.write_u32(write_fd, writer.0)
    }

    /// Duplicates a descriptor. `BadF`; `Inval`: `at_least` is beyond the table; `MFile`: no number is free; `Fault`.
    pub(super) fn dup(&mut self, fd: u32, at_least: u32, new_fd: u32) -> Done {
        self.memory.slice(new_fd, 4)?;
        // A copy of a preopen is a directory like any other.
        let slot = Slot { preopen: None, close_on_exec: false, ..self.slot(fd)?.clone() };
        if at_least >= self.kernel.fds_max(self.pid) {
            return Err(Errno::Inval);
        }
        self.kernel.vfs.retain(slot.open);
        let new = self.kernel.install(self.pid, slot, Fd(at_least))?;
        self.memory.write_u32(new_fd, new.0)
    }

    /// The current directory. `NoEnt`: it was removed; `Range`: the buffer is too small; `Fault`, `NotCapable`.
    pub(super) fn cwd_get(&mut self, buf: Bytes, used: u32) -> Done {
        self.whole_world()?;
        let cwd = self.kernel.process(self.pid)?.cwd;
        let path = self.kernel.vfs.path_of(cwd).ok_or(Errno::NoEnt)?;
        self.put_sized(buf, used, &path)
    }

    /// Changes the current directory. `NotDir`, `Acces`, `NoEnt` and its kin, `NotCapable`.
    pub(super) fn cwd_set(&mut self, path: Bytes) -> Done {
        let path = self.path(path)?;
        let directory = self.kernel.directory(self.pid, &path)?;
        self.kernel.enter_directory(self.pid, directory)
    }

    /// Sets the mask of new files' modes, or only tells it. `Fault`.
    pub(super) fn umask(&mut self, mask: u32, old: u32) -> Done {
        self.memory.slice(old, 4)?;
        let process = self.kernel.process_mut(self.pid)?;
        let before = process.umask;
        if mask != UNCHANGED {
            process.umask = permission_bits(mask & 0o777);
        }
        self.memory.write_u32(old, u32::from(before))
    }

    /// May the caller do this? `Acces`, `RoFs`; `Inval`: unknown bits; `NoEnt` and its kin.
    pub(super) fn access(&mut self, path: Bytes, mode: u32) -> Done {
        if mode & !access_bits::ALL != 0 {
            return Err(Errno::Inval);
        }
        let ino = self.lookup(path, true)?;
        let wants = |bit| mode & bit != 0;
        let want = Access {
            read: wants(access_bits::READ),
            write: wants(access_bits::WRITE),
            execute: wants(access_bits::EXECUTE),
        };
        self.kernel.vfs.access(ino, want)
    }

    fn lookup(&mut self, path: Bytes, follow: bool) -> Result<Ino, Errno> {
        let path = self.path(path)?;
        let ino = self.kernel.lookup(self.pid, &path, follow)?;
        // `/dev/fd/N` stands for what the descriptor is open on, where that has an inode.
        match self.kernel.behind_descriptor(self.pid, ino)? {
            Some(open) => match self.kernel.vfs.target(open)? {
                Target::File(ino) | Target::Directory(ino) => Ok(ino),
                Target::Pipe { .. } | Target::Device(_) => Ok(ino),
            },
            None => Ok(ino),
        }
    }

    fn stat_of(&mut self, path: Bytes, follow: u32) -> Result<Stat, Errno> {
        let path = self.path(path)?;
        self.kernel.stat_path(self.pid, &path, follow != 0)
    }

    /// Type and permission bits. `NoEnt` and its kin, `Fault`, `NotCapable`.
    pub(super) fn mode_get(&mut self, path: Bytes, follow: u32, mode: u32) -> Done {
        let stat = self.stat_of(path, follow)?;
        self.memory.write_u32(mode, mode_of(&stat))
    }

    /// Sets the permission bits. `Perm`: not the owner; `RoFs`; `NoEnt` and its kin, `NotCapable`.
    pub(super) fn mode_set(&mut self, path: Bytes, follow: u32, mode: u32) -> Done {
        let ino = self.lookup(path, follow != 0)?;
        self.set_mode_of(ino, mode)
    }

    /// The same of an open file. `BadF`; `Inval`: it is a pipe or a device.
    pub(super) fn mode_set_fd(&mut self, fd: u32, mode: u32) -> Done {
        let ino = self.inode_of(fd)?;
        self.set_mode_of(ino, mode)
    }

    fn set_mode_of(&mut self, ino: Ino, mode: u32) -> Done {
        let now = self.kernel.now();
        self.kernel.vfs.chmod(ino, permission_bits(mode), now)
    }

    fn inode_of(&self, fd: u32) -> Result<Ino, Errno> {
        match self.kernel.vfs.target(self.open_of(fd)?)? {
            Target::File(ino) | Target::Directory(ino) => Ok(ino),
            Target::Pipe { .. } | Target::Device(_) => Err(Errno::Inval),
        }
    }

    /// Sets owner and group. `Perm`: what only root may; `RoFs`; `NotSup`: a mounted folder; `NoEnt` and its kin,
    /// `NotCapable`.
    pub(super) fn owner_set(&mut self, path: Bytes, follow: u32, uid: u32, gid: u32) -> Done {
        let ino = self.lookup(path, follow != 0)?;
        self.set_owner_of(ino, uid, gid)
    }

    /// The same of an open file. `BadF`; `Inval`: it is a pipe or a device.
    pub(super) fn owner_set_fd(&mut self, fd: u32, uid: u32, gid: u32) -> Done {
        let ino = self.inode_of(fd)?;
        self.set_owner_of(ino, uid, gid)
    }

    /// The owner of a file may give it to a group of his own, and nobody gives files away (chown(2)).
    fn set_owner_of(&mut self, ino: Ino, uid: u32, gid: u32) -> Done {
        let stat = self.kernel.vfs.stat(ino)?;
        let stays = |wanted, is| wanted == UNCHANGED || wanted == is;
        if uid == UNCHANGED && gid == UNCHANGED {
            return Ok(());
        }
        let may = stat.uid == UID && stays(uid, UID) && (stays(gid, stat.gid) || gid == GID);
        if !may {
            return Err(Errno::Perm);
        }
        if stays(gid, stat.gid) {
            return Ok(());
        }
        let now = self.kernel.now();
        self.kernel.vfs.chown(ino, None, Some(gid), now)
    }

    /// Everything about a file. `NoEnt` and its kin, `Fault`, `NotCapable`.
    pub(super) fn stat(&mut self, path: Bytes, follow: u32, buf: u32) -> Done {
        let stat = self.stat_of(path, follow)?;
        self.put_stat(buf, &stat)
    }

    /// Everything about an open file. `BadF`, `Fault`.
    pub(super) fn stat_fd(&mut self, fd: u32, buf: u32) -> Done {
        let open = self.open_of(fd)?;
        let stat = self.kernel.vfs.fstat(open)?;
        self.put_stat(buf, &stat)
    }

    fn put_stat(&mut self, buf: u32, stat: &Stat) -> Done {
        let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        let words = [
            stat.dev,
            stat.ino,
            pair(mode_of(stat), stat.uid),
            pair(stat.gid, 0),
            pair(stat.rdev.0, stat.rdev.1),
            stat.nlink,
            stat.size,
            stat.blocks,
            stat.atime.0,
            stat.mtime.0,
            stat.ctime.0,
            0,
        ];
        self.put_words(buf, &words)
    }

    fn put_words(&mut self, at: u32, words: &[u64]) -> Done {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.memory.write(at, &bytes)
    }

    /// Makes a FIFO. `Exist`, `NoEnt`, `NotDir`, `Acces`, `RoFs`, `NoSpc`; `NotSup`: a mounted folder; `NotCapable`.
    pub(super) fn make_fifo(&mut self, path: Bytes, mode: u32) -> Done {
        let path = self.path(path)?;
        let process = self.kernel.process(self.pid)?;
        let (dir, mode) = (process.cwd, permission_bits(mode) & !process.umask);
        let now = self.kernel.now();
        self.kernel.vfs.make_fifo(At { dir, path: &path, scope: Scope::Anywhere }, mode, now)
    }

    /// Room in the file system of a path. `NoEnt` and its kin, `Fault`, `NotCapable`.
    pub(super) fn file_system_stat(&mut self, path: Bytes, buf: u32) -> Done {
        let ino = self.lookup(path, true)?;
        let stat = self.kernel.vfs.stat(ino)?;
        let root = self.kernel.vfs.root();
        let own = self.kernel.vfs.stat(root)?.dev == stat.dev;
        let write = Access { write: true, ..Access::default() };
        let read_only = self.kernel.vfs.access(ino, write) == Err(Errno::RoFs);
        let (limits, usage) = (self.kernel.vfs.limits(), self.kernel.vfs.usage());
        let blocks = limits.content_bytes_max / BLOCK_BYTES;
        let free = blocks.saturating_sub(usage.content_bytes.div_ceil(BLOCK_BYTES));
        let files_free = limits.inodes_max.saturating_sub(usage.inodes);
        // How much room the host has behind a mounted folder is its own affair.
        let of_own = |number| if own { number } else { 0 };
        let words = [
            stat.dev,
            BLOCK_BYTES,
            of_own(blocks),
            of_own(free),
            of_own(limits.inodes_max),
            of_own(files_free),
            u64::try_from(limits.name_bytes_max).unwrap_or(u64::MAX),
            if read_only { READ_ONLY } else { 0 },
        ];
        self.put_words(buf, &words)
    }
}
