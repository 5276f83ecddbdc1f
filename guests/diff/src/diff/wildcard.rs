//! Patterns of file names, as a shell has them: `*`, `?`, `[...]` and `\`.

/// Does the whole name match the pattern?
pub fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    // Where to go on when what follows a star does not match: the star takes one byte more.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if pattern.get(p) == Some(&b'*') {
            p += 1;
            retry = Some((p, n));
            continue;
        }
        let step = match (pattern.get(p), name.get(n)) {
            (None, None) => return true,
            (Some(_), Some(_)) => one(&pattern[p..], &name[n..]),
            _ => None,
        };
        if let Some((taken, eaten)) = step {
            p += taken;
            n += eaten;
            continue;
        }
        match retry {
            Some((star, from)) if from < name.len() => {
                let next = from + character(&name[from..]);
                retry = Some((star, next));
                (p, n) = (star, next);
            }
            _ => return false,
        }
    }
}

/// How many bytes the first character has.
fn character(text: &[u8]) -> usize {
    let length = match text.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => 1,
    };
    if text.get(..length).is_some_and(|bytes| std::str::from_utf8(bytes).is_ok()) { length } else { 1 }
}

/// Matches one character; how much of the pattern and of the name that takes.
fn one(pattern: &[u8], name: &[u8]) -> Option<(usize, usize)> {
    match pattern {
        [b'?', ..] => Some((1, character(name))),
        [b'[', ..] => match set(pattern, name) {
            Some((is_in, taken)) => is_in.then_some((taken, character(name))),
            None => (name[0] == b'[').then_some((1, 1)),
        },
        [b'\\', escaped, ..] => (*escaped == name[0]).then_some((2, 1)),
        [byte, ..] => (*byte == name[0]).then_some((1, 1)),
        [] => None,
    }
}

/// Whether a set has the first character, and the set's length; `None`: it has no end.
fn set(pattern: &[u8], name: &[u8]) -> Option<(bool, usize)> {
    let decode = |text: &[u8]| {
        let length = character(text);
        let c = std::str::from_utf8(&text[..length]).ok().and_then(|text| text.chars().next());
        (c.map_or(u32::from(text[0]), u32::from), length)
    };
    let (wanted, _) = decode(name);
    let mut at = 1;
    let negated = matches!(pattern.get(at), Some(b'!' | b'^'));
    at += usize::from(negated);
    let first = at;
    let mut is_in = false;
    loop {
        match pattern.get(at)? {
            b']' if at > first => return Some((is_in != negated, at + 1)),
            b'[' if pattern.get(at + 1) == Some(&b':') => {
                let rest = &pattern[at + 2..];
                let end = memchr::memmem::find(rest, b":]")?;
                is_in |= class(&rest[..end], wanted);
                at += end + 4;
                continue;
            }
            b'\\' => at += 1,
            _ => {}
        }
        let (low, length) = decode(pattern.get(at..).filter(|rest| !rest.is_empty())?);
        at += length;
        let mut high = low;
        if pattern.get(at) == Some(&b'-') && pattern.get(at + 1).is_some_and(|next| *next != b']') {
            at += 1;
            if pattern.get(at) == Some(&b'\\') {
                at += 1;
            }
            let (end, length) = decode(pattern.get(at..).filter(|rest| !rest.is_empty())?);
            at += length;
            high = end;
        }
        is_in |= (low..=high).contains(&wanted);
    }
}

fn class(name: &[u8], wanted: u32) -> bool {
    let Some(c) = char::from_u32(wanted) else { return false };
    match name {
        b"alpha" => c.is_alphabetic(),
        b"digit" => c.is_ascii_digit(),
        b"alnum" => c.is_alphanumeric(),
        b"upper" => c.is_uppercase(),
        b"lower" => c.is_lowercase(),
        b"space" => c.is_whitespace(),
        b"blank" => c == ' ' || c == '\t',
        b"punct" => c.is_ascii_punctuation(),
        b"cntrl" => c.is_control(),
        b"xdigit" => c.is_ascii_hexdigit(),
        b"print" => !c.is_control(),
        b"graph" => !c.is_control() && !c.is_whitespace(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_matches_whole_names() {
        for (pattern, name, wanted) in [
            ("*.o", "a.o", true),
            ("*.o", "a.oo", false),
            ("a*b*c", "aXbYbZc", true),
            ("?", "é", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]x]", "]", true),
            ("[a", "[a", true),
            ("\\*", "*", true),
            ("[[:digit:]]*", "1a", true),
            (
                "**************************************b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                false,
            ),
            ("", "", true),
            ("[", "x", false),
            ("\\", "x", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), wanted, "{pattern} {name}");
        }
    }
}
