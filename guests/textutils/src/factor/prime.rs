//! Primes: small ones by division, large ones by Pollard's rho, with Montgomery's multiplication.

/// Primes up to this are tried one by one.
const TRIED_MAX: u32 = 4096;

/// The prime factors of a number of decimal digits, ascending; None: what is left is too large.
pub fn factors(digits: &[u8]) -> Option<Vec<u128>> {
    let mut factors = Vec::new();
    let mut rest = digits.to_vec();
    // Of a number that is too large for arithmetic, only the small factors can be found.
    while value(&rest).is_none() {
        let (factor, quotient) = (2..TRIED_MAX).find_map(|divisor| {
            let (quotient, left) = divide(&rest, divisor);
            (left == 0).then_some((divisor, quotient))
        })?;
        factors.push(u128::from(factor));
        rest = quotient;
    }
    let mut number = value(&rest)?;
    if number < 2 {
        return Some(factors);
    }
    for divisor in (2..3).chain((3..u128::from(TRIED_MAX)).step_by(2)) {
        if divisor * divisor > number {
            break;
        }
        while number % divisor == 0 {
            factors.push(divisor);
            number /= divisor;
        }
    }
    if number > 1 {
        split(number, &mut factors);
    }
    factors.sort_unstable();
    Some(factors)
}

/// The number that digits are, where it is not too large.
fn value(digits: &[u8]) -> Option<u128> {
    digits
        .iter()
        .try_fold(0_u128, |sum, digit| sum.checked_mul(10)?.checked_add(u128::from(digit.checked_sub(b'0')?)))
}

/// Divides digits: the quotient's, and what is left.
fn divide(digits: &[u8], divisor: u32) -> (Vec<u8>, u32) {
    let (mut quotient, mut left) = (Vec::new(), 0);
    for digit in digits {
        left = left * 10 + u32::from(digit.saturating_sub(b'0'));
        if !quotient.is_empty() || left >= divisor {
            quotient.push(b'0' + (left / divisor) as u8);
        }
        left %= divisor;
    }
    (quotient, left)
}

/// Adds the prime factors of an odd number without small ones.
fn split(number: u128, factors: &mut Vec<u128>) {
    let field = Field::new(number);
    if number < u128::from(TRIED_MAX) * u128::from(TRIED_MAX) || field.is_prime() {
        return factors.push(number);
    }
    for step in 1.. {
        if let Some(factor) = field.rho(step) {
            split(factor, factors);
            return split(number / factor, factors);
        }
    }
}

/// The remainders of an odd number, each times 2^128.
struct Field {
    modulus: u128,
    /// `-1 / modulus`, modulo 2^128.
    inverse: u128,
    one: u128,
    square: u128,
}

/// The product of two numbers: its high and low halves.
fn wide(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    if a1 == 0 && b1 == 0 {
        return (0, a0 * b0);
    }
    let (low, cross) = (a0 * b0, a1 * b0);
    let (middle, carry) = ((low >> 64) + (cross & LOW)).overflowing_add(a0 * b1);
    let high = a1 * b1 + (cross >> 64) + (middle >> 64) + (u128::from(carry) << 64);
    (high, middle << 64 | low & LOW)
}

impl Field {
    fn new(modulus: u128) -> Self {
        let mut inverse = 1_u128;
        // Newton's steps double the bits that are right.
        for _ in 0..7 {
            inverse = inverse.wrapping_mul(2_u128.wrapping_sub(modulus.wrapping_mul(inverse)));
        }
        let one = (u128::MAX % modulus + 1) % modulus;
        let mut field = Self { modulus, inverse: inverse.wrapping_neg(), one, square: 0 };
        let mut square = one;
        for _ in 0..128 {
            square = field.sum(square, square);
        }
        field.square = square;
        field
    }

    fn sum(&self, a: u128, b: u128) -> u128 {
        let (sum, carry) = a.overflowing_add(b);
        if carry || sum >= self.modulus { sum.wrapping_sub(self.modulus) } else { sum }
    }

    fn difference(&self, a: u128, b: u128) -> u128 {
        if a >= b { a - b } else { a.wrapping_sub(b).wrapping_add(self.modulus) }
    }

    fn product(&self, a: u128, b: u128) -> u128 {
        let (high, low) = wide(a, b);
        let (more, rest) = wide(low.wrapping_mul(self.inverse), self.modulus);
        let (_, carry) = rest.overflowing_add(low);
        let (sum, over) = high.overflowing_add(more);
        let (sum, again) = sum.overflowing_add(u128::from(carry));
        if over || again || sum >= self.modulus { sum.wrapping_sub(self.modulus) } else { sum }
    }

    fn enter(&self, number: u128) -> u128 {
        self.product(number % self.modulus, self.square)
    }

    fn power(&self, base: u128, exponent: u128) -> u128 {
        let mut result = self.one;
        for bit in (0..128 - exponent.leading_zeros()).rev() {
            result = self.product(result, result);
            if exponent >> bit & 1 == 1 {
                result = self.product(result, base);
            }
        }
        result
    }

    /// Miller's and Rabin's test, which for numbers up to 64 bits leaves no doubt.
    fn is_prime(&self) -> bool {
        const BASES: [u128; 20] =
            [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71];
        let minus_one = self.modulus - self.one;
        let twos = (self.modulus - 1).trailing_zeros();
        let odd = (self.modulus - 1) >> twos;
        BASES.iter().filter(|base| **base < self.modulus).all(|base| {
            let mut power = self.power(self.enter(*base), odd);
            if power == self.one || power == minus_one {
                return true;
            }
            for _ in 1..twos {
                power = self.product(power, power);
                if power == minus_one {
                    return true;
                }
            }
            false
        })
    }

    /// Looks for a factor in the walk `x * x + step`, as Brent does; None: it led nowhere.
    fn rho(&self, step: u128) -> Option<u128> {
        const BATCH: u64 = 128;
        let step = self.enter(step);
        let next = |x: u128| self.sum(self.product(x, x), step);
        let mut y = self.enter(2);
        let (mut length, mut product) = (1_u64, self.one);
        loop {
            let x = y;
            for _ in 0..length {
                y = next(y);
            }
            let mut done = 0;
            while done < length {
                let before = y;
                for _ in 0..BATCH.min(length - done) {
                    y = next(y);
                    product = self.product(product, self.difference(x, y));
                }
                done += BATCH;
                let mut found = common(product, self.modulus);
                if found == 1 {
                    continue;
                }
                if found == self.modulus {
                    // The batch held all factors: its steps one by one.
                    y = before;
                    found = 1;
                    while found == 1 {
                        y = next(y);
                        found = common(self.difference(x, y), self.modulus);
                    }
                }
                return (found < self.modulus).then_some(found);
            }
            length *= 2;
        }
    }
}

/// The greatest common divisor, where 0 is divided by everything.
fn common(mut a: u128, mut b: u128) -> u128 {
    while a > 0 {
        (a, b) = (b % a, a);
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let factors = factors(text.as_bytes()).unwrap_or_default();
        factors.iter().map(u128::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn factors_are_primes() {
        for (number, wanted) in [
            ("0", ""),
            ("1", ""),
            ("12", "2 2 3"),
            ("97", "97"),
            ("18446744073709551557", "18446744073709551557"),
            ("18446744073709551617", "274177 67280421310721"),
            ("1000000016000000063", "1000000007 1000000009"),
            ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
            ("340282366920938463463374607431768211455", "3 5 17 257 641 65537 274177 6700417 67280421310721"),
            ("1000000000000000000000000000000000000000000", "2 2 2 2 2 2 2 2"),
        ] {
            let shown = shown(number);
            assert!(shown.starts_with(wanted), "{number}: {shown}");
        }
    }
}
