//! Differences read: where in a text they are, which files they are about, and their hunks.
//!
//! The text comes from anywhere; whatever it is, it becomes hunks or a complaint.

use std::ops::Range;

/// How differences are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Context,
    Unified,
    Normal,
    Ed,
    /// Only the head of one by git, without hunks.
    GitOnly,
}

/// A text in lines, and how far it was read.
pub struct Text {
    bytes: Vec<u8>,
    starts: Vec<usize>,
    /// The next line.
    pub at: usize,
    /// Blanks in front of every line of the current difference.
    pub indent: usize,
    /// Whether lines of the current difference end with a carriage return that is no part of them.
    pub strip_cr: bool,
    /// A line without newline was read.
    pub is_cut: bool,
}

/// A line of a hunk with what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    Keep(Vec<u8>),
    Delete(Vec<u8>),
    Insert(Vec<u8>),
}

impl Op {
    pub fn line(&self) -> &[u8] {
        match self {
            Op::Keep(line) | Op::Delete(line) | Op::Insert(line) => line,
        }
    }

    fn line_mut(&mut self) -> &mut Vec<u8> {
        match self {
            Op::Keep(line) | Op::Delete(line) | Op::Insert(line) => line,
        }
    }
}

/// A place in a file that changes. Numbers of lines begin with 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    pub old_first: usize,
    pub new_first: usize,
    pub ops: Vec<Op>,
    /// What follows the head's second `@@`, or the row of stars.
    pub function: Vec<u8>,
}

impl Hunk {
    pub fn reversed(self) -> Hunk {
        let mut ops: Vec<Op> = Vec::with_capacity(self.ops.len());
        // Deletions stay in front of the insertions beside them.
        let mut inserted = Vec::new();
        for op in self.ops {
            match op {
                Op::Delete(line) => inserted.push(Op::Insert(line)),
                Op::Insert(line) => ops.push(Op::Delete(line)),
                Op::Keep(line) => {
                    ops.append(&mut inserted);
                    ops.push(Op::Keep(line));
                }
            }
        }
        ops.append(&mut inserted);
        Hunk { old_first: self.new_first, new_first: self.old_first, ops, function: self.function }
    }

    pub fn old_len(&self) -> usize {
        self.ops.iter().filter(|op| !matches!(op, Op::Insert(_))).count()
    }

    pub fn new_len(&self) -> usize {
        self.ops.iter().filter(|op| !matches!(op, Op::Delete(_))).count()
    }

    /// Lines of context at the start and at the end.
    pub fn context(&self) -> (usize, usize) {
        let keeps = |op: &&Op| matches!(op, Op::Keep(_));
        let prefix = self.ops.iter().take_while(keeps).count();
        let suffix = self.ops.iter().rev().take_while(keeps).count();
        (prefix, suffix)
    }
}

/// What git says of a file besides its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Git {
    pub is_git: bool,
    pub old_mode: Option<u32>,
    pub new_mode: Option<u32>,
    pub is_new: bool,
    pub is_deleted: bool,
    pub renames: bool,
    pub copies: bool,
    pub is_binary: bool,
}

/// A name in a head, with what stands behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// As it is written, without quotes.
    pub name: Vec<u8>,
    /// From the tab on.
    pub time: Vec<u8>,
}

/// The head of a difference.
#[derive(Debug, Default)]
pub struct Head {
    pub format: Option<Format>,
    /// The old name, the new one, and the one after `Index:`.
    pub names: [Option<Name>; 3],
    pub prereq: Option<Vec<u8>>,
    pub git: Git,
    /// The lines in front of the first hunk.
    pub lines: Range<usize>,
}

/// What is wrong with the text.
pub type Malformed = String;

impl Text {
    pub fn new(bytes: Vec<u8>) -> Text {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', &bytes).map(|at| at + 1));
        if starts.last() != Some(&bytes.len()) {
            starts.push(bytes.len());
        }
        Text { bytes, starts, at: 0, indent: 0, strip_cr: false, is_cut: false }
    }

    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// A line with its newline.
    pub fn raw(&self, index: usize) -> Option<&[u8]> {
        Some(&self.bytes[*self.starts.get(index)?..*self.starts.get(index + 1)?])
    }

    /// A line as the current difference means it.
    fn line(&self, index: usize) -> Option<Vec<u8>> {
        let raw = self.raw(index)?;
        let blanks =
            raw.iter().take(self.indent).take_while(|byte| matches!(byte, b' ' | b'\t' | b'X')).count();
        let mut line = raw[blanks..].to_vec();
        if self.strip_cr && line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            line.push(b'\n');
        }
        Some(line)
    }

    /// Looks for the next difference; its head, or nothing when only garbage is left.
    pub fn head(&mut self, wanted: Option<Format>, keep_cr: bool) -> Option<Head> {
        let start = self.at;
        let mut head = Head::default();
        let mut seen = Seen::default();
        (self.indent, self.strip_cr) = (0, false);
        let mut index = start;
        while let Some(raw) = self.raw(index) {
            let indent = raw.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let has_cr = raw.ends_with(b"\r\n");
            let line = raw[indent..].to_vec();
            if head.git.is_git && line.starts_with(b"diff --git ") {
                // The head of the next file: this one has no hunks.
                return Some(self.found(head, Format::GitOnly, start, index, 0, false));
            }
            if let Some(format) = self.begins(index, &line, wanted, &mut seen, &head) {
                let first = match format {
                    Format::Ed => seen.command.unwrap_or(index),
                    // The row of stars is the hunk's.
                    Format::Context => index - 1,
                    _ => index,
                };
                return Some(self.found(head, format, start, first, indent, has_cr && !keep_cr));
            }
            head.read(&line, &mut seen);
            index += 1;
        }
        // A script that only deletes has no dot by which it could be told.
        let deletes = |index: usize| {
            self.line(index)
                .and_then(|line| command(&line))
                .is_some_and(|(_, letter, new)| letter == b'd' && new.is_none())
        };
        if wanted == Some(Format::Ed) && seen.command.is_some()
            || wanted.is_none() && seen.command.is_some_and(deletes)
        {
            let first = seen.command.unwrap_or(start);
            return Some(self.found(head, Format::Ed, start, first, 0, false));
        }
        if head.git.is_git && head.git.matters() {
            return Some(self.found(head, Format::GitOnly, start, index, 0, false));
        }
        None
    }

    fn found(
        &mut self,
        mut head: Head,
        format: Format,
        start: usize,
        first: usize,
        indent: usize,
        strip_cr: bool,
    ) -> Head {
        head.format = Some(format);
        head.lines = start..first;
        (self.at, self.indent, self.strip_cr) = (first, indent, strip_cr);
        head
    }

    /// Does a difference's first hunk begin at a line?
    fn begins(
        &self,
        index: usize,
        line: &[u8],
        wanted: Option<Format>,
        seen: &mut Seen,
        head: &Head,
    ) -> Option<Format> {
        let may_be = |format: Format| wanted.is_none_or(|wanted| wanted == format);
        if may_be(Format::Unified)
            && line.starts_with(b"@@ -")
            && (seen.new_mark || head.names[2].is_some() || wanted.is_some())
        {
            return Some(Format::Unified);
        }
        if may_be(Format::Context) && seen.stars && line.starts_with(b"*** ") {
            return Some(Format::Context);
        }
        seen.stars = line.starts_with(b"********");
        if is_command(line) {
            if may_be(Format::Normal)
                && self.raw(index + 1).is_some_and(|next| {
                    let next = &next[next.iter().take_while(|byte| **byte == b' ').count()..];
                    next.starts_with(b"< ") || next.starts_with(b"> ")
                })
            {
                return Some(Format::Normal);
            }
            if command(line).is_some_and(|(_, _, new)| new.is_none()) {
                seen.command.get_or_insert(index);
            }
        }
        (may_be(Format::Ed) && seen.command.is_some() && line == b".\n").then_some(Format::Ed)
    }

    /// The next hunk of the current difference, if there is one more.
    pub fn hunk(&mut self, format: Format) -> Result<Option<Hunk>, Malformed> {
        match format {
            Format::Unified => self.unified(),
            Format::Context => self.copied(),
            Format::Normal => self.normal(),
            Format::Ed | Format::GitOnly => Ok(None),
        }
    }

    fn malformed(&self, index: usize) -> Malformed {
        let line = self.raw(index).unwrap_or_default();
        format!("malformed patch at line {}: {}", index + 1, String::from_utf8_lossy(line))
    }

    fn missing_number(&self, index: usize) -> Malformed {
        let line = self.raw(index).unwrap_or_default();
        format!("missing line number at line {}: {}", index + 1, String::from_utf8_lossy(line))
    }

    /// Refuses numbers of lines, in the head of a hunk, that no file has.
    fn bounded(&self, index: usize, numbers: &[u8]) -> Result<(), Malformed> {
        let is_too_large = |digits: &&[u8]| {
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            !digits.is_empty() && digits.parse::<i64>().is_err()
        };
        let Some(digits) = numbers.split(|byte| !byte.is_ascii_digit()).find(is_too_large) else {
            return Ok(());
        };
        let (digits, line) = (String::from_utf8_lossy(digits), self.raw(index).unwrap_or_default());
        let line = String::from_utf8_lossy(line);
        Err(format!("line number {digits} is too large at line {}: {line}", index + 1))
    }

    /// A line without newline is one of which the next line says so.
    fn takes_no_newline(&mut self, last: Option<&mut Op>) {
        if self.line(self.at).is_some_and(|line| line.starts_with(b"\\")) {
            self.at += 1;
            if let Some(op) = last {
                let line = op.line_mut();
                if line.last() == Some(&b'\n') {
                    line.pop();
                }
            }
        }
    }

    fn unified(&mut self) -> Result<Option<Hunk>, Malformed> {
        let head_at = self.at;
        let Some(head) = self.line(head_at) else { return Ok(None) };
        let Some(rest) = head.strip_prefix(b"@@ -") else { return Ok(None) };
        let numbers = || -> Option<(Pair, Pair, &[u8])> {
            let (old, rest) = counted(rest)?;
            let rest = rest.strip_prefix(b" +")?;
            let (new, rest) = counted(rest)?;
            let rest = rest.strip_prefix(b" ")?.strip_prefix(b"@@")?;
            Some((old, new, rest))
        };
        let Some(((old_first, old_len), (new_first, new_len), function)) = numbers() else {
            return Err(self.missing_number(head_at));
        };
        self.bounded(head_at, &rest[..rest.len() - function.len()])?;
        let function = function.trim_ascii_end().to_vec();
        // Where there are no lines, the number is that of the line in front.
        let first = |first: usize, len: usize| if len == 0 { first.saturating_add(1) } else { first };
        let mut hunk = Hunk {
            old_first: first(old_first, old_len),
            new_first: first(new_first, new_len),
            ops: Vec::new(),
            function,
        };
        self.at += 1;
        let (mut old_left, mut new_left) = (old_len, new_len);
        while old_left > 0 || new_left > 0 {
            let mut line = match self.line(self.at) {
                Some(line) => {
                    self.is_cut |= !line.ends_with(b"\n");
                    line
                }
                // Blank lines at the end of a message get lost on its way.
                None if old_left.max(new_left) <= 3 && old_left == new_left => b" \n".to_vec(),
                None if old_left.max(new_left) <= 3 => {
                    return Err(format!("malformed patch at line {}:  \n", self.at));
                }
                None => return Err("unexpected end of file in patch".to_owned()),
            };
            let mark = line.first().copied().unwrap_or(b'\n');
            if !line.ends_with(b"\n") {
                line.push(b'\n');
            }
            let op = match mark {
                b' ' | b'=' => Op::Keep(line[1..].to_vec()),
                b'\t' | b'\n' => Op::Keep(line),
                b'-' => Op::Delete(line[1..].to_vec()),
                b'+' => Op::Insert(line[1..].to_vec()),
                _ => return Err(self.malformed(self.at)),
            };
            let (takes_old, takes_new) = match op {
                Op::Keep(_) => (true, true),
                Op::Delete(_) => (true, false),
                Op::Insert(_) => (false, true),
            };
            if takes_old && old_left == 0 || takes_new && new_left == 0 {
                return Err(self.malformed(self.at));
            }
            old_left -= usize::from(takes_old);
            new_left -= usize::from(takes_new);
            hunk.ops.push(op);
            self.at += 1;
            let mut last = hunk.ops.pop();
            self.takes_no_newline(last.as_mut());
            hunk.ops.extend(last);
        }
        Ok(Some(hunk))
    }

    fn copied(&mut self) -> Result<Option<Hunk>, Malformed> {
        let mut function = Vec::new();
        if self.line(self.at).is_some_and(|line| line.starts_with(b"********")) {
            let line = self.line(self.at).unwrap_or_default();
            let stars = line.iter().take_while(|byte| **byte == b'*').count();
            function = line[stars..].trim_ascii_end().to_vec();
            self.at += 1;
        }
        let head_at = self.at;
        let Some(head) = self.line(head_at) else { return Ok(None) };
        let Some(rest) = head.strip_prefix(b"*** ") else {
            return if function.is_empty() { Ok(None) } else { Err(self.malformed(head_at)) };
        };
        self.bounded(head_at, rest)?;
        let Some((old_first, old_len)) = spanned(rest) else { return Err(self.missing_number(head_at)) };
        self.at += 1;
        let old = self.half(old_len, b'-')?;
        let middle_at = self.at;
        let Some(middle) = self.line(middle_at) else {
            return Err("unexpected end of file in patch".to_owned());
        };
        let Some(rest) = middle.strip_prefix(b"--- ") else { return Err(self.malformed(middle_at)) };
        self.bounded(middle_at, rest)?;
        let Some((new_first, new_len)) = spanned(rest) else { return Err(self.missing_number(middle_at)) };
        self.at += 1;
        let new = self.half(new_len, b'+')?;
        let first = |first: usize, len: usize| if len == 0 { first.saturating_add(1) } else { first };
        let keeps =
            |half: &[Op]| half.iter().filter(|op| matches!(op, Op::Keep(_))).cloned().collect::<Vec<_>>();
        // A half that would only be context is left out.
        let (old, new) = match (old.is_empty() && old_len > 0, new.is_empty() && new_len > 0) {
            (true, true) => return Err(self.malformed(middle_at)),
            (true, false) => (keeps(&new), new),
            (false, true) => {
                let new = keeps(&old);
                (old, new)
            }
            (false, false) => (old, new),
        };
        if old.len() != old_len || new.len() != new_len {
            return Err(self.malformed(head_at));
        }
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
        let mut ops = Vec::new();
        loop {
            match (old.peek(), new.peek()) {
                (Some(Op::Delete(_)), _) => ops.extend(old.next()),
                (_, Some(Op::Insert(_))) => ops.extend(new.next()),
                (Some(_), Some(_)) => {
                    ops.extend(old.next());
                    new.next();
                }
                (None, None) => break,
                _ => return Err(self.malformed(head_at)),
            }
        }
        Ok(Some(Hunk {
            old_first: first(old_first, old_len),
            new_first: first(new_first, new_len),
            ops,
            function,
        }))
    }

    /// The lines of one half of a copied hunk; none where it is left out.
    fn half(&mut self, count: usize, mark: u8) -> Result<Vec<Op>, Malformed> {
        let mut ops: Vec<Op> = Vec::new();
        while ops.len() < count {
            let Some(mut line) = self.line(self.at) else {
                if mark == b'+' && (ops.is_empty() || count - ops.len() < 3) {
                    if !ops.is_empty() {
                        ops.resize(count, Op::Keep(b"\n".to_vec()));
                    }
                    break;
                }
                return Err("unexpected end of file in patch".to_owned());
            };
            if !line.ends_with(b"\n") {
                self.is_cut = true;
                line.push(b'\n');
            }
            let is_head = line.starts_with(b"--- ") && mark == b'-' && spanned(&line[4..]).is_some();
            let is_next = mark == b'+'
                && (line.starts_with(b"***") || line.starts_with(b"diff ") || line.starts_with(b"Index:"));
            if ops.is_empty() && (is_head || is_next) {
                break;
            }
            let text = |line: &[u8]| line.get(2..).filter(|text| !text.is_empty()).unwrap_or(b"\n").to_vec();
            let op = match (line[0], line.get(1)) {
                (b' ', Some(b' ')) => Op::Keep(text(&line)),
                (b' ', Some(b'\t')) => Op::Keep(line[1..].to_vec()),
                (b'\n', _) => Op::Keep(line),
                (b' ', _) if line == b" \n" => Op::Keep(b"\n".to_vec()),
                (b'!', Some(b' ' | b'\t' | b'\n')) if mark == b'-' => Op::Delete(text(&line)),
                (b'!', Some(b' ' | b'\t' | b'\n')) => Op::Insert(text(&line)),
                (found, Some(b' ' | b'\t' | b'\n')) if found == mark && mark == b'-' => {
                    Op::Delete(text(&line))
                }
                (found, Some(b' ' | b'\t' | b'\n')) if found == mark => Op::Insert(text(&line)),
                _ if ops.is_empty() && mark == b'+' => break,
                _ => return Err(self.malformed(self.at)),
            };
            self.at += 1;
            let mut last = Some(op);
            self.takes_no_newline(last.as_mut());
            ops.extend(last);
        }
        Ok(ops)
    }

    fn normal(&mut self) -> Result<Option<Hunk>, Malformed> {
        let head_at = self.at;
        let Some(head) = self.line(head_at) else { return Ok(None) };
        let Some((old, letter, new)) = command(&head) else { return Ok(None) };
        if letter != b'a' && letter != b'c' && letter != b'd' {
            return Ok(None);
        }
        let Some(new) = new else { return Err(self.malformed(head_at)) };
        self.bounded(head_at, self.raw(head_at).unwrap_or_default())?;
        self.at += 1;
        let span = |(first, last): (usize, usize)| last.checked_sub(first).map(|more| more + 1);
        let (Some(old_span), Some(new_span)) = (span(old), span(new)) else {
            return Err(self.malformed(head_at));
        };
        let old_len = if letter == b'a' { 0 } else { old_span };
        let new_len = if letter == b'd' { 0 } else { new_span };
        let mut ops = Vec::new();
        for (count, mark) in [(old_len, b"< "), (new_len, b"> ")] {
            if mark == b"> " && old_len > 0 && new_len > 0 {
                if self.line(self.at).is_none_or(|line| !line.starts_with(b"---")) {
                    return Err(format!("'---' expected at line {} of patch", self.at + 1));
                }
                self.at += 1;
            }
            for _ in 0..count {
                let Some(mut line) = self.line(self.at) else {
                    return Err(format!("unexpected end of file in patch at line {}", self.at));
                };
                if !line.ends_with(b"\n") {
                    self.is_cut = true;
                    line.push(b'\n');
                }
                if line[0] != mark[0] || !matches!(line.get(1), Some(b' ' | b'\t')) {
                    return Err(format!(
                        "'{}' followed by space or tab expected at line {} of patch",
                        char::from(mark[0]),
                        self.at + 1
                    ));
                }
                let text = line[2..].to_vec();
                self.at += 1;
                let mut last = Some(if mark == b"< " { Op::Delete(text) } else { Op::Insert(text) });
                self.takes_no_newline(last.as_mut());
                ops.extend(last);
            }
        }
        let first =
            |(first, _): (usize, usize), len: usize| if len == 0 { first.saturating_add(1) } else { first };
        Ok(Some(Hunk {
            old_first: first(old, old_len),
            new_first: first(new, new_len),
            ops,
            function: Vec::new(),
        }))
    }

    /// The commands of an ed script, to its end.
    pub fn ed_script(&mut self) -> Result<Vec<EdCommand>, Malformed> {
        let mut commands = Vec::new();
        while let Some(line) = self.line(self.at) {
            if line == b"s/.//\n" || line == b"s/^\\.\\././\n" {
                commands.push(EdCommand::DropFirst);
                self.at += 1;
                continue;
            }
            let Some((range, letter, None)) = command_or_append(&line) else { break };
            self.at += 1;
            let mut text = Vec::new();
            if letter != b'd' {
                loop {
                    let Some(mut line) = self.line(self.at) else {
                        return Err("unexpected end of file in patch".to_owned());
                    };
                    self.at += 1;
                    if line == b".\n" {
                        break;
                    }
                    if !line.ends_with(b"\n") {
                        line.push(b'\n');
                    }
                    text.push(line);
                }
            }
            commands.push(EdCommand::Edit { range, letter, text });
        }
        Ok(commands)
    }
}

/// A command of an ed script, as far as diff writes them.
#[derive(Debug)]
pub enum EdCommand {
    /// `a`, `c`, `d` or `i`; without range after the last line that was written.
    Edit { range: Option<(usize, usize)>, letter: u8, text: Vec<Vec<u8>> },
    /// `s/.//`: the first character of the current line goes.
    DropFirst,
}

/// What was seen in front of a difference.
#[derive(Default)]
struct Seen {
    /// The line before was one of stars.
    stars: bool,
    /// A line that begins with `--- ` or `+++ ` was seen.
    new_mark: bool,
    /// The line before began as the old name of copied context does.
    copied: bool,
    /// The first line that could be a command of ed.
    command: Option<usize>,
}

impl Git {
    /// Does it say anything that is to be done?
    fn matters(&self) -> bool {
        self.is_new
            || self.is_deleted
            || self.renames
            || self.copies
            || self.is_binary
            || self.old_mode != self.new_mode
    }
}

impl Head {
    /// Takes in a line in front of the hunks.
    fn read(&mut self, line: &[u8], seen: &mut Seen) {
        let after = |prefix: &[u8]| line.strip_prefix(prefix);
        if let Some(rest) = after(b"*** ") {
            if spanned(rest).is_none() {
                self.names[0] = name(rest);
            }
        } else if let Some(rest) = after(b"--- ") {
            // In copied context it is the new file's mark.
            if self.names[0].is_some() && seen.copied {
                self.names[1] = name(rest);
            } else {
                self.names[0] = name(rest);
            }
            seen.new_mark = true;
        } else if let Some(rest) = after(b"+++ ") {
            self.names[1] = name(rest);
            seen.new_mark = true;
        } else if let Some(rest) = after(b"Index:") {
            self.names[2] = name(rest.trim_ascii_start());
        } else if let Some(rest) = after(b"Prereq:") {
            let word = rest.trim_ascii().split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
            self.prereq = (!word.is_empty()).then(|| word.to_vec());
        } else if let Some(rest) = after(b"diff --git ") {
            *self = Head::default();
            self.git.is_git = true;
            if let Some((old, new)) = git_names(rest.trim_ascii_end()) {
                self.names = [Some(old), Some(new), None];
            }
        } else if self.git.is_git {
            self.git_line(line);
        }
        seen.copied = line.starts_with(b"*** ");
    }

    fn git_line(&mut self, line: &[u8]) {
        let line = line.trim_ascii_end();
        let after = |prefix: &str| line.strip_prefix(prefix.as_bytes());
        let mode =
            |text: &[u8]| std::str::from_utf8(text).ok().and_then(|text| u32::from_str_radix(text, 8).ok());
        // These names have no `a/` and `b/`; they are given a component that `-p1` takes off.
        let plain = |text: &[u8], side: &[u8]| {
            let name = name(text)?;
            Some(Name { name: [side, &name.name].concat(), time: Vec::new() })
        };
        if let Some(text) = after("old mode ") {
            self.git.old_mode = mode(text);
        } else if let Some(text) = after("new mode ") {
            self.git.new_mode = mode(text);
        } else if let Some(text) = after("deleted file mode ") {
            self.git.old_mode = mode(text);
            self.git.is_deleted = true;
        } else if let Some(text) = after("new file mode ") {
            self.git.new_mode = mode(text);
            self.git.is_new = true;
        } else if let Some(text) = after("rename from ") {
            self.git.renames = true;
            self.names[0] = plain(text, b"a/");
        } else if let Some(text) = after("rename to ") {
            self.git.renames = true;
            self.names[1] = plain(text, b"b/");
        } else if let Some(text) = after("copy from ") {
            self.git.copies = true;
            self.names[0] = plain(text, b"a/");
        } else if let Some(text) = after("copy to ") {
            self.git.copies = true;
            self.names[1] = plain(text, b"b/");
        } else if let Some(text) = after("index ") {
            if let Some(text) = text.rsplit(|byte| *byte == b' ').next().filter(|word| word.len() == 6) {
                let mode = mode(text);
                self.git.old_mode = self.git.old_mode.or(mode);
                self.git.new_mode = self.git.new_mode.or(mode);
            }
        } else if line.starts_with(b"GIT binary patch") {
            self.git.is_binary = true;
        }
    }
}

/// The two names of git's first line, which no mark separates unless they are quoted.
fn git_names(text: &[u8]) -> Option<(Name, Name)> {
    let plain = |name: &[u8]| Name { name: name.to_vec(), time: Vec::new() };
    if text.starts_with(b"\"") || text.ends_with(b"\"") {
        let (old, rest) = if text.starts_with(b"\"") {
            unquoted(text)?
        } else {
            let space = text.iter().position(|byte| *byte == b' ')?;
            (text[..space].to_vec(), &text[space..])
        };
        let rest = rest.trim_ascii_start();
        let new = if rest.starts_with(b"\"") { unquoted(rest)?.0 } else { rest.to_vec() };
        return Some((plain(&old), plain(&new)));
    }
    // Behind `a/` and `b/` both are the same name.
    let middle = text.len() / 2;
    let (old, new) = (text.get(..middle)?, text.get(middle + 1..)?);
    if text.get(middle) == Some(&b' ') && old.get(2..) == new.get(2..) {
        return Some((plain(old), plain(new)));
    }
    let space = text.iter().position(|byte| *byte == b' ')?;
    Some((plain(&text[..space]), plain(&text[space + 1..])))
}

/// A name in quotes with the escapes of C, and what is behind it.
fn unquoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        match rest {
            [b'"', behind @ ..] => return Some((name, behind)),
            [b'\\', escaped, behind @ ..] => {
                rest = behind;
                name.push(match escaped {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    b'0'..=b'3' => {
                        let digits = behind.get(..2)?;
                        rest = &behind[2..];
                        digits.iter().try_fold(escaped - b'0', |value, digit| {
                            (b'0'..b'8').contains(digit).then(|| value.wrapping_mul(8) + (digit - b'0'))
                        })?
                    }
                    byte => *byte,
                });
            }
            [byte, behind @ ..] => {
                name.push(*byte);
                rest = behind;
            }
            [] => return None,
        }
    }
}

/// The name at the start of a head's line.
fn name(text: &[u8]) -> Option<Name> {
    let text = text.trim_ascii_start();
    if text.starts_with(b"\"") {
        let (name, rest) = unquoted(text)?;
        return Some(Name { name, time: rest.trim_ascii_end().to_vec() });
    }
    let text = text.trim_ascii_end();
    // Blanks are part of a name only where a tab ends it.
    let end = match memchr::memchr(b'\t', text) {
        Some(tab) => tab,
        None => text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len()),
    };
    let name = text[..end].to_vec();
    (!name.is_empty()).then(|| Name { name, time: text[end..].to_vec() })
}

fn number(text: &[u8]) -> Option<(usize, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    // Far beyond any file, yet nothing that is added to it overflows.
    let value = text[..end].iter().fold(0_usize, |value, digit| {
        value.saturating_mul(10).saturating_add(usize::from(digit - b'0')).min(usize::MAX / 8)
    });
    (end > 0).then(|| (value, &text[end..]))
}

/// `first[,count]` of a unified head.
fn counted(text: &[u8]) -> Option<((usize, usize), &[u8])> {
    let (first, rest) = number(text)?;
    match rest.strip_prefix(b",") {
        Some(rest) => {
            let (count, rest) = number(rest)?;
            Some(((first, count), rest))
        }
        None => Some(((first, 1), rest)),
    }
}

/// `first[,last] ****` of a copied head: the first line and how many.
fn spanned(text: &[u8]) -> Option<(usize, usize)> {
    let (first, rest) = number(text)?;
    let (last, rest) = match rest.strip_prefix(b",") {
        Some(rest) => number(rest)?,
        None => (first, rest),
    };
    let rest = rest.trim_ascii();
    // Some write the stars with fewer blanks, or none at all.
    if !(rest.is_empty() || rest.iter().all(|byte| matches!(byte, b'*' | b'-'))) {
        return None;
    }
    let count = if first == 0 && last == 0 { 0 } else { last.checked_sub(first)? + 1 };
    Some((first, count))
}

type Pair = (usize, usize);

/// A command like `1,2c3,4`, or without the last part one of ed.
fn command(line: &[u8]) -> Option<(Pair, u8, Option<Pair>)> {
    let pair = |text| -> Option<(Pair, &[u8])> {
        let (first, rest) = number(text)?;
        match rest.strip_prefix(b",") {
            Some(rest) => {
                let (last, rest) = number(rest)?;
                Some(((first, last), rest))
            }
            None => Some(((first, first), rest)),
        }
    };
    let (old, rest) = pair(line)?;
    let (letter, rest) = rest.split_first()?;
    if !matches!(letter, b'a' | b'c' | b'd' | b'i' | b's') {
        return None;
    }
    let rest = rest.trim_ascii_end();
    if rest.is_empty() {
        return Some((old, *letter, None));
    }
    let (new, rest) = pair(rest)?;
    rest.is_empty().then_some((old, *letter, Some(new)))
}

fn command_or_append(line: &[u8]) -> Option<(Option<Pair>, u8, Option<Pair>)> {
    if line == b"a\n" {
        return Some((None, b'a', None));
    }
    command(line)
        .map(|(range, letter, new)| (Some(range), letter, new))
        .filter(|(_, letter, _)| *letter != b's')
}

fn is_command(line: &[u8]) -> bool {
    command(line).is_some()
}
