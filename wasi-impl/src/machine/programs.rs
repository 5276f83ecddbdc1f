//! The programs that have been compiled: engines and modules, by content.
//!
//! Bundled programs share one engine for the life of the machine and are compiled lazily, for they are known to be
//! valid. Any other module gets an engine of its own, which frees its code when the module is forgotten, and is
//! validated whole before it runs.

use std::collections::VecDeque;
use std::sync::Arc;

use wasmi::{CompilationMode, Config, CustomFuelCosts, Engine, ExternType, Linker, Module, OperatorCost};
use wasmsand_vfs::Ino;

use super::guest::GuestState;
use super::linker;

/// Modules of users that stay compiled; the least recently used is forgotten.
const USER_PROGRAMS_MAX: usize = 16;

/// Frames of wasm calls; RustPython needs far more than wasmi's 1,000 (engine.md).
const RECURSION_DEPTH_MAX: usize = 50_000;

/// Bytes of the wasm value stack of one guest.
const VALUE_STACK_BYTES_MAX: usize = 32 << 20;

/// A compiled program with the linker of its engine.
#[derive(Clone)]
pub(crate) struct Program {
    /// The module.
    pub(crate) module: Module,
    /// Its engine's functions.
    pub(crate) linker: Arc<Linker<GuestState>>,
}

/// What content a program was compiled from: the inode and its version.
type Key = (Ino, u64);

/// The compiled programs.
#[derive(Default)]
pub(crate) struct Programs {
    bundled_engine: Option<(Engine, Arc<Linker<GuestState>>)>,
    trusted: Vec<Key>,
    bundled: Vec<(Key, Program)>,
    users: VecDeque<(Key, Program)>,
}

impl Programs {
    /// Names content that is known to be valid.
    pub(crate) fn trust(&mut self, key: Key) {
        self.trusted.push(key);
    }

    /// The program of some content, compiled once.
    ///
    /// # Errors
    /// Why the bytes cannot be run, in words.
    pub(crate) fn load(&mut self, key: Key, bytes: &[u8]) -> Result<Program, String> {
        if let Some((_, program)) = self.bundled.iter().find(|(known, _)| *known == key) {
            return Ok(program.clone());
        }
        if let Some(at) = self.users.iter().position(|(known, _)| *known == key)
            && let Some(entry) = self.users.remove(at)
        {
            let program = entry.1.clone();
            self.users.push_back(entry);
            return Ok(program);
        }
        if self.trusted.contains(&key) {
            let (engine, linker) = self.bundled_engine()?;
            let program = compile(&engine, linker, bytes)?;
            self.bundled.push((key, program.clone()));
            return Ok(program);
        }
        let engine = new_engine(CompilationMode::LazyTranslation);
        let linker = Arc::new(linker::new(&engine).map_err(|error| error.to_string())?);
        let program = compile(&engine, linker, bytes)?;
        if self.users.len() >= USER_PROGRAMS_MAX {
            self.users.pop_front();
        }
        self.users.push_back((key, program.clone()));
        Ok(program)
    }

    fn bundled_engine(&mut self) -> Result<(Engine, Arc<Linker<GuestState>>), String> {
        if let Some(pair) = &self.bundled_engine {
            return Ok(pair.clone());
        }
        let engine = new_engine(CompilationMode::Lazy);
        let linker = Arc::new(linker::new(&engine).map_err(|error| error.to_string())?);
        self.bundled_engine = Some((engine.clone(), Arc::clone(&linker)));
        Ok((engine, linker))
    }
}

/// The configuration that engine.md measured. A failing `memory.grow` leaks native stack until the next pause, so it
/// costs enough fuel that a slice ends before the stack does; translation costs no fuel, for running out of it there
/// could not be resumed.
fn new_engine(mode: CompilationMode) -> Engine {
    let mut config = Config::default();
    config
        .compilation_mode(mode)
        .consume_fuel(true)
        .fuel_cost(CustomFuelCosts {
            bytes_copied_per_fuel: 64,
            fuel_per_bytes_translated: 0,
            fuel_per_bytes_validated: 0,
        })
        .operator_cost(OperatorCost { memory_grow: 255, table_grow: 255, ..OperatorCost::default() })
        .ignore_custom_sections(true)
        .set_max_recursion_depth(RECURSION_DEPTH_MAX)
        .set_max_stack_height(VALUE_STACK_BYTES_MAX)
        .set_max_cached_stacks(16);
    Engine::new(&config)
}

fn compile(engine: &Engine, linker: Arc<Linker<GuestState>>, bytes: &[u8]) -> Result<Program, String> {
    let module = Module::new(engine, bytes).map_err(|error| error.to_string())?;
    for import in module.imports() {
        let (from, name) = (import.module(), import.name());
        match import.ty() {
            ExternType::Func(_) if linker::knows(from, name) => {}
            ExternType::Func(_) => return Err(format!("imports `{from}.{name}', which does not exist")),
            ExternType::Global(_) | ExternType::Table(_) | ExternType::Memory(_) => {
                return Err(format!("imports `{from}.{name}', which is not a function"));
            }
        }
    }
    if module.get_export("_start").is_none() {
        return Err("exports no function `_start': it is not a WASI command".to_owned());
    }
    Ok(Program { module, linker })
}
