//! Word designators: which words of an earlier line are meant, and what its words are.

use bstr::BString;

use super::{HistoryError, Reader};
use crate::state::History;

/// The words of a line, as the shell would take it apart: operators are words of their own.
pub(super) fn split(line: &[u8]) -> Vec<BString> {
    let mut reader = Reader { line, at: 0 };
    let mut words = Vec::new();
    loop {
        reader.take_while(|byte| byte.is_ascii_whitespace());
        let start = reader.at;
        if reader.peek().is_none() {
            return words;
        }
        if !operator(&mut reader) {
            word(&mut reader);
        }
        words.push(reader.since(start));
    }
}

/// Moves past an operator, if one stands here; a redirection's number and its `&1` belong to it.
fn operator(reader: &mut Reader<'_>) -> bool {
    let start = reader.at;
    reader.take_while(|byte| byte.is_ascii_digit());
    if reader.at > start && !matches!(reader.peek(), Some(b'<' | b'>')) {
        reader.at = start;
        return false;
    }
    let Some(first @ (b'(' | b')' | b'<' | b'>' | b';' | b'&' | b'|')) = reader.peek() else { return false };
    let second = reader.peek_at(1);
    if matches!((first, second), (b'<' | b'>', Some(b'('))) {
        return false;
    }
    reader.at += 1;
    match (first, second) {
        (b'(' | b')', _) => {}
        (b'<', Some(b'<')) => {
            reader.at += 1;
            let _ = reader.eat(b'-') || reader.eat(b'<');
        }
        (b'<' | b'>', Some(b'&')) => {
            reader.at += 1;
            reader.take_while(|byte| byte.is_ascii_digit());
            reader.eat(b'-');
        }
        (b'&', Some(b'>')) | (b'>', Some(b'|')) => reader.at += 1,
        (_, Some(second)) if first == second => reader.at += 1,
        _ => {}
    }
    true
}

/// Moves past a word, quotes and substitutions in it.
fn word(reader: &mut Reader<'_>) {
    let mut quote = None;
    let mut nested = 0usize;
    while let Some(byte) = reader.peek() {
        let opens = matches!(byte, b'$' | b'<' | b'>' | b'=') && reader.peek_at(1) == Some(b'(');
        match byte {
            b'\\' if quote != Some(b'\'') => reader.at += 1,
            _ if quote == Some(byte) => quote = None,
            _ if quote.is_some() => {}
            b'\'' | b'"' | b'`' => quote = Some(byte),
            _ if opens => {
                nested += 1;
                reader.at += 1;
            }
            b'(' if nested > 0 => nested += 1,
            b')' if nested > 0 => nested -= 1,
            _ if nested > 0 => {}
            b' ' | b'\t' | b'\n' | b'(' | b')' | b'<' | b'>' | b';' | b'&' | b'|' => return,
            _ => {}
        }
        reader.at += 1;
    }
}

/// The words of an event that the designators behind it name; the whole event when there are none.
pub(super) fn select(
    reader: &mut Reader<'_>,
    history: &History,
    event: &BString,
) -> Result<BString, HistoryError> {
    let start = reader.at;
    let colon = usize::from(reader.peek() == Some(b':'));
    let designates = |byte: u8| matches!(byte, b'0'..=b'9' | b'^' | b'$' | b'*' | b'%' | b'-');
    match reader.peek_at(colon) {
        Some(byte) if designates(byte) && (colon == 1 || !byte.is_ascii_digit()) => reader.at += colon,
        _ => return Ok(event.clone()),
    }
    if reader.eat(b'%') {
        return Ok(history.search.as_ref().map(|(_, word)| word.clone()).unwrap_or_default());
    }
    let words = split(event);
    let chosen = range(reader, words.len()).and_then(|(from, to)| words.get(from..to));
    match chosen {
        Some(chosen) => Ok(bstr::join(" ", chosen).into()),
        None => Err(HistoryError::BadWord(reader.since(start))),
    }
}

/// The words from the first to before the second of two places; absent: there are no such.
fn range(reader: &mut Reader<'_>, count: usize) -> Option<(usize, usize)> {
    let last = count.checked_sub(1)?;
    if reader.eat(b'*') {
        return Some((1.min(count), count));
    }
    let from = match reader.peek() {
        Some(b'-') => 0,
        _ => place(reader, last)?,
    };
    let (from, to) = if reader.eat(b'*') {
        (from, last)
    } else if reader.eat(b'-') {
        match reader.peek() {
            Some(b'0'..=b'9' | b'$' | b'^') => (from, place(reader, last)?),
            // Without the last: an empty range ends before it begins.
            _ if from > last => return None,
            _ => return Some((from, last.max(from))),
        }
    } else {
        (from, from)
    };
    (from <= to && to <= last).then_some((from, to + 1))
}

fn place(reader: &mut Reader<'_>, last: usize) -> Option<usize> {
    match reader.peek() {
        Some(b'$') => {
            reader.at += 1;
            Some(last)
        }
        Some(b'^') => {
            reader.at += 1;
            Some(1)
        }
        _ => reader.number(),
    }
}
