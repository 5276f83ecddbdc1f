//! The output: values as the command line wants them, in big pieces.

use std::io::{self, IsTerminal, Write};

use crate::json::{self, Style};
use crate::value::Value;

/// How values are written.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub style: Style,
    pub raw: bool,
    /// What is written behind each value.
    pub join: bool,
    pub nul: bool,
    pub seq: bool,
    pub unbuffered: bool,
}

const BUFFER_BYTES: usize = 64 * 1024;

pub struct Output {
    form: Form,
    buffer: Vec<u8>,
    is_terminal: bool,
    /// The first failure; after it nothing is written.
    failure: Option<io::Error>,
}

impl Output {
    pub fn new(form: Form) -> Output {
        Output {
            form,
            buffer: Vec::with_capacity(BUFFER_BYTES),
            is_terminal: io::stdout().is_terminal(),
            failure: None,
        }
    }

    /// Writes a value; the error is why it cannot be written in this form.
    pub fn write(&mut self, value: &Value) -> Result<(), String> {
        if self.form.seq {
            self.buffer.push(0x1e);
        }
        match value {
            Value::String(text) if self.form.raw && !self.form.style.ascii => {
                if self.form.nul && text.contains('\0') {
                    return Err("Cannot dump a string containing NUL with --raw-output0 option".to_owned());
                }
                self.buffer.extend_from_slice(text.as_bytes());
            }
            // Writing to memory does not fail.
            _ => drop(json::write(&mut self.buffer, value, &self.form.style)),
        }
        if self.form.nul {
            self.buffer.push(0);
        } else if !self.form.join {
            self.buffer.push(b'\n');
        }
        if self.buffer.len() >= BUFFER_BYTES || self.is_terminal || self.form.unbuffered {
            let _ = self.flush();
        }
        Ok(())
    }

    /// Hands on what was written; the error is the first one there was.
    pub fn flush(&mut self) -> Result<(), &io::Error> {
        if self.failure.is_none() {
            let mut out = io::stdout().lock();
            self.failure = out.write_all(&self.buffer).and_then(|()| out.flush()).err();
        }
        self.buffer.clear();
        self.failure.as_ref().map_or(Ok(()), Err)
    }
}
