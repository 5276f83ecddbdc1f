//! The clock: points in time as a calendar and a wall clock show them, in the zone of `TZ`, and their formats.
//!
//! It owns the calendar and strftime with GNU's additions; the rules of zones are jiff's.

use jiff::tz::{AmbiguousOffset, TimeZone};

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
pub const DAY_SECONDS: i64 = 86_400;

/// Where the rules of zones repeat themselves: in 400 years every day comes back to its day of the week.
const CYCLE_SECONDS: i64 = 146_097 * DAY_SECONDS;
/// The rules reach from about the year -9000 to 9000; beyond they are those of another cycle.
const RULES_SECONDS: std::ops::RangeInclusive<i64> = -346_000_000_000..=221_000_000_000;

/// A zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// None: UTC, whatever it is called.
    rules: Option<TimeZone>,
    name: String,
}

/// What a wall clock's time comes to in a zone.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// Seconds east of Greenwich.
    pub offset: i64,
    /// Whether the clock jumps over this time.
    pub is_skipped: bool,
}

impl Zone {
    pub fn utc() -> Zone {
        Zone { rules: None, name: "UTC".to_owned() }
    }

    /// The zone of `TZ`.
    pub fn from_environment() -> Zone {
        Zone::of_variable(&std::env::var("TZ").unwrap_or_default())
    }

    /// The zone of a value of `TZ`; what is not known is UTC under the name that it gives itself.
    pub fn of_variable(value: &str) -> Zone {
        let value = value.strip_prefix(':').unwrap_or(value);
        let name = value.strip_prefix("/usr/share/zoneinfo/").unwrap_or(value);
        let name = name.strip_prefix("posix/").unwrap_or(name);
        // Most runs are in UTC, and need no database.
        if matches!(name, "" | "UTC" | "UTC0" | "Etc/UTC") {
            return Zone::utc();
        }
        let known = TimeZone::get(name).ok().filter(|zone| zone.iana_name() == Some(name));
        // A zone that has a summer but does not say when has that of New York.
        let ruled = || TimeZone::posix(&format!("{name},M3.2.0,M11.1.0")).ok();
        if let Some(rules) = known.or_else(|| TimeZone::posix(name).ok()).or_else(ruled) {
            return Zone { rules: Some(rules), name: String::new() };
        }
        let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
        let is_name = letters >= 3 && !name.as_bytes().get(letters).is_some_and(u8::is_ascii_digit);
        Zone {
            rules: None,
            name: if is_name { name.get(..letters).unwrap_or_default().to_owned() } else { String::new() },
        }
    }

    /// What the clock on the wall shows.
    pub fn local(&self, time: Time) -> Local {
        let timestamp = jiff::Timestamp::from_second(within_rules(time.seconds)).ok();
        let (offset, abbreviation) = match (&self.rules, timestamp) {
            (Some(zone), Some(timestamp)) => {
                let info = zone.to_offset_info(timestamp);
                (info.offset().seconds(), info.abbreviation().to_owned())
            }
            _ => (0, self.name.clone()),
        };
        Local::new(time, offset, abbreviation)
    }

    /// The point in time when the wall clock shows this; `None` where it is no time, or skipped.
    pub fn point(&self, wall: Wall) -> Option<Time> {
        if !wall.is_possible() {
            return None;
        }
        let found = self.point_near(wall.seconds(), 0).filter(|found| !found.is_skipped)?;
        Some(Time { seconds: wall.seconds() - found.offset, nanoseconds: 0 })
    }

    /// How far from Greenwich the clock is when it shows so many seconds from 1970. Of two answers, that which is
    /// nearer to a guess; of a time that is skipped, that of before.
    pub fn point_near(&self, seconds: i64, guess: i64) -> Option<Found> {
        let Some(zone) = &self.rules else { return Some(Found { offset: 0, is_skipped: false }) };
        let shown = within_rules(seconds);
        let (days, rest) = (shown.div_euclid(DAY_SECONDS), shown.rem_euclid(DAY_SECONDS));
        let (year, month, day) = date_of(days);
        let civil = jiff::civil::DateTime::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
            i8::try_from(rest / 3600).ok()?,
            i8::try_from(rest / 60 % 60).ok()?,
            i8::try_from(rest % 60).ok()?,
            0,
        )
        .ok()?;
        let seconds = |offset: jiff::tz::Offset| i64::from(offset.seconds());
        Some(match zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => Found { offset: seconds(offset), is_skipped: false },
            AmbiguousOffset::Gap { before, .. } => Found { offset: seconds(before), is_skipped: true },
            AmbiguousOffset::Fold { before, after } => {
                let (before, after) = (seconds(before), seconds(after));
                let is_earlier = (guess - before).abs() <= (guess - after).abs();
                Found { offset: if is_earlier { before } else { after }, is_skipped: false }
            }
        })
    }
}

/// A time at which the rules are the same.
fn within_rules(seconds: i64) -> i64 {
    let (first, last) = (*RULES_SECONDS.start(), *RULES_SECONDS.end());
    if seconds > last {
        seconds - ((seconds - last) / CYCLE_SECONDS + 1).saturating_mul(CYCLE_SECONDS)
    } else if seconds < first {
        first + (seconds.saturating_sub(first)).rem_euclid(CYCLE_SECONDS)
    } else {
        seconds
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

impl Wall {
    /// Whether a calendar and a clock know it.
    pub fn is_possible(&self) -> bool {
        (1..=12).contains(&self.month)
            && self.day >= 1
            && self.day <= days_in_month(self.year, self.month)
            && (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..=60).contains(&self.second)
    }

    /// Seconds from 1970 on a clock that knows no zone. The day may be any number.
    pub fn seconds(&self) -> i64 {
        let days = days_since_1970(self.year, self.month, 1) + self.day - 1;
        days * DAY_SECONDS + self.hour * 3600 + self.minute * 60 + self.second
    }
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

    /// Seconds east of Greenwich.
    pub fn offset(&self) -> i32 {
        self.offset
    }

    /// What the zone is called then.
    pub fn abbreviation(&self) -> &str {
        &self.abbreviation
    }

    /// Writes the time as a format says.
    pub fn format(&self, format: &[u8], out: &mut Vec<u8>) {
        let mut left = format;
        while let Some(percent) = left.iter().position(|byte| *byte == b'%') {
            let (before, directive) = left.split_at(percent);
            out.extend_from_slice(before);
            match Directive::read(directive) {
                Some((directive, raw, rest)) => {
                    match directive.letter {
                        0 => {
                            let own = raw.len() - usize::from(raw.ends_with(b"%") && raw.len() > 1);
                            let fill = if directive.padding == b'0' { b'0' } else { b' ' };
                            let width =
                                if directive.padding == b'-' { 0 } else { directive.width.unwrap_or(0) };
                            out.extend(std::iter::repeat_n(fill, width.saturating_sub(own)));
                            out.extend_from_slice(raw);
                        }
                        _ => directive.write(self, out),
                    }
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
pub fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
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
    /// 0 of what is no conversion.
    letter: u8,
}

/// The widest that a format can ask for. Nobody needs it wider, and a larger number is an attack.
const WIDTH_MAX: usize = 4096;

impl Directive {
    fn read(text: &[u8]) -> Option<(Directive, &[u8], &[u8])> {
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
        while text.get(index) == Some(&b':') {
            read.colons += 1;
            index += 1;
        }
        let modifier = text.get(index).copied().filter(|byte| matches!(byte, b'E' | b'O'));
        index += usize::from(modifier.is_some());
        let taken: &[u8] = match modifier {
            None => b"%ntaAbBhcCdDeFgGHIjklmMNpPqrRsSTuUVwWxXyYzZ",
            Some(b'E') => b"cCxXyY",
            Some(_) => b"BbhCdegGHIjklmMNpPrRsSTuUVwWXyzZ",
        };
        let letter = text.get(index).copied().unwrap_or(0);
        let is_plain = index == 1;
        let is_known = taken.contains(&letter) && (letter != b'%' || is_plain);
        if is_known && read.colons <= 3 && (read.colons == 0 || letter == b'z') {
            read.letter = letter;
        }
        // What is no conversion stays as it is.
        let end = if letter == 0 { index } else { index + 1 };
        Some((read, text.get(..end)?, text.get(end..)?))
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
            b'P' => {
                let always_lower = Directive { upper: false, ..*self };
                always_lower.text(if wall.hour < 12 { "am" } else { "pm" }, out);
            }
            b'Z' if self.other_case => self.text(&local.abbreviation.to_lowercase(), out),
            b'Z' => self.text(&local.abbreviation, out),
            b'c' => self.composed("%a %b %e %H:%M:%S %-Y", local, out),
            b'D' | b'x' => self.composed("%m/%d/%y", local, out),
            b'F' => {
                let year = match (self.padding, self.width) {
                    (0, None) => Directive { padding: b'+', width: Some(4), ..*self },
                    (_, width) => Directive { width: Some(width.unwrap_or(0).saturating_sub(6)), ..*self },
                };
                year.year(wall.year, 4, out);
                local.format(b"-%m-%d", out);
            }
            b'r' => self.composed("%I:%M:%S %p", local, out),
            b'R' => self.composed("%H:%M", local, out),
            b'T' | b'X' => self.composed("%H:%M:%S", local, out),
            b'N' => self.nanoseconds(local, out),
            b'z' => self.offset(local, out),
            b'C' => self.year(wall.year.div_euclid(100), 2, out),
            b'd' => self.number(wall.day, 2, b'0', out),
            b'e' => self.number(wall.day, 2, b'_', out),
            b'g' => self.number(local.iso_week().0.rem_euclid(100), 2, b'0', out),
            b'G' => self.year(local.iso_week().0, 4, out),
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
            _ => self.year(wall.year, 4, out),
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

    /// A number of years: with `+`, one of more digits than usual has a sign.
    fn year(&self, number: i64, digits: usize, out: &mut Vec<u8>) {
        let length = number.unsigned_abs().to_string().len();
        let has_sign =
            self.padding == b'+' && number >= 0 && self.width.unwrap_or(digits).max(length) > digits;
        if !has_sign {
            return self.number(number, digits, b'0', out);
        }
        out.push(b'+');
        let missing = self.width.unwrap_or(digits).saturating_sub(length + 1);
        out.extend(std::iter::repeat_n(b'0', missing));
        out.extend_from_slice(number.to_string().as_bytes());
    }

    fn nanoseconds(&self, local: &Local, out: &mut Vec<u8>) {
        let digits = format!("{:09}", local.time.nanoseconds);
        let width = self.width.filter(|width| *width > 0).unwrap_or(9);
        let mut shown = digits.get(..width.min(9)).unwrap_or(&digits);
        if self.padding == b'_' || (self.padding == b'-' && self.width.is_some()) {
            // The first digit is there always.
            let kept = shown.trim_end_matches('0').len().max(1);
            shown = shown.get(..kept).unwrap_or(shown);
        }
        out.extend_from_slice(shown.as_bytes());
        let fill = match self.padding {
            b'-' => return,
            b'_' => b' ',
            _ => b'0',
        };
        out.extend(std::iter::repeat_n(fill, width - shown.len()));
    }

    fn offset(&self, local: &Local, out: &mut Vec<u8>) {
        let (sign, offset) = (if local.offset < 0 { b'-' } else { b'+' }, local.offset.unsigned_abs());
        let (hours, minutes, seconds) = (offset / 3600, offset / 60 % 60, offset % 60);
        let (text, width) = match self.colons {
            0 => ((hours * 100 + minutes).to_string(), 5),
            1 => (format!("{hours}:{minutes:02}"), 6),
            3 if seconds == 0 && minutes == 0 => (hours.to_string(), 3),
            3 if seconds == 0 => (format!("{hours}:{minutes:02}"), 6),
            _ => (format!("{hours}:{minutes:02}:{seconds:02}"), 9),
        };
        let width = if self.padding == b'-' { 0 } else { self.width.unwrap_or(width) };
        let missing = width.saturating_sub(text.len() + 1);
        if self.padding == b'_' {
            out.extend(std::iter::repeat_n(b' ', missing));
        }
        out.push(sign);
        if self.padding != b'_' {
            out.extend(std::iter::repeat_n(b'0', missing));
        }
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
        Zone::of_variable(zone)
            .local(Time { seconds, nanoseconds: 7_000_000 })
            .format(format.as_bytes(), &mut out);
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
                let zone = Zone::of_variable(zone);
                let time = Time { seconds, nanoseconds: 0 };
                assert_eq!(zone.point(zone.local(time).wall), Some(time));
            }
        }
    }
}
