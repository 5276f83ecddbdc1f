//! split: a file in pieces.
//!
//! It owns the command line and where pieces end; [`suffix`] makes their names, [`sink`] writes them.

mod sink;
mod suffix;

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use cli::wording::{name, quoted, quoted_name, reason};
use memchr::{memchr, memchr_iter};
use rustix::io::Errno;

use crate::input::Input;
use crate::integer;
use crate::line::{self, Tool, fail, flag, valued};
use sink::Sinks;
use suffix::{Alphabet, Suffixes};

const HELP: &str = "\
Usage: split [OPTION]... [FILE [PREFIX]]
Write pieces of FILE to PREFIXaa, PREFIXab and so on: 1000 lines each by default, with x for PREFIX.

Without a FILE, and where it is -, read standard input.

  -a, --suffix-length=N   suffixes have N letters, not 2
      --additional-suffix=SUFFIX  put SUFFIX behind each name
  -b, --bytes=SIZE        pieces have SIZE bytes
  -C, --line-bytes=SIZE   pieces have at most SIZE bytes of whole lines
  -d                      suffixes are numbers from 0
      --numeric-suffixes[=FROM]  the same, from FROM
  -x                      suffixes are hexadecimal numbers from 0
      --hex-suffixes[=FROM]  the same, from FROM
  -e, --elide-empty-files  make no empty files with -n
      --filter=COMMAND    give each piece to the shell command COMMAND, in which FILE is the name
  -l, --lines=NUMBER      pieces have NUMBER lines
  -n, --number=CHUNKS     make as many pieces as CHUNKS says
  -t, --separator=SEP     lines end with SEP, not newline; \\0 is NUL
  -u, --unbuffered        with -n r/..., write each line at once
      --verbose           say which files are made
      --help              print this text
      --version           print the version

SIZE and NUMBER may have a unit: b 512, kB 1000, K 1024, and so on. CHUNKS is N for N pieces of about the same size, l/N
for pieces of whole lines, r/N for lines dealt out one by one; K/N, l/K/N and r/K/N print the Kth piece only.
";

const ADDITIONAL: char = 'A';
const FILTER: char = 'F';
const NUMERIC: char = 'D';
const HEX: char = 'X';
const VERBOSE: char = 'v';

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        flag(b'0'),
        flag(b'1'),
        flag(b'2'),
        flag(b'3'),
        flag(b'4'),
        flag(b'5'),
        flag(b'6'),
        flag(b'7'),
        flag(b'8'),
        flag(b'9'),
        valued(b'C'),
        valued(b'a'),
        valued(b'b'),
        flag(b'd'),
        flag(b'e'),
        valued(b'l'),
        valued(b'n'),
        valued(b't'),
        flag(b'u'),
        flag(b'x'),
    ],
    long: &[
        ("bytes", Takes::Value, 'b'),
        ("lines", Takes::Value, 'l'),
        ("line-bytes", Takes::Value, 'C'),
        ("number", Takes::Value, 'n'),
        ("elide-empty-files", Takes::Nothing, 'e'),
        ("unbuffered", Takes::Nothing, 'u'),
        ("suffix-length", Takes::Value, 'a'),
        ("additional-suffix", Takes::Value, ADDITIONAL),
        ("numeric-suffixes", Takes::MaybeValue, NUMERIC),
        ("hex-suffixes", Takes::MaybeValue, HEX),
        ("filter", Takes::Value, FILTER),
        ("verbose", Takes::Nothing, VERBOSE),
        ("separator", Takes::Value, 't'),
        line::HELP,
        line::VERSION,
    ],
};

static TOOL: Tool = Tool { name: "split", help: HELP, syntax: &SYNTAX };

/// Where a piece ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Bytes(u64),
    Lines(u64),
    LineBytes(u64),
    /// Into so many, of which only one may be wanted.
    Chunks(Kind, Option<u64>, u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bytes,
    Lines,
    Dealt,
}

#[derive(Default)]
struct Options {
    way: Option<Way>,
    is_obsolete: bool,
    length: Option<usize>,
    additional: Vec<u8>,
    alphabet: Alphabet,
    start: Option<Vec<u8>>,
    elides: bool,
    filter: Option<Vec<u8>>,
    separator: Option<u8>,
    unbuffered: bool,
    verbose: bool,
}

/// Runs split: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut options = Options::default();
    let operands =
        line::read(frame, &TOOL, arguments, &mut |option, value| set(frame, &mut options, option, value));
    match operands.and_then(|operands| run(frame, options, &operands)) {
        Ok(()) => 0,
        Err(status) => status,
    }
}

fn set(frame: Frame<'_>, options: &mut Options, option: char, value: Option<Vec<u8>>) -> Result<(), i32> {
    let text = value.clone().unwrap_or_default();
    if let Some(digit) = option.to_digit(10) {
        let before = match options.way {
            Some(Way::Lines(before)) if options.is_obsolete => before,
            None => 0,
            Some(_) => return Err(frame.misused("cannot split in more than one way")),
        };
        options.way = Some(Way::Lines(before.saturating_mul(10).saturating_add(u64::from(digit))));
        options.is_obsolete = true;
        return Ok(());
    }
    if matches!(option, 'b' | 'C' | 'l' | 'n') && options.way.is_some() {
        return Err(frame.misused("cannot split in more than one way"));
    }
    match option {
        'b' => options.way = Some(Way::Bytes(integer::sized(frame, "invalid number of bytes", &text, 1)?)),
        'C' => {
            options.way = Some(Way::LineBytes(integer::sized(frame, "invalid number of bytes", &text, 1)?))
        }
        'l' => options.way = Some(Way::Lines(integer::sized(frame, "invalid number of lines", &text, 1)?)),
        'n' => options.way = Some(chunks(frame, &text)?),
        'a' => {
            let length = integer::unsigned(frame, "invalid suffix length", &text, 0, i64::from(i32::MAX))?;
            options.length = usize::try_from(length).ok().filter(|length| *length > 0);
        }
        ADDITIONAL => {
            if text.contains(&b'/') {
                let what = format!("invalid suffix {}, contains directory separator", quoted(&text));
                return Err(frame.misused(&what));
            }
            options.additional = text;
        }
        'd' => options.alphabet = Alphabet::Decimal,
        'x' => options.alphabet = Alphabet::Hexadecimal,
        NUMERIC | HEX => {
            options.alphabet = if option == HEX { Alphabet::Hexadecimal } else { Alphabet::Decimal };
            if let Some(start) = value {
                let letters = options.alphabet.letters();
                if !start.iter().all(|byte| letters.contains(byte)) {
                    let kind = if option == HEX { "hexadecimal" } else { "numerical" };
                    let what = format!("{}: invalid start value for {kind} suffix", quoted(&start));
                    return Err(frame.misused(&what));
                }
                let zeros = start.iter().take_while(|digit| **digit == b'0').count();
                let first = zeros.min(start.len().saturating_sub(1));
                options.start = Some(start[first..].to_vec());
            }
        }
        'e' => options.elides = true,
        FILTER => options.filter = Some(text),
        't' => {
            let separator = match text.as_slice() {
                [] => return Err(fail(frame, "empty record separator")),
                [byte] => *byte,
                b"\\0" => 0,
                _ => {
                    let what = format!("multi-character separator {}", quoted(&text));
                    return Err(fail(frame, &what));
                }
            };
            if options.separator.is_some_and(|old| old != separator) {
                return Err(fail(frame, "multiple separator characters specified"));
            }
            options.separator = Some(separator);
        }
        'u' => options.unbuffered = true,
        _ => options.verbose = true,
    }
    Ok(())
}

/// Reads what `-n` is told.
fn chunks(frame: Frame<'_>, text: &[u8]) -> Result<Way, i32> {
    let (kind, rest) = match text {
        [b'l', b'/', rest @ ..] => (Kind::Lines, rest),
        [b'r', b'/', rest @ ..] => (Kind::Dealt, rest),
        _ => (Kind::Bytes, text),
    };
    let (wanted, count) = match memchr(b'/', rest) {
        Some(slash) => (Some(&rest[..slash]), &rest[slash + 1..]),
        None => (None, rest),
    };
    let count = integer::sized(frame, "invalid number of chunks", count, 1)?;
    let number = |text: &[u8]| {
        let number = integer::sized(frame, "invalid chunk number", text, 1)?;
        if number > count {
            let suffix = integer::Wrong::OutOfRange.suffix();
            return Err(fail(frame, &format!("invalid chunk number: {}{suffix}", quoted(text))));
        }
        Ok(number)
    };
    Ok(Way::Chunks(kind, wanted.map(number).transpose()?, count))
}

fn run(frame: Frame<'_>, options: Options, operands: &[Vec<u8>]) -> Result<(), i32> {
    let way = options.way.unwrap_or(Way::Lines(1000));
    if way == Way::Lines(0) {
        return Err(fail(frame, "invalid number of lines: '0'"));
    }
    if let Some(extra) = operands.get(2) {
        return Err(frame.extra_operand(extra));
    }
    if options.filter.is_some() && matches!(way, Way::Chunks(_, Some(_), _)) {
        return Err(frame.misused("--filter does not process a chunk extracted to stdout"));
    }
    let (length, start) = (options.length, options.start.as_deref());
    let pieces = if let Way::Chunks(_, _, count) = way { Some(count) } else { None };
    if start.is_some_and(|start| length.is_some_and(|length| start.len() > length)) {
        return Err(frame.misused("numerical suffix start value is too large for the suffix length"));
    }
    let suffixes =
        Suffixes::new(options.alphabet, length, start, pieces).map_err(|what| fail(frame, &what))?;
    let file = operands.first().map_or(b"-".as_slice(), Vec::as_slice);
    let mut input = Input::open(file).map_err(|errno| {
        fail(frame, &format!("cannot open {} for reading: {}", quoted_name(file), reason(errno)))
    })?;
    let ends = |errno: Errno| fail(frame, &format!("{}: {}", name(file), reason(errno)));
    let prefix = operands.get(1).map_or(b"x".as_slice(), Vec::as_slice);
    let mut sinks = Sinks {
        frame,
        prefix: prefix.to_vec(),
        additional: options.additional,
        filter: options.filter,
        verbose: options.verbose,
        suffixes,
        source: input.stat().ok(),
    };
    let ending = options.separator.unwrap_or(b'\n');
    match way {
        Way::Bytes(size) => by_bytes(&mut sinks, &mut input, size, ends),
        Way::Lines(count) => by_lines(&mut sinks, &mut input, ending, count, ends),
        Way::LineBytes(size) => by_line_bytes(&mut sinks, &mut input, ending, size, ends),
        Way::Chunks(Kind::Dealt, wanted, count) => {
            let deal = Deal { ending, wanted, count, elides: options.elides, at_once: options.unbuffered };
            deal.run(&mut sinks, &mut input, ends)
        }
        Way::Chunks(kind, wanted, count) => {
            let size = input
                .regular_size()
                .ok_or_else(|| fail(frame, &format!("{}: cannot determine file size", name(file))))?;
            let parts = Parts { kind, ending, wanted, count, size, elides: options.elides };
            parts.run(&mut sinks, &mut input, ends)
        }
    }
}

fn by_bytes(
    sinks: &mut Sinks<'_>,
    input: &mut Input,
    size: u64,
    ends: impl Fn(Errno) -> i32,
) -> Result<(), i32> {
    let mut sink = None;
    let mut left = 0;
    loop {
        let mut chunk = input.chunk().map_err(&ends)?;
        if chunk.is_empty() {
            return sinks.close(sink);
        }
        while !chunk.is_empty() {
            if left == 0 {
                sinks.close(sink.take())?;
                left = size;
            }
            let taken = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
            sinks.put(&mut sink, &chunk[..taken])?;
            left -= taken as u64;
            chunk = &chunk[taken..];
        }
    }
}

fn by_lines(
    sinks: &mut Sinks<'_>,
    input: &mut Input,
    ending: u8,
    count: u64,
    ends: impl Fn(Errno) -> i32,
) -> Result<(), i32> {
    let mut sink = None;
    let mut left = count;
    loop {
        let chunk = input.chunk().map_err(&ends)?;
        if chunk.is_empty() {
            return sinks.close(sink);
        }
        // Counting is much faster than looking at each line.
        let lines = memchr_iter(ending, chunk).count() as u64;
        if lines < left {
            left -= lines;
            sinks.put(&mut sink, chunk)?;
            continue;
        }
        let mut start = 0;
        for end in memchr_iter(ending, chunk) {
            left -= 1;
            if left == 0 {
                sinks.put(&mut sink, &chunk[start..=end])?;
                sinks.close(sink.take())?;
                (start, left) = (end + 1, count);
            }
        }
        if start < chunk.len() {
            sinks.put(&mut sink, &chunk[start..])?;
        }
    }
}

fn by_line_bytes(
    sinks: &mut Sinks<'_>,
    input: &mut Input,
    ending: u8,
    size: u64,
    ends: impl Fn(Errno) -> i32,
) -> Result<(), i32> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let (mut sink, mut used) = (None, 0);
    while let Some(mut line) = input.line(ending).map_err(&ends)? {
        if used > 0 && line.len() > size - used {
            sinks.close(sink.take())?;
            used = 0;
        }
        while line.len() > size {
            let (piece, rest) = line.split_at(size);
            sinks.put(&mut sink, piece)?;
            sinks.close(sink.take())?;
            line = rest;
        }
        sinks.put(&mut sink, line)?;
        used += line.len();
    }
    sinks.close(sink)
}

/// Pieces of about the same size.
struct Parts {
    kind: Kind,
    ending: u8,
    wanted: Option<u64>,
    count: u64,
    size: u64,
    elides: bool,
}

impl Parts {
    fn piece_bytes(&self) -> u64 {
        (self.size / self.count).max(1)
    }

    /// Which piece a byte belongs to, from 0.
    fn piece(&self, offset: u64) -> u64 {
        (offset / self.piece_bytes()).min(self.count - 1)
    }

    fn run(&self, sinks: &mut Sinks<'_>, input: &mut Input, ends: impl Fn(Errno) -> i32) -> Result<(), i32> {
        let (mut sink, mut piece, mut offset) = (None, 0, 0);
        loop {
            // What belongs to one piece: a line, or as many bytes as are there.
            let bytes = match self.kind {
                Kind::Lines => input.line(self.ending).map_err(&ends)?.unwrap_or_default(),
                Kind::Bytes | Kind::Dealt => input.chunk().map_err(&ends)?,
            };
            if bytes.is_empty() {
                break;
            }
            let mut rest = bytes;
            while !rest.is_empty() {
                let here = self.piece(offset);
                while piece < here {
                    self.end(sinks, &mut sink)?;
                    piece += 1;
                }
                let taken = match self.kind {
                    Kind::Lines => rest.len(),
                    _ if here == self.count - 1 => rest.len(),
                    _ => {
                        let next = (here + 1) * self.piece_bytes();
                        usize::try_from(next - offset).unwrap_or(usize::MAX).min(rest.len())
                    }
                };
                match self.wanted {
                    None => sinks.put(&mut sink, &rest[..taken])?,
                    Some(wanted) if wanted == here + 1 => sinks.print(&mut sink, &rest[..taken])?,
                    Some(_) => {}
                }
                offset += taken as u64;
                rest = &rest[taken..];
            }
        }
        while piece < self.count {
            self.end(sinks, &mut sink)?;
            piece += 1;
        }
        Ok(())
    }

    /// Ends a piece, which may have nothing in it.
    fn end(&self, sinks: &mut Sinks<'_>, sink: &mut Option<sink::Sink>) -> Result<(), i32> {
        if self.wanted.is_none() && !self.elides {
            sinks.put(sink, b"")?;
        }
        sinks.close(sink.take())
    }
}

/// Lines that are dealt out.
struct Deal {
    ending: u8,
    wanted: Option<u64>,
    count: u64,
    elides: bool,
    at_once: bool,
}

impl Deal {
    fn run(&self, sinks: &mut Sinks<'_>, input: &mut Input, ends: impl Fn(Errno) -> i32) -> Result<(), i32> {
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        let mut open: Vec<Option<sink::Sink>> = Vec::new();
        if self.wanted.is_none() {
            for _ in 0..count {
                let mut sink = None;
                if !self.elides {
                    sinks.put(&mut sink, b"")?;
                }
                open.push(sink);
            }
        }
        let (mut turn, mut printed) = (0, None);
        while let Some(line) = input.line(self.ending).map_err(&ends)? {
            match (self.wanted, open.get_mut(turn)) {
                (None, Some(sink)) => {
                    sinks.put(sink, line)?;
                    if self.at_once {
                        sinks.flush(sink)?;
                    }
                }
                (Some(wanted), _) if wanted == turn as u64 + 1 => {
                    sinks.print(&mut printed, line)?;
                    if self.at_once {
                        sinks.flush(&mut printed)?;
                    }
                }
                _ => {}
            }
            turn = (turn + 1) % count;
        }
        sinks.close(printed)?;
        open.into_iter().try_for_each(|sink| sinks.close(sink))
    }
}
