//! chmod: the permissions of files.
//!
//! It owns the walk through directories, the messages and the status;
//! [`options`] reads the command line and [`mode`] does the arithmetic. Written
//! from the manuals of POSIX and of GNU, and held against GNU chmod 9.1.

pub mod mode;
mod options;

use std::ffi::OsString;

use rustix::io::Errno;

use crate::os::{OsStrExt, OsStringExt};
use cli::stdio;
use cli::wording::{name, quoted_name, reason};

use crate::system;
use mode::{Changes, letters};
use options::{Job, Request, Source, Talk};

/// Bits of `st_mode` that tell the type, and two of the types.
const TYPE: u32 = 0o170_000;
const DIRECTORY: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

/// Runs chmod: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let files_first = std::env::var_os("POSIXLY_CORRECT").is_some();
    let job = match options::parse(arguments, files_first) {
        Ok(Request::Show(text)) => {
            return match stdio::print(text.as_bytes()) {
                Ok(()) => 0,
                Err(errno) => {
                    stdio::complain(program, &format!("write error: {}", reason(errno)));
                    1
                }
            };
        }
        Ok(Request::Change(job)) => job,
        Err(what) => {
            stdio::complain(program, &what);
            stdio::note(&format!("Try '{program} --help' for more information."));
            return 1;
        }
    };
    let changes = match &job.source {
        Source::Changes(changes) => changes.clone(),
        Source::Reference(file) => match system::stat(file).map(|stat| stat.mode) {
            Ok(mode) => Changes::exactly(mode),
            Err(errno) => {
                let what = format!("failed to get attributes of {}: {}", quoted_name(file), reason(errno));
                stdio::complain(program, &what);
                return 1;
            }
        },
    };
    let umask = system::umask();
    let mut chmod = Chmod { program, job: &job, changes, umask, failed: false, unwritten: None };
    for file in &job.files {
        chmod.operand(file);
    }
    if let Some(errno) = chmod.unwritten {
        stdio::complain(program, &format!("write error: {}", reason(errno)));
        return 1;
    }
    i32::from(chmod.failed)
}

/// One run.
struct Chmod<'a> {
    program: &'a str,
    job: &'a Job,
    changes: Changes,
    /// The bits that a mode without `ugoa` leaves alone.
    umask: u32,
    failed: bool,
    /// Why standard output could not be written.
    unwritten: Option<Errno>,
}

/// What became of a file.
enum Outcome {
    Changed,
    Retained,
    Failed,
    /// A link that was found on the way is left alone, and so is what it points to.
    NotApplied,
}

impl Chmod<'_> {
    /// Changes what the command line names, and with `-R` everything below it.
    fn operand(&mut self, path: &[u8]) {
        let mode = match system::stat(path).map(|stat| stat.mode) {
            Ok(mode) => mode,
            Err(errno) => {
                let is_link = errno == Errno::NOENT && system::lstat(path).map(|stat| stat.mode).is_ok();
                if is_link {
                    self.fail(|| format!("cannot operate on dangling symlink {}", quoted_name(path)));
                } else {
                    self.fail(|| format!("cannot access {}: {}", quoted_name(path), reason(errno)));
                }
                self.report_inaccessible(path);
                return;
            }
        };
        if self.job.recursive && self.job.preserve_root && is_root(path) {
            self.refuse_root(path);
            return;
        }
        self.change(path, mode);
        if self.job.recursive && mode & TYPE == DIRECTORY {
            self.change_below(path);
        }
    }

    /// Changes everything below a directory, each directory before what is in it.
    fn change_below(&mut self, top: &[u8]) {
        // A stack and not recursion: how deep directories go is not ours to bound.
        let mut left = self.entries(top);
        left.reverse();
        while let Some(path) = left.pop() {
            let mode = match system::lstat(&path).map(|stat| stat.mode) {
                Ok(mode) => mode,
                Err(errno) => {
                    self.fail(|| format!("cannot access {}: {}", quoted_name(&path), reason(errno)));
                    self.report_inaccessible(&path);
                    continue;
                }
            };
            self.change(&path, mode);
            if mode & TYPE == DIRECTORY {
                let entries = self.entries(&path);
                left.extend(entries.into_iter().rev());
            }
        }
    }

    /// The paths of what is in a directory.
    fn entries(&mut self, directory: &[u8]) -> Vec<Vec<u8>> {
        let slash: &[u8] = if directory.ends_with(b"/") { b"" } else { b"/" };
        let listed = std::fs::read_dir(OsString::from_vec(directory.to_vec()))
            .and_then(|entries| entries.collect::<std::io::Result<Vec<_>>>());
        match listed {
            Ok(entries) => entries
                .iter()
                .map(|entry| [directory, slash, entry.file_name().as_os_str().as_bytes()].concat())
                .collect(),
            Err(error) => {
                let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
                self.fail(|| format!("cannot read directory {}: {}", quoted_name(directory), reason(errno)));
                self.report_inaccessible(directory);
                Vec::new()
            }
        }
    }

    /// Changes one file, whose mode is `old`.
    fn change(&mut self, path: &[u8], old: u32) {
        let is_directory = old & TYPE == DIRECTORY;
        let new = self.changes.apply(old, is_directory, self.umask);
        if old & TYPE == LINK {
            self.report(path, old, new, &Outcome::NotApplied);
            return;
        }
        if let Err(errno) = system::set_mode(path, new) {
            self.fail(|| format!("changing permissions of {}: {}", quoted_name(path), reason(errno)));
            self.report(path, old, new, &Outcome::Failed);
            return;
        }
        let outcome = if old & 0o7777 == new { Outcome::Retained } else { Outcome::Changed };
        self.report(path, old, new, &outcome);
        if self.job.diagnoses_surprises {
            let expected = self.changes.apply(old, is_directory, 0);
            if new & !expected != 0 {
                let (new, expected) = (letters(new), letters(expected));
                self.failed = true;
                stdio::complain(
                    self.program,
                    &format!("{}: new permissions are {new}, not {expected}", name(path)),
                );
            }
        }
    }

    /// Complains about a file, unless `-f` forbids it.
    fn fail(&mut self, what: impl FnOnce() -> String) {
        self.failed = true;
        if !self.job.silent {
            stdio::complain(self.program, &what());
        }
    }

    fn refuse_root(&mut self, path: &[u8]) {
        self.failed = true;
        let same = if path == b"/" { "" } else { " (same as '/')" };
        let what = format!("it is dangerous to operate recursively on {}{same}", quoted_name(path));
        stdio::complain(self.program, &what);
        stdio::complain(self.program, "use --no-preserve-root to override this failsafe");
    }

    /// Says what became of a file, as far as `-v` and `-c` ask for it.
    fn report(&mut self, path: &[u8], old: u32, new: u32, outcome: &Outcome) {
        match (self.job.talk, outcome) {
            (Talk::All, _) | (Talk::Changes, Outcome::Changed) => {}
            (Talk::Nothing, _) | (Talk::Changes, _) => return,
        }
        let file = quoted_name(path);
        let from = format!("{:04o} ({})", old & 0o7777, letters(old));
        let to = format!("{:04o} ({})", new & 0o7777, letters(new));
        self.print(match outcome {
            Outcome::Changed => format!("mode of {file} changed from {from} to {to}\n"),
            Outcome::Retained => format!("mode of {file} retained as {from}\n"),
            Outcome::Failed => format!("failed to change mode of {file} from {from} to {to}\n"),
            Outcome::NotApplied => {
                format!("neither symbolic link {file} nor referent has been changed\n")
            }
        });
    }

    fn report_inaccessible(&mut self, path: &[u8]) {
        if self.job.talk == Talk::All {
            self.print(format!("{} could not be accessed\n", quoted_name(path)));
        }
    }

    fn print(&mut self, line: String) {
        if let Err(errno) = stdio::print(line.as_bytes()) {
            self.unwritten.get_or_insert(errno);
        }
    }
}

/// Whether a path leads to the root directory.
fn is_root(path: &[u8]) -> bool {
    match (rustix::fs::stat(path), rustix::fs::stat("/")) {
        (Ok(file), Ok(root)) => (file.st_dev, file.st_ino) == (root.st_dev, root.st_ino),
        _ => false,
    }
}
