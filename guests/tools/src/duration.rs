//! Lengths of time on a command line: `1.5`, `2m`, `inf`.

use std::time::Duration;

/// Reads a number with a unit: `s` (by default), `m`, `h`, `d`. More than can be counted is for ever, which is None.
pub fn parse(text: &[u8]) -> Result<Option<Duration>, ()> {
    let text = std::str::from_utf8(text).map_err(drop)?.trim_start();
    let (number, factor) = match text.as_bytes().last() {
        Some(b's') => (&text[..text.len() - 1], 1.0),
        Some(b'm') => (&text[..text.len() - 1], 60.0),
        Some(b'h') => (&text[..text.len() - 1], 3600.0),
        Some(b'd') => (&text[..text.len() - 1], 86400.0),
        _ => (text, 1.0),
    };
    let number = number.strip_prefix('+').unwrap_or(number);
    let seconds: f64 = match number.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).map_err(drop)? as f64,
        None => number.parse().map_err(drop)?,
    };
    if seconds.is_nan() || seconds < 0.0 {
        return Err(());
    }
    Ok(Duration::try_from_secs_f64(seconds * factor).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_has_a_unit() {
        for (text, wanted) in [
            ("0", Ok(Some(Duration::ZERO))),
            ("1.5", Ok(Some(Duration::from_millis(1500)))),
            (".5s", Ok(Some(Duration::from_millis(500)))),
            ("2m", Ok(Some(Duration::from_secs(120)))),
            ("1e-1", Ok(Some(Duration::from_millis(100)))),
            ("1d", Ok(Some(Duration::from_secs(86400)))),
            ("inf", Ok(None)),
            ("1e300d", Ok(None)),
            ("x", Err(())),
            ("", Err(())),
            ("s", Err(())),
            ("-1", Err(())),
            ("1ms", Err(())),
            ("nan", Err(())),
        ] {
            assert_eq!(parse(text.as_bytes()), wanted, "{text}");
        }
    }
}
