//! The stand-in for the `wasmsand` module where the programs are built for Unix, to be tested.

use std::os::fd::AsFd;

use rustix::fs::{Access, AtFlags, CWD, FileType, Gid, Mode, Uid};
use rustix::io::Errno;

use super::{Space, Stat, Time};

/// The directory that the process was started in is std's anyway.
pub fn enter() {}

pub fn stat(path: &[u8]) -> Result<Stat, Errno> {
    rustix::fs::stat(path).map(translated)
}

pub fn lstat(path: &[u8]) -> Result<Stat, Errno> {
    rustix::fs::lstat(path).map(translated)
}

pub fn stat_fd(fd: impl AsFd) -> Result<Stat, Errno> {
    rustix::fs::fstat(fd).map(translated)
}

pub fn set_mode(path: &[u8], mode: u32) -> Result<(), Errno> {
    rustix::fs::chmod(path, Mode::from_raw_mode(mode & 0o7777))
}

pub fn set_mode_fd(fd: impl AsFd, mode: u32) -> Result<(), Errno> {
    rustix::fs::fchmod(fd, Mode::from_raw_mode(mode & 0o7777))
}

pub fn set_owner(path: &[u8], follow: bool, uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno> {
    let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    rustix::fs::chownat(CWD, path, uid.map(Uid::from_raw), gid.map(Gid::from_raw), flags)
}

pub fn make_fifo(path: &[u8], mode: u32) -> Result<(), Errno> {
    rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(mode & 0o7777), 0)
}

/// Sets the umask; answers the old one.
pub fn set_umask(mask: u32) -> u32 {
    rustix::process::umask(Mode::from_raw_mode(mask)).as_raw_mode()
}

pub fn access(path: &[u8], mode: u32) -> Result<(), Errno> {
    rustix::fs::access(path, Access::from_bits_truncate(mode))
}

pub fn space(path: &[u8]) -> Result<Space, Errno> {
    let space = rustix::fs::statfs(path)?;
    let number = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(Space {
        dev: stat(path)?.dev,
        block_bytes: number(space.f_bsize),
        blocks: space.f_blocks,
        blocks_free: space.f_bfree,
        blocks_available: space.f_bavail,
        files: space.f_files,
        files_free: space.f_ffree,
        name_bytes_max: number(space.f_namelen),
        kind: number(space.f_type),
    })
}

/// How wide the terminal is, if there is one.
pub fn terminal_columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// The numbers of the person and of the group.
pub fn user() -> (u32, u32) {
    (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw())
}

fn translated(stat: rustix::fs::Stat) -> Stat {
    let time = |seconds: i64, nanoseconds: u64| Time {
        seconds,
        nanoseconds: u32::try_from(nanoseconds).unwrap_or(0),
    };
    Stat {
        dev: stat.st_dev,
        ino: stat.st_ino,
        mode: stat.st_mode,
        uid: stat.st_uid,
        gid: stat.st_gid,
        major: rustix::fs::major(stat.st_rdev),
        minor: rustix::fs::minor(stat.st_rdev),
        nlink: stat.st_nlink,
        size: u64::try_from(stat.st_size).unwrap_or(0),
        blocks: u64::try_from(stat.st_blocks).unwrap_or(0),
        atime: time(stat.st_atime, stat.st_atime_nsec),
        mtime: time(stat.st_mtime, stat.st_mtime_nsec),
        ctime: time(stat.st_ctime, stat.st_ctime_nsec),
    }
}
