//! WASI preview1 over the kernel: the calls as values, the numbers, guest memory, and performing each function.
//!
//! One file per family of the document. A function decides an [`Errno`] as deep as it can; [`perform`] maps it to
//! WASI's number once. Nothing here waits: a call that cannot be done yet comes back as [`Outcome::Block`] and is
//! performed again, from its raw arguments, when the fact holds.

pub(crate) mod abi;
mod call;
mod environ;
mod fd;
mod memory;
mod path;
mod poll;
mod sock;
mod trace;

use wasmsand_vfs::{Errno, OpenId};

use crate::kernel::fd_table::Slot;
use crate::kernel::process::{Fd, Pid, Status};
use crate::kernel::{Kernel, Outcome};

pub(crate) use call::with_functions;
pub use call::{Call, NAMES};
pub use memory::Memory;
pub(crate) use trace::{describe, shown};

/// One call being performed: who calls, on what kernel and memory, and since when.
pub(crate) struct Performance<'a> {
    kernel: &'a mut Kernel,
    pid: Pid,
    memory: Memory<'a>,
    /// When the call was first tried, nanoseconds of the monotonic clock: the start of relative time-outs.
    since: u64,
}

/// What most functions come to; the errno becomes WASI's number in [`perform`].
type Done = Result<(), Errno>;

/// What a function that may wait comes to.
type Maybe = Outcome<Done>;

/// Performs a call: its errno as WASI's number, what it waits for, or the end of the caller.
pub fn perform(call: &Call, kernel: &mut Kernel, pid: Pid, memory: Memory<'_>, since: u64) -> Outcome<u16> {
    let mut performance = Performance { kernel, pid, memory, since };
    match performance.dispatch(call) {
        // Only the opening of a FIFO leaves something to wait for behind.
        Outcome::Done(Err(Errno::Again)) => match performance.kernel.awaited_peer(pid) {
            Some(peer) => Outcome::Block(peer),
            None => Outcome::Done(abi::errno_number(Errno::Again)),
        },
        Outcome::Done(Ok(())) => Outcome::Done(abi::SUCCESS),
        Outcome::Done(Err(errno)) => Outcome::Done(abi::errno_number(errno)),
        Outcome::Block(fact) => Outcome::Block(fact),
        Outcome::Exit(status) => Outcome::Exit(status),
    }
}

impl Performance<'_> {
    fn dispatch(&mut self, call: &Call) -> Maybe {
        match *call {
            Call::FdRead { fd, iovs, iovs_len, nread } => self.fd_read(fd, iovs, iovs_len, nread),
            Call::FdWrite { fd, iovs, iovs_len, nwritten } => self.fd_write(fd, iovs, iovs_len, nwritten),
            Call::PollOneoff { subscriptions, events, nsubscriptions, nevents } => {
                self.poll_oneoff(subscriptions, events, nsubscriptions, nevents)
            }
            // The status of a process has eight bits (wait(2)).
            Call::ProcExit { code } => Outcome::Exit(Status::Exited(code.to_le_bytes()[0])),
            ref other => Outcome::Done(self.at_once(other)),
        }
    }

    /// The functions that never wait.
    fn at_once(&mut self, call: &Call) -> Done {
        match *call {
            Call::ArgsGet { argv, argv_buf } => self.args_get(argv, argv_buf),
            Call::ArgsSizesGet { argc, argv_buf_size } => self.args_sizes_get(argc, argv_buf_size),
            Call::EnvironGet { environ, environ_buf } => self.environ_get(environ, environ_buf),
            Call::EnvironSizesGet { count, buf_size } => self.environ_sizes_get(count, buf_size),
            Call::ClockResGet { id, resolution } => self.clock_res_get(id, resolution),
            Call::ClockTimeGet { id, precision: _, time } => self.clock_time_get(id, time),
            Call::ProcRaise { signal } => self.proc_raise(signal),
            Call::SchedYield {} => Ok(()),
            Call::RandomGet { buf, buf_len } => self.random_get(buf, buf_len),
            Call::SockAccept { fd, .. }
            | Call::SockRecv { fd, .. }
            | Call::SockSend { fd, .. }
            | Call::SockShutdown { fd, .. } => self.not_a_socket(fd),
            ref other => self.fd_at_once(other),
        }
    }

    /// The `fd_` functions that never wait.
    fn fd_at_once(&mut self, call: &Call) -> Done {
        match *call {
            Call::FdAdvise { fd, offset, len, advice } => self.fd_advise(fd, offset, len, advice),
            Call::FdAllocate { fd, offset, len } => self.fd_allocate(fd, offset, len),
            Call::FdClose { fd } => self.fd_close(fd),
            Call::FdDatasync { fd } | Call::FdSync { fd } => self.fd_sync(fd),
            Call::FdFdstatGet { fd, stat } => self.fd_fdstat_get(fd, stat),
            Call::FdFdstatSetFlags { fd, flags } => self.fd_fdstat_set_flags(fd, flags),
            Call::FdFdstatSetRights { fd, .. } => self.fd_fdstat_set_rights(fd),
            Call::FdFilestatGet { fd, buf } => self.fd_filestat_get(fd, buf),
            Call::FdFilestatSetSize { fd, size } => self.fd_filestat_set_size(fd, size),
            Call::FdFilestatSetTimes { fd, atim, mtim, fst_flags } => {
                self.fd_filestat_set_times(fd, atim, mtim, fst_flags)
            }
            Call::FdPread { fd, iovs, iovs_len, offset, nread } => {
                self.fd_pread(fd, iovs, iovs_len, offset, nread)
            }
            Call::FdPrestatGet { fd, buf } => self.fd_prestat_get(fd, buf),
            Call::FdPrestatDirName { fd, path, path_len } => self.fd_prestat_dir_name(fd, path, path_len),
            Call::FdPwrite { fd, iovs, iovs_len, offset, nwritten } => {
                self.fd_pwrite(fd, iovs, iovs_len, offset, nwritten)
            }
            Call::FdReaddir { fd, buf, buf_len, cookie, bufused } => {
                self.fd_readdir(fd, buf, buf_len, cookie, bufused)
            }
            Call::FdRenumber { fd, to } => self.fd_renumber(fd, to),
            Call::FdSeek { fd, offset, whence, newoffset } => self.fd_seek(fd, offset, whence, newoffset),
            Call::FdTell { fd, offset } => self.fd_tell(fd, offset),
            ref other => self.path_at_once(other),
        }
    }

    /// The `path_` functions; none of them waits.
    fn path_at_once(&mut self, call: &Call) -> Done {
        match *call {
            Call::PathCreateDirectory { fd, path, path_len } => {
                self.path_create_directory(fd, (path, path_len))
            }
            Call::PathFilestatGet { fd, flags, path, path_len, buf } => {
                self.path_filestat_get(fd, flags, (path, path_len), buf)
            }
            Call::PathFilestatSetTimes { fd, flags, path, path_len, atim, mtim, fst_flags } => {
                self.path_filestat_set_times(fd, flags, (path, path_len), atim, mtim, fst_flags)
            }
            Call::PathLink { old_fd, old_flags, old_path, old_path_len, new_fd, new_path, new_path_len } => {
                self.path_link(old_fd, old_flags, (old_path, old_path_len), new_fd, (new_path, new_path_len))
            }
            Call::PathOpen {
                fd,
                dirflags,
                path,
                path_len,
                oflags,
                rights_base,
                rights_inheriting: _,
                fdflags,
                opened_fd,
            } => self.path_open(fd, dirflags, (path, path_len), oflags, rights_base, fdflags, opened_fd),
            Call::PathReadlink { fd, path, path_len, buf, buf_len, bufused } => {
                self.path_readlink(fd, (path, path_len), buf, buf_len, bufused)
            }
            Call::PathRemoveDirectory { fd, path, path_len } => {
                self.path_remove_directory(fd, (path, path_len))
            }
            Call::PathRename { fd, old_path, old_path_len, new_fd, new_path, new_path_len } => {
                self.path_rename(fd, (old_path, old_path_len), new_fd, (new_path, new_path_len))
            }
            Call::PathSymlink { old_path, old_path_len, fd, new_path, new_path_len } => {
                self.path_symlink((old_path, old_path_len), fd, (new_path, new_path_len))
            }
            Call::PathUnlinkFile { fd, path, path_len } => self.path_unlink_file(fd, (path, path_len)),
            // Every other call was taken apart above.
            _ => Err(Errno::NoSys),
        }
    }

    /// What a descriptor of the caller stands for.
    fn slot(&self, fd: u32) -> Result<&Slot, Errno> {
        self.kernel.process(self.pid)?.fds.get(Fd(fd))
    }

    /// The open file behind a descriptor of the caller.
    fn open_of(&self, fd: u32) -> Result<OpenId, Errno> {
        self.slot(fd).map(|slot| slot.open)
    }
}
