//! Transformations of names: the s-expressions of `--transform`, as sed has them.

use posix_regex::{Grammar, Options, Regex};

/// What a name stands for: an expression may leave the targets of links alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Name,
    SymbolicTarget,
    HardTarget,
}

/// A piece of a replacement.
enum Piece {
    Text(Vec<u8>),
    Group(usize),
    Case(Case),
}

/// What follows is changed in case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Upper,
    Lower,
    UpperNext,
    LowerNext,
    End,
}

/// One expression.
pub struct Transform {
    regex: Regex,
    pieces: Vec<Piece>,
    global: bool,
    number: usize,
    names: bool,
    symbolic: bool,
    hard: bool,
}

/// Reads expressions, separated by semicolons; the error is what to complain about.
pub fn parse(text: &[u8]) -> Result<Vec<Transform>, String> {
    let mut transforms = Vec::new();
    let mut rest = text;
    loop {
        let (transform, tail) = parse_one(rest)?;
        transforms.push(transform);
        match tail {
            [] => return Ok(transforms),
            [b';', more @ ..] if !more.is_empty() => rest = more,
            [b';'] => return Ok(transforms),
            _ => return Err("Invalid transform expression".to_owned()),
        }
    }
}

fn parse_one(text: &[u8]) -> Result<(Transform, &[u8]), String> {
    let invalid = || "Invalid transform expression".to_owned();
    let [b's', delimiter, body @ ..] = text else { return Err(invalid()) };
    let (pattern, body) = part(body, *delimiter, true).ok_or_else(invalid)?;
    let (replacement, mut rest) = part(body, *delimiter, false).ok_or_else(invalid)?;
    let mut options = Options { grammar: Grammar::Basic, ..Options::default() };
    let (mut global, mut number) = (false, 0_usize);
    let (mut names, mut symbolic, mut hard) = (true, true, true);
    while let Some((flag, tail)) = rest.split_first() {
        match flag {
            b'g' => global = true,
            b'i' => options.ignore_case = true,
            b'x' => options.grammar = Grammar::Extended,
            b'r' => names = true,
            b'R' => names = false,
            b's' => symbolic = true,
            b'S' => symbolic = false,
            b'h' => hard = true,
            b'H' => hard = false,
            b'0'..=b'9' => number = number.saturating_mul(10).saturating_add(usize::from(flag - b'0')),
            b';' => break,
            _ => return Err(format!("Unknown flag in transform expression: {}", char::from(*flag))),
        }
        rest = tail;
    }
    let regex =
        Regex::new(&pattern, options).map_err(|error| format!("Invalid transform expression: {error}"))?;
    let pieces = pieces(&replacement);
    let count = regex.group_count();
    if pieces.iter().any(|piece| matches!(piece, Piece::Group(group) if *group > count)) {
        return Err("Invalid transform replacement: back reference out of range".to_owned());
    }
    Ok((Transform { regex, pieces, global, number, names, symbolic, hard }, rest))
}

/// The text up to a delimiter, which a backslash makes a plain one.
fn part(text: &[u8], delimiter: u8, is_pattern: bool) -> Option<(Vec<u8>, &[u8])> {
    let mut part = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            byte if byte == delimiter => return Some((part, &text[at + 1..])),
            b'\\' if at + 1 < text.len() => {
                if text[at + 1] != delimiter || !is_pattern && delimiter == b'&' {
                    part.push(b'\\');
                }
                part.push(text[at + 1]);
                at += 2;
            }
            byte => {
                part.push(byte);
                at += 1;
            }
        }
    }
    None
}

fn pieces(replacement: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = Vec::new();
    let mut at = 0;
    while at < replacement.len() {
        let piece = match (replacement[at], replacement.get(at + 1)) {
            (b'&', _) => Some((Piece::Group(0), 1)),
            (b'\\', Some(digit @ b'0'..=b'9')) => Some((Piece::Group(usize::from(digit - b'0')), 2)),
            (b'\\', Some(b'U')) => Some((Piece::Case(Case::Upper), 2)),
            (b'\\', Some(b'L')) => Some((Piece::Case(Case::Lower), 2)),
            (b'\\', Some(b'u')) => Some((Piece::Case(Case::UpperNext), 2)),
            (b'\\', Some(b'l')) => Some((Piece::Case(Case::LowerNext), 2)),
            (b'\\', Some(b'E')) => Some((Piece::Case(Case::End), 2)),
            _ => None,
        };
        match piece {
            Some((piece, length)) => {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(piece);
                at += length;
            }
            None if replacement[at] == b'\\' && at + 1 < replacement.len() => {
                text.push(match replacement[at + 1] {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'a' => 7,
                    other => other,
                });
                at += 2;
            }
            None => {
                text.push(replacement[at]);
                at += 1;
            }
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

/// Applies all expressions to a name.
pub fn apply(transforms: &[Transform], name: &[u8], subject: Subject) -> Vec<u8> {
    let mut name = name.to_vec();
    for transform in transforms {
        let wanted = match subject {
            Subject::Name => transform.names,
            Subject::SymbolicTarget => transform.symbolic,
            Subject::HardTarget => transform.hard,
        };
        if wanted {
            name = transform.apply(&name);
        }
    }
    name
}

impl Transform {
    fn apply(&self, name: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let (mut at, mut copied, mut count) = (0, 0, 0);
        let mut groups = Vec::new();
        while at <= name.len() && self.regex.captures_at(name, at, &mut groups) {
            let Some(Some(whole)) = groups.first().cloned() else { break };
            count += 1;
            if count >= self.number.max(1) {
                out.extend_from_slice(&name[copied..whole.start]);
                self.replace(name, &groups, &mut out);
                copied = whole.end;
                if !self.global {
                    break;
                }
            }
            // An empty match makes way for the next character.
            at = if whole.end == whole.start { whole.end + 1 } else { whole.end };
        }
        out.extend_from_slice(name.get(copied..).unwrap_or_default());
        out
    }

    fn replace(&self, name: &[u8], groups: &[Option<std::ops::Range<usize>>], out: &mut Vec<u8>) {
        let (mut case, mut next) = (Case::End, None);
        for piece in &self.pieces {
            let text = match piece {
                Piece::Text(text) => text.as_slice(),
                Piece::Group(group) => match groups.get(*group) {
                    Some(Some(range)) => &name[range.clone()],
                    _ => b"",
                },
                Piece::Case(change @ (Case::UpperNext | Case::LowerNext)) => {
                    next = Some(*change);
                    continue;
                }
                Piece::Case(change) => {
                    case = *change;
                    continue;
                }
            };
            let mut text = match case {
                Case::Upper => text.to_ascii_uppercase(),
                Case::Lower => text.to_ascii_lowercase(),
                Case::UpperNext | Case::LowerNext | Case::End => text.to_vec(),
            };
            if let Some(first) = text.first_mut()
                && let Some(change) = next.take()
            {
                *first = if change == Case::UpperNext {
                    first.to_ascii_uppercase()
                } else {
                    first.to_ascii_lowercase()
                };
            }
            out.extend(text);
        }
    }
}
