//! Order: `asort`, `asorti`, and the orders that `PROCINFO["sorted_in"]` names.

use std::cmp::Ordering;

use super::{Machine, Outcome, Trouble};
use crate::table::{Key, KeyRef, Table};
use crate::value::{self, Array, Value};

/// What a name like `@ind_str_asc` says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    IndexText,
    IndexNumber,
    ValueText,
    ValueNumber,
    ValueType,
    Unsorted,
}

fn named(how: &[u8]) -> Option<(By, bool)> {
    Some(match how {
        b"@unsorted" => (By::Unsorted, false),
        b"@ind_str_asc" => (By::IndexText, false),
        b"@ind_str_desc" => (By::IndexText, true),
        b"@ind_num_asc" => (By::IndexNumber, false),
        b"@ind_num_desc" => (By::IndexNumber, true),
        b"@val_str_asc" => (By::ValueText, false),
        b"@val_str_desc" => (By::ValueText, true),
        b"@val_num_asc" => (By::ValueNumber, false),
        b"@val_num_desc" => (By::ValueNumber, true),
        b"@val_type_asc" => (By::ValueType, false),
        b"@val_type_desc" => (By::ValueType, true),
        _ => return None,
    })
}

struct Entry {
    key: Key,
    index: Value,
    value: Value,
}

impl Machine {
    /// The keys of an array in an order.
    pub(super) fn sorted_keys(&mut self, array: &Array, keys: Vec<Key>, how: &[u8]) -> Outcome<Vec<Key>> {
        let table = array.borrow();
        let entries = keys.into_iter().map(|key| {
            let value = table.get(key.as_ref()).cloned().unwrap_or_default();
            Entry { index: key.to_value(), key, value }
        });
        let entries: Vec<Entry> = entries.collect();
        drop(table);
        let sorted = self.sorted(entries, how, "PROCINFO[\"sorted_in\"]")?;
        Ok(sorted.into_iter().map(|entry| entry.key).collect())
    }

    fn sorted(&mut self, mut entries: Vec<Entry>, how: &[u8], _whose: &str) -> Outcome<Vec<Entry>> {
        if let Some((by, descending)) = named(how) {
            entries.sort_by(|a, b| {
                let order = self.order(by, a, b);
                if descending { order.reverse() } else { order }
            });
            return Ok(entries);
        }
        let name = String::from_utf8_lossy(how).into_owned();
        let found = self.code.procedures.iter().position(|procedure| *procedure.name == *name);
        let Some(function) = found else {
            let what = if how.starts_with(b"@") || name.is_empty() {
                format!("`{name}' is invalid as a function name")
            } else {
                format!("sort comparison function `{name}' is not defined")
            };
            return Err(Trouble::Fatal(what));
        };
        self.sorted_by_function(entries, function as u32)
    }

    /// Sorts by a function of the program, which may say what it likes: so by merging, and not by `sort_by`, which
    /// wants an order.
    fn sorted_by_function(&mut self, entries: Vec<Entry>, function: u32) -> Outcome<Vec<Entry>> {
        let mut runs: Vec<Vec<Entry>> = entries.into_iter().map(|entry| vec![entry]).collect();
        while runs.len() > 1 {
            let mut merged = Vec::with_capacity(runs.len() / 2 + 1);
            let mut pending = runs.into_iter();
            while let Some(first) = pending.next() {
                merged.push(match pending.next() {
                    Some(second) => self.merged(first, second, function)?,
                    None => first,
                });
            }
            runs = merged;
        }
        Ok(runs.pop().unwrap_or_default())
    }

    fn merged(&mut self, first: Vec<Entry>, second: Vec<Entry>, function: u32) -> Outcome<Vec<Entry>> {
        let mut out = Vec::with_capacity(first.len() + second.len());
        let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
        while let (Some(a), Some(b)) = (first.peek(), second.peek()) {
            let arguments = [a.index.clone(), a.value.clone(), b.index.clone(), b.value.clone()];
            let order = self.call(function, &arguments)?.number();
            out.extend(if order <= 0.0 { first.next() } else { second.next() });
        }
        out.extend(first);
        out.extend(second);
        Ok(out)
    }

    fn order(&self, by: By, a: &Entry, b: &Entry) -> Ordering {
        match by {
            By::Unsorted => Ordering::Equal,
            By::IndexText => self.text_order(&a.index, &b.index),
            By::IndexNumber => {
                numbers(a.index.number(), b.index.number()).then_with(|| self.text_order(&a.index, &b.index))
            }
            By::ValueText => {
                arrays_last(a, b, |a, b| self.text_order(a, b)).then_with(|| self.index_order(a, b))
            }
            By::ValueNumber => {
                arrays_last(a, b, |a, b| numbers(a.number(), b.number()).then_with(|| self.text_order(a, b)))
                    .then_with(|| self.index_order(a, b))
            }
            By::ValueType => arrays_last(a, b, |a, b| match (a.as_number(), b.as_number()) {
                (Some(a), Some(b)) => numbers(a, b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => self.text_order(a, b),
            })
            .then_with(|| self.index_order(a, b)),
        }
    }

    fn index_order(&self, a: &Entry, b: &Entry) -> Ordering {
        match (&a.key, &b.key) {
            (Key::Integer(a), Key::Integer(b)) => a.cmp(b),
            (Key::Integer(_), _) => Ordering::Less,
            (_, Key::Integer(_)) => Ordering::Greater,
            _ => self.text_order(&a.index, &b.index),
        }
    }

    fn text_order(&self, a: &Value, b: &Value) -> Ordering {
        let (mut scratch, mut other) = (Vec::new(), Vec::new());
        let (a, b) = (a.bytes(&self.convfmt, &mut scratch), b.bytes(&self.convfmt, &mut other));
        value::compare_texts(a, b, self.collation)
    }

    /// `asort` and `asorti`: how many there are.
    pub(super) fn sort_array(
        &mut self,
        source: &Array,
        target: &Array,
        how: Option<&Value>,
        by_index: bool,
    ) -> Outcome<f64> {
        let default: &[u8] = if by_index { b"@ind_str_asc" } else { b"@val_type_asc" };
        let how = how.map(|how| how.to_text(&self.convfmt));
        let entries: Vec<Entry> = source
            .borrow()
            .iter()
            .map(|(key, value)| Entry { key: key.clone(), index: key.to_value(), value: value.clone() })
            .collect();
        let whose = if by_index { "asorti" } else { "asort" };
        let sorted = self.sorted(entries, how.as_deref().unwrap_or(default), whose)?;
        let mut table = Table::default();
        for (number, entry) in sorted.into_iter().enumerate() {
            let value = if by_index { entry.index } else { entry.value };
            table.insert(KeyRef::Integer(number as i64 + 1), value);
        }
        let count = table.len();
        *target.borrow_mut() = table;
        Ok(count as f64)
    }
}

fn numbers(a: f64, b: f64) -> Ordering {
    // What is no number comes behind all that are.
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

fn arrays_last(a: &Entry, b: &Entry, order: impl FnOnce(&Value, &Value) -> Ordering) -> Ordering {
    match (a.value.is_array(), b.value.is_array()) {
        (false, false) => order(&a.value, &b.value),
        (a, b) => a.cmp(&b),
    }
}
