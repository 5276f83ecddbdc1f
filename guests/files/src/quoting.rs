//! Quoting: names as a listing shows them, in the styles of `--quoting-style`.

use cli::wording;
use unicode_width::UnicodeWidthChar;

/// How names are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Literal,
    Shell,
    ShellAlways,
    ShellEscape,
    ShellEscapeAlways,
    C,
    CMaybe,
    Escape,
    Locale,
}

/// How names are shown.
#[derive(Clone, Copy, Debug)]
pub struct Quoting {
    pub style: Style,
    /// Show what cannot be printed as `?`.
    pub hides: bool,
    /// Escape blanks too, where the style is one of escapes: names in a row.
    pub escapes_blanks: bool,
    /// Escape colons: names in front of one.
    pub escapes_colons: bool,
}

/// A name as it is shown.
pub struct Shown {
    pub text: Vec<u8>,
    /// How many columns it takes.
    pub width: usize,
    /// Whether quotes are around it.
    pub is_quoted: bool,
}

impl Quoting {
    /// Quotes a name.
    pub fn show(&self, name: &[u8]) -> Shown {
        let text = match self.style {
            Style::Literal => name.to_vec(),
            Style::Shell | Style::ShellAlways => self.shell(name),
            Style::ShellEscape | Style::ShellEscapeAlways => self.shell_escape(name),
            Style::C => self.escaped(name, Some(("\"", "\""))),
            // Without anything to escape quotes would say nothing.
            Style::CMaybe if self.is_printable(name) => name.to_vec(),
            Style::CMaybe => self.escaped(name, Some(("\"", "\""))),
            Style::Escape => self.escaped(name, None),
            Style::Locale => self.escaped(name, Some(("\u{2018}", "\u{2019}"))),
        };
        let text = if self.hides { hidden(&text) } else { text };
        let is_quoted = match text.first() {
            Some(b'\'' | b'"') => name.first() != text.first() || text.len() != name.len(),
            _ => false,
        };
        Shown { width: width(&text), text, is_quoted }
    }

    fn is_always(&self) -> bool {
        matches!(self.style, Style::ShellAlways | Style::ShellEscapeAlways)
    }

    fn is_plain(&self, name: &[u8]) -> bool {
        !name.is_empty() && !self.is_always() && (0..name.len()).all(|index| self.is_plain_at(name, index))
    }

    /// Whether a shell takes the byte at that place of a name for itself.
    fn is_plain_at(&self, name: &[u8], index: usize) -> bool {
        match name.get(index) {
            Some(b'#' | b'~') => index > 0,
            Some(b'{' | b'}') => name.len() > 1,
            Some(b':') => !self.escapes_colons,
            Some(byte) => byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"%+,-./@]_".contains(byte),
            None => true,
        }
    }

    /// In single quotes where a shell needs them; what cannot be printed stays.
    fn shell(&self, name: &[u8]) -> Vec<u8> {
        let needs = |index: usize, byte: &u8| match byte {
            b'\t' | b'\n' | b'\r' => true,
            // Other control characters alone need no quotes, for a shell takes them as they are.
            _ => !byte.is_ascii_control() && !self.is_plain_at(name, index),
        };
        let is_quoted = name.is_empty()
            || self.is_always()
            || name.iter().enumerate().any(|(index, byte)| needs(index, byte));
        if !is_quoted {
            return name.to_vec();
        }
        if name.contains(&b'\'') && name.iter().all(|byte| may_stand_in_double_quotes(*byte)) {
            return [b"\"", name, b"\""].concat();
        }
        let mut text = vec![b'\''];
        for byte in name {
            if *byte == b'\'' {
                text.extend_from_slice(b"'\\''");
            } else {
                text.push(*byte);
            }
        }
        text.push(b'\'');
        text
    }

    /// As a shell takes it, with `$'...'` for what cannot be printed.
    fn shell_escape(&self, name: &[u8]) -> Vec<u8> {
        let is_text = std::str::from_utf8(name).is_ok_and(|text| !text.chars().any(char::is_control));
        if is_text && self.is_plain(name) { name.to_vec() } else { quoted_name(name) }
    }

    /// Whether it is text without control characters and quotes, and without the colon that would need some.
    fn is_printable(&self, name: &[u8]) -> bool {
        std::str::from_utf8(name).is_ok_and(|text| {
            !text.chars().any(|character| {
                character.is_control() || character == '"' || (character == ':' && self.escapes_colons)
            })
        })
    }

    /// With backslashes; in quotes or, without any, with blanks escaped too.
    fn escaped(&self, name: &[u8], quotes: Option<(&str, &str)>) -> Vec<u8> {
        let mut text = Vec::with_capacity(name.len() + 2);
        text.extend_from_slice(quotes.map_or("", |quotes| quotes.0).as_bytes());
        for chunk in name.utf8_chunks() {
            for character in chunk.valid().chars() {
                let mut bytes = [0; 4];
                let bytes = character.encode_utf8(&mut bytes).as_bytes();
                match character {
                    '\\' => text.extend_from_slice(b"\\\\"),
                    '"' if self.style == Style::C || self.style == Style::CMaybe => {
                        text.extend_from_slice(b"\\\"")
                    }
                    ' ' if quotes.is_none() && self.escapes_blanks => text.extend_from_slice(b"\\ "),
                    ':' if self.style != Style::CMaybe && self.escapes_colons => {
                        text.extend_from_slice(b"\\:")
                    }
                    _ if character.is_control() => escape(bytes, &mut text),
                    _ if quotes.is_some_and(|quotes| quotes.1.as_bytes() == bytes) => {
                        text.push(b'\\');
                        text.extend_from_slice(bytes);
                    }
                    _ => text.extend_from_slice(bytes),
                }
            }
            escape(chunk.invalid(), &mut text);
        }
        text.extend_from_slice(quotes.map_or("", |quotes| quotes.1).as_bytes());
        text
    }
}

/// As a shell takes it, in quotes in any case. Bytes that are no text come as escapes.
fn quoted_name(name: &[u8]) -> Vec<u8> {
    wording::quoted_name(name).into_bytes()
}

fn may_stand_in_double_quotes(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"%+,-./:@]_ '".contains(&byte)
}

/// Writes bytes as the escapes of C.
pub fn escape(bytes: &[u8], text: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            0x07 => text.extend_from_slice(b"\\a"),
            0x08 => text.extend_from_slice(b"\\b"),
            b'\t' => text.extend_from_slice(b"\\t"),
            b'\n' => text.extend_from_slice(b"\\n"),
            0x0b => text.extend_from_slice(b"\\v"),
            0x0c => text.extend_from_slice(b"\\f"),
            b'\r' => text.extend_from_slice(b"\\r"),
            _ => text.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
        }
    }
}

/// With `?` for what cannot be printed.
fn hidden(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                out.push(b'?');
            } else {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        out.extend(chunk.invalid().iter().map(|_| b'?'));
    }
    out
}

/// How many columns a text takes.
pub fn width(text: &[u8]) -> usize {
    if text.is_ascii() {
        return text.iter().filter(|byte| !byte.is_ascii_control()).count();
    }
    let chunks = text.utf8_chunks();
    chunks
        .map(|chunk| chunk.valid().chars().map(|character| character.width().unwrap_or(0)).sum::<usize>())
        .sum()
}
