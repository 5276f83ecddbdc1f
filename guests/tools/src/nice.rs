//! nice and nohup: a program that runs in another way. There are no priorities in the sandbox: nice runs the program
//! as it is.

use std::fs::File;
use std::io::IsTerminal;
use std::os::fd::OwnedFd;

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::{quoted, quoted_name, reason};
use wasmsand_sys::signal::{self, Action};
use wasmsand_sys::{Stdio, file};

use crate::launch;

const NICE_HELP: &str = "\
Usage: nice [OPTION] [COMMAND [ARG]...]
Run COMMAND with another priority. Every program has the same one here, so only the words are checked. Without a COMMAND
print the priority, which is 0.

  -n, --adjustment=N   add N to the priority (10)
      --help           print this text
      --version        print the version
";

const NOHUP_HELP: &str = "\
Usage: nohup COMMAND [ARG]...
Run COMMAND such that the end of the terminal does not end it.

What it would read from a terminal is nothing; what it would write to one goes to nohup.out, or to $HOME/nohup.out.

      --help           print this text
      --version        print the version
";

/// The status when nice or nohup itself fails.
const FAILED: i32 = 125;

static NICE: Syntax<char> = Syntax {
    short: &[(b'n', Takes::Value, 'n')],
    long: &[
        ("adjustment", Takes::Value, 'n'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

static NOHUP: Syntax<char> = Syntax {
    short: &[],
    long: &[("help", Takes::Nothing, frame::HELP), ("version", Takes::Nothing, frame::VERSION)],
};

/// Runs nice: its name and its arguments, to an exit status.
pub fn nice(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    // `-5` and `--5`, as it was before there was -n.
    let mut adjustment = None;
    while let Some(number) = arguments.first().and_then(|word| word.strip_prefix(b"-")) {
        let digits = number.strip_prefix(b"-").or(number.strip_prefix(b"+")).unwrap_or(number);
        if !digits.first().is_some_and(u8::is_ascii_digit) {
            break;
        }
        adjustment = Some(number.to_vec());
        arguments.remove(0);
    }
    let mut words = Words::new(&NICE, arguments);
    let argv = loop {
        match words.next() {
            Err(what) => {
                frame.misused(&what);
                return FAILED;
            }
            Ok(None) => break Vec::new(),
            Ok(Some(Next::Operand(first))) => {
                let mut argv = vec![first];
                argv.extend(words.into_rest());
                break argv;
            }
            Ok(Some(Next::Option { option: 'n', value, .. })) => adjustment = value,
            Ok(Some(Next::Option { option: frame::HELP, .. })) => return frame.show(NICE_HELP),
            Ok(Some(Next::Option { .. })) => return frame.show(&version("nice")),
        }
    };
    if let Some(adjustment) = &adjustment {
        let text = String::from_utf8_lossy(adjustment);
        let digits = text.trim_start().trim_start_matches(['+', '-']);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            frame.complain(&format!("invalid adjustment {}", quoted(adjustment)));
            return FAILED;
        }
    }
    if argv.is_empty() {
        if adjustment.is_some() {
            frame.misused("a command must be given with an adjustment");
            return FAILED;
        }
        return frame.show("0\n");
    }
    let errno = launch::become_program(&argv);
    launch::failed(frame, "", &argv[0], errno)
}

/// Runs nohup: its name and its arguments, to an exit status.
pub fn nohup(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut words = Words::new(&NOHUP, arguments);
    let first = match words.next() {
        Err(what) => {
            frame.misused(&what);
            return FAILED;
        }
        Ok(None) => {
            frame.misused("missing operand");
            return FAILED;
        }
        Ok(Some(Next::Option { option: frame::HELP, .. })) => return frame.show(NOHUP_HELP),
        Ok(Some(Next::Option { .. })) => return frame.show(&version("nohup")),
        Ok(Some(Next::Operand(first))) => first,
    };
    let mut argv = vec![first];
    argv.extend(words.into_rest());
    let streams = Streams::look();
    // The call has no other failure than a signal that always acts.
    let _ = signal::set_action(signal::HUP, Action::Ignore);
    let started = |frame: Frame<'_>, errno| {
        let shown = quoted_name(&argv[0]);
        frame.complain(&format!("failed to run command {shown}: {}", reason(errno)));
        launch::status_for(errno)
    };
    if !streams.any() {
        return started(frame, launch::become_program(&argv));
    }
    let mut command = launch::command(&argv);
    if streams.input {
        command.stdin(Stdio::Null);
    }
    let ignoring = if streams.input { "ignoring input" } else { "" };
    if streams.output {
        let (output, name) = match output() {
            Ok(opened) => opened,
            Err(what) => {
                frame.complain(&what);
                return FAILED;
            }
        };
        let and = if streams.input { " and " } else { "" };
        stdio::note(&format!(
            "{program}: {ignoring}{and}appending output to {}",
            quoted_name(name.as_bytes())
        ));
        if streams.errors {
            match wasmsand_sys::fd::duplicate(&output, 3) {
                Ok(copy) => drop(command.stderr(Stdio::Fd(copy))),
                Err(error) => return started(frame, launch::errno_of(&error)),
            }
        }
        command.stdout(Stdio::Fd(OwnedFd::from(output)));
    } else {
        let and = if streams.input && streams.errors { " and " } else { "" };
        let errors = if streams.errors { "redirecting stderr to stdout" } else { "" };
        stdio::note(&format!("{program}: {ignoring}{and}{errors}"));
        if streams.errors {
            match wasmsand_sys::fd::duplicate(rustix::stdio::stdout(), 3) {
                Ok(copy) => drop(command.stderr(Stdio::Fd(copy))),
                Err(error) => return started(frame, launch::errno_of(&error)),
            }
        }
    }
    match command.spawn().and_then(|mut child| child.wait()) {
        Ok(status) => launch::end_as(status),
        Err(error) => started(frame, launch::errno_of(&error)),
    }
}

/// Which streams are the terminal's.
struct Streams {
    input: bool,
    output: bool,
    errors: bool,
}

impl Streams {
    fn look() -> Self {
        Self {
            input: std::io::stdin().is_terminal(),
            output: std::io::stdout().is_terminal(),
            errors: std::io::stderr().is_terminal(),
        }
    }

    fn any(&self) -> bool {
        self.input || self.output || self.errors
    }
}

/// The file that is in the place of the terminal, here or at home; the error is what to complain about.
fn output() -> Result<(File, String), String> {
    let open = |name: &str| {
        let is_new = std::fs::symlink_metadata(name).is_err();
        let opened = File::options().append(true).create(true).open(name);
        if opened.is_ok() && is_new {
            // Others have no business in it; where that cannot be said the file is none the worse.
            let _ = file::set_mode(name, true, 0o600);
        }
        opened
    };
    let failed = |name: &str, error: &std::io::Error| {
        format!("failed to open {}: {}", quoted_name(name.as_bytes()), reason(launch::errno_of(error)))
    };
    let here = "nohup.out";
    let first = match open(here) {
        Ok(file) => return Ok((file, here.to_owned())),
        Err(error) => failed(here, &error),
    };
    let Some(home) = std::env::var_os("HOME") else { return Err(first) };
    let at_home = format!("{}/{here}", home.to_string_lossy());
    open(&at_home).map(|file| (file, at_home.clone())).map_err(|error| failed(&at_home, &error))
}
