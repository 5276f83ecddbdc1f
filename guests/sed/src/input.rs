//! The input: the files one after another, line by line, with a look ahead for the last line.
//!
//! It owns the number of the line and which file is being read. With in-place editing the start and the end of a file
//! are told to the [`Outputs`].

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};

use cli::stdio::complain;
use cli::wording::reason;
use rustix::io::Errno;

use crate::host;
use crate::output::Outputs;

const BUFFER_BYTES: usize = 65_536;

/// Nothing can go on: what is to be said, with status 4.
pub(crate) struct Fatal(pub(crate) String);

/// Why a call failed, in words.
pub(crate) fn words(error: &io::Error) -> String {
    reason(Errno::from_io_error(error).unwrap_or(Errno::IO))
}

/// A file that is read line by line.
pub(crate) struct Reader {
    /// `None`: standard input.
    file: Option<File>,
    name: Vec<u8>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
}

impl Reader {
    fn standard_input(unbuffered: bool) -> Reader {
        // Bytes that were read and are left can be given back only where there are places to go to.
        let seekable = rustix::fs::seek(rustix::stdio::stdin(), rustix::fs::SeekFrom::Current(0)).is_ok();
        let bytes = if unbuffered && !seekable { 1 } else { BUFFER_BYTES };
        Reader { file: None, name: b"-".to_vec(), buffer: vec![0; bytes], start: 0, end: 0, at_end: false }
    }

    pub(crate) fn open(name: &[u8]) -> io::Result<Reader> {
        let file = File::open(host::path(name))?;
        let buffer = vec![0; BUFFER_BYTES];
        Ok(Reader { file: Some(file), name: name.to_vec(), buffer, start: 0, end: 0, at_end: false })
    }

    /// Reads on where all that was read is used; `false`: there is no more.
    fn fill(&mut self) -> Result<bool, Fatal> {
        while self.start == self.end && !self.at_end {
            let read = match &mut self.file {
                Some(file) => file.read(&mut self.buffer),
                None => {
                    rustix::io::retry_on_intr(|| rustix::io::read(rustix::stdio::stdin(), &mut self.buffer))
                        .map_err(io::Error::from)
                }
            };
            match read {
                Ok(0) => self.at_end = true,
                Ok(count) => (self.start, self.end) = (0, count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let name = String::from_utf8_lossy(&self.name);
                    let name = if self.file.is_none() { "stdin".into() } else { name };
                    return Err(Fatal(format!("read error on {name}: {}", words(&error))));
                }
            }
        }
        Ok(self.start < self.end)
    }

    /// Appends a line; answers whether it had its end, `None`: there is none.
    pub(crate) fn line(&mut self, line: &mut Vec<u8>, end: u8) -> Result<Option<bool>, Fatal> {
        if !self.fill()? {
            return Ok(None);
        }
        while self.fill()? {
            let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
            if let Some(length) = swar::position(end, rest) {
                line.extend_from_slice(rest.get(..length).unwrap_or_default());
                self.start += length + 1;
                return Ok(Some(true));
            }
            line.extend_from_slice(rest);
            self.start = self.end;
        }
        Ok(Some(false))
    }

    /// Puts standard input back to where the last line that was used ends, so that the next program goes on there.
    fn give_back(&self) {
        let left = i64::try_from(self.end - self.start).unwrap_or(0);
        if self.file.is_none() && left > 0 {
            // A pipe cannot; then what was read is gone.
            let _ = rustix::fs::seek(rustix::stdio::stdin(), rustix::fs::SeekFrom::Current(-left));
        }
    }
}

/// How the input is read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Reading {
    /// Each file is an input of its own.
    pub(crate) separate: bool,
    pub(crate) in_place: bool,
    pub(crate) follow_links: bool,
    pub(crate) unbuffered: bool,
    /// What ends a line.
    pub(crate) end: u8,
}

pub(crate) struct Input {
    how: Reading,
    files: VecDeque<Vec<u8>>,
    reader: Option<Reader>,
    /// One that was opened to see whether there is more.
    next: Option<Reader>,
    pub(crate) line_number: u64,
    /// A file could not be read.
    pub(crate) failed: bool,
    /// Another file began, where each is an input of its own; the machine asks and resets it.
    pub(crate) is_new_file: bool,
}

impl Input {
    pub(crate) fn new(how: Reading, files: Vec<Vec<u8>>) -> Input {
        Input {
            how,
            files: files.into(),
            reader: None,
            next: None,
            line_number: 0,
            failed: false,
            is_new_file: false,
        }
    }

    /// The name of the file that is read.
    pub(crate) fn file_name(&self) -> &[u8] {
        self.reader.as_ref().map_or(b"-", |reader| &reader.name)
    }

    /// Appends the next line; answers whether it had its end, `None`: there is none.
    pub(crate) fn line(&mut self, line: &mut Vec<u8>, outputs: &mut Outputs) -> Result<Option<bool>, Fatal> {
        loop {
            if let Some(reader) = &mut self.reader {
                if let Some(ended) = reader.line(line, self.how.end)? {
                    self.line_number += 1;
                    return Ok(Some(ended));
                }
                self.close(outputs)?;
            }
            let next = match self.next.take() {
                Some(next) => Some(next),
                None => self.open_next(outputs)?,
            };
            let Some(next) = next else { return Ok(None) };
            self.reader = Some(next);
            if self.how.separate {
                self.line_number = 0;
                self.is_new_file = true;
            }
        }
    }

    /// Is the line that was read last the last one? A file that only has to be edited apart from others has its own.
    pub(crate) fn is_last(&mut self, outputs: &mut Outputs) -> Result<bool, Fatal> {
        if let Some(reader) = &mut self.reader
            && reader.fill()?
        {
            return Ok(false);
        }
        if self.how.separate {
            return Ok(true);
        }
        loop {
            if let Some(next) = &mut self.next {
                if next.fill()? {
                    return Ok(false);
                }
                self.next = None;
            }
            self.next = self.open_next(outputs)?;
            if self.next.is_none() {
                return Ok(true);
            }
        }
    }

    /// Ends the file that is read.
    fn close(&mut self, outputs: &mut Outputs) -> Result<(), Fatal> {
        self.reader = None;
        outputs.end_file()
    }

    /// Ends before the input does.
    pub(crate) fn finish(&mut self, outputs: &mut Outputs) -> Result<(), Fatal> {
        if let Some(reader) = &self.reader {
            reader.give_back();
        }
        self.close(outputs)
    }

    /// Opens the next file that can be.
    fn open_next(&mut self, outputs: &mut Outputs) -> Result<Option<Reader>, Fatal> {
        while let Some(name) = self.files.pop_front() {
            if name == b"-" && !self.how.in_place {
                return Ok(Some(Reader::standard_input(self.how.unbuffered)));
            }
            match self.open(&name, outputs) {
                Ok(reader) => return Ok(Some(reader)),
                Err(OpenError::Fatal(fatal)) => return Err(fatal),
                Err(OpenError::Io(error)) => {
                    let name = String::from_utf8_lossy(&name);
                    complain("sed", &format!("can't read {name}: {}", words(&error)));
                    self.failed = true;
                }
            }
        }
        Ok(None)
    }

    fn open(&self, name: &[u8], outputs: &mut Outputs) -> Result<Reader, OpenError> {
        let shown = String::from_utf8_lossy(name).into_owned();
        // wasi-libc takes an empty name for the current directory.
        if name.is_empty() {
            return Err(OpenError::Io(io::Error::from(Errno::NOENT)));
        }
        let metadata = std::fs::metadata(host::path(name)).map_err(OpenError::Io)?;
        if self.how.in_place {
            if !metadata.is_file() {
                return Err(OpenError::Fatal(Fatal(format!("couldn't edit {shown}: not a regular file"))));
            }
            let target =
                if self.how.follow_links { resolved(name).map_err(OpenError::Io)? } else { name.to_vec() };
            let mut reader = Reader::open(&target).map_err(OpenError::Io)?;
            reader.name = name.to_vec();
            outputs.begin_file(&target).map_err(OpenError::Fatal)?;
            return Ok(reader);
        }
        if metadata.is_dir() {
            return Err(OpenError::Fatal(Fatal(format!("read error on {shown}: Is a directory"))));
        }
        Reader::open(name).map_err(OpenError::Io)
    }
}

enum OpenError {
    Io(io::Error),
    Fatal(Fatal),
}

/// The file that a link leads to in the end.
fn resolved(name: &[u8]) -> io::Result<Vec<u8>> {
    /// As many links as the kernel follows.
    const LINKS_MAX: usize = 40;
    let mut path = host::path(name).to_owned();
    for _ in 0..LINKS_MAX {
        if !std::fs::symlink_metadata(&path)?.is_symlink() {
            return Ok(host::name(&path));
        }
        let target = std::fs::read_link(&path)?;
        path = path.parent().map_or_else(|| target.clone(), |parent| parent.join(&target));
    }
    Err(io::Error::from(Errno::LOOP))
}
