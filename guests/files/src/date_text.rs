//! Dates in words, as `touch -d` takes them, and in digits, as `touch -t` does.

use jiff::Zoned;
use parse_datetime::ParsedDateTime;

use crate::clock::{Wall, Zone};
use crate::system::Time;

/// The point in time that a text means, counted from another.
pub fn parse(text: &[u8], base: Time, zone: &Zone) -> Option<Time> {
    let text = std::str::from_utf8(text).ok()?;
    if text.bytes().all(|byte| byte.is_ascii_whitespace()) {
        return midnight(base, zone);
    }
    // The reader of dates takes such numbers for floating-point ones.
    if text.trim_start().starts_with('@') && text.contains(['e', 'E']) {
        return None;
    }
    let timestamp = jiff::Timestamp::new(base.seconds, base.nanoseconds.cast_signed()).ok()?;
    let base = Zoned::new(timestamp, zone.rules());
    match parse_datetime::parse_datetime_at_date(base, text.to_owned()).ok()? {
        ParsedDateTime::InRange(zoned) => {
            let timestamp = zoned.timestamp();
            let nanoseconds = timestamp.as_nanosecond();
            let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).ok()?;
            let rest = u32::try_from(nanoseconds.rem_euclid(1_000_000_000)).ok()?;
            Some(Time { seconds, nanoseconds: rest })
        }
        ParsedDateTime::Extended(_) => None,
    }
}

/// The start of a day.
fn midnight(base: Time, zone: &Zone) -> Option<Time> {
    zone.point(Wall { hour: 0, minute: 0, second: 0, ..zone.local(base).wall })
}

/// Reads `[[CC]YY]MMDDhhmm[.ss]`.
pub fn digits(text: &[u8], now: Time, zone: &Zone) -> Option<Time> {
    let (main, seconds) = match text.iter().position(|byte| *byte == b'.') {
        Some(dot) => (&text[..dot], Some(&text[dot + 1..])),
        None => (text, None),
    };
    let pairs = pairs(main)?;
    let (year, rest) = match pairs.as_slice() {
        rest if rest.len() == 4 => (zone.local(now).wall.year, rest),
        // Two digits of a year are of this century up to 68.
        [year, rest @ ..] if rest.len() == 4 => (year + if *year < 69 { 2000 } else { 1900 }, rest),
        [century, year, rest @ ..] if rest.len() == 4 => (century * 100 + year, rest),
        _ => return None,
    };
    let second = match seconds {
        None => 0,
        Some(digits) if digits.len() == 2 => *self::pairs(digits)?.first()?,
        Some(_) => return None,
    };
    let &[month, day, hour, minute] = rest else { return None };
    zone.point(Wall { year, month, day, hour, minute, second })
}

fn pairs(text: &[u8]) -> Option<Vec<i64>> {
    if !text.len().is_multiple_of(2) || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.chunks(2).map(|pair| i64::from(pair[0] - b'0') * 10 + i64::from(pair[1] - b'0')).collect())
}
