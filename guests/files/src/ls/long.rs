//! The columns in front of names: numbers of files, blocks, and everything of a long listing.

use super::entry::Entry;
use super::options::{Layout, Options};
use crate::clock::Zone;
use crate::people::Names;
use crate::system::{self, BLOCKS, CHARACTERS, Stat, Time};

/// Half a year of 365.2425 days: longer ago, a year is told in place of the hour.
const RECENT_SECONDS: i64 = 31_556_952 / 2;

/// How wide the columns of a directory's listing are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Widths {
    pub ino: usize,
    pub blocks: usize,
    nlink: usize,
    owner: usize,
    group: usize,
    author: usize,
    size: usize,
    major: usize,
    minor: usize,
}

/// What long listings are made with.
pub struct Long {
    zone: Zone,
    now: Time,
    /// How wide a time is, for files whose time is unknown.
    time_width: usize,
    people: Option<Names>,
    groups: Option<Names>,
    /// The last time shown and its text: files of a folder often share one.
    last_time: Option<(Time, Vec<u8>)>,
}

impl Long {
    pub fn new(options: &Options) -> Long {
        let is_long = options.layout == Layout::Long;
        let zone = Zone::from_environment();
        let mut example = Vec::new();
        if is_long {
            zone.local(Time::default()).format(&options.time_formats[0], &mut example);
        }
        let by_name = is_long && !options.numeric;
        Long {
            now: system::now(),
            time_width: crate::quoting::width(&example),
            zone,
            people: (by_name && (options.owner || options.author)).then(Names::people),
            groups: (by_name && options.group).then(Names::groups),
            last_time: None,
        }
    }

    fn owner(&self, uid: u32) -> Vec<u8> {
        shown(self.people.as_ref(), uid)
    }

    fn group(&self, gid: u32) -> Vec<u8> {
        shown(self.groups.as_ref(), gid)
    }

    /// How wide the columns must be for these entries.
    pub fn widths(&self, entries: &[Entry], options: &Options) -> Widths {
        let mut widths = Widths::default();
        let (mut last_uid, mut last_gid) = (None, None);
        for entry in entries {
            if options.inodes {
                let digits = entry.stat.map(|stat| stat.ino).or(entry.ino).map_or(1, digits);
                widths.ino = widths.ino.max(digits);
            }
            if options.blocks {
                widths.blocks = widths.blocks.max(blocks(entry, options).len());
            }
            if options.layout != Layout::Long {
                continue;
            }
            let Some(stat) = &entry.stat else {
                for width in [
                    &mut widths.nlink,
                    &mut widths.owner,
                    &mut widths.group,
                    &mut widths.author,
                    &mut widths.size,
                ] {
                    *width = (*width).max(1);
                }
                continue;
            };
            widths.nlink = widths.nlink.max(digits(stat.nlink));
            if last_uid != Some(stat.uid) {
                let width = crate::quoting::width(&self.owner(stat.uid));
                (widths.owner, widths.author) = (widths.owner.max(width), widths.author.max(width));
                last_uid = Some(stat.uid);
            }
            if last_gid != Some(stat.gid) {
                widths.group = widths.group.max(crate::quoting::width(&self.group(stat.gid)));
                last_gid = Some(stat.gid);
            }
            if is_device(stat) {
                widths.major = widths.major.max(digits(u64::from(stat.major)));
                widths.minor = widths.minor.max(digits(u64::from(stat.minor)));
                widths.size = widths.size.max(widths.major + 2 + widths.minor);
            } else {
                widths.size = widths.size.max(options.size_scale.show(stat.size).len());
            }
        }
        widths
    }

    /// Writes what is in front of a name in any layout; `padded` lines it up.
    pub fn prefix(&self, entry: &Entry, options: &Options, widths: &Widths, padded: bool, out: &mut Vec<u8>) {
        let mut column = |text: String, width: usize| {
            let missing = if padded { width.saturating_sub(text.len()) } else { 0 };
            out.extend(std::iter::repeat_n(b' ', missing));
            out.extend_from_slice(text.as_bytes());
            out.push(b' ');
        };
        if options.inodes {
            let ino = entry.stat.map(|stat| stat.ino).or(entry.ino);
            column(ino.map_or_else(|| "?".to_owned(), |ino| ino.to_string()), widths.ino);
        }
        if options.blocks {
            column(blocks(entry, options), widths.blocks);
        }
        if options.context && options.layout != Layout::Long {
            column("?".to_owned(), 1);
        }
    }

    /// Writes the columns of a long listing, up to the name.
    pub fn columns(&mut self, entry: &Entry, options: &Options, widths: &Widths, out: &mut Vec<u8>) {
        match &entry.stat {
            Some(stat) => out.extend_from_slice(system::mode_letters(stat.mode).as_bytes()),
            None => {
                out.extend_from_slice(system::mode_letters(entry.kind).get(..1).unwrap_or("?").as_bytes());
                out.extend_from_slice(b"?????????");
            }
        }
        out.push(b' ');
        let unknown = || "?".to_owned();
        let stat = entry.stat;
        right(&stat.map_or_else(unknown, |stat| stat.nlink.to_string()), widths.nlink, out);
        let name = |text: Option<Vec<u8>>, width: usize, out: &mut Vec<u8>| {
            let text = text.unwrap_or_else(|| b"?".to_vec());
            let missing = width.saturating_sub(crate::quoting::width(&text));
            // Numbers are lined up at the right, names at the left.
            let is_number = options.numeric && stat.is_some();
            out.extend(std::iter::repeat_n(b' ', if is_number { missing } else { 0 }));
            out.extend_from_slice(&text);
            out.extend(std::iter::repeat_n(b' ', if is_number { 0 } else { missing }));
            out.push(b' ');
        };
        if options.owner {
            name(stat.map(|stat| self.owner(stat.uid)), widths.owner, out);
        }
        if options.group {
            name(stat.map(|stat| self.group(stat.gid)), widths.group, out);
        }
        if options.context {
            out.extend_from_slice(b"? ");
        }
        if options.author {
            name(stat.map(|stat| self.owner(stat.uid)), widths.author, out);
        }
        match &stat {
            Some(stat) if is_device(stat) => {
                let spare = widths.size.saturating_sub(widths.major + 2 + widths.minor);
                let major = format!("{:>width$}, ", stat.major, width = widths.major + spare);
                out.extend_from_slice(major.as_bytes());
                right(&stat.minor.to_string(), widths.minor, out);
            }
            Some(stat) => right(&options.size_scale.show(stat.size), widths.size, out),
            None => right("?", widths.size, out),
        }
        match entry.time(options.time) {
            Some(time) => self.time(time, options, out),
            None => out.extend_from_slice(format!("{:>width$}", "?", width = self.time_width).as_bytes()),
        }
        out.push(b' ');
    }

    fn time(&mut self, time: Time, options: &Options, out: &mut Vec<u8>) {
        if let Some((last, text)) = &self.last_time
            && *last == time
        {
            out.extend_from_slice(text);
            return;
        }
        // A file may have been written since this listing began.
        if time > self.now {
            self.now = system::now();
        }
        let half_a_year_ago = Time { seconds: self.now.seconds - RECENT_SECONDS, ..self.now };
        let is_recent = half_a_year_ago < time && time < self.now;
        let mut text = Vec::new();
        self.zone.local(time).format(&options.time_formats[usize::from(is_recent)], &mut text);
        out.extend_from_slice(&text);
        self.last_time = Some((time, text));
    }
}

/// The blocks that an entry takes.
pub fn blocks(entry: &Entry, options: &Options) -> String {
    entry
        .stat
        .map_or_else(|| "?".to_owned(), |stat| options.block_scale.show(stat.blocks.saturating_mul(512)))
}

fn is_device(stat: &Stat) -> bool {
    matches!(stat.kind(), CHARACTERS | BLOCKS)
}

fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

fn right(text: &str, width: usize, out: &mut Vec<u8>) {
    out.extend(std::iter::repeat_n(b' ', width.saturating_sub(text.len())));
    out.extend_from_slice(text.as_bytes());
    out.push(b' ');
}

fn shown(names: Option<&Names>, number: u32) -> Vec<u8> {
    match names.and_then(|names| names.name(number)) {
        Some(name) => name.to_vec(),
        None => number.to_string().into_bytes(),
    }
}
