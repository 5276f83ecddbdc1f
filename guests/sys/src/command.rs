//! Starting programs and waiting for them, in the manner of `std::process`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::fd::nanoseconds;
use crate::imports::{self, Program, SpawnOptions};
use crate::signal::{self, Target};
use crate::{fd, joined, search};

/// Bits of the options of `spawn`.
const GROUP: u32 = 1;
const FOREGROUND: u32 = 2;
const CWD: u32 = 4;
const INHERITED: u32 = 8;

/// Bits of the options of `wait`.
const NOHANG: u32 = 1;
const UNTRACED: u32 = 2;

/// The time-out that never comes, and the source of a descriptor that is closed.
const FOR_EVER: u64 = u64::MAX;
const CLOSED: u32 = u32::MAX;

/// What a descriptor of a child is.
#[derive(Debug, Default)]
pub enum Stdio {
    /// This process's own of that number.
    #[default]
    Inherit,
    /// `/dev/null`.
    Null,
    /// A pipe, whose other end is in [`Child`].
    Pipe,
    /// Not open.
    Closed,
    /// A descriptor of this process, which is closed here when the command is dropped.
    Fd(OwnedFd),
}

/// The process group of a child.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Group {
    /// This process's.
    #[default]
    Inherit,
    /// One of its own.
    New,
    /// That one.
    Join(u32),
}

/// A program to be started: its name is looked up in `PATH` unless it has a slash.
#[derive(Debug)]
pub struct Command {
    program: OsString,
    argv: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    directory: Option<PathBuf>,
    streams: [Stdio; 3],
    others: Vec<(u32, OwnedFd)>,
    inherit_others: bool,
    group: Group,
    foreground: bool,
    signals_default: u32,
}

impl Command {
    /// A program without arguments, with this process's environment, directory and streams.
    pub fn new(program: impl AsRef<OsStr>) -> Command {
        let program = program.as_ref().to_owned();
        Command {
            argv: vec![program.clone()],
            program,
            env: std::env::vars_os().collect(),
            directory: None,
            streams: [Stdio::Inherit, Stdio::Inherit, Stdio::Inherit],
            others: Vec::new(),
            inherit_others: false,
            group: Group::Inherit,
            foreground: false,
            signals_default: 0,
        }
    }

    /// Sets the name that the program is told, its argument 0.
    pub fn arg0(&mut self, name: impl AsRef<OsStr>) -> &mut Command {
        if let Some(first) = self.argv.first_mut() {
            *first = name.as_ref().to_owned();
        }
        self
    }

    /// Adds an argument.
    pub fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Command {
        self.argv.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(&mut self, arguments: impl IntoIterator<Item = S>) -> &mut Command {
        self.argv.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Empties the environment, but for `PWD`, by which guests find their directory.
    pub fn env_clear(&mut self) -> &mut Command {
        self.env.clear();
        self
    }

    /// Sets a variable.
    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Command {
        let (name, value) = (name.as_ref(), value.as_ref().to_owned());
        match self.env.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.env.push((name.to_owned(), value)),
        }
        self
    }

    /// Removes a variable.
    pub fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Command {
        self.env.retain(|(known, _)| known != name.as_ref());
        self
    }

    /// Sets the directory that the program begins in; a relative program is looked for there.
    pub fn current_dir(&mut self, directory: impl AsRef<Path>) -> &mut Command {
        self.directory = Some(directory.as_ref().to_owned());
        self
    }

    /// Sets standard input.
    pub fn stdin(&mut self, stdio: Stdio) -> &mut Command {
        self.streams[0] = stdio;
        self
    }

    /// Sets standard output.
    pub fn stdout(&mut self, stdio: Stdio) -> &mut Command {
        self.streams[1] = stdio;
        self
    }

    /// Sets standard error.
    pub fn stderr(&mut self, stdio: Stdio) -> &mut Command {
        self.streams[2] = stdio;
        self
    }

    /// Gives the child another descriptor. A guest finds one above 2 as `/dev/fd/NUMBER` only.
    pub fn fd(&mut self, number: u32, fd: OwnedFd) -> &mut Command {
        self.others.push((number, fd));
        self
    }

    /// Gives the child what this process finds as `/dev/fd/NUMBER`: what a program like `timeout` or `xargs` was
    /// started with is its child's.
    pub fn inherit_others(&mut self) -> &mut Command {
        self.inherit_others = true;
        self
    }

    /// Sets the process group.
    pub fn group(&mut self, group: Group) -> &mut Command {
        self.group = group;
        self
    }

    /// Gives the terminal to the child's group.
    pub fn foreground(&mut self) -> &mut Command {
        self.foreground = true;
        self
    }

    /// Lets a signal act by default in the child though this process ignores it.
    pub fn signal_default(&mut self, signal: u32) -> &mut Command {
        if (1..32).contains(&signal) {
            self.signals_default |= 1 << signal;
        }
        self
    }

    /// Starts the program.
    ///
    /// # Errors
    /// `NotFound`, `PermissionDenied`, ENOEXEC, E2BIG; `WouldBlock`: there are too many processes.
    pub fn spawn(&mut self) -> io::Result<Child> {
        let mut child = Child { pid: 0, stdin: None, stdout: None, stderr: None, status: None };
        // What is only the child's, closed here in the end.
        let mut given: Vec<OwnedFd> = Vec::new();
        let mut actions: Vec<[u32; 2]> = Vec::new();
        let number = |fd: &OwnedFd| fd.as_raw_fd().cast_unsigned();
        for (stream, stdio) in (0..3).zip(&self.streams) {
            let source = match stdio {
                Stdio::Inherit => continue,
                Stdio::Closed => CLOSED,
                Stdio::Fd(fd) => number(fd),
                Stdio::Null => {
                    let null = File::options().read(true).write(true).open("/dev/null")?;
                    given.push(OwnedFd::from(null));
                    given.last().map_or(CLOSED, number)
                }
                Stdio::Pipe => {
                    let (read, write) = fd::pipe()?;
                    let (ours, theirs) = if stream == 0 { (write, read) } else { (read, write) };
                    let ours = Some(File::from(ours));
                    match stream {
                        0 => child.stdin = ours,
                        1 => child.stdout = ours,
                        _ => child.stderr = ours,
                    }
                    given.push(theirs);
                    given.last().map_or(CLOSED, number)
                }
            };
            actions.push([stream, source]);
        }
        actions.extend(self.others.iter().map(|(child, fd)| [*child, number(fd)]));
        child.pid = self.launch(&actions)?;
        Ok(child)
    }

    fn launch(&self, actions: &[[u32; 2]]) -> io::Result<u32> {
        let (argv, env) = (self.argv_bytes(), self.env_bytes());
        let (group_flag, group) = match self.group {
            Group::Inherit => (0, 0),
            Group::New => (GROUP, 0),
            Group::Join(group) => (GROUP, group),
        };
        let flag = |on: bool, bit: u32| if on { bit } else { 0 };
        let options = SpawnOptions {
            flags: group_flag
                | flag(self.foreground, FOREGROUND)
                | flag(self.directory.is_some(), CWD)
                | flag(self.inherit_others, INHERITED),
            group,
            actions,
            cwd: self.directory.as_deref().map_or(b"", |path| path.as_os_str().as_encoded_bytes()),
            signals_default: self.signals_default,
        };
        self.search(|path| imports::spawn(&Program { path, argv: &argv, env: &env }, &options))
    }

    /// Puts the program in this process's place, with its streams as they are; comes back only with the reason why
    /// not. The group, the directory and the streams of the command do not count.
    pub fn exec(&self) -> io::Error {
        let (argv, env) = (self.argv_bytes(), self.env_bytes());
        let never = self.search::<std::convert::Infallible>(|path| {
            Err(imports::exec(&Program { path, argv: &argv, env: &env }))
        });
        match never {
            Ok(never) => match never {},
            Err(error) => error,
        }
    }

    fn search<T>(&self, start: impl FnMut(&[u8]) -> io::Result<T>) -> io::Result<T> {
        let path = self.env.iter().find(|(name, _)| name == "PATH");
        let path = path.map(|(_, value)| value.as_encoded_bytes());
        search::search(self.program.as_encoded_bytes(), path, start)
    }

    fn argv_bytes(&self) -> Vec<u8> {
        joined(self.argv.iter().map(|argument| argument.as_encoded_bytes()))
    }

    /// The environment. `PWD` is the directory that the program begins in, whatever the variable was: there are
    /// guests that know no other way to find it.
    fn env_bytes(&self) -> Vec<u8> {
        let begins_in = match (&self.directory, crate::directory::current()) {
            (Some(directory), Ok(current)) => Some(current.join(directory)),
            (Some(directory), Err(_)) => Some(directory.clone()),
            (None, current) => current.ok(),
        };
        let pwd = begins_in.as_deref().filter(|path| path.has_root()).map(Path::as_os_str);
        let others = self.env.iter().filter(|(name, _)| pwd.is_none() || name != "PWD");
        let pwd = pwd.map(|path| [b"PWD=", path.as_encoded_bytes()].concat());
        let entries: Vec<Vec<u8>> = others
            .map(|(name, value)| [name.as_encoded_bytes(), b"=", value.as_encoded_bytes()].concat())
            .chain(pwd)
            .collect();
        joined(entries.iter().map(Vec::as_slice))
    }

    /// Runs the program to its end.
    ///
    /// # Errors
    /// Those of [`Command::spawn`].
    pub fn status(&mut self) -> io::Result<ExitStatus> {
        self.spawn()?.wait()
    }

    /// Runs the program to its end with its output and errors captured.
    ///
    /// # Errors
    /// Those of [`Command::spawn`].
    pub fn output(&mut self) -> io::Result<Output> {
        self.stdout(Stdio::Pipe).stderr(Stdio::Pipe);
        self.spawn()?.communicate(b"")
    }
}

/// What a program that ran to its end has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// On standard output.
    pub stdout: Vec<u8>,
    /// On standard error.
    pub stderr: Vec<u8>,
}

/// A started program. Dropping it neither ends nor reaps it.
#[derive(Debug)]
pub struct Child {
    pid: u32,
    /// Its standard input, where that is a pipe.
    pub stdin: Option<File>,
    /// Its standard output, where that is a pipe.
    pub stdout: Option<File>,
    /// Its standard error, where that is a pipe.
    pub stderr: Option<File>,
    status: Option<ExitStatus>,
}

impl Child {
    /// Its process number.
    pub fn id(&self) -> u32 {
        self.pid
    }

    /// Waits for its end; its standard input, where that is a pipe, is closed first.
    ///
    /// # Errors
    /// `Interrupted`: a signal was caught meanwhile.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.stdin = None;
        match self.ask(0, FOR_EVER)? {
            Some(status) => Ok(status),
            // A wait without an end does not answer «not yet».
            None => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Has it ended?
    ///
    /// # Errors
    /// Nobody of that number is a child any more.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.ask(NOHANG, FOR_EVER)
    }

    /// Waits for its end, but not longer than that. Its standard input is left open.
    ///
    /// # Errors
    /// `Interrupted`: a signal was caught meanwhile.
    pub fn wait_timeout(&mut self, time: Duration) -> io::Result<Option<ExitStatus>> {
        self.ask(0, nanoseconds(time))
    }

    /// Waits until it ends or stops.
    ///
    /// # Errors
    /// `Interrupted`: a signal was caught meanwhile.
    pub fn wait_stopped_too(&mut self) -> io::Result<ExitStatus> {
        self.ask(UNTRACED, FOR_EVER)?.ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }

    fn ask(&mut self, options: u32, timeout: u64) -> io::Result<Option<ExitStatus>> {
        if self.status.is_some() {
            return Ok(self.status);
        }
        let target = i32::try_from(self.pid).unwrap_or(i32::MAX);
        let (pid, raw) = imports::wait(target, options, timeout)?;
        let status = (pid != 0).then_some(ExitStatus(raw));
        // A stop is not an end: it will be asked for again.
        self.status = status.filter(|status| status.stopped_signal().is_none());
        Ok(status)
    }

    /// Ends it.
    ///
    /// # Errors
    /// ESRCH: it has ended and was waited for.
    pub fn kill(&mut self) -> io::Result<()> {
        self.signal(signal::KILL)
    }

    /// Sends it a signal. After its end is known nobody is asked: the number is nobody's any more.
    ///
    /// # Errors
    /// As of [`signal::send`].
    pub fn signal(&mut self, signal: u32) -> io::Result<()> {
        if self.status.is_some() { Ok(()) } else { signal::send(Target::Process(self.pid), signal) }
    }

    /// Gives it its input and takes its output and errors, as far as they are pipes, all at once, so that no full
    /// pipe holds the other up; then waits for its end.
    ///
    /// # Errors
    /// Those of the pipes; `Interrupted`: a signal was caught meanwhile.
    pub fn communicate(mut self, input: &[u8]) -> io::Result<Output> {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut left = input;
        if left.is_empty() {
            self.stdin = None;
        }
        loop {
            let mut waiting = Vec::new();
            let mut roles = Vec::new();
            for (role, file, write) in
                [(0, &self.stdin, true), (1, &self.stdout, false), (2, &self.stderr, false)]
            {
                if let Some(file) = file {
                    waiting.push((file.as_fd(), write));
                    roles.push(role);
                }
            }
            if waiting.is_empty() {
                break;
            }
            let ready: Vec<i32> =
                fd::poll(&waiting, None)?.iter().filter_map(|index| roles.get(*index)).copied().collect();
            drop(waiting);
            for role in ready {
                match role {
                    0 => feed(&mut self.stdin, &mut left)?,
                    1 => drain(&mut self.stdout, &mut stdout)?,
                    _ => drain(&mut self.stderr, &mut stderr)?,
                }
            }
        }
        let status = self.wait()?;
        Ok(Output { status, stdout, stderr })
    }
}

/// Writes what there is room for; a reader that is gone needs no more.
fn feed(file: &mut Option<File>, left: &mut &[u8]) -> io::Result<()> {
    let Some(pipe) = file else { return Ok(()) };
    // What a pipe that is ready surely takes without waiting.
    let piece = left.get(..left.len().min(4_096)).unwrap_or_default();
    match pipe.write(piece) {
        Ok(count) => *left = left.get(count..).unwrap_or_default(),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => *left = &[],
        Err(error) => return Err(error),
    }
    if left.is_empty() {
        *file = None;
    }
    Ok(())
}

fn drain(file: &mut Option<File>, bytes: &mut Vec<u8>) -> io::Result<()> {
    let Some(pipe) = file else { return Ok(()) };
    let mut piece = [0; 16_384];
    let count = pipe.read(&mut piece)?;
    bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
    if count == 0 {
        *file = None;
    }
    Ok(())
}

/// Waits for the end of a child, by its number, or of any; answers which one it was. A [`Child`] of that number is not
/// told.
///
/// # Errors
/// ECHILD: there is none; `Interrupted`: a signal was caught meanwhile.
pub fn wait(pid: Option<u32>) -> io::Result<(u32, ExitStatus)> {
    let target = pid.map_or(-1, |pid| i32::try_from(pid).unwrap_or(i32::MAX));
    imports::wait(target, 0, FOR_EVER).map(|(pid, raw)| (pid, ExitStatus(raw)))
}

/// How a program ended, or that it stopped; wait(2) of Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitStatus(u32);

impl ExitStatus {
    /// From the number of wait(2).
    pub fn from_raw(status: u32) -> ExitStatus {
        ExitStatus(status)
    }

    /// The number of wait(2).
    pub fn into_raw(self) -> u32 {
        self.0
    }

    /// It ended by its own will, with 0.
    pub fn success(self) -> bool {
        self.0 == 0
    }

    /// The exit status, when it ended by its own will.
    pub fn code(self) -> Option<u8> {
        let [low, code, ..] = self.0.to_le_bytes();
        (low == 0).then_some(code)
    }

    /// The signal that ended it.
    pub fn signal(self) -> Option<u32> {
        let signal = self.0 & 0x7f;
        (signal != 0 && signal != 0x7f).then_some(signal)
    }

    /// The signal that stopped it.
    pub fn stopped_signal(self) -> Option<u32> {
        (self.0 & 0xff == 0x7f).then_some(self.0 >> 8 & 0xff)
    }

    /// What a shell's `$?` shows.
    pub fn shell_code(self) -> u8 {
        let of_signal = |signal: u32| u8::try_from(128 + (signal & 0x7f)).unwrap_or(u8::MAX);
        match (self.code(), self.signal(), self.stopped_signal()) {
            (Some(code), _, _) => code,
            (None, Some(signal), _) | (None, None, Some(signal)) => of_signal(signal),
            (None, None, None) => u8::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_as_linux_writes_it() {
        let check = |raw: u32, code, signal, stopped, shell| {
            let status = ExitStatus::from_raw(raw);
            let told = (status.code(), status.signal(), status.stopped_signal(), status.shell_code());
            assert_eq!(told, (code, signal, stopped, shell), "{raw:#x}");
        };
        check(0, Some(0), None, None, 0);
        check(0x0700, Some(7), None, None, 7);
        check(9, None, Some(9), None, 137);
        check(0x147f, None, None, Some(20), 148);
        assert!(ExitStatus(0).success() && !ExitStatus(0x100).success() && !ExitStatus(15).success());
    }

    #[test]
    fn arguments_and_variables_are_lists_of_strings() {
        let mut command = Command::new("x");
        command.env_clear().arg("a b").args(["", "c"]).arg0("-x");
        command.env("A", "1").env("B", "2").env("A", "3").env_remove("B").env("PATH", "/p");
        assert_eq!(command.argv_bytes(), b"-x\0a b\0\0c\0");
        assert_eq!(command.env_bytes(), b"A=3\0PATH=/p\0");
        command.env("PWD", "/old").current_dir("/new");
        assert_eq!(command.env_bytes(), b"A=3\0PATH=/p\0PWD=/new\0");
        let mut tried = Vec::new();
        let _ = command.search(|path| {
            tried.push(path.to_vec());
            Err::<(), _>(io::ErrorKind::NotFound.into())
        });
        assert_eq!(tried, [b"/p/x".to_vec()]);
    }

    #[test]
    fn without_the_module_nothing_starts() {
        assert!(Command::new("/bin/true").spawn().is_err());
    }
}
