//! A session: a machine with a populated file system and a shell to run in it. What an embedder holds.

mod files;
mod root;

use std::sync::Arc;

use bstr::BString;
use wasmsand_wasi::vfs::Ino;
use wasmsand_wasi::{
    Errno, Host, Interrupt, Limits, Line, Machine, Preopen, Prompt, ShellRequest, Signal, Sleep, Spawned,
    Status, Turn,
};

use crate::exec::start::{Source, Start, start, start_from_argv};
use crate::exec::startup::StartupFiles;
use files::Programs;
pub use files::SessionImage;
use root::populate;

/// The search path of a new session.
pub const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The home directory of the sandbox's one user.
pub const HOME: &str = "/home/user";

/// What a session is made of. Start from `default()` and set what differs.
#[derive(Clone, Debug, Default)]
pub struct SessionOptions {
    /// What it may use.
    pub limits: Limits,
    /// `NAME=value`, after the usual ones, which they override.
    pub environment: Vec<BString>,
    /// The directory it starts in; absent: the home directory.
    pub cwd: Option<BString>,
    /// Print every system call to the host's standard error.
    pub trace: bool,
}

/// What a session runs.
#[derive(Debug)]
pub enum Task {
    /// The shell.
    Shell(Start),
    /// One program, without a shell: its path and its arguments, the name first.
    Program {
        /// Which; it need not have a name any more.
        program: Ino,
        /// Its arguments.
        argv: Vec<BString>,
        /// Its environment, exactly: nothing is added.
        environment: Vec<BString>,
        /// The directories it finds open.
        preopens: Vec<Preopen>,
    },
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its first process ended.
    Ended(Status),
    /// Its wall clock ran out.
    TimedOut,
    /// Its fuel ran out.
    OutOfFuel,
}

impl End {
    /// The exit status that tells it: 124 for a time-out, as timeout(1) has it; 137 (killed) without fuel.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            End::Ended(status) => status.code(),
            End::TimedOut => 124,
            End::OutOfFuel => Status::Signaled(Signal::KILL).code(),
        }
    }
}

/// A machine with a usual root and our shell in it.
pub struct Session {
    machine: Machine,
    programs: Programs,
    environment: Vec<BString>,
    cwd: BString,
}

impl Session {
    /// Makes a session with an empty home directory; nothing of the host is in it but what the given [`Host`] lends.
    ///
    /// # Errors
    /// The errno of the first file that the limits leave no room for, or of a missing `cwd`.
    pub fn new(host: Box<dyn Host>, options: SessionOptions) -> Result<Session, Errno> {
        Session::with(host, options, populate)
    }

    /// Makes a session that begins with the files of another ([`Session::image`]).
    ///
    /// # Errors
    /// `NoSpc` and its kin when the limits leave no room for the image, or the errno of a missing `cwd`.
    pub fn from_image(
        host: Box<dyn Host>,
        options: SessionOptions,
        image: &SessionImage,
    ) -> Result<Session, Errno> {
        Session::with(host, options, |machine| {
            machine.set_tree(&image.tree)?;
            Ok(image.programs.clone())
        })
    }

    fn with(
        host: Box<dyn Host>,
        options: SessionOptions,
        furnish: impl FnOnce(&mut Machine) -> Result<Programs, Errno>,
    ) -> Result<Session, Errno> {
        let SessionOptions { limits, environment, cwd, trace } = options;
        let shell = Arc::new(|request: ShellRequest| {
            let ShellRequest { argv, env, script } = request;
            start_from_argv(argv, env, script)
        });
        let mut machine = Machine::new(limits, host, shell);
        machine.set_trace(trace);
        let programs = furnish(&mut machine)?;
        for (program, version) in &programs {
            // What was changed since it was bundled is a program like any other.
            if machine.kernel().vfs.content_version(*program)? == (*program, *version) {
                machine.trust(*program)?;
            }
        }
        let cwd = cwd.unwrap_or_else(|| HOME.into());
        let mut session = Session { machine, programs, environment: Vec::new(), cwd };
        session.environment = session.usual_environment();
        for entry in environment {
            session.set_environment(entry);
        }
        Ok(session)
    }

    fn usual_environment(&mut self) -> Vec<BString> {
        let pairs = [
            ("HOME", HOME),
            ("PATH", PATH),
            ("USER", "user"),
            ("LOGNAME", "user"),
            ("SHELL", "/bin/bash"),
            ("LANG", "C.UTF-8"),
            ("HOSTNAME", "wasmsand"),
            ("TERM", "xterm-256color"),
        ];
        let terminal = self.machine.kernel().host.is_terminal(wasmsand_wasi::Stream::Output);
        pairs
            .into_iter()
            .filter(|(name, _)| *name != "TERM" || terminal)
            .map(|(name, value)| BString::from(format!("{name}={value}")))
            .collect()
    }

    /// Sets one variable of the environment that the first process gets: `NAME=value`.
    pub fn set_environment(&mut self, entry: BString) {
        let name = entry.split(|&byte| byte == b'=').next().unwrap_or_default().to_vec();
        self.environment.retain(|old| old.split(|&byte| byte == b'=').next() != Some(&name));
        self.environment.push(entry);
    }

    /// What another thread or a signal handler may raise signals with.
    #[must_use]
    pub fn interrupt(&self) -> Interrupt {
        self.machine.interrupt()
    }

    /// Starts what the session is for. The session ends when it does.
    ///
    /// # Errors
    /// A missing directory or program.
    pub fn start(&mut self, task: Task) -> Result<(), Errno> {
        let cwd = self.cwd.clone();
        let program = match task {
            Task::Shell(mut request) => {
                let argv = std::iter::once(&request.name).chain(&request.arguments).cloned().collect();
                request.environment = std::mem::take(&mut self.environment);
                request.environment.retain(|entry| !entry.starts_with(b"PWD="));
                request.environment.push([b"PWD=".as_slice(), &cwd].concat().into());
                let environment = request.environment.clone();
                let program = Spawned::Coroutine { name: "shell", start: start(request) };
                let pid = self.machine.start(program, 0o022, &cwd)?;
                // What `/proc` tells of it; a program's are set when it is executed.
                let process = self.machine.kernel().process_mut(pid)?;
                (process.argv, process.env) = (argv, environment);
                return Ok(());
            }
            Task::Program { program, argv, environment, preopens } => {
                self.machine.set_preopens(preopens);
                Spawned::File { ino: program, argv, env: environment }
            }
        };
        self.machine.start(program, 0o022, &cwd).map(|_| ())
    }

    /// Does a bounded amount of work; see [`Machine::turn`].
    pub fn turn(&mut self) -> Turn {
        self.machine.turn()
    }

    /// Sleeps in the host until somebody may run.
    pub fn wait(&mut self, sleep: Sleep) {
        // A native host's signals may always come; whoever drives turns sees an end as a turn.
        self.machine.kernel().host.wait(sleep);
    }

    /// Runs to the end. Signals come by [`Session::interrupt`].
    pub fn run(&mut self) -> End {
        match self.machine.run() {
            Turn::Ended(status) => End::Ended(status),
            Turn::TimedOut => End::TimedOut,
            Turn::OutOfFuel => End::OutOfFuel,
            // `run` returns only at an end.
            Turn::Progress | Turn::Idle { .. } => End::Ended(Status::Signaled(Signal::KILL)),
        }
    }

    /// The prompt that waits for a line.
    #[must_use]
    pub fn prompt(&self) -> Option<&Prompt> {
        self.machine.prompt()
    }

    /// Answers the prompt.
    pub fn answer_line(&mut self, line: Line) {
        self.machine.answer_line(line);
    }

    /// The machine, for an embedder that wants its kernel and files.
    pub fn machine(&mut self) -> &mut Machine {
        &mut self.machine
    }
}

/// A shell that runs a script given as text (`-c`).
#[must_use]
pub fn script(text: impl Into<BString>) -> Task {
    Task::Shell(Start {
        name: "wasmsand".into(),
        arguments: Vec::new(),
        environment: Vec::new(),
        source: Source::Text(text.into()),
        interactive: false,
        history: Vec::new(),
        options: Vec::new(),
        startup_files: StartupFiles::default(),
    })
}
