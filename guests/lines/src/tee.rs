//! tee: standard input to standard output and to files.

use std::fs::File;
use std::os::fd::AsFd;

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::{name, quoted, reason};
use rustix::io::Errno;
use wasmsand_sys::signal::{self, Action};

use crate::input::{BLOCK_BYTES, Input, errno_of, path};
use cli::frame::{self, Frame, version};

const HELP: &str = "\
Usage: tee [OPTION]... [FILE]...
Copy standard input to standard output and to each FILE.

  -a, --append              add to the files
  -i, --ignore-interrupts   go on when Ctrl-C is pressed
  -p                        go on when a pipe is closed: --output-error=warn-nopipe
      --output-error[=MODE] what to do when an output fails: warn, warn-nopipe, exit, exit-nopipe; the nopipe ones say
                            nothing about pipes
      --help                print this text
      --version             print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[(b'a', Takes::Nothing, 'a'), (b'i', Takes::Nothing, 'i'), (b'p', Takes::MaybeValue, 'p')],
    long: &[
        ("append", Takes::Nothing, 'a'),
        ("ignore-interrupts", Takes::Nothing, 'i'),
        ("output-error", Takes::MaybeValue, 'p'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// What a failing output does; None: a pipe's ends the process by its signal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Warn,
    WarnNoPipe,
    Exit,
    ExitNoPipe,
}

/// Runs tee: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut appends, mut ignores, mut mode, mut files) = (false, false, None, Vec::new());
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => files.push(file),
            Ok(Some(Next::Option { option, value, .. })) => match option {
                'a' => appends = true,
                'i' => ignores = true,
                'p' => match mode_of(value.as_deref()) {
                    Some(read) => mode = Some(read),
                    None => {
                        let list = "warn warn-nopipe exit exit-nopipe".replace(' ', "'\n  - '");
                        let value = quoted(&value.unwrap_or_default());
                        return frame.misused(&format!(
                            "invalid argument {value} for '--output-error'\nValid arguments are:\n  - '{list}'"
                        ));
                    }
                },
                frame::HELP => return frame.show(HELP),
                _ => return frame.show(&version("tee")),
            },
        }
    }
    if ignores {
        // The call has no other failure than a signal that always acts.
        let _ = signal::set_action(signal::INT, Action::Ignore);
    }
    if mode.is_some() {
        let _ = signal::set_action(signal::PIPE, Action::Ignore);
    }
    Tee { frame, mode, outputs: Vec::new(), status: 0 }.run(appends, &files)
}

fn mode_of(value: Option<&[u8]>) -> Option<Mode> {
    let Some(value) = value else { return Some(Mode::WarnNoPipe) };
    let modes = [
        ("warn", Mode::Warn),
        ("warn-nopipe", Mode::WarnNoPipe),
        ("exit", Mode::Exit),
        ("exit-nopipe", Mode::ExitNoPipe),
    ];
    modes.iter().find(|(name, _)| name.as_bytes() == value).map(|(_, mode)| *mode)
}

struct Tee<'a> {
    frame: Frame<'a>,
    mode: Option<Mode>,
    /// The name for messages, and the file; none is standard output.
    outputs: Vec<(String, Option<File>)>,
    status: i32,
}

impl Tee<'_> {
    fn run(mut self, appends: bool, files: &[Vec<u8>]) -> i32 {
        self.outputs.push(("'standard output'".to_owned(), None));
        for file in files {
            let mut options = File::options();
            options.create(true).append(appends).truncate(!appends).write(true);
            let opened = if file.is_empty() {
                Err(Errno::NOENT)
            } else {
                options.open(path(file)).map_err(|error| errno_of(&error))
            };
            match opened {
                Ok(opened) => self.outputs.push((name(file), Some(opened))),
                Err(errno) => {
                    self.frame.complain(&format!("{}: {}", name(file), reason(errno)));
                    self.status = 1;
                    if matches!(self.mode, Some(Mode::Exit | Mode::ExitNoPipe)) {
                        return 1;
                    }
                }
            }
        }
        let input = Input::stdin();
        let mut block = vec![0; BLOCK_BYTES];
        while !self.outputs.is_empty() {
            match input.read(&mut block) {
                Ok(0) => break,
                Ok(read) => {
                    if !self.write(&block[..read]) {
                        return 1;
                    }
                }
                Err(errno) => {
                    self.frame.complain(&format!("read error: {}", reason(errno)));
                    return 1;
                }
            }
        }
        self.status
    }

    /// Writes to every output that is left; answers whether to go on.
    fn write(&mut self, bytes: &[u8]) -> bool {
        let mut goes_on = true;
        let mut failed = Vec::new();
        for (index, (shown, file)) in self.outputs.iter().enumerate() {
            let written = match file {
                Some(file) => stdio::write_all(file.as_fd(), bytes),
                None => stdio::print(bytes),
            };
            let Err(errno) = written else { continue };
            failed.push(index);
            let is_pipe = errno == Errno::PIPE;
            if !(is_pipe && matches!(self.mode, Some(Mode::WarnNoPipe | Mode::ExitNoPipe))) {
                self.frame.complain(&format!("{shown}: {}", reason(errno)));
                self.status = 1;
                goes_on &= !matches!(self.mode, Some(Mode::Exit | Mode::ExitNoPipe));
            }
        }
        for index in failed.into_iter().rev() {
            self.outputs.remove(index);
        }
        goes_on
    }
}
