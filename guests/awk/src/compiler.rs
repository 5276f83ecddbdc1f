//! The compiler: a program's tree made into code. It owns the labels of loops, and knows which parameters are arrays.

mod expression;
mod output;

use std::collections::HashMap;
use std::rc::Rc;

use crate::ast::{Block, Expr, ExprId, Node, Place, Program, Stmt, Trigger, Var};
use crate::code::{Address, Code, Op, Procedure, Slot};
use crate::value::Value;

/// Jumps out of a loop or `switch` that are still to be told where to.
#[derive(Default)]
struct Loop {
    breaks: Vec<usize>,
    continues: Vec<usize>,
    is_switch: bool,
}

pub(crate) struct Compiler<'a> {
    program: &'a Program,
    code: Code,
    place: Place,
    loops: Vec<Loop>,
    /// By function and index: the parameters that are arrays.
    array_params: Vec<Vec<bool>>,
    pattern_numbers: HashMap<Rc<[u8]>, u32>,
    text_numbers: HashMap<Rc<[u8]>, u32>,
}

/// Makes a program into code.
pub fn compile(program: &Program) -> Code {
    let code = Code {
        ops: Vec::new(),
        places: Vec::new(),
        constants: Vec::new(),
        patterns: Vec::new(),
        procedures: Vec::new(),
        globals: program.globals.clone(),
        sources: program.sources.clone(),
        ranges: 0,
        begin: 0,
        begin_file: 0,
        main: 0,
        end_file: 0,
        end: 0,
        reads: false,
        has_end: false,
    };
    let mut compiler = Compiler {
        program,
        code,
        place: Place::default(),
        loops: Vec::new(),
        array_params: array_params(program),
        pattern_numbers: HashMap::new(),
        text_numbers: HashMap::new(),
    };
    compiler.program();
    compiler.code
}

/// Which parameters are arrays: those that are used as such, and those that are passed on as such.
fn array_params(program: &Program) -> Vec<Vec<bool>> {
    let mut arrays: Vec<Vec<bool>> =
        program.functions.iter().map(|function| vec![false; function.params.len()]).collect();
    let mark = |arrays: &mut Vec<Vec<bool>>, (function, param): (u32, u32)| {
        let found = arrays.get_mut(function as usize).and_then(|params| params.get_mut(param as usize));
        found.is_some_and(|param| !std::mem::replace(param, true))
    };
    for param in &program.array_params {
        mark(&mut arrays, *param);
    }
    loop {
        let mut changed = false;
        for (from, (function, param)) in &program.passed {
            if arrays.get(*function as usize).and_then(|params| params.get(*param as usize)) == Some(&true) {
                changed |= mark(&mut arrays, *from);
            }
        }
        if !changed {
            return arrays;
        }
    }
}

impl Compiler<'_> {
    fn program(&mut self) {
        let program = self.program;
        for function in &program.functions {
            let entry = self.here();
            if let Some(body) = &function.body {
                self.block(body);
                self.emit(Op::Unset);
                self.emit(Op::Return);
            }
            let (name, params, is_defined) =
                (function.name.clone(), function.params.clone(), function.body.is_some());
            self.code.procedures.push(Procedure { name, params, entry, is_defined });
        }
        self.code.begin = self.rules(|trigger| matches!(trigger, Trigger::Begin));
        self.code.begin_file = self.rules(|trigger| matches!(trigger, Trigger::BeginFile));
        self.code.main = self
            .rules(|trigger| matches!(trigger, Trigger::Always | Trigger::Pattern(_) | Trigger::Range(..)));
        self.code.end_file = self.rules(|trigger| matches!(trigger, Trigger::EndFile));
        self.code.end = self.rules(|trigger| matches!(trigger, Trigger::End));
        self.code.has_end = program.rules.iter().any(|rule| matches!(rule.trigger, Trigger::End));
        self.code.reads = program.rules.iter().any(|rule| !matches!(rule.trigger, Trigger::Begin));
    }

    /// Compiles the rules with certain triggers, one after another; answers where they begin.
    fn rules(&mut self, wanted: impl Fn(&Trigger) -> bool) -> Address {
        let start = self.here();
        let program = self.program;
        for rule in program.rules.iter().filter(|rule| wanted(&rule.trigger)) {
            self.place = rule.place;
            let mut skips = Vec::new();
            match rule.trigger {
                Trigger::Begin | Trigger::End | Trigger::BeginFile | Trigger::EndFile | Trigger::Always => {}
                Trigger::Pattern(pattern) => self.condition(pattern, false, &mut skips),
                Trigger::Range(first, last) => {
                    let number = self.code.ranges;
                    self.code.ranges += 1;
                    let within = self.emit_jump(Op::JumpIfRange(number, 0));
                    self.condition(first, false, &mut skips);
                    self.emit(Op::SetRange(number, true));
                    self.land(within);
                    let mut goes_on = Vec::new();
                    self.condition(last, false, &mut goes_on);
                    self.emit(Op::SetRange(number, false));
                    self.land_all(goes_on);
                }
            }
            match &rule.action {
                Some(action) => self.block(action),
                None => self.emit(Op::PrintRecord),
            }
            self.land_all(skips);
        }
        self.emit(Op::Stop);
        start
    }

    fn here(&self) -> Address {
        self.code.ops.len() as Address
    }

    fn emit(&mut self, op: Op) {
        self.code.ops.push(op);
        self.code.places.push(self.place);
    }

    /// Adds a jump that is still to be told where to; answers its index.
    fn emit_jump(&mut self, op: Op) -> usize {
        self.emit(op);
        self.code.ops.len() - 1
    }

    /// Lets a jump lead to what comes next.
    fn land(&mut self, jump: usize) {
        let here = self.here();
        match &mut self.code.ops[jump] {
            Op::Jump(to)
            | Op::JumpIf(_, to)
            | Op::JumpCompare { to, .. }
            | Op::JumpIfRange(_, to)
            | Op::ForNext(to) => *to = here,
            _ => {}
        }
    }

    fn land_all(&mut self, jumps: Vec<usize>) {
        for jump in jumps {
            self.land(jump);
        }
    }

    fn constant(&mut self, value: Value) -> u32 {
        if let Value::Text(text) = &value {
            if let Some(number) = self.text_numbers.get(text) {
                return *number;
            }
            self.text_numbers.insert(text.clone(), self.code.constants.len() as u32);
        }
        self.code.constants.push(value);
        self.code.constants.len() as u32 - 1
    }

    fn pattern(&mut self, source: &Rc<[u8]>) -> u32 {
        if let Some(number) = self.pattern_numbers.get(source) {
            return *number;
        }
        let number = self.code.patterns.len() as u32;
        self.code.patterns.push(source.clone());
        self.pattern_numbers.insert(source.clone(), number);
        number
    }

    fn slot(var: Var) -> Slot {
        match var {
            Var::Global(number) => Slot::Global(number),
            Var::Local(number) => Slot::Local(number),
        }
    }

    fn block(&mut self, block: &Block) {
        for node in block {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        self.place = node.place;
        match &node.stmt {
            Stmt::Expr(expr) => self.discarded(*expr),
            Stmt::Print { args, formatted, to } => self.print(args, *formatted, *to),
            Stmt::If { condition, then, otherwise } => self.if_statement(*condition, then, otherwise),
            Stmt::While { condition, body } => self.for_statement(None, Some(*condition), None, body),
            Stmt::DoWhile { body, condition } => {
                let start = self.here();
                self.loops.push(Loop::default());
                self.block(body);
                let Loop { breaks, continues, .. } = self.loops.pop().unwrap_or_default();
                self.land_all(continues);
                self.jump_back_if(*condition, start);
                self.land_all(breaks);
            }
            Stmt::For { start, condition, step, body } => {
                self.for_statement(start.as_deref(), *condition, step.as_deref(), body);
            }
            Stmt::ForIn { target, array, body } => self.for_in(*target, *array, body),
            Stmt::Switch { subject, cases } => self.switch(*subject, cases),
            Stmt::Block(block) => self.block(block),
            Stmt::Break => {
                let jump = self.emit_jump(Op::Jump(0));
                if let Some(innermost) = self.loops.last_mut() {
                    innermost.breaks.push(jump);
                }
            }
            Stmt::Continue => self.continue_statement(),
            Stmt::Next => self.emit(Op::Next),
            Stmt::NextFile => self.emit(Op::NextFile),
            Stmt::Exit(status) => {
                if let Some(status) = status {
                    self.number(*status);
                }
                self.emit(Op::Exit(status.is_some()));
            }
            Stmt::Return(value) => {
                match value {
                    Some(value) => self.value(*value),
                    None => self.emit(Op::Unset),
                }
                self.emit(Op::Return);
            }
            Stmt::Delete(target) => match self.program.expr(*target) {
                Expr::Element(array, keys) => {
                    let slot = self.array(*array);
                    self.key(keys);
                    self.emit(Op::Delete(slot));
                }
                _ => {
                    let slot = self.array(*target);
                    self.emit(Op::DeleteAll(slot));
                }
            },
        }
    }

    fn if_statement(&mut self, condition: ExprId, then: &Block, otherwise: &Block) {
        let mut skips = Vec::new();
        self.condition(condition, false, &mut skips);
        self.block(then);
        if otherwise.is_empty() {
            return self.land_all(skips);
        }
        let end = self.emit_jump(Op::Jump(0));
        self.land_all(skips);
        self.block(otherwise);
        self.land(end);
    }

    /// The condition stands behind the body, so that a turn takes one jump.
    fn for_statement(
        &mut self,
        start: Option<&Node>,
        condition: Option<ExprId>,
        step: Option<&Node>,
        body: &Block,
    ) {
        if let Some(start) = start {
            self.node(start);
        }
        let place = self.place;
        let mut ends = Vec::new();
        if let Some(condition) = condition {
            self.condition(condition, false, &mut ends);
        }
        let top = self.here();
        self.loops.push(Loop::default());
        self.block(body);
        let Loop { breaks, continues, .. } = self.loops.pop().unwrap_or_default();
        self.land_all(continues);
        if let Some(step) = step {
            self.node(step);
        }
        self.place = place;
        match condition {
            Some(condition) => self.jump_back_if(condition, top),
            None => self.emit(Op::Jump(top)),
        }
        self.land_all(breaks);
        self.land_all(ends);
    }

    fn jump_back_if(&mut self, condition: ExprId, top: Address) {
        let mut jumps = Vec::new();
        self.condition(condition, true, &mut jumps);
        for jump in jumps {
            match &mut self.code.ops[jump] {
                Op::Jump(to) | Op::JumpIf(_, to) | Op::JumpCompare { to, .. } => *to = top,
                _ => {}
            }
        }
    }

    fn for_in(&mut self, target: ExprId, array: ExprId, body: &Block) {
        let slot = self.array(array);
        self.emit(Op::ForStart(slot));
        let top = self.here();
        let next = self.emit_jump(Op::ForNext(0));
        if let Expr::Variable(var) = self.program.expr(target) {
            self.emit(Op::Set(Self::slot(*var), false));
        }
        self.loops.push(Loop::default());
        self.block(body);
        let Loop { breaks, continues, .. } = self.loops.pop().unwrap_or_default();
        for jump in continues {
            if let Op::Jump(to) = &mut self.code.ops[jump] {
                *to = top;
            }
        }
        self.emit(Op::Jump(top));
        if !breaks.is_empty() {
            self.land_all(breaks);
            self.emit(Op::ForEnd);
        }
        self.land(next);
    }

    fn continue_statement(&mut self) {
        let switches = self.loops.iter().rev().take_while(|around| around.is_switch).count();
        // The subjects of switches that are left are on the stack.
        for _ in 0..switches {
            self.emit(Op::Pop);
        }
        let jump = self.emit_jump(Op::Jump(0));
        if let Some(innermost) = self.loops.iter_mut().rev().find(|around| !around.is_switch) {
            innermost.continues.push(jump);
        }
    }

    /// The subject stays on the stack until the end.
    fn switch(&mut self, subject: ExprId, cases: &[crate::ast::Case]) {
        self.value(subject);
        let mut entries = Vec::new();
        for case in cases {
            if let Some(label) = case.label {
                match self.program.expr(label) {
                    Expr::Regex(source) => {
                        let pattern = self.pattern(source);
                        self.emit(Op::Regex(pattern));
                    }
                    _ => self.value(label),
                }
                self.emit(Op::CaseIs);
                entries.push(Some(self.emit_jump(Op::JumpIf(true, 0))));
            } else {
                entries.push(None);
            }
        }
        let otherwise = self.emit_jump(Op::Jump(0));
        self.loops.push(Loop { is_switch: true, ..Loop::default() });
        let mut has_default = false;
        for (case, entry) in cases.iter().zip(entries) {
            match entry {
                Some(jump) => self.land(jump),
                None => {
                    self.land(otherwise);
                    has_default = true;
                }
            }
            self.block(&case.body);
        }
        let Loop { breaks, .. } = self.loops.pop().unwrap_or_default();
        if !has_default {
            self.land(otherwise);
        }
        self.land_all(breaks);
        self.emit(Op::Pop);
    }
}
