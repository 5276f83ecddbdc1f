//! Programmable completion: what `complete` defined for which commands.

use std::sync::Arc;

use bstr::{BStr, BString};
use indexmap::IndexMap;

/// The most commands with a specification.
const SPECS_MAX: usize = 1 << 14;

/// What a list of candidates can be made of: the letter of its option if it has one, and its name for `-A`. In the
/// order in which bash lists them.
pub(crate) const ACTIONS: [(Option<u8>, &str); 24] = [
    (Some(b'a'), "alias"),
    (Some(b'b'), "builtin"),
    (Some(b'c'), "command"),
    (Some(b'd'), "directory"),
    (Some(b'e'), "export"),
    (Some(b'f'), "file"),
    (Some(b'g'), "group"),
    (Some(b'j'), "job"),
    (Some(b'k'), "keyword"),
    (Some(b's'), "service"),
    (Some(b'u'), "user"),
    (Some(b'v'), "variable"),
    (None, "arrayvar"),
    (None, "binding"),
    (None, "disabled"),
    (None, "enabled"),
    (None, "function"),
    (None, "helptopic"),
    (None, "hostname"),
    (None, "running"),
    (None, "setopt"),
    (None, "shopt"),
    (None, "signal"),
    (None, "stopped"),
];

/// What `-o` can say.
pub(crate) const COMPLETION_OPTIONS: [&str; 8] =
    ["bashdefault", "default", "dirnames", "filenames", "noquote", "nosort", "nospace", "plusdirs"];

/// A set of names of one of the tables above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameSet(u32);

impl NameSet {
    /// Is the name at a place of the table in it?
    pub(crate) fn has_place(self, place: usize) -> bool {
        place < 32 && self.0 & (1 << place) != 0
    }

    /// Puts the name at a place in, or takes it out.
    pub(crate) fn set_place(&mut self, place: usize, on: bool) {
        let bit = 1 << place.min(31);
        self.0 = if on { self.0 | bit } else { self.0 & !bit };
    }

    /// Is an option of `-o` in it?
    pub(crate) fn has_option(self, name: &str) -> bool {
        COMPLETION_OPTIONS.iter().position(|known| *known == name).is_some_and(|place| self.has_place(place))
    }
}

/// How candidates for a command's arguments are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CompletionSpec {
    /// `-o`
    pub(crate) options: NameSet,
    /// `-A` and its letters.
    pub(crate) actions: NameSet,
    /// `-G`
    pub(crate) glob: Option<BString>,
    /// `-W`
    pub(crate) words: Option<BString>,
    /// `-P`
    pub(crate) prefix: Option<BString>,
    /// `-S`
    pub(crate) suffix: Option<BString>,
    /// `-X`
    pub(crate) filter: Option<BString>,
    /// `-C`
    pub(crate) command: Option<BString>,
    /// `-F`
    pub(crate) function: Option<BString>,
}

/// Whom a specification is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CompletionTarget {
    /// `-D`: commands without one of their own.
    Default,
    /// `-E`: an empty line.
    Empty,
    /// `-I`: the first word of a line.
    Initial,
    /// A command.
    Command(BString),
}

/// Every specification.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompletionSpecs {
    default: Option<CompletionSpec>,
    empty: Option<CompletionSpec>,
    initial: Option<CompletionSpec>,
    commands: Arc<IndexMap<BString, CompletionSpec>>,
    /// The options of the completion that runs, for `compopt` in its function.
    pub(crate) running: Option<NameSet>,
}

impl CompletionSpecs {
    /// The specification for somebody.
    pub(crate) fn get(&self, target: &CompletionTarget) -> Option<&CompletionSpec> {
        match target {
            CompletionTarget::Default => self.default.as_ref(),
            CompletionTarget::Empty => self.empty.as_ref(),
            CompletionTarget::Initial => self.initial.as_ref(),
            CompletionTarget::Command(name) => self.commands.get(BStr::new(name)),
        }
    }

    /// Sets it, or takes it away; says whether there was one.
    pub(crate) fn set(&mut self, target: CompletionTarget, spec: Option<CompletionSpec>) -> bool {
        let old = match target {
            CompletionTarget::Default => std::mem::replace(&mut self.default, spec),
            CompletionTarget::Empty => std::mem::replace(&mut self.empty, spec),
            CompletionTarget::Initial => std::mem::replace(&mut self.initial, spec),
            CompletionTarget::Command(name) => {
                let commands = Arc::make_mut(&mut self.commands);
                match spec {
                    Some(spec) if commands.len() < SPECS_MAX || commands.contains_key(&name) => {
                        commands.insert(name, spec)
                    }
                    Some(_) => None,
                    None => commands.shift_remove(&name),
                }
            }
        };
        old.is_some()
    }

    /// Takes every one away.
    pub(crate) fn clear(&mut self) {
        *self = CompletionSpecs { running: self.running, ..CompletionSpecs::default() };
    }

    /// Every specification.
    pub(crate) fn rows(&self) -> Vec<(CompletionTarget, CompletionSpec)> {
        let special = [CompletionTarget::Default, CompletionTarget::Empty, CompletionTarget::Initial];
        let commands = self.commands.keys().cloned().map(CompletionTarget::Command);
        let targets = special.into_iter().chain(commands);
        targets.filter_map(|target| self.get(&target).cloned().map(|spec| (target, spec))).collect()
    }
}
