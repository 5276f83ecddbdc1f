//! Chance that follows from a seed: SplitMix64 (Steele, Lea and Flood 2014), and choices made with it.

/// A sequence of random numbers.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The sequence of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Chance {
        // Neighbouring seeds must not give sequences that are shifted copies of each other.
        let mut first = Chance(seed ^ 0x5851_f42d_4c95_7f2d);
        Chance(first.draw())
    }

    /// Any number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below the bound, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.draw() % bound).unwrap_or(0)
    }

    /// From the first to the last, both included.
    pub fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    /// True one time in so many.
    pub fn one_in(&mut self, rate: usize) -> bool {
        self.below(rate) == 0
    }

    /// One of them.
    ///
    /// # Panics
    /// When there is none.
    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of.get(self.below(of.len())).expect("something to choose from")
    }

    /// One of them, or the rate 0 that means never, which is as likely as all the others.
    pub fn rate(&mut self, of: &[u32]) -> u32 {
        if self.one_in(2) { 0 } else { of.get(self.below(of.len())).copied().unwrap_or(0) }
    }
}
