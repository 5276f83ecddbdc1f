//! The current directory: the process's, which started programs inherit, and wasi-libc's, by which std opens files.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
use std::os::unix::ffi::OsStringExt;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi::OsStringExt;

use crate::imports;

/// Makes the process's directory std's too: first thing in `main`. A directory that was removed leaves std at `/`.
pub fn enter() {
    if let Ok(path) = current() {
        // It was there a moment ago; a relative path that fails tells its own reason.
        let _ = std::env::set_current_dir(path);
    }
}

/// The process's directory: absolute, without links.
///
/// # Errors
/// `NotFound`: it was removed.
pub fn current() -> io::Result<PathBuf> {
    imports::cwd_get().map(|path| PathBuf::from(OsString::from_vec(path)))
}

/// Changes the process's directory, and std's.
///
/// # Errors
/// `NotFound`, `NotADirectory`, `PermissionDenied`.
pub fn set(path: impl AsRef<Path>) -> io::Result<()> {
    imports::cwd_set(path.as_ref().as_os_str().as_encoded_bytes())?;
    std::env::set_current_dir(current()?)
}
