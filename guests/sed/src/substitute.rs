//! The work of `s`: matches replaced in a line, with the letters written as the replacement says.

use std::ops::Range;

use posix_regex::Regex;

use crate::parts::character_length;
use crate::script::{Case, Piece, Substitution};

/// Room that is used again for every line.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) line: Vec<u8>,
    groups: Vec<Option<Range<usize>>>,
}

/// Writes the line with what is replaced into `scratch.line`; `false`: nothing was.
pub(crate) fn substitute(
    command: &Substitution,
    regex: &Regex,
    text: &[u8],
    bytes: bool,
    scratch: &mut Scratch,
) -> bool {
    let needs_groups = command.group_max > 0;
    let cases = command.replacement.iter().any(|piece| matches!(piece, Piece::Case(_)));
    let Scratch { line, groups } = scratch;
    line.clear();
    let mut replaced = false;
    let mut count = 0;
    // Where the last match ended, and up to where the line was copied.
    let mut last_end = None;
    let mut copied = 0;
    let mut at = 0;
    while at <= text.len() {
        let found = if needs_groups {
            regex.captures_at(text, at, groups).then(|| groups.first().cloned().flatten()).flatten()
        } else {
            regex.find_at(text, at)
        };
        let Some(range) = found else { break };
        let step = character_length(text.get(range.end..).unwrap_or_default(), bytes).max(1);
        // An empty match right behind the last one is none.
        if range.is_empty() && last_end == Some(range.start) {
            at = range.end + step;
            continue;
        }
        last_end = Some(range.end);
        at = if range.is_empty() { range.end + step } else { range.end };
        count += 1;
        if count < command.number {
            continue;
        }
        replaced = true;
        line.extend_from_slice(text.get(copied..range.start).unwrap_or_default());
        copied = range.end;
        if !needs_groups {
            groups.clear();
            groups.push(Some(range));
        }
        if cases {
            cased(&command.replacement, text, groups, bytes, line);
        } else {
            plain(&command.replacement, text, groups, line);
        }
        if !command.global {
            break;
        }
    }
    if replaced {
        line.extend_from_slice(text.get(copied..).unwrap_or_default());
    }
    replaced
}

/// What a piece that is no case says.
fn piece_text<'a>(piece: &'a Piece, text: &'a [u8], groups: &[Option<Range<usize>>]) -> &'a [u8] {
    match piece {
        Piece::Text(text) => text,
        Piece::Group(group) => {
            let range = groups.get(*group).cloned().flatten().unwrap_or(0..0);
            text.get(range).unwrap_or_default()
        }
        Piece::Case(_) => b"",
    }
}

fn plain(pieces: &[Piece], text: &[u8], groups: &[Option<Range<usize>>], line: &mut Vec<u8>) {
    for piece in pieces {
        line.extend_from_slice(piece_text(piece, text, groups));
    }
}

fn cased(pieces: &[Piece], text: &[u8], groups: &[Option<Range<usize>>], bytes: bool, line: &mut Vec<u8>) {
    let mut lasting = Case::End;
    let mut next = None;
    for piece in pieces {
        if let Piece::Case(case) = piece {
            match case {
                Case::UpperNext | Case::LowerNext => next = Some(*case),
                Case::Upper | Case::Lower | Case::End => (lasting, next) = (*case, None),
            }
            continue;
        }
        let mut rest = piece_text(piece, text, groups);
        while !rest.is_empty() {
            let (character, behind) = rest.split_at(character_length(rest, bytes));
            written(character, next.take().unwrap_or(lasting), line);
            rest = behind;
        }
    }
}

/// Writes a character as the case says.
fn written(character: &[u8], case: Case, line: &mut Vec<u8>) {
    fn single(mut characters: impl Iterator<Item = char>) -> Option<char> {
        let first = characters.next()?;
        characters.next().is_none().then_some(first)
    }
    let old = std::str::from_utf8(character).ok().and_then(|text| text.chars().next());
    let new = old.and_then(|old| match case {
        Case::Upper | Case::UpperNext => single(old.to_uppercase()),
        Case::Lower | Case::LowerNext => single(old.to_lowercase()),
        Case::End => None,
    });
    match new {
        Some(new) => line.extend_from_slice(new.encode_utf8(&mut [0; 4]).as_bytes()),
        None => line.extend_from_slice(character),
    }
}
