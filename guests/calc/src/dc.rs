//! dc: a calculator with a stack.
//!
//! It owns the command line and the commands; the strings that run are a stack of their own, so that no depth of them
//! is too deep for this program. Written from the manual of GNU, and held against GNU dc 1.4.

use std::collections::HashMap;
use std::rc::Rc;

use cli::getopt::{Next, Syntax, Takes, Words};
use cli::stdio;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::input::Lines;
use crate::number::{Number, Trouble};
use crate::output::Output;

/// Strings run within strings no deeper.
const DEPTH_MAX: usize = 1_000_000;
/// A scale is no larger, and an index of an array is less.
const SCALE_MAX: i64 = 10_000_000;
const INDEX_MAX: i64 = 16_777_215;

#[derive(Clone, Copy, PartialEq)]
enum Opt {
    Expression,
    File,
    Help,
    Version,
}

const SYNTAX: Syntax<Opt> = Syntax {
    short: &[
        (b'e', Takes::Value, Opt::Expression),
        (b'f', Takes::Value, Opt::File),
        (b'h', Takes::Nothing, Opt::Help),
        (b'V', Takes::Nothing, Opt::Version),
    ],
    long: &[
        ("expression", Takes::Value, Opt::Expression),
        ("file", Takes::Value, Opt::File),
        ("help", Takes::Nothing, Opt::Help),
        ("version", Takes::Nothing, Opt::Version),
    ],
};

const HELP: &str = "\
Usage: dc [OPTION] [file ...]
  -e, --expression=EXPR    run EXPR
  -f, --file=FILE          run FILE
  -h, --help               print this and exit
  -V, --version            print the version and exit
";

/// Runs dc: its arguments, to an exit status.
pub fn main(_typed: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let mut dc = Dc::new();
    let mut words = Words::new(&SYNTAX, arguments);
    let (mut files, mut ran) = (Vec::new(), false);
    loop {
        let ended = match words.next() {
            Ok(None) => break,
            Ok(Some(Next::Operand(file))) => {
                files.push(file);
                continue;
            }
            Ok(Some(Next::Option { option: Opt::Help, .. })) => {
                return i32::from(stdio::print(HELP.as_bytes()).is_err());
            }
            Ok(Some(Next::Option { option: Opt::Version, .. })) => {
                return i32::from(stdio::print(b"dc (wasmsand) 0.1.0\n").is_err());
            }
            Ok(Some(Next::Option { option: Opt::Expression, value, .. })) => {
                dc.run(value.unwrap_or_default())
            }
            Ok(Some(Next::Option { option: Opt::File, value, .. })) => dc.file(&value.unwrap_or_default()),
            Err(what) => {
                stdio::complain("dc", &what);
                stdio::note(HELP.trim_end());
                return 1;
            }
        };
        ran = true;
        if let Err(End(status)) = ended {
            return dc.end(status);
        }
    }
    for file in &files {
        ran = true;
        if let Err(End(status)) = dc.file(file) {
            return dc.end(status);
        }
    }
    if !ran && let Err(End(status)) = dc.input() {
        return dc.end(status);
    }
    dc.end(0)
}

/// The program ends with a status.
struct End(i32);

/// What is on the stack, and in a register.
#[derive(Clone)]
enum Value {
    Number(Number),
    Text(Rc<[u8]>),
}

impl Value {
    fn text(&self) -> Option<&Rc<[u8]>> {
        match self {
            Value::Text(text) => Some(text),
            Value::Number(_) => None,
        }
    }
}

/// A register: a stack of values, each with an array.
#[derive(Default)]
struct Register {
    stack: Vec<(Option<Value>, HashMap<u32, Value>)>,
}

impl Register {
    fn top(&mut self) -> &mut (Option<Value>, HashMap<u32, Value>) {
        if self.stack.is_empty() {
            self.stack.push((None, HashMap::new()));
        }
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }
}

/// A string that runs, and how far it is.
struct Running {
    text: Rc<[u8]>,
    at: usize,
}

struct Dc {
    stack: Vec<Value>,
    registers: Vec<Register>,
    running: Vec<Running>,
    ibase: u32,
    obase: BigInt,
    scale: usize,
    output: Output,
    lines: Lines<std::io::Stdin>,
}

/// What is wrong with a command, in words.
type Done = Result<(), String>;

impl Dc {
    fn new() -> Dc {
        Dc {
            stack: Vec::new(),
            registers: std::iter::repeat_with(Register::default).take(256).collect(),
            running: Vec::new(),
            ibase: 10,
            obase: BigInt::from(10),
            scale: 0,
            output: Output::new("DC_LINE_LENGTH", 1),
            lines: Lines::new(std::io::stdin()),
        }
    }

    fn end(&mut self, status: i32) -> i32 {
        if self.output.finish() { status } else { 1 }
    }

    fn complain(&mut self, what: &str) {
        self.output.flush();
        stdio::complain("dc", what);
    }

    fn file(&mut self, path: &[u8]) -> Result<(), End> {
        if path == b"-" {
            return self.input();
        }
        match std::fs::read(crate::os_str(path)) {
            Ok(text) => self.run(text),
            Err(_) => {
                self.complain(&format!("Could not open file {}", String::from_utf8_lossy(path)));
                Ok(())
            }
        }
    }

    /// Runs the lines of standard input. A string in brackets may go over several.
    fn input(&mut self) -> Result<(), End> {
        let mut text = Vec::new();
        while let Some(line) = self.lines.next() {
            text.extend(line);
            if depth(&text) == 0 {
                self.run(std::mem::take(&mut text))?;
            }
        }
        self.run(text)
    }

    /// Runs a text to its end.
    fn run(&mut self, text: Vec<u8>) -> Result<(), End> {
        self.running.clear();
        self.running.push(Running { text: text.into(), at: 0 });
        while let Some(running) = self.running.last_mut() {
            let Some(command) = running.text.get(running.at).copied() else {
                self.running.pop();
                continue;
            };
            fuel::spend(1);
            running.at += 1;
            match command {
                b'q' => self.quit(2)?,
                b'Q' => {
                    if let Err(what) = self.quit_several() {
                        self.complain(&what);
                    }
                }
                _ => {
                    if let Err(what) = self.command(command) {
                        self.complain(&what);
                    }
                }
            }
        }
        Ok(())
    }

    /// Leaves strings that run; the program where there are not so many.
    fn quit(&mut self, count: usize) -> Result<(), End> {
        if self.running.len() <= count {
            return Err(End(1));
        }
        self.running.truncate(self.running.len() - count);
        Ok(())
    }

    fn quit_several(&mut self) -> Done {
        let Value::Number(count) = self.pop()? else {
            return Err("Q command requires a number".to_owned());
        };
        let Some(count) =
            count.to_i64().and_then(|count| usize::try_from(count).ok()).filter(|count| *count > 0)
        else {
            return Err("Q command requires a number >= 1".to_owned());
        };
        // One level is none.
        if count == 1 {
            return Ok(());
        }
        if self.running.len() <= count {
            // All but the outermost are left.
            self.running.truncate(1);
            return Err("Q command argument exceeded string execution depth".to_owned());
        }
        self.running.truncate(self.running.len() - count);
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, String> {
        self.stack.pop().ok_or_else(|| "stack empty".to_owned())
    }

    fn top(&self) -> Result<&Value, String> {
        self.stack.last().ok_or_else(|| "stack empty".to_owned())
    }

    fn push(&mut self, number: Number) {
        self.stack.push(Value::Number(number));
    }

    fn push_size(&mut self, size: usize) {
        self.push(Number::from(i64::try_from(size).unwrap_or(i64::MAX)));
    }

    /// The next byte of what runs.
    fn next(&mut self) -> Option<u8> {
        let running = self.running.last_mut()?;
        let byte = running.text.get(running.at).copied()?;
        running.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        let running = self.running.last()?;
        running.text.get(running.at).copied()
    }

    fn command(&mut self, command: u8) -> Done {
        match command {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {}
            b'0'..=b'9' | b'A'..=b'F' | b'.' | b'_' => self.number(command),
            b'#' => while self.next().is_some_and(|byte| byte != b'\n') {},
            b'[' => self.string(),
            b'p' => {
                let text = self.shown(&self.top()?.clone());
                self.print(&text);
                self.output.newline();
            }
            b'n' => {
                let value = self.pop()?;
                let text = self.shown(&value);
                self.print(&text);
            }
            b'P' => self.print_bytes()?,
            b'f' => {
                for value in self.stack.clone().iter().rev() {
                    let text = self.shown(value);
                    self.print(&text);
                    self.output.newline();
                }
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'~' => self.arithmetic(command)?,
            b'|' => self.power_modulo()?,
            b'v' => self.root()?,
            b'c' => self.stack.clear(),
            b'd' => {
                let value = self.top()?.clone();
                self.stack.push(value);
            }
            b'r' => {
                let count = self.stack.len();
                // A single value has nothing to change places with.
                if count >= 2 {
                    self.stack.swap(count - 1, count - 2);
                }
            }
            b'R' => self.rotate()?,
            b's' | b'l' | b'S' | b'L' | b':' | b';' => self.register(command)?,
            b'<' | b'>' | b'=' => self.compare(command, false)?,
            b'!' => self.bang()?,
            b'x' => {
                let value = self.pop()?;
                self.execute(value)?;
            }
            b'?' => {
                self.output.flush();
                if let Some(line) = self.lines.next() {
                    self.execute(Value::Text(line.into()))?;
                }
            }
            b'i' | b'o' | b'k' => self.set(command)?,
            b'I' => self.push(Number::from(self.ibase.into())),
            b'O' => self.push(Number::new(self.obase.clone(), 0)),
            b'K' => self.push_size(self.scale),
            b'z' => self.push_size(self.stack.len()),
            b'Z' => {
                let size = match self.pop()? {
                    Value::Number(number) => digits(&number),
                    Value::Text(text) => text.len(),
                };
                self.push_size(size);
            }
            b'X' => {
                let size = match self.pop()? {
                    Value::Number(number) => number.scale(),
                    Value::Text(_) => 0,
                };
                self.push_size(size);
            }
            b'a' => {
                let text: Vec<u8> = match self.pop()? {
                    Value::Number(number) => vec![low_byte(&number.whole())],
                    Value::Text(text) => text.first().copied().into_iter().collect(),
                };
                self.stack.push(Value::Text(text.into()));
            }
            other => {
                // GNU's program says it in two places.
                self.output.flush();
                let _ = std::io::Write::write_all(&mut std::io::stderr(), b"dc: ");
                self.output.bytes(
                    &[b"'".as_slice(), &[other], format!("' (0{other:o}) unimplemented\n").as_bytes()]
                        .concat(),
                );
            }
        }
        Ok(())
    }

    fn print(&mut self, text: &Shown) {
        match text {
            Shown::Number(text) => self.output.folded(text.as_bytes()),
            Shown::Text(text) => self.output.bytes(text),
        }
    }

    fn shown(&self, value: &Value) -> Shown {
        match value {
            Value::Number(number) => Shown::Number(number.text(&self.obase)),
            Value::Text(text) => Shown::Text(Rc::clone(text)),
        }
    }

    fn number(&mut self, first: u8) {
        let negative = first == b'_';
        let mut text = if negative { Vec::new() } else { vec![first] };
        if negative {
            while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
                self.next();
            }
        }
        while let Some(byte) = self.peek() {
            match byte {
                b'0'..=b'9' | b'A'..=b'F' => text.push(byte),
                b'.' if !text.contains(&b'.') => text.push(byte),
                _ => break,
            }
            self.next();
        }
        let number = Number::parse(&text, self.ibase);
        self.push(if negative { number.negated() } else { number });
    }

    fn string(&mut self) {
        let mut text = Vec::new();
        let mut depth = 1_usize;
        while let Some(byte) = self.next() {
            match byte {
                b'[' => depth += 1,
                b']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            text.push(byte);
        }
        self.stack.push(Value::Text(text.into()));
    }

    fn print_bytes(&mut self) -> Done {
        match self.pop()? {
            Value::Number(number) => {
                let (_, bytes) = number.whole().to_bytes_be();
                self.output.bytes(&bytes);
            }
            Value::Text(text) => self.output.bytes(&text),
        }
        Ok(())
    }

    /// The two numbers on top, which stay there.
    fn two(&self) -> Result<(Number, Number), String> {
        match self.stack.as_slice() {
            [.., Value::Number(left), Value::Number(right)] => Ok((left.clone(), right.clone())),
            [.., _, _] => Err("non-numeric value".to_owned()),
            _ => Err("stack empty".to_owned()),
        }
    }

    fn arithmetic(&mut self, command: u8) -> Done {
        let (left, right) = self.two()?;
        let scale = self.scale;
        let by_zero = |_| "divide by zero".to_owned();
        let results = match command {
            b'+' => vec![left.plus(&right)],
            b'-' => vec![left.minus(&right)],
            b'*' => vec![left.times(&right, scale)],
            b'/' => vec![left.over(&right, scale).map_err(by_zero)?],
            b'%' => vec![left.divided(&right, scale).map_err(|_| "remainder by zero".to_owned())?.1],
            b'~' => {
                let divided = left.divided(&right, scale);
                if divided.is_err() {
                    self.stack.truncate(self.stack.len().saturating_sub(2));
                }
                let (quotient, rest) = divided.map_err(by_zero)?;
                vec![quotient, rest]
            }
            _ => {
                if right.scale() > 0 {
                    self.output.flush();
                    stdio::note("Runtime warning: non-zero scale in exponent");
                }
                vec![left.to_power(&right, scale).map_err(|trouble| match trouble {
                    Trouble::ByZero => "divide by zero".to_owned(),
                    Trouble::NegativeRoot | Trouble::ExponentTooLarge => {
                        "exponent too large in raise".to_owned()
                    }
                })?]
            }
        };
        self.stack.truncate(self.stack.len() - 2);
        self.stack.extend(results.into_iter().map(Value::Number));
        Ok(())
    }

    fn power_modulo(&mut self) -> Done {
        let [.., base, exponent, modulus] = self.stack.as_slice() else {
            return Err("stack empty".to_owned());
        };
        let (Value::Number(base), Value::Number(exponent), Value::Number(modulus)) =
            (base, exponent, modulus)
        else {
            return Err("non-numeric value".to_owned());
        };
        let (exponent, modulus) = (exponent.whole(), modulus.whole());
        if modulus.is_zero() {
            return Err("remainder by zero".to_owned());
        }
        // A negative exponent is refused without a word.
        if exponent.is_negative() {
            return Ok(());
        }
        let result = base.power_modulo(&exponent, &modulus);
        self.stack.truncate(self.stack.len() - 3);
        self.push(result);
        Ok(())
    }

    fn root(&mut self) -> Done {
        match self.pop()? {
            Value::Number(number) => {
                let root =
                    number.root(self.scale).map_err(|_| "square root of negative number".to_owned())?;
                self.push(root);
                Ok(())
            }
            Value::Text(_) => Err("square root of nonnumeric attempted".to_owned()),
        }
    }

    /// Rotates the values on top: up, or down where the count is negative.
    fn rotate(&mut self) -> Done {
        let Value::Number(count) = self.pop()? else { return Err("non-numeric value".to_owned()) };
        let count = count.to_i64().unwrap_or(i64::MAX);
        let size = self.stack.len();
        let depth = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX).min(size);
        if depth < 2 {
            return Ok(());
        }
        let top = &mut self.stack[size - depth..];
        if count > 0 {
            top.rotate_left(1)
        } else {
            top.rotate_right(1)
        }
        Ok(())
    }

    fn index(value: &Value) -> Result<u32, String> {
        let wrong = || "array index must be a nonnegative integer".to_owned();
        let Value::Number(number) = value else { return Err(wrong()) };
        let index = number.to_i64().filter(|index| (0..INDEX_MAX).contains(index)).ok_or_else(wrong)?;
        u32::try_from(index).map_err(|_| wrong())
    }

    fn register(&mut self, command: u8) -> Done {
        let Some(name) = self.next() else { return Err("unexpected EOF".to_owned()) };
        let number = usize::from(name);
        match command {
            b's' => {
                let value = self.pop()?;
                self.registers[number].top().0 = Some(value);
            }
            b'S' => {
                let value = self.pop()?;
                self.registers[number].stack.push((Some(value), HashMap::new()));
            }
            b'l' => {
                let value = self.registers[number].stack.last().and_then(|(value, _)| value.clone());
                self.stack.push(value.unwrap_or_else(|| Value::Number(Number::zero())));
            }
            b'L' => match self.registers[number].stack.pop() {
                Some((Some(value), _)) => self.stack.push(value),
                _ => return Err(format!("stack register '{}' (0{name:o}) is empty", char::from(name))),
            },
            b':' => {
                let index = self.pop()?;
                let value = self.pop()?;
                let index = Self::index(&index)?;
                self.registers[number].top().1.insert(index, value);
            }
            _ => {
                let index = Self::index(&self.pop()?)?;
                let value =
                    self.registers[number].stack.last().and_then(|(_, array)| array.get(&index).cloned());
                self.stack.push(value.unwrap_or_else(|| Value::Number(Number::zero())));
            }
        }
        Ok(())
    }

    /// Compares the two numbers on top, and runs a register where the comparison holds.
    fn compare(&mut self, command: u8, negated: bool) -> Done {
        let Some(name) = self.next() else { return Err("unexpected EOF".to_owned()) };
        let (second, first) = self.two()?;
        self.stack.truncate(self.stack.len() - 2);
        let order = first.compared(&second);
        let holds = match command {
            b'<' => order.is_lt(),
            b'>' => order.is_gt(),
            _ => order.is_eq(),
        };
        if holds == negated {
            return Ok(());
        }
        let value = self.registers[usize::from(name)].stack.last().and_then(|(value, _)| value.clone());
        match value {
            Some(value) => self.execute(value),
            // A register that was never set runs nothing.
            None => Ok(()),
        }
    }

    /// `!` in front of a comparison turns it round; in front of anything else it is a command of the system.
    fn bang(&mut self) -> Done {
        if let Some(command @ (b'<' | b'>' | b'=')) = self.peek() {
            self.next();
            return self.compare(command, true);
        }
        let mut line = Vec::new();
        while let Some(byte) = self.next() {
            if byte == b'\n' {
                break;
            }
            line.push(byte);
        }
        self.output.flush();
        shell(&line)
    }

    /// Runs a string; a number is put back.
    fn execute(&mut self, value: Value) -> Done {
        let Some(text) = value.text() else {
            self.stack.push(value);
            return Ok(());
        };
        let text = Rc::clone(text);
        // What has nothing left to do makes room: a loop of strings may go on for ever. The outermost stays.
        if self.running.len() > 1
            && self.running.last().is_some_and(|running| running.at >= running.text.len())
        {
            self.running.pop();
        }
        if self.running.len() >= DEPTH_MAX {
            self.running.truncate(1);
            return Err("strings run within strings too deeply".to_owned());
        }
        self.running.push(Running { text, at: 0 });
        Ok(())
    }

    fn set(&mut self, command: u8) -> Done {
        let value = self.pop()?;
        let number = match &value {
            Value::Number(number) => Some(number.whole()),
            Value::Text(_) => None,
        };
        let small = number.as_ref().and_then(ToPrimitive::to_i64);
        match command {
            b'i' => match small {
                Some(base @ 2..=16) => self.ibase = u32::try_from(base).unwrap_or(10),
                _ => return Err("input base must be a number between 2 and 16 (inclusive)".to_owned()),
            },
            b'o' => match number {
                Some(base) if base > BigInt::from(1) => self.obase = base,
                _ => return Err("output base must be a number greater than 1".to_owned()),
            },
            _ => match small {
                Some(scale @ 0..=SCALE_MAX) => self.scale = usize::try_from(scale).unwrap_or(0),
                _ => return Err("scale must be a nonnegative number".to_owned()),
            },
        }
        Ok(())
    }
}

/// A value as it is printed.
enum Shown {
    Number(String),
    Text(Rc<[u8]>),
}

/// How many digits a number has, without zeros in front.
fn digits(number: &Number) -> usize {
    if number.is_zero() { 1 } else { number.digits().magnitude().to_string().len() }
}

fn low_byte(number: &BigInt) -> u8 {
    // As C cuts an integer: a negative one in two's complement.
    let byte = number.magnitude().to_bytes_le().first().copied().unwrap_or(0);
    if number.is_negative() { byte.wrapping_neg() } else { byte }
}

/// How many brackets are open.
fn depth(text: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut in_comment = false;
    for byte in text {
        match byte {
            b'\n' => in_comment = false,
            b'#' if depth == 0 => in_comment = true,
            _ if in_comment => {}
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth
}

/// Runs a line by the shell.
#[cfg(target_os = "wasi")]
fn shell(line: &[u8]) -> Done {
    let mut command = wasmsand_sys::Command::new("sh");
    command.arg("-c").arg(crate::os_str(line));
    command.status().map(|_| ()).map_err(|error| format!("sh: {error}"))
}

#[cfg(not(target_os = "wasi"))]
fn shell(line: &[u8]) -> Done {
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(crate::os_str(line));
    command.status().map(|_| ()).map_err(|error| format!("sh: {error}"))
}
