//! Strings: cutting, trimming, changing, and the formats that escape them.

use std::rc::Rc;

use crate::builtins::{to_text, with_value};
use crate::decimal;
use crate::json;
use crate::machine::Outcome;
use crate::value::Value;

pub fn explode(input: &Value) -> Outcome {
    match input {
        Value::String(text) => {
            Ok(Value::array(text.chars().map(|c| Value::number(f64::from(u32::from(c)))).collect()))
        }
        _ => Err("explode input must be a string".to_owned().into()),
    }
}

pub fn implode(input: &Value) -> Outcome {
    let Value::Array(codes) = input else {
        return Err("implode input must be an array".to_owned().into());
    };
    let mut text = String::new();
    for code in &codes.0 {
        let number = match code {
            Value::Number(number) if !number.double.is_nan() => number.double,
            _ => {
                let shown = with_value(code);
                return Err(
                    format!("{shown} can't be imploded, unicode codepoint needs to be numeric").into()
                );
            }
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
        let code = if number < 0.0 { u32::MAX } else { number as u32 };
        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Ok(Value::string(text))
}

pub fn split(input: &Value, separator: &Value) -> Outcome {
    let (Value::String(text), Value::String(separator)) = (input, separator) else {
        return Err("split input and separator must be strings".to_owned().into());
    };
    if text.is_empty() {
        return Ok(Value::array(Vec::new()));
    }
    if separator.is_empty() {
        return Ok(Value::array(text.chars().map(|c| Value::string(c.to_string())).collect()));
    }
    Ok(Value::array(text.split(separator.as_str()).map(Value::string).collect()))
}

/// The places, in characters, where a part begins.
pub fn indices(text: &str, part: &str) -> Value {
    if part.is_empty() {
        return Value::Null;
    }
    let (mut found, mut at, mut characters) = (Vec::new(), 0, 0);
    let mut from = 0;
    while let Some(offset) = memchr::memmem::find(&text.as_bytes()[from..], part.as_bytes()) {
        let start = from + offset;
        characters += text[at..start].chars().count();
        at = start;
        found.push(Value::count(characters));
        from = start + text[start..].chars().next().map_or(1, char::len_utf8);
    }
    Value::array(found)
}

pub fn trim_start(input: Value, prefix: &Value) -> Value {
    if let (Value::String(text), Value::String(prefix)) = (&input, prefix)
        && let Some(rest) = text.strip_prefix(prefix.as_str())
    {
        return Value::string(rest);
    }
    input
}

pub fn trim_end(input: Value, suffix: &Value) -> Value {
    if let (Value::String(text), Value::String(suffix)) = (&input, suffix)
        && let Some(rest) = text.strip_suffix(suffix.as_str())
    {
        return Value::string(rest);
    }
    input
}

pub fn starts_with(input: &Value, prefix: &Value) -> Outcome {
    match (input, prefix) {
        (Value::String(text), Value::String(prefix)) => Ok(Value::Bool(text.starts_with(prefix.as_str()))),
        _ => Err("startswith() requires string inputs".to_owned().into()),
    }
}

pub fn ends_with(input: &Value, suffix: &Value) -> Outcome {
    match (input, suffix) {
        (Value::String(text), Value::String(suffix)) => Ok(Value::Bool(text.ends_with(suffix.as_str()))),
        _ => Err("endswith() requires string inputs".to_owned().into()),
    }
}

pub fn trim(input: &Value, start: bool, end: bool) -> Outcome {
    let Value::String(text) = input else {
        return Err("trim input must be a string".to_owned().into());
    };
    let mut text = text.as_str();
    if start {
        text = text.trim_start();
    }
    if end {
        text = text.trim_end();
    }
    Ok(Value::string(text))
}

pub fn change_case(input: &Value, name: &str) -> Outcome {
    match input {
        Value::String(text) if name == "ascii_upcase" => Ok(Value::string(text.to_ascii_uppercase())),
        Value::String(text) => Ok(Value::string(text.to_ascii_lowercase())),
        _ => Err("explode input must be a string".to_owned().into()),
    }
}

/// An array as a line of CSV or TSV.
pub fn row(input: &Value, format: &str) -> Outcome {
    let Value::Array(cells) = input else {
        return Err(format!("{} cannot be {format}-formatted, only array", with_value(input)).into());
    };
    let is_csv = format == "csv";
    let mut row = String::new();
    for (index, cell) in cells.0.iter().enumerate() {
        if index > 0 {
            row.push(if is_csv { ',' } else { '\t' });
        }
        match cell {
            Value::Null => {}
            Value::Bool(truth) => row.push_str(if *truth { "true" } else { "false" }),
            Value::Number(number) => row.push_str(&match &number.literal {
                Some(literal) => literal.to_string(),
                None => decimal::shortest(number.double),
            }),
            Value::String(text) if is_csv => {
                row.push('"');
                row.push_str(&text.replace('"', "\"\""));
                row.push('"');
            }
            Value::String(text) => {
                for c in text.chars() {
                    match c {
                        '\t' => row.push_str("\\t"),
                        '\n' => row.push_str("\\n"),
                        '\r' => row.push_str("\\r"),
                        '\\' => row.push_str("\\\\"),
                        _ => row.push(c),
                    }
                }
            }
            _ => {
                return Err(format!("{} is not valid in a csv row", with_value(cell)).into());
            }
        }
    }
    Ok(Value::string(row))
}

pub fn html(text: &str) -> Value {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&apos;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    Value::string(out)
}

pub fn uri(text: &str) -> Value {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    Value::string(out)
}

pub fn shell(input: &Value) -> Outcome {
    let items = match input {
        Value::Array(items) => items.0.clone(),
        other => vec![other.clone()],
    };
    let mut words = Vec::new();
    for item in items {
        words.push(match &item {
            Value::Array(_) | Value::Object(_) => {
                return Err(format!("{} can not be escaped for shell", with_value(&item)).into());
            }
            Value::String(text) => format!("'{}'", text.replace('\'', "'\\''")),
            other => json::compact(other),
        });
    }
    Ok(Value::string(words.join(" ")))
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bytes in digits of `bits` bits, filled up with `=` to groups of `group` digits.
fn encoded(bytes: &[u8], alphabet: &[u8], bits: u32, group: usize) -> Value {
    let mut out = String::new();
    let (mut buffer, mut held) = (0_u32, 0_u32);
    let mask = (1 << bits) - 1;
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        held += 8;
        while held >= bits {
            held -= bits;
            out.push(char::from(alphabet[((buffer >> held) & mask) as usize]));
        }
        buffer &= 0xffff;
    }
    if held > 0 {
        out.push(char::from(alphabet[((buffer << (bits - held)) & mask) as usize]));
    }
    while !out.len().is_multiple_of(group) {
        out.push('=');
    }
    Value::string(out)
}

fn decoded(text: &str, alphabet: &[u8], bits: u32) -> Option<Vec<u8>> {
    let (mut buffer, mut held) = (0_u32, 0_u32);
    let mut out = Vec::new();
    for byte in text.bytes().take_while(|byte| *byte != b'=') {
        let digit = u32::try_from(alphabet.iter().position(|known| *known == byte)?).ok()?;
        buffer = ((buffer << bits) | digit) & 0xff_ffff;
        held += bits;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((buffer >> held) & 0xff).ok()?);
        }
    }
    // One digit alone is no byte.
    (held < bits).then_some(out)
}

pub fn base64(text: &str) -> Value {
    encoded(text.as_bytes(), BASE64, 6, 4)
}

pub fn base32(text: &str) -> Value {
    encoded(text.as_bytes(), BASE32, 5, 8)
}

pub fn from_base64(text: &str, input: &Value) -> Outcome {
    match decoded(text, BASE64, 6) {
        Some(bytes) => Ok(Value::text(&bytes)),
        None if alphabet_holds(text, BASE64) => {
            Err(format!("{} trailing base64 byte found", with_value(&shown(input))).into())
        }
        None => Err(format!("{} is not valid base64 data", with_value(&shown(input))).into()),
    }
}

fn alphabet_holds(text: &str, alphabet: &[u8]) -> bool {
    text.bytes().take_while(|byte| *byte != b'=').all(|byte| alphabet.contains(&byte))
}

pub fn from_base32(text: &str, input: &Value) -> Outcome {
    match decoded(text, BASE32, 5) {
        Some(bytes) => Ok(Value::text(&bytes)),
        None => Err(format!("{} is not valid base32 data", with_value(&shown(input))).into()),
    }
}

/// What a format was given, as the string that it made of it.
fn shown(input: &Value) -> Value {
    Value::String(Rc::clone(&to_text(input)))
}
