//! Whole numbers of any size, with what the conversion of digits needs and no more.

use std::cmp::Ordering;

/// A number: 32 bits a limb, the lowest first, the highest not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Big(Vec<u32>);

/// The largest power of five in a limb.
const FIVES: (u32, u32) = (13, 1_220_703_125);
/// As many decimal digits as are in a limb.
const DIGITS: (usize, u32) = (9, 1_000_000_000);

impl Big {
    pub fn from_u64(number: u64) -> Self {
        let mut big = Self(vec![number as u32, (number >> 32) as u32]);
        big.trim();
        big
    }

    /// The number that decimal digits are.
    pub fn from_decimal(digits: &[u8]) -> Self {
        let mut big = Self(Vec::new());
        for part in digits.chunks(DIGITS.0) {
            let (mut value, mut factor) = (0, 1);
            for digit in part {
                value = value * 10 + u32::from(digit.saturating_sub(b'0'));
                factor *= 10;
            }
            big.multiply(factor, value);
        }
        big
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// Times a factor, and something more.
    fn multiply(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for limb in &mut self.0 {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    pub fn multiply_power_of_five(&mut self, power: u32) {
        for _ in 0..power / FIVES.0 {
            self.multiply(FIVES.1, 0);
        }
        self.multiply(5_u32.pow(power % FIVES.0), 0);
    }

    pub fn shift_left(&mut self, bits: u32) {
        let (limbs, bits) = (bits / 32, bits % 32);
        self.multiply(1 << bits, 0);
        if !self.0.is_empty() {
            self.0.splice(0..0, std::iter::repeat_n(0, limbs as usize));
        }
    }

    fn length(&self) -> i32 {
        let limbs = i32::try_from(self.0.len()).unwrap_or(i32::MAX / 64);
        self.0.last().map_or(0, |last| limbs * 32 - last.leading_zeros().cast_signed())
    }

    fn bit(&self, index: i32) -> bool {
        usize::try_from(index / 32)
            .ok()
            .and_then(|limb| self.0.get(limb))
            .is_some_and(|limb| limb >> (index % 32) & 1 == 1)
    }

    /// The highest bits, the power of two that they are times, and whether others are set below.
    pub fn top(&self) -> (u128, i32, bool) {
        let low = (self.length() - 100).max(0);
        let top = (low..self.length()).rev().fold(0, |top, index| top << 1 | u128::from(self.bit(index)));
        (top, low, (0..low).any(|index| self.bit(index)))
    }

    /// The highest bits of the quotient, the power of two that they are times, and whether something is left.
    pub fn quotient(mut self, divisor: &Self) -> (u128, i32, bool) {
        const BITS: i32 = 70;
        // The quotient has as many bits, or one more.
        let shift = divisor.length() + BITS - self.length();
        let mut divisor = divisor.clone();
        if shift >= 0 {
            self.shift_left(shift.unsigned_abs());
        } else {
            divisor.shift_left(shift.unsigned_abs());
        }
        let mut quotient = 0_u128;
        // The divisor is brought below the number from the left, a bit at a time.
        divisor.shift_left(BITS.unsigned_abs() + 1);
        for _ in 0..BITS + 2 {
            quotient <<= 1;
            if self.compare(&divisor) != Ordering::Less {
                self.subtract(&divisor);
                quotient |= 1;
            }
            divisor.halve();
        }
        (quotient, -shift, !self.0.is_empty())
    }

    fn compare(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Less another one that is not larger.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (index, limb) in self.0.iter_mut().enumerate() {
            let (less, first) = limb.overflowing_sub(other.0.get(index).copied().unwrap_or(0));
            let (less, second) = less.overflowing_sub(u32::from(borrow));
            (*limb, borrow) = (less, first || second);
        }
        self.trim();
    }

    fn halve(&mut self) {
        let mut carry = 0;
        for limb in self.0.iter_mut().rev() {
            let low = *limb & 1;
            *limb = *limb >> 1 | carry << 31;
            carry = low;
        }
        self.trim();
    }

    /// Its decimal digits.
    pub fn to_decimal(&self) -> Vec<u8> {
        let mut rest = self.clone();
        let mut reversed = Vec::new();
        while !rest.0.is_empty() {
            let mut left = 0_u64;
            for limb in rest.0.iter_mut().rev() {
                let both = left << 32 | u64::from(*limb);
                *limb = (both / u64::from(DIGITS.1)) as u32;
                left = both % u64::from(DIGITS.1);
            }
            rest.trim();
            for _ in 0..DIGITS.0 {
                reversed.push(b'0' + (left % 10) as u8);
                left /= 10;
            }
        }
        while reversed.last() == Some(&b'0') {
            reversed.pop();
        }
        if reversed.is_empty() {
            reversed.push(b'0');
        }
        reversed.reverse();
        reversed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_go_in_and_out() {
        for text in ["0", "7", "123456789", "1000000000", "340282366920938463463374607431768211456"] {
            assert_eq!(String::from_utf8(Big::from_decimal(text.as_bytes()).to_decimal()).unwrap(), text);
        }
    }

    #[test]
    fn a_quotient_has_its_highest_bits() {
        let (top, exponent, more) = Big::from_u64(10).quotient(&Big::from_u64(4));
        let value = top as f64 * f64::powi(2.0, exponent);
        assert!(!more && value == 2.5, "{value}");
        assert!(Big::from_u64(1).quotient(&Big::from_u64(3)).2);
    }
}
