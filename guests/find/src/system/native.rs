//! The host where the tools are built for Unix, to be tested.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::io::Errno;

use super::{End, Input, Launch, errno, os};
use crate::stat::Stat;

/// A started program.
#[derive(Debug)]
pub struct Running(std::cell::RefCell<Child>);

/// The directory that the process was started in is std's anyway.
pub fn enter() {}

/// What is known of a file; `follow`: of what a link leads to.
pub fn stat(path: &[u8], follow: bool) -> Result<Stat, Errno> {
    let path = os(path);
    let found = if follow { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
    let found = found.map_err(|error| errno(&error))?;
    let time = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000).saturating_add(nanos);
    Ok(Stat {
        dev: found.dev(),
        ino: found.ino(),
        mode: found.mode(),
        uid: found.uid(),
        gid: found.gid(),
        rdev_major: rustix::fs::major(found.rdev()),
        rdev_minor: rustix::fs::minor(found.rdev()),
        nlink: found.nlink(),
        size: found.size(),
        blocks: found.blocks(),
        atime: time(found.atime(), found.atime_nsec()),
        mtime: time(found.mtime(), found.mtime_nsec()),
        ctime: time(found.ctime(), found.ctime_nsec()),
    })
}

/// May this program read (4), write (2), execute (1) the file?
pub fn access(path: &[u8], mode: u32) -> bool {
    rustix::fs::access(os(path), rustix::fs::Access::from_bits_truncate(mode)).is_ok()
}

/// Starts a program.
pub fn spawn(launch: &Launch<'_>) -> Result<Running, Errno> {
    let (name, arguments) = launch.argv.split_first().ok_or(Errno::INVAL)?;
    let mut command = Command::new(os(name));
    command.args(arguments.iter().map(|argument| os(argument)));
    if let Some(directory) = launch.directory {
        command.current_dir(os(directory));
    }
    match launch.input {
        Input::Inherit => {}
        Input::Null => drop(command.stdin(Stdio::null())),
        Input::Terminal => {
            let terminal = std::fs::File::open("/dev/tty").map_err(|error| errno(&error))?;
            command.stdin(terminal);
        }
    }
    if let Some((name, value)) = &launch.variable {
        command.env(os(name), value);
    }
    command.spawn().map(|child| Running(child.into())).map_err(|error| errno(&error))
}

impl Running {
    /// Waits for its end.
    pub fn wait(self) -> Result<End, Errno> {
        self.0.into_inner().wait().map(end).map_err(|error| errno(&error))
    }
}

/// Waits for the end of any of the programs; which one, by index.
pub fn wait_any(running: &[Running]) -> Result<(usize, End), Errno> {
    loop {
        for (index, child) in running.iter().enumerate() {
            if let Some(status) = child.0.borrow_mut().try_wait().map_err(|error| errno(&error))? {
                return Ok((index, end(status)));
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn end(status: std::process::ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(u8::try_from(code & 0xff).unwrap_or(u8::MAX)),
        (None, signal) => End::Signal(signal.unwrap_or(0).unsigned_abs()),
    }
}
