//! Reading and running commands, one complete command at a time: a text, a file, standard input, a prompt.

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};
use indexmap::IndexMap;
use wasmsand_wasi::{Errno, Fd};

use super::recording::TypedCommand;
use super::{Outcome, Running, Shell, Unwind};
use crate::state::{SetOption, ShoptOption};
use crate::syntax::ast::List;
use crate::syntax::{Aliases, ParseOptions, Parsed, Parser, SyntaxError};

/// How much of a line is read at once.
const BLOCK_BYTES: usize = 65_536;

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

    pub(super) fn parse_next(&mut self, parser: &mut Parser, more_may_come: bool) -> Parsed {
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
            let outcome = self.run_parser(&mut Parser::new(text, first_line), None).await;
            self.state.line_shift = shift;
            self.state.input_name = outer;
            outcome
        })
    }

    /// The same for a whole script, whose last command may take this process's place. With `set -o history` its
    /// commands are remembered.
    pub(crate) async fn run_text_last(&mut self, text: &[u8]) -> Outcome {
        self.run_parser(&mut Parser::new(text, 1), Some(text)).await
    }

    async fn run_parser(&mut self, parser: &mut Parser, script: Option<&[u8]>) -> Outcome {
        let mut status = 0;
        let last = script.is_some();
        let mut remembered: Option<BString> = None;
        let beginning = parser.position();
        loop {
            if let Some(script) = script.filter(|_| self.state.options.on(SetOption::History)) {
                let source = remembered.get_or_insert_with(|| script.into());
                Box::pin(self.record_next(source, parser)).await;
            }
            let start = parser.position();
            let first = start == beginning;
            let parsed = self.parse_next(parser, false);
            self.echo_read(parser, start).await;
            self.tell_warnings(parser).await;
            match parsed {
                Parsed::End => return Ok(status),
                Parsed::Command(list) => {
                    let last = last && parser.is_at_end();
                    status = self.run_complete(&list, last).await?;
                }
                Parsed::Incomplete(incomplete) => {
                    self.state.text_unreadable |= first;
                    return Ok(self.tell_syntax_error(&incomplete.into_error()).await);
                }
                Parsed::Error(error) => {
                    self.state.text_unreadable |= first;
                    status = self.tell_syntax_error(&error).await;
                    if !error.resumes {
                        return Ok(status);
                    }
                }
            }
        }
    }

    /// `set -v`: shows the lines that were read.
    async fn echo_read(&mut self, parser: &Parser, start: usize) {
        if self.state.options.on(SetOption::Verbose) && !self.state.interactive {
            let lines = parser.text_since(start).to_owned();
            self.show_read(&lines).await;
        }
    }

    /// What was read, in whole lines.
    async fn show_read(&mut self, lines: &[u8]) {
        self.write_error(lines).await;
        if lines.last().is_some_and(|byte| *byte != b'\n') {
            self.write_error(b"\n").await;
        }
    }

    /// Runs a complete command. An error that abandons it is over here.
    pub(super) async fn run_complete(&mut self, list: &List, last: bool) -> Outcome {
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

    /// Says what is wrong with a text, and gives the status.
    pub(super) async fn tell_syntax_error(&mut self, error: &SyntaxError) -> u8 {
        let name = self.state.message_name();
        for (line, what) in error.messages() {
            let mut message = name.clone();
            if !self.state.input_name.is_empty() {
                message.extend_from_slice(b": ");
                message.extend_from_slice(self.state.input_name.as_bytes());
            }
            message.extend_from_slice(format!(": line {line}: ").as_bytes());
            message.extend_from_slice(&what);
            message.push(b'\n');
            self.write_error(&message).await;
        }
        let status = if error.resumes { 1 } else { 2 };
        self.state.last_status = status;
        status
    }

    /// Runs the commands on standard input, reading no byte beyond the command that runs.
    pub(crate) async fn run_standard_input(&mut self) -> Outcome {
        let mut status = 0;
        let mut typed = TypedCommand::default();
        let mut first_line = 1;
        loop {
            let line = self.read_line(Fd::STDIN).await;
            let ended = line.is_none();
            if let Some(line) = &line
                && self.state.options.on(SetOption::Verbose)
            {
                self.show_read(line).await;
            }
            if let Some(line) = line
                && !self.take_line(&mut typed, &line).await
            {
                first_line += u32::try_from(typed.text.lines().count()).unwrap_or(0) + 1;
                typed = TypedCommand::default();
                continue;
            }
            if typed.text.len() > COMMAND_BYTES_MAX {
                self.complain("standard input: command too long").await;
                return Ok(2);
            }
            let mut parser = Parser::new(&typed.text, first_line);
            let parsed = self.parse_next(&mut parser, !ended);
            match parsed {
                Parsed::Incomplete(incomplete) if !ended => {
                    typed.note_open(incomplete.open);
                    continue;
                }
                _ => typed.note_open(Vec::new()),
            }
            self.record(std::mem::take(&mut typed)).await;
            match parsed {
                Parsed::Command(list) => {
                    self.tell_warnings(&mut parser).await;
                    first_line = parser.line();
                    status = self.run_complete(&list, false).await?;
                }
                Parsed::End => first_line = parser.line(),
                Parsed::Incomplete(incomplete) => {
                    return Ok(self.tell_syntax_error(&incomplete.into_error()).await);
                }
                Parsed::Error(error) => {
                    status = self.tell_syntax_error(&error).await;
                    if !error.resumes {
                        return Ok(status);
                    }
                    first_line = parser.line();
                }
            }
            if ended {
                return Ok(status);
            }
        }
    }

    /// Adds a line of a script on standard input to its command; says whether there is anything to run.
    async fn take_line(&mut self, typed: &mut TypedCommand, line: &BString) -> bool {
        if !self.state.options.on(SetOption::History) {
            typed.text.extend_from_slice(line);
            return true;
        }
        let Some(line) = line.strip_suffix(b"\n") else {
            let taken = self.take_typed(typed, line).await;
            // The last line has no newline, and a backslash at its end stands for itself.
            typed.text.pop();
            return taken;
        };
        self.take_typed(typed, line).await
    }

    /// A line with its newline, read so that nothing after it is taken; absent at the end of file.
    pub(crate) async fn read_line(&mut self, fd: Fd) -> Option<BString> {
        let mut line = BString::default();
        loop {
            let bytes = match self.sys.read_until(fd, b'\n', BLOCK_BYTES).await {
                Ok(bytes) => bytes,
                Err(Errno::Intr) if self.step().await.is_ok() => continue,
                Err(_) => Vec::new(),
            };
            if bytes.is_empty() {
                return (!line.is_empty()).then_some(line);
            }
            line.extend_from_slice(&bytes);
            if line.ends_with(b"\n") {
                return Some(line);
            }
        }
    }
}

/// The text of a file, where a backslash at the very end joins nothing: bash ends a last line without a newline.
pub(crate) fn ended_line(mut text: BString) -> BString {
    if text.ends_with(b"\\") {
        text.push(b'\n');
    }
    text
}
