//! The csv program: tables in files of comma-separated values, under the commands of xsv and of csvkit.
//!
//! It owns the table from command name to tool and nothing else. The command is the last component of `argv[0]`, or the
//! first argument after `csv`. `xsv` and `qsv` have subcommands, over the crate `csv`; the names of csvkit read files as
//! Python does and guess what kind of values a column has. Held against xsv 0.13 and csvkit 2.2.
//!
//! It also builds for Unix: that is how it is tested.

mod file;
mod kit;
mod xsv;

use cli::multicall::{self, Command};

/// Every tool under the name that it answers to, sorted by name.
const TOOLS: &[(&str, Command)] = &[
    ("csvclean", kit::clean::main),
    ("csvcut", kit::cut::main),
    ("csvformat", kit::format::main),
    ("csvgrep", kit::grep::main),
    ("csvjoin", kit::join::main),
    ("csvjson", kit::json::main),
    ("csvlook", kit::look::main),
    ("csvsort", kit::sort::main),
    ("csvstack", kit::stack::main),
    ("csvstat", kit::stat::main),
    ("in2csv", kit::import::main),
    ("qsv", xsv::main),
    ("xsv", xsv::main),
];

fn main() {
    #[cfg(target_os = "wasi")]
    wasmsand_sys::directory::enter();
    multicall::run("csv", TOOLS)
}
