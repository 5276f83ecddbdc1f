//! `tar -t`, and the walk over an archive's members that listing, extracting and comparing have in common.

use super::archive;
use super::listing::{Listing, quoted};
use super::member::Member;
use super::options::Job;
use super::reader::{Failure, Next, Reader};
use super::transform::{self, Subject};
use super::wanted::Wanted;
use super::{Fatal, Talk};
use crate::host::reason;

/// Lists the archive.
pub fn run(job: &Job, talk: &mut Talk) -> Result<(), Fatal> {
    let mut listing = Listing::new();
    each(job, talk, |_, member, _, talk| {
        let mut name = member.name.clone();
        if job.show_transformed {
            name = match renamed(job, &member.name) {
                Some(name) => name,
                None => return Ok(()),
            };
        }
        let name = talk_name(job, talk, &name);
        say(job, talk, &mut listing, member, &name, 1);
        Ok(())
    })
}

/// A name as it would be extracted is not what is listed, but that it would be another one is said.
fn talk_name(job: &Job, talk: &mut Talk, name: &[u8]) -> Vec<u8> {
    if name.starts_with(b"/") || super::goes_up(name) {
        talk.safer(job, name, false);
    }
    name.to_vec()
}

/// Says a member's line: its name, or more from `extra` more `-v` on.
pub fn say(job: &Job, talk: &mut Talk, listing: &mut Listing, member: &Member, name: &[u8], more_from: u32) {
    if job.verbosity >= more_from {
        let line = listing.line(job, member, name);
        talk.line(&line);
    } else {
        talk.line(&quoted(name, job.literal));
    }
}

/// A name after `--strip-components` and `--transform`; `None` where nothing is left of it.
pub fn renamed(job: &Job, name: &[u8]) -> Option<Vec<u8>> {
    let mut name = transform::apply(&job.transforms, name, Subject::Name);
    if job.strip > 0 {
        let mut rest = name.as_slice();
        for _ in 0..job.strip {
            let slash = rest.iter().position(|byte| *byte == b'/')?;
            rest = &rest[slash..];
            while let Some(tail) = rest.strip_prefix(b"/") {
                rest = tail;
            }
        }
        if rest.is_empty() {
            return None;
        }
        name = rest.to_vec();
    }
    Some(name)
}

/// Calls `act` with each member that was asked for and the folder it belongs to.
pub fn each(
    job: &Job,
    talk: &mut Talk,
    mut act: impl FnMut(&mut Reader<'_>, &Member, &[u8], &mut Talk) -> Result<(), Fatal>,
) -> Result<(), Fatal> {
    let opened = archive::open(job, talk)?;
    let mut reader = Reader::new(opened.source, job.ignore_zeros);
    let mut wanted = Wanted::new(job);
    loop {
        match reader.next() {
            Ok(Next::Member(member)) => {
                let Some(folder) = wanted.folder(job, &member.name) else { continue };
                if job.block_number {
                    talk.flush();
                }
                act(&mut reader, &member, &folder, talk)?;
                if wanted.is_done(job) {
                    break;
                }
            }
            Ok(Next::Skipped { at_start, is_followed }) => {
                opened.outcome.check(talk)?;
                if at_start {
                    talk.fail("This does not look like a tar archive");
                }
                if is_followed {
                    talk.fail("Skipping to next header");
                } else if at_start {
                    break;
                }
            }
            Ok(Next::End { lone_zero }) => {
                if let Some(block) = lone_zero {
                    talk.warn(&format!("A lone zero block at {block}"));
                }
                break;
            }
            Err(failure) => return Err(fatal(talk, job, &failure)),
        }
    }
    if opened.is_pipe || !matches!(job.packing, super::options::Packing::Unknown) {
        reader.drain();
    }
    talk.flush();
    drop(reader);
    if let Some(filter) = opened.filter
        && let Some(what) = filter.finish()
    {
        return Err(talk.fatal(&what));
    }
    opened.outcome.check(talk)?;
    wanted.report(job, talk);
    Ok(())
}

/// Words why an archive cannot be read on.
pub fn fatal(talk: &mut Talk, job: &Job, failure: &Failure) -> Fatal {
    match failure {
        Failure::Ends => talk.fatal("Unexpected EOF in archive"),
        Failure::Io(error) => {
            talk.fatal(&format!("{}: Cannot read: {}", super::listing::shown(&job.file), reason(error)))
        }
    }
}
