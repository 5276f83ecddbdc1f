//! A key: which part of a line is compared, and how.

use cli::wording::quoted;

/// An order that is not that of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    General,
    Human,
    Month,
    Number,
    Random,
    Version,
}

/// Every kind with its letter, in the order in which messages list them.
const KINDS: [(Kind, char); 6] = [
    (Kind::General, 'g'),
    (Kind::Human, 'h'),
    (Kind::Month, 'M'),
    (Kind::Number, 'n'),
    (Kind::Random, 'R'),
    (Kind::Version, 'V'),
];

/// The kinds that were named: a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    pub fn push(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u8;
    }

    pub fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// The kind that counts, where there is one.
    pub fn first(self) -> Option<Kind> {
        KINDS.iter().map(|(kind, _)| *kind).find(|kind| self.has(*kind))
    }
}

/// How a key is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    pub skips_start_blanks: bool,
    pub skips_end_blanks: bool,
    pub dictionary: bool,
    pub printable: bool,
    pub folds_case: bool,
    pub reverse: bool,
    pub kinds: Kinds,
}

impl Manner {
    pub fn is_default(self) -> bool {
        self == Self::default()
    }

    pub fn is_only_reverse(self) -> bool {
        self == Self { reverse: self.reverse, ..Self::default() }
    }

    /// The letters of what makes no sense together.
    pub fn conflict(self) -> Option<String> {
        let ignores = self.dictionary || self.printable;
        let texts = ignores || self.kinds.has(Kind::Version) || self.kinds.has(Kind::Random);
        let numbers = [Kind::General, Kind::Human, Kind::Month, Kind::Number];
        let count = numbers.iter().filter(|kind| self.kinds.has(**kind)).count() + usize::from(texts);
        (count > 1).then(|| {
            let kind = |wanted: Kind| self.kinds.has(wanted);
            [
                (self.dictionary, 'd'),
                (self.folds_case, 'f'),
                (kind(Kind::General), 'g'),
                (kind(Kind::Human), 'h'),
                (self.printable && !self.dictionary, 'i'),
                (kind(Kind::Month), 'M'),
                (kind(Kind::Number), 'n'),
                (kind(Kind::Random), 'R'),
                (kind(Kind::Version), 'V'),
            ]
            .iter()
            .filter(|(is_on, _)| *is_on)
            .map(|(_, letter)| letter)
            .collect()
        })
    }
}

/// A part of a line, by fields and bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    first_field: usize,
    first_byte: usize,
    /// The field in which it ends, and how many bytes of that; 0 is all. None is the end of the line.
    last: Option<(usize, usize)>,
    pub manner: Manner,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

impl Key {
    pub fn whole_line(manner: Manner) -> Self {
        Self { first_field: 0, first_byte: 0, last: None, manner }
    }

    /// Reads `F[.C][LETTERS][,F[.C][LETTERS]]`; the error is what to complain about.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let invalid = |why: &str| format!("{why}: invalid field specification {}", quoted(text));
        let mut key = Self::whole_line(Manner::default());
        let (field, mut rest) = count(text, "invalid number at field start")?;
        key.first_field = field.checked_sub(1).ok_or_else(|| invalid("field number is zero"))?;
        if let Some(after) = rest.strip_prefix(b".") {
            let (byte, after) = count(after, "invalid number after '.'")?;
            key.first_byte = byte.checked_sub(1).ok_or_else(|| invalid("character offset is zero"))?;
            rest = after;
        }
        rest = key.letters(rest, true);
        if let Some(after) = rest.strip_prefix(b",") {
            let (field, after) = count(after, "invalid number after ','")?;
            let field = field.checked_sub(1).ok_or_else(|| invalid("field number is zero"))?;
            rest = after;
            let mut bytes = 0;
            if let Some(after) = rest.strip_prefix(b".") {
                (bytes, rest) = count(after, "invalid number after '.'")?;
            }
            key.last = Some((field, bytes));
            rest = key.letters(rest, false);
        }
        if rest.is_empty() { Ok(key) } else { Err(invalid("stray character in field spec")) }
    }

    fn letters<'a>(&mut self, text: &'a [u8], at_start: bool) -> &'a [u8] {
        let known = text.iter().take_while(|letter| b"bdfghiMnRrV".contains(letter)).count();
        let (letters, rest) = text.split_at(known);
        letters.iter().for_each(|letter| self.manner.set(char::from(*letter), at_start, !at_start));
        rest
    }

    /// The part of a line.
    pub fn part<'a>(&self, line: &'a [u8], separator: Option<u8>) -> &'a [u8] {
        let start = self.start(line, separator);
        let end = self.end(line, separator).max(start);
        &line[start..end]
    }

    fn start(&self, line: &[u8], separator: Option<u8>) -> usize {
        let mut at = 0;
        match separator {
            Some(separator) => {
                for _ in 0..self.first_field {
                    match swar::position(separator, &line[at..]) {
                        Some(found) => at += found + 1,
                        None => {
                            at = line.len();
                            break;
                        }
                    }
                }
            }
            None => at = skip_fields(line, 0, self.first_field),
        }
        if self.manner.skips_start_blanks {
            at = skip_blanks(line, at);
        }
        line.len().min(at.saturating_add(self.first_byte))
    }

    fn end(&self, line: &[u8], separator: Option<u8>) -> usize {
        let Some((field, bytes)) = self.last else { return line.len() };
        let fields = if bytes == 0 { field.saturating_add(1) } else { field };
        let mut at = 0;
        match separator {
            Some(separator) => {
                for left in (0..fields).rev() {
                    match swar::position(separator, &line[at..]) {
                        // The separator behind the last field is not part of it.
                        Some(found) if left > 0 || bytes > 0 => at += found + 1,
                        Some(found) => at += found,
                        None => {
                            at = line.len();
                            break;
                        }
                    }
                }
            }
            None => at = skip_fields(line, 0, fields),
        }
        if bytes > 0 {
            if self.manner.skips_end_blanks {
                at = skip_blanks(line, at);
            }
            at = line.len().min(at.saturating_add(bytes));
        }
        at
    }
}

fn skip_blanks(line: &[u8], mut at: usize) -> usize {
    while line.get(at).is_some_and(|byte| is_blank(*byte)) {
        at += 1;
    }
    at
}

/// Behind so many fields, each of blanks and what follows them.
fn skip_fields(line: &[u8], mut at: usize, fields: usize) -> usize {
    for _ in 0..fields {
        if at == line.len() {
            break;
        }
        at = skip_blanks(line, at);
        while line.get(at).is_some_and(|byte| !is_blank(*byte)) {
            at += 1;
        }
    }
    at
}

/// A number at the start of a text; one too large for any line is the largest.
fn count<'a>(text: &'a [u8], what: &str) -> Result<(usize, &'a [u8]), String> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return Err(format!("{what}: invalid count at start of {}", quoted(text)));
    }
    let (number, rest) = text.split_at(digits);
    Ok((String::from_utf8_lossy(number).parse().unwrap_or(usize::MAX), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, separator: Option<u8>, line: &str, wanted: &str) {
        let key = Key::parse(key.as_bytes()).unwrap();
        assert_eq!(String::from_utf8_lossy(key.part(line.as_bytes(), separator)), wanted);
    }

    #[test]
    fn a_key_is_a_part_of_a_line() {
        check("2", None, "a b c", " b c");
        check("2,2", None, "a b c", " b");
        check("2b,2", None, "a  b c", "b");
        check("1.2,1.3", None, "abcd e", "bc");
        check("2,2", Some(b':'), "a:b:c", "b");
        check("2", Some(b':'), "a:b:c", "b:c");
        check("2.2,3.1", Some(b':'), "a:bcd:ef", "cd:e");
        check("5", None, "a b", "");
        check("3,2", None, "a b c", "");
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        for (key, wanted) in [
            ("0", "field number is zero: invalid field specification '0'"),
            ("1x", "stray character in field spec: invalid field specification '1x'"),
            ("x", "invalid number at field start: invalid count at start of 'x'"),
            ("1,", "invalid number after ',': invalid count at start of ''"),
        ] {
            assert_eq!(Key::parse(key.as_bytes()), Err(wanted.to_owned()));
        }
    }
}
