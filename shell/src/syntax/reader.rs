//! The reader: everything one complete command is read with.
//!
//! It owns the cursor, the nesting, the queue of here-documents and the remembered verdicts. The other files of
//! this folder add their constructs to it, one family each.

use std::collections::HashSet;

use bstr::BString;

use super::ast::{Argument, Span, Word};
use super::error::{ErrorKind, Incomplete, Open, OpenKind, SyntaxError, Warning, is_in_array};
use super::heredoc::Pending;
use super::parser::{Aliases, ParseOptions};
use super::printer::print_word;
use super::reserved::{Reserved, is_meta};
use super::source::{Cursor, Place};
use super::spelling::ansi_quoted;
use super::written::Rewrite;
use super::{ALIAS_BYTES_MAX, COMMAND_BYTES_MAX, DEPTH_MAX};

/// Why reading stopped without a result.
#[derive(Debug)]
pub(super) enum Stop {
    /// The text ended.
    End(Incomplete),
    /// The text is wrong.
    Error(SyntaxError),
}

/// What reading a construct gives. The failure is boxed: results are passed up through many small frames.
pub(super) type Parse<T> = Result<T, Box<Stop>>;

/// Reads one complete command.
pub(super) struct Reader<'a> {
    pub(super) cursor: Cursor,
    pub(super) options: &'a ParseOptions,
    aliases: &'a dyn Aliases,
    /// Where the complete command begins.
    start: usize,
    depth: u32,
    open: Vec<Open>,
    /// Are extended patterns read here? (They are in `[[ ]]`, whatever the option says.)
    pub(super) extglob: bool,
    /// Here-documents whose bodies come after the next newline.
    pub(super) pending: Vec<Pending>,
    /// The bodies read, and none for those yet to come; a redirection knows its index.
    pub(super) bodies: Vec<Option<Word>>,
    /// A here-document was left unread at the end of a substitution.
    pub(super) unread_in_words: bool,
    pub(super) warnings: Vec<Warning>,
    /// What is not printed as it was written, of the words being read.
    pub(super) rewrites: Vec<Rewrite>,
    /// An expansion was read that bash will refuse, and that does not know yet what it stands in.
    pub(super) has_bad: bool,
    /// Where newlines were last skipped up to the end of the text: bash adds one more behind a last line without
    /// one, and elsewhere that is what it stumbles over.
    newlines_end: Option<Place>,
    /// Where newlines were last skipped to, and the line they began on.
    newlines_from: Option<(Place, u32)>,
    /// The words of the simple commands being read, those of an inner one behind those of the outer.
    pub(super) words: Vec<Argument>,
    /// Where a reserved word was last looked for, with extended patterns or without, and what was found.
    last_reserved: Option<((Place, bool), Option<Reserved>)>,
    /// Where `((` turned out to begin two nested parentheses.
    pub(super) not_arithmetic: HashSet<Place>,
    /// Where `$((` turned out to begin no command either.
    pub(super) no_command: HashSet<Place>,
}

/// A place to return to.
pub(super) struct Mark {
    cursor: Cursor,
    depth: u32,
    open: usize,
    pending: usize,
    bodies: usize,
    warnings: usize,
    rewrites: usize,
    words: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(cursor: Cursor, options: &'a ParseOptions, aliases: &'a dyn Aliases) -> Reader<'a> {
        Reader {
            start: cursor.base_position(),
            cursor,
            options,
            aliases,
            depth: 0,
            open: Vec::new(),
            extglob: options.extglob,
            pending: Vec::new(),
            bodies: Vec::new(),
            unread_in_words: false,
            warnings: Vec::new(),
            rewrites: Vec::new(),
            has_bad: false,
            newlines_end: None,
            newlines_from: None,
            words: Vec::new(),
            last_reserved: None,
            not_arithmetic: HashSet::new(),
            no_command: HashSet::new(),
        }
    }

    // Bytes.

    /// The next byte, past any backslash-newline.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.cursor.peek() {
                Some(b'\\') if self.cursor.peek_at(1) == Some(b'\n') => self.cursor.advance(2),
                other => return other,
            }
        }
    }

    /// Moves past the byte that [`Reader::peek`] showed.
    #[inline]
    pub(super) fn bump(&mut self) {
        self.cursor.bump();
    }

    /// Does this text come next? Backslash-newlines between its bytes do not count.
    #[inline]
    pub(super) fn looking_at(&mut self, text: &[u8]) -> bool {
        self.peek() == text.first().copied() && self.distance(text).is_some()
    }

    /// Moves past this text if it comes next.
    #[inline]
    pub(super) fn eat(&mut self, text: &[u8]) -> bool {
        if self.peek() != text.first().copied() {
            return false;
        }
        match self.distance(text) {
            Some(count) => {
                self.cursor.advance(count);
                true
            }
            None => false,
        }
    }

    /// How many bytes this text takes up here.
    fn distance(&self, text: &[u8]) -> Option<usize> {
        let mut ahead = 0;
        for wanted in text {
            ahead = self.past_continuations(ahead);
            if self.cursor.peek_at(ahead) != Some(*wanted) {
                return None;
            }
            ahead += 1;
        }
        Some(ahead)
    }

    fn past_continuations(&self, mut ahead: usize) -> usize {
        while self.cursor.peek_at(ahead) == Some(b'\\') && self.cursor.peek_at(ahead + 1) == Some(b'\n') {
            ahead += 2;
        }
        ahead
    }

    /// The bytes from here for which `wanted` holds, at most `max`, without moving; and the byte behind them.
    pub(super) fn scan(&mut self, max: usize, wanted: impl Fn(u8) -> bool) -> (Vec<u8>, usize, Option<u8>) {
        if let Some((length, next)) = self.run(max, &wanted) {
            return (self.ahead(length).to_vec(), length, next);
        }
        let (mut text, mut ahead) = (Vec::new(), 0);
        loop {
            ahead = self.past_continuations(ahead);
            match self.cursor.peek_at(ahead) {
                Some(byte) if text.len() < max && wanted(byte) => text.push(byte),
                other => return (text, ahead, other),
            }
            ahead += 1;
        }
    }

    /// How many bytes from here `wanted` holds for, at most `max`, without moving; and the byte behind them. Absent
    /// where a backslash is: only [`Reader::scan`] knows what to make of one.
    #[inline]
    pub(super) fn run(&mut self, max: usize, wanted: impl Fn(u8) -> bool) -> Option<(usize, Option<u8>)> {
        self.peek();
        let rest = self.cursor.rest();
        let within = rest.get(..max).unwrap_or(rest);
        let length = within.iter().position(|byte| !wanted(*byte)).unwrap_or(within.len());
        let next = rest.get(length).copied();
        if next == Some(b'\\') || within.get(..length)?.contains(&b'\\') {
            None
        } else {
            Some((length, next))
        }
    }

    /// The next bytes of the text being read, as they stand.
    pub(super) fn ahead(&self, length: usize) -> &[u8] {
        self.cursor.rest().get(..length).unwrap_or_default()
    }

    /// Moves past the bytes from here that `wanted` holds for, none of which is a backslash, and gives them.
    #[inline]
    pub(super) fn take_run(&mut self, wanted: impl Fn(u8) -> bool, take: impl FnOnce(&[u8])) {
        let rest = self.cursor.rest();
        let length = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        take(rest.get(..length).unwrap_or_default());
        self.cursor.advance(length);
    }

    // Blanks and tokens.

    /// Moves past blanks and a comment, to the start of the next token.
    #[inline]
    pub(super) fn blanks(&mut self) {
        if let Some(b' ' | b'\t' | b'#' | b'\\') = self.cursor.peek() {
            self.skip_blanks();
        }
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t') = self.peek() {
            self.bump();
        }
        if self.options.interactive_comments && self.peek() == Some(b'#') {
            while self.cursor.peek().is_some_and(|byte| byte != b'\n') {
                let rest = self.cursor.rest();
                let count = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                self.cursor.advance(count);
            }
        }
    }

    /// Moves past blanks, comments and newlines.
    pub(super) fn newlines(&mut self) -> Parse<()> {
        let mut from = None;
        loop {
            self.blanks();
            match self.peek() {
                Some(b'\n') => {
                    from.get_or_insert(self.cursor.line());
                    self.newline()?;
                }
                Some(_) => {
                    if let Some(line) = from {
                        self.newlines_from = Some((self.cursor.place(), line));
                    }
                    return Ok(());
                }
                None => {
                    self.newlines_end = Some(self.cursor.place());
                    return Ok(());
                }
            }
        }
    }

    /// The line of the next token, or of the newline that was skipped right before it.
    pub(super) fn line_before_newlines(&self) -> u32 {
        match self.newlines_from {
            Some((place, line)) if place == self.cursor.place() => line,
            _ => self.cursor.line(),
        }
    }

    /// Moves past a newline, and past the here-documents that begin behind it.
    pub(super) fn newline(&mut self) -> Parse<()> {
        self.bump();
        if self.pending.is_empty() { Ok(()) } else { self.read_here_documents() }
    }

    /// The reserved word that comes next, if the grammar takes one here.
    pub(super) fn peek_reserved(&mut self) -> Option<Reserved> {
        match self.peek()? {
            b'{' | b'}' | b'!' | b'[' | b']' | b'c'..=b'f' | b'i' | b's'..=b'u' | b'w' => {}
            _ => return None,
        }
        // A list, a pipeline and a command each ask for the same word.
        let asked = (self.cursor.place(), self.extglob);
        match self.last_reserved {
            Some((before, answer)) if before == asked => answer,
            _ => {
                let answer = self.read_reserved();
                self.last_reserved = Some((asked, answer));
                answer
            }
        }
    }

    fn read_reserved(&mut self) -> Option<Reserved> {
        let is_plain = |byte| !is_meta(byte) && !matches!(byte, b'\\' | b'\'' | b'"' | b'$' | b'`');
        let owned;
        let (word, next) = match self.run(9, is_plain) {
            Some((length, next)) => (self.ahead(length), next),
            None => {
                let (word, _, next) = self.scan(9, is_plain);
                owned = word;
                (owned.as_slice(), next)
            }
        };
        if next.is_some_and(|byte| !is_meta(byte)) {
            return None;
        }
        let extended = self.extglob && word == b"!" && next == Some(b'(');
        if extended { None } else { Reserved::of(word) }
    }

    /// Moves past this word, which [`Reader::peek_reserved`] or a scan showed.
    pub(super) fn take_word(&mut self, word: &[u8]) {
        let _known = self.eat(word);
    }

    /// Moves past this reserved word, or fails at whatever stands there.
    pub(super) fn expect_reserved(&mut self, wanted: Reserved, word: &[u8]) -> Parse<()> {
        self.blanks();
        if self.peek_reserved() != Some(wanted) {
            return self.unexpected();
        }
        self.take_word(word);
        Ok(())
    }

    /// Replaces an alias in front of the cursor by its text, again and again. Says whether it did.
    pub(super) fn expand_aliases(&mut self) -> Parse<bool> {
        if !self.options.expand_aliases {
            return Ok(false);
        }
        let mut expanded = false;
        loop {
            self.blanks();
            let (word, length, next) = self.scan(usize::MAX, |byte| {
                !is_meta(byte) && !matches!(byte, b'\\' | b'\'' | b'"' | b'$' | b'`')
            });
            if word.is_empty() || next.is_some_and(|byte| !is_meta(byte)) || self.cursor.is_expanding(&word) {
                return Ok(expanded);
            }
            if self.options.posix && Reserved::of(&word).is_some() {
                return Ok(expanded);
            }
            let Some(text) = self.aliases.get(&word) else { return Ok(expanded) };
            if self.cursor.alias_bytes().saturating_add(text.len()) > ALIAS_BYTES_MAX {
                return self.fail(ErrorKind::AliasTooLong);
            }
            // The space behind the text is read after the name, so the name must leave first.
            let text = text.to_vec();
            self.cursor.advance(length);
            self.cursor.splice(&word, &text);
            expanded = true;
        }
    }

    // Nesting.

    /// Begins a construct.
    pub(super) fn enter(&mut self, kind: OpenKind) -> Parse<()> {
        let depth = self.depth.saturating_add(weight(kind));
        if depth > DEPTH_MAX {
            return self.fail(ErrorKind::TooDeep);
        }
        self.check_length()?;
        self.depth = depth;
        self.open.push(Open { kind, line: self.cursor.line() });
        Ok(())
    }

    /// Is the command too long already?
    pub(super) fn check_length(&mut self) -> Parse<()> {
        let read = self.cursor.base_position().saturating_sub(self.start);
        if read > COMMAND_BYTES_MAX { self.fail(ErrorKind::CommandTooLong) } else { Ok(()) }
    }

    /// Ends the construct begun last.
    pub(super) fn leave(&mut self) {
        if let Some(open) = self.open.pop() {
            self.depth = self.depth.saturating_sub(weight(open.kind));
        }
    }

    /// A place to return to.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            cursor: self.cursor.clone(),
            depth: self.depth,
            open: self.open.len(),
            pending: self.pending.len(),
            bodies: self.bodies.len(),
            warnings: self.warnings.len(),
            rewrites: self.rewrites.len(),
            words: self.words.len(),
        }
    }

    /// Goes back, as if nothing had been read since.
    pub(super) fn reset(&mut self, mark: Mark) {
        let mut cursor = mark.cursor;
        cursor.absorb(&self.cursor);
        self.cursor = cursor;
        self.depth = mark.depth;
        self.open.truncate(mark.open);
        self.pending.truncate(mark.pending);
        self.bodies.truncate(mark.bodies);
        self.warnings.truncate(mark.warnings);
        self.rewrites.truncate(mark.rewrites);
        self.words.truncate(mark.words);
    }

    /// Reads another text, and goes on here afterwards whatever came of it.
    pub(super) fn apart<T>(&mut self, inner: Cursor, read: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        let outer = std::mem::replace(&mut self.cursor, inner);
        let pending = std::mem::take(&mut self.pending);
        let (depth, open, words) = (self.depth, self.open.len(), self.words.len());
        let result = read(self);
        self.words.truncate(words);
        let inner = std::mem::replace(&mut self.cursor, outer);
        self.cursor.absorb(&inner);
        self.pending = pending;
        self.depth = depth;
        self.open.truncate(open);
        result
    }

    // Failures.

    /// The text ends here and should not.
    pub(super) fn end<T>(&mut self) -> Parse<T> {
        let at = self.cursor.offset();
        let line = self.cursor.line_at_end();
        let span = Span { start: at, end: at };
        Err(Box::new(Stop::End(Incomplete { open: self.open.clone(), line, span })))
    }

    /// The text ends here within this construct, which began on this line.
    pub(super) fn end_in<T>(&mut self, kind: OpenKind, line: u32) -> Parse<T> {
        self.open.push(Open { kind, line });
        self.end()
    }

    /// The text is wrong here.
    pub(super) fn fail<T>(&mut self, kind: ErrorKind) -> Parse<T> {
        self.fail_at(self.cursor.place(), kind)
    }

    /// The text is wrong here, and bash names this line.
    pub(super) fn fail_on<T>(&mut self, line: u32, kind: ErrorKind) -> Parse<T> {
        let mut result = self.fail(kind);
        if let Err(stop) = &mut result
            && let Stop::Error(error) = stop.as_mut()
        {
            error.line = line;
        }
        result
    }

    /// The text is wrong from `start` on.
    pub(super) fn fail_at<T>(&mut self, start: Place, kind: ErrorKind) -> Parse<T> {
        let end = self.cursor.offset();
        let start = if start.0 == self.cursor.place().0 { self.cursor.offset_of(start.1) } else { end };
        let span = Span { start: start.min(end), end };
        let source_line = BString::from(self.cursor.line_text());
        let line = self.cursor.line();
        // Directly: what is wrong with a word in it is wrong with the whole.
        let directly = self.open.last().is_some_and(|open| open.kind == OpenKind::Array);
        let resumes = directly && is_in_array(&self.open);
        Err(Box::new(Stop::Error(SyntaxError { span, line, kind, source_line, resumes, ends_on: None })))
    }

    /// Whatever token stands here has no place in the grammar.
    pub(super) fn unexpected<T>(&mut self) -> Parse<T> {
        self.blanks();
        let (start, start_line) = (self.cursor.place(), self.cursor.line());
        if self.peek().is_none() {
            if self.options.interactive && self.cursor.ends_in_continuation() {
                return self.end_in(OpenKind::Continuation, start_line);
            }
            if self.newlines_end == Some(start) || self.cursor.ends_in_continuation() {
                return self.end();
            }
        }
        let token = self.token_text()?;
        self.fail_at(start, ErrorKind::Unexpected(token))
    }

    /// The token that stands here, as bash names it.
    pub(super) fn token_text(&mut self) -> Parse<BString> {
        const OPERATORS: [&[u8]; 25] = [
            b"&&", b"||", b";;&", b";;", b";&", b"<<<", b"<<-", b"<<", b"<&", b"<>", b">>", b">&", b">|",
            b"&>>", b"&>", b"|&", b";", b"&", b"|", b"(", b")", b"<", b">", b"\n", b"",
        ];
        let substitution = self.looking_at(b"<(") || self.looking_at(b">(");
        let operator = OPERATORS.into_iter().find(|operator| self.looking_at(operator)).unwrap_or_default();
        if operator == b"\n" || self.peek().is_none() {
            return Ok("newline".into());
        }
        if !operator.is_empty() && !substitution {
            self.take_word(operator);
            return Ok(operator.into());
        }
        let token = print_word(&self.word()?);
        let printable = token.iter().all(|byte| !byte.is_ascii_control());
        Ok(if printable { token } else { ansi_quoted(&token).into() })
    }

    /// The offsets from `start` to here.
    pub(super) fn span_from(&self, start: u32) -> Span {
        let end = self.cursor.offset();
        Span { start: start.min(end), end }
    }
}

/// How much of the depth a construct takes up: those that need more of the native stack count for more.
fn weight(kind: OpenKind) -> u32 {
    match kind {
        OpenKind::Substitution => 3,
        OpenKind::Function => 2,
        OpenKind::SingleQuote
        | OpenKind::DoubleQuote
        | OpenKind::Backquote
        | OpenKind::Parameter
        | OpenKind::Arithmetic
        | OpenKind::Array
        | OpenKind::Parenthesis
        | OpenKind::Bracket
        | OpenKind::Subshell
        | OpenKind::Group
        | OpenKind::If
        | OpenKind::For
        | OpenKind::Loop
        | OpenKind::Case
        | OpenKind::Test
        | OpenKind::TestTerm
        | OpenKind::Operator
        | OpenKind::HereDocument
        | OpenKind::Continuation => 1,
    }
}
