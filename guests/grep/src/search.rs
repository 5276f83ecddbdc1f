//! The search in one file: which lines are selected, and what is written of them.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};

use posix_regex::Sieve;

use crate::color::Colors;
use crate::matcher::{Matcher, char_length};
use crate::options::{Binary, List, Options};
use crate::output::Output;

const BUFFER_BYTES: usize = 65_536;

/// A file that is read.
pub(crate) enum Source {
    Stdin,
    File(File),
}

impl Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Source::Stdin => {
                Ok(rustix::io::retry_on_intr(|| rustix::io::read(rustix::stdio::stdin(), &mut *buffer))?)
            }
            Source::File(file) => file.read(buffer),
        }
    }
}

/// A line that may be written as context.
struct Kept {
    text: Vec<u8>,
    number: u64,
    offset: u64,
}

/// What came of a file.
pub(crate) struct Found {
    pub(crate) selected: u64,
    pub(crate) error: Option<io::Error>,
}

/// The search in one file.
pub(crate) struct Search<'a> {
    options: &'a Options,
    matcher: &'a Matcher,
    out: &'a mut Output,
    name: &'a [u8],
    with_name: bool,
    /// Each byte is a character.
    bytes: bool,
    /// How wide numbers are with `-T`.
    width: usize,
    end: u8,
    before: usize,
    after: usize,
    /// Lines are not written: only whether or how many.
    silent: bool,
    is_binary: bool,
    /// A line that should have been written is no text.
    has_broken_output: bool,
    selected: u64,
    kept: VecDeque<Kept>,
    after_left: usize,
    /// The number of the next line, and of the last one that was written.
    number: u64,
    last_written: Option<u64>,
}

/// Whether to go on with the next line.
#[derive(PartialEq)]
enum Go {
    On,
    Stop,
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        options: &'a Options,
        matcher: &'a Matcher,
        out: &'a mut Output,
        name: &'a [u8],
        with_name: bool,
        size: Option<u64>,
    ) -> Search<'a> {
        let silent = options.quiet || options.list.is_some() || options.count;
        let around = options.around.unwrap_or(0);
        Search {
            options,
            matcher,
            out,
            name,
            with_name,
            bytes: cli::locale::is_bytes(),
            width: if options.initial_tab {
                size.unwrap_or(i64::MAX as u64).max(1).to_string().len()
            } else {
                0
            },
            end: if options.null_data { 0 } else { b'\n' },
            before: options.before.unwrap_or(around),
            after: options.after.unwrap_or(around),
            silent,
            is_binary: false,
            has_broken_output: false,
            selected: 0,
            kept: VecDeque::new(),
            after_left: 0,
            number: 1,
            last_written: None,
        }
    }

    /// Searches a file to its end, or as far as needed.
    pub(crate) fn run(mut self, source: &mut Source) -> Found {
        if self.options.max_count == Some(0) {
            return Found { selected: 0, error: None };
        }
        let mut buffer = vec![0; BUFFER_BYTES];
        // What of the buffer is filled, and where the file is at its start.
        let (mut filled, mut offset) = (0, 0_u64);
        let mut error = None;
        let mut at_end = false;
        let mut used = 0;
        while !at_end {
            if filled == buffer.len() {
                buffer.resize(buffer.len() * 2, 0);
            }
            match source.read(buffer.get_mut(filled..).unwrap_or_default()) {
                Ok(0) => at_end = true,
                Ok(count) => {
                    let new = buffer.get_mut(filled..filled + count).unwrap_or_default();
                    if self.meets_binary(new) {
                        return Found { selected: 0, error: None };
                    }
                    filled += count;
                }
                Err(failure) if failure.kind() == io::ErrorKind::Interrupted => continue,
                Err(failure) => {
                    error = Some(failure);
                    at_end = true;
                }
            }
            let data = buffer.get(..filled).unwrap_or_default();
            let complete =
                if at_end { filled } else { swar::last_position(self.end, data).map_or(0, |at| at + 1) };
            let (done, go) = self.lines(data.get(..complete).unwrap_or_default(), offset);
            used = done;
            if go == Go::Stop {
                break;
            }
            buffer.copy_within(complete..filled, 0);
            filled -= complete;
            used -= complete;
            offset += complete as u64;
        }
        if matches!(source, Source::Stdin) && filled > used && !at_end {
            // A program that reads on begins behind the last line that was needed; a pipe cannot go back.
            let back = -i64::try_from(filled - used).unwrap_or(0);
            let _ = rustix::fs::seek(rustix::stdio::stdin(), rustix::fs::SeekFrom::Current(back));
        }
        self.finish();
        Found { selected: self.selected, error }
    }

    /// Looks at new bytes for what makes a file binary; in one that is, a NUL ends a line. `true`: no more is wanted.
    fn meets_binary(&mut self, new: &mut [u8]) -> bool {
        if self.options.binary == Binary::Text || self.end == 0 {
            return false;
        }
        if !self.is_binary && swar::contains(0, new) {
            self.is_binary = true;
            if self.options.binary == Binary::WithoutMatch {
                return true;
            }
        }
        if self.is_binary {
            new.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = self.end);
        }
        false
    }

    /// Searches complete lines, whose first byte is at `offset` of the file; answers how much of them was used.
    fn lines(&mut self, data: &[u8], offset: u64) -> (usize, Go) {
        if self.end == b'\n'
            && self.before == 0
            && !self.options.invert
            && let Some((sieve, surely)) = self.matcher.sieve()
        {
            return self.sieved(data, offset, sieve, surely);
        }
        // Anchors and classes of the whole are those of lines only with newlines; and the slow ways of other letters
        // are only for lines.
        let can_skip = self.end == b'\n'
            && self.before == 0
            && !self.options.invert
            && self.matcher.can_skip()
            && (!self.matcher.has_classes() || swar::is_ascii(data));
        let mut at = 0;
        while at < data.len() {
            let mut surely = false;
            if can_skip && self.after_left == 0 {
                let found = self.matcher.candidate(data, at).filter(|(found, _)| *found < data.len());
                let Some((found, is_sure)) = found else {
                    self.pass(data.get(at..).unwrap_or_default());
                    return (data.len(), Go::On);
                };
                surely = is_sure && data.get(found) != Some(&self.end);
                at = self.pass_to_line(data, at, found);
            }
            if let Some(stopped) = self.next_line(data, &mut at, offset, surely) {
                return (stopped, Go::Stop);
            }
        }
        (data.len(), Go::On)
    }

    /// As [`Search::lines`], where each line that is selected has one of some texts in it; `surely`: and no other has.
    fn sieved(&mut self, data: &[u8], offset: u64, sieve: &Sieve, surely: bool) -> (usize, Go) {
        let only_counts = surely
            && self.options.count
            && !self.options.quiet
            && self.options.list.is_none()
            && self.options.max_count.is_none();
        let mut at = 0;
        while at < data.len() {
            let mut is_candidate = false;
            if self.after_left == 0 {
                let Some(found) = sieve.find(data, at) else {
                    self.pass(data.get(at..).unwrap_or_default());
                    break;
                };
                if only_counts {
                    self.selected += 1;
                    at = swar::position_from(self.end, data, found).map_or(data.len(), |end| end + 1);
                    continue;
                }
                at = self.pass_to_line(data, at, found);
                is_candidate = true;
            }
            if let Some(stopped) = self.next_line(data, &mut at, offset, surely && is_candidate) {
                return (stopped, Go::Stop);
            }
        }
        (data.len(), Go::On)
    }

    /// Passes over the lines in front of the one that a place is in; answers where that begins.
    fn pass_to_line(&mut self, data: &[u8], at: usize, found: usize) -> usize {
        let skipped = data.get(at..found).unwrap_or_default();
        let start = swar::last_position(self.end, skipped).map_or(at, |last| at + last + 1);
        self.pass(data.get(at..start).unwrap_or_default());
        start
    }

    /// Looks at the line that begins at a place, and moves it behind that; answers where to stop, if so.
    fn next_line(&mut self, data: &[u8], at: &mut usize, offset: u64, surely: bool) -> Option<usize> {
        let start = *at;
        let end = swar::position_from(self.end, data, start).unwrap_or(data.len());
        let line = data.get(start..end).unwrap_or_default();
        let next = (end + 1).min(data.len());
        match self.line(line, offset + start as u64, surely) {
            Step::Used => {
                *at = next;
                None
            }
            Step::UsedAndDone => Some(next),
            Step::NotUsed => Some(start),
        }
    }

    /// Passes over lines that do not match.
    fn pass(&mut self, lines: &[u8]) {
        if self.options.numbers || self.after > 0 {
            self.number += swar::count(self.end, lines) as u64;
        }
    }

    /// A line; `surely`: it is known to match.
    fn line(&mut self, line: &[u8], offset: u64, surely: bool) -> Step {
        let is_over = self.options.max_count.is_some_and(|most| self.selected >= most);
        if is_over && self.after_left == 0 {
            return Step::NotUsed;
        }
        // Behind the last line that is wanted even one that matches is context.
        let is_selected = !is_over && (surely || self.matcher.matches(line)) != self.options.invert;
        if is_selected {
            self.selected += 1;
            if self.options.quiet || self.options.list.is_some() {
                return Step::UsedAndDone;
            }
            if self.is_binary && !self.silent {
                return Step::UsedAndDone;
            }
            if !self.silent {
                self.selected_line(line, offset);
            }
            self.after_left = if self.silent { 0 } else { self.after };
            self.number += 1;
            let is_over = self.options.max_count.is_some_and(|most| self.selected >= most);
            return if is_over && self.after_left == 0 { Step::UsedAndDone } else { Step::Used };
        }
        if self.after_left > 0 {
            self.after_left -= 1;
            self.context_line(line, self.number, offset);
        } else if self.before > 0 && !self.silent {
            if self.kept.len() == self.before {
                self.kept.pop_front();
            }
            self.kept.push_back(Kept { text: line.to_vec(), number: self.number, offset });
        }
        self.number += 1;
        if is_over && self.after_left == 0 { Step::UsedAndDone } else { Step::Used }
    }

    /// Writes a separator where lines are left out in front of one.
    fn separate(&mut self, number: u64) {
        let has_context =
            self.options.before.is_some() || self.options.after.is_some() || self.options.around.is_some();
        let is_next = self.last_written.is_some_and(|last| last + 1 == number);
        if has_context
            && self.out.is_used
            && !is_next
            && let Some(separator) = &self.options.separator
        {
            self.out.colored(|colors| &colors.separator, separator);
            self.out.write(b"\n");
        }
        self.out.is_used = true;
    }

    fn selected_line(&mut self, line: &[u8], offset: u64) {
        let kept = std::mem::take(&mut self.kept);
        let first = kept.front().map_or(self.number, |kept| kept.number);
        self.separate(first);
        for kept in kept {
            self.written(&kept.text, kept.number, kept.offset, false);
        }
        self.written(line, self.number, offset, true);
        self.last_written = Some(self.number);
    }

    fn context_line(&mut self, line: &[u8], number: u64, offset: u64) {
        self.written(line, number, offset, false);
        self.last_written = Some(number);
    }

    /// Writes a line, selected or of context.
    fn written(&mut self, line: &[u8], number: u64, offset: u64, is_selected: bool) {
        let is_text = self.options.binary == Binary::Text
            || self.bytes
            || swar::is_ascii(line)
            || std::str::from_utf8(line).is_ok();
        let matches = is_selected != self.options.invert;
        let sign = if is_selected { b':' } else { b'-' };
        if self.options.only_matching {
            if is_selected && matches {
                self.only_matching(line, number, offset);
            }
            return;
        }
        if !is_text {
            self.has_broken_output = true;
            return;
        }
        self.head(number, offset, sign);
        match &self.out.colors {
            Some(colors) => {
                let selected_color = is_selected != (self.options.invert && colors.reversed);
                let line_code = if selected_color { &colors.selected } else { &colors.context };
                let match_code = if is_selected { &colors.match_selected } else { &colors.match_context };
                let text = if matches && !match_code.is_empty() {
                    painted(self.matcher, colors, line, line_code, match_code, self.bytes)
                } else {
                    [colors.start(line_code).as_bytes(), line, colors.end(line_code).as_bytes()].concat()
                };
                self.out.write(&text);
            }
            None => self.out.write(line),
        }
        self.out.write(&[self.end]);
        self.out.end_line();
    }

    fn only_matching(&mut self, line: &[u8], number: u64, offset: u64) {
        let mut at = 0;
        while let Some(range) = self.matcher.find(line, at) {
            let matched = line.get(range.clone()).unwrap_or_default();
            if matched.is_empty() {
                at = range.end + char_length(line.get(range.end..).unwrap_or_default(), self.bytes);
                if at > line.len() {
                    return;
                }
                continue;
            }
            at = range.end;
            if self.options.binary != Binary::Text && !self.bytes && std::str::from_utf8(matched).is_err() {
                self.has_broken_output = true;
                continue;
            }
            self.head(number, offset + range.start as u64, b':');
            self.out.colored(|colors| &colors.match_selected, matched);
            self.out.write(&[self.end]);
            self.out.end_line();
        }
    }

    /// What stands in front of a line.
    fn head(&mut self, number: u64, offset: u64, sign: u8) {
        let sign = [sign];
        if self.with_name {
            self.name(if self.options.null_names { None } else { Some(sign[0]) });
        }
        let width = self.width;
        if self.options.numbers {
            self.out.number(|colors| &colors.line, number, width);
            self.out.colored(|colors| &colors.separator, &sign);
        }
        if self.options.offsets {
            self.out.number(|colors| &colors.byte, offset, width);
            self.out.colored(|colors| &colors.separator, &sign);
        }
        if self.options.initial_tab && (self.with_name || self.options.numbers || self.options.offsets) {
            self.out.write(b"\t");
        }
    }

    /// The file's name and a sign, or a NUL.
    fn name(&mut self, sign: Option<u8>) {
        self.out.colored(|colors: &Colors| &colors.file, self.name);
        match sign {
            Some(sign) => self.out.colored(|colors| &colors.separator, &[sign]),
            None => self.out.write(b"\0"),
        }
    }

    /// What is written when a file is done.
    fn finish(&mut self) {
        if self.options.quiet {
            return;
        }
        if let Some(list) = self.options.list {
            if (list == List::Matching) == (self.selected > 0) {
                self.out.colored(|colors| &colors.file, self.name);
                self.out.write(if self.options.null_names { b"\0" } else { b"\n" });
                self.out.end_line();
            }
            return;
        }
        if self.options.count {
            if self.with_name {
                self.name(if self.options.null_names { None } else { Some(b':') });
            }
            self.out.write(format!("{}\n", self.selected).as_bytes());
            self.out.end_line();
            return;
        }
        if self.options.binary == Binary::Message
            && (self.has_broken_output || self.is_binary && self.selected > 0)
        {
            self.out.flush();
            cli::stdio::complain(
                "grep",
                &format!("{}: binary file matches", String::from_utf8_lossy(self.name)),
            );
        }
    }
}

/// What became of a line.
enum Step {
    Used,
    UsedAndDone,
    /// It is left for whoever reads on.
    NotUsed,
}

/// A line with its matches in color.
fn painted(
    matcher: &Matcher,
    colors: &Colors,
    line: &[u8],
    line_code: &str,
    match_code: &str,
    bytes: bool,
) -> Vec<u8> {
    let mut text = Vec::new();
    let (mut at, mut written) = (0, 0);
    while let Some(range) = matcher.find(line, at) {
        if range.is_empty() {
            at = range.end + char_length(line.get(range.end..).unwrap_or_default(), bytes);
            if at > line.len() {
                break;
            }
            continue;
        }
        text.extend(colors.start(line_code).as_bytes());
        text.extend(line.get(written..range.start).unwrap_or_default());
        text.extend(colors.start(match_code).as_bytes());
        text.extend(line.get(range.clone()).unwrap_or_default());
        text.extend(colors.end(match_code).as_bytes());
        (at, written) = (range.end, range.end);
    }
    if written < line.len() {
        text.extend(colors.start(line_code).as_bytes());
        text.extend(line.get(written..).unwrap_or_default());
        text.extend(colors.end(line_code).as_bytes());
    }
    text
}
