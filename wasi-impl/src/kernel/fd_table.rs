//! A file descriptor table: small numbers that stand for open files. Owned by one process.

use wasmsand_vfs::{Errno, OpenId};

use super::process::Fd;

/// What a descriptor stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The open file description; the slot is one reference to it.
    pub open: OpenId,
    /// Not given to spawned processes, closed by exec.
    pub close_on_exec: bool,
    /// The name under which a guest finds this directory (WASI prestat).
    pub preopen: Option<Vec<u8>>,
    /// The directory is the process's whole world.
    pub is_world: bool,
    /// Absolute links may be made beneath it: it is a preopen that is a root of its own, or was opened through one.
    pub absolute_symlinks: bool,
}

impl Slot {
    /// An ordinary descriptor.
    #[must_use]
    pub fn new(open: OpenId) -> Slot {
        Slot { open, close_on_exec: false, preopen: None, is_world: false, absolute_symlinks: false }
    }

    /// A root of its own: `..` stops there and absolute links start there.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.preopen.is_some() && self.absolute_symlinks
    }
}

/// The table. References to open files are counted by the kernel, not here: what a method gives back must be closed.
#[derive(Clone, Debug, Default)]
pub struct FdTable {
    slots: Vec<Option<Slot>>,
}

fn index(fd: Fd) -> usize {
    usize::try_from(fd.0).unwrap_or(usize::MAX)
}

impl FdTable {
    /// What a descriptor stands for.
    ///
    /// # Errors
    /// `BadF` when it is not open.
    pub fn get(&self, fd: Fd) -> Result<&Slot, Errno> {
        self.slots.get(index(fd)).and_then(Option::as_ref).ok_or(Errno::BadF)
    }

    /// The same, to change it.
    ///
    /// # Errors
    /// `BadF` when it is not open.
    pub fn get_mut(&mut self, fd: Fd) -> Result<&mut Slot, Errno> {
        self.slots.get_mut(index(fd)).and_then(Option::as_mut).ok_or(Errno::BadF)
    }

    /// Puts a slot at the lowest free number of at least `at_least`.
    ///
    /// # Errors
    /// `MFile` when there is none below `fds_max`; the slot comes back for closing.
    pub fn insert(&mut self, slot: Slot, at_least: Fd, fds_max: u32) -> Result<Fd, (Errno, Slot)> {
        let start = index(at_least);
        let free = (start..).find(|&i| self.slots.get(i).is_none_or(Option::is_none)).unwrap_or(usize::MAX);
        let fd = match u32::try_from(free) {
            Ok(number) if number < fds_max => Fd(number),
            _ => return Err((Errno::MFile, slot)),
        };
        self.replace(fd, slot);
        Ok(fd)
    }

    /// Puts a slot at a given number (below the caller's bound); answers what was there.
    pub fn replace(&mut self, fd: Fd, slot: Slot) -> Option<Slot> {
        let at = index(fd);
        if at >= self.slots.len() {
            self.slots.resize(at + 1, None);
        }
        self.slots.get_mut(at).and_then(|place| place.replace(slot))
    }

    /// Takes a slot out.
    ///
    /// # Errors
    /// `BadF` when it is not open.
    pub fn remove(&mut self, fd: Fd) -> Result<Slot, Errno> {
        let slot = self.slots.get_mut(index(fd)).and_then(Option::take).ok_or(Errno::BadF)?;
        while self.slots.last().is_some_and(Option::is_none) {
            self.slots.pop();
        }
        Ok(slot)
    }

    /// The open descriptors, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (Fd, &Slot)> {
        self.slots
            .iter()
            .enumerate()
            .filter_map(|(i, slot)| Some((Fd(u32::try_from(i).ok()?), slot.as_ref()?)))
    }

    /// Takes every slot out.
    pub fn drain(&mut self) -> impl Iterator<Item = (Fd, Slot)> {
        std::mem::take(&mut self.slots)
            .into_iter()
            .enumerate()
            .filter_map(|(i, slot)| Some((Fd(u32::try_from(i).ok()?), slot?)))
    }
}
