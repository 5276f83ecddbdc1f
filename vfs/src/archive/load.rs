//! The verb load_tar: makes a tree of an archive's entries. Owns the way from a name in the archive to a directory,
//! which never leads out of the one that is loaded into.

use std::collections::HashMap;
use std::io::Read;

use super::extents::{Extents, extents_max};
use super::reader::{Entry, EntryKind, Reader};
use super::{BLOCK_BYTES, PIECE_BYTES, TarError, TarFault, length};
use crate::body::Body;
use crate::directory::Directory;
use crate::inode::{Node, Who};
use crate::resolve::{Follow, Last, Place};
use crate::{At, Content, Errno, Ino, Kind, Scope, Time, Vfs};

/// A hole in a file that has holes is at least this long.
const HOLE_BYTES: usize = 4096;

/// Directories that the archive does not mention, but has names in, get these permission bits.
const MADE_MODE: u16 = 0o755;

impl Vfs {
    /// Loads a tar archive into a directory, for the embedder: nobody's permission is asked, and owners, modes and
    /// times are those of the archive. An entry replaces what has its name, unless that is a directory: one that an
    /// entry is too stays with what is in it, any other must be empty. Leading slashes are taken off; a symbolic link
    /// on the way is followed as if the directory were the root, so nothing leads out of it.
    ///
    /// # Errors
    /// The tree's (as [`Vfs::save_tar`]), the stream's, or an entry's. Then nothing has changed.
    pub fn load_tar(&mut self, at: At<'_>, from: &mut dyn Read, now: Time) -> Result<(), TarError> {
        let top = self.own_directory(at)?;
        // The entries share what they do not change with what was there before, which costs little and is put back
        // whole when one of them cannot be loaded.
        let before = (self.inodes.clone(), self.usage, self.names);
        let loaded = Load { vfs: self, top, now, times: HashMap::new(), way: Vec::new() }.archive(from);
        if loaded.is_err() {
            (self.inodes, self.usage, self.names) = before;
        }
        loaded
    }
}

struct Load<'a> {
    vfs: &'a mut Vfs,
    top: Ino,
    now: Time,
    /// The times that directories get when nothing more is put into them.
    times: HashMap<Ino, (Time, Time)>,
    /// The directories on the way to the last entry: an archive mostly goes on where it is.
    way: Vec<(Vec<u8>, Ino)>,
}

impl Load<'_> {
    fn archive(&mut self, from: &mut dyn Read) -> Result<(), TarError> {
        let mut reader = Reader::new(from, extents_max(self.vfs.room()));
        while let Some(entry) = reader.next()? {
            self.entry(&entry, &mut reader).map_err(|fault| TarError::new(&entry.name, fault))?;
        }
        for (ino, (atime, mtime)) in &self.times {
            // A directory that another entry has replaced is not there any more.
            if let Ok(inode) = self.vfs.inode_mut(*ino) {
                (inode.atime, inode.mtime) = (*atime, *mtime);
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, reader: &mut Reader<'_>) -> Result<(), TarFault> {
        let names = components(&entry.name)?;
        let Some((name, dirs)) = names.split_last() else {
            // The directory that is loaded into, by the name `./`.
            return match entry.kind {
                EntryKind::Directory => self.set_attributes(self.top, entry),
                _ => Err(TarFault::BadName),
            };
        };
        let parent = self.way_to(dirs)?;
        let existing = self.vfs.child(parent, name)?;
        let ino = match &entry.kind {
            EntryKind::HardLink(target) => return self.hard_link(target, parent, name, existing),
            EntryKind::Directory => self.directory(parent, name, existing)?,
            EntryKind::File(size, extents) => {
                let ino =
                    self.replace(parent, name, existing, Node::File(Body::new(Content::owned(Vec::new()))))?;
                self.fill(ino, *size, extents, reader)?;
                ino
            }
            EntryKind::Symlink(target) => {
                crate::path::check(target, &self.vfs.limits)?;
                self.replace(parent, name, existing, Node::Symlink(target.as_slice().into()))?
            }
            EntryKind::Fifo => self.replace(parent, name, existing, Node::Fifo)?,
            EntryKind::Device(device) => self.replace(parent, name, existing, Node::Device(*device))?,
        };
        self.set_attributes(ino, entry)
    }

    fn set_attributes(&mut self, ino: Ino, entry: &Entry) -> Result<(), TarFault> {
        let inode = self.vfs.inode_mut(ino)?;
        if inode.read_only {
            return Err(TarFault::Tree(Errno::RoFs));
        }
        (inode.mode, inode.uid, inode.gid) = (entry.mode, entry.uid, entry.gid);
        inode.ctime = self.now;
        match inode.kind() {
            Kind::Directory => {
                self.times.insert(ino, (entry.atime, entry.mtime));
            }
            Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice => {
                (inode.atime, inode.mtime) = (entry.atime, entry.mtime);
            }
        }
        Ok(())
    }

    /// The directory that an entry is: the one that is there, or a new one.
    fn directory(&mut self, parent: Ino, name: &[u8], existing: Option<Ino>) -> Result<Ino, TarFault> {
        match existing {
            Some(ino) if self.vfs.kind_of(ino)? == Kind::Directory => self.own(ino),
            Some(_) | None => {
                self.replace(parent, name, existing, Node::Directory(Directory::new(parent, name)))
            }
        }
    }

    /// Makes something new where perhaps something is.
    fn replace(
        &mut self,
        parent: Ino,
        name: &[u8],
        existing: Option<Ino>,
        node: Node,
    ) -> Result<Ino, TarFault> {
        self.clear(parent, name, existing)?;
        let place = Place { parent, name: name.to_vec(), last: Last::Name, ino: None, slash: false };
        Ok(self.vfs.create(&place, node, MADE_MODE, Who::Embedder, self.now)?)
    }

    /// Takes away what has a name that is wanted.
    fn clear(&mut self, parent: Ino, name: &[u8], existing: Option<Ino>) -> Result<(), TarFault> {
        let Some(ino) = existing else { return Ok(()) };
        let ino = self.own(ino)?;
        let inode = self.vfs.inode(ino)?;
        if inode.read_only || self.vfs.inode(parent)?.read_only {
            return Err(TarFault::Tree(Errno::RoFs));
        }
        if inode.directory().is_ok_and(|directory| !directory.is_empty()) {
            return Err(TarFault::InTheWay);
        }
        // What is remembered of the way may have led through it.
        self.way.clear();
        self.times.remove(&ino);
        Ok(self.vfs.remove_name(parent, name, self.now)?)
    }

    fn hard_link(
        &mut self,
        target: &[u8],
        parent: Ino,
        name: &[u8],
        existing: Option<Ino>,
    ) -> Result<(), TarFault> {
        let ino = self.target(target)?.ok_or_else(|| TarFault::NoTarget(target.to_vec()))?;
        if existing == Some(ino) {
            return Ok(());
        }
        let inode = self.vfs.inode(self.own(ino)?)?;
        if inode.read_only {
            return Err(TarFault::Tree(Errno::RoFs));
        }
        if inode.kind() == Kind::Directory {
            return Err(TarFault::Tree(Errno::Perm));
        }
        if inode.names >= u64::from(self.vfs.limits.links_max) {
            return Err(TarFault::Tree(Errno::MLink));
        }
        self.clear(parent, name, existing)?;
        self.vfs.check_can_add(parent, false, Who::Embedder)?;
        Ok(self.vfs.add_name(parent, name, ino, self.now)?)
    }

    /// What a hard link stands for, if it is there.
    fn target(&mut self, target: &[u8]) -> Result<Option<Ino>, TarFault> {
        let names = components(target)?;
        let Some((name, dirs)) = names.split_last() else { return Ok(None) };
        let mut dir = self.top;
        for (index, step) in dirs.iter().enumerate() {
            let walked = names.get(..index).unwrap_or_default();
            match self.step(dir, walked, step)? {
                Some(next) => dir = next,
                None => return Ok(None),
            }
        }
        Ok(self.vfs.child(dir, name)?)
    }

    /// The directory that names lead to. Those that are not there are made.
    fn way_to(&mut self, names: &[&[u8]]) -> Result<Ino, TarFault> {
        let known = self.way.iter().zip(names).take_while(|((known, _), name)| known == *name).count();
        self.way.truncate(known);
        let mut dir = self.way.last().map_or(self.top, |(_, dir)| *dir);
        for (index, name) in names.iter().enumerate().skip(known) {
            let walked = names.get(..index).unwrap_or_default();
            dir = match self.step(dir, walked, name)? {
                Some(next) => next,
                None => self.replace(dir, name, None, Node::Directory(Directory::new(dir, name)))?,
            };
            self.way.push((name.to_vec(), dir));
        }
        Ok(dir)
    }

    /// The directory that a name in a directory leads to, by a symbolic link perhaps. None: nothing is there.
    fn step(&mut self, dir: Ino, walked: &[&[u8]], name: &[u8]) -> Result<Option<Ino>, TarFault> {
        let Some(ino) = self.vfs.child(dir, name)? else { return Ok(None) };
        let ino = match self.vfs.kind_of(ino)? {
            Kind::Directory => ino,
            Kind::Symlink => {
                let path = [walked, &[name]].concat().join(&b'/');
                let at = At { dir: self.top, path: &path, scope: Scope::BeneathRoot };
                self.vfs.find(at, Follow::Always, Who::Embedder)?
            }
            Kind::File | Kind::Fifo | Kind::CharDevice => return Err(TarFault::Tree(Errno::NotDir)),
        };
        self.vfs.inode(self.own(ino)?)?.directory()?;
        Ok(Some(ino))
    }

    /// `ENOTSUP`: it lies in a mounted folder, where an archive has nothing to change.
    fn own(&self, ino: Ino) -> Result<Ino, TarFault> {
        if self.vfs.is_mounted(ino) { Err(TarFault::Tree(Errno::NotSup)) } else { Ok(ino) }
    }

    /// Fills a new file. What is between its extents becomes holes, and so do zeros from the first whole piece of
    /// them on: a file without such a piece stays one piece itself.
    fn fill(
        &mut self,
        ino: Ino,
        size: u64,
        extents: &Extents,
        reader: &mut Reader<'_>,
    ) -> Result<(), TarFault> {
        if size > self.vfs.limits.file_bytes_max {
            return Err(TarFault::Tree(Errno::FBig));
        }
        let most = extents.iter().map(|(_, bytes)| bytes).max().unwrap_or(0);
        let mut piece = vec![0; usize::try_from(most).unwrap_or(usize::MAX).min(PIECE_BYTES)];
        let mut has_holes = false;
        for (offset, bytes) in extents.iter() {
            let (mut offset, mut left) = (offset, bytes);
            while left > 0 {
                let step = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
                let part = piece.get_mut(..step).unwrap_or_default();
                reader.read(part)?;
                has_holes |= step == PIECE_BYTES && is_zeros(part);
                let ends_in_a_hole = left == length(step) && offset.saturating_add(left) < size;
                let part = if ends_in_a_hole { without_filling(part) } else { part };
                self.write(ino, offset, part, has_holes)?;
                offset = offset.saturating_add(length(step));
                left = left.saturating_sub(length(step));
            }
        }
        Ok(self.vfs.set_file_len(ino, size, self.now)?)
    }

    fn write(&mut self, ino: Ino, offset: u64, part: &[u8], has_holes: bool) -> Result<(), TarFault> {
        let step = if has_holes { HOLE_BYTES } else { PIECE_BYTES };
        let mut offset = offset;
        for block in part.chunks(step) {
            if !(has_holes && is_zeros(block)) {
                self.vfs.write_loaded(ino, offset, block, self.now)?;
            }
            offset = offset.saturating_add(length(block.len()));
        }
        Ok(())
    }
}

/// The end of an extent without the zeros that fill its last block.
fn without_filling(part: &[u8]) -> &[u8] {
    let zeros = part.iter().rev().take(BLOCK_BYTES.saturating_sub(1)).take_while(|byte| **byte == 0).count();
    part.get(..part.len().saturating_sub(zeros)).unwrap_or(part)
}

fn is_zeros(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// The names in a path, without leading slashes, empty names and `.`.
fn components(path: &[u8]) -> Result<Vec<&[u8]>, TarFault> {
    if path.is_empty() || path.contains(&0) {
        return Err(TarFault::BadName);
    }
    let names: Vec<&[u8]> =
        path.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b".")).collect();
    if names.contains(&&b".."[..]) { Err(TarFault::DotDot) } else { Ok(names) }
}
