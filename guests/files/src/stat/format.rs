//! The formats of stat: directives with flags, width and precision, and escapes.

use crate::system::Time;

/// The widest that a format can ask for.
const WIDTH_MAX: usize = 65_536;

/// A piece of a format.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a [u8]),
    Escaped(u8),
    UnknownEscape(u8),
    BackslashAtEnd,
    Directive(Directive),
    /// A directive that is none.
    Nonsense(&'a [u8]),
}

/// A `%` and what belongs to it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Directive {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    alternative: bool,
    width: usize,
    /// Absent, or given without a number, or with one.
    precision: Option<Option<usize>>,
    /// `H` or `L`; 0 where there is none.
    pub modifier: u8,
    pub letter: u8,
}

/// The first piece of a format, and what is behind it.
pub fn next(text: &[u8], escapes: bool) -> (Piece<'_>, &[u8]) {
    match text {
        [b'%', b'%', rest @ ..] => (Piece::Text(b"%"), rest),
        [b'%', ..] => directive(text),
        [b'\\', ..] if escapes => escape(text),
        _ => {
            let end = text.iter().position(|byte| *byte == b'%' || (escapes && *byte == b'\\'));
            let (plain, rest) = text.split_at(end.unwrap_or(text.len()));
            (Piece::Text(plain), rest)
        }
    }
}

fn directive(text: &[u8]) -> (Piece<'_>, &[u8]) {
    let mut read = Directive::default();
    let mut at = 1;
    while let Some(flag) = text.get(at) {
        match flag {
            b'-' => read.left = true,
            b'0' => read.zero = true,
            b'+' => read.plus = true,
            b' ' => read.space = true,
            b'#' => read.alternative = true,
            b'\'' => {}
            _ => break,
        }
        at += 1;
    }
    if let Some((width, after)) = number(text, at) {
        (read.width, at) = (width, after);
    }
    if text.get(at) == Some(&b'.') {
        read.precision = Some(None);
        at += 1;
        if let Some((precision, after)) = number(text, at) {
            (read.precision, at) = (Some(Some(precision)), after);
        }
    }
    if let [modifier @ (b'H' | b'L'), b'd' | b'r', ..] = text.get(at..).unwrap_or_default() {
        read.modifier = *modifier;
        at += 1;
    }
    match text.get(at) {
        // A newline is what `--format` puts behind the text.
        None | Some(b'\n') if at == 1 => (Piece::Text(b"%"), &text[1..]),
        None | Some(b'\n') => (Piece::Nonsense(&text[..at]), &text[at..]),
        Some(b'%' | b'I') => (Piece::Nonsense(&text[..=at]), &text[at + 1..]),
        Some(letter) => {
            read.letter = *letter;
            (Piece::Directive(read), &text[at + 1..])
        }
    }
}

/// A number at a place of a text, and the place behind it.
fn number(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let digits = text.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit());
    let count = digits.clone().count();
    let number = digits.fold(0_usize, |sum, digit| (sum * 10 + usize::from(digit - b'0')).min(WIDTH_MAX));
    (count > 0).then_some((number, at + count))
}

fn escape(text: &[u8]) -> (Piece<'_>, &[u8]) {
    let Some(letter) = text.get(1) else { return (Piece::BackslashAtEnd, &[]) };
    let rest = &text[2..];
    let plain = match letter {
        b'a' => 7,
        b'b' => 8,
        b'e' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'"' | b'\\' => *letter,
        b'0'..=b'7' => return code(&text[1..], 8, 3),
        b'x' if rest.first().is_some_and(u8::is_ascii_hexdigit) => return code(rest, 16, 2),
        other => return (Piece::UnknownEscape(*other), rest),
    };
    (Piece::Escaped(plain), rest)
}

fn code(text: &[u8], base: u32, digits_max: usize) -> (Piece<'_>, &[u8]) {
    let digits = text.iter().take(digits_max).map_while(|byte| char::from(*byte).to_digit(base));
    let count = digits.clone().count();
    let code = digits.fold(0, |sum, digit| sum * base + digit);
    (Piece::Escaped((code & 0xff) as u8), &text[count..])
}

impl Directive {
    /// A text, cut by the precision.
    pub fn text(&self, text: &[u8]) -> Vec<u8> {
        let text = match self.precision {
            Some(precision) => &text[..text.len().min(precision.unwrap_or(0))],
            None => text,
        };
        self.filled(text.to_vec())
    }

    fn filled(&self, text: Vec<u8>) -> Vec<u8> {
        let spaces = vec![b' '; self.width.saturating_sub(text.len())];
        if self.left { [text, spaces].concat() } else { [spaces, text].concat() }
    }

    /// Digits, with what `#` puts in front of them.
    pub fn number(&self, digits: &str, prefix: &str, is_signed: bool) -> Vec<u8> {
        let sign = match (is_signed, self.plus, self.space) {
            (true, true, _) => "+",
            (true, false, true) => " ",
            _ => "",
        };
        let prefix = if self.alternative && digits != "0" { prefix } else { "" };
        let precision = self.precision.map_or(0, |precision| precision.unwrap_or(0));
        // The zero of an octal number is one of its digits.
        let mut digits = format!("{}{digits}", "0".repeat(precision.saturating_sub(digits.len())));
        let mut head = format!("{sign}{prefix}");
        if prefix == "0" && digits.starts_with('0') {
            head = sign.to_owned();
        }
        if self.zero && !self.left && self.precision.is_none() {
            let missing = self.width.saturating_sub(head.len() + digits.len());
            digits = format!("{}{digits}", "0".repeat(missing));
        }
        self.filled(format!("{head}{digits}").into_bytes())
    }

    /// A time in seconds since 1970; the precision is how many digits of its fraction are shown.
    pub fn seconds(&self, time: Time) -> Vec<u8> {
        let fraction = match self.precision {
            None => String::new(),
            Some(precision) => {
                let places = precision.unwrap_or(9);
                let digits = format!("{:09}", time.nanoseconds);
                let kept = &digits[..places.min(9)];
                let dot = if places == 0 { "" } else { "." };
                format!("{dot}{kept}{}", "0".repeat(places.saturating_sub(9)))
            }
        };
        let sign = match (time.seconds < 0, self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        };
        let mut digits = format!("{}{fraction}", time.seconds.unsigned_abs());
        if self.zero && !self.left {
            let missing = self.width.saturating_sub(sign.len() + digits.len());
            digits = format!("{}{digits}", "0".repeat(missing));
        }
        self.filled(format!("{sign}{digits}").into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let (Piece::Directive(directive), b"") = next(text.as_bytes(), false) else { panic!("{text}") };
        let text = match directive.letter {
            b's' => directive.number("420", "", true),
            b'a' => directive.number("644", "0", false),
            b'f' => directive.number("81a4", "0x", false),
            b'X' => directive.seconds(Time { seconds: 1_795_435_524, nanoseconds: 809_360_432 }),
            _ => directive.text(b"text"),
        };
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn flags_width_and_precision_are_those_of_printf() {
        for (format, wanted) in [
            ("%5a", "  644"),
            ("%-5a", "644  "),
            ("%05a", "00644"),
            ("%#a", "0644"),
            ("%-#010f", "0x81a4    "),
            ("%+6s", "  +420"),
            ("%.2n", "te"),
            ("%6n", "  text"),
            ("%.3X", "1795435524.809"),
            ("%.X", "1795435524.809360432"),
            ("%.12X", "1795435524.809360432000"),
            ("%015.2X", "001795435524.80"),
        ] {
            assert_eq!(shown(format), wanted, "{format}");
        }
    }

    #[test]
    fn what_is_no_directive_is_told() {
        assert_eq!(next(b"%5\n", false).0, Piece::Nonsense(b"%5"));
        assert_eq!(next(b"%", false).0, Piece::Text(b"%"));
        assert_eq!(next(b"\\x41z", true), (Piece::Escaped(b'A'), b"z".as_slice()));
        assert_eq!(next(b"\\", true).0, Piece::BackslashAtEnd);
    }
}
