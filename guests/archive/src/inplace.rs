//! A file that takes another's place: the output of a compressor. It is made anew, gets the mode, the owner and the
//! times of its source, and goes when something fails on the way.

use std::fs::File;
use std::io::{self, Read, Write};

use crate::codec::{CHUNK, read_some};
use crate::host::{self, Stat};

/// Which side of a copy failed.
pub enum Failure {
    Read(io::Error),
    Write(io::Error),
}

/// Copies all; answers how many bytes.
pub fn pump(source: &mut dyn Read, sink: &mut dyn Write) -> Result<u64, Failure> {
    let mut buffer = vec![0; CHUNK];
    let mut total = 0;
    loop {
        let count = read_some(&mut &mut *source, &mut buffer).map_err(Failure::Read)?;
        if count == 0 {
            return Ok(total);
        }
        sink.write_all(&buffer[..count]).map_err(Failure::Write)?;
        total += count as u64;
    }
}

/// A sink that counts.
pub struct Counted<W> {
    sink: W,
    pub bytes: u64,
}

impl<W: Write> Counted<W> {
    pub fn new(sink: W) -> Counted<W> {
        Counted { sink, bytes: 0 }
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.sink.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// A source that counts.
pub struct CountedSource<'a, R> {
    pub source: R,
    pub bytes: &'a std::cell::Cell<u64>,
}

impl<R: Read> Read for CountedSource<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(into)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

/// The output while it is being written. Dropped before [`Output::keep`], it is removed.
pub struct Output {
    path: Vec<u8>,
    kept: bool,
}

impl Output {
    /// Makes the file; with `replace` one of that name goes first.
    pub fn create(path: &[u8], replace: bool) -> io::Result<(Output, File)> {
        let made = match host::create_new(path) {
            Err(error) if replace && error.kind() == io::ErrorKind::AlreadyExists => {
                host::remove_file(path)?;
                host::create_new(path)
            }
            other => other,
        };
        made.map(|file| (Output { path: path.to_vec(), kept: false }, file))
    }

    /// Leaves it, with what `source` has of mode, owner and times.
    pub fn keep(mut self, source: &Stat) -> io::Result<()> {
        self.kept = true;
        // Only root may give a file away; gzip and its kin say nothing when they may not.
        let _ = host::set_owner(&self.path, source.uid, source.gid);
        host::set_mode(&self.path, source.mode & 0o7777)?;
        host::set_times(&self.path, true, source.atime, source.mtime)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.kept {
            // What failed before is what is told.
            let _ = host::remove_file(&self.path);
        }
    }
}

/// Asks on the terminal, and reads a yes.
pub fn is_confirmed(question: &str) -> bool {
    use rustix::io::Errno;
    let mut rest: &[u8] = question.as_bytes();
    while !rest.is_empty() {
        match rustix::io::write(rustix::stdio::stderr(), rest) {
            Ok(count) => rest = &rest[count.min(rest.len())..],
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    let mut answer = Vec::new();
    let mut byte = [0];
    let mut stdin = host::stdin();
    while matches!(read_some(&mut stdin, &mut byte), Ok(1)) && byte[0] != b'\n' {
        answer.push(byte[0]);
    }
    matches!(answer.first(), Some(b'y' | b'Y'))
}
