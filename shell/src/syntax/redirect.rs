//! Redirections.

use bstr::ByteSlice;

use super::ast::{Part, Redirect, RedirectFd, RedirectOperation, Word};
use super::reader::{Parse, Reader};
use super::reserved::{is_name, is_name_byte};

impl Reader<'_> {
    /// The redirections that stand here.
    pub(super) fn redirects(&mut self) -> Parse<Vec<Redirect>> {
        let mut redirects = Vec::new();
        loop {
            self.blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => return Ok(redirects),
            }
        }
    }

    /// A redirection, if one stands here.
    pub(super) fn redirect(&mut self) -> Parse<Option<Redirect>> {
        let start = self.cursor.offset();
        let fd = match self.peek() {
            Some(b'<' | b'>') if !self.looking_at(b"<(") && !self.looking_at(b">(") => RedirectFd::Default,
            Some(b'&') if self.looking_at(b"&>") => RedirectFd::Default,
            Some(b'0'..=b'9') => match self.descriptor() {
                Some(fd) => fd,
                None => return Ok(None),
            },
            Some(b'{') => match self.descriptor_variable() {
                Some(fd) => fd,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let operation = self.operation()?;
        let span = self.span_from(start);
        Ok(Some(Redirect { fd, operation, span }))
    }

    /// Does the descriptor of a redirection stand here? It is no word, wherever one is wanted.
    #[inline(never)]
    pub(super) fn at_descriptor(&mut self) -> bool {
        // Most words that begin with a digit are numbers.
        if let Some((_, next)) = self.run(usize::MAX, |byte| byte.is_ascii_digit())
            && self.peek() != Some(b'{')
            && !matches!(next, Some(b'<' | b'>'))
        {
            return false;
        }
        let cursor = self.cursor.clone();
        let found = match self.peek() {
            Some(b'0'..=b'9') => self.descriptor(),
            Some(b'{') => self.descriptor_variable(),
            _ => None,
        };
        self.cursor = cursor;
        found.is_some()
    }

    /// Digits right before `<` or `>`.
    fn descriptor(&mut self) -> Option<RedirectFd> {
        let (digits, length, next) = self.scan(20, |byte| byte.is_ascii_digit());
        if !self.redirects_at(length, next) {
            return None;
        }
        let number = std::str::from_utf8(&digits).ok()?.parse().ok()?;
        self.cursor.advance(length);
        Some(RedirectFd::Number(number))
    }

    /// `{name}` right before `<` or `>`.
    fn descriptor_variable(&mut self) -> Option<RedirectFd> {
        let inside = |byte: u8| is_name_byte(byte) || matches!(byte, b'{' | b'[' | b']' | b'}' | b'@' | b'*');
        let (text, length, next) = self.scan(256, inside);
        let name = text.strip_prefix(b"{")?.strip_suffix(b"}")?;
        let variable = match name.find_byte(b'[') {
            Some(bracket) if name.ends_with(b"]") => name.get(..bracket)?,
            Some(_) => return None,
            None => name,
        };
        if !is_name(variable) || !self.redirects_at(length, next) {
            return None;
        }
        self.cursor.advance(length);
        Some(RedirectFd::Variable(name.into()))
    }

    /// Is the byte `ahead` a redirection operator, and not the start of a process substitution?
    fn redirects_at(&self, ahead: usize, byte: Option<u8>) -> bool {
        matches!(byte, Some(b'<' | b'>')) && self.cursor.peek_at(ahead + 1) != Some(b'(')
    }

    fn operation(&mut self) -> Parse<RedirectOperation> {
        const OPERATORS: [&[u8]; 12] =
            [b"<<<", b"<<-", b"<<", b"<&", b"<>", b"<", b"&>>", b"&>", b">>", b">&", b">|", b">"];
        let operator = OPERATORS.into_iter().find(|operator| self.eat(operator)).unwrap_or_default();
        if operator == b"<<" || operator == b"<<-" {
            return Ok(RedirectOperation::HereDocument(Box::new(self.here_document(operator == b"<<-")?)));
        }
        self.blanks();
        // Behind `>&` a number is one, whatever follows it.
        let is_number = operator.ends_with(b"&") && self.peek().is_some_and(|byte| byte.is_ascii_digit());
        if !is_number && !self.at_word() {
            return self.unexpected();
        }
        // And a dash is a word of its own.
        let word = if operator.ends_with(b"&") && self.peek() == Some(b'-') {
            let start = self.cursor.offset();
            self.bump();
            Word::of(Part::literal("-"), self.span_from(start))
        } else {
            self.word()?
        };
        Ok(match operator {
            b"<<<" => RedirectOperation::HereString(word),
            b"<&" => RedirectOperation::DuplicateInput(word),
            b"<>" => RedirectOperation::ReadWrite(word),
            b"<" => RedirectOperation::Read(word),
            b"&>>" => RedirectOperation::AppendBoth(word),
            b"&>" => RedirectOperation::WriteBoth(word),
            b">>" => RedirectOperation::Append(word),
            b">&" => RedirectOperation::DuplicateOutput(word),
            b">|" => RedirectOperation::Clobber(word),
            _ => RedirectOperation::Write(word),
        })
    }
}
