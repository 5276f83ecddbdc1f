//! Processes: commands that the shell runs, whole or with a pipe to or from them.

use std::fs::File;
use std::io;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Code(i32),
    Signal(i32),
}

impl Ended {
    /// What `close` and `system` answer: above 256 for a signal.
    pub fn number(self) -> f64 {
        match self {
            Ended::Code(code) => f64::from(code),
            Ended::Signal(signal) => 256.0 + f64::from(signal),
        }
    }
}

/// Environment variables, as names and values.
pub type Environment = Vec<(Vec<u8>, Vec<u8>)>;

/// What a command is connected with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pipe {
    Nothing,
    ToCommand,
    FromCommand,
}

/// A command that runs, and this end of its pipe.
pub struct Running {
    child: system::Child,
    pub file: Option<File>,
}

impl Running {
    /// Starts a command; without an environment it has this process's.
    pub fn start(command: &[u8], pipe: Pipe, environment: Option<Environment>) -> io::Result<Running> {
        let (child, file) = system::start(command, pipe, environment)?;
        Ok(Running { child, file })
    }

    /// Closes this end of the pipe and waits for the command's end.
    pub fn wait(mut self) -> io::Result<Ended> {
        self.file = None;
        loop {
            match system::wait(&mut self.child) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}

#[cfg(target_os = "wasi")]
mod system {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    use std::os::wasi::ffi::OsStrExt;

    use wasmsand_sys::{Command, Stdio};

    use super::{Ended, Environment, Pipe};

    pub use wasmsand_sys::Child;

    pub fn start(
        command: &[u8],
        pipe: Pipe,
        environment: Option<Environment>,
    ) -> io::Result<(Child, Option<File>)> {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(OsStr::from_bytes(command));
        if let Some(environment) = environment {
            shell.env_clear();
            for (name, value) in environment {
                shell.env(OsStr::from_bytes(&name), OsStr::from_bytes(&value));
            }
        }
        match pipe {
            Pipe::Nothing => {}
            Pipe::ToCommand => drop(shell.stdin(Stdio::Pipe)),
            Pipe::FromCommand => drop(shell.stdout(Stdio::Pipe)),
        }
        let mut child = shell.spawn()?;
        let file = child.stdin.take().or_else(|| child.stdout.take());
        Ok((child, file))
    }

    pub fn wait(child: &mut Child) -> io::Result<Ended> {
        let status = child.wait()?;
        Ok(match status.signal() {
            Some(signal) => Ended::Signal(signal as i32),
            None => Ended::Code(i32::from(status.code().unwrap_or(0))),
        })
    }
}

#[cfg(unix)]
mod system {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Stdio};

    use super::{Ended, Environment, Pipe};

    pub use std::process::Child;

    pub fn start(
        command: &[u8],
        pipe: Pipe,
        environment: Option<Environment>,
    ) -> io::Result<(Child, Option<File>)> {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(OsStr::from_bytes(command));
        if let Some(environment) = environment {
            shell.env_clear();
            for (name, value) in environment {
                shell.env(OsStr::from_bytes(&name), OsStr::from_bytes(&value));
            }
        }
        match pipe {
            Pipe::Nothing => {}
            Pipe::ToCommand => drop(shell.stdin(Stdio::piped())),
            Pipe::FromCommand => drop(shell.stdout(Stdio::piped())),
        }
        let mut child = shell.spawn()?;
        let input = child.stdin.take().map(OwnedFd::from);
        let file = input.or_else(|| child.stdout.take().map(OwnedFd::from)).map(File::from);
        Ok((child, file))
    }

    pub fn wait(child: &mut Child) -> io::Result<Ended> {
        let status = child.wait()?;
        Ok(match status.signal() {
            Some(signal) => Ended::Signal(signal),
            None => Ended::Code(status.code().unwrap_or(0)),
        })
    }
}
