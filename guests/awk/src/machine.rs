//! The machine: it runs code. It owns the stack, the variables, the record and the streams; what the families of
//! operations do is in the files beside this one.

mod builtin;
mod input;
mod memory;
mod order;
mod output;
mod strings;

use std::rc::Rc;
use std::vec::IntoIter;

use crate::ast::Relation;
use crate::code::{Address, Code, GetlineSource, Op, Slot, Target};
use crate::number;
use crate::pattern::{Pattern, Patterns};
use crate::random::Random;
use crate::reader::Separator;
use crate::record::{Joining, Record};
use crate::streams::Streams;
use crate::table::Key;
use crate::value::{self, Collation, NumberFormat, Value};
use crate::variables as known;

/// So deep may functions of the program call each other; their frames are on the heap.
const CALLS_MAX: usize = 1_000_000;
/// So many values may be on the stack.
const STACK_MAX: usize = 40_000_000;
/// So deep may sorting functions sort by functions; those are on the native stack.
const RUNS_MAX: usize = 20;

/// How a rule ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Done,
    Next,
    NextFile,
    Exit,
}

/// Why an operation did not end as it should.
#[derive(Debug)]
pub enum Trouble {
    /// What is wrong, without a place.
    Fatal(String),
    /// The whole line to write.
    Placed(String),
    /// A rule ended within something that cannot be left otherwise.
    Leave(Flow),
}

impl From<String> for Trouble {
    fn from(what: String) -> Trouble {
        Trouble::Fatal(what)
    }
}

pub type Outcome<T> = Result<T, Trouble>;

struct Frame {
    return_to: usize,
    base: usize,
    loops: usize,
    /// The function that was called.
    function: u32,
}

/// Which rules are running: `next` and `getline` depend on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    Begin,
    BeginFile,
    Main,
    EndFile,
    End,
}

pub struct Machine {
    called: String,
    code: Rc<Code>,
    stack: Vec<Value>,
    frames: Vec<Frame>,
    /// Where on the stack the locals of the running function begin.
    base: usize,
    globals: Vec<Value>,
    loops: Vec<IntoIter<Key>>,
    ranges: Vec<bool>,
    record: Record,
    /// What `getline` has read.
    line: Vec<u8>,
    rt: Vec<u8>,
    nr: f64,
    fnr: f64,
    compiled: Vec<Rc<Pattern>>,
    patterns: Patterns,
    convfmt: NumberFormat,
    ofmt: NumberFormat,
    ofs: Rc<[u8]>,
    ors: Rc<[u8]>,
    subsep: Rc<[u8]>,
    separator: Separator,
    /// Which of FS, FIELDWIDTHS and FPAT was assigned last.
    split_by: u32,
    collation: Collation,
    streams: Streams,
    input: input::MainInput,
    phase: Phase,
    runs: usize,
    /// The operation that the last run ended with.
    last: usize,
    random: Random,
    status: i32,
    scratch: Vec<u8>,
    characters: strings::Characters,
}

impl Machine {
    /// Runs code from an address to the end of its rules.
    pub fn run(&mut self, start: Address) -> Outcome<Flow> {
        let code = self.code.clone();
        let mut pc = start as usize;
        if self.runs >= RUNS_MAX {
            return Err(Trouble::Fatal("functions that sort call each other too deeply".to_owned()));
        }
        self.runs += 1;
        let floor = self.frames.len();
        let result = self.execute(&code, &mut pc, floor);
        self.runs -= 1;
        self.last = pc.saturating_sub(1);
        match result {
            Err(Trouble::Fatal(what)) => {
                Err(Trouble::Placed(self.placed(&code, pc.saturating_sub(1), &what)))
            }
            Err(Trouble::Leave(flow)) => Ok(flow),
            other => other,
        }
    }

    /// A message with where in the program and in the input it happened.
    fn placed(&self, code: &Code, pc: usize, what: &str) -> String {
        let place = code.places.get(pc).copied().unwrap_or_default();
        let source = code.sources.get(usize::from(place.source)).map_or("", String::as_str);
        format!("{}: {source}:{}: {}fatal: {what}", self.called, place.line, self.input_place())
    }

    /// Writes a warning, with the place of the operation at hand.
    fn warn(&mut self, pc: usize, what: &str) {
        let place = self.code.places.get(pc).copied().unwrap_or_default();
        let source = self.code.sources.get(usize::from(place.source)).map_or("", String::as_str);
        let line = format!("{}: {source}:{}: {}warning: {what}", self.called, place.line, self.input_place());
        drop(self.streams.flush());
        cli::stdio::note(&line);
    }

    /// `(FILENAME=f FNR=3) ` once input is being read.
    fn input_place(&self) -> String {
        if self.fnr <= 0.0 {
            return String::new();
        }
        let name = self.globals[known::FILENAME as usize].plain_bytes();
        let name = if name.is_empty() { "-".to_owned() } else { String::from_utf8_lossy(name).into_owned() };
        format!("(FILENAME={name} FNR={}) ", self.fnr)
    }

    #[inline]
    fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or_default()
    }

    #[inline]
    fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    #[inline]
    fn pop_number(&mut self) -> f64 {
        match self.stack.pop() {
            Some(Value::Number(value)) => value,
            other => other.unwrap_or_default().number(),
        }
    }

    /// The value that lies below what a target needs; it is taken from there, or copied.
    #[inline]
    fn below(&mut self, target: Target, copied: bool) -> Value {
        let above = match target {
            Target::Variable(_) => 0,
            Target::Field | Target::Element(Slot::Global(_) | Slot::Local(_)) => 1,
            Target::Element(Slot::Stack) => 2,
        };
        let at = self.stack.len().saturating_sub(above + 1);
        match self.stack.get_mut(at) {
            Some(value) if copied => value.clone(),
            Some(value) => std::mem::take(value),
            None => Value::Unset,
        }
    }

    /// Leaves the calls that a rule was in when it ended.
    fn unwind(&mut self, floor: usize) {
        if let Some(frame) = self.frames.get(floor) {
            let (base, loops) = (frame.base, frame.loops);
            self.stack.truncate(base);
            self.loops.truncate(loops);
        }
        self.frames.truncate(floor);
        self.base = self.frames.last().map_or(0, |frame| frame.base);
    }

    /// Calls a function of the program with arguments; for functions that sort.
    fn call(&mut self, function: u32, arguments: &[Value]) -> Outcome<Value> {
        let code = self.code.clone();
        let Some(procedure) = code.procedures.get(function as usize) else { return Ok(Value::Unset) };
        let depth = self.stack.len();
        self.stack.extend_from_slice(arguments);
        // It returns to an operation that ends the run.
        self.enter(&code, function, arguments.len(), code.ops.len())?;
        let saved = self.frames.len() - 1;
        let result = {
            let mut pc = procedure.entry as usize;
            if self.runs >= RUNS_MAX {
                return Err(Trouble::Fatal("functions that sort call each other too deeply".to_owned()));
            }
            self.runs += 1;
            let result = self.execute(&code, &mut pc, saved);
            self.runs -= 1;
            result.map_err(|trouble| match trouble {
                Trouble::Fatal(what) => Trouble::Placed(self.placed(&code, pc.saturating_sub(1), &what)),
                other => other,
            })
        };
        match result? {
            Flow::Done => {
                let value = self.pop();
                self.stack.truncate(depth);
                Ok(value)
            }
            flow => Err(Trouble::Leave(flow)),
        }
    }

    /// Makes the values on the stack the locals of a function.
    fn enter(&mut self, code: &Code, function: u32, count: usize, return_to: usize) -> Outcome<()> {
        let procedure = &code.procedures[function as usize];
        let params = procedure.params.len();
        if !procedure.is_defined {
            return Err(Trouble::Fatal(format!("function `{}' not defined", procedure.name)));
        }
        // The parser has warned of arguments that are too many.
        let too_many = count.saturating_sub(params);
        self.stack.truncate(self.stack.len() - too_many);
        if self.frames.len() >= CALLS_MAX || self.stack.len() >= STACK_MAX {
            return Err(Trouble::Fatal(format!(
                "function `{}': too many calls are under way",
                procedure.name
            )));
        }
        for _ in count..params {
            self.push(Value::Unset);
        }
        let base = self.stack.len() - params;
        self.frames.push(Frame { return_to, base, loops: self.loops.len(), function });
        self.base = base;
        Ok(())
    }

    fn execute(&mut self, code: &Code, at: &mut usize, floor: usize) -> Outcome<Flow> {
        let mut pc = *at;
        macro_rules! attempt {
            ($result:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(trouble) => {
                        *at = pc;
                        return Err(Trouble::from(trouble));
                    }
                }
            };
        }
        loop {
            let Some(op) = code.ops.get(pc) else { return Ok(Flow::Done) };
            fuel::spend(1);
            pc += 1;
            match op {
                Op::Constant(number) => {
                    let value = match &code.constants[*number as usize] {
                        Value::Number(value) => Value::Number(*value),
                        other => other.clone(),
                    };
                    self.push(value);
                }
                Op::Unset => self.push(Value::Unset),
                Op::Pop => drop(self.pop()),
                Op::Global(number) => match &self.globals[*number as usize] {
                    Value::Number(value) => {
                        let value = *value;
                        self.push(Value::Number(value));
                    }
                    Value::Array(_) => attempt!(Err(self.not_scalar(Slot::Global(*number)))),
                    other => {
                        let value = other.clone();
                        self.push(value);
                    }
                },
                Op::Local(number) => match &self.stack[self.base + *number as usize] {
                    Value::Number(value) => {
                        let value = *value;
                        self.push(Value::Number(value));
                    }
                    Value::Array(_) => attempt!(Err(self.not_scalar(Slot::Local(*number)))),
                    other => {
                        let value = other.clone();
                        self.push(value);
                    }
                },
                Op::Kept(number) => {
                    let value = self.kept(*number);
                    self.push(value);
                }
                Op::Argument(slot) => {
                    let value = self.variable(*slot).clone();
                    self.push(value);
                }
                Op::Array(slot) => {
                    let array = attempt!(self.array(*slot));
                    self.push(Value::Array(array));
                }
                Op::ArrayArgument(slot) => {
                    let value = match self.variable(*slot) {
                        Value::Unset => Value::Array(attempt!(self.array(*slot))),
                        value => value.clone(),
                    };
                    self.push(value);
                }
                Op::SubArray(slot) => attempt!(self.sub_array(*slot)),
                Op::Field(number) => {
                    let value = self.field(*number as usize);
                    self.push(value);
                }
                Op::FieldNumber(number) => {
                    let value = self.field_number(*number as usize);
                    self.push(Value::Number(value));
                }
                Op::FieldText(number) => {
                    let value = self.field_text(*number as usize);
                    self.push(value);
                }
                Op::FieldAt => {
                    let number = self.pop_number();
                    let number = attempt!(field_number(number));
                    let value = self.field(number);
                    self.push(value);
                }
                Op::Set(slot, keep) => attempt!(self.set_popped(*slot, *keep)),
                Op::SetElement(slot, keep) => {
                    let value = self.below(Target::Element(*slot), *keep);
                    attempt!(self.set_element(*slot, value));
                    if !*keep {
                        self.stack.pop();
                    }
                }
                Op::SetField(keep) => {
                    let number = self.pop_number();
                    let value = self.pop();
                    if *keep {
                        self.push(value.clone());
                    }
                    attempt!(self.set_field(number, value));
                }
                Op::Augment(operator, target, keep) => {
                    let right = self.below(*target, false).number();
                    let value = attempt!(self.augment(*operator, *target, right));
                    self.stack.pop();
                    if *keep {
                        self.push(Value::Number(value));
                    }
                }
                Op::Step { target, delta, old, keep } => {
                    attempt!(self.step(*target, f64::from(*delta), *old, *keep));
                }
                Op::StepGlobal(number, delta) => {
                    let variable = &mut self.globals[*number as usize];
                    match variable {
                        Value::Number(value) => *value += f64::from(*delta),
                        Value::Array(_) => attempt!(Err(self.not_scalar(Slot::Global(*number)))),
                        other => *other = Value::Number(other.number() + f64::from(*delta)),
                    }
                }
                Op::StepLocal(number, delta) => {
                    let variable = &mut self.stack[self.base + *number as usize];
                    match variable {
                        Value::Number(value) => *value += f64::from(*delta),
                        Value::Array(_) => attempt!(Err(self.not_scalar(Slot::Local(*number)))),
                        other => *other = Value::Number(other.number() + f64::from(*delta)),
                    }
                }
                Op::StepElementOfField { array, field, delta } => {
                    attempt!(self.step_element_of_field(*array, *field, f64::from(*delta)));
                }
                Op::AddToGlobal(number) => {
                    let right = self.pop_number();
                    attempt!(self.add_to_global(*number, right));
                }
                Op::AddFieldToGlobal { global, field } => {
                    let right = self.field_number(usize::from(*field));
                    attempt!(self.add_to_global(u32::from(*global), right));
                }
                Op::Append(slot, count) => attempt!(self.append(*slot, *count as usize)),
                Op::Arithmetic(operator) => {
                    let right = self.pop_number();
                    let left = self.pop_number();
                    let value = attempt!(memory::arithmetic(*operator, left, right));
                    self.push(Value::Number(value));
                }
                Op::ArithmeticWith(operator, constant) => {
                    let right = match &code.constants[*constant as usize] {
                        Value::Number(value) => *value,
                        other => other.number(),
                    };
                    let left = self.pop_number();
                    let value = attempt!(memory::arithmetic(*operator, left, right));
                    self.push(Value::Number(value));
                }
                Op::Negate => {
                    let value = self.pop_number();
                    self.push(Value::Number(-value));
                }
                Op::ToNumber => {
                    let value = self.pop_number();
                    self.push(Value::Number(value));
                }
                Op::Not => {
                    let truth = self.pop().truth();
                    self.push(Value::bool(!truth));
                }
                Op::Concatenate(count) => self.concatenate(*count as usize),
                Op::Compare(relation) => {
                    let truth = self.compare(*relation);
                    self.push(Value::bool(truth));
                }
                Op::FieldCompare { relation, field, constant } => {
                    let truth = self.field_compare(
                        *relation,
                        usize::from(*field),
                        &code.constants[usize::from(*constant)],
                    );
                    self.push(Value::bool(truth));
                }
                Op::JumpCompare { relation, wanted, to } => {
                    if self.compare(*relation) == *wanted {
                        pc = *to as usize;
                    }
                }
                Op::Jump(to) => pc = *to as usize,
                Op::JumpIf(wanted, to) => {
                    let truth = match self.stack.pop() {
                        Some(Value::Number(value)) => value != 0.0,
                        Some(other) => other.truth(),
                        None => false,
                    };
                    if truth == *wanted {
                        pc = *to as usize;
                    }
                }
                Op::MatchRecord(number) => {
                    let joining = Joining { separator: &self.ofs, format: &self.convfmt };
                    let text = self.record.whole(&joining);
                    let truth = self.compiled[*number as usize].is_match(text);
                    self.push(Value::bool(truth));
                }
                Op::MatchField { field, pattern } => {
                    let pattern = &self.compiled[usize::from(*pattern)];
                    let joining = Joining { separator: &self.ofs, format: &self.convfmt };
                    let truth = self.record.with(
                        usize::from(*field),
                        &joining,
                        |text| pattern.is_match(text),
                        |value| pattern.is_match(value.bytes(joining.format, &mut Vec::new())),
                    );
                    self.push(Value::bool(truth));
                }
                Op::MatchValue(number) => {
                    let text = self.pop();
                    let text = text.bytes(&self.convfmt, &mut self.scratch);
                    let truth = self.compiled[*number as usize].is_match(text);
                    self.push(Value::bool(truth));
                }
                Op::Match => {
                    let (pattern, text) = (self.pop(), self.pop());
                    let pattern = attempt!(self.pattern_of(&pattern));
                    let truth = pattern.is_match(text.bytes(&self.convfmt, &mut self.scratch));
                    self.push(Value::bool(truth));
                }
                Op::Regex(number) => {
                    let pattern = self.compiled[*number as usize].clone();
                    self.push(Value::Regex(pattern));
                }
                Op::Length => {
                    let value = self.pop();
                    let length = self.length_of(&value);
                    self.push(Value::Number(length as f64));
                }
                Op::LengthOfRecord => {
                    let joining = Joining { separator: &self.ofs, format: &self.convfmt };
                    let length = strings::length(self.record.whole(&joining), self.collation.bytes);
                    self.push(Value::Number(length as f64));
                }
                Op::LengthOfField(number) => {
                    let joining = Joining { separator: &self.ofs, format: &self.convfmt };
                    let bytes = self.collation.bytes;
                    let length = self.record.with(
                        *number as usize,
                        &joining,
                        |text| strings::length(text, bytes),
                        |value| strings::length(value.bytes(joining.format, &mut Vec::new()), bytes),
                    );
                    self.push(Value::Number(length as f64));
                }
                Op::Element(slot) => attempt!(self.element(*slot, false)),
                Op::ElementArgument(slot) => attempt!(self.element(*slot, true)),
                Op::In(slot) => attempt!(self.contains(*slot)),
                Op::Delete(slot) => attempt!(self.delete(*slot)),
                Op::DeleteAll(slot) => {
                    let array = attempt!(self.array(*slot));
                    array.borrow_mut().clear();
                }
                Op::JoinKeys(count) => self.join_keys(*count as usize),
                Op::ForStart(slot) => {
                    let array = attempt!(self.array(*slot));
                    let keys = attempt!(self.keys_in_order(&array));
                    self.loops.push(keys.into_iter());
                }
                Op::ForNext(to) => match self.loops.last_mut().and_then(Iterator::next) {
                    Some(key) => self.push(key.to_value()),
                    None => {
                        self.loops.pop();
                        pc = *to as usize;
                    }
                },
                Op::ForEnd => drop(self.loops.pop()),
                Op::Call { function, count } => {
                    attempt!(self.enter(code, *function, *count as usize, pc));
                    pc = code.procedures[*function as usize].entry as usize;
                }
                Op::CallNamed { slot, count } => {
                    let function = attempt!(self.named_function(*slot));
                    attempt!(self.enter(code, function, *count as usize, pc));
                    pc = code.procedures[function as usize].entry as usize;
                }
                Op::Return => {
                    let value = self.pop();
                    let Some(frame) = self.frames.pop() else { return Ok(Flow::Done) };
                    self.stack.truncate(frame.base);
                    self.loops.truncate(frame.loops);
                    self.base = self.frames.last().map_or(0, |frame| frame.base);
                    pc = frame.return_to;
                    self.push(value);
                }
                Op::Builtin(function, count) => {
                    *at = pc;
                    attempt!(self.builtin(*function, *count as usize, pc - 1));
                }
                Op::Substitute { global, target } => attempt!(self.substitute(*global, *target)),
                Op::Getline(source) => {
                    let status = attempt!(match source {
                        GetlineSource::Main => self.getline_main(),
                        GetlineSource::File => self.getline_from(false),
                        GetlineSource::Command => self.getline_from(true),
                    });
                    self.push(Value::Number(status));
                }
                Op::Store(target) => attempt!(self.store_line(*target)),
                Op::Print(count, to) => attempt!(self.print(*count as usize, *to)),
                Op::Printf(count, to) => attempt!(self.printf(*count as usize, *to)),
                Op::PrintRecord => attempt!(self.print_record()),
                Op::PrintField(number) => {
                    self.out_field(*number as usize);
                    attempt!(self.out_end());
                }
                Op::OutField(number) => self.out_field(*number as usize),
                Op::OutConstant(number) => {
                    let text = code.constants[*number as usize].plain_bytes();
                    self.streams.stdout.buffer().extend_from_slice(text);
                }
                Op::OutValue(whole) => {
                    let value = self.pop();
                    let format = if *whole { &self.ofmt } else { &self.convfmt };
                    value.append_to(self.streams.stdout.buffer(), format);
                }
                Op::OutSeparator => self.streams.stdout.buffer().extend_from_slice(&self.ofs),
                Op::OutEnd => attempt!(self.out_end()),
                Op::JumpIfRange(number, to) => {
                    if self.ranges[*number as usize] {
                        pc = *to as usize;
                    }
                }
                Op::SetRange(number, on) => self.ranges[*number as usize] = *on,
                Op::CaseIs => {
                    let label = self.pop();
                    let truth = self.case_is(&label);
                    self.push(Value::bool(truth));
                }
                Op::Next | Op::NextFile => {
                    let flow = if matches!(op, Op::Next) { Flow::Next } else { Flow::NextFile };
                    attempt!(self.check_next(flow));
                    self.unwind(floor);
                    *at = pc;
                    return Ok(flow);
                }
                Op::Exit(has_status) => {
                    if *has_status {
                        self.status = (self.pop_number() as i64 & 0xff) as i32;
                    }
                    self.unwind(floor);
                    return Ok(Flow::Exit);
                }
                Op::Stop => {
                    *at = pc;
                    return Ok(Flow::Done);
                }
            }
        }
    }

    /// Takes the two upper values off the stack and compares them.
    #[inline]
    fn compare(&mut self, relation: Relation) -> bool {
        let (right, left) = (self.pop(), self.pop());
        if let (Value::Number(left), Value::Number(right)) = (&left, &right) {
            return holds_for_numbers(relation, *left, *right);
        }
        let order = value::compare(&left, &right, &self.convfmt, self.collation);
        holds(relation, order)
    }

    fn check_next(&self, flow: Flow) -> Result<(), String> {
        let name = if flow == Flow::Next { "next" } else { "nextfile" };
        let rule = match self.phase {
            Phase::Main => return Ok(()),
            Phase::BeginFile if flow == Flow::NextFile => return Ok(()),
            Phase::Begin => "BEGIN",
            Phase::BeginFile => "BEGINFILE",
            Phase::EndFile => "ENDFILE",
            Phase::End => "END",
        };
        Err(format!("`{name}' cannot be called from a `{rule}' rule"))
    }

    /// Compares the subject of a switch, which stays on the stack, with a label.
    fn case_is(&mut self, label: &Value) -> bool {
        let Some(subject) = self.stack.last() else { return false };
        match label {
            Value::Regex(pattern) => pattern.is_match(subject.bytes(&self.convfmt, &mut self.scratch)),
            _ => {
                let order = value::compare(subject, label, &self.convfmt, self.collation);
                order.is_some_and(std::cmp::Ordering::is_eq)
            }
        }
    }

    fn named_function(&mut self, slot: Slot) -> Result<u32, String> {
        let name = self.variable(slot).plain_bytes();
        let shown = String::from_utf8_lossy(name).into_owned();
        let found = self.code.procedures.iter().position(|procedure| *procedure.name == *shown);
        found
            .map(|index| index as u32)
            .ok_or_else(|| format!("`{shown}' is not a function, so it cannot be called indirectly"))
    }
}

#[inline]
fn holds_for_numbers(relation: Relation, left: f64, right: f64) -> bool {
    match relation {
        Relation::Less => left < right,
        Relation::LessEqual => left <= right,
        Relation::Equal => left == right,
        Relation::NotEqual => left != right,
        Relation::Greater => left > right,
        Relation::GreaterEqual => left >= right,
    }
}

fn holds(relation: Relation, order: Option<std::cmp::Ordering>) -> bool {
    let Some(order) = order else { return relation == Relation::NotEqual };
    match relation {
        Relation::Less => order.is_lt(),
        Relation::LessEqual => order.is_le(),
        Relation::Equal => order.is_eq(),
        Relation::NotEqual => order.is_ne(),
        Relation::Greater => order.is_gt(),
        Relation::GreaterEqual => order.is_ge(),
    }
}

/// The number of a field, if it can be one.
fn field_number(number: f64) -> Result<usize, String> {
    if number < 0.0 {
        let mut shown = Vec::new();
        number::write_integral(&mut shown, number.trunc());
        return Err(format!("attempt to access field {}", String::from_utf8_lossy(&shown)));
    }
    Ok(number as usize)
}

/// Whether an assignment to a variable is of the kind that is nothing more.
fn is_plain(slot: Slot) -> bool {
    !matches!(slot, Slot::Global(number) if number < known::HOOKED_END)
}

/// The targets of `sub` and `getline` that need a value on the stack below.
fn needs_key(target: Target) -> bool {
    matches!(target, Target::Element(_) | Target::Field)
}
