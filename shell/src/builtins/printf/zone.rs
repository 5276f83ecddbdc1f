//! Time zones: what TZ names, and how far and under which abbreviation it is from UTC at a moment.
//!
//! As glibc reads TZ: the name of a zone of the tz database (with or without `:`), else a rule in the form of POSIX
//! (`EST5EDT,M3.2.0,M11.1.0`), else UTC under the name that was given.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The fewest letters of an abbreviation.
const LETTERS_MIN: usize = 3;

/// A time zone.
#[derive(Clone, Debug)]
pub(crate) enum Zone {
    /// UTC, under a name.
    Utc(String),
    /// One with rules.
    Ruled(TimeZone),
}

/// How a zone's clocks are set at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// East of Greenwich, in seconds.
    pub(super) offset_s: i64,
    /// `CEST`
    pub(super) abbreviation: String,
}

impl Default for Zone {
    fn default() -> Zone {
        Zone::Utc("UTC".into())
    }
}

impl Zone {
    /// What a value of TZ means.
    pub(crate) fn named(text: &[u8]) -> Zone {
        let text = text.strip_prefix(b":").unwrap_or(text);
        let Ok(text) = std::str::from_utf8(text) else { return Zone::default() };
        if text.is_empty() {
            return Zone::default();
        }
        // The database's own look-up does not tell upper from lower case; a file system does.
        let found = TimeZoneDatabase::bundled().get(text).ok().filter(|zone| zone.iana_name() == Some(text));
        match found.or_else(|| TimeZone::posix(text).ok()) {
            Some(zone) => Zone::Ruled(zone),
            None => {
                let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
                let name = text.get(..letters).filter(|_| letters >= LETTERS_MIN).unwrap_or_default();
                Zone::Utc(name.into())
            }
        }
    }

    /// How its clocks are set at a moment, in seconds since 1970.
    pub(super) fn at(&self, second_of_epoch: i64) -> Setting {
        match self {
            Zone::Utc(name) => Setting { offset_s: 0, abbreviation: name.clone() },
            Zone::Ruled(zone) => {
                let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
                let moment = Timestamp::from_second(second_of_epoch.clamp(first, last)).unwrap_or_default();
                let info = zone.to_offset_info(moment);
                let abbreviation = info.abbreviation().to_string();
                Setting { offset_s: i64::from(info.offset().seconds()), abbreviation }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tz_is_read_as_glibc_reads_it() {
        for (text, offset_s, abbreviation) in [
            ("America/New_York", -14_400, "EDT"),
            ("EST5EDT", -14_400, "EDT"),
            ("EST5EDT,M3.2.0,M11.1.0", -14_400, "EDT"),
            ("XYZ-3:30", 12_600, "XYZ"),
            ("Foo/Bar", 0, "Foo"),
            ("XXX", 0, "XXX"),
            ("", 0, "UTC"),
            (":Europe/Berlin", 7_200, "CEST"),
            ("<+0330>-3:30", 12_600, "+0330"),
            ("A", 0, ""),
            ("AB3", 0, ""),
            ("utc", 0, "utc"),
            ("GMT+5", -18_000, "GMT"),
            ("Etc/GMT+5", -18_000, "-05"),
        ] {
            let expected = Setting { offset_s, abbreviation: abbreviation.into() };
            assert_eq!(Zone::named(text.as_bytes()).at(1_600_000_000), expected, "{text}");
        }
    }

    #[test]
    fn any_bytes_and_any_moment_have_a_setting() {
        for text in [b"\xff".as_slice(), b"EST5EDT,M3", b"/etc/passwd", b"<>0", b":::"] {
            for second in [i64::MIN, 0, i64::MAX] {
                Zone::named(text).at(second);
            }
        }
    }
}
