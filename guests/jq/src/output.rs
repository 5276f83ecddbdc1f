//! The output: values as the command line wants them, in big pieces.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use crate::json;
use crate::value::Value;
use crate::xml_writer;
use crate::yaml_writer::{Style, Writer};

/// How values are written.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub style: json::Style,
    pub raw: bool,
    /// What is written behind each value.
    pub join: bool,
    pub nul: bool,
    pub seq: bool,
    pub unbuffered: bool,
    /// Values are written as documents of YAML, in place of all that.
    pub yaml: Option<Style>,
    /// Values are written as documents of XML.
    pub xml: Option<xml_writer::Style>,
}

const BUFFER_BYTES: usize = 64 * 1024;

pub struct Output {
    form: Form,
    buffer: Vec<u8>,
    is_terminal: bool,
    target: Target,
    yaml: Option<Writer>,
    /// The first failure; after it nothing is written.
    failure: Option<io::Error>,
}

/// Where the output goes.
enum Target {
    Standard,
    /// A file that is written anew with the first output.
    New(PathBuf),
    Open(File),
}

impl Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Target::Standard => {
                let mut out = io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Target::New(path) => {
                let mut file = File::create(path)?;
                let written = file.write_all(bytes);
                *self = Target::Open(file);
                written
            }
            Target::Open(file) => file.write_all(bytes),
        }
    }
}

impl Output {
    /// An output to a file, or to standard output.
    pub fn new(form: Form, file: Option<PathBuf>) -> Output {
        Output {
            yaml: form.yaml.map(Writer::new),
            form,
            buffer: Vec::with_capacity(BUFFER_BYTES),
            is_terminal: file.is_none() && io::stdout().is_terminal(),
            target: file.map_or(Target::Standard, Target::New),
            failure: None,
        }
    }

    /// Writes what stands behind the last value.
    pub fn end(&mut self) {
        if let Some(writer) = &mut self.yaml {
            self.buffer.extend_from_slice(writer.end().as_bytes());
        }
    }

    /// Writes a value; the error is why it cannot be written in this form.
    pub fn write(&mut self, value: &Value) -> Result<(), String> {
        if let Some(writer) = &mut self.yaml {
            writer.document(value);
            self.buffer.extend_from_slice(writer.take().as_bytes());
            return Ok(());
        }
        if let Some(style) = &self.form.xml {
            match xml_writer::document(value, style) {
                Ok(text) => self.buffer.extend_from_slice(text.as_bytes()),
                Err(what) => {
                    // The original ends here, whatever would follow.
                    eprintln!("{}: {what}", style.program);
                    let _ = self.flush();
                    std::process::exit(1);
                }
            }
            return Ok(());
        }
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
        if self.failure.is_none() && !self.buffer.is_empty() {
            self.failure = self.target.write(&self.buffer).err();
        }
        self.buffer.clear();
        self.failure.as_ref().map_or(Ok(()), Err)
    }
}
