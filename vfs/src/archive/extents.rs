//! `Extents`: where the bytes of a sparse file are; owns the rule that they ascend, and the map that tells them.

use super::{TarFault, length, pax};
use crate::archive::BLOCK_BYTES;

/// Where the bytes of a file are: offsets and lengths, ascending, apart from each other. The rest is holes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extents(Vec<(u64, u64)>);

impl Extents {
    /// `SparseMap`: they overlap, or reach behind the end of the file.
    pub(super) fn new(
        told: impl IntoIterator<Item = (u64, u64)>,
        real_size: u64,
    ) -> Result<Extents, TarFault> {
        let mut extents = Extents::default();
        let mut end = 0;
        for (offset, bytes) in told {
            let next = offset.checked_add(bytes).filter(|next| *next <= real_size);
            let next = next.filter(|_| offset >= end).ok_or(TarFault::SparseMap)?;
            if bytes > 0 {
                extents.0.push((offset, bytes));
            }
            end = next;
        }
        Ok(extents)
    }

    /// Offsets and lengths by turns.
    pub(super) fn of_turns(numbers: &[u64], real_size: u64) -> Result<Extents, TarFault> {
        let (pairs, rest) = numbers.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(TarFault::SparseMap);
        }
        Extents::new(pairs.iter().map(|[offset, bytes]| (*offset, *bytes)), real_size)
    }

    /// Adds an extent behind the others; one that touches the last is one with it.
    pub(super) fn push(&mut self, offset: u64, bytes: u64) {
        match self.0.last_mut() {
            Some((last, length)) if last.saturating_add(*length) == offset => {
                *length = length.saturating_add(bytes);
            }
            Some(_) | None => self.0.push((offset, bytes)),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().copied()
    }

    /// The bytes in all extents.
    pub(super) fn bytes(&self) -> u64 {
        self.iter().fold(0, |sum, (_, bytes)| sum.saturating_add(bytes))
    }

    /// The map as it comes before the data: how many extents, and each one's offset and length, a line each, filled
    /// up to whole blocks.
    pub(super) fn map(&self, real_size: u64) -> Vec<u8> {
        // An extent of nothing at the end tells where the file ends.
        let mut map = format!("{}\n", self.0.len().saturating_add(1)).into_bytes();
        for (offset, bytes) in self.iter().chain([(real_size, 0)]) {
            map.extend_from_slice(format!("{offset}\n{bytes}\n").as_bytes());
        }
        map.resize(map.len().next_multiple_of(BLOCK_BYTES), 0);
        map
    }
}

/// Reads a map line by line as blocks of it come in.
#[derive(Debug)]
pub(super) struct MapReader {
    /// None: the first line, how many extents there are, was not read yet.
    left: Option<u64>,
    line: Vec<u8>,
    numbers: Vec<u64>,
    extents_max: u64,
}

impl MapReader {
    pub(super) fn new(extents_max: u64) -> MapReader {
        MapReader { left: None, line: Vec::new(), numbers: Vec::new(), extents_max }
    }

    /// Takes a block; gives the offsets and lengths by turns when it was the last.
    pub(super) fn take(&mut self, block: &[u8]) -> Result<Option<Vec<u64>>, TarFault> {
        for byte in block {
            if *byte != b'\n' {
                // No number has more digits.
                if self.line.len() > 20 {
                    return Err(TarFault::SparseMap);
                }
                self.line.push(*byte);
                continue;
            }
            let number = pax::number(&self.line, "size").ok().and_then(|number| u64::try_from(number).ok());
            let number = number.ok_or(TarFault::SparseMap)?;
            self.line.clear();
            let left = match self.left {
                None if number > self.extents_max => return Err(TarFault::SparseMap),
                None => number.saturating_mul(2),
                Some(left) => {
                    self.numbers.push(number);
                    left.saturating_sub(1)
                }
            };
            self.left = Some(left);
            if left == 0 {
                return Ok(Some(std::mem::take(&mut self.numbers)));
            }
        }
        Ok(None)
    }
}

/// How many extents a file may have where `room` bytes may still be written: each has a block of its own.
pub(super) fn extents_max(room: u64) -> u64 {
    (room / length(BLOCK_BYTES)).saturating_add(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_read_as_it_was_written() {
        let mut extents = Extents::default();
        extents.push(0, 10);
        for index in 1..100 {
            extents.push(index * 100_000, 4096);
        }
        extents.push(99 * 100_000 + 4096, 4);
        let map = extents.map(1 << 40);
        let mut reader = MapReader::new(200);
        let mut blocks = map.chunks(512);
        let numbers = blocks.find_map(|block| reader.take(block).unwrap()).unwrap();
        assert_eq!(blocks.count(), 0);
        assert_eq!(Extents::of_turns(&numbers, 1 << 40).unwrap(), extents);
        assert_eq!(extents.bytes(), 10 + 99 * 4096 + 4);
    }

    #[test]
    fn maps_that_overlap_or_reach_too_far_are_refused() {
        for told in [&[(0, 10), (9, 1)][..], &[(0, 101)], &[(u64::MAX, 2)], &[(5, 1), (0, 1)]] {
            assert!(Extents::new(told.iter().copied(), 100).is_err(), "{told:?}");
        }
        assert!(Extents::of_turns(&[1, 2, 3], 100).is_err());
        for map in [&b"9999\n"[..], b"x\n", b"\n", b"1\n-1\n2\n", b"111111111111111111111111"] {
            assert!(MapReader::new(10).take(map).is_err(), "{}", map.escape_ascii());
        }
    }
}
