//! The engine behind patterns: the crate `posix-regex`, in awk's grammar.

use std::ops::Range;

use posix_regex::{Grammar, Options, Regex};

pub struct Engine(Regex);

impl Engine {
    pub fn new(source: &[u8], ignore_case: bool, bytes: bool) -> Result<Engine, String> {
        let options = Options { grammar: Grammar::Awk, ignore_case, bytes, ..Options::default() };
        Regex::new(source, options).map(Engine).map_err(|error| error.to_string())
    }

    pub fn is_match(&self, text: &[u8]) -> bool {
        self.0.is_match(text)
    }

    pub fn find_at(&self, text: &[u8], start: usize) -> Option<Range<usize>> {
        self.0.find_at(text, start)
    }

    pub fn groups_at(&self, text: &[u8], start: usize, groups: &mut Vec<Option<Range<usize>>>) -> bool {
        self.0.captures_at(text, start, groups)
    }
}
