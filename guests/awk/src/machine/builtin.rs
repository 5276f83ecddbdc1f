//! The built-in functions: their arguments are on the stack, their result is pushed.

use std::rc::Rc;

use super::{Machine, Outcome, Trouble, input, strings};
use crate::function::Function;
use crate::process::{Pipe, Running};
use crate::text;
use crate::time;
use crate::value::{Array, Value};
use crate::variables as known;

impl Machine {
    pub(super) fn builtin(&mut self, function: Function, count: usize, pc: usize) -> Outcome<()> {
        if function == Function::Sprintf {
            let text = self.formatted(count)?;
            self.push(Value::text(&text));
            return Ok(());
        }
        let start = self.stack.len() - count;
        let arguments = self.stack.split_off(start);
        let value = self.result(function, &arguments, pc)?;
        self.push(value);
        Ok(())
    }

    fn result(&mut self, function: Function, arguments: &[Value], pc: usize) -> Outcome<Value> {
        let number = |index: usize| arguments.get(index).map_or(0.0, Value::number);
        let value = |index: usize| arguments.get(index).unwrap_or(&Value::Unset);
        Ok(match function {
            Function::Atan2 => Value::Number(libm::atan2(number(0), number(1))),
            Function::Cos => Value::Number(libm::cos(number(0))),
            Function::Sin => Value::Number(libm::sin(number(0))),
            Function::Exp => Value::Number(self.exp(number(0), pc)),
            Function::Log => Value::Number(self.log(number(0), pc)),
            Function::Sqrt => Value::Number(self.sqrt(number(0), pc)),
            Function::Int => Value::Number(number(0).trunc()),
            Function::Rand => Value::Number(self.random.next()),
            Function::Srand => {
                let old = self.random.seed();
                self.random.set_seed(if arguments.is_empty() { time::now() } else { number(0) });
                Value::Number(old)
            }
            Function::And
            | Function::Or
            | Function::Xor
            | Function::Lshift
            | Function::Rshift
            | Function::Compl => Value::Number(bits(function, arguments)?),
            Function::Strtonum => Value::Number(strings::strtonum(value(0))),
            Function::Mkbool => Value::bool(value(0).truth()),
            Function::Systime => Value::Number(time::now()),
            Function::Mktime => {
                let text = value(0).to_text(&self.convfmt);
                Value::Number(time::mktime(&text, value(1).truth()))
            }
            Function::Strftime => self.strftime(arguments),
            Function::Tolower => self.mapped(value(0), text::lower, u8::to_ascii_lowercase),
            Function::Toupper => self.mapped(value(0), text::upper, u8::to_ascii_uppercase),
            Function::Length => Value::Number(self.length_of(value(0)) as f64),
            Function::Substr => self.substr(value(0), number(1), arguments.get(2).map(Value::number)),
            Function::Index => Value::Number(self.index(value(0), value(1))),
            Function::Match => Value::Number(self.match_text(value(0), value(1), array_at(arguments, 2)?)?),
            Function::Split | Function::Patsplit => {
                let by_match = function == Function::Patsplit;
                let pieces = array_at(arguments, 1)?.unwrap_or_default();
                let separators = array_at(arguments, 3)?;
                Value::Number(self.split(
                    value(0),
                    &pieces,
                    arguments.get(2),
                    separators.as_ref(),
                    by_match,
                )?)
            }
            Function::Gensub => {
                let record;
                let text = match arguments.get(3) {
                    Some(text) => text,
                    None => {
                        record = self.field_text(0);
                        &record
                    }
                };
                self.gensub(value(0), value(1), value(2), text, pc)?
            }
            Function::Asort | Function::Asorti => {
                let by_index = function == Function::Asorti;
                let source = array_at(arguments, 0)?.unwrap_or_default();
                let target = array_at(arguments, 1)?.unwrap_or_else(|| source.clone());
                Value::Number(self.sort_array(&source, &target, arguments.get(2), by_index)?)
            }
            Function::Isarray => Value::bool(value(0).is_array()),
            Function::Typeof => Value::text(value(0).type_name().as_bytes()),
            Function::Close => self.close(value(0), pc)?,
            Function::Fflush => self.fflush(arguments.first(), pc)?,
            Function::System => self.system(value(0))?,
            Function::Dcgettext => value(0).clone(),
            Function::Dcngettext => {
                if number(2) == 1.0 {
                    value(0).clone()
                } else {
                    value(1).clone()
                }
            }
            Function::Bindtextdomain => Value::text(b""),
            // These are operations of their own.
            Function::Sprintf | Function::Sub | Function::Gsub => Value::Unset,
        })
    }

    fn exp(&mut self, number: f64, pc: usize) -> f64 {
        let result = libm::exp(number);
        if number.is_finite() && (result.is_infinite() || result == 0.0) {
            self.warn(pc, &format!("exp: argument {} is out of range", general(number)));
        }
        result
    }

    fn log(&mut self, number: f64, pc: usize) -> f64 {
        if number < 0.0 {
            self.warn(pc, &format!("log: received negative argument {}", general(number)));
            // Processors differ in the sign of what is no number; PCs have it negative.
            return -f64::NAN.abs();
        }
        libm::log(number)
    }

    fn sqrt(&mut self, number: f64, pc: usize) -> f64 {
        if number < 0.0 {
            self.warn(pc, &format!("sqrt: received negative argument {}", general(number)));
            return -f64::NAN.abs();
        }
        number.sqrt()
    }

    fn mapped(&mut self, value: &Value, map: fn(char) -> char, map_byte: fn(&u8) -> u8) -> Value {
        let mut scratch = Vec::new();
        let source = value.bytes(&self.convfmt, &mut scratch);
        if self.collation.bytes || text::is_ascii(source) {
            return Value::Text(source.iter().map(map_byte).collect());
        }
        Value::text(&text::map_chars(source, map))
    }

    fn strftime(&mut self, arguments: &[Value]) -> Value {
        let format = match arguments.first() {
            Some(format) => format.to_text(&self.convfmt),
            None => {
                let Value::Array(information) = &self.globals[known::PROCINFO as usize] else {
                    return Value::text(b"");
                };
                let information = information.borrow();
                let format = information.get(crate::table::KeyRef::Text(b"strftime"));
                format.map_or_else(|| Rc::from(&b"%c"[..]), |format| format.to_text(&self.convfmt))
            }
        };
        let seconds = arguments.get(1).map_or_else(time::now, Value::number);
        let utc = arguments.get(2).is_some_and(Value::truth);
        Value::text(&time::strftime(&format, seconds, utc))
    }

    fn close(&mut self, name: &Value, _pc: usize) -> Outcome<Value> {
        let name = name.to_text(&self.convfmt);
        // A command that ends now writes behind what was printed before.
        drop(self.streams.stdout.flush());
        match self.streams.close(&name) {
            Some(Ok(status)) => Ok(Value::Number(status)),
            Some(Err(error)) => {
                self.set_global(known::ERRNO, Value::text(input::reason(&error).as_bytes()))?;
                Ok(Value::Number(-1.0))
            }
            None => {
                self.set_global(known::ERRNO, Value::text(b"close of redirection that was never opened"))?;
                Ok(Value::Number(-1.0))
            }
        }
    }

    fn fflush(&mut self, name: Option<&Value>, pc: usize) -> Outcome<Value> {
        let name = name.map(|name| name.to_text(&self.convfmt)).filter(|name| !name.is_empty());
        let result = match &name {
            None => Some(self.streams.flush()),
            Some(name) => self.streams.flush_named(name),
        };
        match (result, name) {
            (Some(Ok(())), _) => Ok(Value::Number(0.0)),
            (None, Some(name)) => {
                let shown = String::from_utf8_lossy(&name).into_owned();
                self.warn(pc, &format!("fflush: `{shown}' is not an open file, pipe or co-process"));
                Ok(Value::Number(-1.0))
            }
            _ => Ok(Value::Number(-1.0)),
        }
    }

    fn system(&mut self, command: &Value) -> Outcome<Value> {
        let command = command.to_text(&self.convfmt);
        drop(self.streams.flush());
        let ended = Running::start(&command, Pipe::Nothing, self.environment()).and_then(Running::wait);
        Ok(Value::Number(ended.map_or(-1.0, |ended| ended.number())))
    }
}

/// The array that an argument is, if there is one.
fn array_at(arguments: &[Value], index: usize) -> Outcome<Option<Array>> {
    match arguments.get(index) {
        None => Ok(None),
        Some(Value::Array(array)) => Ok(Some(array.clone())),
        Some(_) => Err(Trouble::Fatal("an argument that should be an array is none".to_owned())),
    }
}

/// A number as messages show it.
fn general(number: f64) -> String {
    let mut text = Vec::new();
    if number < 0.0 {
        text.push(b'-');
    }
    let style = crate::number::Style { precision: 6, alternative: false, upper: false };
    crate::number::write_general(&mut text, number, style);
    String::from_utf8_lossy(&text).into_owned()
}

/// Operations on bits, of integers below 2^53 as doubles hold them.
fn bits(function: Function, arguments: &[Value]) -> Result<f64, String> {
    let mut numbers = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        let number = argument.number();
        if number < 0.0 {
            let name = function.name();
            return Err(match function {
                Function::Compl => format!("{name}({number:.6}): negative value is not allowed"),
                Function::Lshift | Function::Rshift => {
                    let (a, b) = (arguments[0].number(), arguments[1].number());
                    format!("{name}({a:.6}, {b:.6}): negative values are not allowed")
                }
                _ => format!(
                    "{name}: argument {} negative value {} is not allowed",
                    index + 1,
                    general(number)
                ),
            });
        }
        numbers.push(number as u64);
    }
    let (first, second) = (numbers.first().copied().unwrap_or(0), numbers.get(1).copied().unwrap_or(0));
    let shift = u32::try_from(second).unwrap_or(u32::MAX);
    let result = match function {
        Function::And => numbers.iter().fold(u64::MAX, |all, number| all & number),
        Function::Or => numbers.iter().fold(0, |all, number| all | number),
        Function::Xor => numbers.iter().fold(0, |all, number| all ^ number),
        Function::Lshift => first.checked_shl(shift).unwrap_or(0),
        Function::Rshift => first.checked_shr(shift).unwrap_or(0),
        _ => !first & ((1 << 53) - 1),
    };
    Ok(result as f64)
}
