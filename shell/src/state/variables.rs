//! The variables of a shell: names to bindings, with the scopes of functions and of `name=value command`.
//!
//! Scoping is dynamic, as in bash: a name has a stack of bindings, each of the scope that made it, and the top one
//! is what everybody sees. So a look-up is one probe, and leaving a scope pops what it declared.

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use bstr::{BStr, BString};
use indexmap::IndexMap;

use super::dynamic::DYNAMIC_NAMES;
use super::{Dynamic, Value, Variable};

/// How many namerefs are followed before they count as circular.
const NAMEREF_HOPS_MAX: usize = 8;

/// Is this a variable's name?
pub(crate) fn is_name(text: &[u8]) -> bool {
    let starts = text.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_');
    starts && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// FNV-1a: names are short, and the map's order never shows.
#[derive(Clone, Copy)]
pub(crate) struct NameHasher(u64);

impl Default for NameHasher {
    fn default() -> Self {
        NameHasher(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for NameHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_usize(&mut self, number: usize) {
        // The length, which a slice's hash begins with.
        self.0 = (self.0 ^ number as u64).wrapping_mul(0x0100_0000_01b3);
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 =
            bytes.iter().fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    }
}

/// What a name stands for now, and what it stands for again when scopes end.
#[derive(Clone, Debug)]
struct Binding {
    variable: Variable,
    scope: usize,
    /// `local` was said of it though its scope is that of an assignment before a command.
    counts_as_local: bool,
    below: Vec<(usize, Variable)>,
}

/// A scope: a running function, or the assignments before a command.
#[derive(Clone, Debug, Default)]
struct Scope {
    declared: Vec<BString>,
    kind: ScopeKind,
}

/// What a scope is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    /// A running function.
    #[default]
    Function,
    /// The assignments before the call of a function, which come to be its own when it says `local`.
    Call,
    /// The assignments before another command.
    Command,
    /// The same before a special builtin.
    Special,
}

type Bindings = IndexMap<BString, Binding, BuildHasherDefault<NameHasher>>;

/// Every variable of a shell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    bindings: Arc<Bindings>,
    scopes: Vec<Scope>,
    /// Bindings that were shared were copied since the last count.
    copied: bool,
}

impl Variables {
    /// Only the computed ones.
    pub(crate) fn new() -> Variables {
        let mut variables = Variables::default();
        for (name, dynamic) in DYNAMIC_NAMES {
            let mut variable = Variable { value: Value::Dynamic(dynamic), ..Variable::default() };
            variable.attributes.readonly = matches!(dynamic, Dynamic::SetOptions | Dynamic::ShoptOptions);
            variables.insert(name.into(), variable);
        }
        variables
    }

    /// The bindings, to change: those shared with another shell are copied.
    fn bindings_mut(&mut self) -> &mut Bindings {
        self.copied |= Arc::strong_count(&self.bindings) > 1;
        Arc::make_mut(&mut self.bindings)
    }

    /// Were bindings copied since they were last counted?
    pub(crate) fn were_copied(&self) -> bool {
        self.copied
    }

    /// What they take in memory.
    pub(crate) fn count_bytes(&mut self) -> usize {
        self.copied = false;
        let each = self.bindings.values().map(|binding| {
            let hidden = binding.below.iter().map(|(_, variable)| variable.bytes());
            hidden.fold(binding.variable.bytes(), usize::saturating_add)
        });
        let all = each.fold(0, usize::saturating_add);
        all.checked_div(Arc::strong_count(&self.bindings)).unwrap_or(all)
    }

    /// What a name stands for, itself: a nameref is not followed.
    pub(crate) fn get(&self, name: &[u8]) -> Option<&Variable> {
        self.bindings.get(BStr::new(name)).map(|binding| &binding.variable)
    }

    /// The same, to change.
    pub(crate) fn get_mut(&mut self, name: &[u8]) -> Option<&mut Variable> {
        // Bindings shared with another shell are not copied for a name that is not there.
        if Arc::strong_count(&self.bindings) > 1 && !self.bindings.contains_key(BStr::new(name)) {
            return None;
        }
        self.bindings_mut().get_mut(BStr::new(name)).map(|binding| &mut binding.variable)
    }

    /// The string a name stands for; nothing for a computed one.
    pub(crate) fn text(&self, name: &[u8]) -> Option<&BStr> {
        self.get(name).and_then(Variable::text)
    }

    /// What a name stands for, made unset in the global scope if there was nothing.
    pub(crate) fn entry(&mut self, name: &[u8]) -> &mut Variable {
        let bindings = self.bindings_mut();
        let at = match bindings.get_index_of(BStr::new(name)) {
            Some(at) => at,
            None => {
                let binding = Binding {
                    variable: Variable::default(),
                    scope: 0,
                    counts_as_local: false,
                    below: Vec::new(),
                };
                bindings.insert_full(name.into(), binding).0
            }
        };
        &mut bindings[at].variable
    }

    /// Replaces what a name stands for, in the scope where it was found.
    pub(crate) fn insert(&mut self, name: BString, variable: Variable) {
        *self.entry(&name) = variable;
    }

    /// The global binding of a name, below every scope (`declare -g`).
    pub(crate) fn global(&mut self, name: &[u8]) -> &mut Variable {
        let binding = self.bindings_mut().entry(name.into()).or_insert_with(|| Binding {
            variable: Variable::default(),
            scope: 0,
            counts_as_local: false,
            below: Vec::new(),
        });
        if binding.scope == 0 {
            return &mut binding.variable;
        }
        if binding.below.first().is_none_or(|(scope, _)| *scope != 0) {
            binding.below.insert(0, (0, Variable::default()));
        }
        match binding.below.first_mut() {
            Some((_, variable)) => variable,
            None => &mut binding.variable,
        }
    }

    /// Follows namerefs: the name that is meant, which may carry a subscript. Absent: a circle.
    pub(crate) fn follow(&self, name: &[u8]) -> Option<BString> {
        let mut current = BString::from(name);
        for _ in 0..NAMEREF_HOPS_MAX {
            match self.get(&current) {
                Some(variable) if variable.attributes.nameref => match variable.text() {
                    Some(target) if !target.is_empty() => current = target.to_owned(),
                    _ => return Some(current),
                },
                _ => return Some(current),
            }
        }
        None
    }

    /// Is the name a nameref?
    pub(crate) fn is_nameref(&self, name: &[u8]) -> bool {
        self.get(name).is_some_and(|variable| variable.attributes.nameref)
    }

    /// Takes a name away as `unset` does: a local of the running function stays local and becomes unset, anything
    /// else shows what it hid.
    pub(crate) fn remove(&mut self, name: &[u8], function_scope: usize) {
        let key = BStr::new(name);
        if !self.bindings.contains_key(key) {
            return;
        }
        let bindings = self.bindings_mut();
        let Some(binding) = bindings.get_mut(key) else { return };
        let local =
            binding.scope == function_scope || binding.scope > function_scope && binding.counts_as_local;
        if binding.scope > 0 && local {
            binding.variable = Variable::default();
            return;
        }
        match binding.below.pop() {
            Some((scope, variable)) => (binding.scope, binding.variable) = (scope, variable),
            None => {
                bindings.swap_remove(key);
            }
        }
    }

    /// Enters the scope of a function, or of the assignments before a command; answers its number.
    pub(crate) fn push_scope(&mut self, kind: ScopeKind) -> usize {
        self.scopes.push(Scope { declared: Vec::new(), kind });
        self.scopes.len()
    }

    /// Leaves the innermost scope.
    pub(crate) fn pop_scope(&mut self) {
        let number = self.scopes.len();
        let Some(scope) = self.scopes.pop() else { return };
        if scope.declared.is_empty() {
            return;
        }
        let bindings = self.bindings_mut();
        for name in scope.declared {
            let Some(binding) = bindings.get_mut(&name) else { continue };
            if binding.scope != number {
                continue;
            }
            match binding.below.pop() {
                Some((scope, variable)) => (binding.scope, binding.variable) = (scope, variable),
                None => {
                    bindings.swap_remove(&name);
                }
            }
        }
    }

    /// Leaves the innermost scope, to enter it again with [`Variables::put_scope`]; answers what it declared.
    pub(crate) fn take_scope(&mut self) -> Vec<(BString, Variable)> {
        let names = self.scopes.last().map(|scope| scope.declared.clone()).unwrap_or_default();
        let declared =
            names.into_iter().filter_map(|name| self.get(&name).cloned().map(|was| (name, was))).collect();
        self.pop_scope();
        declared
    }

    /// Enters a scope of assignments before a command again.
    pub(crate) fn put_scope(&mut self, kind: ScopeKind, declared: Vec<(BString, Variable)>) {
        let scope = self.push_scope(kind);
        for (name, variable) in declared {
            *self.declare(&name, scope) = variable;
        }
    }

    /// Leaves the innermost scope; what it declared stays, in the place of what it hid.
    pub(crate) fn merge_scope(&mut self) {
        let number = self.scopes.len();
        let Some(scope) = self.scopes.pop() else { return };
        let bindings = self.bindings_mut();
        for name in scope.declared {
            let Some(binding) = bindings.get_mut(&name) else { continue };
            if binding.scope == number {
                binding.scope = binding.below.pop().map_or(0, |(scope, _)| scope);
            }
        }
    }

    /// The number of the innermost function's scope, 0 outside functions.
    pub(crate) fn function_scope(&self) -> usize {
        self.scopes.iter().rposition(|scope| scope.kind == ScopeKind::Function).map_or(0, |index| index + 1)
    }

    /// The number of the innermost scope of any kind.
    pub(crate) fn scope(&self) -> usize {
        self.scopes.len()
    }

    /// Is the name a local of that scope?
    pub(crate) fn is_local(&self, name: &[u8], scope: usize) -> bool {
        scope > 0 && self.bindings.get(BStr::new(name)).is_some_and(|binding| binding.scope == scope)
    }

    /// Makes a variable that stands before the call of a function (`x=1 f`) a local of it; says whether there was
    /// one.
    pub(crate) fn adopt(&mut self, name: &[u8], scope: usize) -> bool {
        let own = self.bindings.get(BStr::new(name)).map_or(0, |binding| binding.scope);
        let kind = own.checked_sub(1).and_then(|index| self.scopes.get(index)).map(|scope| scope.kind);
        let adopts = match kind {
            Some(ScopeKind::Call) => own + 1 == scope,
            Some(ScopeKind::Command | ScopeKind::Special) => own > scope,
            Some(ScopeKind::Function) | None => false,
        };
        if !adopts {
            return false;
        }
        if own > scope {
            // It stands before an `eval` in the function, and ends with that.
            if let Some(binding) = self.bindings_mut().get_mut(BStr::new(name)) {
                binding.counts_as_local = true;
            }
            return true;
        }
        if let Some(binding) = self.bindings_mut().get_mut(BStr::new(name)) {
            binding.scope = scope;
        }
        if let Some(scope) = self.scopes.get_mut(scope - 1) {
            scope.declared.push(name.into());
        }
        true
    }

    /// Does a name stand for what an assignment before a command made of it?
    pub(crate) fn is_temporary(&self, name: &[u8]) -> bool {
        let scope = self.bindings.get(BStr::new(name)).and_then(|binding| binding.scope.checked_sub(1));
        scope.and_then(|index| self.scopes.get(index)).is_some_and(|scope| scope.kind != ScopeKind::Function)
    }

    /// Does a scope hide the global binding of a name?
    pub(crate) fn is_hidden(&self, name: &[u8]) -> bool {
        self.bindings.get(BStr::new(name)).is_some_and(|binding| binding.scope > 0)
    }

    /// Declares a name in a scope, hiding what it stood for; answers what it was and whether it was already there.
    pub(crate) fn declare(&mut self, name: &[u8], scope: usize) -> &mut Variable {
        if !self.is_local(name, scope)
            && let Some(scope) = scope.checked_sub(1).and_then(|index| self.scopes.get_mut(index))
        {
            scope.declared.push(name.into());
        }
        let bindings = self.bindings_mut();
        let binding = match bindings.entry(name.into()) {
            indexmap::map::Entry::Occupied(entry) => {
                let binding = entry.into_mut();
                if binding.scope != scope {
                    let old = std::mem::take(&mut binding.variable);
                    binding.below.push((binding.scope, old));
                    binding.scope = scope;
                    binding.counts_as_local = false;
                }
                binding
            }
            indexmap::map::Entry::Vacant(entry) => entry.insert(Binding {
                variable: Variable::default(),
                scope,
                counts_as_local: false,
                below: Vec::new(),
            }),
        };
        &mut binding.variable
    }

    /// Every name and what it stands for, by name.
    pub(crate) fn sorted(&self) -> Vec<(&BStr, &Variable)> {
        let mut rows: Vec<_> =
            self.bindings.iter().map(|(name, binding)| (BStr::new(name), &binding.variable)).collect();
        rows.sort_by(|left, right| left.0.cmp(right.0));
        rows
    }

    /// Names that are local to the innermost function, by name.
    pub(crate) fn locals(&self) -> Vec<BString> {
        let scope = self.function_scope();
        let mut names: Vec<BString> = match scope.checked_sub(1).and_then(|index| self.scopes.get(index)) {
            Some(scope) => scope.declared.clone(),
            None => Vec::new(),
        };
        names.retain(|name| self.is_local(name, scope));
        names.sort();
        names
    }

    /// `NAME=value` of every exported variable that is set, for a program.
    pub(crate) fn environment(&self) -> Vec<BString> {
        let exported = self.bindings.iter().filter(|(_, binding)| binding.variable.attributes.export);
        exported
            .filter_map(|(name, binding)| {
                let Value::Scalar(text) = &binding.variable.value else { return None };
                let mut row = BString::new(Vec::with_capacity(name.len() + text.len() + 1));
                row.extend_from_slice(name);
                row.push(b'=');
                row.extend_from_slice(text);
                Some(row)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_hides_and_gives_back() {
        let mut variables = Variables::new();
        variables.insert("x".into(), Variable::scalar("outer"));
        let scope = variables.push_scope(ScopeKind::Function);
        *variables.declare(b"x", scope) = Variable::scalar("inner");
        *variables.declare(b"y", scope) = Variable::scalar("new");
        assert_eq!(variables.text(b"x"), Some("inner".into()));
        *variables.global(b"x") = Variable::scalar("changed");
        variables.pop_scope();
        assert_eq!((variables.text(b"x"), variables.text(b"y")), (Some("changed".into()), None));
    }

    #[test]
    fn unset_of_a_local_leaves_it_local() {
        let mut variables = Variables::new();
        variables.insert("x".into(), Variable::scalar("outer"));
        let scope = variables.push_scope(ScopeKind::Function);
        *variables.declare(b"x", scope) = Variable::scalar("inner");
        variables.remove(b"x", scope);
        assert_eq!(variables.text(b"x"), None);
        let deeper = variables.push_scope(ScopeKind::Function);
        variables.remove(b"x", deeper);
        assert_eq!(variables.text(b"x"), Some("outer".into()));
    }
}
