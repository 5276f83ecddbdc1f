//! Paths: getting, setting, taking and deleting what is at a place within a value, in the words of jq where it cannot be.

use std::rc::Rc;

use crate::machine::{Outcome, Raise};
use crate::value::{Map, Value};

/// The largest index that an array is extended to.
const INDEX_MAX: usize = 536_870_911;

/// What is at a key.
pub fn get(value: &Value, key: &Value) -> Outcome {
    match (value, key) {
        (Value::Object(members), Value::String(key)) => Ok(members.0.get(key).cloned().unwrap_or_default()),
        (Value::Array(items), Value::Number(index)) => {
            if index.double.is_nan() {
                return Ok(Value::Null);
            }
            Ok(position(index.double, items.0.len())
                .and_then(|at| items.0.get(at))
                .cloned()
                .unwrap_or_default())
        }
        (Value::Array(items), Value::Object(_)) => {
            let (start, end) = bounds(key, items.0.len())?;
            Ok(Value::array(items.0[start..end].to_vec()))
        }
        (Value::String(text), Value::Object(_)) => {
            let count = text.chars().count();
            let (start, end) = bounds(key, count)?;
            Ok(Value::string(text.chars().skip(start).take(end - start).collect::<String>()))
        }
        (Value::Array(items), Value::Array(wanted)) => Ok(indices(&items.0, &wanted.0)),
        (Value::Null, Value::String(_) | Value::Number(_) | Value::Object(_)) => Ok(Value::Null),
        _ => Err(cannot_index(value, key)),
    }
}

/// A key that is longer is not shown in messages.
const SHOWN_KEY_BYTES_MAX: usize = 29;

fn cannot_index(value: &Value, key: &Value) -> Raise {
    match key {
        Value::String(key) if key.len() <= SHOWN_KEY_BYTES_MAX => {
            Raise::from(format!("Cannot index {} with string \"{key}\"", value.kind()))
        }
        _ => Raise::from(format!("Cannot index {} with {}", value.kind(), key.kind())),
    }
}

/// The place that an index means; one below zero counts from the end.
fn position(index: f64, length: usize) -> Option<usize> {
    let index = index.floor();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    if index < 0.0 { length.checked_sub((-index) as usize) } else { Some(index as usize) }
}

/// The places where a sequence begins in another.
pub fn indices(items: &[Value], wanted: &[Value]) -> Value {
    if wanted.is_empty() {
        return Value::Null;
    }
    let found = items.windows(wanted.len()).enumerate().filter(|(_, window)| *window == wanted);
    Value::array(found.map(|(index, _)| Value::count(index)).collect())
}

/// The bounds that an object with `start` and `end` means.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "clamped to the length"
)]
fn bounds(slice: &Value, length: usize) -> Result<(usize, usize), Raise> {
    let Value::Object(members) = slice else { return Ok((0, length)) };
    let bound = |name: &str, default: f64| match members.0.get_named(name) {
        Some(Value::Null) => Ok(default),
        Some(Value::Number(number)) => Ok(if number.double.is_nan() { default } else { number.double }),
        _ => Err(()),
    };
    let total = length as f64;
    let (Ok(start), Ok(end)) = (bound("start", 0.0), bound("end", total)) else {
        return Err(Raise::from("Array/string slice indices must be integers".to_owned()));
    };
    let from_end = |bound: f64| if bound < 0.0 { bound + total } else { bound };
    let start = from_end(start).clamp(0.0, total).floor();
    let end = from_end(end).clamp(start, total).ceil();
    Ok((start as usize, end as usize))
}

/// The value with another one at a key.
pub fn set_key(value: Value, key: &Value, new: Value) -> Outcome {
    match (value, key) {
        (Value::Object(mut members), Value::String(key)) => {
            Value::members_mut(&mut members).insert(key.clone(), new);
            Ok(Value::Object(members))
        }
        (Value::Null, Value::String(key)) => {
            let mut members = Map::default();
            members.insert(key.clone(), new);
            Ok(Value::object(members))
        }
        (Value::Array(_), Value::Number(index)) if index.double.is_nan() => {
            Err(Raise::from("Cannot set array element at NaN index".to_owned()))
        }
        (Value::Array(mut items), Value::Number(index)) => {
            let length = items.0.len();
            let Some(at) = position(index.double, length) else {
                return Err(Raise::from("Out of bounds negative array index".to_owned()));
            };
            if at > INDEX_MAX {
                return Err(Raise::from("Array index too large".to_owned()));
            }
            let items_mut = Value::items_mut(&mut items);
            if at >= length {
                items_mut.resize(at + 1, Value::Null);
            }
            items_mut[at] = new;
            Ok(Value::Array(items))
        }
        (Value::Null, Value::Number(_)) => set_key(Value::array(Vec::new()), key, new),
        (value @ (Value::Array(_) | Value::Null), Value::Object(_)) => {
            let mut items = match value {
                Value::Array(items) => items,
                _ => Rc::default(),
            };
            let (start, end) = bounds(key, items.0.len())?;
            let Value::Array(new) = new else {
                return Err(Raise::from("A slice of an array can only be assigned another array".to_owned()));
            };
            Value::items_mut(&mut items).splice(start..end, new.0.iter().cloned());
            Ok(Value::Array(items))
        }
        (Value::String(_), Value::Object(_)) => Err(Raise::from("Cannot update string slices".to_owned())),
        (Value::Array(_), Value::Array(_)) => {
            Err(Raise::from("Cannot update field at array index of array".to_owned()))
        }
        (value, key @ Value::Object(_)) => {
            Err(Raise::from(format!("Cannot update field at {} index of {}", key.kind(), value.kind())))
        }
        (value, key) => Err(cannot_index(&value, key)),
    }
}

fn keys(path: &Value) -> Result<&[Value], Raise> {
    match path {
        Value::Array(keys) => Ok(&keys.0),
        _ => Err(Raise::from("Path must be specified as an array".to_owned())),
    }
}

/// Takes what is at a key out of a value; null is left there, so that nobody shares what was taken.
fn take_key(value: &mut Value, key: &Value) -> Outcome {
    match (&mut *value, key) {
        (Value::Object(members), Value::String(key)) if members.0.contains_key(key) => {
            Ok(Value::members_mut(members).get_mut(key).map(std::mem::take).unwrap_or_default())
        }
        (Value::Array(items), Value::Number(index)) if !index.double.is_nan() => {
            let at = position(index.double, items.0.len()).filter(|at| *at < items.0.len());
            Ok(at.map(|at| std::mem::take(&mut Value::items_mut(items)[at])).unwrap_or_default())
        }
        _ => get(value, key),
    }
}

/// The value with another one at a path.
pub fn set(root: Value, path: &Value, new: Value) -> Outcome {
    // Down the path with what is above taken apart, then up again.
    let keys = keys(path)?;
    let mut above = Vec::with_capacity(keys.len());
    let mut value = root;
    for (index, key) in keys.iter().enumerate() {
        let below = if index + 1 < keys.len() { take_key(&mut value, key)? } else { Value::Null };
        above.push((value, key));
        value = below;
    }
    above.into_iter().rfold(Ok(new), |below, (value, key)| set_key(value, key, below?))
}

/// Takes what is at a path out of a value: the value without it, and what was there.
pub fn take(root: Value, path: &Value) -> Result<(Value, Value), Raise> {
    let keys = keys(path)?;
    let mut above = Vec::with_capacity(keys.len());
    let mut value = root;
    for key in keys {
        let below = take_key(&mut value, key)?;
        above.push((value, key));
        value = below;
    }
    let mut root = None;
    for (value, key) in above.into_iter().rev() {
        // What is null all the way down stays so: nothing is made before it is set.
        root = Some(match (&value, root) {
            (_, None) => value,
            (Value::Null, Some(Value::Null)) => Value::Null,
            (_, Some(below)) => set_key(value, key, below)?,
        });
    }
    Ok((root.unwrap_or_default(), value))
}

/// What is at a path; null below null.
pub fn get_path(root: &Value, path: &Value) -> Outcome {
    let mut value = root.clone();
    for key in keys(path)? {
        if matches!(value, Value::Null) {
            return Ok(Value::Null);
        }
        value = get(&value, key)?;
    }
    Ok(value)
}

/// The value without what is at the paths.
pub fn delete(root: Value, mut paths: Vec<Value>) -> Outcome {
    if let Some(wrong) = paths.iter().find(|path| !matches!(path, Value::Array(_))) {
        return Err(Raise::from(format!("Path must be specified as array, not {}", wrong.kind())));
    }
    paths.sort_by(Value::compare);
    paths.dedup();
    if paths.first().is_some_and(|path| matches!(path, Value::Array(keys) if keys.0.is_empty())) {
        return Ok(Value::Null);
    }
    let mut paths: Vec<&[Value]> = paths.iter().map(|path| keys(path).unwrap_or_default()).collect();
    // A path below a deleted one has nothing left to delete.
    paths.dedup_by(|path, above| path.starts_with(above));
    let mut root = root;
    // The last ones first, so that what is deleted moves none of the others; all of one container at once.
    while let Some((_, parent)) = paths.last().and_then(|path| path.split_last()) {
        let is_sibling = |path: &&[Value]| path.split_last().is_some_and(|(_, other)| other == parent);
        let first = paths.iter().rposition(|path| !is_sibling(path)).map_or(0, |other| other + 1);
        let siblings: Vec<Value> = paths.drain(first..).filter_map(|path| path.last().cloned()).collect();
        let parent = Value::array(parent.to_vec());
        if !matches!(get_path(&root, &parent)?, Value::Null) {
            let (rest, value) = take(root, &parent)?;
            root = set(rest, &parent, delete_keys(value, &siblings)?)?;
        }
    }
    Ok(root)
}

fn delete_keys(value: Value, keys: &[Value]) -> Outcome {
    match value {
        _ if keys.is_empty() => Ok(value),
        Value::Null => Ok(Value::Null),
        Value::Object(mut members) => {
            for key in keys {
                let Value::String(key) = key else {
                    return Err(Raise::from(format!("Cannot delete {} field of object", key.kind())));
                };
                Value::members_mut(&mut members).remove(key);
            }
            Ok(Value::Object(members))
        }
        Value::Array(mut items) => {
            let length = items.0.len();
            let mut is_deleted = vec![false; length];
            for key in keys {
                match key {
                    Value::Number(index) => {
                        if let Some(at) = position(index.double, length).filter(|at| *at < length) {
                            is_deleted[at] = true;
                        }
                    }
                    Value::Object(_) => {
                        let (start, end) = bounds(key, length)?;
                        is_deleted[start..end].fill(true);
                    }
                    other => {
                        return Err(Raise::from(format!("Cannot delete {} element of array", other.kind())));
                    }
                }
            }
            let mut is_deleted = is_deleted.into_iter();
            Value::items_mut(&mut items).retain(|_| !is_deleted.next().unwrap_or(false));
            Ok(Value::Array(items))
        }
        other => Err(Raise::from(format!("Cannot delete fields from {}", other.kind()))),
    }
}
