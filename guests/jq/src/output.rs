//! The output: values written as jq writes them. It owns standard output.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::rc::Rc;

use jaq_all::json::write::{Pp, Styles, write};
use jaq_all::json::{Map, Num, Val};

use crate::options::{Indent, Options, Terminator};

/// The colours of jq 1.7, in the order null, false, true, numbers, strings, arrays, objects, keys.
const COLORS: &str = "1;30:0;39:0;39:0;39:0;32:1;39:1;39:34;1";

/// Below this power of ten a double is written with an exponent.
const PLAIN_EXPONENT_MIN: i32 = -4;

/// A double that needs more zeros than these after its digits is written with an exponent.
const PLAIN_ZEROS_MAX: i32 = 15;

/// Where and how values are written.
pub struct Output<'o> {
    options: &'o Options,
    pretty: Pp,
    writer: BufWriter<StdoutLock<'static>>,
    /// Whether somebody may be waiting for each value.
    prompt: bool,
}

impl<'o> Output<'o> {
    /// Standard output in the manner that the options ask for.
    pub fn new(options: &'o Options) -> Self {
        let terminal = io::stdout().is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = options.color.unwrap_or(terminal && !no_color);
        let pretty = Pp {
            indent: match options.indent {
                Indent::None => None,
                Indent::Spaces(columns) => Some(" ".repeat(columns)),
                Indent::Tab => Some("\t".to_owned()),
            },
            sort_keys: options.sort_keys,
            styles: if color { styles() } else { Styles::default() },
            sep_space: options.indent != Indent::None,
        };
        let writer = BufWriter::new(io::stdout().lock());
        Self { options, pretty, writer, prompt: terminal || options.unbuffered }
    }

    /// Writes one value and what follows it.
    pub fn write(&mut self, value: &Val) -> io::Result<()> {
        if self.options.sequence {
            self.writer.write_all(b"\x1e")?;
        }
        match value {
            // A string that must be ASCII keeps its quotes, even as raw output.
            Val::TStr(text) if self.options.raw_output && !self.options.ascii_output => {
                self.writer.write_all(text)?;
            }
            value => self.write_json(value)?,
        }
        match self.options.terminator {
            Terminator::Newline => self.writer.write_all(b"\n")?,
            Terminator::Nul => self.writer.write_all(b"\0")?,
            Terminator::Nothing => {}
        }
        if self.prompt { self.writer.flush() } else { Ok(()) }
    }

    /// Hands over what is buffered.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    fn write_json(&mut self, value: &Val) -> io::Result<()> {
        let plain = jq_numbers(value);
        let value = plain.as_ref().unwrap_or(value);
        if !self.options.ascii_output {
            return write(&mut self.writer, &self.pretty, 0, value);
        }
        let mut text = Vec::new();
        write(&mut text, &self.pretty, 0, value)?;
        // Only strings hold other characters, and there an escape means the same.
        for character in String::from_utf8_lossy(&text).chars() {
            if character.is_ascii() {
                write!(self.writer, "{character}")?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(self.writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

/// The colours that `JQ_COLORS` asks for, over jq's own.
fn styles() -> Styles {
    let mut styles = Styles::default().parse(COLORS);
    if let Ok(colors) = std::env::var("JQ_COLORS") {
        styles = styles.parse(&colors);
    }
    styles.bstr.clone_from(&styles.str);
    styles.reset = "\x1b[0m".to_owned();
    styles
}

/// The value with its computed numbers replaced by ones that are written as jq
/// writes them, and `None` where there are none. jaq tells 3.0 from 3, for
/// instance, and to jq they are one number.
fn jq_numbers(value: &Val) -> Option<Val> {
    match value {
        Val::Num(Num::Float(number)) if number.is_nan() => Some(Val::Null),
        Val::Num(Num::Float(number)) => Some(Val::Num(Num::Dec(Rc::new(double(*number))))),
        Val::Arr(items) => {
            let changed: Vec<Option<Val>> = items.iter().map(jq_numbers).collect();
            changed.iter().any(Option::is_some).then(|| {
                items.iter().zip(changed).map(|(item, new)| new.unwrap_or_else(|| item.clone())).collect()
            })
        }
        Val::Obj(members) => {
            let changed: Vec<Option<Val>> = members.values().map(jq_numbers).collect();
            changed.iter().any(Option::is_some).then(|| {
                let members = members.iter().zip(changed);
                let members =
                    members.map(|((key, item), new)| (key.clone(), new.unwrap_or_else(|| item.clone())));
                Val::obj(members.collect::<Map>())
            })
        }
        Val::Null | Val::Bool(_) | Val::Num(_) | Val::BStr(_) | Val::TStr(_) => None,
    }
}

/// A double in the shortest digits that name it, in plain notation where that
/// needs few zeros, else with an exponent of at least two digits. An infinite
/// one becomes the largest that JSON can hold.
fn double(number: f64) -> String {
    let number = if number.is_infinite() { f64::MAX.copysign(number) } else { number };
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count() as i32;
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (PLAIN_EXPONENT_MIN..digits + PLAIN_ZEROS_MAX).contains(&exponent) {
        return number.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}
