//! Commands of every kind, and the compound ones that are no loops.

use std::sync::Arc;

use bstr::BString;

use super::{Outcome, Shell, Unwind};
use crate::state::{Function, SetOption};
use crate::syntax::ast::{CaseArm, CaseEnd, Command, CommandKind, FunctionDef, List, Word};

impl Shell {
    /// Runs a command with its redirections.
    pub(crate) async fn run_command(&mut self, command: &Command) -> Outcome {
        if self.state.options.on(SetOption::Noexec) && !self.state.interactive {
            return Ok(0);
        }
        if let CommandKind::Simple(simple) = &command.kind {
            return self.run_simple(command, simple).await;
        }
        let tail = std::mem::take(&mut self.tail);
        if command.redirects.is_empty() {
            return self.run_compound(command, tail).await;
        }
        Box::pin(self.run_redirected(command)).await
    }

    async fn run_redirected(&mut self, command: &Command) -> Outcome {
        self.state.line = self.state.line_of(command.line);
        let kept = self.state.substitution_fds.len();
        let held = self.state.memory.held();
        let outcome = match self.redirect(&command.redirects).await {
            Ok(None) => self.fail_redirected(command).await,
            Err(unwind) => Err(unwind),
            Ok(Some(saved)) => {
                let outcome = self.run_compound(command, false).await;
                self.undo(saved).await;
                outcome
            }
        };
        self.close_substitutions(kept).await;
        self.state.memory.release_to(held);
        outcome
    }

    /// A compound command that did not run: its failure counts here, for none in it has counted.
    async fn fail_redirected(&mut self, command: &Command) -> Outcome {
        if !command.kind.is_judged() && self.state.tested == 0 {
            self.judge(1).await?;
        }
        Ok(1)
    }

    async fn run_compound(&mut self, command: &Command, tail: bool) -> Outcome {
        match &command.kind {
            CommandKind::Simple(_) => Ok(0),
            CommandKind::Group(list) if tail => Box::pin(self.run_list_last(list)).await,
            CommandKind::Group(list) => self.run_list(list).await,
            CommandKind::Subshell(list) => {
                self.step().await?;
                self.state.line = self.state.line_of(command.line);
                Box::pin(self.run_subshell(list)).await
            }
            CommandKind::If { arms, otherwise } => self.run_if(arms, otherwise.as_ref()).await,
            CommandKind::Loop { until, condition, body } => {
                Box::pin(self.run_loop(*until, condition, body)).await
            }
            CommandKind::For { name, words, body } => {
                self.state.line = self.state.line_of(command.line);
                Box::pin(self.run_for(command, name, words.as_deref(), body)).await
            }
            CommandKind::ForArithmetic { clauses, body } => {
                Box::pin(self.run_for_arithmetic(command, clauses, body)).await
            }
            CommandKind::Select { name, words, body } => {
                self.state.line = self.state.line_of(command.line);
                Box::pin(self.run_select(command, name, words.as_deref(), body)).await
            }
            CommandKind::Case { word, arms } => {
                self.debug(command).await?;
                Box::pin(self.run_case(word, arms)).await
            }
            CommandKind::Function(definition) => {
                self.state.line = self.state.line_of(command.line);
                Box::pin(self.define_function(definition)).await
            }
            CommandKind::Test(expression) => {
                self.debug(command).await?;
                self.step().await?;
                Box::pin(self.run_test(expression)).await
            }
            CommandKind::Arithmetic(expression) => {
                self.debug(command).await?;
                self.step().await?;
                self.run_arithmetic(expression).await
            }
            CommandKind::Coprocess { name, command: body } => {
                self.state.line = self.state.line_of(command.line);
                Box::pin(self.run_coprocess(command, name, body)).await
            }
            CommandKind::Text(text) => self.run_text(text, command.line, "command substitution").await,
        }
    }

    /// What a trap may want to know, and the DEBUG trap, before a command that is no simple one.
    pub(crate) async fn debug(&mut self, command: &Command) -> Result<(), Unwind> {
        self.state.line = self.state.line_of(command.line);
        if !self.state.traps.are_used() {
            return Ok(());
        }
        Box::pin(self.before_command(command)).await
    }

    async fn run_if(&mut self, arms: &[(List, List)], otherwise: Option<&List>) -> Outcome {
        for (condition, body) in arms {
            if self.run_condition(condition).await? == 0 {
                return self.run_list(body).await;
            }
        }
        match otherwise {
            Some(body) => self.run_list(body).await,
            None => {
                self.state.last_status = 0;
                Ok(0)
            }
        }
    }

    async fn run_case(&mut self, word: &Word, arms: &[CaseArm]) -> Outcome {
        if self.state.options.on(SetOption::Xtrace) {
            let mut line = BString::from("case ");
            line.extend_from_slice(&super::source_text::word_source(word));
            line.extend_from_slice(b" in");
            self.trace_line(&line).await;
        }
        let text = self.expand_text(word).await?;
        let mut status = 0;
        let mut falls_through = false;
        for arm in arms {
            if !falls_through && !self.case_matches(&text, arm).await? {
                continue;
            }
            status = self.run_list(&arm.body).await?;
            match arm.end {
                CaseEnd::Break => return Ok(status),
                CaseEnd::FallThrough => falls_through = true,
                CaseEnd::TestNext => falls_through = false,
            }
        }
        self.state.last_status = status;
        Ok(status)
    }

    async fn case_matches(&mut self, text: &[u8], arm: &CaseArm) -> Result<bool, Unwind> {
        for pattern in &arm.patterns {
            if self.expand_pattern(pattern, false).await?.matches(text) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn define_function(&mut self, definition: &Arc<FunctionDef>) -> Outcome {
        if let Some(outcome) = self.refuse_function_name(&definition.name).await {
            return outcome;
        }
        if self.state.options.on(SetOption::Posix)
            && crate::builtins::find(&definition.name).is_some_and(|builtin| builtin.special)
        {
            let mut message = BString::from("`");
            message.extend_from_slice(&definition.name);
            message.extend_from_slice(b"': is a special builtin");
            self.complain(&message).await;
            return Err(if self.state.interactive { Unwind::Discard(2) } else { Unwind::Exit(2) });
        }
        if let Some(old) = self.state.functions.get(&definition.name)
            && old.readonly
        {
            self.complain_of(&definition.name, "readonly function").await;
            return Ok(1);
        }
        let source = match (self.state.frames.last(), &self.state.script) {
            (Some(frame), _) => Arc::clone(&frame.source),
            (None, Some(script)) => Arc::clone(script),
            (None, None) => {
                let main = self.state.interactive || self.state.reads_stdin;
                Arc::new(if main { "main".into() } else { "environment".into() })
            }
        };
        let function = Function {
            definition: Arc::clone(definition),
            source,
            export: self.state.options.on(SetOption::Allexport),
            readonly: false,
            trace: false,
        };
        self.state.memory.grow(function.bytes());
        Arc::make_mut(&mut self.state.functions).insert(definition.name.clone(), function);
        self.state.last_status = 0;
        Ok(0)
    }

    /// What a function cannot be called: nothing with quotes or expansions; in POSIX mode only a name.
    async fn refuse_function_name(&mut self, name: &BString) -> Option<Outcome> {
        let posix = self.state.options.on(SetOption::Posix);
        let expands = |byte: &u8| matches!(byte, b'$' | b'`' | b'"' | b'\'' | b'\\');
        if !name.iter().any(expands) && (!posix || crate::state::is_name(name)) {
            return None;
        }
        let status = self.refuse_loop_name(name).await;
        Some(if posix && !self.state.interactive { Err(Unwind::Exit(2)) } else { Ok(status) })
    }

    async fn run_arithmetic(&mut self, expression: &crate::syntax::ast::Arithmetic) -> Outcome {
        // `(( 1/0 ))` fails; it does not abandon the line as `$(( 1/0 ))` does.
        let number = self.evaluate_command(expression, false).await?;
        Ok(u8::from(number.is_none_or(|number| number == 0)))
    }
}
