//! Taking up: what is about to be changed gets its place in the upper layer. Owns when an inode there is forgotten.

use std::collections::HashSet;

use super::bytes::Rest;
use super::{Handle, LowerId, Merged, Overlay, Taken, at, id_of};
use crate::inode::{Node, Who};
use crate::path::first_component;
use crate::{Content, Device, Errno, FolderStat, Ino, Kind, Stat};

impl Overlay {
    /// Gives a path its names in the upper layer, where it does not have them yet; nobody sees a difference.
    ///
    /// `ENOENT`, `ENOSPC`, or an error of the lower layer.
    pub(super) fn take_up(&mut self, path: &[u8]) -> Result<Ino, Errno> {
        let mut here = self.upper.root();
        let mut left = path;
        while let Some((name, after)) = first_component(left) {
            here = match self.upper_child(here, name)? {
                Some(ino) => ino,
                None => self.take_up_child(here, name)?,
            };
            left = after;
        }
        Ok(here)
    }

    /// Takes up a name that only the lower layer has.
    pub(super) fn take_up_child(&mut self, dir: Ino, name: &[u8]) -> Result<Ino, Errno> {
        let path = self.lower_path(dir, name)?;
        let told = self.lower.stat(&path)?;
        let before = self.upper.stat(dir)?;
        let ino = match self.alias_of(&told) {
            Some(ino) => self.name_alias(dir, name, ino),
            None => self.copy(dir, name, path, &told),
        }?;
        self.set_times_back(dir, &before)?;
        Ok(ino)
    }

    /// One of the names that a taken up inode has in the lower layer becomes one in the upper layer.
    fn name_alias(&mut self, dir: Ino, name: &[u8], ino: Ino) -> Result<Ino, Errno> {
        self.upper.check_can_add(dir, false, Who::Embedder)?;
        let before = self.upper.stat(ino)?;
        self.upper.add_name(dir, name, ino, self.now)?;
        self.set_times_back(ino, &before)?;
        self.lose_link(ino);
        Ok(ino)
    }

    /// Copies a name and its attributes.
    fn copy(&mut self, dir: Ino, name: &[u8], path: Vec<u8>, told: &FolderStat) -> Result<Ino, Errno> {
        let (place, mode, now) = (at(dir, name), told.mode, self.now);
        let ino = match told.kind {
            Kind::Directory => self.upper.add_directory(place, mode, now)?,
            Kind::File => self.upper.add_file(place, Content::owned(Vec::new()), mode, now)?,
            Kind::Symlink => {
                let target = self.lower.read_link(&path)?;
                crate::path::check(&target, self.upper.limits())?;
                self.upper.make(place, Node::Symlink(target.into()), mode, Who::Embedder, now)?
            }
            // Neither is ever opened: only its name can be moved or removed.
            Kind::Fifo => self.upper.make(place, Node::Fifo, mode, Who::Embedder, now)?,
            Kind::CharDevice => {
                self.upper.make_device(place, Device::Null, mode, now)?;
                self.upper.lookup(place, false)?
            }
        };
        self.upper.set_times(ino, Some(told.atime), Some(told.mtime), told.ctime)?;
        if told.kind == Kind::Directory {
            self.merged.insert(ino, Merged { path, number: told.ino, gone: HashSet::new() });
        } else {
            self.note_taken(ino, path, told);
        }
        Ok(ino)
    }

    fn note_taken(&mut self, ino: Ino, path: Vec<u8>, told: &FolderStat) {
        let links = if told.ino == 0 { 0 } else { told.nlink.saturating_sub(1) };
        if links > 0 {
            // Its last name in the upper layer may go before the others.
            self.upper.hold(ino);
            self.aliases.insert(told.ino, ino);
        }
        let id = id_of(&path, told);
        let rest = (told.kind == Kind::File && told.size > 0).then(|| Rest::new(path, told));
        let (number, kind, size, mtime) = (told.ino, told.kind, told.size, told.mtime);
        self.taken.insert(ino, Taken { number, links, kind, size, mtime, rest });
        self.turn_readers(&id, ino);
    }

    /// Who reads a file of the lower layer reads what was taken up of it from now on.
    fn turn_readers(&mut self, id: &LowerId, ino: Ino) {
        for number in self.readers.remove(id).unwrap_or_default() {
            let Some(Handle::Lower(_, lower)) = self.handles.get(&number) else { continue };
            let lower = *lower;
            // The upper layer has no limit of open files, and the inode is there: there is no error to be told.
            if self.open_upper(ino).is_err() {
                continue;
            }
            self.handles.insert(number, Handle::Upper(ino));
            match self.taken.get_mut(&ino).and_then(|taken| taken.rest.as_mut()) {
                Some(rest) if rest.handle.is_none() => rest.handle = Some(lower),
                Some(_) | None => self.lower.close(lower),
            }
        }
    }

    /// A name of the lower layer no longer stands for a taken up inode.
    fn lose_link(&mut self, ino: Ino) {
        let Some(taken) = self.taken.get_mut(&ino) else { return };
        taken.links = taken.links.saturating_sub(1);
        if taken.links == 0 {
            self.aliases.remove(&taken.number);
            self.upper.release(ino);
        }
    }

    /// Drops what is known of an inode of the upper layer when the inode is gone.
    pub(super) fn forget_if_gone(&mut self, ino: Ino) {
        if self.upper.kind_of(ino).is_ok() {
            return;
        }
        if let Some(under) = self.merged.remove(&ino) {
            self.gone = self.gone.saturating_sub(u64::try_from(under.gone.len()).unwrap_or(u64::MAX));
        }
        if let Some(handle) = self.taken.remove(&ino).and_then(|taken| taken.rest?.handle) {
            self.lower.close(handle);
        }
    }

    /// Sets times as they were: what happened was no change to anybody.
    pub(super) fn set_times_back(&mut self, ino: Ino, before: &Stat) -> Result<(), Errno> {
        self.upper.set_times(ino, Some(before.atime), Some(before.mtime), before.ctime)
    }
}
