//! Reading and running commands, one complete command at a time: a text, a file, standard input, a prompt.

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};
use indexmap::IndexMap;
use wasmsand_wasi::{Errno, Fd, Line, Whence};

use super::{Outcome, Running, Shell, Unwind};
use crate::state::{SetOption, ShoptOption};
use crate::syntax::ast::{List, Span};
use crate::syntax::{Aliases, ParseOptions, Parsed, Parser, SyntaxError};

/// How much is read at once of a file that can be rewound.
const BLOCK_BYTES: usize = 4096;

/// The longest complete command that is read line by line.
const COMMAND_BYTES_MAX: usize = 1 << 26;

/// The aliases at the moment of parsing.
struct LiveAliases(Arc<IndexMap<BString, BString>>);

impl Aliases for LiveAliases {
    fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.0.get(BStr::new(name)).map(|text| text.as_slice())
    }
}

impl Shell {
    fn parse_options(&self, more_may_come: bool) -> ParseOptions {
        let options = &self.state.options;
        ParseOptions {
            extglob: options.shopt(ShoptOption::Extglob),
            posix: options.on(SetOption::Posix),
            interactive_comments: !self.state.interactive || options.shopt(ShoptOption::InteractiveComments),
            expand_aliases: options.shopt(ShoptOption::ExpandAliases),
            interactive: more_may_come,
        }
    }

    fn parse_next(&mut self, parser: &mut Parser, more_may_come: bool) -> Parsed {
        parser.next(&self.parse_options(more_may_come), &LiveAliases(Arc::clone(&self.state.aliases)))
    }

    /// Runs the commands of a text: `-c`, `eval`, a trap, a file that was read. A syntax error is status 2, and
    /// what stood before it has run. `input_name`: what messages about syntax call the text, if they do.
    pub(crate) fn run_text<'a>(
        &'a mut self,
        text: &'a [u8],
        first_line: u32,
        input_name: &'static str,
    ) -> Running<'a> {
        Box::pin(async move {
            let outer = std::mem::replace(&mut self.state.input_name, input_name);
            let shift = std::mem::take(&mut self.state.line_shift);
            let outcome = self.run_parser(&mut Parser::new(text, first_line), false).await;
            self.state.line_shift = shift;
            self.state.input_name = outer;
            outcome
        })
    }

    /// The same where the last command may take this process's place.
    pub(crate) async fn run_text_last(&mut self, text: &[u8]) -> Outcome {
        self.run_parser(&mut Parser::new(text, 1), true).await
    }

    async fn run_parser(&mut self, parser: &mut Parser, last: bool) -> Outcome {
        let mut status = 0;
        let start = parser.position();
        loop {
            let first = parser.position() == start;
            let parsed = self.parse_next(parser, false);
            self.tell_warnings(parser).await;
            match parsed {
                Parsed::End => return Ok(status),
                Parsed::Command(list) => {
                    let last = last && self.is_at_end(parser);
                    status = self.run_complete(&list, last).await?;
                }
                Parsed::Incomplete(incomplete) => {
                    self.state.text_unreadable |= first;
                    return Ok(self.tell_syntax_error(&incomplete.into_error()).await);
                }
                Parsed::Error(error) => {
                    self.state.text_unreadable |= first;
                    return Ok(self.tell_syntax_error(&error).await);
                }
            }
        }
    }

    /// Does nothing follow?
    fn is_at_end(&mut self, parser: &Parser) -> bool {
        matches!(self.parse_next(&mut parser.clone(), false), Parsed::End)
    }

    /// Runs a complete command. An error that abandons it is over here.
    async fn run_complete(&mut self, list: &List, last: bool) -> Outcome {
        if self.state.options.on(SetOption::Noexec) && !self.state.interactive {
            return Ok(0);
        }
        let outcome = if last { self.run_list_last(list).await } else { self.run_list(list).await };
        match outcome {
            Err(Unwind::Discard(status)) if self.state.subshell_depth == 0 || self.state.depth > 0 => {
                self.state.last_status = status;
                if self.state.options.on(SetOption::Errexit) {
                    return Err(Unwind::Exit(status));
                }
                Ok(status)
            }
            Err(Unwind::Abandon(status)) if self.state.subshell_depth == 0 && self.state.depth == 0 => {
                self.state.last_status = status;
                if self.state.command_string || self.state.options.on(SetOption::Errexit) {
                    return Err(Unwind::Exit(status));
                }
                Ok(status)
            }
            other => other,
        }
    }

    async fn tell_warnings(&mut self, parser: &mut Parser) {
        for warning in parser.take_warnings() {
            let line = std::mem::replace(&mut self.state.line, warning.line());
            self.complain(&warning.to_string()).await;
            self.state.line = line;
        }
    }

    /// Says what is wrong with a text; status 2.
    async fn tell_syntax_error(&mut self, error: &SyntaxError) -> u8 {
        let name = self.state.message_name();
        for what in error.lines() {
            let mut message = name.clone();
            if !self.state.input_name.is_empty() {
                message.extend_from_slice(b": ");
                message.extend_from_slice(self.state.input_name.as_bytes());
            }
            message.extend_from_slice(format!(": line {}: ", error.line).as_bytes());
            message.extend_from_slice(&what);
            message.push(b'\n');
            self.write_error(&message).await;
        }
        self.state.last_status = 2;
        2
    }

    /// Runs the commands on standard input, reading no byte beyond the command that runs.
    pub(crate) async fn run_standard_input(&mut self) -> Outcome {
        let mut status = 0;
        let mut text = BString::default();
        let mut first_line = 1;
        loop {
            let line = self.read_line(Fd::STDIN).await;
            let ended = line.is_none();
            if let Some(line) = line {
                text.extend_from_slice(&line);
            }
            if text.len() > COMMAND_BYTES_MAX {
                self.complain("standard input: command too long").await;
                return Ok(2);
            }
            let mut parser = Parser::new(&text, first_line);
            match self.parse_next(&mut parser, !ended) {
                Parsed::Command(list) => {
                    self.tell_warnings(&mut parser).await;
                    first_line = parser.line();
                    text.clear();
                    status = self.run_complete(&list, false).await?;
                }
                Parsed::End => {
                    first_line = parser.line();
                    text.clear();
                }
                Parsed::Incomplete(_) if !ended => continue,
                Parsed::Incomplete(incomplete) => {
                    return Ok(self.tell_syntax_error(&incomplete.into_error()).await);
                }
                Parsed::Error(error) => return Ok(self.tell_syntax_error(&error).await),
            }
            if ended {
                return Ok(status);
            }
        }
    }

    /// A line with its newline, read so that nothing after it is taken; absent at the end of file.
    pub(crate) async fn read_line(&mut self, fd: Fd) -> Option<BString> {
        let mut line = BString::default();
        let seekable = self.sys.seek(fd, 0, Whence::Current).await.is_ok();
        loop {
            let bytes = match self.sys.read(fd, if seekable { BLOCK_BYTES } else { 1 }).await {
                Ok(bytes) => bytes,
                Err(Errno::Intr) if self.step().await.is_ok() => continue,
                Err(_) => Vec::new(),
            };
            if bytes.is_empty() {
                return (!line.is_empty()).then_some(line);
            }
            let Some(newline) = bytes.find_byte(b'\n') else {
                line.extend_from_slice(&bytes);
                continue;
            };
            let (head, rest) = bytes.split_at(newline + 1);
            line.extend_from_slice(head);
            if !rest.is_empty() {
                let back = i64::try_from(rest.len()).unwrap_or(0);
                let _ = self.sys.seek(fd, -back, Whence::Current).await;
            }
            return Some(line);
        }
    }

    /// Runs what a person types, until the end of input or `exit`.
    pub(crate) async fn run_prompt(&mut self) -> Outcome {
        loop {
            self.notify_jobs().await;
            let warned = self.state.warned_of_jobs;
            let outcome = self.run_typed().await;
            // Whoever was warned and did something else is warned again.
            self.state.warned_of_jobs &= !warned;
            match outcome {
                Ok(true) => {}
                Ok(false) => return Ok(self.state.last_status),
                Err(Unwind::Exit(status)) => return Err(Unwind::Exit(status)),
                Err(unwind) => {
                    self.state.last_status = unwind.status();
                    self.state.loops = 0;
                    self.state.tested = 0;
                }
            }
        }
    }

    /// Reads what is typed up to the end of a complete command and runs all of it; false at the end of input.
    async fn run_typed(&mut self) -> Result<bool, Unwind> {
        self.run_prompt_command().await?;
        let mut text = BString::default();
        let mut prompt = "PS1";
        loop {
            let shown = self.prompt(prompt).await;
            match self.sys.next_line(shown, prompt == "PS2").await {
                Ok(Line::Text(line)) => {
                    text.extend_from_slice(&line);
                    text.push(b'\n');
                }
                Ok(Line::Interrupted) => {
                    self.state.last_status = 130;
                    return Ok(true);
                }
                Ok(Line::End) if text.is_empty() => return self.leave_prompt().await,
                Ok(Line::End) => {
                    self.run_unfinished(&text).await;
                    return Ok(true);
                }
                Err(Errno::Intr) => {
                    self.handle_signals().await?;
                    if self.state.options.on(SetOption::Notify) {
                        self.notify_jobs().await;
                    }
                    continue;
                }
                Err(_) => return Ok(false),
            }
            if self.run_complete_text(&text).await? {
                return Ok(true);
            }
            prompt = "PS2";
        }
    }

    /// Runs a typed text if it is complete; says whether it was.
    async fn run_complete_text(&mut self, text: &BString) -> Result<bool, Unwind> {
        if text.trim_ascii().is_empty() {
            return Ok(true);
        }
        // Nothing runs before the whole is known to be complete: a line typed again after a continuation would
        // run its first commands twice.
        if self.is_unfinished(text) {
            return Ok(false);
        }
        self.commands_read += 1;
        let mut parser = Parser::new(text, 1);
        loop {
            match self.parse_next(&mut parser, true) {
                Parsed::Command(list) => {
                    let status = self.run_complete(&list, false).await?;
                    self.state.last_status = status;
                }
                Parsed::End | Parsed::Incomplete(_) => return Ok(true),
                Parsed::Error(error) => {
                    self.point_at(text, &error).await;
                    return Ok(true);
                }
            }
        }
    }

    fn is_unfinished(&mut self, text: &BString) -> bool {
        let mut parser = Parser::new(text, 1);
        loop {
            match self.parse_next(&mut parser, true) {
                Parsed::Command(_) => {}
                Parsed::End | Parsed::Error(_) => return false,
                Parsed::Incomplete(_) => return true,
            }
        }
    }

    async fn run_unfinished(&mut self, text: &BString) {
        if let Parsed::Incomplete(incomplete) = self.parse_next(&mut Parser::new(text, 1), true) {
            self.point_at(text, &incomplete.into_error()).await;
        }
    }

    /// A syntax error at the prompt: the message, the line it is on, a caret under it.
    async fn point_at(&mut self, text: &BString, error: &SyntaxError) {
        let mut message = self.state.name.clone();
        message.extend_from_slice(format!(": {error}\n").as_bytes());
        message.extend_from_slice(&caret(text, error.span));
        self.write_error(&message).await;
        self.state.last_status = 2;
    }

    async fn prompt(&mut self, name: &str) -> BString {
        let default = if name == "PS1" { "\\u:\\w \\? \\$ " } else { "> " };
        let format =
            self.state.variables.text(name.as_bytes()).map_or_else(|| default.into(), ToOwned::to_owned);
        Box::pin(self.expand_prompt(&format)).await
    }

    async fn run_prompt_command(&mut self) -> Result<(), Unwind> {
        let commands = match self.state.variables.get(b"PROMPT_COMMAND") {
            Some(variable) => variable.elements(),
            None => return Ok(()),
        };
        let status = self.state.last_status;
        for command in commands {
            match self.run_text(&command, 1, "").await {
                Ok(_) | Err(Unwind::Discard(_) | Unwind::Abandon(_)) => {}
                Err(unwind) => return Err(unwind),
            }
        }
        self.state.last_status = status;
        Ok(())
    }

    /// Ctrl-D: a first one is refused while jobs are stopped.
    async fn leave_prompt(&mut self) -> Result<bool, Unwind> {
        self.write_error(b"exit\n").await;
        if self.refuses_to_leave().await {
            return Ok(true);
        }
        Ok(false)
    }
}

/// The line a span begins on, and a caret under its start.
fn caret(text: &BString, span: Span) -> BString {
    let at = usize::try_from(span.start).unwrap_or(0).min(text.len());
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind_byte(b'\n').map_or(0, |newline| newline + 1);
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut out = BString::from("  ");
    out.extend_from_slice(line);
    out.extend_from_slice(b"\n  ");
    let column = crate::expand::character_count(before.get(start..).unwrap_or_default());
    out.extend(std::iter::repeat_n(b' ', column));
    out.extend_from_slice(b"^\n");
    out
}
