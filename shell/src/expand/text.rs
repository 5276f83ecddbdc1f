//! Bytes as characters: UTF-8 where it is valid, single bytes where it is not.

/// How many bytes the first character takes; 1 for a byte that begins no valid character.
pub(crate) fn first_length(bytes: &[u8]) -> usize {
    let wanted = match bytes.first() {
        None => return 0,
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        Some(_) => return 1,
    };
    match bytes.get(..wanted) {
        Some(character) if std::str::from_utf8(character).is_ok() => wanted,
        _ => 1,
    }
}

/// The characters of a text.
pub(crate) fn characters(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = first_length(rest);
        let (first, after) = rest.split_at_checked(length).filter(|(first, _)| !first.is_empty())?;
        rest = after;
        Some(first)
    })
}

/// How many characters a text has, or bytes.
pub(crate) fn character_count(bytes: &[u8], bytewise: bool) -> usize {
    if bytewise || bytes.is_ascii() { bytes.len() } else { characters(bytes).count() }
}

/// The bytes of the characters from `start`, at most `count` of them; with `bytewise` each byte is one.
pub(crate) fn slice(bytes: &[u8], start: usize, count: usize, bytewise: bool) -> &[u8] {
    if bytewise || bytes.is_ascii() {
        let end = start.saturating_add(count).min(bytes.len());
        return bytes.get(start..end).unwrap_or_default();
    }
    let length = |characters: usize| self::characters(bytes).take(characters).map(<[u8]>::len).sum::<usize>();
    let (from, to) = (length(start), length(start.saturating_add(count)));
    bytes.get(from..to).unwrap_or_default()
}
