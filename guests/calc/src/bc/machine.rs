//! The machine that runs bc's steps: a stack of values, the frames of functions, and everything that has a name.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::program::{Action, Argument, Binary, Function, Local, Place, Special, Step};
use crate::math;
use crate::number::{Number, Trouble};
use crate::output::Output;

/// Functions call one another no deeper.
const FRAMES_MAX: usize = 100_000;
/// An index of an array is less.
const INDEX_MAX: i64 = 16_777_215;
/// A scale is no larger.
const SCALE_MAX: i64 = 2_147_483_647;

type Array = Rc<RefCell<HashMap<u32, Number>>>;

/// A function that is running.
struct Frame {
    code: Rc<[Step]>,
    at: usize,
    /// Of the function; `None`: the line.
    function: Option<usize>,
    saved: Vec<Saved>,
}

/// What a local name hides.
enum Saved {
    Variable(usize, Number),
    Array(usize, Array),
}

/// Why a run stops.
pub enum Stop {
    /// What is wrong was said; the next line is run.
    Failed,
    Halt,
}

/// The functions of `-l`.
const LIBRARY: [(&str, usize); 6] = [("e", 1), ("l", 1), ("s", 1), ("c", 1), ("a", 1), ("j", 2)];

/// Everything that a session remembers.
pub struct Machine {
    pub output: Output,
    pub functions: Vec<Function>,
    /// The names of arrays, for complaints.
    pub array_names: Vec<String>,
    /// The functions of the library are there.
    pub has_library: bool,
    variables: Vec<Number>,
    arrays: Vec<Array>,
    ibase: u32,
    obase: BigInt,
    pub scale: usize,
    last: Number,
    stack: Vec<Number>,
    frames: Vec<Frame>,
    /// The address to name in the next complaint, where it is not the step's.
    fault_address: Option<usize>,
    random: u64,
}

impl Machine {
    pub fn new() -> Machine {
        Machine {
            output: Output::new("BC_LINE_LENGTH", 0),
            functions: Vec::new(),
            array_names: Vec::new(),
            has_library: false,
            variables: Vec::new(),
            arrays: Vec::new(),
            ibase: 10,
            obase: BigInt::from(10),
            scale: 0,
            last: Number::zero(),
            stack: Vec::new(),
            frames: Vec::new(),
            fault_address: None,
            random: 1,
        }
    }

    /// Defines a function.
    pub fn define(&mut self, number: usize, function: Function) {
        if self.functions.len() <= number {
            self.functions.resize_with(number + 1, Function::default);
        }
        self.functions[number] = function;
    }

    /// Runs a line. `read` reads a line of data.
    pub fn run(
        &mut self,
        code: Rc<[Step]>,
        names: &[String],
        read: &mut dyn FnMut() -> Option<Vec<u8>>,
    ) -> Result<(), Stop> {
        self.frames.push(Frame { code, at: 0, function: None, saved: Vec::new() });
        let done = self.steps(names, read);
        while let Some(frame) = self.frames.pop() {
            self.restore(frame);
        }
        self.stack.clear();
        done
    }

    fn steps(&mut self, names: &[String], read: &mut dyn FnMut() -> Option<Vec<u8>>) -> Result<(), Stop> {
        loop {
            let Some(frame) = self.frames.last_mut() else { return Ok(()) };
            let code = Rc::clone(&frame.code);
            let Some(step) = code.get(frame.at) else {
                // Only the line ends without a return.
                return Ok(());
            };
            fuel::spend(1);
            frame.at += 1;
            if let Action::Halt = step.action {
                return Err(Stop::Halt);
            }
            if let Err(what) = self.step(step, names, read) {
                let address = self.fault_address.take().unwrap_or(step.address);
                self.complain("error", address, names, &what);
                return Err(Stop::Failed);
            }
        }
    }

    fn complain(&mut self, kind: &str, address: usize, names: &[String], what: &str) {
        let function = self.frames.last().and_then(|frame| frame.function);
        let name = function.and_then(|number| names.get(number)).map_or("(main)", String::as_str);
        self.output.flush();
        cli::stdio::note(&format!("Runtime {kind} (func={name}, adr={address}): {what}"));
    }

    fn pop(&mut self) -> Number {
        self.stack.pop().unwrap_or_default()
    }

    fn jump(&mut self, target: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.at = target;
        }
    }

    fn truth(truth: bool) -> Number {
        Number::from(i64::from(truth))
    }

    fn step(
        &mut self,
        step: &Step,
        names: &[String],
        read: &mut dyn FnMut() -> Option<Vec<u8>>,
    ) -> Result<(), String> {
        match &step.action {
            Action::Constant(digits) => self.stack.push(Number::parse_clipped(digits, self.ibase)),
            Action::Load(place) => {
                let value = self.load(*place)?;
                self.stack.push(value);
            }
            Action::LoadKeeping(array) => {
                let index = self.stack.last().cloned().unwrap_or_default();
                let value = self.element(*array, &index)?;
                self.stack.push(value);
            }
            Action::Store(place) => self.store(*place, step.address, names)?,
            Action::Step { place, up, before } => {
                self.step_place(*place, *up, *before, step.address, names)?
            }
            Action::Binary(binary) => {
                let right = self.pop();
                let left = self.pop();
                if *binary == Binary::Power && right.scale() > 0 {
                    self.complain("warning", step.address, names, "non-zero scale in exponent");
                }
                let value = self.binary(*binary, &left, &right)?;
                self.stack.push(value);
            }
            Action::Negate => {
                let value = self.pop().negated();
                self.stack.push(value);
            }
            Action::Not => {
                let value = Self::truth(self.pop().is_zero());
                self.stack.push(value);
            }
            Action::Truth => {
                let value = Self::truth(!self.pop().is_zero());
                self.stack.push(value);
            }
            Action::Jump(target) => self.jump(*target),
            Action::JumpUnless(target) => {
                if self.pop().is_zero() {
                    self.jump(*target);
                }
            }
            Action::Or(target) | Action::And(target) => {
                let decides = self.pop().is_zero() == matches!(step.action, Action::And(_));
                if decides {
                    self.stack.push(Self::truth(matches!(step.action, Action::Or(_))));
                    self.jump(*target);
                }
            }
            Action::Call(function, arguments) => self.call(*function, arguments, step.address, names)?,
            Action::Return => {
                if let Some(frame) = self.frames.pop() {
                    self.restore(frame);
                }
            }
            Action::Show => {
                let value = self.pop();
                self.output.folded(value.text(&self.obase).as_bytes());
                self.output.newline();
                self.last = value;
            }
            Action::Drop => drop(self.pop()),
            Action::Print => {
                let value = self.pop();
                self.output.folded(value.text(&self.obase).as_bytes());
                self.last = value;
            }
            Action::Text(text) => self.output.folded(text),
            Action::Length => {
                let length = self.pop().length();
                self.stack.push(Number::from(i64::try_from(length).unwrap_or(i64::MAX)));
            }
            Action::ScaleOf => {
                let scale = self.pop().scale();
                self.stack.push(Number::from(i64::try_from(scale).unwrap_or(i64::MAX)));
            }
            Action::Root => {
                let value = self.pop().root(self.scale).map_err(words)?;
                self.stack.push(value);
            }
            Action::Read => {
                self.output.flush();
                let value = self.read(read);
                self.stack.push(value);
            }
            Action::Random => {
                self.random = self
                    .random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                self.stack.push(Number::from(i64::try_from(self.random >> 33).unwrap_or(0)));
            }
            Action::Halt => {}
        }
        Ok(())
    }

    /// A number from a line of data; zero where there is none.
    fn read(&self, read: &mut dyn FnMut() -> Option<Vec<u8>>) -> Number {
        loop {
            let Some(line) = read() else { return Number::zero() };
            let text = line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let (negative, text) = match text {
                [b'-', rest @ ..] => (true, rest),
                [b'+', rest @ ..] => (false, rest),
                _ => (false, text),
            };
            let mut points = 0;
            let digits = text.iter().take_while(|byte| {
                points += usize::from(**byte == b'.');
                points < 2 && matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'.')
            });
            let number = Number::parse_clipped(&text[..digits.count()], self.ibase);
            return if negative { number.negated() } else { number };
        }
    }

    fn variable(&mut self, number: usize) -> &mut Number {
        if self.variables.len() <= number {
            self.variables.resize_with(number + 1, Number::default);
        }
        &mut self.variables[number]
    }

    fn array(&mut self, number: usize) -> &mut Array {
        if self.arrays.len() <= number {
            self.arrays.resize_with(number + 1, Array::default);
        }
        &mut self.arrays[number]
    }

    fn index(index: &Number) -> Option<u32> {
        // A fraction is cut off, unless nothing else is there.
        if !index.is_zero() && index.whole() == BigInt::ZERO {
            return None;
        }
        index
            .to_i64()
            .filter(|index| (0..INDEX_MAX).contains(index))
            .and_then(|index| u32::try_from(index).ok())
    }

    fn element(&mut self, array: usize, index: &Number) -> Result<Number, String> {
        let index = Self::index(index).ok_or_else(|| self.out_of_bounds(array))?;
        Ok(self.array(array).borrow().get(&index).cloned().unwrap_or_default())
    }

    fn out_of_bounds(&self, array: usize) -> String {
        let name = self.array_names.get(array).map_or("", String::as_str);
        format!("Array {name} subscript out of bounds.")
    }

    fn load(&mut self, place: Place) -> Result<Number, String> {
        Ok(match place {
            Place::Variable(number) => self.variable(number).clone(),
            Place::Element(array) => {
                let index = self.pop();
                self.element(array, &index)?
            }
            Place::Special(Special::Ibase) => Number::from(self.ibase.into()),
            Place::Special(Special::Obase) => Number::new(self.obase.clone(), 0),
            Place::Special(Special::Scale) => Number::from(i64::try_from(self.scale).unwrap_or(i64::MAX)),
            Place::Special(Special::Last) => self.last.clone(),
        })
    }

    /// Stores the value on top; the index of an element is below it.
    fn store(&mut self, place: Place, address: usize, names: &[String]) -> Result<(), String> {
        let value = self.pop();
        match place {
            Place::Variable(number) => *self.variable(number) = value.clone(),
            Place::Element(array) => {
                let index = self.pop();
                let index = Self::index(&index).ok_or_else(|| self.out_of_bounds(array))?;
                self.array(array).borrow_mut().insert(index, value.clone());
            }
            Place::Special(special) => self.store_special(special, &value, address, names),
        }
        self.stack.push(value);
        Ok(())
    }

    fn store_special(&mut self, special: Special, value: &Number, address: usize, names: &[String]) {
        let whole = value.whole();
        let small = whole.to_i64();
        match special {
            Special::Last => self.last = value.clone(),
            Special::Ibase => match small {
                Some(base @ 2..=36) => self.ibase = u32::try_from(base).unwrap_or(10),
                _ if whole < BigInt::from(2) => {
                    self.ibase = 2;
                    self.complain("warning", address, names, "ibase too small, set to 2");
                }
                _ => {
                    self.ibase = 36;
                    self.complain("warning", address, names, "ibase too large, set to 36");
                }
            },
            Special::Obase => {
                if whole < BigInt::from(2) {
                    self.obase = BigInt::from(2);
                    let what = if whole < BigInt::from(0) {
                        "negative obase, set to 2"
                    } else {
                        "obase too small, set to 2"
                    };
                    self.complain("warning", address, names, what);
                } else {
                    self.obase = whole;
                }
            }
            Special::Scale => match small {
                Some(scale @ 0..=SCALE_MAX) => self.scale = usize::try_from(scale).unwrap_or(0),
                _ if value.is_negative() => {
                    self.scale = 0;
                    self.complain("warning", address, names, "negative scale, set to 0");
                }
                _ => {
                    self.scale = usize::try_from(SCALE_MAX).unwrap_or(0);
                    self.complain("warning", address, names, &format!("scale too large, set to {SCALE_MAX}"));
                }
            },
        }
    }

    fn step_place(
        &mut self,
        place: Place,
        up: bool,
        before: bool,
        address: usize,
        names: &[String],
    ) -> Result<(), String> {
        let index = matches!(place, Place::Element(_)).then(|| self.pop());
        if let Some(index) = &index {
            self.stack.push(index.clone());
        }
        let old = self.load(place)?;
        let one = Number::one();
        let new = if up { old.plus(&one) } else { old.minus(&one) };
        self.stack.extend(index);
        self.stack.push(new.clone());
        self.store(place, address, names)?;
        self.pop();
        self.stack.push(if before { new } else { old });
        Ok(())
    }

    fn binary(&self, binary: Binary, left: &Number, right: &Number) -> Result<Number, String> {
        let order = || left.compared(right);
        Ok(match binary {
            Binary::Add => left.plus(right),
            Binary::Subtract => left.minus(right),
            Binary::Multiply => left.times(right, self.scale),
            Binary::Divide => left.over(right, self.scale).map_err(words)?,
            Binary::Modulo => left.divided(right, self.scale).map_err(|_| "Modulo by zero".to_owned())?.1,
            Binary::Power => left.to_power(right, self.scale).map_err(|trouble| match trouble {
                Trouble::ByZero => "divide by zero".to_owned(),
                other => words(other),
            })?,
            Binary::Less => Self::truth(order() == Ordering::Less),
            Binary::LessOrEqual => Self::truth(order() != Ordering::Greater),
            Binary::Greater => Self::truth(order() == Ordering::Greater),
            Binary::GreaterOrEqual => Self::truth(order() != Ordering::Less),
            Binary::Equal => Self::truth(order() == Ordering::Equal),
            Binary::Different => Self::truth(order() != Ordering::Equal),
        })
    }

    fn call(
        &mut self,
        number: usize,
        arguments: &[Argument],
        address: usize,
        names: &[String],
    ) -> Result<(), String> {
        let name = names.get(number).map_or("", String::as_str);
        let defined = self.functions.get(number).filter(|function| function.is_defined).cloned();
        let function = match defined {
            Some(function) => function,
            None if self.has_library && self.library(name, arguments, address)? => return Ok(()),
            None => return Err(format!("Function {name} not defined.")),
        };
        for (index, (parameter, argument)) in function.parameters.iter().zip(arguments).enumerate() {
            let what = match (parameter, argument) {
                (Local::Variable(_), Argument::Array(_)) => {
                    "Parameter type mismatch, parameter (null).".to_owned()
                }
                (Local::Array(array) | Local::Reference(array), Argument::Value) => {
                    let name = self.array_names.get(*array).map_or("", String::as_str);
                    format!("Parameter type mismatch parameter {name}.")
                }
                _ => continue,
            };
            self.complain("error", address + index + 1, names, &what);
            self.fault_address = Some(address + index + 2);
            return Err("Parameter number mismatch".to_owned());
        }
        self.check_count(function.parameters.len(), arguments.len(), address)?;
        if self.frames.len() >= FRAMES_MAX {
            return Err("Functions call one another too deeply".to_owned());
        }
        let mut saved = Vec::new();
        // Values and arrays are those of the caller: all are taken before a name changes hands.
        let mut given: Vec<(Local, Given)> = Vec::new();
        for (parameter, argument) in function.parameters.iter().zip(arguments).rev() {
            let value = match (parameter, argument) {
                (Local::Variable(_), Argument::Value) => Given::Value(self.pop()),
                (Local::Array(_), Argument::Array(array)) => {
                    let copy = self.array(*array).borrow().clone();
                    Given::Array(Rc::new(RefCell::new(copy)))
                }
                (Local::Reference(_), Argument::Array(array)) => Given::Array(Rc::clone(self.array(*array))),
                _ => return Err("Parameter type mismatch".to_owned()),
            };
            given.push((*parameter, value));
        }
        for (parameter, value) in given {
            match (parameter, value) {
                (Local::Variable(variable), Given::Value(value)) => {
                    saved.push(Saved::Variable(variable, std::mem::replace(self.variable(variable), value)));
                }
                (Local::Array(array) | Local::Reference(array), Given::Array(value)) => {
                    saved.push(Saved::Array(array, std::mem::replace(self.array(array), value)));
                }
                _ => {}
            }
        }
        for local in &function.locals {
            match *local {
                Local::Variable(variable) => {
                    saved.push(Saved::Variable(variable, std::mem::take(self.variable(variable))));
                }
                Local::Array(array) | Local::Reference(array) => {
                    saved.push(Saved::Array(array, std::mem::take(self.array(array))));
                }
            }
        }
        self.frames.push(Frame { code: Rc::clone(&function.code), at: 0, function: Some(number), saved });
        Ok(())
    }

    /// Whether as many arguments are given as there are parameters.
    fn check_count(&mut self, parameters: usize, arguments: usize, address: usize) -> Result<(), String> {
        if parameters == arguments {
            return Ok(());
        }
        self.fault_address = Some(address + parameters.min(arguments) + 1);
        Err("Parameter number mismatch".to_owned())
    }

    fn restore(&mut self, frame: Frame) {
        for saved in frame.saved.into_iter().rev() {
            match saved {
                Saved::Variable(variable, value) => *self.variable(variable) = value,
                Saved::Array(array, value) => *self.array(array) = value,
            }
        }
    }

    /// Calls a function of the library; `false` where there is none of that name.
    fn library(&mut self, name: &str, arguments: &[Argument], address: usize) -> Result<bool, String> {
        let Some((_, count)) = LIBRARY.iter().find(|(known, _)| *known == name) else { return Ok(false) };
        self.check_count(*count, arguments.len(), address)?;
        if arguments.iter().any(|argument| *argument != Argument::Value) {
            return Err("Parameter type mismatch".to_owned());
        }
        let x = self.pop();
        let value = match name {
            "e" => math::exponential(&x, self.scale).map_err(words)?,
            "l" => math::logarithm(&x, self.scale),
            "s" => math::sine(&x, self.scale),
            "c" => math::cosine(&x, self.scale),
            "a" => math::arc_tangent(&x, self.scale),
            _ => {
                let order = self.pop();
                math::bessel(&order, &x, self.scale).map_err(words)?
            }
        };
        self.stack.push(value);
        Ok(true)
    }
}

/// What an argument brings.
enum Given {
    Value(Number),
    Array(Array),
}

fn words(trouble: Trouble) -> String {
    match trouble {
        Trouble::ByZero => "Divide by zero",
        Trouble::NegativeRoot => "Square root of a negative number",
        Trouble::ExponentTooLarge => "exponent too large in raise",
    }
    .to_owned()
}
