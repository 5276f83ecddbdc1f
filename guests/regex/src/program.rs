//! A pattern as a program for the backtracker: a flat list of steps.
//!
//! It owns the order in which alternatives are tried, which is that of the C library: the first alternative before
//! the second, once more before no more.

use crate::set::Set;
use crate::syntax::{Look, Node};

/// One step.
#[derive(Debug)]
pub(crate) enum Step {
    Literal(Vec<u8>),
    /// A character of the set with that index.
    Set(usize),
    /// As many characters of a set as there are, or as few as `min`.
    Run {
        set: usize,
        min: u32,
        max: u32,
    },
    Look(Look),
    /// A group begins.
    Open(usize),
    /// A group ends. With `true` it need not have been there at all: `(a*)?`.
    Close(usize, bool),
    BackReference(usize),
    /// Goes on at the first; when that fails, at the second.
    Split(usize, usize),
    Jump(usize),
    /// A round of a loop around what may match nothing begins; its place is kept in a slot.
    RoundStart(usize),
    /// It ends. A round without a character is the last one: then it goes on at `exit`.
    RoundEnd {
        slot: usize,
        exit: usize,
    },
    Match,
}

/// A pattern to be run by the backtracker.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) steps: Vec<Step>,
    pub(crate) sets: Vec<Set>,
    /// How many slots groups have: two each, and the whole has two.
    pub(crate) group_slots: usize,
    /// How many slots there are: those of the groups; where there are rounds as many again, for what the groups were
    /// when last one of them ended that was not empty; and one for each round.
    pub(crate) slots: usize,
    /// For each step its number among those where it is worth to know that one was there before.
    pub(crate) marks: Vec<Option<usize>>,
    pub(crate) marks_count: usize,
}

impl Program {
    pub(crate) fn new(node: &Node, groups: usize) -> Program {
        let mut program = Program {
            steps: Vec::new(),
            sets: Vec::new(),
            group_slots: (groups + 1) * 2,
            slots: (groups + 1) * 2,
            marks: Vec::new(),
            marks_count: 0,
        };
        program.node(node);
        program.steps.push(Step::Match);
        program.mark();
        program
    }

    fn mark(&mut self) {
        let mut marked = vec![false; self.steps.len() + 1];
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Split(..) | Step::RoundEnd { .. } => marked[at] = true,
                Step::Run { .. } => (marked[at], marked[at + 1]) = (true, true),
                _ => {}
            }
        }
        for marked in marked {
            self.marks.push(marked.then_some(self.marks_count));
            self.marks_count += usize::from(marked);
        }
    }

    fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    fn set(&mut self, set: Set) -> usize {
        let known = self.sets.iter().rposition(|known| *known == set);
        known.unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        })
    }

    fn literal(&mut self, bytes: &[u8]) {
        if let Some(Step::Literal(before)) = self.steps.last_mut() {
            // Nothing jumps behind a literal without a step of its own in between: see `node`.
            before.extend_from_slice(bytes);
        } else {
            self.push(Step::Literal(bytes.to_vec()));
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Byte(byte) => self.literal(&[*byte]),
            Node::Char(character) => self.literal(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Node::Set(set) => {
                let set = self.set(set.clone());
                self.push(Step::Set(set));
            }
            Node::Look(look) => drop(self.push(Step::Look(*look))),
            Node::BackReference(number) => drop(self.push(Step::BackReference(*number))),
            Node::Group(number, node) => self.group(*number, node, false),
            Node::Concat(nodes) => nodes.iter().for_each(|node| self.node(node)),
            Node::Alternation(nodes) => self.alternation(nodes),
            Node::Repeat { node, min, max } => self.repeat(node, *min, *max),
        }
    }

    fn alternation(&mut self, nodes: &[Node]) {
        let mut to_end = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            if index + 1 == nodes.len() {
                self.node(node);
            } else {
                let split = self.push(Step::Split(self.steps.len() + 1, 0));
                self.node(node);
                to_end.push(self.push(Step::Jump(0)));
                self.steps[split] = Step::Split(split + 1, self.steps.len());
            }
        }
        // A step of its own at the end, so that a literal that follows is not appended to one within.
        to_end.push(self.push(Step::Jump(0)));
        let end = self.steps.len();
        for jump in to_end {
            self.steps[jump] = Step::Jump(end);
        }
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>) {
        let single = match node {
            Node::Set(set) => Some(set.clone()),
            Node::Char(character) => Some(Set::of(&[u32::from(*character)])),
            _ => None,
        };
        if let Some(set) = single {
            let set = self.set(set);
            self.push(Step::Run { set, min, max: max.unwrap_or(u32::MAX) });
            return;
        }
        let nullable = node.is_nullable();
        let mut last_copy = self.steps.len();
        for _ in 0..min {
            // A step of its own, so that the copies' literals do not run into each other.
            last_copy = self.push(Step::Jump(self.steps.len() + 1));
            self.node(node);
        }
        if min > 0 && max.is_none() && !nullable {
            self.push(Step::Split(last_copy, self.steps.len() + 1));
            return;
        }
        let mut splits = Vec::new();
        let mut ends = Vec::new();
        let more = max.map_or(1, |max| max - min);
        for _ in 0..more {
            splits.push(self.push(Step::Split(self.steps.len() + 1, 0)));
            let slot = nullable.then(|| self.round_slot());
            if let Some(slot) = slot {
                self.push(Step::RoundStart(slot));
            }
            match node {
                Node::Group(number, node) => self.group(*number, node, true),
                node => self.node(node),
            }
            if let Some(slot) = slot {
                ends.push(self.push(Step::RoundEnd { slot, exit: 0 }));
            }
        }
        let again = splits.first().copied().filter(|_| max.is_none());
        let next = self.steps.len() + 1;
        self.push(Step::Jump(again.unwrap_or(next)));
        for split in splits {
            self.steps[split] = Step::Split(split + 1, next);
        }
        for end in ends {
            if let Step::RoundEnd { exit, .. } = &mut self.steps[end] {
                *exit = next;
            }
        }
    }

    fn group(&mut self, number: usize, node: &Node, optional: bool) {
        self.push(Step::Open(number));
        self.node(node);
        self.push(Step::Close(number, optional));
    }

    fn round_slot(&mut self) -> usize {
        if self.slots == self.group_slots {
            self.slots *= 2;
        }
        self.slots += 1;
        self.slots - 1
    }

    /// Are there rounds that may be empty?
    pub(crate) fn has_rounds(&self) -> bool {
        self.slots > self.group_slots
    }
}
