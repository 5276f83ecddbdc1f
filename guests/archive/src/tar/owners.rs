//! Owners and groups: their names and numbers, from /etc/passwd and /etc/group, each file read once.

use std::cell::OnceCell;
use std::fs;

type Table = Vec<(Vec<u8>, u64)>;

/// The names that are known here.
#[derive(Default)]
pub struct Owners {
    users: OnceCell<Table>,
    groups: OnceCell<Table>,
}

fn read(path: &str) -> Table {
    // Without the file there are numbers only.
    let text = fs::read(path).unwrap_or_default();
    let entry = |line: &[u8]| {
        let mut fields = line.split(|byte| *byte == b':');
        let name = fields.next()?.to_vec();
        let number = std::str::from_utf8(fields.nth(1)?).ok()?.parse().ok()?;
        Some((name, number))
    };
    text.split(|byte| *byte == b'\n').filter_map(entry).collect()
}

fn name(table: &Table, number: u64) -> Vec<u8> {
    table.iter().find(|(_, known)| *known == number).map(|(name, _)| name.clone()).unwrap_or_default()
}

fn number(table: &Table, name: &[u8]) -> Option<u64> {
    table.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
}

impl Owners {
    fn users(&self) -> &Table {
        self.users.get_or_init(|| read("/etc/passwd"))
    }

    fn groups(&self) -> &Table {
        self.groups.get_or_init(|| read("/etc/group"))
    }

    /// The name of a user; empty where there is none.
    pub fn user(&self, uid: u64) -> Vec<u8> {
        name(self.users(), uid)
    }

    pub fn group(&self, gid: u64) -> Vec<u8> {
        name(self.groups(), gid)
    }

    pub fn uid(&self, name: &[u8]) -> Option<u64> {
        number(self.users(), name)
    }

    pub fn gid(&self, name: &[u8]) -> Option<u64> {
        number(self.groups(), name)
    }
}
