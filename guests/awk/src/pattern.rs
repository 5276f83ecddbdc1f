//! Patterns: regular expressions as programs use them, over an [`engine`](crate::engine).
//!
//! It owns the shortcuts: a pattern without special characters is searched for as a text, and the patterns that a
//! program makes while it runs are kept.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use swar::Finder;

use crate::engine::Engine;

/// A compiled regular expression.
pub struct Pattern {
    source: Rc<[u8]>,
    matcher: Matcher,
}

enum Matcher {
    Text(Box<Finder>, usize),
    /// `^text`
    Start(Vec<u8>),
    Engine(Box<Engine>),
}

/// Where the groups of a match are; the first is the whole match.
pub type Groups = Vec<Option<Range<usize>>>;

impl Pattern {
    pub fn new(source: &[u8], ignore_case: bool, bytes: bool) -> Result<Pattern, String> {
        let is_plain = |text: &[u8]| !text.iter().any(|byte| b"\\^$.[]|()*+?{}".contains(byte));
        let matcher = match source {
            [b'^', text @ ..] if !ignore_case && is_plain(text) => Matcher::Start(text.to_vec()),
            text => match Finder::exact(text).filter(|_| !ignore_case && is_plain(text)) {
                Some(finder) => Matcher::Text(Box::new(finder), text.len()),
                None => Matcher::Engine(Box::new(Engine::new(source, ignore_case, bytes)?)),
            },
        };
        Ok(Pattern { source: Rc::from(source), matcher })
    }

    pub fn source(&self) -> &[u8] {
        &self.source
    }

    pub fn is_match(&self, text: &[u8]) -> bool {
        match &self.matcher {
            Matcher::Text(finder, _) => finder.find(text, 0).is_some(),
            Matcher::Start(start) => text.starts_with(start),
            Matcher::Engine(engine) => engine.is_match(text),
        }
    }

    /// The first match that begins at `start` or behind it, the longest of those.
    pub fn find_at(&self, text: &[u8], start: usize) -> Option<Range<usize>> {
        match &self.matcher {
            Matcher::Text(finder, length) => finder.find(text, start).map(|at| at..at + length),
            Matcher::Start(wanted) => (start == 0 && text.starts_with(wanted)).then_some(0..wanted.len()),
            Matcher::Engine(engine) => engine.find_at(text, start),
        }
    }

    /// As [`Pattern::find_at`], with the groups.
    pub fn groups_at(&self, text: &[u8], start: usize, groups: &mut Groups) -> bool {
        if let Matcher::Engine(engine) = &self.matcher {
            return engine.groups_at(text, start, groups);
        }
        groups.clear();
        groups.push(self.find_at(text, start));
        groups[0].is_some()
    }
}

/// So many patterns are kept; a program that makes more begins anew.
const KEPT_MAX: usize = 500;

/// The patterns that a program has made while it ran.
#[derive(Default)]
pub struct Patterns {
    kept: HashMap<Rc<[u8]>, Rc<Pattern>>,
    /// `IGNORECASE`, by which everything here was compiled.
    ignore_case: bool,
    /// Characters are bytes.
    bytes: bool,
}

impl Patterns {
    pub fn new(bytes: bool) -> Patterns {
        Patterns { bytes, ..Patterns::default() }
    }

    pub fn set_ignore_case(&mut self, ignore_case: bool) {
        if ignore_case != self.ignore_case {
            self.kept.clear();
            self.ignore_case = ignore_case;
        }
    }

    /// The pattern that a text means.
    pub fn get(&mut self, source: &[u8]) -> Result<Rc<Pattern>, String> {
        if let Some(pattern) = self.kept.get(source) {
            return Ok(pattern.clone());
        }
        let pattern = Rc::new(Pattern::new(source, self.ignore_case, self.bytes)?);
        if self.kept.len() >= KEPT_MAX {
            self.kept.clear();
        }
        self.kept.insert(pattern.source.clone(), pattern.clone());
        Ok(pattern)
    }
}
