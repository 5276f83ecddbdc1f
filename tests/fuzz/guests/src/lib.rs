//! The cage: it runs a guest natively, in the process of a fuzz target, where it can do no harm. A guest believes that it
//! has the file system to itself, and programs of awk, sed and dc start others and open what they like.
//!
//! It owns a folder under `/dev/shm` and this process's working directory, descriptors 0 to 2, allocator and panic
//! hook. The kernel (Landlock) lets the process start nothing, and write nowhere but in that folder and where libFuzzer
//! keeps what it finds. Time and memory are bounded by fuel and by the allocator: a run that has used them up is over,
//! which is no finding.

#![feature(alloc_error_hook)]

use std::any::Any;
use std::fs::{self, File};
use std::io::{BufRead, Seek, Write};
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetStatus,
};

#[global_allocator]
static ALLOCATOR: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, usize::MAX);

/// Where a guest's folder is: `/dev/shm/wf-NAME/out/in`.
const SHARED: &str = "/dev/shm";
/// A folder in which guests may write, and never should.
pub const OUTSIDE: &str = "/dev/shm/wf-out";
/// The steps of a run.
const STEPS_MAX: u64 = 200_000;
/// The memory of a run.
const MEMORY_MAX: usize = 64 << 20;

/// What the allocator unwinds with.
struct OutOfMemory;

/// A folder in which guests run, and a way back from it.
pub struct Cage {
    /// The folder around the guest's own.
    outside: PathBuf,
    /// The guest's own.
    folder: PathBuf,
    input: File,
    nothing: File,
    stdin: OwnedFd,
    stdout: OwnedFd,
    stderr: OwnedFd,
    /// What was fuzzed last: a stack that overflows leaves libFuzzer no time to write it down.
    last: PathBuf,
    /// A file outside of the guest's folder is a finding, and that it has used up its memory.
    is_strict: bool,
}

/// The rules of the process from now on.
fn confine(own: &Path, is_strict: bool) {
    let abi = ABI::V3;
    let everything = AccessFs::from_all(abi) & !AccessFs::Execute;
    let reading: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::ReadDir;
    let mut rules = Vec::new();
    // Devices and /proc have files that never end.
    for entry in fs::read_dir("/").unwrap().flatten() {
        if !["dev", "proc", "sys", "run"].contains(&entry.file_name().to_string_lossy().as_ref()) {
            rules.push((entry.path(), reading));
        }
    }
    rules.push(("/dev/null".into(), reading | AccessFs::WriteFile));
    rules.push((own.to_owned(), everything));
    if is_strict {
        rules.push((OUTSIDE.into(), everything));
    }
    // What libFuzzer was told to write to.
    for word in std::env::args().skip(1) {
        let path = match word.split_once('=') {
            Some(("-artifact_prefix", prefix)) => PathBuf::from(prefix),
            Some(("-exact_artifact_path" | "-merge_control_file", file)) => {
                Path::new(file).parent().map(Path::to_owned).unwrap_or_default()
            }
            _ if word.starts_with('-') => continue,
            _ => PathBuf::from(word),
        };
        assert!(
            path.is_absolute(),
            "{}: not absolute, and the working directory is the cage",
            path.display()
        );
        rules.push((path, everything));
    }
    let mut set = Ruleset::default().handle_access(AccessFs::from_all(abi)).unwrap().create().unwrap();
    for (path, access) in rules {
        let Ok(opened) = PathFd::new(&path) else { continue };
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(abi) };
        set = set.add_rule(PathBeneath::new(opened, access)).unwrap();
    }
    let status = set.restrict_self().unwrap();
    assert!(status.ruleset == RulesetStatus::FullyEnforced, "without Landlock no guest is run");
}

fn is_end(payload: &(dyn Any + Send)) -> bool {
    let is_fuel = {
        #[cfg(fuzzing)]
        {
            payload.is::<fuel::Empty>()
        }
        #[cfg(not(fuzzing))]
        false
    };
    is_fuel || payload.is::<OutOfMemory>()
}

impl Cage {
    /// Makes the folder and confines the process, for good.
    pub fn new(name: &str) -> Cage {
        Cage::make(name, false)
    }

    /// The same for programs that may not make a file outside of their folder, and use no more memory than they have:
    /// both are findings.
    pub fn strict(name: &str) -> Cage {
        Cage::make(name, true)
    }

    fn make(name: &str, is_strict: bool) -> Cage {
        let own = Path::new(SHARED).join(format!("wf-{name}-{}", std::process::id()));
        let (outside, folder) = (own.join("out"), own.join("out/in"));
        let _ = fs::remove_dir_all(&own);
        fs::create_dir_all(&folder).unwrap();
        fs::create_dir_all(OUTSIDE).unwrap();
        let input = File::options().read(true).write(true).create(true).open(own.join("stdin")).unwrap();
        let nothing = File::options().read(true).write(true).open("/dev/null").unwrap();
        let keep = |fd: rustix::fd::BorrowedFd<'_>| fd.try_clone_to_owned().unwrap();
        let (stdin, stdout, stderr) =
            (keep(rustix::stdio::stdin()), keep(rustix::stdio::stdout()), keep(rustix::stdio::stderr()));
        confine(&own, is_strict);
        std::env::set_current_dir(&folder).unwrap();
        // A panic is told where people see it.
        let told = std::panic::take_hook();
        let seen = keep(rustix::stdio::stderr());
        std::panic::set_hook(Box::new(move |info| {
            ALLOCATOR.set_limit(usize::MAX).unwrap();
            rustix::stdio::dup2_stderr(&seen).unwrap();
            told(info);
        }));
        std::alloc::set_alloc_error_hook(|_| {
            ALLOCATOR.set_limit(usize::MAX).unwrap();
            std::panic::resume_unwind(Box::new(OutOfMemory));
        });
        let last = own.join("last");
        Cage { outside, folder, input, nothing, stdin, stdout, stderr, last, is_strict }
    }

    /// Puts a file into the folder.
    pub fn file(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.join(name), bytes).unwrap();
    }

    /// Runs a guest; its status, unless it was stopped. Then the folder is empty again.
    pub fn run(&mut self, fuzzed: &[u8], stdin: &[u8], program: impl FnOnce() -> i32) -> Option<i32> {
        fs::write(&self.last, fuzzed).unwrap();
        self.input.set_len(0).unwrap();
        self.input.rewind().unwrap();
        self.input.write_all(stdin).unwrap();
        self.input.rewind().unwrap();
        rustix::stdio::dup2_stdin(&self.input).unwrap();
        rustix::stdio::dup2_stdout(&self.nothing).unwrap();
        rustix::stdio::dup2_stderr(&self.nothing).unwrap();
        ALLOCATOR.set_limit(ALLOCATOR.allocated() + MEMORY_MAX).unwrap();
        #[cfg(fuzzing)]
        fuel::give(STEPS_MAX);
        let ended = catch_unwind(AssertUnwindSafe(program));
        ALLOCATOR.set_limit(usize::MAX).unwrap();
        // std's streams have buffers for the whole process.
        let _ = std::io::stdout().flush();
        rustix::stdio::dup2_stdin(&self.nothing).unwrap();
        let mut left = std::io::stdin().lock();
        let left_bytes = left.fill_buf().map_or(0, <[u8]>::len);
        left.consume(left_bytes);
        drop(left);
        rustix::stdio::dup2_stdin(&self.stdin).unwrap();
        rustix::stdio::dup2_stdout(&self.stdout).unwrap();
        rustix::stdio::dup2_stderr(&self.stderr).unwrap();
        std::env::set_current_dir(&self.folder).unwrap();
        self.sweep();
        match ended {
            Ok(status) => Some(status),
            Err(payload) => {
                assert!(is_end(payload.as_ref()), "a panic that nobody saw");
                assert!(!(self.is_strict && payload.is::<OutOfMemory>()), "memory has run out");
                None
            }
        }
    }

    /// Empties the folder and those around it.
    fn sweep(&self) {
        let outer = [self.outside.as_path(), Path::new(OUTSIDE)];
        for entry in outer[..=usize::from(self.is_strict)]
            .iter()
            .flat_map(|folder| fs::read_dir(folder).unwrap().flatten())
        {
            if entry.path() != self.folder {
                remove(&entry);
                assert!(!self.is_strict, "outside of its folder is {entry:?}");
            }
        }
        fs::read_dir(&self.folder).unwrap().flatten().for_each(|entry| remove(&entry));
    }
}

fn remove(entry: &fs::DirEntry) {
    let path = entry.path();
    let removed = match entry.file_type() {
        Ok(kind) if kind.is_dir() => fs::remove_dir_all(&path),
        _ => fs::remove_file(&path),
    };
    removed.unwrap();
}

/// Runs a command of a program of many.
pub fn command(programs: &[(&str, fn(&str, Vec<Vec<u8>>) -> i32)], name: &str, words: Vec<Vec<u8>>) -> i32 {
    let (_, program) = programs.iter().find(|(known, _)| *known == name).expect("a command of the program");
    program(name, words)
}

/// What a target makes of its bytes: a command line, two files, and standard input.
pub struct Line {
    pub words: Vec<Vec<u8>>,
    pub files: Vec<Vec<u8>>,
    pub stdin: Vec<u8>,
}

impl Line {
    /// The first byte is how many words there are, the second how many files; each ends with a NUL. What is left is
    /// standard input.
    pub fn read(bytes: &[u8]) -> Option<Line> {
        let [words, files, rest @ ..] = bytes else { return None };
        let mut pieces = rest.splitn(usize::from(words % 12) + usize::from(files % 3) + 1, |byte| *byte == 0);
        let mut take =
            |count: usize| -> Vec<Vec<u8>> { pieces.by_ref().take(count).map(<[u8]>::to_vec).collect() };
        let (words, files) = (take(usize::from(words % 12)), take(usize::from(files % 3)));
        let stdin = take(1).pop().unwrap_or_default();
        Some(Line { words, files, stdin })
    }

    /// Runs it: the files are `f` and `g`.
    pub fn run(self, cage: &mut Cage, fuzzed: &[u8], program: impl FnOnce(Vec<Vec<u8>>) -> i32) {
        for (name, bytes) in ["f", "g"].iter().zip(&self.files) {
            cage.file(name, bytes);
        }
        cage.run(fuzzed, &self.stdin, || program(self.words));
    }
}
