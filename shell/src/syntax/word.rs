//! Unquoted text: words, patterns, subscripts and the insides of `${…}`, as parts.

use super::ast::{self, Part, Text, Word};
use super::dollar::Inside;
use super::error::OpenKind;
use super::reader::{Parse, Reader};
use super::reserved::is_meta;
use super::source::Place;
use super::written::Instead;

/// Where an unquoted text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Before a blank, newline or operator.
    Word,
    /// The same, but `|` and balanced parentheses belong to it: behind `=~`.
    Regex,
    /// Before `}`.
    Brace,
    /// Before `/` or `}`.
    Slash,
    /// Before the matching `]`; in `${…}` also before `}`.
    Subscript {
        /// Within `${…}`.
        in_brace: bool,
    },
    /// Before the matching `]`, or where a word ends: in an argument.
    ArgumentSubscript,
}

/// Where an unquoted text may have a tilde to expand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tilde {
    /// Nowhere.
    Never,
    /// At its start.
    Start,
    /// At its start and behind each colon.
    Assignment,
}

/// How an unquoted text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) end: End,
    pub(super) tilde: Tilde,
}

/// Parts being collected. Text next to text of the same kind becomes one part.
#[derive(Debug, Default)]
pub(super) struct Parts {
    list: ast::Parts,
    literal: Text,
}

impl Parts {
    pub(super) fn byte(&mut self, byte: u8) {
        self.literal.push(byte);
    }

    pub(super) fn literal(&mut self, text: &[u8]) {
        self.literal.extend_from_slice(text);
    }

    pub(super) fn quoted(&mut self, text: &[u8]) {
        self.flush();
        match self.list.last_mut() {
            Some(Part::Quoted(last)) => last.extend_from_slice(text),
            _ => self.list.push(Part::quoted(text)),
        }
    }

    pub(super) fn push(&mut self, part: Part) {
        self.flush();
        self.list.push(part);
    }

    /// Takes over parts read elsewhere.
    pub(super) fn append(&mut self, other: Parts) {
        for part in other.into_list() {
            match part {
                Part::Literal(text) => self.literal(&text),
                Part::Quoted(text) => self.quoted(&text),
                other => self.push(other),
            }
        }
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.list.push(Part::Literal(std::mem::take(&mut self.literal)));
        }
    }

    /// Is the last thing collected an unquoted `? * + @ !`, so that `(` begins an extended pattern?
    fn ends_in_pattern_byte(&self) -> bool {
        matches!(self.literal.last(), Some(b'?' | b'*' | b'+' | b'@' | b'!'))
    }

    pub(super) fn into_list(mut self) -> ast::Parts {
        self.flush();
        self.list
    }
}

impl Reader<'_> {
    /// An ordinary word; the caller has seen that one begins here.
    pub(super) fn word(&mut self) -> Parse<Word> {
        self.written_word(Rule { end: End::Word, tilde: Tilde::Start })
    }

    /// A text by this rule, as a word that knows how it was written.
    pub(super) fn written_word(&mut self, rule: Rule) -> Parse<Word> {
        let from = self.beginning();
        let word = self.word_as(rule, Parts::default())?;
        Ok(self.as_written(word, from))
    }

    /// A text by this rule, as a word, behind parts already read.
    pub(super) fn word_as(&mut self, rule: Rule, parts: Parts) -> Parse<Word> {
        self.peek();
        self.word_from(self.cursor.place(), rule, parts)
    }

    /// The same for a word that began here, with the parts already read.
    #[inline(always)]
    pub(super) fn word_from(&mut self, place: Place, rule: Rule, mut parts: Parts) -> Parse<Word> {
        self.check_length()?;
        let start = self.cursor.offset();
        self.unquoted(rule, &mut parts)?;
        let span = self.span_from(start);
        let mut parts = parts.into_list();
        self.name_bad(&mut parts, place);
        Ok(Word { parts, span, written: None })
    }

    /// Does an ordinary word begin here?
    pub(super) fn at_word(&mut self) -> bool {
        match self.peek() {
            Some(b'<') => self.looking_at(b"<("),
            Some(b'>') => self.looking_at(b">("),
            Some(b'0'..=b'9' | b'{') => !self.at_descriptor(),
            Some(byte) => !is_meta(byte),
            None => false,
        }
    }

    /// Reads unquoted text up to its end.
    pub(super) fn unquoted(&mut self, rule: Rule, parts: &mut Parts) -> Parse<()> {
        let mut fresh = rule.tilde != Tilde::Never;
        let mut nesting = 0_u32;
        loop {
            if rule.end == End::Word && nesting == 0 {
                let before = parts.literal.len();
                self.take_run(is_ordinary, |run| parts.literal(run));
                fresh &= parts.literal.len() == before;
            }
            let Some(byte) = self.peek() else {
                return match rule.end {
                    End::Word | End::Regex if nesting == 0 => Ok(()),
                    End::ArgumentSubscript => Ok(()),
                    End::Word | End::Regex => self.end_in(OpenKind::Parenthesis, self.cursor.line()),
                    End::Brace | End::Slash | End::Subscript { .. } => self.end(),
                };
            };
            let tilde_here = std::mem::take(&mut fresh);
            match byte {
                b'\\' => self.escape(parts),
                b'\'' => self.single_quote(parts)?,
                b'"' => self.double_quote(parts)?,
                b'`' => self.backquote(false, parts)?,
                b'$' => self.dollar(Inside::Plain, parts)?,
                b'~' if tilde_here => self.tilde(rule, parts),
                b'<' | b'>' if nesting == 0 && self.at_process_substitution(rule) => {
                    self.process_substitution(parts)?;
                }
                _ => {
                    if !self.belongs(byte, rule.end, &mut nesting, parts) {
                        return Ok(());
                    }
                    self.bump();
                    parts.byte(byte);
                    fresh = byte == b':' && rule.tilde == Tilde::Assignment && nesting == 0;
                }
            }
        }
    }

    /// Does this plain byte belong to the text?
    fn belongs(&self, byte: u8, end: End, nesting: &mut u32, parts: &Parts) -> bool {
        match end {
            End::Word | End::Regex => {
                if *nesting > 0 {
                    match byte {
                        b'(' => *nesting += 1,
                        b')' => *nesting -= 1,
                        _ => {}
                    }
                    return true;
                }
                let extended = self.extglob && parts.ends_in_pattern_byte();
                if byte == b'(' && (end == End::Regex || extended) {
                    *nesting = 1;
                    return true;
                }
                !is_meta(byte) || (end == End::Regex && byte == b'|')
            }
            End::Brace => byte != b'}',
            End::Slash => byte != b'}' && byte != b'/',
            End::ArgumentSubscript if is_meta(byte) => false,
            End::Subscript { .. } | End::ArgumentSubscript => {
                match byte {
                    b'[' => *nesting += 1,
                    b']' if *nesting == 0 => return false,
                    b']' => *nesting -= 1,
                    b'}' if end == (End::Subscript { in_brace: true }) => return false,
                    _ => {}
                }
                true
            }
        }
    }

    fn at_process_substitution(&mut self, rule: Rule) -> bool {
        match rule.end {
            End::Word | End::Brace => self.looking_at(b"<(") || self.looking_at(b">("),
            End::Regex | End::Slash | End::Subscript { .. } | End::ArgumentSubscript => false,
        }
    }

    /// A backslash and the byte it quotes.
    fn escape(&mut self, parts: &mut Parts) {
        let place = self.cursor.place();
        self.bump();
        match self.cursor.peek() {
            Some(byte) => {
                self.bump();
                parts.quoted(&[byte]);
            }
            None => {
                // Whatever comes behind it in what is printed, it is not quoted.
                self.rewrite(place, Instead::Text("\\\\".into()));
                parts.quoted(b"\\");
            }
        }
    }

    /// A tilde where bash may expand one: it does if a login name, or nothing, and then a `/` or the end follow.
    fn tilde(&mut self, rule: Rule, parts: &mut Parts) {
        self.bump();
        let (name, length, next) =
            self.scan(256, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+'));
        let ends = match next {
            None | Some(b'/') => true,
            Some(b':') => rule.tilde == Tilde::Assignment,
            Some(b'}') => rule.end == End::Brace || rule.end == End::Slash,
            Some(byte) => is_meta(byte) && matches!(rule.end, End::Word | End::Regex),
        };
        if ends {
            self.cursor.advance(length);
            parts.push(Part::Tilde(name.into()));
        } else {
            parts.byte(b'~');
        }
    }
}

/// Does a byte never mean anything in a word, so that a run of them can be taken at once?
fn is_ordinary(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'/' | b',' | b'%' | b'=' | 0x80..)
}
