//! A snapshot: a module that has been initialised once, at build time, and starts where that ended.
//!
//! A module that wants it is a WASI reactor with two exports of Wizer's names: `wizer-initialize`, which prepares
//! whatever every run would prepare, and `wizer-resume`, which becomes `_start`. This crate owns the run of the first
//! (`run`) and the writing of the result (`image`). It knows no cache, no compiler and no program.
//!
//! The same module gives the same bytes: the clock stands still, chance is a fixed sequence, and there are neither
//! arguments nor an environment nor files.

mod image;
mod run;
mod world;

/// The export that prepares the module.
pub const INITIALIZE: &str = "wizer-initialize";

/// The export that a prepared module starts with.
pub const RESUME: &str = "wizer-resume";

/// An export, which a module need not have, that answers where its cold bytes are: the address in the upper half of
/// the number, the length in the lower. Those bytes are not in the memory of a process until it asks for them.
pub const COLD: &str = "wasmsand-cold";

/// The section that the memory is written into (wasi-impl/ABI.md, "The memory image").
pub const IMAGE: &str = "wasmsand.image";

/// The section that the cold bytes are written into.
pub const IMAGE_COLD: &str = "wasmsand.image.cold";

/// What was prepared: the memory and the globals of the module at that moment.
struct Prepared {
    memory: Vec<u8>,
    /// The mutable globals that the module defines, by index.
    globals: Vec<(u32, wasmi::Val)>,
    /// Where the cold bytes are.
    cold: std::ops::Range<usize>,
}

/// The initialised module.
///
/// # Errors
/// Why there is none, in words.
pub fn snapshot(module: &[u8]) -> Result<Vec<u8>, String> {
    let globals = image::mutable_globals(module)?;
    let prepared = run::prepare(&image::with_globals_exported(module, &globals)?, &globals)?;
    image::write(module, &prepared)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test panics")]

    use wasmi::{Caller, Engine, Linker, Module, Store};

    use super::*;

    /// Counts in a global and in memory, keeps what it draws, and has sixteen cold bytes at 64.
    const REACTOR: &str = r#"(module
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
        (import "wasmsand" "image_fetch" (func $fetch (result i32)))
        (memory (export "memory") 1)
        (global $count (mut i32) (i32.const 1))
        (global $fixed i64 (i64.const 9))
        (data (i32.const 64) "sixteen bytes!!!")
        (func (export "wizer-initialize")
            (global.set $count (i32.add (global.get $count) (i32.const 41)))
            (drop (memory.grow (i32.const 2)))
            (i32.store (i32.const 150000) (i32.const 7))
            (drop (call $random (i32.const 1024) (i32.const 32)))
            (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 2048))))
        (func (export "wasmsand-cold") (result i64) (i64.const 0x4000000010))
        (func (export "wizer-resume")
            (i32.store (i32.const 0) (global.get $count))
            (i64.store (i32.const 8) (global.get $fixed))
            (i64.store (i32.const 16) (i64.load (i32.const 64)))
            (drop (call $fetch))
            (i64.store (i32.const 24) (i64.load (i32.const 72))))
    )"#;

    /// Copies the pieces of a section of an image into a memory.
    fn put(image: &[u8], name: &str, memory: &mut [u8]) {
        let mut pieces = wasmparser::Parser::new(0)
            .parse_all(image)
            .find_map(|payload| match payload.unwrap() {
                wasmparser::Payload::CustomSection(section) if section.name() == name => Some(section.data()),
                _ => None,
            })
            .unwrap();
        while let Some((head, rest)) = pieces.split_first_chunk::<8>() {
            let number = |at: usize| u32::from_le_bytes(*head[at..].first_chunk().unwrap()) as usize;
            let (bytes, rest) = rest.split_at(number(4));
            memory[number(0)..][..bytes.len()].copy_from_slice(bytes);
            pieces = rest;
        }
    }

    /// The memory of an image after its start.
    fn memory_after_start(image: &[u8]) -> Vec<u8> {
        let engine = Engine::default();
        let module = Module::new(&engine, image).unwrap();
        let mut linker = Linker::new(&engine);
        let preview1 = "wasi_snapshot_preview1";
        linker.func_wrap(preview1, "random_get", |_: i32, _: i32| -> i32 { 52 }).unwrap();
        linker.func_wrap(preview1, "clock_time_get", |_: i32, _: i64, _: i32| -> i32 { 52 }).unwrap();
        let cold = image.to_vec();
        linker
            .func_wrap("wasmsand", "image_fetch", move |mut caller: Caller<'_, ()>| -> i32 {
                let memory = caller.get_export("memory").and_then(wasmi::Extern::into_memory).unwrap();
                put(&cold, IMAGE_COLD, memory.data_mut(&mut caller));
                0
            })
            .unwrap();
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        put(image, IMAGE, memory.data_mut(&mut store));
        instance.get_typed_func::<(), ()>(&store, "_start").unwrap().call(&mut store, ()).unwrap();
        memory.data(&store).to_vec()
    }

    #[test]
    fn a_module_starts_where_its_initialisation_ended() {
        let memory = memory_after_start(&snapshot(&wat::parse_str(REACTOR).unwrap()).unwrap());
        assert_eq!(memory.len(), 3 << 16);
        assert_eq!((memory[0], memory[8], memory[150_000]), (42, 9, 7));
        assert!(memory[1024..1056].iter().any(|byte| *byte != 0));
    }

    #[test]
    fn cold_bytes_come_when_they_are_asked_for() {
        let memory = memory_after_start(&snapshot(&wat::parse_str(REACTOR).unwrap()).unwrap());
        assert_eq!(memory[16..24], [0; 8]);
        assert_eq!(&memory[24..32], b"bytes!!!");
        assert_eq!(&memory[64..80], b"sixteen bytes!!!");
    }

    #[test]
    fn the_same_module_gives_the_same_image() {
        let module = wat::parse_str(REACTOR).unwrap();
        assert_eq!(snapshot(&module).unwrap(), snapshot(&module).unwrap());
    }

    #[test]
    fn an_initialisation_that_fails_or_speaks_gives_no_image() {
        let trap = r#"(module (memory (export "memory") 1) (func (export "wizer-initialize") unreachable)
            (func (export "wizer-resume")) (data (i32.const 0) "x"))"#;
        assert!(snapshot(&wat::parse_str(trap).unwrap()).unwrap_err().contains("failed: "));
        let speaks = r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1) (data (i32.const 0) "\08\00\00\00\05\00\00\00oops\n")
            (func (export "wizer-initialize")
                (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 32))))
            (func (export "wizer-resume")))"#;
        assert!(snapshot(&wat::parse_str(speaks).unwrap()).unwrap_err().ends_with("complains:\noops\n"));
        let command = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;
        assert!(snapshot(&wat::parse_str(command).unwrap()).unwrap_err().contains(INITIALIZE));
    }
}
