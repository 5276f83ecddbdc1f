//! install: copies of files with the mode and the owner that they are to have.

use cli::getopt::Syntax;
use cli::stdio;
use cli::wording::{quoted, quoted_name, reason};
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::arguments::{self, About, Arguments, MAYBE, NO, VALUE};
use crate::backup::Backups;
use crate::chmod::mode::Changes;
use crate::copy::data::{Failure, transfer};
use crate::mkdir::make_parents;
use crate::path;
use crate::people::{self, Names};
use crate::run::Run;
use crate::system::{self, NewTime, Stat};

static ABOUT: About = About {
    syntax: &Syntax {
        short: &[
            (b'b', NO, "b"),
            (b'c', NO, "c"),
            (b'C', NO, "compare"),
            (b'd', NO, "directory"),
            (b'D', NO, "D"),
            (b'g', VALUE, "group"),
            (b'm', VALUE, "mode"),
            (b'o', VALUE, "owner"),
            (b'p', NO, "preserve-timestamps"),
            (b's', NO, "strip"),
            (b'S', VALUE, "suffix"),
            (b't', VALUE, "target-directory"),
            (b'T', NO, "no-target-directory"),
            (b'v', NO, "verbose"),
            (b'Z', NO, "context"),
        ],
        long: &[
            ("backup", MAYBE, "backup"),
            ("compare", NO, "compare"),
            ("context", MAYBE, "context"),
            ("directory", NO, "directory"),
            ("group", VALUE, "group"),
            ("mode", VALUE, "mode"),
            ("no-target-directory", NO, "no-target-directory"),
            ("owner", VALUE, "owner"),
            ("preserve-timestamps", NO, "preserve-timestamps"),
            ("preserve-context", NO, "context"),
            ("strip", NO, "strip"),
            ("strip-program", VALUE, "strip-program"),
            ("suffix", VALUE, "suffix"),
            ("target-directory", VALUE, "target-directory"),
            ("verbose", NO, "verbose"),
            ("help", NO, "help"),
            ("version", NO, "version"),
        ],
    },
    help: "\
Usage: {} [OPTION]... [-T] SOURCE TARGET
  or:  {} [OPTION]... SOURCE... DIRECTORY
  or:  {} [OPTION]... -t DIRECTORY SOURCE...
  or:  {} [OPTION]... -d DIRECTORY...
Copies files and sets their modes, or makes directories.

  -b, --backup[=CONTROL]      keep what is replaced: none, simple, existing, numbered
  -c                          nothing
  -C, --compare               leave targets alone that are the same already
  -d, --directory             make directories, with those above them
  -D                          make the directories above TARGET, or DIRECTORY
  -g, --group=GROUP           of this group
  -m, --mode=MODE             with this mode, as chmod reads it, in place of rwxr-xr-x
  -o, --owner=OWNER           of this owner
  -p, --preserve-timestamps   with the times of SOURCE
  -s, --strip                 strip programs, by --strip-program: there is none here
  -S, --suffix=SUFFIX         of backups, in place of ~
  -t, --target-directory=DIR  to DIR
  -T, --no-target-directory   TARGET is no directory to copy into
  -v, --verbose               tell each
  -Z, --context[=CTX]         there are no security contexts: nothing
      --help, --version       this text, the version
",
    trouble: 1,
    operands_end_options: false,
};

/// What a command line asks for.
struct Job {
    /// The modes of files and of directories.
    modes: [u32; 2],
    uid: Option<u32>,
    gid: Option<u32>,
    times: bool,
    compare: bool,
    verbose: bool,
    makes_parents: bool,
    directories: bool,
    directory: Option<Vec<u8>>,
    is_no_directory: bool,
    backups: Backups,
    strip: Option<Vec<u8>>,
    operands: Vec<Vec<u8>>,
}

/// Why a command line cannot be followed.
enum Fault {
    Misuse(String),
    Trouble(String),
}

/// Runs install: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let job = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => parse(program, arguments),
        Err(status) => return status,
    };
    let done = job.and_then(|job| {
        let mut install = Install { run: Run::new(program, 1), block: Vec::new(), made: Vec::new(), job };
        install.all()?;
        Ok(install.run.finish())
    });
    match done {
        Ok(status) => status,
        Err(Fault::Misuse(what)) => arguments::misuse(program, &what, 1),
        Err(Fault::Trouble(what)) => {
            stdio::complain(program, &what);
            1
        }
    }
}

fn parse(program: &str, arguments: Arguments) -> Result<Job, Fault> {
    let mut job = Job {
        modes: [0o755; 2],
        uid: None,
        gid: None,
        times: false,
        compare: false,
        verbose: false,
        makes_parents: false,
        directories: false,
        directory: None,
        is_no_directory: false,
        backups: Backups::none(),
        strip: None,
        operands: arguments.operands,
    };
    let (mut mode, mut owner, mut group, mut strips, mut strip_program) = (None, None, None, false, None);
    let (mut wants_backup, mut control, mut suffix) = (false, None, None);
    for (option, value) in arguments.options {
        match option {
            "b" => wants_backup = true,
            "backup" => (wants_backup, control) = (true, value.or(control)),
            "suffix" => suffix = value,
            "compare" => job.compare = true,
            "directory" => job.directories = true,
            "D" => job.makes_parents = true,
            "group" => group = value,
            "mode" => mode = value,
            "owner" => owner = value,
            "preserve-timestamps" => job.times = true,
            "strip" => strips = true,
            "strip-program" => strip_program = value,
            "target-directory" => job.directory = value,
            "no-target-directory" => job.is_no_directory = true,
            "verbose" => job.verbose = true,
            _ => {}
        }
    }
    if strips && job.directories {
        return Err(Fault::Trouble(
            "the strip option may not be used when installing a directory".to_owned(),
        ));
    }
    if job.directories && job.directory.is_some() {
        return Err(Fault::Trouble("target directory not allowed when installing a directory".to_owned()));
    }
    if job.directory.is_some() && job.is_no_directory {
        let what = "cannot combine --target-directory (-t) and --no-target-directory (-T)";
        return Err(Fault::Trouble(what.to_owned()));
    }
    job.backups =
        Backups::read(wants_backup, control.as_deref(), suffix.as_deref()).map_err(Fault::Misuse)?;
    let needed = if job.directories || job.directory.is_some() { 1 } else { 2 };
    if job.operands.len() < needed {
        return Err(Fault::Misuse(match job.operands.first() {
            None => "missing file operand".to_owned(),
            Some(only) => format!("missing destination file operand after {}", quoted_name(only)),
        }));
    }
    if job.is_no_directory
        && let Some(extra) = job.operands.get(2)
    {
        return Err(Fault::Misuse(format!("extra operand {}", quoted_name(extra))));
    }
    if let Some(text) = mode {
        let changes = Changes::read(&text);
        let changes = changes.ok_or_else(|| Fault::Trouble(format!("invalid mode {}", quoted(&text))))?;
        job.modes = [false, true].map(|is_directory| changes.apply(0, is_directory, 0));
    }
    if strip_program.is_some() && !strips {
        stdio::complain(program, "WARNING: ignoring --strip-program option as -s option was not specified");
    }
    job.strip = strips.then(|| strip_program.unwrap_or_else(|| b"strip".to_vec()));
    if job.compare && job.times {
        let what = "options --compare (-C) and --preserve-timestamps are mutually exclusive";
        return Err(Fault::Misuse(what.to_owned()));
    }
    if job.compare && job.strip.is_some() {
        let what = "options --compare (-C) and --strip are mutually exclusive";
        return Err(Fault::Misuse(what.to_owned()));
    }
    job.uid = number(owner, Names::people, "user")?;
    job.gid = number(group, Names::groups, "group")?;
    Ok(job)
}

fn number(text: Option<Vec<u8>>, names: fn() -> Names, what: &str) -> Result<Option<u32>, Fault> {
    let Some(text) = text else { return Ok(None) };
    match names().number(&text).or_else(|| people::number(&text)) {
        Some(number) => Ok(Some(number)),
        None => Err(Fault::Trouble(format!("invalid {what} {}", quoted(&text)))),
    }
}

/// One run.
struct Install {
    run: Run,
    job: Job,
    block: Vec<u8>,
    /// What was installed so far.
    made: Vec<(u64, u64)>,
}

impl Install {
    fn all(&mut self) -> Result<(), Fault> {
        let mut operands = std::mem::take(&mut self.job.operands);
        if self.job.directories {
            for directory in &operands {
                self.make_directory(directory);
            }
            return Ok(());
        }
        if let Some(directory) = self.job.directory.clone() {
            if self.job.makes_parents && !self.make_above(&path::join(&directory, b"x")) {
                return Ok(());
            }
            return match system::stat(&directory) {
                Ok(stat) if stat.is_directory() => {
                    self.into(&operands, &directory);
                    Ok(())
                }
                found => {
                    let errno = found.err().unwrap_or(Errno::NOTDIR);
                    Err(Fault::Trouble(format!(
                        "failed to access {}: {}",
                        quoted_name(&directory),
                        reason(errno)
                    )))
                }
            };
        }
        let target = operands.pop().unwrap_or_default();
        let found = system::stat(&target);
        if !self.job.is_no_directory && found.as_ref().is_ok_and(|stat| stat.is_directory()) {
            self.into(&operands, &target);
            return Ok(());
        }
        if operands.len() > 1 {
            let errno = found.err().unwrap_or(Errno::NOTDIR);
            return Err(Fault::Trouble(format!("target {}: {}", quoted_name(&target), reason(errno))));
        }
        if let Some(source) = operands.first() {
            // Nothing is made above a target for a source that is not there.
            let is_there = system::stat(source).is_ok_and(|stat| !stat.is_directory());
            if !(self.job.makes_parents && is_there) || self.make_above(&target) {
                self.file(source, &target);
            }
        }
        Ok(())
    }

    fn into(&mut self, sources: &[Vec<u8>], directory: &[u8]) {
        for source in sources {
            self.file(source, &path::join(directory, path::base_name(source)));
        }
    }

    /// Makes the directories above a path; answers whether they are there.
    fn make_above(&mut self, path: &[u8]) -> bool {
        let (run, verbose) = (&mut self.run, self.job.verbose);
        let made = make_parents(path, 0o022, |made| tell_directory(run, verbose, made));
        if let Err((path, errno)) = made {
            self.run.complain(format!("cannot create directory {}: {}", quoted_name(&path), reason(errno)));
            return false;
        }
        true
    }

    fn make_directory(&mut self, directory: &[u8]) {
        if !self.make_above(directory) {
            return;
        }
        let umask = system::set_umask(0o077);
        let made = system::make_directory(directory, 0o700);
        system::set_umask(umask);
        match made {
            Ok(()) => tell_directory(&mut self.run, self.job.verbose, directory),
            Err(errno) if !system::stat(directory).is_ok_and(|stat| stat.is_directory()) => {
                self.run.complain(format!(
                    "cannot create directory {}: {}",
                    quoted_name(directory),
                    reason(errno)
                ));
                return;
            }
            Err(_) => {}
        }
        self.give(directory, None, self.job.modes[1]);
    }

    /// Installs one file.
    fn file(&mut self, source: &[u8], target: &[u8]) {
        if let Err(what) = self.install(source, target) {
            self.run.complain(what);
        }
    }

    fn install(&mut self, source: &[u8], target: &[u8]) -> Result<(), String> {
        let name = quoted_name(source);
        let stat = system::stat(source).map_err(|errno| format!("cannot stat {name}: {}", reason(errno)))?;
        if stat.is_directory() {
            return Err(format!("omitting directory {name}"));
        }
        let old = system::lstat(target).ok();
        let mut backup = None;
        if let Some(old) = old {
            if old.is_directory() {
                return Err(format!("cannot overwrite directory {} with non-directory", quoted_name(target)));
            }
            let target_name = quoted_name(target);
            if old.identity() == stat.identity() {
                return Err(format!("{name} and {target_name} are the same file"));
            }
            if self.made.contains(&old.identity()) {
                return Err(format!("will not overwrite just-created {target_name} with {name}"));
            }
            if self.job.compare && self.is_same(source, target, &stat, &old) {
                return Ok(());
            }
            backup = self.job.backups.name(target);
            let result = match &backup {
                Some(backup) => {
                    let renamed = system::rename(target, backup);
                    renamed.map_err(|errno| format!("cannot backup {target_name}: {}", reason(errno)))
                }
                None => {
                    let removed = system::remove(target);
                    removed.map_err(|errno| format!("cannot remove {target_name}: {}", reason(errno)))
                }
            };
            result?;
            if self.job.verbose && backup.is_none() {
                self.run.print(format!("removed {target_name}\n"));
            }
        }
        self.write(source, target, backup.as_deref())?;
        if let Ok(made) = system::lstat(target) {
            self.made.push(made.identity());
        }
        if let Some(program) = self.job.strip.clone() {
            let program = String::from_utf8_lossy(&program).into_owned();
            let _ = system::remove(target);
            return Err(format!("cannot run {program}: No such file or directory"));
        }
        self.give(target, self.job.times.then_some(&stat), self.job.modes[0]);
        Ok(())
    }

    /// Writes the copy, which nobody else may read yet.
    fn write(&mut self, source: &[u8], target: &[u8], backup: Option<&[u8]>) -> Result<(), String> {
        let (name, target_name) = (quoted_name(source), quoted_name(target));
        let input = system::open_read(source)
            .map_err(|errno| format!("cannot open {name} for reading: {}", reason(errno)))?;
        let umask = system::set_umask(0o077);
        let output = system::open(target, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL, 0o600);
        system::set_umask(umask);
        let output =
            output.map_err(|errno| format!("cannot create regular file {target_name}: {}", reason(errno)))?;
        if self.job.verbose {
            let backup = backup.map_or(String::new(), |name| format!(" (backup: {})", quoted_name(name)));
            self.run.print(format!("{name} -> {target_name}{backup}\n"));
        }
        transfer(&input, &output, &mut self.block).map_err(|failure| match failure {
            Failure::Read(errno) => format!("error reading {name}: {}", reason(errno)),
            Failure::Write(errno) => format!("error writing {target_name}: {}", reason(errno)),
        })
    }

    /// Sets times, owner and mode.
    fn give(&mut self, path: &[u8], times: Option<&Stat>, mode: u32) {
        let name = quoted_name(path);
        if let Some(stat) = times {
            let set = system::set_times(path, NewTime::At(stat.atime), NewTime::At(stat.mtime), true);
            if let Err(errno) = set {
                self.run.complain(format!("cannot set timestamps for {name}: {}", reason(errno)));
            }
        }
        if (self.job.uid.is_some() || self.job.gid.is_some())
            && let Err(errno) = system::set_owner(path, false, self.job.uid, self.job.gid)
        {
            return self.run.complain(format!("cannot change ownership of {name}: {}", reason(errno)));
        }
        if let Err(errno) = system::set_mode(path, mode) {
            self.run.complain(format!("cannot change permissions of {name}: {}", reason(errno)));
        }
    }

    /// Whether the target is what it would become.
    fn is_same(&self, source: &[u8], target: &[u8], stat: &Stat, old: &Stat) -> bool {
        let (uid, gid) = system::user();
        let is_owned = old.uid == self.job.uid.unwrap_or(uid) && old.gid == self.job.gid.unwrap_or(gid);
        old.is_regular()
            && stat.is_regular()
            && old.size == stat.size
            && old.mode & 0o7777 == self.job.modes[0]
            && is_owned
            && are_same_bytes(source, target).unwrap_or(false)
    }
}

fn tell_directory(run: &mut Run, verbose: bool, path: &[u8]) {
    if verbose {
        let line = format!("{}: creating directory {}\n", run.program, quoted_name(path));
        run.print(line);
    }
}

fn are_same_bytes(left: &[u8], right: &[u8]) -> Result<bool, Errno> {
    let (left, right) = (system::open_read(left)?, system::open_read(right)?);
    let (mut one, mut other) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let (a, b) = (fill(&left, &mut one)?, fill(&right, &mut other)?);
        if a != b || one[..a] != other[..b] {
            return Ok(false);
        }
        if a == 0 {
            return Ok(true);
        }
    }
}

/// Reads until the block is full or the file ends.
fn fill(file: &std::os::fd::OwnedFd, block: &mut [u8]) -> Result<usize, Errno> {
    let mut used = 0;
    while used < block.len() {
        match system::read(file, &mut block[used..])? {
            0 => break,
            length => used += length,
        }
    }
    Ok(used)
}
