//! What the tests share: the built `wasmsand` program, runs of it, a terminal to run it in, and simulated worlds.

#![allow(clippy::expect_used, clippy::panic, reason = "a helper of tests fails its test by panicking")]

pub mod simulate;
mod terminal;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

pub use terminal::Terminal;

/// The longest that any run may take before it counts as hung. Not a measure of speed: machines are noisy.
const HANG: Duration = Duration::from_secs(120);

/// The `wasmsand` program, built once in the profile of the running test.
///
/// # Panics
/// When it cannot be built.
#[must_use]
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().expect("a test has a path");
        // target/PROFILE/deps/test-hash
        let profile_folder = test.ancestors().nth(2).expect("a test lies in target/PROFILE/deps");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--package", "wasmsand", "--bin", "wasmsand"]);
        if profile_folder.ends_with("release") {
            cargo.arg("--release");
        }
        cargo.arg("--target-dir").arg(profile_folder.parent().expect("a profile lies in a target folder"));
        let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo runs");
        assert!(status.success(), "wasmsand could not be built");
        profile_folder.join("wasmsand")
    })
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The exit status; 128 and the signal's number when a signal ended it.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        use std::os::unix::process::ExitStatusExt;
        let status = output.status.code().or_else(|| output.status.signal().map(|signal| 128 + signal));
        Ran {
            status: status.unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs the program with arguments and standard input.
///
/// # Panics
/// When it cannot be started, or hangs.
#[must_use]
pub fn wasmsand(arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = Command::new(program());
    command.args(arguments);
    run(command, input)
}

/// Runs a script with `-c`.
#[must_use]
pub fn script(text: &str) -> Ran {
    wasmsand(&["-c", text], b"")
}

/// Runs any command with standard input, in an environment of nothing but `PATH`.
///
/// # Panics
/// When it cannot be started, or hangs.
#[must_use]
pub fn run(mut command: Command, input: &[u8]) -> Ran {
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("standard input is piped");
    let input = input.to_vec();
    // A thread, for the child may write before it has read everything. A child that does not read is no error.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = wait_bounded(child);
    writer.join().expect("the writer ends with the child");
    output.into()
}

/// Waits for a child on a thread of its own; one that hangs is killed, and the test fails.
fn wait_bounded(child: Child) -> Output {
    let id = child.id();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    match receiver.recv_timeout(HANG) {
        Ok(output) => output.expect("the output can be read"),
        Err(_) => {
            kill(id);
            panic!("a run did not end within {HANG:?}")
        }
    }
}

fn kill(id: u32) {
    let pid = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        // It may have ended meanwhile.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}

/// Polls a claim until it holds or the bound for hangs is reached.
pub fn eventually(mut claim: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < HANG {
        if claim() {
            return true;
        }
        std::thread::yield_now();
        std::thread::park_timeout(Duration::from_millis(2));
    }
    false
}

/// Is a command of this name on the machine's search path?
#[must_use]
pub fn has(command: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(command).is_file()))
}

/// The repository's root.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}
