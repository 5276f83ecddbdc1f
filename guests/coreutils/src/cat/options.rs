//! The options: cat's command line, read into what it asks for.
//!
//! It owns the texts about the command line, in the words of getopt_long.

use std::ffi::OsString;

use lexopt::{Arg, Parser};

/// What is printed for `--version`.
const VERSION: &str = "cat (wasmsand)\n";

/// What is printed for `--help`.
const HELP: &str = "\
Usage: cat [OPTION]... [FILE]...
Write the FILEs one after another to standard output.

Without a FILE, and for a FILE that is -, read standard input.

  -A, --show-all           the same as -vET
  -b, --number-nonblank    put numbers before lines that are not empty; -n then has no effect
  -e                       the same as -vE
  -E, --show-ends          put a $ at the end of lines
  -n, --number             put numbers before all lines
  -s, --squeeze-blank      of several empty lines, write one
  -t                       the same as -vT
  -T, --show-tabs          write tabs as ^I
  -u                       has no effect: nothing is ever held back
  -v, --show-nonprinting   write other control bytes as ^X, and bytes above 127 as M-X
      --help               print this text
      --version            print the version
";

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// To copy files; no operands are one `-`.
    Copy { dress: Dress, files: Vec<OsString> },
    /// To print a text and be done.
    Show(&'static str),
}

/// Which lines get a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Numbered {
    #[default]
    None,
    NonBlank,
    All,
}

/// What is done to lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dress {
    pub numbered: Numbered,
    pub squeeze_blank: bool,
    pub show_ends: bool,
    pub show_tabs: bool,
    pub show_nonprinting: bool,
}

/// Every long option and what it does, in the order in which getopt_long lists those that a prefix may mean.
const LONG: [(&str, Meaning); 9] = [
    ("number-nonblank", Meaning::Short('b')),
    ("number", Meaning::Short('n')),
    ("squeeze-blank", Meaning::Short('s')),
    ("show-nonprinting", Meaning::Short('v')),
    ("show-ends", Meaning::Short('E')),
    ("show-tabs", Meaning::Short('T')),
    ("show-all", Meaning::Short('A')),
    ("help", Meaning::Show(HELP)),
    ("version", Meaning::Show(VERSION)),
];

/// What a long option stands for.
#[derive(Clone, Copy)]
enum Meaning {
    Short(char),
    Show(&'static str),
}

/// Reads the arguments after the program's name; the error is what to complain about.
///
/// With `files_first` the first operand ends the options, as POSIX has it.
pub fn parse(arguments: impl Iterator<Item = OsString>, files_first: bool) -> Result<Request, String> {
    let arguments: Vec<OsString> = arguments.collect();
    let mut parser = Parser::from_args(arguments);
    parser.set_short_equals(false);
    let mut dress = Dress::default();
    let mut files = Vec::new();
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Arg::Short(letter) => dress.set(letter)?,
            Arg::Long(typed) => {
                let typed = typed.to_owned();
                match long(&typed, parser.optional_value())? {
                    Meaning::Short(letter) => dress.set(letter)?,
                    Meaning::Show(text) => return Ok(Request::Show(text)),
                }
            }
            Arg::Value(file) => {
                files.push(file);
                if files_first {
                    files.extend(parser.raw_args().map_err(|error| error.to_string())?);
                }
            }
        }
    }
    if files.is_empty() {
        files.push(OsString::from("-"));
    }
    Ok(Request::Copy { dress, files })
}

/// What the long option means that was typed in full or as a prefix, with `value` after a `=`.
fn long(typed: &str, value: Option<OsString>) -> Result<Meaning, String> {
    let candidates: Vec<(&str, Meaning)> = match LONG.iter().find(|(name, _)| *name == typed) {
        Some(exact) => vec![*exact],
        None => LONG.into_iter().filter(|(name, _)| name.starts_with(typed)).collect(),
    };
    let word = || match &value {
        Some(value) => format!("--{typed}={}", value.display()),
        None => format!("--{typed}"),
    };
    match candidates.as_slice() {
        [] => Err(format!("unrecognized option '{}'", word())),
        [(name, _)] if value.is_some() => Err(format!("option '--{name}' doesn't allow an argument")),
        [(_, option)] => Ok(*option),
        several => {
            let names: String = several.iter().map(|(name, _)| format!(" '--{name}'")).collect();
            Err(format!("option '{}' is ambiguous; possibilities:{names}", word()))
        }
    }
}

impl Dress {
    /// Applies the option of one letter.
    fn set(&mut self, letter: char) -> Result<(), String> {
        match letter {
            'b' => self.numbered = Numbered::NonBlank,
            'n' if self.numbered == Numbered::NonBlank => {}
            'n' => self.numbered = Numbered::All,
            's' => self.squeeze_blank = true,
            'u' => {}
            'A' | 'E' | 'T' | 'e' | 't' | 'v' => {
                self.show_ends |= matches!(letter, 'A' | 'E' | 'e');
                self.show_tabs |= matches!(letter, 'A' | 'T' | 't');
                self.show_nonprinting |= matches!(letter, 'A' | 'e' | 't' | 'v');
            }
            _ => return Err(format!("invalid option -- '{letter}'")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Request, String> {
        parse(words.split_whitespace().map(OsString::from), false)
    }

    #[track_caller]
    fn check(words: &str, dress: Dress, files: &[&str]) {
        let files = files.iter().map(OsString::from).collect();
        assert_eq!(parsed(words), Ok(Request::Copy { dress, files }), "cat {words}");
    }

    #[test]
    fn options_combine_and_may_follow_files() {
        let plain = Dress::default();
        let all = Dress { show_ends: true, show_tabs: true, show_nonprinting: true, ..plain };
        check("", plain, &["-"]);
        check("-u a - b", plain, &["a", "-", "b"]);
        check("-A", all, &["-"]);
        check("-et", all, &["-"]);
        check("-vET", all, &["-"]);
        check("a --show-a", all, &["a"]);
        check("-n", Dress { numbered: Numbered::All, ..plain }, &["-"]);
        check("-bn", Dress { numbered: Numbered::NonBlank, ..plain }, &["-"]);
        check("-nb", Dress { numbered: Numbered::NonBlank, ..plain }, &["-"]);
        check("--number", Dress { numbered: Numbered::All, ..plain }, &["-"]);
        check("-s -- -n", Dress { squeeze_blank: true, ..plain }, &["-n"]);
    }

    #[test]
    fn the_first_file_ends_the_options_where_posix_is_wanted() {
        let words = ["-s", "a", "-n", "--", "b"].map(OsString::from);
        let dress = Dress { squeeze_blank: true, ..Dress::default() };
        let files = ["a", "-n", "--", "b"].map(OsString::from).into();
        assert_eq!(parse(words.into_iter(), true), Ok(Request::Copy { dress, files }));
    }

    #[test]
    fn the_first_word_that_ends_it_wins() {
        assert_eq!(parsed("-n --help -q"), Ok(Request::Show(HELP)));
        assert_eq!(parsed("--v --help"), Ok(Request::Show(VERSION)));
        assert_eq!(parsed("-q --help"), Err("invalid option -- 'q'".to_owned()));
    }

    #[test]
    fn what_makes_no_sense_is_said_in_the_words_of_getopt() {
        for (words, wanted) in [
            ("-nq", "invalid option -- 'q'"),
            ("-n=3", "invalid option -- '='"),
            ("--foo", "unrecognized option '--foo'"),
            ("--foo=bar", "unrecognized option '--foo=bar'"),
            ("--number=3", "option '--number' doesn't allow an argument"),
            ("--sq=3", "option '--squeeze-blank' doesn't allow an argument"),
            ("--num", "option '--num' is ambiguous; possibilities: '--number-nonblank' '--number'"),
            (
                "--show=1",
                "option '--show=1' is ambiguous; possibilities: '--show-nonprinting' '--show-ends' '--show-tabs' '--show-all'",
            ),
        ] {
            assert_eq!(parsed(words), Err(wanted.to_owned()), "cat {words}");
        }
    }
}
