//! The functions of `bc -l`: computed with more digits than are wanted, which are then cut off.
//!
//! A value in here is an integer that stands for itself over a power of ten, the unit.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::number::{Number, Trouble, ten};

/// Digits beyond those that are wanted.
const GUARD: usize = 12;

/// An argument larger than this has an exponential of more digits than there is memory for.
const EXPONENT_MAX: i64 = 20_000_000;

/// The value of a number over a unit.
fn fixed(number: &Number, places: usize) -> BigInt {
    number.rescaled(places).digits().clone()
}

/// A value with `scale` digits of its `places`.
///
/// A few digits more are rounded first: what is less than a whole by nothing that can be seen is the whole.
fn cut(value: BigInt, places: usize, scale: usize) -> Number {
    let seen = (scale + 4).min(places);
    let half = ten(places - seen) / 2;
    let value = if value.is_negative() { value - half } else { value + half };
    Number::new(value, places).rescaled(seen).rescaled(scale)
}

/// e to a power.
pub fn exponential(x: &Number, scale: usize) -> Result<Number, Trouble> {
    let whole = x.to_i64().filter(|whole| *whole < EXPONENT_MAX).ok_or(Trouble::ExponentTooLarge);
    let whole = match whole {
        Ok(whole) => whole,
        Err(_) if x.is_negative() => return Ok(Number::zero().rescaled(scale)),
        Err(trouble) => return Err(trouble),
    };
    if whole < -EXPONENT_MAX {
        return Ok(Number::zero().rescaled(scale));
    }
    // A result in front of the point needs as many digits more; a small one needs none of those behind.
    let magnitude = usize::try_from(whole.max(0)).unwrap_or(0) * 44 / 100;
    let places = scale + magnitude + GUARD + 8;
    let unit = ten(places);
    let argument = fixed(x, places);
    // Halved until it is small, and squared as often.
    let mut halvings = 0_usize;
    let mut small = argument.abs();
    while small > &unit >> 3 {
        small >>= 1;
        halvings += 1;
    }
    let extra = halvings / 3 + 2;
    let (places, unit) = (places + extra, unit * ten(extra));
    let small = (argument.abs() * ten(extra)) >> halvings;
    let mut sum = unit.clone();
    let mut term = unit.clone();
    for n in 1_u64.. {
        term = term * &small / &unit / n;
        if term.is_zero() {
            break;
        }
        sum += &term;
    }
    for _ in 0..halvings {
        sum = &sum * &sum / &unit;
    }
    if argument.is_negative() {
        sum = &unit * &unit / sum;
    }
    Ok(cut(sum, places, scale))
}

/// The natural logarithm. What has none is the least number that the scale lets one write.
pub fn logarithm(x: &Number, scale: usize) -> Number {
    if x.is_negative() || x.is_zero() {
        return Number::new((BigInt::one() - ten(scale)) * ten(scale), scale);
    }
    let digits = x.length();
    let places = scale + GUARD + 10 + (digits as f64).log10() as usize;
    // A small number keeps its first digits only with more places.
    let places = places + x.scale();
    let unit = ten(places);
    let mut y = fixed(x, places);
    // Powers of two are taken out, then square roots until it is near one.
    let bits = i64::try_from(y.bits()).unwrap_or(0) - i64::try_from(unit.bits()).unwrap_or(0);
    if bits > 0 {
        y >>= bits;
    } else {
        y <<= -bits;
    }
    let mut result = inverse_tangent_series(&y, &unit);
    if bits != 0 {
        let two = &unit * 2;
        result += inverse_tangent_series(&two, &unit) * bits;
    }
    cut(result, places, scale)
}

/// The logarithm of a number near one, after square roots: twice the series of (y-1)/(y+1).
fn inverse_tangent_series(y: &BigInt, unit: &BigInt) -> BigInt {
    let mut y = y.clone();
    let mut roots = 0_u32;
    let near = unit / 50_u8;
    while (&y - unit).abs() > near && roots < 12 {
        y = (&y * unit).sqrt();
        roots += 1;
    }
    let z = (&y - unit) * unit / (&y + unit);
    let square = &z * &z / unit;
    let mut sum = z.clone();
    let mut term = z;
    for n in (3_u64..).step_by(2) {
        term = term * &square / unit;
        let part = &term / n;
        if part.is_zero() {
            break;
        }
        sum += part;
    }
    (sum * 2) << roots
}

/// The arc tangent of 1/n.
fn arc_of_inverse(n: u32, unit: &BigInt) -> BigInt {
    let square = BigInt::from(n) * n;
    let mut term = unit / n;
    let mut sum = term.clone();
    for k in 1_u64.. {
        term /= &square;
        let part = &term / (2 * k + 1);
        if part.is_zero() {
            break;
        }
        if k % 2 == 1 { sum -= part } else { sum += part }
    }
    sum
}

/// The circle's number, by Machin's formula.
fn pi(unit: &BigInt) -> BigInt {
    (arc_of_inverse(5, unit) * 4 - arc_of_inverse(239, unit)) * 4
}

/// Sine and cosine.
fn circular(x: &Number, scale: usize, is_cosine: bool) -> Number {
    let whole_digits = x.whole().magnitude().to_string().len();
    let places = scale.max(x.scale()) + GUARD + whole_digits + 4;
    let unit = ten(places);
    let quarter = pi(&unit) / 2;
    let mut argument = fixed(x, places);
    if is_cosine {
        argument += &quarter;
    }
    let (turns, rest) = argument.div_mod_floor(&quarter);
    let turn = turns.mod_floor(&BigInt::from(4)).to_u8().unwrap_or(0);
    // In the second and the fourth quarter it runs backwards.
    let rest = if turn % 2 == 1 { quarter - rest } else { rest };
    let square = &rest * &rest / &unit;
    let mut term = rest.clone();
    let mut sum = rest;
    for n in (2_u64..).step_by(2) {
        term = -(term * &square / &unit) / (n * (n + 1));
        if term.is_zero() {
            break;
        }
        sum += &term;
    }
    cut(if turn >= 2 { -sum } else { sum }, places, scale)
}

pub fn sine(x: &Number, scale: usize) -> Number {
    circular(x, scale, false)
}

pub fn cosine(x: &Number, scale: usize) -> Number {
    if x.is_zero() { Number::one().rescaled(scale) } else { circular(x, scale, true) }
}

/// The arc tangent.
pub fn arc_tangent(x: &Number, scale: usize) -> Number {
    let places = scale.max(x.scale()) + GUARD + 8;
    let unit = ten(places);
    let mut y = fixed(x, places).abs();
    // Beyond one it is a quarter turn less that of the inverse.
    let is_large = y > unit;
    if is_large {
        y = &unit * &unit / y;
    }
    let mut halvings = 0_u32;
    while &y * 10_u8 > unit {
        let hypotenuse = (&unit * &unit + &y * &y).sqrt();
        y = &y * &unit / (&unit + hypotenuse);
        halvings += 1;
    }
    let square = &y * &y / &unit;
    let mut term = y.clone();
    let mut sum = y;
    for n in (3_u64..).step_by(2) {
        term = -(term * &square / &unit);
        let part = &term / n;
        if part.is_zero() {
            break;
        }
        sum += part;
    }
    sum <<= halvings;
    if is_large {
        sum = pi(&unit) / 2 - sum;
    }
    cut(if x.is_negative() { -sum } else { sum }, places, scale)
}

/// The Bessel function of an integer order.
pub fn bessel(order: &Number, x: &Number, scale: usize) -> Result<Number, Trouble> {
    let order = order.to_i64().filter(|order| order.abs() < 100_000).ok_or(Trouble::ExponentTooLarge)?;
    let size =
        x.to_i64().filter(|size| size.abs() < 100_000).ok_or(Trouble::ExponentTooLarge)?.unsigned_abs();
    let n = order.unsigned_abs();
    // The terms grow as e to the argument before they shrink.
    let growth = usize::try_from(size).unwrap_or(0);
    let places = scale + GUARD + growth + x.scale() + 8;
    let unit = ten(places);
    let half = fixed(x, places) / 2;
    let mut term = unit.clone();
    for k in 1..=n {
        term = term * &half / &unit / k;
    }
    let square = &half * &half / &unit;
    let mut sum = term.clone();
    for k in 1_u64.. {
        let scaled: BigInt = term * &square / &unit;
        term = -scaled / k / (k + n);
        if term.is_zero() {
            break;
        }
        sum += &term;
    }
    let is_odd = n % 2 == 1;
    Ok(cut(if order < 0 && is_odd { -sum } else { sum }, places, scale))
}
