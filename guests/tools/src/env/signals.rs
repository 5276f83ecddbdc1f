//! The signals that `--ignore-signal` and `--default-signal` set.

use crate::signals::{NAMES, number};

/// What becomes of a signal in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Default,
    Ignore,
}

impl Action {
    /// The word for it in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "DEFAULT",
            Self::Ignore => "IGNORE",
        }
    }
}

/// What is set for one signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub signal: u32,
    pub action: Action,
    /// Whether it was set as one of all, some of which cannot be.
    pub may_fail: bool,
}

impl Setting {
    /// The signal's name.
    pub fn name(&self) -> &'static str {
        usize::try_from(self.signal).ok().and_then(|signal| NAMES.get(signal - 1)).unwrap_or(&"?")
    }
}

/// What is set for each signal; the last word about one counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Signals {
    set: [Option<Setting>; NAMES.len()],
}

impl Signals {
    /// Sets the signals of a list with commas, or all; the error is the name that is none.
    pub fn set(&mut self, list: Option<&[u8]>, action: Action) -> Result<(), Vec<u8>> {
        let Some(list) = list else {
            for signal in 1..=NAMES.len() {
                self.put(signal, action, true);
            }
            return Ok(());
        };
        for name in list.split(|byte| *byte == b',').filter(|name| !name.is_empty()) {
            let signal = number(name).ok_or_else(|| name.to_vec())?;
            self.put(signal, action, false);
        }
        Ok(())
    }

    /// What was set, by number.
    pub fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.set.iter().flatten()
    }

    fn put(&mut self, number: usize, action: Action, may_fail: bool) {
        if let (Ok(signal), Some(slot)) = (u32::try_from(number), self.set.get_mut(number - 1)) {
            *slot = Some(Setting { signal, action, may_fail });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_signals_in_any_way() {
        let mut signals = Signals::default();
        assert_eq!(signals.set(Some(b"sigint,15,,IO"), Action::Ignore), Ok(()));
        assert_eq!(signals.set(Some(b"TERM"), Action::Default), Ok(()));
        let seen: Vec<_> = signals.settings().map(|set| (set.name(), set.signal, set.action)).collect();
        assert_eq!(
            seen,
            [("INT", 2, Action::Ignore), ("TERM", 15, Action::Default), ("POLL", 29, Action::Ignore)]
        );
        for bad in ["0", "32", "FOO", "EXIT", "SIG"] {
            assert_eq!(signals.set(Some(bad.as_bytes()), Action::Ignore), Err(bad.into()));
        }
    }

    #[test]
    fn no_list_is_all_signals() {
        let mut signals = Signals::default();
        assert_eq!(signals.set(None, Action::Default), Ok(()));
        assert_eq!(signals.settings().filter(|set| set.may_fail).count(), 31);
    }
}
