//! Globs: the patterns of fnmatch(3) without flags, as `find -name` and `-path` take them. `*` and `?` match anything,
//! a slash or a dot at the start too; a backslash takes away a character's meaning.
//!
//! A text is taken as UTF-8; bytes that are no character stand for themselves.

/// A pattern that was read.
#[derive(Debug)]
pub struct Glob {
    tokens: Vec<Token>,
    ignore_case: bool,
    /// Nothing is matched: the pattern ends with a backslash or names a class that there is not.
    hopeless: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Char(u32),
    Any,
    Star,
    Set(Set),
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Set {
    negated: bool,
    ranges: Vec<(u32, u32)>,
    classes: Vec<Class>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Alnum,
    Alpha,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Xdigit,
}

/// Where the numbers begin of bytes that are no character.
const LOOSE: u32 = 0x11_0000;

/// The character at the start of a text and its bytes; the text is not empty.
fn unit(text: &[u8]) -> (u32, usize) {
    let first = text.first().copied().unwrap_or_default();
    if first < 0x80 {
        return (u32::from(first), 1);
    }
    let chunk = text.get(..4).unwrap_or(text).utf8_chunks().next();
    match chunk.and_then(|chunk| chunk.valid().chars().next()) {
        Some(c) => (u32::from(c), c.len_utf8()),
        None => (LOOSE + u32::from(first), 1),
    }
}

fn lower(c: u32) -> u32 {
    if c < 0x80 {
        return u8::try_from(c).map_or(c, |byte| u32::from(byte.to_ascii_lowercase()));
    }
    let mut lower = char::from_u32(c).into_iter().flat_map(char::to_lowercase);
    match (lower.next(), lower.next()) {
        (Some(only), None) => u32::from(only),
        _ => c,
    }
}

fn upper(c: u32) -> u32 {
    let mut upper = char::from_u32(c).into_iter().flat_map(char::to_uppercase);
    match (upper.next(), upper.next()) {
        (Some(only), None) => u32::from(only),
        _ => c,
    }
}

impl Glob {
    /// Reads a pattern; there is none that cannot be read.
    pub fn new(pattern: &[u8], ignore_case: bool) -> Glob {
        let mut glob = Glob { tokens: Vec::new(), ignore_case, hopeless: false };
        let mut rest = pattern;
        while !rest.is_empty() {
            let (mut c, mut bytes) = unit(rest);
            let mut token = None;
            match char::from_u32(c) {
                Some('?') => token = Some(Token::Any),
                Some('*') => token = Some(Token::Star),
                Some('[') => match Set::read(&rest[1..]) {
                    Some(Ok((set, used))) => {
                        token = Some(Token::Set(set));
                        bytes = 1 + used;
                    }
                    Some(Err(())) => glob.hopeless = true,
                    None => {}
                },
                Some('\\') if rest.len() == 1 => glob.hopeless = true,
                Some('\\') => {
                    let (escaped, more) = unit(&rest[1..]);
                    (c, bytes) = (escaped, 1 + more);
                }
                _ => {}
            }
            let token = token.unwrap_or(Token::Char(if ignore_case { lower(c) } else { c }));
            if token != Token::Star || glob.tokens.last() != Some(&Token::Star) {
                glob.tokens.push(token);
            }
            rest = &rest[bytes..];
        }
        glob
    }

    /// Whether all of a text is matched.
    pub fn matches(&self, text: &[u8]) -> bool {
        if self.hopeless {
            return false;
        }
        let (mut token, mut at) = (0, 0);
        // Where to go on when what follows the last star fails: the star may take one character more.
        let mut again: Option<(usize, usize)> = None;
        loop {
            match self.tokens.get(token) {
                Some(Token::Star) => {
                    token += 1;
                    if token == self.tokens.len() {
                        return true;
                    }
                    again = Some((token, at));
                    continue;
                }
                Some(wanted) if at < text.len() => {
                    let (c, bytes) = unit(&text[at..]);
                    if self.fits(wanted, c) {
                        token += 1;
                        at += bytes;
                        continue;
                    }
                }
                Some(_) => return false,
                None if at == text.len() => return true,
                None => {}
            }
            let Some((after_star, begun)) = again else { return false };
            if begun >= text.len() {
                return false;
            }
            let begun = begun + unit(&text[begun..]).1;
            again = Some((after_star, begun));
            (token, at) = (after_star, begun);
        }
    }

    fn fits(&self, token: &Token, c: u32) -> bool {
        match token {
            Token::Char(wanted) => *wanted == if self.ignore_case { lower(c) } else { c },
            Token::Any | Token::Star => true,
            Token::Set(set) if self.ignore_case => {
                set.negated != (set.holds(c) || set.holds(lower(c)) || set.holds(upper(c)))
            }
            Token::Set(set) => set.negated != set.holds(c),
        }
    }
}

impl Set {
    /// Reads what follows a `[`: the set and its bytes with the `]`. `None`: the bracket is not closed and stands for
    /// itself. `Err`: there is no such class.
    fn read(text: &[u8]) -> Option<Result<(Set, usize), ()>> {
        let mut set = Set::default();
        let mut at = 0;
        if matches!(text.first(), Some(b'!' | b'^')) {
            set.negated = true;
            at = 1;
        }
        let first = at;
        loop {
            let byte = *text.get(at)?;
            if byte == b']' && at > first {
                return Some(Ok((set, at + 1)));
            }
            if byte == b'['
                && text.get(at + 1) == Some(&b':')
                && let Some(end) = closed(&text[at + 2..], b':')
            {
                let Some(class) = Class::named(&text[at + 2..at + 2 + end]) else { return Some(Err(())) };
                set.classes.push(class);
                at += end + 4;
                continue;
            }
            let (low, used) = Set::element(&text[at..])?;
            at += used;
            let is_range = text.get(at) == Some(&b'-') && text.get(at + 1).is_some_and(|next| *next != b']');
            if is_range {
                let (high, used) = Set::element(&text[at + 1..])?;
                at += 1 + used;
                set.ranges.push((low, high));
            } else {
                set.ranges.push((low, low));
            }
        }
    }

    /// A character of the set and its bytes: itself, `\c`, `[.c.]` or `[=c=]`.
    fn element(text: &[u8]) -> Option<(u32, usize)> {
        match text {
            [b'\\', rest @ ..] if !rest.is_empty() => {
                let (c, used) = unit(rest);
                Some((c, used + 1))
            }
            [b'[', mark @ (b'.' | b'='), rest @ ..] => match closed(rest, *mark) {
                Some(end) if end > 0 && unit(rest).1 == end => Some((unit(rest).0, end + 4)),
                _ => Some((u32::from(b'['), 1)),
            },
            [] => None,
            _ => Some(unit(text)),
        }
    }

    fn holds(&self, c: u32) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c))
            || self.classes.iter().any(|class| class.holds(c))
    }
}

/// Where `mark]` is in a text.
fn closed(text: &[u8], mark: u8) -> Option<usize> {
    text.windows(2).position(|pair| pair == [mark, b']'])
}

impl Class {
    fn named(name: &[u8]) -> Option<Class> {
        Some(match name {
            b"alnum" => Class::Alnum,
            b"alpha" => Class::Alpha,
            b"blank" => Class::Blank,
            b"cntrl" => Class::Cntrl,
            b"digit" => Class::Digit,
            b"graph" => Class::Graph,
            b"lower" => Class::Lower,
            b"print" => Class::Print,
            b"punct" => Class::Punct,
            b"space" => Class::Space,
            b"upper" => Class::Upper,
            b"xdigit" => Class::Xdigit,
            _ => return None,
        })
    }

    fn holds(self, c: u32) -> bool {
        let Some(c) = char::from_u32(c) else { return false };
        let is_graph = !c.is_control() && !c.is_whitespace();
        match self {
            Class::Alnum => c.is_alphanumeric(),
            Class::Alpha => c.is_alphabetic() || (c.is_numeric() && !c.is_ascii()),
            Class::Blank => {
                matches!(c, ' ' | '\t') || (!c.is_ascii() && c.is_whitespace() && !c.is_control())
            }
            Class::Cntrl => c.is_control(),
            Class::Digit => c.is_ascii_digit(),
            Class::Graph => is_graph,
            Class::Lower => c.is_lowercase(),
            Class::Print => is_graph || c == ' ',
            Class::Punct => is_graph && !c.is_alphanumeric(),
            Class::Space => c.is_whitespace() && c != '\u{85}',
            Class::Upper => c.is_uppercase(),
            Class::Xdigit => c.is_ascii_hexdigit(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &[u8], yes: &[&[u8]], no: &[&[u8]]) {
        let glob = Glob::new(pattern, false);
        for text in yes {
            assert!(glob.matches(text), "{} {}", pattern.escape_ascii(), text.escape_ascii());
        }
        for text in no {
            assert!(!glob.matches(text), "{} {}", pattern.escape_ascii(), text.escape_ascii());
        }
    }

    // Every row is what glibc's fnmatch answered in C.UTF-8.

    #[test]
    fn stars_take_anything() {
        check(b"*", &[b"", b".a", b"a/b"], &[]);
        check(b"a*b*c", &[b"abc", b"axxbyyc", b"abbcc"], &[b"ab", b"abcd"]);
        check(b"**a", &[b"a", b"ba"], &[b"ab"]);
        check(b"*.c", &[b".c", b"x.c", b"x.c.c"], &[b"x.cc", b"c"]);
    }

    #[test]
    fn a_question_mark_is_a_character() {
        check(b"?", &[b"a", "é".as_bytes(), b"/", b".", b"\xff"], &[b"", b"ab"]);
        check(b"a?c", &[b"abc", "a€c".as_bytes()], &[b"ac"]);
    }

    #[test]
    fn brackets_are_sets() {
        check(b"[abc]", &[b"a", b"c"], &[b"d", b"", b"ab"]);
        check(b"[!a-c]", &[b"d", b"!"], &[b"a", b"b"]);
        check(b"[^a]", &[b"b", b"^"], &[b"a"]);
        check(b"[]a]", &[b"]", b"a"], &[b"b"]);
        check(b"[a-]", &[b"-", b"a"], &[b"b"]);
        check(b"[[:digit:]_]", &[b"5", b"_"], &[b"a", b":"]);
        check(b"[[.a.][=b=]]", &[b"a", b"b"], &[b"."]);
        check(b"[\\]]", &[b"]"], &[b"\\"]);
        check("[à-é]".as_bytes(), &["ç".as_bytes()], &[b"c"]);
        check(b"[ab", &[b"[ab"], &[b"a"]);
        check(b"[[:nope:]]", &[], &[b"a", b"n"]);
    }

    #[test]
    fn a_backslash_takes_the_meaning_away() {
        check(b"a\\*", &[b"a*"], &[b"ab", b"a\\*"]);
        check(b"\\a", &[b"a"], &[b"\\a"]);
        check(b"a\\", &[], &[b"a", b"a\\"]);
    }

    #[test]
    fn case_can_be_ignored() {
        let glob = Glob::new("É[A-C]x".as_bytes(), true);
        assert!(glob.matches("ébX".as_bytes()) && glob.matches("ÉBx".as_bytes()));
        assert!(!glob.matches("édX".as_bytes()));
    }
}
