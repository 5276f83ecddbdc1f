//! awk: patterns and actions over records and fields, as POSIX and gawk have it.
//!
//! It owns the order of work: [`options`] reads the command line, [`parser`] makes the program's text into a tree
//! ([`ast`]), [`compiler`] makes the tree into [`code`], and a [`machine`] runs that.

mod ast;
mod code;
mod compiler;
mod engine;
mod format;
mod function;
mod lexer;
mod machine;
mod number;
mod options;
mod parser;
mod pattern;
mod process;
mod random;
mod reader;
mod record;
mod splitter;
mod streams;
mod table;
mod text;
mod time;
mod value;
mod variables;

use cli::stdio;
use machine::{Machine, Trouble};
use options::{Options, Part};
use parser::{Parser, Refusal};
use value::Value;

/// Runs awk on the words of a command line, the name of the command first; answers the exit status.
pub fn main(mut argv: Vec<Vec<u8>>) -> i32 {
    let typed = if argv.is_empty() { b"awk".to_vec() } else { argv.remove(0) };
    let name = typed.rsplit(|byte| *byte == b'/').next().unwrap_or(&typed).to_vec();
    let called = String::from_utf8_lossy(&name).into_owned();
    match options::read(&called, argv) {
        Ok(options) => run(&called, &name, options),
        Err(status) => status,
    }
}

/// Compiles the program and runs it; answers the exit status.
fn run(called: &str, name: &[u8], options: Options) -> i32 {
    let program = match parse(called, &options.parts) {
        Ok(program) => program,
        Err(refusal) => {
            for line in &refusal.lines {
                stdio::note(line);
            }
            return refusal.status;
        }
    };
    let code = compiler::compile(&program);
    drop(program);
    let operands: Vec<Vec<u8>> = std::iter::once(name.to_vec()).chain(options.operands).collect();
    let bytes = options.bytes || is_locale_of_bytes();
    let mut machine = Machine::new(called, code, &operands, bytes);
    match prepare(called, &mut machine, options.field_separator, &options.assignments) {
        Ok(()) => machine.main(),
        Err((line, status)) => {
            stdio::note(&line);
            status
        }
    }
}

/// Makes the assignments of the command line.
fn prepare(
    called: &str,
    machine: &mut Machine,
    field_separator: Option<Vec<u8>>,
    assignments: &[Vec<u8>],
) -> Result<(), (String, i32)> {
    let failed = |trouble| match trouble {
        Trouble::Fatal(what) => (format!("{called}: fatal: {what}"), 2),
        Trouble::Placed(line) => (line, 2),
        Trouble::Leave(_) => (String::new(), 2),
    };
    if let Some(separator) = field_separator {
        let separator = lexer::unescaped(&separator);
        machine.set_field_separator(Value::text(&separator)).map_err(failed)?;
    }
    for assignment in assignments {
        if !machine.assign(assignment).map_err(failed)? {
            let shown = String::from_utf8_lossy(assignment);
            return Err(match shown.split_once('=') {
                Some((name, _)) => (format!("{called}: fatal: `{name}' is not a legal variable name"), 2),
                None => {
                    let what = format!("{called}: `{shown}' argument to `-v' not in `var=value' form");
                    (format!("{what}\n\n{}", options::USAGE), 1)
                }
            });
        }
    }
    Ok(())
}

fn parse(called: &str, parts: &[Part]) -> Result<ast::Program, Refusal> {
    let mut parser = Parser::new(called);
    for part in parts {
        let warnings = match part {
            Part::Text(text) => parser.read("cmd. line", text)?,
            Part::File(name) => {
                let shown = String::from_utf8_lossy(name).into_owned();
                let text = read_source(name).map_err(|why| Refusal {
                    lines: vec![format!(
                        "{called}: fatal: cannot open source file `{shown}' for reading: {why}"
                    )],
                    status: 2,
                })?;
                parser.read(&shown, &text)?
            }
        };
        for warning in warnings {
            stdio::note(&warning);
        }
    }
    let (program, warnings) = parser.finish()?;
    for warning in warnings {
        stdio::note(&warning);
    }
    Ok(program)
}

/// The text of a program's file; `-` is standard input.
fn read_source(name: &[u8]) -> Result<Vec<u8>, String> {
    use std::io::Read;
    let mut text = Vec::new();
    let result = if matches!(name, b"-" | b"/dev/stdin") {
        std::io::stdin().read_to_end(&mut text)
    } else {
        std::fs::File::open(streams::path(name)).and_then(|mut file| file.read_to_end(&mut text))
    };
    match result {
        Ok(_) => Ok(text),
        Err(error) => {
            Err(rustix::io::Errno::from_io_error(&error)
                .map_or_else(|| error.to_string(), cli::wording::reason))
        }
    }
}

/// Whether the variables of the locale say that characters are bytes. Without any, texts are UTF-8.
fn is_locale_of_bytes() -> bool {
    let value = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    value.is_some_and(|value| value == "C" || value == "POSIX")
}
