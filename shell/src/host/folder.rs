//! A folder of the host, mounted into the file system or copied into it.
//!
//! Every operation names one component below a directory handle of `cap-std`, which resolves beneath its root on the
//! kernel's own terms (`openat2` where there is one), so neither a symbolic link nor a rename underneath leads out.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{
    Dir, File, FileExt, MetadataExt, OpenOptions, OpenOptionsExt, Permissions, PermissionsExt,
};
use rustix::fs::{AtFlags, Timespec, Timestamps};
use wasmsand_wasi::vfs::{At, Content, Folder, FolderHandle, FolderStat, Ino, Scope, Vfs};
use wasmsand_wasi::{Errno, Kind, Open, Time};

/// A host directory, opened once; every path is resolved beneath it.
pub struct HostFolder {
    root: Dir,
    files: HashMap<u64, File>,
    next: u64,
    read_only: bool,
}

fn errno(error: &io::Error) -> Errno {
    match error.raw_os_error() {
        Some(number) => super::native::errno_of(rustix::io::Errno::from_raw_os_error(number)),
        None if error.kind() == io::ErrorKind::PermissionDenied => Errno::Perm,
        None => Errno::Io,
    }
}

fn path(bytes: &[u8]) -> &Path {
    if bytes.is_empty() { Path::new(".") } else { Path::new(OsStr::from_bytes(bytes)) }
}

fn kind_of(file_type: cap_std::fs::FileType) -> Kind {
    if file_type.is_dir() {
        Kind::Directory
    } else if file_type.is_symlink() {
        Kind::Symlink
    } else if file_type.is_file() {
        Kind::File
    } else {
        // Sockets, devices and pipes of the host are seen and not opened.
        Kind::CharDevice
    }
}

fn time(seconds: i64, nanoseconds: i64) -> Time {
    let ns = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
    Time(u64::try_from(ns.max(0)).unwrap_or(u64::MAX))
}

fn stat_of(metadata: &cap_std::fs::Metadata) -> FolderStat {
    FolderStat {
        ino: metadata.ino(),
        kind: kind_of(metadata.file_type()),
        mode: u16::try_from(metadata.mode() & 0o7777).unwrap_or(0),
        nlink: metadata.nlink(),
        uid: wasmsand_wasi::vfs::UID,
        gid: wasmsand_wasi::vfs::GID,
        size: metadata.size(),
        atime: time(metadata.atime(), metadata.atime_nsec()),
        mtime: time(metadata.mtime(), metadata.mtime_nsec()),
        ctime: time(metadata.ctime(), metadata.ctime_nsec()),
        blocks: metadata.blocks(),
    }
}

impl HostFolder {
    /// Opens a directory of the host.
    ///
    /// # Errors
    /// When it is missing, not a directory, or not to be read.
    pub fn open(folder: &Path, read_only: bool) -> io::Result<HostFolder> {
        let root = Dir::open_ambient_dir(folder, ambient_authority())?;
        Ok(HostFolder { root, files: HashMap::new(), next: 0, read_only })
    }

    fn file(&self, handle: FolderHandle) -> Result<&File, Errno> {
        self.files.get(&handle.0).ok_or(Errno::BadF)
    }

    fn changing(&self) -> Result<(), Errno> {
        if self.read_only { Err(Errno::RoFs) } else { Ok(()) }
    }
}

impl Folder for HostFolder {
    fn stat(&mut self, at: &[u8]) -> Result<FolderStat, Errno> {
        self.root.symlink_metadata(path(at)).map(|metadata| stat_of(&metadata)).map_err(|e| errno(&e))
    }

    fn list(&mut self, at: &[u8]) -> Result<Vec<(Vec<u8>, Kind)>, Errno> {
        let mut names = Vec::new();
        for entry in self.root.read_dir(path(at)).map_err(|e| errno(&e))? {
            let entry = entry.map_err(|e| errno(&e))?;
            let kind = entry.file_type().map_or(Kind::CharDevice, kind_of);
            names.push((entry.file_name().into_vec(), kind));
        }
        Ok(names)
    }

    fn read_link(&mut self, at: &[u8]) -> Result<Vec<u8>, Errno> {
        let target = self.root.read_link_contents(path(at)).map_err(|e| errno(&e))?;
        Ok(target.into_os_string().into_vec())
    }

    fn open(&mut self, at: &[u8], how: &Open) -> Result<FolderHandle, Errno> {
        if how.write || how.append || how.create || how.truncate {
            self.changing()?;
        }
        let mut options = OpenOptions::new();
        // The vfs keeps offsets itself, so an append is a write at the end. Nothing is followed, and a pipe that
        // somebody put there does not block.
        options
            .read(how.read || !how.write)
            .write(how.write || how.truncate || how.create)
            .create(how.create)
            .create_new(how.create && how.exclusive)
            .truncate(how.truncate)
            .mode(u32::from(how.mode))
            .custom_flags(
                i32::try_from((rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits())
                    .unwrap_or(0),
            );
        let file = self.root.open_with(path(at), &options).map_err(|e| errno(&e))?;
        if !file.metadata().map_err(|e| errno(&e))?.is_file() {
            return Err(Errno::Acces);
        }
        self.next += 1;
        self.files.insert(self.next, file);
        Ok(FolderHandle(self.next))
    }

    fn close(&mut self, handle: FolderHandle) {
        self.files.remove(&handle.0);
    }

    fn read_at(&mut self, handle: FolderHandle, bytes: &mut [u8], offset: u64) -> Result<usize, Errno> {
        self.file(handle)?.read_at(bytes, offset).map_err(|e| errno(&e))
    }

    fn write_at(&mut self, handle: FolderHandle, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
        self.changing()?;
        self.file(handle)?.write_at(bytes, offset).map_err(|e| errno(&e))
    }

    fn handle_stat(&mut self, handle: FolderHandle) -> Result<FolderStat, Errno> {
        self.file(handle)?.metadata().map(|metadata| stat_of(&metadata)).map_err(|e| errno(&e))
    }

    fn set_len(&mut self, handle: FolderHandle, len: u64) -> Result<(), Errno> {
        self.changing()?;
        self.file(handle)?.set_len(len).map_err(|e| errno(&e))
    }

    fn sync(&mut self, handle: FolderHandle) -> Result<(), Errno> {
        self.file(handle)?.sync_all().map_err(|e| errno(&e))
    }

    fn mkdir(&mut self, at: &[u8], mode: u16) -> Result<(), Errno> {
        self.changing()?;
        self.root.create_dir(path(at)).map_err(|e| errno(&e))?;
        self.chmod(at, mode)
    }

    fn rmdir(&mut self, at: &[u8]) -> Result<(), Errno> {
        self.changing()?;
        self.root.remove_dir(path(at)).map_err(|e| errno(&e))
    }

    fn unlink(&mut self, at: &[u8]) -> Result<(), Errno> {
        self.changing()?;
        self.root.remove_file(path(at)).map_err(|e| errno(&e))
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        self.changing()?;
        self.root.rename(path(from), &self.root, path(to)).map_err(|e| errno(&e))
    }

    fn symlink(&mut self, target: &[u8], at: &[u8]) -> Result<(), Errno> {
        self.changing()?;
        // The target is text: it is resolved by the vfs, never by the host.
        self.root.symlink_contents(OsStr::from_bytes(target), path(at)).map_err(|e| errno(&e))
    }

    fn link(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        self.changing()?;
        self.root.hard_link(path(from), &self.root, path(to)).map_err(|e| errno(&e))
    }

    fn set_times(&mut self, at: &[u8], atime: Option<Time>, mtime: Option<Time>) -> Result<(), Errno> {
        self.changing()?;
        let stamp = |time: Option<Time>| match time {
            Some(Time(ns)) => Timespec {
                tv_sec: i64::try_from(ns / 1_000_000_000).unwrap_or(i64::MAX),
                tv_nsec: i64::try_from(ns % 1_000_000_000).unwrap_or(0),
            },
            None => Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_OMIT },
        };
        let times = Timestamps { last_access: stamp(atime), last_modification: stamp(mtime) };
        let (parent, name) = self.parent_of(at)?;
        rustix::fs::utimensat(parent, name, &times, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(super::native::errno_of)
    }

    fn chmod(&mut self, at: &[u8], mode: u16) -> Result<(), Errno> {
        self.changing()?;
        self.root.set_permissions(path(at), Permissions::from_mode(u32::from(mode))).map_err(|e| errno(&e))
    }
}

impl HostFolder {
    /// The directory that holds a path, opened beneath the root, and the path's last name.
    fn parent_of<'p>(&self, at: &'p [u8]) -> Result<(Dir, &'p OsStr), Errno> {
        let (parent, name) = match at.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => (at.get(..slash).unwrap_or_default(), at.get(slash + 1..).unwrap_or_default()),
            None => (&[] as &[u8], at),
        };
        let name = if name.is_empty() { OsStr::new(".") } else { OsStr::from_bytes(name) };
        let dir = self.root.open_dir(path(parent)).map_err(|e| errno(&e))?;
        Ok((dir, name))
    }
}

/// Copies a host folder into a directory of the file system: files, directories and links with their modes and
/// times; anything else is left out.
///
/// # Errors
/// The path that failed, and why.
pub fn copy_into(folder: &Path, vfs: &mut Vfs, to: Ino, now: Time) -> Result<(), (String, Errno)> {
    let failed = |name: &Path, e: &io::Error| (name.display().to_string(), errno(e));
    let root = Dir::open_ambient_dir(folder, ambient_authority()).map_err(|e| failed(folder, &e))?;
    // A work list and not a recursion: a host tree may be deeper than our stack.
    let mut directories = vec![(root, to)];
    while let Some((dir, target)) = directories.pop() {
        for entry in dir.entries().map_err(|e| failed(folder, &e))? {
            let entry = entry.map_err(|e| failed(folder, &e))?;
            let name = entry.file_name();
            let shown = Path::new(&name);
            let metadata = dir.symlink_metadata(shown).map_err(|e| failed(shown, &e))?;
            let stat = stat_of(&metadata);
            let at = At { dir: target, path: name.as_bytes(), scope: Scope::Beneath };
            let in_vfs = |e: Errno| (shown.display().to_string(), e);
            match stat.kind {
                Kind::Directory => {
                    vfs.mkdir(at, stat.mode | 0o700, now).map_err(in_vfs)?;
                    let ino = vfs.lookup(at, false).map_err(in_vfs)?;
                    directories.push((dir.open_dir(shown).map_err(|e| failed(shown, &e))?, ino));
                }
                Kind::File => {
                    let bytes = dir.read(shown).map_err(|e| failed(shown, &e))?;
                    let ino = vfs.add_file(at, Content::owned(bytes), stat.mode, now).map_err(in_vfs)?;
                    vfs.set_times(ino, Some(stat.atime), Some(stat.mtime), now).map_err(in_vfs)?;
                }
                Kind::Symlink => {
                    let link = dir.read_link_contents(shown).map_err(|e| failed(shown, &e))?;
                    vfs.symlink(link.as_os_str().as_bytes(), at, now).map_err(in_vfs)?;
                }
                Kind::Fifo | Kind::CharDevice => {}
            }
        }
    }
    Ok(())
}
