//! The verb read_dir: one entry of an open directory at a time. Owns what `.`, `..` and a cookie mean.

use crate::directory::{COOKIE_AFTER_DOT, COOKIE_AFTER_DOT_DOT};
use crate::inode::{Access, Who};
use crate::open_file::Object;
use crate::{DirEntry, Errno, Ino, Kind, OpenId, Vfs};

impl Vfs {
    /// The entry after a cookie: 0 for the first (`.`), else the `next` of any entry that was read. None: no more.
    ///
    /// Entries that were removed since are left out, the others are told once each, and entries that were added
    /// since may be. `EBADF`: not a directory. `EACCES`: it may not be read.
    pub fn read_dir(&mut self, id: OpenId, cookie: u64) -> Result<Option<DirEntry>, Errno> {
        let file = self.open_file(id)?;
        let (object, may_read) = (file.object, file.flags.read);
        let dir = match object {
            Object::Directory(ino) | Object::MountedDirectory(ino) => ino,
            Object::File(_) | Object::MountedFile { .. } | Object::Device { .. } | Object::Pipe { .. } => {
                return Err(Errno::BadF);
            }
        };
        if !may_read && let Some(inode) = self.inodes.get(&dir) {
            inode.permit(Access::READ, Who::User)?;
        }
        if cookie < COOKIE_AFTER_DOT {
            // A reading that begins again sees the directory as it is now.
            let listing = if self.is_mounted(dir) { Some(self.mounted_list(dir)?) } else { None };
            self.open_file_mut(id)?.listing = listing;
            return self.special_entry(dir, b".", COOKIE_AFTER_DOT).map(Some);
        }
        if cookie < COOKIE_AFTER_DOT_DOT {
            // A removed directory may have outlived the one above it.
            let above = self.parent_of(dir).unwrap_or(dir);
            return self.special_entry(above, b"..", COOKIE_AFTER_DOT_DOT).map(Some);
        }
        if self.is_mounted(dir) {
            return self.mounted_entry(id, dir, cookie);
        }
        let Some(found) = self.inode(dir)?.directory()?.after(cookie) else { return Ok(None) };
        let ino = self.mounts.cover(found.ino);
        let (name, next) = (found.name.to_vec(), found.cookie);
        let kind = self.kind_of(ino)?;
        Ok(Some(DirEntry { next, ino: self.shown_number(ino), kind, name }))
    }

    fn special_entry(&mut self, ino: Ino, name: &[u8], next: u64) -> Result<DirEntry, Errno> {
        Ok(DirEntry { next, ino: self.shown_number(ino), kind: Kind::Directory, name: name.to_vec() })
    }

    /// The number that `stat` shows, without asking the host where it need not be asked.
    fn shown_number(&mut self, ino: Ino) -> u64 {
        if self.is_mounted(ino) {
            self.mounted_stat(ino).map_or(ino.get(), |stat| stat.ino)
        } else {
            ino.get()
        }
    }

    /// A mounted directory is listed once, when its reading begins; a cookie counts in that list.
    fn mounted_entry(&mut self, id: OpenId, dir: Ino, cookie: u64) -> Result<Option<DirEntry>, Errno> {
        if self.open_file(id)?.listing.is_none() {
            let listing = self.mounted_list(dir)?;
            self.open_file_mut(id)?.listing = Some(listing);
        }
        let mut cookie = cookie;
        loop {
            let Ok(index) = usize::try_from(cookie.saturating_sub(COOKIE_AFTER_DOT_DOT)) else {
                return Ok(None);
            };
            let listing = self.open_file(id)?.listing.as_deref().unwrap_or_default();
            let Some((name, _)) = listing.get(index) else { return Ok(None) };
            let name = name.clone();
            cookie = cookie.saturating_add(1);
            // Passed over: what is gone since, and what the host does not let us see.
            if let Ok((ino, kind)) = self.mounted_entry_shown(dir, &name) {
                return Ok(Some(DirEntry { next: cookie, ino, kind, name }));
            }
        }
    }

    /// The number and the kind of a name in a mounted directory. The name becomes a node only where the number is
    /// ours to give, so a reading of any length leaves nothing behind.
    fn mounted_entry_shown(&mut self, dir: Ino, name: &[u8]) -> Result<(u64, Kind), Errno> {
        if self.mounts.mount_point(dir, name).is_none() {
            let (folder, path) = self.mounts.folder_and_path_of(dir, name)?;
            let told = folder.stat(&path)?;
            if told.ino != 0 {
                return Ok((told.ino, told.kind));
            }
        }
        let ino = self.child(dir, name)?.ok_or(Errno::NoEnt)?;
        Ok((self.shown_number(ino), self.kind_of(ino)?))
    }
}
