//! Lists and and-or lists: what runs after what, and what a failure of it means.

use std::sync::Arc;

use super::hop::Flight;
use super::{Outcome, Running, Shell, Unwind};
use crate::state::SetOption;
use crate::syntax::ast::{AndOr, CommandKind, Connector, List, Pipeline};

impl Shell {
    /// Runs a list; its status is that of the last command.
    pub(crate) fn run_list<'a>(&'a mut self, list: &'a List) -> Running<'a> {
        Box::pin(async move {
            if self.is_deep() {
                let list = list.clone();
                return self.hop(|shell| fly(shell, list)).await;
            }
            self.lists += 1;
            let outcome = self.run_items(list).await;
            self.lists = self.lists.saturating_sub(1);
            outcome
        })
    }

    async fn run_items(&mut self, list: &List) -> Outcome {
        let mut status = 0;
        for item in &list.items {
            if item.background {
                status = self.run_background(&item.and_or).await?;
            } else {
                status = self.run_and_or(&item.and_or).await?;
            }
        }
        Ok(status)
    }

    /// The same where its last command may take this process's place.
    pub(crate) async fn run_list_last(&mut self, list: &List) -> Outcome {
        let Some((last, before)) = list.items.split_last() else { return Ok(self.state.last_status) };
        for item in before {
            if item.background {
                self.run_background(&item.and_or).await?;
            } else {
                self.run_and_or(&item.and_or).await?;
            }
        }
        if last.background {
            return self.run_background(&last.and_or).await;
        }
        let plain = last.and_or.rest.is_empty() && is_plain(&last.and_or.first);
        self.tail = plain && self.may_replace();
        let outcome = self.run_and_or(&last.and_or).await;
        self.tail = false;
        outcome
    }

    /// Is nothing left to do in this process once its last command has ended?
    fn may_replace(&self) -> bool {
        self.state.traps.is_empty() && self.state.jobs.is_empty() && self.asides.is_empty()
    }

    async fn run_and_or(&mut self, and_or: &AndOr) -> Outcome {
        if and_or.rest.is_empty() {
            return self.run_pipeline_judged(&and_or.first, true).await;
        }
        let count = and_or.rest.len();
        let mut status = self.run_pipeline_judged(&and_or.first, false).await?;
        for (at, (connector, pipeline)) in and_or.rest.iter().enumerate() {
            let wanted = match connector {
                Connector::And => status == 0,
                Connector::Or => status != 0,
            };
            if wanted {
                status = self.run_pipeline_judged(pipeline, at + 1 == count).await?;
            }
        }
        Ok(status)
    }

    /// Runs a pipeline; if it is the `last` of its list and nobody tests it, a failure counts.
    async fn run_pipeline_judged(&mut self, pipeline: &Pipeline, last: bool) -> Outcome {
        if last && !pipeline.negated {
            let status = self.run_pipeline(pipeline).await?;
            if status != 0 && self.state.tested == 0 && judged(pipeline) {
                self.note_failed(pipeline);
                Box::pin(self.judge(status)).await?;
            }
            return Ok(status);
        }
        self.state.tested += 1;
        let outcome = self.run_pipeline(pipeline).await;
        self.state.tested -= 1;
        outcome
    }

    /// Runs a list whose status is tested: a condition.
    pub(crate) async fn run_condition(&mut self, list: &List) -> Outcome {
        self.state.tested += 1;
        let outcome = self.run_list(list).await;
        self.state.tested -= 1;
        outcome
    }

    /// A command failed and nobody looks at its status: the ERR trap, and the end with `set -e`.
    pub(crate) async fn judge(&mut self, status: u8) -> Result<(), Unwind> {
        self.run_err_trap(status).await?;
        if self.state.options.on(SetOption::Errexit) {
            return Err(Unwind::Exit(status));
        }
        Ok(())
    }

    /// Runs an and-or list in the background.
    async fn run_background(&mut self, and_or: &Arc<AndOr>) -> Outcome {
        self.step().await?;
        Box::pin(self.start_background(and_or)).await
    }
}

fn fly(mut shell: Shell, list: List) -> Flight<Outcome> {
    Box::pin(async move {
        let outcome = shell.run_list(&list).await;
        (shell, outcome)
    })
}

/// One command, not negated, not timed.
fn is_plain(pipeline: &Pipeline) -> bool {
    pipeline.stages.len() == 1 && !pipeline.negated && pipeline.time.is_none()
}

/// Does a failure of this pipeline itself count? A compound command's failure has counted inside it already.
fn judged(pipeline: &Pipeline) -> bool {
    match pipeline.stages.as_slice() {
        [stage] => stage.command.kind.is_judged(),
        _ => true,
    }
}

impl CommandKind {
    /// Has it a status of its own, not that of a command in it?
    pub(crate) fn is_judged(&self) -> bool {
        match self {
            CommandKind::Simple(_)
            | CommandKind::Subshell(_)
            | CommandKind::Test(_)
            | CommandKind::Arithmetic(_)
            | CommandKind::Coprocess { .. }
            | CommandKind::Text(_) => true,
            CommandKind::Group(_)
            | CommandKind::If { .. }
            | CommandKind::Loop { .. }
            | CommandKind::For { .. }
            | CommandKind::ForArithmetic { .. }
            | CommandKind::Select { .. }
            | CommandKind::Case { .. }
            | CommandKind::Function(_) => false,
        }
    }
}
