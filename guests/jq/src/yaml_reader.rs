//! YAML as text: documents read into values, as yq reads them: aliases are what they stand for, `<<` is merged in, and
//! what JSON has no kind for is a string.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::value::{Map, Number, Value};
use crate::yaml_grammar::{Grammar, Kind, Version};

/// How deep documents are read.
const DEPTH_MAX: usize = 10_000;

/// A container that is being read, with its anchor.
enum Open {
    Sequence(Vec<Value>),
    /// The members, what is merged in, and the key whose value comes next.
    Mapping {
        members: Vec<(Rc<String>, Value)>,
        merged: Vec<Value>,
        key: Option<Key>,
    },
}

enum Key {
    Name(Rc<String>),
    Merge,
}

/// A scalar or a container that is complete; a key has to know whether it is `<<`.
struct Read {
    value: Value,
    is_merge: bool,
}

struct Reader {
    grammar: Grammar,
    open: Vec<(Open, usize)>,
    anchors: HashMap<usize, Value>,
    documents: Vec<Value>,
}

/// Reads all documents of a text; the error tells where it is.
pub fn read(text: &str) -> Result<Vec<Value>, String> {
    let mut reader = Reader {
        grammar: Grammar::new(Version::V12),
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: Vec::new(),
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        let (line, column) = (span.start.line(), span.start.col() + 1);
        reader.event(event).map_err(|what| format!("{what} at line {line} column {column}"))?;
    }
    Ok(reader.documents)
}

impl Reader {
    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => {
                self.anchors.clear();
                Ok(())
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(value) => self.complete(Read { value: value.clone(), is_merge: false }),
                None => Err("an alias within what it stands for".to_owned()),
            },
            Event::Scalar(text, style, anchor, tag) => {
                let read = self.scalar(&text, style == ScalarStyle::Plain, tag.as_deref())?;
                self.keep(anchor, &read.value);
                self.complete(read)
            }
            Event::SequenceStart(anchor, _) => self.enter(Open::Sequence(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => {
                self.enter(Open::Mapping { members: Vec::new(), merged: Vec::new(), key: None }, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((open, anchor)) = self.open.pop() else { return Ok(()) };
                let value = match open {
                    Open::Sequence(items) => Value::array(items),
                    Open::Mapping { members, merged, .. } => mapping(members, merged)?,
                };
                self.keep(anchor, &value);
                self.complete(Read { value, is_merge: false })
            }
        }
    }

    fn enter(&mut self, open: Open, anchor: usize) -> Result<(), String> {
        if self.open.len() >= DEPTH_MAX {
            return Err("the document is nested too deeply".to_owned());
        }
        self.open.push((open, anchor));
        Ok(())
    }

    /// An anchor is a number from 1.
    fn keep(&mut self, anchor: usize, value: &Value) {
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
    }

    /// Puts a value where it belongs.
    fn complete(&mut self, read: Read) -> Result<(), String> {
        let Read { value, is_merge } = read;
        match self.open.last_mut() {
            None => self.documents.push(value),
            Some((Open::Sequence(items), _)) => items.push(value),
            Some((Open::Mapping { members, merged, key }, _)) => match key.take() {
                Some(Key::Name(name)) => members.push((name, value)),
                Some(Key::Merge) => merged.push(value),
                None if is_merge => *key = Some(Key::Merge),
                None => *key = Some(Key::Name(name_of(value)?)),
            },
        }
        Ok(())
    }

    fn scalar(&self, text: &str, is_plain: bool, tag: Option<&Tag>) -> Result<Read, String> {
        let kind = match tag {
            None if is_plain => self.grammar.kind(text),
            Some(tag) if tag.is_yaml_core_schema() => match tag.suffix.as_str() {
                "null" => Kind::Null,
                "bool" => Kind::Truth,
                "int" => Kind::Whole,
                "float" => Kind::Float,
                _ => Kind::Text,
            },
            _ => Kind::Text,
        };
        let value = match kind {
            Kind::Null => Value::Null,
            Kind::Truth => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Value::Bool(true),
                "false" | "no" | "off" => Value::Bool(false),
                _ => return Err(format!("'{text}' is no truth value")),
            },
            Kind::Whole => whole(text).ok_or_else(|| format!("'{text}' is no whole number"))?,
            Kind::Float => float(text).ok_or_else(|| format!("'{text}' is no number"))?,
            Kind::Text | Kind::Timestamp | Kind::Value | Kind::Merge => Value::string(text),
        };
        Ok(Read { value, is_merge: kind == Kind::Merge })
    }
}

/// A mapping's members behind those that are merged in, of which the first ones count most.
fn mapping(members: Vec<(Rc<String>, Value)>, merged: Vec<Value>) -> Result<Value, String> {
    let mut map = Map::default();
    for value in merged {
        let sources = match value {
            Value::Array(items) => items.0.iter().rev().cloned().collect(),
            other => vec![other],
        };
        for source in sources {
            let Value::Object(source) = source else {
                return Err("expected a mapping or list of mappings for merging".to_owned());
            };
            source.0.iter().for_each(|(key, value)| map.insert(key.clone(), value.clone()));
        }
    }
    members.into_iter().for_each(|(key, value)| map.insert(key, value));
    Ok(Value::object(map))
}

/// A key as JSON has it: a string.
fn name_of(value: Value) -> Result<Rc<String>, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Array(_) | Value::Object(_) => Err("found unhashable key".to_owned()),
        scalar => Ok(Rc::new(crate::json::compact(&scalar))),
    }
}

/// A whole number; a leading zero makes it octal, as in YAML 1.1.
fn whole(text: &str) -> Option<Value> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let digits = digits.replace('_', "");
    let octal = digits.strip_prefix("0o").or_else(|| digits.strip_prefix('0'));
    let number = match (digits.strip_prefix("0x"), octal) {
        (Some(hexadecimal), _) => Some(u128::from_str_radix(hexadecimal, 16).ok()?.to_string()),
        (None, Some(octal)) if !octal.is_empty() => {
            u128::from_str_radix(octal, 8).ok().map(|number| number.to_string())
        }
        _ => None,
    };
    Number::from_literal(&format!("{sign}{}", number.unwrap_or(digits))).map(Value::Number)
}

/// A number with a fraction, which is seen also where it is zero.
fn float(text: &str) -> Option<Value> {
    let plain = text.replace('_', "").to_ascii_lowercase();
    match plain.trim_start_matches(['+', '-']) {
        ".nan" => return Some(Value::number(f64::NAN)),
        ".inf" if plain.starts_with('-') => return Some(infinite(f64::NEG_INFINITY, "-Infinity")),
        ".inf" => return Some(infinite(f64::INFINITY, "Infinity")),
        _ => {}
    }
    let double: f64 = plain.parse().ok()?;
    let is_short = double == 0.0 || (1e-4..1e16).contains(&double.abs());
    Number::from_literal(&if is_short { format!("{double:?}") } else { format!("{double:e}") })
        .map(Value::Number)
}

/// Infinity, with the word for it, which JSON does not have but jq reads.
fn infinite(double: f64, word: &str) -> Value {
    Value::Number(Number { double, literal: Some(Rc::from(word)) })
}
