//! sort: lines in order; also whether they are, and files in order made one.
//!
//! It owns the order of work: [`options`] reads the command line, [`order`] compares, [`key`] finds what is compared,
//! [`chunk`] sorts what fits into memory, by the
//! means of [`radix`], and [`merge`] makes one of many.

mod chunk;
mod key;
mod merge;
mod number;
mod options;
mod order;
mod radix;
mod version_order;

use std::fs::File;

use cli::wording::{name, reason};
use rustix::io::Errno;

use crate::input::{Input, errno_of, path};
use crate::output::Output;
use cli::frame::{Frame, version};
/// The number of any form at the start of a text.
pub use number::general as general_number;

use chunk::Chunk;
use merge::Source;
use options::{Check, Options, Request};
use order::Order;

/// The status for whatever goes wrong; 1 is for what is not in order.
const FAILED: i32 = 2;

/// Runs sort: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let options = match options::parse(arguments) {
        Ok(Request::Sort(options)) => *options,
        Ok(Request::Show(text)) => return if frame.show(text) == 0 { 0 } else { FAILED },
        Ok(Request::Version) => return if frame.show(&version("sort")) == 0 { 0 } else { FAILED },
        Err(refusal) => {
            frame.complain(&refusal.what);
            refusal.notes.iter().for_each(|note| cli::stdio::note(note));
            if refusal.shows_try {
                frame.try_help();
            }
            return refusal.status;
        }
    };
    match run(frame, options) {
        Ok(status) => status,
        Err(what) => {
            frame.complain(&what);
            FAILED
        }
    }
}

/// Sorts; the error is what to complain about.
fn run(frame: Frame<'_>, mut options: Options) -> Result<i32, String> {
    let files = match options.files0.take() {
        Some(list) => names_in(&list)?,
        None => std::mem::take(&mut options.files),
    };
    let order = Order::new(&options)?;
    if let Some(check) = options.check {
        let file = files.first().map_or(b"-".as_slice(), Vec::as_slice);
        return checked(frame, &order, check, file, options.ending);
    }
    for file in files.iter().filter(|file| *file != b"-") {
        rustix::fs::stat(path(file))
            .and_then(|_| Input::open(file).map(drop))
            .map_err(|errno| format!("cannot read: {}: {}", name(file), reason(errno)))?;
    }
    let target = match &options.output {
        Some(target) => {
            let failed = |errno| format!("open failed: {}: {}", name(target), reason(errno));
            if target.is_empty() {
                return Err(failed(Errno::NOENT));
            }
            // It may be an input as well: it is emptied when everything was read.
            let opened = File::options().write(true).create(true).truncate(false).open(path(target));
            Some(opened.map_err(|error| failed(errno_of(&error)))?)
        }
        None => None,
    };
    let sources = if options.merge {
        inputs(&files, target.as_ref(), options.ending)?
    } else {
        sorted(&order, &options, &files)?
    };
    let output = match target {
        Some(file) => {
            // A device has no length to set.
            let _ = file.set_len(0);
            Output::to_file(frame.program, "write failed", file)
        }
        None => Output::complaining(frame.program, "write failed: 'standard output'"),
    };
    let mut output = output.failing_with(FAILED);
    merge::write(&order, sources, &mut output)?;
    Ok(0)
}

fn read_failed(file: &[u8], errno: Errno) -> String {
    format!("read failed: {}: {}", name(file), reason(errno))
}

/// The names that a file has, each with a NUL behind it.
fn names_in(list: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    let mut input = Input::open(list)
        .map_err(|errno| format!("cannot open {} for reading: {}", name(list), reason(errno)))?;
    input.read_to_end(&mut bytes).map_err(|errno| read_failed(list, errno))?;
    let names = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    if names.is_empty() {
        return Err(format!("no input from {}", cli::wording::quoted_name(list)));
    }
    let names: Vec<Vec<u8>> = names.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    match names.iter().position(Vec::is_empty) {
        Some(at) => Err(format!("{}:{}: invalid zero-length file name", name(list), at + 1)),
        None => Ok(names),
    }
}

/// Is the file in order?
fn checked(frame: Frame<'_>, order: &Order, check: Check, file: &[u8], ending: u8) -> Result<i32, String> {
    let mut input =
        Input::open(file).map_err(|errno| format!("cannot read: {}: {}", name(file), reason(errno)))?;
    let (mut before, mut number): (Option<Vec<u8>>, u64) = (None, 0);
    while let Some(line) = input.line(ending).map_err(|errno| read_failed(file, errno))? {
        number += 1;
        let text = line.strip_suffix(&[ending]).unwrap_or(line);
        if let Some(before) = &before {
            let compared = order.compare(before, text);
            if compared.is_gt() || (order.unique && compared.is_eq()) {
                if check == Check::Diagnose {
                    let shown = String::from_utf8_lossy(text);
                    frame.complain(&format!("{}:{number}: disorder: {shown}", name(file)));
                }
                return Ok(1);
            }
        }
        let held = before.get_or_insert_default();
        held.clear();
        held.extend_from_slice(text);
    }
    Ok(0)
}

/// The inputs of a merge; one that is the output as well is read at once.
fn inputs(files: &[Vec<u8>], target: Option<&File>, ending: u8) -> Result<Vec<Source>, String> {
    let target = target.and_then(|file| rustix::fs::fstat(file).ok());
    let mut sources = Vec::new();
    for file in files {
        let cannot = |errno| format!("cannot read: {}: {}", name(file), reason(errno));
        let mut input = Input::open(file).map_err(cannot)?;
        let is_target = target.as_ref().is_some_and(|target| {
            input.stat().is_ok_and(|stat| (stat.st_dev, stat.st_ino) == (target.st_dev, target.st_ino))
        });
        if is_target {
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes).map_err(|errno| read_failed(file, errno))?;
            sources.push(Source::memory(Chunk::unsorted(bytes, ending)));
        } else {
            sources.push(Source::file(file.clone(), input, ending));
        }
    }
    Ok(sources)
}

/// The lines of all files as sorted sources: one in memory, and those that did not fit on disk.
fn sorted(order: &Order, options: &Options, files: &[Vec<u8>]) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    let mut bytes = Vec::new();
    for file in files {
        let cannot = |errno| format!("cannot read: {}: {}", name(file), reason(errno));
        let mut input = Input::open(file).map_err(cannot)?;
        if let Some(size) = input.regular_size() {
            let size = usize::try_from(size).unwrap_or(usize::MAX).min(options.buffer_bytes);
            bytes.reserve(size + 1);
        }
        loop {
            let chunk = input.chunk().map_err(|errno| read_failed(file, errno))?;
            if chunk.is_empty() {
                break;
            }
            bytes.extend_from_slice(chunk);
            if bytes.len() > options.buffer_bytes
                && let Some(end) = memchr::memrchr(options.ending, &bytes)
            {
                let rest = bytes.split_off(end + 1);
                let full = Chunk::sorted(std::mem::replace(&mut bytes, rest), order, options.ending);
                sources.push(full.spilled(options)?);
            }
        }
        // The last line of a file ends, whether it says so or not.
        if bytes.last().is_some_and(|last| *last != options.ending) {
            bytes.push(options.ending);
        }
    }
    sources.push(Source::memory(Chunk::sorted(bytes, order, options.ending)));
    Ok(sources)
}
