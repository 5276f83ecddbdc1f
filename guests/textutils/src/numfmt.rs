//! numfmt: numbers with units of thousands, written or read.
//!
//! It owns the command line and the fields; [`scale`] owns the numbers, [`format`] what `--format` says.

mod format;
mod scale;

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use cli::wording::quoted;
use textio::ranges::{self, Range};

use crate::extended::{Extended, Rounding};
use crate::input::Input;
use crate::integer;
use crate::line::{self, Tool, fail, fail_file, valued};
use crate::output::Output;
use format::Format;
use scale::Scale;

const HELP: &str = "\
Usage: numfmt [OPTION]... [NUMBER]...
Print NUMBERs, or those on the lines of standard input, with other units.

      --debug          complain about what may be meant otherwise
  -d, --delimiter=X    fields end at X, not at white space
      --field=FIELDS   the numbers are in these fields, 1 by default; as cut has them, or - for all
      --format=FORMAT  print as printf does by FORMAT, which has one %f with flags, width and precision
      --from=UNIT      the units that are read; none by default
      --from-unit=N    a number read stands for N times as much
      --grouping       group digits as the locale does, which is not at all
      --header[=N]     print the first N lines, 1 by default, as they are
      --invalid=MODE   for what is no number: abort (by default), fail in the end, warn, or ignore
      --padding=N      fill up to N columns from the left, or from the right for a negative N
      --round=METHOD   up, down, from-zero (by default), towards-zero, nearest
      --suffix=SUFFIX  put SUFFIX behind numbers, and read it there
      --to=UNIT        the units that are written; none by default
      --to-unit=N      a number is written as one Nth of it
  -z, --zero-terminated  lines end with NUL, not newline
      --help           print this text
      --version        print the version

A UNIT is none; si for K = 1000, M = 1000 * 1000 and so on; iec for K = 1024; iec-i for Ki = 1024; and for reading auto
for both K = 1000 and Ki = 1024.
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[valued(b'd'), line::flag(b'z')],
    long: &[
        ("from", Takes::Value, 'f'),
        ("from-unit", Takes::Value, 'F'),
        ("to", Takes::Value, 't'),
        ("to-unit", Takes::Value, 'T'),
        ("round", Takes::Value, 'r'),
        ("padding", Takes::Value, 'p'),
        ("suffix", Takes::Value, 's'),
        ("grouping", Takes::Nothing, 'g'),
        ("delimiter", Takes::Value, 'd'),
        ("field", Takes::Value, 'n'),
        ("debug", Takes::Nothing, 'D'),
        ("header", Takes::MaybeValue, 'h'),
        ("format", Takes::Value, 'o'),
        ("invalid", Takes::Value, 'i'),
        ("zero-terminated", Takes::Nothing, 'z'),
        line::HELP,
        line::VERSION,
    ],
};

static TOOL: Tool = Tool { name: "numfmt", help: HELP, syntax: &SYNTAX };

/// What is done about what is no number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Invalid {
    Abort,
    Fail,
    Warn,
    Ignore,
}

/// The status when something was no number.
const UNCONVERTED: i32 = 2;

struct Options {
    from: Scale,
    to: Scale,
    from_unit: u64,
    to_unit: u64,
    rounding: Rounding,
    /// Negative: to the left.
    padding: i64,
    suffix: Vec<u8>,
    grouping: bool,
    /// None: white space.
    delimiter: Option<u8>,
    ranges: Option<Vec<Range>>,
    debug: bool,
    header: u64,
    format: Option<Format>,
    invalid: Invalid,
    ending: u8,
    is_converting: bool,
}

/// Runs numfmt: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut options = Options {
        from: Scale::None,
        to: Scale::None,
        from_unit: 1,
        to_unit: 1,
        rounding: Rounding::FromZero,
        padding: 0,
        suffix: Vec::new(),
        grouping: false,
        delimiter: None,
        ranges: Some(vec![Range { first: 1, last: 1 }]),
        debug: false,
        header: 0,
        format: None,
        invalid: Invalid::Abort,
        ending: b'\n',
        is_converting: false,
    };
    let read =
        line::read(frame, &TOOL, arguments, &mut |option, value| set(frame, &mut options, option, value));
    let numbers = match read {
        Ok(numbers) => numbers,
        Err(status) => return status,
    };
    if options.format.is_some() && options.grouping {
        return fail(frame, "--grouping cannot be combined with --format");
    }
    if options.grouping && options.to != Scale::None {
        return fail(frame, "grouping cannot be combined with --to");
    }
    if options.debug && !options.is_converting && !options.grouping && options.padding == 0 {
        frame.complain("no conversion option specified");
    }
    let mut run = Run { frame, options: &options, output: Output::new(program), status: 0 };
    match run.all(&numbers) {
        Ok(()) => run.status,
        Err(status) => status,
    }
}

fn set(frame: Frame<'_>, options: &mut Options, option: char, value: Option<Vec<u8>>) -> Result<(), i32> {
    const FROM: &line::Choices<Scale> = &[
        ("none", Scale::None),
        ("auto", Scale::Auto),
        ("si", Scale::Si),
        ("iec", Scale::Iec),
        ("iec-i", Scale::IecI),
    ];
    const TO: &line::Choices<Scale> =
        &[("none", Scale::None), ("si", Scale::Si), ("iec", Scale::Iec), ("iec-i", Scale::IecI)];
    const METHODS: &line::Choices<Rounding> = &[
        ("up", Rounding::Up),
        ("down", Rounding::Down),
        ("from-zero", Rounding::FromZero),
        ("towards-zero", Rounding::TowardsZero),
        ("nearest", Rounding::Nearest),
    ];
    const MODES: &line::Choices<Invalid> = &[
        ("abort", Invalid::Abort),
        ("fail", Invalid::Fail),
        ("warn", Invalid::Warn),
        ("ignore", Invalid::Ignore),
    ];
    let given = value.is_some();
    let text = value.unwrap_or_default();
    let unit = |text: &[u8]| {
        scale::unit(text).ok_or_else(|| fail(frame, &format!("invalid unit size: {}", quoted(text))))
    };
    match option {
        'f' => options.from = line::choose(frame, "--from", &text, FROM)?,
        't' => options.to = line::choose(frame, "--to", &text, TO)?,
        'F' => options.from_unit = unit(&text)?,
        'T' => options.to_unit = unit(&text)?,
        'r' => options.rounding = line::choose(frame, "--round", &text, METHODS)?,
        'p' => {
            let number = integer::parse(&text, -i64::from(i32::MAX), i64::from(i32::MAX));
            options.padding = number
                .ok()
                .filter(|padding| *padding != 0)
                .ok_or_else(|| fail(frame, &format!("invalid padding value {}", quoted(&text))))?;
        }
        's' => options.suffix = text,
        'g' => options.grouping = true,
        'd' => match text.as_slice() {
            [] => options.delimiter = Some(0),
            [byte] => options.delimiter = Some(*byte),
            _ => return Err(fail(frame, "the delimiter must be a single character")),
        },
        'n' => {
            options.ranges = match text.as_slice() {
                b"-" => None,
                list => Some(ranges::parse(list, true, false).map_err(|what| frame.misused(&what))?),
            };
        }
        'D' => options.debug = true,
        'h' => {
            options.header = if given {
                let number = integer::parse(&text, 1, i64::MAX).map(i64::unsigned_abs);
                number.map_err(|_| fail(frame, &format!("invalid header value {}", quoted(&text))))?
            } else {
                1
            };
        }
        'o' => options.format = Some(Format::parse(&text).map_err(|what| fail(frame, &what))?),
        'i' => options.invalid = line::choose(frame, "--invalid", &text, MODES)?,
        _ => options.ending = 0,
    }
    options.is_converting |= matches!(option, 'f' | 't' | 'F' | 'T');
    Ok(())
}

struct Run<'a> {
    frame: Frame<'a>,
    options: &'a Options,
    output: Output,
    status: i32,
}

impl Run<'_> {
    fn all(&mut self, numbers: &[Vec<u8>]) -> Result<(), i32> {
        if !numbers.is_empty() {
            return numbers.iter().try_for_each(|number| self.line(number));
        }
        let mut input = Input::stdin();
        let mut number = 0;
        loop {
            match input.line(self.options.ending) {
                Ok(None) => return Ok(()),
                Ok(Some(text)) => {
                    number += 1;
                    let text = text.strip_suffix(&[self.options.ending]).unwrap_or(text);
                    if number <= self.options.header {
                        self.output.write(text);
                        self.output.byte(self.options.ending);
                    } else {
                        self.line(text)?;
                    }
                }
                Err(errno) => return Err(fail_file(self.frame, &mut self.output, b"-", errno)),
            }
        }
    }

    /// Converts the fields of a line.
    fn line(&mut self, text: &[u8]) -> Result<(), i32> {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
        let mut rest = text;
        for number in 1.. {
            let end = match self.options.delimiter {
                Some(delimiter) => memchr::memchr(delimiter, rest),
                None => {
                    let start = rest.iter().position(|byte| !is_blank(byte)).unwrap_or(rest.len());
                    rest[start..].iter().position(is_blank).map(|length| start + length)
                }
            };
            let field = &rest[..end.unwrap_or(rest.len())];
            let is_wanted =
                self.options.ranges.as_ref().is_none_or(|ranges| {
                    ranges.iter().any(|range| (range.first..=range.last).contains(&number))
                });
            if is_wanted {
                self.field(field)?;
            } else {
                self.output.write(field);
            }
            let Some(end) = end else { break };
            self.output.byte(self.options.delimiter.unwrap_or(b' '));
            rest = &rest[end + 1..];
        }
        self.output.byte(self.options.ending);
        Ok(())
    }

    /// Converts a field.
    fn field(&mut self, field: &[u8]) -> Result<(), i32> {
        let blanks = field.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n')).count();
        let text = &field[blanks..];
        let suffix = self.options.suffix.as_slice();
        let text = if suffix.is_empty() { text } else { text.strip_suffix(suffix).unwrap_or(text) };
        match self.convert(text) {
            Ok(number) => {
                let number = [number.as_bytes(), suffix].concat();
                // Where nobody says otherwise, a column stays as wide as it was.
                let is_padded = self.options.delimiter.is_none() && blanks > 0;
                let auto = if is_padded { i64::try_from(field.len()).unwrap_or(0) } else { 0 };
                self.put(&number, auto);
                Ok(())
            }
            Err(what) => {
                if self.options.invalid != Invalid::Ignore {
                    self.output.flush();
                    self.frame.complain(&what);
                }
                match self.options.invalid {
                    Invalid::Abort => return Err(UNCONVERTED),
                    Invalid::Fail => self.status = UNCONVERTED,
                    Invalid::Warn | Invalid::Ignore => {}
                }
                self.output.write(field);
                Ok(())
            }
        }
    }

    /// Writes a number with what stands around it.
    fn put(&mut self, number: &[u8], auto: i64) {
        let format = self.options.format.as_ref();
        let padding = match format.map_or(0, |format| format.padding) {
            0 if self.options.padding != 0 => self.options.padding,
            0 => auto,
            padding => padding,
        };
        let width = usize::try_from(padding.unsigned_abs()).unwrap_or(0);
        let blanks = vec![b' '; width.saturating_sub(number.len())];
        self.output.write(format.map_or(b"", |format| &format.before));
        if padding < 0 {
            self.output.write(number);
            self.output.write(&blanks);
        } else {
            self.output.write(&blanks);
            self.output.write(number);
        }
        self.output.write(format.map_or(b"", |format| &format.behind));
    }

    /// Converts a number; the error is what to complain about.
    fn convert(&self, text: &[u8]) -> Result<String, String> {
        let options = self.options;
        let (mut value, decimals) = scale::parse(text, options.from)?;
        if options.from_unit != 1 {
            value = value.times(Extended::from_integer(options.from_unit));
        }
        if options.to_unit != 1 {
            value = value.over(Extended::from_integer(options.to_unit));
        }
        let precision = options.format.as_ref().and_then(|format| format.precision);
        let zeros = options.format.as_ref().map_or(0, |format| format.zeros);
        let decimals = precision.unwrap_or(if options.to == Scale::None { decimals } else { 0 });
        scale::check(value, decimals, options.to)?;
        Ok(scale::write(value, options.to, options.rounding, decimals, precision, zeros))
    }
}
