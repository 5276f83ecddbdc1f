//! The calendar: moments in the time zone that `TZ` names, and how strftime(3) shows them in the locale C.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::system;

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
];

pub const SECOND_NS: i64 = 1_000_000_000;
pub const DAY_NS: i64 = 86_400 * SECOND_NS;

/// The zone of `TZ`: a name of the database, or POSIX's own form; UTC where it is neither.
pub fn zone() -> TimeZone {
    let name = system::variable("TZ").and_then(|name| String::from_utf8(name).ok()).unwrap_or_default();
    let name = name.strip_prefix(':').unwrap_or(&name);
    if name.is_empty() {
        return TimeZone::UTC;
    }
    TimeZone::get(name).or_else(|_| TimeZone::posix(name)).unwrap_or(TimeZone::UTC)
}

/// A moment given in nanoseconds since 1970.
pub fn moment(ns: i64, zone: &TimeZone) -> Zoned {
    Timestamp::from_nanosecond(i128::from(ns)).unwrap_or_default().to_zoned(zone.clone())
}

/// The start of the day of a moment.
pub fn day_start(ns: i64, zone: &TimeZone) -> i64 {
    moment(ns, zone).start_of_day().map_or(ns, |start| nanoseconds(&start))
}

/// The nanoseconds since 1970 of a moment.
pub fn nanoseconds(moment: &Zoned) -> i64 {
    i64::try_from(moment.timestamp().as_nanosecond()).unwrap_or(i64::MAX)
}

/// The moment that a text names, in the words of `date -d`.
pub fn read(text: &[u8], now: i64, zone: &TimeZone) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let read = parse_datetime::parse_datetime_at_date(moment(now, zone), text).ok()?;
    read.into_zoned().map(|moment| nanoseconds(&moment))
}

/// The short name of a month.
pub fn month_name(time: &Zoned) -> &'static str {
    let index = usize::from(time.month().unsigned_abs()).wrapping_sub(1);
    MONTHS.get(index).map_or("", |name| short(name))
}

/// The three letters that a name is shortened to.
fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

/// Days before the first day of a kind of week, as `%U` and `%W` count weeks.
fn week(time: &Zoned, first: Weekday) -> i32 {
    let since_first = i32::from(time.weekday().since(first));
    (i32::from(time.day_of_year()) + 6 - since_first) / 7
}

/// What a conversion of strftime shows; `None` where there is no such conversion.
pub fn conversion(letter: u8, time: &Zoned) -> Option<String> {
    let weekday = usize::from(time.weekday().to_sunday_zero_offset().unsigned_abs());
    let weekday_name = WEEKDAYS.get(weekday).copied().unwrap_or_default();
    let month_name =
        MONTHS.get(usize::from(time.month().unsigned_abs()).wrapping_sub(1)).copied().unwrap_or_default();
    let (year, month, day) = (time.year(), time.month(), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let hour_12 = if hour % 12 == 0 { 12 } else { hour % 12 };
    let half = if hour < 12 { "AM" } else { "PM" };
    // What few conversions show is only asked for by them.
    let iso = || time.date().iso_week_date();
    Some(match letter {
        b'a' => short(weekday_name).to_owned(),
        b'A' => weekday_name.to_owned(),
        b'b' | b'h' => short(month_name).to_owned(),
        b'B' => month_name.to_owned(),
        b'c' => format!(
            "{} {} {day:2} {hour:02}:{minute:02}:{second:02} {year}",
            short(weekday_name),
            short(month_name)
        ),
        b'C' => format!("{:02}", year.div_euclid(100)),
        b'd' => format!("{day:02}"),
        b'D' | b'x' => format!("{month:02}/{day:02}/{:02}", year.rem_euclid(100)),
        b'e' => format!("{day:2}"),
        b'F' => format!("{year}-{month:02}-{day:02}"),
        b'g' => format!("{:02}", iso().year().rem_euclid(100)),
        b'G' => iso().year().to_string(),
        b'H' => format!("{hour:02}"),
        b'I' => format!("{hour_12:02}"),
        b'j' => format!("{:03}", time.day_of_year()),
        b'k' => format!("{hour:2}"),
        b'l' => format!("{hour_12:2}"),
        b'm' => format!("{month:02}"),
        b'M' => format!("{minute:02}"),
        b'n' => "\n".to_owned(),
        b'p' => half.to_owned(),
        b'P' => half.to_ascii_lowercase(),
        b'r' => format!("{hour_12:02}:{minute:02}:{second:02} {half}"),
        b'R' => format!("{hour:02}:{minute:02}"),
        b's' => time.timestamp().as_second().to_string(),
        b'S' => format!("{second:02}"),
        b't' => "\t".to_owned(),
        b'T' | b'X' => format!("{hour:02}:{minute:02}:{second:02}"),
        b'u' => time.weekday().to_monday_one_offset().to_string(),
        b'U' => format!("{:02}", week(time, Weekday::Sunday)),
        b'V' => format!("{:02}", iso().week()),
        b'w' => weekday.to_string(),
        b'W' => format!("{:02}", week(time, Weekday::Monday)),
        b'y' => format!("{:02}", year.rem_euclid(100)),
        b'Y' => year.to_string(),
        b'z' => {
            let offset = time.offset().seconds();
            let minutes = offset.unsigned_abs() / 60;
            format!("{}{:02}{:02}", if offset < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
        }
        b'Z' => time.time_zone().to_offset_info(time.timestamp()).abbreviation().to_owned(),
        b'%' => "%".to_owned(),
        _ => return None,
    })
}

/// A moment in a format of strftime; what is no conversion stands as it is.
pub fn format(text: &[u8], time: &Zoned) -> Vec<u8> {
    let mut shown = Vec::new();
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        match (byte, rest.as_slice().first()) {
            (b'%', Some(letter)) => {
                rest.next();
                match conversion(*letter, time) {
                    Some(text) => shown.extend(text.bytes()),
                    None => shown.extend([b'%', *letter]),
                }
            }
            (byte, _) => shown.push(*byte),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_are_those_of_date() {
        let format = |ns: i64| {
            let text =
                b"%a %A %b %C %d %D %e %F %g %G %H %I %j %k %l %m %p %r %s %u %U %V %w %W %y %Z %z|%c|%q";
            String::from_utf8(format(text, &moment(ns, &TimeZone::UTC))).unwrap()
        };
        // Said by date of coreutils 9.1.
        assert_eq!(
            format(1_614_834_367 * SECOND_NS),
            "Thu Thursday Mar 20 04 03/04/21  4 2021-03-04 21 2021 05 05 063  5  5 03 AM 05:06:07 AM 1614834367 4 09 \
             09 4 09 21 UTC +0000|Thu Mar  4 05:06:07 2021|%q"
        );
        assert_eq!(
            format(1_735_689_599 * SECOND_NS),
            "Tue Tuesday Dec 20 31 12/31/24 31 2024-12-31 25 2025 23 11 366 23 11 12 PM 11:59:59 PM 1735689599 2 52 \
             01 2 53 24 UTC +0000|Tue Dec 31 23:59:59 2024|%q"
        );
    }

    #[test]
    fn texts_are_read_as_date_reads_them() {
        let now = 1_614_834_367 * SECOND_NS;
        let read = |text: &str| read(text.as_bytes(), now, &TimeZone::UTC).map(|ns| ns / SECOND_NS);
        for (text, wanted) in [
            ("2021-03-04", 1_614_816_000),
            ("2021-03-04 05:06:07", 1_614_834_367),
            ("@5", 5),
            ("yesterday", 1_614_747_967),
            ("1 hour ago", 1_614_830_767),
            ("2 days ago", 1_614_661_567),
        ] {
            assert_eq!(read(text), Some(wanted), "{text}");
        }
        assert_eq!(read("no date at all"), None);
    }
}
