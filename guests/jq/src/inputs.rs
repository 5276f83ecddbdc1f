//! The inputs: values, lines or events out of the files that the command line names, or standard input.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::rc::Rc;

use crate::builtins::Inputs;
use crate::json::{Invalid, Parser};
use crate::output::Output;
use crate::report;
use crate::value::Value;

/// How inputs are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    pub raw: bool,
    pub slurp: bool,
    pub stream: bool,
    pub stream_errors: bool,
    pub seq: bool,
}

const CHUNK_BYTES: usize = 64 * 1024;

/// The inputs that were not read yet.
pub struct Reader {
    manner: Manner,
    files: VecDeque<String>,
    /// The file that is being read, and its name; the name of standard input is None.
    open: Option<(Box<dyn Read>, Option<String>)>,
    /// The name of the file that was read last, once there was one.
    name: Option<Option<String>>,
    lines: usize,
    chunk: Vec<u8>,
    /// How much of the chunk holds anything.
    filled: usize,
    /// What of the chunk was read already, and up to where its lines are counted.
    at: usize,
    end: usize,
    parser: Parser,
    is_done: bool,
    /// With `-R`: the line so far.
    line: Vec<u8>,
    slurped: Option<Slurped>,
    pub has_failed: Rc<std::cell::Cell<bool>>,
    output: Rc<RefCell<Output>>,
}

enum Slurped {
    Values(Vec<Value>),
    Text(Vec<u8>),
}

impl Reader {
    /// Reads files; a text in their place if there is one, else standard input if there are none.
    pub fn new(
        manner: Manner,
        files: Vec<String>,
        text: Option<Box<dyn Read>>,
        output: Rc<RefCell<Output>>,
    ) -> Reader {
        let standard = || files.is_empty().then(|| Box::new(io::stdin()) as Box<dyn Read>);
        let open = text.or_else(standard).map(|text| (text, None));
        let slurped = manner
            .slurp
            .then(|| if manner.raw { Slurped::Text(Vec::new()) } else { Slurped::Values(Vec::new()) });
        Reader {
            manner,
            files: files.into(),
            open,
            name: None,
            lines: 0,
            chunk: vec![0; CHUNK_BYTES],
            filled: 0,
            at: 0,
            end: 0,
            parser: Parser::new(manner.stream, manner.seq),
            is_done: false,
            line: Vec::new(),
            slurped,
            has_failed: Rc::default(),
            output,
        }
    }

    fn complain(&self, name: &str, error: &io::Error, verb: &str) {
        let _ = self.output.borrow_mut().flush();
        eprintln!("jq: error: Could not {verb} {name}: {}", report::words(error));
        self.has_failed.set(true);
    }

    /// Gets more bytes, from the next file if need be; false at the end of all.
    fn more(&mut self) -> bool {
        loop {
            if self.open.is_none() {
                let Some(name) = self.files.pop_front() else { return false };
                match File::open(&name) {
                    Ok(file) => self.open = Some((Box::new(file), Some(name))),
                    Err(error) => {
                        self.complain(&name, &error, "open file");
                        continue;
                    }
                }
                self.lines = 0;
            }
            let Some((file, name)) = &mut self.open else { return false };
            if self.name.is_none() || self.name.as_ref() != Some(name) {
                self.name = Some(name.clone());
            }
            let read = file.read(&mut self.chunk);
            self.filled = *read.as_ref().unwrap_or(&0);
            (self.at, self.end) = (0, 0);
            match read {
                Ok(0) => self.open = None,
                Ok(_) => return true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let shown = name.clone().unwrap_or_else(|| "<stdin>".to_owned());
                    self.complain(&shown, &error, "read from");
                    self.open = None;
                }
            }
        }
    }

    /// The bytes up to the end of the line, of those that are there.
    fn next_line(&mut self) -> Option<()> {
        while self.at >= self.end {
            if self.end < self.filled {
                let rest = &self.chunk[self.end..self.filled];
                let newline = memchr::memchr(b'\n', rest);
                self.lines += usize::from(newline.is_some());
                self.end += newline.map_or(rest.len(), |at| at + 1);
            } else if !self.more() {
                return None;
            }
        }
        Some(())
    }

    fn value(&mut self) -> Option<Result<Value, String>> {
        loop {
            if let Some(value) = self.parser.pop() {
                return Some(Ok(value));
            }
            if self.is_done {
                return None;
            }
            let read = if self.next_line().is_some() {
                self.parser.feed(&self.chunk[self.at..self.end]).map(|read| self.at += read)
            } else {
                self.is_done = true;
                self.parser.end()
            };
            if let Err(invalid) = read {
                if self.manner.seq {
                    self.skip_text(&invalid);
                    continue;
                }
                if self.manner.stream_errors {
                    self.is_done = true;
                    return Some(Ok(Value::array(vec![Value::string(invalid.message)])));
                }
                self.stop();
                return Some(Err(invalid.message));
            }
        }
    }

    /// With `--seq`, what is no JSON is skipped up to the next record separator.
    fn skip_text(&mut self, invalid: &Invalid) {
        let _ = self.output.borrow_mut().flush();
        let hint = if self.is_done || invalid.is_separated { "" } else { " (need RS to resync)" };
        eprintln!("jq: ignoring parse error: {}{hint}", invalid.message);
        self.parser.resynchronise(invalid.is_separated);
        self.at += invalid.read;
    }

    /// What follows a text that is no JSON cannot be read either.
    fn stop(&mut self) {
        self.is_done = true;
        self.parser = Parser::new(self.manner.stream, false);
    }

    fn raw_line(&mut self) -> Option<Result<Value, String>> {
        while self.next_line().is_some() {
            let bytes = &self.chunk[self.at..self.end];
            self.at = self.end;
            if let Some(whole) = bytes.strip_suffix(b"\n") {
                self.line.extend_from_slice(whole);
                let value = Value::text(&self.line);
                self.line.clear();
                return Some(Ok(value));
            }
            self.line.extend_from_slice(bytes);
        }
        if self.line.is_empty() {
            return None;
        }
        let line = std::mem::take(&mut self.line);
        Some(Ok(Value::text(&line)))
    }

    fn slurp(&mut self, mut slurped: Slurped) -> Result<Value, String> {
        match &mut slurped {
            Slurped::Text(text) => {
                while self.next_line().is_some() {
                    text.extend_from_slice(&self.chunk[self.at..self.filled]);
                    self.lines += memchr::memchr_iter(b'\n', &self.chunk[self.end..self.filled]).count();
                    (self.at, self.end) = (self.filled, self.filled);
                }
            }
            Slurped::Values(values) => {
                while let Some(value) = self.value() {
                    values.push(value?);
                }
            }
        }
        Ok(match slurped {
            Slurped::Text(text) => Value::text(&text),
            Slurped::Values(values) => Value::array(values),
        })
    }

    /// Where the reading is, for messages.
    pub fn place(&self) -> String {
        match &self.name {
            None => "<unknown>".to_owned(),
            Some(None) => format!("<stdin>:{}", self.lines),
            Some(Some(name)) => format!("{name}:{}", self.lines),
        }
    }
}

/// The reader, which the program shares with who runs it.
pub struct Shared(pub Rc<RefCell<Reader>>);

impl Inputs for Shared {
    fn next(&mut self) -> Option<Result<Value, String>> {
        let mut reader = self.0.borrow_mut();
        if let Some(slurped) = reader.slurped.take() {
            return Some(reader.slurp(slurped));
        }
        if reader.manner.slurp {
            None
        } else if reader.manner.raw {
            reader.raw_line()
        } else {
            reader.value()
        }
    }

    fn file_name(&self) -> Option<String> {
        // Standard input, once it was read from, has a name too.
        let name = self.0.borrow().name.clone();
        name.map(|name| name.unwrap_or_else(|| "<stdin>".to_owned()))
    }

    fn line_number(&self) -> usize {
        self.0.borrow().lines
    }

    fn flush(&mut self) {
        let reader = self.0.borrow();
        // What cannot be written is reported at the end.
        let _ = reader.output.borrow_mut().flush();
    }
}
