//! A Unix process as the host: its clocks, its standard streams, its terminal, and `poll(2)` to sleep.
//!
//! Nothing is buffered and no thread is started. Reading waits for `poll` to say that there is something, so a read
//! never blocks; a signal handler or another thread ends a sleep through the [`Waker`].

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec};
use wasmsand_wasi::{Errno, Host, Sleep, Stream};

/// Bytes that a pipe with room takes at once.
const PIPE_BUF: usize = 4_096;

/// Ends the host's sleep from another thread or a signal handler.
#[derive(Clone)]
pub struct Waker(Arc<PipeWriter>);

impl Waker {
    /// Ends the current sleep, or the next one.
    pub fn wake(&self) {
        // A full pipe wakes just as well, so the error says nothing.
        let _ = (&*self.0).write(&[0]);
    }

    /// The pipe's end, for a signal handler to write a byte to.
    ///
    /// # Errors
    /// When the process has no descriptor left.
    pub fn descriptor(&self) -> io::Result<OwnedFd> {
        self.0.as_fd().try_clone_to_owned()
    }
}

/// The process that the session runs in.
pub struct NativeHost {
    start: Instant,
    wake_read: PipeReader,
    waker: Waker,
    terminal: Option<OwnedFd>,
    /// Standard output and error are regular files, which take everything at once.
    output_is_file: bool,
    error_is_file: bool,
}

fn is_file(fd: BorrowedFd<'_>) -> bool {
    rustix::fs::fstat(fd).is_ok_and(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file())
}

impl NativeHost {
    /// The host of this process.
    ///
    /// # Errors
    /// When the process has no descriptor left.
    pub fn new() -> io::Result<NativeHost> {
        let (wake_read, wake_write) = io::pipe()?;
        rustix::io::ioctl_fionbio(&wake_read, true)?;
        rustix::io::ioctl_fionbio(&wake_write, true)?;
        Ok(NativeHost {
            start: Instant::now(),
            wake_read,
            waker: Waker(Arc::new(wake_write)),
            terminal: None,
            output_is_file: is_file(io::stdout().as_fd()),
            error_is_file: is_file(io::stderr().as_fd()),
        })
    }

    /// What ends its sleep.
    #[must_use]
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// The controlling terminal, opened when it is first asked for.
    fn open_terminal(&mut self) -> Option<BorrowedFd<'_>> {
        if self.terminal.is_none() {
            let file = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
            self.terminal = Some(OwnedFd::from(file));
        }
        self.terminal.as_ref().map(AsFd::as_fd)
    }

    fn with<T>(
        &mut self,
        stream: Stream,
        use_it: impl FnOnce(BorrowedFd<'_>) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        match stream {
            Stream::Input => use_it(io::stdin().as_fd()),
            Stream::Output => use_it(io::stdout().as_fd()),
            Stream::Error => use_it(io::stderr().as_fd()),
            Stream::Terminal => use_it(self.open_terminal().ok_or(Errno::NxIo)?),
        }
    }
}

/// Errnos of the system that the machine tells apart; any other is an input/output error.
pub(super) fn errno_of(error: rustix::io::Errno) -> Errno {
    use rustix::io::Errno as System;
    let pairs = [
        (System::ACCESS, Errno::Acces),
        (System::AGAIN, Errno::Again),
        (System::BADF, Errno::BadF),
        (System::BUSY, Errno::Busy),
        (System::DQUOT, Errno::NoSpc),
        (System::EXIST, Errno::Exist),
        (System::FBIG, Errno::FBig),
        (System::INTR, Errno::Again),
        (System::INVAL, Errno::Inval),
        (System::ISDIR, Errno::IsDir),
        (System::LOOP, Errno::Loop),
        (System::MFILE, Errno::MFile),
        (System::MLINK, Errno::MLink),
        (System::NAMETOOLONG, Errno::NameTooLong),
        (System::NFILE, Errno::NFile),
        (System::NOENT, Errno::NoEnt),
        (System::NOSPC, Errno::NoSpc),
        (System::NOTDIR, Errno::NotDir),
        (System::NOTEMPTY, Errno::NotEmpty),
        (System::NOTSUP, Errno::NotSup),
        (System::NXIO, Errno::NxIo),
        (System::OVERFLOW, Errno::Overflow),
        (System::PERM, Errno::Perm),
        (System::PIPE, Errno::Pipe),
        (System::ROFS, Errno::RoFs),
        (System::SPIPE, Errno::SPipe),
        (System::TXTBSY, Errno::TxtBsy),
        (System::XDEV, Errno::XDev),
    ];
    pairs.iter().find(|(system, _)| *system == error).map_or(Errno::Io, |(_, errno)| *errno)
}

/// Is there something, or would a call answer at once with an end or an error?
fn ready(fd: BorrowedFd<'_>, flags: PollFlags) -> bool {
    let mut fds = [PollFd::from_borrowed_fd(fd, flags)];
    let none = Timespec { tv_sec: 0, tv_nsec: 0 };
    // An interrupted look counts as «not yet»; the scheduler looks again.
    rustix::event::poll(&mut fds, Some(&none)).is_ok_and(|count| count > 0)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Host for NativeHost {
    fn realtime(&mut self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, nanoseconds)
    }

    fn monotonic(&mut self) -> u64 {
        nanoseconds(self.start.elapsed())
    }

    fn random(&mut self, bytes: &mut [u8]) {
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match rustix::rand::getrandom(rest, rustix::rand::GetRandomFlags::empty()) {
                Ok(count) => filled += count,
                Err(rustix::io::Errno::INTR) => {}
                // No system without getrandom is supported; zeros would be worse than ending here.
                Err(_) => std::process::abort(),
            }
        }
    }

    fn read(&mut self, stream: Stream, bytes: &mut [u8]) -> Result<usize, Errno> {
        self.with(stream, |fd| {
            if !ready(fd, PollFlags::IN) {
                return Err(Errno::Again);
            }
            rustix::io::read(fd, bytes).map_err(errno_of)
        })
    }

    fn readable(&mut self, stream: Stream) -> bool {
        self.with(stream, |fd| Ok(ready(fd, PollFlags::IN))).unwrap_or(true)
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        let is_file = match stream {
            Stream::Output => self.output_is_file,
            Stream::Error => self.error_is_file,
            Stream::Input | Stream::Terminal => false,
        };
        self.with(stream, |fd| {
            if is_file {
                return rustix::io::write(fd, bytes).map_err(errno_of);
            }
            // A pipe, socket or terminal that says it has room takes this much without blocking (POSIX, PIPE_BUF),
            // so that a reader who stalls does not stall the session.
            if !ready(fd, PollFlags::OUT) {
                return Err(Errno::Again);
            }
            let piece = bytes.get(..bytes.len().min(PIPE_BUF)).unwrap_or_default();
            rustix::io::write(fd, piece).map_err(errno_of)
        })
    }

    fn writable(&mut self, stream: Stream) -> bool {
        self.with(stream, |fd| Ok(ready(fd, PollFlags::OUT))).unwrap_or(true)
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        use std::io::IsTerminal;
        match stream {
            Stream::Input => io::stdin().is_terminal(),
            Stream::Output => io::stdout().is_terminal(),
            Stream::Error => io::stderr().is_terminal(),
            Stream::Terminal => {
                io::stdin().is_terminal() || io::stdout().is_terminal() || io::stderr().is_terminal()
            }
        }
    }

    fn terminal_size(&mut self) -> Option<(u16, u16)> {
        [Stream::Output, Stream::Input, Stream::Error].into_iter().find_map(|stream| {
            let size = self.with(stream, |fd| rustix::termios::tcgetwinsize(fd).map_err(errno_of)).ok()?;
            (size.ws_col > 0).then_some((size.ws_col, size.ws_row))
        })
    }

    fn wait(&mut self, sleep: Sleep) -> bool {
        let left = sleep.until.map(|until| until.saturating_sub(nanoseconds(self.start.elapsed())));
        let timeout = left.and_then(|ns| Timespec::try_from(Duration::from_nanos(ns)).ok());
        if [sleep.input, sleep.output].contains(&Some(Stream::Terminal)) {
            let _ = self.open_terminal();
        }
        let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
        let watched = |stream: Stream, flags| {
            let fd = match stream {
                Stream::Input => stdin.as_fd(),
                Stream::Output => stdout.as_fd(),
                Stream::Error => stderr.as_fd(),
                Stream::Terminal => self.terminal.as_ref()?.as_fd(),
            };
            Some(PollFd::from_borrowed_fd(fd, flags))
        };
        let mut fds = vec![PollFd::new(&self.wake_read, PollFlags::IN)];
        fds.extend(sleep.input.and_then(|stream| watched(stream, PollFlags::IN)));
        fds.extend(sleep.output.and_then(|stream| watched(stream, PollFlags::OUT)));
        // Interrupted or not, the scheduler looks again.
        let _ = rustix::event::poll(&mut fds, timeout.as_ref());
        let mut drained = [0; 64];
        let _ = self.wake_read.read(&mut drained);
        // A signal may always come.
        true
    }
}
