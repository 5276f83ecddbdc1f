//! find: walks trees and asks an expression about every file.

mod arguments;
mod entry;
mod evaluate;
mod expression;
mod format;
mod help;
mod list;
mod number;
mod pattern;
mod permission;
mod primary;
mod run;
mod streams;
mod walk;

use cli::wording::{quoted, reason};

use arguments::{Arguments, Stop};
use evaluate::{Search, State};
use streams::Streams;

use crate::{calendar, system};

/// Runs find; its exit status.
pub fn main(argv: Vec<Vec<u8>>) -> i32 {
    let mut state = State::new(Streams::new(), calendar::zone(), system::now());
    let arguments = match arguments::read(argv, &mut state) {
        Ok(arguments) => arguments,
        Err(Stop::Complaint(what)) => {
            help::complain_bytes(&what);
            return 1;
        }
        Err(Stop::Text(text)) => return i32::from(cli::stdio::print(text.as_bytes()).is_err()),
    };
    let mut search = Search { expression: &arguments.expression, state };
    search_all(&arguments, &mut search);
    search.state.finish();
    finish(&mut search.state)
}

fn search_all(arguments: &Arguments, search: &mut Search<'_>) {
    let Some(file) = &arguments.files_from else {
        for start in &arguments.starts {
            if !arguments.walk.run(start, search) {
                return;
            }
        }
        return;
    };
    let read = match file.as_slice() {
        b"-" => {
            let mut text = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut text).map(|_| text)
        }
        path => std::fs::read(system::os(path)),
    };
    let text = match read {
        Ok(text) => text,
        Err(error) => {
            let why = reason(system::errno(&error));
            return search.state.complain(&format!("cannot open {} for reading: {why}", quoted(file)));
        }
    };
    // What ends with a NUL has no name behind it.
    let text = text.strip_suffix(b"\0").unwrap_or(&text);
    if text.is_empty() {
        return;
    }
    for (index, start) in text.split(|byte| *byte == 0).enumerate() {
        if start.is_empty() {
            let what = format!("{}:{}: invalid zero-length file name", quoted(file), index + 1);
            search.state.complain(&what);
        } else if !arguments.walk.run(start, search) {
            return;
        }
    }
}

/// Writes what is left; the status.
fn finish(state: &mut State) -> i32 {
    state.streams.flush();
    let failures: Vec<String> = state
        .streams
        .failures()
        .map(|(name, errno)| match name {
            b"standard output" => format!("failed to write to standard output: {}", reason(errno)),
            name => format!("{}: {}", quoted(name), reason(errno)),
        })
        .collect();
    for failure in failures {
        state.complain(&failure);
    }
    state.status
}
