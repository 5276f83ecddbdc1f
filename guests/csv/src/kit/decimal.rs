//! Numbers as Python's `decimal` keeps them: 28 digits and a place for the point, trailing zeros and all.

use std::cmp::Ordering;
use std::fmt;

/// How many digits a number has at most.
const DIGITS_MAX: usize = 28;

/// A number.
#[derive(Clone, Copy, Debug)]
pub enum Decimal {
    Finite {
        negative: bool,
        /// Less than 10 to the 28th.
        digits: u128,
        exponent: i32,
    },
    Infinite {
        negative: bool,
    },
    NotANumber,
}

impl Decimal {
    /// Reads a number: digits, a point, an exponent; `_` anywhere between.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().filter(|c| *c != '_').collect();
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(&text)),
        };
        match rest.to_ascii_lowercase().as_str() {
            "inf" | "infinity" => return Some(Self::Infinite { negative }),
            "nan" => return Some(Self::NotANumber),
            _ => {}
        }
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (rest.get(..at)?, rest.get(at + 1..)?.parse::<i32>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let all = format!("{whole}{fraction}");
        Some(Self::rounded(negative, all.trim_start_matches('0'), exponent))
    }

    /// A number of which only 28 digits are kept, rounded half to even.
    fn rounded(negative: bool, digits: &str, exponent: i32) -> Self {
        let Some(dropped) = digits.get(DIGITS_MAX..).filter(|dropped| !dropped.is_empty()) else {
            return Self::Finite { negative, digits: digits.parse().unwrap_or(0), exponent };
        };
        let kept: u128 = digits.get(..DIGITS_MAX).and_then(|kept| kept.parse().ok()).unwrap_or(0);
        let half = format!("5{}", "0".repeat(dropped.len() - 1));
        let is_up = match dropped.cmp(half.as_str()) {
            Ordering::Greater => true,
            Ordering::Equal => kept % 2 == 1,
            Ordering::Less => false,
        };
        let dropped = i32::try_from(dropped.len()).unwrap_or(i32::MAX);
        let exponent = exponent.saturating_add(dropped);
        Self::Finite { negative, digits: kept + u128::from(is_up), exponent }
    }

    pub fn negated(self) -> Self {
        match self {
            Self::Finite { negative, digits, exponent } => {
                Self::Finite { negative: !negative, digits, exponent }
            }
            Self::Infinite { negative } => Self::Infinite { negative: !negative },
            Self::NotANumber => self,
        }
    }

    pub fn is_finite(self) -> bool {
        matches!(self, Self::Finite { .. })
    }

    /// The nearest number of the machine's.
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Finite { negative, digits, exponent } => {
                let sign = if negative { "-" } else { "" };
                format!("{sign}{digits}e{exponent}").parse().unwrap_or(f64::NAN)
            }
            Self::Infinite { negative } => {
                if negative {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                }
            }
            Self::NotANumber => f64::NAN,
        }
    }

    /// Without the zeros at the end.
    pub fn normalized(self) -> Self {
        let Self::Finite { negative, mut digits, mut exponent } = self else { return self };
        if digits == 0 {
            return Self::Finite { negative, digits, exponent: 0 };
        }
        while digits.is_multiple_of(10) {
            digits /= 10;
            exponent += 1;
        }
        Self::Finite { negative, digits, exponent }
    }

    /// How many digits stand before and behind the point.
    pub fn places(self) -> Option<(i32, i32)> {
        let Self::Finite { digits, exponent, .. } = self.normalized() else { return None };
        let length = i32::try_from(digits.to_string().len()).unwrap_or(0);
        Some((length + exponent, -exponent))
    }

    /// The sum where it can be had exactly.
    pub fn plus(self, other: Self) -> Option<Self> {
        let (Self::Finite { exponent: a, .. }, Self::Finite { exponent: b, .. }) = (self, other) else {
            return None;
        };
        let exponent = a.min(b);
        let sum = self.scaled(exponent)?.checked_add(other.scaled(exponent)?)?;
        Some(Self::rounded(sum < 0, sum.unsigned_abs().to_string().trim_start_matches('0'), exponent))
    }

    /// The place of the last digit.
    pub fn exponent(self) -> Option<i32> {
        match self {
            Self::Finite { exponent, .. } => Some(exponent),
            Self::Infinite { .. } | Self::NotANumber => None,
        }
    }

    /// The number times a power of ten, as a whole one.
    pub fn scaled(self, to: i32) -> Option<i128> {
        let Self::Finite { negative, digits, exponent } = self else { return None };
        let power = 10_i128.checked_pow(u32::try_from(exponent.checked_sub(to)?).ok()?)?;
        let whole = i128::try_from(digits).ok()?.checked_mul(power)?;
        Some(if negative { -whole } else { whole })
    }

    /// With so many digits behind the point, rounded half to even, and commas between thousands.
    pub fn grouped(self, places: usize) -> String {
        let Self::Finite { negative, digits, exponent } = self else { return self.to_string() };
        let wanted = -i32::try_from(places).unwrap_or(0);
        let digits = if exponent >= wanted {
            let zeros = usize::try_from(exponent - wanted).unwrap_or(0);
            format!("{digits}{}", "0".repeat(zeros))
        } else {
            round_off(digits, usize::try_from(wanted - exponent).unwrap_or(0)).to_string()
        };
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let mut text = String::new();
        if negative {
            text.push('-');
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        if places > 0 {
            text.push('.');
            text.push_str(fraction);
        }
        text
    }
}

/// Drops digits at the end, rounding half to even.
fn round_off(digits: u128, dropped: usize) -> u128 {
    let Some(power) = u32::try_from(dropped).ok().and_then(|dropped| 10_u128.checked_pow(dropped)) else {
        return 0;
    };
    let (kept, rest) = (digits / power, digits % power);
    let is_up = rest * 2 > power || (rest * 2 == power && kept % 2 == 1);
    kept + u128::from(is_up)
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Finite { negative, digits, exponent } = *self else {
            return formatter.write_str(match self {
                Self::Infinite { negative: true } => "-Infinity",
                Self::Infinite { negative: false } => "Infinity",
                _ => "NaN",
            });
        };
        if negative {
            formatter.write_str("-")?;
        }
        let digits = digits.to_string();
        let length = i32::try_from(digits.len()).unwrap_or(0);
        let left = exponent + length;
        // Where the point stands among the digits, and the exponent that is then left.
        let (point, rest) = if exponent <= 0 && left > -6 { (left, 0) } else { (1, left - 1) };
        match usize::try_from(point) {
            Ok(point) if point >= digits.len() => {
                write!(formatter, "{digits}{}", "0".repeat(point - digits.len()))?;
            }
            Ok(point) if point > 0 => {
                let (whole, fraction) = digits.split_at(point);
                write!(formatter, "{whole}.{fraction}")?;
            }
            _ => {
                write!(
                    formatter,
                    "0.{}{digits}",
                    "0".repeat(usize::try_from(point.unsigned_abs()).unwrap_or(0))
                )?;
            }
        }
        if rest != 0 { write!(formatter, "E{rest:+}") } else { Ok(()) }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Self::Finite { exponent: a, .. }, Self::Finite { exponent: b, .. }) = (self, other) {
            let exponent = *a.min(b);
            if let (Some(a), Some(b)) = (self.scaled(exponent), other.scaled(exponent)) {
                return a.cmp(&b);
            }
        }
        self.to_f64().total_cmp(&other.to_f64())
    }
}

/// A number of the machine's as Python shows it.
pub fn float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-Infinity" } else { "Infinity" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = value.to_string();
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_as_python_shows_it() {
        for (text, wanted) in [
            ("1.50", "1.50"),
            ("007", "7"),
            ("1e3", "1E+3"),
            ("0.0000001", "1E-7"),
            ("0.000001", "0.000001"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1_000", "1000"),
            ("-0", "-0"),
            ("12345678901234567890123456789", "1.234567890123456789012345679E+28"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), wanted, "{text}");
        }
        assert!(Decimal::parse("1 2").is_none() && Decimal::parse("").is_none());
    }

    #[test]
    fn thousands_have_commas() {
        let shown = |text, places| Decimal::parse(text).unwrap().grouped(places);
        assert_eq!(shown("1234567.125", 2), "1,234,567.12");
        assert_eq!(shown("-0.5", 0), "-0");
        assert_eq!(shown("10", 3), "10.000");
    }

    #[test]
    fn floats_are_shown_as_python_shows_them() {
        for (value, wanted) in [(1.0, "1.0"), (1e16, "1e+16"), (0.0001, "0.0001"), (0.00001, "1e-05")] {
            assert_eq!(float(value), wanted);
        }
    }
}
