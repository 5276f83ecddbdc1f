//! The lines that cat dresses up: numbers, `$`, `^I` and the notation of `-v`.
//!
//! It turns bytes into bytes and does no input or output. Files follow one
//! another without a seam, and blocks may be cut anywhere: both are the same to it.

use super::options::{Dress, Numbered};

/// The width of a line's number; longer numbers take what they need.
const NUMBER_COLUMNS: usize = 6;

/// Enough digits for as many lines as there can be.
const DIGITS_MAX: usize = 20;

/// The lines of all files, and where in them we are.
pub struct Lines {
    dress: Dress,
    /// Whether a byte is written as something else; the newline is not asked about.
    is_special: [bool; 256],
    number: Number,
    /// No byte of the current line has been seen.
    at_start: bool,
    /// The line before the current one was empty.
    after_blank: bool,
    /// A carriage return was seen that is written as `^M` if a newline comes next.
    holds_return: bool,
}

impl Lines {
    pub fn new(dress: Dress) -> Self {
        let mut is_special = [false; 256];
        for (byte, special) in (0..=u8::MAX).zip(&mut is_special) {
            *special = match byte {
                b'\t' => dress.show_tabs,
                b' '..=b'~' => false,
                _ => dress.show_nonprinting,
            };
        }
        let number = Number::zero();
        Self { dress, is_special, number, at_start: true, after_blank: false, holds_return: false }
    }

    /// Whether nothing is to be done to any line.
    pub fn are_plain(&self) -> bool {
        self.dress == Dress::default()
    }

    /// Takes the next bytes and appends what they become.
    pub fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        if self.holds_return && !bytes.is_empty() {
            self.holds_return = false;
            out.extend_from_slice(if bytes[0] == b'\n' { b"^M" } else { b"\r" });
        }
        while let Some(length) = swar::position(b'\n', bytes) {
            self.line(&bytes[..length], out);
            bytes = &bytes[length + 1..];
        }
        if !bytes.is_empty() {
            self.start_line(out);
            // Only -E without -v writes a return in two ways.
            if self.dress.show_ends && !self.dress.show_nonprinting && bytes.ends_with(b"\r") {
                self.holds_return = true;
                bytes = &bytes[..bytes.len() - 1];
            }
            self.text(bytes, out);
        }
    }

    /// Appends what still waits for a byte that does not come.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.holds_return) {
            out.push(b'\r');
        }
    }

    /// A line, or the rest of one, that a newline ends.
    fn line(&mut self, text: &[u8], out: &mut Vec<u8>) {
        if self.at_start && text.is_empty() {
            if self.after_blank && self.dress.squeeze_blank {
                return;
            }
            self.after_blank = true;
            if self.dress.numbered == Numbered::All {
                self.number.push_next(out);
            }
        } else {
            self.start_line(out);
            match text.strip_suffix(b"\r") {
                Some(text) if self.dress.show_ends => {
                    self.text(text, out);
                    out.extend_from_slice(b"^M");
                }
                _ => self.text(text, out),
            }
        }
        if self.dress.show_ends {
            out.push(b'$');
        }
        out.push(b'\n');
        self.at_start = true;
    }

    /// Begins a line that is not empty, unless it has begun.
    fn start_line(&mut self, out: &mut Vec<u8>) {
        if self.at_start {
            self.at_start = false;
            self.after_blank = false;
            if self.dress.numbered != Numbered::None {
                self.number.push_next(out);
            }
        }
    }

    /// Bytes of a line without its newline.
    fn text(&self, mut bytes: &[u8], out: &mut Vec<u8>) {
        if !self.dress.show_tabs && !self.dress.show_nonprinting {
            out.extend_from_slice(bytes);
            return;
        }
        while let Some(length) = bytes.iter().position(|byte| self.is_special[usize::from(*byte)]) {
            out.extend_from_slice(&bytes[..length]);
            push_notation(bytes[length], out);
            bytes = &bytes[length + 1..];
        }
        out.extend_from_slice(bytes);
    }
}

/// The notation of `-v` for a byte that is not written as itself: `^X`, `^?`, `M-X`, `M-^X`, `M-^?`.
fn push_notation(byte: u8, out: &mut Vec<u8>) {
    if byte >= 128 {
        out.extend_from_slice(b"M-");
    }
    match byte & 127 {
        low @ (0..=31 | 127) => out.extend_from_slice(&[b'^', low ^ 64]),
        low => out.push(low),
    }
}

/// The number of a line, kept as the text that it is written as.
struct Number {
    /// Right-aligned, with spaces before.
    digits: [u8; DIGITS_MAX],
    /// Where the written part begins.
    start: usize,
}

impl Number {
    fn zero() -> Self {
        Self { digits: [b' '; DIGITS_MAX], start: DIGITS_MAX - NUMBER_COLUMNS }
    }

    /// Counts one more line and appends its number and the tab after it.
    fn push_next(&mut self, out: &mut Vec<u8>) {
        for (index, digit) in self.digits.iter_mut().enumerate().rev() {
            match *digit {
                b'9' => *digit = b'0',
                b' ' => {
                    *digit = b'1';
                    self.start = self.start.min(index);
                    break;
                }
                _ => {
                    *digit += 1;
                    break;
                }
            }
        }
        out.extend_from_slice(&self.digits[self.start..]);
        out.push(b'\t');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dress by its letters.
    fn dress(letters: &str) -> Dress {
        let numbered = match (letters.contains('b'), letters.contains('n')) {
            (true, _) => Numbered::NonBlank,
            (false, true) => Numbered::All,
            (false, false) => Numbered::None,
        };
        Dress {
            numbered,
            squeeze_blank: letters.contains('s'),
            show_ends: letters.contains('E'),
            show_tabs: letters.contains('T'),
            show_nonprinting: letters.contains('v'),
        }
    }

    /// What the blocks become, as text.
    fn dressed(letters: &str, blocks: &[&[u8]]) -> String {
        let mut lines = Lines::new(dress(letters));
        let mut out = Vec::new();
        for block in blocks {
            lines.push(block, &mut out);
        }
        lines.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn check(letters: &str, text: &str, wanted: &str) {
        assert_eq!(dressed(letters, &[text.as_bytes()]), wanted, "-{letters} {text:?}");
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(dressed(letters, &bytes), wanted, "-{letters} {text:?} byte by byte");
    }

    #[test]
    fn numbers_are_six_wide_and_count_lines() {
        check("n", "a\n\nb", "     1\ta\n     2\t\n     3\tb");
        check("b", "a\n\nb\n", "     1\ta\n\n     2\tb\n");
        check("b", "\r\n", "     1\t\r\n");
        check("n", "", "");
    }

    #[test]
    fn numbers_grow_beyond_their_width() {
        let out = dressed("n", &["\n".repeat(1_000_000).as_bytes()]);
        assert!(out.ends_with("\n999999\t\n1000000\t\n"), "{:?}", out.lines().last());
    }

    #[test]
    fn blank_lines_are_squeezed_to_one() {
        check("s", "\n\n\na\n\n\n\nb\n\n", "\na\n\nb\n\n");
        check("ns", "\n\na\n\n\n", "     1\t\n     2\ta\n     3\t\n");
        check("bs", "\n\na\n\n\nb", "\n     1\ta\n\n     2\tb");
        check("s", "a\n \n\n", "a\n \n\n");
    }

    #[test]
    fn ends_are_shown() {
        check("E", "a\n\nb", "a$\n$\nb");
        check("bE", "\na\n", "$\n     1\ta$\n");
    }

    #[test]
    fn a_return_before_an_end_that_is_shown_is_shown() {
        check("E", "a\r\n\r\n\r\r\nb\rc\r", "a^M$\n^M$\n\r^M$\nb\rc\r");
        check("vE", "a\r\n\r", "a^M$\n^M");
        check("bE", "\r\n\r", "     1\t^M$\n     2\t\r");
        check("T", "a\r\n", "a\r\n");
    }

    #[test]
    fn tabs_are_their_own_option() {
        check("T", "\ta\x01", "^Ia\x01");
        check("v", "\ta\x01", "\ta^A");
        check("vT", "\ta\x01", "^Ia^A");
    }

    #[test]
    fn every_byte_has_its_notation() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        let controls = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_";
        let printing: String = (' '..='~').collect();
        let low: Vec<String> = controls.chars().map(|control| format!("^{control}")).collect();
        let low = format!("{}{printing}^?", low.concat());
        let high: Vec<String> = controls.chars().map(|control| format!("M-^{control}")).collect();
        let printing_high: Vec<String> = printing.chars().map(|letter| format!("M-{letter}")).collect();
        let high = format!("{}{}M-^?", high.concat(), printing_high.concat());
        let wanted = format!("{}{high}", low.replace("^J", "\n"));
        assert_eq!(dressed("vT", &[&all]), wanted);
        assert_eq!(dressed("v", &[&all]), wanted.replacen("^I", "\t", 1));
    }
}
