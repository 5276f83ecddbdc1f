//! What `zstd -l` prints: the headers of the frames of a file.

use std::io::{self, Read};

use cli::stdio;

use super::human_wide;
use super::options::Job;
use crate::codec::{CHUNK, Fault, Input};
use crate::host::{self, DIRECTORY};

/// Sums over frames, and over files.
#[derive(Default)]
struct Totals {
    files: u64,
    frames: u64,
    skips: u64,
    packed: u64,
    plain: u64,
    /// A frame does not tell its size.
    unknown: bool,
    has_check: bool,
}

impl Totals {
    fn row(&self, name: &str) -> String {
        let check = if self.has_check { "XXH64" } else { "None" };
        let packed = human_wide(self.packed);
        if self.unknown {
            return format!(
                "{:6}  {:5}  {packed:>11} {:26} {check:>5}  {name}\n",
                self.frames, self.skips, ""
            );
        }
        #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
        let ratio = if self.packed == 0 { 0.0 } else { self.plain as f64 / self.packed as f64 };
        format!(
            "{:6}  {:5}  {packed:>10}  {:>12}  {ratio:.3}  {check:>5}  {name}\n",
            self.frames,
            self.skips,
            human_wide(self.plain)
        )
    }
}

/// Lists all files; answers the status.
pub fn run(job: &Job) -> i32 {
    if job.files.is_empty() {
        stdio::note("No files given ");
        return 1;
    }
    let mut out = "Frames  Skips  Compressed  Uncompressed  Ratio  Check  Filename\n".to_owned();
    let (mut all, mut failed) = (Totals { has_check: true, ..Totals::default() }, false);
    for path in &job.files {
        let shown = String::from_utf8_lossy(path).into_owned();
        match file(path, &shown) {
            Ok(sums) => {
                out += &sums.row(&shown);
                all.files += 1;
                all.frames += sums.frames;
                all.skips += sums.skips;
                all.packed += sums.packed;
                all.plain += sums.plain;
                all.unknown |= sums.unknown;
                all.has_check &= sums.has_check;
            }
            Err(what) => {
                // It is a line of the listing.
                out += &format!("{what}\n");
                failed = true;
            }
        }
    }
    if job.files.len() > 1 {
        out += "----------------------------------------------------------------- \n";
        out += &all.row(&format!("{} files", all.files));
    }
    i32::from(stdio::print(out.as_bytes()).is_err() || failed)
}

fn file(path: &[u8], shown: &str) -> Result<Totals, String> {
    let stat = host::stat(path, true).map_err(|_| format!("Error : {shown} is not a file "))?;
    if stat.is(DIRECTORY) {
        return Err(format!("Error : {shown} is not a file "));
    }
    let source = host::open(path).map_err(|error| format!("zstd: {shown}: {} ", host::reason(&error)))?;
    let mut sums = Totals { packed: stat.size, has_check: false, ..Totals::default() };
    frames(&mut Input::new(source), &mut sums).map_err(|error| match Fault::of(&error) {
        Some(Fault::NotInFormat) => format!("File \"{shown}\" not compressed by zstd "),
        Some(_) => format!("Error while parsing \"{shown}\" "),
        None => format!("zstd: {shown}: {} ", host::reason(&error)),
    })?;
    Ok(sums)
}

/// Reads the headers of all frames and of their blocks.
fn frames<R: Read>(input: &mut Input<R>, sums: &mut Totals) -> io::Result<()> {
    loop {
        match *input.fill_to(18)? {
            [] if sums.frames + sums.skips > 0 => return Ok(()),
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, ..] => {
                sums.skips += 1;
                skip(input, 8 + u64::from(u32::from_le_bytes([a, b, c, d])))?;
            }
            [0x28, 0xb5, 0x2f, 0xfd, flags, ..] => {
                sums.frames += 1;
                frame(input, flags, sums)?;
            }
            _ => return Err(Fault::NotInFormat.into()),
        }
    }
}

fn frame<R: Read>(input: &mut Input<R>, flags: u8, sums: &mut Totals) -> io::Result<()> {
    let single = flags & 0x20 != 0;
    let size_bytes = match flags >> 6 {
        0 => usize::from(single),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    let dictionary_bytes = [0, 1, 2, 4][usize::from(flags & 3)];
    let at = 5 + usize::from(!single) + dictionary_bytes;
    let header = input.fill_to(at + size_bytes)?;
    let size = header.get(at..at + size_bytes).ok_or(Fault::Truncated)?;
    let number = size.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    match size_bytes {
        0 => sums.unknown = true,
        2 => sums.plain = sums.plain.saturating_add(number + 256),
        _ => sums.plain = sums.plain.saturating_add(number),
    }
    input.consume(at + size_bytes);
    sums.has_check |= flags & 4 != 0;
    loop {
        let [a, b, c, ..] = *input.fill_to(3)? else { return Err(Fault::Truncated.into()) };
        let block = u32::from_le_bytes([a, b, c, 0]);
        // A run-length block is one byte, whatever it stands for.
        let bytes = if block >> 1 & 3 == 1 { 1 } else { block >> 3 };
        skip(input, 3 + u64::from(bytes))?;
        if block & 1 != 0 {
            break;
        }
    }
    if flags & 4 != 0 { skip(input, 4) } else { Ok(()) }
}

fn skip<R: Read>(input: &mut Input<R>, mut count: u64) -> io::Result<()> {
    while count > 0 {
        let there = input.fill()?.len().min(usize::try_from(count).unwrap_or(CHUNK));
        if there == 0 {
            return Err(Fault::Truncated.into());
        }
        input.consume(there);
        count -= there as u64;
    }
    Ok(())
}
