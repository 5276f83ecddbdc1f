//! Numbers: read as strtol and strtold read them, written as printf writes them.

use crate::extended::Extended;

/// What was wrong with an argument, though it has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    NotNumeric,
    Partial,
    OutOfRange,
    /// What stands behind a character constant.
    Ignored(Vec<u8>),
}

/// A directive.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    pub minus: bool,
    pub plus: bool,
    pub space: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: usize,
    pub precision: Option<usize>,
    pub letter: u8,
}

/// The value of a character constant: a quote, and a character.
fn character(argument: &[u8], warnings: &mut Vec<Warning>) -> Option<u32> {
    let text = argument.strip_prefix(b"'").or_else(|| argument.strip_prefix(b"\""))?;
    let first = text.utf8_chunks().next()?;
    let (value, length) = match first.valid().chars().next() {
        Some(c) => (u32::from(c), c.len_utf8()),
        None => (u32::from(*text.first()?), 1),
    };
    let rest = &text[length..];
    if !rest.is_empty() {
        warnings.push(Warning::Ignored(rest.to_vec()));
    }
    Some(value)
}

/// A whole number with its sign, and what stands behind it; None: there is none.
fn integer(argument: &[u8]) -> Option<(bool, u128, &[u8])> {
    let blanks = argument.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == 11).count();
    let text = &argument[blanks..];
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let is_digit = |byte: &u8, radix: u32| char::from(*byte).is_digit(radix);
    let (radix, text) = match text {
        [b'0', b'x' | b'X', rest @ ..] if rest.first().is_some_and(|byte| is_digit(byte, 16)) => (16, rest),
        [b'0', ..] => (8, text),
        _ => (10, text),
    };
    let digits = text.iter().take_while(|byte| is_digit(byte, radix)).count();
    if digits == 0 {
        return None;
    }
    let value = text[..digits].iter().fold(0_u128, |sum, byte| {
        let digit = char::from(*byte).to_digit(radix).unwrap_or(0);
        // What no longer fits is too large whatever it is exactly.
        (sum * u128::from(radix) + u128::from(digit)).min(1 << 100)
    });
    Some((negative, value, &text[digits..]))
}

/// Reads a whole number; the parts, or those of 0.
fn whole(argument: &[u8], warnings: &mut Vec<Warning>) -> (bool, u128) {
    match integer(argument) {
        Some((negative, value, rest)) => {
            if !rest.is_empty() {
                warnings.push(Warning::Partial);
            }
            (negative, value)
        }
        None => {
            if !argument.is_empty() {
                warnings.push(Warning::NotNumeric);
            }
            (false, 0)
        }
    }
}

fn out_of_range(warnings: &mut Vec<Warning>) {
    // It is all that is said of a number.
    warnings.clear();
    warnings.push(Warning::OutOfRange);
}

pub fn signed(argument: &[u8], warnings: &mut Vec<Warning>) -> i64 {
    if let Some(value) = character(argument, warnings) {
        return i64::from(value);
    }
    let (negative, value) = whole(argument, warnings);
    let value = i128::try_from(value).unwrap_or(i128::MAX);
    i64::try_from(if negative { -value } else { value }).unwrap_or_else(|_| {
        out_of_range(warnings);
        if negative { i64::MIN } else { i64::MAX }
    })
}

pub fn unsigned(argument: &[u8], warnings: &mut Vec<Warning>) -> u64 {
    if let Some(value) = character(argument, warnings) {
        return u64::from(value);
    }
    let (negative, value) = whole(argument, warnings);
    match u64::try_from(value) {
        Ok(value) if negative => value.wrapping_neg(),
        Ok(value) => value,
        Err(_) => {
            out_of_range(warnings);
            u64::MAX
        }
    }
}

pub fn float(argument: &[u8], warnings: &mut Vec<Warning>) -> Extended {
    if let Some(value) = character(argument, warnings) {
        return Extended::from_integer(u64::from(value));
    }
    let Some((value, rest, is_exact)) = parse_float(argument) else {
        if !argument.is_empty() {
            warnings.push(Warning::NotNumeric);
        }
        return Extended::from_integer(0);
    };
    if !is_exact {
        warnings.push(Warning::OutOfRange);
    } else if !rest.is_empty() {
        warnings.push(Warning::Partial);
    }
    value
}

/// Reads a floating-point number: it, what stands behind it, and whether it is in the range.
pub fn parse_float(argument: &[u8]) -> Option<(Extended, &[u8], bool)> {
    let blanks = argument.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == 11).count();
    let text = &argument[blanks..];
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    for word in [b"infinity".as_slice(), b"inf"] {
        if begins(word) {
            return Some((Extended::INFINITY.with_sign(negative), &text[word.len()..], true));
        }
    }
    if begins(b"nan") {
        return Some((Extended::NAN.with_sign(negative), &text[3..], true));
    }
    if begins(b"0x")
        && text.get(2..).is_some_and(|rest| {
            rest.first().is_some_and(u8::is_ascii_hexdigit)
                || (rest.first() == Some(&b'.') && rest.get(1).is_some_and(u8::is_ascii_hexdigit))
        })
    {
        return hexadecimal(negative, &text[2..]);
    }
    let (digits, behind, mut rest) = mantissa(text, 10);
    if digits.is_empty() {
        return None;
    }
    let mut power = -i64::try_from(behind).unwrap_or(i64::MAX);
    if let Some((exponent, others)) = exponent(rest, b'e') {
        power = power.saturating_add(exponent);
        rest = others;
    }
    let value = Extended::from_decimal(negative, &digits, power);
    let is_zero = digits.iter().all(|digit| *digit == b'0');
    // The smallest numbers have fewer bits than others.
    let is_small = !is_zero && value.is_finite() && value.parts().0 >> 63 == 0;
    Some((value, rest, value.is_finite() && !is_small))
}

/// The digits, how many stand behind the point, and what is left.
fn mantissa(text: &[u8], radix: u32) -> (Vec<u8>, usize, &[u8]) {
    let (mut digits, mut behind, mut at, mut has_point) = (Vec::new(), 0, 0, false);
    while let Some(byte) = text.get(at) {
        if char::from(*byte).is_digit(radix) {
            digits.push(*byte);
            behind += usize::from(has_point);
        } else if *byte == b'.' && !has_point {
            has_point = true;
        } else {
            break;
        }
        at += 1;
    }
    (digits, behind, &text[at..])
}

fn exponent(text: &[u8], letter: u8) -> Option<(i64, &[u8])> {
    let rest = text.split_first().filter(|(first, _)| first.to_ascii_lowercase() == letter)?.1;
    let (negative, rest) = match rest {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, rest),
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let size =
        rest[..digits].iter().fold(0_i64, |sum, digit| (sum * 10 + i64::from(digit - b'0')).min(1_000_000));
    Some((if negative { -size } else { size }, &rest[digits..]))
}

fn hexadecimal(negative: bool, text: &[u8]) -> Option<(Extended, &[u8], bool)> {
    let (digits, behind, mut rest) = mantissa(text, 16);
    let (mut value, mut power) = (0_u64, -4 * i64::try_from(behind).unwrap_or(0));
    for digit in digits {
        let digit = char::from(digit).to_digit(16).unwrap_or(0);
        // Digits beyond what a number holds only move the point.
        if value >> 60 == 0 {
            value = value << 4 | u64::from(digit);
        } else {
            power += 4;
        }
    }
    if let Some((more, others)) = exponent(rest, b'p') {
        power += more;
        rest = others;
    }
    let power = i32::try_from(power.clamp(-100_000, 100_000)).unwrap_or(0);
    let number = Extended::from_parts(negative, value, power);
    Some((number, rest, number.is_finite() && (value == 0 || !number.is_zero())))
}

/// The size of a number as `%g` writes it.
pub fn general(value: Extended, precision: usize, alternate: bool) -> String {
    let precision = precision.max(1);
    let (digits, power) = value.scientific(precision - 1);
    let trimmed = |text: &str| {
        if alternate || !text.contains('.') {
            text.to_owned()
        } else {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    };
    let significant = i64::try_from(precision).unwrap_or(i64::MAX);
    if power < -4 || power >= significant {
        let digits = if alternate { pointed(digits) } else { digits };
        return format!("{}{}", trimmed(&digits), power_text(power));
    }
    let decimals = usize::try_from(significant - 1 - power).unwrap_or(0);
    let text = value.fixed(decimals);
    trimmed(&if alternate { pointed(text) } else { text })
}

fn power_text(power: i64) -> String {
    format!("e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

fn pointed(text: String) -> String {
    if text.contains('.') { text } else { text + "." }
}

/// The size of a number as `%a` writes it: one digit of four bits before the point.
fn hexadecimal_text(value: Extended, precision: Option<usize>, alternate: bool) -> String {
    let (mantissa, exponent) = value.parts();
    let (mut wide, mut power) = (u128::from(mantissa), exponent + 60);
    if mantissa == 0 {
        power = 0;
    }
    let digits = precision.unwrap_or(15).min(15);
    let drop = 4 * (15 - digits);
    if drop > 0 {
        let (rest, half) = (wide & ((1 << drop) - 1), 1_u128 << (drop - 1));
        wide >>= drop;
        wide += u128::from(rest > half || (rest == half && wide & 1 == 1));
        wide <<= drop;
        if wide >> 64 > 0 {
            wide >>= 4;
            power += 4;
        }
    }
    let all = format!("{wide:016x}");
    let (first, rest) = all.split_at(1);
    let mut rest = rest.to_owned();
    match precision {
        Some(precision) => {
            rest.truncate(precision);
            rest.extend(std::iter::repeat_n('0', precision.saturating_sub(15)));
        }
        None => rest.truncate(rest.trim_end_matches('0').len()),
    }
    let point = if rest.is_empty() && !alternate { "" } else { "." };
    format!("0x{first}{point}{rest}p{power:+}")
}

impl Spec {
    /// A text as wide as it should be.
    pub fn padded(&self, text: &[u8]) -> Vec<u8> {
        let blanks = vec![b' '; self.width.saturating_sub(text.len())];
        if self.minus { [text, &blanks].concat() } else { [&blanks, text].concat() }
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        }
    }

    /// A sign and digits, with zeros or blanks between or around them.
    fn numeric(&self, sign: &str, digits: &str, zeros: bool) -> Vec<u8> {
        if zeros && !self.minus {
            let missing = self.width.saturating_sub(sign.len() + digits.len());
            // Zeros stand behind the sign and behind 0x.
            let (lead, digits) = match digits.get(..2) {
                Some(lead @ ("0x" | "0X")) => (lead, &digits[2..]),
                _ => ("", digits),
            };
            return format!("{sign}{lead}{}{digits}", "0".repeat(missing)).into_bytes();
        }
        self.padded(format!("{sign}{digits}").as_bytes())
    }

    pub fn integer(&self, negative: bool, size: u64) -> Vec<u8> {
        let mut digits = match self.letter {
            b'o' => format!("{size:o}"),
            b'x' => format!("{size:x}"),
            b'X' => format!("{size:X}"),
            _ => size.to_string(),
        };
        if let Some(precision) = self.precision {
            if precision == 0 && size == 0 {
                digits.clear();
            }
            digits.insert_str(0, &"0".repeat(precision.saturating_sub(digits.len())));
        }
        if self.alternate {
            match self.letter {
                b'o' if !digits.starts_with('0') => digits.insert(0, '0'),
                b'x' if size > 0 => digits.insert_str(0, "0x"),
                b'X' if size > 0 => digits.insert_str(0, "0X"),
                _ => {}
            }
        }
        let sign = if matches!(self.letter, b'd' | b'i') { self.sign(negative) } else { "" };
        self.numeric(sign, &digits, self.zero && self.precision.is_none())
    }

    pub fn float(&self, value: Extended) -> Vec<u8> {
        let precision = self.precision;
        let mut digits = if value.is_nan() {
            "nan".to_owned()
        } else if !value.is_finite() {
            "inf".to_owned()
        } else {
            match self.letter.to_ascii_lowercase() {
                b'f' => {
                    let text = value.fixed(precision.unwrap_or(6));
                    if self.alternate { pointed(text) } else { text }
                }
                b'e' => {
                    let (digits, power) = value.scientific(precision.unwrap_or(6));
                    let digits = if self.alternate { pointed(digits) } else { digits };
                    digits + &power_text(power)
                }
                b'a' => hexadecimal_text(value, precision, self.alternate),
                _ => general(value, precision.unwrap_or(6), self.alternate),
            }
        };
        if self.letter.is_ascii_uppercase() {
            digits.make_ascii_uppercase();
        }
        self.numeric(self.sign(value.negative), &digits, self.zero && value.is_finite())
    }
}
