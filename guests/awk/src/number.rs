//! Numbers as text: the decimal prefix of a string, strings that look like numbers, and numbers written as `%d`, `%g`
//! and their kin write them. It owns no state; what a program may configure (`CONVFMT`, `OFMT`) comes as an argument.

use std::io::Write;

/// Powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// The largest integer below which every integer is a double.
const MANTISSA_MAX: u64 = 1 << 53;

/// More digits than any double has in front of and behind its point.
const DIGITS_MAX: usize = 1100;

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn skip_spaces(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && is_space(text[at]) {
        at += 1;
    }
    at
}

/// The number that a text begins with, 0 where it begins with none. Spaces in front are skipped.
pub fn prefix(text: &[u8]) -> f64 {
    scan(text, skip_spaces(text, 0)).map_or(0.0, |(value, _)| value)
}

/// The number that a text is, when it is nothing but a number with spaces around it.
pub fn looks_numeric(text: &[u8]) -> Option<f64> {
    // Most texts that are none show it in their first byte.
    match text.first()? {
        b'0'..=b'9' | b'+' | b'-' | b'.' | b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {}
        _ => return None,
    }
    let (value, end) = scan(text, skip_spaces(text, 0))?;
    (skip_spaces(text, end) == text.len()).then_some(value)
}

/// Reads a decimal number at `start`; answers it and where it ends.
pub fn scan(text: &[u8], start: usize) -> Option<(f64, usize)> {
    let mut at = start;
    let mut negative = false;
    if let Some(sign @ (b'+' | b'-')) = text.get(at) {
        negative = *sign == b'-';
        at += 1;
        if let Some(special) = special(&text[at..]) {
            return Some((if negative { -special } else { special }, at + 3));
        }
    }
    let digits_start = at;
    let (mut mantissa, mut exponent, mut inexact) = (0u64, 0i32, false);
    while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        if mantissa < 100_000_000_000_000_000 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else {
            exponent = exponent.saturating_add(1);
            inexact = true;
        }
        at += 1;
    }
    let mut digits = at - digits_start;
    if text.get(at) == Some(&b'.') {
        let point = at;
        at += 1;
        while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            if mantissa < 100_000_000_000_000_000 {
                mantissa = mantissa * 10 + u64::from(digit);
                exponent -= 1;
            } else {
                inexact = true;
            }
            at += 1;
        }
        digits += at - point - 1;
        if digits == 0 {
            return None;
        }
    }
    if digits == 0 {
        return None;
    }
    if let Some((power, end)) = exponent_at(text, at) {
        exponent = exponent.saturating_add(power);
        at = end;
    }
    let value = if mantissa == 0 && !inexact {
        0.0
    } else if !inexact && mantissa <= MANTISSA_MAX && exponent.unsigned_abs() < EXACT_POWERS.len() as u32 {
        let power = EXACT_POWERS[exponent.unsigned_abs() as usize];
        if exponent < 0 { mantissa as f64 / power } else { mantissa as f64 * power }
    } else {
        // What was scanned is ASCII and in the form that std reads.
        std::str::from_utf8(&text[digits_start..at]).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
    };
    Some((if negative { -value } else { value }, at))
}

/// `inf` or `nan` as a word, which counts behind a sign only.
fn special(rest: &[u8]) -> Option<f64> {
    let word = rest.get(..3)?;
    if rest.get(3).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
        return None;
    }
    if word.eq_ignore_ascii_case(b"inf") {
        Some(f64::INFINITY)
    } else if word.eq_ignore_ascii_case(b"nan") {
        Some(f64::NAN)
    } else {
        None
    }
}

/// The exponent at `at`, if there is a whole one, and where it ends.
fn exponent_at(text: &[u8], at: usize) -> Option<(i32, usize)> {
    if !matches!(text.get(at), Some(b'e' | b'E')) {
        return None;
    }
    let signed = matches!(text.get(at + 1), Some(b'+' | b'-'));
    let start = at + 1 + usize::from(signed);
    let mut end = start;
    let mut power = 0i32;
    while let Some(digit) = text.get(end).filter(|byte| byte.is_ascii_digit()) {
        power = power.saturating_mul(10).saturating_add(i32::from(digit - b'0'));
        end += 1;
    }
    let negative = signed && text[at + 1] == b'-';
    (end > start).then_some((if negative { -power } else { power }, end))
}

/// Writes an integer in decimal.
pub fn write_integer(out: &mut Vec<u8>, value: i64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    // Division of 64 bits is slow where most numbers have fewer.
    while rest > u64::from(u32::MAX) {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let mut rest = rest as u32;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// The integer that a number is, when 64 bits hold it.
pub fn as_integer(value: f64) -> Option<i64> {
    let integer = value as i64;
    (integer as f64 == value && integer.unsigned_abs() < 1 << 62).then_some(integer)
}

/// Writes an integral number of any size, or what is no number.
pub fn write_integral(out: &mut Vec<u8>, value: f64) {
    match as_integer(value) {
        Some(integer) => write_integer(out, integer),
        None if value.is_finite() => drop(write!(out, "{value:.0}")),
        None => out.extend_from_slice(special_word(value).as_bytes()),
    }
}

/// `+inf`, `-inf`, `+nan` or `-nan`.
pub fn special_word(value: f64) -> &'static str {
    match (value.is_nan(), value.is_sign_negative()) {
        (true, true) => "-nan",
        (true, false) => "+nan",
        (false, true) => "-inf",
        (false, false) => "+inf",
    }
}

/// How `%e`, `%f` and `%g` write: the precision, `#`, and upper case.
#[derive(Clone, Copy)]
pub struct Style {
    pub precision: usize,
    pub alternative: bool,
    pub upper: bool,
}

/// Writes the magnitude of a finite number as `%f` does.
pub fn write_fixed(out: &mut Vec<u8>, value: f64, style: Style) {
    let shown = style.precision.min(DIGITS_MAX);
    // Writing to a vector does not fail.
    drop(write!(out, "{:.*}", shown, value.abs()));
    out.extend(std::iter::repeat_n(b'0', style.precision - shown));
    if style.precision == 0 && style.alternative {
        out.push(b'.');
    }
}

/// Writes the magnitude of a finite number as `%e` does.
pub fn write_exponential(out: &mut Vec<u8>, value: f64, style: Style) {
    let shown = style.precision.min(DIGITS_MAX);
    let text = format!("{:.*e}", shown, value.abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    out.extend_from_slice(digits.as_bytes());
    out.extend(std::iter::repeat_n(b'0', style.precision - shown));
    if style.precision == 0 && style.alternative {
        out.push(b'.');
    }
    write_exponent(out, exponent.parse().unwrap_or(0), if style.upper { b'E' } else { b'e' });
}

fn write_exponent(out: &mut Vec<u8>, exponent: i32, letter: u8) {
    let sign = if exponent < 0 { '-' } else { '+' };
    drop(write!(out, "{}{sign}{:02}", char::from(letter), exponent.unsigned_abs()));
}

/// Writes the magnitude of a finite number as `%g` does.
pub fn write_general(out: &mut Vec<u8>, value: f64, style: Style) {
    let precision = style.precision.max(1);
    let shown = precision.min(DIGITS_MAX);
    let text = format!("{:.*e}", shown - 1, value.abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mut digits: Vec<u8> = digits.bytes().filter(|byte| *byte != b'.').collect();
    digits.extend(std::iter::repeat_n(b'0', precision - shown));
    if !style.alternative {
        let kept = digits.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
        digits.truncate(kept);
    }
    if exponent < -4 || exponent >= i32::try_from(precision).unwrap_or(i32::MAX) {
        out.push(digits[0]);
        if digits.len() > 1 || style.alternative {
            out.push(b'.');
        }
        out.extend_from_slice(&digits[1..]);
        write_exponent(out, exponent, if style.upper { b'E' } else { b'e' });
    } else if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', exponent.unsigned_abs() as usize - 1));
        out.extend_from_slice(&digits);
    } else {
        let whole = exponent as usize + 1;
        out.extend(digits.iter().take(whole));
        out.extend(std::iter::repeat_n(b'0', whole.saturating_sub(digits.len())));
        let fraction = digits.get(whole..).unwrap_or(&[]);
        if !fraction.is_empty() || style.alternative {
            out.push(b'.');
        }
        out.extend_from_slice(fraction);
    }
}

/// Writes the magnitude of a finite number as `%a` does.
pub fn write_hexadecimal(
    out: &mut Vec<u8>,
    value: f64,
    precision: Option<usize>,
    alternative: bool,
    upper: bool,
) {
    let bits = value.abs().to_bits();
    let (mut exponent, mut fraction) = ((bits >> 52) as i32, bits & ((1 << 52) - 1));
    let mut lead = u64::from(exponent != 0);
    exponent = match (exponent, fraction) {
        (0, 0) => 0,
        (0, _) => -1022,
        (biased, _) => biased - 1023,
    };
    if let Some(precision) = precision.filter(|precision| *precision < 13) {
        let dropped = 52 - 4 * precision as u32;
        let whole = (lead << 52) | fraction;
        let (kept, rest) = (whole >> dropped, whole & ((1 << dropped) - 1));
        let half = 1u64 << (dropped - 1);
        let rounded = kept + u64::from(rest > half || (rest == half && kept & 1 == 1));
        let whole = rounded << dropped;
        (lead, fraction) = (whole >> 52, whole & ((1 << 52) - 1));
    }
    let mut digits = format!("{fraction:013x}").into_bytes();
    match precision {
        Some(precision) => digits.resize(precision, b'0'),
        None => {
            let kept = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
            digits.truncate(kept);
        }
    }
    let start = out.len();
    drop(write!(out, "0x{lead:x}"));
    if !digits.is_empty() || alternative {
        out.push(b'.');
    }
    out.extend_from_slice(&digits);
    drop(write!(out, "p{exponent:+}"));
    if upper {
        out[start..].make_ascii_uppercase();
    }
}

/// Writes a number that is not integral as `%.6g`, the usual `CONVFMT` and `OFMT`.
pub fn write_usual(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        out.extend_from_slice(special_word(value).as_bytes());
        return;
    }
    if value < 0.0 {
        out.push(b'-');
    }
    write_general(out, value, Style { precision: 6, alternative: false, upper: false });
}

/// The number that strtonum and a number in a program's text mean: `0x`, `0` octal, else decimal.
pub fn of_any_base(text: &[u8]) -> f64 {
    match &text[skip_spaces(text, 0)..] {
        [b'0', b'x' | b'X', digits @ ..] => in_base(digits, 16),
        [b'0', digits @ ..] if is_octal(digits) => in_base(digits, 8),
        _ => prefix(text),
    }
}

/// Whether the digits behind a leading zero make an octal number: none of them, nor a point, speaks against it.
fn is_octal(digits: &[u8]) -> bool {
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    end > 0
        && digits[..end].iter().all(|digit| *digit < b'8')
        && !matches!(digits.get(end), Some(b'.' | b'e' | b'E'))
}

fn in_base(digits: &[u8], base: u32) -> f64 {
    digits
        .iter()
        .map_while(|digit| char::from(*digit).to_digit(base))
        .fold(0.0, |value, digit| value * f64::from(base) + f64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_of_a_text_is_its_number() {
        for (text, wanted) in [
            ("", 0.0),
            (" 12abc", 12.0),
            ("-3.5e2x", -350.0),
            (".5", 0.5),
            (".", 0.0),
            ("1e", 1.0),
            ("1e+", 1.0),
            ("0x1A", 0.0),
            ("+inf", f64::INFINITY),
            ("inf", 0.0),
            ("-infinity", 0.0),
            ("123456789012345678901234567890", 123456789012345678901234567890.0),
            ("1e400", f64::INFINITY),
            ("0.1", 0.1),
            ("5e-324", 5e-324),
        ] {
            assert_eq!(prefix(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn a_text_looks_numeric_when_it_is_all_number() {
        for (text, wanted) in
            [("", None), (" ", None), (" 1 ", Some(1.0)), ("1x", None), ("-", None), ("1 2", None)]
        {
            assert_eq!(looks_numeric(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn general_style_is_that_of_c() {
        for (value, precision, wanted) in [
            (0.0, 6, "0"),
            (0.1, 6, "0.1"),
            (123456789.0, 6, "1.23457e+08"),
            (0.0001, 6, "0.0001"),
            (0.00001, 6, "1e-05"),
            (100000.0, 6, "100000"),
            (999999.5, 6, "1e+06"),
            (2.51415926, 3, "2.51"),
            (2.5, 0, "2"),
        ] {
            let mut out = Vec::new();
            write_general(&mut out, value, Style { precision, alternative: false, upper: false });
            assert_eq!(String::from_utf8(out).unwrap(), wanted);
        }
    }

    #[test]
    fn hexadecimal_style_is_that_of_c() {
        for (value, precision, wanted) in
            [(1.0, None, "0x1p+0"), (0.5, None, "0x1p-1"), (3.25, Some(1), "0x1.ap+1"), (0.0, None, "0x0p+0")]
        {
            let mut out = Vec::new();
            write_hexadecimal(&mut out, value, precision, false, false);
            assert_eq!(String::from_utf8(out).unwrap(), wanted);
        }
    }
}
