//! Starting the program that a tool is for: in its place, or as its child.

use std::ffi::OsString;

use cli::frame::Frame;
use cli::wording::reason;
use rustix::io::Errno;
use wasmsand_sys::signal::{self, Action, Target};
use wasmsand_sys::{Command, ExitStatus};

use crate::env::search;
use crate::os::{OsStrExt, OsStringExt};
use crate::wasmsand;

/// The status when the program is there and cannot be run.
pub const CANNOT_INVOKE: i32 = 126;
/// The status when the program is not there.
pub const NOT_FOUND: i32 = 127;

/// Becomes a program, which is looked for in `PATH`; comes back only with the reason why not.
pub fn become_program(argv: &[Vec<u8>]) -> Errno {
    let mut env: Vec<Vec<u8>> =
        std::env::vars_os().map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat()).collect();
    // A program finds its directory in PWD.
    if std::env::var_os("PWD").is_none()
        && let Ok(directory) = std::env::current_dir()
    {
        env.push([b"PWD=", directory.as_os_str().as_bytes()].concat());
    }
    let path = std::env::var_os("PATH");
    let program = argv.first().map_or(b"".as_slice(), Vec::as_slice);
    search::launch(program, path.as_deref().map(OsStrExt::as_bytes), |path| wasmsand::exec(path, argv, &env))
}

/// The status for a program that could not be started.
pub fn status_for(errno: Errno) -> i32 {
    if errno == Errno::NOENT { NOT_FOUND } else { CANNOT_INVOKE }
}

/// Complains that a program could not be started; the status.
pub fn failed(frame: Frame<'_>, what: &str, program: &[u8], errno: Errno) -> i32 {
    frame.complain(&format!("{what}{}: {}", cli::wording::quoted(program), reason(errno)));
    status_for(errno)
}

/// A command for a child, with all that this process was started with.
pub fn command(argv: &[Vec<u8>]) -> Command {
    let word = |word: &Vec<u8>| OsString::from_vec(word.clone());
    let mut command = Command::new(argv.first().map(word).unwrap_or_default());
    command.args(argv.iter().skip(1).map(word)).inherit_others();
    command
}

/// Ends as the child ended: by the same signal, or with its status.
pub fn end_as(status: ExitStatus) -> i32 {
    match status.signal() {
        None => i32::from(status.shell_code()),
        Some(number) => {
            // The signal may be one that ends nobody.
            let _ = signal::set_action(number, Action::Default);
            if let Ok(ids) = wasmsand_sys::process::ids() {
                let _ = signal::send(Target::Process(ids.pid), number);
            }
            i32::from(status.shell_code())
        }
    }
}

/// The number in an error of `std`.
pub fn errno_of(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or_else(|| match error.kind() {
        std::io::ErrorKind::NotFound => Errno::NOENT,
        std::io::ErrorKind::PermissionDenied => Errno::ACCESS,
        _ => Errno::IO,
    })
}
