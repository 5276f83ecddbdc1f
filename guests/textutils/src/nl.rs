//! nl: lines with numbers, page by page.

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use cli::wording::quoted;
use posix_regex::{Options as Grammar, Regex};
use rustix::io::Errno;

use crate::input::Input;
use crate::integer;
use crate::line::{self, Tool, fail, fail_file, flag, valued};
use crate::output::Output;

const HELP: &str = "\
Usage: nl [OPTION]... [FILE]...
Print the lines of each FILE with numbers.

Without a FILE, and for a FILE that is -, read standard input.

  -b, --body-numbering=STYLE       which lines of bodies have numbers: t by default
  -d, --section-delimiter=CC       sections begin with lines of CC, \\: by default; a single character has : behind it
  -f, --footer-numbering=STYLE     which lines of footers have numbers: n by default
  -h, --header-numbering=STYLE     which lines of headers have numbers: n by default
  -i, --line-increment=NUMBER      the next number is NUMBER more, not 1
  -l, --join-blank-lines=NUMBER    of NUMBER empty lines one after another, only the last counts
  -n, --number-format=FORMAT       how numbers are written: rn by default
  -p, --no-renumber                go on with the numbers where a section begins
  -s, --number-separator=STRING    put STRING behind the number, not a tab
  -v, --starting-line-number=NUMBER  the first number of a section, not 1
  -w, --number-width=NUMBER        numbers are NUMBER columns wide, not 6
      --help                       print this text
      --version                    print the version

A STYLE is a for all lines, t for those that are not empty, n for none, pBRE for those that the basic regular
expression matches. A FORMAT is ln for left, rn for right, rz for right with zeros. A line that is CC three times, twice
or once begins a header, a body or a footer.
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        valued(b'h'),
        valued(b'b'),
        valued(b'f'),
        valued(b'v'),
        valued(b'i'),
        flag(b'p'),
        valued(b'l'),
        valued(b's'),
        valued(b'w'),
        valued(b'n'),
        valued(b'd'),
    ],
    long: &[
        ("header-numbering", Takes::Value, 'h'),
        ("body-numbering", Takes::Value, 'b'),
        ("footer-numbering", Takes::Value, 'f'),
        ("starting-line-number", Takes::Value, 'v'),
        ("line-increment", Takes::Value, 'i'),
        ("no-renumber", Takes::Nothing, 'p'),
        ("join-blank-lines", Takes::Value, 'l'),
        ("number-separator", Takes::Value, 's'),
        ("number-width", Takes::Value, 'w'),
        ("number-format", Takes::Value, 'n'),
        ("section-delimiter", Takes::Value, 'd'),
        line::HELP,
        line::VERSION,
    ],
};

static TOOL: Tool = Tool { name: "nl", help: HELP, syntax: &SYNTAX };

/// Which lines have numbers.
enum Style {
    All,
    Full,
    None,
    Matching(Box<Regex>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Left,
    Right,
    Zeros,
}

struct Options {
    /// Of headers, bodies and footers.
    styles: [Style; 3],
    delimiter: Vec<u8>,
    first: i64,
    step: i64,
    goes_on: bool,
    joined: u64,
    separator: Vec<u8>,
    width: usize,
    format: Format,
}

/// The section that lines are in without any delimiter.
const BODY: usize = 1;

/// Runs nl: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut options = Options {
        styles: [Style::None, Style::Full, Style::None],
        delimiter: b"\\:".to_vec(),
        first: 1,
        step: 1,
        goes_on: false,
        joined: 1,
        separator: b"\t".to_vec(),
        width: 6,
        format: Format::Right,
    };
    let mut is_wrong = false;
    let files = line::read(frame, &TOOL, arguments, &mut |option, value| {
        let value = value.unwrap_or_default();
        let number = |what: &str, least, most| integer::option(frame, what, &value, least, most);
        match option {
            'h' => is_wrong |= !style(frame, &mut options.styles[0], "header", &value)?,
            'b' => is_wrong |= !style(frame, &mut options.styles[BODY], "body", &value)?,
            'f' => is_wrong |= !style(frame, &mut options.styles[2], "footer", &value)?,
            'v' => options.first = number("invalid starting line number", i64::MIN, i64::MAX)?,
            'i' => options.step = number("invalid line number increment", i64::MIN, i64::MAX)?,
            'p' => options.goes_on = true,
            'l' => {
                let joined = number("invalid line number of blank lines", 1, i64::MAX)?;
                options.joined = joined.unsigned_abs();
            }
            's' => options.separator = value,
            'w' => {
                let width = number("invalid line number field width", 1, i64::from(i32::MAX))?;
                options.width = usize::try_from(width).unwrap_or(6);
            }
            'n' => match value.as_slice() {
                b"ln" => options.format = Format::Left,
                b"rn" => options.format = Format::Right,
                b"rz" => options.format = Format::Zeros,
                _ => {
                    fail(frame, &format!("invalid line numbering format: {}", quoted(&value)));
                    is_wrong = true;
                }
            },
            _ => {
                options.delimiter = value;
                if options.delimiter.len() == 1 {
                    options.delimiter.push(b':');
                }
            }
        }
        Ok(())
    });
    let files = match files {
        Ok(_) if is_wrong => return frame.try_help(),
        Ok(files) => line::or_stdin(files),
        Err(status) => return status,
    };
    run(frame, &options, &files)
}

/// Sets a style; answers whether it is one. The error is the status.
fn style(frame: Frame<'_>, style: &mut Style, section: &str, value: &[u8]) -> Result<bool, i32> {
    *style = match value.split_first() {
        Some((b'a', _)) => Style::All,
        Some((b't', _)) => Style::Full,
        Some((b'n', _)) => Style::None,
        Some((b'p', pattern)) => {
            let regex = Regex::new(pattern, Grammar { lenient: true, ..Grammar::default() });
            Style::Matching(Box::new(regex.map_err(|error| fail(frame, &error.to_string()))?))
        }
        _ => {
            fail(frame, &format!("invalid {section} numbering style: {}", quoted(value)));
            return Ok(false);
        }
    };
    Ok(true)
}

struct Numbering<'a> {
    frame: Frame<'a>,
    options: &'a Options,
    output: Output,
    section: usize,
    /// The number of the next line; None: there is none so large.
    number: Option<i64>,
    /// The number as it is written, with the separator; empty: to be made.
    label: Vec<u8>,
    /// What stands in its place before a line without one.
    blank: Vec<u8>,
    /// How many empty lines came one after another.
    empty: u64,
}

fn run(frame: Frame<'_>, options: &Options, files: &[Vec<u8>]) -> i32 {
    let mut numbering = Numbering {
        frame,
        options,
        output: Output::new(frame.program),
        section: BODY,
        number: Some(options.first),
        label: Vec::new(),
        blank: vec![b' '; options.width + options.separator.len()],
        empty: 0,
    };
    let mut status = 0;
    for file in files {
        let done = Input::open(file).and_then(|mut input| numbering.file(&mut input));
        match done {
            Ok(Ok(())) => {}
            Ok(Err(ended)) => return ended,
            Err(errno) => status = fail_file(frame, &mut numbering.output, file, errno),
        }
    }
    status
}

impl Numbering<'_> {
    /// Numbers a file; the inner error is the status to end with.
    fn file(&mut self, input: &mut Input) -> Result<Result<(), i32>, Errno> {
        while let Some(line) = input.line(b'\n')? {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            if let Some(section) = self.section_of(text) {
                self.section = section;
                if !self.options.goes_on {
                    self.number = Some(self.options.first);
                    self.label.clear();
                }
                self.output.byte(b'\n');
                continue;
            }
            if self.is_counted(text) {
                if let Err(status) = self.label() {
                    return Ok(Err(status));
                }
            } else {
                self.output.write(&self.blank);
            }
            self.output.write(line);
            if text.len() == line.len() {
                self.output.byte(b'\n');
            }
        }
        Ok(Ok(()))
    }

    /// The section that a line begins.
    #[inline]
    fn section_of(&self, text: &[u8]) -> Option<usize> {
        let delimiter = self.options.delimiter.as_slice();
        if delimiter.is_empty() || !text.starts_with(delimiter) || !text.len().is_multiple_of(delimiter.len())
        {
            return None;
        }
        let times = text.len() / delimiter.len();
        let is_whole = times <= 3 && text.chunks(delimiter.len()).all(|part| part == delimiter);
        is_whole.then_some(3 - times)
    }

    fn is_counted(&mut self, text: &[u8]) -> bool {
        let joined = self.options.joined;
        match self.options.styles.get(self.section) {
            Some(Style::All) if joined == 1 || !text.is_empty() => {
                self.empty = 0;
                true
            }
            Some(Style::All) => {
                self.empty += 1;
                let counts = self.empty == joined;
                if counts {
                    self.empty = 0;
                }
                counts
            }
            Some(Style::Full) => !text.is_empty(),
            Some(Style::Matching(regex)) => regex.is_match(text),
            Some(Style::None) | None => false,
        }
    }

    /// Writes the number of a line, and goes to the next one.
    fn label(&mut self) -> Result<(), i32> {
        let Some(number) = self.number else {
            self.output.flush();
            return Err(fail(self.frame, "line number overflow"));
        };
        if self.label.is_empty() {
            self.make_label(number);
        }
        self.output.write(&self.label);
        self.number = number.checked_add(self.options.step);
        if self.options.step != 1 || number < 0 || !self.count_up() {
            self.label.clear();
        }
        Ok(())
    }

    fn make_label(&mut self, number: i64) {
        let width = self.options.width;
        let text = match self.options.format {
            Format::Left => format!("{number:<width$}"),
            Format::Right => format!("{number:>width$}"),
            Format::Zeros => format!("{number:0width$}"),
        };
        self.label.extend_from_slice(text.as_bytes());
        self.label.extend_from_slice(&self.options.separator);
    }

    /// Makes the label that of the next number, in place; answers whether that was possible.
    fn count_up(&mut self) -> bool {
        if self.options.format == Format::Left {
            return false;
        }
        let end = self.label.len() - self.options.separator.len();
        for byte in self.label[..end].iter_mut().rev() {
            match byte {
                b'9' => *byte = b'0',
                b'0'..=b'8' => {
                    *byte += 1;
                    return true;
                }
                _ => {
                    *byte = b'1';
                    return true;
                }
            }
        }
        false
    }
}
