//! Counting: bytes in, numbers out. What was not asked for is not counted.

use lanes::Words;
use rustix::io::Errno;
use unicode_width::UnicodeWidthChar;

use super::Wanted;
use crate::input::Input;
use crate::locale;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub lines: u64,
    pub words: u64,
    pub chars: u64,
    pub bytes: u64,
    /// Of the widest line.
    pub width: u64,
}

impl Counts {
    /// Adds those of another file.
    pub fn add(&mut self, other: &Counts) {
        self.lines += other.lines;
        self.words += other.words;
        self.chars += other.chars;
        self.bytes += other.bytes;
        self.width = self.width.max(other.width);
    }
}

/// One file that is being counted.
pub struct Counter {
    wanted: Wanted,
    counts: Counts,
    in_word: bool,
    /// Of the line so far.
    column: u64,
    /// Whether bytes above 127 are parts of characters.
    is_utf8: bool,
    /// The first bytes of a character whose others were not read yet.
    cut: Vec<u8>,
}

impl Counter {
    pub fn new(wanted: Wanted) -> Self {
        let counts = Counts::default();
        Self { wanted, counts, in_word: false, column: 0, is_utf8: locale::is_utf8(), cut: Vec::new() }
    }

    /// Counts all of an input.
    pub fn read(&mut self, input: &mut Input) -> Result<(), Errno> {
        let only_bytes = !(self.wanted.lines || self.wanted.words || self.wanted.chars || self.wanted.width);
        if only_bytes && let Some(size) = self.skip_to_end(input) {
            self.counts.bytes = size;
            return Ok(());
        }
        loop {
            let chunk = input.chunk()?;
            if chunk.is_empty() {
                return Ok(());
            }
            self.block(chunk);
        }
    }

    /// The bytes of a regular file that are left, without reading them.
    fn skip_to_end(&self, input: &Input) -> Option<u64> {
        let size = input.regular_size().filter(|size| *size > 0)?;
        let at = rustix::fs::seek(input.fd(), rustix::fs::SeekFrom::Current(0)).ok()?;
        rustix::fs::seek(input.fd(), rustix::fs::SeekFrom::End(0)).ok()?;
        Some(size.saturating_sub(at))
    }

    fn block(&mut self, block: &[u8]) {
        self.counts.bytes += block.len() as u64;
        let has_characters = self.is_utf8 && (!self.cut.is_empty() || !lanes::is_ascii(block));
        if self.wanted.width || ((self.wanted.words || self.wanted.chars) && has_characters) {
            return self.characters(block);
        }
        if self.wanted.lines {
            self.counts.lines += lanes::count(b'\n', block) as u64;
        }
        if self.wanted.words {
            let mut words = Words { count: 0, in_word: self.in_word };
            words.pass(block);
            self.counts.words += words.count;
            self.in_word = words.in_word;
        }
        self.counts.chars += block.len() as u64;
    }

    /// Counts characters that are known to be some.
    fn text(&mut self, text: &str) {
        if self.wanted.words || self.wanted.width {
            text.chars().for_each(|c| self.character(c));
        } else {
            self.counts.chars += text.chars().count() as u64;
            self.counts.lines += lanes::count(b'\n', text.as_bytes()) as u64;
        }
    }

    /// Everything, character by character.
    fn characters(&mut self, block: &[u8]) {
        let joined;
        let mut rest = if self.cut.is_empty() {
            block
        } else {
            joined = [&std::mem::take(&mut self.cut), block].concat();
            &joined
        };
        if !self.is_utf8 {
            rest.iter()
                .for_each(|byte| self.character(if byte.is_ascii() { char::from(*byte) } else { '\u{1}' }));
            return;
        }
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.text(text);
                    return;
                }
                Err(error) => {
                    let (valid, others) = rest.split_at(error.valid_up_to());
                    self.text(&String::from_utf8_lossy(valid));
                    match error.error_len() {
                        None => {
                            self.cut = others.to_vec();
                            return;
                        }
                        // A byte that begins no character is skipped alone.
                        Some(_) => rest = others.get(1..).unwrap_or_default(),
                    }
                }
            }
        }
    }

    fn character(&mut self, c: char) {
        self.counts.chars += 1;
        match c {
            '\n' => {
                self.counts.lines += 1;
                self.end_line();
                self.in_word = false;
            }
            '\r' | '\x0c' => {
                self.end_line();
                self.in_word = false;
            }
            '\t' => {
                self.column += 8 - self.column % 8;
                self.in_word = false;
            }
            ' ' => {
                self.column += 1;
                self.in_word = false;
            }
            '\x0b' => self.in_word = false,
            _ => {
                if c.is_control() {
                    return;
                }
                self.column += c.width().unwrap_or(0) as u64;
                if c.is_whitespace() || c == '\u{2060}' {
                    self.in_word = false;
                } else {
                    self.counts.words += u64::from(!self.in_word);
                    self.in_word = true;
                }
            }
        }
    }

    fn end_line(&mut self) {
        self.counts.width = self.counts.width.max(self.column);
        self.column = 0;
    }

    /// The numbers.
    pub fn finish(mut self) -> Counts {
        self.end_line();
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &[&[u8]]) -> Counts {
        let all = Wanted { lines: true, words: true, chars: true, bytes: true, width: true };
        let mut counter = Counter::new(all);
        counter.is_utf8 = true;
        text.iter().for_each(|block| counter.block(block));
        counter.finish()
    }

    #[test]
    fn characters_may_be_cut_between_blocks() {
        let whole = counts(&["é wört\n".as_bytes()]);
        assert_eq!(whole, Counts { lines: 1, words: 2, chars: 7, bytes: 9, width: 6 });
        assert_eq!(
            counts(&["é wört\n".as_bytes().split_at(1).0, "é wört\n".as_bytes().split_at(1).1]),
            whole
        );
    }

    #[test]
    fn wrong_bytes_are_no_characters() {
        assert_eq!(counts(&[b"a\xff\xfeb\n"]), Counts { lines: 1, words: 1, chars: 3, bytes: 5, width: 2 });
    }
}
