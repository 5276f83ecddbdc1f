//! gzip streams (RFC 1952): members one after another, each with a header, deflated data, a checksum and a length.

use std::io::{self, Read, Write};

use flate2::{Compression, Crc, Decompress, FlushDecompress, Status};

use super::{Fault, Input, Part};

/// What a header may say of the file that was compressed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub name: Option<Vec<u8>>,
    /// Seconds since 1970; 0: unknown.
    pub mtime: u32,
}

/// Bits of a header's flags.
const HEADER_CRC: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const ENCRYPTED: u8 = 32;
const RESERVED: u8 = 64 | 128;

/// A name in a header is no longer than this to be kept.
const NAME_BYTES_MAX: usize = 4096;

enum State {
    Header,
    Data,
    Trailer,
    End,
}

/// Reads what is in a stream.
pub struct Reader<R> {
    input: Input<R>,
    state: State,
    inflate: Decompress,
    crc: Crc,
    /// Of the first member.
    pub name: Name,
    /// Of the last member.
    pub checksum: u32,
    pub length: u32,
    /// Whole members.
    members: u64,
    written: u64,
}

impl<R: Read> Reader<R> {
    pub fn new(source: R) -> Reader<R> {
        Reader::with_input(Input::new(source))
    }

    pub fn with_input(input: Input<R>) -> Reader<R> {
        Reader {
            input,
            state: State::Header,
            inflate: Decompress::new(false),
            crc: Crc::new(),
            name: Name::default(),
            checksum: 0,
            length: 0,
            members: 0,
            written: 0,
        }
    }

    /// Bytes of the stream that were decoded, and bytes that came of them.
    pub fn totals(&self) -> (u64, u64) {
        (self.input.taken(), self.written)
    }

    /// Reads the header of the next member; `false` where the stream ends.
    pub fn header(&mut self) -> io::Result<bool> {
        let start = self.input.fill_to(2)?;
        match start {
            [] if self.members > 0 => return Ok(false),
            [] | [0x1f] if self.members == 0 => return Err(Fault::Truncated.into()),
            [0x1f, 0x8b, ..] => {}
            _ if self.members == 0 => return Err(Fault::NotInFormat.into()),
            _ => return self.garbage(),
        }
        self.input.consume(2);
        let mut fixed = [0; 8];
        for byte in &mut fixed {
            *byte = self.byte()?;
        }
        let [method, flags, m0, m1, m2, m3, ..] = fixed;
        if method != 8 {
            return Err(Fault::Unsupported(format!("unknown method {method} -- not supported")).into());
        }
        if flags & ENCRYPTED != 0 {
            return Err(Fault::Unsupported("is encrypted -- not supported".to_owned()).into());
        }
        if flags & RESERVED != 0 {
            return Err(Fault::Unsupported(format!("has flags 0x{flags:x} -- not supported")).into());
        }
        if flags & EXTRA != 0 {
            let length = u16::from_le_bytes([self.byte()?, self.byte()?]);
            for _ in 0..length {
                self.byte()?;
            }
        }
        let name = if flags & NAME != 0 { Some(self.string()?) } else { None };
        if flags & COMMENT != 0 {
            self.string()?;
        }
        if flags & HEADER_CRC != 0 {
            self.byte()?;
            self.byte()?;
        }
        if self.members == 0 {
            self.name = Name { name, mtime: u32::from_le_bytes([m0, m1, m2, m3]) };
        }
        self.inflate.reset(false);
        self.crc.reset();
        self.state = State::Data;
        Ok(true)
    }

    /// What follows the last member: zeros are padding of tapes, anything else is reported.
    fn garbage(&mut self) -> io::Result<bool> {
        self.state = State::End;
        loop {
            let there = self.input.fill()?;
            let count = there.len();
            if count == 0 {
                return Ok(false);
            }
            if there.iter().any(|byte| *byte != 0) {
                return Err(Fault::TrailingGarbage.into());
            }
            self.input.consume(count);
        }
    }

    fn byte(&mut self) -> io::Result<u8> {
        self.input.byte()?.ok_or_else(|| Fault::Truncated.into())
    }

    /// A string of the header, up to its NUL.
    fn string(&mut self) -> io::Result<Vec<u8>> {
        let mut string = Vec::new();
        loop {
            match self.byte()? {
                0 => return Ok(string),
                byte if string.len() < NAME_BYTES_MAX => string.push(byte),
                _ => {}
            }
        }
    }

    /// Reads the checksum and the length, and holds them against the data.
    fn trailer(&mut self) -> io::Result<()> {
        let mut words = [0_u32; 2];
        for word in &mut words {
            *word = u32::from_le_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?]);
        }
        (self.checksum, self.length) = (words[0], words[1]);
        self.members += 1;
        self.state = State::Header;
        if words[0] != self.crc.sum() {
            return Err(Fault::Corrupt(Part::Checksum).into());
        }
        if words[1] != self.crc.amount() {
            return Err(Fault::Corrupt(Part::Length).into());
        }
        Ok(())
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state {
                State::End => return Ok(0),
                State::Header => {
                    if !self.header()? {
                        self.state = State::End;
                    }
                }
                State::Trailer => self.trailer()?,
                State::Data => {
                    let there = self.input.fill()?;
                    let at_end = there.is_empty();
                    let before = (self.inflate.total_in(), self.inflate.total_out());
                    let status = self
                        .inflate
                        .decompress(there, into, FlushDecompress::None)
                        .map_err(|_| io::Error::from(Fault::Corrupt(Part::Data)))?;
                    let took = usize::try_from(self.inflate.total_in() - before.0).unwrap_or(0);
                    let gave = usize::try_from(self.inflate.total_out() - before.1).unwrap_or(0);
                    self.input.consume(took);
                    self.crc.update(&into[..gave]);
                    self.written += gave as u64;
                    if status == Status::StreamEnd {
                        // Read next time: the data before a bad trailer is the caller's all the same.
                        self.state = State::Trailer;
                    } else if at_end && gave == 0 {
                        return Err(Fault::Truncated.into());
                    }
                    if gave > 0 {
                        return Ok(gave);
                    }
                }
            }
        }
    }
}

/// Writes one member.
pub struct Writer<W: Write> {
    deflate: flate2::write::DeflateEncoder<W>,
    crc: Crc,
}

impl<W: Write> Writer<W> {
    pub fn new(mut sink: W, level: u32, name: &Name) -> io::Result<Writer<W>> {
        let mut header = vec![0x1f, 0x8b, 8, if name.name.is_some() { NAME } else { 0 }];
        header.extend(name.mtime.to_le_bytes());
        header.push(match level {
            9 => 2,
            1 => 4,
            _ => 0,
        });
        // The system: Unix.
        header.push(3);
        if let Some(name) = &name.name {
            header.extend(name);
            header.push(0);
        }
        sink.write_all(&header)?;
        Ok(Writer {
            deflate: flate2::write::DeflateEncoder::new(sink, Compression::new(level)),
            crc: Crc::new(),
        })
    }

    /// Writes the checksum and the length.
    pub fn finish(self) -> io::Result<W> {
        let mut sink = self.deflate.finish()?;
        sink.write_all(&self.crc.sum().to_le_bytes())?;
        sink.write_all(&self.crc.amount().to_le_bytes())?;
        Ok(sink)
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.deflate.write(bytes)?;
        self.crc.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
