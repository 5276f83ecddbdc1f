//! `Overlay`: a folder that lies over another one; every change stays in its own memory. Owns which of the two is seen.
//!
//! The upper layer is a file system of its own, with limits of its own. It has the names that were made or changed;
//! a name that it does not have is the lower layer's, unless it was removed (`Merged::gone`). What is about to be
//! changed is first *taken up*: its name and attributes are copied, of a file's bytes only the pieces that are
//! written. A directory that was taken up knows the directory beneath it by its old path, so moving it is moving
//! one name; a directory that was made here has none beneath, so nothing of the lower layer shines through.
//!
//! The lower layer is only ever read. It is not remembered either: names that were not taken up are asked for afresh.

mod bytes;
mod folder;
mod names;
mod taken;

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::path::first_component;
use crate::{At, Errno, Folder, FolderStat, Ino, Kind, Limits, OpenId, Scope, Time, Vfs};
use bytes::Rest;

/// Numbers of inodes that were made here have this bit, which no host's number has.
const MADE_HERE: u64 = 1 << 63;

/// A folder over another folder: reads see both, writes stay in memory.
///
/// It is mounted as any other folder is. Who opened a file for reading sees what is written to it later, as with one
/// file: there is no moment at which a descriptor shows an old copy.
pub struct Overlay {
    lower: Box<dyn Folder>,
    upper: Vfs,
    now: Time,
    /// The directories of the upper layer with one of the lower layer beneath.
    merged: HashMap<Ino, Merged>,
    /// All other inodes that were taken up.
    taken: HashMap<Ino, Taken>,
    /// Taken up inodes that have more names in the lower layer, by their number there.
    aliases: HashMap<u64, Ino>,
    handles: HashMap<u64, Handle>,
    handle_next: u64,
    /// Handles that still read the lower layer, by what they read.
    readers: HashMap<LowerId, BTreeSet<u64>>,
    /// The upper layer's open files, shared by all handles of an inode.
    opened: HashMap<Ino, OpenUpper>,
    /// Names of the lower layer that were removed.
    gone: u64,
}

/// What is known of a directory that has one of the lower layer beneath.
struct Merged {
    /// Its path in the lower layer.
    path: Vec<u8>,
    /// Its number there.
    number: u64,
    /// Names of the lower layer that were removed here.
    gone: HashSet<Box<[u8]>>,
}

/// What is known of a file, link or special file that was taken up.
struct Taken {
    /// Its number in the lower layer.
    number: u64,
    /// Names in the lower layer that still stand for it.
    links: u64,
    /// What it was there, to know it again under another name.
    kind: Kind,
    size: u64,
    mtime: Time,
    /// The bytes that were not taken up.
    rest: Option<Rest>,
}

/// What a handle reads or writes.
enum Handle {
    Lower(LowerId, crate::FolderHandle),
    Upper(Ino),
}

/// What tells one file of the lower layer from another: its number, or its path where there are no numbers.
#[derive(Clone, PartialEq, Eq, Hash)]
enum LowerId {
    Number(u64),
    Path(Vec<u8>),
}

struct OpenUpper {
    id: OpenId,
    users: u64,
}

/// Where a path leads.
enum Spot {
    Upper(Ino),
    /// A name of the lower layer that was not taken up: its path there, and what is there.
    Lower(Vec<u8>, FolderStat),
}

impl Overlay {
    /// Lays memory over a folder. `limits` bound what may be changed: content, inodes, and as many removed names;
    /// `now` is the time of the first call.
    ///
    /// `ENOTDIR`, or the error of the folder that does not tell what it is.
    pub fn new(mut lower: Box<dyn Folder>, limits: Limits, now: Time) -> Result<Overlay, Errno> {
        let told = lower.stat(b"")?;
        if told.kind != Kind::Directory {
            return Err(Errno::NotDir);
        }
        // Who opens files is bounded by the file system that the overlay is mounted in.
        let mut upper = Vfs::new(Limits { open_files_max: usize::MAX, ..limits }, now);
        let root = upper.root();
        upper.chmod(root, told.mode, now)?;
        upper.set_times(root, Some(told.atime), Some(told.mtime), told.ctime)?;
        let under = Merged { path: Vec::new(), number: told.ino, gone: HashSet::new() };
        Ok(Overlay {
            lower,
            upper,
            now,
            merged: HashMap::from([(root, under)]),
            taken: HashMap::new(),
            aliases: HashMap::new(),
            handles: HashMap::new(),
            handle_next: 0,
            readers: HashMap::new(),
            opened: HashMap::new(),
            gone: 0,
        })
    }

    /// What a path leads to. `ENOENT`, `ENOTDIR`, `EACCES`, or an error of the lower layer.
    fn find(&mut self, path: &[u8]) -> Result<Spot, Errno> {
        let mut here = self.upper.root();
        let mut left = path;
        while let Some((name, after)) = first_component(left) {
            match self.upper_child(here, name)? {
                Some(ino) => here = ino,
                None => {
                    // From here on there is nothing of ours.
                    let mut lower = self.lower_path(here, name)?;
                    lower.extend_from_slice(after);
                    let told = self.lower.stat(&lower)?;
                    return Ok(match self.alias_of(&told) {
                        Some(ino) => Spot::Upper(ino),
                        None => Spot::Lower(lower, told),
                    });
                }
            }
            left = after;
        }
        Ok(Spot::Upper(here))
    }

    /// As [`Overlay::find`]; None where nothing is.
    fn find_any(&mut self, path: &[u8]) -> Result<Option<Spot>, Errno> {
        match self.find(path) {
            Ok(spot) => Ok(Some(spot)),
            Err(Errno::NoEnt) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    fn upper_child(&mut self, dir: Ino, name: &[u8]) -> Result<Option<Ino>, Errno> {
        match self.upper.lookup(at(dir, name), false) {
            Ok(ino) => Ok(Some(ino)),
            Err(Errno::NoEnt) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    /// The path in the lower layer of a name that the upper layer does not have.
    ///
    /// `ENOENT`: there is no directory beneath, or the name was removed.
    fn lower_path(&self, dir: Ino, name: &[u8]) -> Result<Vec<u8>, Errno> {
        let under = self.merged.get(&dir).filter(|under| !under.gone.contains(name)).ok_or(Errno::NoEnt)?;
        let mut path = under.path.clone();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        Ok(path)
    }

    /// The taken up inode that something of the lower layer is another name of.
    fn alias_of(&self, told: &FolderStat) -> Option<Ino> {
        if told.nlink < 2 {
            return None;
        }
        let ino = self.aliases.get(&told.ino)?;
        // The host may have given the number to another file since.
        let taken = self.taken.get(ino)?;
        let is_same = (taken.kind, taken.size, taken.mtime) == (told.kind, told.size, told.mtime);
        is_same.then_some(*ino)
    }

    fn kind(&self, spot: &Spot) -> Result<Kind, Errno> {
        match spot {
            Spot::Upper(ino) => self.upper.kind_of(*ino),
            Spot::Lower(_, told) => Ok(told.kind),
        }
    }

    fn stat_of(&mut self, spot: &Spot) -> Result<FolderStat, Errno> {
        match spot {
            Spot::Upper(ino) => self.upper_stat(*ino),
            Spot::Lower(_, told) => Ok(*told),
        }
    }

    /// What is told of an inode of the upper layer: the number that it had in the lower layer, if it was there.
    fn upper_stat(&mut self, ino: Ino) -> Result<FolderStat, Errno> {
        let stat = self.upper.stat(ino)?;
        let mut told = FolderStat {
            ino: MADE_HERE | stat.ino,
            kind: stat.kind,
            mode: stat.mode,
            nlink: stat.nlink,
            uid: stat.uid,
            gid: stat.gid,
            size: stat.size,
            atime: stat.atime,
            mtime: stat.mtime,
            ctime: stat.ctime,
            blocks: stat.blocks,
        };
        if let Some(under) = self.merged.get(&ino) {
            told.ino = under.number;
            // As Linux's overlayfs and btrfs: 1 means that subdirectories are not counted.
            told.nlink = 1;
        }
        if let Some(taken) = self.taken.get(&ino) {
            told.ino = taken.number;
            told.nlink = told.nlink.saturating_add(taken.links);
            if let Some(rest) = &taken.rest {
                told.size = told.size.max(rest.len);
                told.blocks = told.blocks.saturating_add(rest.blocks_left());
            }
        }
        Ok(told)
    }

    /// The names in a directory that only the lower layer has.
    fn lower_names(&mut self, dir: Ino) -> Result<Vec<(Vec<u8>, Kind)>, Errno> {
        let Some(under) = self.merged.get(&dir) else { return Ok(Vec::new()) };
        let mut names = match self.lower.list(&under.path) {
            Ok(names) => names,
            // The host has removed the directory since.
            Err(Errno::NoEnt | Errno::NotDir) => Vec::new(),
            Err(errno) => return Err(errno),
        };
        let ours = self.upper.inode(dir)?.directory()?;
        names.retain(|(name, _)| !under.gone.contains(&**name) && ours.get(name).is_none());
        Ok(names)
    }
}

/// The directory part of a path, and its last name.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => {
            (path.get(..slash).unwrap_or_default(), path.get(slash.saturating_add(1)..).unwrap_or_default())
        }
        None => (b"", path),
    }
}

/// A name in a directory of the upper layer.
fn at(dir: Ino, name: &[u8]) -> At<'_> {
    At { dir, path: name, scope: Scope::Beneath }
}

fn id_of(path: &[u8], told: &FolderStat) -> LowerId {
    if told.ino == 0 { LowerId::Path(path.to_vec()) } else { LowerId::Number(told.ino) }
}
