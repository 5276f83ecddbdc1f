//! The parser: a source and how far it has been read.

use std::sync::Arc;

use super::ast::{ArrayElement, List, Word};
use super::error::{Incomplete, OpenKind, SyntaxError, Warning};
use super::heredoc;
use super::quote::QuotedEnd;
use super::reader::{Parse, Reader, Stop};
use super::source::Cursor;
use super::word::Parts;

/// The options that change what a text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseOptions {
    /// `shopt -s extglob`: `@(…)` and its kin are patterns. Within `[[ ]]` they always are.
    pub extglob: bool,
    /// `set -o posix`: reserved words are no aliases.
    pub posix: bool,
    /// `shopt -s interactive_comments`: `#` begins a comment.
    pub interactive_comments: bool,
    /// `shopt -s expand_aliases`.
    pub expand_aliases: bool,
    /// More text may come: a here-document without its end is incomplete. Otherwise it ends with the text.
    pub interactive: bool,
}

impl Default for ParseOptions {
    /// A script's: no extended patterns, comments, no aliases.
    fn default() -> ParseOptions {
        ParseOptions {
            extglob: false,
            posix: false,
            interactive_comments: true,
            expand_aliases: false,
            interactive: false,
        }
    }
}

/// The live table of aliases.
pub trait Aliases {
    /// The text of an alias.
    fn get(&self, name: &[u8]) -> Option<&[u8]>;
}

/// An empty table of aliases.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAliases;

impl Aliases for NoAliases {
    fn get(&self, _name: &[u8]) -> Option<&[u8]> {
        None
    }
}

/// What comes next in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// A complete command: everything up to the end of a line.
    Command(List),
    /// Nothing but blanks, newlines and comments up to the end of the source.
    End,
    /// The source ends within a command.
    Incomplete(Incomplete),
    /// What comes next is no command. More may follow it if the error [`resumes`](SyntaxError::resumes).
    Error(SyntaxError),
}

/// A source and how far it has been read.
#[derive(Clone, Debug)]
pub struct Parser {
    cursor: Cursor,
    warnings: Vec<Warning>,
}

impl Parser {
    /// A parser at the start of a source whose first line has this number.
    pub fn new(source: impl AsRef<[u8]>, first_line: u32) -> Parser {
        let bytes: Arc<[u8]> = source.as_ref().into();
        // Offsets are 32 bits wide: what lies beyond them is not read.
        Parser { cursor: Cursor::new(bytes, 0, first_line), warnings: Vec::new() }
    }

    /// Parses one complete command, up to and with the newline that ends it.
    pub fn next(&mut self, options: &ParseOptions, aliases: &dyn Aliases) -> Parsed {
        self.cursor.forget_alias_bytes();
        let mut reader = Reader::new(self.cursor.clone(), options, aliases);
        let mut result = complete_command(&mut reader);
        if let Err(stop) = &mut result {
            match stop.as_mut() {
                Stop::End(_) => reader.warn_of_pending(),
                Stop::Error(error) => reader.read_pending_behind(error),
            }
        }
        self.cursor = reader.cursor;
        self.warnings.append(&mut reader.warnings);
        match result {
            Ok(Some(list)) => Parsed::Command(list),
            Ok(None) => Parsed::End,
            Err(stop) => match *stop {
                Stop::End(incomplete) => Parsed::Incomplete(incomplete),
                Stop::Error(error) => {
                    if error.resumes {
                        self.cursor.skip_line();
                    }
                    Parsed::Error(error)
                }
            },
        }
    }

    /// The offset of the first byte not read yet.
    pub fn position(&self) -> usize {
        self.cursor.base_position()
    }

    /// Does nothing follow but blanks, empty lines and comments? A look that reads no command: what follows is read
    /// with the aliases and options that hold by then.
    pub fn is_at_end(&self) -> bool {
        self.cursor.is_in_source()
            && self.cursor.rest().split(|byte| *byte == b'\n').all(|line| {
                matches!(line.iter().find(|byte| !matches!(byte, b' ' | b'\t')), None | Some(b'#'))
            })
    }

    /// What was read from an offset on.
    pub fn text_since(&self, start: usize) -> &[u8] {
        self.cursor.base_text(start)
    }

    /// The line of the first byte not read yet.
    pub fn line(&self) -> u32 {
        self.cursor.line()
    }

    /// What bash would have remarked on since the last call.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }

    /// Reads a whole text as if it stood in double quotes, where `"` is an ordinary byte: a prompt, say.
    pub fn parse_dollar_text(text: impl AsRef<[u8]>) -> Result<Word, SyntaxError> {
        whole(text.as_ref(), |reader| {
            let mut parts = Parts::default();
            reader.quoted(QuotedEnd::Text { lenient: false }, &mut parts)?;
            let parts = parts.into_list();
            Ok(Word { parts, span: reader.span_from(0), written: None })
        })
    }

    /// Reads a whole text `( … )` as the value of an array, as `declare "name=( … )"` does.
    pub fn parse_array_literal(text: impl AsRef<[u8]>) -> Result<Vec<ArrayElement>, SyntaxError> {
        whole(text.as_ref(), |reader| {
            reader.newlines()?;
            if reader.peek() != Some(b'(') {
                return reader.unexpected();
            }
            let elements = reader.array()?;
            reader.newlines()?;
            if reader.peek().is_some() { reader.unexpected() } else { Ok(elements) }
        })
    }
}

/// Reads a text apart from any source.
fn whole<T>(text: &[u8], read: impl FnOnce(&mut Reader<'_>) -> Parse<T>) -> Result<T, SyntaxError> {
    let options = ParseOptions::default();
    let mut reader = Reader::new(Cursor::new(text.into(), 0, 1), &options, &NoAliases);
    read(&mut reader).map_err(|stop| match *stop {
        Stop::End(incomplete) => incomplete.into_error(),
        Stop::Error(error) => error,
    })
}

fn complete_command(reader: &mut Reader<'_>) -> Parse<Option<List>> {
    let list = loop {
        reader.newlines()?;
        let list = reader.line_list()?;
        if !list.items.is_empty() {
            break Some(list);
        }
        match reader.peek() {
            None => break None,
            // An alias for nothing leaves an empty line.
            Some(b'\n') => {}
            Some(_) => return reader.unexpected(),
        }
    };
    if reader.options.interactive && reader.cursor.ends_in_continuation() {
        return reader.end_in(OpenKind::Continuation, reader.cursor.line());
    }
    let Some(mut list) = list else { return Ok(None) };
    reader.blanks();
    match reader.peek() {
        Some(b'\n') => reader.newline()?,
        None if !reader.pending.is_empty() => reader.read_here_documents()?,
        None => {}
        Some(_) => return reader.unexpected(),
    }
    if !reader.bodies.is_empty() {
        heredoc::fill_list(&mut list, &mut reader.bodies, reader.unread_in_words);
    }
    Ok(Some(list))
}
