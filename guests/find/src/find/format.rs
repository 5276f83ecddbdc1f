//! `-printf`: a format that is read once and shown for each file.
//!
//! It owns the directives and their widths; what is known of the file comes from [`Shown`].

/// A format that was read.
#[derive(Debug)]
pub struct Format {
    pub pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq)]
pub enum Piece {
    Text(Vec<u8>),
    /// `\c`: nothing follows, and what was written is written now.
    Stop,
    Directive(Layout, Directive),
}

/// What of a file is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directive {
    /// One letter of `b d D f F g G h H i k l m M n p P s S u U y Y Z`.
    Plain(u8),
    /// A time, of `a`, `c` or `t`, as ctime shows it.
    Time(u8),
    /// A time, of `A`, `B`, `C` or `T`, by a conversion.
    TimePart(u8, u8),
}

/// Flags, width and precision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

/// No field is wider than this: what is beyond would only fill the memory.
const WIDTH_MAX: usize = 1 << 20;

/// What to say of a format beside reading it.
#[derive(Debug, Default)]
pub struct Remarks {
    pub warnings: Vec<Vec<u8>>,
}

impl Format {
    /// Reads a format. The error ends find.
    pub fn read(text: &[u8], remarks: &mut Remarks) -> Result<Format, Vec<u8>> {
        let mut format = Format { pieces: Vec::new() };
        let mut plain = Vec::new();
        let mut rest = text;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'\\' => {
                    let Some(used) = escape(after, &mut plain, remarks) else {
                        format.text(&mut plain);
                        format.pieces.push(Piece::Stop);
                        return Ok(format);
                    };
                    rest = after.get(used..).unwrap_or_default();
                }
                b'%' if after.first() == Some(&b'%') => {
                    plain.push(b'%');
                    rest = after.get(1..).unwrap_or_default();
                }
                b'%' => {
                    let (layout, used) = Layout::read(after);
                    let (directive, used) = directive(after, used, remarks)?;
                    match directive {
                        Some(directive) => {
                            format.text(&mut plain);
                            format.pieces.push(Piece::Directive(layout, directive));
                        }
                        // A percent sign behind a width is lost.
                        None if after.get(used - 1) == Some(&b'%') => {
                            plain.push(b'%');
                            plain.extend(after.get(..used - 1).unwrap_or_default());
                        }
                        None => {
                            plain.push(b'%');
                            plain.extend(after.get(..used).unwrap_or_default());
                        }
                    }
                    rest = after.get(used..).unwrap_or_default();
                }
                byte => plain.push(*byte),
            }
        }
        format.text(&mut plain);
        Ok(format)
    }

    fn text(&mut self, plain: &mut Vec<u8>) {
        if !plain.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(plain)));
        }
    }
}

/// Reads what follows a backslash and answers its length; `None`: the format ends here.
fn escape(text: &[u8], plain: &mut Vec<u8>, remarks: &mut Remarks) -> Option<usize> {
    let Some(letter) = text.first() else {
        remarks.warnings.push(b"escape `\\' followed by nothing at all".to_vec());
        plain.push(b'\\');
        return Some(0);
    };
    plain.push(match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'c' => return None,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'0'..=b'7' => {
            let digits = text.iter().take(3).take_while(|digit| (b'0'..=b'7').contains(digit));
            let used = digits.clone().count();
            plain.push(digits.fold(0_u8, |value, digit| value.wrapping_mul(8).wrapping_add(digit - b'0')));
            return Some(used);
        }
        other => {
            remarks.warnings.push([b"unrecognized escape `\\".as_slice(), &[*other], b"'"].concat());
            plain.extend([b'\\', *other]);
            return Some(1);
        }
    });
    Some(1)
}

/// Reads the directive whose layout takes the first bytes of a text; answers it and the bytes of all. `None`: there is
/// no such directive, and the text stands for itself.
fn directive(
    text: &[u8],
    layout: usize,
    remarks: &mut Remarks,
) -> Result<(Option<Directive>, usize), Vec<u8>> {
    let letter = text.get(layout).copied();
    if letter.is_none() && layout == 0 {
        return Err(b"error: % at end of format string".to_vec());
    }
    let used = layout + 1;
    match letter.unwrap_or(0) {
        letter @ (0 | b'{' | b'[' | b'(') => {
            Err([b"error: the format directive `%".as_slice(), &[letter], b"' is reserved for future use"]
                .concat())
        }
        letter if b"bdDfFgGhHiklmMnpPsSuUyYZ".contains(&letter) => Ok((Some(Directive::Plain(letter)), used)),
        letter @ (b'a' | b'c' | b't') => Ok((Some(Directive::Time(letter)), used)),
        b'%' => Ok((None, used)),
        letter @ (b'A' | b'B' | b'C' | b'T') => match text.get(used) {
            Some(part) => Ok((Some(Directive::TimePart(letter, *part)), used + 1)),
            None => {
                let warning = [b"format directive `%".as_slice(), &[letter]];
                let rest = b"' should be followed by another character";
                remarks.warnings.push([warning.concat().as_slice(), rest].concat());
                Ok((None, used))
            }
        },
        letter => {
            remarks.warnings.push([b"unrecognized format directive `%".as_slice(), &[letter], b"'"].concat());
            Ok((None, used))
        }
    }
}

impl Layout {
    /// Reads flags, width and precision at the start of a text; answers how many bytes they take.
    fn read(text: &[u8]) -> (Layout, usize) {
        let mut layout = Layout::default();
        let mut at = 0;
        while let Some(flag) = text.get(at) {
            match flag {
                b'-' => layout.left = true,
                b'0' => layout.zero = true,
                b'+' => layout.plus = true,
                b' ' => layout.space = true,
                b'#' => layout.alternate = true,
                _ => break,
            }
            at += 1;
        }
        let number = |at: &mut usize| {
            let mut value = 0_usize;
            while let Some(digit) = text.get(*at).filter(|digit| digit.is_ascii_digit()) {
                value = value.saturating_mul(10).saturating_add(usize::from(digit - b'0')).min(WIDTH_MAX);
                *at += 1;
            }
            value
        };
        layout.width = number(&mut at);
        if text.get(at) == Some(&b'.') {
            at += 1;
            layout.precision = Some(number(&mut at));
        }
        (layout, at)
    }

    /// Text in its field.
    pub fn text(self, text: &[u8], out: &mut Vec<u8>) {
        let shown = text.get(..self.precision.unwrap_or(usize::MAX)).unwrap_or(text);
        let padding = self.width.saturating_sub(shown.len());
        if !self.left {
            out.resize(out.len() + padding, b' ');
        }
        out.extend_from_slice(shown);
        if self.left {
            out.resize(out.len() + padding, b' ');
        }
    }

    /// A depth in its field.
    pub fn number(self, value: usize, out: &mut Vec<u8>) {
        let sign = match (self.plus, self.space) {
            (true, _) => "+",
            (false, true) => " ",
            (false, false) => "",
        };
        self.digits(sign, &value.to_string(), out);
    }

    /// Permission bits in their field.
    pub fn octal(self, value: u32, out: &mut Vec<u8>) {
        let digits = format!("{value:o}");
        let digits = if self.alternate && value != 0 { format!("0{digits}") } else { digits };
        self.digits("", &digits, out);
    }

    fn digits(self, sign: &str, digits: &str, out: &mut Vec<u8>) {
        let mut least = self.precision.unwrap_or(0);
        if self.zero && !self.left && self.precision.is_none() {
            least = self.width.saturating_sub(sign.len());
        }
        let shown = format!("{sign}{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
        Layout { precision: None, ..self }.text(shown.as_bytes(), out);
    }
}

/// A number as `%g` shows it: six digits, without zeros at the end.
pub fn general(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let scientific = format!("{value:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    match usize::try_from(5 - exponent) {
        Ok(decimals) if exponent >= -4 => trimmed(&format!("{value:.decimals$}")),
        _ => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{}e{sign}{:02}", trimmed(digits), exponent.unsigned_abs())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<Format, Vec<u8>>, Vec<String>) {
        let mut remarks = Remarks::default();
        let format = Format::read(text.as_bytes(), &mut remarks);
        let warnings = remarks.warnings.into_iter().map(|text| String::from_utf8(text).unwrap()).collect();
        (format, warnings)
    }

    #[test]
    fn escapes_are_those_of_c() {
        let (format, warnings) = read(r"\101\1012\0\x\a\\%%|");
        assert_eq!(format.unwrap().pieces, [Piece::Text(b"AA2\0\\x\x07\\%|".to_vec())]);
        assert_eq!(warnings, ["unrecognized escape `\\x'"]);
        let (format, _) = read(r"a\cb");
        assert_eq!(format.unwrap().pieces, [Piece::Text(b"a".to_vec()), Piece::Stop]);
        assert_eq!(read("a\\").1, ["escape `\\' followed by nothing at all"]);
    }

    #[test]
    fn what_is_no_directive_stands_for_itself() {
        let (format, warnings) = read("%5q|%5%");
        assert_eq!(format.unwrap().pieces, [Piece::Text(b"%5q|%5".to_vec())]);
        assert_eq!(warnings, ["unrecognized format directive `%q'"]);
        assert_eq!(read("%").0.unwrap_err(), b"error: % at end of format string");
        assert_eq!(
            read("%5").0.unwrap_err(),
            b"error: the format directive `%\0' is reserved for future use"
        );
        assert_eq!(read("%A").1, ["format directive `%A' should be followed by another character"]);
    }

    #[test]
    fn fields_are_as_wide_as_they_are_told() {
        let layout = |text: &str| Layout::read(text.as_bytes()).0;
        let text = |flags: &str| {
            let mut out = Vec::new();
            layout(flags).text(b"abc", &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            [text("5"), text("-5"), text(".2"), text("05"), text("-5.1")],
            ["  abc", "abc  ", "ab", "  abc", "a    "]
        );
        let octal = |flags: &str| {
            let mut out = Vec::new();
            layout(flags).octal(0o644, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            [octal(""), octal("#"), octal("05"), octal("#6"), octal(".4")],
            ["644", "0644", "00644", "  0644", "0644"]
        );
        let number = |flags: &str| {
            let mut out = Vec::new();
            layout(flags).number(0, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            [number("+"), number("05"), number(" "), number("-3"), number(".3")],
            ["+0", "00000", " 0", "0  ", "000"]
        );
    }

    #[test]
    fn numbers_are_short() {
        let shown = [1.0, 0.0, 1.36533, 0.000_012_345_67, 8.0 / 3.0, 1_234_567.0, 100_000.0].map(general);
        assert_eq!(shown, ["1", "0", "1.36533", "1.23457e-05", "2.66667", "1.23457e+06", "100000"]);
    }
}
