//! The options of xargs.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio::complain;

use super::NAME;
use crate::program;

/// What is asked for.
#[derive(Debug)]
pub struct Options {
    /// The command and its first arguments.
    pub command: Vec<Vec<u8>>,
    pub file: Option<Vec<u8>>,
    /// Items end with this byte; else blanks part them, and quotes are special.
    pub delimiter: Option<u8>,
    pub end: Option<Vec<u8>>,
    pub replace: Option<Vec<u8>>,
    pub lines_max: Option<usize>,
    pub arguments_max: Option<usize>,
    pub bytes_max: usize,
    /// How many programs run at a time; 0: as many as there are.
    pub jobs_max: usize,
    pub slot_variable: Option<Vec<u8>>,
    pub opens_terminal: bool,
    pub asks: bool,
    pub needs_input: bool,
    pub shows_limits: bool,
    pub shows_commands: bool,
    /// Ends where a line does not fit.
    pub exits: bool,
}

/// The largest number of programs at a time that can be asked for.
pub const JOBS_MAX: usize = 0x7fff_ffff;

/// Why the options were not read to their end.
#[derive(Debug)]
pub enum Stop {
    Complaint(String),
    /// A complaint, and where help is.
    Usage(String),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Option_ {
    Null,
    File,
    Delimiter,
    End,
    MaybeEnd,
    Replace,
    MaybeReplace,
    Lines,
    MaybeLines,
    Arguments,
    Terminal,
    Jobs,
    Ask,
    Slot,
    NeedsInput,
    Bytes,
    Limits,
    Verbose,
    Exit,
    Help,
    Version,
}

const SYNTAX: Syntax<Option_> = Syntax {
    short: &[
        (b'0', Takes::Nothing, Option_::Null),
        (b'a', Takes::Value, Option_::File),
        (b'd', Takes::Value, Option_::Delimiter),
        (b'E', Takes::Value, Option_::End),
        (b'e', Takes::MaybeValue, Option_::MaybeEnd),
        (b'I', Takes::Value, Option_::Replace),
        (b'i', Takes::MaybeValue, Option_::MaybeReplace),
        (b'L', Takes::Value, Option_::Lines),
        (b'l', Takes::MaybeValue, Option_::MaybeLines),
        (b'n', Takes::Value, Option_::Arguments),
        (b'o', Takes::Nothing, Option_::Terminal),
        (b'P', Takes::Value, Option_::Jobs),
        (b'p', Takes::Nothing, Option_::Ask),
        (b'r', Takes::Nothing, Option_::NeedsInput),
        (b's', Takes::Value, Option_::Bytes),
        (b't', Takes::Nothing, Option_::Verbose),
        (b'x', Takes::Nothing, Option_::Exit),
    ],
    long: &[
        ("null", Takes::Nothing, Option_::Null),
        ("arg-file", Takes::Value, Option_::File),
        ("delimiter", Takes::Value, Option_::Delimiter),
        ("eof", Takes::MaybeValue, Option_::MaybeEnd),
        ("replace", Takes::MaybeValue, Option_::MaybeReplace),
        ("max-lines", Takes::MaybeValue, Option_::MaybeLines),
        ("max-args", Takes::Value, Option_::Arguments),
        ("open-tty", Takes::Nothing, Option_::Terminal),
        ("interactive", Takes::Nothing, Option_::Ask),
        ("no-run-if-empty", Takes::Nothing, Option_::NeedsInput),
        ("max-chars", Takes::Value, Option_::Bytes),
        ("verbose", Takes::Nothing, Option_::Verbose),
        ("show-limits", Takes::Nothing, Option_::Limits),
        ("exit", Takes::Nothing, Option_::Exit),
        ("max-procs", Takes::Value, Option_::Jobs),
        ("process-slot-var", Takes::Value, Option_::Slot),
        ("version", Takes::Nothing, Option_::Version),
        ("help", Takes::Nothing, Option_::Help),
    ],
};

impl Options {
    /// Reads a command line; no command may be longer than `bytes_most`.
    pub fn read(argv: Vec<Vec<u8>>, bytes_most: usize) -> Result<Options, Stop> {
        let mut options = Options {
            command: Vec::new(),
            file: None,
            delimiter: None,
            end: None,
            replace: None,
            lines_max: None,
            arguments_max: None,
            bytes_max: program::ARGUMENTS_BYTES.min(bytes_most),
            jobs_max: 1,
            slot_variable: None,
            opens_terminal: false,
            asks: false,
            needs_input: false,
            shows_limits: false,
            shows_commands: false,
            exits: false,
        };
        let mut words = Words::new(&SYNTAX, argv);
        loop {
            match words.next().map_err(Stop::Usage)? {
                Some(Next::Option { option, value, .. }) => options.take(option, value, bytes_most)?,
                Some(Next::Operand(command)) => {
                    options.command.push(command);
                    options.command.extend(words.into_rest());
                    break;
                }
                None => break,
            }
        }
        if options.command.is_empty() {
            options.command.push(b"echo".to_vec());
        }
        if options.delimiter.is_some() && options.end.take().is_some() {
            complain(NAME, "warning: the -E option has no effect if -0 or -d is used.\n");
        }
        options.exits |= options.replace.is_some() || options.lines_max.is_some();
        Ok(options)
    }

    fn take(&mut self, option: Option_, value: Option<Vec<u8>>, bytes_most: usize) -> Result<(), Stop> {
        let not_empty = |value: Vec<u8>| Some(value).filter(|value| !value.is_empty());
        match option {
            Option_::Null => self.delimiter = Some(0),
            Option_::Delimiter => self.delimiter = Some(delimiter(&value.unwrap_or_default())?),
            Option_::File => self.file = value,
            Option_::End | Option_::MaybeEnd => self.end = value.and_then(not_empty),
            Option_::Replace | Option_::MaybeReplace => {
                self.forget_lines("--replace/-I/-i");
                if self.arguments_max.take().is_some() {
                    exclusive("--max-args", "--replace/-I/-i", "--max-args");
                }
                self.replace = Some(value.unwrap_or_else(|| b"{}".to_vec()));
            }
            Option_::Lines | Option_::MaybeLines => {
                let (letter, name) =
                    if option == Option_::Lines { ('L', "-L") } else { ('l', "--max-lines/-l") };
                let value = value.unwrap_or_else(|| b"1".to_vec());
                let lines = number(&value, letter, 1)?;
                if self.arguments_max.take().is_some() {
                    exclusive("--max-args", name, "--max-args");
                }
                self.forget_replace(name);
                self.lines_max = Some(lines);
            }
            Option_::Arguments => {
                let arguments = number(&value.unwrap_or_default(), 'n', 1)?;
                self.forget_lines("--max-args/-n");
                // One argument is what replacing means anyway.
                if arguments > 1 || self.replace.is_none() {
                    self.forget_replace("--max-args/-n");
                    self.arguments_max = Some(arguments);
                }
            }
            Option_::Bytes => self.bytes_max = bytes(&value.unwrap_or_default(), bytes_most)?,
            Option_::Jobs => {
                let value = value.unwrap_or_default();
                self.jobs_max = number(&value, 'P', 0)?;
                if self.jobs_max > JOBS_MAX {
                    let value = String::from_utf8_lossy(&value);
                    return Err(Stop::Usage(format!("value {value} for -P option should be <= {JOBS_MAX}")));
                }
            }
            Option_::Slot => {
                let name = value.unwrap_or_default();
                if name.contains(&b'=') {
                    let may_not = "option --process-slot-var may not be set to a value which includes `='";
                    return Err(Stop::Complaint(may_not.to_owned()));
                }
                if name.is_empty() {
                    let no_name = "failed to unset environment variable : Invalid argument";
                    return Err(Stop::Complaint(no_name.to_owned()));
                }
                self.slot_variable = Some(name);
            }
            Option_::Terminal => self.opens_terminal = true,
            Option_::Ask => (self.asks, self.shows_commands) = (true, true),
            Option_::NeedsInput => self.needs_input = true,
            Option_::Limits => self.shows_limits = true,
            Option_::Verbose => self.shows_commands = true,
            Option_::Exit => self.exits = true,
            Option_::Help => return Err(Stop::Text(HELP.to_owned())),
            Option_::Version => return Err(Stop::Text("xargs (wasmsand) 0.1.0\n".to_owned())),
        }
        Ok(())
    }

    fn forget_lines(&mut self, other: &str) {
        if self.lines_max.take().is_some() {
            exclusive("--max-lines", other, "--max-lines");
        }
    }

    fn forget_replace(&mut self, other: &str) {
        if self.replace.take().is_some() {
            exclusive("--replace", other, "--replace");
        }
    }
}

fn exclusive(one: &str, other: &str, ignored: &str) {
    let both = format!("warning: options {one} and {other} are mutually exclusive");
    complain(NAME, &format!("{both}, ignoring previous {ignored} value"));
}

/// Reads a number as strtol does; one that is too large is the largest.
fn whole(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim_start();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX }))
}

fn number(text: &[u8], letter: char, least: i64) -> Result<usize, Stop> {
    let shown = String::from_utf8_lossy(text);
    match whole(text) {
        None => Err(Stop::Usage(format!("invalid number \"{shown}\" for -{letter} option"))),
        Some(value) if value < least => {
            Err(Stop::Usage(format!("value {shown} for -{letter} option should be >= {least}")))
        }
        Some(value) => Ok(usize::try_from(value).unwrap_or(usize::MAX)),
    }
}

/// Reads the value of `-s`; one that cannot be is put right.
fn bytes(text: &[u8], most: usize) -> Result<usize, Stop> {
    let shown = String::from_utf8_lossy(text);
    let value =
        whole(text).ok_or_else(|| Stop::Usage(format!("invalid number \"{shown}\" for -s option")))?;
    match usize::try_from(value) {
        Ok(value) if value > most => {
            complain(NAME, &format!("value {shown} for -s option should be <= {most}"));
            Ok(most)
        }
        Ok(value) if value > 0 => Ok(value),
        _ if value > 0 => Ok(most),
        _ => {
            complain(NAME, &format!("value {shown} for -s option should be >= 1"));
            Ok(1)
        }
    }
}

/// Reads the value of `-d`: a character, or an escape of C.
fn delimiter(text: &[u8]) -> Result<u8, Stop> {
    let shown = String::from_utf8_lossy(text);
    let escaped = match text {
        [only] => return Ok(*only),
        [b'\\', escaped @ ..] if !escaped.is_empty() => escaped,
        _ => {
            return Err(Stop::Complaint(format!(
                "Invalid input delimiter specification {shown}: the delimiter must be either a single character or an \
                 escape sequence starting with \\."
            )));
        }
    };
    let invalid =
        |why: &str| Err(Stop::Complaint(format!("Invalid escape sequence {shown} in input delimiter {why}")));
    let (digits, radix, most) = match escaped {
        [b'x', digits @ ..] => (digits, 16, "ff"),
        [b'0'..=b'7', ..] => (escaped, 8, "377"),
        [letter] => {
            return match letter {
                b'a' => Ok(0x07),
                b'b' => Ok(0x08),
                b'f' => Ok(0x0c),
                b'n' => Ok(b'\n'),
                b'r' => Ok(b'\r'),
                b't' => Ok(b'\t'),
                b'v' => Ok(0x0b),
                b'\\' => Ok(b'\\'),
                _ => invalid("specification."),
            };
        }
        _ => return invalid("specification."),
    };
    let known = digits.iter().take_while(|digit| char::from(**digit).is_digit(radix)).count();
    let value = digits.iter().take(known).try_fold(0_u8, |value, digit| {
        let digit = char::from(*digit).to_digit(radix).and_then(|digit| u8::try_from(digit).ok())?;
        value.checked_mul(u8::try_from(radix).ok()?)?.checked_add(digit)
    });
    let Some(value) = value else {
        return invalid(&format!("specification; character values must not exceed {most}."));
    };
    if known < digits.len() {
        let rest = String::from_utf8_lossy(digits.get(known..).unwrap_or_default());
        return invalid(&format!("specification; trailing characters {rest} not recognised."));
    }
    Ok(value)
}

const HELP: &str = "\
Usage: xargs [OPTION]... [COMMAND [ARGUMENT]...]
Run COMMAND (default: echo) with ARGUMENTs and more of them read from standard input.

  -0, --null                items end with a NUL; nothing else is special
  -a, --arg-file=FILE       read from FILE; the commands keep standard input
  -d, --delimiter=CHAR      items end with CHAR, which may be an escape of C
  -E END                    the input ends where END is an item
  -e, --eof[=END]           as -E; without END there is none
  -I TEXT                   run COMMAND for each line, with the line in the place of TEXT
  -i, --replace[=TEXT]      as -I; TEXT is {} where it is not given
  -L LINES                  at most that many lines of input for each command
  -l, --max-lines[=LINES]   as -L; one where LINES is not given
  -n, --max-args=COUNT      at most that many arguments for each command
  -o, --open-tty            the commands read from the terminal
  -P, --max-procs=COUNT     run that many commands at a time; 0: as many as there are
  -p, --interactive         ask before each command
      --process-slot-var=NAME  give each command that runs at a time a number of its own in NAME
  -r, --no-run-if-empty     run nothing where there is no input
  -s, --max-chars=BYTES     at most that many bytes for each command
      --show-limits         show the limits of command lines
  -t, --verbose             show each command on standard error
  -x, --exit                end where a command does not fit
      --help                show this text
      --version             show the version
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_a_character_or_an_escape() {
        let read = |text: &str| delimiter(text.as_bytes());
        for (text, wanted) in [
            (",", b','),
            ("\\", b'\\'),
            (r"\n", b'\n'),
            (r"\x2c", b','),
            (r"\054", b','),
            (r"\0", 0),
            (r"\x", 0),
        ] {
            assert_eq!(read(text).unwrap(), wanted, "{text}");
        }
        for text in ["", "xy", r"\q", r"\xzz", r"\777", r"\x100", r"\1x"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_strtol_reads_them() {
        let read = |text: &str| whole(text.as_bytes());
        assert_eq!(
            [read("5"), read("+1"), read(" -3"), read("99999999999999999999")].map(Option::unwrap),
            [5, 1, -3, i64::MAX]
        );
        assert_eq!([read(""), read("x"), read("1x"), read("-")], [None; 4]);
    }
}
