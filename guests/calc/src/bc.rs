//! bc: a language for calculations of any precision.
//!
//! It owns the command line and the course of a session: files, then standard input, a line at a time. [`lexer`] and
//! [`parser`] read the language into steps ([`program`]), [`machine`] runs them. Written from POSIX and from the manual
//! of GNU, and held against GNU bc 1.07.

mod lexer;
mod machine;
mod parser;
mod program;

use std::fs::File;
use std::io::IsTerminal;

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;

use crate::input::Lines;
use lexer::{Lexer, Source};
use machine::{Machine, Stop};
use parser::{Parser, Session, Unit, Wrong};

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    Library,
    Quiet,
    Ignored,
    Interactive,
    Help,
    Version,
}

const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'h', Takes::Nothing, Opt::Help),
        (b'i', Takes::Nothing, Opt::Interactive),
        (b'l', Takes::Nothing, Opt::Library),
        (b'q', Takes::Nothing, Opt::Quiet),
        (b's', Takes::Nothing, Opt::Ignored),
        (b'w', Takes::Nothing, Opt::Ignored),
        (b'v', Takes::Nothing, Opt::Version),
    ],
    long: &[
        ("help", Takes::Nothing, Opt::Help),
        ("interactive", Takes::Nothing, Opt::Interactive),
        ("mathlib", Takes::Nothing, Opt::Library),
        ("quiet", Takes::Nothing, Opt::Quiet),
        ("standard", Takes::Nothing, Opt::Ignored),
        ("warn", Takes::Nothing, Opt::Ignored),
        ("version", Takes::Nothing, Opt::Version),
    ],
};

const HELP: &str = "\
usage: bc [options] [file ...]
  -h  --help         print this and exit
  -i  --interactive  as at a terminal
  -l  --mathlib      with the functions s c a l e j, and 20 digits
  -q  --quiet        without a greeting
  -s  --standard     accepted, and without effect
  -w  --warn         accepted, and without effect
  -v  --version      print the version and exit
";

/// Runs bc: its arguments, to an exit status.
pub fn main(_typed: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let mut files = Vec::new();
    let (mut library, mut quiet, mut interactive) = (false, false, false);
    let from_environment = std::env::var("BC_ENV_ARGS").unwrap_or_default();
    let mut all: Vec<Vec<u8>> =
        from_environment.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
    all.extend(arguments);
    let mut words = Words::new(&SYNTAX, all);
    loop {
        match words.next() {
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => files.push(file),
            Ok(Some(Next::Option { option, .. })) => match option {
                Opt::Library => library = true,
                Opt::Quiet => quiet = true,
                Opt::Interactive => interactive = true,
                Opt::Ignored => {}
                Opt::Help => return i32::from(stdio::print(HELP.as_bytes()).is_err()),
                Opt::Version => return i32::from(stdio::print(b"bc (wasmsand) 0.1.0\n").is_err()),
            },
            Err(what) => {
                stdio::complain("bc", &what);
                let _ = stdio::print(HELP.as_bytes());
                return 1;
            }
        }
    }
    let mut machine = Machine::new();
    machine.has_library = library;
    if library {
        machine.scale = 20;
    }
    if (interactive || std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) && !quiet {
        machine.output.bytes(b"bc (wasmsand) 0.1.0\nFor details type `warranty'. \n");
        machine.output.flush();
    }
    session(&mut machine, &files)
}

/// A file's lines.
struct FileLines(Lines<File>);

impl Source for FileLines {
    fn line(&mut self) -> Option<Vec<u8>> {
        self.0.next()
    }
}

/// The lines of standard input.
struct InputLines<'a>(&'a std::cell::RefCell<Lines<std::io::Stdin>>);

impl Source for InputLines<'_> {
    fn line(&mut self) -> Option<Vec<u8>> {
        self.0.borrow_mut().next()
    }
}

/// Runs files and standard input; answers the status.
fn session(machine: &mut Machine, files: &[Vec<u8>]) -> i32 {
    let input = std::cell::RefCell::new(Lines::new(std::io::stdin()));
    let mut names = Session::default();
    for file in files {
        let shown = String::from_utf8_lossy(file).into_owned();
        let path = std::path::Path::new(crate::os_str(file));
        match File::open(path) {
            Ok(opened) if !path.is_dir() => {
                let mut lexer = Lexer::new(Box::new(FileLines(Lines::new(opened))), shown);
                let read = &mut || input.borrow_mut().next();
                if let Some(status) = source(machine, &mut names, &mut lexer, Some(read)) {
                    return status;
                }
            }
            _ => {
                machine.output.flush();
                stdio::note(&format!("File {shown} is unavailable."));
                return 1;
            }
        }
    }
    let mut lexer = Lexer::new(Box::new(InputLines(&input)), "(standard_in)".to_owned());
    if let Some(status) = source(machine, &mut names, &mut lexer, None) {
        return status;
    }
    i32::from(!machine.output.finish())
}

/// Runs all of a source; a status where the session is over. Data comes from `read`, or from the source itself.
fn source(
    machine: &mut Machine,
    names: &mut Session,
    lexer: &mut Lexer<'_>,
    mut read: Option<&mut dyn FnMut() -> Option<Vec<u8>>>,
) -> Option<i32> {
    loop {
        match Parser::unit(lexer, names) {
            Ok(Unit::Code(code)) => {
                machine.array_names = names.arrays().to_vec();
                let done = match &mut read {
                    Some(read) => machine.run(code, &names.names, *read),
                    None => machine.run(code, &names.names, &mut || lexer.data()),
                };
                match done {
                    Err(Stop::Halt) => return Some(i32::from(!machine.output.finish())),
                    Err(Stop::Failed) | Ok(()) => {}
                }
            }
            Ok(Unit::Function(number, function)) => machine.define(number, function),
            Ok(Unit::Quit { is_end: true }) => return None,
            Ok(Unit::Quit { is_end: false }) => return Some(i32::from(!machine.output.finish())),
            Ok(Unit::Say(text)) => machine.output.bytes(text.as_bytes()),
            Err(Wrong(what)) => {
                machine.output.flush();
                stdio::note(&what);
            }
        }
    }
}
