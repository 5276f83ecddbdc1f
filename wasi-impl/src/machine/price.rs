//! The price of a system call: the fuel that it costs a guest beside its own instructions. Owns the rates.
//!
//! A unit is about a nanosecond of a release build, as it is for an instruction. What matters is that no call does
//! much for little: a loop of the dearest calls must end with its slice, or Ctrl-C would wait for it.

use bstr::BString;

use crate::kernel::process::Process;
use crate::preview1::abi::SUCCESS;
use crate::preview1::{Call, Memory};

/// Of any call.
pub(super) const CALL: u64 = 50;

/// Of a call of the `wasmsand` module: most look up a path or copy a list.
pub(super) const MODULE_CALL: u64 = 5_000;

/// Of a call that looks up a path, and of each byte of the path: every other byte may be a step. The most is several
/// times what an ordinary one takes, because links on the way cannot be seen here: forty full ones are milliseconds.
const LOOKUP: u64 = 4_000;
const PATH_BYTE: u64 = 25;

/// Of a buffer of a vectored call, a subscription of a poll, a string of the arguments or the environment.
const PIECE: u64 = 50;

/// Bytes that are copied for one unit.
const COPIED_BYTES: u64 = 16;

/// Of each byte of directory entries: they are looked up one by one.
const ENTRY_BYTE: u64 = 4;

/// Of a transfer whose count could not be written: it may have moved as much as any.
const UNCOUNTED: u64 = 1 << 20;

/// What it costs to copy so many bytes.
pub(super) fn copied(bytes: usize) -> u64 {
    MODULE_CALL.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX) / COPIED_BYTES)
}

/// What a call costs that was just performed with this errno; where it wrote a count, that is read.
pub(super) fn of(call: &Call, errno: u32, memory: &Memory<'_>, process: Option<&Process>) -> u64 {
    let count = |at: u32| match memory.read_u32(at) {
        Ok(count) if errno == u32::from(SUCCESS) => u64::from(count),
        Ok(_) => 0,
        Err(_) => UNCOUNTED,
    };
    let lookup = |bytes: u32| LOOKUP.saturating_add(PATH_BYTE.saturating_mul(bytes.into()));
    let strings = |of: fn(&Process) -> &[BString]| {
        process.map_or(0, |process| {
            let list = of(process);
            let bytes = list.iter().fold(0_usize, |sum, string| sum.saturating_add(string.len()));
            let pieces = u64::try_from(list.len()).unwrap_or(u64::MAX).saturating_mul(PIECE);
            pieces.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX) / COPIED_BYTES)
        })
    };
    let more = match *call {
        Call::FdRead { iovs_len, nread: moved, .. }
        | Call::FdPread { iovs_len, nread: moved, .. }
        | Call::FdWrite { iovs_len, nwritten: moved, .. }
        | Call::FdPwrite { iovs_len, nwritten: moved, .. } => {
            PIECE.saturating_mul(iovs_len.into()).saturating_add(count(moved) / COPIED_BYTES)
        }
        // Blocks are made, or a hole in front of them is zeroed.
        Call::FdAllocate { len, .. } => len / COPIED_BYTES,
        Call::FdReaddir { bufused, .. } => count(bufused).saturating_mul(ENTRY_BYTE),
        Call::RandomGet { buf_len, .. } => u64::from(buf_len),
        Call::PollOneoff { nsubscriptions, .. } => PIECE.saturating_mul(nsubscriptions.into()),
        Call::ArgsGet { .. } | Call::ArgsSizesGet { .. } => strings(|process| &process.argv),
        Call::EnvironGet { .. } | Call::EnvironSizesGet { .. } => strings(|process| &process.env),
        Call::PathCreateDirectory { path_len, .. }
        | Call::PathFilestatGet { path_len, .. }
        | Call::PathFilestatSetTimes { path_len, .. }
        | Call::PathOpen { path_len, .. }
        | Call::PathReadlink { path_len, .. }
        | Call::PathRemoveDirectory { path_len, .. }
        | Call::PathUnlinkFile { path_len, .. } => lookup(path_len),
        Call::PathLink { old_path_len, new_path_len, .. }
        | Call::PathRename { old_path_len, new_path_len, .. }
        | Call::PathSymlink { old_path_len, new_path_len, .. } => {
            lookup(old_path_len).saturating_add(lookup(new_path_len))
        }
        _ => 0,
    };
    CALL.saturating_add(more)
}
