//! timeout: a program that is ended when it runs for too long.

use std::time::{Duration, Instant};

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::quoted;
use wasmsand_sys::signal::{self, Action, Target};
use wasmsand_sys::{Child, ExitStatus, process};

use crate::{duration, launch, signals};

const HELP: &str = "\
Usage: timeout [OPTION]... DURATION COMMAND [ARG]...
Run COMMAND, and end it when it still runs after DURATION.

      --preserve-status    exit with the status of COMMAND even when it was ended
      --foreground         let COMMAND read from the terminal and get its signals; its children are not ended
  -k, --kill-after=DURATION  end it by KILL when it still runs so long after the first signal
  -s, --signal=SIGNAL      end it by SIGNAL, not by TERM
  -v, --verbose            say which signal is sent
      --help               print this text
      --version            print the version

DURATION is a number with a unit: s (by default), m, h or d. 0 is for ever. The status is 124 when COMMAND was ended,
125 when timeout fails, 126 when COMMAND cannot be run, 127 when it is not found, 137 when it was ended by KILL.
";

/// The status when the program was ended.
const TIMED_OUT: i32 = 124;
/// The status when timeout itself fails.
const FAILED: i32 = 125;

const PRESERVE: char = 'p';
const FOREGROUND: char = 'f';

static SYNTAX: Syntax<char> = Syntax {
    short: &[(b'k', Takes::Value, 'k'), (b's', Takes::Value, 's'), (b'v', Takes::Nothing, 'v')],
    long: &[
        ("kill-after", Takes::Value, 'k'),
        ("signal", Takes::Value, 's'),
        ("verbose", Takes::Nothing, 'v'),
        ("foreground", Takes::Nothing, FOREGROUND),
        ("preserve-status", Takes::Nothing, PRESERVE),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// What is passed on to the program.
const PASSED: [u32; 4] = [signal::HUP, signal::INT, signal::QUIT, signal::TERM];

struct Timeout<'a> {
    frame: Frame<'a>,
    argv: Vec<Vec<u8>>,
    /// None: for ever.
    time: Option<Duration>,
    kill_after: Option<Duration>,
    signal: u32,
    foreground: bool,
    preserve: bool,
    verbose: bool,
}

/// Runs timeout: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    match parse(frame, arguments) {
        Ok(timeout) => timeout.run(),
        Err(status) => status,
    }
}

fn parse(frame: Frame<'_>, arguments: Vec<Vec<u8>>) -> Result<Timeout<'_>, i32> {
    let refused = |what: &str| {
        frame.misused(what);
        FAILED
    };
    let time = |text: &[u8]| -> Result<Option<Duration>, i32> {
        let read = duration::parse(text)
            .map_err(|()| refused(&format!("invalid time interval {}", quoted(text))))?;
        Ok(read.filter(|time| !time.is_zero()))
    };
    let mut timeout = Timeout {
        frame,
        argv: Vec::new(),
        time: None,
        kill_after: None,
        signal: signal::TERM,
        foreground: false,
        preserve: false,
        verbose: false,
    };
    let mut words = Words::new(&SYNTAX, arguments);
    loop {
        match words.next() {
            Err(what) => return Err(refused(&what)),
            Ok(None) => break,
            Ok(Some(Next::Operand(word))) => {
                timeout.argv = words.into_rest();
                if timeout.argv.is_empty() {
                    break;
                }
                timeout.time = time(&word)?;
                return Ok(timeout);
            }
            Ok(Some(Next::Option { option, value, .. })) => {
                let value = value.unwrap_or_default();
                match option {
                    'k' => timeout.kill_after = time(&value)?,
                    's' => {
                        let invalid = || refused(&format!("{}: invalid signal", quoted(&value)));
                        timeout.signal = signals::to_send(&value).ok_or_else(invalid)?;
                    }
                    'v' => timeout.verbose = true,
                    FOREGROUND => timeout.foreground = true,
                    PRESERVE => timeout.preserve = true,
                    frame::HELP => return Err(frame.show(HELP)),
                    _ => return Err(frame.show(&version("timeout"))),
                }
            }
        }
    }
    frame.try_help();
    Err(FAILED)
}

impl Timeout<'_> {
    fn run(self) -> i32 {
        // All that the program starts is in one group, to which the signal is sent.
        if !self.foreground {
            // The leader of a group stays it.
            let _ = process::set_group(0, 0);
        }
        for number in PASSED {
            let _ = signal::set_action(number, Action::Catch);
        }
        let mut child = match launch::command(&self.argv).spawn() {
            Ok(child) => child,
            Err(error) => {
                let program = self.argv.first().map_or(b"".as_slice(), Vec::as_slice);
                return launch::failed(
                    self.frame,
                    "failed to run command ",
                    program,
                    launch::errno_of(&error),
                );
            }
        };
        if let Some(status) = self.wait(&mut child, self.time) {
            return launch::end_as(status);
        }
        self.send(&mut child, self.signal);
        let mut by_kill = self.signal == signal::KILL;
        let status = match self.wait(&mut child, self.kill_after) {
            Some(status) => status,
            None => {
                by_kill = true;
                self.send(&mut child, signal::KILL);
                match self.wait(&mut child, None) {
                    Some(status) => status,
                    None => return FAILED,
                }
            }
        };
        if self.preserve || (by_kill && status.signal() == Some(signal::KILL)) {
            i32::from(status.shell_code())
        } else {
            TIMED_OUT
        }
    }

    /// Waits so long for the child's end, and passes on the signals that come meanwhile.
    fn wait(&self, child: &mut Child, time: Option<Duration>) -> Option<ExitStatus> {
        let end = time.and_then(|time| Instant::now().checked_add(time));
        loop {
            let waited = match end {
                Some(end) => child.wait_timeout(end.saturating_duration_since(Instant::now())),
                None => child.wait().map(Some),
            };
            match waited {
                Ok(status) => return status,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {
                    for number in signal::take().iter() {
                        self.pass(child, number);
                    }
                }
                Err(_) => return None,
            }
        }
    }

    /// Ends the child by a signal, and says so.
    fn send(&self, child: &mut Child, number: u32) {
        if self.verbose {
            let name = signals::name(number).map_or_else(|| number.to_string(), str::to_owned);
            let program = self.argv.first().map_or(b"".as_slice(), Vec::as_slice);
            self.frame.complain(&format!("sending signal {name} to command {}", quoted(program)));
        }
        self.pass(child, number);
    }

    fn pass(&self, child: &mut Child, number: u32) {
        // It may have ended meanwhile.
        let _ = child.signal(number);
        if !self.foreground && number != signal::KILL {
            // This process is of the group too.
            let _ = signal::set_action(number, Action::Ignore);
            let _ = signal::send(Target::OwnGroup, number);
            let _ = signal::send(Target::OwnGroup, signal::CONT);
            let _ = signal::set_action(number, Action::Catch);
        } else if number == signal::KILL && !self.foreground {
            // Nobody of the group comes back from this, this process neither.
            let _ = signal::send(Target::OwnGroup, number);
        }
        if number != signal::KILL {
            let _ = child.signal(signal::CONT);
        }
    }
}
