//! What sed asks of the system besides files: modes, and a shell. On Unix, where sed is tested, std does it.

use std::io;
use std::path::Path;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use std::ffi::OsStr;

use os::OsStrExt;

/// A name as a path.
pub(crate) fn path(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}

/// A path as bytes.
pub(crate) fn name(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

/// What a command of the shell prints. Its input and its errors are this program's.
#[cfg(target_os = "wasi")]
pub(crate) fn shell(command: &[u8]) -> io::Result<Vec<u8>> {
    use wasmsand_sys::command::{Command, Stdio};
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(OsStr::from_bytes(command)).stdout(Stdio::Pipe);
    Ok(shell.spawn()?.communicate(b"")?.stdout)
}

#[cfg(unix)]
pub(crate) fn shell(command: &[u8]) -> io::Result<Vec<u8>> {
    use std::process::{Command, Stdio};
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(OsStr::from_bytes(command)).stdin(Stdio::inherit()).stderr(Stdio::inherit());
    Ok(shell.output()?.stdout)
}

/// Gives a file the permissions of another one.
#[cfg(target_os = "wasi")]
pub(crate) fn copy_mode(from: &Path, to: &Path) -> io::Result<()> {
    use wasmsand_sys::file;
    file::set_mode(to, true, file::stat(from, true)?.mode & 0o7777)
}

#[cfg(unix)]
pub(crate) fn copy_mode(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::set_permissions(to, std::fs::metadata(from)?.permissions())
}
