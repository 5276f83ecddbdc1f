//! XML as text: a document read into a value, by the conventions of xmltodict.
//!
//! An element is its text, or an object where it has attributes (`@name`) or children; text beside those is `#text`;
//! children of one name are an array. Blanks around text are left out, an element with nothing in it is null.

use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::value::{Map, Value};

/// An element that is not closed yet.
struct Open {
    name: String,
    members: Option<Map>,
    text: String,
}

/// The document as it grows.
struct Builder<'l> {
    /// The names of elements that are arrays even when there is one.
    lists: &'l [String],
    open: Vec<Open>,
    root: Option<Map>,
}

/// Reads a document; the error is worded as the original's, with the place where the reader had come to.
pub fn read(text: &str, lists: &[String]) -> Result<Value, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = Reader::from_str(&text);
    let mut builder = Builder { lists, open: Vec::new(), root: None };
    loop {
        let before = reader.buffer_position();
        let event = reader.read_event().map_err(|error| {
            use quick_xml::errors::IllFormedError::{MismatchedEndTag, UnmatchedEndTag};
            let what = match &error {
                quick_xml::Error::IllFormed(MismatchedEndTag { .. } | UnmatchedEndTag(_)) => "mismatched tag",
                quick_xml::Error::Syntax(_) => "unclosed token",
                _ => "not well-formed (invalid token)",
            };
            place(what, &text, before)
        })?;
        let is_end = matches!(event, Event::Eof);
        builder.take(event).map_err(|what| match what.strip_prefix("ValueError") {
            Some(_) => what,
            None => place(&what, &text, before),
        })?;
        if is_end {
            return builder.root.map(Value::object).ok_or_else(|| place("no element found", &text, before));
        }
    }
}

/// A complaint with its place.
fn place(what: &str, text: &str, at: u64) -> String {
    let above = usize::try_from(at).ok().and_then(|at| text.get(..at)).unwrap_or(text);
    let line = 1 + above.matches('\n').count();
    let column = above.chars().rev().take_while(|c| *c != '\n').count();
    format!("ExpatError: {what}: line {line}, column {column}")
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(start) => self.start(&start),
            Event::Empty(start) => {
                self.start(&start)?;
                self.end();
                Ok(())
            }
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(text) => self.text(&text),
            Event::CData(text) => self.text(&text),
            Event::GeneralRef(reference) => {
                let name = reference.to_string();
                let unescaped =
                    quick_xml::escape::unescape(&format!("&{name};")).map(|text| text.into_owned());
                self.text(&unescaped.map_err(|_| "undefined entity".to_owned())?)
            }
            Event::DocType(doctype) if doctype.contains("<!ENTITY") => {
                Err("ValueError: entities are disabled".to_owned())
            }
            Event::Eof if !self.open.is_empty() => Err("no element found".to_owned()),
            Event::DocType(_) | Event::Eof | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.open.is_empty() && self.root.is_some() {
            return Err("junk after document element".to_owned());
        }
        let mut members = Map::default();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|wrong| match wrong {
                quick_xml::events::attributes::AttrError::Duplicated(..) => "duplicate attribute".to_owned(),
                _ => "not well-formed (invalid token)".to_owned(),
            })?;
            let raw = attribute.value.replace(['\n', '\t'], " ");
            let value = quick_xml::escape::unescape(&raw).map_err(|_| "undefined entity".to_owned())?;
            let key = format!("@{}", attribute.key.as_ref());
            members.insert(Rc::new(key), Value::string(value.into_owned()));
        }
        self.open.push(Open {
            name: start.name().as_ref().to_owned(),
            members: (!members.is_empty()).then_some(members),
            text: String::new(),
        });
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        if let Some(open) = self.open.last_mut() {
            open.text.push_str(text);
        } else if !text.trim().is_empty() {
            let is_behind = self.root.is_some();
            return Err(if is_behind { "junk after document element" } else { "syntax error" }.to_owned());
        }
        Ok(())
    }

    /// Closes the innermost element.
    fn end(&mut self) {
        let Some(Open { name, members, text }) = self.open.pop() else { return };
        let text = text.trim();
        let value = match members {
            Some(mut members) => {
                if !text.is_empty() {
                    push(&mut members, "#text", Value::string(text), self.lists);
                }
                Value::object(members)
            }
            None if text.is_empty() => Value::Null,
            None => Value::string(text),
        };
        let parent = match self.open.last_mut() {
            Some(parent) => &mut parent.members,
            None => &mut self.root,
        };
        push(parent.get_or_insert_default(), &name, value, self.lists);
    }
}

/// Adds a member; the second of a name makes an array.
fn push(members: &mut Map, name: &str, value: Value, lists: &[String]) {
    let name = name.to_owned();
    match members.get_mut(&name) {
        Some(Value::Array(items)) => Rc::make_mut(items).0.push(value),
        Some(first) => {
            let first_value = std::mem::take(first);
            *first = Value::array(vec![first_value, value]);
        }
        None => {
            let value = if lists.contains(&name) { Value::array(vec![value]) } else { value };
            members.insert(Rc::new(name), value);
        }
    }
}
