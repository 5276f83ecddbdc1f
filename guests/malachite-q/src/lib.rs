//! A stand-in for the crate `malachite-q`, which is LGPL: the ratio of two
//! integers, for `int / int` and `float.as_integer_ratio` of RustPython.
//!
//! It owns the correctly rounded division of big integers. A ratio from a
//! float is in lowest terms; one from integers is kept as it was given.

use std::cmp::Ordering;

use malachite_base::num::conversion::traits::RoundingInto;
use malachite_base::rounding_modes::RoundingMode;
use malachite_bigint::{BigInt, BigUint, Sign};

/// The bits of a double's mantissa, the hidden one among them.
const MANTISSA_BITS: i64 = 53;

/// The exponent of the smallest double above zero: 2 to this power.
const EXPONENT_MIN: i64 = -1074;

/// The exponent that the mantissa of the largest doubles has.
const EXPONENT_MAX: i64 = 971;

/// A ratio: its sign, and the magnitudes above and below the line.
#[derive(Clone, Debug)]
pub struct Rational {
    negative: bool,
    numerator: BigUint,
    denominator: BigUint,
}

impl Rational {
    /// The ratio of two integers, the second of which is not zero.
    pub fn from_integers_ref(numerator: &BigInt, denominator: &BigInt) -> Self {
        Self {
            negative: (numerator.sign() == Sign::Minus) != (denominator.sign() == Sign::Minus),
            numerator: numerator.magnitude().clone(),
            denominator: denominator.magnitude().clone(),
        }
    }

    /// The magnitudes above and below the line.
    pub fn into_numerator_and_denominator(self) -> (BigUint, BigUint) {
        (self.numerator, self.denominator)
    }

    /// The nearest double to the magnitude, and how it compares with the magnitude.
    fn nearest(&self) -> (f64, Ordering) {
        let zero = BigUint::default();
        if self.numerator == zero {
            return (0.0, Ordering::Equal);
        }
        // With this shift the quotient has 53 or 54 bits, or fewer for a
        // double so small that it has fewer.
        let magnitude = bits(&self.numerator) - bits(&self.denominator);
        let exponent = (magnitude - MANTISSA_BITS).max(EXPONENT_MIN);
        let shift = exponent.unsigned_abs();
        let (above, below) = if exponent < 0 {
            (&self.numerator << shift, self.denominator.clone())
        } else {
            (self.numerator.clone(), &self.denominator << shift)
        };
        let quotient = &above / &below;
        let rest = above - &quotient * &below;
        let (mantissa, exponent, order) =
            round(u64::try_from(&quotient).unwrap_or(u64::MAX), &rest, &below, exponent);
        // A mantissa that rounding made 54 bits long is a power of two, and loses none when it is halved.
        if exponent > EXPONENT_MAX || (exponent == EXPONENT_MAX && mantissa >> MANTISSA_BITS != 0) {
            return (f64::MAX, Ordering::Less);
        }
        (scale(mantissa, exponent), order)
    }
}

/// Rounds a quotient of up to 54 bits and its rest to a mantissa of 53: to the
/// nearest, and of two that are as near to the even one. The order is that of
/// the mantissa against the exact value.
fn round(quotient: u64, rest: &BigUint, divisor: &BigUint, exponent: i64) -> (u64, i64, Ordering) {
    let no_rest = *rest == BigUint::default();
    let long = quotient >> MANTISSA_BITS != 0;
    let (kept, exponent) = if long { (quotient >> 1, exponent + 1) } else { (quotient, exponent) };
    let odd_bit_cut = long && quotient & 1 == 1;
    if no_rest && !odd_bit_cut {
        return (kept, exponent, Ordering::Equal);
    }
    // How the part that is cut off compares with half of the last place.
    let cut = match (long, odd_bit_cut) {
        (false, _) => (rest << 1_u32).cmp(divisor),
        (true, false) => Ordering::Less,
        (true, true) if no_rest => Ordering::Equal,
        (true, true) => Ordering::Greater,
    };
    let up = cut == Ordering::Greater || (cut == Ordering::Equal && kept & 1 == 1);
    if up { (kept + 1, exponent, Ordering::Greater) } else { (kept, exponent, Ordering::Less) }
}

/// `mantissa * 2^exponent`, which is a double.
fn scale(mantissa: u64, exponent: i64) -> f64 {
    // Two steps, because the power alone may be smaller than any double.
    let half = exponent / 2;
    let power = |exponent: i64| f64::powi(2.0, i32::try_from(exponent).unwrap_or(0));
    mantissa as f64 * power(half) * power(exponent - half)
}

/// The number of significant bits.
fn bits(number: &BigUint) -> i64 {
    i64::try_from(number.bits()).unwrap_or(i64::MAX)
}

impl RoundingInto<f64> for Rational {
    fn rounding_into(self, mode: RoundingMode) -> (f64, Ordering) {
        let RoundingMode::Nearest = mode;
        let (magnitude, order) = self.nearest();
        if self.negative { (-magnitude, order.reverse()) } else { (magnitude, order) }
    }
}

impl TryFrom<f64> for Rational {
    type Error = NotFinite;

    fn try_from(value: f64) -> Result<Self, NotFinite> {
        if !value.is_finite() {
            return Err(NotFinite);
        }
        let raw = value.abs().to_bits();
        let (field, fraction) = ((raw >> 52) as i64, raw & ((1 << 52) - 1));
        let (mantissa, exponent) =
            if field == 0 { (fraction, EXPONENT_MIN) } else { (fraction | 1 << 52, field - 1075) };
        let spare = i64::from(mantissa.trailing_zeros()).min((-exponent).max(0));
        let mantissa = BigUint::from(mantissa >> spare.min(63));
        let exponent = exponent + spare;
        let shift = exponent.unsigned_abs();
        let one = BigUint::from(1_u8);
        let (numerator, denominator) =
            if exponent < 0 { (mantissa, one << shift) } else { (mantissa << shift, one) };
        Ok(Self { negative: value < 0.0, numerator, denominator })
    }
}

/// The number is an infinity or no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFinite;

#[cfg(test)]
mod tests {
    use super::*;

    fn divide(numerator: &str, denominator: &str) -> f64 {
        let parse = |text: &str| text.parse::<BigInt>().unwrap();
        Rational::from_integers_ref(&parse(numerator), &parse(denominator))
            .rounding_into(RoundingMode::Nearest)
            .0
    }

    #[test]
    fn division_of_doubles_integers_agrees_with_the_processor() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..100_000 {
            let mut next = || {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                (seed >> 11) >> (seed % 53)
            };
            let (a, b) = (next(), next() | 1);
            let got = Rational::from_integers_ref(&a.into(), &b.into()).rounding_into(RoundingMode::Nearest);
            assert_eq!(got.0, a as f64 / b as f64, "{a} / {b}");
            let exact = BigUint::from(a);
            let product = Rational::try_from(got.0).unwrap();
            let order = (product.numerator * b).cmp(&(exact * product.denominator));
            assert_eq!(got.1, order, "{a} / {b}");
        }
    }

    #[test]
    fn division_rounds_at_the_ends_of_the_range() {
        let power = |exponent: u32| (BigInt::from(1) << exponent).to_string();
        let one = || BigInt::from(1);
        let below_half_above_max: BigInt = (one() << 1024_u32) - (one() << 970_u32) - one();
        for (numerator, denominator, quotient) in [
            (power(1023), power(0), 2f64.powi(1023)),
            (power(1024), power(0), f64::MAX),
            (power(1024), power(1), 2f64.powi(1023)),
            (below_half_above_max.to_string(), power(0), f64::MAX),
            (power(0), power(1074), 5e-324),
            (power(0), power(1075), 0.0),
            ("3".to_owned(), power(1076), 5e-324),
            ("3".to_owned(), power(1075), 1e-323),
            ("9007199254740993".to_owned(), power(0), 9_007_199_254_740_992.0),
            ("9007199254740995".to_owned(), power(0), 9_007_199_254_740_996.0),
            ("18014398509481987".to_owned(), power(0), 18_014_398_509_481_988.0),
            (power(0), power(1022), f64::MIN_POSITIVE),
            (power(0), power(1023), f64::MIN_POSITIVE / 2.0),
        ] {
            assert_eq!(divide(&numerator, &denominator), quotient, "{numerator} / {denominator}");
        }
    }

    #[test]
    fn a_float_is_the_ratio_of_two_integers() {
        for (value, numerator, denominator) in [
            (0.5, 1_u64, 2_u64),
            (3.0, 3, 1),
            (-0.75, 3, 4),
            (1e15, 1_000_000_000_000_000, 1),
            (0.1, 3602879701896397, 36028797018963968),
        ] {
            let ratio = Rational::try_from(value).unwrap().into_numerator_and_denominator();
            assert_eq!(ratio, (numerator.into(), denominator.into()), "{value}");
        }
        assert!(Rational::try_from(f64::INFINITY).is_err() && Rational::try_from(f64::NAN).is_err());
    }
}
