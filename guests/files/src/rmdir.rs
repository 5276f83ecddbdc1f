//! rmdir: empty directories are removed, and with -p those above them.

use cli::getopt::Syntax;
use cli::wording::{quoted_name, reason};
use rustix::io::Errno;

use crate::arguments::{self, About, NO};
use crate::path;
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[(b'p', NO, "parents"), (b'v', NO, "verbose")],
        long: &[
            ("ignore-fail-on-non-empty", NO, "ignore"),
            ("path", NO, "parents"),
            ("parents", NO, "parents"),
            ("verbose", NO, "verbose"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... DIRECTORY...
Removes directories that are empty.

      --ignore-fail-on-non-empty  leave those alone that are not
  -p, --parents          with those above them that become so
  -v, --verbose          tell each
      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// What a command line asks for.
#[derive(Default)]
struct Job {
    parents: bool,
    verbose: bool,
    ignores_filled: bool,
}

/// Runs rmdir: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut job = Job::default();
    for (option, _) in arguments.options {
        match option {
            "parents" => job.parents = true,
            "verbose" => job.verbose = true,
            _ => job.ignores_filled = true,
        }
    }
    if arguments.operands.is_empty() {
        return arguments::misuse(program, "missing operand", 1);
    }
    let mut run = Run::new(program, 1);
    for operand in &arguments.operands {
        if remove(&mut run, &job, operand, "failed to remove") && job.parents {
            let mut left = path::trimmed(operand);
            while left.contains(&b'/') {
                left = path::parent(left);
                if left == b"/" || !remove(&mut run, &job, left, "failed to remove directory") {
                    break;
                }
            }
        }
    }
    run.finish()
}

/// Removes one directory; answers whether it is gone.
fn remove(run: &mut Run, job: &Job, directory: &[u8], complaint: &str) -> bool {
    let name = quoted_name(directory);
    if job.verbose {
        run.print(format!("{}: removing directory, {name}\n", run.program));
    }
    let Err(errno) = system::remove_directory(directory) else { return true };
    // A directory that could not be removed anyway may as well be full.
    let may_be_filled = matches!(errno, Errno::ACCESS | Errno::PERM | Errno::ROFS | Errno::BUSY);
    let is_filled = matches!(errno, Errno::NOTEMPTY | Errno::EXIST)
        || (may_be_filled && system::read_dir(directory).is_ok_and(|entries| !entries.is_empty()));
    if job.ignores_filled && is_filled {
        return false;
    }
    let is_link = directory.ends_with(b"/")
        && errno == Errno::NOTDIR
        && system::lstat(path::trimmed(directory)).is_ok_and(|stat| stat.is_link());
    let why = if is_link { "Symbolic link not followed".to_owned() } else { reason(errno) };
    run.complain(format!("{complaint} {name}: {why}"));
    false
}
