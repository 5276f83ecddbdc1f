//! Numbers: sizes as people write and read them.

/// The letters of the powers, from the first.
const POWERS: &[u8; 8] = b"KMGTPEZY";

/// How sizes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// As many units of so many bytes, with a suffix behind or none.
    Blocks { bytes: u64, suffix: Suffix },
    /// With the letter of a power of 1024, or of 1000.
    Human { base: u64 },
}

/// The suffix that tells the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    None,
    /// `K`, `KiB` or `kB`: the power and the form.
    Power(usize, Form),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Letter,
    Binary,
    Decimal,
}

impl Scale {
    pub const fn of(bytes: u64) -> Scale {
        Scale::Blocks { bytes, suffix: Suffix::None }
    }

    /// A size in units of bytes, rounded up.
    pub fn show(self, bytes: u64) -> String {
        self.show_with(u128::from(bytes))
    }

    /// A size that may be larger than any file.
    pub fn show_with(self, bytes: u128) -> String {
        match self {
            Scale::Blocks { bytes: unit, suffix } => {
                let number = bytes.div_ceil(u128::from(unit));
                match suffix {
                    Suffix::None => number.to_string(),
                    Suffix::Power(power, form) => format!("{number}{}", suffix_text(power, form)),
                }
            }
            Scale::Human { base } => human(bytes, u128::from(base)),
        }
    }
}

fn suffix_text(power: usize, form: Form) -> String {
    let letter = POWERS.get(power.wrapping_sub(1)).map_or('?', |letter| char::from(*letter));
    match form {
        Form::Letter => letter.to_string(),
        Form::Binary => format!("{letter}iB"),
        Form::Decimal if letter == 'K' => "kB".to_owned(),
        Form::Decimal => format!("{letter}B"),
    }
}

fn human(bytes: u128, base: u128) -> String {
    if bytes < base {
        return bytes.to_string();
    }
    let (mut power, mut unit) = (1, base);
    while bytes >= unit * base && power < POWERS.len() {
        power += 1;
        unit *= base;
    }
    // Rounded up, a number may need the next letter.
    if bytes.div_ceil(unit) >= base
        && (bytes * 10).div_ceil(unit) > 99
        && power < POWERS.len()
        && bytes.div_ceil(unit) == base
    {
        power += 1;
        unit *= base;
    }
    let letter = match POWERS.get(power - 1) {
        Some(b'K') if base == 1000 => 'k',
        Some(letter) => char::from(*letter),
        None => '?',
    };
    let tenths = (bytes * 10).div_ceil(unit);
    if tenths < 100 {
        format!("{}.{}{letter}", tenths / 10, tenths % 10)
    } else {
        format!("{}{letter}", bytes.div_ceil(unit))
    }
}

/// Why a size is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Invalid,
    InvalidSuffix,
    TooLarge,
}

impl Fault {
    /// The complaint about the value of an option.
    pub fn complaint(self, option: &str, value: &[u8]) -> String {
        let value = String::from_utf8_lossy(value);
        match self {
            Fault::Invalid => format!("invalid {option} argument '{value}'"),
            Fault::InvalidSuffix => format!("invalid suffix in {option} argument '{value}'"),
            Fault::TooLarge => format!("{option} argument '{value}' too large"),
        }
    }
}

/// Reads the value of `--block-size`.
pub fn scale(text: &[u8]) -> Result<Scale, Fault> {
    let text = text.strip_prefix(b"'").unwrap_or(text);
    if !text.is_empty() && b"human-readable".starts_with(text) {
        return Ok(Scale::Human { base: 1024 });
    }
    if text == b"si" {
        return Ok(Scale::Human { base: 1000 });
    }
    let has_digits = text.first().is_some_and(u8::is_ascii_digit);
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, unit) = text.split_at(digits);
    let power = unit
        .first()
        .map(u8::to_ascii_uppercase)
        .and_then(|letter| POWERS.iter().position(|known| *known == letter));
    let suffix = match (power, unit.get(1..)) {
        (Some(power), Some(b"")) => Suffix::Power(power + 1, Form::Letter),
        (Some(power), Some(b"iB")) => Suffix::Power(power + 1, Form::Binary),
        (Some(power), Some(b"B")) => Suffix::Power(power + 1, Form::Decimal),
        _ => Suffix::None,
    };
    let bytes = size(text, |letter| POWERS.contains(&letter.to_ascii_uppercase()))?;
    let _ = number;
    if bytes == 0 {
        return Err(Fault::Invalid);
    }
    Ok(Scale::Blocks { bytes, suffix: if has_digits { Suffix::None } else { suffix } })
}

/// Reads a size: digits, or none, and a suffix. `is_power` tells which letters of powers are allowed.
pub fn size(text: &[u8], is_power: impl Fn(u8) -> bool) -> Result<u64, Fault> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, unit) = text.split_at(digits);
    let mut fault = None;
    let number = match number {
        [] => 1,
        digits => digits
            .iter()
            .try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
            .unwrap_or_else(|| {
                fault = Some(Fault::TooLarge);
                u64::MAX
            }),
    };
    let Some((letter, form)) = unit.split_first() else {
        return if digits == 0 { Err(Fault::Invalid) } else { fault.map_or(Ok(number), Err) };
    };
    let power =
        POWERS.iter().position(|known| *known == letter.to_ascii_uppercase()).filter(|_| is_power(*letter));
    let Some(power) = power else {
        return Err(if digits == 0 { Fault::Invalid } else { Fault::InvalidSuffix });
    };
    let base: u64 = match form {
        b"" | b"iB" => 1024,
        b"B" => 1000,
        _ => return Err(if digits == 0 { Fault::Invalid } else { Fault::InvalidSuffix }),
    };
    if let Some(fault) = fault {
        return Err(fault);
    }
    let exponent = u32::try_from(power).unwrap_or(u32::MAX) + 1;
    base.checked_pow(exponent).and_then(|factor| number.checked_mul(factor)).ok_or(Fault::TooLarge)
}

/// The scale that the environment asks for: the program's own variable, then the common ones.
pub fn scale_from_environment(variable: &str) -> Option<Scale> {
    for name in [variable, "BLOCK_SIZE", "BLOCKSIZE"] {
        if let Some(value) = std::env::var_os(name) {
            return scale(value.as_encoded_bytes()).ok();
        }
    }
    std::env::var_os("POSIXLY_CORRECT").map(|_| Scale::of(512))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_for_people_are_rounded_up() {
        for (bytes, binary, decimal) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1000", "1.0k"),
            (1024, "1.0K", "1.1k"),
            (1025, "1.1K", "1.1k"),
            (10_137, "9.9K", "11k"),
            (10_138, "10K", "11k"),
            (1_047_552, "1023K", "1.1M"),
            (1_047_553, "1.0M", "1.1M"),
            (999_001, "976K", "1.0M"),
            (1_500_000_000, "1.4G", "1.5G"),
            (u64::MAX, "16E", "19E"),
        ] {
            assert_eq!(Scale::Human { base: 1024 }.show(bytes), binary, "{bytes}");
            assert_eq!(Scale::Human { base: 1000 }.show(bytes), decimal, "{bytes}");
        }
    }

    #[test]
    fn a_block_size_is_a_number_a_suffix_or_both() {
        for (text, wanted) in [
            ("1", Ok("2048")),
            ("K", Ok("2K")),
            ("1K", Ok("2")),
            ("kB", Ok("3kB")),
            ("MiB", Ok("1MiB")),
            ("human", Ok("2.0K")),
            ("si", Ok("2.1k")),
            ("'1", Ok("2048")),
            ("", Err(Fault::Invalid)),
            ("0", Err(Fault::Invalid)),
            ("x", Err(Fault::Invalid)),
            ("1x", Err(Fault::InvalidSuffix)),
            ("1Y", Err(Fault::TooLarge)),
        ] {
            assert_eq!(
                scale(text.as_bytes()).map(|scale| scale.show(2048)),
                wanted.map(str::to_owned),
                "{text}"
            );
        }
    }
}
