//! The sum of flags: the highest bit of every byte of many vectors.
//!
//! Shifts are slow: the interpreter does them in halves, and waits for both before it can take a vector again. So flags
//! are added by and, or and xor, as a circuit would: bits of equal weight three at a time, to one of their weight and one
//! of twice that; only every eighth is shifted.

use crate::{BYTES, Lanes, constant, splat};

/// Vectors that are added at once.
pub const ROUND: usize = 8;
/// Bytes that are added at once.
pub const ROUND_BYTES: usize = BYTES * ROUND;
/// Rounds whose eights fit into bytes.
const ROUNDS_MAX: usize = 255;

/// A sum of flags.
pub struct Tally {
    ones: Lanes,
    twos: Lanes,
    fours: Lanes,
    /// For each byte, how often there were eight.
    eights: Lanes,
    rounds: usize,
    /// What no longer fits into `eights`.
    sum: usize,
    low_bit: Lanes,
}

impl Tally {
    /// A sum of none.
    pub fn new() -> Self {
        let none = constant(0);
        Self { ones: none, twos: none, fours: none, eights: none, rounds: 0, sum: 0, low_bit: splat(1) }
    }

    /// Adds the flags of eight vectors.
    #[inline(always)]
    pub fn add(&mut self, flags: [Lanes; ROUND]) {
        let [a, b, c, d, e, f, g, h] = flags;
        let first = add(&mut self.ones, a, b);
        let second = add(&mut self.ones, c, d);
        let third = add(&mut self.ones, e, f);
        let fourth = add(&mut self.ones, g, h);
        let low = add(&mut self.twos, first, second);
        let high = add(&mut self.twos, third, fourth);
        let eights = add(&mut self.fours, low, high);
        self.eights += (eights >> 7_u32) & self.low_bit;
        self.rounds += 1;
        if self.rounds == ROUNDS_MAX {
            self.empty();
        }
    }

    #[inline(always)]
    fn empty(&mut self) {
        self.sum += 8 * sum(std::mem::replace(&mut self.eights, constant(0)));
        self.rounds = 0;
    }

    /// How many flags were ones.
    pub fn finish(mut self) -> usize {
        self.empty();
        let count = |flags: Lanes| sum((flags >> 7_u32) & self.low_bit);
        self.sum + 4 * count(self.fours) + 2 * count(self.twos) + count(self.ones)
    }
}

/// Adds bits to bits of their weight; what is carried.
#[inline(always)]
fn add(to: &mut Lanes, a: Lanes, b: Lanes) -> Lanes {
    let differ = *to ^ a;
    let carried = differ.bitselect(b, a);
    *to = differ ^ b;
    carried
}

/// The sum of the bytes of a vector.
fn sum(lanes: Lanes) -> usize {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    let [a, b] = lanes.to_array();
    let pairs = (a & EVEN) + (a >> 8 & EVEN) + (b & EVEN) + (b >> 8 & EVEN);
    (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as usize
}
