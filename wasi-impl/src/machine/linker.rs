//! The linker: the functions that guests may import, in the order of the WASI document, then the `wasmsand` module.

use wasmi::{Caller, Engine, Error, Linker};

use super::guest::{GuestState, system_call};
use super::module;
use crate::preview1::{self, Call};

/// The module name of WASI preview1.
const PREVIEW1: &str = "wasi_snapshot_preview1";

/// May a guest import this?
pub(super) fn knows(module: &str, name: &str) -> bool {
    match module {
        PREVIEW1 => preview1::NAMES.contains(&name),
        crate::module::NAME => crate::module::NAMES.contains(&name),
        _ => false,
    }
}

/// Registers functions that each make a [`Call`] of their arguments. `i32` arrive as the bits of a `u32`.
macro_rules! register {
    ($linker:expr; $($variant:ident $name:ident ($($arg:ident: $type:ident),*);)*) => {
        $($linker.func_wrap(PREVIEW1, stringify!($name), |caller: Caller<'_, GuestState>, $($arg: $type),*| {
            system_call(caller, Call::$variant { $($arg),* })
        })?;)*
    };
}

/// All importable functions for guests of one engine.
pub(super) fn new(engine: &Engine) -> Result<Linker<GuestState>, Error> {
    let mut linker = Linker::new(engine);
    preview1_functions(&mut linker)?;
    linker.func_wrap(PREVIEW1, "proc_exit", |caller: Caller<'_, GuestState>, code: u32| {
        system_call(caller, Call::ProcExit { code }).map(|_| ())
    })?;
    module::register(&mut linker)?;
    Ok(linker)
}

fn preview1_functions(linker: &mut Linker<GuestState>) -> Result<(), Error> {
    register! { linker;
        ArgsGet args_get(argv: u32, argv_buf: u32);
        ArgsSizesGet args_sizes_get(argc: u32, argv_buf_size: u32);
        EnvironGet environ_get(environ: u32, environ_buf: u32);
        EnvironSizesGet environ_sizes_get(count: u32, buf_size: u32);
        ClockResGet clock_res_get(id: u32, resolution: u32);
        ClockTimeGet clock_time_get(id: u32, precision: u64, time: u32);
        FdAdvise fd_advise(fd: u32, offset: u64, len: u64, advice: u32);
        FdAllocate fd_allocate(fd: u32, offset: u64, len: u64);
        FdClose fd_close(fd: u32);
        FdDatasync fd_datasync(fd: u32);
        FdFdstatGet fd_fdstat_get(fd: u32, stat: u32);
        FdFdstatSetFlags fd_fdstat_set_flags(fd: u32, flags: u32);
        FdFdstatSetRights fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64);
        FdFilestatGet fd_filestat_get(fd: u32, buf: u32);
        FdFilestatSetSize fd_filestat_set_size(fd: u32, size: u64);
        FdFilestatSetTimes fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, fst_flags: u32);
        FdPread fd_pread(fd: u32, iovs: u32, iovs_len: u32, offset: u64, nread: u32);
        FdPrestatGet fd_prestat_get(fd: u32, buf: u32);
        FdPrestatDirName fd_prestat_dir_name(fd: u32, path: u32, path_len: u32);
        FdPwrite fd_pwrite(fd: u32, iovs: u32, iovs_len: u32, offset: u64, nwritten: u32);
        FdRead fd_read(fd: u32, iovs: u32, iovs_len: u32, nread: u32);
        FdReaddir fd_readdir(fd: u32, buf: u32, buf_len: u32, cookie: u64, bufused: u32);
        FdRenumber fd_renumber(fd: u32, to: u32);
        FdSeek fd_seek(fd: u32, offset: i64, whence: u32, newoffset: u32);
        FdSync fd_sync(fd: u32);
        FdTell fd_tell(fd: u32, offset: u32);
        FdWrite fd_write(fd: u32, iovs: u32, iovs_len: u32, nwritten: u32);
        PathCreateDirectory path_create_directory(fd: u32, path: u32, path_len: u32);
        PathFilestatGet path_filestat_get(fd: u32, flags: u32, path: u32, path_len: u32, buf: u32);
        PathFilestatSetTimes path_filestat_set_times(
            fd: u32, flags: u32, path: u32, path_len: u32, atim: u64, mtim: u64, fst_flags: u32
        );
        PathLink path_link(
            old_fd: u32, old_flags: u32, old_path: u32, old_path_len: u32,
            new_fd: u32, new_path: u32, new_path_len: u32
        );
        PathOpen path_open(
            fd: u32, dirflags: u32, path: u32, path_len: u32, oflags: u32,
            rights_base: u64, rights_inheriting: u64, fdflags: u32, opened_fd: u32
        );
        PathReadlink path_readlink(fd: u32, path: u32, path_len: u32, buf: u32, buf_len: u32, bufused: u32);
        PathRemoveDirectory path_remove_directory(fd: u32, path: u32, path_len: u32);
        PathRename path_rename(
            fd: u32, old_path: u32, old_path_len: u32, new_fd: u32, new_path: u32, new_path_len: u32
        );
        PathSymlink path_symlink(old_path: u32, old_path_len: u32, fd: u32, new_path: u32, new_path_len: u32);
        PathUnlinkFile path_unlink_file(fd: u32, path: u32, path_len: u32);
        PollOneoff poll_oneoff(subscriptions: u32, events: u32, nsubscriptions: u32, nevents: u32);
        ProcRaise proc_raise(signal: u32);
        SchedYield sched_yield();
        RandomGet random_get(buf: u32, buf_len: u32);
        SockAccept sock_accept(fd: u32, flags: u32, opened_fd: u32);
        SockRecv sock_recv(
            fd: u32, ri_data: u32, ri_data_len: u32, ri_flags: u32, ro_datalen: u32, ro_flags: u32
        );
        SockSend sock_send(fd: u32, si_data: u32, si_data_len: u32, si_flags: u32, so_datalen: u32);
        SockShutdown sock_shutdown(fd: u32, how: u32);
    }
    Ok(())
}
