//! The calc program: bc and dc, calculators of any precision, and expr.
//!
//! It owns the table from command name to program. The command is the last component of `argv[0]`, or the first
//! argument after `calc`. [`number`] is the arithmetic that both share.

mod bc;
mod dc;
mod expr;
mod input;
mod math;
mod number;
mod output;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use cli::multicall::Command;

/// Every program under its name.
pub const PROGRAMS: [(&str, Command); 3] = [("bc", bc::main), ("dc", dc::main), ("expr", expr::main)];

/// A path as std has it.
fn os_str(path: &[u8]) -> &std::ffi::OsStr {
    os::OsStrExt::from_bytes(path)
}
