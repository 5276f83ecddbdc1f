//! The compiled form of bc's language: steps for a machine with a stack.

use std::collections::HashMap;
use std::rc::Rc;

/// What is kept under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    Ibase,
    Obase,
    Scale,
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    Different,
}

/// A place that can be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Variable(usize),
    /// The index is on the stack.
    Element(usize),
    Special(Special),
}

/// How an argument is given to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    Value,
    Array(usize),
}

#[derive(Clone, Debug)]
pub enum Action {
    Constant(Rc<[u8]>),
    Load(Place),
    /// The value stays on the stack.
    Store(Place),
    /// Loads an element whose index stays below its value.
    LoadKeeping(usize),
    /// Adds one or takes one off; before it is looked at, or after.
    Step {
        place: Place,
        up: bool,
        before: bool,
    },
    Binary(Binary),
    Negate,
    Not,
    /// A value becomes 0 or 1.
    Truth,
    Jump(usize),
    JumpUnless(usize),
    /// Jumps and keeps 1, or 0, where the value decides; else drops it.
    Or(usize),
    And(usize),
    Call(usize, Rc<[Argument]>),
    Return,
    Show,
    Drop,
    /// A value of `print`.
    Print,
    Text(Rc<[u8]>),
    Length,
    ScaleOf,
    Root,
    Read,
    Random,
    Halt,
}

/// A step, with the address that GNU's machine would name in a complaint about it.
#[derive(Clone, Debug)]
pub struct Step {
    pub action: Action,
    pub address: usize,
}

/// A parameter or a local name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    Variable(usize),
    Array(usize),
    /// The caller's own.
    Reference(usize),
}

/// A function.
#[derive(Clone, Debug, Default)]
pub struct Function {
    pub name: String,
    pub parameters: Vec<Local>,
    pub locals: Vec<Local>,
    pub code: Rc<[Step]>,
    pub is_void: bool,
    pub is_defined: bool,
}

/// Names, numbered as they come.
#[derive(Default)]
pub struct Names(HashMap<String, usize>, Vec<String>);

impl Names {
    pub fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.0.get(name) {
            return *number;
        }
        let next = self.1.len();
        self.0.insert(name.to_owned(), next);
        self.1.push(name.to_owned());
        next
    }

    /// All of them, by their numbers.
    pub fn all(&self) -> &[String] {
        &self.1
    }
}
