//! Runs a pattern's program over a text, in all its states at once.
//!
//! A state is an instruction that waits for a character; at one position each is in the list at most once, which
//! bounds the work. `!(…)` is the exception to walking one character at a time: where it is reached, its inside is
//! run on its own from there, and the positions where that does not end are kept in a bitmap that later positions
//! consult. For a `!(…)` inside another those bitmaps are remembered, as it is reached again and again.

use std::collections::HashMap;
use std::rc::Rc;

use super::PatternOptions;
use super::parse::{Unit, decode, decode_last};
use super::program::{Address, Direction, Instruction, Program, fold};

/// Bitmaps remembered in one match, in 64-bit words: 32 MiB.
const REMEMBERED_WORDS_MAX: usize = 4 << 20;

/// A program on its way through a text.
pub(super) struct Machine<'p> {
    program: &'p Program,
    text: &'p [u8],
    options: PatternOptions,
    /// How many `!(…)` the current run is inside of.
    nesting: usize,
    remembered: HashMap<(Address, usize), Rc<Bitmap>>,
    remembered_words: usize,
    /// Work done, for tests that bound it.
    pub(super) steps: u64,
}

/// The states at one position: instructions in the order they were reached, with where their match started.
#[derive(Default)]
struct States {
    list: Vec<(Address, usize)>,
    /// For each instruction the round it was last reached in.
    reached: Vec<u32>,
    round: u32,
    pending: Vec<Address>,
}

impl States {
    fn new(instructions: usize) -> States {
        States { list: Vec::new(), reached: vec![0; instructions], round: 0, pending: Vec::new() }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.reached.fill(0);
            self.round = 1;
        }
    }

    /// Whether the instruction is reached for the first time in this round.
    fn reach(&mut self, at: Address) -> bool {
        match self.reached.get_mut(at) {
            Some(round) if *round != self.round => {
                *round = self.round;
                true
            }
            _ => false,
        }
    }
}

/// A set of positions of the text.
#[derive(Clone, Default)]
struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    fn new(positions: usize) -> Bitmap {
        Bitmap { words: vec![0; positions / 64 + 1] }
    }

    fn insert(&mut self, position: usize) {
        if let Some(word) = self.words.get_mut(position / 64) {
            *word |= 1 << (position % 64);
        }
    }

    fn contains(&self, position: usize) -> bool {
        self.words.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    /// Adds the positions from `low` to `high` that `other` does not have.
    fn insert_missing(&mut self, other: &Bitmap, low: usize, high: usize) {
        for index in low / 64..=high / 64 {
            let mut mask = u64::MAX;
            if index == low / 64 {
                mask &= u64::MAX << (low % 64);
            }
            if index == high / 64 {
                mask &= u64::MAX >> (63 - high % 64);
            }
            let taken = other.words.get(index).copied().unwrap_or(0);
            if let Some(word) = self.words.get_mut(index) {
                *word |= !taken & mask;
            }
        }
    }
}

/// One walk through the text: its states, and where each `!(…)` lets it go on.
struct Run {
    states: States,
    /// By number of the `Not`: where to go on, and at which positions.
    resume: Vec<Option<(Address, Bitmap)>>,
    /// Whether any `Not` was reached.
    resumes: bool,
}

impl<'p> Machine<'p> {
    pub(super) fn new(program: &'p Program, text: &'p [u8], options: PatternOptions) -> Machine<'p> {
        Machine {
            program,
            text,
            options,
            nesting: 0,
            remembered: HashMap::new(),
            remembered_words: 0,
            steps: 0,
        }
    }

    /// Whether the program takes the whole text.
    pub(super) fn matches(&mut self) -> bool {
        let end = self.text.len();
        let mut found = false;
        self.run(0, 0, &mut |position| {
            found |= position == end;
            true
        });
        found
    }

    /// The first or the last position where a run from `start` has taken all.
    pub(super) fn run_end(&mut self, start: usize, longest: bool) -> Option<usize> {
        let mut found = None;
        self.run(0, start, &mut |position| {
            found = Some(position);
            longest
        });
        found
    }

    /// The leftmost match that starts at `from` or later, the longest there.
    pub(super) fn search(&mut self, from: usize) -> Option<(usize, usize)> {
        if self.program.nots == 0 {
            return self.search_at_once(from);
        }
        // What is inside `!(…)` cannot carry where a match started; its bitmaps serve every start.
        self.nesting = 1;
        let mut start = from;
        loop {
            if let Some(end) = self.run_end(start, true) {
                return Some((start, end));
            }
            start = self.next(start)?.1;
        }
    }

    /// The search with a new state for every start; the list is in order of starts.
    fn search_at_once(&mut self, from: usize) -> Option<(usize, usize)> {
        let mut run = self.new_run();
        let mut old = States::new(self.program.instructions.len());
        let mut best: Option<(usize, usize)> = None;
        let mut position = from;
        run.states.clear();
        loop {
            if best.is_none() {
                if run.states.list.is_empty() {
                    position = self.skip_to_start(position)?;
                }
                if self.add(&mut run, 0, position, position) {
                    best = Some((position, position));
                }
            }
            let Some((unit, next)) = self.next(position) else {
                return best;
            };
            std::mem::swap(&mut run.states, &mut old);
            run.states.clear();
            for &(at, start) in &old.list {
                if best.is_some_and(|(best_start, _)| start > best_start) {
                    break;
                }
                if let Some(to) = self.step(at, unit, position)
                    && self.add(&mut run, to, next, start)
                {
                    best = Some((start, next));
                }
            }
            if best.is_some() && run.states.list.is_empty() {
                return best;
            }
            position = next;
        }
    }

    /// The next position where a match can start, by its first character; nothing when there is none.
    fn skip_to_start(&self, position: usize) -> Option<usize> {
        match self.program.instructions.first() {
            Some(&Instruction::Unit(unit)) if unit < 0x80 && !self.program.folded => {
                let first = u8::try_from(unit).ok()?;
                let rest = self.text.get(position..)?;
                bstr::ByteSlice::find_byte(rest, first).map(|at| position + at)
            }
            _ => Some(position),
        }
    }

    fn new_run(&self) -> Run {
        let instructions = self.program.instructions.len();
        Run { states: States::new(instructions), resume: vec![None; self.program.nots], resumes: false }
    }

    /// Walks from `start`, telling every position where the part of the program at `entry` has taken all, in
    /// order, until `told` says to stop.
    fn run(&mut self, entry: Address, start: usize, told: &mut dyn FnMut(usize) -> bool) {
        let mut run = self.new_run();
        let mut old = States::new(self.program.instructions.len());
        run.states.clear();
        let mut position = start;
        let mut ended = self.add(&mut run, entry, position, start);
        loop {
            if ended && !told(position) {
                return;
            }
            if run.states.list.is_empty() && !run.resumes {
                return;
            }
            let Some((unit, next)) = self.next(position) else {
                return;
            };
            std::mem::swap(&mut run.states, &mut old);
            run.states.clear();
            ended = false;
            for &(at, _) in &old.list {
                if let Some(to) = self.step(at, unit, position) {
                    ended |= self.add(&mut run, to, next, start);
                }
            }
            if run.resumes {
                ended |= self.resume(&mut run, next, start);
            }
            position = next;
        }
    }

    /// Adds the states behind every `!(…)` that may end here.
    fn resume(&mut self, run: &mut Run, position: usize, start: usize) -> bool {
        let mut ended = false;
        for number in 0..run.resume.len() {
            if let Some(Some((next, allowed))) = run.resume.get(number)
                && allowed.contains(position)
            {
                let next = *next;
                ended |= self.add(run, next, position, start);
            }
        }
        ended
    }

    /// The character at a position and the position behind it, in the program's direction.
    fn next(&self, position: usize) -> Option<(Unit, usize)> {
        match self.program.direction {
            Direction::Forward => decode(self.text.get(position..)?, self.options.bytewise)
                .map(|(unit, length)| (unit, position + length)),
            Direction::Backward => decode_last(self.text.get(..position)?, self.options.bytewise)
                .map(|(unit, length)| (unit, position.saturating_sub(length))),
        }
    }

    /// Where a waiting instruction goes on when it takes the character at `position`, if it does.
    fn step(&mut self, at: Address, unit: Unit, position: usize) -> Option<Address> {
        self.steps += 1;
        let takes = match self.program.instructions.get(at)? {
            Instruction::Unit(wanted) => {
                return (*wanted == if self.program.folded { fold(unit) } else { unit }).then_some(at + 1);
            }
            Instruction::Any | Instruction::Star => true,
            Instruction::Set(set) if self.program.folded => set.contains_folded(unit, fold(unit)),
            Instruction::Set(set) => set.contains(unit),
            Instruction::Split(..) | Instruction::Jump(_) | Instruction::Not { .. } | Instruction::End => {
                false
            }
        };
        if !takes || (self.options.pathname && unit == u32::from(b'/')) {
            return None;
        }
        let character_start = match self.program.direction {
            Direction::Forward => position,
            Direction::Backward => position.saturating_sub(1),
        };
        if unit == u32::from(b'.') && self.is_special_period(character_start) {
            return None;
        }
        let stays = matches!(self.program.instructions.get(at), Some(Instruction::Star));
        Some(if stays { at } else { at + 1 })
    }

    /// Whether at `position` stands a period that wildcards do not match.
    fn is_special_period(&self, position: usize) -> bool {
        if !self.options.period_special || self.text.get(position) != Some(&b'.') {
            return false;
        }
        match position.checked_sub(1) {
            None => true,
            Some(before) => self.options.pathname && self.text.get(before) == Some(&b'/'),
        }
    }

    /// Adds the states that are reached from `at` without taking a character; whether all was taken.
    fn add(&mut self, run: &mut Run, at: Address, position: usize, start: usize) -> bool {
        let mut ended = false;
        run.states.pending.push(at);
        while let Some(at) = run.states.pending.pop() {
            if !run.states.reach(at) {
                continue;
            }
            self.steps += 1;
            match self.program.instructions.get(at) {
                Some(&Instruction::Split(first, second)) => {
                    run.states.pending.push(second);
                    run.states.pending.push(first);
                }
                Some(&Instruction::Jump(to)) => run.states.pending.push(to),
                // A star before a special period does not match even nothing.
                Some(Instruction::Star) if self.is_special_period(position) => {}
                Some(Instruction::Star) => {
                    run.states.list.push((at, start));
                    run.states.pending.push(at + 1);
                }
                Some(&Instruction::Not { number, next }) => self.reach_not(run, at, number, next, position),
                Some(Instruction::Unit(_) | Instruction::Any | Instruction::Set(_)) => {
                    run.states.list.push((at, start));
                }
                Some(Instruction::End) => ended = true,
                None => {}
            }
        }
        ended
    }

    /// A `!(…)` begins at `position`: notes everywhere it may end.
    fn reach_not(&mut self, run: &mut Run, at: Address, number: usize, next: Address, position: usize) {
        if self.is_special_period(position) {
            return;
        }
        let taken = self.taken_by(at + 1, position);
        let (low, high) = self.reach_of(position);
        self.steps += u64::try_from((high - low) / 64).unwrap_or(0);
        let Some(slot) = run.resume.get_mut(number) else {
            return;
        };
        let (_, allowed) = slot.get_or_insert_with(|| (next, Bitmap::new(self.text.len())));
        allowed.insert_missing(&taken, low, high);
        run.resumes = true;
        if allowed.contains(position) {
            run.states.pending.push(next);
        }
    }

    /// The positions where the instructions at `entry`, started at `position`, end.
    fn taken_by(&mut self, entry: Address, position: usize) -> Rc<Bitmap> {
        if let Some(known) = self.remembered.get(&(entry, position)) {
            return Rc::clone(known);
        }
        let mut taken = Bitmap::new(self.text.len());
        self.nesting += 1;
        self.run(entry, position, &mut |end| {
            taken.insert(end);
            true
        });
        self.nesting -= 1;
        let taken = Rc::new(taken);
        let words = taken.words.len();
        if self.nesting > 0 && self.remembered_words + words <= REMEMBERED_WORDS_MAX {
            self.remembered_words += words;
            self.remembered.insert((entry, position), Rc::clone(&taken));
        }
        taken
    }

    /// The lowest and highest position that a wildcard starting at `position` reaches.
    fn reach_of(&self, position: usize) -> (usize, usize) {
        match self.program.direction {
            Direction::Forward => {
                let rest = self.text.get(position..).unwrap_or_default();
                let slash = rest.iter().position(|&byte| byte == b'/').filter(|_| self.options.pathname);
                (position, slash.map_or(self.text.len(), |at| position + at))
            }
            Direction::Backward => {
                let rest = self.text.get(..position).unwrap_or_default();
                let slash = rest.iter().rposition(|&byte| byte == b'/').filter(|_| self.options.pathname);
                (slash.map_or(0, |at| at + 1), position)
            }
        }
    }
}
