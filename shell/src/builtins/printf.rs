//! `printf` and `echo`: what they write for their arguments, as pure functions.
//!
//! Owns bash's format language: every conversion, flag and escape, the reuse of a format for further arguments, and
//! the wording of its complaints. It writes nothing and assigns nothing: the builtin takes the bytes and messages
//! from [`Formatted`]. Widths, precisions and the output have bounds, as a guest chooses them.

use bstr::BString;

use crate::expand::Target;
use crate::expand::quote::{Escape, EscapeStyle, decode_escape, printf_q};

mod bignum;
mod date;
mod float;
mod number;
#[cfg(test)]
mod tests;
mod zone;

/// What `printf` produced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Formatted {
    /// What goes to standard output (or to the variable of `-v`).
    pub output: Vec<u8>,
    /// What goes to standard error, each without `name: line N: printf: `.
    pub errors: Vec<(usize, BString)>,
    /// Variables that `%n` sets to the number of bytes written before it. The builtin checks the names.
    pub assignments: Vec<(BString, usize)>,
    /// 0, or 1 after an error that is not only a warning.
    pub status: u8,
}

/// How much one `printf` may produce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrintfLimits {
    /// The largest width or precision of a conversion.
    pub width_max: usize,
    /// The most bytes of output.
    pub output_bytes_max: usize,
    /// `'c` is the number of a byte, not of a character.
    pub bytewise: bool,
}

impl Default for PrintfLimits {
    fn default() -> PrintfLimits {
        PrintfLimits { width_max: 1 << 20, output_bytes_max: 64 << 20, bytewise: false }
    }
}

/// The times `%(…)T` knows, in seconds since 1970 UTC, and where it reads them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PrintfClock {
    /// Now, for the argument -1 and for none.
    pub now_s: i64,
    /// When the shell started, for the argument -2.
    pub start_s: i64,
    /// TZ, empty for UTC.
    pub zone: BString,
}

/// Formats the arguments, using the format again until none are left.
pub(crate) fn format(
    format: &[u8],
    arguments: &[BString],
    limits: &PrintfLimits,
    clock: &PrintfClock,
) -> Formatted {
    let mut printer = Printer { arguments, next: 0, limits, clock, formatted: Formatted::default() };
    loop {
        let before = printer.next;
        let goes_on = printer.pass(format);
        if !goes_on || printer.next >= arguments.len() || printer.next == before {
            return printer.formatted;
        }
    }
}

/// What `echo` writes: its arguments with spaces between and a newline behind. `-n` leaves the newline out, `-e` and
/// `-E` turn escapes on and off (`xpg_echo`: on at first), alone or together, before anything else.
pub(crate) fn echo(arguments: &[BString], xpg_echo: bool) -> Vec<u8> {
    let (mut newline, mut escapes) = (true, xpg_echo);
    let is_option = |argument: &&BString| {
        argument.len() > 1
            && argument.first() == Some(&b'-')
            && argument.iter().skip(1).all(|letter| b"neE".contains(letter))
    };
    let options = arguments.iter().take_while(is_option).count();
    for letter in arguments.iter().take(options).flat_map(|argument| argument.iter().skip(1)) {
        match letter {
            b'n' => newline = false,
            b'e' => escapes = true,
            _ => escapes = false,
        }
    }
    let mut output = Vec::new();
    for (number, argument) in arguments.iter().skip(options).enumerate() {
        if number > 0 {
            output.push(b' ');
        }
        if !escapes {
            output.extend_from_slice(argument);
            continue;
        }
        let expanded = expand_escapes(argument, EscapeStyle::Echo, &mut Vec::new());
        output.extend_from_slice(&expanded.text);
        if expanded.stops {
            return output;
        }
    }
    if newline {
        output.push(b'\n');
    }
    output
}

/// Text with its escapes decoded.
struct Expanded {
    text: Vec<u8>,
    /// There was a `\c`.
    stops: bool,
}

fn expand_escapes(text: &[u8], style: EscapeStyle, errors: &mut Vec<BString>) -> Expanded {
    let mut expanded = Expanded { text: Vec::with_capacity(text.len()), stops: false };
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\\' {
            expanded.text.push(byte);
            continue;
        }
        match decode_escape(rest, style) {
            Escape::Bytes { bytes, length } => {
                expanded.text.extend_from_slice(&bytes);
                rest = rest.get(length..).unwrap_or_default();
            }
            Escape::Stop => {
                expanded.stops = true;
                return expanded;
            }
            Escape::Literal { missing } => {
                expanded.text.push(b'\\');
                errors.extend(missing.map(missing_digits));
            }
        }
    }
    expanded
}

fn missing_digits(letter: u8) -> BString {
    let kind = if letter == b'x' { "hex" } else { "unicode" };
    BString::from(format!("missing {kind} digit for \\{}", char::from(letter)))
}

/// A conversion specification between `%` and its letter.
#[derive(Clone, Copy, Debug, Default)]
struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

struct Printer<'a> {
    arguments: &'a [BString],
    next: usize,
    limits: &'a PrintfLimits,
    clock: &'a PrintfClock,
    formatted: Formatted,
}

/// A position in the format.
struct Format<'f> {
    text: &'f [u8],
    at: usize,
}

impl<'f> Format<'f> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take_if(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn rest(&self) -> &'f [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn since(&self, start: usize) -> &'f [u8] {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// A decimal number; too large a one is as large as can be.
    fn number(&mut self) -> usize {
        let mut value = 0usize;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
            self.at += 1;
        }
        value
    }
}

impl Printer<'_> {
    fn argument(&mut self) -> Option<BString> {
        let argument = self.arguments.get(self.next).cloned();
        self.next += usize::from(argument.is_some());
        argument
    }

    fn note_error(&mut self, message: BString) {
        self.formatted.errors.push((self.formatted.output.len(), message));
    }

    fn fail(&mut self, message: impl Into<BString>) {
        self.note_error(message.into());
        self.formatted.status = 1;
    }

    fn write(&mut self, bytes: &[u8]) -> bool {
        if self.formatted.output.len().saturating_add(bytes.len()) > self.limits.output_bytes_max {
            self.fail("write error: File too large");
            return false;
        }
        self.formatted.output.extend_from_slice(bytes);
        true
    }

    /// Goes through the format once; whether it may be gone through again.
    fn pass(&mut self, text: &[u8]) -> bool {
        let mut format = Format { text, at: 0 };
        while let Some(byte) = format.peek() {
            format.at += 1;
            let goes_on = match byte {
                b'%' if format.take_if(b'%') => self.write(b"%"),
                b'%' => self.conversion(&mut format),
                b'\\' => match decode_escape(format.rest(), EscapeStyle::Format) {
                    Escape::Bytes { bytes, length } => {
                        format.at += length;
                        self.write(&bytes)
                    }
                    Escape::Stop => self.write(b"\\"),
                    Escape::Literal { missing } => {
                        if let Some(kind) = missing {
                            self.note_error(missing_digits(kind));
                        }
                        self.write(b"\\")
                    }
                },
                _ => {
                    let rest = format.rest();
                    let length =
                        rest.iter().position(|byte| matches!(byte, b'%' | b'\\')).unwrap_or(rest.len());
                    let start = format.at - 1;
                    format.at += length;
                    self.write(format.since(start))
                }
            };
            if !goes_on {
                return false;
            }
        }
        true
    }

    /// A conversion whose `%` was read; whether to go on.
    fn conversion(&mut self, format: &mut Format<'_>) -> bool {
        let start = format.at - 1;
        let spec = self.spec(format);
        if spec.width > self.limits.width_max
            || spec.precision.is_some_and(|most| most > self.limits.width_max)
        {
            self.fail("write error: Value too large for defined data type");
            return false;
        }
        while matches!(format.peek(), Some(b'h' | b'j' | b'l' | b'L' | b't' | b'z')) {
            format.at += 1;
        }
        let Some(letter) = format.peek() else {
            let mut message = BString::from("`");
            message.extend_from_slice(format.since(start));
            message.extend_from_slice(b"': missing format character");
            self.fail(message);
            return false;
        };
        format.at += 1;
        if letter == b'(' {
            return self.time(spec, format, start);
        }
        self.convert(spec, letter)
    }

    /// Flags, width and precision.
    fn spec(&mut self, format: &mut Format<'_>) -> Spec {
        let mut spec = Spec::default();
        loop {
            match format.peek() {
                Some(b'-') => spec.left = true,
                Some(b'+') => spec.plus = true,
                Some(b' ') => spec.space = true,
                Some(b'#') => spec.alternate = true,
                Some(b'0') => spec.zero = true,
                Some(b'\'') => {}
                _ => break,
            }
            format.at += 1;
        }
        if format.take_if(b'*') {
            let width = self.signed();
            spec.left |= width < 0;
            spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
        } else {
            spec.width = format.number();
        }
        if format.take_if(b'.') {
            spec.precision = if format.take_if(b'*') {
                usize::try_from(self.signed()).ok()
            } else {
                Some(format.number())
            };
        }
        spec
    }

    fn convert(&mut self, spec: Spec, letter: u8) -> bool {
        let bytes = match letter {
            b'd' | b'i' => number::signed(spec, self.signed()),
            b'u' => number::unsigned(spec, self.unsigned(), letter),
            b'o' | b'x' | b'X' => number::unsigned(spec, self.unsigned(), letter),
            b'c' => {
                let argument = self.argument().unwrap_or_default();
                padded(spec, &[argument.first().copied().unwrap_or(0)])
            }
            b's' => {
                let argument = self.argument().unwrap_or_default();
                padded(spec, cut(spec, &argument))
            }
            b'q' => {
                let argument = self.argument().unwrap_or_default();
                padded(spec, cut(spec, &printf_q(&argument)))
            }
            b'Q' => {
                let argument = self.argument().unwrap_or_default();
                padded(spec, &printf_q(cut(spec, &argument)))
            }
            b'b' => {
                let argument = self.argument().unwrap_or_default();
                let mut errors = Vec::new();
                let expanded = expand_escapes(&argument, EscapeStyle::PercentB, &mut errors);
                errors.into_iter().for_each(|error| self.note_error(error));
                let bytes = padded(spec, cut(spec, &expanded.text));
                return self.write(&bytes) && !expanded.stops;
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => {
                let float = self.float();
                float::format(spec, float, letter)
            }
            b'n' => {
                let written = self.formatted.output.len();
                let name = self.argument().filter(|name| !name.is_empty());
                if let Some(name) = name.as_ref().filter(|name| Target::parse(name).is_none()) {
                    let mut message = BString::from("`");
                    message.extend_from_slice(name);
                    message.extend_from_slice(b"': not a valid identifier");
                    self.fail(message);
                    return false;
                }
                self.formatted.assignments.extend(name.map(|name| (name, written)));
                return true;
            }
            _ => {
                let mut message = BString::from("`");
                message.push(letter);
                message.extend_from_slice(b"': invalid format character");
                self.fail(message);
                return false;
            }
        };
        self.write(&bytes)
    }

    /// `%(format)T`, whose `(` was read.
    fn time(&mut self, spec: Spec, format: &mut Format<'_>, start: usize) -> bool {
        let inner = format.at;
        let length = closing(format.rest());
        let letter = length.and_then(|length| format.rest().get(length + 1).copied());
        let (Some(length), Some(b'T')) = (length, letter) else {
            let mut message = BString::from("warning: `");
            message.push(letter.unwrap_or(0));
            message.extend_from_slice(b"': invalid time format specification");
            self.note_error(message);
            return self.write(format.since(start));
        };
        format.at += length;
        let picture = match format.since(inner) {
            b"" => b"%X".as_slice(),
            picture => picture,
        };
        format.at += 2;
        let second = match self.argument() {
            None => self.clock.now_s,
            Some(text) => match self.integer(&text, number::parse_signed) {
                -1 => self.clock.now_s,
                -2 => self.clock.start_s,
                second => second,
            },
        };
        let zone = zone::Zone::named(&self.clock.zone);
        let text = date::format(picture, second, &zone, self.limits.width_max);
        self.write(&padded(spec, cut(spec, &text)))
    }

    fn signed(&mut self) -> i64 {
        match self.argument() {
            None => 0,
            Some(text) => self.integer(&text, number::parse_signed),
        }
    }

    fn unsigned(&mut self) -> u64 {
        match self.argument() {
            None => 0,
            Some(text) => self.integer(&text, number::parse_unsigned),
        }
    }

    fn float(&mut self) -> float::Float {
        match self.argument() {
            None => float::Float::ZERO,
            Some(text) => match number::character_code(&text, self.limits.bytewise) {
                Some(code) => float::Float::from_u32(code),
                None => {
                    let parsed = float::parse(&text);
                    self.note(&text, &parsed)
                }
            },
        }
    }

    fn integer<N: Copy + From<u32>>(&mut self, text: &[u8], parse: fn(&[u8]) -> number::Parsed<N>) -> N {
        match number::character_code(text, self.limits.bytewise) {
            Some(code) => N::from(code),
            None => self.note(text, &parse(text)),
        }
    }

    /// Complains where a number is not all there is, or not in range.
    fn note<N: Copy>(&mut self, text: &[u8], parsed: &number::Parsed<N>) -> N {
        if parsed.out_of_range {
            let mut message = BString::from("warning: ");
            message.extend_from_slice(text);
            message.extend_from_slice(b": Numerical result out of range");
            self.note_error(message);
        } else if !parsed.complete {
            let kind = match text {
                [b'0', b'x' | b'X', ..] => "hex ",
                [b'0', b'0'..=b'9', ..] => "octal ",
                _ => "",
            };
            let mut message = BString::from(text);
            message.extend_from_slice(format!(": invalid {kind}number").as_bytes());
            self.fail(message);
        }
        parsed.value
    }
}

/// The `)` that ends a time format; parentheses nest.
fn closing(text: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    text.iter().position(|byte| match byte {
        b'(' => {
            depth += 1;
            false
        }
        b')' if depth == 0 => true,
        b')' => {
            depth -= 1;
            false
        }
        _ => false,
    })
}

/// At most as many bytes as the precision says.
fn cut(spec: Spec, bytes: &[u8]) -> &[u8] {
    spec.precision.and_then(|most| bytes.get(..most)).unwrap_or(bytes)
}

/// At least as many bytes as the width says.
fn padded(spec: Spec, bytes: &[u8]) -> Vec<u8> {
    let blanks = vec![b' '; spec.width.saturating_sub(bytes.len())];
    if spec.left { [bytes, &blanks].concat() } else { [&blanks, bytes].concat() }
}

/// A number of this sign, prefix (`0x`) and digits; the flag `0` fills up between them.
fn padded_number(spec: Spec, sign: &str, prefix: &str, digits: &[u8], zeros: bool) -> Vec<u8> {
    let length = sign.len() + prefix.len() + digits.len();
    let fill = if zeros && spec.zero && !spec.left { spec.width.saturating_sub(length) } else { 0 };
    padded(spec, &[sign.as_bytes(), prefix.as_bytes(), &vec![b'0'; fill], digits].concat())
}

/// The sign before a number.
fn sign(spec: Spec, negative: bool) -> &'static str {
    match (negative, spec.plus, spec.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}
