//! The kinds of values that a column may have, and values of them.

use std::cmp::Ordering;

use super::decimal::{self, Decimal};
use super::moment::{self, Date, Moment, Span};
use super::options::Options;

/// What all values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Boolean,
    Number,
    TimeDelta,
    Date,
    DateTime,
    Text,
}

/// A cell.
#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Boolean(bool),
    Number(Decimal),
    Span(Span),
    Date(Date),
    Moment(Moment),
    Text(String),
}

/// How texts become values.
pub struct Casts {
    nulls: Vec<String>,
    date_format: Option<String>,
    datetime_format: Option<String>,
    no_leading_zeroes: bool,
    is_text_only: bool,
}

const NULLS: [&str; 6] = ["", "na", "n/a", "none", "null", "."];
const CURRENCIES: [char; 19] =
    ['؋', '$', 'ƒ', '៛', '¥', '₡', '₱', '£', '€', '¢', '﷼', '₪', '₩', '₭', '₮', '₦', '฿', '₤', '₫'];

impl Casts {
    pub fn new(options: &Options) -> Self {
        let mut nulls: Vec<String> = Vec::new();
        if !options.has("blanks") {
            nulls.extend(NULLS.map(str::to_owned));
        }
        nulls.extend(options.values("null-value").map(str::to_lowercase));
        Self {
            nulls,
            date_format: options.value("date-format").map(str::to_owned),
            datetime_format: options.value("datetime-format").map(str::to_owned),
            no_leading_zeroes: options.has("no-leading-zeroes"),
            is_text_only: options.has("no-inference"),
        }
    }

    /// The kinds in the order in which they are preferred.
    pub fn kinds(&self) -> Vec<Kind> {
        use Kind::{Boolean, DateTime, Number, Text, TimeDelta};
        if self.is_text_only {
            return vec![Text];
        }
        // So that a format takes dates like 20010101.
        if self.datetime_format.is_some() {
            vec![Boolean, TimeDelta, Kind::Date, DateTime, Number, Text]
        } else if self.date_format.is_some() {
            vec![Boolean, TimeDelta, Kind::Date, Number, DateTime, Text]
        } else {
            vec![Boolean, Number, TimeDelta, Kind::Date, DateTime, Text]
        }
    }

    /// A text as a value of a kind; none where it is not one.
    pub fn cast(&self, kind: Kind, text: &str) -> Option<Value> {
        let trimmed = text.trim();
        let is_null = |text: &str| self.nulls.iter().any(|null| *null == text.to_lowercase());
        if kind == Kind::Boolean {
            let plain = trimmed.replace(',', "");
            return match plain.trim().to_lowercase().as_str() {
                word if is_null(word) => Some(Value::Null),
                "yes" | "y" | "true" | "t" | "1" => Some(Value::Boolean(true)),
                "no" | "n" | "false" | "f" | "0" => Some(Value::Boolean(false)),
                _ => None,
            };
        }
        if is_null(trimmed) {
            return Some(Value::Null);
        }
        match kind {
            Kind::Boolean | Kind::Text => Some(Value::Text(text.to_owned())),
            Kind::Number => self.number(trimmed).map(Value::Number),
            Kind::TimeDelta => Span::parse(trimmed).map(Value::Span),
            Kind::Date => match &self.date_format {
                Some(format) => moment::strptime(trimmed, format).map(|moment| Value::Date(moment.date)),
                None => Date::parse(trimmed).map(Value::Date),
            },
            Kind::DateTime => match &self.datetime_format {
                Some(format) => moment::strptime(trimmed, format).map(Value::Moment),
                None => Moment::parse(trimmed).map(Value::Moment),
            },
        }
    }

    fn number(&self, text: &str) -> Option<Decimal> {
        let text = text.trim_matches('%');
        let (negative, mut text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        for currency in CURRENCIES {
            text = text.trim_matches(currency);
        }
        let plain = text.replace(',', "");
        if self.no_leading_zeroes && plain.len() > 1 && plain.starts_with('0') && !plain.starts_with("0.") {
            return None;
        }
        let number = Decimal::parse(&plain)?;
        Some(if negative { number.negated() } else { number })
    }
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "Boolean",
            Self::Number => "Number",
            Self::TimeDelta => "TimeDelta",
            Self::Date => "Date",
            Self::DateTime => "DateTime",
            Self::Text => "Text",
        }
    }
}

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// As CSV has it.
    pub fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(value) => if *value { "True" } else { "False" }.to_owned(),
            Self::Number(value) => value.to_string(),
            Self::Span(value) => value.to_string(),
            Self::Date(value) => value.to_string(),
            Self::Moment(value) => value.to_string(),
            Self::Text(value) => value.clone(),
        }
    }

    /// As Python's `str` shows it.
    pub fn shown(&self) -> String {
        match self {
            Self::Null => "None".to_owned(),
            Self::Moment(value) => value.to_string().replacen('T', " ", 1),
            _ => self.text(),
        }
    }

    /// As JSON has it.
    pub fn json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(value) => value.to_string(),
            Self::Number(value) => decimal::float(value.to_f64()),
            _ => json_text(&self.text()),
        }
    }

    /// What equal values have in common, and others have not.
    pub fn key(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Number(value) => format!("n{}", value.normalized()),
            Self::Boolean(value) => format!("n{}", u8::from(*value)),
            Self::Span(value) => format!("s{value}"),
            Self::Date(value) => format!("d{value}"),
            Self::Moment(value) => format!("m{value}"),
            Self::Text(value) => format!("t{value}"),
        }
    }

    /// The order of two values of one kind; nulls come last.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Span(a), Self::Span(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Moment(a), Self::Moment(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            // A column has values of one kind.
            _ => Ordering::Equal,
        }
    }
}

/// A text as JSON has it, beyond ASCII as it is.
pub fn json_text(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            c if u32::from(c) < 0x20 => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}
