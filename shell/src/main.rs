//! The `wasmsand` command: reads its command line, makes a session of it, and runs it to its end.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
