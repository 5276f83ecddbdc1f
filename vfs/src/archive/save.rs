//! The verb save_tar: writes a tree as an archive, entry by entry. Owns the walk, and the choice of header fields.

use std::collections::HashMap;
use std::io::Write;

use super::extents::Extents;
use super::header::{Fields, LONG_NUMBER_MAX, SHORT_NUMBER_MAX, kind};
use super::pax::NewRecords;
use super::{BLOCK_BYTES, NAME_BYTES_MAX, PIECE_BYTES, TarError, TarFault, length, padding_of};
use crate::body::Body;
use crate::inode::{Inode, Node, Who};
use crate::inode_table::InodeTable;
use crate::resolve::Follow;
use crate::{At, Errno, Image, Ino, Vfs};

/// The places for a name, and for what comes before it, in a header.
const NAME_FIELD_BYTES: usize = 100;
const PREFIX_FIELD_BYTES: usize = 155;

impl Vfs {
    /// Writes a directory and everything in it as a tar archive, with names relative to it. Nobody's permission is
    /// asked, and no time moves. What is in mounted folders is left out; the directories that they cover are not.
    ///
    /// # Errors
    /// The tree's (`ENOTDIR`; `ENOTSUP`: it lies in a mounted folder; else as [`Vfs::lookup`]), the stream's, or a
    /// file's: a path of more than 64 KiB.
    pub fn save_tar(&mut self, at: At<'_>, out: &mut dyn Write) -> Result<(), TarError> {
        let top = self.own_directory(at)?;
        Save::new(&self.inodes, out).tree(top)
    }

    /// The directory of our own that a path leads to.
    pub(super) fn own_directory(&mut self, at: At<'_>) -> Result<Ino, TarFault> {
        let dir = self.find(at, Follow::Always, Who::Embedder)?;
        if self.is_mounted(dir) {
            return Err(TarFault::Tree(Errno::NotSup));
        }
        self.inode(dir)?.directory()?;
        Ok(dir)
    }
}

impl Image {
    /// Writes the whole tree as a tar archive, as [`Vfs::save_tar`] does. An image does not change meanwhile, and may
    /// be written by another thread.
    ///
    /// # Errors
    /// As [`Vfs::save_tar`].
    pub fn save_tar(&self, out: &mut dyn Write) -> Result<(), TarError> {
        Save::new(self.inodes(), out).tree(self.root())
    }
}

struct Save<'a> {
    inodes: &'a InodeTable,
    out: &'a mut dyn Write,
    /// Under which name an inode with several of them was written.
    first_names: HashMap<Ino, Vec<u8>>,
}

impl<'a> Save<'a> {
    fn new(inodes: &'a InodeTable, out: &'a mut dyn Write) -> Save<'a> {
        Save { inodes, out, first_names: HashMap::new() }
    }

    /// Writes directories before what is in them, in the order of their entries.
    fn tree(&mut self, top: Ino) -> Result<(), TarError> {
        let mut path = b"./".to_vec();
        self.entry(&path, top)?;
        path.clear();
        // Each directory on the way: how much of the path is its own, and how far its entries were written.
        let mut way = vec![(top, 0, 0)];
        while let Some((dir, path_bytes, cookie)) = way.last_mut() {
            path.truncate(*path_bytes);
            let directory = self.inodes.get(dir).ok_or(Errno::NoEnt).and_then(Inode::directory);
            let directory = directory.map_err(|errno| TarError::new(&path, errno.into()))?;
            let Some(found) = directory.after(*cookie) else {
                way.pop();
                continue;
            };
            *cookie = found.cookie;
            path.extend_from_slice(found.name);
            let is_directory = self.inodes.get(&found.ino).is_some_and(|inode| inode.directory().is_ok());
            if is_directory {
                path.push(b'/');
                way.push((found.ino, path.len(), 0));
            }
            self.entry(&path, found.ino)?;
        }
        Ok(self.put(&[0; 2 * BLOCK_BYTES])?)
    }

    fn entry(&mut self, name: &[u8], ino: Ino) -> Result<(), TarError> {
        self.try_entry(name, ino).map_err(|fault| TarError::new(name, fault))
    }

    fn try_entry(&mut self, name: &[u8], ino: Ino) -> Result<(), TarFault> {
        if name.len() > NAME_BYTES_MAX {
            return Err(TarFault::TooLong);
        }
        let inode = self.inodes.get(&ino).ok_or(Errno::NoEnt)?;
        let mut fields = Fields::default();
        let mut records = NewRecords::default();
        if inode.names > 1 {
            if let Some(first) = self.first_names.get(&ino) {
                let first = first.clone();
                fields.kind = kind::HARD_LINK;
                put_link(&mut fields, &mut records, &first);
                return self.put_entry(name, inode, fields, records);
            }
            self.first_names.insert(ino, name.to_vec());
        }
        match &inode.node {
            Node::File(body) => return self.file(name, inode, body),
            Node::Directory(_) => fields.kind = kind::DIRECTORY,
            Node::Symlink(target) => {
                fields.kind = kind::SYMLINK;
                put_link(&mut fields, &mut records, target);
            }
            Node::Fifo => fields.kind = kind::FIFO,
            Node::Device(device) => {
                let (major, minor) = device.rdev();
                fields.kind = kind::CHAR_DEVICE;
                fields.device = (major.into(), minor.into());
                records.add_device(*device);
            }
        }
        self.put_entry(name, inode, fields, records)
    }

    fn file(&mut self, name: &[u8], inode: &Inode, body: &Body) -> Result<(), TarFault> {
        let extents = whole_blocks(body);
        let mut fields = Fields { kind: kind::FILE, ..Fields::default() };
        let mut records = NewRecords::default();
        let is_whole = extents.bytes() == body.len();
        let map = if is_whole { Vec::new() } else { extents.map(body.len()) };
        fields.size = extents.bytes().saturating_add(length(map.len()));
        if fields.size > LONG_NUMBER_MAX {
            records.add("size", fields.size.to_string().as_bytes());
        }
        if is_whole {
            self.put_entry(name, inode, fields, records)?;
        } else {
            records.add("GNU.sparse.major", b"1");
            records.add("GNU.sparse.minor", b"0");
            records.add_name("GNU.sparse.name", name);
            records.add("GNU.sparse.realsize", body.len().to_string().as_bytes());
            // Who does not know these records makes a file of this name: the map, and the extents.
            fields.prefix = b"GNUSparseFile.0";
            fields.name = last_bytes(name.rsplit(|byte| *byte == b'/').next().unwrap_or_default());
            self.put_header(inode, fields, records)?;
            self.put(&map)?;
        }
        self.data(body, &extents)?;
        self.fill_up(extents.bytes())
    }

    fn data(&mut self, body: &Body, extents: &Extents) -> Result<(), TarFault> {
        let mut piece = vec![0; PIECE_BYTES];
        for (offset, bytes) in extents.iter() {
            let (mut offset, mut left) = (offset, bytes);
            while left > 0 {
                let step = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE_BYTES);
                let part = piece.get_mut(..step).unwrap_or_default();
                body.read_at(offset, part);
                self.out.write_all(part).map_err(TarFault::Stream)?;
                offset = offset.saturating_add(length(step));
                left = left.saturating_sub(length(step));
            }
        }
        Ok(())
    }

    /// Writes the header of an entry under its name, as far as that fits, with a record where it does not.
    fn put_entry<'b>(
        &mut self,
        name: &'b [u8],
        inode: &Inode,
        mut fields: Fields<'b>,
        mut records: NewRecords,
    ) -> Result<(), TarFault> {
        match split(name) {
            Some((prefix, rest)) => (fields.prefix, fields.name) = (prefix, rest),
            None => {
                records.add_name("path", name);
                fields.name = last_bytes(name);
            }
        }
        self.put_header(inode, fields, records)
    }

    fn put_header(
        &mut self,
        inode: &Inode,
        mut fields: Fields<'_>,
        mut records: NewRecords,
    ) -> Result<(), TarFault> {
        fields.mode = inode.mode;
        fields.uid = inode.uid.into();
        fields.gid = inode.gid.into();
        fields.seconds = inode.mtime.0 / 1_000_000_000;
        for (key, id) in [("uid", fields.uid), ("gid", fields.gid)] {
            if id > SHORT_NUMBER_MAX {
                records.add(key, id.to_string().as_bytes());
            }
        }
        if !inode.mtime.0.is_multiple_of(1_000_000_000) || fields.seconds > LONG_NUMBER_MAX {
            records.add_time("mtime", inode.mtime);
        }
        if inode.atime != inode.mtime {
            records.add_time("atime", inode.atime);
        }
        let bytes = records.bytes()?;
        if !bytes.is_empty() {
            let size = length(bytes.len());
            let name = b"PaxHeaders/entry";
            let said = Fields { name, kind: kind::RECORDS, mode: 0o644, size, ..Fields::default() };
            self.put(&said.block())?;
            self.put(bytes)?;
            self.fill_up(size)?;
        }
        self.put(&fields.block())
    }

    /// Fills data up to whole blocks.
    fn fill_up(&mut self, bytes: u64) -> Result<(), TarFault> {
        let zeros = [0; BLOCK_BYTES];
        let count = usize::try_from(padding_of(bytes)).unwrap_or(0);
        self.put(zeros.get(..count).unwrap_or_default())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), TarFault> {
        self.out.write_all(bytes).map_err(TarFault::Stream)
    }
}

/// The extents of a file, each in whole blocks of the archive but for the file's end: GNU tar reads them so. What
/// that adds to the head are zeros; the blocks of a file lie on such bounds already.
fn whole_blocks(body: &Body) -> Extents {
    let (mut joined, mut rounded) = (Extents::default(), Extents::default());
    for (offset, bytes) in body.extents() {
        joined.push(offset, bytes);
    }
    for (offset, bytes) in joined.iter() {
        let end = offset.saturating_add(bytes);
        let end = end.saturating_add(padding_of(end)).min(body.len());
        rounded.push(offset, end.saturating_sub(offset));
    }
    rounded
}

fn put_link<'a>(fields: &mut Fields<'a>, records: &mut NewRecords, link: &'a [u8]) {
    if link.len() > NAME_FIELD_BYTES {
        records.add_name("linkpath", link);
    }
    fields.link = last_bytes(link);
}

/// A name in two fields, parted at a slash. None: it does not fit.
fn split(name: &[u8]) -> Option<(&[u8], &[u8])> {
    if name.len() <= NAME_FIELD_BYTES {
        return Some((b"", name));
    }
    let slashes = name.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(index, _)| index);
    let parts = slashes.filter_map(|slash| name.split_at_checked(slash));
    let mut parts = parts.map(|(prefix, rest)| (prefix, rest.get(1..).unwrap_or_default()));
    let fits = |(prefix, rest): &(&[u8], &[u8])| {
        let is_short = prefix.len() <= PREFIX_FIELD_BYTES && rest.len() <= NAME_FIELD_BYTES;
        is_short && !prefix.is_empty() && !rest.is_empty()
    };
    parts.find(fits)
}

/// What of a name is put into a field that does not hold it all.
fn last_bytes(name: &[u8]) -> &[u8] {
    name.get(name.len().saturating_sub(NAME_FIELD_BYTES)..).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_long_name_is_parted_where_both_parts_fit() {
        let long = [[b'a'; 99].as_slice(), &[b'b'; 100]].join(&b'/');
        assert_eq!(split(&long), Some((&[b'a'; 99][..], &[b'b'; 100][..])));
        assert_eq!(split(&[b'x'; 101]), None);
        let directory = [&[b'a'; 150][..], b"/"].concat();
        assert_eq!(split(&directory), None);
        assert_eq!(split(b"short/"), Some((&b""[..], &b"short/"[..])));
    }
}
