//! Where pieces go: files, programs, or standard output.

use std::fs::File;
use std::os::fd::AsFd;

use cli::frame::Frame;
use cli::stdio;
use cli::wording::{name, quoted_name, reason};
use rustix::fs::Stat;
use rustix::io::Errno;

use super::suffix::Suffixes;
use crate::input::{errno_of, path};
use crate::line::fail;
use crate::shell::{End, Filter};

/// How much is held back at most.
const BLOCK_BYTES: usize = 64 * 1024;

/// One piece that is being written.
pub struct Sink {
    name: Vec<u8>,
    target: Target,
    held: Vec<u8>,
}

enum Target {
    File(File),
    /// None: it takes no more.
    Filter(Filter, bool),
    Output,
}

/// All of them.
pub struct Sinks<'a> {
    pub frame: Frame<'a>,
    pub prefix: Vec<u8>,
    pub additional: Vec<u8>,
    pub filter: Option<Vec<u8>>,
    pub verbose: bool,
    pub suffixes: Suffixes,
    /// The file that is split.
    pub source: Option<Stat>,
}

impl Sinks<'_> {
    /// Writes to a piece, which is made where there is none yet.
    pub fn put(&mut self, sink: &mut Option<Sink>, bytes: &[u8]) -> Result<(), i32> {
        let sink = match sink {
            Some(sink) => sink,
            None => sink.insert(self.open()?),
        };
        self.write(sink, bytes)
    }

    /// Writes to standard output.
    pub fn print(&mut self, sink: &mut Option<Sink>, bytes: &[u8]) -> Result<(), i32> {
        let output = || Sink { name: b"-".to_vec(), target: Target::Output, held: Vec::new() };
        self.write(sink.get_or_insert_with(output), bytes)
    }

    fn write(&self, sink: &mut Sink, bytes: &[u8]) -> Result<(), i32> {
        if sink.held.len() + bytes.len() > BLOCK_BYTES {
            self.empty(sink)?;
        }
        if bytes.len() > BLOCK_BYTES {
            return self.write_through(sink, bytes);
        }
        sink.held.extend_from_slice(bytes);
        Ok(())
    }

    fn empty(&self, sink: &mut Sink) -> Result<(), i32> {
        let held = std::mem::take(&mut sink.held);
        let written = self.write_through(sink, &held);
        sink.held = held;
        sink.held.clear();
        written
    }

    /// Writes what is held back.
    pub fn flush(&self, sink: &mut Option<Sink>) -> Result<(), i32> {
        sink.as_mut().map_or(Ok(()), |sink| self.empty(sink))
    }

    fn write_through(&self, sink: &mut Sink, bytes: &[u8]) -> Result<(), i32> {
        if bytes.is_empty() {
            return Ok(());
        }
        let written = match &mut sink.target {
            Target::File(file) => stdio::write_all(file.as_fd(), bytes),
            Target::Output => stdio::print(bytes),
            Target::Filter(_, true) => Ok(()),
            Target::Filter(filter, is_full) => match filter.write(bytes) {
                // It need not read everything.
                Err(Errno::PIPE) => {
                    *is_full = true;
                    Ok(())
                }
                other => other,
            },
        };
        written.map_err(|errno| fail(self.frame, &format!("{}: {}", name(&sink.name), reason(errno))))
    }

    fn open(&mut self) -> Result<Sink, i32> {
        let Some(suffix) = self.suffixes.take() else {
            return Err(fail(self.frame, "output file suffixes exhausted"));
        };
        let file_name = [self.prefix.as_slice(), &suffix, &self.additional].concat();
        let fails = |errno: Errno| fail(self.frame, &format!("{}: {}", name(&file_name), reason(errno)));
        if self.verbose {
            let said = match self.filter {
                Some(_) => format!("executing with FILE={}\n", name(&file_name)),
                None => format!("creating file {}\n", quoted_name(&file_name)),
            };
            stdio::print(said.as_bytes()).map_err(fails)?;
        }
        let target = match &self.filter {
            Some(command) => Target::Filter(Filter::start(command, &file_name).map_err(fails)?, false),
            None => {
                self.check_source(&file_name)?;
                Target::File(File::create(path(&file_name)).map_err(|error| fails(errno_of(&error)))?)
            }
        };
        Ok(Sink { name: file_name, target, held: Vec::new() })
    }

    /// Refuses a piece that is the file which is split.
    fn check_source(&self, file: &[u8]) -> Result<(), i32> {
        let (Some(source), Ok(stat)) = (&self.source, rustix::fs::stat(path(file))) else { return Ok(()) };
        if (source.st_dev, source.st_ino) == (stat.st_dev, stat.st_ino) {
            return Err(fail(self.frame, &format!("{} would overwrite input; aborting", quoted_name(file))));
        }
        Ok(())
    }

    /// Ends a piece: a program must end well.
    pub fn close(&mut self, sink: Option<Sink>) -> Result<(), i32> {
        let Some(mut sink) = sink else { return Ok(()) };
        self.empty(&mut sink)?;
        let Target::Filter(filter, _) = sink.target else { return Ok(()) };
        let file = String::from_utf8_lossy(&sink.name).into_owned();
        let command = String::from_utf8_lossy(self.filter.as_deref().unwrap_or_default()).into_owned();
        let complain = |what: String| {
            self.frame.complain(&format!("with FILE={file}, {what} from command: {command}"));
        };
        match filter.finish() {
            Ok(End::Code(0)) => Ok(()),
            Ok(End::Code(code)) => {
                complain(format!("exit {code}"));
                Err(i32::from(code))
            }
            // A program that was ended because nobody reads what it says has done its part.
            Ok(End::Signal(signal)) if signal == crate::shell::PIPE => Ok(()),
            Ok(End::Signal(signal)) => {
                complain(format!("signal {}", crate::shell::signal_name(signal)));
                Err(128 + signal)
            }
            Err(errno) => Err(fail(self.frame, &format!("waiting for child process: {}", reason(errno)))),
        }
    }
}
