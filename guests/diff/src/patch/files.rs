//! Files as patch changes them: which one a head means, backups, and new contents in place of old ones.

use std::fs;

use rustix::io::Errno;

use super::options::{Job, Versions};
use super::parse::Name;
use crate::system;

/// A name without its first components; `None`: there are not that many.
pub fn stripped(name: &[u8], strip: Option<usize>) -> Option<Vec<u8>> {
    let Some(strip) = strip else {
        // Without a number, the last component is meant.
        return Some(system::base_name(name).to_vec());
    };
    let mut rest = name;
    for _ in 0..strip {
        let slash = rest.iter().position(|byte| *byte == b'/')?;
        let behind = &rest[slash..];
        rest = &behind[behind.iter().take_while(|byte| **byte == b'/').count()..];
    }
    (!rest.is_empty()).then(|| rest.to_vec())
}

/// Could the name lead out of the directory?
pub fn is_dangerous(name: &[u8]) -> bool {
    name.starts_with(b"/") || name.split(|byte| *byte == b'/').any(|part| part == b"..") || name.contains(&0)
}

pub fn is_null(name: &Name) -> bool {
    name.name == b"/dev/null"
}

/// The best of several names: the fewest components, then the shortest last one, then the shortest.
pub fn best<'a>(names: impl Iterator<Item = &'a Vec<u8>>) -> Option<&'a Vec<u8>> {
    names.min_by_key(|name| {
        let components = name.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).count();
        (components, system::base_name(name).len(), name.len())
    })
}

/// The name of a backup.
pub fn backup_name(job: &Job, name: &[u8]) -> Vec<u8> {
    let slash = name.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (directory, base) = name.split_at(slash);
    let numbered = matches!(job.versions, Versions::Numbered | Versions::Existing);
    let newest = if numbered { newest_backup(directory, base) } else { None };
    match (job.versions, newest) {
        (Versions::Numbered, newest) => {
            [name, format!(".~{}~", newest.unwrap_or(0).saturating_add(1)).as_bytes()].concat()
        }
        (Versions::Existing, Some(newest)) => {
            [name, format!(".~{}~", newest.saturating_add(1)).as_bytes()].concat()
        }
        _ if !job.prefix.is_empty() || !job.base_prefix.is_empty() => {
            // With a prefix the suffix counts only if it was given too.
            let suffix: &[u8] = if job.suffix == b".orig" { b"" } else { &job.suffix };
            [&job.prefix, directory, &job.base_prefix, base, suffix].concat()
        }
        _ => [name, &job.suffix].concat(),
    }
}

/// The highest number of the backups that are there.
fn newest_backup(directory: &[u8], base: &[u8]) -> Option<u64> {
    let directory = if directory.is_empty() { b"." } else { directory };
    let number = |entry: Vec<u8>| -> Option<u64> {
        let rest = entry.strip_prefix(base)?.strip_prefix(b".~")?.strip_suffix(b"~")?;
        std::str::from_utf8(rest).ok()?.parse().ok()
    };
    system::entries(directory).ok()?.into_iter().filter_map(number).max()
}

/// Makes the directories that a file is to be in.
pub fn make_directories(name: &[u8]) -> Result<(), Errno> {
    match name.iter().rposition(|byte| *byte == b'/') {
        Some(slash) if slash > 0 => {
            fs::create_dir_all(system::path(&name[..slash])).map_err(|error| system::errno_of(&error))
        }
        _ => Ok(()),
    }
}

/// Removes a file, and the directories that become empty by that.
pub fn remove(name: &[u8]) -> Result<(), Errno> {
    fs::remove_file(system::path(name)).map_err(|error| system::errno_of(&error))?;
    let mut rest = name;
    while let Some(slash) = rest.iter().rposition(|byte| *byte == b'/').filter(|slash| *slash > 0) {
        rest = &rest[..slash];
        if fs::remove_dir(system::path(rest)).is_err() {
            break;
        }
    }
    Ok(())
}

/// Puts a file with new contents in a name's place. What was there stays until the new one is whole.
pub fn replace(name: &[u8], contents: &[u8], mode: Option<u32>) -> Result<(), Errno> {
    make_directories(name)?;
    let result = (|| {
        let temporary = (0..1000)
            .map(|number| [name, format!(".o{number}").as_bytes()].concat())
            .find(|name| system::stat(name, false).is_err())
            .ok_or(Errno::EXIST)?;
        let path = system::path(&temporary);
        let written = fs::write(&path, contents).map_err(|error| system::errno_of(&error));
        let whole = written.and_then(|()| match mode {
            Some(mode) => system::set_mode(&temporary, mode),
            None => Ok(()),
        });
        let moved = whole
            .and_then(|()| fs::rename(&path, system::path(name)).map_err(|error| system::errno_of(&error)));
        if moved.is_err() {
            // It may not even be there.
            let _ = fs::remove_file(&path);
        }
        moved
    })();
    match result {
        // A name that is as long as names may be has no room for another one beside it.
        Err(Errno::NAMETOOLONG) => {
            fs::write(system::path(name), contents).map_err(|error| system::errno_of(&error))
        }
        result => result,
    }
}
