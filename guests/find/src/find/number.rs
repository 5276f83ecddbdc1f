//! Numbers of find's tests: `N` exactly, `+N` more, `-N` less; whole ones, and those of times with a fraction.

use std::cmp::Ordering;

/// How a value must compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Exactly,
    More,
    Less,
}

/// A whole number to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    pub relation: Relation,
    pub value: u64,
}

impl Relation {
    /// Takes the sign off a text.
    pub fn split(text: &[u8]) -> (Relation, &[u8]) {
        match text {
            [b'+', rest @ ..] => (Relation::More, rest),
            [b'-', rest @ ..] => (Relation::Less, rest),
            _ => (Relation::Exactly, text),
        }
    }

    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Relation::Exactly => ordering == Ordering::Equal,
            Relation::More => ordering == Ordering::Greater,
            Relation::Less => ordering == Ordering::Less,
        }
    }
}

impl Number {
    /// Reads `N`, `+N` or `-N`; blanks may stand before the digits.
    pub fn read(text: &[u8]) -> Option<Number> {
        let (relation, rest) = Relation::split(text);
        Some(Number { relation, value: digits(rest.trim_ascii_start())? })
    }

    pub fn holds(self, value: u64) -> bool {
        self.relation.holds(value.cmp(&self.value))
    }
}

/// A text of digits only.
pub fn digits(text: &[u8]) -> Option<u64> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| is_number)?.parse().ok()
}

/// A span of time as the tests of times count them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub relation: Relation,
    pub units: f64,
}

impl Span {
    /// Reads `N`, `+N` or `-N` with a fraction.
    pub fn read(text: &[u8]) -> Option<Span> {
        let (relation, rest) = Relation::split(text);
        let text = std::str::from_utf8(rest.trim_ascii_start()).ok()?;
        let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        #[expect(clippy::cast_precision_loss, reason = "spans of that length are beyond the calendar anyway")]
        let units = match hexadecimal {
            Some(digits) => u64::from_str_radix(digits, 16).ok()? as f64,
            None => text.parse().ok()?,
        };
        (!f64::is_nan(units)).then_some(Span { relation, units })
    }

    /// The span in nanoseconds, with some units more; what is beyond the calendar is its end.
    pub fn nanoseconds(self, more: f64, unit_ns: i64) -> i64 {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "as saturates")]
        let ns = ((self.units + more) * unit_ns as f64) as i64;
        ns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_tells_how_to_compare() {
        let read = |text: &str| Number::read(text.as_bytes());
        assert_eq!(read("5"), Some(Number { relation: Relation::Exactly, value: 5 }));
        assert_eq!(read("+5"), Some(Number { relation: Relation::More, value: 5 }));
        assert_eq!(read("- 5"), Some(Number { relation: Relation::Less, value: 5 }));
        for text in ["", "+", "x", "5 ", "5x", "+-5", "0x5", "99999999999999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn spans_may_have_fractions() {
        let read = |text: &str| Span::read(text.as_bytes()).map(|span| span.nanoseconds(1.0, 60));
        assert_eq!((read("1.5"), read("+1e1"), read("-0x10")), (Some(150), Some(660), Some(1020)));
        assert_eq!((read("inf"), read("nan"), read("x"), read("1 ")), (Some(i64::MAX), None, None, None));
    }
}
