//! Bracket expressions: `[...]` to the set that it means.

use crate::error::Error;
use crate::parse::{awk_escape, first_char};
use crate::set::{self, Set};
use crate::{Grammar, Options};

/// The longest name within `[: :]`, `[. .]` and `[= =]`.
const NAME_MAX: usize = 31;

/// Reads a bracket expression behind its `[`; `at` is moved behind its `]`.
pub(crate) fn parse(pattern: &[u8], at: &mut usize, options: &Options) -> Result<Set, Error> {
    let mut bracket = Bracket { pattern, at: *at, options, ranges: Vec::new() };
    let negated = bracket.rest().first() == Some(&b'^');
    bracket.at += usize::from(negated);
    bracket.members()?;
    *at = bracket.at;
    let mut set = Set::new(bracket.ranges);
    if options.ignore_case {
        set = set.with_other_cases(options.bytes);
    }
    if negated {
        if !options.dot_newline {
            set = Set::new([set.ranges(), &[(10, 10)]].concat());
        }
        set = set.complement(options.bytes);
    }
    Ok(set)
}

/// What stands in a bracket expression.
enum Element {
    /// A character, and whether it is a `-` of which nothing was said.
    One(u32, bool),
    /// A byte that is no character, which matches nothing.
    Broken,
    Class(Set),
    Equivalence(u32),
}

struct Bracket<'a> {
    pattern: &'a [u8],
    at: usize,
    options: &'a Options,
    ranges: Vec<(u32, u32)>,
}

impl Bracket<'_> {
    fn rest(&self) -> &[u8] {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    fn members(&mut self) -> Result<(), Error> {
        let mut first = true;
        loop {
            match self.rest() {
                [] => return Err(Error::UnmatchedBracket),
                [b']', ..] if !first => {
                    self.at += 1;
                    return Ok(());
                }
                _ => {}
            }
            let start = self.element()?;
            if let Element::One(_, true) = start
                && !first
                && self.rest().first() != Some(&b']')
            {
                return Err(if self.rest().is_empty() { Error::UnmatchedBracket } else { Error::RangeEnd });
            }
            first = false;
            let can_be_range = matches!(start, Element::One(..) | Element::Broken);
            match self.rest() {
                [] | [b'-'] if can_be_range => return Err(Error::UnmatchedBracket),
                [b'-', next, ..] if can_be_range && *next != b']' => {
                    self.at += 1;
                    let end = self.element()?;
                    self.range(&start, &end)?;
                }
                _ => self.add(start),
            }
        }
    }

    fn add(&mut self, element: Element) {
        match element {
            Element::One(code, _) | Element::Equivalence(code) => self.ranges.push((code, code)),
            Element::Broken => {}
            Element::Class(set) => self.ranges.extend(set.ranges()),
        }
    }

    fn range(&mut self, start: &Element, end: &Element) -> Result<(), Error> {
        match (start, end) {
            (Element::One(first, _), Element::One(last, _)) if first <= last => {
                self.ranges.push((*first, *last));
                Ok(())
            }
            (Element::Broken, Element::One(..) | Element::Broken) | (Element::One(..), Element::Broken) => {
                Ok(())
            }
            _ => Err(Error::RangeEnd),
        }
    }

    fn element(&mut self) -> Result<Element, Error> {
        match self.rest() {
            [] => Err(Error::UnmatchedBracket),
            [b'[', delimiter @ (b':' | b'.' | b'='), ..] => {
                let delimiter = *delimiter;
                self.named(delimiter)
            }
            [b'\\', _, ..] if self.options.grammar == Grammar::Awk => {
                let (byte, length) = awk_escape(self.rest());
                if !byte.is_ascii() && length == 2 {
                    self.at += 1;
                    return Ok(self.character());
                }
                self.at += length;
                let known = byte.is_ascii() || self.options.bytes;
                Ok(if known { Element::One(byte.into(), false) } else { Element::Broken })
            }
            _ => Ok(self.character()),
        }
    }

    fn character(&mut self) -> Element {
        let byte = self.rest().first().copied().unwrap_or_default();
        if let Some(character) = first_char(self.rest(), self.options.bytes) {
            self.at += character.len_utf8();
            return Element::One(character.into(), character == '-');
        }
        self.at += 1;
        if self.options.bytes { Element::One(byte.into(), false) } else { Element::Broken }
    }

    /// `[:name:]`, `[.x.]` or `[=x=]`, which `at` is in front of.
    fn named(&mut self, delimiter: u8) -> Result<Element, Error> {
        self.at += 2;
        let length = self.rest().windows(2).position(|pair| pair == [delimiter, b']']);
        let length = length.filter(|length| *length <= NAME_MAX).ok_or(Error::UnmatchedBracket)?;
        let name = self.rest().get(..length).unwrap_or_default().to_vec();
        self.at += length + 2;
        let bytes = self.options.bytes;
        if delimiter == b':' {
            let name = match name.as_slice() {
                b"upper" | b"lower" if self.options.ignore_case => b"alpha",
                name => name,
            };
            return set::class(name, bytes).map(Element::Class).ok_or(Error::ClassName);
        }
        let code = match first_char(&name, bytes) {
            Some(character) if character.len_utf8() == name.len() => u32::from(character),
            None if bytes && name.len() == 1 => name.first().copied().unwrap_or_default().into(),
            _ => return Err(Error::CollationCharacter),
        };
        Ok(if delimiter == b'=' { Element::Equivalence(code) } else { Element::One(code, false) })
    }
}
