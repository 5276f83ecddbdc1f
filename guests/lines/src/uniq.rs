//! uniq: of lines that repeat, one after another.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{name, quoted, quoted_name, reason};

use crate::input::{Input, errno_of, path};
use crate::output::Output;
use cli::frame::{self, Frame, version};

const HELP: &str = "\
Usage: uniq [OPTION]... [INPUT [OUTPUT]]
Of lines of INPUT that are the same, one after another, write one to OUTPUT.

Without an INPUT or an OUTPUT, or where one is -, it is standard input or output.

  -c, --count             put before each line how often it comes
  -d, --repeated          print only lines that repeat, once
  -D                      print only lines that repeat, all of them
      --all-repeated[=METHOD]  the same, and an empty line: none (by default), prepend, separate
  -f, --skip-fields=N     do not compare the first N fields
      --group[=METHOD]    print all lines, with an empty one: separate (by default), prepend, append, both
  -i, --ignore-case       upper and lower case are the same
  -s, --skip-chars=N      do not compare the first N bytes
  -u, --unique            print only lines that do not repeat
  -z, --zero-terminated   lines end with NUL, not newline
  -w, --check-chars=N     compare no more than N bytes
      --help              print this text
      --version           print the version

A field is blanks and what follows up to the next. Fields are skipped before bytes.
";

const ALL_REPEATED: char = 'A';
const GROUP: char = 'G';

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'c', Takes::Nothing, 'c'),
        (b'd', Takes::Nothing, 'd'),
        (b'D', Takes::Nothing, ALL_REPEATED),
        (b'f', Takes::Value, 'f'),
        (b'i', Takes::Nothing, 'i'),
        (b's', Takes::Value, 's'),
        (b'u', Takes::Nothing, 'u'),
        (b'w', Takes::Value, 'w'),
        (b'z', Takes::Nothing, 'z'),
        // A number alone is one of fields, as it was before there was -f.
        (b'0', Takes::Nothing, '0'),
        (b'1', Takes::Nothing, '1'),
        (b'2', Takes::Nothing, '2'),
        (b'3', Takes::Nothing, '3'),
        (b'4', Takes::Nothing, '4'),
        (b'5', Takes::Nothing, '5'),
        (b'6', Takes::Nothing, '6'),
        (b'7', Takes::Nothing, '7'),
        (b'8', Takes::Nothing, '8'),
        (b'9', Takes::Nothing, '9'),
    ],
    long: &[
        ("count", Takes::Nothing, 'c'),
        ("repeated", Takes::Nothing, 'd'),
        ("all-repeated", Takes::MaybeValue, ALL_REPEATED),
        ("group", Takes::MaybeValue, GROUP),
        ("ignore-case", Takes::Nothing, 'i'),
        ("unique", Takes::Nothing, 'u'),
        ("skip-fields", Takes::Value, 'f'),
        ("skip-chars", Takes::Value, 's'),
        ("check-chars", Takes::Value, 'w'),
        ("zero-terminated", Takes::Nothing, 'z'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// The digits of the greatest count, and a blank.
const COUNT_BYTES_MAX: usize = 21;

/// Where empty lines stand between groups.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    None,
    Prepend,
    Append,
    Separate,
    Both,
}

struct Options {
    count: bool,
    skip_fields: usize,
    skip_bytes: usize,
    compare_bytes: usize,
    ignore_case: bool,
    repeated: bool,
    unique: bool,
    all_repeated: Option<Method>,
    group: Option<Method>,
    ending: u8,
}

/// Runs uniq: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (options, files) = match parse(frame, arguments) {
        Ok(read) => read,
        Err(status) => return status,
    };
    if let [_, _, extra, ..] = files.as_slice() {
        return frame.extra_operand(extra);
    }
    let input = files.first().map_or(b"-".as_slice(), Vec::as_slice);
    let mut opened = match Input::open(input) {
        Ok(opened) => opened,
        Err(errno) => {
            frame.complain(&format!("{}: {}", name(input), reason(errno)));
            return 1;
        }
    };
    let target = files.get(1).map_or(b"-".as_slice(), Vec::as_slice);
    let mut output = if target == b"-" {
        Output::new(program)
    } else {
        match std::fs::File::create(path(target)) {
            Ok(file) => Output::to_file(program, "write error", file),
            Err(error) => {
                frame.complain(&format!("{}: {}", name(target), reason(errno_of(&error))));
                return 1;
            }
        }
    };
    let mut groups = Groups { options: &options, output: &mut output, is_first: true, has_ended: false };
    if groups.run(&mut opened).is_err() {
        output.flush();
        frame.complain(&format!("error reading {}", quoted_name(input)));
        return 1;
    }
    0
}

fn parse(frame: Frame<'_>, arguments: Vec<Vec<u8>>) -> Result<(Options, Vec<Vec<u8>>), i32> {
    let mut options = Options {
        count: false,
        skip_fields: 0,
        skip_bytes: 0,
        compare_bytes: usize::MAX,
        ignore_case: false,
        repeated: false,
        unique: false,
        all_repeated: None,
        group: None,
        ending: b'\n',
    };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut files, mut was_digit): (Vec<Vec<u8>>, bool) = (Vec::new(), false);
    loop {
        match words.next() {
            Err(what) => return Err(frame.misused(&what)),
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => match plus(&file) {
                Some(count) => options.skip_bytes = count,
                None => files.push(file),
            },
            Ok(Some(Next::Option { option, value, .. })) => {
                if let Some(digit) = option.to_digit(10) {
                    let before = if was_digit { options.skip_fields } else { 0 };
                    options.skip_fields = before.saturating_mul(10).saturating_add(digit as usize);
                    was_digit = true;
                    continue;
                }
                was_digit = false;
                set(frame, &mut options, option, value)?;
            }
        }
    }
    check(frame, &options)?;
    Ok((options, files))
}

fn check(frame: Frame<'_>, options: &Options) -> Result<(), i32> {
    let selects = options.repeated || options.unique || options.all_repeated.is_some();
    if options.group.is_some() && (options.count || selects) {
        return Err(frame.misused("--group is mutually exclusive with -c/-d/-D/-u"));
    }
    if options.all_repeated.is_some() && options.count {
        return Err(frame.misused("printing all duplicated lines and repeat counts is meaningless"));
    }
    Ok(())
}

/// `+N`, as it was before there was -s.
fn plus(word: &[u8]) -> Option<usize> {
    let digits = word.strip_prefix(b"+")?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(String::from_utf8_lossy(digits).parse().unwrap_or(usize::MAX))
}

fn set(frame: Frame<'_>, options: &mut Options, option: char, value: Option<Vec<u8>>) -> Result<(), i32> {
    let number = |what: &str| {
        let text = value.clone().unwrap_or_default();
        if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
            frame.complain(&format!("{}: invalid number of {what}", String::from_utf8_lossy(&text)));
            return Err(1);
        }
        Ok(String::from_utf8_lossy(&text).parse().unwrap_or(usize::MAX))
    };
    match option {
        'c' => options.count = true,
        'd' => options.repeated = true,
        'f' => options.skip_fields = number("fields to skip")?,
        'i' => options.ignore_case = true,
        's' => options.skip_bytes = number("bytes to skip")?,
        'u' => options.unique = true,
        'w' => options.compare_bytes = number("bytes to compare")?,
        'z' => options.ending = 0,
        ALL_REPEATED => {
            let methods =
                [("none", Method::None), ("prepend", Method::Prepend), ("separate", Method::Separate)];
            options.all_repeated = Some(method(frame, "--all-repeated", value, &methods, Method::None)?);
        }
        GROUP => {
            let methods = [
                ("prepend", Method::Prepend),
                ("append", Method::Append),
                ("separate", Method::Separate),
                ("both", Method::Both),
            ];
            options.group = Some(method(frame, "--group", value, &methods, Method::Separate)?);
        }
        frame::HELP => return Err(frame.show(HELP)),
        _ => return Err(frame.show(&version("uniq"))),
    }
    Ok(())
}

fn method(
    frame: Frame<'_>,
    option: &str,
    value: Option<Vec<u8>>,
    methods: &[(&str, Method)],
    default: Method,
) -> Result<Method, i32> {
    let Some(value) = value else { return Ok(default) };
    let found: Vec<_> = methods.iter().filter(|(name, _)| name.as_bytes().starts_with(&value)).collect();
    if let [(_, method)] = found.as_slice()
        && !value.is_empty()
    {
        return Ok(*method);
    }
    let kind = if found.is_empty() { "invalid" } else { "ambiguous" };
    let list: String = methods.iter().map(|(name, _)| format!("\n  - '{name}'")).collect();
    Err(frame
        .misused(&format!("{kind} argument {} for '{option}'\nValid arguments are:{list}", quoted(&value))))
}

/// The passing of lines, group by group.
struct Groups<'a> {
    options: &'a Options,
    output: &'a mut Output,
    is_first: bool,
    /// The last line of the group has been written with an empty line behind it.
    has_ended: bool,
}

impl Groups<'_> {
    fn run(&mut self, input: &mut Input) -> Result<(), rustix::io::Errno> {
        let ending = self.options.ending;
        let mut held: Vec<u8> = Vec::new();
        let mut count = 0_u64;
        loop {
            let line = input.line(ending)?;
            let line = line.map(|line| line.strip_suffix(&[ending]).unwrap_or(line));
            if let Some(line) = line
                && count > 0
                && self.are_same(&held, line)
            {
                count += 1;
                self.repeated(&held, line, count);
                continue;
            }
            if count > 0 {
                self.ended(&held, count);
            }
            let Some(line) = line else { break };
            held.clear();
            held.extend_from_slice(line);
            count = 1;
            self.begun(&held);
        }
        if count > 0 && matches!(self.options.group, Some(Method::Append | Method::Both)) {
            self.output.byte(ending);
        }
        Ok(())
    }

    fn are_same(&self, a: &[u8], b: &[u8]) -> bool {
        let (a, b) = (self.compared(a), self.compared(b));
        if self.options.ignore_case { a.eq_ignore_ascii_case(b) } else { swar::equal(a, b) }
    }

    /// What of a line is compared.
    fn compared<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let mut rest = line;
        if self.options.skip_fields > 0 {
            let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
            for _ in 0..self.options.skip_fields.min(line.len()) {
                let start = rest.iter().position(|byte| !is_blank(byte)).unwrap_or(rest.len());
                let field = &rest[start..];
                rest = &field[field.iter().position(is_blank).unwrap_or(field.len())..];
            }
        }
        rest = rest.get(self.options.skip_bytes..).unwrap_or_default();
        rest.get(..self.options.compare_bytes).unwrap_or(rest)
    }

    /// A line that is like none before it.
    fn begun(&mut self, line: &[u8]) {
        let Some(method) = self.options.group else { return };
        if match method {
            Method::Prepend | Method::Both => true,
            Method::Separate | Method::Append => !self.is_first,
            Method::None => false,
        } {
            self.output.byte(self.options.ending);
        }
        self.is_first = false;
        self.line(line);
    }

    /// A line that is like the one before it.
    fn repeated(&mut self, held: &[u8], line: &[u8], count: u64) {
        if self.options.group.is_some() {
            return self.line(line);
        }
        let Some(method) = self.options.all_repeated else { return };
        if self.options.unique {
            return;
        }
        if count == 2 {
            if method == Method::Prepend || (method == Method::Separate && self.has_ended) {
                self.output.byte(self.options.ending);
            }
            self.has_ended = true;
            self.line(held);
        }
        self.line(line);
    }

    /// A line after which another one comes.
    fn ended(&mut self, held: &[u8], count: u64) {
        if self.options.group.is_some() {
            return;
        }
        let repeats = count > 1;
        if self.options.all_repeated.is_some() {
            return;
        }
        if (repeats && self.options.unique) || (!repeats && self.options.repeated) {
            return;
        }
        if self.options.count {
            self.output.write(counted(count, &mut [b' '; COUNT_BYTES_MAX]));
        }
        self.line(held);
    }

    fn line(&mut self, line: &[u8]) {
        self.output.write(line);
        self.output.byte(self.options.ending);
    }
}

/// A count as it stands in front of a line: seven places or more and a blank. What of the room is not used is blank.
fn counted(count: u64, room: &mut [u8; COUNT_BYTES_MAX]) -> &[u8] {
    let (mut start, mut rest) = (COUNT_BYTES_MAX - 1, count);
    while let Some(digit) = start.checked_sub(1).and_then(|place| room.get_mut(place)) {
        *digit = b'0' + (rest % 10) as u8;
        start -= 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    room.get(start.min(COUNT_BYTES_MAX - 8)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_has_seven_places_or_more() {
        for count in [0, 1, 9, 10, 999_999, 9_999_999, 10_000_000, u64::MAX] {
            assert_eq!(counted(count, &mut [b' '; COUNT_BYTES_MAX]), format!("{count:7} ").as_bytes());
        }
    }
}
