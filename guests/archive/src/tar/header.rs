//! Header blocks: the 512 bytes in front of each member, in the layouts of v7, ustar and GNU.

use super::member::{Kind, Member};
use crate::host::Time;

pub const BLOCK: usize = 512;

/// A block.
pub type Block = [u8; BLOCK];

/// The layout that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    V7,
    Ustar,
    Gnu,
    Pax,
}

/// Where a field is, and how long.
type Field = (usize, usize);
const NAME: Field = (0, 100);
const MODE: Field = (100, 8);
const UID: Field = (108, 8);
const GID: Field = (116, 8);
const SIZE: Field = (124, 12);
const MTIME: Field = (136, 12);
const CHECKSUM: Field = (148, 8);
const TYPE: usize = 156;
const LINK: Field = (157, 100);
const MAGIC: Field = (257, 8);
const USER: Field = (265, 32);
const GROUP: Field = (297, 32);
const MAJOR: Field = (329, 8);
const MINOR: Field = (337, 8);
const PREFIX: Field = (345, 155);

fn field(block: &Block, (at, bytes): Field) -> &[u8] {
    &block[at..at + bytes]
}

/// A field's bytes up to the first NUL.
fn string(block: &Block, place: Field) -> Vec<u8> {
    let bytes = field(block, place);
    bytes.iter().take_while(|byte| **byte != 0).copied().collect()
}

/// A number: octal digits, or a binary number whose first bit is set. `None` where it is neither.
pub fn number(bytes: &[u8]) -> Option<i64> {
    match bytes.first()? {
        0x80..=0xff => {
            let negative = bytes[0] & 0x40 != 0;
            let first = if negative { i128::from(bytes[0]) - 256 } else { i128::from(bytes[0] & 0x3f) };
            let mut value = first;
            for byte in &bytes[1..] {
                value = value.checked_mul(256)?.checked_add((*byte).into())?;
            }
            i64::try_from(value).ok()
        }
        _ => {
            let mut digits = bytes.iter().copied().skip_while(|byte| *byte == b' ' || *byte == 0);
            let mut value = 0_i64;
            for byte in digits.by_ref() {
                match byte {
                    b'0'..=b'7' => value = value.checked_mul(8)?.checked_add(i64::from(byte - b'0'))?,
                    b' ' | 0 => break,
                    _ => return None,
                }
            }
            Some(value)
        }
    }
}

/// What a block in the place of a header is.
pub enum Parsed {
    Zeros,
    Invalid,
    /// The type letter is beside the member, for those that only carry more about the next one.
    Header(Box<Member>, u8),
}

/// Reads a header.
pub fn parse(block: &Block) -> Parsed {
    if block.iter().all(|byte| *byte == 0) {
        return Parsed::Zeros;
    }
    let Some(claimed) = number(field(block, CHECKSUM)) else { return Parsed::Invalid };
    let (sum, signed_sum) = sums(block);
    if claimed != sum && claimed != signed_sum {
        return Parsed::Invalid;
    }
    let unsigned = |place| number(field(block, place)).and_then(|number| u64::try_from(number).ok());
    let (Some(size), Some(mode)) = (unsigned(SIZE), number(field(block, MODE))) else {
        return Parsed::Invalid;
    };
    let is_ustar = field(block, MAGIC).starts_with(b"ustar\0");
    let is_gnu = field(block, MAGIC) == b"ustar  \0";
    let mut name = string(block, NAME);
    if is_ustar {
        let prefix = string(block, PREFIX);
        if !prefix.is_empty() {
            name = [prefix.as_slice(), b"/", &name].concat();
        }
    }
    let letter = block[TYPE];
    let mut kind = match letter {
        0 | b'0' | b'7' | b'S' => Kind::Regular,
        b'1' => Kind::HardLink,
        b'2' => Kind::SymbolicLink,
        b'3' => Kind::Character,
        b'4' => Kind::Block,
        b'5' | b'D' => Kind::Directory,
        b'6' => Kind::Fifo,
        b'V' => Kind::Label,
        other => Kind::Unknown(other),
    };
    // Before there was a type for directories, a slash at the end was it.
    if kind == Kind::Regular && letter != b'S' && name.ends_with(b"/") {
        kind = Kind::Directory;
    }
    let mut member = Member::new(name, kind);
    member.mode = u32::try_from(mode & 0o7777).unwrap_or(0);
    member.uid = unsigned(UID).unwrap_or(0);
    member.gid = unsigned(GID).unwrap_or(0);
    member.mtime = Time { seconds: number(field(block, MTIME)).unwrap_or(0), nanoseconds: 0 };
    member.link = string(block, LINK);
    member.size = size;
    // Links and the like have no data, whatever the field says; so has a directory, but for old dumps.
    member.stored = match kind {
        Kind::Regular | Kind::Unknown(_) | Kind::Label => size,
        Kind::Directory if letter == b'D' => size,
        _ => 0,
    };
    if is_ustar || is_gnu {
        member.user = string(block, USER);
        member.group = string(block, GROUP);
        let small = |place| unsigned(place).and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        (member.major, member.minor) = (small(MAJOR), small(MINOR));
    }
    Parsed::Header(Box::new(member), letter)
}

/// The sum of all bytes with the checksum's own taken for blanks; of bytes with and without a sign.
fn sums(block: &Block) -> (i64, i64) {
    let own = CHECKSUM.0..CHECKSUM.0 + CHECKSUM.1;
    let bytes = block.iter().enumerate().map(|(at, byte)| if own.contains(&at) { b' ' } else { *byte });
    bytes.fold((0, 0), |(sum, signed), byte| (sum + i64::from(byte), signed + i64::from(byte.cast_signed())))
}

/// A value that does not fit into the header of a format.
#[derive(Debug, PartialEq, Eq)]
pub struct TooBig(pub String);

/// Makes a header. The name and the link must fit, and are cut where they do not.
pub fn make(member: &Member, letter: u8, format: Format) -> Result<Block, TooBig> {
    let mut block = [0; BLOCK];
    let mut name = member.name.as_slice();
    if matches!(format, Format::Ustar | Format::Pax)
        && name.len() > NAME.1
        && let Some(slash) = split(name)
    {
        put(&mut block, PREFIX, &name[..slash]);
        name = &name[slash + 1..];
    }
    put(&mut block, NAME, name);
    put(&mut block, LINK, &member.link);
    block[TYPE] = letter;
    put_number(&mut block, MODE, member.mode.into(), format, "mode_t")?;
    put_number(&mut block, UID, signed(member.uid), format, "uid_t")?;
    put_number(&mut block, GID, signed(member.gid), format, "gid_t")?;
    put_number(&mut block, SIZE, signed(member.stored), format, "off_t")?;
    put_number(&mut block, MTIME, member.mtime.seconds, format, "time_t")?;
    if format != Format::V7 {
        let magic: &[u8] = if format == Format::Gnu { b"ustar  \0" } else { b"ustar\x0000" };
        put(&mut block, MAGIC, magic);
        put(&mut block, USER, &member.user[..member.user.len().min(USER.1 - 1)]);
        put(&mut block, GROUP, &member.group[..member.group.len().min(GROUP.1 - 1)]);
    }
    // GNU's own layout has these of devices only, and an extended header is no file at all.
    let is_device = matches!(member.kind, Kind::Character | Kind::Block);
    if is_device || format != Format::Gnu && letter != b'x' {
        put_number(&mut block, MAJOR, member.major.into(), format, "major_t")?;
        put_number(&mut block, MINOR, member.minor.into(), format, "minor_t")?;
    }
    let checksum = format!("{:06o}\0 ", sums(&block).0);
    put(&mut block, CHECKSUM, checksum.as_bytes());
    Ok(block)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn put(block: &mut Block, (at, bytes): Field, value: &[u8]) {
    let count = value.len().min(bytes);
    block[at..at + count].copy_from_slice(&value[..count]);
}

/// Writes a number as octal digits, or in binary where they do not suffice and the format knows that.
fn put_number(block: &mut Block, place: Field, value: i64, format: Format, what: &str) -> Result<(), TooBig> {
    let digits = place.1 - 1;
    let bits = u32::try_from(digits * 3).unwrap_or(0);
    if value >= 0 && (bits >= 63 || value >> bits == 0) {
        put(block, place, format!("{value:0digits$o}\0").as_bytes());
        return Ok(());
    }
    match format {
        Format::Gnu => {
            let mut bytes = if value < 0 { vec![0xff; place.1] } else { vec![0; place.1] };
            let low = value.to_be_bytes();
            let count = low.len().min(place.1 - 1);
            let at = place.1 - count;
            bytes[at..].copy_from_slice(&low[low.len() - count..]);
            bytes[0] = if value < 0 { 0xff } else { 0x80 };
            put(block, place, &bytes);
            Ok(())
        }
        // A record in front of the header tells the true value.
        Format::Pax => {
            put(block, place, format!("{:0digits$o}\0", 0).as_bytes());
            Ok(())
        }
        Format::Ustar | Format::V7 => {
            let max = (1_i64 << bits) - 1;
            Err(TooBig(format!("value {value} out of {what} range 0..{max}")))
        }
    }
}

/// Where a long name can be split between prefix and name; `None` where it cannot.
pub fn split(name: &[u8]) -> Option<usize> {
    if name.len() > PREFIX.1 + 1 + NAME.1 {
        return None;
    }
    let last = name.len().saturating_sub(1).min(PREFIX.1);
    let slash = name[..=last].iter().rposition(|byte| *byte == b'/')?;
    let rest = name.len() - slash - 1;
    (slash > 0 && rest > 0 && rest <= NAME.1).then_some(slash)
}

/// Whether a name fits into the header of a format as it is.
pub fn fits(name: &[u8], format: Format) -> bool {
    name.len() <= NAME.1 || matches!(format, Format::Ustar | Format::Pax) && split(name).is_some()
}

/// Whether the target of a link fits.
pub fn link_fits(link: &[u8]) -> bool {
    link.len() <= LINK.1
}
