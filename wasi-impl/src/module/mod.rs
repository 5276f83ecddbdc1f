//! The `wasmsand` module over the kernel: what preview1 lacks, for guests of ours. Any other program runs without it.
//!
//! ABI.md is its document. One file per family: processes, files, the terminal. A function decides an [`Errno`] as
//! deep as it can; [`perform`] maps it to WASI's number once. Nothing here waits, and nothing here starts a program:
//! that comes back as [`Performed::Start`], for the machine.
//!
//! A guest that was given particular folders sees nothing but those: whatever reaches a path, another process or the
//! person's keyboard is `NotCapable` to it.

mod call;
mod file;
mod process;
mod spawn;
mod terminal;
mod trace;

use wasmsand_vfs::{Errno, OpenId};

use crate::kernel::fd_table::Slot;
use crate::kernel::process::{Fd, Pid, World};
use crate::kernel::{Kernel, Outcome};
use crate::preview1::Memory;
use crate::preview1::abi::{SUCCESS, errno_number};

pub(crate) use call::module_calls;
pub use call::{Call, NAMES};
pub use spawn::{GuestSpawn, Program, Start};
pub(crate) use trace::{describe, words};

/// The name of the module.
pub const NAME: &str = "wasmsand";

/// The version of the ABI; ABI.md says when it grows.
pub const VERSION: u16 = 3;

/// What performing a call comes to.
#[derive(Debug)]
pub enum Performed {
    /// As of any call: an errno as WASI numbers it (of `version` the version), what it waits for, or the end.
    Outcome(Outcome<u16>),
    /// A program is to be started, after which the guest gets its errno.
    Start(Box<Start>),
}

/// One call being performed: who calls, on what kernel and memory, and since when.
struct Performance<'a> {
    kernel: &'a mut Kernel,
    pid: Pid,
    memory: Memory<'a>,
    /// When the call was first tried, nanoseconds of the monotonic clock.
    since: u64,
}

/// What most functions come to.
type Done = Result<(), Errno>;

/// What a function that may wait comes to.
type Maybe = Outcome<Done>;

/// Pointer and length of bytes in guest memory.
type Bytes = (u32, u32);

/// Performs a call.
pub fn perform(call: &Call, kernel: &mut Kernel, pid: Pid, memory: Memory<'_>, since: u64) -> Performed {
    let mut performance = Performance { kernel, pid, memory, since };
    let started = match *call {
        Call::Version {} => return Performed::Outcome(Outcome::Done(VERSION)),
        Call::Spawn { path, path_len, argv, argv_len, env, env_len, options, pid } => {
            performance.spawn((path, path_len), (argv, argv_len), (env, env_len), options, pid)
        }
        Call::Exec { path, path_len, argv, argv_len, env, env_len } => {
            performance.exec((path, path_len), (argv, argv_len), (env, env_len))
        }
        _ => return Performed::Outcome(numbered(performance.dispatch(call))),
    };
    match started {
        Ok(start) => Performed::Start(Box::new(start)),
        Err(errno) => Performed::Outcome(numbered(Outcome::Done(Err(errno)))),
    }
}

fn numbered(outcome: Maybe) -> Outcome<u16> {
    match outcome {
        Outcome::Done(Ok(())) => Outcome::Done(SUCCESS),
        Outcome::Done(Err(errno)) => Outcome::Done(errno_number(errno)),
        Outcome::Block(fact) => Outcome::Block(fact),
        Outcome::Exit(status) => Outcome::Exit(status),
    }
}

impl Performance<'_> {
    fn dispatch(&mut self, call: &Call) -> Maybe {
        match *call {
            Call::Wait { target, options, timeout, status, pid } => {
                self.wait(target, options, timeout, status, pid)
            }
            Call::TerminalModeSet { fd, mode, lasting } => self.terminal_mode_set(fd, mode, lasting),
            ref other => Outcome::Done(self.process_at_once(other)),
        }
    }

    /// The functions about processes that never wait.
    fn process_at_once(&mut self, call: &Call) -> Done {
        match *call {
            Call::Kill { target, signal } => self.kill(target, signal),
            Call::ProcessIds { ids } => self.process_ids(ids),
            Call::ProcessTimes { times } => self.process_times(times),
            Call::Processes { buf, buf_len, used } => self.processes((buf, buf_len), used),
            Call::SetGroup { pid, group } => self.set_group(pid, group),
            Call::SetForeground { group } => self.set_foreground(group),
            Call::SignalAction { signal, action } => self.signal_action(signal, action),
            Call::SignalsIgnored { signals } => self.signals_ignored(signals),
            Call::SignalsTake { signals } => self.signals_take(signals),
            Call::SignalsWatch { flag } => self.signals_watch(flag),
            Call::TimerSet { after, every, left } => self.timer_set(after, every, left),
            Call::TimerGet { left } => self.timer_get(left),
            Call::TerminalSize { columns, rows } => self.terminal_size(columns, rows),
            Call::TerminalModeGet { fd, mode } => self.terminal_mode_get(fd, mode),
            ref other => self.file_at_once(other),
        }
    }

    /// The functions about descriptors and files; none of them waits.
    fn file_at_once(&mut self, call: &Call) -> Done {
        match *call {
            Call::Pipe { read_fd, write_fd } => self.pipe(read_fd, write_fd),
            Call::Dup { fd, at_least, new_fd } => self.dup(fd, at_least, new_fd),
            Call::CwdGet { buf, buf_len, used } => self.cwd_get((buf, buf_len), used),
            Call::CwdSet { path, path_len } => self.cwd_set((path, path_len)),
            Call::Umask { mask, old } => self.umask(mask, old),
            Call::Access { path, path_len, mode } => self.access((path, path_len), mode),
            Call::ModeGet { path, path_len, follow, mode } => self.mode_get((path, path_len), follow, mode),
            Call::ModeSet { path, path_len, follow, mode } => self.mode_set((path, path_len), follow, mode),
            Call::ModeSetFd { fd, mode } => self.mode_set_fd(fd, mode),
            Call::OwnerSet { path, path_len, follow, uid, gid } => {
                self.owner_set((path, path_len), follow, uid, gid)
            }
            Call::OwnerSetFd { fd, uid, gid } => self.owner_set_fd(fd, uid, gid),
            Call::Stat { path, path_len, follow, buf } => self.stat((path, path_len), follow, buf),
            Call::StatFd { fd, buf } => self.stat_fd(fd, buf),
            Call::MakeFifo { path, path_len, mode } => self.make_fifo((path, path_len), mode),
            Call::FileSystemStat { path, path_len, buf } => self.file_system_stat((path, path_len), buf),
            // The machine answers it for a program that has an image.
            Call::ImageFetch {} => Err(Errno::NotSup),
            // Every other call was taken apart above.
            _ => Err(Errno::NoSys),
        }
    }

    /// `NotCapable`: the caller was given particular folders and nothing else.
    fn whole_world(&self) -> Done {
        match self.kernel.process(self.pid)?.world {
            Some(World::Whole) => Ok(()),
            Some(World::Folders) | None => Err(Errno::NotCapable),
        }
    }

    /// A path of a caller that may use paths. `NotCapable`, `Fault`, `NameTooLong`; `Inval`: a NUL in it.
    fn path(&self, (pointer, length): Bytes) -> Result<Vec<u8>, Errno> {
        self.whole_world()?;
        let bytes = self.memory.slice(pointer, length)?;
        if bytes.len() >= self.kernel.limits.files.path_bytes_max {
            return Err(Errno::NameTooLong);
        }
        if bytes.contains(&0) {
            return Err(Errno::Inval);
        }
        Ok(bytes.to_vec())
    }

    /// What a descriptor of the caller stands for.
    fn slot(&self, fd: u32) -> Result<&Slot, Errno> {
        self.kernel.process(self.pid)?.fds.get(Fd(fd))
    }

    fn open_of(&self, fd: u32) -> Result<OpenId, Errno> {
        self.slot(fd).map(|slot| slot.open)
    }

    /// Writes bytes of a length that the caller could not know, and how many they are. `Range`: the buffer is too
    /// small, and only the length was written.
    fn put_sized(&mut self, (buf, buf_len): Bytes, used: u32, bytes: &[u8]) -> Done {
        let length = u32::try_from(bytes.len()).map_err(|_| Errno::Overflow)?;
        self.memory.slice(buf, buf_len)?;
        self.memory.write_u32(used, length)?;
        if length > buf_len {
            return Err(Errno::Range);
        }
        self.memory.write(buf, bytes)
    }
}
