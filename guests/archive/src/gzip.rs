//! gzip, gunzip and zcat: files compressed in place.
//!
//! It owns the walk over the operands, the messages and the status; [`options`] reads the command line and [`listing`]
//! prints what `-l` asks for. Written from the manual, and held against GNU gzip 1.12.

mod listing;
mod options;

use std::cell::Cell;
use std::io::{self, Read, Write};

use cli::stdio;
use rustix::io::Errno;

use crate::codec::gzip::{Name, Reader, Writer};
use crate::codec::{Fault, Format, Input, Part, lzw};
use crate::host::{self, DIRECTORY, LINK, REGULAR, Stat, is, reason};
use crate::inplace::{Counted, Failure, Output, is_confirmed, pump};
use listing::Listing;
use options::{Job, Mode, Request};

/// Statuses; an error weighs more than a warning.
const ERROR: i32 = 1;
const WARNING: i32 = 2;

/// What gunzip takes off a name, after the suffix of `-S`.
const SUFFIXES: [&str; 7] = [".gz", ".z", ".taz", ".tgz", "-gz", "-z", "_z"];

/// Runs gzip: its name and its arguments, to an exit status.
pub fn main(typed: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let program = cli::multicall::command_name(typed);
    let job = match options::parse(program, arguments) {
        Ok(Request::Show(text)) => {
            return i32::from(stdio::print(text.as_bytes()).is_err());
        }
        Ok(Request::Run(job)) => job,
        Err(what) => {
            stdio::complain("gzip", &what);
            return ERROR;
        }
    };
    let mut gzip = Gzip { listing: Listing::new(&job), job: &job, status: 0 };
    let done = if job.files.is_empty() {
        gzip.stream()
    } else {
        job.files.iter().try_for_each(|file| if file == b"-" { gzip.stream() } else { gzip.file(file) })
    };
    if done.is_err() {
        return ERROR;
    }
    gzip.listing.finish();
    gzip.status
}

/// The whole run ends with status 1.
struct Stop;

struct Gzip<'a> {
    job: &'a Job,
    listing: Listing,
    status: i32,
}

/// The numbers that a ratio is made of.
struct Sizes {
    plain: u64,
    packed: u64,
    header: u64,
}

impl Gzip<'_> {
    fn fail(&mut self, what: &str) {
        stdio::complain("gzip", what);
        self.status = ERROR;
    }

    fn warn(&mut self, what: &str) {
        if !self.job.quiet {
            stdio::complain("gzip", what);
        }
        if self.status == 0 {
            self.status = WARNING;
        }
    }

    /// Standard input to standard output.
    fn stream(&mut self) -> Result<(), Stop> {
        let packs = self.job.mode == Mode::Compress;
        let looks_odd = if packs { host::is_terminal(io::stdout()) } else { host::is_terminal(io::stdin()) };
        if looks_odd && !self.job.force && self.job.mode != Mode::List {
            let (written, compression) =
                if packs { ("written to", "compression") } else { ("read from", "decompression") };
            stdio::complain(
                "gzip",
                &format!("compressed data not {written} a terminal. Use -f to force {compression}."),
            );
            stdio::note("For help, type: gzip -h");
            return Err(Stop);
        }
        let mut stdin = host::stdin();
        let stat = host::stat_fd(&stdin).unwrap_or_default();
        let mtime = if stat.is(REGULAR) { stat.mtime.seconds } else { 0 };
        let name = Name { name: None, mtime: u32::try_from(mtime).unwrap_or(0) };
        match self.job.mode {
            Mode::Compress => {
                let name = if self.job.saves_name { name } else { Name::default() };
                let sizes = self.pack("stdin", &mut stdin, &mut host::stdout(), &name)?;
                self.tell_ratio(b"", &sizes, "");
            }
            Mode::Decompress | Mode::Test => {
                let sizes = self.unpack("stdin", &mut stdin, &mut host::stdout(), &mut Name::default())?;
                if let Some(sizes) = sizes {
                    self.tell_ratio(b"", &sizes, "");
                }
            }
            Mode::List => {
                let stat = Stat { mtime: host::now(), ..Stat::default() };
                self.list("stdin", &mut stdin, b"stdout", &stat)?;
            }
        }
        Ok(())
    }

    /// A file that was named, or found in a directory that was.
    fn file(&mut self, named: &[u8]) -> Result<(), Stop> {
        let to_stdout = self.job.to_stdout || matches!(self.job.mode, Mode::Test | Mode::List);
        let unpacks = self.job.mode != Mode::Compress;
        let Some((path, stat)) = self.find(named, unpacks) else { return Ok(()) };
        let shown = String::from_utf8_lossy(&path).into_owned();
        if stat.is(LINK) && !to_stdout && !self.job.force {
            self.fail(&format!("{shown}: Too many levels of symbolic links"));
            return Ok(());
        }
        let stat = if stat.is(LINK) {
            match host::stat(&path, true) {
                Ok(stat) => stat,
                Err(error) => {
                    self.fail(&format!("{shown}: {}", reason(&error)));
                    return Ok(());
                }
            }
        } else {
            stat
        };
        if stat.is(DIRECTORY) {
            return self.directory(&path);
        }
        if !to_stdout {
            if !stat.is(REGULAR) {
                self.warn(&format!("{shown} is not a directory or a regular file - ignored"));
                return Ok(());
            }
            if stat.nlink > 1 && !self.job.force {
                let others = stat.nlink - 1;
                let plural = if others == 1 { "" } else { "s" };
                self.warn(&format!("{shown} has {others} other link{plural} -- file ignored"));
                return Ok(());
            }
        }
        let target = if unpacks { self.unpacked_name(&path) } else { self.packed_name(&path) };
        let target = match target {
            Some(target) => target,
            None if to_stdout && unpacks => path.clone(),
            None => return Ok(()),
        };
        let mut source = match host::open(&path) {
            Ok(source) => source,
            Err(error) => {
                self.fail(&format!("{shown}: {}", reason(&error)));
                return Ok(());
            }
        };
        if self.job.mode == Mode::List {
            return self.list(&shown, &mut source, &target, &stat);
        }
        if self.job.verbose {
            write_error(&format!("{shown}:\t"));
        }
        if to_stdout {
            let sizes = if unpacks {
                let mut sink: Box<dyn Write> =
                    if self.job.mode == Mode::Test { Box::new(io::sink()) } else { Box::new(host::stdout()) };
                self.unpack(&shown, &mut source, &mut *sink, &mut Name::default())?
            } else {
                Some(self.pack(&shown, &mut source, &mut host::stdout(), &self.name_of(&path, &stat))?)
            };
            if let Some(sizes) = sizes {
                self.tell_ratio(&path, &sizes, "replaced with stdout");
            }
            return Ok(());
        }
        self.replace(&path, &stat, &mut source, target)
    }

    /// The file of a name; gunzip also looks for it with a suffix.
    fn find(&mut self, named: &[u8], unpacks: bool) -> Option<(Vec<u8>, Stat)> {
        let first = match host::stat(named, false) {
            Ok(stat) => return Some((named.to_vec(), stat)),
            Err(error) => error,
        };
        let mut shown = named.to_vec();
        if unpacks && is(&first, Errno::NOENT) && self.suffix_of(named).is_none() {
            for suffix in [self.job.suffix.as_slice(), b".gz", b".z", b"-z", b".Z"] {
                let path = [named, suffix].concat();
                if let Ok(stat) = host::stat(&path, false) {
                    return Some((path, stat));
                }
            }
            shown.extend(&self.job.suffix);
        }
        self.fail(&format!("{}: {}", String::from_utf8_lossy(&shown), reason(&first)));
        None
    }

    fn directory(&mut self, path: &[u8]) -> Result<(), Stop> {
        if !self.job.recursive {
            self.warn(&format!("{} is a directory -- ignored", String::from_utf8_lossy(path)));
            return Ok(());
        }
        let mut names = match host::names(path) {
            Ok(names) => names,
            Err(error) => {
                self.fail(&format!("{}: {}", String::from_utf8_lossy(path), reason(&error)));
                return Ok(());
            }
        };
        names.sort();
        let slash: &[u8] = if path.ends_with(b"/") { b"" } else { b"/" };
        // The depth is that of paths, whose length the host bounds.
        names.iter().try_for_each(|name| self.file(&[path, slash, name].concat()))
    }

    /// The suffix that marks a name as that of a compressed file.
    fn suffix_of<'n>(&self, name: &'n [u8]) -> Option<&'n [u8]> {
        let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
        let known = SUFFIXES.iter().map(|suffix| suffix.as_bytes());
        let suffixes = std::iter::once(self.job.suffix.as_slice()).chain(known).chain([b".Z".as_slice()]);
        for suffix in suffixes {
            let lower = base.to_ascii_lowercase();
            if base.len() > suffix.len() && lower.ends_with(&suffix.to_ascii_lowercase()) {
                return name.get(name.len() - suffix.len()..);
            }
        }
        None
    }

    fn packed_name(&mut self, path: &[u8]) -> Option<Vec<u8>> {
        if !self.job.to_stdout
            && let Some(suffix) = self.suffix_of(path)
        {
            if self.job.verbose || !(self.job.recursive || self.job.quiet) {
                let (path, suffix) = (String::from_utf8_lossy(path), String::from_utf8_lossy(suffix));
                stdio::complain("gzip", &format!("{path} already has {suffix} suffix -- unchanged"));
            }
            return None;
        }
        Some([path, &self.job.suffix].concat())
    }

    fn unpacked_name(&mut self, path: &[u8]) -> Option<Vec<u8>> {
        match self.suffix_of(path) {
            Some(suffix) => {
                let stem = &path[..path.len() - suffix.len()];
                let lower = suffix.to_ascii_lowercase();
                Some(if lower == b".tgz" || lower == b".taz" {
                    [stem, b".tar"].concat()
                } else {
                    stem.to_vec()
                })
            }
            None => {
                let to_stdout = self.job.to_stdout || matches!(self.job.mode, Mode::Test | Mode::List);
                if !to_stdout && (self.job.verbose || !self.job.recursive) {
                    self.warn(&format!("{}: unknown suffix -- ignored", String::from_utf8_lossy(path)));
                }
                None
            }
        }
    }

    fn name_of(&self, path: &[u8], stat: &Stat) -> Name {
        if !self.job.saves_name {
            return Name::default();
        }
        let base = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let mtime = if stat.is(REGULAR) { u32::try_from(stat.mtime.seconds).unwrap_or(0) } else { 0 };
        Name { name: Some(base.to_vec()), mtime }
    }

    /// Writes the file beside its source, and removes the source.
    fn replace(
        &mut self,
        path: &[u8],
        stat: &Stat,
        source: &mut dyn Read,
        mut target: Vec<u8>,
    ) -> Result<(), Stop> {
        let shown = String::from_utf8_lossy(path).into_owned();
        let unpacks = self.job.mode == Mode::Decompress;
        let mut kept = *stat;
        let mut input = Input::new(source);
        if unpacks && self.job.restores_name {
            let header = peek_name(&mut input);
            if let Some(name) = header.name.filter(|name| !name.is_empty()) {
                // A name of the header may not choose a folder.
                let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(&name);
                let folder = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
                if !base.is_empty() && base != b"." && base != b".." {
                    target = [&path[..folder], base].concat();
                }
            }
            if header.mtime != 0 {
                kept.mtime.seconds = header.mtime.into();
                kept.mtime.nanoseconds = 0;
            }
        }
        let target_shown = String::from_utf8_lossy(&target).into_owned();
        let made = Output::create(&target, self.job.force);
        let made = match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let question = format!("gzip: {target_shown} already exists;");
                if host::is_terminal(io::stdin())
                    && is_confirmed(&format!("{question} do you wish to overwrite (y or n)? "))
                {
                    Output::create(&target, true)
                } else {
                    if !host::is_terminal(io::stdin()) {
                        if !self.job.quiet {
                            stdio::note(&format!("{question}\tnot overwritten"));
                        }
                    } else {
                        stdio::note("\tnot overwritten");
                    }
                    if self.status == 0 {
                        self.status = WARNING;
                    }
                    return Ok(());
                }
            }
            other => other,
        };
        let (output, mut sink) = match made {
            Ok(made) => made,
            Err(error) => {
                self.fail(&format!("{target_shown}: {}", reason(&error)));
                return Ok(());
            }
        };
        let sizes = if unpacks {
            self.unpack(&shown, &mut input, &mut sink, &mut Name::default())?
        } else {
            Some(self.pack(&shown, &mut input, &mut sink, &self.name_of(path, stat))?)
        };
        drop(sink);
        let Some(sizes) = sizes else { return Ok(()) };
        if let Err(error) = output.keep(&kept) {
            self.warn(&format!("{target_shown}: {}", reason(&error)));
        }
        if !self.job.keep
            && let Err(error) = host::remove_file(path)
        {
            self.warn(&format!("{shown}: {}", reason(&error)));
        }
        let verb = if self.job.keep { "created" } else { "replaced with" };
        self.tell_ratio(path, &sizes, &format!("{verb} {target_shown}"));
        Ok(())
    }

    /// Compresses one member.
    fn pack(
        &self,
        shown: &str,
        source: &mut dyn Read,
        sink: &mut dyn Write,
        name: &Name,
    ) -> Result<Sizes, Stop> {
        let mut counted = Counted::new(sink);
        let copied =
            Writer::new(&mut counted, self.job.level, name).map_err(Failure::Write).and_then(|mut writer| {
                let plain = pump(source, &mut writer)?;
                writer.finish().map_err(Failure::Write)?;
                Ok(plain)
            });
        let header = 18 + name.name.as_ref().map_or(0, |name| name.len() as u64 + 1);
        match copied {
            Ok(plain) => Ok(Sizes { plain, packed: counted.bytes, header }),
            Err(failure) => Err(stop(shown, &failure)),
        }
    }

    /// Decompresses; `None` where the failure is the file's and the run goes on.
    fn unpack(
        &mut self,
        shown: &str,
        source: &mut dyn Read,
        sink: &mut dyn Write,
        _name: &mut Name,
    ) -> Result<Option<Sizes>, Stop> {
        let mut input = Input::new(source);
        let start = input.fill_to(6).map_err(|error| stop(shown, &Failure::Read(error)))?;
        let format = Format::of(start);
        let header = header_bytes(start);
        let passes = self.job.force && self.job.to_stdout && format.is_none();
        if passes {
            pump(&mut input, sink).map_err(|failure| stop(shown, &failure))?;
            return Ok(None);
        }
        let read = Cell::new(0);
        let copied = if format == Some(Format::Compress) {
            pump(&mut lzw::Reader::new(input), sink).map(|plain| (plain, 0))
        } else {
            let mut reader = Reader::with_input(input);
            let copied = pump(&mut reader, sink);
            let (taken, plain) = reader.totals();
            read.set(taken);
            let named = reader.name.name.as_ref().map_or(0, |name| name.len() as u64 + 1);
            match copied {
                Err(Failure::Read(error)) if Fault::of(&error) == Some(&Fault::TrailingGarbage) => {
                    if !self.job.quiet {
                        stdio::note(&format!("\ngzip: {shown}: decompression OK, trailing garbage ignored"));
                    }
                    self.status = if self.status == 0 { WARNING } else { self.status };
                    Ok((plain, named))
                }
                other => other.map(|plain| (plain, named)),
            }
        };
        match copied {
            Ok((plain, named)) => Ok(Some(Sizes { plain, packed: read.get(), header: header + named })),
            Err(Failure::Read(error)) => self.unpack_failed(shown, error).map(|()| None),
            Err(failure) => Err(stop(shown, &failure)),
        }
    }

    /// Words what is wrong with a stream. What is no gzip at all ends only its own file.
    fn unpack_failed(&mut self, shown: &str, error: io::Error) -> Result<(), Stop> {
        let is_test = self.job.mode == Mode::Test;
        self.status = ERROR;
        match Fault::of(&error) {
            Some(Fault::NotInFormat) => stdio::note(&format!("\ngzip: {shown}: not in gzip format")),
            Some(Fault::Unsupported(what)) if what.starts_with("unknown") => {
                stdio::complain("gzip", &format!("{shown}: {what}"));
            }
            Some(Fault::Unsupported(what)) => stdio::complain("gzip", &format!("{shown} {what}")),
            Some(Fault::Corrupt(Part::Checksum)) => {
                stdio::note(&format!("\ngzip: {shown}: invalid compressed data--crc error"));
                if !is_test {
                    return Err(Stop);
                }
            }
            Some(Fault::Corrupt(Part::Length)) => {
                stdio::note(&format!("\ngzip: {shown}: invalid compressed data--length error"));
                if !is_test {
                    return Err(Stop);
                }
            }
            _ => return Err(stop(shown, &Failure::Read(error))),
        }
        Ok(())
    }

    fn list(&mut self, shown: &str, source: &mut dyn Read, target: &[u8], stat: &Stat) -> Result<(), Stop> {
        let mut reader = Reader::new(source);
        match pump(&mut reader, &mut io::sink()) {
            Err(Failure::Read(error)) if Fault::of(&error) == Some(&Fault::TrailingGarbage) => {}
            Err(Failure::Read(error)) => return self.unpack_failed(shown, error),
            Err(failure) => return Err(stop(shown, &failure)),
            Ok(_) => {}
        }
        // As GNU's: what the last member says of itself.
        let plain = reader.length.into();
        let packed = if stat.size > 0 { stat.size } else { reader.totals().0 };
        let header = 18 + reader.name.name.as_ref().map_or(0, |name| name.len() as u64 + 1);
        let mut target = target.to_vec();
        let mut time = stat.mtime;
        if self.job.restores_name {
            target = reader.name.name.clone().unwrap_or(target);
            if reader.name.mtime != 0 {
                time.seconds = reader.name.mtime.into();
            }
        }
        self.listing.line(&Sizes { plain, packed, header }, &target, reader.checksum, time);
        Ok(())
    }

    /// What `-v` says behind a name.
    fn tell_ratio(&self, path: &[u8], sizes: &Sizes, what: &str) {
        if !self.job.verbose {
            return;
        }
        if self.job.mode == Mode::Test {
            stdio::note(" OK");
            return;
        }
        let ratio = ratio(sizes);
        if path.is_empty() { stdio::note(&ratio) } else { stdio::note(&format!("{ratio} -- {what}")) }
    }
}

/// How much was saved, as gzip prints it.
fn ratio(sizes: &Sizes) -> String {
    if sizes.plain == 0 {
        return "  0.0%".to_owned();
    }
    #[expect(clippy::cast_precision_loss, reason = "a percentage of one digit")]
    let (plain, data) = (sizes.plain as f64, sizes.packed as f64 - sizes.header as f64);
    format!("{:5.1}%", 100.0 * (plain - data) / plain)
}

fn header_bytes(start: &[u8]) -> u64 {
    if Format::of(start) == Some(Format::Compress) { 3 } else { 18 }
}

/// The name and the time in the header of a stream of which nothing was taken.
fn peek_name<R: Read>(input: &mut Input<R>) -> Name {
    match input.fill_to(4096) {
        Ok(start) => {
            let mut reader = Reader::new(start);
            // A header that cannot be read is told when the data is.
            match reader.header() {
                Ok(_) => reader.name,
                Err(_) => Name::default(),
            }
        }
        Err(_) => Name::default(),
    }
}

/// Words a failure that ends the run.
fn stop(shown: &str, failure: &Failure) -> Stop {
    let what = match failure {
        Failure::Read(error) => match Fault::of(error) {
            Some(Fault::Truncated) => "unexpected end of file".to_owned(),
            Some(Fault::Corrupt(_)) => "invalid compressed data--format violated".to_owned(),
            Some(other) => other.to_string(),
            None => reason(error),
        },
        Failure::Write(error) => {
            stdio::complain("gzip", &format!("stdout: {}", reason(error)));
            return Stop;
        }
    };
    stdio::note(&format!("\ngzip: {shown}: {what}"));
    Stop
}

/// Writes to standard error without a newline.
fn write_error(text: &str) {
    // Nobody is left to tell when standard error cannot be written.
    let _ = io::stderr().write_all(text.as_bytes());
}
