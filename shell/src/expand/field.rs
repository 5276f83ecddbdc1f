//! A field: one word after splitting, with the ranges that were quoted. Splits an expansion at IFS.

use std::ops::Range;

use bstr::BString;

use super::expansion::{Expansion, Item};
use super::pattern::PatternPiece;

/// One word after splitting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its bytes.
    pub(crate) bytes: BString,
    /// What of it stands for itself; ascending, not touching.
    quoted: Vec<Range<usize>>,
    /// An unquoted byte of it may begin a pattern.
    pub(crate) may_glob: bool,
}

impl Field {
    /// Adds bytes.
    pub(crate) fn push(&mut self, bytes: &[u8], quoted: bool) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let end = self.bytes.len();
        if quoted {
            match self.quoted.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ if end > start => self.quoted.push(start..end),
                _ => {}
            }
        } else if bytes.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'(')) {
            self.may_glob = true;
        }
    }

    /// Its bytes between two offsets as pieces of a pattern.
    pub(crate) fn pieces(&self, range: Range<usize>) -> Vec<PatternPiece<'_>> {
        let mut pieces = Vec::new();
        let mut at = range.start;
        let mut push = |from: usize, to: usize, quoted: bool| {
            if let Some(bytes) = self.bytes.get(from..to).filter(|bytes| !bytes.is_empty()) {
                pieces.push(PatternPiece { bytes, quoted });
            }
        };
        for quoted in &self.quoted {
            let (start, end) = (quoted.start.max(at), quoted.end.min(range.end));
            if start >= end {
                continue;
            }
            push(at, start, false);
            push(start, end, true);
            at = end;
        }
        push(at, range.end, false);
        pieces
    }

    /// Where its slashes are that are not within brackets; every slash ends a component.
    pub(crate) fn components(&self) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let mut start = 0;
        for (at, _) in self.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            ranges.push(start..at);
            start = at + 1;
        }
        ranges.push(start..self.bytes.len());
        ranges
    }
}

/// What ended the field before, for the rule that blanks around another delimiter belong to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Nothing,
    Blank,
    Delimiter,
}

/// Splits expansions at the characters of IFS.
pub(crate) struct Splitter<'a> {
    ifs: &'a [u8],
    fields: Vec<Field>,
    current: Field,
    started: bool,
    ended: Ended,
}

impl<'a> Splitter<'a> {
    /// A splitter for a value of IFS.
    pub(crate) fn new(ifs: &'a [u8]) -> Splitter<'a> {
        Splitter { ifs, fields: Vec::new(), current: Field::default(), started: false, ended: Ended::Nothing }
    }

    /// The fields of an expansion.
    pub(crate) fn split(mut self, expansion: Expansion) -> Vec<Field> {
        for item in expansion.items {
            match item {
                Item::Boundary => {
                    self.finish();
                    self.ended = Ended::Nothing;
                }
                Item::Text { bytes, quoted, split: false } => {
                    self.current.push(&bytes, quoted);
                    self.started |= quoted || !bytes.is_empty();
                }
                Item::Text { bytes, split: true, .. } => self.split_text(&bytes),
            }
        }
        self.finish();
        self.fields
    }

    fn finish(&mut self) {
        if std::mem::take(&mut self.started) {
            self.fields.push(std::mem::take(&mut self.current));
        }
    }

    fn split_text(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let plain = self.plain_length(rest);
            let (head, tail) = rest.split_at(plain);
            if !head.is_empty() {
                self.current.push(head, false);
                self.started = true;
                self.ended = Ended::Nothing;
            }
            let length = delimiter_length(tail);
            let (delimiter, after) = tail.split_at(length.min(tail.len()));
            self.delimit(delimiter);
            rest = after;
        }
    }

    /// How many bytes at the start are no delimiter.
    fn plain_length(&self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let length = delimiter_length(rest);
            if self.is_delimiter(rest.get(..length).unwrap_or(rest)) {
                break;
            }
            at += length;
        }
        at
    }

    fn is_delimiter(&self, character: &[u8]) -> bool {
        match character {
            [byte] => self.ifs.contains(byte),
            _ => self.ifs.windows(character.len()).any(|window| window == character),
        }
    }

    fn delimit(&mut self, delimiter: &[u8]) {
        match delimiter {
            [] => {}
            [b' ' | b'\t' | b'\n'] => {
                if self.started {
                    self.finish();
                    self.ended = Ended::Blank;
                }
            }
            _ => {
                if !self.started && self.ended != Ended::Blank {
                    self.started = true;
                }
                self.finish();
                self.ended = Ended::Delimiter;
            }
        }
    }
}

/// How many bytes the first character takes.
fn delimiter_length(bytes: &[u8]) -> usize {
    match bytes.first() {
        None => 0,
        Some(first) if first.is_ascii() => 1,
        Some(_) => super::text::first_length(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ifs: &str, text: &str, fields: &[&str]) {
        let mut expansion = Expansion::default();
        expansion.push(text.as_bytes(), false, true);
        let split: Vec<String> = Splitter::new(ifs.as_bytes())
            .split(expansion)
            .iter()
            .map(|field| field.bytes.to_string())
            .collect();
        assert_eq!(split, fields, "{text:?} at {ifs:?}");
    }

    #[test]
    fn text_is_split_as_bash_splits_it() {
        check(" \t\n", "  a  b\tc\n", &["a", "b", "c"]);
        check(":", "a::b:", &["a", "", "b"]);
        check(" :", " : a : b :", &["", "a", "b"]);
        check("", "a b", &["a b"]);
        check("ü", "aübüü", &["a", "b", ""]);
        check(":", "::", &["", ""]);
    }
}
