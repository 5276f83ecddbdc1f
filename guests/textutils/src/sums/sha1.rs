//! SHA-1, from FIPS 180-4. It is ours for the same reason as SHA-2.

use super::blocks::Blocks;

const BLOCK_BYTES: usize = 64;

/// The state of a digest.
#[derive(Clone, Debug)]
pub struct Sha1 {
    state: [u32; 5],
    blocks: Blocks<BLOCK_BYTES>,
}

impl Sha1 {
    /// One that has seen nothing.
    pub fn new() -> Self {
        let state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
        Self { state, blocks: Blocks::default() }
    }

    /// Takes bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let state = &mut self.state;
        self.blocks.pass(bytes, |blocks| compress(state, blocks));
    }

    /// The digest.
    pub fn finish(mut self) -> Vec<u8> {
        self.blocks.finish(|blocks| compress(&mut self.state, blocks));
        self.state.iter().flat_map(|word| word.to_be_bytes()).collect()
    }
}

fn compress(state: &mut [u32; 5], blocks: &[[u8; BLOCK_BYTES]]) {
    for block in blocks {
        // The last sixteen words of the schedule. All of it is in local variables.
        let mut w = [0_u32; 16];
        for (to, word) in w.iter_mut().zip(block.as_chunks::<4>().0) {
            *to = u32::from_be_bytes(*word);
        }
        let [mut a, mut b, mut c, mut d, mut e] = *state;
        macro_rules! rounds {
            ($function:expr, $constant:literal, $($t:literal)+) => {
                $({
                    if $t >= 16 {
                        let word = w[($t + 13) & 15] ^ w[($t + 8) & 15] ^ w[($t + 2) & 15] ^ w[$t & 15];
                        w[$t & 15] = word.rotate_left(1);
                    }
                    let chosen: u32 = $function(b, c, d);
                    let sum = a.rotate_left(5).wrapping_add(e).wrapping_add(w[$t & 15].wrapping_add($constant));
                    (a, b, c, d, e) = (chosen.wrapping_add(sum), a, b.rotate_left(30), c, d);
                })+
            };
        }
        let choice = |x: u32, y: u32, z: u32| ((y ^ z) & x) ^ z;
        let parity = |x: u32, y: u32, z: u32| x ^ y ^ z;
        let majority = |x: u32, y: u32, z: u32| ((x ^ y) & (x ^ z)) ^ x;
        rounds!(choice, 0x5a82_7999, 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19);
        rounds!(parity, 0x6ed9_eba1, 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39);
        rounds!(majority, 0x8f1b_bcdc, 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59);
        rounds!(parity, 0xca62_c1d6, 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79);
        for (old, new) in state.iter_mut().zip([a, b, c, d, e]) {
            *old = old.wrapping_add(new);
        }
    }
}
