//! A value: what a filter takes and gives. It owns the shapes of JSON, their order, and numbers that remember how they
//! were written.
//!
//! Arrays, objects and strings are shared, and changed in place when nobody shares them: that is what makes
//! `reduce ... (.; . + [$x])` linear. A value may be nested as deep as memory allows, so letting one go never recurses
//! without bound.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::mem::take;
use std::rc::Rc;

use crate::decimal;

/// A value.
#[derive(Clone, Debug, Default)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    String(Rc<String>),
    Array(Rc<Array>),
    Object(Rc<Object>),
}

/// A number, with the digits it was written with where a double would lose them.
#[derive(Clone, Debug)]
pub struct Number {
    pub double: f64,
    /// The canonical decimal text; only of a literal that no computation has touched.
    pub literal: Option<Rc<str>>,
}

/// The items of an array.
#[derive(Clone, Debug, Default)]
pub struct Array(pub Vec<Value>);

/// The members of an object, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct Object(pub Map);

pub use crate::map::Map;

/// How deep containers are let go by recursion, before the rest waits in a queue.
const DROP_DEPTH_MAX: u32 = 200;

thread_local! {
    static DROP_DEPTH: Cell<u32> = const { Cell::new(0) };
    static DROP_QUEUE: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// Lets go of values whose container goes.
fn let_go(values: impl Iterator<Item = Value>) {
    let depth = DROP_DEPTH.get();
    if depth >= DROP_DEPTH_MAX {
        DROP_QUEUE.with_borrow_mut(|queue| {
            queue.extend(values.filter(|value| matches!(value, Value::Array(_) | Value::Object(_))));
        });
        return;
    }
    DROP_DEPTH.set(depth + 1);
    values.for_each(drop);
    if depth == 0 {
        while let Some(value) = DROP_QUEUE.with_borrow_mut(Vec::pop) {
            drop(value);
        }
    }
    DROP_DEPTH.set(depth);
}

impl Drop for Array {
    fn drop(&mut self) {
        if self.0.iter().any(|item| matches!(item, Value::Array(_) | Value::Object(_))) {
            let_go(take(&mut self.0).into_iter());
        }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        if self.0.values().any(|item| matches!(item, Value::Array(_) | Value::Object(_))) {
            let_go(take(&mut self.0).into_values());
        }
    }
}

impl Value {
    pub fn string(text: impl Into<String>) -> Value {
        Value::String(Rc::new(text.into()))
    }

    pub fn array(items: Vec<Value>) -> Value {
        Value::Array(Rc::new(Array(items)))
    }

    pub fn object(members: Map) -> Value {
        Value::Object(Rc::new(Object(members)))
    }

    pub fn number(double: f64) -> Value {
        Value::Number(Number { double, literal: None })
    }

    /// A count of things; a double holds every one that memory can hold.
    #[allow(clippy::cast_precision_loss, reason = "no length reaches 2^53")]
    pub fn count(count: usize) -> Value {
        Value::number(count as f64)
    }

    /// The bytes as text; what is no UTF-8 becomes U+FFFD.
    pub fn text(bytes: &[u8]) -> Value {
        Value::string(String::from_utf8_lossy(bytes).into_owned())
    }

    pub fn is_true(&self) -> bool {
        !matches!(self, Value::Null | Value::Bool(false))
    }

    /// The kind's name, as messages have it.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    }

    /// The place of the kind in the order of all values.
    fn rank(&self) -> u8 {
        match self {
            Value::Null => 0,
            Value::Bool(false) => 1,
            Value::Bool(true) => 2,
            Value::Number(_) => 3,
            Value::String(_) => 4,
            Value::Array(_) => 5,
            Value::Object(_) => 6,
        }
    }

    /// The items of an array, to be changed; copied first if others share them.
    pub fn items_mut(array: &mut Rc<Array>) -> &mut Vec<Value> {
        &mut Rc::make_mut(array).0
    }

    pub fn members_mut(object: &mut Rc<Object>) -> &mut Map {
        &mut Rc::make_mut(object).0
    }

    /// The same value in the same place of memory, which is how jq knows that a path still leads to it.
    pub fn is_identical(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => match (&a.literal, &b.literal) {
                (Some(a), Some(b)) => Rc::ptr_eq(a, b),
                (None, None) => a.double.to_bits() == b.double.to_bits(),
                _ => false,
            },
            (Value::String(a), Value::String(b)) => Rc::ptr_eq(a, b),
            (Value::Array(a), Value::Array(b)) => Rc::ptr_eq(a, b),
            (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// The order of jq; values nested deeper than any parser allows count as equal.
    pub fn compare(&self, other: &Value) -> Ordering {
        self.compare_at(other, 0)
    }

    fn compare_at(&self, other: &Value, depth: u32) -> Ordering {
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => a.compare(b),
            (Value::String(a), Value::String(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Value::Array(_) | Value::Object(_), _) if depth > COMPARED_DEPTH_MAX => Ordering::Equal,
            (Value::Array(a), Value::Array(b)) => {
                let items = a.0.iter().zip(&b.0).map(|(a, b)| a.compare_at(b, depth + 1));
                items.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| a.0.len().cmp(&b.0.len()))
            }
            (Value::Object(a), Value::Object(b)) => {
                let (a, b) = (sorted(&a.0), sorted(&b.0));
                let keys = a.iter().map(|(key, _)| key).cmp(b.iter().map(|(key, _)| key));
                let mut members = a.iter().zip(&b).map(|((_, a), (_, b))| a.compare_at(b, depth + 1));
                keys.then_with(|| members.find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// How deep values are compared.
const COMPARED_DEPTH_MAX: u32 = 3000;

/// The members of an object in the order of their keys.
pub fn sorted(members: &Map) -> Vec<(&Rc<String>, &Value)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
    sorted
}

/// The powers of ten that a double holds exactly, as far as they are needed.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

impl Number {
    /// Reads the plain numbers that a double holds as they are written: at most 15 digits, and a point among them.
    pub fn from_digits(word: &[u8]) -> Option<Number> {
        let (negative, digits) = match word {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, word),
        };
        let first = *digits.first()?;
        if digits.len() > 16 || !first.is_ascii_digit() {
            return None;
        }
        let (mut whole, mut count, mut point) = (0_u64, 0, None);
        for (index, byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    whole = whole * 10 + u64::from(byte - b'0');
                    count += 1;
                }
                b'.' if point.is_none() => point = Some(index),
                _ => return None,
            }
        }
        // Zeros in front, behind, and a zero below zero, are written again as they are.
        if count > 15 || whole == 0 && (negative || count > 1) {
            return None;
        }
        #[allow(clippy::cast_precision_loss, reason = "below 10^15")]
        let double = match point {
            None if first == b'0' && count > 1 => return None,
            None => whole as f64,
            Some(at) => {
                let places = digits.len() - at - 1;
                let is_odd = first == b'0' && at > 1 || places == 0 || digits.last() == Some(&b'0');
                if is_odd || first == b'0' && places > 4 {
                    return None;
                }
                // Both are exact, so the quotient is the nearest double.
                whole as f64 / POWERS[places]
            }
        };
        Some(Number { double: if negative { -double } else { double }, literal: None })
    }

    /// Reads a number as JSON writes it, keeping its digits where the double loses them.
    pub fn from_literal(text: &str) -> Option<Number> {
        let double = decimal::parse(text)?;
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if digits == text.len() && digits <= 15 && (digits == 1 || !text.starts_with('0')) {
            return Some(Number { double, literal: None });
        }
        // A long one is kept in any case: it is compared with others digit by digit, and what was computed is not.
        let is_long = digits > 15;
        let literal =
            decimal::canonical(text).filter(|canonical| is_long || *canonical != decimal::shortest(double));
        Some(Number { double, literal: literal.map(Rc::from) })
    }

    fn compare(&self, other: &Number) -> Ordering {
        if let (Some(a), Some(b)) = (&self.literal, &other.literal) {
            return decimal::compare(a, b);
        }
        if self.double < other.double || self.double.is_nan() {
            // Nothing is smaller than what is not a number, itself included.
            Ordering::Less
        } else if self.double == other.double {
            Ordering::Equal
        } else {
            Ordering::Greater
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.compare(other).is_eq()
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Bool(truth)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::string(text)
    }
}
