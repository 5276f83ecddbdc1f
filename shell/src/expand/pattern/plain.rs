//! Patterns that need no program: a text, or two texts with one star between them.
//!
//! Most patterns that scripts match with are of these (`*.txt`, `${path##*/}`, `-h`), and are matched by looking for
//! bytes. The texts beside a star are ASCII, so that where they are found is never inside a character.

use bstr::{BString, ByteSlice};

use super::{PatternOptions, PatternPiece};

/// A pattern that is matched by comparing bytes.
#[derive(Clone, Debug)]
pub(crate) enum Plain {
    /// This text.
    Text(BString),
    /// The first, then anything, then the second.
    Star(BString, BString),
}

impl Plain {
    /// The pattern that the pieces are, if it is one of these.
    pub(super) fn of(pieces: &[PatternPiece<'_>], options: PatternOptions) -> Option<Plain> {
        let PatternOptions { extglob: _, nocase, period_special, pathname, bytewise: _ } = options;
        if nocase {
            return None;
        }
        let mut text = BString::default();
        let mut before = None;
        for piece in pieces {
            if piece.quoted {
                text.extend_from_slice(piece.bytes);
                continue;
            }
            for byte in piece.bytes {
                match byte {
                    b'?' | b'[' | b'(' | b'\\' => return None,
                    b'*' if before.is_some() || period_special || pathname => return None,
                    b'*' => before = Some(std::mem::take(&mut text)),
                    _ => text.push(*byte),
                }
            }
        }
        match before {
            None => Some(Plain::Text(text)),
            Some(before) if before.is_ascii() && text.is_ascii() => Some(Plain::Star(before, text)),
            Some(_) => None,
        }
    }

    /// As [`super::Pattern::begins_with_star`].
    pub(super) fn begins_with_star(&self) -> bool {
        matches!(self, Plain::Star(before, _) if before.is_empty())
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        match self {
            Plain::Text(wanted) => wanted == text,
            Plain::Star(before, after) => {
                text.strip_prefix(before.as_slice()).is_some_and(|rest| rest.ends_with(after))
            }
        }
    }

    /// As [`super::Pattern::prefix`].
    pub(super) fn prefix(&self, text: &[u8], longest: bool) -> Option<usize> {
        match self {
            Plain::Text(wanted) => text.starts_with(wanted).then_some(wanted.len()),
            Plain::Star(before, after) => {
                let rest = text.strip_prefix(before.as_slice())?;
                let at = if longest { rest.rfind(after) } else { rest.find(after) }?;
                Some(before.len() + at + after.len())
            }
        }
    }

    /// As [`super::Pattern::suffix`].
    pub(super) fn suffix(&self, text: &[u8], longest: bool) -> Option<usize> {
        match self {
            Plain::Text(wanted) => text.ends_with(wanted).then(|| text.len() - wanted.len()),
            Plain::Star(before, after) => {
                let rest = text.strip_suffix(after.as_slice())?;
                if longest { rest.find(before) } else { rest.rfind(before) }
            }
        }
    }

    /// As [`super::Pattern::find`].
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let rest = text.get(from..)?;
        match self {
            Plain::Text(wanted) => rest.find(wanted).map(|at| (from + at, from + at + wanted.len())),
            Plain::Star(before, after) => {
                let start = rest.find(before)?;
                let behind = rest.get(start + before.len()..)?;
                let end = start + before.len() + behind.rfind(after)? + after.len();
                Some((from + start, from + end))
            }
        }
    }
}
