//! Standard output: its buffer, and the pieces that lines are made of.

use std::io;

use rustix::io::Errno;

use crate::color::Colors;

const BUFFER_BYTES: usize = 65_536;

/// Standard output.
pub(crate) struct Output {
    buffer: Vec<u8>,
    line_buffered: bool,
    pub(crate) colors: Option<Colors>,
    /// Why it could not be written.
    pub(crate) failure: Option<Errno>,
    /// A line was written, by whatever file: groups of context are told apart.
    pub(crate) is_used: bool,
}

impl Output {
    pub(crate) fn new(line_buffered: bool, colors: Option<Colors>) -> Output {
        let line_buffered = line_buffered || rustix::termios::isatty(rustix::stdio::stdout());
        Output { buffer: Vec::new(), line_buffered, colors, failure: None, is_used: false }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// A line is complete.
    pub(crate) fn end_line(&mut self) {
        if self.line_buffered || self.buffer.len() >= BUFFER_BYTES {
            self.flush();
        }
    }

    pub(crate) fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = cli::stdio::print(&self.buffer).err();
        }
        self.buffer.clear();
    }

    /// Writes text in a color of the choice.
    pub(crate) fn colored(&mut self, color: fn(&Colors) -> &str, text: &[u8]) {
        let (start, end) = match &self.colors {
            Some(colors) => (colors.start(color(colors)), colors.end(color(colors))),
            None => (String::new(), String::new()),
        };
        self.write(start.as_bytes());
        self.write(text);
        self.write(end.as_bytes());
    }

    /// Why it could not be written, as an error.
    pub(crate) fn reason(&self) -> Option<String> {
        self.failure.map(|errno| crate::words(&io::Error::from(errno)))
    }
}
