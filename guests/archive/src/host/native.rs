//! The same by the calls of Unix, where the programs are tested.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use rustix::fs::{AtFlags, CWD, FileType, Mode};

use super::{Stat, Time, os};

pub fn enter() {}

fn time(seconds: i64, nanoseconds: i64) -> Time {
    Time { seconds, nanoseconds: u32::try_from(nanoseconds).unwrap_or(0) }
}

fn from(of: &fs::Metadata) -> Stat {
    Stat {
        dev: of.dev(),
        ino: of.ino(),
        mode: of.mode(),
        uid: of.uid(),
        gid: of.gid(),
        rdev_major: rustix::fs::major(of.rdev()),
        rdev_minor: rustix::fs::minor(of.rdev()),
        nlink: of.nlink(),
        size: of.size(),
        blocks: of.blocks(),
        atime: time(of.atime(), of.atime_nsec()),
        mtime: time(of.mtime(), of.mtime_nsec()),
    }
}

pub fn stat(path: &[u8], follow: bool) -> io::Result<Stat> {
    let found = if follow { fs::metadata(os(path)) } else { fs::symlink_metadata(os(path)) };
    found.map(|found| from(&found))
}

pub fn stat_fd(fd: impl AsFd) -> io::Result<Stat> {
    File::from(fd.as_fd().try_clone_to_owned()?).metadata().map(|found| from(&found))
}

pub fn set_mode(path: &[u8], mode: u32) -> io::Result<()> {
    fs::set_permissions(os(path), Permissions::from_mode(mode))
}

pub fn set_owner(path: &[u8], uid: u32, gid: u32) -> io::Result<()> {
    std::os::unix::fs::lchown(os(path), Some(uid), Some(gid))
}

pub fn make_fifo(path: &[u8], mode: u32) -> io::Result<()> {
    rustix::fs::mknodat(CWD, os(path), FileType::Fifo, Mode::from_raw_mode(mode), 0).map_err(io::Error::from)
}

pub fn umask() -> u32 {
    let _ = AtFlags::empty();
    0o022
}

pub fn stream(number: u32) -> File {
    let copy = match number {
        0 => io::stdin().as_fd().try_clone_to_owned(),
        _ => io::stdout().as_fd().try_clone_to_owned(),
    };
    copy.map_or_else(|_| std::process::exit(2), File::from)
}

pub fn stdout_type() -> u32 {
    stat_fd(io::stdout()).map_or(0, |stat| stat.mode & super::TYPE)
}
