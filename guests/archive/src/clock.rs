//! The clock: times as a person in the time zone of `TZ` reads them, and dates as a person writes them.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::host::Time;

pub const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A date and a time of the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Civil {
    pub year: i32,
    /// From 1.
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

thread_local! {
    // A zone is looked up once: a listing has many times.
    static ZONE: TimeZone = zone();
}

/// The zone of `TZ`: a name, or a rule as POSIX writes it. UTC where there is none that can be read.
fn zone() -> TimeZone {
    let Ok(name) = std::env::var("TZ") else { return TimeZone::UTC };
    let name = name.strip_prefix(':').unwrap_or(&name);
    if name.is_empty() {
        return TimeZone::UTC;
    }
    TimeZone::get(name).or_else(|_| TimeZone::posix(name)).unwrap_or(TimeZone::UTC)
}

impl Civil {
    pub fn of(time: Time) -> Civil {
        let nanoseconds = i32::try_from(time.nanoseconds).unwrap_or(0);
        let Ok(stamp) = Timestamp::new(time.seconds, nanoseconds) else {
            return Civil { month: 1, day: 1, year: 1970, ..Civil::default() };
        };
        let at = ZONE.with(|zone| stamp.to_zoned(zone.clone()));
        let small = |number: i8| u8::try_from(number).unwrap_or(0);
        Civil {
            year: at.year().into(),
            month: small(at.month()),
            day: small(at.day()),
            hour: small(at.hour()),
            minute: small(at.minute()),
            second: small(at.second()),
        }
    }

    /// The time that it is in the zone of `TZ`; a day that does not exist is the one before.
    pub fn time(self) -> Time {
        let small = |number: u8| i8::try_from(number).unwrap_or(0);
        let year = i16::try_from(self.year).unwrap_or(1980);
        let date = jiff::civil::Date::new(year, small(self.month.clamp(1, 12)), 1)
            .map(|first| {
                let last = first.days_in_month();
                first.with().day(small(self.day).clamp(1, last)).build().unwrap_or(first)
            })
            .unwrap_or_default();
        let clock = jiff::civil::Time::new(
            small(self.hour.min(23)),
            small(self.minute.min(59)),
            small(self.second.min(59)),
            0,
        );
        let at = date.to_datetime(clock.unwrap_or_default());
        let stamp = ZONE.with(|zone| zone.to_ambiguous_timestamp(at).compatible());
        stamp.map_or_else(|_| Time::default(), time_of)
    }
}

fn time_of(stamp: Timestamp) -> Time {
    // Before 1970 the nanoseconds count backwards.
    let (seconds, nanoseconds) = (stamp.as_second(), stamp.subsec_nanosecond());
    match u32::try_from(nanoseconds) {
        Ok(nanoseconds) => Time { seconds, nanoseconds },
        Err(_) => Time { seconds: seconds - 1, nanoseconds: (1_000_000_000 + nanoseconds).unsigned_abs() },
    }
}

/// Reads a date in one of the many ways that GNU's programs know; `None` where it is none.
pub fn parse(text: &[u8]) -> Option<Time> {
    let text = std::str::from_utf8(text).ok()?;
    let now = ZONE.with(|zone| Zoned::new(Timestamp::now(), zone.clone()));
    let parsed = parse_datetime::parse_datetime_at_date(now, text).ok()?;
    match parsed {
        parse_datetime::ParsedDateTime::InRange(at) => Some(time_of(at.timestamp())),
        _ => None,
    }
}
