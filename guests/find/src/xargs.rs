//! xargs: builds command lines from what it reads, and runs them.

mod input;
mod jobs;
mod line;
mod options;

use std::fs::File;
use std::io::Read;

use cli::stdio::{complain, note};
use cli::wording::reason;
use rustix::io::Errno;

use crate::{program, system};
use input::Items;
use jobs::Jobs;
use line::{Line, Trouble};
use options::{Options, Stop};

pub const NAME: &str = "xargs";

/// Some other error.
const FAILED: i32 = 1;
/// Linux's room for arguments and environment, and what is left free of it.
const SYSTEM_BYTES: usize = 2 * 1024 * 1024;
const HEADROOM_BYTES: usize = 2_048;

/// The room that command lines have.
#[derive(Debug)]
pub struct Limits {
    environment: usize,
    most: usize,
}

impl Limits {
    fn new() -> Limits {
        let environment = std::env::vars_os().map(|(name, value)| name.len() + value.len() + 2).sum();
        Limits { environment, most: SYSTEM_BYTES.saturating_sub(HEADROOM_BYTES + environment) }
    }
}

/// Runs xargs; its exit status.
pub fn main(argv: Vec<Vec<u8>>) -> i32 {
    let limits = Limits::new();
    let options = match Options::read(argv, limits.most) {
        Ok(options) => options,
        Err(Stop::Complaint(what)) => {
            complain(NAME, &what);
            return FAILED;
        }
        Err(Stop::Usage(what)) => {
            complain(NAME, &what);
            note("Try 'xargs --help' for more information.");
            return FAILED;
        }
        Err(Stop::Text(text)) => return i32::from(cli::stdio::print(text.as_bytes()).is_err()),
    };
    if options.shows_limits {
        show(&limits, &options);
    }
    let source: Box<dyn Read> = match &options.file {
        Some(path) if path != b"-" => match File::open(system::os(path)) {
            Ok(file) => Box::new(file),
            Err(error) => {
                let (name, why) = (cli::wording::quoted(path), reason(system::errno(&error)));
                complain(NAME, &format!("Cannot open input file {name}: {why}"));
                return FAILED;
            }
        },
        _ => Box::new(std::io::stdin()),
    };
    let mut jobs = Jobs::new(&options);
    let status = run(&options, Items::new(source, &options), &mut jobs);
    // What went wrong first is what counts.
    jobs.finish(status)
}

/// Reads everything and runs everything; the error is the status to end with.
fn run(options: &Options, mut items: Items, jobs: &mut Jobs<'_>) -> Result<(), i32> {
    let mut line = Line::new(options).map_err(|trouble| failed(&trouble.text()))?;
    let (mut ran, mut lines) = (false, 0);
    loop {
        let item = match items.next() {
            Ok(Some(item)) => item,
            Ok(None) => break,
            Err(input::Failure::Text(what)) => return Err(broken_off(options, line, jobs, &what)),
            Err(input::Failure::Reading(errno)) => {
                return Err(broken_off(options, line, jobs, &format!("read error: {}", reason(errno))));
            }
        };
        if let Some(replaced) = line.replaced(&item.text) {
            jobs.run(&replaced.map_err(|trouble| failed(&trouble.text()))?)?;
            ran = true;
            continue;
        }
        match line.fits(&item.text) {
            Ok(true) => {}
            Ok(false) => {
                jobs.run(&line.take())?;
                ran = true;
            }
            Err(trouble @ Trouble::List) => return Err(failed(&trouble.text())),
            Err(trouble) => return Err(broken_off(options, line, jobs, &trouble.text())),
        }
        line.push(item.text);
        lines += usize::from(item.ends_line);
        let is_full = options.arguments_max.is_some_and(|most| line.count() >= most)
            || options.lines_max.is_some_and(|most| lines >= most);
        if is_full {
            jobs.run(&line.take())?;
            (ran, lines) = (true, 0);
        }
    }
    let has_to_run_once = !ran && !options.needs_input && options.replace.is_none();
    if line.count() > 0 || has_to_run_once {
        jobs.run(&line.take())?;
    }
    Ok(())
}

fn failed(what: &str) -> i32 {
    complain(NAME, what);
    FAILED
}

/// The input cannot be read on: what was read before is run all the same, unless `-x` wants all or nothing.
fn broken_off(options: &Options, mut line: Line<'_>, jobs: &mut Jobs<'_>, what: &str) -> i32 {
    if line.count() > 0
        && !options.exits
        && let Err(status) = jobs.run(&line.take())
    {
        return status;
    }
    failed(what)
}

/// `--show-limits`.
fn show(limits: &Limits, options: &Options) {
    note(&format!("Your environment variables take up {} bytes", limits.environment));
    note(&format!("POSIX upper limit on argument length (this system): {}", limits.most));
    note("POSIX smallest allowable upper limit on argument length (all systems): 4096");
    let usable = limits.most.saturating_sub(limits.environment);
    note(&format!("Maximum length of command we could actually use: {usable}"));
    note(&format!("Size of command buffer we are actually using: {}", options.bytes_max));
    note(&format!("Maximum parallelism (--max-procs must be no greater): {}", options::JOBS_MAX));
}

/// Says why a program did not start; the status for it.
fn not_started(name: &[u8], errno: Errno) -> i32 {
    complain(NAME, &program::not_started(&cli::wording::shell_word(name), errno));
    if errno == Errno::NOENT { 127 } else { 126 }
}
