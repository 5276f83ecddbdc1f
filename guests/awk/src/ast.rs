//! The tree of a program, as the parser makes it and the compiler reads it. Expressions live in one vector and know
//! each other by number, so that a sum of ten thousand terms is no deep structure.

use std::rc::Rc;

use crate::function::Function;

/// The number of an expression in [`Program::exprs`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExprId(pub u32);

/// A place in the program's text: which source, and the line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Place {
    pub source: u16,
    pub line: u32,
}

/// A variable: a global by its number, or a parameter of the function around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Var {
    Global(u32),
    Local(u32),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    Less,
    LessEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
}

/// Where a `getline` reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// The input of the program.
    Main,
    File(ExprId),
    Command(ExprId),
}

#[derive(Clone, Debug)]
pub enum Expr {
    Number(f64),
    Text(Rc<[u8]>),
    /// `/regex/`: a match with the record, but for where a regular expression is wanted.
    Regex(Rc<[u8]>),
    /// `@/regex/`: a value of its own.
    StrongRegex(Rc<[u8]>),
    Variable(Var),
    Field(ExprId),
    /// An element; the first is the array, a variable or an element.
    Element(ExprId, Vec<ExprId>),
    Assign(ExprId, ExprId),
    Augment(Arithmetic, ExprId, ExprId),
    /// `++` and `--`: what is added, and whether the old value is the result.
    Step {
        target: ExprId,
        delta: f64,
        old: bool,
    },
    Arithmetic(Arithmetic, ExprId, ExprId),
    Concatenate(ExprId, ExprId),
    Compare(Relation, ExprId, ExprId),
    Match {
        text: ExprId,
        pattern: ExprId,
        negated: bool,
    },
    And(ExprId, ExprId),
    Or(ExprId, ExprId),
    Not(ExprId),
    Negate(ExprId),
    Plus(ExprId),
    Choose(ExprId, ExprId, ExprId),
    In(Vec<ExprId>, ExprId),
    /// An expression in parentheses.
    Group(ExprId),
    Call(u32, Vec<ExprId>),
    /// A call of the function that a variable names.
    CallNamed(Var, Vec<ExprId>),
    Builtin(Function, Vec<ExprId>),
    Getline {
        source: Source,
        target: Option<ExprId>,
    },
}

/// Where the output of `print` goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Redirection {
    Truncate,
    Append,
    Pipe,
}

#[derive(Clone, Debug)]
pub enum Stmt {
    Expr(ExprId),
    Print {
        args: Vec<ExprId>,
        formatted: bool,
        to: Option<(Redirection, ExprId)>,
    },
    If {
        condition: ExprId,
        then: Block,
        otherwise: Block,
    },
    While {
        condition: ExprId,
        body: Block,
    },
    DoWhile {
        body: Block,
        condition: ExprId,
    },
    For {
        start: Option<Box<Node>>,
        condition: Option<ExprId>,
        step: Option<Box<Node>>,
        body: Block,
    },
    ForIn {
        target: ExprId,
        array: ExprId,
        body: Block,
    },
    Switch {
        subject: ExprId,
        cases: Vec<Case>,
    },
    Block(Block),
    Break,
    Continue,
    Next,
    NextFile,
    Exit(Option<ExprId>),
    Return(Option<ExprId>),
    /// `delete a` or `delete a[i]`
    Delete(ExprId),
}

#[derive(Clone, Debug)]
pub struct Node {
    pub stmt: Stmt,
    pub place: Place,
}

pub type Block = Vec<Node>;

#[derive(Clone, Debug)]
pub struct Case {
    /// Nothing: `default`.
    pub label: Option<ExprId>,
    pub body: Block,
}

/// When a rule's action runs.
#[derive(Clone, Debug)]
pub enum Trigger {
    Begin,
    End,
    BeginFile,
    EndFile,
    Always,
    Pattern(ExprId),
    Range(ExprId, ExprId),
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub trigger: Trigger,
    /// Nothing: print the record.
    pub action: Option<Block>,
    pub place: Place,
}

/// A function that the program defines, or at least calls.
#[derive(Clone, Debug)]
pub struct UserFunction {
    pub name: Rc<str>,
    pub params: Vec<Rc<str>>,
    /// Nothing: it is nowhere defined.
    pub body: Option<Block>,
}

#[derive(Default)]
pub struct Program {
    pub exprs: Vec<(Expr, Place)>,
    pub rules: Vec<Rule>,
    pub functions: Vec<UserFunction>,
    /// The names of the global variables, by number.
    pub globals: Vec<Rc<str>>,
    /// Parameters that are arrays, as a function and an index.
    pub array_params: Vec<(u32, u32)>,
    /// Parameters that are passed on: which, and as what.
    pub passed: Vec<((u32, u32), (u32, u32))>,
    /// The names of the sources, by number.
    pub sources: Vec<String>,
}

impl Program {
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize].0
    }

    pub fn place(&self, id: ExprId) -> Place {
        self.exprs[id.0 as usize].1
    }

    /// `cmd. line:3` and the like.
    pub fn shown(&self, place: Place) -> String {
        format!("{}:{}", self.sources.get(usize::from(place.source)).map_or("", String::as_str), place.line)
    }
}
