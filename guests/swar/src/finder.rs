//! A finder: one of some texts within another one.
//!
//! It looks at two places of the texts, those whose bytes are rarest, eight beginnings at a time: where the bytes at both
//! are those of a text, it looks at all of it.

use crate::{HIGHS, ONES, WORD_BYTES, place, splat, word};

/// How many different pairs of bytes are looked for at once: more take longer than an automaton does.
const TESTS_MAX: usize = 8;
/// A text of so many bytes is worth to be cut into blocks.
const LONG_BYTES: usize = 128;
/// The places among which the two are chosen.
const PLACES_MAX: usize = 24;
/// What a letter of ASCII is without what tells its cases apart.
const NO_CASE: u8 = !0x20;

/// A text to look for, byte by byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    values: Vec<u8>,
    masks: Vec<u8>,
    /// The first eight bytes of both.
    head: u64,
    head_mask: u64,
}

impl Pattern {
    /// A text as it is.
    pub fn exact(text: &[u8]) -> Pattern {
        let mut pattern = Pattern::default();
        text.iter().for_each(|byte| pattern.push(*byte, false));
        pattern
    }

    /// Adds a byte; `any_case`: where it is a letter of ASCII, the other case of it does as well.
    pub fn push(&mut self, byte: u8, any_case: bool) {
        let mask = if any_case && byte.is_ascii_alphabetic() { NO_CASE } else { u8::MAX };
        let shift = 8 * self.len();
        if shift < 64 {
            self.head |= u64::from(byte & mask) << shift;
            self.head_mask |= u64::from(mask) << shift;
        }
        self.values.push(byte & mask);
        self.masks.push(mask);
    }

    /// Adds another one behind it.
    pub fn append(&mut self, other: &Pattern) {
        for (value, mask) in other.values.iter().zip(&other.masks) {
            self.push(*value, *mask != u8::MAX);
        }
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Has it no bytes?
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Is a byte in it?
    pub fn contains(&self, byte: u8) -> bool {
        self.values.contains(&byte)
    }

    /// How often it comes by chance, in some unit: the longer and rarer the less.
    pub fn commonness(&self) -> u64 {
        let (first, second) = places(std::slice::from_ref(self));
        chance(std::slice::from_ref(self), first, second)
    }

    #[inline(always)]
    fn is_at(&self, text: &[u8], at: usize) -> bool {
        match word(text, at) {
            Some(word) if word & self.head_mask != self.head => false,
            Some(_) if self.len() <= WORD_BYTES => true,
            _ => self.is_there(text, at),
        }
    }

    fn is_there(&self, text: &[u8], at: usize) -> bool {
        let Some(there) = text.get(at..at + self.len()) else { return false };
        there.iter().zip(&self.masks).zip(&self.values).all(|((byte, mask), value)| byte & mask == *value)
    }
}

/// Searches for texts.
#[derive(Clone, Debug)]
pub struct Finder {
    patterns: Vec<Pattern>,
    /// The length of the shortest.
    shortest: usize,
    /// The two places that are looked at first, in ascending order, and what of their bytes counts.
    places: (usize, usize),
    masks: (u64, u64),
    has_masks: bool,
    /// What stands there, of all of them.
    tests: Vec<(u64, u64)>,
}

impl Finder {
    /// Texts of which one is to be found; `None`: one is empty, there is none, or they are too many to be worth it.
    pub fn new(patterns: Vec<Pattern>) -> Option<Finder> {
        let shortest = patterns.iter().map(Pattern::len).min().filter(|shortest| *shortest > 0)?;
        let (first, second) = places(&patterns);
        let mask = |at: usize| {
            let masks = patterns.iter().filter_map(|pattern| pattern.masks.get(at));
            splat(masks.fold(u8::MAX, |all, mask| all & mask))
        };
        let masks = (mask(first), mask(second));
        let value = |pattern: &Pattern, at: usize| splat(pattern.values.get(at).copied().unwrap_or_default());
        let mut tests: Vec<(u64, u64)> = patterns
            .iter()
            .map(|pattern| (value(pattern, first) & masks.0, value(pattern, second) & masks.1))
            .collect();
        tests.sort_unstable();
        tests.dedup();
        let has_masks = masks != (u64::MAX, u64::MAX);
        let finder = Finder { patterns, shortest, places: (first, second), masks, has_masks, tests };
        (finder.tests.len() <= TESTS_MAX).then_some(finder)
    }

    /// One text, unless it is empty.
    pub fn exact(text: &[u8]) -> Option<Finder> {
        Finder::new(vec![Pattern::exact(text)])
    }

    /// Where one of the texts begins, the first such place at or behind another one.
    pub fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        match (self.tests.as_slice(), self.has_masks) {
            ([a], false) => self.scan::<1, 4, false>(&[*a], text, from),
            ([a], true) => self.scan::<1, 4, true>(&[*a], text, from),
            ([a, b], false) => self.scan::<2, 2, false>(&[*a, *b], text, from),
            ([a, b, c], false) => self.scan::<3, 1, false>(&[*a, *b, *c], text, from),
            (tests, _) => {
                let mut all = [tests.first().copied().unwrap_or_default(); TESTS_MAX];
                all.iter_mut().zip(tests).for_each(|(place, test)| *place = *test);
                match tests.len() {
                    ..=4 => self.scan::<4, 1, true>(all.first_chunk()?, text, from),
                    _ => self.scan::<TESTS_MAX, 1, true>(&all, text, from),
                }
            }
        }
    }

    /// The length of the text, where there is one only.
    pub fn length(&self) -> Option<usize> {
        match self.patterns.as_slice() {
            [pattern] => Some(pattern.len()),
            _ => None,
        }
    }

    /// Searches, some words at a time before it is asked whether one of them may have a text: many where that is rare.
    #[inline(always)]
    fn scan<const TESTS: usize, const BLOCK: usize, const MASKED: bool>(
        &self,
        tests: &[(u64, u64); TESTS],
        text: &[u8],
        from: usize,
    ) -> Option<usize> {
        let candidates = |a: u64, b: u64| {
            let (a, b) = if MASKED { (a & self.masks.0, b & self.masks.1) } else { (a, b) };
            let mut found = 0;
            for (one, other) in tests {
                let word = (a ^ one) | (b ^ other);
                found |= word.wrapping_sub(ONES) & !word;
            }
            found
        };
        let (first, second) = self.places;
        let mut at = from;
        if text.len().saturating_sub(from) >= LONG_BYTES {
            let (firsts, seconds) = (text.get(from + first..)?, text.get(from + second..)?);
            let (firsts, seconds) = (firsts.as_chunks::<WORD_BYTES>().0, seconds.as_chunks::<WORD_BYTES>().0);
            let (firsts, seconds) = (firsts.as_chunks::<BLOCK>().0, seconds.as_chunks::<BLOCK>().0);
            for (firsts, seconds) in firsts.iter().zip(seconds) {
                let word = |words: &[[u8; WORD_BYTES]; BLOCK], index: usize| u64::from_le_bytes(words[index]);
                let found: [u64; BLOCK] =
                    std::array::from_fn(|index| candidates(word(firsts, index), word(seconds, index)));
                if found.iter().fold(0, |all, found| all | found) & HIGHS != 0 {
                    for (index, found) in found.into_iter().enumerate() {
                        if let Some(start) = self.verified(text, at + WORD_BYTES * index, found & HIGHS) {
                            return Some(start);
                        }
                    }
                }
                at += BLOCK * WORD_BYTES;
            }
        }
        while let Some(b) = word(text, at + second)
            && let Some(a) = word(text, at + first)
        {
            let found = candidates(a, b) & HIGHS;
            if found != 0
                && let Some(start) = self.verified(text, at, found)
            {
                return Some(start);
            }
            at += WORD_BYTES;
        }
        let end = (text.len() + 1).checked_sub(self.shortest)?;
        if at >= end {
            return None;
        }
        // The last beginnings, by words that overlap those before.
        let again = (text.len() - second).checked_sub(WORD_BYTES).filter(|again| *again >= from);
        if let Some(again) = again
            && let (Some(a), Some(b)) = (word(text, again + first), word(text, again + second))
        {
            let seen = (at - again).min(WORD_BYTES - 1);
            let found = (candidates(a, b) & HIGHS) >> (8 * seen) << (8 * seen);
            return self.verified(text, again, found);
        }
        (at..end).find(|start| self.patterns.iter().any(|pattern| pattern.is_there(text, *start)))
    }

    /// The first of some places where a text really is.
    #[inline(always)]
    fn verified(&self, text: &[u8], at: usize, mut found: u64) -> Option<usize> {
        while found != 0 {
            let start = at + place(found);
            if self.patterns.iter().any(|pattern| pattern.is_at(text, start)) {
                return Some(start);
            }
            found &= found - 1;
        }
        None
    }
}

/// The two places of all texts where bytes are rarest, in ascending order; one twice where there is but one.
fn places(patterns: &[Pattern]) -> (usize, usize) {
    let shortest = patterns.iter().map(Pattern::len).min().unwrap_or_default().min(PLACES_MAX);
    let pairs = (0..shortest).flat_map(|second| (0..second).map(move |first| (first, second)));
    pairs.min_by_key(|(first, second)| chance(patterns, *first, *second)).unwrap_or_default()
}

/// How often one of the texts has what it has at two places, in some unit.
fn chance(patterns: &[Pattern], first: usize, second: usize) -> u64 {
    let of_byte = |pattern: &Pattern, at: usize| match (pattern.values.get(at), pattern.masks.get(at)) {
        (Some(value), Some(&u8::MAX)) => frequency(*value),
        (Some(value), _) => frequency(*value) + frequency(*value | 0x20),
        _ => 0,
    };
    let both = |pattern: &Pattern| {
        let (a, b) = (of_byte(pattern, first), of_byte(pattern, second));
        if first == second { a * 1000 } else { a * b }
    };
    patterns.iter().map(both).sum()
}

/// How many of a thousand bytes of a text are this one, about.
fn frequency(byte: u8) -> u64 {
    match byte {
        b' ' => 150,
        b'e' => 90,
        b't' | b'a' => 65,
        b'o' | b'i' | b'n' | b's' | b'r' => 55,
        b'h' | b'l' | b'd' | b'c' | b'u' => 30,
        b'm' | b'f' | b'p' | b'g' => 18,
        b'\n' | b'0'..=b'9' | b',' | b'.' | b'"' | b'_' | b'/' | b'-' | b'=' | b'(' | b')' | b':' => 15,
        b'w' | b'y' | b'b' | b'v' => 12,
        b'\t' | b'\r' | b'A'..=b'Z' | b'k' | 0 | b';' | b'<' | b'>' => 8,
        b'!'..=b'~' | 0xc3 => 4,
        0x80..=0xbf | 0xe2 | 0xe3 => 6,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn letters(most: usize) -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop_oneof![8 => b'a'..b'd', 1 => b'A'..b'C', 1 => any::<u8>()], 0..most)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn the_first_place_is_found(
            text in prop_oneof![letters(80), letters(300)],
            wanted in proptest::collection::vec(letters(11), 1..7),
            any_case: bool,
            from in 0_usize..310,
        ) {
            let patterns: Vec<Pattern> = wanted
                .iter()
                .map(|wanted| {
                    let mut pattern = Pattern::default();
                    wanted.iter().for_each(|byte| pattern.push(*byte, any_case));
                    pattern
                })
                .collect();
            let same = |a: &[u8], b: &[u8]| if any_case { a.eq_ignore_ascii_case(b) } else { a == b };
            let is_at = |at: usize| {
                wanted.iter().any(|wanted| text.get(at..at + wanted.len()).is_some_and(|part| same(part, wanted)))
            };
            match Finder::new(patterns) {
                Some(finder) => {
                    let expected = (from..text.len()).find(|at| is_at(*at));
                    prop_assert_eq!(finder.find(&text, from), expected, "{:?}", finder);
                }
                None => prop_assert!(wanted.iter().any(Vec::is_empty)),
            }
        }
    }

    #[test]
    fn too_many_texts_are_none() {
        let texts = |count: u8| (0..count).map(|n| Pattern::exact(&[b'a' + n, b'x'])).collect::<Vec<_>>();
        assert!(Finder::new(texts(8)).is_some());
        assert!(Finder::new(texts(9)).is_none());
        assert!(Finder::new(Vec::new()).is_none());
    }
}
