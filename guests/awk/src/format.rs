//! printf: a format and values, made into text. It owns the reading of conversions; numbers are written by
//! [`number`].

use std::io::Write;

use crate::number::{self, Style};
use crate::text;
use crate::value::{NumberFormat, Value};

/// What formatting depends on beside the format.
pub struct Setting<'a> {
    pub convfmt: &'a NumberFormat,
    /// Characters are bytes.
    pub bytes: bool,
}

/// A conversion, as `%-5.2f`.
#[derive(Default)]
struct Conversion {
    left: bool,
    plus: bool,
    space: bool,
    alternative: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// Wider results than this are refused: nobody means them, and memory has an end.
const WIDTH_MAX: usize = 1 << 28;

/// The values of a call, as its conversions take them.
struct Arguments<'a> {
    values: &'a [Value],
    next: usize,
    /// How many were taken by their numbers.
    positions: usize,
    format: &'a [u8],
}

/// What is wrong with a format that takes some values in turn and some by their numbers.
const MIXED: &str = "must use `count$' on all formats or none";

impl<'a> Arguments<'a> {
    /// Notes that a value is taken by its number.
    fn position(&mut self, number: usize) -> Result<usize, String> {
        if number == 0 {
            return Err("argument index with `$' must be > 0".to_owned());
        }
        if self.next > 0 {
            return Err(MIXED.to_owned());
        }
        self.positions += 1;
        Ok(number)
    }

    /// The next value, or that of a number (from 1); `at` is where in the format it ran out.
    fn take(&mut self, position: Option<usize>, at: usize) -> Result<&'a Value, String> {
        let index = match position {
            Some(position) => position - 1,
            None if self.positions > 0 => return Err(MIXED.to_owned()),
            None => {
                self.next += 1;
                self.next - 1
            }
        };
        if let Some(value) = self.values.get(index) {
            return Ok(value);
        }
        let text = String::from_utf8_lossy(self.format).into_owned();
        if let Some(position) = position {
            return Err(format!("argument index {position} greater than total number of supplied arguments"));
        }
        let mark = " ".repeat(at);
        Err(format!(
            "not enough arguments to satisfy format string\n\t`{text}'\n\t{mark}^ ran out for this one"
        ))
    }
}

/// Writes the values as the format says.
pub fn write(
    out: &mut Vec<u8>,
    format: &[u8],
    values: &[Value],
    setting: &Setting<'_>,
) -> Result<(), String> {
    let mut arguments = Arguments { values, next: 0, positions: 0, format };
    let mut at = 0;
    while at < format.len() {
        let Some(percent) = memchr::memchr(b'%', &format[at..]) else {
            out.extend_from_slice(&format[at..]);
            return Ok(());
        };
        out.extend_from_slice(&format[at..at + percent]);
        at += percent;
        at += conversion(out, format, at, &mut arguments, setting)?;
    }
    Ok(())
}

/// Writes a number in `CONVFMT` or `OFMT`.
pub fn write_number(out: &mut Vec<u8>, format: &[u8], value: f64) {
    let convfmt = NumberFormat::new(b"%.6g");
    // A format that asks for more than the one number gives what it has until then.
    drop(write(out, format, &[Value::Number(value)], &Setting { convfmt: &convfmt, bytes: false }));
}

/// Writes one conversion, which begins at `start`; answers its length in the format.
fn conversion(
    out: &mut Vec<u8>,
    format: &[u8],
    start: usize,
    arguments: &mut Arguments<'_>,
    setting: &Setting<'_>,
) -> Result<usize, String> {
    let mut at = start + 1;
    let mut how = Conversion::default();
    let mut position = None;
    if let Some((number, end)) = digits(format, at)
        && format.get(end) == Some(&b'$')
    {
        position = Some(arguments.position(number)?);
        at = end + 1;
    }
    while let Some(flag) = format.get(at) {
        match flag {
            b'-' => how.left = true,
            b'+' => how.plus = true,
            b' ' => how.space = true,
            b'#' => how.alternative = true,
            b'0' => how.zero = true,
            // Sizes of integers mean nothing here.
            b'\'' | b'h' | b'l' | b'L' | b'q' | b'j' | b'z' | b't' => {}
            _ => break,
        }
        at += 1;
    }
    if let Some(width) = size(format, &mut at, arguments)? {
        how.left |= width < 0;
        how.width = bounded(width.unsigned_abs())?;
    }
    if format.get(at) == Some(&b'.') {
        at += 1;
        let precision = size(format, &mut at, arguments)?.unwrap_or(0);
        how.precision =
            usize::try_from(precision).ok().map(|precision| bounded(precision as u64)).transpose()?;
    }
    while matches!(format.get(at), Some(b'h' | b'l' | b'L' | b'q' | b'j' | b'z' | b't' | b' ')) {
        at += 1;
    }
    let Some(letter) = format.get(at).copied() else {
        out.extend_from_slice(&format[start..]);
        return Ok(format.len() - start);
    };
    let mut take = || arguments.take(position, at);
    match letter {
        b'%' => out.push(b'%'),
        b'c' => how.character(out, take()?, setting),
        b's' => how.string(out, take()?, setting),
        b'd' | b'i' => how.integer(out, take()?.number()),
        b'o' | b'x' | b'X' | b'u' => how.unsigned(out, take()?.number(), letter),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => how.float(out, take()?.number(), letter),
        _ => out.extend_from_slice(&format[start..=at]),
    }
    Ok(at + 1 - start)
}

fn bounded(size: u64) -> Result<usize, String> {
    usize::try_from(size)
        .ok()
        .filter(|size| *size <= WIDTH_MAX)
        .ok_or_else(|| "field width or precision of a format is too large".to_owned())
}

/// The number at `at` and where it ends.
fn digits(format: &[u8], at: usize) -> Option<(usize, usize)> {
    let count = format.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return None;
    }
    let number = format[at..at + count]
        .iter()
        .fold(0usize, |number, digit| number.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
    Some((number, at + count))
}

/// A width or a precision: digits, or `*` and a value.
fn size(format: &[u8], at: &mut usize, arguments: &mut Arguments<'_>) -> Result<Option<i64>, String> {
    if format.get(*at) != Some(&b'*') {
        let Some((number, end)) = digits(format, *at) else { return Ok(None) };
        *at = end;
        return Ok(Some(i64::try_from(number).unwrap_or(i64::MAX)));
    }
    *at += 1;
    let mut position = None;
    if let Some((number, end)) = digits(format, *at)
        && format.get(end) == Some(&b'$')
    {
        position = Some(arguments.position(number)?);
        *at = end + 1;
    }
    Ok(Some(arguments.take(position, *at - 1)?.number() as i64))
}

impl Conversion {
    /// Writes a text of so many characters with spaces up to the width.
    fn pad(&self, out: &mut Vec<u8>, body: &[u8], chars: usize) {
        let spaces = self.width.saturating_sub(chars);
        if !self.left {
            out.extend(std::iter::repeat_n(b' ', spaces));
        }
        out.extend_from_slice(body);
        if self.left {
            out.extend(std::iter::repeat_n(b' ', spaces));
        }
    }

    /// Writes a number: its sign or `0x`, then zeros or spaces around the digits.
    fn pad_number(&self, out: &mut Vec<u8>, sign: &[u8], digits: &[u8], zeros_allowed: bool) {
        let length = sign.len() + digits.len();
        if self.zero && !self.left && zeros_allowed {
            out.extend_from_slice(sign);
            out.extend(std::iter::repeat_n(b'0', self.width.saturating_sub(length)));
            out.extend_from_slice(digits);
        } else {
            self.pad(out, &[sign, digits].concat(), length);
        }
    }

    fn sign(&self, negative: bool) -> &'static [u8] {
        match (negative, self.plus, self.space) {
            (true, ..) => b"-",
            (false, true, _) => b"+",
            (false, false, true) => b" ",
            (false, false, false) => b"",
        }
    }

    fn string(&self, out: &mut Vec<u8>, value: &Value, setting: &Setting<'_>) {
        let mut scratch = Vec::new();
        let mut body = value.bytes(setting.convfmt, &mut scratch);
        if self.width == 0 && self.precision.is_none() {
            out.extend_from_slice(body);
            return;
        }
        if let Some(precision) = self.precision {
            let end = if setting.bytes { precision.min(body.len()) } else { text::offset(body, precision) };
            body = &body[..end];
        }
        let chars = if setting.bytes { body.len() } else { text::count(body) };
        self.pad(out, body, chars);
    }

    /// The character of a number, or the first one of a text.
    fn character(&self, out: &mut Vec<u8>, value: &Value, setting: &Setting<'_>) {
        let number = if matches!(value, Value::Unset) { None } else { value.as_number() };
        if let Some(number) = number {
            let code = number as i64;
            let c = u32::try_from(code).ok().and_then(char::from_u32);
            match c.filter(|c| !setting.bytes || c.is_ascii()) {
                Some(c) => self.pad(out, c.encode_utf8(&mut [0; 4]).as_bytes(), 1),
                None => self.pad(out, &[code as u8], 1),
            }
            return;
        }
        let text = value.plain_bytes();
        if text.is_empty() {
            return self.pad(out, b"\0", 1);
        }
        let length = if setting.bytes { 1 } else { text::char_bytes(text) };
        self.pad(out, &text[..length], 1);
    }

    fn special(out: &mut Vec<u8>, value: f64) {
        // gawk fills up none of these.
        out.extend_from_slice(number::special_word(value).as_bytes());
    }

    fn integer(&self, out: &mut Vec<u8>, value: f64) {
        if !value.is_finite() {
            return Self::special(out, value);
        }
        let whole = value.trunc();
        let mut digits = Vec::new();
        number::write_integral(&mut digits, whole.abs());
        self.digits(out, self.sign(whole < 0.0), digits);
    }

    /// Writes the digits of an integer, at least as many as the precision says.
    fn digits(&self, out: &mut Vec<u8>, sign: &[u8], mut digits: Vec<u8>) {
        if let Some(precision) = self.precision {
            if precision == 0 && digits == b"0" {
                digits.clear();
            }
            let zeros = precision.saturating_sub(digits.len());
            digits.splice(0..0, std::iter::repeat_n(b'0', zeros));
        }
        self.pad_number(out, sign, &digits, self.precision.is_none());
    }

    fn unsigned(&self, out: &mut Vec<u8>, value: f64, letter: u8) {
        if !value.is_finite() {
            return Self::special(out, value);
        }
        let whole = value.trunc();
        // A number that 64 bits do not hold has no such digits.
        if !(-9_223_372_036_854_775_808.0..18_446_744_073_709_551_616.0).contains(&whole) {
            return self.float(out, value, b'g');
        }
        let whole = if whole < 0.0 { whole as i64 as u64 } else { whole as u64 };
        let mut digits = Vec::new();
        // Writing to a vector does not fail.
        drop(match letter {
            b'o' => write!(digits, "{:o}", whole),
            b'x' => write!(digits, "{:x}", whole),
            b'X' => write!(digits, "{:X}", whole),
            _ => write!(digits, "{whole}"),
        });
        let mut sign: &[u8] = b"";
        if self.alternative && whole != 0 {
            match letter {
                b'o' => digits.insert(0, b'0'),
                b'x' => sign = b"0x",
                b'X' => sign = b"0X",
                _ => {}
            }
        }
        self.digits(out, sign, digits);
    }

    fn float(&self, out: &mut Vec<u8>, value: f64, letter: u8) {
        if !value.is_finite() {
            return Self::special(out, value);
        }
        let upper = letter.is_ascii_uppercase();
        let style = Style { precision: self.precision.unwrap_or(6), alternative: self.alternative, upper };
        let mut body = Vec::new();
        match letter.to_ascii_lowercase() {
            b'e' => number::write_exponential(&mut body, value, style),
            b'f' => number::write_fixed(&mut body, value, style),
            b'g' => number::write_general(&mut body, value, style),
            _ => number::write_hexadecimal(&mut body, value, self.precision, self.alternative, upper),
        }
        let mut sign = self.sign(value.is_sign_negative()).to_vec();
        if letter.eq_ignore_ascii_case(&b'a') {
            sign.extend(body.drain(..2));
        }
        self.pad_number(out, &sign, &body, true);
    }
}
