//! `Inode`: what a name stands for; owns the attributes, the counts that keep it alive, and the permission rule.

use std::sync::Arc;

use crate::body::Body;
use crate::directory::Directory;
use crate::{Device, Errno, Kind, Time};

/// The sandbox has one user, who is not root.
pub const USER: u32 = 1000;
/// The user's only group.
pub const GROUP: u32 = 1000;

/// What somebody wants to do with an inode, as in `access(2)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Read its bytes, or list its names.
    pub read: bool,
    /// Change its bytes, or add and remove names.
    pub write: bool,
    /// Run it, or look up names in it.
    pub execute: bool,
}

impl Access {
    pub(crate) const READ: Access = Access { read: true, write: false, execute: false };
    pub(crate) const WRITE: Access = Access { read: false, write: true, execute: false };
    pub(crate) const SEARCH: Access = Access { read: false, write: false, execute: true };
    pub(crate) const CHANGE_NAMES: Access = Access { read: false, write: true, execute: true };

    /// Whether three permission bits (`rwx`) grant all of it.
    pub(crate) fn is_granted_by(self, bits: u16) -> bool {
        (!self.read || bits & 4 != 0) && (!self.write || bits & 2 != 0) && (!self.execute || bits & 1 != 0)
    }
}

/// On whose behalf something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// The sandbox's user: permission bits apply.
    User,
    /// The embedder, who puts files in: they do not.
    Embedder,
}

/// What a name stands for. It knows nothing of who has it open: it may be part of several images.
#[derive(Clone, Debug)]
pub(crate) struct Inode {
    pub(crate) node: Node,
    pub(crate) mode: u16,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Names of a file; of a directory 1 while it has its name, else 0.
    pub(crate) names: u64,
    pub(crate) atime: Time,
    pub(crate) mtime: Time,
    pub(crate) ctime: Time,
    /// Any change of it, or of names in it, is `EROFS`.
    pub(crate) read_only: bool,
    /// Counts the changes of its bytes.
    pub(crate) version: u64,
}

/// The kinds of inode, with what each has of its own.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    File(Body),
    Directory(Directory),
    Symlink(Arc<[u8]>),
    Fifo,
    Device(Device),
}

impl Inode {
    /// An inode of the user's without a name.
    pub(crate) fn new(node: Node, mode: u16, now: Time) -> Inode {
        Inode {
            node,
            mode: mode & 0o7777,
            uid: USER,
            gid: GROUP,
            names: 0,
            atime: now,
            mtime: now,
            ctime: now,
            read_only: false,
            version: 0,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self.node {
            Node::File(_) => Kind::File,
            Node::Directory(_) => Kind::Directory,
            Node::Symlink(_) => Kind::Symlink,
            Node::Fifo => Kind::Fifo,
            Node::Device(Device::Text(_)) => Kind::File,
            Node::Device(_) => Kind::CharDevice,
        }
    }

    /// What `st_nlink` shows.
    pub(crate) fn nlink(&self) -> u64 {
        match &self.node {
            Node::Directory(_) if self.names == 0 => 0,
            Node::Directory(directory) => directory.subdirectories().saturating_add(2),
            Node::File(_) | Node::Symlink(_) | Node::Fifo | Node::Device(_) => self.names,
        }
    }

    /// The bytes that count against the limit of the file system.
    pub(crate) fn charge(&self) -> u64 {
        match &self.node {
            Node::File(body) => body.charge(),
            Node::Symlink(target) => u64::try_from(target.len()).unwrap_or(u64::MAX),
            Node::Directory(_) | Node::Fifo | Node::Device(_) => 0,
        }
    }

    /// `EACCES`: the permission bits of the caller's class do not grant it.
    pub(crate) fn permit(&self, want: Access, who: Who) -> Result<(), Errno> {
        let shift = if self.uid == USER {
            6
        } else if self.gid == GROUP {
            3
        } else {
            0
        };
        match who {
            Who::Embedder => Ok(()),
            Who::User if want.is_granted_by(self.mode >> shift) => Ok(()),
            Who::User => Err(Errno::Acces),
        }
    }

    /// The directory that it is.
    pub(crate) fn directory(&self) -> Result<&Directory, Errno> {
        match &self.node {
            Node::Directory(directory) => Ok(directory),
            Node::File(_) | Node::Symlink(_) | Node::Fifo | Node::Device(_) => Err(Errno::NotDir),
        }
    }

    /// The directory that it is, to be changed.
    pub(crate) fn directory_mut(&mut self) -> Result<&mut Directory, Errno> {
        match &mut self.node {
            Node::Directory(directory) => Ok(directory),
            Node::File(_) | Node::Symlink(_) | Node::Fifo | Node::Device(_) => Err(Errno::NotDir),
        }
    }

    /// Its bytes or names changed.
    pub(crate) fn modified(&mut self, now: Time) {
        self.mtime = now;
        self.ctime = now;
    }

    /// Whether a reading of its bytes is to be noted. As Linux's `relatime`: the time moves only when it lies
    /// before the last change, or a day back.
    pub(crate) fn notes_access(&self, now: Time) -> bool {
        const DAY: u64 = 24 * 60 * 60 * 1_000_000_000;
        let is_old = now.0.saturating_sub(self.atime.0) >= DAY;
        let is_due = self.atime <= self.mtime || self.atime <= self.ctime || is_old;
        !self.read_only && is_due && self.atime != now
    }
}
