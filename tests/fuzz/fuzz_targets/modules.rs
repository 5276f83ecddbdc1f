//! Modules as the fuzzer has them and as wasm-smith makes them, run for a bounded time with small limits.

#![no_main]

use std::sync::{Arc, OnceLock};

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use wasm_smith::{Config, Module};
use wasmsand_vfs::{At, Content, Scope, Time};
use wasmsand_wasi::{CoroutineStart, Limits, Machine, ShellRequest, Signal, Simulated, Sleep, Spawned, Turn};

const TURNS_MAX: u32 = 2_000;

/// The functions that a made module may import.
const IMPORTS: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open" (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_readdir" (func (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))"#;

const EXPORTS: &str =
    r#"(module (memory (export "memory") 1) (func (export "_start")))"#;

fn wasm(text: &'static str, place: &'static OnceLock<Vec<u8>>) -> Vec<u8> {
    place.get_or_init(|| wat::parse_str(text).unwrap()).clone()
}

/// A module that is valid and has what a command needs.
fn made(bytes: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    static IMPORTED: OnceLock<Vec<u8>> = OnceLock::new();
    static EXPORTED: OnceLock<Vec<u8>> = OnceLock::new();
    let mut config = Config::arbitrary(bytes)?;
    config.available_imports = Some(wasm(IMPORTS, &IMPORTED));
    config.exports = Some(wasm(EXPORTS, &EXPORTED));
    config.allow_start_export = true;
    config.max_imports = 20;
    Ok(Module::new(config, bytes)?.to_bytes())
}

fn run(module: Vec<u8>) {
    let no_shell = Arc::new(|_: ShellRequest| -> CoroutineStart { Box::new(|_| Box::pin(async { 99 })) });
    let mut limits = Limits {
        guest_memory_bytes_max: 4 << 20,
        table_elements_max: 10_000,
        process_fuel_max: Some(500_000),
        slice_fuel: 5_000,
        module_bytes_max: 1 << 20,
        transfer_bytes_max: 1 << 16,
        random_bytes_max: 1 << 16,
        ..Limits::default()
    };
    limits.files.content_bytes_max = 4 << 20;
    let mut machine = Machine::new(limits, Box::new(Simulated::new(1, b"some input")), no_shell);
    let kernel = machine.kernel();
    let at = At { dir: kernel.vfs.root(), path: b"/program", scope: Scope::Anywhere };
    kernel.vfs.add_file(at, Content::owned(module), 0o755, Time(0)).unwrap();
    let program = Spawned::Executable { path: "/program".into(), argv: vec!["program".into()], env: vec![] };
    if machine.start(program, 0o022, b"/").is_err() {
        return;
    }
    let interrupt = machine.interrupt();
    for _ in 0..TURNS_MAX {
        match machine.turn() {
            Turn::Progress => {}
            // It waits for what nobody sends.
            Turn::Idle { sleep, .. } if sleep == Sleep::default() => interrupt.raise(Signal::KILL),
            Turn::Idle { sleep, .. } => drop(machine.kernel().host.wait(sleep)),
            Turn::Ended(_) | Turn::TimedOut | Turn::OutOfFuel => {
                let kernel = machine.kernel();
                assert_eq!(kernel.vfs.check(), Ok(()));
                assert_eq!((kernel.vfs.usage().open_files, kernel.guests_memory_bytes), (0, 0));
                return;
            }
        }
    }
    panic!("it did not end within {TURNS_MAX} turns");
}

fuzz_target!(|bytes: &[u8]| {
    match bytes.split_first() {
        Some((0..64, raw)) => run([b"\0asm\x01\0\0\0".as_slice(), raw].concat()),
        Some((64..96, raw)) => run(raw.to_vec()),
        Some((_, seed)) => {
            if let Ok(module) = made(&mut Unstructured::new(seed)) {
                run(module);
            }
        }
        None => {}
    }
});
