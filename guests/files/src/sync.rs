//! sync: writes what is not yet on disk. Files of the sandbox are written at once, so it only looks for its operands.

use cli::getopt::Syntax;
use cli::wording::{quoted_name, reason};
use rustix::fs::OFlags;

use crate::arguments::{self, About, NO};
use crate::run::Run;
use crate::system;

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[(b'd', NO, "data"), (b'f', NO, "file-system")],
        long: &[("data", NO, "data"), ("file-system", NO, "file-system"), ("help", NO, "help"), ("version", NO, "version")],
    },
    help: "Usage: {} [OPTION] [FILE]...\nWrites what is not yet on disk, of each FILE or of everything.\n
  -d, --data         only the data of the files\n  -f, --file-system  the file systems that the files are on\n      --help, --version  this text, the version\n",
    trouble: 1,
    operands_end_options: false,
};

/// Runs sync: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let has = |name: &str| arguments.options.iter().any(|(option, _)| *option == name);
    let mut run = Run::new(program, 1);
    if has("data") && has("file-system") {
        run.complain("cannot specify both --data and --file-system");
        return run.finish();
    }
    if has("data") && arguments.operands.is_empty() {
        run.complain("--data needs at least one argument");
        return run.finish();
    }
    for file in &arguments.operands {
        // A FIFO is not waited for.
        let opened = system::open(file, OFlags::RDONLY | OFlags::NONBLOCK, 0);
        match opened.or_else(|_| system::open(file, OFlags::WRONLY | OFlags::NONBLOCK, 0)) {
            Ok(opened) => {
                if let Err(errno) = rustix::fs::fsync(&opened) {
                    run.complain(format!("error syncing {}: {}", quoted_name(file), reason(errno)));
                }
            }
            Err(errno) => run.complain(format!("error opening {}: {}", quoted_name(file), reason(errno))),
        }
    }
    run.finish()
}
