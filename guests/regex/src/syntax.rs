//! A pattern as a tree.

use crate::set::Set;

/// A condition on a place between two characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    Word,
    NotWord,
    WordStart,
    WordEnd,
}

impl Look {
    /// Does it ask what a word is?
    pub(crate) fn is_of_words(self) -> bool {
        match self {
            Look::Word | Look::NotWord | Look::WordStart | Look::WordEnd => true,
            Look::TextStart | Look::TextEnd | Look::LineStart | Look::LineEnd => false,
        }
    }
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Empty,
    /// A byte that is part of no character of the pattern, or in byte mode any.
    Byte(u8),
    Char(char),
    Set(Set),
    Look(Look),
    /// A group by its number, from 1 on.
    Group(usize, Box<Node>),
    BackReference(usize),
    Concat(Vec<Node>),
    Alternation(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
    },
}

impl Node {
    /// Those of the list, in a row.
    pub(crate) fn concat(mut nodes: Vec<Node>) -> Node {
        match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Concat(nodes),
        }
    }

    /// Can it match nothing at all?
    pub(crate) fn is_nullable(&self) -> bool {
        match self {
            Node::Empty | Node::Look(_) | Node::BackReference(_) => true,
            Node::Byte(_) | Node::Char(_) | Node::Set(_) => false,
            Node::Group(_, node) => node.is_nullable(),
            Node::Concat(nodes) => nodes.iter().all(Node::is_nullable),
            Node::Alternation(nodes) => nodes.iter().any(Node::is_nullable),
            Node::Repeat { node, min, .. } => *min == 0 || node.is_nullable(),
        }
    }

    /// Is there a piece of which this is true?
    pub(crate) fn any(&self, test: &mut impl FnMut(&Node) -> bool) -> bool {
        test(self)
            || match self {
                Node::Group(_, node) | Node::Repeat { node, .. } => node.any(test),
                Node::Concat(nodes) | Node::Alternation(nodes) => nodes.iter().any(|node| node.any(test)),
                _ => false,
            }
    }

    /// How many states an automaton of it has, roughly.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Node::Set(set) => 1 + set.ranges().len().min(16) as u64,
            Node::Group(_, node) => node.size().saturating_add(2),
            Node::Concat(nodes) | Node::Alternation(nodes) => {
                nodes.iter().fold(1, |sum, node| sum.saturating_add(node.size()))
            }
            Node::Repeat { node, min, max } => {
                // The program of a loop around what may match nothing has a copy for the rounds that need not be.
                let rounds = if node.is_nullable() { min.saturating_add(1) } else { *min };
                let count = max.unwrap_or(rounds).max(1);
                node.size().saturating_add(1).saturating_mul(u64::from(count))
            }
            _ => 1,
        }
    }
}
