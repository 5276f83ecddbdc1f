//! Timers: an `ALRM` when some time has gone by (setitimer(2) with `ITIMER_REAL`). Owns when the next one is due.

use wasmsand_vfs::Errno;

use super::Kernel;
use super::process::Pid;
use super::signal::Signal;

/// The timer of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// When it is due, nanoseconds of the monotonic clock.
    pub at: u64,
    /// How long after that it is due again; 0: never.
    pub every: u64,
}

impl Kernel {
    /// Sets a process's timer, or clears it; answers with the one that it had, as the time that was left of it.
    ///
    /// # Errors
    /// `Srch`.
    pub(crate) fn set_timer(&mut self, pid: Pid, timer: Option<(u64, u64)>) -> Result<(u64, u64), Errno> {
        let before = self.timer_left(pid)?;
        let now = self.host.monotonic();
        let timer = timer.map(|(after, every)| Timer { at: now.saturating_add(after), every });
        self.process_mut(pid)?.timer = timer;
        if let Some(timer) = timer {
            self.next_timer = Some(self.next_timer.map_or(timer.at, |at| at.min(timer.at)));
        }
        Ok(before)
    }

    /// What is left of a process's timer, and how often it is due after that; zeros: there is none.
    ///
    /// # Errors
    /// `Srch`.
    pub(crate) fn timer_left(&mut self, pid: Pid) -> Result<(u64, u64), Errno> {
        let timer = self.process(pid)?.timer;
        // A timer that is set has time left, be it the least.
        let left = |timer: Timer, now: u64| (timer.at.saturating_sub(now).max(1), timer.every);
        Ok(timer.map_or((0, 0), |timer| left(timer, self.host.monotonic())))
    }

    /// Sends the signals of the timers that are due. Costs nothing while no process has one.
    pub(crate) fn ring(&mut self) {
        let Some(next) = self.next_timer else { return };
        let now = self.host.monotonic();
        if now < next {
            return;
        }
        let set: Vec<(Pid, Timer)> = self
            .processes
            .iter()
            .filter(|(_, process)| !process.has_ended())
            .filter_map(|(pid, process)| Some((pid, process.timer?)))
            .collect();
        self.next_timer = None;
        for (pid, timer) in set {
            let timer = if timer.at > now { Some(timer) } else { self.rang(pid, timer, now) };
            if let Some(timer) = timer {
                self.next_timer = Some(self.next_timer.map_or(timer.at, |at| at.min(timer.at)));
            }
        }
    }

    /// Sends one signal, however many are due; answers with the timer as it goes on.
    fn rang(&mut self, pid: Pid, timer: Timer, now: u64) -> Option<Timer> {
        self.signal(pid, Signal::ALRM);
        let process = self.processes.get_mut(pid)?;
        process.timer = now
            .saturating_sub(timer.at)
            .checked_rem(timer.every)
            .map(|behind| Timer { at: now.saturating_add(timer.every - behind), every: timer.every });
        process.timer
    }
}
