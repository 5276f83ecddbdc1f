//! A tool's command line: its options given one by one to who understands them, its operands, and the words for what
//! is wrong with either.

use cli::frame::{self, Frame, version};
use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::{name, quoted, reason};
use rustix::io::Errno;

use crate::output::Output;

/// What a tool says of itself.
pub struct Tool {
    pub name: &'static str,
    pub help: &'static str,
    pub syntax: &'static Syntax<char>,
}

/// A row of a syntax: an option without a value, by its letter.
pub const fn flag(letter: u8) -> (u8, Takes, char) {
    (letter, Takes::Nothing, letter as char)
}

/// A row of a syntax: an option with a value, by its letter.
pub const fn valued(letter: u8) -> (u8, Takes, char) {
    (letter, Takes::Value, letter as char)
}

/// The row of a syntax that every tool has.
pub const HELP: (&str, Takes, char) = ("help", Takes::Nothing, frame::HELP);
/// The other row that every tool has.
pub const VERSION: (&str, Takes, char) = ("version", Takes::Nothing, frame::VERSION);

/// Takes an option and its value; the error is the status to end with.
pub type Set<'a> = &'a mut dyn FnMut(char, Option<Vec<u8>>) -> Result<(), i32>;

/// Reads a command line; the operands, or the status to end with.
pub fn read(
    frame: Frame<'_>,
    tool: &Tool,
    arguments: Vec<Vec<u8>>,
    set: Set<'_>,
) -> Result<Vec<Vec<u8>>, i32> {
    let mut words = Words::new(tool.syntax, arguments);
    let mut operands = Vec::new();
    loop {
        match words.next() {
            Err(what) => return Err(frame.misused(&what)),
            Ok(None) => return Ok(operands),
            Ok(Some(Next::Operand(operand))) => operands.push(operand),
            Ok(Some(Next::Option { option: frame::HELP, .. })) => return Err(frame.show(tool.help)),
            Ok(Some(Next::Option { option: frame::VERSION, .. })) => {
                return Err(frame.show(&version(tool.name)));
            }
            Ok(Some(Next::Option { option, value, .. })) => set(option, value)?,
        }
    }
}

/// The operands, or standard input where there are none.
pub fn or_stdin(mut files: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    if files.is_empty() {
        files.push(b"-".to_vec());
    }
    files
}

/// Complains; the status.
pub fn fail(frame: Frame<'_>, what: &str) -> i32 {
    frame.complain(what);
    1
}

/// Complains about a file, behind what was written before; the status.
pub fn fail_file(frame: Frame<'_>, output: &mut Output, file: &[u8], errno: Errno) -> i32 {
    output.flush();
    fail(frame, &format!("{}: {}", name(file), reason(errno)))
}

/// The words of an option that takes one of several, and their meanings; words with the same meaning stand together.
pub type Choices<T> = [(&'static str, T)];

/// Which of several words a value is, or begins; the error is the status, with the complaint made.
pub fn choose<T: Copy + PartialEq>(
    frame: Frame<'_>,
    option: &str,
    value: &[u8],
    choices: &Choices<T>,
) -> Result<T, i32> {
    choose_whole(choices, value).map_or_else(|| choose_prefix(frame, option, value, choices), Ok)
}

/// The same for words of which no prefix will do.
pub fn choose_exactly<T: Copy + PartialEq>(
    frame: Frame<'_>,
    option: &str,
    value: &[u8],
    choices: &Choices<T>,
) -> Result<T, i32> {
    choose_whole(choices, value).ok_or_else(|| refuse(frame, "invalid", option, value, choices))
}

fn choose_whole<T: Copy>(choices: &Choices<T>, value: &[u8]) -> Option<T> {
    choices.iter().find(|(word, _)| word.as_bytes() == value).map(|(_, meaning)| *meaning)
}

fn choose_prefix<T: Copy + PartialEq>(
    frame: Frame<'_>,
    option: &str,
    value: &[u8],
    choices: &Choices<T>,
) -> Result<T, i32> {
    let found: Vec<T> = choices
        .iter()
        .filter(|(word, _)| word.as_bytes().starts_with(value))
        .map(|(_, meaning)| *meaning)
        .collect();
    if let Some((first, others)) = found.split_first()
        && others.iter().all(|other| other == first)
    {
        return Ok(*first);
    }
    let kind = if found.is_empty() { "invalid" } else { "ambiguous" };
    Err(refuse(frame, kind, option, value, choices))
}

/// Complains about a word, with those that there are; the status.
fn refuse<T: Copy + PartialEq>(
    frame: Frame<'_>,
    kind: &str,
    option: &str,
    value: &[u8],
    choices: &Choices<T>,
) -> i32 {
    let mut list = String::new();
    let mut before = None;
    for (word, meaning) in choices {
        let lead = if before == Some(*meaning) { ", " } else { "\n  - " };
        before = Some(*meaning);
        list.push_str(&format!("{lead}'{word}'"));
    }
    frame.misused(&format!("{kind} argument {} for '{option}'\nValid arguments are:{list}", quoted(value)))
}
