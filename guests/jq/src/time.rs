//! Time: seconds since 1970 as broken-down times and as text, in UTC or in the zone that `TZ` names.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::machine::{Outcome, Raise};
use crate::value::Value;

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

/// A broken-down time, as C has it; the month counts from 0.
#[derive(Clone, Copy, Default)]
struct Broken {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: f64,
}

pub fn now() -> Value {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Value::number(since.map_or(0.0, |since| since.as_secs_f64()))
}

/// Days since 1970-01-01 of a day in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12) + 1);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The largest number of seconds that is broken down: years beyond it have no use.
const SECONDS_MAX: f64 = 1e15;

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounded by SECONDS_MAX")]
fn broken(seconds: f64) -> Broken {
    let whole = seconds.floor() as i64;
    let day = whole.div_euclid(86_400);
    let of_day = whole.rem_euclid(86_400);
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = (shifted_month + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    Broken {
        year,
        month,
        day: of_year - (153 * shifted_month + 2) / 5 + 1,
        hour: of_day / 3600,
        minute: of_day / 60 % 60,
        second: (of_day % 60) as f64 + (seconds - seconds.floor()),
    }
}

impl Broken {
    fn days(&self) -> i64 {
        days(self.year, self.month, self.day)
    }

    fn weekday(&self) -> i64 {
        (self.days() + 4).rem_euclid(7)
    }

    fn year_day(&self) -> i64 {
        self.days() - days(self.year, 0, 1)
    }

    #[allow(clippy::cast_possible_truncation, reason = "a second of a minute")]
    fn seconds(&self) -> i64 {
        self.days() * 86_400 + self.hour * 3600 + self.minute * 60 + self.second.floor() as i64
    }

    #[allow(clippy::cast_precision_loss, reason = "parts of a date are small")]
    fn value(&self) -> Value {
        let whole = [self.year, self.month, self.day, self.hour, self.minute];
        let mut items: Vec<Value> = whole.iter().map(|part| Value::number(*part as f64)).collect();
        items.push(Value::number(self.second));
        items.extend([self.weekday(), self.year_day()].map(|part| Value::number(part as f64)));
        Value::array(items)
    }

    /// Reads an array of numbers.
    #[allow(clippy::cast_possible_truncation, reason = "clamped")]
    fn read(value: &Value, name: &str) -> Result<Broken, Raise> {
        let wrong = || Raise::from(format!("{name} requires parsed datetime inputs"));
        let Value::Array(items) = value else { return Err(wrong()) };
        let mut parts = [0.0; 6];
        for (part, item) in parts.iter_mut().zip(&items.0) {
            match item {
                Value::Number(number) if !number.double.is_nan() => *part = number.double.clamp(-1e9, 1e9),
                _ => return Err(wrong()),
            }
        }
        if items.0.len() < 6 || items.0.iter().any(|item| !matches!(item, Value::Number(_))) {
            return Err(wrong());
        }
        Ok(Broken {
            year: parts[0] as i64,
            month: parts[1] as i64,
            day: parts[2] as i64,
            hour: parts[3] as i64,
            minute: parts[4] as i64,
            second: parts[5],
        })
    }
}

pub fn mktime(input: &Value) -> Outcome {
    match input {
        Value::Array(items) if items.0.len() < 6 => {
            Err("mktime requires parsed datetime inputs".to_owned().into())
        }
        Value::Array(_) => {
            let seconds = Broken::read(input, "mktime")?.seconds();
            #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
            Ok(Value::number(seconds as f64))
        }
        _ => Err("mktime requires array inputs".to_owned().into()),
    }
}

pub fn gmtime(input: &Value) -> Outcome {
    match input {
        Value::Number(number) if number.double.abs() < SECONDS_MAX => Ok(broken(number.double).value()),
        Value::Number(_) => {
            Err("error converting number of seconds since epoch to datetime".to_owned().into())
        }
        _ => Err("gmtime() requires numeric inputs".to_owned().into()),
    }
}

/// How far a zone is from UTC at a time, in seconds, and what it is called then.
struct Zone {
    offset: i64,
    name: String,
}

impl Zone {
    fn utc() -> Zone {
        Zone { offset: 0, name: "UTC".to_owned() }
    }

    /// The zone of `TZ` at a time; UTC where that names none.
    fn local(seconds: i64) -> Zone {
        let name = std::env::var("TZ").unwrap_or_default();
        let name = name.strip_prefix(':').unwrap_or(&name);
        if name.is_empty() || name == "UTC" {
            return Zone::utc();
        }
        let zone = TimeZone::get(name).or_else(|_| TimeZone::posix(name));
        let (Ok(zone), Ok(time)) = (zone, Timestamp::from_second(seconds)) else { return Zone::utc() };
        let info = zone.to_offset_info(time);
        Zone { offset: i64::from(info.offset().seconds()), name: info.abbreviation().to_owned() }
    }

    /// The zone of `TZ` when its clocks show a time.
    fn shown(time: &Broken) -> Zone {
        let guess = Zone::local(time.seconds());
        Zone::local(time.seconds() - guess.offset)
    }
}

pub fn localtime(input: &Value) -> Outcome {
    match input {
        Value::Number(number) if number.double.abs() < SECONDS_MAX => {
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "below 10^15")]
            let offset = Zone::local(number.double.floor() as i64).offset as f64;
            Ok(broken(number.double + offset).value())
        }
        Value::Number(_) => gmtime(input),
        _ => Err("localtime() requires numeric inputs".to_owned().into()),
    }
}

/// Formats a time in UTC.
pub fn strftime(input: Value, format: &Value) -> Outcome {
    as_text(&input, format, "strftime/1", gmtime, |_| Zone::utc())
}

/// Formats a time in the zone of `TZ`.
pub fn strflocaltime(input: Value, format: &Value) -> Outcome {
    as_text(&input, format, "strflocaltime/1", localtime, Zone::shown)
}

fn as_text(
    input: &Value,
    format: &Value,
    name: &str,
    break_down: fn(&Value) -> Outcome,
    zone: fn(&Broken) -> Zone,
) -> Outcome {
    let time = match input {
        Value::Number(_) => Broken::read(&break_down(input)?, name)?,
        Value::Array(_) => Broken::read(input, name)?,
        _ => return Err(format!("{name} requires parsed datetime inputs").into()),
    };
    match format {
        Value::String(format) => Ok(Value::string(formatted(&time, &zone(&time), format))),
        _ => Err(format!("{name} requires a string format").into()),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a weekday, a month, a second")]
fn formatted(time: &Broken, zone: &Zone, format: &str) -> String {
    let mut out = String::new();
    let mut characters = format.chars();
    while let Some(c) = characters.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flag = None;
        let mut letter = characters.next();
        while let Some(found @ ('-' | '_' | '0' | '^' | '#' | 'E' | 'O')) = letter {
            flag = Some(found);
            letter = characters.next();
        }
        let Some(letter) = letter else {
            out.push('%');
            break;
        };
        conversion(time, zone, letter, flag, &mut out);
    }
    out
}

fn padded(out: &mut String, number: i64, width: usize, flag: Option<char>, blank: bool) {
    // Writing to a string does not fail.
    let _ = match flag {
        Some('-') => write!(out, "{number}"),
        Some('_') => write!(out, "{number:width$}"),
        Some('0') => write!(out, "{number:0width$}"),
        _ if blank => write!(out, "{number:width$}"),
        _ => write!(out, "{number:0width$}"),
    };
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weekday, a month, a second")]
fn conversion(time: &Broken, zone: &Zone, letter: char, flag: Option<char>, out: &mut String) {
    let weekday = time.weekday();
    let day_name = DAYS[weekday as usize % 7];
    let month_name = MONTHS[time.month.rem_euclid(12) as usize];
    let hour12 = if time.hour % 12 == 0 { 12 } else { time.hour % 12 };
    let second = time.second.floor() as i64;
    let mut text = |text: &str| match flag {
        Some('^') => out.push_str(&text.to_uppercase()),
        _ => out.push_str(text),
    };
    match letter {
        'a' => return text(&day_name[..3]),
        'A' => return text(day_name),
        'b' | 'h' => return text(&month_name[..3]),
        'B' => return text(month_name),
        'p' => return text(if time.hour < 12 { "AM" } else { "PM" }),
        'P' => return text(if time.hour < 12 { "am" } else { "pm" }),
        'Z' => return text(&zone.name),
        'z' => {
            let minutes = zone.offset.abs() / 60;
            let sign = if zone.offset < 0 { '-' } else { '+' };
            return text(&format!("{sign}{:02}{:02}", minutes / 60, minutes % 60));
        }
        'n' => return text("\n"),
        't' => return text("\t"),
        '%' => return text("%"),
        'c' => return text(&formatted(time, zone, "%a %b %e %H:%M:%S %Y")),
        'D' | 'x' => return text(&formatted(time, zone, "%m/%d/%y")),
        'F' => return text(&formatted(time, zone, "%Y-%m-%d")),
        'r' => return text(&formatted(time, zone, "%I:%M:%S %p")),
        'R' => return text(&formatted(time, zone, "%H:%M")),
        'T' | 'X' => return text(&formatted(time, zone, "%H:%M:%S")),
        _ => {}
    }
    match letter {
        'C' => padded(out, time.year.div_euclid(100), 2, flag, false),
        'd' => padded(out, time.day, 2, flag, false),
        'e' => padded(out, time.day, 2, flag, true),
        'g' => padded(out, iso_week(time).0.rem_euclid(100), 2, flag, false),
        'G' => padded(out, iso_week(time).0, 1, flag, false),
        'H' => padded(out, time.hour, 2, flag, false),
        'I' => padded(out, hour12, 2, flag, false),
        'j' => padded(out, time.year_day() + 1, 3, flag, false),
        'k' => padded(out, time.hour, 2, flag, true),
        'l' => padded(out, hour12, 2, flag, true),
        'm' => padded(out, time.month + 1, 2, flag, false),
        'M' => padded(out, time.minute, 2, flag, false),
        's' => padded(out, time.seconds() - zone.offset, 1, flag, false),
        'S' => padded(out, second, 2, flag, false),
        'u' => padded(out, if weekday == 0 { 7 } else { weekday }, 1, flag, false),
        'U' => padded(out, (time.year_day() + 7 - weekday) / 7, 2, flag, false),
        'V' => padded(out, iso_week(time).1, 2, flag, false),
        'w' => padded(out, weekday, 1, flag, false),
        'W' => padded(out, (time.year_day() + 7 - (weekday + 6) % 7) / 7, 2, flag, false),
        'y' => padded(out, time.year.rem_euclid(100), 2, flag, false),
        'Y' => padded(out, time.year, 1, flag, false),
        other => out.extend(['%', other]),
    }
}

/// The year and the week of ISO 8601.
fn iso_week(time: &Broken) -> (i64, i64) {
    let monday_based = (time.weekday() + 6) % 7;
    let thursday = time.days() - monday_based + 3;
    #[allow(clippy::cast_precision_loss, reason = "a date")]
    let year = broken(thursday as f64 * 86_400.0).year;
    (year, (thursday - days(year, 0, 1)) / 7 + 1)
}

pub fn strptime(input: &Value, format: &Value) -> Outcome {
    let (Value::String(text), Value::String(format)) = (input, format) else {
        return Err("strptime/1 requires string inputs and arguments".to_owned().into());
    };
    let mut reader =
        Reader { rest: text, time: Broken { day: 1, year: 1900, ..Broken::default() }, ..Reader::default() };
    let is_read = reader.read(format, 0).is_some();
    if !is_read || !reader.rest.is_empty() {
        return Err(format!("date \"{text}\" does not match format \"{format}\"").into());
    }
    Ok(reader.finish().value())
}

#[derive(Default)]
struct Reader<'t> {
    rest: &'t str,
    time: Broken,
    is_afternoon: Option<bool>,
    year_day: Option<i64>,
    epoch: Option<i64>,
}

impl Reader<'_> {
    fn number(&mut self, digits_max: usize) -> Option<i64> {
        self.rest = self.rest.trim_start();
        let length = self.rest.bytes().take(digits_max).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        digits.parse().ok()
    }

    fn name(&mut self, names: &[&str]) -> Option<i64> {
        for (index, name) in names.iter().enumerate() {
            for name in [*name, &name[..3]] {
                if self.rest.get(..name.len()).is_some_and(|text| text.eq_ignore_ascii_case(name)) {
                    self.rest = &self.rest[name.len()..];
                    return i64::try_from(index).ok();
                }
            }
        }
        None
    }

    fn in_range(&mut self, digits: usize, low: i64, high: i64) -> Option<i64> {
        self.number(digits).filter(|number| (low..=high).contains(number))
    }

    fn read(&mut self, format: &str, depth: u32) -> Option<()> {
        let mut characters = format.chars();
        while let Some(c) = characters.next() {
            if c.is_whitespace() {
                self.rest = self.rest.trim_start();
                continue;
            }
            if c != '%' {
                self.rest = self.rest.strip_prefix(c)?;
                continue;
            }
            let mut letter = characters.next()?;
            while matches!(letter, 'E' | 'O' | '-' | '_' | '0') {
                letter = characters.next()?;
            }
            self.conversion(letter, depth)?;
        }
        Some(())
    }

    fn conversion(&mut self, letter: char, depth: u32) -> Option<()> {
        let nested =
            |reader: &mut Self, format: &str| if depth > 3 { None } else { reader.read(format, depth + 1) };
        match letter {
            'Y' => self.time.year = self.number(4)?,
            'C' => self.time.year = self.in_range(2, 0, 99)? * 100 + self.time.year.rem_euclid(100),
            'y' => {
                let year = self.in_range(2, 0, 99)?;
                self.time.year = if year < 69 { 2000 + year } else { 1900 + year };
            }
            'm' => self.time.month = self.in_range(2, 1, 12)? - 1,
            'd' | 'e' => self.time.day = self.in_range(2, 1, 31)?,
            'H' | 'k' => self.time.hour = self.in_range(2, 0, 23)?,
            'I' | 'l' => self.time.hour = self.in_range(2, 1, 12)? % 12,
            'M' => self.time.minute = self.in_range(2, 0, 59)?,
            #[allow(clippy::cast_precision_loss, reason = "a second of a minute")]
            'S' => self.time.second = self.in_range(2, 0, 61)? as f64,
            'j' => self.year_day = Some(self.in_range(3, 1, 366)? - 1),
            'p' | 'P' => self.is_afternoon = Some(self.half_day()?),
            'a' | 'A' => drop(self.name(&DAYS)?),
            'b' | 'B' | 'h' => self.time.month = self.name(&MONTHS)?,
            'u' | 'w' => drop(self.in_range(1, 0, 7)?),
            'U' | 'W' | 'V' => drop(self.in_range(2, 0, 53)?),
            'z' => self.zone()?,
            'Z' => {
                let length = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
                self.rest = &self.rest[length..];
            }
            's' => {
                let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
                self.epoch = Some(self.rest[..length].parse().ok()?);
                self.rest = &self.rest[length..];
            }
            'n' | 't' => self.rest = self.rest.trim_start(),
            '%' => self.rest = self.rest.strip_prefix('%')?,
            'T' => nested(self, "%H:%M:%S")?,
            'R' => nested(self, "%H:%M")?,
            'r' => nested(self, "%I:%M:%S %p")?,
            'D' | 'x' => nested(self, "%m/%d/%y")?,
            'X' => nested(self, "%H:%M:%S")?,
            'F' => nested(self, "%Y-%m-%d")?,
            'c' => nested(self, "%a %b %e %H:%M:%S %Y")?,
            _ => return None,
        }
        Some(())
    }

    fn half_day(&mut self) -> Option<bool> {
        let word = self.rest.get(..2)?;
        let is_afternoon = word.eq_ignore_ascii_case("pm");
        if !is_afternoon && !word.eq_ignore_ascii_case("am") {
            return None;
        }
        self.rest = &self.rest[2..];
        Some(is_afternoon)
    }

    /// `Z`, `+hh`, `+hhmm`, `+hh:mm`: read, but, as in jq, without an effect.
    fn zone(&mut self) -> Option<()> {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Some(());
        }
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        self.number(2)?;
        self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
        if self.rest.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
            self.number(2)?;
        }
        Some(())
    }

    fn finish(mut self) -> Broken {
        if let Some(true) = self.is_afternoon {
            self.time.hour += 12;
        }
        if let Some(epoch) = self.epoch {
            #[allow(clippy::cast_precision_loss, reason = "a date")]
            return broken((epoch as f64).clamp(-SECONDS_MAX, SECONDS_MAX));
        }
        if let Some(year_day) = self.year_day {
            #[allow(clippy::cast_precision_loss, reason = "a date")]
            let of_year = broken((days(self.time.year, 0, 1) + year_day) as f64 * 86_400.0);
            (self.time.month, self.time.day) = (of_year.month, of_year.day);
        }
        self.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_broken_down_and_put_together_again() {
        for seconds in [0.0, 1_425_599_507.0, -1.0, 951_782_400.0, 4_102_444_800.0] {
            #[allow(clippy::cast_precision_loss, reason = "a date")]
            let again = broken(seconds).seconds() as f64;
            assert!((again - seconds).abs() < 0.5, "{seconds}");
        }
        let text = formatted(&broken(1_425_599_507.0), &Zone::utc(), "%A, %B %d, %Y %j %U %V %G %u");
        assert_eq!(text, "Thursday, March 05, 2015 064 09 10 2015 4");
    }
}
