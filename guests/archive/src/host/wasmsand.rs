//! What preview1 lacks, by the module `wasmsand`.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use wasmsand_sys::{directory, file, process};

use super::{Stat, Time, os};

/// Makes the directory that the process was started in std's too.
pub fn enter() {
    directory::enter();
}

fn time(nanoseconds: u64) -> Time {
    const SECOND: u64 = 1_000_000_000;
    Time {
        seconds: i64::try_from(nanoseconds / SECOND).unwrap_or(i64::MAX),
        nanoseconds: u32::try_from(nanoseconds % SECOND).unwrap_or(0),
    }
}

fn from(stat: file::Stat) -> Stat {
    Stat {
        dev: stat.dev,
        ino: stat.ino,
        mode: stat.mode,
        uid: stat.uid,
        gid: stat.gid,
        rdev_major: stat.rdev_major,
        rdev_minor: stat.rdev_minor,
        nlink: stat.nlink,
        size: stat.size,
        blocks: stat.blocks,
        atime: time(stat.atime),
        mtime: time(stat.mtime),
    }
}

pub fn stat(path: &[u8], follow: bool) -> io::Result<Stat> {
    file::stat(os(path), follow).map(from)
}

pub fn stat_fd(fd: impl AsFd) -> io::Result<Stat> {
    file::stat_fd(fd).map(from)
}

/// Sets the permissions of what a path leads to.
pub fn set_mode(path: &[u8], mode: u32) -> io::Result<()> {
    file::set_mode(os(path), true, mode)
}

/// Sets the owner and the group of a path itself.
pub fn set_owner(path: &[u8], uid: u32, gid: u32) -> io::Result<()> {
    file::set_owner(os(path), false, Some(uid), Some(gid))
}

pub fn make_fifo(path: &[u8], mode: u32) -> io::Result<()> {
    file::make_fifo(os(path), mode)
}

/// The bits that new files lack.
pub fn umask() -> u32 {
    // The call has no other failure than a wrong address.
    process::umask().unwrap_or(0o022)
}

/// One of the three standard streams. A closed one shows at the first read or write.
pub fn stream(number: u32) -> File {
    let standard = match number {
        0 => wasmsand_sys::fd::duplicate(io::stdin(), 3),
        _ => wasmsand_sys::fd::duplicate(io::stdout(), 3),
    };
    standard.map_or_else(|_| closed(), File::from)
}

fn closed() -> File {
    // Reads of a directory fail, as those of a closed descriptor do.
    File::open("/").unwrap_or_else(|_| std::process::exit(2))
}

/// The type bits of what standard output is.
pub fn stdout_type() -> u32 {
    file::stat_fd(io::stdout()).map_or(0, |stat| stat.mode & super::TYPE)
}
