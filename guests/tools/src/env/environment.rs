//! The environment: entries `NAME=VALUE` in the order in which they were made.
//!
//! It is a list of its own because the process's variables are the guest's
//! past: what the next program gets is only what is in here.

use crate::os::OsStringExt;

/// Variables; at most one of each name, unless the process was started with more.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Environment {
    entries: Vec<Vec<u8>>,
}

impl Environment {
    /// What this process was started with.
    pub fn of_this_process() -> Self {
        let entries = std::env::vars_os()
            .map(|(name, value)| [&name.into_vec(), b"=".as_slice(), &value.into_vec()].concat());
        Self { entries: entries.collect() }
    }

    /// The entries, `NAME=VALUE`.
    pub fn entries(&self) -> &[Vec<u8>] {
        &self.entries
    }

    /// The value of a variable.
    pub fn value(&self, name: &[u8]) -> Option<&[u8]> {
        self.entries.iter().find(|entry| is_of(entry, name)).map(|entry| &entry[name.len() + 1..])
    }

    /// Whether there is a variable of that name.
    pub fn has(&self, name: &[u8]) -> bool {
        self.value(name).is_some()
    }

    /// Sets a variable: `NAME=VALUE` takes the place of the old entry, else comes last.
    pub fn put(&mut self, assignment: &[u8]) {
        let name = assignment.split(|byte| *byte == b'=').next().unwrap_or(assignment);
        match self.entries.iter_mut().find(|entry| is_of(entry, name)) {
            Some(entry) => *entry = assignment.to_vec(),
            None => self.entries.push(assignment.to_vec()),
        }
    }

    /// Removes a variable.
    pub fn unset(&mut self, name: &[u8]) {
        self.entries.retain(|entry| !is_of(entry, name));
    }

    /// All entries, each with `end` after it.
    pub fn listing(&self, end: u8) -> Vec<u8> {
        self.entries.iter().flat_map(|entry| entry.iter().copied().chain([end])).collect()
    }
}

/// Whether an entry is the variable of that name.
fn is_of(entry: &[u8], name: &[u8]) -> bool {
    entry.strip_prefix(name).is_some_and(|rest| rest.starts_with(b"="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_keeps_its_place_when_it_is_set_again() {
        let mut environment = Environment::default();
        for assignment in ["A=1", "AB=2", "C=", "A=3=4", "=x", "=y"] {
            environment.put(assignment.as_bytes());
        }
        environment.unset(b"AB");
        environment.unset(b"NOPE");
        assert_eq!(environment.listing(b'\n'), b"A=3=4\nC=\n=y\n");
        assert_eq!(environment.value(b"A"), Some(b"3=4".as_slice()));
        assert_eq!(environment.value(b"AB"), None);
        assert!(environment.has(b"C") && !environment.has(b"B"));
    }
}
