//! `tar -d`: members held against the files.

use std::fs::File;

use super::list::{each, fatal, renamed, say};
use super::listing::{Listing, quoted, shown};
use super::member::{Kind, Member};
use super::options::Job;
use super::reader::Reader;
use super::{Fatal, Talk, within};
use crate::codec::{CHUNK, read_full};
use crate::host::{self, Stat, reason};

/// Compares the archive.
pub fn run(job: &Job, talk: &mut Talk) -> Result<(), Fatal> {
    let mut listing = Listing::new();
    each(job, talk, |reader, member, folder, talk| {
        let Some(name) = renamed(job, &member.name) else { return Ok(()) };
        if job.verbosity > 0 {
            say(job, talk, &mut listing, member, &member.name, 2);
        }
        let safe = talk.safer(job, &name, false);
        let name = safe.strip_suffix(b"/").unwrap_or(&safe).to_vec();
        let path = within(folder, &name);
        compare(job, talk, reader, member, &name, &path)
    })
}

/// Says a difference.
fn differs(talk: &mut Talk, name: &[u8], what: &str) {
    talk.line(&[&quoted(name, false), b": ".as_slice(), what.as_bytes()].concat());
    talk.differ();
}

fn compare(
    job: &Job,
    talk: &mut Talk,
    reader: &mut Reader<'_>,
    member: &Member,
    name: &[u8],
    path: &[u8],
) -> Result<(), Fatal> {
    let stat = match host::stat(path, job.dereference) {
        Ok(stat) => stat,
        Err(error) => {
            if error.kind() == std::io::ErrorKind::NotFound {
                talk.warn(&format!("{}: Warning: Cannot stat: {}", shown(name), reason(&error)));
                talk.differ();
            } else {
                talk.fail(&format!("{}: Cannot stat: {}", shown(name), reason(&error)));
            }
            return Ok(());
        }
    };
    let kind = Kind::of(stat.mode);
    let is_same = match member.kind {
        Kind::Unknown(_) => kind == Some(Kind::Regular),
        Kind::HardLink => true,
        Kind::Label => return Ok(()),
        expected => kind == Some(expected),
    };
    if !is_same {
        differs(talk, name, "File type differs");
        return Ok(());
    }
    match member.kind {
        Kind::HardLink => {
            let target =
                host::stat(&within(path.strip_suffix(name).unwrap_or_default(), &member.link), false);
            if !target.is_ok_and(|target| (target.dev, target.ino) == (stat.dev, stat.ino)) {
                differs(talk, name, &format!("Not linked to {}", shown(&member.link)));
            }
        }
        Kind::SymbolicLink => {
            if host::read_link(path).ok().as_ref() != Some(&member.link) {
                differs(talk, name, "Symlink differs");
            }
        }
        Kind::Regular | Kind::Unknown(_) => return regular(job, talk, reader, member, name, path, &stat),
        _ => mode(talk, member, name, &stat),
    }
    Ok(())
}

fn mode(talk: &mut Talk, member: &Member, name: &[u8], stat: &Stat) {
    if member.mode != stat.mode & 0o7777 {
        differs(talk, name, "Mode differs");
    }
}

fn regular(
    job: &Job,
    talk: &mut Talk,
    reader: &mut Reader<'_>,
    member: &Member,
    name: &[u8],
    path: &[u8],
    stat: &Stat,
) -> Result<(), Fatal> {
    mode(talk, member, name, stat);
    if member.uid != u64::from(stat.uid) {
        differs(talk, name, "Uid differs");
    }
    if member.gid != u64::from(stat.gid) {
        differs(talk, name, "Gid differs");
    }
    if member.mtime.seconds != stat.mtime.seconds {
        differs(talk, name, "Mod time differs");
    }
    if member.size != stat.size {
        differs(talk, name, "Size differs");
        return Ok(());
    }
    let mut file = match host::open(path) {
        Ok(file) => file,
        Err(error) => {
            talk.fail(&format!("{}: Cannot open: {}", shown(name), reason(&error)));
            return Ok(());
        }
    };
    let is_same = contents(reader, member, &mut file).map_err(|failure| fatal(talk, job, &failure))?;
    if !is_same {
        differs(talk, name, "Contents differ");
    }
    Ok(())
}

/// Whether a member's data are a file's. Holes are not looked into.
fn contents(
    reader: &mut Reader<'_>,
    member: &Member,
    file: &mut File,
) -> Result<bool, super::reader::Failure> {
    let mut ours = vec![0; CHUNK];
    let mut theirs = vec![0; CHUNK];
    let whole = [super::member::Extent { at: 0, bytes: member.size }];
    for extent in member.extents.as_deref().unwrap_or(&whole) {
        std::io::Seek::seek(file, std::io::SeekFrom::Start(extent.at))?;
        let mut left = extent.bytes;
        while left > 0 {
            let wanted = ours.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = reader.read(&mut ours[..wanted])?;
            if count == 0
                || read_full(file, &mut theirs[..count])? != count
                || ours[..count] != theirs[..count]
            {
                return Ok(false);
            }
            left -= count as u64;
        }
    }
    Ok(true)
}
