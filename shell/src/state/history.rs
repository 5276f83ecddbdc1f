//! The history: the lines that were typed, their numbers and times, and what history expansion remembers of its last
//! use.

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};

use super::State;

/// The most lines that are kept when HISTSIZE sets no bound.
const ENTRIES_MAX: usize = 100_000;

/// The most bytes that all lines together take.
const BYTES_MAX: usize = 1 << 26;

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HistoryEntry {
    /// The command; one of several lines has newlines in it.
    pub(crate) line: BString,
    /// When it was typed, in seconds since 1970, if that was noted.
    pub(crate) time: Option<i64>,
}

/// The lines that were typed.
#[derive(Clone, Debug)]
pub(crate) struct History {
    entries: Vec<HistoryEntry>,
    bytes: usize,
    /// The number of the first entry.
    first: usize,
    /// HISTSIZE; absent: as many as fit.
    most: Option<usize>,
    /// How often it was changed.
    pub(crate) changes: u64,
    /// How many lines were ever added.
    pub(crate) added: u64,
    /// Lines of this session that `history -a` has not written yet.
    pub(crate) unwritten: usize,
    /// Lines of the history file that were read or written already.
    pub(crate) file_lines: usize,
    /// The command that runs now is the last entry.
    pub(crate) holds_running: bool,
    /// What `s/…/…/` last replaced, and by what.
    pub(crate) substitution: Option<(BString, BString)>,
    /// What `!?…?` last looked for, and the word it was found in.
    pub(crate) search: Option<(BString, BString)>,
    /// HISTFILESIZE was set: the history file is to be cut.
    pub(crate) file_is_long: bool,
}

impl Default for History {
    fn default() -> Self {
        History {
            entries: Vec::new(),
            bytes: 0,
            first: 1,
            most: None,
            changes: 0,
            added: 0,
            unwritten: 0,
            file_lines: 0,
            holds_running: false,
            substitution: None,
            search: None,
            file_is_long: false,
        }
    }
}

/// Which lines HISTCONTROL keeps out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HistoryControl {
    /// `ignorespace`: those that begin with a blank.
    pub(crate) spaces: bool,
    /// `ignoredups`: those equal to the one before.
    pub(crate) repeated: bool,
    /// `erasedups`: older ones equal to a new one are taken out.
    pub(crate) erases: bool,
}

impl HistoryControl {
    /// What a value of HISTCONTROL asks for.
    pub(crate) fn parse(value: &[u8]) -> HistoryControl {
        let mut control = HistoryControl::default();
        for word in value.split(|byte| *byte == b':') {
            match word {
                b"ignorespace" => control.spaces = true,
                b"ignoredups" => control.repeated = true,
                b"ignoreboth" => (control.spaces, control.repeated) = (true, true),
                b"erasedups" => control.erases = true,
                _ => {}
            }
        }
        control
    }

    /// Does it keep out a line that comes after `last`?
    pub(crate) fn refuses(self, line: &[u8], last: Option<&BStr>) -> bool {
        let blank = self.spaces && line.first().is_some_and(|first| matches!(first, b' ' | b'\t'));
        blank || self.repeated && last.is_some_and(|last| last == line)
    }
}

impl History {
    /// The entries, oldest first.
    pub(crate) fn entries(&self) -> &[HistoryEntry] {
        &self.entries
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The number of the first entry; that of the next one when there is none.
    pub(crate) fn first_number(&self) -> usize {
        self.first
    }

    /// The number that the next entry will have.
    pub(crate) fn next_number(&self) -> usize {
        self.first + self.entries.len()
    }

    /// The number of the command that runs: its entry's, or that of the next.
    pub(crate) fn running_number(&self) -> usize {
        self.next_number() - usize::from(self.holds_running && !self.entries.is_empty())
    }

    /// The entry of a number.
    pub(crate) fn get(&self, number: usize) -> Option<&HistoryEntry> {
        self.entries.get(number.checked_sub(self.first)?)
    }

    /// The last line.
    pub(crate) fn last(&self) -> Option<&BStr> {
        self.entries.last().map(|entry| entry.line.as_bstr())
    }

    /// The newest line that a test holds for.
    pub(crate) fn find(&self, wanted: impl Fn(&BStr) -> bool) -> Option<&BStr> {
        self.entries.iter().rev().map(|entry| entry.line.as_bstr()).find(|line| wanted(line))
    }

    /// Adds a line; the oldest leave when there are too many.
    pub(crate) fn add(&mut self, line: BString, time: Option<i64>) {
        if self.most == Some(0) {
            return;
        }
        self.bytes += line.len();
        self.entries.push(HistoryEntry { line, time });
        self.added += 1;
        self.changes += 1;
        let most = self.most.unwrap_or(ENTRIES_MAX).min(ENTRIES_MAX);
        let mut excess = self.entries.len().saturating_sub(most);
        let mut bytes = self.bytes;
        for entry in &self.entries {
            if bytes <= BYTES_MAX {
                break;
            }
            bytes -= entry.line.len();
            excess += 1;
        }
        if excess > 0 {
            self.drop_oldest(excess);
            self.first += excess;
        }
    }

    fn drop_oldest(&mut self, count: usize) {
        self.changes += 1;
        let count = count.min(self.entries.len());
        self.bytes -= self.entries.drain(..count).map(|entry| entry.line.len()).sum::<usize>();
    }

    /// Takes out every line equal to this one.
    pub(crate) fn erase(&mut self, line: &[u8]) {
        self.changes += 1;
        self.entries.retain(|entry| entry.line != line);
        self.bytes = self.entries.iter().map(|entry| entry.line.len()).sum();
    }

    /// Takes out the entries at some places, of which the first is 0.
    pub(crate) fn remove(&mut self, places: std::ops::Range<usize>) {
        let end = places.end.min(self.entries.len());
        let start = places.start.min(end);
        self.changes += 1;
        self.bytes -= self.entries.drain(start..end).map(|entry| entry.line.len()).sum::<usize>();
    }

    /// Takes out the entry of the running command, if it has one.
    pub(crate) fn remove_running(&mut self) {
        if std::mem::take(&mut self.holds_running) && !self.entries.is_empty() {
            let last = self.entries.len() - 1;
            self.remove(last..last + 1);
            self.unwritten = self.unwritten.saturating_sub(1);
        }
    }

    /// Takes out everything; numbers begin anew.
    pub(crate) fn clear(&mut self) {
        self.changes += 1;
        self.entries.clear();
        self.bytes = 0;
        self.first = 1;
        self.unwritten = 0;
        self.holds_running = false;
    }

    /// Sets how many lines are kept. What is too many leaves at once, and then the numbers begin at how many left.
    pub(crate) fn set_most(&mut self, most: Option<usize>) {
        self.most = most;
        let excess = self.entries.len().saturating_sub(most.unwrap_or(ENTRIES_MAX));
        if excess > 0 {
            self.drop_oldest(excess);
            self.first = excess;
        }
    }
}

impl State {
    /// Follows HISTSIZE.
    pub(crate) fn apply_history_size(&mut self) {
        let text = self.variables.text(b"HISTSIZE").and_then(|text| text.to_str().ok());
        // Neither no number nor a negative one is a bound.
        let most = text.and_then(|text| text.trim().parse().ok());
        if self.history.most != most {
            Arc::make_mut(&mut self.history).set_most(most);
        }
    }

    /// What the options and variables of the history do when they are set.
    pub(crate) fn note_history_variable(&mut self, name: &[u8]) {
        match name {
            b"HISTSIZE" => self.apply_history_size(),
            b"HISTFILESIZE" => Arc::make_mut(&mut self.history).file_is_long = true,
            _ => {}
        }
    }

    /// `set -o history`: a script's history has the usual bounds.
    pub(crate) fn begin_history(&mut self) {
        for name in ["HISTSIZE", "HISTFILESIZE"] {
            if self.variables.get(name.as_bytes()).is_none() {
                self.set_own(name, "500");
            }
        }
        self.apply_history_size();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(lines: &[&str]) -> History {
        let mut history = History::default();
        lines.iter().for_each(|line| history.add((*line).into(), None));
        history
    }

    #[test]
    fn the_oldest_leave_and_numbers_go_on() {
        let mut history = with(&["a", "b", "c"]);
        history.set_most(Some(3));
        history.add("d".into(), None);
        assert_eq!((history.first_number(), history.next_number(), history.len()), (2, 5, 3));
        assert_eq!(history.get(1), None);
        assert_eq!(history.get(2).map(|entry| entry.line.as_bstr()), Some("b".into()));
    }

    #[test]
    fn control_words_are_a_list() {
        let both = HistoryControl::parse(b"x:ignoreboth");
        assert_eq!(both, HistoryControl { spaces: true, repeated: true, erases: false });
        assert!(both.refuses(b" a", None));
        assert!(both.refuses(b"a", Some("a".into())));
        assert!(!both.refuses(b"a", Some("b".into())));
        assert_eq!(HistoryControl::parse(b""), HistoryControl::default());
    }

    #[test]
    fn bytes_are_bounded_too() {
        let mut history = History::default();
        let line = BString::from(vec![b'x'; BYTES_MAX / 2]);
        (0..4).for_each(|_| history.add(line.clone(), None));
        assert_eq!((history.len(), history.first_number()), (2, 3));
    }
}
