//! Pattern text to a tree of what it matches.

use bstr::BString;

use super::PatternPiece;
use super::bracket::{self, Set};

/// A character of a text, or [`BYTE_BASE`] plus a byte that is not part of any.
pub(super) type Unit = u32;

/// Beyond every character.
const BYTE_BASE: u32 = 0x11_0000;

/// Groups nested deeper are taken literally.
const GROUP_DEPTH_MAX: usize = 100;

/// In a pattern of many groups or brackets that are not closed, this many symbols are searched for their ends;
/// from then on what opens one is literal. Without it such a pattern takes quadratic time.
const FUTILE_MAX: usize = 1 << 22;

/// Nodes matched one after another.
pub(super) type Sequence = Vec<Node>;

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// One particular character.
    Unit(Unit),
    /// `?`
    Any,
    /// `*`
    Star,
    /// `[…]`
    Set(Set),
    /// `?(a|b)` and its kin.
    Group(Repeat, Vec<Sequence>),
}

/// How often a group matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// `?(…)`
    Maybe,
    /// `*(…)`
    Any,
    /// `+(…)`
    Some,
    /// `@(…)`
    Once,
    /// `!(…)`: anything the alternatives do not match.
    Not,
}

/// A character of a pattern and whether it was quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) unit: Unit,
    pub(super) quoted: bool,
    /// A backslash at the end, with nothing to quote.
    dangling: bool,
}

impl Symbol {
    fn new(unit: Unit, quoted: bool) -> Symbol {
        Symbol { unit, quoted, dangling: false }
    }

    /// Whether it is this character with its special meaning.
    pub(super) fn is_active(self, byte: u8) -> bool {
        !self.quoted && self.unit == u32::from(byte)
    }
}

/// The first character of a text and its length in bytes; nothing at the end. With `bytewise` each byte is one.
pub(super) fn decode(text: &[u8], bytewise: bool) -> Option<(Unit, usize)> {
    let &first = text.first()?;
    if first < 0x80 {
        return Some((u32::from(first), 1));
    }
    match bstr::decode_utf8(text) {
        (Some(character), length) if !bytewise => Some((u32::from(character), length)),
        _ => Some((BYTE_BASE + u32::from(first), 1)),
    }
}

/// The last character of a text and its length in bytes.
pub(super) fn decode_last(text: &[u8], bytewise: bool) -> Option<(Unit, usize)> {
    let &last = text.last()?;
    if last < 0x80 {
        return Some((u32::from(last), 1));
    }
    match bstr::decode_last_utf8(text) {
        (Some(character), length) if !bytewise => Some((u32::from(character), length)),
        _ => Some((BYTE_BASE + u32::from(last), 1)),
    }
}

/// The tree of a pattern.
pub(super) fn parse(symbols: &[Symbol], extglob: bool) -> Sequence {
    let mut parser = Parser { extglob, futile: 0 };
    parser.sequence(symbols, 0)
}

/// Whether the pattern is one of the two that bash overlooks when it searches: one with an active `(` at its start,
/// under extglob, and a backslash that quotes nothing.
pub(super) fn is_never_found(symbols: &[Symbol], extglob: bool) -> bool {
    match symbols {
        [only] => only.dangling || (extglob && only.is_active(b'(')),
        [first, ..] => extglob && first.is_active(b'('),
        [] => false,
    }
}

/// The text a tree without active parts matches.
pub(super) fn literal(nodes: &[Node]) -> Option<BString> {
    let mut text = BString::default();
    for node in nodes {
        let Node::Unit(unit) = node else {
            return None;
        };
        match char::from_u32(*unit) {
            Some(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None => text.push(u8::try_from(unit.saturating_sub(BYTE_BASE)).unwrap_or(0)),
        }
    }
    Some(text)
}

/// The characters of the pieces. As in bash a quoted character is one with a backslash before it, so a backslash
/// that ends an unquoted piece quotes the backslash, and not the character behind.
pub(super) fn symbols(pieces: &[PatternPiece<'_>], bytewise: bool) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    let mut escaped = false;
    for piece in pieces {
        let mut rest = piece.bytes;
        while let Some((unit, length)) = decode(rest, bytewise) {
            rest = rest.get(length..).unwrap_or_default();
            if piece.quoted {
                if escaped {
                    // `\` and `\c`: a quoted backslash, then `c` with whatever meaning it has.
                    symbols.push(Symbol::new(u32::from(b'\\'), true));
                    escaped = unit == u32::from(b'\\');
                    if escaped {
                        continue;
                    }
                    symbols.push(Symbol::new(unit, false));
                } else {
                    symbols.push(Symbol::new(unit, true));
                }
            } else if escaped {
                escaped = false;
                symbols.push(Symbol::new(unit, true));
            } else if unit == u32::from(b'\\') {
                escaped = true;
            } else {
                symbols.push(Symbol::new(unit, false));
            }
        }
    }
    if escaped {
        symbols.push(Symbol { unit: u32::from(b'\\'), quoted: true, dangling: true });
    }
    symbols
}

struct Parser {
    extglob: bool,
    /// Symbols looked at for the end of a group or bracket that has none.
    futile: usize,
}

impl Parser {
    fn sequence(&mut self, symbols: &[Symbol], depth: usize) -> Sequence {
        let mut nodes = Vec::with_capacity(symbols.len());
        let mut at = 0;
        while let Some(&symbol) = symbols.get(at) {
            let rest = symbols.get(at..).unwrap_or_default();
            let (node, length) = match self.group(rest, depth).or_else(|| self.bracket(rest)) {
                Some(found) => found,
                None if self.extglob && group_start(rest).is_some() => {
                    unclosed_group(rest, &mut nodes);
                    return nodes;
                }
                None if symbol.is_active(b'?') => (Node::Any, 1),
                None if symbol.is_active(b'*') => (Node::Star, 1),
                None => (Node::Unit(symbol.unit), 1),
            };
            at += length;
            nodes.push(node);
            // Two stars in a row are one.
            if let [.., Node::Star, Node::Star] = nodes.as_slice() {
                nodes.pop();
            }
        }
        nodes
    }

    /// The group at the start of `symbols` and its length.
    fn group(&mut self, symbols: &[Symbol], depth: usize) -> Option<(Node, usize)> {
        if !self.extglob || depth >= GROUP_DEPTH_MAX || self.futile > FUTILE_MAX {
            return None;
        }
        let repeat = group_start(symbols)?;
        let inner = symbols.get(2..)?;
        let Some((alternatives, length)) = alternatives(inner) else {
            self.futile += inner.len();
            return None;
        };
        let parsed = alternatives.into_iter().map(|alternative| self.sequence(alternative, depth + 1));
        Some((Node::Group(repeat, parsed.collect()), 2 + length))
    }

    /// The bracket expression at the start of `symbols` and its length.
    fn bracket(&mut self, symbols: &[Symbol]) -> Option<(Node, usize)> {
        if !symbols.first()?.is_active(b'[') || self.futile > FUTILE_MAX {
            return None;
        }
        let inner = symbols.get(1..)?;
        let Some((set, length)) = bracket::parse(inner) else {
            self.futile += inner.len();
            return None;
        };
        Some((Node::Set(set), 1 + length))
    }
}

/// The rest of a pattern from a group that is not closed: bash compares it with the text as it is, backslashes and
/// all; but behind a star it does not look at what is behind `?(` and `*(`.
fn unclosed_group(symbols: &[Symbol], nodes: &mut Sequence) {
    let wildcard = matches!(group_start(symbols), Some(Repeat::Maybe | Repeat::Any));
    if wildcard && matches!(last_but_any(nodes), Some(Node::Star)) {
        return;
    }
    for symbol in symbols {
        if symbol.quoted && !symbol.dangling {
            nodes.push(Node::Unit(u32::from(b'\\')));
        }
        nodes.push(Node::Unit(symbol.unit));
    }
}

/// The last node before any number of `?`.
fn last_but_any(nodes: &[Node]) -> Option<&Node> {
    nodes.iter().rev().find(|node| !matches!(node, Node::Any))
}

/// What kind of group `symbols` begin with, if they do.
fn group_start(symbols: &[Symbol]) -> Option<Repeat> {
    let symbol = symbols.first()?;
    if symbol.quoted || !symbols.get(1)?.is_active(b'(') {
        return None;
    }
    match u8::try_from(symbol.unit).ok()? {
        b'?' => Some(Repeat::Maybe),
        b'*' => Some(Repeat::Any),
        b'+' => Some(Repeat::Some),
        b'@' => Some(Repeat::Once),
        b'!' => Some(Repeat::Not),
        _ => None,
    }
}

/// The alternatives of a group whose `(` stands before `symbols`, and the number of symbols up to and with its `)`.
fn alternatives(symbols: &[Symbol]) -> Option<(Vec<&[Symbol]>, usize)> {
    let (mut at, mut depth, mut start) = (0, 0usize, 0);
    let mut alternatives = Vec::new();
    loop {
        let symbol = symbols.get(at)?;
        at += 1;
        if symbol.is_active(b'[') {
            at += bracket::parse(symbols.get(at..)?)?.1;
        } else if symbol.is_active(b'(') {
            depth += 1;
        } else if symbol.is_active(b')') && depth > 0 {
            depth -= 1;
        } else if symbol.is_active(b')') {
            alternatives.push(symbols.get(start..at - 1)?);
            return Some((alternatives, at));
        } else if symbol.is_active(b'|') && depth == 0 {
            alternatives.push(symbols.get(start..at - 1)?);
            start = at;
        }
    }
}
