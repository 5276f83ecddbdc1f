//! The virtual clock and the seeded chance of deterministic hosts.

/// 2024-01-01T00:00:00Z, far enough from zero that programs may subtract from a time stamp.
const EPOCH_NS: u64 = 1_704_067_200_000_000_000;

/// What one look at the clock takes, so that a program that waits by looking comes to an end.
const LOOK_NS: u64 = 1_000;

/// A clock that only moves when it is told to, or looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct VirtualClock {
    now_ns: u64,
}

impl VirtualClock {
    /// Nanoseconds since it started, without looking.
    pub(super) fn now(&self) -> u64 {
        self.now_ns
    }

    /// Nanoseconds since it started.
    pub(super) fn look(&mut self) -> u64 {
        self.advance(LOOK_NS);
        self.now_ns
    }

    /// Nanoseconds since the Unix epoch.
    pub(super) fn realtime(&mut self) -> u64 {
        EPOCH_NS.saturating_add(self.look())
    }

    /// Time goes by.
    pub(super) fn advance(&mut self, ns: u64) {
        self.now_ns = self.now_ns.saturating_add(ns);
    }

    /// Time goes by up to a moment, if that is still to come.
    pub(super) fn sleep_until(&mut self, until: u64) {
        self.now_ns = self.now_ns.max(until);
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Clone, Copy, Debug)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// Numbers that follow from the seed.
    pub(super) fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Fills with the next bytes.
    pub(super) fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.iter_mut().zip(word).for_each(|(byte, random)| *byte = random);
        }
    }

    /// True one time in so many; a rate of 0 draws nothing.
    pub(super) fn one_in(&mut self, rate: u32) -> bool {
        rate != 0 && self.next().is_multiple_of(u64::from(rate))
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// From 1 to `most`; 0 of nothing.
    pub(super) fn part(&mut self, most: usize) -> usize {
        let bound = u64::try_from(most).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound).saturating_add(1)).unwrap_or(most).min(most)
    }
}
