//! mkdir: directories, with their modes.

use cli::getopt::Syntax;
use cli::wording::{quoted, quoted_name, reason};
use rustix::io::Errno;

use crate::arguments::{self, About, MAYBE, NO, VALUE};
use crate::chmod::mode::Changes;
use crate::path;
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[(b'm', VALUE, "mode"), (b'p', NO, "parents"), (b'v', NO, "verbose"), (b'Z', NO, "Z")],
        long: &[
            ("context", MAYBE, "context"),
            ("mode", VALUE, "mode"),
            ("parents", NO, "parents"),
            ("verbose", NO, "verbose"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... DIRECTORY...
Makes directories.

  -m, --mode=MODE        with this mode, as chmod reads it
  -p, --parents          with those above them; it is no error when they are there
  -v, --verbose          tell each
  -Z, --context[=CTX]    there are no security contexts: nothing
      --help, --version  this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// Runs mkdir: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let mut run = Run::new(program, 1);
    let (mut mode, mut parents, mut verbose) = (None, false, false);
    for (option, value) in arguments.options {
        match option {
            "mode" => mode = value,
            "parents" => parents = true,
            "verbose" => verbose = true,
            "context" if value.is_some() => {
                run.warn("warning: ignoring --context; it requires an SELinux/SMACK-enabled kernel");
            }
            _ => {}
        }
    }
    if arguments.operands.is_empty() {
        return arguments::misuse(program, "missing operand", 1);
    }
    let umask = system::umask();
    let mode = match mode.map(|text| Changes::read(&text).ok_or(text)) {
        None => None,
        Some(Ok(changes)) => {
            let mode = changes.apply(0o777, true, umask);
            // A sticky directory is open to everybody only where the text says so.
            let kept_back =
                if mode & 0o1000 != 0 && changes.mentioned(umask) & 0o022 == 0 { 0o022 } else { 0 };
            Some(mode & !kept_back)
        }
        Some(Err(text)) => {
            run.complain(format!("invalid mode {}", quoted(&text)));
            return run.finish();
        }
    };
    for operand in &arguments.operands {
        let told = |run: &mut Run, path: &[u8]| {
            if verbose {
                let line = format!("{program}: created directory {}\n", quoted_name(path));
                run.print(line);
            }
        };
        let made = if parents {
            make_parents(operand, umask, |path| told(&mut run, path)).and_then(|()| make(operand, mode, true))
        } else {
            make(operand, mode, false)
        };
        match made {
            Ok(true) => told(&mut run, operand),
            Ok(false) => {}
            Err((path, errno)) => {
                run.complain(format!("cannot create directory {}: {}", quoted(&path), reason(errno)));
            }
        }
    }
    run.finish()
}

/// A path that could not be made, and why.
pub type Failure = (Vec<u8>, Errno);

/// Makes a directory; answers whether it was not there before.
fn make(path: &[u8], mode: Option<u32>, may_exist: bool) -> Result<bool, Failure> {
    // Nobody else may enter before the mode is what it is to be.
    let masked = mode.map(|mode| system::set_umask(0o777 & !mode & 0o777));
    let made = system::make_directory(path, mode.unwrap_or(0o777) & 0o777);
    if let Some(umask) = masked {
        system::set_umask(umask);
    }
    match made {
        Ok(()) => {
            if let Some(mode) = mode {
                system::set_mode(path, mode).map_err(|errno| (path.to_vec(), errno))?;
            }
            Ok(true)
        }
        Err(_) if may_exist && system::stat(path).is_ok_and(|stat| stat.is_directory()) => Ok(false),
        Err(errno) => Err((path.to_vec(), errno)),
    }
}

/// Makes what is above a directory and is not there; its owner may enter and write it whatever the umask says. `told`
/// hears of each.
pub fn make_parents(path: &[u8], umask: u32, mut told: impl FnMut(&[u8])) -> Result<(), Failure> {
    let path = path::trimmed(path);
    let masked = system::set_umask(umask & !0o300);
    let mut result = Ok(());
    let slashes = (1..path.len()).filter(|at| path[*at] == b'/' && path[at - 1] != b'/');
    for at in slashes {
        let above = &path[..at];
        match system::make_directory(above, 0o777) {
            Ok(()) => told(above),
            Err(errno) => match system::stat(above) {
                Ok(stat) if stat.is_directory() => {}
                Ok(_) => result = Err((above.to_vec(), Errno::NOTDIR)),
                Err(_) => result = Err((above.to_vec(), errno)),
            },
        }
        if result.is_err() {
            break;
        }
    }
    system::set_umask(masked);
    result
}
