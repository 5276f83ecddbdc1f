//! The host under wasmsand: what preview1 lacks comes from the crate `wasmsand-sys`.

use rustix::io::Errno;
use wasmsand_sys::{Command, Stdio, command, directory, file};

use super::{End, Input, Launch, errno, os};
use crate::stat::Stat;

/// A started program.
#[derive(Debug)]
pub struct Running(u32);

/// Makes the directory that the process was started in std's too.
pub fn enter() {
    directory::enter();
}

/// What is known of a file; `follow`: of what a link leads to.
pub fn stat(path: &[u8], follow: bool) -> Result<Stat, Errno> {
    let found = file::stat(os(path), follow).map_err(|error| errno(&error))?;
    let time = |time: u64| i64::try_from(time).unwrap_or(i64::MAX);
    Ok(Stat {
        dev: found.dev,
        ino: found.ino,
        mode: found.mode,
        uid: found.uid,
        gid: found.gid,
        rdev_major: found.rdev_major,
        rdev_minor: found.rdev_minor,
        nlink: found.nlink,
        size: found.size,
        blocks: found.blocks,
        atime: time(found.atime),
        mtime: time(found.mtime),
        ctime: time(found.ctime),
    })
}

/// May this program read (4), write (2), execute (1) the file?
pub fn access(path: &[u8], mode: u32) -> bool {
    file::access(os(path), mode).is_ok()
}

/// Starts a program.
pub fn spawn(launch: &Launch<'_>) -> Result<Running, Errno> {
    let (name, arguments) = launch.argv.split_first().ok_or(Errno::INVAL)?;
    let mut command = Command::new(os(name));
    command.args(arguments.iter().map(|argument| os(argument))).inherit_others();
    if let Some(directory) = launch.directory {
        command.current_dir(os(directory));
    }
    match launch.input {
        Input::Inherit => {}
        Input::Null => drop(command.stdin(Stdio::Null)),
        Input::Terminal => {
            let terminal = std::fs::File::open("/dev/tty").map_err(|error| errno(&error))?;
            command.stdin(Stdio::Fd(terminal.into()));
        }
    }
    if let Some((name, value)) = &launch.variable {
        command.env(os(name), value);
    }
    command.spawn().map(|child| Running(child.id())).map_err(|error| errno(&error))
}

impl Running {
    /// Waits for its end.
    pub fn wait(self) -> Result<End, Errno> {
        command::wait(Some(self.0)).map(|(_, status)| end(status)).map_err(|error| errno(&error))
    }
}

/// Waits for the end of any of the programs; which one, by index.
pub fn wait_any(running: &[Running]) -> Result<(usize, End), Errno> {
    loop {
        let (pid, status) = command::wait(None).map_err(|error| errno(&error))?;
        if let Some(index) = running.iter().position(|running| running.0 == pid) {
            return Ok((index, end(status)));
        }
    }
}

fn end(status: command::ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, signal) => End::Signal(signal.unwrap_or(0)),
    }
}
