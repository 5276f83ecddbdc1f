//! link and unlink: a name is made or removed, and nothing else.

use cli::getopt::Syntax;
use cli::wording::{quoted, quoted_name, reason};
use rustix::io::Errno;

use crate::arguments::{self, About};
use crate::path;
use crate::run::Run;
use crate::system;

static LINK: About = About {
    syntax: &Syntax {
        short: &[],
        long: &[("help", arguments::NO, "help"), ("version", arguments::NO, "version")],
    },
    help: "\
Usage: {} FILE NAME
Gives FILE another name.

      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

static UNLINK: About = About {
    help: "\
Usage: {} FILE
Removes the name FILE.

      --help, --version  this text, the version
",
    ..LINK
};

/// Runs link: its name and its arguments, to an exit status.
pub fn link(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let operands = match arguments::read(program, &LINK, arguments) {
        Ok(arguments) => arguments.operands,
        Err(status) => return status,
    };
    let (old, new) = match operands.as_slice() {
        [old, new] => (old, new),
        [] => return arguments::misuse(program, "missing operand", 1),
        [only] => return arguments::misuse(program, &format!("missing operand after {}", quoted(only)), 1),
        [_, _, extra, ..] => {
            return arguments::misuse(program, &format!("extra operand {}", quoted(extra)), 1);
        }
    };
    let mut run = Run::new(program, 1);
    if let Err(errno) = system::make_hard_link(old, new, false) {
        let (old, new) = (quoted_name(old), quoted_name(new));
        run.complain(format!("cannot create link {new} to {old}: {}", reason(errno)));
    }
    run.finish()
}

/// Runs unlink: its name and its arguments, to an exit status.
pub fn unlink(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let operands = match arguments::read(program, &UNLINK, arguments) {
        Ok(arguments) => arguments.operands,
        Err(status) => return status,
    };
    let file = match operands.as_slice() {
        [file] => file,
        [] => return arguments::misuse(program, "missing operand", 1),
        [_, extra, ..] => return arguments::misuse(program, &format!("extra operand {}", quoted(extra)), 1),
    };
    let mut run = Run::new(program, 1);
    if let Err(errno) = system::remove(file) {
        // A name with a slash behind it is a directory's, and a link is none.
        let is_link =
            file.ends_with(b"/") && system::lstat(path::trimmed(file)).is_ok_and(|stat| stat.is_link());
        let errno = if is_link { Errno::NOTDIR } else { errno };
        run.complain(format!("cannot unlink {}: {}", quoted_name(file), reason(errno)));
    }
    run.finish()
}
