//! The command line: arguments to a session, and the session to an exit status.

mod arguments;
mod signals;

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::io::{BufReader, BufWriter, IsTerminal, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::ExitCode;

use bstr::{BString, ByteSlice};
use clap::Parser;
use wasmsand::host::{HostFolder, NativeHost, Waker, copy_into};
use wasmsand::repl::Archive;
use wasmsand::{End, Session, SessionOptions, Source, Start, Task};
use wasmsand_wasi::vfs::Ino;
use wasmsand_wasi::{Errno, Host, Limit, Limits, Preopen, Seeded};

use arguments::{Arguments, Command, Folder, Run, Sandbox};
use signals::Signals;

/// The exit status of a command line that cannot be understood or done, as bash's.
const USAGE: u8 = 2;

/// Where a script or program named on the command line is put when only the host has it.
const LOADED: &str = "/run/wasmsand/";

/// What a program without a shell finds as `/` when a copy is to be there.
const PRIVATE: &str = "/run/wasmsand/root";

/// What cannot be done, in words.
struct Failure {
    status: u8,
    words: String,
}

impl Failure {
    fn new(status: u8, what: impl Display, why: impl Display) -> Failure {
        Failure { status, words: format!("{what}: {why}") }
    }
}

/// Runs the command and answers its exit status.
pub(crate) fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "wasmsand: {}", failure.words);
            ExitCode::from(failure.status)
        }
    }
}

/// Makes the allocator keep what a guest gives back. glibc maps each large block on its own and unmaps it when it is
/// freed, so that every guest's memory would be faulted in anew; once a block of this size was freed it keeps such
/// blocks in the heap (mallopt(3), M_MMAP_THRESHOLD). Nothing is touched, so elsewhere this costs nothing either.
fn keep_freed_memory() {
    /// Just below the most that glibc lets the threshold grow to.
    const BYTES: usize = 31 << 20;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(BYTES)));
}

/// Prints every limit: its name, its default and what it bounds.
fn list_limits() -> u8 {
    let mut text = String::new();
    for Limit { name, words, value } in Limits::default().list() {
        let value = value.map_or_else(|| "none".to_owned(), |value| value.to_string());
        text.push_str(&format!("{name:<20} {value:>12}  {words}\n"));
    }
    // A reader who has seen enough is no failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    0
}

fn run(mut arguments: Arguments) -> Result<u8, Failure> {
    let program = match arguments.command.take() {
        Some(Command::Limits) => return Ok(list_limits()),
        Some(Command::Run(run)) => Some(*run),
        None => None,
    };
    keep_freed_memory();
    let host = NativeHost::new().map_err(|error| Failure::new(1, "standard streams", error))?;
    let waker = host.waker();
    let sandbox = program.as_ref().map_or(&arguments.sandbox, |run| &run.sandbox).clone();
    let mut options = options_of(&sandbox);
    if program.is_some() && options.cwd.is_none() {
        // A folder may be mounted over the root, and then there is no other directory.
        options.cwd = Some("/".into());
    }
    let host: Box<dyn Host> = match sandbox.seed {
        Some(seed) => Box::new(Seeded::new(seed, host)),
        None => Box::new(host),
    };
    let mut session = Session::new(host, options).map_err(|errno| Failure::new(1, "file system", errno))?;
    session.machine().set_backtrace(sandbox.backtrace);
    let interactive = program.is_none() && is_interactive(&arguments);
    let archive = interactive.then(|| Archive::open(arguments.history.take()));
    let started = match &program {
        Some(run) => run.program.to_string_lossy().into_owned(),
        None => sandbox.cwd.as_ref().map_or_else(String::new, |cwd| cwd.to_string_lossy().into_owned()),
    };
    let mut places = Vec::new();
    let task = match program {
        Some(run) => {
            // A folder may be mounted over the root, so what is there before is looked up before.
            let known = session.find(run.program.as_bytes()).ok();
            let loaded = known.or_else(|| {
                let path = load(&mut session, &run.program).ok()?;
                session.find(&path).ok()
            });
            let preopens = furnish(&mut session, &sandbox, Path::new(PRIVATE))?;
            places.extend(preopens.iter().cloned());
            program_task(&mut session, loaded, run, preopens)?
        }
        None => {
            furnish(&mut session, &sandbox, Path::new("/"))?;
            shell_task(&mut session, &arguments, archive.as_ref())?
        }
    };
    session.start(task).map_err(|errno| {
        let words = if errno == Errno::NoExec {
            "cannot execute binary file: Exec format error"
        } else {
            errno.message()
        };
        Failure::new(126, started, words)
    })?;
    let signals = Signals::install(&waker, interactive).map_err(|error| Failure::new(1, "signals", error))?;
    let end = match archive {
        Some(archive) => wasmsand::repl::run(&mut session, &waker, archive, || signals.raised()),
        None => drive(&mut session, &signals),
    };
    save(&mut session, &sandbox, &places)?;
    // The system takes memory back at once; taking a machine apart piece by piece is milliseconds for nobody. Host
    // folders are written through, so nothing is lost.
    std::mem::forget(session);
    match end {
        End::OutOfFuel => Err(Failure { status: end.code(), words: "out of fuel".to_owned() }),
        End::Ended(_) | End::TimedOut => Ok(end.code()),
    }
}

/// Turns until the end, with the signals of this process.
fn drive(session: &mut Session, signals: &Signals) -> End {
    let interrupt = session.interrupt();
    loop {
        signals.raised().into_iter().for_each(|signal| interrupt.raise(signal));
        match session.turn() {
            wasmsand_wasi::Turn::Progress => {}
            wasmsand_wasi::Turn::Idle { sleep, .. } => session.wait(sleep),
            wasmsand_wasi::Turn::Ended(status) => return End::Ended(status),
            wasmsand_wasi::Turn::TimedOut => return End::TimedOut,
            wasmsand_wasi::Turn::OutOfFuel => return End::OutOfFuel,
        }
    }
}

fn is_interactive(arguments: &Arguments) -> bool {
    let asked = arguments.interactive
        || (arguments.words.is_empty() && !arguments.script_text && std::io::stdin().is_terminal());
    asked && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn bytes(text: OsString) -> BString {
    text.into_vec().into()
}

fn options_of(sandbox: &Sandbox) -> SessionOptions {
    let mut limits = Limits::default();
    if let Some(bytes) = sandbox.max_memory {
        limits.guest_memory_bytes_max = bytes;
        limits.guests_memory_bytes_max = bytes;
    }
    if let Some(bytes) = sandbox.max_files_bytes {
        limits.files.content_bytes_max = u64::try_from(bytes).unwrap_or(u64::MAX);
    }
    limits.fuel_max = sandbox.fuel.map(|units| u64::try_from(units).unwrap_or(u64::MAX));
    limits.wall_clock_ns_max = sandbox.timeout;
    for (name, value) in &sandbox.limit {
        // The name was looked up when it was parsed.
        let _ = limits.set(name, *value);
    }
    SessionOptions {
        limits,
        environment: sandbox.env.iter().cloned().map(bytes).collect(),
        cwd: sandbox.cwd.clone().map(bytes),
        trace: sandbox.trace,
    }
}

/// Mounts and copies the folders that the command line gives; answers them as preopens.
///
/// What is copied or unpacked to `/` comes to `root` instead: a program without a shell finds nothing else there.
fn furnish(session: &mut Session, sandbox: &Sandbox, root: &Path) -> Result<Vec<Preopen>, Failure> {
    let mut preopens = Vec::new();
    let all = |folders: &'_ [Folder], how| {
        folders.iter().map(move |folder| (folder.clone(), how)).collect::<Vec<_>>()
    };
    let given = [
        all(&sandbox.dir, Given::Through),
        all(&sandbox.ro_dir, Given::ReadOnly),
        all(&sandbox.overlay_dir, Given::Overlaid),
        all(&sandbox.copy_dir, Given::Copied),
        all(&sandbox.load_tar, Given::Unpacked),
    ];
    for (folder, how) in given.into_iter().flatten() {
        let mut path = absolute(&folder.guest);
        if matches!(how, Given::Copied | Given::Unpacked) && path.iter().all(|byte| *byte == b'/') {
            path = root.as_os_str().as_bytes().into();
        }
        give(session, &folder.host, &path, how)?;
        preopens.push(Preopen { path, name: folder.guest, absolute_symlinks: sandbox.absolute_symlinks });
    }
    Ok(preopens)
}

/// How something of the host is given to the sandbox.
#[derive(Clone, Copy)]
enum Given {
    /// A folder, and changes are made in it.
    Through,
    /// A folder that is not changed.
    ReadOnly,
    /// A folder whose changes stay in memory.
    Overlaid,
    /// What is in a folder.
    Copied,
    /// What is in an archive.
    Unpacked,
}

fn give(session: &mut Session, host: &Path, guest: &[u8], how: Given) -> Result<(), Failure> {
    let of_host = |error: std::io::Error| Failure::new(1, host.display(), why(&error));
    let folder = |read_only| HostFolder::open(host, read_only).map(Box::new).map_err(of_host);
    let mounted = match how {
        Given::Through => session.mount(guest, folder(false)?, false),
        Given::ReadOnly => session.mount(guest, folder(true)?, true),
        Given::Overlaid => session.mount_overlay(guest, folder(true)?),
        Given::Copied => return copy(session, host, guest),
        Given::Unpacked => {
            let mut from: Box<dyn Read> = match host.as_os_str().as_bytes() {
                b"-" => Box::new(std::io::stdin().lock()),
                _ => Box::new(std::fs::File::open(host).map(BufReader::new).map_err(of_host)?),
            };
            let loaded = session.load_tar(guest, &mut from);
            return loaded.map_err(|error| Failure::new(1, host.display(), error));
        }
    };
    mounted.map_err(|errno| Failure::new(1, guest.as_bstr(), errno))
}

/// Writes the directories that the command line asks for to archives. A file takes the place of an older one only when
/// it is whole.
///
/// A guest path that names one of `places` is that place.
fn save(session: &mut Session, sandbox: &Sandbox, places: &[Preopen]) -> Result<(), Failure> {
    for Folder { host, guest } in &sandbox.save_tar {
        let of_host = |error: std::io::Error| Failure::new(1, host.display(), why(&error));
        let is_stream = std::fs::metadata(host).is_ok_and(|metadata| !metadata.is_file());
        let mut name = host.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}", std::process::id()));
        let partial = if is_stream { host.clone() } else { host.with_file_name(name) };
        let mut file = std::fs::File::create(&partial).map(BufWriter::new).map_err(of_host)?;
        let place = places.iter().find(|place| place.name == *guest);
        let path = place.map_or_else(|| absolute(guest), |place| place.path.clone());
        let saved = session.save_tar(&path, &mut file);
        let saved = saved.map_err(|error| Failure::new(1, guest.as_bstr(), error));
        let written = saved.and_then(|()| file.flush().map_err(of_host));
        if !is_stream {
            let kept = written.and_then(|()| std::fs::rename(&partial, host).map_err(of_host));
            if kept.is_err() {
                // What cannot be removed either stays; the failure is told.
                let _ = std::fs::remove_file(&partial);
            }
            kept?;
        } else {
            written?;
        }
    }
    Ok(())
}

fn copy(session: &mut Session, host: &Path, guest: &[u8]) -> Result<(), Failure> {
    let to = session.make_directories(guest).map_err(|errno| Failure::new(1, guest.as_bstr(), errno))?;
    let kernel = session.machine().kernel();
    let now = kernel.now();
    copy_into(host, &mut kernel.vfs, to, now).map_err(|(what, errno)| Failure::new(1, what, errno))
}

/// A guest path as the file system means it: a relative one starts at the root.
fn absolute(guest: &BString) -> BString {
    if guest.starts_with(b"/") { guest.clone() } else { [b"/".as_slice(), guest].concat().into() }
}

/// An error of the host in the words of strerror, without Rust's number behind it.
fn why(error: &std::io::Error) -> String {
    let words = error.to_string();
    match words.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => words,
    }
}

/// Loads a file of the host into the sandbox; answers its path there. A missing one is 127, as bash has it.
fn load(session: &mut Session, name: &OsStr) -> Result<BString, Failure> {
    let content = std::fs::read(name).map_err(|error| {
        let status = if error.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 };
        Failure::new(status, name.to_string_lossy(), why(&error))
    })?;
    let base = Path::new(name).file_name().map(OsStrExt::as_bytes).unwrap_or_default();
    let path = [LOADED.as_bytes(), base].concat();
    let added = session.add_file(&path, content, 0o755);
    added.map_err(|errno| Failure::new(126, name.to_string_lossy(), errno))?;
    Ok(path.into())
}

/// The task of `run`: a program that was loaded from the host, else one of the sandbox.
fn program_task(
    session: &mut Session,
    loaded: Option<Ino>,
    run: Run,
    preopens: Vec<Preopen>,
) -> Result<Task, Failure> {
    let Run { sandbox, program: name, arguments } = run;
    let found = loaded.map_or_else(|| session.find(name.as_bytes()), Ok);
    let program = found.map_err(|errno| {
        let status = if errno == Errno::NoEnt { 127 } else { 126 };
        Failure::new(status, name.to_string_lossy(), errno)
    })?;
    let mut head = [0; 4];
    if session.machine().kernel().vfs.peek(program, &mut head) != Ok(4) || head != *b"\0asm" {
        return Err(Failure {
            status: 126,
            words: format!("{}: is not a WebAssembly module", name.display()),
        });
    }
    let argv = std::iter::once(name).chain(arguments).map(bytes).collect();
    let mut environment: Vec<BString> = sandbox.env.into_iter().map(bytes).collect();
    // Our own guests enter $PWD; a program that knows nothing of it finds the environment as it was given.
    environment.extend(sandbox.cwd.map(|cwd| [b"PWD=".as_slice(), cwd.as_bytes()].concat().into()));
    Ok(Task::Program { program, argv, environment, preopens })
}

/// The shell's task; with an archive of lines at a prompt.
fn shell_task(
    session: &mut Session,
    arguments: &Arguments,
    archive: Option<&Archive>,
) -> Result<Task, Failure> {
    let interactive = archive.is_some();
    let mut words = arguments.words.iter().cloned();
    let mut name: BString = "wasmsand".into();
    let source = if arguments.script_text {
        let Some(text) = words.next() else {
            return Err(Failure::new(USAGE, "-c", "option requires an argument"));
        };
        if let Some(given) = words.next() {
            name = bytes(given);
        }
        Source::Text(bytes(text))
    } else if arguments.standard_input || arguments.words.is_empty() {
        if interactive { Source::Prompt } else { Source::StandardInput }
    } else {
        let script = words.next().unwrap_or_default();
        name = bytes(script.clone());
        let in_sandbox = session.find(script.as_bytes()).is_ok();
        Source::File(if in_sandbox { bytes(script) } else { load(session, &script)? })
    };
    Ok(Task::Shell(Start {
        name,
        arguments: words.map(bytes).collect(),
        environment: Vec::new(),
        source,
        interactive,
        history: archive.map(Archive::lines).unwrap_or_default(),
        options: arguments.shell_options().into_iter().map(|name| (name.into(), true)).collect(),
    }))
}

/// Keeps the waker's type in the signature of what installs it.
pub(crate) type SignalWaker = Waker;
