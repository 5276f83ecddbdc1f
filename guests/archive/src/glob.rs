//! Patterns of names: `*`, `?`, `[...]` and `\`, as fnmatch(3) takes them.

/// How a pattern is held against a name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    pub ignore_case: bool,
    /// `*` and `?` match a slash.
    pub slash_too: bool,
    /// The name may go on with a slash and anything where the pattern ends.
    pub leading_folder: bool,
}

/// Whether a name matches. The time is at most the product of both lengths.
pub fn matches(pattern: &[u8], name: &[u8], rules: Rules) -> bool {
    let (mut p, mut n) = (0, 0);
    // Where to go on when what follows the last star does not match: behind the star, one more character into the name.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if p == pattern.len() {
            if n == name.len() || rules.leading_folder && name[n] == b'/' {
                return true;
            }
        } else if pattern[p] == b'*' {
            p += 1;
            retry = Some((p, n));
            continue;
        } else if n < name.len()
            && let Some(length) = one(&pattern[p..], &name[n..], rules)
        {
            p += length;
            n += character(&name[n..]);
            continue;
        }
        match retry {
            Some((after, at)) if at < name.len() && (rules.slash_too || name[at] != b'/') => {
                let next = at + character(&name[at..]);
                retry = Some((after, next));
                (p, n) = (after, next);
            }
            _ => return false,
        }
    }
}

/// The length of the first character.
fn character(text: &[u8]) -> usize {
    let length = match text.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => 1,
    };
    if text.get(..length).is_some_and(|bytes| std::str::from_utf8(bytes).is_ok()) { length } else { 1 }
}

/// Matches one character; answers how long the pattern for it is.
fn one(pattern: &[u8], name: &[u8], rules: Rules) -> Option<usize> {
    let fold = |byte: u8| if rules.ignore_case { byte.to_ascii_lowercase() } else { byte };
    match pattern[0] {
        b'?' => (rules.slash_too || name[0] != b'/').then_some(1),
        b'[' if rules.slash_too || name[0] != b'/' => match set(pattern, &name[..character(name)], rules) {
            Some((true, length)) => Some(length),
            Some((false, _)) => None,
            None => (name[0] == b'[').then_some(1),
        },
        b'\\' if pattern.len() > 1 => {
            (fold(pattern[1]) == fold(name[0])).then_some(2).filter(|_| character(name) == 1)
        }
        literal if literal < 0x80 => (fold(literal) == fold(name[0])).then_some(1),
        _ => {
            let length = character(pattern);
            name.starts_with(&pattern[..length]).then_some(length)
        }
    }
}

/// A set in brackets: whether the character is in it, and its length; `None`: it is not closed.
fn set(pattern: &[u8], character_bytes: &[u8], rules: Rules) -> Option<(bool, usize)> {
    let code = |bytes: &[u8]| match std::str::from_utf8(bytes).ok().and_then(|text| text.chars().next()) {
        Some(c) => u32::from(c),
        None => u32::from(bytes[0]),
    };
    let lower = |code: u32| match char::from_u32(code) {
        Some(c) if rules.ignore_case => u32::from(c.to_ascii_lowercase()),
        _ => code,
    };
    let wanted = lower(code(character_bytes));
    let mut at = 1;
    let negated = matches!(pattern.get(at), Some(b'!' | b'^'));
    at += usize::from(negated);
    let first = at;
    let mut found = false;
    loop {
        let rest = pattern.get(at..).filter(|rest| !rest.is_empty())?;
        if rest[0] == b']' && at > first {
            return Some((found != negated, at + 1));
        }
        if let Some(class) = rest.strip_prefix(b"[:")
            && let Some(end) = class.windows(2).position(|two| two == b":]")
        {
            found |= char::from_u32(wanted).is_some_and(|c| in_class(&class[..end], c));
            at += end + 4;
            continue;
        }
        let (start, length) = element(rest, &code)?;
        at += length;
        if pattern.get(at) == Some(&b'-') && pattern.get(at + 1).is_some_and(|byte| *byte != b']') {
            let (end, length) = element(&pattern[at + 1..], &code)?;
            at += 1 + length;
            found |= (lower(start)..=lower(end)).contains(&wanted);
        } else {
            found |= lower(start) == wanted;
        }
    }
}

/// A character of a set, and the length of what stands for it.
fn element(rest: &[u8], code: &dyn Fn(&[u8]) -> u32) -> Option<(u32, usize)> {
    if rest[0] == b'\\' && rest.len() > 1 {
        let length = character(&rest[1..]);
        return Some((code(&rest[1..=length]), length + 1));
    }
    let length = character(rest);
    Some((code(rest.get(..length)?), length))
}

fn in_class(class: &[u8], c: char) -> bool {
    match class {
        b"alpha" => c.is_alphabetic(),
        b"digit" => c.is_ascii_digit(),
        b"alnum" => c.is_alphanumeric(),
        b"upper" => c.is_uppercase(),
        b"lower" => c.is_lowercase(),
        b"space" => c.is_whitespace(),
        b"blank" => matches!(c, ' ' | '\t'),
        b"punct" => c.is_ascii_punctuation(),
        b"xdigit" => c.is_ascii_hexdigit(),
        b"cntrl" => c.is_control(),
        b"print" => !c.is_control(),
        b"graph" => !c.is_control() && !c.is_whitespace(),
        _ => false,
    }
}

/// Whether a word has characters of patterns.
pub fn is_pattern(word: &[u8]) -> bool {
    word.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_fnmatch_says() {
        let slash = Rules { slash_too: true, ..Rules::default() };
        for (pattern, name, wanted) in [
            ("*.c", "a.c", true),
            ("*.c", "a.h", false),
            ("a*b*c", "aXbYbZc", true),
            ("?", "é", true),
            ("[é]", "é", true),
            ("[!a-c]x", "dx", true),
            ("[]a]", "]", true),
            ("[a", "[a", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("[[:digit:]]*", "7a", true),
            ("*/b", "a/b", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes(), slash), wanted, "{pattern} {name}");
        }
        assert!(!matches(b"*b", b"a/b", Rules::default()));
        assert!(matches(b"a", b"a/b", Rules { leading_folder: true, ..Rules::default() }));
        assert!(matches(b"A*", b"abc", Rules { ignore_case: true, ..Rules::default() }));
    }
}
