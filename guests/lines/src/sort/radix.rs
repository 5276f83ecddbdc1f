//! Sorting without comparing: lines by their ranks, a digit at a time, and by eight bytes after the other.
//!
//! In an interpreter a comparison takes fifty times as long as what it answers, and a large file takes thirty million of
//! them. It owns no order: that of [`texts`] is the order of bytes.

use std::ops::Range;

use super::chunk::Line;

/// So many lines are few: those are sorted by comparing.
const FEW_LINES: usize = 192;
/// So many are worth tables for digits of 16 bits.
const MANY_LINES: usize = 1 << 16;
/// How many bytes a rank has.
const RANK_BYTES: usize = 8;

/// Sorts lines by their ranks; those of the same rank stay in their order.
pub fn by_rank(lines: &mut [Line], scratch: &mut Vec<Line>) {
    if lines.len() < FEW_LINES {
        lines.sort_by_key(|line| line.rank);
    } else if lines.len() < MANY_LINES {
        digits::<8>(lines, scratch);
    } else {
        digits::<16>(lines, scratch);
    }
}

/// Sorts by digits of some bits, the last digit first.
fn digits<const BITS: u32>(lines: &mut [Line], scratch: &mut Vec<Line>) {
    let values = 1_usize << BITS;
    let digit = |rank: u64, shift: u32| (rank >> shift) as usize & (values - 1);
    let (mut any, mut all) = (0, u64::MAX);
    for line in lines.iter() {
        any |= line.rank;
        all &= line.rank;
    }
    let varies = any ^ all;
    scratch.clear();
    scratch.extend_from_slice(lines);
    let mut counts = vec![0_u32; values];
    let mut is_in_scratch = false;
    for shift in (0..u64::BITS).step_by(BITS as usize) {
        if digit(varies, shift) == 0 {
            continue;
        }
        let (from, to) = if is_in_scratch {
            (&mut *scratch as &mut [Line], &mut *lines)
        } else {
            (&mut *lines, &mut *scratch as &mut [Line])
        };
        counts.fill(0);
        for line in from.iter() {
            if let Some(count) = counts.get_mut(digit(line.rank, shift)) {
                *count += 1;
            }
        }
        let mut next = 0;
        for count in &mut counts {
            next += std::mem::replace(count, next);
        }
        for line in from.iter() {
            if let Some(place) = counts.get_mut(digit(line.rank, shift)) {
                if let Some(there) = to.get_mut(*place as usize) {
                    *there = *line;
                }
                *place += 1;
            }
        }
        is_in_scratch = !is_in_scratch;
    }
    if is_in_scratch {
        lines.copy_from_slice(scratch);
    }
}

/// Sorts lines by their bytes.
pub fn texts(bytes: &[u8], lines: &mut [Line]) {
    let mut scratch = Vec::new();
    // Ranges of lines that are the same up to a place, and go on behind it.
    let mut waiting = vec![(0..lines.len(), 0)];
    while let Some((range, place)) = waiting.pop() {
        let Some(part) = lines.get_mut(range.clone()) else { continue };
        for line in part.iter_mut() {
            line.rank = swar::leading(line.text(bytes).get(place..).unwrap_or_default());
        }
        let place = place + RANK_BYTES;
        if part.len() < FEW_LINES {
            let rest = |line: &Line| line.text(bytes).get(place..).unwrap_or_default();
            part.sort_unstable_by(|a, b| {
                let ranks = a.rank.cmp(&b.rank);
                // Where both are at their ends, a NUL may still be one of the bytes or none.
                ranks.then_with(|| swar::compare(rest(a), rest(b))).then_with(|| a.length().cmp(&b.length()))
            });
            continue;
        }
        by_rank(part, &mut scratch);
        let mut start = 0;
        for run in part.chunk_by_mut(|a, b| a.rank == b.rank) {
            let behind = start + run.len();
            if let Some(rest) = unfinished(run, place) {
                waiting.push((range.start + start + rest.start..range.start + start + rest.end, place));
            }
            start = behind;
        }
    }
}

/// Of lines that are the same up to a place, NULs aside, puts those that end there first; answers which do not.
fn unfinished(run: &mut [Line], place: usize) -> Option<Range<usize>> {
    if run.len() < 2 {
        return None;
    }
    let shortest = run.iter().map(Line::length).min()?;
    if shortest <= place {
        if run.iter().all(|line| line.length() == shortest) {
            return None;
        }
        run.sort_unstable_by_key(|line| line.length().min(place + 1));
    }
    let start = run.partition_point(|line| line.length() <= place);
    Some(start..run.len()).filter(|rest| rest.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::super::chunk::Chunk;
    use super::*;

    /// Numbers that look random, the same on every run.
    fn numbers() -> impl FnMut(usize) -> usize {
        let mut state = 1_u64;
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        }
    }

    #[test]
    fn ranks_are_sorted_and_equal_ones_stay_in_their_order() {
        let mut number = numbers();
        for (count, most) in [(0, 1), (1, 1), (100, 5), (1000, 7), (5000, usize::MAX), (70_000, 1 << 20)] {
            let mut lines: Vec<Line> = (0..count)
                .map(|at| Line {
                    rank: (number(most) as u64).wrapping_mul(0x1_0000_0001_0001),
                    start: at,
                    end: 0,
                })
                .collect();
            let mut expected: Vec<(u64, u32)> = lines.iter().map(|line| (line.rank, line.start)).collect();
            expected.sort_by_key(|(rank, _)| *rank);
            by_rank(&mut lines, &mut Vec::new());
            let sorted: Vec<(u64, u32)> = lines.iter().map(|line| (line.rank, line.start)).collect();
            assert_eq!(sorted, expected, "{count} {most}");
        }
    }

    #[test]
    fn texts_are_sorted_as_slices_are() {
        let mut number = numbers();
        let pieces: [&[u8]; 8] = [b"", b"\0", b"a", b"abcdefgh", b"abcdefg\0", b"\xff", b"lorem ip", b"xyz"];
        for count in [0, 1, 2, 50, 191, 192, 3000, 70_000] {
            let mut texts: Vec<Vec<u8>> = (0..count)
                .map(|_| (0..number(5)).flat_map(|_| pieces[number(pieces.len())].to_vec()).collect())
                .collect();
            let mut bytes = texts.join(&b'\n');
            bytes.push(b'\n');
            let mut chunk = Chunk::unsorted(bytes, b'\n');
            chunk.sort_texts();
            texts.sort();
            let sorted: Vec<&[u8]> = (0..count).filter_map(|index| chunk.line(index)).collect();
            assert!(sorted == texts, "{count}");
        }
    }
}
