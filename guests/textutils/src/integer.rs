//! Whole numbers on a command line, within bounds, and the words for those that are none.

use cli::frame::Frame;
use cli::wording::quoted;
use textio::size;

use crate::line::fail;

/// Why a number is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Invalid,
    /// It is out of the bounds, not far.
    OutOfRange,
    /// It is so large that it may be held by nothing.
    TooLarge,
}

impl Wrong {
    /// What is added to the message.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Invalid => "",
            Self::OutOfRange => ": Numerical result out of range",
            Self::TooLarge => ": Value too large for defined data type",
        }
    }
}

/// Beyond this a number out of bounds is called too large.
const FAR: i128 = (i32::MAX / 2) as i128;

/// Reads a decimal number, with blanks and a sign before it.
pub fn parse(text: &[u8], least: i64, most: i64) -> Result<i64, Wrong> {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    let text = text.get(start..).unwrap_or_default();
    let (negative, digits) = match text.split_first() {
        Some((b'-', digits)) => (true, digits),
        Some((b'+', digits)) => (false, digits),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Wrong::Invalid);
    }
    let size = digits.iter().fold(0_i128, |sum, digit| {
        // What no longer fits is too large whatever it is exactly.
        (sum * 10 + i128::from(digit - b'0')).min(1 << 100)
    });
    within(if negative { -size } else { size }, least, most)
}

fn within(number: i128, least: i64, most: i64) -> Result<i64, Wrong> {
    if (i128::from(least)..=i128::from(most)).contains(&number) {
        return i64::try_from(number).map_err(|_| Wrong::TooLarge);
    }
    Err(if number.abs() > FAR { Wrong::TooLarge } else { Wrong::OutOfRange })
}

/// Reads a number for an option; the error is the status, with the complaint `what: 'TEXT'` made.
pub fn option(frame: Frame<'_>, what: &str, text: &[u8], least: i64, most: i64) -> Result<i64, i32> {
    parse(text, least, most)
        .map_err(|wrong| fail(frame, &format!("{what}: {}{}", quoted(text), wrong.suffix())))
}

/// The same for a number that may not have a minus.
pub fn unsigned(frame: Frame<'_>, what: &str, text: &[u8], least: i64, most: i64) -> Result<u64, i32> {
    let text_without_sign: &[u8] = if text.contains(&b'-') { b"" } else { text };
    let number = parse(text_without_sign, least, most);
    match number.map(u64::try_from) {
        Ok(Ok(number)) => Ok(number),
        Ok(Err(_)) => Err(fail(frame, &format!("{what}: {}", quoted(text)))),
        Err(wrong) => Err(fail(frame, &format!("{what}: {}{}", quoted(text), wrong.suffix()))),
    }
}

/// The same for a number that may have a unit and is not negative.
pub fn sized(frame: Frame<'_>, what: &str, text: &[u8], least: u64) -> Result<u64, i32> {
    let refused = |suffix: &str| fail(frame, &format!("{what}: {}{suffix}", quoted(text)));
    match size::parse(text) {
        Ok(number) if number < least => Err(refused(Wrong::OutOfRange.suffix())),
        Ok(number) => Ok(number),
        Err(wrong) => Err(refused(wrong.suffix())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_within_bounds() {
        for (text, wanted) in [
            (" -5", Ok(-5)),
            ("+7", Ok(7)),
            ("0", Ok(0)),
            ("x", Err(Wrong::Invalid)),
            ("", Err(Wrong::Invalid)),
            ("1k", Err(Wrong::Invalid)),
            ("-11", Err(Wrong::OutOfRange)),
            ("99999999999", Err(Wrong::TooLarge)),
        ] {
            assert_eq!(parse(text.as_bytes(), -10, 10), wanted, "{text}");
        }
    }
}
