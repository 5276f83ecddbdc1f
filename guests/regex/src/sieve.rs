//! A sieve: texts of which every match of a pattern has one in it.
//!
//! To look for them is many times as quick as to run an automaton, so they tell the lines where that is worth it; and
//! of many patterns a text that has one of them is one with a match.

use swar::{Finder, Pattern};

use crate::set::Set;
use crate::syntax::Node;

/// How many texts a part of a pattern may be.
const TEXTS_MAX: usize = 16;
/// How long they grow.
const TEXT_BYTES_MAX: usize = 64;
/// A set of more characters is no choice between texts.
const CHOICES_MAX: u32 = 4;
/// What is as common as that is in every other line; see [`Pattern::commonness`].
const COMMONNESS_MAX: u64 = 15_000;

/// What every match has in it.
pub struct Sieve {
    finder: Finder,
    is_enough: bool,
    has_newline: bool,
}

impl Sieve {
    /// The sieve of a pattern that has one that is worth it; `bytes`: each byte is a character.
    pub(crate) fn new(node: &Node, bytes: bool) -> Option<Sieve> {
        let has_odd = |node: &Node| matches!(node, Node::BackReference(_) | Node::Byte(_) | Node::Look(_));
        let parts = Parts { bytes };
        let whole = if node.any(&mut |node| has_odd(node) && !(bytes && matches!(node, Node::Byte(_)))) {
            None
        } else {
            parts.least(node).filter(|texts| texts.iter().all(|text| !text.is_empty()))
        };
        let is_enough = whole.is_some();
        let texts = whole.or_else(|| parts.of(node).required)?;
        if texts.is_empty() || !is_enough && commonness(&texts) > COMMONNESS_MAX {
            return None;
        }
        Sieve::of(texts, is_enough)
    }

    /// The sieve of fixed texts.
    pub fn of_strings<'a>(strings: impl IntoIterator<Item = &'a [u8]>) -> Option<Sieve> {
        Sieve::of(strings.into_iter().map(Pattern::exact).collect(), true)
    }

    fn of(texts: Vec<Pattern>, is_enough: bool) -> Option<Sieve> {
        let has_newline = texts.iter().any(|text| text.contains(b'\n'));
        Some(Sieve { finder: Finder::new(texts)?, is_enough, has_newline })
    }

    /// Where one of the texts begins, the first such place at or behind another one.
    #[inline]
    pub fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        self.finder.find(text, from)
    }

    /// Is a text that has one of them in it always one with a match?
    pub fn is_enough(&self) -> bool {
        self.is_enough
    }

    /// Is a newline in one of them?
    pub fn has_newline(&self) -> bool {
        self.has_newline
    }
}

fn commonness(texts: &[Pattern]) -> u64 {
    texts.iter().map(Pattern::commonness).sum()
}

/// What is known of a part of a pattern.
struct Part {
    /// All that it matches.
    exact: Option<Vec<Pattern>>,
    /// Texts of which each match has one; `None`: there is nothing to tell.
    required: Option<Vec<Pattern>>,
}

/// How parts are read.
struct Parts {
    bytes: bool,
}

impl Parts {
    /// The texts of which one is in a text if and only if there is a match, where there are such ones: what may be left
    /// out at the ends of the pattern is.
    fn least(&self, node: &Node) -> Option<Vec<Pattern>> {
        match node {
            Node::Group(_, node) => self.least(node),
            Node::Alternation(nodes) => {
                let mut texts = Vec::new();
                for node in nodes {
                    texts.extend(self.least(node)?);
                }
                (texts.len() <= TEXTS_MAX).then_some(texts)
            }
            Node::Repeat { node, min: 1, .. } => self.least(node),
            Node::Repeat { node, min, .. } => self.repeated(node, *min),
            Node::Concat(nodes) => {
                let start = nodes.iter().position(|node| !is_optional(node))?;
                let end = nodes.iter().rposition(|node| !is_optional(node))?;
                let inner = nodes.get(start..=end)?;
                if let [only] = inner {
                    return self.least(only);
                }
                inner.iter().enumerate().try_fold(vec![Pattern::default()], |texts, (index, node)| {
                    let next = match node {
                        Node::Repeat { node, min, .. } if index == 0 || index + 1 == inner.len() => {
                            self.repeated(node, *min)
                        }
                        node => self.of(node).exact,
                    };
                    product(&texts, &next?)
                })
            }
            node => self.of(node).exact,
        }
    }

    fn repeated(&self, node: &Node, times: u32) -> Option<Vec<Pattern>> {
        let once = self.of(node).exact?;
        (0..times).try_fold(vec![Pattern::default()], |texts, _| product(&texts, &once))
    }

    fn of(&self, node: &Node) -> Part {
        match node {
            // Conditions on places have no bytes; whoever wants exactness looks for them first.
            Node::Empty | Node::Look(_) => Part::exact(vec![Pattern::default()]),
            Node::Byte(byte) => Part::exact(vec![Pattern::exact(&[*byte])]),
            Node::Char(character) => {
                Part::exact(vec![Pattern::exact(character.encode_utf8(&mut [0; 4]).as_bytes())])
            }
            Node::Set(set) => match self.choices(set) {
                Some(texts) => Part::exact(texts),
                None => Part { exact: None, required: None },
            },
            Node::Group(_, node) => self.of(node),
            Node::BackReference(_) => Part { exact: None, required: None },
            Node::Concat(nodes) => self.row(nodes),
            Node::Alternation(nodes) => {
                let parts: Vec<Part> = nodes.iter().map(|node| self.of(node)).collect();
                let all = |choose: fn(&Part) -> Option<&Vec<Pattern>>| {
                    let lists = parts.iter().map(choose).collect::<Option<Vec<_>>>()?;
                    let texts: Vec<Pattern> = lists.into_iter().flatten().cloned().collect();
                    (texts.len() <= TEXTS_MAX).then_some(texts)
                };
                Part { exact: all(|part| part.exact.as_ref()), required: all(|part| part.required.as_ref()) }
            }
            Node::Repeat { node, min, max } => {
                let exact = if *max == Some(*min) { self.repeated(node, *min) } else { None };
                let required = if *min == 0 { None } else { self.of(node).required };
                match exact {
                    Some(exact) => Part::exact(exact),
                    None => Part { exact: None, required },
                }
            }
        }
    }

    /// Of pieces in a row, what stands together and is rarest.
    fn row(&self, nodes: &[Node]) -> Part {
        let mut best: Option<Vec<Pattern>> = None;
        let mut offer = |texts: Vec<Pattern>| {
            let is_worth = texts.iter().all(|text| !text.is_empty());
            if is_worth && best.as_ref().is_none_or(|best| commonness(&texts) < commonness(best)) {
                best = Some(texts);
            }
        };
        let mut run = vec![Pattern::default()];
        let mut is_whole = true;
        for node in nodes {
            let part = self.of(node);
            match part.exact.as_ref().and_then(|exact| product(&run, exact)) {
                Some(longer) => run = longer,
                None => {
                    is_whole = false;
                    let once = match node {
                        // It begins and ends with what it repeats.
                        Node::Repeat { node, min: 1.., .. } => self.of(node).exact,
                        _ => part.exact,
                    };
                    let joined = once.as_ref().and_then(|once| product(&run, once));
                    offer(joined.unwrap_or(std::mem::take(&mut run)));
                    if let Some(required) = part.required {
                        offer(required);
                    }
                    run = once.unwrap_or_else(|| vec![Pattern::default()]);
                }
            }
        }
        if is_whole {
            return Part::exact(run);
        }
        offer(run);
        Part { exact: None, required: best }
    }

    /// The few characters of a set, each as a text.
    fn choices(&self, set: &Set) -> Option<Vec<Pattern>> {
        let count: u32 =
            set.ranges().iter().fold(0, |sum, (first, last)| sum.saturating_add(last - first + 1));
        if count == 0 || count > CHOICES_MAX {
            return None;
        }
        let codes = set.ranges().iter().flat_map(|(first, last)| *first..=*last);
        let codes: Vec<u32> = codes.collect();
        if let [capital, small] = codes.as_slice()
            && let (Ok(capital), Ok(small)) = (u8::try_from(*capital), u8::try_from(*small))
            && capital.is_ascii_uppercase()
            && capital.to_ascii_lowercase() == small
        {
            let mut text = Pattern::default();
            text.push(small, true);
            return Some(vec![text]);
        }
        codes
            .into_iter()
            .map(|code| match u8::try_from(code) {
                Ok(byte) if self.bytes || byte < 128 => Some(Pattern::exact(&[byte])),
                _ => char::from_u32(code).map(|it| Pattern::exact(it.encode_utf8(&mut [0; 4]).as_bytes())),
            })
            .collect()
    }
}

impl Part {
    fn exact(texts: Vec<Pattern>) -> Part {
        let is_something = texts.iter().all(|text| !text.is_empty());
        Part { required: is_something.then(|| texts.clone()), exact: Some(texts) }
    }
}

/// Each of the first with each of the others behind it; `None`: they are too many or too long.
fn product(first: &[Pattern], second: &[Pattern]) -> Option<Vec<Pattern>> {
    if first.len() * second.len() > TEXTS_MAX {
        return None;
    }
    let joined = first.iter().flat_map(|start| {
        second.iter().map(|end| {
            let mut text = start.clone();
            text.append(end);
            text
        })
    });
    let joined: Vec<Pattern> = joined.collect();
    joined.iter().all(|text| text.len() <= TEXT_BYTES_MAX).then_some(joined)
}

/// May it be left out wherever it stands?
fn is_optional(node: &Node) -> bool {
    match node {
        Node::Empty => true,
        Node::Group(_, node) => is_optional(node),
        Node::Concat(nodes) => nodes.iter().all(is_optional),
        Node::Alternation(nodes) => nodes.iter().any(is_optional),
        Node::Repeat { node, min, .. } => *min == 0 || is_optional(node),
        Node::Byte(_) | Node::Char(_) | Node::Set(_) | Node::Look(_) | Node::BackReference(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grammar, Options, parse};

    fn sieve(pattern: &str) -> Option<Sieve> {
        let options = Options { grammar: Grammar::Extended, ..Options::default() };
        Sieve::new(&parse::parse(pattern.as_bytes(), &options).unwrap().0, false)
    }

    #[test]
    fn what_may_be_left_out_is_not_looked_for() {
        for (pattern, text, wanted) in [
            ("lorem", "a lorem", Some((2, true))),
            ("[0-9]*5 ", "x 15 y", Some((3, true))),
            ("[0-9]+5 ", "x 15 y", Some((3, false))),
            ("a+", "baaa", Some((1, true))),
            ("(foo|bar)?qux(foo|bar)?", "barqux", Some((3, true))),
            ("foo|bar|", "bar", None),
            ("foo|bar", "a bar", Some((2, true))),
            ("^foo", "a foo", Some((2, false))),
            ("foo.*bar", "bar foo", Some((0, false))),
            ("(foo)\\1", "foo foo", Some((0, false))),
            ("[lL]orem", "LOREM Lorem", Some((6, true))),
            ("qu+x", "quux", Some((0, false))),
            ("x{3}y", "xxy xxxy", Some((4, true))),
            ("x{3,}", "xxxx", Some((0, true))),
            ("[a-z]", "a", None),
            (".*", "a", None),
            ("a*", "a", None),
            ("( |e)x*[a-z]", "e", None),
            ("(q|z)[0-9]*(q|z)", "qz", Some((0, false))),
        ] {
            let sieve = sieve(pattern);
            let found = sieve.and_then(|sieve| Some((sieve.find(text.as_bytes(), 0)?, sieve.is_enough())));
            assert_eq!(found, wanted, "{pattern}");
        }
    }
}
