//! printf: arguments in a format, as the program of that name does it; the shell has a builtin of its own.
//!
//! It owns the format and what becomes of the arguments; [`number`] reads numbers and writes them.

mod number;

use cli::frame::{Frame, version};
use cli::wording::{quoted, shell_word};

use crate::output::Output;
use number::Warning;
pub use number::{Spec, general};

const HELP: &str = "\
Usage: printf FORMAT [ARGUMENT]...
  or:  printf OPTION
Print ARGUMENTs in the FORMAT, which is used again while there are more of them.

      --help     print this text
      --version  print the version

In FORMAT, \\\" \\\\ \\a \\b \\e \\f \\n \\r \\t \\v are what they are in C, \\c ends the output, \\NNN is the byte with the octal
value, \\xHH the byte with the hexadecimal value, \\uHHHH and \\UHHHHHHHH are characters. %% is a %, %b an ARGUMENT in
which escapes are read, with octal ones as \\0NNN, %q one in quotes as a shell needs them. The others are those of C:
%d %i %o %u %x %X %f %F %e %E %g %G %a %A %c %s, with flags, width and precision, which may be *.
";

/// Why the printing ends before the format does.
enum Stop {
    /// `\\c`.
    Wanted,
    /// What to complain about.
    Fault(String),
}

struct Printf<'a> {
    frame: Frame<'a>,
    output: Output,
    arguments: std::vec::IntoIter<Vec<u8>>,
    status: i32,
}

/// Runs printf: its name and its arguments, to an exit status.
pub fn main(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    match arguments.as_slice() {
        [only] if only == b"--help" => return frame.show(HELP),
        [only] if only == b"--version" => return frame.show(&version("printf")),
        _ => {}
    }
    if arguments.first().is_some_and(|first| first == b"--") {
        arguments.remove(0);
    }
    let mut arguments = arguments.into_iter();
    let Some(format) = arguments.next() else { return frame.misused("missing operand") };
    let mut printf = Printf { frame, output: Output::new(program), arguments, status: 0 };
    match printf.run(&format) {
        Ok(()) | Err(Stop::Wanted) => printf.status,
        Err(Stop::Fault(what)) => {
            printf.output.flush();
            frame.complain(&what);
            1
        }
    }
}

impl Printf<'_> {
    fn run(&mut self, format: &[u8]) -> Result<(), Stop> {
        loop {
            let before = self.arguments.len();
            self.once(format)?;
            let left = self.arguments.len();
            if left == 0 {
                return Ok(());
            }
            if left == before {
                let first = self.arguments.next().unwrap_or_default();
                self.output.flush();
                let what = format!("warning: ignoring excess arguments, starting with {}", quoted(&first));
                self.frame.complain(&what);
                return Ok(());
            }
        }
    }

    /// Goes through the format once.
    fn once(&mut self, format: &[u8]) -> Result<(), Stop> {
        let mut rest = format;
        while let Some(special) = memchr::memchr2(b'%', b'\\', rest) {
            let (plain, others) = rest.split_at(special);
            self.output.write(plain);
            rest = if others.starts_with(b"%") {
                self.directive(others)?
            } else {
                escape(others, false, &mut self.output)?
            };
        }
        self.output.write(rest);
        Ok(())
    }

    /// Prints by a directive; what stands behind it.
    fn directive<'f>(&mut self, text: &'f [u8]) -> Result<&'f [u8], Stop> {
        match text.get(1) {
            Some(b'%') => {
                self.output.byte(b'%');
                return Ok(&text[2..]);
            }
            Some(b'b') => {
                let argument = self.arguments.next().unwrap_or_default();
                let mut rest = argument.as_slice();
                while let Some(backslash) = memchr::memchr(b'\\', rest) {
                    self.output.write(&rest[..backslash]);
                    rest = escape(&rest[backslash..], true, &mut self.output)?;
                }
                self.output.write(rest);
                return Ok(&text[2..]);
            }
            Some(b'q') => {
                if let Some(argument) = self.arguments.next() {
                    self.output.write(shell_word(&argument).as_bytes());
                }
                return Ok(&text[2..]);
            }
            _ => {}
        }
        let (spec, used) = self.spec(text)?;
        let argument = self.arguments.next();
        let mut warnings = Vec::new();
        let argument = argument.as_deref().unwrap_or_default();
        match spec.letter {
            b'c' => {
                let first = argument.first().copied().unwrap_or(0);
                self.output.write(&spec.padded(&[first]));
            }
            b's' => {
                let most = spec.precision.unwrap_or(usize::MAX).min(argument.len());
                self.output.write(&spec.padded(&argument[..most]));
            }
            b'd' | b'i' => {
                let value = number::signed(argument, &mut warnings);
                self.output.write(&spec.integer(value < 0, value.unsigned_abs()));
            }
            b'o' | b'u' | b'x' | b'X' => {
                let value = number::unsigned(argument, &mut warnings);
                self.output.write(&spec.integer(false, value));
            }
            _ => {
                let value = number::float(argument, &mut warnings);
                self.output.write(&spec.float(value));
            }
        }
        self.warn(argument, &warnings);
        Ok(&text[used..])
    }

    fn warn(&mut self, argument: &[u8], warnings: &[Warning]) {
        for warning in warnings {
            self.status |= i32::from(!matches!(warning, Warning::Ignored(_)));
            self.output.flush();
            let shown = quoted(argument);
            self.frame.complain(&match warning {
                Warning::NotNumeric => format!("{shown}: expected a numeric value"),
                Warning::Partial => format!("{shown}: value not completely converted"),
                Warning::OutOfRange => format!("{shown}: Numerical result out of range"),
                Warning::Ignored(rest) => {
                    let rest = String::from_utf8_lossy(rest);
                    format!("warning: {rest}: character(s) following character constant have been ignored")
                }
            });
        }
    }

    /// Reads a directive, and the arguments that are its width and precision; it has so many bytes.
    fn spec(&mut self, text: &[u8]) -> Result<(Spec, usize), Stop> {
        let mut spec = Spec::default();
        let mut at = 1;
        // The letters that may not stand behind what was seen.
        let mut forbidden: Vec<u8> = Vec::new();
        while let Some(flag) = text.get(at) {
            match flag {
                b'\'' => forbidden.extend_from_slice(b"aAceEosxX"),
                b'-' => spec.minus = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'#' => {
                    spec.alternate = true;
                    forbidden.extend_from_slice(b"cdisu");
                }
                b'0' => {
                    spec.zero = true;
                    forbidden.extend_from_slice(b"cs");
                }
                _ => break,
            }
            at += 1;
        }
        if text.get(at) == Some(&b'*') {
            at += 1;
            let width = self.star("field width", i64::from(i32::MIN))?;
            spec.minus |= width < 0;
            spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(0);
        } else {
            spec.width = digits(text, &mut at);
        }
        if text.get(at) == Some(&b'.') {
            at += 1;
            forbidden.push(b'c');
            if text.get(at) == Some(&b'*') {
                at += 1;
                spec.precision = usize::try_from(self.star("precision", i64::MIN)?).ok();
            } else {
                spec.precision = Some(digits(text, &mut at));
            }
        }
        while text.get(at).is_some_and(|byte| b"hjlLtz".contains(byte)) {
            at += 1;
        }
        match text.get(at) {
            Some(letter) if b"aAcdeEfFgGiosuxX".contains(letter) && !forbidden.contains(letter) => {
                spec.letter = *letter;
                Ok((spec, at + 1))
            }
            _ => {
                let shown = String::from_utf8_lossy(&text[..text.len().min(at + 1)]).into_owned();
                Err(Stop::Fault(format!("{shown}: invalid conversion specification")))
            }
        }
    }

    /// The argument that is a width or a precision.
    fn star(&mut self, what: &str, least: i64) -> Result<i64, Stop> {
        let Some(argument) = self.arguments.next() else { return Ok(0) };
        let mut warnings = Vec::new();
        let value = number::signed(&argument, &mut warnings);
        self.warn(&argument, &warnings);
        if value < least || value > i64::from(i32::MAX) {
            return Err(Stop::Fault(format!("invalid {what}: {}", quoted(&argument))));
        }
        Ok(value)
    }
}

/// The number that stands at a place; the place moves behind it.
fn digits(text: &[u8], at: &mut usize) -> usize {
    let mut value = 0_usize;
    while let Some(digit) = text.get(*at).filter(|byte| byte.is_ascii_digit()) {
        value = value.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        *at += 1;
    }
    value.min(1 << 30)
}

/// Writes what an escape stands for; what stands behind it. In an argument, octal values begin with a 0.
fn escape<'f>(text: &'f [u8], in_argument: bool, output: &mut Output) -> Result<&'f [u8], Stop> {
    let Some(letter) = text.get(1) else {
        output.byte(b'\\');
        return Ok(&text[1..]);
    };
    let plain = match letter {
        b'"' => b'"',
        b'\\' => b'\\',
        b'a' => 7,
        b'b' => 8,
        b'c' => return Err(Stop::Wanted),
        b'e' => 27,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'0'..=b'7' => {
            let start = if in_argument && *letter == b'0' { 2 } else { 1 };
            let (value, used) = value(&text[start..], 8, 3);
            output.byte(value as u8);
            return Ok(&text[start + used..]);
        }
        b'x' => {
            let (value, used) = value(&text[2..], 16, 2);
            if used == 0 {
                return Err(Stop::Fault("missing hexadecimal number in escape".to_owned()));
            }
            output.byte(value as u8);
            return Ok(&text[2 + used..]);
        }
        b'u' | b'U' => {
            let wanted = if *letter == b'u' { 4 } else { 8 };
            let (value, used) = value(&text[2..], 16, wanted);
            if used < wanted {
                return Err(Stop::Fault("missing hexadecimal number in escape".to_owned()));
            }
            let is_low = value < 0xa0 && !matches!(value, 0x24 | 0x40 | 0x60);
            let Some(character) = char::from_u32(value).filter(|_| !is_low) else {
                let shown = format!("\\{}{value:0wanted$x}", char::from(*letter));
                return Err(Stop::Fault(format!("invalid universal character name {shown}")));
            };
            output.write(character.encode_utf8(&mut [0; 4]).as_bytes());
            return Ok(&text[2 + wanted..]);
        }
        other => {
            output.write(&[b'\\', *other]);
            return Ok(&text[2..]);
        }
    };
    output.byte(plain);
    Ok(&text[2..])
}

/// The number that a text begins with, and how many digits it has.
fn value(text: &[u8], radix: u32, most: usize) -> (u32, usize) {
    let digits: Vec<u32> =
        text.iter().take(most).map_while(|byte| char::from(*byte).to_digit(radix)).collect();
    (digits.iter().fold(0, |sum, digit| sum * radix + digit), digits.len())
}
