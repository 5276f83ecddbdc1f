//! The command lines of xsv's subcommands, and the readers and writers that they ask for.

use std::io::{Read, Write};

use cli::getopt::{Next, Syntax, Words};
use csv::{Reader, ReaderBuilder, Terminator, Writer, WriterBuilder};

use super::{Failure, Outcome};

/// Options by the long name that each has, and operands.
pub struct Options {
    given: Vec<(&'static str, String)>,
    pub operands: Vec<String>,
}

/// The syntax of a subcommand: `(letter, name, takes)`, then `(name, takes)`, and the common options.
macro_rules! syntax {
    ($($letter:literal $name:literal $takes:ident),* ; $($only:literal $only_takes:ident),*) => {
        cli::getopt::Syntax {
            short: &[
                $(($letter, cli::getopt::Takes::$takes, $name),)*
                (b'h', cli::getopt::Takes::Nothing, "help"),
                (b'o', cli::getopt::Takes::Value, "output"),
                (b'n', cli::getopt::Takes::Nothing, "no-headers"),
                (b'd', cli::getopt::Takes::Value, "delimiter"),
            ],
            long: &[
                $(($name, cli::getopt::Takes::$takes, $name),)*
                $(($only, cli::getopt::Takes::$only_takes, $only),)*
                ("help", cli::getopt::Takes::Nothing, "help"),
                ("output", cli::getopt::Takes::Value, "output"),
                ("no-headers", cli::getopt::Takes::Nothing, "no-headers"),
                ("delimiter", cli::getopt::Takes::Value, "delimiter"),
            ],
        }
    };
}
pub(super) use syntax;

pub type Input = Reader<Box<dyn Read>>;
pub type Output = Writer<Box<dyn Write>>;

impl Options {
    pub fn read(syntax: &'static Syntax<&'static str>, arguments: Vec<Vec<u8>>) -> Result<Self, Failure> {
        let mut options = Self { given: Vec::new(), operands: Vec::new() };
        let mut words = Words::new(syntax, arguments);
        loop {
            let next = words.next().map_err(|what| match what.strip_prefix("invalid option -- '") {
                Some(letter) => Failure::Misused(format!("Unknown flag: '-{letter}")),
                None => match what.strip_prefix("unrecognized option '") {
                    Some(word) => Failure::Misused(format!("Unknown flag: '{word}")),
                    None => Failure::Misused(what),
                },
            })?;
            match next {
                None => return Ok(options),
                Some(Next::Operand(word)) => {
                    options.operands.push(String::from_utf8_lossy(&word).into_owned());
                }
                Some(Next::Option { option, value, .. }) => {
                    let value = String::from_utf8_lossy(&value.unwrap_or_default()).into_owned();
                    options.given.push((option, value));
                }
            }
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(given, _)| *given == name)
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        self.given.iter().rev().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// An option's value as a number.
    pub fn number(&self, name: &str) -> Result<Option<usize>, Failure> {
        self.value(name).map(|value| number(value, name)).transpose()
    }

    /// An option's value as the one byte that CSV has in some place; `\t` is a tab.
    pub fn byte(&self, name: &str) -> Result<Option<u8>, Failure> {
        match self.value(name) {
            None => Ok(None),
            Some("\\t") => Ok(Some(b'\t')),
            Some(value) => match value.as_bytes() {
                [byte] if byte.is_ascii() => Ok(Some(*byte)),
                _ => Err(format!("Could not convert '{value}' to a single ASCII character.").into()),
            },
        }
    }

    /// Whether the first record has the names of the columns.
    pub fn has_headers(&self) -> bool {
        let is_toggled = std::env::var("XSV_TOGGLE_HEADERS").is_ok_and(|value| value == "1");
        self.has("no-headers") == is_toggled
    }

    /// How a file is read: with tabs where its name ends so.
    pub fn builder(&self, path: Option<&str>) -> Result<ReaderBuilder, Failure> {
        let mut builder = ReaderBuilder::new();
        let delimiter = match self.byte("delimiter")? {
            Some(delimiter) => delimiter,
            None => delimiter_of(path),
        };
        builder.delimiter(delimiter).has_headers(self.has_headers());
        Ok(builder)
    }

    /// A reader of an operand, or of standard input where it is not there.
    pub fn reader(&self, operand: usize) -> Result<Input, Failure> {
        let path = self.operands.get(operand).map(String::as_str);
        Ok(self.builder(path)?.from_reader(open(path)?))
    }

    /// A writer to the file that is named, or to standard output.
    pub fn writer(&self) -> Result<Output, Failure> {
        to_path(self.value("output"))
    }
}

/// Opens a file to read.
pub fn open(path: Option<&str>) -> Result<Box<dyn Read>, Failure> {
    crate::file::reader(path).map_err(|error| match (Failure::from(error), path) {
        (Failure::Told(why), Some(path)) => Failure::Told(format!("failed to open {path}: {why}")),
        (failure, _) => failure,
    })
}

/// A writer to a file, with tabs where its name ends so.
pub fn to_path(path: Option<&str>) -> Result<Output, Failure> {
    let mut builder = WriterBuilder::new();
    builder.delimiter(delimiter_of(path)).terminator(Terminator::Any(b'\n'));
    Ok(builder.from_writer(crate::file::writer(path)?))
}

fn delimiter_of(path: Option<&str>) -> u8 {
    let is_tabs = path.is_some_and(|path| path.rsplit_once('.').is_some_and(|(_, end)| end == "tsv"));
    if is_tabs { b'\t' } else { b',' }
}

pub fn number(value: &str, name: &str) -> Result<usize, Failure> {
    value.parse().map_err(|_| format!("Could not deserialize '{value}' to usize for '--{name}'.").into())
}

/// Writes the names of the columns, where the input has them.
pub fn copy_headers(options: &Options, reader: &mut Input, writer: &mut Output) -> Outcome {
    if options.has_headers() {
        let headers = reader.byte_headers()?;
        if !headers.is_empty() {
            writer.write_byte_record(headers)?;
        }
    }
    Ok(())
}
