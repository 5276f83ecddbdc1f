//! Waiting for children, and what is said of those that a signal ended.

use bstr::BString;
use wasmsand_wasi::{Errno, Pid, Signal, Status, WaitTarget};

use super::source_text::JobText;
use super::{Outcome, Shell, Unwind};
use crate::state::{JobMember, SetOption};

impl Shell {
    /// Waits for one child to end; its status. Signals that come meanwhile are looked at afterwards.
    pub(crate) async fn wait_for(&mut self, pid: Pid) -> u8 {
        self.wait_status(pid, false).await.map_or(127, Status::code)
    }

    async fn wait_status(&mut self, pid: Pid, stopped_too: bool) -> Option<Status> {
        loop {
            match self.sys.wait(WaitTarget::Pid(pid), true, stopped_too).await {
                Ok(Some((_, status))) => return Some(status),
                Err(Errno::Intr) if self.is_dying() => return None,
                Ok(None) | Err(Errno::Intr) => {}
                Err(_) => return self.state.jobs.ended(pid),
            }
        }
    }

    /// Waits for the processes of a pipeline in the foreground; their statuses. One that stops becomes a job.
    pub(crate) async fn wait_foreground(
        &mut self,
        pids: &[Pid],
        group: Option<Pid>,
        text: JobText<'_>,
    ) -> Vec<u8> {
        let job_control = group.is_some();
        let mut members: Vec<JobMember> = pids.iter().copied().map(JobMember::running).collect();
        for member in &mut members {
            member.status = self.wait_status(member.pid, job_control).await.or(Some(Status::Exited(127)));
        }
        if job_control {
            let own = self.sys.pid();
            let _ = self.sys.set_foreground(own).await;
        }
        let statuses = members.iter().map(|member| member.status.map_or(127, Status::code)).collect();
        let stopped = members.iter().any(|member| matches!(member.status, Some(Status::Stopped(_))));
        if stopped {
            self.note_stopped(members, group, text.source()).await;
        } else {
            self.tell_foreground_end(&members, text).await;
        }
        self.reap_asides().await;
        statuses
    }

    /// A command that was stopped in the foreground ends the loops around it.
    pub(crate) fn leave_stopped(&mut self, status: u8) -> Outcome {
        if std::mem::take(&mut self.leaves_loops) && self.state.loops > 0 {
            return Err(Unwind::Break(self.state.loops, status));
        }
        Ok(status)
    }

    async fn note_stopped(&mut self, members: Vec<JobMember>, group: Option<Pid>, text: BString) {
        // What was a job before it came to the foreground is the same one again.
        let known =
            members.first().and_then(|member| self.state.jobs.of_process(member.pid)).map(|job| job.number);
        let number = match known {
            Some(number) => {
                for member in &members {
                    member.status.map(|status| self.state.jobs.note(member.pid, status));
                }
                self.state.jobs.make_current(number);
                Some(number)
            }
            None => self.state.jobs.add(members, group, text),
        };
        let Some(number) = number else { return };
        self.leaves_loops = self.state.loops > 0;
        self.write_error(b"\n").await;
        let line = self.job_line(number, false);
        self.write_error(&line).await;
        if let Some(job) = self.state.jobs.get_mut(number) {
            job.notified = true;
        }
    }

    /// What bash says of a pipeline in the foreground that a signal ended: nothing for INT and PIPE.
    async fn tell_foreground_end(&mut self, members: &[JobMember], text: JobText<'_>) {
        let Some(last) = members.last() else { return };
        let Some(Status::Signaled(signal)) = last.status else { return };
        let text = text.source();
        match signal {
            Signal::INT if self.state.interactive => self.write_error(b"\n").await,
            Signal::INT | Signal::PIPE => {}
            Signal::TERM => self.write_error(b"Terminated\n").await,
            _ if self.state.interactive || text.is_empty() => {
                self.write_error(format!("{}\n", signal.description()).as_bytes()).await;
            }
            _ => {
                let mut message = format!("{:5} {:<24}", last.pid, signal.description()).into_bytes();
                message.extend_from_slice(&text);
                self.complain(&message).await;
            }
        }
    }

    /// Takes note, without waiting, of children that ended or stopped.
    pub(crate) async fn reap(&mut self) {
        if self.state.jobs.is_empty() {
            self.reap_asides().await;
            return;
        }
        let stopped_too = self.state.options.on(SetOption::Monitor);
        while let Ok(Some((pid, status))) = self.sys.wait(WaitTarget::Any, false, stopped_too).await {
            self.note_child(pid, status);
        }
    }

    /// Takes note of a child's end.
    pub(crate) fn note_child(&mut self, pid: Pid, status: Status) {
        if self.state.jobs.note(pid, status) {
            return;
        }
        self.asides.retain(|aside| *aside != pid);
        self.readers.retain(|reader| *reader != pid);
        self.state.jobs.remember(pid, status);
    }

    /// Waits for every process substitution, as `wait` does.
    pub(crate) async fn wait_for_asides(&mut self) {
        while let Some(pid) = self.asides.pop_front() {
            if let Some(status) = self.wait_status(pid, false).await {
                self.state.jobs.remember(pid, status);
            }
        }
        self.readers.clear();
    }

    async fn reap_asides(&mut self) {
        for _ in 0..self.asides.len() {
            let Some(pid) = self.asides.pop_front() else { return };
            match self.sys.wait(WaitTarget::Pid(pid), false, false).await {
                Ok(Some((_, status))) => {
                    self.readers.retain(|reader| *reader != pid);
                    self.state.jobs.remember(pid, status);
                }
                Ok(None) | Err(Errno::Intr) => self.asides.push_back(pid),
                Err(_) => {}
            }
        }
    }

    /// Is the process a child that belongs to no job?
    pub(crate) fn is_aside(&self, pid: Pid) -> bool {
        self.asides.contains(&pid)
    }
}
