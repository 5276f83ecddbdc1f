//! Descriptors: pipes, copies, and waiting for them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use crate::imports;

/// A pipe: the end to read, and the end to write. A child gets neither unless it is given one.
///
/// # Errors
/// The process or the session has too many descriptors.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    imports::pipe()
}

/// A copy of a descriptor at the lowest free number of at least `at_least`. Both share the position.
///
/// # Errors
/// No number is free.
pub fn duplicate(fd: impl AsFd, at_least: u32) -> io::Result<OwnedFd> {
    imports::dup(fd.as_fd(), at_least)
}

/// Waits until one of the descriptors can be read (`true`: written) or the time is over; answers which, by index.
///
/// # Errors
/// `Interrupted`: a signal was caught meanwhile.
pub fn poll(fds: &[(BorrowedFd<'_>, bool)], timeout: Option<Duration>) -> io::Result<Vec<usize>> {
    imports::poll(fds, timeout.map(nanoseconds))
}

pub(crate) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX - 1)
}
