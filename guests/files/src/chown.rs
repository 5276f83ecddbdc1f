//! chown and chgrp: the owners and groups of files.
//!
//! It owns the walk through directories, the messages and the status; [`options`] reads the command line.

mod options;

use cli::stdio;
use cli::wording::{quoted_name, reason};

use crate::arguments;
use crate::path;
use crate::run::Run;
use crate::system::{self, Stat};
use options::{Job, Links, Talk};

/// Runs chown or chgrp: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let is_chgrp = path::base_name(program.as_bytes()) == b"chgrp";
    let about = if is_chgrp { &options::CHGRP } else { &options::CHOWN };
    let job = match arguments::read(program, about, arguments) {
        Ok(arguments) => options::parse(program, arguments, is_chgrp),
        Err(status) => return status,
    };
    let job = match job {
        Ok(job) => job,
        Err(options::Fault::Misuse(what)) => return arguments::misuse(program, &what, 1),
        Err(options::Fault::Trouble(what)) => {
            stdio::complain(program, &what);
            return 1;
        }
    };
    let mut chown = Chown { run: Run::new(program, 1), job };
    for file in std::mem::take(&mut chown.job.files) {
        chown.operand(&file);
    }
    chown.run.finish()
}

/// One run.
struct Chown {
    run: Run,
    job: Job,
}

/// What became of a file.
enum Outcome {
    Changed,
    Retained,
    Failed,
}

impl Chown {
    /// Changes what the command line names, and with `-R` everything below it.
    fn operand(&mut self, path: &[u8]) {
        // In a walk, links among the operands are followed as `-H` and `-L` say.
        let follows = if self.job.recursive { self.job.links != Links::Never } else { self.job.follow };
        let found = match system::lstat(path) {
            Ok(stat) if stat.is_link() && follows => system::stat(path).map_err(|errno| (errno, Some(stat))),
            Ok(stat) => Ok(stat),
            Err(errno) => Err((errno, None)),
        };
        let stat = match found {
            Ok(stat) => stat,
            Err((errno, link)) => {
                let verb = if link.is_some() { "dereference" } else { "access" };
                self.fail(|| format!("cannot {verb} {}: {}", quoted_name(path), reason(errno)));
                self.report(path, link.as_ref(), &Outcome::Failed);
                return;
            }
        };
        if self.job.recursive && self.job.preserve_root && is_root(&stat) {
            let same = if path == b"/" { "" } else { " (same as '/')" };
            let what = format!("it is dangerous to operate recursively on {}{same}", quoted_name(path));
            self.run.complain(what);
            self.run.complain("use --no-preserve-root to override this failsafe");
            return;
        }
        if self.job.recursive && stat.is_directory() {
            self.below(path, &stat);
        } else {
            self.change(path, &stat, follows);
        }
    }

    /// Changes a directory and everything below it, each directory after what is in it.
    fn below(&mut self, top: &[u8], stat: &Stat) {
        // A stack and not recursion: how deep directories go is not ours to bound.
        enum Step {
            Enter(Vec<u8>),
            /// With whether the directory could be read.
            Leave(Vec<u8>, Stat, bool),
        }
        let follows = self.job.links == Links::Always;
        let mut above = vec![stat.identity()];
        let entries = self.entries(top);
        let mut left = vec![Step::Leave(top.to_vec(), *stat, entries.is_some())];
        left.extend(entries.into_iter().flatten().rev().map(Step::Enter));
        while let Some(step) = left.pop() {
            match step {
                Step::Leave(path, stat, is_read) => {
                    above.pop();
                    if is_read {
                        self.change(&path, &stat, true);
                    } else {
                        self.report(&path, None, &Outcome::Failed);
                    }
                }
                Step::Enter(path) => {
                    let followed = if follows { system::stat(&path) } else { system::lstat(&path) };
                    match followed.or_else(|_| system::lstat(&path)) {
                        Ok(stat) if stat.is_directory() && !above.contains(&stat.identity()) => {
                            let entries = self.entries(&path);
                            above.push(stat.identity());
                            left.push(Step::Leave(path, stat, entries.is_some()));
                            left.extend(entries.into_iter().flatten().rev().map(Step::Enter));
                        }
                        Ok(stat) => self.change(&path, &stat, follows || self.job.follow),
                        Err(errno) => {
                            self.fail(|| format!("cannot access {}: {}", quoted_name(&path), reason(errno)));
                            self.report(&path, None, &Outcome::Failed);
                        }
                    }
                }
            }
        }
    }

    /// The paths of what is in a directory, if it can be read.
    fn entries(&mut self, directory: &[u8]) -> Option<Vec<Vec<u8>>> {
        match system::read_dir(directory) {
            Ok(entries) => Some(entries.iter().map(|entry| path::join(directory, &entry.name)).collect()),
            Err(errno) => {
                self.fail(|| format!("cannot read directory {}: {}", quoted_name(directory), reason(errno)));
                None
            }
        }
    }

    fn change(&mut self, path: &[u8], stat: &Stat, follow: bool) {
        let is_wanted = |wanted: Option<u32>, is: u32| wanted.is_none_or(|wanted| wanted == is);
        if !is_wanted(self.job.from.uid, stat.uid) || !is_wanted(self.job.from.gid, stat.gid) {
            return self.report(path, Some(stat), &Outcome::Retained);
        }
        let to = &self.job.to;
        let result = if to.uid.is_none() && to.gid.is_none() {
            Ok(())
        } else {
            system::set_owner(path, follow, to.uid, to.gid)
        };
        let outcome = match result {
            Ok(()) if is_wanted(to.uid, stat.uid) && is_wanted(to.gid, stat.gid) => Outcome::Retained,
            Ok(()) => Outcome::Changed,
            Err(errno) => {
                let what = if self.job.is_about_group() { "group" } else { "ownership" };
                self.fail(|| format!("changing {what} of {}: {}", quoted_name(path), reason(errno)));
                Outcome::Failed
            }
        };
        self.report(path, Some(stat), &outcome);
    }

    fn fail(&mut self, what: impl FnOnce() -> String) {
        self.run.status = 1;
        if !self.job.silent {
            self.run.warn(what());
        }
    }

    /// Says what became of a file, as far as `-v` and `-c` ask for it.
    fn report(&mut self, path: &[u8], stat: Option<&Stat>, outcome: &Outcome) {
        match (self.job.talk, outcome) {
            (Talk::All, _) | (Talk::Changes, Outcome::Changed) => {}
            (Talk::Nothing | Talk::Changes, _) => return,
        }
        let file = quoted_name(path);
        let what = if self.job.is_about_group() { "group" } else { "ownership" };
        let old = stat.and_then(|stat| self.job.old_name(stat));
        let new = self.job.new_name();
        let from = old.as_ref().map_or(String::new(), |old| format!(" from {old}"));
        let line = match (outcome, new) {
            (Outcome::Retained, Some(_)) => match old {
                Some(old) => format!("{what} of {file} retained as {old}\n"),
                None => format!("{what} of {file} retained\n"),
            },
            (Outcome::Retained, None) => format!("ownership of {file} retained\n"),
            (Outcome::Changed, new) => {
                format!("changed {what} of {file}{from} to {}\n", new.unwrap_or_default())
            }
            (Outcome::Failed, Some(new)) => format!("failed to change {what} of {file}{from} to {new}\n"),
            (Outcome::Failed, None) => format!("failed to change ownership of {file}\n"),
        };
        self.run.print(line);
    }
}

fn is_root(stat: &Stat) -> bool {
    system::stat(b"/").is_ok_and(|root| root.identity() == stat.identity())
}
