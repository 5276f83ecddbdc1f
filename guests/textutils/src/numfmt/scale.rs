//! Units: numbers with them read and written.

use std::cmp::Ordering;

use cli::wording::quoted;

use crate::extended::{Extended, Rounding};
use crate::printf::general;

/// Which units there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    None,
    Auto,
    Si,
    Iec,
    IecI,
}

/// The letters of the powers.
const LETTERS: &[u8; 8] = b"KMGTPEZY";
/// A number with more digits is not read.
const DIGITS_MAX: usize = 27;
/// A number with more digits is not written without a unit.
const UNSCALED_DIGITS_MAX: usize = 18;

fn power_of(letter: u8) -> Option<usize> {
    LETTERS.iter().position(|known| *known == letter).map(|index| index + 1)
}

fn ten_to(power: usize) -> Extended {
    Extended::from_decimal(false, b"1", i64::try_from(power).unwrap_or(0))
}

/// Reads a size of units: digits, and K for 1000 or Ki for 1024 and so on.
pub fn unit(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, suffix) = text.split_at(digits);
    let number = if digits == 0 { 1 } else { String::from_utf8_lossy(number).parse::<u64>().ok()? };
    let factor = match suffix {
        [] if digits > 0 => 1,
        [letter] => 1000_u64.checked_pow(u32::try_from(power_of(*letter)?).ok()?)?,
        [letter, b'i'] => 1024_u64.checked_pow(u32::try_from(power_of(*letter)?).ok()?)?,
        _ => return None,
    };
    number.checked_mul(factor).filter(|size| *size > 0)
}

/// Reads a number with its unit: it, and how many decimals it has; the error is what to complain about.
pub fn parse(text: &[u8], scale: Scale) -> Result<(Extended, usize), String> {
    let shown = quoted(text);
    let (negative, rest) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    let count = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (whole, mut rest) = rest.split_at(count(rest));
    let mut decimals: &[u8] = b"";
    if let Some(behind) = rest.strip_prefix(b".") {
        (decimals, rest) = behind.split_at(count(behind));
        if decimals.is_empty() {
            return Err(format!("invalid number: {shown}"));
        }
    }
    if whole.is_empty() && decimals.is_empty() {
        return Err(format!("invalid number: {shown}"));
    }
    let significant = whole.len() - whole.iter().take_while(|digit| **digit == b'0').count();
    if significant > DIGITS_MAX {
        return Err(format!("value too large to be converted: {shown}"));
    }
    let digits = [whole, decimals].concat();
    let power = -i64::try_from(decimals.len()).unwrap_or(i64::MAX);
    let mut value = Extended::from_decimal(negative, &digits, power);
    let missing = || format!("missing 'i' suffix in input: {shown} (e.g Ki/Mi/Gi)");
    let Some((letter, behind)) = rest.split_first() else {
        return if scale == Scale::IecI { Err(missing()) } else { Ok((value, decimals.len())) };
    };
    let Some(power) = power_of(*letter) else {
        return Err(format!("invalid suffix in input: {shown}"));
    };
    if scale == Scale::None {
        return Err(format!("rejecting suffix in input: {shown} (consider using --from)"));
    }
    let (base, behind) = match (scale, behind.strip_prefix(b"i")) {
        (Scale::Auto, Some(behind)) => (1024, behind),
        (Scale::Auto | Scale::Si | Scale::None, _) => (1000, behind),
        (Scale::IecI, Some(behind)) => (1024, behind),
        (Scale::IecI, None) => return Err(missing()),
        (Scale::Iec, _) => (1024, behind),
    };
    if !behind.is_empty() {
        return Err(format!("invalid suffix in input {shown}: {}", quoted(behind)));
    }
    for _ in 0..power {
        value = value.times(Extended::from_integer(base));
    }
    // With a unit the decimals are no longer those of the number.
    Ok((value, 0))
}

/// Refuses a number that cannot be written; the error is what to complain about.
pub fn check(value: Extended, decimals: usize, scale: Scale) -> Result<(), String> {
    let sign = if value.negative { "-" } else { "" };
    let shown = format!("{sign}{}", general(value, 6, false));
    let digits = value.scientific(DIGITS_MAX).1;
    let most =
        i64::try_from(if scale == Scale::None { UNSCALED_DIGITS_MAX } else { DIGITS_MAX }).unwrap_or(0);
    if scale == Scale::None && digits + i64::try_from(decimals).unwrap_or(0) > most {
        return Err(if decimals == 0 {
            format!("value too large to be printed: '{shown}' (consider using --to)")
        } else {
            format!("value/precision too large to be printed: '{shown}/{decimals}' (consider using --to)")
        });
    }
    if scale != Scale::None && digits >= most {
        return Err(format!("value too large to be printed: '{shown}' (cannot handle values > 999Y)"));
    }
    Ok(())
}

/// Rounds to so many decimals.
fn rounded(value: Extended, decimals: usize, rounding: Rounding) -> Extended {
    if decimals == 0 {
        return value.whole(rounding);
    }
    value.times(ten_to(decimals)).whole(rounding).over(ten_to(decimals))
}

/// Writes a number with its unit; `zeros`: it is so wide, with zeros before.
pub fn write(
    mut value: Extended,
    scale: Scale,
    rounding: Rounding,
    decimals: usize,
    precision: Option<usize>,
    zeros: usize,
) -> String {
    let base = match scale {
        Scale::None | Scale::Auto => {
            value = rounded(value, decimals, rounding);
            return with_zeros(value, &value.fixed(decimals), zeros);
        }
        Scale::Si => Extended::from_integer(1000),
        Scale::Iec | Scale::IecI => Extended::from_integer(1024),
    };
    let is_below = |value: Extended, bound: Extended| value.compare_size(bound) == Ordering::Less;
    let mut power = 0;
    while !is_below(value, base) {
        value = value.over(base);
        power += 1;
    }
    let ten = Extended::from_integer(10);
    value = match precision {
        Some(precision) => rounded(value, precision.min(power * 3), rounding),
        None => rounded(value, usize::from(is_below(value, ten)), rounding),
    };
    if !is_below(value, base) {
        value = value.over(base);
        power += 1;
    }
    let has_decimal = !value.is_zero() && is_below(value, ten) && power > 0;
    let text = value.fixed(precision.unwrap_or(usize::from(has_decimal)));
    let mut text = with_zeros(value, &text, zeros);
    if let Some(letter) = power.checked_sub(1).and_then(|index| LETTERS.get(index)) {
        text.push(char::from(*letter));
        if scale == Scale::IecI {
            text.push('i');
        }
    }
    text
}

fn with_zeros(value: Extended, text: &str, width: usize) -> String {
    let sign = if value.negative && !value.is_zero() { "-" } else { "" };
    let missing = width.saturating_sub(sign.len() + text.len());
    format!("{sign}{}{text}", "0".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_written() {
        for (text, scale, wanted) in
            [("1K", Scale::Si, "1000"), ("1.5Ki", Scale::Auto, "1536"), ("2M", Scale::Iec, "2097152")]
        {
            assert_eq!(parse(text.as_bytes(), scale).map(|(value, _)| value.fixed(0)), Ok(wanted.to_owned()));
        }
        for (number, wanted) in [("999", "999"), ("1001", "1.1K"), ("99949", "100K"), ("999999", "1.0M")] {
            let (value, _) = parse(number.as_bytes(), Scale::None).unwrap();
            assert_eq!(write(value, Scale::Si, Rounding::FromZero, 0, None, 0), wanted);
        }
        assert_eq!((unit(b"1K"), unit(b"1Ki"), unit(b"0"), unit(b"x")), (Some(1000), Some(1024), None, None));
    }
}
