//! `Model`: a file system that is as naive as can be: a map from whole paths to nodes, and another from nodes to
//! bytes. It has no directories, no inodes, no reference counts and no sharing to get wrong; a copy is a deep one.

use std::collections::{BTreeMap, HashMap};

use wasmsand_vfs::{Errno, Kind, Whence};

use super::tree::contents;
use super::{Answer, Op, SLOTS, System, answer, how, list_text, stat_text, text};

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    File(usize),
    Directory,
    Symlink(usize, String),
}

/// Paths are absolute, `/`-separated, without a slash at the end; the root is the empty path.
#[derive(Clone, Default)]
pub struct Model {
    pub nodes: BTreeMap<String, Node>,
    files: Vec<Vec<u8>>,
    slots: [Option<Slot>; SLOTS],
}

#[derive(Clone, Debug)]
struct Slot {
    file: usize,
    read: bool,
    write: bool,
    append: bool,
    position: usize,
}

/// Where a path leads: the canonical path of the directory and the name (None: no name), and the slash.
struct Place {
    path: String,
    is_name: bool,
    last: String,
    slash: bool,
}

const LIMIT: usize = 1 << 30;

impl Model {
    pub fn new() -> Model {
        let mut model = Model::default();
        model.nodes.insert(String::new(), Node::Directory);
        model
    }

    fn resolve(&self, path: &str, follow: bool, follow_slash: bool) -> Result<Place, Errno> {
        if path.is_empty() {
            return Err(Errno::NoEnt);
        }
        let mut hops = 0;
        let mut here = String::new();
        let mut left = path.to_owned();
        loop {
            left = left.trim_start_matches('/').to_owned();
            let (name, rest) = match left.split_once('/') {
                Some((name, rest)) => (name.to_owned(), format!("/{rest}")),
                None => (left.clone(), String::new()),
            };
            let is_last = rest.chars().all(|char| char == '/');
            let slash = is_last && !rest.is_empty();
            match self.nodes.get(&here) {
                Some(Node::Directory) => {}
                Some(Node::File(_) | Node::Symlink(..)) => return Err(Errno::NotDir),
                None => return Err(Errno::NoEnt),
            }
            if name == "." || name == ".." {
                if name == ".." {
                    here = here.rsplit_once('/').map_or(String::new(), |(parent, _)| parent.to_owned());
                }
                if is_last {
                    return Ok(Place { path: here, is_name: false, last: name, slash: false });
                }
                left = rest;
                continue;
            }
            let full = format!("{here}/{name}");
            let follows = !is_last || if slash { follow_slash } else { follow };
            match self.nodes.get(&full) {
                Some(Node::Symlink(_, target)) if follows => {
                    hops += 1;
                    if hops > 40 {
                        return Err(Errno::Loop);
                    }
                    left = format!("{target}{rest}");
                }
                _ if is_last => return Ok(Place { path: full, is_name: true, last: name, slash }),
                None => return Err(Errno::NoEnt),
                Some(_) => {
                    here = full;
                    left = rest;
                }
            }
        }
    }

    fn find(&self, path: &str, follow: bool) -> Result<(String, Node), Errno> {
        let place = self.resolve(path, follow, true)?;
        let node = self.nodes.get(&place.path).ok_or(Errno::NoEnt)?;
        if place.slash && *node != Node::Directory {
            return Err(Errno::NotDir);
        }
        Ok((place.path, node.clone()))
    }

    fn beneath(&self, path: &str) -> Vec<String> {
        let prefix = format!("{path}/");
        self.nodes.keys().filter(|other| other.starts_with(&prefix)).cloned().collect()
    }

    fn names(&self, file: usize) -> u64 {
        self.nodes.values().filter(|node| **node == Node::File(file)).count() as u64
    }

    fn stat(&self, node: &Node) -> String {
        match node {
            Node::File(file) => stat_text(Kind::File, self.files[*file].len() as u64, self.names(*file)),
            Node::Directory => stat_text(Kind::Directory, 0, 0),
            Node::Symlink(_, target) => stat_text(Kind::Symlink, target.len() as u64, 0),
        }
    }

    fn new_place(&self, path: &str) -> Result<Place, Errno> {
        let place = self.resolve(path, false, false)?;
        match self.nodes.get(&place.path) {
            Some(Node::File(_)) if place.slash => Err(Errno::NotDir),
            Some(_) => Err(Errno::Exist),
            None if place.slash => Err(Errno::NoEnt),
            None => Ok(place),
        }
    }

    fn rmdir(&mut self, path: &str) -> Result<String, Errno> {
        let place = self.resolve(path, false, false)?;
        match (place.is_name, place.last.as_str()) {
            (true, _) => {}
            (false, ".") => return Err(Errno::Inval),
            (false, _) => return Err(Errno::NotEmpty),
        }
        match self.nodes.get(&place.path) {
            None => Err(Errno::NoEnt),
            Some(Node::Directory) if self.beneath(&place.path).is_empty() => {
                self.nodes.remove(&place.path);
                Ok(String::new())
            }
            Some(Node::Directory) => Err(Errno::NotEmpty),
            Some(_) => Err(Errno::NotDir),
        }
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<String, Errno> {
        let from = self.resolve(from, false, false)?;
        let to = self.resolve(to, false, false)?;
        if !from.is_name || !to.is_name {
            return Err(Errno::Busy);
        }
        let node = self.nodes.get(&from.path).cloned().ok_or(Errno::NoEnt)?;
        let is_directory = node == Node::Directory;
        if !is_directory && (from.slash || to.slash) {
            return Err(Errno::NotDir);
        }
        if to.path.starts_with(&format!("{}/", from.path)) {
            return Err(Errno::Inval);
        }
        if let Some(victim) = self.nodes.get(&to.path) {
            if from.path == to.path || (*victim == node && !is_directory) {
                return Ok(String::new());
            }
            if from.path.starts_with(&format!("{}/", to.path)) {
                return Err(Errno::NotEmpty);
            }
            match (is_directory, *victim == Node::Directory) {
                (true, false) => return Err(Errno::NotDir),
                (false, true) => return Err(Errno::IsDir),
                (true, true) if !self.beneath(&to.path).is_empty() => return Err(Errno::NotEmpty),
                (true, true) | (false, false) => {}
            }
        }
        for old in self.beneath(&from.path) {
            let moved = self.nodes.remove(&old).unwrap();
            self.nodes.insert(format!("{}{}", to.path, &old[from.path.len()..]), moved);
        }
        self.nodes.remove(&from.path);
        self.nodes.insert(to.path, node);
        Ok(String::new())
    }

    fn open(&mut self, slot: usize, path: &str, flags: &str) -> Result<String, Errno> {
        let how = how(flags);
        let exclusive = how.create && how.exclusive;
        let place = self.resolve(path, how.follow && !exclusive, !exclusive && !how.create)?;
        if how.create && place.slash {
            return Err(Errno::IsDir);
        }
        let file = match self.nodes.get(&place.path) {
            None if !how.create => return Err(Errno::NoEnt),
            None if how.directory => return Err(Errno::Inval),
            None => {
                self.files.push(Vec::new());
                self.nodes.insert(place.path, Node::File(self.files.len() - 1));
                self.files.len() - 1
            }
            Some(Node::Directory) if exclusive => return Err(Errno::Exist),
            Some(Node::Directory) if how.write || how.truncate || how.create => return Err(Errno::IsDir),
            Some(Node::Directory) => return Ok("directory".to_owned()),
            Some(_) if exclusive => return Err(Errno::Exist),
            Some(Node::Symlink(..)) => return Err(Errno::Loop),
            Some(Node::File(_)) if place.slash || how.directory => return Err(Errno::NotDir),
            Some(Node::File(file)) => *file,
        };
        if how.truncate {
            self.files[file].clear();
        }
        let (read, write, append) = (how.read, how.write, how.append);
        self.slots[slot] = Some(Slot { file, read, write, append, position: 0 });
        Ok(String::new())
    }

    fn try_perform(&mut self, op: &Op) -> Result<String, Errno> {
        match op {
            Op::Mkdir(path) => {
                let place = self.resolve(path, false, false)?;
                if self.nodes.contains_key(&place.path) {
                    return Err(Errno::Exist);
                }
                self.nodes.insert(place.path, Node::Directory);
            }
            Op::Rmdir(path) => return self.rmdir(path),
            Op::Unlink(path) => {
                let place = self.resolve(path, false, false)?;
                match self.nodes.get(&place.path) {
                    None => return Err(Errno::NoEnt),
                    Some(Node::Directory) => return Err(Errno::IsDir),
                    Some(_) if place.slash => return Err(Errno::NotDir),
                    Some(_) => {
                        self.nodes.remove(&place.path);
                    }
                }
            }
            Op::Rename(from, to) => return self.rename(from, to),
            Op::Link(from, to) => {
                let (_, node) = self.find(from, false)?;
                let place = self.new_place(to)?;
                if node == Node::Directory {
                    return Err(Errno::Perm);
                }
                self.nodes.insert(place.path, node);
            }
            Op::Symlink(target, path) => {
                let place = self.new_place(path)?;
                // Only files know how many names they have, so a link needs no identity but its creation's.
                self.files.push(Vec::new());
                self.nodes.insert(place.path, Node::Symlink(self.files.len(), target.clone()));
            }
            Op::ReadLink(path) => {
                return match self.find(path, false)? {
                    (_, Node::Symlink(_, target)) => Ok(text(target.as_bytes())),
                    _ => Err(Errno::Inval),
                };
            }
            Op::Stat(path) => return Ok(self.stat(&self.find(path, true)?.1)),
            Op::Lstat(path) => return Ok(self.stat(&self.find(path, false)?.1)),
            Op::List(path) => {
                let (path, node) = self.find(path, true)?;
                if node != Node::Directory {
                    return Err(Errno::NotDir);
                }
                let names = self.beneath(&path).into_iter().map(|full| full[path.len() + 1..].to_owned());
                return Ok(list_text(names.filter(|name| !name.contains('/')).collect()));
            }
            Op::Open(slot, path, flags) => return self.open(*slot, path, flags),
            Op::Truncate(path, len) => match self.find(path, true)? {
                (_, Node::File(file)) => self.files[file].resize(*len as usize, 0),
                _ => return Err(Errno::IsDir),
            },
            Op::Close(slot) => {
                self.slots[*slot].take().ok_or(Errno::BadF)?;
            }
            Op::Read(..) | Op::Write(..) | Op::Seek(..) | Op::SetLen(..) | Op::Fstat(_) => {
                return self.perform_on_slot(op);
            }
        }
        Ok(String::new())
    }

    fn perform_on_slot(&mut self, op: &Op) -> Result<String, Errno> {
        let (Op::Read(slot, _)
        | Op::Write(slot, _)
        | Op::Seek(slot, ..)
        | Op::SetLen(slot, _)
        | Op::Fstat(slot)) = op
        else {
            panic!("not on a slot");
        };
        let mut open = self.slots[*slot].clone().ok_or(Errno::BadF)?;
        let names = self.names(open.file);
        let bytes = &mut self.files[open.file];
        let told = match op {
            Op::Read(_, count) => {
                if !open.read {
                    return Err(Errno::BadF);
                }
                let from = open.position.min(bytes.len());
                let to = (from + count).min(bytes.len());
                open.position += to - from;
                text(&bytes[from..to])
            }
            Op::Write(_, new) => {
                if !open.write {
                    return Err(Errno::BadF);
                }
                if !new.is_empty() {
                    let start = if open.append { bytes.len() } else { open.position };
                    let end = start + new.len();
                    if bytes.len() < end {
                        bytes.resize(end, 0);
                    }
                    bytes[start..end].copy_from_slice(new);
                    open.position = end;
                }
                new.len().to_string()
            }
            Op::Seek(_, whence, offset) => {
                let base = match whence {
                    Whence::Set => 0,
                    Whence::Current => open.position as i64,
                    Whence::End => bytes.len() as i64,
                };
                open.position = usize::try_from(base + offset).map_err(|_| Errno::Inval)?;
                open.position.to_string()
            }
            Op::SetLen(_, len) => {
                if !open.write || *len as usize > LIMIT {
                    return Err(Errno::Inval);
                }
                bytes.resize(*len as usize, 0);
                String::new()
            }
            _ => stat_text(Kind::File, bytes.len() as u64, names),
        };
        self.slots[*slot] = Some(open);
        Ok(told)
    }
}

impl Model {
    /// A copy in which nothing is open.
    pub fn copy(&self) -> Model {
        Model { slots: Default::default(), ..self.clone() }
    }

    /// Each path with what is there, in the words of [`super::tree::shape`].
    pub fn shape(&self) -> BTreeMap<Vec<u8>, String> {
        let mut firsts: HashMap<usize, String> = HashMap::new();
        let mut found = BTreeMap::new();
        for (path, node) in &self.nodes {
            let path = format!(".{path}");
            let text = match node {
                Node::Directory => "Directory".to_owned(),
                Node::Symlink(_, target) => format!("Symlink -> {target}"),
                Node::File(file) => {
                    let mut text = format!("File{}", contents(&self.files[*file]));
                    let names = self.names(*file);
                    if names > 1 {
                        let first = firsts.entry(*file).or_insert_with(|| path.clone());
                        text += &format!(" x{names} {first}");
                    }
                    text
                }
            };
            found.insert(path.into_bytes(), text);
        }
        found
    }
}

impl System for Model {
    fn perform(&mut self, op: &Op) -> Answer {
        answer(self.try_perform(op))
    }
}
