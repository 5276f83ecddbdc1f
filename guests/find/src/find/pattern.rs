//! `-regex`: a regular expression that matches a whole path, in the dialect of `-regextype`.
//!
//! It owns the dialects, and writes those that are not POSIX's (Emacs's) in POSIX's extended one.

use posix_regex::{Grammar, Options, Regex};

/// How an expression is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Emacs,
    Basic,
    Extended,
    Awk,
}

/// The dialects by their names, in the order in which they are listed.
#[rustfmt::skip]
const DIALECTS: [(&str, Dialect); 13] = [
    ("findutils-default", Dialect::Emacs), ("ed", Dialect::Basic), ("emacs", Dialect::Emacs),
    ("gnu-awk", Dialect::Awk), ("grep", Dialect::Basic), ("posix-awk", Dialect::Awk), ("awk", Dialect::Awk),
    ("posix-basic", Dialect::Basic), ("posix-egrep", Dialect::Extended), ("egrep", Dialect::Extended),
    ("posix-extended", Dialect::Extended), ("posix-minimal-basic", Dialect::Basic), ("sed", Dialect::Basic),
];

impl Dialect {
    /// The dialect of a name; the error is what to complain about.
    pub fn named(name: &[u8]) -> Result<Dialect, String> {
        let found = DIALECTS.iter().find(|(known, _)| known.as_bytes() == name);
        found.map(|(_, dialect)| *dialect).ok_or_else(|| {
            let known: Vec<String> = DIALECTS.iter().map(|(known, _)| format!("'{known}'")).collect();
            let name = cli::wording::quoted(name);
            format!("Unknown regular expression type {name}; valid types are {}.", known.join(", "))
        })
    }
}

/// An expression that was read.
pub struct Pattern {
    regex: Regex,
}

impl Pattern {
    /// Reads an expression; the error is regcomp's words.
    pub fn new(text: &[u8], dialect: Dialect, ignore_case: bool) -> Result<Pattern, String> {
        let (grammar, text) = match dialect {
            Dialect::Emacs => (Grammar::Extended, extended_of_emacs(text)),
            Dialect::Basic => (Grammar::Basic, text.to_vec()),
            Dialect::Extended => (Grammar::Extended, text.to_vec()),
            Dialect::Awk => (Grammar::Awk, text.to_vec()),
        };
        let options = Options { grammar, ignore_case, dot_newline: true, ..Options::default() };
        Regex::new(&text, options).map(|regex| Pattern { regex }).map_err(|error| error.to_string())
    }

    pub fn matches(&self, path: &[u8]) -> bool {
        // The longest match is found: if any takes the whole path, this one does.
        self.regex.find_at(path, 0) == Some(0..path.len())
    }
}

/// An expression of Emacs in POSIX's extended dialect: `\(`, `\)` and `\|` are the operators there, and braces are
/// characters, as are `* + ?` where nothing is before them, and `^` and `$` but at the edges.
fn extended_of_emacs(text: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    let mut rest = text;
    // Nothing that could be repeated is before here.
    let mut at_start = true;
    while let Some((byte, after)) = rest.split_first() {
        let mut starts = false;
        rest = after;
        match byte {
            b'\\' => match after.split_first() {
                Some((escaped, after)) => {
                    rest = after;
                    match escaped {
                        b'(' | b'|' => {
                            written.push(*escaped);
                            starts = true;
                        }
                        b')' => written.push(b')'),
                        _ => written.extend([b'\\', *escaped]),
                    }
                }
                None => written.push(b'\\'),
            },
            b'(' | b')' | b'{' | b'}' | b'|' => written.extend([b'\\', *byte]),
            b'*' | b'+' | b'?' if at_start => written.extend([b'\\', *byte]),
            b'^' if at_start => {
                written.push(b'^');
                starts = true;
            }
            b'^' => written.extend(b"\\^"),
            b'$' if !(after.is_empty() || after.starts_with(b"\\)") || after.starts_with(b"\\|")) => {
                written.extend(b"\\$");
            }
            b'[' => rest = bracket(after, &mut written),
            byte => written.push(*byte),
        }
        at_start = starts;
    }
    written
}

/// Writes the bracket expression that follows a `[`; answers what is behind it. There are no classes in Emacs's, so
/// that a `[` in it is a character; it goes to the end, where it cannot begin a class.
fn bracket<'a>(text: &'a [u8], written: &mut Vec<u8>) -> &'a [u8] {
    let negated = usize::from(text.first() == Some(&b'^'));
    let first = negated + usize::from(text.get(negated) == Some(&b']'));
    let Some(end) = text.iter().skip(first).position(|byte| *byte == b']').map(|end| end + first) else {
        written.push(b'[');
        return text;
    };
    let (inside, behind) = text.split_at(end);
    let special = inside.windows(2).any(|pair| matches!(pair, [b'[', b':' | b'.' | b'=']));
    written.push(b'[');
    if special {
        written.extend(inside.iter().filter(|byte| **byte != b'['));
        written.push(b'[');
    } else {
        written.extend(inside);
    }
    written.push(b']');
    behind.get(1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emacs_is_written_as_extended() {
        for (emacs, wanted) in [
            (".*/f", ".*/f"),
            (r"\(a\|b\)+", "(a|b)+"),
            ("(a|b){2}", r"\(a\|b\)\{2\}"),
            (r"*a\(+b\|?c\)", r"\*a(\+b|\?c)"),
            ("^a^b$c$", r"^a\^b\$c$"),
            (r"\(a$\)", "(a$)"),
            (r"a\+\.\w", r"a\+\.\w"),
            ("[]a[]x", "[]a[]x"),
            ("[^]]", "[^]]"),
            ("[[:alpha:]]", "[:alpha:[]]"),
            (r"a\", r"a\"),
        ] {
            assert_eq!(String::from_utf8(extended_of_emacs(emacs.as_bytes())).unwrap(), wanted, "{emacs}");
        }
    }

    #[test]
    fn the_whole_path_is_matched() {
        let matches = |text: &str, dialect, path: &str| {
            Pattern::new(text.as_bytes(), dialect, false).unwrap().matches(path.as_bytes())
        };
        assert!(matches(r".*/\(f\|b\)", Dialect::Emacs, "./a/f"));
        assert!(!matches("f", Dialect::Emacs, "./a/f") && !matches(r"\./a", Dialect::Emacs, "./a/f"));
        assert!(matches("a|ab|abc", Dialect::Extended, "abc"));
        assert!(matches(r"\(.\)\1", Dialect::Basic, "aa"));
    }
}
