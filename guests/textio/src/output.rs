//! Standard output, or the file in its place, in blocks; in lines where it is a terminal.
//!
//! It owns the bytes that wait to be written. A failure to write ends the process: nothing that a tool of this program
//! does afterwards could matter to anybody. Files are closed by the host.

use std::fs::File;
use std::os::fd::AsFd;
use std::process::exit;

use cli::stdio;
use cli::wording::reason;
use rustix::io::Errno;

/// How many bytes are held back at most.
const BLOCK_BYTES: usize = 64 * 1024;

/// Standard output.
pub struct Output {
    /// The file in its place.
    file: Option<File>,
    held: Vec<u8>,
    by_line: bool,
    program: String,
    complaint: &'static str,
    /// The status when writing fails.
    status: i32,
    /// Whether the complaint says why.
    says_why: bool,
}

impl Output {
    /// Standard output of a tool whose complaint is `program: write error: why`.
    pub fn new(program: &str) -> Self {
        Self::complaining(program, "write error")
    }

    /// Standard output of a tool that has a complaint of its own.
    pub fn complaining(program: &str, complaint: &'static str) -> Self {
        let by_line = std::io::IsTerminal::is_terminal(&std::io::stdout());
        let held = Vec::with_capacity(BLOCK_BYTES);
        Self { file: None, held, by_line, program: program.to_owned(), complaint, status: 1, says_why: true }
    }

    /// A file in the place of standard output.
    pub fn to_file(program: &str, complaint: &'static str, file: File) -> Self {
        let mut output = Self::complaining(program, complaint);
        output.by_line = false;
        output.file = Some(file);
        output
    }

    /// Sets the status for a failure to write.
    #[must_use]
    pub fn failing_with(mut self, status: i32) -> Self {
        self.status = status;
        self
    }

    /// Leaves out of the complaint why writing failed.
    #[must_use]
    pub fn without_reason(mut self) -> Self {
        self.says_why = false;
        self
    }

    /// Writes what is held back, and gives up the file.
    pub fn into_file(mut self) -> Option<File> {
        self.flush();
        self.file.take()
    }

    fn put(&self, bytes: &[u8]) -> Result<(), Errno> {
        match &self.file {
            Some(file) => stdio::write_all(file.as_fd(), bytes),
            None => stdio::print(bytes),
        }
    }

    /// Adds bytes.
    #[inline]
    pub fn write(&mut self, bytes: &[u8]) {
        if self.held.len() + bytes.len() > BLOCK_BYTES {
            self.write_through(bytes);
        } else {
            self.held.extend_from_slice(bytes);
        }
        if self.by_line && bytes.contains(&b'\n') {
            self.flush();
        }
    }

    /// Adds a byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.write(&[byte]);
    }

    #[cold]
    fn write_through(&mut self, bytes: &[u8]) {
        self.flush();
        if bytes.len() > BLOCK_BYTES {
            let written = self.put(bytes);
            self.check(written);
        } else {
            self.held.extend_from_slice(bytes);
        }
    }

    /// Writes what is held back.
    pub fn flush(&mut self) {
        if !self.held.is_empty() {
            let written = self.put(&self.held);
            self.held.clear();
            self.check(written);
        }
    }

    fn check(&self, written: Result<(), Errno>) {
        if let Err(errno) = written {
            let why = if self.says_why { format!(": {}", reason(errno)) } else { String::new() };
            stdio::complain(&self.program, &format!("{}{why}", self.complaint));
            exit(self.status);
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.flush();
    }
}
