//! The verbs of names: mkdir, rmdir, unlink, link, symlink and the making of nodes. Owns their rules.

use crate::body::Body;
use crate::directory::Directory;
use crate::inode::{Access, Inode, Node, USER, Who};
use crate::resolve::{Follow, Last, Place};
use crate::{At, Content, Device, Errno, Ino, Kind, Time, Vfs};

impl Vfs {
    /// Creates a directory; a slash after its name is allowed.
    ///
    /// `EEXIST`: anything is there, a dangling link too. `EACCES`, `EROFS`: the parent may not be changed.
    /// `ENOSPC`, `EMLINK`: a limit. Else as [`Vfs::lookup`] of the parent.
    pub fn mkdir(&mut self, at: At<'_>, mode: u16, now: Time) -> Result<(), Errno> {
        let place = self.resolve(at, Follow::Never, Who::User)?;
        if place.ino.is_some() {
            return Err(Errno::Exist);
        }
        if self.is_mounted(place.parent) {
            return self.mounted_mkdir(&place, mode, now);
        }
        let node = Node::Directory(Directory::new(place.parent, &place.name));
        self.create(&place, node, mode, Who::User, now)?;
        Ok(())
    }

    /// Removes an empty directory. Who has it open or stands in it keeps it, without names.
    ///
    /// `EINVAL`: `.`. `ENOTEMPTY`: names in it, or `..`. `EBUSY`: the root, or something is mounted on it.
    /// `ENOTDIR`: something else, also a link to a directory.
    pub fn rmdir(&mut self, at: At<'_>, now: Time) -> Result<(), Errno> {
        let place = self.resolve(at, Follow::Never, Who::User)?;
        match place.last {
            Last::Name => {}
            Last::Dot => return Err(Errno::Inval),
            Last::DotDot => return Err(Errno::NotEmpty),
            Last::Root => return Err(Errno::Busy),
        }
        let ino = place.ino.ok_or(Errno::NoEnt)?;
        match self.kind_of(ino)? {
            Kind::Directory => {}
            Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice => return Err(Errno::NotDir),
        }
        if self.mounts.covered_by(ino).is_some() {
            return Err(Errno::Busy);
        }
        if self.is_mounted(ino) {
            return self.mounted_rmdir(&place, now);
        }
        self.check_can_remove(place.parent, ino)?;
        if !self.inode(ino)?.directory()?.is_empty() {
            return Err(Errno::NotEmpty);
        }
        self.remove_name(place.parent, &place.name, now)
    }

    /// Removes a name that is not a directory's. Who has the file open keeps it.
    ///
    /// `EISDIR`: a directory's name, or no name at all (`.`). `ENOTDIR`: a slash follows it.
    pub fn unlink(&mut self, at: At<'_>, now: Time) -> Result<(), Errno> {
        let place = self.resolve(at, Follow::Never, Who::User)?;
        match place.last {
            Last::Name => {}
            Last::Dot | Last::DotDot | Last::Root => return Err(Errno::IsDir),
        }
        let ino = place.ino.ok_or(Errno::NoEnt)?;
        match self.kind_of(ino)? {
            Kind::Directory => return Err(Errno::IsDir),
            Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice if place.slash => {
                return Err(Errno::NotDir);
            }
            Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice => {}
        }
        if self.is_mounted(ino) {
            return self.mounted_unlink(&place, now);
        }
        self.check_can_remove(place.parent, ino)?;
        self.remove_name(place.parent, &place.name, now)
    }

    /// Gives a file another name. `follow` says whether a symbolic link at the end of `from` is followed.
    ///
    /// `EEXIST`: `to` is there. `EPERM`: a directory. `EXDEV`: another mount. `EMLINK`: too many names.
    pub fn link(&mut self, from: At<'_>, follow: bool, to: At<'_>, now: Time) -> Result<(), Errno> {
        let ino = self.lookup(from, follow)?;
        let place = self.resolve_new(to, Who::User)?;
        if self.mounts.root_of(ino) != self.mounts.root_of(place.parent) {
            return Err(Errno::XDev);
        }
        match self.kind_of(ino)? {
            Kind::Directory => return Err(Errno::Perm),
            Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice => {}
        }
        if self.is_mounted(ino) {
            return self.mounted_link(ino, &place, now);
        }
        let inode = self.inode(ino)?;
        if inode.read_only {
            return Err(Errno::RoFs);
        }
        if inode.names >= u64::from(self.limits.links_max) {
            return Err(Errno::MLink);
        }
        self.check_can_add(place.parent, false, Who::User)?;
        self.add_name(place.parent, &place.name, ino, now)
    }

    /// Creates a symbolic link; any target will do, it is kept byte for byte.
    ///
    /// `ENOENT`: the target is empty. `EINVAL`: a NUL in it. `EEXIST`: something is there.
    pub fn symlink(&mut self, target: &[u8], at: At<'_>, now: Time) -> Result<(), Errno> {
        crate::path::check(target, &self.limits)?;
        let place = self.resolve_new(at, Who::User)?;
        if self.is_mounted(place.parent) {
            return self.mounted_symlink(&place, target, now);
        }
        self.create(&place, Node::Symlink(target.into()), 0o777, Who::User, now)?;
        Ok(())
    }

    /// Where a symbolic link points. `EINVAL`: it is something else.
    pub fn read_link(&mut self, at: At<'_>) -> Result<Vec<u8>, Errno> {
        let ino = self.find(at, Follow::BeforeSlash, Who::User)?;
        self.link_target(ino)?.ok_or(Errno::Inval)
    }

    /// Creates a device's name, for the embedder: permission bits do not keep it out.
    ///
    /// `ENOTSUP`: in a mounted folder.
    pub fn make_device(&mut self, at: At<'_>, device: Device, mode: u16, now: Time) -> Result<(), Errno> {
        self.make(at, Node::Device(device), mode, Who::Embedder, now)?;
        Ok(())
    }

    /// Creates a named pipe. `ENOTSUP`: in a mounted folder.
    pub fn make_fifo(&mut self, at: At<'_>, mode: u16, now: Time) -> Result<(), Errno> {
        self.make(at, Node::Fifo, mode, Who::User, now)?;
        Ok(())
    }

    /// Creates a file with its content, for the embedder: permission bits do not keep it out.
    ///
    /// `EFBIG`, `ENOSPC`: a limit. `ENOTSUP`: in a mounted folder.
    pub fn add_file(&mut self, at: At<'_>, content: Content, mode: u16, now: Time) -> Result<Ino, Errno> {
        let body = Body::new(content);
        if body.limited_len() > self.limits.file_bytes_max {
            return Err(Errno::FBig);
        }
        self.make(at, Node::File(body), mode, Who::Embedder, now)
    }

    pub(crate) fn make(
        &mut self,
        at: At<'_>,
        node: Node,
        mode: u16,
        who: Who,
        now: Time,
    ) -> Result<Ino, Errno> {
        let place = self.resolve_new(at, who)?;
        if self.is_mounted(place.parent) {
            return Err(Errno::NotSup);
        }
        self.create(&place, node, mode, who, now)
    }

    /// Where something that is not a directory is to be created.
    ///
    /// `EEXIST`: something is there (`ENOTDIR` where a slash follows a file's name). `ENOENT`: nothing is, but a
    /// slash follows.
    fn resolve_new(&mut self, at: At<'_>, who: Who) -> Result<Place, Errno> {
        let place = self.resolve(at, Follow::Never, who)?;
        match place.ino {
            Some(ino) if place.slash && self.kind_of(ino)? == Kind::File => Err(Errno::NotDir),
            Some(_) => Err(Errno::Exist),
            None if place.slash => Err(Errno::NoEnt),
            None => Ok(place),
        }
    }

    /// Creates an inode and its name, in a directory of our own.
    pub(crate) fn create(
        &mut self,
        place: &Place,
        node: Node,
        mode: u16,
        who: Who,
        now: Time,
    ) -> Result<Ino, Errno> {
        let inode = Inode::new(node, mode, now);
        self.check_can_add(place.parent, inode.kind() == Kind::Directory, who)?;
        let ino = self.insert_inode(inode)?;
        match self.add_name(place.parent, &place.name, ino, now) {
            Ok(()) => Ok(ino),
            Err(errno) => {
                self.forget_if_unused(ino);
                Err(errno)
            }
        }
    }

    /// Whether a name may be added to a directory of our own.
    ///
    /// `ENOENT`: the directory was removed. `EROFS`, `EACCES`, `EMLINK`, `ENOSPC`.
    pub(crate) fn check_can_add(&self, dir: Ino, is_directory: bool, who: Who) -> Result<(), Errno> {
        let inode = self.inode(dir)?;
        let directory = inode.directory()?;
        if inode.names == 0 {
            return Err(Errno::NoEnt);
        }
        if inode.read_only {
            return Err(Errno::RoFs);
        }
        inode.permit(Access::CHANGE_NAMES, who)?;
        if is_directory && inode.nlink() >= u64::from(self.limits.links_max) {
            return Err(Errno::MLink);
        }
        if directory.len() >= self.limits.directory_entries_max || self.names >= self.limits.inodes_max {
            return Err(Errno::NoSpc);
        }
        Ok(())
    }

    /// Whether the user may take a name of `ino` out of a directory of our own.
    ///
    /// `EROFS`: the directory or the inode is read-only. `EACCES`: the directory may not be changed. `EPERM`: it
    /// is sticky, and neither it nor the inode is the user's.
    pub(crate) fn check_can_remove(&self, dir: Ino, ino: Ino) -> Result<(), Errno> {
        let (dir, inode) = (self.inode(dir)?, self.inode(ino)?);
        if dir.read_only || inode.read_only {
            return Err(Errno::RoFs);
        }
        dir.permit(Access::CHANGE_NAMES, Who::User)?;
        let is_sticky = dir.mode & 0o1000 != 0;
        if is_sticky && dir.uid != USER && inode.uid != USER {
            return Err(Errno::Perm);
        }
        Ok(())
    }

    /// Gives an inode a name that is not there yet. The caller has checked that it may.
    pub(crate) fn add_name(&mut self, dir: Ino, name: &[u8], ino: Ino, now: Time) -> Result<(), Errno> {
        let inode = self.inode_mut(ino)?;
        let is_directory = inode.kind() == Kind::Directory;
        inode.names = inode.names.saturating_add(1);
        inode.ctime = now;
        let parent = self.inode_mut(dir)?;
        parent.directory_mut()?.insert(name, ino, is_directory);
        parent.modified(now);
        self.names = self.names.saturating_add(1);
        Ok(())
    }

    /// Takes a name away, and the inode with its last one. The caller has checked that it may.
    pub(crate) fn remove_name(&mut self, dir: Ino, name: &[u8], now: Time) -> Result<(), Errno> {
        let parent = self.inode_mut(dir)?;
        let ino = parent.directory_mut()?.remove(name).ok_or(Errno::NoEnt)?;
        parent.modified(now);
        self.names = self.names.saturating_sub(1);
        self.lose_name(ino, now)
    }

    /// An inode has lost one of its names.
    pub(crate) fn lose_name(&mut self, ino: Ino, now: Time) -> Result<(), Errno> {
        let inode = self.inode_mut(ino)?;
        inode.names = inode.names.saturating_sub(1);
        inode.ctime = now;
        self.forget_if_unused(ino);
        Ok(())
    }
}
