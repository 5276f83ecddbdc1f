//! readlink: what links lead to, or the absolute names of files.

use cli::getopt::Syntax;
use cli::wording::{name as shown_name, reason};

use crate::arguments::{self, About, NO};
use crate::resolve::{Existing, resolve};
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'e', NO, "canonicalize-existing"),
            (b'f', NO, "canonicalize"),
            (b'm', NO, "canonicalize-missing"),
            (b'n', NO, "no-newline"),
            (b'q', NO, "quiet"),
            (b's', NO, "quiet"),
            (b'v', NO, "verbose"),
            (b'z', NO, "zero"),
        ],
        long: &[
            ("canonicalize", NO, "canonicalize"),
            ("canonicalize-existing", NO, "canonicalize-existing"),
            ("canonicalize-missing", NO, "canonicalize-missing"),
            ("no-newline", NO, "no-newline"),
            ("quiet", NO, "quiet"),
            ("silent", NO, "quiet"),
            ("verbose", NO, "verbose"),
            ("zero", NO, "zero"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... FILE...
Prints what symbolic links lead to.

  -e, --canonicalize-existing  the absolute name without links; all of it must be there
  -f, --canonicalize           all but the last component must
  -m, --canonicalize-missing   nothing must
  -n, --no-newline             nothing behind a single name
  -q, -s, --quiet, --silent    say nothing of what is no link, as always
  -v, --verbose                say it
  -z, --zero                   NUL behind each name in place of a newline
      --help, --version        this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// Runs readlink: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let (mut existing, mut ends_lines, mut end) = (None, true, b'\n');
    let mut verbose = std::env::var_os("POSIXLY_CORRECT").is_some();
    for (option, _) in arguments.options {
        match option {
            "canonicalize-existing" => existing = Some(Existing::All),
            "canonicalize" => existing = Some(Existing::AllButLast),
            "canonicalize-missing" => existing = Some(Existing::None),
            "no-newline" => ends_lines = false,
            "quiet" => verbose = false,
            "verbose" => verbose = true,
            _ => end = 0,
        }
    }
    if arguments.operands.is_empty() {
        return arguments::misuse(program, "missing operand", 1);
    }
    let mut run = Run::new(program, 1);
    if arguments.operands.len() > 1 && !ends_lines {
        run.warn("ignoring --no-newline with multiple arguments");
        ends_lines = true;
    }
    for operand in &arguments.operands {
        let found = match existing {
            Some(existing) => resolve(operand, existing, true),
            None if operand.is_empty() => Err(rustix::io::Errno::NOENT),
            None => system::read_link(operand),
        };
        match found {
            Ok(name) => {
                run.print(&name);
                if ends_lines {
                    run.print([end]);
                }
            }
            Err(errno) if verbose => run.complain(format!("{}: {}", shown_name(operand), reason(errno))),
            Err(_) => run.status = 1,
        }
    }
    run.finish()
}
