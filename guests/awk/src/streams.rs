//! Streams: what `print`, `getline` and `close` know by name, and standard output.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::ffi::OsStrExt;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi::OsStrExt;
use std::path::Path;

use rustix::io::Errno;

use crate::ast::Redirection;
use crate::process::{Environment, Pipe, Running};
use crate::reader::{Input, Reader};

/// Bytes that are kept before they are written.
const BUFFER_BYTES: usize = 64 * 1024;

enum Sink {
    Stdout,
    Stderr,
    File(File),
    Command(Box<Running>),
}

/// A stream that is written to.
pub struct Output {
    sink: Sink,
    buffer: Vec<u8>,
    /// Nothing is kept: a terminal, or standard error.
    direct: bool,
}

impl Output {
    fn new(sink: Sink, direct: bool) -> Output {
        Output { sink, buffer: Vec::new(), direct }
    }

    /// The buffer, to add to; [`Output::added`] is called afterwards.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Writes the buffer when it is time.
    #[inline]
    pub fn added(&mut self) -> io::Result<()> {
        if self.buffer.len() >= BUFFER_BYTES || self.direct { self.flush() } else { Ok(()) }
    }

    pub fn flush(&mut self) -> io::Result<()> {
        let mut bytes = self.buffer.as_slice();
        let mut result = Ok(());
        while !bytes.is_empty() {
            let written = match &mut self.sink {
                Sink::Stdout => rustix::io::write(rustix::stdio::stdout(), bytes).map_err(io::Error::from),
                Sink::Stderr => rustix::io::write(rustix::stdio::stderr(), bytes).map_err(io::Error::from),
                Sink::File(file) => file.write(bytes),
                Sink::Command(running) => match &mut running.file {
                    Some(file) => file.write(bytes),
                    None => Ok(bytes.len()),
                },
            };
            match written {
                // A device that takes nothing and reports nothing would keep us here for ever.
                Ok(0) => result = Err(io::Error::from(Errno::NOSPC)),
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => result = Err(error),
            }
            if result.is_err() {
                break;
            }
        }
        self.buffer.clear();
        result
    }

    /// Writes what is left and closes; answers what `close` does.
    fn close(mut self) -> io::Result<f64> {
        let flushed = self.flush();
        match self.sink {
            Sink::Command(running) => running.wait().map(|ended| ended.number()),
            Sink::Stdout | Sink::Stderr | Sink::File(_) => flushed.map(|()| 0.0),
        }
    }
}

/// A stream that is read.
pub struct Source {
    pub reader: Reader,
    running: Option<Running>,
}

impl Source {
    fn close(self) -> io::Result<f64> {
        drop(self.reader);
        self.running.map_or(Ok(0.0), |running| running.wait().map(|ended| ended.number()))
    }
}

/// Every stream that is open, by name.
pub struct Streams {
    pub stdout: Output,
    files: HashMap<Vec<u8>, Output>,
    commands: HashMap<Vec<u8>, Output>,
    /// The names of both, as they were opened.
    order: Vec<(bool, Vec<u8>)>,
    inputs: HashMap<Vec<u8>, Source>,
    input_commands: HashMap<Vec<u8>, Source>,
    input_order: Vec<(bool, Vec<u8>)>,
}

/// What a name stands for that is no file's.
enum Special {
    Stdin,
    Stdout,
    Stderr,
    None,
}

fn special(name: &[u8]) -> Special {
    match name {
        b"/dev/stdin" | b"/dev/fd/0" => Special::Stdin,
        b"-" | b"/dev/stdout" | b"/dev/fd/1" => Special::Stdout,
        b"/dev/stderr" | b"/dev/fd/2" => Special::Stderr,
        _ => Special::None,
    }
}

pub fn path(name: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(name))
}

/// Opens a file to read; `-` is standard input.
pub fn open_input(name: &[u8]) -> io::Result<Input> {
    match special(name) {
        Special::Stdin => Ok(Input::Stdin),
        _ if name == b"-" => Ok(Input::Stdin),
        _ => File::open(path(name)).map(Input::File),
    }
}

impl Streams {
    pub fn new() -> Streams {
        let is_terminal = std::io::IsTerminal::is_terminal(&io::stdout());
        Streams {
            stdout: Output::new(Sink::Stdout, is_terminal),
            files: HashMap::new(),
            commands: HashMap::new(),
            order: Vec::new(),
            inputs: HashMap::new(),
            input_commands: HashMap::new(),
            input_order: Vec::new(),
        }
    }

    /// Writes what all streams have kept: before another program writes where we do.
    pub fn flush(&mut self) -> io::Result<()> {
        let result = self.stdout.flush();
        for output in self.files.values_mut().chain(self.commands.values_mut()) {
            // Whoever wrote to it hears of it when it is closed.
            drop(output.flush());
        }
        result
    }

    /// Writes what one stream has kept; false: there is none of that name.
    pub fn flush_named(&mut self, name: &[u8]) -> Option<io::Result<()>> {
        if matches!(special(name), Special::Stdout) {
            return Some(self.stdout.flush());
        }
        let output = self.files.get_mut(name).or_else(|| self.commands.get_mut(name));
        output.map(Output::flush)
    }

    /// The stream that a `print` writes to, which is opened the first time.
    pub fn output(
        &mut self,
        how: Redirection,
        name: &[u8],
        environment: impl FnOnce() -> Option<Environment>,
    ) -> io::Result<&mut Output> {
        if how == Redirection::Pipe {
            if !self.commands.contains_key(name) {
                drop(self.flush());
                let running = Running::start(name, Pipe::ToCommand, environment())?;
                let output = Output::new(Sink::Command(Box::new(running)), false);
                self.commands.insert(name.to_vec(), output);
                self.order.push((true, name.to_vec()));
            }
            return self.commands.get_mut(name).ok_or_else(|| Errno::BADF.into());
        }
        if matches!(special(name), Special::Stdout) {
            return Ok(&mut self.stdout);
        }
        if !self.files.contains_key(name) {
            let output = match special(name) {
                Special::Stderr => Output::new(Sink::Stderr, true),
                _ => {
                    let append = how == Redirection::Append;
                    let mut options = OpenOptions::new();
                    options.create(true).write(true).append(append).truncate(!append);
                    let file = options.open(path(name))?;
                    let direct = std::io::IsTerminal::is_terminal(&file);
                    Output::new(Sink::File(file), direct)
                }
            };
            self.files.insert(name.to_vec(), output);
            self.order.push((false, name.to_vec()));
        }
        self.files.get_mut(name).ok_or_else(|| Errno::BADF.into())
    }

    /// The stream that a `getline` reads, which is opened the first time.
    pub fn input(
        &mut self,
        is_command: bool,
        name: &[u8],
        environment: impl FnOnce() -> Option<Environment>,
    ) -> io::Result<&mut Source> {
        let known = if is_command { &self.input_commands } else { &self.inputs };
        if !known.contains_key(name) {
            let source = if is_command {
                drop(self.flush());
                let mut running = Running::start(name, Pipe::FromCommand, environment())?;
                let file = running.file.take().ok_or(Errno::BADF)?;
                Source { reader: Reader::new(Input::File(file)), running: Some(running) }
            } else {
                Source { reader: Reader::new(open_input(name)?), running: None }
            };
            let known = if is_command { &mut self.input_commands } else { &mut self.inputs };
            known.insert(name.to_vec(), source);
            self.input_order.push((is_command, name.to_vec()));
        }
        let known = if is_command { &mut self.input_commands } else { &mut self.inputs };
        known.get_mut(name).ok_or_else(|| Errno::BADF.into())
    }

    /// Closes whatever has a name; nothing: there is nothing of that name.
    pub fn close(&mut self, name: &[u8]) -> Option<io::Result<f64>> {
        let mut result = None;
        if let Some(output) = self.commands.remove(name) {
            self.order.retain(|(is_command, known)| !*is_command || known != name);
            result = Some(output.close());
        } else if let Some(output) = self.files.remove(name) {
            self.order.retain(|(is_command, known)| *is_command || known != name);
            result = Some(output.close());
        } else if let Some(source) = self.input_commands.remove(name) {
            self.input_order.retain(|(is_command, known)| !*is_command || known != name);
            result = Some(source.close());
        } else if let Some(source) = self.inputs.remove(name) {
            self.input_order.retain(|(is_command, known)| *is_command || known != name);
            result = Some(source.close());
        } else if matches!(special(name), Special::Stdout) {
            result = Some(self.stdout.flush().map(|()| 0.0));
        }
        result
    }

    /// Closes everything at the end; the first failure.
    pub fn finish(&mut self) -> io::Result<()> {
        let mut result = Ok(());
        for (is_command, name) in std::mem::take(&mut self.order).into_iter().rev() {
            let output = if is_command { self.commands.remove(&name) } else { self.files.remove(&name) };
            if let Some(Err(error)) = output.map(Output::close) {
                result = Err(error);
            }
        }
        for (is_command, name) in std::mem::take(&mut self.input_order).into_iter().rev() {
            let source =
                if is_command { self.input_commands.remove(&name) } else { self.inputs.remove(&name) };
            if let Some(source) = source {
                drop(source.close());
            }
        }
        let flushed = self.stdout.flush();
        flushed.and(result)
    }
}
