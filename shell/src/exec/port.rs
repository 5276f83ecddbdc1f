//! The port: a shell's way to the kernel, which leaves for a while when the shell hops (see `hop`).
//!
//! Each method is the one of [`Sys`] of the same name. A port that has left answers that there is no such call;
//! nobody asks it, for whoever would ask waits for it to come back.

use bstr::BString;
use wasmsand_wasi::{
    AccessMode, Bounds, Clock, Errno, Fd, KillTarget, Line, Listed, Open, Pid, PollFd, Prompt, Resource,
    Signal, SignalAction, SignalSet, Spawn, Stat, Status, Sys, Times, WaitTarget,
};

/// A way to the kernel, or nothing while it is lent.
#[derive(Default)]
pub(crate) struct Port(Option<Sys>);

macro_rules! pass_on {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        impl Port {
            $(pub(crate) async fn $name(&mut self, $($argument: $type),*) -> Result<$result, Errno> {
                match &mut self.0 {
                    Some(sys) => sys.$name($($argument),*).await,
                    None => Err(Errno::NoSys),
                }
            })*
        }
    };
}

pass_on! {
    pause() -> ();
    pipe() -> (Fd, Fd);
    open(path: impl Into<BString>, how: Open, at_least: Fd) -> Fd;
    open_bytes(bytes: Vec<u8>, at_least: Fd) -> Fd;
    close(fd: Fd) -> ();
    dup(fd: Fd, at_least: Fd, close_on_exec: bool) -> Fd;
    dup_to(fd: Fd, to: Fd) -> ();
    read(fd: Fd, bytes_max: usize) -> Vec<u8>;
    read_until(fd: Fd, delimiter: u8, bytes_max: usize) -> Vec<u8>;
    write_all(fd: Fd, bytes: &[u8]) -> ();
    stat(path: impl Into<BString>, follow: bool) -> Stat;
    stat_fd(fd: Fd) -> Stat;
    access(path: impl Into<BString>, mode: AccessMode) -> ();
    list(path: impl Into<BString>) -> Vec<Listed>;
    change_directory(path: impl Into<BString>) -> ();
    current_directory() -> BString;
    limit(resource: Resource, set: Option<Bounds>) -> Bounds;
    umask(mask: Option<u16>) -> u16;
    spawn(spawn: Spawn) -> Pid;
    exec(path: BString, argv: Vec<BString>, env: Vec<BString>) -> ();
    wait(target: WaitTarget, block: bool, stopped_too: bool) -> Option<(Pid, Status)>;
    kill(target: KillTarget, signal: Option<Signal>) -> ();
    set_foreground(group: Pid) -> ();
    set_action(signal: Signal, action: SignalAction) -> ();
    poll(fds: Vec<PollFd>, until: Option<u64>) -> Vec<usize>;
    clock(clock: Clock) -> u64;
    random(bytes: usize) -> Vec<u8>;
    is_terminal(fd: Fd) -> bool;
    memory(bytes: usize) -> ();
    set_typing(echo: bool, lines: bool) -> ();
    reset_typing() -> ();
    times() -> Times;
    next_line(prompt: Prompt) -> Line;
    descriptors() -> Vec<Fd>;
}

impl Port {
    /// A port that is here.
    pub(crate) fn new(sys: Sys) -> Port {
        Port(Some(sys))
    }

    /// The process's own number.
    pub(crate) fn pid(&self) -> Pid {
        self.0.as_ref().map_or(Pid(0), Sys::pid)
    }

    /// The process that started it, if one did.
    pub(crate) fn parent(&self) -> Option<Pid> {
        self.0.as_ref().and_then(Sys::parent)
    }

    /// The signals that the process ignored when it began.
    pub(crate) fn ignored(&self) -> SignalSet {
        self.0.as_ref().map_or(SignalSet::EMPTY, Sys::ignored)
    }

    /// The signals that were caught and not yet taken.
    pub(crate) fn caught(&self) -> SignalSet {
        self.0.as_ref().map_or(SignalSet::EMPTY, Sys::caught)
    }

    /// Takes one caught signal out; says whether it was there.
    pub(crate) fn take_signal(&mut self, signal: Signal) -> bool {
        self.0.as_mut().is_some_and(|sys| sys.take_signal(signal))
    }
}
