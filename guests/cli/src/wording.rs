//! The wording of messages: names and reasons as GNU writes them.
//!
//! Texts are UTF-8 here, whatever the locale's variables say; quotes are those
//! of ASCII.

use std::fmt::Write;

use rustix::io::Errno;

/// A word within a message, in quotes and with the escapes of C.
pub fn quoted(word: &[u8]) -> String {
    let mut text = String::from("'");
    for unit in units(word) {
        match unit {
            Unit::Char(c @ ('\'' | '\\')) => text.extend(['\\', c]),
            Unit::Char(c) => text.push(c),
            Unit::Bytes(bytes) => escape(bytes, &mut text),
        }
    }
    text.push('\'');
    text
}

/// A file's name within a message, in quotes as a shell would take it.
pub fn quoted_name(name: &[u8]) -> String {
    if name.contains(&b'\'') && units(name).all(may_stand_in_double_quotes) {
        return format!("\"{}\"", String::from_utf8_lossy(name));
    }
    let mut text = String::from("'");
    // Whether the open quote is one of `$'...'`.
    let mut escaping = false;
    for unit in units(name) {
        match unit {
            Unit::Char('\'') => {
                text.push_str("'\\''");
                escaping = false;
            }
            Unit::Char(c) => {
                if escaping {
                    text.push_str("''");
                    escaping = false;
                }
                text.push(c);
            }
            Unit::Bytes(bytes) => {
                if !escaping {
                    text.push_str("'$'");
                    escaping = true;
                }
                escape(bytes, &mut text);
            }
        }
    }
    text.push('\'');
    text
}

/// A file's name at the head of a message: in quotes only where it needs them.
pub fn name(name: &[u8]) -> String {
    // The name ends at the colon.
    if name.contains(&b':') { quoted_name(name) } else { shell_word(name) }
}

/// A word of a command line as it could be typed: in quotes only where it needs them.
pub fn shell_word(name: &[u8]) -> String {
    let is_plain = |(index, unit): (usize, Unit<'_>)| match unit {
        Unit::Char('#' | '~') => index > 0,
        Unit::Char('{' | '}') => name.len() > 1,
        Unit::Char(':') => true,
        Unit::Char(c) => c.is_ascii_alphanumeric() || !c.is_ascii() || "%+,-./@]_".contains(c),
        Unit::Bytes(_) => false,
    };
    if !name.is_empty() && units(name).enumerate().all(is_plain) {
        String::from_utf8_lossy(name).into_owned()
    } else {
        quoted_name(name)
    }
}

/// Why a call failed. Where wasi-libc's words are not glibc's, glibc's.
pub fn reason(errno: Errno) -> String {
    match errno {
        Errno::LOOP => "Too many levels of symbolic links".to_owned(),
        Errno::NAMETOOLONG => "File name too long".to_owned(),
        Errno::IO => "Input/output error".to_owned(),
        Errno::NOTSUP => "Operation not supported".to_owned(),
        Errno::SPIPE => "Illegal seek".to_owned(),
        Errno::BUSY => "Device or resource busy".to_owned(),
        Errno::NOSYS => "Function not implemented".to_owned(),
        _ => {
            let text = std::io::Error::from(errno).to_string();
            text.split_once(" (os error ").map_or(text.as_str(), |(words, _)| words).to_owned()
        }
    }
}

/// A piece of a word.
#[derive(Clone, Copy)]
enum Unit<'a> {
    /// A character that can be printed.
    Char(char),
    /// A control character, or bytes that are no character.
    Bytes(&'a [u8]),
}

fn units(word: &[u8]) -> impl Iterator<Item = Unit<'_>> {
    word.utf8_chunks().flat_map(|chunk| {
        let text = chunk.valid();
        let chars = text.char_indices().map(move |(start, c)| {
            if c.is_control() {
                Unit::Bytes(&text.as_bytes()[start..start + c.len_utf8()])
            } else {
                Unit::Char(c)
            }
        });
        chars.chain((!chunk.invalid().is_empty()).then_some(Unit::Bytes(chunk.invalid())))
    })
}

/// Whether double quotes leave the piece as it is, in a shell and in C.
fn may_stand_in_double_quotes(unit: Unit<'_>) -> bool {
    match unit {
        Unit::Char(c) => c.is_ascii_alphanumeric() || !c.is_ascii() || "%+,-./:@]_ '".contains(c),
        Unit::Bytes(_) => false,
    }
}

/// Writes bytes as the escapes of C.
fn escape(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        match byte {
            0x07 => text.push_str("\\a"),
            0x08 => text.push_str("\\b"),
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            0x0b => text.push_str("\\v"),
            0x0c => text.push_str("\\f"),
            b'\r' => text.push_str("\\r"),
            // Writing to a string does not fail.
            _ => drop(write!(text, "\\{byte:03o}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_with_the_escapes_of_c() {
        for (given, wanted) in [
            (b"x".as_slice(), "'x'"),
            (b"", "''"),
            (b"it's a\\b", r"'it\'s a\\b'"),
            (b"a\x01\n\x7f\xff", r"'a\001\n\177\377'"),
            ("é".as_bytes(), "'é'"),
        ] {
            assert_eq!(quoted(given), wanted);
        }
    }

    #[test]
    fn a_name_is_quoted_for_a_shell() {
        for (given, wanted) in [
            (b"x".as_slice(), "'x'"),
            (b"", "''"),
            (b"it's", "\"it's\""),
            (b"it's@a.b", "\"it's@a.b\""),
            (b"it's $x", r"'it'\''s $x'"),
            (b"a\nb", r"'a'$'\n''b'"),
            (b"\n", r"''$'\n'"),
            (b"a b\n'", r"'a b'$'\n'\'''"),
            (b"a\xff\xfe", r"'a'$'\377\376'"),
        ] {
            assert_eq!(quoted_name(given), wanted);
        }
    }

    #[test]
    fn a_name_at_the_head_is_quoted_where_it_must_be() {
        for (given, wanted) in [
            ("plain-1.txt", "plain-1.txt"),
            ("", "''"),
            ("a b", "'a b'"),
            ("a:b", "'a:b'"),
            ("~a", "'~a'"),
            ("a~", "a~"),
            ("{", "'{'"),
            ("{a", "{a"),
            ("é", "é"),
        ] {
            assert_eq!(name(given.as_bytes()), wanted);
        }
    }

    #[test]
    fn a_reason_has_no_number() {
        assert_eq!(reason(Errno::NOENT), "No such file or directory");
        assert_eq!(reason(Errno::LOOP), "Too many levels of symbolic links");
    }
}
