//! The options: env's command line, read into what it asks for.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::quoted;

use super::environment::Environment;
use super::signals::{Action, Signals};
use super::split;

/// What is printed for `--version`.
const VERSION: &str = "env (wasmsand)\n";

/// What is printed for `--help`.
const HELP: &str = "\
Usage: env [OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]
Run COMMAND with every NAME set to its VALUE in the environment.

Without a COMMAND, print the environment. A mere - means -i.

  -i, --ignore-environment   begin with an empty environment
  -0, --null                 end each printed line with NUL, not newline
  -u, --unset=NAME           remove NAME from the environment
  -C, --chdir=DIR            run COMMAND in DIR
  -S, --split-string=TEXT    put the words of TEXT here, which makes several of the one argument
                             that a line #!/usr/bin/env ... can pass
      --default-signal[=SIG] give SIG its default effect in COMMAND
      --ignore-signal[=SIG]  let COMMAND ignore SIG
  -v, --debug                say what is done, step by step
      --help                 print this text
      --version              print the version

SIG is a name such as PIPE, a number, or several with commas between them; none means all.
";

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// To run a program, or to print the environment.
    Run(Box<Command>),
    /// To print a text and be done.
    Show(&'static str),
}

/// A program and how its environment differs.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Command {
    pub ignore_environment: bool,
    pub nul: bool,
    pub debug: bool,
    pub directory: Option<Vec<u8>>,
    pub signals: Signals,
    pub unset: Vec<Vec<u8>>,
    /// In order, `NAME=VALUE`.
    pub assignments: Vec<Vec<u8>>,
    /// The program and its arguments; empty when there is none.
    pub argv: Vec<Vec<u8>>,
}

/// Why a command line is refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub what: String,
    /// Whether to point at `--help`.
    pub shows_try: bool,
    /// Whether a `#!` line is the likely cause.
    pub is_shebang: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    IgnoreEnvironment,
    Null,
    Unset,
    Chdir,
    SplitString,
    Debug,
    Signal(Action),
    /// Signals can be neither blocked nor asked about here.
    Unsupported(&'static str),
    /// A blank, which nobody types as an option; it is kept to be named.
    Space(char),
    Show(&'static str),
}

static SYNTAX: Syntax<Meaning> = Syntax {
    short: &[
        (b'C', Takes::Value, Meaning::Chdir),
        (b'i', Takes::Nothing, Meaning::IgnoreEnvironment),
        (b'S', Takes::Value, Meaning::SplitString),
        (b'u', Takes::Value, Meaning::Unset),
        (b'v', Takes::Nothing, Meaning::Debug),
        (b'0', Takes::Nothing, Meaning::Null),
        (b' ', Takes::Nothing, Meaning::Space(' ')),
        (b'\t', Takes::Nothing, Meaning::Space('\t')),
        (b'\n', Takes::Nothing, Meaning::Space('\n')),
        (0x0b, Takes::Nothing, Meaning::Space('\x0b')),
        (0x0c, Takes::Nothing, Meaning::Space('\x0c')),
        (b'\r', Takes::Nothing, Meaning::Space('\r')),
    ],
    long: &[
        ("ignore-environment", Takes::Nothing, Meaning::IgnoreEnvironment),
        ("null", Takes::Nothing, Meaning::Null),
        ("unset", Takes::Value, Meaning::Unset),
        ("chdir", Takes::Value, Meaning::Chdir),
        ("default-signal", Takes::MaybeValue, Meaning::Signal(Action::Default)),
        ("ignore-signal", Takes::MaybeValue, Meaning::Signal(Action::Ignore)),
        ("block-signal", Takes::MaybeValue, Meaning::Unsupported("--block-signal")),
        ("list-signal-handling", Takes::Nothing, Meaning::Unsupported("--list-signal-handling")),
        ("debug", Takes::Nothing, Meaning::Debug),
        ("split-string", Takes::Value, Meaning::SplitString),
        ("help", Takes::Nothing, Meaning::Show(HELP)),
        ("version", Takes::Nothing, Meaning::Show(VERSION)),
    ],
};

/// Reads the arguments after the program's name. `note` hears what `-v` has to say about `-S`.
pub fn parse(
    arguments: Vec<Vec<u8>>,
    environment: &Environment,
    note: &mut dyn FnMut(&str),
) -> Result<Request, Refusal> {
    let usage = |what| Refusal { what, shows_try: true, is_shebang: false };
    let mut command = Command::default();
    let mut words = Words::new(&SYNTAX, arguments);
    let first = loop {
        let (option, value) = match words.next().map_err(usage)? {
            None => break None,
            Some(Next::Operand(operand)) => break Some(operand),
            Some(Next::Option { option, value, .. }) => (option, value),
        };
        match (option, value) {
            (Meaning::IgnoreEnvironment, _) => command.ignore_environment = true,
            (Meaning::Null, _) => command.nul = true,
            (Meaning::Debug, _) => command.debug = true,
            (Meaning::Unset, value) => command.unset.extend(value),
            (Meaning::Chdir, value) => command.directory = value,
            (Meaning::SplitString, value) => {
                words.insert(split_string(&value.unwrap_or_default(), command.debug, environment, note)?);
            }
            (Meaning::Signal(action), value) => command
                .signals
                .set(value.as_deref(), action)
                .map_err(|name| usage(format!("{}: invalid signal", quoted(&name))))?,
            (Meaning::Unsupported(name), _) => {
                return Err(usage(format!("option '{name}' is not supported here")));
            }
            (Meaning::Space(blank), _) => {
                let what = format!("invalid option -- '{blank}'");
                return Err(Refusal { is_shebang: true, ..usage(what) });
            }
            (Meaning::Show(text), _) => return Ok(Request::Show(text)),
        }
    };
    let mut operands: Vec<Vec<u8>> = first.into_iter().chain(words.into_rest()).collect();
    if operands.first().is_some_and(|first| first == b"-") {
        command.ignore_environment = true;
        operands.remove(0);
    }
    let is_assignment = |word: &Vec<u8>| word.contains(&b'=');
    let assignments = operands.iter().position(|word| !is_assignment(word)).unwrap_or(operands.len());
    command.argv = operands.split_off(assignments);
    command.assignments = operands;
    Ok(Request::Run(Box::new(command)))
}

/// The words of a string of `-S`.
fn split_string(
    text: &[u8],
    debug: bool,
    environment: &Environment,
    note: &mut dyn FnMut(&str),
) -> Result<Vec<Vec<u8>>, Refusal> {
    let mut say = |line: String| {
        if debug {
            note(&line);
        }
    };
    let words = split::split(text, environment, &mut say).map_err(|what| Refusal {
        what,
        shows_try: false,
        is_shebang: false,
    })?;
    for (index, word) in words.iter().enumerate() {
        if index == 0 {
            say(format!("split -S:  {}", quoted(text)));
        }
        say(format!("{}{}", if index == 0 { " into:    " } else { "     &    " }, quoted(word)));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Request, Refusal> {
        let words = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        parse(words, &Environment::default(), &mut |_| ())
    }

    fn list(words: &[&str]) -> Vec<Vec<u8>> {
        words.iter().map(|word| word.as_bytes().to_vec()).collect()
    }

    #[test]
    fn the_first_operand_ends_the_options() {
        let command = Command {
            ignore_environment: true,
            unset: list(&["A", "B"]),
            assignments: list(&["X=1", "Y="]),
            argv: list(&["ls", "Z=2", "-v"]),
            ..Command::default()
        };
        let words = ["-u", "A", "-uB", "-", "X=1", "Y=", "ls", "Z=2", "-v"];
        assert_eq!(parsed(&words), Ok(Request::Run(Box::new(command))));
        let command = Command { argv: list(&["-v"]), ..Command::default() };
        assert_eq!(parsed(&["--", "-v"]), Ok(Request::Run(Box::new(command))));
    }

    #[test]
    fn the_words_of_a_string_are_read_like_arguments() {
        let command = Command {
            debug: true,
            nul: true,
            directory: Some(b"/x y".to_vec()),
            assignments: list(&["A=1"]),
            argv: list(&["ls", "-l", "f"]),
            ..Command::default()
        };
        let words = ["-vS-0 -C '/x y'", "A=1", "ls", "-l", "f"];
        assert_eq!(parsed(&words), Ok(Request::Run(Box::new(command))));
    }

    #[test]
    fn a_refusal_says_what_else_to_print() {
        let check = |words: &[&str], what: &str, shows_try, is_shebang| {
            assert_eq!(parsed(words), Err(Refusal { what: what.to_owned(), shows_try, is_shebang }));
        };
        check(&["-z"], "invalid option -- 'z'", true, false);
        check(&["-i ls"], "invalid option -- ' '", true, true);
        check(&["-Sa'"], "no terminating quote in -S string", false, false);
        check(&["--ignore-signal=FOO"], "'FOO': invalid signal", true, false);
        check(&["--block-signal=INT"], "option '--block-signal' is not supported here", true, false);
        check(
            &["--i"],
            "option '--i' is ambiguous; possibilities: '--ignore-environment' '--ignore-signal'",
            true,
            false,
        );
    }
}
