//! tar: archives of files.
//!
//! It owns the course of a run and what is said at its end. [`options`] reads the command line; [`reader`] and
//! [`writer`] know the formats; [`create`], [`extract`], [`list`], [`compare`] and [`change`] are what can be done.
//! Written from the manual and from POSIX's description of pax, and held against GNU tar 1.34.

mod archive;
mod change;
mod compare;
mod create;
mod extract;
mod header;
mod list;
mod listing;
mod member;
mod mode;
mod options;
mod owners;
mod pax;
mod reader;
mod syntax;
mod transform;
mod wanted;
mod writer;

use cli::stdio;

use options::{Action, Job, Request};

/// The status of differences, and of errors.
const DIFFERS: i32 = 1;
const FAILED: i32 = 2;

/// The run cannot go on. What is wrong was said.
pub struct Fatal;

/// Runs tar: its name and its arguments, to an exit status.
pub fn main(_program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let job = match options::parse(arguments) {
        Ok(Request::Show(text)) => return i32::from(stdio::print(text.as_bytes()).is_err()),
        Ok(Request::Run(job)) => job,
        Err(wrong) => {
            stdio::complain("tar", &wrong.what);
            if wrong.points {
                stdio::note("Try 'tar --help' or 'tar --usage' for more information.");
            }
            return wrong.status;
        }
    };
    let mut talk = Talk::new(&job);
    let done = match job.action {
        Action::Create => create::run(&job, &mut talk),
        Action::Append | Action::Update | Action::Concatenate | Action::Delete => {
            change::run(&job, &mut talk)
        }
        Action::List => list::run(&job, &mut talk),
        Action::Extract => extract::run(&job, &mut talk),
        Action::Compare => compare::run(&job, &mut talk),
    };
    talk.flush();
    if done.is_err() {
        stdio::complain("tar", "Error is not recoverable: exiting now");
        return FAILED;
    }
    if talk.status == FAILED {
        stdio::complain("tar", "Exiting with failure status due to previous errors");
    }
    talk.status
}

/// What a run says: lines on standard output, complaints on standard error, and the status that comes of them.
pub struct Talk {
    status: i32,
    lines: Vec<u8>,
    /// Standard output is the archive, or a member: lines go to standard error.
    to_stderr: bool,
    prefixes_told: Vec<(Vec<u8>, bool)>,
}

impl Talk {
    fn new(job: &Job) -> Talk {
        let writes =
            matches!(job.action, Action::Create | Action::Append | Action::Update | Action::Concatenate);
        let to_stderr = writes && job.file == b"-" || job.to_stdout;
        Talk { status: 0, lines: Vec::new(), to_stderr, prefixes_told: Vec::new() }
    }

    /// Says what is wrong; the run goes on and fails in the end.
    pub fn fail(&mut self, what: &str) {
        self.warn(what);
        self.status = FAILED;
    }

    /// Says what is odd.
    pub fn warn(&mut self, what: &str) {
        self.flush();
        stdio::complain("tar", what);
    }

    /// Says why the run cannot go on.
    pub fn fatal(&mut self, what: &str) -> Fatal {
        self.warn(what);
        Fatal
    }

    pub fn differ(&mut self) {
        self.status = self.status.max(DIFFERS);
    }

    /// Says a line of the listing.
    pub fn line(&mut self, line: &[u8]) {
        self.lines.extend_from_slice(line);
        self.lines.push(b'\n');
        if self.lines.len() >= 1 << 16 || self.to_stderr {
            self.flush();
        }
    }

    /// Writes the lines that were not written yet.
    pub fn flush(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        if lines.is_empty() {
            return;
        }
        if self.to_stderr {
            // Nobody is left to tell when standard error cannot be written.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), &lines);
        } else if let Err(errno) = stdio::print(&lines) {
            stdio::complain("tar", &format!("write error: {}", cli::wording::reason(errno)));
            self.status = FAILED;
        }
    }

    /// A name without what would lead it out of the folder: the leading slash, and all up to the last `..`.
    pub fn safer(&mut self, job: &Job, name: &[u8], is_link: bool) -> Vec<u8> {
        if job.absolute {
            return name.to_vec();
        }
        let mut cut = name.iter().take_while(|byte| **byte == b'/').count();
        for (at, _) in name.windows(2).enumerate().filter(|(_, two)| *two == b"..") {
            let ends = matches!(name.get(at + 2), None | Some(b'/'));
            if (at == 0 || name[at - 1] == b'/') && ends {
                cut = at + 2;
            }
        }
        cut += name[cut..].iter().take_while(|byte| **byte == b'/').count();
        if cut > 0 {
            let prefix = (name[..cut].to_vec(), is_link);
            if !self.prefixes_told.contains(&prefix) {
                let of = if is_link { "hard link targets" } else { "member names" };
                self.warn(&format!("Removing leading `{}' from {of}", String::from_utf8_lossy(&prefix.0)));
                self.prefixes_told.push(prefix);
            }
        }
        if cut == name.len() { b".".to_vec() } else { name[cut..].to_vec() }
    }
}

/// Whether a name goes up somewhere.
pub fn goes_up(name: &[u8]) -> bool {
    name.split(|byte| *byte == b'/').any(|part| part == b"..")
}

/// A name within a folder, where one was given.
pub fn within(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() || name.starts_with(b"/") {
        return name.to_vec();
    }
    let slash: &[u8] = if folder.ends_with(b"/") { b"" } else { b"/" };
    [folder, slash, name].concat()
}
