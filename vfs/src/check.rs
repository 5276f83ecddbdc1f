//! The verb check: whether everything that is counted twice is counted alike. Owns the list of what must hold.

use std::collections::{HashMap, HashSet};

use crate::inode::Node;
use crate::open_file::Object;
use crate::{Ino, Kind, Vfs};

impl Vfs {
    /// Checks every inode, name, open file, pipe and count against the others, for tests: it walks everything.
    ///
    /// # Errors
    /// What does not agree, in a sentence.
    pub fn check(&self) -> Result<(), String> {
        self.check_names()?;
        self.check_inodes()?;
        self.check_open_files()?;
        self.check_usage()?;
        self.mounts.flaw().map_or(Ok(()), |flaw| Err(flaw.to_owned()))
    }

    /// Walks the tree: every name means an inode, every inode has the names it counts, every directory one.
    fn check_names(&self) -> Result<(), String> {
        let mut names: HashMap<Ino, u64> = HashMap::from([(self.root, 1)]);
        let mut total: u64 = 0;
        let mut left = vec![self.root];
        while let Some(dir) = left.pop() {
            let directory = self.inode(dir).and_then(|inode| inode.directory());
            let directory = directory.map_err(|_| format!("{dir:?} is no directory"))?;
            let mut subdirectories: u64 = 0;
            for (name, ino) in directory.iter() {
                total += 1;
                *names.entry(ino).or_default() += 1;
                let Some(inode) = self.inodes.get(&ino) else {
                    return Err(format!("{dir:?} has a name for {ino:?}, which is not there"));
                };
                let Node::Directory(child) = &inode.node else { continue };
                subdirectories += 1;
                if child.parent != dir || *child.name != *name {
                    return Err(format!("{ino:?} does not know its name in {dir:?}"));
                }
                left.push(ino);
            }
            if subdirectories != directory.subdirectories() {
                return Err(format!("{dir:?} miscounts its subdirectories"));
            }
        }
        for (ino, inode) in self.inodes.iter() {
            if inode.names != names.get(&ino).copied().unwrap_or(0) {
                return Err(format!("{ino:?} counts {} names", inode.names));
            }
            if inode.kind() == Kind::Directory && inode.names > 1 {
                return Err(format!("{ino:?} is a directory with two names"));
            }
        }
        if total == self.names {
            Ok(())
        } else {
            Err(format!("{} names are counted, {total} are there", self.names))
        }
    }

    fn check_inodes(&self) -> Result<(), String> {
        for (ino, inode) in self.inodes.iter() {
            if inode.names == 0 && !self.uses.contains_key(&ino) {
                return Err(format!("{ino:?} should have been freed"));
            }
            let flaw = match &inode.node {
                Node::File(body) if body.limited_len() > self.limits.file_bytes_max => {
                    Some("the file is too long")
                }
                Node::File(body) => body.flaw(),
                Node::Directory(directory) if inode.names == 0 && !directory.is_empty() => {
                    Some("the directory was removed with names in it")
                }
                Node::Directory(directory) if directory.len() > self.limits.directory_entries_max => {
                    Some("the directory has too many names")
                }
                Node::Directory(directory) => directory.flaw(),
                Node::Symlink(_) | Node::Fifo | Node::Device(_) => None,
            };
            if let Some(flaw) = flaw {
                return Err(format!("{ino:?}: {flaw}"));
            }
        }
        Ok(())
    }

    /// Every inode and pipe counts the open files that there are of it.
    fn check_open_files(&self) -> Result<(), String> {
        let mut opens: HashMap<Ino, u64> = HashMap::new();
        let mut ends: HashMap<_, (u32, u32)> = HashMap::new();
        for file in self.open_files.values() {
            if let Some(ino) = file.object.ino() {
                *opens.entry(ino).or_default() += 1;
            }
            if let Object::Pipe { pipe, .. } = file.object {
                let (readers, writers) = ends.entry(pipe).or_default();
                *readers += u32::from(file.flags.read);
                *writers += u32::from(file.flags.write);
            }
        }
        opens.retain(|ino, _| self.inodes.get(ino).is_some());
        for (ino, uses) in &self.uses {
            if uses.opens != opens.remove(ino).unwrap_or(0) || self.inodes.get(ino).is_none() {
                return Err(format!("{ino:?} counts {} open files", uses.opens));
            }
        }
        if !opens.is_empty() {
            return Err(format!("open files of {:?} are not counted", opens.keys()));
        }
        for (ino, pipe) in &self.fifos {
            if self.inodes.get(ino).is_none_or(|inode| inode.kind() != Kind::Fifo) {
                return Err(format!("{pipe:?} belongs to no FIFO"));
            }
            if !self.pipes.contains_key(pipe) {
                return Err(format!("{pipe:?} of a FIFO is gone"));
            }
        }
        let fifos: HashSet<_> = self.fifos.values().collect();
        for (id, pipe) in &self.pipes {
            if ends.get(id).copied().unwrap_or_default() != (pipe.readers(), pipe.writers()) {
                return Err(format!("{id:?} miscounts its ends"));
            }
            if !ends.contains_key(id) && !fifos.contains(&id) {
                return Err(format!("{id:?} should have been freed"));
            }
            if pipe.len() > self.limits.pipe_bytes.max(1) {
                return Err(format!("{id:?} is too full"));
            }
        }
        Ok(())
    }

    fn check_usage(&self) -> Result<(), String> {
        let content: u64 = self.inodes.values().map(|inode| inode.charge()).sum();
        let usage = self.usage;
        if usage.content_bytes != content {
            return Err(format!("{} bytes are counted, {content} are there", usage.content_bytes));
        }
        if usage.content_bytes > self.limits.content_bytes_max || usage.inodes > self.limits.inodes_max {
            return Err(format!("{usage:?} is more than is allowed"));
        }
        let counted = (usize::try_from(usage.inodes), usage.open_files, usage.pipes);
        let there = (Ok(self.inodes.len()), self.open_files.len(), self.pipes.len());
        if counted == there { Ok(()) } else { Err(format!("{counted:?} are counted, {there:?} are there")) }
    }
}
