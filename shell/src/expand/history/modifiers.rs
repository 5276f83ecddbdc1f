//! Modifiers: what becomes of the words that were chosen, `:h :t :r :e :s/old/new/ :& :p :q :x`.

use bstr::{BString, ByteSlice};

use super::words::split;
use super::{HistoryError, LINE_BYTES_MAX, Reader};
use crate::exec::single_quoted;
use crate::state::History;

/// Where a substitution is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// At the first place.
    First,
    /// Everywhere: `g`, `a`.
    All,
    /// Once in each word: `G`.
    Words,
}

/// Applies the modifiers that stand here; says whether the line is only to be shown.
pub(super) fn modify(
    reader: &mut Reader<'_>,
    history: &mut History,
    mut text: BString,
) -> Result<(BString, bool), HistoryError> {
    let mut shown_only = false;
    while reader.peek() == Some(b':') {
        let start = reader.at;
        reader.at += 1;
        let mut reach = Reach::First;
        if let Some(letter @ (b'g' | b'a' | b'G')) = reader.peek() {
            reach = if letter == b'G' { Reach::Words } else { Reach::All };
            reader.at += 1;
        }
        let letter = reader.peek();
        reader.at += usize::from(letter.is_some());
        match letter {
            Some(b'h') => text = before_last(&text, b'/'),
            Some(b't') => text = text.rfind_byte(b'/').map_or(text.clone(), |at| rest(&text, at + 1)),
            Some(b'r') => text = before_last(&text, b'.'),
            Some(b'e') => text = text.rfind_byte(b'.').map_or(text.clone(), |at| rest(&text, at)),
            Some(b'p') => shown_only = true,
            Some(b'q') => text = single_quoted(&text),
            Some(b'x') => {
                let words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
                text = bstr::join(" ", words.map(single_quoted)).into();
            }
            Some(b's') => {
                let written = reader.since(start);
                text = substitute(reader, history, text, reach, &written)?;
            }
            Some(b'&') => {
                let written = reader.since(start);
                let Some((old, new)) = history.substitution.clone() else {
                    return Err(HistoryError::NoSubstitution(written));
                };
                text = replace(&text, &old, &new, reach).ok_or(HistoryError::SubstitutionFailed(written))?;
            }
            _ => return Err(HistoryError::BadModifier(letter.into_iter().collect::<Vec<u8>>().into())),
        }
    }
    Ok((text, shown_only))
}

/// The text before the last such byte; all of it when there is none.
fn before_last(text: &BString, byte: u8) -> BString {
    text.rfind_byte(byte).map_or_else(|| text.clone(), |at| text.get(..at).unwrap_or_default().into())
}

fn rest(text: &BString, from: usize) -> BString {
    text.get(from..).unwrap_or_default().into()
}

/// The `/old/new/` that stands here, made in a text. `written`: what of it was read before, for messages.
pub(super) fn substitute(
    reader: &mut Reader<'_>,
    history: &mut History,
    text: BString,
    reach: Reach,
    written: &[u8],
) -> Result<BString, HistoryError> {
    let start = reader.at;
    let Some(delimiter) = reader.peek() else { return Ok(text) };
    reader.at += 1;
    let old = part(reader, delimiter, None);
    let old = if old.is_empty() { remembered(history) } else { Some(old) };
    let new = part(reader, delimiter, old.as_ref());
    let whole = || BString::from([written, &reader.since(start)].concat());
    let Some(old) = old else { return Err(HistoryError::NoSubstitution(whole())) };
    let replaced = replace(&text, &old, &new, reach);
    history.substitution = Some((old, new));
    replaced.ok_or_else(|| HistoryError::SubstitutionFailed(whole()))
}

/// What an empty `old` stands for.
fn remembered(history: &History) -> Option<BString> {
    let substituted = history.substitution.as_ref().map(|(old, _)| old.clone());
    substituted.or_else(|| history.search.as_ref().map(|(wanted, _)| wanted.clone()))
}

/// The text up to a delimiter, which is moved past. In the new text `&` is the old one.
fn part(reader: &mut Reader<'_>, delimiter: u8, old: Option<&BString>) -> BString {
    let mut text = BString::default();
    while let Some(byte) = reader.peek() {
        if byte == b'\n' {
            return text;
        }
        reader.at += 1;
        match (byte, reader.peek(), old) {
            _ if byte == delimiter => return text,
            (b'\\', Some(next), _) if next == delimiter => {
                text.push(next);
                reader.at += 1;
            }
            (b'\\', Some(b'&'), Some(_)) => {
                text.push(b'&');
                reader.at += 1;
            }
            (b'&', _, Some(old)) => text.extend_from_slice(old),
            _ => text.push(byte),
        }
    }
    text
}

/// The text with `old` replaced; absent when it is not there.
fn replace(text: &BString, old: &BString, new: &BString, reach: Reach) -> Option<BString> {
    if old.is_empty() || !text.contains_str(old) {
        return None;
    }
    // What a substitution everywhere can grow to is bounded before it is made.
    let places = text.find_iter(old).count();
    if places.saturating_mul(new.len()).saturating_add(text.len()) > LINE_BYTES_MAX {
        return None;
    }
    Some(match reach {
        Reach::First => text.replacen(old, new, 1).into(),
        Reach::All => text.replace(old, new).into(),
        Reach::Words => {
            let words = split(text).into_iter().map(|word| word.replacen(old, new, 1));
            bstr::join(" ", words.collect::<Vec<_>>()).into()
        }
    })
}
