//! `Reader`: an archive as a stream of entries; owns the place in the stream, and trusts nothing that it reads there.

use std::io::{ErrorKind, Read};

use super::extents::{Extents, MapReader};
use super::header::{self, Header, kind};
use super::pax::{self, Records};
use super::{BLOCK_BYTES, Block, NAME_BYTES_MAX, RECORDS_BYTES_MAX, TarError, TarFault, length, padding_of};
use crate::{Device, Time};

/// An archive as a stream of entries.
pub(super) struct Reader<'a> {
    from: &'a mut dyn Read,
    /// Bytes of the entry's data that were not read yet.
    left: u64,
    /// Zeros behind the data.
    padding: u64,
    /// What was said of all entries that follow.
    globals: Records,
    extents_max: u64,
}

/// An entry, but for its data.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) kind: EntryKind,
    pub(super) mode: u16,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) atime: Time,
    pub(super) mtime: Time,
}

/// What an entry is, with what belongs to that.
#[derive(Debug)]
pub(super) enum EntryKind {
    /// A file of so many bytes; those of its extents follow as data.
    File(u64, Extents),
    Directory,
    Symlink(Vec<u8>),
    HardLink(Vec<u8>),
    Fifo,
    Device(Device),
}

/// What was said of the next entry before its header.
struct Said {
    records: Records,
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    has_records: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(from: &'a mut dyn Read, extents_max: u64) -> Reader<'a> {
        Reader { from, left: 0, padding: 0, globals: Records::default(), extents_max }
    }

    /// The next entry. What nobody read of the last one's data is passed over. None: the end is marked.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, TarError> {
        self.skip()?;
        let mut said = Said { records: self.globals.clone(), name: None, link: None, has_records: false };
        loop {
            let Some(header) = Header::read(self.block()?)? else { return Ok(None) };
            let name = header.name();
            match self.take_header(&header, &mut said) {
                Ok(true) => {}
                Ok(false) => {
                    let name = said.best_name().unwrap_or(name);
                    let entry = self.entry(&header, said, name.clone());
                    return entry.map(Some).map_err(|fault| TarError::new(&name, fault));
                }
                Err(fault) => return Err(TarError::new(&name, fault)),
            }
        }
    }

    /// Fills `buf` with the entry's data. `Truncated`: so much does not come.
    pub(super) fn read(&mut self, buf: &mut [u8]) -> Result<(), TarFault> {
        self.left = self.left.checked_sub(length(buf.len())).ok_or(TarFault::SparseMap)?;
        self.fill(buf)
    }

    /// Takes a header that says something of the entries behind it; false of one that is an entry.
    fn take_header(&mut self, header: &Header, said: &mut Said) -> Result<bool, TarFault> {
        match header.kind() {
            kind::RECORDS => {
                said.records.read(&self.said_in(header)?)?;
                // Any number of extended headers may come before an entry.
                if length(said.records.sparse.map.len()) / 2 > self.extents_max {
                    return Err(TarFault::SparseMap);
                }
                said.has_records = true;
            }
            kind::GLOBAL_RECORDS => {
                let bytes = self.said_in(header)?;
                self.globals.read(&bytes)?;
                self.globals.keep_shared();
                said.records = self.globals.clone();
            }
            kind::GNU_LONG_NAME => said.name = Some(header::until_nul(&self.said_in(header)?).to_vec()),
            kind::GNU_LONG_LINK => said.link = Some(header::until_nul(&self.said_in(header)?).to_vec()),
            kind::GNU_VOLUME_LABEL => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn entry(&mut self, header: &Header, said: Said, name: Vec<u8>) -> Result<Entry, TarFault> {
        let Said { mut records, link, has_records, .. } = said;
        if name.len() > NAME_BYTES_MAX {
            return Err(TarFault::TooLong);
        }
        let link = records.link.take().or(link).unwrap_or_else(|| header.link());
        let mode = header.mode()?;
        let uid = records.uid.map_or_else(|| header.uid(), Ok)?;
        let gid = records.gid.map_or_else(|| header.gid(), Ok)?;
        let mtime = match records.mtime {
            Some(mtime) => mtime,
            None => pax::moment(header.mtime()?, 0),
        };
        let told = records.atime.or_else(|| header.atime().map(|seconds| pax::moment(seconds, 0)));
        let atime = told.unwrap_or(mtime);
        let kind = match header.kind() {
            // Before there were directories in archives, a slash made one.
            kind::OLD_FILE | kind::FILE if name.ends_with(b"/") => {
                self.begin_data(records.size.map_or_else(|| header.size(), Ok)?);
                EntryKind::Directory
            }
            kind::OLD_FILE | kind::FILE | kind::CONTIGUOUS_FILE => self.file(header, &records)?,
            kind::GNU_SPARSE_FILE => self.gnu_sparse_file(header, &records)?,
            kind::DIRECTORY => EntryKind::Directory,
            kind::FIFO => EntryKind::Fifo,
            kind::SYMLINK => EntryKind::Symlink(link),
            kind::HARD_LINK => {
                // Only POSIX's format gives a hard link the data again, for whoever takes it out alone.
                if has_records {
                    self.begin_data(records.size.map_or_else(|| header.size(), Ok)?);
                }
                EntryKind::HardLink(link)
            }
            kind::CHAR_DEVICE => {
                let (major, minor) = header.device()?;
                let known = records.device.or_else(|| Device::from_rdev(major, minor));
                EntryKind::Device(known.ok_or(TarFault::Device(major, minor))?)
            }
            other => return Err(TarFault::Kind(other)),
        };
        Ok(Entry { name, kind, mode, uid, gid, atime, mtime })
    }

    /// A regular file, whose records may say that it is sparse.
    fn file(&mut self, header: &Header, records: &Records) -> Result<EntryKind, TarFault> {
        let stored = records.size.map_or_else(|| header.size(), Ok)?;
        self.begin_data(stored);
        let sparse = &records.sparse;
        let Some(real_size) = sparse.real_size else {
            return Ok(EntryKind::File(stored, Extents::new([(0, stored)], stored)?));
        };
        let extents = if sparse.has_map_in_data {
            let numbers = self.map_in_data()?;
            Extents::of_turns(&numbers, real_size)?
        } else {
            Extents::of_turns(&sparse.map, real_size)?
        };
        self.sparse(real_size, extents)
    }

    /// A sparse file of GNU's format: the map is in the header and in blocks behind it.
    fn gnu_sparse_file(&mut self, header: &Header, records: &Records) -> Result<EntryKind, TarFault> {
        let stored = records.size.map_or_else(|| header.size(), Ok)?;
        let real_size = header.real_size()?;
        let (mut told, mut has_more) = header.extents()?;
        while has_more {
            let more;
            (more, has_more) = header::more_extents(&self.block()?)?;
            told.extend(more);
            if length(told.len()) > self.extents_max {
                return Err(TarFault::SparseMap);
            }
        }
        self.begin_data(stored);
        self.sparse(real_size, Extents::new(told, real_size)?)
    }

    fn sparse(&self, real_size: u64, extents: Extents) -> Result<EntryKind, TarFault> {
        if extents.bytes() == self.left {
            Ok(EntryKind::File(real_size, extents))
        } else {
            Err(TarFault::SparseMap)
        }
    }

    fn map_in_data(&mut self) -> Result<Vec<u64>, TarFault> {
        let mut map = MapReader::new(self.extents_max);
        let mut block = [0; BLOCK_BYTES];
        loop {
            self.read(&mut block)?;
            if let Some(numbers) = map.take(&block)? {
                return Ok(numbers);
            }
        }
    }

    /// The data of an extended header.
    fn said_in(&mut self, header: &Header) -> Result<Vec<u8>, TarFault> {
        let size = header.size()?;
        if size > RECORDS_BYTES_MAX {
            return Err(TarFault::TooLong);
        }
        let mut bytes = vec![0; usize::try_from(size).map_err(|_| TarFault::TooLong)?];
        self.begin_data(size);
        self.read(&mut bytes)?;
        self.skip()?;
        Ok(bytes)
    }

    fn begin_data(&mut self, size: u64) {
        self.left = size;
        self.padding = padding_of(size);
    }

    /// Passes over what is left of the data, and the zeros behind it.
    fn skip(&mut self) -> Result<(), TarFault> {
        let mut left = self.left.saturating_add(self.padding);
        (self.left, self.padding) = (0, 0);
        let mut nowhere = [0; 8 * BLOCK_BYTES];
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(nowhere.len());
            self.fill(nowhere.get_mut(..step).unwrap_or_default())?;
            left = left.saturating_sub(length(step));
        }
        Ok(())
    }

    fn block(&mut self) -> Result<Block, TarFault> {
        let mut block = [0; BLOCK_BYTES];
        self.fill(&mut block)?;
        Ok(block)
    }

    fn fill(&mut self, buf: &mut [u8]) -> Result<(), TarFault> {
        self.from.read_exact(buf).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => TarFault::Truncated,
            _ => TarFault::Stream(error),
        })
    }
}

impl Said {
    /// The name, if it was said before the header.
    fn best_name(&mut self) -> Option<Vec<u8>> {
        let Records { path, sparse, .. } = &mut self.records;
        sparse.name.take().or(path.take()).or(self.name.take())
    }
}
