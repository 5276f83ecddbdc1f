//! Calls: functions, `eval`, sourced files. What they share is the call stack and the depth.

use std::sync::Arc;

use bstr::{BStr, BString};

use super::hop::Flight;
use super::{Outcome, Running, Shell, Unwind};
use crate::state::{Frame, FrameKind, ScopeKind, SetOption, TrapName};
use crate::syntax::ast::Command;

fn fly(mut shell: Shell, argv: Vec<BString>) -> Flight<Outcome> {
    Box::pin(async move {
        let outcome = shell.call_function(argv).await;
        (shell, outcome)
    })
}

impl Shell {
    /// Calls a function: `argv` with its name first.
    pub(crate) fn call_function(&mut self, argv: Vec<BString>) -> Running<'_> {
        Box::pin(async move {
            if self.is_deep_for_call() {
                return self.hop(|shell| fly(shell, argv)).await;
            }
            let mut words = argv.into_iter();
            let name = words.next().unwrap_or_default();
            let Some(function) = self.state.functions.get(&name).cloned() else { return Ok(127) };
            self.check_nesting(&name).await?;
            self.enter_call(&name).await?;
            let positional = std::mem::replace(&mut self.state.positional, Arc::new(words.collect()));
            let put_aside = self.state.memory.put_positional_aside();
            let loops = std::mem::take(&mut self.state.loops);
            let call_line = self.state.line;
            let shift = std::mem::take(&mut self.state.line_shift);
            self.state.frames.push(Frame {
                kind: FrameKind::Function,
                name,
                source: Arc::clone(&function.source),
                call_line,
                options: None,
            });
            self.state.variables.push_scope(ScopeKind::Function);
            let debug = self.hide_traps(function.trace);
            let outcome = self.run_body_traced(&function.definition.body).await;
            self.state.line = self.state.line_of(function.definition.body.line);
            let outcome = self.return_from(outcome).await;
            self.show_traps(debug);
            self.state.variables.pop_scope();
            if let Some(options) = self.state.frames.pop().and_then(|frame| frame.options) {
                self.state.options = options;
            }
            self.state.positional = positional;
            self.state.memory.take_positional_back(put_aside);
            self.state.loops = loops;
            self.state.line = call_line;
            self.state.line_shift = shift;
            self.leave_call();
            outcome
        })
    }

    /// Runs the body of a function, after the DEBUG trap if it is inherited.
    async fn run_body_traced(&mut self, body: &Command) -> Outcome {
        if self.state.traps.get(TrapName::Debug).is_some() {
            Box::pin(self.run_trap(TrapName::Debug)).await?;
        }
        let status = self.run_command(body).await?;
        // A body that has a status of its own, `f() ( … )`, counts as a command of the function.
        if status != 0 && body.kind.is_judged() && self.state.tested == 0 {
            self.judge(status).await?;
        }
        Ok(status)
    }

    /// Marks a function as exported, if there is one.
    pub(crate) fn mark_exported_function(&mut self, name: &[u8]) {
        if let Some(function) = Arc::make_mut(&mut self.state.functions).get_mut(BStr::new(name)) {
            function.export = true;
        }
    }

    /// What a function or sourced file ends with: `return` is its status, and the RETURN trap runs.
    pub(crate) async fn return_from(&mut self, outcome: Outcome) -> Outcome {
        let outcome = match outcome {
            Err(Unwind::Return(status)) => Ok(status),
            other => other,
        };
        if let Ok(status) = outcome {
            self.state.last_status = status;
            if self.state.traps.get(TrapName::Return).is_some() {
                Box::pin(self.run_trap(TrapName::Return)).await?;
            }
        }
        outcome
    }

    /// DEBUG and RETURN are not inherited by a function, nor ERR, unless the options say so.
    fn hide_traps(&mut self, traced: bool) -> Vec<(TrapName, BString)> {
        if self.state.traps.is_empty() {
            return Vec::new();
        }
        let functrace = traced || self.state.options.on(SetOption::Functrace);
        let errtrace = self.state.options.on(SetOption::Errtrace);
        let mut hidden = Vec::new();
        for (name, keeps) in
            [(TrapName::Debug, functrace), (TrapName::Return, functrace), (TrapName::Err, errtrace)]
        {
            if keeps {
                continue;
            }
            if let Some(action) = self.state.traps.get(name).map(ToOwned::to_owned) {
                self.state.traps.reset(name);
                hidden.push((name, action));
            }
        }
        hidden
    }

    fn show_traps(&mut self, hidden: Vec<(TrapName, BString)>) {
        for (name, action) in hidden {
            if self.state.traps.get(name).is_none() {
                self.state.traps.set(name, action);
            }
        }
    }
}
