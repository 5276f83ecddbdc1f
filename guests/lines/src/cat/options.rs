//! The options: cat's command line, read into what it asks for.
//!
//! It owns the texts about the command line, in the words of getopt_long.

use cli::getopt::{Next, Syntax, Takes, Words};

use cli::frame;

/// What is printed for `--version`.
const VERSION: &str = "cat (wasmsand) 0.1.0\n";

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
    Copy { dress: Dress, files: Vec<Vec<u8>> },
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

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'b', Takes::Nothing, 'b'),
        (b'e', Takes::Nothing, 'e'),
        (b'n', Takes::Nothing, 'n'),
        (b's', Takes::Nothing, 's'),
        (b't', Takes::Nothing, 't'),
        (b'u', Takes::Nothing, 'u'),
        (b'v', Takes::Nothing, 'v'),
        (b'A', Takes::Nothing, 'A'),
        (b'E', Takes::Nothing, 'E'),
        (b'T', Takes::Nothing, 'T'),
    ],
    long: &[
        ("number-nonblank", Takes::Nothing, 'b'),
        ("number", Takes::Nothing, 'n'),
        ("squeeze-blank", Takes::Nothing, 's'),
        ("show-nonprinting", Takes::Nothing, 'v'),
        ("show-ends", Takes::Nothing, 'E'),
        ("show-tabs", Takes::Nothing, 'T'),
        ("show-all", Takes::Nothing, 'A'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// Reads the arguments after the program's name; the error is what to complain about.
///
/// With `files_first` the first operand ends the options, as POSIX has it.
pub fn parse(arguments: Vec<Vec<u8>>, files_first: bool) -> Result<Request, String> {
    let mut words = Words::new(&SYNTAX, arguments);
    let mut dress = Dress::default();
    let mut files = Vec::new();
    while let Some(next) = words.next()? {
        match next {
            Next::Option { option: frame::HELP, .. } => return Ok(Request::Show(HELP)),
            Next::Option { option: frame::VERSION, .. } => return Ok(Request::Show(VERSION)),
            Next::Option { option, .. } => dress.set(option),
            Next::Operand(file) => {
                files.push(file);
                if files_first {
                    files.extend(words.into_rest());
                    break;
                }
            }
        }
    }
    if files.is_empty() {
        files.push(b"-".to_vec());
    }
    Ok(Request::Copy { dress, files })
}

impl Dress {
    /// Applies the option of one letter.
    fn set(&mut self, letter: char) {
        match letter {
            'b' => self.numbered = Numbered::NonBlank,
            'n' if self.numbered == Numbered::NonBlank => {}
            'n' => self.numbered = Numbered::All,
            's' => self.squeeze_blank = true,
            'u' => {}
            _ => {
                self.show_ends |= matches!(letter, 'A' | 'E' | 'e');
                self.show_tabs |= matches!(letter, 'A' | 'T' | 't');
                self.show_nonprinting |= matches!(letter, 'A' | 'e' | 't' | 'v');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Result<Request, String> {
        parse(words.split_whitespace().map(Into::into).collect(), false)
    }

    #[track_caller]
    fn check(words: &str, dress: Dress, files: &[&str]) {
        let files = files.iter().map(|file| (*file).into()).collect();
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
        let words = ["-s", "a", "-n", "--", "b"].map(Into::into).into();
        let dress = Dress { squeeze_blank: true, ..Dress::default() };
        let files = ["a", "-n", "--", "b"].map(Into::into).into();
        assert_eq!(parse(words, true), Ok(Request::Copy { dress, files }));
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
