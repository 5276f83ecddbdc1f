//! Bytes, eight at a time in a number of 64 bits: searched, compared and counted.
//!
//! It exists for the interpreter. There an instruction of vectors takes as long as ten of plain numbers (wasmi 2.0 works
//! lane by lane), and `memcmp` is a loop over bytes, so that these ways are two to five times as fast as those of `memchr`
//! and of slices. Natively they are not slow either. It owns no text and knows no lines.
//!
//! The trick that all share: of `x - 0x0101…` without the bits of `x`, the high bits are those of the bytes that are zero
//! in `x`. Bytes above the first zero may have theirs as well without being zero, so what finds the first is exact, and
//! what goes on looks again.

mod finder;

use std::cmp::Ordering;

pub use finder::{Finder, Pattern};

/// How many bytes are looked at together.
pub const WORD_BYTES: usize = 8;
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A byte in each place of a word.
const fn splat(byte: u8) -> u64 {
    ONES * byte as u64
}

/// The high bits of the bytes that are zero; also of some behind the first of those.
#[inline(always)]
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Which byte the lowest bit is in.
#[inline(always)]
const fn place(bits: u64) -> usize {
    bits.trailing_zeros() as usize / 8
}

/// The eight bytes at a place, the first lowest.
#[inline(always)]
pub fn word(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Up to eight bytes at the start of a text as a number that orders as they do; what lacks counts as zero.
#[inline(always)]
pub fn leading(text: &[u8]) -> u64 {
    if let Some(bytes) = text.first_chunk() {
        return u64::from_be_bytes(*bytes);
    }
    let last = text.len().saturating_sub(1);
    if let (Some(start), Some(end)) = (text.first_chunk(), text.last_chunk()) {
        let (start, end) = (u32::from_be_bytes(*start), u32::from_be_bytes(*end));
        // The end overlaps the start: what stands behind the first four bytes is moved to its place.
        return u64::from(start) << 32 | (u64::from(end) << (8 * (7 - last)) & 0xffff_ffff);
    }
    // Of up to three bytes the first, the middle and the last are all, some of them twice.
    let (Some(first), Some(middle), Some(end)) = (text.first(), text.get(text.len() / 2), text.get(last))
    else {
        return 0;
    };
    u64::from(*first) << 56
        | u64::from(*middle) << (56 - 8 * (text.len() / 2))
        | u64::from(*end) << (56 - 8 * last)
}

/// Where a byte is first.
#[inline]
pub fn position(byte: u8, text: &[u8]) -> Option<usize> {
    position_from(byte, text, 0)
}

/// Where a byte is first at or behind a place.
#[inline]
pub fn position_from(byte: u8, text: &[u8], from: usize) -> Option<usize> {
    let wanted = splat(byte);
    let mut at = from;
    while let Some(word) = word(text, at) {
        let found = zeros(word ^ wanted);
        if found != 0 {
            return Some(at + place(found));
        }
        at += WORD_BYTES;
    }
    let rest = text.get(at..)?;
    rest.iter().position(|other| *other == byte).map(|found| at + found)
}

/// Where a byte is last.
#[inline]
pub fn last_position(byte: u8, text: &[u8]) -> Option<usize> {
    let mut rest = text;
    while let Some((before, bytes)) = rest.split_last_chunk::<WORD_BYTES>() {
        if zeros(u64::from_le_bytes(*bytes) ^ splat(byte)) != 0 {
            break;
        }
        rest = before;
    }
    rest.iter().rposition(|other| *other == byte)
}

/// Is a byte in the text?
pub fn contains(byte: u8, text: &[u8]) -> bool {
    let wanted = splat(byte);
    let (words, rest) = text.as_chunks::<WORD_BYTES>();
    let (blocks, words) = words.as_chunks::<4>();
    let test = |bytes: &[u8; WORD_BYTES]| {
        let word = u64::from_le_bytes(*bytes) ^ wanted;
        word.wrapping_sub(ONES) & !word
    };
    blocks.iter().any(|[a, b, c, d]| (test(a) | test(b) | test(c) | test(d)) & HIGHS != 0)
        || words.iter().any(|bytes| test(bytes) & HIGHS != 0)
        || rest.contains(&byte)
}

/// How often a byte is in the text.
pub fn count(byte: u8, text: &[u8]) -> usize {
    const LOWS: u64 = !HIGHS;
    let wanted = splat(byte);
    let (words, rest) = text.as_chunks::<WORD_BYTES>();
    let mut sum = 0;
    // Each byte of the counter counts up to 255 words.
    for block in words.chunks(255) {
        let mut counter = 0_u64;
        for bytes in block {
            let word = u64::from_le_bytes(*bytes) ^ wanted;
            // The high bit of each byte that is not zero, exactly.
            counter += (!(((word & LOWS) + LOWS) | word) & HIGHS) >> 7;
        }
        const PAIRS: u64 = 0x00ff_00ff_00ff_00ff;
        let pairs = (counter & PAIRS) + (counter >> 8 & PAIRS);
        sum += (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as usize;
    }
    sum + rest.iter().filter(|other| **other == byte).count()
}

/// Is each byte below 128?
pub fn is_ascii(text: &[u8]) -> bool {
    let (words, rest) = text.as_chunks::<WORD_BYTES>();
    let (blocks, words) = words.as_chunks::<4>();
    let word = |bytes: &[u8; WORD_BYTES]| u64::from_le_bytes(*bytes);
    blocks.iter().all(|[a, b, c, d]| (word(a) | word(b) | word(c) | word(d)) & HIGHS == 0)
        && words.iter().all(|bytes| word(bytes) & HIGHS == 0)
        && rest.iter().all(u8::is_ascii)
}

/// Tells the places of a byte in ascending order.
#[inline(always)]
pub fn each_position(byte: u8, text: &[u8], mut tell: impl FnMut(usize)) {
    let wanted = splat(byte);
    let (words, rest) = text.as_chunks::<WORD_BYTES>();
    let mut at = 0;
    for bytes in words {
        let word = u64::from_le_bytes(*bytes) ^ wanted;
        let mut found = zeros(word);
        while found != 0 {
            let bit = found.trailing_zeros();
            // Bits above the first may be wrong.
            if word >> (bit - 7) & 0xff == 0 {
                tell(at + bit as usize / 8);
            }
            found &= found - 1;
        }
        at += WORD_BYTES;
    }
    for (index, other) in rest.iter().enumerate() {
        if *other == byte {
            tell(at + index);
        }
    }
}

/// Are two texts the same?
#[inline]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if a.len() < WORD_BYTES {
        return a == b;
    }
    let mut at = 0;
    while let (Some(one), Some(other)) = (word(a, at), word(b, at)) {
        if one != other {
            return false;
        }
        at += WORD_BYTES;
    }
    // The last words overlap what was seen.
    a.last_chunk::<WORD_BYTES>() == b.last_chunk::<WORD_BYTES>()
}

/// How many bytes two texts begin with in common.
pub fn common_start(a: &[u8], b: &[u8]) -> usize {
    let length = a.len().min(b.len());
    let (a, b) = (a.get(..length).unwrap_or_default(), b.get(..length).unwrap_or_default());
    let (one, other) = (a.as_chunks::<WORD_BYTES>().0, b.as_chunks::<WORD_BYTES>().0);
    let differ = one.iter().zip(other).position(|(a, b)| u64::from_le_bytes(*a) != u64::from_le_bytes(*b));
    let at = differ.unwrap_or(one.len()) * WORD_BYTES;
    let rest = a.iter().zip(b).skip(at);
    at + rest.take_while(|(a, b)| a == b).count()
}

/// How many bytes two texts end with in common.
pub fn common_end(a: &[u8], b: &[u8]) -> usize {
    let (mut one, mut other) = (a, b);
    while let (Some((before, x)), Some((other_before, y))) =
        (one.split_last_chunk::<WORD_BYTES>(), other.split_last_chunk::<WORD_BYTES>())
    {
        if u64::from_le_bytes(*x) != u64::from_le_bytes(*y) {
            break;
        }
        (one, other) = (before, other_before);
    }
    let rest = one.iter().rev().zip(other.iter().rev());
    a.len() - one.len() + rest.take_while(|(a, b)| a == b).count()
}

/// The order of two texts as slices have it.
#[inline]
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let mut at = 0;
    while let (Some(one), Some(other)) = (word(a, at), word(b, at)) {
        if one != other {
            return one.swap_bytes().cmp(&other.swap_bytes());
        }
        at += WORD_BYTES;
    }
    // One has less than a word left; what it lacks counts as zero, which its length then tells from a NUL.
    let (one, other) = (a.get(at..).unwrap_or_default(), b.get(at..).unwrap_or_default());
    leading(one).cmp(&leading(other)).then_with(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Texts in which few different bytes come often.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop_oneof![4 => 0_u8..3, 1 => 0x7f_u8..0x82, 1 => any::<u8>()], 0..70)
    }

    proptest! {
        #[test]
        fn a_byte_is_where_slices_find_it(text in text(), byte in 0_u8..4, from in 0_usize..80) {
            let places: Vec<usize> = (0..text.len()).filter(|at| text[*at] == byte).collect();
            prop_assert_eq!(position(byte, &text), places.first().copied());
            prop_assert_eq!(position_from(byte, &text, from), places.iter().copied().find(|at| *at >= from));
            prop_assert_eq!(last_position(byte, &text), places.last().copied());
            prop_assert_eq!(contains(byte, &text), !places.is_empty());
            prop_assert_eq!(count(byte, &text), places.len());
            let mut told = Vec::new();
            each_position(byte, &text, |at| told.push(at));
            prop_assert_eq!(told, places);
            prop_assert_eq!(is_ascii(&text), text.is_ascii());
        }

        #[test]
        fn texts_compare_as_slices_do(a in text(), b in text(), cut in 0_usize..70) {
            let mut longer = a.clone();
            longer.truncate(cut);
            let cut = longer.clone();
            longer.extend(&b);
            for (a, b) in [(&a, &b), (&a, &longer), (&a, &cut), (&longer, &cut), (&a, &a.clone())] {
                prop_assert_eq!(compare(a, b), a.cmp(b));
                prop_assert_eq!(equal(a, b), a == b);
                prop_assert_eq!(common_start(a, b), a.iter().zip(b).take_while(|(a, b)| a == b).count());
                let reversed = a.iter().rev().zip(b.iter().rev());
                prop_assert_eq!(common_end(a, b), reversed.take_while(|(a, b)| a == b).count());
            }
        }
    }

    #[test]
    fn leading_bytes_order_as_texts_do() {
        for length in 0..10 {
            let text: Vec<u8> = (1..=length).collect();
            let mut padded = text.clone();
            padded.resize(8, 0);
            assert_eq!(leading(&text), u64::from_be_bytes(*padded.first_chunk().unwrap()), "{length}");
        }
    }

    #[test]
    fn a_block_of_one_byte_is_counted_past_what_a_byte_holds() {
        assert_eq!(count(b'x', &[b'x'; 10_000]), 10_000);
        assert_eq!(count(b'y', &[b'x'; 10_000]), 0);
    }
}
