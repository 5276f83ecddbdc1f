//! Decimal texts of numbers: reading them, writing the shortest one, and comparing them digit by digit. It knows no
//! values.

use std::cmp::Ordering;
use std::fmt::Write;

/// Reads what JSON and the language call a number: digits, a point, an exponent; a point may come first or last.
pub fn parse(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let first = digits.bytes().next()?;
    // Rust reads more words than JSON has, such as `inf`.
    if !first.is_ascii_digit() && first != b'.' {
        return None;
    }
    let double: f64 = text.parse().ok()?;
    Some(if double.is_infinite() { f64::MAX.copysign(double) } else { double })
}

/// The digits of a whole number that has few of them, in a buffer.
pub fn whole(double: f64, digits: &mut [u8; 20]) -> Option<&[u8]> {
    #[allow(clippy::cast_possible_truncation, reason = "the cast saturates")]
    let number = double as i64;
    #[allow(clippy::cast_precision_loss, reason = "a number that loses digits is another one")]
    if number as f64 != double
        || number.abs() >= 1_000_000_000_000_000
        || number == 0 && double.is_sign_negative()
    {
        return None;
    }
    let (mut rest, mut at) = (number.unsigned_abs(), digits.len());
    loop {
        at -= 1;
        #[allow(clippy::cast_possible_truncation, reason = "a digit")]
        let digit = (rest % 10) as u8;
        digits[at] = b'0' + digit;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    Some(&digits[at..])
}

/// The shortest text that reads as the same double, in the form of C's `%.17g`.
pub fn shortest(double: f64) -> String {
    if double.is_nan() {
        return "null".to_owned();
    }
    let double = double.clamp(f64::MIN, f64::MAX);
    if double.fract() == 0.0 && double.abs() < 1e15 && (double != 0.0 || double.is_sign_positive()) {
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
        return (double as i64).to_string();
    }
    let scientific = format!("{double:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    laid_out(sign, &digits, point)
}

/// Digits with the point behind the first `point` of them.
fn laid_out(sign: &str, digits: &str, point: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let mut text = sign.to_owned();
    if point <= -4 || point > count + 15 {
        let (first, rest) = digits.split_at(1);
        text.push_str(first);
        if !rest.is_empty() {
            text.push('.');
            text.push_str(rest);
        }
        let exponent = point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        // Writing to a string does not fail.
        let _ = write!(text, "e{sign}{:02}", exponent.abs());
    } else if point <= 0 {
        text.push_str("0.");
        text.extend(std::iter::repeat_n('0', point.unsigned_abs() as usize));
        text.push_str(digits);
    } else if point >= count {
        text.push_str(digits);
        text.extend(std::iter::repeat_n('0', (point - count).unsigned_abs() as usize));
    } else {
        let (whole, fraction) = digits.split_at(point.unsigned_abs() as usize);
        text.push_str(whole);
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A decimal number in parts: its sign, its digits without zeros in front, and the power of ten of the last.
struct Parts {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

/// The largest power of ten that a literal may have, as in the decimal arithmetic that jq uses.
const EXPONENT_MAX: i64 = 999_999_999;

fn parts(text: &str) -> Option<Parts> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    let digits = if zeros == digits.len() { vec![b'0'] } else { digits[zeros..].to_vec() };
    Some(Parts { negative, digits, exponent: exponent.checked_sub(i64::try_from(fraction.len()).ok()?)? })
}

/// The text of a literal as it is written again: no digit lost, the exponent in one form. None where it has none.
pub fn canonical(text: &str) -> Option<String> {
    let Parts { negative, digits, exponent } = parts(text)?;
    let count = i64::try_from(digits.len()).ok()?;
    let adjusted = exponent.checked_add(count - 1)?;
    if adjusted.abs() > EXPONENT_MAX {
        return None;
    }
    let digits = String::from_utf8(digits).ok()?;
    let mut out = String::from(if negative { "-" } else { "" });
    if exponent <= 0 && adjusted >= -6 {
        let whole = usize::try_from(count + exponent).unwrap_or(0);
        if exponent == 0 {
            out.push_str(&digits);
        } else if whole > 0 {
            out.push_str(&digits[..whole]);
            out.push('.');
            out.push_str(&digits[whole..]);
        } else {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', usize::try_from(-exponent - count).unwrap_or(0)));
            out.push_str(&digits);
        }
        return Some(out);
    }
    out.push_str(&digits[..1]);
    if digits.len() > 1 {
        out.push('.');
        out.push_str(&digits[1..]);
    }
    let sign = if adjusted < 0 { '-' } else { '+' };
    let _ = write!(out, "E{sign}{}", adjusted.abs());
    Some(out)
}

/// The order of two decimal texts by value.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (Some(a), Some(b)) = (parts(a), parts(b)) else { return Ordering::Equal };
    let is_zero = |parts: &Parts| parts.digits == b"0";
    match (is_zero(&a), is_zero(&b)) {
        (true, true) => return Ordering::Equal,
        (true, false) => return if b.negative { Ordering::Greater } else { Ordering::Less },
        (false, true) => return if a.negative { Ordering::Less } else { Ordering::Greater },
        (false, false) => {}
    }
    if a.negative != b.negative {
        return if a.negative { Ordering::Less } else { Ordering::Greater };
    }
    let magnitude =
        |parts: &Parts| parts.exponent + i64::try_from(parts.digits.len()).unwrap_or(i64::MAX / 2);
    let trimmed = |digits: &[u8]| {
        let end = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        digits[..end].to_vec()
    };
    let order = magnitude(&a).cmp(&magnitude(&b)).then_with(|| trimmed(&a.digits).cmp(&trimmed(&b.digits)));
    if a.negative { order.reverse() } else { order }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_is_written_as_short_as_it_reads_back() {
        for (given, wanted) in [
            (1e15, "1000000000000000"),
            (1e16, "1e+16"),
            (1e-5, "1e-05"),
            (1e-4, "0.0001"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-0.0, "-0"),
            (f64::INFINITY, "1.7976931348623157e+308"),
            (1_234_567_890_120_000_000_000.0, "1234567890120000000000"),
        ] {
            assert_eq!(shortest(given), wanted);
        }
    }

    #[test]
    fn a_literal_keeps_its_digits() {
        for (given, wanted) in [
            ("1.000", "1.000"),
            ("1e2", "1E+2"),
            ("1e1000", "1E+1000"),
            ("0.00001", "0.00001"),
            ("1e-7", "1E-7"),
            ("00012", "12"),
            (".5", "0.5"),
            ("-0", "-0"),
            ("12.50e3", "1.250E+4"),
        ] {
            assert_eq!(canonical(given).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn decimals_are_compared_by_value() {
        assert_eq!(compare("10", "1E+1"), Ordering::Equal);
        assert_eq!(compare("100000000000000000001", "100000000000000000000"), Ordering::Greater);
        assert_eq!(compare("-3", "2"), Ordering::Less);
        assert_eq!(compare("0.0", "-0"), Ordering::Equal);
    }
}
