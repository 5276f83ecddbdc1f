//! SHA-2, of 32 and of 64 bits, from FIPS 180-4.
//!
//! It is ours because the crate of that name takes vectors of 128 bits wherever there are any, which in the interpreter
//! makes it half as fast as plain words.

/// The first 64 bits of the fractional parts of the cube roots of the first 80 primes.
const ROOTS: [u64; 80] = [
    0x428a2f98d728ae22,
    0x7137449123ef65cd,
    0xb5c0fbcfec4d3b2f,
    0xe9b5dba58189dbbc,
    0x3956c25bf348b538,
    0x59f111f1b605d019,
    0x923f82a4af194f9b,
    0xab1c5ed5da6d8118,
    0xd807aa98a3030242,
    0x12835b0145706fbe,
    0x243185be4ee4b28c,
    0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f,
    0x80deb1fe3b1696b1,
    0x9bdc06a725c71235,
    0xc19bf174cf692694,
    0xe49b69c19ef14ad2,
    0xefbe4786384f25e3,
    0x0fc19dc68b8cd5b5,
    0x240ca1cc77ac9c65,
    0x2de92c6f592b0275,
    0x4a7484aa6ea6e483,
    0x5cb0a9dcbd41fbd4,
    0x76f988da831153b5,
    0x983e5152ee66dfab,
    0xa831c66d2db43210,
    0xb00327c898fb213f,
    0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2,
    0xd5a79147930aa725,
    0x06ca6351e003826f,
    0x142929670a0e6e70,
    0x27b70a8546d22ffc,
    0x2e1b21385c26c926,
    0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df,
    0x650a73548baf63de,
    0x766a0abb3c77b2a8,
    0x81c2c92e47edaee6,
    0x92722c851482353b,
    0xa2bfe8a14cf10364,
    0xa81a664bbc423001,
    0xc24b8b70d0f89791,
    0xc76c51a30654be30,
    0xd192e819d6ef5218,
    0xd69906245565a910,
    0xf40e35855771202a,
    0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8,
    0x1e376c085141ab53,
    0x2748774cdf8eeb99,
    0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63,
    0x4ed8aa4ae3418acb,
    0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc,
    0x78a5636f43172f60,
    0x84c87814a1f0ab72,
    0x8cc702081a6439ec,
    0x90befffa23631e28,
    0xa4506cebde82bde9,
    0xbef9a3f7b2c67915,
    0xc67178f2e372532b,
    0xca273eceea26619c,
    0xd186b8c721c0c207,
    0xeada7dd6cde0eb1e,
    0xf57d4f7fee6ed178,
    0x06f067aa72176fba,
    0x0a637dc5a2c898a6,
    0x113f9804bef90dae,
    0x1b710b35131c471b,
    0x28db77f523047d84,
    0x32caab7b40c72493,
    0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6,
    0x597f299cfc657e2a,
    0x5fcb6fab3ad6faec,
    0x6c44198c4a475817,
];

/// Three rotations of a word, added bit by bit; each rotates what the next two rotate further, which needs no room for
/// results in between.
macro_rules! rotated {
    ($x:expr, $by:expr) => {
        (($x.rotate_right($by[2] - $by[1]) ^ $x).rotate_right($by[1] - $by[0]) ^ $x).rotate_right($by[0])
    };
}

/// Two rotations of a word and a shift, added bit by bit.
macro_rules! shifted {
    ($x:expr, $by:expr) => {
        ($x.rotate_right($by[1] - $by[0]) ^ $x).rotate_right($by[0]) ^ ($x >> $by[2])
    };
}

/// A function of SHA-2 over words of one width.
macro_rules! function {
    ($name:ident, $word:ty, $bytes:literal, $rounds:literal, $big0:expr, $big1:expr, $small0:expr, $small1:expr, $shift:expr, [$($t:literal)+]) => {
        /// The state of a digest.
        #[derive(Clone, Debug)]
        pub struct $name {
            state: [$word; 8],
            /// What makes no whole block yet.
            held: Vec<u8>,
            count: u128,
        }

        impl $name {
            /// One that has seen nothing.
            pub fn new(state: [$word; 8]) -> Self {
                Self { state, held: Vec::new(), count: 0 }
            }

            /// Takes bytes.
            pub fn update(&mut self, mut bytes: &[u8]) {
                self.count += bytes.len() as u128;
                if !self.held.is_empty() {
                    let (part, rest) = bytes.split_at(bytes.len().min($bytes - self.held.len()));
                    self.held.extend_from_slice(part);
                    bytes = rest;
                    if self.held.len() < $bytes {
                        return;
                    }
                    let held = std::mem::take(&mut self.held);
                    self.blocks(&held);
                }
                let (blocks, rest) = bytes.split_at(bytes.len() - bytes.len() % $bytes);
                self.blocks(blocks);
                self.held.extend_from_slice(rest);
            }

            /// The digest, of which shorter functions take the beginning.
            pub fn finish(mut self) -> Vec<u8> {
                const SIZE_BYTES: usize = $bytes / 8;
                let mut last = std::mem::take(&mut self.held);
                last.push(0x80);
                last.resize((last.len() + SIZE_BYTES).next_multiple_of($bytes) - SIZE_BYTES, 0);
                last.extend_from_slice(&(self.count * 8).to_be_bytes()[16 - SIZE_BYTES..]);
                self.blocks(&last);
                self.state.iter().flat_map(|word| word.to_be_bytes()).collect()
            }

            fn blocks(&mut self, bytes: &[u8]) {
                const WORD_BYTES: usize = $bytes / 16;
                const K: [$word; $rounds] = {
                    let mut k = [0; $rounds];
                    let mut index = 0;
                    while index < $rounds {
                        k[index] = (ROOTS[index] >> $shift) as $word;
                        index += 1;
                    }
                    k
                };
                let (blocks, _) = bytes.as_chunks::<$bytes>();
                for block in blocks {
                    // The last sixteen words of the schedule, of which each takes the place of the one that it needs last.
                    // All of it is in local variables: a round has no more instructions than its formula.
                    let mut w: [$word; 16] = [0; 16];
                    let (words, _) = block.as_chunks::<WORD_BYTES>();
                    for (to, word) in w.iter_mut().zip(words) {
                        *to = <$word>::from_be_bytes(*word);
                    }
                    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.state;
                    let mut b_or_c = b ^ c;
                    $({
                        if $t >= 16 {
                            w[$t & 15] = shifted!(w[($t + 1) & 15], $small0)
                                .wrapping_add(w[$t & 15])
                                .wrapping_add(w[($t + 9) & 15])
                                .wrapping_add(shifted!(w[($t + 14) & 15], $small1));
                        }
                        let sum = rotated!(e, $big1).wrapping_add(w[$t & 15].wrapping_add(K[$t])).wrapping_add(h);
                        let sum = (((f ^ g) & e) ^ g).wrapping_add(sum);
                        // What most of a, b and c say: b, unless a differs from it and so does c.
                        let a_or_b = a ^ b;
                        let most = (b_or_c & a_or_b) ^ b;
                        b_or_c = a_or_b;
                        let next = most.wrapping_add(rotated!(a, $big0).wrapping_add(sum));
                        (a, b, c, d, e, f, g, h) = (next, a, b, c, sum.wrapping_add(d), e, f, g);
                    })+
                    let _ = b_or_c;
                    for (old, new) in self.state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
                        *old = old.wrapping_add(new);
                    }
                }
            }
        }
    };
}

function!(Words32, u32, 64, 64, [2, 13, 22], [6, 11, 25], [7, 18, 3], [17, 19, 10], 32, [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63]);
function!(Words64, u64, 128, 80, [28, 34, 39], [14, 18, 41], [1, 8, 7], [19, 61, 6], 0, [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79]);

pub fn sha256() -> Words32 {
    Words32::new([
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ])
}

pub fn sha224() -> Words32 {
    Words32::new([
        0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4,
    ])
}

pub fn sha512() -> Words64 {
    Words64::new([
        0x6a09e667f3bcc908,
        0xbb67ae8584caa73b,
        0x3c6ef372fe94f82b,
        0xa54ff53a5f1d36f1,
        0x510e527fade682d1,
        0x9b05688c2b3e6c1f,
        0x1f83d9abfb41bd6b,
        0x5be0cd19137e2179,
    ])
}

pub fn sha384() -> Words64 {
    Words64::new([
        0xcbbb9d5dc1059ed8,
        0x629a292a367cd507,
        0x9159015a3070dd17,
        0x152fecd8f70e5939,
        0x67332667ffc00b31,
        0x8eb44a8768581511,
        0xdb0c2e0d64f98fa7,
        0x47b5481dbefa4fa4,
    ])
}
