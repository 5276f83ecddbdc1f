//! Time: `systime`, `mktime` and `strftime`, in the zone that `TZ` names.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
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

/// Seconds since 1970, whole.
pub fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs() as f64)
}

fn zone(utc: bool) -> TimeZone {
    let name = std::env::var("TZ").unwrap_or_default();
    let name = name.strip_prefix(':').unwrap_or(&name);
    if utc || name.is_empty() || name == "UTC" {
        return TimeZone::UTC;
    }
    TimeZone::get(name).or_else(|_| TimeZone::posix(name)).unwrap_or(TimeZone::UTC)
}

/// The offset from UTC at a time, in seconds, and what the zone is called then.
fn offset_at(zone: &TimeZone, seconds: i64) -> (i64, String) {
    if *zone == TimeZone::UTC {
        return (0, "UTC".to_owned());
    }
    match Timestamp::from_second(seconds) {
        Ok(time) => {
            let info = zone.to_offset_info(time);
            (i64::from(info.offset().seconds()), info.abbreviation().to_owned())
        }
        Err(_) => (0, "UTC".to_owned()),
    }
}

/// A time as a calendar shows it.
struct Moment {
    year: i64,
    /// From 0.
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// From 0, Sunday.
    weekday: i64,
    /// From 0.
    yearday: i64,
    offset: i64,
    zone: String,
    stamp: i64,
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; months from 0, and any number of them.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12));
    // Years that begin in March have their leap day at the end.
    let year = if month < 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month (from 0) and day of a number of days since 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = (month + 2) % 12;
    (year_of_era + era * 400 + i64::from(month < 2), month, day)
}

impl Moment {
    fn new(stamp: i64, utc: bool) -> Moment {
        let (offset, name) = offset_at(&zone(utc), stamp);
        let name = if utc { "GMT".to_owned() } else { name };
        let local = stamp.saturating_add(offset);
        let (days, rest) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        Moment {
            year,
            month,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 4).rem_euclid(7),
            yearday: days - days_from_civil(year, 0, 1),
            offset,
            zone: name,
            stamp,
        }
    }

    /// Year and week of ISO 8601.
    fn iso_week(&self) -> (i64, i64) {
        let weekday = (self.weekday + 6) % 7;
        let week = (self.yearday - weekday + 10) / 7;
        let weeks_of = |year: i64| {
            let first = (days_from_civil(year, 0, 1) + 3).rem_euclid(7);
            let leap = days_from_civil(year, 12, 1) - days_from_civil(year, 0, 1) == 366;
            if first == 3 || (leap && first == 2) { 53 } else { 52 }
        };
        if week < 1 {
            (self.year - 1, weeks_of(self.year - 1))
        } else if week > weeks_of(self.year) {
            (self.year + 1, 1)
        } else {
            (self.year, week)
        }
    }
}

/// How a field of a date is padded.
#[derive(Clone, Copy, Default)]
struct Padding {
    flag: Option<u8>,
    upper: bool,
    swap: bool,
    width: Option<usize>,
}

fn number(out: &mut Vec<u8>, value: i64, width: usize, usual: u8, padding: Padding) {
    let fill = match padding.flag {
        Some(b'-') => None,
        Some(b'_') => Some(b' '),
        Some(b'0') => Some(b'0'),
        _ => Some(usual),
    };
    let digits = value.abs().to_string();
    let width = padding.width.unwrap_or(width);
    let missing = width.saturating_sub(digits.len() + usize::from(value < 0));
    let spaces = if fill == Some(b' ') { missing } else { 0 };
    let zeros = if fill == Some(b'0') { missing } else { 0 };
    out.extend(std::iter::repeat_n(b' ', spaces));
    if value < 0 {
        out.push(b'-');
    }
    out.extend(std::iter::repeat_n(b'0', zeros));
    out.extend_from_slice(digits.as_bytes());
}

fn word(out: &mut Vec<u8>, text: &str, padding: Padding) {
    let fill = if padding.flag == Some(b'0') { b'0' } else { b' ' };
    let missing = padding.width.unwrap_or(0).saturating_sub(text.len());
    out.extend(std::iter::repeat_n(fill, missing));
    if padding.upper {
        out.extend(text.bytes().map(|byte| byte.to_ascii_uppercase()));
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

/// A time in words, as strftime(3) writes it in the C locale.
pub fn strftime(format: &[u8], seconds: f64, utc: bool) -> Vec<u8> {
    let moment = Moment::new(seconds.floor() as i64, utc);
    let mut out = Vec::new();
    write_format(&mut out, format, &moment);
    out
}

fn write_format(out: &mut Vec<u8>, format: &[u8], moment: &Moment) {
    let mut at = 0;
    while at < format.len() {
        if format[at] != b'%' {
            out.push(format[at]);
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        let mut padding = Padding::default();
        while let Some(flag @ (b'_' | b'-' | b'0' | b'^' | b'#' | b'+')) = format.get(at) {
            match flag {
                b'^' => padding.upper = true,
                b'#' => padding.swap = true,
                flag => padding.flag = Some(*flag),
            }
            at += 1;
        }
        while let Some(digit) = format.get(at).filter(|byte| byte.is_ascii_digit()) {
            let width =
                padding.width.unwrap_or(0).saturating_mul(10).saturating_add(usize::from(digit - b'0'));
            padding.width = Some(width.min(4096));
            at += 1;
        }
        if matches!(format.get(at), Some(b'E' | b'O')) {
            at += 1;
        }
        let Some(letter) = format.get(at).copied() else {
            out.extend_from_slice(&format[start..]);
            return;
        };
        at += 1;
        if !field(out, letter, moment, padding) {
            out.extend_from_slice(&format[start..at]);
        }
    }
}

/// Writes one field; false: there is none of that letter.
fn field(out: &mut Vec<u8>, letter: u8, moment: &Moment, padding: Padding) -> bool {
    let m = moment;
    let hour12 = if m.hour % 12 == 0 { 12 } else { m.hour % 12 };
    let changed = Padding { upper: padding.upper || padding.swap, ..padding };
    match letter {
        b'%' => out.push(b'%'),
        b'n' => out.push(b'\n'),
        b't' => out.push(b'\t'),
        b'a' => word(out, &DAYS[m.weekday as usize][..3], changed),
        b'A' => word(out, DAYS[m.weekday as usize], changed),
        b'b' | b'h' => word(out, &MONTHS[m.month as usize][..3], changed),
        b'B' => word(out, MONTHS[m.month as usize], changed),
        b'C' => number(out, m.year.div_euclid(100), 2, b'0', padding),
        b'd' => number(out, m.day, 2, b'0', padding),
        b'e' => number(out, m.day, 2, b' ', padding),
        b'g' => number(out, m.iso_week().0.rem_euclid(100), 2, b'0', padding),
        b'G' => number(out, m.iso_week().0, 4, b'0', padding),
        b'H' => number(out, m.hour, 2, b'0', padding),
        b'I' => number(out, hour12, 2, b'0', padding),
        b'j' => number(out, m.yearday + 1, 3, b'0', padding),
        b'k' => number(out, m.hour, 2, b' ', padding),
        b'l' => number(out, hour12, 2, b' ', padding),
        b'm' => number(out, m.month + 1, 2, b'0', padding),
        b'M' => number(out, m.minute, 2, b'0', padding),
        b'p' | b'P' => {
            let lower = letter == b'P' || padding.swap;
            let text = match (m.hour >= 12, lower) {
                (false, false) => "AM",
                (true, false) => "PM",
                (false, true) => "am",
                (true, true) => "pm",
            };
            word(out, text, padding);
        }
        b's' => number(out, m.stamp, 1, b'0', padding),
        b'S' => number(out, m.second, 2, b'0', padding),
        b'u' => number(out, if m.weekday == 0 { 7 } else { m.weekday }, 1, b'0', padding),
        b'U' => number(out, (m.yearday + 7 - m.weekday) / 7, 2, b'0', padding),
        b'V' => number(out, m.iso_week().1, 2, b'0', padding),
        b'w' => number(out, m.weekday, 1, b'0', padding),
        b'W' => number(out, (m.yearday + 7 - (m.weekday + 6) % 7) / 7, 2, b'0', padding),
        b'y' => number(out, m.year.rem_euclid(100), 2, b'0', padding),
        b'Y' => number(out, m.year, 1, b'0', padding),
        b'z' => {
            let minutes = m.offset.abs() / 60;
            let sign = if m.offset < 0 { '-' } else { '+' };
            // Writing to a vector does not fail.
            drop(write!(out, "{sign}{:02}{:02}", minutes / 60, minutes % 60));
        }
        b'Z' => {
            let lower = m.zone.to_ascii_lowercase();
            word(out, if padding.swap { &lower } else { &m.zone }, padding);
        }
        b'c' | b'D' | b'F' | b'r' | b'R' | b'T' | b'x' | b'X' => {
            let format: &[u8] = match letter {
                b'c' => b"%a %b %e %H:%M:%S %Y",
                b'D' | b'x' => b"%m/%d/%y",
                b'F' => b"%Y-%m-%d",
                b'r' => b"%I:%M:%S %p",
                b'R' => b"%H:%M",
                _ => b"%H:%M:%S",
            };
            let mut text = Vec::new();
            write_format(&mut text, format, moment);
            word(out, &String::from_utf8_lossy(&text), padding);
        }
        _ => return false,
    }
    true
}

/// The seconds since 1970 of `YYYY MM DD HH MM SS`, or -1.
pub fn mktime(text: &[u8], utc: bool) -> f64 {
    let text = String::from_utf8_lossy(text);
    let mut numbers = Vec::new();
    for word in text.split_whitespace() {
        match word.parse::<i64>() {
            Ok(number) if number.abs() < 1 << 40 => numbers.push(number),
            _ => return -1.0,
        }
    }
    let &[year, month, day, hour, minute, second, ref rest @ ..] = numbers.as_slice() else { return -1.0 };
    let days = days_from_civil(year, month - 1, 1) + day - 1;
    let local = days * 86_400 + hour * 3600 + minute * 60 + second;
    let zone = zone(utc);
    // The offset is that of the time itself, which the offset leads to.
    let first = offset_at(&zone, local).0;
    let mut stamp = local - first;
    let second = offset_at(&zone, stamp).0;
    if second != first {
        let other = local - second;
        let wants_summer = rest.first().is_some_and(|flag| *flag > 0);
        stamp = if offset_at(&zone, other).0 == second || wants_summer { other } else { stamp };
    }
    stamp as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse() {
        for days in (-1_000_000..1_000_000).step_by(997) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(civil_from_days(0), (1970, 0, 1));
        assert_eq!(civil_from_days(11_016), (2000, 1, 29));
    }

    #[test]
    fn a_format_is_filled_in() {
        let text = strftime(b"%Y-%m-%d %H:%M:%S %a %j %V %G %U %e|%-d|%_H|%^b|%q", 951_827_696.0, true);
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "2000-02-29 12:34:56 Tue 060 09 2000 09 29|29|12|FEB|%q"
        );
    }
}
