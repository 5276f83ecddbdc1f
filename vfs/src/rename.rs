//! The verb rename: moves a name, and replaces what was there in one step. Owns the rules of `rename(2)`.

use crate::inode::{Access, Who};
use crate::resolve::{Follow, Last, Place};
use crate::{At, Errno, Ino, Kind, Time, Vfs};

impl Vfs {
    /// Moves a name; a symbolic link is moved itself. What has the new name loses it in the same step.
    ///
    /// Nothing happens when both names are one file's. `EXDEV`: another mount. `EBUSY`: `.`, `..`, the root, or
    /// something is mounted there. `EINVAL`: a directory into itself. `ENOTEMPTY`: onto a directory with names
    /// in it. `ENOTDIR`: a directory onto something else, or a slash after the name of something else.
    /// `EISDIR`: something else onto a directory.
    pub fn rename(&mut self, from: At<'_>, to: At<'_>, now: Time) -> Result<(), Errno> {
        let from = self.resolve(from, Follow::Never, Who::User)?;
        let to = self.resolve(to, Follow::Never, Who::User)?;
        if self.mounts.root_of(from.parent) != self.mounts.root_of(to.parent) {
            return Err(Errno::XDev);
        }
        match (from.last, to.last) {
            (Last::Name, Last::Name) => {}
            (Last::Dot | Last::DotDot | Last::Root, Last::Name | Last::Dot | Last::DotDot | Last::Root)
            | (Last::Name, Last::Dot | Last::DotDot | Last::Root) => return Err(Errno::Busy),
        }
        let ino = from.ino.ok_or(Errno::NoEnt)?;
        let is_directory = self.kind_of(ino)? == Kind::Directory;
        if !is_directory && (from.slash || to.slash) {
            return Err(Errno::NotDir);
        }
        if is_directory && self.is_within(ino, to.parent) {
            return Err(Errno::Inval);
        }
        if let Some(victim) = to.ino {
            if victim == ino {
                return Ok(());
            }
            if self.is_within(victim, from.parent) {
                return Err(Errno::NotEmpty);
            }
            self.check_can_replace(is_directory, victim)?;
        }
        let is_mount = |ino: Ino| self.mounts.covered_by(ino).is_some();
        if is_mount(ino) || to.ino.is_some_and(is_mount) {
            return Err(Errno::Busy);
        }
        if self.is_mounted(from.parent) {
            return self.mounted_rename(&from, &to, now);
        }
        self.check_can_move(&from, &to, ino, is_directory)?;
        self.move_name(&from, &to, ino, now)
    }

    /// `ENOTDIR`, `EISDIR`: only a directory replaces a directory.
    fn check_can_replace(&self, is_directory: bool, victim: Ino) -> Result<(), Errno> {
        match (is_directory, self.kind_of(victim)?) {
            (true, Kind::Directory) | (false, Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice) => {
                Ok(())
            }
            (true, Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice) => Err(Errno::NotDir),
            (false, Kind::Directory) => Err(Errno::IsDir),
        }
    }

    fn check_can_move(&self, from: &Place, to: &Place, ino: Ino, is_directory: bool) -> Result<(), Errno> {
        self.check_can_remove(from.parent, ino)?;
        let moves_between = from.parent != to.parent;
        // Its `..` changes.
        if is_directory && moves_between {
            self.inode(ino)?.permit(Access::WRITE, Who::User)?;
        }
        match to.ino {
            Some(victim) => {
                self.check_can_remove(to.parent, victim)?;
                if is_directory && !self.inode(victim)?.directory()?.is_empty() {
                    return Err(Errno::NotEmpty);
                }
                Ok(())
            }
            // Within one directory a name is only exchanged for another, however full it is.
            None if moves_between => self.check_can_add(to.parent, is_directory, Who::User),
            None => Ok(()),
        }
    }

    fn move_name(&mut self, from: &Place, to: &Place, ino: Ino, now: Time) -> Result<(), Errno> {
        let old_parent = self.inode_mut(from.parent)?;
        old_parent.directory_mut()?.remove(&from.name);
        old_parent.modified(now);
        let inode = self.inode_mut(ino)?;
        inode.ctime = now;
        let is_directory = inode.kind() == Kind::Directory;
        if is_directory {
            let directory = inode.directory_mut()?;
            directory.parent = to.parent;
            directory.name = to.name.as_slice().into();
        }
        let new_parent = self.inode_mut(to.parent)?;
        new_parent.directory_mut()?.insert(&to.name, ino, is_directory);
        new_parent.modified(now);
        if let Some(victim) = to.ino {
            self.names = self.names.saturating_sub(1);
            self.lose_name(victim, now)?;
        }
        Ok(())
    }

    /// Whether `above` is `below` or a directory that it lies in.
    fn is_within(&self, above: Ino, below: Ino) -> bool {
        if self.is_mounted(below) {
            return self.mounts.is_within(above, below);
        }
        let mut here = below;
        loop {
            if here == above {
                return true;
            }
            match self.inode(here).and_then(|inode| inode.directory()) {
                Ok(directory) if directory.parent != here => here = directory.parent,
                Ok(_) | Err(_) => return false,
            }
        }
    }
}
