//! A coroutine: a shell process as the machine runs it. Owns the process's future and its one-slot mailbox.
//!
//! The future asks by [`Sys::call`]: it puts a [`Call`] into the mailbox and returns pending; the machine performs
//! the call, or parks it until its fact holds, puts the answer into the mailbox and polls again. The waker does
//! nothing, for readiness is read by the scheduler and never sent.
//!
//! The mailbox is behind a mutex only because the future must be `Send` while the machine keeps the other end. The
//! two ends belong to the same owner and are never used at the same time, so the lock is never contended.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bstr::BString;
use wasmsand_vfs::{Errno, Open, Stat, Whence};

use crate::kernel::call::{
    AccessMode, Answer, Call, Clock, KillTarget, Line, Listed, PollFd, Prompt, Reply, Spawn, Times,
    WaitTarget,
};
use crate::kernel::process::{Fd, Pid, Status};
use crate::kernel::rlimit::{Bounds, Resource};
use crate::kernel::signal::{Signal, SignalAction, SignalSet};

/// The body of a shell process: ends with its exit status.
pub type CoroutineFuture = Pin<Box<dyn Future<Output = u8> + Send>>;

/// Makes the body of a shell process once its system calls have an address.
pub type CoroutineStart = Box<dyn FnOnce(Sys) -> CoroutineFuture + Send>;

#[derive(Default)]
struct Mailbox {
    call: Option<Call>,
    answer: Option<Answer>,
    signals: SignalSet,
}

type SharedMailbox = Arc<Mutex<Mailbox>>;

fn open(mailbox: &SharedMailbox) -> MutexGuard<'_, Mailbox> {
    // A panic while the lock is held is impossible (only moves happen under it), so poison carries no news.
    mailbox.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A shell process's way to the kernel: its end of the mailbox.
pub struct Sys {
    mailbox: SharedMailbox,
    pid: Pid,
    parent: Option<Pid>,
    ignored: SignalSet,
    signals: SignalSet,
}

/// What one poll of a coroutine came to.
pub(crate) enum Polled {
    /// It asks something.
    Call(Call),
    /// It ended.
    Exit(u8),
}

/// A suspended shell process.
pub(crate) struct Coroutine {
    mailbox: SharedMailbox,
    future: CoroutineFuture,
}

impl Coroutine {
    /// Makes the process's future; nothing of it runs before the first poll.
    pub(crate) fn new(pid: Pid, parent: Option<Pid>, ignored: SignalSet, start: CoroutineStart) -> Coroutine {
        let mailbox = SharedMailbox::default();
        let sys = Sys { mailbox: Arc::clone(&mailbox), pid, parent, ignored, signals: SignalSet::EMPTY };
        Coroutine { mailbox, future: start(sys) }
    }

    /// Hands over the answer of the last call with the signals caught since, for the next poll.
    pub(crate) fn answer(&mut self, answer: Answer, signals: SignalSet) {
        let mut mailbox = open(&self.mailbox);
        mailbox.answer = Some(answer);
        mailbox.signals = mailbox.signals.union(signals);
    }

    /// Runs until the next call or the end.
    pub(crate) fn poll(&mut self) -> Polled {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(status) = self.future.as_mut().poll(&mut context) {
            return Polled::Exit(status);
        }
        // A future that is pending without a call waits for something outside the kernel, which nothing here will
        // ever bring; treat it as a pause.
        Polled::Call(open(&self.mailbox).call.take().unwrap_or(Call::Yield))
    }
}

struct Asking<'a> {
    mailbox: &'a SharedMailbox,
    call: Option<Call>,
}

impl Future for Asking<'_> {
    type Output = (Answer, SignalSet);

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let mut mailbox = open(self.mailbox);
        if let Some(call) = self.call.take() {
            mailbox.call = Some(call);
            return Poll::Pending;
        }
        match mailbox.answer.take() {
            Some(answer) => Poll::Ready((answer, std::mem::take(&mut mailbox.signals))),
            None => Poll::Pending,
        }
    }
}

/// Declares a typed wrapper of a call: its arguments, the call, and which reply it takes apart.
macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) = $call:expr => $reply:pat => $out:expr, $result:ty;)*) => {
        impl Sys {
            $($(#[$doc])*
            ///
            /// # Errors
            /// The call's error number.
            pub async fn $name(&mut self, $($arg: $type),*) -> Result<$result, Errno> {
                match self.call($call).await? {
                    $reply => Ok($out),
                    _ => Err(Errno::NoSys),
                }
            })*
        }
    };
}

typed! {
    /// Lets others run.
    pause() = Call::Yield => Reply::Unit => (), ();
    /// A pipe: read end, write end, both close-on-exec.
    pipe() = Call::Pipe => Reply::Pipe(read, write) => (read, write), (Fd, Fd);
    /// Opens a file.
    open(path: impl Into<BString>, how: Open, at_least: Fd) = Call::Open { path: path.into(), how, at_least } => Reply::Fd(fd) => fd, Fd;
    /// Opens bytes for reading.
    open_bytes(bytes: Vec<u8>, at_least: Fd) = Call::OpenBytes { bytes, at_least } => Reply::Fd(fd) => fd, Fd;
    /// Closes a descriptor.
    close(fd: Fd) = Call::Close { fd } => Reply::Unit => (), ();
    /// Duplicates a descriptor onto a free one.
    dup(fd: Fd, at_least: Fd, close_on_exec: bool) = Call::Dup { fd, at_least, close_on_exec } => Reply::Fd(fd) => fd, Fd;
    /// Duplicates a descriptor onto a given one.
    dup_to(fd: Fd, to: Fd) = Call::DupTo { fd, to } => Reply::Unit => (), ();
    /// Reads; no bytes mean end of file.
    read(fd: Fd, bytes_max: usize) = Call::Read { fd, bytes_max } => Reply::Bytes(bytes) => bytes, Vec<u8>;
    /// Reads up to and with a delimiter; no bytes mean end of file.
    read_until(fd: Fd, delimiter: u8, bytes_max: usize) = Call::ReadUntil { fd, delimiter, bytes_max } => Reply::Bytes(bytes) => bytes, Vec<u8>;
    /// Writes a part.
    write(fd: Fd, bytes: Vec<u8>) = Call::Write { fd, bytes } => Reply::Number(n) => n, u64;
    /// Moves the offset; answers the new one.
    seek(fd: Fd, offset: i64, whence: Whence) = Call::Seek { fd, offset, whence } => Reply::Number(n) => n, u64;
    /// Attributes of a file.
    stat(path: impl Into<BString>, follow: bool) = Call::Stat { path: path.into(), follow } => Reply::Stat(stat) => stat, Stat;
    /// Attributes of an open file.
    stat_fd(fd: Fd) = Call::StatFd { fd } => Reply::Stat(stat) => stat, Stat;
    /// May the process do this?
    access(path: impl Into<BString>, mode: AccessMode) = Call::Access { path: path.into(), mode } => Reply::Unit => (), ();
    /// Names in a directory.
    list(path: impl Into<BString>) = Call::List { path: path.into() } => Reply::Names(names) => names, Vec<Listed>;
    /// The target of a link.
    read_link(path: impl Into<BString>) = Call::ReadLink { path: path.into() } => Reply::Bytes(bytes) => bytes, Vec<u8>;
    /// Changes the current directory.
    change_directory(path: impl Into<BString>) = Call::ChangeDirectory { path: path.into() } => Reply::Unit => (), ();
    /// The current directory.
    current_directory() = Call::CurrentDirectory => Reply::Bytes(bytes) => bytes.into(), BString;
    /// Sets the mask when given; the old one.
    limit(resource: Resource, set: Option<Bounds>) = Call::Limit { resource, set } => Reply::Bounds(bounds) => bounds, Bounds;
    umask(mask: Option<u16>) = Call::Umask { mask } => Reply::Mask(mask) => mask, u16;
    /// Starts a process.
    spawn(spawn: Spawn) = Call::Spawn(Box::new(spawn)) => Reply::Pid(pid) => pid, Pid;
    /// Replaces this process; a success does not return.
    exec(path: BString, argv: Vec<BString>, env: Vec<BString>) = Call::Exec { path, argv, env } => Reply::Unit => (), ();
    /// Waits for a child.
    wait(target: WaitTarget, block: bool, stopped_too: bool) = Call::Wait { target, block, stopped_too } => Reply::Waited(child) => child, Option<(Pid, Status)>;
    /// Sends a signal.
    kill(target: KillTarget, signal: Option<Signal>) = Call::Kill { target, signal } => Reply::Unit => (), ();
    /// Puts a process into a group.
    set_group(pid: Pid, group: Pid) = Call::SetGroup { pid, group } => Reply::Unit => (), ();
    /// Gives the terminal to a group.
    set_foreground(group: Pid) = Call::SetForeground { group } => Reply::Unit => (), ();
    /// What a signal does from now on.
    set_action(signal: Signal, action: SignalAction) = Call::SetAction { signal, action } => Reply::Unit => (), ();
    /// Waits for descriptors or a time.
    poll(fds: Vec<PollFd>, until: Option<u64>) = Call::Poll { fds, until } => Reply::Ready(ready) => ready, Vec<usize>;
    /// A clock.
    clock(clock: Clock) = Call::Clock(clock) => Reply::Number(n) => n, u64;
    /// Random bytes.
    random(bytes: usize) = Call::Random { bytes } => Reply::Bytes(bytes) => bytes, Vec<u8>;
    /// Is it a terminal?
    is_terminal(fd: Fd) = Call::IsTerminal { fd } => Reply::Bool(yes) => yes, bool;
    /// Sets how the terminal takes what is typed.
    set_typing(echo: bool, lines: bool) = Call::SetTyping { echo, lines } => Reply::Unit => (), ();
    /// Undoes that.
    reset_typing() = Call::ResetTyping => Reply::Unit => (), ();
    /// Columns and rows.
    terminal_size() = Call::TerminalSize => Reply::Size(size) => size, Option<(u16, u16)>;
    /// Notes how much memory the process holds.
    memory(bytes: usize) = Call::Memory { bytes } => Reply::Unit => (), ();
    /// CPU times.
    times() = Call::Times => Reply::Times(times) => times, Times;
    /// May this process ask a person at the prompt?
    may_prompt() = Call::MayPrompt => Reply::Bool(yes) => yes, bool;
    /// A line from the prompt.
    next_line(prompt: Prompt) = Call::NextLine { prompt: Box::new(prompt) } => Reply::Line(line) => line, Line;
    /// The open descriptors.
    descriptors() = Call::Descriptors => Reply::Fds(fds) => fds, Vec<Fd>;
}

impl Sys {
    /// Asks the kernel and waits for its answer. Every call notes the signals caught meanwhile.
    ///
    /// # Errors
    /// The call's error number; `Intr` when a caught signal came while it waited.
    pub async fn call(&mut self, call: Call) -> Answer {
        let (answer, signals) = Asking { mailbox: &self.mailbox, call: Some(call) }.await;
        self.signals = self.signals.union(signals);
        answer
    }

    /// Writes all of it, in as many calls as it takes. Not stopped by signals: a write of a builtin is whole.
    ///
    /// # Errors
    /// The error number of the write that failed.
    pub async fn write_all(&mut self, fd: Fd, bytes: &[u8]) -> Result<(), Errno> {
        let mut rest = bytes;
        while !rest.is_empty() {
            // At most one pipe's worth a call, so that an enormous string is not copied again for every part.
            let (piece, _) = rest.split_at(rest.len().min(65_536));
            let written = match self.write(fd, piece.to_vec()).await {
                Ok(written) => usize::try_from(written).unwrap_or(rest.len()),
                Err(Errno::Intr) => 0,
                Err(errno) => return Err(errno),
            };
            rest = rest.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    /// The process's own number.
    #[must_use]
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// The process that started it, if one did.
    #[must_use]
    pub fn parent(&self) -> Option<Pid> {
        self.parent
    }

    /// The signals that it ignored when it began.
    #[must_use]
    pub fn ignored(&self) -> SignalSet {
        self.ignored
    }

    /// The signals that were caught and not yet taken. Reading this costs nothing; it is brought up to date by
    /// every call.
    #[must_use]
    pub fn caught(&self) -> SignalSet {
        self.signals
    }

    /// Takes one caught signal out; says whether it was there.
    pub fn take_signal(&mut self, signal: Signal) -> bool {
        self.signals.remove(signal)
    }
}
