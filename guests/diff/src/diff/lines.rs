//! The lines of files, and which of them count as equal.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// A file's text, cut into lines.
pub struct Lines {
    pub bytes: Vec<u8>,
    /// Where each line begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Lines {
    pub fn new(bytes: Vec<u8>) -> Lines {
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 2);
        starts.push(0);
        swar::each_position(b'\n', &bytes, |at| starts.push(at + 1));
        Lines::ended(bytes, starts)
    }

    /// Two texts. Where they begin and end alike, only one of them is looked through.
    pub fn pair([old, new]: [Vec<u8>; 2]) -> [Lines; 2] {
        let head = swar::common_start(&old, &new);
        let tail = swar::common_end(&old[head..], &new[head..]);
        let old = Lines::new(old);
        let (old_behind, new_behind) = (old.bytes.len() - tail, new.len() - tail);
        // Where a line is cut by the end of the text, no other one starts.
        let real = old.starts.len() - usize::from(old.is_cut());
        let known = old.starts[..real].partition_point(|start| *start <= head);
        let mut starts = Vec::with_capacity(old.starts.len() + 2);
        starts.extend_from_slice(&old.starts[..known]);
        swar::each_position(b'\n', &new[head..new_behind], |at| starts.push(head + at + 1));
        let again = old.starts.partition_point(|start| *start <= old_behind);
        starts.extend(old.starts[again..].iter().map(|start| start - old_behind + new_behind));
        [old, Lines::ended(new, starts)]
    }

    /// The starts of the lines that follow on another one, and where the last ends.
    fn ended(bytes: Vec<u8>, mut starts: Vec<usize>) -> Lines {
        if starts.last() != Some(&bytes.len()) {
            starts.push(bytes.len());
        }
        Lines { bytes, starts }
    }

    /// How many lines the text begins with that end at or in front of a place.
    pub fn ends_until(&self, place: usize) -> usize {
        self.starts.partition_point(|start| *start <= place).saturating_sub(1)
    }

    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// A line with its newline, if it has one.
    pub fn line(&self, index: usize) -> &[u8] {
        match (self.starts.get(index), self.starts.get(index + 1)) {
            (Some(start), Some(end)) => &self.bytes[*start..*end],
            _ => b"",
        }
    }

    /// Whether the last line has no newline.
    pub fn is_cut(&self) -> bool {
        self.bytes.last().is_some_and(|last| *last != b'\n')
    }
}

/// A line without its newline.
pub fn content(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// What white space counts for.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blanks {
    /// As it is.
    #[default]
    Exact,
    /// A tab counts as the blanks that it stands for.
    TabExpansion,
    /// At the end of a line it counts for nothing.
    Trailing,
    /// Any amount of it is one blank, and none at the end of a line.
    Amount,
    /// For nothing.
    All,
}

/// When lines count as equal.
#[derive(Clone, Copy, Default)]
pub struct Equality {
    pub ignore_case: bool,
    pub blanks: Blanks,
    pub tab_size: usize,
    /// A last line without newline counts as one with it.
    pub cut_is_whole: bool,
}

impl Equality {
    /// Do only equal bytes count as equal?
    pub fn is_exact(&self) -> bool {
        !self.ignore_case && self.blanks == Blanks::Exact && !self.cut_is_whole
    }

    /// Writes what a line is compared by.
    fn key(&self, line: &[u8], key: &mut Vec<u8>) {
        key.clear();
        let line = if self.cut_is_whole { content(line) } else { line };
        match self.blanks {
            Blanks::Exact => key.extend_from_slice(line),
            Blanks::All => key.extend(line.iter().filter(|byte| !is_space(**byte))),
            Blanks::Amount => {
                let line = trimmed(line);
                let mut in_space = false;
                for byte in line {
                    if !is_space(*byte) {
                        key.push(*byte);
                    } else if !in_space {
                        key.push(b' ');
                    }
                    in_space = is_space(*byte);
                }
            }
            Blanks::Trailing => key.extend_from_slice(trimmed(line)),
            Blanks::TabExpansion => self.expand(line, key),
        }
        if self.ignore_case {
            key.make_ascii_lowercase();
        }
    }

    fn expand(&self, line: &[u8], key: &mut Vec<u8>) {
        let mut column = 0;
        for byte in line {
            match byte {
                b'\t' => {
                    let next = (column / self.tab_size + 1) * self.tab_size;
                    key.resize(key.len() + next - column, b' ');
                    column = next;
                }
                b'\x08' => {
                    key.push(*byte);
                    column = column.saturating_sub(1);
                }
                b'\r' => {
                    key.push(*byte);
                    column = 0;
                }
                _ => {
                    key.push(*byte);
                    column += 1;
                }
            }
        }
    }
}

/// White space in the sense of C.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn trimmed(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
    &line[..end]
}

/// Two files, whose lines are numbered such that equal numbers are equal lines.
pub struct Classes {
    pub old: Vec<u32>,
    pub new: Vec<u32>,
    pub count: usize,
}

/// Numbers the lines of two ranges.
pub fn classify(files: [&Lines; 2], ranges: [Range<usize>; 2], equality: &Equality) -> Classes {
    let [old, new] = ranges;
    let mut numbers = if equality.is_exact() {
        let mut known: HashMap<&[u8], u32, Hash> = HashMap::default();
        files
            .into_iter()
            .zip([old, new])
            .map(|(file, range)| {
                range
                    .map(|index| {
                        let next = known.len() as u32;
                        *known.entry(file.line(index)).or_insert(next)
                    })
                    .collect::<Vec<u32>>()
            })
            .collect::<Vec<_>>()
    } else {
        let mut known: HashMap<Box<[u8]>, u32, Hash> = HashMap::default();
        let mut key = Vec::new();
        files
            .into_iter()
            .zip([old, new])
            .map(|(file, range)| {
                range
                    .map(|index| {
                        equality.key(file.line(index), &mut key);
                        if let Some(number) = known.get(key.as_slice()) {
                            return *number;
                        }
                        let next = known.len() as u32;
                        known.insert(key.as_slice().into(), next);
                        next
                    })
                    .collect::<Vec<u32>>()
            })
            .collect::<Vec<_>>()
    };
    let new = numbers.pop().unwrap_or_default();
    let old = numbers.pop().unwrap_or_default();
    let count = old.iter().chain(&new).max().map_or(0, |most| *most as usize + 1);
    Classes { old, new, count }
}

type Hash = BuildHasherDefault<Mix>;

/// A hash of eight bytes at a time: lines are many and short, and the standard one is made for enemies of a server.
///
/// Whoever makes lines collide makes diff slow for himself only.
#[derive(Default)]
struct Mix(u64);

impl Mix {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            if let Ok(word) = chunk.try_into() {
                self.add(u64::from_le_bytes(word));
            }
        }
        let mut word = [0; 8];
        word[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
        self.add(u64::from_le_bytes(word));
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(blanks: Blanks, ignore_case: bool, old: &str, new: &str) -> bool {
        let (old, new) = (Lines::new(old.into()), Lines::new(new.into()));
        let equality = Equality { ignore_case, blanks, tab_size: 8, cut_is_whole: false };
        let classes = classify([&old, &new], [0..1, 0..1], &equality);
        classes.old == classes.new
    }

    #[test]
    fn white_space_counts_for_what_it_is_told_to() {
        assert!(!equal(Blanks::Exact, false, "a \n", "a\n"));
        assert!(equal(Blanks::Trailing, false, "a \t\n", "a"));
        assert!(!equal(Blanks::Trailing, false, " a\n", "a\n"));
        assert!(equal(Blanks::Amount, false, "a  b \n", "a\tb"));
        assert!(!equal(Blanks::Amount, false, " a\n", "a\n"));
        assert!(equal(Blanks::All, true, " A b\n", "aB\n"));
        assert!(equal(Blanks::TabExpansion, false, "a\tb\n", "a       b\n"));
        assert!(!equal(Blanks::TabExpansion, false, "a\tb\n", "a      b\n"));
    }

    #[test]
    fn a_pair_has_the_lines_of_each() {
        let texts = ["", "a", "\n", "a\n", "a\nb", "a\nb\n", "b\na\nb\n", "a\n\n\nb\n", "\n\n\n", "a\nbb\nb"];
        for old in texts {
            for new in texts {
                let pair = Lines::pair([old.into(), new.into()]);
                let single = [Lines::new(old.into()), Lines::new(new.into())];
                assert_eq!(
                    pair.map(|lines| lines.starts),
                    single.map(|lines| lines.starts),
                    "{old:?} {new:?}"
                );
            }
        }
    }

    #[test]
    fn a_last_line_without_newline_is_another_line() {
        let lines = Lines::new(b"a\nb".to_vec());
        assert_eq!((lines.len(), lines.line(0), lines.line(1)), (2, b"a\n".as_slice(), b"b".as_slice()));
        assert!(lines.is_cut() && !Lines::new(b"a\n".to_vec()).is_cut());
        assert_eq!(Lines::new(Vec::new()).len(), 0);
        assert!(!equal(Blanks::Exact, true, "a\n", "a"));
    }
}
