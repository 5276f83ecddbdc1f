//! The outputs: standard output, the files of `w`, and with in-place editing the file that replaces the input.
//!
//! It owns their buffers, and the newline that is missing behind a last line until more is written.

use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::BuildHasher;
use std::io::{self, Write};
use std::path::PathBuf;

use rustix::io::Errno;

use crate::host;
use crate::input::{Fatal, words};
use crate::script::OutputIndex;

const BUFFER_BYTES: usize = 65_536;

enum Target {
    Stdout,
    Stderr,
    File(File),
}

/// One output.
struct Output {
    target: Target,
    name: String,
    buffer: Vec<u8>,
    /// The last line was written without its end.
    misses_end: bool,
    /// Nothing is kept back.
    immediate: bool,
}

impl Output {
    fn new(target: Target, name: String, immediate: bool) -> Output {
        Output { target, name, buffer: Vec::new(), misses_end: false, immediate }
    }

    /// Writes bytes, behind the line's end that may be missing.
    fn bytes(&mut self, bytes: &[u8], end: u8) -> Result<(), Fatal> {
        if self.misses_end {
            self.buffer.push(end);
            self.misses_end = false;
        }
        self.buffer.extend_from_slice(bytes);
        if self.immediate || self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    fn line(&mut self, line: &[u8], ended: bool, end: u8) -> Result<(), Fatal> {
        if self.misses_end {
            self.buffer.push(end);
        }
        self.buffer.extend_from_slice(line);
        if ended {
            self.buffer.push(end);
        }
        self.misses_end = !ended;
        if self.immediate || self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Fatal> {
        let written = match &mut self.target {
            Target::Stdout => cli::stdio::print(&self.buffer).map_err(io::Error::from),
            Target::Stderr => write_stderr(&self.buffer).map_err(io::Error::from),
            Target::File(file) => file.write_all(&self.buffer),
        };
        self.buffer.clear();
        written.map_err(|error| Fatal(format!("couldn't flush {}: {}", self.name, words(&error))))
    }
}

fn write_stderr(mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        let count = rustix::io::retry_on_intr(|| rustix::io::write(rustix::stdio::stderr(), bytes))?;
        bytes = bytes.get(count..).filter(|_| count > 0).ok_or(Errno::NOSPC)?;
    }
    Ok(())
}

/// A file that is edited in place.
struct Edited {
    output: Output,
    temporary: PathBuf,
    target: Vec<u8>,
}

/// Where something is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// The output of the script: standard output, or the file that is edited.
    Main,
    File(OutputIndex),
}

pub(crate) struct Outputs {
    /// Standard output and standard error, then the files.
    all: Vec<Output>,
    /// For each output of the script its place in `all`.
    places: Vec<usize>,
    edited: Option<Edited>,
    /// The names of backups, with in-place editing that makes them.
    backup: Option<Vec<u8>>,
    /// What ends a line.
    end: u8,
}

impl Outputs {
    /// Opens the files that the script writes to.
    pub(crate) fn new(
        names: &[Vec<u8>],
        backup: Option<Vec<u8>>,
        end: u8,
        unbuffered: bool,
    ) -> Result<Outputs, Fatal> {
        let immediate = unbuffered || rustix::termios::isatty(rustix::stdio::stdout());
        let mut all = vec![
            Output::new(Target::Stdout, "stdout".to_owned(), immediate),
            Output::new(Target::Stderr, "stderr".to_owned(), true),
        ];
        let mut places = Vec::new();
        for name in names {
            places.push(match name.as_slice() {
                b"/dev/stdout" => 0,
                b"/dev/stderr" => 1,
                _ => {
                    let shown = String::from_utf8_lossy(name).into_owned();
                    let file = File::create(host::path(name))
                        .map_err(|error| Fatal(format!("couldn't open file {shown}: {}", words(&error))))?;
                    all.push(Output::new(Target::File(file), shown, unbuffered));
                    all.len() - 1
                }
            });
        }
        Ok(Outputs { all, places, edited: None, backup, end })
    }

    fn output(&mut self, to: To) -> Option<&mut Output> {
        match (to, &mut self.edited) {
            (To::Main, Some(edited)) => Some(&mut edited.output),
            (To::Main, None) => self.all.first_mut(),
            (To::File(OutputIndex(index)), _) => self.all.get_mut(*self.places.get(index)?),
        }
    }

    /// Writes a line, with its end unless it had none.
    pub(crate) fn line(&mut self, to: To, line: &[u8], ended: bool) -> Result<(), Fatal> {
        let end = self.end;
        self.output(to).map_or(Ok(()), |output| output.line(line, ended, end))
    }

    /// Writes bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Fatal> {
        let end = self.end;
        self.output(To::Main).map_or(Ok(()), |output| output.bytes(bytes, end))
    }

    /// Writes out whatever is kept back.
    pub(crate) fn flush(&mut self) -> Result<(), Fatal> {
        let edited = self.edited.as_mut().map_or(Ok(()), |edited| edited.output.flush());
        // All of them, whatever becomes of one.
        self.all.iter_mut().map(Output::flush).fold(edited, Result::and)
    }

    /// Begins to edit a file in place.
    pub(crate) fn begin_file(&mut self, target: &[u8]) -> Result<(), Fatal> {
        const TRIES_MAX: usize = 100;
        let folder = host::path(target).parent().map(PathBuf::from).unwrap_or_default();
        let mut failure = io::Error::from(Errno::EXIST);
        for _ in 0..TRIES_MAX {
            let random = RandomState::new().hash_one(target) % 0x100_0000;
            let temporary = folder.join(format!("sed{random:06x}"));
            match File::options().write(true).create_new(true).open(&temporary) {
                Ok(file) => {
                    // Where modes cannot be set the file keeps that of a new one.
                    let _ = host::copy_mode(host::path(target), &temporary);
                    let name = temporary.to_string_lossy().into_owned();
                    let output = Output::new(Target::File(file), name, false);
                    self.edited = Some(Edited { output, temporary, target: target.to_vec() });
                    return Ok(());
                }
                Err(error) => failure = error,
            }
            if failure.kind() != io::ErrorKind::AlreadyExists {
                break;
            }
        }
        let shown = folder.join("sedXXXXXX");
        let shown = if shown.parent().is_some_and(|parent| parent.as_os_str().is_empty()) {
            PathBuf::from("./sedXXXXXX")
        } else {
            shown
        };
        Err(Fatal(format!("couldn't open temporary file {}: {}", shown.display(), words(&failure))))
    }

    /// Puts the edited file, if there is one, in the place of the old one.
    pub(crate) fn end_file(&mut self) -> Result<(), Fatal> {
        let Some(mut edited) = self.edited.take() else { return Ok(()) };
        edited.output.flush()?;
        drop(edited.output);
        let target = host::path(&edited.target);
        let renamed = |from: &std::path::Path, to: &std::path::Path| {
            std::fs::rename(from, to)
                .map_err(|error| Fatal(format!("cannot rename {}: {}", from.display(), words(&error))))
        };
        if let Some(pattern) = &self.backup {
            renamed(target, host::path(&backup_name(&edited.target, pattern)))?;
        }
        renamed(&edited.temporary, target)
    }

    /// Gives up a file that is being edited.
    pub(crate) fn abandon_file(&mut self) {
        if let Some(edited) = self.edited.take() {
            // It is of no use to anybody; that it is left is no worse than what happened.
            let _ = std::fs::remove_file(edited.temporary);
        }
    }
}

/// The name of a backup: a suffix, or a name in which each `*` is the file's; beside the file unless it has a slash.
fn backup_name(target: &[u8], pattern: &[u8]) -> Vec<u8> {
    let split = target.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (folder, base) = target.split_at(split);
    let mut name = Vec::new();
    if !pattern.contains(&b'*') {
        name.extend(base);
    }
    for byte in pattern {
        if *byte == b'*' { name.extend(base) } else { name.push(*byte) }
    }
    if name.contains(&b'/') { name } else { [folder, &name].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_has_the_suffix_or_the_name_in_stars() {
        let name = |target: &str, pattern: &str| {
            String::from_utf8(backup_name(target.as_bytes(), pattern.as_bytes())).unwrap()
        };
        assert_eq!(name("d/f", ".bak"), "d/f.bak");
        assert_eq!(name("d/f", "old_*"), "d/old_f");
        assert_eq!(name("d/f", "bk/*.*"), "bk/f.f");
    }
}
