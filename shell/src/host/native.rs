//! A Unix process as the host: its clocks, its standard streams, its terminal, and `poll(2)` to sleep.
//!
//! Nothing is buffered and no thread is started. Reading waits for `poll` to say that there is something, so a read
//! never blocks; a signal handler or another thread ends a sleep through the [`Waker`].

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::termios::{InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios};
use wasmsand_wasi::host::read_bytewise;
use wasmsand_wasi::{Errno, Host, Sleep, Stream, TerminalMode};

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
    /// The terminal's whole mode before it was first changed here.
    original: Option<Termios>,
}

impl Drop for NativeHost {
    /// Whoever drops a host, and be it by a panic, must not leave a person with a raw terminal.
    fn drop(&mut self) {
        if let Some(original) = self.original.take() {
            let _ = self.with_terminal(|fd| rustix::termios::tcsetattr(fd, OptionalActions::Now, &original));
        }
    }
}

/// What of a terminal's mode the machine knows.
fn mode_of(termios: &Termios) -> TerminalMode {
    TerminalMode {
        canonical: termios.local_modes.contains(LocalModes::ICANON),
        echo: termios.local_modes.contains(LocalModes::ECHO),
        signals: termios.local_modes.contains(LocalModes::ISIG),
        input: termios.input_modes.contains(InputModes::ICRNL),
        output: termios.output_modes.contains(OutputModes::OPOST),
    }
}

/// A terminal's mode with the parts set that the machine knows; Ctrl-S and Ctrl-Q come back only where they were.
fn with_mode(termios: &Termios, original: &Termios, mode: TerminalMode) -> Termios {
    let mut termios = termios.clone();
    termios.local_modes.set(LocalModes::ICANON, mode.canonical);
    termios
        .local_modes
        .set(LocalModes::IEXTEN, mode.canonical && original.local_modes.contains(LocalModes::IEXTEN));
    termios.local_modes.set(LocalModes::ECHO, mode.echo);
    termios.local_modes.set(LocalModes::ISIG, mode.signals);
    termios.input_modes.set(InputModes::ICRNL, mode.input);
    termios.input_modes.set(InputModes::IXON, mode.input && original.input_modes.contains(InputModes::IXON));
    termios.output_modes.set(OutputModes::OPOST, mode.output);
    if !mode.canonical {
        // A read answers as soon as there is a byte.
        termios.special_codes[SpecialCodeIndex::VMIN] = 1;
        termios.special_codes[SpecialCodeIndex::VTIME] = 0;
    } else if original.local_modes.contains(LocalModes::ICANON) {
        // Some systems keep the end-of-file and end-of-line keys in these places.
        for code in [SpecialCodeIndex::VMIN, SpecialCodeIndex::VTIME] {
            termios.special_codes[code] = original.special_codes[code];
        }
    }
    termios
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
            original: None,
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

    /// Asks the terminal something, through whichever stream it is.
    fn with_terminal<T>(
        &mut self,
        ask: impl FnOnce(BorrowedFd<'_>) -> rustix::io::Result<T>,
    ) -> Result<T, Errno> {
        let stream = [Stream::Input, Stream::Output, Stream::Error]
            .into_iter()
            .find(|stream| self.is_terminal(*stream))
            .ok_or(Errno::NoTty)?;
        self.with(stream, |fd| ask(fd).map_err(errno_of))
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

    fn read_until(&mut self, stream: Stream, delimiter: u8, bytes: &mut [u8]) -> Result<usize, Errno> {
        self.with(stream, |fd| {
            // A file is read in one piece, and the position set back to behind the delimiter.
            if let Ok(start) = rustix::fs::tell(fd) {
                let count = rustix::io::pread(fd, &mut *bytes, start).map_err(errno_of)?;
                let seen = bytes.get(..count).unwrap_or_default();
                let length = seen.iter().position(|byte| *byte == delimiter).map_or(count, |at| at + 1);
                let end = start.saturating_add(u64::try_from(length).unwrap_or(0));
                rustix::fs::seek(fd, rustix::fs::SeekFrom::Start(end)).map_err(errno_of)?;
                return Ok(length);
            }
            if !ready(fd, PollFlags::IN) {
                return Err(Errno::Again);
            }
            // What is known to be there is read without asking again before each byte.
            let there = usize::try_from(rustix::io::ioctl_fionread(fd).unwrap_or(1)).unwrap_or(1).max(1);
            let (bytes, _) = bytes.split_at_mut(bytes.len().min(there));
            read_bytewise(delimiter, bytes, |byte| rustix::io::read(fd, byte).map_err(errno_of))
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

    fn terminal_mode(&mut self) -> Option<TerminalMode> {
        self.with_terminal(|fd| rustix::termios::tcgetattr(fd)).ok().map(|termios| mode_of(&termios))
    }

    fn set_terminal_mode(&mut self, mode: TerminalMode) -> Result<(), Errno> {
        let now = self.with_terminal(|fd| rustix::termios::tcgetattr(fd))?;
        let original = self.original.get_or_insert_with(|| now.clone()).clone();
        let wanted = if mode == mode_of(&original) { original } else { with_mode(&now, &original, mode) };
        self.with_terminal(|fd| rustix::termios::tcsetattr(fd, OptionalActions::Now, &wanted))
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
