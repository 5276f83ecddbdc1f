//! Where bytes differ, and whether they are all ASCII.

use crate::{BYTES, Lanes, constant};

/// Vectors that are taken in one round of a loop.
const UNROLLED: usize = 4;

/// Whether bytes are the same.
///
/// `==` on slices is `memcmp`, which the C library of WASI has byte by byte.
pub fn are_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && first_difference(a, b).is_none()
}

/// The first place where bytes differ, in as many as both have.
pub fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    const GROUP: usize = BYTES * UNROLLED;
    let length = a.len().min(b.len());
    let (a, b) = (&a[..length], &b[..length]);
    let (groups, _) = a.as_chunks::<GROUP>();
    let (others, _) = b.as_chunks::<GROUP>();
    let same = groups.iter().zip(others).take_while(|(group, other)| difference(group, other) == 0).count();
    let done = same * GROUP;
    a[done..].iter().zip(&b[done..]).position(|(x, y)| x != y).map(|place| done + place)
}

/// Whether all bytes are below 128.
pub fn is_ascii(bytes: &[u8]) -> bool {
    let (groups, rest) = bytes.as_chunks::<{ BYTES * UNROLLED }>();
    let mut all = constant(0);
    for group in groups {
        let [a, b, c, d] = bytemuck::cast::<_, [Lanes; UNROLLED]>(*group);
        all |= (a | b) | (c | d);
    }
    let [low, high] = all.to_array();
    (low | high) & 0x8080_8080_8080_8080 == 0 && rest.is_ascii()
}

/// What is not zero where the bytes differ.
#[inline(always)]
fn difference(a: &[u8; BYTES * UNROLLED], b: &[u8; BYTES * UNROLLED]) -> u64 {
    let vectors = |bytes| bytemuck::cast::<_, [Lanes; UNROLLED]>(bytes);
    let ([a, c, e, g], [b, d, f, h]) = (vectors(*a), vectors(*b));
    let [low, high] = ((a ^ b) | (c ^ d) | (e ^ f) | (g ^ h)).to_array();
    low | high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_above_127_is_found_at_every_place() {
        for length in [0, 1, 15, 16, 17, 63, 64, 65, 130] {
            let mut bytes = vec![0x7f; length];
            assert!(is_ascii(&bytes));
            for place in 0..length {
                bytes[place] = 0x80;
                assert!(!is_ascii(&bytes), "{place} of {length}");
                bytes[place] = 0;
            }
        }
    }

    #[test]
    fn the_first_difference_is_found_at_every_place() {
        for length in [0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 129, 300] {
            let bytes: Vec<u8> = (0..length).map(|n| n as u8).collect();
            assert_eq!(first_difference(&bytes, &bytes), None);
            assert!(are_same(&bytes, &bytes));
            for place in 0..length {
                let mut other = bytes.clone();
                other[place] ^= 0x80;
                assert_eq!(first_difference(&bytes, &other), Some(place), "{place} of {length}");
                assert!(!are_same(&bytes, &other));
            }
        }
        assert_eq!(first_difference(b"abc", b"abcd"), None);
        assert!(!are_same(b"abc", b"abcd"));
    }
}
