//! The toolchain: the pinned compiler that makes guests, and the environment
//! it runs in. It owns every process that the build script starts.
//!
//! The cargo that runs this script exports a hundred variables, some of which
//! (`RUSTC`, `RUSTFLAGS`, `CARGO_TARGET_DIR`) would bend a nested cargo. The
//! nested one keeps only what a person sets to reach a registry.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::patches;
use crate::progress::Progress;
use crate::recipe::Recipe;
use crate::stage;

/// What guests are compiled to.
const TARGET: &str = "wasm32-wasip1";

/// The folder of a guest's scratch folder that it is compiled in.
const STAGE: &str = "stage";

/// How much of a failed build's output is shown.
const SHOWN_LINES_MAX: usize = 60;

/// How long a build may say nothing to the person who waits.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The pinned toolchain, installed or not.
pub(crate) struct Toolchain {
    channel: String,
    guests_dir: PathBuf,
}

impl Toolchain {
    /// Reads which toolchain `guests/rust-toolchain.toml` pins.
    pub(crate) fn read(guests_dir: &Path) -> Result<Self, Failure> {
        let path = guests_dir.join("rust-toolchain.toml");
        let text =
            fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let channel = text
            .lines()
            .find_map(|line| line.strip_prefix("channel = \"")?.strip_suffix('"'))
            .ok_or_else(|| format!("{} has no line `channel = \"...\"`", path.display()))?;
        Ok(Self { channel: channel.to_owned(), guests_dir: guests_dir.to_owned() })
    }

    /// Makes sure that the toolchain and its target are there; says so when it downloads them.
    pub(crate) fn install(&self, progress: &mut Progress) -> Result<(), Failure> {
        let libraries = self
            .rustup(["run", &self.channel, "rustc", "--print", "target-libdir", "--target", TARGET])
            .output();
        let libraries = libraries.map_err(|error| {
            format!(
                "cannot run rustup: {error}. The guest programs are built with Rust {} for {TARGET}; \
                 install rustup from https://rustup.rs, which then installs that toolchain by itself",
                self.channel
            )
        })?;
        let directory = String::from_utf8_lossy(&libraries.stdout).trim().to_owned();
        if libraries.status.success() && Path::new(&directory).is_dir() {
            return Ok(());
        }
        progress.say(&format!(
            "installing Rust {} with the target {TARGET} (rustup toolchain install) ...",
            self.channel
        ));
        let arguments = [
            "toolchain",
            "install",
            &self.channel,
            "--profile",
            "minimal",
            "--target",
            TARGET,
            "--no-self-update",
        ];
        let output =
            self.rustup(arguments).output().map_err(|error| format!("cannot run rustup: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!(
            "`rustup {}` failed with {}:\n{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ))
    }

    /// Builds a guest and answers with the path of its wasm file, inside `scratch_dir`.
    pub(crate) fn build(
        &self,
        recipe: &Recipe,
        scratch_dir: &Path,
        progress: &mut Progress,
    ) -> Result<PathBuf, Failure> {
        let target_dir = scratch_dir.join("target");
        let cargo_home = scratch_dir.join("cargo-home");
        furnish_cargo_home(&cargo_home)
            .map_err(|error| format!("cannot prepare {}: {error}", cargo_home.display()))?;
        stage::set(&self.guests_dir, recipe, &scratch_dir.join(STAGE))?;
        if let Some(text) = recipe.patches() {
            self.patch(recipe, text, scratch_dir, progress)?;
        }
        let mut command = self.cargo(["build", "--release"], scratch_dir);
        command.args(["--target", TARGET]).arg("--target-dir").arg(&target_dir);
        command.env("CARGO_ENCODED_RUSTFLAGS", rustflags(recipe, scratch_dir));
        let output = run(command, recipe.name(), progress)?;
        if let Some(output) = output {
            return Err(format!(
                "the guest program {} could not be built. The end of its build's output:\n\n{output}",
                recipe.name()
            ));
        }
        let wasm = target_dir.join(TARGET).join("release").join(format!("{}.wasm", recipe.name()));
        if wasm.is_file() {
            Ok(wasm)
        } else {
            Err(format!("the build of {} left no {}", recipe.name(), wasm.display()))
        }
    }

    /// Patches the sources of the crates that a guest is made of, and forgets what was compiled from others. Cargo
    /// would not see it: what came from a registry does not change.
    fn patch(
        &self,
        recipe: &Recipe,
        text: &str,
        scratch_dir: &Path,
        progress: &mut Progress,
    ) -> Result<(), Failure> {
        let cargo_home = scratch_dir.join("cargo-home");
        let stamp = scratch_dir.join("patches");
        let folders = patches::crates(text);
        let is_there = folders.iter().all(|folder| patches::find(&cargo_home, folder).is_some());
        if is_there && fs::read_to_string(&stamp).is_ok_and(|patched| patched == text) {
            return Ok(());
        }
        for sources in folders.iter().filter_map(|folder| patches::find(&cargo_home, folder)) {
            fs::remove_dir_all(&sources)
                .map_err(|error| format!("cannot remove {}: {error}", sources.display()))?;
        }
        let mut clean = self.cargo(["clean", "--release"], scratch_dir);
        clean.args(["--target", TARGET]).arg("--target-dir").arg(scratch_dir.join("target"));
        for folder in &folders {
            clean.args(["-p", patches::crate_name(folder)]);
        }
        let mut fetch = self.cargo(["fetch"], scratch_dir);
        fetch.args(["--target", TARGET]);
        for mut command in [fetch, clean] {
            let output = command.output().map_err(|error| format!("cannot run rustup: {error}"))?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(format!("the sources of {} cannot be patched:\n{said}", recipe.name()));
            }
        }
        patches::apply(text, &cargo_home)?;
        progress.say(&format!("{}: patched {}", recipe.name(), Vec::from_iter(folders).join(", ")));
        fs::write(&stamp, text).map_err(|error| format!("cannot write {}: {error}", stamp.display()))
    }

    /// The pinned cargo, on a guest's stage and with that guest's CARGO_HOME.
    fn cargo<'a>(&'a self, arguments: impl IntoIterator<Item = &'a str>, scratch_dir: &Path) -> Command {
        let mut command = self.rustup(["run", &self.channel, "cargo"].into_iter().chain(arguments));
        command.arg("--locked").current_dir(scratch_dir.join(STAGE));
        command.env("CARGO_HOME", scratch_dir.join("cargo-home"));
        // Some crates ask git for a revision; from below the target directory
        // they would find the one of wasmsand.
        command.env("GIT_CEILING_DIRECTORIES", scratch_dir);
        command
    }

    /// A rustup command in a clean environment.
    fn rustup<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new("rustup");
        command.args(arguments).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if bends_a_build(&name) {
                command.env_remove(name);
            }
        }
        command
    }
}

/// The flags of a guest, and those that keep this machine's paths out of the wasm file.
fn rustflags(recipe: &Recipe, scratch_dir: &Path) -> String {
    let mut flags: Vec<String> = recipe.rustflags().map(str::to_owned).collect();
    for (folder, name) in [("cargo-home", "/cargo"), ("target", "/target"), (STAGE, "/guests")] {
        flags.push(format!("--remap-path-prefix={}={name}", scratch_dir.join(folder).display()));
    }
    flags.join("\x1f")
}

/// Whether a variable is one that the outer cargo set for this script or that changes what a compiler does.
fn bends_a_build(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let reaches_a_registry = ["CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_"];
    if reaches_a_registry.iter().any(|prefix| name.starts_with(prefix)) || name == "CARGO_MAKEFLAGS" {
        return false;
    }
    // HOST, TARGET and the rest belong to this script; UUCORE_ and RUSTPYTHON_ are read by guests' build scripts.
    let prefixes = ["CARGO_", "RUSTC_", "RUSTDOC", "DEP_", "UUCORE_", "RUSTPYTHON", "BUILDTIME_RUSTPYTHON"];
    let names = [
        "CARGO",
        "RUSTC",
        "RUSTFLAGS",
        "RUSTUP_TOOLCHAIN",
        "RUST_RECURSION_COUNT",
        "HOST",
        "TARGET",
        "OUT_DIR",
        "NUM_JOBS",
        "OPT_LEVEL",
        "PROFILE",
        "DEBUG",
    ];
    prefixes.iter().any(|prefix| name.starts_with(prefix)) || names.contains(&&*name)
}

/// Gives a guest's build a CARGO_HOME of its own, which borrows the user's
/// configuration and downloads.
///
/// uucore's build script embeds the messages of every `uu_*` crate that lies
/// beside it in the registry's source folder. In the user's own CARGO_HOME that
/// is whatever they ever built, and the wasm file would differ by machine.
fn furnish_cargo_home(own: &Path) -> std::io::Result<()> {
    fs::create_dir_all(own.join("registry"))?;
    let users = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let Some(users) = users.filter(|users| users.is_dir()) else { return Ok(()) };
    // Cargo makes these when it first needs them; a link needs them now.
    for folder in ["registry/cache", "registry/index"] {
        fs::create_dir_all(users.join(folder))?;
    }
    // The package caches' locks come along: two cargos that share downloads must see each other.
    for file in [".package-cache", ".package-cache-mutate"] {
        fs::OpenOptions::new().append(true).create(true).open(users.join(file))?;
    }
    let borrowed = [
        "config",
        "config.toml",
        "credentials",
        "credentials.toml",
        ".package-cache",
        ".package-cache-mutate",
        "registry/cache",
        "registry/index",
    ];
    for name in borrowed {
        let (theirs, ours) = (users.join(name), own.join(name));
        if ours.symlink_metadata().is_ok() || !theirs.exists() {
            continue;
        }
        borrow(&theirs, &ours)?;
    }
    Ok(())
}

/// Makes `ours` stand for `theirs`.
#[cfg(unix)]
fn borrow(theirs: &Path, ours: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(theirs, ours)
}

/// Copies files and leaves folders out: links need a privilege here, and a second download is correct too.
#[cfg(not(unix))]
fn borrow(theirs: &Path, ours: &Path) -> std::io::Result<()> {
    if theirs.is_file() { fs::copy(theirs, ours).map(drop) } else { Ok(()) }
}

/// Runs a nested cargo to its end. `None` is success, else the end of what it printed.
fn run(mut command: Command, name: &str, progress: &mut Progress) -> Result<Option<String>, Failure> {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run rustup: {error}"))?;
    let lines = lines_of(child.stderr.take());
    let shown = follow(&lines, name, progress);
    let status = wait(&mut child)?;
    if status.success() { Ok(None) } else { Ok(Some(format!("{}\n({status})", shown.join("\n")))) }
}

/// Waits for a child whose output has ended.
fn wait(child: &mut Child) -> Result<std::process::ExitStatus, Failure> {
    child.wait().map_err(|error| format!("cannot wait for the nested cargo: {error}"))
}

/// Reads a child's output on a thread, so that waiting for a line can time out.
fn lines_of(output: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in output
            .map(BufReader::new)
            .into_iter()
            .flat_map(|reader| reader.split(b'\n'))
            .map_while(Result::ok)
        {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Follows a build to the end of its output, with a sign of life now and then; answers with the last lines.
fn follow(lines: &Receiver<String>, name: &str, progress: &mut Progress) -> Vec<String> {
    let started = Instant::now();
    let mut last_said = started;
    let mut compiled = 0_usize;
    let mut shown = VecDeque::new();
    loop {
        match lines.recv_timeout(SILENCE_MAX) {
            Ok(line) => {
                compiled += usize::from(line.trim_start().starts_with("Compiling "));
                if shown.len() == SHOWN_LINES_MAX {
                    shown.pop_front();
                }
                shown.push_back(line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return shown.into(),
        }
        if last_said.elapsed() >= SILENCE_MAX {
            last_said = Instant::now();
            progress.say(&format!("... {name}: {compiled} crates in {} s", started.elapsed().as_secs()));
        }
    }
}
