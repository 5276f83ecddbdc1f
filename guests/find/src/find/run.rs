//! `-exec` and its kin: programs that are run on what was found, one by one or many at once.

use std::io::BufRead;

use cli::wording::quoted;

use super::entry::Entry;
use crate::program;
use crate::system::{self, End, Input, Launch};

/// The place of an action among those of the expression.
pub type Action = usize;

/// A program of the expression.
#[derive(Debug)]
pub struct Program {
    /// The words as they were given, without the `{}` in front of a `+`.
    pub words: Vec<Vec<u8>>,
    /// It runs in the directory of the file.
    pub in_parent: bool,
    /// The person is asked first.
    pub asks: bool,
    /// Many files at once; those that wait.
    pub batch: Option<Batch>,
}

/// Files that wait for their program.
#[derive(Debug, Default)]
pub struct Batch {
    files: Vec<Vec<u8>>,
    /// The room that they take among the arguments.
    room: usize,
    directory: Option<Vec<u8>>,
}

/// What came of running a program.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub success: bool,
    /// What to say.
    pub complaint: Option<String>,
}

impl Program {
    /// Runs it on a file.
    pub fn run(&self, entry: &Entry<'_>) -> Outcome {
        let (directory, file) = if self.in_parent {
            let (directory, file) = entry.within_parent();
            (Some(directory), file)
        } else {
            (None, entry.path.to_vec())
        };
        if self.asks && !self.is_wanted(entry) {
            return Outcome { success: false, complaint: None };
        }
        let argv: Vec<Vec<u8>> = self.words.iter().map(|word| replaced(word, &file)).collect();
        let input = if self.asks { Input::Null } else { Input::Inherit };
        start(&argv, directory, input)
    }

    /// Asks the person.
    fn is_wanted(&self, entry: &Entry<'_>) -> bool {
        let name = self.words.first().map(Vec::as_slice).unwrap_or_default();
        // The answer is typed on the same line.
        eprint_bytes(&[b"< ", name, b" ... ", entry.path, b" > ? "].concat());
        let mut answer = Vec::new();
        // No answer is a no.
        let _ = std::io::stdin().lock().read_until(b'\n', &mut answer);
        matches!(answer.first(), Some(b'y' | b'Y'))
    }

    /// Lets a file wait for the program; runs it first where it has no room for one more, or is to run elsewhere.
    pub fn add(&mut self, entry: &Entry<'_>) -> Option<Outcome> {
        let (directory, file) = if self.in_parent {
            let (directory, file) = entry.within_parent();
            (Some(directory.to_vec()), file)
        } else {
            (None, entry.path.to_vec())
        };
        let words: usize = self.words.iter().map(|word| program::room(word)).sum();
        let room = program::room(&file);
        let batch = self.batch.as_ref()?;
        let is_over = batch.directory != directory || words + batch.room + room > program::ARGUMENTS_BYTES;
        let outcome = if is_over { self.finish() } else { None };
        let batch = self.batch.get_or_insert_default();
        batch.directory = directory;
        batch.room += room;
        batch.files.push(file);
        outcome
    }

    /// Runs it on the files that wait, if any do.
    pub fn finish(&mut self) -> Option<Outcome> {
        let batch = std::mem::take(self.batch.as_mut()?);
        if batch.files.is_empty() {
            return None;
        }
        let argv: Vec<Vec<u8>> = self.words.iter().cloned().chain(batch.files).collect();
        Some(start(&argv, batch.directory.as_deref(), Input::Inherit))
    }
}

/// Runs a program to its end.
fn start(argv: &[Vec<u8>], directory: Option<&[u8]>, input: Input) -> Outcome {
    let name = quoted(argv.first().map(Vec::as_slice).unwrap_or_default());
    let started = system::spawn(&Launch { argv, directory, input, variable: None });
    match started.and_then(system::Running::wait) {
        Ok(End::Code(code)) => Outcome { success: code == 0, complaint: None },
        Ok(End::Signal(signal)) => {
            Outcome { success: false, complaint: Some(format!("{name} terminated by signal {signal}")) }
        }
        Err(errno) => Outcome { success: false, complaint: Some(program::not_started(&name, errno)) },
    }
}

fn eprint_bytes(bytes: &[u8]) {
    // Nobody is left to tell when standard error cannot be written.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), bytes);
}

/// A word with the file in the place of each `{}`.
fn replaced(word: &[u8], file: &[u8]) -> Vec<u8> {
    let mut filled = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some(at) = rest.windows(2).position(|pair| pair == b"{}") {
        filled.extend_from_slice(&rest[..at]);
        filled.extend_from_slice(file);
        rest = &rest[at + 2..];
    }
    filled.extend_from_slice(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_replaced_wherever_they_are() {
        for (word, wanted) in [("{}", "f"), ("a{}b{}", "afbf"), ("{", "{"), ("{{}}", "{f}"), ("", "")] {
            assert_eq!(replaced(word.as_bytes(), b"f"), wanted.as_bytes());
        }
    }
}
