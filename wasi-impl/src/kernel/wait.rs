//! Waiting: the facts about the kernel that a suspended call may wait for, and what performing a call comes to.

use wasmsand_vfs::OpenId;

use super::call::WaitTarget;
use super::process::Status;

/// Something that is true of the kernel or not yet. The scheduler reads it; nobody sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The open file can be read, or its reading would end at once.
    Readable(OpenId),
    /// The open file can be written, or its writing would fail at once.
    Writable(OpenId),
    /// The monotonic clock has reached this many nanoseconds.
    Time(u64),
    /// A child has ended (or, when asked for, stopped), or there is none to wait for.
    Child {
        /// Which children.
        target: WaitTarget,
        /// Stopped ones too.
        stopped_too: bool,
    },
    /// The other side of a FIFO has been opened, as open(2) waits for.
    Peer(OpenId),
    /// Somebody typed a line at the prompt.
    Line,
    /// One of these; none never holds.
    Any(Vec<Fact>),
}

/// What performing a call comes to.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It is done.
    Done(T),
    /// Not yet: perform it again when this holds.
    Block(Fact),
    /// The caller ends here.
    Exit(Status),
}
