//! The same by the calls of Unix, where the programs are tested.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use rustix::fs::{CWD, FileType, Mode};

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
        atime: time(of.atime(), of.atime_nsec()),
        mtime: time(of.mtime(), of.mtime_nsec()),
        ctime: time(of.ctime(), of.ctime_nsec()),
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
    // It can only be asked for by setting it.
    let mask = rustix::process::umask(Mode::empty());
    rustix::process::umask(mask);
    mask.bits()
}

pub fn stream(number: u32) -> File {
    let copy = match number {
        0 => io::stdin().as_fd().try_clone_to_owned(),
        _ => io::stdout().as_fd().try_clone_to_owned(),
    };
    copy.map_or_else(|_| std::process::exit(2), File::from)
}

pub struct Filter(std::process::Child);

impl Filter {
    pub fn read(words: &[Vec<u8>], input: File) -> io::Result<(Filter, File)> {
        let mut child = command(words).stdin(input).stdout(std::process::Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok((Filter(child), File::from(std::os::fd::OwnedFd::from(output))))
    }

    pub fn write(words: &[Vec<u8>], output: File) -> io::Result<(Filter, File)> {
        let mut child = command(words).stdin(std::process::Stdio::piped()).stdout(output).spawn()?;
        let input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok((Filter(child), File::from(std::os::fd::OwnedFd::from(input))))
    }

    pub fn finish(mut self) -> Option<String> {
        match self.0.wait() {
            Ok(status) if status.success() => None,
            Ok(status) => Some(format!("Child returned status {}", status.code().unwrap_or(2))),
            Err(error) => Some(error.to_string()),
        }
    }
}

fn command(words: &[Vec<u8>]) -> std::process::Command {
    let mut words = words.iter().map(|word| os(word));
    let mut command = std::process::Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}
