//! How variables are listed: `declare -p`, `set`, `export -p`.

use bstr::{BStr, BString, ByteSlice};

use super::flags::Flags;
use crate::exec::Shell;
use crate::expand::{array_text, declare_value, set_value};
use crate::state::{Attributes, Value, Variable};

impl Shell {
    /// `declare -x NAME="value"`, for one variable; absent when there is none of that name.
    pub(crate) fn declared_line(&mut self, name: &[u8]) -> Option<BString> {
        let computed = match self.state.variables.get(name)?.value {
            Value::Dynamic(dynamic) => self.state.compute(dynamic),
            _ => None,
        };
        let variable = self.state.variables.get(name)?;
        Some(match computed {
            Some(text) => line(BStr::new(name), &Variable { value: Value::Scalar(text), ..variable.clone() }),
            None => line(BStr::new(name), variable),
        })
    }

    /// Every variable with the attributes that were asked for, as `declare -p` writes them.
    pub(crate) fn declared_lines(&self, flags: &Flags, locals_only: bool) -> BString {
        let mut out = BString::default();
        let locals = locals_only.then(|| self.state.variables.locals());
        for (name, variable) in self.state.variables.sorted() {
            let wanted = match &locals {
                Some(locals) => locals.iter().any(|local| local == name),
                None => !matches!(variable.value, Value::Dynamic(_)),
            };
            if wanted && fits(variable, flags) {
                out.extend_from_slice(&line(name, variable));
            }
        }
        out
    }

    /// Every variable with an attribute, in POSIX mode as a command of the builtin that gives it.
    pub(crate) fn attribute_lines(&self, builtin: &str, wanted: impl Fn(&Attributes) -> bool) -> BString {
        let mut out = BString::default();
        let posix = self.state.options.on(crate::state::SetOption::Posix);
        for (name, variable) in self.state.variables.sorted() {
            if wanted(&variable.attributes) {
                let declared = line(name, variable);
                match declared.splitn_str(3, " ").nth(2).filter(|_| posix && !variable.is_array()) {
                    Some(rest) => out.extend_from_slice(&bstr::join(" ", [builtin.as_bytes(), rest])),
                    None => out.extend_from_slice(&declared),
                }
            }
        }
        out
    }

    /// `name=value` of every variable that is set, then the functions: `set` without arguments.
    pub(crate) fn set_lines(&self) -> BString {
        let mut out = BString::default();
        for (name, variable) in self.state.variables.sorted() {
            let value = match &variable.value {
                Value::Unset | Value::Dynamic(_) => continue,
                Value::Scalar(text) => set_value(text),
                Value::Indexed(_) | Value::Associative(_) if variable.declared_only => continue,
                Value::Indexed(_) | Value::Associative(_) => array_text(variable),
            };
            out.extend_from_slice(name);
            out.push(b'=');
            out.extend_from_slice(&value);
            out.push(b'\n');
        }
        if !self.state.options.on(crate::state::SetOption::Posix) {
            for function in self.state.functions.values() {
                out.extend_from_slice(&crate::exec::function_source(&function.definition));
            }
        }
        out
    }
}

fn fits(variable: &Variable, flags: &Flags) -> bool {
    let is = variable.attributes;
    flags.iter().all(|(letter, _)| match letter {
        b'x' => is.export,
        b'r' => is.readonly,
        b'i' => is.integer,
        b'l' => is.lower,
        b'u' => is.upper,
        b'n' => is.nameref,
        b't' => is.trace,
        b'a' => matches!(variable.value, Value::Indexed(_)),
        b'A' => matches!(variable.value, Value::Associative(_)),
        _ => true,
    })
}

fn line(name: &BStr, variable: &Variable) -> BString {
    let letters = variable.attribute_letters();
    let letters = if letters.is_empty() { "-".to_owned() } else { letters };
    let mut out = BString::from(format!("declare -{letters} "));
    out.extend_from_slice(name);
    match &variable.value {
        Value::Unset | Value::Dynamic(_) => {}
        Value::Indexed(_) | Value::Associative(_) if variable.declared_only => {}
        Value::Scalar(text) => {
            out.push(b'=');
            out.extend_from_slice(&declare_value(text));
        }
        Value::Indexed(_) | Value::Associative(_) => {
            out.push(b'=');
            out.extend_from_slice(&array_text(variable));
        }
    }
    out.push(b'\n');
    out
}
