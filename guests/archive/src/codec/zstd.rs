//! zstd streams: frames one after another.

use std::io::{self, Read, Write};

use structured_zstd::decoding::errors::{ErrorCode, FrameDecoderError};
use structured_zstd::decoding::{FrameDecoder, StreamingDecoder};
use structured_zstd::encoding::{CompressionLevel, StreamingEncoder};

use super::{Fault, Input, Part};

/// The largest window that is decoded, zstd's own default: a frame may ask for terabytes.
const WINDOW_BYTES_MAX: u64 = 1 << 27;

/// Reads what is in a stream.
pub struct Reader<R: Read> {
    decoder: StreamingDecoder<Input<R>, FrameDecoder>,
    began: bool,
}

impl<R: Read> Reader<R> {
    pub fn new(source: R) -> Reader<R> {
        let mut decoder = FrameDecoder::new();
        // The size is one that the decoder allows.
        let _ = decoder.set_max_window_size(WINDOW_BYTES_MAX);
        Reader { decoder: StreamingDecoder::new_with_decoder(Input::new(source), decoder), began: false }
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.began {
            self.began = true;
            match self.decoder.get_mut().fill_to(4)? {
                [] => return Err(Fault::Truncated.into()),
                [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {}
                _ => return Err(Fault::NotInFormat.into()),
            }
        }
        self.decoder.read(into).map_err(fault)
    }
}

fn fault(error: io::Error) -> io::Error {
    if error.raw_os_error().is_some() || Fault::of(&error).is_some() {
        return error;
    }
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<FrameDecoderError>());
    let ends =
        error.kind() == io::ErrorKind::UnexpectedEof || error.to_string().contains("fill whole buffer");
    let fault = match inner.map(FrameDecoderError::code) {
        _ if ends => Fault::Truncated,
        Some(ErrorCode::PrefixUnknown) => Fault::TrailingGarbage,
        Some(ErrorCode::FrameParameterWindowTooLarge) => Fault::TooMuchMemory,
        Some(ErrorCode::FrameParameterUnsupported) => {
            Fault::Unsupported("Unsupported frame parameter".to_owned())
        }
        Some(ErrorCode::DictionaryWrong | ErrorCode::DictionaryCorrupted) => {
            Fault::Unsupported("Dictionary mismatch".to_owned())
        }
        Some(ErrorCode::ChecksumWrong) => Fault::Corrupt(Part::Checksum),
        _ => Fault::Corrupt(Part::Data),
    };
    fault.into()
}

/// Writes one frame.
pub struct Writer<W: Write>(StreamingEncoder<W>);

impl<W: Write> Writer<W> {
    /// `size` is how much will be written, where that is known: the frame tells it.
    pub fn new(sink: W, level: i32, checksum: bool, size: Option<u64>) -> io::Result<Writer<W>> {
        let mut encoder = StreamingEncoder::new(sink, CompressionLevel::from_level(level));
        encoder.set_content_checksum(checksum)?;
        if let Some(size) = size {
            encoder.set_pledged_content_size(size)?;
        }
        Ok(Writer(encoder))
    }

    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
