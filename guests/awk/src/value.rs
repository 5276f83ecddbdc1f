//! Values: numbers, strings, strings from outside that look like numbers, and what stands beside them in a variable.
//!
//! A value is 16 bytes under wasm. Texts are counted references and never change, but for [`Value::Buffer`], which
//! grows in place while one variable holds it alone.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::rc::Rc;

use crate::format;
use crate::number;
use crate::pattern::Pattern;
use crate::table::Table;
use crate::text;

/// An array, as variables and parameters share it.
pub type Array = Rc<RefCell<Table>>;

#[derive(Clone, Default)]
pub enum Value {
    /// Never assigned: both 0 and the empty string.
    #[default]
    Unset,
    Number(f64),
    Text(Rc<[u8]>),
    /// Text from outside that looks like a number: the eight bytes of the number, then the text.
    Numeric(Rc<[u8]>),
    /// Text that was appended to.
    Buffer(Rc<Vec<u8>>),
    /// A regular expression as an argument of a function.
    Regex(Rc<Pattern>),
    Array(Array),
}

/// Bytes of the number in front of the text in [`Value::Numeric`].
const NUMBER_BYTES: usize = 8;

impl Value {
    pub fn text(bytes: &[u8]) -> Value {
        fuel::spend(bytes.len() as u64 / 32);
        Value::Text(Rc::from(bytes))
    }

    /// A string from outside: a number too, if it looks like one.
    pub fn input(bytes: &[u8]) -> Value {
        match number::looks_numeric(bytes) {
            None => Value::text(bytes),
            Some(value) => {
                let value = value.to_le_bytes();
                Value::Numeric(value.iter().chain(bytes).copied().collect())
            }
        }
    }

    pub fn bool(truth: bool) -> Value {
        Value::Number(f64::from(u8::from(truth)))
    }

    pub fn new_array() -> Value {
        Value::Array(Rc::default())
    }

    pub fn number(&self) -> f64 {
        match self {
            Value::Number(value) => *value,
            Value::Unset | Value::Array(_) => 0.0,
            Value::Text(text) => number::prefix(text),
            Value::Numeric(text) => numeric(text),
            Value::Buffer(text) => number::prefix(text),
            Value::Regex(pattern) => number::prefix(pattern.source()),
        }
    }

    /// Whether a condition holds: a number that is not zero, a string that is not empty.
    pub fn truth(&self) -> bool {
        match self {
            Value::Number(value) => *value != 0.0,
            Value::Unset => false,
            Value::Text(text) => !text.is_empty(),
            Value::Numeric(text) => numeric(text) != 0.0,
            Value::Buffer(text) => !text.is_empty(),
            Value::Regex(pattern) => !pattern.source().is_empty(),
            Value::Array(_) => true,
        }
    }

    /// The text; numbers are written to `scratch`.
    pub fn bytes<'a>(&'a self, format: &NumberFormat, scratch: &'a mut Vec<u8>) -> &'a [u8] {
        match self {
            Value::Number(value) => {
                scratch.clear();
                format.write(scratch, *value);
                scratch
            }
            _ => self.plain_bytes(),
        }
    }

    /// The text of what is no number.
    pub fn plain_bytes(&self) -> &[u8] {
        match self {
            Value::Number(_) | Value::Unset | Value::Array(_) => b"",
            Value::Text(text) => text,
            Value::Numeric(text) => &text[NUMBER_BYTES..],
            Value::Buffer(text) => text,
            Value::Regex(pattern) => pattern.source(),
        }
    }

    /// Adds the text to a buffer.
    pub fn append_to(&self, out: &mut Vec<u8>, format: &NumberFormat) {
        match self {
            Value::Number(value) => format.write(out, *value),
            _ => out.extend_from_slice(self.plain_bytes()),
        }
    }

    pub fn to_text(&self, format: &NumberFormat) -> Rc<[u8]> {
        match self {
            Value::Text(text) => text.clone(),
            _ => Rc::from(self.bytes(format, &mut Vec::new())),
        }
    }

    /// The number, when comparisons treat the value as one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Number(value) => Some(*value),
            Value::Unset => Some(0.0),
            Value::Numeric(text) => Some(numeric(text)),
            Value::Text(_) | Value::Buffer(_) | Value::Regex(_) | Value::Array(_) => None,
        }
    }

    pub fn is_array(&self) -> bool {
        matches!(self, Value::Array(_))
    }

    /// What `typeof` calls it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Unset => "untyped",
            Value::Number(_) => "number",
            Value::Text(_) | Value::Buffer(_) => "string",
            Value::Numeric(_) => "strnum",
            Value::Regex(_) => "regexp",
            Value::Array(_) => "array",
        }
    }
}

fn numeric(text: &[u8]) -> f64 {
    text.first_chunk().map_or(0.0, |bytes| f64::from_le_bytes(*bytes))
}

/// How values are compared.
#[derive(Clone, Copy, Default)]
pub struct Collation {
    pub ignore_case: bool,
    /// Characters are bytes.
    pub bytes: bool,
}

/// Compares two values: as numbers when both are, else as strings. Nothing is in order with what is not a number.
pub fn compare(a: &Value, b: &Value, format: &NumberFormat, collation: Collation) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (a.as_number(), b.as_number()) {
        return a.partial_cmp(&b);
    }
    let (mut scratch, mut other) = (Vec::new(), Vec::new());
    Some(compare_texts(a.bytes(format, &mut scratch), b.bytes(format, &mut other), collation))
}

pub fn compare_texts(a: &[u8], b: &[u8], collation: Collation) -> Ordering {
    if collation.ignore_case { text::compare_ignoring_case(a, b, collation.bytes) } else { a.cmp(b) }
}

/// How numbers become text: `CONVFMT` or `OFMT`.
#[derive(Clone)]
pub struct NumberFormat {
    spec: Rc<[u8]>,
    /// The format is `%.6g`, which goes without reading it again.
    usual: bool,
}

impl NumberFormat {
    pub fn new(spec: &[u8]) -> NumberFormat {
        NumberFormat { spec: Rc::from(spec), usual: spec == b"%.6g" }
    }

    /// Writes a number; one that is integral is written as such.
    pub fn write(&self, out: &mut Vec<u8>, value: f64) {
        if value.floor() == value || !value.is_finite() {
            number::write_integral(out, value);
        } else if self.usual {
            number::write_usual(out, value);
        } else {
            format::write_number(out, &self.spec, value);
        }
    }
}
