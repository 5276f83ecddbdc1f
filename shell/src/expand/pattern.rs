//! A pattern: what `case`, `[[ == ]]`, globbing, `${x#…}`, `${x%…}` and `${x/…}` match text with.
//!
//! Owns bash's pattern language (`* ? […]` and, with extglob, `?( *( +( @( !(`) and its matching. A pattern is
//! compiled once into a small program; a text is matched by simulating all the states the program can be in, so
//! the time is at most text × program, and with `!(…)` polynomial too, where backtracking would be exponential.
//! It does not know files or variables: a caller who globs matches one name at a time.
//!
//! Text is characters where it is UTF-8; a byte that is no part of one is a character of its own.

use bstr::BString;

mod bracket;
mod class;
mod machine;
mod parse;
mod plain;
mod program;
#[cfg(test)]
mod tests;

use machine::Machine;
use plain::Plain;
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
    /// Each byte is a character, as in the locale C.
    pub bytewise: bool,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    /// One that needs no program.
    Plain(Plain),
    /// Any other.
    Compiled(Box<Compiled>),
}

/// A pattern with its program.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
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
        match Plain::of(pieces, options) {
            Some(plain) => Pattern::Plain(plain),
            None => Pattern::Compiled(Box::new(Compiled::new(pieces, options))),
        }
    }

    /// Whether no character of it is active, so that it can match only [`Self::literal`].
    pub(crate) fn is_literal(&self) -> bool {
        match self {
            Pattern::Plain(Plain::Text(_)) => true,
            Pattern::Plain(Plain::Star(..)) => false,
            Pattern::Compiled(compiled) => compiled.literal.is_some(),
        }
    }

    /// The text that a pattern without active characters matches; empty for any other.
    pub(crate) fn literal(&self) -> BString {
        match self {
            Pattern::Plain(Plain::Text(text)) => text.clone(),
            Pattern::Plain(Plain::Star(..)) => BString::default(),
            Pattern::Compiled(compiled) => compiled.literal.clone().unwrap_or_default(),
        }
    }

    /// Whether the whole text matches.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        match self {
            Pattern::Plain(plain) => plain.matches(text),
            Pattern::Compiled(compiled) => compiled.machine(text, &compiled.forward).matches(),
        }
    }

    /// The length of the shortest or longest start of the text that matches.
    pub(crate) fn prefix(&self, text: &[u8], longest: bool) -> Option<usize> {
        match self {
            Pattern::Plain(plain) => plain.prefix(text, longest),
            Pattern::Compiled(compiled) => compiled.machine(text, &compiled.forward).run_end(0, longest),
        }
    }

    /// Where the shortest or longest end of the text that matches starts.
    pub(crate) fn suffix(&self, text: &[u8], longest: bool) -> Option<usize> {
        match self {
            Pattern::Plain(plain) => plain.suffix(text, longest),
            Pattern::Compiled(compiled) => {
                let nocase = compiled.options.nocase;
                let backward = Program::new(&compiled.sequence, nocase, Direction::Backward);
                compiled.machine(text, &backward).run_end(text.len(), longest)
            }
        }
    }

    /// Start and end of the leftmost match at or behind `from`, the longest of those that start there. As in bash,
    /// `${x/…}` does not find what begins with an unquoted `(` under extglob, nor a lone backslash.
    pub(crate) fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match self {
            Pattern::Plain(plain) => plain.find(text, from),
            Pattern::Compiled(compiled) if compiled.never_found || from > text.len() => None,
            Pattern::Compiled(compiled) => compiled.machine(text, &compiled.forward).search(from),
        }
    }

    /// Is it the pattern without anything in it?
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Pattern::Plain(plain) => matches!(plain, Plain::Text(text) if text.is_empty()),
            Pattern::Compiled(compiled) => {
                compiled.literal.as_ref().is_some_and(|literal| literal.is_empty())
            }
        }
    }

    /// Is its first character a `*` that matches anything, or begins `*(…)`?
    pub(crate) fn begins_with_star(&self) -> bool {
        match self {
            Pattern::Plain(plain) => plain.begins_with_star(),
            Pattern::Compiled(compiled) => compiled.begins_with_star,
        }
    }
}

impl Compiled {
    fn new(pieces: &[PatternPiece<'_>], options: PatternOptions) -> Compiled {
        let symbols = parse::symbols(pieces, options.bytewise);
        let never_found = parse::is_never_found(&symbols, options.extglob);
        let begins_with_star = symbols.first().is_some_and(|first| first.is_active(b'*'));
        let sequence = parse::parse(&symbols, options.extglob);
        let literal = parse::literal(&sequence);
        let forward = Program::new(&sequence, options.nocase, Direction::Forward);
        Compiled { options, sequence, literal, forward, never_found, begins_with_star }
    }

    fn machine<'p>(&self, text: &'p [u8], program: &'p Program) -> Machine<'p> {
        Machine::new(program, text, self.options)
    }
}
