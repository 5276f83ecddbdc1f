//! The input: bytes, cut into items. It reads ahead by a buffer and never keeps more than an item.

use std::io::Read;

use cli::stdio::complain;
use rustix::io::Errno;

use super::NAME;
use super::options::Options;
use crate::system;

const BUFFER_BYTES: usize = 64 * 1024;

/// What is passed on.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    pub text: Vec<u8>,
    /// A line ends here, and no blank before its end joins the next one to it.
    pub ends_line: bool,
}

/// Why there is no item.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    Text(String),
    Reading(Errno),
}

/// How the input is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// After each of this byte.
    Delimiter(u8),
    /// At blanks and newlines, with quotes.
    Words,
    /// At newlines, with quotes.
    Lines,
}

/// The items of an input.
pub struct Items {
    source: Box<dyn Read>,
    buffer: Vec<u8>,
    at: usize,
    cut: Cut,
    end: Option<Vec<u8>>,
    /// An item that is longer fits in no command line.
    item_bytes_max: usize,
    is_over: bool,
    has_warned: bool,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

impl Items {
    pub fn new(source: Box<dyn Read>, options: &Options) -> Items {
        let cut = match (options.delimiter, &options.replace) {
            (Some(delimiter), _) => Cut::Delimiter(delimiter),
            (None, Some(_)) => Cut::Lines,
            (None, None) => Cut::Words,
        };
        Items {
            source,
            buffer: Vec::new(),
            at: 0,
            cut,
            end: options.end.clone(),
            item_bytes_max: options.bytes_max,
            is_over: false,
            has_warned: false,
        }
    }

    fn byte(&mut self) -> Result<Option<u8>, Failure> {
        if self.at == self.buffer.len() {
            self.buffer.resize(BUFFER_BYTES, 0);
            self.at = 0;
            let read = loop {
                match self.source.read(&mut self.buffer) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            // A failure leaves nothing to read.
            self.buffer.truncate(*read.as_ref().unwrap_or(&0));
            read.map_err(|error| Failure::Reading(system::errno(&error)))?;
        }
        let byte = self.buffer.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    /// A byte of the item that is read, unless no command line can hold it.
    fn push(&self, text: &mut Vec<u8>, byte: u8) -> Result<(), Failure> {
        text.push(byte);
        if text.len() < self.item_bytes_max {
            return Ok(());
        }
        Err(Failure::Text("argument line too long".to_owned()))
    }

    /// The next item; `None`: the input is over.
    pub fn next(&mut self) -> Result<Option<Item>, Failure> {
        if self.is_over {
            return Ok(None);
        }
        let item = match self.cut {
            Cut::Delimiter(delimiter) => self.delimited(delimiter)?,
            Cut::Words | Cut::Lines => self.quoted()?,
        };
        let item = item.filter(|item| self.end.as_ref() != Some(&item.text));
        self.is_over |= item.is_none();
        Ok(item)
    }

    fn delimited(&mut self, delimiter: u8) -> Result<Option<Item>, Failure> {
        let mut text = Vec::new();
        loop {
            match self.byte()? {
                Some(byte) if byte == delimiter => break,
                Some(byte) => self.push(&mut text, byte)?,
                None if text.is_empty() => return Ok(None),
                None => break,
            }
        }
        // What cannot be in an argument ends it.
        cut_at_nul(&mut text);
        Ok(Some(Item { text, ends_line: true }))
    }

    /// An item with quotes and backslashes. What is around it is passed over: blanks, and lines without anything.
    fn quoted(&mut self) -> Result<Option<Item>, Failure> {
        let mut text = Vec::new();
        // Whether there is an item, be it an empty one in quotes.
        let mut has_begun = false;
        loop {
            let Some(byte) = self.byte()? else {
                self.is_over = true;
                return Ok(has_begun.then(|| Self::item(text, true)));
            };
            match byte {
                b'\n' if has_begun => return Ok(Some(Self::item(text, true))),
                b'\n' => {}
                byte if is_blank(byte) && !has_begun => {}
                // A blank at the end of a line joins the next one to it.
                byte if is_blank(byte) && self.cut == Cut::Words => return Ok(Some(Self::item(text, false))),
                b'\'' | b'"' => {
                    has_begun = true;
                    self.quotes(byte, &mut text)?;
                }
                b'\\' => {
                    if let Some(escaped) = self.byte()? {
                        has_begun = true;
                        self.push(&mut text, escaped)?;
                    }
                }
                byte => {
                    self.look_at(byte);
                    has_begun = true;
                    self.push(&mut text, byte)?;
                }
            }
        }
    }

    fn quotes(&mut self, quote: u8, text: &mut Vec<u8>) -> Result<(), Failure> {
        loop {
            match self.byte()? {
                Some(byte) if byte == quote => return Ok(()),
                Some(b'\n') | None => {
                    let kind = if quote == b'"' { "double" } else { "single" };
                    return Err(Failure::Text(format!(
                        "unmatched {kind} quote; by default quotes are special to xargs unless you use the -0 option"
                    )));
                }
                Some(byte) => {
                    self.look_at(byte);
                    self.push(text, byte)?;
                }
            }
        }
    }

    /// Warns of the byte that no argument can have.
    fn look_at(&mut self, byte: u8) {
        if byte == 0 && !self.has_warned {
            self.has_warned = true;
            complain(
                NAME,
                "WARNING: a NUL character occurred in the input.  It cannot be passed through in the argument list.  \
                 Did you mean to use the --null option?",
            );
        }
    }

    fn item(mut text: Vec<u8>, ends_line: bool) -> Item {
        cut_at_nul(&mut text);
        Item { text, ends_line }
    }
}

fn cut_at_nul(text: &mut Vec<u8>) {
    if let Some(nul) = text.iter().position(|byte| *byte == 0) {
        text.truncate(nul);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str], input: &'static [u8]) -> Result<Vec<String>, Failure> {
        let argv = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        let options = Options::read(argv, 100_000).unwrap();
        let mut items = Items::new(Box::new(input), &options);
        let mut seen = Vec::new();
        while let Some(item) = items.next()? {
            let end = if item.ends_line { "$" } else { "" };
            seen.push(format!("{}{end}", String::from_utf8(item.text).unwrap()));
        }
        Ok(seen)
    }

    #[test]
    fn words_are_parted_by_blanks() {
        assert_eq!(read(&[], b" a  b \n\nc\td\n").unwrap(), ["a", "b", "c", "d$"]);
        assert_eq!(read(&[], b"a 'b c' \"d e\"f\\ g \"\"\\\nh").unwrap(), ["a", "b c", "d ef g", "\nh$"]);
        assert_eq!(read(&[], b"a\\").unwrap(), ["a$"]);
        assert_eq!(read(&["-E", "END"], b"a END b").unwrap(), ["a"]);
    }

    #[test]
    fn lines_keep_their_blanks_behind() {
        assert_eq!(read(&["-I{}"], b"  a b  \n\nc\\ \n").unwrap(), ["a b  $", "c $"]);
    }

    #[test]
    fn a_delimiter_leaves_everything_as_it_is() {
        assert_eq!(read(&["-0"], b"a'\0 b\n\0\0c").unwrap(), ["a'$", " b\n$", "$", "c$"]);
        assert_eq!(read(&["-d,"], b"a,,").unwrap(), ["a$", "$"]);
    }

    #[test]
    fn quotes_must_be_closed_on_their_line() {
        for input in [b"'a".as_slice(), b"'a\nb'", b"\"a"] {
            assert!(matches!(read(&[], input), Err(Failure::Text(_))));
        }
    }
}
