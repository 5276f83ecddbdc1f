//! The command line: options, the program's text, and operands.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;

/// What an option means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    FieldSeparator,
    Assign,
    File,
    Source,
    CharactersAsBytes,
    Ignored,
    Version,
    Help,
}

const SYNTAX: Syntax<Meaning> = Syntax {
    short: &[
        (b'F', Takes::Value, Meaning::FieldSeparator),
        (b'v', Takes::Value, Meaning::Assign),
        (b'f', Takes::Value, Meaning::File),
        (b'e', Takes::Value, Meaning::Source),
        (b'E', Takes::Value, Meaning::File),
        (b'b', Takes::Nothing, Meaning::CharactersAsBytes),
        (b'c', Takes::Nothing, Meaning::Ignored),
        (b'P', Takes::Nothing, Meaning::Ignored),
        (b'r', Takes::Nothing, Meaning::Ignored),
        (b'n', Takes::Nothing, Meaning::Ignored),
        (b'N', Takes::Nothing, Meaning::Ignored),
        (b'O', Takes::Nothing, Meaning::Ignored),
        (b's', Takes::Nothing, Meaning::Ignored),
        (b'S', Takes::Nothing, Meaning::Ignored),
        (b't', Takes::Nothing, Meaning::Ignored),
        (b'M', Takes::Nothing, Meaning::Ignored),
        (b'L', Takes::MaybeValue, Meaning::Ignored),
        (b'V', Takes::Nothing, Meaning::Version),
        (b'h', Takes::Nothing, Meaning::Help),
    ],
    long: &[
        ("assign", Takes::Value, Meaning::Assign),
        ("bignum", Takes::Nothing, Meaning::Ignored),
        ("characters-as-bytes", Takes::Nothing, Meaning::CharactersAsBytes),
        ("exec", Takes::Value, Meaning::File),
        ("field-separator", Takes::Value, Meaning::FieldSeparator),
        ("file", Takes::Value, Meaning::File),
        ("help", Takes::Nothing, Meaning::Help),
        ("lint", Takes::MaybeValue, Meaning::Ignored),
        ("lint-old", Takes::Nothing, Meaning::Ignored),
        ("no-optimize", Takes::Nothing, Meaning::Ignored),
        ("non-decimal-data", Takes::Nothing, Meaning::Ignored),
        ("optimize", Takes::Nothing, Meaning::Ignored),
        ("posix", Takes::Nothing, Meaning::Ignored),
        ("re-interval", Takes::Nothing, Meaning::Ignored),
        ("sandbox", Takes::Nothing, Meaning::Ignored),
        ("source", Takes::Value, Meaning::Source),
        ("traditional", Takes::Nothing, Meaning::Ignored),
        ("use-lc-numeric", Takes::Nothing, Meaning::Ignored),
        ("version", Takes::Nothing, Meaning::Version),
    ],
};

const HELP: &str = "\
Usage: awk [OPTION]... [--] 'PROGRAM' [OPERAND]...
  or:  awk [OPTION]... -f FILE [--] [OPERAND]...
Run a program in the language AWK on the files among the operands.

An operand VAR=VALUE is an assignment, made when its turn comes; - is standard input.

  -F, --field-separator=FS     separate fields by FS
  -f, --file=FILE              read the program from FILE; may be repeated
  -e, --source=PROGRAM         take PROGRAM as a part of the program
  -v, --assign=VAR=VALUE       assign before the program begins
  -b, --characters-as-bytes    take bytes for characters
  -h, --help                   show this and exit
  -V, --version                show the version and exit
";

/// A part of the program.
pub enum Part {
    Text(Vec<u8>),
    File(Vec<u8>),
}

/// What a command line asks for.
pub struct Options {
    pub parts: Vec<Part>,
    pub field_separator: Option<Vec<u8>>,
    pub assignments: Vec<Vec<u8>>,
    pub bytes: bool,
    pub operands: Vec<Vec<u8>>,
}

/// Reads the command line; an error is the status to exit with, everything having been said.
pub fn read(called: &str, words: Vec<Vec<u8>>) -> Result<Options, i32> {
    let mut options = Options {
        parts: Vec::new(),
        field_separator: None,
        assignments: Vec::new(),
        bytes: false,
        operands: Vec::new(),
    };
    let mut words = Words::new(&SYNTAX, words);
    loop {
        match words.next() {
            Err(what) => {
                stdio::complain(called, &what);
                return Err(usage());
            }
            Ok(None) => break,
            Ok(Some(Next::Operand(operand))) => {
                options.operands.push(operand);
                options.operands.extend(words.into_rest());
                break;
            }
            Ok(Some(Next::Option { option, value, .. })) => {
                let value = value.unwrap_or_default();
                match option {
                    Meaning::FieldSeparator => options.field_separator = Some(value),
                    Meaning::Assign => options.assignments.push(value),
                    Meaning::File => options.parts.push(Part::File(value)),
                    Meaning::Source => options.parts.push(Part::Text(value)),
                    Meaning::CharactersAsBytes => options.bytes = true,
                    Meaning::Ignored => {}
                    Meaning::Version => return Err(print("awk (wasmsand) 0.1.0\n")),
                    Meaning::Help => return Err(print(HELP)),
                }
            }
        }
    }
    if options.parts.is_empty() {
        if options.operands.is_empty() {
            return Err(usage());
        }
        options.parts.push(Part::Text(options.operands.remove(0)));
    }
    Ok(options)
}

fn print(text: &str) -> i32 {
    if stdio::print(text.as_bytes()).is_err() { 2 } else { 0 }
}

/// What is told where the command line makes no sense.
pub const USAGE: &str =
    "Usage: awk [OPTION]... 'PROGRAM' [OPERAND]...\nTry 'awk --help' for more information.";

fn usage() -> i32 {
    stdio::note(USAGE);
    1
}
