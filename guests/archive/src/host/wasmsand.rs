//! What preview1 lacks, by the module `wasmsand`.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use wasmsand_sys::{Command, Stdio, directory, file, process};

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
        atime: time(stat.atime),
        mtime: time(stat.mtime),
        ctime: time(stat.ctime),
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

/// A program that compresses or decompresses on the way.
pub struct Filter(wasmsand_sys::Child, String);

impl Filter {
    /// Starts a program that reads `input`; its output is the answer's.
    pub fn read(words: &[Vec<u8>], input: File) -> io::Result<(Filter, File)> {
        let mut command = command(words);
        command.stdin(Stdio::Fd(input.into())).stdout(Stdio::Pipe);
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok((Filter(child, name(words)), output))
    }

    /// Starts a program that writes `output`; its input is the answer's.
    pub fn write(words: &[Vec<u8>], output: File) -> io::Result<(Filter, File)> {
        let mut command = command(words);
        command.stdin(Stdio::Pipe).stdout(Stdio::Fd(output.into()));
        let mut child = command.spawn()?;
        let input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok((Filter(child, name(words)), input))
    }

    /// Waits for its end; answers what is to be said of that.
    pub fn finish(mut self) -> Option<String> {
        match self.0.wait() {
            Ok(status) if status.success() => None,
            Ok(status) => Some(match status.code() {
                Some(code) => format!("Child returned status {code}"),
                None => "Child died with a signal".to_owned(),
            }),
            Err(error) => Some(format!("{}: {error}", self.1)),
        }
    }
}

fn command(words: &[Vec<u8>]) -> Command {
    let mut words = words.iter().map(|word| os(word));
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}

fn name(words: &[Vec<u8>]) -> String {
    words.first().map(|word| String::from_utf8_lossy(word).into_owned()).unwrap_or_default()
}
