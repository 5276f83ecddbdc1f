//! The jobs of a shell: pipelines started in the background or stopped, and the statuses of those that ended.

use std::collections::VecDeque;

use bstr::{BStr, BString, ByteSlice};
use wasmsand_wasi::{Pid, Status};

/// The most jobs a shell remembers.
pub(crate) const JOBS_MAX: usize = 4096;

/// The most statuses of ended background processes kept for `wait PID`.
const ENDED_MAX: usize = 4096;

/// A process of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JobMember {
    /// Its pid.
    pub(crate) pid: Pid,
    /// How it ended or that it stopped; absent while it runs.
    pub(crate) status: Option<Status>,
}

/// How a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobState {
    /// A process of it runs.
    Running,
    /// None runs, one is stopped.
    Stopped(Status),
    /// All ended; this is the last one's status.
    Done(Status),
}

impl JobState {
    /// How a process with this status is.
    pub(crate) fn of_member(status: Status) -> JobState {
        if matches!(status, Status::Stopped(_)) { JobState::Stopped(status) } else { JobState::Done(status) }
    }
}

/// A pipeline in the background, or a stopped one.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// Its processes, in pipeline order.
    pub(crate) members: Vec<JobMember>,
    /// Its process group, if it has one of its own.
    pub(crate) group: Option<Pid>,
    /// Its source text.
    pub(crate) text: BString,
    /// Its present state was told to the user.
    pub(crate) notified: bool,
    /// `disown -h`
    pub(crate) no_hangup: bool,
    /// It is the parent shell's: a substitution or a stage of a pipeline may list it.
    pub(crate) inherited: bool,
}

impl Job {
    /// How it is.
    pub(crate) fn state(&self) -> JobState {
        if self.members.iter().any(|member| member.status.is_none()) {
            return JobState::Running;
        }
        let stopped = self.members.iter().filter_map(|m| m.status).find(|s| matches!(s, Status::Stopped(_)));
        match (stopped, self.members.last().and_then(|member| member.status)) {
            (Some(stopped), _) => JobState::Stopped(stopped),
            (None, last) => JobState::Done(last.unwrap_or(Status::Exited(0))),
        }
    }

    /// The pid `$!` gives for it.
    pub(crate) fn last_pid(&self) -> Option<Pid> {
        self.members.last().map(|member| member.pid)
    }
}

/// Why a job specification names no job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobSelection {
    /// The job of this number.
    Job(usize),
    /// None.
    Missing,
    /// Several.
    Ambiguous,
}

/// Every job of a shell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jobs {
    jobs: Vec<Job>,
    /// Numbers of jobs, the current one last.
    recent: Vec<usize>,
    ended: VecDeque<(Pid, Status)>,
}

impl Jobs {
    /// Adds a job; answers its number. Absent: there are too many.
    pub(crate) fn add(
        &mut self,
        members: Vec<JobMember>,
        group: Option<Pid>,
        text: BString,
    ) -> Option<usize> {
        if self.jobs.len() >= JOBS_MAX {
            return None;
        }
        let number = self.jobs.iter().map(|job| job.number).max().unwrap_or(0) + 1;
        self.jobs.push(Job {
            number,
            members,
            group,
            text,
            notified: false,
            no_hangup: false,
            inherited: false,
        });
        self.make_current(number);
        Some(number)
    }

    /// Makes a job the current one (`%+`).
    pub(crate) fn make_current(&mut self, number: usize) {
        self.recent.retain(|known| *known != number);
        self.recent.push(number);
    }

    /// Notes what became of a process; says whether a job has it.
    pub(crate) fn note(&mut self, pid: Pid, status: Status) -> bool {
        let Some((number, member)) = self
            .jobs
            .iter_mut()
            .find_map(|job| job.members.iter_mut().find(|m| m.pid == pid).map(|member| (job.number, member)))
        else {
            return false;
        };
        member.status = Some(status);
        if matches!(status, Status::Stopped(_)) {
            self.make_current(number);
        } else {
            self.remember(pid, status);
        }
        if let Some(job) = self.get_mut(number) {
            job.notified = false;
        }
        true
    }

    /// Keeps the status of an ended process for `wait PID`.
    pub(crate) fn remember(&mut self, pid: Pid, status: Status) {
        if self.ended.len() >= ENDED_MAX {
            self.ended.pop_front();
        }
        self.ended.push_back((pid, status));
    }

    /// How a process that is no longer there ended.
    pub(crate) fn ended(&self, pid: Pid) -> Option<Status> {
        self.ended.iter().rev().find(|(known, _)| *known == pid).map(|(_, status)| *status)
    }

    /// Marks the members of a job as running again.
    pub(crate) fn resume(&mut self, number: usize) {
        let Some(job) = self.get_mut(number) else { return };
        for member in &mut job.members {
            if matches!(member.status, Some(Status::Stopped(_))) {
                member.status = None;
            }
        }
        job.notified = true;
    }

    /// A job by number.
    pub(crate) fn get(&self, number: usize) -> Option<&Job> {
        self.jobs.iter().find(|job| job.number == number)
    }

    /// The same, to change.
    pub(crate) fn get_mut(&mut self, number: usize) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.number == number)
    }

    /// The job a process belongs to.
    pub(crate) fn of_process(&self, pid: Pid) -> Option<&Job> {
        self.jobs.iter().find(|job| job.members.iter().any(|member| member.pid == pid))
    }

    /// Makes the newest running job the current one.
    pub(crate) fn make_newest_current(&mut self) {
        let running = self.jobs.iter().filter(|job| job.state() == JobState::Running);
        if let Some(number) = running.map(|job| job.number).max() {
            self.make_current(number);
        }
    }

    /// Takes a job off the table.
    pub(crate) fn remove(&mut self, number: usize) {
        self.jobs.retain(|job| job.number != number);
        self.recent.retain(|known| *known != number);
    }

    /// Takes every job off the table: a subshell has none of its parent's.
    pub(crate) fn clear(&mut self) {
        self.jobs.clear();
        self.recent.clear();
        self.ended.clear();
    }

    /// Keeps the parent's jobs to be listed.
    pub(crate) fn inherit(&mut self) {
        self.ended.clear();
        self.jobs.iter_mut().for_each(|job| job.inherited = true);
    }

    /// Forgets jobs of the parent: nobody here can wait for them.
    pub(crate) fn forget_inherited(&mut self) {
        let inherited = self.jobs.iter().filter(|job| job.inherited).map(|job| job.number);
        inherited.collect::<Vec<_>>().into_iter().for_each(|number| self.remove(number));
    }

    /// Takes every job that ended off the table.
    pub(crate) fn forget_done(&mut self) {
        let done: Vec<usize> = self
            .jobs
            .iter()
            .filter(|job| matches!(job.state(), JobState::Done(_)))
            .map(|job| job.number)
            .collect();
        for number in done {
            self.remove(number);
        }
    }

    /// Every job, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }

    /// Are there none?
    pub(crate) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The current job's number (`%+`).
    pub(crate) fn current(&self) -> Option<usize> {
        let stopped = |number: &&usize| {
            self.get(**number).is_some_and(|job| matches!(job.state(), JobState::Stopped(_)))
        };
        self.recent.iter().rev().find(stopped).or(self.recent.last()).copied()
    }

    /// The previous job's number (`%-`).
    pub(crate) fn previous(&self) -> Option<usize> {
        let current = self.current()?;
        self.recent.iter().rev().find(|number| **number != current).copied()
    }

    /// `+`, `-` or a space, as `jobs` marks a job.
    pub(crate) fn mark(&self, number: usize) -> char {
        if self.current() == Some(number) {
            '+'
        } else if self.previous() == Some(number) {
            '-'
        } else {
            ' '
        }
    }

    /// The job that `%…` names.
    pub(crate) fn select(&self, specification: &[u8]) -> JobSelection {
        let known = |number: Option<usize>| match number {
            Some(number) if self.get(number).is_some() => JobSelection::Job(number),
            _ => JobSelection::Missing,
        };
        let rest = specification.strip_prefix(b"%").unwrap_or(specification);
        match rest {
            b"" | b"%" | b"+" => return known(self.current()),
            b"-" => return known(self.previous().or(self.current())),
            _ => {}
        }
        if let Some(number) = std::str::from_utf8(rest).ok().and_then(|text| text.parse().ok()) {
            return known(Some(number));
        }
        let fits = |text: &BStr| match rest.strip_prefix(b"?") {
            Some(part) => text.contains_str(part),
            None => text.starts_with(rest),
        };
        let mut found = self.jobs.iter().filter(|job| fits(job.text.as_ref()));
        match (found.next(), found.next()) {
            (Some(job), None) => JobSelection::Job(job.number),
            (None, _) => JobSelection::Missing,
            (Some(_), Some(_)) => JobSelection::Ambiguous,
        }
    }
}
