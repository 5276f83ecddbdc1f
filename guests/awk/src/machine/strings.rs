//! Strings: length, substr, index, match, split, and substitution.

use std::rc::Rc;

use super::{Machine, Outcome, Trouble, memory};
use crate::code::{Slot, Target};
use crate::number;
use crate::pattern::{Groups, Pattern};
use crate::splitter::{Progress, Splitter};
use crate::table::{KeyRef, Table};
use crate::text;
use crate::value::{Array, Value};
use crate::variables as known;

/// How long a text is, in characters or bytes.
#[inline]
pub fn length(text: &[u8], bytes: bool) -> usize {
    if bytes { text.len() } else { text::count(text) }
}

/// Shorter texts are looked through each time.
const REMEMBERED_MIN: usize = 128;

/// What is known of the text that was cut last: a loop over its characters asks again and again.
#[derive(Default)]
pub struct Characters {
    text: Option<Rc<[u8]>>,
    ascii: bool,
    /// A character by its number, and its byte.
    near: (usize, usize),
}

impl Characters {
    /// Nothing is kept of a text that grows; only texts that never change are remembered.
    pub fn forget(&mut self, _text: &Rc<Vec<u8>>) {}

    /// The byte of the character of a number (from 0) in a text.
    fn offset(&mut self, value: &Value, text: &[u8], number: usize) -> usize {
        let Value::Text(shared) = value else { return text::offset(text, number) };
        if text.len() < REMEMBERED_MIN {
            return text::offset(text, number);
        }
        if !self.text.as_ref().is_some_and(|known| Rc::ptr_eq(known, shared)) {
            self.ascii = text::is_ascii(text);
            self.near = (0, 0);
            self.text = Some(shared.clone());
        }
        if self.ascii {
            return number.min(text.len());
        }
        let (known, byte) = if number >= self.near.0 { self.near } else { (0, 0) };
        let byte = byte + text::offset(&text[byte..], number - known);
        if byte < text.len() {
            self.near = (number, byte);
        }
        byte
    }

    /// Whether a text is known to have bytes for characters.
    fn is_ascii(&self, value: &Value) -> bool {
        match (value, &self.text) {
            (Value::Text(shared), Some(known)) => self.ascii && Rc::ptr_eq(known, shared),
            _ => false,
        }
    }
}

impl Machine {
    /// The pattern that a value is: a regular expression of the program, or a text.
    pub(super) fn pattern_of(&mut self, value: &Value) -> Outcome<Rc<Pattern>> {
        if let Value::Regex(pattern) = value {
            return Ok(pattern.clone());
        }
        let mut scratch = Vec::new();
        let source = value.bytes(&self.convfmt, &mut scratch);
        self.patterns.get(source).map_err(|what| Trouble::Fatal(memory::invalid(&what, source)))
    }

    pub(super) fn length_of(&mut self, value: &Value) -> usize {
        match value {
            Value::Array(array) => array.borrow().len(),
            Value::Text(_) if self.characters.is_ascii(value) => value.plain_bytes().len(),
            _ => length(value.bytes(&self.convfmt, &mut self.scratch), self.collation.bytes),
        }
    }

    /// The characters from one number (from 1) on, as many as another number says.
    pub(super) fn substr(&mut self, value: &Value, start: f64, count: Option<f64>) -> Value {
        // A start in front of the text is the start of it, and takes nothing off the length.
        let first = if start >= 1.0 { (start - 1.0) as usize } else { 0 };
        let last = match count {
            None => usize::MAX,
            Some(count) if count >= 1.0 => first.saturating_add(count as usize),
            Some(_) => return Value::text(b""),
        };
        let mut scratch = Vec::new();
        let text = value.bytes(&self.convfmt, &mut scratch);
        if self.collation.bytes {
            let last = last.min(text.len());
            return Value::text(text.get(first..last).unwrap_or_default());
        }
        let from = self.characters.offset(value, text, first);
        let to = if last >= text.len() {
            text.len()
        } else if self.characters.is_ascii(value) {
            last
        } else {
            from + text::offset(&text[from..], last - first)
        };
        Value::text(text.get(from..to).unwrap_or_default())
    }

    pub(super) fn index(&mut self, text: &Value, wanted: &Value) -> f64 {
        let (mut scratch, mut other) = (Vec::new(), Vec::new());
        let text = text.bytes(&self.convfmt, &mut scratch);
        let wanted = wanted.bytes(&self.convfmt, &mut other);
        let found = if self.collation.ignore_case {
            let (text, wanted) = (text::map_chars(text, text::lower), text::map_chars(wanted, text::lower));
            memchr::memmem::find(&text, &wanted)
        } else {
            memchr::memmem::find(text, wanted)
        };
        match found {
            Some(at) => (length(&text[..at.min(text.len())], self.collation.bytes) + 1) as f64,
            None => 0.0,
        }
    }

    /// `match`: where, from 1, or 0; the groups go into an array.
    pub(super) fn match_text(
        &mut self,
        text: &Value,
        pattern: &Value,
        groups: Option<Array>,
    ) -> Outcome<f64> {
        let pattern = self.pattern_of(pattern)?;
        let mut scratch = Vec::new();
        let text = text.bytes(&self.convfmt, &mut scratch);
        let bytes = self.collation.bytes;
        let chars = |end: usize| length(&text[..end], bytes);
        let mut found: Groups = Groups::new();
        let matched = match &groups {
            Some(_) => pattern.groups_at(text, 0, &mut found),
            None => {
                found.push(pattern.find_at(text, 0));
                found[0].is_some()
            }
        };
        if let Some(array) = &groups {
            let mut table = array.borrow_mut();
            table.clear();
            for (number, range) in found.iter().enumerate() {
                let Some(range) = range else { continue };
                let number = number as i64;
                table.insert(KeyRef::Integer(number), Value::input(&text[range.clone()]));
                let mut place = |name: &[u8], value: usize| {
                    let mut key = number.to_string().into_bytes();
                    key.extend_from_slice(&self.subsep);
                    key.extend_from_slice(name);
                    table.insert(KeyRef::of(&key), Value::Number(value as f64));
                };
                place(b"start", chars(range.start) + 1);
                place(b"length", length(&text[range.clone()], bytes));
            }
        }
        let (start, length) = match found.first().cloned().flatten() {
            Some(range) if matched => ((chars(range.start) + 1) as f64, length(&text[range], bytes) as f64),
            _ => (0.0, -1.0),
        };
        self.set_global(known::RSTART, Value::Number(start))?;
        self.set_global(known::RLENGTH, Value::Number(length))?;
        Ok(start)
    }

    /// The splitter that an argument of `split` is.
    fn splitter_of(&mut self, separator: Option<&Value>) -> Outcome<Splitter> {
        let text = match separator {
            Some(Value::Regex(pattern)) => {
                return Ok(match pattern.source() {
                    b"" => Splitter::Characters,
                    _ => Splitter::Pattern(pattern.clone()),
                });
            }
            Some(value) => value.to_text(&self.convfmt),
            None if self.split_by == known::FS => return Ok(self.record.splitter().clone()),
            None => self.globals[known::FS as usize].to_text(&self.convfmt),
        };
        let splitter = Splitter::of(&text, false, &mut self.patterns);
        splitter.map_err(|what| Trouble::Fatal(memory::invalid(&what, &text)))
    }

    /// `split` and `patsplit`: how many pieces there are.
    pub(super) fn split(
        &mut self,
        text: &Value,
        pieces: &Array,
        separator: Option<&Value>,
        separators: Option<&Array>,
        by_match: bool,
    ) -> Outcome<f64> {
        let splitter = if by_match {
            let default = self.globals[known::FPAT as usize].clone();
            Splitter::Matches(self.pattern_of(separator.unwrap_or(&default))?)
        } else {
            self.splitter_of(separator)?
        };
        let mut scratch = Vec::new();
        let text = text.bytes(&self.convfmt, &mut scratch).to_vec();
        let (mut progress, mut number, mut last) = (Progress::default(), 0i64, 0);
        let mut table = Table::default();
        let mut between = Table::default();
        while let Some(range) = splitter.next(&text, &mut progress, self.collation.bytes) {
            let is_first = number == 0;
            if separators.is_some() && (!is_first || range.start > 0 || by_match) {
                // What is in front of the first piece counts only where it is one that separates nothing.
                between.insert(KeyRef::Integer(number), Value::text(&text[last..range.start]));
            }
            number += 1;
            last = range.end;
            table.insert(KeyRef::Integer(number), Value::input(&text[range]));
        }
        if separators.is_some() && (last < text.len() || by_match) && !text.is_empty() {
            between.insert(KeyRef::Integer(number), Value::text(&text[last..]));
        }
        if let Some(separators) = separators {
            *separators.borrow_mut() = between;
        }
        *pieces.borrow_mut() = table;
        Ok(number as f64)
    }

    /// `sub` and `gsub`: [pattern replacement target]; pushes how many were replaced.
    pub(super) fn substitute(&mut self, global: bool, target: Option<Target>) -> Outcome<()> {
        let (key, array) = match target {
            Some(Target::Element(Slot::Stack)) => {
                let key = self.pop();
                (key, Some(self.pop()))
            }
            Some(Target::Element(_) | Target::Field) | None => (self.pop(), None),
            Some(Target::Variable(_)) => (Value::Unset, None),
        };
        let (replacement, pattern) = (self.pop(), self.pop());
        let pattern = self.pattern_of(&pattern)?;
        let old = match target {
            None => key.clone(),
            Some(Target::Variable(Slot::Global(number))) if number < known::KEPT_END => self.kept(number),
            Some(Target::Variable(slot)) => match self.variable(slot) {
                Value::Array(_) => return Err(self.not_scalar(slot)),
                value => value.clone(),
            },
            Some(Target::Field) => self.field_text(super::field_number(key.number())?),
            Some(Target::Element(slot)) => {
                self.stack.extend(array.clone());
                self.push(key.clone());
                self.element(slot, false)?;
                self.pop()
            }
        };
        let mut scratch = Vec::new();
        let text = old.bytes(&self.convfmt, &mut scratch);
        let mut other = Vec::new();
        let replacement = replacement.bytes(&self.convfmt, &mut other);
        let (out, count) = replaced(&pattern, text, replacement, global);
        if count > 0 {
            let value = Value::text(&out);
            match target {
                None => {}
                Some(Target::Variable(slot)) => self.set_variable(slot, value)?,
                Some(Target::Field) => self.set_field(key.number(), value)?,
                Some(Target::Element(slot)) => {
                    self.stack.extend(array);
                    self.push(key);
                    self.set_element(slot, value)?;
                }
            }
        }
        self.push(Value::Number(count as f64));
        Ok(())
    }

    /// `gensub`: the text with the match of a number, or all, replaced.
    pub(super) fn gensub(
        &mut self,
        pattern: &Value,
        replacement: &Value,
        how: &Value,
        text: &Value,
        pc: usize,
    ) -> Outcome<Value> {
        let pattern = self.pattern_of(pattern)?;
        let how_text = how.to_text(&self.convfmt);
        let wanted = if matches!(how_text.first(), Some(b'g' | b'G')) {
            None
        } else {
            let number = how.number();
            if number < 1.0 {
                let shown = String::from_utf8_lossy(&how_text).into_owned();
                self.warn(pc, &format!("gensub: third argument `{shown}' treated as 1"));
            }
            Some(if number < 1.0 { 1 } else { number as usize })
        };
        let mut scratch = Vec::new();
        let text = text.bytes(&self.convfmt, &mut scratch);
        let replacement = replacement.to_text(&self.convfmt);
        let mut out = Vec::new();
        let mut groups = Groups::new();
        let (mut at, mut last_end, mut count) = (0, None, 0usize);
        while at <= text.len() && pattern.groups_at(text, at, &mut groups) {
            let Some(found) = groups.first().cloned().flatten() else { break };
            // Right behind a match an empty one does not count.
            if found.is_empty() && last_end == Some(found.start) {
                at = copy_char(text, at, &mut out);
                continue;
            }
            out.extend_from_slice(&text[at..found.start]);
            count += 1;
            if wanted.is_none_or(|wanted| wanted == count) {
                insert_groups(&replacement, text, &groups, &mut out);
            } else {
                out.extend_from_slice(&text[found.clone()]);
            }
            at = found.end;
            last_end = Some(found.end);
            if wanted == Some(count) {
                break;
            }
            if found.is_empty() {
                at = copy_char(text, at, &mut out);
            }
        }
        out.extend_from_slice(text.get(at..).unwrap_or_default());
        Ok(Value::text(&out))
    }
}

/// Copies the character at a byte; answers the byte behind it, which lies behind the end once there is none.
fn copy_char(text: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let length = text::char_bytes(rest);
    out.extend_from_slice(&rest[..length]);
    at + length.max(1)
}

/// Writes the replacement of `gensub`, with `\1` and `&` for groups.
fn insert_groups(replacement: &[u8], text: &[u8], groups: &Groups, out: &mut Vec<u8>) {
    let group = |number: usize, out: &mut Vec<u8>| {
        if let Some(Some(range)) = groups.get(number) {
            out.extend_from_slice(&text[range.clone()]);
        }
    };
    let mut at = 0;
    while at < replacement.len() {
        match (replacement[at], replacement.get(at + 1)) {
            (b'&', _) => group(0, out),
            (b'\\', Some(digit @ b'0'..=b'9')) => {
                group(usize::from(digit - b'0'), out);
                at += 1;
            }
            (b'\\', Some(escaped @ (b'&' | b'\\'))) => {
                out.push(*escaped);
                at += 1;
            }
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
}

/// A piece of the replacement of `sub`.
enum Piece<'a> {
    Text(&'a [u8]),
    Match,
}

/// Takes the replacement of `sub` apart: `&` is the match, `\&` an ampersand, `\\&` a backslash and the match.
fn pieces(replacement: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < replacement.len() {
        match replacement[at..] {
            [b'&', ..] => {
                pieces.push(Piece::Text(&replacement[start..at]));
                pieces.push(Piece::Match);
                at += 1;
                start = at;
            }
            [b'\\', b'\\', b'\\', b'&', ..] => {
                pieces.push(Piece::Text(&replacement[start..at + 1]));
                start = at + 3;
                at += 4;
            }
            [b'\\', b'\\', b'&', ..] => {
                pieces.push(Piece::Text(&replacement[start..at + 1]));
                pieces.push(Piece::Match);
                at += 3;
                start = at;
            }
            [b'\\', b'&', ..] => {
                pieces.push(Piece::Text(&replacement[start..at]));
                start = at + 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    pieces.push(Piece::Text(&replacement[start..]));
    pieces
}

/// The text with the first match, or all, replaced, and how many were.
fn replaced(pattern: &Pattern, text: &[u8], replacement: &[u8], global: bool) -> (Vec<u8>, usize) {
    let mut found = match pattern.find_at(text, 0) {
        Some(found) => found,
        None => return (Vec::new(), 0),
    };
    let pieces = pieces(replacement);
    let mut out = Vec::with_capacity(text.len() + replacement.len());
    let (mut at, mut count, mut last_end) = (0, 0, None);
    loop {
        out.extend_from_slice(&text[at..found.start]);
        if !(found.is_empty() && last_end == Some(found.start)) {
            count += 1;
            for piece in &pieces {
                match piece {
                    Piece::Text(bytes) => out.extend_from_slice(bytes),
                    Piece::Match => out.extend_from_slice(&text[found.clone()]),
                }
            }
        }
        at = found.end;
        last_end = Some(found.end);
        if found.is_empty() {
            at = copy_char(text, at, &mut out);
        }
        if !global || at > text.len() {
            break;
        }
        match pattern.find_at(text, at) {
            Some(next) => found = next,
            None => break,
        }
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    (out, count)
}

/// The number that `strtonum` makes of a value.
pub fn strtonum(value: &Value) -> f64 {
    match value {
        Value::Number(number) => *number,
        Value::Numeric(_) | Value::Text(_) | Value::Buffer(_) => number::of_any_base(value.plain_bytes()),
        _ => value.number(),
    }
}
