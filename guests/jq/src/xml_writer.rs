//! Values as XML, by the conventions of xmltodict, indented.

use crate::json;
use crate::value::{Map, Value};

/// How values become XML.
#[derive(Clone, Debug)]
pub struct Style {
    /// The program's name, for complaints.
    pub program: String,
    /// An element around each value.
    pub root: Option<String>,
    /// Whether there is a declaration above each document.
    pub has_declaration: bool,
}

/// How deep elements may be nested, as Python bounds it.
const DEPTH_MAX: usize = 900;

/// A document; the error is a complaint.
pub fn document(value: &Value, style: &Style) -> Result<String, String> {
    let mut out = String::new();
    let mut wrapped = Map::default();
    let members = match (&style.root, value) {
        (Some(root), _) => {
            wrapped.insert(std::rc::Rc::new(root.clone()), value.clone());
            &wrapped
        }
        (None, Value::Object(object)) => &object.0,
        (None, _) => {
            return Err("Error converting JSON to XML: cannot represent non-object types at top level. \
                        Use --xml-root=name to envelope your output with a root element."
                .to_owned());
        }
    };
    if style.has_declaration {
        if members.len() != 1 {
            return Err("Error running jq: Exception: Document must have exactly one root. \
                        Use --xml-root=name to envelope your output with a root element."
                .to_owned());
        }
        out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    }
    for (name, value) in members.iter() {
        element(&mut out, name, value, 0, style.has_declaration)?;
    }
    out.push('\n');
    Ok(out)
}

/// A complaint about a value.
fn wrong(what: &str) -> String {
    format!("Error running jq: ValueError: {what}.")
}

/// A name that could end its tag is none.
fn checked(name: &str, kind: &str) -> Result<(), String> {
    let is_bad = |c: char| "<>/\"'=".contains(c) || c.is_whitespace();
    if name.starts_with(['?', '!']) {
        return Err(wrong(&format!("Invalid {kind} name: cannot start with \"?\" or \"!\"")));
    }
    match name.chars().find(|c| is_bad(*c)) {
        None => Ok(()),
        Some('<' | '>') => Err(wrong(&format!("Invalid {kind} name: \"<\" or \">\" not allowed"))),
        Some('/') => Err(wrong(&format!("Invalid {kind} name: \"/\" not allowed"))),
        Some('"' | '\'') => Err(wrong(&format!("Invalid {kind} name: quotes not allowed"))),
        Some('=') => Err(wrong(&format!("Invalid {kind} name: \"=\" not allowed"))),
        Some(_) => Err(wrong(&format!("Invalid {kind} name: whitespace not allowed"))),
    }
}

/// Writes an element, or one for each item of an array.
fn element(
    out: &mut String,
    name: &str,
    value: &Value,
    depth: usize,
    is_document: bool,
) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err("Error running jq: RecursionError: maximum recursion depth exceeded.".to_owned());
    }
    if name == "#comment" {
        comment(out, value, depth);
        return Ok(());
    }
    checked(name, "element")?;
    let one = std::slice::from_ref(value);
    let items = match value {
        Value::Array(items) => items.0.as_slice(),
        _ => one,
    };
    let indent = "  ".repeat(depth);
    for (index, item) in items.iter().enumerate() {
        if is_document && depth == 0 && index > 0 {
            return Err(wrong("document with multiple roots"));
        }
        out.push_str(&format!("{indent}<{name}"));
        let mut text = None;
        let mut children: Vec<(&str, &Value)> = Vec::new();
        match item {
            Value::Object(object) => {
                for (key, value) in object.0.iter() {
                    match (key.as_str(), value) {
                        ("#text", Value::Null) => text = None,
                        ("#text", value) => text = Some(plain(value)),
                        ("@xmlns", Value::Object(spaces)) => {
                            for (prefix, space) in spaces.0.iter() {
                                let colon = if prefix.is_empty() { "" } else { ":" };
                                out.push_str(&format!(" xmlns{colon}{prefix}={}", quoted(&plain(space))));
                            }
                        }
                        (_, Value::Array(items)) if items.0.is_empty() && !key.starts_with('@') => {}
                        (key, value) => match key.strip_prefix('@') {
                            Some(name) => {
                                checked(name, "attribute")?;
                                out.push_str(&format!(" {name}={}", quoted(&plain(value))));
                            }
                            None => children.push((key, value)),
                        },
                    }
                }
            }
            Value::Null => {}
            item => text = Some(plain(item)),
        }
        out.push('>');
        if !children.is_empty() {
            out.push('\n');
        }
        for (key, child) in &children {
            element(out, key, child, depth + 1, is_document)?;
        }
        if let Some(text) = text {
            out.push_str(&escaped(&text));
        }
        if !children.is_empty() {
            out.push_str(&indent);
        }
        out.push_str(&format!("</{name}>"));
        if depth > 0 {
            out.push('\n');
        }
    }
    Ok(())
}

fn comment(out: &mut String, value: &Value, depth: usize) {
    let one = std::slice::from_ref(value);
    let items = match value {
        Value::Array(items) => items.0.as_slice(),
        _ => one,
    };
    for item in items {
        let text = plain(item);
        if !text.is_empty() {
            out.push_str(&format!("{}<!--{}-->\n", "  ".repeat(depth), escaped(&text)));
        }
    }
}

/// A value as text.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.as_ref().clone(),
        value => json::compact(value),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An attribute's value in quotes, of the kind that it has not in it.
fn quoted(text: &str) -> String {
    let text = escaped(text).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;");
    match (text.contains('"'), text.contains('\'')) {
        (false, _) => format!("\"{text}\""),
        (true, false) => format!("'{text}'"),
        (true, true) => format!("\"{}\"", text.replace('"', "&quot;")),
    }
}
