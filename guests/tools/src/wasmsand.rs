//! What preview1 lacks and the host adds, with errors as the other calls of these tools have them.

use rustix::io::Errno;
use wasmsand_sys::directory;
use wasmsand_sys::signal::{Action, set_action};

use crate::os::OsStringExt;

/// Makes the directory that the process was started in std's too.
pub fn enter() {
    directory::enter();
}

/// Ignores a signal, or restores its default effect.
pub fn set_ignored(signal: u32, ignored: bool) -> Result<(), Errno> {
    let action = if ignored { Action::Ignore } else { Action::Default };
    set_action(signal, action).map_err(errno_of)
}

/// Puts the program at `path` in this one's place; comes back only with the reason why not.
pub fn exec(path: &[u8], argv: &[Vec<u8>], env: &[Vec<u8>]) -> Errno {
    errno_of(wasmsand_sys::exec(path, argv, env))
}

/// Enters a directory, and answers with its path from the root, without links, `.` and `..`.
pub fn enter_directory(path: &[u8]) -> Result<Vec<u8>, Errno> {
    directory::set(os(path)).map_err(errno_of)?;
    directory::current().map(|path| path.into_os_string().into_vec()).map_err(errno_of)
}

fn os(path: &[u8]) -> std::path::PathBuf {
    std::ffi::OsString::from_vec(path.to_vec()).into()
}

fn errno_of(error: std::io::Error) -> Errno {
    Errno::from_io_error(&error).unwrap_or(Errno::IO)
}
