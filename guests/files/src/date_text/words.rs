//! The words of a date: numbers, names and signs, without what they mean together.

use crate::clock::{DAY_SECONDS, Zone};
use crate::system::Time;

/// A word of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Digits with a sign in front.
    Signed(Number),
    Unsigned(Number),
    /// With a fraction; the sign tells whether there was one.
    Decimal {
        seconds: i64,
        nanoseconds: u32,
        has_sign: bool,
    },
    /// AM, or PM.
    Meridian {
        is_afternoon: bool,
    },
    /// From 1.
    Month(i64),
    /// From 0, Sunday.
    Weekday(i64),
    /// Minutes east of Greenwich, and whether the name is one of summer's.
    Zone {
        minutes: i64,
    },
    /// A name of the zone that counts here: seconds east of Greenwich.
    LocalZone {
        seconds: i64,
    },
    Dst,
    /// A zone, or what stands between an ISO date and its time.
    T,
    Unit(Unit),
    /// today, tomorrow, yesterday.
    DayShift(i64),
    /// next, last, third.
    Ordinal(i64),
    /// ago, hence.
    Ago(i64),
    /// A sign that is none of these.
    Sign(u8),
}

/// A number as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    pub value: i64,
    pub digits: usize,
}

/// What relative items count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Years,
    Months,
    /// So many days.
    Days(i64),
    /// So many seconds.
    Seconds(i64),
}

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
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
/// Longer beginnings of names that count too.
const BEGINNINGS: [(&str, Word); 5] = [
    ("sept", Word::Month(9)),
    ("tues", Word::Weekday(2)),
    ("wednes", Word::Weekday(3)),
    ("thur", Word::Weekday(4)),
    ("thurs", Word::Weekday(4)),
];
const UNITS: [(&str, Unit); 9] = [
    ("year", Unit::Years),
    ("month", Unit::Months),
    ("fortnight", Unit::Days(14)),
    ("week", Unit::Days(7)),
    ("day", Unit::Days(1)),
    ("hour", Unit::Seconds(3600)),
    ("minute", Unit::Seconds(60)),
    ("min", Unit::Seconds(60)),
    ("second", Unit::Seconds(1)),
];
const RELATIVES: [(&str, Word); 20] = [
    ("tomorrow", Word::DayShift(1)),
    ("yesterday", Word::DayShift(-1)),
    ("today", Word::DayShift(0)),
    ("now", Word::DayShift(0)),
    ("last", Word::Ordinal(-1)),
    ("this", Word::Ordinal(0)),
    ("next", Word::Ordinal(1)),
    ("first", Word::Ordinal(1)),
    ("third", Word::Ordinal(3)),
    ("fourth", Word::Ordinal(4)),
    ("fifth", Word::Ordinal(5)),
    ("sixth", Word::Ordinal(6)),
    ("seventh", Word::Ordinal(7)),
    ("eighth", Word::Ordinal(8)),
    ("ninth", Word::Ordinal(9)),
    ("tenth", Word::Ordinal(10)),
    ("eleventh", Word::Ordinal(11)),
    ("twelfth", Word::Ordinal(12)),
    ("ago", Word::Ago(-1)),
    ("hence", Word::Ago(1)),
];
/// Names of zones: minutes east of Greenwich, summer's hour included.
const ZONES: [(&str, i64); 48] = [
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("art", -180),
    ("brt", -180),
    ("brst", -120),
    ("nst", -210),
    ("ndt", -150),
    ("ast", -240),
    ("adt", -180),
    ("clt", -240),
    ("clst", -180),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("hast", -600),
    ("hadt", -540),
    ("sst", -720),
    ("wat", 60),
    ("cet", 60),
    ("cest", 120),
    ("met", 60),
    ("mez", 60),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("cat", 120),
    ("sast", 120),
    ("eat", 180),
    ("msk", 180),
    ("msd", 240),
    ("ist", 330),
    ("sgt", 480),
    ("kst", 540),
    ("jst", 540),
    ("gst", 600),
    ("nzst", 720),
    ("nzdt", 780),
    ("z", 0),
];
/// The longest word that is looked up.
const WORD_BYTES_MAX: usize = 19;

/// Reads all words; `None` where one is none.
pub fn read(text: &[u8], base: Time, zone: &Zone) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut left = text;
    while let Some(first) = left.first() {
        match first {
            byte if byte.is_ascii_whitespace() || *byte == 0x0b => left = &left[1..],
            b'(' => left = behind_comment(left),
            b'+' | b'-' | b'0'..=b'9' => {
                let (word, rest) = number(left)?;
                words.extend(word);
                left = rest;
            }
            byte if byte.is_ascii_alphabetic() => {
                let length =
                    left.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'.').count();
                let (word, rest) = left.split_at(length);
                words.push(name(word, base, zone)?);
                left = rest;
            }
            byte => {
                words.push(Word::Sign(*byte));
                left = &left[1..];
            }
        }
    }
    Some(words)
}

/// What follows a comment in parentheses, which may hold others.
fn behind_comment(text: &[u8]) -> &[u8] {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    &[]
}

/// Reads a number. A sign without digits says nothing.
fn number(text: &[u8]) -> Option<(Option<Word>, &[u8])> {
    let (sign, digits_text) = match text.first() {
        Some(sign @ (b'+' | b'-')) => (Some(*sign), text[1..].trim_ascii_start()),
        _ => (None, text),
    };
    if !digits_text.first().is_some_and(u8::is_ascii_digit) {
        return Some((None, digits_text));
    }
    let digits = digits_text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number_text, rest) = digits_text.split_at(digits);
    let value = number_text
        .iter()
        .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_sub(i64::from(digit - b'0')))?;
    let value = if sign == Some(b'-') { value } else { value.checked_neg()? };
    if let [b'.' | b',', fraction @ ..] = rest
        && fraction.first().is_some_and(u8::is_ascii_digit)
    {
        let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut nanoseconds = 0;
        for place in 0..9 {
            let digit =
                fraction.get(..length).and_then(|digits| digits.get(place)).map_or(0, |byte| byte - b'0');
            nanoseconds = nanoseconds * 10 + u32::from(digit);
        }
        let mut seconds = value;
        // Nanoseconds count forward.
        if sign == Some(b'-') && nanoseconds > 0 {
            (seconds, nanoseconds) = (seconds.checked_sub(1)?, 1_000_000_000 - nanoseconds);
        }
        let word = Word::Decimal { seconds, nanoseconds, has_sign: sign.is_some() };
        return Some((Some(word), &fraction[length..]));
    }
    let number = Number { value, digits };
    let word = if sign.is_some() { Word::Signed(number) } else { Word::Unsigned(number) };
    Some((Some(word), rest))
}

/// What a name means.
fn name(text: &[u8], base: Time, zone: &Zone) -> Option<Word> {
    let lower = std::str::from_utf8(text.get(..text.len().min(WORD_BYTES_MAX))?).ok()?.to_ascii_lowercase();
    match lower.as_str() {
        "am" | "a.m." => return Some(Word::Meridian { is_afternoon: false }),
        "pm" | "p.m." => return Some(Word::Meridian { is_afternoon: true }),
        _ => {}
    }
    // Three letters are enough, with a full stop behind them or not.
    let short = if lower.len() == 4 { lower.strip_suffix('.').unwrap_or(&lower) } else { &lower };
    let is = |known: &str| known == lower || (short.len() == 3 && known.starts_with(short));
    let index =
        |names: &[&str]| names.iter().position(|known| is(known)).and_then(|at| i64::try_from(at).ok());
    if let Some(month) = index(&MONTHS) {
        return Some(Word::Month(month + 1));
    }
    if let Some(day) = index(&DAYS) {
        return Some(Word::Weekday(day));
    }
    if let Some((_, word)) = BEGINNINGS.iter().find(|(known, _)| *known == lower) {
        return Some(*word);
    }
    if let Some(word) = zone_name(&lower, base, zone) {
        return Some(word);
    }
    if lower == "dst" {
        return Some(Word::Dst);
    }
    let singular = lower.strip_suffix('s').unwrap_or(&lower);
    for known in [lower.as_str(), singular] {
        if known == "sec" {
            return Some(Word::Unit(Unit::Seconds(1)));
        }
        if let Some((_, unit)) = UNITS.iter().find(|(unit, _)| *unit == known) {
            return Some(Word::Unit(*unit));
        }
    }
    if let Some((_, word)) = RELATIVES.iter().find(|(known, _)| *known == lower) {
        return Some(*word);
    }
    if let [letter] = lower.as_bytes() {
        return military(*letter);
    }
    let without = lower.replace('.', "");
    if without.len() < lower.len() { zone_name(&without, base, zone) } else { None }
}

fn zone_name(lower: &str, base: Time, zone: &Zone) -> Option<Word> {
    if matches!(lower, "gmt" | "ut" | "utc") {
        return Some(Word::Zone { minutes: 0 });
    }
    // The names of our own zone, of this time of the year and of the other.
    let quarter = 90 * DAY_SECONDS;
    for shift in [0, quarter, 2 * quarter, 3 * quarter] {
        let local = zone.local(Time { seconds: base.seconds.saturating_add(shift), nanoseconds: 0 });
        if local.abbreviation().eq_ignore_ascii_case(lower) {
            return Some(Word::LocalZone { seconds: i64::from(local.offset()) });
        }
    }
    let found = ZONES.iter().find(|(known, _)| *known == lower)?;
    Some(Word::Zone { minutes: found.1 })
}

/// The zones that have a letter for a name.
fn military(letter: u8) -> Option<Word> {
    let hours = match letter {
        b't' => return Some(Word::T),
        b'a'..=b'i' => i64::from(letter - b'a') + 1,
        b'k'..=b'm' => i64::from(letter - b'a'),
        b'n'..=b'y' => i64::from(b'm') - i64::from(letter),
        b'z' => 0,
        _ => return None,
    };
    Some(Word::Zone { minutes: hours * 60 })
}
