//! The command hash: where programs were found, so that PATH is not searched again.

use std::sync::Arc;

use bstr::{BStr, BString};
use indexmap::IndexMap;

const ENTRIES_MAX: usize = 4096;

/// Where a program was found, and how often that helped.
#[derive(Clone, Debug)]
struct Found {
    path: BString,
    hits: u32,
}

/// Names of programs and where they were found.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommandHash {
    entries: Arc<IndexMap<BString, Found>>,
}

impl CommandHash {
    /// Where a name was found; counts a hit.
    pub(crate) fn look_up(&mut self, name: &[u8]) -> Option<BString> {
        if !self.entries.contains_key(BStr::new(name)) {
            return None;
        }
        let found = Arc::make_mut(&mut self.entries).get_mut(BStr::new(name))?;
        found.hits += 1;
        Some(found.path.clone())
    }

    /// Where a name was found, without counting.
    pub(crate) fn peek(&self, name: &[u8]) -> Option<&BStr> {
        self.entries.get(BStr::new(name)).map(|found| found.path.as_ref())
    }

    /// Remembers a place, with so many hits.
    pub(crate) fn remember(&mut self, name: BString, path: BString, hits: u32) {
        let entries = Arc::make_mut(&mut self.entries);
        if entries.len() >= ENTRIES_MAX {
            entries.clear();
        }
        entries.insert(name, Found { path, hits });
    }

    /// Forgets one name; says whether it was known.
    pub(crate) fn forget(&mut self, name: &[u8]) -> bool {
        self.peek(name).is_some() && Arc::make_mut(&mut self.entries).shift_remove(BStr::new(name)).is_some()
    }

    /// Forgets everything: PATH changed.
    pub(crate) fn clear(&mut self) {
        if !self.entries.is_empty() {
            self.entries = Arc::default();
        }
    }

    /// Name, path and hits of every entry.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&BStr, &BStr, u32)> {
        self.entries.iter().map(|(name, found)| (name.as_ref(), found.path.as_ref(), found.hits))
    }
}
