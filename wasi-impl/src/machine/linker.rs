//! The linker: the functions that guests may import, in the order of the WASI document, then the `wasmsand` module.

use wasmi::{Caller, Engine, Error, Linker};

use super::guest::{GuestState, system_call};
use super::module;
use crate::preview1::{self, Call};

/// The module name of WASI preview1.
const PREVIEW1: &str = "wasi_snapshot_preview1";

/// May a guest import this?
pub(super) fn knows(module: &str, name: &str) -> bool {
    match module {
        PREVIEW1 => preview1::NAMES.contains(&name),
        crate::module::NAME => crate::module::NAMES.contains(&name),
        _ => false,
    }
}

/// Registers functions that each make a [`Call`] of their arguments. `i32` arrive as the bits of a `u32`.
macro_rules! register {
    ([$linker:ident] $($(#[$doc:meta])* $variant:ident $name:ident ($($arg:ident: $type:ident),*);)*) => {
        $(register! { $linker $variant $name ($($arg: $type),*) })*
    };
    // The one function without a result.
    ($linker:ident ProcExit $name:ident ($code:ident: u32)) => {
        $linker.func_wrap(PREVIEW1, stringify!($name), |caller: Caller<'_, GuestState>, $code: u32| {
            system_call(caller, Call::ProcExit { $code }).map(|_| ())
        })?;
    };
    ($linker:ident $variant:ident $name:ident ($($arg:ident: $type:ident),*)) => {
        $linker.func_wrap(PREVIEW1, stringify!($name), |caller: Caller<'_, GuestState>, $($arg: $type),*| {
            system_call(caller, Call::$variant { $($arg),* })
        })?;
    };
}

/// All importable functions for guests of one engine.
pub(super) fn new(engine: &Engine) -> Result<Linker<GuestState>, Error> {
    let mut linker = Linker::new(engine);
    preview1_functions(&mut linker)?;
    module::register(&mut linker)?;
    Ok(linker)
}

fn preview1_functions(linker: &mut Linker<GuestState>) -> Result<(), Error> {
    preview1::with_functions! { register! linker }
    Ok(())
}
