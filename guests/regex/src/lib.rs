//! Regular expressions of POSIX, basic and extended, with the extensions of GNU: what sed, awk, grep, expr and the
//! others match with.
//!
//! A match is the leftmost one, and of those the longest. It owns the grammars ([`parse`](mod@parse)), the sets of
//! characters, and the backtracker for groups and back-references; the search itself is the work of the automata of
//! `regex-automata`. Texts are UTF-8, in which bytes that are no character match nothing but themselves, or with
//! [`Options::bytes`] bytes. Written from POSIX and from what the C library of GNU answers.

mod automaton;
mod backtrack;
mod bracket;
mod error;
mod parse;
mod program;
mod set;
mod sieve;
mod syntax;
mod tables;

use std::cell::{OnceCell, RefCell};
use std::ops::Range;

use swar::Finder;

use automaton::{Alphabet, Automaton, GaveUp};
use backtrack::{Backtracker, Room, Rules};
use program::Program;
use syntax::Node;

pub use error::Error;
pub use sieve::Sieve;

/// The grammar of a pattern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grammar {
    /// `\(a\)\{2\}`: sed, grep, expr.
    #[default]
    Basic,
    /// `(a){2}`: sed -E, grep -E.
    Extended,
    /// The extended one with awk's escapes: `\/ \" \n \052 \y`.
    Awk,
}

/// How a pattern is meant.
#[derive(Clone, Debug)]
pub struct Options {
    pub grammar: Grammar,
    pub ignore_case: bool,
    /// `^` and `$` match at newlines too.
    pub multi_line: bool,
    /// `.` and `[^x]` match a newline; on by default.
    pub dot_newline: bool,
    /// Each byte is a character, as in the locale C.
    pub bytes: bool,
    /// Signs of repetition where nothing is to repeat, and braces that are no interval, are no errors, as in grep.
    pub lenient: bool,
    /// Only what POSIX has: no `\+`, `\|`, `\w` and the like.
    pub posix: bool,
    /// What [`Options::multi_line`] takes for the end of a line; a newline, or a NUL with `sed -z`.
    pub line_end: u8,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            grammar: Grammar::Basic,
            ignore_case: false,
            multi_line: false,
            dot_newline: true,
            bytes: false,
            lenient: false,
            posix: false,
            line_end: b'\n',
        }
    }
}

/// A compiled pattern.
pub struct Regex {
    node: Node,
    groups: usize,
    bytes: bool,
    ignore_case: bool,
    line_end: u8,
    has_back_references: bool,
    has_words: bool,
    /// It can match nothing, or bytes that are no character: a match might begin within a character.
    may_split: bool,
    /// That, although it cannot match nothing at the start of a text.
    has_lone_bytes: bool,
    search: Search,
    /// Texts of which one is a part of every match, where there are some.
    sieve: Option<Sieve>,
    /// Is it worth it to look for them before the automaton looks?
    is_sieved: bool,
    program: OnceCell<Program>,
    /// What the backtracker works in, kept from one text to the next.
    room: RefCell<Room>,
}

/// How it is searched for.
enum Search {
    Text(Box<Finder>, usize),
    /// A byte of those.
    OneOf(Box<[bool; 256]>),
    Automaton(Box<Automaton>),
    /// By ASCII's characters, and by all once that gave up; `None` in it: the backtracker does it.
    AsciiFirst(Box<Automaton>, OnceCell<Option<Box<Automaton>>>),
}

impl Regex {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// The pattern is none, or too big.
    pub fn new(pattern: &[u8], options: Options) -> Result<Regex, Error> {
        let (node, groups) = parse::parse(pattern, &options)?;
        if node.size() > parse::SIZE_MAX {
            return Err(Error::TooBig);
        }
        let (bytes, line_end) = (options.bytes, options.line_end);
        let has_words = automaton::has_words(&node);
        let has_lone_bytes = !bytes && node.any(&mut |node| matches!(node, Node::Byte(_)));
        let plain = automaton::plain(&node);
        let search = if let Some((finder, length)) =
            plain.and_then(|text| Some((Finder::exact(&text)?, text.len())))
        {
            Search::Text(Box::new(finder), length)
        } else if let Some(table) = automaton::one_of(&node, bytes) {
            Search::OneOf(Box::new(table))
        } else if bytes {
            Search::Automaton(Box::new(Automaton::new(&node, Alphabet::Bytes, line_end)?))
        } else if automaton::prefers_ascii(&node) {
            Search::AsciiFirst(Box::new(Automaton::new(&node, Alphabet::Ascii, line_end)?), OnceCell::new())
        } else {
            Search::Automaton(Box::new(Automaton::new(&node, Alphabet::Unicode, line_end)?))
        };
        let sieve = Sieve::new(&node, bytes);
        let is_sieved = match &search {
            Search::Text(..) | Search::OneOf(_) => false,
            Search::Automaton(first) | Search::AsciiFirst(first, _) => {
                sieve.is_some() && !first.is_anchored() && !first.has_prefilter()
            }
        };
        Ok(Regex {
            groups,
            bytes,
            ignore_case: options.ignore_case,
            line_end,
            has_back_references: node.any(&mut |node| matches!(node, Node::BackReference(_))),
            has_words,
            may_split: has_lone_bytes || !bytes && node.is_nullable(),
            has_lone_bytes,
            search,
            sieve,
            is_sieved,
            program: OnceCell::new(),
            room: RefCell::default(),
            node,
        })
    }

    /// How many groups it has, without the whole.
    pub fn group_count(&self) -> usize {
        self.groups
    }

    /// Is there a match in the text?
    pub fn is_match(&self, text: &[u8]) -> bool {
        if self.has_back_references || self.has_lone_bytes || self.may_split && self.has_words {
            return self.find_at(text, 0).is_some();
        }
        if let Some(sieve) = &self.sieve
            && (self.is_sieved || sieve.is_enough())
        {
            match sieve.find(text, 0) {
                None => return false,
                Some(_) if sieve.is_enough() => return true,
                Some(_) => {}
            }
        }
        let answer = match &self.search {
            Search::Text(finder, _) => Ok(finder.find(text, 0).is_some()),
            Search::OneOf(table) => Ok(position(table, text).is_some()),
            Search::Automaton(automaton) => automaton.is_match(text, 0),
            Search::AsciiFirst(ascii, all) => ascii.is_match(text, 0).or_else(|GaveUp| match self.all(all) {
                Some(all) => all.is_match(text, 0),
                None => Err(GaveUp),
            }),
        };
        answer.unwrap_or_else(|GaveUp| self.backtracker(text).search(0).is_some())
    }

    /// Where the first match ends of those that begin at or behind `start`; not the leftmost match, nor the longest,
    /// but the one that a search comes upon first, which is quicker than to find the others.
    pub fn earliest_end(&self, text: &[u8], start: usize) -> Option<usize> {
        if !self.has_back_references
            && !self.may_split
            && !self.is_sieved
            && let Search::Automaton(automaton) = &self.search
            && !automaton.is_anchored()
            && let Ok(end) = automaton.earliest_end(text, start)
        {
            return end;
        }
        self.find_at(text, start).map(|range| range.end)
    }

    /// Texts of which one is in every match, where there are some that are worth to be looked for.
    pub fn sieve(&self) -> Option<&Sieve> {
        self.sieve.as_ref()
    }

    /// Can a match have a newline in it?
    pub fn crosses_lines(&self) -> bool {
        self.node.any(&mut |node| match node {
            Node::Set(set) => set.contains(u32::from(b'\n')),
            Node::Char(character) => *character == '\n',
            Node::Byte(byte) => *byte == b'\n',
            Node::BackReference(_) => true,
            _ => false,
        })
    }

    /// The leftmost match that begins at or behind `start`, and the longest of those. `^` matches at the start of the
    /// text only, or with [`Options::multi_line`] of a line.
    pub fn find_at(&self, text: &[u8], start: usize) -> Option<Range<usize>> {
        if self.has_back_references {
            return self.with_back_references(text, start).map(|(range, _)| range);
        }
        self.find(text, start)
    }

    /// As [`Regex::find_at`], with the groups: `groups[0]` is the whole match. Without a match it is `false`, and the
    /// groups are not touched.
    pub fn captures_at(&self, text: &[u8], start: usize, groups: &mut Vec<Option<Range<usize>>>) -> bool {
        if self.has_back_references {
            let Some((range, slots)) = self.with_back_references(text, start) else { return false };
            self.tell(range, &slots, groups);
            return true;
        }
        let Some(range) = self.find(text, start) else { return false };
        if self.groups == 0 {
            groups.clear();
            groups.push(Some(range));
            return true;
        }
        let mut backtracker = self.backtracker(text);
        backtracker.exactly(&range);
        self.tell(range, backtracker.slots(), groups);
        self.room.replace(backtracker.into_room());
        true
    }

    fn tell(&self, range: Range<usize>, slots: &[Option<usize>], groups: &mut Vec<Option<Range<usize>>>) {
        groups.clear();
        groups.push(Some(range));
        groups.extend((1..=self.groups).map(|group| match slots.get(group * 2..group * 2 + 2) {
            Some([Some(start), Some(end)]) => Some(*start..*end),
            _ => None,
        }));
    }

    fn backtracker<'a>(&'a self, text: &'a [u8]) -> Backtracker<'a> {
        let program = self.program.get_or_init(|| Program::new(&self.node, self.groups));
        let rules = Rules {
            bytes: self.bytes,
            ignore_case: self.ignore_case,
            line_end: self.line_end,
            memorize: !self.has_back_references,
        };
        Backtracker::new(program, text, rules, self.room.take())
    }

    /// The automaton of all characters; `None`: there can be none.
    fn all<'a>(&self, cell: &'a OnceCell<Option<Box<Automaton>>>) -> Option<&'a Automaton> {
        let make = || Automaton::new(&self.node, Alphabet::Unicode, self.line_end).ok().map(Box::new);
        cell.get_or_init(|| if self.has_words { None } else { make() }).as_deref()
    }

    fn find(&self, text: &[u8], start: usize) -> Option<Range<usize>> {
        let mut from = start;
        loop {
            let range = self.find_bytes(text, from)?;
            if !(self.may_split && backtrack::splits_char(text, range.start)) {
                return Some(range);
            }
            from = range.start + 1;
        }
    }

    fn find_bytes(&self, text: &[u8], start: usize) -> Option<Range<usize>> {
        let rest = text.get(start..)?;
        if self.is_sieved && self.sieve.as_ref().is_some_and(|sieve| sieve.find(text, start).is_none()) {
            return None;
        }
        let found = match &self.search {
            Search::Text(finder, length) => return finder.find(text, start).map(|at| at..at + length),
            Search::OneOf(table) => return position(table, rest).map(|at| start + at..start + at + 1),
            Search::Automaton(automaton) | Search::AsciiFirst(automaton, _)
                if automaton.is_anchored() && start > 0 =>
            {
                return None;
            }
            Search::Automaton(automaton) => automaton.find(text, start),
            Search::AsciiFirst(ascii, all) => ascii.find(text, start).or_else(|GaveUp| match self.all(all) {
                Some(all) => all.find(text, start),
                None => Err(GaveUp),
            }),
        };
        found.unwrap_or_else(|GaveUp| self.backtracker(text).search(start))
    }

    /// The match and its slots, where back-references leave no other way than to try. The automaton, to which a
    /// back-reference is anything, tells where it is worth it.
    fn with_back_references(&self, text: &[u8], start: usize) -> Option<(Range<usize>, Vec<Option<usize>>)> {
        let start = self.find(text, start)?.start;
        let mut backtracker = self.backtracker(text);
        let range = backtracker.search(start)?;
        Some((range, backtracker.slots().to_vec()))
    }
}

/// Where the first byte of a table is.
fn position(table: &[bool; 256], text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| table[usize::from(*byte)])
}

#[cfg(test)]
mod tests;
