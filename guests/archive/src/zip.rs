//! zip: archives of files, in the words of Zip 3.0.
//!
//! It owns the course of a run, the messages and the status; [`options`] reads the command line, [`format`](mod@format)
//! knows the archive, [`pack`] compresses. The new archive is written beside the old one and then takes its place.

pub mod format;
mod options;
mod pack;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use cli::stdio;

use crate::clock::Civil;
use crate::codec::{CHUNK, read_some};
use crate::glob::{self, Rules};
use crate::host::{self, DIRECTORY, LINK, REGULAR, Stat, reason};
use crate::unzip::percent;
use format::{DESCRIPTOR, Directory, Entry, Failure, STORED, UTF8};
use options::{Action, Job, Request};
use pack::{Output, Source};

/// Statuses.
const FORMAT: i32 = 3;
const NOTHING: i32 = 12;
const CANNOT_CREATE: i32 = 15;
const ARGUMENTS: i32 = 16;
const NOT_ALL_READ: i32 = 18;
const DISK: i32 = 14;

/// The run ends with a status. What is wrong was said.
struct Stop(i32);

/// Runs zip: its name and its arguments, to an exit status.
pub fn main(_program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let job = match options::parse(arguments) {
        Ok(Request::Show(text)) => return i32::from(stdio::print(text.as_bytes()).is_err()),
        Ok(Request::Run(job)) => job,
        Err(what) => {
            // As with all complaints of zip.
            let _ = stdio::print(format!("\nzip error: Invalid command arguments ({what})\n").as_bytes());
            return ARGUMENTS;
        }
    };
    let mut zip = Zip { to_stderr: job.archive == b"-", job: &job, status: 0 };
    match zip.run() {
        Ok(()) => zip.status,
        Err(Stop(status)) => status,
    }
}

struct Zip<'a> {
    job: &'a Job,
    /// The archive goes to standard output.
    to_stderr: bool,
    status: i32,
}

/// A file to be added: its path, its name in the archive, and what is known of it.
struct Found {
    path: Vec<u8>,
    name: Vec<u8>,
    stat: Stat,
}

impl Zip<'_> {
    fn say(&self, text: &str) {
        if self.job.quiet {
            return;
        }
        if self.to_stderr {
            stdio::note(text.trim_end_matches('\n'));
        } else {
            // What cannot be written shows in what is missing.
            let _ = stdio::print(text.as_bytes());
        }
    }

    /// Complaints go where everything goes that zip says.
    fn tell(&self, what: &str) {
        if self.to_stderr {
            stdio::note(what);
        } else {
            // What cannot be written shows in what is missing.
            let _ = stdio::print(format!("{what}\n").as_bytes());
        }
    }

    fn warn(&self, what: &str) {
        self.tell(&format!("\tzip warning: {what}"));
    }

    fn stop(&self, status: i32, what: &str) -> Stop {
        self.tell(&format!("\nzip error: {what}"));
        Stop(status)
    }

    fn run(&mut self) -> Result<(), Stop> {
        let path = self.job.path();
        let mut old = if self.to_stderr { None } else { self.old(&path)? };
        let directory = match &mut old {
            Some(file) => self.directory(file, &path)?,
            None => Directory::default(),
        };
        if self.job.action == Action::Delete {
            return self.delete(&path, old, directory);
        }
        let found = self.find(&directory);
        let (missing_all, files) = (found.is_empty(), found);
        if missing_all {
            // Nothing that is there was to be taken: that is an error unless only a test was asked for.
            if self.job.tests && old.is_some() && self.job.names.is_empty() {
                return self.test(&path);
            }
            return Err(match self.job.action {
                Action::Update | Action::Freshen if old.is_some() => Stop(NOTHING),
                _ => self.stop(NOTHING, &format!("Nothing to do! ({})", String::from_utf8_lossy(&path))),
            });
        }
        self.write(&path, old, directory, &files)?;
        if self.job.tests {
            self.test(&path)?;
        }
        if self.job.moves {
            for file in files.iter().rev() {
                // A folder that is not empty stays.
                let _ = if file.stat.is(DIRECTORY) {
                    host::remove_directory(&file.path)
                } else {
                    host::remove_file(&file.path)
                };
            }
        }
        Ok(())
    }

    fn old(&self, path: &[u8]) -> Result<Option<File>, Stop> {
        match host::open(path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let what = format!(
                    "Zip file structure invalid ({}: {})",
                    String::from_utf8_lossy(path),
                    reason(&error)
                );
                Err(self.stop(FORMAT, &what))
            }
        }
    }

    fn directory(&self, file: &mut File, path: &[u8]) -> Result<Directory, Stop> {
        if host::stat_fd(&*file).is_ok_and(|stat| stat.size == 0) {
            return Ok(Directory::default());
        }
        format::read(file).map_err(|failure| {
            let shown = String::from_utf8_lossy(path);
            match failure {
                Failure::NoEnd | Failure::NoDirectory => {
                    self.warn("missing end signature--probably not a zip file (did you");
                    self.warn("remember to use binary mode when you transferred it?)");
                    self.warn("(if you are trying to read a damaged archive try -F)");
                    self.stop(FORMAT, &format!("Zip file structure invalid ({shown})"))
                }
                Failure::Io(error) => {
                    self.stop(FORMAT, &format!("Zip file structure invalid ({shown}: {})", reason(&error)))
                }
            }
        })
    }

    /// The files that were named, found below folders, or are in the archive already, as the action wants them.
    fn find(&mut self, directory: &Directory) -> Vec<Found> {
        let known: HashMap<&[u8], &Entry> =
            directory.entries.iter().map(|entry| (entry.name.as_slice(), entry)).collect();
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let names = if self.job.action == Action::Freshen && self.job.names.is_empty() {
            directory.entries.iter().map(|entry| entry.name.clone()).collect()
        } else {
            self.job.names.clone()
        };
        let archive = host::stat(&self.job.path(), true).ok();
        for name in &names {
            if name == b"-" {
                let now = host::now();
                let stat = Stat { mode: host::FIFO | 0o600, mtime: now, atime: now, ..Stat::default() };
                found.push(Found { path: b"-".to_vec(), name: b"-".to_vec(), stat });
                continue;
            }
            let before = found.len();
            if !self.walk(name, &mut found) {
                if self.job.action != Action::Freshen {
                    self.warn(&format!("name not matched: {}", String::from_utf8_lossy(name)));
                }
                continue;
            }
            let fresh = found.split_off(before);
            found.extend(fresh.into_iter().filter(|file| {
                let is_archive = archive
                    .as_ref()
                    .is_some_and(|archive| (archive.dev, archive.ino) == (file.stat.dev, file.stat.ino));
                let is_wanted = match (self.job.action, known.get(file.name.as_slice())) {
                    (Action::Freshen, None) => false,
                    (Action::Update | Action::Freshen, Some(entry)) => {
                        file.stat.mtime.seconds > entry.mtime().seconds
                    }
                    _ => true,
                };
                !is_archive && is_wanted && self.is_included(&file.name) && seen.insert(file.name.clone())
            }));
        }
        found
    }

    fn is_included(&self, name: &[u8]) -> bool {
        let rules = Rules { slash_too: true, ..Rules::default() };
        let held = |patterns: &[Vec<u8>]| patterns.iter().any(|pattern| glob::matches(pattern, name, rules));
        (self.job.included.is_empty() || held(&self.job.included)) && !held(&self.job.excluded)
    }

    /// Adds a file, and with `-r` what is below it; `false` where it is not there.
    fn walk(&self, name: &[u8], found: &mut Vec<Found>) -> bool {
        let mut left = vec![name.to_vec()];
        let mut is_first = true;
        while let Some(path) = left.pop() {
            let stat = match host::stat(&path, !self.job.keeps_links) {
                Ok(stat) => stat,
                Err(_) if is_first => return false,
                Err(_) => {
                    self.warn(&format!("could not open for reading: {}", String::from_utf8_lossy(&path)));
                    continue;
                }
            };
            is_first = false;
            let is_directory = stat.is(DIRECTORY);
            if let Some(name) = self.job.stored_name(&path, is_directory) {
                found.push(Found { path: path.clone(), name, stat });
            }
            if is_directory && self.job.recursive {
                let slash: &[u8] = if path.ends_with(b"/") { b"" } else { b"/" };
                let mut names = host::names(&path).unwrap_or_default();
                names.sort();
                left.extend(names.iter().rev().map(|name| [path.as_slice(), slash, name].concat()));
            }
        }
        true
    }

    /// Writes the new archive: the entries that stay, in their places, and those that are added.
    fn write(
        &mut self,
        path: &[u8],
        mut old: Option<File>,
        directory: Directory,
        files: &[Found],
    ) -> Result<(), Stop> {
        let (mut output, temporary) = self.output(path)?;
        let unwritten = |error: io::Error| {
            stdio::note(&format!("\nzip error: Output file write failure ({})", reason(&error)));
            Stop(DISK)
        };
        let mut by_name: HashMap<&[u8], &Found> =
            files.iter().map(|file| (file.name.as_slice(), file)).collect();
        let mut entries = Vec::new();
        let (mut plain, mut packed) = (0, 0);
        let known: HashSet<Vec<u8>> = directory.entries.iter().map(|entry| entry.name.clone()).collect();
        for entry in directory.entries {
            let added = match by_name.remove(entry.name.as_slice()) {
                Some(file) => {
                    let verb = if self.job.action == Action::Freshen { "freshening" } else { "updating" };
                    self.add(&mut output, file, verb)?
                }
                None => None,
            };
            match added {
                Some(added) => entries.push(added),
                None => {
                    if let Some(old) = &mut old {
                        entries.push(keep(old, entry, &mut output).map_err(unwritten)?);
                    }
                }
            }
        }
        for file in files.iter().filter(|file| !known.contains(&file.name)) {
            entries.extend(self.add(&mut output, file, "  adding")?);
        }
        for entry in &entries {
            plain += entry.plain;
            packed += entry.packed;
        }
        let at = output.position;
        format::write_directory(&mut output, &entries, &directory.comment, at).map_err(unwritten)?;
        output.flush().map_err(unwritten)?;
        if self.job.verbose {
            self.say(&format!(
                "total bytes={plain}, compressed={packed} -> {}% savings\n",
                percent(plain, packed)
            ));
        }
        self.place(temporary, path)
    }

    fn output(&self, path: &[u8]) -> Result<(Output, Option<Vec<u8>>), Stop> {
        if self.to_stderr {
            let stdout = host::stdout();
            let is_file = host::stat_fd(&stdout).is_ok_and(|stat| stat.is(REGULAR));
            return Ok((Output::new(stdout, is_file), None));
        }
        let folder = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        for number in 0..1000 {
            let temporary = [&path[..folder], format!("zi{number:06}").as_bytes()].concat();
            match host::create_new(&temporary) {
                Ok(file) => return Ok((Output::new(file, true), Some(temporary))),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    stdio::note(&format!("zip I/O error: {}", reason(&error)));
                    let shown = String::from_utf8_lossy(path);
                    return Err(self.stop(CANNOT_CREATE, &format!("Could not create output file ({shown})")));
                }
            }
        }
        Err(self.stop(CANNOT_CREATE, "Could not create output file (too many temporary files)"))
    }

    /// Puts the written file where the archive is to be.
    fn place(&self, temporary: Option<Vec<u8>>, path: &[u8]) -> Result<(), Stop> {
        let Some(temporary) = temporary else { return Ok(()) };
        let mode = host::stat(path, true).map_or(0o666 & !host::umask(), |stat| stat.mode & 0o7777);
        let placed = host::set_mode(&temporary, mode).and_then(|()| host::rename(&temporary, path));
        placed.map_err(|error| {
            // What failed before is what is told.
            let _ = host::remove_file(&temporary);
            let shown = String::from_utf8_lossy(path);
            self.stop(CANNOT_CREATE, &format!("Could not create output file ({shown}: {})", reason(&error)))
        })
    }

    /// Adds a file; `None` where it cannot be read.
    fn add(&mut self, output: &mut Output, file: &Found, verb: &str) -> Result<Option<Entry>, Stop> {
        let shown = String::from_utf8_lossy(&file.name).into_owned();
        let mut entry = self.entry(file);
        let source = match Source::open(&file.path, &file.stat) {
            Ok(source) => source,
            Err(error) => {
                self.warn(&reason(&error));
                self.warn(&format!("could not open for reading: {}", String::from_utf8_lossy(&file.path)));
                self.status = NOT_ALL_READ;
                return Ok(None);
            }
        };
        let extra = if self.job.no_extra { Vec::new() } else { extra(&file.stat, true) };
        let level = if self.job.stores(&file.name) { 0 } else { self.job.level };
        let done = pack::write(output, &mut entry, source, level, &extra);
        if let Err(error) = done {
            return Err(self.stop(DISK, &format!("Output file write failure ({})", reason(&error))));
        }
        let saved = percent(entry.plain, entry.packed).max(0);
        let how = if entry.method == STORED { "stored".to_owned() } else { "deflated".to_owned() };
        let sizes = if self.job.verbose && !file.stat.is(DIRECTORY) {
            format!("\t(in={}) (out={})", entry.plain, entry.packed)
        } else {
            String::new()
        };
        self.say(&format!("{verb}: {shown}{sizes} ({how} {saved}%)\n"));
        Ok(Some(entry))
    }

    fn entry(&self, file: &Found) -> Entry {
        let mut entry = Entry {
            name: file.name.clone(),
            version: 30,
            host: format::UNIX,
            external: (file.stat.mode & 0xffff) << 16 | if file.stat.is(DIRECTORY) { 0x10 } else { 0 },
            flags: if file.name.is_ascii() { 0 } else { UTF8 },
            ..Entry::default()
        };
        entry.set_wall(Civil::of(file.stat.mtime));
        if !self.job.no_extra {
            entry.extra = extra(&file.stat, false);
        }
        entry
    }

    fn delete(&mut self, path: &[u8], old: Option<File>, mut directory: Directory) -> Result<(), Stop> {
        let shown = String::from_utf8_lossy(path).into_owned();
        let Some(mut old) = old else {
            return Err(self.stop(NOTHING, &format!("Nothing to do! ({shown})")));
        };
        let rules = Rules { slash_too: true, ..Rules::default() };
        for pattern in &self.job.names {
            if !directory.entries.iter().any(|entry| glob::matches(pattern, &entry.name, rules)) {
                self.warn(&format!("name not matched: {}", String::from_utf8_lossy(pattern)));
            }
        }
        let goes = |entry: &Entry| {
            self.job.names.iter().any(|pattern| glob::matches(pattern, &entry.name, rules))
                && self.is_included(&entry.name)
        };
        let (gone, kept): (Vec<Entry>, Vec<Entry>) = directory.entries.drain(..).partition(goes);
        if gone.is_empty() {
            return Err(self.stop(NOTHING, &format!("Nothing to do! ({shown})")));
        }
        for entry in &gone {
            self.say(&format!("deleting: {}\n", String::from_utf8_lossy(&entry.name)));
        }
        if kept.is_empty() {
            self.warn("zip file empty");
        }
        let (mut output, temporary) = self.output(path)?;
        let unwritten = |error: io::Error| {
            stdio::note(&format!("\nzip error: Output file write failure ({})", reason(&error)));
            Stop(DISK)
        };
        let mut entries = Vec::new();
        for entry in kept {
            entries.push(keep(&mut old, entry, &mut output).map_err(unwritten)?);
        }
        let at = output.position;
        format::write_directory(&mut output, &entries, &directory.comment, at).map_err(unwritten)?;
        output.flush().map_err(unwritten)?;
        self.place(temporary, path)
    }

    /// Reads the archive as unzip would.
    fn test(&self, path: &[u8]) -> Result<(), Stop> {
        let shown = String::from_utf8_lossy(path).into_owned();
        if crate::unzip::is_sound(path) {
            self.say(&format!("test of {shown} OK\n"));
            return Ok(());
        }
        self.say(&format!("test of {shown} FAILED\n"));
        Err(self
            .stop(8, "Zip file invalid, could not spawn unzip, or wrong unzip (original files unmodified)"))
    }
}

/// The extra fields of times and owners. The local ones have the time of access too.
fn extra(stat: &Stat, is_local: bool) -> Vec<u8> {
    let seconds = |time: host::Time| i32::try_from(time.seconds).unwrap_or(0).to_le_bytes();
    let mut extra = vec![b'U', b'T', if is_local { 9 } else { 5 }, 0, 3];
    extra.extend(seconds(stat.mtime));
    if is_local {
        extra.extend(seconds(stat.atime));
    }
    extra.extend([b'u', b'x', 11, 0, 1, 4]);
    extra.extend(stat.uid.to_le_bytes());
    extra.push(4);
    extra.extend(stat.gid.to_le_bytes());
    extra
}

/// Copies an entry of the old archive as it is.
fn keep(old: &mut File, mut entry: Entry, output: &mut Output) -> io::Result<Entry> {
    let roomy = entry.plain >= 0xffff_ffff || entry.packed >= 0xffff_ffff;
    let is_there = format::seek_data(old, &entry)?;
    let start = old.stream_position()?;
    entry.flags &= !DESCRIPTOR;
    entry.offset = output.position;
    let header = format::write_local(&entry, &entry.extra.clone(), roomy);
    output.write_all(&header)?;
    if !is_there {
        return Err(io::ErrorKind::InvalidData.into());
    }
    old.seek(SeekFrom::Start(start))?;
    let mut left = entry.packed;
    let mut buffer = vec![0; CHUNK];
    while left > 0 {
        let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = read_some(old, &mut buffer[..wanted])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        output.write_all(&buffer[..count])?;
        left -= count as u64;
    }
    Ok(entry)
}

/// What a link's entry holds, and whether a file is one.
fn is_link(stat: &Stat) -> bool {
    stat.is(LINK)
}
