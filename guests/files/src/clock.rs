//! The clock: points in time as a calendar and a wall clock show them, in the zone of `TZ`, and their formats.
//!
//! It owns the calendar and strftime with GNU's additions; the rules of zones are jiff's.

use std::fmt::Write;

use jiff::tz::TimeZone;

use crate::system::Time;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const DAY_SECONDS: i64 = 86_400;

/// A zone: `None` is UTC.
#[derive(Clone, Debug)]
pub struct Zone(Option<TimeZone>);

impl Zone {
    /// The zone of `TZ`; UTC where it says nothing or nothing that is known.
    pub fn from_environment() -> Zone {
        let name = std::env::var("TZ").unwrap_or_default();
        Zone::named(name.strip_prefix(':').unwrap_or(&name))
    }

    fn named(name: &str) -> Zone {
        // Most runs are in UTC, and need no database.
        if matches!(name, "" | "UTC" | "UTC0" | "GMT0" | "Etc/UTC") {
            return Zone(None);
        }
        Zone(TimeZone::get(name).or_else(|_| TimeZone::posix(name)).ok())
    }

    /// The zone as jiff has it.
    pub fn rules(&self) -> TimeZone {
        self.0.clone().unwrap_or(TimeZone::UTC)
    }

    /// What the clock on the wall shows.
    pub fn local(&self, time: Time) -> Local {
        let timestamp = jiff::Timestamp::from_second(time.seconds).ok();
        let (offset, abbreviation) = match (&self.0, timestamp) {
            (Some(zone), Some(timestamp)) => {
                let info = zone.to_offset_info(timestamp);
                (info.offset().seconds(), info.abbreviation().to_owned())
            }
            _ => (0, "UTC".to_owned()),
        };
        Local::new(time, offset, abbreviation)
    }

    /// The point in time when the wall clock shows this; `None` where it is no time, or skipped.
    pub fn point(&self, wall: Wall) -> Option<Time> {
        let Wall { year, month, day, hour, minute, second } = wall;
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let seconds = days_since_1970(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
        let Some(zone) = &self.0 else { return Some(Time { seconds, nanoseconds: 0 }) };
        let civil = jiff::civil::DateTime::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
            i8::try_from(hour).ok()?,
            i8::try_from(minute).ok()?,
            i8::try_from(second.min(59)).ok()?,
            0,
        )
        .ok()?;
        let ambiguous = zone.to_ambiguous_timestamp(civil);
        if matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
            return None;
        }
        let seconds = ambiguous.compatible().ok()?.as_second() + i64::from(second == 60);
        Some(Time { seconds, nanoseconds: 0 })
    }
}

/// What a wall clock and a calendar show.
#[derive(Clone, Copy, Debug)]
pub struct Wall {
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

/// A point in time in a zone.
#[derive(Clone, Debug)]
pub struct Local {
    pub time: Time,
    pub wall: Wall,
    /// From 0, Sunday.
    weekday: i64,
    /// From 0.
    yearday: i64,
    /// Seconds east of Greenwich.
    offset: i32,
    abbreviation: String,
}

impl Local {
    fn new(time: Time, offset: i32, abbreviation: String) -> Local {
        let seconds = time.seconds.saturating_add(i64::from(offset));
        let (days, rest) = (seconds.div_euclid(DAY_SECONDS), seconds.rem_euclid(DAY_SECONDS));
        let (year, month, day) = date_of(days);
        let wall = Wall { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60 };
        let yearday = days - days_since_1970(year, 1, 1);
        Local { time, wall, weekday: (days + 4).rem_euclid(7), yearday, offset, abbreviation }
    }

    /// Writes the time as a format says.
    pub fn format(&self, format: &[u8], out: &mut Vec<u8>) {
        let mut left = format;
        while let Some(percent) = left.iter().position(|byte| *byte == b'%') {
            let (before, directive) = left.split_at(percent);
            out.extend_from_slice(before);
            match Directive::read(directive) {
                Some((directive, rest)) => {
                    directive.write(self, out);
                    left = rest;
                }
                None => {
                    out.push(b'%');
                    left = &directive[1..];
                }
            }
        }
        out.extend_from_slice(left);
    }

    /// The year and the number of its week that ISO 8601 gives the day.
    fn iso_week(&self) -> (i64, i64) {
        let weekday = (self.weekday + 6) % 7;
        let week = (self.yearday - weekday + 10).div_euclid(7);
        let year = self.wall.year;
        if week < 1 {
            return (year - 1, weeks_in(year - 1));
        }
        if week > weeks_in(year) { (year + 1, 1) } else { (year, week) }
    }
}

/// How many weeks ISO 8601 gives a year.
fn weeks_in(year: i64) -> i64 {
    let weekday = (days_since_1970(year, 1, 1) + 3).rem_euclid(7);
    if weekday == 3 || (weekday == 2 && is_leap(year)) { 53 } else { 52 }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The number of a day, counted in years that begin with March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a day's number.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// A `%` and what belongs to it.
struct Directive {
    /// `-`, `_`, `0` or `+`; 0 where there is none.
    padding: u8,
    upper: bool,
    /// `#`: the other case.
    other_case: bool,
    width: Option<usize>,
    colons: usize,
    letter: u8,
}

/// The widest that a format can ask for. Nobody needs it wider, and a larger number is an attack.
const WIDTH_MAX: usize = 4096;

impl Directive {
    fn read(text: &[u8]) -> Option<(Directive, &[u8])> {
        let mut read =
            Directive { padding: 0, upper: false, other_case: false, width: None, colons: 0, letter: 0 };
        let mut index = 1;
        while let Some(flag) = text.get(index) {
            match flag {
                b'-' | b'_' | b'0' | b'+' => read.padding = *flag,
                b'^' => read.upper = true,
                b'#' => read.other_case = true,
                _ => break,
            }
            index += 1;
        }
        while let Some(digit) = text.get(index).filter(|byte| byte.is_ascii_digit()) {
            let width = read.width.unwrap_or(0) * 10 + usize::from(digit - b'0');
            read.width = Some(width.min(WIDTH_MAX));
            index += 1;
        }
        if matches!(text.get(index), Some(b'E' | b'O')) {
            index += 1;
        }
        while text.get(index) == Some(&b':') {
            read.colons += 1;
            index += 1;
        }
        read.letter = *text.get(index)?;
        let is_known = b"%ntaAbBhcCdDeFgGHIjklmMNpPqrRsSTuUVwWxXyYzZ".contains(&read.letter);
        if !is_known || (read.colons > 0 && read.letter != b'z') {
            return None;
        }
        Some((read, text.get(index + 1..)?))
    }

    fn write(&self, local: &Local, out: &mut Vec<u8>) {
        let wall = &local.wall;
        match self.letter {
            b'%' => self.text("%", out),
            b'n' => self.text("\n", out),
            b't' => self.text("\t", out),
            b'a' => self.text(&name(&DAYS, local.weekday)[..3], out),
            b'A' => self.text(name(&DAYS, local.weekday), out),
            b'b' | b'h' => self.text(&name(&MONTHS, wall.month - 1)[..3], out),
            b'B' => self.text(name(&MONTHS, wall.month - 1), out),
            b'p' if self.other_case => self.text(if wall.hour < 12 { "am" } else { "pm" }, out),
            b'p' => self.text(if wall.hour < 12 { "AM" } else { "PM" }, out),
            b'P' => self.text(if wall.hour < 12 { "am" } else { "pm" }, out),
            b'Z' if self.other_case => self.text(&local.abbreviation.to_lowercase(), out),
            b'Z' => self.text(&local.abbreviation, out),
            b'c' => self.composed("%a %b %e %H:%M:%S %Y", local, out),
            b'D' | b'x' => self.composed("%m/%d/%y", local, out),
            b'F' => self.composed("%Y-%m-%d", local, out),
            b'r' => self.composed("%I:%M:%S %p", local, out),
            b'R' => self.composed("%H:%M", local, out),
            b'T' | b'X' => self.composed("%H:%M:%S", local, out),
            b'N' => self.nanoseconds(local, out),
            b'z' => self.offset(local, out),
            b'C' => self.number(wall.year.div_euclid(100), 2, b'0', out),
            b'd' => self.number(wall.day, 2, b'0', out),
            b'e' => self.number(wall.day, 2, b'_', out),
            b'g' => self.number(local.iso_week().0.rem_euclid(100), 2, b'0', out),
            b'G' => self.number(local.iso_week().0, 4, b'0', out),
            b'H' => self.number(wall.hour, 2, b'0', out),
            b'I' => self.number((wall.hour + 11) % 12 + 1, 2, b'0', out),
            b'j' => self.number(local.yearday + 1, 3, b'0', out),
            b'k' => self.number(wall.hour, 2, b'_', out),
            b'l' => self.number((wall.hour + 11) % 12 + 1, 2, b'_', out),
            b'm' => self.number(wall.month, 2, b'0', out),
            b'M' => self.number(wall.minute, 2, b'0', out),
            b'q' => self.number((wall.month + 2) / 3, 1, b'0', out),
            b's' => self.number(local.time.seconds, 1, b'0', out),
            b'S' => self.number(wall.second, 2, b'0', out),
            b'u' => self.number((local.weekday + 6) % 7 + 1, 1, b'0', out),
            b'U' => self.number((local.yearday - local.weekday + 7).div_euclid(7), 2, b'0', out),
            b'V' => self.number(local.iso_week().1, 2, b'0', out),
            b'w' => self.number(local.weekday, 1, b'0', out),
            b'W' => self.number((local.yearday - (local.weekday + 6) % 7 + 7).div_euclid(7), 2, b'0', out),
            b'y' => self.number(wall.year.rem_euclid(100), 2, b'0', out),
            _ => self.number(wall.year, 4, b'0', out),
        }
    }

    fn text(&self, text: &str, out: &mut Vec<u8>) {
        let pad = if self.padding == b'0' { b'0' } else { b' ' };
        let missing = self.width.unwrap_or(0).saturating_sub(text.len());
        out.extend(std::iter::repeat_n(pad, missing));
        let is_raised = self.upper || (self.other_case && b"aAbBh".contains(&self.letter));
        let text = if is_raised { text.to_uppercase() } else { text.to_owned() };
        out.extend_from_slice(text.as_bytes());
    }

    fn composed(&self, format: &str, local: &Local, out: &mut Vec<u8>) {
        let mut text = Vec::new();
        local.format(format.as_bytes(), &mut text);
        self.text(&String::from_utf8_lossy(&text), out);
    }

    fn number(&self, number: i64, digits: usize, default: u8, out: &mut Vec<u8>) {
        let padding = if self.padding == 0 { default } else { self.padding };
        let width = if self.padding == b'-' { 0 } else { self.width.unwrap_or(digits) };
        let sign = if number < 0 { "-" } else { "" };
        let text = number.unsigned_abs().to_string();
        let missing = width.saturating_sub(text.len() + sign.len());
        if padding == b'_' {
            out.extend(std::iter::repeat_n(b' ', missing));
        }
        out.extend_from_slice(sign.as_bytes());
        if padding != b'_' {
            out.extend(std::iter::repeat_n(b'0', missing));
        }
        out.extend_from_slice(text.as_bytes());
    }

    fn nanoseconds(&self, local: &Local, out: &mut Vec<u8>) {
        let digits = format!("{:09}", local.time.nanoseconds);
        let width = self.width.unwrap_or(9);
        let shown = digits.get(..width.min(9)).unwrap_or(&digits);
        out.extend_from_slice(shown.as_bytes());
        out.extend(std::iter::repeat_n(b'0', width.saturating_sub(9)));
    }

    fn offset(&self, local: &Local, out: &mut Vec<u8>) {
        let (sign, offset) = (if local.offset < 0 { '-' } else { '+' }, local.offset.unsigned_abs());
        let (hours, minutes, seconds) = (offset / 3600, offset / 60 % 60, offset % 60);
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = match self.colons {
            0 => write!(text, "{hours:02}{minutes:02}"),
            1 => write!(text, "{hours:02}:{minutes:02}"),
            2 => write!(text, "{hours:02}:{minutes:02}:{seconds:02}"),
            _ if seconds != 0 => write!(text, "{hours:02}:{minutes:02}:{seconds:02}"),
            _ if minutes != 0 => write!(text, "{hours:02}:{minutes:02}"),
            _ => write!(text, "{hours:02}"),
        };
        let missing = self.width.unwrap_or(0).saturating_sub(text.len() + 1);
        let text = format!("{sign}{}{text}", "0".repeat(missing));
        out.extend_from_slice(text.as_bytes());
    }
}

fn name(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("???")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(zone: &str, seconds: i64, format: &str) -> String {
        let mut out = Vec::new();
        Zone::named(zone).local(Time { seconds, nanoseconds: 7_000_000 }).format(format.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    // Every row is what GNU date 9.1 prints.

    #[test]
    fn a_time_is_shown_as_date_shows_it() {
        for (zone, seconds, format, wanted) in [
            ("", 0, "%F %T %z %Z", "1970-01-01 00:00:00 +0000 UTC"),
            ("", 1_709_210_096, "%F %T.%N", "2024-02-29 12:34:56.007000000"),
            ("", 1_709_210_096, "%3N %-d %_m %^a %#Z %10Y %e|%k|%l", "007 29  2 THU utc 0000002024 29|12|12"),
            ("", -1, "%c %j %u %w %U %W %V %G %g", "Wed Dec 31 23:59:59 1969 365 3 3 52 52 01 1970 70"),
            (
                "Europe/Berlin",
                1_720_000_000,
                "%F %R %z %:z %::z %:::z %Z",
                "2024-07-03 11:46 +0200 +02:00 +02:00:00 +02 CEST",
            ),
            ("EST5EDT", 1_704_067_200, "%D %r %p %P", "12/31/23 07:00:00 PM PM pm"),
            ("", 1_704_067_200, "%Q %% %n%t%s %q", "%Q % \n\t1704067200 1"),
            ("", 1_704_067_200, "%", "%"),
        ] {
            assert_eq!(shown(zone, seconds, format), wanted, "{format}");
        }
    }

    #[test]
    fn a_wall_clock_is_a_point_in_time_again() {
        for seconds in (-5_000_000_000..5_000_000_000).step_by(123_456_789) {
            for zone in ["", "America/New_York"] {
                let zone = Zone::named(zone);
                let time = Time { seconds, nanoseconds: 0 };
                assert_eq!(zone.point(zone.local(time).wall), Some(time));
            }
        }
    }
}
