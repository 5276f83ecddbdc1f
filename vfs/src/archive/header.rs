//! `Header`: one block that says what an entry is; owns the places of its fields, and how numbers are written there.

use std::ops::Range;

use super::{Block, TarFault};

const NAME: Range<usize> = 0..100;
const MODE: Range<usize> = 100..108;
const UID: Range<usize> = 108..116;
const GID: Range<usize> = 116..124;
const SIZE: Range<usize> = 124..136;
const MTIME: Range<usize> = 136..148;
const CHECKSUM: Range<usize> = 148..156;
const KIND: Range<usize> = 156..157;
const LINK: Range<usize> = 157..257;
const MAGIC: Range<usize> = 257..265;
const MAJOR: Range<usize> = 329..337;
const MINOR: Range<usize> = 337..345;
const PREFIX: Range<usize> = 345..500;
/// GNU's own format has other fields where the prefix is.
const GNU_ATIME: Range<usize> = 345..357;
const GNU_EXTENTS: Range<usize> = 386..482;
const GNU_HAS_MORE: Range<usize> = 482..483;
const GNU_REAL_SIZE: Range<usize> = 483..495;
/// A block of nothing but extents follows.
const MORE_EXTENTS: Range<usize> = 0..504;
const MORE_HAS_MORE: Range<usize> = 504..505;

/// An extent in a header of GNU's: where it begins, and how long it is.
const EXTENT_FIELD_BYTES: usize = 12;

const POSIX_MAGIC: &[u8] = b"ustar\x0000";
const GNU_MAGIC: &[u8] = b"ustar  \0";

/// The largest numbers that a field of 12 and one of 8 bytes can tell in octal digits.
pub(super) const LONG_NUMBER_MAX: u64 = 0o77_777_777_777;
/// See [`LONG_NUMBER_MAX`].
pub(super) const SHORT_NUMBER_MAX: u64 = 0o7_777_777;

/// The type flags that are known here.
pub(super) mod kind {
    pub(in crate::archive) const FILE: u8 = b'0';
    pub(in crate::archive) const OLD_FILE: u8 = 0;
    pub(in crate::archive) const CONTIGUOUS_FILE: u8 = b'7';
    pub(in crate::archive) const HARD_LINK: u8 = b'1';
    pub(in crate::archive) const SYMLINK: u8 = b'2';
    pub(in crate::archive) const CHAR_DEVICE: u8 = b'3';
    pub(in crate::archive) const DIRECTORY: u8 = b'5';
    pub(in crate::archive) const FIFO: u8 = b'6';
    pub(in crate::archive) const RECORDS: u8 = b'x';
    pub(in crate::archive) const GLOBAL_RECORDS: u8 = b'g';
    pub(in crate::archive) const GNU_LONG_NAME: u8 = b'L';
    pub(in crate::archive) const GNU_LONG_LINK: u8 = b'K';
    pub(in crate::archive) const GNU_SPARSE_FILE: u8 = b'S';
    pub(in crate::archive) const GNU_VOLUME_LABEL: u8 = b'V';
}

/// A header that was read.
#[derive(Clone, Debug)]
pub(super) struct Header(Block);

/// A header to be written.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields<'a> {
    pub(super) prefix: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) mode: u16,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) size: u64,
    pub(super) seconds: u64,
    pub(super) kind: u8,
    pub(super) link: &'a [u8],
    pub(super) device: (u64, u64),
}

impl Header {
    /// None: the block is all zeros, the mark of the end. `NoHeader`: its checksum says that it is no header.
    pub(super) fn read(block: Block) -> Result<Option<Header>, TarFault> {
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let header = Header(block);
        let told = number(header.field(CHECKSUM)).ok_or(TarFault::NoHeader)?;
        // Some old writers added the bytes as signed ones.
        let (mut sum, mut signed_sum) = (0_i128, 0_i128);
        for (index, byte) in block.iter().enumerate() {
            let byte = if CHECKSUM.contains(&index) { b' ' } else { *byte };
            sum = sum.saturating_add(i128::from(byte));
            signed_sum = signed_sum.saturating_add(i128::from(byte.cast_signed()));
        }
        if told == sum || told == signed_sum { Ok(Some(header)) } else { Err(TarFault::NoHeader) }
    }

    pub(super) fn kind(&self) -> u8 {
        self.field(KIND).first().copied().unwrap_or(0)
    }

    pub(super) fn name(&self) -> Vec<u8> {
        let (prefix, name) = (self.text(PREFIX), self.text(NAME));
        if self.field(MAGIC) != POSIX_MAGIC || prefix.is_empty() {
            return name.to_vec();
        }
        [prefix, name].join(&b'/')
    }

    pub(super) fn link(&self) -> Vec<u8> {
        self.text(LINK).to_vec()
    }

    pub(super) fn mode(&self) -> Result<u16, TarFault> {
        let mode = self.number(MODE, "mode")?;
        // Old archives tell the kind of file in the higher bits.
        u16::try_from(mode & 0o7777).map_err(|_| TarFault::Number("mode"))
    }

    pub(super) fn uid(&self) -> Result<u32, TarFault> {
        u32::try_from(self.number(UID, "owner")?).map_err(|_| TarFault::Number("owner"))
    }

    pub(super) fn gid(&self) -> Result<u32, TarFault> {
        u32::try_from(self.number(GID, "group")?).map_err(|_| TarFault::Number("group"))
    }

    pub(super) fn size(&self) -> Result<u64, TarFault> {
        size(self.number(SIZE, "size")?)
    }

    /// Seconds since 1970, of any year.
    pub(super) fn mtime(&self) -> Result<i128, TarFault> {
        self.number(MTIME, "time")
    }

    /// As [`Header::mtime`]. None: the format has none, or it was not told.
    pub(super) fn atime(&self) -> Option<i128> {
        let told = self.is_gnu() && self.field(GNU_ATIME).iter().any(|byte| *byte != 0);
        number(self.field(GNU_ATIME)).filter(|_| told)
    }

    pub(super) fn device(&self) -> Result<(u64, u64), TarFault> {
        let part = |range| {
            let number = self.number(range, "device number")?;
            u64::try_from(number).map_err(|_| TarFault::Number("device number"))
        };
        Ok((part(MAJOR)?, part(MINOR)?))
    }

    /// The length of a sparse file in GNU's format, holes included.
    pub(super) fn real_size(&self) -> Result<u64, TarFault> {
        size(self.number(GNU_REAL_SIZE, "size")?)
    }

    /// The extents told in the header, and whether a block with more of them follows.
    pub(super) fn extents(&self) -> Result<(Vec<(u64, u64)>, bool), TarFault> {
        if !self.is_gnu() {
            return Err(TarFault::SparseMap);
        }
        extents(self.field(GNU_EXTENTS), self.field(GNU_HAS_MORE))
    }

    fn is_gnu(&self) -> bool {
        self.field(MAGIC) == GNU_MAGIC
    }

    fn field(&self, range: Range<usize>) -> &[u8] {
        self.0.get(range).unwrap_or_default()
    }

    /// A field up to its NUL.
    fn text(&self, range: Range<usize>) -> &[u8] {
        until_nul(self.field(range))
    }

    fn number(&self, range: Range<usize>, what: &'static str) -> Result<i128, TarFault> {
        number(self.field(range)).ok_or(TarFault::Number(what))
    }
}

/// The extents told in a block of nothing else, and whether another one follows.
pub(super) fn more_extents(block: &Block) -> Result<(Vec<(u64, u64)>, bool), TarFault> {
    let field = |range: Range<usize>| block.get(range).unwrap_or_default();
    extents(field(MORE_EXTENTS), field(MORE_HAS_MORE))
}

fn extents(fields: &[u8], has_more: &[u8]) -> Result<(Vec<(u64, u64)>, bool), TarFault> {
    let mut found = Vec::new();
    for extent in fields.chunks_exact(2 * EXTENT_FIELD_BYTES) {
        let (offset, length) = extent.split_at_checked(EXTENT_FIELD_BYTES).ok_or(TarFault::SparseMap)?;
        // The first field that nobody filled in ends the list.
        if length.first() == Some(&0) {
            break;
        }
        let part = |field| number(field).and_then(|number| u64::try_from(number).ok());
        found.push((part(offset).ok_or(TarFault::SparseMap)?, part(length).ok_or(TarFault::SparseMap)?));
    }
    Ok((found, has_more.first().is_some_and(|byte| *byte != 0)))
}

/// `Number`: no length that a file can have.
pub(super) fn size(number: i128) -> Result<u64, TarFault> {
    i64::try_from(number).ok().and_then(|size| u64::try_from(size).ok()).ok_or(TarFault::Number("size"))
}

/// Everything before the first NUL.
pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A number in octal digits between blanks, or as GNU tar writes those that are too large: in binary, with the
/// first bit set. Nothing but blanks is 0.
fn number(field: &[u8]) -> Option<i128> {
    if let Some((first, rest)) = field.split_first().filter(|(first, _)| **first & 0x80 != 0) {
        // The next bit is the sign; a field has 12 bytes at most.
        let sign = if first & 0x40 == 0 { 0 } else { -1 };
        let start = (sign << 6) | i128::from(first & 0x3f);
        return Some(rest.iter().fold(start, |number, byte| (number << 8) | i128::from(*byte)));
    }
    let text = until_nul(field.trim_ascii_start()).trim_ascii();
    text.iter().try_fold(0_i128, |number, digit| match digit {
        b'0'..=b'7' => Some((number << 3) | i128::from(digit - b'0')),
        _ => None,
    })
}

impl Fields<'_> {
    pub(super) fn block(&self) -> Block {
        let mut block = [0; super::BLOCK_BYTES];
        let mut put = |range: Range<usize>, bytes: &[u8]| {
            if let Some(field) = block.get_mut(range) {
                crate::content::copy_some(bytes, field);
            }
        };
        put(NAME, self.name);
        put(PREFIX, self.prefix);
        put(LINK, self.link);
        put(MAGIC, POSIX_MAGIC);
        put(KIND, &[self.kind]);
        let (major, minor) = self.device;
        let short =
            [(MODE, self.mode.into()), (UID, self.uid), (GID, self.gid), (MAJOR, major), (MINOR, minor)];
        for (range, number) in short {
            put(range, format!("{:07o}", number.min(SHORT_NUMBER_MAX)).as_bytes());
        }
        for (range, number) in [(SIZE, self.size), (MTIME, self.seconds)] {
            put(range, format!("{:011o}", number.min(LONG_NUMBER_MAX)).as_bytes());
        }
        put(CHECKSUM, b"        ");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        if let Some(field) = block.get_mut(CHECKSUM) {
            crate::content::copy_some(format!("{sum:06o}\0 ").as_bytes(), field);
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_octal_or_binary_with_a_sign() {
        let rows: [(&[u8], Option<i128>); 10] = [
            (b"0000644\0", Some(0o644)),
            (b"   644 \0", Some(0o644)),
            (b"77777777", Some(0o77_777_777)),
            (b"\0\0\0\0\0\0\0\0", Some(0)),
            (b"        ", Some(0)),
            (b"12x\0\0\0\0\0", None),
            (b"-1\0\0\0\0\0\0", None),
            (&[0x80, 0, 0, 0, 0, 0x20, 0, 0], Some(0x20_0000)),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], Some(-2)),
            (&[0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Some(0xffff_ffff_ffff_ffff)),
        ];
        for (field, expected) in rows {
            assert_eq!(number(field), expected, "{field:?}");
        }
    }
}
