//! Numbers in lines: decimal ones of any length, ones with a unit, ones of any form, and months.

use std::cmp::Ordering;

/// A decimal number of any length, as slices of its text.
#[derive(Clone, Copy, Debug)]
pub struct Decimal<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    /// What stands behind it.
    rest: &'a [u8],
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n')).count();
    &text[blanks..]
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

impl<'a> Decimal<'a> {
    /// The number at the start of a text; what is none is 0.
    pub fn read(text: &'a [u8]) -> Self {
        let text = skip_blanks(text);
        let unsigned = text.strip_prefix(b"-");
        let (whole, mut rest) = digits(unsigned.unwrap_or(text));
        let mut fraction: &[u8] = b"";
        if let Some(after) = rest.strip_prefix(b".") {
            (fraction, rest) = digits(after);
        }
        let zeros = whole.iter().take_while(|byte| **byte == b'0').count();
        let significant = fraction.iter().rposition(|byte| *byte != b'0').map_or(0, |last| last + 1);
        let (whole, fraction) = (&whole[zeros..], &fraction[..significant]);
        let is_zero = whole.is_empty() && fraction.is_empty();
        Self { negative: unsigned.is_some() && !is_zero, whole, fraction, rest }
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (negative, _) => {
                let size = self
                    .whole
                    .len()
                    .cmp(&other.whole.len())
                    .then_with(|| self.whole.cmp(other.whole))
                    .then_with(|| self.fraction.cmp(other.fraction));
                if negative { size.reverse() } else { size }
            }
        }
    }

    /// A number in the same order, though different numbers may share one.
    pub fn rank(&self) -> f64 {
        let mut value = 0.0;
        // Behind so many digits a double knows no difference.
        for digit in self.whole.iter().take(17) {
            value = value * 10.0 + f64::from(digit - b'0');
        }
        if self.whole.len() > 17 {
            let power = i32::try_from(self.whole.len() - 17).unwrap_or(i32::MAX);
            value *= 10_f64.powi(power);
        } else if self.whole.len() < 10 {
            let mut scale = 0.1;
            for digit in self.fraction.iter().take(4) {
                value += f64::from(digit - b'0') * scale;
                scale /= 10.0;
            }
        }
        if self.negative { -value } else { value }
    }

    /// The power of the unit behind it, with the sign of the number.
    pub fn unit(&self) -> i32 {
        if self.is_zero() {
            return 0;
        }
        let power = match self.rest.first() {
            Some(b'k' | b'K') => 1,
            Some(letter) => b"MGTPEZY".iter().position(|known| known == letter).map_or(0, |at| at as i32 + 2),
            None => 0,
        };
        if self.negative { -power } else { power }
    }
}

/// The month that a text begins with, from 1; 0 is none.
pub fn month(text: &[u8]) -> usize {
    const MONTHS: [&[u8]; 12] =
        [b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV", b"DEC"];
    let text = skip_blanks(text);
    let Some(name) = text.get(..3) else { return 0 };
    MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month)).map_or(0, |at| at + 1)
}

/// The number of any form at the start of a text, as strtold reads it.
pub fn general(text: &[u8]) -> Option<f64> {
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let text = &text[blanks..];
    let (negative, unsigned) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let value = unsigned_general(unsigned)?;
    Some(if negative { -value } else { value })
}

fn unsigned_general(text: &[u8]) -> Option<f64> {
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if begins(b"inf") {
        return Some(f64::INFINITY);
    }
    if begins(b"nan") {
        return Some(f64::NAN);
    }
    if begins(b"0x") && text.get(2).is_some_and(|byte| byte.is_ascii_hexdigit() || *byte == b'.') {
        return Some(hexadecimal(&text[2..]));
    }
    let (whole, mut rest) = digits(text);
    let mut end = whole.len();
    let mut count = whole.len();
    if let Some(after) = rest.strip_prefix(b".") {
        let (fraction, after) = digits(after);
        end += 1 + fraction.len();
        count += fraction.len();
        rest = after;
    }
    if count == 0 {
        return None;
    }
    if let Some((b'e' | b'E', after)) = rest.split_first() {
        let sign = usize::from(matches!(after.first(), Some(b'+' | b'-')));
        let (power, _) = digits(&after[sign..]);
        if !power.is_empty() {
            end += 1 + sign + power.len();
        }
    }
    std::str::from_utf8(&text[..end]).ok()?.parse().ok()
}

fn hexadecimal(text: &[u8]) -> f64 {
    let (mut value, mut scale, mut at) = (0.0, 1.0, 0);
    let mut is_fraction = false;
    while let Some(byte) = text.get(at) {
        match char::from(*byte).to_digit(16) {
            Some(digit) if is_fraction => {
                scale /= 16.0;
                value += f64::from(digit) * scale;
            }
            Some(digit) => value = value * 16.0 + f64::from(digit),
            None if *byte == b'.' && !is_fraction => is_fraction = true,
            None => break,
        }
        at += 1;
    }
    if let Some((b'p' | b'P', after)) = text[at..].split_first() {
        let sign = usize::from(matches!(after.first(), Some(b'+' | b'-')));
        let (power, _) = digits(&after[sign..]);
        if let Ok(power) = String::from_utf8_lossy(power).parse::<i32>() {
            value *= 2_f64.powi(if after.first() == Some(&b'-') { -power } else { power });
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_numbers_of_any_length_have_an_order() {
        let sorted = [
            "-10",
            "-2.5",
            "-2.45",
            "x",
            "0.1",
            "1",
            "1.5",
            "007",
            "10",
            "123456789012345678901",
            "123456789012345678902",
        ];
        for pair in sorted.windows(2) {
            let (a, b) = (Decimal::read(pair[0].as_bytes()), Decimal::read(pair[1].as_bytes()));
            assert_eq!(a.compare(&b), Ordering::Less, "{pair:?}");
            assert!(a.rank() <= b.rank(), "{pair:?}");
        }
        assert_eq!(Decimal::read(b"-0").compare(&Decimal::read(b" 0.00")), Ordering::Equal);
    }

    #[test]
    fn numbers_of_any_form_are_read() {
        for (text, wanted) in [("1e3x", 1000.0), (" -.5", -0.5), ("0x1p4", 16.0), ("1e", 1.0), ("+2.", 2.0)] {
            assert_eq!(general(text.as_bytes()), Some(wanted), "{text}");
        }
        assert_eq!(general(b"x"), None);
        assert_eq!(general(b"."), None);
    }
}
