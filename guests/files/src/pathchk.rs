//! pathchk: whether names are good, here or on every system.

use cli::getopt::Syntax;
use cli::wording::{name as shown_name, quoted, quoted_name, reason};
use rustix::io::Errno;

use crate::arguments::{self, About, NO};
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[(b'p', NO, "p"), (b'P', NO, "P")],
        long: &[("portability", NO, "portability"), ("help", NO, "help"), ("version", NO, "version")],
    },
    help: "\
Usage: {} [OPTION]... NAME...
Tells which names no file can have.

  -p                     on some POSIX system: by length and characters
  -P                     empty ones, and those with a - in front
      --portability      both
      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// What every POSIX system takes of a path and of a component.
const POSIX_PATH_BYTES: usize = 256;
const POSIX_NAME_BYTES: usize = 14;
/// What this one takes of a path.
const PATH_BYTES: usize = 4096;

/// Runs pathchk: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let (mut is_posix, mut is_careful) = (false, false);
    for (option, _) in arguments.options {
        is_posix |= option != "P";
        is_careful |= option != "p";
    }
    if arguments.operands.is_empty() {
        return arguments::misuse(program, "missing operand", 1);
    }
    let mut run = Run::new(program, 1);
    for operand in &arguments.operands {
        if let Err(what) = check(operand, is_posix, is_careful) {
            run.complain(what);
        }
    }
    run.finish()
}

/// Checks a name. The error is what to complain about.
fn check(path: &[u8], is_posix: bool, is_careful: bool) -> Result<(), String> {
    let name = quoted_name(path);
    let components = || path.split(|byte| *byte == b'/');
    if is_careful && components().any(|component| component.starts_with(b"-")) {
        return Err(format!("leading '-' in a component of file name {name}"));
    }
    if (is_posix || is_careful) && path.is_empty() {
        return Err("empty file name".to_owned());
    }
    if !is_posix {
        return check_here(path);
    }
    let is_portable = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-/".contains(byte);
    if let Some(at) = path.iter().position(|byte| !is_portable(byte)) {
        let rest = path.get(at..).unwrap_or_default();
        let chunk = rest.utf8_chunks().next();
        let length = chunk.and_then(|chunk| chunk.valid().chars().next()).map_or(1, char::len_utf8);
        let character = quoted(rest.get(..length).unwrap_or(rest));
        return Err(format!("nonportable character {character} in file name {name}"));
    }
    if path.len() >= POSIX_PATH_BYTES {
        let limit = POSIX_PATH_BYTES - 1;
        return Err(format!("limit {limit} exceeded by length {} of file name {name}", path.len()));
    }
    match components().find(|component| component.len() > POSIX_NAME_BYTES) {
        Some(long) => Err(too_long(POSIX_NAME_BYTES, long)),
        None => Ok(()),
    }
}

/// Checks a name against this system.
fn check_here(path: &[u8]) -> Result<(), String> {
    let refused = |errno: Errno| Err(format!("{}: {}", shown_name(path), reason(errno)));
    match system::lstat(path) {
        Ok(_) => return Ok(()),
        Err(Errno::NOENT) if !path.is_empty() => {}
        Err(errno) => return refused(errno),
    }
    if path.len() >= PATH_BYTES {
        return refused(Errno::NAMETOOLONG);
    }
    // What is below a directory that is not there was not looked at.
    let limit =
        system::space(b".").map_or(255, |space| usize::try_from(space.name_bytes_max).unwrap_or(usize::MAX));
    match path.split(|byte| *byte == b'/').find(|component| component.len() > limit) {
        Some(long) => Err(too_long(limit, long)),
        None => Ok(()),
    }
}

fn too_long(limit: usize, component: &[u8]) -> String {
    let name = quoted(component);
    format!("limit {limit} exceeded by length {} of file name component {name}", component.len())
}
