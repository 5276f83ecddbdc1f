//! zstd, unzstd and zstdcat: files compressed beside themselves, in the words of zstd 1.5.4.
//!
//! It owns the walk over the operands, the messages and the status; [`options`] reads the command line and [`listing`]
//! prints what `-l` asks for. Written from the manual, and held against the program.

mod listing;
mod options;

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Write};

use cli::stdio;

use crate::codec::zstd::{Reader, Writer};
use crate::codec::{Fault, Format, Input, Part, gzip, xz};
use crate::host::{self, DIRECTORY, LINK, REGULAR, Stat, reason};
use crate::inplace::{Counted, CountedSource, Failure, Output, is_confirmed, pump};
use options::{Job, Mode, Request};

/// What standard input is called.
const STDIN: &str = "/*stdin*\\";

/// Suffixes of compressed files, and what comes in their place.
const SUFFIXES: [(&str, &str); 7] = [
    (".zst", ""),
    (".tzst", ".tar"),
    (".gz", ""),
    (".tgz", ".tar"),
    (".lzma", ""),
    (".xz", ""),
    (".txz", ".tar"),
];

/// Runs zstd: its name and its arguments, to an exit status.
pub fn main(typed: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let program = cli::multicall::command_name(typed);
    let job = match options::parse(program, arguments) {
        Ok(Request::Show(text)) => return i32::from(stdio::print(text.as_bytes()).is_err()),
        Ok(Request::Run(job)) => job,
        Err(what) => {
            stdio::note(&what);
            return 1;
        }
    };
    if job.mode == Mode::List {
        return listing::run(&job);
    }
    if job.verbosity > 2 {
        stdio::note("*** zstd (wasmsand) 0.1.0 ***");
    }
    let mut zstd = Zstd { job: &job, failed: false, done: 0, plain: 0, packed: 0 };
    zstd.run();
    i32::from(zstd.failed)
}

struct Zstd<'a> {
    job: &'a Job,
    failed: bool,
    done: u64,
    plain: u64,
    packed: u64,
}

impl Zstd<'_> {
    fn fail(&mut self, what: &str) {
        self.failed = true;
        if self.job.verbosity >= 1 {
            stdio::note(what);
        }
    }

    fn run(&mut self) {
        let mut files = Vec::new();
        for path in &self.job.files {
            match self.admitted(path) {
                Some(true) => files.push(path.clone()),
                Some(false) => self.below(path, &mut files),
                None => {}
            }
        }
        if files.is_empty() {
            if self.job.files.is_empty() {
                self.one(b"-", false);
            }
            return;
        }
        let several = self.job.files.len() > 1 || files.len() > 1;
        match &self.job.output {
            Some(output) if files.len() > 1 => self.joined(&files, &output.clone()),
            _ => {
                for path in &files {
                    self.one(path, several);
                }
            }
        }
        if several && self.job.verbosity >= 2 && self.done > 0 {
            self.tell_totals();
        }
    }

    /// Whether an operand is a file to take, or a directory to look through; `None`: it was refused in words.
    fn admitted(&mut self, path: &[u8]) -> Option<bool> {
        if path == b"-" {
            return Some(true);
        }
        let shown = String::from_utf8_lossy(path).into_owned();
        match host::stat(path, false) {
            Ok(link) if link.is(LINK) && !self.job.force && !self.job.to_stdout => {
                if self.job.verbosity >= 2 {
                    stdio::note(&format!("Warning : {shown} is a symbolic link, ignoring "));
                }
                self.failed = true;
                None
            }
            Ok(_) if self.job.recursive && host::stat(path, true).is_ok_and(|stat| stat.is(DIRECTORY)) => {
                Some(false)
            }
            _ => Some(true),
        }
    }

    /// The files below a directory.
    fn below(&mut self, top: &[u8], files: &mut Vec<Vec<u8>>) {
        let mut left = vec![top.to_vec()];
        while let Some(path) = left.pop() {
            match host::stat(&path, false) {
                Ok(stat) if stat.is(DIRECTORY) => {
                    let mut names = host::names(&path).unwrap_or_default();
                    names.sort();
                    let slash: &[u8] = if path.ends_with(b"/") { b"" } else { b"/" };
                    left.extend(names.iter().rev().map(|name| [path.as_slice(), slash, name].concat()));
                }
                Ok(stat) if stat.is(REGULAR) => files.push(path),
                _ => {}
            }
        }
    }

    fn is_packing(&self) -> bool {
        self.job.mode == Mode::Compress
    }

    /// All files into one output.
    fn joined(&mut self, files: &[Vec<u8>], target: &[u8]) {
        let to = String::from_utf8_lossy(target).into_owned();
        if self.job.verbosity >= 2 {
            stdio::note(&format!(
                "zstd: WARNING: all input files will be processed and concatenated into a single output file: {to} \n\
                 The concatenated output CANNOT regenerate original file names nor directory structure. "
            ));
        }
        let Some((output, mut sink)) = self.created(target, &to) else { return };
        let mut stats = Vec::new();
        for path in files {
            let shown = String::from_utf8_lossy(path).into_owned();
            let Some((mut source, stat)) = self.opened(path, &shown) else { continue };
            self.convert(&shown, &to, stat.as_ref(), &mut source, &mut sink, true);
            stats.extend(stat);
        }
        drop(sink);
        let mode = 0o666 & !host::umask();
        let now = host::now();
        let fresh = Stat { mode, uid: u32::MAX, gid: u32::MAX, atime: now, mtime: now, ..Stat::default() };
        let _ = output.keep(&fresh);
    }

    fn opened(&mut self, path: &[u8], shown: &str) -> Option<(File, Option<Stat>)> {
        if path == b"-" {
            return Some((host::stdin(), None));
        }
        let stat = match host::stat(path, true) {
            Ok(stat) => stat,
            Err(error) => {
                self.fail(&format!("zstd: can't stat {shown} : {} -- ignored ", reason(&error)));
                return None;
            }
        };
        if stat.is(DIRECTORY) {
            self.fail(&format!("zstd: {shown} is a directory -- ignored "));
            return None;
        }
        match host::open(path) {
            Ok(source) => Some((source, Some(stat))),
            Err(error) => {
                self.fail(&format!("zstd: {shown}: {} ", reason(&error)));
                None
            }
        }
    }

    fn created(&mut self, target: &[u8], to: &str) -> Option<(Output, File)> {
        let mut made = Output::create(target, self.job.force);
        if made.as_ref().err().is_some_and(|error| error.kind() == io::ErrorKind::AlreadyExists) {
            if self.job.verbosity <= 1 {
                self.failed = true;
                stdio::note(&format!("zstd: {to} already exists; not overwritten  "));
                return None;
            }
            if !is_confirmed(&format!("zstd: {to} already exists; overwrite (y/n) ? ")) {
                self.failed = true;
                stdio::note("Not overwritten  \n ");
                return None;
            }
            made = Output::create(target, true);
        }
        match made {
            Ok(made) => Some(made),
            Err(error) => {
                self.fail(&format!("zstd: {to}: {} ", reason(&error)));
                None
            }
        }
    }

    /// One file, or standard input, to where its output goes.
    fn one(&mut self, path: &[u8], several: bool) {
        let is_stdin = path == b"-";
        let shown = if is_stdin { STDIN.to_owned() } else { String::from_utf8_lossy(path).into_owned() };
        let to_stdout = self.job.to_stdout || (is_stdin && self.job.output.is_none());
        // unzstd asks for the suffix before it looks for the file.
        let mut target = None;
        if self.job.mode == Mode::Decompress && !to_stdout {
            target = Some(match self.job.output.clone().or_else(|| unpacked_name(path)) {
                Some(target) => target,
                None => {
                    return self.fail(&format!(
                        "zstd: {shown}: unknown suffix (.zst/.tzst/.gz/.tgz/.lzma/.xz/.txz/.lz4/.tlz4 expected). Can't \
                         derive the output file name. Specify it with -o dstFileName. Ignoring."
                    ));
                }
            });
        }
        if is_stdin && !self.is_packing() && host::is_terminal(io::stdin()) && !self.job.force
            || is_stdin
                && self.is_packing()
                && to_stdout
                && host::is_terminal(io::stdout())
                && !self.job.force
        {
            return self.fail(if self.is_packing() {
                "stdout is a console, aborting"
            } else {
                "stdin is a console, aborting"
            });
        }
        let Some((mut source, stat)) = self.opened(path, &shown) else { return };
        if self.job.mode == Mode::Test {
            self.convert(&shown, "", stat.as_ref(), &mut source, &mut io::sink(), several);
            return;
        }
        if to_stdout {
            self.convert(&shown, "/*stdout*\\", stat.as_ref(), &mut source, &mut host::stdout(), several);
            return;
        }
        let target =
            target.or_else(|| self.job.output.clone()).unwrap_or_else(|| [path, self.job.suffix()].concat());
        let to = String::from_utf8_lossy(&target).into_owned();
        if let (Some(stat), Ok(other)) = (&stat, host::stat(&target, true))
            && (stat.dev, stat.ino) == (other.dev, other.ino)
        {
            return self.fail("zstd: Refusing to open an output file which will overwrite the input file ");
        }
        if matches!(host::stat(&target, true), Ok(there) if !there.is(REGULAR) && !there.is(DIRECTORY)) {
            // A device or a pipe is written to as it is.
            match File::options().write(true).open(host::os(&target)) {
                Ok(mut sink) => {
                    self.convert(&shown, &to, stat.as_ref(), &mut source, &mut sink, several);
                }
                Err(error) => self.fail(&format!("zstd: {to}: {} ", reason(&error))),
            }
            return;
        }
        let Some((output, mut sink)) = self.created(&target, &to) else { return };
        if !self.convert(&shown, &to, stat.as_ref(), &mut source, &mut sink, several) {
            return;
        }
        drop(sink);
        match stat {
            Some(stat) if stat.is(REGULAR) => {
                // A mode that cannot be set is no reason to lose the data.
                let _ = output.keep(&stat);
                if self.job.removes
                    && let Err(error) = host::remove_file(path)
                {
                    self.fail(&format!("zstd: {shown}: {} ", reason(&error)));
                }
            }
            _ => {
                let now = host::now();
                let mode = 0o666 & !host::umask();
                let fresh =
                    Stat { mode, uid: u32::MAX, gid: u32::MAX, atime: now, mtime: now, ..Stat::default() };
                let _ = output.keep(&fresh);
            }
        }
    }

    /// Compresses or decompresses; `false` where it failed.
    fn convert(
        &mut self,
        shown: &str,
        to: &str,
        stat: Option<&Stat>,
        source: &mut dyn Read,
        sink: &mut dyn Write,
        several: bool,
    ) -> bool {
        let (read, mut counted) = (Cell::new(0), Counted::new(sink));
        let mut source = CountedSource { source, bytes: &read };
        let done = if self.is_packing() {
            let size = stat.filter(|stat| stat.is(REGULAR)).map(|stat| stat.size);
            self.pack(size, &mut source, &mut counted)
        } else {
            self.unpack(&mut source, &mut counted)
        };
        match done {
            Ok(()) => {
                self.done += 1;
                let (plain, packed) =
                    if self.is_packing() { (read.get(), counted.bytes) } else { (counted.bytes, read.get()) };
                self.plain += plain;
                self.packed += packed;
                // To standard output it is silent, but for -v.
                let quiet_level = if to == "/*stdout*\\" { 3 } else { 2 };
                if !several && self.job.verbosity >= quiet_level {
                    self.tell(shown, to, plain, packed);
                }
                true
            }
            Err(failure) => {
                self.complain(shown, &failure);
                false
            }
        }
    }

    fn tell(&self, shown: &str, to: &str, plain: u64, packed: u64) {
        if !self.is_packing() {
            stdio::note(&format!("{shown:<20}: {plain} bytes "));
            return;
        }
        let (size, result) = (human(plain), human(packed));
        let ratio = percent(packed, plain);
        stdio::note(&format!("{shown:<20} :{ratio}   ({size} => {result}, {to}) "));
    }

    fn tell_totals(&self) {
        if self.is_packing() {
            stdio::note(&format!(
                "{:3} files compressed : {} ({} => {})",
                self.done,
                percent(self.packed, self.plain).trim_start_matches(' '),
                human_wide(self.plain),
                human_wide(self.packed)
            ));
        } else {
            stdio::note(&format!("{} files decompressed : {:6} bytes total ", self.done, self.plain));
        }
    }

    fn complain(&mut self, shown: &str, failure: &Failure) {
        let what = match failure {
            Failure::Read(error) => match Fault::of(error) {
                Some(Fault::NotInFormat | Fault::TrailingGarbage) => {
                    format!("zstd: {shown}: unsupported format ")
                }
                Some(Fault::Truncated) => format!("{shown} : Read error (39) : premature end "),
                Some(Fault::TooMuchMemory) => {
                    format!("{shown} : Decoding error (36) : Frame requires too much memory for decoding ")
                }
                Some(Fault::Corrupt(Part::Checksum)) => {
                    format!("{shown} : Decoding error (36) : Restored data doesn't match checksum ")
                }
                Some(Fault::Unsupported(what)) => format!("{shown} : Decoding error (36) : {what} "),
                Some(Fault::Corrupt(_)) => {
                    format!("{shown} : Decoding error (36) : Data corruption detected ")
                }
                None => format!("zstd: {shown}: {} ", reason(error)),
            },
            Failure::Write(error) => {
                format!("zstd: error 70 : Write error : cannot write block : {} ", reason(error))
            }
        };
        self.fail(&what);
    }

    fn pack(&self, size: Option<u64>, source: &mut dyn Read, sink: &mut dyn Write) -> Result<(), Failure> {
        match self.job.format {
            Format::Gzip => {
                let level = u32::try_from(self.job.level.clamp(1, 9)).unwrap_or(6);
                let mut encoder =
                    gzip::Writer::new(sink, level, &gzip::Name::default()).map_err(Failure::Write)?;
                pump(source, &mut encoder)?;
                encoder.finish().map_err(Failure::Write)?;
            }
            Format::Xz => {
                let mut settings =
                    xz::Settings::level(u32::try_from(self.job.level.clamp(0, 9)).unwrap_or(6));
                settings.size = size;
                let mut encoder = xz::writer(sink, &settings).map_err(Failure::Write)?;
                pump(source, &mut encoder)?;
                encoder.finish().map_err(Failure::Write)?;
            }
            _ => {
                let mut encoder =
                    Writer::new(sink, self.job.level, self.job.checksum, size).map_err(Failure::Write)?;
                pump(source, &mut encoder)?;
                encoder.finish().map_err(Failure::Write)?;
            }
        }
        Ok(())
    }

    /// Decompresses whatever format it is, as zstd does.
    fn unpack(&self, source: &mut dyn Read, sink: &mut dyn Write) -> Result<(), Failure> {
        let mut input = Input::new(source);
        let start = input.fill_to(6).map_err(Failure::Read)?;
        let done = match Format::of(start) {
            _ if start.is_empty() => return Err(Failure::Read(Fault::NotInFormat.into())),
            Some(Format::Zstd) => pump(&mut Reader::new(input), sink),
            Some(Format::Gzip) => pump(&mut gzip::Reader::with_input(input), sink),
            Some(Format::Xz) => pump(&mut xz::Reader::xz(input), sink),
            Some(Format::Lzma) => pump(&mut xz::Reader::lzma(input), sink),
            Some(Format::Bzip2 | Format::Compress) | None => {
                // zstdcat passes on what it does not know.
                if self.job.force && self.job.to_stdout {
                    pump(&mut input, sink)
                } else {
                    return Err(Failure::Read(Fault::NotInFormat.into()));
                }
            }
        };
        done.map(|_| ())
    }
}

fn unpacked_name(path: &[u8]) -> Option<Vec<u8>> {
    SUFFIXES.iter().find_map(|(suffix, other)| {
        let stem = path.strip_suffix(suffix.as_bytes()).filter(|stem| !stem.is_empty())?;
        Some([stem, other.as_bytes()].concat())
    })
}

#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
fn percent(packed: u64, plain: u64) -> String {
    if plain == 0 {
        // A division by nothing is printed as C prints it.
        return "  inf%".to_owned();
    }
    format!("{:6.2}%", packed as f64 / plain as f64 * 100.0)
}

/// A size: the number in six columns, and its unit.
pub fn human(bytes: u64) -> String {
    let (number, unit) = scaled(bytes);
    format!("{number:>6}{unit}")
}

/// The same with the unit in four columns.
pub fn human_wide(bytes: u64) -> String {
    let (number, unit) = scaled(bytes);
    format!("{number:>6}{unit:>4}")
}

#[expect(clippy::cast_precision_loss, reason = "few digits are shown")]
fn scaled(bytes: u64) -> (String, &'static str) {
    let mut value = bytes as f64;
    let mut unit = " B";
    for next in [" KiB", " MiB", " GiB", " TiB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    let number = match value {
        _ if unit == " B" => bytes.to_string(),
        large if large >= 100.0 => format!("{large:.0}"),
        middle if middle >= 10.0 => format!("{middle:.1}"),
        small => format!("{small:.2}"),
    };
    (number, unit)
}
