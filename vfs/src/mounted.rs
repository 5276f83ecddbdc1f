//! The verbs of nodes in mounted folders: each asks the folder, then notes what became of the names.
//!
//! Permission bits are not checked here: the host checks them. A mount that is read-only is.

use crate::inode::Who;
use crate::resolve::{Follow, Place};
use crate::{At, Content, Errno, Folder, FolderStat, Ino, Kind, Open, Stat, Time, Vfs};

/// `peek` and `content_of` read this much of a host's file at a time.
const READ_BYTES: usize = 64 << 10;

impl Vfs {
    /// Mounts a folder on a directory, which it covers: what was beneath is out of sight.
    ///
    /// `ENOTDIR`: not a directory; else as [`Vfs::lookup`].
    pub fn mount(&mut self, at: At<'_>, folder: Box<dyn Folder>, read_only: bool) -> Result<(), Errno> {
        let covered = self.find(at, Follow::Always, Who::Embedder)?;
        match self.kind_of(covered)? {
            Kind::Directory => {}
            Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice => return Err(Errno::NotDir),
        }
        self.hold(covered);
        let root = Ino(self.next_number());
        self.mounts.add(folder, read_only, root, covered);
        Ok(())
    }

    /// Takes the folder that was mounted last on a directory away, and gives it back: what it covered is seen again.
    ///
    /// `EINVAL`: nothing is mounted there. `EBUSY`: a file in it is open, a process stands in it, or another folder
    /// is mounted in it. Else as [`Vfs::lookup`].
    pub fn unmount(&mut self, at: At<'_>) -> Result<Box<dyn Folder>, Errno> {
        let root = self.find(at, Follow::Always, Who::Embedder)?;
        let (folder, covered) = self.mounts.remove_mount(root)?;
        self.release(covered);
        Ok(folder)
    }

    /// Whether an inode lies in a mounted folder.
    pub(crate) fn is_mounted(&self, ino: Ino) -> bool {
        self.mounts.node(ino).is_some()
    }

    /// `EROFS`: the node lies in a folder that was mounted read-only.
    pub(crate) fn check_mount_is_writable(&self, ino: Ino) -> Result<(), Errno> {
        if self.mounts.is_read_only(ino) { Err(Errno::RoFs) } else { Ok(()) }
    }

    /// Looks a name up in a mounted directory, afresh.
    pub(crate) fn mounted_child(&mut self, dir: Ino, name: &[u8]) -> Result<Option<Ino>, Errno> {
        if let Some(mount_point) = self.mounts.mount_point(dir, name) {
            return Ok(Some(mount_point));
        }
        let (folder, path) = self.mounts.folder_and_path_of(dir, name)?;
        let told = match folder.stat(&path) {
            Ok(stat) => stat,
            Err(Errno::NoEnt) => return Ok(None),
            Err(errno) => return Err(errno),
        };
        let fresh = Ino(self.next_number());
        let ino = self.mounts.meet(dir, name, told.kind, fresh)?;
        self.mounts.told = Some((ino, told));
        Ok(Some(ino))
    }

    /// Where a mounted symbolic link points; None when the node is something else.
    pub(crate) fn mounted_link_target(&mut self, ino: Ino) -> Result<Option<Vec<u8>>, Errno> {
        match self.mounts.kind(ino)? {
            Kind::Symlink => {}
            Kind::File | Kind::Directory | Kind::Fifo | Kind::CharDevice => return Ok(None),
        }
        let (folder, path) = self.mounts.folder_and_path(ino)?;
        let target = folder.read_link(&path)?;
        // The host's bytes get no further than a path of our own would.
        crate::path::check(&target, &self.limits)?;
        Ok(Some(target))
    }

    pub(crate) fn mounted_stat(&mut self, ino: Ino) -> Result<Stat, Errno> {
        let node = self.mounts.node(ino).ok_or(Errno::NoEnt)?;
        if node.removed {
            let told = FolderStat {
                ino: 0,
                kind: node.kind,
                mode: 0,
                nlink: 0,
                uid: 0,
                gid: 0,
                size: 0,
                atime: Time(0),
                mtime: Time(0),
                ctime: Time(0),
                blocks: 0,
            };
            return self.stat_from_folder(ino, told);
        }
        let (folder, path) = self.mounts.folder_and_path(ino)?;
        let told = folder.stat(&path)?;
        self.stat_from_folder(ino, told)
    }

    /// What a folder told, as `stat` shows it.
    pub(crate) fn stat_from_folder(&self, ino: Ino, told: FolderStat) -> Result<Stat, Errno> {
        let node = self.mounts.node(ino).ok_or(Errno::NoEnt)?;
        Ok(Stat {
            dev: node.mount.dev(),
            ino: if told.ino == 0 { ino.get() } else { told.ino },
            kind: told.kind,
            mode: told.mode & 0o7777,
            nlink: told.nlink,
            uid: told.uid,
            gid: told.gid,
            size: told.size,
            atime: told.atime,
            mtime: told.mtime,
            ctime: told.ctime,
            blocks: told.blocks,
            rdev: (0, 0),
        })
    }

    pub(crate) fn mounted_mkdir(&mut self, place: &Place, mode: u16, now: Time) -> Result<(), Errno> {
        self.in_mounted_directory(place, now, |folder, path| folder.mkdir(path, mode))
    }

    pub(crate) fn mounted_symlink(&mut self, place: &Place, target: &[u8], now: Time) -> Result<(), Errno> {
        self.in_mounted_directory(place, now, |folder, path| folder.symlink(target, path))
    }

    pub(crate) fn mounted_unlink(&mut self, place: &Place, now: Time) -> Result<(), Errno> {
        self.in_mounted_directory(place, now, |folder, path| folder.unlink(path))?;
        self.mounts.remove(place.parent, &place.name);
        Ok(())
    }

    pub(crate) fn mounted_rmdir(&mut self, place: &Place, now: Time) -> Result<(), Errno> {
        self.in_mounted_directory(place, now, |folder, path| folder.rmdir(path))?;
        self.mounts.remove(place.parent, &place.name);
        Ok(())
    }

    /// Another name in the same folder. The caller has checked that it is the same.
    pub(crate) fn mounted_link(&mut self, from: Ino, to: &Place, now: Time) -> Result<(), Errno> {
        let from = self.mounts.path(from)?;
        self.in_mounted_directory(to, now, |folder, path| folder.link(&from, path))
    }

    /// Moves a name within a folder. The caller has checked that it is one folder.
    pub(crate) fn mounted_rename(&mut self, from: &Place, to: &Place, now: Time) -> Result<(), Errno> {
        let (_, from_path) = self.mounts.folder_and_path_of(from.parent, &from.name)?;
        let same_file = self.is_same_mounted_file(from, to);
        self.in_mounted_directory(to, now, |folder, path| folder.rename(&from_path, path))?;
        // Of two names of one file the host has kept both.
        if !same_file {
            self.mounts.rename(from.parent, &from.name, to.parent, &to.name);
        }
        Ok(())
    }

    fn is_same_mounted_file(&mut self, from: &Place, to: &Place) -> bool {
        let (Some(from), Some(to)) = (from.ino, to.ino) else { return false };
        match (self.mounted_stat(from), self.mounted_stat(to)) {
            (Ok(one), Ok(other)) => one.ino == other.ino,
            (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
        }
    }

    pub(crate) fn mounted_chmod(&mut self, ino: Ino, mode: u16, now: Time) -> Result<(), Errno> {
        self.check_mount_is_writable(ino)?;
        let (folder, path) = self.mounts.folder_and_path(ino)?;
        folder.set_now(now);
        folder.chmod(&path, mode)
    }

    pub(crate) fn mounted_set_times(
        &mut self,
        ino: Ino,
        atime: Option<Time>,
        mtime: Option<Time>,
        now: Time,
    ) -> Result<(), Errno> {
        self.check_mount_is_writable(ino)?;
        let (folder, path) = self.mounts.folder_and_path(ino)?;
        folder.set_now(now);
        folder.set_times(&path, atime, mtime)
    }

    pub(crate) fn mounted_truncate(&mut self, ino: Ino, len: u64, now: Time) -> Result<(), Errno> {
        self.check_mount_is_writable(ino)?;
        let (folder, path) = self.mounts.folder_and_path(ino)?;
        folder.set_now(now);
        let handle = folder.open(&path, &Open { write: true, ..Open::default() })?;
        let done = folder.set_len(handle, len);
        folder.close(handle);
        done
    }

    pub(crate) fn mounted_list(&mut self, dir: Ino) -> Result<Vec<(Vec<u8>, Kind)>, Errno> {
        if self.mounts.node(dir).is_some_and(|node| node.removed) {
            return Ok(Vec::new());
        }
        let (folder, path) = self.mounts.folder_and_path(dir)?;
        let mut names = folder.list(&path)?;
        if names.len() > self.limits.directory_entries_max {
            return Err(Errno::NoMem);
        }
        // A name that no path could spell would only lead astray.
        let name_bytes_max = self.limits.name_bytes_max;
        names.retain(|(name, _)| {
            let is_special = matches!(&**name, b"" | b"." | b"..");
            !is_special && name.len() <= name_bytes_max && !name.contains(&b'/') && !name.contains(&0)
        });
        Ok(names)
    }

    /// The first bytes of a mounted file.
    pub(crate) fn mounted_peek(&mut self, ino: Ino, buf: &mut [u8]) -> Result<usize, Errno> {
        let (folder, path) = self.mounts.folder_and_path(ino)?;
        let handle = folder.open(&path, &Open { read: true, ..Open::default() })?;
        let mut done = 0;
        let result = loop {
            let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) else { break Ok(done) };
            match folder.read_at(handle, rest, u64::try_from(done).unwrap_or(u64::MAX)) {
                Ok(0) => break Ok(done),
                Ok(count) => done = done.saturating_add(count),
                Err(errno) => break Err(errno),
            }
        };
        folder.close(handle);
        result
    }

    /// A copy of a mounted file's bytes.
    ///
    /// `EFBIG`: more than a file of our own may have. `ENOMEM`: the memory was refused.
    pub(crate) fn mounted_content(&mut self, ino: Ino) -> Result<Content, Errno> {
        let bytes_max = usize::try_from(self.limits.file_bytes_max).unwrap_or(usize::MAX);
        let (folder, path) = self.mounts.folder_and_path(ino)?;
        let handle = folder.open(&path, &Open { read: true, ..Open::default() })?;
        let content = match folder.handle_stat(handle) {
            Ok(told) if usize::try_from(told.size).is_ok_and(|size| size <= bytes_max) => {
                read_all(folder, |folder, buf, offset| folder.read_at(handle, buf, offset), bytes_max)
            }
            Ok(_) => Err(Errno::FBig),
            Err(errno) => Err(errno),
        };
        folder.close(handle);
        content.map(Content::owned)
    }

    /// Does something to a name in a mounted directory that may be changed.
    fn in_mounted_directory(
        &mut self,
        place: &Place,
        now: Time,
        work: impl FnOnce(&mut dyn Folder, &[u8]) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        self.check_mount_is_writable(place.parent)?;
        let (folder, path) = self.mounts.folder_and_path_of(place.parent, &place.name)?;
        folder.set_now(now);
        work(folder, &path)
    }
}

/// Reads until the end, growing only as bytes really come.
fn read_all(
    folder: &mut dyn Folder,
    read_at: impl Fn(&mut dyn Folder, &mut [u8], u64) -> Result<usize, Errno>,
    bytes_max: usize,
) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    loop {
        let done = bytes.len();
        bytes.try_reserve(READ_BYTES).map_err(|_| Errno::NoMem)?;
        bytes.resize(done.saturating_add(READ_BYTES), 0);
        let offset = u64::try_from(done).map_err(|_| Errno::FBig)?;
        let Some(buf) = bytes.get_mut(done..) else { return Err(Errno::FBig) };
        let count = read_at(folder, buf, offset)?.min(READ_BYTES);
        bytes.truncate(done.saturating_add(count));
        if count == 0 {
            return Ok(bytes);
        }
        if bytes.len() > bytes_max {
            return Err(Errno::FBig);
        }
    }
}
