//! An archive that is read: its members one after another, with their data, from a stream.

use std::io::{self, Read};

use super::header::{self, BLOCK, Block, Parsed};
use super::member::{Extent, Member};
use super::pax::{Records, decimal};
use crate::codec::read_full;

/// Blocks are read by the record of twenty.
const RECORD: usize = 20 * BLOCK;

/// Long names and extended headers are no longer than this.
const EXTENSION_BYTES_MAX: u64 = 16 << 20;

/// A map has no more pieces than this.
const EXTENTS_MAX: usize = 1 << 20;

/// Why an archive cannot be read on.
#[derive(Debug)]
pub enum Failure {
    /// It ends within a member.
    Ends,
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

/// What comes next.
pub enum Next {
    Member(Box<Member>),
    /// Something that is no header; all up to the next header was skipped.
    Skipped {
        /// Nothing before it was a header either.
        at_start: bool,
        /// There is something behind it.
        is_followed: bool,
    },
    /// The end; with the number of a zero block that stands alone.
    End {
        lone_zero: Option<u64>,
    },
}

/// An archive.
pub struct Reader<'a> {
    source: Box<dyn Read + 'a>,
    record: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes handed out, from the start of the archive.
    position: u64,
    /// Bytes of the current member's data, and of the padding behind it, that were not read.
    left: u64,
    padding: u64,
    global: Records,
    began: bool,
    ignores_zeros: bool,
    /// Where the header of the last member began, with all that belongs to it.
    pub member_at: u64,
    /// Where the end's first zero block is, once it was found.
    pub end_at: u64,
}

impl<'a> Reader<'a> {
    pub fn new(source: Box<dyn Read + 'a>, ignores_zeros: bool) -> Reader<'a> {
        Reader {
            source,
            record: vec![0; RECORD],
            start: 0,
            end: 0,
            position: 0,
            left: 0,
            padding: 0,
            global: Records::default(),
            began: false,
            ignores_zeros,
            member_at: 0,
            end_at: 0,
        }
    }

    fn fill(&mut self) -> io::Result<bool> {
        if self.start == self.end {
            (self.start, self.end) = (0, read_full(&mut self.source, &mut self.record)?);
        }
        Ok(self.start < self.end)
    }

    /// The next block; `None` at the end. What is left of a block that was cut is no block.
    fn block(&mut self) -> Result<Option<Block>, Failure> {
        if !self.fill()? {
            return Ok(None);
        }
        let there = &self.record[self.start..self.end];
        let Some(block) = there.first_chunk::<BLOCK>() else {
            self.start = self.end;
            return Ok(None);
        };
        let block = *block;
        self.start += BLOCK;
        self.position += BLOCK as u64;
        Ok(Some(block))
    }

    /// Reads data of the current member; nothing at its end.
    pub fn read(&mut self, into: &mut [u8]) -> Result<usize, Failure> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(into.len());
        if wanted == 0 {
            return Ok(0);
        }
        if !self.fill()? {
            return Err(Failure::Ends);
        }
        let count = wanted.min(self.end - self.start);
        into[..count].copy_from_slice(&self.record[self.start..self.start + count]);
        self.start += count;
        self.position += count as u64;
        self.left -= count as u64;
        Ok(count)
    }

    /// Skips what is left of the current member.
    pub fn skip(&mut self) -> Result<(), Failure> {
        let mut count = self.left + self.padding;
        (self.left, self.padding) = (0, 0);
        while count > 0 {
            if !self.fill()? {
                return Err(Failure::Ends);
            }
            let there = usize::try_from(count).unwrap_or(usize::MAX).min(self.end - self.start);
            self.start += there;
            self.position += there as u64;
            count -= there as u64;
        }
        Ok(())
    }

    fn begin_data(&mut self, bytes: u64) {
        self.left = bytes;
        self.padding = (BLOCK as u64 - bytes % BLOCK as u64) % BLOCK as u64;
    }

    /// The data of a header that only tells more about the next member.
    fn extension(&mut self, bytes: u64) -> Result<Vec<u8>, Failure> {
        self.begin_data(bytes);
        let mut data = Vec::new();
        let mut buffer = [0; BLOCK];
        while data.len() as u64 <= EXTENSION_BYTES_MAX {
            match self.read(&mut buffer)? {
                0 => break,
                count => data.extend_from_slice(&buffer[..count]),
            }
        }
        self.skip()?;
        Ok(data)
    }

    /// The next member, after skipping what is left of the one before.
    pub fn next(&mut self) -> Result<Next, Failure> {
        self.skip()?;
        let mut long_name = None;
        let mut long_link = None;
        let mut local = Records::default();
        self.member_at = self.position;
        loop {
            let block_at = self.position;
            let Some(block) = self.block()? else {
                self.end_at = block_at;
                if !self.began {
                    self.began = true;
                    return Ok(Next::Skipped { at_start: true, is_followed: false });
                }
                return Ok(Next::End { lone_zero: None });
            };
            match header::parse(&block) {
                Parsed::Zeros => {
                    let first = !self.began;
                    self.began = true;
                    self.end_at = block_at;
                    if self.ignores_zeros {
                        continue;
                    }
                    let second = self.block()?;
                    return Ok(match second {
                        Some(second) if second == [0; BLOCK] => Next::End { lone_zero: None },
                        None if first => Next::End { lone_zero: Some(block_at / BLOCK as u64 + 1) },
                        _ => Next::End { lone_zero: Some(block_at / BLOCK as u64 + 1) },
                    });
                }
                Parsed::Invalid => return self.resynchronise(),
                Parsed::Header(mut member, letter) => {
                    self.began = true;
                    match letter {
                        b'L' => long_name = Some(c_string(self.extension(member.size)?)),
                        b'K' => long_link = Some(c_string(self.extension(member.size)?)),
                        b'x' | b'X' => {
                            let data = self.extension(member.size)?;
                            local.parse(&data);
                        }
                        b'g' => {
                            let data = self.extension(member.size)?;
                            self.global.parse(&data);
                        }
                        _ => {
                            if letter == b'S' {
                                self.old_sparse(&block, &mut member)?;
                            }
                            let mut records = self.global.clone();
                            records.merge(local);
                            if let Some(name) = long_name {
                                member.name = name;
                            }
                            if let Some(link) = long_link {
                                member.link = link;
                            }
                            records.apply(&mut member);
                            self.begin_data(member.stored);
                            if records.has_map_in_data() {
                                self.map_in_data(&mut member)?;
                            }
                            bound_extents(&mut member);
                            return Ok(Next::Member(member));
                        }
                    }
                }
            }
        }
    }

    /// Skips to the next header; it is read again by the next call.
    fn resynchronise(&mut self) -> Result<Next, Failure> {
        let at_start = !self.began;
        self.began = true;
        loop {
            let Some(block) = self.block()? else {
                return Ok(Next::Skipped { at_start, is_followed: true });
            };
            if !matches!(header::parse(&block), Parsed::Invalid) {
                // The record that it came from is still there.
                self.start -= BLOCK;
                self.position -= BLOCK as u64;
                return Ok(Next::Skipped { at_start, is_followed: true });
            }
        }
    }

    /// The map of a sparse file in GNU's own format: in the header, and in blocks behind it.
    fn old_sparse(&mut self, block: &Block, member: &mut Member) -> Result<(), Failure> {
        let mut extents = Vec::new();
        let mut read = |bytes: &[u8]| {
            for pair in bytes.chunks_exact(24) {
                let at = header::number(&pair[..12]).and_then(|at| u64::try_from(at).ok());
                let length = header::number(&pair[12..]).and_then(|bytes| u64::try_from(bytes).ok());
                match (at, length) {
                    (Some(at), Some(bytes)) if pair[12] != 0 && extents.len() < EXTENTS_MAX => {
                        extents.push(Extent { at, bytes });
                    }
                    _ => return,
                }
            }
        };
        read(&block[386..482]);
        let mut continues = block[482] != 0;
        while continues {
            let more = self.block()?.ok_or(Failure::Ends)?;
            read(&more[..504]);
            continues = more[504] != 0;
        }
        member.size =
            header::number(&block[483..495]).and_then(|size| u64::try_from(size).ok()).unwrap_or(member.size);
        member.extents = Some(extents);
        Ok(())
    }

    /// The map at the start of the data: the count of pieces, then each one's place and length, a line each.
    fn map_in_data(&mut self, member: &mut Member) -> Result<(), Failure> {
        let mut numbers = Vec::new();
        let mut text = Vec::new();
        let mut wanted = 1;
        let mut taken = 0_u64;
        while numbers.len() < wanted {
            let mut byte = [0];
            if self.read(&mut byte)? == 0 {
                return Ok(());
            }
            taken += 1;
            if byte[0] != b'\n' {
                text.push(byte[0]);
                if text.len() > 20 {
                    return Ok(());
                }
                continue;
            }
            let Some(number) = decimal(&text) else { return Ok(()) };
            text.clear();
            if numbers.is_empty() {
                wanted = usize::try_from(number).unwrap_or(usize::MAX).min(EXTENTS_MAX) * 2 + 1;
            }
            numbers.push(number);
        }
        let mut rest = [0; BLOCK];
        let padding = usize::try_from((BLOCK as u64 - taken % BLOCK as u64) % BLOCK as u64).unwrap_or(0);
        let mut dropped = 0;
        while dropped < padding {
            match self.read(&mut rest[..padding - dropped])? {
                0 => break,
                count => dropped += count,
            }
        }
        member.extents =
            Some(numbers[1..].chunks_exact(2).map(|pair| Extent { at: pair[0], bytes: pair[1] }).collect());
        Ok(())
    }

    /// Bytes from the start of the archive.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Reads on to the end, so that whoever writes into the pipe can.
    pub fn drain(&mut self) {
        // What comes behind the end is nobody's.
        let _ = io::copy(&mut self.source, &mut io::sink());
    }
}

/// A map that goes backwards or beyond the file is none: the data is taken as it is.
fn bound_extents(member: &mut Member) {
    let Some(extents) = &member.extents else { return };
    let mut end = 0_u64;
    let is_sound = extents.iter().all(|extent| {
        let is_next = extent.at >= end;
        end = extent.at.saturating_add(extent.bytes);
        is_next && end <= member.size
    });
    if !is_sound {
        member.extents = None;
        member.size = member.stored;
    }
}

fn c_string(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(nul) = bytes.iter().position(|byte| *byte == 0) {
        bytes.truncate(nul);
    }
    bytes
}
