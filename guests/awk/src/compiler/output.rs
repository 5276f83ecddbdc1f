//! The compiling of `print` and `printf`.

use super::Compiler;
use crate::ast::{Expr, ExprId, Redirection};
use crate::code::Op;
use crate::value::Value;

impl Compiler<'_> {
    pub(super) fn print(&mut self, args: &[ExprId], formatted: bool, to: Option<(Redirection, ExprId)>) {
        if !formatted && to.is_none() {
            let plain: Vec<ExprId> = args.iter().map(|arg| self.ungrouped(*arg)).collect();
            match plain[..] {
                [] => return self.emit(Op::PrintRecord),
                [only] => {
                    if let Some(field) = self.constant_field(only) {
                        let op = if field == 0 { Op::PrintRecord } else { Op::PrintField(field) };
                        return self.emit(op);
                    }
                }
                _ => {}
            }
            if plain.iter().all(|arg| self.is_pure(*arg)) {
                return self.print_parts(&plain);
            }
        }
        for arg in args {
            self.value(*arg);
        }
        if args.is_empty() {
            self.emit(Op::Field(0));
        }
        if let Some((_, name)) = to {
            self.value(name);
        }
        let (count, to) = (args.len().max(1) as u32, to.map(|(redirection, _)| redirection));
        self.emit(if formatted { Op::Printf(count, to) } else { Op::Print(count, to) });
    }

    /// Writes the arguments one after another, without making values of fields and of concatenations.
    fn print_parts(&mut self, args: &[ExprId]) {
        for (index, arg) in args.iter().enumerate() {
            if index > 0 {
                self.emit(Op::OutSeparator);
            }
            let parts = self.parts(*arg);
            let whole = parts.len() == 1;
            for part in parts {
                self.part(part, whole);
            }
        }
        self.emit(Op::OutEnd);
    }

    fn part(&mut self, part: ExprId, whole: bool) {
        if let Some(field) = self.constant_field(part) {
            self.emit(Op::OutField(field));
        } else if let Expr::Text(text) = self.program.expr(part) {
            let constant = self.constant(Value::Text(text.clone()));
            self.emit(Op::OutConstant(constant));
        } else {
            self.value(part);
            self.emit(Op::OutValue(whole));
        }
    }

    /// The operands of a concatenation of concatenations.
    pub(super) fn parts(&self, expr: ExprId) -> Vec<ExprId> {
        let mut parts = Vec::new();
        let mut at = self.ungrouped(expr);
        while let Expr::Concatenate(left, right) = self.program.expr(at) {
            parts.push(*right);
            at = *left;
        }
        parts.push(at);
        parts.reverse();
        parts
    }
}
