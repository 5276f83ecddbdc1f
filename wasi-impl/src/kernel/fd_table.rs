//! A file descriptor table: small numbers that stand for open files. Owned by one process.

use std::collections::BTreeMap;

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
///
/// A map and not an array: a large number costs no more than a small one.
#[derive(Clone, Debug)]
pub struct FdTable {
    slots: BTreeMap<Fd, Slot>,
    /// From [`FULL_FROM`] up to this number none is free: whoever opens thousands walks none of them.
    full_to: Fd,
}

/// Guests open from this number on.
const FULL_FROM: Fd = Fd(3);

impl Default for FdTable {
    fn default() -> FdTable {
        FdTable { slots: BTreeMap::new(), full_to: FULL_FROM }
    }
}

impl FdTable {
    /// What a descriptor stands for.
    ///
    /// # Errors
    /// `BadF` when it is not open.
    pub fn get(&self, fd: Fd) -> Result<&Slot, Errno> {
        self.slots.get(&fd).ok_or(Errno::BadF)
    }

    /// The same, to change it.
    ///
    /// # Errors
    /// `BadF` when it is not open.
    pub fn get_mut(&mut self, fd: Fd) -> Result<&mut Slot, Errno> {
        self.slots.get_mut(&fd).ok_or(Errno::BadF)
    }

    /// Puts a slot at the lowest free number of at least `at_least`.
    ///
    /// # Errors
    /// `MFile` when there is none below `fds_max`; the slot comes back for closing.
    pub fn insert(&mut self, slot: Slot, at_least: Fd, fds_max: u32) -> Result<Fd, (Errno, Slot)> {
        let is_counted = (FULL_FROM..=self.full_to).contains(&at_least);
        let mut free = if is_counted { self.full_to } else { at_least };
        for (taken, _) in self.slots.range(free..) {
            if *taken != free {
                break;
            }
            free = Fd(free.0.saturating_add(1));
        }
        if is_counted {
            self.full_to = free;
        }
        if free.0 >= fds_max {
            return Err((Errno::MFile, slot));
        }
        self.slots.insert(free, slot);
        Ok(free)
    }

    /// Puts a slot at a given number (below the caller's bound); answers what was there.
    pub fn replace(&mut self, fd: Fd, slot: Slot) -> Option<Slot> {
        self.slots.insert(fd, slot)
    }

    /// Takes a slot out.
    ///
    /// # Errors
    /// `BadF` when it is not open.
    pub fn remove(&mut self, fd: Fd) -> Result<Slot, Errno> {
        let slot = self.slots.remove(&fd).ok_or(Errno::BadF)?;
        if fd >= FULL_FROM {
            self.full_to = self.full_to.min(fd);
        }
        Ok(slot)
    }

    /// The open descriptors, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (Fd, &Slot)> {
        self.slots.iter().map(|(fd, slot)| (*fd, slot))
    }

    /// Takes every slot out.
    pub fn drain(&mut self) -> impl Iterator<Item = (Fd, Slot)> {
        self.full_to = FULL_FROM;
        std::mem::take(&mut self.slots).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use wasmsand_vfs::{Limits, Open, Time, Vfs};

    use super::*;

    proptest! {
        #[test]
        fn the_lowest_free_number_is_taken(steps in proptest::collection::vec((0..3_u8, 0..12_u32), 0..60)) {
            let mut vfs = Vfs::new(Limits::default(), Time(0));
            let open = vfs.open_device(wasmsand_vfs::Device::Null, &Open::default()).unwrap();
            let (mut table, mut taken) = (FdTable::default(), BTreeSet::new());
            for (what, number) in steps {
                match what {
                    0 => {
                        let lowest = (number..).find(|fd| !taken.contains(fd)).unwrap();
                        let answer = table.insert(Slot::new(open), Fd(number), 10).map_err(|(errno, _)| errno);
                        prop_assert_eq!(answer, if lowest < 10 { Ok(Fd(lowest)) } else { Err(Errno::MFile) });
                        if lowest < 10 {
                            taken.insert(lowest);
                        }
                    }
                    1 => prop_assert_eq!(table.remove(Fd(number)).is_ok(), taken.remove(&number)),
                    _ => prop_assert_eq!(table.replace(Fd(number), Slot::new(open)).is_none(), taken.insert(number)),
                }
            }
        }
    }
}
