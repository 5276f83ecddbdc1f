//! The user-space kernel of wasmsand, its WASI preview1 ABI, and the machine that runs processes in wasmi.
//!
//! A [`Machine`] owns everything of a session: the engine, the running programs and the [`Kernel`](kernel::Kernel)
//! with its file system, processes and [`Host`]. [`Machine::turn`] does a bounded amount of work; nothing below it
//! ever waits, and nothing inside is shared but the [`Interrupt`].

pub mod host;
mod interrupt;
pub mod kernel;
mod limits;
pub mod machine;
pub mod module;
pub mod preview1;

pub use host::{Faults, Host, Seeded, Simulated, Sleep, Stream, TerminalMode};
pub use interrupt::Interrupt;
pub use kernel::call::{
    AccessMode, Answer, Call, Clock, Completion, Completions, KillTarget, Line, Listed, MovedFd, PollFd,
    Prompt, Reply, Spawn, SpawnGroup, Spawned, Times, WaitTarget,
};
pub use kernel::process::{Fd, Pid, Status};
pub use kernel::signal::{Signal, SignalAction, SignalSet};
pub use limits::{Limit, Limits, UnknownLimit};
pub use machine::{
    CoroutineFuture, CoroutineStart, Machine, Preopen, SHELL_FILE, ShellRequest, ShellStart, Sys, Turn,
};
pub use wasmsand_vfs as vfs;
pub use wasmsand_vfs::{Errno, Kind, Open, Stat, Time, Whence};
