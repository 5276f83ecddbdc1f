//! Dates, times and durations in the notations that csvkit takes for such.

use std::fmt;

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

/// A day and a time of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    pub date: Date,
    pub second: u32,
    pub microsecond: u32,
    /// Minutes east of Greenwich.
    pub offset: Option<i32>,
}

/// A duration in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub i64);

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Date {
    /// A day that the calendar has.
    fn checked(year: u32, month: u32, day: u32) -> Option<Self> {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            2 => 28 + u32::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=9999).contains(&year) || !(1..=last).contains(&day) {
            return None;
        }
        Some(Self {
            year: u16::try_from(year).ok()?,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
        })
    }

    /// Reads a date: numbers with `-` or `/` between, or the name of a month, or of a day of the week.
    pub fn parse(text: &str) -> Option<Self> {
        numeric(text).or_else(|| named(text))
    }
}

/// Years of two digits are those around 2000.
fn full_year(text: &str) -> Option<u32> {
    let year: u32 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        1 | 2 => Some(if year >= 50 { 1900 + year } else { 2000 + year }),
        _ => None,
    }
}

fn numeric(text: &str) -> Option<Date> {
    let separator = if text.contains('/') { '/' } else { '-' };
    let parts: Vec<&str> = text.split(separator).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(is_number) {
        return None;
    }
    let small = |part: &str| if part.len() <= 2 { part.parse::<u32>().ok() } else { None };
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            Date::checked(year.parse().ok()?, small(month)?, small(day)?)
        }
        [month, day, year] => Date::checked(full_year(year)?, small(month)?, small(day)?),
        [month, day] if separator == '/' => Date::checked(2001, small(month)?, small(day)?),
        _ => None,
    }
}

/// The number of a name in a list, which may be cut to three letters.
fn number_of(name: &str, names: &[&str]) -> Option<u32> {
    let index = names.iter().position(|full| *full == name || full.get(..3) == Some(name))?;
    u32::try_from(index + 1).ok()
}

fn named(text: &str) -> Option<Date> {
    let lower = text.to_ascii_lowercase();
    if lower == "today" {
        return Date::checked(1, 1, 1);
    }
    if let Some(day) = number_of(&lower, &DAYS) {
        // The first day there is was a Monday, and a day's name means the next one.
        return Date::checked(1, 1, if day == 1 { 8 } else { day });
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    let month = |word: &str| number_of(word.trim_end_matches(['.', ',']), &MONTHS);
    let day = |word: &str| -> Option<u32> {
        let digits = word.trim_end_matches(',');
        let digits =
            ["st", "nd", "rd", "th"].iter().find_map(|end| digits.strip_suffix(end)).unwrap_or(digits);
        digits.parse().ok().filter(|_| digits.len() <= 2)
    };
    let year = |word: &str| (word.len() == 4).then(|| word.parse().ok()).flatten();
    match words.as_slice() {
        [only] => Date::checked(1, month(only)?, 1),
        [first, second] => match month(first) {
            Some(month) => match year(second) {
                Some(year) => Date::checked(year, month, 1),
                None => Date::checked(1, month, day(second)?),
            },
            None => Date::checked(1, month(second)?, day(first)?),
        },
        [first, second, third] => match month(first) {
            Some(month) => Date::checked(year(third)?, month, day(second)?),
            None => Date::checked(year(third)?, month(second)?, day(first)?),
        },
        _ => None,
    }
}

impl Moment {
    /// Midnight of a day.
    pub fn midnight(date: Date) -> Self {
        Self { date, second: 0, microsecond: 0, offset: None }
    }

    /// Reads a date and a time, with `T` or a blank between, or a date alone.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(date) = Date::parse(text) {
            return Some(Self::midnight(date));
        }
        let is_iso = text.get(10..11) == Some("T");
        let (date, time) = if is_iso {
            (text.get(..10)?, text.get(11..)?)
        } else {
            // The time begins behind the blank before its first colon.
            let colon = text.find(':')?;
            let blank = text.get(..colon)?.rfind(' ')?;
            (text.get(..blank)?.trim_end(), text.get(blank + 1..)?)
        };
        let date = Date::parse(date)?;
        let (time, offset) = if is_iso { zone(time)? } else { (time, None) };
        let lower = time.to_ascii_lowercase();
        let (clock, half) = match lower.strip_suffix("pm") {
            Some(clock) => (clock.trim_end(), Some(12)),
            None => match lower.strip_suffix("am") {
                Some(clock) => (clock.trim_end(), Some(0)),
                None => (lower.as_str(), None),
            },
        };
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let parts: Vec<u32> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let (hour, minute, second) = match parts.as_slice() {
            [hour, minute] => (*hour, *minute, 0),
            [hour, minute, second] => (*hour, *minute, *second),
            _ => return None,
        };
        let hour = match half {
            Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
            Some(_) => return None,
            None => hour,
        };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        // Only the notation of ISO keeps the parts of a second.
        let microsecond = if is_iso && !fraction.is_empty() {
            format!("{fraction:0<6}").get(..6)?.parse().ok()?
        } else {
            0
        };
        Some(Self { date, second: hour * 3600 + minute * 60 + second, microsecond, offset })
    }
}

/// Takes the zone off a time.
fn zone(time: &str) -> Option<(&str, Option<i32>)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, Some(0)));
    }
    let Some(sign) = time.rfind(['+', '-']) else { return Some((time, None)) };
    let (time, zone) = time.split_at(sign);
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes): (i32, i32) =
        (digits.get(..2)?.parse().ok()?, digits.get(2..4).unwrap_or("0").parse().ok()?);
    let offset = hours * 60 + minutes;
    Some((time, Some(if zone.starts_with('-') { -offset } else { offset })))
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.second / 3600, self.second / 60 % 60, self.second % 60);
        write!(formatter, "{}T{hour:02}:{minute:02}:{second:02}", self.date)?;
        if self.microsecond > 0 {
            write!(formatter, ".{:06}", self.microsecond)?;
        }
        let Some(offset) = self.offset else { return Ok(()) };
        let sign = if offset < 0 { '-' } else { '+' };
        write!(formatter, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
    }
}

impl Span {
    /// Reads a duration: `1:30`, `1:02:03`, `2 days`, `1h 30m`.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest.trim_start()),
            None => (false, text),
        };
        let seconds = clock(text).or_else(|| units(text))?;
        #[allow(clippy::cast_possible_truncation, reason = "a duration that long is none")]
        let micros = (seconds * 1e6).round() as i64;
        Some(Self(if negative { -micros } else { micros }))
    }
}

/// Seconds with at most so many digits before the point: two of them.
fn seconds_of(text: &str) -> Option<f64> {
    let whole = text.split('.').next().unwrap_or(text);
    if whole.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    text.parse().ok()
}

fn clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    let two = |part: &str| if part.len() == 2 { digits(part) } else { None };
    match parts.as_slice() {
        ["", seconds] => seconds_of(seconds),
        [minutes, seconds] if minutes.len() <= 2 => Some(digits(minutes)? * 60.0 + seconds_of(seconds)?),
        [hours, minutes, seconds] => {
            // Days may stand in front: `2 days, 1:02:03`.
            let at = hours.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
            let (before, hours) = hours.split_at_checked(at)?;
            let before = before.trim_end_matches([' ', ',']);
            let days = if before.is_empty() { 0.0 } else { units(before)? };
            Some(days + digits(hours)? * 3600.0 + two(minutes)? * 60.0 + seconds_of(seconds)?)
        }
        [days, hours, minutes, seconds] => {
            Some(digits(days)? * 86400.0 + two(hours)? * 3600.0 + two(minutes)? * 60.0 + seconds_of(seconds)?)
        }
        _ => None,
    }
}

fn digits(text: &str) -> Option<f64> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits { text.parse().ok() } else { None }
}

/// Numbers with units, from the longest to the shortest.
fn units(text: &str) -> Option<f64> {
    const UNITS: [(&[&str], f64); 5] = [
        (&["w", "wk", "wks", "week", "weeks"], 604_800.0),
        (&["d", "dy", "dys", "day", "days"], 86400.0),
        (&["h", "hr", "hrs", "hour", "hours"], 3600.0),
        (&["m", "min", "mins", "minute", "minutes"], 60.0),
        (&["s", "sec", "secs", "second", "seconds"], 1.0),
    ];
    let lower = text.to_ascii_lowercase();
    let (mut rest, mut next, mut sum) = (lower.trim(), 0, 0.0);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at_checked(end)?;
        let behind = behind.trim_start();
        let end = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        let index = next + UNITS.get(next..)?.iter().position(|(names, _)| names.contains(&unit))?;
        let (_, seconds) = UNITS.get(index)?;
        sum += number.parse::<f64>().ok()? * seconds;
        next = index + 1;
        rest = behind.trim_start().trim_start_matches([',', '/']).trim_start();
    }
    Some(sum)
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY: i64 = 86_400_000_000;
        let (days, rest) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        if days != 0 {
            write!(formatter, "{days} day{}, ", if days.abs() == 1 { "" } else { "s" })?;
        }
        let seconds = rest / 1_000_000;
        write!(formatter, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if rest % 1_000_000 > 0 { write!(formatter, ".{:06}", rest % 1_000_000) } else { Ok(()) }
    }
}

/// Reads a text as a format of `strptime` says.
pub fn strptime(text: &str, format: &str) -> Option<Moment> {
    let (mut year, mut month, mut day, mut hour, mut minute, mut second) = (1900, 1, 1, 0, 0, 0);
    let mut half = None;
    let mut rest = text;
    let mut marks = format.chars();
    while let Some(mark) = marks.next() {
        if mark != '%' {
            rest = if mark == ' ' { rest.trim_start() } else { rest.strip_prefix(mark)? };
            continue;
        }
        let mut number = |digits: usize| -> Option<u32> {
            let length = rest.bytes().take(digits).take_while(u8::is_ascii_digit).count();
            let (number, behind) = rest.split_at_checked(length)?;
            rest = behind;
            number.parse().ok()
        };
        match marks.next()? {
            'Y' => year = number(4)?,
            'y' => {
                let short = number(2)?;
                year = if short >= 69 { 1900 + short } else { 2000 + short };
            }
            'm' => month = number(2)?,
            'd' => day = number(2)?,
            'H' | 'I' => hour = number(2)?,
            'M' => minute = number(2)?,
            'S' => second = number(2)?,
            'b' | 'B' => {
                let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                let (name, behind) = rest.split_at_checked(end)?;
                month = number_of(&name.to_ascii_lowercase(), &MONTHS)?;
                rest = behind;
            }
            'p' => {
                half = Some(match rest.get(..2)?.to_ascii_lowercase().as_str() {
                    "am" => 0,
                    "pm" => 12,
                    _ => return None,
                });
                rest = rest.get(2..)?;
            }
            '%' => rest = rest.strip_prefix('%')?,
            _ => return None,
        }
    }
    let hour = half.map_or(hour, |half| hour % 12 + half);
    if !rest.is_empty() || hour > 23 || minute > 59 || second > 61 {
        return None;
    }
    let date = Date::checked(year, month, day)?;
    Some(Moment { date, second: hour * 3600 + minute * 60 + second, microsecond: 0, offset: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_many_notations() {
        let read = |text| Date::parse(text).map(|date| date.to_string()).unwrap_or_default();
        for (text, wanted) in [
            ("2020-1-2", "2020-01-02"),
            ("1/2/20", "2020-01-02"),
            ("12-25-2020", "2020-12-25"),
            ("13/2/2020", ""),
            ("Jan 2, 2020", "2020-01-02"),
            ("2 Jan 2020", "2020-01-02"),
            ("march 3rd", "0001-03-03"),
            ("Monday", "0001-01-08"),
            ("2020-02-30", ""),
            ("Bob", ""),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }

    #[test]
    fn durations_have_many_notations() {
        let read = |text| Span::parse(text).map(|span| span.to_string()).unwrap_or_default();
        for (text, wanted) in [
            ("10:30", "0:10:30"),
            ("10:30:15", "10:30:15"),
            ("1h 30m", "1:30:00"),
            ("5 days", "5 days, 0:00:00"),
            ("2 weeks", "14 days, 0:00:00"),
            ("10:30 PM", ""),
            ("x", ""),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }
}
