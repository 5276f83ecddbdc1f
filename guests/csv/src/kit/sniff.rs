//! The delimiter and the quotes of a file, guessed from its beginning as Python's `csv.Sniffer` guesses.
//!
//! Text in quotes between two equal characters tells most. Without any, the delimiter is the character that stands in
//! nine lines of ten as often.

use std::collections::BTreeMap;

use fancy_regex::Regex;

use super::dialect::Dialect;

/// What may be a delimiter.
const DELIMITERS: &str = ",\t; :|";
/// Those that win where several would do.
const PREFERRED: &str = ",\t; :";

/// What is guessed of the text; none where nothing can be.
pub fn sniff(text: &str) -> Option<Dialect> {
    by_quotes(text).or_else(|| {
        let delimiter = by_counts(text)?;
        Some(Dialect { delimiter, ..Dialect::PLAIN })
    })
}

/// How often each was seen, the first seen first.
#[derive(Default)]
struct Tally(Vec<(char, usize)>);

impl Tally {
    fn add(&mut self, c: char) {
        match self.0.iter_mut().find(|(known, _)| *known == c) {
            Some((_, count)) => *count += 1,
            None => self.0.push((c, 1)),
        }
    }

    /// The one seen most, of several the first.
    fn most(&self) -> Option<char> {
        let best = self.0.iter().map(|(_, count)| *count).max()?;
        self.0.iter().find(|(_, count)| *count == best).map(|(c, _)| *c)
    }
}

/// Guesses from text in quotes beside a delimiter.
fn by_quotes(text: &str) -> Option<Dialect> {
    const PATTERNS: [&str; 4] = [
        r#"(?sm)(?P<delim>[^\w\n"'])(?P<space> ?)(?P<quote>["']).*?\k<quote>\k<delim>"#,
        r#"(?sm)(?:^|\n)(?P<quote>["']).*?\k<quote>(?P<delim>[^\w\n"'])(?P<space> ?)"#,
        r#"(?sm)(?P<delim>[^\w\n"'])(?P<space> ?)(?P<quote>["']).*?\k<quote>(?:$|\n)"#,
        r#"(?sm)(?:^|\n)(?P<quote>["']).*?\k<quote>(?:$|\n)"#,
    ];
    let (mut quotes, mut delimiters) = (Tally::default(), Tally::default());
    for pattern in PATTERNS {
        let Ok(pattern) = Regex::new(pattern) else { continue };
        for found in pattern.captures_iter(text).flatten() {
            let part = |name: &str| found.name(name).and_then(|part| part.as_str().chars().next());
            if let Some(quote) = part("quote") {
                quotes.add(quote);
            }
            if let Some(delimiter) = part("delim")
                && DELIMITERS.contains(delimiter)
            {
                delimiters.add(delimiter);
            }
        }
        if !quotes.0.is_empty() {
            break;
        }
    }
    let quote = quotes.most()?;
    match delimiters.most() {
        Some(delimiter) => Some(Dialect { delimiter, quote, ..Dialect::PLAIN }),
        None => {
            let delimiter = by_counts(text)?;
            Some(Dialect { delimiter, quote, ..Dialect::PLAIN })
        }
    }
}

/// How often a character stands in a line, and how many more lines have that than have not.
type Mode = (usize, i64);

/// Guesses from how often characters stand in each line.
fn by_counts(text: &str) -> Option<char> {
    let lines: Vec<&str> = text.split('\n').filter(|line| !line.is_empty()).collect();
    let chunk = lines.len().min(10);
    let mut counts: BTreeMap<char, Vec<(usize, i64)>> = BTreeMap::new();
    let mut modes: BTreeMap<char, Mode> = BTreeMap::new();
    let mut found: BTreeMap<char, Mode> = BTreeMap::new();
    let (mut start, mut iteration) = (0, 0);
    while start < lines.len() {
        iteration += 1;
        for line in lines.iter().skip(start).take(chunk) {
            for c in DELIMITERS.chars() {
                let count = line.chars().filter(|other| *other == c).count();
                let seen = counts.entry(c).or_default();
                match seen.iter_mut().find(|(known, _)| *known == count) {
                    Some((_, lines)) => *lines += 1,
                    None => seen.push((count, 1)),
                }
            }
        }
        for (c, seen) in &counts {
            if matches!(seen.as_slice(), [(0, _)]) {
                continue;
            }
            let most = seen.iter().map(|(_, lines)| *lines).max().unwrap_or(0);
            if let Some((count, lines)) = seen.iter().find(|(_, lines)| *lines == most) {
                let others: i64 = seen.iter().map(|(_, lines)| *lines).sum::<i64>() - lines;
                modes.insert(*c, (*count, lines - others));
            }
        }
        let total = (chunk * iteration).min(lines.len());
        let mut consistency = 1.0_f64;
        while found.is_empty() && consistency >= 0.9 {
            for (c, mode) in &modes {
                #[allow(clippy::cast_precision_loss, reason = "numbers of lines are small")]
                let share = mode.1 as f64 / total as f64;
                if mode.0 > 0 && mode.1 > 0 && share >= consistency {
                    found.insert(*c, *mode);
                }
            }
            consistency -= 0.01;
        }
        if let Some((delimiter, _)) = found.first_key_value()
            && found.len() == 1
        {
            return Some(*delimiter);
        }
        start += chunk;
    }
    PREFERRED
        .chars()
        .find(|c| found.contains_key(c) && found.len() > 1)
        .or_else(|| found.iter().max_by_key(|(c, mode)| (**mode, **c)).map(|(c, _)| *c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_guessed() {
        for (text, wanted) in [
            ("a;b\n1;2\n", Some(';')),
            ("a,b\n1,2\n", Some(',')),
            ("a|b\n1|2\n", Some('|')),
            ("'x y';2\n'z';3\n", Some(';')),
            ("a\nb\n", None),
            ("a b,c d\n", Some(',')),
        ] {
            assert_eq!(sniff(text).map(|dialect| dialect.delimiter), wanted, "{text}");
        }
    }
}
