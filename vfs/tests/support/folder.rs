//! `Host`: a folder to be mounted; owns another file system of ours. The test keeps a key to it.
// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::{Arc, Mutex};

use wasmsand_vfs::{
    At, Errno, Folder, FolderHandle, FolderStat, Kind, Limits, Open, OpenId, Opened, Scope, Stat, Time, Vfs,
};

use super::text;

/// The host's clock stands still.
pub const NOW: Time = Time(5);

/// A host: its root is what is mounted.
#[derive(Clone)]
pub struct Host {
    pub vfs: Arc<Mutex<Vfs>>,
    pub handles: Arc<Mutex<Vec<Option<OpenId>>>>,
}

impl Host {
    pub fn new() -> Host {
        let vfs = Arc::new(Mutex::new(Vfs::new(Limits::default(), Time(1))));
        Host { vfs, handles: Arc::default() }
    }

    /// Does something on the host, behind the back of the sandbox.
    pub fn with<T>(&self, path: impl AsRef<[u8]>, work: impl FnOnce(&mut Vfs, At<'_>) -> T) -> T {
        let path = path.as_ref();
        assert!(!path.starts_with(b"/") && !path.ends_with(b"/"), "{}", text(path));
        assert!(path.split(|byte| *byte == b'/').all(|name| !matches!(name, b"." | b"..")), "{}", text(path));
        let vfs = &mut self.vfs.lock().unwrap();
        let path = if path.is_empty() { b"." } else { path };
        let dir = vfs.root();
        work(vfs, At { dir, path, scope: Scope::Beneath })
    }

    fn handle(&self, handle: FolderHandle) -> Result<OpenId, Errno> {
        let index = usize::try_from(handle.0).unwrap();
        self.handles.lock().unwrap().get(index).copied().flatten().ok_or(Errno::BadF)
    }
}

fn told(stat: Stat) -> FolderStat {
    let Stat { ino, kind, mode, nlink, uid, gid, size, atime, mtime, ctime, blocks, .. } = stat;
    FolderStat { ino, kind, mode, nlink, uid, gid, size, atime, mtime, ctime, blocks }
}

impl Folder for Host {
    fn stat(&mut self, path: &[u8]) -> Result<FolderStat, Errno> {
        self.with(path, |vfs, at| vfs.lookup(at, false).and_then(|ino| vfs.stat(ino)).map(told))
    }

    fn list(&mut self, path: &[u8]) -> Result<Vec<(Vec<u8>, Kind)>, Errno> {
        let names = self.with(path, |vfs, at| vfs.lookup(at, false).and_then(|ino| vfs.list(ino)))?;
        Ok(names.into_iter().map(|(name, _, kind)| (name, kind)).collect())
    }

    fn read_link(&mut self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        self.with(path, |vfs, at| vfs.read_link(at))
    }

    fn open(&mut self, path: &[u8], how: &Open) -> Result<FolderHandle, Errno> {
        let how = Open { follow: false, ..*how };
        let Opened::File(id) = self.with(path, |vfs, at| vfs.open(at, &how, NOW))? else {
            return Err(Errno::NotSup);
        };
        let mut handles = self.handles.lock().unwrap();
        handles.push(Some(id));
        Ok(FolderHandle(handles.len() as u64 - 1))
    }

    fn close(&mut self, handle: FolderHandle) {
        let id = self.handle(handle).unwrap();
        self.handles.lock().unwrap()[usize::try_from(handle.0).unwrap()] = None;
        self.vfs.lock().unwrap().close(id);
    }

    fn read_at(&mut self, handle: FolderHandle, buf: &mut [u8], offset: u64) -> Result<usize, Errno> {
        let id = self.handle(handle)?;
        self.vfs.lock().unwrap().pread(id, buf, offset, NOW)
    }

    fn write_at(&mut self, handle: FolderHandle, buf: &[u8], offset: u64) -> Result<usize, Errno> {
        let id = self.handle(handle)?;
        self.vfs.lock().unwrap().pwrite(id, buf, offset, NOW)
    }

    fn handle_stat(&mut self, handle: FolderHandle) -> Result<FolderStat, Errno> {
        let id = self.handle(handle)?;
        self.vfs.lock().unwrap().fstat(id).map(told)
    }

    fn set_len(&mut self, handle: FolderHandle, len: u64) -> Result<(), Errno> {
        let id = self.handle(handle)?;
        self.vfs.lock().unwrap().set_len(id, len, NOW)
    }

    fn sync(&mut self, handle: FolderHandle) -> Result<(), Errno> {
        self.handle(handle).map(|_| ())
    }

    fn mkdir(&mut self, path: &[u8], mode: u16) -> Result<(), Errno> {
        self.with(path, |vfs, at| vfs.mkdir(at, mode, NOW))
    }

    fn rmdir(&mut self, path: &[u8]) -> Result<(), Errno> {
        self.with(path, |vfs, at| vfs.rmdir(at, NOW))
    }

    fn unlink(&mut self, path: &[u8]) -> Result<(), Errno> {
        self.with(path, |vfs, at| vfs.unlink(at, NOW))
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        self.with(to, |vfs, to| vfs.rename(At { path: from, ..to }, to, NOW))
    }

    fn symlink(&mut self, target: &[u8], path: &[u8]) -> Result<(), Errno> {
        self.with(path, |vfs, at| vfs.symlink(target, at, NOW))
    }

    fn link(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        self.with(to, |vfs, to| vfs.link(At { path: from, ..to }, false, to, NOW))
    }

    fn set_times(&mut self, path: &[u8], atime: Option<Time>, mtime: Option<Time>) -> Result<(), Errno> {
        self.with(path, |vfs, at| vfs.lookup(at, false).and_then(|ino| vfs.set_times(ino, atime, mtime, NOW)))
    }

    fn chmod(&mut self, path: &[u8], mode: u16) -> Result<(), Errno> {
        self.with(path, |vfs, at| vfs.lookup(at, false).and_then(|ino| vfs.chmod(ino, mode, NOW)))
    }
}
