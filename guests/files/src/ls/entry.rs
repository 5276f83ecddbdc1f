//! An entry of a listing: a name and what is known of its file, and the order of entries.

use std::cmp::Ordering;

use super::options::{Options, Order, TimeKind};
use super::version;
use crate::quoting::Shown;
use crate::system::{Stat, Time};

/// A file that is listed.
pub struct Entry {
    pub name: Vec<u8>,
    /// Its type, as far as the directory tells it; of a link that is followed, that of what it leads to.
    pub kind: u32,
    pub ino: Option<u64>,
    /// Where it was asked for and could be had.
    pub stat: Option<Stat>,
    /// Of a link in a long listing: where it leads, and what is there.
    pub target: Option<Vec<u8>>,
    pub target_stat: Option<Stat>,
    /// Whether a link was asked for what it leads to, and there was nothing.
    pub is_dangling: bool,
    pub shown: Shown,
}

impl Entry {
    pub fn is_directory(&self) -> bool {
        self.kind == crate::system::DIRECTORY
    }

    /// Whether it is a directory or leads to one.
    fn is_to_directory(&self) -> bool {
        self.is_directory() || self.target_stat.is_some_and(|stat| stat.is_directory())
    }

    /// The time that the listing is about; there is none of birth.
    pub fn time(&self, kind: TimeKind) -> Option<Time> {
        let stat = self.stat?;
        match kind {
            TimeKind::Modification => Some(stat.mtime),
            TimeKind::Access => Some(stat.atime),
            TimeKind::Change => Some(stat.ctime),
            TimeKind::Birth => None,
        }
    }
}

/// Puts entries in the order that the options ask for.
pub fn sort(entries: &mut [Entry], options: &Options) {
    if options.order == Order::None {
        return;
    }
    entries.sort_by(|left, right| {
        if options.directories_first {
            let order = right.is_to_directory().cmp(&left.is_to_directory());
            if order.is_ne() {
                return order;
            }
        }
        let order = compare(left, right, options);
        if options.reverse { order.reverse() } else { order }
    });
}

fn compare(left: &Entry, right: &Entry, options: &Options) -> Ordering {
    let by_name = || left.name.cmp(&right.name);
    match options.order {
        Order::Name | Order::None => by_name(),
        Order::Time => right.time(options.time).cmp(&left.time(options.time)).then_with(by_name),
        Order::Size => {
            let size = |entry: &Entry| entry.stat.map_or(0, |stat| stat.size);
            size(right).cmp(&size(left)).then_with(by_name)
        }
        Order::Extension => extension(&left.name).cmp(extension(&right.name)).then_with(by_name),
        Order::Version => version::compare(&left.name, &right.name),
        Order::Width => left.shown.width.cmp(&right.shown.width).then_with(by_name),
    }
}

/// From the last dot on.
fn extension(name: &[u8]) -> &[u8] {
    name.iter().rposition(|byte| *byte == b'.').map_or(b"", |dot| &name[dot..])
}
