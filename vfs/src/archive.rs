//! `TarError`: why a tree was not saved to a tar archive, or not loaded from one; owns the words and the bounds.
//!
//! What is written is POSIX's interchange format (`pax`), with GNU's records for sparse files; what is read is that,
//! `ustar`, GNU tar's own format with all its ways to tell of holes, and the old format of Unix V7. Both ways are
//! streams: of a file no more than a piece is in memory twice.

mod extents;
mod header;
mod load;
mod pax;
mod reader;
mod save;

use std::fmt;
use std::io;

use crate::Errno;

/// A name in an archive has at most this many bytes, whatever the file system's own paths may have: a tree can be
/// deeper than any path.
const NAME_BYTES_MAX: usize = 64 << 10;

/// An extended header has at most this many bytes.
const RECORDS_BYTES_MAX: u64 = 1 << 20;

/// Files are read and written in pieces of this size; a whole piece of zeros becomes a hole.
const PIECE_BYTES: usize = 64 << 10;

/// The unit of an archive.
const BLOCK_BYTES: usize = 512;

type Block = [u8; BLOCK_BYTES];

/// Why a tree was not saved, or not loaded.
#[derive(Debug)]
pub struct TarError {
    /// The entry's name, as far as it was known.
    pub entry: Option<Vec<u8>>,
    /// What is wrong with it.
    pub fault: TarFault,
}

/// What is wrong with an archive, an entry of it, or a file that was to be one.
#[derive(Debug)]
pub enum TarFault {
    /// The file system refused: a limit, a name that is too long, something that is read-only or mounted.
    Tree(Errno),
    /// The archive could not be read, or not be written.
    Stream(io::Error),
    /// The archive ends before its end is marked.
    Truncated,
    /// Where a header should be is something else.
    NoHeader,
    /// A field of a header is no number, or one that is out of bounds.
    Number(&'static str),
    /// An extended header is not made of records.
    Records,
    /// A name or an extended header is longer than what is read or written here.
    TooLong,
    /// A name is empty or has a NUL in it.
    BadName,
    /// A name has `..` in it.
    DotDot,
    /// A hard link's target, which must come before it, is not there.
    NoTarget(Vec<u8>),
    /// A directory with names in it would have to be replaced.
    InTheWay,
    /// An entry of a kind that a tree does not have.
    Kind(u8),
    /// A character device that is not known here, by its major and minor number.
    Device(u64, u64),
    /// The map of a sparse file does not fit the file.
    SparseMap,
}

impl TarError {
    fn new(entry: &[u8], fault: TarFault) -> TarError {
        TarError { entry: Some(entry.to_vec()), fault }
    }
}

impl From<Errno> for TarFault {
    fn from(errno: Errno) -> TarFault {
        TarFault::Tree(errno)
    }
}

impl From<TarFault> for TarError {
    fn from(fault: TarFault) -> TarError {
        TarError { entry: None, fault }
    }
}

impl fmt::Display for TarFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TarFault::Tree(errno) => errno.fmt(out),
            TarFault::Stream(error) => error.fmt(out),
            TarFault::Truncated => out.write_str("the archive ends too early"),
            TarFault::NoHeader => out.write_str("not a tar archive, or a damaged one"),
            TarFault::Number(field) => write!(out, "the {field} in the archive is not valid"),
            TarFault::Records => out.write_str("the extended header is damaged"),
            TarFault::TooLong => out.write_str("the name or the extended header is too long"),
            TarFault::BadName => out.write_str("the name is empty or has a NUL in it"),
            TarFault::DotDot => out.write_str("the name has '..' in it"),
            TarFault::NoTarget(target) => {
                write!(out, "hard link to {}, which is not there", target.escape_ascii())
            }
            TarFault::InTheWay => out.write_str("a directory that is not empty is in the way"),
            TarFault::Kind(kind) => {
                write!(out, "entries of type '{}' cannot be loaded", kind.escape_ascii())
            }
            TarFault::Device(major, minor) => write!(out, "there is no device {major},{minor} here"),
            TarFault::SparseMap => out.write_str("the map of the sparse file is damaged"),
        }
    }
}

impl fmt::Display for TarError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            Some(name) => write!(out, "{}: {}", name.escape_ascii(), self.fault),
            None => self.fault.fmt(out),
        }
    }
}

impl std::error::Error for TarError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.fault {
            TarFault::Tree(errno) => Some(errno),
            TarFault::Stream(error) => Some(error),
            TarFault::Truncated
            | TarFault::NoHeader
            | TarFault::Number(_)
            | TarFault::Records
            | TarFault::TooLong
            | TarFault::BadName
            | TarFault::DotDot
            | TarFault::NoTarget(_)
            | TarFault::InTheWay
            | TarFault::Kind(_)
            | TarFault::Device(..)
            | TarFault::SparseMap => None,
        }
    }
}

/// The zeros that fill data up to whole blocks.
fn padding_of(bytes: u64) -> u64 {
    let block = length(BLOCK_BYTES);
    bytes.next_multiple_of(block).saturating_sub(bytes)
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
