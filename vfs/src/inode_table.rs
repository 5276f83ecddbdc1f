//! `InodeTable`: the inodes by their numbers; a clone shares them all, and a change copies the one inode it touches.

use std::sync::Arc;

use crate::Ino;
use crate::inode::Inode;
use crate::trie::Trie;

/// The inodes by their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct InodeTable(Trie<Arc<Inode>>);

impl InodeTable {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, ino: &Ino) -> Option<&Inode> {
        self.0.get(ino.get()).map(|inode| &**inode)
    }

    /// The inode to be changed: if it is shared with another table, it is copied here.
    pub(crate) fn get_mut(&mut self, ino: &Ino) -> Option<&mut Inode> {
        self.0.get_mut(ino.get()).map(Arc::make_mut)
    }

    pub(crate) fn insert(&mut self, ino: Ino, inode: Inode) {
        self.0.insert(ino.get(), Arc::new(inode));
    }

    pub(crate) fn remove(&mut self, ino: &Ino) -> Option<Arc<Inode>> {
        self.0.remove(ino.get())
    }

    /// The inodes, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Ino, &Inode)> {
        // Every key was an inode's number, which is not 0.
        self.0.iter().filter_map(|(number, inode)| Some((Ino(number.try_into().ok()?), &**inode)))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Inode> {
        self.0.iter().map(|(_, inode)| &**inode)
    }
}

#[cfg(test)]
impl InodeTable {
    /// How many nodes and inodes this table has that another has not.
    pub(crate) fn own_parts(&self, other: &InodeTable) -> (usize, usize) {
        let is_own = |number: u64, inode: &Arc<Inode>| match other.0.get(number) {
            Some(shared) => !Arc::ptr_eq(inode, shared),
            None => true,
        };
        let inodes = self.0.iter().filter(|(number, inode)| is_own(*number, inode)).count();
        (crate::trie::tests::own_nodes(&self.0, &other.0), inodes)
    }
}
