//! Numbers of any length: an integer and how many of its decimal digits are behind the point. It owns the arithmetic
//! of bc and dc, whose results have the digits that POSIX gives them, and no more.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// A number.
#[derive(Clone, Debug, Default)]
pub struct Number {
    value: BigInt,
    scale: usize,
}

/// More digits than these are not made: the memory for them is not there.
const DIGITS_MAX: u64 = 50_000_000;

/// What cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    ByZero,
    NegativeRoot,
    ExponentTooLarge,
}

/// The digits of the largest base that is read.
const DIGITS_READ: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// What a digit stands for.
fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => 0,
    }
}

/// Ten to a power.
pub fn ten(power: usize) -> BigInt {
    spend(power as u64);
    BigInt::from(10).pow(u32::try_from(power).unwrap_or(u32::MAX))
}

/// Takes the fuel for work with so many digits.
fn spend(digits: u64) {
    fuel::spend((digits / 100).saturating_mul(digits / 100));
}

impl Number {
    pub fn new(value: BigInt, scale: usize) -> Number {
        Number { value, scale }
    }

    pub fn zero() -> Number {
        Number::default()
    }

    pub fn one() -> Number {
        Number::from(1)
    }

    pub fn from(value: i64) -> Number {
        Number { value: value.into(), scale: 0 }
    }

    pub fn scale(&self) -> usize {
        self.scale
    }

    /// The integer that all digits make.
    pub fn digits(&self) -> &BigInt {
        &self.value
    }

    pub fn is_zero(&self) -> bool {
        self.value.is_zero()
    }

    pub fn is_negative(&self) -> bool {
        self.value.is_negative()
    }

    /// How many digits it has, leading zeros behind the point included; zero has its scale's, or one.
    pub fn length(&self) -> usize {
        let digits = if self.value.is_zero() { 0 } else { self.value.magnitude().to_string().len() };
        if self.scale == 0 { digits.max(1) } else { digits.max(self.scale) }
    }

    /// The digits of a word, in a base; bc takes digits of several that are too large for the base for its largest.
    pub fn parse_clipped(text: &[u8], base: u32) -> Number {
        let digits = text.iter().filter(|byte| **byte != b'.').count();
        if digits < 2 || base >= 36 {
            return Number::parse(text, base);
        }
        let largest = DIGITS_READ[usize::try_from(base - 1).unwrap_or(0)];
        let clipped: Vec<u8> = text
            .iter()
            .map(|byte| if value(*byte) < base || *byte == b'.' { *byte } else { largest })
            .collect();
        Number::parse(&clipped, base)
    }

    /// The digits of a word, in a base.
    pub fn parse(text: &[u8], base: u32) -> Number {
        let point = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
        let (whole, fraction) = (&text[..point], text.get(point + 1..).unwrap_or_default());
        let read = |part: &[u8]| {
            let digits: Vec<u8> = part.iter().map(|byte| u8::try_from(value(*byte)).unwrap_or(0)).collect();
            match BigUint::from_radix_be(&digits, base.max(2)) {
                Some(number) => BigInt::from(number),
                // A digit may be larger than the base.
                None => digits.iter().fold(BigInt::zero(), |sum, digit| sum * base + *digit),
            }
        };
        let scale = fraction.len();
        let power = ten(scale);
        let fraction = if scale == 0 {
            BigInt::zero()
        } else if base == 10 {
            read(fraction)
        } else {
            read(fraction) * &power / BigInt::from(base).pow(u32::try_from(scale).unwrap_or(u32::MAX))
        };
        Number { value: read(whole) * power + fraction, scale }
    }

    /// The same with other digits behind the point: zeros more, or less, cut off.
    #[must_use]
    pub fn rescaled(&self, scale: usize) -> Number {
        let value = if scale >= self.scale {
            &self.value * ten(scale - self.scale)
        } else {
            &self.value / ten(self.scale - scale)
        };
        Number { value, scale }
    }

    #[must_use]
    pub fn negated(&self) -> Number {
        Number { value: -&self.value, scale: self.scale }
    }

    /// The digits in front of the point.
    pub fn whole(&self) -> BigInt {
        &self.value / ten(self.scale)
    }

    /// The whole part, where it is not too large.
    pub fn to_i64(&self) -> Option<i64> {
        self.whole().to_i64()
    }

    fn aligned(&self, other: &Number) -> (BigInt, BigInt, usize) {
        let scale = self.scale.max(other.scale);
        (self.rescaled(scale).value, other.rescaled(scale).value, scale)
    }

    #[must_use]
    pub fn plus(&self, other: &Number) -> Number {
        let (a, b, scale) = self.aligned(other);
        Number { value: a + b, scale }
    }

    #[must_use]
    pub fn minus(&self, other: &Number) -> Number {
        let (a, b, scale) = self.aligned(other);
        Number { value: a - b, scale }
    }

    pub fn compared(&self, other: &Number) -> std::cmp::Ordering {
        let (a, b, _) = self.aligned(other);
        a.cmp(&b)
    }

    #[must_use]
    pub fn times(&self, other: &Number, scale: usize) -> Number {
        let full = self.scale + other.scale;
        let product = Number { value: &self.value * &other.value, scale: full };
        let kept = full.min(scale.max(self.scale).max(other.scale));
        product.rescaled(kept)
    }

    pub fn over(&self, other: &Number, scale: usize) -> Result<Number, Trouble> {
        if other.is_zero() {
            return Err(Trouble::ByZero);
        }
        // a / 10^s over b / 10^t, with `scale` digits.
        let shift = scale + other.scale;
        let value = if shift >= self.scale {
            &self.value * ten(shift - self.scale) / &other.value
        } else {
            &self.value / (&other.value * ten(self.scale - shift))
        };
        Ok(Number { value, scale })
    }

    /// The quotient with `scale` digits, and what is left.
    pub fn divided(&self, other: &Number, scale: usize) -> Result<(Number, Number), Trouble> {
        let quotient = self.over(other, scale)?;
        let kept = self.scale.max(scale + other.scale);
        let product = Number { value: &quotient.value * &other.value, scale: quotient.scale + other.scale };
        Ok((quotient, self.minus(&product).rescaled(kept)))
    }

    pub fn to_power(&self, exponent: &Number, scale: usize) -> Result<Number, Trouble> {
        let power = exponent.to_i64().ok_or(Trouble::ExponentTooLarge)?;
        if power == 0 {
            return Ok(Number::one());
        }
        let digits = u64::try_from(self.length()).unwrap_or(u64::MAX);
        let times = power.unsigned_abs();
        let is_unit = self.value.magnitude() <= &BigUint::one();
        if !is_unit && digits.saturating_mul(times) > DIGITS_MAX
            || is_unit && (self.scale as u64).saturating_mul(times) > DIGITS_MAX
        {
            return Err(Trouble::ExponentTooLarge);
        }
        spend(digits.saturating_mul(times));
        let count = u32::try_from(times).unwrap_or(u32::MAX);
        let value = if is_unit {
            if self.value.is_negative() && times % 2 == 0 { -&self.value } else { self.value.clone() }
        } else {
            self.value.pow(count)
        };
        let full = self.scale * usize::try_from(times).unwrap_or(usize::MAX);
        let raised = Number { value, scale: full };
        if power < 0 {
            return Number::one().over(&raised, scale);
        }
        Ok(raised.rescaled(full.min(scale.max(self.scale))))
    }

    pub fn root(&self, scale: usize) -> Result<Number, Trouble> {
        if self.is_negative() {
            return Err(Trouble::NegativeRoot);
        }
        let kept = scale.max(self.scale);
        let value = &self.value * ten(2 * kept - self.scale);
        Ok(Number { value: value.sqrt(), scale: kept })
    }

    /// A power of which only the remainder is wanted.
    pub fn power_modulo(&self, exponent: &BigInt, modulus: &BigInt) -> Number {
        let base = self.whole();
        let modulus = modulus.abs();
        fuel::spend(exponent.bits().saturating_mul(modulus.bits()) / 1000);
        let raised = base.modpow(exponent, &modulus);
        // The sign is the one of C: that of the power.
        let value = if base.is_negative() && exponent.is_odd() && !raised.is_zero() {
            raised - modulus
        } else {
            raised
        };
        Number { value, scale: 0 }
    }

    /// The digits in a base, as both programs print them.
    pub fn text(&self, base: &BigInt) -> String {
        if self.is_zero() {
            return "0".to_owned();
        }
        let sign = if self.value.sign() == Sign::Minus { "-" } else { "" };
        let magnitude = BigInt::from(self.value.magnitude().clone());
        let power = ten(self.scale);
        let (whole, fraction) = magnitude.div_rem(&power);
        let mut text = sign.to_owned();
        if *base == BigInt::from(10) {
            if !whole.is_zero() {
                text += &whole.to_string();
            }
            if self.scale > 0 {
                let digits = fraction.to_string();
                text.push('.');
                text.extend(std::iter::repeat_n('0', self.scale - digits.len()));
                text += &digits;
            }
            return text;
        }
        if !whole.is_zero() {
            text += &whole_text(&whole, base);
        }
        if self.scale > 0 {
            text.push('.');
            text += &fraction_text(fraction, &power, base);
        }
        text
    }
}

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// A digit: a letter up to base 16, a number of as many places as the largest takes beyond.
fn digit_text(digit: &BigInt, base: &BigInt, width: usize, is_first: bool) -> String {
    if *base <= BigInt::from(16) {
        let index = digit.to_usize().unwrap_or(0) % 16;
        return char::from(DIGITS[index]).to_string();
    }
    let blank = if is_first { "" } else { " " };
    format!("{blank}{:0>width$}", digit.to_string())
}

fn whole_text(whole: &BigInt, base: &BigInt) -> String {
    let width = (base - 1_u8).to_string().len();
    if let Some(radix) = base.to_u32().filter(|radix| *radix <= 256) {
        let (_, digits) = whole.to_radix_be(radix);
        return digits.iter().map(|digit| digit_text(&BigInt::from(*digit), base, width, false)).collect();
    }
    let mut digits = Vec::new();
    let mut rest = whole.clone();
    while !rest.is_zero() {
        let (more, digit) = rest.div_rem(base);
        digits.push(digit);
        rest = more;
    }
    digits.iter().rev().map(|digit| digit_text(digit, base, width, false)).collect()
}

/// As many digits as make up for the decimal ones.
fn fraction_text(mut fraction: BigInt, power: &BigInt, base: &BigInt) -> String {
    let width = (base - 1_u8).to_string().len();
    let mut text = String::new();
    let mut reached = BigInt::one();
    while reached < *power {
        fraction *= base;
        let (digit, rest) = fraction.div_rem(power);
        text += &digit_text(&digit, base, width, text.is_empty());
        fraction = rest;
        reached *= base;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        match text.strip_prefix('-') {
            Some(rest) => Number::parse(rest.as_bytes(), 10).negated(),
            None => Number::parse(text.as_bytes(), 10),
        }
    }

    fn shown(number: &Number) -> String {
        number.text(&BigInt::from(10))
    }

    #[test]
    fn results_have_the_digits_of_posix() {
        assert_eq!(shown(&number("1.23").times(&number("4.567"), 2)), "5.617");
        assert_eq!(shown(&number("1").over(&number("3"), 5).unwrap()), ".33333");
        assert_eq!(shown(&number("-7").divided(&number("3"), 3).unwrap().1), "-.001");
        assert_eq!(shown(&number("2").root(5).unwrap()), "1.41421");
        assert_eq!(shown(&number("2").to_power(&number("-2"), 5).unwrap()), ".25000");
        assert_eq!(number("2").to_power(&number("99999999999"), 0).unwrap_err(), Trouble::ExponentTooLarge);
        assert_eq!(shown(&number("1").to_power(&number("99999999999"), 0).unwrap()), "1");
    }

    #[test]
    fn bases_are_read_and_written() {
        assert_eq!(shown(&Number::parse(b"1A.8", 16)), "26.5");
        assert_eq!(shown(&Number::parse(b"1A", 10)), "20");
        assert_eq!(shown(&Number::parse_clipped(b"1A", 10)), "19");
        assert_eq!(shown(&Number::parse(b"F", 2)), "15");
        assert_eq!(number("255.5").text(&BigInt::from(16)), "FF.8");
        assert_eq!(number("12345.5").text(&BigInt::from(100)), " 01 23 45.50");
        assert_eq!(number("1000").text(&BigInt::from(20)), " 02 10 00");
    }

    #[test]
    fn a_length_counts_all_digits() {
        for (text, wanted) in [("0", 1), (".00", 2), ("123.456", 6), (".012", 3)] {
            assert_eq!(number(text).length(), wanted, "{text}");
        }
    }
}
