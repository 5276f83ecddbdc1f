//! Arrays in words: keys, and the literals `(a b [3]=c)` of assignments.

use std::sync::Arc;

use bstr::BString;

use super::assignment::AssignError;
use crate::exec::{Shell, Unwind};
use crate::state::{Associative, SetOption, State, Value, Variable};
use crate::syntax::ast::{ArrayElement, AssignedValue, Assignment, Part, Word};

/// What names an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// Of an indexed array.
    Index(i64),
    /// Of an associative array.
    Text(BString),
}

/// An element of an array literal after expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiteralElement {
    /// The text between brackets.
    pub(crate) subscript: Option<BString>,
    /// `+=`
    pub(crate) append: bool,
    /// The value.
    pub(crate) value: BString,
}

/// An array literal after expansion.
pub(crate) type ArrayLiteral = Vec<LiteralElement>;

impl Shell {
    /// Carries out an assignment of the source. The error is what is to be said of it.
    pub(crate) async fn assign(
        &mut self,
        assignment: &Assignment,
    ) -> Result<Result<(), AssignError>, Unwind> {
        let value = match &assignment.value {
            AssignedValue::Scalar(word) => self.expand_text(word).await?,
            AssignedValue::Array(elements) => {
                if assignment.subscript.is_none() {
                    self.trace_array(assignment).await;
                }
                let literal = Box::pin(self.expand_array(&assignment.name, elements)).await?;
                if let Some(subscript) = &assignment.subscript {
                    let text = self.expand_text(subscript).await?;
                    return Ok(Err(AssignError::ListToElement(element_name(&assignment.name, &text))));
                }
                if let Err(error) = self.unbind_reference(&assignment.name).await {
                    return Ok(Err(error));
                }
                let literal = self.drop_unkeyed(&assignment.name, literal).await;
                return Ok(self.state.assign_array(&assignment.name, literal, assignment.append));
            }
        };
        if self.state.options.on(SetOption::Xtrace) {
            Box::pin(self.trace_assignment(assignment, &value)).await;
        }
        let Some(subscript) = &assignment.subscript else {
            if let Some(target) = self.referred_element(&assignment.name).await? {
                return Ok(self.state.assign(&target, value, assignment.append));
            }
            return Ok(self.state.assign_text(&assignment.name, value, assignment.append));
        };
        if subscript.parts.is_empty() {
            return Ok(Err(AssignError::BadSubscript(element_name(&assignment.name, b""))));
        }
        if let Ok(referred) = self.state.referred(&assignment.name)
            && referred.subscript.is_some()
        {
            return Ok(Err(AssignError::NotIdentifier(referred.to_string().into())));
        }
        let source = subscript;
        let subscript = self.expand_subscript(&assignment.name, subscript).await?;
        if subscript.is_empty() && self.state.is_associative(&assignment.name) {
            let what = element_name(&assignment.name, &crate::exec::word_source(source));
            return Ok(Err(AssignError::BadSubscript(what)));
        }
        let target = super::Target { name: assignment.name.clone(), subscript: Some(subscript) };
        Ok(self.state.assign(&target, value, assignment.append))
    }

    /// The element that a nameref stands for, where the subscript has to be expanded first: `declare -n r='m[$key]'`.
    async fn referred_element(&mut self, name: &BString) -> Result<Option<super::Target>, Unwind> {
        if !self.state.variables.is_nameref(name) {
            return Ok(None);
        }
        let Ok(super::Target { name, subscript: Some(subscript) }) = self.state.referred(name) else {
            return Ok(None);
        };
        let subscript = Some(Box::pin(self.expand_raw_subscript(&name, subscript)).await?);
        Ok(Some(super::Target { name, subscript }))
    }

    /// A nameref that is assigned a list: one to an element cannot be, one to nothing becomes an array itself.
    async fn unbind_reference(&mut self, name: &BString) -> Result<(), AssignError> {
        if !self.state.variables.is_nameref(name) {
            return Ok(());
        }
        match self.state.referred(name) {
            Ok(referred) if referred.subscript.is_some() => {
                Err(AssignError::NotIdentifier(referred.to_string().into()))
            }
            Ok(referred) if referred.name == *name => {
                self.complain(&format!("warning: {name}: removing nameref attribute")).await;
                self.state.variables.entry(name).attributes.nameref = false;
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Drops the elements of a literal that an associative array cannot take, with a word about each.
    async fn drop_unkeyed(&mut self, name: &BString, literal: ArrayLiteral) -> ArrayLiteral {
        let keyed = literal.first().is_some_and(|first| first.subscript.is_some());
        if !keyed || !self.state.is_associative(name) {
            return literal;
        }
        let mut kept = Vec::with_capacity(literal.len());
        for element in literal {
            if element.subscript.is_some() {
                kept.push(element);
            } else {
                let error = AssignError::NeedsSubscript(name.clone(), element.value);
                self.complain(&error.to_string()).await;
            }
        }
        kept
    }

    /// The text of a subscript: for an associative array a word, else an expression.
    pub(crate) async fn expand_subscript(&mut self, name: &[u8], word: &Word) -> Result<BString, Unwind> {
        let associative = self.state.is_associative(name);
        let text = if associative {
            self.expand_text(word).await?
        } else {
            Box::pin(self.expand_index(word)).await?
        };
        Ok(text)
    }

    /// What a text out of a variable or an argument names: `m[$key]` too.
    pub(crate) async fn target(&mut self, text: &[u8]) -> Result<Option<super::Target>, Unwind> {
        let Some(mut target) = super::Target::parse(text) else { return Ok(None) };
        if let Some(subscript) = target.subscript.take() {
            target.subscript = Some(Box::pin(self.expand_raw_subscript(&target.name, subscript)).await?);
        }
        Ok(Some(target))
    }

    /// A subscript that was not in the source: what is in it is expanded now.
    pub(crate) async fn expand_raw_subscript(
        &mut self,
        name: &[u8],
        subscript: BString,
    ) -> Result<BString, Unwind> {
        let active = |byte: &u8| matches!(byte, b'$' | b'`' | b'"' | b'\'' | b'\\');
        if !subscript.iter().any(active) {
            return Ok(subscript);
        }
        let inner = match subscript.as_slice() {
            [b'\'', inner @ .., b'\''] => return Ok(inner.into()),
            [b'"', inner @ .., b'"'] => BString::from(inner),
            _ if self.state.is_associative(name)
                || subscript.iter().any(|byte| matches!(byte, b'$' | b'`')) =>
            {
                subscript
            }
            _ => return Ok(subscript),
        };
        match crate::exec::parse_quoted_text(&inner) {
            Some(word) => self.expand_quoted_text(&word).await,
            None => Ok(inner),
        }
    }

    /// An index is an expression: single quotes stay in it, and are no part of any.
    async fn expand_index(&mut self, word: &Word) -> Result<BString, Unwind> {
        let text = if word.parts.iter().any(|part| matches!(part, Part::Quoted(_))) {
            let keep = |part: &Part| match part {
                Part::Quoted(text) => Part::literal(crate::exec::single_quoted(text)),
                other => other.clone(),
            };
            self.expand_text(&Word { parts: word.parts.iter().map(keep).collect(), ..Word::default() })
                .await?
        } else {
            self.expand_text(word).await?
        };
        if self.state.leads_to_expansion(&text)
            && let Ok(number) = self.evaluate_text(&text).await?
        {
            return Ok(number.to_string().into());
        }
        self.refresh_clock_for(&text).await;
        Ok(text)
    }

    /// An array literal after expansion.
    pub(crate) async fn expand_array(
        &mut self,
        name: &[u8],
        elements: &[ArrayElement],
    ) -> Result<ArrayLiteral, Unwind> {
        let mut literal = Vec::with_capacity(elements.len());
        for element in elements {
            match &element.subscript {
                Some(subscript) => {
                    // Unlike the subscript of a single assignment, this one loses its quotes.
                    let source = subscript;
                    let subscript = self.expand_text(subscript).await?;
                    self.refresh_clock_for(&subscript).await;
                    let subscript = Some(subscript);
                    let value = self.expand_text(&element.value).await?;
                    if subscript.as_ref().is_some_and(|key| key.is_empty()) && self.state.is_associative(name)
                    {
                        let mut what = element_name(b"", &crate::exec::word_source(source));
                        what.push(b'=');
                        what.extend_from_slice(&crate::exec::word_source(&element.value));
                        self.complain_of(&what, "bad array subscript").await;
                        continue;
                    }
                    literal.push(LiteralElement { subscript, append: element.append, value });
                }
                None => {
                    let mut fields = Vec::new();
                    self.expand_fields(&element.value, &mut fields).await?;
                    self.check_memory().await?;
                    let plain = |value| LiteralElement { subscript: None, append: false, value };
                    literal.extend(fields.into_iter().map(plain));
                }
            }
        }
        Ok(literal)
    }
}

impl State {
    /// Does a name in an expression stand for a text that names an element by a subscript with expansions in it?
    fn leads_to_expansion(&self, text: &[u8]) -> bool {
        let names = text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
        names.filter(|name| name.first().is_some_and(|first| !first.is_ascii_digit())).any(|name| {
            let value = self.variables.text(name);
            value.is_some_and(|value| {
                value.contains(&b'[') && value.iter().any(|byte| matches!(byte, b'$' | b'`'))
            })
        })
    }

    /// Is the variable, namerefs followed, an associative array?
    pub(crate) fn is_associative(&self, name: &[u8]) -> bool {
        let check =
            |name: &[u8]| matches!(self.variables.get(name).map(|v| &v.value), Some(Value::Associative(_)));
        if self.variables.is_nameref(name) {
            return self.referred(name).is_ok_and(|target| check(&target.name));
        }
        check(name)
    }

    /// Is the variable, namerefs followed, set as a whole, whatever elements it has?
    pub(crate) fn is_set_as_a_whole(&self, name: &[u8]) -> bool {
        let check = |name: &[u8]| self.variables.get(name).is_some_and(Variable::is_set);
        if self.variables.is_nameref(name) {
            return self.referred(name).is_ok_and(|target| check(&target.name));
        }
        check(name)
    }

    /// Assigns an array literal.
    pub(crate) fn assign_array(
        &mut self,
        name: &[u8],
        literal: ArrayLiteral,
        append: bool,
    ) -> Result<(), AssignError> {
        let name = if self.variables.is_nameref(name) { self.referred(name)?.name } else { name.into() };
        self.check_writable(&name)?;
        let export = self.options.on(SetOption::Allexport);
        let variable = self.variables.entry(&name);
        variable.declared_only = false;
        variable.attributes.export |= export;
        match &mut variable.value {
            Value::Associative(pairs) => {
                if !append {
                    *pairs = Arc::new(Associative::default());
                }
                return self.fill_associative(&name, literal);
            }
            Value::Indexed(elements) if append => {
                let _ = elements;
            }
            Value::Scalar(text) if append => {
                let old = std::mem::take(text);
                variable.value = Value::Indexed(Arc::new([(0, old)].into_iter().collect()));
            }
            Value::Unset | Value::Scalar(_) | Value::Indexed(_) | Value::Dynamic(_) => {
                variable.value = Value::Indexed(Arc::default());
            }
        }
        self.fill_indexed(&name, literal)
    }

    fn fill_indexed(&mut self, name: &[u8], literal: ArrayLiteral) -> Result<(), AssignError> {
        let mut next = match self.variables.get(name).map(|variable| &variable.value) {
            Some(Value::Indexed(elements)) => {
                elements.keys().next_back().map_or(0, |last| last.saturating_add(1))
            }
            _ => 0,
        };
        let plain =
            self.variables.get(name).is_some_and(|v| v.attributes == crate::state::Attributes::default());
        for element in literal {
            if plain && element.subscript.is_none() {
                if let Some(Value::Indexed(elements)) = self.variables.get_mut(name).map(|v| &mut v.value) {
                    Arc::make_mut(elements).insert(next, element.value);
                }
                next = next.saturating_add(1);
                continue;
            }
            let index = match element.subscript {
                None => next,
                Some(subscript) => match self.key(name, &subscript)? {
                    Key::Index(index) => index,
                    Key::Text(_) => next,
                },
            };
            self.assign_element(name, Key::Index(index), element.value, element.append)?;
            next = index.saturating_add(1);
        }
        Ok(())
    }

    fn fill_associative(&mut self, name: &[u8], literal: ArrayLiteral) -> Result<(), AssignError> {
        let pairs = literal.first().is_some_and(|first| first.subscript.is_none());
        let mut elements = literal.into_iter();
        let mut refused = None;
        while let Some(element) = elements.next() {
            let (key, value, append) = match element.subscript {
                Some(subscript) => (subscript, element.value, element.append),
                // `m=(key value key value)`
                None if !pairs => {
                    refused.get_or_insert(element.value);
                    continue;
                }
                None => (element.value, elements.next().map(|next| next.value).unwrap_or_default(), false),
            };
            if key.is_empty() {
                return Err(AssignError::BadSubscript(element_name(name, &key)));
            }
            self.assign_element(name, Key::Text(key), value, append)?;
        }
        match refused {
            Some(value) => Err(AssignError::NeedsSubscript(name.into(), value)),
            None => Ok(()),
        }
    }
}

/// `name[subscript]`
pub(crate) fn element_name(name: &[u8], subscript: &[u8]) -> BString {
    let mut text = BString::from(name);
    text.push(b'[');
    text.extend_from_slice(subscript);
    text.push(b']');
    text
}
