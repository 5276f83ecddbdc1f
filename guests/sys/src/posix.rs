//! The calls as POSIX has them, by numbers: for a language's own `posix_spawn`, `waitpid` and `dup2`. Rust code has
//! [`crate::Command`], which owns what it opens.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use crate::fd::nanoseconds;
use crate::imports::{self, Program, SpawnOptions};
use crate::joined;

const GROUP: u32 = 1;
const CWD: u32 = 4;
const INHERITED: u32 = 8;

/// A descriptor of the child that is to be closed.
pub const CLOSED: u32 = u32::MAX;

/// What [`spawn`] is told beside the program.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A group to join; 0: a new one. Absent: the caller's.
    pub group: Option<u32>,
    /// Pairs of a descriptor of the child and the caller's that it is to be ([`CLOSED`]: none). No pair: the
    /// caller's 0, 1 and 2.
    pub descriptors: Vec<[u32; 2]>,
    /// The child finds what the caller found as `/dev/fd/N`.
    pub inherited: bool,
    /// The directory that it begins in.
    pub directory: Option<Vec<u8>>,
    /// Bit N: signal N acts by default although the caller ignores it.
    pub signals_default: u32,
}

/// Starts the program at a path in a process of its own; answers its number.
///
/// # Errors
/// Those of execve(2) that can be known at once.
pub fn spawn(path: &[u8], argv: &[Vec<u8>], env: &[Vec<u8>], options: &Options) -> io::Result<u32> {
    let flag = |bit, set| if set { bit } else { 0 };
    let argv = joined(argv.iter().map(Vec::as_slice));
    let env = joined(env.iter().map(Vec::as_slice));
    let directory = options.directory.as_deref();
    let flags = flag(GROUP, options.group.is_some())
        | flag(CWD, directory.is_some())
        | flag(INHERITED, options.inherited);
    imports::spawn(
        &Program { path, argv: &argv, env: &env },
        &SpawnOptions {
            flags,
            group: options.group.unwrap_or(0),
            actions: &options.descriptors,
            cwd: directory.unwrap_or_default(),
            signals_default: options.signals_default,
        },
    )
}

/// waitpid(2): the number and the status, as Linux numbers it, of a child that has ended; 0: none has yet. `options`
/// are `WNOHANG` (1) and `WUNTRACED` (2).
///
/// # Errors
/// ECHILD: there is no such child; `Interrupted`: a signal was caught.
pub fn wait(target: i32, options: u32, timeout: Option<Duration>) -> io::Result<(u32, u32)> {
    imports::wait(target, options, timeout.map_or(u64::MAX, nanoseconds))
}

/// dup2(2): makes `to` a copy of `from`, whatever it was before.
///
/// # Errors
/// EBADF; the process has too many descriptors.
pub fn duplicate_to(from: BorrowedFd<'_>, to: u32) -> io::Result<()> {
    imports::dup_to(from, to)
}
