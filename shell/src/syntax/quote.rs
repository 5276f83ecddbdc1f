//! Quoted text: `'…'`, `$'…'`, `"…"`, and text read as if it stood in double quotes.

use bstr::{BString, ByteSlice};

use super::ast::{Parameter, ParameterName, ParameterOperator, Part};
use super::dollar::{Inside, unparsed};
use super::error::{ErrorKind, OpenKind};
use super::reader::{Parse, Reader, Stop};
use super::source::Place;
use super::spelling::single_quoted;
use super::word::Parts;
use super::written::Instead;

/// Where a double-quoted text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuotedEnd {
    /// Before `"`.
    Quote,
    /// Before `}`: the word of `"${x:-word}"`.
    Brace,
    /// Before `"` in such a word, where a backslash quotes whatever follows it.
    QuoteInBrace,
    /// With the text, where `"` is an ordinary byte.
    Text {
        /// What is no expansion fails when it is evaluated, not here: the body of a here-document.
        lenient: bool,
    },
}

impl Reader<'_> {
    /// `'…'`
    pub(super) fn single_quote(&mut self, parts: &mut Parts) -> Parse<()> {
        let mut text = Vec::new();
        self.enter(OpenKind::SingleQuote)?;
        let place = self.cursor.place();
        self.bump();
        loop {
            let rest = self.cursor.rest();
            if rest.is_empty() {
                return self.end();
            }
            let found = rest.find_byte(b'\'');
            let length = found.unwrap_or(rest.len());
            text.extend_from_slice(rest.get(..length).unwrap_or_default());
            self.cursor.advance(length + usize::from(found.is_some()));
            if found.is_some() {
                break;
            }
        }
        self.leave();
        if text.contains(&b'\n') {
            self.rewrite(place, Instead::Itself);
        }
        parts.quoted(&text);
        Ok(())
    }

    /// `"…"`
    pub(super) fn double_quote(&mut self, parts: &mut Parts) -> Parse<()> {
        self.double_quote_up_to(QuotedEnd::Quote, parts)
    }

    fn double_quote_up_to(&mut self, end: QuotedEnd, parts: &mut Parts) -> Parse<()> {
        self.enter(OpenKind::DoubleQuote)?;
        self.bump();
        let place = self.cursor.place();
        let mut inner = Parts::default();
        self.quoted(end, &mut inner)?;
        let mut inner = inner.into_list();
        self.name_bad(&mut inner, place);
        self.bump();
        self.leave();
        parts.push(Part::DoubleQuoted(inner.into_vec()));
        Ok(())
    }

    /// Reads text as in double quotes, up to its end.
    pub(super) fn quoted(&mut self, end: QuotedEnd, parts: &mut Parts) -> Parse<()> {
        let inside = if end == QuotedEnd::Brace { Inside::QuotedBrace } else { Inside::Quotes };
        let lenient = end == (QuotedEnd::Text { lenient: true });
        let mut single_quoted = None;
        loop {
            self.take_run(is_ordinary, |run| parts.literal(run));
            let Some(byte) = self.peek() else {
                return match (end, single_quoted) {
                    (QuotedEnd::Text { .. }, _) => Ok(()),
                    (_, Some(line)) => self.end_in(OpenKind::SingleQuote, line),
                    (QuotedEnd::Quote | QuotedEnd::QuoteInBrace | QuotedEnd::Brace, None) => self.end(),
                };
            };
            match byte {
                b'"' if matches!(end, QuotedEnd::Quote | QuotedEnd::QuoteInBrace) => return Ok(()),
                b'"' if end == QuotedEnd::Brace => match single_quoted {
                    None => self.double_quote_up_to(QuotedEnd::QuoteInBrace, parts)?,
                    Some(_) => self.bump(),
                },
                b'}' if end == QuotedEnd::Brace && single_quoted.is_none() => return Ok(()),
                b'\'' if end == QuotedEnd::Brace => {
                    // Stands for itself, yet bash wants its partner and hides a `}` between them.
                    self.bump();
                    parts.byte(byte);
                    single_quoted = if single_quoted.is_some() { None } else { Some(self.cursor.line()) };
                }
                b'\\' => self.quoted_escape(end, parts),
                b'$' | b'`' if lenient => self.lenient_expansion(byte, parts)?,
                b'`' => self.backquote(!matches!(end, QuotedEnd::Text { .. }), parts)?,
                b'$' => self.dollar(inside, parts)?,
                _ => {
                    self.bump();
                    parts.byte(byte);
                }
            }
        }
    }

    /// An expansion in a here-document. One that is wrong takes the rest of the body with it.
    fn lenient_expansion(&mut self, byte: u8, parts: &mut Parts) -> Parse<()> {
        let (mark, line) = (self.mark(), self.cursor.line());
        let mut inner = Parts::default();
        let result = if byte == b'`' {
            self.backquote(false, &mut inner)
        } else {
            self.dollar(Inside::Quotes, &mut inner)
        };
        match result {
            Ok(()) => {
                parts.append(inner);
                Ok(())
            }
            Err(stop) if is_limit(&stop) => Err(stop),
            Err(_) => {
                self.reset(mark);
                let start = self.cursor.offset();
                let rest = self.cursor.rest();
                let text = BString::from(rest.strip_suffix(b"\n").unwrap_or(rest));
                self.cursor.advance(text.len());
                parts.push(if text.starts_with(b"${") {
                    let span = self.span_from(start);
                    let (name, operator) =
                        (ParameterName::Variable("".into()), ParameterOperator::Bad { text, within: None });
                    Part::Parameter(Box::new(Parameter {
                        name,
                        subscript: None,
                        indirect: false,
                        operator,
                        span,
                    }))
                } else {
                    let command = text.strip_prefix(b"$(").or(text.strip_prefix(b"`")).unwrap_or(&text);
                    Part::CommandSubstitution(unparsed(command, line))
                });
                Ok(())
            }
        }
    }

    /// A backslash in double-quoted text.
    pub(super) fn quoted_escape(&mut self, end: QuotedEnd, parts: &mut Parts) {
        self.bump();
        let Some(byte) = self.cursor.peek() else {
            parts.byte(b'\\');
            return;
        };
        let stands_alone = match byte {
            b'$' | b'`' | b'\\' => true,
            b'"' => !matches!(end, QuotedEnd::Text { .. }),
            b'}' => matches!(end, QuotedEnd::Brace | QuotedEnd::QuoteInBrace),
            _ => end == QuotedEnd::QuoteInBrace,
        };
        if !stands_alone {
            parts.byte(b'\\');
        }
        if stands_alone || end == QuotedEnd::Brace {
            self.bump();
            parts.byte(byte);
        }
    }

    /// `$'…'`, from the quote on: decoded.
    pub(super) fn ansi_quote(&mut self, inside: Inside, dollar: Place, parts: &mut Parts) -> Parse<()> {
        let mut raw = Vec::new();
        self.enter(OpenKind::SingleQuote)?;
        self.bump();
        loop {
            match self.cursor.peek() {
                None => return self.end(),
                Some(b'\'') => break,
                Some(b'\\') => {
                    raw.push(b'\\');
                    self.bump();
                    let Some(byte) = self.cursor.peek() else { return self.end() };
                    raw.push(byte);
                }
                Some(byte) => raw.push(byte),
            }
            self.bump();
        }
        self.bump();
        self.leave();
        let text = decode_ansi(&raw);
        // In quotes there are no single ones, so it must stay what it is.
        let instead = match inside {
            Inside::QuotedBrace => Instead::Itself,
            Inside::Plain | Inside::Quotes => Instead::Text(single_quoted(&text).into()),
        };
        self.rewrite(dollar, instead);
        parts.quoted(&text);
        Ok(())
    }
}

/// Does a byte never mean anything in double quotes, so that a run of them can be taken at once?
fn is_ordinary(byte: u8) -> bool {
    !matches!(byte, b'"' | b'\'' | b'\\' | b'$' | b'`' | b'}')
}

/// Is this failure one of our bounds, which nothing may swallow?
pub(super) fn is_limit(stop: &Stop) -> bool {
    match stop {
        Stop::End(_) => false,
        Stop::Error(error) => {
            matches!(error.kind, ErrorKind::TooDeep | ErrorKind::AliasTooLong | ErrorKind::CommandTooLong)
        }
    }
}

/// The text that `$'…'` stands for. A NUL ends it.
pub(super) fn decode_ansi(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        let Some((escape, after)) = rest.split_first() else {
            out.push(b'\\');
            break;
        };
        rest = after;
        if let Some(byte) = named_escape(*escape) {
            out.push(byte);
            continue;
        }
        let decoded = match *escape {
            b'0'..=b'7' => {
                let (value, after) = number(rest_with(raw, rest, 1), 8, 3);
                rest = after;
                (value & 0xff) as u8
            }
            b'x' => {
                let (value, after) = hexadecimal(rest);
                if after.len() == rest.len() {
                    out.extend_from_slice(b"\\x");
                    continue;
                }
                rest = after;
                (value & 0xff) as u8
            }
            b'u' | b'U' => {
                let (value, after) = number(rest, 16, if *escape == b'u' { 4 } else { 8 });
                if after.len() == rest.len() {
                    out.extend_from_slice(&[b'\\', *escape]);
                    continue;
                }
                rest = after;
                if value == 0 {
                    return out;
                }
                push_code_point(value, &mut out);
                continue;
            }
            b'c' => match rest.split_first() {
                Some((control, after)) => {
                    rest = after;
                    if *control == b'\\' && rest.first() == Some(&b'\\') {
                        rest = rest.get(1..).unwrap_or_default();
                    }
                    if *control == b'?' { 127 } else { control.to_ascii_uppercase() & 0x1f }
                }
                None => {
                    out.extend_from_slice(b"\\c");
                    continue;
                }
            },
            other => {
                out.extend_from_slice(&[b'\\', other]);
                continue;
            }
        };
        if decoded == 0 {
            return out;
        }
        out.push(decoded);
    }
    out
}

/// The byte that a backslash and this letter stand for.
fn named_escape(letter: u8) -> Option<u8> {
    Some(match letter {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'a' => 7,
        b'b' => 8,
        b'v' => 11,
        b'f' => 12,
        b'e' | b'E' => 27,
        b'\\' | b'\'' | b'"' | b'?' => letter,
        _ => return None,
    })
}

/// `rest`, `back` bytes longer at its front.
fn rest_with<'a>(raw: &'a [u8], rest: &[u8], back: usize) -> &'a [u8] {
    raw.get(raw.len().saturating_sub(rest.len() + back)..).unwrap_or_default()
}

/// The number in front of the text, of at most `digits_max` digits, and what follows it.
fn number(text: &[u8], radix: u32, digits_max: usize) -> (u32, &[u8]) {
    let mut value = 0_u32;
    let mut length = 0;
    for byte in text.iter().take(digits_max) {
        let Some(digit) = char::from(*byte).to_digit(radix) else { break };
        value = value.wrapping_mul(radix).wrapping_add(digit);
        length += 1;
    }
    (value, text.get(length..).unwrap_or_default())
}

/// `\xHH`, or `\x{H…}`.
fn hexadecimal(text: &[u8]) -> (u32, &[u8]) {
    if let Some(braced) = text.strip_prefix(b"{") {
        let (value, after) = number(braced, 16, usize::MAX);
        if after.len() < braced.len() {
            return (value, after.strip_prefix(b"}").unwrap_or(after));
        }
    }
    number(text, 16, 2)
}

/// The UTF-8 of a code point; of one beyond Unicode, the same scheme carried on.
fn push_code_point(value: u32, out: &mut Vec<u8>) {
    if let Some(known) = char::from_u32(value) {
        out.extend_from_slice(known.encode_utf8(&mut [0; 4]).as_bytes());
        return;
    }
    let tail = |shift: u32| 0x80 | ((value >> shift) & 0x3f) as u8;
    match value {
        0..=0xffff => out.extend_from_slice(&[0xe0 | (value >> 12) as u8, tail(6), tail(0)]),
        0x1_0000..=0x1f_ffff => {
            out.extend_from_slice(&[0xf0 | (value >> 18) as u8, tail(12), tail(6), tail(0)])
        }
        0x20_0000..=0x3ff_ffff => {
            out.extend_from_slice(&[0xf8 | (value >> 24) as u8, tail(18), tail(12), tail(6), tail(0)]);
        }
        _ => {
            let first = 0xfc | ((value >> 30) & 1) as u8;
            out.extend_from_slice(&[first, tail(24), tail(18), tail(12), tail(6), tail(0)]);
        }
    }
}
