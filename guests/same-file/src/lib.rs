//! The interface of the crate `same-file` as far as `walkdir` and `ignore` use it. The crate itself refuses to work under
//! WASI, whose std does not tell device and inode.

use std::fs::File;
use std::io;
use std::path::Path;

use wasmsand_sys::file::{Stat, stat_fd};

/// An open file, and which one it is.
#[derive(Debug)]
pub struct Handle {
    file: File,
    dev: u64,
    ino: u64,
}

impl PartialEq for Handle {
    fn eq(&self, other: &Handle) -> bool {
        (self.dev, self.ino) == (other.dev, other.ino)
    }
}

impl Eq for Handle {}

impl Handle {
    /// The file itself.
    #[must_use]
    pub fn as_file(&self) -> &File {
        &self.file
    }

    /// Its number.
    #[must_use]
    pub fn ino(&self) -> u64 {
        self.ino
    }

    /// The file that a path leads to.
    ///
    /// # Errors
    /// Those of open(2).
    pub fn from_path<P: AsRef<Path>>(path: P) -> io::Result<Handle> {
        Handle::from_file(File::open(path)?)
    }

    /// An open file.
    ///
    /// # Errors
    /// Those of fstat(2).
    pub fn from_file(file: File) -> io::Result<Handle> {
        let Stat { dev, ino, .. } = stat_fd(&file)?;
        Ok(Handle { file, dev, ino })
    }

    /// Standard output.
    ///
    /// # Errors
    /// Those of open(2).
    pub fn stdout() -> io::Result<Handle> {
        Handle::from_path("/dev/stdout")
    }
}

/// Do both paths lead to one file?
///
/// # Errors
/// Those of open(2).
pub fn is_same_file<P: AsRef<Path>, Q: AsRef<Path>>(one: P, other: Q) -> io::Result<bool> {
    Ok(Handle::from_path(one)? == Handle::from_path(other)?)
}
