//! The overlay as a `Folder`: each verb finds out which layer has the name. Owns the numbers of handles.

use super::{Handle, Overlay, Spot, at, id_of, split};
use crate::{Errno, Folder, FolderHandle, FolderStat, Ino, Kind, Open, Opened, Time};

impl Folder for Overlay {
    fn set_now(&mut self, now: Time) {
        self.now = now;
    }

    fn stat(&mut self, path: &[u8]) -> Result<FolderStat, Errno> {
        let spot = self.find(path)?;
        self.stat_of(&spot)
    }

    fn list(&mut self, path: &[u8]) -> Result<Vec<(Vec<u8>, Kind)>, Errno> {
        match self.find(path)? {
            Spot::Lower(lower, _) => self.lower.list(&lower),
            Spot::Upper(dir) => {
                let ours = self.upper.list(dir)?;
                let mut names: Vec<_> = ours.into_iter().map(|(name, _, kind)| (name, kind)).collect();
                names.extend(self.lower_names(dir)?);
                Ok(names)
            }
        }
    }

    fn read_link(&mut self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        match self.find(path)? {
            Spot::Lower(lower, _) => self.lower.read_link(&lower),
            Spot::Upper(ino) => self.upper.link_target(ino)?.ok_or(Errno::Inval),
        }
    }

    fn open(&mut self, path: &[u8], how: &Open) -> Result<FolderHandle, Errno> {
        let Some(spot) = self.find_any(path)? else {
            return if how.create { self.create(path, how) } else { Err(Errno::NoEnt) };
        };
        if how.create && how.exclusive {
            return Err(Errno::Exist);
        }
        match self.kind(&spot)? {
            Kind::File => {}
            Kind::Directory => return Err(Errno::IsDir),
            Kind::Symlink => return Err(Errno::Loop),
            Kind::Fifo | Kind::CharDevice => return Err(Errno::NotSup),
        }
        match spot {
            Spot::Lower(lower, _) if !how.write && !how.truncate => self.open_lower(&lower),
            Spot::Upper(_) | Spot::Lower(..) => {
                let ino = match spot {
                    Spot::Upper(ino) => ino,
                    Spot::Lower(..) => self.take_up(path)?,
                };
                self.open_taken(ino, how)?;
                Ok(self.new_handle(Handle::Upper(ino)))
            }
        }
    }

    fn close(&mut self, handle: FolderHandle) {
        match self.handles.remove(&handle.0) {
            Some(Handle::Upper(ino)) => self.close_upper(ino),
            Some(Handle::Lower(id, lower)) => {
                self.lower.close(lower);
                if let Some(readers) = self.readers.get_mut(&id) {
                    readers.remove(&handle.0);
                    if readers.is_empty() {
                        self.readers.remove(&id);
                    }
                }
            }
            None => {}
        }
    }

    fn read_at(&mut self, handle: FolderHandle, buf: &mut [u8], offset: u64) -> Result<usize, Errno> {
        match self.handles.get(&handle.0).ok_or(Errno::BadF)? {
            Handle::Lower(_, lower) => self.lower.read_at(*lower, buf, offset),
            Handle::Upper(ino) => self.read_upper(*ino, buf, offset),
        }
    }

    fn write_at(&mut self, handle: FolderHandle, buf: &[u8], offset: u64) -> Result<usize, Errno> {
        let ino = self.written(handle)?;
        self.write_upper(ino, buf, offset)
    }

    fn handle_stat(&mut self, handle: FolderHandle) -> Result<FolderStat, Errno> {
        match self.handles.get(&handle.0).ok_or(Errno::BadF)? {
            Handle::Lower(_, lower) => self.lower.handle_stat(*lower),
            Handle::Upper(ino) => self.upper_stat(*ino),
        }
    }

    fn set_len(&mut self, handle: FolderHandle, len: u64) -> Result<(), Errno> {
        let ino = self.written(handle)?;
        self.set_upper_len(ino, len)
    }

    fn sync(&mut self, handle: FolderHandle) -> Result<(), Errno> {
        // Memory is as durable as it will ever be, and the lower layer was not changed.
        self.handles.get(&handle.0).map(|_| ()).ok_or(Errno::BadF)
    }

    fn mkdir(&mut self, path: &[u8], mode: u16) -> Result<(), Errno> {
        let (dir, name) = self.free_place(path)?;
        self.upper.mkdir(at(dir, name), mode, self.now)
    }

    fn rmdir(&mut self, path: &[u8]) -> Result<(), Errno> {
        self.remove_directory(path)
    }

    fn unlink(&mut self, path: &[u8]) -> Result<(), Errno> {
        self.remove_file(path)
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        self.move_name(from, to)
    }

    fn symlink(&mut self, target: &[u8], path: &[u8]) -> Result<(), Errno> {
        let (dir, name) = self.free_place(path)?;
        self.upper.symlink(target, at(dir, name), self.now)
    }

    fn link(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        self.add_link(from, to)
    }

    fn set_times(&mut self, path: &[u8], atime: Option<Time>, mtime: Option<Time>) -> Result<(), Errno> {
        let ino = self.take_up(path)?;
        self.upper.set_times(ino, atime, mtime, self.now)
    }

    fn chmod(&mut self, path: &[u8], mode: u16) -> Result<(), Errno> {
        let ino = self.take_up(path)?;
        self.upper.chmod(ino, mode, self.now)
    }
}

impl Overlay {
    /// The directory in the upper layer where a name is to be made. `EEXIST`: it is there.
    fn free_place<'p>(&mut self, path: &'p [u8]) -> Result<(Ino, &'p [u8]), Errno> {
        self.check_is_free(path)?;
        let (parent, name) = split(path);
        Ok((self.take_up(parent)?, name))
    }

    fn create(&mut self, path: &[u8], how: &Open) -> Result<FolderHandle, Errno> {
        let (parent, name) = split(path);
        let dir = self.take_up(parent)?;
        let how = Open {
            read: true,
            write: true,
            create: true,
            exclusive: true,
            mode: how.mode,
            ..Open::default()
        };
        let Opened::File(id) = self.upper.open(at(dir, name), &how, self.now)? else {
            return Err(Errno::NotSup);
        };
        // The handle's own open file keeps the inode, so this one may go.
        let opened =
            self.upper.lookup(at(dir, name), false).and_then(|ino| self.open_upper(ino).map(|()| ino));
        self.upper.close(id);
        Ok(self.new_handle(Handle::Upper(opened?)))
    }

    fn open_lower(&mut self, path: &[u8]) -> Result<FolderHandle, Errno> {
        let lower = self.lower.open(path, &Open { read: true, ..Open::default() })?;
        // Between looking and opening the host may have put another file there.
        let told = match self.lower.handle_stat(lower) {
            Ok(told) => told,
            Err(errno) => {
                self.lower.close(lower);
                return Err(errno);
            }
        };
        let id = id_of(path, &told);
        let handle = self.new_handle(Handle::Lower(id.clone(), lower));
        self.readers.entry(id).or_default().insert(handle.0);
        Ok(handle)
    }

    fn new_handle(&mut self, handle: Handle) -> FolderHandle {
        self.handle_next = self.handle_next.saturating_add(1);
        self.handles.insert(self.handle_next, handle);
        FolderHandle(self.handle_next)
    }

    /// The inode of a handle that changes its file: it was taken up when it was opened. `EBADF`.
    fn written(&self, handle: FolderHandle) -> Result<Ino, Errno> {
        match self.handles.get(&handle.0) {
            Some(Handle::Upper(ino)) => Ok(*ino),
            Some(Handle::Lower(..)) | None => Err(Errno::BadF),
        }
    }
}
