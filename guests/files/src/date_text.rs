//! Dates in words, as `date -d` and `touch -d` take them, and in digits, as `touch -t` does.
//!
//! It owns what a text means; [`words`] reads its words, [`items`] puts them together.

mod items;
mod words;

use crate::clock::{DAY_SECONDS, Wall, Zone};
use crate::system::Time;
use items::{Items, ZoneSeen};

/// The point in time that a text means, counted from another.
pub fn parse(text: &[u8], base: Time, zone: &Zone) -> Option<Time> {
    let text = text.trim_ascii_start();
    let Some(quoted) = text.strip_prefix(b"TZ=\"") else { return parse_in(text, base, zone) };
    // A zone in front is the one in which the rest is read.
    let mut name = Vec::new();
    let mut left = quoted.iter();
    loop {
        match left.next()? {
            b'"' => break,
            b'\\' => match left.next()? {
                byte @ (b'"' | b'\\') => name.push(*byte),
                _ => return None,
            },
            byte => name.push(*byte),
        }
    }
    parse_in(left.as_slice(), base, &Zone::of_variable(&String::from_utf8_lossy(&name)))
}

fn parse_in(text: &[u8], base: Time, zone: &Zone) -> Option<Time> {
    let words = words::read(text, base, zone)?;
    if let Some(time) = items::seconds_alone(&words) {
        return time;
    }
    Items::read(&words)?.point(base, zone)
}

/// What tm_year can count.
const YEAR_MAX: i64 = 2_147_485_547;

impl Items {
    /// The point in time that all the items together mean.
    fn point(&self, base: Time, zone: &Zone) -> Option<Time> {
        let now = zone.local(base).wall;
        let mut wall = self.wall(now)?;
        let mut nanoseconds = match (self.time, self.is_relative_to_now()) {
            (Some(time), _) => time.nanoseconds,
            (None, true) => base.nanoseconds,
            (None, false) => 0,
        };
        // A clock that never shows this means nothing, but for a zone that is not ours.
        let mut offset = match self.zone {
            Some(ZoneSeen::Fixed(_)) => 0,
            Some(ZoneSeen::Local(seconds)) => seconds,
            None => zone.point_near(wall.seconds(), 0).filter(|found| !found.is_skipped)?.offset,
        };
        if let (Some((ordinal, weekday)), None) = (self.day, self.date) {
            let today = (wall.seconds().div_euclid(DAY_SECONDS) + 4).rem_euclid(7);
            let weeks = ordinal - i64::from(ordinal > 0 && today != weekday);
            wall.day = wall.day.checked_add((weekday - today).rem_euclid(7) + weeks.checked_mul(7)?)?;
        }
        let moved = &self.moved;
        wall.year = int(wall.year.checked_add(int(moved.years)?)? - 1900)? + 1900;
        let months = int(wall.month.checked_add(int(moved.months)?)?)? - 1;
        wall.day = int(wall.day.checked_add(int(moved.days)?)?)?;
        (wall.year, wall.month) = (wall.year + months.div_euclid(12), months.rem_euclid(12) + 1);
        if wall.year.abs() > YEAR_MAX {
            return None;
        }
        let local = wall.seconds();
        let start = match self.zone {
            Some(ZoneSeen::Fixed(seconds)) => local - seconds,
            Some(ZoneSeen::Local(seconds)) => {
                // The name of the zone's other half of the year means nothing now.
                let start = local - seconds;
                let shown = zone.local(Time { seconds: start, nanoseconds: 0 });
                (i64::from(shown.offset()) == seconds).then_some(start)?
            }
            None => {
                let found = zone.point_near(local, offset)?;
                offset = found.offset;
                local - offset
            }
        };
        let mut seconds = start.checked_add(moved.seconds)?;
        nanoseconds += moved.nanoseconds;
        seconds = seconds.checked_add(i64::from(nanoseconds / 1_000_000_000))?;
        Some(Time { seconds, nanoseconds: nanoseconds % 1_000_000_000 })
    }

    /// What the clock shows before days and relative items are counted; `None` where no clock shows it.
    fn wall(&self, now: Wall) -> Option<Wall> {
        let mut wall = match self.date {
            Some(date) => Wall {
                year: date.year.unwrap_or(now.year),
                month: date.month,
                day: date.day,
                hour: 0,
                minute: 0,
                second: 0,
            },
            None => Wall { hour: 0, minute: 0, second: 0, ..now },
        };
        match self.time {
            Some(time) => (wall.hour, wall.minute, wall.second) = (time.hour()?, time.minute, time.second),
            None if self.is_relative_to_now() => {
                (wall.hour, wall.minute, wall.second) = (now.hour, now.minute, now.second);
            }
            None => {}
        }
        (wall.is_possible() && wall.second < 60 && wall.year <= YEAR_MAX).then_some(wall)
    }

    /// Whether nothing but relative items was said: they count from this very moment.
    fn is_relative_to_now(&self) -> bool {
        self.is_moved && self.date.is_none() && self.day.is_none()
    }
}

/// A number that the C library can count with.
fn int(number: i64) -> Option<i64> {
    i32::try_from(number).ok().map(i64::from)
}

/// Reads `[[CC]YY]MMDDhhmm[.ss]`.
pub fn digits(text: &[u8], now: Time, zone: &Zone) -> Option<Time> {
    let (main, seconds) = split_seconds(text);
    let pairs = pairs(main)?;
    let (year, rest) = match pairs.as_slice() {
        rest if rest.len() == 4 => (zone.local(now).wall.year, rest),
        [year, rest @ ..] if rest.len() == 4 => (of_this_century(*year), rest),
        [century, year, rest @ ..] if rest.len() == 4 => (century * 100 + year, rest),
        _ => return None,
    };
    point_of_pairs(year, rest, seconds, zone)
}

/// Reads `MMDDhhmm[[CC]YY][.ss]`, as date takes it to set the clock.
pub fn digits_of_clock(text: &[u8], now: Time, zone: &Zone) -> Option<Time> {
    let (main, seconds) = split_seconds(text);
    let pairs = pairs(main)?;
    let (rest, year) = match pairs.split_at_checked(4)? {
        (rest, []) => (rest, zone.local(now).wall.year),
        (rest, [year]) => (rest, of_this_century(*year)),
        (rest, [century, year]) => (rest, century * 100 + year),
        _ => return None,
    };
    point_of_pairs(year, rest, seconds, zone)
}

/// Two digits of a year are of this century up to 68.
fn of_this_century(year: i64) -> i64 {
    year + if year < 69 { 2000 } else { 1900 }
}

fn split_seconds(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == b'.') {
        Some(dot) => (&text[..dot], Some(&text[dot + 1..])),
        None => (text, None),
    }
}

fn point_of_pairs(year: i64, pairs: &[i64], seconds: Option<&[u8]>, zone: &Zone) -> Option<Time> {
    let second = match seconds {
        None => 0,
        Some(digits) if digits.len() == 2 => *self::pairs(digits)?.first()?,
        Some(_) => return None,
    };
    let &[month, day, hour, minute] = pairs else { return None };
    zone.point(Wall { year, month, day, hour, minute, second })
}

fn pairs(text: &[u8]) -> Option<Vec<i64>> {
    if !text.len().is_multiple_of(2) || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.chunks(2).map(|pair| i64::from(pair[0] - b'0') * 10 + i64::from(pair[1] - b'0')).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Every row is what GNU date 9.1 prints, with 2024-02-29 13:04:05 UTC for now.

    #[test]
    fn a_text_means_a_point_in_time() {
        let now = Time { seconds: 1_709_211_845, nanoseconds: 7 };
        for (zone, text, wanted) in [
            ("", "2024-01-31 1 month", "2024-03-02 00:00:00"),
            ("", "next monday", "2024-03-04 00:00:00"),
            ("", "thursday", "2024-02-29 00:00:00"),
            ("", "third friday", "2024-03-15 00:00:00"),
            ("", "1 hour ago", "2024-02-29 12:04:05"),
            ("", "5-Jan-24", "2024-01-05 00:00:00"),
            ("", "20240102 0304", "2024-01-02 03:04:00"),
            ("", "2024-01-01 12:00 +1 day", "2024-01-02 11:00:00"),
            ("", "Thu, 29 Feb 2024 13:04:05 +0100", "2024-02-29 12:04:05"),
            ("", "@-1.5", "1969-12-31 23:59:58"),
            ("Europe/Berlin", "2024-03-30 02:30 1 day", "2024-03-31 03:30:00"),
            ("Europe/Berlin", "2024-10-27 02:30 CEST", "2024-10-27 02:30:00"),
            ("", "TZ=\"America/New_York\" 2024-07-01 12:00", "2024-07-01 16:00:00"),
        ] {
            let zone = Zone::of_variable(zone);
            let mut shown = Vec::new();
            let time = parse(text.as_bytes(), now, &zone).unwrap_or_else(|| panic!("{text}"));
            zone.local(time).format(b"%F %T", &mut shown);
            assert_eq!(String::from_utf8(shown).unwrap(), wanted, "{text}");
        }
    }

    #[test]
    fn what_means_nothing_is_refused() {
        let zone = Zone::of_variable("Europe/Berlin");
        for text in [
            "foo",
            "2024-02-30",
            "24:00",
            "2024-03-31 02:30",
            "1 2",
            "12:",
            "+1",
            "@0 1 day",
            "march",
            "2024-01-01, 12:00",
            "9999999999 days",
            "10:00 11:00",
            "2024-12-15 12:00 CEST",
        ] {
            assert_eq!(
                parse(text.as_bytes(), Time { seconds: 1_709_211_845, nanoseconds: 7 }, &zone),
                None,
                "{text}"
            );
        }
    }
}
