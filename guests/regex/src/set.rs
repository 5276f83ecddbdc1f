//! Sets of characters: sorted ranges of code points, and the classes by name.
//!
//! It owns the arithmetic. In byte mode the same sets hold bytes, 0 to 255.

use crate::tables;

/// The last code point, and the last byte.
const LAST_CHAR: u32 = 0x10_ffff;
const LAST_BYTE: u32 = 0xff;
const FIRST_SURROGATE: u32 = 0xd800;
const LAST_SURROGATE: u32 = 0xdfff;

/// A set of characters. Its ranges ascend and neither overlap nor touch; none holds a surrogate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Set {
    ranges: Vec<(u32, u32)>,
    /// The members below 128, a bit each.
    ascii: [u64; 2],
}

impl Set {
    /// From ranges in any order.
    pub(crate) fn new(mut ranges: Vec<(u32, u32)>) -> Set {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges.into_iter().flat_map(without_surrogates) {
            match merged.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        let mut ascii = [0; 2];
        for (first, last) in &merged {
            for code in *first..=(*last).min(127) {
                ascii[(code / 64) as usize] |= 1 << (code % 64);
            }
        }
        Set { ranges: merged, ascii }
    }

    pub(crate) fn of(characters: &[u32]) -> Set {
        Set::new(characters.iter().map(|character| (*character, *character)).collect())
    }

    pub(crate) fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    pub(crate) fn contains(&self, character: u32) -> bool {
        if character < 128 {
            return self.ascii[(character / 64) as usize] >> (character % 64) & 1 == 1;
        }
        let index = self.ranges.partition_point(|(_, last)| *last < character);
        self.ranges.get(index).is_some_and(|(first, _)| *first <= character)
    }

    /// Every character that is not in it.
    pub(crate) fn complement(&self, bytes: bool) -> Set {
        let limit = if bytes { LAST_BYTE } else { LAST_CHAR };
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for (first, last) in &self.ranges {
            if next < *first {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        if next <= limit {
            ranges.push((next, limit));
        }
        Set::new(ranges)
    }

    /// With the small letters of the capital ones in it, and the other way round.
    pub(crate) fn with_other_cases(&self, bytes: bool) -> Set {
        // A set of that many is one of classes, and those are whole already.
        const MOST: u32 = 0x2000;
        let mut ranges = self.ranges.clone();
        let mut left = MOST;
        for (first, last) in &self.ranges {
            let last = (*last).min(first.saturating_add(left));
            left -= last - first;
            for code in *first..=last {
                ranges.extend(other_cases(code, bytes).map(|other| (other, other)));
            }
        }
        Set::new(ranges)
    }

    /// The members below 128.
    pub(crate) fn ascii_part(&self) -> Set {
        Set::new(self.ranges.iter().filter(|(f, _)| *f < 128).map(|(f, l)| (*f, (*l).min(127))).collect())
    }
}

fn without_surrogates((first, last): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    let before = (first, last.min(FIRST_SURROGATE - 1));
    let behind = (first.max(LAST_SURROGATE + 1), last);
    [before, behind].into_iter().filter(|(first, last)| first <= last)
}

/// What `toupper` and `tolower` make of a character, where that is another one.
pub(crate) fn other_cases(code: u32, bytes: bool) -> impl Iterator<Item = u32> {
    fn single(mut characters: impl Iterator<Item = char>) -> Option<char> {
        let first = characters.next()?;
        characters.next().is_none().then_some(first)
    }
    let character = char::from_u32(code).filter(|character| !bytes || character.is_ascii());
    let others = [
        character.and_then(|character| single(character.to_lowercase())),
        character.and_then(|character| single(character.to_uppercase())),
    ];
    others.into_iter().flatten().map(u32::from).filter(move |other| *other != code)
}

/// A class of characters by its POSIX name; `None`: there is no such class.
pub(crate) fn class(name: &[u8], bytes: bool) -> Option<Set> {
    const BLANKS: [(u32, u32); 7] = [
        (9, 9),
        (32, 32),
        (0x1680, 0x1680),
        (0x2000, 0x2006),
        (0x2008, 0x200a),
        (0x205f, 0x205f),
        (0x3000, 0x3000),
    ];
    let ranges = match name {
        b"alpha" => table(tables::ALPHA),
        b"lower" => table(tables::LOWER),
        b"upper" => table(tables::UPPER),
        b"print" => table(tables::PRINT),
        b"digit" => vec![(48, 57)],
        b"xdigit" => vec![(48, 57), (65, 70), (97, 102)],
        b"alnum" => joined(&[table(tables::ALPHA), vec![(48, 57)]]),
        b"graph" => minus(table(tables::PRINT), &BLANKS),
        b"punct" => {
            minus(minus(table(tables::PRINT), &BLANKS), &joined(&[table(tables::ALPHA), vec![(48, 57)]]))
        }
        b"blank" => BLANKS.to_vec(),
        b"space" => joined(&[BLANKS.to_vec(), vec![(9, 13), (0x2028, 0x2029)]]),
        b"cntrl" => vec![(0, 31), (127, 159), (0x2028, 0x2029)],
        _ => return None,
    };
    let set = Set::new(ranges);
    Some(if bytes { set.ascii_part() } else { set })
}

/// The characters of words: `\w`.
pub(crate) fn word(bytes: bool) -> Set {
    let alnum = class(b"alnum", bytes).unwrap_or_default();
    Set::new(joined(&[alnum.ranges, vec![(95, 95)]]))
}

/// Is it a letter, a digit or `_`?
pub(crate) fn is_word(character: u32) -> bool {
    let Some(character) = char::from_u32(character) else { return false };
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || character == '_';
    }
    let code = u32::from(character);
    pairs(tables::ALPHA).take_while(|(first, _)| *first <= code).any(|(_, last)| code <= last)
}

fn joined(parts: &[Vec<(u32, u32)>]) -> Vec<(u32, u32)> {
    parts.concat()
}

fn minus(whole: Vec<(u32, u32)>, part: &[(u32, u32)]) -> Vec<(u32, u32)> {
    // What is in the whole and not in the part is in neither the complement of the whole nor the part.
    let outside = Set::new(whole).complement(false);
    Set::new(joined(&[outside.ranges, part.to_vec()])).complement(false).ranges
}

fn table(encoded: &[u8]) -> Vec<(u32, u32)> {
    pairs(encoded).collect()
}

/// The ranges of a table, decoded.
fn pairs(encoded: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    let mut bytes = encoded.iter();
    let mut number = move || {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = *bytes.next()?;
            value |= u32::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                return Some(value);
            }
        }
    };
    let mut next = 0;
    std::iter::from_fn(move || {
        let first = next + number()?;
        let last = first + number()?;
        next = last + 1;
        Some((first, last))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_what_the_c_library_says() {
        let count = |name: &[u8]| class(name, false).unwrap().ranges.len();
        assert_eq!(
            [
                count(b"alpha"),
                count(b"lower"),
                count(b"upper"),
                count(b"print"),
                count(b"graph"),
                count(b"punct")
            ],
            [759, 668, 654, 700, 703, 457]
        );
        assert_eq!([count(b"alnum"), count(b"space"), count(b"blank"), count(b"cntrl")], [760, 8, 7, 3]);
        assert_eq!(class(b"digit", false).unwrap().ranges, [(48, 57)]);
        assert!(class(b"alpha", false).unwrap().contains(u32::from('é')));
        assert!(!class(b"alpha", true).unwrap().contains(0xe9));
        assert_eq!(class(b"word", false), None);
        assert!(is_word(u32::from('ß')) && is_word(95) && !is_word(u32::from('€')) && !is_word(45));
    }

    #[test]
    fn a_complement_has_all_that_the_set_has_not() {
        let set = Set::of(&[97, 0x20ac]);
        assert_eq!(set.complement(false).complement(false), set);
        assert_eq!(Set::default().complement(true).ranges, [(0, 255)]);
        assert_eq!(Set::default().complement(false).ranges, [(0, 0xd7ff), (0xe000, 0x10_ffff)]);
    }

    #[test]
    fn other_cases_are_those_of_single_characters() {
        assert_eq!(Set::of(&[65, 0xe9]).with_other_cases(false), Set::of(&[65, 97, 0xc9, 0xe9]));
        assert_eq!(Set::of(&[0xdf]).with_other_cases(false), Set::of(&[0xdf]));
        assert_eq!(Set::of(&[65, 0xe9]).with_other_cases(true), Set::of(&[65, 97, 0xe9]));
    }
}
