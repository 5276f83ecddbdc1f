//! A member: what an archive tells of a file, in whatever format it is written.

use crate::host::{self, Time};

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Regular,
    HardLink,
    SymbolicLink,
    Character,
    Block,
    Directory,
    Fifo,
    /// The label of a volume.
    Label,
    /// One of a type that nobody knows: it is taken for a regular file.
    Unknown(u8),
}

impl Kind {
    /// The letter of a listing.
    pub fn letter(self) -> char {
        match self {
            Kind::Regular => '-',
            Kind::HardLink => 'h',
            Kind::SymbolicLink => 'l',
            Kind::Character => 'c',
            Kind::Block => 'b',
            Kind::Directory => 'd',
            Kind::Fifo => 'p',
            Kind::Label => 'V',
            Kind::Unknown(_) => '?',
        }
    }

    pub fn is_file(self) -> bool {
        matches!(self, Kind::Regular | Kind::Unknown(_))
    }

    /// The kind of a file, by its mode; `None`: it cannot be archived.
    pub fn of(mode: u32) -> Option<Kind> {
        Some(match mode & host::TYPE {
            host::REGULAR => Kind::Regular,
            host::DIRECTORY => Kind::Directory,
            host::LINK => Kind::SymbolicLink,
            host::FIFO => Kind::Fifo,
            host::CHARACTER => Kind::Character,
            host::BLOCK => Kind::Block,
            _ => return None,
        })
    }
}

/// A piece of a sparse file that is stored: where it goes, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub at: u64,
    pub bytes: u64,
}

/// A member of an archive.
#[derive(Clone, Debug)]
pub struct Member {
    pub name: Vec<u8>,
    pub kind: Kind,
    /// The low twelve bits.
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    pub user: Vec<u8>,
    pub group: Vec<u8>,
    /// Of the file.
    pub size: u64,
    /// Of the data in the archive.
    pub stored: u64,
    pub mtime: Time,
    pub atime: Option<Time>,
    pub ctime: Option<Time>,
    /// What a link leads to.
    pub link: Vec<u8>,
    pub major: u32,
    pub minor: u32,
    /// Of a sparse file.
    pub extents: Option<Vec<Extent>>,
}

impl Member {
    /// A member without anything.
    pub fn new(name: Vec<u8>, kind: Kind) -> Member {
        Member {
            name,
            kind,
            mode: 0,
            uid: 0,
            gid: 0,
            user: Vec::new(),
            group: Vec::new(),
            size: 0,
            stored: 0,
            mtime: Time::default(),
            atime: None,
            ctime: None,
            link: Vec::new(),
            major: 0,
            minor: 0,
            extents: None,
        }
    }
}
