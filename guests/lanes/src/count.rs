//! How often a byte is there, and where it is there for the nth time.

use crate::tally::{ROUND, ROUND_BYTES, Tally};
use crate::{Lanes, splat};

/// Bytes in which the nth is searched one by one.
const PART_BYTES: usize = 1024;

/// How often a byte is among bytes.
pub fn count(byte: u8, bytes: &[u8]) -> usize {
    let (wanted, low_bits) = (splat(byte), splat(0x7f));
    // A flag for every byte that is another one: zero is where the byte is, and only of zero the highest bit stays zero.
    let others = |vector: Lanes| {
        let x = vector ^ wanted;
        ((x & low_bits) + low_bits) | x
    };
    let (groups, rest) = bytes.as_chunks::<ROUND_BYTES>();
    let mut tally = Tally::new();
    for group in groups {
        tally.add(bytemuck::cast::<_, [Lanes; ROUND]>(*group).map(others));
    }
    let rest = rest.iter().filter(|one| **one == byte).count();
    groups.len() * ROUND_BYTES - tally.finish() + rest
}

/// Where behind the nth such byte is, where there are so many; else how many there are.
pub fn find_nth(byte: u8, bytes: &[u8], nth: usize) -> Result<usize, usize> {
    if nth == 0 {
        return Ok(0);
    }
    let (mut found, mut place) = (0, 0);
    for part in bytes.chunks(PART_BYTES) {
        let here = count(byte, part);
        if found + here >= nth {
            let ends = part.iter().enumerate().filter(|(_, one)| **one == byte);
            let last = ends.map(|(index, _)| index + 1).nth(nth - found - 1);
            return Ok(place + last.unwrap_or(part.len()));
        }
        found += here;
        place += part.len();
    }
    Err(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_counted_at_every_length() {
        for byte in [0, 1, b'\n', 0x7f, 0x80, 0x8a, 0xff] {
            for length in (0..200).chain([4031, 4032, 4033, 65_535, 65_536, 65_537]) {
                let bytes: Vec<u8> = (0..length).map(|n: u32| (n.wrapping_mul(n) / 7 + n) as u8).collect();
                let plain = bytes.iter().filter(|one| **one == byte).count();
                assert_eq!(count(byte, &bytes), plain, "{byte} in {length}");
            }
            assert_eq!(count(byte, &vec![byte; 70_000]), 70_000);
            assert_eq!(count(byte, &vec![!byte; 70_000]), 0);
        }
    }

    #[test]
    fn the_nth_is_found_where_it_is() {
        let bytes: Vec<u8> = (0..10_000_u32).map(|n| if n % 7 == 3 { b'x' } else { b'.' }).collect();
        let ends: Vec<usize> = (0..10_000).filter(|n| n % 7 == 3).map(|n| n + 1).collect();
        for nth in [1, 2, 575, 576, 577, 1428] {
            assert_eq!(find_nth(b'x', &bytes, nth), Ok(ends[nth - 1]), "{nth}");
        }
        assert_eq!(find_nth(b'x', &bytes, 0), Ok(0));
        assert_eq!(find_nth(b'x', &bytes, 1430), Err(1429));
    }
}
