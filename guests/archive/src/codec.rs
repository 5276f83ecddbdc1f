//! The codecs: compressed streams as readers and writers. It owns the list of formats and what can be wrong with a
//! stream; each file below owns one format.

pub mod bzip2;
pub mod gzip;
pub mod lzw;
pub mod xz;
pub mod zstd;

use std::fmt;
use std::io::{self, Read, Write};

/// Bytes that are read or decoded at once.
pub const CHUNK: usize = 64 * 1024;

/// A format of compressed streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Gzip,
    Bzip2,
    Xz,
    Lzma,
    Zstd,
    Compress,
}

impl Format {
    /// The format that the first bytes of a stream tell.
    pub fn of(start: &[u8]) -> Option<Format> {
        match start {
            [0x1f, 0x8b, ..] => Some(Format::Gzip),
            [0x1f, 0x9d, ..] => Some(Format::Compress),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Format::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Format::Xz),
            [0x5d, 0, 0, _, _, 0xff | 0, ..] => Some(Format::Lzma),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Format::Zstd),
            _ => None,
        }
    }

    /// The format that a file's name tells, as `tar -a` takes it.
    pub fn of_name(name: &[u8]) -> Option<Format> {
        let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix.as_bytes()));
        if ends(&[".gz", ".tgz", ".taz"]) {
            Some(Format::Gzip)
        } else if ends(&[".bz2", ".tbz", ".tbz2", ".tz2"]) {
            Some(Format::Bzip2)
        } else if ends(&[".xz", ".txz"]) {
            Some(Format::Xz)
        } else if ends(&[".lzma", ".tlz"]) {
            Some(Format::Lzma)
        } else if ends(&[".zst", ".tzst"]) {
            Some(Format::Zstd)
        } else if ends(&[".Z", ".taZ"]) {
            Some(Format::Compress)
        } else {
            None
        }
    }

    /// A reader of what is in a stream of this format.
    pub fn reader<'a>(self, source: Box<dyn Read + 'a>) -> Box<dyn Read + 'a> {
        match self {
            Format::Gzip => Box::new(gzip::Reader::new(source)),
            Format::Bzip2 => Box::new(bzip2::Reader::new(source)),
            Format::Xz => Box::new(xz::Reader::xz(source)),
            Format::Lzma => Box::new(xz::Reader::lzma(source)),
            Format::Zstd => Box::new(zstd::Reader::new(source)),
            Format::Compress => Box::new(lzw::Reader::new(source)),
        }
    }

    /// A writer of a stream of this format; `None`: nobody writes that one any more.
    pub fn writer<'a>(
        self,
        sink: Box<dyn Write + 'a>,
        level: Option<u32>,
    ) -> io::Result<Option<Encoder<'a>>> {
        Ok(Some(match self {
            Format::Gzip => {
                Encoder::Gzip(gzip::Writer::new(sink, level.unwrap_or(6), &gzip::Name::default())?)
            }
            Format::Bzip2 => Encoder::Bzip2(bzip2::writer(sink, level.unwrap_or(9))),
            Format::Xz => Encoder::Xz(Box::new(xz::writer(sink, &xz::Settings::level(level.unwrap_or(6)))?)),
            Format::Lzma => {
                Encoder::Lzma(Box::new(xz::lzma_writer(sink, &xz::Settings::level(level.unwrap_or(6)))?))
            }
            Format::Zstd => Encoder::Zstd(Box::new(zstd::Writer::new(
                sink,
                i32::try_from(level.unwrap_or(3)).unwrap_or(3),
                true,
                None,
            )?)),
            Format::Compress => return Ok(None),
        }))
    }
}

/// A stream that is being written. It is whole only after [`Encoder::finish`].
pub enum Encoder<'a> {
    Gzip(gzip::Writer<Box<dyn Write + 'a>>),
    Bzip2(::bzip2::write::BzEncoder<Box<dyn Write + 'a>>),
    Xz(Box<lzma_rust2::XzWriter<Box<dyn Write + 'a>>>),
    Lzma(Box<lzma_rust2::LzmaWriter<Box<dyn Write + 'a>>>),
    Zstd(Box<zstd::Writer<Box<dyn Write + 'a>>>),
}

impl<'a> Encoder<'a> {
    /// Writes what is left, and hands back where it was written to.
    pub fn finish(self) -> io::Result<Box<dyn Write + 'a>> {
        match self {
            Encoder::Gzip(writer) => writer.finish(),
            Encoder::Bzip2(writer) => writer.finish(),
            Encoder::Xz(writer) => writer.finish(),
            Encoder::Lzma(writer) => writer.finish(),
            Encoder::Zstd(writer) => writer.finish(),
        }
    }
}

impl Write for Encoder<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Encoder::Gzip(writer) => writer.write(bytes),
            Encoder::Bzip2(writer) => writer.write(bytes),
            Encoder::Xz(writer) => writer.write(bytes),
            Encoder::Lzma(writer) => writer.write(bytes),
            Encoder::Zstd(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What can be wrong with a compressed stream. It travels as the inside of an [`io::Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    NotInFormat,
    Truncated,
    /// With the part that does not agree, where that is known.
    Corrupt(Part),
    /// All was decoded, and something else follows.
    TrailingGarbage,
    /// A flavour that is not read, in words.
    Unsupported(String),
    /// The stream asks for more memory than is given to it.
    TooMuchMemory,
}

/// The part of a stream that does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Data,
    Checksum,
    Length,
}

impl Fault {
    /// The fault inside of an error.
    pub fn of(error: &io::Error) -> Option<&Fault> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotInFormat => to.write_str("File format not recognized"),
            Fault::Truncated => to.write_str("Unexpected end of input"),
            Fault::Corrupt(_) => to.write_str("Compressed data is corrupt"),
            Fault::TrailingGarbage => to.write_str("trailing garbage"),
            Fault::Unsupported(what) => to.write_str(what),
            Fault::TooMuchMemory => to.write_str("Memory usage limit reached"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> io::Error {
        io::Error::other(fault)
    }
}

/// Input in front of a decoder: what was read and not yet taken.
pub struct Input<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes read from the source so far.
    read: u64,
}

impl<R: Read> Input<R> {
    pub fn new(source: R) -> Input<R> {
        Input { source, buffer: vec![0; CHUNK], start: 0, end: 0, read: 0 }
    }

    /// What is there, after reading more where nothing is; empty at the end.
    pub fn fill(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, read_some(&mut self.source, &mut self.buffer)?);
            self.read += self.end as u64;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// What is there, at least `count` bytes unless the source ends before.
    pub fn fill_to(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count.min(CHUNK) {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            let more = read_some(&mut self.source, &mut self.buffer[self.end..])?;
            if more == 0 {
                break;
            }
            self.end += more;
            self.read += more as u64;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    pub fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start.saturating_add(count));
    }

    /// The next byte; `None` at the end.
    pub fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.fill()?.first().copied();
        self.consume(usize::from(byte.is_some()));
        Ok(byte)
    }

    /// Bytes that were taken so far.
    pub fn taken(&self) -> u64 {
        self.read - (self.end - self.start) as u64
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let there = self.fill()?;
        let count = there.len().min(into.len());
        into[..count].copy_from_slice(&there[..count]);
        self.consume(count);
        Ok(count)
    }
}

/// Reads once, whatever signals come.
pub fn read_some(source: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Reads until the buffer is full or the source ends.
pub fn read_full(source: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut have = 0;
    while have < into.len() {
        match read_some(source, &mut into[have..])? {
            0 => break,
            count => have += count,
        }
    }
    Ok(have)
}
