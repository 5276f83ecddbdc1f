//! A node: a piece of a compiled program. It owns the shapes and says which of them give exactly one output.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::builtins::{Binary, Native};
use crate::compile::is_shallow;
use crate::value::Value;

/// An expression whose names are resolved.
#[derive(Clone, Debug)]
pub struct Node {
    pub op: Op,
    /// Its height, if it and all below it give one output or fail, so that recursion can evaluate it; else 0.
    simple: u32,
}

#[derive(Clone, Debug)]
pub enum Op {
    Identity,
    Empty,
    Constant(Value),
    /// How many places up the environment it is.
    Variable(usize),
    Closure(usize),
    Index(Box<Node>, Box<Node>),
    Iterate(Box<Node>),
    Try(Box<Node>, Option<Box<Node>>),
    Pipe(Box<Node>, Box<Node>),
    Comma(Box<Node>, Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Alternative(Box<Node>, Box<Node>),
    Operator(Binary, Box<[Node; 2]>),
    Native {
        native: &'static Native,
        arguments: Vec<Node>,
    },
    Range(Vec<Node>),
    Interpolated {
        format: &'static Native,
        texts: Vec<String>,
        expressions: Vec<Node>,
    },
    Array(Box<Node>),
    Object(Vec<(Node, Node)>),
    Call {
        function: &'static Function,
        up: usize,
        arguments: Vec<Argument>,
    },
    Bind {
        source: Box<Node>,
        patterns: Vec<Shape>,
        places: usize,
        body: Box<Node>,
    },
    Reduce {
        source: Box<Node>,
        patterns: Vec<Shape>,
        places: usize,
        start: Box<Node>,
        update: Box<Node>,
    },
    Foreach {
        source: Box<Node>,
        patterns: Vec<Shape>,
        places: usize,
        start: Box<Node>,
        update: Box<Node>,
        extract: Option<Box<Node>>,
    },
    If(Box<Node>, Box<Node>, Box<Node>),
    Label(Box<Node>),
    Break(usize),
    Path(Box<Node>),
    /// `paths |= update`.
    Modify(Box<Node>, Box<Node>),
    /// `paths = value`, the value being one.
    Assign(Box<Node>, Box<Node>),
}

/// What a value is taken apart by; variables are places, counted from the first of the pattern's.
#[derive(Clone, Debug)]
pub enum Shape {
    Variable(usize),
    Array(Vec<Shape>),
    /// Keys, each with a variable for the value and a shape for it.
    Object(Vec<(Node, Option<usize>, Option<Shape>)>),
}

/// What a function is called with.
#[derive(Clone, Copy, Debug)]
pub enum Argument {
    Node(&'static Node),
    /// A closure of the caller's, passed on.
    Closure(usize),
}

/// A compiled function.
pub struct Function {
    pub name: String,
    pub arity: usize,
    pub body: Rc<OnceCell<Node>>,
    /// How many places the environment has where it is defined.
    pub places: usize,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the body, which may call the function.
        write!(out, "{}/{}", self.name, self.arity)
    }
}

impl Function {
    /// The same function under another name.
    pub fn renamed(&self, name: String) -> Function {
        Function { name, arity: self.arity, body: Rc::clone(&self.body), places: self.places }
    }
}

impl Node {
    pub fn new(op: Op) -> Node {
        let simple = height(&op).filter(|height| is_shallow(*height)).unwrap_or(0);
        Node { op, simple }
    }

    /// Whether it gives exactly one output or fails, and recursion may evaluate it.
    pub fn is_simple(&self) -> bool {
        self.simple > 0
    }
}

fn height(op: &Op) -> Option<u32> {
    let of = |nodes: &[&Node]| {
        let mut most = 0;
        for node in nodes {
            if node.simple == 0 {
                return None;
            }
            most = most.max(node.simple);
        }
        Some(most + 1)
    };
    match op {
        Op::Identity | Op::Constant(_) | Op::Variable(_) => Some(1),
        Op::Index(a, b) | Op::Pipe(a, b) | Op::And(a, b) | Op::Or(a, b) => of(&[a, b]),
        Op::Operator(_, operands) => of(&[&operands[0], &operands[1]]),
        Op::If(a, b, c) => of(&[a, b, c]),
        Op::Native { arguments, .. } => of(&arguments.iter().collect::<Vec<_>>()),
        Op::Interpolated { expressions, .. } => of(&expressions.iter().collect::<Vec<_>>()),
        Op::Object(members) => of(&members.iter().flat_map(|(key, value)| [key, value]).collect::<Vec<_>>()),
        _ => None,
    }
}
