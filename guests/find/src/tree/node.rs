//! Nodes: the entries of directories, read, chosen and sorted.

use std::cmp::Ordering;

use rustix::io::Errno;

use super::options::{First, Options, Order};
use crate::calendar::SECOND_NS;
use crate::stat::{Kind, Stat};
use crate::system;

/// An entry of a directory.
#[derive(Debug)]
pub struct Node {
    pub name: Vec<u8>,
    pub stat: Stat,
    /// What a link holds.
    pub target: Option<Vec<u8>>,
    /// What is known of what a link leads to, where it leads anywhere.
    pub target_stat: Option<Stat>,
    /// A pattern for directories matched: everything below is shown.
    pub matched: bool,
    /// What is in it, where the whole tree was read before.
    pub children: Option<Vec<Node>>,
    /// The size with everything below.
    sum: Option<u64>,
}

impl Node {
    /// Looks at a path; a starting point is what a link leads to.
    pub fn look(path: &[u8], name: Vec<u8>, is_start: bool) -> Result<Node, Errno> {
        let stat = if is_start { system::stat(path, true)? } else { system::stat(path, false)? };
        let mut node =
            Node { name, stat, target: None, target_stat: None, matched: false, children: None, sum: None };
        if stat.kind() == Kind::Link {
            node.target = system::link_target(path).ok();
            node.target_stat = system::stat(path, true).ok();
        }
        Ok(node)
    }

    pub fn is_directory(&self) -> bool {
        self.stat.kind() == Kind::Directory
    }

    /// Whether it is a link to a directory.
    pub fn leads_to_directory(&self) -> bool {
        self.target_stat.is_some_and(|stat| stat.kind() == Kind::Directory)
    }

    pub fn shown_size(&self) -> u64 {
        self.sum.unwrap_or(self.stat.size)
    }

    /// Makes its size that of everything in it too.
    pub fn add_up(&mut self, children: &[Node]) {
        let below: u64 = children.iter().map(Node::shown_size).sum();
        self.sum = Some(self.stat.size.saturating_add(below));
    }
}

/// Reads directories.
pub struct Reader<'o> {
    pub options: &'o Options,
}

/// A directory that is being read with everything below.
struct Building {
    nodes: Vec<Node>,
    next: usize,
    path_len: usize,
}

impl Reader<'_> {
    /// The entries of a directory that are to be shown, in their order; `all`: patterns do not count.
    pub fn read(&self, path: &[u8], all: bool) -> Result<Vec<Node>, String> {
        let (names, failure) = system::names(path);
        if failure.is_some() && names.is_empty() {
            return Err(super::UNOPENED.to_owned());
        }
        let mut nodes = Vec::new();
        for (name, _) in names {
            if !self.options.all && name.starts_with(b".") {
                continue;
            }
            let slash: &[u8] = if path.ends_with(b"/") { b"" } else { b"/" };
            let Ok(mut node) = Node::look(&[path, slash, &name].concat(), name, false) else { continue };
            if self.is_shown(&mut node, all) {
                nodes.push(node);
            }
        }
        if self.options.entries_max.is_some_and(|most| nodes.len() > most) {
            return Err(format!("{} entries exceeds filelimit, not opening dir", nodes.len()));
        }
        self.sort(&mut nodes);
        Ok(nodes)
    }

    fn is_shown(&self, node: &mut Node, all: bool) -> bool {
        let options = self.options;
        let is_directory = node.is_directory() || (node.leads_to_directory() && options.follow);
        let looks_like_one = node.is_directory() || node.leads_to_directory();
        if options.directories_only && !looks_like_one {
            return false;
        }
        if options.without.iter().any(|pattern| pattern.matches(&node.name, looks_like_one)) {
            return false;
        }
        if all || options.only.is_empty() {
            return true;
        }
        let matches = options.only.iter().any(|pattern| pattern.matches(&node.name, is_directory));
        node.matched = matches && is_directory && options.match_directories;
        matches || is_directory
    }

    fn sort(&self, nodes: &mut [Node]) {
        let options = self.options;
        if options.order == Order::None {
            return;
        }
        nodes.sort_by(|one, other| {
            let is_directory = |node: &Node| node.is_directory() || node.leads_to_directory();
            let by_kind = match options.first {
                Some(First::Directories) => is_directory(other).cmp(&is_directory(one)),
                Some(First::Files) => is_directory(one).cmp(&is_directory(other)),
                None => Ordering::Equal,
            };
            let by_name = one.name.cmp(&other.name);
            let by_order = match options.order {
                Order::Name | Order::None => by_name,
                Order::Version => versions(&one.name, &other.name),
                Order::Modification => seconds(one.stat.mtime).cmp(&seconds(other.stat.mtime)).then(by_name),
                Order::Change => seconds(one.stat.ctime).cmp(&seconds(other.stat.ctime)).then(by_name),
                Order::Size => other.stat.size.cmp(&one.stat.size).then(by_name),
            };
            by_kind.then(if options.reverse { by_order.reverse() } else { by_order })
        });
    }

    /// The entries of a directory with everything below them: for what can only be told then.
    pub fn gather(&self, path: &[u8]) -> Result<Vec<Node>, String> {
        let mut path = path.to_vec();
        let mut levels = vec![Building { nodes: self.read(&path, false)?, next: 0, path_len: path.len() }];
        loop {
            let depth = levels.len();
            let Some(level) = levels.last_mut() else { return Ok(Vec::new()) };
            path.truncate(level.path_len);
            if let Some(node) = level.nodes.get(level.next) {
                level.next += 1;
                let is_within = self.options.level_max.is_none_or(|most| depth < most);
                if node.is_directory() && is_within {
                    if !path.ends_with(b"/") {
                        path.push(b'/');
                    }
                    path.extend_from_slice(&node.name);
                    // What cannot be read is told where it is shown.
                    if let Ok(nodes) = self.read(&path, node.matched) {
                        levels.push(Building { nodes, next: 0, path_len: path.len() });
                    }
                }
                continue;
            }
            let Some(mut done) = levels.pop() else { return Ok(Vec::new()) };
            // Among directories only, every one counts.
            if self.options.prunes && !self.options.directories_only {
                let is_empty = |node: &Node| match &node.children {
                    Some(children) => children.is_empty(),
                    None => node.leads_to_directory(),
                };
                done.nodes.retain(|node| !is_empty(node));
            }
            let Some(node) = levels.last_mut().and_then(|level| level.nodes.get_mut(level.next - 1)) else {
                return Ok(done.nodes);
            };
            if self.options.sums {
                node.add_up(&done.nodes);
            }
            node.children = Some(done.nodes);
        }
    }
}

/// Times are sorted by their whole seconds.
fn seconds(ns: i64) -> i64 {
    ns.div_euclid(SECOND_NS)
}

/// Compares names with the numbers in them as numbers, as strverscmp(3) does.
fn versions(one: &[u8], other: &[u8]) -> Ordering {
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    // Back to where the number begins that the difference may lie in.
    let begins = one.get(..same).unwrap_or_default().iter().rposition(|byte| !byte.is_ascii_digit());
    let begins = begins.map_or(0, |last| last + 1);
    let run = |name: &[u8]| {
        let rest = name.get(begins..).unwrap_or_default();
        let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default().to_vec()
    };
    let (one_run, other_run) = (run(one), run(other));
    if one_run.is_empty() || other_run.is_empty() {
        return one.cmp(other);
    }
    // Digits behind a zero are a fraction.
    let is_fraction = |run: &[u8]| run.starts_with(b"0");
    match (is_fraction(&one_run), is_fraction(&other_run)) {
        (false, false) => one_run.len().cmp(&other_run.len()).then_with(|| one.cmp(other)),
        (true, true) => {
            let zeros = |run: &[u8]| run.iter().take_while(|digit| **digit == b'0').count();
            let all_zeros = |run: &[u8]| zeros(run) == run.len();
            let by_zeros = zeros(&other_run).cmp(&zeros(&one_run));
            let by_rest = || all_zeros(&one_run).cmp(&all_zeros(&other_run));
            by_zeros.then_with(by_rest).then_with(|| one.cmp(other))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_sorted_as_strverscmp_does() {
        let mut names = ["a10", "a9", "a1", "a", "b2", "a09", "a1b", "a01", "a010", "a0", "a00"];
        names.sort_by(|one, other| versions(one.as_bytes(), other.as_bytes()));
        assert_eq!(names, ["a", "a00", "a01", "a010", "a09", "a0", "a1", "a1b", "a9", "a10", "b2"]);
    }
}
