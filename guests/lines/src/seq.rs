//! seq: numbers from one to another.
//!
//! It counts in decimal, so that a tenth is a tenth; in floating point only where numbers are too large for that, or
//! are no decimal ones, or a format asks for it.

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::wording::quoted;

use crate::float::{self, Conversion};
use crate::output::Output;
use cli::frame::{self, Frame, version};

const HELP: &str = "\
Usage: seq [OPTION]... LAST
  or:  seq [OPTION]... FIRST LAST
  or:  seq [OPTION]... FIRST INCREMENT LAST
Print the numbers from FIRST (1) to LAST, each INCREMENT (1) above the one before.

  -f, --format=FORMAT      write them by this format of printf, with one %a, %e, %f or %g
  -s, --separator=TEXT     put TEXT between them, not a newline
  -w, --equal-width        put zeros before them until all are as wide
      --help               print this text
      --version            print the version
";

static SYNTAX: Syntax<char> = Syntax {
    short: &[(b'f', Takes::Value, 'f'), (b's', Takes::Value, 's'), (b'w', Takes::Nothing, 'w')],
    long: &[
        ("equal-width", Takes::Nothing, 'w'),
        ("format", Takes::Value, 'f'),
        ("separator", Takes::Value, 's'),
        ("help", Takes::Nothing, frame::HELP),
        ("version", Takes::Nothing, frame::VERSION),
    ],
};

/// Digits behind the point that decimal counting goes to.
const SCALE_MAX: usize = 18;

/// A number as typed.
#[derive(Clone, Debug)]
struct Number {
    value: f64,
    /// The number times ten to the power of the scale, where it is one of decimal digits.
    decimal: Option<i128>,
    scale: usize,
    /// Digits behind the point that it asks for; none where it is not decimal.
    precision: Option<usize>,
    /// How wide it was typed.
    width: usize,
}

/// Runs seq: its name and its arguments, to an exit status.
pub fn main(program: &str, mut arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let operands = arguments.split_off(end_of_options(&arguments));
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut format, mut separator, mut equal_width) = (None, b"\n".to_vec(), false);
    loop {
        match words.next() {
            Err(what) => return frame.misused(&what),
            Ok(None | Some(Next::Operand(_))) => break,
            Ok(Some(Next::Option { option, value, .. })) => match option {
                'f' => format = value,
                's' => separator = value.unwrap_or_default(),
                'w' => equal_width = true,
                frame::HELP => return frame.show(HELP),
                _ => return frame.show(&version("seq")),
            },
        }
    }
    if operands.is_empty() {
        return frame.misused("missing operand");
    }
    if let Some(extra) = operands.get(3) {
        return frame.extra_operand(extra);
    }
    let format = match format.map(|format| Format::parse(&format)).transpose() {
        Ok(format) => format,
        Err(what) => {
            frame.complain(&what);
            return 1;
        }
    };
    if format.is_some() && equal_width {
        return frame.misused("format string may not be specified when printing equal width strings");
    }
    let mut numbers = Vec::new();
    for operand in &operands {
        match Number::parse(operand) {
            Ok(number) => numbers.push(number),
            Err(kind) => return frame.misused(&format!("invalid {kind}: {}", quoted(operand))),
        }
    }
    let one = Number { value: 1.0, decimal: Some(1), scale: 0, precision: Some(0), width: 1 };
    let (first, step, last) = match numbers.as_slice() {
        [last] => (one.clone(), one, last.clone()),
        [first, last] => (first.clone(), one, last.clone()),
        _ => (numbers[0].clone(), numbers[1].clone(), numbers[2].clone()),
    };
    if step.value == 0.0 {
        return frame.misused(&format!("invalid Zero increment value: {}", quoted(&operands[1])));
    }
    let mut output = Output::new(program);
    Sequence { first, step, last, separator, format, equal_width }.print(&mut output);
    0
}

/// Where operands begin: options come first, and a negative number is no option.
fn end_of_options(arguments: &[Vec<u8>]) -> usize {
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        at += match word.as_slice() {
            b"--" => return at + 1,
            [b'-', b'0'..=b'9' | b'.', ..] | b"-" => return at,
            [b'-', b'-', name @ ..] => {
                let takes =
                    !name.contains(&b'=') && (b"format".starts_with(name) || b"separator".starts_with(name));
                1 + usize::from(takes)
            }
            [b'-', letters @ ..] => match letters.iter().position(|letter| matches!(letter, b'f' | b's')) {
                Some(found) if found + 1 == letters.len() => 2,
                _ => 1,
            },
            _ => return at,
        };
    }
    at.min(arguments.len())
}

impl Number {
    /// Reads a number; the error is what kind of thing it should be.
    fn parse(text: &[u8]) -> Result<Self, String> {
        let invalid = || "floating point argument".to_owned();
        let text = std::str::from_utf8(text).map_err(|_| invalid())?;
        let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
        let text = text.strip_prefix('+').unwrap_or(text);
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let is_decimal = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && !unsigned.starts_with("0x")
            && !unsigned.starts_with("0X");
        if !is_decimal {
            let value = whole_general(text).ok_or_else(invalid)?;
            if value.is_nan() {
                return Err("'not-a-number' argument".to_owned());
            }
            let precision = (!value.is_infinite() && value.fract() == 0.0 && !text.contains(['.', 'p', 'P']))
                .then_some(0);
            let decimal = (precision.is_some() && value.abs() < 1e15).then_some(value as i128);
            return Ok(Self { value, decimal, scale: 0, precision, width: text.len() });
        }
        let value: f64 = text.parse().map_err(|_| invalid())?;
        let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, power.parse::<i64>().map_err(|_| invalid())?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let typed = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        let precision = usize::try_from(typed.saturating_sub(power)).unwrap_or(0);
        let mut width = text.len();
        if mantissa.ends_with('.') {
            width -= 1;
        }
        if mantissa.starts_with('.') {
            width += 1;
        }
        if unsigned.len() != mantissa.len() {
            // As wide as it is without the power.
            let sign = text.len() - unsigned.len();
            let integer = format!("{:.0}", value.abs().trunc()).len();
            width = sign + integer + if precision > 0 { precision + 1 } else { 0 };
        }
        let digits = format!("{whole}{fraction}");
        let zeros = usize::try_from(power.saturating_sub(typed)).unwrap_or(0);
        let decimal = if digits.len() + zeros <= 36 && precision <= SCALE_MAX {
            let number = format!("{digits}{}", "0".repeat(zeros)).parse::<i128>().ok();
            number.map(|number| if text.starts_with('-') { -number } else { number })
        } else {
            None
        };
        Ok(Self { value, decimal, scale: precision, precision: Some(precision), width })
    }

    /// The number at a scale that is not smaller than its own.
    fn at(&self, scale: usize) -> Option<i128> {
        let power = u32::try_from(scale.checked_sub(self.scale)?).ok()?;
        self.decimal?.checked_mul(10_i128.checked_pow(power)?)
    }
}

/// A number of any form, when it is all of the text.
fn whole_general(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text).to_ascii_lowercase();
    let rest = unsigned.strip_prefix("0x").unwrap_or("");
    let is_word = matches!(unsigned.as_str(), "inf" | "infinity" | "nan");
    let is_hexadecimal = !rest.is_empty()
        && rest.starts_with(|c: char| c.is_ascii_hexdigit() || c == '.')
        && rest.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | 'p' | '+' | '-'));
    if is_word || is_hexadecimal { crate::sort::general_number(text.as_bytes()) } else { None }
}

/// A format: text around one conversion.
struct Format {
    before: Vec<u8>,
    conversion: Conversion,
    after: Vec<u8>,
}

impl Format {
    fn parse(text: &[u8]) -> Result<Self, String> {
        let shown = || format!("format {}", quoted(text));
        let literal = |at: &mut usize| -> Vec<u8> {
            let mut bytes = Vec::new();
            while let Some(byte) = text.get(*at) {
                if *byte == b'%' {
                    if text.get(*at + 1) != Some(&b'%') {
                        break;
                    }
                    *at += 1;
                }
                bytes.push(*byte);
                *at += 1;
            }
            bytes
        };
        let mut at = 0;
        let before = literal(&mut at);
        if at == text.len() {
            return Err(format!("{} has no % directive", shown()));
        }
        at += 1;
        let mut conversion = Conversion {
            minus: false,
            plus: false,
            space: false,
            alternate: false,
            zero: false,
            width: 0,
            precision: None,
            letter: b'g',
        };
        while let Some(flag) = text.get(at) {
            match flag {
                b'-' => conversion.minus = true,
                b'+' => conversion.plus = true,
                b' ' => conversion.space = true,
                b'#' => conversion.alternate = true,
                b'0' => conversion.zero = true,
                b'\'' => {}
                _ => break,
            }
            at += 1;
        }
        let number = |at: &mut usize| {
            let start = *at;
            while text.get(*at).is_some_and(u8::is_ascii_digit) {
                *at += 1;
            }
            String::from_utf8_lossy(&text[start..*at]).parse::<usize>().unwrap_or(0).min(1 << 20)
        };
        conversion.width = number(&mut at);
        if text.get(at) == Some(&b'.') {
            at += 1;
            conversion.precision = Some(number(&mut at));
        }
        if text.get(at) == Some(&b'L') {
            at += 1;
        }
        match text.get(at) {
            None => return Err(format!("{} ends in %", shown())),
            Some(letter) if b"aAeEfFgG".contains(letter) => conversion.letter = *letter,
            Some(letter) => {
                return Err(format!("{} has unknown %{} directive", shown(), char::from(*letter)));
            }
        }
        at += 1;
        let after = literal(&mut at);
        if at < text.len() {
            return Err(format!("{} has too many % directives", shown()));
        }
        Ok(Self { before, conversion, after })
    }
}

struct Sequence {
    first: Number,
    step: Number,
    last: Number,
    separator: Vec<u8>,
    format: Option<Format>,
    equal_width: bool,
}

impl Sequence {
    fn print(&self, output: &mut Output) {
        let precision = match (self.first.precision, self.step.precision) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        let scale = self.first.scale.max(self.step.scale).max(self.last.scale);
        let decimals = (self.first.at(scale), self.step.at(scale), self.last.at(scale));
        match (decimals, precision) {
            ((Some(first), Some(step), last), Some(precision))
                if last.is_some() || self.last.value.is_infinite() =>
            {
                let end = if step > 0 { i128::MAX } else { i128::MIN };
                let last = last.unwrap_or(if (self.last.value > 0.0) == (step > 0) {
                    end
                } else {
                    -end.max(-i128::MAX)
                });
                self.count(output, [first, step, last], scale, precision);
            }
            _ => self.count_in_floating_point(output, precision),
        }
    }

    /// How wide all numbers are to be.
    fn width(&self, precision: usize) -> usize {
        if !self.equal_width {
            return 0;
        }
        let width = |number: &Number, is_last: bool| {
            let typed = number.precision.unwrap_or(0);
            let mut width = number.width + precision - typed.min(precision);
            width -= typed.saturating_sub(precision);
            if is_last && typed > 0 && precision == 0 {
                width -= 1;
            }
            if typed == 0 && precision > 0 {
                width += 1;
            }
            width
        };
        width(&self.first, false).max(width(&self.last, true))
    }

    fn count(&self, output: &mut Output, [first, step, last]: [i128; 3], scale: usize, precision: usize) {
        let width = self.width(precision);
        let is_over = |value: i128| if step > 0 { value > last } else { value < last };
        if is_over(first) {
            return;
        }
        let power = u32::try_from(scale).unwrap_or(0);
        let unit = 10_i128.pow(power);
        // What is counted has no more digits than are printed, unless only the last number has.
        let dropped = 10_i128.pow(power.saturating_sub(u32::try_from(precision).unwrap_or(0)));
        let mut text = String::new();
        let mut value = first;
        loop {
            text.clear();
            self.write_decimal(&mut text, value, unit, dropped, precision, width);
            match &self.format {
                Some(format) => {
                    output.write(&format.before);
                    output.write(
                        float::format(text.parse().unwrap_or(f64::NAN), &format.conversion).as_bytes(),
                    );
                    output.write(&format.after);
                }
                None => output.write(text.as_bytes()),
            }
            let Some(next) = value.checked_add(step).filter(|next| !is_over(*next)) else { break };
            value = next;
            output.write(&self.separator);
        }
        output.byte(b'\n');
    }

    fn write_decimal(
        &self,
        text: &mut String,
        value: i128,
        unit: i128,
        dropped: i128,
        precision: usize,
        width: usize,
    ) {
        use std::fmt::Write;
        // Small numbers are written much faster as such.
        let small = (unit == 1).then(|| i64::try_from(value).ok()).flatten();
        if let Some(small) = small {
            let _ = if width > 0 { write!(text, "{small:0width$}") } else { write!(text, "{small}") };
            return;
        }
        let sign =
            if value < 0 || (value == 0 && self.first.value.is_sign_negative() && self.first.value == 0.0) {
                "-"
            } else {
                ""
            };
        let size = value.unsigned_abs();
        let (whole, fraction) =
            (size / unit.unsigned_abs(), size % unit.unsigned_abs() / dropped.unsigned_abs());
        let point = if precision > 0 { format!(".{fraction:0precision$}") } else { String::new() };
        let digits = width.saturating_sub(sign.len() + point.len());
        let _ = write!(text, "{sign}{whole:0digits$}{point}");
    }

    fn count_in_floating_point(&self, output: &mut Output, precision: Option<usize>) {
        let plain = Conversion {
            minus: false,
            plus: false,
            space: false,
            alternate: false,
            zero: self.equal_width,
            width: precision.map_or(0, |precision| self.width(precision)),
            precision,
            letter: if precision.is_some() { b'f' } else { b'g' },
        };
        let conversion = self.format.as_ref().map_or(&plain, |format| &format.conversion);
        let (first, step, last) = (self.first.value, self.step.value, self.last.value);
        let mut index = 0.0;
        let mut value = first;
        let is_over = |value: f64| if step > 0.0 { value > last } else { value < last };
        if is_over(value) {
            return;
        }
        loop {
            if let Some(format) = &self.format {
                output.write(&format.before);
            }
            output.write(float::format(value, conversion).as_bytes());
            if let Some(format) = &self.format {
                output.write(&format.after);
            }
            index += 1.0;
            value = first + index * step;
            if is_over(value) {
                break;
            }
            output.write(&self.separator);
        }
        output.byte(b'\n');
    }
}
