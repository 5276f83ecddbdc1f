//! Integers: `%d %i %u %o %x %X`, and how an argument is read as a number.

use bstr::ByteSlice;

use super::{Spec, padded_number, sign};

/// A number read from an argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parsed<N> {
    pub(super) value: N,
    /// Nothing but the number was there.
    pub(super) complete: bool,
    /// The value is the nearest there is.
    pub(super) out_of_range: bool,
}

/// The code of `'c` and `"c`, or with `bytewise` its first byte; 0 when nothing is behind the quote.
pub(super) fn character_code(text: &[u8], bytewise: bool) -> Option<u32> {
    let (b'\'' | b'"', rest) = text.split_first().map(|(&quote, rest)| (quote, rest))? else {
        return None;
    };
    match bstr::decode_utf8(rest) {
        (Some(character), _) if !bytewise => Some(u32::from(character)),
        _ => Some(rest.first().map_or(0, |&byte| u32::from(byte))),
    }
}

/// Reads as C's `strtoimax` does: blanks, a sign, `0x` or `0`, digits. Empty text is 0.
pub(super) fn parse_signed(text: &[u8]) -> Parsed<i64> {
    let scan = scan(text);
    let magnitude = i128::from(scan.magnitude);
    let exact = if scan.negative { -magnitude } else { magnitude };
    let value = i64::try_from(exact);
    let nearest = if scan.negative { i64::MIN } else { i64::MAX };
    Parsed {
        value: value.unwrap_or(nearest),
        complete: scan.complete,
        out_of_range: scan.overflows || value.is_err(),
    }
}

/// Reads as `strtoumax` does: a negative number wraps.
pub(super) fn parse_unsigned(text: &[u8]) -> Parsed<u64> {
    let scan = scan(text);
    let value = match (scan.overflows, scan.negative) {
        (true, _) => u64::MAX,
        (false, true) => scan.magnitude.wrapping_neg(),
        (false, false) => scan.magnitude,
    };
    Parsed { value, complete: scan.complete, out_of_range: scan.overflows }
}

struct Scan {
    negative: bool,
    magnitude: u64,
    overflows: bool,
    complete: bool,
}

fn scan(text: &[u8]) -> Scan {
    let unsigned = text.trim_start_with(|character| character.is_ascii_whitespace() || character == '\u{b}');
    let (negative, unsigned) = match unsigned {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (base, digits) = match unsigned {
        [b'0', b'x' | b'X', rest @ ..] if rest.first().is_some_and(u8::is_ascii_hexdigit) => (16, rest),
        [b'0', ..] => (8, unsigned),
        _ => (10, unsigned),
    };
    let mut scan = Scan { negative, magnitude: 0, overflows: false, complete: false };
    let mut count = 0;
    for &byte in digits {
        let Some(digit) = char::from(byte).to_digit(base) else {
            break;
        };
        count += 1;
        let next =
            scan.magnitude.checked_mul(u64::from(base)).and_then(|tens| tens.checked_add(u64::from(digit)));
        match next {
            Some(next) => scan.magnitude = next,
            None => scan.overflows = true,
        }
    }
    if scan.overflows {
        scan.magnitude = u64::MAX;
    }
    scan.complete = text.is_empty() || (count > 0 && count == digits.len());
    scan
}

/// `%d`
pub(super) fn signed(spec: Spec, value: i64) -> Vec<u8> {
    let digits = digits(spec, value.unsigned_abs().to_string());
    padded_number(spec, sign(spec, value < 0), "", &digits, spec.precision.is_none())
}

/// `%u %o %x %X`
pub(super) fn unsigned(spec: Spec, value: u64, letter: u8) -> Vec<u8> {
    let text = match letter {
        b'o' => format!("{value:o}"),
        b'x' => format!("{value:x}"),
        b'X' => format!("{value:X}"),
        _ => value.to_string(),
    };
    let mut digits = digits(spec, text);
    let prefix = match letter {
        b'x' if spec.alternate && value != 0 => "0x",
        b'X' if spec.alternate && value != 0 => "0X",
        b'o' if spec.alternate && digits.first() != Some(&b'0') => {
            digits.insert(0, b'0');
            ""
        }
        _ => "",
    };
    padded_number(spec, "", prefix, &digits, spec.precision.is_none())
}

/// At least as many digits as the precision says; none for 0 with a precision of 0.
fn digits(spec: Spec, text: String) -> Vec<u8> {
    match spec.precision {
        Some(0) if text == "0" => Vec::new(),
        Some(least) => {
            let mut digits = vec![b'0'; least.saturating_sub(text.len())];
            digits.extend_from_slice(text.as_bytes());
            digits
        }
        None => text.into_bytes(),
    }
}
