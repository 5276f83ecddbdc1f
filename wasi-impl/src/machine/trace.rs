//! The trace of `--trace`: a line for each call, on the host's standard error, in the manner of strace.

use bstr::BStr;
use wasmsand_vfs::Errno;

use crate::host::{Sleep, Stream};
use crate::kernel::call::{Answer, Call, Reply, Spawn, Spawned};
use crate::kernel::process::Pid;
use crate::kernel::{Kernel, Outcome};

/// How long a line waits for somebody to read the last ones before it is dropped.
const PATIENCE_NS: u64 = 1_000_000_000;

/// The most bytes of a string that are shown.
const SHOWN_BYTES: usize = 64;

fn shown(bytes: &[u8]) -> String {
    match bytes.get(..SHOWN_BYTES) {
        Some(start) if bytes.len() > SHOWN_BYTES => format!("{:?}...", BStr::new(start)),
        Some(_) | None => format!("{:?}", BStr::new(bytes)),
    }
}

/// A shell process's call in words. Taken before the call is performed, which may take it apart.
pub(super) fn call_words(call: &Call) -> String {
    match call {
        Call::Write { fd, bytes } => format!("write({fd}, {}, {})", shown(bytes), bytes.len()),
        Call::OpenBytes { bytes, .. } => format!("open_bytes({})", shown(bytes)),
        Call::Read { fd, bytes_max } => format!("read({fd}, {bytes_max})"),
        Call::ReadUntil { fd, delimiter, bytes_max } => {
            format!("read_until({fd}, {}, {bytes_max})", shown(&[*delimiter]))
        }
        Call::Close { fd } => format!("close({fd})"),
        Call::DupTo { fd, to } => format!("dup_to({fd}, {to})"),
        Call::Stat { path, follow } => format!("stat({path:?}, follow {follow})"),
        Call::Access { path, mode } => format!("access({path:?}, {mode:?})"),
        Call::Exec { path, argv, .. } => format!("exec({path:?}, {argv:?})"),
        Call::Spawn(spawn) => spawn_words(spawn),
        other => format!("{other:?}"),
    }
}

fn spawn_words(spawn: &Spawn) -> String {
    let what = match &spawn.program {
        Spawned::Executable { path, argv, .. } => format!("{path:?}, {argv:?}"),
        Spawned::File { argv, .. } => format!("{argv:?}"),
        Spawned::Coroutine { name, .. } => format!("<{name}>"),
    };
    let moved: Vec<String> =
        spawn.moved.iter().map(|moved| format!("{} -> {}", moved.from, moved.to)).collect();
    format!("spawn({what}, [{}])", moved.join(", "))
}

/// What a shell process's call came to, in words.
pub(super) fn outcome_words(outcome: &Outcome<Answer>) -> String {
    match outcome {
        Outcome::Done(Ok(Reply::Bytes(bytes))) => format!("{}, {}", shown(bytes), bytes.len()),
        Outcome::Done(Ok(Reply::Stat(stat))) => {
            format!("{:?} {:o}, {} bytes, inode {}", stat.kind, stat.mode, stat.size, stat.ino)
        }
        Outcome::Done(Ok(Reply::Unit)) => "ok".to_owned(),
        Outcome::Done(Ok(Reply::Number(number))) => number.to_string(),
        Outcome::Done(Ok(Reply::Fd(fd))) => fd.to_string(),
        Outcome::Done(Ok(reply)) => format!("{reply:?}"),
        Outcome::Done(Err(errno)) => errno.name().to_owned(),
        Outcome::Block(_) => "? (waits)".to_owned(),
        Outcome::Exit(status) => format!("ends with {}", status.code()),
    }
}

/// Writes one line of the trace to the host's standard error.
pub(super) fn line(kernel: &mut Kernel, pid: Pid, words: &str) {
    let name = kernel.processes.get(pid).map(|process| process.name.to_string()).unwrap_or_default();
    let line = format!("[{pid} {name}] {words}\n");
    let mut rest = line.as_bytes();
    while !rest.is_empty() {
        match kernel.host.write(Stream::Error, rest) {
            Ok(count) if count > 0 => rest = rest.get(count..).unwrap_or_default(),
            Err(Errno::Again) => {
                let until = kernel.host.monotonic().saturating_add(PATIENCE_NS);
                kernel.host.wait(Sleep { until: Some(until), output: Some(Stream::Error), input: None });
                if !kernel.host.writable(Stream::Error) {
                    return;
                }
            }
            // A trace that cannot be written is not worth ending the session for.
            Ok(_) | Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::process::Fd;

    #[test]
    fn long_strings_are_cut() {
        let call = |bytes: &[u8]| Call::Write { fd: Fd(1), bytes: bytes.to_vec() };
        assert_eq!(call_words(&call(b"hi\n")), "write(1, \"hi\\n\", 3)");
        let long = call_words(&call(&[b'x'; 100]));
        assert_eq!(long, format!("write(1, \"{}\"..., 100)", "x".repeat(64)));
    }

    #[test]
    fn errors_are_named() {
        assert_eq!(outcome_words(&Outcome::Done(Err(Errno::NoEnt))), "ENOENT");
        assert_eq!(outcome_words(&Outcome::Done(Ok(Reply::Number(7)))), "7");
    }
}
