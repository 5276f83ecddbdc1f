//! Reading: an input cut into records.

use std::fs::File;
use std::io::{self, Read};
use std::rc::Rc;

use crate::pattern::Pattern;

/// What separates records: `RS`.
#[derive(Clone)]
pub enum Separator {
    Byte(u8),
    /// Empty lines.
    Paragraphs,
    Pattern(Rc<Pattern>),
}

/// Where bytes come from.
pub enum Input {
    File(File),
    Stdin,
}

impl Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let result = match self {
                Input::File(file) => file.read(buffer),
                Input::Stdin => {
                    rustix::io::read(rustix::stdio::stdin(), &mut *buffer).map_err(io::Error::from)
                }
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}

/// Bytes that are asked for at once.
const CHUNK_BYTES: usize = 64 * 1024;

pub struct Reader {
    input: Input,
    buffer: Vec<u8>,
    /// What was read and not yet given out.
    start: usize,
    end: usize,
    ended: bool,
}

impl Reader {
    pub fn new(input: Input) -> Reader {
        Reader { input, buffer: Vec::new(), start: 0, end: 0, ended: false }
    }

    /// Reads on; false at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() < self.end + CHUNK_BYTES / 2 {
            self.buffer.resize((2 * self.buffer.len()).max(CHUNK_BYTES), 0);
        }
        let count = self.input.read(&mut self.buffer[self.end..])?;
        self.end += count;
        self.ended = count == 0;
        Ok(!self.ended)
    }

    fn pending(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Gives out so many bytes as the record, and so many behind it as what ended it.
    fn take(&mut self, record: usize, terminator: usize, out: &mut Vec<u8>, rt: &mut Vec<u8>) {
        let middle = self.start + record;
        out.extend_from_slice(&self.buffer[self.start..middle]);
        rt.clear();
        rt.extend_from_slice(&self.buffer[middle..middle + terminator]);
        self.start = middle + terminator;
    }

    /// Adds the next record to `out` and puts what ended it into `rt`; false at the end of the input.
    pub fn next(&mut self, separator: &Separator, out: &mut Vec<u8>, rt: &mut Vec<u8>) -> io::Result<bool> {
        match separator {
            Separator::Byte(byte) => self.line(*byte, out, rt),
            Separator::Paragraphs => self.paragraph(out, rt),
            Separator::Pattern(pattern) => self.until_match(pattern, out, rt),
        }
    }

    #[inline]
    fn line(&mut self, byte: u8, out: &mut Vec<u8>, rt: &mut Vec<u8>) -> io::Result<bool> {
        let mut looked_at = 0;
        loop {
            let pending = &self.buffer[self.start..self.end];
            if let Some(found) = swar::position(byte, &pending[looked_at..]) {
                let length = looked_at + found;
                out.extend_from_slice(&pending[..length]);
                self.start += length + 1;
                if rt.as_slice() != [byte] {
                    rt.clear();
                    rt.push(byte);
                }
                return Ok(true);
            }
            looked_at = pending.len();
            if !self.fill()? {
                return Ok(self.rest(out, rt));
            }
        }
    }

    /// Gives out what is left at the end of the input, if anything is.
    fn rest(&mut self, out: &mut Vec<u8>, rt: &mut Vec<u8>) -> bool {
        let length = self.pending().len();
        self.take(length, 0, out, rt);
        length > 0
    }

    fn paragraph(&mut self, out: &mut Vec<u8>, rt: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let newlines = self.pending().iter().take_while(|byte| **byte == b'\n').count();
            self.start += newlines;
            if self.start < self.end {
                break;
            }
            if !self.fill()? {
                rt.clear();
                return Ok(false);
            }
        }
        let mut looked_at = 0;
        loop {
            let pending = self.pending();
            let found = memchr::memmem::find(&pending[looked_at..], b"\n\n").map(|found| looked_at + found);
            if let Some(length) = found {
                let newlines = pending[length..].iter().take_while(|byte| **byte == b'\n').count();
                if length + newlines < pending.len() || !self.fill()? {
                    self.take(length, newlines, out, rt);
                    return Ok(true);
                }
                looked_at = length;
                continue;
            }
            looked_at = pending.len().saturating_sub(1);
            if !self.fill()? {
                let pending = self.pending();
                let newlines = usize::from(pending.ends_with(b"\n"));
                let length = pending.len() - newlines;
                self.take(length, newlines, out, rt);
                return Ok(true);
            }
        }
    }

    fn until_match(&mut self, pattern: &Pattern, out: &mut Vec<u8>, rt: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let pending = &self.buffer[self.start..self.end];
            // A match at the end of what was read may go on behind it.
            if let Some(found) = crate::splitter::find_separator(pattern, pending, 0)
                && (found.end < pending.len() || self.ended)
            {
                self.take(found.start, found.len(), out, rt);
                return Ok(true);
            }
            if self.ended || (!self.fill()? && self.pending().is_empty()) {
                return Ok(self.rest(out, rt));
            }
        }
    }
}
