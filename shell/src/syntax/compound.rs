//! Compound commands, coprocesses and `function` definitions.

use std::sync::Arc;

use bstr::BString;

use super::arithmetic::ArithmeticEnd;
use super::ast::{Arithmetic, CaseArm, CaseEnd, Command, CommandKind, List, Word};
use super::error::{ErrorKind, OpenKind};
use super::reader::{Parse, Reader};
use super::reserved::{Reserved, is_meta};

impl Reader<'_> {
    /// A compound command with its redirections; fails at anything else.
    pub(super) fn compound_command(&mut self) -> Parse<Command> {
        self.blanks();
        let (start, line) = (self.cursor.offset(), self.cursor.line());
        let kind = match self.peek() {
            Some(b'(') => self.parentheses()?,
            _ => match self.peek_reserved() {
                Some(word) => self.compound(word)?,
                None => return self.unexpected(),
            },
        };
        // bash has the line where `((` and `[[` end, and where other commands begin.
        let ends = matches!(kind, CommandKind::Arithmetic(_) | CommandKind::Test(_));
        let line = if ends { self.cursor.line() } else { line };
        let redirects = self.redirects()?;
        if !redirects.is_empty() && self.at_word() {
            return self.unexpected();
        }
        let span = self.span_from(start);
        Ok(Command { kind, redirects, span, line })
    }

    fn compound(&mut self, word: Reserved) -> Parse<CommandKind> {
        match word {
            Reserved::Open => self.group(),
            Reserved::If => self.if_command(),
            Reserved::While => self.loop_command(false),
            Reserved::Until => self.loop_command(true),
            Reserved::For => self.for_command(),
            Reserved::Select => self.select_command(),
            Reserved::Case => self.case_command(),
            Reserved::Test => self.test_command(),
            Reserved::Function => self.function_command(),
            Reserved::Coproc => self.coprocess(),
            Reserved::Then
            | Reserved::Else
            | Reserved::Elif
            | Reserved::Fi
            | Reserved::Esac
            | Reserved::Do
            | Reserved::Done
            | Reserved::Time
            | Reserved::In
            | Reserved::TestEnd
            | Reserved::Close
            | Reserved::Not => self.unexpected(),
        }
    }

    /// `(( … ))` or `( … )`
    #[inline(never)]
    fn parentheses(&mut self) -> Parse<CommandKind> {
        if let Some(arithmetic) = self.double_parenthesis(false)? {
            return Ok(CommandKind::Arithmetic(arithmetic));
        }
        self.enter(OpenKind::Subshell)?;
        self.bump();
        let list = self.some_list()?;
        self.blanks();
        if self.peek() != Some(b')') {
            return self.unexpected();
        }
        self.bump();
        self.leave();
        Ok(CommandKind::Subshell(Arc::new(list)))
    }

    #[inline(never)]
    fn group(&mut self) -> Parse<CommandKind> {
        Ok(CommandKind::Group(self.braced_list()?))
    }

    /// `{ … }`
    fn braced_list(&mut self) -> Parse<List> {
        self.enter(OpenKind::Group)?;
        self.take_word(b"{");
        let list = self.some_list()?;
        self.expect_reserved(Reserved::Close, b"}")?;
        self.leave();
        Ok(list)
    }

    #[inline(never)]
    fn if_command(&mut self) -> Parse<CommandKind> {
        self.enter(OpenKind::If)?;
        self.take_word(b"if");
        let mut arms = Vec::with_capacity(1);
        let mut otherwise = None;
        loop {
            let condition = self.some_list()?;
            self.expect_reserved(Reserved::Then, b"then")?;
            arms.push((condition, self.some_list()?));
            self.blanks();
            match self.peek_reserved() {
                Some(Reserved::Elif) => self.take_word(b"elif"),
                Some(Reserved::Else) => {
                    self.take_word(b"else");
                    otherwise = Some(self.some_list()?);
                    break;
                }
                _ => break,
            }
        }
        self.expect_reserved(Reserved::Fi, b"fi")?;
        self.leave();
        Ok(CommandKind::If { arms, otherwise })
    }

    #[inline(never)]
    fn loop_command(&mut self, until: bool) -> Parse<CommandKind> {
        self.enter(OpenKind::Loop)?;
        self.take_word(if until { b"until" } else { b"while" });
        let condition = self.some_list()?;
        let body = self.do_list()?;
        self.leave();
        Ok(CommandKind::Loop { until, condition, body })
    }

    /// `do … done`
    fn do_list(&mut self) -> Parse<List> {
        self.expect_reserved(Reserved::Do, b"do")?;
        let body = self.some_list()?;
        self.expect_reserved(Reserved::Done, b"done")?;
        Ok(body)
    }

    /// `do … done`, or `{ … }` where that may stand.
    fn loop_body(&mut self, braces: bool) -> Parse<List> {
        if braces && self.peek_reserved() == Some(Reserved::Open) {
            self.braced_list()
        } else {
            self.do_list()
        }
    }

    #[inline(never)]
    fn for_command(&mut self) -> Parse<CommandKind> {
        self.enter(OpenKind::For)?;
        self.take_word(b"for");
        self.blanks();
        if self.looking_at(b"((") {
            return self.for_arithmetic();
        }
        let (name, words, body) = self.for_in()?;
        self.leave();
        Ok(CommandKind::For { name, words, body })
    }

    #[inline(never)]
    fn select_command(&mut self) -> Parse<CommandKind> {
        self.enter(OpenKind::For)?;
        self.take_word(b"select");
        let (name, words, body) = self.for_in()?;
        self.leave();
        Ok(CommandKind::Select { name, words, body })
    }

    /// `name [in words]; do … done`
    fn for_in(&mut self) -> Parse<(BString, Option<Vec<Word>>, List)> {
        let name = self.raw_word()?;
        self.blanks();
        let mut braces = self.peek() == Some(b'\n');
        let words = if self.peek() == Some(b';') && !self.looking_at(b";;") && !self.looking_at(b";&") {
            self.bump();
            braces = true;
            None
        } else {
            self.newlines()?;
            if self.eat_word(b"in") {
                let words = self.words()?;
                braces = true;
                match self.peek() {
                    Some(b';') if !self.looking_at(b";;") && !self.looking_at(b";&") => self.bump(),
                    None | Some(b'\n') => {}
                    _ => return self.unexpected(),
                }
                Some(words)
            } else {
                None
            }
        };
        self.newlines()?;
        Ok((name, words, self.loop_body(braces)?))
    }

    /// Words up to an operator.
    fn words(&mut self) -> Parse<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.blanks();
            if !self.at_word() {
                words.shrink_to_fit();
                return Ok(words);
            }
            words.push(self.argument_word()?);
        }
    }

    /// The source text of a word that must stand here.
    fn raw_word(&mut self) -> Parse<BString> {
        self.blanks();
        if !self.at_word() {
            return self.unexpected();
        }
        let start = self.cursor.place();
        let _word = self.word()?;
        Ok(self.cursor.since(start).into())
    }

    /// Moves past a word that the grammar knows only here.
    fn eat_word(&mut self, word: &[u8]) -> bool {
        let (text, _, next) = self.scan(word.len(), |byte| !is_meta(byte));
        let found = text == word && next.is_none_or(is_meta);
        if found {
            self.take_word(word);
        }
        found
    }

    /// `((init; condition; step))` and the body
    fn for_arithmetic(&mut self) -> Parse<CommandKind> {
        self.enter(OpenKind::Arithmetic)?;
        let place = self.cursor.place();
        self.take_word(b"((");
        let mut clauses = Vec::new();
        loop {
            while let Some(b' ' | b'\t' | b'\n') = self.peek() {
                self.bump();
            }
            clauses.push(self.written_arithmetic(ArithmeticEnd::Clause)?);
            if !self.eat(b";") {
                break;
            }
        }
        let text = BString::from(self.cursor.since(place).get(2..).unwrap_or_default());
        self.bump();
        self.blanks();
        if self.peek().is_none() {
            return self.end();
        }
        if !self.eat(b")") {
            return self.unexpected();
        }
        self.leave();
        let Ok(clauses) = <[Arithmetic; 3]>::try_from(std::mem::take(&mut clauses)) else {
            return self.wrong_clauses(text);
        };
        self.blanks();
        if self.peek() == Some(b';') && !self.looking_at(b";;") && !self.looking_at(b";&") {
            self.bump();
        }
        self.newlines()?;
        let body = self.loop_body(true)?;
        self.leave();
        Ok(CommandKind::ForArithmetic { clauses: Box::new(clauses), body })
    }

    fn wrong_clauses(&mut self, text: BString) -> Parse<CommandKind> {
        let semicolons = text.iter().filter(|byte| **byte == b';').count();
        self.fail(if semicolons < 2 {
            ErrorKind::ForNeedsThree(text)
        } else {
            ErrorKind::ForHasTooMany(text)
        })
    }

    #[inline(never)]
    fn case_command(&mut self) -> Parse<CommandKind> {
        self.enter(OpenKind::Case)?;
        self.take_word(b"case");
        self.blanks();
        if !self.at_word() {
            return self.unexpected();
        }
        let word = self.word()?;
        self.newlines()?;
        if !self.eat_word(b"in") {
            return self.unexpected();
        }
        let mut arms = Vec::new();
        loop {
            self.newlines()?;
            if self.peek_reserved() == Some(Reserved::Esac) {
                break;
            }
            let patterns = self.case_patterns()?;
            let body = self.list()?;
            self.blanks();
            let end = [(";;&", CaseEnd::TestNext), (";;", CaseEnd::Break), (";&", CaseEnd::FallThrough)]
                .into_iter()
                .find_map(|(operator, end)| self.eat(operator.as_bytes()).then_some(end));
            arms.push(CaseArm { patterns, body, end: end.unwrap_or(CaseEnd::Break) });
            if end.is_none() {
                break;
            }
        }
        self.expect_reserved(Reserved::Esac, b"esac")?;
        self.leave();
        Ok(CommandKind::Case { word, arms })
    }

    /// `[(] pattern | pattern )`
    fn case_patterns(&mut self) -> Parse<Vec<Word>> {
        let _optional = self.eat(b"(");
        let mut patterns = Vec::with_capacity(1);
        loop {
            self.blanks();
            if !self.at_word() {
                return self.unexpected();
            }
            patterns.push(self.word()?);
            self.blanks();
            match self.peek() {
                Some(b'|') if !self.looking_at(b"||") && !self.looking_at(b"|&") => self.bump(),
                Some(b')') => break,
                _ => return self.unexpected(),
            }
        }
        self.bump();
        Ok(patterns)
    }

    #[inline(never)]
    fn function_command(&mut self) -> Parse<CommandKind> {
        self.take_word(b"function");
        let name = self.raw_word()?;
        self.blanks();
        let mark = self.mark();
        if self.eat(b"(") {
            self.blanks();
            if !self.eat(b")") {
                self.reset(mark);
            }
        }
        self.function_body(name)
    }

    /// `coproc [name] command`
    #[inline(never)]
    fn coprocess(&mut self) -> Parse<CommandKind> {
        self.enter(OpenKind::Operator)?;
        self.take_word(b"coproc");
        self.blanks();
        let mut name = BString::from("COPROC");
        if !self.at_compound() {
            let (text, length, next) =
                self.scan(4096, |byte| !is_meta(byte) && !matches!(byte, b'\\' | b'\'' | b'"' | b'$' | b'`'));
            let mark = self.mark();
            self.cursor.advance(length);
            self.blanks();
            if !text.is_empty() && next.is_none_or(is_meta) && self.at_compound() {
                name = text.into();
            } else {
                self.reset(mark);
            }
        }
        let command = if self.at_compound() {
            Arc::new(self.compound_command()?)
        } else if self.peek_reserved().is_some_and(|word| word != Reserved::Time) {
            return self.unexpected();
        } else {
            let command = self.simple()?;
            if matches!(command.kind, CommandKind::Function(_)) {
                return self.unexpected();
            }
            command
        };
        self.leave();
        Ok(CommandKind::Coprocess { name, command })
    }

    /// Does a compound command begin here?
    pub(super) fn at_compound(&mut self) -> bool {
        self.peek() == Some(b'(') || self.peek_reserved().is_some_and(Reserved::opens_compound)
    }
}
