//! Regular expressions of options, any of which a line may match.

use posix_regex::{Grammar, Options, Regex};

use super::options::Wrong;

/// Expressions of one option, given once or more.
#[derive(Default)]
pub struct Patterns(Vec<Regex>);

impl Patterns {
    pub fn new(patterns: &[Vec<u8>]) -> Result<Patterns, Wrong> {
        let mut compiled = Vec::new();
        // A newline separates expressions, as in grep.
        for (pattern, line) in patterns
            .iter()
            .flat_map(|pattern| pattern.split(|byte| *byte == b'\n').map(move |line| (pattern, line)))
        {
            let options = Options { grammar: Grammar::Basic, dot_newline: true, ..Options::default() };
            compiled.push(Regex::new(line, options).map_err(|error| Wrong {
                what: format!("{}: {error}", super::shown(pattern)),
                try_help: false,
            })?);
        }
        Ok(Patterns(compiled))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Does any of them match the line, without its newline?
    pub fn match_line(&self, line: &[u8]) -> bool {
        self.0.iter().any(|regex| regex.is_match(line))
    }
}
