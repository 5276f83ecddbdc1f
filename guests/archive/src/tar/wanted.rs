//! The members that were asked for: names or patterns, each with the folder of the `-C` in front of it.

use super::options::{Item, Job};
use super::{Talk, listing, within};
use crate::glob::{self, Rules};

/// A name that was asked for.
struct Name {
    name: Vec<u8>,
    folder: Vec<u8>,
    found: u64,
}

/// All of them; none is every member.
pub struct Wanted {
    names: Vec<Name>,
    /// The folder of members when no names were given.
    folder: Vec<u8>,
}

impl Wanted {
    pub fn new(job: &Job) -> Wanted {
        let mut folder = Vec::new();
        let mut names = Vec::new();
        for item in &job.items {
            match item {
                Item::Directory(directory) => folder = within(&folder, directory),
                Item::Name(name) => {
                    names.push(Name { name: trimmed(name).to_vec(), folder: folder.clone(), found: 0 })
                }
            }
        }
        Wanted { names, folder }
    }

    /// The folder of a member that was asked for; `None`: it was not.
    pub fn folder(&mut self, job: &Job, member: &[u8]) -> Option<Vec<u8>> {
        let is_excluded = job.excludes(member);
        if self.names.is_empty() {
            return (!is_excluded).then(|| self.folder.clone());
        }
        let name = self.names.iter_mut().find(|name| name.matches(job, trimmed(member)))?;
        if let Some(occurrence) = job.occurrence {
            name.found += 1;
            return (name.found == occurrence && !is_excluded).then(|| name.folder.clone());
        }
        name.found += 1;
        (!is_excluded).then(|| name.folder.clone())
    }

    /// Whether nothing more can be found.
    pub fn is_done(&self, job: &Job) -> bool {
        job.occurrence.is_some_and(|occurrence| {
            !self.names.is_empty() && self.names.iter().all(|name| name.found >= occurrence)
        })
    }

    /// The folders that must be there.
    pub fn folders(job: &Job) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut folder = Vec::new();
        let mut folders = Vec::new();
        for item in &job.items {
            if let Item::Directory(directory) = item {
                folder = within(&folder, directory);
                folders.push((directory.clone(), folder.clone()));
            }
        }
        folders
    }

    /// Complains about names that were not found.
    pub fn report(&self, job: &Job, talk: &mut Talk) {
        let mut warned = job.matching.wildcards.is_some();
        let least = job.occurrence.unwrap_or(1);
        for name in self.names.iter().filter(|name| name.found < least) {
            if !warned && glob::is_pattern(&name.name) {
                warned = true;
                talk.warn("Pattern matching characters used in file names");
                talk.warn(
                    "Use --wildcards to enable pattern matching, or --no-wildcards to suppress this warning",
                );
            }
            let what = if name.found == 0 {
                "Not found in archive"
            } else {
                "Required occurrence not found in archive"
            };
            talk.fail(&format!("{}: {what}", listing::shown(&name.name)));
        }
    }
}

impl Name {
    fn matches(&self, job: &Job, member: &[u8]) -> bool {
        if job.matching.wildcards == Some(true) {
            let rules = Rules {
                ignore_case: job.matching.ignore_case,
                slash_too: job.matching.slash_too,
                leading_folder: job.recursion,
            };
            let anchored = job.matching.anchored != Some(false);
            return glob::matches(&self.name, member, rules)
                || !anchored
                    && member.iter().enumerate().any(|(at, byte)| {
                        *byte == b'/' && glob::matches(&self.name, &member[at + 1..], rules)
                    });
        }
        member == self.name
            || job.recursion
                && member.strip_prefix(self.name.as_slice()).is_some_and(|rest| rest.starts_with(b"/"))
    }
}

/// A name without slashes at its end.
fn trimmed(name: &[u8]) -> &[u8] {
    let mut name = name;
    while let Some(stem) = name.strip_suffix(b"/").filter(|stem| !stem.is_empty()) {
        name = stem;
    }
    name
}
