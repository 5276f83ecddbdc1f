//! What an embedder may do that the sandbox's user may not: build a root that belongs to others, and open bytes that
//! have no name.

use crate::body::Body;
use crate::directory::Directory;
use crate::inode::{Inode, Node, Who};
use crate::open_file::{Object, OpenFlags};
use crate::resolve::Follow;
use crate::{At, Content, Device, Errno, Ino, OpenId, Time, Vfs};

/// Descriptors that can have a node in `/dev/fd`.
const DESCRIPTORS_MAX: u32 = 1 << 16;

impl Vfs {
    /// Creates a directory, for the embedder: permission bits do not keep it out.
    ///
    /// `EEXIST`: something is there. `ENOTSUP`: in a mounted folder. `EMLINK`, `ENOSPC`: a limit.
    pub fn add_directory(&mut self, at: At<'_>, mode: u16, now: Time) -> Result<Ino, Errno> {
        let place = self.resolve(at, Follow::Never, Who::Embedder)?;
        if place.ino.is_some() {
            return Err(Errno::Exist);
        }
        if self.is_mounted(place.parent) {
            return Err(Errno::NotSup);
        }
        let directory = Directory::new(place.parent, &place.name);
        self.create(&place, Node::Directory(directory), mode, Who::Embedder, now)
    }

    /// Lets a directory be `/dev/fd`: every number is the name of a [`Device::Fd`] in it. Listing it tells the numbers
    /// that somebody has looked up; which descriptors there are is for whoever knows the caller to say.
    ///
    /// `ENOTDIR`.
    pub fn give_descriptors(&mut self, dir: Ino) -> Result<(), Errno> {
        self.inode_mut(dir)?.directory_mut()?.has_descriptors = true;
        Ok(())
    }

    /// Whether a directory is `/dev/fd`.
    #[must_use]
    pub fn has_descriptors(&self, dir: Ino) -> bool {
        let directory = self.inode(dir).and_then(Inode::directory);
        directory.is_ok_and(|directory| directory.has_descriptors)
    }

    /// The node of a descriptor in `/dev/fd`, made when it is first looked up; None: the name is no number.
    pub(crate) fn descriptor(&mut self, dir: Ino, name: &[u8]) -> Result<Option<Ino>, Errno> {
        let directory = self.inode(dir)?.directory()?;
        if let Some(ino) = directory.get(name) {
            return Ok(Some(ino));
        }
        let is_canonical = name == b"0" || name.first().is_some_and(|digit| (b'1'..=b'9').contains(digit));
        let number = std::str::from_utf8(name).ok().and_then(|name| name.parse::<u32>().ok());
        let Some(number) = number.filter(|number| is_canonical && *number < DESCRIPTORS_MAX) else {
            return Ok(None);
        };
        let inode = self.inode(dir)?;
        let (born, owner) = (inode.ctime, crate::inode::USER);
        let mut node = Inode::new(Node::Device(Device::Fd(number)), 0o700, born);
        (node.names, node.uid) = (1, owner);
        let ino = self.insert_inode(node)?;
        self.names = self.names.saturating_add(1);
        self.inode_mut(dir)?.directory_mut()?.insert(name, ino, false);
        Ok(Some(ino))
    }

    /// The mounted folders: where they are, and whether they are read-only.
    pub fn mounts(&mut self) -> Vec<(Vec<u8>, bool)> {
        let roots: Vec<(Ino, bool)> = self.mounts.roots().collect();
        roots.into_iter().filter_map(|(root, read_only)| Some((self.path_of(root)?, read_only))).collect()
    }

    /// The device that an inode is, if it is one.
    #[must_use]
    pub fn device_of(&self, ino: Ino) -> Option<Device> {
        match self.inodes.get(&ino)?.node {
            Node::Device(device) => Some(device),
            Node::File(_) | Node::Directory(_) | Node::Symlink(_) | Node::Fifo => None,
        }
    }

    /// Opens bytes for reading that have no name and are gone with the last close: a here-document.
    ///
    /// `EFBIG`, `ENOSPC`, `ENFILE`: a limit.
    pub fn open_anonymous(&mut self, content: Content, now: Time) -> Result<OpenId, Errno> {
        let body = Body::new(content);
        if body.len() > self.limits.file_bytes_max {
            return Err(Errno::FBig);
        }
        let ino = self.insert_inode(Inode::new(Node::File(body), 0o600, now))?;
        self.insert_open_file(Object::File(ino), OpenFlags { read: true, ..OpenFlags::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Scope};

    #[test]
    fn a_directory_is_added_where_the_user_may_not() {
        let mut vfs = Vfs::new(Limits::default(), Time(1));
        let root = vfs.root();
        vfs.chown(root, Some(0), Some(0), Time(1)).unwrap();
        let at = At { dir: root, path: b"/d", scope: Scope::Anywhere };
        assert_eq!(vfs.mkdir(at, 0o755, Time(2)), Err(Errno::Acces));
        let ino = vfs.add_directory(at, 0o755, Time(2)).unwrap();
        assert_eq!(vfs.lookup(at, true), Ok(ino));
        assert_eq!(vfs.add_directory(at, 0o755, Time(2)), Err(Errno::Exist));
        assert_eq!(vfs.stat(root).unwrap().nlink, 3);
        vfs.check().unwrap();
    }

    #[test]
    fn anonymous_bytes_are_read_and_gone() {
        let mut vfs = Vfs::new(Limits::default(), Time(1));
        let before = vfs.usage().content_bytes;
        let id = vfs.open_anonymous(Content::owned(b"here".to_vec()), Time(1)).unwrap();
        let mut bytes = [0; 10];
        assert_eq!(vfs.read(id, &mut bytes, Time(2)), Ok(4));
        assert_eq!(bytes.get(..4), Some(b"here".as_slice()));
        vfs.close(id);
        assert_eq!(vfs.usage().content_bytes, before);
        vfs.check().unwrap();
    }
}
