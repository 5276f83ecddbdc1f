//! Natural numbers of any size, just enough of them to read and write floating-point numbers exactly.

use std::cmp::Ordering;

/// A natural number: 32-bit digits, the lowest first, the highest not 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Natural {
    digits: Vec<u32>,
}

/// The lower and the higher half.
fn halves(value: u64) -> (u32, u32) {
    let low = u32::try_from(value & u64::from(u32::MAX)).unwrap_or(0);
    (low, u32::try_from(value >> 32).unwrap_or(0))
}

impl Natural {
    pub(super) fn from_u64(value: u64) -> Natural {
        let (low, high) = halves(value);
        Natural { digits: vec![low, high] }.trimmed()
    }

    /// The value of decimal digits, as numbers 0 to 9.
    pub(super) fn from_decimal(decimals: &[u8]) -> Natural {
        let mut value = Natural::default();
        for chunk in decimals.chunks(9) {
            let (mut scale, mut addend) = (1u32, 0u32);
            for &decimal in chunk {
                scale *= 10;
                addend = addend * 10 + u32::from(decimal.min(9));
            }
            value.multiply_add(scale, addend);
        }
        value
    }

    fn trimmed(mut self) -> Natural {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        self
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// How many bits it has, without leading zeros.
    pub(super) fn bits(&self) -> i64 {
        let Some(last) = self.digits.last() else {
            return 0;
        };
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX / 64) * 32 - i64::from(last.leading_zeros())
    }

    /// `self * factor + addend`
    pub(super) fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for digit in &mut self.digits {
            let (low, high) = halves(u64::from(*digit) * u64::from(factor) + carry);
            *digit = low;
            carry = u64::from(high);
        }
        if let (low @ 1.., _) = halves(carry) {
            self.digits.push(low);
        }
    }

    /// `self * base^exponent`
    pub(super) fn multiply_power(&mut self, base: u32, exponent: u32) {
        let mut left = exponent;
        while left > 0 {
            let (mut factor, mut taken) = (1u32, 0);
            while taken < left
                && let Some(next) = factor.checked_mul(base)
            {
                factor = next;
                taken += 1;
            }
            self.multiply_add(factor, 0);
            left -= taken.max(1);
        }
    }

    pub(super) fn shift_left(&mut self, bits: u32) {
        if self.is_zero() {
            return;
        }
        let whole = usize::try_from(bits / 32).unwrap_or(0);
        self.multiply_add(1 << (bits % 32), 0);
        self.digits.splice(0..0, std::iter::repeat_n(0, whole));
    }

    fn halve(&mut self) {
        let mut carry = 0;
        for digit in self.digits.iter_mut().rev() {
            let low = *digit & 1;
            *digit = *digit >> 1 | carry << 31;
            carry = low;
        }
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
    }

    fn compare(&self, other: &Natural) -> Ordering {
        let by_length = self.digits.len().cmp(&other.digits.len());
        by_length.then_with(|| self.digits.iter().rev().cmp(other.digits.iter().rev()))
    }

    /// `self - other`, which is not the larger.
    fn subtract(&mut self, other: &Natural) {
        let mut borrow = false;
        let others = other.digits.iter().copied().chain(std::iter::repeat(0));
        for (digit, subtrahend) in self.digits.iter_mut().zip(others) {
            let (first, under) = digit.overflowing_sub(subtrahend);
            let (second, under_too) = first.overflowing_sub(u32::from(borrow));
            *digit = second;
            borrow = under || under_too;
        }
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
    }

    /// The quotient, which has at most `bits` bits, and whether anything remains.
    pub(super) fn divide(mut self, divisor: &Natural, bits: u32) -> (u128, bool) {
        let mut divisor = divisor.clone();
        divisor.shift_left(bits.saturating_sub(1));
        let mut quotient = 0u128;
        for _ in 0..bits {
            quotient <<= 1;
            if self.compare(&divisor) != Ordering::Less {
                self.subtract(&divisor);
                quotient |= 1;
            }
            divisor.halve();
        }
        (quotient, !self.is_zero())
    }

    /// The decimal digits as numbers 0 to 9, the highest first; none for 0.
    pub(super) fn into_decimal(mut self) -> Vec<u8> {
        const CHUNK: u64 = 1_000_000_000;
        let mut decimals = Vec::new();
        while !self.is_zero() {
            let mut remainder = 0u64;
            for digit in self.digits.iter_mut().rev() {
                let value = remainder << 32 | u64::from(*digit);
                *digit = halves(value / CHUNK).0;
                remainder = value % CHUNK;
            }
            while self.digits.last() == Some(&0) {
                self.digits.pop();
            }
            for _ in 0..9 {
                decimals.push(u8::try_from(remainder % 10).unwrap_or(0));
                remainder /= 10;
            }
        }
        while decimals.last() == Some(&0) {
            decimals.pop();
        }
        decimals.reverse();
        decimals
    }
}
