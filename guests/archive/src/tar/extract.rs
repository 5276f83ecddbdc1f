//! `tar -x`: members become files again.
//!
//! No member leaves the folder: leading slashes are dropped, names with `..` are refused, and a symbolic link that
//! could lead out is an empty file until everything else is done, so that nothing is written through it.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use rustix::io::Errno;

use super::list::{each, fatal, renamed, say};
use super::listing::{Listing, shown};
use super::member::{Kind, Member};
use super::options::{Job, Old};
use super::reader::{Failure, Reader};
use super::transform::{self, Subject};
use super::wanted::Wanted;
use super::{Fatal, Talk, goes_up, within};
use crate::codec::CHUNK;
use crate::host::{self, DIRECTORY, LINK, Time, is, reason};

/// Extracts the archive.
pub fn run(job: &Job, talk: &mut Talk) -> Result<(), Fatal> {
    for (named, folder) in Wanted::folders(job) {
        let found = host::stat(&folder, true).and_then(|stat| {
            if stat.is(DIRECTORY) { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
        });
        if let Err(error) = found {
            return Err(talk.fatal(&format!("{}: Cannot open: {}", shown(&named), reason(&error))));
        }
    }
    let mut extractor = Extractor {
        job,
        listing: Listing::new(),
        umask: host::umask(),
        folders: Vec::new(),
        placeholders: Vec::new(),
        stdout: host::stdout(),
        now: host::now(),
    };
    let done = each(job, talk, |reader, member, folder, talk| extractor.member(reader, member, folder, talk));
    extractor.finish(talk);
    done
}

/// A folder whose mode and time are set when nothing more is put into it.
struct Folder {
    path: Vec<u8>,
    name: Vec<u8>,
    mode: u32,
    mtime: Time,
    owner: (u64, u64),
}

/// An empty file in the place of a symbolic link.
struct Placeholder {
    path: Vec<u8>,
    target: Vec<u8>,
    file: (u64, u64),
    mtime: Time,
}

struct Extractor<'a> {
    job: &'a Job,
    listing: Listing,
    umask: u32,
    folders: Vec<Folder>,
    placeholders: Vec<Placeholder>,
    stdout: File,
    now: Time,
}

/// What became of the place for a member.
enum Place<T> {
    Made(T),
    /// Something is there that stays.
    Kept,
    Failed,
}

impl Extractor<'_> {
    fn member(
        &mut self,
        reader: &mut Reader<'_>,
        member: &Member,
        folder: &[u8],
        talk: &mut Talk,
    ) -> Result<(), Fatal> {
        let job = self.job;
        let Some(name) = renamed(job, &member.name) else { return Ok(()) };
        let safe = talk.safer(job, &name, false);
        if !job.absolute && goes_up(&name) {
            talk.fail(&format!("{}: Member name contains '..'", shown(&name)));
            return Ok(());
        }
        if job.verbosity > 0 {
            let said = if job.show_transformed { &name } else { &member.name };
            say(job, talk, &mut self.listing, member, said, 2);
        }
        if job.to_stdout {
            return if member.kind.is_file() { self.print(reader, member, talk) } else { Ok(()) };
        }
        let mut safe = safe;
        while safe.len() > 1 && safe.ends_with(b"/") {
            safe.pop();
        }
        if let Some(top) = &job.one_top_level
            && safe != *top
            && !safe.starts_with(&[top.as_slice(), b"/"].concat())
        {
            let inner = safe.strip_prefix(b"./").unwrap_or(&safe);
            safe = within(top, if inner == b"." { b"" } else { inner });
        }
        let path = within(folder, &safe);
        let name = if member.kind == Kind::Directory {
            name.strip_suffix(b"/").unwrap_or(&name).to_vec()
        } else {
            name
        };
        if job.old == Old::KeepNewer
            && member.kind != Kind::Directory
            && host::stat(&path, false).is_ok_and(|there| there.mtime.seconds >= member.mtime.seconds)
        {
            talk.warn(&format!("Current '{}' is newer or same age", shown(&name)));
            return Ok(());
        }
        match member.kind {
            Kind::Regular | Kind::Unknown(_) => self.regular(reader, member, &path, &name, talk),
            Kind::Directory => {
                self.directory(member, &path, &name, talk);
                Ok(())
            }
            Kind::SymbolicLink => {
                self.symbolic(member, &path, &name, talk);
                Ok(())
            }
            Kind::HardLink => {
                self.hard(member, folder, &path, &name, talk);
                Ok(())
            }
            Kind::Fifo => {
                let mode = member.mode;
                if let Place::Made(()) =
                    self.place(&path, &name, "Cannot mkfifo", talk, |path| host::make_fifo(path, mode))
                {
                    self.attributes(member, &path, &name, talk);
                }
                Ok(())
            }
            Kind::Character | Kind::Block => {
                talk.fail(&format!("{}: Cannot mknod: Operation not permitted", shown(&name)));
                Ok(())
            }
            Kind::Label => Ok(()),
        }
    }

    fn print(&mut self, reader: &mut Reader<'_>, member: &Member, talk: &mut Talk) -> Result<(), Fatal> {
        match copy(reader, member, &mut self.stdout, false) {
            Ok(()) => Ok(()),
            Err(Copied::Read(failure)) => Err(fatal(talk, self.job, &failure)),
            Err(Copied::Write(error)) => Err(talk.fatal(&format!("-: Cannot write: {}", reason(&error)))),
        }
    }

    /// Makes a file, after making room and folders for it.
    fn place<T>(
        &mut self,
        path: &[u8],
        name: &[u8],
        cannot: &str,
        talk: &mut Talk,
        make: impl Fn(&[u8]) -> io::Result<T>,
    ) -> Place<T> {
        if self.job.old == Old::UnlinkFirst {
            let _ = host::remove_file(path);
        }
        let mut made = make(path);
        if made.as_ref().is_err_and(|error| is(error, Errno::NOENT)) && self.parents(path) {
            made = make(path);
        }
        if made.as_ref().is_err_and(|error| is(error, Errno::EXIST)) {
            match self.job.old {
                Old::Skip => return Place::Kept,
                Old::Keep => {}
                _ => {
                    let removed = match host::stat(path, false) {
                        Ok(stat) if stat.is(DIRECTORY) => host::remove_directory(path),
                        _ => host::remove_file(path),
                    };
                    if removed.is_ok() {
                        made = make(path);
                    }
                }
            }
        }
        match made {
            Ok(made) => Place::Made(made),
            Err(error) => {
                talk.fail(&format!("{}: {cannot}: {}", shown(name), reason(&error)));
                Place::Failed
            }
        }
    }

    /// Makes the folders above a path; `false` where none was missing or one cannot be made.
    fn parents(&self, path: &[u8]) -> bool {
        let mut made = false;
        for (at, _) in path.iter().enumerate().filter(|(at, byte)| **byte == b'/' && *at > 0) {
            match host::make_directory(&path[..at]) {
                Ok(()) => {
                    made = true;
                    let _ = host::set_mode(&path[..at], 0o777 & !self.umask);
                }
                Err(error)
                    if is(&error, Errno::EXIST) || is(&error, Errno::ROFS) || is(&error, Errno::ACCESS) => {}
                Err(_) => return made,
            }
        }
        made
    }

    fn regular(
        &mut self,
        reader: &mut Reader<'_>,
        member: &Member,
        path: &[u8],
        name: &[u8],
        talk: &mut Talk,
    ) -> Result<(), Fatal> {
        let overwrites = self.job.old == Old::Overwrite;
        let placed = self.place(path, name, "Cannot open", talk, |path| {
            let is_file = || host::stat(path, false).is_ok_and(|stat| stat.is(host::REGULAR));
            if overwrites && is_file() {
                File::options().write(true).truncate(true).open(host::os(path))
            } else {
                host::create_new(path)
            }
        });
        let Place::Made(mut file) = placed else { return Ok(()) };
        match copy(reader, member, &mut file, true) {
            Ok(()) => {}
            Err(Copied::Read(failure)) => {
                drop(file);
                self.attributes(member, path, name, talk);
                return Err(fatal(talk, self.job, &failure));
            }
            Err(Copied::Write(error)) => {
                talk.fail(&format!("{}: Cannot write: {}", shown(name), reason(&error)))
            }
        }
        drop(file);
        self.attributes(member, path, name, talk);
        Ok(())
    }

    /// The mode that a member's file gets.
    fn mode(&self, member: &Member) -> u32 {
        if self.job.permissions { member.mode } else { member.mode & 0o777 & !self.umask }
    }

    /// Sets owner, mode and times of a file that is there.
    fn attributes(&self, member: &Member, path: &[u8], name: &[u8], talk: &mut Talk) {
        self.own(path, name, (member.uid, member.gid), talk);
        if let Err(error) = host::set_mode(path, self.mode(member)) {
            talk.fail(&format!(
                "{}: Cannot change mode to {}: {}",
                shown(name),
                mode_text(self.mode(member)),
                reason(&error)
            ));
        }
        self.time(path, name, member.mtime, true, talk);
    }

    fn own(&self, path: &[u8], name: &[u8], (uid, gid): (u64, u64), talk: &mut Talk) {
        if !self.job.same_owner {
            return;
        }
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX - 1);
        if let Err(error) = host::set_owner(path, small(uid), small(gid)) {
            talk.fail(&format!(
                "{}: Cannot change ownership to uid {uid}, gid {gid}: {}",
                shown(name),
                reason(&error)
            ));
        }
    }

    fn time(&self, path: &[u8], name: &[u8], mtime: Time, follow: bool, talk: &mut Talk) {
        if self.job.touch {
            return;
        }
        if let Err(error) = host::set_times(path, follow, self.now, mtime) {
            talk.fail(&format!("{}: Cannot utime: {}", shown(name), reason(&error)));
        }
    }

    fn directory(&mut self, member: &Member, path: &[u8], name: &[u8], talk: &mut Talk) {
        let leads_there = |follow| host::stat(path, follow).is_ok_and(|stat| stat.is(DIRECTORY));
        if path == b"." || path.ends_with(b"/.") || leads_there(false) {
            if matches!(self.job.old, Old::Keep | Old::Skip | Old::NoOverwriteDirectory) {
                return;
            }
        } else {
            let is_link_to_one = self.job.keep_directory_link && leads_there(true);
            let make = host::make_directory;
            if is_link_to_one
                || !matches!(self.place(path, name, "Cannot mkdir", talk, make), Place::Made(()))
            {
                return;
            }
        }
        // Until everything is in it, it must be open to its owner.
        let _ = host::set_mode(path, self.mode(member) | 0o700);
        self.folders.push(Folder {
            path: path.to_vec(),
            name: name.to_vec(),
            mode: self.mode(member),
            mtime: member.mtime,
            owner: (member.uid, member.gid),
        });
    }

    fn symbolic(&mut self, member: &Member, path: &[u8], name: &[u8], talk: &mut Talk) {
        let target = transform::apply(&self.job.transforms, &member.link, Subject::SymbolicTarget);
        let cannot = format!("Cannot create symlink to '{}'", shown(&target));
        if !self.job.absolute && (target.starts_with(b"/") || goes_up(&target)) {
            let placed = self.place(path, name, &cannot, talk, host::create_new);
            let Place::Made(file) = placed else { return };
            if let Ok(stat) = host::stat_fd(&file) {
                let file = (stat.dev, stat.ino);
                self.placeholders.push(Placeholder {
                    path: path.to_vec(),
                    target,
                    file,
                    mtime: member.mtime,
                });
            }
            return;
        }
        if let Place::Made(()) =
            self.place(path, name, &cannot, talk, |path| host::symbolic_link(&target, path))
        {
            self.time(path, name, member.mtime, false, talk);
        }
    }

    fn hard(&mut self, member: &Member, folder: &[u8], path: &[u8], name: &[u8], talk: &mut Talk) {
        let target = transform::apply(&self.job.transforms, &member.link, Subject::HardTarget);
        let target =
            if self.job.strip > 0 { renamed(self.job, &member.link).unwrap_or(target) } else { target };
        let mut safe = talk.safer(self.job, &target, true);
        if let Some(top) = &self.job.one_top_level
            && !safe.starts_with(&[top.as_slice(), b"/"].concat())
        {
            safe = within(top, &safe);
        }
        let from = within(folder, &safe);
        // A second name for what is already one file.
        if let (Ok(a), Ok(b)) = (host::stat(&from, false), host::stat(path, false))
            && (a.dev, a.ino) == (b.dev, b.ino)
        {
            return;
        }
        let cannot = format!("Cannot hard link to '{}'", shown(&safe));
        let Place::Made(()) = self.place(path, name, &cannot, talk, |path| host::hard_link(&from, path))
        else {
            return;
        };
        // A link to a placeholder is to be the symbolic link, too.
        let Ok(stat) = host::stat(path, false) else { return };
        let twin = self.placeholders.iter().find(|one| one.file == (stat.dev, stat.ino));
        if let Some((target, mtime)) = twin.map(|one| (one.target.clone(), one.mtime)) {
            self.placeholders.push(Placeholder {
                path: path.to_vec(),
                target,
                file: (stat.dev, stat.ino),
                mtime,
            });
        }
    }

    /// Puts the links in their places, and gives the folders their modes and times.
    fn finish(&mut self, talk: &mut Talk) {
        for one in std::mem::take(&mut self.placeholders) {
            // Something else may have come in its place.
            let is_there = host::stat(&one.path, false)
                .is_ok_and(|stat| (stat.dev, stat.ino) == one.file && !stat.is(LINK));
            if !is_there {
                continue;
            }
            let made =
                host::remove_file(&one.path).and_then(|()| host::symbolic_link(&one.target, &one.path));
            match made {
                Ok(()) => self.time(&one.path, &one.path, one.mtime, false, talk),
                Err(error) => talk.fail(&format!(
                    "{}: Cannot create symlink to '{}': {}",
                    shown(&one.path),
                    shown(&one.target),
                    reason(&error)
                )),
            }
        }
        for folder in std::mem::take(&mut self.folders).into_iter().rev() {
            if !host::stat(&folder.path, false).is_ok_and(|stat| stat.is(DIRECTORY)) {
                continue;
            }
            self.own(&folder.path, &folder.name, folder.owner, talk);
            self.time(&folder.path, &folder.name, folder.mtime, true, talk);
            if let Err(error) = host::set_mode(&folder.path, folder.mode) {
                talk.fail(&format!(
                    "{}: Cannot change mode to {}: {}",
                    shown(&folder.name),
                    mode_text(folder.mode),
                    reason(&error)
                ));
            }
        }
    }
}

/// A mode as a listing shows it.
fn mode_text(mode: u32) -> String {
    let mut text = String::new();
    for shift in [6, 3, 0] {
        let three = mode >> shift & 7;
        text.push(if three & 4 != 0 { 'r' } else { '-' });
        text.push(if three & 2 != 0 { 'w' } else { '-' });
        text.push(if three & 1 != 0 { 'x' } else { '-' });
    }
    text
}

/// Which side of a copy failed.
enum Copied {
    Read(Failure),
    Write(io::Error),
}

/// Copies a member's data, with the holes of a sparse file: skipped in a file, as zeros elsewhere.
fn copy(reader: &mut Reader<'_>, member: &Member, sink: &mut File, seeks: bool) -> Result<(), Copied> {
    let mut buffer = vec![0; CHUNK.min(usize::try_from(member.size).unwrap_or(CHUNK)).max(512)];
    let Some(extents) = &member.extents else {
        loop {
            let count = reader.read(&mut buffer).map_err(Copied::Read)?;
            if count == 0 {
                return Ok(());
            }
            sink.write_all(&buffer[..count]).map_err(Copied::Write)?;
        }
    };
    let mut at = 0;
    for extent in extents {
        hole(sink, &mut at, extent.at, seeks).map_err(Copied::Write)?;
        let mut left = extent.bytes;
        while left > 0 {
            let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = reader.read(&mut buffer[..wanted]).map_err(Copied::Read)?;
            if count == 0 {
                break;
            }
            sink.write_all(&buffer[..count]).map_err(Copied::Write)?;
            left -= count as u64;
            at += count as u64;
        }
    }
    if seeks {
        sink.set_len(member.size).map_err(Copied::Write)
    } else {
        hole(sink, &mut at, member.size, false).map_err(Copied::Write)
    }
}

fn hole(sink: &mut File, at: &mut u64, end: u64, seeks: bool) -> io::Result<()> {
    if seeks {
        sink.seek(SeekFrom::Start(end))?;
        *at = end;
        return Ok(());
    }
    let zeros = [0; 4096];
    while *at < end {
        let count = zeros.len().min(usize::try_from(end - *at).unwrap_or(usize::MAX));
        sink.write_all(&zeros[..count])?;
        *at += count as u64;
    }
    Ok(())
}
