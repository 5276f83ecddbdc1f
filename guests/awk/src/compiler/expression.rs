//! The compiling of expressions: as a value, as a number, as a condition, or for what they do only.

use super::Compiler;
use crate::ast::{Arithmetic, Expr, ExprId, Source, Var};
use crate::code::{GetlineSource, Op, Slot, Target};
use crate::function::Function;
use crate::value::Value;
use crate::variables;

impl Compiler<'_> {
    pub(super) fn ungrouped(&self, mut id: ExprId) -> ExprId {
        while let Expr::Group(inner) = self.program.expr(id) {
            id = *inner;
        }
        id
    }

    /// The number of a field, when it is a constant.
    pub(super) fn constant_field(&self, id: ExprId) -> Option<u32> {
        let Expr::Field(number) = self.program.expr(self.ungrouped(id)) else { return None };
        match self.program.expr(self.ungrouped(*number)) {
            Expr::Number(value) if *value >= 0.0 && *value < 60_000.0 => Some(*value as u32),
            _ => None,
        }
    }

    /// Whether evaluating it changes nothing and calls nothing.
    pub(super) fn is_pure(&self, id: ExprId) -> bool {
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            match self.program.expr(id) {
                Expr::Number(_) | Expr::Text(_) | Expr::Variable(_) => {}
                Expr::Field(inner) | Expr::Group(inner) => pending.push(*inner),
                Expr::Concatenate(a, b) => pending.extend([*a, *b]),
                Expr::Arithmetic(Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply, a, b) => {
                    pending.extend([*a, *b]);
                }
                Expr::Element(array, keys) if matches!(self.program.expr(*array), Expr::Variable(_)) => {
                    pending.extend(keys);
                }
                _ => return false,
            }
        }
        true
    }

    /// Compiles an expression whose value is pushed.
    pub(super) fn value(&mut self, id: ExprId) {
        self.expr(id, true);
    }

    /// Compiles an expression for what it does only.
    pub(super) fn discarded(&mut self, id: ExprId) {
        let id = self.ungrouped(id);
        match self.program.expr(id) {
            Expr::Assign(..) | Expr::Augment(..) | Expr::Step { .. } => self.expr(id, false),
            _ => {
                self.expr(id, true);
                self.emit(Op::Pop);
            }
        }
    }

    /// Compiles an expression of which only the number counts.
    pub(super) fn number(&mut self, id: ExprId) {
        match self.constant_field(id) {
            Some(field) => self.emit(Op::FieldNumber(field)),
            None => self.value(id),
        }
    }

    /// Compiles an expression of which only the string counts.
    fn text(&mut self, id: ExprId) {
        match self.constant_field(id) {
            Some(field) => self.emit(Op::FieldText(field)),
            None => self.value(id),
        }
    }

    /// Compiles the key of an element.
    pub(super) fn key(&mut self, keys: &[ExprId]) {
        for key in keys {
            self.text(*key);
        }
        if keys.len() > 1 {
            self.emit(Op::JoinKeys(keys.len() as u32));
        }
    }

    /// Compiles an array: a variable, or an element, which is pushed.
    pub(super) fn array(&mut self, id: ExprId) -> Slot {
        match self.program.expr(self.ungrouped(id)) {
            Expr::Variable(var) => Self::slot(*var),
            Expr::Element(array, keys) => {
                let slot = self.array(*array);
                self.key(keys);
                self.emit(Op::SubArray(slot));
                Slot::Stack
            }
            // Anything else is a value, which is no array: the machine says so.
            _ => {
                self.value(id);
                Slot::Stack
            }
        }
    }

    /// Compiles what an assignment needs to know of its target.
    pub(super) fn target(&mut self, id: ExprId) -> Target {
        match self.program.expr(self.ungrouped(id)) {
            Expr::Element(array, keys) => {
                let slot = self.array(*array);
                self.key(keys);
                Target::Element(slot)
            }
            Expr::Field(number) => {
                self.number(*number);
                Target::Field
            }
            Expr::Variable(var) => Target::Variable(Self::slot(*var)),
            _ => Target::Variable(Slot::Stack),
        }
    }

    /// Compiles an expression; without `keep` its value is not pushed, where the operation can do so.
    fn expr(&mut self, id: ExprId, keep: bool) {
        let program = self.program;
        let place = program.place(id);
        self.place = place;
        match program.expr(id) {
            Expr::Number(value) => {
                let constant = self.constant(Value::Number(*value));
                self.emit(Op::Constant(constant));
            }
            Expr::Text(text) => {
                let constant = self.constant(Value::Text(text.clone()));
                self.emit(Op::Constant(constant));
            }
            Expr::Regex(source) => {
                let pattern = self.pattern(source);
                self.emit(Op::MatchRecord(pattern));
            }
            Expr::StrongRegex(source) => {
                let pattern = self.pattern(source);
                self.emit(Op::Regex(pattern));
            }
            Expr::Variable(Var::Global(number)) if *number < variables::KEPT_END => {
                self.emit(Op::Kept(*number));
            }
            Expr::Variable(Var::Global(number)) => self.emit(Op::Global(*number)),
            Expr::Variable(Var::Local(number)) => self.emit(Op::Local(*number)),
            Expr::Field(number) => match self.constant_field(id) {
                Some(field) => self.emit(Op::Field(field)),
                None => {
                    self.number(*number);
                    self.place = place;
                    self.emit(Op::FieldAt);
                }
            },
            Expr::Element(array, keys) => {
                let slot = self.array(*array);
                self.key(keys);
                self.place = place;
                self.emit(Op::Element(slot));
            }
            Expr::Assign(target, value) => self.assign(*target, *value, keep),
            Expr::Augment(operator, target, value) => self.augment(*operator, *target, *value, keep),
            Expr::Step { target, delta, old } => self.step(*target, *delta as i8, *old, keep),
            Expr::Arithmetic(..) => self.arithmetic(id),
            Expr::Concatenate(..) => {
                let parts = self.parts(id);
                for part in &parts {
                    self.text(*part);
                }
                self.emit(Op::Concatenate(parts.len() as u32));
            }
            Expr::Compare(relation, left, right) => {
                if !self.field_comparison(id) {
                    self.value(*left);
                    self.value(*right);
                    self.place = place;
                    self.emit(Op::Compare(*relation));
                }
            }
            Expr::Match { text, pattern, negated } => self.matching(*text, *pattern, *negated),
            Expr::And(..) | Expr::Or(..) => self.logical(id),
            Expr::Not(inner) => {
                self.value(*inner);
                self.emit(Op::Not);
            }
            Expr::Negate(inner) => {
                self.number(*inner);
                self.emit(Op::Negate);
            }
            Expr::Plus(inner) => {
                self.number(*inner);
                self.emit(Op::ToNumber);
            }
            Expr::Choose(condition, yes, no) => {
                let mut skips = Vec::new();
                self.condition(*condition, false, &mut skips);
                self.value(*yes);
                let end = self.emit_jump(Op::Jump(0));
                self.land_all(skips);
                self.value(*no);
                self.land(end);
            }
            Expr::In(keys, array) => {
                let slot = self.array(*array);
                self.key(keys);
                self.place = place;
                self.emit(Op::In(slot));
            }
            Expr::Group(inner) => self.expr(*inner, keep),
            Expr::Call(function, arguments) => self.call(id, *function, arguments),
            Expr::CallNamed(var, arguments) => {
                for argument in arguments {
                    self.argument(*argument, false);
                }
                self.emit(Op::CallNamed { slot: Self::slot(*var), count: arguments.len() as u32 });
            }
            Expr::Builtin(function, arguments) => self.builtin(id, *function, arguments),
            Expr::Getline { source, target } => self.getline(*source, *target),
        }
    }

    fn assign(&mut self, target: ExprId, value: ExprId, keep: bool) {
        let place = self.place;
        match self.program.expr(target) {
            Expr::Variable(var) => {
                let slot = Self::slot(*var);
                if !keep && self.append(*var, value) {
                    return;
                }
                self.value(value);
                self.place = place;
                self.emit(Op::Set(slot, keep));
            }
            Expr::Element(array, keys) => {
                self.value(value);
                let slot = self.array(*array);
                self.key(keys);
                self.place = place;
                self.emit(Op::SetElement(slot, keep));
            }
            Expr::Field(number) => {
                self.value(value);
                self.number(*number);
                self.place = place;
                self.emit(Op::SetField(keep));
            }
            _ => {}
        }
    }

    /// Compiles `s = s a b` so that it grows the string in place; says whether it is of that form.
    fn append(&mut self, var: Var, value: ExprId) -> bool {
        let is_same = |id| matches!(self.program.expr(id), Expr::Variable(other) if *other == var);
        let parts = self.parts(value);
        let plain = !matches!(var, Var::Global(number) if number < variables::HOOKED_END);
        let [first, rest @ ..] = &parts[..] else { return false };
        if rest.is_empty() || !plain || !is_same(*first) || !rest.iter().all(|part| self.is_pure(*part)) {
            return false;
        }
        for part in rest {
            self.text(*part);
        }
        self.emit(Op::Append(Self::slot(var), rest.len() as u32));
        true
    }

    fn augment(&mut self, operator: Arithmetic, target: ExprId, value: ExprId, keep: bool) {
        let place = self.place;
        if let Expr::Variable(Var::Global(number)) = self.program.expr(target)
            && *number >= variables::HOOKED_END
            && operator == Arithmetic::Add
            && !keep
        {
            let global = *number;
            if let (Some(field), Ok(global)) = (self.constant_field(value), u16::try_from(global)) {
                self.emit(Op::AddFieldToGlobal { global, field: field as u16 });
            } else {
                self.number(value);
                self.place = place;
                self.emit(Op::AddToGlobal(global));
            }
            return;
        }
        // What is on the right side is evaluated first, as gawk does it.
        self.number(value);
        let target = self.target(target);
        self.place = place;
        self.emit(Op::Augment(operator, target, keep));
    }

    fn step(&mut self, target: ExprId, delta: i8, old: bool, keep: bool) {
        let place = self.place;
        if !keep {
            match self.program.expr(target) {
                Expr::Variable(Var::Global(number)) if *number >= variables::HOOKED_END => {
                    return self.emit(Op::StepGlobal(*number, delta));
                }
                Expr::Variable(Var::Local(number)) => return self.emit(Op::StepLocal(*number, delta)),
                Expr::Element(array, keys) => {
                    if let (Expr::Variable(Var::Global(array)), [key]) =
                        (self.program.expr(*array), &keys[..])
                        && let (Ok(array), Some(field)) = (u16::try_from(*array), self.constant_field(*key))
                    {
                        let field = field as u16;
                        return self.emit(Op::StepElementOfField { array, field, delta });
                    }
                }
                _ => {}
            }
        }
        let target = self.target(target);
        self.place = place;
        self.emit(Op::Step { target, delta, old, keep });
    }

    /// Compiles a sum or product without going down on its left side by recursion.
    fn arithmetic(&mut self, id: ExprId) {
        let mut pending = Vec::new();
        let mut at = id;
        while let Expr::Arithmetic(operator, left, right) = self.program.expr(at) {
            pending.push((*operator, *right, self.program.place(at)));
            at = *left;
        }
        self.number(at);
        while let Some((operator, right, place)) = pending.pop() {
            if let Expr::Number(value) = self.program.expr(right) {
                let constant = self.constant(Value::Number(*value));
                self.place = place;
                self.emit(Op::ArithmeticWith(operator, constant));
            } else {
                self.number(right);
                self.place = place;
                self.emit(Op::Arithmetic(operator));
            }
        }
    }

    /// Compiles a comparison of a field with a constant, if it is one.
    fn field_comparison(&mut self, id: ExprId) -> bool {
        let Expr::Compare(relation, left, right) = self.program.expr(id) else { return false };
        let Some(field) = self.constant_field(*left) else { return false };
        let constant = match self.program.expr(*right) {
            Expr::Number(value) => self.constant(Value::Number(*value)),
            Expr::Text(text) => self.constant(Value::Text(text.clone())),
            _ => return false,
        };
        let Ok(constant) = u16::try_from(constant) else { return false };
        self.emit(Op::FieldCompare { relation: *relation, field: field as u16, constant });
        true
    }

    fn matching(&mut self, text: ExprId, pattern: ExprId, negated: bool) {
        let place = self.place;
        match self.program.expr(self.ungrouped(pattern)) {
            Expr::Regex(source) => {
                let number = self.pattern(source);
                match (self.constant_field(text), u16::try_from(number)) {
                    (Some(0), _) => self.emit(Op::MatchRecord(number)),
                    (Some(field), Ok(pattern)) => {
                        self.emit(Op::MatchField { field: field as u16, pattern });
                    }
                    _ => {
                        self.value(text);
                        self.emit(Op::MatchValue(number));
                    }
                }
            }
            _ => {
                self.value(text);
                self.value(pattern);
                self.place = place;
                self.emit(Op::Match);
            }
        }
        if negated {
            self.emit(Op::Not);
        }
    }

    /// Compiles `a && b && c` as a value.
    fn logical(&mut self, id: ExprId) {
        let mut skips = Vec::new();
        self.condition(id, false, &mut skips);
        let one = self.constant(Value::Number(1.0));
        self.emit(Op::Constant(one));
        let end = self.emit_jump(Op::Jump(0));
        self.land_all(skips);
        let zero = self.constant(Value::Number(0.0));
        self.emit(Op::Constant(zero));
        self.land(end);
    }

    /// Compiles a condition: jumps, which are added to `jumps`, when it turns out as `wanted`; else goes on.
    pub(super) fn condition(&mut self, id: ExprId, wanted: bool, jumps: &mut Vec<usize>) {
        let id = self.ungrouped(id);
        self.place = self.program.place(id);
        match self.program.expr(id) {
            Expr::Not(inner) => self.condition(*inner, !wanted, jumps),
            Expr::And(..) | Expr::Or(..) => self.chain(id, wanted, jumps),
            Expr::Compare(relation, left, right) => {
                let place = self.place;
                if self.field_comparison(id) {
                    jumps.push(self.emit_jump(Op::JumpIf(wanted, 0)));
                } else {
                    self.value(*left);
                    self.value(*right);
                    self.place = place;
                    jumps.push(self.emit_jump(Op::JumpCompare { relation: *relation, wanted, to: 0 }));
                }
            }
            _ => {
                self.value(id);
                jumps.push(self.emit_jump(Op::JumpIf(wanted, 0)));
            }
        }
    }

    /// Compiles `a && b && c`, or the same with `||`, as a condition.
    fn chain(&mut self, id: ExprId, wanted: bool, jumps: &mut Vec<usize>) {
        let is_and = matches!(self.program.expr(id), Expr::And(..));
        let mut terms = Vec::new();
        let mut at = id;
        loop {
            match self.program.expr(at) {
                Expr::And(left, right) if is_and => {
                    terms.push(*right);
                    at = *left;
                }
                Expr::Or(left, right) if !is_and => {
                    terms.push(*right);
                    at = *left;
                }
                _ => break,
            }
        }
        terms.push(at);
        // A term that decides against all: false of `&&`, true of `||`.
        let decisive = !is_and;
        let mut falls_through = Vec::new();
        while let Some(term) = terms.pop() {
            if wanted == decisive || terms.is_empty() {
                self.condition(term, wanted, jumps);
            } else {
                self.condition(term, decisive, &mut falls_through);
            }
        }
        self.land_all(falls_through);
    }

    /// Compiles an argument, as an array when the parameter is one.
    fn argument(&mut self, id: ExprId, is_array: bool) {
        match self.program.expr(id) {
            Expr::Variable(Var::Global(number)) if *number < variables::KEPT_END => self.value(id),
            Expr::Variable(var) => {
                let slot = Self::slot(*var);
                self.emit(if is_array { Op::ArrayArgument(slot) } else { Op::Argument(slot) });
            }
            Expr::Element(array, keys) if is_array => {
                let slot = self.array(*array);
                self.key(keys);
                self.emit(Op::SubArray(slot));
            }
            Expr::Element(array, keys) => {
                let slot = self.array(*array);
                self.key(keys);
                self.emit(Op::ElementArgument(slot));
            }
            _ => self.value(id),
        }
    }

    fn call(&mut self, id: ExprId, function: u32, arguments: &[ExprId]) {
        let place = self.program.place(id);
        for (index, argument) in arguments.iter().enumerate() {
            let params = &self.array_params[function as usize];
            let is_array = params.get(index).copied().unwrap_or(false);
            self.argument(*argument, is_array);
        }
        self.place = place;
        self.emit(Op::Call { function, count: arguments.len() as u32 });
    }

    /// Compiles a regular expression as an argument.
    fn regex(&mut self, id: ExprId) {
        match self.program.expr(self.ungrouped(id)) {
            Expr::Regex(source) | Expr::StrongRegex(source) => {
                let number = self.pattern(source);
                self.emit(Op::Regex(number));
            }
            _ => self.value(id),
        }
    }

    fn builtin(&mut self, id: ExprId, function: Function, arguments: &[ExprId]) {
        let place = self.program.place(id);
        match (function, arguments) {
            (Function::Length, []) => return self.emit(Op::LengthOfRecord),
            (Function::Length, [only]) => {
                match self.constant_field(*only) {
                    Some(0) => self.emit(Op::LengthOfRecord),
                    Some(field) => self.emit(Op::LengthOfField(field)),
                    None => {
                        self.argument(*only, false);
                        self.place = place;
                        self.emit(Op::Length);
                    }
                }
                return;
            }
            (Function::Sub | Function::Gsub, _) => return self.substitution(id, function, arguments),
            _ => {}
        }
        for (index, argument) in arguments.iter().enumerate() {
            if function.takes_array(index) {
                match self.array(*argument) {
                    Slot::Stack => {}
                    slot => self.emit(Op::Array(slot)),
                }
            } else if function.takes_regex(index) {
                self.regex(*argument);
            } else if matches!(function, Function::Isarray | Function::Typeof) {
                self.argument(*argument, false);
            } else {
                self.value(*argument);
            }
        }
        self.place = place;
        self.emit(Op::Builtin(function, arguments.len() as u32));
    }

    fn substitution(&mut self, id: ExprId, function: Function, arguments: &[ExprId]) {
        self.regex(arguments[0]);
        self.value(arguments[1]);
        let target = match arguments.get(2) {
            None => {
                let zero = self.constant(Value::Number(0.0));
                self.emit(Op::Constant(zero));
                Some(Target::Field)
            }
            Some(target) => match self.program.expr(*target) {
                Expr::Variable(_) | Expr::Field(_) | Expr::Element(..) => Some(self.target(*target)),
                _ => {
                    self.value(*target);
                    None
                }
            },
        };
        self.place = self.program.place(id);
        self.emit(Op::Substitute { global: function == Function::Gsub, target });
    }

    fn getline(&mut self, source: Source, target: Option<ExprId>) {
        let place = self.place;
        let target = target.map(|target| self.target(target));
        let source = match source {
            Source::Main => GetlineSource::Main,
            Source::File(name) => {
                self.value(name);
                GetlineSource::File
            }
            Source::Command(command) => {
                self.value(command);
                GetlineSource::Command
            }
        };
        self.place = place;
        self.emit(Op::Getline(source));
        match target {
            Some(target) => self.emit(Op::Store(target)),
            None => self.emit(Op::Store(Target::Variable(Slot::Stack))),
        }
    }
}
