//! The lines of a text that is paged: read as far as they are wanted, kept within bounds.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::stream::BUFFER_BYTES;

/// How much of a pipe is kept; of a longer one, the oldest lines are forgotten.
const KEPT_BYTES_MAX: usize = 64 << 20;

/// Of a file, the place of every so many lines is kept.
const STRIDE: usize = 64;

/// A line that has no end is cut into pieces of this size.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Lines from a file, or from a pipe.
pub enum Source {
    File(Indexed),
    Pipe(Kept),
}

/// A file that is read again where it is shown.
pub struct Indexed {
    file: File,
    /// Where lines 0, 64, 128 ... begin.
    places: Vec<u64>,
    /// How many lines are known, and where the next one begins.
    known: usize,
    end: u64,
    at_end: bool,
    /// Lines from `cached_from` on.
    cache: Vec<Vec<u8>>,
    cached_from: usize,
}

/// What came through a pipe.
pub struct Kept {
    reader: Box<dyn Read>,
    lines: VecDeque<Vec<u8>>,
    /// The number of the first line that is kept.
    first: usize,
    bytes: usize,
    /// A line whose end has not come.
    open: Vec<u8>,
    at_end: bool,
}

impl Source {
    pub fn file(file: File) -> Source {
        Source::File(Indexed {
            file,
            places: vec![0],
            known: 0,
            end: 0,
            at_end: false,
            cache: Vec::new(),
            cached_from: 0,
        })
    }

    pub fn pipe(reader: Box<dyn Read>) -> Source {
        Source::Pipe(Kept {
            reader,
            lines: VecDeque::new(),
            first: 0,
            bytes: 0,
            open: Vec::new(),
            at_end: false,
        })
    }

    /// Is everything read?
    pub fn at_end(&self) -> bool {
        match self {
            Source::File(file) => file.at_end,
            Source::Pipe(pipe) => pipe.at_end,
        }
    }

    /// Lines that are known so far.
    pub fn known(&self) -> usize {
        match self {
            Source::File(file) => file.known,
            Source::Pipe(pipe) => pipe.first + pipe.lines.len(),
        }
    }

    /// The first line that is still there.
    pub fn first(&self) -> usize {
        match self {
            Source::File(_) => 0,
            Source::Pipe(pipe) => pipe.first,
        }
    }

    /// Bytes that are known so far.
    pub fn bytes(&self) -> u64 {
        match self {
            Source::File(file) => file.end,
            Source::Pipe(pipe) => pipe.bytes as u64,
        }
    }

    /// Reads some more; a pipe may keep us waiting.
    pub fn read_more(&mut self) -> io::Result<()> {
        match self {
            Source::File(file) => file.index_more(),
            Source::Pipe(pipe) => pipe.read_more(),
        }
    }

    /// A file that had an end may have grown.
    pub fn look_again(&mut self) {
        if let Source::File(file) = self {
            file.at_end = false;
        }
    }

    /// A line that is known, without its newline.
    pub fn line(&mut self, index: usize) -> Option<Vec<u8>> {
        match self {
            Source::File(file) => file.line(index),
            Source::Pipe(pipe) => pipe.lines.get(index.checked_sub(pipe.first)?).cloned(),
        }
    }
}

impl Kept {
    fn read_more(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER_BYTES];
        let count = self.reader.read(&mut buffer)?;
        if count == 0 {
            self.at_end = true;
            if !self.open.is_empty() {
                let line = std::mem::take(&mut self.open);
                self.keep(line);
            }
            return Ok(());
        }
        for piece in buffer[..count].split_inclusive(|byte| *byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(text) => {
                    self.open.extend(text);
                    let line = std::mem::take(&mut self.open);
                    self.keep(line);
                }
                None => {
                    self.open.extend(piece);
                    if self.open.len() >= LINE_BYTES_MAX {
                        let line = std::mem::take(&mut self.open);
                        self.keep(line);
                    }
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, line: Vec<u8>) {
        self.bytes += line.len() + 1;
        self.lines.push_back(line);
        while self.bytes > KEPT_BYTES_MAX && self.lines.len() > 1 {
            if let Some(line) = self.lines.pop_front() {
                self.bytes -= line.len() + 1;
                self.first += 1;
            }
        }
    }
}

impl Indexed {
    /// Finds the ends of some more lines.
    fn index_more(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        let mut text = Vec::new();
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let count = self.file.read(&mut buffer)?;
            text.extend_from_slice(&buffer[..count]);
            if count == 0 {
                self.at_end = true;
                if !text.is_empty() {
                    self.found(text.len());
                }
                return Ok(());
            }
            if memchr::memchr(b'\n', &text).is_some() {
                break;
            }
            if text.len() >= LINE_BYTES_MAX {
                self.found(text.len());
                return Ok(());
            }
        }
        let mut start = 0;
        for newline in memchr::memchr_iter(b'\n', &text) {
            self.found(newline + 1 - start);
            start = newline + 1;
        }
        Ok(())
    }

    /// One more line is known, of that many bytes.
    fn found(&mut self, bytes: usize) {
        self.known += 1;
        self.end += bytes as u64;
        if self.known.is_multiple_of(STRIDE) {
            self.places.push(self.end);
        }
        // The lines behind the last known one may have been read before they were whole.
        if self.known <= self.cached_from + self.cache.len() {
            self.cache.clear();
        }
    }

    fn line(&mut self, index: usize) -> Option<Vec<u8>> {
        if index >= self.known {
            return None;
        }
        if index < self.cached_from || index >= self.cached_from + self.cache.len() {
            self.load(index / STRIDE).ok()?;
        }
        self.cache.get(index.checked_sub(self.cached_from)?).cloned()
    }

    /// Reads the lines of one stride again.
    fn load(&mut self, stride: usize) -> io::Result<()> {
        let start = self.places.get(stride).copied().unwrap_or(0);
        let end = self.places.get(stride + 1).copied().unwrap_or(self.end);
        self.file.seek(SeekFrom::Start(start))?;
        let mut text = Vec::new();
        self.file.by_ref().take(end - start).read_to_end(&mut text)?;
        self.cache.clear();
        self.cached_from = stride * STRIDE;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            // Lines without end were cut when they were found.
            let mut pieces = line.chunks(LINE_BYTES_MAX + BUFFER_BYTES);
            self.cache.push(pieces.next().unwrap_or_default().to_vec());
            self.cache.extend(pieces.map(<[u8]>::to_vec));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn all(mut source: Source) -> Vec<Vec<u8>> {
        while !source.at_end() {
            source.read_more().unwrap();
        }
        (0..source.known()).rev().map(|index| source.line(index).unwrap()).collect()
    }

    #[test]
    fn a_file_and_a_pipe_have_the_same_lines() {
        let text: Vec<u8> =
            (0..1000).flat_map(|number| format!("line {number}\n").into_bytes()).chain(*b"cut").collect();
        let path = std::env::temp_dir().join(format!("wasmsand-pager-{}", std::process::id()));
        File::create(&path).unwrap().write_all(&text).unwrap();
        let from_file = all(Source::file(File::open(&path).unwrap()));
        std::fs::remove_file(&path).unwrap();
        let from_pipe = all(Source::pipe(Box::new(io::Cursor::new(text))));
        assert_eq!(from_file.len(), 1001);
        assert_eq!(from_file, from_pipe);
        assert_eq!(
            (from_file[0].as_slice(), from_file[1000].as_slice()),
            (b"cut".as_slice(), b"line 0".as_slice())
        );
    }
}
