//! The verbs of an inode by its number: stat, chmod, chown, times, length, and what exec and globs ask.

use crate::inode::{Access, Inode, Node, USER, Who};
use crate::transfer::LENGTH_MAX;
use crate::{At, Content, Errno, Ino, Kind, Stat, Time, Vfs};

/// What `st_size` shows of any directory, as ext4 does.
const DIRECTORY_BYTES: u64 = 4096;

/// The file system's own `st_dev`.
const DEV: u64 = 1;

impl Vfs {
    /// What `stat(2)` tells of an inode. `ENOENT`: it is gone.
    pub fn stat(&mut self, ino: Ino) -> Result<Stat, Errno> {
        match self.inodes.get(&ino) {
            Some(inode) => Ok(stat_of(ino, inode)),
            None => self.mounted_stat(ino),
        }
    }

    /// The inode that a path leads to and what `stat(2)` tells of it; a mounted folder is asked once for both.
    ///
    /// As [`Vfs::lookup`] and [`Vfs::stat`].
    pub fn stat_at(&mut self, at: At<'_>, follow_last: bool) -> Result<(Ino, Stat), Errno> {
        self.mounts.told = None;
        let ino = self.lookup(at, follow_last)?;
        let stat = match self.mounts.told.take() {
            // The last name that was looked up is what the path leads to, unless the path ends with `.` or `..`.
            Some((of, told)) if of == ino => self.stat_from_folder(ino, told)?,
            Some(_) | None => self.stat(ino)?,
        };
        Ok((ino, stat))
    }

    /// Whether the user may do something with an inode.
    ///
    /// `EACCES`: the permission bits say no. `EROFS`: it is read-only. Of a mounted folder's files the owner's
    /// bits count, because the host's user stands behind the sandbox's.
    pub fn access(&mut self, ino: Ino, want: Access) -> Result<(), Errno> {
        if let Some(inode) = self.inodes.get(&ino) {
            let changes = match inode.node {
                Node::File(_) | Node::Directory(_) | Node::Symlink(_) => want.write,
                Node::Fifo | Node::Device(_) => false,
            };
            return if changes && inode.read_only { Err(Errno::RoFs) } else { inode.permit(want, Who::User) };
        }
        let stat = self.mounted_stat(ino)?;
        if want.write {
            self.check_mount_is_writable(ino)?;
        }
        if want.is_granted_by(stat.mode >> 6) { Ok(()) } else { Err(Errno::Acces) }
    }

    /// Sets the permission bits. `EPERM`: the inode is not the user's. `EROFS`.
    pub fn chmod(&mut self, ino: Ino, mode: u16, now: Time) -> Result<(), Errno> {
        if self.is_mounted(ino) {
            return self.mounted_chmod(ino, mode & 0o7777, now);
        }
        let inode = self.changeable(ino)?;
        if inode.uid != USER {
            return Err(Errno::Perm);
        }
        inode.mode = mode & 0o7777;
        inode.ctime = now;
        Ok(())
    }

    /// Sets the owner and the group, for the embedder: nobody's permission is asked. `EROFS`. `ENOTSUP`: in a
    /// mounted folder.
    pub fn chown(&mut self, ino: Ino, uid: Option<u32>, gid: Option<u32>, now: Time) -> Result<(), Errno> {
        if self.is_mounted(ino) {
            return Err(Errno::NotSup);
        }
        let inode = self.changeable(ino)?;
        inode.uid = uid.unwrap_or(inode.uid);
        inode.gid = gid.unwrap_or(inode.gid);
        inode.ctime = now;
        Ok(())
    }

    /// Sets the times that are given. `EPERM`: the inode is neither the user's nor writable. `EROFS`.
    pub fn set_times(
        &mut self,
        ino: Ino,
        atime: Option<Time>,
        mtime: Option<Time>,
        now: Time,
    ) -> Result<(), Errno> {
        if atime.is_none() && mtime.is_none() {
            return self.kind_of(ino).map(|_| ());
        }
        if self.is_mounted(ino) {
            return self.mounted_set_times(ino, atime, mtime, now);
        }
        let inode = self.changeable(ino)?;
        if inode.uid != USER && inode.permit(Access::WRITE, Who::User).is_err() {
            return Err(Errno::Perm);
        }
        inode.atime = atime.unwrap_or(inode.atime);
        inode.mtime = mtime.unwrap_or(inode.mtime);
        inode.ctime = now;
        Ok(())
    }

    /// Cuts or extends a file by its number, as `truncate(2)` does.
    ///
    /// `EISDIR`, `EINVAL`: not a file; too long a length for anybody. `EFBIG`: for this file system. `EACCES`.
    pub fn truncate(&mut self, ino: Ino, len: u64, now: Time) -> Result<(), Errno> {
        match self.kind_of(ino)? {
            Kind::File if len > LENGTH_MAX => return Err(Errno::Inval),
            Kind::File => {}
            Kind::Directory => return Err(Errno::IsDir),
            Kind::Symlink | Kind::Fifo | Kind::CharDevice => return Err(Errno::Inval),
        }
        if self.is_mounted(ino) {
            return self.mounted_truncate(ino, len, now);
        }
        self.inode(ino)?.permit(Access::WRITE, Who::User)?;
        self.set_file_len(ino, len, now)
    }

    /// Makes an inode and everything beneath it refuse changes with `EROFS`, or no longer. Of a mounted folder's
    /// root it is the mount that refuses; mounts beneath keep their own word.
    pub fn set_read_only(&mut self, ino: Ino, read_only: bool) {
        self.mounts.set_read_only(ino, read_only);
        let mut left = vec![ino];
        while let Some(ino) = left.pop() {
            let Some(inode) = self.inodes.get_mut(&ino) else { continue };
            inode.read_only = read_only;
            match &inode.node {
                Node::Directory(directory) => left.extend(directory.iter().map(|(_, ino)| ino)),
                Node::File(_) | Node::Symlink(_) | Node::Fifo | Node::Device(_) => {}
            }
        }
    }

    /// The absolute path of a directory. None: it is not one, or was removed.
    pub fn path_of(&mut self, dir: Ino) -> Option<Vec<u8>> {
        let mut names: Vec<Vec<u8>> = Vec::new();
        let mut here = dir;
        if self.kind_of(here) != Ok(Kind::Directory) {
            return None;
        }
        loop {
            while let Some(root) = self.mounts.root_of(here) {
                let path = self.mounts.path(here).ok()?;
                if !path.is_empty() {
                    names.push(path);
                }
                here = self.mounts.covered_by(root)?;
            }
            let inode = self.inodes.get(&here).filter(|inode| inode.names > 0)?;
            let directory = inode.directory().ok()?;
            if directory.parent == here {
                break;
            }
            names.push(directory.name.to_vec());
            here = directory.parent;
        }
        names.reverse();
        let mut path = vec![b'/'];
        path.extend_from_slice(&names.join(&b'/'));
        Some(path)
    }

    /// The names in a directory without `.` and `..`, oldest first. `EACCES`: it may not be read.
    pub fn list(&mut self, dir: Ino) -> Result<Vec<(Vec<u8>, Ino, Kind)>, Errno> {
        let mut names = Vec::new();
        if self.is_mounted(dir) {
            for (name, kind) in self.mounted_list(dir)? {
                let fresh = Ino(self.next_number());
                let ino = self.mounts.meet(dir, &name, kind, fresh)?;
                names.push((name, self.mounts.cover(ino), kind));
            }
            return Ok(names);
        }
        let inode = self.inode(dir)?;
        let directory = inode.directory()?;
        inode.permit(Access::READ, Who::User)?;
        for (name, ino) in directory.iter() {
            let ino = self.mounts.cover(ino);
            names.push((name.to_vec(), ino, self.kind_of(ino)?));
        }
        Ok(names)
    }

    /// All the bytes of a file, shared without a copy where it has no holes and is our own. Nobody's permission
    /// is asked, no time moves.
    ///
    /// `EISDIR`, `EINVAL`: not a file. `ENOMEM`, `EFBIG`: it must be copied and is too large for that.
    pub fn content_of(&mut self, ino: Ino) -> Result<Content, Errno> {
        self.check_is_file(ino)?;
        if self.is_mounted(ino) {
            return self.mounted_content(ino);
        }
        let bytes_max = self.room().min(self.limits.file_bytes_max);
        match &self.inode(ino)?.node {
            Node::File(body) => body.content(bytes_max),
            Node::Directory(_) | Node::Symlink(_) | Node::Fifo | Node::Device(_) => Err(Errno::Inval),
        }
    }

    /// What changes with every change of a file's bytes. Of a mounted file it is as good as the host's times.
    pub fn content_version(&mut self, ino: Ino) -> Result<(Ino, u64), Errno> {
        self.check_is_file(ino)?;
        if let Some(inode) = self.inodes.get(&ino) {
            return Ok((ino, inode.version));
        }
        let stat = self.mounted_stat(ino)?;
        let times = stat.mtime.0.rotate_left(32) ^ stat.ctime.0;
        Ok((ino, times.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ stat.size.rotate_left(16) ^ stat.ino))
    }

    /// The first bytes of a file. Nobody's permission is asked, no time moves. `EISDIR`, `EINVAL`: not a file.
    pub fn peek(&mut self, ino: Ino, buf: &mut [u8]) -> Result<usize, Errno> {
        self.check_is_file(ino)?;
        if self.is_mounted(ino) {
            return self.mounted_peek(ino, buf);
        }
        match &self.inode(ino)?.node {
            Node::File(body) => Ok(body.read_at(0, buf)),
            Node::Directory(_) | Node::Symlink(_) | Node::Fifo | Node::Device(_) => Err(Errno::Inval),
        }
    }

    fn check_is_file(&self, ino: Ino) -> Result<(), Errno> {
        match self.kind_of(ino)? {
            Kind::File => Ok(()),
            Kind::Directory => Err(Errno::IsDir),
            Kind::Symlink | Kind::Fifo | Kind::CharDevice => Err(Errno::Inval),
        }
    }

    /// `EROFS`: an inode of our own that refuses changes.
    fn changeable(&mut self, ino: Ino) -> Result<&mut Inode, Errno> {
        let inode = self.inode_mut(ino)?;
        if inode.read_only { Err(Errno::RoFs) } else { Ok(inode) }
    }
}

fn stat_of(ino: Ino, inode: &Inode) -> Stat {
    let (size, allocated, rdev) = match &inode.node {
        Node::File(body) => (body.len(), body.allocated(), (0, 0)),
        Node::Directory(_) => (DIRECTORY_BYTES, DIRECTORY_BYTES, (0, 0)),
        Node::Symlink(target) => (u64::try_from(target.len()).unwrap_or(u64::MAX), 0, (0, 0)),
        Node::Fifo => (0, 0, (0, 0)),
        Node::Device(device) => (0, 0, device.rdev()),
    };
    Stat {
        dev: DEV,
        ino: ino.get(),
        kind: inode.kind(),
        mode: inode.mode,
        nlink: inode.nlink(),
        uid: inode.uid,
        gid: inode.gid,
        size,
        atime: inode.atime,
        mtime: inode.mtime,
        ctime: inode.ctime,
        blocks: allocated.div_ceil(512),
        rdev,
    }
}
