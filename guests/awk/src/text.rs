//! Text: bytes that are mostly UTF-8, counted in characters. A byte that is no part of a character counts as one.
//! It owns no state; in a locale of bytes the callers do not come here.

/// Whether every byte is ASCII. Eight bytes at a time: this is what `length` costs.
pub fn is_ascii(text: &[u8]) -> bool {
    let chunks = text.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        if chunk.try_into().map_or(0, u64::from_le_bytes) & 0x8080_8080_8080_8080 != 0 {
            return false;
        }
    }
    rest.iter().all(|byte| *byte < 0x80)
}

/// The bytes of the character at the start of a text that is not empty: 1 to 4.
pub fn char_bytes(text: &[u8]) -> usize {
    let Some(&first) = text.first() else { return 0 };
    if first < 0x80 {
        return 1;
    }
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return 1,
    };
    match text.get(..length).map(std::str::from_utf8) {
        Some(Ok(_)) => length,
        _ => 1,
    }
}

/// How many characters a text has.
pub fn count(text: &[u8]) -> usize {
    if is_ascii(text) {
        return text.len();
    }
    let (mut at, mut count) = (0, 0);
    while at < text.len() {
        at += char_bytes(&text[at..]);
        count += 1;
    }
    count
}

/// The byte at which the character of a number (from 0) begins, or the end.
pub fn offset(text: &[u8], number: usize) -> usize {
    let (mut at, mut left) = (0, number);
    while left > 0 && at < text.len() {
        at += char_bytes(&text[at..]);
        left -= 1;
    }
    at
}

/// The first character of a text, when it is one, and its bytes.
pub fn first_char(text: &[u8]) -> (Option<char>, usize) {
    let length = char_bytes(text);
    let head = text.get(..length).unwrap_or_default();
    (std::str::from_utf8(head).ok().and_then(|head| head.chars().next()), length)
}

/// A text with every character mapped that the mapping changes.
pub fn map_chars(text: &[u8], map: impl Fn(char) -> char) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let (c, length) = first_char(&text[at..]);
        match c {
            Some(c) => out.extend_from_slice(map(c).encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(&text[at..at + length]),
        }
        at += length;
    }
    out
}

/// The one character that a character is in the other case; C knows no case of several characters.
pub fn upper(c: char) -> char {
    let mut several = c.to_uppercase();
    match (several.next(), several.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// As [`upper`], for lower case.
pub fn lower(c: char) -> char {
    let mut several = c.to_lowercase();
    match (several.next(), several.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Compares two texts without regard to case.
pub fn compare_ignoring_case(a: &[u8], b: &[u8], bytes: bool) -> std::cmp::Ordering {
    if bytes || (is_ascii(a) && is_ascii(b)) {
        return a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase));
    }
    map_chars(a, lower).cmp(&map_chars(b, lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_bytes_that_are_none() {
        for (text, wanted) in [
            (b"".as_slice(), 0),
            (b"abc", 3),
            ("äöü€𝄞".as_bytes(), 5),
            (b"\xff\xfe", 2),
            (b"a\xc3", 2),
            (b"\xe2\x82x", 3),
            (b"\xed\xa0\x80", 3),
        ] {
            assert_eq!(count(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn an_offset_is_that_of_a_character() {
        assert_eq!(offset("aé€x".as_bytes(), 3), 6);
        assert_eq!(offset("aé".as_bytes(), 9), 3);
    }
}
