//! The run: a module's initialisation in wasmi, the engine that its programs run in as well.

use std::ops::Range;

use wasmi::{CompilationMode, Config, Engine, Extern, Instance, Module, Store};

use crate::world::{self, World};
use crate::{COLD, INITIALIZE, Prepared, image};

/// Frames and bytes of stack: those that wasmsand gives to a program.
const FRAMES_MAX: usize = 50_000;
const STACK_BYTES_MAX: usize = 32 << 20;

/// Runs the initialisation of a module whose `globals` are exported.
pub(crate) fn prepare(module: &[u8], globals: &[u32]) -> Result<Prepared, String> {
    let mut config = Config::default();
    config
        .compilation_mode(CompilationMode::Lazy)
        .set_max_recursion_depth(FRAMES_MAX)
        .set_max_stack_height(STACK_BYTES_MAX);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, module).map_err(|error| error.to_string())?;
    let mut store = Store::new(&engine, World::default());
    let linker = world::linker(&engine, &module)?;
    let instance = linker.instantiate_and_start(&mut store, &module).map_err(|error| error.to_string())?;
    let initialize = instance
        .get_typed_func::<(), ()>(&store, INITIALIZE)
        .map_err(|error| format!("`{INITIALIZE}': {error}"))?;
    if let Err(error) = initialize.call(&mut store, ()) {
        return Err(format!("`{INITIALIZE}' failed: {error}\n{}", said(&store)));
    }
    if !store.data().said.is_empty() {
        return Err(format!("the initialisation complains:\n{}", said(&store)));
    }
    let cold = match instance.get_typed_func::<(), i64>(&store, COLD) {
        Ok(cold) => range(cold.call(&mut store, ()).map_err(|error| format!("`{COLD}': {error}"))?)?,
        Err(_) => 0..0,
    };
    read(&store, &instance, globals, cold)
}

/// The range that an address and a length in one number mean.
fn range(number: i64) -> Result<Range<usize>, String> {
    let number = number.cast_unsigned();
    let start = usize::try_from(number >> 32).map_err(|error| error.to_string())?;
    let length = usize::try_from(number & u64::from(u32::MAX)).map_err(|error| error.to_string())?;
    Ok(start..start.saturating_add(length))
}

/// What the module has said, as text.
fn said(store: &Store<World>) -> String {
    String::from_utf8_lossy(&store.data().said).into_owned()
}

/// Reads the state of the module.
fn read(
    store: &Store<World>,
    instance: &Instance,
    globals: &[u32],
    cold: Range<usize>,
) -> Result<Prepared, String> {
    let memory = instance
        .get_export(store, "memory")
        .and_then(Extern::into_memory)
        .ok_or("the module exports no memory")?;
    let globals = globals
        .iter()
        .map(|index| {
            let global = instance
                .get_global(store, &image::global_name(*index))
                .ok_or_else(|| format!("global {index} is not exported"))?;
            Ok((*index, global.get(store)))
        })
        .collect::<Result<_, String>>()?;
    Ok(Prepared { memory: memory.data(store).to_vec(), globals, cold })
}
