//! `print` and `printf`.

use super::{Machine, Outcome, Trouble, input};
use crate::ast::Redirection;
use crate::format::{self, Setting};
use crate::record::Joining;

impl Machine {
    /// Takes the name of a redirection off the stack.
    fn destination(&mut self, to: Redirection) -> Outcome<std::rc::Rc<[u8]>> {
        let name = self.pop().to_text(&self.convfmt);
        if name.is_empty() {
            let sign = match to {
                Redirection::Truncate => ">",
                Redirection::Append => ">>",
                Redirection::Pipe => "|",
            };
            return Err(Trouble::Fatal(format!("expression for `{sign}' redirection has null string value")));
        }
        Ok(name)
    }

    /// Writes what `write` adds to the buffer of a stream.
    fn write_to(&mut self, to: Option<(Redirection, &[u8])>, text: &[u8]) -> Outcome<()> {
        let Some((how, name)) = to else {
            self.streams.stdout.buffer().extend_from_slice(text);
            return self.added();
        };
        let shown = String::from_utf8_lossy(name).into_owned();
        let environment = if how == Redirection::Pipe { self.environment() } else { None };
        let output = self.streams.output(how, name, || environment).map_err(|error| {
            let why = input::reason(&error);
            Trouble::Fatal(match how {
                Redirection::Pipe => format!("cannot open pipe `{shown}' for output: {why}"),
                Redirection::Truncate => format!("cannot redirect to `{shown}': {why}"),
                Redirection::Append => format!("cannot redirect to `{shown}': {why}"),
            })
        })?;
        output.buffer().extend_from_slice(text);
        output.added().map_err(|error| {
            Trouble::Fatal(format!("print to \"{shown}\" failed: {}", input::reason(&error)))
        })
    }

    #[inline]
    fn added(&mut self) -> Outcome<()> {
        self.streams.stdout.added().map_err(|error| {
            Trouble::Fatal(format!("print to \"standard output\" failed: {}", input::reason(&error)))
        })
    }

    pub(super) fn print(&mut self, count: usize, to: Option<Redirection>) -> Outcome<()> {
        let name = to.map(|to| self.destination(to)).transpose()?;
        let start = self.stack.len() - count;
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        for (index, value) in self.stack[start..].iter().enumerate() {
            if index > 0 {
                text.extend_from_slice(&self.ofs);
            }
            value.append_to(&mut text, &self.ofmt);
        }
        text.extend_from_slice(&self.ors);
        self.stack.truncate(start);
        let result = self.write_to(to.zip(name.as_deref()), &text);
        self.scratch = text;
        result
    }

    pub(super) fn printf(&mut self, count: usize, to: Option<Redirection>) -> Outcome<()> {
        let name = to.map(|to| self.destination(to)).transpose()?;
        let text = self.formatted(count)?;
        self.write_to(to.zip(name.as_deref()), &text)
    }

    /// Takes a format and its values off the stack and makes a text of them.
    pub(super) fn formatted(&mut self, count: usize) -> Outcome<Vec<u8>> {
        let start = self.stack.len() - count;
        let values = self.stack.split_off(start);
        let mut out = Vec::new();
        if let Some((format, values)) = values.split_first() {
            let mut scratch = Vec::new();
            let format = format.bytes(&self.convfmt, &mut scratch);
            let setting = Setting { convfmt: &self.convfmt, bytes: self.collation.bytes };
            format::write(&mut out, format, values, &setting)?;
        }
        Ok(out)
    }

    #[inline]
    pub(super) fn print_record(&mut self) -> Outcome<()> {
        let joining = Joining { separator: &self.ofs, format: &self.convfmt };
        let text = self.record.whole(&joining);
        self.streams.stdout.buffer().extend_from_slice(text);
        self.out_end()
    }

    #[inline]
    pub(super) fn out_field(&mut self, number: usize) {
        let joining = Joining { separator: &self.ofs, format: &self.convfmt };
        let out = std::cell::RefCell::new(self.streams.stdout.buffer());
        let ofmt = &self.ofmt;
        self.record.with(
            number,
            &joining,
            |text| out.borrow_mut().extend_from_slice(text),
            |value| value.append_to(&mut out.borrow_mut(), ofmt),
        );
    }

    #[inline]
    pub(super) fn out_end(&mut self) -> Outcome<()> {
        self.streams.stdout.buffer().extend_from_slice(&self.ors);
        self.added()
    }
}
