//! Output by formats: the options `--GTYPE-group-format`, `--LTYPE-line-format` and `-D`.
//!
//! A directive that makes no sense stands for itself, as in GNU diff.

use std::ops::Range;

use super::lines::content;
use super::options::Wrong;
use super::printer::Printer;
use super::script::Change;

/// The formats that were given. Groups are unchanged, old, new, changed; lines unchanged, old, new.
#[derive(Default)]
pub struct Formats {
    groups: [Option<Vec<u8>>; 4],
    lines: [Option<Vec<u8>>; 3],
}

const UNCHANGED: usize = 0;
const OLD: usize = 1;
const NEW: usize = 2;
const CHANGED: usize = 3;
const GROUPS: [&str; 4] = ["unchanged", "old", "new", "changed"];

/// A number as printf is told to write it.
struct Spec {
    left: bool,
    width: usize,
    precision: usize,
    base: u8,
}

/// The widest number: formats come from anywhere.
const WIDTH_MAX: usize = 4096;

impl Formats {
    /// Sets a group's format; another one must not have been set.
    pub fn set_group(&mut self, group: usize, format: Vec<u8>) -> Result<(), Wrong> {
        set(&mut self.groups[group], format, &format!("--{}-group-format", GROUPS[group]))
    }

    /// Sets a line's format; another one must not have been set.
    pub fn set_line(&mut self, line: usize, format: Vec<u8>) -> Result<(), Wrong> {
        set(&mut self.lines[line], format, "--line-format")
    }

    /// The formats that merge two files by the preprocessor's conditions.
    pub fn ifdef(&mut self, name: &[u8]) -> Result<(), Wrong> {
        let name = name.iter().flat_map(|byte| if *byte == b'%' { vec![b'%', b'%'] } else { vec![*byte] });
        let name: Vec<u8> = name.collect();
        let format = |parts: &[&[u8]]| parts.join(name.as_slice());
        let formats = [
            b"%=".to_vec(),
            format(&[b"#ifndef ", b"\n%<#endif /* ! ", b" */\n"]),
            format(&[b"#ifdef ", b"\n%>#endif /* ", b" */\n"]),
            format(&[b"#ifndef ", b"\n%<#else /* ", b" */\n%>#endif /* ", b" */\n"]),
        ];
        for (slot, format) in self.groups.iter_mut().zip(formats) {
            set(slot, format, "-D")?;
        }
        Ok(())
    }

    /// The format of a kind of group.
    fn group(&self, group: usize) -> Vec<u8> {
        let own = |group: usize| self.groups[group].clone();
        let plain: [&[u8]; 3] = [b"%=", b"%<", b"%>"];
        match group {
            UNCHANGED => own(group).unwrap_or_else(|| plain[UNCHANGED].to_vec()),
            OLD | NEW => own(group).or_else(|| own(CHANGED)).unwrap_or_else(|| plain[group].to_vec()),
            _ => own(CHANGED).unwrap_or_else(|| {
                [own(OLD).unwrap_or_else(|| b"%<".to_vec()), own(NEW).unwrap_or_else(|| b"%>".to_vec())]
                    .concat()
            }),
        }
    }

    fn line(&self, line: usize) -> &[u8] {
        self.lines[line].as_deref().unwrap_or(b"%l\n")
    }
}

fn set(slot: &mut Option<Vec<u8>>, format: Vec<u8>, option: &str) -> Result<(), Wrong> {
    if slot.as_ref().is_some_and(|known| *known != format) {
        return Err(format!("conflicting {option} option value '{}'", super::shown(&format)).into());
    }
    *slot = Some(format);
    Ok(())
}

/// The lines of a group in both files.
struct Group {
    old: Range<usize>,
    new: Range<usize>,
    is_unchanged: bool,
}

impl Group {
    /// The number that a letter names.
    fn number(&self, letter: u8) -> Option<usize> {
        let range = if letter.is_ascii_lowercase() { &self.old } else { &self.new };
        Some(match letter.to_ascii_lowercase() {
            b'e' => range.start,
            b'f' => range.start + 1,
            b'l' => range.end,
            b'm' => range.end + 1,
            b'n' => range.len(),
            _ => return None,
        })
    }
}

impl Printer<'_> {
    pub fn by_formats(&mut self, changes: &[Change], shown: &[bool]) {
        let formats = std::rc::Rc::clone(&self.job.formats);
        let groups = [UNCHANGED, OLD, NEW, CHANGED].map(|group| formats.group(group));
        let (mut old, mut new) = (0, 0);
        let unchanged = |old: Range<usize>, new: Range<usize>| Group { old, new, is_unchanged: true };
        for change in super::styles::visible(changes, shown) {
            if old < change.old.start || new < change.new.start {
                self.group(&groups[UNCHANGED], &unchanged(old..change.old.start, new..change.new.start), 0);
            }
            let kind = match (change.old.is_empty(), change.new.is_empty()) {
                (true, _) => NEW,
                (_, true) => OLD,
                _ => CHANGED,
            };
            let group = Group { old: change.old.clone(), new: change.new.clone(), is_unchanged: false };
            self.group(&groups[kind], &group, 0);
            (old, new) = (change.old.end, change.new.end);
        }
        let (old_end, new_end) = (self.files[0].len(), self.files[1].len());
        if old < old_end || new < new_end {
            self.group(&groups[UNCHANGED], &unchanged(old..old_end, new..new_end), 0);
        }
    }

    /// Writes a group by a format.
    fn group(&mut self, format: &[u8], group: &Group, depth: usize) {
        let mut rest = format;
        while let Some((first, behind)) = rest.split_first() {
            rest = behind;
            if *first != b'%' {
                self.put(&[*first]);
                continue;
            }
            match rest.first() {
                Some(b'%') => {
                    self.put(b"%");
                    rest = &rest[1..];
                }
                Some(b'<') => {
                    self.lines_by_format(OLD, 0, group.old.clone());
                    rest = &rest[1..];
                }
                Some(b'=') => {
                    let kind = if group.is_unchanged { UNCHANGED } else { OLD };
                    self.lines_by_format(kind, 0, group.old.clone());
                    rest = &rest[1..];
                }
                Some(b'>') => {
                    self.lines_by_format(NEW, 1, group.new.clone());
                    rest = &rest[1..];
                }
                Some(b'(') if depth < 32 => match condition(&rest[1..], group) {
                    Some((taken, behind)) => {
                        self.group(taken, group, depth + 1);
                        rest = behind;
                    }
                    None => self.put(b"%"),
                },
                Some(b'c') => match character(&rest[1..]) {
                    Some((byte, behind)) => {
                        self.put(&[byte]);
                        rest = behind;
                    }
                    None => self.put(b"%"),
                },
                _ => {
                    let known = spec(rest).and_then(|(spec, behind)| {
                        let (letter, behind) = behind.split_first()?;
                        Some((spec, group.number(*letter)?, behind))
                    });
                    match known {
                        Some((spec, number, behind)) => {
                            self.put(&written(&spec, number));
                            rest = behind;
                        }
                        None => self.put(b"%"),
                    }
                }
            }
        }
    }

    fn lines_by_format(&mut self, kind: usize, file: usize, lines: Range<usize>) {
        let formats = std::rc::Rc::clone(&self.job.formats);
        let files = self.files;
        for index in lines {
            let line = files[file].line(index);
            let mut rest = formats.line(kind);
            while let Some((first, behind)) = rest.split_first() {
                rest = behind;
                if *first != b'%' {
                    self.put(&[*first]);
                    continue;
                }
                match rest.first() {
                    Some(b'%') => self.put(b"%"),
                    Some(b'l') => self.text(content(line)),
                    Some(b'L') => {
                        self.text(content(line));
                        if line.ends_with(b"\n") {
                            self.put(b"\n");
                        }
                    }
                    Some(b'c') => {
                        match character(&rest[1..]) {
                            Some((byte, behind)) => {
                                self.put(&[byte]);
                                rest = behind;
                            }
                            None => self.put(b"%"),
                        }
                        continue;
                    }
                    _ => {
                        match spec(rest) {
                            Some((spec, [b'n', behind @ ..])) => {
                                self.put(&written(&spec, index + 1));
                                rest = behind;
                            }
                            _ => self.put(b"%"),
                        }
                        continue;
                    }
                }
                rest = &rest[1..];
            }
        }
    }
}

/// What follows `%c`: a character in quotes, maybe as `\OOO`.
fn character(text: &[u8]) -> Option<(u8, &[u8])> {
    let text = text.strip_prefix(b"'")?;
    match text {
        [b'\\', rest @ ..] => {
            let digits = rest.iter().take(3).take_while(|byte| (b'0'..b'8').contains(byte)).count();
            let rest_behind = rest[digits..].strip_prefix(b"'").filter(|_| digits > 0)?;
            let value = rest[..digits].iter().fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0'));
            Some((value as u8, rest_behind))
        }
        [b'\'', ..] | [] => None,
        [byte, rest @ ..] => Some((*byte, rest.strip_prefix(b"'")?)),
    }
}

/// What follows `%` in front of a number's letter.
fn spec(text: &[u8]) -> Option<(Spec, &[u8])> {
    let mut rest = text;
    let mut left = false;
    while let [b'-' | b'\'', behind @ ..] = rest {
        left |= rest[0] == b'-';
        rest = behind;
    }
    let zero = rest.first() == Some(&b'0');
    let width = digits(&mut rest);
    let mut precision = 1;
    if let [b'.', behind @ ..] = rest {
        rest = behind;
        precision = digits(&mut rest);
    } else if zero && !left {
        precision = width;
    }
    let (base, rest) = rest.split_first()?;
    matches!(base, b'd' | b'o' | b'x' | b'X').then_some((Spec { left, width, precision, base: *base }, rest))
}

fn digits(text: &mut &[u8]) -> usize {
    let mut number = 0_usize;
    while let [digit @ b'0'..=b'9', rest @ ..] = *text {
        number = (number * 10 + usize::from(digit - b'0')).min(WIDTH_MAX);
        *text = rest;
    }
    number
}

fn written(spec: &Spec, number: usize) -> Vec<u8> {
    let precision = spec.precision;
    let digits = match spec.base {
        b'o' => format!("{number:0precision$o}"),
        b'x' => format!("{number:0precision$x}"),
        b'X' => format!("{number:0precision$X}"),
        _ => format!("{number:0precision$}"),
    };
    let width = spec.width;
    if spec.left { format!("{digits:<width$}") } else { format!("{digits:>width$}") }.into_bytes()
}

/// What follows `%(`: the part that is taken, and what is behind the whole.
fn condition<'a>(text: &'a [u8], group: &Group) -> Option<(&'a [u8], &'a [u8])> {
    let (first, rest) = operand(text, group)?;
    let rest = rest.strip_prefix(b"=")?;
    let (second, rest) = operand(rest, group)?;
    let rest = rest.strip_prefix(b"?")?;
    let (yes, rest) = until(rest, b':')?;
    let (no, rest) = until(rest, b')')?;
    Some((if first == second { yes } else { no }, rest))
}

fn operand<'a>(text: &'a [u8], group: &Group) -> Option<(usize, &'a [u8])> {
    let (first, rest) = text.split_first()?;
    if first.is_ascii_digit() {
        let mut rest = text;
        let number = digits(&mut rest);
        return Some((number, rest));
    }
    Some((group.number(*first)?, rest))
}

/// A part of a condition up to its end, over the conditions in it.
fn until(text: &[u8], end: u8) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    let mut depth = 0_usize;
    while let Some(byte) = text.get(at) {
        match byte {
            b'%' => {
                at += 1;
                match text.get(at) {
                    Some(b'(') => depth += 1,
                    Some(b'c') if text.get(at + 1) == Some(&b'\'') => {
                        // The character in quotes may be any.
                        at += 2;
                    }
                    _ => {}
                }
            }
            byte if *byte == end && depth == 0 => return Some((&text[..at], &text[at + 1..])),
            b')' if depth > 0 => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}
