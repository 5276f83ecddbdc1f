//! The stand-in for the `wasmsand` module where the tools are built for Unix, to be tested.
//!
//! It does by the system's calls what the module does, except for signals.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::io::Errno;

/// Ignores a signal, or restores its default effect.
pub fn set_ignored(signal: u32, _ignored: bool) -> Result<(), Errno> {
    if matches!(signal, 9 | 19) { Err(Errno::INVAL) } else { Ok(()) }
}

/// Puts the program at `path` in this one's place; comes back only with the reason why not.
pub fn exec(path: &[u8], argv: &[Vec<u8>], env: &[Vec<u8>]) -> Errno {
    // `Command` would search in PATH.
    if !path.contains(&b'/') {
        return exec(&[b"./", path].concat(), argv, env);
    }
    let mut command = Command::new(OsStr::from_bytes(path));
    let (name, arguments) = argv.split_first().expect("a program has a name");
    command.arg0(OsStr::from_bytes(name)).args(arguments.iter().map(|word| OsStr::from_bytes(word)));
    command.env_clear().envs(env.iter().filter_map(|entry| {
        let equals = entry.iter().position(|byte| *byte == b'=')?;
        Some((OsStr::from_bytes(&entry[..equals]), OsStr::from_bytes(&entry[equals + 1..])))
    }));
    errno_of(&command.exec())
}

/// The directory that the process was started in is std's anyway.
pub fn enter() {}

/// Enters a directory, and answers with its path from the root, without links, `.` and `..`.
pub fn enter_directory(path: &[u8]) -> Result<Vec<u8>, Errno> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    std::env::set_current_dir(OsStr::from_bytes(path)).map_err(|error| errno_of(&error))?;
    std::env::current_dir().map(|path| path.as_os_str().as_bytes().to_vec()).map_err(|error| errno_of(&error))
}

fn errno_of(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}
