//! hexdump and hd: bytes by formats. Written from the manual of util-linux, and held against 2.38.1.

mod format;

use std::io::{self, Read};

use cli::getopt::{Next, Syntax, Takes, Words};

use crate::stream::{self, Output, Stdin};
use format::Formats;

const HELP: &str = "\
Usage: hexdump [OPTION]... FILE...
Show bytes in hexadecimal, decimal, octal, or as characters.

 -b, --one-byte-octal     bytes in octal
 -c, --one-byte-char      bytes as characters
 -C, --canonical          bytes in hexadecimal and as characters
 -d, --two-bytes-decimal  words of two bytes in decimal
 -o, --two-bytes-octal    words of two bytes in octal
 -x, --two-bytes-hex      words of two bytes in hexadecimal
 -L, --color[=WHEN]       accepted
 -e, --format FORMAT      by a format
 -f, --format-file FILE   by the formats in FILE
 -n, --length LENGTH      no more than LENGTH bytes
 -s, --skip OFFSET        begin at OFFSET
 -v, --no-squeezing       equal rows too
 -h, --help               show this text
 -V, --version            show the version
";

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    Preset(&'static [&'static str]),
    Color,
    Format,
    FormatFile,
    Length,
    Skip,
    All,
    Help,
    Version,
}

use Takes::{MaybeValue, Nothing, Value};

const ADDRESS: &str = "\"%07.7_Ax\\n\"";
const OCTAL_BYTES: &[&str] = &[ADDRESS, "\"%07.7_ax \" 16/1 \"%03o \" \"\\n\""];
const CHARACTERS: &[&str] = &[ADDRESS, "\"%07.7_ax \" 16/1 \"%3_c \" \"\\n\""];
const CANONICAL: &[&str] = &[
    "\"%08.8_Ax\\n\"",
    "\"%08.8_ax  \" 8/1 \"%02x \" \"  \" 8/1 \"%02x \"",
    "\"  |\" 16/1 \"%_p\" \"|\\n\"",
];
const DECIMAL_WORDS: &[&str] = &[ADDRESS, "\"%07.7_ax \" 8/2 \"  %05u \" \"\\n\""];
const OCTAL_WORDS: &[&str] = &[ADDRESS, "\"%07.7_ax \" 8/2 \" %06o \" \"\\n\""];
const HEX_WORDS: &[&str] = &[ADDRESS, "\"%07.7_ax \" 8/2 \"   %04x \" \"\\n\""];
const DEFAULT: &[&str] = &[ADDRESS, "\"%07.7_ax \" 8/2 \"%04x \" \"\\n\""];

#[rustfmt::skip]
const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'b', Nothing, Opt::Preset(OCTAL_BYTES)), (b'c', Nothing, Opt::Preset(CHARACTERS)),
        (b'C', Nothing, Opt::Preset(CANONICAL)), (b'd', Nothing, Opt::Preset(DECIMAL_WORDS)),
        (b'o', Nothing, Opt::Preset(OCTAL_WORDS)), (b'x', Nothing, Opt::Preset(HEX_WORDS)),
        (b'L', MaybeValue, Opt::Color), (b'e', Value, Opt::Format), (b'f', Value, Opt::FormatFile),
        (b'n', Value, Opt::Length), (b's', Value, Opt::Skip), (b'v', Nothing, Opt::All),
        (b'h', Nothing, Opt::Help), (b'V', Nothing, Opt::Version),
    ],
    long: &[
        ("one-byte-octal", Nothing, Opt::Preset(OCTAL_BYTES)),
        ("one-byte-char", Nothing, Opt::Preset(CHARACTERS)),
        ("canonical", Nothing, Opt::Preset(CANONICAL)),
        ("two-bytes-decimal", Nothing, Opt::Preset(DECIMAL_WORDS)),
        ("two-bytes-octal", Nothing, Opt::Preset(OCTAL_WORDS)),
        ("two-bytes-hex", Nothing, Opt::Preset(HEX_WORDS)),
        ("color", MaybeValue, Opt::Color),
        ("format", Value, Opt::Format),
        ("format-file", Value, Opt::FormatFile),
        ("length", Value, Opt::Length),
        ("skip", Value, Opt::Skip),
        ("no-squeezing", Nothing, Opt::All),
        ("help", Nothing, Opt::Help),
        ("version", Nothing, Opt::Version),
    ],
};

/// Runs hexdump: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    start(program, arguments, None)
}

/// Runs hd, which is hexdump -C.
pub fn main_canonical(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    start(program, arguments, Some(CANONICAL))
}

fn start(program: &str, arguments: Vec<Vec<u8>>, preset: Option<&[&str]>) -> i32 {
    let complain = |what: &str| {
        cli::stdio::complain(program, what);
        1
    };
    let mut formats = Formats::default();
    let mut files = Vec::new();
    let (mut length, mut skip, mut squeezes) = (None, 0, true);
    let mut words = Words::new(&SYNTAX, arguments);
    let preset_of = |formats: &mut Formats, texts: &[&str]| {
        texts.iter().try_for_each(|text| formats.add(text.as_bytes()))
    };
    if let Some(Err(what)) = preset.map(|texts| preset_of(&mut formats, texts)) {
        return complain(&what);
    }
    loop {
        let (option, value) = match words.next() {
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                files.push(word);
                continue;
            }
            Ok(Some(Next::Option { option, value, .. })) => (option, value.unwrap_or_default()),
            Err(what) => return stream::wrong(program, &what),
        };
        let size = |what: &str| {
            size(&value).ok_or_else(|| {
                format!("failed to parse {what}: '{}': Invalid argument", String::from_utf8_lossy(&value))
            })
        };
        let done = match option {
            Opt::Preset(texts) => preset_of(&mut formats, texts),
            Opt::Color => Ok(()),
            Opt::Format => formats.add(&value),
            Opt::FormatFile => match std::fs::read(stream::path(&value)) {
                Ok(text) => text
                    .split(|byte| *byte == b'\n')
                    .map(<[u8]>::trim_ascii_start)
                    .filter(|line| !line.is_empty() && line[0] != b'#')
                    .try_for_each(|line| formats.add(line)),
                Err(error) => {
                    Err(format!("can't read {}: {}", String::from_utf8_lossy(&value), stream::reason(&error)))
                }
            },
            Opt::Length => size("length").map(|bytes| length = Some(bytes)),
            Opt::Skip => size("offset").map(|bytes| skip = bytes),
            Opt::All => {
                squeezes = false;
                Ok(())
            }
            Opt::Help => return stream::show(program, HELP),
            Opt::Version => return stream::show(program, "hexdump (wasmsand) 0.1.0\n"),
        };
        if let Err(what) = done {
            return complain(&what);
        }
    }
    if formats.is_empty()
        && let Err(what) = preset_of(&mut formats, DEFAULT)
    {
        return complain(&what);
    }
    let mut input =
        Input { program, files: files.into_iter(), reader: None, left: length, status: 0, opened: 0 };
    if formats.settle() == 0 {
        return 0;
    }
    let from_files = input.files.len() > 0;
    if !from_files {
        input.reader = Some(Box::new(Stdin));
    }
    let mut out = Output::new();
    let at = input.skip(skip);
    dump(&mut formats, &mut input, at, squeezes, &mut out);
    if from_files && input.opened == 0 {
        out.flush();
        cli::stdio::complain(program, "all input file arguments failed");
    }
    let status = input.status;
    out.end(program, status)
}

/// A number with a suffix of binary or decimal powers.
fn size(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let (radix, digits) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(rest) => (16, rest),
        None if text.len() > 1 && text.starts_with('0') => (8, text),
        None => (10, text),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let number = u64::from_str_radix(&digits[..end], radix).ok()?;
    let suffix = &digits[end..];
    let Some(letter) = suffix.chars().next() else { return Some(number) };
    let base: u64 = match &suffix[letter.len_utf8()..] {
        "" | "iB" => 1024,
        "B" => 1000,
        _ => return None,
    };
    if letter == 'b' && suffix == "b" {
        return number.checked_mul(512);
    }
    let power = "KMGTPEZY".find(letter.to_ascii_uppercase())? + 1;
    (0..power).try_fold(number, |number, _| number.checked_mul(base))
}

/// All inputs as one.
struct Input<'a> {
    program: &'a str,
    files: std::vec::IntoIter<Vec<u8>>,
    reader: Option<Box<dyn Read>>,
    left: Option<u64>,
    status: i32,
    opened: usize,
}

impl Input<'_> {
    /// Opens the next file; are there none left?
    fn advance(&mut self) -> bool {
        for file in self.files.by_ref() {
            if std::fs::metadata(stream::path(&file)).is_ok_and(|metadata| metadata.is_dir()) {
                // It can be opened, but there is nothing to read.
                let name = String::from_utf8_lossy(&file).into_owned();
                let what = cli::wording::reason(rustix::io::Errno::ISDIR);
                cli::stdio::complain(self.program, &format!("{name}: {what}"));
                self.opened += 1;
                continue;
            }
            match stream::open(&file) {
                Ok(reader) => {
                    self.reader = Some(reader);
                    self.opened += 1;
                    return true;
                }
                Err(error) => {
                    let name = String::from_utf8_lossy(&file).into_owned();
                    cli::stdio::complain(self.program, &format!("{name}: {}", stream::reason(&error)));
                    self.status = 1;
                }
            }
        }
        false
    }

    /// Reads until the buffer is full or nothing is left.
    fn fill(&mut self, buffer: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < buffer.len() && self.left != Some(0) {
            if self.reader.is_none() && !self.advance() {
                break;
            }
            let room = (buffer.len() - filled)
                .min(self.left.and_then(|left| left.try_into().ok()).unwrap_or(usize::MAX));
            let Some(reader) = &mut self.reader else { break };
            match reader.read(&mut buffer[filled..filled + room]) {
                Ok(0) => self.reader = None,
                Ok(count) => {
                    filled += count;
                    self.left = self.left.map(|left| left - count as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    cli::stdio::complain(self.program, &stream::reason(&error));
                    self.status = 1;
                    self.reader = None;
                }
            }
            if self.reader.is_none() && self.files.len() == 0 {
                break;
            }
        }
        filled
    }

    /// Passes over bytes; how many there were.
    fn skip(&mut self, count: u64) -> u64 {
        let length = self.left.take();
        let mut buffer = vec![0; stream::BUFFER_BYTES];
        let mut skipped = 0;
        while skipped < count {
            let some = (count - skipped).min(buffer.len() as u64) as usize;
            match self.fill(&mut buffer[..some]) {
                0 => break,
                read => skipped += read as u64,
            }
        }
        self.left = length;
        skipped
    }
}

fn dump(formats: &mut Formats, input: &mut Input<'_>, begin: u64, squeezes: bool, out: &mut Output) {
    let size = formats.settle();
    if size == 0 {
        return;
    }
    let mut at = begin;
    let mut block = vec![0; size];
    let mut last: Option<Vec<u8>> = None;
    let mut is_squeezing = false;
    let mut text = Vec::new();
    loop {
        let count = input.fill(&mut block);
        if count == 0 {
            break;
        }
        block[count..].fill(0);
        let is_same = squeezes && count == size && last.as_ref() == Some(&block);
        if is_same {
            if !is_squeezing {
                out.put(b"*\n");
            }
        } else {
            text.clear();
            formats.write(&block, count, at, &mut text);
            out.put(&text);
        }
        is_squeezing = is_same;
        at += count as u64;
        if !is_same && squeezes {
            last = Some(block.clone());
        }
        if count < size || out.has_failed() {
            break;
        }
    }
    if at > 0 {
        text.clear();
        formats.write_end(at, &mut text);
        out.put(&text);
    }
}
