//! tr: bytes for other bytes; deletes some, and makes one of many. Characters are bytes, as they are to GNU's.
//!
//! It owns the command line and the passing of bytes; [`set`] reads the sets.

mod set;

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use cli::wording::{quoted, reason};
use lanes::{Lanes, splat};

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
    let mut map = Map::new(&passing.map);
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
        if squeezes {
            for byte in chunk {
                let index = usize::from(*byte);
                if passing.deleted[index] {
                    continue;
                }
                let new = passing.map[index];
                if before == Some(new) && passing.squeezed[usize::from(new)] {
                    continue;
                }
                before = Some(new);
                made.push(new);
            }
        } else if deletes {
            keep(chunk, &passing.deleted, &mut made);
            map.apply(&mut made);
        } else {
            made.extend_from_slice(chunk);
            map.apply(&mut made);
        }
        output.write(&made);
    }
}

/// Copies the bytes that are not deleted. Every byte is written, and the next one over it where it is not kept: that takes
/// fewer instructions than asking.
fn keep(chunk: &[u8], deleted: &[bool; 256], made: &mut Vec<u8>) {
    made.resize(chunk.len(), 0);
    let mut kept = 0;
    for byte in chunk {
        if let Some(place) = made.get_mut(kept) {
            *place = *byte;
        }
        kept += usize::from(!deleted[usize::from(*byte)]);
    }
    made.truncate(kept);
}

/// What each byte becomes, and the fastest way to it.
enum Map<'a> {
    /// Ranges of bytes below 128 that are moved.
    Shifts(Vec<Shift>),
    /// One by one, until there were so many bytes.
    Single(&'a [u8; 256], usize),
    /// Two by two.
    Pairs(Box<[u16; 1 << 16]>),
}

/// So many bytes are worth a table of pairs.
const LONG_BYTES: usize = 128 * 1024;

impl<'a> Map<'a> {
    fn new(map: &'a [u8; 256]) -> Self {
        match runs(map) {
            Some(runs) => Map::Shifts(runs),
            None => Map::Single(map, 0),
        }
    }

    fn apply(&mut self, bytes: &mut [u8]) {
        match self {
            Map::Shifts(runs) => shift(bytes, runs),
            Map::Single(map, passed) => {
                let map = *map;
                bytes.iter_mut().for_each(|byte| *byte = map[usize::from(*byte)]);
                *passed += bytes.len();
                if *passed >= LONG_BYTES
                    && let Some(pairs) = pairs(map)
                {
                    *self = Map::Pairs(pairs);
                }
            }
            Map::Pairs(pairs) => {
                let (twos, rest) = bytes.as_chunks_mut::<2>();
                for two in twos {
                    *two = pairs[usize::from(u16::from_le_bytes(*two))].to_le_bytes();
                }
                for byte in rest {
                    *byte = pairs[usize::from(*byte)] as u8;
                }
            }
        }
    }
}

/// What each pair of bytes becomes.
fn pairs(map: &[u8; 256]) -> Option<Box<[u16; 1 << 16]>> {
    let rows = map.iter().flat_map(|high| map.map(|low| u16::from_le_bytes([low, *high])));
    rows.collect::<Vec<u16>>().into_boxed_slice().try_into().ok()
}

/// Bytes one after another that all become what lies as far from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shift {
    first: u8,
    last: u8,
    by: u8,
}

/// The map as shifts of bytes below 128, where there are only a few.
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
    (runs.len() <= RUNS_MAX && runs.iter().all(|run| run.last < 128)).then_some(runs)
}

/// A shift, as vectors.
struct Moved {
    /// Added to a byte below 128, they make its highest bit one where it is in the range or above, and where it is above.
    from: Lanes,
    above: Lanes,
    by_low: Lanes,
    by_high: Lanes,
}

/// Moves the bytes of a few ranges, sixteen at a time.
fn shift(bytes: &mut [u8], runs: &[Shift]) {
    let moved: Vec<Moved> = runs
        .iter()
        .map(|run| Moved {
            from: splat(0x80 - run.first),
            above: splat(0x7f - run.last),
            by_low: splat(run.by & 0x7f),
            by_high: splat(run.by & 0x80),
        })
        .collect();
    let (low_bits, high_bit, none) = (splat(0x7f), splat(0x80), splat(0));
    let (blocks, rest) = bytes.as_chunks_mut::<{ lanes::BYTES }>();
    for block in blocks {
        let x = bytemuck::cast::<_, Lanes>(*block);
        let (low, high) = (x & low_bits, x & high_bit);
        let (mut add, mut flip) = (none, high);
        for run in &moved {
            let is_in = ((low + run.from) ^ (low + run.above)) & !x & high_bit;
            add |= (is_in - (is_in >> 7_u32)) & run.by_low;
            flip ^= is_in & run.by_high;
        }
        *block = bytemuck::cast((low + add) ^ flip);
    }
    for byte in rest {
        if let Some(run) = runs.iter().find(|run| (run.first..=run.last).contains(byte)) {
            *byte = byte.wrapping_add(run.by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The map that moves ranges.
    fn map_of(shifts: &[(u8, u8, u8)]) -> [u8; 256] {
        let mut map = std::array::from_fn(|byte| byte as u8);
        for (first, last, by) in shifts {
            (*first..=*last).for_each(|byte| map[usize::from(byte)] = byte.wrapping_add(*by));
        }
        map
    }

    #[test]
    fn a_map_of_ranges_is_shifts() {
        assert_eq!(runs(&map_of(&[])), Some(Vec::new()));
        assert_eq!(
            runs(&map_of(&[(b'a', b'z', 224)])),
            Some(vec![Shift { first: b'a', last: b'z', by: 224 }])
        );
        assert_eq!(runs(&map_of(&[(100, 200, 3)])), None);
    }

    #[test]
    fn a_map_does_the_same_whatever_way_is_taken() {
        let shifts: [&[(u8, u8, u8)]; 5] = [
            &[(b'a', b'z', 224)],
            &[(0, 127, 128), (200, 255, 9)],
            &[(0, 127, 128)],
            &[(b'0', b'0', 1), (b'A', b'M', 13), (b'N', b'Z', 243), (127, 127, 255)],
            &[(1, 1, 9), (3, 3, 8), (5, 5, 7), (7, 7, 6), (9, 9, 5), (128, 255, 127)],
        ];
        for shifts in shifts {
            let plain = map_of(shifts);
            let mut map = Map::new(&plain);
            for length in (0..600).chain([LONG_BYTES, 4095, 4096, 4097, 0, 1, 2, 3]) {
                let mut bytes: Vec<u8> =
                    (0..length).map(|n: usize| (n.wrapping_mul(2_654_435_761) >> 9) as u8).collect();
                let expected: Vec<u8> = bytes.iter().map(|byte| plain[usize::from(*byte)]).collect();
                map.apply(&mut bytes);
                assert_eq!(bytes, expected, "{shifts:?} at {length}");
            }
        }
    }

    #[test]
    fn what_is_deleted_is_not_kept() {
        let mut deleted = [false; 256];
        deleted[usize::from(b'x')] = true;
        for (text, expected) in [("", ""), ("x", ""), ("xx", ""), ("axxbx", "ab"), ("abc", "abc")] {
            let mut made = Vec::new();
            keep(text.as_bytes(), &deleted, &mut made);
            assert_eq!(made, expected.as_bytes());
        }
    }
}
