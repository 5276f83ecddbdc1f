//! Traps: what runs on a signal, on exit, on an error, before a command, on a return.

use std::collections::BTreeMap;
use std::sync::Arc;

use bstr::{BStr, BString};
use wasmsand_wasi::{Signal, SignalSet};

/// What can be trapped, in the order in which `trap` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TrapName {
    /// The end of the shell.
    Exit,
    /// A signal.
    Signal(Signal),
    /// Before each command.
    Debug,
    /// After a command that failed untested.
    Err,
    /// After a function or a sourced file.
    Return,
}

impl TrapName {
    /// The trap a word names: a number, a name with or without `SIG`, or one of EXIT DEBUG ERR RETURN.
    pub(crate) fn parse(word: &[u8]) -> Option<TrapName> {
        let text = std::str::from_utf8(word).ok()?;
        if let Ok(number) = text.parse::<u32>() {
            return if number == 0 {
                Some(TrapName::Exit)
            } else {
                Signal::from_number(number).map(TrapName::Signal)
            };
        }
        match text.to_ascii_uppercase().as_str() {
            "EXIT" => Some(TrapName::Exit),
            "DEBUG" => Some(TrapName::Debug),
            "ERR" => Some(TrapName::Err),
            "RETURN" => Some(TrapName::Return),
            _ => Signal::from_name(text).map(TrapName::Signal),
        }
    }

    /// As `trap -p` prints it.
    pub(crate) fn print(self) -> String {
        match self {
            TrapName::Exit => "EXIT".into(),
            TrapName::Signal(signal) => format!("SIG{}", signal.name()),
            TrapName::Debug => "DEBUG".into(),
            TrapName::Err => "ERR".into(),
            TrapName::Return => "RETURN".into(),
        }
    }
}

/// The traps of a shell. An empty action ignores.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traps {
    actions: Arc<BTreeMap<TrapName, BString>>,
    /// What the parent shell had, which a subshell only shows until it sets one of its own.
    shown: Arc<BTreeMap<TrapName, BString>>,
    /// One was set at some time: actions may look at BASH_COMMAND.
    used: bool,
    /// Those whose action runs now, innermost last.
    running: Vec<TrapName>,
    /// Signals that were ignored when the shell began: they stay so.
    fixed: SignalSet,
}

impl Traps {
    /// The action of a trap.
    pub(crate) fn get(&self, name: TrapName) -> Option<&BStr> {
        self.actions.get(&name).map(AsRef::as_ref)
    }

    /// Notes the signals that were ignored when a shell without a prompt began: no trap changes that.
    pub(crate) fn fix(&mut self, ignored: SignalSet) {
        self.fixed = ignored;
        for signal in ignored.iter() {
            self.set(TrapName::Signal(signal), BString::default());
        }
    }

    /// What they take in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.actions.values().map(|action| action.len()).fold(0, usize::saturating_add)
    }

    /// Does a signal stay ignored whatever is asked?
    pub(crate) fn is_fixed(&self, name: TrapName) -> bool {
        matches!(name, TrapName::Signal(signal) if self.fixed.contains(signal))
    }

    /// Sets one; answers whether this was news.
    pub(crate) fn set(&mut self, name: TrapName, action: BString) {
        self.used = true;
        self.shown = Arc::default();
        Arc::make_mut(&mut self.actions).insert(name, action);
    }

    /// Removes one.
    pub(crate) fn reset(&mut self, name: TrapName) {
        self.shown = Arc::default();
        if self.actions.contains_key(&name) {
            Arc::make_mut(&mut self.actions).remove(&name);
        }
    }

    /// What a subshell keeps: ignored signals, and ERR, DEBUG and RETURN as the options say.
    pub(crate) fn enter_subshell(&mut self, errtrace: bool, functrace: bool) {
        if self.actions.is_empty() {
            return;
        }
        self.shown = Arc::clone(&self.actions);
        Arc::make_mut(&mut self.actions).retain(|name, action| match name {
            TrapName::Exit => false,
            TrapName::Signal(_) => action.is_empty(),
            TrapName::Err => errtrace,
            TrapName::Debug | TrapName::Return => functrace,
        });
    }

    /// What `trap` prints.
    pub(crate) fn listed(&self) -> Vec<(TrapName, BString)> {
        let rows = if self.shown.is_empty() { &self.actions } else { &self.shown };
        rows.iter().map(|(name, action)| (*name, action.clone())).collect()
    }

    /// Was one set at some time, here or in a shell that this is a copy of?
    pub(crate) fn are_used(&self) -> bool {
        self.used
    }

    /// Are there none at all?
    pub(crate) fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// Notes that a trap's action runs, so that it does not run inside itself.
    pub(crate) fn enter(&mut self, name: TrapName) {
        self.running.push(name);
    }

    /// Notes that the innermost one ended.
    pub(crate) fn leave(&mut self) {
        self.running.pop();
    }

    /// Does this trap's action run now?
    pub(crate) fn is_running(&self, name: TrapName) -> bool {
        self.running.contains(&name)
    }

    /// Does an action run that `return` may end? That of EXIT is none.
    pub(crate) fn allow_return(&self) -> bool {
        self.running.iter().any(|name| *name != TrapName::Exit)
    }

    /// Does any trap's action run now?
    pub(crate) fn any_running(&self) -> bool {
        !self.running.is_empty()
    }
}
