//! An archive that is written: members with their headers, in records of twenty blocks.

use std::io::{self, Write};

use super::header::{self, BLOCK, Format, TooBig};
use super::member::{Kind, Member};
use super::pax;
use crate::codec::Encoder;

const RECORD: usize = 20 * BLOCK;

/// Where the bytes go.
pub enum Sink<'a> {
    Plain(Box<dyn Write + 'a>),
    Packed(Encoder<'a>),
}

impl Sink<'_> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Sink::Plain(sink) => sink.write_all(bytes),
            Sink::Packed(encoder) => encoder.write_all(bytes),
        }
    }
}

/// Why a member cannot be written.
#[derive(Debug)]
pub enum Failure {
    /// A value has no place in the format.
    TooBig(String),
    /// A name has no place in the format.
    NameTooLong(&'static str),
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl From<TooBig> for Failure {
    fn from(TooBig(what): TooBig) -> Failure {
        Failure::TooBig(what)
    }
}

/// An archive.
pub struct Writer<'a> {
    sink: Sink<'a>,
    record: Vec<u8>,
    /// Bytes of all records so far.
    pub written: u64,
    format: Format,
    /// Keywords that extended headers leave out.
    deleted: Vec<String>,
}

impl<'a> Writer<'a> {
    /// `before` is how much of a record is written already.
    pub fn new(sink: Sink<'a>, format: Format, before: &[u8], deleted: Vec<String>) -> Writer<'a> {
        Writer { sink, record: before.to_vec(), written: 0, format, deleted }
    }

    /// Writes bytes as they are.
    pub fn raw(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = bytes.len().min(RECORD - self.record.len());
            self.record.extend_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            if self.record.len() == RECORD {
                self.sink.write_all(&self.record)?;
                self.written += RECORD as u64;
                self.record.clear();
            }
        }
        Ok(())
    }

    /// Writes zeros up to the end of a block.
    pub fn pad(&mut self, data_bytes: u64) -> io::Result<()> {
        let over = usize::try_from(data_bytes % BLOCK as u64).unwrap_or(0);
        if over > 0 { self.raw(&[0; BLOCK][over..]) } else { Ok(()) }
    }

    /// Writes the header of a member, and in front of it what the header has no room for.
    pub fn header(&mut self, member: &Member) -> Result<(), Failure> {
        let letter = match member.kind {
            Kind::Regular => b'0',
            Kind::HardLink => b'1',
            Kind::SymbolicLink => b'2',
            Kind::Character => b'3',
            Kind::Block => b'4',
            Kind::Directory => b'5',
            Kind::Fifo => b'6',
            Kind::Label => b'V',
            Kind::Unknown(letter) => letter,
        };
        let letter = if self.format == Format::V7 && letter == b'0' { 0 } else { letter };
        let mut member = member.clone();
        let name_fits = header::fits(&member.name, self.format);
        let link_fits = header::link_fits(&member.link);
        match self.format {
            Format::Gnu => {
                if !link_fits {
                    self.long(b'K', &member.link, member.user.is_empty())?;
                }
                if !name_fits {
                    self.long(b'L', &member.name, member.user.is_empty())?;
                }
            }
            Format::Pax => self.extended(&member)?,
            Format::Ustar | Format::V7 => {
                if !name_fits {
                    return Err(Failure::NameTooLong(match self.format {
                        Format::Ustar if member.name.len() <= 256 => {
                            "file name is too long (cannot be split); not dumped"
                        }
                        Format::Ustar => "file name is too long (max 256); not dumped",
                        _ => "file name is too long (max 99); not dumped",
                    }));
                }
                if !link_fits {
                    return Err(Failure::NameTooLong("link name is too long; not dumped"));
                }
            }
        }
        member.name.truncate(if name_fits { member.name.len() } else { 100 });
        let block = header::make(&member, letter, self.format)?;
        self.raw(&block)?;
        Ok(())
    }

    /// A name that is too long, as GNU writes it: the data of a member in front.
    fn long(&mut self, letter: u8, text: &[u8], is_numeric: bool) -> Result<(), Failure> {
        let mut carrier = Member::new(b"././@LongLink".to_vec(), Kind::Unknown(letter));
        carrier.mode = 0o644;
        carrier.stored = text.len() as u64 + 1;
        if !is_numeric {
            (carrier.user, carrier.group) = (b"root".to_vec(), b"root".to_vec());
        }
        let block = header::make(&carrier, letter, Format::Gnu)?;
        self.raw(&block)?;
        self.raw(text)?;
        self.raw(&[0])?;
        self.pad(carrier.stored)?;
        Ok(())
    }

    /// The extended header of a member, where it needs one.
    fn extended(&mut self, member: &Member) -> Result<(), Failure> {
        let mut records = Vec::new();
        let mut add = |keyword: &str, value: &[u8]| {
            if !self.deleted.iter().any(|deleted| deleted == keyword) {
                records.extend(pax::record(keyword, value));
            }
        };
        if !header::fits(&member.name, Format::Pax) || !member.name.is_ascii() {
            add("path", &member.name);
        }
        if !header::link_fits(&member.link) || !member.link.is_ascii() {
            add("linkpath", &member.link);
        }
        if member.stored >> 33 != 0 {
            add("size", member.stored.to_string().as_bytes());
        }
        if member.uid >> 21 != 0 {
            add("uid", member.uid.to_string().as_bytes());
        }
        if member.gid >> 21 != 0 {
            add("gid", member.gid.to_string().as_bytes());
        }
        for (keyword, value) in [("uname", &member.user), ("gname", &member.group)] {
            if value.len() > 31 || !value.is_ascii() {
                add(keyword, value);
            }
        }
        let odd = member.mtime.nanoseconds > 0 || member.mtime.seconds < 0 || member.mtime.seconds >> 33 != 0;
        if odd {
            add("mtime", pax::time_text(member.mtime).as_bytes());
        }
        if let Some(time) = member.atime {
            add("atime", pax::time_text(time).as_bytes());
        }
        if let Some(time) = member.ctime {
            add("ctime", pax::time_text(time).as_bytes());
        }
        if records.is_empty() {
            return Ok(());
        }
        let slash =
            member.name.strip_suffix(b"/").unwrap_or(&member.name).iter().rposition(|byte| *byte == b'/');
        let (folder, base) = match slash {
            Some(slash) => (&member.name[..slash], &member.name[slash + 1..]),
            None => (b".".as_slice(), member.name.as_slice()),
        };
        let mut name = [folder, b"/PaxHeaders/", base.strip_suffix(b"/").unwrap_or(base)].concat();
        if !header::fits(&name, Format::Pax) {
            name.truncate(100);
        }
        let mut carrier = Member::new(name, Kind::Unknown(b'x'));
        carrier.mode = 0o644;
        carrier.stored = records.len() as u64;
        carrier.mtime.seconds = member.mtime.seconds.max(0);
        let block = header::make(&carrier, b'x', Format::Pax)?;
        self.raw(&block)?;
        self.raw(&records)?;
        self.pad(carrier.stored)?;
        Ok(())
    }

    /// Writes the end: two zero blocks, and zeros to the end of the record.
    pub fn finish(mut self) -> io::Result<u64> {
        self.raw(&[0; 2 * BLOCK])?;
        if !self.record.is_empty() {
            self.raw(&vec![0; RECORD - self.record.len()])?;
        }
        match self.sink {
            Sink::Plain(mut sink) => sink.flush()?,
            Sink::Packed(encoder) => encoder.finish()?.flush()?,
        }
        Ok(self.written)
    }
}
