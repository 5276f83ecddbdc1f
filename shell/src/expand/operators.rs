//! The operators of parameter expansions that make a new value of a value: length, trimming, replacing, slicing.

use bstr::BString;

use super::assignment::VALUE_BYTES_MAX;
use super::field::Field;
use super::parameter::length;
use super::parameter_name::Got;
use super::pattern::Pattern;
use super::text;
use crate::exec::{Shell, Unwind};
use crate::state::ShoptOption;
use crate::syntax::ast::{
    Arithmetic, Case, Parameter, ParameterName, ParameterOperator, Part, Replace, Word,
};
use crate::syntax::printer;

/// Applies a function to every element.
fn map(got: Got, mut change: impl FnMut(&[u8]) -> BString) -> Got {
    match got {
        Got::One(value) => Got::One(value.map(|text| change(&text))),
        Got::Many { elements, star } => {
            Got::Many { elements: elements.iter().map(|element| change(element)).collect(), star }
        }
    }
}

impl Shell {
    /// Applies the operator of a parameter expansion to the value it names.
    pub(crate) async fn apply(&mut self, parameter: &Parameter, got: Got) -> Result<Got, Unwind> {
        match &parameter.operator {
            ParameterOperator::Length => {
                Ok(Got::One(Some(length(&got, self.state.counts_bytes()).to_string().into())))
            }
            ParameterOperator::RemovePrefix { longest, pattern } => {
                let pattern = Box::pin(self.expand_trim_pattern(pattern)).await?;
                Ok(map(got, |text| {
                    let end = pattern.prefix(text, *longest).unwrap_or(0);
                    text.get(end..).unwrap_or_default().into()
                }))
            }
            ParameterOperator::RemoveSuffix { longest, pattern } => {
                let pattern = Box::pin(self.expand_trim_pattern(pattern)).await?;
                Ok(map(got, |text| {
                    let start = pattern.suffix(text, *longest).unwrap_or(text.len());
                    text.get(..start).unwrap_or_default().into()
                }))
            }
            ParameterOperator::Replace { which, pattern, with } => {
                Box::pin(self.replace(got, *which, pattern, with.as_deref())).await
            }
            ParameterOperator::ChangeCase { to, all, pattern } => {
                // An empty pattern is none, but one in quotes matches nothing.
                let is_quoted = pattern.as_ref().is_some_and(|word| word.parts.iter().any(Part::is_quote));
                let pattern = match pattern {
                    Some(pattern) => Some(Box::pin(self.expand_pattern(pattern, false)).await?),
                    None => None,
                };
                let pattern = pattern.filter(|pattern| is_quoted || !pattern.is_empty());
                Ok(map(got, |text| change_case(text, *to, *all, pattern.as_ref())))
            }
            ParameterOperator::Substring { offset, length } => {
                Box::pin(self.slice(parameter, got, offset, length.as_deref())).await
            }
            ParameterOperator::Transform(letter) => Box::pin(self.transform(parameter, got, *letter)).await,
            ParameterOperator::Value
            | ParameterOperator::Default { .. }
            | ParameterOperator::Assign { .. }
            | ParameterOperator::Require { .. }
            | ParameterOperator::Alternative { .. }
            | ParameterOperator::Names { .. }
            | ParameterOperator::Keys { .. }
            | ParameterOperator::Bad { .. } => Ok(got),
        }
    }

    async fn replace(
        &mut self,
        got: Got,
        which: Replace,
        pattern: &Word,
        with: Option<&Word>,
    ) -> Result<Got, Unwind> {
        let pattern = self.expand_pattern(pattern, false).await?;
        let replacement = match with {
            Some(word) => self.expand_field(word).await?,
            None => Field::default(),
        };
        let ampersand = self.state.options.shopt(ShoptOption::PatsubReplacement);
        let replacement = Replacement::new(&replacement, ampersand);
        Ok(map(got, |text| replace_in(text, which, &pattern, &replacement)))
    }

    async fn slice(
        &mut self,
        parameter: &Parameter,
        got: Got,
        offset: &Arithmetic,
        length: Option<&Arithmetic>,
    ) -> Result<Got, Unwind> {
        let name = printer::print_parameter_name(parameter);
        let offset = self.evaluate_for(&name, offset).await?;
        let (length, written) = match length {
            Some(length) => {
                (Some(self.evaluate_for(&name, length).await?), printer::print_word(&length.text))
            }
            None => (None, BString::default()),
        };
        let bytewise = self.state.counts_bytes();
        let range = match &got {
            Got::One(None) => return Ok(got),
            Got::One(Some(text)) => range(offset, length, text::character_count(text, bytewise)),
            Got::Many { elements, .. } => {
                let positional = matches!(parameter.name, ParameterName::Special(_));
                match self.slice_elements(parameter, elements, positional, offset, length) {
                    Some(picked) => return Ok(picked),
                    None => Err(()),
                }
            }
        };
        match range {
            Ok((start, count)) => Ok(map(got, |text| text::slice(text, start, count, bytewise).into())),
            Err(()) => {
                let message = format!("{written}: substring expression < 0");
                Err(self.fail_expansion(&message).await)
            }
        }
    }

    /// `${@:2:3}` counts from `$0`; `${a[@]:2:3}` takes elements from index 2 on. A negative length is refused,
    /// unless nothing lies there anyway.
    fn slice_elements(
        &mut self,
        parameter: &Parameter,
        elements: &[BString],
        positional: bool,
        offset: i64,
        length: Option<i64>,
    ) -> Option<Got> {
        let refused = |start: i64, beyond: i64| {
            length.is_some_and(|length| length < 0) && (0..=beyond).contains(&start)
        };
        let star = matches!(parameter.name, ParameterName::Special(b'*'))
            || matches!(parameter.subscript, Some(crate::syntax::ast::Subscript::Star));
        let count = usize::try_from(length.unwrap_or(i64::MAX)).unwrap_or(usize::MAX);
        if positional {
            let all: Vec<BString> =
                std::iter::once(self.state.name.clone()).chain(elements.iter().cloned()).collect();
            let start = if offset < 0 {
                offset.saturating_add(i64::try_from(all.len()).unwrap_or(0))
            } else {
                offset
            };
            if refused(start, i64::try_from(all.len()).unwrap_or(i64::MAX)) {
                return None;
            }
            let picked = match usize::try_from(start) {
                Ok(start) => all.into_iter().skip(start).take(count).collect(),
                Err(_) => Vec::new(),
            };
            return Some(Got::Many { elements: picked, star });
        }
        let keys = self.index_keys(parameter);
        let last = keys.last().copied().unwrap_or(-1);
        let start = if offset < 0 { offset.saturating_add(last).saturating_add(1) } else { offset };
        if refused(start, if self.is_associative_parameter(parameter) { last + 1 } else { last }) {
            return None;
        }
        if start < 0 {
            return Some(Got::Many { elements: Vec::new(), star });
        }
        let skip = keys.iter().take_while(|key| **key < start).count();
        Some(Got::Many { elements: elements.iter().skip(skip).take(count).cloned().collect(), star })
    }

    fn is_associative_parameter(&self, parameter: &Parameter) -> bool {
        matches!(&parameter.name, ParameterName::Variable(name) if self.state.is_associative(name))
    }

    /// The indexes of an array's elements; positions where there are none.
    fn index_keys(&self, parameter: &Parameter) -> Vec<i64> {
        let ParameterName::Variable(name) = &parameter.name else { return Vec::new() };
        let name = self.state.variables.follow(name).unwrap_or_else(|| name.clone());
        match self.state.variables.get(&name).map(|variable| &variable.value) {
            Some(crate::state::Value::Indexed(elements)) => elements.keys().copied().collect(),
            Some(crate::state::Value::Associative(pairs)) => {
                // bash counts the pairs from one.
                (1..=i64::try_from(pairs.len()).unwrap_or(0)).collect()
            }
            _ => (0..1).collect(),
        }
    }
}

/// Start and count of characters of `${x:offset:length}`; an error when it ends before it begins.
fn range(offset: i64, length: Option<i64>, count: usize) -> Result<(usize, usize), ()> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let start = if offset < 0 { offset.saturating_add(count) } else { offset };
    if start < 0 || start > count {
        return Ok((usize::MAX, 0));
    }
    let end = match length {
        None => count,
        Some(length) if length < 0 => count.saturating_add(length),
        Some(length) => start.saturating_add(length).min(count),
    };
    if end < start {
        return Err(());
    }
    Ok((usize::try_from(start).unwrap_or(0), usize::try_from(end - start).unwrap_or(0)))
}

/// What stands instead of a match: bytes, and places where the match itself goes.
struct Replacement {
    parts: Vec<Option<BString>>,
}

impl Replacement {
    fn new(field: &Field, ampersand: bool) -> Replacement {
        let mut parts = Vec::new();
        let mut literal = BString::default();
        for piece in field.pieces(0..field.bytes.len()) {
            if piece.quoted || !ampersand {
                literal.extend_from_slice(piece.bytes);
                continue;
            }
            let mut bytes = piece.bytes.iter().peekable();
            while let Some(byte) = bytes.next() {
                match (byte, bytes.peek()) {
                    (b'\\', Some(next @ (b'&' | b'\\'))) => {
                        literal.push(**next);
                        bytes.next();
                    }
                    (b'&', _) => {
                        parts.push(Some(std::mem::take(&mut literal)));
                        parts.push(None);
                    }
                    _ => literal.push(*byte),
                }
            }
        }
        parts.push(Some(literal));
        Replacement { parts }
    }

    fn write(&self, matched: &[u8], out: &mut BString) {
        for part in &self.parts {
            out.extend_from_slice(part.as_ref().map_or(matched, |literal| literal.as_slice()));
        }
    }
}

fn replace_in(text: &[u8], which: Replace, pattern: &Pattern, with: &Replacement) -> BString {
    let mut out = BString::default();
    // bash replaces nothing in an empty text but for a pattern that begins with `*`, or at its end.
    // A pattern without anything in it matches only where it is held to the start or the end.
    let anchored = matches!(which, Replace::Prefix | Replace::Suffix);
    let nothing_there = if pattern.is_empty() {
        !anchored
    } else {
        text.is_empty() && which != Replace::Suffix && !pattern.begins_with_star()
    };
    if nothing_there {
        return text.into();
    }
    match which {
        Replace::Prefix => {
            let Some(end) = pattern.prefix(text, true) else { return text.into() };
            let (matched, rest) = text.split_at(end.min(text.len()));
            with.write(matched, &mut out);
            out.extend_from_slice(rest);
        }
        Replace::Suffix => {
            let Some(start) = pattern.suffix(text, true) else { return text.into() };
            let (rest, matched) = text.split_at(start.min(text.len()));
            out.extend_from_slice(rest);
            with.write(matched, &mut out);
        }
        Replace::First | Replace::All => {
            let mut at = 0;
            while at <= text.len() && out.len() <= VALUE_BYTES_MAX {
                let Some((start, end)) = pattern.find(text, at) else { break };
                if start == text.len() && !text.is_empty() {
                    break;
                }
                out.extend_from_slice(text.get(at..start).unwrap_or_default());
                with.write(text.get(start..end).unwrap_or_default(), &mut out);
                at = end;
                if which == Replace::First || text.is_empty() {
                    break;
                }
                if end == start {
                    // Nothing was replaced, in front of a character that stays.
                    let Some(stays) = text.get(at..).and_then(|rest| text::characters(rest).next()) else {
                        break;
                    };
                    out.extend_from_slice(stays);
                    at += stays.len();
                }
                if at == text.len() {
                    break;
                }
            }
            out.extend_from_slice(text.get(at..).unwrap_or_default());
        }
    }
    out
}

fn change_case(text: &[u8], to: Case, all: bool, pattern: Option<&Pattern>) -> BString {
    let mut out = BString::default();
    for (at, character) in text::characters(text).enumerate() {
        let wanted = (all || at == 0) && pattern.is_none_or(|pattern| pattern.matches(character));
        match std::str::from_utf8(character).ok().and_then(|text| text.chars().next()).filter(|_| wanted) {
            None => out.extend_from_slice(character),
            Some(letter) => {
                let changed = change_letter(letter, to);
                out.extend_from_slice(changed.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    out
}

/// One letter in another case; a letter whose other case is several stays.
pub(crate) fn change_letter(letter: char, to: Case) -> char {
    let upper = || one(letter.to_uppercase(), letter);
    let lower = || one(letter.to_lowercase(), letter);
    match to {
        Case::Upper => upper(),
        Case::Lower => lower(),
        Case::Toggle if letter.is_lowercase() => upper(),
        Case::Toggle => lower(),
    }
}

fn one(mut letters: impl Iterator<Item = char>, otherwise: char) -> char {
    match (letters.next(), letters.next()) {
        (Some(letter), None) => letter,
        _ => otherwise,
    }
}
