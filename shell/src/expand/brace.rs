//! Brace expansion: `a{b,c}d` and `{1..10..2}`, on words before any other expansion.
//!
//! Owns which braces are expansions and the order of what they make. Only unquoted literal text has active braces;
//! every other part of a word is carried along whole, whatever it holds. What is not an expansion stays as it is, so
//! the only errors are bounds.

use std::fmt;

use bstr::BString;

use crate::syntax::ast::{ParameterName, ParameterOperator, Part, Parts, Text, Word};

mod sequence;
#[cfg(test)]
mod tests;

/// One word makes at most this many.
pub(crate) const WORDS_MAX: usize = 1 << 20;

/// One word makes at most this many bytes and parts together.
pub(crate) const SYMBOLS_MAX: usize = 16 << 20;

/// Braces nest at most this deep.
pub(crate) const DEPTH_MAX: usize = 200;

/// Why a word was not expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BraceError {
    /// More than [`WORDS_MAX`] words, or [`SYMBOLS_MAX`] bytes.
    TooLarge {
        /// How many words it would be, as far as counted.
        words: usize,
    },
    /// More than [`DEPTH_MAX`] levels.
    TooDeep,
}

impl fmt::Display for BraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BraceError::TooLarge { words } => {
                write!(f, "brace expansion: failed to allocate memory for {words} elements")
            }
            BraceError::TooDeep => write!(f, "brace expansion: nested too deeply"),
        }
    }
}

impl std::error::Error for BraceError {}

/// The words a word stands for: itself, if there is nothing to expand.
pub(crate) fn expand_braces(word: &Word) -> Result<Vec<Word>, BraceError> {
    if !word.parts.iter().any(has_brace) {
        return Ok(vec![word.clone()]);
    }
    let symbols = symbols(word);
    let expander = Expander::new(&symbols);
    let texts = expander.expand(0, symbols.len(), 0)?;
    if let [only] = texts.as_slice()
        && *only == symbols
    {
        return Ok(vec![word.clone()]);
    }
    Ok(texts.iter().map(|text| build(text, word)).collect())
}

fn has_brace(part: &Part) -> bool {
    match part {
        Part::Literal(text) => text.contains(&b'{'),
        Part::Tilde(name) => name.contains(&b'{'),
        _ => false,
    }
}

/// A byte of active text, or a part that is carried along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Symbol {
    Byte(u8),
    /// The part of the word with this number.
    Part(usize),
    /// Nothing, but quoted.
    Empty,
}

fn symbols(word: &Word) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    for (number, part) in word.parts.iter().enumerate() {
        match part {
            Part::Literal(text) => symbols.extend(text.iter().copied().map(Symbol::Byte)),
            Part::Tilde(text) if has_brace(part) => {
                symbols.push(Symbol::Byte(b'~'));
                symbols.extend(text.iter().copied().map(Symbol::Byte));
            }
            _ => symbols.push(Symbol::Part(number)),
        }
    }
    symbols
}

/// The symbols of a word, and which braces belong together.
struct Expander<'s> {
    symbols: &'s [Symbol],
    /// For each `{` the `}` that balances it.
    balance: Vec<Option<usize>>,
    /// For each `{` the `}` that ends it as an expansion.
    end: Vec<Option<usize>>,
}

/// What begins at a `{`.
enum Braces {
    /// Nothing.
    None,
    /// Braces up to here that are passed over as they are.
    Literal(usize),
    /// An expansion up to here.
    Expansion(usize, Vec<Vec<Symbol>>),
}

impl<'s> Expander<'s> {
    fn new(symbols: &'s [Symbol]) -> Expander<'s> {
        let mut expander =
            Expander { symbols, balance: vec![None; symbols.len()], end: vec![None; symbols.len()] };
        let mut open = Vec::new();
        for (at, symbol) in symbols.iter().enumerate() {
            match symbol {
                Symbol::Byte(b'{') => open.push(at),
                Symbol::Byte(b'}') => {
                    if let Some(balance) = open.pop().and_then(|start| expander.balance.get_mut(start)) {
                        *balance = Some(at);
                    }
                }
                Symbol::Byte(_) | Symbol::Part(_) | Symbol::Empty => {}
            }
        }
        expander.find_ends();
        expander
    }

    /// A `}` ends an expansion only when `,` or `..` came before it, outside inner braces; one that comes earlier
    /// is an ordinary character (`{a}b,c}` is `a}b` and `c`). From the right, so that each end is found only once.
    fn find_ends(&mut self) {
        let mut balanced = vec![false; self.symbols.len()];
        for close in self.balance.iter().flatten() {
            if let Some(balanced) = balanced.get_mut(*close) {
                *balanced = true;
            }
        }
        // For each `}`: the end for a `{` that this one came too early for.
        let mut later = vec![None; self.symbols.len()];
        // Around the position: the `}` of each brace it is inside of, and whether `,` or `..` stands before that.
        let mut levels: Vec<(usize, bool)> = Vec::new();
        let (mut stray, mut outermost) = (None, None);
        for at in (0..self.symbols.len()).rev() {
            let around = match levels.last() {
                Some(&(close, true)) => Some(close),
                Some(&(close, false)) => later.get(close).copied().flatten(),
                None => outermost,
            };
            if self.is(at, b'}') && !balanced.get(at).is_some_and(|&balanced| balanced) {
                stray = Some(at);
            } else if self.is(at, b'}') {
                if let Some(later) = later.get_mut(at) {
                    *later = around;
                }
                levels.push((at, false));
            } else if self.is(at, b'{') {
                match levels.pop() {
                    Some(_) => {
                        if let Some(end) = self.end.get_mut(at) {
                            *end = around;
                        }
                    }
                    None => (stray, outermost) = (None, None),
                }
            } else if self.is(at, b',') || self.is_range(at) {
                match levels.last_mut() {
                    Some((_, satisfied)) => *satisfied = true,
                    None => outermost = stray,
                }
            }
        }
    }

    /// Does the `..` of a range stand here? Right before the `}` it is none.
    fn is_range(&self, at: usize) -> bool {
        self.is(at, b'.') && self.is(at + 1, b'.') && !self.is(at + 2, b'}')
    }

    fn is(&self, at: usize, byte: u8) -> bool {
        self.symbols.get(at) == Some(&Symbol::Byte(byte))
    }

    fn slice(&self, start: usize, end: usize) -> &'s [Symbol] {
        self.symbols.get(start..end).unwrap_or_default()
    }

    /// Everything that the symbols from `start` to `end` stand for.
    fn expand(&self, start: usize, end: usize, depth: usize) -> Result<Vec<Vec<Symbol>>, BraceError> {
        if depth > DEPTH_MAX {
            return Err(BraceError::TooDeep);
        }
        let mut texts = vec![Vec::new()];
        let (mut at, mut literal) = (start, start);
        while at < end {
            if !self.is(at, b'{') {
                at += 1;
                continue;
            }
            if at == literal && self.is(at + 1, b'}') {
                // `{}` at the start is left alone.
                at += 2;
                continue;
            }
            match self.braces(at, end, depth)? {
                Braces::None => at += 1,
                Braces::Literal(close) => at = close + 1,
                Braces::Expansion(close, pieces) => {
                    append(&mut texts, self.slice(literal, at));
                    texts = product(&texts, &pieces)?;
                    at = close + 1;
                    literal = at;
                }
            }
        }
        append(&mut texts, self.slice(literal.min(end), end));
        Ok(texts)
    }

    /// What the `{` at `open` begins, in a text that stops at `stop`.
    fn braces(&self, open: usize, stop: usize, depth: usize) -> Result<Braces, BraceError> {
        let end = self.end.get(open).copied().flatten().filter(|&end| end < stop);
        let Some(end) = end else {
            return Ok(Braces::None);
        };
        let content = self.slice(open + 1, end);
        let commas = self.commas(open, end);
        if commas.is_empty() && !content.contains(&Symbol::Byte(b',')) {
            return Ok(match sequence::expand(content)? {
                Some(pieces) => Braces::Expansion(end, pieces),
                None => Braces::Literal(end),
            });
        }
        let mut pieces = Vec::new();
        let mut symbols = 0usize;
        let mut start = open + 1;
        for comma in commas.into_iter().chain([end]) {
            let mut more = self.expand(start, comma, depth + 1)?;
            symbols = symbols.saturating_add(more.iter().map(Vec::len).sum());
            pieces.append(&mut more);
            check(pieces.len(), symbols)?;
            start = comma + 1;
        }
        Ok(Braces::Expansion(end, pieces))
    }

    /// The commas between `open` and `end` that are not inside further braces.
    fn commas(&self, open: usize, end: usize) -> Vec<usize> {
        let mut commas = Vec::new();
        let mut at = open + 1;
        while at < end {
            if self.is(at, b',') {
                commas.push(at);
            }
            at = match self.balance.get(at).copied().flatten() {
                Some(inner) if inner < end => inner + 1,
                _ => at + 1,
            };
        }
        commas
    }
}

fn check(words: usize, symbols: usize) -> Result<(), BraceError> {
    if words > WORDS_MAX || symbols > SYMBOLS_MAX { Err(BraceError::TooLarge { words }) } else { Ok(()) }
}

fn append(texts: &mut [Vec<Symbol>], symbols: &[Symbol]) {
    if !symbols.is_empty() {
        texts.iter_mut().for_each(|text| text.extend_from_slice(symbols));
    }
}

/// Every text of `left` with every one of `right` behind it.
fn product(left: &[Vec<Symbol>], right: &[Vec<Symbol>]) -> Result<Vec<Vec<Symbol>>, BraceError> {
    let symbols = |texts: &[Vec<Symbol>]| texts.iter().map(Vec::len).sum::<usize>();
    let words = left.len().saturating_mul(right.len());
    let total =
        symbols(left).saturating_mul(right.len()).saturating_add(symbols(right).saturating_mul(left.len()));
    check(words, total)?;
    let mut texts = Vec::with_capacity(words);
    for start in left {
        for end in right {
            texts.push([start.as_slice(), end].concat());
        }
    }
    Ok(texts)
}

/// The word of these symbols. Brace expansion is expansion of text, so what it puts together may mean something
/// new: `~` at the start, and `$x` in front of letters.
fn build(text: &[Symbol], original: &Word) -> Word {
    let mut parts = Parts::new();
    for &symbol in text {
        match symbol {
            Symbol::Byte(byte) => match parts.last_mut() {
                Some(Part::Literal(literal)) => literal.push(byte),
                _ => parts.push(Part::literal([byte])),
            },
            Symbol::Part(number) => parts.extend(original.parts.get(number).cloned()),
            Symbol::Empty => parts.push(Part::quoted([])),
        }
    }
    if !starts_with_plain_tilde(original) {
        split_tilde(&mut parts);
    }
    join_names(&mut parts);
    Word { parts, span: original.span, written: None }
}

/// Whether the word had a `~` at its start that the parser found to be none to expand, and no brace changed that.
fn starts_with_plain_tilde(word: &Word) -> bool {
    let Some(Part::Literal(text)) = word.parts.first() else {
        return false;
    };
    let prefix = text.iter().take_while(|&&byte| byte != b'/');
    text.starts_with(b"~") && prefix.copied().all(|byte| byte != b'{')
}

/// Makes `~name` at the start of the first literal a part of its own.
fn split_tilde(parts: &mut Parts) {
    let alone = parts.len() == 1;
    let Some(Part::Literal(text)) = parts.first_mut() else {
        return;
    };
    let Some(behind) = text.strip_prefix(b"~") else {
        return;
    };
    let name_length = behind.iter().position(|&byte| byte == b'/').unwrap_or(behind.len());
    let name = behind.get(..name_length).unwrap_or_default();
    let rest = behind.get(name_length..).unwrap_or_default();
    let is_name = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(byte));
    if !is_name || (rest.is_empty() && !alone) {
        return;
    }
    let (name, rest) = (BString::from(name), Text::from_slice(rest));
    *text = rest;
    let keeps_rest = !text.is_empty();
    parts.insert(0, Part::Tilde(name));
    if !keeps_rest {
        parts.remove(1);
    }
}

/// Lengthens an unbraced `$name` by the letters that now stand behind it.
fn join_names(parts: &mut Parts) {
    let is_name_byte = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut at = 0;
    while at + 1 < parts.len() {
        let [Part::Parameter(parameter), Part::Literal(text), ..] = parts.get_mut(at..).unwrap_or_default()
        else {
            at += 1;
            continue;
        };
        let plain = parameter.subscript.is_none() && parameter.operator == ParameterOperator::Value;
        let length = usize::try_from(parameter.span.end.saturating_sub(parameter.span.start)).unwrap_or(0);
        if let ParameterName::Variable(name) = &mut parameter.name
            && plain
            && !parameter.indirect
            && length == name.len() + 1
        {
            let letters = text.iter().take_while(|byte| is_name_byte(byte)).count();
            name.extend_from_slice(text.get(..letters).unwrap_or_default());
            text.drain(..letters);
        }
        if text.is_empty() {
            parts.remove(at + 1);
        }
        at += 1;
    }
}
