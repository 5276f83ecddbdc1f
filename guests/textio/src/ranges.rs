//! Ranges of positions as cut's lists have them: `1,3-5,-2,7-`.

use cli::wording::quoted;

/// Positions from 1, both ends in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub first: usize,
    pub last: usize,
}

/// Sorted ranges that do not touch one another; reads a list of
/// fields, or of bytes.
pub fn parse(list: &[u8], is_fields: bool, complemented: bool) -> Result<Vec<Range>, String> {
    let mut ranges = Vec::new();
    for item in list.split(|byte| matches!(byte, b',' | b' ' | b'\t')) {
        ranges.push(parse_one(item, is_fields)?);
    }
    ranges.sort_by_key(|range| range.first);
    let mut merged: Vec<Range> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            // Ranges that only touch stay two: a delimiter stands between them.
            Some(last) if range.first <= last.last => last.last = last.last.max(range.last),
            _ => merged.push(range),
        }
    }
    Ok(if complemented { complement(&merged) } else { merged })
}

fn parse_one(item: &[u8], is_fields: bool) -> Result<Range, String> {
    let from_one = || {
        let what = if is_fields { "fields" } else { "byte/character positions" };
        format!("{what} are numbered from 1")
    };
    let number = |text: &[u8]| -> Result<Option<usize>, String> {
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits < text.len() {
            let what = if is_fields { "field value" } else { "byte/character position" };
            return Err(format!("invalid {what} {}", quoted(&text[digits..])));
        }
        if text.is_empty() {
            return Ok(None);
        }
        let parsed =
            String::from_utf8_lossy(text).parse::<usize>().ok().filter(|number| *number < usize::MAX);
        let Some(parsed) = parsed else {
            let what = if is_fields { "field number" } else { "byte/character offset" };
            return Err(format!("{what} {} is too large", quoted(text)));
        };
        if parsed == 0 { Err(from_one()) } else { Ok(Some(parsed)) }
    };
    let Some(dash) = item.iter().position(|byte| *byte == b'-') else {
        let only = number(item)?.ok_or_else(from_one)?;
        return Ok(Range { first: only, last: only });
    };
    if item[dash + 1..].contains(&b'-') {
        return Err(
            if is_fields { "invalid field range" } else { "invalid byte or character range" }.to_owned()
        );
    }
    let (first, last) = (number(&item[..dash])?, number(&item[dash + 1..])?);
    match (first, last) {
        (None, None) => Err("invalid range with no endpoint: -".to_owned()),
        (first, last) => {
            let range = Range { first: first.unwrap_or(1), last: last.unwrap_or(usize::MAX) };
            if range.last < range.first { Err("invalid decreasing range".to_owned()) } else { Ok(range) }
        }
    }
}

fn complement(ranges: &[Range]) -> Vec<Range> {
    let mut others = Vec::new();
    let mut next = 1;
    for range in ranges {
        if range.first > next {
            others.push(Range { first: next, last: range.first - 1 });
        }
        if range.last == usize::MAX {
            return others;
        }
        next = next.max(range.last + 1);
    }
    others.push(Range { first: next, last: usize::MAX });
    others
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str, complemented: bool) -> String {
        match parse(list.as_bytes(), true, complemented) {
            Ok(ranges) => {
                let shown = |end: usize| if end == usize::MAX { String::new() } else { end.to_string() };
                let texts: Vec<String> =
                    ranges.iter().map(|range| format!("{}-{}", range.first, shown(range.last))).collect();
                texts.join(",")
            }
            Err(what) => what,
        }
    }

    #[test]
    fn a_list_is_sorted_and_what_overlaps_is_one() {
        assert_eq!(read("5,1-3,2-4", false), "1-4,5-5");
        assert_eq!(read("-2,7-", false), "1-2,7-");
        assert_eq!(read("2,4-5", true), "1-1,3-3,6-");
        assert_eq!(read("1-", true), "");
        assert_eq!(read("3-1", false), "invalid decreasing range");
        assert_eq!(read("1,", false), "fields are numbered from 1");
        assert_eq!(read("2x", false), "invalid field value 'x'");
    }
}
