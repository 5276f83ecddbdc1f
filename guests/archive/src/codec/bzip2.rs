//! bzip2 streams, several one after another.

use std::io::{self, Read, Write};

use bzip2::{Compression, Decompress, Error, Status, write::BzEncoder};

use super::{Fault, Input, Part};

/// Reads what is in a stream.
pub struct Reader<R> {
    input: Input<R>,
    /// The decoder of a stream that has begun.
    decoder: Option<Decompress>,
    streams: u64,
    ended: bool,
}

impl<R: Read> Reader<R> {
    pub fn new(source: R) -> Reader<R> {
        Reader { input: Input::new(source), decoder: None, streams: 0, ended: false }
    }

    /// Begins the next stream; `false` where there is none.
    fn begin(&mut self) -> io::Result<bool> {
        match self.input.fill_to(4)? {
            [] if self.streams > 0 => return Ok(false),
            [] => return Err(Fault::Truncated.into()),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => {}
            short if self.streams == 0 && short.len() < 4 && b"BZh9".starts_with(short) => {
                return Err(Fault::Truncated.into());
            }
            _ if self.streams == 0 => return Err(Fault::NotInFormat.into()),
            _ => {
                self.ended = true;
                return Err(Fault::TrailingGarbage.into());
            }
        }
        self.decoder = Some(Decompress::new(false));
        Ok(true)
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !into.is_empty() && !self.ended {
            let Some(decoder) = &mut self.decoder else {
                self.ended = !self.begin()?;
                continue;
            };
            let there = self.input.fill()?;
            let at_end = there.is_empty();
            let before = (decoder.total_in(), decoder.total_out());
            let status = decoder.decompress(there, into).map_err(|error| match error {
                Error::DataMagic => Fault::NotInFormat,
                Error::Data | Error::Param | Error::Sequence => Fault::Corrupt(Part::Data),
            })?;
            let took = usize::try_from(decoder.total_in() - before.0).unwrap_or(0);
            let gave = usize::try_from(decoder.total_out() - before.1).unwrap_or(0);
            self.input.consume(took);
            if status == Status::StreamEnd {
                self.decoder = None;
                self.streams += 1;
            } else if at_end && gave == 0 {
                return Err(Fault::Truncated.into());
            }
            if gave > 0 {
                return Ok(gave);
            }
        }
        Ok(0)
    }
}

/// Writes a stream; `level` is 1 to 9.
pub fn writer<W: Write>(sink: W, level: u32) -> BzEncoder<W> {
    BzEncoder::new(sink, Compression::new(level))
}
