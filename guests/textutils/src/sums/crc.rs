//! The sums that are no digests: POSIX's CRC, and those of BSD and of System V.

use lanes::{BYTES, Lanes};

/// The polynomial of POSIX's CRC, its highest term left out.
const POLYNOMIAL: u32 = 0x04c1_1db7;

/// How many bytes are taken at once.
const LANES: usize = 8;

/// The remainders of every byte with 0 to 7 zero bytes behind it.
static TABLES: [[u32; 256]; LANES] = {
    let mut tables = [[0; 256]; LANES];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest >> 31 == 1 { rest << 1 ^ POLYNOMIAL } else { rest << 1 };
            bit += 1;
        }
        tables[0][byte] = rest;
        byte += 1;
    }
    let mut lane = 1;
    while lane < LANES {
        byte = 0;
        while byte < 256 {
            let before = tables[lane - 1][byte];
            tables[lane][byte] = before << 8 ^ tables[0][(before >> 24) as usize];
            byte += 1;
        }
        lane += 1;
    }
    tables
};

#[inline]
fn look(lane: usize, word: u32, shift: u32) -> u32 {
    TABLES[lane][(word >> shift & 0xff) as usize]
}

/// POSIX's CRC of bytes, without their number.
fn crc(mut sum: u32, bytes: &[u8]) -> u32 {
    let (blocks, rest) = bytes.as_chunks::<LANES>();
    for block in blocks {
        let both = u64::from_be_bytes(*block);
        let (high, low) = ((both >> 32) as u32 ^ sum, both as u32);
        sum = look(7, high, 24)
            ^ look(6, high, 16)
            ^ look(5, high, 8)
            ^ look(4, high, 0)
            ^ look(3, low, 24)
            ^ look(2, low, 16)
            ^ look(1, low, 8)
            ^ look(0, low, 0);
    }
    rest.iter().fold(sum, |sum, byte| sum << 8 ^ look(0, sum >> 24 ^ u32::from(*byte), 0))
}

/// How far behind a byte those are that it may be added to in its place.
///
/// A multiple of the CRC's polynomial has only the terms 8 * (3006, 3006 - 140, 3006 - 791, 0). What is a multiple of it
/// has the CRC 0, so the CRC stays the same when a byte is taken away and added to the three bytes at these distances.
/// (A search over the powers of x^8 finds it; the idea is that of the "Chorba" way to compute CRC-32.)
const NEAR: usize = 140;
const MIDDLE: usize = 791;
const FAR: usize = 3006;
/// Bytes that are folded at once.
const FOLDED_BYTES: usize = 32 * 1024;
const HELD_BYTES: usize = FOLDED_BYTES + FAR;

/// POSIX's CRC of bytes, with their number behind them.
#[derive(Default)]
pub struct Crc {
    /// The bytes that were not folded yet.
    held: Vec<u8>,
    count: u64,
}

impl Crc {
    /// Takes bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.count += bytes.len() as u64;
        while !bytes.is_empty() {
            let (part, rest) = bytes.split_at(bytes.len().min(HELD_BYTES - self.held.len()));
            self.held.extend_from_slice(part);
            bytes = rest;
            if let Ok(held) = <&mut [u8; HELD_BYTES]>::try_from(self.held.as_mut_slice()) {
                fold(held);
                self.held.drain(..FOLDED_BYTES);
            }
        }
    }

    /// The sum, and how many bytes there were.
    pub fn finish(self) -> (u32, u64) {
        let mut sum = crc(0, &self.held);
        let mut count = self.count;
        while count > 0 {
            sum = crc(sum, &[count as u8]);
            count >>= 8;
        }
        (!sum, self.count)
    }
}

/// Adds the first [`FOLDED_BYTES`] to those behind them. Whoever gets one takes it here, and may be taken from later.
fn fold(held: &mut [u8; HELD_BYTES]) {
    take::<NEAR, MIDDLE, 1>(held, [NEAR]);
    take::<MIDDLE, FAR, 2>(held, [NEAR, MIDDLE]);
    take::<FAR, { FOLDED_BYTES + NEAR }, 3>(held, [NEAR, MIDDLE, FAR]);
    take::<{ FOLDED_BYTES + NEAR }, { FOLDED_BYTES + MIDDLE }, 2>(held, [MIDDLE, FAR]);
    take::<{ FOLDED_BYTES + MIDDLE }, HELD_BYTES, 1>(held, [FAR]);
}

/// Adds to the bytes in a range those that are so far in front of them.
#[inline(always)]
fn take<const FROM: usize, const TO: usize, const N: usize>(
    held: &mut [u8; HELD_BYTES],
    distances: [usize; N],
) {
    const { assert!(FROM < TO && TO <= HELD_BYTES) };
    let vectors = (TO - FROM) / BYTES;
    for index in 0..vectors {
        let at = FROM + index * BYTES;
        let mut sum = vector(held, at);
        for distance in distances {
            sum ^= vector(held, at - distance);
        }
        held[at..at + BYTES].copy_from_slice(&bytemuck::cast::<_, [u8; BYTES]>(sum));
    }
    for at in FROM + vectors * BYTES..TO {
        held[at] = distances.iter().fold(held[at], |sum, distance| sum ^ held[at - distance]);
    }
}

#[inline(always)]
fn vector(held: &[u8; HELD_BYTES], at: usize) -> Lanes {
    let mut bytes = [0; BYTES];
    bytes.copy_from_slice(&held[at..at + BYTES]);
    bytemuck::cast(bytes)
}
/// BSD's sum of bytes: rotated by one bit before each is added, 16 bits wide.
pub fn bsd(sum: u16, bytes: &[u8]) -> u16 {
    bytes.iter().fold(sum, |sum, byte| sum.rotate_right(1).wrapping_add(u16::from(*byte)))
}

/// System V's sum of bytes, before it is folded.
pub fn system_v(sum: u32, bytes: &[u8]) -> u32 {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    let mut total = u64::from(sum);
    // 128 words of two columns of bytes overflow no 16 bits.
    for part in bytes.chunks(1024) {
        let (words, rest) = part.as_chunks::<8>();
        let mut columns = 0;
        for word in words {
            let word = u64::from_ne_bytes(*word);
            columns += (word & EVEN) + (word >> 8 & EVEN);
        }
        total += (0..4).map(|column| columns >> (16 * column) & 0xffff).sum::<u64>();
        total += rest.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    }
    total as u32
}

/// System V's sum, folded to 16 bits.
pub fn system_v_finish(sum: u32) -> u32 {
    let folded = (sum & 0xffff) + (sum >> 16);
    (folded & 0xffff) + (folded >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_gnu() {
        let text = b"a\nb\nc\nd\n";
        let mut crc = Crc::default();
        crc.update(b"a\n");
        crc.update(b"b\nc\nd\n");
        assert_eq!(crc.finish(), (3_474_647_621, 8));
        assert_eq!(bsd(0, text), 31311);
        assert_eq!(system_v_finish(system_v(0, text)), 434);
    }

    #[test]
    fn a_folded_crc_is_the_plain_one() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        for length in [0, 1, FAR, FOLDED_BYTES, HELD_BYTES - 1, HELD_BYTES, HELD_BYTES + 1, 65_536, 200_000] {
            let mut folded = Crc::default();
            bytes[..length].chunks(50_001).for_each(|part| folded.update(part));
            assert_eq!(crc(0, &folded.held), crc(0, &bytes[..length]), "{length}");
        }
    }

    #[test]
    fn system_v_sums_all_bytes() {
        assert_eq!(system_v(0, &[255; 100_000]), 25_500_000);
    }
}
