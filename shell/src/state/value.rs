//! A variable: its value and its attributes.

use std::collections::BTreeMap;
use std::sync::Arc;

use bstr::{BStr, BString};

use super::{Associative, Dynamic};

/// What `declare` can say of a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    /// `-x`
    pub(crate) export: bool,
    /// `-r`
    pub(crate) readonly: bool,
    /// `-i`
    pub(crate) integer: bool,
    /// `-l`
    pub(crate) lower: bool,
    /// `-u`
    pub(crate) upper: bool,
    /// `-c`
    pub(crate) capital: bool,
    /// `-n`
    pub(crate) nameref: bool,
    /// `-t`
    pub(crate) trace: bool,
}

/// What a variable holds.
#[derive(Clone, Debug, Default)]
pub(crate) enum Value {
    /// Declared and not set.
    #[default]
    Unset,
    /// A string.
    Scalar(BString),
    /// An indexed array.
    Indexed(Arc<BTreeMap<i64, BString>>),
    /// An associative array.
    Associative(Arc<Associative>),
    /// Computed when it is read.
    Dynamic(Dynamic),
}

/// A variable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variable {
    /// What it holds.
    pub(crate) value: Value,
    /// What it is declared to be.
    pub(crate) attributes: Attributes,
    /// An array that was declared and never assigned: unset, though its kind is known.
    pub(crate) declared_only: bool,
}

impl Variable {
    /// A plain string variable.
    pub(crate) fn scalar(value: impl Into<BString>) -> Variable {
        Variable { value: Value::Scalar(value.into()), ..Variable::default() }
    }

    /// An indexed array of these elements.
    pub(crate) fn indexed(elements: impl IntoIterator<Item = BString>) -> Variable {
        let map = (0..).zip(elements).collect();
        Variable { value: Value::Indexed(Arc::new(map)), ..Variable::default() }
    }

    /// Has it a value? An array counts as a whole (`[[ -v a ]]` asks for element 0 instead).
    pub(crate) fn is_set(&self) -> bool {
        match &self.value {
            Value::Unset => false,
            Value::Scalar(_) | Value::Dynamic(_) => true,
            Value::Indexed(_) | Value::Associative(_) => !self.declared_only,
        }
    }

    /// Is it an array of either kind?
    pub(crate) fn is_array(&self) -> bool {
        matches!(self.value, Value::Indexed(_) | Value::Associative(_))
    }

    /// Its value where a string is wanted: an array's element 0.
    pub(crate) fn text(&self) -> Option<&BStr> {
        match &self.value {
            Value::Unset | Value::Dynamic(_) => None,
            Value::Scalar(text) => Some(text.as_ref()),
            Value::Indexed(elements) => elements.get(&0).map(AsRef::as_ref),
            Value::Associative(pairs) => pairs.get(b"0"),
        }
    }

    /// Every element, in order; a string is its own only one.
    pub(crate) fn elements(&self) -> Vec<BString> {
        match &self.value {
            Value::Unset | Value::Dynamic(_) => Vec::new(),
            Value::Scalar(text) => vec![text.clone()],
            Value::Indexed(elements) => elements.values().cloned().collect(),
            Value::Associative(pairs) => pairs.iter().map(|(_, value)| value.to_owned()).collect(),
        }
    }

    /// Every key, in order.
    pub(crate) fn keys(&self) -> Vec<BString> {
        match &self.value {
            Value::Unset | Value::Dynamic(_) => Vec::new(),
            Value::Scalar(_) => vec!["0".into()],
            Value::Indexed(elements) => elements.keys().map(|key| key.to_string().into()).collect(),
            Value::Associative(pairs) => pairs.iter().map(|(key, _)| key.to_owned()).collect(),
        }
    }

    /// The letters of its attributes as `${x@a}` and `declare -p` show them.
    pub(crate) fn attribute_letters(&self) -> String {
        let is = self.attributes;
        let rows = [
            (matches!(self.value, Value::Indexed(_)), 'a'),
            (matches!(self.value, Value::Associative(_)), 'A'),
            (is.integer, 'i'),
            (is.nameref, 'n'),
            (is.readonly, 'r'),
            (is.trace, 't'),
            (is.export, 'x'),
            (is.capital, 'c'),
            (is.lower, 'l'),
            (is.upper, 'u'),
        ];
        rows.iter().filter(|(set, _)| *set).map(|(_, letter)| *letter).collect()
    }
}
