//! A record: a line and where its fields are.

use std::ops::Range;

/// Where fields end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// At blanks, however many; blanks that a line begins with do not count.
    Blanks,
    Byte(u8),
    /// The line is one field.
    None,
}

/// A line in fields.
#[derive(Debug, Default)]
pub struct Record {
    text: Vec<u8>,
    fields: Vec<Range<usize>>,
}

impl Record {
    /// Takes a line.
    pub fn set(&mut self, text: &[u8], separator: Separator) {
        self.text.clear();
        self.text.extend_from_slice(text);
        self.fields.clear();
        match separator {
            _ if text.is_empty() => {}
            Separator::None => self.fields.push(0..text.len()),
            Separator::Byte(byte) => {
                let mut start = 0;
                for end in memchr::memchr_iter(byte, text) {
                    self.fields.push(start..end);
                    start = end + 1;
                }
                self.fields.push(start..text.len());
            }
            Separator::Blanks => self.split_at_blanks(),
        }
    }

    fn split_at_blanks(&mut self) {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
        let text = self.text.as_slice();
        let skip = |start: usize| {
            text[start..].iter().position(|byte| !is_blank(byte)).map_or(text.len(), |found| start + found)
        };
        let mut start = skip(0);
        if start == text.len() {
            return;
        }
        while let Some(length) = text[start..].iter().position(is_blank) {
            self.fields.push(start..start + length);
            start = skip(start + length);
        }
        // What stands behind the last blanks is a field even where it is empty.
        self.fields.push(start..text.len());
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field, from 0.
    pub fn field(&self, index: usize) -> Option<&[u8]> {
        self.fields.get(index).and_then(|field| self.text.get(field.clone()))
    }

    /// The whole line.
    pub fn text(&self) -> &[u8] {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str, separator: Separator) -> Vec<String> {
        let mut record = Record::default();
        record.set(text.as_bytes(), separator);
        (0..record.len()).map(|index| String::from_utf8_lossy(record.field(index).unwrap()).into()).collect()
    }

    #[test]
    fn a_line_is_split() {
        assert_eq!(fields(" a  b ", Separator::Blanks), ["a", "b", ""]);
        assert_eq!(fields("  ", Separator::Blanks), [""; 0]);
        assert_eq!(fields(",a,,b", Separator::Byte(b',')), ["", "a", "", "b"]);
        assert_eq!(fields("a b", Separator::None), ["a b"]);
    }
}
