//! Columns chosen by number, by name and by range.

use super::Failure;

/// What is wrong with a choice of columns.
fn error(what: String) -> Failure {
    Failure::Error("ColumnIdentifierError", what)
}

/// The index of the column that a name or a number means; `offset` is the number of the first one.
pub fn find(names: &[String], wanted: &str, offset: usize) -> Result<usize, Failure> {
    let is_number = !wanted.is_empty() && wanted.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number && let Some(index) = names.iter().position(|name| name == wanted) {
        return Ok(index);
    }
    let Ok(number) = wanted.trim().parse::<i64>() else {
        let known: Vec<String> = names.iter().map(|name| quoted(name)).collect();
        return Err(error(format!(
            "Column '{wanted}' is invalid. It is neither an integer nor a column name. Column names are: {}",
            known.join(", ")
        )));
    };
    numbered(names, number, offset)
}

fn numbered(names: &[String], number: i64, offset: usize) -> Result<usize, Failure> {
    let first = i64::try_from(offset).unwrap_or(0);
    let Ok(index) = usize::try_from(number - first) else {
        return Err(error(format!("Column {number} is invalid. Columns are 1-based.")));
    };
    if index < names.len() {
        return Ok(index);
    }
    let last = names.last().map_or("", String::as_str);
    Err(error(format!(
        "Column {number} is invalid. The last column is '{last}' at index {}.",
        names.len() + offset - 1
    )))
}

/// A text as Python's `repr` shows it.
pub fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            '\\' => shown.push_str("\\\\"),
            '\'' if quote == '\'' => shown.push_str("\\'"),
            _ => shown.push(c),
        }
    }
    shown.push(quote);
    shown
}

/// The indices of the columns that a list names, without those that another list does.
pub fn choose(
    names: &[String],
    wanted: Option<&str>,
    unwanted: Option<&str>,
    offset: usize,
) -> Result<Vec<usize>, Failure> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut chosen = match wanted.filter(|list| !list.is_empty()) {
        Some(list) => listed(names, list, offset, false)?,
        None => (0..names.len()).collect(),
    };
    if let Some(list) = unwanted.filter(|list| !list.is_empty()) {
        let excluded = listed(names, list, offset, true)?;
        chosen.retain(|index| !excluded.contains(index));
    }
    Ok(chosen)
}

/// The columns of a list. Unknown names are no error where columns are left out.
fn listed(names: &[String], list: &str, offset: usize, is_lenient: bool) -> Result<Vec<usize>, Failure> {
    let mut indices = Vec::new();
    for item in list.split(',') {
        let wrong = match find(names, item, offset) {
            Ok(index) => {
                indices.push(index);
                continue;
            }
            Err(wrong) => wrong,
        };
        let Some((first, last)) = item.split_once(':').or_else(|| item.split_once('-')) else {
            if is_lenient {
                continue;
            }
            return Err(wrong);
        };
        // The original forgets to put the range into its message.
        let no_range = || {
            error("Invalid range %s. Ranges must be two integers separated by a - or : character.".to_owned())
        };
        let number = |text: &str, default: usize| -> Result<i64, Failure> {
            if text.is_empty() {
                return Ok(i64::try_from(default).unwrap_or(i64::MAX));
            }
            text.trim().parse().map_err(|_| no_range())
        };
        let open_end = if is_lenient { names.len().saturating_sub(1) } else { names.len() };
        let (first, last) = (number(first, 1)?, number(last, open_end)?);
        let mut next = first;
        while next <= last {
            indices.push(numbered(names, next, offset)?);
            next += 1;
        }
    }
    Ok(indices)
}

/// The name of a column without one: a, b, ... z, aa, bb.
pub fn letters(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    std::iter::repeat_n(letter, index / 26 + 1).collect()
}
