//! unzip and zipinfo: what is in zip archives, and files out of them, in the words of UnZip 6.00.
//!
//! It owns the command line, the walk over the entries and the status; [`listing`] prints tables, [`extract`] makes
//! files. Written from the manual, and held against the program.

mod extract;
mod listing;

pub use listing::percent;

use std::fs::File;

use cli::stdio;

use crate::glob::{self, Rules};
use crate::host;
use crate::zip::format::{self, Directory, Entry, Failure};

/// Statuses.
const WARNING: i32 = 1;
const ERROR: i32 = 2;
const SEVERE: i32 = 3;
const NOT_FOUND: i32 = 9;
const USAGE: i32 = 10;
const NOTHING_MATCHED: i32 = 11;
const UNSUPPORTED: i32 = 81;

/// What is done with the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    #[default]
    Extract,
    /// To standard output; with names in between.
    Pipe {
        named: bool,
    },
    Test,
    List {
        verbose: bool,
    },
    Info {
        names_only: bool,
    },
    Comment,
}

/// What becomes of a file that is in the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    #[default]
    Ask,
    Overwrite,
    Keep,
}

/// What was asked for.
#[derive(Default)]
pub struct Job {
    action: Action,
    existing: Existing,
    freshen: bool,
    update: bool,
    quiet: u32,
    junk: bool,
    ignore_case: bool,
    lower_case: bool,
    keep_special: bool,
    archive: Vec<u8>,
    names: Vec<Vec<u8>>,
    excluded: Vec<Vec<u8>>,
    folder: Vec<u8>,
}

/// Runs unzip: its name and its arguments, to an exit status.
pub fn main(typed: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let program = cli::multicall::command_name(typed);
    let job = match parse(program, arguments) {
        Ok(job) => job,
        Err(status) => return status,
    };
    let (path, mut file) = match open(&job) {
        Ok(opened) => opened,
        Err(status) => return status,
    };
    let shown = String::from_utf8_lossy(&path).into_owned();
    let is_quiet = job.quiet > 0
        || matches!(job.action, Action::Pipe { named: false } | Action::Info { names_only: true });
    if !is_quiet {
        print(&format!("Archive:  {shown}\n"));
    }
    let directory = match format::read(&mut file) {
        Ok(directory) => directory,
        Err(failure) => return unreadable(&job, &shown, &failure),
    };
    let mut status = 0;
    if directory.before > 0 {
        stdio::note(&format!(
            "warning [{shown}]:  {} extra bytes at beginning or within zipfile\n  (attempting to process anyway)",
            directory.before
        ));
        status = WARNING;
    }
    if !directory.comment.is_empty()
        && (job.action == Action::Comment || !is_quiet && !matches!(job.action, Action::Info { .. }))
    {
        print(&format!("{}\n", String::from_utf8_lossy(&directory.comment)));
    }
    status.max(run(&job, &shown, &mut file, &directory))
}

/// Does what was asked for with the entries that were asked for.
fn run(job: &Job, shown: &str, file: &mut File, directory: &Directory) -> i32 {
    let mut found = vec![false; job.names.len()];
    let selected: Vec<(usize, &Entry)> = directory
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| job.selects(&entry.name, &mut found))
        .collect();
    if directory.entries.is_empty() && job.action != Action::Comment {
        stdio::note(&format!("warning [{shown}]:  zipfile is empty"));
        return WARNING;
    }
    match job.action {
        Action::Comment => return 0,
        Action::List { verbose } => {
            listing::table(job, &selected, verbose);
            return if selected.is_empty() && !job.names.is_empty() { NOTHING_MATCHED } else { 0 };
        }
        Action::Info { names_only } => {
            let size = host::stat_fd(&*file).map_or(0, |stat| stat.size);
            listing::info(job, &selected, names_only, size, directory.entries.len());
            if selected.is_empty() && !job.names.is_empty() {
                report_missing(job, &found);
                return NOTHING_MATCHED;
            }
            return 0;
        }
        Action::Extract | Action::Pipe { .. } | Action::Test => {}
    }
    let mut status = extract::all(job, shown, file, &selected);
    if found.iter().any(|found| !found) {
        report_missing(job, &found);
        if status <= WARNING {
            status = NOTHING_MATCHED;
        }
    }
    if job.action == Action::Test && selected.len() < directory.entries.len() && status == 0 {
        let (count, plural) = (selected.len(), if selected.len() == 1 { "" } else { "s" });
        print(&format!("No errors detected in {shown} for the {count} file{plural} tested.\n"));
    } else if job.action == Action::Test {
        print(&if status == 0 {
            format!("No errors detected in compressed data of {shown}.\n")
        } else {
            format!("At least one error was detected in {shown}.\n")
        });
    }
    status
}

fn report_missing(job: &Job, found: &[bool]) {
    for (name, _) in job.names.iter().zip(found).filter(|(_, found)| !**found) {
        stdio::note(&format!("caution: filename not matched:  {}", String::from_utf8_lossy(name)));
    }
}

impl Job {
    fn rules(&self) -> Rules {
        Rules { slash_too: true, ignore_case: self.ignore_case, leading_folder: false }
    }

    fn selects(&self, name: &[u8], found: &mut [bool]) -> bool {
        let mut selected = self.names.is_empty();
        for (pattern, found) in self.names.iter().zip(found.iter_mut()) {
            if glob::matches(pattern, name, self.rules()) {
                (selected, *found) = (true, true);
                break;
            }
        }
        selected && !self.excluded.iter().any(|pattern| glob::matches(pattern, name, self.rules()))
    }
}

/// Opens the archive by its name, or with the suffix behind it.
fn open(job: &Job) -> Result<(Vec<u8>, File), i32> {
    let mut first_denied = None;
    for suffix in ["", ".zip", ".ZIP"] {
        let path = [&job.archive, suffix.as_bytes()].concat();
        let is_directory = host::stat(&path, true).is_ok_and(|stat| stat.is(host::DIRECTORY));
        match host::open(&path) {
            Ok(file) if !is_directory => return Ok((path, file)),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                first_denied.get_or_insert(host::reason(&error));
            }
            _ => {}
        }
    }
    let name = String::from_utf8_lossy(&job.archive).into_owned();
    if let Some(why) = first_denied {
        stdio::note(&format!("error:  cannot open zipfile [ {name} ]\n        {why}"));
    }
    stdio::note(&format!("unzip:  cannot find or open {name}, {name}.zip or {name}.ZIP."));
    Err(NOT_FOUND)
}

fn unreadable(job: &Job, shown: &str, failure: &Failure) -> i32 {
    match failure {
        Failure::NoEnd => {
            let name = String::from_utf8_lossy(&job.archive).into_owned();
            stdio::note(&format!(
                "{NO_END}\nunzip:  cannot find zipfile directory in one of {name} or\n        {name}.zip, and cannot find {name}.ZIP, period."
            ));
            NOT_FOUND
        }
        Failure::NoDirectory => {
            stdio::note(&format!(
                "error [{shown}]:  start of central directory not found;\n  zipfile corrupt.\n  (please check that you have transferred or created the zipfile in the\n  appropriate BINARY mode and that you have compiled UnZip properly)"
            ));
            SEVERE
        }
        Failure::Io(error) => {
            stdio::note(&format!("error [{shown}]:  {}", host::reason(error)));
            SEVERE
        }
    }
}

const NO_END: &str = "  End-of-central-directory signature not found.  Either this file is not
  a zipfile, or it constitutes one disk of a multi-part archive.  In the
  latter case the central directory and zipfile comment will be found on
  the last disk(s) of this archive.";

/// Whether an archive can be read and all its checksums agree.
pub fn is_sound(path: &[u8]) -> bool {
    let Ok(mut file) = host::open(path) else { return false };
    let Ok(directory) = format::read(&mut file) else { return false };
    let job = Job { action: Action::Test, quiet: 1, ..Job::default() };
    let entries: Vec<(usize, &Entry)> = directory.entries.iter().enumerate().collect();
    extract::all(&job, &String::from_utf8_lossy(path), &mut file, &entries) == 0
}

/// Reads the command line; the error is the status to leave with.
fn parse(program: &str, arguments: Vec<Vec<u8>>) -> Result<Job, i32> {
    let mut job = Job::default();
    let mut is_info = program == "zipinfo";
    let (mut excludes, mut verbose, mut only_names) = (false, false, false);
    let mut words = arguments.into_iter();
    while let Some(word) = words.next() {
        let is_option = word.starts_with(b"-") && word.len() > 1 && !only_names;
        match word.as_slice() {
            b"--" if is_option => only_names = true,
            b"--help" | b"-h" | b"-hh" | b"-?" if is_option => return Err(help(program, 0)),
            b"--version" if is_option => return Err(version(program)),
            _ if is_option => {
                for (at, letter) in word[1..].iter().enumerate() {
                    match letter {
                        b'd' if !is_info => {
                            let rest = &word[at + 2..];
                            let folder = if rest.is_empty() { words.next() } else { Some(rest.to_vec()) };
                            job.folder = folder.ok_or_else(|| {
                                stdio::note(
                                    "error:  must specify directory to which to extract with -d option",
                                );
                                USAGE
                            })?;
                            break;
                        }
                        b'x' => excludes = true,
                        b'v' => verbose = true,
                        b'Z' => is_info = true,
                        b'1' | b'2' if is_info => job.action = Action::Info { names_only: true },
                        _ if is_info && b"hlmMstTz".contains(letter) => {}
                        _ => letter_of(&mut job, *letter).map_err(|()| help(program, USAGE))?,
                    }
                }
            }
            _ if job.archive.is_empty() => job.archive = word,
            _ if excludes => job.excluded.push(word),
            _ => job.names.push(word),
        }
    }
    if is_info && !matches!(job.action, Action::Info { .. }) {
        job.action = Action::Info { names_only: false };
    }
    if verbose {
        match job.action {
            Action::Extract | Action::List { .. } => job.action = Action::List { verbose: true },
            _ => {}
        }
    }
    if job.archive.is_empty() {
        return Err(if verbose { version(program) } else { help(program, 0) });
    }
    Ok(job)
}

fn letter_of(job: &mut Job, letter: u8) -> Result<(), ()> {
    match letter {
        b'p' => job.action = Action::Pipe { named: false },
        b'c' => job.action = Action::Pipe { named: true },
        b'l' => job.action = Action::List { verbose: false },
        b't' => job.action = Action::Test,
        b'z' => job.action = Action::Comment,
        b'o' => job.existing = Existing::Overwrite,
        b'n' => job.existing = Existing::Keep,
        b'f' => job.freshen = true,
        b'u' => job.update = true,
        b'q' => job.quiet += 1,
        b'j' => job.junk = true,
        b'C' => job.ignore_case = true,
        b'L' => job.lower_case = true,
        b'K' => job.keep_special = true,
        b'a' | b'b' | b'B' | b'D' | b'M' | b'U' | b'V' | b'W' | b'X' | b':' | b'^' | b'T' => {}
        _ => return Err(()),
    }
    Ok(())
}

/// Writes to standard output. A failure shows in what is missing there.
fn print(text: &str) {
    let _ = stdio::print(text.as_bytes());
}

fn version(program: &str) -> i32 {
    i32::from(stdio::print(format!("{program} (wasmsand) 0.1.0\n").as_bytes()).is_err())
}

fn help(program: &str, status: i32) -> i32 {
    let text = HELP.replace("unzip [", &format!("{program} ["));
    if status == 0 {
        print(&text)
    } else {
        stdio::note(text.trim_end())
    }
    status
}

const HELP: &str = "\
Usage: unzip [-Z] [-OPTIONS] FILE[.zip] [NAME]... [-x NAME...] [-d FOLDER]
Take files out of a zip archive; NAMEs may be patterns.

  -l  list the files               -v  list them with more
  -t  check them                   -p  write them to standard output
  -c  the same, with names         -Z  list them as zipinfo does (-Z1: names only)
  -z  print the comment            -x  all but these
  -d  into this folder             -j  without the folders of the archive
  -o  overwrite without asking     -n  never overwrite
  -f  only files that are older    -u  and those that are not there
  -q  say less                     -C  names in any case
  -L  names in small letters       -K  keep setuid and sticky bits
";

/// A path in the folder to extract to.
fn within(folder: &[u8], path: &[u8]) -> Vec<u8> {
    let slash: &[u8] = if folder.is_empty() || folder.ends_with(b"/") { b"" } else { b"/" };
    [folder, slash, path].concat()
}
