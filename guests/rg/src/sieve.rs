//! A matcher that looks for fixed texts before it has its expression look.
//!
//! It owns the rule when a pattern is nothing but some texts; everything else is the expression's.

use grep_matcher::{ByteSet, LineMatchKind, LineTerminator, Match, Matcher, NoError};
use grep_regex::{RegexCaptures, RegexMatcher};
use regex_syntax::hir::literal::Extractor;
use swar::{Finder, Pattern};

use crate::options::{Case, Options};

/// An expression, and the texts that it is, where it is but a few.
pub struct Sieved {
    regex: RegexMatcher,
    texts: Option<Finder>,
}

impl Sieved {
    pub fn new(regex: RegexMatcher, options: &Options) -> Sieved {
        let texts = texts(options).and_then(Finder::new);
        Sieved { regex, texts }
    }
}

/// The texts that the patterns are, where a line matches if and only if it has one of them in it.
fn texts(options: &Options) -> Option<Vec<Pattern>> {
    let has_own_rules =
        options.multiline || options.line || options.word || options.crlf || options.null_data;
    if has_own_rules || options.case != Case::Sensitive || !options.unicode {
        return None;
    }
    let mut texts = Vec::new();
    for pattern in &options.patterns {
        if options.fixed {
            texts.push(Pattern::exact(pattern.as_bytes()));
            continue;
        }
        let expression = regex_syntax::Parser::new().parse(pattern).ok()?;
        if !expression.properties().look_set().is_empty() {
            return None;
        }
        let found = Extractor::new().extract(&expression);
        let literals = found.literals().filter(|_| found.is_exact())?;
        texts.extend(literals.iter().map(|literal| Pattern::exact(literal.as_bytes())));
    }
    texts.iter().all(|text| !text.contains(b'\n')).then_some(texts)
}

impl Matcher for Sieved {
    type Captures = RegexCaptures;
    type Error = NoError;

    fn find_at(&self, text: &[u8], at: usize) -> Result<Option<Match>, NoError> {
        self.regex.find_at(text, at)
    }

    fn new_captures(&self) -> Result<RegexCaptures, NoError> {
        self.regex.new_captures()
    }

    fn capture_count(&self) -> usize {
        self.regex.capture_count()
    }

    fn capture_index(&self, name: &str) -> Option<usize> {
        self.regex.capture_index(name)
    }

    fn try_find_iter<F, E>(&self, text: &[u8], matched: F) -> Result<Result<(), E>, NoError>
    where
        F: FnMut(Match) -> Result<bool, E>,
    {
        self.regex.try_find_iter(text, matched)
    }

    fn captures_at(&self, text: &[u8], at: usize, captures: &mut RegexCaptures) -> Result<bool, NoError> {
        self.regex.captures_at(text, at, captures)
    }

    fn shortest_match_at(&self, text: &[u8], at: usize) -> Result<Option<usize>, NoError> {
        self.regex.shortest_match_at(text, at)
    }

    fn non_matching_bytes(&self) -> Option<&ByteSet> {
        self.regex.non_matching_bytes()
    }

    fn line_terminator(&self) -> Option<LineTerminator> {
        self.regex.line_terminator()
    }

    fn find_candidate_line(&self, text: &[u8]) -> Result<Option<LineMatchKind>, NoError> {
        match &self.texts {
            Some(texts) => Ok(texts.find(text, 0).map(LineMatchKind::Confirmed)),
            None => self.regex.find_candidate_line(text),
        }
    }
}
