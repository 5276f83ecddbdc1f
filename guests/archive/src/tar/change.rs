//! `tar -r`, `-u`, `-A` and `--delete`: an archive that is there is changed in its place.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use super::create::Creator;
use super::header::BLOCK;
use super::list::fatal;
use super::listing::shown;
use super::options::{Action, Item, Job};
use super::reader::{Next, Reader};
use super::wanted::Wanted;
use super::writer::{Sink, Writer};
use super::{Fatal, Talk};
use crate::codec::{CHUNK, Format};
use crate::host::{self, Time, reason};

const RECORD: u64 = 20 * BLOCK as u64;

/// What was found while the archive was read through.
struct Scanned {
    /// Where the members end.
    end: u64,
    present: HashMap<Vec<u8>, Time>,
    /// From where to where the members are that stay.
    kept: Vec<(u64, u64)>,
}

/// Changes the archive.
pub fn run(job: &Job, talk: &mut Talk) -> Result<(), Fatal> {
    let name = shown(&job.file);
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(job.action != Action::Delete)
        .truncate(false)
        .open(host::os(&job.file))
        .map_err(|error| talk.fatal(&format!("{name}: Cannot open: {}", reason(&error))))?;
    let stat = host::stat_fd(&file).unwrap_or_default();
    let scanned = scan(job, talk, &mut file, stat.size)?;
    let unusable = |talk: &mut Talk, error: &std::io::Error| {
        talk.fatal(&format!("{name}: Cannot seek: {}", reason(error)))
    };
    if job.action == Action::Delete {
        return delete(&mut file, &scanned).map_err(|error| unusable(talk, &error));
    }
    // The record in which the members end is written anew.
    let record_at = scanned.end - scanned.end % RECORD;
    let mut before = vec![0; usize::try_from(scanned.end - record_at).unwrap_or(0)];
    file.seek(SeekFrom::Start(record_at))
        .and_then(|_| file.read_exact(&mut before))
        .and_then(|()| file.seek(SeekFrom::Start(record_at)))
        .map_err(|error| unusable(talk, &error))?;
    // WASI has no way to duplicate a descriptor, so the two share the file.
    let file = Arc::new(file);
    let writer =
        Writer::new(Sink::Plain(Box::new(Arc::clone(&file))), job.format, &before, job.pax_deleted.clone());
    let mut creator = Creator::new(job, writer, Some((stat.dev, stat.ino)));
    if job.action == Action::Concatenate {
        concatenate(job, talk, &mut creator)?;
    } else {
        if job.action == Action::Update {
            creator.present = scanned.present;
        }
        creator.items(talk)?;
    }
    let written = creator.finish(talk)?;
    // What was behind the old end is no part of the archive.
    let _ = file.set_len(record_at + written);
    Ok(())
}

fn scan(job: &Job, talk: &mut Talk, file: &mut File, size: u64) -> Result<Scanned, Fatal> {
    let mut scanned = Scanned { end: 0, present: HashMap::new(), kept: Vec::new() };
    if size == 0 {
        return Ok(scanned);
    }
    let mut start = [0; BLOCK];
    let count = crate::codec::read_full(file, &mut start).unwrap_or(0);
    if Format::of(&start[..count]).is_some()
        && matches!(super::header::parse(&start), super::header::Parsed::Invalid)
    {
        return Err(talk.fatal("Cannot update compressed archives"));
    }
    if let Err(error) = file.seek(SeekFrom::Start(0)) {
        return Err(talk.fatal(&format!("{}: Cannot seek: {}", shown(&job.file), reason(&error))));
    }
    let mut reader = Reader::new(Box::new(&mut *file), job.ignore_zeros);
    let mut wanted = Wanted::new(job);
    loop {
        match reader.next() {
            Ok(Next::Member(member)) => {
                let name = member.name.strip_suffix(b"/").unwrap_or(&member.name).to_vec();
                let start = reader.member_at;
                let goes = job.action == Action::Delete && wanted.folder(job, &member.name).is_some();
                if let Err(failure) = reader.skip() {
                    return Err(fatal(talk, job, &failure));
                }
                if !goes {
                    scanned.kept.push((start, reader.position()));
                }
                scanned.present.insert(name, member.mtime);
            }
            Ok(Next::Skipped { at_start: true, .. }) => {
                talk.fail("This does not look like a tar archive");
                return Err(Fatal);
            }
            Ok(Next::Skipped { .. }) => talk.fail("Skipping to next header"),
            Ok(Next::End { .. }) => break,
            Err(failure) => return Err(fatal(talk, job, &failure)),
        }
    }
    scanned.end = reader.end_at;
    if job.action == Action::Delete {
        wanted.report(job, talk);
    }
    Ok(scanned)
}

/// Moves the members that stay together, and writes a new end.
fn delete(file: &mut File, scanned: &Scanned) -> std::io::Result<()> {
    let mut to = 0;
    let mut buffer = vec![0; CHUNK];
    for (start, end) in &scanned.kept {
        let mut from = *start;
        if from == to {
            to = *end;
            continue;
        }
        while from < *end {
            let count = buffer.len().min(usize::try_from(end - from).unwrap_or(usize::MAX));
            file.seek(SeekFrom::Start(from))?;
            file.read_exact(&mut buffer[..count])?;
            file.seek(SeekFrom::Start(to))?;
            file.write_all(&buffer[..count])?;
            from += count as u64;
            to += count as u64;
        }
    }
    file.seek(SeekFrom::Start(to))?;
    let end = (to + 2 * BLOCK as u64).next_multiple_of(RECORD);
    file.write_all(&vec![0; usize::try_from(end - to).unwrap_or(0)])?;
    file.set_len(end)
}

/// Appends the members of archives as they are.
fn concatenate(job: &Job, talk: &mut Talk, creator: &mut Creator<'_>) -> Result<(), Fatal> {
    for item in &job.items {
        let Item::Name(name) = item else { continue };
        let end = {
            let opened = super::archive::open_named(job, name, talk)?;
            let mut reader = Reader::new(opened.source, job.ignore_zeros);
            loop {
                match reader.next() {
                    Ok(Next::Member(_)) => {}
                    Ok(Next::Skipped { at_start: true, .. }) => {
                        talk.fail("This does not look like a tar archive");
                        break 0;
                    }
                    Ok(Next::Skipped { .. }) => talk.fail("Skipping to next header"),
                    Ok(Next::End { .. }) => break reader.end_at,
                    Err(failure) => return Err(fatal(talk, job, &failure)),
                }
            }
        };
        let mut source = host::open(name)
            .map_err(|error| talk.fatal(&format!("{}: Cannot open: {}", shown(name), reason(&error))))?
            .take(end);
        let mut buffer = vec![0; CHUNK];
        loop {
            match crate::codec::read_some(&mut source, &mut buffer) {
                Ok(0) => break,
                Ok(count) => creator.raw(talk, &buffer[..count])?,
                Err(error) => {
                    return Err(talk.fatal(&format!("{}: Cannot read: {}", shown(name), reason(&error))));
                }
            }
        }
    }
    Ok(())
}
