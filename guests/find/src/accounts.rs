//! Accounts: the names of users and groups, as `/etc/passwd` and `/etc/group` have them. It reads each file once, when
//! somebody first asks.

use std::collections::HashMap;

/// The names and numbers of one file.
#[derive(Debug, Default)]
struct Table {
    names: HashMap<u32, Vec<u8>>,
    numbers: HashMap<Vec<u8>, u32>,
}

/// The users and groups of the machine.
#[derive(Debug, Default)]
pub struct Accounts {
    users: Option<Table>,
    groups: Option<Table>,
}

impl Accounts {
    /// A user's name, if there is such a user.
    pub fn user(&mut self, uid: u32) -> Option<&[u8]> {
        self.users().names.get(&uid).map(Vec::as_slice)
    }

    /// A group's name, if there is such a group.
    pub fn group(&mut self, gid: u32) -> Option<&[u8]> {
        self.groups().names.get(&gid).map(Vec::as_slice)
    }

    /// The number of a user of that name.
    pub fn user_number(&mut self, name: &[u8]) -> Option<u32> {
        self.users().numbers.get(name).copied()
    }

    /// The number of a group of that name.
    pub fn group_number(&mut self, name: &[u8]) -> Option<u32> {
        self.groups().numbers.get(name).copied()
    }

    /// A user's name, else the number.
    pub fn user_shown(&mut self, uid: u32) -> Vec<u8> {
        self.user(uid).map_or_else(|| uid.to_string().into_bytes(), <[u8]>::to_vec)
    }

    /// A group's name, else the number.
    pub fn group_shown(&mut self, gid: u32) -> Vec<u8> {
        self.group(gid).map_or_else(|| gid.to_string().into_bytes(), <[u8]>::to_vec)
    }

    fn users(&mut self) -> &Table {
        self.users.get_or_insert_with(|| Table::read("/etc/passwd"))
    }

    fn groups(&mut self) -> &Table {
        self.groups.get_or_insert_with(|| Table::read("/etc/group"))
    }
}

impl Table {
    /// A file that is not there has no names.
    fn read(path: &str) -> Table {
        Table::parse(&std::fs::read(path).unwrap_or_default())
    }

    /// Lines of `name:password:number:...`; of several for a name or a number the first counts.
    fn parse(text: &[u8]) -> Table {
        let mut table = Table::default();
        for line in text.split(|byte| *byte == b'\n') {
            let mut fields = line.split(|byte| *byte == b':');
            let (Some(name), Some(number)) = (fields.next(), fields.nth(1)) else { continue };
            let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
            if let Some(number) = number.filter(|_| !name.is_empty()) {
                table.names.entry(number).or_insert_with(|| name.to_vec());
                table.numbers.entry(name.to_vec()).or_insert(number);
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_name_or_a_number_counts() {
        let table =
            Table::parse(b"root:x:0:0::/root:/bin/sh\nbroken\ntoor:x:0\nuser:x:1000:1000\nuser:x:5\n:x:7\n");
        assert_eq!(table.names.get(&0).map(Vec::as_slice), Some(b"root".as_slice()));
        assert_eq!(table.numbers.get(b"user".as_slice()), Some(&1000));
        assert_eq!((table.numbers.get(b"toor".as_slice()), table.names.get(&7)), (Some(&0), None));
    }
}
