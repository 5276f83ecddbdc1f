//! Simple commands, and the function definitions that begin like one.

use std::sync::Arc;

use bstr::BString;

use super::assignment::{Assigned, AssignmentPlace};
use super::ast::{Argument, Command, CommandKind, FunctionDef, Part, Simple, Word};
use super::error::OpenKind;
use super::reader::{Parse, Reader};
use super::reserved::{is_name, is_name_byte};

/// What the command word says about the arguments that look like assignments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declares {
    /// They are words.
    Nothing,
    /// They are assignments, arrays too: `declare` and its kin.
    Everything,
    /// They are assignments of single values, if the mode is POSIX's when they are run: `command export`.
    Values,
    /// They are words, but `name=(…)` is one too: `eval`, `let`, `alias`.
    Text,
    /// It depends on the next word: `command`.
    Next,
}

impl Declares {
    fn of(word: &Word) -> Declares {
        let [Part::Literal(name)] = word.parts.as_slice() else { return Declares::Nothing };
        match name.as_slice() {
            b"declare" | b"typeset" | b"local" | b"export" | b"readonly" => Declares::Everything,
            b"alias" | b"eval" | b"let" => Declares::Text,
            b"command" => Declares::Next,
            _ => Declares::Nothing,
        }
    }

    /// What holds behind one more word.
    fn behind(self, word: &Word) -> Declares {
        match self {
            Declares::Next => match Declares::of(word) {
                Declares::Everything => Declares::Values,
                Declares::Next => Declares::Next,
                Declares::Nothing if is_option(word) => Declares::Next,
                Declares::Nothing | Declares::Text | Declares::Values => Declares::Nothing,
            },
            other => other,
        }
    }
}

fn is_option(word: &Word) -> bool {
    matches!(word.parts.as_slice(), [Part::Literal(text)] if text.starts_with(b"-"))
}

impl Reader<'_> {
    /// A simple command or `name() body`; fails at whatever else stands here. The line it is said to be on is, as in
    /// bash, the one where its second word ends, or its first if that is no command word.
    pub(super) fn simple(&mut self) -> Parse<Arc<Command>> {
        let (start, first_line) = (self.cursor.offset(), self.cursor.line());
        let mut line = None;
        let mut assignments = Vec::new();
        // The words wait where they need no memory of their own until it is known how many there are.
        let first_word = self.words.len();
        let mut redirects = Vec::new();
        let mut declares = Declares::Nothing;
        loop {
            self.blanks();
            let here = self.cursor.line();
            if let Some(redirect) = self.redirect()? {
                let behind_word = self.words.len() > first_word;
                line.get_or_insert(if behind_word { here } else { self.cursor.line() });
                if redirects.is_empty() {
                    redirects.reserve_exact(1);
                }
                redirects.push(redirect);
                continue;
            }
            let may_be_alias = self.words.len() == first_word || self.cursor.expand_next;
            if may_be_alias && self.expand_aliases()? {
                continue;
            }
            self.cursor.expand_next = false;
            if !self.at_word() {
                line.get_or_insert(here);
                break;
            }
            if self.words.len() > first_word {
                let argument = self.argument(declares)?;
                if let Argument::Word(word) = &argument {
                    declares = declares.behind(word);
                }
                self.words.push(argument);
                line.get_or_insert(self.cursor.line());
                continue;
            }
            let place = self.cursor.place();
            match self.assignment_or_word(AssignmentPlace::BeforeCommand)? {
                Assigned::Assignment(assignment) => {
                    if assignments.is_empty() {
                        assignments.reserve_exact(1);
                    }
                    assignments.push(*assignment);
                    line.get_or_insert(self.cursor.line());
                }
                Assigned::Word(word) => {
                    // The text of an alias is gone once it has been read.
                    let kept = self.cursor.is_in_alias().then(|| BString::from(self.cursor.since(place)));
                    let end = self.cursor.place();
                    self.blanks();
                    if self.peek() == Some(b'(') && assignments.is_empty() && redirects.is_empty() {
                        let name = kept.unwrap_or_else(|| self.cursor.between(place, end).into());
                        return self.named_function(name, start, first_line);
                    }
                    declares = Declares::of(&word);
                    self.words.push(Argument::Word(word));
                }
            }
        }
        if self.words.len() == first_word && assignments.is_empty() && redirects.is_empty() {
            return self.unexpected();
        }
        let words = self.words.drain(first_word..).collect();
        let kind = CommandKind::Simple(Simple { assignments, words });
        let (span, line) = (self.span_from(start), line.unwrap_or(first_line));
        Ok(Arc::new(Command { kind, redirects, span, line }))
    }

    fn argument(&mut self, declares: Declares) -> Parse<Argument> {
        let assigned = match declares {
            Declares::Nothing | Declares::Next => return Ok(Argument::Word(self.argument_word()?)),
            Declares::Everything => self.assignment_or_word(AssignmentPlace::Argument { arrays: true })?,
            Declares::Values => self.assignment_or_word(AssignmentPlace::Argument { arrays: false })?,
            Declares::Text if self.at_array_assignment() => Assigned::Word(self.array_as_word()?),
            Declares::Text => Assigned::Word(self.argument_word()?),
        };
        Ok(match assigned {
            Assigned::Assignment(assignment) => Argument::Assignment(assignment),
            Assigned::Word(word) => Argument::Word(word),
        })
    }

    /// Does `name=(` or `name+=(` stand here?
    fn at_array_assignment(&mut self) -> bool {
        let (text, _, next) =
            self.scan(usize::MAX, |byte| is_name_byte(byte) || byte == b'+' || byte == b'=');
        let name = text.strip_suffix(b"=").unwrap_or_default();
        next == Some(b'(') && is_name(name.strip_suffix(b"+").unwrap_or(name))
    }

    /// `() body` behind a name.
    fn named_function(&mut self, name: BString, start: u32, line: u32) -> Parse<Arc<Command>> {
        self.bump();
        self.blanks();
        if self.peek() != Some(b')') {
            return self.unexpected();
        }
        self.bump();
        let definition = self.function_body(name)?;
        let span = self.span_from(start);
        Ok(Arc::new(Command { kind: definition, redirects: Vec::new(), span, line }))
    }

    /// The body of a function, a compound command with its redirections.
    pub(super) fn function_body(&mut self, name: BString) -> Parse<CommandKind> {
        self.enter(OpenKind::Function)?;
        self.newlines()?;
        self.expand_aliases()?;
        self.blanks();
        if !self.at_compound() {
            return self.unexpected();
        }
        let body = self.compound_command()?;
        self.leave();
        Ok(CommandKind::Function(Arc::new(FunctionDef { name, body })))
    }
}
