//! The styles without context: normal, and those that ed, a forward ed and RCS read.

use std::ops::Range;

use super::lines::content;
use super::printer::{Paint, Printer};
use super::script::Change;

/// Lines as a command of these styles names them: the one in front where there are none.
fn named(range: &Range<usize>, separator: &str) -> String {
    if range.len() > 1 {
        format!("{}{separator}{}", range.start + 1, range.end)
    } else {
        range.end.to_string()
    }
}

/// The letter of a change.
fn letter(change: &Change) -> char {
    match (change.old.is_empty(), change.new.is_empty()) {
        (true, _) => 'a',
        (_, true) => 'd',
        _ => 'c',
    }
}

/// The changes that are shown.
pub fn visible<'a>(changes: &'a [Change], shown: &'a [bool]) -> impl DoubleEndedIterator<Item = &'a Change> {
    changes.iter().zip(shown).filter(|(_, shown)| **shown).map(|(change, _)| change)
}

impl Printer<'_> {
    pub fn normal(&mut self, changes: &[Change], shown: &[bool]) {
        let tab = if self.job.initial_tab { "\t" } else { " " };
        for change in visible(changes, shown) {
            self.begin(Paint::Hunk);
            let head = format!("{}{}{}", named(&change.old, ","), letter(change), named(&change.new, ","));
            self.put(head.as_bytes());
            self.end();
            self.put(b"\n");
            for index in change.old.clone() {
                self.marked('<', tab, index, 0);
            }
            if !change.old.is_empty() && !change.new.is_empty() {
                self.put(b"---\n");
            }
            for index in change.new.clone() {
                self.marked('>', tab, index, 1);
            }
        }
    }

    fn marked(&mut self, mark: char, tab: &str, index: usize, file: usize) {
        let line = self.files[file].line(index);
        let is_blank = content(line).is_empty();
        let tab = if is_blank && self.job.suppress_blank_empty { "" } else { tab };
        let paint = if file == 0 { Paint::Old } else { Paint::New };
        self.line(format!("{mark}{tab}").as_bytes(), line, Some(paint));
    }

    /// From the end to the start, so that numbers stay right while ed works.
    pub fn ed(&mut self, changes: &[Change], shown: &[bool]) {
        for change in visible(changes, shown).rev() {
            self.put(format!("{}{}\n", named(&change.old, ","), letter(change)).as_bytes());
            if change.new.is_empty() {
                continue;
            }
            // A line that is only a dot would end the text: it gets a second one, which is taken away after it.
            let mut inserting = true;
            for index in change.new.clone() {
                let line = self.files[1].line(index);
                if !inserting {
                    self.put(b"a\n");
                    inserting = true;
                }
                if content(line) == b"." {
                    self.put(b"..\n.\ns/.//\n");
                    inserting = false;
                } else {
                    self.text(content(line));
                    self.put(b"\n");
                }
            }
            if inserting {
                self.put(b".\n");
            }
        }
    }

    pub fn forward_ed(&mut self, changes: &[Change], shown: &[bool]) {
        for change in visible(changes, shown) {
            self.put(format!("{}{}\n", letter(change), named(&change.old, " ")).as_bytes());
            if change.new.is_empty() {
                continue;
            }
            for index in change.new.clone() {
                let line = self.files[1].line(index);
                self.text(content(line));
                self.put(b"\n");
            }
            self.put(b".\n");
        }
    }

    pub fn rcs(&mut self, changes: &[Change], shown: &[bool]) {
        for change in visible(changes, shown) {
            if !change.old.is_empty() {
                self.put(format!("d{} {}\n", change.old.start + 1, change.old.len()).as_bytes());
            }
            if !change.new.is_empty() {
                self.put(format!("a{} {}\n", change.old.end, change.new.len()).as_bytes());
                for index in change.new.clone() {
                    let line = self.files[1].line(index);
                    self.text(content(line));
                    if line.ends_with(b"\n") {
                        self.put(b"\n");
                    }
                }
            }
        }
    }
}
