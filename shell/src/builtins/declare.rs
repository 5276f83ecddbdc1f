//! `declare typeset local export readonly`: attributes and values of variables.

use std::sync::Arc;

use bstr::{BStr, BString};

use super::flags::Flags;
use crate::exec::{Call, Outcome, Shell};
use crate::expand::{ArrayLiteral, AssignError, Target};
use crate::state::{Associative, Attributes, ShoptOption, State, Value, Variable, is_name};
use crate::syntax::Parser;

/// What a declaration makes of a variable.
#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    on: Attributes,
    off: Attributes,
    indexed: bool,
    associative: bool,
    no_array: bool,
    /// In the scope of the running function.
    local: bool,
    /// Below every function.
    global: bool,
}

impl Wish {
    fn of(flags: &Flags) -> Wish {
        let mut wish = Wish::default();
        for (letter, on) in flags.iter() {
            let attributes = if on { &mut wish.on } else { &mut wish.off };
            match letter {
                b'x' => attributes.export = true,
                b'r' => attributes.readonly = true,
                b'i' => attributes.integer = true,
                b'l' => attributes.lower = true,
                b'u' => attributes.upper = true,
                b'c' => attributes.capital = true,
                b'n' => attributes.nameref = true,
                b't' => attributes.trace = true,
                b'a' if on => wish.indexed = true,
                b'A' if on => wish.associative = true,
                b'a' | b'A' => wish.no_array = true,
                b'g' => wish.global = true,
                _ => {}
            }
        }
        if wish.on.lower && wish.on.upper {
            (wish.on.lower, wish.on.upper) = (false, false);
        }
        wish
    }
}

/// An operand of a declaration, taken apart.
struct Operand {
    target: Target,
    append: bool,
    value: Option<Given>,
}

enum Given {
    Text(BString),
    List(ArrayLiteral),
}

/// Takes `name`, `name=value`, `name+=value`, `name[subscript]=value` apart; absent when it is none of them.
fn parse_operand(word: &[u8], literal: Option<ArrayLiteral>) -> Option<Operand> {
    let name_end = word.iter().position(|byte| matches!(byte, b'=' | b'+' | b'[')).unwrap_or(word.len());
    let mut end = name_end;
    if word.get(end) == Some(&b'[') {
        let rest = word.get(end..)?;
        let close = rest
            .windows(2)
            .position(|two| two == b"]=" || two == b"]+")
            .or_else(|| rest.ends_with(b"]").then(|| rest.len() - 1))?;
        end += close + 1;
    }
    let target = Target::parse(word.get(..end)?)?;
    let rest = word.get(end..)?;
    let (append, value) = match rest {
        [] => return Some(Operand { target, append: false, value: None }),
        [b'=', value @ ..] => (false, value),
        [b'+', b'=', value @ ..] => (true, value),
        _ => return None,
    };
    let value = match literal {
        Some(literal) => Given::List(literal),
        None => Given::Text(value.into()),
    };
    Some(Operand { target, append, value: Some(value) })
}

fn literal_at(call: &mut Call, index: usize) -> Option<ArrayLiteral> {
    let at = call.arrays.iter().position(|(known, _)| *known == index)?;
    Some(call.arrays.swap_remove(at).1)
}

/// `declare` and `typeset`
pub(crate) async fn declare(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags_with_plus(&call.argv, "aAcfFgiIlnprtux").await else { return Ok(2) };
    if flags.has(b'f') || flags.has(b'F') {
        return declare_functions(shell, call, &flags).await;
    }
    let mut wish = Wish::of(&flags);
    if flags.has(b'p') && call.argv.len() > flags.operands {
        return print_named(shell, call, &flags).await;
    }
    if call.argv.len() == flags.operands {
        let out = if flags.has(b'p') || flags.iter().next().is_some() {
            shell.declared_lines(&flags, false)
        } else {
            shell.set_lines()
        };
        return Ok(shell.write_out("declare", &out).await);
    }
    wish.local = shell.state.in_function() && !wish.global;
    declare_operands(shell, call, &flags, wish, flags.has(b'I')).await
}

/// `local`
pub(crate) async fn local(shell: &mut Shell, call: &mut Call) -> Outcome {
    if !shell.state.in_function() {
        shell.complain("local: can only be used in a function").await;
        return Ok(1);
    }
    let Some(flags) = shell.flags_with_plus(&call.argv, "aAcIilnprtux").await else { return Ok(2) };
    let mut wish = Wish::of(&flags);
    wish.local = true;
    if call.argv.len() == flags.operands {
        let out = shell.declared_lines(&flags, true);
        return Ok(shell.write_out("local", &out).await);
    }
    if call.argv.get(flags.operands).is_some_and(|word| word == "-") {
        shell.state.keep_options();
        return Ok(0);
    }
    declare_operands(shell, call, &flags, wish, flags.has(b'I')).await
}

/// `export`
pub(crate) async fn export(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "fnp").await else { return Ok(2) };
    let on = !flags.has(b'n');
    if flags.has(b'f') {
        return mark_functions(shell, call, &flags, |function| function.export = on).await;
    }
    if call.argv.len() == flags.operands {
        let out = shell.attribute_lines(|attributes| attributes.export);
        return Ok(shell.write_out("export", &out).await);
    }
    let mut wish = Wish::default();
    if on {
        wish.on.export = true
    } else {
        wish.off.export = true
    }
    declare_operands(shell, call, &flags, wish, false).await
}

/// `readonly`
pub(crate) async fn readonly(shell: &mut Shell, call: &mut Call) -> Outcome {
    let Some(flags) = shell.flags(&call.argv, "aAfp").await else { return Ok(2) };
    if flags.has(b'f') {
        return mark_functions(shell, call, &flags, |function| function.readonly = true).await;
    }
    if call.argv.len() == flags.operands {
        let out = shell.attribute_lines(|attributes| attributes.readonly);
        return Ok(shell.write_out("readonly", &out).await);
    }
    let mut wish = Wish { indexed: flags.has(b'a'), associative: flags.has(b'A'), ..Wish::default() };
    wish.on.readonly = true;
    declare_operands(shell, call, &flags, wish, false).await
}

async fn declare_operands(
    shell: &mut Shell,
    call: &mut Call,
    flags: &Flags,
    wish: Wish,
    inherit: bool,
) -> Outcome {
    let name = call.argv.first().map(ToString::to_string).unwrap_or_default();
    let mut status = 0;
    for index in flags.operands..call.argv.len() {
        let literal = literal_at(call, index);
        let Some(word) = call.argv.get(index) else { break };
        let literal = match literal {
            Some(literal) => Some(literal),
            None => literal_in_text(shell, word, wish).await,
        };
        let Some(operand) = parse_operand(word, literal) else {
            let mut message = BString::from(name.as_str());
            message.extend_from_slice(b": `");
            message.extend_from_slice(word);
            message.extend_from_slice(b"': not a valid identifier");
            shell.complain(&message).await;
            status = 1;
            continue;
        };
        if operand.target.subscript.is_some() && matches!(name.as_str(), "export" | "readonly") {
            let mut message = BString::from(name.as_str());
            message.extend_from_slice(b": `");
            message.extend_from_slice(word);
            message.extend_from_slice(b"': not a valid identifier");
            shell.complain(&message).await;
            status = 1;
            continue;
        }
        if let Err(error) = shell.state.declare(operand, wish, inherit) {
            let text = match &error {
                AssignError::Readonly(_) | AssignError::Arithmetic(_)
                    if name != "declare" && name != "local" && name != "typeset" =>
                {
                    error.to_string()
                }
                _ => format!("{name}: {error}"),
            };
            shell.complain(&text).await;
            status = 1;
        }
    }
    Ok(status)
}

/// `declare -a "x=(1 2)"`: an array literal that came out of an expansion.
async fn literal_in_text(shell: &mut Shell, word: &[u8], wish: Wish) -> Option<ArrayLiteral> {
    let at = word.iter().position(|byte| *byte == b'=')?;
    let (name, value) = (word.get(..at)?, word.get(at + 1..)?);
    let array =
        wish.indexed || wish.associative || shell.state.variables.get(name).is_some_and(Variable::is_array);
    if !array || !value.starts_with(b"(") || !value.ends_with(b")") {
        return None;
    }
    let elements = Parser::parse_array_literal(BStr::new(value)).ok()?;
    Box::pin(shell.expand_array(name, &elements)).await.ok()
}

impl State {
    fn declare(&mut self, operand: Operand, wish: Wish, inherit: bool) -> Result<(), AssignError> {
        let mut target = operand.target;
        if !wish.local
            && !wish.global
            && !wish.on.nameref
            && !wish.off.nameref
            && self.variables.is_nameref(&target.name)
        {
            let referred = self.referred(&target.name)?;
            target = Target { name: referred.name, subscript: target.subscript.or(referred.subscript) };
        }
        let name = target.name.clone();
        if wish.local {
            self.declare_local(&name, inherit)?;
        }
        let had_value = operand.value.is_some();
        let variable = if wish.global { self.variables.global(&name) } else { self.variables.entry(&name) };
        let readonly = variable.attributes.readonly;
        if readonly
            && (had_value
                || wish.off.readonly
                || wish.on.integer
                || wish.indexed != wish.associative && !variable.is_array())
        {
            return Err(AssignError::Readonly(name));
        }
        match &variable.value {
            Value::Indexed(_) if wish.associative => {
                return Err(AssignError::Conversion(name, "indexed to associative"));
            }
            Value::Associative(_) if wish.indexed => {
                return Err(AssignError::Conversion(name, "associative to indexed"));
            }
            _ => {}
        }
        shape_kind(variable, wish, target.subscript.is_some(), matches!(operand.value, Some(Given::List(_))));
        let before = variable.attributes;
        variable.attributes = changed(before, wish);
        variable.attributes.readonly = before.readonly;
        if wish.on.nameref {
            return self.declare_nameref(&name, operand.value);
        }
        if wish.global && self.variables.function_scope() > 0 {
            return self.assign_global(&target, operand.value, operand.append, wish);
        }
        match operand.value {
            None => {}
            Some(Given::Text(text)) => State::assign(self, &target, text, operand.append)?,
            Some(Given::List(literal)) => match &target.subscript {
                None => self.assign_array(&name, literal, operand.append)?,
                Some(subscript) => {
                    return Err(AssignError::ListToElement(crate::expand::element_name(&name, subscript)));
                }
            },
        }
        self.variables.entry(&name).attributes.readonly |= wish.on.readonly;
        Ok(())
    }

    /// Makes a name local to the running function, without a value unless it inherits one.
    fn declare_local(&mut self, name: &[u8], inherit: bool) -> Result<(), AssignError> {
        let scope = self.variables.function_scope();
        if self.variables.is_local(name, scope) {
            return Ok(());
        }
        let old = self.variables.get(name).cloned();
        if old.as_ref().is_some_and(|old| old.attributes.readonly) {
            return Err(AssignError::Readonly(name.into()));
        }
        let inherit = inherit || self.options.shopt(ShoptOption::LocalvarInherit);
        // A variable that stands before the call (`x=1 f`) is what `local x` begins with, and is one with it.
        if self.variables.adopt(name, scope) {
            return Ok(());
        }
        let fresh = match old {
            Some(old) if inherit => old,
            _ => Variable::default(),
        };
        *self.variables.declare(name, scope) = fresh;
        Ok(())
    }

    fn declare_nameref(&mut self, name: &[u8], value: Option<Given>) -> Result<(), AssignError> {
        match value {
            Some(Given::Text(text)) => {
                if !text.is_empty() && Target::parse(&text).is_none() {
                    self.variables.entry(name).attributes.nameref = false;
                    return Err(AssignError::NotIdentifier(text));
                }
                if text == name {
                    self.variables.entry(name).attributes.nameref = false;
                    return Err(AssignError::SelfReference(text));
                }
                self.variables.entry(name).value = Value::Scalar(text);
            }
            Some(Given::List(_)) => return Err(AssignError::NotIdentifier(name.into())),
            None => {}
        }
        Ok(())
    }

    /// `declare -g` within a function: the assignment goes below the locals of that name.
    fn assign_global(
        &mut self,
        target: &Target,
        value: Option<Given>,
        append: bool,
        wish: Wish,
    ) -> Result<(), AssignError> {
        let hidden = std::mem::take(self.variables.global(&target.name));
        let shown = std::mem::replace(self.variables.entry(&target.name), hidden);
        let is_local = self.variables.is_hidden(&target.name);
        let result = match value {
            None => Ok(()),
            Some(Given::Text(text)) => State::assign(self, target, text, append),
            Some(Given::List(literal)) => self.assign_array(&target.name, literal, append),
        };
        self.variables.entry(&target.name).attributes.readonly |= wish.on.readonly;
        if is_local {
            let changed = std::mem::replace(self.variables.entry(&target.name), shown);
            *self.variables.global(&target.name) = changed;
        }
        result
    }
}

fn changed(before: Attributes, wish: Wish) -> Attributes {
    let mut after = Attributes {
        export: (before.export || wish.on.export) && !wish.off.export,
        readonly: before.readonly || wish.on.readonly,
        integer: (before.integer || wish.on.integer) && !wish.off.integer,
        lower: (before.lower || wish.on.lower) && !wish.off.lower,
        upper: (before.upper || wish.on.upper) && !wish.off.upper,
        capital: (before.capital || wish.on.capital) && !wish.off.capital,
        nameref: (before.nameref || wish.on.nameref) && !wish.off.nameref,
        trace: (before.trace || wish.on.trace) && !wish.off.trace,
    };
    if wish.on.lower {
        (after.upper, after.capital) = (false, false);
    }
    if wish.on.upper {
        (after.lower, after.capital) = (false, false);
    }
    after
}

/// Makes an array of a variable that is to be one.
fn shape_kind(variable: &mut Variable, wish: Wish, element: bool, list: bool) {
    let old = match &variable.value {
        Value::Indexed(_) | Value::Associative(_) | Value::Dynamic(_) => return,
        Value::Scalar(text) => Some(text.clone()),
        Value::Unset => None,
    };
    if wish.associative {
        let mut pairs = Associative::default();
        variable.declared_only = old.is_none();
        if let Some(old) = old {
            pairs.insert("0".into(), old);
        }
        variable.value = Value::Associative(Arc::new(pairs));
    } else if wish.indexed || (list && !wish.no_array) || element {
        variable.declared_only = old.is_none();
        variable.value = Value::Indexed(Arc::new(old.into_iter().map(|old| (0, old)).collect()));
    }
}

async fn declare_functions(shell: &mut Shell, call: &Call, flags: &Flags) -> Outcome {
    let names = call.argv.get(flags.operands..).unwrap_or_default();
    let mut out = BString::default();
    if names.is_empty() {
        for (name, function) in shell.state.functions.iter() {
            if flags.has(b'F') {
                out.extend_from_slice(b"declare -f");
                out.extend_from_slice(if function.export { b"x" } else { b"" });
                out.push(b' ');
                out.extend_from_slice(name);
                out.push(b'\n');
            } else {
                out.extend_from_slice(&crate::exec::function_source(&function.definition));
            }
        }
        return Ok(shell.write_out("declare", &out).await);
    }
    if flags.has(b'x') || flags.has(b'r') || flags.has(b't') {
        let (export, readonly, trace) = (flags.has(b'x'), flags.has(b'r'), flags.has(b't'));
        return mark_functions(shell, call, flags, |function| {
            function.export |= export;
            function.readonly |= readonly;
            function.trace |= trace;
        })
        .await;
    }
    let mut status = 0;
    for name in names {
        match shell.state.functions.get(name) {
            None => status = 1,
            Some(_) if flags.has(b'F') => {
                out.extend_from_slice(name);
                out.push(b'\n');
            }
            Some(function) => out.extend_from_slice(&crate::exec::function_source(&function.definition)),
        }
    }
    shell.write_out("declare", &out).await;
    Ok(status)
}

async fn mark_functions(
    shell: &mut Shell,
    call: &Call,
    flags: &Flags,
    mark: impl Fn(&mut crate::state::Function),
) -> Outcome {
    let mut status = 0;
    for name in call.argv.get(flags.operands..).unwrap_or_default() {
        match Arc::make_mut(&mut shell.state.functions).get_mut(name) {
            Some(function) => mark(function),
            None => {
                let builtin = call.argv.first().map(ToString::to_string).unwrap_or_default();
                shell.complain_in(&builtin, name, "not a function").await;
                status = 1;
            }
        }
    }
    Ok(status)
}

async fn print_named(shell: &mut Shell, call: &Call, flags: &Flags) -> Outcome {
    let mut status = 0;
    for name in call.argv.get(flags.operands..).unwrap_or_default() {
        match shell.declared_line(name) {
            Some(line) if is_name(name) => status = shell.write_out("declare", &line).await.max(status),
            _ => {
                shell.complain_in("declare", name, "not found").await;
                status = 1;
            }
        }
    }
    Ok(status)
}
