//! Patterns: names that a shell's pattern matches.

/// How a pattern is applied.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    /// A dot at the start is matched only by a dot.
    pub dot_is_special: bool,
}

/// Does the pattern match the whole text?
pub fn matches(pattern: &[u8], text: &[u8], rules: Rules) -> bool {
    if rules.dot_is_special
        && text.first() == Some(&b'.')
        && matches!(pattern.first(), Some(b'*' | b'?' | b'['))
    {
        return false;
    }
    // The last star and how much of the text it has taken: only that one is ever tried again.
    let (mut star, mut at, mut position) = (None, 0, 0);
    loop {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at + 1, position));
            at += 1;
            continue;
        }
        if let Some(text) = text.get(position..).filter(|text| !text.is_empty()) {
            if let Some((next, length)) = step(&pattern[at..], text) {
                at += next;
                position += length;
                continue;
            }
        } else if at == pattern.len() {
            return true;
        }
        match star {
            Some((after, taken)) if taken < text.len() => {
                star = Some((after, taken + 1));
                (at, position) = (after, taken + 1);
            }
            _ => return false,
        }
    }
}

/// Matches one element of a pattern against the start of a text: how long both are.
fn step(pattern: &[u8], text: &[u8]) -> Option<(usize, usize)> {
    let (character, length) = first(text);
    match pattern {
        [] => None,
        [b'?', ..] => Some((1, length)),
        [b'[', rest @ ..] => match set(rest, character) {
            Some((used, true)) => Some((used + 1, length)),
            Some((_, false)) => None,
            None => (text[0] == b'[').then_some((1, 1)),
        },
        [b'\\', byte, ..] => (text[0] == *byte).then_some((2, 1)),
        [byte, ..] => (text[0] == *byte).then_some((1, 1)),
    }
}

/// The first character of a text and its length; a byte that is none stands for itself.
fn first(text: &[u8]) -> (u32, usize) {
    let chunk = text.get(..text.len().min(4)).unwrap_or(text).utf8_chunks().next();
    match chunk.and_then(|chunk| chunk.valid().chars().next()) {
        Some(character) => (character.into(), character.len_utf8()),
        None => (text.first().map_or(0, |byte| u32::from(*byte) + 0x11_0000), 1),
    }
}

/// Reads a set behind its bracket: how long it is, and whether the character is in it. `None`: it has no end.
fn set(pattern: &[u8], character: u32) -> Option<(usize, bool)> {
    let negated = matches!(pattern.first(), Some(b'!' | b'^'));
    let start = usize::from(negated);
    let (mut index, mut found) = (start, false);
    loop {
        let left = pattern.get(index..)?;
        match left {
            [] => return None,
            [b']', ..] if index > start => return Some((index + 1, found != negated)),
            [b'[', b':', class @ ..] if class.windows(2).any(|pair| pair == b":]") => {
                let end = class.windows(2).position(|pair| pair == b":]")?;
                found |= is_of_class(&class[..end], character);
                index += end + 4;
                continue;
            }
            _ => {}
        }
        let (low, length) = member(left)?;
        index += length;
        let is_range = matches!(pattern.get(index..), Some([b'-', last, ..]) if *last != b']');
        let high = if is_range {
            let (high, length) = member(pattern.get(index + 1..)?)?;
            index += length + 1;
            high
        } else {
            low
        };
        found |= (low..=high).contains(&character);
    }
}

fn member(pattern: &[u8]) -> Option<(u32, usize)> {
    match pattern {
        [] => None,
        [b'\\', rest @ ..] if !rest.is_empty() => {
            let (character, length) = first(rest);
            Some((character, length + 1))
        }
        _ => Some(first(pattern)),
    }
}

fn is_of_class(class: &[u8], character: u32) -> bool {
    let Some(character) = char::from_u32(character) else { return false };
    match class {
        b"alpha" => character.is_alphabetic(),
        b"digit" => character.is_ascii_digit(),
        b"alnum" => character.is_alphanumeric(),
        b"upper" => character.is_uppercase(),
        b"lower" => character.is_lowercase(),
        b"space" => character.is_whitespace(),
        b"blank" => matches!(character, ' ' | '\t'),
        b"punct" => character.is_ascii_punctuation(),
        b"cntrl" => character.is_control(),
        b"print" => !character.is_control(),
        b"graph" => !character.is_control() && character != ' ',
        b"xdigit" => character.is_ascii_hexdigit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_as_a_shells_does() {
        for (pattern, text, wanted) in [
            ("*.o", "a.o", true),
            ("*.o", "a.oo", false),
            ("*", "", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("?", "é", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]x]", "]", true),
            ("[[:digit:]]*", "1a", true),
            ("[ab", "[ab", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("a/*", "a/b/c", true),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), text.as_bytes(), Rules::default()),
                wanted,
                "{pattern} {text}"
            );
        }
        assert!(!matches(b"*", b".a", Rules { dot_is_special: true }));
        assert!(matches(b".*", b".a", Rules { dot_is_special: true }));
    }

    #[test]
    fn many_stars_take_no_time() {
        let (pattern, text) = ("*a".repeat(50) + "b", "a".repeat(10_000));
        assert!(!matches(pattern.as_bytes(), text.as_bytes(), Rules::default()));
    }
}
