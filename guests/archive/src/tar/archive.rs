//! The archive as a file or a stream, with what it is compressed by.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::rc::Rc;

use cli::stdio;

use super::options::{Job, Packing};
use super::writer::Sink;
use super::{Fatal, Talk};
use crate::codec::{Fault, Format, Input};
use crate::host::{self, Filter, REGULAR, reason};

/// What became of a decompressor: the status that the program would have had.
#[derive(Clone, Default)]
pub struct Outcome(Rc<Cell<i32>>);

impl Outcome {
    /// Complains where the decompressor failed.
    pub fn check(&self, talk: &mut Talk) -> Result<(), Fatal> {
        match self.0.get() {
            0 => Ok(()),
            status => Err(talk.fatal(&format!("Child returned status {status}"))),
        }
    }
}

/// A decoder whose faults are said in its program's words, and then are an end.
struct Decoder<'a> {
    source: Box<dyn Read + 'a>,
    format: Format,
    outcome: Outcome,
}

impl Read for Decoder<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.outcome.0.get() != 0 {
            return Ok(0);
        }
        match self.source.read(into) {
            Err(error) => match Fault::of(&error) {
                Some(fault) => {
                    self.outcome.0.set(say(self.format, fault));
                    Ok(0)
                }
                None => Err(error),
            },
            other => other,
        }
    }
}

/// Says what a decompressor would say; answers its status.
fn say(format: Format, fault: &Fault) -> i32 {
    match format {
        Format::Gzip | Format::Compress => {
            let what = match fault {
                Fault::NotInFormat => "not in gzip format",
                Fault::Truncated => "unexpected end of file",
                Fault::TrailingGarbage => "decompression OK, trailing garbage ignored",
                Fault::Corrupt(crate::codec::Part::Checksum) => "invalid compressed data--crc error",
                Fault::Corrupt(crate::codec::Part::Length) => "invalid compressed data--length error",
                _ => "invalid compressed data--format violated",
            };
            stdio::note(&format!("\ngzip: stdin: {what}"));
            if *fault == Fault::TrailingGarbage { 2 } else { 1 }
        }
        Format::Bzip2 => {
            match fault {
                Fault::NotInFormat => stdio::note("bzip2: (stdin) is not a bzip2 file."),
                Fault::TrailingGarbage => {
                    stdio::note("\nbzip2: (stdin): trailing garbage after EOF ignored");
                    return 0;
                }
                Fault::Truncated => stdio::note(
                    "\nbzip2: Compressed file ends unexpectedly;\n\tperhaps it is corrupted?  *Possible* reason follows.",
                ),
                _ => stdio::note("\nbzip2: Data integrity error when decompressing."),
            }
            2
        }
        Format::Xz | Format::Lzma => {
            let program = if format == Format::Xz { "xz" } else { "lzma" };
            stdio::note(&format!("{program}: (stdin): {fault}"));
            1
        }
        Format::Zstd => {
            match fault {
                Fault::NotInFormat | Fault::TrailingGarbage => {
                    stdio::note("zstd: /*stdin*\\: unsupported format ")
                }
                Fault::Truncated => stdio::note("/*stdin*\\ : Read error (39) : premature end "),
                _ => stdio::note("/*stdin*\\ : Decoding error (36) : Data corruption detected "),
            }
            1
        }
    }
}

/// The option that a format is asked for by.
fn option(format: Format) -> &'static str {
    match format {
        Format::Gzip => "-z",
        Format::Bzip2 => "-j",
        Format::Xz => "-J",
        Format::Lzma => "--lzma",
        Format::Zstd => "--zstd",
        Format::Compress => "-Z",
    }
}

/// A source with what ends it.
pub struct Opened<'a> {
    pub source: Box<dyn Read + 'a>,
    pub outcome: Outcome,
    /// A program that decompresses.
    pub filter: Option<Filter>,
    /// It is a pipe, which is to be read to its end.
    pub is_pipe: bool,
}

/// Opens the archive to be read.
pub fn open<'a>(job: &Job, talk: &mut Talk) -> Result<Opened<'a>, Fatal> {
    open_named(job, &job.file, talk)
}

/// Opens an archive by its name.
pub fn open_named<'a>(job: &Job, name: &[u8], talk: &mut Talk) -> Result<Opened<'a>, Fatal> {
    let shown = super::listing::shown(name);
    let file = if name == b"-" {
        if host::is_terminal(io::stdin()) {
            return Err(talk.fatal("Refusing to read archive contents from terminal (missing -f option?)"));
        }
        host::stdin()
    } else {
        host::open(name).map_err(|error| talk.fatal(&format!("{shown}: Cannot open: {}", reason(&error))))?
    };
    let stat = host::stat_fd(&file).unwrap_or_default();
    if stat.is(host::DIRECTORY) {
        talk.warn(&format!("{shown}: Cannot read: Is a directory"));
        return Err(talk.fatal("At beginning of tape, quitting now"));
    }
    let is_seekable = stat.is(REGULAR) && name != b"-";
    let mut opened = Opened {
        source: Box::new(io::empty()),
        outcome: Outcome::default(),
        filter: None,
        is_pipe: !is_seekable,
    };
    if let Packing::Program(command) = &job.packing {
        let mut words = words(command);
        words.push(b"-d".to_vec());
        let (filter, output) = Filter::read(&words, file).map_err(|error| {
            let name = String::from_utf8_lossy(&words[0]).into_owned();
            talk.warn(&format!("{name}: Cannot exec: {}", reason(&error)));
            Fatal
        })?;
        opened.source = Box::new(output);
        opened.filter = Some(filter);
        return Ok(opened);
    }
    let mut input = Input::new(file);
    let start = input
        .fill_to(512)
        .map_err(|error| talk.fatal(&format!("{shown}: Cannot read: {}", reason(&error))))?;
    // A header's checksum tells a tar archive whose first name looks like something else.
    let is_tar = start
        .first_chunk()
        .is_some_and(|block| !matches!(super::header::parse(block), super::header::Parsed::Invalid));
    let found = if is_tar { None } else { Format::of(start) };
    let format = match &job.packing {
        Packing::Codec(format) => Some(*format),
        _ => match found {
            Some(format) if !is_seekable => {
                return Err(talk.fatal(&format!("Archive is compressed. Use {} option", option(format))));
            }
            other => other,
        },
    };
    opened.source = match format {
        None => Box::new(input),
        Some(format) => Box::new(Decoder {
            source: format.reader(Box::new(input)),
            format,
            outcome: opened.outcome.clone(),
        }),
    };
    Ok(opened)
}

/// A command line in words.
fn words(command: &[u8]) -> Vec<Vec<u8>> {
    let words: Vec<Vec<u8>> =
        command.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).map(<[u8]>::to_vec).collect();
    if words.is_empty() { vec![Vec::new()] } else { words }
}

/// A new archive, with the device and the number of its file where it has one.
pub struct Created<'a> {
    pub sink: Sink<'a>,
    pub file: Option<(u64, u64)>,
    pub filter: Option<Filter>,
}

/// Makes the archive to be written.
pub fn create<'a>(job: &Job, talk: &mut Talk) -> Result<Created<'a>, Fatal> {
    let shown = super::listing::shown(&job.file);
    let (file, identity) = if job.file == b"-" {
        if host::is_terminal(io::stdout()) {
            return Err(talk.fatal("Refusing to write archive contents to terminal (missing -f option?)"));
        }
        let stdout = host::stdout();
        let stat = host::stat_fd(&stdout).ok().filter(|stat| stat.is(REGULAR));
        (stdout, stat.map(|stat| (stat.dev, stat.ino)))
    } else {
        let file = File::create(host::os(&job.file))
            .map_err(|error| talk.fatal(&format!("{shown}: Cannot open: {}", reason(&error))))?;
        let stat = host::stat_fd(&file).ok();
        (file, stat.map(|stat| (stat.dev, stat.ino)))
    };
    let mut filter = None;
    let sink = match &job.packing {
        Packing::Unknown => Sink::Plain(Box::new(file)),
        Packing::Codec(format) => {
            let level = level(*format);
            let buffered: Box<dyn Write> = Box::new(io::BufWriter::with_capacity(crate::codec::CHUNK, file));
            match format.writer(buffered, level) {
                Ok(Some(encoder)) => Sink::Packed(encoder),
                Ok(None) => {
                    talk.warn("compress: Cannot exec: No such file or directory");
                    return Err(Fatal);
                }
                Err(error) => return Err(talk.fatal(&format!("{shown}: Cannot write: {}", reason(&error)))),
            }
        }
        Packing::Program(command) => {
            let words = words(command);
            let (started, input) = Filter::write(&words, file).map_err(|error| {
                let name = String::from_utf8_lossy(&words[0]).into_owned();
                talk.warn(&format!("{name}: Cannot exec: {}", reason(&error)));
                Fatal
            })?;
            filter = Some(started);
            Sink::Plain(Box::new(input))
        }
    };
    Ok(Created { sink, file: identity, filter })
}

/// The level that a variable of the environment asks the compressor for.
fn level(format: Format) -> Option<u32> {
    let variable = match format {
        Format::Gzip => "GZIP",
        Format::Bzip2 => "BZIP2",
        Format::Xz => "XZ_OPT",
        Format::Zstd => return std::env::var("ZSTD_CLEVEL").ok()?.parse().ok(),
        Format::Lzma | Format::Compress => return None,
    };
    let text = std::env::var(variable).ok()?;
    let digits = text.split_whitespace().filter_map(|word| word.strip_prefix('-'));
    digits.filter_map(|word| word.trim_end_matches('e').parse().ok()).next_back().filter(|level| *level <= 9)
}
