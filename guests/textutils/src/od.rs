//! od: the bytes of files, in any base.
//!
//! It owns the command line and the reading; [`format`] owns the types and what a line of one looks like.

mod format;

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{name, quoted, reason};
use rustix::io::Errno;
use textio::size;

use crate::input::Input;
use crate::line::{self, fail, flag, valued};
use crate::output::Output;
use format::{Format, Lines};

const HELP: &str = "\
Usage: od [OPTION]... [FILE]...
  or:  od [-abcdfilosx]... [FILE] [[+]OFFSET[b]]
  or:  od --traditional [OPTION]... [FILE] [[+]OFFSET[b] [+][LABEL][b]]
Print the bytes of all FILEs, one after another, as numbers: octal ones of two bytes by default.

Without a FILE, and for a FILE that is -, read standard input.

  -A, --address-radix=RADIX  addresses are d for decimal, o for octal, x for hexadecimal, or n for none
      --endian=ORDER         numbers have the byte order big or little
  -j, --skip-bytes=BYTES     skip so many bytes
  -N, --read-bytes=BYTES     read so many bytes at most
  -S BYTES, --strings[=BYTES]  print texts of at least so many characters, 3 by default, that end with a NUL
  -t, --format=TYPE          print in this way; several are printed one below another
  -v, --output-duplicates    print lines that are like the one before them, not *
  -w[BYTES], --width[=BYTES]  lines have so many bytes; 32 without BYTES
      --traditional          take operands in the third form
      --help                 print this text
      --version              print the version

A TYPE is a for named characters, c for characters with escapes, or with a size in bytes behind: d decimal with a sign,
u decimal, o octal, x hexadecimal, f floating point. The size may be C, S, I or L, or for f F, D or L, for the types of
C. A z behind it adds the bytes that can be printed. BYTES and OFFSET may have a unit: b 512, kB 1000, K 1024, and so
on.

The old forms are -a for -t a, -b o1, -c c, -d u2, -f fF, -i dI, -l dL, -o o2, -s d2 and -x x2.
";

/// The long forms of options whose complaints name the form.
const SKIP: char = 'J';
const READ: char = 'M';
const STRINGS: char = 'T';
const WIDTH: char = 'W';
const ENDIAN: char = 'E';
const TRADITIONAL: char = 'R';

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        valued(b'A'),
        flag(b'a'),
        flag(b'b'),
        flag(b'B'),
        flag(b'c'),
        flag(b'd'),
        flag(b'D'),
        flag(b'e'),
        flag(b'f'),
        flag(b'F'),
        flag(b'h'),
        flag(b'H'),
        flag(b'i'),
        flag(b'I'),
        valued(b'j'),
        flag(b'l'),
        flag(b'L'),
        valued(b'N'),
        flag(b'o'),
        flag(b'O'),
        flag(b's'),
        valued(b'S'),
        valued(b't'),
        flag(b'v'),
        (b'w', Takes::MaybeValue, 'w'),
        flag(b'x'),
        flag(b'X'),
    ],
    long: &[
        ("skip-bytes", Takes::Value, SKIP),
        ("address-radix", Takes::Value, 'A'),
        ("read-bytes", Takes::Value, READ),
        ("format", Takes::Value, 't'),
        ("output-duplicates", Takes::Nothing, 'v'),
        ("strings", Takes::MaybeValue, STRINGS),
        ("traditional", Takes::Nothing, TRADITIONAL),
        ("width", Takes::MaybeValue, WIDTH),
        ("endian", Takes::Value, ENDIAN),
        line::HELP,
        line::VERSION,
    ],
};

/// The types of the old forms.
const OLD: [(char, &str); 19] = [
    ('a', "a"),
    ('b', "o1"),
    ('B', "o2"),
    ('c', "c"),
    ('d', "u2"),
    ('D', "u4"),
    ('e', "fD"),
    ('f', "fF"),
    ('F', "fD"),
    ('h', "x2"),
    ('H', "x4"),
    ('i', "dI"),
    ('I', "dL"),
    ('l', "dL"),
    ('L', "dL"),
    ('o', "o2"),
    ('O', "o4"),
    ('s', "d2"),
    ('x', "x2"),
];

/// The base of addresses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Radix {
    Octal,
    Decimal,
    Hexadecimal,
    None,
}

struct Od<'a> {
    frame: Frame<'a>,
    radix: Radix,
    skip: u64,
    limit: Option<u64>,
    /// Texts of so many characters, not numbers.
    strings: Option<u64>,
    formats: Vec<Format>,
    big_endian: bool,
    duplicates: bool,
    /// None: 16, or what the types ask for.
    width: Option<u64>,
    traditional: bool,
    /// The pseudo-address of the first byte.
    label: Option<u64>,
}

/// Runs od: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let mut od = Od {
        frame: Frame { program },
        radix: Radix::Octal,
        skip: 0,
        limit: None,
        strings: None,
        formats: Vec::new(),
        big_endian: false,
        duplicates: false,
        width: None,
        traditional: false,
        label: None,
    };
    let files = od.parse(arguments).and_then(|(files, is_modern)| od.operands(files, is_modern));
    match files {
        Ok(files) => od.run(files),
        Err(status) => status,
    }
}

/// Reads a number of bytes: decimal, octal or hexadecimal with a unit.
fn bytes(text: &[u8]) -> Result<u64, size::Wrong> {
    let (radix, rest) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', ..] => (8, text),
        _ => (10, text),
    };
    if radix == 10 {
        return size::parse(text);
    }
    let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
    let digits = rest.iter().take_while(|byte| is_digit(byte)).count();
    let (number, unit) = rest.split_at(digits);
    let value = u64::from_str_radix(&String::from_utf8_lossy(number), radix);
    let value = value.map_err(|_| if digits == 0 { size::Wrong::Invalid } else { size::Wrong::TooLarge })?;
    let factor = size::parse(&[b"1", unit].concat())?;
    value.checked_mul(factor).ok_or(size::Wrong::TooLarge)
}

impl Od<'_> {
    /// Reads the arguments: the operands, and whether an option makes the old forms of operands impossible.
    fn parse(&mut self, arguments: Vec<Vec<u8>>) -> Result<(Vec<Vec<u8>>, bool), i32> {
        let mut words = Words::new(&SYNTAX, arguments);
        let (mut files, mut is_modern) = (Vec::new(), false);
        loop {
            match words.next() {
                Err(what) => return Err(self.frame.misused(&what)),
                Ok(None) => return Ok((files, is_modern)),
                Ok(Some(Next::Operand(file))) => files.push(file),
                Ok(Some(Next::Option { option, value, .. })) => {
                    if let Some((_, types)) = OLD.iter().find(|(old, _)| *old == option) {
                        self.add_types(types.as_bytes())?;
                        continue;
                    }
                    if option == 'X' {
                        self.add_types(b"x4")?;
                        continue;
                    }
                    is_modern |= option != TRADITIONAL;
                    self.set(option, value)?;
                }
            }
        }
    }

    fn add_types(&mut self, text: &[u8]) -> Result<(), i32> {
        format::parse(text, &mut self.formats).map_err(|what| fail(self.frame, &what))
    }

    fn set(&mut self, option: char, value: Option<Vec<u8>>) -> Result<(), i32> {
        let frame = self.frame;
        let text = value.clone().unwrap_or_default();
        let number = |option: &str| {
            bytes(&text).map_err(|wrong| {
                let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let shown = String::from_utf8_lossy(&text);
                fail(
                    frame,
                    &match wrong {
                        size::Wrong::TooLarge => format!("{option} argument '{shown}' too large"),
                        size::Wrong::Invalid if digits > 0 => {
                            format!("invalid suffix in {option} argument '{shown}'")
                        }
                        size::Wrong::Invalid => format!("invalid {option} argument '{shown}'"),
                    },
                )
            })
        };
        match option {
            'A' => {
                self.radix = match text.first() {
                    Some(b'd') => Radix::Decimal,
                    Some(b'o') => Radix::Octal,
                    Some(b'x') => Radix::Hexadecimal,
                    Some(b'n') => Radix::None,
                    other => {
                        let shown = other.map_or(String::new(), |byte| char::from(*byte).to_string());
                        let must = "it must be one character from [doxn]";
                        return Err(fail(frame, &format!("invalid output address radix '{shown}'; {must}")));
                    }
                }
            }
            'j' => self.skip = number("-j")?,
            SKIP => self.skip = number("--skip-bytes")?,
            'N' => self.limit = Some(number("-N")?),
            READ => self.limit = Some(number("--read-bytes")?),
            'S' => self.strings = Some(number("-S")?),
            STRINGS => self.strings = Some(if value.is_some() { number("--strings")? } else { 3 }),
            't' => self.add_types(&text)?,
            'v' => self.duplicates = true,
            'w' => self.width = Some(if value.is_some() { number("-w")? } else { 32 }),
            WIDTH => self.width = Some(if value.is_some() { number("--width")? } else { 32 }),
            ENDIAN => {
                let choices = [("little", false), ("big", true)];
                self.big_endian = line::choose(frame, "--endian", &text, &choices)?;
            }
            TRADITIONAL => self.traditional = true,
            frame::HELP => return Err(frame.show(HELP)),
            _ => return Err(frame.show(&version("od"))),
        }
        Ok(())
    }

    /// Takes an offset and a label from among the operands.
    fn operands(&mut self, mut files: Vec<Vec<u8>>, is_modern: bool) -> Result<Vec<Vec<u8>>, i32> {
        if is_modern && !self.traditional {
            return Ok(files);
        }
        let plus = |file: &[u8]| file.first() == Some(&b'+');
        let digit = |file: &[u8]| file.first().is_some_and(u8::is_ascii_digit);
        match files.as_slice() {
            [one] if self.traditional || plus(one) => {
                if let Some(offset) = old_offset(one) {
                    self.skip = offset;
                    files.clear();
                }
            }
            [one, two] if self.traditional || plus(two) || digit(two) => {
                if let Some(second) = old_offset(two) {
                    match old_offset(one).filter(|_| self.traditional) {
                        Some(first) => {
                            (self.skip, self.label) = (first, Some(second));
                            files.clear();
                        }
                        None => {
                            self.skip = second;
                            files.truncate(1);
                        }
                    }
                }
            }
            [_, two, three] if self.traditional => {
                if let (Some(offset), Some(label)) = (old_offset(two), old_offset(three)) {
                    (self.skip, self.label) = (offset, Some(label));
                    files.truncate(1);
                }
            }
            _ => {}
        }
        if self.traditional
            && let Some(extra) = files.get(1)
        {
            self.frame.complain(&format!("extra operand {}", quoted(extra)));
            return Err(self.frame.misused("compatibility mode supports at most one file"));
        }
        Ok(files)
    }

    fn run(mut self, files: Vec<Vec<u8>>) -> i32 {
        if self.strings.is_some() && !self.formats.is_empty() {
            return fail(self.frame, "no type may be specified when dumping strings");
        }
        if self.formats.is_empty() {
            // The type of last resort is known to be one.
            let _ = format::parse(b"o2", &mut self.formats);
        }
        let group = format::group_bytes(&self.formats);
        let bytes = match self.width.map(|width| usize::try_from(width).unwrap_or(0)) {
            Some(width) if width > 0 && width % group == 0 => width,
            Some(width) => {
                self.frame.complain(&format!("warning: invalid width {width}; using {group} instead"));
                group
            }
            None if group < 16 => group * (16 / group),
            None => group,
        };
        let formats = std::mem::take(&mut self.formats);
        let lines = Lines::new(formats, bytes, self.big_endian);
        let mut reader = Reader {
            frame: self.frame,
            files: line::or_stdin(files).into(),
            input: None,
            block: Vec::new(),
            start: 0,
            any: false,
            status: 0,
        };
        let output = Output::new(self.frame.program);
        let mut dump = Dump { od: &self, output, lines, address: self.skip };
        if !reader.skip(&mut dump.output, self.skip) {
            return reader.status;
        }
        match self.strings {
            Some(least) => dump.strings(&mut reader, least),
            None => dump.numbers(&mut reader, bytes),
        }
        reader.status
    }
}

/// Reads an offset among the operands; it is octal, or hexadecimal with `0x`.
fn old_offset(text: &[u8]) -> Option<u64> {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let (radix, digits) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        _ => (8, text),
    };
    let (digits, factor) = match digits {
        [digits @ .., b'b' | b'B'] if radix == 8 => (digits, 512),
        _ => (digits, 1),
    };
    if digits.is_empty() || !digits.iter().all(|byte| char::from(*byte).is_digit(radix)) {
        return None;
    }
    u64::from_str_radix(&String::from_utf8_lossy(digits), radix).ok()?.checked_mul(factor)
}

/// All files, one after another.
struct Reader<'a> {
    frame: Frame<'a>,
    files: std::collections::VecDeque<Vec<u8>>,
    input: Option<(Vec<u8>, Input)>,
    /// What was read of the input, and where what was not taken begins.
    block: Vec<u8>,
    start: usize,
    /// Whether a file could be opened.
    any: bool,
    status: i32,
}

impl Reader<'_> {
    /// Makes more bytes ready; answers whether there are.
    fn fill(&mut self, output: &mut Output) -> bool {
        while self.start == self.block.len() {
            (self.start, _) = (0, self.block.clear());
            let Some((file, input)) = &mut self.input else {
                let Some(file) = self.files.pop_front() else { return false };
                match Input::open(&file) {
                    Ok(input) => {
                        self.any = true;
                        self.input = Some((file, input));
                    }
                    Err(errno) => self.complain(output, &file, errno),
                }
                continue;
            };
            match input.chunk() {
                Ok([]) => self.input = None,
                Ok(chunk) => self.block.extend_from_slice(chunk),
                Err(errno) => {
                    let file = std::mem::take(file);
                    self.input = None;
                    self.complain(output, &file, errno);
                }
            }
        }
        true
    }

    fn complain(&mut self, output: &mut Output, file: &[u8], errno: Errno) {
        output.flush();
        self.frame.complain(&format!("{}: {}", name(file), reason(errno)));
        self.status = 1;
    }

    /// The bytes that are ready, at most so many.
    fn take(&mut self, most: usize) -> &[u8] {
        let end = self.block.len().min(self.start.saturating_add(most));
        let taken = self.start..end;
        self.start = end;
        &self.block[taken]
    }

    /// Skips bytes; answers whether there were so many, with the complaint made.
    fn skip(&mut self, output: &mut Output, mut count: u64) -> bool {
        while count > 0 {
            if !self.fill(output) {
                if self.any {
                    self.frame.complain("cannot skip past end of combined input");
                }
                self.status = 1;
                return false;
            }
            count -= self.take(usize::try_from(count).unwrap_or(usize::MAX)).len() as u64;
        }
        // Without any file nothing is printed.
        self.fill(output) || self.any
    }
}

struct Dump<'a, 'f> {
    od: &'a Od<'f>,
    output: Output,
    lines: Lines,
    address: u64,
}

impl Dump<'_, '_> {
    fn numbers(&mut self, reader: &mut Reader<'_>, width: usize) {
        let mut left = self.od.limit.unwrap_or(u64::MAX);
        let mut line = Vec::with_capacity(width);
        let mut before: Vec<u8> = Vec::new();
        let mut is_starred = false;
        while left > 0 && reader.fill(&mut self.output) {
            let most = (width - line.len()).min(usize::try_from(left).unwrap_or(usize::MAX));
            let taken = reader.take(most);
            left -= taken.len() as u64;
            line.extend_from_slice(taken);
            if line.len() < width {
                continue;
            }
            if !self.od.duplicates && before == line {
                if !is_starred {
                    self.output.write(b"*\n");
                }
                is_starred = true;
            } else {
                is_starred = false;
                self.line(&line);
            }
            self.address += width as u64;
            std::mem::swap(&mut before, &mut line);
            line.clear();
        }
        if !line.is_empty() {
            self.line(&line);
            self.address += line.len() as u64;
        }
        if self.od.radix != Radix::None {
            self.write_address();
            self.output.byte(b'\n');
        }
    }

    fn line(&mut self, bytes: &[u8]) {
        for index in 0..self.lines.count() {
            if index == 0 {
                self.write_address();
            } else {
                let (width, label) = (self.address_width(), self.od.label.is_some());
                let blanks = if label && width > 0 { 2 * width + 3 } else { width };
                self.output.write(&b"                    "[..blanks]);
            }
            self.output.write(self.lines.line(index, bytes));
        }
    }

    fn address_width(&self) -> usize {
        match self.od.radix {
            Radix::Octal | Radix::Decimal => 7,
            Radix::Hexadecimal => 6,
            Radix::None => 0,
        }
    }

    fn write_address(&mut self) {
        let text = |address: u64| match self.od.radix {
            Radix::Octal => format!("{address:07o}"),
            Radix::Decimal => format!("{address:07}"),
            Radix::Hexadecimal => format!("{address:06x}"),
            Radix::None => String::new(),
        };
        if self.od.radix != Radix::None {
            self.output.write(text(self.address).as_bytes());
        }
        if let Some(label) = self.od.label {
            let address = label.wrapping_add(self.address.wrapping_sub(self.od.skip));
            let between = if self.od.radix == Radix::None { "" } else { " " };
            let shown = if self.od.radix == Radix::None { format!("{address:07o}") } else { text(address) };
            self.output.write(format!("{between}({shown})").as_bytes());
        }
    }

    /// Prints texts that end with a NUL.
    fn strings(&mut self, reader: &mut Reader<'_>, least: u64) {
        let mut left = self.od.limit.unwrap_or(u64::MAX);
        let mut text: Vec<u8> = Vec::new();
        while left > 0 && reader.fill(&mut self.output) {
            let taken = reader.take(usize::try_from(left).unwrap_or(usize::MAX)).to_vec();
            left -= taken.len() as u64;
            for byte in taken {
                self.address += 1;
                match byte {
                    b' '..=b'~' => text.push(byte),
                    _ => {
                        if byte == 0 && text.len() as u64 >= least {
                            self.text(&text);
                        }
                        text.clear();
                    }
                }
            }
        }
    }

    fn text(&mut self, text: &[u8]) {
        let end = self.address;
        self.address = end - 1 - text.len() as u64;
        if self.od.radix != Radix::None {
            self.write_address();
            self.output.byte(b' ');
        }
        self.address = end;
        self.output.write(text);
        self.output.byte(b'\n');
    }
}
