//! `Vfs`: the file system; owns the tables of inodes, open files, pipes and mounts, and the count of their use.
//!
//! Its verbs are in the files that name them: `names`, `rename`, `attributes`, `open`, `transfer`, ...

use std::collections::HashMap;
use std::num::NonZeroU64;

use crate::directory::Directory;
use crate::inode::{Inode, Node};
use crate::inode_table::InodeTable;
use crate::mount::Mounts;
use crate::open_file::OpenFile;
use crate::pipe::{Pipe, PipeId};
use crate::{Errno, Ino, Limits, OpenId, Time, Usage};

/// An in-memory POSIX file system.
pub struct Vfs {
    pub(crate) limits: Limits,
    pub(crate) usage: Usage,
    /// Names in all directories, bounded as inodes are.
    pub(crate) names: u64,
    pub(crate) root: Ino,
    pub(crate) inodes: InodeTable,
    /// What keeps inodes alive beside their names; who is not used is not in it.
    pub(crate) uses: HashMap<Ino, Uses>,
    /// The pipes of the FIFOs that somebody has open.
    pub(crate) fifos: HashMap<Ino, PipeId>,
    pub(crate) open_files: HashMap<OpenId, OpenFile>,
    pub(crate) pipes: HashMap<PipeId, Pipe>,
    pub(crate) mounts: Mounts,
    /// The next number of an inode, open file or pipe. None is ever used again: 2^64 do not run out.
    pub(crate) number_next: NonZeroU64,
}

/// What keeps an inode alive beside its names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Uses {
    /// Open file descriptions of it.
    pub(crate) opens: u64,
    /// Processes that stand in it.
    holds: u64,
}

impl Vfs {
    /// A file system with nothing in it but a root directory of mode 0755 that belongs to the user.
    #[must_use]
    pub fn new(limits: Limits, now: Time) -> Vfs {
        let root = Ino(NonZeroU64::MIN);
        let mut inode = Inode::new(Node::Directory(Directory::new(root, b"")), 0o755, now);
        inode.names = 1;
        let mut inodes = InodeTable::default();
        inodes.insert(root, inode);
        Vfs {
            limits,
            usage: Usage { inodes: 1, ..Usage::default() },
            names: 0,
            root,
            inodes,
            uses: HashMap::new(),
            fifos: HashMap::new(),
            open_files: HashMap::new(),
            pipes: HashMap::new(),
            mounts: Mounts::default(),
            number_next: NonZeroU64::MIN.saturating_add(1),
        }
    }

    /// The root directory.
    #[must_use]
    pub fn root(&self) -> Ino {
        self.mounts.cover(self.root)
    }

    /// How much it may hold.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How much it holds.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// Keeps an inode alive after its last name is gone: a process stands in it. An unknown one is ignored.
    pub fn hold(&mut self, ino: Ino) {
        if self.inodes.get(&ino).is_some() {
            let uses = self.uses.entry(ino).or_default();
            uses.holds = uses.holds.saturating_add(1);
        } else {
            self.mounts.pin(ino);
        }
    }

    /// Undoes one [`Vfs::hold`].
    pub fn release(&mut self, ino: Ino) {
        if self.inodes.get(&ino).is_some() {
            self.end_use(ino, |uses| uses.holds = uses.holds.saturating_sub(1));
        } else {
            self.mounts.unpin(ino);
        }
    }

    /// An open file description of an inode of our own was made.
    pub(crate) fn begin_open(&mut self, ino: Ino) {
        let uses = self.uses.entry(ino).or_default();
        uses.opens = uses.opens.saturating_add(1);
    }

    /// Undoes one [`Vfs::begin_open`].
    pub(crate) fn end_open(&mut self, ino: Ino) {
        self.end_use(ino, |uses| uses.opens = uses.opens.saturating_sub(1));
    }

    fn end_use(&mut self, ino: Ino, end: impl FnOnce(&mut Uses)) {
        let Some(uses) = self.uses.get_mut(&ino) else { return };
        end(uses);
        if uses.opens == 0 && uses.holds == 0 {
            self.uses.remove(&ino);
            self.forget_if_unused(ino);
        }
    }

    /// `ENOENT`: no such inode, or it lies in a mounted folder.
    pub(crate) fn inode(&self, ino: Ino) -> Result<&Inode, Errno> {
        self.inodes.get(&ino).ok_or(Errno::NoEnt)
    }

    /// `ENOENT`: no such inode, or it lies in a mounted folder.
    pub(crate) fn inode_mut(&mut self, ino: Ino) -> Result<&mut Inode, Errno> {
        self.inodes.get_mut(&ino).ok_or(Errno::NoEnt)
    }

    /// A number that was never used for anything.
    pub(crate) fn next_number(&mut self) -> NonZeroU64 {
        let number = self.number_next;
        self.number_next = number.saturating_add(1);
        number
    }

    /// Puts an inode without a name into the table; its charge is counted.
    ///
    /// `ENOSPC`: a limit is reached. The caller gives it a name or opens it.
    pub(crate) fn insert_inode(&mut self, inode: Inode) -> Result<Ino, Errno> {
        if self.usage.inodes >= self.limits.inodes_max || inode.charge() > self.room() {
            return Err(Errno::NoSpc);
        }
        let ino = Ino(self.next_number());
        self.recharge(0, inode.charge());
        self.usage.inodes = self.usage.inodes.saturating_add(1);
        self.inodes.insert(ino, inode);
        Ok(ino)
    }

    /// Frees an inode that has no name, is not open and is nobody's directory.
    pub(crate) fn forget_if_unused(&mut self, ino: Ino) {
        if self.inodes.get(&ino).is_some_and(|inode| inode.names == 0)
            && !self.uses.contains_key(&ino)
            && let Some(inode) = self.inodes.remove(&ino)
        {
            self.recharge(inode.charge(), 0);
            self.usage.inodes = self.usage.inodes.saturating_sub(1);
        }
    }

    /// The bytes that may still be used.
    pub(crate) fn room(&self) -> u64 {
        self.limits.content_bytes_max.saturating_sub(self.usage.content_bytes)
    }

    /// Something that used `before` bytes uses `after`.
    pub(crate) fn recharge(&mut self, before: u64, after: u64) {
        self.usage.content_bytes = self.usage.content_bytes.saturating_sub(before).saturating_add(after);
    }
}
