//! The cursor: where reading stands in the source and in the alias texts spliced into it.
//!
//! A cursor is a stack of frames. The lowest is a source (the script, a here-document's body, the text between
//! backticks), those above are alias texts that are read first. It counts lines and maps positions to offsets of
//! the one source all spans refer to.

use std::sync::Arc;

use bstr::{BString, ByteSlice};

/// How positions of a frame become offsets of the source.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// The source itself.
    Same,
    /// An alias text: everything stands where the alias's name stood.
    At(u32),
    /// A text made from the source by dropping bytes: the offset of each byte left.
    Mapped(Arc<[u32]>),
}

/// A text being read.
#[derive(Clone, Debug)]
struct Frame {
    id: u32,
    bytes: Arc<[u8]>,
    pos: usize,
    end: usize,
    origin: Origin,
    alias: Option<AliasFrame>,
}

/// What an alias text must remember.
#[derive(Clone, Debug)]
struct AliasFrame {
    name: BString,
    trailing_blank: bool,
}

/// A place that verdicts can be remembered for: the frame's number and the position in it.
pub(super) type Place = (u32, usize);

/// Where reading stands.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    top: Frame,
    below: Vec<Frame>,
    /// Where the lowest frame began.
    start: usize,
    line: u32,
    next_id: u32,
    alias_bytes: usize,
    /// An alias text that ended in a blank has just been read: the next word may be an alias too.
    pub(super) expand_next: bool,
}

impl Cursor {
    /// A cursor at `pos` of a source of its own.
    pub(super) fn new(bytes: Arc<[u8]>, pos: usize, line: u32) -> Cursor {
        let end = bytes.len();
        let top = Frame { id: 0, bytes, pos, end, origin: Origin::Same, alias: None };
        Cursor { top, below: Vec::new(), start: pos, line, next_id: 1, alias_bytes: 0, expand_next: false }
    }

    /// A cursor over part of this one's text, to be read apart (a here-document's body).
    pub(super) fn part(&mut self, start: usize, end: usize, line: u32) -> Cursor {
        let frame = Frame { id: self.fresh_id(), pos: start, end, alias: None, ..self.top.clone() };
        Cursor { top: frame, below: Vec::new(), start, line, ..self.empty_stack() }
    }

    /// A cursor over a text made from this one's, to be read apart (backticks, `<<-` bodies).
    pub(super) fn derived(&mut self, bytes: Vec<u8>, offsets: Vec<u32>, line: u32) -> Cursor {
        let end = bytes.len();
        let origin = Origin::Mapped(offsets.into());
        let top = Frame { id: self.fresh_id(), bytes: bytes.into(), pos: 0, end, origin, alias: None };
        Cursor { top, below: Vec::new(), line, ..self.empty_stack() }
    }

    fn empty_stack(&self) -> Cursor {
        Cursor { below: Vec::new(), expand_next: false, top: self.top.clone(), ..*self }
    }

    /// Goes on after a text that was read apart: its numbers and its budget stay used.
    pub(super) fn absorb(&mut self, inner: &Cursor) {
        self.next_id = inner.next_id;
        self.alias_bytes = inner.alias_bytes;
    }

    fn fresh_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        id
    }

    /// The next byte as it stands.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    /// The byte `ahead` of the next one, within the same frame.
    #[inline]
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        let at = self.top.pos.saturating_add(ahead);
        if at < self.top.end { self.top.bytes.get(at).copied() } else { None }
    }

    /// Everything left of the current frame.
    #[inline]
    pub(super) fn rest(&self) -> &[u8] {
        self.top.bytes.get(self.top.pos..self.top.end).unwrap_or_default()
    }

    /// Moves past `count` bytes of the current frame.
    #[inline]
    pub(super) fn advance(&mut self, count: usize) {
        let to = self.top.pos.saturating_add(count).min(self.top.end);
        if self.top.alias.is_none() {
            let passed = self.top.bytes.get(self.top.pos..to).unwrap_or_default();
            let newlines = passed.iter().filter(|byte| **byte == b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        }
        self.top.pos = to;
        if self.top.pos >= self.top.end {
            self.leave_finished_aliases();
        }
    }

    /// Moves past one byte.
    #[inline]
    pub(super) fn bump(&mut self) {
        if self.top.pos >= self.top.end {
            return;
        }
        if self.top.alias.is_none() && self.peek() == Some(b'\n') {
            self.line = self.line.saturating_add(1);
        }
        self.top.pos += 1;
        if self.top.pos >= self.top.end {
            self.leave_finished_aliases();
        }
    }

    fn leave_finished_aliases(&mut self) {
        while self.top.pos >= self.top.end {
            let Some(below) = self.below.pop() else { return };
            let finished = std::mem::replace(&mut self.top, below);
            if finished.alias.is_some_and(|alias| alias.trailing_blank) {
                self.expand_next = true;
            }
        }
    }

    /// Reads an alias text next, in place of the name that ends here and is `name.len()` bytes long. A space is
    /// read after it, so that it never joins with what follows.
    pub(super) fn splice(&mut self, name: &[u8], text: &[u8]) {
        let origin = Origin::At(self.offset());
        let trailing_blank = matches!(text.last(), Some(b' ' | b'\t'));
        let mut bytes = text.to_vec();
        bytes.push(b' ');
        self.alias_bytes = self.alias_bytes.saturating_add(bytes.len());
        let (id, end) = (self.fresh_id(), bytes.len());
        let alias = Some(AliasFrame { name: name.into(), trailing_blank });
        let frame = Frame { id, bytes: bytes.into(), pos: 0, end, origin, alias };
        let below = std::mem::replace(&mut self.top, frame);
        self.below.push(below);
    }

    /// Moves to the start of the source's next line.
    pub(super) fn skip_line(&mut self) {
        if !self.below.is_empty() {
            self.top = self.below.swap_remove(0);
            self.below.clear();
        }
        let rest = self.rest();
        let count = rest.find_byte(b'\n').map_or(rest.len(), |newline| newline + 1);
        self.advance(count);
    }

    /// Is this alias's text being read?
    pub(super) fn is_expanding(&self, name: &[u8]) -> bool {
        let in_use = |frame: &Frame| frame.alias.as_ref().is_some_and(|alias| alias.name == name);
        in_use(&self.top) || self.below.iter().any(in_use)
    }

    /// Is an alias's text being read?
    pub(super) fn is_in_alias(&self) -> bool {
        self.top.alias.is_some()
    }

    /// How many bytes of alias text were read so far.
    pub(super) fn alias_bytes(&self) -> usize {
        self.alias_bytes
    }

    /// Starts counting alias text anew.
    pub(super) fn forget_alias_bytes(&mut self) {
        self.alias_bytes = 0;
    }

    /// The line of the next byte, from the source's first line.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// Where reading stands, as a key.
    #[inline]
    pub(super) fn place(&self) -> Place {
        (self.top.id, self.top.pos)
    }

    /// The bytes from `start` to here, if they are of one frame.
    pub(super) fn since(&self, start: Place) -> &[u8] {
        if start.0 != self.top.id {
            return b"";
        }
        self.top.bytes.get(start.1..self.top.pos).unwrap_or_default()
    }

    /// The bytes between two places, if they are of this frame.
    pub(super) fn between(&self, start: Place, end: Place) -> &[u8] {
        if start.0 != self.top.id || end.0 != self.top.id {
            return b"";
        }
        self.top.bytes.get(start.1..end.1).unwrap_or_default()
    }

    /// The offset of the next byte in the source.
    pub(super) fn offset(&self) -> u32 {
        self.offset_of(self.top.pos)
    }

    /// The offset in the source of a position of the current frame.
    pub(super) fn offset_of(&self, pos: usize) -> u32 {
        match &self.top.origin {
            Origin::Same => u32::try_from(pos).unwrap_or(u32::MAX),
            Origin::At(offset) => *offset,
            Origin::Mapped(offsets) => match offsets.get(pos) {
                Some(offset) => *offset,
                None => offsets.last().map_or(0, |last| last.saturating_add(1)),
            },
        }
    }

    /// The whole line of the source that reading stands on, without its newline.
    pub(super) fn line_text(&self) -> &[u8] {
        let frame = self.below.first().unwrap_or(&self.top);
        let before = frame.bytes.get(..frame.pos).unwrap_or_default();
        let start = before.rfind_byte(b'\n').map_or(0, |newline| newline + 1);
        let rest = frame.bytes.get(start..frame.end).unwrap_or_default();
        rest.find_byte(b'\n').map_or(rest, |newline| rest.get(..newline).unwrap_or_default())
    }

    /// The line bash names when the text ends here: one more than the last, were it ended by a newline.
    pub(super) fn line_at_end(&self) -> u32 {
        let read = self.top.bytes.get(..self.top.pos).unwrap_or_default();
        if read.ends_with(b"\n") { self.line } else { self.line.saturating_add(1) }
    }

    /// Does the text, if there is any, end without a newline? In a text that is not `quoted`, one behind a backslash
    /// is none.
    pub(super) fn lacks_newline(&self, quoted: bool) -> bool {
        let first = if let Origin::Same = self.top.origin { self.start } else { 0 };
        let text = self.top.bytes.get(first..self.top.end).unwrap_or_default();
        let Some(line) = text.strip_suffix(b"\n") else { return !text.is_empty() };
        !quoted && line.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
    }

    /// Does the text end here, right after a backslash and a newline?
    pub(super) fn ends_in_continuation(&self) -> bool {
        let read = self.top.bytes.get(..self.top.pos).unwrap_or_default();
        self.peek().is_none() && read.ends_with(b"\\\n")
    }

    /// What was read of the lowest frame from a position on.
    pub(super) fn base_text(&self, start: usize) -> &[u8] {
        let base = self.below.first().unwrap_or(&self.top);
        base.bytes.get(start..base.pos).unwrap_or_default()
    }

    /// Is no alias text being read?
    pub(super) fn is_in_source(&self) -> bool {
        self.below.is_empty()
    }

    /// The position in the lowest frame.
    pub(super) fn base_position(&self) -> usize {
        self.below.first().map_or(self.top.pos, |base| base.pos)
    }
}
