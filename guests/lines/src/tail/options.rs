//! The options of tail, and what was written before there were options: `tail -5`, `tail +5f`.

use std::time::Duration;

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::quoted;

use super::Part;
use crate::size::{self, Wrong};
use cli::frame;

const HELP: &str = "\
Usage: tail [OPTION]... [FILE]...
Print the last 10 lines of each FILE, under a header with its name when there are several.

Without a FILE, and for a FILE that is -, read standard input.

  -c, --bytes=[+]NUM       print the last NUM bytes; with +, from byte NUM on
  -f, --follow[={name|descriptor}]
                           wait for what is added, to the file of the name or to the one that was opened
  -F                       the same as --follow=name --retry
  -n, --lines=[+]NUM       print the last NUM lines; with +, from line NUM on
      --pid=PID            with -f, end after the process PID did
  -q, --quiet, --silent    never print headers
      --retry              keep trying to open a file that is not there
  -s, --sleep-interval=N   with -f, look about every N seconds (1.0)
  -v, --verbose            always print headers
  -z, --zero-terminated    lines end with NUL, not newline
      --help               print this text
      --version            print the version

NUM may have a unit: b 512, kB 1000, K 1024, MB 1000*1000, M 1024*1024, and so on for G, T, P, E.
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'c', Takes::Value, 'c'),
        (b'f', Takes::Nothing, 'f'),
        (b'F', Takes::Nothing, 'F'),
        (b'n', Takes::Value, 'n'),
        (b'q', Takes::Nothing, 'q'),
        (b's', Takes::Value, 's'),
        (b'v', Takes::Nothing, 'v'),
        (b'z', Takes::Nothing, 'z'),
    ],
    long: &[
        ("bytes", Takes::Value, 'c'),
        ("follow", Takes::MaybeValue, 'f'),
        ("lines", Takes::Value, 'n'),
        ("max-unchanged-stats", Takes::Value, 'm'),
        ("pid", Takes::Value, 'p'),
        ("quiet", Takes::Nothing, 'q'),
        ("retry", Takes::Nothing, 'r'),
        ("silent", Takes::Nothing, 'q'),
        ("sleep-interval", Takes::Value, 's'),
        ("verbose", Takes::Nothing, 'v'),
        ("zero-terminated", Takes::Nothing, 'z'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// What is followed when a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    Name,
    Descriptor,
}

/// What a command line asks for.
pub enum Request {
    Print(Options),
    Show(&'static str),
    Version,
}

pub struct Options {
    pub part: Part,
    pub files: Vec<Vec<u8>>,
    pub follow: Option<Follow>,
    pub retries: bool,
    /// Processes after whose end there will be no more.
    pub pids: Vec<u32>,
    pub interval: Duration,
    /// None: where there are several files.
    pub headers: Option<bool>,
    pub warnings: Vec<String>,
}

impl Options {
    pub fn by_name(&self) -> bool {
        self.follow == Some(Follow::Name)
    }
}

/// Reads the arguments; the error is what to complain about, and whether to point at `--help`.
pub fn parse(mut arguments: Vec<Vec<u8>>) -> Result<Request, (String, bool)> {
    let mut options = Options {
        part: Part { count: 10, by_bytes: false, from_start: false, ending: b'\n' },
        files: Vec::new(),
        follow: None,
        retries: false,
        pids: Vec::new(),
        interval: Duration::from_secs(1),
        headers: None,
        warnings: Vec::new(),
    };
    if let Some((part, follows)) = obsolete(&arguments) {
        options.part = part;
        options.follow = follows.then_some(Follow::Descriptor);
        arguments.remove(0);
    }
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        match words.next() {
            Err(what) => return Err(in_context(what)),
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => options.files.push(file),
            Ok(Some(Next::Option { option: frame::HELP, .. })) => return Ok(Request::Show(HELP)),
            Ok(Some(Next::Option { option: frame::VERSION, .. })) => return Ok(Request::Version),
            Ok(Some(Next::Option { option, value, .. })) => options.set(option, value)?,
        }
    }
    options.check()?;
    Ok(Request::Print(options))
}

/// Digits are options only as the first of few arguments.
fn in_context(what: String) -> (String, bool) {
    match what.strip_prefix("invalid option -- '").and_then(|rest| rest.chars().next()) {
        Some(digit) if digit.is_ascii_digit() => {
            (format!("option used in invalid context -- {digit}"), false)
        }
        _ => (what, true),
    }
}

/// `[+-][NUM][bcl][f]` as the first argument before one file at most.
fn obsolete(arguments: &[Vec<u8>]) -> Option<(Part, bool)> {
    let first = arguments.first()?;
    match arguments.len() {
        1 | 2 => {}
        3 if arguments[1] == b"--" => {}
        _ => return None,
    }
    if arguments.len() == 2 && arguments[1].len() > 1 && arguments[1].starts_with(b"-") {
        return None;
    }
    let (sign, rest) = first.split_first()?;
    let from_start = match sign {
        b'+' => true,
        b'-' => false,
        _ => return None,
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, mut letters) = rest.split_at(digits);
    // `-c`, `-f` and the like are options of today.
    if number.is_empty() && (!from_start || letters.is_empty()) {
        return None;
    }
    let mut part = Part { count: 10, by_bytes: false, from_start, ending: b'\n' };
    let mut factor = 1;
    if let Some((letter, others)) = letters.split_first()
        && matches!(letter, b'b' | b'c' | b'l')
    {
        part.by_bytes = *letter != b'l';
        factor = if *letter == b'b' { 512 } else { 1 };
        letters = others;
    }
    let follows = letters == b"f";
    if !follows && !letters.is_empty() {
        return None;
    }
    if !number.is_empty() {
        part.count = size::parse(number).unwrap_or(u64::MAX);
    }
    part.count = part.count.saturating_mul(factor);
    Some((part, follows))
}

impl Options {
    fn set(&mut self, option: char, value: Option<Vec<u8>>) -> Result<(), (String, bool)> {
        let text = value.clone().unwrap_or_default();
        match option {
            'c' | 'n' => self.set_count(option == 'c', &text)?,
            'f' => self.follow = Some(follow_of(value.as_deref())?),
            'F' => {
                self.follow = Some(Follow::Name);
                self.retries = true;
            }
            'm' if size::parse(&text).is_err() => {
                let what = "invalid maximum number of unchanged stats between opens: ";
                return Err((format!("{what}{}", quoted(&text)), false));
            }
            'm' => {}
            'p' => {
                let pid = size::parse(&text).ok().and_then(|pid| u32::try_from(pid).ok());
                self.pids.push(pid.ok_or((format!("invalid PID: {}", quoted(&text)), false))?);
            }
            'q' => self.headers = Some(false),
            'r' => self.retries = true,
            's' => {
                let seconds = std::str::from_utf8(&text).ok().and_then(|text| text.parse::<f64>().ok());
                let interval = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                let wrong = || (format!("invalid number of seconds: {}", quoted(&text)), false);
                self.interval = interval.ok_or_else(wrong)?;
            }
            'v' => self.headers = Some(true),
            _ => self.part.ending = 0,
        }
        Ok(())
    }

    fn set_count(&mut self, by_bytes: bool, text: &[u8]) -> Result<(), (String, bool)> {
        self.part.by_bytes = by_bytes;
        self.part.from_start = text.starts_with(b"+");
        let digits = if matches!(text.first(), Some(b'+' | b'-')) { &text[1..] } else { text };
        self.part.count = size::parse(digits).map_err(|wrong: Wrong| {
            let unit = if by_bytes { "bytes" } else { "lines" };
            (format!("invalid number of {unit}: {}{}", quoted(digits), wrong.suffix()), false)
        })?;
        Ok(())
    }

    /// What makes no sense together is told, and left out.
    fn check(&mut self) -> Result<(), (String, bool)> {
        if self.files.is_empty() {
            self.files.push(b"-".to_vec());
        }
        if self.by_name() && self.files.iter().any(|file| file == b"-") {
            return Err(("cannot follow '-' by name".to_owned(), false));
        }
        if self.retries && self.follow.is_none() {
            self.retries = false;
            self.warnings.push("--retry ignored; --retry is useful only when following".to_owned());
        } else if self.retries && self.follow == Some(Follow::Descriptor) {
            self.warnings.push("--retry only effective for the initial open".to_owned());
        }
        if !self.pids.is_empty() && self.follow.is_none() {
            self.pids.clear();
            self.warnings.push("PID ignored; --pid=PID is useful only when following".to_owned());
        }
        Ok(())
    }
}

fn follow_of(value: Option<&[u8]>) -> Result<Follow, (String, bool)> {
    let Some(value) = value else { return Ok(Follow::Descriptor) };
    match ["descriptor", "name"].iter().position(|name| name.as_bytes().starts_with(value)) {
        Some(0) => Ok(Follow::Descriptor),
        Some(_) => Ok(Follow::Name),
        None => {
            let list = "Valid arguments are:\n  - 'descriptor'\n  - 'name'";
            Err((format!("invalid argument {} for '--follow'\n{list}", quoted(value)), true))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(line: &str) -> Option<(u64, bool, bool, bool)> {
        let words: Vec<Vec<u8>> = line.split(' ').map(Into::into).collect();
        obsolete(&words).map(|(part, follows)| (part.count, part.by_bytes, part.from_start, follows))
    }

    #[test]
    fn what_was_written_before_there_were_options_is_read() {
        assert_eq!(part("-5"), Some((5, false, false, false)));
        assert_eq!(part("+5 f"), Some((5, false, true, false)));
        assert_eq!(part("-5cf f"), Some((5, true, false, true)));
        assert_eq!(part("-2b f"), Some((1024, true, false, false)));
        for line in ["-f", "-5x", "-5 a b", "-5 -f", "x", "+"] {
            assert_eq!(part(line), None, "{line}");
        }
    }
}
