//! A call of the `wasmsand` module as a value: its functions with their raw arguments, from one table.
//!
//! The table makes the enum, the names and the arguments for the trace; `machine/module.rs` links the same table.
//! ABI.md says what each function does. Pointers are guest addresses and are followed only while the call is
//! performed.

/// Hands the table of functions to a macro.
macro_rules! module_calls {
    ($with:ident) => {
        $with! {
            Version version();
            Spawn spawn(
                path: u32, path_len: u32, argv: u32, argv_len: u32, env: u32, env_len: u32, options: u32, pid: u32
            );
            Exec exec(path: u32, path_len: u32, argv: u32, argv_len: u32, env: u32, env_len: u32);
            Wait wait(target: i32, options: u32, timeout: u64, status: u32, pid: u32);
            Kill kill(target: i32, signal: u32);
            ProcessIds process_ids(ids: u32);
            ProcessTimes process_times(times: u32);
            Processes processes(buf: u32, buf_len: u32, used: u32);
            SetGroup set_group(pid: u32, group: u32);
            SetForeground set_foreground(group: u32);
            SignalAction signal_action(signal: u32, action: u32);
            SignalsIgnored signals_ignored(signals: u32);
            SignalsTake signals_take(signals: u32);
            SignalsWatch signals_watch(flag: u32);
            TimerSet timer_set(after: u64, every: u64, left: u32);
            TimerGet timer_get(left: u32);
            Pipe pipe(read_fd: u32, write_fd: u32);
            Dup dup(fd: u32, at_least: u32, new_fd: u32);
            CwdGet cwd_get(buf: u32, buf_len: u32, used: u32);
            CwdSet cwd_set(path: u32, path_len: u32);
            Umask umask(mask: u32, old: u32);
            Access access(path: u32, path_len: u32, mode: u32);
            ModeGet mode_get(path: u32, path_len: u32, follow: u32, mode: u32);
            ModeSet mode_set(path: u32, path_len: u32, follow: u32, mode: u32);
            ModeSetFd mode_set_fd(fd: u32, mode: u32);
            OwnerSet owner_set(path: u32, path_len: u32, follow: u32, uid: u32, gid: u32);
            OwnerSetFd owner_set_fd(fd: u32, uid: u32, gid: u32);
            Stat stat(path: u32, path_len: u32, follow: u32, buf: u32);
            StatFd stat_fd(fd: u32, buf: u32);
            MakeFifo make_fifo(path: u32, path_len: u32, mode: u32);
            FileSystemStat file_system_stat(path: u32, path_len: u32, buf: u32);
            TerminalSize terminal_size(columns: u32, rows: u32);
            TerminalModeGet terminal_mode_get(fd: u32, mode: u32);
            TerminalModeSet terminal_mode_set(fd: u32, mode: u32, lasting: u32);
            ImageFetch image_fetch();
        }
    };
}
pub(crate) use module_calls;

/// The bits of an argument, as a trace shows them.
fn bits(argument: impl Into<i128>) -> i128 {
    argument.into()
}

macro_rules! declare {
    ($($variant:ident $name:ident ($($arg:ident: $type:ident),*);)*) => {
        /// One call of a guest.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "ABI.md describes each function and its arguments")]
        pub enum Call {
            $($variant { $($arg: $type),* },)*
        }

        impl Call {
            /// The function's name.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Call::$variant { .. } => stringify!($name),)* }
            }

            /// The arguments by name, in order.
            #[must_use]
            pub fn arguments(&self) -> Vec<(&'static str, i128)> {
                match *self { $(Call::$variant { $($arg),* } => vec![$((stringify!($arg), bits($arg))),*],)* }
            }
        }

        /// Every function's name, in the order of the table.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

module_calls!(declare);
