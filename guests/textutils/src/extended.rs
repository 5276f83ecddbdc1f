//! Extended numbers: floating point with 64 bits of mantissa, as `long double` is where GNU's tools mostly run.
//!
//! It owns their arithmetic and their decimal digits, both rounded to the nearest, ties to even.

mod big;

use std::cmp::Ordering;

use big::Big;

/// A number. It is `mantissa * 2^exponent`; the mantissa has its highest bit set but for the smallest numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extended {
    pub negative: bool,
    class: Class,
    mantissa: u64,
    exponent: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Finite,
    Infinite,
    NotANumber,
}

/// Of the smallest numbers.
const EXPONENT_MIN: i32 = -16445;
/// Of the largest ones.
const EXPONENT_MAX: i32 = 16320;

/// How a number becomes a whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    Up,
    Down,
    FromZero,
    TowardsZero,
    Nearest,
}

impl Extended {
    pub const INFINITY: Self = Self { negative: false, class: Class::Infinite, mantissa: 0, exponent: 0 };
    pub const NAN: Self = Self { negative: false, class: Class::NotANumber, mantissa: 0, exponent: 0 };

    /// A whole number.
    pub fn from_integer(number: u64) -> Self {
        Self::rounded(false, u128::from(number), 0, false)
    }

    /// The number with these decimal digits, times a power of ten.
    pub fn from_decimal(negative: bool, digits: &[u8], power: i64) -> Self {
        let digits: Vec<u8> = digits.iter().copied().skip_while(|digit| *digit == b'0').collect();
        if digits.is_empty() {
            return Self { negative, ..Self::from_integer(0) };
        }
        let size = power.saturating_add(i64::try_from(digits.len()).unwrap_or(i64::MAX));
        if size > 5000 {
            return Self { negative, ..Self::INFINITY };
        }
        if size < -5000 {
            return Self { negative, ..Self::from_integer(0) };
        }
        // Beyond so many digits none changes what the number is rounded to, but that there are some does.
        const DIGITS_MAX: usize = 12_000;
        let (kept, power) = match digits.get(..DIGITS_MAX) {
            Some(first) if digits.len() > DIGITS_MAX => {
                let mut first = first.to_vec();
                first.push(b'1');
                let dropped = digits.len() - first.len();
                (first, power.saturating_add(i64::try_from(dropped).unwrap_or(i64::MAX)))
            }
            _ => (digits, power),
        };
        let mut number = Big::from_decimal(&kept);
        let power = i32::try_from(power).unwrap_or(0);
        if power >= 0 {
            number.multiply_power_of_five(power.unsigned_abs());
            let (top, exponent, sticky) = number.top();
            return Self::rounded(negative, top, exponent + power, sticky);
        }
        let mut divisor = Big::from_decimal(b"1");
        divisor.multiply_power_of_five(power.unsigned_abs());
        let (top, exponent, sticky) = number.quotient(&divisor);
        Self::rounded(negative, top, exponent + power, sticky)
    }

    /// A number with so many bits, times a power of two.
    pub fn from_parts(negative: bool, mantissa: u64, exponent: i32) -> Self {
        Self::rounded(negative, u128::from(mantissa), exponent, false)
    }

    /// The number that ten bytes of memory are, the lowest first.
    pub fn from_bytes(bytes: [u8; 10]) -> Self {
        let [m0, m1, m2, m3, m4, m5, m6, m7, low, high] = bytes;
        let mantissa = u64::from_le_bytes([m0, m1, m2, m3, m4, m5, m6, m7]);
        let (negative, power) = (high >> 7 == 1, i32::from(high & 0x7f) << 8 | i32::from(low));
        let class = match power {
            0x7fff if mantissa << 1 == 0 => Class::Infinite,
            0x7fff => Class::NotANumber,
            // Without the highest bit it is no number at all.
            1.. if mantissa >> 63 == 0 => Class::NotANumber,
            _ => Class::Finite,
        };
        let exponent = if mantissa == 0 { 0 } else { power.max(1) - 16446 };
        Self { negative, class, mantissa, exponent }
    }

    /// Rounds `mantissa * 2^exponent`, with something more behind it where `sticky`.
    fn rounded(negative: bool, mantissa: u128, exponent: i32, sticky: bool) -> Self {
        if mantissa == 0 {
            return Self { negative, class: Class::Finite, mantissa: 0, exponent: 0 };
        }
        let length = 128 - mantissa.leading_zeros().cast_signed();
        // The bits to drop: those that are too many, and those below the smallest number.
        let drop = (length - 64).max(EXPONENT_MIN - exponent);
        let (mut kept, mut exponent) = if drop <= 0 {
            ((mantissa << (-drop).min(127)) as u64, exponent + drop)
        } else if drop > 127 {
            (0, EXPONENT_MIN)
        } else {
            let (kept, rest) = ((mantissa >> drop) as u64, mantissa & ((1 << drop) - 1));
            let half = 1_u128 << (drop - 1);
            let up = rest > half || (rest == half && (sticky || kept & 1 == 1));
            match kept.checked_add(u64::from(up)) {
                Some(kept) => (kept, exponent + drop),
                None => (1 << 63, exponent + drop + 1),
            }
        };
        if kept == 0 {
            exponent = 0;
        } else if exponent < EXPONENT_MIN {
            kept >>= (EXPONENT_MIN - exponent).min(63);
            exponent = EXPONENT_MIN;
        }
        if exponent > EXPONENT_MAX {
            return Self { negative, ..Self::INFINITY };
        }
        Self { negative, class: Class::Finite, mantissa: kept, exponent }
    }

    pub fn is_finite(self) -> bool {
        self.class == Class::Finite
    }

    pub fn is_nan(self) -> bool {
        self.class == Class::NotANumber
    }

    pub fn is_zero(self) -> bool {
        self.is_finite() && self.mantissa == 0
    }

    /// The number with a sign.
    pub fn with_sign(self, negative: bool) -> Self {
        Self { negative, ..self }
    }

    /// The product of two finite numbers.
    pub fn times(self, other: Self) -> Self {
        let negative = self.negative != other.negative;
        let product = u128::from(self.mantissa) * u128::from(other.mantissa);
        Self::rounded(negative, product, self.exponent + other.exponent, false)
    }

    /// The quotient of two finite numbers, the other not zero.
    pub fn over(self, other: Self) -> Self {
        let negative = self.negative != other.negative;
        if other.mantissa == 0 {
            return Self { negative, ..Self::INFINITY };
        }
        const EXTRA: i32 = 8;
        let (high, low) = (u128::from(self.mantissa) << 64, u128::from(other.mantissa));
        // A small mantissa would leave too few bits.
        let shift = low.leading_zeros().cast_signed().saturating_sub(64).max(0);
        let low = low << shift;
        let exponent = self.exponent - 64 - other.exponent + shift - EXTRA;
        // Some bits more than are kept, for the rounding.
        let rest = (high % low) << EXTRA;
        Self::rounded(negative, ((high / low) << EXTRA) | (rest / low), exponent, !rest.is_multiple_of(low))
    }

    /// Which of two numbers is larger, by their sizes.
    pub fn compare_size(self, other: Self) -> Ordering {
        let place = |number: Self| match number.class {
            Class::Finite if number.mantissa == 0 => (0, i32::MIN, 0),
            Class::Finite => {
                let zeros = number.mantissa.leading_zeros();
                (0, number.exponent - zeros.cast_signed(), number.mantissa << zeros)
            }
            Class::Infinite | Class::NotANumber => (1, 0, 0),
        };
        place(self).cmp(&place(other))
    }

    /// The whole number beside it.
    pub fn whole(self, rounding: Rounding) -> Self {
        if !self.is_finite() || self.exponent >= 0 || self.mantissa == 0 {
            return self;
        }
        let drop = self.exponent.unsigned_abs();
        let (kept, rest, half) = if drop > 64 {
            (0, 1, 2)
        } else {
            let wide = u128::from(self.mantissa);
            ((wide >> drop) as u64, wide & ((1 << drop) - 1), 1_u128 << (drop - 1))
        };
        let away = rest > 0
            && match rounding {
                Rounding::Up => !self.negative,
                Rounding::Down => self.negative,
                Rounding::FromZero => true,
                Rounding::TowardsZero => false,
                // Halves go away from zero.
                Rounding::Nearest => rest >= half,
            };
        Self::rounded(self.negative, u128::from(kept) + u128::from(away), 0, false)
    }

    /// The mantissa and the exponent, for hexadecimal digits.
    pub fn parts(self) -> (u64, i32) {
        (self.mantissa, self.exponent)
    }

    /// All decimal digits of the size, and how many of them stand before the point.
    fn digits(self) -> (Vec<u8>, i64) {
        let mut number = Big::from_u64(self.mantissa);
        if self.exponent >= 0 {
            number.shift_left(self.exponent.unsigned_abs());
            let digits = number.to_decimal();
            let before = i64::try_from(digits.len()).unwrap_or(0);
            return (digits, before);
        }
        number.multiply_power_of_five(self.exponent.unsigned_abs());
        let digits = number.to_decimal();
        let before = i64::try_from(digits.len()).unwrap_or(0) + i64::from(self.exponent);
        (digits, before)
    }

    /// The size with so many decimals, as `%f` writes it.
    pub fn fixed(self, decimals: usize) -> String {
        let (digits, before) = self.digits();
        let kept = before + i64::try_from(decimals).unwrap_or(i64::MAX / 2);
        let (digits, before) = cut(digits, before, kept);
        let mut text = Vec::new();
        for index in before.min(0)..before {
            text.push(
                usize::try_from(index).ok().and_then(|index| digits.get(index)).copied().unwrap_or(b'0'),
            );
        }
        if before <= 0 {
            text.clear();
            text.push(b'0');
        }
        if decimals > 0 {
            text.push(b'.');
            for index in 0..decimals {
                let place = before + i64::try_from(index).unwrap_or(0);
                let digit = usize::try_from(place).ok().and_then(|place| digits.get(place));
                text.push(digit.copied().unwrap_or(b'0'));
            }
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// The size with one digit before the point, as `%e` writes it: `D.DDD` and the power of ten.
    pub fn scientific(self, decimals: usize) -> (String, i64) {
        if self.mantissa == 0 {
            let text = if decimals > 0 { format!("0.{}", "0".repeat(decimals)) } else { "0".to_owned() };
            return (text, 0);
        }
        let (digits, before) = self.digits();
        let kept = i64::try_from(decimals).unwrap_or(i64::MAX / 2) + 1;
        let (digits, before) = cut(digits, before, kept);
        let mut text = String::new();
        for index in 0..=decimals {
            if index == 1 {
                text.push('.');
            }
            text.push(char::from(digits.get(index).copied().unwrap_or(b'0')));
        }
        (text, before - 1)
    }
}

/// Rounds digits to so many, half to even: the digits, and how many stand before the point then.
fn cut(mut digits: Vec<u8>, before: i64, kept: i64) -> (Vec<u8>, i64) {
    let Ok(kept) = usize::try_from(kept) else { return (Vec::new(), before) };
    let Some(first) = digits.get(kept).copied() else { return (digits, before) };
    let more = digits.iter().skip(kept + 1).any(|digit| *digit != b'0');
    let odd = kept.checked_sub(1).and_then(|last| digits.get(last)).is_some_and(|digit| digit & 1 == 1);
    let up = first > b'5' || (first == b'5' && (more || odd));
    digits.truncate(kept);
    if up {
        for digit in digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return (digits, before);
            }
            *digit = b'0';
        }
        digits.insert(0, b'1');
        return (digits, before + 1);
    }
    (digits, before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Extended {
        let (digits, power) = match text.split_once('.') {
            Some((whole, rest)) => (format!("{whole}{rest}"), -(rest.len() as i64)),
            None => (text.to_owned(), 0),
        };
        Extended::from_decimal(false, digits.as_bytes(), power)
    }

    #[test]
    fn digits_are_those_of_the_nearest_number() {
        for (text, decimals, wanted) in [
            ("0.1", 20, "0.10000000000000000000"),
            ("0.1", 30, "0.100000000000000000001355252716"),
            ("1234.5", 0, "1234"),
            ("1235.5", 0, "1236"),
            ("0.5", 0, "0"),
            ("0.6", 0, "1"),
            ("9.99", 1, "10.0"),
            ("0.05", 1, "0.1"),
            ("123456789012345678901234567890", 0, "123456789012345678899921813504"),
            ("0", 2, "0.00"),
        ] {
            assert_eq!(number(text).fixed(decimals), wanted, "{text}");
        }
        assert_eq!(number("12345").scientific(2), ("1.23".to_owned(), 4));
        assert_eq!(number("0.000999").scientific(1), ("1.0".to_owned(), -3));
    }

    #[test]
    fn arithmetic_rounds() {
        let quotient = number("1100").over(number("1000"));
        assert_eq!(quotient, number("1.1"));
        assert_eq!(quotient.times(number("10")).whole(Rounding::FromZero).fixed(0), "11");
        assert_eq!(number("2.5").whole(Rounding::Nearest).fixed(0), "3");
        assert_eq!(number("2.5").whole(Rounding::TowardsZero).fixed(0), "2");
        assert_eq!(number("7").compare_size(number("7.5")), Ordering::Less);
    }
}
