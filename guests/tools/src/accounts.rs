//! Who is who: the people and groups of `/etc/passwd` and `/etc/group`, and the one whom everything belongs to.

use std::io::IsTerminal;
use std::time::SystemTime;

/// The person's number and his group's; whoever runs something here is he.
pub const UID: u32 = 1000;

/// A line of `/etc/passwd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

/// A line of `/etc/group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub gid: u32,
    pub members: Vec<String>,
}

/// Every person.
pub fn users() -> Vec<User> {
    parse_users(&text("/etc/passwd"))
}

/// Every group.
pub fn groups() -> Vec<Group> {
    parse_groups(&text("/etc/group"))
}

fn text(path: &str) -> String {
    std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn parse_users(text: &str) -> Vec<User> {
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, uid, gid, ..] = fields.as_slice() else { return None };
            Some(User { name: (*name).to_owned(), uid: uid.parse().ok()?, gid: gid.parse().ok()? })
        })
        .collect()
}

fn parse_groups(text: &str) -> Vec<Group> {
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, gid, members] = fields.as_slice() else { return None };
            let members = members.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            Some(Group { name: (*name).to_owned(), gid: gid.parse().ok()?, members })
        })
        .collect()
}

/// A person by name or number.
pub fn user(word: &str) -> Option<User> {
    let all = users();
    all.iter().find(|user| user.name == word).cloned().or_else(|| {
        let uid: u32 = word.strip_prefix('+').unwrap_or(word).parse().ok()?;
        all.into_iter().find(|user| user.uid == uid)
    })
}

/// The number of a person given by name or number.
pub fn uid_of(word: &str) -> Option<u32> {
    user(word).map(|user| user.uid).or_else(|| word.parse().ok())
}

/// The number of a group given by name or number.
pub fn gid_of(word: &str) -> Option<u32> {
    groups().iter().find(|group| group.name == word).map(|group| group.gid).or_else(|| word.parse().ok())
}

/// The name of a number, or the number.
pub fn user_name(uid: u32) -> String {
    users().into_iter().find(|user| user.uid == uid).map_or_else(|| uid.to_string(), |user| user.name)
}

/// The name of a group's number, where it has one.
pub fn group_name(gid: u32) -> Option<String> {
    groups().into_iter().find(|group| group.gid == gid).map(|group| group.name)
}

/// All groups of a person, his own first.
pub fn groups_of(user: &User) -> Vec<u32> {
    let mut ids = vec![user.gid];
    for group in groups() {
        if group.members.contains(&user.name) && !ids.contains(&group.gid) {
            ids.push(group.gid);
        }
    }
    ids
}

/// Whether the session has a terminal.
pub fn has_terminal() -> bool {
    std::io::stdin().is_terminal() || std::io::stdout().is_terminal() || std::io::stderr().is_terminal()
}

/// Now, in nanoseconds since 1970.
pub fn now_ns() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_none_are_passed_over() {
        let users =
            parse_users("root:x:0:0:root:/root:/bin/sh\nbroken\nx:x:y:1:::\nuser:x:1000:1000::/:/bin/sh\n");
        let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
        assert_eq!(names, ["root", "user"]);
        let groups = parse_groups("a:x:1:u,v\nb:x:2:\nc:x\n");
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].members, ["u", "v"]);
    }
}
