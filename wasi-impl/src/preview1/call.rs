//! A preview1 call as a value: the 46 functions in the order of the WASI document, with their raw arguments.
//!
//! One table makes the enum, the names and the trace, and what the linker registers (`machine/linker.rs`). Pointers
//! are guest addresses and are followed only while the call is performed.

/// Makes [`Call`], its names and its arguments for traces from one table. `path` arguments are pairs of pointer and
/// length that a trace shows as text.
macro_rules! calls {
    ([] $($(#[$doc:meta])* $variant:ident $name:ident ($($arg:ident: $type:ident),*);)*) => {
        /// One call of a guest.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Call {
            $($(#[$doc])* #[allow(missing_docs, reason = "arguments have the document's names")] $variant { $($arg: $type),* },)*
        }

        impl Call {
            /// The function's name.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Call::$variant { .. } => stringify!($name),)* }
            }

            /// The arguments by name, in order.
            #[must_use]
            pub fn arguments(&self) -> Vec<(&'static str, u64)> {
                match *self { $(Call::$variant { $($arg),* } => vec![$((stringify!($arg), u64::from($arg.cast_bits()))),*],)* }
            }
        }

        /// Every function's name, in the document's order.
        pub const NAMES: [&str; 46] = [$(stringify!($name)),*];
    };
}

/// The bits of an argument, for traces.
trait CastBits {
    type Bits: Into<u64>;
    fn cast_bits(self) -> Self::Bits;
}

impl CastBits for u32 {
    type Bits = u32;
    fn cast_bits(self) -> u32 {
        self
    }
}

impl CastBits for u64 {
    type Bits = u64;
    fn cast_bits(self) -> u64 {
        self
    }
}

impl CastBits for i64 {
    type Bits = u64;
    fn cast_bits(self) -> u64 {
        self.cast_unsigned()
    }
}

/// Gives the table of functions to another macro, behind what that one wants first.
macro_rules! with_functions {
    ($then:ident! $($first:tt)*) => {
        $then! {
            [$($first)*]
            /// Argument strings.
            ArgsGet args_get(argv: u32, argv_buf: u32);
            /// Their number and size.
            ArgsSizesGet args_sizes_get(argc: u32, argv_buf_size: u32);
            /// Environment strings.
            EnvironGet environ_get(environ: u32, environ_buf: u32);
            /// Their number and size.
            EnvironSizesGet environ_sizes_get(count: u32, buf_size: u32);
            /// Resolution of a clock.
            ClockResGet clock_res_get(id: u32, resolution: u32);
            /// Time of a clock.
            ClockTimeGet clock_time_get(id: u32, precision: u64, time: u32);
            /// Advice on access.
            FdAdvise fd_advise(fd: u32, offset: u64, len: u64, advice: u32);
            /// Allocates space.
            FdAllocate fd_allocate(fd: u32, offset: u64, len: u64);
            /// Closes.
            FdClose fd_close(fd: u32);
            /// Synchronises data.
            FdDatasync fd_datasync(fd: u32);
            /// Type, flags and rights.
            FdFdstatGet fd_fdstat_get(fd: u32, stat: u32);
            /// Sets flags.
            FdFdstatSetFlags fd_fdstat_set_flags(fd: u32, flags: u32);
            /// Sets rights.
            FdFdstatSetRights fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64);
            /// Attributes.
            FdFilestatGet fd_filestat_get(fd: u32, buf: u32);
            /// Sets the size.
            FdFilestatSetSize fd_filestat_set_size(fd: u32, size: u64);
            /// Sets times.
            FdFilestatSetTimes fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, fst_flags: u32);
            /// Reads at an offset.
            FdPread fd_pread(fd: u32, iovs: u32, iovs_len: u32, offset: u64, nread: u32);
            /// Describes a preopen.
            FdPrestatGet fd_prestat_get(fd: u32, buf: u32);
            /// Name of a preopen.
            FdPrestatDirName fd_prestat_dir_name(fd: u32, path: u32, path_len: u32);
            /// Writes at an offset.
            FdPwrite fd_pwrite(fd: u32, iovs: u32, iovs_len: u32, offset: u64, nwritten: u32);
            /// Reads.
            FdRead fd_read(fd: u32, iovs: u32, iovs_len: u32, nread: u32);
            /// Reads directory entries.
            FdReaddir fd_readdir(fd: u32, buf: u32, buf_len: u32, cookie: u64, bufused: u32);
            /// Moves a descriptor.
            FdRenumber fd_renumber(fd: u32, to: u32);
            /// Moves the offset.
            FdSeek fd_seek(fd: u32, offset: i64, whence: u32, newoffset: u32);
            /// Synchronises.
            FdSync fd_sync(fd: u32);
            /// The offset.
            FdTell fd_tell(fd: u32, offset: u32);
            /// Writes.
            FdWrite fd_write(fd: u32, iovs: u32, iovs_len: u32, nwritten: u32);
            /// Makes a directory.
            PathCreateDirectory path_create_directory(fd: u32, path: u32, path_len: u32);
            /// Attributes.
            PathFilestatGet path_filestat_get(fd: u32, flags: u32, path: u32, path_len: u32, buf: u32);
            /// Sets times.
            PathFilestatSetTimes path_filestat_set_times(fd: u32, flags: u32, path: u32, path_len: u32, atim: u64, mtim: u64, fst_flags: u32);
            /// Makes a hard link.
            PathLink path_link(old_fd: u32, old_flags: u32, old_path: u32, old_path_len: u32, new_fd: u32, new_path: u32, new_path_len: u32);
            /// Opens.
            PathOpen path_open(fd: u32, dirflags: u32, path: u32, path_len: u32, oflags: u32, rights_base: u64, rights_inheriting: u64, fdflags: u32, opened_fd: u32);
            /// Target of a link.
            PathReadlink path_readlink(fd: u32, path: u32, path_len: u32, buf: u32, buf_len: u32, bufused: u32);
            /// Removes a directory.
            PathRemoveDirectory path_remove_directory(fd: u32, path: u32, path_len: u32);
            /// Renames.
            PathRename path_rename(fd: u32, old_path: u32, old_path_len: u32, new_fd: u32, new_path: u32, new_path_len: u32);
            /// Makes a symbolic link.
            PathSymlink path_symlink(old_path: u32, old_path_len: u32, fd: u32, new_path: u32, new_path_len: u32);
            /// Removes a file.
            PathUnlinkFile path_unlink_file(fd: u32, path: u32, path_len: u32);
            /// Waits for events.
            PollOneoff poll_oneoff(subscriptions: u32, events: u32, nsubscriptions: u32, nevents: u32);
            /// Ends the process.
            ProcExit proc_exit(code: u32);
            /// Sends a signal to itself.
            ProcRaise proc_raise(signal: u32);
            /// Lets others run.
            SchedYield sched_yield();
            /// Random bytes.
            RandomGet random_get(buf: u32, buf_len: u32);
            /// Accepts a connection.
            SockAccept sock_accept(fd: u32, flags: u32, opened_fd: u32);
            /// Receives.
            SockRecv sock_recv(fd: u32, ri_data: u32, ri_data_len: u32, ri_flags: u32, ro_datalen: u32, ro_flags: u32);
            /// Sends.
            SockSend sock_send(fd: u32, si_data: u32, si_data_len: u32, si_flags: u32, so_datalen: u32);
            /// Shuts a socket down.
            SockShutdown sock_shutdown(fd: u32, how: u32);
        }
    };
}
pub(crate) use with_functions;

with_functions! { calls! }
