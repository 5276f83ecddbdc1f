//! BLAKE2b, from RFC 7693. It is ours for the same reason as SHA-2.

const BLOCK_BYTES: usize = 128;

/// The most bytes of a digest.
pub const BYTES_MAX: usize = 64;

const START: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// Which words of the message each round takes, in order.
const ORDER: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// The state of a digest.
#[derive(Clone, Debug)]
pub struct Blake2b {
    state: [u64; 8],
    /// At most a block: the last one is treated otherwise, so none is taken before something is behind it.
    held: Vec<u8>,
    count: u128,
    bytes: usize,
}

impl Blake2b {
    /// One that has seen nothing, for digests of 1 to [`BYTES_MAX`] bytes.
    pub fn new(bytes: usize) -> Option<Self> {
        if !(1..=BYTES_MAX).contains(&bytes) {
            return None;
        }
        let mut state = START;
        state[0] ^= 0x0101_0000 ^ bytes as u64;
        Some(Self { state, held: Vec::new(), count: 0, bytes })
    }

    /// Takes bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        if !self.held.is_empty() && self.held.len() + bytes.len() > BLOCK_BYTES {
            let (part, rest) = bytes.split_at(BLOCK_BYTES - self.held.len());
            self.held.extend_from_slice(part);
            bytes = rest;
            let held = std::mem::take(&mut self.held);
            self.blocks(held.as_chunks().0);
        }
        if bytes.len() > BLOCK_BYTES {
            let (blocks, rest) = bytes.split_at((bytes.len() - 1) / BLOCK_BYTES * BLOCK_BYTES);
            self.blocks(blocks.as_chunks().0);
            bytes = rest;
        }
        self.held.extend_from_slice(bytes);
    }

    /// The digest.
    pub fn finish(mut self) -> Vec<u8> {
        let mut last = [0; BLOCK_BYTES];
        for (to, byte) in last.iter_mut().zip(&self.held) {
            *to = *byte;
        }
        self.count += self.held.len() as u128;
        compress(&mut self.state, &last, self.count, true);
        self.state.iter().flat_map(|word| word.to_le_bytes()).take(self.bytes).collect()
    }

    fn blocks(&mut self, blocks: &[[u8; BLOCK_BYTES]]) {
        for block in blocks {
            self.count += BLOCK_BYTES as u128;
            compress(&mut self.state, block, self.count, false);
        }
    }
}

fn compress(state: &mut [u64; 8], block: &[u8; BLOCK_BYTES], count: u128, is_last: bool) {
    // All of it is in local variables.
    let mut m = [0; 16];
    for (to, word) in m.iter_mut().zip(block.as_chunks::<8>().0) {
        *to = u64::from_le_bytes(*word);
    }
    let mut v = [0; 16];
    v[..8].copy_from_slice(state);
    v[8..].copy_from_slice(&START);
    v[12] ^= count as u64;
    v[13] ^= (count >> 64) as u64;
    if is_last {
        v[14] = !v[14];
    }
    macro_rules! mix {
        ($round:literal, $index:literal, $a:literal $b:literal $c:literal $d:literal) => {
            let order = &ORDER[$round % 10];
            v[$a] = v[$a].wrapping_add(v[$b]).wrapping_add(m[order[2 * $index]]);
            v[$d] = (v[$d] ^ v[$a]).rotate_right(32);
            v[$c] = v[$c].wrapping_add(v[$d]);
            v[$b] = (v[$b] ^ v[$c]).rotate_right(24);
            v[$a] = v[$a].wrapping_add(v[$b]).wrapping_add(m[order[2 * $index + 1]]);
            v[$d] = (v[$d] ^ v[$a]).rotate_right(16);
            v[$c] = v[$c].wrapping_add(v[$d]);
            v[$b] = (v[$b] ^ v[$c]).rotate_right(63);
        };
    }
    macro_rules! rounds {
        ($($round:literal)+) => {
            $({
                mix!($round, 0, 0 4 8 12);
                mix!($round, 1, 1 5 9 13);
                mix!($round, 2, 2 6 10 14);
                mix!($round, 3, 3 7 11 15);
                mix!($round, 4, 0 5 10 15);
                mix!($round, 5, 1 6 11 12);
                mix!($round, 6, 2 7 8 13);
                mix!($round, 7, 3 4 9 14);
            })+
        };
    }
    rounds!(0 1 2 3 4 5 6 7 8 9 10 11);
    for (index, word) in state.iter_mut().enumerate() {
        *word ^= v[index] ^ v[index + 8];
    }
}
