//! What a shell holds in memory, as far as a script can make it grow: an estimate in bytes, by which the kernel bounds
//! all shells of a session together.
//!
//! Whoever adds bytes says so ([`Memory::grow`], [`Memory::hold`]), which only sums; when the sum has become worth it,
//! everything is counted anew, so that what was freed is noticed without anybody saying so. What several shells
//! share (a subshell is a clone that shares until it writes) counts for each in equal parts.

use std::sync::Arc;

use bstr::BString;

use super::{Function, State, Value, Variable};

/// What an element, an argument or a variable takes beside its bytes.
pub(crate) const ITEM_BYTES: usize = 64;

/// What the tree of a function takes for each byte of its source.
const TREE_BYTES: usize = 64;

/// Bytes are counted anew after this many more at least, and after this many more at the latest.
const STEP_BYTES_MIN: usize = 1 << 20;
const STEP_BYTES_MAX: usize = 64 << 20;

/// The books of a shell's memory.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    /// Bytes that were added since the last count, whatever has become of them.
    grown: usize,
    /// Bytes that running commands hold beside the state: arguments, the words of loops, output being captured.
    held: usize,
    /// Bytes of positional parameters that `set` made; those of a function are its call's arguments.
    positional: usize,
    /// What the last count came to.
    counted: usize,
}

impl Memory {
    /// Of a shell that has nothing.
    pub(crate) const EMPTY: Memory = Memory { grown: 0, held: 0, positional: 0, counted: 0 };

    /// Something of so many bytes was added to the state.
    pub(crate) fn grow(&mut self, bytes: usize) {
        self.grown = self.grown.saturating_add(bytes).saturating_add(ITEM_BYTES);
    }

    /// A running command holds so many bytes more, until somebody goes back to what [`Memory::held`] said before.
    pub(crate) fn hold(&mut self, bytes: usize) {
        self.held = self.held.saturating_add(bytes);
        self.grow(bytes);
    }

    /// What running commands hold.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Running commands hold only this much any more.
    pub(crate) fn release_to(&mut self, held: usize) {
        self.held = held;
    }

    /// Positional parameters were set.
    pub(crate) fn set_positional(&mut self, words: &[BString]) {
        self.positional = bytes_of(words);
        self.grow(self.positional);
    }

    /// Positional parameters are put aside: the running command holds them now. Answers what to give back.
    pub(crate) fn put_positional_aside(&mut self) -> usize {
        let positional = std::mem::take(&mut self.positional);
        self.held = self.held.saturating_add(positional);
        positional
    }

    /// They are back.
    pub(crate) fn take_positional_back(&mut self, positional: usize) {
        self.held = self.held.saturating_sub(positional);
        self.positional = positional;
    }

    /// A subshell begins: what it has is its parent's until it grows.
    pub(crate) fn enter_subshell(&mut self) {
        (self.grown, self.held) = (0, 0);
    }

    /// Has so much been added that it is worth counting?
    pub(crate) fn is_due(&self) -> bool {
        self.grown >= (self.counted / 4).clamp(STEP_BYTES_MIN, STEP_BYTES_MAX)
    }

    /// Is a copy of the variables worth counting?
    fn is_large(&self) -> bool {
        self.counted >= STEP_BYTES_MIN
    }
}

/// What words take.
fn bytes_of(words: &[BString]) -> usize {
    words.iter().map(|word| word.len().saturating_add(ITEM_BYTES)).fold(0, usize::saturating_add)
}

/// One of `count` equal parts.
fn share(bytes: usize, count: usize) -> usize {
    bytes.checked_div(count).unwrap_or(bytes)
}

impl Variable {
    /// What it takes.
    pub(crate) fn bytes(&self) -> usize {
        let value = match &self.value {
            Value::Unset | Value::Dynamic(_) => 0,
            Value::Scalar(text) => text.len(),
            Value::Indexed(elements) => {
                let each = elements.values().map(|element| element.len().saturating_add(ITEM_BYTES));
                share(each.fold(0, usize::saturating_add), Arc::strong_count(elements))
            }
            Value::Associative(pairs) => {
                let each = pairs.iter().map(|(key, value)| key.len() + value.len() + 2 * ITEM_BYTES);
                share(each.fold(0, usize::saturating_add), Arc::strong_count(pairs))
            }
        };
        value.saturating_add(2 * ITEM_BYTES)
    }
}

impl Function {
    /// What it takes.
    pub(crate) fn bytes(&self) -> usize {
        let span = self.definition.body.span;
        let source = usize::try_from(span.end.saturating_sub(span.start)).unwrap_or(usize::MAX);
        share(source.saturating_mul(TREE_BYTES), Arc::strong_count(&self.definition))
    }
}

impl State {
    /// Is it time to count, because much was added, or because large variables that were shared were copied?
    pub(crate) fn is_memory_due(&self) -> bool {
        self.memory.is_due() || (self.memory.is_large() && self.variables.were_copied())
    }

    /// Counts everything anew.
    pub(crate) fn count_memory(&mut self) -> usize {
        let functions = self.functions.values().map(Function::bytes);
        let aliases = self.aliases.iter().map(|(name, text)| name.len() + text.len() + ITEM_BYTES);
        let parts = [
            self.variables.count_bytes(),
            functions.fold(0, usize::saturating_add),
            share(aliases.fold(0, usize::saturating_add), Arc::strong_count(&self.aliases)),
            self.traps.bytes(),
            bytes_of(&self.directories.below),
            self.jobs.bytes(),
            self.command_text.len(),
            self.memory.positional,
            self.memory.held,
        ];
        let counted = parts.into_iter().fold(0, usize::saturating_add);
        (self.memory.counted, self.memory.grown) = (counted, 0);
        counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmsand_wasi::Pid;

    fn state_with(bytes: usize) -> State {
        let mut state = State::new("sh".into(), Pid(1));
        state.assign_text(b"x", vec![b'a'; bytes].into(), false).unwrap();
        state
    }

    #[test]
    fn what_was_freed_does_not_count() {
        let mut state = state_with(10 << 20);
        assert!(state.is_memory_due());
        assert!((10 << 20..11 << 20).contains(&state.count_memory()));
        assert!(!state.is_memory_due());
        state.assign_text(b"x", "short".into(), false).unwrap();
        assert!(state.count_memory() < 1 << 20);
    }

    #[test]
    fn what_is_shared_counts_once_and_a_copy_counts_again() {
        let mut state = state_with(10 << 20);
        state.count_memory();
        let mut clone = state.clone();
        clone.memory.enter_subshell();
        assert!(!clone.is_memory_due());
        assert!((5 << 20..6 << 20).contains(&clone.count_memory()));
        clone.assign_text(b"y", "1".into(), false).unwrap();
        assert!(clone.is_memory_due());
        assert!((10 << 20..11 << 20).contains(&clone.count_memory()));
    }

    #[test]
    fn what_a_command_holds_counts_until_it_lets_go() {
        let mut state = state_with(0);
        let before = state.count_memory();
        let held = state.memory.held();
        state.memory.hold(5 << 20);
        assert_eq!(state.count_memory(), before + (5 << 20));
        state.memory.release_to(held);
        assert_eq!(state.count_memory(), before);
    }
}
