//! dd: copies of blocks, with conversions.
//!
//! It owns the copying and its statistics; [`operands`] reads `if=` and its kin, [`convert`] changes bytes.

mod convert;
mod operands;

use std::os::fd::OwnedFd;
use std::time::Instant;

use cli::getopt::Syntax;
use cli::stdio;
use cli::wording::{quoted_name, reason};
use rustix::fs::{OFlags, SeekFrom};
use rustix::io::Errno;

use crate::arguments::{self, About, NO};
use crate::system;
use convert::Converter;
use operands::{Conversion, Flag, Job, Status};

static ABOUT: About = About {
    syntax: &Syntax { short: &[], long: &[("help", NO, "help"), ("version", NO, "version")] },
    help: "\
Usage: {} [OPERAND]...
Copies a file by blocks and converts it.

  if=FILE, of=FILE   read and write these in place of standard input and output
  bs=N, ibs=N, obs=N read and write so many bytes at once; 512 without these
  count=N            only so many blocks of input
  skip=N, iseek=N    without so many blocks of input first
  seek=N, oseek=N    behind so many blocks of output
  cbs=N              so many bytes a record of block and unblock
  conv=LIST          ascii ebcdic ibm block unblock lcase ucase sparse swab sync excl nocreat notrunc noerror
                     fdatasync fsync
  iflag=LIST, oflag=LIST  append count_bytes skip_bytes seek_bytes fullblock directory nofollow, and direct dsync
                     sync nonblock noatime nocache noctty, which make no difference
  status=LEVEL       none, noxfer or progress
      --help, --version  this text, the version

N may end with c (1), w (2), b (512), kB (1000), K (1024), MB, M, GB, G and so on, be a product with x, and count bytes
with B.
",
    trouble: 1,
    operands_end_options: false,
};

/// Runs dd: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let arguments = match arguments::read(program, &ABOUT, arguments) {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let job = match operands::parse(program, &arguments.operands) {
        Ok(job) => job,
        Err(operands::Fault::Misuse(what)) => return arguments::misuse(program, &what, 1),
        Err(operands::Fault::Trouble(what)) => {
            stdio::complain(program, &what);
            return 1;
        }
    };
    let started = Instant::now();
    match Dd::open(program, job) {
        Ok(mut dd) => {
            dd.started = started;
            dd.copy()
        }
        Err(what) => {
            stdio::complain(program, &what);
            1
        }
    }
}

/// How many blocks went through whole and in part.
#[derive(Default)]
struct Count {
    whole: u64,
    part: u64,
}

/// One run.
struct Dd<'a> {
    program: &'a str,
    job: Job,
    input: Option<OwnedFd>,
    output: Option<OwnedFd>,
    read: Count,
    written: Count,
    bytes: u64,
    truncated: u64,
    /// What is to be written once there is a whole block of it.
    pending: Vec<u8>,
    /// Whether the last thing in the output is a hole.
    ends_with_hole: bool,
    started: Instant,
    told: Instant,
    status: i32,
}

impl<'a> Dd<'a> {
    fn open(program: &'a str, job: Job) -> Result<Dd<'a>, String> {
        let input =
            match &job.input {
                None => None,
                Some(path) => {
                    let flags = OFlags::RDONLY | flags_of(&job.input_flags);
                    let opened = system::open(path, flags, 0);
                    Some(opened.map_err(|errno| {
                        format!("failed to open {}: {}", quoted_name(path), reason(errno))
                    })?)
                }
            };
        let output = match &job.output {
            None => None,
            Some(path) => Some(open_output(&job, path)?),
        };
        let now = Instant::now();
        let mut dd = Dd {
            program,
            input,
            output,
            read: Count::default(),
            written: Count::default(),
            bytes: 0,
            truncated: 0,
            pending: Vec::new(),
            ends_with_hole: false,
            started: now,
            told: now,
            status: 0,
            job,
        };
        dd.skip()?;
        dd.seek()?;
        Ok(dd)
    }

    fn input_name(&self) -> String {
        self.job.input.as_deref().map_or_else(|| "'standard input'".to_owned(), quoted_name)
    }

    /// The name in quotes only where it needs them.
    fn bare_input_name(&self) -> String {
        self.job.input.as_deref().map_or_else(|| "'standard input'".to_owned(), cli::wording::name)
    }

    fn output_name(&self) -> String {
        self.job.output.as_deref().map_or_else(|| "'standard output'".to_owned(), quoted_name)
    }

    fn read_some(&self, block: &mut [u8]) -> Result<usize, Errno> {
        match &self.input {
            Some(file) => system::read(file, block),
            None => system::read(rustix::stdio::stdin(), block),
        }
    }

    fn write_all(&self, bytes: &[u8]) -> Result<(), Errno> {
        match &self.output {
            Some(file) => system::write_all(file, bytes),
            None => system::write_all(rustix::stdio::stdout(), bytes),
        }
    }

    fn seek_input(&self, to: SeekFrom) -> Result<u64, Errno> {
        match &self.input {
            Some(file) => rustix::fs::seek(file, to),
            None => rustix::fs::seek(rustix::stdio::stdin(), to),
        }
    }

    fn seek_output(&self, to: SeekFrom) -> Result<u64, Errno> {
        match &self.output {
            Some(file) => rustix::fs::seek(file, to),
            None => rustix::fs::seek(rustix::stdio::stdout(), to),
        }
    }

    /// Leaves out the first part of the input.
    fn skip(&mut self) -> Result<(), String> {
        let amount = self.job.skip_bytes();
        if amount == 0 {
            return Ok(());
        }
        let stat = match &self.input {
            Some(file) => system::stat_fd(file),
            None => system::stat_fd(rustix::stdio::stdin()),
        };
        if let Ok(stat) = stat
            && stat.is_regular()
        {
            let offset = i64::try_from(amount).unwrap_or(i64::MAX);
            let here = self.seek_input(SeekFrom::Current(0)).unwrap_or(0);
            if here.saturating_add(amount) > stat.size {
                let _ = self.seek_input(SeekFrom::End(0));
                self.warn(&format!("{}: cannot skip to specified offset", self.bare_input_name()));
                return Ok(());
            }
            if self.seek_input(SeekFrom::Current(offset)).is_ok() {
                return Ok(());
            }
        }
        let mut block = vec![0; self.job.input_block];
        let mut left = amount;
        while left > 0 {
            let most = block.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let part = block.get_mut(..most).unwrap_or_default();
            match self.read_some(part) {
                Ok(0) => {
                    self.warn(&format!("{}: cannot skip to specified offset", self.bare_input_name()));
                    break;
                }
                Ok(length) => left -= length as u64,
                Err(errno) => return Err(format!("error reading {}: {}", self.input_name(), reason(errno))),
            }
        }
        Ok(())
    }

    /// Moves on in the output, and cuts it there.
    fn seek(&mut self) -> Result<(), String> {
        let amount = self.job.seek_bytes();
        if amount == 0 {
            return Ok(());
        }
        let offset = i64::try_from(amount);
        let moved = match offset {
            Ok(offset) => self.seek_output(SeekFrom::Current(offset)),
            Err(_) => Err(Errno::INVAL),
        };
        match moved {
            Ok(_) => Ok(()),
            Err(errno) => Err(format!("{}: cannot seek: {}", self.output_name(), reason(errno))),
        }
    }

    fn warn(&self, what: &str) {
        stdio::complain(self.program, what);
    }

    fn fail(&mut self, what: &str) {
        self.status = 1;
        self.warn(what);
    }

    /// Copies everything; answers the exit status.
    fn copy(&mut self) -> i32 {
        let mut converter = Converter::new(&self.job);
        let mut block = vec![0; self.job.input_block];
        let mut left = self.job.count_limit();
        while left.is_more() {
            let wanted = left.next_bytes(block.len());
            let Some(part) = block.get_mut(..wanted) else { break };
            let length = match fill(|part| self.read_some(part), part, self.job.fills_blocks()) {
                Ok(0) => break,
                Ok(length) => length,
                Err(errno) => {
                    let what = format!("error reading {}: {}", self.input_name(), reason(errno));
                    self.fail(&what);
                    if !self.job.has(Conversion::NoError) {
                        break;
                    }
                    self.tell();
                    // The block is lost; what is behind it may be there.
                    let offset = i64::try_from(block.len()).unwrap_or(i64::MAX);
                    let moved = self.seek_input(SeekFrom::Current(offset));
                    left.took(0);
                    if moved.is_err() || !self.job.has(Conversion::Sync) {
                        if moved.is_err() {
                            break;
                        }
                        continue;
                    }
                    0
                }
            };
            left.took(length);
            if length == block.len() {
                self.read.whole += 1;
            } else {
                self.read.part += 1;
            }
            let mut length = length;
            if length < block.len() && self.job.has(Conversion::Sync) {
                let pad = if self.job.is_by_records() { b' ' } else { 0 };
                block.get_mut(length..).unwrap_or_default().fill(pad);
                length = block.len();
            }
            let whole = block.get(..length).unwrap_or_default();
            let done = if self.job.copies_blocks() {
                self.write_block(whole)
            } else {
                converter.take(whole, &mut self.pending);
                self.write_pending()
            };
            if done.is_err() {
                return self.finish();
            }
            self.progress();
        }
        if !self.job.copies_blocks() {
            converter.end(&mut self.pending);
            self.truncated = converter.truncated();
            let rest = std::mem::take(&mut self.pending);
            let whole = rest.len() / self.job.output_block * self.job.output_block;
            for chunk in rest.get(..whole).unwrap_or_default().chunks(self.job.output_block) {
                if self.write_block(chunk).is_err() {
                    return self.finish();
                }
            }
            if whole < rest.len() {
                let _ = self.write_block(rest.get(whole..).unwrap_or_default());
            }
        }
        self.finish()
    }

    fn write_pending(&mut self) -> Result<(), ()> {
        let size = self.job.output_block;
        let pending = std::mem::take(&mut self.pending);
        let whole = pending.len() / size * size;
        for chunk in pending.get(..whole).unwrap_or_default().chunks(size) {
            self.write_block(chunk)?;
        }
        self.pending = pending.get(whole..).unwrap_or_default().to_vec();
        Ok(())
    }

    /// Writes one block of output.
    fn write_block(&mut self, block: &[u8]) -> Result<(), ()> {
        if self.job.has(Conversion::Sparse) && block.iter().all(|byte| *byte == 0) {
            let offset = i64::try_from(block.len()).unwrap_or(i64::MAX);
            self.ends_with_hole = self.seek_output(SeekFrom::Current(offset)).is_ok();
        } else {
            self.ends_with_hole = false;
        }
        if !self.ends_with_hole
            && let Err(errno) = self.write_all(block)
        {
            let what = format!("error writing {}: {}", self.output_name(), reason(errno));
            self.fail(&what);
            return Err(());
        }
        self.bytes += block.len() as u64;
        if block.len() == self.job.output_block {
            self.written.whole += 1;
        } else {
            self.written.part += 1;
        }
        Ok(())
    }

    fn finish(&mut self) -> i32 {
        if self.ends_with_hole
            && let (Ok(end), Some(output)) = (self.seek_output(SeekFrom::Current(0)), &self.output)
            && system::stat_fd(output).is_ok_and(|stat| stat.size < end)
            && let Err(errno) = rustix::fs::ftruncate(output, end)
        {
            let what = format!(
                "failed to truncate to {end} bytes in output file {}: {}",
                self.output_name(),
                reason(errno)
            );
            self.fail(&what);
        }
        if (self.job.has(Conversion::Fsync) || self.job.has(Conversion::Fdatasync)) && self.status == 0 {
            let synced = match &self.output {
                Some(file) => rustix::fs::fsync(file),
                None => rustix::fs::fsync(rustix::stdio::stdout()),
            };
            if let Err(errno) = synced {
                let what = if self.job.has(Conversion::Fsync) { "fsync" } else { "fdatasync" };
                let what = format!("{what} failed for {}: {}", self.output_name(), reason(errno));
                self.fail(&what);
            }
        }
        if self.job.status == Status::Progress && self.told > self.started {
            stdio::note("");
        }
        self.tell();
        self.status
    }

    /// Says how much is done, once a second where that is wanted.
    fn progress(&mut self) {
        if self.job.status == Status::Progress && self.told.elapsed().as_secs() >= 1 {
            self.told = Instant::now();
            let line = format!("\r{}", self.transferred(true));
            let _ = system::write_all(rustix::stdio::stderr(), line.as_bytes());
        }
    }

    /// The statistics.
    fn tell(&self) {
        if self.job.status == Status::None {
            return;
        }
        let Count { whole, part } = self.read;
        let mut text =
            format!("{whole}+{part} records in\n{}+{} records out", self.written.whole, self.written.part);
        if self.truncated > 0 {
            let plural = if self.truncated == 1 { "" } else { "s" };
            text.push_str(&format!("\n{} truncated record{plural}", self.truncated));
        }
        stdio::note(&text);
        if self.job.status != Status::NoTransfer {
            stdio::note(&self.transferred(false));
        }
    }

    fn transferred(&self, in_progress: bool) -> String {
        let bytes = self.bytes;
        let seconds = self.started.elapsed().as_secs_f64();
        let plural = if bytes == 1 { "" } else { "s" };
        let (decimal, binary) = (spaced(bytes, 1000), spaced(bytes, 1024));
        let mut text = format!("{bytes} byte{plural}");
        if bytes >= 1000 {
            text.push_str(&format!(" ({decimal}B"));
            if bytes >= 1024 {
                text.push_str(&format!(", {binary}iB"));
            }
            text.push(')');
        }
        let time = if in_progress { format!("{seconds:.0}") } else { significant(seconds) };
        let speed = if seconds > 0.0 {
            // The speed of what took no time is as large as a number can be.
            let speed = (bytes as f64 / seconds).min(1e18) as u64;
            format!("{}B/s", spaced(speed, 1000))
        } else {
            "Infinity B/s".to_owned()
        };
        text.push_str(&format!(" copied, {time} s, {speed}"));
        text
    }
}

/// Reads once, or until the block is full.
fn fill(
    mut read: impl FnMut(&mut [u8]) -> Result<usize, Errno>,
    block: &mut [u8],
    until_full: bool,
) -> Result<usize, Errno> {
    let mut used = 0;
    loop {
        let length = read(block.get_mut(used..).unwrap_or_default())?;
        used += length;
        if !until_full || length == 0 || used == block.len() {
            return Ok(used);
        }
    }
}

fn open_output(job: &Job, path: &[u8]) -> Result<OwnedFd, String> {
    let mut flags = OFlags::WRONLY | flags_of(&job.output_flags);
    if !job.has(Conversion::NoCreate) {
        flags |= OFlags::CREATE;
    }
    if job.has(Conversion::Excl) {
        flags |= OFlags::EXCL;
    }
    let seek = job.seek_bytes();
    if seek == 0 && !job.has(Conversion::NoTruncate) {
        flags |= OFlags::TRUNC;
    }
    let name = quoted_name(path);
    let file = system::open(path, flags, 0o666)
        .map_err(|errno| format!("failed to open {name}: {}", reason(errno)))?;
    // What cannot be cut need not be, unless it is a file.
    if seek != 0
        && !job.has(Conversion::NoTruncate)
        && let Err(errno) = rustix::fs::ftruncate(&file, seek)
        && system::stat_fd(&file).is_ok_and(|stat| stat.is_regular())
    {
        return Err(format!("failed to truncate to {seek} bytes in output file {name}: {}", reason(errno)));
    }
    Ok(file)
}

fn flags_of(flags: &[Flag]) -> OFlags {
    flags.iter().fold(OFlags::empty(), |all, flag| {
        all | match flag {
            Flag::Append => OFlags::APPEND,
            Flag::Directory => OFlags::DIRECTORY,
            Flag::NoFollow => OFlags::NOFOLLOW,
            Flag::NonBlock => OFlags::NONBLOCK,
            Flag::FullBlock | Flag::CountBytes | Flag::SkipBytes | Flag::SeekBytes | Flag::Indifferent => {
                OFlags::empty()
            }
        }
    })
}

/// A size with a blank in front of its letter: `1.5 k`, `512 `. Rounded to the nearest.
fn spaced(bytes: u64, base: u64) -> String {
    let letters = if base == 1000 { b" kMGTPEZY" } else { b" KMGTPEZY" };
    let (mut power, mut unit) = (0, 1_u128);
    let bytes = u128::from(bytes);
    while bytes >= unit * u128::from(base) && power + 1 < letters.len() {
        power += 1;
        unit *= u128::from(base);
    }
    let rounded = |unit: u128, scale: u128| {
        // To the nearest, and of two that are as near to the even one.
        let (quotient, rest) = (bytes * scale / unit, bytes * scale % unit);
        quotient + u128::from(rest * 2 > unit || (rest * 2 == unit && quotient % 2 == 1))
    };
    if power == 0 {
        return format!("{bytes} ");
    }
    let letter = char::from(letters[power]);
    let tenths = rounded(unit, 10);
    if tenths < 100 {
        return format!("{}.{} {letter}", tenths / 10, tenths % 10);
    }
    let whole = rounded(unit, 1);
    if whole >= u128::from(base) && power + 1 < letters.len() {
        return format!("1.0 {}", char::from(letters[power + 1]));
    }
    format!("{whole} {letter}")
}

/// A number with six significant digits, as `%g` has it.
fn significant(number: f64) -> String {
    if number <= 0.0 {
        return "0".to_owned();
    }
    let exponent = number.log10().floor() as i32;
    if exponent < -4 {
        let text = format!("{number:.5e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let places = usize::try_from(5 - exponent).unwrap_or(0);
    let text = format!("{number:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_worded_as_dd_does() {
        for (bytes, decimal, binary) in [
            (512, "512 ", "512 "),
            (1000, "1.0 k", "1000 "),
            (1024, "1.0 k", "1.0 K"),
            (10_240, "10 k", "10 K"),
            (1_048_576, "1.0 M", "1.0 M"),
            (1_536_000, "1.5 M", "1.5 M"),
            (999_999, "1.0 M", "977 K"),
        ] {
            assert_eq!(
                (spaced(bytes, 1000), spaced(bytes, 1024)),
                (decimal.to_owned(), binary.to_owned()),
                "{bytes}"
            );
        }
    }

    #[test]
    fn seconds_have_six_digits() {
        for (seconds, wanted) in [
            (0.000_123_456_7, "0.000123457"),
            (0.000_012_345_67, "1.23457e-05"),
            (1.5, "1.5"),
            (123.456_789, "123.457"),
        ] {
            assert_eq!(significant(seconds), wanted);
        }
    }
}
