//! cp: the utility of uutils, but a source may be a device or a pipe.
//!
//! `uu_cp` copies with `std::fs::copy`, which on WASI refuses whatever is not a
//! regular file; `cp /dev/null FILE` and `cp <(...) FILE` are common. It owns
//! that one case, a single source without options but `-f`, and hands every
//! other command line on.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::stream::{self, BLOCK_BYTES, Failure};
use crate::wording::{quoted_name, reason};

/// Runs cp: `argv`, with its own name first, to an exit status.
pub fn main(argv: std::vec::IntoIter<OsString>) -> i32 {
    let Some(copy) = Copy::from_arguments(argv.as_slice()) else {
        return uu_cp::uumain(argv);
    };
    match copy.run() {
        Ok(()) => 0,
        Err(what) => {
            // Nobody is left to tell when standard error cannot be written.
            let _ = writeln!(std::io::stderr(), "cp: {what}");
            1
        }
    }
}

/// The copy of what a device or a pipe gives.
#[derive(Debug, PartialEq, Eq)]
struct Copy {
    source: PathBuf,
    target: PathBuf,
    /// Remove a target that cannot be opened, and try again.
    force: bool,
}

impl Copy {
    /// The copy that `argv` asks for, if it is one of ours.
    fn from_arguments(argv: &[OsString]) -> Option<Self> {
        let (force, source, target) = match argv {
            [_, source, target] => (false, source, target),
            [_, option, source, target] => (option == "-f" || option == "--force", source, target),
            _ => return None,
        };
        let is_option = |word: &OsStr| word.as_encoded_bytes().starts_with(b"-");
        if is_option(source) || is_option(target) || (argv.len() == 4 && !force) {
            return None;
        }
        let source = PathBuf::from(source);
        let metadata = fs::metadata(&source).ok()?;
        if metadata.is_file() || metadata.is_dir() {
            return None;
        }
        let mut target = PathBuf::from(target);
        if target.is_dir() {
            target.push(source.file_name()?);
        }
        (!are_same(&source, &target)).then_some(Self { source, target, force })
    }

    /// Copies; the error is what to complain about.
    fn run(&self) -> Result<(), String> {
        let failed = |what: &str, path: &Path, why: &str, errno| {
            format!("{what} {}{why}: {}", quoted_name(path.as_os_str()), reason(errno))
        };
        let errno_of = |error: &std::io::Error| Errno::from_io_error(error).unwrap_or(Errno::IO);
        let input = File::open(&self.source)
            .map_err(|error| failed("cannot open", &self.source, " for reading", errno_of(&error)))?;
        let output = self
            .create_target()
            .map_err(|error| failed("cannot create regular file", &self.target, "", errno_of(&error)))?;
        let copied = stream::copy(&input, &output, &mut vec![0; BLOCK_BYTES]);
        copied.map_err(|failure| match failure {
            Failure::Read(errno) => failed("error reading", &self.source, "", errno),
            Failure::Write(errno) => failed("error writing", &self.target, "", errno),
        })
    }

    fn create_target(&self) -> std::io::Result<File> {
        File::create(&self.target).or_else(|error| {
            if self.force && fs::remove_file(&self.target).is_ok() {
                return File::create(&self.target);
            }
            Err(error)
        })
    }
}

/// Whether two paths lead to one file.
fn are_same(source: &Path, target: &Path) -> bool {
    match (rustix::fs::stat(source), rustix::fs::stat(target)) {
        (Ok(source), Ok(target)) => (source.st_dev, source.st_ino) == (target.st_dev, target.st_ino),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Option<Copy> {
        let argv: Vec<OsString> = words.split(' ').map(OsString::from).collect();
        Copy::from_arguments(&argv)
    }

    #[test]
    fn a_device_is_copied_here() {
        let target = PathBuf::from("/nosuch/out");
        let copy = Copy { source: PathBuf::from("/dev/null"), target, force: false };
        assert_eq!(read("cp /dev/null /nosuch/out").as_ref(), Some(&copy));
        assert_eq!(read("cp -f /dev/null /nosuch/out"), Some(Copy { force: true, ..copy }));
    }

    #[test]
    fn a_target_that_is_a_directory_gets_the_name_of_the_source() {
        assert_eq!(read("cp /dev/null /tmp").unwrap().target, PathBuf::from("/tmp/null"));
    }

    #[test]
    fn every_other_command_line_is_for_uutils() {
        for words in [
            "cp",
            "cp /dev/null",
            "cp /dev/null /dev/null",
            "cp -v /dev/null out",
            "cp /dev/null -f",
            "cp /dev/null /dev/zero /tmp",
            "cp /etc/passwd out",
            "cp /etc out",
            "cp /nosuch out",
        ] {
            assert_eq!(read(words), None, "{words}");
        }
    }
}
