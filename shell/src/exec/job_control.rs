//! Jobs as a person sees them: notices at the prompt, the lines of `jobs`, foreground and background.

use bstr::BString;
use wasmsand_wasi::{KillTarget, Pid, Signal, Status};

use super::source_text::JobText;
use super::{Outcome, Shell};
use crate::state::{Job, JobState, SetOption};

/// How wide the column of states is.
const STATE_WIDTH: usize = 24;

/// A job's state as `jobs` shows it; `long`: as `jobs -l`, which says what stopped it.
fn state_text(state: JobState, long: bool) -> String {
    match state {
        JobState::Running => "Running".into(),
        JobState::Stopped(Status::Stopped(signal)) if long && signal != Signal::TSTP => {
            signal.description().into()
        }
        JobState::Stopped(_) => "Stopped".into(),
        JobState::Done(Status::Exited(0)) => "Done".into(),
        JobState::Done(Status::Exited(code)) => format!("Exit {code}"),
        JobState::Done(Status::Signaled(signal) | Status::Stopped(signal)) => signal.description().into(),
    }
}

impl Shell {
    /// The line of a job, with its newline; `pids`: as `jobs -l`.
    pub(crate) fn job_line(&self, number: usize, pids: bool) -> BString {
        let Some(job) = self.state.jobs.get(number) else { return BString::default() };
        let mut line = BString::from(format!("[{number}]{} ", self.state.jobs.mark(number)));
        if pids {
            let first = job.members.first().map_or(Pid(0), |member| member.pid);
            line.extend_from_slice(format!("{:>5} ", first.0).as_bytes());
        } else {
            line.push(b' ');
        }
        let state = job.state();
        line.extend_from_slice(format!("{:<STATE_WIDTH$}", state_text(state, pids)).as_bytes());
        let stages = if pids { super::source_text::stage_sources(&job.text) } else { Vec::new() };
        match stages.split_first().filter(|(_, rest)| rest.len() + 1 == job.members.len()) {
            Some((first, rest)) => {
                line.extend_from_slice(first);
                for (member, stage) in job.members.iter().skip(1).zip(rest) {
                    // What bash leaves out of these lines is a state that is the job's.
                    let own = member.status.map_or(JobState::Running, JobState::of_member);
                    let shown = if own == state { String::new() } else { state_text(own, pids) };
                    line.extend_from_slice(format!("\n     {:>5} {shown:<22}| ", member.pid.0).as_bytes());
                    line.extend_from_slice(stage);
                }
            }
            None => line.extend_from_slice(&job.text),
        }
        if state == JobState::Running {
            line.extend_from_slice(b" &");
        }
        line.push(b'\n');
        line
    }

    /// Tells of jobs that ended or stopped since, before a prompt.
    pub(crate) async fn notify_jobs(&mut self) {
        self.reap().await;
        let news: Vec<(usize, JobState)> = self
            .state
            .jobs
            .iter()
            .filter(|job| !job.notified && job.state() != JobState::Running)
            .map(|job| (job.number, job.state()))
            .collect();
        for (number, state) in news {
            let line = self.job_line(number, false);
            self.write_error(&line).await;
            if matches!(state, JobState::Done(_)) {
                self.state.jobs.remove(number);
            } else if let Some(job) = self.state.jobs.get_mut(number) {
                job.notified = true;
            }
        }
    }

    /// Takes the jobs that ended off the table of a shell without a prompt.
    pub(crate) async fn tell_job_ends(&mut self) {
        let done = |job: &Job| matches!(job.state(), JobState::Done(_)).then_some(job.number);
        for number in self.state.jobs.iter().filter_map(done).collect::<Vec<_>>() {
            self.tell_job_end(number).await;
            self.state.jobs.remove(number);
        }
    }

    /// What a shell without a prompt says of a job that ended: a signal's name, and with job control any end.
    pub(crate) async fn tell_job_end(&mut self, number: usize) {
        let Some(job) = self.state.jobs.get(number) else { return };
        let JobState::Done(status) = job.state() else { return };
        if self.state.interactive || job.notified {
            return;
        }
        match (status, job.last_pid()) {
            (Status::Signaled(signal), Some(pid))
                if !matches!(signal, Signal::INT | Signal::TERM | Signal::PIPE) =>
            {
                let mut message = format!("{:5} {:<STATE_WIDTH$}", pid.0, signal.description()).into_bytes();
                message.extend_from_slice(&job.text);
                self.complain(&message).await;
            }
            _ if self.state.options.on(SetOption::Monitor) => {
                let line = self.job_line(number, false);
                self.write_error(&line).await;
            }
            _ => {}
        }
    }

    /// Looks after the jobs between two commands of a shell without a prompt.
    pub(crate) async fn tend_jobs(&mut self) {
        if !self.state.interactive && !self.state.jobs.is_empty() {
            self.reap().await;
            self.tell_job_ends().await;
        }
    }

    /// A shell with stopped jobs says so instead of leaving, once.
    pub(crate) async fn refuses_to_leave(&mut self) -> bool {
        let stopped = self.state.jobs.iter().any(|job| matches!(job.state(), JobState::Stopped(_)));
        if !self.state.interactive || !stopped || std::mem::replace(&mut self.state.warned_of_jobs, true) {
            return false;
        }
        self.write_error(b"There are stopped jobs.\n").await;
        true
    }

    /// Lets a stopped job go on.
    pub(crate) async fn resume_job(&mut self, job: &Job) -> bool {
        let targets: Vec<KillTarget> = match job.group {
            Some(group) => vec![KillTarget::Group(group)],
            None => job.members.iter().map(|member| KillTarget::Pid(member.pid)).collect(),
        };
        let mut reached = false;
        for target in targets {
            reached |= self.sys.kill(target, Some(Signal::CONT)).await.is_ok();
        }
        self.state.jobs.resume(job.number);
        reached
    }

    /// `fg`: the job becomes the foreground one and is waited for.
    pub(crate) async fn run_in_foreground(&mut self, job: Job) -> Outcome {
        let mut text = job.text.clone();
        text.push(b'\n');
        self.write_out("fg", &text).await;
        if let Some(group) = job.group {
            let _ = self.sys.set_foreground(group).await;
        }
        self.resume_job(&job).await;
        let ended = |pid| self.state.jobs.ended(pid);
        let pids: Vec<Pid> = job.members.iter().map(|member| member.pid).collect();
        let known: Vec<Option<Status>> = pids.iter().map(|pid| ended(*pid)).collect();
        let waiting: Vec<Pid> =
            pids.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(pid, _)| *pid).collect();
        let statuses = self.wait_foreground(&waiting, job.group, JobText::Known(&job.text)).await;
        let stopped = |job: &Job| matches!(job.state(), JobState::Stopped(_));
        if !self.state.jobs.get(job.number).is_some_and(stopped) {
            self.state.jobs.remove(job.number);
        }
        let last = known.last().copied().flatten().map(Status::code);
        self.leave_stopped(last.or(statuses.last().copied()).unwrap_or(0))
    }
}
