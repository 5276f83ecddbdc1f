//! The escapes of a script: `\n`, `\t`, `\x41` and the others, in patterns, replacements and texts.

use crate::script::{Case, Piece};

/// What `\cX` cannot be followed by: an escape other than `\\`.
pub(crate) struct RecursiveEscape;

/// The byte that an escape means, and how many bytes it takes behind its backslash; `None`: it means none.
pub(crate) fn byte(rest: &[u8]) -> Result<Option<(u8, usize)>, RecursiveEscape> {
    let Some(first) = rest.first() else { return Ok(None) };
    let number = |base: u32, digits_max: usize| {
        let digits = rest.iter().skip(1).take(digits_max);
        let digits: Vec<u32> = digits.map_while(|digit| char::from(*digit).to_digit(base)).collect();
        let value = digits.iter().fold(0_u32, |value, digit| value * base + digit);
        (!digits.is_empty()).then(|| (value.to_le_bytes()[0], 1 + digits.len()))
    };
    Ok(match first {
        b'a' => Some((7, 1)),
        b'f' => Some((12, 1)),
        b'r' => Some((b'\r', 1)),
        b't' => Some((b'\t', 1)),
        b'v' => Some((11, 1)),
        b'd' => number(10, 3),
        b'o' => number(8, 3),
        b'x' => number(16, 2),
        b'c' => match rest.get(1..) {
            Some([b'\\', b'\\', ..]) => Some((b'\\' ^ 0x40, 3)),
            Some([b'\\', ..]) => return Err(RecursiveEscape),
            Some([letter, ..]) => Some((letter.to_ascii_uppercase() ^ 0x40, 2)),
            _ => None,
        },
        _ => None,
    })
}

/// A pattern with the bytes in place of their escapes; what regular expressions escape stays escaped.
pub(crate) fn pattern(text: &[u8]) -> Result<Vec<u8>, RecursiveEscape> {
    let mut converted = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        converted.push(*first);
        if *first != b'\\' {
            continue;
        }
        if let Some((byte, length)) = byte(behind)? {
            converted.pop();
            converted.push(byte);
            rest = behind.get(length..).unwrap_or_default();
        } else if let Some((second, behind)) = behind.split_first() {
            converted.push(*second);
            rest = behind;
        }
    }
    Ok(converted)
}

/// The pieces of a replacement.
pub(crate) fn replacement(text: &[u8]) -> Result<Vec<Piece>, RecursiveEscape> {
    let mut pieces = Vec::new();
    let mut plain = Vec::new();
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        let piece = match first {
            b'&' => Piece::Group(0),
            b'\\' => {
                let (piece, length) = escaped(behind)?;
                rest = behind.get(length..).unwrap_or_default();
                piece
            }
            _ => Piece::Text(vec![*first]),
        };
        if let Piece::Text(text) = piece {
            plain.extend(text);
            continue;
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(piece);
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

/// What stands behind a backslash in a replacement, and its length.
fn escaped(rest: &[u8]) -> Result<(Piece, usize), RecursiveEscape> {
    if let Some((byte, length)) = byte(rest)? {
        return Ok((Piece::Text(vec![byte]), length));
    }
    let Some(first) = rest.first() else { return Ok((Piece::Text(vec![b'\\']), 0)) };
    let piece = match first {
        b'0'..=b'9' => Piece::Group(usize::from(first - b'0')),
        b'U' => Piece::Case(Case::Upper),
        b'L' => Piece::Case(Case::Lower),
        b'E' => Piece::Case(Case::End),
        b'u' => Piece::Case(Case::UpperNext),
        b'l' => Piece::Case(Case::LowerNext),
        b'n' => Piece::Text(vec![b'\n']),
        // What might have been `\cX` keeps its backslash.
        b'c' => Piece::Text(b"\\c".to_vec()),
        other => Piece::Text(vec![*other]),
    };
    Ok((piece, 1))
}

/// A list of `y`: a backslash is kept from its meaning by another one, and other escapes are bytes.
pub(crate) fn list(text: &[u8]) -> Result<Vec<u8>, RecursiveEscape> {
    let mut converted = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'\\' {
            converted.push(*first);
            continue;
        }
        if let Some((byte, length)) = byte(behind)? {
            converted.push(byte);
            rest = behind.get(length..).unwrap_or_default();
        } else if let Some((second, behind)) = behind.split_first() {
            converted.push(if *second == b'n' { b'\n' } else { *second });
            rest = behind;
        } else {
            converted.push(b'\\');
        }
    }
    Ok(converted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_bytes_are_read() {
        let read = |text: &str| byte(text.as_bytes()).ok().flatten();
        assert_eq!(read("x41B"), Some((0x41, 3)));
        assert_eq!(read("o1012"), Some((0o101, 4)));
        assert_eq!(read("d0659"), Some((65, 4)));
        assert_eq!(read("cz"), Some((26, 2)));
        assert_eq!(read("xg"), None);
        assert!(byte(b"c\\z").is_err());
    }

    #[test]
    fn a_pattern_keeps_what_regular_expressions_escape() {
        assert_eq!(pattern(br"\(a\t\\t\.\)").ok().unwrap(), b"\\(a\t\\\\t\\.\\)");
    }

    #[test]
    fn a_replacement_has_pieces() {
        let pieces = replacement(br"a&\&\1\x26\U\q").ok().unwrap();
        let text = |text: &[u8]| Piece::Text(text.to_vec());
        let wanted = [
            text(b"a"),
            Piece::Group(0),
            text(b"&"),
            Piece::Group(1),
            text(b"&"),
            Piece::Case(Case::Upper),
            text(b"q"),
        ];
        assert_eq!(pieces, wanted);
    }
}
