//! Random numbers: the additive generator that BSD's random(3) describes, with 63 words of state.

/// Words of state, and how far the second tap is behind.
const WORDS: usize = 63;
const TAP: usize = 1;

pub struct Random {
    words: [u32; WORDS],
    front: usize,
    seed: f64,
}

impl Random {
    pub fn new(seed: u32) -> Random {
        let mut random = Random { words: [0; WORDS], front: TAP, seed: f64::from(seed) };
        random.restart(seed);
        random
    }

    /// The seed that was set last.
    pub fn seed(&self) -> f64 {
        self.seed
    }

    pub fn set_seed(&mut self, seed: f64) {
        self.seed = seed;
        self.restart((seed as i64 as u32).max(1));
    }

    /// Fills the state by a generator of its own, and lets it run in.
    fn restart(&mut self, seed: u32) {
        let mut word = i64::from(seed as i32);
        for place in &mut self.words {
            *place = word as u32;
            // The minimal standard generator, in the way that needs no more than 32 bits.
            let (high, low) = (word / 127_773, word % 127_773);
            word = 16_807 * low - 2_836 * high;
            if word < 0 {
                word += 2_147_483_647;
            }
        }
        self.front = TAP;
        for _ in 0..10 * WORDS {
            self.word();
        }
    }

    fn word(&mut self) -> u32 {
        let back = (self.front + WORDS - TAP) % WORDS;
        let sum = self.words[self.front].wrapping_add(self.words[back]);
        self.words[self.front] = sum;
        self.front = (self.front + 1) % WORDS;
        sum >> 1
    }

    /// A number from 0 up to, but not including, 1.
    pub fn next(&mut self) -> f64 {
        const RANGE: f64 = 2_147_483_648.0;
        (f64::from(self.word()) / RANGE + f64::from(self.word())) / RANGE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_its_numbers_again() {
        let (mut one, mut other) = (Random::new(5), Random::new(5));
        for _ in 0..100 {
            let number = one.next();
            assert!((0.0..1.0).contains(&number));
            assert_eq!(number, other.next());
        }
    }
}
