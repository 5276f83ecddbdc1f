//! Directories compared, name by name.

use std::collections::BTreeMap;

use super::compare::{Outcome, Run, Side};
use super::options::Style;
use super::wildcard;
use crate::system::{self, Kind};

/// How deep directories are followed: a loop of links would have no end, and the stack has one.
const DEPTH_MAX: usize = 200;

impl Run<'_> {
    /// Compares two files of any kind; `depth` is 0 for what the command line names.
    pub fn compare(&mut self, old: &Side, new: &Side, depth: usize) -> Outcome {
        let sides = [old, new];
        let directories = sides.map(|side| side.is(Kind::Directory));
        let absent = sides.map(|side| side.stat.is_none());
        if directories == [true, true] || directories[0] && absent[1] || absent[0] && directories[1] {
            return self.directories(sides, depth);
        }
        let links = sides.map(|side| side.is(Kind::Link));
        if links == [true, true] {
            return self.links(sides);
        }
        // What is neither text nor link cannot be compared but for what it is; on the command line it is read.
        let readable = sides.map(|side| side.stat.is_none() || side.is(Kind::Regular));
        let is_odd =
            directories.contains(&true) || links.contains(&true) || depth > 0 && readable != [true, true];
        if is_odd {
            let same = match (old.stat, new.stat) {
                (Some(old), Some(new)) => old.id == new.id,
                _ => false,
            };
            return if same { self.same(sides) } else { self.kinds(sides) };
        }
        let same_file = match (old.stat, new.stat) {
            (Some(one), Some(other)) => {
                one.id == other.id && (one.kind == Kind::Regular || old.name == new.name)
            }
            _ => false,
        };
        let writes_all = matches!(self.job.style, Style::SideBySide | Style::Formats) && !self.job.brief;
        if same_file && !writes_all {
            return self.same(sides);
        }
        self.contents(sides, depth > 0)
    }

    fn kinds(&mut self, sides: [&Side; 2]) -> Outcome {
        let [old, new] = sides;
        let names = [self.label(0, &old.name), self.label(1, &new.name)];
        let text = [
            b"File ",
            names[0],
            b" is a ",
            old.kind().as_bytes(),
            b" while file ",
            names[1],
            b" is a ",
            new.kind().as_bytes(),
            b"\n",
        ];
        let text = text.concat();
        self.out.put(&text);
        Outcome::Different
    }

    fn links(&mut self, sides: [&Side; 2]) -> Outcome {
        let targets = sides.map(|side| std::fs::read_link(system::path(&side.name)));
        match &targets {
            [Ok(old), Ok(new)] if old == new => Outcome::Same,
            [Ok(_), Ok(_)] => self.differ(sides, "Symbolic links"),
            _ => {
                let mut outcome = Outcome::Same;
                for (side, target) in sides.iter().zip(targets) {
                    if let Err(error) = target {
                        outcome = self.complain(&side.name, system::errno_of(&error));
                    }
                }
                outcome
            }
        }
    }

    fn directories(&mut self, sides: [&Side; 2], depth: usize) -> Outcome {
        if self.job.is_ifdef || self.job.style == Style::Formats {
            self.out.flush();
            cli::stdio::complain(self.program, "-D option not supported with directories");
            return Outcome::Trouble;
        }
        if depth > 0 && !self.job.recursive {
            let text =
                [b"Common subdirectories: ", sides[0].name.as_slice(), b" and ", &sides[1].name, b"\n"];
            let text = text.concat();
            self.out.put(&text);
            return Outcome::Same;
        }
        if depth > DEPTH_MAX {
            return self.complain(&sides[0].name, rustix::io::Errno::LOOP);
        }
        let mut outcome = Outcome::Same;
        let mut all: BTreeMap<Vec<u8>, [Option<Vec<u8>>; 2]> = BTreeMap::new();
        for (index, side) in sides.into_iter().enumerate() {
            if side.stat.is_none() {
                continue;
            }
            match system::entries(&side.name) {
                Ok(names) => {
                    for name in names.into_iter().filter(|name| self.takes(name, depth)) {
                        let slots = all.entry(self.key(&name)).or_default();
                        slots[index] = Some(name);
                    }
                }
                Err(errno) => outcome = self.complain(&side.name, errno),
            }
        }
        if outcome == Outcome::Trouble {
            return outcome;
        }
        for slots in all.into_values() {
            outcome = outcome.max(self.entry(sides, slots, depth));
            if self.out.has_failed() {
                break;
            }
        }
        outcome
    }

    /// What names are sorted and matched by.
    fn key(&self, name: &[u8]) -> Vec<u8> {
        if self.job.ignore_file_name_case { name.to_ascii_lowercase() } else { name.to_vec() }
    }

    /// Is a name of a directory to be compared?
    fn takes(&self, name: &[u8], depth: usize) -> bool {
        let job = self.job;
        if name == b"." || name == b".." || job.exclude.iter().any(|pattern| wildcard::matches(pattern, name))
        {
            return false;
        }
        // Only the directories of the command line begin somewhere else than at their first name.
        match &job.starting_file {
            Some(first) if depth == 0 => self.key(name) >= self.key(first),
            _ => true,
        }
    }

    /// Compares what has one name in both directories, or is in one of them only.
    fn entry(&mut self, sides: [&Side; 2], slots: [Option<Vec<u8>>; 2], depth: usize) -> Outcome {
        let job = self.job;
        let some_name = slots[0].clone().or_else(|| slots[1].clone()).unwrap_or_default();
        let counts_as_empty = match (&slots[0], &slots[1]) {
            (Some(_), Some(_)) => true,
            (None, _) => job.new_file || job.unidirectional_new_file,
            (_, None) => job.new_file,
        };
        if !counts_as_empty {
            let side = if slots[0].is_some() { sides[0] } else { sides[1] };
            let text = [b"Only in ", side.name.as_slice(), b": ", &some_name, b"\n"].concat();
            self.out.put(&text);
            return Outcome::Different;
        }
        let mut found = Vec::new();
        for (side, slot) in sides.into_iter().zip(slots) {
            let name = system::join(&side.name, slot.as_deref().unwrap_or(&some_name));
            let stat = match slot {
                None => None,
                Some(_) => match system::stat(&name, !job.no_dereference) {
                    Ok(stat) => Some(stat),
                    Err(errno) => return self.complain(&name, errno),
                },
            };
            found.push(Side { name, stat });
        }
        match found.as_slice() {
            [old, new] => self.compare(old, new, depth + 1),
            _ => Outcome::Trouble,
        }
    }
}
