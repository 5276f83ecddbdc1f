//! Metering: a module rewritten so that the interpreter charges fuel for what runs.
//!
//! wasmi charges for a function, a loop and each side of an `if` at once, when they are entered. Compilers write few
//! `if`s: what a branch skips lies in the same loop and is charged with it. A loop around a `match` of many arms pays for
//! all of them each time, which is tens or hundreds of times what it does; its slices of fuel last microseconds, and
//! limits that are set in fuel mean little.
//!
//! A `loop` that nothing branches back to does nothing but to be charged for by itself. This crate puts such loops around
//! what can be skipped: from the end of a block that something leaves for good to the end of the block around it, which
//! is what an arm of a `match` becomes. Nothing else changes. It owns where the loops go (`plan`) and how they are written
//! (`write`).

mod plan;
mod write;

use wasm_encoder::{CodeSection, Module, RawSection};
use wasmparser::{BinaryReaderError, FuncValidatorAllocations, Parser, Payload, ValidPayload, Validator};

/// The names of sections that speak of places in the code, which move.
const PLACES: [&str; 2] = [".debug_", "metadata.code."];

/// The module, metered.
///
/// # Errors
/// The module is not valid.
pub fn meter(module: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut validator = Validator::new();
    let mut allocations = FuncValidatorAllocations::default();
    let mut written = Module::new();
    let mut code = CodeSection::new();
    let mut bodies: u32 = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload)? {
            let mut function = function.into_validator(allocations);
            let plan = plan::Plan::of(&mut function, &body)?;
            code.raw(&write::body(module, &body, &plan)?);
            allocations = function.into_allocations();
            bodies = bodies.saturating_sub(1);
            if bodies == 0 {
                written.section(&code);
            }
            continue;
        }
        match &payload {
            Payload::CodeSectionStart { count, .. } => {
                bodies = *count;
                if bodies == 0 {
                    written.section(&code);
                }
            }
            Payload::CustomSection(section) if PLACES.iter().any(|name| section.name().starts_with(name)) => {
            }
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    written.section(&RawSection { id, data: module.get(range).unwrap_or_default() });
                }
            }
        }
    }
    Ok(written.finish())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test panics")]

    use wasmi::{CompilationMode, Config, Engine, Instance, Module, Store};

    use super::*;

    /// Forty additions to a local: enough to be charged for by itself.
    fn work() -> String {
        "(local.set $n (i32.add (local.get $n) (i32.const 1)))".repeat(40)
    }

    /// A loop around a `br_table` of eight arms, each of which works and goes on, but for the last, which returns.
    fn machine() -> String {
        let work = work();
        let arms: String = (0..8)
            .map(|arm| {
                let go = if arm == 7 {
                    "(return (local.get $n))".to_owned()
                } else {
                    format!("(local.set $at (i32.add (local.get $at) (i32.const 1))) (br {})", 7 - arm)
                };
                format!("end (local.set $n (i32.add (local.get $n) (i32.const {arm}))) {work} {go} ")
            })
            .collect();
        format!(
            "(module (func (export \"f\") (param $at i32) (result i32) (local $n i32)
                loop $next block block block block block block block block
                    (br_table 0 1 2 3 4 5 6 7 (local.get $at))
                {arms} end unreachable))"
        )
    }

    /// What `f` gives for each argument, and the fuel that it takes.
    fn run(module: &[u8], arguments: std::ops::Range<i32>) -> Vec<(i32, u64)> {
        let mut config = Config::default();
        config.consume_fuel(true).compilation_mode(CompilationMode::Eager);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, module).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let f = instance.get_typed_func::<i32, i32>(&store, "f").unwrap();
        arguments
            .map(|argument| {
                store.set_fuel(1_000_000).unwrap();
                let result = f.call(&mut store, argument).unwrap();
                (result, 1_000_000 - store.get_fuel().unwrap())
            })
            .collect()
    }

    /// The results are the same; answers the fuel before and after.
    fn compare(text: &str, arguments: std::ops::Range<i32>) -> Vec<(u64, u64)> {
        let plain = wat::parse_str(text).unwrap();
        let (before, after) = (run(&plain, arguments.clone()), run(&meter(&plain).unwrap(), arguments));
        before
            .into_iter()
            .zip(after)
            .map(|((result, before), (same, after))| {
                assert_eq!(result, same, "{text}");
                (before, after)
            })
            .collect()
    }

    #[test]
    fn an_arm_that_is_skipped_is_not_charged() {
        for (turns, (before, after)) in (1..=8).rev().zip(compare(&machine(), 0..8)) {
            assert!(before > turns * 8 * 120, "{turns} turns cost {before}");
            assert!(after < turns * 2 * 120, "{turns} turns cost {after}");
        }
    }

    #[test]
    fn what_a_branch_skips_is_not_charged() {
        let work = work();
        let text = format!(
            "(module (func (export \"f\") (param $at i32) (result i32) (local $n i32)
                block $out (result i32)
                    block $skip (br_if $skip (local.get $at))
                        (br_if $out (i32.const 5) (i32.const 1)) drop
                    end
                    {work} {work} {work} (local.get $n)
                end))"
        );
        let fuel = compare(&text, 0..2);
        assert!(fuel[0].1 + 200 < fuel[0].0 && fuel[1].1 < fuel[1].0 + 10, "{fuel:?}");
    }

    #[test]
    fn values_below_a_block_stay_where_they_are() {
        let work = work();
        let text = format!(
            "(module (func (export \"f\") (param $at i32) (result i32) (local $n i32)
                i32.const 40
                block $a block $b (br_if $b (local.get $at)) {work} (br_if $a (i32.const 1)) end {work} end
                local.get $n i32.add
                (if (result i32) (i32.eqz (local.get $at))
                    (then {work} block (br_if 0 (local.get $at)) {work} (return (local.get $n)) end {work} (local.get $n))
                    (else block (br_if 1 (i32.const 1) (local.get $at)) drop end {work} (local.get $n)))
                i32.add))"
        );
        compare(&text, 0..3);
    }

    #[test]
    fn what_is_not_valid_is_refused() {
        assert!(meter(b"\0asm\x01\0\0\0\x0a").is_err());
        let wrong = wat::parse_str("(module (func (result i32) i64.const 1))").unwrap();
        assert!(meter(&wrong).is_err());
    }

    #[test]
    fn a_module_without_code_stays_as_it_is() {
        let module = wat::parse_str("(module (memory 1) (data (i32.const 0) \"x\"))").unwrap();
        assert_eq!(meter(&module).unwrap(), module);
    }
}
