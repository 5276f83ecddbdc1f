//! The edit script: which lines of two files differ.
//!
//! Lines are numbers here, equal for lines that count as equal. The search is that of E. Myers, "An O(ND) Difference
//! Algorithm and Its Variations" (1986), section 4b: from both ends, in linear space. Before it, lines that cannot or
//! hardly help are set aside; after it, each run of changes is moved to where GNU diff would show it.

use std::ops::Range;

/// A place where the files differ: lines of the first that became lines of the second. One of them may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub old: Range<usize>,
    pub new: Range<usize>,
}

/// How many steps from either end are searched before the search is content with a good place.
const STEPS_MAX: usize = 4096;

/// The changes that make `new` of `old`, in order. Lines are numbers below `classes`.
pub fn changes(old: &[u32], new: &[u32], classes: usize, minimal: bool) -> Vec<Change> {
    let mut flags = Flags::of(old, new, classes, minimal);
    settle(old, &mut flags.old, &mut flags.new);
    settle(new, &mut flags.new, &mut flags.old);
    flags.changes()
}

/// For each line whether it has no partner in the other file.
struct Flags {
    old: Vec<bool>,
    new: Vec<bool>,
}

impl Flags {
    fn of(old: &[u32], new: &[u32], classes: usize, minimal: bool) -> Flags {
        let kept_old = kept(old, &counts(new, classes), minimal);
        let kept_new = kept(new, &counts(old, classes), minimal);
        let pick = |lines: &[u32], kept: &[usize]| kept.iter().map(|index| lines[*index]).collect::<Vec<_>>();
        let (picked_old, picked_new) = (pick(old, &kept_old), pick(new, &kept_new));
        let mut search = Search::new(&picked_old, &picked_new);
        search.run(minimal);
        let mut flags = Flags { old: vec![true; old.len()], new: vec![true; new.len()] };
        for (index, changed) in kept_old.iter().zip(&search.changed_old) {
            flags.old[*index] = *changed;
        }
        for (index, changed) in kept_new.iter().zip(&search.changed_new) {
            flags.new[*index] = *changed;
        }
        flags
    }

    fn changes(&self) -> Vec<Change> {
        let (mut x, mut y) = (0, 0);
        let mut changes = Vec::new();
        while x < self.old.len() || y < self.new.len() {
            let (old, new) = (x, y);
            while self.old.get(x) == Some(&true) {
                x += 1;
            }
            while self.new.get(y) == Some(&true) {
                y += 1;
            }
            if old < x || new < y {
                changes.push(Change { old: old..x, new: new..y });
            } else {
                x += 1;
                y += 1;
            }
        }
        changes
    }
}

/// How often each line is in a file.
fn counts(lines: &[u32], classes: usize) -> Vec<u32> {
    let mut counts = vec![0; classes];
    for line in lines {
        counts[*line as usize] += 1;
    }
    counts
}

/// What is to be done with a line before the search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    /// It has no equal in the other file.
    Drop,
    /// It has so many that it only distracts, if what is around it is dropped too.
    Doubt,
}

/// A number near the square root.
fn rough_root(number: usize) -> usize {
    let mut root = 1;
    let mut rest = number / 4;
    while rest > 0 {
        root *= 2;
        rest /= 4;
    }
    root
}

/// The indices of the lines that the search gets, given how often each line is in the other file.
fn kept(lines: &[u32], others: &[u32], minimal: bool) -> Vec<usize> {
    if minimal {
        return (0..lines.len()).collect();
    }
    let many = 5 * rough_root(lines.len() / 64).max(1);
    let mut fates: Vec<Fate> = lines
        .iter()
        .map(|line| match others[*line as usize] as usize {
            0 => Fate::Drop,
            count if count > many => Fate::Doubt,
            _ => Fate::Keep,
        })
        .collect();
    let mut at = 0;
    while at < fates.len() {
        match fates[at] {
            Fate::Keep => at += 1,
            // Only what begins with a line that is surely dropped is a run.
            Fate::Doubt => {
                fates[at] = Fate::Keep;
                at += 1;
            }
            Fate::Drop => {
                let length = fates[at..].iter().take_while(|fate| **fate != Fate::Keep).count();
                judge(&mut fates[at..at + length]);
                at += length;
            }
        }
    }
    (0..lines.len()).filter(|index| fates[*index] == Fate::Keep).collect()
}

/// Decides about the doubtful lines of a run of lines that begins with one that is dropped.
fn judge(run: &mut [Fate]) {
    // Those at the end belong to what follows.
    let length = run.iter().rposition(|fate| *fate == Fate::Drop).map_or(0, |last| last + 1);
    run[length..].fill(Fate::Keep);
    let run = &mut run[..length];
    let doubtful = run.iter().filter(|fate| **fate == Fate::Doubt).count();
    let keep = |run: &mut [Fate]| {
        for fate in run {
            if *fate == Fate::Doubt {
                *fate = Fate::Keep;
            }
        }
    };
    if doubtful * 4 > length {
        keep(run);
        return;
    }
    // Many doubtful lines in a row are a block of their own.
    let row = rough_root(length / 4) + 1;
    let mut at = 0;
    while at < length {
        let count = run[at..].iter().take_while(|fate| **fate == Fate::Doubt).count();
        if count >= row {
            keep(&mut run[at..at + count]);
        }
        at += count.max(1);
    }
    // Near either end, what is doubtful may still belong to the neighbour, until three lines in a row are dropped.
    for from_end in [false, true] {
        let mut dropped_in_a_row = 0;
        for step in 0..length {
            let index = if from_end { length - 1 - step } else { step };
            if step >= 8 && run[index] == Fate::Drop {
                break;
            }
            match run[index] {
                Fate::Doubt => {
                    run[index] = Fate::Keep;
                    dropped_in_a_row = 0;
                }
                Fate::Keep => dropped_in_a_row = 0,
                Fate::Drop => dropped_in_a_row += 1,
            }
            if dropped_in_a_row == 3 {
                break;
            }
        }
    }
}

/// A part of both files that is searched.
struct Part {
    old: Range<usize>,
    new: Range<usize>,
    /// Whether no effort is spared for it.
    minimal: bool,
}

/// Where a part is cut in two.
struct Cut {
    old: usize,
    new: usize,
    minimal: [bool; 2],
}

/// The search over the lines that were kept.
struct Search<'a> {
    old: &'a [u32],
    new: &'a [u32],
    changed_old: Vec<bool>,
    changed_new: Vec<bool>,
    /// How far each diagonal was followed, from the start and from the end.
    forward: Vec<isize>,
    backward: Vec<isize>,
    steps_max: usize,
}

impl<'a> Search<'a> {
    fn new(old: &'a [u32], new: &'a [u32]) -> Self {
        let diagonals = old.len() + new.len() + 3;
        Search {
            old,
            new,
            changed_old: vec![false; old.len()],
            changed_new: vec![false; new.len()],
            forward: vec![0; diagonals],
            backward: vec![0; diagonals],
            steps_max: rough_root(diagonals).max(STEPS_MAX),
        }
    }

    fn run(&mut self, minimal: bool) {
        // A stack and not recursion: the parts of a hostile file may nest deeply.
        let mut parts = vec![Part { old: 0..self.old.len(), new: 0..self.new.len(), minimal }];
        while let Some(Part { mut old, mut new, minimal }) = parts.pop() {
            while !old.is_empty() && !new.is_empty() && self.old[old.start] == self.new[new.start] {
                old.start += 1;
                new.start += 1;
            }
            while !old.is_empty() && !new.is_empty() && self.old[old.end - 1] == self.new[new.end - 1] {
                old.end -= 1;
                new.end -= 1;
            }
            if old.is_empty() {
                self.changed_new[new].fill(true);
            } else if new.is_empty() {
                self.changed_old[old].fill(true);
            } else {
                let cut = self.cut(&old, &new, minimal);
                parts.push(Part { old: cut.old..old.end, new: cut.new..new.end, minimal: cut.minimal[1] });
                parts.push(Part {
                    old: old.start..cut.old,
                    new: new.start..cut.new,
                    minimal: cut.minimal[0],
                });
            }
        }
    }

    /// A place that a shortest script goes through, about in its middle.
    fn cut(&mut self, old: &Range<usize>, new: &Range<usize>, minimal: bool) -> Cut {
        // Diagonal d holds the places with x - y = d; its slot in the tables is d + base.
        let base = self.new.len() as isize + 1;
        let (x_from, x_to) = (old.start as isize, old.end as isize);
        let (y_from, y_to) = (new.start as isize, new.end as isize);
        let (least, most) = (x_from - y_to, x_to - y_from);
        let (start, end) = (x_from - y_from, x_to - y_to);
        let odd = (start - end) % 2 != 0;
        let (mut f_least, mut f_most) = (start, start);
        let (mut b_least, mut b_most) = (end, end);
        let slot = |diagonal: isize| (diagonal + base) as usize;
        let (forward, backward) = (&mut self.forward, &mut self.backward);
        forward[slot(start)] = x_from;
        backward[slot(end)] = x_to;
        for step in 1.. {
            if f_least > least {
                f_least -= 1;
                forward[slot(f_least - 1)] = -1;
            } else {
                f_least += 1;
            }
            if f_most < most {
                f_most += 1;
                forward[slot(f_most + 1)] = -1;
            } else {
                f_most -= 1;
            }
            let mut diagonal = f_most;
            while diagonal >= f_least {
                let (below, above) = (forward[slot(diagonal - 1)], forward[slot(diagonal + 1)]);
                let mut x = if below < above { above } else { below + 1 };
                let mut y = x - diagonal;
                while x < x_to && y < y_to && self.old[x as usize] == self.new[y as usize] {
                    x += 1;
                    y += 1;
                }
                forward[slot(diagonal)] = x;
                if odd && b_least <= diagonal && diagonal <= b_most && backward[slot(diagonal)] <= x {
                    return Cut { old: x as usize, new: y as usize, minimal: [true; 2] };
                }
                diagonal -= 2;
            }
            if b_least > least {
                b_least -= 1;
                backward[slot(b_least - 1)] = isize::MAX;
            } else {
                b_least += 1;
            }
            if b_most < most {
                b_most += 1;
                backward[slot(b_most + 1)] = isize::MAX;
            } else {
                b_most -= 1;
            }
            let mut diagonal = b_most;
            while diagonal >= b_least {
                let (below, above) = (backward[slot(diagonal - 1)], backward[slot(diagonal + 1)]);
                let mut x = if below < above { below } else { above - 1 };
                let mut y = x - diagonal;
                while x_from < x && y_from < y && self.old[x as usize - 1] == self.new[y as usize - 1] {
                    x -= 1;
                    y -= 1;
                }
                backward[slot(diagonal)] = x;
                if !odd && f_least <= diagonal && diagonal <= f_most && x <= forward[slot(diagonal)] {
                    return Cut { old: x as usize, new: y as usize, minimal: [true; 2] };
                }
                diagonal -= 2;
            }
            if !minimal && step >= self.steps_max {
                break;
            }
        }
        // Too far apart: whatever has come furthest, from the start or from the end, is good enough.
        let furthest = (f_least..=f_most).step_by(2).map(|diagonal| {
            let x = forward[slot(diagonal)].min(x_to);
            let y = x - diagonal;
            if y_to < y { (y_to + diagonal, y_to) } else { (x, y) }
        });
        let nearest = (b_least..=b_most).step_by(2).map(|diagonal| {
            let x = backward[slot(diagonal)].max(x_from);
            let y = x - diagonal;
            if y < y_from { (y_from + diagonal, y_from) } else { (x, y) }
        });
        let first = furthest.max_by_key(|(x, y)| x + y).unwrap_or((x_to, y_to));
        let last = nearest.min_by_key(|(x, y)| x + y).unwrap_or((x_from, y_from));
        if (x_to + y_to) - (last.0 + last.1) < (first.0 + first.1) - (x_from + y_from) {
            Cut { old: first.0 as usize, new: first.1 as usize, minimal: [true, false] }
        } else {
            Cut { old: last.0 as usize, new: last.1 as usize, minimal: [false, true] }
        }
    }
}

/// Moves each run of changed lines of a file as far to the end as its lines allow, joining the runs that it meets; but
/// back to where it stands beside changes of the other file, if it passed such a place.
fn settle(lines: &[u32], changed: &mut [bool], others: &mut [bool]) {
    let (end, others_end) = (lines.len(), others.len());
    let is_changed = |flags: &[bool], at: usize| flags.get(at) == Some(&true);
    // `at` and `other` stand at lines that are partners; `other` behind the changes in front of its line.
    let (mut at, mut other) = (0, 0);
    loop {
        while at < end && !changed[at] {
            while is_changed(others, other) {
                other += 1;
            }
            at += 1;
            other += 1;
        }
        if at == end {
            return;
        }
        let mut start = at;
        while is_changed(changed, at) {
            at += 1;
        }
        while is_changed(others, other) {
            other += 1;
        }
        let mut beside;
        loop {
            let length = at - start;
            while start > 0 && lines[start - 1] == lines[at - 1] {
                start -= 1;
                changed[start] = true;
                at -= 1;
                changed[at] = false;
                while start > 0 && changed[start - 1] {
                    start -= 1;
                }
                other = back(others, other);
            }
            beside = if other > 0 && others[other - 1] { Some(at) } else { None };
            while at < end && lines[start] == lines[at] {
                changed[start] = false;
                start += 1;
                changed[at] = true;
                at += 1;
                while is_changed(changed, at) {
                    at += 1;
                }
                other += 1;
                debug_assert!(other <= others_end);
                while is_changed(others, other) {
                    beside = Some(at);
                    other += 1;
                }
            }
            if length == at - start {
                break;
            }
        }
        while beside.is_some_and(|beside| beside < at) {
            start -= 1;
            changed[start] = true;
            at -= 1;
            changed[at] = false;
            other = back(others, other);
        }
    }
}

/// The place behind the changes in front of the line before.
fn back(others: &[bool], other: usize) -> usize {
    // In front of `other` there are changes, and in front of them the partner of the line that is passed.
    let mut other = other;
    while other > 0 && others[other - 1] {
        other -= 1;
    }
    other.saturating_sub(1)
}
