//! The host: files, directories and programs, with errors as [`Errno`]. It owns what both hosts share; the module
//! beneath is the host's own way, wasmsand's or Unix's.

#[cfg(unix)]
#[path = "system/native.rs"]
mod host;
#[cfg(target_os = "wasi")]
#[path = "system/wasi.rs"]
mod host;

use std::ffi::{OsStr, OsString};
use std::io;

use rustix::io::Errno;

use crate::stat::Kind;

pub use host::{Running, access, enter, spawn, stat, wait_any};

#[cfg(unix)]
pub use std::os::unix::ffi::{OsStrExt, OsStringExt};
#[cfg(target_os = "wasi")]
pub use std::os::wasi::ffi::{OsStrExt, OsStringExt};

/// What a started program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// What this program reads.
    Inherit,
    /// Nothing.
    Null,
    /// The terminal.
    Terminal,
}

/// A program to be started.
pub struct Launch<'a> {
    /// The name, which is looked up in `PATH`, and the arguments.
    pub argv: &'a [Vec<u8>],
    /// The directory that it begins in, where that is not this program's.
    pub directory: Option<&'a [u8]>,
    pub input: Input,
    /// A variable of its own.
    pub variable: Option<(&'a [u8], String)>,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Code(u8),
    Signal(u32),
}

/// A path as `std` takes it.
pub fn os(path: &[u8]) -> &OsStr {
    OsStr::from_bytes(path)
}

/// The reason of a failure of `std`.
pub fn errno(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or_else(|| match error.kind() {
        io::ErrorKind::NotFound => Errno::NOENT,
        io::ErrorKind::PermissionDenied => Errno::ACCESS,
        _ => Errno::IO,
    })
}

/// A name in a directory, and its type where the directory tells.
pub type Name = (Vec<u8>, Option<Kind>);

/// The names in a directory but `.` and `..`, in the directory's order, as far as they can be read; then why not further.
pub fn names(path: &[u8]) -> (Vec<Name>, Option<Errno>) {
    let mut names = Vec::new();
    let entries = match std::fs::read_dir(os(path)) {
        Ok(entries) => entries,
        Err(error) => return (names, Some(errno(&error))),
    };
    for entry in entries {
        match entry {
            Ok(entry) => {
                let kind = entry.file_type().ok().and_then(|kind| {
                    // The rest is told apart by stat.
                    let known = [
                        (kind.is_file(), Kind::File),
                        (kind.is_dir(), Kind::Directory),
                        (kind.is_symlink(), Kind::Link),
                    ];
                    known.iter().find(|(is, _)| *is).map(|(_, kind)| *kind)
                });
                names.push((entry.file_name().into_vec(), kind));
            }
            Err(error) => return (names, Some(errno(&error))),
        }
    }
    (names, None)
}

/// What a symbolic link holds.
pub fn link_target(path: &[u8]) -> Result<Vec<u8>, Errno> {
    std::fs::read_link(os(path)).map(|target| target.into_os_string().into_vec()).map_err(|e| errno(&e))
}

/// A variable of the environment.
pub fn variable(name: &str) -> Option<Vec<u8>> {
    std::env::var_os(name).map(OsString::into_vec)
}

/// Now, in nanoseconds since 1970.
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
