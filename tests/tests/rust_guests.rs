//! Rust programs as a user would compile them, run in the sandbox: what the standard library makes of preview1 here,
//! and what `wasmsand-sys` makes of the `wasmsand` module. The first also runs under wasmtime where that is found.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail their test by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use wasmsand_tests::{repository, run, wasmsand};

/// The folder of the compiled guests. The toolchain is the one that the bundled guests are built with; building those,
/// which this package depends on, has installed it.
fn guests() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let pin = std::fs::read_to_string(repository().join("guests/rust-toolchain.toml")).unwrap();
        let channel =
            pin.lines().find_map(|line| line.strip_prefix("channel = \"")?.strip_suffix('"')).unwrap();
        let test = std::env::current_exe().unwrap();
        let target = test.ancestors().nth(3).unwrap().join("test-guests");
        let mut cargo = Command::new("cargo");
        cargo.args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--target",
            "wasm32-wasip1",
            "--target-dir",
        ]);
        cargo.arg(&target).current_dir(repository().join("tests/guests"));
        // The cargo that runs this test says which compiler and flags its own crates get.
        for (name, _) in
            std::env::vars().filter(|(name, _)| name.starts_with("CARGO") || name.starts_with("RUST"))
        {
            if !matches!(name.as_str(), "CARGO_HOME" | "RUSTUP_HOME" | "RUSTUP_AUTO_INSTALL") {
                cargo.env_remove(name);
            }
        }
        let status = cargo.env("RUSTUP_TOOLCHAIN", channel).status().unwrap();
        assert!(status.success(), "the guests of tests/guests could not be built");
        target.join("wasm32-wasip1/release")
    })
}

fn guest(name: &str) -> String {
    guests().join(name).into_os_string().into_string().unwrap()
}

const STANDARD: &str = r#"arguments: ["x", "", "y z"]
environment: [("A", "b=c")]
files: 89AB 12 100003 99996 ["h", "i"]
times: kept true
directories: 301 (true, true, false) /d/e/f []
errors: [Some(NotFound), Some(AlreadyExists), Some(DirectoryNotEmpty), Some(NotADirectory), Some(NotADirectory), Some(IsADirectory), Some(AlreadyExists), Some(InvalidInput)]
clocks: slept true, after 2020 true, forward true
input: Some("one") and 2 more
"#;

const LINES: &[u8] = b"one\ntwo\nthree\n";

#[test]
fn the_standard_library_finds_what_it_expects() {
    let program = guest("standard.wasm");
    let (host, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let through = format!("{}::/", host.path().display());
    let copied = format!("{}::/", empty.path().display());
    for folder in [["--dir", &through], ["--copy-dir", &copied], ["--overlay-dir", &copied]] {
        let mut arguments = vec!["run", "--env", "A=b=c"];
        arguments.extend(folder);
        arguments.extend([program.as_str(), "--", "x", "", "y z"]);
        let ran = wasmsand(&arguments, LINES);
        assert_eq!((ran.out.as_str(), ran.status), (STANDARD, 0), "{folder:?}: {}", ran.err);
        assert_eq!(ran.err, "to standard error\n", "{folder:?}");
    }
}

#[test]
fn wasmtime_gives_the_standard_library_the_same() {
    let python = std::env::var("WASMSAND_WASMTIME_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut asked = Command::new(&python);
    asked.args(["-c", "import wasmtime"]);
    if run(asked, b"").status != 0 {
        return eprintln!("no wasmtime for {python}: not compared here");
    }
    let folder = tempfile::tempdir().unwrap();
    let driver = "
import sys, wasmtime
program, folder = sys.argv[1:3]
engine = wasmtime.Engine()
store = wasmtime.Store(engine)
wasi = wasmtime.WasiConfig()
wasi.argv = ['standard.wasm', 'x', '', 'y z']
wasi.env = [('A', 'b=c')]
wasi.inherit_stdin(); wasi.inherit_stdout(); wasi.inherit_stderr()
wasi.preopen_dir(folder, '/')
store.set_wasi(wasi)
linker = wasmtime.Linker(engine)
linker.define_wasi()
instance = linker.instantiate(store, wasmtime.Module.from_file(engine, program))
try:
    instance.exports(store)['_start'](store)
except wasmtime.ExitTrap as exit:
    sys.exit(exit.code)
";
    let mut command = Command::new(&python);
    command.args(["-c", driver, &guest("standard.wasm")]).arg(folder.path());
    let ran = run(command, LINES);
    // Reading a directory is EISDIR on Linux and here, EBADF there.
    let expected = STANDARD.replace("Some(IsADirectory)", "Some(Uncategorized)");
    assert_eq!((ran.out.as_str(), ran.status), (expected.as_str(), 0), "{}", ran.err);
}

#[test]
fn a_program_ends_as_it_would_natively() {
    let program = guest("standard.wasm");
    for (arguments, status, words) in [
        (["exit", "42"], 42, ""),
        (["exit", "255"], 255, ""),
        (["panic", ""], 134, "as it was asked to"),
        (["overflow", ""], 139, "wasmsand: standard.wasm: call stack exhausted"),
        (["hoard", ""], 134, "memory allocation of 1048576 bytes failed"),
    ] {
        let run = ["run", "--max-memory", "64M", &program, "--", arguments[0], arguments[1]];
        let ran = wasmsand(&run, b"");
        assert_eq!((ran.out.as_str(), ran.status), ("", status), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
    let ran = wasmsand(&["run", "--backtrace", &program, "--", "panic"], b"");
    assert!(ran.err.contains("\n    at standard::main\n"), "{}", ran.err);
}

#[test]
fn a_guest_starts_programs_and_waits_for_them() {
    let folder = format!("{}::/mnt/g", guests().display());
    let ran = wasmsand(&["--ro-dir", &folder, "-c", "/mnt/g/children.wasm; echo $?"], b"");
    let expected = r#"version: true
status: 7 143 0
output: "<line>b\n" "oops\n" true
pipeline: "100000\n" true
much: true
not found: failed: entity not found
time-out: true 137
directory: "/tmp\n" "/var/tmp\n"
modes: 22 640 104710 1000 10640
processes: true
signals: true true
terminal: failed: Not a tty (os error 59)
executed at last
0
"#;
    assert_eq!((ran.out.as_str(), ran.status), (expected, 0), "{}", ran.err);
}
