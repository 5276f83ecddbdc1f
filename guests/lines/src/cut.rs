//! cut: parts of lines, by bytes or by fields. Characters are bytes, as they are to GNU's.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{name, reason};
use rustix::io::Errno;

use crate::input::Input;
use crate::output::Output;
use crate::ranges::{self, Range};
use cli::frame::{self, Frame, version};

const HELP: &str = "\
Usage: cut OPTION... [FILE]...
Print parts of the lines of each FILE.

Without a FILE, and for a FILE that is -, read standard input.

  -b, --bytes=LIST              print these bytes
  -c, --characters=LIST         print these bytes
  -d, --delimiter=DELIM         fields end at DELIM, not at tabs
  -f, --fields=LIST             print these fields, and lines without a delimiter unless -s says not to
  -n                            has no effect
      --complement              print what the list does not name
  -s, --only-delimited          with -f, leave out lines without a delimiter
      --output-delimiter=TEXT   put TEXT between what is printed, not the delimiter
  -z, --zero-terminated         lines end with NUL, not newline
      --help                    print this text
      --version                 print the version

A LIST is made of ranges with commas between them: N, N- to the end, N-M, -M from the start. They count from 1.
";

const COMPLEMENT: char = 'C';
const OUTPUT_DELIMITER: char = 'o';

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'b', Takes::Value, 'b'),
        (b'c', Takes::Value, 'b'),
        (b'd', Takes::Value, 'd'),
        (b'f', Takes::Value, 'f'),
        (b'n', Takes::Nothing, 'n'),
        (b's', Takes::Nothing, 's'),
        (b'z', Takes::Nothing, 'z'),
    ],
    long: &[
        ("bytes", Takes::Value, 'b'),
        ("characters", Takes::Value, 'b'),
        ("fields", Takes::Value, 'f'),
        ("delimiter", Takes::Value, 'd'),
        ("only-delimited", Takes::Nothing, 's'),
        ("output-delimiter", Takes::Value, OUTPUT_DELIMITER),
        ("complement", Takes::Nothing, COMPLEMENT),
        ("zero-terminated", Takes::Nothing, 'z'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// What a command line asks for.
struct Cut {
    ranges: Vec<Range>,
    by_fields: bool,
    delimiter: u8,
    between: Vec<u8>,
    /// Whether `between` stands between ranges of bytes too.
    is_between_given: bool,
    only_delimited: bool,
    ending: u8,
}

/// Runs cut: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (cut, files) = match parse(frame, arguments) {
        Ok(read) => read,
        Err(status) => return status,
    };
    let mut output = Output::new(program);
    let mut status = 0;
    for file in &files {
        let done = Input::open(file).and_then(|mut input| cut.file(&mut input, &mut output));
        if let Err(errno) = done {
            output.flush();
            frame.complain(&format!("{}: {}", name(file), reason(errno)));
            status = 1;
        }
    }
    status
}

/// Reads the arguments; the error is the status.
fn parse(frame: Frame<'_>, arguments: Vec<Vec<u8>>) -> Result<(Cut, Vec<Vec<u8>>), i32> {
    let mut words = Words::new(&SYNTAX, arguments);
    let mut list: Option<(Vec<u8>, bool)> = None;
    let mut files: Vec<Vec<u8>> = Vec::new();
    let (mut delimiter, mut between, mut complemented) = (None, None, false);
    let (mut only_delimited, mut ending) = (false, b'\n');
    loop {
        match words.next() {
            Err(what) => return Err(frame.misused(&what)),
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => files.push(file),
            Ok(Some(Next::Option { option, value, .. })) => {
                let value = value.unwrap_or_default();
                match option {
                    'b' | 'f' if list.is_some() => {
                        return Err(frame.misused("only one list may be specified"));
                    }
                    'b' | 'f' => list = Some((value, option == 'f')),
                    'd' if value.len() > 1 => {
                        return Err(frame.misused("the delimiter must be a single character"));
                    }
                    'd' => delimiter = Some(value.first().copied().unwrap_or(0)),
                    OUTPUT_DELIMITER => between = Some(if value.is_empty() { vec![0] } else { value }),
                    's' => only_delimited = true,
                    'z' => ending = 0,
                    COMPLEMENT => complemented = true,
                    frame::HELP => return Err(frame.show(HELP)),
                    frame::VERSION => return Err(frame.show(&version("cut"))),
                    _ => {}
                }
            }
        }
    }
    let Some((list, by_fields)) = list else {
        return Err(frame.misused("you must specify a list of bytes, characters, or fields"));
    };
    if !by_fields && delimiter.is_some() {
        return Err(frame.misused("an input delimiter may be specified only when operating on fields"));
    }
    if !by_fields && only_delimited {
        let what = "suppressing non-delimited lines makes sense\n\tonly when operating on fields";
        return Err(frame.misused(what));
    }
    let ranges = ranges::parse(&list, by_fields, complemented).map_err(|what| frame.misused(&what))?;
    if files.is_empty() {
        files.push(b"-".to_vec());
    }
    let delimiter = delimiter.unwrap_or(b'\t');
    let is_between_given = between.is_some();
    let between = between.unwrap_or_else(|| vec![delimiter]);
    Ok((Cut { ranges, by_fields, delimiter, between, is_between_given, only_delimited, ending }, files))
}

impl Cut {
    fn file(&self, input: &mut Input, output: &mut Output) -> Result<(), Errno> {
        if self.by_fields && self.delimiter == self.ending {
            return self.lines_as_fields(input, output);
        }
        while let Some(line) = input.line(self.ending)? {
            let line = line.strip_suffix(&[self.ending]).unwrap_or(line);
            if self.by_fields {
                if !self.fields(line, output) {
                    continue;
                }
            } else {
                self.bytes(line, output);
            }
            output.byte(self.ending);
        }
        Ok(())
    }

    fn bytes(&self, line: &[u8], output: &mut Output) {
        let mut is_first = true;
        for range in &self.ranges {
            let Some(part) = line.get(range.first - 1..range.last.min(line.len())) else { break };
            if part.is_empty() {
                break;
            }
            if self.is_between_given && !is_first {
                output.write(&self.between);
            }
            is_first = false;
            output.write(part);
        }
    }

    /// Writes the fields of a line; answers whether the line is one of those that are printed.
    fn fields(&self, line: &[u8], output: &mut Output) -> bool {
        let Some(end) = swar::position(self.delimiter, line) else {
            if !self.only_delimited {
                output.write(line);
            }
            return !self.only_delimited;
        };
        let (mut number, mut start, mut next) = (1, 0, Some(end));
        let mut is_first = true;
        'ranges: for range in &self.ranges {
            while number < range.first {
                let Some(end) = next else { break 'ranges };
                start = end + 1;
                next = swar::position(self.delimiter, &line[start..]).map(|found| start + found);
                number += 1;
            }
            if !is_first {
                output.write(&self.between);
            }
            is_first = false;
            if range.last == usize::MAX && !self.is_between_given {
                output.write(&line[start..]);
                break;
            }
            loop {
                output.write(&line[start..next.unwrap_or(line.len())]);
                let Some(end) = next else { break 'ranges };
                start = end + 1;
                next = swar::position(self.delimiter, &line[start..]).map(|found| start + found);
                number += 1;
                if number > range.last {
                    break;
                }
                output.write(&self.between);
            }
        }
        true
    }

    /// Where the delimiter is what ends lines, the whole file is one line of which each line is a field.
    fn lines_as_fields(&self, input: &mut Input, output: &mut Output) -> Result<(), Errno> {
        let mut whole = Vec::new();
        input.read_to_end(&mut whole)?;
        if whole.is_empty() {
            return Ok(());
        }
        let text = whole.strip_suffix(&[self.ending]).unwrap_or(&whole);
        if self.fields(text, output) {
            output.byte(self.ending);
        }
        Ok(())
    }
}
