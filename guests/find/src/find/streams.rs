//! Streams: standard output, and the files that actions write to. Each is written in big pieces, and is brought up to
//! date before another program writes.

use std::fs::File;
use std::io::{IsTerminal, Write};

use rustix::io::Errno;

use crate::system;

/// How much is kept before it is written.
const BUFFER_BYTES: usize = 64 * 1024;

/// Which stream an action writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamId(usize);

/// Standard output.
pub const STDOUT: StreamId = StreamId(0);

struct Stream {
    name: Vec<u8>,
    /// Standard output and standard error have none.
    file: Option<File>,
    is_terminal: bool,
    kept: Vec<u8>,
    failed: Option<Errno>,
}

/// All streams of one find.
pub struct Streams(Vec<Stream>);

impl Streams {
    pub fn new() -> Streams {
        Streams(vec![Stream::new(b"standard output", None, std::io::stdout().is_terminal())])
    }

    /// The stream of a file, which is emptied when it is first named.
    pub fn open(&mut self, name: &[u8]) -> Result<StreamId, Errno> {
        if name == b"/dev/stdout" {
            return Ok(STDOUT);
        }
        if let Some(known) = self.0.iter().position(|stream| stream.name == name) {
            return Ok(StreamId(known));
        }
        let stream = if name == b"/dev/stderr" {
            Stream::new(name, None, std::io::stderr().is_terminal())
        } else {
            let file = File::create(system::os(name)).map_err(|error| system::errno(&error))?;
            let is_terminal = file.is_terminal();
            Stream::new(name, Some(file), is_terminal)
        };
        self.0.push(stream);
        Ok(StreamId(self.0.len() - 1))
    }

    /// Writes bytes as they are.
    pub fn write(&mut self, id: StreamId, bytes: &[u8]) {
        if let Some(stream) = self.0.get_mut(id.0) {
            stream.kept.extend_from_slice(bytes);
            if stream.kept.len() >= BUFFER_BYTES {
                stream.flush();
            }
        }
    }

    /// Writes a name; on a terminal nothing of it is an order to the terminal.
    pub fn write_name(&mut self, id: StreamId, name: &[u8]) {
        if self.0.get(id.0).is_some_and(|stream| stream.is_terminal) {
            let shown: String = name
                .utf8_chunks()
                .flat_map(|chunk| {
                    let known = chunk.valid().chars().map(|c| if c.is_control() { '?' } else { c });
                    known.chain(chunk.invalid().iter().map(|_| '?'))
                })
                .collect();
            self.write(id, shown.as_bytes());
        } else {
            self.write(id, name);
        }
    }

    /// Ends what belongs together: a terminal shows it at once, and so does standard error.
    pub fn end_record(&mut self, id: StreamId) {
        if let Some(stream) = self.0.get_mut(id.0).filter(|stream| stream.is_terminal || stream.is_stderr()) {
            stream.flush();
        }
    }

    /// Brings all up to date.
    pub fn flush(&mut self) {
        self.0.iter_mut().for_each(Stream::flush);
    }

    /// The streams that could not be written, and why.
    pub fn failures(&self) -> impl Iterator<Item = (&[u8], Errno)> {
        self.0.iter().filter_map(|stream| Some((stream.name.as_slice(), stream.failed?)))
    }
}

impl Stream {
    fn new(name: &[u8], file: Option<File>, is_terminal: bool) -> Stream {
        Stream { name: name.to_vec(), file, is_terminal, kept: Vec::new(), failed: None }
    }

    fn is_stderr(&self) -> bool {
        self.file.is_none() && self.name == b"/dev/stderr"
    }

    fn flush(&mut self) {
        if self.kept.is_empty() {
            return;
        }
        let is_stderr = self.is_stderr();
        let written = match &mut self.file {
            Some(file) => file.write_all(&self.kept).map_err(|error| system::errno(&error)),
            None if is_stderr => {
                std::io::stderr().write_all(&self.kept).map_err(|error| system::errno(&error))
            }
            None => cli::stdio::print(&self.kept),
        };
        // The first failure is the one that is told.
        self.failed = self.failed.or(written.err());
        self.kept.clear();
    }
}
