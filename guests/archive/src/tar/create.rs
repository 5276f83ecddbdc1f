//! `tar -c`: files become members. Appending uses it too.

use std::collections::HashMap;
use std::io::Read;

use super::archive;
use super::header::Format;
use super::list::say;
use super::listing::{Listing, shown};
use super::member::{Kind, Member};
use super::options::{Item, Job};
use super::owners::Owners;
use super::transform::{self, Subject};
use super::writer::{Failure, Writer};
use super::{Fatal, Talk, within};
use crate::codec::{CHUNK, read_some};
use crate::host::{self, Stat, Time, reason};

/// Makes the archive.
pub fn run(job: &Job, talk: &mut Talk) -> Result<(), Fatal> {
    let started = std::time::Instant::now();
    let created = archive::create(job, talk)?;
    let writer = Writer::new(created.sink, job.format, &[], job.pax_deleted.clone());
    let mut creator = Creator::new(job, writer, created.file);
    if let Some(label) = &job.label {
        let mut member = Member::new(label.clone(), Kind::Label);
        member.mtime = host::now();
        creator.header(talk, &member, label, host::now())?;
    }
    creator.items(talk)?;
    let written = creator.finish(talk)?;
    if let Some(filter) = created.filter
        && let Some(what) = filter.finish()
    {
        return Err(talk.fatal(&what));
    }
    if job.totals {
        talk.flush();
        cli::stdio::note(&totals(written, started));
    }
    Ok(())
}

/// What `--totals` says.
fn totals(written: u64, since: std::time::Instant) -> String {
    let nanoseconds = since.elapsed().as_nanos().max(1);
    let speed = u128::from(written) * 1_000_000_000 / nanoseconds;
    format!(
        "Total bytes written: {written} ({}, {}/s)",
        human(written),
        human(u64::try_from(speed).unwrap_or(u64::MAX))
    )
}

/// A size in the units of 1024, without a fraction from ten on.
#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
fn human(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    if value < 10.0 && unit != "B" {
        format!("{:.1}{unit}", (value * 10.0).ceil() / 10.0)
    } else {
        format!("{:.0}{unit}", value.ceil())
    }
}

/// A step of the walk through folders.
enum Step {
    Visit {
        name: Vec<u8>,
        folder: Vec<u8>,
        is_operand: bool,
        device: Option<u64>,
    },
    /// Everything below was dealt with.
    Leave(Vec<u8>, Vec<u8>),
}

/// An archive that is being filled.
pub struct Creator<'a> {
    job: &'a Job,
    writer: Writer<'a>,
    archive: Option<(u64, u64)>,
    links: HashMap<(u64, u64), Vec<u8>>,
    owners: Owners,
    listing: Listing,
    /// Names that are in the archive, with their times: `-u` leaves out what is not newer.
    pub present: HashMap<Vec<u8>, Time>,
}

impl<'a> Creator<'a> {
    pub fn new(job: &'a Job, writer: Writer<'a>, archive: Option<(u64, u64)>) -> Creator<'a> {
        Creator {
            job,
            writer,
            archive,
            links: HashMap::new(),
            owners: Owners::default(),
            listing: Listing::new(),
            present: HashMap::new(),
        }
    }

    /// Writes the end of the archive; answers how much was written.
    pub fn finish(self, talk: &mut Talk) -> Result<u64, Fatal> {
        let file = self.job.file.clone();
        self.writer
            .finish()
            .map_err(|error| talk.fatal(&format!("{}: Cannot write: {}", shown(&file), reason(&error))))
    }

    /// Adds what the command line names.
    pub fn items(&mut self, talk: &mut Talk) -> Result<(), Fatal> {
        let mut folder = Vec::new();
        let mut is_first = true;
        for item in &self.job.items {
            match item {
                Item::Directory(directory) => {
                    folder = within(&folder, directory);
                    if let Err(error) = host::stat(&folder, true).and_then(|stat| {
                        if stat.is(host::DIRECTORY) {
                            Ok(())
                        } else {
                            Err(std::io::ErrorKind::NotADirectory.into())
                        }
                    }) {
                        return Err(talk.fatal(&format!(
                            "{}: Cannot open: {}",
                            shown(directory),
                            reason(&error)
                        )));
                    }
                }
                Item::Name(name) => {
                    // From the second name on GNU's says what links to them would lose, too.
                    if !is_first {
                        talk.safer(self.job, name, true);
                    }
                    is_first = false;
                    self.walk(talk, name, &folder)?;
                }
            }
        }
        Ok(())
    }

    /// Adds a file, and what is below it.
    fn walk(&mut self, talk: &mut Talk, name: &[u8], folder: &[u8]) -> Result<(), Fatal> {
        let mut name = name.to_vec();
        while name.len() > 1 && name.ends_with(b"/") {
            name.pop();
        }
        let mut steps = vec![Step::Visit { name, folder: folder.to_vec(), is_operand: true, device: None }];
        while let Some(step) = steps.pop() {
            match step {
                Step::Visit { name, folder, is_operand, device } => {
                    self.visit(talk, &name, &folder, is_operand, device, &mut steps)?;
                }
                Step::Leave(name, path) => {
                    if let Err(error) = host::remove_directory(&path) {
                        talk.fail(&format!("{}: Cannot rmdir: {}", shown(&name), reason(&error)));
                    }
                }
            }
        }
        Ok(())
    }

    fn visit(
        &mut self,
        talk: &mut Talk,
        name: &[u8],
        folder: &[u8],
        is_operand: bool,
        device: Option<u64>,
        steps: &mut Vec<Step>,
    ) -> Result<(), Fatal> {
        if self.job.excludes(name) {
            return Ok(());
        }
        let path = within(folder, name);
        let stat = match host::stat(&path, self.job.dereference) {
            Ok(stat) => stat,
            Err(error) => {
                let what = format!("{}: Cannot stat: {}", shown(name), reason(&error));
                if self.job.ignore_failed_read {
                    talk.warn(&format!("{}: Warning: Cannot stat: {}", shown(name), reason(&error)))
                } else {
                    talk.fail(&what)
                }
                return Ok(());
            }
        };
        let Some(kind) = Kind::of(stat.mode) else {
            talk.warn(&format!("{}: socket ignored", shown(name)));
            return Ok(());
        };
        if self.archive == Some((stat.dev, stat.ino)) && kind == Kind::Regular {
            talk.warn(&format!("{}: file is the archive; not dumped", shown(name)));
            return Ok(());
        }
        if kind == Kind::Directory {
            return self.directory(talk, name, folder, &stat, device, steps);
        }
        if self.is_old(name, &stat) {
            if is_operand && self.job.newer.is_some() && self.job.verbosity > 0 {
                talk.warn(&format!("{}: file is unchanged; not dumped", shown(name)));
            }
            return Ok(());
        }
        let dumped = self.file(talk, name, &path, &stat, kind)?;
        if dumped
            && self.job.remove_files
            && let Err(error) = host::remove_file(&path)
        {
            talk.fail(&format!("{}: Cannot unlink: {}", shown(name), reason(&error)));
        }
        Ok(())
    }

    fn is_old(&self, name: &[u8], stat: &Stat) -> bool {
        if self.job.newer.is_some_and(|newer| stat.mtime < newer) {
            return true;
        }
        self.present.get(name).is_some_and(|there| stat.mtime.seconds <= there.seconds)
    }

    fn directory(
        &mut self,
        talk: &mut Talk,
        name: &[u8],
        folder: &[u8],
        stat: &Stat,
        device: Option<u64>,
        steps: &mut Vec<Step>,
    ) -> Result<(), Fatal> {
        let path = within(folder, name);
        if self.job.one_file_system && device.is_some_and(|device| device != stat.dev) {
            talk.warn(&format!("{}/: file is on a different filesystem; not dumped", shown(name)));
            return Ok(());
        }
        let slash: &[u8] = if name.ends_with(b"/") { b"" } else { b"/" };
        let with_slash = [name, slash].concat();
        if !self.present.contains_key(name) {
            let mut member = self.member(talk, &with_slash, stat, Kind::Directory);
            member.link.clear();
            if !self.header_of(talk, &member, &with_slash, stat)? {
                return Ok(());
            }
        }
        if !self.job.recursion {
            return Ok(());
        }
        let mut names = match host::names(&path) {
            Ok(names) => names,
            Err(error) => {
                talk.fail(&format!("{}: Cannot open: {}", shown(name), reason(&error)));
                return Ok(());
            }
        };
        if self.job.sorted {
            names.sort();
        }
        if let Some(tag) = self.tag(&path, &names) {
            if self.job.verbosity > 0 {
                let what = String::from_utf8_lossy(&tag).into_owned();
                talk.warn(&format!(
                    "{}: contains a cache directory tag {what}; contents not dumped",
                    shown(&with_slash)
                ));
            }
            names.retain(|entry| *entry == tag);
        }
        if self.job.remove_files && !name.is_empty() && name != b"." {
            steps.push(Step::Leave(name.to_vec(), path));
        }
        steps.extend(names.iter().rev().map(|entry| Step::Visit {
            name: [with_slash.as_slice(), entry].concat(),
            folder: folder.to_vec(),
            is_operand: false,
            device: Some(device.unwrap_or(stat.dev)),
        }));
        Ok(())
    }

    /// A file in a folder that says that the rest of it is left out.
    fn tag(&self, path: &[u8], names: &[Vec<u8>]) -> Option<Vec<u8>> {
        let tag = self.job.exclude_tags.iter().find(|tag| names.contains(tag));
        if let Some(tag) = tag {
            return Some(tag.clone());
        }
        let cache = b"CACHEDIR.TAG".to_vec();
        if !self.job.exclude_caches || !names.contains(&cache) {
            return None;
        }
        let mut start = [0; 43];
        let mut file = host::open(&within(path, &cache)).ok()?;
        file.read_exact(&mut start).ok()?;
        (start == *b"Signature: 8a477f597d28d172789f06886806bc55").then_some(cache)
    }

    /// A member for a file, with all but the data.
    fn member(&self, talk: &mut Talk, name: &[u8], stat: &Stat, kind: Kind) -> Member {
        let job = self.job;
        let name = transform::apply(&job.transforms, name, Subject::Name);
        let mut member = Member::new(talk.safer(job, &name, false), kind);
        if kind == Kind::Directory && !member.name.ends_with(b"/") {
            member.name.push(b'/');
        }
        member.mode = stat.mode & 0o7777;
        if let Some(mode) = &job.mode {
            member.mode = mode.apply(member.mode, kind == Kind::Directory);
        }
        member.mtime = match job.mtime {
            Some(time) if !job.clamp_mtime || stat.mtime > time => time,
            _ => stat.mtime,
        };
        if job.format == Format::Pax {
            member.atime = Some(stat.atime);
            member.ctime = Some(stat.ctime);
        } else {
            member.mtime.nanoseconds = 0;
        }
        (member.uid, member.user) = match (&job.owner.name, job.owner.number) {
            (None, None) => (stat.uid.into(), self.owners.user(stat.uid.into())),
            (Some(name), None) => (self.owners.uid(name).unwrap_or(stat.uid.into()), name.clone()),
            (Some(name), Some(number)) => (number, name.clone()),
            (None, Some(number)) => (number, self.owners.user(number)),
        };
        (member.gid, member.group) = match (&job.group.name, job.group.number) {
            (None, None) => (stat.gid.into(), self.owners.group(stat.gid.into())),
            (Some(name), None) => (self.owners.gid(name).unwrap_or(stat.gid.into()), name.clone()),
            (Some(name), Some(number)) => (number, name.clone()),
            (None, Some(number)) => (number, self.owners.group(number)),
        };
        if job.numeric_owner {
            member.user.clear();
            member.group.clear();
        }
        member
    }

    /// Adds a file that is no directory; `false` where it was left out.
    fn file(
        &mut self,
        talk: &mut Talk,
        name: &[u8],
        path: &[u8],
        stat: &Stat,
        kind: Kind,
    ) -> Result<bool, Fatal> {
        let job = self.job;
        let mut member = self.member(talk, name, stat, kind);
        if stat.nlink > 1 && !job.hard_dereference {
            match self.links.get(&(stat.dev, stat.ino)) {
                Some(first) => {
                    member.kind = Kind::HardLink;
                    let target = transform::apply(&job.transforms, first, Subject::HardTarget);
                    member.link = talk.safer(job, &target, true);
                    return self.header_of(talk, &member, name, stat);
                }
                None => drop(self.links.insert((stat.dev, stat.ino), name.to_vec())),
            }
        }
        match kind {
            Kind::SymbolicLink => match host::read_link(path) {
                Ok(target) => {
                    member.link = transform::apply(&job.transforms, &target, Subject::SymbolicTarget)
                }
                Err(error) => {
                    talk.fail(&format!("{}: Cannot readlink: {}", shown(name), reason(&error)));
                    return Ok(false);
                }
            },
            Kind::Character | Kind::Block => {
                (member.major, member.minor) = (stat.rdev_major, stat.rdev_minor)
            }
            Kind::Regular => return self.regular(talk, name, path, stat, member),
            _ => {}
        }
        self.header_of(talk, &member, name, stat)
    }

    fn regular(
        &mut self,
        talk: &mut Talk,
        name: &[u8],
        path: &[u8],
        stat: &Stat,
        mut member: Member,
    ) -> Result<bool, Fatal> {
        let mut file = match host::open(path) {
            Ok(file) => file,
            Err(error) => {
                let (name, reason) = (shown(name), reason(&error));
                if self.job.ignore_failed_read {
                    talk.warn(&format!("{name}: Warning: Cannot open: {reason}"));
                } else {
                    talk.fail(&format!("{name}: Cannot open: {reason}"));
                }
                return Ok(false);
            }
        };
        (member.size, member.stored) = (stat.size, stat.size);
        if !self.header_of(talk, &member, name, stat)? {
            return Ok(false);
        }
        let mut left = stat.size;
        let mut buffer = vec![0; CHUNK.min(usize::try_from(stat.size).unwrap_or(CHUNK).max(1))];
        while left > 0 {
            let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = match read_some(&mut file, &mut buffer[..wanted]) {
                Ok(count) => count,
                Err(error) => {
                    talk.fail(&format!(
                        "{}: Read error at byte {}, while reading {wanted} bytes: {}",
                        shown(name),
                        stat.size - left,
                        reason(&error)
                    ));
                    0
                }
            };
            if count == 0 {
                talk.warn(&format!("{}: File shrank by {left} bytes; padding with zeros", shown(name)));
                talk.differ();
                buffer.fill(0);
                while left > 0 {
                    let count = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    self.raw(talk, &buffer[..count])?;
                    left -= count as u64;
                }
                break;
            }
            self.raw(talk, &buffer[..count])?;
            left -= count as u64;
        }
        self.writer.pad(stat.size).map_err(|error| self.unwritten(talk, &error))?;
        if let Ok(now) = host::stat_fd(&file)
            && (now.size > stat.size || now.mtime != stat.mtime)
        {
            talk.warn(&format!("{}: file changed as we read it", shown(name)));
            talk.differ();
        }
        Ok(true)
    }

    /// Writes bytes that belong to a member.
    pub fn raw(&mut self, talk: &mut Talk, bytes: &[u8]) -> Result<(), Fatal> {
        self.writer.raw(bytes).map_err(|error| self.unwritten(talk, &error))
    }

    fn unwritten(&self, talk: &mut Talk, error: &std::io::Error) -> Fatal {
        talk.fatal(&format!("{}: Cannot write: {}", shown(&self.job.file), reason(error)))
    }

    fn header_of(
        &mut self,
        talk: &mut Talk,
        member: &Member,
        name: &[u8],
        stat: &Stat,
    ) -> Result<bool, Fatal> {
        self.header(talk, member, name, stat.mtime)
    }

    /// Writes a header and says its line; `false` where the format has no room for it. The line has the file's own
    /// time, whatever `--mtime` says.
    fn header(&mut self, talk: &mut Talk, member: &Member, name: &[u8], mtime: Time) -> Result<bool, Fatal> {
        match self.writer.header(member) {
            Ok(()) => {}
            Err(Failure::Io(error)) => return Err(self.unwritten(talk, &error)),
            Err(Failure::TooBig(what)) => {
                talk.fail(&what);
                return Ok(false);
            }
            Err(Failure::NameTooLong(what)) => {
                talk.fail(&format!("{}: {what}", shown(name)));
                return Ok(false);
            }
        }
        if self.job.verbosity > 0 {
            let name = if self.job.show_transformed { &member.name } else { name };
            let said = Member { mtime, ..member.clone() };
            say(self.job, talk, &mut self.listing, &said, name, 2);
        }
        Ok(true)
    }
}
