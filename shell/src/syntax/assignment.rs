//! Assignments and array literals.

use super::ast::{ArrayElement, AssignedValue, Assignment, Part, Span, Word, Written};
use super::error::OpenKind;
use super::reader::{Parse, Reader};
use super::reserved::{is_name, is_name_byte};
use super::word::{End, Parts, Rule, Tilde};
use super::written::Beginning;

/// What stands where an assignment may stand.
pub(super) enum Assigned {
    Assignment(Box<Assignment>),
    Word(Word),
}

/// What stands behind `[`.
struct Bracketed {
    parts: Parts,
    written: Option<Box<Written>>,
    /// With a `]` at its end.
    closed: bool,
}

impl Bracketed {
    fn into_word(self, span: Span) -> Word {
        Word { parts: self.parts.into_list(), span, written: self.written }
    }
}

/// A word's text in an assignment: tildes behind `=` and each colon.
pub(super) const VALUE: Rule = Rule { end: End::Word, tilde: Tilde::Assignment };
const REST: Rule = Rule { end: End::Word, tilde: Tilde::Never };
const SUBSCRIPT: Rule = Rule { end: End::Subscript { in_brace: false }, tilde: Tilde::Never };
const ARGUMENT_SUBSCRIPT: Rule = Rule { end: End::ArgumentSubscript, tilde: Tilde::Never };

/// Where an assignment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AssignmentPlace {
    /// Before the command word: blanks and operators may stand in a subscript.
    BeforeCommand,
    /// Behind a declaration builtin.
    Argument {
        /// The value may be `(…)`.
        arrays: bool,
    },
}

impl Reader<'_> {
    /// An assignment, or the word that only began like one.
    pub(super) fn assignment_or_word(&mut self, at: AssignmentPlace) -> Parse<Assigned> {
        let (from, start) = (self.beginning(), self.cursor.offset());
        if !self.may_be_name_before(|next| matches!(next, b'=' | b'+' | b'[')) {
            return Ok(Assigned::Word(self.word()?));
        }
        let (name, length, next) = self.scan(usize::MAX, is_name_byte);
        if !is_name(&name) || !matches!(next, Some(b'=' | b'+' | b'[')) {
            return Ok(Assigned::Word(self.word()?));
        }
        let before = self.cursor.clone();
        self.cursor.advance(length);
        let mut subscript = None;
        if next == Some(b'[') {
            let rule = if at == AssignmentPlace::BeforeCommand { SUBSCRIPT } else { ARGUMENT_SUBSCRIPT };
            let inner = self.bracketed(rule)?;
            if !inner.closed || !self.at_equals() {
                let mut parts = Parts::default();
                parts.literal(&name);
                return Ok(Assigned::Word(self.word_with_brackets(from, parts, inner, start)?));
            }
            subscript = Some(inner.into_word(self.span_from(start)));
        } else if !self.at_equals() {
            self.cursor = before;
            return Ok(Assigned::Word(self.word()?));
        }
        let append = self.eat(b"+");
        self.bump();
        let value = if at != (AssignmentPlace::Argument { arrays: false }) && self.peek() == Some(b'(') {
            self.array_value()?
        } else {
            AssignedValue::Scalar(self.written_word(VALUE)?)
        };
        let span = self.span_from(start);
        Ok(Assigned::Assignment(Box::new(Assignment { name: name.into(), subscript, append, value, span })))
    }

    /// An ordinary argument: bash expands tildes in one that looks like an assignment.
    pub(super) fn argument_word(&mut self) -> Parse<Word> {
        let (from, start) = (self.beginning(), self.cursor.offset());
        if !self.may_be_name_before(|next| next == b'=') {
            return self.word();
        }
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
        let word = self.word_from(from.place, VALUE, parts)?;
        let word = Word { span: Span { start, ..word.span }, ..word };
        Ok(self.as_written(word, from))
    }

    /// A first look, which says no of nearly every word: might a name stand here, and then such a byte?
    fn may_be_name_before(&mut self, wanted: impl Fn(u8) -> bool) -> bool {
        match self.run(usize::MAX, is_name_byte) {
            Some((length, next)) => length > 0 && next.is_some_and(wanted),
            None => true,
        }
    }

    fn at_equals(&mut self) -> bool {
        self.looking_at(b"=") || self.looking_at(b"+=")
    }

    /// `( … )` behind `=`; a word if it goes on behind the parenthesis.
    fn array_value(&mut self) -> Parse<AssignedValue> {
        let from = self.beginning();
        let elements = self.array()?;
        if !self.at_word() {
            return Ok(AssignedValue::Array(elements));
        }
        let mut parts = Parts::default();
        parts.byte(b'(');
        append_elements(&mut parts, elements);
        parts.byte(b')');
        let mut quoted = Parts::default();
        quoted_parentheses(parts).into_iter().for_each(|part| append_part(&mut quoted, part));
        let word = self.word_from(from.place, REST, quoted)?;
        Ok(AssignedValue::Scalar(self.as_written(word, from)))
    }

    /// `[…]`, or as much of it as there is.
    fn bracketed(&mut self, rule: Rule) -> Parse<Bracketed> {
        self.enter(OpenKind::Bracket)?;
        self.peek();
        self.bump();
        let from = self.beginning();
        let mut parts = Parts::default();
        self.unquoted(rule, &mut parts)?;
        // The rewrites stay: the word around may need them too.
        let rewrites = self.rewrites.clone();
        let written = self.as_written(Word::default(), from).written;
        self.rewrites = rewrites;
        let closed = self.eat(b"]");
        self.leave();
        Ok(Bracketed { parts, written, closed })
    }

    /// The word that goes on behind brackets which were no subscript after all.
    fn word_with_brackets(
        &mut self,
        from: Beginning,
        mut parts: Parts,
        inner: Bracketed,
        start: u32,
    ) -> Parse<Word> {
        parts.byte(b'[');
        parts.append(inner.parts);
        if inner.closed {
            parts.byte(b']');
        }
        let word = self.word_from(from.place, REST, parts)?;
        let word = Word { span: Span { start, ..word.span }, ..word };
        Ok(self.as_written(word, from))
    }

    /// `( … )` behind `=`.
    pub(super) fn array(&mut self) -> Parse<Vec<ArrayElement>> {
        self.enter(OpenKind::Array)?;
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
        let (from, start) = (self.beginning(), self.cursor.offset());
        if self.peek() != Some(b'[') {
            return Ok(ArrayElement { subscript: None, append: false, value: self.word()? });
        }
        let inner = self.bracketed(SUBSCRIPT)?;
        if !self.at_equals() {
            let value = self.word_with_brackets(from, Parts::default(), inner, start)?;
            return Ok(ArrayElement { subscript: None, append: false, value });
        }
        let subscript = Some(inner.into_word(self.span_from(start)));
        let append = self.eat(b"+");
        self.bump();
        Ok(ArrayElement { subscript, append, value: self.written_word(VALUE)? })
    }

    /// `name=(…)` behind `eval`, `let` or `alias`, which get it as text.
    pub(super) fn array_as_word(&mut self) -> Parse<Word> {
        let (from, start) = (self.beginning(), self.cursor.offset());
        let at = AssignmentPlace::Argument { arrays: true };
        let Assigned::Assignment(assignment) = self.assignment_or_word(at)? else { return self.end() };
        let mut parts = Parts::default();
        parts.literal(&assignment.name);
        parts.literal(if assignment.append { b"+=(" } else { b"=(" });
        if let AssignedValue::Array(elements) = assignment.value {
            append_elements(&mut parts, elements);
        }
        parts.byte(b')');
        let word = Word { parts: quoted_parentheses(parts), span: self.span_from(start), written: None };
        Ok(self.as_written(word, from))
    }
}

fn append_elements(parts: &mut Parts, elements: Vec<ArrayElement>) {
    for (index, element) in elements.into_iter().enumerate() {
        if index > 0 {
            parts.quoted(b" ");
        }
        if let Some(subscript) = element.subscript {
            parts.byte(b'[');
            append_word(parts, subscript);
            parts.literal(if element.append { b"]+=" } else { b"]=" });
        }
        append_word(parts, element.value);
    }
}

fn append_word(parts: &mut Parts, word: Word) {
    word.parts.into_iter().for_each(|part| append_part(parts, part));
}

fn append_part(parts: &mut Parts, part: Part) {
    match part {
        Part::Literal(text) => parts.literal(&text),
        Part::Quoted(text) => parts.quoted(&text),
        other => parts.push(other),
    }
}

/// Parentheses cannot be literal in a word, so those of an array given as text count as quoted.
fn quoted_parentheses(parts: Parts) -> super::ast::Parts {
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
