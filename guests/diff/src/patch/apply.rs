//! Hunks carried over to the lines of a file: where each belongs, and what becomes of the lines.

use super::parse::{EdCommand, Hunk, Op};

/// A file that is being patched. Numbers of lines begin with 1.
pub struct Target<'a> {
    lines: Vec<&'a [u8]>,
    pub out: Vec<u8>,
    /// Lines that are written already.
    done: usize,
    /// How far the last hunk was from where it should have been.
    pub offset: isize,
    /// Lines that the hunks have added so far, less those that they took.
    pub grown: isize,
    pub ignore_blanks: bool,
}

/// Where a hunk was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its first line.
    pub at: usize,
    /// Lines of context that were not looked at, at the start and at the end.
    prefix: usize,
    suffix: usize,
    /// How far it is from where the hunk before made it expected.
    offset: isize,
}

impl<'a> Target<'a> {
    pub fn new(text: &'a [u8], ignore_blanks: bool) -> Target<'a> {
        let lines = text.split_inclusive(|byte| *byte == b'\n').collect();
        Target { lines, out: Vec::with_capacity(text.len()), done: 0, offset: 0, grown: 0, ignore_blanks }
    }

    /// Looks for a hunk, with so many lines of context left out at most.
    pub fn find(&self, hunk: &Hunk, fuzz: usize) -> Option<Found> {
        let pattern: Vec<&[u8]> =
            hunk.ops.iter().filter(|op| !matches!(op, Op::Insert(_))).map(Op::line).collect();
        let signed = |number: usize| isize::try_from(number).unwrap_or(isize::MAX / 4);
        let (prefix_context, suffix_context) = hunk.context();
        let context = prefix_context.max(suffix_context);
        // The side with less context was cut off by an end of the file, and loses no more of it.
        let prefix_fuzz = signed(fuzz) + signed(prefix_context) - signed(context);
        let suffix_fuzz = signed(fuzz) + signed(suffix_context) - signed(context);
        let first = signed(hunk.old_first).saturating_add(self.offset);
        if pattern.is_empty() {
            // Nothing to look for: it goes where it says, or to the end.
            return Some(Found { at: usize::try_from(first.max(1)).ok()?, prefix: 0, suffix: 0, offset: 0 });
        }
        let lines = signed(self.lines.len());
        let length = signed(pattern.len());
        let matches = |at: isize, prefix: isize, suffix: isize| {
            let found = Found {
                at: usize::try_from(at).ok()?,
                prefix: usize::try_from(prefix).ok()?,
                suffix: usize::try_from(suffix).ok()?,
                offset: at - first,
            };
            self.matches(&pattern, &found).then_some(found)
        };
        let at_start = prefix_fuzz < 0 && hunk.old_first <= 1;
        if at_start {
            if suffix_fuzz < 0 && length != lines {
                return None;
            }
            return if self.done == 0 { matches(1, 0, suffix_fuzz.max(0)) } else { None };
        }
        let prefix_fuzz = prefix_fuzz.max(0);
        if suffix_fuzz < 0 {
            let at = lines - length + 1;
            let is_free = at + prefix_fuzz > signed(self.done);
            return if is_free { matches(at, prefix_fuzz, 0) } else { None };
        }
        let least = (signed(self.done) + 1 - prefix_fuzz).max(1);
        let most = lines - (length - suffix_fuzz) + 1;
        let furthest = (most - first).max(first - least);
        // A place far outside of the file is not walked from.
        let nearest = (first - most).max(least - first).max(0);
        for distance in nearest..=furthest {
            for at in [first + distance, first - distance] {
                if at >= least
                    && at <= most
                    && let Some(found) = matches(at, prefix_fuzz, suffix_fuzz)
                {
                    return Some(found);
                }
            }
        }
        None
    }

    fn matches(&self, pattern: &[&[u8]], found: &Found) -> bool {
        let Some(wanted) = pattern.get(found.prefix..pattern.len().saturating_sub(found.suffix)) else {
            return false;
        };
        let Some(from) = (found.at + found.prefix).checked_sub(1) else { return false };
        let Some(lines) = self.lines.get(from..from + wanted.len()) else { return false };
        lines
            .iter()
            .zip(wanted)
            .all(|(line, wanted)| line == wanted || self.ignore_blanks && is_similar(line, wanted))
    }

    /// Would the hunk fit if lines ended otherwise?
    pub fn differs_in_line_ends(&self, hunk: &Hunk) -> bool {
        let bare = |line: &[u8]| match line.strip_suffix(b"\r\n") {
            Some(line) => [line, b"\n"].concat(),
            None => line.to_vec(),
        };
        let text: Vec<Vec<u8>> = self.lines.iter().map(|line| bare(line)).collect();
        let lines = text.iter().map(Vec::as_slice).collect();
        let ops = hunk
            .ops
            .iter()
            .map(|op| match op {
                Op::Keep(line) => Op::Keep(bare(line)),
                Op::Delete(line) => Op::Delete(bare(line)),
                Op::Insert(line) => Op::Insert(bare(line)),
            })
            .collect();
        let other = Target {
            lines,
            out: Vec::new(),
            done: self.done,
            offset: self.offset,
            grown: 0,
            ignore_blanks: false,
        };
        other.find(&Hunk { ops, ..hunk.clone() }, 0).is_some()
    }

    /// Writes the lines up to a hunk, and the hunk's.
    pub fn apply(&mut self, hunk: &Hunk, found: &Found, ifdef: Option<&[u8]>) {
        let from = (found.at + found.prefix).saturating_sub(1);
        self.copy_to(from);
        // The lines of context that were left out stay as they are.
        let ops = &hunk.ops[found.prefix..hunk.ops.len() - found.suffix];
        let mut group = Group::default();
        for op in ops {
            match op {
                Op::Keep(_) => {
                    group.close(&mut self.out, ifdef);
                    self.copy_to(self.done + 1);
                }
                Op::Delete(_) => {
                    if let Some(name) = ifdef {
                        group.delete(&mut self.out, name);
                        self.copy_to(self.done + 1);
                    } else {
                        self.done += 1;
                    }
                }
                Op::Insert(line) => {
                    if let Some(name) = ifdef {
                        group.insert(&mut self.out, name);
                    }
                    self.end_line();
                    self.out.extend_from_slice(line);
                }
            }
        }
        group.close(&mut self.out, ifdef);
        self.offset += found.offset;
        self.grown += hunk.new_len() as isize - hunk.old_len() as isize;
    }

    /// What follows a line without newline would otherwise join it.
    fn end_line(&mut self) {
        if self.out.last().is_some_and(|last| *last != b'\n') {
            self.out.push(b'\n');
        }
    }

    fn copy_to(&mut self, end: usize) {
        while self.done < end {
            let Some(line) = self.lines.get(self.done).copied() else { break };
            self.end_line();
            self.out.extend_from_slice(line);
            self.done += 1;
        }
    }

    /// Writes what is left.
    pub fn finish(mut self) -> Vec<u8> {
        self.copy_to(self.lines.len());
        self.out
    }
}

/// Where the conditions of `-D` are open.
#[derive(Default, PartialEq, Eq, Clone, Copy)]
enum Group {
    #[default]
    None,
    Old,
    New,
    Both,
}

impl Group {
    fn delete(&mut self, out: &mut Vec<u8>, name: &[u8]) {
        if *self == Group::None {
            out.extend([b"#ifndef ", name, b"\n"].concat());
            *self = Group::Old;
        }
    }

    fn insert(&mut self, out: &mut Vec<u8>, name: &[u8]) {
        match self {
            Group::None => {
                out.extend([b"#ifdef ", name, b"\n"].concat());
                *self = Group::New;
            }
            Group::Old => {
                out.extend(b"#else\n");
                *self = Group::Both;
            }
            Group::New | Group::Both => {}
        }
    }

    fn close(&mut self, out: &mut Vec<u8>, ifdef: Option<&[u8]>) {
        if *self != Group::None && ifdef.is_some() {
            out.extend(b"#endif\n");
        }
        *self = Group::None;
    }
}

/// Are two lines the same but for the amount of white space in them?
fn is_similar(one: &[u8], other: &[u8]) -> bool {
    let words = |line: &[u8]| -> Vec<u8> {
        let mut key = Vec::with_capacity(line.len());
        for byte in line.trim_ascii_end() {
            match byte {
                b' ' | b'\t' if key.last() == Some(&b' ') => {}
                b' ' | b'\t' => key.push(b' '),
                byte => key.push(*byte),
            }
        }
        key
    };
    words(one) == words(other)
}

/// Carries out the commands of an ed script; `None`: a line that they name is not there.
pub fn edit(text: &[u8], commands: &[EdCommand]) -> Option<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = text
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| [line.strip_suffix(b"\n").unwrap_or(line), b"\n"].concat())
        .collect();
    let mut current = lines.len();
    for command in commands {
        match command {
            EdCommand::DropFirst => {
                let line = lines.get_mut(current.checked_sub(1)?)?;
                if line.len() > 1 {
                    line.remove(0);
                }
            }
            EdCommand::Edit { range, letter, text } => {
                let (first, last) = range.unwrap_or((current, current));
                if last > lines.len() || first > last {
                    return None;
                }
                let at = match letter {
                    b'a' => last,
                    b'i' => last.saturating_sub(1),
                    _ => {
                        let from = first.checked_sub(1)?;
                        lines.drain(from..last);
                        from
                    }
                };
                lines.splice(at..at, text.iter().cloned());
                current = at + text.len();
            }
        }
    }
    Some(lines.concat())
}
