//! A recipe: everything that one guest's wasm file depends on, as a list of
//! input files and one key. It knows no cache and no compiler.
//!
//! Two builds with the same key give interchangeable files. The key covers the
//! guest's own crate, the crates of this folder that it names by path, the
//! pinned toolchain and the flags; everything from a registry is covered by
//! the lock file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::Failure;

/// Compiler flags of a guest.
///
/// SIMD makes `memchr` 3.6 times faster in the interpreter; the compiler's own
/// vectorising of loops makes other code slower, so it stays off.
const RUSTFLAGS: [&str; 3] = [SIMD, "-Cno-vectorize-loops", "-Cno-vectorize-slp"];

const SIMD: &str = "-Ctarget-feature=+simd128";

/// python3 is inlined beyond LLVM's 275: 4 % faster and 6 % larger. At 500 and 1,000 the bytes grow faster than the speed.
const INLINING: (&str, &str) = ("python3", "-Cllvm-args=-inline-threshold=375");

/// Guests without SIMD. In python3, whose programs search less than they move pairs of words, it costs 3 % in the
/// mean and 9 % of sorting.
const SCALAR: [&str; 1] = ["python3"];

/// The flags of the guest with this name.
fn rustflags(name: &str) -> impl Iterator<Item = &'static str> {
    let is_scalar = SCALAR.contains(&name);
    let inlining = (name == INLINING.0).then_some(INLINING.1);
    RUSTFLAGS.into_iter().filter(move |flag| !(is_scalar && *flag == SIMD)).chain(inlining)
}

/// The crate that initialises a guest after it was built.
const SNAPSHOT: &str = "snapshot";

/// The folder of a guest in which patches of other crates are.
const PATCHES: &str = "patches";

/// How the manifest of such a guest says so: it is a reactor, not a command.
const REACTOR: &str = "crate-type = [\"cdylib\"]";

/// What a guest is made of.
pub(crate) struct Recipe {
    name: String,
    is_reactor: bool,
    /// What is changed in crates from the registry.
    patches: Option<String>,
    /// Paths of input files, relative to `guests/`, sorted.
    inputs: BTreeSet<PathBuf>,
    /// The folders that hold some of them, in which cargo sees a new one.
    folders: Vec<PathBuf>,
    key: String,
}

impl Recipe {
    /// Reads the inputs of the guest whose folder is `guests/<name>`.
    pub(crate) fn read(guests_dir: &Path, name: &str) -> Result<Self, Failure> {
        let mut inputs = BTreeSet::new();
        inputs.insert(PathBuf::from(name).join("Cargo.lock"));
        let mut crates = crates(guests_dir, name)?;
        let manifest = read(&guests_dir.join(name).join("Cargo.toml"))?;
        let is_reactor = String::from_utf8_lossy(&manifest).contains(REACTOR);
        if is_reactor {
            crates.insert(SNAPSHOT.to_owned());
        }
        let mut folders = vec![PathBuf::from(name).join(PATCHES)];
        folders.retain(|folder| guests_dir.join(folder).is_dir());
        for name in &crates {
            collect_inputs(guests_dir, name, &mut inputs)?;
            folders.push(Path::new(name).join("src"));
        }
        let patches = patches(guests_dir, name, &mut inputs)?;
        let mut hash = Fnv128::new();
        for flag in rustflags(name) {
            hash.field(flag.as_bytes());
        }
        hash.field(&read(&guests_dir.join("rust-toolchain.toml"))?);
        for path in &inputs {
            // A key must not depend on the separator of the machine's paths.
            hash.field(path.to_string_lossy().replace('\\', "/").as_bytes());
            hash.field(&read(&guests_dir.join(path))?);
        }
        Ok(Self { name: name.to_owned(), is_reactor, patches, inputs, folders, key: hash.hex() })
    }

    /// The guest's name, which is also its folder's.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether what the compiler makes has yet to be initialised.
    pub(crate) fn is_reactor(&self) -> bool {
        self.is_reactor
    }

    /// Flags of the compiler.
    pub(crate) fn rustflags(&self) -> impl Iterator<Item = &'static str> {
        rustflags(&self.name)
    }

    /// What is changed in the sources of other crates, as [`crate::patches`] reads it.
    pub(crate) fn patches(&self) -> Option<&str> {
        self.patches.as_deref()
    }

    /// The input files, relative to `guests/`.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &Path> {
        self.inputs.iter().map(PathBuf::as_path)
    }

    /// The folders where a new one would appear, relative to `guests/`.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    /// The key: 32 hexadecimal digits.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }
}

/// The guest's folder and every folder that it reaches through path dependencies.
fn crates(guests_dir: &Path, name: &str) -> Result<BTreeSet<String>, Failure> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![name.to_owned()];
    while let Some(folder) = waiting.pop() {
        let manifest = read(&guests_dir.join(&folder).join("Cargo.toml"))?;
        waiting.extend(
            String::from_utf8_lossy(&manifest)
                .split("path = \"../")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .filter(|neighbour| !found.contains(*neighbour) && *neighbour != folder)
                .map(str::to_owned),
        );
        found.insert(folder);
    }
    Ok(found)
}

/// Adds the files of a guest's folder `patches`, if it has one; answers with their text, in the order of their names.
fn patches(guests_dir: &Path, name: &str, inputs: &mut BTreeSet<PathBuf>) -> Result<Option<String>, Failure> {
    let folder = PathBuf::from(name).join(PATCHES);
    if !guests_dir.join(&folder).is_dir() {
        return Ok(None);
    }
    let mut files = BTreeSet::new();
    collect_files(guests_dir, folder, &mut files)?;
    let mut text = String::new();
    for file in &files {
        text.push_str(&String::from_utf8_lossy(&read(&guests_dir.join(file))?));
    }
    inputs.extend(files);
    Ok(Some(text))
}

/// Adds the manifest and the sources of one crate.
fn collect_inputs(guests_dir: &Path, folder: &str, inputs: &mut BTreeSet<PathBuf>) -> Result<(), Failure> {
    let folder = Path::new(folder);
    inputs.insert(folder.join("Cargo.toml"));
    let build_script = folder.join("build.rs");
    if guests_dir.join(&build_script).is_file() {
        inputs.insert(build_script);
    }
    collect_files(guests_dir, folder.join("src"), inputs)
}

/// Adds the files below a folder.
fn collect_files(guests_dir: &Path, folder: PathBuf, inputs: &mut BTreeSet<PathBuf>) -> Result<(), Failure> {
    let mut waiting = vec![folder];
    while let Some(directory) = waiting.pop() {
        let listed = std::fs::read_dir(guests_dir.join(&directory))
            .map_err(|error| format!("cannot list {}: {error}", directory.display()))?;
        for entry in listed {
            let entry = entry.map_err(|error| format!("cannot list {}: {error}", directory.display()))?;
            let path = directory.join(entry.file_name());
            if guests_dir.join(&path).is_dir() {
                waiting.push(path);
            } else {
                inputs.insert(path);
            }
        }
    }
    Ok(())
}

/// The bytes of an input.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// FNV-1a over 128 bits: a key against accidents, not against an adversary,
/// who could as well replace the cached file.
struct Fnv128(u128);

impl Fnv128 {
    fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    /// Adds one field, with its length, so that fields cannot run into each other.
    fn field(&mut self, bytes: &[u8]) {
        for byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            self.0 ^= u128::from(*byte);
            self.0 = self.0.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }

    fn hex(&self) -> String {
        format!("{:032x}", self.0)
    }
}
