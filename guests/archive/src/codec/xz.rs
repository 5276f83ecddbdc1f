//! Streams of xz, and of its older kin lzma.

use std::io::{self, ErrorKind, Read, Write};

use lzma_rust2::{CheckType, LzmaOptions, LzmaReader, LzmaWriter, XzOptions, XzReader, XzWriter};

use super::{Fault, Input, Part};

/// No stream gets more memory than this: its header may ask for 4 GiB.
const MEMORY_KIB_MAX: u32 = 512 * 1024;

enum Decoder<R: Read> {
    Xz(Box<XzReader<R>>),
    /// Its header was not read yet.
    LzmaStart(Option<R>),
    Lzma(Box<LzmaReader<R>>),
}

/// Reads what is in a stream.
pub struct Reader<R: Read>(Decoder<Input<R>>);

impl<R: Read> Reader<R> {
    pub fn xz(source: R) -> Reader<R> {
        Reader(Decoder::Xz(Box::new(XzReader::new_mem_limit(Input::new(source), true, MEMORY_KIB_MAX))))
    }

    pub fn lzma(source: R) -> Reader<R> {
        Reader(Decoder::LzmaStart(Some(Input::new(source))))
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Decoder::LzmaStart(input) = &mut self.0 {
            let input = input.take().ok_or(Fault::NotInFormat)?;
            let lzma = LzmaReader::new_mem_limit(input, MEMORY_KIB_MAX, None).map_err(fault)?;
            self.0 = Decoder::Lzma(Box::new(lzma));
        }
        match &mut self.0 {
            Decoder::Xz(reader) => reader.read(into).map_err(fault),
            Decoder::Lzma(reader) => reader.read(into).map_err(fault),
            Decoder::LzmaStart(_) => Ok(0),
        }
    }
}

fn fault(error: io::Error) -> io::Error {
    // What the source itself says has a number.
    if error.raw_os_error().is_some() || Fault::of(&error).is_some() {
        return error;
    }
    let said = error.to_string();
    let fault = match error.kind() {
        ErrorKind::UnexpectedEof => Fault::Truncated,
        ErrorKind::Unsupported => Fault::Unsupported("Unsupported options".to_owned()),
        ErrorKind::OutOfMemory => Fault::TooMuchMemory,
        _ if said == "invalid XZ magic bytes" => Fault::NotInFormat,
        _ if said == "incomplete XZ magic bytes" || said == "invalid data after stream" => Fault::Truncated,
        _ => Fault::Corrupt(Part::Data),
    };
    fault.into()
}

/// How a stream is written.
#[derive(Clone, Debug)]
pub struct Settings {
    /// 0 to 9.
    pub level: u32,
    pub extreme: bool,
    pub check: CheckType,
    /// The size of the input where it is known: no larger a dictionary is of use.
    pub size: Option<u64>,
}

impl Settings {
    pub fn level(level: u32) -> Settings {
        Settings { level, extreme: false, check: CheckType::Crc64, size: None }
    }

    fn options(&self) -> LzmaOptions {
        let mut options = LzmaOptions::with_preset(self.level.min(9));
        if self.extreme {
            options.nice_len = 273;
        }
        if let Some(size) = self.size {
            let enough = size.clamp(64 * 1024, 1 << 30).next_power_of_two();
            options.dict_size = options.dict_size.min(u32::try_from(enough).unwrap_or(u32::MAX));
        }
        options
    }
}

/// Writes a stream of xz.
pub fn writer<W: Write>(sink: W, settings: &Settings) -> io::Result<XzWriter<W>> {
    let mut options = XzOptions::with_preset(settings.level.min(9));
    options.lzma_options = settings.options();
    options.set_check_sum_type(settings.check);
    XzWriter::new(sink, options)
}

/// Writes a stream of lzma, whose end is marked and whose length is not told.
pub fn lzma_writer<W: Write>(sink: W, settings: &Settings) -> io::Result<LzmaWriter<W>> {
    LzmaWriter::new_use_header(sink, &settings.options(), None)
}
