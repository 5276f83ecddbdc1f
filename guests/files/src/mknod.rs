//! mkfifo and mknod: named pipes. Devices cannot be made, for they are the host's.

use cli::getopt::Syntax;
use cli::stdio;
use cli::wording::{name, quoted, quoted_name, reason};
use rustix::io::Errno;

use crate::arguments::{self, About, Arguments, MAYBE, NO, VALUE};
use crate::chmod::mode::Changes;
use crate::path;
use crate::run::Run;
use crate::system;

static SYNTAX: Syntax<&str> = Syntax {
    short: &[(b'm', VALUE, "mode"), (b'Z', NO, "Z")],
    long: &[
        ("context", MAYBE, "context"),
        ("mode", VALUE, "mode"),
        ("help", NO, "help"),
        ("version", NO, "version"),
    ],
};

static MKFIFO: About = About {
    syntax: &SYNTAX,
    help: "\
Usage: {} [OPTION]... NAME...
Makes named pipes.

  -m, --mode=MODE        with this mode, as chmod reads it
  -Z, --context[=CTX]    there are no security contexts: nothing
      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

static MKNOD: About = About {
    syntax: &SYNTAX,
    help: "\
Usage: {} [OPTION]... NAME TYPE [MAJOR MINOR]
Makes a named pipe, where TYPE is p. Devices, of TYPE b, c or u, are not permitted.

  -m, --mode=MODE        with this mode, as chmod reads it
  -Z, --context[=CTX]    there are no security contexts: nothing
      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// Runs mkfifo or mknod: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let is_mknod = path::base_name(program.as_bytes()) == b"mknod";
    let arguments = match arguments::read(program, if is_mknod { &MKNOD } else { &MKFIFO }, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let umask = system::umask();
    let text = arguments
        .options
        .iter()
        .rev()
        .find(|(option, _)| *option == "mode")
        .and_then(|(_, text)| text.clone());
    let mode = match text.map(|text| Changes::read(&text)) {
        None => None,
        Some(None) => return complain(program, "invalid mode"),
        Some(Some(changes)) => Some(changes.apply(0o666, false, umask)),
    };
    if mode.is_some_and(|mode| mode & !0o777 != 0) {
        return complain(program, "mode must specify only file permission bits");
    }
    if is_mknod { mknod(program, &arguments, mode) } else { mkfifo(program, &arguments, mode) }
}

fn complain(program: &str, what: &str) -> i32 {
    stdio::complain(program, what);
    1
}

fn mkfifo(program: &str, arguments: &Arguments, mode: Option<u32>) -> i32 {
    if arguments.operands.is_empty() {
        return arguments::misuse(program, "missing operand", 1);
    }
    let mut run = Run::new(program, 1);
    for file in &arguments.operands {
        if let Err(errno) = make(file, mode) {
            run.complain(format!("cannot create fifo {}: {}", quoted_name(file), reason(errno)));
        }
    }
    run.finish()
}

/// Makes a FIFO; with a mode, of exactly that one.
fn make(file: &[u8], mode: Option<u32>) -> Result<(), Errno> {
    let umask = mode.map(|_| system::set_umask(0));
    let made = system::make_fifo(file, mode.unwrap_or(0o666));
    if let Some(umask) = umask {
        system::set_umask(umask);
    }
    made
}

fn mknod(program: &str, arguments: &Arguments, mode: Option<u32>) -> i32 {
    let words = arguments.operands.as_slice();
    let is_fifo = words.get(1).is_some_and(|kind| kind.first() == Some(&b'p'));
    let wanted = if words.len() < 2 || !is_fifo { 4 } else { 2 };
    if words.len() < wanted && (words.len() < 2 || !is_fifo) {
        let what = match words.last() {
            None => "missing operand".to_owned(),
            Some(last) => format!("missing operand after {}", quoted(last)),
        };
        stdio::complain(program, &what);
        if words.len() == 2 {
            stdio::note("Special files require major and minor device numbers.");
        }
        stdio::note(&format!("Try '{program} --help' for more information."));
        return 1;
    }
    if let Some(extra) = words.get(wanted) {
        stdio::complain(program, &format!("extra operand {}", quoted(extra)));
        if is_fifo && words.len() == 4 {
            stdio::note("Fifos do not have major and minor device numbers.");
        }
        stdio::note(&format!("Try '{program} --help' for more information."));
        return 1;
    }
    let (Some(file), Some(kind)) = (words.first(), words.get(1)) else { return 1 };
    let made = match kind.first() {
        Some(b'p') => make(file, mode),
        Some(b'b' | b'c' | b'u') => {
            for (what, number) in [("major", words.get(2)), ("minor", words.get(3))] {
                let number = number.map_or(b"".as_slice(), Vec::as_slice);
                if !is_number(number) {
                    return complain(program, &format!("invalid {what} device number {}", quoted(number)));
                }
            }
            Err(if system::lstat(file).is_ok() { Errno::EXIST } else { Errno::PERM })
        }
        _ => return arguments::misuse(program, &format!("invalid device type {}", quoted(kind)), 1),
    };
    match made {
        Ok(()) => 0,
        Err(errno) => complain(program, &format!("{}: {}", name(file), reason(errno))),
    }
}

/// Whether a text is a number in decimal, octal or hexadecimal.
fn is_number(text: &[u8]) -> bool {
    match text {
        [b'0', b'x' | b'X', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit),
        digits => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
    }
}
