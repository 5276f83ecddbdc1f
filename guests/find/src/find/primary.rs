//! Primaries: the tests and actions of an expression, read and ready to be asked.

use super::format::Format;
use super::number::{Number, Span};
use super::pattern::Pattern;
use super::permission::Permission;
use super::run::Action;
use super::streams::StreamId;
use crate::glob::Glob;
use crate::stat::{Kind, Stat};

/// A test or an action.
pub enum Primary {
    Always(bool),
    Name(Glob),
    Path(Glob),
    LinkName(Glob),
    Regex(Box<Pattern>),
    /// `-type`: one of these, as a set of letters.
    Type(Vec<u8>),
    /// `-xtype`.
    OtherType(Vec<u8>),
    Size {
        unit: u64,
        number: Number,
    },
    Empty,
    Permission(Permission),
    Uid(Number),
    Gid(Number),
    NoUser,
    NoGroup,
    Links(Number),
    Inode(Number),
    SameFile((u64, u64)),
    Newer {
        stamp: Stamp,
        than: i64,
    },
    Age {
        stamp: Stamp,
        age: Age,
    },
    Used(Span),
    Access(u32),
    FileSystem(Vec<u8>),
    Prune,
    Quit,
    Delete,
    Print {
        stream: StreamId,
        end: u8,
    },
    Format {
        stream: StreamId,
        format: Format,
    },
    List(StreamId),
    /// A program; the index of the action.
    Run(Action),
}

/// One of a file's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    Access,
    Change,
    Modification,
}

/// How old a file must be: its time lies behind a moment, before it, or in a span that begins there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    After(i64),
    Before(i64),
    /// Not at the beginning itself, but at the end.
    Within {
        begins: i64,
        length: i64,
    },
}

impl Stamp {
    /// From the letter of `-newerXY`.
    pub fn of_letter(letter: u8) -> Option<Stamp> {
        match letter {
            b'a' => Some(Stamp::Access),
            b'c' => Some(Stamp::Change),
            b'm' => Some(Stamp::Modification),
            _ => None,
        }
    }

    pub fn of(self, stat: &Stat) -> i64 {
        match self {
            Stamp::Access => stat.atime,
            Stamp::Change => stat.ctime,
            Stamp::Modification => stat.mtime,
        }
    }
}

impl Age {
    pub fn holds(self, time: i64) -> bool {
        match self {
            Age::After(moment) => time > moment,
            Age::Before(moment) => time < moment,
            Age::Within { begins, length } => {
                let since = time.saturating_sub(begins);
                0 < since && since <= length
            }
        }
    }
}

impl Primary {
    /// Whether it makes `-print` unnecessary.
    pub fn is_action(&self) -> bool {
        matches!(
            self,
            Primary::Delete
                | Primary::Print { .. }
                | Primary::Format { .. }
                | Primary::List(_)
                | Primary::Run(_)
        )
    }
}

/// Whether a set of letters holds a type.
pub fn holds_type(letters: &[u8], kind: Kind) -> bool {
    letters.contains(&kind.letter())
}
