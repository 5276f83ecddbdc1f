//! tr: bytes for other bytes; deletes some, and makes one of many. Characters are bytes, as they are to GNU's.
//!
//! It owns the command line and the passing of bytes; [`set`] reads the sets.

mod set;

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::{quoted, reason};

use crate::input::Input;
use crate::output::Output;
use cli::frame::{self, Frame, version};

const HELP: &str = "\
Usage: tr [OPTION]... SET1 [SET2]
Translate, squeeze or delete bytes from standard input to standard output.

  -c, -C, --complement     SET1 is every byte that is not in it
  -d, --delete             delete the bytes of SET1
  -s, --squeeze-repeats    make one of many of the same byte of the last SET
  -t, --truncate-set1      make SET1 no longer than SET2
      --help               print this text
      --version            print the version

A SET is made of bytes; \\NNN (octal), \\\\, \\a, \\b, \\f, \\n, \\r, \\t and \\v; A-B; [C*], in SET2, as many C as
SET1 is long; [C*N]; [=C=]; and [:alnum:], [:alpha:], [:blank:], [:cntrl:], [:digit:], [:graph:], [:lower:],
[:print:], [:punct:], [:space:], [:upper:], [:xdigit:]. A SET2 that is too short goes on with its last byte.
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[
        (b'c', Takes::Nothing, 'c'),
        (b'C', Takes::Nothing, 'c'),
        (b'd', Takes::Nothing, 'd'),
        (b's', Takes::Nothing, 's'),
        (b't', Takes::Nothing, 't'),
    ],
    long: &[
        ("complement", Takes::Nothing, 'c'),
        ("delete", Takes::Nothing, 'd'),
        ("squeeze-repeats", Takes::Nothing, 's'),
        ("truncate-set1", Takes::Nothing, 't'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// What a command line asks for.
#[derive(Default)]
pub struct Options {
    pub complement: bool,
    pub delete: bool,
    pub squeeze: bool,
    pub truncate: bool,
}

/// Runs tr: its name and its arguments, to an exit status.
pub fn main(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut options, mut sets) = (Options::default(), Vec::new());
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None) => break,
            // The first operand ends the options: sets begin with anything.
            Ok(Some(Next::Operand(set))) => {
                sets.push(set);
                sets.extend(words.into_rest());
                break;
            }
            Ok(Some(Next::Option { option, .. })) => match option {
                'c' => options.complement = true,
                'd' => options.delete = true,
                's' => options.squeeze = true,
                't' => options.truncate = true,
                frame::HELP => return frame.show(HELP),
                _ => return frame.show(&version("tr")),
            },
        }
    }
    if let Err(status) = check_count(frame, &options, &sets) {
        return status;
    }
    let mut warn = |what: &str| frame.complain(&format!("warning: {what}"));
    let passing = match set::passing(&options, &sets, &mut warn) {
        Ok(passing) => passing,
        Err(what) => {
            frame.complain(&what);
            return 1;
        }
    };
    pass(frame, &passing)
}

fn check_count(frame: Frame<'_>, options: &Options, sets: &[Vec<u8>]) -> Result<(), i32> {
    let least = if options.delete == options.squeeze { 2 } else { 1 };
    let most = if options.delete && !options.squeeze { 1 } else { 2 };
    let said = |what: &str, more: &str| {
        frame.complain(what);
        if !more.is_empty() {
            stdio::note(more);
        }
        frame.try_help()
    };
    match sets {
        [] => Err(said("missing operand", "")),
        [only] if least == 2 => {
            let why = if options.squeeze {
                "Two strings must be given when both deleting and squeezing repeats."
            } else {
                "Two strings must be given when translating."
            };
            Err(said(&format!("missing operand after {}", quoted(only)), why))
        }
        sets if sets.len() > most => {
            let extra = format!("extra operand {}", quoted(&sets[most]));
            let only = most == 1 && sets.len() == 2;
            let why = if only {
                "Only one string may be given when deleting without squeezing repeats."
            } else {
                ""
            };
            Err(said(&extra, why))
        }
        _ => Ok(()),
    }
}

/// What happens to each byte.
pub struct Passing {
    pub map: [u8; 256],
    pub deleted: [bool; 256],
    pub squeezed: [bool; 256],
}

/// Passes standard input on.
fn pass(frame: Frame<'_>, passing: &Passing) -> i32 {
    let mut output = Output::new(frame.program);
    let mut input = Input::stdin();
    let mut made = Vec::new();
    let deletes = passing.deleted.contains(&true);
    let squeezes = passing.squeezed.contains(&true);
    let runs = runs(&passing.map);
    // No byte is like what comes before the first one.
    let mut before = None;
    loop {
        let chunk = match input.chunk() {
            Ok(chunk) => chunk,
            Err(errno) => {
                output.flush();
                frame.complain(&format!("read error: {}", reason(errno)));
                return 1;
            }
        };
        if chunk.is_empty() {
            return 0;
        }
        made.clear();
        if deletes || squeezes {
            for byte in chunk {
                let index = usize::from(*byte);
                if passing.deleted[index] {
                    continue;
                }
                let new = passing.map[index];
                if squeezes && before == Some(new) && passing.squeezed[usize::from(new)] {
                    continue;
                }
                before = Some(new);
                made.push(new);
            }
        } else {
            made.extend_from_slice(chunk);
            match &runs {
                Some(runs) => shift(&mut made, runs),
                None => made.iter_mut().for_each(|byte| *byte = passing.map[usize::from(*byte)]),
            }
        }
        output.write(&made);
    }
}

/// Bytes one after another that all become what lies as far from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shift {
    first: u8,
    last: u8,
    by: u8,
}

/// The map as shifts, where there are only a few.
fn runs(map: &[u8; 256]) -> Option<Vec<Shift>> {
    const RUNS_MAX: usize = 4;
    let mut runs: Vec<Shift> = Vec::new();
    for (byte, new) in (0..=255_u8).zip(map) {
        let by = new.wrapping_sub(byte);
        match runs.last_mut() {
            Some(run) if run.by == by => run.last = byte,
            _ => runs.push(Shift { first: byte, last: byte, by }),
        }
    }
    runs.retain(|run| run.by != 0);
    (runs.len() <= RUNS_MAX).then_some(runs)
}

/// Moves the bytes of a few ranges, sixteen at a time: in the interpreter an instruction costs the same whatever it
/// works on.
#[cfg(target_arch = "wasm32")]
fn shift(bytes: &mut [u8], runs: &[Shift]) {
    use std::arch::wasm32::{
        u8x16_add, u8x16_ge, u8x16_le, u8x16_splat, u64x2, u64x2_extract_lane, v128, v128_and,
    };
    let runs: Vec<[v128; 3]> =
        runs.iter().map(|run| [run.first, run.last, run.by].map(|byte| u8x16_splat(byte))).collect();
    let (blocks, rest) = bytes.as_chunks_mut::<16>();
    let half = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
    for block in blocks {
        let old = u64x2(half(&block[..8]), half(&block[8..]));
        let mut new = old;
        for [first, last, by] in &runs {
            let is_in = v128_and(u8x16_ge(old, *first), u8x16_le(old, *last));
            new = u8x16_add(new, v128_and(is_in, *by));
        }
        block[..8].copy_from_slice(&u64x2_extract_lane::<0>(new).to_le_bytes());
        block[8..].copy_from_slice(&u64x2_extract_lane::<1>(new).to_le_bytes());
    }
    shift_singly(rest, |byte, index| {
        let [first, last, by] = runs.get(index)?.map(|wide| u64x2_extract_lane::<0>(wide) as u8);
        Some(if (first..=last).contains(&byte) { by } else { 0 })
    });
}

#[cfg(not(target_arch = "wasm32"))]
fn shift(bytes: &mut [u8], runs: &[Shift]) {
    shift_singly(bytes, |byte, index| {
        let run = runs.get(index)?;
        Some(if (run.first..=run.last).contains(&byte) { run.by } else { 0 })
    });
}

/// Adds to each byte what the ranges say; `by` answers for a byte and a range, None behind the last.
fn shift_singly(bytes: &mut [u8], by: impl Fn(u8, usize) -> Option<u8>) {
    for byte in bytes {
        let old = *byte;
        let mut index = 0;
        while let Some(by) = by(old, index) {
            *byte = byte.wrapping_add(by);
            index += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_of_ranges_is_shifts() {
        let mut map = std::array::from_fn(|byte| byte as u8);
        assert_eq!(runs(&map), Some(Vec::new()));
        for byte in b'a'..=b'z' {
            map[usize::from(byte)] = byte - 32;
        }
        assert_eq!(runs(&map), Some(vec![Shift { first: b'a', last: b'z', by: 224 }]));
        let mut bytes: Vec<u8> = (0..=255).collect();
        let expected: Vec<u8> = bytes.iter().map(|byte| map[usize::from(*byte)]).collect();
        shift(&mut bytes, &runs(&map).unwrap());
        assert_eq!(bytes, expected);
    }
}
