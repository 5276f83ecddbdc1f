//! The compiler: a syntax tree into nodes in which every name is resolved.
//!
//! It owns scopes: which variable, closure or function a name means, and how many steps up the environment it is. Nodes
//! live as long as the program, which is the whole run, so they are never freed.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::builtins::{self, Native};
use crate::definitions;
use crate::modules::Modules;
use crate::node::{Argument, Function, Node, Op, Shape};
use crate::parser;
use crate::syntax::{Ast, Definition, MemberKey, Offset, Parameter, Pattern, Piece, Source};
use crate::value::{Map, Value};

/// Something that cannot be compiled, and where it is.
#[derive(Debug)]
pub struct CompileError {
    pub message: String,
    pub at: Offset,
}

/// What a name in scope means.
#[derive(Clone)]
enum Entry {
    Variable(String),
    Closure(String),
    Label(String),
    /// It occupies no place in the environment: it is made anew where it is called, from the environment of its place.
    Function(&'static Function),
    /// A value that is known before the program runs.
    Global(String, Value),
}

/// How deep a tree may be to be evaluated by recursion.
const SIMPLE_DEPTH_MAX: u32 = 24;

pub struct Compiler<'m> {
    scope: Vec<Entry>,
    builtins: HashMap<(String, usize), &'static Function>,
    pub errors: Vec<CompileError>,
    modules: &'m mut Modules,
    environment: OnceCell<Value>,
}

type Compiled = Node;

impl<'m> Compiler<'m> {
    pub fn new(modules: &'m mut Modules, globals: Vec<(String, Value)>) -> Self {
        Compiler {
            scope: globals.into_iter().map(|(name, value)| Entry::Global(name, value)).collect(),
            builtins: HashMap::new(),
            errors: Vec::new(),
            modules,
            environment: OnceCell::new(),
        }
    }

    /// Compiles a program, with what it imports.
    pub fn program(&mut self, source: &Source, directory: &std::path::Path) -> Result<&'static Node, String> {
        self.imports(source, directory, 0)?;
        self.definitions(&source.definitions);
        let node = match &source.body {
            Some(body) => self.expression(body),
            None => Node::new(Op::Identity),
        };
        Ok(Box::leak(Box::new(node)))
    }

    fn definitions(&mut self, definitions: &[Rc<Definition>]) {
        for definition in definitions {
            let function = self.define(definition);
            self.scope.push(Entry::Function(function));
        }
    }

    /// Brings the functions and data of imported modules into scope.
    fn imports(&mut self, source: &Source, directory: &std::path::Path, depth: usize) -> Result<(), String> {
        use crate::syntax::Alias;
        if depth > 50 && !source.imports.is_empty() {
            return Err("modules import each other without an end".to_owned());
        }
        for import in &source.imports {
            let search = import.metadata.as_ref().and_then(|metadata| match metadata {
                Value::Object(members) => members.0.get_named("search").cloned(),
                _ => None,
            });
            if let Some(Alias::Data(name)) = &import.alias {
                let data = self.modules.data(&import.path, search.as_ref(), directory)?;
                self.scope.push(Entry::Global(format!("{name}::{name}"), data.clone()));
                self.scope.push(Entry::Global(name.clone(), data));
                continue;
            }
            let (module, path) = self.modules.load(&import.path, search.as_ref(), directory)?;
            // A module sees its own imports and nothing of who imports it.
            let outer = std::mem::take(&mut self.scope);
            let directory = path.parent().map(std::path::Path::to_path_buf).unwrap_or_default();
            self.imports(&module, &directory, depth + 1)?;
            let first = self.scope.len();
            self.definitions(&module.definitions);
            let inner = std::mem::replace(&mut self.scope, outer);
            for entry in inner.into_iter().skip(first) {
                let Entry::Function(function) = entry else { continue };
                let seen = match &import.alias {
                    Some(Alias::Module(alias)) => {
                        let name = format!("{alias}::{}", function.name);
                        Box::leak(Box::new(function.renamed(name)))
                    }
                    _ => function,
                };
                self.scope.push(Entry::Function(seen));
            }
        }
        Ok(())
    }

    /// How many places of the environment the scope has.
    fn places(&self) -> usize {
        self.scope.iter().filter(|entry| entry.has_place()).count()
    }

    /// Compiles a function whose environment is the scope as it is.
    fn define(&mut self, definition: &Definition) -> &'static Function {
        let function: &'static Function = Box::leak(Box::new(Function {
            name: definition.name.clone(),
            arity: definition.parameters.len(),
            body: Rc::new(OnceCell::new()),
            places: self.places(),
        }));
        let length = self.scope.len();
        self.scope.push(Entry::Function(function));
        for parameter in &definition.parameters {
            let (Parameter::Filter(name) | Parameter::Value(name)) = parameter;
            self.scope.push(Entry::Closure(name.clone()));
        }
        // `$name` is also the value that the closure gives, for each that it gives.
        let values: Vec<(usize, String)> = definition
            .parameters
            .iter()
            .enumerate()
            .filter_map(|(index, parameter)| match parameter {
                Parameter::Value(name) => Some((index, name.clone())),
                Parameter::Filter(_) => None,
            })
            .collect();
        for (_, name) in &values {
            self.scope.push(Entry::Variable(name.clone()));
        }
        let mut body = self.expression(&definition.body);
        let count = definition.parameters.len();
        for (order, (index, _)) in values.iter().enumerate().rev() {
            let source = Node::new(Op::Closure(order + count - 1 - index));
            body = Node::new(Op::Bind {
                source: Box::new(source),
                patterns: vec![Shape::Variable(0)],
                places: 1,
                body: Box::new(body),
            });
        }
        self.scope.truncate(length);
        // A function is compiled once: its cell is empty.
        let _ = function.body.set(body);
        function
    }

    pub fn expression(&mut self, ast: &Ast) -> Compiled {
        let boxed = |node: Node| Box::new(node);
        let op = match ast {
            Ast::Identity => Op::Identity,
            Ast::Recurse => return self.call("recurse", &[], 0),
            Ast::Constant(value) => Op::Constant(value.clone()),
            Ast::Location(line) => {
                let mut members = Map::default();
                members.insert(Rc::new("file".to_owned()), "<top-level>".into());
                #[allow(clippy::cast_precision_loss, reason = "a program has fewer lines")]
                members.insert(Rc::new("line".to_owned()), Value::number(*line as f64));
                Op::Constant(Value::object(members))
            }
            Ast::Interpolated(format, pieces) => return self.interpolated(format.as_deref(), pieces),
            Ast::Format(name) => return Self::format(name),
            Ast::Variable(name, at) => return self.variable(name, *at),
            Ast::Index(term, key) => {
                let key = self.expression(key);
                Op::Index(boxed(self.expression(term)), boxed(key))
            }
            Ast::Slice(term, start, end) => {
                let mut bound = |bound: &Option<Box<Ast>>| match bound {
                    Some(ast) => self.expression(ast),
                    None => Node::new(Op::Constant(Value::Null)),
                };
                let members = vec![
                    (Node::new(Op::Constant("start".into())), bound(start)),
                    (Node::new(Op::Constant("end".into())), bound(end)),
                ];
                let term = self.expression(term);
                Op::Index(boxed(term), boxed(Node::new(Op::Object(members))))
            }
            Ast::Iterate(term) => Op::Iterate(boxed(self.expression(term))),
            Ast::Try(body, handler) => {
                let body = self.expression(body);
                let handler = handler.as_ref().map(|handler| boxed(self.expression(handler)));
                Op::Try(boxed(body), handler)
            }
            Ast::Pipe(..) => return self.pipe(ast),
            Ast::Comma(..) | Ast::Operator(..) => return self.row(ast),
            Ast::Negate(operand) => {
                let operand = self.expression(operand);
                if let Op::Constant(value @ Value::Number(_)) = &operand.op
                    && let Ok(negative) = builtins::negate(value)
                {
                    return Node::new(Op::Constant(negative));
                }
                return native(&builtins::NEGATE, vec![operand]);
            }
            Ast::Assign(sign, target, value) => return self.assign(sign, target, value),
            Ast::Array(None) => Op::Constant(Value::array(Vec::new())),
            Ast::Array(Some(items)) => Op::Array(boxed(self.expression(items))),
            Ast::Object(members) => return self.object(members),
            Ast::Call(name, arguments, at) => return self.call(name, arguments, *at),
            Ast::Bind(source, patterns, body) => {
                let source = boxed(self.expression(source));
                let (patterns, places) = self.patterns(patterns);
                let body = boxed(self.expression(body));
                self.leave(places);
                Op::Bind { source, patterns, places, body }
            }
            Ast::Reduce(source, patterns, start, update) => {
                let source = boxed(self.expression(source));
                let start = boxed(self.expression(start));
                let (patterns, places) = self.patterns(patterns);
                let update = boxed(self.expression(update));
                self.leave(places);
                Op::Reduce { source, patterns, places, start, update }
            }
            Ast::Foreach(source, patterns, start, update, extract) => {
                let source = boxed(self.expression(source));
                let start = boxed(self.expression(start));
                let (patterns, places) = self.patterns(patterns);
                let update = boxed(self.expression(update));
                let extract = extract.as_ref().map(|extract| boxed(self.expression(extract)));
                self.leave(places);
                Op::Foreach { source, patterns, places, start, update, extract }
            }
            Ast::If(condition, then, otherwise) => {
                let condition = boxed(self.expression(condition));
                let then = boxed(self.expression(then));
                let otherwise = match otherwise {
                    Some(otherwise) => self.expression(otherwise),
                    None => Node::new(Op::Identity),
                };
                Op::If(condition, then, boxed(otherwise))
            }
            Ast::Label(name, body) => {
                self.scope.push(Entry::Label(name.clone()));
                let body = boxed(self.expression(body));
                self.scope.pop();
                Op::Label(body)
            }
            Ast::Break(name, at) => {
                let found = self.find(|entry| matches!(entry, Entry::Label(label) if label == name));
                match found {
                    Some((_, up)) => Op::Break(up),
                    None => return self.undefined(format!("$*label-{name}"), *at),
                }
            }
            Ast::Define(definition, rest) => {
                let function = self.define(definition);
                self.scope.push(Entry::Function(function));
                let rest = self.expression(rest);
                self.scope.pop();
                return rest;
            }
        };
        Node::new(op)
    }

    /// A row of pipes, which may be long: no recursion along it.
    fn pipe(&mut self, ast: &Ast) -> Node {
        let mut stages = Vec::new();
        let mut rest = ast;
        while let Ast::Pipe(stage, next) = rest {
            stages.push(self.expression(stage));
            rest = next;
        }
        let last = self.expression(rest);
        stages.into_iter().rfold(last, |rest, stage| Node::new(Op::Pipe(Box::new(stage), Box::new(rest))))
    }

    /// A row of commas or operators, which group to the left.
    fn row(&mut self, ast: &Ast) -> Node {
        let mut operands = Vec::new();
        let mut first = ast;
        loop {
            let (sign, left, right) = match first {
                Ast::Comma(left, right) => (",", left, right),
                Ast::Operator(sign, left, right) => (*sign, left, right),
                _ => break,
            };
            operands.push((sign, right));
            first = left;
        }
        let mut node = self.expression(first);
        for (sign, right) in operands.into_iter().rev() {
            let (left, right) = (Box::new(node), Box::new(self.expression(right)));
            node = match sign {
                "," => Node::new(Op::Comma(left, right)),
                "and" => Node::new(Op::And(left, right)),
                "or" => Node::new(Op::Or(left, right)),
                "//" => Node::new(Op::Alternative(left, right)),
                _ => operator(sign, *left, *right),
            };
        }
        node
    }

    fn undefined(&mut self, what: String, at: Offset) -> Node {
        self.errors.push(CompileError { message: format!("{what} is not defined"), at });
        Node::new(Op::Identity)
    }

    /// The nearest entry, and how many places of the environment are above it.
    fn find(&self, is_it: impl Fn(&Entry) -> bool) -> Option<(Entry, usize)> {
        let mut up = 0;
        for entry in self.scope.iter().rev() {
            if is_it(entry) {
                return Some((entry.clone(), up));
            }
            up += usize::from(entry.has_place());
        }
        None
    }

    fn variable(&mut self, name: &str, at: Offset) -> Node {
        let found = self.find(|entry| match entry {
            Entry::Variable(variable) | Entry::Global(variable, _) => variable == name,
            _ => false,
        });
        match found {
            Some((Entry::Global(_, value), _)) => Node::new(Op::Constant(value)),
            Some((_, up)) => Node::new(Op::Variable(up)),
            None if name == "ENV" => {
                let environment = self.environment.get_or_init(builtins::environment).clone();
                Node::new(Op::Constant(environment))
            }
            None => self.undefined(format!("${name}"), at),
        }
    }

    /// A format; one that there is not fails when it is used.
    fn format(name: &str) -> Node {
        match builtins::format_named(name) {
            Some(found) => native(found, Vec::new()),
            None => Self::unknown_format(name),
        }
    }

    fn unknown_format(name: &str) -> Node {
        let message = format!("{} is not a valid format", &name[1..]);
        native(&builtins::FAIL, vec![Node::new(Op::Constant(Value::string(message)))])
    }

    fn interpolated(&mut self, format: Option<&str>, pieces: &[Piece]) -> Node {
        let format = match format.map(builtins::format_named) {
            None => &builtins::TO_STRING,
            Some(Some(format)) => format,
            Some(None) => return Self::unknown_format(format.unwrap_or("@")),
        };
        let mut texts = vec![String::new()];
        let mut expressions = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => texts.last_mut().into_iter().for_each(|last| last.push_str(text)),
                Piece::Expression(ast) => {
                    expressions.push(self.expression(ast));
                    texts.push(String::new());
                }
            }
        }
        Node::new(Op::Interpolated { format, texts, expressions })
    }

    fn object(&mut self, members: &[(Ast, Ast, Offset)]) -> Node {
        let mut constant = Some(Map::default());
        let mut nodes = Vec::new();
        for (key, value, at) in members {
            let (key, value) = (self.expression(key), self.expression(value));
            match (&key.op, &value.op) {
                (Op::Constant(Value::String(key)), Op::Constant(value)) => {
                    if let Some(members) = &mut constant {
                        members.insert(key.clone(), value.clone());
                    }
                }
                (Op::Constant(Value::String(_)), _) => constant = None,
                (Op::Constant(wrong), _) => {
                    let shown = crate::json::compact(wrong);
                    let message = format!("Cannot use {} ({shown}) as object key", wrong.kind());
                    self.errors.push(CompileError { message, at: *at });
                }
                _ => constant = None,
            }
            nodes.push((key, value));
        }
        Node::new(constant.map_or(Op::Object(nodes), |members| Op::Constant(Value::object(members))))
    }

    fn assign(&mut self, sign: &str, target: &Ast, value: &Ast) -> Node {
        if sign == "|" {
            let target = self.expression(target);
            let update = self.expression(value);
            return Node::new(Op::Modify(Box::new(target), Box::new(update)));
        }
        // `a += b` is `b as $x | a |= . + $x`, where `a` and `b` see no `$x`.
        let source = self.expression(value);
        self.scope.push(Entry::Variable(String::new()));
        let target = self.expression(target);
        self.scope.pop();
        let (old, new) = (Node::new(Op::Identity), Node::new(Op::Variable(0)));
        let update = match sign {
            "" => new,
            "//" => Node::new(Op::Alternative(Box::new(old), Box::new(new))),
            _ => operator(
                match sign {
                    "+" => "+",
                    "-" => "-",
                    "*" => "*",
                    "/" => "/",
                    _ => "%",
                },
                old,
                new,
            ),
        };
        let (target, update) = (Box::new(target), Box::new(update));
        let body = if sign.is_empty() { Op::Assign(target, update) } else { Op::Modify(target, update) };
        Node::new(Op::Bind {
            source: Box::new(source),
            patterns: vec![Shape::Variable(0)],
            places: 1,
            body: Box::new(Node::new(body)),
        })
    }

    /// Brings the variables of patterns into scope; answers the patterns and how many variables there are.
    fn patterns(&mut self, patterns: &[Pattern]) -> (Vec<Shape>, usize) {
        let mut names = Vec::new();
        for pattern in patterns {
            collect_names(pattern, &mut names);
        }
        self.scope.extend(names.iter().cloned().map(Entry::Variable));
        let shapes = patterns.iter().map(|pattern| self.shape(pattern, &names)).collect();
        (shapes, names.len())
    }

    fn leave(&mut self, places: usize) {
        self.scope.truncate(self.scope.len() - places);
    }

    fn shape(&mut self, pattern: &Pattern, names: &[String]) -> Shape {
        let place = |name: &String| names.iter().position(|known| known == name).unwrap_or(0);
        match pattern {
            Pattern::Variable(name) => Shape::Variable(place(name)),
            Pattern::Array(items) => Shape::Array(items.iter().map(|item| self.shape(item, names)).collect()),
            Pattern::Object(members) => {
                let mut shapes = Vec::new();
                for member in members {
                    let (key, variable) = match &member.key {
                        MemberKey::Variable(name) => {
                            (Node::new(Op::Constant(Value::string(name.clone()))), Some(place(name)))
                        }
                        MemberKey::Expression(ast) => (self.expression(ast), None),
                    };
                    let value = member.value.as_ref().map(|value| self.shape(value, names));
                    shapes.push((key, variable, value));
                }
                Shape::Object(shapes)
            }
        }
    }

    fn call(&mut self, name: &str, arguments: &[Ast], at: Offset) -> Node {
        let arity = arguments.len();
        let found = self.find(|entry| match entry {
            Entry::Closure(closure) => closure == name && arity == 0,
            Entry::Function(function) => function.name == name && function.arity == arity,
            _ => false,
        });
        match found {
            Some((Entry::Function(function), _)) => {
                let up = self.places() - function.places;
                return self.call_function(function, up, arguments);
            }
            Some((_, up)) => return Node::new(Op::Closure(up)),
            None => {}
        }
        match (name, arguments) {
            ("empty", []) => return Node::new(Op::Empty),
            ("path", [inner]) => return Node::new(Op::Path(Box::new(self.expression(inner)))),
            ("range", [from, to]) => {
                let operands = vec![self.expression(from), self.expression(to)];
                return Node::new(Op::Range(operands));
            }
            ("not", []) => return native(&builtins::NOT, Vec::new()),
            ("modulemeta", []) => return native(&builtins::MODULE_META, Vec::new()),
            _ => {}
        }
        if let Some(found) = builtins::named(name, arity) {
            let arguments = arguments.iter().map(|argument| self.expression(argument)).collect();
            return native(found, arguments);
        }
        match self.builtin(name, arity) {
            Some(function) => {
                let up = self.places();
                self.call_function(function, up, arguments)
            }
            None => self.undefined(format!("{name}/{arity}"), at),
        }
    }

    /// A function that is written in the language itself; it is compiled when it is first called.
    fn builtin(&mut self, name: &str, arity: usize) -> Option<&'static Function> {
        let key = (name.to_owned(), arity);
        if let Some(function) = self.builtins.get(&key) {
            return Some(function);
        }
        let source = parser::parse(definitions::find(name, arity)?).ok()?;
        let definition = source.definitions.first()?;
        let function: &'static Function = Box::leak(Box::new(Function {
            name: name.to_owned(),
            arity,
            body: Rc::new(OnceCell::new()),
            places: 0,
        }));
        self.builtins.insert(key, function);
        let outer = std::mem::take(&mut self.scope);
        let defined = self.define(definition);
        self.scope = outer;
        // The definition's own recursion runs through `defined`, everybody else's through `function`: one body.
        if let Some(body) = defined.body.get() {
            let _ = function.body.set(body.clone());
        }
        Some(function)
    }

    fn call_function(&mut self, function: &'static Function, up: usize, arguments: &[Ast]) -> Node {
        let arguments: Vec<Argument> = arguments
            .iter()
            .map(|argument| {
                let node = self.expression(argument);
                match node.op {
                    Op::Closure(up) => Argument::Closure(up),
                    _ => Argument::Node(Box::leak(Box::new(node))),
                }
            })
            .collect();
        Node::new(Op::Call { function, up, arguments })
    }
}

impl Entry {
    fn has_place(&self) -> bool {
        matches!(self, Entry::Variable(_) | Entry::Closure(_) | Entry::Label(_))
    }
}

fn native(native: &'static Native, arguments: Vec<Node>) -> Node {
    Node::new(Op::Native { native, arguments })
}

fn operator(sign: &str, left: Node, right: Node) -> Node {
    let folded = match (&left.op, &right.op) {
        (Op::Constant(a), Op::Constant(b)) => builtins::operate(sign, a.clone(), b.clone()).ok(),
        _ => None,
    };
    match (folded, builtins::operator(sign)) {
        (Some(value), _) => Node::new(Op::Constant(value)),
        (None, operator) => Node::new(Op::Operator(operator, Box::new([left, right]))),
    }
}

fn collect_names(pattern: &Pattern, names: &mut Vec<String>) {
    let mut add = |name: &String| {
        if !names.contains(name) {
            names.push(name.clone());
        }
    };
    match pattern {
        Pattern::Variable(name) => add(name),
        Pattern::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Pattern::Object(members) => {
            for member in members {
                if let MemberKey::Variable(name) = &member.key
                    && !names.contains(name)
                {
                    names.push(name.clone());
                }
                member.value.iter().for_each(|value| collect_names(value, names));
            }
        }
    }
}

/// Whether a tree of this height may be evaluated by recursion.
pub fn is_shallow(height: u32) -> bool {
    height <= SIMPLE_DEPTH_MAX
}
