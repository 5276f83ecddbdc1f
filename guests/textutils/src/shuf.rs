//! shuf: lines in an order that nobody knows before.
//!
//! It owns the command line and the lines; [`random`] owns the numbers.

mod random;

use std::collections::HashMap;
use std::fs::File;

use cli::frame::Frame;
use cli::getopt::{Syntax, Takes};
use cli::wording::{name, quoted, quoted_name, reason};
use memchr::memchr;
use rustix::io::Errno;

use crate::input::{Input, errno_of, path};
use crate::integer;
use crate::line::{self, Tool, fail, fail_file, flag, valued};
use crate::output::Output;
use random::Random;

const HELP: &str = "\
Usage: shuf [OPTION]... [FILE]
  or:  shuf -e [OPTION]... [ARG]...
  or:  shuf -i LO-HI [OPTION]...
Print the lines of FILE in a random order.

Without a FILE, and where it is -, read standard input.

  -e, --echo                take each ARG for a line
  -i, --input-range=LO-HI   take the numbers from LO to HI for lines
  -n, --head-count=COUNT    print at most COUNT lines
  -o, --output=FILE         print to FILE, not to standard output
      --random-source=FILE  take random bytes from FILE
  -r, --repeat              print lines again and again
  -z, --zero-terminated     lines end with NUL, not newline
      --help                print this text
      --version             print the version
";

const SOURCE: char = 's';

static SYNTAX: Syntax<char> = Syntax {
    short: &[flag(b'e'), valued(b'i'), valued(b'n'), valued(b'o'), flag(b'r'), flag(b'z')],
    long: &[
        ("echo", Takes::Nothing, 'e'),
        ("input-range", Takes::Value, 'i'),
        ("head-count", Takes::Value, 'n'),
        ("output", Takes::Value, 'o'),
        ("random-source", Takes::Value, SOURCE),
        ("repeat", Takes::Nothing, 'r'),
        ("zero-terminated", Takes::Nothing, 'z'),
        line::HELP,
        line::VERSION,
    ],
};

static TOOL: Tool = Tool { name: "shuf", help: HELP, syntax: &SYNTAX };

/// From which size on an input is not kept whole where a part of its lines is wanted.
const KEPT_BYTES_MAX: u64 = 8 * 1024 * 1024;

#[derive(Default)]
struct Options {
    echo: bool,
    range: Option<(u64, u64)>,
    count: Option<u64>,
    target: Option<Vec<u8>>,
    source: Option<Vec<u8>>,
    repeat: bool,
    zero: bool,
}

/// What is shuffled.
enum Lines {
    Numbers(u64, u64),
    Texts(Vec<Vec<u8>>),
    /// A text, and where its lines begin and end.
    Parts(Vec<u8>, Vec<(usize, usize)>),
}

/// Runs shuf: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut options = Options::default();
    let read = line::read(frame, &TOOL, arguments, &mut |option, value| {
        set(frame, &mut options, option, value.unwrap_or_default())
    });
    match read.and_then(|operands| run(frame, &options, operands)) {
        Ok(()) => 0,
        Err(status) => status,
    }
}

fn set(frame: Frame<'_>, options: &mut Options, option: char, value: Vec<u8>) -> Result<(), i32> {
    let once = |place: &mut Option<Vec<u8>>, value: Vec<u8>, what: &str| {
        if place.as_ref().is_some_and(|old| *old != value) {
            return Err(fail(frame, what));
        }
        *place = Some(value);
        Ok(())
    };
    match option {
        'e' => options.echo = true,
        'i' => {
            if options.range.is_some() {
                return Err(fail(frame, "multiple -i options specified"));
            }
            options.range = Some(range(frame, &value)?);
        }
        'n' => {
            let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
            let count = String::from_utf8_lossy(&value).parse().unwrap_or(u64::MAX);
            if !is_number {
                return Err(fail(frame, &format!("invalid line count: {}", quoted(&value))));
            }
            options.count = Some(options.count.map_or(count, |old| old.min(count)));
        }
        'o' => once(&mut options.target, value, "multiple output files specified")?,
        SOURCE => once(&mut options.source, value, "multiple random sources specified")?,
        'r' => options.repeat = true,
        _ => options.zero = true,
    }
    Ok(())
}

fn range(frame: Frame<'_>, value: &[u8]) -> Result<(u64, u64), i32> {
    let refused = |text: &[u8]| fail(frame, &format!("invalid input range: {}", quoted(text)));
    let dash = memchr(b'-', value).ok_or_else(|| refused(value))?;
    let number = |text: &[u8]| -> Result<u64, i32> {
        if !text.is_empty() && text.iter().all(u8::is_ascii_digit) {
            let parsed = String::from_utf8_lossy(text).parse();
            return parsed.map_err(|_| {
                let suffix = integer::Wrong::TooLarge.suffix();
                fail(frame, &format!("invalid input range: {}{suffix}", quoted(text)))
            });
        }
        Err(refused(text))
    };
    let (low, high) = (number(&value[..dash])?, number(&value[dash + 1..])?);
    // One more than the highest must not be below the lowest, and their number must be one.
    let is_whole = high.wrapping_sub(low).wrapping_add(1) > 0 || high.wrapping_add(1) == low;
    if high.saturating_add(1) < low || !is_whole || (low == 0 && high == u64::MAX) {
        return Err(refused(value));
    }
    Ok((low, high))
}

fn run(frame: Frame<'_>, options: &Options, mut operands: Vec<Vec<u8>>) -> Result<(), i32> {
    if options.echo && options.range.is_some() {
        return Err(frame.misused("cannot combine -e and -i options"));
    }
    let allowed = if options.range.is_some() { 0 } else { 1 };
    if !options.echo
        && let Some(extra) = operands.get(allowed)
    {
        return Err(frame.extra_operand(extra));
    }
    let mut random = Random::open(options.source.as_deref())
        .map_err(|(source, errno)| fail(frame, &format!("{}: {}", name(&source), reason(errno))))?;
    let ending = if options.zero { 0 } else { b'\n' };
    let fails = |source: &[u8], errno: Option<Errno>| match errno {
        Some(errno) => fail(frame, &format!("{}: read error: {}", quoted_name(source), reason(errno))),
        None => fail(frame, &format!("{}: end of file", quoted_name(source))),
    };
    let count = options.count.unwrap_or(u64::MAX);
    let lines = match options.range {
        Some((low, high)) => Lines::Numbers(low, high),
        None if options.echo => Lines::Texts(std::mem::take(&mut operands)),
        None => {
            let file = operands.first().map_or(b"-".as_slice(), Vec::as_slice);
            let mut unread = Output::new(frame.program);
            let mut input = Input::open(file).map_err(|errno| fail_file(frame, &mut unread, file, errno))?;
            let is_small = input.regular_size().is_some_and(|size| size <= KEPT_BYTES_MAX);
            let read = if options.count.is_none() || options.repeat || is_small {
                parts(&mut input, ending).map_err(Failure::Read)
            } else {
                sample(&mut input, ending, count, &mut random)
            };
            read.map_err(|failure| match failure {
                Failure::Read(errno) => fail(frame, &format!("read error: {}", reason(errno))),
                Failure::Random(errno) => fails(random.name(), errno),
            })?
        }
    };
    let mut output = match &options.target {
        None => Output::new(frame.program),
        Some(target) => {
            let file = File::create(path(target))
                .map_err(|error| fail(frame, &format!("{}: {}", name(target), reason(errno_of(&error)))))?;
            Output::to_file(frame.program, "write error", file)
        }
    };
    if options.repeat && count > 0 && lines.count() == 0 {
        return Err(fail(frame, "no lines to repeat"));
    }
    let mut put = |index: u64| {
        lines.put(index, &mut output);
        output.byte(ending);
    };
    let shuffled = if options.repeat {
        repeat(lines.count(), count, &mut random, &mut put)
    } else {
        permute(lines.count(), count, &mut random, &mut put)
    };
    output.flush();
    shuffled.map_err(|errno| fails(random.name(), errno))
}

enum Failure {
    Read(Errno),
    /// None: the source has ended.
    Random(Option<Errno>),
}

/// Reads all lines.
fn parts(input: &mut Input, ending: u8) -> Result<Lines, Errno> {
    let mut text = Vec::new();
    input.read_to_end(&mut text)?;
    let (mut bounds, mut start) = (Vec::new(), 0);
    for end in memchr::memchr_iter(ending, &text) {
        bounds.push((start, end));
        start = end + 1;
    }
    if start < text.len() {
        bounds.push((start, text.len()));
    }
    Ok(Lines::Parts(text, bounds))
}

/// Reads some of the lines, each as likely as any other.
fn sample(input: &mut Input, ending: u8, count: u64, random: &mut Random) -> Result<Lines, Failure> {
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let (mut kept, mut number): (Vec<Vec<u8>>, u64) = (Vec::new(), 0);
    while let Some(line) = input.line(ending).map_err(Failure::Read)? {
        let line = line.strip_suffix(&[ending]).unwrap_or(line);
        number += 1;
        if kept.len() < wanted {
            kept.push(line.to_vec());
            continue;
        }
        if wanted == 0 {
            break;
        }
        let place = random.below(number).map_err(Failure::Random)?;
        if let Some(slot) = usize::try_from(place).ok().and_then(|place| kept.get_mut(place)) {
            slot.clear();
            slot.extend_from_slice(line);
        }
    }
    if wanted > 0 && kept.len() == wanted {
        // GNU's draws the place of a line before it knows that there is none: the same source gives the same lines.
        random.below(number + 1).map_err(Failure::Random)?;
    }
    Ok(Lines::Texts(kept))
}

fn repeat(
    lines: u64,
    count: u64,
    random: &mut Random,
    put: &mut dyn FnMut(u64),
) -> Result<(), Option<Errno>> {
    for _ in 0..count {
        put(random.below(lines)?);
    }
    Ok(())
}

fn permute(
    lines: u64,
    count: u64,
    random: &mut Random,
    put: &mut dyn FnMut(u64),
) -> Result<(), Option<Errno>> {
    let count = count.min(lines);
    if lines <= 1 << 24 {
        let mut order: Vec<u32> = (0..u32::try_from(lines).unwrap_or(0)).collect();
        let mut chosen = 0;
        for place in 0..count {
            let other = usize::try_from(place + random.below(lines - place)?).unwrap_or(0);
            order.swap(chosen, other);
            chosen += 1;
        }
        order.iter().take(chosen).for_each(|index| put(u64::from(*index)));
        return Ok(());
    }
    // Only those that were moved are kept.
    let mut moved: HashMap<u64, u64> = HashMap::new();
    let mut order = Vec::new();
    for place in 0..count {
        let other = place + random.below(lines - place)?;
        let here = moved.get(&place).copied().unwrap_or(place);
        let there = moved.insert(other, here).unwrap_or(other);
        order.push(if other == place { here } else { there });
        moved.remove(&place);
    }
    order.into_iter().for_each(put);
    Ok(())
}

impl Lines {
    fn count(&self) -> u64 {
        match self {
            Self::Numbers(low, high) => high.wrapping_sub(*low).wrapping_add(1),
            Self::Texts(texts) => texts.len() as u64,
            Self::Parts(_, bounds) => bounds.len() as u64,
        }
    }

    fn put(&self, index: u64, output: &mut Output) {
        let place = usize::try_from(index).unwrap_or(usize::MAX);
        match self {
            Self::Numbers(low, _) => output.write((low + index).to_string().as_bytes()),
            Self::Texts(texts) => output.write(texts.get(place).map_or(b"", Vec::as_slice)),
            Self::Parts(text, bounds) => {
                let (start, end) = bounds.get(place).copied().unwrap_or((0, 0));
                output.write(&text[start..end]);
            }
        }
    }
}
