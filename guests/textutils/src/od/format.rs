//! The types of numbers, and the lines that bytes make in them.

use cli::wording::quoted;
use textio::float::{self, Conversion};

use crate::extended::Extended;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Named,
    Character,
    Signed,
    Unsigned,
    Octal,
    Hexadecimal,
    Float,
}

/// A type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    kind: Kind,
    bytes: usize,
    /// Whether the bytes that can be printed stand behind.
    shows_text: bool,
}

/// The names of the characters below 33.
const NAMES: [&[u8; 3]; 33] = [
    b"nul", b"soh", b"stx", b"etx", b"eot", b"enq", b"ack", b"bel", b" bs", b" ht", b" nl", b" vt", b" ff",
    b" cr", b" so", b" si", b"dle", b"dc1", b"dc2", b"dc3", b"dc4", b"nak", b"syn", b"etb", b"can", b" em",
    b"sub", b"esc", b" fs", b" gs", b" rs", b" us", b" sp",
];

/// Adds the types of a text; the error is what to complain about.
pub fn parse(text: &[u8], formats: &mut Vec<Format>) -> Result<(), String> {
    let mut rest = text;
    while let Some((letter, others)) = rest.split_first() {
        rest = others;
        let kind = match letter {
            b'a' => Kind::Named,
            b'c' => Kind::Character,
            b'd' => Kind::Signed,
            b'u' => Kind::Unsigned,
            b'o' => Kind::Octal,
            b'x' => Kind::Hexadecimal,
            b'f' => Kind::Float,
            _ => {
                let letter = String::from_utf8_lossy(&[*letter]).into_owned();
                return Err(format!("invalid character '{letter}' in type string {}", quoted(text)));
            }
        };
        let bytes = match kind {
            Kind::Named | Kind::Character => 1,
            _ => size(kind, text, &mut rest)?,
        };
        let shows_text = rest.first() == Some(&b'z');
        if shows_text {
            rest = &rest[1..];
        }
        formats.push(Format { kind, bytes, shows_text });
    }
    Ok(())
}

fn size(kind: Kind, text: &[u8], rest: &mut &[u8]) -> Result<usize, String> {
    let is_float = kind == Kind::Float;
    let letter = match (rest.first(), is_float) {
        (Some(b'F'), true) => Some(4),
        (Some(b'D'), true) => Some(8),
        (Some(b'L'), true) => Some(16),
        (Some(b'C'), false) => Some(1),
        (Some(b'S'), false) => Some(2),
        (Some(b'I'), false) => Some(4),
        (Some(b'L'), false) => Some(8),
        _ => None,
    };
    if let Some(bytes) = letter {
        *rest = &rest[1..];
        return Ok(bytes);
    }
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, others) = rest.split_at(digits);
    if digits == 0 {
        return Ok(if is_float { 8 } else { 4 });
    }
    *rest = others;
    let shown = String::from_utf8_lossy(number);
    let known: &[usize] = if is_float { &[4, 8, 16] } else { &[1, 2, 4, 8] };
    match shown.parse().ok().filter(|bytes| known.contains(bytes)) {
        Some(bytes) => Ok(bytes),
        None => {
            let what = if is_float { "floating point" } else { "integral" };
            let system = format!("this system doesn't provide a {shown}-byte {what} type");
            Err(format!("invalid type string {};\n{system}", quoted(text)))
        }
    }
}

/// The fewest bytes that are whole numbers in every type.
pub fn group_bytes(formats: &[Format]) -> usize {
    formats.iter().map(|format| format.bytes).max().unwrap_or(1)
}

impl Format {
    /// How wide a number is.
    fn width(self) -> usize {
        match (self.kind, self.bytes) {
            (Kind::Named | Kind::Character, _) => 3,
            (Kind::Signed, 1) => 4,
            (Kind::Signed, 2) => 6,
            (Kind::Signed, 4) => 11,
            (Kind::Signed, _) => 20,
            (Kind::Unsigned, 1) => 3,
            (Kind::Unsigned, 2) => 5,
            (Kind::Unsigned, 4) => 10,
            (Kind::Unsigned, _) => 20,
            (Kind::Octal, 1) => 3,
            (Kind::Octal, 2) => 6,
            (Kind::Octal, 4) => 11,
            (Kind::Octal, _) => 22,
            (Kind::Hexadecimal, bytes) => 2 * bytes,
            (Kind::Float, 4) => 15,
            (Kind::Float, 8) => 24,
            (Kind::Float, _) => 29,
        }
    }
}

/// The types with everything that their lines need.
pub struct Lines {
    formats: Vec<Format>,
    /// Of a line.
    bytes: usize,
    big_endian: bool,
    /// How wide the numbers of a line are, with the blanks before them.
    width: usize,
    text: Vec<u8>,
    padded: Vec<u8>,
}

impl Lines {
    pub fn new(formats: Vec<Format>, bytes: usize, big_endian: bool) -> Self {
        let width = formats.iter().map(|format| (format.width() + 1) * (bytes / format.bytes)).max();
        Self { formats, bytes, big_endian, width: width.unwrap_or(0), text: Vec::new(), padded: Vec::new() }
    }

    /// How many lines the same bytes make.
    pub fn count(&self) -> usize {
        self.formats.len()
    }

    /// The line that bytes make in a type, without the address.
    pub fn line(&mut self, index: usize, bytes: &[u8]) -> &[u8] {
        self.text.clear();
        let Some(format) = self.formats.get(index).copied() else { return &self.text };
        self.padded.clear();
        self.padded.extend_from_slice(bytes);
        self.padded.resize(bytes.len().next_multiple_of(format.bytes), 0);
        let count = self.bytes / format.bytes;
        let padding = self.width - (format.width() + 1) * count;
        let mut padded = 0;
        for (place, number) in self.padded.chunks_exact(format.bytes).enumerate() {
            // The blanks that other types make necessary stand as evenly as they can.
            let wanted = if padding == 0 { 0 } else { (padding * (place + 1)).div_ceil(count) };
            let blanks = wanted - padded + 1;
            padded = wanted;
            self.text.resize(self.text.len() + blanks, b' ');
            put(format, number, self.big_endian, &mut self.text);
        }
        if format.shows_text {
            self.text.resize(self.width.max(self.text.len()), b' ');
            self.text.extend_from_slice(b"  >");
            self.text.extend(bytes.iter().map(|byte| if matches!(byte, b' '..=b'~') { *byte } else { b'.' }));
            self.text.push(b'<');
        }
        self.text.push(b'\n');
        &self.text
    }
}

/// Writes a number as wide as its type is.
#[inline]
fn put(format: Format, bytes: &[u8], big_endian: bool, text: &mut Vec<u8>) {
    let mut value = 0_u64;
    for byte in bytes.iter().take(8).rev() {
        value = value << 8 | u64::from(*byte);
    }
    if big_endian {
        value = value.swap_bytes() >> (64 - 8 * bytes.len().min(8));
    }
    let width = format.width();
    let end = text.len() + width;
    match format.kind {
        Kind::Octal | Kind::Hexadecimal => {
            let (shift, mask) = if format.kind == Kind::Octal { (3, 7) } else { (4, 15) };
            text.resize(end, b'0');
            for digit in text[end - width..].iter_mut().rev() {
                *digit = b"0123456789abcdef"[(value & mask) as usize];
                value >>= shift;
            }
        }
        Kind::Signed | Kind::Unsigned => {
            let unused = 64 - 8 * bytes.len().min(8);
            let signed = (value << unused).cast_signed() >> unused;
            let negative = format.kind == Kind::Signed && signed < 0;
            let mut size = if negative { signed.unsigned_abs() } else { value };
            text.resize(end, b' ');
            let mut place = end;
            loop {
                place -= 1;
                text[place] = b'0' + (size % 10) as u8;
                size /= 10;
                if size == 0 {
                    break;
                }
            }
            if negative {
                text[place - 1] = b'-';
            }
        }
        Kind::Named => {
            let byte = (value & 127) as usize;
            match NAMES.get(byte) {
                Some(name) => text.extend_from_slice(*name),
                None if byte == 127 => text.extend_from_slice(b"del"),
                None => text.extend_from_slice(&[b' ', b' ', byte as u8]),
            }
        }
        Kind::Character => character(value as u8, text),
        Kind::Float => {
            let shown = match (format.bytes, big_endian) {
                (4, _) => shortest_single(f32::from_bits(value as u32)),
                (8, _) => shortest(f64::from_bits(value), f64::MIN_POSITIVE, 15, |text, value| {
                    text.parse() == Ok(value)
                }),
                (_, is_big) => shortest_extended(bytes, is_big),
            };
            let blanks = width.saturating_sub(shown.len());
            text.resize(text.len() + blanks, b' ');
            text.extend_from_slice(shown.as_bytes());
        }
    }
}

fn character(byte: u8, text: &mut Vec<u8>) {
    let escape = match byte {
        0 => b'0',
        7 => b'a',
        8 => b'b',
        12 => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        11 => b'v',
        b' '..=b'~' => return text.extend_from_slice(&[b' ', b' ', byte]),
        _ => {
            let digit = |shift: u32| b'0' + (byte >> shift & 7);
            return text.extend_from_slice(&[digit(6), digit(3), digit(0)]);
        }
    };
    text.extend_from_slice(&[b' ', b'\\', escape]);
}

fn shortest_single(value: f32) -> String {
    shortest(f64::from(value), f64::from(f32::MIN_POSITIVE), 6, |text, _| text.parse() == Ok(value))
}

/// The number with as few digits as tell it from all others.
fn shortest(value: f64, least: f64, digits: usize, is_same: impl Fn(&str, f64) -> bool) -> String {
    let start = if value.abs() < least { 1 } else { digits };
    let mut text = String::new();
    for precision in start..=17 {
        text = float::format(
            value,
            &Conversion {
                minus: false,
                plus: false,
                space: false,
                alternate: false,
                zero: false,
                width: 0,
                precision: Some(precision),
                letter: b'g',
            },
        );
        if !value.is_finite() || is_same(&text, value) {
            break;
        }
    }
    text
}

/// The same for ten bytes of extended precision.
fn shortest_extended(bytes: &[u8], big_endian: bool) -> String {
    let mut ten = [0; 10];
    let ordered: Vec<u8> = if big_endian { bytes.iter().rev().copied().collect() } else { bytes.to_vec() };
    ten.iter_mut().zip(ordered).for_each(|(to, from)| *to = from);
    let value = Extended::from_bytes(ten);
    let sign = if value.negative { "-" } else { "" };
    if value.is_nan() || !value.is_finite() {
        return format!("{sign}{}", if value.is_nan() { "nan" } else { "inf" });
    }
    let (mantissa, _) = value.parts();
    let start = if mantissa >> 63 == 0 { 1 } else { 18 };
    for precision in start..=21 {
        let (digits, power) = value.scientific(precision - 1);
        let plain: Vec<u8> = digits.bytes().filter(u8::is_ascii_digit).collect();
        let behind = i64::try_from(plain.len()).unwrap_or(1) - 1;
        if precision == 21 || Extended::from_decimal(value.negative, &plain, power - behind) == value {
            return format!("{sign}{}", crate::printf::general(value, precision, false));
        }
    }
    String::new()
}
