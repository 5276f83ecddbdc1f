//! Loops: while, until, for, and what `break` and `continue` do to them.

use bstr::BString;

use super::{Outcome, Shell, Unwind};
use crate::state::SetOption;
use crate::syntax::ast::{Arithmetic, Command, List, Word};

/// What a round of a loop came to.
pub(super) enum Round {
    /// The next one.
    Next(u8),
    /// The loop ends.
    Leave(u8),
}

/// What the outcome of a loop's body means for the loop.
pub(super) fn round(outcome: Outcome) -> Result<Round, Unwind> {
    match outcome {
        Ok(status) => Ok(Round::Next(status)),
        Err(Unwind::Break(1, status)) => Ok(Round::Leave(status)),
        Err(Unwind::Break(levels, status)) => Err(Unwind::Break(levels - 1, status)),
        Err(Unwind::Continue(1)) => Ok(Round::Next(0)),
        Err(Unwind::Continue(levels)) => Err(Unwind::Continue(levels - 1)),
        Err(unwind) => Err(unwind),
    }
}

impl Shell {
    /// A step between two rounds, where a trap's action may leave the loop.
    async fn step_in_loop(&mut self) -> Result<Round, Unwind> {
        round(self.step().await.map(|()| 0))
    }

    /// `while` and `until`.
    pub(crate) async fn run_loop(&mut self, until: bool, condition: &List, body: &List) -> Outcome {
        self.state.loops += 1;
        let outcome = self.run_rounds(until, condition, body).await;
        self.state.loops -= 1;
        if let Ok(status) = outcome {
            self.state.last_status = status;
        }
        outcome
    }

    async fn run_rounds(&mut self, until: bool, condition: &List, body: &List) -> Outcome {
        let mut status = 0;
        loop {
            if let Round::Leave(last) = self.step_in_loop().await? {
                return Ok(last);
            }
            match round(self.run_condition(condition).await)? {
                Round::Leave(last) => return Ok(last),
                Round::Next(tested) if (tested == 0) == until => return Ok(status),
                Round::Next(_) => {}
            }
            match round(self.run_list(body).await)? {
                Round::Next(last) => status = last,
                Round::Leave(last) => return Ok(last),
            }
        }
    }

    /// `for name in words`
    pub(crate) async fn run_for(
        &mut self,
        command: &Command,
        name: &BString,
        words: Option<&[Word]>,
        body: &List,
    ) -> Outcome {
        let held = self.state.memory.held();
        let outcome = self.run_for_words(command, name, words, body).await;
        self.state.memory.release_to(held);
        outcome
    }

    async fn run_for_words(
        &mut self,
        command: &Command,
        name: &BString,
        words: Option<&[Word]>,
        body: &List,
    ) -> Outcome {
        let values = match words {
            Some(words) => self.expand_all(words).await?,
            None => self.state.positional.as_ref().clone(),
        };
        if !crate::state::is_name(name) {
            return Ok(self.refuse_loop_name(name).await);
        }
        self.state.loops += 1;
        let outcome = self.run_for_values(command, name, values, words, body).await;
        self.state.loops -= 1;
        if let Ok(status) = outcome {
            self.state.last_status = status;
        }
        outcome
    }

    async fn run_for_values(
        &mut self,
        command: &Command,
        name: &BString,
        values: Vec<BString>,
        words: Option<&[Word]>,
        body: &List,
    ) -> Outcome {
        let mut status = 0;
        for value in values {
            self.debug(command).await?;
            if let Round::Leave(last) = self.step_in_loop().await? {
                return Ok(last);
            }
            if self.state.options.on(SetOption::Xtrace) {
                Box::pin(self.trace_for("for ", name, words)).await;
            }
            if let Err(error) = self.bind_loop_variable(name, value) {
                self.complain(&error.to_string()).await;
                if let Some(unwind) = self.abandoned(&error) {
                    return Err(unwind);
                }
                return if self.ends_on_errors() { Err(self.refused()) } else { Ok(1) };
            }
            match round(self.run_list(body).await)? {
                Round::Next(last) => status = last,
                Round::Leave(last) => return Ok(last),
            }
        }
        Ok(status)
    }

    /// Says that a loop's variable cannot have this name.
    pub(super) async fn refuse_loop_name(&mut self, name: &BString) -> u8 {
        let mut message = BString::from("`");
        message.extend_from_slice(name);
        message.extend_from_slice(b"': not a valid identifier");
        self.complain(&message).await;
        1
    }

    /// A nameref as the variable of a loop is itself rebound, not what it refers to.
    fn bind_loop_variable(
        &mut self,
        name: &BString,
        value: BString,
    ) -> Result<(), crate::expand::AssignError> {
        if self.state.variables.is_nameref(name) {
            self.state.check_writable(name)?;
            self.state.variables.entry(name).value = crate::state::Value::Scalar(value);
            return Ok(());
        }
        self.state.assign_text(name, value, false)
    }

    /// `for (( init; condition; step ))`
    pub(crate) async fn run_for_arithmetic(
        &mut self,
        command: &Command,
        clauses: &[Arithmetic; 3],
        body: &List,
    ) -> Outcome {
        let [init, condition, step] = clauses;
        self.state.line = self.state.line_of(command.line);
        if self.evaluate_clause(command, init).await?.is_none() {
            return Ok(1);
        }
        self.state.loops += 1;
        let outcome = self.run_arithmetic_rounds(command, condition, step, body).await;
        self.state.loops -= 1;
        if let Ok(status) = outcome {
            self.state.last_status = status;
        }
        outcome
    }

    async fn run_arithmetic_rounds(
        &mut self,
        command: &Command,
        condition: &Arithmetic,
        step: &Arithmetic,
        body: &List,
    ) -> Outcome {
        let mut status = 0;
        loop {
            if let Round::Leave(last) = self.step_in_loop().await? {
                return Ok(last);
            }
            match self.evaluate_clause(command, condition).await? {
                None => return Ok(1),
                Some(0) if !condition.text.parts.is_empty() => return Ok(status),
                Some(_) => {}
            }
            match round(self.run_list(body).await)? {
                Round::Next(last) => status = last,
                Round::Leave(last) => return Ok(last),
            }
            if self.evaluate_clause(command, step).await?.is_none() {
                return Ok(1);
            }
        }
    }

    /// The value of an expression of `for ((`; absent: it has none, which was complained of.
    async fn evaluate_clause(
        &mut self,
        command: &Command,
        expression: &Arithmetic,
    ) -> Result<Option<i64>, Unwind> {
        self.state.line = self.state.line_of(command.line);
        if !expression.text.parts.is_empty() && self.state.traps.are_used() {
            Box::pin(self.before_clause(expression)).await?;
        }
        self.evaluate_command(expression, true).await
    }
}
