//! diff: how files and directories differ.
//!
//! It owns the choice of what is compared with what, and the status; [`compare`] compares two files, [`script`] finds
//! the changes, [`printer`] and the files of the styles write them. Written from the manuals of POSIX and of GNU, and
//! held against GNU diff 3.8.

mod compare;
mod context;
mod directory;
mod formats;
mod lines;
mod options;
mod pattern;
mod printer;
mod script;
mod side;
mod styles;
mod wildcard;

use std::borrow::Cow;
use std::io::IsTerminal;

use compare::{Outcome, Run, Side};
use options::{Color, Job, Request};
use printer::Palette;
use rustix::io::Errno;

use crate::output::Output;
use crate::system::{self, Kind};

/// Runs diff: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let job = match options::parse(arguments) {
        Ok(Request::Show(text)) => {
            let mut out = Output::new();
            out.put(text.as_bytes());
            return finish(program, out, Outcome::Same);
        }
        Ok(Request::Compare(job)) => job,
        Err(wrong) => {
            cli::stdio::complain(program, &wrong.what);
            if wrong.try_help {
                cli::stdio::complain(program, &format!("Try '{program} --help' for more information."));
            }
            return 2;
        }
    };
    let colors = match job.color {
        Color::Never => false,
        Color::Always => true,
        Color::Auto => {
            std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    };
    let palette = colors.then(|| Palette::new(&job.palette));
    let mut run = Run { program, job: &job, out: Output::new(), zone: crate::time::zone(), palette };
    let mut outcome = Outcome::Same;
    for [old, new] in pairs(&job) {
        outcome = outcome.max(run.operands(&old, &new));
    }
    finish(program, run.out, outcome)
}

/// What is compared with what.
fn pairs(job: &Job) -> Vec<[Vec<u8>; 2]> {
    match (&job.from_file, &job.to_file, job.operands.as_slice()) {
        (Some(from), _, operands) => operands.iter().map(|operand| [from.clone(), operand.clone()]).collect(),
        (_, Some(to), operands) => operands.iter().map(|operand| [operand.clone(), to.clone()]).collect(),
        (_, _, [old, new]) => vec![[old.clone(), new.clone()]],
        _ => Vec::new(),
    }
}

fn finish(program: &str, out: Output, outcome: Outcome) -> i32 {
    match out.finish() {
        Ok(()) => outcome as i32,
        Err(errno) => {
            cli::stdio::complain(program, &format!("standard output: {}", cli::wording::reason(errno)));
            2
        }
    }
}

impl Run<'_> {
    /// Compares what two operands stand for.
    fn operands(&mut self, old: &[u8], new: &[u8]) -> Outcome {
        let stats = [old, new].map(|name| self.look(name));
        let is_directory = |index: usize| {
            stats
                .get(index)
                .and_then(|stat| stat.as_ref().ok())
                .is_some_and(|stat| stat.kind == Kind::Directory)
        };
        let names = [old, new];
        let mut names = names.map(<[u8]>::to_vec);
        let mut stats = stats;
        // A file and a directory: the file of that name in it.
        for (file, directory) in [(0, 1), (1, 0)] {
            if is_directory(directory) && stats[file].is_ok() && !is_directory(file) {
                if names[file] == b"-" {
                    self.out.flush();
                    cli::stdio::complain(self.program, "cannot compare '-' to a directory");
                    return Outcome::Trouble;
                }
                names[directory] = system::join(&names[directory], system::base_name(&names[file]));
                stats[directory] = self.look(&names[directory]);
                break;
            }
        }
        let job = self.job;
        let missing = [0, 1].map(|index| matches!(stats[index], Err(Errno::NOENT)));
        let may_miss = |index: usize| {
            let other = 1 - index;
            !missing[other]
                && names[index] != b"-"
                && (job.new_file || job.unidirectional_new_file && index == 0)
        };
        let mut sides = Vec::new();
        let mut outcome = Outcome::Same;
        for index in 0..2 {
            let stat = match stats[index] {
                Ok(stat) => Some(stat),
                Err(_) if missing[index] && may_miss(index) => None,
                Err(errno) => {
                    outcome = self.complain(&names[index], errno);
                    None
                }
            };
            sides.push(Side { name: names[index].clone(), stat });
        }
        if outcome == Outcome::Trouble {
            return outcome;
        }
        match sides.as_slice() {
            [old, new] => self.compare(old, new, 0),
            _ => Outcome::Trouble,
        }
    }

    fn look(&self, name: &[u8]) -> Result<system::Stat, Errno> {
        if name == b"-" { system::stat_stdin() } else { system::stat(name, !self.job.no_dereference) }
    }
}

/// A name or a word within a message, as it is.
fn shown(word: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(word)
}

/// A word in quotes where a shell would not take it as it is.
fn for_shell(word: &[u8]) -> Vec<u8> {
    let plain =
        |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"%+,-./:@]_{}^".contains(byte);
    if !word.is_empty() && word.iter().all(plain) {
        return word.to_vec();
    }
    if word.contains(&b'\'') && !word.iter().any(|byte| b"\"$`\\!".contains(byte)) {
        return [b"\"", word, b"\""].concat();
    }
    let mut text = vec![b'\''];
    for byte in word {
        if *byte == b'\'' {
            text.extend(b"'\\''");
        } else {
            text.push(*byte);
        }
    }
    text.push(b'\'');
    text
}
