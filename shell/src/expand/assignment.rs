//! Assigning to variables: attributes, subscripts, namerefs, and why an assignment is refused.

use std::fmt;
use std::sync::Arc;

use bstr::BString;

use super::arithmetic::{self, ArithmeticError, ArithmeticVariables};
use super::array::Key;
use crate::state::{Attributes, SetOption, State, Value, Variable, is_name};

/// The largest index of an indexed array, and the most elements anything may have.
const INDEX_MAX: i64 = i64::MAX;

/// What is assigned to: a variable or an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The variable.
    pub(crate) name: BString,
    /// The text between brackets, after expansion.
    pub(crate) subscript: Option<BString>,
}

impl Target {
    /// A plain variable.
    pub(crate) fn variable(name: impl Into<BString>) -> Target {
        Target { name: name.into(), subscript: None }
    }

    /// Takes `name` or `name[subscript]` apart; absent when it is neither.
    pub(crate) fn parse(text: &[u8]) -> Option<Target> {
        let Some(open) = text.iter().position(|byte| *byte == b'[') else {
            return is_name(text).then(|| Target::variable(text));
        };
        let (name, rest) = text.split_at(open);
        let subscript = rest.strip_prefix(b"[")?.strip_suffix(b"]")?;
        (is_name(name) && !subscript.is_empty())
            .then(|| Target { name: name.into(), subscript: Some(subscript.into()) })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subscript {
            Some(subscript) => write!(f, "{}[{subscript}]", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

/// Why an assignment is refused. Displays in bash's words.
#[derive(Clone, Debug)]
pub(crate) enum AssignError {
    /// `x: readonly variable`
    Readonly(BString),
    /// `a[-5]: bad array subscript`
    BadSubscript(BString),
    /// An integer's value is no expression.
    Arithmetic(ArithmeticError),
    /// An index is no expression.
    Subscript(ArithmeticError),
    /// `x: circular name reference`
    Circular(BString),
    /// A nameref's value is no name.
    NotIdentifier(BString),
    /// What a nameref is to refer to is no name.
    NotReference(BString),
    /// A list to an element.
    ListToElement(BString),
    /// `m=([k]=v x)` of an associative array.
    NeedsSubscript(BString, BString),
    /// An array of one kind cannot become one of the other.
    Conversion(BString, &'static str),
    /// `unset x[1]` of what is no array.
    NotArray(BString),
    /// `declare +a` of an array.
    Destroyed(BString),
    /// A nameref to itself.
    SelfReference(BString),
    /// More bytes than a value may have.
    TooLong(usize),
}

/// The most bytes a value may have: a script that doubles a string ends in an error and not in the host's memory.
pub(crate) const VALUE_BYTES_MAX: usize = 1 << 28;

fn check_length(old: usize, more: &[u8]) -> Result<(), AssignError> {
    let bytes = old.saturating_add(more.len());
    if bytes > VALUE_BYTES_MAX { Err(AssignError::TooLong(bytes)) } else { Ok(()) }
}

impl fmt::Display for AssignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AssignError::Readonly(name) => write!(f, "{name}: readonly variable"),
            AssignError::BadSubscript(what) => write!(f, "{what}: bad array subscript"),
            AssignError::Arithmetic(error) | AssignError::Subscript(error) => write!(f, "{error}"),
            AssignError::Circular(name) => write!(f, "warning: {name}: circular name reference"),
            AssignError::NotReference(name) => {
                write!(f, "`{name}': invalid variable name for name reference")
            }
            AssignError::NotIdentifier(name) => write!(f, "`{name}': not a valid identifier"),
            AssignError::NeedsSubscript(name, value) => {
                write!(f, "{name}: {value}: must use subscript when assigning associative array")
            }
            AssignError::Conversion(name, how) => write!(f, "{name}: cannot convert {how} array"),
            AssignError::NotArray(name) => write!(f, "{name}: not an array variable"),
            AssignError::Destroyed(name) => write!(f, "{name}: cannot destroy array variables in this way"),
            AssignError::SelfReference(name) => {
                write!(f, "{name}: nameref variable self references not allowed")
            }
            AssignError::ListToElement(what) => write!(f, "{what}: cannot assign list to array member"),
            AssignError::TooLong(bytes) => write!(f, "xrealloc: cannot allocate {bytes} bytes"),
        }
    }
}

impl AssignError {
    /// Does it abandon everything that runs, and not only the command?
    pub(crate) fn abandons(&self) -> bool {
        matches!(self, AssignError::Arithmetic(_) | AssignError::Subscript(_))
    }
}

impl From<AssignError> for ArithmeticError {
    fn from(error: AssignError) -> ArithmeticError {
        match error {
            AssignError::Readonly(name) => ArithmeticError::Readonly(name),
            AssignError::BadSubscript(what) => ArithmeticError::BadSubscript(what),
            AssignError::Arithmetic(error) => error,
            AssignError::Subscript(error @ ArithmeticError::Expression { .. }) => {
                ArithmeticError::Subscript(Box::new(error))
            }
            AssignError::Subscript(error) => error,
            AssignError::TooLong(bytes) => ArithmeticError::NotIdentifier(bytes.to_string().into()),
            AssignError::Circular(name)
            | AssignError::NotIdentifier(name)
            | AssignError::NotReference(name)
            | AssignError::ListToElement(name)
            | AssignError::NeedsSubscript(name, _)
            | AssignError::Conversion(name, _)
            | AssignError::NotArray(name)
            | AssignError::Destroyed(name)
            | AssignError::SelfReference(name) => ArithmeticError::NotIdentifier(name),
        }
    }
}

/// As many remarks on one expression are kept.
const REMARKS_MAX: usize = 100;

impl ArithmeticVariables for State {
    fn value(&mut self, name: &[u8], subscript: Option<&[u8]>) -> Result<Option<BString>, ArithmeticError> {
        let associative = self.is_associative(name);
        let expanded = match subscript {
            Some(text) if !associative => self.expanded_subscript(text)?,
            _ => None,
        };
        let subscript = subscript.map(|text| if associative { unquote_key(text) } else { text });
        let subscript = expanded.as_ref().map(|text| text.as_slice()).or(subscript);
        let found = match self.lookup(name, subscript) {
            // bash remarks on an index before the first and goes on with nothing.
            Err(AssignError::BadSubscript(_)) => {
                self.remark(&ArithmeticError::BadSubscript(name.into()));
                return Ok(None);
            }
            found => found.map_err(ArithmeticError::from)?,
        };
        // An array that is set answers for all its elements: counting in one needs no first value.
        if found.is_none() && self.options.on(SetOption::Nounset) && !self.is_set_as_a_whole(name) {
            return Err(ArithmeticError::Unbound(name.into()));
        }
        Ok(found)
    }

    fn assign(&mut self, name: &[u8], subscript: Option<&[u8]>, value: i64) -> Result<(), ArithmeticError> {
        let text = BString::from(value.to_string());
        let expanded = match subscript {
            Some(text) if !self.is_associative(name) => self.expanded_subscript(text)?,
            _ => None,
        };
        let subscript = expanded.as_ref().map(|text| text.as_slice()).or(subscript);
        self.arithmetic_writes = self.arithmetic_writes.wrapping_add(1);
        match subscript {
            None => self.assign_text(name, text, false).map_err(ArithmeticError::from),
            Some(subscript) => {
                let subscript = if self.is_associative(name) { unquote_key(subscript) } else { subscript };
                let target = Target { name: name.into(), subscript: Some(subscript.into()) };
                match State::assign(self, &target, text, false) {
                    Err(AssignError::BadSubscript(what)) => {
                        self.remark(&ArithmeticError::BadSubscript(what));
                        Ok(())
                    }
                    result => result.map_err(ArithmeticError::from),
                }
            }
        }
    }

    fn index(&mut self, name: &[u8], subscript: &[u8]) -> Result<Option<i64>, ArithmeticError> {
        let expanded = if self.is_associative(name) { None } else { self.expanded_subscript(subscript)? };
        let subscript = expanded.as_ref().map_or(subscript, |text| text.as_slice());
        match self.key(name, subscript) {
            Ok(Key::Index(index)) => Ok(Some(index)),
            // One outside of the array is remarked on when it is read, and when it is assigned.
            Ok(Key::Text(_)) | Err(AssignError::BadSubscript(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    #[allow(clippy::misnamed_getters, reason = "the state has another depth, that of calls")]
    fn depth(&self) -> u32 {
        self.arithmetic_depth
    }

    fn set_depth(&mut self, depth: u32) {
        self.arithmetic_depth = depth;
    }
}

impl State {
    /// Keeps what bash says by the way while it evaluates an expression.
    fn remark(&mut self, error: &ArithmeticError) {
        if self.arithmetic_remarks.len() < REMARKS_MAX {
            self.arithmetic_remarks.push(error.to_string().into());
        }
    }

    /// What the expansions in a subscript came to, if there are any: see [`Shell::evaluate_text`].
    ///
    /// [`Shell::evaluate_text`]: crate::exec::Shell::evaluate_text
    fn expanded_subscript(&self, raw: &[u8]) -> Result<Option<BString>, ArithmeticError> {
        if !raw.iter().any(|byte| matches!(byte, b'$' | b'`')) {
            return Ok(None);
        }
        match self.expanded_subscripts.iter().find(|(known, _)| known == raw) {
            Some((_, text)) => Ok(Some(text.clone())),
            None => Err(ArithmeticError::NeedsExpansion(raw.into())),
        }
    }

    /// The value of an expression.
    pub(crate) fn evaluate(&mut self, text: &[u8]) -> Result<i64, ArithmeticError> {
        arithmetic::evaluate(text, self)
    }

    /// The value of a variable or an element, computed ones too; namerefs are followed.
    pub(crate) fn lookup(
        &mut self,
        name: &[u8],
        subscript: Option<&[u8]>,
    ) -> Result<Option<BString>, AssignError> {
        if subscript.is_none()
            && let Some(variable) = self.variables.get(name)
            && !variable.attributes.nameref
        {
            return Ok(match variable.value {
                Value::Dynamic(dynamic) => self.compute(dynamic),
                _ => variable.text().map(ToOwned::to_owned),
            });
        }
        if self.variables.is_nameref(name) {
            let target = self.referred(name)?;
            let subscript = subscript.or(target.subscript.as_ref().map(|text| text.as_slice()));
            return self.lookup_direct(&target.name, subscript);
        }
        self.lookup_direct(name, subscript)
    }

    fn lookup_direct(
        &mut self,
        name: &[u8],
        subscript: Option<&[u8]>,
    ) -> Result<Option<BString>, AssignError> {
        let Some(variable) = self.variables.get(name) else {
            // An unset array's subscript is still evaluated: it may have side effects.
            if let Some(subscript) = subscript {
                self.key(name, subscript)?;
            }
            return Ok(None);
        };
        let Some(subscript) = subscript else {
            return Ok(match variable.value {
                Value::Dynamic(dynamic) => self.compute(dynamic),
                _ => variable.text().map(ToOwned::to_owned),
            });
        };
        if let Value::Dynamic(dynamic) = variable.value {
            let elements = self.compute_elements(dynamic);
            let index = self.evaluate(subscript).map_err(AssignError::Subscript)?;
            return Ok(usize::try_from(index).ok().and_then(|index| elements.get(index)).cloned());
        }
        let key = self.key(name, subscript)?;
        if matches!(&key, Key::Text(text) if text.is_empty()) {
            return Err(AssignError::BadSubscript(super::element_name(name, subscript)));
        }
        let Some(variable) = self.variables.get(name) else { return Ok(None) };
        Ok(match (&variable.value, &key) {
            (Value::Indexed(elements), Key::Index(index)) => elements.get(index).cloned(),
            (Value::Associative(pairs), Key::Text(key)) => pairs.get(key).map(ToOwned::to_owned),
            (Value::Scalar(text), Key::Index(0)) => Some(text.clone()),
            _ => None,
        })
    }

    /// What a nameref refers to.
    pub(crate) fn referred(&self, name: &[u8]) -> Result<Target, AssignError> {
        let Some(target) = self.variables.follow(name) else {
            return Err(AssignError::Circular(name.into()));
        };
        match Target::parse(&target) {
            Some(target) => Ok(target),
            None => Err(AssignError::NotIdentifier(target)),
        }
    }

    /// What a subscript means for a variable: a string for an associative array, else an index.
    pub(crate) fn key(&mut self, name: &[u8], subscript: &[u8]) -> Result<Key, AssignError> {
        let last = match self.variables.get(name).map(|variable| &variable.value) {
            Some(Value::Associative(_)) => return Ok(Key::Text(subscript.into())),
            Some(Value::Indexed(elements)) => elements.keys().next_back().copied().unwrap_or(-1),
            Some(Value::Scalar(_)) => 0,
            Some(Value::Unset | Value::Dynamic(_)) | None => -1,
        };
        let index = self.evaluate(subscript).map_err(AssignError::Subscript)?;
        let index = if index < 0 { index.saturating_add(last).saturating_add(1) } else { index };
        if !(0..=INDEX_MAX).contains(&index) {
            let mut what = BString::from(name);
            what.push(b'[');
            what.extend_from_slice(subscript);
            what.push(b']');
            return Err(AssignError::BadSubscript(what));
        }
        Ok(Key::Index(index))
    }

    /// Assigns a text to a variable or an element.
    pub(crate) fn assign(&mut self, target: &Target, text: BString, append: bool) -> Result<(), AssignError> {
        match &target.subscript {
            None => self.assign_text(&target.name, text, append),
            Some(subscript) => {
                let name = if self.variables.is_nameref(&target.name) {
                    self.referred(&target.name)?.name
                } else {
                    target.name.clone()
                };
                self.check_writable(&name)?;
                let key = self.key(&name, subscript)?;
                self.assign_element(&name, key, text, append)
            }
        }
    }

    /// Assigns a text to a variable; an array's element 0.
    pub(crate) fn assign_text(
        &mut self,
        name: &[u8],
        text: BString,
        append: bool,
    ) -> Result<(), AssignError> {
        check_length(0, &text)?;
        self.memory.grow(text.len());
        if !append
            && let Some(variable) = self.variables.get_mut(name)
            && variable.attributes == Attributes::default()
            && let Value::Scalar(old) = &mut variable.value
        {
            *old = text;
            return self.note_assignment(name);
        }
        if self.variables.is_nameref(name) && self.variables.text(name).is_some_and(|text| !text.is_empty()) {
            let target = self.referred(name)?;
            if target.name != name {
                return self.assign(&target, text, append);
            }
        }
        self.check_writable(name)?;
        match self.variables.get(name).map(|variable| &variable.value) {
            Some(Value::Indexed(_)) => return self.assign_element(name, Key::Index(0), text, append),
            Some(Value::Associative(_)) => {
                return self.assign_element(name, Key::Text("0".into()), text, append);
            }
            Some(Value::Dynamic(dynamic)) => {
                let dynamic = *dynamic;
                self.assign_dynamic(dynamic, &text);
                return Ok(());
            }
            Some(Value::Unset | Value::Scalar(_)) | None => {}
        }
        let attributes = self.variables.get(name).map(|variable| variable.attributes).unwrap_or_default();
        let shaped = if append && !attributes.integer && !needs_case(attributes) {
            return self.append_text(name, &text);
        } else {
            let old = if append { self.variables.text(name).map(ToOwned::to_owned) } else { None };
            self.shape(attributes, old, text)?
        };
        let export = self.options.on(SetOption::Allexport);
        let variable = self.variables.entry(name);
        variable.value = Value::Scalar(shaped);
        variable.attributes.export |= export;
        self.note_assignment(name)
    }

    fn append_text(&mut self, name: &[u8], text: &[u8]) -> Result<(), AssignError> {
        let export = self.options.on(SetOption::Allexport);
        let variable = self.variables.entry(name);
        variable.attributes.export |= export;
        match &mut variable.value {
            Value::Scalar(old) => {
                check_length(old.len(), text)?;
                old.extend_from_slice(text);
            }
            other => *other = Value::Scalar(text.into()),
        }
        self.note_assignment(name)
    }

    /// Assigns a text to an element, making the variable an array if it is none.
    pub(crate) fn assign_element(
        &mut self,
        name: &[u8],
        key: Key,
        text: BString,
        append: bool,
    ) -> Result<(), AssignError> {
        self.check_writable(name)?;
        let attributes = self.variables.get(name).map(|variable| variable.attributes).unwrap_or_default();
        let old = if append { self.element(name, &key) } else { None };
        check_length(old.as_ref().map_or(0, |old| old.len()), &text)?;
        self.memory.grow(text.len());
        let shaped = self.shape(attributes, old, text)?;
        let variable = self.variables.entry(name);
        variable.declared_only = false;
        match (&mut variable.value, key) {
            (Value::Indexed(elements), Key::Index(index)) => {
                Arc::make_mut(elements).insert(index, shaped);
            }
            (Value::Associative(pairs), Key::Text(key)) => Arc::make_mut(pairs).insert(key, shaped),
            (Value::Associative(pairs), Key::Index(index)) => {
                Arc::make_mut(pairs).insert(index.to_string().into(), shaped);
            }
            (value, key) => {
                let index = match key {
                    Key::Index(index) => index,
                    Key::Text(_) => 0,
                };
                let mut elements = std::collections::BTreeMap::new();
                if let Value::Scalar(old) = value {
                    elements.insert(0, std::mem::take(old));
                }
                elements.insert(index, shaped);
                *value = Value::Indexed(Arc::new(elements));
            }
        }
        Ok(())
    }

    fn element(&self, name: &[u8], key: &Key) -> Option<BString> {
        match (&self.variables.get(name)?.value, key) {
            (Value::Indexed(elements), Key::Index(index)) => elements.get(index).cloned(),
            (Value::Associative(pairs), Key::Text(key)) => pairs.get(key).map(ToOwned::to_owned),
            (Value::Scalar(text), Key::Index(0)) => Some(text.clone()),
            _ => None,
        }
    }

    /// A text as the attributes shape it: evaluated, in lower or upper case; behind the old value for `+=`.
    pub(crate) fn shape(
        &mut self,
        attributes: Attributes,
        old: Option<BString>,
        text: BString,
    ) -> Result<BString, AssignError> {
        if attributes.integer {
            let mut number = self.evaluate(&text).map_err(AssignError::Arithmetic)?;
            if let Some(old) = old {
                number = number.wrapping_add(self.evaluate(&old).map_err(AssignError::Arithmetic)?);
            }
            return Ok(number.to_string().into());
        }
        let mut whole = old.unwrap_or_default();
        if whole.is_empty() {
            whole = text;
        } else {
            whole.extend_from_slice(&text);
        }
        if !needs_case(attributes) {
            return Ok(whole);
        }
        Ok(super::transform::with_case(&whole, attributes))
    }

    /// Refuses what is readonly.
    pub(crate) fn check_writable(&self, name: &[u8]) -> Result<(), AssignError> {
        match self.variables.get(name) {
            Some(variable) if variable.attributes.readonly => Err(AssignError::Readonly(name.into())),
            _ => Ok(()),
        }
    }

    /// What else an assignment or unset changes.
    pub(crate) fn note_assignment(&mut self, name: &[u8]) -> Result<(), AssignError> {
        match name {
            b"PATH" => self.hash.clear(),
            b"POSIXLY_CORRECT" => self.set_option(SetOption::Posix, true),
            _ if name.starts_with(b"HIST") => self.note_history_variable(name),
            _ => {}
        }
        Ok(())
    }

    /// Takes a variable or an element away. Says whether there is anything left to complain of.
    pub(crate) fn unset(&mut self, target: &Target, follow: bool) -> Result<(), AssignError> {
        let (name, subscript) = if follow && self.variables.is_nameref(&target.name) {
            let referred = self.referred(&target.name)?;
            (referred.name, target.subscript.clone().or(referred.subscript))
        } else {
            (target.name.clone(), target.subscript.clone())
        };
        self.check_writable(&name)?;
        let Some(subscript) = subscript else {
            let scope = self.variables.function_scope();
            self.variables.remove(&name, scope);
            return self.note_assignment(&name);
        };
        if matches!(subscript.as_slice(), b"@" | b"*")
            && let Some(variable) = self.variables.get_mut(&name)
        {
            match &mut variable.value {
                Value::Indexed(elements) => Arc::make_mut(elements).clear(),
                Value::Scalar(_) => return Err(AssignError::NotArray(name)),
                // An associative array may have a key of this name.
                Value::Associative(pairs) => {
                    Arc::make_mut(pairs).remove(&subscript);
                }
                Value::Unset | Value::Dynamic(_) => {}
            }
            return Ok(());
        }
        if self.variables.get(&name).is_none() {
            return Ok(());
        }
        let key = self.key(&name, &subscript)?;
        let Some(variable) = self.variables.get_mut(&name) else { return Ok(()) };
        match (&mut variable.value, key) {
            (Value::Indexed(elements), Key::Index(index)) => {
                Arc::make_mut(elements).remove(&index);
            }
            (Value::Associative(pairs), Key::Text(key)) => {
                Arc::make_mut(pairs).remove(&key);
            }
            (Value::Scalar(_), Key::Index(0)) => {
                let scope = self.variables.function_scope();
                self.variables.remove(&name, scope);
            }
            (Value::Scalar(_), _) => return Err(AssignError::NotArray(name)),
            _ => {}
        }
        Ok(())
    }

    /// Sets a variable of the shell's own, whatever its attributes.
    pub(crate) fn set_own(&mut self, name: &str, text: impl Into<BString>) {
        let variable = self.variables.entry(name.as_bytes());
        variable.value = Value::Scalar(text.into());
    }

    /// Sets an array of the shell's own.
    pub(crate) fn set_own_array(&mut self, name: &str, elements: impl IntoIterator<Item = BString>) {
        let attributes = self.variables.get(name.as_bytes()).map(|v| v.attributes).unwrap_or_default();
        self.variables.insert(name.into(), Variable { attributes, ..Variable::indexed(elements) });
    }

    /// The directory `~N`, `~+N`, `~-N` names on the stack.
    pub(crate) fn stack_entry(&self, text: &[u8]) -> Option<BString> {
        let text = std::str::from_utf8(text).ok()?;
        let (from_end, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let count: usize = digits.parse().ok()?;
        let below = &self.directories.below;
        let index = if from_end { below.len().checked_sub(count)? } else { count };
        match index.checked_sub(1) {
            None => self.variables.text(b"PWD").map(ToOwned::to_owned),
            Some(index) => below.get(index).cloned(),
        }
    }
}

fn needs_case(attributes: Attributes) -> bool {
    attributes.lower || attributes.upper || attributes.capital
}

/// The key that a subscript within arithmetic means: quotes around it are taken off.
fn unquote_key(text: &[u8]) -> &[u8] {
    match text {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        other => other,
    }
}
