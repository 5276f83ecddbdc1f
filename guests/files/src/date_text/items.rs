//! The items of a date: what its words are together, a date, a time, a zone, a day of the week, or a way to move.

use super::words::{Number, Unit, Word};
use crate::system::Time;

/// A date of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// None: this year.
    pub year: Option<i64>,
    pub month: i64,
    pub day: i64,
}

/// A time of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    hour_shown: i64,
    /// Whether it is after noon, on a clock of twelve hours.
    meridian: Option<bool>,
    pub minute: i64,
    pub second: i64,
    pub nanoseconds: u32,
}

impl Clock {
    /// The hour of twenty-four.
    pub fn hour(&self) -> Option<i64> {
        match self.meridian {
            None => (0..24).contains(&self.hour_shown).then_some(self.hour_shown),
            Some(is_afternoon) => (1..=12)
                .contains(&self.hour_shown)
                .then(|| self.hour_shown % 12 + if is_afternoon { 12 } else { 0 }),
        }
    }
}

/// A zone that was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneSeen {
    /// Seconds east of Greenwich.
    Fixed(i64),
    /// By a name of our own zone.
    Local(i64),
}

/// How far relative items move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    pub years: i64,
    pub months: i64,
    pub days: i64,
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// Everything that a text says.
#[derive(Clone, Debug, Default)]
pub struct Items {
    pub date: Option<Date>,
    pub time: Option<Clock>,
    pub zone: Option<ZoneSeen>,
    /// Which one of a day of the week.
    pub day: Option<(i64, i64)>,
    pub moved: Moved,
    /// Whether there were relative items at all.
    pub is_moved: bool,
}

/// The point in time of `@SECONDS`, which stands alone. The inner `None`: it does not.
pub fn seconds_alone(words: &[Word]) -> Option<Option<Time>> {
    if words.first() != Some(&Word::Sign(b'@')) {
        return None;
    }
    Some(match words {
        [_, Word::Signed(number) | Word::Unsigned(number)] => {
            Some(Time { seconds: number.value, nanoseconds: 0 })
        }
        [_, Word::Decimal { seconds, nanoseconds, .. }] => {
            Some(Time { seconds: *seconds, nanoseconds: *nanoseconds })
        }
        _ => None,
    })
}

impl Items {
    /// Puts words together; `None` where they make no sense.
    pub fn read(words: &[Word]) -> Option<Items> {
        let mut items = Items::default();
        let mut left = words;
        while !left.is_empty() {
            left = items.item(left)?;
        }
        Some(items)
    }

    /// Reads one item; answers what is left.
    fn item<'a>(&mut self, words: &'a [Word]) -> Option<&'a [Word]> {
        match words {
            [Word::Unsigned(first), rest @ ..] => self.after_number(*first, rest),
            [Word::Month(month), rest @ ..] => self.after_month(*month, rest),
            [Word::Weekday(day), rest @ ..] => {
                self.see_day(0, *day)?;
                Some(rest.strip_prefix(&[Word::Sign(b',')]).unwrap_or(rest))
            }
            [Word::Ordinal(ordinal), Word::Weekday(day), rest @ ..] => {
                self.see_day(*ordinal, *day)?;
                Some(rest)
            }
            [Word::Ordinal(count), Word::Unit(unit), rest @ ..] => self.relative(*count, 0, *unit, rest),
            [Word::Unit(unit), rest @ ..] => self.relative(1, 0, *unit, rest),
            [Word::Signed(number), Word::Unit(unit), rest @ ..] => {
                self.relative(number.value, 0, *unit, rest)
            }
            [Word::Decimal { seconds, nanoseconds, .. }, Word::Unit(unit @ Unit::Seconds(1)), rest @ ..] => {
                self.relative(*seconds, *nanoseconds, *unit, rest)
            }
            [Word::DayShift(days), rest @ ..] => {
                self.moved.days = self.moved.days.checked_add(*days)?;
                self.is_moved = true;
                Some(rest)
            }
            [Word::T, rest @ ..] => self.after_zone(-7 * 60, rest),
            [Word::Zone { minutes }, rest @ ..] => self.after_zone(*minutes, rest),
            [Word::LocalZone { seconds }, Word::Dst, rest @ ..] => {
                self.see_zone(ZoneSeen::Local(seconds + 3600))?;
                Some(rest)
            }
            [Word::LocalZone { seconds }, rest @ ..] => {
                self.see_zone(ZoneSeen::Local(*seconds))?;
                Some(rest)
            }
            _ => None,
        }
    }

    /// Reads on behind a number without a sign.
    fn after_number<'a>(&mut self, first: Number, words: &'a [Word]) -> Option<&'a [Word]> {
        match words {
            [Word::Meridian { is_afternoon }, rest @ ..] => {
                self.see_time(clock(first.value, Some(*is_afternoon), 0, 0, 0))?;
                Some(rest)
            }
            [Word::Sign(b':'), ..] => self.clock(first, words),
            [
                Word::Sign(b'/'),
                Word::Unsigned(second),
                Word::Sign(b'/'),
                Word::Unsigned(third),
                rest @ ..,
            ] => {
                // A year in front has its four digits.
                let date = if first.digits >= 4 {
                    date(Some(first), second.value, third.value)
                } else {
                    date(Some(*third), first.value, second.value)
                };
                self.see_date(date, rest)
            }
            [Word::Sign(b'/'), Word::Unsigned(second), rest @ ..] => {
                self.see_date(date(None, first.value, second.value), rest)
            }
            [Word::Month(month), Word::Signed(year), rest @ ..] => {
                let year = Number { value: year.value.checked_neg()?, ..*year };
                self.see_date(date(Some(year), *month, first.value), rest)
            }
            [Word::Month(month), Word::Unsigned(year), rest @ ..] => {
                self.see_date(date(Some(*year), *month, first.value), rest)
            }
            [Word::Month(month), rest @ ..] => self.see_date(date(None, *month, first.value), rest),
            [Word::Weekday(day), rest @ ..] => {
                self.see_day(first.value, *day)?;
                Some(rest)
            }
            [Word::Unit(unit), rest @ ..] => self.relative(first.value, 0, *unit, rest),
            [Word::Signed(month), Word::Signed(day), rest @ ..] => {
                let rest = self.see_date(date(Some(first), -month.value, -day.value), rest)?;
                match rest {
                    // Only a time may follow the letter here.
                    [Word::T, Word::Unsigned(hour), rest @ ..] => match rest {
                        [Word::Sign(b':') | Word::Signed(_), ..] => self.after_number(*hour, rest),
                        _ => None,
                    },
                    _ => Some(rest),
                }
            }
            [Word::Signed(number), Word::Unit(unit), rest @ ..] => {
                self.lone_number(first)?;
                self.relative(number.value, 0, *unit, rest)
            }
            [Word::Signed(offset), rest @ ..] => {
                self.see_time(clock(first.value, None, 0, 0, 0))?;
                self.offset(0, *offset, rest)
            }
            _ => {
                self.lone_number(first)?;
                Some(words)
            }
        }
    }

    /// A number alone: a year, a date in digits, or a time.
    fn lone_number(&mut self, number: Number) -> Option<()> {
        let Number { value, digits } = number;
        if let Some(date) = &mut self.date
            && date.year.is_none()
            && !self.is_moved
            && (self.time.is_some() || digits > 2)
        {
            date.year = Some(year_of(number));
            return Some(());
        }
        if digits > 4 {
            let year = Number { value: value / 10_000, digits: digits - 4 };
            return self.see_date(date(Some(year), value / 100 % 100, value % 100), &[]).map(drop);
        }
        let (hour, minute) = if digits <= 2 { (value, 0) } else { (value / 100, value % 100) };
        self.see_time(clock(hour, None, minute, 0, 0))
    }

    /// Reads on behind the hour of a time with colons.
    fn clock<'a>(&mut self, hour: Number, words: &'a [Word]) -> Option<&'a [Word]> {
        let [_, Word::Unsigned(minute), rest @ ..] = words else { return None };
        let (second, nanoseconds, rest) = match rest {
            [Word::Sign(b':'), Word::Unsigned(second), rest @ ..] => (second.value, 0, rest),
            [Word::Sign(b':'), Word::Decimal { seconds, nanoseconds, has_sign: false }, rest @ ..] => {
                (*seconds, *nanoseconds, rest)
            }
            [Word::Sign(b':'), ..] => return None,
            rest => (0, 0, rest),
        };
        let time = |meridian| clock(hour.value, meridian, minute.value, second, nanoseconds);
        match rest {
            [Word::Meridian { is_afternoon }, rest @ ..] => {
                self.see_time(time(Some(*is_afternoon)))?;
                Some(rest)
            }
            [Word::Signed(offset), rest @ ..] => {
                self.see_time(time(None))?;
                self.offset(0, *offset, rest)
            }
            rest => {
                self.see_time(time(None))?;
                Some(rest)
            }
        }
    }

    /// Reads on behind a month.
    fn after_month<'a>(&mut self, month: i64, words: &'a [Word]) -> Option<&'a [Word]> {
        match words {
            [Word::Signed(day), Word::Signed(year), rest @ ..] => {
                let year = Number { value: year.value.checked_neg()?, ..*year };
                self.see_date(date(Some(year), month, -day.value), rest)
            }
            [Word::Unsigned(day), Word::Sign(b','), Word::Unsigned(year), rest @ ..] => {
                self.see_date(date(Some(*year), month, day.value), rest)
            }
            [Word::Unsigned(day), rest @ ..] => self.see_date(date(None, month, day.value), rest),
            _ => None,
        }
    }

    /// Reads on behind a zone.
    fn after_zone<'a>(&mut self, minutes: i64, words: &'a [Word]) -> Option<&'a [Word]> {
        match words {
            [Word::Signed(_), Word::Unit(_), ..] => {
                self.see_zone(ZoneSeen::Fixed(minutes * 60))?;
                Some(words)
            }
            [Word::Signed(offset), rest @ ..] => self.offset(minutes, *offset, rest),
            [Word::Dst, rest @ ..] => {
                self.see_zone(ZoneSeen::Fixed((minutes + 60) * 60))?;
                Some(rest)
            }
            rest => {
                self.see_zone(ZoneSeen::Fixed(minutes * 60))?;
                Some(rest)
            }
        }
    }

    /// A zone by its distance: `+5`, `+0530`, `+05:30`.
    fn offset<'a>(&mut self, minutes: i64, offset: Number, words: &'a [Word]) -> Option<&'a [Word]> {
        let (hours, rest_minutes, rest) = match words {
            [Word::Sign(b':'), Word::Unsigned(minute), rest @ ..] => {
                let minute = if offset.value < 0 { -minute.value } else { minute.value };
                (offset.value, minute, rest)
            }
            rest if offset.digits <= 2 => (offset.value, 0, rest),
            rest => (offset.value / 100, offset.value % 100, rest),
        };
        let distance = hours.checked_mul(60)?.checked_add(rest_minutes)?;
        if distance.abs() > 24 * 60 {
            return None;
        }
        self.see_zone(ZoneSeen::Fixed((minutes + distance) * 60))?;
        Some(rest)
    }

    /// Moves by so many units, or back by them.
    fn relative<'a>(
        &mut self,
        count: i64,
        nanoseconds: u32,
        unit: Unit,
        words: &'a [Word],
    ) -> Option<&'a [Word]> {
        let (sign, rest) = match words {
            [Word::Ago(sign), rest @ ..] => (*sign, rest),
            rest => (1, rest),
        };
        let (mut count, mut nanoseconds) = (count.checked_mul(sign)?, nanoseconds);
        if sign < 0 && nanoseconds > 0 {
            (count, nanoseconds) = (count.checked_sub(1)?, 1_000_000_000 - nanoseconds);
        }
        let moved = &mut self.moved;
        let (sum, step) = match unit {
            Unit::Years => (&mut moved.years, 1),
            Unit::Months => (&mut moved.months, 1),
            Unit::Days(days) => (&mut moved.days, days),
            Unit::Seconds(seconds) => (&mut moved.seconds, seconds),
        };
        *sum = sum.checked_add(count.checked_mul(step)?)?;
        let all = moved.nanoseconds + nanoseconds;
        moved.seconds = moved.seconds.checked_add(i64::from(all / 1_000_000_000))?;
        moved.nanoseconds = all % 1_000_000_000;
        self.is_moved = true;
        Some(rest)
    }

    fn see_date<'a>(&mut self, date: Date, rest: &'a [Word]) -> Option<&'a [Word]> {
        self.date.replace(date).is_none().then_some(rest)
    }

    fn see_time(&mut self, time: Clock) -> Option<()> {
        self.time.replace(time).is_none().then_some(())
    }

    fn see_zone(&mut self, zone: ZoneSeen) -> Option<()> {
        self.zone.replace(zone).is_none().then_some(())
    }

    fn see_day(&mut self, ordinal: i64, day: i64) -> Option<()> {
        self.day.replace((ordinal, day)).is_none().then_some(())
    }
}

fn clock(hour_shown: i64, meridian: Option<bool>, minute: i64, second: i64, nanoseconds: u32) -> Clock {
    Clock { hour_shown, meridian, minute, second, nanoseconds }
}

fn date(year: Option<Number>, month: i64, day: i64) -> Date {
    Date { year: year.map(year_of), month, day }
}

/// A year: two digits are of this century up to 68.
fn year_of(year: Number) -> i64 {
    match year.value {
        value if year.digits != 2 => value,
        value if value < 69 => value + 2000,
        value => value + 1900,
    }
}
