//! `HostFolder`: a folder of the host, mounted into the file system. Owns its open files and the numbers of devices.
//!
//! Every operation names one component below a directory handle of `cap-std`, which resolves beneath its root on the
//! kernel's own terms (`openat2` where there is one), so neither a symbolic link nor a rename underneath leads out.
//! Only regular files are ever opened, and never in a way that waits for somebody: a pipe, a socket or a device that
//! the host has, or puts there in the last moment, is refused.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{
    Dir, File, FileExt, FileTypeExt, MetadataExt, OpenOptions, OpenOptionsExt, Permissions, PermissionsExt,
};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Timespec, Timestamps};
use wasmsand_wasi::vfs::{Folder, FolderHandle, FolderStat};
use wasmsand_wasi::{Errno, Kind, Open, Time};

/// More names than this in one directory are not listed: they would only fill the memory.
const ENTRIES_MAX: usize = 1 << 20;

/// A file that the host makes and removes again and again is not opened for ever.
const OPEN_TRIES: u32 = 16;

/// The permission bits that a program in the sandbox may set on the host. A set-user-id program of the sandbox's
/// making would run as the host's user.
const MODE_BITS: u16 = 0o1777;

/// Inode numbers of the folder's own device are told as they are, those of others with a number of ours in the bits
/// from here on.
const DEVICE_SHIFT: u32 = 48;

/// A host directory, opened once; every path is resolved beneath it.
pub struct HostFolder {
    root: Dir,
    files: HashMap<u64, File>,
    next: u64,
    read_only: bool,
    /// The devices that were met: the folder's own first, then what is mounted in it.
    devices: Vec<u64>,
}

pub(super) fn errno(error: &io::Error) -> Errno {
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
    } else if file_type.is_fifo() {
        Kind::Fifo
    } else {
        // Sockets and devices of the host are seen and not opened.
        Kind::CharDevice
    }
}

fn time(seconds: i64, nanoseconds: i64) -> Time {
    let ns = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
    Time(u64::try_from(ns.max(0)).unwrap_or(u64::MAX))
}

/// What is told of a file; the number is its own device's.
pub(super) fn stat_of(metadata: &cap_std::fs::Metadata) -> FolderStat {
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
        let devices = vec![root.dir_metadata()?.dev()];
        Ok(HostFolder { root, files: HashMap::new(), next: 0, read_only, devices })
    }

    /// What is told of a file, with a number that no other file in the folder has.
    fn told(&mut self, metadata: &cap_std::fs::Metadata) -> FolderStat {
        let mut told = stat_of(metadata);
        let dev = metadata.dev();
        let index = self.devices.iter().position(|met| *met == dev).unwrap_or_else(|| {
            self.devices.push(dev);
            self.devices.len().saturating_sub(1)
        });
        if index > 0 {
            let high = u64::try_from(index).ok().filter(|index| *index < 1 << 14);
            let low = Some(told.ino).filter(|ino| *ino < 1 << DEVICE_SHIFT);
            // 0 is no number: the file system gives one by name.
            told.ino = high.zip(low).map_or(0, |(high, low)| high << DEVICE_SHIFT | low);
        }
        told
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
        let metadata = self.root.symlink_metadata(path(at)).map_err(|e| errno(&e))?;
        Ok(self.told(&metadata))
    }

    fn list(&mut self, at: &[u8]) -> Result<Vec<(Vec<u8>, Kind)>, Errno> {
        let mut names = Vec::new();
        for entry in self.root.read_dir(path(at)).map_err(|e| errno(&e))? {
            let entry = entry.map_err(|e| errno(&e))?;
            if names.len() >= ENTRIES_MAX {
                return Err(Errno::NoMem);
            }
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
        if how.write || how.truncate {
            self.changing()?;
        }
        let is_new = how.create && how.exclusive;
        for _ in 0..OPEN_TRIES {
            if !is_new {
                match self.open_existing(at, how) {
                    Err(Errno::NoEnt) if how.create => {}
                    Err(errno) => return Err(errno),
                    Ok(file) => return Ok(self.keep(file)),
                }
            }
            self.changing()?;
            match self.create(at, how) {
                Err(Errno::Exist) if !is_new => {}
                Err(errno) => return Err(errno),
                Ok(file) => return Ok(self.keep(file)),
            }
        }
        Err(Errno::Again)
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
        let metadata = self.file(handle)?.metadata().map_err(|e| errno(&e))?;
        Ok(self.told(&metadata))
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
        let (parent, name) = self.parent_of(at)?;
        set_mode(&parent, name, mode).map_err(super::native::errno_of)
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

    /// Opens a regular file that is there. `EISDIR`, `ENOTSUP`: it is something else.
    fn open_existing(&self, at: &[u8], how: &Open) -> Result<File, Errno> {
        let mut options = OpenOptions::new();
        // The vfs keeps offsets itself, so an append is a write at the end.
        options
            .read(how.read || !how.write)
            .write(how.write || how.truncate)
            .truncate(how.truncate)
            .custom_flags(open_flags());
        let file = self.root.open_with(path(at), &options).map_err(|e| errno(&e))?;
        let metadata = file.metadata().map_err(|e| errno(&e))?;
        match kind_of(metadata.file_type()) {
            Kind::File => Ok(file),
            Kind::Directory => Err(Errno::IsDir),
            Kind::Symlink | Kind::Fifo | Kind::CharDevice => Err(Errno::NotSup),
        }
    }

    /// Creates a file. `EEXIST`: anything is there.
    fn create(&self, at: &[u8], how: &Open) -> Result<File, Errno> {
        let mode = how.mode & MODE_BITS;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(u32::from(mode)).custom_flags(open_flags());
        let file = self.root.open_with(path(at), &options).map_err(|e| errno(&e))?;
        // The sandbox has a umask of its own: the host's must not take more away.
        file.set_permissions(Permissions::from_mode(u32::from(mode))).map_err(|e| errno(&e))?;
        Ok(file)
    }

    fn keep(&mut self, file: File) -> FolderHandle {
        self.next = self.next.saturating_add(1);
        self.files.insert(self.next, file);
        FolderHandle(self.next)
    }
}

/// No link at the end is followed, nobody is waited for, and no terminal becomes ours.
pub(super) fn open_flags() -> i32 {
    i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits()).unwrap_or(0)
}

/// Sets the permission bits of a file or directory; a link is not followed. `ENOTSUP`: it is something else.
fn set_mode(parent: &Dir, name: &OsStr, mode: u16) -> Result<(), rustix::io::Errno> {
    let mode = Mode::from_bits_truncate((mode & MODE_BITS).into());
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use std::os::fd::AsRawFd;
        // A handle that can neither read nor write needs no permission and wakes nobody; its own name under /proc is
        // the only way to say chmod of it.
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(parent, name, flags, Mode::empty())?;
        check_has_mode(fd.as_fd())?;
        let magic = format!("/proc/self/fd/{}", fd.as_raw_fd());
        match rustix::fs::chmodat(rustix::fs::CWD, magic, mode, AtFlags::empty()) {
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => {}
            done => return done,
        }
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let fd = rustix::fs::openat(parent, name, flags, Mode::empty())?;
    check_has_mode(fd.as_fd())?;
    rustix::fs::fchmod(fd, mode)
}

fn check_has_mode(fd: std::os::fd::BorrowedFd<'_>) -> Result<(), rustix::io::Errno> {
    match FileType::from_raw_mode(rustix::fs::fstat(fd)?.st_mode) {
        FileType::RegularFile | FileType::Directory => Ok(()),
        _ => Err(rustix::io::Errno::NOTSUP),
    }
}
