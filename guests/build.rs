//! The build script of the catalogue. It owns the order of work: for every
//! guest, find its wasm file in the cache or build it there, then put it in
//! `OUT_DIR`, where `src/lib.rs` includes it.
//!
//! The files of `build/` own the nouns: a [`recipe`] says what a guest is made
//! of, a [`cache`] keeps what was made, a [`stage`] is where it is made, a
//! [`toolchain`] makes it, and [`progress`] tells the person who waits.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a build script talks to cargo on stdout, and to the person whose build failed on stderr"
)]

#[path = "build/cache.rs"]
mod cache;
#[path = "build/patches.rs"]
mod patches;
#[path = "build/progress.rs"]
mod progress;
#[path = "build/recipe.rs"]
mod recipe;
#[path = "build/stage.rs"]
mod stage;
#[path = "build/toolchain.rs"]
mod toolchain;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use cache::Cache;
use progress::Progress;
use recipe::Recipe;
use toolchain::Toolchain;

/// Every guest: the name of its folder, of its wasm file, and of its entry in the catalogue.
#[rustfmt::skip]
const GUESTS: &[&str] = &[
    "archive", "awk", "calc", "coreutils", "csv", "diff", "files", "find", "grep", "jq", "lines", "python3", "rg", "sed",
    "text", "textutils", "tools",
];

/// Why a guest could not be had, as whole sentences for a person.
type Failure = String;

fn main() -> ExitCode {
    match build_all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("wasmsand-guests: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Puts the wasm file of every guest in `OUT_DIR`.
fn build_all() -> Result<(), Failure> {
    let guests_dir = directory_variable("CARGO_MANIFEST_DIR")?;
    let out_dir = directory_variable("OUT_DIR")?;
    let target_dir = target_dir(&out_dir)?.join("guests");
    let cache = Cache::open(&target_dir)?;
    let toolchain = Toolchain::read(&guests_dir)?;
    let mut progress = Progress::to_parent();

    declare_inputs(&guests_dir, ["build.rs", "build", "rust-toolchain.toml"].map(PathBuf::from));
    for (index, name) in GUESTS.iter().enumerate() {
        let recipe = Recipe::read(&guests_dir, name)?;
        declare_inputs(&guests_dir, recipe.inputs().chain(recipe.folders()).map(Path::to_path_buf));
        let wasm = match cache.find(name, recipe.key()) {
            Some(wasm) => wasm,
            None => {
                let ordinal = format!("{} of {}", index + 1, GUESTS.len());
                build(&cache, &toolchain, &recipe, &target_dir.join(name), &ordinal, &mut progress)?
            }
        };
        place(&wasm, &out_dir.join(format!("{name}.wasm")))?;
    }
    Ok(())
}

/// Puts a cached guest where the catalogue includes it, metered.
fn place(wasm: &Path, destination: &Path) -> Result<(), Failure> {
    let module = std::fs::read(wasm).map_err(|error| format!("cannot read {}: {error}", wasm.display()))?;
    let metered = wasmsand_meter::meter(&module)
        .map_err(|error| format!("{} cannot be metered: {error}", wasm.display()))?;
    if std::fs::read(destination).is_ok_and(|placed| placed == metered) {
        return Ok(());
    }
    // The name may be one of several of a file of the cache, as older versions of this script left it.
    match std::fs::remove_file(destination) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("cannot replace {}: {error}", destination.display()));
        }
        Ok(()) | Err(_) => {}
    }
    std::fs::write(destination, metered)
        .map_err(|error| format!("cannot write {}: {error}", destination.display()))
}

/// Builds one guest into the cache and answers with the path of its wasm file there.
fn build(
    cache: &Cache,
    toolchain: &Toolchain,
    recipe: &Recipe,
    scratch_dir: &Path,
    ordinal: &str,
    progress: &mut Progress,
) -> Result<PathBuf, Failure> {
    let name = recipe.name();
    // The lock makes a concurrent build (a release beside a debug one, a
    // second checkout) wait here and then find what this one has made.
    let _lock = cache.lock(name, progress)?;
    if let Some(wasm) = cache.find(name, recipe.key()) {
        return Ok(wasm);
    }
    toolchain.install(progress)?;
    progress.say(&format!("building {name} ({ordinal}, several minutes the first time) ..."));
    let started = Instant::now();
    let mut built = toolchain.build(recipe, scratch_dir, progress)?;
    if recipe.is_reactor() {
        built = initialise(name, &built, scratch_dir)?;
    }
    let wasm = cache.keep(name, recipe.key(), &built)?;
    let bytes = std::fs::metadata(&wasm).map_or(0, |metadata| metadata.len());
    progress.say(&format!(
        "{name} is done in {} s, {}.{} MB",
        started.elapsed().as_secs(),
        bytes / 1_000_000,
        bytes / 100_000 % 10
    ));
    Ok(wasm)
}

/// Runs a guest's initialisation; answers with the path of the file that starts where it ended.
fn initialise(name: &str, built: &Path, scratch_dir: &Path) -> Result<PathBuf, Failure> {
    let module = std::fs::read(built).map_err(|error| format!("cannot read {}: {error}", built.display()))?;
    let image = wasmsand_snapshot::snapshot(&module)
        .map_err(|words| format!("the guest program {name} could not be initialised: {words}"))?;
    let path = scratch_dir.join(format!("{name}.wasm"));
    std::fs::write(&path, image).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}

/// Tells cargo which files make this script run again; paths are relative to `guests/`.
fn declare_inputs(guests_dir: &Path, paths: impl IntoIterator<Item = PathBuf>) {
    for path in paths {
        println!("cargo:rerun-if-changed={}", guests_dir.join(path).display());
    }
}

/// The outer cargo's target directory, found upwards from `OUT_DIR` by the tag
/// that cargo leaves in it; the layout between the two is cargo's own affair.
fn target_dir(out_dir: &Path) -> Result<PathBuf, Failure> {
    out_dir
        .ancestors()
        .find(|directory| directory.join("CACHEDIR.TAG").is_file())
        // Before the tag existed, and where a tool removed it: <target>/<profile>/build/<package>/out.
        .or_else(|| out_dir.ancestors().nth(4))
        .map(Path::to_path_buf)
        .ok_or_else(|| format!("OUT_DIR is {}, which is inside no target directory", out_dir.display()))
}

/// A variable that cargo sets for build scripts and that holds a directory.
fn directory_variable(name: &str) -> Result<PathBuf, Failure> {
    std::env::var_os(name)
        .map(PathBuf::from)
        .ok_or_else(|| format!("{name} is not set; cargo sets it when it runs a build script"))
}
