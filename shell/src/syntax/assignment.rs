//! Assignments and array literals.

use super::ast::{ArrayElement, AssignedValue, Assignment, Part, Span, Word};
use super::error::OpenKind;
use super::reader::{Parse, Reader};
use super::reserved::{is_name, is_name_byte};
use super::word::{End, Parts, Rule, Tilde};

/// What stands where an assignment may stand.
pub(super) enum Assigned {
    Assignment(Assignment),
    Word(Word),
}

/// A word's text in an assignment: tildes behind `=` and each colon.
pub(super) const VALUE: Rule = Rule { end: End::Word, tilde: Tilde::Assignment };
const REST: Rule = Rule { end: End::Word, tilde: Tilde::Never };
const SUBSCRIPT: Rule = Rule { end: End::Subscript { in_brace: false }, tilde: Tilde::Never };

impl Reader<'_> {
    /// An assignment, or the word that only began like one. `arrays`: the value may be `(…)`.
    /// `argument`: it stands behind a declaration builtin, where blanks end a subscript that is not quoted.
    pub(super) fn assignment_or_word(&mut self, arrays: bool, argument: bool) -> Parse<Assigned> {
        let start = self.cursor.offset();
        let (name, length, next) = self.scan(usize::MAX, is_name_byte);
        if !is_name(&name) || !matches!(next, Some(b'=' | b'+' | b'[')) {
            return Ok(Assigned::Word(self.word()?));
        }
        let before = self.cursor.clone();
        self.cursor.advance(length);
        let mut subscript = None;
        if next == Some(b'[') {
            let inner = self.bracketed()?;
            if argument && inner.has_blank() {
                self.cursor = before;
                return Ok(Assigned::Word(self.word()?));
            }
            if !self.at_equals() {
                let mut parts = Parts::default();
                parts.literal(&name);
                return Ok(Assigned::Word(self.word_with_brackets(parts, inner, start)?));
            }
            let span = self.span_from(start);
            subscript = Some(Word { parts: inner.into_list(), span });
        } else if !self.at_equals() {
            self.cursor = before;
            return Ok(Assigned::Word(self.word()?));
        }
        let append = self.eat(b"+");
        self.bump();
        let value = if arrays && self.peek() == Some(b'(') {
            AssignedValue::Array(self.array()?)
        } else {
            AssignedValue::Scalar(self.word_as(VALUE, Parts::default())?)
        };
        let span = self.span_from(start);
        Ok(Assigned::Assignment(Assignment { name: name.into(), subscript, append, value, span }))
    }

    /// An ordinary argument: bash expands tildes in one that looks like an assignment.
    pub(super) fn argument_word(&mut self) -> Parse<Word> {
        let start = self.cursor.offset();
        let (name, length, next) = self.scan(usize::MAX, is_name_byte);
        if next != Some(b'=') || !is_name(&name) {
            return self.word();
        }
        self.cursor.advance(length);
        self.peek();
        self.bump();
        let mut parts = Parts::default();
        parts.literal(&name);
        parts.byte(b'=');
        let word = self.word_as(VALUE, parts)?;
        Ok(Word { span: Span { start, ..word.span }, ..word })
    }

    fn at_equals(&mut self) -> bool {
        self.looking_at(b"=") || self.looking_at(b"+=")
    }

    /// `[…]`: what is between the brackets.
    fn bracketed(&mut self) -> Parse<Parts> {
        self.enter(OpenKind::Bracket)?;
        self.peek();
        self.bump();
        let mut inner = Parts::default();
        self.unquoted(SUBSCRIPT, &mut inner)?;
        self.bump();
        self.leave();
        Ok(inner)
    }

    /// The word that goes on behind brackets which were no subscript after all.
    fn word_with_brackets(&mut self, mut parts: Parts, inner: Parts, start: u32) -> Parse<Word> {
        parts.byte(b'[');
        parts.append(inner);
        parts.byte(b']');
        let word = self.word_as(REST, parts)?;
        Ok(Word { span: Span { start, ..word.span }, ..word })
    }

    /// `( … )` behind `=`.
    pub(super) fn array(&mut self) -> Parse<Vec<ArrayElement>> {
        self.enter(OpenKind::Parenthesis)?;
        self.bump();
        let mut elements = Vec::new();
        loop {
            self.newlines()?;
            match self.peek() {
                None => return self.end(),
                Some(b')') => break,
                Some(_) if self.at_word() => elements.push(self.array_element()?),
                Some(_) => return self.unexpected(),
            }
        }
        self.bump();
        self.leave();
        Ok(elements)
    }

    fn array_element(&mut self) -> Parse<ArrayElement> {
        let start = self.cursor.offset();
        if self.peek() != Some(b'[') {
            return Ok(ArrayElement { subscript: None, append: false, value: self.word()? });
        }
        let inner = self.bracketed()?;
        if !self.at_equals() {
            let value = self.word_with_brackets(Parts::default(), inner, start)?;
            return Ok(ArrayElement { subscript: None, append: false, value });
        }
        let subscript = Some(Word { parts: inner.into_list(), span: self.span_from(start) });
        let append = self.eat(b"+");
        self.bump();
        Ok(ArrayElement { subscript, append, value: self.word_as(VALUE, Parts::default())? })
    }

    /// `name=(…)` behind `eval`, `let` or `alias`, which get it as text.
    pub(super) fn array_as_word(&mut self) -> Parse<Word> {
        let start = self.cursor.offset();
        let Assigned::Assignment(assignment) = self.assignment_or_word(true, false)? else {
            return self.end();
        };
        let mut parts = Parts::default();
        parts.literal(&assignment.name);
        parts.literal(if assignment.append { b"+=(" } else { b"=(" });
        if let AssignedValue::Array(elements) = assignment.value {
            for (index, element) in elements.into_iter().enumerate() {
                if index > 0 {
                    parts.quoted(b" ");
                }
                if let Some(subscript) = element.subscript {
                    parts.byte(b'[');
                    append_word(&mut parts, subscript);
                    parts.literal(if element.append { b"]+=" } else { b"]=" });
                }
                append_word(&mut parts, element.value);
            }
        }
        parts.byte(b')');
        Ok(Word { parts: quoted_parentheses(parts), span: self.span_from(start) })
    }
}

fn append_word(parts: &mut Parts, word: Word) {
    for part in word.parts {
        match part {
            Part::Literal(text) => parts.literal(&text),
            Part::Quoted(text) => parts.quoted(&text),
            other => parts.push(other),
        }
    }
}

/// Parentheses cannot be literal in a word, so those of an array given as text count as quoted.
fn quoted_parentheses(parts: Parts) -> Vec<Part> {
    let mut out = Parts::default();
    for part in parts.into_list() {
        match part {
            Part::Literal(text) => {
                for byte in text.iter() {
                    if matches!(byte, b'(' | b')') { out.quoted(&[*byte]) } else { out.byte(*byte) }
                }
            }
            Part::Quoted(text) => out.quoted(&text),
            other => out.push(other),
        }
    }
    out.into_list()
}
