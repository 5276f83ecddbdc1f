//! Arguments: a command line read whole, each option under its long name, and the words of a program about itself.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::{quoted, reason};

/// Short forms for tables of options.
pub const NO: Takes = Takes::Nothing;
pub const VALUE: Takes = Takes::Value;
pub const MAYBE: Takes = Takes::MaybeValue;

/// A program's name, options and help.
pub struct About {
    pub syntax: &'static Syntax<&'static str>,
    /// With `{}` for the name.
    pub help: &'static str,
    /// The status of a command line that makes no sense.
    pub trouble: i32,
    /// Whether the first operand ends the options, as with `POSIXLY_CORRECT`.
    pub operands_end_options: bool,
}

/// An option and its value.
pub type Given = (&'static str, Option<Vec<u8>>);

/// What was read.
#[derive(Debug, Default)]
pub struct Arguments {
    pub options: Vec<Given>,
    pub operands: Vec<Vec<u8>>,
}

/// Reads a command line; the error is the status to leave with, after everything was said.
pub fn read(program: &str, about: &'static About, arguments: Vec<Vec<u8>>) -> Result<Arguments, i32> {
    let mut words = Words::new(about.syntax, arguments);
    let mut read = Arguments::default();
    let posix = about.operands_end_options || std::env::var_os("POSIXLY_CORRECT").is_some();
    loop {
        match words.next() {
            Ok(None) => return Ok(read),
            Ok(Some(Next::Operand(operand))) => {
                read.operands.push(operand);
                if posix {
                    read.operands.extend(words.into_rest());
                    return Ok(read);
                }
            }
            Ok(Some(Next::Option { option: "help", .. })) => {
                return Err(show(program, &about.help.replace("{}", program)));
            }
            Ok(Some(Next::Option { option: "version", .. })) => {
                let name = String::from_utf8_lossy(crate::path::base_name(program.as_bytes())).into_owned();
                return Err(show(program, &format!("{name} (wasmsand) 0.1.0\n")));
            }
            Ok(Some(Next::Option { option, value, .. })) => read.options.push((option, value)),
            Err(what) => return Err(misuse(program, &what, about.trouble)),
        }
    }
}

fn show(program: &str, text: &str) -> i32 {
    match stdio::print(text.as_bytes()) {
        Ok(()) => 0,
        Err(errno) => {
            stdio::complain(program, &format!("write error: {}", reason(errno)));
            1
        }
    }
}

/// Complains about a command line; answers the status.
pub fn misuse(program: &str, what: &str, status: i32) -> i32 {
    stdio::complain(program, what);
    stdio::note(&format!("Try '{program} --help' for more information."));
    status
}

/// The words that a value may be: those in one group mean the same.
pub type Choices<T> = [(&'static [&'static str], T)];

/// Reads a value that is one of some words, or the beginning of one; the error is what to complain about.
pub fn choose<T: Copy + PartialEq>(value: &[u8], choices: &Choices<T>, option: &str) -> Result<T, String> {
    let words =
        || choices.iter().flat_map(|(words, meaning)| words.iter().map(move |word| (*word, *meaning)));
    if let Some((_, meaning)) = words().find(|(word, _)| word.as_bytes() == value) {
        return Ok(meaning);
    }
    let mut candidates =
        words().filter(|(word, _)| word.as_bytes().starts_with(value)).map(|(_, meaning)| meaning);
    let what = match candidates.next() {
        Some(first) if candidates.all(|other| other == first) => return Ok(first),
        Some(_) => "ambiguous",
        None => "invalid",
    };
    let mut text = format!("{what} argument {} for '{option}'\nValid arguments are:", quoted(value));
    for (words, _) in choices {
        let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        text.push_str(&format!("\n  - {}", words.join(", ")));
    }
    Err(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHEN: &Choices<u8> = &[(&["always", "yes"], 1), (&["auto"], 2), (&["never", "no"], 3)];

    #[test]
    fn a_beginning_is_enough_where_it_means_one_thing() {
        for (value, wanted) in [("always", Ok(1)), ("y", Ok(1)), ("n", Ok(3)), ("no", Ok(3))] {
            assert_eq!(choose(value.as_bytes(), WHEN, "--color"), wanted);
        }
    }

    #[test]
    fn other_words_are_refused_with_those_that_are_known() {
        let said = choose(b"a", WHEN, "--color").unwrap_err();
        assert!(said.starts_with(
            "ambiguous argument 'a' for '--color'\nValid arguments are:\n  - 'always', 'yes'\n"
        ));
        assert!(
            choose(b"x", WHEN, "--color").unwrap_err().starts_with("invalid argument 'x' for '--color'\n")
        );
    }
}
