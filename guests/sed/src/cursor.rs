//! The place in a script's text: which piece of it, and where in that. It owns the wording of where an error is.

/// A piece of a script: an argument of `-e`, or a file.
pub(crate) struct Chunk {
    pub(crate) text: Vec<u8>,
    pub(crate) origin: Origin,
}

pub(crate) enum Origin {
    /// The number of the `-e`, from 1 on.
    Expression(usize),
    File(Vec<u8>),
}

/// Reads the pieces byte by byte.
pub(crate) struct Cursor {
    chunks: Vec<Chunk>,
    chunk: usize,
    at: usize,
}

impl Cursor {
    pub(crate) fn new(chunks: Vec<Chunk>) -> Cursor {
        Cursor { chunks, chunk: 0, at: 0 }
    }

    /// What is left of the piece.
    pub(crate) fn rest(&self) -> &[u8] {
        self.chunks.get(self.chunk).and_then(|chunk| chunk.text.get(self.at..)).unwrap_or_default()
    }

    /// The next byte of the piece.
    pub(crate) fn next(&mut self) -> Option<u8> {
        let byte = self.rest().first().copied()?;
        self.at += 1;
        Some(byte)
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Goes back by a byte.
    pub(crate) fn back(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    pub(crate) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Passes over spaces other than newlines.
    pub(crate) fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n' && is_space(byte)) {
            self.at += 1;
        }
    }

    /// The first byte that is neither a space nor the end.
    pub(crate) fn next_not_blank(&mut self) -> Option<u8> {
        self.skip_blanks();
        self.next()
    }

    /// Goes to the next piece; `false`: there is none.
    pub(crate) fn next_chunk(&mut self) -> bool {
        if self.chunk + 1 >= self.chunks.len() {
            return false;
        }
        self.chunk += 1;
        self.at = 0;
        true
    }

    /// Is this the first piece, and was nothing of it read but these bytes?
    pub(crate) fn is_at_start(&self, bytes: usize) -> bool {
        self.chunk == 0 && self.at == bytes
    }

    /// A complaint about what was read last.
    pub(crate) fn error(&self, what: &str) -> String {
        self.located(self.at, what)
    }

    /// A complaint about something at no place.
    pub(crate) fn error_at_0(&self, what: &str) -> String {
        match self.chunks.get(self.chunk).map(|chunk| &chunk.origin) {
            Some(Origin::Expression(number)) => format!("-e expression #{number}, char 0: {what}"),
            Some(Origin::File(_)) | None => self.error(what),
        }
    }

    fn located(&self, at: usize, what: &str) -> String {
        let Some(chunk) = self.chunks.get(self.chunk) else { return what.to_owned() };
        match &chunk.origin {
            Origin::Expression(number) => format!("-e expression #{number}, char {at}: {what}"),
            Origin::File(name) => {
                let before = chunk.text.get(..at).unwrap_or_default();
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                format!("file {} line {line}: {what}", String::from_utf8_lossy(name))
            }
        }
    }
}

/// A space of the locale C.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | 9..=13)
}
