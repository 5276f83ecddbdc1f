//! Hostile programs: each tries to hurt the host, on a native stack of 512 KiB, and comes to an errno, a trap of its
//! own, or a refusal in words. Afterwards nothing of it is left, and the machine still runs another program.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail their test"
)]

mod backtrace;
mod calls;
mod engine;
mod modules;

use std::sync::{Arc, Mutex};

use bstr::{BString, ByteSlice};
use wasmsand_vfs::{At, Content, Scope, Time};
use wasmsand_wasi::{
    CoroutineStart, Limits, Machine, ShellRequest, Signal, Simulated, Spawn, SpawnGroup, Spawned, Status,
    Turn, WaitTarget,
};

/// The imports that the hostile programs use, and their memory of one page.
const PRELUDE: &str = r#"
    (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_allocate" (func $fd_allocate (param i32 i64 i64) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $set_size (param i32 i64) (result i32)))
    (import "wasi_snapshot_preview1" "fd_pread" (func $fd_pread (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_pwrite" (func $fd_pwrite (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (import "wasi_snapshot_preview1" "sock_accept" (func $sock_accept (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sock_recv"
      (func $sock_recv (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sock_send" (func $sock_send (param i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sock_shutdown" (func $sock_shutdown (param i32 i32) (result i32)))
    (memory (export "memory") 1)
"#;

/// Numbers of WASI's errnos.
const FAULT: u8 = 21;
const FBIG: u8 = 22;
const ILSEQ: u8 = 25;
const INVAL: u8 = 28;
const LOOP: u8 = 32;
const MFILE: u8 = 33;
const NAMETOOLONG: u8 = 37;
const NFILE: u8 = 41;
const NOSPC: u8 = 51;

/// Limits that are reached quickly.
fn small() -> Limits {
    let mut limits =
        Limits { guest_memory_bytes_max: 4 << 20, guests_memory_bytes_max: 16 << 20, ..Limits::default() };
    limits.files.content_bytes_max = 32 << 20;
    limits.files.file_bytes_max = 8 << 20;
    limits.files.inodes_max = 20_000;
    limits
}

fn machine(limits: Limits) -> Machine {
    let no_shell = Arc::new(|_: ShellRequest| -> CoroutineStart { Box::new(|_| Box::pin(async { 99 })) });
    Machine::new(limits, Box::new(Simulated::new(1, b"some input")), no_shell)
}

fn add(machine: &mut Machine, path: &str, module: &[u8]) {
    let vfs = &mut machine.kernel().vfs;
    let at = At { dir: vfs.root(), path: path.as_bytes(), scope: Scope::Anywhere };
    vfs.add_file(at, Content::owned(module.to_vec()), 0o755, Time(0)).unwrap();
}

fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 << 10).spawn(test).unwrap().join().unwrap();
}

fn error_of(machine: &mut Machine) -> BString {
    let host: &Simulated = machine.kernel().host_as().unwrap();
    host.error.clone().into()
}

/// Programs to run one after the other by a process that waits for each, with their arguments.
type Programs = Vec<(Vec<BString>, Vec<BString>)>;

fn waits_for_each(programs: Programs, statuses: Arc<Mutex<Vec<Status>>>) -> Spawned {
    let start: CoroutineStart = Box::new(|mut sys| {
        Box::pin(async move {
            for (argv, env) in programs {
                let program = Spawned::Executable { path: argv[0].clone(), argv, env };
                let spawn = Spawn {
                    program,
                    moved: vec![],
                    group: SpawnGroup::New,
                    foreground: false,
                    ignored: wasmsand_wasi::SignalSet::EMPTY,
                };
                let status = match sys.spawn(spawn).await {
                    Ok(pid) => sys.wait(WaitTarget::Pid(pid), true, false).await.unwrap().unwrap().1,
                    Err(errno) => {
                        sys.write_all(wasmsand_wasi::Fd::STDERR, errno.name().as_bytes()).await.unwrap();
                        Status::Exited(127)
                    }
                };
                statuses.lock().unwrap().push(status);
            }
            0
        })
    });
    Spawned::Coroutine { name: "init", start }
}

struct Ran {
    status: Status,
    error: BString,
}

/// Runs a hostile module, then a good program; checks that nothing of either is left.
fn run_as(limits: Limits, module: &[u8], argv: Vec<BString>, env: Vec<BString>) -> Ran {
    run_on(machine(limits), module, argv, env)
}

fn run_on(mut machine: Machine, module: &[u8], argv: Vec<BString>, env: Vec<BString>) -> Ran {
    add(&mut machine, "/hostile", module);
    let good = r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 42)))"#;
    add(&mut machine, "/good", &wat::parse_str(format!("(module {good})")).unwrap());
    let statuses = Arc::default();
    let programs = vec![(argv, env), (vec!["/good".into()], vec![])];
    let init = waits_for_each(programs, Arc::clone(&statuses));
    machine.start(init, 0o022, b"/").unwrap();
    assert_eq!(machine.run(), Turn::Ended(Status::Exited(0)));
    let statuses = statuses.lock().unwrap();
    assert_eq!(statuses[1], Status::Exited(42), "the good program after the hostile one");
    let kernel = machine.kernel();
    assert_eq!(kernel.guests_memory_bytes, 0);
    assert_eq!(kernel.vfs.usage().open_files, 0);
    assert_eq!(kernel.vfs.usage().pipes, 0);
    Ran { status: statuses[0], error: error_of(&mut machine) }
}

fn run_module(limits: Limits, module: &[u8]) -> Ran {
    run_as(limits, module, vec!["/hostile".into()], vec![])
}

fn parse(body: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {PRELUDE} {body})")).unwrap()
}

fn run(body: &str) -> Ran {
    run_module(small(), &parse(body))
}

/// The program's status is `expected`, and its complaint contains `words`; with its calls noted as well as without.
fn check_module(name: &str, limits: Limits, module: &[u8], expected: u8, words: &str) {
    let ran = run_module(limits.clone(), module);
    assert_eq!(ran.status.code(), expected, "{name}: {}", ran.error);
    assert!(ran.error.contains_str(words), "{name}: {}", ran.error);
    if words.is_empty() {
        assert_eq!(ran.error, "", "{name}");
    } else {
        assert_eq!(ran.error.lines().count(), 1, "{name}: {}", ran.error);
    }
    let mut noting = machine(limits);
    noting.set_backtrace(true);
    let noted = run_on(noting, module, vec!["/hostile".into()], vec![]);
    assert_eq!(noted.status, ran.status, "{name} with its calls noted: {}", noted.error);
    assert_eq!(noted.error.lines().next(), ran.error.lines().next(), "{name} with its calls noted");
}

fn check(name: &str, body: &str, expected: u8, words: &str) {
    check_module(name, small(), &parse(body), expected, words);
}

/// A program that ends with what a call answered.
fn answers(prepare: &str, call: &str) -> String {
    format!(r#"(func (export "_start") {prepare} (call $exit {call}))"#)
}

/// Starts a program as the session's first process, lets it run for `turns`, and interrupts it; answers after how
/// many further turns it has ended.
fn turns_until_interrupted(limits: Limits, module: &[u8], turns: u32) -> u32 {
    let mut machine = machine(limits);
    add(&mut machine, "/hostile", module);
    let program = Spawned::Executable { path: "/hostile".into(), argv: vec!["hostile".into()], env: vec![] };
    machine.start(program, 0o022, b"/").unwrap();
    for turn in 0..turns {
        match machine.turn() {
            Turn::Progress => {}
            Turn::Idle { sleep, .. } => drop(machine.kernel().host.wait(sleep)),
            other => panic!("turn {turn}: {other:?}: {}", error_of(&mut machine)),
        }
    }
    machine.interrupt().raise(Signal::INT);
    for turn in 1..100 {
        match machine.turn() {
            Turn::Ended(status) => {
                assert_eq!(status, Status::Signaled(Signal::INT));
                assert_eq!(machine.kernel().guests_memory_bytes, 0);
                return turn;
            }
            Turn::Progress | Turn::Idle { .. } => {}
            other @ (Turn::TimedOut | Turn::OutOfFuel) => panic!("{other:?}"),
        }
    }
    panic!("an interrupted program goes on")
}

fn check_interrupt(name: &str, body: &str) {
    let module = parse(body);
    for turns in [0, 1, 7] {
        assert_eq!(turns_until_interrupted(small(), &module, turns), 1, "{name} after {turns} turns");
    }
}

// ---- Modules written byte by byte, for what the text format refuses or would take long to write.

fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id], number(content.len()).as_slice(), content].concat()
}

fn function(locals: &[u8], code: &[u8]) -> Vec<u8> {
    let length = number(locals.len() + code.len() + 1);
    [length.as_slice(), locals, code, &[0x0b]].concat()
}

/// A module of functions without parameters and results, the first of them `_start`, and of other sections.
fn binary(functions: &[Vec<u8>], others: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let types = [number(functions.len()), vec![0; functions.len()]].concat();
    let code = [number(functions.len()), functions.concat()].concat();
    let start = [&[1, 6], b"_start".as_slice(), &[0, 0]].concat();
    let mut sections = vec![(1, vec![1, 0x60, 0, 0]), (3, types), (7, start), (10, code)];
    sections.extend_from_slice(others);
    sections.sort_by_key(|(id, _)| *id);
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    sections.iter().for_each(|(id, content)| module.extend(section(*id, content)));
    module
}

fn one(code: &[u8]) -> Vec<u8> {
    binary(&[function(&[0], code)], &[])
}

/// The section of a memory of one page.
fn one_page() -> (u8, Vec<u8>) {
    (5, vec![1, 0, 1])
}
