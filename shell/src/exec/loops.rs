//! Loops: while, until, for, select, and what `break` and `continue` do to them.

use std::sync::Arc;

use bstr::BString;
use wasmsand_wasi::Fd;

use super::{Outcome, Shell, Unwind};
use crate::state::SetOption;
use crate::syntax::ast::{Arithmetic, Command, List, Word};

/// What a round of a loop came to.
enum Round {
    /// The next one.
    Next(u8),
    /// The loop ends.
    Leave(u8),
}

/// What the outcome of a loop's body means for the loop.
fn round(outcome: Outcome) -> Result<Round, Unwind> {
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
            self.step().await?;
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
        let values = match words {
            Some(words) => self.expand_all(words).await?,
            None => self.state.positional.as_ref().clone(),
        };
        if !crate::state::is_name(name) {
            let mut message = BString::from("`");
            message.extend_from_slice(name);
            message.extend_from_slice(b"': not a valid identifier");
            self.complain(&message).await;
            return Ok(1);
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
        let traced: Option<Arc<[BString]>> =
            self.state.options.on(SetOption::Xtrace).then(|| values.clone().into());
        for value in values {
            self.debug(command).await?;
            self.step().await?;
            if let Some(values) = &traced {
                Box::pin(self.trace_for(name, values, words)).await;
            }
            if let Err(error) = self.bind_loop_variable(name, value) {
                self.complain(&error.to_string()).await;
                return Ok(1);
            }
            match round(self.run_list(body).await)? {
                Round::Next(last) => status = last,
                Round::Leave(last) => return Ok(last),
            }
        }
        Ok(status)
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
        init: &Arithmetic,
        condition: &Arithmetic,
        step: &Arithmetic,
        body: &List,
    ) -> Outcome {
        if self.evaluate_traced(init).await?.is_none() {
            return Ok(1);
        }
        self.state.loops += 1;
        let outcome = self.run_arithmetic_rounds(condition, step, body).await;
        self.state.loops -= 1;
        if let Ok(status) = outcome {
            self.state.last_status = status;
        }
        outcome
    }

    async fn run_arithmetic_rounds(
        &mut self,
        condition: &Arithmetic,
        step: &Arithmetic,
        body: &List,
    ) -> Outcome {
        let mut status = 0;
        loop {
            self.step().await?;
            if !condition.text.parts.is_empty() {
                match self.evaluate_traced(condition).await? {
                    None => return Ok(1),
                    Some(0) => return Ok(status),
                    Some(_) => {}
                }
            }
            match round(self.run_list(body).await)? {
                Round::Next(last) => status = last,
                Round::Leave(last) => return Ok(last),
            }
            if self.evaluate_traced(step).await?.is_none() {
                return Ok(1);
            }
        }
    }

    /// The value of an expression of `for ((`; absent: it has none, which was complained of.
    async fn evaluate_traced(&mut self, expression: &Arithmetic) -> Result<Option<i64>, Unwind> {
        if self.state.options.on(SetOption::Xtrace) && !expression.text.parts.is_empty() {
            Box::pin(self.trace_arithmetic(expression)).await;
        }
        self.evaluate_command(expression).await
    }

    /// `select name in words`
    pub(crate) async fn run_select(
        &mut self,
        name: &BString,
        words: Option<&[Word]>,
        body: &List,
    ) -> Outcome {
        let values = match words {
            Some(words) => self.expand_all(words).await?,
            None => self.state.positional.as_ref().clone(),
        };
        if values.is_empty() {
            return Ok(0);
        }
        self.state.loops += 1;
        let outcome = self.run_select_rounds(name, &values, body).await;
        self.state.loops -= 1;
        outcome
    }

    async fn run_select_rounds(&mut self, name: &BString, values: &[BString], body: &List) -> Outcome {
        let mut shown = false;
        loop {
            self.step().await?;
            if !shown {
                let menu = menu(values);
                self.write_error(&menu).await;
                shown = true;
            }
            let prompt = self.state.variables.text(b"PS3").map_or_else(|| "#? ".into(), ToOwned::to_owned);
            let prompt = Box::pin(self.expand_prompt(&prompt)).await;
            self.write_error(&prompt).await;
            let Some(line) = self.read_line(Fd::STDIN).await else {
                self.write_error(b"\n").await;
                return Ok(1);
            };
            let line = BString::from(line.trim_ascii());
            self.state.set_own("REPLY", line.clone());
            if line.is_empty() {
                shown = false;
                continue;
            }
            let choice = std::str::from_utf8(&line).ok().and_then(|text| text.parse::<usize>().ok());
            let value = choice.and_then(|choice| choice.checked_sub(1)).and_then(|index| values.get(index));
            if let Err(error) = self.state.assign_text(name, value.cloned().unwrap_or_default(), false) {
                self.complain(&error.to_string()).await;
                return Ok(1);
            }
            if let Round::Leave(last) = round(self.run_list(body).await)? {
                return Ok(last);
            }
        }
    }
}

/// The numbered words of a `select`.
fn menu(values: &[BString]) -> BString {
    let width = values.len().to_string().len();
    let mut menu = BString::default();
    for (at, value) in values.iter().enumerate() {
        menu.extend_from_slice(format!("{:width$}) ", at + 1).as_bytes());
        menu.extend_from_slice(value);
        menu.push(b'\n');
    }
    menu
}
