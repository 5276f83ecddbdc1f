//! ln: hard and symbolic links.

use std::collections::HashSet;

use cli::getopt::Syntax;
use cli::stdio;
use cli::wording::{name as shown_name, quoted_name, reason};
use rustix::io::Errno;

use crate::arguments::{self, About, Arguments, MAYBE, NO, VALUE};
use crate::ask;
use crate::backup::{Backups, Kind};
use crate::mv::are_one_name;
use crate::path;
use crate::resolve::{Existing, relative, resolve};
use crate::run::Run;
use crate::system::{self, Stat};

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'b', NO, "b"),
            (b'd', NO, "directory"),
            (b'f', NO, "force"),
            (b'F', NO, "directory"),
            (b'i', NO, "interactive"),
            (b'L', NO, "logical"),
            (b'n', NO, "no-dereference"),
            (b'P', NO, "physical"),
            (b'r', NO, "relative"),
            (b's', NO, "symbolic"),
            (b'S', VALUE, "suffix"),
            (b't', VALUE, "target-directory"),
            (b'T', NO, "no-target-directory"),
            (b'v', NO, "verbose"),
        ],
        long: &[
            ("backup", MAYBE, "backup"),
            ("directory", NO, "directory"),
            ("no-dereference", NO, "no-dereference"),
            ("no-target-directory", NO, "no-target-directory"),
            ("force", NO, "force"),
            ("interactive", NO, "interactive"),
            ("suffix", VALUE, "suffix"),
            ("target-directory", VALUE, "target-directory"),
            ("logical", NO, "logical"),
            ("physical", NO, "physical"),
            ("relative", NO, "relative"),
            ("symbolic", NO, "symbolic"),
            ("verbose", NO, "verbose"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... [-T] TARGET LINK
  or:  {} [OPTION]... TARGET
  or:  {} [OPTION]... TARGET... DIRECTORY
  or:  {} [OPTION]... -t DIRECTORY TARGET...
Makes links to files, hard ones where nothing else is asked for.

  -b, --backup[=CONTROL]      keep what is replaced: none, simple, existing, numbered
  -d, -F, --directory         hard links to directories: the system refuses them
  -f, --force                 remove what is in the way
  -i, --interactive           ask whether to remove it
  -L, --logical               a hard link to what a symbolic one leads to
  -n, --no-dereference        LINK is a name even where it is a link to a directory
  -P, --physical              a hard link to the symbolic one itself, as always
  -r, --relative              with -s: as seen from the directory of the link
  -s, --symbolic              symbolic links
  -S, --suffix=SUFFIX         of backups, in place of ~
  -t, --target-directory=DIR  in DIR
  -T, --no-target-directory   LINK is no directory to make links in
  -v, --verbose               tell each
      --help, --version       this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// A command line.
struct Job {
    symbolic: bool,
    relative: bool,
    follows: bool,
    directories: bool,
    force: bool,
    asks: bool,
    verbose: bool,
    backups: Backups,
    follows_target: bool,
    directory: Option<Vec<u8>>,
    is_no_directory: bool,
    operands: Vec<Vec<u8>>,
}

/// Runs ln: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let job = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => parse(program, arguments),
        Err(status) => return status,
    };
    let mut job = match job {
        Ok(job) => job,
        Err(status) => return status,
    };
    let mut run = Run::new(program, 1);
    match places(&mut job) {
        Err(Fault::Misuse(what)) => return arguments::misuse(program, &what, 1),
        Err(Fault::Trouble(what)) => run.complain(what),
        Ok(places) => {
            let mut linker = Linker { run: &mut run, job: &job, made: HashSet::new() };
            for (target, link) in &places {
                if let Err(what) = linker.link(target, link) {
                    linker.run.complain(what);
                }
            }
        }
    }
    run.finish()
}

fn parse(program: &str, arguments: Arguments) -> Result<Job, i32> {
    let mut job = Job {
        symbolic: false,
        relative: false,
        follows: false,
        directories: false,
        force: false,
        asks: false,
        verbose: false,
        backups: Backups::none(),
        follows_target: true,
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
            "directory" => job.directories = true,
            "force" => (job.force, job.asks) = (true, false),
            "interactive" => (job.force, job.asks) = (false, true),
            "logical" => job.follows = true,
            "physical" => job.follows = false,
            "no-dereference" => job.follows_target = false,
            "relative" => job.relative = true,
            "symbolic" => job.symbolic = true,
            "target-directory" => job.directory = value,
            "no-target-directory" => job.is_no_directory = true,
            _ => job.verbose = true,
        }
    }
    if job.is_no_directory && job.directory.is_some() {
        stdio::complain(program, "cannot combine --target-directory and --no-target-directory");
        return Err(1);
    }
    let misuse = |what: String| arguments::misuse(program, &what, 1);
    job.backups = Backups::read(wants_backup, control.as_deref(), suffix.as_deref()).map_err(misuse)?;
    if job.relative && !job.symbolic {
        stdio::complain(program, "cannot do --relative without --symbolic");
        return Err(1);
    }
    Ok(job)
}

/// Why a command line cannot be followed.
enum Fault {
    Misuse(String),
    Trouble(String),
}

/// A target and the name of its link.
type Place = (Vec<u8>, Vec<u8>);

/// The targets, each with the name of its link.
fn places(job: &mut Job) -> Result<Vec<Place>, Fault> {
    if let Some(directory) = &job.directory {
        check_directory(directory)?;
    }
    if job.operands.is_empty() {
        return Err(Fault::Misuse("missing file operand".to_owned()));
    }
    if job.is_no_directory {
        return match job.operands.as_slice() {
            [target, link] => Ok(vec![(target.clone(), link.clone())]),
            [only] => {
                Err(Fault::Misuse(format!("missing destination file operand after {}", quoted_name(only))))
            }
            [_, _, extra, ..] => Err(Fault::Misuse(format!("extra operand {}", quoted_name(extra)))),
            [] => Ok(Vec::new()),
        };
    }
    let directory = match &job.directory {
        Some(directory) => directory.clone(),
        None if job.operands.len() == 1 => b".".to_vec(),
        None => {
            let last = job.operands.last().cloned().unwrap_or_default();
            let is_name = !job.follows_target && system::lstat(&last).is_ok_and(|stat| stat.is_link());
            let found = if is_name { Err(Errno::NOTDIR) } else { system::stat(&last) };
            if !found.is_ok_and(|stat| stat.is_directory()) {
                if let [target, link] = job.operands.as_slice() {
                    return Ok(vec![(target.clone(), link.clone())]);
                }
                let why = found.err().unwrap_or(Errno::NOTDIR);
                return Err(Fault::Trouble(format!("target {}: {}", quoted_name(&last), reason(why))));
            }
            job.operands.pop();
            last
        }
    };
    let name = |target: &[u8]| match path::base_name(target) {
        b"/" => b"".to_vec(),
        name => name.to_vec(),
    };
    Ok(job.operands.iter().map(|target| (target.clone(), in_directory(&directory, &name(target)))).collect())
}

fn in_directory(directory: &[u8], name: &[u8]) -> Vec<u8> {
    if directory.ends_with(b"/") { [directory, name].concat() } else { [directory, b"/", name].concat() }
}

/// Whether a directory is one; else the complaint that it is not.
fn check_directory(directory: &[u8]) -> Result<(), Fault> {
    let name = quoted_name(directory);
    match system::stat(directory) {
        Ok(stat) if stat.is_directory() => Ok(()),
        Ok(_) => Err(Fault::Trouble(format!("target {name} is not a directory"))),
        Err(errno) => Err(Fault::Trouble(format!("failed to access {name}: {}", reason(errno)))),
    }
}

/// Who links.
struct Linker<'a> {
    run: &'a mut Run,
    job: &'a Job,
    /// Links that were made here, by name and directory.
    made: HashSet<Vec<u8>>,
}

impl Linker<'_> {
    /// Makes one link. The error is what to complain about.
    fn link(&mut self, target: &[u8], link: &[u8]) -> Result<(), String> {
        let job = self.job;
        let stat = self.target_stat(target)?;
        let target = if job.relative { seen_from_link(target, link) } else { target.to_vec() };
        let mut backup = None;
        let replaces = job.force || job.asks || job.backups.kind != Kind::None;
        if replaces && let Ok(old) = system::lstat(link) {
            if old.is_directory() {
                return Err(format!("{}: cannot overwrite directory", shown_name(link)));
            }
            if self.made.contains(link) {
                let (link, target) = (quoted_name(link), quoted_name(&target));
                return Err(format!("will not overwrite just-created {link} with {target}"));
            }
            let source = if job.symbolic { system::stat(&target).ok() } else { stat };
            let is_same = source.is_some_and(|stat| stat.identity() == old.identity());
            if is_same && (old.nlink == 1 || are_one_name(&target, link)) {
                return Err(format!("{} and {} are the same file", quoted_name(&target), quoted_name(link)));
            }
            if job.asks && !ask::is_yes(self.run, &format!("replace {}", quoted_name(link))) {
                return Ok(());
            }
            backup = job.backups.make(link)?;
            // Another name of the same file is there already.
            if backup.is_none() && is_same && !job.symbolic {
                self.made.insert(link.to_vec());
                self.tell(&target, link, None);
                return Ok(());
            }
        }
        let made = self.make(&target, link, job.force || job.asks);
        if let (Err(_), Some(backup)) = (&made, &backup) {
            // What was there before goes back to its place; there is no more to say when it cannot.
            let _ = system::rename(backup, link);
        }
        made.map_err(|errno| self.complaint(&target, link, errno))?;
        if !job.symbolic {
            self.made.insert(link.to_vec());
        }
        self.tell(&target, link, backup.as_deref());
        Ok(())
    }

    /// What a hard link would be another name of.
    fn target_stat(&self, target: &[u8]) -> Result<Option<Stat>, String> {
        let job = self.job;
        if job.symbolic {
            return Ok(None);
        }
        let found = if job.follows { system::stat(target) } else { system::lstat(target) };
        let stat =
            found.map_err(|errno| format!("failed to access {}: {}", quoted_name(target), reason(errno)))?;
        if stat.is_directory() && !job.directories {
            return Err(format!("{}: hard link not allowed for directory", shown_name(target)));
        }
        Ok(Some(stat))
    }

    fn make(&self, target: &[u8], link: &[u8], replaces: bool) -> Result<(), Errno> {
        let make = |link: &[u8]| match (self.job.symbolic, link) {
            (_, b"") => Err(Errno::NOENT),
            (true, _) if target.is_empty() => Err(Errno::NOENT),
            (true, _) => system::make_link(target, link),
            (false, _) => system::make_hard_link(target, link, self.job.follows),
        };
        match make(link) {
            Err(Errno::EXIST) if replaces => {}
            made => return made,
        }
        // The name is there at every moment: the new link takes the place of the old one at once.
        let directory = path::parent(link);
        for number in 0..u32::MAX {
            let passing = in_directory(directory, format!(".ln{number:06}").as_bytes());
            match make(&passing) {
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno),
                Ok(()) => {
                    let renamed = system::rename(&passing, link);
                    if renamed.is_err() {
                        // The reason is told; there is no more to say when this fails too.
                        let _ = system::remove(&passing);
                    }
                    return renamed;
                }
            }
        }
        Err(Errno::EXIST)
    }

    fn complaint(&self, target: &[u8], link: &[u8], errno: Errno) -> String {
        let (from, to, why) = (quoted_name(target), quoted_name(link), reason(errno));
        match (self.job.symbolic, errno) {
            (true, Errno::NAMETOOLONG) => format!("failed to create symbolic link {to} -> {from}: {why}"),
            (true, _) if target.is_empty() => format!("failed to create symbolic link {to} -> {from}: {why}"),
            (true, _) => format!("failed to create symbolic link {to}: {why}"),
            (false, Errno::MLINK) => format!("failed to create hard link to {from}: {why}"),
            (false, Errno::EXIST | Errno::DQUOT | Errno::NOSPC | Errno::ROFS) => {
                format!("failed to create hard link {to}: {why}")
            }
            (false, _) => format!("failed to create hard link {to} => {from}: {why}"),
        }
    }

    fn tell(&mut self, target: &[u8], link: &[u8], backup: Option<&[u8]>) {
        if self.job.verbose {
            let backup = backup.map_or(String::new(), |name| format!("{} ~ ", quoted_name(name)));
            let arrow = if self.job.symbolic { "->" } else { "=>" };
            let line = format!("{backup}{} {arrow} {}\n", quoted_name(link), quoted_name(target));
            self.run.print(line);
        }
    }
}

/// A target as it is seen from the directory of its link; as it is where it cannot be resolved.
fn seen_from_link(target: &[u8], link: &[u8]) -> Vec<u8> {
    let target_name = resolve(target, Existing::None, true);
    let directory = resolve(path::parent(link), Existing::None, true);
    match (target_name, directory) {
        (Ok(path), Ok(from)) => relative(&path, &from),
        _ => target.to_vec(),
    }
}
