//! The backtracker: it runs a [`Program`] on a text.
//!
//! It is there for what an automaton cannot do: groups, back-references, and words of other letters than ASCII's.
//! Unless there are back-references it never tries a step twice at a place, so its time is bounded by the product of
//! the pattern's length and the text's. With them nothing bounds its time, but its memory is bounded.

use crate::parse::first_char;
use crate::program::{Program, Step};
use crate::set::{self, Set};
use crate::syntax::Look;

/// Bounds of the memory: places that are kept to go back to, and bits that tell where one was.
const FRAMES_MAX: usize = 4 << 20;
const VISITED_MAX: usize = 1 << 28;
/// How much longer a better match is looked for when there is one, where nothing else bounds it.
const STEPS_AFTER_MATCH: u64 = 2_000_000;

/// What a match is to be.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// It ends there.
    End(usize),
    /// It is the longest.
    Longest,
}

/// Where to go on, or what to put back, when a way fails.
enum Frame {
    Branch {
        step: usize,
        at: usize,
    },
    /// A run that may end at any character from `low` to `high`.
    Run {
        step: usize,
        low: usize,
        high: usize,
    },
    Restore {
        slot: usize,
        value: Option<usize>,
    },
}

/// What a text is to the backtracker.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) bytes: bool,
    pub(crate) ignore_case: bool,
    pub(crate) line_end: u8,
    /// No step is tried twice at a place. A place does not tell everything where there are back-references.
    pub(crate) memorize: bool,
}

/// A run of a program on a text.
pub(crate) struct Backtracker<'a> {
    program: &'a Program,
    text: &'a [u8],
    rules: Rules,
    room: Room,
    /// The place that the first bits of `visited` belong to.
    base: usize,
}

/// What a run needs of memory.
#[derive(Default)]
pub(crate) struct Room {
    visited: Vec<u64>,
    slots: Vec<Option<usize>>,
    frames: Vec<Frame>,
}

impl<'a> Backtracker<'a> {
    pub(crate) fn new(program: &'a Program, text: &'a [u8], rules: Rules, mut room: Room) -> Self {
        /// What is kept for the next text is not more than what lines need.
        const KEPT_MAX: usize = 65_536;
        room.visited.clear();
        room.visited.shrink_to(KEPT_MAX);
        room.frames.clear();
        room.frames.shrink_to(KEPT_MAX);
        room.slots.resize(program.slots, None);
        Self { program, text, rules, room, base: 0 }
    }

    pub(crate) fn into_room(self) -> Room {
        self.room
    }

    /// The first match at or behind a place, and the longest of those; the slots tell its groups.
    pub(crate) fn search(&mut self, start: usize) -> Option<std::ops::Range<usize>> {
        self.base = start;
        let mut at = start;
        loop {
            if let Some(end) = self.run(at, Goal::Longest) {
                return Some(at..end);
            }
            if at >= self.text.len() {
                return None;
            }
            at += self.char_at(at).map_or(1, |(_, length)| length);
        }
    }

    /// The match at exactly a range.
    pub(crate) fn exactly(&mut self, range: &std::ops::Range<usize>) -> bool {
        self.base = range.start;
        self.run(range.start, Goal::End(range.end)).is_some()
    }

    /// Where the last match's groups began and ended, two numbers each.
    pub(crate) fn slots(&self) -> &[Option<usize>] {
        &self.room.slots
    }

    /// A match that begins at a place: where it ends.
    fn run(&mut self, start: usize, goal: Goal) -> Option<usize> {
        self.room.slots.fill(None);
        self.room.frames.clear();
        let limit = if let Goal::End(end) = goal { end } else { self.text.len() };
        let mut best: Option<(usize, Vec<Option<usize>>)> = None;
        let mut steps_left = STEPS_AFTER_MATCH;
        let (mut step, mut at) = (0, start);
        loop {
            fuel::spend(1);
            let next = self.step(step, at, limit);
            if matches!(self.program.steps.get(step), Some(Step::Match)) {
                match goal {
                    Goal::End(end) if at == end => return Some(at),
                    Goal::Longest if best.as_ref().is_none_or(|(end, _)| at > *end) => {
                        best = Some((at, self.room.slots.clone()));
                        if at == limit {
                            break;
                        }
                    }
                    Goal::End(_) | Goal::Longest => {}
                }
            }
            if best.is_some() && !self.rules.memorize {
                steps_left -= 1;
                if steps_left == 0 {
                    break;
                }
            }
            match next.or_else(|| self.back()) {
                Some(place) => (step, at) = place,
                None => break,
            }
        }
        let (end, slots) = best?;
        self.room.slots = slots;
        Some(end)
    }

    /// Takes one step; answers the next one and its place.
    fn step(&mut self, step: usize, at: usize, limit: usize) -> Option<(usize, usize)> {
        if self.was_here(step, at) {
            return None;
        }
        let program = self.program;
        let next = step + 1;
        match program.steps.get(step)? {
            Step::Match => None,
            Step::Literal(literal) => {
                let end = at + literal.len();
                (end <= limit && self.text.get(at..end)? == literal.as_slice()).then_some((next, end))
            }
            Step::Set(set) => {
                let length = self.matching(program.sets.get(*set)?, at, limit)?;
                Some((next, at + length))
            }
            Step::Run { set, min, max } => {
                let end = self.run_of(program.sets.get(*set)?, *min, *max, at, limit, next)?;
                Some((next, end))
            }
            Step::Look(look) => holds(*look, self.text, at, self.rules).then_some((next, at)),
            Step::Open(group) => {
                self.save(group * 2, Some(at));
                Some((next, at))
            }
            Step::Close(group, optional) => {
                self.close(*group, *optional, at);
                Some((next, at))
            }
            Step::BackReference(number) => {
                let (start, end) = (self.slot(number * 2)?, self.slot(number * 2 + 1)?);
                let length = self.same_again(start..end, at, limit)?;
                Some((next, at + length))
            }
            Step::Split(first, second) => {
                self.push(Frame::Branch { step: *second, at });
                Some((*first, at))
            }
            Step::Jump(step) => Some((*step, at)),
            Step::RoundStart(slot) => {
                self.save(*slot, Some(at));
                Some((next, at))
            }
            Step::RoundEnd { slot, exit } => {
                Some((if self.slot(*slot) == Some(at) { *exit } else { next }, at))
            }
        }
    }

    /// Ends a group. One that is empty in a round that need not be, and was met before, leaves all groups as they
    /// were when one ended last that was not empty: that is how the C library tells the groups of `((a?)(b?))*`.
    fn close(&mut self, group: usize, optional: bool, at: usize) {
        let (start, end, kept) = (group * 2, group * 2 + 1, self.program.group_slots);
        if !self.program.has_rounds() {
            self.save(end, Some(at));
        } else if self.slot(start) < Some(at) {
            self.save(end, Some(at));
            for slot in 0..kept {
                self.save(kept + slot, self.slot(slot));
            }
        } else if optional && self.slot(kept + start).is_some() {
            for slot in 0..kept {
                self.save(slot, self.slot(kept + slot));
            }
        } else {
            self.save(end, Some(at));
        }
    }

    /// Goes back to where another way was left.
    fn back(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.room.frames.pop()? {
                Frame::Branch { step, at } => return Some((step, at)),
                Frame::Restore { slot, value } => {
                    if let Some(place) = self.room.slots.get_mut(slot) {
                        *place = value;
                    }
                }
                Frame::Run { step, low, high } => {
                    let mut at = high - 1;
                    while !self.rules.bytes
                        && at > low
                        && self.text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80)
                    {
                        at -= 1;
                    }
                    if at > low {
                        self.push(Frame::Run { step, low, high: at });
                    }
                    return Some((step, at));
                }
            }
        }
    }

    fn push(&mut self, frame: Frame) {
        if self.room.frames.len() < FRAMES_MAX {
            self.room.frames.push(frame);
        }
    }

    fn slot(&self, slot: usize) -> Option<usize> {
        self.room.slots.get(slot).copied().flatten()
    }

    fn save(&mut self, slot: usize, value: Option<usize>) {
        if let Some(place) = self.room.slots.get_mut(slot) {
            let old = std::mem::replace(place, value);
            if old != value && !self.room.frames.is_empty() {
                self.push(Frame::Restore { slot, value: old });
            }
        }
    }

    /// Notes the place; was this step tried there before?
    fn was_here(&mut self, step: usize, at: usize) -> bool {
        if !self.rules.memorize {
            return false;
        }
        let Some(mark) = self.program.marks.get(step).copied().flatten() else { return false };
        let bit = (at - self.base).saturating_mul(self.program.marks_count).saturating_add(mark);
        if bit >= VISITED_MAX {
            return false;
        }
        let (word, bit) = (bit / 64, bit % 64);
        if word >= self.room.visited.len() {
            self.room.visited.resize(word + 1 + word / 2, 0);
        }
        let Some(word) = self.room.visited.get_mut(word) else { return false };
        let seen = *word >> bit & 1 == 1;
        *word |= 1 << bit;
        seen
    }

    fn char_at(&self, at: usize) -> Option<(u32, usize)> {
        char_at(self.text, at, self.rules.bytes)
    }

    /// The length of the character at a place, if the set has it.
    fn matching(&self, set: &Set, at: usize, limit: usize) -> Option<usize> {
        let (code, length) = self.char_at(at)?;
        (at + length <= limit && set.contains(code)).then_some(length)
    }

    /// Runs over characters of a set as far as it goes; keeps the shorter ways.
    fn run_of(
        &mut self,
        set: &Set,
        min: u32,
        max: u32,
        at: usize,
        limit: usize,
        next: usize,
    ) -> Option<usize> {
        let (mut end, mut low) = (at, at);
        let mut count = 0;
        while count < max {
            let Some(length) = self.matching(set, end, limit) else { break };
            end += length;
            count += 1;
            if count == min {
                low = end;
            }
        }
        if count < min {
            return None;
        }
        if end > low {
            self.push(Frame::Run { step: next, low, high: end });
        }
        Some(end)
    }

    /// The length of what at a place repeats a range.
    fn same_again(&self, range: std::ops::Range<usize>, at: usize, limit: usize) -> Option<usize> {
        let wanted = self.text.get(range)?;
        let rest = self.text.get(at..limit)?;
        if rest.starts_with(wanted) {
            return Some(wanted.len());
        }
        if !self.rules.ignore_case {
            return None;
        }
        let (mut left, mut length) = (0, 0);
        while left < wanted.len() {
            let (one, one_length) = char_at(wanted, left, self.rules.bytes)?;
            let (other, other_length) = char_at(rest, length, self.rules.bytes)?;
            if one != other && !set::other_cases(one, self.rules.bytes).any(|code| code == other) {
                return None;
            }
            left += one_length;
            length += other_length;
        }
        Some(length)
    }
}

/// The character at a place and its length; `None`: there is none, or bytes that are no character.
fn char_at(text: &[u8], at: usize, bytes: bool) -> Option<(u32, usize)> {
    let first = *text.get(at)?;
    if bytes || first.is_ascii() {
        return Some((first.into(), 1));
    }
    let character = first_char(text.get(at..)?, false)?;
    Some((character.into(), character.len_utf8()))
}

/// The character in front of a place.
fn char_before(text: &[u8], at: usize, bytes: bool) -> Option<u32> {
    let last = *text.get(at.checked_sub(1)?)?;
    if bytes || last.is_ascii() {
        return Some(last.into());
    }
    (2..=4.min(at)).find_map(|length| {
        let (code, found) = char_at(text, at - length, false)?;
        (found == length).then_some(code)
    })
}

/// Does a condition hold at a place?
fn holds(look: Look, text: &[u8], at: usize, rules: Rules) -> bool {
    let Rules { bytes, line_end, .. } = rules;
    let is_word = |code: Option<u32>| code.is_some_and(|code| set::is_word(code) && (!bytes || code < 128));
    let before = || is_word(char_before(text, at, bytes));
    let behind = || is_word(char_at(text, at, bytes).map(|(code, _)| code));
    match look {
        Look::TextStart => at == 0,
        Look::TextEnd => at == text.len(),
        Look::LineStart => at == 0 || text.get(at - 1) == Some(&line_end),
        Look::LineEnd => at == text.len() || text.get(at) == Some(&line_end),
        Look::Word => before() != behind(),
        Look::NotWord => before() == behind(),
        Look::WordStart => !before() && behind(),
        Look::WordEnd => before() && !behind(),
    }
}

/// Is the place within a character?
pub(crate) fn splits_char(text: &[u8], at: usize) -> bool {
    let is_continuation = text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    is_continuation
        && (1..=3.min(at))
            .any(|back| char_at(text, at - back, false).is_some_and(|(_, length)| length > back))
}
