//! which: the paths of the programs that names would run.

use cli::getopt::Syntax;

use crate::arguments::{self, About, NO};
use crate::path;
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[(b'a', NO, "all"), (b's', NO, "silent")],
        long: &[("all", NO, "all"), ("help", NO, "help"), ("version", NO, "version")],
    },
    help: "\
Usage: {} [-a] [-s] NAME...
Prints the paths of the programs that NAMEs would run; the status is 1 when one is not found.

  -a, --all              every one in PATH, not only the first
  -s                     nothing, only the status
      --help, --version  this text, the version
",
    trouble: 2,
    operands_end_options: true,
};

/// Runs which: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let has = |name: &str| arguments.options.iter().any(|(option, _)| *option == name);
    let (all, silent) = (has("all"), has("silent"));
    let mut run = Run::new(program, 2);
    if arguments.operands.is_empty() {
        return 1;
    }
    let search_path = std::env::var_os("PATH").unwrap_or_default();
    for name in &arguments.operands {
        let candidates: Vec<Vec<u8>> = if name.contains(&b'/') {
            vec![name.clone()]
        } else {
            let folders = search_path.as_encoded_bytes().split(|byte| *byte == b':');
            // An empty folder is the current one.
            folders.map(|folder| path::join(if folder.is_empty() { b"." } else { folder }, name)).collect()
        };
        let mut found = candidates.iter().filter(|candidate| is_program(candidate)).peekable();
        if name.is_empty() || found.peek().is_none() {
            run.status = 1;
            continue;
        }
        for path in found.take(if all { usize::MAX } else { 1 }).filter(|_| !silent) {
            run.print([path.as_slice(), b"\n"].concat());
        }
    }
    run.finish()
}

fn is_program(path: &[u8]) -> bool {
    system::stat(path).is_ok_and(|stat| stat.is_regular()) && system::access(path, 1).is_ok()
}
