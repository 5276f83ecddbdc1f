//! The prompt: what a person types is read up to the end of a complete command, remembered and run.

use std::sync::Arc;

use bstr::{BString, ByteSlice};
use wasmsand_wasi::{Completions, Errno, Line, Prompt, Signal};

use super::recording::TypedCommand;
use super::{Outcome, Shell, Unwind};
use crate::state::{SetOption, ShoptOption};
use crate::syntax::ast::Span;
use crate::syntax::{Parsed, Parser, SyntaxError};

/// What a line that was asked for came to.
enum Typed {
    /// A line.
    Line(BString),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the terminal is gone.
    End,
    /// There is nobody to ask.
    Gone,
}

impl Shell {
    /// Runs what a person types, until the end of input or `exit`. `seed`: the lines that the history begins with
    /// where there is no history file.
    pub(crate) async fn run_prompt(&mut self, seed: Vec<BString>) -> Outcome {
        self.begin_history(seed).await;
        let outcome = self.run_prompts().await;
        self.save_history().await;
        outcome
    }

    async fn run_prompts(&mut self) -> Outcome {
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
        let mut typed = TypedCommand::default();
        loop {
            match self.ask_line(!typed.is_empty()).await? {
                Typed::Line(text) => {
                    for line in text.split(|byte| *byte == b'\n') {
                        if !self.take_typed(&mut typed, line).await {
                            self.state.last_status = 1;
                            return Ok(true);
                        }
                    }
                }
                Typed::Interrupted => {
                    if !typed.is_empty() {
                        self.record(typed).await;
                    }
                    self.state.last_status = 130;
                    self.run_signal_trap(Signal::INT).await?;
                    return Ok(true);
                }
                Typed::End if typed.is_empty() => return self.leave_prompt().await,
                Typed::End => {
                    let text = typed.text.clone();
                    self.record(typed).await;
                    self.run_unfinished(&text).await;
                    return Ok(true);
                }
                Typed::Gone => return Ok(false),
            }
            self.ends_of_input = 0;
            // Nothing runs before the whole is known to be complete: a line typed again after a continuation would
            // run its first commands twice.
            if !self.note_unfinished(&mut typed) {
                return self.run_complete_text(typed).await;
            }
        }
    }

    /// Asks for a line until there is one; completions and jobs that end are seen to meanwhile.
    async fn ask_line(&mut self, continuation: bool) -> Result<Typed, Unwind> {
        // A signal that the last command sent to this shell has waited for it to end.
        if !self.sys.caught().is_empty() {
            self.handle_signals().await?;
        }
        let mut completions = None;
        let mut text = self.prompt_text(continuation).await;
        loop {
            let prompt = self.question(text.clone(), continuation, completions.take());
            return Ok(match self.sys.next_line(prompt).await {
                Ok(Line::Text(line)) => Typed::Line(line),
                Ok(Line::Complete { line, point }) => {
                    completions = Some(self.complete_typed(&line, point).await);
                    continue;
                }
                Ok(Line::Interrupted) => Typed::Interrupted,
                Ok(Line::End) => Typed::End,
                Err(Errno::Intr) => {
                    self.handle_signals().await?;
                    if self.state.options.on(SetOption::Notify) {
                        self.notify_jobs().await;
                    }
                    text = self.prompt_text(continuation).await;
                    continue;
                }
                Err(_) => Typed::Gone,
            });
        }
    }

    fn question(&mut self, text: BString, continuation: bool, completions: Option<Completions>) -> Prompt {
        let history = &self.state.history;
        if self.shown_history.as_ref().is_none_or(|(changes, _)| *changes != history.changes) {
            let lines = history.entries().iter().map(|entry| entry.line.clone()).collect();
            self.shown_history = Some((history.changes, Arc::new(lines)));
        }
        Prompt {
            shell: self.sys.pid().0,
            text,
            continuation,
            history: self.shown_history.as_ref().map(|(_, lines)| Arc::clone(lines)).unwrap_or_default(),
            history_added: history.added,
            vi: self.state.options.on(SetOption::Vi),
            completions,
        }
    }

    /// Notes what is open behind the lines typed so far; says whether anything is.
    pub(super) fn note_unfinished(&mut self, typed: &mut TypedCommand) -> bool {
        let mut parser = Parser::new(&typed.text, 1);
        loop {
            match self.parse_next(&mut parser, true) {
                Parsed::Command(_) => {}
                Parsed::End | Parsed::Error(_) => {
                    typed.note_open(Vec::new());
                    return false;
                }
                Parsed::Incomplete(incomplete) => {
                    typed.note_open(incomplete.open);
                    return true;
                }
            }
        }
    }

    /// Remembers and runs a complete typed text.
    async fn run_complete_text(&mut self, typed: TypedCommand) -> Result<bool, Unwind> {
        let text = typed.text.clone();
        self.record(typed).await;
        if text.trim_ascii().is_empty() {
            return Ok(true);
        }
        let mut parser = Parser::new(&text, 1);
        let mut first = true;
        loop {
            match self.parse_next(&mut parser, true) {
                Parsed::Command(list) => {
                    if std::mem::take(&mut first) {
                        self.show_before_command().await;
                        self.commands_read += 1;
                    }
                    let status = self.run_complete(&list, false).await?;
                    self.state.last_status = status;
                }
                Parsed::End | Parsed::Incomplete(_) => return Ok(true),
                Parsed::Error(error) => {
                    self.point_at(&text, &error).await;
                    return Ok(true);
                }
            }
        }
    }

    /// PS0: what is shown between a command and its output.
    async fn show_before_command(&mut self) {
        let Some(format) = self.state.variables.text(b"PS0").map(ToOwned::to_owned) else { return };
        let shown = Box::pin(self.expand_prompt(&format)).await;
        self.write_error(&shown).await;
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

    async fn prompt_text(&mut self, continuation: bool) -> BString {
        let name = if continuation { "PS2" } else { "PS1" };
        let Some(format) = self.state.variables.text(name.as_bytes()).map(ToOwned::to_owned) else {
            return BString::default();
        };
        Box::pin(self.expand_editor_prompt(&format)).await
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
            self.state.last_status = status;
        }
        Ok(())
    }

    /// Ctrl-D: refused as often as IGNOREEOF says, and once while jobs are stopped.
    async fn leave_prompt(&mut self) -> Result<bool, Unwind> {
        let ignored = match self.state.variables.text(b"IGNOREEOF") {
            Some(text) => text.to_str().ok().and_then(|text| text.trim().parse().ok()).unwrap_or(10),
            None if self.state.options.on(SetOption::Ignoreeof) => 10,
            None => 0,
        };
        if self.ends_of_input < ignored {
            self.ends_of_input += 1;
            self.write_error(b"Use \"exit\" to leave the shell.\n").await;
            return Ok(true);
        }
        self.write_error(b"exit\n").await;
        Ok(self.refuses_to_leave().await)
    }

    /// The history that a prompt begins with: the file's, else the seed.
    async fn begin_history(&mut self, seed: Vec<BString>) {
        let home = self.state.variables.text(b"HOME").map(ToOwned::to_owned).unwrap_or_default();
        for (name, value) in
            [("HISTFILE", bstr::concat([home.as_slice(), b"/.bash_history"])), ("HISTSIZE", b"500".to_vec())]
        {
            if self.state.variables.get(name.as_bytes()).is_none() {
                self.state.set_own(name, value);
            }
        }
        self.state.apply_history_size();
        if self.state.variables.get(b"HISTFILESIZE").is_none() {
            let size = self.state.variables.text(b"HISTSIZE").map(ToOwned::to_owned).unwrap_or_default();
            self.state.set_own("HISTFILESIZE", size);
        }
        let read = match self.history_file() {
            Some(path) => self.read_history(&path, 0).await.is_ok(),
            None => false,
        };
        if !read {
            seed.into_iter().for_each(|line| self.history().add(line, None));
        }
        let history = self.history();
        (history.unwritten, history.added) = (0, 0);
    }

    /// Writes what is new to the history file, as `exit` does.
    async fn save_history(&mut self) {
        let Some(path) = self.history_file().filter(|_| self.state.history.unwritten > 0) else { return };
        let appends = self.state.options.shopt(ShoptOption::Histappend)
            || self.state.history.unwritten <= self.state.history.len();
        // Nobody reads a message of a shell that ends.
        let _ = if appends { self.append_history(&path).await } else { self.write_history(&path).await };
        self.limit_history_file().await;
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
    let column = crate::expand::character_count(before.get(start..).unwrap_or_default(), false);
    out.extend(std::iter::repeat_n(b' ', column));
    out.extend_from_slice(b"^\n");
    out
}
