//! History expansion: `!…` in a typed line becomes text of earlier lines, before anything else reads it.
//!
//! An expansion is an event (which line), word designators (which of its words) and modifiers (what becomes of them).
//! It works on lines: it knows nothing of the shell's grammar but quotes, and comments at a prompt.

mod modifiers;
mod words;

use std::fmt;

use bstr::{BStr, BString, ByteSlice};

use crate::state::History;

/// The longest line that an expansion gives.
const LINE_BYTES_MAX: usize = 1 << 24;

/// How a line is expanded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HistoryExpansion {
    /// The character that begins an expansion: `!`.
    pub(crate) event: u8,
    /// The character that begins a quick substitution: `^`.
    pub(crate) quick: u8,
    /// The character that begins a comment, where comments are looked for.
    pub(crate) comment: Option<u8>,
    /// The quote that is open where the line begins.
    pub(crate) quote: Option<u8>,
    /// `!(` begins a pattern.
    pub(crate) extglob: bool,
    /// Operators of the shell end the text of `!text`.
    pub(crate) operators: bool,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpandedLine {
    /// The new line.
    pub(crate) text: BString,
    /// It is only to be shown (`:p`).
    pub(crate) shown_only: bool,
}

/// Why a line could not be expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HistoryError {
    /// No line fits.
    NotFound(BString),
    /// The line has no such words.
    BadWord(BString),
    /// There is no such modifier.
    BadModifier(BString),
    /// What was to be replaced is not there.
    SubstitutionFailed(BString),
    /// `:&` or `:s//…/` and nothing was replaced before.
    NoSubstitution(BString),
    /// It became too long.
    TooLong,
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HistoryError::NotFound(what) => write!(f, "{what}: event not found"),
            HistoryError::BadWord(what) => write!(f, "{what}: bad word specifier"),
            HistoryError::BadModifier(what) => write!(f, "{what}: unrecognized history modifier"),
            HistoryError::SubstitutionFailed(what) => write!(f, "{what}: substitution failed"),
            HistoryError::NoSubstitution(what) => write!(f, "{what}: no previous substitution"),
            HistoryError::TooLong => f.write_str("history expansion too long"),
        }
    }
}

/// A place in a line.
struct Reader<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.line.get(self.at + ahead).copied()
    }

    fn eat(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.line.get(self.at..).unwrap_or_default();
        let count = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        self.at += count;
        rest.get(..count).unwrap_or_default()
    }

    fn number(&mut self) -> Option<usize> {
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    fn since(&self, start: usize) -> BString {
        self.line.get(start..self.at).unwrap_or_default().into()
    }
}

impl HistoryExpansion {
    /// Expands a line; absent: there was nothing to expand.
    pub(crate) fn expand(
        &self,
        line: &[u8],
        history: &mut History,
    ) -> Result<Option<ExpandedLine>, HistoryError> {
        if !line.contains(&self.event) && line.first() != Some(&self.quick) {
            return Ok(None);
        }
        let mut reader = Reader { line, at: 0 };
        let mut out = ExpandedLine { text: BString::default(), shown_only: false };
        let mut quote = self.quote;
        let mut changed = false;
        if quote.is_none() && reader.peek() == Some(self.quick) {
            self.substitute_quickly(&mut reader, history, &mut out)?;
            changed = true;
        }
        while let Some(byte) = reader.peek() {
            let blank_before =
                reader.at == 0 || line.get(reader.at - 1).is_some_and(|b| b.is_ascii_whitespace());
            if quote.is_none() && blank_before && self.comment == Some(byte) {
                out.text.extend_from_slice(line.get(reader.at..).unwrap_or_default());
                break;
            }
            if byte == self.event && quote != Some(b'\'') && self.begins(&reader, quote) {
                self.expand_event(&mut reader, quote, history, &mut out)?;
                changed = true;
                if out.text.len() > LINE_BYTES_MAX {
                    return Err(HistoryError::TooLong);
                }
                continue;
            }
            reader.at += 1;
            out.text.push(byte);
            match byte {
                b'\\' if quote != Some(b'\'') => {
                    out.text.extend(reader.peek());
                    reader.at += 1;
                }
                b'\'' | b'"' if quote == Some(byte) => quote = None,
                b'\'' | b'"' if quote.is_none() => quote = Some(byte),
                _ => {}
            }
        }
        Ok(changed.then_some(out))
    }

    /// Does the event character begin an expansion here?
    fn begins(&self, reader: &Reader<'_>, quote: Option<u8>) -> bool {
        let before = |back: usize| reader.at.checked_sub(back).and_then(|at| reader.line.get(at)).copied();
        let rest = reader.line.get(reader.at..).unwrap_or_default();
        match reader.peek_at(1) {
            None | Some(b' ' | b'\t' | b'\n' | b'\r' | b'=') => return false,
            Some(b'"') if quote == Some(b'"') => return false,
            Some(b'(') if self.extglob => return false,
            Some(_) => {}
        }
        match before(1) {
            Some(b'[') => !rest.contains(&b']'),
            Some(b'{') => before(2) != Some(b'$') || !rest.contains(&b'}'),
            Some(b'$') => false,
            _ => true,
        }
    }

    /// `^old^new^` at the start of a line.
    fn substitute_quickly(
        &self,
        reader: &mut Reader<'_>,
        history: &mut History,
        out: &mut ExpandedLine,
    ) -> Result<(), HistoryError> {
        let event = history.last().ok_or_else(|| HistoryError::NotFound("!!".into()))?.to_owned();
        let text = modifiers::substitute(reader, history, event, modifiers::Reach::First, b":s")?;
        self.modify(reader, history, text, out)
    }

    fn expand_event(
        &self,
        reader: &mut Reader<'_>,
        quote: Option<u8>,
        history: &mut History,
        out: &mut ExpandedLine,
    ) -> Result<(), HistoryError> {
        let event = self.event(reader, quote, history, &out.text)?;
        let text = words::select(reader, history, &event)?;
        self.modify(reader, history, text, out)
    }

    fn modify(
        &self,
        reader: &mut Reader<'_>,
        history: &mut History,
        text: BString,
        out: &mut ExpandedLine,
    ) -> Result<(), HistoryError> {
        let (text, shown_only) = modifiers::modify(reader, history, text)?;
        out.shown_only |= shown_only;
        out.text.extend_from_slice(&text);
        Ok(())
    }

    /// The line that is meant; the reader stands behind its name afterwards.
    fn event(
        &self,
        reader: &mut Reader<'_>,
        quote: Option<u8>,
        history: &mut History,
        so_far: &BString,
    ) -> Result<BString, HistoryError> {
        let start = reader.at;
        reader.at += 1;
        let found = match reader.peek() {
            Some(byte) if byte == self.event => {
                reader.at += 1;
                history.last().map(ToOwned::to_owned)
            }
            Some(b'#') => {
                reader.at += 1;
                Some(so_far.clone())
            }
            Some(b'$' | b'^' | b'*' | b':' | b'%') => history.last().map(ToOwned::to_owned),
            Some(b'-') if reader.peek_at(1).is_some_and(|byte| byte.is_ascii_digit()) => {
                reader.at += 1;
                let back = reader.number().unwrap_or(usize::MAX);
                let number = history.next_number().checked_sub(back);
                number.and_then(|number| history.get(number)).map(|entry| entry.line.clone())
            }
            Some(b'0'..=b'9') => {
                let number = reader.number().unwrap_or(usize::MAX);
                history.get(number).map(|entry| entry.line.clone())
            }
            Some(b'?') => {
                reader.at += 1;
                let wanted = reader.take_while(|byte| !matches!(byte, b'?' | b'\n'));
                reader.eat(b'?');
                search(history, wanted)
            }
            _ => {
                let wanted = reader.take_while(|byte| !self.ends_name(byte, quote));
                let fits = |line: &BStr| line.starts_with(wanted);
                history.find(fits).filter(|_| !wanted.is_empty()).map(ToOwned::to_owned)
            }
        };
        found.ok_or_else(|| HistoryError::NotFound(reader.since(start)))
    }

    fn ends_name(&self, byte: u8, quote: Option<u8>) -> bool {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b':' | b'^' | b'$' | b'*' | b'%' | b'-' => true,
            b'"' => quote == Some(b'"'),
            b';' | b'&' | b'(' | b')' | b'|' | b'<' | b'>' => self.operators,
            _ => false,
        }
    }
}

/// The newest line that a text stands in; the text and its word are remembered.
fn search(history: &mut History, wanted: &[u8]) -> Option<BString> {
    let wanted: BString = match (wanted, &history.search) {
        ([], Some((last, _))) => last.clone(),
        _ => wanted.into(),
    };
    let found = history.find(|line| line.contains_str(&wanted)).map(ToOwned::to_owned)?;
    let word = words::split(&found).into_iter().find(|word| word.contains_str(&wanted)).unwrap_or_default();
    history.search = Some((wanted, word));
    Some(found)
}

#[cfg(test)]
mod tests;
