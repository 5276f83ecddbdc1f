//! The styles with context: copied and unified.

use std::ops::Range;

use super::lines::{content, is_space};
use super::options::Style;
use super::printer::{Paint, Printer, head_name};
use super::script::Change;

/// How much of a function's line a hunk shows.
const FUNCTION_BYTES: usize = 40;

/// Where the line of the last function was searched for and found.
struct Function {
    searched: usize,
    found: Option<usize>,
}

impl Printer<'_> {
    pub fn with_context(&mut self, changes: &[Change], shown: &[bool]) {
        let mut function = Function { searched: 0, found: None };
        let mut has_head = false;
        let mut from = 0;
        while from < changes.len() {
            let to = from + self.together(&changes[from..], &shown[from..]);
            let hunk = &changes[from..to];
            let visible = shown[from..to].contains(&true);
            from = to;
            if !visible {
                continue;
            }
            if !has_head {
                self.head();
                has_head = true;
            }
            let [old, new] = self.extent(hunk);
            let name = self.function(&mut function, old.start);
            if self.job.style == Style::Unified {
                self.unified(hunk, &old, &new, &name);
            } else {
                self.copied(hunk, &old, &new, &name);
            }
        }
    }

    /// How many of the first changes are one hunk.
    fn together(&self, changes: &[Change], shown: &[bool]) -> usize {
        let context = self.job.context;
        for index in 1..changes.len() {
            let gap = changes[index].old.start - changes[index - 1].old.end;
            // What is to be ignored is shown only where the context of the change before reaches it.
            let reach = if shown[index] { context.saturating_mul(2) + 1 } else { context };
            if gap >= reach {
                return index;
            }
        }
        changes.len()
    }

    /// The lines of a hunk with its context.
    fn extent(&self, hunk: &[Change]) -> [Range<usize>; 2] {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { return [0..0, 0..0] };
        let context = self.job.context;
        let before = context.min(first.old.start).min(first.new.start);
        let after = context.min(self.files[0].len() - last.old.end).min(self.files[1].len() - last.new.end);
        [first.old.start - before..last.old.end + after, first.new.start - before..last.new.end + after]
    }

    fn head(&mut self) {
        let marks: [&[u8]; 2] =
            if self.job.style == Style::Unified { [b"--- ", b"+++ "] } else { [b"*** ", b"--- "] };
        for (side, mark) in marks.into_iter().enumerate() {
            self.begin(Paint::Header);
            self.put(mark);
            match self.job.labels.get(side) {
                Some(label) => self.put(label),
                None => {
                    let name = head_name(self.names[side]);
                    self.put(&name);
                    self.put(b"\t");
                    self.put(self.times[side].as_bytes());
                }
            }
            self.end();
            self.put(b"\n");
        }
    }

    /// The last line in front of a hunk that is a function's: with a blank in front of it, or nothing.
    fn function(&self, function: &mut Function, before: usize) -> Vec<u8> {
        if self.job.function_lines.is_empty() {
            return Vec::new();
        }
        let file = self.files[0];
        let newer = (function.searched..before)
            .rev()
            .find(|index| self.job.function_lines.match_line(content(file.line(*index))));
        function.searched = before;
        function.found = newer.or(function.found);
        let Some(found) = function.found else { return Vec::new() };
        let line = content(file.line(found));
        let start = line.iter().position(|byte| !is_space(*byte)).unwrap_or(line.len());
        let line = &line[start..];
        let line = &line[..line.len().min(FUNCTION_BYTES)];
        let end = line.iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
        [b" ", &line[..end]].concat()
    }

    fn unified(&mut self, hunk: &[Change], old: &Range<usize>, new: &Range<usize>, function: &[u8]) {
        self.begin(Paint::Hunk);
        self.put(format!("@@ -{} +{} @@", counted(old), counted(new)).as_bytes());
        self.end();
        self.put(function);
        self.put(b"\n");
        let mut at = old.start;
        for change in hunk {
            self.common(at..change.old.start);
            for index in change.old.clone() {
                self.changed(b"-", index, 0);
            }
            for index in change.new.clone() {
                self.changed(b"+", index, 1);
            }
            at = change.old.end;
        }
        self.common(at..old.end);
    }

    fn common(&mut self, lines: Range<usize>) {
        for index in lines {
            let line = self.files[0].line(index);
            let prefix: &[u8] = match () {
                () if self.job.suppress_blank_empty && line == b"\n" => b"",
                () if self.job.initial_tab => b"\t",
                () => b" ",
            };
            self.line(prefix, line, None);
        }
    }

    fn changed(&mut self, mark: &[u8], index: usize, file: usize) {
        let line = self.files[file].line(index);
        let has_tab = self.job.initial_tab && !(self.job.suppress_blank_empty && line == b"\n");
        let tab: &[u8] = if has_tab { b"\t" } else { b"" };
        let paint = if file == 0 { Paint::Old } else { Paint::New };
        self.line(&[mark, tab].concat(), line, Some(paint));
    }

    fn copied(&mut self, hunk: &[Change], old: &Range<usize>, new: &Range<usize>, function: &[u8]) {
        self.put(b"***************");
        self.put(function);
        self.put(b"\n");
        let (deletes, inserts) = (
            hunk.iter().any(|change| !change.old.is_empty()),
            hunk.iter().any(|change| !change.new.is_empty()),
        );
        for (side, range, has_changes) in [(0, old, deletes), (1, new, inserts)] {
            let (mark, end) = if side == 0 { ("***", "****") } else { ("---", "----") };
            self.begin(Paint::Hunk);
            self.put(format!("{mark} {} {end}", spanned(range)).as_bytes());
            self.end();
            self.put(b"\n");
            if !has_changes {
                continue;
            }
            let paint = if side == 0 { Paint::Old } else { Paint::New };
            let mut next = hunk.iter().peekable();
            for index in range.clone() {
                let lines = |change: &Change| if side == 0 { change.old.clone() } else { change.new.clone() };
                while next.peek().is_some_and(|change| lines(change).end <= index) {
                    next.next();
                }
                let mark = match next.peek() {
                    Some(change) if lines(change).contains(&index) => {
                        match (change.old.is_empty(), change.new.is_empty()) {
                            (false, false) => "!",
                            (true, _) => "+",
                            _ => "-",
                        }
                    }
                    _ => " ",
                };
                let line = self.files[side].line(index);
                let prefix = match () {
                    () if self.job.suppress_blank_empty && line == b"\n" => mark.trim_end().to_owned(),
                    () if self.job.initial_tab => format!("{mark}\t"),
                    () => format!("{mark} "),
                };
                self.line(prefix.as_bytes(), line, Some(paint));
            }
        }
    }
}

/// Lines as the head of a unified hunk counts them.
fn counted(range: &Range<usize>) -> String {
    match range.len() {
        1 => range.end.to_string(),
        0 => format!("{},0", range.end),
        count => format!("{},{count}", range.start + 1),
    }
}

/// Lines as the head of a copied hunk names them.
fn spanned(range: &Range<usize>) -> String {
    if range.len() > 1 { format!("{},{}", range.start + 1, range.end) } else { range.end.to_string() }
}
