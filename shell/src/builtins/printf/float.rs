//! Floating-point numbers: `%e %f %g %a`. As glibc's on x86-64 they are long doubles: a mantissa of 64 bits, read
//! and written with exact rounding, so that `%.2f` of 1.005 is what bash says.

use bstr::ByteSlice;

use super::bignum::Natural;
use super::number::Parsed;
use super::{Spec, padded_number, sign};

/// The exponent of the lowest bit of the smallest number.
const EXPONENT_MIN: i64 = -16445;
/// The exponent of the lowest bit of the largest number.
const EXPONENT_MAX: i64 = 16320;
/// Decimal digits that are read; further ones only say that there is more.
const DIGITS_MAX: usize = 12_000;

/// A long double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Float {
    negative: bool,
    magnitude: Magnitude,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Magnitude {
    /// `mantissa * 2^exponent`; the top bit of the mantissa is set, but for 0 and the smallest numbers.
    Finite {
        mantissa: u64,
        exponent: i64,
    },
    Infinite,
    Nan,
}

impl Float {
    pub(super) const ZERO: Float =
        Float { negative: false, magnitude: Magnitude::Finite { mantissa: 0, exponent: 0 } };

    pub(super) fn from_u32(value: u32) -> Float {
        Float { negative: false, magnitude: rounded(u128::from(value), false, 0).0 }
    }
}

/// Reads as C's `strtold` does; empty text is 0.
pub(super) fn parse(text: &[u8]) -> Parsed<Float> {
    let unsigned = text.trim_start_with(|character| character.is_ascii_whitespace() || character == '\u{b}');
    let (negative, unsigned) = match unsigned {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let read = match unsigned {
        [b'0', b'x' | b'X', rest @ ..] if has_digit(rest, 16) => hexadecimal(rest),
        _ if has_digit(unsigned, 10) => decimal(unsigned),
        _ => special(unsigned),
    };
    let Some(read) = read else {
        return Parsed { value: Float::ZERO, complete: text.is_empty(), out_of_range: false };
    };
    Parsed {
        value: Float { negative, magnitude: read.magnitude },
        complete: read.rest.is_empty(),
        out_of_range: read.out_of_range,
    }
}

struct Read<'t> {
    magnitude: Magnitude,
    out_of_range: bool,
    rest: &'t [u8],
}

fn has_digit(text: &[u8], base: u32) -> bool {
    let text = text.strip_prefix(b".").unwrap_or(text);
    text.first().is_some_and(|&byte| char::from(byte).is_digit(base))
}

/// `inf`, `infinity`, `nan`, `nan(…)`
fn special(text: &[u8]) -> Option<Read<'_>> {
    let prefix =
        |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
    let (magnitude, mut length) = if prefix("infinity") {
        (Magnitude::Infinite, 8)
    } else if prefix("inf") {
        (Magnitude::Infinite, 3)
    } else if prefix("nan") {
        (Magnitude::Nan, 3)
    } else {
        return None;
    };
    if magnitude == Magnitude::Nan
        && let Some(inner) = text.get(3..).and_then(|rest| rest.strip_prefix(b"("))
    {
        let name = inner.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        if inner.get(name) == Some(&b')') {
            length += name + 2;
        }
    }
    Some(Read { magnitude, out_of_range: false, rest: text.get(length..)? })
}

/// Digits with a point among them.
struct Digits<'t> {
    /// As numbers, without leading zeros, as many as are read.
    values: Vec<u8>,
    /// How many digits stand before the point, counted from the first of `values`.
    point: i64,
    /// Some digit that was not read is not 0.
    more: bool,
    rest: &'t [u8],
}

fn digits(text: &[u8], base: u32) -> Digits<'_> {
    let mut digits = Digits { values: Vec::new(), point: 0, more: false, rest: text };
    let mut behind_point = false;
    while let Some((&byte, rest)) = digits.rest.split_first() {
        let value = char::from(byte).to_digit(base).and_then(|digit| u8::try_from(digit).ok());
        match value {
            None if byte == b'.' && !behind_point => behind_point = true,
            None => break,
            Some(0) if digits.values.is_empty() => digits.point -= i64::from(behind_point),
            Some(value) => {
                if digits.values.len() < DIGITS_MAX {
                    digits.values.push(value);
                } else {
                    digits.more |= value != 0;
                }
                digits.point += i64::from(!behind_point);
            }
        }
        digits.rest = rest;
    }
    digits
}

/// An exponent behind `e` or `p`, if a number is there; bounded far beyond all that matters.
fn exponent(text: &[u8], letter: u8) -> (i64, &[u8]) {
    let none = (0, text);
    let Some((&first, rest)) = text.split_first() else {
        return none;
    };
    if first.to_ascii_lowercase() != letter {
        return none;
    }
    let (negative, rest) = match rest {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return none;
    }
    let digits = rest.iter().take(length);
    let value = digits.fold(0i64, |value, digit| (value * 10 + i64::from(digit - b'0')).min(1_000_000_000));
    (if negative { -value } else { value }, rest.get(length..).unwrap_or_default())
}

fn decimal(text: &[u8]) -> Option<Read<'_>> {
    let mut digits = digits(text, 10);
    let (power, rest) = exponent(digits.rest, b'e');
    if digits.values.is_empty() {
        return Some(Read { magnitude: Float::ZERO.magnitude, out_of_range: false, rest });
    }
    let scale = digits.point.saturating_add(power);
    if !(-5000..=5000).contains(&scale) {
        let magnitude = if scale > 0 { Magnitude::Infinite } else { Float::ZERO.magnitude };
        return Some(Read { magnitude, out_of_range: true, rest });
    }
    if digits.more {
        digits.values.push(1);
    }
    let mut numerator = Natural::from_decimal(&digits.values);
    let mut denominator = Natural::from_u64(1);
    let shift = scale - i64::try_from(digits.values.len()).unwrap_or(0);
    let tens = u32::try_from(shift.unsigned_abs()).unwrap_or(0);
    if shift >= 0 {
        numerator.multiply_power(10, tens)
    } else {
        denominator.multiply_power(10, tens)
    }
    // Scaled so that the quotient has 66 or 67 bits: two more than are kept.
    let bits = 66 + denominator.bits() - numerator.bits();
    let count = u32::try_from(bits.unsigned_abs()).unwrap_or(0);
    if bits >= 0 {
        numerator.shift_left(count)
    } else {
        denominator.shift_left(count)
    }
    let (quotient, remains) = numerator.divide(&denominator, 68);
    let (magnitude, out_of_range) = rounded(quotient, remains, -bits);
    Some(Read { magnitude, out_of_range, rest })
}

fn hexadecimal(text: &[u8]) -> Option<Read<'_>> {
    let digits = digits(text, 16);
    let (power, rest) = exponent(digits.rest, b'p');
    let mut value = 0u128;
    for &digit in digits.values.iter().take(28) {
        value = value << 4 | u128::from(digit);
    }
    let read = digits.values.len().min(28);
    let remains = digits.more || digits.values.iter().skip(28).any(|&digit| digit != 0);
    let places = digits.point - i64::try_from(read).unwrap_or(0);
    let (magnitude, out_of_range) = rounded(value, remains, places * 4 + power);
    Some(Read { magnitude, out_of_range, rest })
}

/// The nearest long double to `value * 2^exponent`, a little more when something `remains`; ties go to the even one.
/// And whether it is out of range: infinite, or too small to be exact.
fn rounded(value: u128, remains: bool, exponent: i64) -> (Magnitude, bool) {
    let zero = Float::ZERO.magnitude;
    if value == 0 {
        return (zero, remains);
    }
    let bits = i64::from(128 - value.leading_zeros());
    let drop = (bits - 64).max(EXPONENT_MIN.saturating_sub(exponent));
    if drop > 127 {
        return (zero, true);
    }
    let (mut mantissa, mut exponent) = (value, exponent);
    let mut inexact = remains;
    if drop > 0 {
        let lost = value & ((1 << drop) - 1);
        let half = 1u128 << (drop - 1);
        mantissa = value >> drop;
        exponent += drop;
        let up = lost > half || (lost == half && (remains || mantissa & 1 == 1));
        mantissa += u128::from(up);
        inexact |= lost != 0;
    } else {
        // As far to the left as the exponent allows.
        let lift = (64 - bits).min(exponent - EXPONENT_MIN).max(0);
        mantissa <<= lift;
        exponent -= lift;
    }
    if mantissa >> 64 != 0 {
        mantissa >>= 1;
        exponent += 1;
    }
    if exponent > EXPONENT_MAX {
        return (Magnitude::Infinite, true);
    }
    let mantissa = u64::try_from(mantissa).unwrap_or(u64::MAX);
    if mantissa == 0 {
        return (zero, true);
    }
    let tiny = mantissa >> 63 == 0;
    (Magnitude::Finite { mantissa, exponent }, tiny && inexact)
}

/// A number in decimal: `0.d1d2d3… * 10^point`.
#[derive(Clone, Debug)]
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    fn exact(mantissa: u64, exponent: i64) -> Decimal {
        let zeros = mantissa.trailing_zeros().min(63);
        let exponent = exponent + i64::from(zeros);
        let mut value = Natural::from_u64(mantissa >> zeros);
        let power = u32::try_from(exponent.unsigned_abs()).unwrap_or(0);
        if exponent >= 0 {
            value.shift_left(power)
        } else {
            value.multiply_power(5, power)
        }
        let digits = value.into_decimal();
        let length = i64::try_from(digits.len()).unwrap_or(0);
        Decimal { digits, point: if exponent >= 0 { length } else { length + exponent } }
    }

    /// Rounded to this many digits, ties to even.
    fn rounded(mut self, keep: i64) -> Decimal {
        let Ok(keep) = usize::try_from(keep) else {
            return Decimal { digits: Vec::new(), point: self.point };
        };
        if keep >= self.digits.len() {
            return self;
        }
        let lost = self.digits.split_off(keep);
        let half = match lost.split_first() {
            Some((5, rest)) if rest.iter().all(|&digit| digit == 0) => {
                self.digits.last().is_some_and(|digit| digit % 2 == 1)
            }
            Some((&first, _)) => first >= 5,
            None => false,
        };
        if half {
            self.increment();
        }
        self
    }

    fn increment(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.point += 1;
    }

    /// The digit at a place, the first behind the point being 0; ASCII.
    fn digit(&self, place: i64) -> u8 {
        let index = usize::try_from(place + self.point).ok();
        b'0' + index.and_then(|index| self.digits.get(index)).copied().unwrap_or(0)
    }
}

/// `%e %f %g %a` and their capitals.
pub(super) fn format(spec: Spec, float: Float, letter: u8) -> Vec<u8> {
    let (mantissa, exponent) = match float.magnitude {
        Magnitude::Finite { mantissa, exponent } => (mantissa, exponent),
        Magnitude::Infinite => return word(spec, float.negative, "inf", letter),
        Magnitude::Nan => return word(spec, float.negative, "nan", letter),
    };
    let mut prefix = "";
    let mut text = match letter.to_ascii_lowercase() {
        b'f' => fixed(spec, Decimal::exact(mantissa, exponent), spec.precision.unwrap_or(6)),
        b'e' => scientific(spec, Decimal::exact(mantissa, exponent), spec.precision.unwrap_or(6)),
        b'g' => general(spec, Decimal::exact(mantissa, exponent)),
        _ => {
            prefix = if letter == b'A' { "0X" } else { "0x" };
            binary(spec, mantissa, exponent)
        }
    };
    if letter.is_ascii_uppercase() {
        text.make_ascii_uppercase();
    }
    padded_number(spec, sign(spec, float.negative), prefix, &text, true)
}

fn word(spec: Spec, negative: bool, word: &str, letter: u8) -> Vec<u8> {
    let text = if letter.is_ascii_uppercase() { word.to_uppercase() } else { word.to_string() };
    padded_number(spec, sign(spec, negative), "", text.as_bytes(), false)
}

fn places(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / 2)
}

/// Digits behind the point, without the zeros at the end where `trim`; and the point where it is wanted.
fn fraction(spec: Spec, mut digits: Vec<u8>, trim: bool) -> Vec<u8> {
    while trim && digits.last() == Some(&b'0') {
        digits.pop();
    }
    if !digits.is_empty() || spec.alternate {
        digits.insert(0, b'.');
    }
    digits
}

fn fixed(spec: Spec, decimal: Decimal, precision: usize) -> Vec<u8> {
    fixed_trimmed(spec, decimal, places(precision), false)
}

fn fixed_trimmed(spec: Spec, decimal: Decimal, precision: i64, trim: bool) -> Vec<u8> {
    let keep = decimal.point.saturating_add(precision);
    let decimal = decimal.rounded(keep);
    let whole: Vec<u8> = (-decimal.point.max(1)..0).map(|place| decimal.digit(place)).collect();
    let behind = (0..precision).map(|place| decimal.digit(place)).collect();
    [whole, fraction(spec, behind, trim)].concat()
}

fn scientific(spec: Spec, decimal: Decimal, precision: usize) -> Vec<u8> {
    let keep = places(precision) + 1;
    scientific_trimmed(spec, decimal.rounded(keep), precision, false)
}

fn scientific_trimmed(spec: Spec, decimal: Decimal, precision: usize, trim: bool) -> Vec<u8> {
    let power = if decimal.digits.is_empty() { 0 } else { decimal.point - 1 };
    let first = -decimal.point;
    let behind = (1..=places(precision)).map(|place| decimal.digit(first + place)).collect();
    let mut text = vec![decimal.digit(first)];
    text.extend(fraction(spec, behind, trim));
    let sign = if power < 0 { '-' } else { '+' };
    text.extend(format!("e{sign}{:02}", power.unsigned_abs()).into_bytes());
    text
}

fn general(spec: Spec, decimal: Decimal) -> Vec<u8> {
    let digits = spec.precision.unwrap_or(6).max(1);
    let decimal = decimal.rounded(places(digits));
    let power = if decimal.digits.is_empty() { 0 } else { decimal.point - 1 };
    if power < -4 || power >= places(digits) {
        scientific_trimmed(spec, decimal, digits - 1, !spec.alternate)
    } else {
        fixed_trimmed(spec, decimal, places(digits) - 1 - power, !spec.alternate)
    }
}

/// `%a`: the first hexadecimal digit is the top four bits of the mantissa.
fn binary(spec: Spec, mantissa: u64, exponent: i64) -> Vec<u8> {
    let mut power = if mantissa == 0 { 0 } else { exponent + 60 };
    let mut mantissa = u128::from(mantissa);
    if let Some(precision) = spec.precision.filter(|&precision| precision < 15) {
        let drop = 60 - 4 * u32::try_from(precision).unwrap_or(15);
        let (lost, half) = (mantissa & ((1 << drop) - 1), 1 << (drop - 1));
        mantissa = mantissa >> drop << drop;
        if lost > half || (lost == half && mantissa >> drop & 1 == 1) {
            mantissa += 1 << drop;
        }
        if mantissa >> 64 != 0 {
            mantissa >>= 4;
            power += 4;
        }
    }
    let text = format!("{mantissa:016x}").into_bytes();
    let (first, rest) = text.split_at(1.min(text.len()));
    let mut behind = rest.to_vec();
    match spec.precision {
        Some(precision) => behind.resize(precision, b'0'),
        None => {
            while behind.last() == Some(&b'0') {
                behind.pop();
            }
        }
    }
    let sign = if power < 0 { '-' } else { '+' };
    [first, &fraction(spec, behind, false), format!("p{sign}{}", power.unsigned_abs()).as_bytes()].concat()
}
