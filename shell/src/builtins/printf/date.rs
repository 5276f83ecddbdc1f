//! `%(…)T`: dates and times as C's `strftime` writes them, in the C locale.

use super::zone::{Setting, Zone};

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

/// A point in time by the calendar.
#[derive(Clone, Debug)]
struct Date {
    zone: Setting,
    /// Seconds since 1970.
    second_of_epoch: i64,
    year: i64,
    /// From 0.
    month: i64,
    /// From 1.
    day: i64,
    /// From 0.
    year_day: i64,
    /// From Sunday, 0.
    week_day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

impl Date {
    fn new(second_of_epoch: i64, zone: Setting) -> Date {
        let local = second_of_epoch.saturating_add(zone.offset_s);
        let days = local.div_euclid(86_400);
        let rest = local.rem_euclid(86_400);
        // Counted from the 1st of March of the year 0, leap days come last.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let era_day = shifted.rem_euclid(146_097);
        let era_year = (era_day - era_day / 1460 + era_day / 36_524 - era_day / 146_096) / 365;
        let march_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
        let march_month = (5 * march_day + 2) / 153;
        let day = march_day - (153 * march_month + 2) / 5 + 1;
        let month = (march_month + 2) % 12;
        let year = era_year + era * 400 + i64::from(march_month >= 10);
        let year_day =
            if march_month >= 10 { march_day - 306 } else { march_day + 59 + i64::from(is_leap(year)) };
        Date {
            zone,
            second_of_epoch,
            year,
            month,
            day,
            year_day,
            week_day: (days + 4).rem_euclid(7),
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
        }
    }

    /// The number of the week in the year, when weeks begin on this day.
    fn week(&self, begins: i64) -> i64 {
        (self.year_day + 7 - (self.week_day - begins).rem_euclid(7)) / 7
    }

    /// Year and week by ISO 8601: the week of a year's first Thursday is its first.
    fn iso_week(&self) -> (i64, i64) {
        let thursday = self.year_day + 3 - (self.week_day + 6) % 7;
        let days = |year| 365 + i64::from(is_leap(year));
        if thursday < 0 {
            (self.year - 1, (thursday + days(self.year - 1)) / 7 + 1)
        } else if thursday >= days(self.year) {
            (self.year + 1, (thursday - days(self.year)) / 7 + 1)
        } else {
            (self.year, thursday / 7 + 1)
        }
    }

    fn hour12(&self) -> i64 {
        (self.hour + 11) % 12 + 1
    }
}

/// How a field is written: the flags and width between `%` and its letter.
#[derive(Clone, Copy, Debug, Default)]
struct Style {
    /// `_`, `-` or `0`
    pad: Option<u8>,
    upper: bool,
    /// `#`
    swap: bool,
    width: Option<usize>,
}

/// The time in the form of `picture`; `width_max` bounds widths.
pub(super) fn format(picture: &[u8], second_of_epoch: i64, zone: &Zone, width_max: usize) -> Vec<u8> {
    // Years beyond this are no years to `strftime` either.
    let bound = i64::from(i32::MAX) * 31_556_952;
    let second = second_of_epoch.clamp(-bound, bound);
    let date = Date::new(second, zone.at(second));
    let mut output = Vec::new();
    write(picture, &date, width_max, &mut output);
    output
}

fn write(picture: &[u8], date: &Date, width_max: usize, output: &mut Vec<u8>) {
    let mut rest = picture;
    while let Some((&byte, behind)) = rest.split_first() {
        if byte != b'%' {
            output.push(byte);
            rest = behind;
            continue;
        }
        let (style, at) = style(behind, width_max);
        let modifier = behind.get(at).copied().filter(|letter| matches!(letter, b'E' | b'O'));
        let at = at + usize::from(modifier.is_some());
        let letter = behind.get(at).copied();
        let length = (at + 1).min(behind.len());
        let field =
            letter.filter(|&letter| allows(modifier, letter)).and_then(|letter| field(letter, date, style));
        match field {
            Some(text) => output.extend(text),
            None => {
                output.push(b'%');
                output.extend_from_slice(behind.get(..length).unwrap_or_default());
            }
        }
        rest = behind.get(length..).unwrap_or_default();
    }
}

/// The style at the start of `text` and its length.
fn style(text: &[u8], width_max: usize) -> (Style, usize) {
    let mut style = Style::default();
    let mut at = 0;
    while let Some(&flag) = text.get(at) {
        match flag {
            b'_' | b'-' | b'0' => style.pad = Some(flag),
            b'^' => style.upper = true,
            b'#' => style.swap = true,
            _ => break,
        }
        at += 1;
    }
    let mut width = 0usize;
    let start = at;
    while let Some(digit @ b'0'..=b'9') = text.get(at) {
        width = width.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        at += 1;
    }
    style.width = (at > start).then_some(width.min(width_max));
    (style, at)
}

/// Whether `%E…` or `%O…` exists for the letter to glibc; in the C locale both mean the same as without.
fn allows(modifier: Option<u8>, letter: u8) -> bool {
    match modifier {
        Some(b'E') => !b"aAbBdDeFgGhHIjklmMSUVwW".contains(&letter),
        Some(_) => !b"aAcDFxXY".contains(&letter),
        None => true,
    }
}

/// A field; nothing when there is none of this letter.
fn field(letter: u8, date: &Date, style: Style) -> Option<Vec<u8>> {
    let name = |names: &[&str], index: i64| {
        usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or("?").to_string()
    };
    let short = |mut name: String| {
        name.truncate(3);
        name
    };
    let noon = if date.hour < 12 { "AM" } else { "PM" };
    Some(match letter {
        b'%' => text("%", style),
        b'n' => text("\n", style),
        b't' => text("\t", style),
        b'a' => capital(&short(name(&DAYS, date.week_day)), style),
        b'A' => capital(&name(&DAYS, date.week_day), style),
        b'b' | b'h' => capital(&short(name(&MONTHS, date.month)), style),
        b'B' => capital(&name(&MONTHS, date.month), style),
        b'p' if style.swap => text(&noon.to_lowercase(), style),
        b'p' => text(noon, style),
        b'P' => text(&noon.to_lowercase(), Style { upper: false, ..style }),
        b'Z' if style.swap => text(&date.zone.abbreviation.to_lowercase(), style),
        b'Z' => text(&date.zone.abbreviation, style),
        b'z' => {
            let width = style.width.unwrap_or(0).max(5);
            let sign = if date.zone.offset_s < 0 { '-' } else { '+' };
            let minutes = date.zone.offset_s.abs() / 60;
            format!("{sign}{:0width$}", minutes / 60 * 100 + minutes % 60, width = width - 1).into_bytes()
        }
        b'C' => number(date.year.div_euclid(100), 1, b'0', style),
        b'd' => number(date.day, 2, b'0', style),
        b'e' => number(date.day, 2, b'_', style),
        b'g' => number(date.iso_week().0.rem_euclid(100), 2, b'0', style),
        b'G' => number(date.iso_week().0, 1, b'0', style),
        b'H' => number(date.hour, 2, b'0', style),
        b'I' => number(date.hour12(), 2, b'0', style),
        b'j' => number(date.year_day + 1, 3, b'0', style),
        b'k' => number(date.hour, 2, b'_', style),
        b'l' => number(date.hour12(), 2, b'_', style),
        b'm' => number(date.month + 1, 2, b'0', style),
        b'M' => number(date.minute, 2, b'0', style),
        b's' => number(date.second_of_epoch, 1, b'0', style),
        b'S' => number(date.second, 2, b'0', style),
        b'u' => number((date.week_day + 6) % 7 + 1, 1, b'0', style),
        b'U' => number(date.week(0), 2, b'0', style),
        b'V' => number(date.iso_week().1, 2, b'0', style),
        b'w' => number(date.week_day, 1, b'0', style),
        b'W' => number(date.week(1), 2, b'0', style),
        b'y' => number(date.year.rem_euclid(100), 2, b'0', style),
        b'Y' => number(date.year, 1, b'0', style),
        b'c' => composed(b"%a %b %e %H:%M:%S %Y", date, style),
        b'D' | b'x' => composed(b"%m/%d/%y", date, style),
        b'F' => composed(b"%Y-%m-%d", date, style),
        b'r' => composed(b"%I:%M:%S %p", date, style),
        b'R' => composed(b"%H:%M", date, style),
        b'T' | b'X' => composed(b"%H:%M:%S", date, style),
        _ => return None,
    })
}

fn composed(picture: &[u8], date: &Date, style: Style) -> Vec<u8> {
    let mut output = Vec::new();
    write(picture, date, 0, &mut output);
    if style.upper {
        output.make_ascii_uppercase();
    }
    fill(output, style.width.unwrap_or(0), style)
}

fn capital(name: &str, style: Style) -> Vec<u8> {
    text(name, Style { upper: style.upper || style.swap, ..style })
}

fn text(text: &str, style: Style) -> Vec<u8> {
    let bytes = if style.upper { text.to_uppercase().into_bytes() } else { text.as_bytes().to_vec() };
    fill(bytes, style.width.unwrap_or(0), style)
}

/// Text is filled up with spaces, or zeros where they are asked for.
fn fill(bytes: Vec<u8>, width: usize, style: Style) -> Vec<u8> {
    let with = if style.pad == Some(b'0') { b'0' } else { b' ' };
    [vec![with; width.saturating_sub(bytes.len())], bytes].concat()
}

/// A number of at least `least` digits, filled up as `pad` says unless the style does.
fn number(value: i64, least: usize, pad: u8, style: Style) -> Vec<u8> {
    let pad = style.pad.unwrap_or(pad);
    let sign = if value < 0 { "-" } else { "" };
    let digits = value.unsigned_abs().to_string();
    let width = match (pad, style.width) {
        (b'-', None) => 0,
        (_, width) => width.unwrap_or(0).max(if pad == b'-' { 0 } else { least }),
    };
    let fill = width.saturating_sub(sign.len() + digits.len());
    if pad == b'0' {
        format!("{sign}{}{digits}", "0".repeat(fill)).into_bytes()
    } else {
        format!("{}{sign}{digits}", " ".repeat(fill)).into_bytes()
    }
}
