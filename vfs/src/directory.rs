//! `Directory`: the names in a directory; owns the order of entries and the cookies that readers keep.
//!
//! A cookie is the entry's serial number in its directory and never means another entry, so whatever is removed
//! while somebody reads, nothing is skipped or told twice. Removal leaves a gap that keeps the order of the
//! others; gaps are swept when they are as many as the entries, so a removal costs O(1) on average and a whole
//! reading costs no more than twice its entries.

use std::hash::{Hash, Hasher};

use indexmap::{Equivalent, IndexMap};

use crate::Ino;

/// The cookie after `.`, after `..`, and of the first entry.
pub(crate) const COOKIE_AFTER_DOT: u64 = 1;
/// See [`COOKIE_AFTER_DOT`].
pub(crate) const COOKIE_AFTER_DOT_DOT: u64 = 2;

/// Fewer gaps than this are not worth a sweep.
const GAPS_MIN: usize = 16;

/// The names in a directory.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    /// Where `..` leads; a directory that was removed keeps it.
    pub(crate) parent: Ino,
    /// The directory's own name in its parent, for paths; empty for the root.
    pub(crate) name: Box<[u8]>,
    /// In the order of cookies.
    entries: IndexMap<Slot, Entry>,
    gaps: usize,
    /// All slots before this one are gaps: who removes from the front again and again walks none of them.
    first: usize,
    cookie_next: u64,
    subdirectories: u64,
    /// It is `/dev/fd`: a number is the name of a descriptor, and gets its entry when it is first looked up.
    pub(crate) has_descriptors: bool,
}

/// A name, or the place where one was.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Slot {
    Name(Box<[u8]>),
    Gap(u64),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    ino: Ino,
    cookie: u64,
    is_directory: bool,
}

/// The hash of a name is that of the bytes alone, so that bytes can be looked up.
impl Hash for Slot {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Slot::Name(name) => Wanted(name).hash(hasher),
            Slot::Gap(cookie) => cookie.hash(hasher),
        }
    }
}

/// A name that is looked for.
#[derive(Hash)]
struct Wanted<'a>(&'a [u8]);

impl Equivalent<Slot> for Wanted<'_> {
    fn equivalent(&self, slot: &Slot) -> bool {
        match slot {
            Slot::Name(name) => **name == *self.0,
            Slot::Gap(_) => false,
        }
    }
}

/// An entry as a reader finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) ino: Ino,
    pub(crate) cookie: u64,
    /// Where it is now: a hint for the next step.
    pub(crate) place: usize,
}

impl Directory {
    pub(crate) fn new(parent: Ino, name: &[u8]) -> Directory {
        Directory {
            parent,
            name: name.into(),
            entries: IndexMap::new(),
            gaps: 0,
            first: 0,
            cookie_next: COOKIE_AFTER_DOT_DOT + 1,
            subdirectories: 0,
            has_descriptors: false,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len().saturating_sub(self.gaps)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn subdirectories(&self) -> u64 {
        self.subdirectories
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<Ino> {
        self.entries.get(&Wanted(name)).map(|entry| entry.ino)
    }

    /// Adds a name, or lets an existing name mean another inode (it keeps its place and its cookie).
    pub(crate) fn insert(&mut self, name: &[u8], ino: Ino, is_directory: bool) {
        if let Some(entry) = self.entries.get_mut(&Wanted(name)) {
            self.subdirectories = self.subdirectories.saturating_sub(u64::from(entry.is_directory));
            entry.ino = ino;
            entry.is_directory = is_directory;
        } else {
            let cookie = self.cookie_next;
            self.cookie_next = cookie.saturating_add(1);
            self.entries.insert(Slot::Name(name.into()), Entry { ino, cookie, is_directory });
        }
        self.subdirectories = self.subdirectories.saturating_add(u64::from(is_directory));
    }

    /// Removes a name; gives the inode that it meant.
    pub(crate) fn remove(&mut self, name: &[u8]) -> Option<Ino> {
        let (place, _, entry) = self.entries.get_full(&Wanted(name))?;
        let Entry { ino, cookie, is_directory } = *entry;
        // The cookie is this entry's alone, so the gap cannot meet an equal one.
        let replaced = self.entries.replace_index(place, Slot::Gap(cookie));
        debug_assert!(replaced.is_ok(), "a cookie names one entry");
        self.gaps = self.gaps.saturating_add(1);
        self.subdirectories = self.subdirectories.saturating_sub(u64::from(is_directory));
        if place == self.first {
            self.first = self.first.saturating_add(1);
        }
        if self.gaps >= GAPS_MIN && self.gaps >= self.len() {
            self.sweep();
        }
        Some(ino)
    }

    /// The first entry whose cookie is greater than `cookie`. `hint` is the place of the entry that was read
    /// last; a wrong one costs a binary search.
    pub(crate) fn after(&self, cookie: u64, hint: usize) -> Option<Found<'_>> {
        let hinted = self.entries.get_index(hint).is_some_and(|(_, entry)| entry.cookie == cookie);
        let start = if hinted {
            hint.saturating_add(1)
        } else {
            self.entries.partition_point(|_, entry| entry.cookie <= cookie)
        };
        let mut place = start.max(self.first);
        while let Some((slot, entry)) = self.entries.get_index(place) {
            match slot {
                Slot::Name(name) => return Some(Found { name, ino: entry.ino, cookie: entry.cookie, place }),
                Slot::Gap(_) => place = place.saturating_add(1),
            }
        }
        None
    }

    /// The names and their inodes, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], Ino)> {
        self.entries.iter().filter_map(|(slot, entry)| match slot {
            Slot::Name(name) => Some((&**name, entry.ino)),
            Slot::Gap(_) => None,
        })
    }

    /// What is wrong with the representation, if anything.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        if self.entries.iter().filter(|(slot, _)| matches!(slot, Slot::Gap(_))).count() != self.gaps {
            return Some("gaps are miscounted");
        }
        if !self.entries.values().is_sorted_by(|one, other| one.cookie < other.cookie) {
            return Some("cookies do not ascend");
        }
        if self.entries.keys().take(self.first).any(|slot| matches!(slot, Slot::Name(_))) {
            return Some("a name lies before the first");
        }
        if self.entries.values().any(|entry| entry.cookie >= self.cookie_next) {
            return Some("a cookie comes from the future");
        }
        None
    }

    fn sweep(&mut self) {
        self.entries.retain(|slot, _| matches!(slot, Slot::Name(_)));
        if self.entries.capacity() / 4 > self.entries.len() {
            self.entries.shrink_to(self.entries.len().saturating_mul(2));
        }
        self.gaps = 0;
        self.first = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    const INO: Ino = Ino(NonZeroU64::MIN);

    fn directory(count: u32) -> Directory {
        let mut directory = Directory::new(INO, b"");
        for number in 0..count {
            directory.insert(number.to_string().as_bytes(), INO, false);
        }
        directory
    }

    #[test]
    fn everything_is_read_while_everything_read_is_removed() {
        let mut directory = directory(1000);
        let (mut cookie, mut hint, mut seen) = (COOKIE_AFTER_DOT_DOT, 0, 0);
        while let Some(found) = directory.after(cookie, hint) {
            (cookie, hint) = (found.cookie, found.place);
            let name = found.name.to_vec();
            directory.remove(&name);
            seen += 1;
            assert_eq!(directory.flaw(), None);
        }
        assert_eq!((seen, directory.len()), (1000, 0));
    }

    #[test]
    fn an_old_cookie_goes_on_where_it_was() {
        let mut directory = directory(100);
        let tenth = directory.after(12, 0).unwrap().cookie;
        for number in 0..90 {
            directory.remove(number.to_string().as_bytes());
        }
        assert_eq!(tenth, 13);
        assert_eq!(directory.after(tenth, 55).unwrap().name, b"90");
        assert_eq!(directory.after(u64::MAX, 0), None);
    }

    #[test]
    fn taking_the_first_entry_each_time_walks_no_gaps() {
        let mut directory = directory(10_000);
        for _ in 0..4000 {
            let name = directory.after(COOKIE_AFTER_DOT_DOT, 0).unwrap().name.to_vec();
            directory.remove(&name);
        }
        assert_eq!(directory.first, 4000);
    }

    /// Reads everything as a caller with a small buffer does, and counts the slots that were looked at.
    fn slots_walked(directory: &Directory) -> usize {
        let (mut cookie, mut hint, mut walked) = (COOKIE_AFTER_DOT_DOT, 0, 0);
        while let Some(found) = directory.after(cookie, hint) {
            walked += found.place - hint;
            (cookie, hint) = (found.cookie, found.place);
        }
        walked
    }

    #[test]
    fn a_reading_walks_at_most_twice_as_many_slots_as_there_are_entries() {
        for removed_of_ten in 0..10 {
            let mut directory = directory(10_000);
            for number in (0..10_000).filter(|number| number % 10 < removed_of_ten) {
                directory.remove(number.to_string().as_bytes());
            }
            let walked = slots_walked(&directory);
            assert!(
                walked <= 2 * directory.len() + GAPS_MIN,
                "{walked} slots for {} entries",
                directory.len()
            );
        }
    }

    #[test]
    fn a_replaced_entry_keeps_its_place() {
        let mut directory = directory(3);
        directory.insert(b"1", INO, true);
        let names: Vec<_> = directory.iter().map(|(name, _)| name.to_vec()).collect();
        assert_eq!(names, [b"0", b"1", b"2"]);
        assert_eq!((directory.len(), directory.subdirectories()), (3, 1));
    }
}
