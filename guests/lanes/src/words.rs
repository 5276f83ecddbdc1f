//! How many words begin in ASCII.

use crate::tally::{ROUND, ROUND_BYTES, Tally};
use crate::{Lanes, splat};

/// Counts the words of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// So many have begun.
    pub count: u64,
    /// Whether the last one may go on.
    pub in_word: bool,
}

/// What a byte is to words. Control characters, and bytes above 127, are neither part of a word nor an end of one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Nothing,
    Part,
    White,
}

fn class(byte: u8) -> Class {
    match byte {
        b' ' | b'\t'..=b'\r' => Class::White,
        0x21..=0x7e => Class::Part,
        _ => Class::Nothing,
    }
}

impl Words {
    /// Takes bytes.
    pub fn pass(&mut self, bytes: &[u8]) {
        let Some((first, body)) = bytes.split_first() else { return };
        self.singly(&[*first]);
        let plain = Plain::new();
        let (groups, rest) = body.as_chunks::<ROUND_BYTES>();
        // The bytes in front of those of the groups.
        let (fronts, _) = bytes.as_chunks::<ROUND_BYTES>();
        let mut front_is_plain = class(*first) != Class::Nothing;
        let mut tally = Tally::new();
        for (group, front) in groups.iter().zip(fronts) {
            match plain.starts(group, front).filter(|_| front_is_plain) {
                Some(starts) => {
                    tally.add(starts);
                    self.in_word = group[ROUND_BYTES - 1] > b' ';
                }
                None => {
                    self.singly(group);
                    front_is_plain = class(group[ROUND_BYTES - 1]) != Class::Nothing;
                }
            }
        }
        self.singly(rest);
        self.count += tally.finish() as u64;
    }

    fn singly(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match class(*byte) {
                Class::Part => {
                    self.count += u64::from(!self.in_word);
                    self.in_word = true;
                }
                Class::White => self.in_word = false,
                Class::Nothing => {}
            }
        }
    }
}

/// The constants for bytes of which each is a part of a word or white: such a byte is part of a word when it is above a
/// blank.
struct Plain {
    /// Added to a byte below 128, they make its highest bit one where the byte is at least 9, 14, 32, 33 or 127.
    from_tab: Lanes,
    from_shift_out: Lanes,
    from_blank: Lanes,
    above_blank: Lanes,
    from_delete: Lanes,
}

impl Plain {
    fn new() -> Self {
        let from = |byte: u8| splat(0x80 - byte);
        Self {
            from_tab: from(b'\t'),
            from_shift_out: from(14),
            from_blank: from(b' '),
            above_blank: from(b' ' + 1),
            from_delete: from(0x7f),
        }
    }

    /// Flags where words begin in a group; none where a byte is neither part of a word nor white.
    #[inline(always)]
    fn starts(&self, group: &[u8; ROUND_BYTES], front: &[u8; ROUND_BYTES]) -> Option<[Lanes; ROUND]> {
        let group = bytemuck::cast::<_, [Lanes; ROUND]>(*group);
        let front = bytemuck::cast::<_, [Lanes; ROUND]>(*front);
        let good = group.map(|x| x + self.from_tab).into_iter().reduce(|all, one| all & one)?;
        let bad = group
            .map(|x| (x + self.from_delete) | x | ((x + self.from_shift_out) & !(x + self.from_blank)))
            .into_iter()
            .reduce(|all, one| all | one)?;
        let [low, high] = (bad | !good).to_array();
        if (low | high) & 0x8080_8080_8080_8080 != 0 {
            return None;
        }
        let mut starts = group;
        for (x, before) in starts.iter_mut().zip(front) {
            *x = (*x + self.above_blank) & !(before + self.above_blank);
        }
        Some(starts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(bytes: &[u8]) -> Words {
        let mut words = Words::default();
        words.singly(bytes);
        words
    }

    #[test]
    fn words_are_counted_at_every_length() {
        let text = b"one two  three\tfour\n\n five\x0bsix\rseven eight, nine! ~ x y z a-b ";
        for length in 0..400 {
            let bytes: Vec<u8> = text.iter().cycle().take(length).copied().collect();
            let mut words = Words::default();
            words.pass(&bytes);
            assert_eq!(words, plain(&bytes), "{length}");
            let (begin, end) = bytes.split_at(length / 3);
            let mut parts = Words::default();
            parts.pass(begin);
            parts.pass(end);
            assert_eq!(parts, words, "{length} in parts");
        }
    }

    #[test]
    fn bytes_that_are_nothing_are_nothing_anywhere() {
        for odd in [0, 1, 8, 14, 31, 127, 128, 0xa0, 255] {
            for place in 0..200 {
                for around in [b"a ".as_slice(), b"  a", b"ab cd\n"] {
                    let mut bytes: Vec<u8> = around.iter().cycle().take(200).copied().collect();
                    bytes[place] = odd;
                    let mut words = Words::default();
                    words.pass(&bytes);
                    assert_eq!(words, plain(&bytes), "{odd} at {place}");
                }
            }
        }
    }
}
