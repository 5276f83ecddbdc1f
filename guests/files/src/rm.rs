//! rm: the names of files are removed, and with -r whole trees. It owns the command line; [`crate::removal`] removes.

use cli::getopt::Syntax;

use crate::arguments::{self, About, Choices, Given, MAYBE, NO, choose};
use crate::ask;
use crate::removal::{Ask, Options, Remover};
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'd', NO, "dir"),
            (b'f', NO, "force"),
            (b'i', NO, "i"),
            (b'I', NO, "I"),
            (b'r', NO, "recursive"),
            (b'R', NO, "recursive"),
            (b'v', NO, "verbose"),
        ],
        long: &[
            ("force", NO, "force"),
            ("interactive", MAYBE, "interactive"),
            ("one-file-system", NO, "one-file-system"),
            ("no-preserve-root", NO, "no-preserve-root"),
            ("preserve-root", MAYBE, "preserve-root"),
            ("recursive", NO, "recursive"),
            ("dir", NO, "dir"),
            ("verbose", NO, "verbose"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... [FILE]...
Removes files.

  -d, --dir                empty directories too
  -f, --force              no questions, and nothing about what is not there
  -i                       ask about each
  -I                       ask once about more than three, or about -r
      --interactive[=WHEN] ask: never, once as -I, always as -i
      --one-file-system    stay in the file system of each operand
      --preserve-root[=all]  refuse to remove /, as always; with all, any file system
      --no-preserve-root   / is a directory like any other
  -r, -R, --recursive      directories with what is in them
  -v, --verbose            tell each
      --help, --version    this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

const WHEN: &Choices<Ask> =
    &[(&["never", "no", "none"], Ask::Never), (&["once"], Ask::Once), (&["always", "yes"], Ask::Always)];

/// So many operands are removed before `-I` asks.
const UNASKED_MAX: usize = 3;

/// Runs rm: its name and its arguments, to an exit status.
pub fn main(program: &str, words: Vec<Vec<u8>>) -> i32 {
    // Too much hangs on this option for half of its name.
    let is_short = words.iter().take_while(|word| *word != b"--").any(|word| {
        word.len() > 5 && word != b"--no-preserve-root" && b"--no-preserve-root".starts_with(word)
    });
    let arguments = match arguments::read(program, &ABOUT, words) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut run = Run::new(program, 1);
    if is_short {
        run.complain("you may not abbreviate the --no-preserve-root option");
        return run.finish();
    }
    let options = match parse(arguments.options) {
        Ok(options) => options,
        Err(Fault::Misuse(what)) => return arguments::misuse(program, &what, 1),
        Err(Fault::Trouble(what)) => {
            run.complain(what);
            return run.finish();
        }
    };
    let operands = arguments.operands;
    if operands.is_empty() {
        return if options.force { 0 } else { arguments::misuse(program, "missing operand", 1) };
    }
    if options.ask == Ask::Once && (options.recursive || operands.len() > UNASKED_MAX) {
        let noun = if operands.len() == 1 { "argument" } else { "arguments" };
        let how = if options.recursive { " recursively" } else { "" };
        if !ask::is_yes(&mut run, &format!("remove {} {noun}{how}", operands.len())) {
            return run.finish();
        }
    }
    let mut remover = Remover::new(&mut run, options);
    for operand in &operands {
        remover.operand(operand);
    }
    run.finish()
}

/// Why a command line cannot be followed.
enum Fault {
    Misuse(String),
    Trouble(String),
}

fn parse(given: Vec<Given>) -> Result<Options, Fault> {
    let mut options = Options {
        ask: Ask::Protected,
        force: false,
        recursive: false,
        empty_directories: false,
        one_file_system: false,
        root: system::stat(b"/").ok().map(|stat| stat.identity()),
        keeps_mounts: false,
        verbose: false,
    };
    for (option, value) in given {
        match (option, value) {
            ("force", _) => (options.ask, options.force) = (Ask::Never, true),
            ("i", _) | ("interactive", None) => (options.ask, options.force) = (Ask::Always, false),
            ("I", _) => (options.ask, options.force) = (Ask::Once, false),
            ("interactive", Some(value)) => {
                options.ask = choose(&value, WHEN, "--interactive").map_err(Fault::Misuse)?;
                options.force &= options.ask == Ask::Never;
            }
            ("recursive", _) => options.recursive = true,
            ("dir", _) => options.empty_directories = true,
            ("one-file-system", _) => options.one_file_system = true,
            ("no-preserve-root", _) => options.root = None,
            ("preserve-root", None) => {}
            ("preserve-root", Some(value)) if value == b"all" => options.keeps_mounts = true,
            ("preserve-root", Some(value)) => {
                let value = cli::wording::quoted(&value);
                return Err(Fault::Trouble(format!("unrecognized --preserve-root argument: {value}")));
            }
            ("verbose", _) => options.verbose = true,
            _ => {}
        }
    }
    Ok(options)
}
