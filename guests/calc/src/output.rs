//! Standard output: numbers are folded at the end of a line, with a backslash.

use std::io::IsTerminal;

/// What is written is kept up to this many bytes.
const KEPT_BYTES: usize = 1 << 16;

/// The output of a calculator.
pub struct Output {
    kept: Vec<u8>,
    column: usize,
    /// 0: lines are never folded.
    width: usize,
    to_terminal: bool,
    failed: bool,
}

impl Output {
    /// The width of lines is in a variable of the environment; `more` columns are added to it.
    pub fn new(variable: &str, more: usize) -> Output {
        let width = std::env::var(variable).ok().and_then(|text| text.parse().ok());
        let width = match width {
            Some(0) => 0,
            Some(width) if width >= 3 => width + more,
            _ => 70 + more,
        };
        Output {
            kept: Vec::new(),
            column: 0,
            width,
            to_terminal: std::io::stdout().is_terminal(),
            failed: false,
        }
    }

    /// Writes a number, or another text that is folded.
    pub fn folded(&mut self, text: &[u8]) {
        for byte in text {
            if *byte == b'\n' {
                self.column = 0;
            } else {
                self.column += 1;
                if self.width > 0 && self.column == self.width - 1 {
                    self.kept.extend(b"\\\n");
                    self.column = 1;
                }
            }
            self.kept.push(*byte);
        }
        self.settle();
    }

    /// Writes bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        if bytes.last() == Some(&b'\n') {
            self.column = 0;
        }
        self.kept.extend(bytes);
        self.settle();
    }

    pub fn newline(&mut self) {
        self.bytes(b"\n");
        if self.to_terminal {
            self.flush();
        }
    }

    fn settle(&mut self) {
        if self.kept.len() >= KEPT_BYTES {
            self.flush();
        }
    }

    /// Writes what was kept.
    pub fn flush(&mut self) {
        let kept = std::mem::take(&mut self.kept);
        if !kept.is_empty() && cli::stdio::print(&kept).is_err() {
            self.failed = true;
        }
    }

    /// Writes the rest; answers whether all was written.
    pub fn finish(&mut self) -> bool {
        self.flush();
        !self.failed
    }
}
