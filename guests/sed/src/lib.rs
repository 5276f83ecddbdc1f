//! The sed program: the stream editor of POSIX with the extensions of GNU, held against GNU sed 4.9.
//!
//! [`options`] reads the command line, [`parse`](mod@parse) the script, [`run`] runs it.

mod cursor;
mod escape;
mod host;
mod input;
mod options;
mod output;
mod parse;
mod parts;
mod run;
mod script;
mod substitute;

use cli::stdio;

use input::{Fatal, Input, Reading};
use options::{Options, Request};
use output::Outputs;
use parse::Rules;
use run::{Behaviour, Machine, Stop};

/// Statuses: a bad command line or script, an input that could not be read, and an error at work.
pub(crate) const BAD_USAGE: i32 = 1;
const BAD_INPUT: i32 = 2;
pub(crate) const PANIC: i32 = 4;

/// Runs sed on the words of a command line, the name of the command first; answers the exit status.
pub fn main(mut arguments: Vec<Vec<u8>>) -> i32 {
    if !arguments.is_empty() {
        arguments.remove(0);
    }
    match options::parse(arguments) {
        Request::Run(options) => edit(*options),
        Request::Show(text) => match stdio::print(text.as_bytes()) {
            Ok(()) => 0,
            Err(errno) => {
                stdio::complain("sed", &format!("couldn't flush stdout: {}", cli::wording::reason(errno)));
                PANIC
            }
        },
        Request::Usage(what) => {
            if let Some(what) = what {
                stdio::complain("sed", &what);
            }
            stdio::note(options::HELP.trim_end());
            BAD_USAGE
        }
        Request::Fail(what, status) => {
            stdio::complain("sed", &what);
            status
        }
    }
}

fn edit(options: Options) -> i32 {
    let bytes = cli::locale::is_bytes();
    let rules = Rules {
        extended: options.extended,
        posix: options.posix,
        sandbox: options.sandbox,
        bytes,
        null_data: options.null_data,
    };
    let script = match parse::parse(options.chunks, rules) {
        Ok(script) => script,
        Err((what, is_of_whole)) => {
            stdio::complain("sed", &what);
            return if is_of_whole { PANIC } else { BAD_USAGE };
        }
    };
    let end = if options.null_data { 0 } else { b'\n' };
    let in_place = options.in_place.is_some();
    if in_place && options.files.is_empty() {
        stdio::complain("sed", "no input files");
        return PANIC;
    }
    let backup = options.in_place.filter(|suffix| !suffix.is_empty());
    let outputs = match Outputs::new(&script.outputs, backup, end, options.unbuffered) {
        Ok(outputs) => outputs,
        Err(Fatal(what)) => {
            stdio::complain("sed", &what);
            return PANIC;
        }
    };
    let reading = Reading {
        separate: options.separate,
        in_place,
        follow_links: options.follow_links,
        unbuffered: options.unbuffered,
        end,
    };
    let files = if options.files.is_empty() { vec![b"-".to_vec()] } else { options.files };
    let behaviour = Behaviour {
        quiet: options.quiet || script.quiet,
        posix: options.posix || std::env::var_os("POSIXLY_CORRECT").is_some(),
        bytes,
        end,
        line_length: options.line_length,
    };
    work(Machine::new(&script, behaviour, Input::new(reading, files), outputs))
}

/// Runs the machine and ends it properly.
fn work(mut machine: Machine<'_>) -> i32 {
    let ran = machine.run();
    if ran.is_err() {
        machine.outputs.abandon_file();
    }
    let flushed = machine.outputs.flush();
    let status = match ran {
        Ok(status) => status,
        Err(Stop::Fatal(what)) => {
            stdio::complain("sed", &what);
            return PANIC;
        }
        Err(Stop::Script(what)) => {
            stdio::complain("sed", &format!("-e expression #1, char 0: {what}"));
            return BAD_USAGE;
        }
    };
    match flushed {
        Err(Fatal(what)) => {
            stdio::complain("sed", &what);
            PANIC
        }
        Ok(()) if status == 0 && machine.input.failed => BAD_INPUT,
        Ok(()) => status,
    }
}
