//! The format of zip archives: entries, the central directory and its end, with the 64-bit extensions.

use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::clock::Civil;
use crate::host::Time;

pub const STORED: u16 = 0;
pub const DEFLATED: u16 = 8;
pub const BZIP2: u16 = 12;
pub const ZSTD: u16 = 93;

/// Flags of an entry.
pub const ENCRYPTED: u16 = 1;
pub const DESCRIPTOR: u16 = 8;
pub const UTF8: u16 = 1 << 11;

/// The host that made an entry: only of Unix are there modes.
pub const UNIX: u8 = 3;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END64: u32 = 0x0606_4b50;
const LOCATOR64: u32 = 0x0706_4b50;
const DESCRIPTION: u32 = 0x0807_4b50;

/// Larger directories than this are not read into memory.
const DIRECTORY_BYTES_MAX: u64 = 256 << 20;

/// A file in an archive.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub name: Vec<u8>,
    /// The version of the format and the host that made it.
    pub version: u8,
    pub host: u8,
    pub flags: u16,
    pub method: u16,
    pub dos_time: u16,
    pub dos_date: u16,
    pub crc: u32,
    pub packed: u64,
    pub plain: u64,
    pub internal: u16,
    pub external: u32,
    /// Where its local header is.
    pub offset: u64,
    pub extra: Vec<u8>,
    pub comment: Vec<u8>,
}

impl Entry {
    pub fn is_directory(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// The mode that a Unix host gave it.
    pub fn mode(&self) -> Option<u32> {
        let mode = self.external >> 16;
        (self.host == UNIX && mode != 0).then_some(mode)
    }

    pub fn is_link(&self) -> bool {
        self.mode().is_some_and(|mode| mode & 0o170_000 == 0o120_000)
    }

    /// When it was changed: by the extra field where there is one, else by the clock on the wall.
    pub fn mtime(&self) -> Time {
        if let Some([flags, a, b, c, d, ..]) = self.extra_field(0x5455)
            && flags & 1 != 0
        {
            return Time { seconds: i32::from_le_bytes([*a, *b, *c, *d]).into(), nanoseconds: 0 };
        }
        self.wall().time()
    }

    /// The two seconds of the wall clock.
    pub fn wall(&self) -> Civil {
        let low = |word: u16, shift: u16, mask: u16| u8::try_from(word >> shift & mask).unwrap_or(0);
        Civil {
            year: i32::from(self.dos_date >> 9) + 1980,
            month: low(self.dos_date, 5, 15).clamp(1, 12),
            day: low(self.dos_date, 0, 31).max(1),
            hour: low(self.dos_time, 11, 31),
            minute: low(self.dos_time, 5, 63),
            second: low(self.dos_time, 0, 31) * 2,
        }
    }

    pub fn set_wall(&mut self, at: Civil) {
        let year = u16::try_from((at.year - 1980).clamp(0, 127)).unwrap_or(0);
        self.dos_date = year << 9 | u16::from(at.month) << 5 | u16::from(at.day);
        self.dos_time = u16::from(at.hour) << 11 | u16::from(at.minute) << 5 | (u16::from(at.second) / 2);
    }

    fn extra_field(&self, wanted: u16) -> Option<&[u8]> {
        let mut rest = self.extra.as_slice();
        while let [i0, i1, l0, l1, tail @ ..] = rest {
            let length = usize::from(u16::from_le_bytes([*l0, *l1]));
            let field = tail.get(..length)?;
            if u16::from_le_bytes([*i0, *i1]) == wanted {
                return Some(field);
            }
            rest = &tail[length..];
        }
        None
    }

    /// The extra fields but those of 64 bits, which are made anew.
    fn plain_extra(&self) -> Vec<u8> {
        let mut kept = Vec::new();
        let mut rest = self.extra.as_slice();
        while let [i0, i1, l0, l1, tail @ ..] = rest {
            let length = usize::from(u16::from_le_bytes([*l0, *l1])).min(tail.len());
            if u16::from_le_bytes([*i0, *i1]) != 1 {
                kept.extend_from_slice(&rest[..4 + length]);
            }
            rest = &tail[length..];
        }
        kept
    }

    fn needed(&self, is_64: bool) -> u16 {
        match () {
            () if is_64 => 45,
            () if self.method == DEFLATED || self.is_directory() => 20,
            () if self.method == STORED => 10,
            () => 63,
        }
    }
}

fn word(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from(word(bytes, at)) | u32::from(word(bytes, at + 2)) << 16
}

fn huge(bytes: &[u8], at: usize) -> u64 {
    u64::from(long(bytes, at)) | u64::from(long(bytes, at + 4)) << 32
}

/// Why an archive cannot be read.
#[derive(Debug)]
pub enum Failure {
    /// It has no end of a directory.
    NoEnd,
    /// Its directory is not where it should be.
    NoDirectory,
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

/// What is in an archive.
#[derive(Debug, Default)]
pub struct Directory {
    pub entries: Vec<Entry>,
    pub comment: Vec<u8>,
    /// Bytes in front of the archive proper.
    pub before: u64,
}

/// Reads the directory of an archive.
pub fn read<F: Read + Seek>(file: &mut F) -> Result<Directory, Failure> {
    let size = file.seek(SeekFrom::End(0))?;
    let tail_bytes = size.min(65_557);
    let tail = bytes_at(file, size - tail_bytes, tail_bytes)?;
    let found = (0..tail.len().saturating_sub(21)).rev().find(|at| long(&tail, *at) == END);
    let at = found.ok_or(Failure::NoEnd)?;
    let end = &tail[at..];
    let end_at = size - tail_bytes + at as u64;
    let (mut count, mut bytes, mut offset) =
        (u64::from(word(end, 10)), u64::from(long(end, 12)), u64::from(long(end, 16)));
    let comment_bytes = usize::from(word(end, 20));
    let comment = end.get(22..22 + comment_bytes).or_else(|| end.get(22..)).unwrap_or_default().to_vec();
    let mut directory_end = end_at;
    if end_at >= 20 {
        let locator = bytes_at(file, end_at - 20, 20)?;
        if long(&locator, 0) == LOCATOR64 {
            let at = huge(&locator, 8);
            let end64 = if at.saturating_add(56) <= size { bytes_at(file, at, 56)? } else { Vec::new() };
            if long(&end64, 0) == END64 {
                (count, bytes, offset) = (huge(&end64, 32), huge(&end64, 40), huge(&end64, 48));
                directory_end = at;
            }
        }
    }
    // What was put in front of the archive moves everything.
    let start = directory_end.checked_sub(bytes).ok_or(Failure::NoDirectory)?;
    let before = start.checked_sub(offset).ok_or(Failure::NoDirectory)?;
    if bytes > DIRECTORY_BYTES_MAX {
        return Err(Failure::NoDirectory);
    }
    let raw = bytes_at(file, start, bytes)?;
    let mut directory = Directory { entries: Vec::new(), comment, before };
    let mut rest = raw.as_slice();
    for _ in 0..count {
        let (entry, length) = central(rest).ok_or(Failure::NoDirectory)?;
        rest = &rest[length..];
        directory.entries.push(Entry { offset: entry.offset.saturating_add(before), ..entry });
    }
    Ok(directory)
}

fn bytes_at<F: Read + Seek>(file: &mut F, at: u64, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(count).map_err(io::Error::other)?];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads an entry of the directory; answers its length too.
fn central(bytes: &[u8]) -> Option<(Entry, usize)> {
    if bytes.len() < 46 || long(bytes, 0) != CENTRAL {
        return None;
    }
    let lengths = [28, 30, 32].map(|at| usize::from(word(bytes, at)));
    let name_end = 46 + lengths[0];
    let extra_end = name_end + lengths[1];
    let end = extra_end + lengths[2];
    let mut entry = Entry {
        name: bytes.get(46..name_end)?.to_vec(),
        version: bytes[4],
        host: bytes[5],
        flags: word(bytes, 8),
        method: word(bytes, 10),
        dos_time: word(bytes, 12),
        dos_date: word(bytes, 14),
        crc: long(bytes, 16),
        packed: long(bytes, 20).into(),
        plain: long(bytes, 24).into(),
        internal: word(bytes, 36),
        external: long(bytes, 38),
        offset: long(bytes, 42).into(),
        extra: bytes.get(name_end..extra_end)?.to_vec(),
        comment: bytes.get(extra_end..end)?.to_vec(),
    };
    if let Some(field) = entry.extra_field(1).map(<[u8]>::to_vec) {
        let mut numbers = field.chunks_exact(8).map(|eight| huge(eight, 0));
        for value in [&mut entry.plain, &mut entry.packed, &mut entry.offset] {
            if *value == 0xffff_ffff {
                *value = numbers.next()?;
            }
        }
    }
    Some((entry, end))
}

/// Goes to the data of an entry; `false` where there is no local header.
pub fn seek_data<F: Read + Seek>(file: &mut F, entry: &Entry) -> io::Result<bool> {
    file.seek(SeekFrom::Start(entry.offset))?;
    let mut header = [0; 30];
    match file.read_exact(&mut header) {
        Ok(()) if long(&header, 0) == LOCAL => {}
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
        _ => return Ok(false),
    }
    let skip = i64::from(word(&header, 26)) + i64::from(word(&header, 28));
    file.seek(SeekFrom::Current(skip))?;
    Ok(true)
}

fn put16(to: &mut Vec<u8>, value: u16) {
    to.extend(value.to_le_bytes());
}

fn put32(to: &mut Vec<u8>, value: u32) {
    to.extend(value.to_le_bytes());
}

/// A number in four bytes, all ones where it has no room.
fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn length(bytes: &[u8]) -> u16 {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX)
}

/// Writes a local header. `roomy` keeps room for sizes of 64 bits that are not known yet.
pub fn write_local(entry: &Entry, extra: &[u8], roomy: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let is_streamed = entry.flags & DESCRIPTOR != 0;
    put32(&mut bytes, LOCAL);
    put16(&mut bytes, entry.needed(roomy));
    put16(&mut bytes, entry.flags);
    put16(&mut bytes, entry.method);
    put16(&mut bytes, entry.dos_time);
    put16(&mut bytes, entry.dos_date);
    put32(&mut bytes, if is_streamed { 0 } else { entry.crc });
    let sizes = if is_streamed { (0, 0) } else { (entry.packed, entry.plain) };
    for size in [sizes.0, sizes.1] {
        put32(&mut bytes, if roomy { u32::MAX } else { small(size) });
    }
    let mut extra = extra.to_vec();
    if roomy {
        put16(&mut extra, 1);
        put16(&mut extra, 16);
        extra.extend(sizes.1.to_le_bytes());
        extra.extend(sizes.0.to_le_bytes());
    }
    put16(&mut bytes, length(&entry.name));
    put16(&mut bytes, length(&extra));
    bytes.extend(&entry.name);
    bytes.extend(extra);
    bytes
}

/// What follows data whose sizes were not known before.
pub fn write_descriptor(entry: &Entry, roomy: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    put32(&mut bytes, DESCRIPTION);
    put32(&mut bytes, entry.crc);
    for size in [entry.packed, entry.plain] {
        if roomy { bytes.extend(size.to_le_bytes()) } else { put32(&mut bytes, small(size)) }
    }
    bytes
}

/// Writes the directory, which begins at `at`.
pub fn write_directory(sink: &mut impl Write, entries: &[Entry], comment: &[u8], at: u64) -> io::Result<()> {
    let mut size = 0_u64;
    for entry in entries {
        let bytes = write_central(entry);
        size += bytes.len() as u64;
        sink.write_all(&bytes)?;
    }
    let mut bytes = Vec::new();
    let count = entries.len() as u64;
    if count >= 0xffff || size >= 0xffff_ffff || at >= 0xffff_ffff {
        put32(&mut bytes, END64);
        bytes.extend(44_u64.to_le_bytes());
        put16(&mut bytes, u16::from(UNIX) << 8 | 30);
        put16(&mut bytes, 45);
        bytes.extend([0; 8]);
        for value in [count, count, size, at] {
            bytes.extend(value.to_le_bytes());
        }
        put32(&mut bytes, LOCATOR64);
        put32(&mut bytes, 0);
        bytes.extend((at + size).to_le_bytes());
        put32(&mut bytes, 1);
    }
    put32(&mut bytes, END);
    bytes.extend([0; 4]);
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    put16(&mut bytes, count);
    put16(&mut bytes, count);
    put32(&mut bytes, small(size));
    put32(&mut bytes, small(at));
    put16(&mut bytes, length(comment));
    bytes.extend(comment);
    sink.write_all(&bytes)
}

fn write_central(entry: &Entry) -> Vec<u8> {
    let mut wide = Vec::new();
    for value in [entry.plain, entry.packed, entry.offset] {
        if value >= 0xffff_ffff {
            wide.extend(value.to_le_bytes());
        }
    }
    let mut extra = entry.plain_extra();
    if !wide.is_empty() {
        put16(&mut extra, 1);
        put16(&mut extra, length(&wide));
        extra.extend(&wide);
    }
    let mut bytes = Vec::new();
    put32(&mut bytes, CENTRAL);
    bytes.extend([entry.version, entry.host]);
    put16(&mut bytes, entry.needed(!wide.is_empty()));
    for value in [entry.flags, entry.method, entry.dos_time, entry.dos_date] {
        put16(&mut bytes, value);
    }
    for value in [entry.crc, small(entry.packed), small(entry.plain)] {
        put32(&mut bytes, value);
    }
    for value in [length(&entry.name), length(&extra), length(&entry.comment), 0, entry.internal] {
        put16(&mut bytes, value);
    }
    put32(&mut bytes, entry.external);
    put32(&mut bytes, small(entry.offset));
    bytes.extend(&entry.name);
    bytes.extend(extra);
    bytes.extend(&entry.comment);
    bytes
}
