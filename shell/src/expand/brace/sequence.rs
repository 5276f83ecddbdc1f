//! `{1..10}`, `{a..e}`, with an optional step.

use super::{BraceError, Symbol, WORDS_MAX};

/// What the text between two braces stands for when it is a sequence; nothing when it is not.
pub(super) fn expand(content: &[Symbol]) -> Result<Option<Vec<Vec<Symbol>>>, BraceError> {
    let Some(text) = text(content) else {
        return Ok(None);
    };
    let mut fields = text.split("..");
    let (Some(first), Some(last)) = (fields.next(), fields.next()) else {
        return Ok(None);
    };
    let step = match fields.next().map(str::parse::<i64>) {
        None => 1,
        Some(Ok(step)) => step.unsigned_abs().max(1),
        Some(Err(_)) => return Ok(None),
    };
    if fields.next().is_some() {
        return Ok(None);
    }
    if let (Ok(from), Ok(to)) = (first.parse::<i64>(), last.parse::<i64>()) {
        let width = if is_padded(first) || is_padded(last) { first.len().max(last.len()) } else { 0 };
        return numbers(from, to, step, width).map(Some);
    }
    match (first.as_bytes(), last.as_bytes()) {
        (&[from], &[to]) if from.is_ascii_alphabetic() && to.is_ascii_alphabetic() => {
            letters(from, to, step).map(Some)
        }
        _ => Ok(None),
    }
}

/// The content as text, if it is short literal text: no sequence is long.
fn text(content: &[Symbol]) -> Option<String> {
    if content.len() > 80 {
        return None;
    }
    let characters = content.iter().map(|symbol| match symbol {
        Symbol::Byte(byte) if byte.is_ascii() => Some(char::from(*byte)),
        Symbol::Byte(_) | Symbol::Part(_) | Symbol::Empty => None,
    });
    characters.collect()
}

/// Whether the number is written with a leading zero, which makes all of one width.
fn is_padded(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    digits.len() > 1 && digits.starts_with('0')
}

/// From one number to another, both included when the step meets them.
fn numbers(from: i64, to: i64, step: u64, width: usize) -> Result<Vec<Vec<Symbol>>, BraceError> {
    let steps = from.abs_diff(to) / step;
    let count = usize::try_from(steps).unwrap_or(usize::MAX).saturating_add(1);
    if count > WORDS_MAX {
        return Err(BraceError::TooLarge { words: count });
    }
    let down = to < from;
    let number = |index: u64| {
        let distance = index.wrapping_mul(step);
        let value =
            if down { from.wrapping_sub_unsigned(distance) } else { from.wrapping_add_unsigned(distance) };
        format!("{value:0width$}").into_bytes().into_iter().map(Symbol::Byte).collect()
    };
    Ok((0..=steps).map(number).collect())
}

fn letters(from: u8, to: u8, step: u64) -> Result<Vec<Vec<Symbol>>, BraceError> {
    let texts = numbers(i64::from(from), i64::from(to), step, 0)?.len();
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    let all: Vec<u8> = if from <= to { (from..=to).collect() } else { (to..=from).rev().collect() };
    let symbol = |byte: u8| match byte {
        // The backslash between the cases quotes what comes behind it, and is itself removed.
        b'\\' => Symbol::Empty,
        _ => Symbol::Byte(byte),
    };
    Ok(all.into_iter().step_by(step).take(texts).map(|byte| vec![symbol(byte)]).collect())
}
