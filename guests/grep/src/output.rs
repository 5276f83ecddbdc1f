//! Standard output: its buffer, and the pieces that lines are made of.

use std::io;

use rustix::io::Errno;

use crate::color::Colors;

const BUFFER_BYTES: usize = 65_536;

/// How many digits a number has at most.
const DIGITS_MAX: usize = 20;

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
        let Some(colors) = &self.colors else { return self.write(text) };
        let (start, end) = (colors.start(color(colors)), colors.end(color(colors)));
        self.write(start.as_bytes());
        self.write(text);
        self.write(end.as_bytes());
    }

    /// Writes a number of some width at least, in a color of the choice.
    pub(crate) fn number(&mut self, color: fn(&Colors) -> &str, number: u64, width: usize) {
        let mut room = [b' '; DIGITS_MAX];
        let (mut start, mut rest) = (DIGITS_MAX, number);
        for digit in room.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            start -= 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let start = start.min(DIGITS_MAX.saturating_sub(width));
        self.colored(color, room.get(start..).unwrap_or_default());
    }

    /// Why it could not be written, as an error.
    pub(crate) fn reason(&self) -> Option<String> {
        self.failure.map(|errno| crate::words(&io::Error::from(errno)))
    }
}
