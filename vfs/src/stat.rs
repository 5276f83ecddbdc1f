//! `Stat`: what `stat(2)` tells of an inode; owns the small values in it (`Ino`, `Time`, `Kind`).

use std::num::NonZeroU64;

/// The number of an inode. It is never given to another inode.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Ino(pub(crate) NonZeroU64);

impl Ino {
    /// The number, as `st_ino` and `d_ino` show it.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

/// A moment, in nanoseconds since the Unix epoch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Time(pub u64);

/// What an inode is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A named pipe, or an end of an unnamed one.
    Fifo,
    /// A character device.
    CharDevice,
}

/// What `stat(2)` tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stat {
    /// 1 for the file system itself; each mounted folder has a number of its own.
    pub dev: u64,
    /// The inode's number: unique within `dev`, and what `read_dir` shows.
    pub ino: u64,
    /// What it is.
    pub kind: Kind,
    /// The permission bits, 07777.
    pub mode: u16,
    /// Names; for a directory 2 and its subdirectories; 0 when it was removed while open.
    pub nlink: u64,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// Bytes; of a symbolic link the length of its target; of a directory always 4096.
    pub size: u64,
    /// When it was last read, as `relatime` keeps it.
    pub atime: Time,
    /// When its bytes last changed.
    pub mtime: Time,
    /// When it last changed in any way.
    pub ctime: Time,
    /// Units of 512 bytes that are really allocated: holes are not.
    pub blocks: u64,
    /// Major and minor number of a device, else zeros.
    pub rdev: (u32, u32),
}
