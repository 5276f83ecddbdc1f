//! watch: a command run again and again, its output on the whole screen.

use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::{quoted, reason};
use wasmsand_sys::signal::{self, Action};
use wasmsand_sys::terminal::{self, Mode};
use wasmsand_sys::{ExitStatus, Stdio, fd};

use crate::calendar::Moment;
use crate::{launch, system};

mod screen;

use screen::Screen;

const HELP: &str = "\
Usage: watch [OPTION]... COMMAND [ARG]...
Run COMMAND by sh every two seconds and show the start of what it writes, until Ctrl-C.

  -b, --beep               beep when COMMAND fails
  -c, --color              show colours and styles of COMMAND
  -d, --differences[=permanent]  mark what changed since the last time, or since the first
  -e, --errexit            stop at a failure of COMMAND, and end at a key
  -g, --chgexit            end when the output changes
  -q, --equexit=COUNT      end when the output has been the same COUNT times
  -n, --interval=SECONDS   how long to wait, at least 0.1; the variable WATCH_INTERVAL says it too
  -p, --precise            begin every SECONDS, however long COMMAND takes
  -t, --no-title           no header
  -w, --no-wrap            cut long lines off
  -x, --exec               run COMMAND itself, not by sh
  -h, --help               print this text
  -v, --version            print the version

The status is 0, 8 after a failure that ended it, or 4 when COMMAND cannot be run.
";

const DIFFERENCES: char = 'd';

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'b', Takes::Nothing, 'b'),
        (b'c', Takes::Nothing, 'c'),
        (b'd', Takes::MaybeValue, DIFFERENCES),
        (b'e', Takes::Nothing, 'e'),
        (b'g', Takes::Nothing, 'g'),
        (b'q', Takes::Value, 'q'),
        (b'n', Takes::Value, 'n'),
        (b'p', Takes::Nothing, 'p'),
        (b't', Takes::Nothing, 't'),
        (b'w', Takes::Nothing, 'w'),
        (b'x', Takes::Nothing, 'x'),
        (b'h', Takes::Nothing, frame::HELP),
        (b'v', Takes::Nothing, frame::VERSION),
    ],
    long: &[
        ("beep", Takes::Nothing, 'b'),
        ("color", Takes::Nothing, 'c'),
        ("differences", Takes::MaybeValue, DIFFERENCES),
        ("errexit", Takes::Nothing, 'e'),
        ("chgexit", Takes::Nothing, 'g'),
        ("equexit", Takes::Value, 'q'),
        ("interval", Takes::Value, 'n'),
        ("precise", Takes::Nothing, 'p'),
        ("no-title", Takes::Nothing, 't'),
        ("no-wrap", Takes::Nothing, 'w'),
        ("exec", Takes::Nothing, 'x'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// The status when the command cannot be run.
const CANNOT_RUN: i32 = 4;
/// The status when the command failed and that was to end watch.
const FAILED: i32 = 8;
/// No screen shows more of an output; the rest is read and dropped.
const SHOWN_BYTES: usize = 1 << 20;
/// Without a terminal.
const SIZE: (usize, usize) = (80, 24);

/// Which cells are marked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Differences {
    No,
    SinceLast,
    SinceFirst,
}

struct Watch {
    argv: Vec<Vec<u8>>,
    interval: Duration,
    differences: Differences,
    /// How often the same output ends it.
    equal: Option<u64>,
    beep: bool,
    color: bool,
    stops_at_failure: bool,
    ends_at_change: bool,
    precise: bool,
    title: bool,
    wraps: bool,
    by_shell: bool,
}

/// Runs watch: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let watch = match parse(frame, arguments) {
        Ok(watch) => watch,
        Err(status) => return status,
    };
    for number in [signal::INT, signal::TERM, signal::HUP] {
        let _ = signal::set_action(number, Action::Catch);
    }
    // The other screen, without a cursor; and back.
    let _ = stdio::print(b"\x1b[?1049h\x1b[?25l");
    let status = watch.run();
    let _ = stdio::print(b"\x1b[?25h\x1b[?1049l");
    match status {
        Ok(status) => status,
        Err(error) => {
            let name = watch.argv.first().map_or(b"sh".as_slice(), Vec::as_slice);
            let what = reason(launch::errno_of(&error));
            frame.complain(&format!("cannot run {}: {what}", quoted(name)));
            CANNOT_RUN
        }
    }
}

fn parse(frame: Frame<'_>, arguments: Vec<Vec<u8>>) -> Result<Watch, i32> {
    let interval = |text: &[u8]| -> Result<Duration, i32> {
        let text = String::from_utf8_lossy(text).replace(',', ".");
        match text.trim().parse::<f64>() {
            Ok(seconds) if seconds.is_finite() => {
                Ok(Duration::from_secs_f64(seconds.clamp(0.1, 31.0 * 24.0 * 3600.0)))
            }
            _ => {
                frame.complain(&format!("failed to parse argument: {}", quoted(text.as_bytes())));
                Err(1)
            }
        }
    };
    let mut watch = Watch {
        argv: Vec::new(),
        interval: match std::env::var("WATCH_INTERVAL") {
            Ok(text) => interval(text.as_bytes())?,
            Err(_) => Duration::from_secs(2),
        },
        differences: Differences::No,
        equal: None,
        beep: false,
        color: false,
        stops_at_failure: false,
        ends_at_change: false,
        precise: false,
        title: true,
        wraps: true,
        by_shell: true,
    };
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        match words.next() {
            Err(what) => {
                frame.complain(&what);
                stdio::note(HELP.lines().next().unwrap_or_default());
                return Err(1);
            }
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                watch.argv = vec![word];
                watch.argv.extend(words.into_rest());
                return Ok(watch);
            }
            Ok(Some(Next::Option { option, value, .. })) => match (option, value) {
                ('b', _) => watch.beep = true,
                ('c', _) => watch.color = true,
                (DIFFERENCES, None) => watch.differences = Differences::SinceLast,
                (DIFFERENCES, Some(_)) => watch.differences = Differences::SinceFirst,
                ('e', _) => watch.stops_at_failure = true,
                ('g', _) => watch.ends_at_change = true,
                ('q', value) => {
                    let value = value.unwrap_or_default();
                    let count = std::str::from_utf8(&value).ok().and_then(|text| text.parse().ok());
                    if count.is_none() {
                        frame.complain(&format!("failed to parse argument: {}", quoted(&value)));
                        return Err(1);
                    }
                    watch.equal = count;
                }
                ('n', value) => watch.interval = interval(&value.unwrap_or_default())?,
                ('p', _) => watch.precise = true,
                ('t', _) => watch.title = false,
                ('w', _) => watch.wraps = false,
                ('x', _) => watch.by_shell = false,
                (frame::HELP, _) => return Err(frame.show(HELP)),
                _ => return Err(frame.show(&version("watch"))),
            },
        }
    }
    stdio::note(HELP.trim_end());
    Err(1)
}

/// What one run of the command gave.
struct Ran {
    output: Vec<u8>,
    status: ExitStatus,
}

impl Watch {
    fn run(&self) -> std::io::Result<i32> {
        let mut next = Instant::now();
        let mut last: Option<(Vec<u8>, Screen)> = None;
        let (mut equal, mut first) = (0, true);
        loop {
            next = if self.precise { next + self.interval } else { Instant::now() };
            let Some(ran) = self.run_once()? else { return Ok(0) };
            if !self.precise {
                next = Instant::now() + self.interval;
            }
            let changed = last.as_ref().is_some_and(|(output, _)| *output != ran.output);
            let mut screen = self.screen(&ran.output);
            if let Some((_, before)) = &last {
                match self.differences {
                    Differences::No => {}
                    Differences::SinceLast => screen.mark(before, false),
                    Differences::SinceFirst => screen.mark(before, true),
                }
            }
            let failed = !ran.status.success();
            let bell = if failed && self.beep { "\x07" } else { "" };
            let _ = stdio::print(format!("{}{bell}", screen.drawn()).as_bytes());
            if failed && self.stops_at_failure {
                let last = screen.rows();
                let what = "command exit with a non-zero status, press a key to exit";
                let _ = stdio::print(format!("\x1b[{last};1H\x1b[7m{what}\x1b[0m").as_bytes());
                wait_for_key();
                return Ok(FAILED);
            }
            if changed && self.ends_at_change {
                return Ok(0);
            }
            equal = if changed || first { 0 } else { equal + 1 };
            if self.equal.is_some_and(|count| equal >= count) {
                return Ok(0);
            }
            first = false;
            last = Some((ran.output, screen));
            if !sleep_until(next) {
                return Ok(0);
            }
        }
    }

    /// Runs the command; None when a signal says that it is enough.
    fn run_once(&self) -> std::io::Result<Option<Ran>> {
        let words = if self.by_shell {
            vec![b"sh".to_vec(), b"-c".to_vec(), self.argv.join(&b' ')]
        } else {
            self.argv.clone()
        };
        let (reader, writer) = fd::pipe()?;
        let errors = fd::duplicate(&writer, 3)?;
        let mut command = launch::command(&words);
        command.stdout(Stdio::Fd(writer)).stderr(Stdio::Fd(errors));
        for number in [signal::INT, signal::TERM, signal::HUP] {
            command.signal_default(number);
        }
        let mut child = command.spawn()?;
        drop(command);
        let mut reader = std::fs::File::from(reader);
        let mut output = Vec::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    let left = SHOWN_BYTES.saturating_sub(output.len());
                    output.extend_from_slice(&buffer[..count.min(left)]);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {
                    if !signal::take().is_empty() {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        let status = loop {
            match child.wait() {
                Ok(status) => break status,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        Ok(signal::take().is_empty().then_some(Ran { output, status }))
    }

    fn screen(&self, output: &[u8]) -> Screen {
        let size = terminal::size().ok().filter(|(columns, rows)| *columns > 0 && *rows > 0);
        let (columns, rows) = size.map_or(SIZE, |(columns, rows)| (columns as usize, rows as usize));
        let mut screen = Screen::new(columns, rows);
        if self.title {
            let (left, right) = self.header();
            screen.title(&left, &right);
        }
        screen.fill(&String::from_utf8_lossy(output), self.color, self.wraps);
        screen
    }

    /// What is at the left of the header, and at its right.
    fn header(&self) -> (String, String) {
        let command = String::from_utf8_lossy(&self.argv.join(&b' ')).into_owned();
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let now = Moment::from_seconds(i64::try_from(seconds).unwrap_or(0));
        let right = format!(
            "{}: {} {} {:2} {:02}:{:02}:{:02} {}",
            system::host_name(),
            now.weekday_name(),
            now.month_name(),
            now.day,
            now.hour,
            now.minute,
            now.second,
            now.year
        );
        (format!("Every {:.1}s: {command}", self.interval.as_secs_f64()), right)
    }
}

/// Waits; false when a signal says that it is enough.
fn sleep_until(end: Instant) -> bool {
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return signal::take().is_empty();
        }
        // A signal ends the wait; what else fails is waited for by the clock.
        let failed = fd::poll(&[], Some(left)).is_err_and(|error| error.kind() != ErrorKind::Interrupted);
        if !signal::take().is_empty() {
            return false;
        }
        if failed {
            std::thread::sleep(left);
        }
    }
}

/// Waits for a key, or for a signal.
fn wait_for_key() {
    let input = rustix::stdio::stdin();
    let Ok(mode) = terminal::mode(input) else { return };
    let _ = terminal::set_mode(input, mode.without(Mode::CANONICAL).without(Mode::ECHO));
    if fd::poll(&[(input.as_fd(), false)], None).is_ok() {
        let _ = rustix::io::read(input, &mut [0; 1]);
    }
    let _ = terminal::set_mode(input, mode);
}
