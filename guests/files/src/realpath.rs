//! realpath: the absolute names of files, or those that they have seen from a directory.

use cli::getopt::Syntax;
use cli::wording::{name as shown_name, reason};
use rustix::io::Errno;

use crate::arguments::{self, About, NO, VALUE};
use crate::resolve::{Existing, is_below, relative, resolve};
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'e', NO, "canonicalize-existing"),
            (b'm', NO, "canonicalize-missing"),
            (b'L', NO, "logical"),
            (b'P', NO, "physical"),
            (b'q', NO, "quiet"),
            (b's', NO, "strip"),
            (b'z', NO, "zero"),
        ],
        long: &[
            ("canonicalize-existing", NO, "canonicalize-existing"),
            ("canonicalize-missing", NO, "canonicalize-missing"),
            ("relative-to", VALUE, "relative-to"),
            ("relative-base", VALUE, "relative-base"),
            ("quiet", NO, "quiet"),
            ("strip", NO, "strip"),
            ("no-symlinks", NO, "strip"),
            ("zero", NO, "zero"),
            ("logical", NO, "logical"),
            ("physical", NO, "physical"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... FILE...
Prints the absolute names of files, without links. All but the last component must be there.

  -e, --canonicalize-existing  the last one too
  -m, --canonicalize-missing   nothing must
  -L, --logical                .. is taken off before links are followed
  -P, --physical               afterwards, as always
  -q, --quiet                  say nothing of what cannot be resolved
      --relative-to=DIR        as seen from DIR
      --relative-base=DIR      what is below DIR as seen from it, or from the other one
  -s, --strip, --no-symlinks   links are names as others
  -z, --zero                   NUL behind each name in place of a newline
      --help, --version        this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// How names are resolved.
#[derive(Clone, Copy)]
struct How {
    existing: Existing,
    links: bool,
    logical: bool,
}

impl How {
    fn resolve(self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let resolved = resolve(path, self.existing, self.links && !self.logical)?;
        if self.logical { resolve(&resolved, self.existing, true) } else { Ok(resolved) }
    }

    /// Resolves a directory that others are seen from.
    fn directory(self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let resolved = self.resolve(path)?;
        if self.existing == Existing::All && !system::stat(&resolved)?.is_directory() {
            return Err(Errno::NOTDIR);
        }
        Ok(resolved)
    }
}

/// Runs realpath: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut how = How { existing: Existing::AllButLast, links: true, logical: false };
    let (mut to, mut base, mut quiet, mut end) = (None, None, false, b'\n');
    for (option, value) in arguments.options {
        match option {
            "canonicalize-existing" => how.existing = Existing::All,
            "canonicalize-missing" => how.existing = Existing::None,
            "logical" => (how.links, how.logical) = (true, true),
            "physical" => (how.links, how.logical) = (true, false),
            "strip" => (how.links, how.logical) = (false, false),
            "quiet" => quiet = true,
            "relative-to" => to = value,
            "relative-base" => base = value,
            _ => end = 0,
        }
    }
    if arguments.operands.is_empty() {
        return arguments::misuse(program, "missing operand", 1);
    }
    let mut run = Run::new(program, 1);
    let mut directories = [to, base];
    for directory in directories.iter_mut().flatten() {
        match how.directory(directory) {
            Ok(resolved) => *directory = resolved,
            Err(errno) => {
                run.complain(format!("{}: {}", shown_name(directory), reason(errno)));
                return run.finish();
            }
        }
    }
    let [mut to, base] = directories;
    if let Some(base) = &base {
        // Seen from outside of the base, nothing is below it.
        to = Some(to.unwrap_or_else(|| base.clone())).filter(|to| is_below(to, base));
    }
    for operand in &arguments.operands {
        match how.resolve(operand) {
            Ok(path) => {
                let is_relative = base.as_ref().is_none_or(|base| is_below(&path, base));
                let shown = match &to {
                    Some(to) if is_relative => relative(&path, to),
                    _ => path,
                };
                run.print(&shown);
                run.print([end]);
            }
            Err(_) if quiet => run.status = 1,
            Err(errno) => run.complain(format!("{}: {}", shown_name(operand), reason(errno))),
        }
    }
    run.finish()
}
