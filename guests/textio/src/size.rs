//! A number of bytes or lines on a command line: digits and a unit.

/// Why a number is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Invalid,
    TooLarge,
}

impl Wrong {
    /// What is added to the message: nothing, or that the number is too large.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Invalid => "",
            Self::TooLarge => ": Value too large for defined data type",
        }
    }
}

/// Reads digits and a unit: `b` 512, `kB` and `KB` 1000, `K`, `k` and `KiB` 1024, and so on to `Y`.
pub fn parse(text: &[u8]) -> Result<u64, Wrong> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, unit) = text.split_at(digits);
    let factor = factor(unit).ok_or(Wrong::Invalid)?;
    if number.is_empty() {
        return Err(Wrong::Invalid);
    }
    let number =
        number.iter().try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
    let product = number.and_then(|number| if number == 0 { Some(0) } else { number.checked_mul(factor?) });
    product.ok_or(Wrong::TooLarge)
}

/// What a unit multiplies by; the inner None: more than a number holds.
#[allow(clippy::option_option, reason = "no unit and one too large are different refusals")]
fn factor(unit: &[u8]) -> Option<Option<u64>> {
    if unit.is_empty() {
        return Some(Some(1));
    }
    if unit == b"b" {
        return Some(Some(512));
    }
    let (letter, rest) = unit.split_first()?;
    let power = match letter {
        b'k' | b'K' => 1,
        _ => 2 + u32::try_from(b"MGTPEZY".iter().position(|known| known == letter)?).ok()?,
    };
    match rest {
        b"" | b"iB" => Some(1024_u64.checked_pow(power)),
        b"B" => Some(1000_u64.checked_pow(power)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_multiplies() {
        for (text, wanted) in [
            ("0", Ok(0)),
            ("10", Ok(10)),
            ("2b", Ok(1024)),
            ("1k", Ok(1024)),
            ("1kB", Ok(1000)),
            ("3MiB", Ok(3 << 20)),
            ("0Y", Ok(0)),
            ("1Y", Err(Wrong::TooLarge)),
            ("", Err(Wrong::Invalid)),
            ("k", Err(Wrong::Invalid)),
            ("1z", Err(Wrong::Invalid)),
            ("-1", Err(Wrong::Invalid)),
            ("99999999999999999999", Err(Wrong::TooLarge)),
        ] {
            assert_eq!(parse(text.as_bytes()), wanted, "{text}");
        }
    }
}
