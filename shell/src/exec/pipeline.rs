//! Pipelines: every stage a process, joined by pipes; `!` and `time`.

use std::sync::Arc;

use bstr::BString;
use wasmsand_wasi::{Clock, Fd, MovedFd, Pid, SpawnGroup, Times};

use super::source_text::JobText;
use super::{Outcome, Shell, Unwind};
use crate::state::{JobMember, SetOption, ShoptOption, TrapName};
use crate::syntax::ast::{
    Command, CommandKind, Part, Pipeline, Redirect, RedirectFd, RedirectOperation, Stage, TimeFormat, Word,
};

impl Shell {
    /// Runs a pipeline; `$?` and PIPESTATUS tell how it ended.
    pub(crate) async fn run_pipeline(&mut self, pipeline: &Pipeline) -> Outcome {
        if let Some(format) = pipeline.time {
            return Box::pin(self.run_timed(pipeline, format)).await;
        }
        self.run_untimed(pipeline).await
    }

    async fn run_untimed(&mut self, pipeline: &Pipeline) -> Outcome {
        let status = match pipeline.stages.as_slice() {
            [] => 0,
            [only] => {
                let status = self.run_command(&only.command).await?;
                if only.command.kind.is_judged() {
                    self.state.set_pipe_status(&[status]);
                }
                status
            }
            stages => Box::pin(self.run_stages(stages)).await?,
        };
        let status = if pipeline.negated { u8::from(status == 0) } else { status };
        self.state.last_status = status;
        Ok(status)
    }

    async fn run_timed(&mut self, pipeline: &Pipeline, format: TimeFormat) -> Outcome {
        let start = self.times().await;
        let outcome = self.run_untimed(pipeline).await;
        let end = self.times().await;
        let real = end.0.saturating_sub(start.0);
        let user = (end.1.own + end.1.children).saturating_sub(start.1.own + start.1.children);
        let report = match format {
            TimeFormat::Posix => {
                format!("real {:.2}\nuser {:.2}\nsys {:.2}\n", seconds(real), seconds(user), 0.0).into()
            }
            TimeFormat::Default => self.time_report(real, user),
        };
        self.write_error(&report).await;
        outcome
    }

    async fn times(&mut self) -> (u64, Times) {
        let now = self.sys.clock(Clock::Monotonic).await.unwrap_or(0);
        (now, self.sys.times().await.unwrap_or_default())
    }

    /// What `time` prints, as TIMEFORMAT says.
    fn time_report(&self, real: u64, user: u64) -> BString {
        let format = match self.state.variables.text(b"TIMEFORMAT") {
            Some(format) => format.to_owned(),
            None => "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS".into(),
        };
        if format.is_empty() {
            return BString::default();
        }
        let mut out = BString::default();
        let mut bytes = format.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if byte != b'%' {
                out.push(byte);
                continue;
            }
            let mut digits = 3;
            let mut long = false;
            if let Some(digit) = bytes.peek().filter(|byte| byte.is_ascii_digit()) {
                digits = usize::from(digit - b'0').min(3);
                bytes.next();
            }
            if bytes.peek() == Some(&b'l') {
                long = true;
                bytes.next();
            }
            let nanoseconds = match bytes.next() {
                Some(b'R') => real,
                Some(b'U') => user,
                Some(b'S') => 0,
                Some(b'P') => {
                    let share = if real == 0 { 0.0 } else { 100.0 * seconds(user) / seconds(real) };
                    out.extend_from_slice(format!("{share:.2}").as_bytes());
                    continue;
                }
                Some(b'%') => {
                    out.push(b'%');
                    continue;
                }
                _ => continue,
            };
            out.extend_from_slice(time_text(nanoseconds, digits, long).as_bytes());
        }
        out.push(b'\n');
        out
    }

    async fn run_stages(&mut self, stages: &[Stage]) -> Outcome {
        self.step().await?;
        if let Some(last) = stages.last() {
            self.state.line = last.command.line;
        }
        if self.state.traps.get(TrapName::Debug).is_some() {
            for stage in stages.iter().filter(|stage| matches!(stage.command.kind, CommandKind::Simple(_))) {
                self.state.line = stage.command.line;
                Box::pin(self.before_command(&stage.command)).await?;
            }
        }
        if self.state.options.shopt(ShoptOption::Lastpipe) && !self.state.options.on(SetOption::Monitor) {
            return self.run_stages_last_here(stages).await;
        }
        let group =
            if self.state.options.on(SetOption::Monitor) { SpawnGroup::New } else { SpawnGroup::Inherit };
        let (pids, _) = self.start_stages(stages, group, true, None).await?;
        let leader = pids.first().copied();
        let job_group = leader.filter(|_| group == SpawnGroup::New);
        let statuses = self.wait_foreground(&pids, job_group, JobText::Stages(stages)).await;
        self.state.set_pipe_status(&statuses);
        Ok(self.state.pipeline_status(&statuses))
    }

    /// `shopt -s lastpipe`: the last command runs here, reading the pipe.
    async fn run_stages_last_here(&mut self, stages: &[Stage]) -> Outcome {
        let Some((last, before)) = stages.split_last() else { return Ok(0) };
        let (pids, read) = self.start_stages(before, SpawnGroup::Inherit, true, Some(())).await?;
        let saved = self.save_fd(Fd::STDIN).await;
        if let Some(read) = read {
            let _ = self.sys.dup_to(read, Fd::STDIN).await;
            let _ = self.sys.close(read).await;
        }
        let outcome = self.run_command(&last.command).await;
        self.restore_fd(saved).await;
        let mut statuses = self.wait_foreground(&pids, None, JobText::Stages(stages)).await;
        statuses.push(outcome?);
        self.state.set_pipe_status(&statuses);
        Ok(self.state.pipeline_status(&statuses))
    }

    /// Starts the processes of a pipeline. `onward`: the last one's output is a pipe too, whose read end is answered.
    pub(crate) async fn start_stages(
        &mut self,
        stages: &[Stage],
        group: SpawnGroup,
        foreground: bool,
        onward: Option<()>,
    ) -> Result<(Vec<Pid>, Option<Fd>), Unwind> {
        let mut pids = Vec::with_capacity(stages.len());
        let mut previous: Option<Fd> = None;
        let is_job = group == SpawnGroup::New;
        let mut group = group;
        for (at, stage) in stages.iter().enumerate() {
            let mut moved = Vec::new();
            if let Some(read) = previous.take() {
                moved.push(MovedFd { from: read, to: Fd::STDIN });
            }
            if at + 1 < stages.len() || onward.is_some() {
                match self.sys.pipe().await {
                    Ok((read, write)) => {
                        previous = Some(read);
                        moved.push(MovedFd { from: write, to: Fd::STDOUT });
                    }
                    Err(errno) => {
                        for end in moved {
                            let _ = self.sys.close(end.from).await;
                        }
                        self.give_up_stages(&pids, is_job, stages).await;
                        return Err(self.fail_expansion(&format!("pipe error: {errno}")).await);
                    }
                }
            }
            let command =
                if stage.stderr_too { stderr_joined(&stage.command) } else { Arc::clone(&stage.command) };
            match self.spawn_stage(command, moved, group, foreground).await {
                Ok(pid) => {
                    if group == SpawnGroup::New {
                        group = SpawnGroup::Join(pid);
                    }
                    pids.push(pid);
                }
                Err(unwind) => {
                    if let Some(read) = previous {
                        let _ = self.sys.close(read).await;
                    }
                    self.give_up_stages(&pids, is_job, stages).await;
                    return Err(unwind);
                }
            }
        }
        Ok((pids, previous))
    }

    /// Waits for the stages of a pipeline whose others could not be started, and takes the terminal back from them.
    async fn give_up_stages(&mut self, pids: &[Pid], is_job: bool, stages: &[Stage]) {
        let job_group = pids.first().copied().filter(|_| is_job);
        self.wait_foreground(pids, job_group, JobText::Stages(stages)).await;
    }
}

impl crate::state::State {
    /// Sets PIPESTATUS.
    pub(crate) fn set_pipe_status(&mut self, statuses: &[u8]) {
        self.pipe_status.clear();
        self.pipe_status.extend_from_slice(statuses);
    }

    /// The status of a pipeline: its last command's; with pipefail the rightmost failure.
    pub(crate) fn pipeline_status(&self, statuses: &[u8]) -> u8 {
        let last = statuses.last().copied().unwrap_or(0);
        if !self.options.on(SetOption::Pipefail) {
            return last;
        }
        statuses.iter().rev().copied().find(|status| *status != 0).unwrap_or(0)
    }
}

/// The command of a stage before `|&`: with `2>&1` after its own redirections.
fn stderr_joined(command: &Command) -> Arc<Command> {
    let mut command = command.clone();
    let word = Word { parts: vec![Part::Literal("1".into())], span: command.span, written: None };
    command.redirects.push(Redirect {
        fd: RedirectFd::Number(2),
        operation: RedirectOperation::DuplicateOutput(word),
        span: command.span,
    });
    Arc::new(command)
}

#[allow(clippy::cast_precision_loss)]
// Only shown, with three digits.
fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}

fn time_text(nanoseconds: u64, digits: usize, long: bool) -> String {
    if long {
        let minutes = nanoseconds / 60_000_000_000;
        return format!("{minutes}m{:.*}s", digits, seconds(nanoseconds % 60_000_000_000));
    }
    format!("{:.*}", digits, seconds(nanoseconds))
}

impl JobMember {
    /// A process that runs.
    pub(crate) fn running(pid: Pid) -> JobMember {
        JobMember { pid, status: None }
    }
}
