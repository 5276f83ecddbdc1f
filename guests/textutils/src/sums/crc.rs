//! The sums that are no digests: POSIX's CRC, and those of BSD and of System V.

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
pub fn crc(mut sum: u32, bytes: &[u8]) -> u32 {
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

/// The CRC with the number of the bytes behind them.
pub fn crc_finish(mut sum: u32, mut count: u64) -> u32 {
    while count > 0 {
        sum = crc(sum, &[count as u8]);
        count >>= 8;
    }
    !sum
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
        assert_eq!(crc_finish(crc(0, text), 8), 3_474_647_621);
        assert_eq!(crc_finish(crc(crc(0, b"a\n"), b"b\nc\nd\n"), 8), 3_474_647_621);
        assert_eq!(bsd(0, text), 31311);
        assert_eq!(system_v_finish(system_v(0, text)), 434);
    }

    #[test]
    fn system_v_sums_all_bytes() {
        assert_eq!(system_v(0, &[255; 100_000]), 25_500_000);
    }
}
