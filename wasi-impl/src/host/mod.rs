//! The host: the only door between the machine and everything outside it.
//!
//! An implementation brings clocks, chance, three byte streams and a way to sleep. It never calls back. Two come
//! with the project: the native one of the `wasmsand` package, and [`Simulated`], which is deterministic.

mod simulated;

pub use simulated::{Faults, Simulated};

use std::any::Any;

use wasmsand_vfs::Errno;

/// One of the host's byte streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Read.
    Input,
    /// Written.
    Output,
    /// Written.
    Error,
    /// The controlling terminal, behind `/dev/tty`.
    Terminal,
}

/// The door outside. It is `Any`, so that whoever made one finds it again ([`crate::kernel::Kernel::host_as`]).
pub trait Host: Any + Send {
    /// Nanoseconds since the Unix epoch.
    fn realtime(&mut self) -> u64;

    /// Nanoseconds of a clock that never goes back.
    fn monotonic(&mut self) -> u64;

    /// Fills with random bytes.
    fn random(&mut self, bytes: &mut [u8]);

    /// Reads what is there; 0 is end of file.
    ///
    /// # Errors
    /// `Again` when nothing is there yet; `NxIo` when there is no such stream.
    fn read(&mut self, stream: Stream, bytes: &mut [u8]) -> Result<usize, Errno>;

    /// Would a read answer at once?
    fn readable(&mut self, stream: Stream) -> bool;

    /// Writes some or all of it, without waiting.
    ///
    /// # Errors
    /// `Again` when there is no room yet; `Pipe` when nobody reads any more.
    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno>;

    /// Would a write find room, or fail at once?
    fn writable(&mut self, stream: Stream) -> bool;

    /// Is the stream a terminal?
    fn is_terminal(&self, stream: Stream) -> bool;

    /// Columns and rows of the terminal.
    fn terminal_size(&mut self) -> Option<(u16, u16)>;

    /// Sleeps until something of `sleep` comes true, an interrupt was raised, or the host has news of its own. May
    /// return early; must not return late. Answers false when nothing will ever come.
    fn wait(&mut self, sleep: Sleep) -> bool;
}

/// What a machine in which nobody can run waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sleep {
    /// The earliest moment somebody waits for, nanoseconds of the monotonic clock.
    pub until: Option<u64>,
    /// A stream that somebody wants to read.
    pub input: Option<Stream>,
    /// A stream that somebody wants to write.
    pub output: Option<Stream>,
}
