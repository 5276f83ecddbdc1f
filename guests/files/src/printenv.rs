//! printenv: the environment.

use std::ffi::OsString;

use cli::getopt::Syntax;

use crate::arguments::{self, About, NO};
use crate::os::OsStringExt;
use crate::run::Run;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[(b'0', NO, "null")],
        long: &[("null", NO, "null"), ("help", NO, "help"), ("version", NO, "version")],
    },
    help: "\
Usage: {} [OPTION]... [VARIABLE]...
Prints the values of variables, or all variables.

  -0, --null             NUL behind each in place of a newline
      --help, --version  this text, the version
",
    trouble: 2,
    operands_end_options: true,
};

/// Runs printenv: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let end: &[u8] = if arguments.options.is_empty() { b"\n" } else { b"\0" };
    let mut run = Run::new(program, 2);
    let variables: Vec<(Vec<u8>, Vec<u8>)> = std::env::vars_os()
        .map(|(name, value)| (OsString::into_vec(name), OsString::into_vec(value)))
        .collect();
    if arguments.operands.is_empty() {
        for (name, value) in &variables {
            run.print([name, b"=".as_slice(), value, end].concat());
        }
    }
    for wanted in &arguments.operands {
        match variables.iter().find(|(name, _)| name == wanted) {
            Some((_, value)) => run.print([value, end].concat()),
            None => run.status = 1,
        }
    }
    run.finish()
}
