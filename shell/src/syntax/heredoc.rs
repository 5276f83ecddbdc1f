//! Here-documents: queued at `<<`, read behind the next newline, then put where they belong.

use std::sync::Arc;

use bstr::{BString, ByteSlice};

use super::ast::{
    AndOr, Argument, Arithmetic, AssignedValue, Assignment, Command, CommandKind, HereDocument, List,
    Parameter, ParameterOperator, Part, Pipeline, Redirect, RedirectOperation, Simple, Span, Subscript,
    TestExpr, Word, WrittenPiece,
};
use super::error::{ErrorKind, OpenKind, SyntaxError, Warning};
use super::quote::QuotedEnd;
use super::reader::{Parse, Reader};
use super::reserved::is_reserved_word;
use super::source::Cursor;
use super::word::Parts;
use super::written::body_as_written;

/// A here-document whose body has not been read yet.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    body: usize,
    delimiter: BString,
    quoted: bool,
    strip_tabs: bool,
    line: u32,
}

/// The span of a body that is still to come; its end is the index among the bodies.
const UNREAD: u32 = u32::MAX;

impl Reader<'_> {
    /// The delimiter behind `<<` or `<<-`; the body is queued.
    pub(super) fn here_document(&mut self, strip_tabs: bool) -> Parse<HereDocument> {
        self.blanks();
        if !self.at_word() {
            return self.unexpected();
        }
        let start = self.cursor.place();
        let word = self.word()?;
        let raw = BString::from(self.cursor.since(start));
        let quoted = raw.find_byteset(b"\\'\"").is_some();
        let delimiter = plain_text(&word).unwrap_or_else(|| without_quotes(&raw));
        let body = self.bodies.len();
        self.bodies.push(None);
        let line = self.cursor.line();
        self.pending.push(Pending { body, delimiter: delimiter.clone(), quoted, strip_tabs, line });
        let span = Span { start: UNREAD, end: u32::try_from(body).unwrap_or(UNREAD) };
        Ok(HereDocument { delimiter, quoted, strip_tabs, body: Word { span, ..Word::default() } })
    }

    /// Reads the queued bodies; the cursor is at the start of a line.
    pub(super) fn read_here_documents(&mut self) -> Parse<()> {
        for pending in std::mem::take(&mut self.pending) {
            let body = self.here_body(&pending)?;
            if let Some(slot) = self.bodies.get_mut(pending.body) {
                *slot = Some(body);
            }
        }
        Ok(())
    }

    /// The text ends before the body of a here-document does.
    fn warn_of_end(&mut self, pending: &Pending) {
        let line = self.cursor.line_at_end().saturating_sub(1).max(1);
        let delimiter = pending.delimiter.clone();
        self.warnings.push(Warning::HereDocument { opened: pending.line, line, delimiter });
    }

    /// The text ends, within a command, before the bodies that were to come.
    pub(super) fn warn_of_pending(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            self.warn_of_end(&pending);
        }
    }

    /// A line is wrong: as in bash the bodies that follow it are read before it is said.
    pub(super) fn read_pending_behind(&mut self, error: &mut SyntaxError) {
        if self.pending.is_empty() || self.options.interactive {
            return;
        }
        self.cursor.skip_line();
        let at_end = self.cursor.rest().is_empty();
        let is_reserved = matches!(&error.kind, ErrorKind::Unexpected(token) if is_reserved_word(token));
        if is_reserved && !at_end {
            return;
        }
        let first = if at_end { self.cursor.line_at_end() } else { self.cursor.line() };
        // Nothing is made of them, so nothing is made of what may be wrong with them.
        let _ = self.read_here_documents();
        error.line = error.line.saturating_add(self.cursor.line_at_end().saturating_sub(first));
    }

    fn here_body(&mut self, pending: &Pending) -> Parse<Word> {
        let line = self.cursor.line();
        let start = self.cursor.place();
        let mut stripped = (Vec::new(), Vec::new());
        let end = loop {
            let rest = self.cursor.rest();
            if rest.is_empty() {
                if self.options.interactive {
                    return self.end_in(OpenKind::HereDocument, pending.line);
                }
                self.warn_of_end(pending);
                break self.cursor.place();
            }
            let tabs =
                if pending.strip_tabs { rest.iter().take_while(|byte| **byte == b'\t').count() } else { 0 };
            let rest = rest.get(tabs..).unwrap_or_default();
            let (length, is_end) = logical_line(rest, pending);
            let here = self.cursor.place();
            if is_end {
                self.cursor.advance(tabs + length);
                break here;
            }
            if pending.strip_tabs {
                stripped.0.extend_from_slice(rest.get(..length).unwrap_or_default());
                let first = self.cursor.place().1 + tabs;
                stripped.1.extend((first..first + length).map(|pos| self.cursor.offset_of(pos)));
            }
            self.cursor.advance(tabs + length);
        };
        if start == end {
            let span = self.span_from(self.cursor.offset_of(start.1));
            return Ok(Word { span: Span { end: span.start, ..span }, ..Word::default() });
        }
        let inner = if pending.strip_tabs {
            self.cursor.derived(stripped.0, stripped.1, line)
        } else if start.0 == end.0 {
            self.cursor.part(start.1, end.1, line)
        } else {
            self.cursor.derived(Vec::new(), Vec::new(), line)
        };
        self.body_word(inner, pending.quoted)
    }

    /// The body as a word.
    fn body_word(&mut self, inner: Cursor, quoted: bool) -> Parse<Word> {
        let start = inner.offset();
        self.apart(inner, |reader| {
            let place = reader.cursor.place();
            let rewrites = reader.rewrites.len();
            let mut parts = Parts::default();
            if quoted {
                let text = BString::from(reader.cursor.rest());
                reader.cursor.advance(text.len());
                if !text.is_empty() {
                    parts.quoted(&text);
                }
            } else {
                reader.quoted(QuotedEnd::Text { lenient: true }, &mut parts)?;
            }
            reader.rewrites.truncate(rewrites);
            if reader.cursor.lacks_newline(quoted) {
                if quoted { parts.quoted(b"\n") } else { parts.byte(b'\n') }
            }
            let word = Word { parts: parts.into_list(), span: reader.span_from(start), written: None };
            Ok(if quoted { word } else { body_as_written(word, reader.cursor.since(place)) })
        })
    }
}

/// How long the line in front of the text is, with its newline, and whether it is the delimiter. In an unquoted
/// document lines joined by a backslash are one line.
fn logical_line(text: &[u8], pending: &Pending) -> (usize, bool) {
    let mut length = 0;
    let mut joined: Vec<u8> = Vec::new();
    loop {
        let rest = text.get(length..).unwrap_or_default();
        let newline = rest.find_byte(b'\n');
        let line = rest.get(..newline.unwrap_or(rest.len())).unwrap_or_default();
        length += line.len() + usize::from(newline.is_some());
        let backslashes = line.iter().rev().take_while(|byte| **byte == b'\\').count();
        let goes_on = !pending.quoted && newline.is_some() && backslashes % 2 == 1;
        if !goes_on {
            let is_end = if joined.is_empty() {
                line == pending.delimiter
            } else {
                joined.extend_from_slice(line);
                joined == **pending.delimiter
            };
            return (length, is_end);
        }
        joined.extend_from_slice(line.get(..line.len().saturating_sub(1)).unwrap_or_default());
    }
}

/// The text of a word made of nothing but text.
fn plain_text(word: &Word) -> Option<BString> {
    let mut out = BString::default();
    for part in &word.parts {
        match part {
            Part::Literal(text) | Part::Quoted(text) => out.extend_from_slice(text),
            Part::Tilde(name) => {
                out.push(b'~');
                out.extend_from_slice(name);
            }
            Part::DoubleQuoted(inner) => {
                for part in inner {
                    let Part::Literal(text) = part else { return None };
                    out.extend_from_slice(text);
                }
            }
            Part::Parameter(_)
            | Part::CommandSubstitution(_)
            | Part::Arithmetic(_)
            | Part::ProcessSubstitution { .. } => return None,
        }
    }
    Some(out)
}

/// Source text with its quotes removed, expansions left as they stand.
fn without_quotes(raw: &[u8]) -> BString {
    let mut out = BString::default();
    let mut bytes = raw.iter().copied();
    let mut quote = None;
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (Some(b'\''), _) => out.push(byte),
            (_, b'\\') => out.extend(bytes.next()),
            _ => out.push(byte),
        }
    }
    out
}

/// Puts bodies that have been read where they belong. Substitutions have done so for their own lists, unless
/// they were left before a newline: then `words` says to look into words too.
pub(super) fn fill_list(list: &mut List, bodies: &mut [Option<Word>], words: bool) {
    Filler { bodies, words }.list(list);
}

struct Filler<'a> {
    bodies: &'a mut [Option<Word>],
    words: bool,
}

impl Filler<'_> {
    fn list(&mut self, list: &mut List) {
        for item in &mut list.items {
            let AndOr { first, rest } = Arc::make_mut(&mut item.and_or);
            self.pipeline(first);
            rest.iter_mut().for_each(|(_, pipeline)| self.pipeline(pipeline));
        }
    }

    fn shared_list(&mut self, list: &mut Arc<List>) {
        // A substitution's list is there twice: in a part, and in what was written.
        self.list(Arc::make_mut(list));
    }

    fn pipeline(&mut self, pipeline: &mut Pipeline) {
        for stage in &mut pipeline.stages {
            self.command(Arc::make_mut(&mut stage.command));
        }
    }

    fn command(&mut self, command: &mut Command) {
        match &mut command.kind {
            CommandKind::Simple(simple) => self.simple(simple),
            CommandKind::Group(list) => self.list(list),
            CommandKind::Subshell(list) => self.shared_list(list),
            CommandKind::If { arms, otherwise } => {
                for (condition, body) in arms {
                    self.list(condition);
                    self.list(body);
                }
                otherwise.iter_mut().for_each(|list| self.list(list));
            }
            CommandKind::Loop { condition, body, .. } => {
                self.list(condition);
                self.list(body);
            }
            CommandKind::For { words, body, .. } | CommandKind::Select { words, body, .. } => {
                words.iter_mut().flatten().for_each(|word| self.word(word));
                self.list(body);
            }
            CommandKind::ForArithmetic { clauses, body } => {
                clauses.iter_mut().for_each(|part| self.arithmetic(part));
                self.list(body);
            }
            CommandKind::Case { word, arms } => {
                self.word(word);
                for arm in arms {
                    arm.patterns.iter_mut().for_each(|word| self.word(word));
                    self.list(&mut arm.body);
                }
            }
            CommandKind::Function(definition) => {
                self.command(&mut Arc::make_mut(definition).body);
            }
            CommandKind::Test(expression) => self.test(expression),
            CommandKind::Arithmetic(arithmetic) => self.arithmetic(arithmetic),
            CommandKind::Text(_) => {}
            CommandKind::Coprocess { command, .. } => {
                self.command(Arc::make_mut(command));
            }
        }
        command.redirects.iter_mut().for_each(|redirect| self.redirect(redirect));
    }

    fn redirect(&mut self, redirect: &mut Redirect) {
        match &mut redirect.operation {
            RedirectOperation::HereDocument(document) => {
                let Span { start: UNREAD, end } = document.body.span else { return };
                let slot = usize::try_from(end).ok().and_then(|index| self.bodies.get_mut(index));
                let body =
                    if self.words { slot.and_then(|slot| slot.clone()) } else { slot.and_then(Option::take) };
                if let Some(body) = body {
                    document.body = body;
                }
            }
            RedirectOperation::Read(word)
            | RedirectOperation::Write(word)
            | RedirectOperation::Clobber(word)
            | RedirectOperation::Append(word)
            | RedirectOperation::ReadWrite(word)
            | RedirectOperation::WriteBoth(word)
            | RedirectOperation::AppendBoth(word)
            | RedirectOperation::DuplicateInput(word)
            | RedirectOperation::DuplicateOutput(word)
            | RedirectOperation::HereString(word) => self.word(word),
        }
    }

    fn simple(&mut self, simple: &mut Simple) {
        simple.assignments.iter_mut().for_each(|assignment| self.assignment(assignment));
        for argument in &mut simple.words {
            match argument {
                Argument::Word(word) => self.word(word),
                Argument::Assignment(assignment) => self.assignment(assignment),
            }
        }
    }

    fn assignment(&mut self, assignment: &mut Assignment) {
        assignment.subscript.iter_mut().for_each(|word| self.word(word));
        match &mut assignment.value {
            AssignedValue::Scalar(word) => self.word(word),
            AssignedValue::Array(elements) => {
                for element in elements {
                    element.subscript.iter_mut().for_each(|word| self.word(word));
                    self.word(&mut element.value);
                }
            }
        }
    }

    fn test(&mut self, expression: &mut TestExpr) {
        match expression {
            TestExpr::And(left, right) | TestExpr::Or(left, right) => {
                self.test(left);
                self.test(right);
            }
            TestExpr::Not(inner) | TestExpr::Group(inner) => self.test(inner),
            TestExpr::Unary(_, word) => self.word(word),
            TestExpr::Binary(_, left, right) => {
                self.word(left);
                self.word(right);
            }
        }
    }

    fn arithmetic(&mut self, arithmetic: &mut Arithmetic) {
        self.word(&mut arithmetic.text);
    }

    fn word(&mut self, word: &mut Word) {
        if self.words {
            word.parts.iter_mut().for_each(|part| self.part(part));
            for piece in word.written.iter_mut().flat_map(|written| &mut written.pieces) {
                if let WrittenPiece::Substitution { list, .. } = piece {
                    self.shared_list(list);
                }
            }
        }
    }

    fn part(&mut self, part: &mut Part) {
        match part {
            Part::Literal(_) | Part::Quoted(_) | Part::Tilde(_) => {}
            Part::DoubleQuoted(parts) => parts.iter_mut().for_each(|part| self.part(part)),
            Part::Parameter(parameter) => self.parameter(parameter),
            Part::Arithmetic(arithmetic) => self.arithmetic(arithmetic),
            Part::CommandSubstitution(list) | Part::ProcessSubstitution { list, .. } => {
                self.shared_list(list)
            }
        }
    }

    fn parameter(&mut self, parameter: &mut Parameter) {
        if let Some(Subscript::Index(word)) = &mut parameter.subscript {
            self.word(word);
        }
        match &mut parameter.operator {
            ParameterOperator::Default { word, .. }
            | ParameterOperator::Assign { word, .. }
            | ParameterOperator::Require { word, .. }
            | ParameterOperator::Alternative { word, .. }
            | ParameterOperator::RemovePrefix { pattern: word, .. }
            | ParameterOperator::RemoveSuffix { pattern: word, .. } => self.word(word),
            ParameterOperator::Replace { pattern, with, .. } => {
                self.word(pattern);
                with.iter_mut().for_each(|word| self.word(word));
            }
            ParameterOperator::ChangeCase { pattern, .. } => {
                pattern.iter_mut().for_each(|word| self.word(word))
            }
            ParameterOperator::Substring { offset, length } => {
                self.arithmetic(offset);
                length.iter_mut().for_each(|text| self.arithmetic(text));
            }
            ParameterOperator::Value
            | ParameterOperator::Length
            | ParameterOperator::Transform(_)
            | ParameterOperator::Names { .. }
            | ParameterOperator::Keys { .. }
            | ParameterOperator::Bad { .. } => {}
        }
    }
}
