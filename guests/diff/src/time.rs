//! Times as the heads of differences have them, in the zone that `TZ` names.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The zone of the environment; UTC where it names none.
pub fn zone() -> TimeZone {
    let Ok(name) = std::env::var("TZ") else { return TimeZone::UTC };
    let name = name.strip_prefix(':').unwrap_or(&name);
    TimeZone::get(name).or_else(|_| TimeZone::posix(name)).unwrap_or(TimeZone::UTC)
}

/// A time as GNU writes it: `2020-01-02 03:04:05.000000000 +0000`.
pub fn iso((seconds, nanoseconds): (i64, u32), zone: &TimeZone) -> String {
    let nanoseconds = i32::try_from(nanoseconds).unwrap_or(0);
    let Ok(time) = Timestamp::new(seconds, nanoseconds) else { return seconds.to_string() };
    time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S.%9f %z").to_string()
}

/// A time as POSIX asks for it in copied context: `Thu Jan  2 03:04:05 2020`.
pub fn posix((seconds, _): (i64, u32), zone: &TimeZone) -> String {
    let Ok(time) = Timestamp::from_second(seconds) else { return seconds.to_string() };
    time.to_zoned(zone.clone()).strftime("%a %b %e %H:%M:%S %Y").to_string()
}

/// The seconds since 1970 of a time as diff writes it, in one of its two ways.
pub fn parsed(text: &str) -> Option<i64> {
    if let Ok(time) = jiff::fmt::strtime::parse("%Y-%m-%d %H:%M:%S%.f %z", text) {
        return time.to_timestamp().ok().map(Timestamp::as_second);
    }
    for format in ["%Y-%m-%d %H:%M:%S%.f", "%a %b %e %H:%M:%S %Y"] {
        if let Ok(time) = jiff::civil::DateTime::strptime(format, text) {
            return time.to_zoned(zone()).ok().map(|time| time.timestamp().as_second());
        }
    }
    None
}
