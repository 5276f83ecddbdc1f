//! The imports: the functions of the module `wasmsand`, and `poll_oneoff`, behind safe functions over slices.
//!
//! The only file with unsafe code. Every function answers an errno, which wasi-libc and so std number as WASI does.

#![expect(unsafe_code, reason = "imports are declared and called here, behind safe functions")]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

#[cfg(target_os = "wasi")]
mod raw {
    // SAFETY: the signatures are those of wasi-impl/ABI.md. Those that are `safe` take integers only.
    #[link(wasm_import_module = "wasmsand")]
    unsafe extern "C" {
        pub(super) safe fn version() -> u32;
        pub(super) fn spawn(
            path: *const u8,
            path_len: usize,
            argv: *const u8,
            argv_len: usize,
            env: *const u8,
            env_len: usize,
            options: *const u32,
            pid: *mut u32,
        ) -> u32;
        pub(super) fn exec(
            path: *const u8,
            path_len: usize,
            argv: *const u8,
            argv_len: usize,
            env: *const u8,
            env_len: usize,
        ) -> u32;
        pub(super) fn wait(target: i32, options: u32, timeout: u64, status: *mut u32, pid: *mut u32) -> u32;
        pub(super) safe fn kill(target: i32, signal: u32) -> u32;
        pub(super) fn process_ids(ids: *mut u32) -> u32;
        pub(super) fn process_times(times: *mut u64) -> u32;
        pub(super) fn processes(buf: *mut u8, buf_len: usize, used: *mut u32) -> u32;
        pub(super) safe fn set_group(pid: u32, group: u32) -> u32;
        pub(super) safe fn set_foreground(group: u32) -> u32;
        pub(super) safe fn signal_action(signal: u32, action: u32) -> u32;
        pub(super) fn signals_take(signals: *mut u32) -> u32;
        pub(super) fn timer_set(after: u64, every: u64, left: *mut u64) -> u32;
        pub(super) fn timer_get(left: *mut u64) -> u32;
        pub(super) fn pipe(read_fd: *mut u32, write_fd: *mut u32) -> u32;
        pub(super) fn dup(fd: u32, at_least: u32, new_fd: *mut u32) -> u32;
        pub(super) fn cwd_get(buf: *mut u8, buf_len: usize, used: *mut u32) -> u32;
        pub(super) fn cwd_set(path: *const u8, path_len: usize) -> u32;
        pub(super) fn umask(mask: u32, old: *mut u32) -> u32;
        pub(super) fn access(path: *const u8, path_len: usize, mode: u32) -> u32;
        pub(super) fn mode_set(path: *const u8, path_len: usize, follow: u32, mode: u32) -> u32;
        pub(super) safe fn mode_set_fd(fd: u32, mode: u32) -> u32;
        pub(super) fn owner_set(path: *const u8, path_len: usize, follow: u32, uid: u32, gid: u32) -> u32;
        pub(super) safe fn owner_set_fd(fd: u32, uid: u32, gid: u32) -> u32;
        pub(super) fn stat(path: *const u8, path_len: usize, follow: u32, buf: *mut u64) -> u32;
        pub(super) fn stat_fd(fd: u32, buf: *mut u64) -> u32;
        pub(super) fn make_fifo(path: *const u8, path_len: usize, mode: u32) -> u32;
        pub(super) fn file_system_stat(path: *const u8, path_len: usize, buf: *mut u64) -> u32;
        pub(super) fn terminal_size(columns: *mut u32, rows: *mut u32) -> u32;
        pub(super) fn terminal_mode_get(fd: u32, mode: *mut u32) -> u32;
        pub(super) safe fn terminal_mode_set(fd: u32, mode: u32, lasting: u32) -> u32;
    }

    // SAFETY: the signature is the one of WASI preview1's document.
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    unsafe extern "C" {
        pub(super) fn poll_oneoff(
            subscriptions: *const u64,
            events: *mut u64,
            nsubscriptions: usize,
            nevents: *mut u32,
        ) -> u32;
        pub(super) safe fn fd_renumber(from: u32, to: u32) -> u32;
    }
}

/// Where there is no such module every function is missing.
#[cfg(not(target_os = "wasi"))]
#[allow(clippy::too_many_arguments, reason = "the ABI's own lists")]
mod raw {
    /// WASI's number of ENOSYS.
    const NOSYS: u32 = 52;

    macro_rules! missing {
        ($($name:ident($($type:ty),*);)*) => {
            $(pub(super) unsafe fn $name($(_: $type),*) -> u32 { NOSYS })*
        };
    }

    macro_rules! missing_safe {
        ($($name:ident($($type:ty),*);)*) => {
            $(pub(super) fn $name($(_: $type),*) -> u32 { NOSYS })*
        };
    }

    missing_safe! {
        version();
        kill(i32, u32);
        set_group(u32, u32);
        set_foreground(u32);
        signal_action(u32, u32);
        mode_set_fd(u32, u32);
        owner_set_fd(u32, u32, u32);
        terminal_mode_set(u32, u32, u32);
        fd_renumber(u32, u32);
    }

    missing! {
        spawn(*const u8, usize, *const u8, usize, *const u8, usize, *const u32, *mut u32);
        exec(*const u8, usize, *const u8, usize, *const u8, usize);
        wait(i32, u32, u64, *mut u32, *mut u32);
        process_ids(*mut u32);
        process_times(*mut u64);
        processes(*mut u8, usize, *mut u32);
        signals_take(*mut u32);
        timer_set(u64, u64, *mut u64);
        timer_get(*mut u64);
        pipe(*mut u32, *mut u32);
        dup(u32, u32, *mut u32);
        cwd_get(*mut u8, usize, *mut u32);
        cwd_set(*const u8, usize);
        umask(u32, *mut u32);
        access(*const u8, usize, u32);
        mode_set(*const u8, usize, u32, u32);
        owner_set(*const u8, usize, u32, u32, u32);
        stat(*const u8, usize, u32, *mut u64);
        stat_fd(u32, *mut u64);
        make_fifo(*const u8, usize, u32);
        file_system_stat(*const u8, usize, *mut u64);
        terminal_size(*mut u32, *mut u32);
        terminal_mode_get(u32, *mut u32);
        poll_oneoff(*const u64, *mut u64, usize, *mut u32);
    }
}

/// WASI's number of ERANGE: a buffer was too small.
const RANGE: u32 = 68;

fn result(errno: u32) -> io::Result<()> {
    match errno {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(i32::try_from(errno).unwrap_or(i32::MAX))),
    }
}

fn number(fd: BorrowedFd<'_>) -> u32 {
    fd.as_raw_fd().cast_unsigned()
}

pub(crate) fn version() -> u32 {
    raw::version()
}

/// What `spawn` and `exec` run; lists are NUL-terminated strings.
pub(crate) struct Program<'a> {
    pub(crate) path: &'a [u8],
    pub(crate) argv: &'a [u8],
    pub(crate) env: &'a [u8],
}

/// The options of `spawn` but for the addresses of the lists.
pub(crate) struct SpawnOptions<'a> {
    pub(crate) flags: u32,
    pub(crate) group: u32,
    /// Pairs of a child's descriptor and its source.
    pub(crate) actions: &'a [[u32; 2]],
    pub(crate) cwd: &'a [u8],
    pub(crate) signals_default: u32,
}

/// An address as the options hold it: guests have 32 bits of them.
fn address<T>(pointer: *const T) -> u32 {
    u32::try_from(pointer.addr()).unwrap_or(0)
}

fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

pub(crate) fn spawn(program: &Program<'_>, options: &SpawnOptions<'_>) -> io::Result<u32> {
    let words = [
        32,
        options.flags,
        options.group,
        address(options.actions.as_ptr()),
        length(options.actions.len()),
        address(options.cwd.as_ptr()),
        length(options.cwd.len()),
        options.signals_default,
    ];
    let Program { path, argv, env } = *program;
    let mut pid = 0;
    // SAFETY: each pair is a slice that lives until the call is over; the options are eight words, of which two name
    // slices that live as long; the number is ours to be written.
    result(unsafe {
        raw::spawn(
            path.as_ptr(),
            path.len(),
            argv.as_ptr(),
            argv.len(),
            env.as_ptr(),
            env.len(),
            words.as_ptr(),
            &raw mut pid,
        )
    })?;
    Ok(pid)
}

pub(crate) fn exec(program: &Program<'_>) -> io::Error {
    let Program { path, argv, env } = *program;
    // SAFETY: each pair is a slice that lives until the call is over.
    let errno =
        unsafe { raw::exec(path.as_ptr(), path.len(), argv.as_ptr(), argv.len(), env.as_ptr(), env.len()) };
    // A success does not return.
    result(errno).err().unwrap_or_else(|| io::ErrorKind::Other.into())
}

/// A child's number and status; 0: none yet.
pub(crate) fn wait(target: i32, options: u32, timeout: u64) -> io::Result<(u32, u32)> {
    let (mut status, mut pid) = (0, 0);
    // SAFETY: both numbers are ours to be written.
    result(unsafe { raw::wait(target, options, timeout, &raw mut status, &raw mut pid) })?;
    Ok((pid, status))
}

pub(crate) fn kill(target: i32, signal: u32) -> io::Result<()> {
    result(raw::kill(target, signal))
}

pub(crate) fn process_ids() -> io::Result<[u32; 4]> {
    let mut ids = [0; 4];
    // SAFETY: the four numbers are ours to be written.
    result(unsafe { raw::process_ids(ids.as_mut_ptr()) })?;
    Ok(ids)
}

pub(crate) fn process_times() -> io::Result<[u64; 2]> {
    let mut times = [0; 2];
    // SAFETY: both numbers are ours to be written.
    result(unsafe { raw::process_times(times.as_mut_ptr()) })?;
    Ok(times)
}

/// Asks with a growing buffer until the answer fits.
fn sized(ask: impl Fn(*mut u8, usize, *mut u32) -> u32) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; 256];
    loop {
        let mut used = 0;
        let errno = ask(buffer.as_mut_ptr(), buffer.len(), &raw mut used);
        let used = usize::try_from(used).unwrap_or(usize::MAX);
        if errno != RANGE {
            result(errno)?;
            buffer.truncate(used);
            return Ok(buffer);
        }
        buffer.resize(used.max(buffer.len()), 0);
    }
}

pub(crate) fn processes() -> io::Result<Vec<u8>> {
    // SAFETY: `sized` gives the bytes of a vector, and a number of its own.
    sized(|buf, len, used| unsafe { raw::processes(buf, len, used) })
}

pub(crate) fn set_group(pid: u32, group: u32) -> io::Result<()> {
    result(raw::set_group(pid, group))
}

pub(crate) fn set_foreground(group: u32) -> io::Result<()> {
    result(raw::set_foreground(group))
}

pub(crate) fn signal_action(signal: u32, action: u32) -> io::Result<()> {
    result(raw::signal_action(signal, action))
}

pub(crate) fn signals_take() -> io::Result<u32> {
    let mut signals = 0;
    // SAFETY: the number is ours to be written.
    result(unsafe { raw::signals_take(&raw mut signals) })?;
    Ok(signals)
}

pub(crate) fn timer_set(after: u64, every: u64) -> io::Result<[u64; 2]> {
    let mut left = [0; 2];
    // SAFETY: both numbers are ours to be written.
    result(unsafe { raw::timer_set(after, every, left.as_mut_ptr()) })?;
    Ok(left)
}

pub(crate) fn timer_get() -> io::Result<[u64; 2]> {
    let mut left = [0; 2];
    // SAFETY: both numbers are ours to be written.
    result(unsafe { raw::timer_get(left.as_mut_ptr()) })?;
    Ok(left)
}

/// A descriptor that the host has just opened for us.
fn owned(fd: u32) -> OwnedFd {
    // SAFETY: the host gave the number out as a new descriptor of this process, which nobody else knows.
    unsafe { OwnedFd::from_raw_fd(fd.cast_signed()) }
}

pub(crate) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (mut read, mut write) = (0, 0);
    // SAFETY: both numbers are ours to be written.
    result(unsafe { raw::pipe(&raw mut read, &raw mut write) })?;
    Ok((owned(read), owned(write)))
}

pub(crate) fn dup(fd: BorrowedFd<'_>, at_least: u32) -> io::Result<OwnedFd> {
    let mut new = 0;
    // SAFETY: the number is ours to be written.
    result(unsafe { raw::dup(number(fd), at_least, &raw mut new) })?;
    Ok(owned(new))
}

/// Makes `to` a copy of `from`.
pub(crate) fn dup_to(from: BorrowedFd<'_>, to: u32) -> io::Result<()> {
    if number(from) == to {
        return Ok(());
    }
    let copy = dup(from, 0)?;
    result(raw::fd_renumber(number(copy.as_fd()), to))?;
    // The number of the copy is free now.
    std::mem::forget(copy);
    Ok(())
}

pub(crate) fn cwd_get() -> io::Result<Vec<u8>> {
    // SAFETY: `sized` gives the bytes of a vector, and a number of its own.
    sized(|buf, len, used| unsafe { raw::cwd_get(buf, len, used) })
}

pub(crate) fn cwd_set(path: &[u8]) -> io::Result<()> {
    // SAFETY: the slice lives until the call is over.
    result(unsafe { raw::cwd_set(path.as_ptr(), path.len()) })
}

pub(crate) fn umask(mask: u32) -> io::Result<u32> {
    let mut old = 0;
    // SAFETY: the number is ours to be written.
    result(unsafe { raw::umask(mask, &raw mut old) })?;
    Ok(old)
}

pub(crate) fn access(path: &[u8], mode: u32) -> io::Result<()> {
    // SAFETY: the slice lives until the call is over.
    result(unsafe { raw::access(path.as_ptr(), path.len(), mode) })
}

pub(crate) fn mode_set(path: &[u8], follow: bool, mode: u32) -> io::Result<()> {
    // SAFETY: the slice lives until the call is over.
    result(unsafe { raw::mode_set(path.as_ptr(), path.len(), u32::from(follow), mode) })
}

pub(crate) fn mode_set_fd(fd: BorrowedFd<'_>, mode: u32) -> io::Result<()> {
    result(raw::mode_set_fd(number(fd), mode))
}

pub(crate) fn owner_set(path: &[u8], follow: bool, uid: u32, gid: u32) -> io::Result<()> {
    // SAFETY: the slice lives until the call is over.
    result(unsafe { raw::owner_set(path.as_ptr(), path.len(), u32::from(follow), uid, gid) })
}

pub(crate) fn owner_set_fd(fd: BorrowedFd<'_>, uid: u32, gid: u32) -> io::Result<()> {
    result(raw::owner_set_fd(number(fd), uid, gid))
}

pub(crate) fn stat(path: &[u8], follow: bool) -> io::Result<[u64; 12]> {
    let mut words = [0; 12];
    // SAFETY: the slice lives until the call is over; the words are 96 bytes of ours to be written.
    result(unsafe { raw::stat(path.as_ptr(), path.len(), u32::from(follow), words.as_mut_ptr()) })?;
    Ok(words)
}

pub(crate) fn stat_fd(fd: BorrowedFd<'_>) -> io::Result<[u64; 12]> {
    let mut words = [0; 12];
    // SAFETY: the words are 96 bytes of ours to be written.
    result(unsafe { raw::stat_fd(number(fd), words.as_mut_ptr()) })?;
    Ok(words)
}

pub(crate) fn make_fifo(path: &[u8], mode: u32) -> io::Result<()> {
    // SAFETY: the slice lives until the call is over.
    result(unsafe { raw::make_fifo(path.as_ptr(), path.len(), mode) })
}

pub(crate) fn file_system_stat(path: &[u8]) -> io::Result<[u64; 8]> {
    let mut words = [0; 8];
    // SAFETY: the slice lives until the call is over; the words are 64 bytes of ours to be written.
    result(unsafe { raw::file_system_stat(path.as_ptr(), path.len(), words.as_mut_ptr()) })?;
    Ok(words)
}

pub(crate) fn terminal_size() -> io::Result<(u32, u32)> {
    let (mut columns, mut rows) = (0, 0);
    // SAFETY: both numbers are ours to be written.
    result(unsafe { raw::terminal_size(&raw mut columns, &raw mut rows) })?;
    Ok((columns, rows))
}

pub(crate) fn terminal_mode_get(fd: BorrowedFd<'_>) -> io::Result<u32> {
    let mut mode = 0;
    // SAFETY: the number is ours to be written.
    result(unsafe { raw::terminal_mode_get(number(fd), &raw mut mode) })?;
    Ok(mode)
}

pub(crate) fn terminal_mode_set(fd: BorrowedFd<'_>, mode: u32, lasting: bool) -> io::Result<()> {
    result(raw::terminal_mode_set(number(fd), mode, u32::from(lasting)))
}

/// Waits until one of the descriptors is ready (true: to be written, false: to be read) or `timeout` nanoseconds
/// have gone by; answers which, by index.
pub(crate) fn poll(fds: &[(BorrowedFd<'_>, bool)], timeout: Option<u64>) -> io::Result<Vec<usize>> {
    // A subscription is six words: userdata, tag, then a clock (id, time-out, precision, flags) or a descriptor.
    let mut subscriptions: Vec<[u64; 6]> = fds
        .iter()
        .enumerate()
        .map(|(index, (fd, write))| [index as u64, 1 + u64::from(*write), u64::from(number(*fd)), 0, 0, 0])
        .collect();
    subscriptions.extend(timeout.map(|ns| [u64::MAX, 0, 1, ns, 0, 0]));
    let mut events = vec![[0_u64; 4]; subscriptions.len()];
    let mut count = 0;
    // SAFETY: both arrays have `subscriptions.len()` entries of 48 and 32 bytes and live until the call is over; the
    // number is ours to be written.
    result(unsafe {
        raw::poll_oneoff(
            subscriptions.as_ptr().cast(),
            events.as_mut_ptr().cast(),
            subscriptions.len(),
            &raw mut count,
        )
    })?;
    let count = usize::try_from(count).unwrap_or(0);
    Ok(events
        .iter()
        .take(count)
        .filter_map(|event| usize::try_from(event[0]).ok())
        .filter(|i| *i < fds.len())
        .collect())
}
