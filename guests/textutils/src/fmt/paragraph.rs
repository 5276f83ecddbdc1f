//! Paragraphs: lines of one indent, and of one prefix, taken together and written again.

use rustix::io::Errno;

use super::Fmt;
use super::cost::{self, Widths, Word};
use crate::input::Input;
use crate::output::Output;

/// A line as it was read.
#[derive(Default)]
struct Line {
    /// The column where the prefix is, or the text where there is none.
    prefix_indent: usize,
    /// The column where the text begins.
    indent: usize,
    kind: Kind,
    has_prefix: bool,
    /// Whether there is a tab in it.
    tabs: bool,
    /// Whether a newline ends it.
    is_whole: bool,
    words: Vec<Word>,
}

#[derive(Default)]
enum Kind {
    /// To be filled.
    #[default]
    Text,
    /// Nothing, or nothing behind the prefix.
    Blank,
    /// To be left as it is, behind its blanks: it has no prefix, or one that stands elsewhere.
    Other(Vec<u8>),
}

/// Fills a file.
pub struct Filler<'a> {
    fmt: &'a Fmt,
    output: &'a mut Output,
    /// Whether there was a tab: blanks are written as tabs from then on. Of the line behind a paragraph only the indent
    /// counts.
    tabs: bool,
    column: usize,
    /// With -t: the indent of the last paragraph's other lines, which one of a single line takes as well.
    other_indent: usize,
}

impl<'a> Filler<'a> {
    pub fn new(fmt: &'a Fmt, output: &'a mut Output) -> Self {
        Self { fmt, output, tabs: false, column: 0, other_indent: 0 }
    }

    pub fn file(&mut self, input: &mut Input) -> Result<(), Errno> {
        let mut next = self.line(input)?;
        while let Some(line) = next {
            match line.kind {
                Kind::Other(bytes) => {
                    if line.has_prefix || !bytes.is_empty() {
                        self.space(line.prefix_indent);
                    }
                    if line.has_prefix {
                        self.output.write(&self.fmt.prefix);
                        self.column += self.fmt.prefix.len();
                    }
                    if !bytes.is_empty() {
                        self.space(line.indent.saturating_sub(self.column));
                    }
                    self.output.write(&bytes);
                    if line.is_whole {
                        self.newline();
                    }
                    next = self.line(input)?;
                }
                Kind::Blank => {
                    if !self.fmt.prefix.is_empty() {
                        self.space(line.prefix_indent);
                        self.output.write(&self.fmt.prefix);
                    }
                    self.newline();
                    next = self.line(input)?;
                }
                Kind::Text => next = self.paragraph(line, input)?,
            }
        }
        Ok(())
    }

    /// Fills the paragraph that a line begins; answers the line behind it.
    fn paragraph(&mut self, first: Line, input: &mut Input) -> Result<Option<Line>, Errno> {
        let Line { prefix_indent, indent: first_indent, mut words, tabs: first_tabs, .. } = first;
        self.tabs |= first_tabs;
        let mut other_indent = first_indent;
        let mut next = self.line(input)?;
        let is_same = |line: &Option<Line>, indent: Option<usize>| {
            line.as_ref().is_some_and(|line| {
                matches!(line.kind, Kind::Text)
                    && line.prefix_indent_if(!self.fmt.prefix.is_empty())
                        == (!self.fmt.prefix.is_empty()).then_some(prefix_indent)
                    && indent.is_none_or(|indent| line.indent == indent)
            })
        };
        if !self.fmt.split {
            let has_second = if self.fmt.tagged {
                is_same(&next, None) && next.as_ref().is_some_and(|line| line.indent != first_indent)
            } else if self.fmt.crown {
                is_same(&next, None)
            } else {
                is_same(&next, Some(first_indent))
            };
            if has_second {
                other_indent = next.as_ref().map_or(first_indent, |line| line.indent);
                while is_same(&next, Some(other_indent)) {
                    if let Some(line) = next.take() {
                        self.tabs |= line.tabs;
                        words.extend(line.words);
                    }
                    next = self.line(input)?;
                }
            } else if self.fmt.tagged {
                // The second line is not known, but its indent must not be the first one's.
                let tag = if first_indent == 0 { 3 } else { 0 };
                other_indent = if self.other_indent == first_indent { tag } else { self.other_indent };
            }
        }
        self.other_indent = other_indent;
        if let Some(last) = words.last_mut() {
            last.ends = true;
        }
        self.write(&words, prefix_indent, first_indent, other_indent);
        Ok(next)
    }

    fn write(&mut self, words: &[Word], prefix_indent: usize, first_indent: usize, other_indent: usize) {
        let widths = Widths { width: self.fmt.width, goal: self.fmt.goal, first_indent, other_indent };
        let mut starts = cost::breaks(words, widths);
        starts.push(words.len());
        for (number, pair) in starts.windows(2).enumerate() {
            let (Some(start), Some(end)) = (pair.first(), pair.last()) else { continue };
            self.space(prefix_indent);
            self.output.write(&self.fmt.prefix);
            self.column += self.fmt.prefix.len();
            let indent = if number == 0 { first_indent } else { other_indent };
            self.space(indent.saturating_sub(self.column));
            let line = words.get(*start..*end).unwrap_or_default();
            for (index, word) in line.iter().enumerate() {
                self.output.write(&word.bytes);
                self.column += word.bytes.len();
                if index + 1 < line.len() {
                    self.space(word.space);
                }
            }
            self.newline();
        }
    }

    fn newline(&mut self) {
        self.output.byte(b'\n');
        self.column = 0;
    }

    /// Writes blanks, as tabs where the input has tabs and one saves something.
    fn space(&mut self, count: usize) {
        let target = self.column + count;
        if self.tabs {
            let stop = target / 8 * 8;
            if self.column + 1 < stop {
                while self.column < stop {
                    self.output.byte(b'\t');
                    self.column = (self.column / 8 + 1) * 8;
                }
            }
        }
        while self.column < target {
            self.output.byte(b' ');
            self.column += 1;
        }
    }

    /// Reads a line.
    fn line(&mut self, input: &mut Input) -> Result<Option<Line>, Errno> {
        let Some(read) = input.line(b'\n')? else { return Ok(None) };
        let is_whole = read.ends_with(b"\n");
        let bytes = read.strip_suffix(b"\n").unwrap_or(read).to_vec();
        let mut reader = Reader { bytes: &bytes, at: 0, column: 0, tabs: self.tabs };
        let mut line = Line { is_whole, ..Line::default() };
        reader.blanks();
        line.prefix_indent = reader.column;
        if self.fmt.prefix.is_empty() {
            line.prefix_indent = line.prefix_indent.min(self.fmt.prefix_lead);
        } else {
            if !reader.rest().starts_with(&self.fmt.prefix) {
                line.indent = reader.column;
                line.kind = Kind::Other(reader.rest().to_vec());
                self.tabs = reader.tabs;
                return Ok(Some(line));
            }
            reader.at += self.fmt.prefix.len();
            reader.column += self.fmt.prefix.len();
            reader.blanks();
        }
        line.indent = reader.column;
        self.tabs = reader.tabs;
        if reader.rest().is_empty() {
            line.kind = Kind::Blank;
            return Ok(Some(line));
        }
        if line.prefix_indent < self.fmt.prefix_lead
            || line.indent < line.prefix_indent + self.fmt.prefix_full
        {
            line.has_prefix = true;
            line.kind = Kind::Other(reader.rest().to_vec());
            return Ok(Some(line));
        }
        while !reader.rest().is_empty() {
            line.words.push(reader.word(self.fmt.uniform));
        }
        line.tabs = reader.tabs;
        Ok(Some(line))
    }
}

impl Line {
    /// The column of the prefix, where there is one.
    fn prefix_indent_if(&self, has_prefix: bool) -> Option<usize> {
        has_prefix.then_some(self.prefix_indent)
    }
}

/// A line that is taken apart.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    column: usize,
    tabs: bool,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b' ' => self.column += 1,
                b'\t' => {
                    self.tabs = true;
                    self.column = (self.column / 8 + 1) * 8;
                }
                _ => return,
            }
            self.at += 1;
        }
    }

    /// Takes a word and the blanks behind it.
    fn word(&mut self, is_uniform: bool) -> Word {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | 0x0b | 0x0c | b'\r');
        let length =
            self.rest().iter().skip(1).position(is_space).map_or(self.rest().len(), |length| length + 1);
        let bytes = self.rest().get(..length).unwrap_or_default().to_vec();
        self.at += length;
        self.column += length;
        let start = self.column;
        self.blanks();
        let mut space = self.column - start;
        let is_line_end = self.rest().is_empty();
        let trimmed = bytes.iter().rposition(|byte| !b")]'\"".contains(byte));
        let stopped = trimmed.and_then(|last| bytes.get(last)).is_some_and(|byte| b".?!".contains(byte));
        let ends = stopped && (is_line_end || space > 1);
        if is_line_end || is_uniform {
            space = if ends { 2 } else { 1 };
        }
        Word {
            opens: bytes.first().is_some_and(|byte| b"(['`\"".contains(byte)),
            punctuated: bytes.last().is_some_and(u8::is_ascii_punctuation),
            bytes,
            space,
            stopped,
            ends,
        }
    }
}
