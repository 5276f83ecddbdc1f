//! `Mounts`: the folders mounted into the tree; owns what is known of the names in them.
//!
//! A node is a name that somebody has met in a mounted folder. It holds nothing that the host could change but
//! a kind, which each look-up refreshes. Its path is built from its parents, so a rename of a directory moves
//! everything beneath it. Nodes that nobody uses are swept when there are many.

use std::collections::HashMap;

use crate::{Errno, Folder, FolderStat, Ino, Kind, Time};

/// So many nodes are worth a sweep, which keeps the ones that were met lately.
const NODES_SWEPT: usize = 1 << 16;

/// More nodes than this are swept down to those of the call that is under way.
const NODES_MAX: usize = 1 << 18;

/// A node met within this many path look-ups is not swept: somebody may be about to use its number.
const LOOKUPS_KEPT: u64 = 1024;

/// No call looks more paths up than this between meeting a node and using it.
const LOOKUPS_IN_CALL: u64 = 4;

/// Deeper nesting than this cannot come from a path and would mean a cycle.
const DEPTH_MAX: usize = 1 << 16;

/// The number of a mount; none is used again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct MountId(u64);

impl MountId {
    /// What `st_dev` shows: the file system itself is 1.
    pub(crate) fn dev(self) -> u64 {
        self.0.saturating_add(2)
    }
}

struct Mount {
    folder: Box<dyn Folder>,
    read_only: bool,
    root: Ino,
    /// The directory that the folder's root hides.
    covers: Ino,
}

/// A name met in a mounted folder.
#[derive(Debug)]
pub(crate) struct HostNode {
    pub(crate) mount: MountId,
    /// None: the folder itself.
    parent: Option<Ino>,
    name: Box<[u8]>,
    pub(crate) kind: Kind,
    children: HashMap<Box<[u8]>, Ino>,
    /// Open file descriptions and processes that need it.
    pins: u64,
    /// It lost its name, through us.
    pub(crate) removed: bool,
    /// The look-up that met it last.
    met: u64,
}

/// The mounted folders.
#[derive(Default)]
pub(crate) struct Mounts {
    mounts: HashMap<MountId, Mount>,
    mount_next: u64,
    nodes: HashMap<Ino, HostNode>,
    /// From a directory to the root of the folder mounted on it.
    covers: HashMap<Ino, Ino>,
    lookups: u64,
    /// How many nodes there must be for the next sweep: twice what the last one left, so that it pays.
    sweep_at: usize,
    /// What a folder told of the name that was looked up last: for `stat_at`, within one call.
    pub(crate) told: Option<(Ino, FolderStat)>,
}

impl Mounts {
    /// Covers `covered` by a folder whose root gets the number `root`.
    pub(crate) fn add(&mut self, folder: Box<dyn Folder>, read_only: bool, root: Ino, covered: Ino) {
        let mount = MountId(self.mount_next);
        self.mount_next = self.mount_next.saturating_add(1);
        self.mounts.insert(mount, Mount { folder, read_only, root, covers: covered });
        self.nodes.insert(root, HostNode::new(mount, None, b"", Kind::Directory));
        self.covers.insert(covered, root);
    }

    /// Takes away the folder whose root is `root`; gives it, and the directory that is seen again.
    ///
    /// `EINVAL`: no folder's root. `EBUSY`: a file in it is open, a process stands in it, or another folder is
    /// mounted in it.
    pub(crate) fn remove_mount(&mut self, root: Ino) -> Result<(Box<dyn Folder>, Ino), Errno> {
        let covered = self.covered_by(root).ok_or(Errno::Inval)?;
        let id = self.nodes.get(&root).ok_or(Errno::Inval)?.mount;
        if self.nodes.values().any(|node| node.mount == id && node.pins > 0) {
            return Err(Errno::Busy);
        }
        let mount = self.mounts.remove(&id).ok_or(Errno::Inval)?;
        self.nodes.retain(|_, node| node.mount != id);
        self.covers.remove(&covered);
        Ok((mount.folder, covered))
    }

    /// The name in a directory that a folder is mounted on, which the host can no longer take away.
    pub(crate) fn mount_point(&self, dir: Ino, name: &[u8]) -> Option<Ino> {
        let ino = self.nodes.get(&dir)?.children.get(name)?;
        self.covers.contains_key(ino).then_some(*ino)
    }

    /// What is seen at a directory: the root of the folder mounted on it (the last one), or itself.
    pub(crate) fn cover(&self, ino: Ino) -> Ino {
        let mut seen = ino;
        while let Some(root) = self.covers.get(&seen) {
            seen = *root;
        }
        seen
    }

    /// The directory that a mounted folder's root hides.
    pub(crate) fn covered_by(&self, root: Ino) -> Option<Ino> {
        let node = self.nodes.get(&root)?;
        if node.parent.is_some() {
            return None;
        }
        self.mounts.get(&node.mount).filter(|mount| mount.root == root).map(|mount| mount.covers)
    }

    pub(crate) fn node(&self, ino: Ino) -> Option<&HostNode> {
        self.nodes.get(&ino)
    }

    /// `ENOENT`: no such node.
    pub(crate) fn kind(&self, ino: Ino) -> Result<Kind, Errno> {
        self.nodes.get(&ino).map(|node| node.kind).ok_or(Errno::NoEnt)
    }

    /// The directory above a node that is not a folder's root.
    pub(crate) fn parent(&self, ino: Ino) -> Result<Ino, Errno> {
        self.nodes.get(&ino).and_then(|node| node.parent).ok_or(Errno::NoEnt)
    }

    /// Whether changes are refused where the node is.
    pub(crate) fn is_read_only(&self, ino: Ino) -> bool {
        let mount = self.nodes.get(&ino).and_then(|node| self.mounts.get(&node.mount));
        mount.is_some_and(|mount| mount.read_only)
    }

    /// Sets it for the whole folder when `ino` is its root.
    pub(crate) fn set_read_only(&mut self, ino: Ino, read_only: bool) {
        if let Some(mount) = self.mounts.values_mut().find(|mount| mount.root == ino) {
            mount.read_only = read_only;
        }
    }

    /// The roots of the mounted folders, and whether each is read-only.
    pub(crate) fn roots(&self) -> impl Iterator<Item = (Ino, bool)> {
        self.mounts.values().map(|mount| (mount.root, mount.read_only))
    }

    /// The folder of a mount, told what time it is.
    pub(crate) fn folder_at(&mut self, mount: MountId, now: Time) -> Result<&mut dyn Folder, Errno> {
        let folder = self.folder(mount)?;
        folder.set_now(now);
        Ok(folder)
    }

    /// The folder of a mount.
    pub(crate) fn folder(&mut self, mount: MountId) -> Result<&mut dyn Folder, Errno> {
        match self.mounts.get_mut(&mount) {
            Some(mount) => Ok(&mut *mount.folder),
            None => Err(Errno::NoEnt),
        }
    }

    /// The folder of a node, and the node's path in it. `ENOENT`: the node has lost its name.
    pub(crate) fn folder_and_path(&mut self, ino: Ino) -> Result<(&mut dyn Folder, Vec<u8>), Errno> {
        let path = self.path(ino)?;
        let mount = self.nodes.get(&ino).ok_or(Errno::NoEnt)?.mount;
        Ok((self.folder(mount)?, path))
    }

    /// The folder of a directory node, and the path of a name in it.
    pub(crate) fn folder_and_path_of(
        &mut self,
        dir: Ino,
        name: &[u8],
    ) -> Result<(&mut dyn Folder, Vec<u8>), Errno> {
        let (folder, mut path) = self.folder_and_path(dir)?;
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        Ok((folder, path))
    }

    /// The path of a node in its folder. `ENOENT`: it, or a directory above it, has lost its name.
    pub(crate) fn path(&self, ino: Ino) -> Result<Vec<u8>, Errno> {
        let mut names = Vec::new();
        let mut here = ino;
        for _ in 0..DEPTH_MAX {
            let node = self.nodes.get(&here).filter(|node| !node.removed).ok_or(Errno::NoEnt)?;
            match node.parent {
                Some(parent) => {
                    names.push(&*node.name);
                    here = parent;
                }
                None => {
                    names.reverse();
                    return Ok(names.join(&b'/'));
                }
            }
        }
        Err(Errno::Loop)
    }

    /// The root of the folder that a node lies in.
    pub(crate) fn root_of(&self, ino: Ino) -> Option<Ino> {
        let node = self.nodes.get(&ino)?;
        self.mounts.get(&node.mount).map(|mount| mount.root)
    }

    /// Whether `above` is `below` or a directory that it lies in, within one folder.
    pub(crate) fn is_within(&self, above: Ino, below: Ino) -> bool {
        let mut here = Some(below);
        for _ in 0..DEPTH_MAX {
            match here {
                Some(ino) if ino == above => return true,
                Some(ino) => here = self.nodes.get(&ino).and_then(|node| node.parent),
                None => return false,
            }
        }
        false
    }

    /// The node of a name that was just met; `fresh` is its number if it was never met before.
    pub(crate) fn meet(&mut self, dir: Ino, name: &[u8], kind: Kind, fresh: Ino) -> Result<Ino, Errno> {
        let lookups = self.lookups;
        let parent = self.nodes.get_mut(&dir).ok_or(Errno::NoEnt)?;
        parent.met = lookups;
        let mount = parent.mount;
        let ino = *parent.children.entry(name.into()).or_insert(fresh);
        let node = self.nodes.entry(ino).or_insert_with(|| HostNode::new(mount, Some(dir), name, kind));
        node.kind = kind;
        node.met = lookups;
        Ok(ino)
    }

    /// A name was removed: its node lives on while somebody uses it, but leads nowhere.
    pub(crate) fn remove(&mut self, dir: Ino, name: &[u8]) {
        let Some(parent) = self.nodes.get_mut(&dir) else { return };
        let Some(ino) = parent.children.remove(name) else { return };
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.removed = true;
        }
        self.forget_if_unused(ino);
    }

    /// A name was moved, with what lies beneath it.
    pub(crate) fn rename(&mut self, from: Ino, from_name: &[u8], to: Ino, to_name: &[u8]) {
        self.remove(to, to_name);
        let Some(ino) = self.nodes.get_mut(&from).and_then(|parent| parent.children.remove(from_name)) else {
            return;
        };
        if let Some(parent) = self.nodes.get_mut(&to) {
            parent.children.insert(to_name.into(), ino);
        }
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.parent = Some(to);
            node.name = to_name.into();
        }
    }

    pub(crate) fn pin(&mut self, ino: Ino) {
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.pins = node.pins.saturating_add(1);
        }
    }

    pub(crate) fn unpin(&mut self, ino: Ino) {
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.pins = node.pins.saturating_sub(1);
        }
        self.forget_if_unused(ino);
    }

    /// Counts a look-up, and forgets nodes that nobody uses when there are many.
    pub(crate) fn sweep(&mut self) {
        self.lookups = self.lookups.saturating_add(1);
        if self.nodes.len() < self.sweep_at.max(NODES_SWEPT) {
            return;
        }
        let kept = if self.nodes.len() > NODES_MAX { LOOKUPS_IN_CALL } else { LOOKUPS_KEPT };
        let old = self.lookups.saturating_sub(kept);
        let is_swept = |node: &HostNode| node.is_unused() && node.met < old;
        let unused: Vec<Ino> =
            self.nodes.iter().filter(|(_, node)| is_swept(node)).map(|(ino, _)| *ino).collect();
        for ino in unused {
            let mut here = Some(ino);
            // A directory goes with the last node in it.
            while let Some(ino) = here {
                here = if self.nodes.get(&ino).is_some_and(is_swept) { self.drop_node(ino) } else { None };
            }
        }
        self.sweep_at = self.nodes.len().saturating_mul(2);
    }

    /// What is wrong with the representation, if anything.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        for (ino, node) in &self.nodes {
            for (name, child) in &node.children {
                match self.nodes.get(child) {
                    Some(child) if child.parent == Some(*ino) && child.name == *name && !child.removed => {}
                    Some(_) | None => return Some("a mounted directory and its child disagree"),
                }
            }
            if node.removed && node.pins == 0 && node.children.is_empty() {
                return Some("a removed node of a mounted folder was not forgotten");
            }
        }
        None
    }

    /// A node that lost its name goes when its last user does, and may let the directory above it go.
    fn forget_if_unused(&mut self, ino: Ino) {
        let mut here = Some(ino);
        while let Some(ino) = here {
            let is_gone = self.nodes.get(&ino).is_some_and(|node| node.removed && node.is_unused());
            here = if is_gone { self.drop_node(ino) } else { None };
        }
    }

    /// Forgets a node; gives the directory above it.
    fn drop_node(&mut self, ino: Ino) -> Option<Ino> {
        let node = self.nodes.remove(&ino)?;
        let parent = self.nodes.get_mut(&node.parent?)?;
        if parent.children.get(&node.name) == Some(&ino) {
            parent.children.remove(&node.name);
        }
        node.parent
    }
}

impl HostNode {
    fn new(mount: MountId, parent: Option<Ino>, name: &[u8], kind: Kind) -> HostNode {
        let (name, children) = (name.into(), HashMap::new());
        HostNode { mount, parent, name, kind, children, pins: 0, removed: false, met: 0 }
    }

    fn is_unused(&self) -> bool {
        self.parent.is_some() && self.pins == 0 && self.children.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    const ROOT: Ino = Ino(NonZeroU64::MIN);

    fn number(number: u64) -> Ino {
        Ino(NonZeroU64::new(number).unwrap())
    }

    /// A mount whose folder is never asked.
    fn mounts() -> Mounts {
        let mut mounts = Mounts::default();
        mounts.nodes.insert(ROOT, HostNode::new(MountId(0), None, b"", Kind::Directory));
        mounts
    }

    #[test]
    fn a_walk_of_a_large_folder_leaves_few_nodes() {
        let (mut mounts, mut most, mut next) = (mounts(), 0, 2);
        for dir in 0..200_u32 {
            mounts.sweep();
            next += 1;
            let above = mounts.meet(ROOT, &dir.to_le_bytes(), Kind::Directory, number(next)).unwrap();
            mounts.pin(above);
            for name in 0..1000_u32 {
                mounts.sweep();
                next += 1;
                mounts.meet(above, &name.to_le_bytes(), Kind::File, number(next)).unwrap();
                most = most.max(mounts.nodes.len());
            }
            mounts.unpin(above);
        }
        assert!(most <= NODES_SWEPT, "{most} nodes");
        assert_eq!(mounts.flaw(), None);
    }

    #[test]
    fn long_listings_leave_no_more_than_the_limit() {
        let (mut mounts, mut next) = (mounts(), 2);
        for dir in 0..30_u32 {
            mounts.sweep();
            next += 1;
            let above = mounts.meet(ROOT, &dir.to_le_bytes(), Kind::Directory, number(next)).unwrap();
            for name in 0..30_000_u32 {
                next += 1;
                mounts.meet(above, &name.to_le_bytes(), Kind::File, number(next)).unwrap();
            }
            assert!(mounts.nodes.len() <= NODES_MAX * 2 + 30_000, "{} nodes", mounts.nodes.len());
        }
        assert_eq!(mounts.flaw(), None);
    }

    #[test]
    fn a_sweep_takes_a_directory_with_the_last_node_in_it() {
        let mut mounts = mounts();
        let dir = mounts.meet(ROOT, b"d", Kind::Directory, number(2)).unwrap();
        for name in 0..u32::try_from(NODES_SWEPT).unwrap() {
            mounts.meet(dir, &name.to_le_bytes(), Kind::File, number(u64::from(name) + 3)).unwrap();
        }
        mounts.lookups = LOOKUPS_KEPT + 1;
        mounts.sweep();
        assert_eq!(mounts.nodes.len(), 1);
        assert_eq!(mounts.flaw(), None);
    }
}
