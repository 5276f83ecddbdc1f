//! The calls that WASI lacks, as the `wasmsand` module has them.

use std::ffi::OsString;
use std::os::fd::AsFd;
use std::os::wasi::ffi::OsStringExt;
use std::path::PathBuf;

use rustix::io::Errno;
use wasmsand_sys::{directory, file, process, terminal};

use super::{Space, Stat, Time};

/// Makes the directory that the process was started in std's too.
pub fn enter() {
    directory::enter();
}

pub fn stat(path: &[u8]) -> Result<Stat, Errno> {
    named(path)?;
    file::stat(os(path), true).map(translated).map_err(errno_of)
}

pub fn lstat(path: &[u8]) -> Result<Stat, Errno> {
    named(path)?;
    file::stat(os(path), false).map(translated).map_err(errno_of)
}

pub fn stat_fd(fd: impl AsFd) -> Result<Stat, Errno> {
    file::stat_fd(fd).map(translated).map_err(errno_of)
}

pub fn set_mode(path: &[u8], mode: u32) -> Result<(), Errno> {
    file::set_mode(os(path), true, mode & 0o7777).map_err(errno_of)
}

pub fn set_mode_fd(fd: impl AsFd, mode: u32) -> Result<(), Errno> {
    file::set_mode_fd(fd, mode & 0o7777).map_err(errno_of)
}

pub fn set_owner(path: &[u8], follow: bool, uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno> {
    file::set_owner(os(path), follow, uid, gid).map_err(errno_of)
}

pub fn make_fifo(path: &[u8], mode: u32) -> Result<(), Errno> {
    file::make_fifo(os(path), mode).map_err(errno_of)
}

/// Sets the umask; answers the old one.
pub fn set_umask(mask: u32) -> u32 {
    // The call has no other failure than a wrong address.
    process::set_umask(mask).unwrap_or(0o022)
}

pub fn access(path: &[u8], mode: u32) -> Result<(), Errno> {
    file::access(os(path), mode).map_err(errno_of)
}

pub fn space(path: &[u8]) -> Result<Space, Errno> {
    let space = file::space(os(path)).map_err(errno_of)?;
    Ok(Space {
        dev: space.dev,
        block_bytes: space.block_bytes,
        blocks: space.blocks,
        blocks_free: space.blocks_free,
        blocks_available: space.blocks_free,
        files: space.files,
        files_free: space.files_free,
        name_bytes_max: space.name_bytes_max,
        kind: 0,
    })
}

/// How wide the terminal is, if there is one.
pub fn terminal_columns() -> Option<usize> {
    terminal::size().ok().and_then(|(columns, _)| usize::try_from(columns).ok())
}

/// The numbers of the person and of the group. The sandbox has one person.
pub fn user() -> (u32, u32) {
    (1000, 1000)
}

/// A path without a name is nobody's; the host takes it for the current directory.
fn named(path: &[u8]) -> Result<(), Errno> {
    if path.is_empty() { Err(Errno::NOENT) } else { Ok(()) }
}

fn translated(stat: file::Stat) -> Stat {
    Stat {
        dev: stat.dev,
        ino: stat.ino,
        mode: stat.mode,
        uid: stat.uid,
        gid: stat.gid,
        major: stat.rdev_major,
        minor: stat.rdev_minor,
        nlink: stat.nlink,
        size: stat.size,
        blocks: stat.blocks,
        atime: time(stat.atime),
        mtime: time(stat.mtime),
        ctime: time(stat.ctime),
    }
}

fn time(nanoseconds: u64) -> Time {
    let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    Time {
        seconds: i64::try_from(seconds).unwrap_or(i64::MAX),
        nanoseconds: u32::try_from(rest).unwrap_or(0),
    }
}

fn os(path: &[u8]) -> PathBuf {
    OsString::from_vec(path.to_vec()).into()
}

fn errno_of(error: std::io::Error) -> Errno {
    Errno::from_io_error(&error).unwrap_or(Errno::IO)
}
