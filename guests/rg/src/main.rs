//! rg: ripgrep's command line over ripgrep's own crates.
//!
//! ripgrep itself is a program and no library, and it looks for threads, memory maps and a configuration of its own. It
//! owns the options (`options`), what is searched (`walk`) and how a search is printed (`search`); matching, printing and
//! the rules of ignore files are the crates'.

mod options;
mod search;
mod sieve;
mod walk;

use std::ffi::OsString;
use std::process::exit;

#[cfg(unix)]
use std::os::unix::ffi as os;
#[cfg(target_os = "wasi")]
use std::os::wasi::ffi as os;

use cli::stdio;
use options::{Action, Options};
use os::OsStringExt;

/// The status when nothing matched.
const NO_MATCH: i32 = 1;
/// The status after an error.
const ERROR: i32 = 2;

fn main() {
    #[cfg(target_os = "wasi")]
    wasmsand_sys::directory::enter();
    let words: Vec<Vec<u8>> = std::env::args_os().skip(1).map(OsString::into_vec).collect();
    exit(match options::parse(words) {
        Ok(options) => run(&options),
        Err(what) => {
            complain(&what);
            ERROR
        }
    })
}

fn run(options: &Options) -> i32 {
    let done = match options.action {
        Action::Help => print(options::HELP),
        Action::Version => print(&cli::frame::version("rg")),
        Action::Types => walk::print_types(options),
        Action::Files => walk::print_files(options),
        Action::Search => search::run(options),
    };
    match done {
        Ok(Outcome { matched, failed }) => match (matched, failed) {
            (true, _) if options.quiet => 0,
            (_, true) => ERROR,
            (true, false) => 0,
            (false, false) => NO_MATCH,
        },
        // Nobody reads on.
        Err(Failure::Io(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
        Err(Failure::Io(error)) => {
            complain(&error.to_string());
            ERROR
        }
        Err(Failure::Said(what)) => {
            complain(&what);
            ERROR
        }
    }
}

fn print(text: &str) -> Result<Outcome, Failure> {
    stdio::print(text.as_bytes()).map_err(|errno| Failure::Io(errno.into()))?;
    Ok(Outcome { matched: true, failed: false })
}

/// Writes `rg: what` to standard error.
fn complain(what: &str) {
    stdio::complain("rg", what);
}

/// How a run went.
#[derive(Clone, Copy, Default)]
struct Outcome {
    matched: bool,
    /// Something was complained about.
    failed: bool,
}

/// Why a run stops.
enum Failure {
    Io(std::io::Error),
    Said(String),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::Io(error)
    }
}

impl Failure {
    fn said(error: &impl std::fmt::Display) -> Self {
        Failure::Said(error.to_string())
    }
}
