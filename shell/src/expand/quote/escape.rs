//! Backslash escapes, in the four places that have them and disagree about them.

use bstr::{BString, ByteSlice};

/// Where an escape stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EscapeStyle {
    /// `$'…'`, `${x@E}`
    AnsiC,
    /// The format of `printf`.
    Format,
    /// An argument of `%b`.
    PercentB,
    /// An argument of `echo -e`.
    Echo,
}

/// What the text behind a backslash means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// These bytes, for `length` bytes of text behind the backslash.
    Bytes { bytes: BString, length: usize },
    /// `\c`: nothing further is written.
    Stop,
    /// The backslash stands for itself; `missing` is the letter of an escape whose digits are missing.
    Literal { missing: Option<u8> },
}

/// The escape whose backslash stands before `text`.
pub(crate) fn decode_escape(text: &[u8], style: EscapeStyle) -> Escape {
    let plain = |byte: u8| Escape::Bytes { bytes: BString::from(vec![byte]), length: 1 };
    let Some(&letter) = text.first() else {
        return Escape::Literal { missing: None };
    };
    match letter {
        b'a' => plain(7),
        b'b' => plain(8),
        b'e' | b'E' => plain(27),
        b'f' => plain(12),
        b'n' => plain(b'\n'),
        b'r' => plain(b'\r'),
        b't' => plain(b'\t'),
        b'v' => plain(11),
        b'\\' => plain(b'\\'),
        b'\'' | b'"' | b'?' if matches!(style, EscapeStyle::AnsiC | EscapeStyle::Format) => plain(letter),
        b'0'..=b'7' => octal(text, style),
        b'x' => hexadecimal(text, style),
        b'u' => unicode(text, 4),
        b'U' => unicode(text, 8),
        b'c' => match style {
            EscapeStyle::AnsiC => control(text),
            EscapeStyle::Format => Escape::Literal { missing: None },
            EscapeStyle::PercentB | EscapeStyle::Echo => Escape::Stop,
        },
        _ => Escape::Literal { missing: None },
    }
}

/// `\nnn`; `echo` and `%b` have `\0nnn`, `echo` only that.
fn octal(text: &[u8], style: EscapeStyle) -> Escape {
    let zero = text.first() == Some(&b'0');
    let most = match style {
        EscapeStyle::Echo if !zero => return Escape::Literal { missing: None },
        EscapeStyle::Echo | EscapeStyle::PercentB if zero => 4,
        _ => 3,
    };
    let (value, digits) = number(text, 8, most);
    byte_escape(value, digits)
}

/// `\xHH`; `$'…'` has `\x{HHH…}` too, of which the last eight bits count.
fn hexadecimal(text: &[u8], style: EscapeStyle) -> Escape {
    let behind = text.get(1..).unwrap_or_default();
    if style == EscapeStyle::AnsiC
        && let Some(braced) = behind.strip_prefix(b"{")
    {
        let (value, digits) = number(braced, 16, usize::MAX);
        let closed = braced.get(digits) == Some(&b'}');
        return byte_escape(value, 2 + digits + usize::from(closed));
    }
    let (value, digits) = number(behind, 16, 2);
    if digits == 0 { Escape::Literal { missing: Some(b'x') } } else { byte_escape(value, 1 + digits) }
}

fn byte_escape(value: u32, length: usize) -> Escape {
    let byte = value.to_le_bytes().first().copied().unwrap_or(0);
    Escape::Bytes { bytes: BString::from(vec![byte]), length }
}

/// `\uHHHH`, `\UHHHHHHHH`
fn unicode(text: &[u8], digits_max: usize) -> Escape {
    let (value, digits) = number(text.get(1..).unwrap_or_default(), 16, digits_max);
    if digits == 0 {
        return Escape::Literal { missing: text.first().copied() };
    }
    Escape::Bytes { bytes: utf8(value), length: 1 + digits }
}

/// `\cX`
fn control(text: &[u8]) -> Escape {
    let (byte, length) = match text.get(1..).unwrap_or_default() {
        [] => return Escape::Literal { missing: None },
        [b'\\', b'\\', ..] => (b'\\', 3),
        [byte, ..] => (*byte, 2),
    };
    let value = if byte == b'?' { 0x7f } else { byte & 0x1f };
    Escape::Bytes { bytes: BString::from(vec![value]), length }
}

/// The number that at most `most` digits at the start of `text` make, modulo 2^32, and how many there are.
fn number(text: &[u8], base: u32, most: usize) -> (u32, usize) {
    let (mut value, mut count) = (0u32, 0);
    for &byte in text.iter().take(most) {
        let Some(digit) = char::from(byte).to_digit(base) else {
            break;
        };
        value = value.wrapping_mul(base).wrapping_add(digit);
        count += 1;
    }
    (value, count)
}

/// The bytes of a code point by the rules of UTF-8 as they first were: surrogates and up to 31 bits too.
fn utf8(code: u32) -> BString {
    if let Some(character) = char::from_u32(code) {
        return BString::from(character.encode_utf8(&mut [0; 4]).as_bytes().as_bytes());
    }
    let continuations: u32 = match code {
        0..=0xffff => 2,
        0x1_0000..=0x1f_ffff => 3,
        0x20_0000..=0x3ff_ffff => 4,
        0x400_0000..=0x7fff_ffff => 5,
        _ => return BString::default(),
    };
    let low_byte = |value: u32| value.to_le_bytes().first().copied().unwrap_or(0);
    let lead = !(0xffu32 >> (continuations + 1)) & 0xff | code >> (6 * continuations);
    let mut bytes = BString::from(vec![low_byte(lead)]);
    bytes.extend((0..continuations).rev().map(|place| low_byte(0x80 | code >> (6 * place) & 0x3f)));
    bytes
}
