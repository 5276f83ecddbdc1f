//! A pattern compiled for [`super::machine::Machine`]: instructions that a set of states walks through.

use super::bracket::Set;
use super::parse::{Node, Repeat, Sequence, Unit};

/// The number of an instruction.
pub(super) type Address = usize;

/// Which way through the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    /// From the end of the text; the program is that of the mirrored pattern.
    Backward,
}

#[derive(Clone, Debug)]
pub(super) enum Instruction {
    /// Takes this character.
    Unit(Unit),
    /// Takes a character.
    Any,
    /// Takes any number of characters.
    Star,
    /// Takes a character of the set.
    Set(Set),
    /// Goes on at either.
    Split(Address, Address),
    /// Goes on there.
    Jump(Address),
    /// Takes any text that the instructions behind it, up to their `End`, do not take as a whole; goes on at
    /// `next`. `number` counts these instructions.
    Not { number: usize, next: Address },
    /// All was taken.
    End,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) instructions: Vec<Instruction>,
    pub(super) direction: Direction,
    /// How many `Not` there are.
    pub(super) nots: usize,
    /// Characters are folded before they are compared.
    pub(super) folded: bool,
}

impl Program {
    pub(super) fn new(sequence: &Sequence, folded: bool, direction: Direction) -> Program {
        let mut program = Program { instructions: Vec::new(), direction, nots: 0, folded };
        program.sequence(sequence);
        program.push(Instruction::End);
        program
    }

    fn push(&mut self, instruction: Instruction) {
        self.instructions.push(instruction);
    }

    fn here(&self) -> Address {
        self.instructions.len()
    }

    fn patch(&mut self, at: Address, instruction: Instruction) {
        if let Some(slot) = self.instructions.get_mut(at) {
            *slot = instruction;
        }
    }

    fn sequence(&mut self, sequence: &Sequence) {
        match self.direction {
            Direction::Forward => sequence.iter().for_each(|node| self.node(node)),
            Direction::Backward => sequence.iter().rev().for_each(|node| self.node(node)),
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Unit(unit) => self.push(Instruction::Unit(if self.folded { fold(*unit) } else { *unit })),
            Node::Any => self.push(Instruction::Any),
            Node::Star => self.push(Instruction::Star),
            Node::Set(set) => {
                let set = if self.folded { set.folded(fold) } else { set.clone() };
                self.push(Instruction::Set(set));
            }
            Node::Group(repeat, alternatives) => self.group(*repeat, alternatives),
        }
    }

    fn group(&mut self, repeat: Repeat, alternatives: &[Sequence]) {
        let start = self.here();
        match repeat {
            Repeat::Once => self.alternatives(alternatives),
            Repeat::Some => {
                self.alternatives(alternatives);
                let end = self.here();
                self.push(Instruction::Split(start, end + 1));
            }
            Repeat::Maybe | Repeat::Any => {
                self.push(Instruction::End);
                self.alternatives(alternatives);
                if repeat == Repeat::Any {
                    self.push(Instruction::Jump(start));
                }
                self.patch(start, Instruction::Split(start + 1, self.here()));
            }
            Repeat::Not => {
                let number = self.nots;
                self.nots += 1;
                self.push(Instruction::End);
                self.alternatives(alternatives);
                self.push(Instruction::End);
                self.patch(start, Instruction::Not { number, next: self.here() });
            }
        }
    }

    fn alternatives(&mut self, alternatives: &[Sequence]) {
        let mut jumps = Vec::new();
        for (number, alternative) in alternatives.iter().enumerate() {
            let split = self.here();
            let last = number + 1 == alternatives.len();
            if !last {
                self.push(Instruction::End);
            }
            self.sequence(alternative);
            if !last {
                jumps.push(self.here());
                self.push(Instruction::End);
                self.patch(split, Instruction::Split(split + 1, self.here()));
            }
        }
        for jump in jumps {
            self.patch(jump, Instruction::Jump(self.here()));
        }
    }
}

/// The character in lower case, where that is one character.
pub(super) fn fold(unit: Unit) -> Unit {
    let Some(character) = char::from_u32(unit) else {
        return unit;
    };
    if character.is_ascii() {
        return u32::from(character.to_ascii_lowercase());
    }
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => u32::from(only),
        _ => unit,
    }
}
