//! TOML as text: a document read into a value.

use std::rc::Rc;

use crate::value::{Map, Number, Value};

/// Reads a document; the error tells where it is wrong.
pub fn read(text: &str) -> Result<Value, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start);
        let above = text.get(..at).unwrap_or(text);
        let line = 1 + above.matches('\n').count();
        let column = 1 + above.chars().rev().take_while(|c| *c != '\n').count();
        format!("{} at line {line} column {column}", error.message())
    })?;
    Ok(object(table))
}

fn object(table: toml::Table) -> Value {
    let members: Map = table.into_iter().map(|(key, value)| (Rc::new(key), converted(value))).collect();
    Value::object(members)
}

/// A value of TOML; its parser bounds how deep it is nested. Times are strings.
fn converted(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::string(text),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Integer(number) => {
            Number::from_literal(&number.to_string()).map_or(Value::Null, Value::Number)
        }
        toml::Value::Float(double) if double.is_finite() => {
            Number::from_literal(&format!("{double:?}")).map_or(Value::Null, Value::Number)
        }
        toml::Value::Float(double) => Value::number(double),
        toml::Value::Datetime(time) => Value::string(time.to_string()),
        toml::Value::Array(items) => Value::array(items.into_iter().map(converted).collect()),
        toml::Value::Table(table) => object(table),
    }
}
