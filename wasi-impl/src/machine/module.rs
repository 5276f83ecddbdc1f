//! Linking the `wasmsand` module: its table of functions as wasmi wants them. What they do is [`crate::module`]'s.

use wasmi::{Caller, Error, Linker};

use super::guest::{GuestState, system_call};
use crate::module::{Call, NAME, module_calls};

macro_rules! register {
    ($($variant:ident $name:ident ($($arg:ident: $type:ident),*);)*) => {
        /// Adds the functions to a linker.
        pub(super) fn register(linker: &mut Linker<GuestState>) -> Result<(), Error> {
            $(linker.func_wrap(NAME, stringify!($name), |caller: Caller<'_, GuestState>, $($arg: $type),*| {
                system_call(caller, Call::$variant { $($arg),* })
            })?;)*
            Ok(())
        }
    };
}

module_calls!(register);
