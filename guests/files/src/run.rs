//! A run of a program: its name, its buffered output, and the status that it comes to.

use cli::stdio;
use cli::wording::reason;
use rustix::io::Errno;

/// How much is written at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// What every program carries through its work.
pub struct Run {
    pub program: String,
    /// The worst that happened.
    pub status: i32,
    /// The status of an output that cannot be written.
    trouble: i32,
    buffer: Vec<u8>,
    /// Whether each line is written at once, as for a person at a terminal.
    by_line: bool,
    unwritten: Option<Errno>,
}

impl Run {
    pub fn new(program: &str, trouble: i32) -> Run {
        Run {
            program: program.to_owned(),
            status: 0,
            trouble,
            buffer: Vec::new(),
            by_line: is_terminal(),
            unwritten: None,
        }
    }

    /// Writes to standard output.
    pub fn print(&mut self, bytes: impl AsRef<[u8]>) {
        self.buffer.extend_from_slice(bytes.as_ref());
        if self.buffer.len() >= BUFFER_BYTES || (self.by_line && self.buffer.ends_with(b"\n")) {
            self.flush();
        }
    }

    /// Writes what is left in the buffer.
    pub fn flush(&mut self) {
        if !self.buffer.is_empty() && self.unwritten.is_none() {
            self.unwritten = stdio::print(&self.buffer).err();
        }
        self.buffer.clear();
    }

    /// Whether standard output is lost: nothing printed arrives any more.
    pub fn is_mute(&self) -> bool {
        self.unwritten.is_some()
    }

    /// Complains, which makes the status at least 1.
    pub fn complain(&mut self, what: impl AsRef<str>) {
        self.complain_with(1, what);
    }

    /// Complains, which makes the status at least that. What was printed before comes first.
    pub fn complain_with(&mut self, status: i32, what: impl AsRef<str>) {
        self.status = self.status.max(status);
        self.flush();
        stdio::complain(&self.program, what.as_ref());
    }

    /// Says something that is no failure.
    pub fn warn(&mut self, what: impl AsRef<str>) {
        self.flush();
        stdio::complain(&self.program, what.as_ref());
    }

    /// Writes what is left and answers the exit status.
    pub fn finish(mut self) -> i32 {
        self.flush();
        if let Some(errno) = self.unwritten {
            stdio::complain(&self.program, &format!("write error: {}", reason(errno)));
            return self.trouble;
        }
        self.status
    }
}

/// Whether standard output is a terminal.
pub fn is_terminal() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stdout())
}
