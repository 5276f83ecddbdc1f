//! A session: a machine with a populated file system and a shell to run in it. What an embedder holds.

use std::sync::Arc;

use bstr::BString;
use wasmsand_wasi::kernel::proc;
use wasmsand_wasi::vfs::{At, Content, Device, Folder, Image, Ino, Scope};
use wasmsand_wasi::{
    Errno, Host, Interrupt, Limits, Line, Machine, Preopen, Prompt, SHELL_FILE, ShellRequest, Signal, Sleep,
    Spawned, Status, Turn,
};

use crate::exec::start::{Source, Start, start, start_from_argv};

/// The search path of a new session.
pub const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The home directory of the sandbox's one user.
pub const HOME: &str = "/home/user";

/// Directories of the usual root with their modes, parents first. Those of the user come after those of root.
const DIRECTORIES: [(&str, u16, bool); 21] = [
    ("/usr", 0o755, false),
    ("/usr/bin", 0o755, false),
    ("/usr/local", 0o755, false),
    ("/usr/local/bin", 0o755, true),
    ("/etc", 0o755, false),
    ("/dev", 0o755, false),
    ("/home", 0o755, false),
    ("/home/user", 0o755, true),
    ("/tmp", 0o1777, true),
    ("/var", 0o755, false),
    ("/var/tmp", 0o1777, true),
    ("/run", 0o755, false),
    ("/run/wasmsand", 0o755, true),
    ("/mnt", 0o755, true),
    ("/root", 0o700, false),
    ("/proc", 0o755, false),
    ("/proc/self", 0o755, false),
    ("/proc/self/fd", 0o755, false),
    ("/proc/sys", 0o755, false),
    ("/proc/sys/kernel", 0o755, false),
    ("/proc/sys/kernel/random", 0o755, false),
];

/// Links of the usual root: name and target.
const LINKS: [(&str, &str); 7] = [
    ("/bin", "usr/bin"),
    ("/sbin", "usr/bin"),
    ("/dev/fd", "/proc/self/fd"),
    ("/dev/stdin", "/proc/self/fd/0"),
    ("/dev/stdout", "/proc/self/fd/1"),
    ("/dev/stderr", "/proc/self/fd/2"),
    ("/proc/mounts", "self/mounts"),
];

/// Names under which our own shell is found.
const SHELLS: [&str; 3] = ["/usr/bin/sh", "/usr/bin/bash", "/usr/bin/wasmsand"];

/// Device nodes that every root has.
const DEVICES: [(&str, Device); 7] = [
    ("/dev/null", Device::Null),
    ("/dev/zero", Device::Zero),
    ("/dev/full", Device::Full),
    ("/dev/random", Device::Random),
    ("/dev/urandom", Device::Urandom),
    ("/dev/tty", Device::Terminal),
    ("/dev/console", Device::Terminal),
];

/// Small files that programs look for.
const FILES: [(&str, &str); 6] = [
    ("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/bash\n"),
    ("/etc/group", "root:x:0:\nuser:x:1000:\n"),
    ("/etc/hostname", "wasmsand\n"),
    ("/etc/hosts", "127.0.0.1\tlocalhost\n"),
    ("/etc/shells", "/bin/sh\n/bin/bash\n"),
    ("/etc/os-release", "NAME=\"wasmsand\"\nID=wasmsand\nPRETTY_NAME=\"wasmsand\"\n"),
];

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

/// The bundled programs, by inode and version of the content: they are known to be valid.
type Programs = Vec<(Ino, u64)>;

/// The files of a session as they were at one moment. A clone costs nothing, and neither does a session that begins
/// with them: what it changes is copied then.
#[derive(Clone, Debug)]
pub struct SessionImage {
    tree: Image,
    programs: Programs,
}

impl SessionImage {
    /// The tree.
    #[must_use]
    pub fn tree(&self) -> &Image {
        &self.tree
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

    /// The files as they are now, for other sessions to begin with. Mounted folders are not part of it; processes and
    /// what the shell remembers are not either.
    pub fn image(&mut self) -> SessionImage {
        SessionImage { tree: self.machine.kernel().vfs.snapshot(), programs: self.programs.clone() }
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

    /// Makes a directory with its parents, or finds it.
    ///
    /// # Errors
    /// `NotDir` when a file is in the way, and those of mkdir(2).
    pub fn make_directories(&mut self, path: &[u8]) -> Result<Ino, Errno> {
        let kernel = self.machine.kernel();
        let now = kernel.now();
        let mut dir = kernel.vfs.root();
        for name in path.split(|&byte| byte == b'/').filter(|name| !name.is_empty()) {
            let at = At { dir, path: name, scope: Scope::Anywhere };
            match kernel.vfs.mkdir(at, 0o755, now) {
                Ok(()) | Err(Errno::Exist) => {}
                // The parents of a mount point may be root's.
                Err(Errno::Acces) => kernel.vfs.add_directory(at, 0o755, now).map(|_| ())?,
                Err(errno) => return Err(errno),
            }
            dir = kernel.vfs.lookup(at, true)?;
        }
        Ok(dir)
    }

    /// Puts a host folder over a directory, which is made when it is missing.
    ///
    /// # Errors
    /// Those of [`Session::make_directories`].
    pub fn mount(&mut self, guest: &[u8], folder: Box<dyn Folder>, read_only: bool) -> Result<(), Errno> {
        self.make_directories(guest)?;
        let kernel = self.machine.kernel();
        let root = kernel.vfs.root();
        kernel.vfs.mount(At { dir: root, path: guest, scope: Scope::Anywhere }, folder, read_only)
    }

    /// Finds a file, from the directory the session starts in, following links.
    ///
    /// # Errors
    /// Those of path resolution.
    pub fn find(&mut self, path: &[u8]) -> Result<Ino, Errno> {
        let vfs = &mut self.machine.kernel().vfs;
        let root = vfs.root();
        let dir = vfs.lookup(At { dir: root, path: &self.cwd, scope: Scope::Anywhere }, true)?;
        vfs.lookup(At { dir, path, scope: Scope::Anywhere }, true)
    }

    /// Puts a file into the file system, with its directories; an existing one is replaced.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn add_file(&mut self, path: &[u8], bytes: Vec<u8>, mode: u16) -> Result<Ino, Errno> {
        let (parent, name) = match path.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default()),
            None => (&[] as &[u8], path),
        };
        let dir = self.make_directories(parent)?;
        let kernel = self.machine.kernel();
        let now = kernel.now();
        let at = At { dir, path: name, scope: Scope::Anywhere };
        match kernel.vfs.unlink(at, now) {
            Ok(()) | Err(Errno::NoEnt) => {}
            Err(errno) => return Err(errno),
        }
        kernel.vfs.add_file(at, Content::owned(bytes), mode, now)
    }
}

/// Fills an empty file system with the usual root; answers the bundled programs.
fn populate(machine: &mut Machine) -> Result<Programs, Errno> {
    let kernel = machine.kernel();
    let now = kernel.now();
    let root = kernel.vfs.root();
    let anywhere = |path: &'static str| At { dir: root, path: path.as_bytes(), scope: Scope::Anywhere };
    for (path, mode, _) in DIRECTORIES {
        kernel.vfs.add_directory(anywhere(path), mode, now)?;
    }
    for (path, target) in LINKS {
        kernel.vfs.symlink(target.as_bytes(), anywhere(path), now)?;
    }
    for (path, device) in DEVICES {
        kernel.vfs.make_device(anywhere(path), device, 0o666, now)?;
    }
    let descriptors = kernel.vfs.lookup(anywhere("/proc/self/fd"), true)?;
    kernel.vfs.give_descriptors(descriptors)?;
    for (number, (name, _)) in (0..).zip(proc::FILES) {
        let path = format!("/proc/{name}");
        let at = At { dir: root, path: path.as_bytes(), scope: Scope::Anywhere };
        kernel.vfs.make_device(at, Device::Text(number), 0o444, now)?;
        let ino = kernel.vfs.lookup(at, false)?;
        kernel.vfs.chown(ino, Some(0), Some(0), now)?;
    }
    for (path, text) in FILES {
        let ino = kernel.vfs.add_file(anywhere(path), Content::from_static(text.as_bytes()), 0o644, now)?;
        kernel.vfs.chown(ino, Some(0), Some(0), now)?;
    }
    for path in SHELLS {
        kernel.vfs.add_file(anywhere(path), Content::from_static(SHELL_FILE), 0o755, now)?;
    }
    let programs = add_programs(machine)?;
    let kernel = machine.kernel();
    for (path, _, _) in DIRECTORIES.into_iter().filter(|(_, _, of_user)| !of_user) {
        let ino = kernel.vfs.lookup(anywhere(path), true)?;
        kernel.vfs.chown(ino, Some(0), Some(0), now)?;
    }
    let bin = kernel.vfs.lookup(anywhere("/usr/bin"), true)?;
    kernel.vfs.set_read_only(bin, true);
    kernel.vfs.chown(root, Some(0), Some(0), now)?;
    Ok(programs)
}

/// Puts the bundled programs into `/usr/bin`: one file each, under all its names.
fn add_programs(machine: &mut Machine) -> Result<Programs, Errno> {
    let mut programs = Vec::new();
    for program in wasmsand_guests::catalogue() {
        let kernel = machine.kernel();
        let now = kernel.now();
        let root = kernel.vfs.root();
        let bin = kernel.vfs.lookup(At { dir: root, path: b"/usr/bin", scope: Scope::Anywhere }, true)?;
        let named = |name: &'static str| At { dir: bin, path: name.as_bytes(), scope: Scope::Beneath };
        let Some((first, others)) = program.links.split_first() else { continue };
        let ino = kernel.vfs.add_file(named(first), Content::from_static(program.bytes), 0o755, now)?;
        for link in others {
            kernel.vfs.link(named(first), false, named(link), now)?;
        }
        programs.push(machine.kernel().vfs.content_version(ino)?);
    }
    Ok(programs)
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
        options: Vec::new(),
    })
}
