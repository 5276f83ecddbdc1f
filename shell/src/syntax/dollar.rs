//! Expansions: what follows `$`, and backticks.

use std::sync::Arc;

use bstr::BString;

use super::ast::{
    AndOr, Command, CommandKind, List, ListItem, Parameter, ParameterName, ParameterOperator, Part, Pipeline,
    Span, Stage,
};
use super::error::{OpenKind, Warning};
use super::heredoc;
use super::quote::is_limit;
use super::reader::{Parse, Reader};
use super::reserved::{is_name_byte, is_name_start};
use super::source::Place;
use super::word::Parts;
use super::written::Instead;

/// What stands around a `$`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// No quotes: `$'…'` and `$"…"` are quotes of their own.
    Plain,
    /// Double quotes.
    Quotes,
    /// The word of `"${x:-word}"`, where `$'…'` is a quote too.
    QuotedBrace,
}

impl Reader<'_> {
    /// `$` and what belongs to it; a `$` that begins nothing stands for itself.
    pub(super) fn dollar(&mut self, inside: Inside, parts: &mut Parts) -> Parse<()> {
        let (start, place) = (self.cursor.offset(), self.cursor.place());
        self.bump();
        let Some(byte) = self.peek() else {
            parts.byte(b'$');
            return Ok(());
        };
        match byte {
            b'{' => self.parameter(inside, start, place, parts),
            b'(' => self.parenthesized(place, parts),
            b'[' => self.bracketed_arithmetic(parts),
            b'\'' if inside != Inside::Quotes => self.ansi_quote(inside, place, parts),
            b'"' if inside == Inside::Plain => {
                self.rewrite(place, Instead::Text(BString::default()));
                self.double_quote(parts)
            }
            b'0'..=b'9' => {
                self.bump();
                self.bare_parameter(ParameterName::Positional(u32::from(byte - b'0')), start, parts)
            }
            b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' => {
                self.bump();
                self.bare_parameter(ParameterName::Special(byte), start, parts)
            }
            _ if is_name_start(byte) => {
                let (name, length, _) = self.scan(usize::MAX, is_name_byte);
                self.cursor.advance(length);
                self.bare_parameter(ParameterName::Variable(name.into()), start, parts)
            }
            // A quoted one is the same here, and can be printed in front of a substitution.
            b'`' if inside == Inside::Plain => {
                parts.quoted(b"$");
                Ok(())
            }
            _ => {
                parts.byte(b'$');
                Ok(())
            }
        }
    }

    fn bare_parameter(&mut self, name: ParameterName, start: u32, parts: &mut Parts) -> Parse<()> {
        let span = self.span_from(start);
        let operator = ParameterOperator::Value;
        parts.push(Part::Parameter(Box::new(Parameter {
            name,
            subscript: None,
            indirect: false,
            operator,
            span,
        })));
        Ok(())
    }

    /// `$((…))` or `$(…)`, from the parenthesis on.
    fn parenthesized(&mut self, place: Place, parts: &mut Parts) -> Parse<()> {
        if let Some(arithmetic) = self.double_parenthesis(true)? {
            parts.push(Part::Arithmetic(Box::new(arithmetic)));
            return Ok(());
        }
        let list = if self.looking_at(b"((") { self.doubled_substitution()? } else { self.substitution()? };
        if !is_unparsed(&list) {
            self.rewrite(place, Instead::List("$(", Arc::clone(&list)));
        }
        parts.push(Part::CommandSubstitution(list));
        Ok(())
    }

    /// `$( (…) … )`. bash only looks for the end of what begins with `$((`: if it is no expression, it is a command
    /// or an error when its time comes.
    #[inline(never)]
    fn doubled_substitution(&mut self) -> Parse<Arc<List>> {
        let (place, line) = (self.cursor.place(), self.cursor.line());
        // In a box: this frame stays on the stack while the substitution is read.
        let mark = Box::new(self.mark());
        if !self.no_command.contains(&place) {
            match self.substitution() {
                Ok(list) => return Ok(list),
                Err(stop) if is_limit(&stop) => return Err(stop),
                Err(_) => {}
            }
            self.no_command.insert(place);
        }
        self.reset(*mark);
        let text = self.balanced_parentheses()?;
        Ok(unparsed(&text, line))
    }

    /// What stands between the parenthesis here and its partner.
    #[inline(never)]
    fn balanced_parentheses(&mut self) -> Parse<BString> {
        self.enter(OpenKind::Arithmetic)?;
        let start = self.cursor.place();
        let (mut open, mut quote) = (0_u32, None);
        loop {
            let Some(byte) = self.cursor.peek() else {
                return match quote {
                    Some((b'\'', line)) => self.end_in(OpenKind::SingleQuote, line),
                    Some((b'`', line)) => self.end_in(OpenKind::Backquote, line),
                    Some((_, line)) => self.end_in(OpenKind::DoubleQuote, line),
                    None => self.end(),
                };
            };
            match (byte, quote.map(|(quote, _)| quote)) {
                (b'\\', None | Some(b'"' | b'`')) => self.bump(),
                (b'\'' | b'"' | b'`', None) => quote = Some((byte, self.cursor.line())),
                (_, Some(open)) if open == byte => quote = None,
                (_, Some(_)) => {}
                (b'(', None) => open += 1,
                (b')', None) => open -= 1,
                _ => {}
            }
            self.bump();
            if open == 0 {
                break;
            }
        }
        self.leave();
        let text = self.cursor.since(start);
        Ok(text.strip_prefix(b"(").and_then(|text| text.strip_suffix(b")")).unwrap_or_default().into())
    }

    /// `<(…)`, `>(…)`
    pub(super) fn process_substitution(&mut self, parts: &mut Parts) -> Parse<()> {
        let output = self.peek() == Some(b'>');
        let place = self.cursor.place();
        self.bump();
        let list = self.substitution()?;
        self.rewrite(place, Instead::List(if output { ">(" } else { "<(" }, Arc::clone(&list)));
        parts.push(Part::ProcessSubstitution { output, list });
        Ok(())
    }

    /// A list between parentheses that runs elsewhere, possibly empty.
    fn substitution(&mut self) -> Parse<Arc<List>> {
        self.enter(OpenKind::Substitution)?;
        self.peek();
        self.bump();
        let outer = std::mem::take(&mut self.pending);
        let first = self.bodies.len();
        let rewrites = self.rewrites.len();
        let extglob = std::mem::replace(&mut self.extglob, self.options.extglob);
        let mut list = self.list()?;
        self.blanks();
        if self.peek() != Some(b')') {
            return self.unexpected();
        }
        self.bump();
        self.rewrites.truncate(rewrites);
        self.extglob = extglob;
        let unread = std::mem::replace(&mut self.pending, outer);
        if self.bodies.len() > first {
            heredoc::fill_list(&mut list, &mut self.bodies, self.unread_in_words);
            // As in bash, the bodies of those left follow the line that the substitution stands on.
            if !unread.is_empty() {
                self.unread_in_words = true;
                let count = unread.len();
                self.warnings.push(Warning::LeftInSubstitution { line: self.cursor.line(), count });
            }
            self.pending.extend(unread);
        }
        self.leave();
        Ok(Arc::new(list))
    }

    /// `` `…` ``: the text is unescaped and read apart. What is no command fails when it is run.
    pub(super) fn backquote(&mut self, in_quotes: bool, parts: &mut Parts) -> Parse<()> {
        self.enter(OpenKind::Backquote)?;
        let line = self.cursor.line();
        self.bump();
        let (mut text, mut offsets) = (Vec::new(), Vec::new());
        loop {
            let Some(mut byte) = self.cursor.peek() else { return self.end() };
            if byte == b'`' {
                break;
            }
            if byte == b'\\' {
                let escaped = match self.cursor.peek_at(1) {
                    Some(next @ (b'`' | b'\\' | b'$')) => Some(next),
                    Some(b'"') if in_quotes => Some(b'"'),
                    _ => None,
                };
                if let Some(next) = escaped {
                    self.bump();
                    byte = next;
                }
            }
            text.push(byte);
            offsets.push(self.cursor.offset());
            self.bump();
        }
        self.bump();
        let rewrites = self.rewrites.len();
        let inner = self.cursor.derived(text.clone(), offsets, line);
        let (first, warnings) = (self.bodies.len(), self.warnings.len());
        let list = match self.apart(inner, |reader| reader.whole_text(first)) {
            Ok(list) => Arc::new(list),
            Err(stop) if is_limit(&stop) => return Err(stop),
            Err(_) => {
                self.bodies.truncate(first);
                self.warnings.truncate(warnings);
                unparsed(&text, line)
            }
        };
        self.rewrites.truncate(rewrites);
        self.leave();
        parts.push(Part::CommandSubstitution(list));
        Ok(())
    }

    /// A list that takes up all of a text read apart.
    fn whole_text(&mut self, first_body: usize) -> Parse<List> {
        let mut list = self.list()?;
        if self.peek().is_some() {
            return self.unexpected();
        }
        if !self.pending.is_empty() {
            self.read_here_documents()?;
        }
        if self.bodies.len() > first_body {
            heredoc::fill_list(&mut list, &mut self.bodies, self.unread_in_words);
        }
        Ok(list)
    }
}

/// A text that is no command, to fail with bash's words when its time comes.
pub(super) fn unparsed(text: &[u8], line: u32) -> Arc<List> {
    if text.is_empty() {
        return Arc::default();
    }
    let kind = CommandKind::Text(text.into());
    let command = Arc::new(Command { kind, redirects: Vec::new(), span: Span::default(), line });
    let stages = smallvec::smallvec![Stage { command, stderr_too: false }];
    let first = Pipeline { time: None, negated: false, stages };
    let and_or = Arc::new(AndOr { first, rest: Vec::new() });
    Arc::new(List { items: smallvec::smallvec![ListItem { and_or, background: false, own_line: false }] })
}

/// Is this what [`unparsed`] makes?
pub(super) fn is_unparsed(list: &List) -> bool {
    unparsed_text(list).is_some()
}

/// The text of a substitution that is no command.
pub(super) fn unparsed_text(list: &List) -> Option<&BString> {
    let [item] = list.items.as_slice() else { return None };
    let [stage] = item.and_or.first.stages.as_slice() else { return None };
    match &stage.command.kind {
        CommandKind::Text(text) => Some(text),
        _ => None,
    }
}
