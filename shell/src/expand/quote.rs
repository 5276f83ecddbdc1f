//! Quoting: how bytes are written so that the shell reads them back, and what backslash escapes mean.
//!
//! Owns the forms `a\ b`, `'a b'`, `"a b"` and `$'a\nb'` and when bash chooses which. Text is UTF-8 where it can be:
//! a printable character is written as it is, and anything else brings on the form `$'…'`.

use bstr::{BString, ByteSlice};

mod escape;
#[cfg(test)]
mod tests;

pub(crate) use escape::{Escape, EscapeStyle, decode_escape};

/// `printf %q`: with backslashes, or `$'…'` where there are control characters or bytes that are not UTF-8. Empty
/// text is `''`.
pub(crate) fn printf_q(bytes: &[u8]) -> BString {
    if bytes.is_empty() {
        return BString::from("''");
    }
    if needs_ansi_c(bytes) {
        return ansi_c(bytes);
    }
    let mut quoted = BString::from(Vec::with_capacity(bytes.len() + 8));
    let mut before = None;
    for &byte in bytes {
        if byte == b',' || is_special_at(byte, before) {
            quoted.push(b'\\');
        }
        quoted.push(byte);
        before = Some(byte);
    }
    quoted
}

/// `${x@Q}`: always quoted, as `'…'` or `$'…'`.
pub(crate) fn transform_q(bytes: &[u8]) -> BString {
    if needs_ansi_c(bytes) { ansi_c(bytes) } else { single(bytes) }
}

/// The value in `declare -p`: `"…"`, or `$'…'`.
pub(crate) fn declare_value(bytes: &[u8]) -> BString {
    if needs_ansi_c(bytes) {
        return ansi_c(bytes);
    }
    let mut quoted = BString::from("\"");
    for &byte in bytes {
        if matches!(byte, b'"' | b'$' | b'`' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    quoted
}

/// A value in the output of `set` and `alias`-like listings: quoted only where it must be. Empty text stays empty.
pub(crate) fn set_value(bytes: &[u8]) -> BString {
    if needs_ansi_c(bytes) {
        ansi_c(bytes)
    } else if has_special(bytes) {
        single(bytes)
    } else {
        BString::from(bytes)
    }
}

/// A word in the trace of `set -x`: like [`set_value`], but empty text is `''`, and `'…'` comes before `$'…'`.
pub(crate) fn xtrace_word(bytes: &[u8]) -> BString {
    if bytes.is_empty() {
        BString::from("''")
    } else if has_special(bytes) {
        single(bytes)
    } else {
        set_value(bytes)
    }
}

/// What stands between the quotes of `$'…'`, or the value that `${x@E}` expands. A NUL ends the text.
pub(crate) fn decode_ansi_c(bytes: &[u8]) -> BString {
    let mut decoded = BString::from(Vec::with_capacity(bytes.len()));
    let mut rest = bytes;
    while let Some(at) = rest.find_byte(b'\\') {
        decoded.extend_from_slice(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        match decode_escape(rest, EscapeStyle::AnsiC) {
            Escape::Bytes { bytes, length } => {
                decoded.extend_from_slice(&bytes);
                rest = rest.get(length..).unwrap_or_default();
                if bytes.as_slice() == b"\0" {
                    return decoded.split(|&byte| byte == 0).next().unwrap_or_default().into();
                }
            }
            Escape::Stop | Escape::Literal { .. } => decoded.push(b'\\'),
        }
    }
    decoded.extend_from_slice(rest);
    decoded
}

/// Whether the character shows: not a control, a line separator, or a number that is no character.
pub(crate) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    // The standard library shows what is printable and not a space or a format character as it is. Behind another
    // character, so that a combining one is not escaped for standing alone.
    let mut buffer = [b'x'; 5];
    let length = buffer.get_mut(1..).map_or(0, |rest| character.encode_utf8(rest).len());
    let shown = buffer.get(..=length).and_then(|bytes| std::str::from_utf8(bytes).ok());
    shown.is_some_and(|text| text.escape_debug().nth(1) != Some('\\')) || is_invisible(character)
}

/// Spaces, format characters and private ones: they print, if nothing that can be seen.
fn is_invisible(character: char) -> bool {
    const FORMAT: &[(u32, u32)] = &[
        (0xad, 0xad),
        (0x600, 0x605),
        (0x61c, 0x61c),
        (0x6dd, 0x6dd),
        (0x70f, 0x70f),
        (0x890, 0x891),
        (0x8e2, 0x8e2),
        (0x180e, 0x180e),
        (0x200b, 0x200f),
        (0x202a, 0x202e),
        (0x2060, 0x2064),
        (0x2066, 0x206f),
        (0xe000, 0xf8ff),
        (0xfeff, 0xfeff),
        (0xfff9, 0xfffb),
        (0x110bd, 0x110bd),
        (0x110cd, 0x110cd),
        (0x13430, 0x1343f),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0001, 0xe0001),
        (0xe0020, 0xe007f),
        (0xe0100, 0xe01ef),
        (0xf_0000, 0xf_fffd),
        (0x10_0000, 0x10_fffd),
    ];
    let code = u32::from(character);
    let space = character.is_whitespace() && !matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}');
    space || FORMAT.iter().any(|&(low, high)| low <= code && code <= high)
}

/// Whether the text has something that only `$'…'` can write visibly.
fn needs_ansi_c(bytes: &[u8]) -> bool {
    if bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return false;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().any(|character| !is_printable(character)),
        Err(_) => true,
    }
}

/// Whether the byte, behind `before` or first, means something to the shell.
fn is_special_at(byte: u8, before: Option<u8>) -> bool {
    match byte {
        b'#' => before.is_none(),
        b'~' => matches!(before, None | Some(b'=' | b':')),
        _ => b" \t\n!\"$&'()*;<>?[\\]^`{|}".contains(&byte),
    }
}

fn has_special(bytes: &[u8]) -> bool {
    let before = std::iter::once(None).chain(bytes.iter().copied().map(Some));
    bytes.iter().zip(before).any(|(&byte, before)| is_special_at(byte, before))
}

/// `'…'`; a quote inside is `'\''`, and a quote alone `\'`.
fn single(bytes: &[u8]) -> BString {
    if bytes == b"'" {
        return BString::from("\\'");
    }
    let mut quoted = BString::from("'");
    for &byte in bytes {
        if byte == b'\'' {
            quoted.extend_from_slice(b"'\\''");
        } else {
            quoted.push(byte);
        }
    }
    quoted.push(b'\'');
    quoted
}

/// `$'…'`
fn ansi_c(bytes: &[u8]) -> BString {
    let mut quoted = BString::from("$'");
    for chunk in ByteSlice::utf8_chunks(bytes) {
        for character in chunk.valid().chars() {
            ansi_c_character(character, &mut quoted);
        }
        for &byte in chunk.invalid() {
            octal(byte, &mut quoted);
        }
    }
    quoted.push(b'\'');
    quoted
}

fn ansi_c_character(character: char, quoted: &mut BString) {
    let letter = match character {
        '\u{7}' => b'a',
        '\u{8}' => b'b',
        '\t' => b't',
        '\n' => b'n',
        '\u{b}' => b'v',
        '\u{c}' => b'f',
        '\r' => b'r',
        '\u{1b}' => b'E',
        '\\' => b'\\',
        '\'' => b'\'',
        _ => {
            let mut buffer = [0; 4];
            let bytes = character.encode_utf8(&mut buffer).as_bytes();
            if is_printable(character) {
                quoted.extend_from_slice(bytes);
            } else {
                bytes.iter().for_each(|&byte| octal(byte, quoted));
            }
            return;
        }
    };
    quoted.push(b'\\');
    quoted.push(letter);
}

fn octal(byte: u8, quoted: &mut BString) {
    quoted.push(b'\\');
    quoted.extend([byte >> 6, byte >> 3 & 7, byte & 7].map(|digit| digit + b'0'));
}
