//! The verbs that remove and move names in an overlay. Owns what becomes of the names beneath.

use super::{Overlay, Spot, at, id_of, split};
use crate::inode::Access;
use crate::{Errno, Ino, Kind};

impl Overlay {
    pub(super) fn remove_file(&mut self, path: &[u8]) -> Result<(), Errno> {
        self.check_can_hide()?;
        let spot = self.find(path)?;
        if self.kind(&spot)? == Kind::Directory {
            return Err(Errno::IsDir);
        }
        let (parent, name) = split(path);
        let dir = self.take_up(parent)?;
        if let Spot::Lower(lower, told) = &spot {
            // Other names and open files count its names: they are told through the upper layer.
            let is_shared = told.nlink > 1 || self.readers.contains_key(&id_of(lower, told));
            if !is_shared {
                return self.hide_lower(dir, name);
            }
        }
        let ino = self.take_up(path)?;
        self.upper.unlink(at(dir, name), self.now)?;
        self.hide(dir, name);
        self.forget_if_gone(ino);
        Ok(())
    }

    pub(super) fn remove_directory(&mut self, path: &[u8]) -> Result<(), Errno> {
        self.check_can_hide()?;
        let (parent, name) = split(path);
        if name.is_empty() {
            return Err(Errno::Busy);
        }
        let spot = self.find(path)?;
        if self.kind(&spot)? != Kind::Directory {
            return Err(Errno::NotDir);
        }
        let dir = self.take_up(parent)?;
        match spot {
            Spot::Lower(lower, _) => {
                self.upper.access(dir, Access::CHANGE_NAMES)?;
                if !self.lower.list(&lower)?.is_empty() {
                    return Err(Errno::NotEmpty);
                }
                self.hide_lower(dir, name)
            }
            Spot::Upper(ino) => {
                self.upper.check_can_remove(dir, ino)?;
                if !self.lower_names(ino)?.is_empty() {
                    return Err(Errno::NotEmpty);
                }
                self.upper.rmdir(at(dir, name), self.now)?;
                self.hide(dir, name);
                self.forget_if_gone(ino);
                Ok(())
            }
        }
    }

    pub(super) fn move_name(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        self.check_can_hide()?;
        let ((from_parent, from_name), (to_parent, to_name)) = (split(from), split(to));
        self.find(from)?;
        let is_replacing = self.find_any(to)?.is_some();
        let ino = self.take_up(from)?;
        let victim = if is_replacing { Some(self.take_up(to)?) } else { None };
        if victim == Some(ino) {
            return Ok(());
        }
        let (from_dir, to_dir) = (self.take_up(from_parent)?, self.take_up(to_parent)?);
        if let Some(victim) = victim
            && self.upper.kind_of(victim)? == Kind::Directory
            && self.upper.kind_of(ino)? == Kind::Directory
        {
            // As rename(2) asks: first whether it may, then whether the directory is empty.
            self.upper.check_can_remove(from_dir, ino)?;
            if from_dir != to_dir {
                self.upper.access(ino, Access::WRITE)?;
            }
            self.upper.check_can_remove(to_dir, victim)?;
            if !self.lower_names(victim)?.is_empty() {
                return Err(Errno::NotEmpty);
            }
        }
        self.upper.rename(at(from_dir, from_name), at(to_dir, to_name), self.now)?;
        self.hide(from_dir, from_name);
        if let Some(victim) = victim {
            self.forget_if_gone(victim);
        }
        Ok(())
    }

    pub(super) fn add_link(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        self.find(from)?;
        self.check_is_free(to)?;
        self.take_up(from)?;
        let ((from_parent, from_name), (to_parent, to_name)) = (split(from), split(to));
        let (from_dir, to_dir) = (self.take_up(from_parent)?, self.take_up(to_parent)?);
        self.upper.link(at(from_dir, from_name), false, at(to_dir, to_name), self.now)
    }

    /// `EEXIST`: something is there.
    pub(super) fn check_is_free(&mut self, path: &[u8]) -> Result<(), Errno> {
        if self.find_any(path)?.is_some() { Err(Errno::Exist) } else { Ok(()) }
    }

    /// `ENOSPC`: as many names of the lower layer were removed as may be remembered.
    fn check_can_hide(&self) -> Result<(), Errno> {
        if self.gone < self.upper.limits().inodes_max { Ok(()) } else { Err(Errno::NoSpc) }
    }

    /// Removes a name that only the lower layer has. `EACCES`: the directory may not be changed.
    fn hide_lower(&mut self, dir: Ino, name: &[u8]) -> Result<(), Errno> {
        self.upper.access(dir, Access::CHANGE_NAMES)?;
        self.upper.set_times(dir, None, Some(self.now), self.now)?;
        self.hide(dir, name);
        Ok(())
    }

    /// The upper layer has lost a name: what the lower layer has under it must not be seen.
    fn hide(&mut self, dir: Ino, name: &[u8]) {
        let Ok(path) = self.lower_path(dir, name) else { return };
        // What cannot be told today may be there tomorrow.
        if let Err(Errno::NoEnt | Errno::NotDir) = self.lower.stat(&path) {
            return;
        }
        if let Some(under) = self.merged.get_mut(&dir)
            && under.gone.insert(name.into())
        {
            self.gone = self.gone.saturating_add(1);
        }
    }
}
