//! How words were written: the source text that the printer repeats, with what bash changes in it as it reads.

use std::cmp::Reverse;
use std::sync::Arc;

use bstr::{BString, ByteSlice};

use super::ast::{List, ParameterName, ParameterOperator, Part, Word, Written, WrittenPiece};
use super::reader::Reader;
use super::source::Place;
use super::spelling::single_quoted;

/// What stands instead of a part of the source.
#[derive(Clone, Debug)]
pub(super) enum Instead {
    /// Itself: a backslash before a newline joins nothing there.
    Itself,
    /// This text.
    Text(BString),
    /// A substitution.
    List(&'static str, Arc<List>),
}

/// A part of the source that is not printed as it stands.
#[derive(Clone, Debug)]
pub(super) struct Rewrite {
    frame: u32,
    start: usize,
    end: usize,
    instead: Instead,
}

/// Where a word begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beginning {
    pub(super) place: Place,
    rewrites: usize,
}

impl Reader<'_> {
    /// Where a word begins that will be [`Reader::as_written`].
    pub(super) fn beginning(&mut self) -> Beginning {
        self.peek();
        Beginning { place: self.cursor.place(), rewrites: self.rewrites.len() }
    }

    /// Notes that what was read since `start` is printed in another way.
    #[inline(never)]
    pub(super) fn rewrite(&mut self, start: Place, instead: Instead) {
        let (frame, end) = self.cursor.place();
        if frame == start.0 {
            self.rewrites.push(Rewrite { frame, start: start.1, end, instead });
        }
    }

    /// The word with the source text from its beginning to here.
    #[inline(never)]
    pub(super) fn as_written(&mut self, word: Word, from: Beginning) -> Word {
        let mut rewrites = self.rewrites.split_off(from.rewrites.min(self.rewrites.len()));
        let raw = self.cursor.since(from.place);
        if raw.is_empty() || says_itself(&word.parts, raw) {
            return word;
        }
        rewrites.retain(|rewrite| rewrite.frame == from.place.0 && rewrite.start >= from.place.1);
        rewrites.sort_by_key(|rewrite| (rewrite.start, Reverse(rewrite.end)));
        let mut pieces = Vec::new();
        let mut text = BString::default();
        let mut at = 0;
        for rewrite in rewrites {
            let (start, end) = (rewrite.start - from.place.1, rewrite.end.saturating_sub(from.place.1));
            // What lies within another rewritten part went with it.
            if start < at || end > raw.len() {
                continue;
            }
            joined(raw.get(at..start).unwrap_or_default(), &mut text);
            match rewrite.instead {
                Instead::Itself => text.extend_from_slice(raw.get(start..end).unwrap_or_default()),
                Instead::Text(instead) => text.extend_from_slice(&instead),
                Instead::List(opening, list) => {
                    pieces.push(WrittenPiece::Text(std::mem::take(&mut text)));
                    pieces.push(WrittenPiece::Substitution { opening, list });
                }
            }
            at = end;
        }
        joined(raw.get(at..).unwrap_or_default(), &mut text);
        pieces.push(WrittenPiece::Text(text));
        Word { written: Some(Box::new(Written { pieces })), ..word }
    }

    /// Tells the expansions in a text that bash will refuse which text that is: all since `start`, without its last
    /// `behind` bytes.
    #[inline(never)]
    pub(super) fn name_bad(&mut self, parts: &mut [Part], start: Place) {
        if !std::mem::take(&mut self.has_bad) {
            return;
        }
        let raw = BString::from(self.cursor.since(start));
        for part in parts {
            if let Part::Parameter(parameter) = part
                && let ParameterOperator::Bad { within: within @ None, .. } = &mut parameter.operator
                && !raw.is_empty()
            {
                *within = Some(raw.clone());
            }
        }
    }
}

/// The source of a here-document's body, where lines joined by a backslash are one.
pub(super) fn body_as_written(word: Word, raw: &[u8]) -> Word {
    if says_itself(&word.parts, raw) {
        return word;
    }
    let mut text = BString::default();
    joined(raw, &mut text);
    Word { written: Some(Box::new(Written { pieces: vec![WrittenPiece::Text(text)] })), ..word }
}

/// Are these parts printed as they were written anyway? Not always found out: the usual words are.
fn says_itself(parts: &[Part], raw: &[u8]) -> bool {
    match parts {
        [Part::Literal(text)] => text.as_slice() == raw,
        [Part::Quoted(text)] => text.len() > 1 && raw == single_quoted(text),
        [Part::DoubleQuoted(inner)] => {
            matches!(inner.as_slice(), [part] if is_bare(part, raw.len().saturating_sub(2)))
        }
        [part] => is_bare(part, raw.len()),
        _ => false,
    }
}

/// Is this `$name`, and that many bytes long?
fn is_bare(part: &Part, length: usize) -> bool {
    let Part::Parameter(parameter) = part else { return false };
    match &parameter.name {
        ParameterName::Variable(name) => {
            parameter.operator == ParameterOperator::Value && length == name.len() + 1
        }
        ParameterName::Positional(_) | ParameterName::Special(_) => length == 2,
    }
}

/// Adds source text to `out`, without its backslash-newlines.
fn joined(raw: &[u8], out: &mut BString) {
    if raw.find_byte(b'\\').is_none() {
        out.extend_from_slice(raw);
        return;
    }
    let mut rest = raw;
    while let Some(at) = rest.find_byte(b'\\') {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        let pair = rest.get(at..).map_or(&b""[..], |rest| rest.get(..2).unwrap_or(rest));
        if pair != b"\\\n" {
            out.extend_from_slice(pair);
        }
        rest = rest.get(at + pair.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}
