//! Standard input by the line: a calculator reads a line, does what it says, and reads the next.

use std::io::{self, BufRead, Read};

/// Lines of a stream.
pub struct Lines<R> {
    source: io::BufReader<R>,
}

impl<R: Read> Lines<R> {
    pub fn new(source: R) -> Lines<R> {
        Lines { source: io::BufReader::with_capacity(1 << 16, source) }
    }

    /// The next line with its newline, where it has one; `None` at the end, and where nothing can be read.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        match self.source.read_until(b'\n', &mut line) {
            Ok(1..) => Some(line),
            _ => None,
        }
    }
}
