//! cmp: where files differ, byte by byte.
//!
//! It owns all of cmp. Files are read side by side, a buffer at a time. Written from the manuals of POSIX and of GNU,
//! and held against GNU cmp 3.8.

use std::io::Read;

use cli::getopt::{Next, Syntax, Takes, Words};
use rustix::io::Errno;

use crate::output::Output;
use crate::system::{self, Kind};

const HELP: &str = "\
Usage: cmp [OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]
Tell where FILE1 and FILE2 differ, byte by byte; - or no FILE2 is standard input.

  -b, --print-bytes                 show the bytes that differ
  -i, --ignore-initial=SKIP         skip the first SKIP bytes of both
  -i, --ignore-initial=SKIP1:SKIP2  skip SKIP1 bytes of FILE1, SKIP2 of FILE2
  -l, --verbose                     every difference: its number and both bytes
  -n, --bytes=LIMIT                 compare at most LIMIT bytes
  -s, --quiet, --silent             say nothing
      --help                        show this text
  -v, --version                     show the version

A number may have a suffix: kB 1000, K 1024, MB 1000*1000, M 1024*1024, and so on.
The status is 0 for equal files, 1 for different ones, 2 for trouble.
";

const BUFFER_BYTES: usize = 64 * 1024;

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    PrintBytes,
    Skip,
    Verbose,
    Limit,
    Silent,
    Help,
    Version,
}

const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'b', Takes::Nothing, Opt::PrintBytes),
        (b'c', Takes::Nothing, Opt::PrintBytes),
        (b'i', Takes::Value, Opt::Skip),
        (b'l', Takes::Nothing, Opt::Verbose),
        (b'n', Takes::Value, Opt::Limit),
        (b's', Takes::Nothing, Opt::Silent),
        (b'v', Takes::Nothing, Opt::Version),
    ],
    long: &[
        ("bytes", Takes::Value, Opt::Limit),
        ("help", Takes::Nothing, Opt::Help),
        ("ignore-initial", Takes::Value, Opt::Skip),
        ("print-bytes", Takes::Nothing, Opt::PrintBytes),
        ("print-chars", Takes::Nothing, Opt::PrintBytes),
        ("quiet", Takes::Nothing, Opt::Silent),
        ("silent", Takes::Nothing, Opt::Silent),
        ("verbose", Takes::Nothing, Opt::Verbose),
        ("version", Takes::Nothing, Opt::Version),
    ],
};

/// What cmp is asked to do.
#[derive(Default)]
struct Job {
    print_bytes: bool,
    verbose: bool,
    silent: bool,
    skip: [u64; 2],
    limit: Option<u64>,
    names: Vec<Vec<u8>>,
}

enum Request {
    Compare(Job),
    Show(String),
}

/// Runs cmp: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let job = match parse(program, arguments) {
        Ok(Request::Compare(job)) => job,
        Ok(Request::Show(text)) => {
            let mut out = Output::new();
            out.put(text.as_bytes());
            return finish(program, out, 0);
        }
        Err(what) => {
            cli::stdio::complain(program, &what);
            cli::stdio::complain(program, &format!("Try '{program} --help' for more information."));
            return 2;
        }
    };
    let mut out = Output::new();
    let status = match compare(program, &job, &mut out) {
        Ok(same) => i32::from(!same),
        Err((name, errno)) => {
            if !job.silent {
                let what = format!("{}: {}", String::from_utf8_lossy(&name), cli::wording::reason(errno));
                cli::stdio::complain(program, &what);
            }
            2
        }
    };
    finish(program, out, status)
}

fn finish(program: &str, out: Output, status: i32) -> i32 {
    match out.finish() {
        Ok(()) => status,
        Err(errno) => {
            cli::stdio::complain(program, &format!("standard output: {}", cli::wording::reason(errno)));
            2
        }
    }
}

fn parse(program: &str, arguments: Vec<Vec<u8>>) -> Result<Request, String> {
    let mut job = Job::default();
    let last = arguments.last().cloned();
    let mut words = Words::new(&SYNTAX, arguments);
    while let Some(next) = words.next()? {
        match next {
            Next::Operand(word) => job.names.push(word),
            Next::Option { option, value, .. } => {
                let value = value.unwrap_or_default();
                match option {
                    Opt::PrintBytes => job.print_bytes = true,
                    Opt::Verbose => job.verbose = true,
                    Opt::Silent => job.silent = true,
                    Opt::Limit => {
                        let limit = number(&value).ok_or_else(|| invalid("bytes", &value))?;
                        job.limit = Some(job.limit.map_or(limit, |known| known.min(limit)));
                    }
                    Opt::Skip => {
                        let colon = value.iter().position(|byte| *byte == b':').filter(|at| *at > 0);
                        let parts = match colon {
                            Some(colon) => [&value[..colon], &value[colon + 1..]],
                            None => [value.as_slice(); 2],
                        };
                        for (skip, part) in job.skip.iter_mut().zip(parts) {
                            let bytes = number(part).ok_or_else(|| invalid("ignore-initial", part))?;
                            *skip = (*skip).max(bytes);
                        }
                    }
                    Opt::Help => return Ok(Request::Show(HELP.to_owned())),
                    Opt::Version => return Ok(Request::Show("cmp (wasmsand) 0.1.0\n".to_owned())),
                }
            }
        }
    }
    if job.verbose && job.silent {
        return Err("options -l and -s are incompatible".to_owned());
    }
    if job.names.is_empty() {
        let after =
            last.map_or_else(|| program.to_owned(), |word| String::from_utf8_lossy(&word).into_owned());
        return Err(format!("missing operand after '{after}'"));
    }
    if let Some(extra) = job.names.get(4) {
        return Err(format!("extra operand '{}'", String::from_utf8_lossy(extra)));
    }
    for (skip, operand) in job.skip.iter_mut().zip(job.names.iter().skip(2)) {
        let bytes = number(operand).ok_or_else(|| invalid("ignore-initial", operand))?;
        *skip = (*skip).max(bytes);
    }
    job.names.truncate(2);
    if job.names.len() == 1 {
        job.names.push(b"-".to_vec());
    }
    Ok(Request::Compare(job))
}

fn invalid(option: &str, value: &[u8]) -> String {
    format!("invalid --{option} value '{}'", String::from_utf8_lossy(value))
}

/// A number of C, decimal, octal or hexadecimal, maybe with a suffix.
fn number(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let (radix, text) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(rest) => (16, rest),
        None if text.starts_with('0') && text.len() > 1 => (8, text),
        None => (10, text),
    };
    let end = text.find(|c: char| !c.is_digit(radix)).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    let number = u64::from_str_radix(digits, radix).ok()?;
    let (letter, rest) = match suffix.chars().next() {
        None => return Some(number),
        Some(letter) => (letter, &suffix[letter.len_utf8()..]),
    };
    let power = match letter {
        'k' | 'K' => 1,
        'M' => 2,
        'G' => 3,
        'T' => 4,
        'P' => 5,
        'E' => 6,
        'Z' => 7,
        'Y' => 8,
        _ => return None,
    };
    let base: u64 = match rest {
        "" | "iB" => 1024,
        "B" => 1000,
        _ => return None,
    };
    (0..power).try_fold(number, |number, _| number.checked_mul(base))
}

/// A file that is read a buffer at a time.
struct Source {
    name: Vec<u8>,
    reader: Box<dyn Read>,
    buffer: Vec<u8>,
    /// What of the buffer was not compared yet.
    start: usize,
    end: usize,
}

impl Source {
    fn open(name: &[u8], skip: u64) -> Result<Source, Errno> {
        let mut reader = system::open(name)?;
        if name != b"-" && system::stat(name, true)?.kind == Kind::Directory {
            return Err(Errno::ISDIR);
        }
        let errno = |error: &std::io::Error| system::errno_of(error);
        std::io::copy(&mut reader.by_ref().take(skip), &mut std::io::sink())
            .map_err(|error| errno(&error))?;
        Ok(Source { name: name.to_vec(), reader, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0 })
    }

    /// Reads on when all was compared; answers what there is.
    fn fill(&mut self) -> Result<&[u8], (Vec<u8>, Errno)> {
        if self.start == self.end {
            self.start = 0;
            self.end = self
                .reader
                .read(&mut self.buffer)
                .map_err(|error| (self.name.clone(), system::errno_of(&error)))?;
        }
        Ok(&self.buffer[self.start..self.end])
    }
}

/// Compares; whether the files are the same.
fn compare(program: &str, job: &Job, out: &mut Output) -> Result<bool, (Vec<u8>, Errno)> {
    let [first, second] = [&job.names[0], &job.names[1]];
    let mut sizes = [None; 2];
    let mut ids = [None; 2];
    for (index, name) in [first, second].into_iter().enumerate() {
        let stat = if name == b"-" { system::stat_stdin() } else { system::stat(name, true) };
        if let Ok(stat) = stat {
            ids[index] = Some(stat.id);
            sizes[index] = (stat.kind == Kind::Regular).then(|| stat.size.saturating_sub(job.skip[index]));
        }
    }
    let same_skip = job.skip[0] == job.skip[1];
    if same_skip
        && (first == second || ids[0].is_some() && ids[0] == ids[1] && sizes[0].is_some())
        && ids[0].is_some()
    {
        return Ok(true);
    }
    let mut sources = [
        Source::open(first, job.skip[0]).map_err(|errno| (first.clone(), errno))?,
        Source::open(second, job.skip[1]).map_err(|errno| (second.clone(), errno))?,
    ];
    if let (true, [Some(one), Some(other)], None) = (job.silent, sizes, job.limit)
        && one != other
    {
        return Ok(false);
    }
    let width = width(sizes, job.limit);
    let mut left = job.limit.unwrap_or(u64::MAX);
    let mut place = Place { byte: 0, newlines: 0, last: b'\n' };
    let mut same = true;
    while left > 0 {
        let [one, other] = &mut sources;
        let (a, b) = (one.fill()?, other.fill()?);
        let length = a.len().min(b.len()).min(usize::try_from(left).unwrap_or(usize::MAX));
        if length == 0 {
            let shorter = match (a.is_empty(), b.is_empty()) {
                (true, true) => return Ok(same),
                (true, false) => first,
                _ => second,
            };
            if !job.silent {
                end_of_file(program, job, shorter, &place, out);
            }
            return Ok(false);
        }
        let (a, b) = (&a[..length], &b[..length]);
        if !lanes::are_same(a, b) {
            same = false;
            if job.silent {
                return Ok(false);
            }
            for (index, (x, y)) in a.iter().zip(b).enumerate().filter(|(_, (x, y))| x != y) {
                let byte = place.byte + index as u64 + 1;
                if !job.verbose {
                    let newlines = place.newlines + lanes::count(b'\n', &a[..index]) as u64;
                    out.put(&[first, b" ".as_slice(), second].concat());
                    let text = format!(" differ: byte {byte}, line {}", newlines + 1);
                    out.put(text.as_bytes());
                    if job.print_bytes {
                        out.put(format!(" is {x:3o} {} {y:3o} {}", printable(*x), printable(*y)).as_bytes());
                    }
                    out.put(b"\n");
                    return Ok(false);
                }
                let text = if job.print_bytes {
                    format!("{byte:width$} {x:3o} {:4} {y:3o} {}\n", printable(*x), printable(*y))
                } else {
                    format!("{byte:width$} {x:3o} {y:3o}\n")
                };
                out.put(text.as_bytes());
            }
        }
        place.pass(a, !job.verbose && !job.silent);
        left -= length as u64;
        for source in &mut sources {
            source.start += length;
        }
        if out.has_failed() {
            return Ok(false);
        }
    }
    Ok(same)
}

/// How wide the numbers of bytes are.
fn width(sizes: [Option<u64>; 2], limit: Option<u64>) -> usize {
    let most = sizes.into_iter().chain([limit]).flatten().min().unwrap_or(i64::MAX as u64);
    most.to_string().len()
}

/// How far the comparison has come.
struct Place {
    byte: u64,
    newlines: u64,
    last: u8,
}

impl Place {
    fn pass(&mut self, bytes: &[u8], count_lines: bool) {
        self.byte += bytes.len() as u64;
        if count_lines {
            self.newlines += lanes::count(b'\n', bytes) as u64;
        }
        self.last = bytes.last().copied().unwrap_or(self.last);
    }
}

fn end_of_file(program: &str, job: &Job, name: &[u8], place: &Place, out: &mut Output) {
    out.flush();
    let name = String::from_utf8_lossy(name);
    let byte = place.byte;
    let what = match () {
        () if byte == 0 => format!("EOF on {name} which is empty"),
        () if job.verbose => format!("EOF on {name} after byte {byte}"),
        () if place.last == b'\n' => format!("EOF on {name} after byte {byte}, line {}", place.newlines),
        () => format!("EOF on {name} after byte {byte}, in line {}", place.newlines + 1),
    };
    cli::stdio::complain(program, &what);
}

/// A byte as `cat -v` shows it, and a newline as `^J`.
fn printable(byte: u8) -> String {
    let mut text = String::new();
    let low = byte & 0x7f;
    if byte >= 0x80 {
        text.push_str("M-");
    }
    match low {
        0..=0x1f => text.extend(['^', char::from(low + 64)]),
        0x7f => text.push_str("^?"),
        _ => text.push(char::from(low)),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_suffixes_of_gnu() {
        for (text, wanted) in [
            ("10", Some(10)),
            ("010", Some(8)),
            ("0x10", Some(16)),
            ("1K", Some(1024)),
            ("1kB", Some(1000)),
            ("2MiB", Some(2 << 20)),
            ("5Z", None),
            ("", None),
            ("x", None),
            ("1q", None),
            ("-1", None),
        ] {
            assert_eq!(number(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn bytes_are_shown_as_cat_shows_them() {
        assert_eq!(
            ["a", "^J", "^?", "M-^@", "M-^?"].map(str::to_owned),
            [b'a', 10, 127, 128, 255].map(printable)
        );
    }
}
