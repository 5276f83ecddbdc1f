//! A shell command that reads what is written to it.

use rustix::io::Errno;

use crate::input::errno_of;

#[cfg(not(target_os = "wasi"))]
use std::process::{Child, Command, Stdio};
#[cfg(target_os = "wasi")]
use wasmsand_sys::{Child, Command, Stdio};

/// The signal of a pipe that nobody reads.
pub const PIPE: i32 = 13;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Code(u8),
    Signal(i32),
}

/// A command that runs.
pub struct Filter(Child);

/// What a signal is called.
pub fn signal_name(signal: i32) -> String {
    const NAMES: [&str; 15] = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
        "ALRM", "TERM",
    ];
    let index = usize::try_from(signal - 1).unwrap_or(usize::MAX);
    NAMES.get(index).map_or_else(|| signal.to_string(), |name| (*name).to_owned())
}

impl Filter {
    /// Starts a command in which `FILE` is a name.
    pub fn start(command: &[u8], file: &[u8]) -> Result<Self, Errno> {
        let text = |bytes: &[u8]| crate::input::path(bytes).into_os_string();
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(text(command)).env("FILE", text(file));
        #[cfg(target_os = "wasi")]
        {
            // This program has to see that the other one reads no more; the other one is ended by the signal.
            let _ = wasmsand_sys::signal::set_action(
                wasmsand_sys::signal::PIPE,
                wasmsand_sys::signal::Action::Ignore,
            );
            shell.stdin(Stdio::Pipe).signal_default(wasmsand_sys::signal::PIPE);
        }
        #[cfg(not(target_os = "wasi"))]
        shell.stdin(Stdio::piped());
        shell.spawn().map(Self).map_err(|error| errno_of(&error))
    }

    /// Writes to the command.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        match &self.0.stdin {
            Some(pipe) => cli::stdio::write_all(pipe, bytes),
            None => Err(Errno::PIPE),
        }
    }

    /// Waits for the command's end.
    pub fn finish(mut self) -> Result<End, Errno> {
        drop(self.0.stdin.take());
        let status = self.0.wait().map_err(|error| errno_of(&error))?;
        #[cfg(not(target_os = "wasi"))]
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        #[cfg(target_os = "wasi")]
        let signal = status.signal().and_then(|signal| i32::try_from(signal).ok());
        let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
        Ok(signal.map_or(End::Code(code), End::Signal))
    }
}
