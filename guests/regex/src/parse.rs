//! The parser: a pattern's bytes to its tree, by the rules of POSIX and the extensions and indulgences of GNU.
//!
//! It owns the grammar outside of brackets; [`bracket`](crate::bracket) owns what is within.

use crate::error::Error;
use crate::set::{self, Set};
use crate::syntax::{Look, Node};
use crate::{Grammar, Options, bracket};

/// How deep groups may be nested, and how many states a pattern may have: both bound memory and the stack.
const DEPTH_MAX: usize = 100;
pub(crate) const SIZE_MAX: u64 = 150_000;
/// RE_DUP_MAX: how often at most an interval repeats.
const REPEAT_MAX: u32 = 32_767;

/// What a pattern is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Token {
    End,
    Char(char),
    Byte(u8),
    Any,
    OpenGroup,
    CloseGroup,
    Or,
    Star,
    Plus,
    Question,
    OpenInterval,
    OpenBracket,
    BackReference(usize),
    Look(Look),
    /// `\w`, `\s`, and with `true` their complements.
    Words(bool),
    Spaces(bool),
    /// A backslash at the end.
    Backslash,
}

/// The tree of a pattern, and how many groups it has.
pub(crate) fn parse(pattern: &[u8], options: &Options) -> Result<(Node, usize), Error> {
    let mut parser =
        Parser { pattern, options, at: 0, groups: 0, depth: 0, complete: Vec::new(), caret_here: true };
    let node = parser.alternation()?;
    // Only a `)` that closes nothing can be left, and that was an error already.
    Ok((node, parser.groups))
}

struct Parser<'a> {
    pattern: &'a [u8],
    options: &'a Options,
    at: usize,
    groups: usize,
    depth: usize,
    /// The groups that a back-reference may mean here.
    complete: Vec<usize>,
    /// Is `at` where a basic `^` is an anchor?
    caret_here: bool,
}

impl Parser<'_> {
    fn is_basic(&self) -> bool {
        self.options.grammar == Grammar::Basic
    }

    fn is_awk(&self) -> bool {
        self.options.grammar == Grammar::Awk
    }

    /// The token at `at`, and its length.
    fn peek(&self) -> (Token, usize) {
        let rest = self.pattern.get(self.at..).unwrap_or_default();
        let Some(first) = rest.first() else { return (Token::End, 0) };
        let basic = self.is_basic();
        let token = match first {
            b'\\' => return self.escape(rest),
            b'.' => Token::Any,
            b'[' => Token::OpenBracket,
            b'*' => Token::Star,
            b'^' if !basic || self.caret_here => Token::Look(self.line_start()),
            b'$' if !basic || self.dollar_is_anchor() => Token::Look(self.line_end()),
            b'(' if !basic => Token::OpenGroup,
            b')' if !basic => Token::CloseGroup,
            b'|' if !basic => Token::Or,
            b'+' if !basic => Token::Plus,
            b'?' if !basic => Token::Question,
            b'{' if !basic => Token::OpenInterval,
            _ => return self.literal(rest),
        };
        (token, 1)
    }

    fn literal(&self, rest: &[u8]) -> (Token, usize) {
        match first_char(rest, self.options.bytes) {
            Some(character) => (Token::Char(character), character.len_utf8()),
            None => (Token::Byte(rest.first().copied().unwrap_or_default()), 1),
        }
    }

    /// In the basic grammar: at the end of the pattern, of a group or of an alternative.
    fn dollar_is_anchor(&self) -> bool {
        let rest = self.pattern.get(self.at + 1..).unwrap_or_default();
        rest.is_empty() || rest.starts_with(b"\\)") || rest.starts_with(b"\\|")
    }

    fn line_start(&self) -> Look {
        if self.options.multi_line { Look::LineStart } else { Look::TextStart }
    }

    fn line_end(&self) -> Look {
        if self.options.multi_line { Look::LineEnd } else { Look::TextEnd }
    }

    fn escape(&self, rest: &[u8]) -> (Token, usize) {
        let Some(second) = rest.get(1) else { return (Token::Backslash, 1) };
        let basic = self.is_basic();
        let gnu = !self.options.posix;
        let token = match second {
            b'(' if basic => Token::OpenGroup,
            b')' if basic => Token::CloseGroup,
            b'|' if basic && gnu => Token::Or,
            b'+' if basic && gnu => Token::Plus,
            b'?' if basic && gnu => Token::Question,
            b'{' if basic => Token::OpenInterval,
            b'w' if gnu => Token::Words(false),
            b'W' if gnu => Token::Words(true),
            b's' if gnu => Token::Spaces(false),
            b'S' if gnu => Token::Spaces(true),
            b'B' if gnu => Token::Look(Look::NotWord),
            b'<' if gnu => Token::Look(Look::WordStart),
            b'>' if gnu => Token::Look(Look::WordEnd),
            b'`' if gnu => Token::Look(Look::TextStart),
            b'\'' if gnu => Token::Look(Look::TextEnd),
            b'y' if self.is_awk() => Token::Look(Look::Word),
            b'b' if gnu && !self.is_awk() => Token::Look(Look::Word),
            b'1'..=b'9' if !self.is_awk() => Token::BackReference(usize::from(second - b'0')),
            _ if self.is_awk() => {
                let (byte, length) = awk_escape(rest);
                if !byte.is_ascii() && length == 2 {
                    let (token, length) = self.literal(rest.get(1..).unwrap_or_default());
                    return (token, length + 1);
                }
                let token = if byte.is_ascii() { Token::Char(char::from(byte)) } else { Token::Byte(byte) };
                return (token, length);
            }
            _ => {
                let (token, length) = self.literal(rest.get(1..).unwrap_or_default());
                return (token, length + 1);
            }
        };
        (token, 2)
    }

    fn advance(&mut self, length: usize) {
        self.at += length;
        self.caret_here = false;
    }

    /// Alternatives, up to the end of the group or of the pattern.
    fn alternation(&mut self) -> Result<Node, Error> {
        let before = self.complete.clone();
        let mut nodes = vec![self.branch()?];
        while self.peek().0 == Token::Or {
            let length = self.peek().1;
            self.advance(length);
            self.caret_here = true;
            let seen = std::mem::replace(&mut self.complete, before.clone());
            nodes.push(self.branch()?);
            self.complete.extend(seen);
            self.complete.sort_unstable();
            self.complete.dedup();
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Alternation(nodes) })
    }

    /// What stands in a row.
    fn branch(&mut self) -> Result<Node, Error> {
        let mut nodes = Vec::new();
        let mut size: u64 = 0;
        loop {
            match self.peek().0 {
                Token::End | Token::Or => break,
                Token::CloseGroup if self.depth > 0 => break,
                Token::CloseGroup => return Err(Error::UnmatchedClosingParenthesis),
                _ => {}
            }
            let node = self.expression()?;
            size = size.saturating_add(node.size());
            if size > SIZE_MAX {
                return Err(Error::TooBig);
            }
            nodes.push(node);
        }
        Ok(Node::concat(nodes))
    }

    /// One piece with what repeats it.
    fn expression(&mut self) -> Result<Node, Error> {
        let (token, length) = self.peek();
        let start = self.at;
        let may_start = start == 0 || self.caret_here;
        self.advance(length);
        let node = match token {
            Token::End | Token::Or | Token::CloseGroup => return Ok(Node::Empty),
            Token::Char(character) => self.character(character),
            Token::Byte(byte) => Node::Byte(byte),
            Token::Any => Node::Set(self.any()),
            Token::OpenBracket => Node::Set(bracket::parse(self.pattern, &mut self.at, self.options)?),
            Token::OpenGroup => self.group()?,
            Token::BackReference(number) => {
                if !self.complete.contains(&number) {
                    return Err(Error::BackReference);
                }
                Node::BackReference(number)
            }
            Token::Words(negated) => Node::Set(self.words(negated)),
            Token::Spaces(negated) => Node::Set(self.spaces(negated)),
            Token::Backslash => return Err(Error::TrailingBackslash),
            // An anchor is not repeated: what follows begins anew.
            Token::Look(look) => return Ok(Node::Look(look)),
            Token::Star | Token::Plus | Token::Question | Token::OpenInterval => {
                match self.nothing_to_repeat(token, start, may_start)? {
                    Some(node) => node,
                    None => return self.expression(),
                }
            }
        };
        self.repetitions(node)
    }

    /// A sign of repetition with nothing in front of it: an error, itself (`Some`), or passed over.
    fn nothing_to_repeat(
        &mut self,
        token: Token,
        start: usize,
        may_start: bool,
    ) -> Result<Option<Node>, Error> {
        let sign = self.pattern.get(self.at - 1).map_or('*', |byte| char::from(*byte));
        match self.options.grammar {
            Grammar::Basic if token == Token::OpenInterval && !self.options.lenient => {
                Err(Error::NothingToRepeat)
            }
            Grammar::Extended if !self.options.lenient => Err(Error::NothingToRepeat),
            Grammar::Extended => {
                if token == Token::OpenInterval {
                    let before = (self.at, self.caret_here);
                    if self.interval()?.is_none() {
                        (self.at, self.caret_here) = before;
                        return Ok(Some(self.character('{')));
                    }
                }
                let _ = start;
                self.caret_here = may_start;
                if matches!(self.peek().0, Token::End | Token::Or | Token::CloseGroup) {
                    return Ok(Some(Node::Empty));
                }
                Ok(None)
            }
            Grammar::Basic | Grammar::Awk => Ok(Some(self.character(sign))),
        }
    }

    fn group(&mut self) -> Result<Node, Error> {
        self.groups += 1;
        self.depth += 1;
        self.caret_here = true;
        if self.depth > DEPTH_MAX {
            return Err(Error::TooBig);
        }
        let number = self.groups;
        let node = self.alternation()?;
        let (token, length) = self.peek();
        if token != Token::CloseGroup {
            return Err(Error::UnmatchedParenthesis);
        }
        self.advance(length);
        self.depth -= 1;
        if number <= 9 {
            self.complete.push(number);
        }
        Ok(Node::Group(number, Box::new(node)))
    }

    /// The signs of repetition behind a piece.
    fn repetitions(&mut self, mut node: Node) -> Result<Node, Error> {
        let mut repeated = false;
        loop {
            let (token, length) = self.peek();
            let before = self.at;
            if repeated
                && self.is_basic()
                && !self.options.lenient
                && matches!(token, Token::Star | Token::OpenInterval)
            {
                return Err(Error::NothingToRepeat);
            }
            let (min, max) = match token {
                Token::Star => (0, None),
                Token::Plus => (1, None),
                Token::Question => (0, Some(1)),
                Token::OpenInterval => {
                    self.advance(length);
                    match self.interval()? {
                        Some(times) => {
                            node = repeat(node, times.0, times.1);
                            repeated = true;
                            if node.size() > SIZE_MAX {
                                return Err(Error::TooBig);
                            }
                            continue;
                        }
                        None => {
                            // It is no interval: the brace is a character, and what follows too.
                            self.at = before + length;
                            let brace = self.character('{');
                            let brace = self.repetitions(brace)?;
                            return Ok(Node::Concat(vec![node, brace]));
                        }
                    }
                }
                _ => return Ok(node),
            };
            self.advance(length);
            repeated = true;
            node = repeat(node, min, max);
        }
    }

    /// The interval behind its `{`; `None`: it is none, where that is no error.
    fn interval(&mut self) -> Result<Option<(u32, Option<u32>)>, Error> {
        let invalid_is_literal = self.options.lenient || self.is_awk();
        let (mut first, mut end) = self.number();
        if first == Number::Absent {
            if end != IntervalEnd::Comma {
                return Err(Error::BraceContent);
            }
            first = Number::Is(0);
        }
        let mut last = first;
        if first != Number::Bad {
            match end {
                IntervalEnd::Close => {}
                IntervalEnd::Comma => (last, end) = self.number(),
                IntervalEnd::Pattern => last = Number::Bad,
            }
        }
        let (min, max) = match (first, last) {
            (Number::Is(min), Number::Is(max)) => (min, Some(max)),
            (Number::Is(min), Number::Absent) => (min, None),
            _ if invalid_is_literal => return Ok(None),
            _ if end == IntervalEnd::Pattern => return Err(Error::UnmatchedBrace),
            _ => return Err(Error::BraceContent),
        };
        if max.is_some_and(|max| min > max) || end != IntervalEnd::Close {
            return Err(Error::BraceContent);
        }
        if max.unwrap_or(min) > REPEAT_MAX {
            return Err(Error::TooBig);
        }
        Ok(Some((min, max)))
    }

    /// A number of an interval, and what ended it.
    fn number(&mut self) -> (Number, IntervalEnd) {
        let mut number = Number::Absent;
        loop {
            let (token, length) = self.peek();
            let byte = self.pattern.get(self.at).copied();
            let closes = if self.is_basic() {
                self.pattern.get(self.at..).is_some_and(|rest| rest.starts_with(b"\\}"))
            } else {
                byte == Some(b'}')
            };
            self.advance(length.max(usize::from(closes)));
            number = match (token, byte) {
                (Token::End, _) => return (Number::Bad, IntervalEnd::Pattern),
                _ if closes => return (number, IntervalEnd::Close),
                (_, Some(b',')) => return (number, IntervalEnd::Comma),
                (Token::Char(_), Some(digit @ b'0'..=b'9')) if number != Number::Bad => {
                    let before = if let Number::Is(before) = number { before } else { 0 };
                    Number::Is((before * 10 + u32::from(digit - b'0')).min(REPEAT_MAX + 1))
                }
                _ => Number::Bad,
            };
        }
    }

    fn character(&self, character: char) -> Node {
        if self.options.ignore_case {
            let code = u32::from(character);
            let mut all: Vec<u32> = set::other_cases(code, self.options.bytes).collect();
            if !all.is_empty() {
                all.push(code);
                return Node::Set(Set::of(&all));
            }
        }
        Node::Char(character)
    }

    fn any(&self) -> Set {
        let newline: &[u32] = if self.options.dot_newline { &[] } else { &[10] };
        Set::of(newline).complement(self.options.bytes)
    }

    fn words(&self, negated: bool) -> Set {
        let words = set::word(self.options.bytes);
        if negated { words.complement(self.options.bytes) } else { words }
    }

    fn spaces(&self, negated: bool) -> Set {
        let spaces = set::class(b"space", self.options.bytes).unwrap_or_default();
        if negated { spaces.complement(self.options.bytes) } else { spaces }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Number {
    Absent,
    Is(u32),
    Bad,
}

#[derive(Clone, Copy, PartialEq)]
enum IntervalEnd {
    Close,
    Comma,
    /// The pattern ended.
    Pattern,
}

/// A node repeated. Repetitions of repetitions become one where that can be told, so that a row of signs does not
/// make a deep tree.
fn repeat(node: Node, min: u32, max: Option<u32>) -> Node {
    if (min, max) == (1, Some(1)) {
        return node;
    }
    match node {
        Node::Empty => Node::Empty,
        _ if max == Some(0) => Node::Empty,
        Node::Repeat { node, min: inner_min @ 0..=1, max: inner_max @ (None | Some(1)) }
            if min <= 1 && matches!(max, None | Some(1)) =>
        {
            Node::Repeat { node, min: min * inner_min, max: if max.is_none() { None } else { inner_max } }
        }
        node => Node::Repeat { node: Box::new(node), min, max },
    }
}

/// The first character of the text, if it begins with one.
pub(crate) fn first_char(text: &[u8], bytes: bool) -> Option<char> {
    let first = *text.first()?;
    if first.is_ascii() {
        return Some(char::from(first));
    }
    if bytes {
        return None;
    }
    let piece = text.get(..text.len().min(4))?;
    let valid = match std::str::from_utf8(piece) {
        Ok(all) => all,
        Err(error) => std::str::from_utf8(piece.get(..error.valid_up_to())?).ok()?,
    };
    valid.chars().next()
}

/// The byte that an escape of awk means, and the escape's length. `rest` begins with a backslash and has more.
pub(crate) fn awk_escape(rest: &[u8]) -> (u8, usize) {
    let Some(second) = rest.get(1).copied() else { return (b'\\', 1) };
    let byte = match second {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'0'..=b'7' => {
            let digits = rest.iter().skip(1).take(3).take_while(|byte| (b'0'..=b'7').contains(byte));
            let digits: Vec<u8> = digits.copied().collect();
            let value = digits.iter().fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0'));
            return (value.to_le_bytes()[0], 1 + digits.len());
        }
        b'x' if rest.get(2).is_some_and(u8::is_ascii_hexdigit) => {
            let digits: Vec<u8> =
                rest.iter().skip(2).take(2).take_while(|byte| byte.is_ascii_hexdigit()).copied().collect();
            let value = digits
                .iter()
                .fold(0, |value, digit| value * 16 + char::from(*digit).to_digit(16).unwrap_or(0));
            return (value.to_le_bytes()[0], 2 + digits.len());
        }
        other => other,
    };
    (byte, 2)
}
