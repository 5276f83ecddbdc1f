//! xz, unxz, xzcat, lzma, unlzma and lzcat: files compressed in place, in the words of xz 5.4.
//!
//! It owns the walk over the operands, the messages and the status; [`options`] reads the command line and [`listing`]
//! prints what `-l` asks for. Written from the manual, and held against the program.

mod listing;
mod options;

use std::cell::Cell;
use std::io::{self, Read, Write};

use cli::stdio;

use crate::codec::xz::{Reader, Settings, lzma_writer, writer};
use crate::codec::{Fault, Format, Input};
use crate::host::{self, DIRECTORY, LINK, REGULAR, Stat, reason};
use crate::inplace::{Counted, CountedSource, Failure, Output, pump};
use options::{Job, Kind, Mode, Request};

const ERROR: i32 = 1;
const WARNING: i32 = 2;

/// Suffixes of compressed files, and what comes in their place.
const SUFFIXES: [(&str, &str, Kind); 4] = [
    (".xz", "", Kind::Xz),
    (".txz", ".tar", Kind::Xz),
    (".lzma", "", Kind::Lzma),
    (".tlz", ".tar", Kind::Lzma),
];

/// Runs xz: its name and its arguments, to an exit status.
pub fn main(typed: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let program = cli::multicall::command_name(typed);
    let job = match options::parse(program, arguments) {
        Ok(Request::Show(text)) => return i32::from(stdio::print(text.as_bytes()).is_err()),
        Ok(Request::Run(job)) => job,
        Err(what) => {
            stdio::complain(program, &what);
            return ERROR;
        }
    };
    if job.mode == Mode::List {
        return listing::run(&job);
    }
    let mut xz = Xz { job: &job, status: 0 };
    if job.files.is_empty() {
        xz.stream();
    }
    for file in &job.files {
        if file == b"-" { xz.stream() } else { xz.file(file) }
    }
    match xz.status {
        WARNING if job.no_warn => 0,
        status => status,
    }
}

struct Xz<'a> {
    job: &'a Job,
    status: i32,
}

impl Xz<'_> {
    fn fail(&mut self, what: &str) {
        if self.job.quiet < 2 {
            stdio::complain(&self.job.program, what);
        }
        self.status = ERROR;
    }

    fn warn(&mut self, what: &str) {
        if self.job.quiet < 1 {
            stdio::complain(&self.job.program, what);
        }
        if self.status == 0 {
            self.status = WARNING;
        }
    }

    fn stream(&mut self) {
        let mut stdin = host::stdin();
        let mut stdout = host::stdout();
        match self.job.mode {
            Mode::Compress if host::is_terminal(&stdout) => {
                self.fail("Compressed data cannot be written to a terminal");
            }
            Mode::Compress => {
                self.convert("(stdin)", None, &mut stdin, &mut stdout);
            }
            _ if host::is_terminal(&stdin) => self.fail("Compressed data cannot be read from a terminal"),
            Mode::Test => {
                self.convert("(stdin)", None, &mut stdin, &mut io::sink());
            }
            Mode::Decompress | Mode::List => {
                self.convert("(stdin)", None, &mut stdin, &mut stdout);
            }
        }
    }

    fn file(&mut self, path: &[u8]) {
        let shown = String::from_utf8_lossy(path).into_owned();
        let to_stdout = self.job.to_stdout || self.job.mode == Mode::Test;
        let link = match host::stat(path, false) {
            Ok(link) => link,
            Err(error) => return self.fail(&format!("{shown}: {}", reason(&error))),
        };
        if link.is(LINK) && !to_stdout && !self.job.force && !self.job.keep {
            return self.warn(&format!("{shown}: Is a symbolic link, skipping"));
        }
        let (stat, mut source) = match host::stat(path, true).and_then(|stat| Ok((stat, host::open(path)?))) {
            Ok(opened) => opened,
            Err(error) => return self.fail(&format!("{shown}: {}", reason(&error))),
        };
        if stat.is(DIRECTORY) {
            return self.warn(&format!("{shown}: Is a directory, skipping"));
        }
        if !to_stdout && !self.job.force && !self.job.keep {
            if !stat.is(REGULAR) {
                return self.warn(&format!("{shown}: Not a regular file, skipping"));
            }
            if stat.mode & 0o6000 != 0 {
                return self.warn(&format!("{shown}: File has setuid or setgid bit set, skipping"));
            }
            if stat.mode & 0o1000 != 0 {
                return self.warn(&format!("{shown}: File has sticky bit set, skipping"));
            }
            if stat.nlink > 1 {
                return self.warn(&format!("{shown}: Input file has more than one hard link, skipping"));
            }
        }
        if to_stdout {
            if self.job.mode == Mode::Test {
                self.convert(&shown, Some(&stat), &mut source, &mut io::sink());
            } else {
                self.convert(&shown, Some(&stat), &mut source, &mut host::stdout());
            }
            return;
        }
        // xz looks at what it is to read before it makes a file.
        let mut input = Input::new(source);
        if self.job.mode == Mode::Decompress {
            let start = input.fill_to(6).unwrap_or_default();
            if !self.is_known(start) {
                return self.fail(&format!("{shown}: File format not recognized"));
            }
        }
        let Some(target) = self.target(path, &shown) else { return };
        self.replace(path, &shown, &stat, &mut input, &target);
    }

    fn is_known(&self, start: &[u8]) -> bool {
        matches!(
            (Format::of(start), self.job.kind),
            (Some(Format::Xz), Kind::Auto | Kind::Xz) | (Some(Format::Lzma), Kind::Auto | Kind::Lzma)
        )
    }

    fn target(&mut self, path: &[u8], shown: &str) -> Option<Vec<u8>> {
        let base = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let own = self.job.suffix.as_deref();
        if self.job.mode == Mode::Compress {
            let kind = if self.job.kind == Kind::Lzma { Kind::Lzma } else { Kind::Xz };
            let known = SUFFIXES.iter().filter(|(.., of)| *of == kind).map(|(suffix, ..)| suffix.as_bytes());
            if let Some(has) = known.chain(own).find(|suffix| base.ends_with(suffix)) {
                self.warn(&format!(
                    "{shown}: File already has `{}' suffix, skipping",
                    String::from_utf8_lossy(has)
                ));
                return None;
            }
            let suffix = own.unwrap_or(if kind == Kind::Lzma { b".lzma" } else { b".xz" });
            return Some([path, suffix].concat());
        }
        let of_own = own.map(|suffix| (suffix, "".as_bytes()));
        let known = SUFFIXES.iter().filter(|(.., of)| self.job.kind == Kind::Auto || *of == self.job.kind);
        let all =
            of_own.into_iter().chain(known.map(|(suffix, other, _)| (suffix.as_bytes(), other.as_bytes())));
        for (suffix, other) in all {
            if base.len() > suffix.len() && base.ends_with(suffix) {
                return Some([&path[..path.len() - suffix.len()], other].concat());
            }
        }
        self.warn(&format!("{shown}: Filename has an unknown suffix, skipping"));
        None
    }

    fn replace(&mut self, path: &[u8], shown: &str, stat: &Stat, source: &mut dyn Read, target: &[u8]) {
        let to = String::from_utf8_lossy(target).into_owned();
        let (output, mut sink) = match Output::create(target, self.job.force) {
            Ok(made) => made,
            Err(error) => return self.fail(&format!("{to}: {}", reason(&error))),
        };
        if !self.convert(shown, Some(stat), source, &mut sink) {
            return;
        }
        drop(sink);
        if let Err(error) = output.keep(stat) {
            self.warn(&format!("{to}: Cannot set the file permissions: {}", reason(&error)));
        }
        if !self.job.keep
            && let Err(error) = host::remove_file(path)
        {
            self.warn(&format!("{shown}: Cannot remove: {}", reason(&error)));
        }
    }

    /// Compresses or decompresses; `false` where it failed.
    fn convert(
        &mut self,
        shown: &str,
        stat: Option<&Stat>,
        source: &mut dyn Read,
        sink: &mut dyn Write,
    ) -> bool {
        let (read, mut counted) = (Cell::new(0), Counted::new(sink));
        let mut source = CountedSource { source, bytes: &read };
        let done = if self.job.mode == Mode::Compress {
            let size = stat.filter(|stat| stat.is(REGULAR)).map(|stat| stat.size);
            self.pack(size, &mut source, &mut counted)
        } else {
            self.unpack(&mut source, &mut counted)
        };
        let what = match done {
            Ok(()) => {
                if self.job.verbose {
                    let (packed, plain) = match self.job.mode {
                        Mode::Compress => (counted.bytes, read.get()),
                        _ => (read.get(), counted.bytes),
                    };
                    stdio::note(&format!("{shown}: {}", listing::progress(packed, plain)));
                }
                return true;
            }
            Err(Failure::Read(error)) => match Fault::of(&error) {
                Some(fault) => format!("{shown}: {fault}"),
                None => format!("{shown}: Read error: {}", reason(&error)),
            },
            Err(Failure::Write(error)) => format!("(stdout): Write error: {}", reason(&error)),
        };
        self.fail(&what);
        false
    }

    fn pack(&self, size: Option<u64>, source: &mut dyn Read, sink: &mut dyn Write) -> Result<(), Failure> {
        let settings =
            Settings { level: self.job.level, extreme: self.job.extreme, check: self.job.check, size };
        if self.job.kind == Kind::Lzma {
            let mut encoder = lzma_writer(sink, &settings).map_err(Failure::Write)?;
            pump(source, &mut encoder)?;
            encoder.finish().map_err(Failure::Write)?;
        } else {
            let mut encoder = writer(sink, &settings).map_err(Failure::Write)?;
            pump(source, &mut encoder)?;
            encoder.finish().map_err(Failure::Write)?;
        }
        Ok(())
    }

    fn unpack(&self, source: &mut dyn Read, sink: &mut dyn Write) -> Result<(), Failure> {
        let mut input = Input::new(source);
        let start = input.fill_to(6).map_err(Failure::Read)?;
        let done = match Format::of(start) {
            _ if !self.is_known(start) => {
                if self.job.force && self.job.to_stdout && self.job.kind == Kind::Auto {
                    pump(&mut input, sink)
                } else {
                    return Err(Failure::Read(Fault::NotInFormat.into()));
                }
            }
            Some(Format::Lzma) => pump(&mut Reader::lzma(input), sink),
            _ => pump(&mut Reader::xz(input), sink),
        };
        done.map(|_| ())
    }
}
