//! The bytes of a copy, and the file that they go to.

use std::os::fd::OwnedFd;

use cli::wording::{quoted_name, reason};
use rustix::fs::OFlags;
use rustix::io::Errno;

use super::attributes::{self, Preserve};
use crate::system::{self, Stat};

/// How much is read at once.
const BLOCK_BYTES: usize = 256 * 1024;

/// A copy of one file's bytes.
pub struct Job<'a> {
    /// Where they are read, and how the source is called.
    pub source: &'a [u8],
    pub source_name: &'a [u8],
    pub target: &'a [u8],
    /// A file that is written over.
    pub old: Option<Stat>,
    pub force: bool,
    pub without_data: bool,
    pub preserve: Preserve,
    pub umask: u32,
    /// Which file the source was when it was looked at.
    pub identity: Option<(u64, u64)>,
}

/// Copies; `stat` is the source's. The error is what to complain about.
pub fn copy(job: &Job<'_>, stat: &Stat, block: &mut Vec<u8>) -> Result<(), String> {
    let name = quoted_name(job.source_name);
    let input = match job.without_data {
        true => None,
        false => {
            let opened = system::open_read(job.source);
            Some(opened.map_err(|errno| format!("cannot open {name} for reading: {}", reason(errno)))?)
        }
    };
    let is_moved = input
        .as_ref()
        .zip(job.identity)
        .is_some_and(|(input, identity)| system::stat_fd(input).is_ok_and(|now| now.identity() != identity));
    if is_moved {
        return Err(format!("skipping file {name}, as it was replaced while being copied"));
    }
    let (output, is_new) = open_target(job)?;
    if let Some(input) = &input {
        transfer(input, &output, block).map_err(|failure| match failure {
            Failure::Read(errno) => format!("error reading {name}: {}", reason(errno)),
            Failure::Write(errno) => format!("error writing {}: {}", quoted_name(job.target), reason(errno)),
        })?;
    }
    if is_new && !job.preserve.mode {
        let mode = if job.preserve.resets_mode { 0o666 } else { stat.mode & 0o777 } & !job.umask;
        // A new file has the mode of any new file already.
        if mode != 0o666 & !job.umask {
            system::set_mode_fd(&output, mode).map_err(|errno| {
                format!("setting permissions for {}: {}", quoted_name(job.target), reason(errno))
            })?;
        }
    }
    drop(output);
    attributes::give(job.target, stat, job.preserve, false)
}

/// Opens the target; answers whether it was made.
fn open_target(job: &Job<'_>) -> Result<(OwnedFd, bool), String> {
    let name = || quoted_name(job.target);
    let complain = |errno: Errno| format!("cannot create regular file {}: {}", name(), reason(errno));
    let truncate = if job.without_data { OFlags::empty() } else { OFlags::TRUNC };
    if job.old.is_some() {
        match system::open(job.target, OFlags::WRONLY | truncate, 0) {
            Ok(file) => return Ok((file, false)),
            Err(_) if job.force => {
                system::remove(job.target)
                    .map_err(|errno| format!("cannot remove {}: {}", name(), reason(errno)))?;
            }
            Err(errno) => return Err(complain(errno)),
        }
    }
    // Until it has its mode nobody else may read what others may not read in the source.
    let umask = if job.preserve.mode { Some(system::set_umask(0o077)) } else { None };
    let opened = system::open(job.target, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL, 0o666);
    if let Some(umask) = umask {
        system::set_umask(umask);
    }
    match opened {
        Ok(file) => Ok((file, true)),
        Err(Errno::EXIST) if system::lstat(job.target).is_ok_and(|stat| stat.is_link()) => {
            Err(format!("not writing through dangling symlink {}", name()))
        }
        // A name with a slash behind it is a directory's, and there is none.
        Err(Errno::ISDIR | Errno::INVAL) if job.target.ends_with(b"/") => Err(complain(Errno::NOTDIR)),
        Err(Errno::NOENT) if job.target.ends_with(b"/") => Err(complain(Errno::NOTDIR)),
        Err(errno) => Err(complain(errno)),
    }
}

/// Which side of a copy failed.
pub enum Failure {
    Read(Errno),
    Write(Errno),
}

/// Copies all bytes of one file to another.
pub fn transfer(input: &OwnedFd, output: &OwnedFd, block: &mut Vec<u8>) -> Result<(), Failure> {
    block.resize(BLOCK_BYTES, 0);
    loop {
        let length = system::read(input, block).map_err(Failure::Read)?;
        let Some(bytes) = block.get(..length).filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
        system::write_all(output, bytes).map_err(Failure::Write)?;
    }
}
