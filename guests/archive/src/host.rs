//! The host: files by the bytes of their names, with what std does not tell under WASI (modes, owners, links, FIFOs).
//!
//! It owns nothing; what differs between the sandbox and Unix, where the programs are tested, is in [`place`].

#[cfg_attr(target_os = "wasi", path = "host/wasmsand.rs")]
#[cfg_attr(not(target_os = "wasi"), path = "host/native.rs")]
mod place;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use os::{OsStrExt, OsStringExt};
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps};
use rustix::io::Errno;

pub use place::{Filter, enter, make_fifo, set_mode, set_owner, stat, stat_fd, umask};

/// Bits of a mode that tell the type, and the types.
pub const TYPE: u32 = 0o170_000;
pub const REGULAR: u32 = 0o100_000;
pub const DIRECTORY: u32 = 0o040_000;
pub const LINK: u32 = 0o120_000;
pub const FIFO: u32 = 0o010_000;
pub const CHARACTER: u32 = 0o020_000;
pub const BLOCK: u32 = 0o060_000;

/// A time: seconds since 1970 and nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// What stat(2) tells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stat {
    pub dev: u64,
    pub ino: u64,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub rdev_major: u32,
    pub rdev_minor: u32,
    pub nlink: u64,
    pub size: u64,
    pub atime: Time,
    pub mtime: Time,
    pub ctime: Time,
}

impl Stat {
    pub fn is(&self, kind: u32) -> bool {
        self.mode & TYPE == kind
    }
}

/// A name as std has it.
pub fn os(path: &[u8]) -> &OsStr {
    OsStr::from_bytes(path)
}

/// A name's bytes.
pub fn bytes(name: OsString) -> Vec<u8> {
    name.into_vec()
}

/// Why a call failed, in glibc's words.
pub fn reason(error: &io::Error) -> String {
    match Errno::from_io_error(error) {
        Some(errno) => cli::wording::reason(errno),
        None => error.to_string(),
    }
}

pub fn is(error: &io::Error, errno: Errno) -> bool {
    Errno::from_io_error(error) == Some(errno)
}

pub fn open(path: &[u8]) -> io::Result<File> {
    File::open(os(path))
}

/// Makes a file that was not there; nobody else may read it until its mode is set.
pub fn create_new(path: &[u8]) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(os(path))
}

pub fn make_directory(path: &[u8]) -> io::Result<()> {
    fs::create_dir(os(path))
}

pub fn remove_file(path: &[u8]) -> io::Result<()> {
    fs::remove_file(os(path))
}

pub fn remove_directory(path: &[u8]) -> io::Result<()> {
    fs::remove_dir(os(path))
}

pub fn rename(from: &[u8], to: &[u8]) -> io::Result<()> {
    fs::rename(os(from), os(to))
}

/// Another name for a file; a symbolic link is not followed.
pub fn hard_link(target: &[u8], path: &[u8]) -> io::Result<()> {
    fs::hard_link(os(target), os(path))
}

pub fn symbolic_link(target: &[u8], path: &[u8]) -> io::Result<()> {
    rustix::fs::symlink(os(target), os(path)).map_err(io::Error::from)
}

pub fn read_link(path: &[u8]) -> io::Result<Vec<u8>> {
    fs::read_link(os(path)).map(|target| target.into_os_string().into_vec())
}

/// The names in a directory.
pub fn names(path: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    fs::read_dir(os(path))?.map(|entry| entry.map(|entry| entry.file_name().into_vec())).collect()
}

/// Sets both times of a path.
pub fn set_times(path: &[u8], follow: bool, atime: Time, mtime: Time) -> io::Result<()> {
    // The field is no wider than it needs to be everywhere.
    #[allow(clippy::unnecessary_fallible_conversions, reason = "it is 32 bits wide under WASI")]
    let spec = |time: Time| Timespec {
        tv_sec: time.seconds,
        tv_nsec: time.nanoseconds.try_into().unwrap_or_default(),
    };
    let times = Timestamps { last_access: spec(atime), last_modification: spec(mtime) };
    let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    rustix::fs::utimensat(CWD, os(path), &times, flags).map_err(io::Error::from)
}

/// The time now.
pub fn now() -> Time {
    match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
        Ok(since) => Time {
            seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            nanoseconds: since.subsec_nanos(),
        },
        Err(_) => Time::default(),
    }
}

/// Standard input, unbuffered.
pub fn stdin() -> File {
    place::stream(0)
}

/// Standard output, unbuffered.
pub fn stdout() -> File {
    place::stream(1)
}

pub fn is_terminal(fd: impl std::os::fd::AsFd) -> bool {
    std::io::IsTerminal::is_terminal(&fd.as_fd())
}
