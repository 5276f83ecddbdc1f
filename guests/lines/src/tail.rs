//! tail: the last lines or bytes of files, and what is added to them later.
//!
//! It owns the command line, and the ends of files; [`follow`] waits for more.

mod follow;
mod options;

use std::collections::VecDeque;

use cli::wording::{quoted_name, reason};
use memchr::{memchr_iter, memrchr_iter};
use rustix::fs::{FileType, SeekFrom};
use rustix::io::Errno;

use crate::head::header;
use crate::input::{BLOCK_BYTES, Input, is};
use crate::output::Output;
use cli::frame::{Frame, version};
use follow::Followed;
use options::{Options, Request};

/// How much of each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub count: u64,
    pub by_bytes: bool,
    /// Counted from the start: `+NUM`.
    pub from_start: bool,
    pub ending: u8,
}

/// Runs tail: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let options = match options::parse(arguments) {
        Ok(Request::Print(options)) => options,
        Ok(Request::Show(text)) => return frame.show(text),
        Ok(Request::Version) => return frame.show(&version("tail")),
        Err((what, true)) => return frame.misused(&what),
        Err((what, false)) => {
            frame.complain(&what);
            return 1;
        }
    };
    for warning in &options.warnings {
        frame.complain(&format!("warning: {warning}"));
    }
    run(frame, options)
}

fn run(frame: Frame<'_>, options: Options) -> i32 {
    let mut output = Output::new(frame.program);
    let headers = options.headers.unwrap_or(options.files.len() > 1);
    let (mut status, mut is_first) = (0, true);
    let mut followed = Vec::new();
    for file in &options.files {
        let shown: &[u8] = if file == b"-" { b"standard input" } else { file };
        let mut input = match Input::open(file) {
            Ok(input) => input,
            Err(errno) => {
                output.flush();
                let what = format!("cannot open {} for reading: {}", quoted_name(file), reason(errno));
                frame.complain(&what);
                status = 1;
                if options.follow.is_some() && (options.retries || options.by_name()) {
                    followed.push(Followed::missing(file.clone()));
                }
                continue;
            }
        };
        if headers {
            header(&mut output, shown, &mut is_first);
        }
        if let Err(errno) = print_part(options.part, &mut input, &mut output) {
            output.flush();
            frame.complain(&format!("error reading {}: {}", quoted_name(shown), reason(errno)));
            status = 1;
            if options.follow.is_some() && errno == Errno::ISDIR {
                frame.complain(&format!("{}: cannot follow end of this type of file", shown_name(shown)));
            }
            continue;
        }
        // Preview1 has no word for a pipe.
        let is_pipe = || {
            input
                .stat()
                .is_ok_and(|stat| !is(&stat, FileType::RegularFile) && !is(&stat, FileType::CharacterDevice))
        };
        if options.follow.is_some() && !(file == b"-" && is_pipe()) {
            followed.push(Followed::open(file.clone(), input));
        }
    }
    if options.follow.is_none() {
        return status;
    }
    output.flush();
    follow::run(frame, &options, headers, &mut output, followed, status)
}

/// A name at the head of a message that GNU gives as it is.
fn shown_name(name: &[u8]) -> String {
    cli::wording::name(name)
}

fn print_part(part: Part, input: &mut Input, output: &mut Output) -> Result<(), Errno> {
    if part.from_start {
        return print_from(part, input, output);
    }
    if let Some(size) = input.regular_size()
        && let Ok(at) = rustix::fs::seek(input.fd(), SeekFrom::Current(0))
        // A file that only says that it is empty, as those of /proc do, is read.
        && size > 0
    {
        let from = at.max(if part.by_bytes {
            size.saturating_sub(part.count)
        } else {
            start_of_lines(part, input, at, size)?
        });
        rustix::fs::seek(input.fd(), SeekFrom::Start(from))?;
        return copy_rest(input, output);
    }
    if part.by_bytes { last_bytes(part.count, input, output) } else { last_lines(part, input, output) }
}

/// Prints from the line or byte of that number on, counted from 1.
fn print_from(part: Part, input: &mut Input, output: &mut Output) -> Result<(), Errno> {
    let mut left = part.count.saturating_sub(1);
    if !part.by_bytes {
        while left > 0 && input.line(part.ending)?.is_some() {
            left -= 1;
        }
        return copy_rest(input, output);
    }
    if input.regular_size().is_some()
        && let Ok(offset) = i64::try_from(left)
        && rustix::fs::seek(input.fd(), SeekFrom::Current(offset)).is_ok()
    {
        return copy_rest(input, output);
    }
    loop {
        let chunk = input.chunk()?;
        if chunk.is_empty() {
            return Ok(());
        }
        let skipped = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        output.write(&chunk[skipped..]);
        left -= skipped as u64;
    }
}

fn copy_rest(input: &mut Input, output: &mut Output) -> Result<(), Errno> {
    loop {
        let chunk = input.chunk()?;
        if chunk.is_empty() {
            return Ok(());
        }
        output.write(chunk);
    }
}

/// Where the last lines of a regular file start, found from its end.
fn start_of_lines(part: Part, input: &Input, first: u64, size: u64) -> Result<u64, Errno> {
    if part.count == 0 {
        return Ok(size);
    }
    let mut block = vec![0; BLOCK_BYTES];
    let mut left = part.count;
    let mut end = size;
    while end > first {
        let length = (end - first).min(BLOCK_BYTES as u64);
        let start = end - length;
        rustix::fs::seek(input.fd(), SeekFrom::Start(start))?;
        let wanted = usize::try_from(length).unwrap_or(BLOCK_BYTES);
        let mut filled = 0;
        while filled < wanted {
            let read = input.read(&mut block[filled..wanted])?;
            if read == 0 {
                break;
            }
            filled += read;
        }
        for found in memrchr_iter(part.ending, &block[..filled]) {
            let behind = start + found as u64 + 1;
            // What ends the last line does not begin another.
            if behind == size {
                continue;
            }
            left -= 1;
            if left == 0 {
                return Ok(behind);
            }
        }
        end = start;
    }
    Ok(first)
}

fn last_bytes(count: u64, input: &mut Input, output: &mut Output) -> Result<(), Errno> {
    let kept = usize::try_from(count).unwrap_or(usize::MAX);
    let mut held: VecDeque<u8> = VecDeque::new();
    loop {
        let chunk = input.chunk()?;
        if chunk.is_empty() {
            break;
        }
        held.extend(chunk);
        held.drain(..held.len().saturating_sub(kept));
    }
    output.write(held.make_contiguous());
    Ok(())
}

/// The last lines of what cannot be read twice: blocks are kept as long as they may hold one.
fn last_lines(part: Part, input: &mut Input, output: &mut Output) -> Result<(), Errno> {
    let mut blocks: VecDeque<(Vec<u8>, u64)> = VecDeque::new();
    let mut endings = 0;
    loop {
        let chunk = input.chunk()?;
        if chunk.is_empty() {
            break;
        }
        let count = memchr_iter(part.ending, chunk).count() as u64;
        endings += count;
        match blocks.back_mut() {
            // A pipe may give a few bytes at a time.
            Some((bytes, known)) if bytes.len() + chunk.len() <= BLOCK_BYTES => {
                bytes.extend_from_slice(chunk);
                *known += count;
            }
            _ => blocks.push_back((chunk.to_vec(), count)),
        }
        while let Some((_, count)) = blocks.front()
            && endings - count > part.count
        {
            endings -= count;
            blocks.pop_front();
        }
    }
    if part.count == 0 {
        return Ok(());
    }
    let is_ended = blocks.back().is_none_or(|(bytes, _)| bytes.last() == Some(&part.ending));
    let lines = endings + u64::from(!is_ended);
    let mut skipped = lines.saturating_sub(part.count);
    for (bytes, count) in &blocks {
        if skipped == 0 {
            output.write(bytes);
        } else if *count < skipped {
            skipped -= count;
        } else {
            let nth = usize::try_from(skipped - 1).unwrap_or(usize::MAX);
            let start = memchr_iter(part.ending, bytes).nth(nth).map_or(0, |found| found + 1);
            output.write(&bytes[start..]);
            skipped = 0;
        }
    }
    Ok(())
}
