//! An entry: a file that the walk came to, with what is known of it. What costs a call is asked when a test first needs
//! it, and kept.

use std::cell::{Cell, OnceCell};

use rustix::io::Errno;

use crate::stat::{Kind, Stat};
use crate::system;

/// What is known of a file, apart from its path.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub kind: Cell<Option<Kind>>,
    pub stat: OnceCell<Result<Stat, Errno>>,
    /// Whether a link is taken for what it leads to.
    pub follow: bool,
}

/// A file on the way.
pub struct Entry<'a> {
    pub path: &'a [u8],
    /// The bytes of the path that are the starting point.
    pub start_len: usize,
    pub depth: usize,
    pub known: &'a Known,
}

impl Known {
    /// Everything about the file at a path.
    pub fn stat(&self, path: &[u8]) -> Result<&Stat, Errno> {
        let stat = self.stat.get_or_init(|| {
            let first = system::stat(path, self.follow);
            match first {
                // What leads nowhere is a link.
                Err(errno) if self.follow && errno != Errno::LOOP => system::stat(path, false),
                other => other,
            }
        });
        match stat {
            Ok(stat) => {
                self.kind.set(Some(stat.kind()));
                Ok(stat)
            }
            Err(errno) => Err(*errno),
        }
    }

    /// The type of the file at a path.
    pub fn kind(&self, path: &[u8]) -> Result<Kind, Errno> {
        match self.kind.get() {
            Some(kind) => Ok(kind),
            None => self.stat(path).map(Stat::kind),
        }
    }
}

impl Entry<'_> {
    /// The name that `-name` tests: the last component, without slashes behind it; `/` of the root.
    pub fn name(&self) -> &[u8] {
        let (_, name) = split(self.path);
        let trimmed = trimmed(name);
        if trimmed.is_empty() { &name[..name.len().min(1)] } else { trimmed }
    }

    /// `%f`: the last component, with a slash where the path ends with one.
    pub fn base(&self) -> &[u8] {
        let (_, base) = split(self.path);
        let trimmed = trimmed(base).len();
        &base[..base.len().min(trimmed + 1)]
    }

    /// `%h`: what is before the last slash that has a name behind it.
    pub fn directory(&self) -> &[u8] {
        let whole = trimmed(self.path);
        let slash = whole.iter().rposition(|byte| *byte == b'/');
        match slash.or_else(|| self.path.iter().rposition(|byte| *byte == b'/')) {
            Some(slash) => &self.path[..slash],
            None => b".",
        }
    }

    /// `%P`: the path behind the starting point.
    pub fn below_start(&self) -> &[u8] {
        let rest = self.path.get(self.start_len..).unwrap_or_default();
        rest.strip_prefix(b"/").unwrap_or(rest)
    }

    /// `-execdir`: the directory that the entry is in, and its name from there.
    pub fn within_parent(&self) -> (&[u8], Vec<u8>) {
        let (directory, base) = split(self.path);
        if trimmed(base).is_empty() {
            return (b"/", b"/".to_vec());
        }
        let directory = match directory {
            b"" => b".".as_slice(),
            directory => match trimmed(directory) {
                b"" => b"/",
                directory => directory,
            },
        };
        (directory, [b"./", self.base()].concat())
    }
}

/// A path without the slashes at its end.
fn trimmed(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
    &path[..end]
}

/// A path cut before its last component, which keeps the slashes behind it.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let name = trimmed(path).iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    // A path of slashes only is a name as a whole.
    path.split_at(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_parts_that_gnu_find_shows() {
        let known = Known::default();
        for (path, base, directory, name) in [
            (".", ".", ".", "."),
            ("./", "./", ".", "."),
            ("a", "a", ".", "a"),
            ("a/", "a/", "a", "a"),
            ("/", "/", "", "/"),
            ("//", "/", "/", "/"),
            ("a//f", "f", "a/", "f"),
            ("a/.", ".", "a", "."),
            ("/tmp/", "tmp/", "", "tmp"),
            ("a///", "a/", "a//", "a"),
            ("//tmp/", "tmp/", "/", "tmp"),
            ("a/b//", "b/", "a", "b"),
            ("", "", ".", ""),
        ] {
            let entry = Entry { path: path.as_bytes(), start_len: path.len(), depth: 0, known: &known };
            let parts =
                [entry.base(), entry.directory(), entry.name()].map(|part| String::from_utf8_lossy(part));
            assert_eq!(parts, [base, directory, name], "{path}");
        }
    }

    #[test]
    fn a_program_finds_the_file_from_its_parent() {
        let known = Known::default();
        for (path, directory, name) in [
            ("a/b/g", "a/b", "./g"),
            ("a/", ".", "./a/"),
            (".", ".", "./."),
            ("/", "/", "/"),
            ("/tmp", "/", "./tmp"),
            ("a//b", "a", "./b"),
        ] {
            let entry = Entry { path: path.as_bytes(), start_len: path.len(), depth: 0, known: &known };
            assert_eq!(entry.within_parent(), (directory.as_bytes(), name.as_bytes().to_vec()), "{path}");
        }
    }
}
