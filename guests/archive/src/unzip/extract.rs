//! Entries become files, or bytes on standard output, or are only checked.
//!
//! No entry leaves the folder: leading slashes and `..` are dropped, and symbolic links are made last.

use std::fs::File;
use std::io::{self, Read, Write};

use cli::stdio;
use flate2::Crc;

use super::listing::shown;
use super::{Action, ERROR, Existing, Job, UNSUPPORTED, WARNING, within};
use crate::codec::{CHUNK, Input, bzip2, read_some, zstd};
use crate::host::{self, DIRECTORY, Time, reason};
use crate::zip::format::{self, BZIP2, DEFLATED, ENCRYPTED, Entry, STORED, ZSTD};

/// The status where the disk is full, and where a password is wanted.
const DISK_FULL: i32 = 50;
const NO_PASSWORD: i32 = 82;

/// Does it for all entries; answers the status.
pub fn all(job: &Job, archive: &str, file: &mut File, entries: &[(usize, &Entry)]) -> i32 {
    let mut unzip = Unzip {
        job,
        status: 0,
        existing: job.existing,
        links: Vec::new(),
        folders: Vec::new(),
        out: Vec::new(),
    };
    if job.action == Action::Extract
        && !job.folder.is_empty()
        && host::stat(&job.folder, true).is_err()
        && let Err(error) = host::make_directory(&job.folder)
    {
        let folder = String::from_utf8_lossy(&job.folder);
        stdio::note(&format!(
            "checkdir:  cannot create extraction directory: {folder}\n           {}",
            reason(&error)
        ));
        return ERROR;
    }
    for (index, entry) in entries {
        unzip.one(file, *index, entry, archive);
    }
    unzip.finish();
    unzip.flush();
    unzip.status
}

struct Unzip<'a> {
    job: &'a Job,
    status: i32,
    existing: Existing,
    /// Links to be made last: where, and to what.
    links: Vec<(Vec<u8>, Vec<u8>)>,
    folders: Vec<(Vec<u8>, Option<u32>, Time)>,
    out: Vec<u8>,
}

/// A name in 22 columns, counted in bytes.
fn padded(name: &str) -> String {
    format!("{name}{}", " ".repeat(22_usize.saturating_sub(name.len())))
}

/// A name as it is said.
fn said(name: &[u8]) -> String {
    String::from_utf8_lossy(&shown(name)).into_owned()
}

impl Unzip<'_> {
    fn say(&mut self, text: &str) {
        if self.job.quiet == 0 && self.job.action != (Action::Pipe { named: false }) {
            self.out.extend(text.bytes());
            if self.out.len() > 1 << 14 {
                self.flush();
            }
        }
    }

    fn flush(&mut self) {
        let out = std::mem::take(&mut self.out);
        if !out.is_empty() && stdio::print(&out).is_err() {
            self.status = self.status.max(ERROR);
        }
    }

    /// Says what is wrong; in a test on standard output.
    fn note(&mut self, text: &str, status: i32) {
        if self.job.action == Action::Test {
            self.out.extend(text.bytes());
            self.out.push(b'\n');
        } else {
            self.flush();
            stdio::note(text);
        }
        self.status = self.status.max(status);
    }

    /// Says what is done with an odd name.
    fn remark(&mut self, text: &str) {
        self.out.extend(text.bytes());
        self.out.push(b'\n');
        self.status = self.status.max(WARNING);
    }

    fn one(&mut self, file: &mut File, index: usize, entry: &Entry, archive: &str) {
        let name = said(&entry.name);
        if entry.flags & ENCRYPTED != 0 {
            return self
                .note(&format!("   skipping: {}  unable to get password", padded(&name)), NO_PASSWORD);
        }
        if !matches!(entry.method, STORED | DEFLATED | BZIP2 | ZSTD) {
            let method = entry.method;
            return self.note(
                &format!("   skipping: {}  unsupported compression method {method}", padded(&name)),
                UNSUPPORTED,
            );
        }
        match format::seek_data(file, entry) {
            Ok(true) => {}
            Ok(false) => {
                let (number, at) = (index + 1, entry.offset);
                return self
                    .note(&format!("file #{number}:  bad zipfile offset (local header sig):  {at}"), ERROR);
            }
            Err(error) => return self.note(&format!("error [{archive}]:  {}", reason(&error)), ERROR),
        }
        match self.job.action {
            Action::Test => {
                self.say(&format!("    testing: {}  ", padded(&name)));
                if self.data(file, entry, &mut io::sink(), &name) {
                    self.say(" OK\n");
                }
            }
            Action::Pipe { named } if !entry.is_directory() => {
                if named {
                    self.say(&format!("{}: {}  \n", verb(entry), padded(&name)));
                }
                self.flush();
                self.data(file, entry, &mut host::stdout(), &name);
                if named {
                    self.say("\n");
                }
            }
            Action::Pipe { .. } => {}
            _ => self.extract(file, entry, &name),
        }
    }

    /// Decodes an entry into a sink, and holds it against its checksum.
    fn data(&mut self, file: &mut File, entry: &Entry, sink: &mut dyn Write, name: &str) -> bool {
        match copy(file, entry, sink) {
            Ok(crc) if crc == entry.crc => return true,
            Ok(crc) => {
                let name = if self.job.quiet > 0 { format!("{} ", padded(name)) } else { String::new() };
                self.note(&format!("{name} bad CRC {crc:08x}  (should be {:08x})", entry.crc), ERROR);
            }
            Err(Broken::Source) => {
                let name = if self.job.quiet > 0 { format!(" {name}") } else { String::new() };
                self.note(&format!("\n  error:  invalid compressed data to inflate{name}"), ERROR);
            }
            Err(Broken::Sink(error)) => {
                self.note(&format!("\n{name}:  write error: {}", reason(&error)), DISK_FULL)
            }
        }
        false
    }

    /// Where an entry goes; `None` where nothing is left of its name.
    fn target(&mut self, entry: &Entry) -> Option<Vec<u8>> {
        let name = if self.job.lower_case { entry.name.to_ascii_lowercase() } else { entry.name.clone() };
        if name.starts_with(b"/") {
            self.remark(&format!("warning:  stripped absolute path spec from {}", said(&name)));
        }
        let all = || name.split(|byte| *byte == b'/');
        if all().any(|part| part == b"..") {
            self.remark(&format!("warning:  skipped \"../\" path component(s) in {}", said(&name)));
        }
        let parts: Vec<&[u8]> =
            all().filter(|part| !matches!(*part, b"" | b"." | b"..") && !part.contains(&0)).collect();
        let parts = if self.job.junk { parts.get(parts.len().saturating_sub(1)..)? } else { &parts };
        let path = parts.join(b"/".as_slice());
        (!path.is_empty()).then(|| within(&self.job.folder, &path))
    }

    fn extract(&mut self, file: &mut File, entry: &Entry, name: &str) {
        if entry.is_directory() && self.job.junk {
            return;
        }
        let Some(path) = self.target(entry) else { return };
        if entry.is_directory() {
            return self.directory(entry, path, name);
        }
        let there = host::stat(&path, false).ok();
        match &there {
            None if self.job.freshen => return,
            Some(stat)
                if (self.job.freshen || self.job.update) && stat.mtime.seconds >= entry.mtime().seconds =>
            {
                return;
            }
            _ => {}
        }
        let path = match there {
            Some(_) => match self.ask(&path) {
                Some(path) => path,
                None => return,
            },
            None => path,
        };
        if !parents(&path) {
            let what = format!(
                "checkdir error:  {} exists but is not directory\n                 unable to process {name}.",
                said(&path)
            );
            return self.note(&what, ERROR);
        }
        if entry.is_link() { self.link(file, entry, &path, name) } else { self.file(file, entry, &path) }
    }

    fn directory(&mut self, entry: &Entry, path: Vec<u8>, name: &str) {
        let is_there = |path: &[u8]| host::stat(path, true).is_ok_and(|stat| stat.is(DIRECTORY));
        if is_there(&path) || self.job.freshen {
            return;
        }
        self.say(&format!("   creating: {}/\n", said(&path)));
        if !parents(&path) || host::make_directory(&path).is_err() && !is_there(&path) {
            let what = format!(
                "checkdir error:  cannot create {}\n                 unable to process {name}.",
                said(&path)
            );
            return self.note(&what, ERROR);
        }
        self.folders.push((path, entry.mode(), entry.mtime()));
    }

    /// Whether a file that is there may go, perhaps under another name.
    fn ask(&mut self, path: &[u8]) -> Option<Vec<u8>> {
        let ask = |question: &str| {
            // Nobody answers what cannot be asked.
            let _ = io::stderr().write_all(question.as_bytes());
            line()
        };
        loop {
            match self.existing {
                Existing::Keep => return None,
                Existing::Overwrite => return Some(path.to_vec()),
                Existing::Ask => {}
            }
            self.flush();
            let question = format!("replace {}? [y]es, [n]o, [A]ll, [N]one, [r]ename: ", said(path));
            match ask(&question).as_deref() {
                None => {
                    stdio::note(" NULL\n(EOF or read error, treating as \"[N]one\" ...)");
                    self.existing = Existing::Keep;
                    self.status = self.status.max(WARNING);
                }
                Some([b'y' | b'Y', ..]) => return Some(path.to_vec()),
                Some([b'n', ..]) => return None,
                Some([b'A', ..]) => self.existing = Existing::Overwrite,
                Some([b'N', ..]) => self.existing = Existing::Keep,
                Some([b'r' | b'R', ..]) => {
                    if let Some(name) = ask("new name: ").filter(|name| !name.is_empty()) {
                        return Some(within(&self.job.folder, &name));
                    }
                }
                Some(other) => stdio::note(&format!("error:  invalid response [{}]", said(other))),
            }
        }
    }

    /// Reads a link's target. An empty file keeps its place: nothing is written through a link that is not there yet.
    fn link(&mut self, file: &mut File, entry: &Entry, path: &[u8], name: &str) {
        let mut target = Vec::new();
        if !self.data(file, entry, &mut Bounded(&mut target), name) || target.is_empty() {
            return;
        }
        self.say(&format!("    linking: {}  -> {} \n", padded(&said(path)), said(&target)));
        // Where nothing was, there is nothing to remove.
        let _ = host::remove_file(path);
        match host::create_new(path) {
            Ok(_) => self.links.push((path.to_vec(), target)),
            Err(error) => {
                self.note(&format!("error:  cannot create {}\n        {}", said(path), reason(&error)), ERROR)
            }
        }
    }

    fn file(&mut self, file: &mut File, entry: &Entry, path: &[u8]) {
        let made = host::create_new(path).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => host::remove_file(path).and_then(|()| host::create_new(path)),
            _ => Err(error),
        });
        let mut sink = match made {
            Ok(sink) => sink,
            Err(error) => {
                return self.note(
                    &format!("error:  cannot create {}\n        {}", said(path), reason(&error)),
                    DISK_FULL,
                );
            }
        };
        self.say(&format!("{}: {}  ", verb(entry), padded(&said(path))));
        if self.data(file, entry, &mut sink, &said(path)) {
            self.say("\n");
        }
        drop(sink);
        let umask = host::umask();
        let kept = if self.job.keep_special { 0o7777 } else { 0o777 };
        let mode = entry.mode().map_or(0o666, |mode| mode & kept) & !umask;
        let time = entry.mtime();
        // What cannot be set is no reason to lose the data.
        let _ = host::set_times(path, true, time, time);
        let _ = host::set_mode(path, mode);
    }

    /// Makes the links, and gives the folders their modes and times.
    fn finish(&mut self) {
        let links = std::mem::take(&mut self.links);
        if !links.is_empty() {
            self.say("finishing deferred symbolic links:\n");
        }
        for (path, target) in links {
            let line = format!("  {} -> {}", padded(&said(&path)), said(&target));
            match host::remove_file(&path).and_then(|()| host::symbolic_link(&target, &path)) {
                Ok(()) => self.say(&format!("{line}\n")),
                Err(error) => self.note(&format!("{line}\n      {}", reason(&error)), ERROR),
            }
        }
        for (path, mode, time) in std::mem::take(&mut self.folders).into_iter().rev() {
            let mode = mode.unwrap_or(0o777) & 0o777 & !host::umask();
            // As with files.
            let _ = host::set_times(&path, true, time, time);
            let _ = host::set_mode(&path, mode);
        }
    }
}

/// Makes the folders above a path; `false` where one cannot be.
fn parents(path: &[u8]) -> bool {
    path.iter().enumerate().filter(|(at, byte)| **byte == b'/' && *at > 0).all(|(at, _)| {
        let folder = &path[..at];
        host::make_directory(folder).is_ok() || host::stat(folder, true).is_ok_and(|stat| stat.is(DIRECTORY))
    })
}

/// The target of a link is bounded: a path is no longer.
struct Bounded<'a>(&'a mut Vec<u8>);

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > 4096 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn verb(entry: &Entry) -> &'static str {
    if entry.method == STORED { " extracting" } else { "  inflating" }
}

/// A line of standard input, without its end; `None` at the end.
fn line() -> Option<Vec<u8>> {
    let mut line = Vec::new();
    let mut byte = [0];
    let mut stdin = host::stdin();
    while matches!(read_some(&mut stdin, &mut byte), Ok(1)) {
        if byte[0] == b'\n' {
            return Some(line);
        }
        line.push(byte[0]);
    }
    (!line.is_empty()).then_some(line)
}

/// Why data cannot be had, or not be written.
enum Broken {
    Source,
    Sink(io::Error),
}

/// Decodes the data of an entry, which are not more than it says; answers the checksum.
fn copy(file: &mut File, entry: &Entry, sink: &mut dyn Write) -> Result<u32, Broken> {
    let source = Input::new(Read::take(&mut *file, entry.packed));
    let mut decoder: Box<dyn Read> = match entry.method {
        DEFLATED => {
            Box::new(flate2::bufread::DeflateDecoder::new(io::BufReader::with_capacity(CHUNK, source)))
        }
        BZIP2 => Box::new(bzip2::Reader::new(source)),
        ZSTD => Box::new(zstd::Reader::new(source)),
        _ => Box::new(source),
    };
    let mut crc = Crc::new();
    let mut buffer = vec![0; CHUNK.min(usize::try_from(entry.plain).unwrap_or(CHUNK)).max(512)];
    let mut total = 0_u64;
    loop {
        let count = read_some(&mut decoder, &mut buffer).map_err(|_| Broken::Source)?;
        if count == 0 {
            break;
        }
        total += count as u64;
        if total > entry.plain {
            return Err(Broken::Source);
        }
        crc.update(&buffer[..count]);
        sink.write_all(&buffer[..count]).map_err(Broken::Sink)?;
    }
    if total < entry.plain { Err(Broken::Source) } else { Ok(crc.sum()) }
}
