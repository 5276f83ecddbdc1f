//! Processes: who this one is, who else is there, groups and times.

use std::io;

use crate::imports;

/// Numbers of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    /// Its own.
    pub pid: u32,
    /// Its parent's.
    pub parent: u32,
    /// Its group's.
    pub group: u32,
    /// The group that has the terminal; 0: nobody.
    pub foreground: u32,
}

/// The numbers of this process.
///
/// # Errors
/// None but that of a host without the module.
pub fn ids() -> io::Result<Ids> {
    imports::process_ids().map(|[pid, parent, group, foreground]| Ids { pid, parent, group, foreground })
}

/// CPU time of this process and of the children it waited for, in nanoseconds.
///
/// # Errors
/// None but that of a host without the module.
pub fn times() -> io::Result<(u64, u64)> {
    imports::process_times().map(|[own, children]| (own, children))
}

/// Sets the mask of new files' modes; the old one.
///
/// # Errors
/// None but that of a host without the module.
pub fn set_umask(mask: u32) -> io::Result<u32> {
    imports::umask(mask & 0o777)
}

/// The mask of new files' modes.
///
/// # Errors
/// None but that of a host without the module.
pub fn umask() -> io::Result<u32> {
    imports::umask(u32::MAX)
}

/// Puts this process (0) or a child of its into a group (0: its own).
///
/// # Errors
/// ESRCH: neither; EPERM: no such group.
pub fn set_group(pid: u32, group: u32) -> io::Result<()> {
    imports::set_group(pid, group)
}

/// Gives the terminal to a group.
///
/// # Errors
/// ENOTTY without a terminal; EPERM: no such group, or this process is in the background.
pub fn set_foreground(group: u32) -> io::Result<()> {
    imports::set_foreground(group)
}

/// What a process is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Runs, or could.
    Running,
    /// Waits.
    Sleeping,
    /// Stopped by a signal.
    Stopped,
    /// Ended; its parent has not asked yet.
    Ended,
}

/// A process as ps shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub pid: u32,
    /// Its parent's.
    pub parent: u32,
    /// Its group's.
    pub group: u32,
    /// What it is doing.
    pub state: State,
    /// Its group has the terminal.
    pub foreground: bool,
    /// A process of the shell itself, without arguments of its own where it is a part of a script.
    pub shell: bool,
    /// CPU time, nanoseconds.
    pub cpu_ns: u64,
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// When it was started, nanoseconds since 1970.
    pub started_ns: u64,
    /// The program's name.
    pub name: Vec<u8>,
    /// Its arguments, the name first; the first few thousand bytes.
    pub argv: Vec<Vec<u8>>,
}

/// Every process of the session, ascending.
///
/// # Errors
/// None but that of a host without the module.
pub fn list() -> io::Result<Vec<Listed>> {
    Ok(parse(&imports::processes()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

fn parse(bytes: &[u8]) -> Vec<Listed> {
    let mut listed = Vec::new();
    let mut rest = bytes;
    while let Some(size) = word(rest, 0).and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0)
    {
        let Some((record, tail)) = rest.split_at_checked(size) else { break };
        listed.extend(parse_record(record));
        rest = tail;
    }
    listed
}

/// A record; later versions may put more between what is known and the strings.
fn parse_record(record: &[u8]) -> Option<Listed> {
    let size = |at| word(record, at).and_then(|size| usize::try_from(size).ok());
    let name_at = size(48)?;
    let argv_at = name_at.checked_add(size(52)?)?;
    let argv = record.get(argv_at..argv_at.checked_add(size(56)?)?)?;
    let argv = argv
        .strip_suffix(b"\0")
        .map_or_else(Vec::new, |argv| argv.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect());
    let flags = word(record, 20)?;
    Some(Listed {
        pid: word(record, 4)?,
        parent: word(record, 8)?,
        group: word(record, 12)?,
        state: match u8::try_from(word(record, 16)?).ok()? {
            b'R' => State::Running,
            b'T' => State::Stopped,
            b'Z' => State::Ended,
            _ => State::Sleeping,
        },
        foreground: flags & 1 != 0,
        shell: flags & 2 != 0,
        cpu_ns: long(record, 24)?,
        memory_bytes: long(record, 32)?,
        started_ns: long(record, 40)?,
        name: record.get(name_at..argv_at)?.to_vec(),
        argv,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(pid: u32, argv: &[u8], more: usize) -> Vec<u8> {
        let name_at = 64 + more;
        let size = (name_at + 2 + argv.len()).next_multiple_of(8);
        let mut bytes = Vec::new();
        for word in [size as u32, pid, 1, 7, u32::from(b'T'), 3] {
            bytes.extend(word.to_le_bytes());
        }
        for word in [10_u64, 20, 30] {
            bytes.extend(word.to_le_bytes());
        }
        for word in [name_at as u32, 2, argv.len() as u32, 0] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.resize(name_at, 0xee);
        bytes.extend(b"ls");
        bytes.extend(argv);
        bytes.resize(size, 0);
        bytes
    }

    #[test]
    fn records_are_read_and_what_is_new_in_them_is_skipped() {
        let bytes = [record(2, b"ls\0-l\0", 0), record(3, b"", 16)].concat();
        let listed = parse(&bytes);
        assert_eq!(listed.len(), 2);
        assert_eq!((listed[0].pid, listed[0].parent, listed[0].group), (2, 1, 7));
        assert_eq!((listed[0].state, listed[0].foreground, listed[0].shell), (State::Stopped, true, true));
        assert_eq!((listed[0].cpu_ns, listed[0].memory_bytes, listed[0].started_ns), (10, 20, 30));
        assert_eq!(listed[0].argv, [b"ls".to_vec(), b"-l".to_vec()]);
        assert_eq!(
            (listed[1].pid, listed[1].name.as_slice(), listed[1].argv.len()),
            (3, b"ls".as_slice(), 0)
        );
    }

    #[test]
    fn a_broken_list_ends_where_it_breaks() {
        let bytes = record(2, b"", 0);
        assert_eq!(parse(&bytes[..40]), []);
        assert_eq!(parse(&[0; 64]), []);
    }
}
