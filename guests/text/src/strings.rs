//! strings: the readable pieces of a file of bytes. Written from the manuals of POSIX and of GNU, and held against
//! binutils 2.40.

use std::io::Read;

use cli::getopt::{Next, Syntax, Takes, Words};

use crate::stream::{self, BUFFER_BYTES, Output, Stdin};

const HELP: &str = "\
Usage: strings [OPTION]... [FILE]...
Show the readable pieces of FILE, or of standard input.

  -a, --all                      all of a file; always so
  -f, --print-file-name          the file's name in front of each piece
  -n, --bytes=NUMBER, -NUMBER    pieces of at least NUMBER characters; 4 unless given
  -t, --radix={o,d,x}            where each piece begins
  -o                             the same as -t o
  -w, --include-all-whitespace   white space of any kind is readable
  -e, --encoding={s,S,b,l,B,L}   characters of 7 bits, 8 bits, 16 or 32 bits
                                   with the high byte first (b, B) or last (l, L)
  -s, --output-separator=TEXT    TEXT behind each piece instead of a newline
  -h, --help                     show this text
  -v, -V, --version              show the version
";

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    Ignored,
    Name,
    Bytes,
    Digit(u8),
    Radix,
    Octal,
    Whitespace,
    Encoding,
    Separator,
    Help,
    Version,
}

use Takes::{Nothing, Value};

#[rustfmt::skip]
const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'0', Nothing, Opt::Digit(0)), (b'1', Nothing, Opt::Digit(1)), (b'2', Nothing, Opt::Digit(2)),
        (b'3', Nothing, Opt::Digit(3)), (b'4', Nothing, Opt::Digit(4)), (b'5', Nothing, Opt::Digit(5)),
        (b'6', Nothing, Opt::Digit(6)), (b'7', Nothing, Opt::Digit(7)), (b'8', Nothing, Opt::Digit(8)),
        (b'9', Nothing, Opt::Digit(9)), (b'a', Nothing, Opt::Ignored), (b'd', Nothing, Opt::Ignored),
        (b'f', Nothing, Opt::Name), (b'n', Value, Opt::Bytes), (b't', Value, Opt::Radix),
        (b'o', Nothing, Opt::Octal), (b'w', Nothing, Opt::Whitespace), (b'e', Value, Opt::Encoding),
        (b's', Value, Opt::Separator), (b'T', Value, Opt::Ignored), (b'U', Value, Opt::Ignored),
        (b'h', Nothing, Opt::Help), (b'H', Nothing, Opt::Help), (b'v', Nothing, Opt::Version),
        (b'V', Nothing, Opt::Version),
    ],
    long: &[
        ("all", Nothing, Opt::Ignored),
        ("data", Nothing, Opt::Ignored),
        ("print-file-name", Nothing, Opt::Name),
        ("bytes", Value, Opt::Bytes),
        ("radix", Value, Opt::Radix),
        ("include-all-whitespace", Nothing, Opt::Whitespace),
        ("encoding", Value, Opt::Encoding),
        ("target", Value, Opt::Ignored),
        ("output-separator", Value, Opt::Separator),
        ("unicode", Value, Opt::Ignored),
        ("help", Nothing, Opt::Help),
        ("version", Nothing, Opt::Version),
    ],
};

struct Job {
    least: usize,
    radix: Option<u8>,
    whitespace: bool,
    encoding: u8,
    separator: Vec<u8>,
    with_name: bool,
}

/// Runs strings: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let mut job = Job {
        least: 4,
        radix: None,
        whitespace: false,
        encoding: b's',
        separator: b"\n".to_vec(),
        with_name: false,
    };
    let mut files = Vec::new();
    let mut digits: Option<usize> = None;
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        let (option, value) = match words.next() {
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                files.push(word);
                continue;
            }
            Ok(Some(Next::Option { option, value, .. })) => (option, value.unwrap_or_default()),
            Err(what) => {
                cli::stdio::complain(program, &what);
                return usage();
            }
        };
        let shown = String::from_utf8_lossy(&value).into_owned();
        match option {
            Opt::Ignored => {}
            Opt::Name => job.with_name = true,
            Opt::Bytes => match number(&shown) {
                Some(least) => job.least = least,
                None => {
                    cli::stdio::complain(program, &format!("invalid integer argument {shown}"));
                    return 1;
                }
            },
            Opt::Digit(digit) => {
                digits = Some(digits.unwrap_or(0).saturating_mul(10).saturating_add(usize::from(digit)));
            }
            Opt::Radix if matches!(value.as_slice(), b"o" | b"d" | b"x") => {
                job.radix = value.first().copied()
            }
            Opt::Encoding if matches!(value.as_slice(), b"s" | b"S" | b"b" | b"l" | b"B" | b"L") => {
                job.encoding = value.first().copied().unwrap_or(b's');
            }
            Opt::Radix | Opt::Encoding => return usage(),
            Opt::Octal => job.radix = Some(b'o'),
            Opt::Whitespace => job.whitespace = true,
            Opt::Separator => job.separator = value,
            Opt::Help => return stream::show(program, HELP),
            Opt::Version => return stream::show(program, "strings (wasmsand) 0.1.0\n"),
        }
    }
    job.least = digits.unwrap_or(job.least);
    if job.least == 0 {
        cli::stdio::complain(program, "invalid minimum string length 0");
        return 1;
    }
    let mut out = Output::new();
    let mut status = 0;
    if files.is_empty() {
        status = scan(program, &job, b"{standard input}", &mut Stdin, &mut out);
    }
    for file in &files {
        let name = cli::wording::quoted_name(file);
        let complaint = match std::fs::metadata(stream::path(file)) {
            Ok(metadata) if metadata.is_dir() => Some(format!("Warning: {name} is a directory")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Some(format!("{name}: No such file"))
            }
            Err(error) => {
                Some(format!("Warning: could not locate {name}.  reason: {}", stream::reason(&error)))
            }
            Ok(_) => None,
        };
        if let Some(complaint) = complaint {
            out.flush();
            cli::stdio::complain(program, &complaint);
            status = 1;
            continue;
        }
        status |= match stream::open(file) {
            Ok(mut reader) => scan(program, &job, file, &mut reader, &mut out),
            Err(error) => {
                out.flush();
                let name = String::from_utf8_lossy(file);
                cli::stdio::complain(program, &format!("{name}: {}", stream::reason(&error)));
                1
            }
        };
        if out.has_failed() {
            break;
        }
    }
    out.end(program, status)
}

fn usage() -> i32 {
    // All of it, as binutils do; to standard error there.
    cli::stdio::note(HELP.trim_end());
    1
}

fn number(text: &str) -> Option<usize> {
    match text.strip_prefix("0x") {
        Some(digits) => usize::from_str_radix(digits, 16).ok(),
        None if text.len() > 1 && text.starts_with('0') => usize::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    }
}

/// Looks for pieces in one input.
fn scan(program: &str, job: &Job, name: &[u8], reader: &mut dyn Read, out: &mut Output) -> i32 {
    let width = match job.encoding {
        b'b' | b'l' => 2,
        b'B' | b'L' => 4,
        _ => 1,
    };
    let mut buffer = vec![0; BUFFER_BYTES];
    // What is in the buffer already, when characters have several bytes.
    let mut kept = 0;
    let mut offset = 0_u64;
    let mut piece = Piece { start: 0, text: Vec::new(), is_out: false };
    loop {
        let count = match reader.read(&mut buffer[kept..]) {
            Ok(count) => count,
            Err(error) => {
                out.flush();
                let name = String::from_utf8_lossy(name);
                cli::stdio::complain(program, &format!("{name}: {}", stream::reason(&error)));
                return 1;
            }
        };
        let end = kept + count;
        let mut at = 0;
        while at + width <= end {
            match character(job, &buffer[at..at + width]) {
                Some(byte) => {
                    if piece.text.is_empty() && !piece.is_out {
                        piece.start = offset + at as u64;
                    }
                    piece.text.push(byte);
                    if piece.text.len() >= job.least.min(BUFFER_BYTES) || piece.is_out {
                        piece.put(job, name, out);
                    }
                    at += width;
                }
                None => {
                    piece.end(job, out);
                    // A character of several bytes may begin at any of them.
                    at += 1;
                }
            }
        }
        if count == 0 || out.has_failed() {
            piece.end(job, out);
            return 0;
        }
        offset += at as u64;
        kept = end - at;
        buffer.copy_within(at..end, 0);
    }
}

/// A piece while it is read: it is written as soon as it is long enough.
struct Piece {
    start: u64,
    text: Vec<u8>,
    is_out: bool,
}

impl Piece {
    fn put(&mut self, job: &Job, name: &[u8], out: &mut Output) {
        if !self.is_out {
            if job.with_name {
                out.put(name);
                out.put(b": ");
            }
            let start = self.start;
            let place = match job.radix {
                Some(b'o') => format!("{start:7o} "),
                Some(b'd') => format!("{start:7} "),
                Some(_) => format!("{start:7x} "),
                None => String::new(),
            };
            out.put(place.as_bytes());
            self.is_out = true;
        }
        out.put(&self.text);
        self.text.clear();
    }

    fn end(&mut self, job: &Job, out: &mut Output) {
        if self.is_out {
            out.put(&job.separator);
        }
        self.is_out = false;
        self.text.clear();
    }
}

/// The readable character that bytes are.
fn character(job: &Job, bytes: &[u8]) -> Option<u8> {
    let value = match job.encoding {
        b'b' | b'B' => bytes.iter().fold(0_u32, |value, byte| value << 8 | u32::from(*byte)),
        b'l' | b'L' => bytes.iter().rev().fold(0_u32, |value, byte| value << 8 | u32::from(*byte)),
        _ => u32::from(bytes[0]),
    };
    let byte = u8::try_from(value).ok()?;
    let readable = match byte {
        b' '..=b'~' | b'\t' => true,
        b'\n' | 0x0b | 0x0c | b'\r' => job.whitespace,
        0x80.. => job.encoding == b'S',
        _ => false,
    };
    readable.then_some(byte)
}
