//! Lists, and-or lists and pipelines.

use std::sync::Arc;

use smallvec::SmallVec;

use super::ast::{AndOr, Command, Connector, List, ListItem, Pipeline, Stage, TimeFormat};
use super::error::OpenKind;
use super::reader::{Parse, Reader};
use super::reserved::{Reserved, is_meta};

impl Reader<'_> {
    /// A list up to whatever can begin no command; newlines separate.
    pub(super) fn list(&mut self) -> Parse<List> {
        let mut items = SmallVec::new();
        loop {
            self.newlines()?;
            if !self.at_command()? {
                break;
            }
            let (mut item, ended) = self.list_item()?;
            item.own_line = !ended && self.peek() == Some(b'\n');
            items.push(item);
            if !ended && !matches!(self.peek(), None | Some(b'\n')) {
                break;
            }
        }
        Ok(List { items })
    }

    /// A list that may not be empty.
    pub(super) fn some_list(&mut self) -> Parse<List> {
        let list = self.list()?;
        if list.items.is_empty() { self.unexpected() } else { Ok(list) }
    }

    /// A list up to the end of the line.
    pub(super) fn line_list(&mut self) -> Parse<List> {
        let mut items = SmallVec::new();
        loop {
            self.blanks();
            if !self.at_command()? {
                break;
            }
            let (item, ended) = self.list_item()?;
            items.push(item);
            if !ended {
                break;
            }
        }
        Ok(List { items })
    }

    /// An and-or list with its `;` or `&`, if it has one.
    fn list_item(&mut self) -> Parse<(ListItem, bool)> {
        let and_or = Arc::new(self.and_or()?);
        self.blanks();
        let (background, ended) = match self.peek() {
            Some(b'&') if !self.looking_at(b"&&") && !self.looking_at(b"&>") => (true, true),
            Some(b';') if !self.looking_at(b";;") && !self.looking_at(b";&") => (false, true),
            _ => (false, false),
        };
        if ended {
            self.bump();
        }
        Ok((ListItem { and_or, background, own_line: false }, ended))
    }

    /// Can a command begin here? Aliases are expanded first.
    pub(super) fn at_command(&mut self) -> Parse<bool> {
        self.cursor.expand_next = false;
        self.expand_aliases()?;
        self.blanks();
        Ok(match self.peek() {
            None => false,
            Some(b'(' | b'<' | b'>') => true,
            Some(b'&') => self.looking_at(b"&>"),
            Some(byte) if is_meta(byte) => false,
            Some(_) => !self.peek_reserved().is_some_and(Reserved::closes),
        })
    }

    fn and_or(&mut self) -> Parse<AndOr> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.blanks();
            if !matches!(self.peek(), Some(b'&' | b'|')) {
                return Ok(AndOr { first, rest });
            }
            let connector = if self.eat(b"&&") {
                Connector::And
            } else if self.eat(b"||") {
                Connector::Or
            } else {
                return Ok(AndOr { first, rest });
            };
            self.after_operator()?;
            rest.push((connector, self.pipeline()?));
        }
    }

    /// Behind `&&`, `||` and `|` a command must follow, on this line or a later one.
    fn after_operator(&mut self) -> Parse<()> {
        self.enter(OpenKind::Operator)?;
        self.newlines()?;
        if !self.at_command()? {
            return self.unexpected();
        }
        self.leave();
        Ok(())
    }

    fn pipeline(&mut self) -> Parse<Pipeline> {
        let mut pipeline = Pipeline { time: None, negated: false, stages: SmallVec::new() };
        let mut prefixed = false;
        loop {
            self.expand_aliases()?;
            self.blanks();
            match self.peek_reserved() {
                Some(Reserved::Not) => {
                    self.take_word(b"!");
                    pipeline.negated = !pipeline.negated;
                }
                Some(Reserved::Time) => {
                    self.take_word(b"time");
                    pipeline.time = Some(self.time_format(pipeline.time));
                }
                _ => break,
            }
            prefixed = true;
        }
        if prefixed && self.ends_bare_prefix() {
            return Ok(pipeline);
        }
        loop {
            let command = self.command()?;
            self.blanks();
            let at_bar = self.peek() == Some(b'|');
            let stderr_too = at_bar && self.looking_at(b"|&");
            let piped = stderr_too || (at_bar && !self.looking_at(b"||"));
            pipeline.stages.push(Stage { command, stderr_too });
            if !piped {
                return Ok(pipeline);
            }
            self.take_word(if stderr_too { b"|&" } else { b"|" });
            self.after_operator()?;
        }
    }

    /// The options of `time`.
    fn time_format(&mut self, before: Option<TimeFormat>) -> TimeFormat {
        let mut format = before.unwrap_or(TimeFormat::Default);
        for option in [b"-p", b"--"] {
            self.blanks();
            let (word, length, next) = self.scan(2, |byte| byte == b'-' || byte == b'p');
            if word == option && next.is_none_or(is_meta) {
                self.cursor.advance(length);
                // bash takes `--` for the other format too.
                format = TimeFormat::Posix;
            }
        }
        format
    }

    /// May `time` or `!` stand alone here?
    fn ends_bare_prefix(&mut self) -> bool {
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b';') => !self.looking_at(b";;") && !self.looking_at(b";&"),
            Some(_) => false,
        }
    }

    /// One command of a pipeline.
    fn command(&mut self) -> Parse<Arc<Command>> {
        self.expand_aliases()?;
        self.blanks();
        let is_simple = match self.peek() {
            Some(b'(') => false,
            _ => match self.peek_reserved() {
                None | Some(Reserved::Time) => true,
                Some(Reserved::Not) => return self.unexpected(),
                Some(word) if word.closes() => return self.unexpected(),
                Some(_) => false,
            },
        };
        if is_simple { self.simple() } else { Ok(Arc::new(self.compound_command()?)) }
    }
}
