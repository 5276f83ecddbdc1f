//! The machine: runs a compiled program on an input, output by output.
//!
//! It owns the control of the run: what is still to be done with a value (a chain of [`Step`]s), and where to go on
//! when a branch is exhausted (a stack of [`Fork`]s). Neither uses the native stack, so recursion in a program is bounded by
//! memory only, and a call in tail position costs none. The order of outputs is that of jq: operands are evaluated from
//! the last to the first, the members of an object from the first to the last.
//!
//! Within `path(...)` a [`Trail`] goes with the flow of control: the path so far and the value it leads to. As in jq,
//! it stays behind when a value is not reached by a path, and only the next step along it complains.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::builtins::{self, Host};
use crate::json;
use crate::node::{Argument, Node, Op, Shape};
use crate::paths;
use crate::value::{Map, Value};

/// Why a program stops before its end.
#[derive(Debug)]
pub enum Raise {
    Error(Value),
    Break(u64),
    Halt(i32),
}

impl From<String> for Raise {
    fn from(message: String) -> Raise {
        Raise::Error(Value::string(message))
    }
}

pub type Outcome = Result<Value, Raise>;

/// A path and the value it leads to.
pub struct Link {
    key: Value,
    parent: Option<Rc<Link>>,
    value: Value,
}

/// None where no path is asked for.
type Trail = Option<Rc<Link>>;

/// What a place of the environment holds.
enum Item {
    Value(Value),
    Closure(&'static Node, Environment),
    Label(u64),
}

pub struct Place {
    item: Item,
    next: Environment,
}

pub type Environment = Option<Rc<Place>>;

/// What is to be done with the next output, and after it.
type Steps = Option<Rc<Chain>>;

struct Chain {
    step: Step,
    next: Steps,
    depth: u32,
}

/// How many steps may wait for each other, and how many branches may be left to try: a recursion without an end stops
/// there. Each takes some hundred bytes.
const DEPTH_MAX: u32 = 2_000_000;
const FORKS_MAX: usize = 4_000_000;

impl Drop for Chain {
    fn drop(&mut self) {
        // A chain may be as long as memory allows, so it is not let go by recursion.
        let mut next = self.next.take();
        while let Some(chain) = next {
            next = Rc::try_unwrap(chain).ok().and_then(|mut chain| chain.next.take());
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting: Vec<Environment> = vec![self.next.take()];
        if let Item::Closure(_, environment) = &mut self.item {
            waiting.push(environment.take());
        }
        while let Some(environment) = waiting.pop() {
            let Some(mut place) = environment.and_then(|place| Rc::try_unwrap(place).ok()) else { continue };
            waiting.push(place.next.take());
            if let Item::Closure(_, environment) = &mut place.item {
                waiting.push(environment.take());
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let mut parent = self.parent.take();
        while let Some(link) = parent {
            parent = Rc::try_unwrap(link).ok().and_then(|mut link| link.parent.take());
        }
    }
}

type Items = Rc<RefCell<Vec<Value>>>;
type State = Rc<RefCell<Value>>;

/// What an evaluation goes on with: its environment, its input, and the trail.
#[derive(Clone)]
struct Frame {
    environment: Environment,
    input: Value,
    trail: Trail,
}

#[derive(Clone)]
enum Step {
    Pipe(&'static Node, Environment),
    /// The operands so far, the last one first.
    Operands(&'static Node, Frame, Vec<Value>),
    IndexKey(&'static Node, Frame),
    IndexTerm(Value),
    Iterate,
    Condition(&'static Node, Frame),
    /// The right side of `and` and `or`, where the left side is no answer.
    Logic(&'static Node, Frame),
    Truth(Trail),
    Found(Rc<Cell<bool>>),
    Append(Items),
    Member(&'static Node, Frame, usize, Option<Value>, Map),
    EndTry,
    Bind(&'static Node, Frame),
    /// What is left to take apart, and what is done with it.
    Destructure(Box<Unpacking>),
    LoopStart(&'static Node, Frame),
    LoopItem(&'static Node, Environment, State),
    ReduceStore(State),
    ForeachStore(&'static Node, Environment, State),
    Path(Trail),
    ModifyPath(&'static Node, Frame, State, Items),
    ModifyStore(Value, State, usize),
}

/// A value that is being taken apart.
#[derive(Clone)]
struct Unpacking {
    /// Shapes and the values for them, the next one last.
    waiting: Vec<(Rest, Value)>,
    /// The variables so far.
    values: Vec<Value>,
    outer: Environment,
    goal: Goal,
    frame: Frame,
    /// The value and the shape of the member whose key is being evaluated.
    subject: Option<(Value, Option<usize>, Option<&'static Shape>)>,
}

/// What a value is still to be taken apart by.
#[derive(Clone, Copy)]
enum Rest {
    Shape(&'static Shape),
    Members(&'static [(Node, Option<usize>, Option<Shape>)]),
}

/// What is done with variables.
#[derive(Clone)]
enum Goal {
    Body(&'static Node),
    /// The update of a `reduce` or `foreach`, with its state.
    Loop(&'static Node, State),
}

/// The pattern to try next, the value it takes apart, and what that is for.
type NextPattern = (usize, Value, Frame, Environment, &'static Node, Option<State>);

/// Where to go on when a branch is exhausted.
enum Fork {
    Evaluate(&'static Node, Frame, Steps),
    Each(Each, Trail, Steps),
    Range(f64, f64, Trail, Steps),
    Try(Option<&'static Node>, Frame, Steps),
    /// Output of a `try` has passed: what fails from here on is none of its business.
    TryPassed,
    Label(u64),
    Alternative(Rc<Cell<bool>>, &'static Node, Frame, Steps),
    Collected(Items, Trail, Steps),
    Reduced(State, Trail, Steps),
    /// The next pattern of `?//`, tried also when what follows fails.
    Pattern(Box<NextPattern>, Steps),
    /// The update of a path gave nothing: the path is to be deleted.
    Unmodified(Value, Items),
    Modified(State, Items, Trail, Steps),
}

/// An array or an object of which some were given.
struct Each {
    container: Value,
    next: usize,
}

enum Go {
    Evaluate(&'static Node, Environment, Value, Trail),
    Give(Value, Trail),
    Raise(Raise),
    Backtrack,
}

/// A program that is running on one input.
pub struct Machine {
    steps: Steps,
    forks: Vec<Fork>,
    labels: u64,
    is_too_deep: bool,
    start: Option<(&'static Node, Value)>,
}

impl Machine {
    pub fn new(program: &'static Node, input: Value) -> Machine {
        Machine {
            steps: None,
            forks: Vec::new(),
            labels: 0,
            is_too_deep: false,
            start: Some((program, input)),
        }
    }

    /// The next output; None at the end. After an error there is no further one.
    pub fn next(&mut self, host: &mut Host) -> Option<Outcome> {
        let mut go = match self.start.take() {
            Some((program, input)) => Go::Evaluate(program, None, input, None),
            None => Go::Backtrack,
        };
        loop {
            fuel::spend(1);
            go = match go {
                Go::Evaluate(..) if self.is_too_deep || self.forks.len() > FORKS_MAX => {
                    self.is_too_deep = false;
                    Go::Raise(Raise::from("The filter recurs too deeply".to_owned()))
                }
                Go::Evaluate(node, environment, input, trail) => {
                    self.evaluate(node, environment, input, trail, host)
                }
                Go::Give(value, trail) => match self.steps.take() {
                    None => return Some(Ok(value)),
                    Some(chain) => {
                        let step = match Rc::try_unwrap(chain) {
                            Ok(mut chain) => {
                                self.steps = chain.next.take();
                                std::mem::replace(&mut chain.step, Step::EndTry)
                            }
                            Err(chain) => {
                                self.steps = chain.next.clone();
                                chain.step.clone()
                            }
                        };
                        self.step(step, value, trail, host)
                    }
                },
                Go::Raise(raise) => match self.unwind(raise) {
                    Ok(go) => go,
                    Err(raise) => {
                        self.steps = None;
                        return Some(Err(raise));
                    }
                },
                Go::Backtrack => match self.forks.pop() {
                    None => return None,
                    Some(fork) => self.resume(fork),
                },
            };
        }
    }

    fn push(&mut self, step: Step) {
        let next = self.steps.take();
        let depth = next.as_ref().map_or(0, |chain| chain.depth) + 1;
        self.is_too_deep |= depth > DEPTH_MAX;
        self.steps = Some(Rc::new(Chain { step, next, depth }));
    }

    fn evaluate(
        &mut self,
        node: &'static Node,
        environment: Environment,
        input: Value,
        trail: Trail,
        host: &mut Host,
    ) -> Go {
        if trail.is_none() && node.is_simple() {
            return match simple(node, &environment, input, host) {
                Ok(value) => Go::Give(value, None),
                Err(raise) => Go::Raise(raise),
            };
        }
        match &node.op {
            Op::Identity => Go::Give(input, trail),
            Op::Empty => Go::Backtrack,
            Op::Constant(value) => Go::Give(value.clone(), trail),
            Op::Variable(up) => Go::Give(variable(&environment, *up), trail),
            Op::Closure(up) => match place(&environment, *up) {
                Some(Item::Closure(node, environment)) => {
                    Go::Evaluate(node, environment.clone(), input, trail)
                }
                _ => Go::Backtrack,
            },
            Op::Pipe(left, right) => {
                self.push(Step::Pipe(right, environment.clone()));
                Go::Evaluate(left, environment, input, trail)
            }
            Op::Comma(left, right) => {
                let frame =
                    Frame { environment: environment.clone(), input: input.clone(), trail: trail.clone() };
                self.forks.push(Fork::Evaluate(right, frame, self.steps.clone()));
                Go::Evaluate(left, environment, input, trail)
            }
            Op::Index(term, key) => {
                if key.is_simple() {
                    return match simple(key, &environment, input.clone(), host) {
                        Ok(key) if matches!(term.op, Op::Identity) => index(input, &key, trail),
                        Ok(key) => {
                            self.push(Step::IndexTerm(key));
                            Go::Evaluate(term, environment, input, trail)
                        }
                        Err(raise) => Go::Raise(raise),
                    };
                }
                let frame = Frame { environment: environment.clone(), input: input.clone(), trail };
                self.push(Step::IndexKey(term, frame));
                Go::Evaluate(key, environment, input, None)
            }
            Op::Iterate(term) => {
                if matches!(term.op, Op::Identity) {
                    return self.each(input, trail);
                }
                self.push(Step::Iterate);
                Go::Evaluate(term, environment, input, trail)
            }
            Op::Try(body, handler) => {
                let frame =
                    Frame { environment: environment.clone(), input: Value::Null, trail: trail.clone() };
                self.forks.push(Fork::Try(handler.as_deref(), frame, self.steps.clone()));
                self.push(Step::EndTry);
                Go::Evaluate(body, environment, input, trail)
            }
            Op::And(left, _) | Op::Or(left, _) => {
                let frame = Frame { environment: environment.clone(), input: input.clone(), trail };
                self.push(Step::Logic(node, frame));
                Go::Evaluate(left, environment, input, None)
            }
            Op::Alternative(left, right) => {
                let found = Rc::new(Cell::new(false));
                let frame =
                    Frame { environment: environment.clone(), input: input.clone(), trail: trail.clone() };
                self.forks.push(Fork::Alternative(found.clone(), right, frame, self.steps.clone()));
                self.push(Step::Found(found));
                Go::Evaluate(left, environment, input, trail)
            }
            Op::Operator(..) | Op::Native { .. } | Op::Range(_) | Op::Interpolated { .. } => {
                self.operands(node, Frame { environment, input, trail }, Vec::new(), host)
            }
            Op::Array(inner) => {
                let items = Items::default();
                self.forks.push(Fork::Collected(items.clone(), trail, self.steps.clone()));
                self.push(Step::Append(items));
                Go::Evaluate(inner, environment, input, None)
            }
            Op::Object(_) => self.member(node, Frame { environment, input, trail }, 0, None, Map::default()),
            Op::Call { function, up, arguments } => {
                let mut base = &environment;
                for _ in 0..*up {
                    match base {
                        Some(place) => base = &place.next,
                        None => break,
                    }
                }
                let mut inner = base.clone();
                for argument in arguments {
                    let item = match argument {
                        Argument::Node(node) => Item::Closure(node, environment.clone()),
                        Argument::Closure(up) => match place(&environment, *up) {
                            Some(Item::Closure(node, environment)) => {
                                Item::Closure(node, environment.clone())
                            }
                            _ => Item::Value(Value::Null),
                        },
                    };
                    inner = Some(Rc::new(Place { item, next: inner }));
                }
                match body(function) {
                    Some(node) => Go::Evaluate(node, inner, input, trail),
                    None => Go::Backtrack,
                }
            }
            Op::Bind { source, .. } => {
                let frame = Frame { environment: environment.clone(), input: input.clone(), trail };
                self.push(Step::Bind(node, frame));
                Go::Evaluate(source, environment, input, None)
            }
            Op::Reduce { start, .. } | Op::Foreach { start, .. } => {
                let frame = Frame { environment: environment.clone(), input: input.clone(), trail: None };
                self.push(Step::LoopStart(node, frame));
                Go::Evaluate(start, environment, input, trail)
            }
            Op::If(condition, ..) => {
                let frame = Frame { environment: environment.clone(), input: input.clone(), trail };
                self.push(Step::Condition(node, frame));
                Go::Evaluate(condition, environment, input, None)
            }
            Op::Label(body) => {
                self.labels += 1;
                self.forks.push(Fork::Label(self.labels));
                let place = Place { item: Item::Label(self.labels), next: environment };
                Go::Evaluate(body, Some(Rc::new(place)), input, trail)
            }
            Op::Break(up) => match place(&environment, *up) {
                Some(Item::Label(label)) => Go::Raise(Raise::Break(*label)),
                _ => Go::Backtrack,
            },
            Op::Path(inner) => {
                self.push(Step::Path(trail));
                let root = Link { key: Value::Null, parent: None, value: input.clone() };
                Go::Evaluate(inner, environment, input, Some(Rc::new(root)))
            }
            Op::Modify(target, _) | Op::Assign(target, _) => {
                let state: State = Rc::new(RefCell::new(input.clone()));
                let deleted = Items::default();
                self.forks.push(Fork::Modified(state.clone(), deleted.clone(), trail, self.steps.clone()));
                let frame = Frame { environment: environment.clone(), input: Value::Null, trail: None };
                self.push(Step::ModifyPath(node, frame, state, deleted));
                self.push(Step::Path(None));
                let root = Link { key: Value::Null, parent: None, value: input.clone() };
                Go::Evaluate(target, environment, input, Some(Rc::new(root)))
            }
        }
    }

    /// Evaluates the operands that are missing, the last one first, and then what they are for.
    fn operands(&mut self, node: &'static Node, frame: Frame, mut done: Vec<Value>, host: &mut Host) -> Go {
        let operands: &'static [Node] = match &node.op {
            Op::Operator(_, operands) => &operands[..],
            Op::Native { arguments, .. } | Op::Range(arguments) => arguments,
            Op::Interpolated { expressions, .. } => expressions,
            _ => &[],
        };
        while done.len() < operands.len() {
            let index = match &node.op {
                // The start of a range is the outer loop.
                Op::Range(_) => done.len(),
                _ => operands.len() - 1 - done.len(),
            };
            let operand = &operands[index];
            if !operand.is_simple() {
                let Frame { environment, input, .. } = frame.clone();
                self.push(Step::Operands(node, frame, done));
                return Go::Evaluate(operand, environment, input, None);
            }
            match simple(operand, &frame.environment, frame.input.clone(), host) {
                Ok(value) => done.push(value),
                Err(raise) => return Go::Raise(raise),
            }
        }
        if !matches!(node.op, Op::Range(_)) {
            done.reverse();
        }
        let Frame { input, trail, .. } = frame;
        let outcome = match &node.op {
            Op::Operator(operator, _) => {
                drop(input);
                let right = done.pop().unwrap_or_default();
                operator(done.pop().unwrap_or_default(), right)
            }
            Op::Native { native, .. } if trail.is_some() && native.name == "getpath" => {
                return get_path(done.pop().unwrap_or_default(), input, trail);
            }
            Op::Native { native, .. } => (native.run)(host, input, done),
            Op::Interpolated { format, texts, .. } => interpolate(format, texts, done, host),
            _ => match (&done[0], &done[1]) {
                (Value::Number(from), Value::Number(to)) => {
                    self.forks.push(Fork::Range(from.double, to.double, trail, self.steps.clone()));
                    return Go::Backtrack;
                }
                _ => Err(Raise::from("Range bounds must be numeric".to_owned())),
            },
        };
        match outcome {
            Ok(value) => Go::Give(value, trail),
            Err(raise) => Go::Raise(raise),
        }
    }

    /// Goes on with an object whose first members are done.
    fn member(
        &mut self,
        node: &'static Node,
        frame: Frame,
        index: usize,
        key: Option<Value>,
        members: Map,
    ) -> Go {
        let Op::Object(nodes) = &node.op else { return Go::Backtrack };
        let Some((key_node, value_node)) = nodes.get(index) else {
            return Go::Give(Value::object(members), frame.trail);
        };
        let next = if key.is_some() { value_node } else { key_node };
        let (environment, input) = (frame.environment.clone(), frame.input.clone());
        self.push(Step::Member(node, frame, index, key, members));
        Go::Evaluate(next, environment, input, None)
    }

    /// Gives the members of a value one by one.
    fn each(&mut self, container: Value, trail: Trail) -> Go {
        if let Some(link) = &trail
            && !container.is_identical(&link.value)
        {
            return off_the_path("iterate through", &container);
        }
        match &container {
            Value::Array(_) | Value::Object(_) => {
                self.forks.push(Fork::Each(Each { container, next: 0 }, trail, self.steps.clone()));
                Go::Backtrack
            }
            _ => {
                let shown = builtins::with_value(&container);
                Go::Raise(Raise::from(format!("Cannot iterate over {shown}")))
            }
        }
    }

    fn step(&mut self, step: Step, value: Value, trail: Trail, host: &mut Host) -> Go {
        match step {
            Step::Pipe(node, environment) => Go::Evaluate(node, environment, value, trail),
            Step::Operands(node, frame, mut done) => {
                done.push(value);
                self.operands(node, frame, done, host)
            }
            Step::IndexKey(term, frame) => {
                self.push(Step::IndexTerm(value));
                Go::Evaluate(term, frame.environment, frame.input, frame.trail)
            }
            Step::IndexTerm(key) => index(value, &key, trail),
            Step::Iterate => self.each(value, trail),
            Step::Condition(node, frame) => match &node.op {
                Op::If(_, then, otherwise) => {
                    let branch = if value.is_true() { then } else { otherwise };
                    Go::Evaluate(branch, frame.environment, frame.input, frame.trail)
                }
                _ => Go::Backtrack,
            },
            Step::Logic(node, frame) => match (&node.op, value.is_true()) {
                (Op::And(_, right), true) | (Op::Or(_, right), false) => {
                    self.push(Step::Truth(frame.trail));
                    Go::Evaluate(right, frame.environment, frame.input, None)
                }
                (_, truth) => Go::Give(Value::Bool(truth), frame.trail),
            },
            Step::Truth(trail) => Go::Give(Value::Bool(value.is_true()), trail),
            Step::Found(found) => {
                if !value.is_true() {
                    return Go::Backtrack;
                }
                found.set(true);
                Go::Give(value, trail)
            }
            Step::Append(items) => {
                items.borrow_mut().push(value);
                Go::Backtrack
            }
            Step::Member(node, frame, index, None, members) => {
                self.member(node, frame, index, Some(value), members)
            }
            Step::Member(node, frame, index, Some(key), mut members) => match key {
                Value::String(key) => {
                    members.insert(key, value);
                    self.member(node, frame, index + 1, None, members)
                }
                wrong => {
                    let shown = builtins::with_value(&wrong);
                    Go::Raise(Raise::from(format!("Cannot use {shown} as object key")))
                }
            },
            Step::EndTry => {
                self.forks.push(Fork::TryPassed);
                Go::Give(value, trail)
            }
            Step::Bind(node, frame) => self.patterns(node, 0, value, frame, None),
            Step::Destructure(unpacking) => self.unpack_member(*unpacking, value),
            Step::LoopStart(node, mut frame) => {
                let state: State = Rc::new(RefCell::new(value));
                if let Op::Reduce { .. } = node.op {
                    self.forks.push(Fork::Reduced(state.clone(), trail.clone(), self.steps.clone()));
                }
                frame.trail = trail;
                match &node.op {
                    Op::Reduce { source, .. } | Op::Foreach { source, .. } => {
                        self.push(Step::LoopItem(node, frame.environment.clone(), state));
                        Go::Evaluate(source, frame.environment, frame.input, frame.trail)
                    }
                    _ => Go::Backtrack,
                }
            }
            Step::LoopItem(node, environment, state) => {
                let frame = Frame { environment, input: Value::Null, trail };
                self.patterns(node, 0, value, frame, Some(state))
            }
            Step::ReduceStore(state) => {
                *state.borrow_mut() = value;
                Go::Backtrack
            }
            Step::ForeachStore(node, environment, state) => {
                *state.borrow_mut() = value.clone();
                match &node.op {
                    Op::Foreach { extract: Some(extract), .. } => {
                        Go::Evaluate(extract, environment, value, trail)
                    }
                    _ => Go::Give(value, trail),
                }
            }
            Step::Path(outer) => match trail {
                Some(link) if value.is_identical(&link.value) => Go::Give(Value::array(path(&link)), outer),
                _ => {
                    let shown = json::compact(&value);
                    Go::Raise(Raise::from(format!(
                        "Invalid path expression with result {}",
                        builtins::shortened(&shown, 30)
                    )))
                }
            },
            Step::ModifyPath(node, frame, state, deleted) => {
                self.modify(node, frame, value, state, deleted, host)
            }
            Step::ModifyStore(path, state, height) => {
                // Only the first output counts.
                self.forks.truncate(height);
                let root = state.take();
                match paths::set(root, &path, value) {
                    Ok(root) => {
                        *state.borrow_mut() = root;
                        Go::Backtrack
                    }
                    Err(raise) => Go::Raise(raise),
                }
            }
        }
    }

    /// Updates the value at a path.
    fn modify(
        &mut self,
        node: &'static Node,
        frame: Frame,
        path: Value,
        state: State,
        deleted: Items,
        host: &mut Host,
    ) -> Go {
        let root = state.take();
        match &node.op {
            Op::Assign(_, update) => {
                let updated = simple(update, &frame.environment, Value::Null, host)
                    .and_then(|value| paths::set(root, &path, value));
                match updated {
                    Ok(root) => {
                        *state.borrow_mut() = root;
                        Go::Backtrack
                    }
                    Err(raise) => Go::Raise(raise),
                }
            }
            Op::Modify(_, update) => match paths::take(root, &path) {
                Ok((root, old)) => {
                    *state.borrow_mut() = root;
                    let height = self.forks.len();
                    self.forks.push(Fork::Unmodified(path.clone(), deleted));
                    self.push(Step::ModifyStore(path, state, height));
                    Go::Evaluate(update, frame.environment, old, None)
                }
                Err(raise) => Go::Raise(raise),
            },
            _ => Go::Backtrack,
        }
    }

    /// Takes a value apart by one pattern of a binding, the others being tried if it fails.
    fn patterns(
        &mut self,
        node: &'static Node,
        index: usize,
        value: Value,
        frame: Frame,
        state: Option<State>,
    ) -> Go {
        let (patterns, places, goal) = match (&node.op, &state) {
            (Op::Bind { patterns, places, body, .. }, _) => (patterns, *places, Goal::Body(body)),
            (Op::Reduce { patterns, places, .. } | Op::Foreach { patterns, places, .. }, Some(state)) => {
                (patterns, *places, Goal::Loop(node, state.clone()))
            }
            _ => return Go::Backtrack,
        };
        let Some(shape) = patterns.get(index) else { return Go::Backtrack };
        let outer = frame.environment.clone();
        if index + 1 < patterns.len() {
            let rest = (index + 1, value.clone(), frame.clone(), outer.clone(), node, state);
            self.forks.push(Fork::Pattern(Box::new(rest), self.steps.clone()));
        }
        let values = vec![Value::Null; places];
        let unpacking = Unpacking {
            waiting: vec![(Rest::Shape(shape), value)],
            values,
            outer,
            goal,
            frame,
            subject: None,
        };
        self.unpack(unpacking)
    }

    /// Goes on with what is left to take apart.
    fn unpack(&mut self, mut unpacking: Unpacking) -> Go {
        while let Some((rest, value)) = unpacking.waiting.pop() {
            match rest {
                Rest::Shape(Shape::Variable(place)) => unpacking.values[*place] = value,
                Rest::Shape(Shape::Array(shapes)) => {
                    for (index, shape) in shapes.iter().enumerate().rev() {
                        match paths::get(&value, &Value::count(index)) {
                            Ok(item) => unpacking.waiting.push((Rest::Shape(shape), item)),
                            Err(raise) => return Go::Raise(raise),
                        }
                    }
                }
                Rest::Shape(Shape::Object(members)) => {
                    unpacking.waiting.push((Rest::Members(members), value))
                }
                Rest::Members([]) => {}
                Rest::Members([(key, variable, shape), rest @ ..]) => {
                    unpacking.waiting.push((Rest::Members(rest), value.clone()));
                    if let Op::Constant(key) = &key.op {
                        match paths::get(&value, key) {
                            Ok(member) => keep_member(&mut unpacking, member, *variable, shape.as_ref()),
                            Err(raise) => return Go::Raise(raise),
                        }
                        continue;
                    }
                    // A key that is an expression is evaluated first, and what is left goes on from there.
                    unpacking.subject = Some((value.clone(), *variable, shape.as_ref()));
                    let environment = with_values(unpacking.outer.clone(), unpacking.values.clone());
                    self.push(Step::Destructure(Box::new(unpacking)));
                    return Go::Evaluate(key, environment, value, None);
                }
            }
        }
        let Unpacking { values, outer, goal, frame, .. } = unpacking;
        let environment = with_values(outer, values);
        match goal {
            Goal::Body(body) => Go::Evaluate(body, environment, frame.input, frame.trail),
            Goal::Loop(node, state) => match &node.op {
                Op::Reduce { update, .. } => {
                    let input = state.take();
                    self.push(Step::ReduceStore(state));
                    Go::Evaluate(update, environment, input, frame.trail)
                }
                Op::Foreach { update, .. } => {
                    let input = state.take();
                    self.push(Step::ForeachStore(node, environment.clone(), state));
                    Go::Evaluate(update, environment, input, frame.trail)
                }
                _ => Go::Backtrack,
            },
        }
    }

    /// Goes on with the member whose key is now known.
    fn unpack_member(&mut self, mut unpacking: Unpacking, key: Value) -> Go {
        let Some((value, variable, shape)) = unpacking.subject.take() else { return Go::Backtrack };
        match paths::get(&value, &key) {
            Ok(member) => {
                keep_member(&mut unpacking, member, variable, shape);
                self.unpack(unpacking)
            }
            Err(raise) => Go::Raise(raise),
        }
    }

    /// Goes on where a branch was left.
    fn resume(&mut self, fork: Fork) -> Go {
        match fork {
            Fork::Evaluate(node, frame, steps) => {
                self.steps = steps;
                Go::Evaluate(node, frame.environment, frame.input, frame.trail)
            }
            Fork::Each(each, trail, steps) => self.next_of(each, trail, steps),
            Fork::Range(from, to, trail, steps) => {
                if from >= to || from.is_nan() || to.is_nan() {
                    return Go::Backtrack;
                }
                self.steps.clone_from(&steps);
                self.forks.push(Fork::Range(from + 1.0, to, trail.clone(), steps));
                Go::Give(Value::number(from), trail)
            }
            Fork::Try(..) | Fork::TryPassed | Fork::Label(_) | Fork::Pattern(..) => Go::Backtrack,
            Fork::Alternative(found, right, frame, steps) => {
                if found.get() {
                    return Go::Backtrack;
                }
                self.steps = steps;
                Go::Evaluate(right, frame.environment, frame.input, frame.trail)
            }
            Fork::Collected(items, trail, steps) => {
                self.steps = steps;
                Go::Give(Value::array(items.take()), trail)
            }
            Fork::Reduced(state, trail, steps) => {
                self.steps = steps;
                Go::Give(state.take(), trail)
            }
            Fork::Unmodified(path, deleted) => {
                deleted.borrow_mut().push(path);
                Go::Backtrack
            }
            Fork::Modified(state, deleted, trail, steps) => {
                self.steps = steps;
                let deleted = deleted.take();
                let root = state.take();
                if deleted.is_empty() {
                    return Go::Give(root, trail);
                }
                match paths::delete(root, deleted) {
                    Ok(root) => Go::Give(root, trail),
                    Err(raise) => Go::Raise(raise),
                }
            }
        }
    }

    fn next_of(&mut self, mut each: Each, trail: Trail, steps: Steps) -> Go {
        let is_tracked = trail.is_some();
        let (value, key, is_last) = match &each.container {
            Value::Array(items) => match items.0.get(each.next) {
                Some(value) => {
                    let key = if is_tracked { Value::count(each.next) } else { Value::Null };
                    (value.clone(), key, each.next + 1 == items.0.len())
                }
                None => return Go::Backtrack,
            },
            Value::Object(members) => match members.0.get_index(each.next) {
                Some((key, value)) => {
                    let key = if is_tracked { Value::String(key.clone()) } else { Value::Null };
                    (value.clone(), key, each.next + 1 == members.0.len())
                }
                None => return Go::Backtrack,
            },
            _ => return Go::Backtrack,
        };
        let inner = trail
            .as_ref()
            .map(|link| Rc::new(Link { key, parent: Some(link.clone()), value: value.clone() }));
        if is_last {
            self.steps = steps;
        } else {
            each.next += 1;
            self.steps.clone_from(&steps);
            self.forks.push(Fork::Each(each, trail, steps));
        }
        Go::Give(value, inner)
    }

    /// Looks for somebody who catches what was raised; gives it back when nobody does.
    fn unwind(&mut self, raise: Raise) -> Result<Go, Raise> {
        let mut passed = 0_u32;
        while let Some(fork) = self.forks.pop() {
            match (fork, &raise) {
                (Fork::TryPassed, Raise::Error(_)) => passed += 1,
                (Fork::Try(..), Raise::Error(_)) if passed > 0 => passed -= 1,
                (Fork::Try(handler, frame, steps), Raise::Error(error)) => {
                    // `error(break)`: an error that only ends the body.
                    if is_break(error) {
                        return Ok(Go::Backtrack);
                    }
                    let Some(handler) = handler else { return Ok(Go::Backtrack) };
                    self.steps = steps;
                    return Ok(Go::Evaluate(handler, frame.environment, error.clone(), frame.trail));
                }
                (Fork::Label(label), Raise::Break(wanted)) if label == *wanted => return Ok(Go::Backtrack),
                (Fork::Pattern(rest, steps), Raise::Error(_)) => {
                    let (index, value, frame, outer, node, state) = *rest;
                    self.steps = steps;
                    let frame = Frame { environment: outer, ..frame };
                    return Ok(self.patterns(node, index, value, frame, state));
                }
                _ => {}
            }
        }
        Err(raise)
    }
}

fn is_break(error: &Value) -> bool {
    matches!(error, Value::Object(members) if members.0.contains_key(&"__jq".to_owned()))
}

/// Keeps a member of an object that is being taken apart.
fn keep_member(
    unpacking: &mut Unpacking,
    member: Value,
    variable: Option<usize>,
    shape: Option<&'static Shape>,
) {
    if let Some(place) = variable {
        unpacking.values[place] = member.clone();
    }
    if let Some(shape) = shape {
        unpacking.waiting.push((Rest::Shape(shape), member));
    }
}

fn with_values(outer: Environment, values: Vec<Value>) -> Environment {
    values.into_iter().fold(outer, |next, value| Some(Rc::new(Place { item: Item::Value(value), next })))
}

fn body(function: &'static crate::node::Function) -> Option<&'static Node> {
    // A function's cell lives as long as the function, which is never freed.
    function.body.get()
}

fn place(environment: &Environment, up: usize) -> Option<&Item> {
    let mut place = environment.as_ref()?;
    for _ in 0..up {
        place = place.next.as_ref()?;
    }
    Some(&place.item)
}

fn variable(environment: &Environment, up: usize) -> Value {
    match place(environment, up) {
        Some(Item::Value(value)) => value.clone(),
        _ => Value::Null,
    }
}

fn path(link: &Rc<Link>) -> Vec<Value> {
    let mut keys = Vec::new();
    let mut link = link;
    while let Some(parent) = &link.parent {
        keys.push(link.key.clone());
        link = parent;
    }
    keys.reverse();
    keys
}

fn off_the_path(what: &str, value: &Value) -> Go {
    let shown = json::compact(value);
    let shown = builtins::shortened(&shown, 30);
    Go::Raise(Raise::from(format!("Invalid path expression near attempt to {what} {shown}")))
}

fn index(value: Value, key: &Value, trail: Trail) -> Go {
    let Some(link) = trail else {
        return match paths::get(&value, key) {
            Ok(member) => Go::Give(member, None),
            Err(raise) => Go::Raise(raise),
        };
    };
    if !value.is_identical(&link.value) {
        let shown = json::compact(key);
        let what = format!("access element {} of", builtins::shortened(&shown, 30));
        return off_the_path(&what, &value);
    }
    match paths::get(&value, key) {
        Ok(member) => {
            let inner = Link { key: key.clone(), parent: Some(link), value: member.clone() };
            Go::Give(member, Some(Rc::new(inner)))
        }
        Err(raise) => Go::Raise(raise),
    }
}

/// `getpath` where a path is asked for: it leads along its own path.
fn get_path(path: Value, input: Value, trail: Trail) -> Go {
    if let Some(link) = &trail
        && !input.is_identical(&link.value)
    {
        let shown = json::compact(&path);
        return off_the_path(&format!("access element {} of", builtins::shortened(&shown, 30)), &input);
    }
    let Value::Array(keys) = &path else {
        return Go::Raise(Raise::from("Path must be specified as an array".to_owned()));
    };
    let (mut value, mut trail) = (input, trail);
    for key in &keys.0 {
        value = match &value {
            Value::Null => Value::Null,
            _ => match paths::get(&value, key) {
                Ok(member) => member,
                Err(raise) => return Go::Raise(raise),
            },
        };
        trail = Some(Rc::new(Link { key: key.clone(), parent: trail, value: value.clone() }));
    }
    Go::Give(value, trail)
}

fn interpolate(
    format: &'static builtins::Native,
    texts: &[String],
    values: Vec<Value>,
    host: &mut Host,
) -> Outcome {
    let mut whole = texts.first().cloned().unwrap_or_default();
    for (value, text) in values.into_iter().zip(&texts[1..]) {
        match (format.run)(host, value, Vec::new())? {
            Value::String(shown) => whole.push_str(&shown),
            other => whole.push_str(&json::compact(&other)),
        }
        whole.push_str(text);
    }
    Ok(Value::string(whole))
}

/// Evaluates a node that gives one output; the compiler has seen to it that this recursion is shallow.
fn simple(node: &'static Node, environment: &Environment, input: Value, host: &mut Host) -> Outcome {
    match &node.op {
        Op::Identity => Ok(input),
        Op::Constant(value) => Ok(value.clone()),
        Op::Variable(up) => Ok(variable(environment, *up)),
        Op::Index(term, key) => match (&term.op, &key.op) {
            (Op::Identity, Op::Constant(key)) => paths::get(&input, key),
            (_, Op::Constant(key)) => paths::get(&simple(term, environment, input, host)?, key),
            _ => {
                let key = simple(key, environment, input.clone(), host)?;
                paths::get(&simple(term, environment, input, host)?, &key)
            }
        },
        Op::Pipe(left, right) => {
            let value = simple(left, environment, input, host)?;
            simple(right, environment, value, host)
        }
        Op::And(left, right) => {
            let truth = simple(left, environment, input.clone(), host)?.is_true();
            Ok(Value::Bool(truth && simple(right, environment, input, host)?.is_true()))
        }
        Op::Or(left, right) => {
            let truth = simple(left, environment, input.clone(), host)?.is_true();
            Ok(Value::Bool(truth || simple(right, environment, input, host)?.is_true()))
        }
        Op::If(condition, then, otherwise) => {
            let truth = simple(condition, environment, input.clone(), host)?.is_true();
            simple(if truth { then } else { otherwise }, environment, input, host)
        }
        Op::Operator(operator, operands) => {
            let right = match &operands[1].op {
                Op::Constant(value) => value.clone(),
                _ => simple(&operands[1], environment, input.clone(), host)?,
            };
            // The left side takes the input over, so that `. + [1]` may change it in place.
            operator(simple(&operands[0], environment, input, host)?, right)
        }
        Op::Native { native, arguments } => {
            let mut values = Vec::with_capacity(arguments.len());
            for argument in arguments.iter().rev() {
                values.push(simple(argument, environment, input.clone(), host)?);
            }
            values.reverse();
            (native.run)(host, input, values)
        }
        Op::Interpolated { format, texts, expressions } => {
            let mut values = Vec::with_capacity(expressions.len());
            for expression in expressions.iter().rev() {
                values.push(simple(expression, environment, input.clone(), host)?);
            }
            values.reverse();
            interpolate(format, texts, values, host)
        }
        Op::Object(nodes) => {
            let mut members = Map::with_capacity(nodes.len());
            for (key, value) in nodes {
                let key = match &key.op {
                    Op::Constant(key) => key.clone(),
                    _ => simple(key, environment, input.clone(), host)?,
                };
                let value = simple(value, environment, input.clone(), host)?;
                match key {
                    Value::String(key) => members.insert(key, value),
                    wrong => {
                        let shown = builtins::with_value(&wrong);
                        return Err(Raise::from(format!("Cannot use {shown} as object key")));
                    }
                }
            }
            Ok(Value::object(members))
        }
        _ => Err(Raise::from("not a simple expression".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::Modules;

    struct NoInputs;

    impl builtins::Inputs for NoInputs {
        fn next(&mut self) -> Option<Result<Value, String>> {
            None
        }

        fn file_name(&self) -> Option<String> {
            None
        }

        fn line_number(&self) -> usize {
            0
        }

        fn flush(&mut self) {}
    }

    /// What a program makes of null first.
    fn first(text: &str) -> Option<Outcome> {
        let source = crate::parser::parse(text).ok()?;
        let mut modules = Modules::default();
        let mut compiler = crate::compile::Compiler::new(&mut modules, Vec::new());
        let program = compiler.program(&source, std::path::Path::new("")).ok()?;
        let mut host = Host { inputs: Box::new(NoInputs), modules: Modules::default() };
        Machine::new(program, Value::Null).next(&mut host)
    }

    #[test]
    fn a_recursion_without_an_end_is_an_error() {
        for text in ["def f: 1 + f; f", "def f: f, 1; f", "def f: [f]; f"] {
            let Some(Err(Raise::Error(Value::String(error)))) = first(text) else { panic!("{text}") };
            assert_eq!(*error, "The filter recurs too deeply");
        }
    }

    #[test]
    fn recursion_in_tail_position_needs_no_room() {
        let text = "def f: if . < 3000000 then . + 1 | f else . end; 0 | f";
        let Some(Ok(value)) = first(text) else { panic!("{text}") };
        assert_eq!(value, Value::number(3_000_000.0));
    }
}
