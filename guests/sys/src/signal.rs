//! Signals, by their Linux numbers: what they do to this process, and sending them.
//!
//! A guest has no handlers. A signal that it catches is kept until [`take`] is asked; a call that waits when it comes
//! (or the first that would wait afterwards) fails with `Interrupted`, once. A loop that computes asks now and then;
//! that is a cheap call.

use std::io;
use std::time::Duration;

use crate::fd::nanoseconds;
use crate::imports;

/// The terminal is gone.
pub const HUP: u32 = 1;
/// Ctrl-C.
pub const INT: u32 = 2;
/// Ctrl-\.
pub const QUIT: u32 = 3;
/// Gives up.
pub const ABRT: u32 = 6;
/// Ends, whatever it does.
pub const KILL: u32 = 9;
/// For programs.
pub const USR1: u32 = 10;
/// For programs.
pub const USR2: u32 = 12;
/// A write to a pipe that nobody reads.
pub const PIPE: u32 = 13;
/// A polite request to end.
pub const TERM: u32 = 15;
/// A child ended or stopped.
pub const CHLD: u32 = 17;
/// Goes on after a stop.
pub const CONT: u32 = 18;
/// Stops, whatever it does.
pub const STOP: u32 = 19;
/// Ctrl-Z.
pub const TSTP: u32 = 20;

/// What a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// What it does to a program that knows nothing of it.
    Default,
    /// Nothing; started programs ignore it too.
    Ignore,
    /// It is kept for [`take`].
    Catch,
}

/// Sets what a signal does to this process.
///
/// # Errors
/// `InvalidInput`: no such signal, or one that always acts.
pub fn set_action(signal: u32, action: Action) -> io::Result<()> {
    let action = match action {
        Action::Default => 0,
        Action::Ignore => 1,
        Action::Catch => 2,
    };
    imports::signal_action(signal, action)
}

/// A set of signals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals(pub(crate) u32);

impl Signals {
    /// Is it in?
    pub fn contains(self, signal: u32) -> bool {
        signal < 32 && self.0 & (1 << signal) != 0
    }

    /// Is there none?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The members, ascending.
    pub fn iter(self) -> impl Iterator<Item = u32> {
        (1..32).filter(move |signal| self.contains(*signal))
    }
}

/// Takes the signals that were caught since the last time.
pub fn take() -> Signals {
    // The call has no other failure than a wrong address.
    Signals(imports::signals_take().unwrap_or(0))
}

/// The timer of this process, which sends it an `ALRM`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timer {
    /// When the next one comes; zero: never.
    pub after: Duration,
    /// How long after that it comes again; zero: once.
    pub every: Duration,
}

impl Timer {
    fn new([after, every]: [u64; 2]) -> Timer {
        Timer { after: Duration::from_nanos(after), every: Duration::from_nanos(every) }
    }
}

/// Sets the timer; answers what was left of the one before.
///
/// # Errors
/// ENOSYS: the host has none.
pub fn set_timer(timer: Timer) -> io::Result<Timer> {
    imports::timer_set(nanoseconds(timer.after), nanoseconds(timer.every)).map(Timer::new)
}

/// What is left of the timer.
///
/// # Errors
/// ENOSYS: the host has none.
pub fn timer() -> io::Result<Timer> {
    imports::timer_get().map(Timer::new)
}

/// Whom a signal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One process.
    Process(u32),
    /// All of a group.
    Group(u32),
    /// All of this process's group.
    OwnGroup,
    /// All but this process and the first of the session.
    All,
}

/// Sends a signal; 0 only asks whether somebody is there.
///
/// # Errors
/// `InvalidInput`: no such signal, or a number that names no process (0) or no group (0, 1); ESRCH: nobody is there.
pub fn send(target: Target, signal: u32) -> io::Result<()> {
    let number = |pid: u32, least: u32| match i32::try_from(pid) {
        Ok(number) if pid >= least => Ok(number),
        _ => Err(io::Error::from(io::ErrorKind::InvalidInput)),
    };
    imports::kill(
        match target {
            Target::Process(pid) => number(pid, 1)?,
            // -1 means everybody, so the group of the first process has no number of its own here.
            Target::Group(group) => -number(group, 2)?,
            Target::OwnGroup => 0,
            Target::All => -1,
        },
        signal,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_a_bit_for_each_number() {
        let set = Signals(1 << INT | 1 << TERM);
        assert_eq!(set.iter().collect::<Vec<_>>(), [INT, TERM]);
        assert!(!set.contains(32) && !set.contains(u32::MAX) && Signals(0).is_empty());
    }
}
