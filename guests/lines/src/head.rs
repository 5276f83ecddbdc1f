//! head: the first lines or bytes of files, or all but the last ones.

use std::collections::VecDeque;

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{name, quoted, quoted_name, reason};
use rustix::io::Errno;

use crate::input::Input;
use crate::output::Output;
use crate::size;
use cli::frame::{Frame, version};

const HELP: &str = "\
Usage: head [OPTION]... [FILE]...
Print the first 10 lines of each FILE, under a header with its name when there are several.

Without a FILE, and for a FILE that is -, read standard input.

  -c, --bytes=[-]NUM       print the first NUM bytes; with -, all but the last NUM
  -n, --lines=[-]NUM       print the first NUM lines; with -, all but the last NUM
  -q, --quiet, --silent    never print headers
  -v, --verbose            always print headers
  -z, --zero-terminated    lines end with NUL, not newline
      --help               print this text
      --version            print the version

NUM may have a unit: b 512, kB 1000, K 1024, MB 1000*1000, M 1024*1024, and so on for G, T, P, E.
";

#[derive(Clone, Copy, PartialEq)]
enum Meaning {
    Bytes,
    Lines,
    Quiet,
    Verbose,
    Zero,
    Help,
    Version,
}

static SYNTAX: Syntax<Meaning> = Syntax {
    short: &[
        (b'c', Takes::Value, Meaning::Bytes),
        (b'n', Takes::Value, Meaning::Lines),
        (b'q', Takes::Nothing, Meaning::Quiet),
        (b'v', Takes::Nothing, Meaning::Verbose),
        (b'z', Takes::Nothing, Meaning::Zero),
    ],
    long: &[
        ("bytes", Takes::Value, Meaning::Bytes),
        ("lines", Takes::Value, Meaning::Lines),
        ("quiet", Takes::Nothing, Meaning::Quiet),
        ("silent", Takes::Nothing, Meaning::Quiet),
        ("verbose", Takes::Nothing, Meaning::Verbose),
        ("zero-terminated", Takes::Nothing, Meaning::Zero),
        ("help", Takes::Nothing, Meaning::Help),
        ("version", Takes::Nothing, Meaning::Version),
    ],
};

/// How much of each file.
#[derive(Clone, Copy)]
struct Part {
    count: u64,
    by_bytes: bool,
    /// All but the last ones.
    but_last: bool,
    ending: u8,
}

/// Why a file was not printed to where it should be.
struct Unread(Errno);

impl From<Errno> for Unread {
    fn from(errno: Errno) -> Self {
        Self(errno)
    }
}

/// Runs head: its name and its arguments, to an exit status.
pub fn main(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut part = Part { count: 10, by_bytes: false, but_last: false, ending: b'\n' };
    // None: where there are several files.
    let mut headers = None;
    if let Some(first) = arguments.first()
        && first.first() == Some(&b'-')
        && first.get(1).is_some_and(u8::is_ascii_digit)
    {
        if let Err(letter) = obsolete(&first[1..], &mut part, &mut headers) {
            return frame.misused(&format!("invalid trailing option -- {letter}"));
        }
        arguments.remove(0);
    }
    let mut words = Words::new(&SYNTAX, arguments);
    let mut files = Vec::new();
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => files.push(file),
            Ok(Some(Next::Option { option, value, .. })) => {
                let value = value.unwrap_or_default();
                match option {
                    Meaning::Bytes | Meaning::Lines => {
                        part.by_bytes = matches!(option, Meaning::Bytes);
                        let digits = value.strip_prefix(b"-");
                        part.but_last = digits.is_some();
                        let digits = digits.unwrap_or(&value);
                        match size::parse(digits) {
                            Ok(count) => part.count = count,
                            Err(wrong) => {
                                let unit = if part.by_bytes { "bytes" } else { "lines" };
                                let (digits, why) = (quoted(digits), wrong.suffix());
                                frame.complain(&format!("invalid number of {unit}: {digits}{why}"));
                                return 1;
                            }
                        }
                    }
                    Meaning::Quiet => headers = Some(false),
                    Meaning::Verbose => headers = Some(true),
                    Meaning::Zero => part.ending = 0,
                    Meaning::Help => return frame.show(HELP),
                    Meaning::Version => return frame.show(&version("head")),
                }
            }
        }
    }
    if files.is_empty() {
        files.push(b"-".to_vec());
    }
    let headers = headers.unwrap_or(files.len() > 1);
    print(frame, part, headers, &files)
}

/// Reads `-NUM` with letters behind it, as it was before there was `-n`.
fn obsolete(text: &[u8], part: &mut Part, headers: &mut Option<bool>) -> Result<(), char> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, letters) = text.split_at(digits);
    let mut factor = 1_u64;
    for letter in letters {
        match letter {
            b'c' => part.by_bytes = true,
            b'b' | b'k' | b'm' => {
                part.by_bytes = true;
                factor = match letter {
                    b'b' => 512,
                    b'k' => 1 << 10,
                    _ => 1 << 20,
                };
            }
            b'l' => part.by_bytes = false,
            b'q' => *headers = Some(false),
            b'v' => *headers = Some(true),
            b'z' => part.ending = 0,
            _ => return Err(char::from(*letter)),
        }
    }
    part.count = size::parse(number).unwrap_or(u64::MAX).saturating_mul(factor);
    Ok(())
}

fn print(frame: Frame<'_>, part: Part, headers: bool, files: &[Vec<u8>]) -> i32 {
    let mut output = Output::new(frame.program);
    let (mut status, mut is_first) = (0, true);
    for file in files {
        let shown: &[u8] = if file == b"-" { b"standard input" } else { file };
        let mut input = match Input::open(file) {
            Ok(input) => input,
            Err(errno) => {
                output.flush();
                let what = format!("cannot open {} for reading: {}", quoted_name(file), reason(errno));
                frame.complain(&what);
                status = 1;
                continue;
            }
        };
        if headers {
            header(&mut output, shown, &mut is_first);
        }
        if let Err(Unread(errno)) = print_part(part, &mut input, &mut output) {
            output.flush();
            frame.complain(&format!("error reading {}: {}", quoted_name(shown), reason(errno)));
            status = 1;
        }
    }
    status
}

/// Writes the line that stands above a file's, with an empty one between two files.
pub fn header(output: &mut Output, shown: &[u8], is_first: &mut bool) {
    if !*is_first {
        output.byte(b'\n');
    }
    *is_first = false;
    output.write(b"==> ");
    if shown.contains(&b'\n') {
        output.write(name(shown).as_bytes())
    } else {
        output.write(shown)
    }
    output.write(b" <==\n");
}

fn print_part(part: Part, input: &mut Input, output: &mut Output) -> Result<(), Unread> {
    match (part.by_bytes, part.but_last) {
        (true, false) => first_bytes(part.count, input, output),
        (false, false) => first_lines(part, input, output),
        (true, true) => all_but_bytes(part.count, input, output),
        (false, true) => all_but_lines(part, input, output),
    }
}

fn first_bytes(count: u64, input: &mut Input, output: &mut Output) -> Result<(), Unread> {
    let mut block = vec![0; usize::try_from(count).unwrap_or(usize::MAX).min(crate::input::BLOCK_BYTES)];
    let mut left = count;
    while left > 0 {
        // Not a byte more is read than is printed: others may read the rest.
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        let read = input.read(&mut block[..wanted])?;
        if read == 0 {
            break;
        }
        output.write(&block[..read]);
        left -= read as u64;
    }
    Ok(())
}

fn first_lines(part: Part, input: &mut Input, output: &mut Output) -> Result<(), Unread> {
    let mut left = usize::try_from(part.count).unwrap_or(usize::MAX);
    while left > 0 {
        let chunk = input.chunk()?;
        if chunk.is_empty() {
            break;
        }
        match lanes::find_nth(part.ending, chunk, left) {
            Ok(end) => {
                let behind = chunk.len() - end;
                output.write(&chunk[..end]);
                input.put_back(behind);
                left = 0;
            }
            Err(lines) => {
                output.write(chunk);
                left -= lines;
            }
        }
    }
    input.give_back();
    Ok(())
}

fn all_but_bytes(count: u64, input: &mut Input, output: &mut Output) -> Result<(), Unread> {
    let kept = usize::try_from(count).unwrap_or(usize::MAX);
    let mut held: VecDeque<u8> = VecDeque::new();
    loop {
        let chunk = input.chunk()?;
        if chunk.is_empty() {
            return Ok(());
        }
        held.extend(chunk);
        let ready = held.len().saturating_sub(kept);
        let (front, back) = held.as_slices();
        output.write(&front[..ready.min(front.len())]);
        output.write(&back[..ready.saturating_sub(front.len())]);
        held.drain(..ready);
    }
}

fn all_but_lines(part: Part, input: &mut Input, output: &mut Output) -> Result<(), Unread> {
    // The lines that may be the last ones, as bytes and as lengths.
    let mut held: VecDeque<u8> = VecDeque::new();
    let mut lengths: VecDeque<usize> = VecDeque::new();
    while let Some(line) = input.line(part.ending)? {
        if part.count == 0 {
            output.write(line);
            continue;
        }
        if lengths.len() as u64 == part.count {
            let oldest = lengths.pop_front().unwrap_or(0);
            let (front, back) = held.as_slices();
            output.write(&front[..oldest.min(front.len())]);
            output.write(&back[..oldest.saturating_sub(front.len())]);
            held.drain(..oldest);
        }
        held.extend(line);
        lengths.push_back(line.len());
    }
    Ok(())
}
