//! The syntax tree of a program. It owns the shapes; [`crate::parser`] makes them, [`crate::compile`] reads them.

use std::rc::Rc;

use crate::value::Value;

/// Where in a program's text something begins.
pub type Offset = usize;

/// An expression.
#[derive(Clone, Debug)]
pub enum Ast {
    Identity,
    Recurse,
    Constant(Value),
    /// A string with expressions in it, each turned into text by a format (`@json`), or as `tostring` does it.
    Interpolated(Option<String>, Vec<Piece>),
    Format(String),
    Variable(String, Offset),
    Index(Box<Ast>, Box<Ast>),
    Slice(Box<Ast>, Option<Box<Ast>>, Option<Box<Ast>>),
    Iterate(Box<Ast>),
    Try(Box<Ast>, Option<Box<Ast>>),
    Pipe(Box<Ast>, Box<Ast>),
    Comma(Box<Ast>, Box<Ast>),
    Operator(&'static str, Box<Ast>, Box<Ast>),
    Negate(Box<Ast>),
    /// `=`, `|=`, `+=` and the like, with what stands in front of the `=`.
    Assign(&'static str, Box<Ast>, Box<Ast>),
    Array(Option<Box<Ast>>),
    /// Keys and values, with where they begin.
    Object(Vec<(Ast, Ast, Offset)>),
    Call(String, Vec<Ast>, Offset),
    Bind(Box<Ast>, Vec<Pattern>, Box<Ast>),
    Reduce(Box<Ast>, Vec<Pattern>, Box<Ast>, Box<Ast>),
    Foreach(Box<Ast>, Vec<Pattern>, Box<Ast>, Box<Ast>, Option<Box<Ast>>),
    If(Box<Ast>, Box<Ast>, Option<Box<Ast>>),
    Label(String, Box<Ast>),
    Break(String, Offset),
    Define(Rc<Definition>, Box<Ast>),
    /// `$__loc__`, with the line.
    Location(usize),
}

/// A piece of a string.
#[derive(Clone, Debug)]
pub enum Piece {
    Text(String),
    Expression(Ast),
}

/// What a value is taken apart by.
#[derive(Clone, Debug)]
pub enum Pattern {
    Variable(String),
    Array(Vec<Pattern>),
    Object(Vec<Member>),
}

/// A member of a pattern for objects.
#[derive(Clone, Debug)]
pub struct Member {
    pub key: MemberKey,
    pub value: Option<Pattern>,
}

#[derive(Clone, Debug)]
pub enum MemberKey {
    /// `$name`: the key, and a variable for the value.
    Variable(String),
    Expression(Ast),
}

/// A function.
#[derive(Debug)]
pub struct Definition {
    pub name: String,
    pub parameters: Vec<Parameter>,
    pub body: Ast,
}

#[derive(Clone, Debug)]
pub enum Parameter {
    Filter(String),
    Value(String),
}

/// An `import` or `include`.
#[derive(Clone, Debug)]
pub struct Import {
    pub path: String,
    /// None for `include`.
    pub alias: Option<Alias>,
    pub metadata: Option<Value>,
}

#[derive(Clone, Debug)]
pub enum Alias {
    Module(String),
    Data(String),
}

/// A program or a module.
#[derive(Debug, Default)]
pub struct Source {
    pub metadata: Option<Value>,
    pub imports: Vec<Import>,
    pub definitions: Vec<Rc<Definition>>,
    pub body: Option<Ast>,
}
