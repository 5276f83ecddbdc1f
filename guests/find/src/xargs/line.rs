//! The command line that is being built: the command, its first arguments, and the items so far.

use super::options::Options;
use crate::program;

/// Why an item cannot be in any command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Not even alone.
    Item,
    /// Not with the others that belong to it.
    List,
    /// Not in the word that it is put into.
    Word,
    /// The command itself leaves no room.
    Command,
}

impl Trouble {
    pub fn text(self) -> String {
        match self {
            Trouble::Item => "argument line too long",
            Trouble::List => "argument list too long",
            Trouble::Word => "command too long",
            Trouble::Command => "cannot fit single argument within argument list size limit",
        }
        .to_owned()
    }
}

pub struct Line<'o> {
    options: &'o Options,
    /// The room of the command and its first arguments.
    fixed: usize,
    room: usize,
    items: Vec<Vec<u8>>,
}

impl<'o> Line<'o> {
    pub fn new(options: &'o Options) -> Result<Line<'o>, Trouble> {
        let fixed = options.command.iter().map(|word| program::room(word)).sum();
        if fixed > options.bytes_max && options.replace.is_none() {
            return Err(Trouble::Command);
        }
        Ok(Line { options, fixed, room: fixed, items: Vec::new() })
    }

    /// Whether an item has room beside those that are there; an error where it never has.
    pub fn fits(&self, item: &[u8]) -> Result<bool, Trouble> {
        let room = program::room(item);
        if self.fixed + room > self.options.bytes_max {
            return Err(Trouble::Item);
        }
        if self.room + room <= self.options.bytes_max {
            return Ok(true);
        }
        if self.options.exits { Err(Trouble::List) } else { Ok(false) }
    }

    pub fn push(&mut self, item: Vec<u8>) {
        self.room += program::room(&item);
        self.items.push(item);
    }

    /// How many items there are.
    pub fn count(&self) -> usize {
        self.items.len()
    }

    /// The whole command line; the next one begins empty.
    pub fn take(&mut self) -> Vec<Vec<u8>> {
        self.room = self.fixed;
        self.options.command.iter().cloned().chain(std::mem::take(&mut self.items)).collect()
    }

    /// The command line with an item in the place of the text that is to be replaced; `None`: nothing is.
    pub fn replaced(&self, item: &[u8]) -> Option<Result<Vec<Vec<u8>>, Trouble>> {
        let text = self.options.replace.as_deref()?;
        let mut room = 0;
        let mut words = Vec::new();
        for (index, word) in self.options.command.iter().enumerate() {
            // The command's name stays what it is.
            let word = if index == 0 { word.clone() } else { replaced(word, text, item) };
            if index > 0 && program::room(&word) >= self.options.bytes_max {
                return Some(Err(Trouble::Word));
            }
            room += program::room(&word);
            if room > self.options.bytes_max {
                return Some(Err(Trouble::List));
            }
            words.push(word);
        }
        Some(Ok(words))
    }
}

/// A word with an item in the place of each text.
fn replaced(word: &[u8], text: &[u8], item: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return word.to_vec();
    }
    let mut filled = Vec::new();
    let mut rest = word;
    while let Some(at) = rest.windows(text.len()).position(|part| part == text) {
        filled.extend_from_slice(&rest[..at]);
        filled.extend_from_slice(item);
        rest = &rest[at + text.len()..];
    }
    filled.extend_from_slice(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_filled() {
        for (word, wanted) in [("XaX", "bab"), ("a", "a"), ("", "")] {
            assert_eq!(replaced(word.as_bytes(), b"X", b"b"), wanted.as_bytes(), "{word}");
        }
        assert_eq!(replaced(b"a", b"", b"b"), b"a");
    }
}
