//! A chunk: lines in memory, in order.

use std::fs::File;

use rustix::fs::SeekFrom;

use super::merge::Source;
use super::options::Options;
use super::order::Order;
use crate::input::{Input, errno_of, path};
use crate::output::Output;

/// A line of a chunk, without what ends it.
#[derive(Clone, Copy)]
struct Line {
    rank: u64,
    start: u32,
    end: u32,
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
        let mut lines = Vec::with_capacity(bytes.len() / 16);
        let mut start = 0;
        for end in memchr::memchr_iter(ending, &bytes) {
            // A chunk is smaller than what a number of 32 bits counts: see the bound of the buffer.
            lines.push(Line { rank: 0, start: start as u32, end: end as u32 });
            start = end + 1;
        }
        Self { bytes, lines, ending }
    }

    /// Lines in order; of those that are the same only the first, where that is asked for.
    pub fn sorted(bytes: Vec<u8>, order: &Order, ending: u8) -> Self {
        let mut chunk = Self::unsorted(bytes, ending);
        let bytes = &chunk.bytes;
        let text = |line: &Line| &bytes[line.start as usize..line.end as usize];
        for line in &mut chunk.lines {
            line.rank = order.rank(text(line));
        }
        let compare = |a: &Line, b: &Line| a.rank.cmp(&b.rank).then_with(|| order.compare(text(a), text(b)));
        if order.is_total() {
            chunk.lines.sort_unstable_by(compare);
        } else {
            chunk.lines.sort_by(compare);
        }
        if order.unique {
            chunk.lines.dedup_by(|b, a| compare(a, b).is_eq());
        }
        chunk
    }

    pub fn ending(&self) -> u8 {
        self.ending
    }

    pub fn line(&self, index: usize) -> Option<&[u8]> {
        self.lines.get(index).map(|line| &self.bytes[line.start as usize..line.end as usize])
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
