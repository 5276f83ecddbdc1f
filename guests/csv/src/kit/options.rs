//! The command lines of csvkit's programs: each has options of its own, and most have those that say how to read CSV.

use cli::getopt::{Next, Syntax, Words};
use cli::stdio;

use super::Failure;
use super::dialect::Dialect;

/// Options by the long name that each has here, and operands.
pub struct Options {
    given: Vec<(&'static str, String)>,
    pub operands: Vec<String>,
}

/// The syntax of a program: the common options, then `(letter, name, takes)`, then `(name, takes)`.
macro_rules! syntax {
    ($($letter:literal $name:literal $takes:ident),* ; $($only:literal $only_takes:ident),*) => {
        cli::getopt::Syntax {
            short: &[
                $(($letter, cli::getopt::Takes::$takes, $name),)*
                (b'd', cli::getopt::Takes::Value, "delimiter"),
                (b't', cli::getopt::Takes::Nothing, "tabs"),
                (b'q', cli::getopt::Takes::Value, "quotechar"),
                (b'u', cli::getopt::Takes::Value, "quoting"),
                (b'b', cli::getopt::Takes::Nothing, "no-doublequote"),
                (b'p', cli::getopt::Takes::Value, "escapechar"),
                (b'z', cli::getopt::Takes::Value, "maxfieldsize"),
                (b'e', cli::getopt::Takes::Value, "encoding"),
                (b'L', cli::getopt::Takes::Value, "locale"),
                (b'S', cli::getopt::Takes::Nothing, "skipinitialspace"),
                (b'H', cli::getopt::Takes::Nothing, "no-header-row"),
                (b'K', cli::getopt::Takes::Value, "skip-lines"),
                (b'v', cli::getopt::Takes::Nothing, "verbose"),
                (b'l', cli::getopt::Takes::Nothing, "linenumbers"),
                (b'y', cli::getopt::Takes::Value, "snifflimit"),
                (b'I', cli::getopt::Takes::Nothing, "no-inference"),
                (b'V', cli::getopt::Takes::Nothing, "version"),
                (b'h', cli::getopt::Takes::Nothing, "help"),
            ],
            long: &[
                $(($name, cli::getopt::Takes::$takes, $name),)*
                $(($only, cli::getopt::Takes::$only_takes, $only),)*
                ("delimiter", cli::getopt::Takes::Value, "delimiter"),
                ("tabs", cli::getopt::Takes::Nothing, "tabs"),
                ("quotechar", cli::getopt::Takes::Value, "quotechar"),
                ("quoting", cli::getopt::Takes::Value, "quoting"),
                ("no-doublequote", cli::getopt::Takes::Nothing, "no-doublequote"),
                ("escapechar", cli::getopt::Takes::Value, "escapechar"),
                ("maxfieldsize", cli::getopt::Takes::Value, "maxfieldsize"),
                ("encoding", cli::getopt::Takes::Value, "encoding"),
                ("locale", cli::getopt::Takes::Value, "locale"),
                ("skipinitialspace", cli::getopt::Takes::Nothing, "skipinitialspace"),
                ("blanks", cli::getopt::Takes::Nothing, "blanks"),
                ("null-value", cli::getopt::Takes::Value, "null-value"),
                ("date-format", cli::getopt::Takes::Value, "date-format"),
                ("datetime-format", cli::getopt::Takes::Value, "datetime-format"),
                ("no-leading-zeroes", cli::getopt::Takes::Nothing, "no-leading-zeroes"),
                ("no-header-row", cli::getopt::Takes::Nothing, "no-header-row"),
                ("skip-lines", cli::getopt::Takes::Value, "skip-lines"),
                ("verbose", cli::getopt::Takes::Nothing, "verbose"),
                ("linenumbers", cli::getopt::Takes::Nothing, "linenumbers"),
                ("add-bom", cli::getopt::Takes::Nothing, "add-bom"),
                ("zero", cli::getopt::Takes::Nothing, "zero"),
                ("snifflimit", cli::getopt::Takes::Value, "snifflimit"),
                ("no-inference", cli::getopt::Takes::Nothing, "no-inference"),
                ("version", cli::getopt::Takes::Nothing, "version"),
                ("help", cli::getopt::Takes::Nothing, "help"),
            ],
        }
    };
}
pub(super) use syntax;

/// What `--help` tells of the common options.
const COMMON: &str = "
Common options:
  -d, --delimiter CHAR       the input's fields end at CHAR; -t, --tabs: at tabs
  -q, --quotechar CHAR       the input's quotes are CHAR; -b, --no-doublequote: they are not doubled
  -u, --quoting 0|1|2|3      how the input quotes; 3: not at all
  -p, --escapechar CHAR      CHAR escapes the next one
  -S, --skipinitialspace     blanks behind a delimiter do not count
  -e, --encoding NAME        the input's encoding: utf-8 or latin-1
  -K, --skip-lines N         leave out the first N lines
  -H, --no-header-row        there are no names in the first row: they are a, b, c, ...
  -l, --linenumbers          put a column of line numbers in front
      --zero                 number columns from 0
      --add-bom              begin the output with a byte-order mark
  -y, --snifflimit N         guess the delimiter from N characters; 0: do not, -1: from all
  -I, --no-inference         every column is text
      --blanks               an empty cell, na, n/a, none, null and . are no nulls
      --null-value TEXT      TEXT is null as well
      --date-format FORMAT, --datetime-format FORMAT
                             how dates are written
      --no-leading-zeroes    what begins with 0 is no number
  -h, --help; -V, --version
";

impl Options {
    /// Reads a command line. `usage` is the program's own part of the help.
    pub fn read(
        program: &str,
        syntax: &'static Syntax<&'static str>,
        usage: &str,
        arguments: Vec<Vec<u8>>,
    ) -> Result<Self, Failure> {
        let mut options = Self { given: Vec::new(), operands: Vec::new() };
        let mut words = Words::new(syntax, arguments);
        loop {
            match words.next().map_err(Failure::Usage)? {
                None => return Ok(options),
                Some(Next::Operand(word)) => {
                    options.operands.push(String::from_utf8_lossy(&word).into_owned());
                }
                Some(Next::Option { option: "help", .. }) => {
                    return Err(shown(&format!("{usage}{COMMON}")));
                }
                Some(Next::Option { option: "version", .. }) => {
                    return Err(shown(&cli::frame::version(cli::multicall::command_name(program))));
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

    /// The last value of an option.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.given.iter().rev().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// Every value of an option.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.given.iter().filter(move |(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// An option's value as a number.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = value.trim().parse();
        number
            .map(Some)
            .map_err(|_| Failure::Usage(format!("argument --{name}: invalid int value: '{value}'")))
    }

    /// The one file, where a command takes one.
    pub fn file(&self) -> Result<Option<&str>, Failure> {
        match self.operands.as_slice() {
            [] => Ok(None),
            [file] => Ok(Some(file)),
            [_, others @ ..] => Err(Failure::Usage(format!("unrecognized arguments: {}", others.join(" ")))),
        }
    }

    /// The number that the first column has.
    pub fn offset(&self) -> usize {
        usize::from(!self.has("zero"))
    }

    /// How the options say that CSV is read, over what was guessed.
    pub fn dialect(&self, guessed: Dialect) -> Result<Dialect, Failure> {
        let mut dialect = guessed;
        let one = |name: &str| -> Result<Option<char>, Failure> {
            let Some(value) = self.value(name) else { return Ok(None) };
            let mut chars = value.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(Some(c)),
                _ => {
                    let name = if name == "delimiter" { "delimiter" } else { name };
                    Err(Failure::Error("TypeError", format!("\"{name}\" must be a 1-character string")))
                }
            }
        };
        if self.has("tabs") {
            dialect.delimiter = '\t';
        } else if let Some(delimiter) = one("delimiter")? {
            dialect.delimiter = delimiter;
        }
        if let Some(quote) = one("quotechar")? {
            dialect.quote = quote;
        }
        if let Some(escape) = one("escapechar")? {
            dialect.escape = Some(escape);
        }
        if let Some(quoting) = self.number("quoting")? {
            dialect.has_quotes = quoting != 3;
        }
        // These two are said in any case, whatever was guessed.
        dialect.doubles = !self.has("no-doublequote");
        dialect.skips_space = self.has("skipinitialspace");
        Ok(dialect)
    }
}

/// Shows a text that was asked for.
fn shown(text: &str) -> Failure {
    match stdio::print(text.as_bytes()) {
        Ok(()) => Failure::Done(0),
        Err(errno) => Failure::Output(errno.into()),
    }
}
