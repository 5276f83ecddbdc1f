//! The find program: `findutils` of the uutils project.

use std::process::exit;

use findutils::find::{StandardDependencies, find_main};

fn main() {
    entry::enter();
    uucore::panic::mute_sigpipe_panic();
    let mut argv = Vec::new();
    for argument in std::env::args_os() {
        match argument.into_string() {
            Ok(argument) => argv.push(argument),
            Err(argument) => {
                eprintln!("find: invalid (non-UTF-8) argument: {}", argument.display());
                exit(1);
            }
        }
    }
    let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
    exit(find_main(&argv, &StandardDependencies::new()))
}
