//! Code: what the compiler makes of a program and the machine runs. A stack machine, with operations of their own
//! for what programs do most.

use std::rc::Rc;

use crate::ast::{Arithmetic, Place, Redirection, Relation};
use crate::function::Function;
use crate::value::Value;

/// An index into the code.
pub type Address = u32;

/// Where a variable is, or that an array is on the stack, below its key.
#[derive(Clone, Copy, Debug)]
pub enum Slot {
    Global(u32),
    Local(u32),
    Stack,
}

/// What is assigned to. Of an element the key is on the stack, of a field its number.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    Variable(Slot),
    Element(Slot),
    Field,
}

#[derive(Clone, Copy, Debug)]
pub enum GetlineSource {
    Main,
    File,
    Command,
}

/// Comments tell the operands from the stack, then what is pushed.
#[derive(Clone, Debug)]
pub enum Op {
    Constant(u32),
    Unset,
    Pop,
    Global(u32),
    Local(u32),
    /// NF, NR, FNR or RT.
    Kept(u32),
    /// A variable whatever it is, as an argument.
    Argument(Slot),
    Array(Slot),
    /// A variable as an argument that is an array, which it becomes if it is nothing yet.
    ArrayArgument(Slot),
    /// [array] key; the array in that element.
    SubArray(Slot),
    Field(u32),
    FieldNumber(u32),
    /// The field as a string only.
    FieldText(u32),
    /// number; the field.
    FieldAt,
    /// value; the value. As the next ones it pushes nothing with `false`.
    Set(Slot, bool),
    /// value [array] key; the value.
    SetElement(Slot, bool),
    /// value number; the value.
    SetField(bool),
    /// value [[array] key]; the result.
    Augment(Arithmetic, Target, bool),
    /// [[array] key]; the old or the new value.
    Step {
        target: Target,
        delta: i8,
        old: bool,
        keep: bool,
    },
    StepGlobal(u32, i8),
    StepLocal(u32, i8),
    /// Adds to the element of a global array whose key is a field.
    StepElementOfField {
        array: u16,
        field: u16,
        delta: i8,
    },
    /// value; adds it to a global variable.
    AddToGlobal(u32),
    /// A field, added to a global variable.
    AddFieldToGlobal {
        global: u16,
        field: u16,
    },
    /// so many values; appends them to the variable.
    Append(Slot, u32),
    Arithmetic(Arithmetic),
    /// value; with a constant on the right side.
    ArithmeticWith(Arithmetic, u32),
    Negate,
    ToNumber,
    Not,
    Concatenate(u32),
    Compare(Relation),
    FieldCompare {
        relation: Relation,
        field: u16,
        constant: u16,
    },
    JumpCompare {
        relation: Relation,
        wanted: bool,
        to: Address,
    },
    Jump(Address),
    JumpIf(bool, Address),
    /// With a pattern of the program: the record, a field, or a value.
    MatchRecord(u32),
    MatchField {
        field: u16,
        pattern: u16,
    },
    MatchValue(u32),
    /// value pattern
    Match,
    Regex(u32),
    Length,
    LengthOfRecord,
    LengthOfField(u32),
    /// [array] key; the value.
    Element(Slot),
    /// [array] key; the value, or the array in that element.
    ElementArgument(Slot),
    /// [array] key
    In(Slot),
    /// [array] key
    Delete(Slot),
    /// [array]
    DeleteAll(Slot),
    /// so many values; the key.
    JoinKeys(u32),
    /// [array]; begins a loop over its keys.
    ForStart(Slot),
    /// The next key, or the end of the loop.
    ForNext(Address),
    ForEnd,
    Call {
        function: u32,
        count: u32,
    },
    CallNamed {
        slot: Slot,
        count: u32,
    },
    Return,
    Builtin(Function, u32),
    /// pattern replacement [[array] key or number, or a value that is no target]
    Substitute {
        global: bool,
        target: Option<Target>,
    },
    /// [name]; the status.
    Getline(GetlineSource),
    /// [[array] key] status; what was read into the target, if anything was.
    Store(Target),
    /// so many values [name]
    Print(u32, Option<Redirection>),
    Printf(u32, Option<Redirection>),
    PrintRecord,
    PrintField(u32),
    /// The parts of a `print` to standard output.
    OutField(u32),
    OutConstant(u32),
    /// value, written as an argument of `print`, or as a part of a string.
    OutValue(bool),
    OutSeparator,
    OutEnd,
    /// A range pattern that is under way.
    JumpIfRange(u32, Address),
    SetRange(u32, bool),
    /// subject label; whether the label is the subject's.
    CaseIs,
    Next,
    NextFile,
    /// [status]
    Exit(bool),
    /// The end of a rule.
    Stop,
}

/// A function of the program.
pub struct Procedure {
    pub name: Rc<str>,
    pub params: Vec<Rc<str>>,
    pub entry: Address,
    /// Whether the program has it; else it is only called.
    pub is_defined: bool,
}

pub struct Code {
    pub ops: Vec<Op>,
    /// Where in the program's text each operation comes from.
    pub places: Vec<Place>,
    pub constants: Vec<Value>,
    pub patterns: Vec<Rc<[u8]>>,
    pub procedures: Vec<Procedure>,
    pub globals: Vec<Rc<str>>,
    pub sources: Vec<String>,
    pub ranges: u32,
    pub begin: Address,
    pub begin_file: Address,
    pub main: Address,
    pub end_file: Address,
    pub end: Address,
    /// Whether there are rules that read input.
    pub reads: bool,
    pub has_end: bool,
}
