//! `Directory`: the names in a directory; owns the order of entries and the cookies that readers keep.
//!
//! A cookie is the entry's serial number in its directory and never means another entry, so whatever is removed
//! while somebody reads, nothing is skipped or told twice. The entries are kept by their cookies, and a second
//! time by the hashes of their names; both maps share what they hold with their clones, so that after a snapshot
//! a large directory is not copied for one new name.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use crate::Ino;
use crate::trie::Trie;

/// The cookie after `.`, after `..`, and of the first entry.
pub(crate) const COOKIE_AFTER_DOT: u64 = 1;
/// See [`COOKIE_AFTER_DOT`].
pub(crate) const COOKIE_AFTER_DOT_DOT: u64 = 2;

/// The bits of a hash that are looked at: whole digits of a trie.
const HASH_BITS: u32 = 60;

/// The names in a directory.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    /// Where `..` leads; a directory that was removed keeps it.
    pub(crate) parent: Ino,
    /// The directory's own name in its parent, for paths; empty for the root.
    pub(crate) name: Arc<[u8]>,
    by_cookie: Trie<Arc<Entry>>,
    by_hash: Trie<Arc<Entry>>,
    /// Entries whose hash another entry has already: none, but for a miracle.
    collided: Vec<Arc<Entry>>,
    hashes: Hashes,
    cookie_next: u64,
    subdirectories: u64,
    /// It is `/dev/fd`: a number is the name of a descriptor, and gets its entry when it is first looked up.
    pub(crate) has_descriptors: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    name: Box<[u8]>,
    ino: Ino,
    cookie: u64,
    is_directory: bool,
}

/// Where hashes come from: seeded by chance, so that no guest can choose names that collide. The order of entries
/// does not depend on it.
#[derive(Clone, Debug)]
enum Hashes {
    Seeded(RandomState),
    #[cfg(test)]
    Same,
}

/// An entry as a reader finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) ino: Ino,
    pub(crate) cookie: u64,
}

impl Directory {
    pub(crate) fn new(parent: Ino, name: &[u8]) -> Directory {
        Directory {
            parent,
            name: name.into(),
            by_cookie: Trie::default(),
            by_hash: Trie::default(),
            collided: Vec::new(),
            hashes: Hashes::Seeded(RandomState::new()),
            cookie_next: COOKIE_AFTER_DOT_DOT + 1,
            subdirectories: 0,
            has_descriptors: false,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.by_cookie.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_cookie.is_empty()
    }

    pub(crate) fn subdirectories(&self) -> u64 {
        self.subdirectories
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<Ino> {
        self.entry(self.hashes.of(name), name).map(|entry| entry.ino)
    }

    /// Adds a name, or lets an existing name mean another inode (it keeps its place and its cookie).
    pub(crate) fn insert(&mut self, name: &[u8], ino: Ino, is_directory: bool) {
        let hash = self.hashes.of(name);
        let old = self.entry(hash, name).map(|entry| (entry.cookie, entry.is_directory));
        let cookie = match old {
            Some((cookie, was_directory)) => {
                self.subdirectories = self.subdirectories.saturating_sub(u64::from(was_directory));
                cookie
            }
            None => self.cookie_next,
        };
        self.cookie_next = self.cookie_next.max(cookie.saturating_add(1));
        self.subdirectories = self.subdirectories.saturating_add(u64::from(is_directory));
        let entry = Arc::new(Entry { name: name.into(), ino, cookie, is_directory });
        self.by_cookie.insert(cookie, Arc::clone(&entry));
        let displaced = self.by_hash.insert(hash, entry);
        self.collided.retain(|entry| entry.cookie != cookie);
        self.collided.extend(displaced.filter(|entry| entry.cookie != cookie));
    }

    /// Removes a name; gives the inode that it meant.
    pub(crate) fn remove(&mut self, name: &[u8]) -> Option<Ino> {
        let hash = self.hashes.of(name);
        let Entry { ino, cookie, is_directory, .. } = *self.entry(hash, name)?;
        self.by_cookie.remove(cookie);
        if self.by_hash.get(hash).is_some_and(|entry| entry.cookie == cookie) {
            self.by_hash.remove(hash);
            let heir = self.collided.iter().position(|entry| self.hashes.of(&entry.name) == hash);
            if let Some(heir) = heir {
                self.by_hash.insert(hash, self.collided.swap_remove(heir));
            }
        } else {
            self.collided.retain(|entry| entry.cookie != cookie);
        }
        self.subdirectories = self.subdirectories.saturating_sub(u64::from(is_directory));
        Some(ino)
    }

    /// The first entry whose cookie is greater than `cookie`.
    pub(crate) fn after(&self, cookie: u64) -> Option<Found<'_>> {
        let (cookie, entry) = self.by_cookie.first_from(cookie.checked_add(1)?)?;
        Some(Found { name: &entry.name, ino: entry.ino, cookie })
    }

    /// The names and their inodes, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], Ino)> {
        self.by_cookie.iter().map(|(_, entry)| (&*entry.name, entry.ino))
    }

    /// What is wrong with the representation, if anything.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        if self.by_hash.len().saturating_add(self.collided.len()) != self.by_cookie.len() {
            return Some("names and cookies differ in number");
        }
        for (cookie, entry) in self.by_cookie.iter() {
            let named = self.entry(self.hashes.of(&entry.name), &entry.name);
            if entry.cookie != cookie || named.is_none_or(|named| named.cookie != cookie) {
                return Some("a name does not lead to its entry");
            }
            if cookie >= self.cookie_next || cookie <= COOKIE_AFTER_DOT_DOT {
                return Some("a cookie was never given");
            }
        }
        None
    }

    fn entry(&self, hash: u64, name: &[u8]) -> Option<&Entry> {
        let first = self.by_hash.get(hash)?;
        if *first.name == *name {
            return Some(first);
        }
        self.collided.iter().find(|entry| *entry.name == *name).map(|entry| &**entry)
    }
}

impl Hashes {
    fn of(&self, name: &[u8]) -> u64 {
        match self {
            Hashes::Seeded(state) => state.hash_one(name) >> (u64::BITS - HASH_BITS),
            #[cfg(test)]
            Hashes::Same => 5,
        }
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
        let (mut cookie, mut seen) = (COOKIE_AFTER_DOT_DOT, 0);
        while let Some(found) = directory.after(cookie) {
            cookie = found.cookie;
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
        let tenth = directory.after(12).unwrap().cookie;
        for number in 0..90 {
            directory.remove(number.to_string().as_bytes());
        }
        assert_eq!(tenth, 13);
        assert_eq!(directory.after(tenth).unwrap().name, b"90");
        assert_eq!(directory.after(u64::MAX), None);
    }

    #[test]
    fn a_change_after_a_clone_copies_only_what_leads_to_the_name() {
        use crate::trie::tests::own_nodes;
        let mut directory = directory(30_000);
        let before = directory.clone();
        directory.remove(b"777");
        directory.insert(b"new", INO, false);
        let own = (
            own_nodes(&directory.by_cookie, &before.by_cookie),
            own_nodes(&directory.by_hash, &before.by_hash),
        );
        assert!(
            own.0 <= 6 && own.1 <= 10,
            "{own:?} nodes of {}",
            own_nodes(&directory.by_hash, &Trie::default())
        );
        assert_eq!((before.get(b"new"), before.get(b"777")), (None, Some(INO)));
    }

    #[test]
    fn a_replaced_entry_keeps_its_place() {
        let mut directory = directory(3);
        directory.insert(b"1", INO, true);
        let names: Vec<_> = directory.iter().map(|(name, _)| name.to_vec()).collect();
        assert_eq!(names, [b"0", b"1", b"2"]);
        assert_eq!((directory.len(), directory.subdirectories()), (3, 1));
        assert_eq!(directory.flaw(), None);
    }

    #[test]
    fn names_with_one_hash_are_still_several_names() {
        let other = Ino(NonZeroU64::MAX);
        let mut directory = Directory::new(INO, b"");
        directory.hashes = Hashes::Same;
        for name in [&b"a"[..], b"b", b"c"] {
            directory.insert(name, INO, false);
            assert_eq!(directory.flaw(), None);
        }
        directory.insert(b"a", other, true);
        assert_eq!(
            (directory.get(b"a"), directory.get(b"b"), directory.get(b"d")),
            (Some(other), Some(INO), None)
        );
        for name in [&b"c"[..], b"a", b"b"] {
            assert!(directory.remove(name).is_some());
            assert_eq!((directory.remove(name), directory.flaw()), (None, None));
        }
        assert!(directory.is_empty());
    }
}
