//! `stat_at`: what a path leads to and what is told of it, in one question to a mounted folder.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail their test by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wasmsand_vfs::{
    At, Content, Errno, Folder, FolderHandle, FolderStat, Kind, Limits, Open, Scope, Time, Vfs,
};

/// A folder with `d/f` and a link to it, `l`. How often it was asked is the size of everything.
struct Asked(Arc<AtomicU64>);

impl Folder for Asked {
    fn stat(&mut self, path: &[u8]) -> Result<FolderStat, Errno> {
        let asked = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let kind = match path {
            b"" | b"d" => Kind::Directory,
            b"d/f" => Kind::File,
            b"l" => Kind::Symlink,
            _ => return Err(Errno::NoEnt),
        };
        let (time, ino) = (Time(0), path.len() as u64 + 100);
        Ok(FolderStat {
            ino,
            kind,
            mode: 0o755,
            nlink: 1,
            uid: 1000,
            gid: 1000,
            size: asked,
            atime: time,
            mtime: time,
            ctime: time,
            blocks: 0,
        })
    }
    fn list(&mut self, _: &[u8]) -> Result<Vec<(Vec<u8>, Kind)>, Errno> {
        Err(Errno::NotSup)
    }
    fn read_link(&mut self, _: &[u8]) -> Result<Vec<u8>, Errno> {
        Ok(b"d/f".to_vec())
    }
    fn open(&mut self, _: &[u8], _: &Open) -> Result<FolderHandle, Errno> {
        Err(Errno::NotSup)
    }
    fn close(&mut self, _: FolderHandle) {}
    fn read_at(&mut self, _: FolderHandle, _: &mut [u8], _: u64) -> Result<usize, Errno> {
        Err(Errno::NotSup)
    }
    fn write_at(&mut self, _: FolderHandle, _: &[u8], _: u64) -> Result<usize, Errno> {
        Err(Errno::NotSup)
    }
    fn handle_stat(&mut self, _: FolderHandle) -> Result<FolderStat, Errno> {
        Err(Errno::NotSup)
    }
    fn set_len(&mut self, _: FolderHandle, _: u64) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn sync(&mut self, _: FolderHandle) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn mkdir(&mut self, _: &[u8], _: u16) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn rmdir(&mut self, _: &[u8]) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn unlink(&mut self, _: &[u8]) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn rename(&mut self, _: &[u8], _: &[u8]) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn symlink(&mut self, _: &[u8], _: &[u8]) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn link(&mut self, _: &[u8], _: &[u8]) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn set_times(&mut self, _: &[u8], _: Option<Time>, _: Option<Time>) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
    fn chmod(&mut self, _: &[u8], _: u16) -> Result<(), Errno> {
        Err(Errno::NotSup)
    }
}

#[test]
fn a_mounted_folder_is_asked_once_for_each_name() {
    // A path, whether a link at its end is followed, how often the folder is asked, and what is found.
    for (path, follow, asks, kind) in [
        ("/m/d", true, 1, Kind::Directory),
        ("/m/d/f", true, 2, Kind::File),
        ("/m/l", false, 1, Kind::Symlink),
        // The link, then the two names that it stands for.
        ("/m/l", true, 3, Kind::File),
        // The last name that was looked up is not what the path leads to: it is asked for again.
        ("/m/d/..", true, 2, Kind::Directory),
        ("/m/d/.", true, 1, Kind::Directory),
        ("/m", true, 1, Kind::Directory),
        ("/own", true, 0, Kind::File),
    ] {
        let asked = Arc::new(AtomicU64::new(0));
        let mut vfs = Vfs::new(Limits::default(), Time(0));
        let root = vfs.root();
        let at = |path: &'static str| At { dir: root, path: path.as_bytes(), scope: Scope::Anywhere };
        vfs.mkdir(at("/m"), 0o755, Time(0)).unwrap();
        vfs.add_file(at("/own"), Content::from_static(b""), 0o644, Time(0)).unwrap();
        vfs.mount(at("/m"), Box::new(Asked(Arc::clone(&asked))), false).unwrap();
        let (ino, stat) = vfs.stat_at(at(path), follow).unwrap();
        assert_eq!((stat.kind, stat.size), (kind, asks), "{path}");
        assert_eq!(asked.load(Ordering::Relaxed), asks, "{path}");
        assert_eq!(vfs.lookup(at(path), follow), Ok(ino), "{path}");
        // What was told is not kept for later: another question gets another answer.
        let before = asked.load(Ordering::Relaxed);
        assert_eq!(vfs.stat(ino).unwrap().size > before, asks != 0, "{path}");
    }
}

#[test]
fn what_is_missing_is_missing() {
    let mut vfs = Vfs::new(Limits::default(), Time(0));
    let root = vfs.root();
    let at = |path: &'static str| At { dir: root, path: path.as_bytes(), scope: Scope::Anywhere };
    vfs.mkdir(at("/m"), 0o755, Time(0)).unwrap();
    vfs.mount(at("/m"), Box::new(Asked(Arc::new(AtomicU64::new(0)))), false).unwrap();
    assert_eq!(vfs.stat_at(at("/m/none"), true), Err(Errno::NoEnt));
    assert_eq!(vfs.stat_at(at("/none"), true), Err(Errno::NoEnt));
    assert_eq!(vfs.stat_at(at("/m/d/f/"), true), Err(Errno::NotDir));
}
