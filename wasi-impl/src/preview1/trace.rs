//! A preview1 call in words, for `--trace`: its name, its arguments with paths as text, and its result.

use std::fmt::Write;

use bstr::BStr;

use super::abi::{self, LOOKUP_SYMLINK_FOLLOW, fdflags, fstflags, oflags};
use super::{Call, Memory};
use crate::kernel::Outcome;

/// The most bytes of a string that a trace shows.
const SHOWN_BYTES: u32 = 64;

/// One line for a performed call, without the newline.
pub(crate) fn describe(call: &Call, memory: &Memory<'_>, outcome: &Outcome<u16>) -> String {
    let mut text = format!("{}(", call.name());
    let arguments = call.arguments();
    let mut separator = "";
    let mut rest = arguments.as_slice();
    while let [(name, value), tail @ ..] = rest {
        text.push_str(separator);
        separator = ", ";
        rest = tail;
        if let (Some((_, length)), true) = (tail.first(), name.ends_with("path")) {
            rest = tail.get(1..).unwrap_or_default();
            shown(&mut text, memory, *value, *length);
        } else {
            plain(&mut text, call, name, *value);
        }
    }
    text.push_str(") = ");
    match outcome {
        Outcome::Done(abi::SUCCESS) => result(&mut text, call, memory),
        Outcome::Done(number) => text.push_str(abi::errno_name(*number)),
        Outcome::Block(_) => text.push_str("? (waits)"),
        Outcome::Exit(status) => {
            // Writing to a String cannot fail.
            let _ = write!(text, "ends with {}", status.code());
        }
    }
    text
}

/// Writes bytes of guest memory as text, cut where they are long.
pub(crate) fn shown(text: &mut String, memory: &Memory<'_>, pointer: u64, length: u64) {
    let (pointer, length) = (low(pointer), low(length));
    let cut = length.min(SHOWN_BYTES);
    let _ = match memory.slice(pointer, cut) {
        Ok(bytes) if cut < length => write!(text, "{:?}...", BStr::new(bytes)),
        Ok(bytes) => write!(text, "{:?}", BStr::new(bytes)),
        Err(_) => write!(text, "{pointer:#x}"),
    };
}

/// An argument in the words of the document where it has some, else as a number; pointers and what else is made of bits
/// in hexadecimal, with its name.
fn plain(text: &mut String, call: &Call, name: &str, value: u64) {
    let bits = low(value);
    let words = match (call, name) {
        (Call::FdSeek { offset, .. }, "offset") => offset.to_string(),
        (Call::FdTell { .. }, "offset") => format!("offset {value:#x}"),
        (_, "oflags") => flags(
            bits,
            &[
                (oflags::CREAT, "CREAT"),
                (oflags::DIRECTORY, "DIRECTORY"),
                (oflags::EXCL, "EXCL"),
                (oflags::TRUNC, "TRUNC"),
            ],
        ),
        (_, "fdflags") | (Call::FdFdstatSetFlags { .. }, "flags") => flags(
            bits,
            &[
                (fdflags::APPEND, "APPEND"),
                (fdflags::DSYNC, "DSYNC"),
                (fdflags::NONBLOCK, "NONBLOCK"),
                (fdflags::RSYNC, "RSYNC"),
                (fdflags::SYNC, "SYNC"),
            ],
        ),
        (_, "dirflags" | "old_flags")
        | (Call::PathFilestatGet { .. } | Call::PathFilestatSetTimes { .. }, "flags") => {
            flags(bits, &[(LOOKUP_SYMLINK_FOLLOW, "FOLLOW")])
        }
        (_, "fst_flags") => flags(
            bits,
            &[
                (fstflags::ATIM, "ATIM"),
                (fstflags::ATIM_NOW, "ATIM_NOW"),
                (fstflags::MTIM, "MTIM"),
                (fstflags::MTIM_NOW, "MTIM_NOW"),
            ],
        ),
        (_, "whence") => one_of(value, &["SET", "CUR", "END"]),
        (_, "id") => one_of(value, &["REALTIME", "MONOTONIC", "PROCESS_CPUTIME", "THREAD_CPUTIME"]),
        (_, "advice") => {
            one_of(value, &["NORMAL", "SEQUENTIAL", "RANDOM", "WILLNEED", "DONTNEED", "NOREUSE"])
        }
        (
            _,
            "to" | "code" | "cookie" | "size" | "len" | "offset" | "atim" | "mtim" | "signal" | "how"
            | "nsubscriptions" | "precision",
        ) => value.to_string(),
        _ if name.ends_with("_len") || (name.ends_with("fd") && name != "opened_fd") => value.to_string(),
        _ => format!("{name} {value:#x}"),
    };
    text.push_str(&words);
}

/// The names of the bits that are set, and what is left of them as a number.
fn flags(bits: u32, names: &[(u32, &str)]) -> String {
    let mut set: Vec<String> =
        names.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| (*name).to_owned()).collect();
    let left = names.iter().fold(bits, |left, (bit, _)| left & !bit);
    if left != 0 || set.is_empty() {
        set.push(if left == 0 { "0".to_owned() } else { format!("{left:#x}") });
    }
    set.join("|")
}

/// The name of a number that counts from 0, or the number.
fn one_of(value: u64, names: &[&str]) -> String {
    let name = usize::try_from(value).ok().and_then(|at| names.get(at));
    name.map_or_else(|| value.to_string(), |name| (*name).to_owned())
}

/// What a successful call answered: the number it wrote, where it wrote one.
fn result(text: &mut String, call: &Call, memory: &Memory<'_>) {
    let four = |at| memory.read_u32(at).map(u64::from);
    let number = match *call {
        Call::FdRead { nread: at, .. }
        | Call::FdPread { nread: at, .. }
        | Call::FdWrite { nwritten: at, .. }
        | Call::FdPwrite { nwritten: at, .. }
        | Call::FdReaddir { bufused: at, .. }
        | Call::PathReadlink { bufused: at, .. }
        | Call::PathOpen { opened_fd: at, .. }
        | Call::SockAccept { opened_fd: at, .. }
        | Call::SockRecv { ro_datalen: at, .. }
        | Call::SockSend { so_datalen: at, .. }
        | Call::PollOneoff { nevents: at, .. } => four(at),
        Call::FdSeek { newoffset: at, .. }
        | Call::FdTell { offset: at, .. }
        | Call::ClockResGet { resolution: at, .. }
        | Call::ClockTimeGet { time: at, .. } => memory.read_u64(at),
        _ => {
            text.push_str("ok");
            return;
        }
    };
    let _ = match number {
        Ok(number) => write!(text, "{number}"),
        Err(errno) => write!(text, "{}", errno.name()),
    };
}

fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::kernel::Fact;
    use crate::kernel::process::Status;
    use crate::preview1::NAMES;

    /// Every call, with `dir/f` at 0, `x` at 5 and the number 7 at 8, and its line when it was done.
    fn table() -> Vec<(Call, &'static str)> {
        use Call as C;
        let (path, path_len, old_path, old_path_len, new_path, new_path_len) = (0, 5, 0, 5, 5, 1);
        vec![
            (C::ArgsGet { argv: 1, argv_buf: 2 }, "args_get(argv 0x1, argv_buf 0x2) = ok"),
            (
                C::ArgsSizesGet { argc: 1, argv_buf_size: 2 },
                "args_sizes_get(argc 0x1, argv_buf_size 0x2) = ok",
            ),
            (C::EnvironGet { environ: 1, environ_buf: 2 }, "environ_get(environ 0x1, environ_buf 0x2) = ok"),
            (C::EnvironSizesGet { count: 1, buf_size: 2 }, "environ_sizes_get(count 0x1, buf_size 0x2) = ok"),
            (C::ClockResGet { id: 1, resolution: 8 }, "clock_res_get(MONOTONIC, resolution 0x8) = 7"),
            (C::ClockTimeGet { id: 9, precision: 3, time: 8 }, "clock_time_get(9, 3, time 0x8) = 7"),
            (C::FdAdvise { fd: 4, offset: 1, len: 2, advice: 3 }, "fd_advise(4, 1, 2, WILLNEED) = ok"),
            (C::FdAllocate { fd: 4, offset: 1, len: 2 }, "fd_allocate(4, 1, 2) = ok"),
            (C::FdClose { fd: 4 }, "fd_close(4) = ok"),
            (C::FdDatasync { fd: 4 }, "fd_datasync(4) = ok"),
            (C::FdFdstatGet { fd: 4, stat: 16 }, "fd_fdstat_get(4, stat 0x10) = ok"),
            (C::FdFdstatSetFlags { fd: 4, flags: 5 }, "fd_fdstat_set_flags(4, APPEND|NONBLOCK) = ok"),
            (
                C::FdFdstatSetRights { fd: 4, base: 66, inheriting: 0 },
                "fd_fdstat_set_rights(4, base 0x42, inheriting 0x0) = ok",
            ),
            (C::FdFilestatGet { fd: 4, buf: 16 }, "fd_filestat_get(4, buf 0x10) = ok"),
            (C::FdFilestatSetSize { fd: 4, size: 99 }, "fd_filestat_set_size(4, 99) = ok"),
            (
                C::FdFilestatSetTimes { fd: 4, atim: 1, mtim: 2, fst_flags: 6 },
                "fd_filestat_set_times(4, 1, 2, ATIM_NOW|MTIM) = ok",
            ),
            (
                C::FdPread { fd: 4, iovs: 16, iovs_len: 1, offset: 9, nread: 8 },
                "fd_pread(4, iovs 0x10, 1, 9, nread 0x8) = 7",
            ),
            (C::FdPrestatGet { fd: 3, buf: 16 }, "fd_prestat_get(3, buf 0x10) = ok"),
            (C::FdPrestatDirName { fd: 3, path, path_len }, "fd_prestat_dir_name(3, \"dir/f\") = ok"),
            (
                C::FdPwrite { fd: 4, iovs: 16, iovs_len: 1, offset: 9, nwritten: 8 },
                "fd_pwrite(4, iovs 0x10, 1, 9, nwritten 0x8) = 7",
            ),
            (C::FdRead { fd: 4, iovs: 16, iovs_len: 1, nread: 8 }, "fd_read(4, iovs 0x10, 1, nread 0x8) = 7"),
            (
                C::FdReaddir { fd: 4, buf: 16, buf_len: 8, cookie: 12, bufused: 8 },
                "fd_readdir(4, buf 0x10, 8, 12, bufused 0x8) = 7",
            ),
            (C::FdRenumber { fd: 4, to: 5 }, "fd_renumber(4, 5) = ok"),
            (
                C::FdSeek { fd: 4, offset: -3, whence: 2, newoffset: 8 },
                "fd_seek(4, -3, END, newoffset 0x8) = 7",
            ),
            (C::FdSync { fd: 4 }, "fd_sync(4) = ok"),
            (C::FdTell { fd: 4, offset: 8 }, "fd_tell(4, offset 0x8) = 7"),
            (
                C::FdWrite { fd: 1, iovs: 16, iovs_len: 1, nwritten: 8 },
                "fd_write(1, iovs 0x10, 1, nwritten 0x8) = 7",
            ),
            (C::PathCreateDirectory { fd: 3, path, path_len }, "path_create_directory(3, \"dir/f\") = ok"),
            (
                C::PathFilestatGet { fd: 3, flags: 1, path, path_len, buf: 16 },
                "path_filestat_get(3, FOLLOW, \"dir/f\", buf 0x10) = ok",
            ),
            (
                C::PathFilestatSetTimes { fd: 3, flags: 0, path, path_len, atim: 1, mtim: 2, fst_flags: 5 },
                "path_filestat_set_times(3, 0, \"dir/f\", 1, 2, ATIM|MTIM) = ok",
            ),
            (
                C::PathLink {
                    old_fd: 3,
                    old_flags: 0,
                    old_path,
                    old_path_len,
                    new_fd: 4,
                    new_path,
                    new_path_len,
                },
                "path_link(3, 0, \"dir/f\", 4, \"x\") = ok",
            ),
            (
                C::PathOpen {
                    fd: 3,
                    dirflags: 1,
                    path,
                    path_len,
                    oflags: 0x109,
                    rights_base: 66,
                    rights_inheriting: 0,
                    fdflags: 1,
                    opened_fd: 8,
                },
                "path_open(3, FOLLOW, \"dir/f\", CREAT|TRUNC|0x100, rights_base 0x42, rights_inheriting 0x0, APPEND, \
                 opened_fd 0x8) = 7",
            ),
            (
                C::PathReadlink { fd: 3, path, path_len, buf: 16, buf_len: 9, bufused: 8 },
                "path_readlink(3, \"dir/f\", buf 0x10, 9, bufused 0x8) = 7",
            ),
            (C::PathRemoveDirectory { fd: 3, path, path_len }, "path_remove_directory(3, \"dir/f\") = ok"),
            (
                C::PathRename { fd: 3, old_path, old_path_len, new_fd: 3, new_path, new_path_len },
                "path_rename(3, \"dir/f\", 3, \"x\") = ok",
            ),
            (
                C::PathSymlink { old_path, old_path_len, fd: 3, new_path, new_path_len },
                "path_symlink(\"dir/f\", 3, \"x\") = ok",
            ),
            (C::PathUnlinkFile { fd: 3, path, path_len }, "path_unlink_file(3, \"dir/f\") = ok"),
            (
                C::PollOneoff { subscriptions: 16, events: 32, nsubscriptions: 1, nevents: 8 },
                "poll_oneoff(subscriptions 0x10, events 0x20, 1, nevents 0x8) = 7",
            ),
            (C::ProcExit { code: 3 }, "proc_exit(3) = ok"),
            (C::ProcRaise { signal: 9 }, "proc_raise(9) = ok"),
            (C::SchedYield {}, "sched_yield() = ok"),
            (C::RandomGet { buf: 16, buf_len: 8 }, "random_get(buf 0x10, 8) = ok"),
            (C::SockAccept { fd: 4, flags: 0, opened_fd: 8 }, "sock_accept(4, flags 0x0, opened_fd 0x8) = 7"),
            (
                C::SockRecv { fd: 4, ri_data: 16, ri_data_len: 1, ri_flags: 0, ro_datalen: 8, ro_flags: 12 },
                "sock_recv(4, ri_data 0x10, 1, ri_flags 0x0, ro_datalen 0x8, ro_flags 0xc) = 7",
            ),
            (
                C::SockSend { fd: 4, si_data: 16, si_data_len: 1, si_flags: 0, so_datalen: 8 },
                "sock_send(4, si_data 0x10, 1, si_flags 0x0, so_datalen 0x8) = 7",
            ),
            (C::SockShutdown { fd: 4, how: 2 }, "sock_shutdown(4, 2) = ok"),
        ]
    }

    #[test]
    fn every_call_has_its_line() {
        let mut bytes = *b"dir/fx\0\0\x07\0\0\0\0\0\0\0";
        let memory = Memory::new(&mut bytes);
        let mut names = HashSet::new();
        for (call, line) in table() {
            assert_eq!(describe(&call, &memory, &Outcome::Done(abi::SUCCESS)), line);
            names.insert(call.name());
        }
        assert_eq!(names, HashSet::from(NAMES));
    }

    #[test]
    fn a_failed_call_names_its_errno_and_no_pointer_is_trusted() {
        for (call, line) in table() {
            let mut nothing = [];
            let memory = Memory::new(&mut nothing);
            let failed =
                describe(&call, &memory, &Outcome::Done(abi::errno_number(wasmsand_vfs::Errno::Fault)));
            assert!(failed.starts_with(call.name()) && failed.ends_with(") = EFAULT"), "{failed}");
            let done = describe(&call, &memory, &Outcome::Done(abi::SUCCESS));
            let expected = if line.ends_with(" = 7") { " = EFAULT" } else { " = ok" };
            assert!(done.ends_with(expected), "{done}");
        }
    }

    #[test]
    fn a_call_that_waits_or_ends_says_so() {
        let memory = &Memory::new(&mut []);
        let exit = describe(&Call::ProcExit { code: 3 }, memory, &Outcome::Exit(Status::Exited(3)));
        assert_eq!(exit, "proc_exit(3) = ends with 3");
        let read = Call::FdRead { fd: 0, iovs: 0, iovs_len: 0, nread: 0 };
        let waits = describe(&read, memory, &Outcome::Block(Fact::Line));
        assert_eq!(waits, "fd_read(0, iovs 0x0, 0, nread 0x0) = ? (waits)");
    }

    #[test]
    fn a_long_path_is_cut_and_odd_bytes_are_shown() {
        let mut bytes = [b'x'; 100];
        bytes[..3].copy_from_slice(b"\n\xff\"");
        let memory = Memory::new(&mut bytes);
        let call = |path_len| Call::PathUnlinkFile { fd: 3, path: 0, path_len };
        let done = Outcome::Done(abi::SUCCESS);
        assert_eq!(describe(&call(3), &memory, &done), r#"path_unlink_file(3, "\n\xff\"") = ok"#);
        let cut = format!(r#"path_unlink_file(3, "\n\xff\"{}"...) = ok"#, "x".repeat(61));
        assert_eq!(describe(&call(100), &memory, &done), cut);
    }
}
