//! The data of an entry: compressed where that is smaller, stored where it is not.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::format::{self, DEFLATED, DESCRIPTOR, Entry, STORED};
use crate::codec::{CHUNK, read_full, read_some};
use crate::host::{self, DIRECTORY, Stat};

/// An input of at most this many bytes is compressed in memory.
const SMALL_BYTES: usize = 256 * 1024;

/// Where the archive is written to, and how far it is.
pub struct Output {
    file: io::BufWriter<File>,
    pub position: u64,
    /// What was written can be changed.
    seeks: bool,
}

impl Output {
    pub fn new(file: File, seeks: bool) -> Output {
        Output { file: io::BufWriter::with_capacity(CHUNK, file), position: 0, seeks }
    }

    /// Writes over what is at `at`, and comes back.
    fn patch(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.write_all(bytes)?;
        self.file.seek(SeekFrom::Start(self.position)).map(|_| ())
    }

    /// Forgets what was written from `at` on.
    fn rewind(&mut self, at: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.get_ref().set_len(at)?;
        self.position = at;
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.position += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What an entry is made of.
pub enum Source {
    Nothing,
    Bytes(Vec<u8>),
    File(File),
}

impl Source {
    pub fn open(path: &[u8], stat: &Stat) -> io::Result<Source> {
        if path == b"-" {
            return Ok(Source::File(host::stdin()));
        }
        if stat.is(DIRECTORY) {
            return Ok(Source::Nothing);
        }
        if super::is_link(stat) {
            return host::read_link(path).map(Source::Bytes);
        }
        host::open(path).map(Source::File)
    }
}

/// Whether the start of a file looks like text: no control characters but white space, and something to read.
fn is_text(start: &[u8]) -> bool {
    let is_control = |byte: &u8| matches!(byte, 0..=6 | 14..=25 | 28..=31);
    !start.iter().any(is_control) && start.iter().any(|byte| matches!(byte, 9 | 10 | 13 | 32..))
}

/// Writes an entry with its data. Level 0 stores.
pub fn write(
    output: &mut Output,
    entry: &mut Entry,
    source: Source,
    level: u32,
    extra: &[u8],
) -> io::Result<()> {
    entry.offset = output.position;
    let (bytes, rest, is_plain_bytes) = match source {
        Source::Nothing => (Vec::new(), None, true),
        Source::Bytes(bytes) => (bytes, None, true),
        Source::File(mut file) => {
            let mut start = vec![0; SMALL_BYTES];
            let count = read_full(&mut file, &mut start)?;
            start.truncate(count);
            (start, (count == SMALL_BYTES).then_some(file), false)
        }
    };
    if !is_plain_bytes && is_text(&bytes[..bytes.len().min(CHUNK)]) {
        entry.internal = 1;
    }
    match rest {
        None => small(output, entry, &bytes, if is_plain_bytes { 0 } else { level }, extra),
        Some(file) => large(output, entry, &bytes, file, level, extra),
    }
}

/// The flags that tell how hard the compressor tried.
fn effort(level: u32) -> u16 {
    match level {
        8 | 9 => 2,
        2 => 4,
        1 => 6,
        _ => 0,
    }
}

fn small(output: &mut Output, entry: &mut Entry, bytes: &[u8], level: u32, extra: &[u8]) -> io::Result<()> {
    let mut crc = Crc::new();
    crc.update(bytes);
    (entry.crc, entry.plain) = (crc.sum(), bytes.len() as u64);
    let mut packed = Vec::new();
    if level > 0 && !bytes.is_empty() {
        let mut encoder = DeflateEncoder::new(&mut packed, Compression::new(level));
        encoder.write_all(bytes)?;
        encoder.finish()?;
    }
    let is_smaller = level > 0 && !bytes.is_empty() && packed.len() < bytes.len();
    let data = if is_smaller { packed.as_slice() } else { bytes };
    entry.method = if is_smaller { DEFLATED } else { STORED };
    entry.flags |= if is_smaller { effort(level) } else { 0 };
    entry.packed = data.len() as u64;
    output.write_all(&format::write_local(entry, extra, false))?;
    output.write_all(data)
}

/// Input of unknown length: its header is corrected afterwards, or where that cannot be its sizes follow it.
fn large(
    output: &mut Output,
    entry: &mut Entry,
    start: &[u8],
    mut file: File,
    level: u32,
    extra: &[u8],
) -> io::Result<()> {
    entry.method = if level > 0 { DEFLATED } else { STORED };
    entry.flags |= effort(level) | if output.seeks { 0 } else { DESCRIPTOR };
    // A stored entry of unknown length could not be read from a stream.
    if entry.flags & DESCRIPTOR != 0 {
        entry.method = DEFLATED;
    }
    let at = output.position;
    output.write_all(&format::write_local(entry, extra, true))?;
    let data_at = output.position;
    let seekable = file.stream_position().is_ok();
    let crc = if entry.method == DEFLATED {
        let mut encoder = DeflateEncoder::new(&mut *output, Compression::new(level.max(1)));
        let crc = copy(start, &mut file, &mut encoder)?;
        encoder.finish()?;
        crc
    } else {
        copy(start, &mut file, output)?
    };
    (entry.crc, entry.plain) = crc;
    entry.packed = output.position - data_at;
    if !output.seeks {
        return output.write_all(&format::write_descriptor(entry, true));
    }
    if entry.method == DEFLATED && entry.packed >= entry.plain && seekable {
        output.rewind(data_at)?;
        file.seek(SeekFrom::Start(0))?;
        (entry.crc, entry.plain) = copy(&[], &mut file, output)?;
        (entry.method, entry.packed) = (STORED, entry.plain);
        entry.flags &= !6;
    }
    let header = format::write_local(entry, extra, true);
    output.patch(at, &header)
}

/// Copies all; answers the checksum and the length.
fn copy(start: &[u8], file: &mut impl Read, sink: &mut impl Write) -> io::Result<(u32, u64)> {
    let mut crc = Crc::new();
    crc.update(start);
    sink.write_all(start)?;
    let mut total = start.len() as u64;
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = read_some(file, &mut buffer)?;
        if count == 0 {
            return Ok((crc.sum(), total));
        }
        crc.update(&buffer[..count]);
        sink.write_all(&buffer[..count])?;
        total += count as u64;
    }
}
