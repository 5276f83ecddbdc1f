//! What is looked for: the patterns, compiled, and whether and where a line matches.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use posix_regex::{Grammar, Options, Regex, Sieve};

/// The language of the patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Basic,
    Extended,
    Fixed,
    Perl,
}

/// How patterns are meant.
#[derive(Clone, Copy)]
pub(crate) struct Meaning {
    pub(crate) language: Language,
    pub(crate) ignore_case: bool,
    /// A match must be of whole words.
    pub(crate) words: bool,
    /// A match must be the whole line.
    pub(crate) lines: bool,
    /// Each byte is a character.
    pub(crate) bytes: bool,
}

enum Engine {
    Posix(Vec<Regex>),
    /// Many fixed strings.
    Strings(Box<AhoCorasick>, Option<Box<Sieve>>),
    Perl(Box<fancy_regex::Regex>),
    /// There is no pattern.
    Nothing,
}

/// The patterns, compiled.
pub(crate) struct Matcher {
    engine: Engine,
    /// The same over many lines at once, where that can be and there is no sieve.
    lines: Option<Engine>,
    meaning: Meaning,
    /// The patterns ask what a word is, or for classes of letters.
    has_classes: bool,
    /// Over many lines a match may be one of several.
    crosses_lines: bool,
}

impl Matcher {
    /// Compiles patterns; the error is what to complain about.
    pub(crate) fn new(patterns: &[Vec<u8>], meaning: Meaning) -> Result<Matcher, String> {
        if patterns.is_empty() {
            return Ok(Matcher {
                engine: Engine::Nothing,
                lines: None,
                meaning,
                has_classes: true,
                crosses_lines: true,
            });
        }
        if meaning.language == Language::Perl {
            return Ok(Matcher {
                engine: perl(patterns, meaning)?,
                lines: None,
                meaning,
                has_classes: true,
                crosses_lines: true,
            });
        }
        let has_no_empty = patterns.iter().all(|pattern| !pattern.is_empty());
        let fixed = meaning.language == Language::Fixed && !meaning.ignore_case && has_no_empty;
        if fixed && patterns.len() > 1 {
            let build = || {
                AhoCorasick::builder()
                    .match_kind(aho_corasick::MatchKind::LeftmostLongest)
                    .build(patterns)
                    .map_err(|error| error.to_string())
            };
            let sieve = Sieve::of_strings(patterns.iter().map(Vec::as_slice)).map(Box::new);
            let lines = if sieve.is_some() { None } else { Some(Engine::Strings(Box::new(build()?), None)) };
            return Ok(Matcher {
                engine: Engine::Strings(Box::new(build()?), sieve),
                lines,
                meaning,
                has_classes: false,
                crosses_lines: true,
            });
        }
        let patterns = joined(patterns, meaning)?;
        let compile = |multi_line: bool| {
            let options = Options {
                grammar: grammar(meaning),
                ignore_case: meaning.ignore_case,
                multi_line,
                dot_newline: !multi_line,
                bytes: meaning.bytes,
                lenient: true,
                ..Options::default()
            };
            let compile =
                |pattern: &Vec<u8>| Regex::new(pattern, options.clone()).map_err(|error| error.to_string());
            patterns.iter().map(compile).collect::<Result<Vec<Regex>, String>>()
        };
        let engine = Engine::Posix(compile(false)?);
        // Anchors of the text are those of the line, which over many lines they would not be.
        let has_escapes = patterns.iter().any(|pattern| {
            pattern
                .windows(2)
                .any(|pair| pair[0] == b'\\' && (b"`'".contains(&pair[1]) || pair[1].is_ascii_digit()))
        });
        let lines = if engine.sieve().is_some() || has_escapes || patterns.len() > 1 {
            None
        } else {
            Some(Engine::Posix(compile(true)?))
        };
        let has_classes = meaning.ignore_case
            || patterns.iter().any(|pattern| {
                pattern.windows(2).any(|pair| {
                    pair[0] == b'\\' && pair[1].is_ascii_alphabetic()
                        || b"[:\\<\\>".chunks(2).any(|sign| sign == pair)
                })
            });
        let crosses_lines = match &lines {
            Some(Engine::Posix(regexes)) => regexes.iter().any(Regex::crosses_lines),
            _ => true,
        };
        Ok(Matcher { engine, lines, meaning, has_classes, crosses_lines })
    }

    /// Texts of which each line that matches has one, and whether those lines are the ones that match.
    pub(crate) fn sieve(&self) -> Option<(&Sieve, bool)> {
        let is_plain = !self.meaning.words && !self.meaning.lines;
        self.engine.sieve().map(|sieve| (sieve, is_plain && sieve.is_enough()))
    }

    /// Can it look at many lines at once?
    pub(crate) fn can_skip(&self) -> bool {
        self.lines.is_some() || matches!(self.engine, Engine::Nothing)
    }

    /// Are other letters than ASCII's slow to look at?
    pub(crate) fn has_classes(&self) -> bool {
        self.has_classes
    }

    /// A place in the first of many lines that might match, and whether that line surely does.
    pub(crate) fn candidate(&self, lines: &[u8], start: usize) -> Option<(usize, bool)> {
        let is_plain = !self.meaning.words && !self.meaning.lines;
        match self.lines.as_ref()? {
            Engine::Posix(regexes) => {
                let regex = regexes.first()?;
                // What ends behind a newline may end in the line before, which is looked at first then.
                let end = regex.earliest_end(lines, start)?;
                Some((end.saturating_sub(1).max(start), is_plain && !self.crosses_lines && end > start))
            }
            engine => engine.find(lines, start).map(|range| (range.start, is_plain)),
        }
    }

    /// Does a line match?
    pub(crate) fn matches(&self, line: &[u8]) -> bool {
        if self.meaning.words || self.meaning.lines {
            return self.find(line, 0).is_some();
        }
        match &self.engine {
            Engine::Posix(regexes) => regexes.iter().any(|regex| regex.is_match(line)),
            Engine::Strings(..) | Engine::Perl(_) | Engine::Nothing => self.engine.find(line, 0).is_some(),
        }
    }

    /// The first match in a line that begins at or behind a place.
    pub(crate) fn find(&self, line: &[u8], start: usize) -> Option<Range<usize>> {
        if matches!(self.engine, Engine::Perl(_)) {
            return self.engine.find(line, start);
        }
        if self.meaning.lines {
            return self.whole(line).then_some(0..line.len()).filter(|_| start == 0);
        }
        let mut at = start;
        loop {
            let found = self.engine.find(line, at)?;
            if !self.meaning.words {
                return Some(found);
            }
            let mut end = found.end;
            loop {
                if !self.is_word_before(line, found.start) && !self.is_word_behind(line, end) {
                    return Some(found.start..end);
                }
                // A shorter match at the same place may be a word.
                if end <= found.start {
                    break;
                }
                match self.engine.find(line.get(..end - 1)?, found.start) {
                    Some(shorter) if shorter.start == found.start => end = shorter.end,
                    _ => break,
                }
            }
            at = found.start + char_length(line.get(found.start..)?, self.meaning.bytes);
            if at > line.len() {
                return None;
            }
        }
    }

    fn whole(&self, line: &[u8]) -> bool {
        match &self.engine {
            Engine::Posix(regexes) => {
                regexes.iter().any(|regex| regex.find_at(line, 0) == Some(0..line.len()))
            }
            engine => engine.find(line, 0) == Some(0..line.len()),
        }
    }

    fn is_word_before(&self, line: &[u8], at: usize) -> bool {
        let before = line.get(..at).unwrap_or_default();
        let length = (1..=4.min(before.len()))
            .find(|length| before.get(before.len() - length).is_some_and(|byte| byte & 0xc0 != 0x80));
        let length = if self.meaning.bytes { 1.min(before.len()) } else { length.unwrap_or(0) };
        self.is_word(before.get(before.len() - length..).unwrap_or_default())
    }

    fn is_word_behind(&self, line: &[u8], at: usize) -> bool {
        let behind = line.get(at..).unwrap_or_default();
        let length = char_length(behind, self.meaning.bytes).min(behind.len());
        self.is_word(behind.get(..length).unwrap_or_default())
    }

    fn is_word(&self, character: &[u8]) -> bool {
        match character {
            [byte] => byte.is_ascii_alphanumeric() || *byte == b'_',
            _ => {
                std::str::from_utf8(character).is_ok_and(|text| text.chars().all(char::is_alphanumeric))
                    && !character.is_empty()
            }
        }
    }
}

impl Engine {
    fn sieve(&self) -> Option<&Sieve> {
        match self {
            Engine::Posix(regexes) => match regexes.as_slice() {
                [regex] => regex.sieve().filter(|sieve| !sieve.has_newline()),
                _ => None,
            },
            Engine::Strings(_, sieve) => sieve.as_deref(),
            Engine::Perl(_) | Engine::Nothing => None,
        }
    }

    fn find(&self, text: &[u8], start: usize) -> Option<Range<usize>> {
        match self {
            Engine::Posix(regexes) => regexes
                .iter()
                .filter_map(|regex| regex.find_at(text, start))
                .min_by_key(|range| (range.start, std::cmp::Reverse(range.end))),
            Engine::Strings(strings, _) => {
                let input = aho_corasick::Input::new(text).span(start..text.len());
                strings.find(input).map(|found| found.range())
            }
            Engine::Perl(regex) => {
                let text = std::str::from_utf8(text).ok()?;
                // One that gives up for its work has found nothing.
                regex.find_from_pos(text, start).ok()?.map(|found| found.range())
            }
            Engine::Nothing => None,
        }
    }
}

/// The length of the character that a text begins with; 1 where it is none.
pub(crate) fn char_length(text: &[u8], bytes: bool) -> usize {
    if bytes || text.first().is_none_or(u8::is_ascii) {
        return 1;
    }
    let piece = text.get(..text.len().min(4)).unwrap_or_default();
    let valid = match std::str::from_utf8(piece) {
        Ok(all) => all,
        Err(error) => piece
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok())
            .unwrap_or_default(),
    };
    valid.chars().next().map_or(1, char::len_utf8)
}

fn grammar(meaning: Meaning) -> Grammar {
    if meaning.language == Language::Extended { Grammar::Extended } else { Grammar::Basic }
}

/// The patterns as one, where none refers back; else each.
fn joined(patterns: &[Vec<u8>], meaning: Meaning) -> Result<Vec<Vec<u8>>, String> {
    let patterns: Vec<Vec<u8>> = match meaning.language {
        Language::Fixed => patterns.iter().map(|pattern| escaped(pattern)).collect(),
        Language::Basic | Language::Extended | Language::Perl => patterns.to_vec(),
    };
    if patterns.len() == 1 {
        return Ok(patterns);
    }
    let refers =
        |pattern: &Vec<u8>| pattern.windows(2).any(|pair| pair[0] == b'\\' && pair[1].is_ascii_digit());
    if meaning.language != Language::Fixed {
        // Each must be one by itself.
        for pattern in &patterns {
            let options = Options { grammar: grammar(meaning), lenient: true, ..Options::default() };
            Regex::new(pattern, options).map_err(|error| error.to_string())?;
        }
    }
    if patterns.iter().any(refers) {
        return Ok(patterns);
    }
    let or: &[u8] = if meaning.language == Language::Extended { b"|" } else { b"\\|" };
    Ok(vec![patterns.join(or)])
}

/// A string as a basic expression.
fn escaped(string: &[u8]) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(string.len());
    for byte in string {
        if b"\\[]*.^$".contains(byte) {
            pattern.push(b'\\');
        }
        pattern.push(*byte);
    }
    pattern
}

fn perl(patterns: &[Vec<u8>], meaning: Meaning) -> Result<Engine, String> {
    let [pattern] = patterns else {
        return Err("the -P option only supports a single pattern".to_owned());
    };
    let text = String::from_utf8_lossy(pattern);
    let text = match (meaning.lines, meaning.words) {
        (true, _) => format!("^(?:{text})$"),
        (false, true) => format!("(?<!\\w)(?:{text})(?!\\w)"),
        (false, false) => text.into_owned(),
    };
    let built = fancy_regex::RegexBuilder::new(&text).case_insensitive(meaning.ignore_case).build();
    built.map(|regex| Engine::Perl(Box::new(regex))).map_err(|error| error.to_string())
}

/// The warnings about signs of repetition with nothing to repeat, in an extended expression.
pub(crate) fn warnings(pattern: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at_start = true;
    let mut rest = pattern;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        let starts = matches!(first, b'(' | b'|' | b'^');
        match first {
            b'*' | b'+' | b'?' if at_start => {
                found.push(format!("{} at start of expression", char::from(*first)));
                continue;
            }
            b'{' if at_start && behind.first().is_some_and(u8::is_ascii_digit) => {
                found.push("{...} at start of expression".to_owned());
            }
            b'\\' => rest = behind.get(1..).unwrap_or_default(),
            b'[' => {
                let skipped =
                    behind.iter().skip(2).position(|byte| *byte == b']').map_or(behind.len(), |at| at + 3);
                rest = behind.get(skipped..).unwrap_or_default();
            }
            _ => {}
        }
        at_start = starts;
    }
    found
}

/// Is a bracket expression written without its second bracket, as `[:space:]`?
pub(crate) fn has_single_bracket_class(pattern: &[u8]) -> bool {
    let mut rest = pattern;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'\\' => rest = behind.get(1..).unwrap_or_default(),
            b'[' => {
                let end =
                    behind.iter().skip(1).position(|byte| *byte == b']').map_or(behind.len(), |at| at + 1);
                let inside = behind.get(..end).unwrap_or_default();
                if inside.len() > 2 && inside.first() == Some(&b':') && inside.last() == Some(&b':') {
                    return true;
                }
                let nested = inside.windows(2).any(|pair| pair[0] == b'[' && b":.=".contains(&pair[1]));
                rest = behind.get(end + 1 + usize::from(nested)..).unwrap_or_default();
            }
            _ => {}
        }
    }
    false
}
