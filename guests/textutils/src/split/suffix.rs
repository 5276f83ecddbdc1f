//! The suffixes of pieces: `aa`, `ab` and so on.

/// What suffixes are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Alphabet {
    #[default]
    Letters,
    Decimal,
    Hexadecimal,
}

impl Alphabet {
    pub fn letters(self) -> &'static [u8] {
        match self {
            Self::Letters => b"abcdefghijklmnopqrstuvwxyz",
            Self::Decimal => b"0123456789",
            Self::Hexadecimal => b"0123456789abcdef",
        }
    }
}

/// The suffixes, one after another.
pub struct Suffixes {
    letters: &'static [u8],
    /// The places in the alphabet of the next suffix; None: there is none.
    next: Option<Vec<usize>>,
    /// Whether more letters are taken when one more would be too many for these.
    grows: bool,
}

/// How many letters suffixes have where nobody says otherwise.
const LENGTH: usize = 2;

impl Suffixes {
    /// Begins; the error is what to complain about. `pieces`: as many are known to be made.
    pub fn new(
        alphabet: Alphabet,
        length: Option<usize>,
        start: Option<&[u8]>,
        pieces: Option<u64>,
    ) -> Result<Self, String> {
        let letters = alphabet.letters();
        let mut needed = 0;
        if let Some(pieces) = pieces {
            let radix = u32::try_from(letters.len()).unwrap_or(10);
            let text = String::from_utf8_lossy(start.unwrap_or(b"0")).into_owned();
            let first = u64::from_str_radix(&text, radix.min(16)).unwrap_or(0);
            // A start beyond the number of pieces does not make suffixes longer.
            let mut last = if first < pieces { first + pieces - 1 } else { pieces - 1 };
            needed = 1;
            while last >= u64::from(radix) {
                last /= u64::from(radix);
                needed += 1;
            }
        }
        if let Some(length) = length.filter(|length| *length < needed) {
            let _ = length;
            return Err(format!("the suffix length needs to be at least {needed}"));
        }
        let grows = length.is_none() && start.is_none() && pieces.is_none();
        let length = length.unwrap_or(LENGTH.max(needed));
        let mut next = vec![0; length];
        if let Some(start) = start {
            if start.len() > length {
                return Err("numerical suffix start value is too large for the suffix length".to_owned());
            }
            let places = next[length - start.len()..].iter_mut().zip(start);
            places.for_each(|(place, digit)| {
                *place = letters.iter().position(|letter| letter == digit).unwrap_or(0);
            });
        }
        Ok(Self { letters, next: Some(next), grows })
    }

    /// The next suffix; None: there is none.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let places = self.next.take()?;
        let suffix = places.iter().filter_map(|place| self.letters.get(*place)).copied().collect();
        self.next = self.after(places);
        Some(suffix)
    }

    fn after(&self, mut places: Vec<usize>) -> Option<Vec<usize>> {
        let last = self.letters.len() - 1;
        let up = places.iter().rposition(|place| *place < last);
        if let Some(up) = up {
            places[up] += 1;
            places[up + 1..].fill(0);
        }
        if !self.grows {
            return up.map(|_| places);
        }
        // The last letter in front is kept for longer suffixes: behind it there are two more.
        let fixed = places.len() / 2 - 1;
        if places.get(fixed) == Some(&last) || up.is_none() {
            let mut longer = vec![last; fixed + 1];
            longer.resize(places.len() + 2, 0);
            return Some(longer);
        }
        Some(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_grow() {
        let mut suffixes = Suffixes::new(Alphabet::Decimal, None, None, None).unwrap();
        let all: Vec<String> =
            (0..1000).filter_map(|_| suffixes.take()).map(|text| String::from_utf8(text).unwrap()).collect();
        assert_eq!(&all[88..92], ["88", "89", "9000", "9001"]);
        assert_eq!(&all[988..992], ["9898", "9899", "990000", "990001"]);
    }

    #[test]
    fn suffixes_end() {
        let mut suffixes = Suffixes::new(Alphabet::Letters, Some(1), None, None).unwrap();
        assert_eq!((0..30).filter_map(|_| suffixes.take()).count(), 26);
        assert!(Suffixes::new(Alphabet::Letters, Some(1), None, Some(27)).is_err());
    }
}
