//! The host: the only door between the machine and everything outside it.
//!
//! An implementation brings clocks, chance, three byte streams and a way to sleep. It never calls back. Three come
//! with the project: the native one of the `wasmsand` package, [`Simulated`], which is deterministic and has no
//! outside, and [`Seeded`], which is deterministic over the streams of another.

mod seeded;
mod simulated;
mod virtual_clock;

pub use seeded::Seeded;
pub use simulated::{Faults, Simulated};
use virtual_clock::{Random, VirtualClock};

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

/// How the terminal treats keys and bytes; `termios` without what no program of ours asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalMode {
    /// Input comes in lines that can be edited (`ICANON`).
    pub canonical: bool,
    /// What is typed is shown (`ECHO`).
    pub echo: bool,
    /// Ctrl-C, Ctrl-Z and Ctrl-\\ are signals (`ISIG`).
    pub signals: bool,
    /// Enter is a newline, Ctrl-S and Ctrl-Q hold the output (`ICRNL`, `IXON`).
    pub input: bool,
    /// A newline goes to the start of the next line (`OPOST`).
    pub output: bool,
}

impl TerminalMode {
    /// How a terminal begins.
    pub const COOKED: TerminalMode =
        TerminalMode { canonical: true, echo: true, signals: true, input: true, output: true };
    /// Every key and every byte as it is.
    pub const RAW: TerminalMode =
        TerminalMode { canonical: false, echo: false, signals: false, input: false, output: false };
}

/// The door outside. It is `Any`, so that whoever made one finds it again ([`crate::kernel::Kernel::host_as`]).
pub trait Host: Any + Send {
    /// Nanoseconds since the Unix epoch.
    fn realtime(&mut self) -> u64;

    /// Nanoseconds of a clock that never goes back.
    fn monotonic(&mut self) -> u64;

    /// Is told of work that was done, in fuel (about a nanosecond each), by which a virtual clock goes on. A real one
    /// does by itself.
    fn worked(&mut self, _fuel: u64) {}

    /// Fills with random bytes.
    fn random(&mut self, bytes: &mut [u8]);

    /// Reads what is there; 0 is end of file.
    ///
    /// # Errors
    /// `Again` when nothing is there yet; `NxIo` when there is no such stream.
    fn read(&mut self, stream: Stream, bytes: &mut [u8]) -> Result<usize, Errno>;

    /// Reads up to and with the first `delimiter` and takes nothing behind it; 0 is end of file. Without the delimiter
    /// at its end what was read is all that is there yet, or all there is room for.
    ///
    /// # Errors
    /// Those of [`Host::read`].
    fn read_until(&mut self, stream: Stream, delimiter: u8, bytes: &mut [u8]) -> Result<usize, Errno> {
        read_bytewise(delimiter, bytes, |byte| self.read(stream, byte))
    }

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

    /// The terminal's mode; absent without a terminal, and of a host that cannot tell.
    fn terminal_mode(&mut self) -> Option<TerminalMode> {
        None
    }

    /// Sets the terminal's mode. The machine sets back what it was at the latest when the session ends.
    ///
    /// # Errors
    /// `NoTty` without a terminal, and of a host that cannot.
    fn set_terminal_mode(&mut self, _mode: TerminalMode) -> Result<(), Errno> {
        Err(Errno::NoTty)
    }

    /// Sleeps until something of `sleep` comes true, an interrupt was raised, or the host has news of its own. May
    /// return early; must not return late. Answers false when nothing will ever come.
    fn wait(&mut self, sleep: Sleep) -> bool;
}

/// Reads a byte at a time up to a delimiter: what else is in the stream is somebody else's.
///
/// # Errors
/// That of the first read. One behind it comes again when more is asked for.
pub fn read_bytewise(
    delimiter: u8,
    bytes: &mut [u8],
    mut read: impl FnMut(&mut [u8]) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    let mut filled = 0;
    for byte in bytes.chunks_exact_mut(1) {
        match read(byte) {
            Ok(0) => break,
            Ok(_) => filled += 1,
            Err(_) if filled > 0 => break,
            Err(errno) => return Err(errno),
        }
        if byte == [delimiter] {
            break;
        }
    }
    Ok(filled)
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
