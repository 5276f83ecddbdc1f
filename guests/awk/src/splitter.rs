//! Splitting: what separates fields, and where the fields of a text are.

use std::ops::Range;
use std::rc::Rc;

use crate::pattern::{Pattern, Patterns};
use crate::text;

/// How a text is split into fields.
#[derive(Clone)]
pub enum Splitter {
    /// At runs of spaces, tabs and newlines; those at the ends do not count.
    Blanks,
    Byte(u8),
    /// At a byte and at newlines: one record is a paragraph.
    ByteOrNewline(u8),
    Pattern(Rc<Pattern>),
    /// Every character is a field.
    Characters,
    /// So many characters to skip, and so many that are the field.
    Widths(Rc<[(usize, usize)]>),
    /// Fields are what matches.
    Matches(Rc<Pattern>),
}

/// A place in the middle of splitting a text.
#[derive(Clone, Default)]
pub struct Progress {
    pub at: usize,
    /// How many fields were found.
    pub count: usize,
    pub complete: bool,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

impl Splitter {
    /// What `FS` or the third argument of split means. A paragraph's fields end at newlines too.
    pub fn of(separator: &[u8], paragraph: bool, patterns: &mut Patterns) -> Result<Splitter, String> {
        match separator {
            b"" => Ok(Splitter::Characters),
            b" " => Ok(Splitter::Blanks),
            [byte] if *byte < 0x80 => Ok(if paragraph && *byte != b'\n' {
                Splitter::ByteOrNewline(*byte)
            } else {
                Splitter::Byte(*byte)
            }),
            source if paragraph => {
                let source = [b"(".as_slice(), source, b")|\n"].concat();
                patterns.get(&source).map(Splitter::Pattern)
            }
            source => patterns.get(source).map(Splitter::Pattern),
        }
    }

    /// What `FIELDWIDTHS` means.
    pub fn widths(text: &[u8]) -> Result<Splitter, String> {
        let mut widths = Vec::new();
        for word in text.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty()) {
            let shown = String::from_utf8_lossy(word).into_owned();
            let bad = || format!("invalid FIELDWIDTHS value, for field {}, near `{shown}'", widths.len() + 1);
            let (skip, width) = match shown.split_once(':') {
                Some((skip, width)) => (skip.parse().map_err(|_| bad())?, width),
                None => (0, shown.as_str()),
            };
            let width = if width == "*" { usize::MAX } else { width.parse().map_err(|_| bad())? };
            widths.push((skip, width));
        }
        Ok(Splitter::Widths(widths.into()))
    }

    /// Finds the next field of a text.
    #[inline]
    pub fn next(&self, text: &[u8], progress: &mut Progress, bytes: bool) -> Option<Range<usize>> {
        if progress.complete {
            return None;
        }
        let found = match self {
            Splitter::Blanks => next_word(text, progress),
            Splitter::Byte(byte) => {
                let start = progress.at;
                let end = swar::position(*byte, text.get(start..)?).map(|length| start + length);
                separated(text, progress, start, end.map(|end| (end, end + 1)))
            }
            Splitter::ByteOrNewline(byte) => {
                let start = progress.at;
                let end = memchr::memchr2(*byte, b'\n', text.get(start..)?).map(|length| start + length);
                separated(text, progress, start, end.map(|end| (end, end + 1)))
            }
            Splitter::Pattern(pattern) => {
                let start = progress.at;
                let separator = find_separator(pattern, text, start);
                separated(text, progress, start, separator.map(|found| (found.start, found.end)))
            }
            Splitter::Characters => {
                let start = progress.at;
                let length = if bytes { 1 } else { text::char_bytes(text.get(start..)?) };
                progress.at += length;
                (start < text.len()).then_some(start..start + length)
            }
            Splitter::Widths(widths) => next_width(widths, text, progress, bytes),
            Splitter::Matches(pattern) => next_match(pattern, text, progress),
        };
        match found {
            Some(range) => {
                progress.count += 1;
                Some(range)
            }
            None => {
                progress.complete = true;
                None
            }
        }
    }
}

#[inline]
fn next_word(text: &[u8], progress: &mut Progress) -> Option<Range<usize>> {
    let mut at = progress.at;
    while at < text.len() && is_blank(text[at]) {
        at += 1;
    }
    let start = at;
    while at < text.len() && !is_blank(text[at]) {
        at += 1;
    }
    progress.at = at;
    (at > start).then_some(start..at)
}

/// The field in front of a separator, or the last one.
fn separated(
    text: &[u8],
    progress: &mut Progress,
    start: usize,
    separator: Option<(usize, usize)>,
) -> Option<Range<usize>> {
    // A text that is empty has no fields; behind a last separator is an empty one.
    if start > text.len() || (text.is_empty() && start == 0) {
        return None;
    }
    match separator {
        Some((end, next)) => {
            progress.at = next;
            Some(start..end)
        }
        None => {
            progress.at = text.len() + 1;
            Some(start..text.len())
        }
    }
}

/// The next match that is not empty: nothing separates nothing.
pub fn find_separator(pattern: &Pattern, text: &[u8], start: usize) -> Option<Range<usize>> {
    let mut at = start;
    loop {
        let found = pattern.find_at(text, at)?;
        if !found.is_empty() {
            return Some(found);
        }
        at = found.end + text::char_bytes(text.get(found.end..)?).max(1);
        if at > text.len() {
            return None;
        }
    }
}

fn next_width(
    widths: &[(usize, usize)],
    text: &[u8],
    progress: &mut Progress,
    bytes: bool,
) -> Option<Range<usize>> {
    let (skip, width) = *widths.get(progress.count)?;
    let ahead = |at: usize, count: usize| {
        let rest = text.get(at..).unwrap_or_default();
        at + if bytes { count.min(rest.len()) } else { text::offset(rest, count) }
    };
    let start = ahead(progress.at, skip);
    if start >= text.len() {
        return None;
    }
    progress.at = ahead(start, width);
    Some(start..progress.at)
}

fn next_match(pattern: &Pattern, text: &[u8], progress: &mut Progress) -> Option<Range<usize>> {
    // Only a first field may be empty, and one behind a character that is in none.
    let mut from = progress.at;
    if from > text.len() || text.is_empty() {
        return None;
    }
    let found = loop {
        let found = pattern.find_at(text, from)?;
        if found.is_empty() && progress.count > 0 && found.start == progress.at {
            from = found.end + text::char_bytes(text.get(found.end..)?).max(1);
            if from > text.len() {
                return None;
            }
            continue;
        }
        break found;
    };
    progress.at = found.end;
    Some(found)
}
