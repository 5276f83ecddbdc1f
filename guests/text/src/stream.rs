//! Bytes in and out: files and standard input in big pieces, standard output with a buffer.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

use rustix::io::Errno;

use crate::os::OsStringExt;

/// What is kept back, and what is read at once.
pub const BUFFER_BYTES: usize = 64 * 1024;

/// A path of bytes as std takes it.
pub fn path(bytes: &[u8]) -> PathBuf {
    OsString::from_vec(bytes.to_vec()).into()
}

/// The number of std's error.
pub fn errno_of(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(match error.kind() {
        io::ErrorKind::NotFound => Errno::NOENT,
        io::ErrorKind::InvalidInput => Errno::INVAL,
        _ => Errno::IO,
    })
}

/// Why a call failed, in words.
pub fn reason(error: &io::Error) -> String {
    cli::wording::reason(errno_of(error))
}

/// Standard input without a buffer of std's, and without std's silence about one that is closed.
pub struct Stdin;

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| rustix::io::read(rustix::stdio::stdin(), &mut *buffer))?)
    }
}

/// Opens a file.
pub fn open(name: &[u8]) -> io::Result<Box<dyn Read>> {
    let file = std::fs::File::open(path(name))?;
    Ok(Box::new(file))
}

/// Lines of an input, each with its newline, if it has one.
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    at_end: bool,
}

impl<R: Read> Lines<R> {
    pub fn new(reader: R) -> Self {
        Lines { reader, buffer: Vec::new(), start: 0, at_end: false }
    }

    /// The next line; nothing at the end.
    pub fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let mut searched = self.start;
        loop {
            if let Some(newline) = memchr::memchr(b'\n', &self.buffer[searched..]) {
                let start = std::mem::replace(&mut self.start, searched + newline + 1);
                return Ok(Some(&self.buffer[start..self.start]));
            }
            if self.at_end {
                let start = std::mem::replace(&mut self.start, self.buffer.len());
                let line = &self.buffer[start..];
                return Ok((!line.is_empty()).then_some(line));
            }
            self.buffer.drain(..self.start);
            self.start = 0;
            searched = self.buffer.len();
            self.buffer.resize(searched + BUFFER_BYTES, 0);
            let count = loop {
                match self.reader.read(&mut self.buffer[searched..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => break result,
                }
            };
            self.buffer.truncate(searched + *count.as_ref().unwrap_or(&0));
            self.at_end = count? == 0;
        }
    }
}

/// Bytes on their way to standard output.
pub struct Output {
    buffer: Vec<u8>,
    failure: Option<Errno>,
    /// Somebody watches: lines come as they are made.
    by_lines: bool,
}

impl Output {
    /// Nothing written yet.
    pub fn new() -> Output {
        let by_lines = io::stdout().is_terminal();
        Output { buffer: Vec::with_capacity(BUFFER_BYTES), failure: None, by_lines }
    }

    /// Writes bytes, sooner or later.
    pub fn put(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush();
        }
        if bytes.len() > BUFFER_BYTES {
            self.write(bytes);
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        if self.by_lines && bytes.contains(&b'\n') {
            self.flush();
        }
    }

    /// Writes what is kept back.
    pub fn flush(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        self.write(&buffer);
        self.buffer = buffer;
        self.buffer.clear();
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failure.is_none() && !bytes.is_empty() {
            self.failure = cli::stdio::print(bytes).err();
        }
    }

    /// Has it failed already? Then there is no point in going on.
    pub fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Writes what is kept back; why not all could be written.
    pub fn finish(mut self) -> Result<(), Errno> {
        self.flush();
        self.failure.map_or(Ok(()), Err)
    }

    /// Ends a program: complains where not all could be written.
    pub fn end(self, program: &str, status: i32) -> i32 {
        match self.finish() {
            Ok(()) => status,
            Err(errno) => {
                cli::stdio::complain(program, &format!("write error: {}", cli::wording::reason(errno)));
                1
            }
        }
    }
}

/// Shows a text that is all that was asked for.
pub fn show(program: &str, text: &str) -> i32 {
    let mut out = Output::new();
    out.put(text.as_bytes());
    out.end(program, 0)
}

/// Complains about a command line, in the manner of util-linux.
pub fn wrong(program: &str, what: &str) -> i32 {
    cli::stdio::complain(program, what);
    cli::stdio::note(&format!("Try '{program} --help' for more information."));
    1
}
