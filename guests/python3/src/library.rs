//! The library: the compiled modules of Python's own, which take a third of the
//! image and which most programs need none of, because the image has those that
//! they import. It owns when they come into a process's memory.

use rustpython::pylib::FROZEN_STDLIB;
use rustpython::vm::frozen::FrozenModule;
use rustpython_compiler_core::frozen::FrozenLib;

/// The modules by name. The names are ours: those in the library are as cold as the code.
pub fn modules() -> impl Iterator<Item = (&'static str, FrozenModule)> {
    FROZEN_STDLIB.decode().chain(OWN.decode()).map(|(name, module)| (&*name.to_owned().leak(), module))
}

/// The modules of ours that Python's library does not have for WASI.
const OWN: &FrozenLib =
    rustpython_derive::py_freeze!(dir = "modules", crate_name = "rustpython_compiler_core");

/// Brings the library into memory. It may be called again, and costs as much.
pub fn fetch() {
    // A runtime that refuses has put all of it there.
    let _errno = image_fetch();
}

// SAFETY: the signature is the one of wasi-impl/ABI.md. The call writes memory of ours: the bytes that are named below,
// which nobody reads before, as they are in the compiled program.
#[link(wasm_import_module = "wasmsand")]
unsafe extern "C" {
    safe fn image_fetch() -> u32;
}

/// Where the library is: its address and, in the lower half, its length.
// SAFETY: no other function has this name.
#[unsafe(export_name = "wasmsand-cold")]
extern "C" fn cold() -> u64 {
    let bytes = &FROZEN_STDLIB.bytes;
    (bytes.as_ptr().addr() as u64) << 32 | bytes.len() as u64
}
