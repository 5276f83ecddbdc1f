//! `Image`: a tree as it was at one moment; owns a share of its inodes, and nothing that only a living file system has.
//!
//! An image is made, cloned and turned into a file system without looking at what is in it: both share every inode,
//! and whoever writes copies what the write touches. Open files, pipes, mounts, and files that have no name any more
//! are not part of it; of a mounted folder only the directory that it covers is.

use std::collections::HashMap;
use std::num::NonZeroU64;

use crate::inode::Node;
use crate::inode_table::InodeTable;
use crate::mount::Mounts;
use crate::{Errno, Ino, Limits, Usage, Vfs};

/// A tree as it was at one moment: it never changes, and a clone costs nothing.
#[derive(Clone, Debug)]
pub struct Image {
    inodes: InodeTable,
    root: Ino,
    content_bytes: u64,
    names: u64,
    number_next: NonZeroU64,
    /// What the tree is known to keep to.
    limits: Limits,
}

impl Vfs {
    /// The tree as it is now. The cost is that of looking through the open files, not through the tree.
    ///
    /// What is read-only in the tree is so in the image.
    #[must_use]
    pub fn snapshot(&self) -> Image {
        let mut image = Image {
            inodes: self.inodes.clone(),
            root: self.root,
            content_bytes: self.usage.content_bytes,
            names: self.names,
            number_next: self.number_next,
            limits: self.limits.clone(),
        };
        for ino in self.uses.keys() {
            if self.inodes.get(ino).is_some_and(|inode| inode.names == 0)
                && let Some(orphan) = image.inodes.remove(ino)
            {
                image.content_bytes = image.content_bytes.saturating_sub(orphan.charge());
            }
        }
        image
    }

    /// A file system that begins as the image. Every inode has the number that it had, so what was known of the tree
    /// by number holds in both.
    ///
    /// `ENOSPC`, `EFBIG`, `EMLINK`, `ENAMETOOLONG`: something in the image is beyond the limits.
    pub fn from_image(image: &Image, limits: Limits) -> Result<Vfs, Errno> {
        image.check_keeps_to(&limits)?;
        Ok(image.to_vfs(limits))
    }

    /// Another file system with the same tree and the same limits, which goes its own way from here: a snapshot, and
    /// what begins as it.
    #[must_use]
    pub fn fork(&self) -> Vfs {
        self.snapshot().to_vfs(self.limits.clone())
    }
}

impl Image {
    /// How much a file system that begins as the image holds.
    #[must_use]
    pub fn usage(&self) -> Usage {
        Usage { content_bytes: self.content_bytes, inodes: count(self.inodes.len()), open_files: 0, pipes: 0 }
    }

    pub(crate) fn inodes(&self) -> &InodeTable {
        &self.inodes
    }

    pub(crate) fn root(&self) -> Ino {
        self.root
    }

    fn to_vfs(&self, limits: Limits) -> Vfs {
        Vfs {
            limits,
            usage: self.usage(),
            names: self.names,
            root: self.root,
            inodes: self.inodes.clone(),
            uses: HashMap::new(),
            fifos: HashMap::new(),
            open_files: HashMap::new(),
            pipes: HashMap::new(),
            mounts: Mounts::default(),
            number_next: self.number_next,
        }
    }

    /// Whether the tree keeps to limits. It is walked only where they are narrower than those it was made under.
    fn check_keeps_to(&self, limits: &Limits) -> Result<(), Errno> {
        let usage = self.usage();
        let is_too_much = usage.content_bytes > limits.content_bytes_max
            || usage.inodes > limits.inodes_max
            || self.names > limits.inodes_max;
        if is_too_much {
            return Err(Errno::NoSpc);
        }
        let known = &self.limits;
        let is_narrower = limits.file_bytes_max < known.file_bytes_max
            || limits.links_max < known.links_max
            || limits.directory_entries_max < known.directory_entries_max
            || limits.name_bytes_max < known.name_bytes_max
            || limits.path_bytes_max < known.path_bytes_max;
        if is_narrower { self.check_each_keeps_to(limits) } else { Ok(()) }
    }

    fn check_each_keeps_to(&self, limits: &Limits) -> Result<(), Errno> {
        for inode in self.inodes.values() {
            match &inode.node {
                Node::File(body) if body.limited_len() > limits.file_bytes_max => return Err(Errno::FBig),
                Node::Symlink(target) if target.len() >= limits.path_bytes_max => {
                    return Err(Errno::NameTooLong);
                }
                Node::Directory(directory) if directory.len() > limits.directory_entries_max => {
                    return Err(Errno::NoSpc);
                }
                Node::Directory(directory) => {
                    if directory.iter().any(|(name, _)| name.len() > limits.name_bytes_max) {
                        return Err(Errno::NameTooLong);
                    }
                }
                Node::File(_) | Node::Symlink(_) | Node::Fifo | Node::Device(_) => {}
            }
            if inode.nlink() > u64::from(limits.links_max) {
                return Err(Errno::MLink);
            }
        }
        Ok(())
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{At, Content, Open, Opened, Scope, Time};

    fn at(path: &str) -> At<'_> {
        At { dir: Ino(NonZeroU64::MIN), path: path.as_bytes(), scope: Scope::Anywhere }
    }

    /// A hundred directories of a hundred files of ten bytes.
    fn large() -> Vfs {
        let mut vfs = Vfs::new(Limits::default(), Time(1));
        for dir in 0..100 {
            vfs.mkdir(at(&format!("/d{dir}")), 0o755, Time(1)).unwrap();
            for file in 0..100 {
                let path = format!("/d{dir}/f{file}");
                vfs.add_file(at(&path), Content::owned(vec![1; 10]), 0o644, Time(1)).unwrap();
            }
        }
        vfs
    }

    fn write(vfs: &mut Vfs, path: &str, bytes: &[u8]) {
        let how = Open { write: true, create: true, ..Open::default() };
        let Ok(Opened::File(id)) = vfs.open(at(path), &how, Time(5)) else { panic!("{path}") };
        assert_eq!(vfs.write(id, bytes, Time(5)), Ok(bytes.len()));
        vfs.close(id);
    }

    fn text(vfs: &mut Vfs, path: &str) -> Vec<u8> {
        let ino = vfs.lookup(at(path), true).unwrap();
        vfs.content_of(ino).unwrap().as_slice().to_vec()
    }

    #[test]
    fn an_image_is_send_and_sync() {
        fn is<T: Send + Sync>(_: &T) {}
        is(&Vfs::new(Limits::default(), Time(1)).snapshot());
    }

    #[test]
    fn a_snapshot_copies_nothing() {
        let vfs = large();
        assert_eq!(vfs.inodes.own_parts(&vfs.snapshot().inodes), (0, 0));
        assert_eq!(vfs.fork().inodes.own_parts(&vfs.inodes), (0, 0));
    }

    #[test]
    fn a_write_after_a_snapshot_copies_what_it_touches() {
        let mut vfs = large();
        let image = vfs.snapshot();
        write(&mut vfs, "/d7/f7", b"other");
        // 10,101 inodes are three nodes deep; only the file itself has changed.
        assert_eq!(vfs.inodes.own_parts(&image.inodes), (3, 1));
        vfs.unlink(at("/d7/f8"), Time(6)).unwrap();
        vfs.mkdir(at("/d7/new"), 0o755, Time(6)).unwrap();
        let (nodes, inodes) = vfs.inodes.own_parts(&image.inodes);
        assert!(nodes <= 3 * 3, "{nodes} nodes");
        // The file, its directory, and the new directory.
        assert_eq!(inodes, 3);
        vfs.check().unwrap();
    }

    #[test]
    fn a_look_at_a_file_copies_nothing() {
        let mut vfs = large();
        let image = vfs.snapshot();
        let ino = vfs.lookup(at("/d7/f7"), true).unwrap();
        vfs.stat(ino).unwrap();
        vfs.hold(ino);
        vfs.release(ino);
        let id = vfs.open_directory(vfs.root()).unwrap();
        assert_eq!(vfs.read_dir(id, 2).unwrap().unwrap().name, b"d0");
        vfs.close(id);
        assert_eq!(vfs.inodes.own_parts(&image.inodes), (0, 0));
    }

    #[test]
    fn what_happens_in_a_fork_stays_there() {
        let mut one = large();
        let mut other = one.fork();
        let mut third = other.fork();
        write(&mut one, "/d0/f0", b"one");
        write(&mut other, "/d0/f0", b"other");
        other.rename(at("/d0"), at("/moved"), Time(7)).unwrap();
        assert_eq!(text(&mut one, "/d0/f0"), b"one\x01\x01\x01\x01\x01\x01\x01");
        assert_eq!(text(&mut other, "/moved/f0"), b"other\x01\x01\x01\x01\x01");
        assert_eq!(text(&mut third, "/d0/f0"), [1; 10]);
        assert_eq!(other.lookup(at("/d0"), true), Err(Errno::NoEnt));
        for vfs in [one, other, third] {
            vfs.check().unwrap();
        }
    }

    #[test]
    fn a_file_without_a_name_is_not_part_of_an_image() {
        let mut vfs = Vfs::new(Limits::default(), Time(1));
        write(&mut vfs, "/f", b"12345");
        let Ok(Opened::File(id)) = vfs.open(at("/f"), &Open { read: true, ..Open::default() }, Time(2))
        else {
            panic!("not a file")
        };
        vfs.unlink(at("/f"), Time(3)).unwrap();
        vfs.make_fifo(at("/fifo"), 0o600, Time(3)).unwrap();
        vfs.open(at("/fifo"), &Open { read: true, ..Open::default() }, Time(3)).unwrap();
        assert_eq!((vfs.usage().inodes, vfs.usage().content_bytes, vfs.usage().pipes), (3, 5, 1));
        let fork = vfs.fork();
        let usage = Usage { content_bytes: 0, inodes: 2, open_files: 0, pipes: 0 };
        assert_eq!((fork.usage(), fork.check()), (usage, Ok(())));
        assert_eq!(vfs.read(id, &mut [0; 9], Time(4)), Ok(5));
        vfs.check().unwrap();
    }

    #[test]
    fn a_fork_never_gives_a_number_that_the_image_knows() {
        let mut vfs = Vfs::new(Limits::default(), Time(1));
        write(&mut vfs, "/old", b"");
        let old = vfs.lookup(at("/old"), true).unwrap();
        let mut fork = vfs.fork();
        assert_eq!(fork.lookup(at("/old"), true), Ok(old));
        write(&mut fork, "/new", b"");
        assert!(fork.lookup(at("/new"), true).unwrap() > old);
    }

    #[test]
    fn an_image_must_keep_to_the_limits_of_what_begins_as_it() {
        let mut vfs = Vfs::new(Limits::default(), Time(1));
        vfs.mkdir(at("/d"), 0o755, Time(1)).unwrap();
        write(&mut vfs, "/d/name", b"12345");
        vfs.link(at("/d/name"), false, at("/d/n"), Time(1)).unwrap();
        vfs.symlink(b"0123456789", at("/d/l"), Time(1)).unwrap();
        let image = vfs.snapshot();
        let with = |change: &dyn Fn(&mut Limits)| {
            let mut limits = Limits::default();
            change(&mut limits);
            Vfs::from_image(&image, limits).map(|vfs| vfs.check())
        };
        assert_eq!(with(&|_| ()), Ok(Ok(())));
        assert_eq!(with(&|limits| limits.content_bytes_max = 15), Ok(Ok(())));
        assert_eq!(with(&|limits| limits.content_bytes_max = 14), Err(Errno::NoSpc));
        assert_eq!(with(&|limits| limits.inodes_max = 4), Ok(Ok(())));
        assert_eq!(with(&|limits| limits.inodes_max = 3), Err(Errno::NoSpc));
        assert_eq!(with(&|limits| limits.file_bytes_max = 5), Ok(Ok(())));
        assert_eq!(with(&|limits| limits.file_bytes_max = 4), Err(Errno::FBig));
        assert_eq!(with(&|limits| limits.links_max = 3), Ok(Ok(())));
        assert_eq!(with(&|limits| limits.links_max = 2), Err(Errno::MLink));
        assert_eq!(with(&|limits| limits.directory_entries_max = 2), Err(Errno::NoSpc));
        assert_eq!(with(&|limits| limits.name_bytes_max = 3), Err(Errno::NameTooLong));
        assert_eq!(with(&|limits| limits.path_bytes_max = 10), Err(Errno::NameTooLong));
    }

    #[test]
    fn a_tree_of_any_depth_is_dropped_on_a_small_stack() {
        let work = || {
            let mut vfs = Vfs::new(Limits::default(), Time(1));
            let mut dir = vfs.root();
            for _ in 0..200_000 {
                dir = vfs.add_directory(At { dir, ..at("d") }, 0o755, Time(1)).unwrap();
            }
            let image = vfs.snapshot();
            write(&mut vfs, "/f", b"x");
            drop(vfs);
            drop(image);
        };
        let small = std::thread::Builder::new().stack_size(128 << 10);
        small.spawn(work).unwrap().join().unwrap();
    }
}
