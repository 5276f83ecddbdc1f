//! What an embedder may do that the sandbox's user may not: build a root that belongs to others, and open bytes that
//! have no name.

use crate::body::Body;
use crate::directory::Directory;
use crate::inode::{Inode, Node, Who};
use crate::open_file::{Object, OpenFlags};
use crate::resolve::Follow;
use crate::{At, Content, Device, Errno, Ino, OpenId, Time, Vfs};

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
