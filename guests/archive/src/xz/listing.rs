//! What `xz -l` prints: the indexes of .xz files, read from their ends.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use cli::stdio;

use super::options::Job;
use crate::codec::Fault;
use crate::host::{self, DIRECTORY, reason};

/// An index is no longer than this to be read into memory.
const INDEX_BYTES_MAX: u64 = 64 << 20;

/// A block: its place in the file and its sizes.
struct Block {
    packed_at: u64,
    plain_at: u64,
    packed: u64,
    plain: u64,
}

/// A stream, with the zeros behind it.
struct Stream {
    packed_at: u64,
    packed: u64,
    plain: u64,
    padding: u64,
    check: u8,
    blocks: Vec<Block>,
}

/// Sums over files.
#[derive(Default)]
struct Totals {
    files: u64,
    streams: u64,
    blocks: u64,
    packed: u64,
    plain: u64,
    padding: u64,
    checks: u16,
}

/// Lists all files; answers the status.
pub fn run(job: &Job) -> i32 {
    let mut totals = Totals::default();
    let mut status = 0;
    let mut out = String::new();
    let stdin = [b"-".to_vec()];
    let files = if job.files.is_empty() { stdin.as_slice() } else { &job.files };
    for (index, path) in files.iter().enumerate() {
        let shown = String::from_utf8_lossy(path).into_owned();
        let read = if path == b"-" {
            Err("--list does not support reading from standard input".to_owned())
        } else {
            read(path).map_err(|what| format!("{shown}: {what}"))
        };
        match read {
            Err(what) => {
                stdio::complain(&job.program, &what);
                status = 1;
            }
            Ok(streams) => {
                let mut sums = Totals { files: 1, ..Totals::default() };
                for stream in &streams {
                    sums.add(stream);
                }
                match (job.robot, job.verbose) {
                    (true, _) => robot(&mut out, &shown, &streams, &sums, job.verbose),
                    (false, true) => verbose(&mut out, &shown, &streams, &sums, (index + 1, files.len())),
                    (false, false) => brief(&mut out, &shown, &sums, totals.files == 0),
                }
                totals.merge(&sums);
            }
        }
    }
    finish(&mut out, job, &totals);
    match stdio::print(out.as_bytes()) {
        Ok(()) => status,
        Err(_) => 1,
    }
}

fn finish(out: &mut String, job: &Job, totals: &Totals) {
    let checks = totals.checks_text();
    if job.robot {
        *out += &format!(
            "totals\t{}\t{}\t{}\t{}\t{}\t{checks}\t{}\t{}\n",
            totals.streams,
            totals.blocks,
            totals.packed,
            totals.plain,
            totals.ratio(),
            totals.padding,
            totals.files
        );
    } else if totals.files > 1 && job.verbose {
        *out += &format!("Totals:\n  Number of files:   {}\n{}", totals.files, totals.lines());
    } else if totals.files > 1 {
        *out += &"-".repeat(79);
        *out += "\n";
        *out += &totals.row();
        *out += &format!("{} files\n", totals.files);
    }
}

fn brief(out: &mut String, shown: &str, sums: &Totals, is_first: bool) {
    if is_first {
        *out += "Strms  Blocks   Compressed Uncompressed  Ratio  Check   Filename\n";
    }
    *out += &sums.row();
    *out += shown;
    *out += "\n";
}

fn robot(out: &mut String, shown: &str, streams: &[Stream], sums: &Totals, verbose: bool) {
    *out += &format!("name\t{shown}\n");
    *out += &format!(
        "file\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
        sums.streams,
        sums.blocks,
        sums.packed,
        sums.plain,
        sums.ratio(),
        sums.checks_text(),
        sums.padding
    );
    if !verbose {
        return;
    }
    let mut plain_at = 0;
    for (number, stream) in (1..).zip(streams) {
        let (ratio, check) = (ratio(stream.packed, stream.plain), check_name(stream.check));
        *out += &format!(
            "stream\t{number}\t{}\t{}\t{plain_at}\t{}\t{}\t{ratio}\t{check}\t{}\n",
            stream.blocks.len(),
            stream.packed_at,
            stream.packed,
            stream.plain,
            stream.padding
        );
        plain_at += stream.plain;
    }
    let mut overall = 0;
    for (number, stream) in (1..).zip(streams) {
        for (in_stream, block) in (1..).zip(&stream.blocks) {
            overall += 1;
            *out += &format!(
                "block\t{number}\t{in_stream}\t{overall}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                block.packed_at,
                block.plain_at,
                block.packed,
                block.plain,
                ratio(block.packed, block.plain),
                check_name(stream.check)
            );
        }
    }
}

fn verbose(out: &mut String, shown: &str, streams: &[Stream], sums: &Totals, (index, count): (usize, usize)) {
    *out += &format!("{shown} ({index}/{count})\n");
    *out += &sums.lines();
    *out += "  Streams:\n    Stream    Blocks      CompOffset    UncompOffset        CompSize      UncompSize  Ratio  \
             Check      Padding\n";
    let mut plain_at = 0;
    for (number, stream) in (1..).zip(streams) {
        *out += &format!(
            "    {number:6} {:9} {:15} {plain_at:15} {:15} {:15}  {}  {:<10} {:7}\n",
            stream.blocks.len(),
            stream.packed_at,
            stream.packed,
            stream.plain,
            ratio(stream.packed, stream.plain),
            check_name(stream.check),
            stream.padding
        );
        plain_at += stream.plain;
    }
    if streams.iter().all(|stream| stream.blocks.is_empty()) {
        return;
    }
    *out += "  Blocks:\n    Stream     Block      CompOffset    UncompOffset       TotalSize      UncompSize  Ratio  Check\n";
    for (number, stream) in (1..).zip(streams) {
        for (in_stream, block) in (1..).zip(&stream.blocks) {
            *out += &format!(
                "    {number:6} {in_stream:9} {:15} {:15} {:15} {:15}  {}  {}\n",
                block.packed_at,
                block.plain_at,
                block.packed,
                block.plain,
                ratio(block.packed, block.plain),
                check_name(stream.check)
            );
        }
    }
}

impl Totals {
    fn add(&mut self, stream: &Stream) {
        self.streams += 1;
        self.blocks += stream.blocks.len() as u64;
        self.packed += stream.packed + stream.padding;
        self.plain += stream.plain;
        self.padding += stream.padding;
        self.checks |= 1 << stream.check;
    }

    fn merge(&mut self, other: &Totals) {
        self.files += other.files;
        self.streams += other.streams;
        self.blocks += other.blocks;
        self.packed += other.packed;
        self.plain += other.plain;
        self.padding += other.padding;
        self.checks |= other.checks;
    }

    fn ratio(&self) -> String {
        ratio(self.packed, self.plain)
    }

    fn checks_text(&self) -> String {
        let names: Vec<&str> =
            (0..16).filter(|check| self.checks & (1 << check) != 0).map(check_name).collect();
        names.join(",")
    }

    /// A line of the brief listing, up to the name.
    fn row(&self) -> String {
        format!(
            "{:5} {:7}  {:>11}  {:>11}  {}  {:<7} ",
            self.streams,
            self.blocks,
            size(self.packed),
            size(self.plain),
            self.ratio(),
            self.checks_text()
        )
    }

    fn lines(&self) -> String {
        format!(
            "  Streams:           {}\n  Blocks:            {}\n  Compressed size:   {}\n  Uncompressed size: {}\n  \
             Ratio:             {}\n  Check:             {}\n  Stream Padding:    {}\n",
            self.streams,
            self.blocks,
            size_exact(self.packed),
            size_exact(self.plain),
            self.ratio(),
            self.checks_text(),
            size_exact(self.padding)
        )
    }
}

fn check_name(check: u8) -> &'static str {
    const NAMES: [&str; 16] = [
        "None",
        "CRC32",
        "Unknown-2",
        "Unknown-3",
        "CRC64",
        "Unknown-5",
        "Unknown-6",
        "Unknown-7",
        "Unknown-8",
        "Unknown-9",
        "SHA-256",
        "Unknown-11",
        "Unknown-12",
        "Unknown-13",
        "Unknown-14",
        "Unknown-15",
    ];
    NAMES[usize::from(check & 15)]
}

#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
fn ratio(packed: u64, plain: u64) -> String {
    if plain == 0 {
        return "  ---".to_owned();
    }
    let ratio = packed as f64 / plain as f64;
    if ratio > 9.999 { "  ---".to_owned() } else { format!("{ratio:.3}") }
}

#[expect(clippy::cast_precision_loss, reason = "one digit is shown")]
fn size(bytes: u64) -> String {
    if bytes < 10_000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = "";
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        value /= 1024.0;
        unit = next;
        if value <= 9999.9 {
            break;
        }
    }
    format!("{value:.1} {unit}")
}

fn size_exact(bytes: u64) -> String {
    if bytes < 10_000 { size(bytes) } else { format!("{} ({bytes} B)", size(bytes)) }
}

/// What `-v` says of a file that was compressed or decompressed.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub fn progress(packed: u64, plain: u64) -> String {
    let ratio = packed as f64 / plain as f64;
    let shown = if ratio > 9.999 || plain == 0 { " > 9.999".to_owned() } else { format!(" = {ratio:.3}") };
    format!("{} / {}{shown}", size(packed), size(plain))
}

/// Reads the streams of a file; the error is what to complain about.
fn read(path: &[u8]) -> Result<Vec<Stream>, String> {
    let words = |error: std::io::Error| match Fault::of(&error) {
        Some(fault) => fault.to_string(),
        None => reason(&error),
    };
    let mut file = host::open(path).map_err(words)?;
    let stat = host::stat_fd(&file).map_err(words)?;
    if stat.is(DIRECTORY) {
        return Err("Is a directory, skipping".to_owned());
    }
    if stat.size == 0 {
        return Err("File is empty".to_owned());
    }
    if stat.size < 24 {
        return Err("Too small to be a valid .xz file".to_owned());
    }
    streams(&mut file, stat.size).map_err(words)
}

fn bytes_at(file: &mut File, at: u64, count: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(count).map_err(|_| Fault::TooMuchMemory)?];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn corrupt() -> std::io::Error {
    Fault::Corrupt(crate::codec::Part::Data).into()
}

fn streams(file: &mut File, size: u64) -> std::io::Result<Vec<Stream>> {
    if bytes_at(file, 0, 6)? != b"\xfd7zXZ\0" {
        return Err(Fault::NotInFormat.into());
    }
    let mut streams = Vec::new();
    let mut end = size;
    while end > 0 {
        let mut padding = 0;
        while end >= 4 && bytes_at(file, end - 4, 4)? == [0; 4] {
            end -= 4;
            padding += 4;
        }
        if end < 32 {
            return Err(corrupt());
        }
        let stream = stream(file, end, padding)?;
        end = stream.packed_at;
        streams.push(stream);
    }
    streams.reverse();
    let mut plain_at = 0;
    for stream in &mut streams {
        for block in &mut stream.blocks {
            block.plain_at = plain_at;
            plain_at += block.plain;
        }
    }
    Ok(streams)
}

/// The stream that ends at `end`, read backwards from there.
fn stream(file: &mut File, end: u64, padding: u64) -> std::io::Result<Stream> {
    let footer = bytes_at(file, end - 12, 12)?;
    let [_, _, _, _, b0, b1, b2, b3, 0, check, b'Y', b'Z'] = *footer.as_slice() else {
        return Err(corrupt());
    };
    let index_bytes = (u64::from(u32::from_le_bytes([b0, b1, b2, b3])) + 1) * 4;
    if index_bytes > INDEX_BYTES_MAX || index_bytes + 24 > end {
        return Err(corrupt());
    }
    let index_at = end - 12 - index_bytes;
    let index = bytes_at(file, index_at, index_bytes)?;
    let mut rest = index.strip_prefix(&[0]).ok_or_else(corrupt)?;
    let count = number(&mut rest)?;
    let mut sizes = Vec::new();
    for _ in 0..count {
        let unpadded = number(&mut rest)?;
        let plain = number(&mut rest)?;
        sizes.push((unpadded.checked_next_multiple_of(4).ok_or_else(corrupt)?, plain));
    }
    let packed: u64 = sizes
        .iter()
        .try_fold(0_u64, |sum, (packed, _)| sum.checked_add(*packed))
        .filter(|packed| packed.saturating_add(12) <= index_at)
        .ok_or_else(corrupt)?;
    let plain =
        sizes.iter().try_fold(0_u64, |sum, (_, plain)| sum.checked_add(*plain)).ok_or_else(corrupt)?;
    let packed_at = index_at - packed - 12;
    if bytes_at(file, packed_at, 6)? != b"\xfd7zXZ\0" {
        return Err(corrupt());
    }
    let mut at = packed_at + 12;
    let blocks = sizes
        .into_iter()
        .map(|(packed, plain)| {
            let block = Block { packed_at: at, plain_at: 0, packed, plain };
            at += packed;
            block
        })
        .collect();
    Ok(Stream { packed_at, packed: end - packed_at, plain, padding, check: check & 15, blocks })
}

/// A number of an index: seven bits a byte, the low ones first.
fn number(rest: &mut &[u8]) -> std::io::Result<u64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (byte, tail) = rest.split_first().ok_or_else(corrupt)?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(corrupt())
}
