//! Arithmetic text: where it ends, and its `$` expansions. What it means is the evaluator's business.

use super::ast::{Arithmetic, Part, Word};
use super::dollar::Inside;
use super::error::OpenKind;
use super::quote::QuotedEnd;
use super::reader::{Parse, Reader};
use super::word::Parts;

/// Where an arithmetic text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArithmeticEnd {
    /// Before the `)` that has no partner.
    Parenthesis,
    /// The same, or before `;`: a part of `for ((…))`.
    Clause,
    /// Before the `]` that has no partner.
    Bracket,
    /// Before `}`, or the `:` that belongs to no `?`: the offset of `${x:offset:length}`.
    Offset,
    /// Before `}`: the length.
    Length,
}

/// What is open within an arithmetic text.
#[derive(Default)]
struct Balance {
    parentheses: u32,
    brackets: u32,
    questions: u32,
    /// The line of a single quote without its partner.
    quote: Option<u32>,
}

impl Balance {
    /// Does the text end before this byte?
    fn ends(&mut self, end: ArithmeticEnd, byte: u8, line: u32) -> bool {
        if byte == b'\'' {
            self.quote = if self.quote.is_some() { None } else { Some(line) };
        }
        if self.quote.is_some() {
            return false;
        }
        match byte {
            b'(' => self.parentheses += 1,
            b')' if self.parentheses > 0 => self.parentheses -= 1,
            b')' => return matches!(end, ArithmeticEnd::Parenthesis | ArithmeticEnd::Clause),
            b';' => return end == ArithmeticEnd::Clause && self.parentheses == 0,
            b'[' => self.brackets += 1,
            b']' if self.brackets > 0 => self.brackets -= 1,
            b']' => return end == ArithmeticEnd::Bracket,
            b'?' => self.questions += 1,
            b':' if self.questions > 0 => self.questions -= 1,
            b':' => return end == ArithmeticEnd::Offset && self.parentheses == 0,
            b'}' => return matches!(end, ArithmeticEnd::Offset | ArithmeticEnd::Length),
            _ => {}
        }
        false
    }
}

impl Reader<'_> {
    /// Arithmetic text, up to its end.
    pub(super) fn arithmetic(&mut self, end: ArithmeticEnd) -> Parse<Arithmetic> {
        let (start, place) = (self.cursor.offset(), self.cursor.place());
        let mut parts = Parts::default();
        let mut balance = Balance::default();
        loop {
            self.take_run(is_ordinary, |run| parts.literal(run));
            let Some(byte) = self.peek() else {
                return match balance.quote {
                    Some(line) => self.end_in(OpenKind::SingleQuote, line),
                    None => self.end(),
                };
            };
            match byte {
                b'\\' => self.arithmetic_escape(&mut parts),
                b'"' => self.dropped_quotes(&mut parts)?,
                b'`' => self.backquote(true, &mut parts)?,
                b'$' => self.dollar(Inside::Quotes, &mut parts)?,
                _ if balance.ends(end, byte, self.cursor.line()) => break,
                _ => {
                    self.bump();
                    parts.byte(byte);
                }
            }
        }
        let span = self.span_from(start);
        let mut parts = parts.into_list();
        self.name_bad(&mut parts, place);
        Ok(Arithmetic { text: Word { parts, span, written: None } })
    }

    /// The same, to be printed as it was written.
    pub(super) fn written_arithmetic(&mut self, end: ArithmeticEnd) -> Parse<Arithmetic> {
        let from = self.beginning();
        let text = self.arithmetic(end)?.text;
        Ok(Arithmetic { text: self.as_written(text, from) })
    }

    /// A backslash: what it stands in front of closes nothing, whether it quotes it or not.
    fn arithmetic_escape(&mut self, parts: &mut Parts) {
        match self.cursor.peek_at(1) {
            Some(byte @ (b'(' | b')' | b'[' | b']' | b'}' | b';' | b':' | b'?' | b'\'')) => {
                self.cursor.advance(2);
                parts.literal(&[b'\\', byte]);
            }
            _ => self.quoted_escape(QuotedEnd::Quote, parts),
        }
    }

    /// `"…"` within arithmetic, which only hides parentheses.
    fn dropped_quotes(&mut self, parts: &mut Parts) -> Parse<()> {
        self.enter(OpenKind::DoubleQuote)?;
        self.bump();
        let mut inner = Parts::default();
        self.quoted(QuotedEnd::Quote, &mut inner)?;
        self.bump();
        self.leave();
        parts.append(inner);
        Ok(())
    }

    /// `((…))`, if that is what comes next; else nothing is read: it may be two nested parentheses.
    pub(super) fn double_parenthesis(&mut self, in_word: bool) -> Parse<Option<Arithmetic>> {
        let place = self.cursor.place();
        if !self.looking_at(b"((") || self.not_arithmetic.contains(&place) {
            return Ok(None);
        }
        let mark = self.mark();
        self.enter(OpenKind::Arithmetic)?;
        self.take_word(b"((");
        let arithmetic = if in_word {
            self.arithmetic(ArithmeticEnd::Parenthesis)?
        } else {
            self.written_arithmetic(ArithmeticEnd::Parenthesis)?
        };
        if self.eat(b"))") {
            self.leave();
            return Ok(Some(arithmetic));
        }
        self.reset(mark);
        // Without the verdict, every nested pair would be read twice, and those in it four times.
        self.not_arithmetic.insert(place);
        Ok(None)
    }

    /// `$[…]`, from the bracket on.
    pub(super) fn bracketed_arithmetic(&mut self, parts: &mut Parts) -> Parse<()> {
        self.enter(OpenKind::Bracket)?;
        self.bump();
        let arithmetic = self.arithmetic(ArithmeticEnd::Bracket)?;
        self.bump();
        self.leave();
        parts.push(Part::Arithmetic(Box::new(arithmetic)));
        Ok(())
    }
}

/// Does a byte never open, close or end anything, so that a run of them can be taken at once?
fn is_ordinary(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b' ' | b'+' | b'-' | b'*' | b'%' | b'<' | b'>' | b'=')
}
