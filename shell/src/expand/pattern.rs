//! A pattern: what `case`, `[[ == ]]`, globbing, `${x#…}`, `${x%…}` and `${x/…}` match text with.
//!
//! Owns bash's pattern language (`* ? […]` and, with extglob, `?( *( +( @( !(`) and its matching. A pattern is
//! compiled once into a small program; a text is matched by simulating all the states the program can be in, so
//! the time is at most text × program, and with `!(…)` polynomial too, where backtracking would be exponential.
//! It does not know files or variables: a caller who globs matches one name at a time.
//!
//! Text is characters where it is UTF-8; a byte that is no part of one is a character of its own.

use bstr::{BString, ByteSlice};

mod bracket;
mod class;
mod machine;
mod parse;
mod program;
#[cfg(test)]
mod tests;

use machine::Machine;
use program::{Direction, Program};

/// A piece of a pattern after expansion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PatternPiece<'a> {
    /// The text.
    pub bytes: &'a [u8],
    /// It was quoted: stands for itself. In an unquoted piece a backslash quotes the character behind it.
    pub quoted: bool,
}

/// How a pattern is read and matched.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PatternOptions {
    /// `?(a|b)` and its kin are patterns.
    pub extglob: bool,
    /// Letters match in either case.
    pub nocase: bool,
    /// A `.` at the start (with `pathname` also behind `/`) must be matched explicitly.
    pub period_special: bool,
    /// `/` is never matched by wildcards.
    pub pathname: bool,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    options: PatternOptions,
    sequence: parse::Sequence,
    /// The text matched, when nothing in the pattern is active.
    literal: Option<BString>,
    forward: Program,
    /// Never found inside a text: see [`parse::is_never_found`].
    never_found: bool,
    /// See [`Pattern::begins_with_star`].
    begins_with_star: bool,
}

impl Pattern {
    /// Reads a pattern; there are no errors, what is not well formed stands for itself.
    pub(crate) fn new(pieces: &[PatternPiece<'_>], options: PatternOptions) -> Pattern {
        let symbols = parse::symbols(pieces);
        let never_found = parse::is_never_found(&symbols, options.extglob);
        let begins_with_star = symbols.first().is_some_and(|first| first.is_active(b'*'));
        let sequence = parse::parse(&symbols, options.extglob);
        let literal = parse::literal(&sequence);
        let forward = Program::new(&sequence, options.nocase, Direction::Forward);
        Pattern { options, sequence, literal, forward, never_found, begins_with_star }
    }

    /// Whether no character of it is active, so that it can match only [`Self::literal`].
    pub(crate) fn is_literal(&self) -> bool {
        self.literal.is_some()
    }

    /// The text that a pattern without active characters matches; empty for any other.
    pub(crate) fn literal(&self) -> BString {
        self.literal.clone().unwrap_or_default()
    }

    /// Whether the whole text matches.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        match self.exact() {
            Some(literal) => literal == text,
            None => self.machine(text, &self.forward).matches(),
        }
    }

    /// The length of the shortest or longest start of the text that matches.
    pub(crate) fn prefix(&self, text: &[u8], longest: bool) -> Option<usize> {
        match self.exact() {
            Some(literal) => text.starts_with(literal).then_some(literal.len()),
            None => self.machine(text, &self.forward).run_end(0, longest),
        }
    }

    /// Where the shortest or longest end of the text that matches starts.
    pub(crate) fn suffix(&self, text: &[u8], longest: bool) -> Option<usize> {
        if let Some(literal) = self.exact() {
            return text.ends_with(literal).then(|| text.len() - literal.len());
        }
        let backward = Program::new(&self.sequence, self.options.nocase, Direction::Backward);
        self.machine(text, &backward).run_end(text.len(), longest)
    }

    /// Start and end of the leftmost match at or behind `from`, the longest of those that start there. As in bash,
    /// `${x/…}` does not find what begins with an unquoted `(` under extglob, nor a lone backslash.
    pub(crate) fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        if self.never_found {
            return None;
        }
        let rest = text.get(from..)?;
        match self.exact() {
            Some(literal) => rest.find(literal).map(|at| (from + at, from + at + literal.len())),
            None => self.machine(text, &self.forward).search(from),
        }
    }

    /// Is it the pattern without any text?
    pub(crate) fn is_empty(&self) -> bool {
        self.literal.as_ref().is_some_and(|literal| literal.is_empty())
    }

    /// Is its first character a `*` that matches anything, or begins `*(…)`?
    pub(crate) fn begins_with_star(&self) -> bool {
        self.begins_with_star
    }

    /// The literal, where comparing bytes is all there is to matching.
    fn exact(&self) -> Option<&[u8]> {
        if self.options.nocase { None } else { self.literal.as_ref().map(|literal| literal.as_slice()) }
    }

    fn machine<'p>(&self, text: &'p [u8], program: &'p Program) -> Machine<'p> {
        Machine::new(program, text, self.options)
    }
}
