//! `-ls`: a file on a line, in columns that grow with what is in them.

use super::entry::Entry;
use crate::accounts::Accounts;
use crate::calendar::{self, DAY_NS};
use crate::stat::{Kind, Stat};
use crate::system;
use jiff::tz::TimeZone;

/// Half a year of the calendar's mean: times further away are shown with their year.
const RECENT_NS: i64 = 31_556_952 / 2 * calendar::SECOND_NS;

/// What a line usually takes.
const LINE_BYTES: usize = 192;

/// How wide the columns are so far.
#[derive(Debug)]
pub struct Columns {
    inode: usize,
    blocks: usize,
    links: usize,
    user: usize,
    group: usize,
    size: usize,
    major: usize,
    minor: usize,
    /// How many units of 512 bytes a block is.
    units: u64,
}

impl Columns {
    pub fn new() -> Columns {
        let units = if system::variable("POSIXLY_CORRECT").is_some() { 1 } else { 2 };
        Columns { inode: 9, blocks: 6, links: 3, user: 8, group: 8, size: 8, major: 3, minor: 3, units }
    }

    /// The line of a file.
    pub fn line(
        &mut self,
        entry: &Entry<'_>,
        stat: &Stat,
        accounts: &mut Accounts,
        zone: &TimeZone,
        now: i64,
    ) -> Vec<u8> {
        let mut line = Vec::with_capacity(LINE_BYTES);
        right(stat.ino, &mut self.inode, &mut line);
        right(stat.blocks.div_ceil(self.units), &mut self.blocks, &mut line);
        line.extend_from_slice(stat.mode_text().as_bytes());
        line.push(b' ');
        right(stat.nlink, &mut self.links, &mut line);
        left(&accounts.user_shown(stat.uid), &mut self.user, &mut line);
        left(&accounts.group_shown(stat.gid), &mut self.group, &mut line);
        if matches!(stat.kind(), Kind::Character | Kind::Block) {
            right(u64::from(stat.rdev_major), &mut self.major, &mut line);
            line.pop();
            line.extend_from_slice(b", ");
            right(u64::from(stat.rdev_minor), &mut self.minor, &mut line);
        } else {
            right(stat.size, &mut self.size, &mut line);
        }
        line.extend_from_slice(time(stat.mtime, zone, now).as_bytes());
        line.push(b' ');
        escaped(entry.path, &mut line);
        if stat.kind() == Kind::Link
            && let Ok(target) = system::link_target(entry.path)
        {
            line.extend_from_slice(b" -> ");
            escaped(&target, &mut line);
        }
        line.push(b'\n');
        line
    }
}

/// A number at the right of its column. Every file has several: they are written without a text of their own.
fn right(number: u64, width: &mut usize, line: &mut Vec<u8>) {
    let count = number.checked_ilog10().map_or(1, |log| log as usize + 1);
    *width = (*width).max(count);
    line.resize(line.len() + *width, b' ');
    let mut left = number;
    for place in line.iter_mut().rev().take(count) {
        *place = b"0123456789".get((left % 10) as usize).copied().unwrap_or(b'0');
        left /= 10;
    }
    line.push(b' ');
}

fn left(text: &[u8], width: &mut usize, line: &mut Vec<u8>) {
    *width = (*width).max(text.len());
    line.extend_from_slice(text);
    line.resize(line.len() + *width - text.len() + 1, b' ');
}

/// A time as `ls -l` shows it: with the clock where it is recent, else with the year.
pub fn time(ns: i64, zone: &TimeZone, now: i64) -> String {
    let moment = calendar::moment(ns, zone);
    let is_recent = ns > now.saturating_sub(RECENT_NS) && ns <= now.saturating_add(DAY_NS / 24);
    let (month, day) = (calendar::month_name(&moment), moment.day());
    if is_recent {
        format!("{month} {day:2} {:02}:{:02}", moment.hour(), moment.minute())
    } else {
        format!("{month} {day:2}  {}", moment.year())
    }
}

/// A name with the escapes of C for what is not printable ASCII, blanks and quotes too.
fn escaped(name: &[u8], line: &mut Vec<u8>) {
    for byte in name {
        match byte {
            b'\\' => line.extend_from_slice(b"\\\\"),
            b'"' => line.extend_from_slice(b"\\\""),
            b' ' => line.extend_from_slice(b"\\ "),
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\t' => line.extend_from_slice(b"\\t"),
            0x08 => line.extend_from_slice(b"\\b"),
            0x0c => line.extend_from_slice(b"\\f"),
            b'\r' => line.extend_from_slice(b"\\r"),
            0x21..=0x7e => line.push(*byte),
            other => line.extend(format!("\\{other:03o}").bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_as_in_c() {
        let mut line = Vec::new();
        escaped(b"a b\\\"\n\t\x08\x0c\r\x07\x1b\xc3\xa9", &mut line);
        assert_eq!(line, br#"a\ b\\\"\n\t\b\f\r\007\033\303\251"#);
    }
}
