//! A chunk: lines in memory, in order.

use std::fs::File;

use rustix::fs::SeekFrom;

use super::merge::Source;
use super::options::Options;
use super::order::Order;
use super::radix;
use crate::input::{Input, errno_of, path};
use crate::output::Output;

/// How much of a chunk tells how long its lines are.
const SAMPLE_BYTES: usize = 64 * 1024;

/// A line of a chunk, without what ends it.
#[derive(Clone, Copy)]
pub struct Line {
    /// A number that is in the order of the lines, though several may share one.
    pub rank: u64,
    pub start: u32,
    pub end: u32,
}

impl Line {
    /// It in the bytes of its chunk.
    #[inline(always)]
    pub fn text<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// How many bytes it has.
    pub fn length(&self) -> usize {
        (self.end - self.start) as usize
    }
}

/// Lines and their order.
pub struct Chunk {
    bytes: Vec<u8>,
    lines: Vec<Line>,
    ending: u8,
}

impl Chunk {
    /// Lines in the order in which they are.
    pub fn unsorted(mut bytes: Vec<u8>, ending: u8) -> Self {
        if bytes.last().is_some_and(|last| *last != ending) {
            bytes.push(ending);
        }
        // As long as those at the start, more or less.
        let sample = bytes.get(..bytes.len().min(SAMPLE_BYTES)).unwrap_or_default();
        let guess = bytes.len() / sample.len().max(1) * (swar::count(ending, sample) + 1);
        let mut lines = Vec::with_capacity(guess / 8 * 9);
        let mut start = 0;
        // A chunk is smaller than what a number of 32 bits counts: see the bound of the buffer.
        swar::each_position(ending, &bytes, |end| {
            lines.push(Line { rank: 0, start: start as u32, end: end as u32 });
            start = end + 1;
        });
        Self { bytes, lines, ending }
    }

    /// Lines in order; of those that are the same only the first, where that is asked for.
    pub fn sorted(bytes: Vec<u8>, order: &Order, ending: u8) -> Self {
        let mut chunk = Self::unsorted(bytes, ending);
        if let Some(reverse) = order.of_whole_lines() {
            chunk.sort_texts();
            if reverse {
                chunk.lines.reverse();
            }
            if order.unique {
                let bytes = &chunk.bytes;
                chunk.lines.dedup_by(|b, a| swar::equal(a.text(bytes), b.text(bytes)));
            }
            return chunk;
        }
        let bytes = &chunk.bytes;
        for line in &mut chunk.lines {
            line.rank = order.rank(line.text(bytes));
        }
        radix::by_rank(&mut chunk.lines, &mut Vec::new());
        let compare = |a: &Line, b: &Line| order.compare(a.text(bytes), b.text(bytes));
        for run in chunk.lines.chunk_by_mut(|a, b| a.rank == b.rank) {
            if order.is_total() {
                run.sort_unstable_by(compare);
            } else {
                run.sort_by(compare);
            }
        }
        if order.unique {
            chunk.lines.dedup_by(|b, a| a.rank == b.rank && compare(a, b).is_eq());
        }
        chunk
    }

    /// Puts the lines in the order of their bytes.
    pub fn sort_texts(&mut self) {
        radix::texts(&self.bytes, &mut self.lines);
    }

    pub fn ending(&self) -> u8 {
        self.ending
    }

    pub fn line(&self, index: usize) -> Option<&[u8]> {
        self.lines.get(index).map(|line| line.text(&self.bytes))
    }

    /// Writes all of it.
    pub fn write(&self, output: &mut Output) {
        for line in &self.lines {
            // What ends a line stands behind it.
            output.write(&self.bytes[line.start as usize..=line.end as usize]);
        }
    }

    /// Puts it into a file that has no name any more, to be read when the others are there.
    pub fn spilled(&self, options: &Options) -> Result<Source, String> {
        let folder = options.folder.clone().or_else(|| {
            use crate::os::OsStringExt;
            std::env::var_os("TMPDIR").filter(|folder| !folder.is_empty()).map(std::ffi::OsString::into_vec)
        });
        let folder = folder.unwrap_or_else(|| b"/tmp".to_vec());
        let failed = |error: &std::io::Error| {
            let shown = cli::wording::quoted_name(&folder);
            let why = cli::wording::reason(errno_of(error));
            format!("cannot create temporary file in {shown}: {why}")
        };
        let (file, name) = create(&folder).map_err(|error| failed(&error))?;
        let mut output = Output::to_file("sort", "write failed", file).failing_with(super::FAILED);
        self.write(&mut output);
        let file = output.into_file().ok_or_else(|| failed(&std::io::ErrorKind::NotFound.into()))?;
        rustix::fs::seek(&file, SeekFrom::Start(0)).map_err(|errno| failed(&errno.into()))?;
        std::fs::remove_file(path(&name)).map_err(|error| failed(&error))?;
        Ok(Source::file(name, Input::from_file(file), self.ending))
    }
}

/// A file of a name that nobody has.
fn create(folder: &[u8]) -> std::io::Result<(File, Vec<u8>)> {
    use std::hash::{BuildHasher, RandomState};
    loop {
        let number = RandomState::new().hash_one(0) & 0xffff_ffff;
        let name = [folder, format!("/sort{number:08x}").as_bytes()].concat();
        let created = File::options().read(true).write(true).create_new(true).open(path(&name));
        match created {
            Ok(file) => return Ok((file, name)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}
