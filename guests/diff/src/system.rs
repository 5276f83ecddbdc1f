//! Files as these tools see them: what they are, what is in them, how they are replaced.
//!
//! It owns the difference between the sandbox, where the host tells of modes, and Unix, where the system does.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::PathBuf;

use rustix::io::Errno;

use crate::os::OsStringExt;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Regular,
    Directory,
    Link,
    Fifo,
    CharacterDevice,
    BlockDevice,
    Socket,
    Other,
}

/// What is known of a file.
#[derive(Clone, Copy, Debug)]
pub struct Stat {
    pub kind: Kind,
    pub size: u64,
    /// The permission bits.
    pub mode: u32,
    /// Seconds since 1970 and nanoseconds.
    pub modified: (i64, u32),
    /// Device and number: equal for the same file.
    pub id: (u64, u64),
}

impl Kind {
    fn of_mode(mode: u32) -> Kind {
        match mode & 0o170_000 {
            0o100_000 => Kind::Regular,
            0o040_000 => Kind::Directory,
            0o120_000 => Kind::Link,
            0o010_000 => Kind::Fifo,
            0o020_000 => Kind::CharacterDevice,
            0o060_000 => Kind::BlockDevice,
            0o140_000 => Kind::Socket,
            _ => Kind::Other,
        }
    }
}

/// A path of bytes as std takes it.
pub fn path(bytes: &[u8]) -> PathBuf {
    OsString::from_vec(bytes.to_vec()).into()
}

/// The number of std's error.
pub fn errno_of(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(match error.kind() {
        io::ErrorKind::NotFound => Errno::NOENT,
        io::ErrorKind::InvalidInput => Errno::INVAL,
        _ => Errno::IO,
    })
}

#[cfg(target_os = "wasi")]
mod host {
    use super::*;

    pub fn enter() {
        wasmsand_sys::directory::enter();
    }

    fn known(stat: wasmsand_sys::file::Stat) -> Stat {
        Stat {
            kind: Kind::of_mode(stat.mode),
            size: stat.size,
            mode: stat.mode & 0o7777,
            modified: (
                i64::try_from(stat.mtime / 1_000_000_000).unwrap_or(0),
                u32::try_from(stat.mtime % 1_000_000_000).unwrap_or(0),
            ),
            id: (stat.dev, stat.ino),
        }
    }

    pub fn stat(name: &[u8], follow: bool) -> Result<Stat, Errno> {
        wasmsand_sys::file::stat(path(name), follow).map(known).map_err(|error| errno_of(&error))
    }

    pub fn stat_stdin() -> Result<Stat, Errno> {
        wasmsand_sys::file::stat_fd(io::stdin()).map(known).map_err(|error| errno_of(&error))
    }

    pub fn set_mode(name: &[u8], mode: u32) -> Result<(), Errno> {
        wasmsand_sys::file::set_mode(path(name), true, mode).map_err(|error| errno_of(&error))
    }
}

#[cfg(unix)]
mod host {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    pub fn enter() {}

    fn known(metadata: &std::fs::Metadata) -> Stat {
        Stat {
            kind: Kind::of_mode(metadata.mode()),
            size: metadata.size(),
            mode: metadata.mode() & 0o7777,
            modified: (metadata.mtime(), u32::try_from(metadata.mtime_nsec()).unwrap_or(0)),
            id: (metadata.dev(), metadata.ino()),
        }
    }

    pub fn stat(name: &[u8], follow: bool) -> Result<Stat, Errno> {
        let path = path(name);
        let metadata = if follow { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
        metadata.map(|metadata| known(&metadata)).map_err(|error| errno_of(&error))
    }

    pub fn stat_stdin() -> Result<Stat, Errno> {
        let file = std::os::fd::AsFd::as_fd(&io::stdin())
            .try_clone_to_owned()
            .and_then(|fd| std::fs::File::from(fd).metadata());
        file.map(|metadata| known(&metadata)).map_err(|error| errno_of(&error))
    }

    pub fn set_mode(name: &[u8], mode: u32) -> Result<(), Errno> {
        std::fs::set_permissions(path(name), std::fs::Permissions::from_mode(mode))
            .map_err(|error| errno_of(&error))
    }
}

pub use host::{enter, set_mode, stat, stat_stdin};

/// Opens what a name stands for; `-` is standard input.
pub fn open(name: &[u8]) -> Result<Box<dyn Read>, Errno> {
    if name == b"-" {
        return Ok(Box::new(Stdin));
    }
    std::fs::File::open(path(name))
        .map(|file| Box::new(file) as Box<dyn Read>)
        .map_err(|error| errno_of(&error))
}

/// Everything that is in a file.
pub fn read(name: &[u8]) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    open(name)?.read_to_end(&mut bytes).map_err(|error| errno_of(&error))?;
    Ok(bytes)
}

/// Standard input without a buffer of std's, and without std's silence about one that is closed.
struct Stdin;

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| rustix::io::read(rustix::stdio::stdin(), &mut *buffer))?)
    }
}

/// The names in a directory, in no order.
pub fn entries(name: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
    std::fs::read_dir(path(name))
        .and_then(|entries| entries.map(|entry| Ok(entry?.file_name().into_vec())).collect())
        .map_err(|error| errno_of(&error))
}

/// A path in a directory.
pub fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    let slash: &[u8] = if directory.ends_with(b"/") { b"" } else { b"/" };
    [directory, slash, name].concat()
}

/// The last component of a path, whatever slashes are behind it.
pub fn base_name(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
    let path = &path[..end];
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}
