//! The options: chmod's command line, read into what it asks for.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::quoted;

use super::mode::Changes;

/// What is printed for `--version`.
const VERSION: &str = "chmod (wasmsand)\n";

/// What is printed for `--help`.
const HELP: &str = "\
Usage: chmod [OPTION]... MODE[,MODE]... FILE...
  or:  chmod [OPTION]... OCTAL-MODE FILE...
  or:  chmod [OPTION]... --reference=RFILE FILE...
Give each FILE the permissions MODE, or those that RFILE has.

  -c, --changes           say which files were changed
  -f, --silent, --quiet   say nothing about files that could not be changed
  -v, --verbose           say what became of every file
      --no-preserve-root  take / for a directory like others, which is the default
      --preserve-root     refuse to work on / with -R
      --reference=RFILE   take the permissions of RFILE, not a MODE
  -R, --recursive         change everything below directories too
      --help              print this text
      --version           print the version

A MODE is '[ugoa]*([-+=]([rwxXst]*|[ugo]))+' or '[-+=][0-7]+'.
";

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// To change files.
    Change(Job),
    /// To print a text and be done.
    Show(&'static str),
}

/// Which files are changed, and how.
#[derive(Debug, PartialEq, Eq)]
pub struct Job {
    pub source: Source,
    /// At least one.
    pub files: Vec<Vec<u8>>,
    pub recursive: bool,
    pub preserve_root: bool,
    pub silent: bool,
    pub talk: Talk,
    /// The mode was written like an option, where the umask surprises: `-w` may leave a `w`.
    pub diagnoses_surprises: bool,
}

/// Where the permissions come from.
#[derive(Debug, PartialEq, Eq)]
pub enum Source {
    Changes(Changes),
    /// A file that has them.
    Reference(Vec<u8>),
}

/// What is said about files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talk {
    Nothing,
    Changes,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Talk(Talk),
    Silent,
    Recursive,
    PreserveRoot(bool),
    Reference,
    /// A letter that begins a mode: the word is one.
    Mode,
    Show(&'static str),
}

static SYNTAX: Syntax<Meaning> = Syntax {
    short: &[
        (b'R', Takes::Nothing, Meaning::Recursive),
        (b'c', Takes::Nothing, Meaning::Talk(Talk::Changes)),
        (b'f', Takes::Nothing, Meaning::Silent),
        (b'v', Takes::Nothing, Meaning::Talk(Talk::All)),
        (b'r', Takes::MaybeValue, Meaning::Mode),
        (b'w', Takes::MaybeValue, Meaning::Mode),
        (b'x', Takes::MaybeValue, Meaning::Mode),
        (b'X', Takes::MaybeValue, Meaning::Mode),
        (b's', Takes::MaybeValue, Meaning::Mode),
        (b't', Takes::MaybeValue, Meaning::Mode),
        (b'u', Takes::MaybeValue, Meaning::Mode),
        (b'g', Takes::MaybeValue, Meaning::Mode),
        (b'o', Takes::MaybeValue, Meaning::Mode),
        (b'a', Takes::MaybeValue, Meaning::Mode),
        (b',', Takes::MaybeValue, Meaning::Mode),
        (b'+', Takes::MaybeValue, Meaning::Mode),
        (b'=', Takes::MaybeValue, Meaning::Mode),
        (b'0', Takes::MaybeValue, Meaning::Mode),
        (b'1', Takes::MaybeValue, Meaning::Mode),
        (b'2', Takes::MaybeValue, Meaning::Mode),
        (b'3', Takes::MaybeValue, Meaning::Mode),
        (b'4', Takes::MaybeValue, Meaning::Mode),
        (b'5', Takes::MaybeValue, Meaning::Mode),
        (b'6', Takes::MaybeValue, Meaning::Mode),
        (b'7', Takes::MaybeValue, Meaning::Mode),
    ],
    long: &[
        ("changes", Takes::Nothing, Meaning::Talk(Talk::Changes)),
        ("recursive", Takes::Nothing, Meaning::Recursive),
        ("no-preserve-root", Takes::Nothing, Meaning::PreserveRoot(false)),
        ("preserve-root", Takes::Nothing, Meaning::PreserveRoot(true)),
        ("quiet", Takes::Nothing, Meaning::Silent),
        ("reference", Takes::Value, Meaning::Reference),
        ("silent", Takes::Nothing, Meaning::Silent),
        ("verbose", Takes::Nothing, Meaning::Talk(Talk::All)),
        ("help", Takes::Nothing, Meaning::Show(HELP)),
        ("version", Takes::Nothing, Meaning::Show(VERSION)),
    ],
};

/// Reads the arguments after the program's name; the error is what to complain about.
///
/// With `files_first` the first operand ends the options, as POSIX has it.
pub fn parse(arguments: Vec<Vec<u8>>, files_first: bool) -> Result<Request, String> {
    let mut words = Words::new(&SYNTAX, arguments);
    let mut operands = Vec::new();
    // The modes that were written like options.
    let mut modes: Vec<Vec<u8>> = Vec::new();
    let mut reference = None;
    let (mut recursive, mut preserve_root, mut silent, mut talk) = (false, false, false, Talk::Nothing);
    while let Some(next) = words.next()? {
        match next {
            Next::Operand(operand) => {
                operands.push(operand);
                if files_first {
                    operands.extend(words.into_rest());
                    break;
                }
            }
            Next::Option { option, value, word } => match option {
                Meaning::Talk(wanted) => talk = wanted,
                Meaning::Silent => silent = true,
                Meaning::Recursive => recursive = true,
                Meaning::PreserveRoot(wanted) => preserve_root = wanted,
                Meaning::Reference => reference = value,
                Meaning::Mode => modes.push(word),
                Meaning::Show(text) => return Ok(Request::Show(text)),
            },
        }
    }
    let diagnoses_surprises = !modes.is_empty();
    let mut mode = diagnoses_surprises.then(|| modes.join(b",".as_slice()));
    if reference.is_some() && mode.is_some() {
        return Err("cannot combine mode and --reference options".to_owned());
    }
    if reference.is_none() && mode.is_none() && !operands.is_empty() {
        let operand = operands.remove(0);
        if operands.is_empty() {
            return Err(format!("missing operand after {}", quoted(&operand)));
        }
        mode = Some(operand);
    }
    if operands.is_empty() {
        return Err("missing operand".to_owned());
    }
    let source = match (reference, mode) {
        (Some(file), _) => Source::Reference(file),
        (None, mode) => {
            let mode = mode.unwrap_or_default();
            let changes = Changes::read(&mode);
            Source::Changes(changes.ok_or_else(|| format!("invalid mode: {}", quoted(&mode)))?)
        }
    };
    Ok(Request::Change(Job {
        source,
        files: operands,
        recursive,
        preserve_root,
        silent,
        talk,
        diagnoses_surprises,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str, files_first: bool) -> Result<Request, String> {
        parse(line.split_whitespace().map(|word| word.as_bytes().to_vec()).collect(), files_first)
    }

    #[track_caller]
    fn job(line: &str, files_first: bool) -> Job {
        match parsed(line, files_first) {
            Ok(Request::Change(job)) => job,
            other => panic!("chmod {line}: {other:?}"),
        }
    }

    fn changes(mode: &str) -> Source {
        Source::Changes(Changes::read(mode.as_bytes()).unwrap())
    }

    #[test]
    fn options_may_follow_files() {
        let wanted = Job {
            source: changes("644"),
            files: vec![b"a".to_vec(), b"-b".to_vec()],
            recursive: true,
            preserve_root: false,
            silent: true,
            talk: Talk::Changes,
            diagnoses_surprises: false,
        };
        assert_eq!(job("-v 644 a -Rfc -- -b", false), wanted);
        assert_eq!(job("-Rfc 644 a -b", true), wanted);
    }

    #[test]
    fn a_mode_may_look_like_an_option() {
        let wanted = job("-w a", false);
        assert_eq!(wanted.source, changes("-w"));
        assert!(wanted.diagnoses_surprises);
        assert_eq!(job("a -r -wx", false).source, changes("-r,-wx"));
        assert!(!job("-- -w a", false).diagnoses_surprises);
    }

    #[test]
    fn a_file_may_stand_for_the_mode() {
        let wanted = job("--reference=r a b", false);
        assert_eq!((wanted.source, wanted.files.len()), (Source::Reference(b"r".to_vec()), 2));
    }

    #[test]
    fn what_makes_no_sense_is_said_in_the_words_of_gnu() {
        for (line, wanted) in [
            ("", "missing operand"),
            ("-R", "missing operand"),
            ("644", "missing operand after '644'"),
            ("zz", "missing operand after 'zz'"),
            ("-w", "missing operand"),
            ("--reference=r", "missing operand"),
            ("zz a", "invalid mode: 'zz'"),
            ("-Rw a", "invalid mode: '-Rw'"),
            ("-w --reference=r a", "cannot combine mode and --reference options"),
            ("-z", "invalid option -- 'z'"),
            ("--re", "option '--re' is ambiguous; possibilities: '--recursive' '--reference'"),
        ] {
            assert_eq!(parsed(line, false), Err(wanted.to_owned()), "chmod {line}");
        }
    }
}
