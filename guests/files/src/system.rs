//! The system: the calls on files that these programs make, on paths that are bytes, with an errno for an error.
//!
//! It owns what WASI and Unix have in common; [`host`] is what they have not: modes and owners come from the
//! `wasmsand` module there and from the system's own calls here.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};
use rustix::io::Errno;

use crate::os::OsStringExt;

#[cfg(unix)]
#[path = "system/native.rs"]
mod host;
#[cfg(target_os = "wasi")]
#[path = "system/wasmsand.rs"]
mod host;

pub use host::{
    access, enter, lstat, make_fifo, set_mode, set_mode_fd, set_owner, set_umask, space, stat, stat_fd,
    terminal_columns, user,
};

/// Bits of a mode that tell the type, and the types.
pub const TYPE: u32 = 0o170_000;
pub const FIFO: u32 = 0o010_000;
pub const CHARACTERS: u32 = 0o020_000;
pub const DIRECTORY: u32 = 0o040_000;
pub const BLOCKS: u32 = 0o060_000;
pub const REGULAR: u32 = 0o100_000;
pub const LINK: u32 = 0o120_000;
pub const SOCKET: u32 = 0o140_000;

/// A point in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// Since 1970.
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// Everything about a file, as stat(2) has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    pub dev: u64,
    pub ino: u64,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub major: u32,
    pub minor: u32,
    pub nlink: u64,
    pub size: u64,
    /// Units of 512 bytes.
    pub blocks: u64,
    pub atime: Time,
    pub mtime: Time,
    pub ctime: Time,
}

impl Stat {
    pub fn kind(&self) -> u32 {
        self.mode & TYPE
    }

    pub fn is_directory(&self) -> bool {
        self.kind() == DIRECTORY
    }

    pub fn is_link(&self) -> bool {
        self.kind() == LINK
    }

    pub fn is_regular(&self) -> bool {
        self.kind() == REGULAR
    }

    /// What tells one file from another.
    pub fn identity(&self) -> (u64, u64) {
        (self.dev, self.ino)
    }
}

/// Room in a file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Space {
    pub dev: u64,
    pub block_bytes: u64,
    pub blocks: u64,
    pub blocks_free: u64,
    /// Free for others than root.
    pub blocks_available: u64,
    pub files: u64,
    pub files_free: u64,
    pub name_bytes_max: u64,
    /// The number of its type, as statfs(2) has it.
    pub kind: u64,
}

/// An entry of a directory.
#[derive(Clone, Debug)]
pub struct DirEntry {
    pub name: Vec<u8>,
    pub ino: u64,
    /// The bits of its type; 0 where the directory does not tell.
    pub kind: u32,
}

/// The entries of a directory in its own order, without `.` and `..`.
pub fn read_dir(path: &[u8]) -> Result<Vec<DirEntry>, Errno> {
    let directory = open(path, OFlags::RDONLY | OFlags::DIRECTORY, 0)?;
    let mut entries = Vec::new();
    for entry in rustix::fs::Dir::new(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let kind = match entry.file_type() {
            rustix::fs::FileType::RegularFile => REGULAR,
            rustix::fs::FileType::Directory => DIRECTORY,
            rustix::fs::FileType::Symlink => LINK,
            rustix::fs::FileType::CharacterDevice => CHARACTERS,
            rustix::fs::FileType::BlockDevice => BLOCKS,
            // WASI tells a FIFO from a socket only by its mode.
            _ => 0,
        };
        entries.push(DirEntry { name: name.to_vec(), ino: entry.ino(), kind });
    }
    Ok(entries)
}

/// Opens a file; `mode` counts where it is created, and on WASI only by the umask.
pub fn open(path: &[u8], flags: OFlags, mode: u32) -> Result<OwnedFd, Errno> {
    // WASI takes it for the directory that a path begins at.
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    rustix::io::retry_on_intr(|| rustix::fs::open(path, flags | OFlags::CLOEXEC, mode_bits(mode)))
}

pub fn open_read(path: &[u8]) -> Result<OwnedFd, Errno> {
    open(path, OFlags::RDONLY, 0)
}

/// The bits in rustix's type. WASI has no bits at all in its own calls.
fn mode_bits(mode: u32) -> Mode {
    Mode::from_raw_mode((mode & 0o7777) as _)
}

pub fn make_directory(path: &[u8], mode: u32) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    rustix::fs::mkdir(path, mode_bits(mode))
}

pub fn remove(path: &[u8]) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    rustix::fs::unlink(path)
}

pub fn remove_directory(path: &[u8]) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    // WASI knows the directory by its name.
    if crate::path::base_name(path) == b"." {
        return Err(Errno::INVAL);
    }
    rustix::fs::rmdir(path)
}

pub fn rename(from: &[u8], to: &[u8]) -> Result<(), Errno> {
    if from.is_empty() || to.is_empty() {
        return Err(Errno::NOENT);
    }
    // WASI knows the directory by its name.
    if matches!(crate::path::base_name(from), b"." | b"..") {
        return Err(Errno::BUSY);
    }
    rustix::fs::rename(from, to)
}

pub fn make_link(target: &[u8], path: &[u8]) -> Result<(), Errno> {
    rustix::fs::symlink(target, path)
}

/// Another name for a file; with `follow`, for what a symbolic link leads to.
pub fn make_hard_link(old: &[u8], new: &[u8], follow: bool) -> Result<(), Errno> {
    if old.is_empty() || new.is_empty() {
        return Err(Errno::NOENT);
    }
    // The call itself cannot follow links under WASI.
    if follow && lstat(old).is_ok_and(|stat| stat.is_link()) {
        let followed = std::fs::canonicalize(OsString::from_vec(old.to_vec()));
        let followed = followed.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        return rustix::fs::linkat(CWD, followed, CWD, new, AtFlags::empty());
    }
    rustix::fs::linkat(CWD, old, CWD, new, AtFlags::empty())
}

pub fn read_link(path: &[u8]) -> Result<Vec<u8>, Errno> {
    rustix::fs::readlink(path, Vec::new()).map(std::ffi::CString::into_bytes)
}

/// What a time of a file is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewTime {
    Keep,
    Now,
    At(Time),
}

pub fn set_times(path: &[u8], access: NewTime, modification: NewTime, follow: bool) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    rustix::fs::utimensat(CWD, path, &timestamps(access, modification), flags)
}

pub fn set_times_fd(file: impl AsFd, access: NewTime, modification: NewTime) -> Result<(), Errno> {
    rustix::fs::futimens(file, &timestamps(access, modification))
}

fn timestamps(access: NewTime, modification: NewTime) -> Timestamps {
    let spec = |time| match time {
        NewTime::Keep => Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        NewTime::Now => Timespec { tv_sec: 0, tv_nsec: UTIME_NOW },
        NewTime::At(time) => {
            Timespec { tv_sec: time.seconds, tv_nsec: time.nanoseconds.cast_signed().into() }
        }
    };
    Timestamps { last_access: spec(access), last_modification: spec(modification) }
}

/// What a clock on the wall shows.
pub fn now() -> Time {
    match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
        Ok(since) => Time {
            seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            nanoseconds: since.subsec_nanos(),
        },
        Err(_) => Time::default(),
    }
}

/// Reads what there is, up to the length of the block; 0 is the end.
pub fn read(file: impl AsFd, block: &mut [u8]) -> Result<usize, Errno> {
    rustix::io::retry_on_intr(|| rustix::io::read(&file, &mut *block))
}

/// Writes all of `bytes`.
pub fn write_all(file: impl AsFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::write(&file, bytes))?;
        // A device that takes nothing and reports nothing would keep us here for ever.
        bytes = bytes.get(written..).filter(|_| written > 0).ok_or(Errno::NOSPC)?;
    }
    Ok(())
}

/// A mode as the ten letters of `ls -l`.
pub fn mode_letters(mode: u32) -> String {
    let kind = match mode & TYPE {
        FIFO => 'p',
        CHARACTERS => 'c',
        DIRECTORY => 'd',
        BLOCKS => 'b',
        REGULAR => '-',
        LINK => 'l',
        SOCKET => 's',
        _ => '?',
    };
    format!("{kind}{}", crate::chmod::mode::letters(mode))
}

/// The umask.
pub fn umask() -> u32 {
    let mask = set_umask(0o077);
    set_umask(mask);
    mask
}

/// Everything in a file.
pub fn read_whole(path: &[u8]) -> Result<Vec<u8>, Errno> {
    let file = open_read(path)?;
    let (mut bytes, mut block) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        match read(&file, &mut block)? {
            0 => return Ok(bytes),
            length => bytes.extend_from_slice(block.get(..length).unwrap_or_default()),
        }
    }
}
