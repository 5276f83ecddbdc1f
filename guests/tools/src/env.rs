//! env: a program in a changed environment.
//!
//! It owns the order of work, the messages and the status; [`options`] reads
//! the command line, [`split`] the string of `-S`, [`environment`] keeps the
//! variables and [`search`] finds the program. Written from GNU's manual, and
//! held against GNU env 9.1.

mod environment;
mod options;
pub mod search;
mod signals;
mod split;

use rustix::io::Errno;

use crate::os::OsStrExt;
use cli::stdio;
use cli::wording::{quoted, quoted_name, reason};

use crate::wasmsand;
use environment::Environment;
use options::{Command, Refusal, Request};
use signals::Action;

/// The status when env itself fails.
const CANNOT_START: i32 = 125;
/// The status when the program is there and cannot be run.
const CANNOT_INVOKE: i32 = 126;
/// The status when the program is not there.
const NOT_FOUND: i32 = 127;

/// Added to complaints that a script's `#!/usr/bin/env` line may have caused.
const HINT: &str = "use -[v]S to pass options in shebang lines";

/// Runs env: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let environment = Environment::of_this_process();
    let read = options::parse(arguments, &environment, &mut stdio::note);
    let done = match read {
        Ok(Request::Show(text)) => print(text.as_bytes()),
        Ok(Request::Run(command)) => Run::new(*command, environment).run(),
        Err(refusal) => Err(Failure::refused(refusal)),
    };
    let Err(failure) = done else { return 0 };
    for line in failure.lines {
        stdio::complain(program, &line);
    }
    if failure.shows_try {
        stdio::note(&format!("Try '{program} --help' for more information."));
    }
    failure.status
}

/// What goes wrong: complaints, each a line, and the status.
struct Failure {
    lines: Vec<String>,
    shows_try: bool,
    status: i32,
}

impl Failure {
    fn new(line: String) -> Self {
        Self { lines: vec![line], shows_try: false, status: CANNOT_START }
    }

    fn refused(refusal: Refusal) -> Self {
        let mut failure = Self::new(refusal.what);
        failure.shows_try = refusal.shows_try;
        if refusal.is_shebang {
            failure.lines.push(HINT.to_owned());
        }
        failure
    }
}

fn print(bytes: &[u8]) -> Result<(), Failure> {
    stdio::print(bytes).map_err(|errno| Failure::new(format!("write error: {}", reason(errno))))
}

/// A command on its way.
struct Run {
    command: Command,
    environment: Environment,
}

impl Run {
    fn new(command: Command, environment: Environment) -> Self {
        Self { command, environment }
    }

    /// Says what is being done, where `-v` asks for it.
    fn trace(&self, line: impl FnOnce() -> String) {
        if self.command.debug {
            stdio::note(&line());
        }
    }

    /// Prints the environment, or becomes the program.
    fn run(mut self) -> Result<(), Failure> {
        self.change_environment()?;
        if self.command.argv.is_empty() {
            if self.command.directory.is_some() {
                return Err(misused("must specify command with --chdir (-C)"));
            }
            return print(&self.environment.listing(if self.command.nul { 0 } else { b'\n' }));
        }
        if self.command.nul {
            return Err(misused("cannot specify --null (-0) with command"));
        }
        self.set_signals()?;
        self.enter()?;
        self.trace(|| executing(&self.command.argv));
        Err(self.launch())
    }

    fn change_environment(&mut self) -> Result<(), Failure> {
        if self.command.ignore_environment {
            self.trace(|| "cleaning environ".to_owned());
            self.environment = Environment::default();
        } else {
            for name in &self.command.unset {
                self.trace(|| format!("unset:    {}", String::from_utf8_lossy(name)));
                if name.is_empty() || name.contains(&b'=') {
                    let what = format!("cannot unset {}: {}", quoted(name), reason(Errno::INVAL));
                    return Err(Failure::new(what));
                }
                self.environment.unset(name);
            }
        }
        for assignment in &self.command.assignments {
            self.trace(|| format!("setenv:   {}", String::from_utf8_lossy(assignment)));
            self.environment.put(assignment);
        }
        Ok(())
    }

    fn set_signals(&self) -> Result<(), Failure> {
        for set in self.command.signals.settings() {
            let set_to = wasmsand::set_ignored(set.signal, set.action == Action::Ignore);
            let ignored = if set_to.is_err() { " (failure ignored)" } else { "" };
            match set_to {
                Err(errno) if !set.may_fail => {
                    let what =
                        format!("failed to set signal action for signal {}: {}", set.signal, reason(errno));
                    return Err(Failure::new(what));
                }
                Ok(()) | Err(_) => {}
            }
            self.trace(|| {
                format!("Reset signal {} ({}) to {}{ignored}", set.name(), set.signal, set.action.name())
            });
        }
        for set in self.command.signals.settings().filter(|set| set.action == Action::Default) {
            self.trace(|| format!("signal {} ({}) mask set to UNBLOCK", set.name(), set.signal));
        }
        Ok(())
    }

    /// Enters the directory of `-C`.
    ///
    /// Programs of ours that go by `PWD` begin in the directory that it names,
    /// so the variable has to follow, and has to be there even where the
    /// environment was emptied.
    fn enter(&mut self) -> Result<(), Failure> {
        let Some(directory) = &self.command.directory else {
            if !self.environment.has(b"PWD")
                && !search::only_prints(&self.command.argv)
                && let Ok(current) = std::env::current_dir()
            {
                self.environment.put(&[b"PWD=", current.as_os_str().as_bytes()].concat());
            }
            return Ok(());
        };
        self.trace(|| format!("chdir:    {}", quoted_name(directory)));
        let path = wasmsand::enter_directory(directory).map_err(|errno| {
            Failure::new(format!("cannot change directory to {}: {}", quoted_name(directory), reason(errno)))
        })?;
        self.environment.put(&[b"PWD=", path.as_slice()].concat());
        Ok(())
    }

    /// Becomes the program; comes back only in failure.
    fn launch(&self) -> Failure {
        let argv = &self.command.argv;
        let program = argv.first().map_or(b"".as_slice(), Vec::as_slice);
        let errno = search::launch(program, self.environment.value(b"PATH"), |path| {
            wasmsand::exec(path, argv, self.environment.entries())
        });
        let mut failure = Failure::new(format!("{}: {}", quoted(program), reason(errno)));
        failure.status = if errno == Errno::NOENT { NOT_FOUND } else { CANNOT_INVOKE };
        if errno == Errno::NOENT && program.iter().any(|byte| split::is_space(*byte)) {
            failure.lines.push(HINT.to_owned());
        }
        failure
    }
}

/// Options that make no sense together.
fn misused(what: &str) -> Failure {
    Failure { shows_try: true, ..Failure::new(what.to_owned()) }
}

/// What `-v` says about the program's arguments.
fn executing(argv: &[Vec<u8>]) -> String {
    let name = argv.first().map_or(b"".as_slice(), Vec::as_slice);
    let mut text = format!("executing: {}", String::from_utf8_lossy(name));
    for (index, word) in argv.iter().enumerate() {
        text.push_str(&format!("\n   arg[{index}]= {}", quoted(word)));
    }
    text
}
