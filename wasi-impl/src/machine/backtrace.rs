//! A back trace: the functions that a guest was in when it trapped, by name. Owns the names, as the module's own name
//! section has them, and how they are printed.

use std::collections::HashMap;

use wasmi::{Instance, Store};
use wasmparser::{BinaryReader, KnownCustom, Name, NameSectionReader, Parser, Payload};

use super::guest::GuestState;
use super::instrument::{NOTE_BYTES, Notes};
use super::refusal::shown;

/// Calls that are printed: the innermost, and the outermost.
const INNERMOST: usize = 24;
const OUTERMOST: usize = 8;

/// Bytes of a name that is demangled: it is done by recursion.
const MANGLED_BYTES_MAX: usize = 1_000;

/// Bytes of a name section that are kept; those of the largest programs have a few million.
const NAMES_BYTES_MAX: usize = 32 << 20;

/// What a back trace of a program needs.
#[derive(Debug)]
pub(super) struct Backtrace {
    notes: Notes,
    /// The content of the name section.
    names: Vec<u8>,
}

/// The content of a module's name section, if it has one.
pub(super) fn names_of(bytes: &[u8]) -> Option<Vec<u8>> {
    Parser::new(0).parse_all(bytes).find_map(|payload| match payload {
        Ok(Payload::CustomSection(section)) if matches!(section.as_known(), KnownCustom::Name(_)) => {
            (section.data().len() <= NAMES_BYTES_MAX).then(|| section.data().to_vec())
        }
        _ => None,
    })
}

impl Backtrace {
    /// That of a module whose calls are noted so.
    pub(super) fn new(notes: Notes, names: Vec<u8>) -> Backtrace {
        Backtrace { notes, names }
    }

    /// Bytes of the memory in which they are noted.
    pub(super) fn memory_bytes(&self) -> usize {
        self.notes.bytes
    }

    /// The calls that an instance is in, a line each, the innermost first.
    pub(super) fn lines(&self, store: &Store<GuestState>, instance: Instance) -> Vec<String> {
        let height =
            instance.get_global(store, &self.notes.height).and_then(|global| global.get(store).i32());
        let Some(memory) = instance.get_memory(store, &self.notes.memory) else { return Vec::new() };
        let height = height.and_then(|height| usize::try_from(height).ok()).unwrap_or(0);
        let notes = memory.data(store).get(..height).unwrap_or_default();
        let calls: Vec<u32> = notes
            .rchunks_exact(NOTE_BYTES)
            .filter_map(|note| note.try_into().ok().map(u32::from_le_bytes))
            .collect();
        let left_out = calls.len().saturating_sub(INNERMOST + OUTERMOST);
        let (inner, outer) = if left_out > 0 {
            (calls.get(..INNERMOST), calls.get(INNERMOST.saturating_add(left_out)..))
        } else {
            (Some(calls.as_slice()), None)
        };
        let (inner, outer) = (inner.unwrap_or_default(), outer.unwrap_or_default());
        let names = self.names(&[inner, outer].concat());
        let line = |index: &u32| match names.get(index) {
            Some(name) => format!("    at {}", plain(name)),
            None => format!("    at function {index}"),
        };
        let more = (left_out > 0).then(|| format!("    ... {left_out} more"));
        inner.iter().map(line).chain(more).chain(outer.iter().map(line)).collect()
    }

    /// The names of these functions, as far as there are.
    fn names(&self, wanted: &[u32]) -> HashMap<u32, &str> {
        let mut found = HashMap::new();
        for name in NameSectionReader::new(BinaryReader::new(&self.names, 0)).map_while(Result::ok) {
            let Name::Function(names) = name else { continue };
            for naming in names.into_iter().map_while(Result::ok) {
                if wanted.contains(&naming.index) {
                    found.insert(naming.index, naming.name);
                }
            }
        }
        found
    }
}

/// A name for people: demangled if it is Rust's.
fn plain(name: &str) -> String {
    if name.len() > MANGLED_BYTES_MAX {
        return shown(name);
    }
    shown(&format!("{:#}", rustc_demangle::demangle(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_demangled_cut_and_escaped() {
        assert_eq!(plain("main"), "main");
        assert_eq!(plain("_ZN4core9panicking5panic17h0123456789abcdefE"), "core::panicking::panic");
        assert_eq!(plain("a\n\x1b[2J"), "a\\n\\u{1b}[2J");
        assert_eq!(plain(&"x".repeat(300)), format!("{}...", "x".repeat(200)));
    }
}
