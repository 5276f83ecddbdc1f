//! mv: files get other names, in other directories too; between file systems they are copied and removed.

use std::collections::HashSet;

use cli::getopt::Syntax;
use cli::stdio;
use cli::wording::{quoted_name, reason};
use rustix::io::Errno;

use crate::arguments::{self, About, Arguments, MAYBE, NO, VALUE};
use crate::ask;
use crate::backup::Backups;
use crate::chmod::mode::letters;
use crate::copy::attributes::Preserve;
use crate::copy::{self, Copier, Follow};
use crate::destination::{self, Fault, Plan};
use crate::path;
use crate::removal::{self, Ask, Remover};
use crate::run::Run;
use crate::system::{self, Stat};

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'b', NO, "b"),
            (b'f', NO, "force"),
            (b'i', NO, "interactive"),
            (b'n', NO, "no-clobber"),
            (b'S', VALUE, "suffix"),
            (b't', VALUE, "target-directory"),
            (b'T', NO, "no-target-directory"),
            (b'u', NO, "update"),
            (b'v', NO, "verbose"),
            (b'Z', NO, "context"),
        ],
        long: &[
            ("backup", MAYBE, "backup"),
            ("context", NO, "context"),
            ("force", NO, "force"),
            ("interactive", NO, "interactive"),
            ("no-clobber", NO, "no-clobber"),
            ("no-target-directory", NO, "no-target-directory"),
            ("strip-trailing-slashes", NO, "strip-trailing-slashes"),
            ("suffix", VALUE, "suffix"),
            ("target-directory", VALUE, "target-directory"),
            ("update", NO, "update"),
            ("verbose", NO, "verbose"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... [-T] SOURCE TARGET
  or:  {} [OPTION]... SOURCE... DIRECTORY
  or:  {} [OPTION]... -t DIRECTORY SOURCE...
Gives files other names, or moves them to other directories.

  -b, --backup[=CONTROL]      keep what is replaced: none, simple, existing, numbered
  -f, --force                 ask nothing
  -i, --interactive           ask before something is replaced
  -n, --no-clobber            replace nothing
      --strip-trailing-slashes  no slashes behind SOURCE
  -S, --suffix=SUFFIX         of backups, in place of ~
  -t, --target-directory=DIR  to DIR
  -T, --no-target-directory   TARGET is no directory to move into
  -u, --update                only what is newer than its target, or has none
  -v, --verbose               tell each
  -Z, --context               there are no security contexts: nothing
      --help, --version       this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// What is done about files that are in the way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Replace {
    Always,
    /// Ask about what may not be written, where a person is there to answer.
    AskProtected,
    Ask,
    Never,
}

/// A command line.
struct Job {
    replace: Replace,
    update: bool,
    verbose: bool,
    backups: Backups,
    strips_slashes: bool,
    directory: Option<Vec<u8>>,
    is_no_directory: bool,
    operands: Vec<Vec<u8>>,
}

/// Runs mv: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let job = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => parse(arguments),
        Err(status) => return status,
    };
    let mut job = match job {
        Ok(job) => job,
        Err(what) => return arguments::misuse(program, &what, 1),
    };
    if job.directory.is_some() && job.is_no_directory {
        stdio::complain(program, "cannot combine --target-directory (-t) and --no-target-directory (-T)");
        return 1;
    }
    let mut run = Run::new(program, 1);
    let plan = match destination::plan(&mut job.operands, job.directory.as_deref(), job.is_no_directory) {
        Ok(plan) => plan,
        Err(Fault::Misuse(what)) => return arguments::misuse(program, &what, 1),
        Err(Fault::Trouble(what)) => {
            run.complain(what);
            return run.finish();
        }
    };
    let mut mover = Mover { run: &mut run, job: &job, made: HashSet::new() };
    for operand in &job.operands {
        let source = if job.strips_slashes { path::trimmed(operand) } else { operand };
        let moved = match &plan {
            Plan::To(target) => mover.operand(source, target),
            Plan::Into(directory) => mover.operand(source, &path::join(directory, path::base_name(source))),
        };
        if let Err(what) = moved {
            mover.run.complain(what);
        }
    }
    run.finish()
}

fn parse(arguments: Arguments) -> Result<Job, String> {
    let mut job = Job {
        replace: Replace::AskProtected,
        update: false,
        verbose: false,
        backups: Backups::none(),
        strips_slashes: false,
        directory: None,
        is_no_directory: false,
        operands: arguments.operands,
    };
    let (mut wants_backup, mut control, mut suffix) = (false, None, None);
    for (option, value) in arguments.options {
        match option {
            "b" => wants_backup = true,
            "backup" => (wants_backup, control) = (true, value.or(control)),
            "suffix" => suffix = value,
            "force" => job.replace = Replace::Always,
            "interactive" => job.replace = Replace::Ask,
            "no-clobber" => job.replace = Replace::Never,
            "update" => job.update = true,
            "verbose" => job.verbose = true,
            "strip-trailing-slashes" => job.strips_slashes = true,
            "target-directory" => job.directory = value,
            "no-target-directory" => job.is_no_directory = true,
            _ => {}
        }
    }
    if wants_backup && job.replace == Replace::Never {
        return Err("options --backup and --no-clobber are mutually exclusive".to_owned());
    }
    job.backups = Backups::read(wants_backup, control.as_deref(), suffix.as_deref())?;
    Ok(job)
}

/// Who moves.
struct Mover<'a> {
    run: &'a mut Run,
    job: &'a Job,
    /// Files that were moved here.
    made: HashSet<(u64, u64)>,
}

impl Mover<'_> {
    /// Moves one operand. The error is what to complain about.
    fn operand(&mut self, source: &[u8], target: &[u8]) -> Result<(), String> {
        let stat = system::lstat(source)
            .map_err(|errno| format!("cannot stat {}: {}", quoted_name(source), reason(errno)))?;
        let mut backup = None;
        match system::lstat(target) {
            Ok(old) => {
                if !self.may_replace(source, target, &stat, &old)? {
                    return Ok(());
                }
                backup = self.back_up(source, target, &stat)?;
            }
            Err(Errno::NOENT | Errno::LOOP) => {}
            Err(errno) => return Err(format!("cannot stat {}: {}", quoted_name(target), reason(errno))),
        }
        let moved = match system::rename(source, target) {
            Err(Errno::XDEV) => self.across(source, target, &stat),
            Err(Errno::INVAL) => {
                let (source, target) = (quoted_name(source), quoted_name(target));
                Err(format!("cannot move {source} to a subdirectory of itself, {target}"))
            }
            // A name with a slash behind it is a directory's.
            Err(Errno::NOENT) if !stat.is_directory() && target.ends_with(b"/") => {
                Err(self.cannot_move(source, target, Errno::NOTDIR))
            }
            Err(errno) => Err(self.cannot_move(source, target, errno)),
            Ok(()) => {
                if self.job.verbose {
                    let told = backup
                        .as_ref()
                        .map_or(String::new(), |name| format!(" (backup: {})", quoted_name(name)));
                    let line = format!("renamed {} -> {}{told}\n", quoted_name(source), quoted_name(target));
                    self.run.print(line);
                }
                Ok(())
            }
        };
        match (&moved, backup) {
            (Ok(()), _) => drop(system::lstat(target).map(|stat| self.made.insert(stat.identity()))),
            // What was there before goes back to its place.
            (Err(_), Some(backup)) => drop(system::rename(&backup, target)),
            (Err(_), None) => {}
        }
        moved
    }

    fn cannot_move(&self, source: &[u8], target: &[u8], errno: Errno) -> String {
        format!("cannot move {} to {}: {}", quoted_name(source), quoted_name(target), reason(errno))
    }

    /// Settles whether a file at the target gives way.
    fn may_replace(&mut self, source: &[u8], target: &[u8], stat: &Stat, old: &Stat) -> Result<bool, String> {
        let (from, to) = (quoted_name(source), quoted_name(target));
        let makes_backup = self.job.backups.name(target).is_some();
        let is_same = stat.identity() == old.identity();
        // A link may be moved onto itself by another name only, and onto what it leads to only with a backup of that.
        let leads_there =
            stat.is_link() && system::stat(source).is_ok_and(|stat| stat.identity() == old.identity());
        if (is_same && (!makes_backup || are_one_name(source, target))) || (leads_there && !makes_backup) {
            return Err(format!("{from} and {to} are the same file"));
        }
        if self.job.update && !stat.is_directory() && old.mtime >= stat.mtime {
            return Ok(false);
        }
        if !self.confirms(target, old) {
            return Ok(false);
        }
        if old.is_directory() && !stat.is_directory() && !makes_backup {
            return Err(format!("cannot overwrite directory {to} with non-directory"));
        }
        if stat.is_directory() && !old.is_directory() && !makes_backup {
            return Err(format!("cannot overwrite non-directory {to} with directory {from}"));
        }
        if self.made.contains(&old.identity()) && self.job.backups.kind != crate::backup::Kind::Numbered {
            return Err(format!("will not overwrite just-created {to} with {from}"));
        }
        Ok(true)
    }

    /// Moves what is at the target to its backup, where backups are made.
    fn back_up(&self, source: &[u8], target: &[u8], stat: &Stat) -> Result<Option<Vec<u8>>, String> {
        let backup = self.job.backups.name(target);
        let is_source =
            |name: &Vec<u8>| system::lstat(name).is_ok_and(|other| other.identity() == stat.identity());
        if matches!(path::base_name(target), b"." | b"..") {
            return Ok(None);
        }
        if backup.as_ref().is_some_and(is_source) {
            let (source, target) = (quoted_name(source), quoted_name(target));
            return Err(format!("backing up {target} might destroy source;  {source} not moved"));
        }
        self.job.backups.make(target)
    }

    /// Asks about a file that is in the way.
    fn confirms(&mut self, target: &[u8], old: &Stat) -> bool {
        let is_protected = !old.is_link() && system::access(target, 2).is_err();
        let asks = match self.job.replace {
            Replace::Always => false,
            Replace::Never => return false,
            Replace::Ask => true,
            Replace::AskProtected => is_protected && std::io::IsTerminal::is_terminal(&std::io::stdin()),
        };
        let name = quoted_name(target);
        let question = if is_protected {
            format!("replace {name}, overriding mode {:04o} ({})", old.mode & 0o7777, letters(old.mode))
        } else {
            format!("overwrite {name}")
        };
        !asks || ask::is_yes(self.run, &question)
    }

    /// Moves to another file system: by a copy.
    fn across(&mut self, source: &[u8], target: &[u8], stat: &Stat) -> Result<(), String> {
        let removed = match system::lstat(target) {
            Ok(old) if old.is_directory() => system::remove_directory(target),
            Ok(_) => system::remove(target),
            Err(_) => Ok(()),
        };
        removed.map_err(|errno| {
            let (source, target) = (quoted_name(source), quoted_name(target));
            let why = reason(errno);
            format!("inter-device move failed: {source} to {target}; unable to remove target: {why}")
        })?;
        let options = copy::Options {
            follow: Follow::Never,
            recursive: true,
            copies_contents: false,
            preserve: Preserve { mode: true, owner: true, times: true, resets_mode: false },
            preserves_links: true,
            force: false,
            overwrite: copy::Overwrite::Always,
            update: false,
            hard_links: false,
            symbolic_links: false,
            removes_first: false,
            is_move: true,
            attributes_only: false,
            one_file_system: false,
            verbose: self.job.verbose,
            backups: Backups::none(),
        };
        // A copy that is not whole must not cost the source.
        let worst = std::mem::take(&mut self.run.status);
        Copier::new(self.run, &options).operand(source, target);
        let is_whole = self.run.status == 0;
        self.run.status = self.run.status.max(worst);
        if is_whole {
            let options = removal::Options {
                ask: Ask::Never,
                force: false,
                recursive: stat.is_directory(),
                empty_directories: false,
                one_file_system: false,
                root: None,
                keeps_mounts: false,
                verbose: self.job.verbose,
            };
            Remover::new(self.run, options).operand(source);
        }
        Ok(())
    }
}

/// Whether two paths are the same name in the same directory.
pub fn are_one_name(one: &[u8], other: &[u8]) -> bool {
    let identity = |path: &[u8]| system::stat(path::parent(path)).map(|stat| stat.identity()).ok();
    path::base_name(one) == path::base_name(other) && identity(one) == identity(other)
}
