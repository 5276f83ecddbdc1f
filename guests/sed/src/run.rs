//! The machine: it runs the script on each line.
//!
//! It owns the pattern space and the hold space, the ranges that are under way, and what is to be written at the end
//! of a cycle.

use std::collections::HashMap;
use std::rc::Rc;

use posix_regex::Regex;

use crate::host;
use crate::input::{Fatal, Input, Reader, words};
use crate::output::{Outputs, To};
use crate::parts::{character_length, missing_group};
use crate::script::{
    Action, Address, Command, Lines, Pattern, RangeEnd, Script, Substitution, Transliteration,
};
use crate::substitute::{Scratch, substitute};

/// A text, and whether its line had its end.
struct Space {
    text: Vec<u8>,
    ended: bool,
}

/// How far a range is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Range {
    Outside,
    /// Up to that line, where the end is a number.
    Inside(u64),
    /// It is over; one that begins at a line's number does not begin again.
    Over,
}

/// What is written at the end of a cycle.
enum Appended {
    Text(usize),
    /// The content of a file.
    File(usize),
    /// A line that was read from a file, and whether it had its end.
    Line(Vec<u8>, bool),
}

/// How the script ends for a line.
enum Flow {
    /// Go on with the next command.
    Next,
    Jump(usize),
    EndOfScript,
    /// Without printing.
    EndOfCycle,
    /// Without reading a line.
    Again,
    Quit {
        status: i32,
        print: bool,
    },
}

/// How the machine is to behave.
pub(crate) struct Behaviour {
    pub(crate) quiet: bool,
    pub(crate) posix: bool,
    pub(crate) bytes: bool,
    /// What ends a line.
    pub(crate) end: u8,
    pub(crate) line_length: usize,
}

/// Why the machine stopped early.
pub(crate) enum Stop {
    /// With status 4.
    Fatal(String),
    /// The script asks for what there is not: with status 1.
    Script(String),
}

impl From<Fatal> for Stop {
    fn from(Fatal(what): Fatal) -> Stop {
        Stop::Fatal(what)
    }
}

pub(crate) struct Machine<'a> {
    script: &'a Script,
    behaviour: Behaviour,
    pub(crate) input: Input,
    pub(crate) outputs: Outputs,
    pattern: Space,
    hold: Space,
    ranges: Vec<Range>,
    appended: Vec<Appended>,
    /// The files of `R`.
    readers: HashMap<&'a [u8], Option<Reader>>,
    last_regex: Option<Rc<Regex>>,
    /// A substitution was made since the last line was read or `t` jumped.
    changed: bool,
    scratch: Scratch,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(
        script: &'a Script,
        behaviour: Behaviour,
        input: Input,
        outputs: Outputs,
    ) -> Machine<'a> {
        let mut machine = Machine {
            script,
            behaviour,
            input,
            outputs,
            pattern: Space { text: Vec::new(), ended: true },
            hold: Space { text: Vec::new(), ended: true },
            ranges: Vec::new(),
            appended: Vec::new(),
            readers: HashMap::new(),
            last_regex: None,
            changed: false,
            scratch: Scratch::default(),
        };
        machine.reset_ranges();
        machine
    }

    fn reset_ranges(&mut self) {
        self.ranges.clear();
        self.ranges.extend(self.script.commands.iter().map(|command| match command.lines.first {
            Some(Address::Line(0)) => Range::Inside(0),
            _ => Range::Outside,
        }));
    }

    /// Runs the script on all lines; answers the status that it asks for.
    pub(crate) fn run(&mut self) -> Result<i32, Stop> {
        let mut again = false;
        loop {
            if !again {
                self.pattern.text.clear();
                if !self.read_line()? {
                    return Ok(0);
                }
            }
            again = false;
            match self.cycle()? {
                Flow::EndOfScript | Flow::Next | Flow::Jump(_) => self.print_unless_quiet()?,
                Flow::EndOfCycle => {}
                Flow::Again => again = true,
                Flow::Quit { status, print } => {
                    if print {
                        self.print_unless_quiet()?;
                        self.write_appended()?;
                    }
                    self.input.finish(&mut self.outputs)?;
                    return Ok(status);
                }
            }
            self.write_appended()?;
        }
    }

    /// Appends the next line to the pattern space; `false`: there is none.
    fn read_line(&mut self) -> Result<bool, Stop> {
        self.write_appended()?;
        let ended = self.input.line(&mut self.pattern.text, &mut self.outputs)?;
        if self.input.is_new_file {
            self.input.is_new_file = false;
            self.reset_ranges();
            self.hold = Space { text: Vec::new(), ended: true };
        }
        let Some(ended) = ended else { return Ok(false) };
        self.pattern.ended = ended;
        self.changed = false;
        Ok(true)
    }

    fn print_unless_quiet(&mut self) -> Result<(), Fatal> {
        if self.behaviour.quiet { Ok(()) } else { self.print(To::Main) }
    }

    fn print(&mut self, to: To) -> Result<(), Fatal> {
        self.outputs.line(to, &self.pattern.text, self.pattern.ended)
    }

    /// Runs the script on the pattern space.
    fn cycle(&mut self) -> Result<Flow, Stop> {
        let script = self.script;
        let mut index = 0;
        while let Some(command) = script.commands.get(index) {
            fuel::spend(1 + self.pattern.text.len() as u64 / 16);
            let selected = self.selects(index, &command.lines)? != command.lines.negated;
            if !selected {
                index = if let Action::Block(end) = command.action { end } else { index + 1 };
                continue;
            }
            match self.command(index, command)? {
                Flow::Next => index += 1,
                Flow::Jump(target) => index = target,
                flow => return Ok(flow),
            }
        }
        Ok(Flow::EndOfScript)
    }

    /// Is this line one of the command's, but for its `!`?
    fn selects(&mut self, index: usize, lines: &Lines) -> Result<bool, Stop> {
        let Some(first) = &lines.first else { return Ok(true) };
        let Some(last) = &lines.last else { return self.is_at(first) };
        let line = self.input.line_number;
        let state = self.ranges.get(index).copied().unwrap_or(Range::Outside);
        let (new_state, selected) = match state {
            Range::Inside(end) => match last {
                RangeEnd::Line(_) | RangeEnd::After(_) | RangeEnd::Multiple(_) => {
                    (if line >= end { Range::Over } else { state }, line <= end)
                }
                RangeEnd::Last => (if self.is_last()? { Range::Over } else { state }, true),
                RangeEnd::Pattern(pattern) => {
                    (if self.matches(pattern)? { Range::Over } else { state }, true)
                }
            },
            Range::Outside | Range::Over => {
                let begins = match first {
                    Address::Line(number) => state != Range::Over && line >= *number,
                    other => self.is_at(other)?,
                };
                if !begins {
                    return Ok(false);
                }
                begun(first, last, line)
            }
        };
        if let Some(range) = self.ranges.get_mut(index) {
            *range = new_state;
        }
        Ok(selected)
    }

    fn is_at(&mut self, address: &Address) -> Result<bool, Stop> {
        let line = self.input.line_number;
        Ok(match address {
            Address::Line(number) => line == *number,
            Address::Step { first, step } => line >= *first && (line - first).is_multiple_of(*step),
            Address::Last => self.is_last()?,
            Address::Pattern(pattern) => self.matches(pattern)?,
        })
    }

    fn is_last(&mut self) -> Result<bool, Stop> {
        Ok(self.input.is_last(&mut self.outputs)?)
    }

    /// The regular expression that a pattern stands for; it is the last one that was used from now on.
    fn regex(&mut self, pattern: &Pattern) -> Result<Rc<Regex>, Stop> {
        if let Some(regex) = pattern {
            if !self.last_regex.as_ref().is_some_and(|last| Rc::ptr_eq(last, regex)) {
                self.last_regex = Some(Rc::clone(regex));
            }
            return Ok(Rc::clone(regex));
        }
        let none = || Stop::Script("no previous regular expression".to_owned());
        self.last_regex.clone().ok_or_else(none)
    }

    fn matches(&mut self, pattern: &Pattern) -> Result<bool, Stop> {
        Ok(self.regex(pattern)?.is_match(&self.pattern.text))
    }

    fn command(&mut self, index: usize, command: &'a Command) -> Result<Flow, Stop> {
        match &command.action {
            Action::Block(_) | Action::Nothing => {}
            Action::Append(_) => self.appended.push(Appended::Text(index)),
            Action::Read(_) => self.appended.push(Appended::File(index)),
            Action::ReadLine(name) => self.read_from(name)?,
            Action::Insert(text) => self.insert(text)?,
            Action::Change(text) => {
                let inside = matches!(self.ranges.get(index), Some(Range::Inside(_)));
                if command.lines.last.is_none() || !inside {
                    self.insert(text)?;
                }
                return Ok(Flow::EndOfCycle);
            }
            Action::Branch(target) => return Ok(Flow::Jump(*target)),
            Action::BranchIfChanged(target) => {
                if std::mem::take(&mut self.changed) {
                    return Ok(Flow::Jump(*target));
                }
            }
            Action::BranchUnlessChanged(target) => {
                if !std::mem::take(&mut self.changed) {
                    return Ok(Flow::Jump(*target));
                }
            }
            Action::Delete => return Ok(Flow::EndOfCycle),
            Action::DeleteFirst => {
                return Ok(match swar::position(self.behaviour.end, &self.pattern.text) {
                    None => Flow::EndOfCycle,
                    Some(end) => {
                        self.pattern.text.drain(..=end);
                        Flow::Again
                    }
                });
            }
            Action::Execute(command) => self.execute(command)?,
            Action::FileName => {
                let name = self.input.file_name().to_vec();
                self.outputs.line(To::Main, &name, true)?;
            }
            Action::Get | Action::Hold | Action::Exchange | Action::GetAppended | Action::HoldAppended => {
                self.spaces(&command.action);
            }
            Action::List(width) => self.list(width.unwrap_or(self.behaviour.line_length))?,
            Action::Next | Action::NextAppended => return self.next(&command.action),
            Action::Print => self.print(To::Main)?,
            Action::PrintFirst => self.print_first(To::Main)?,
            Action::Quit(status) => return Ok(Flow::Quit { status: *status, print: true }),
            Action::QuitSilently(status) => return Ok(Flow::Quit { status: *status, print: false }),
            Action::Substitute(substitution) => self.substitute(substitution)?,
            Action::Write(output) => self.print(To::File(*output))?,
            Action::WriteFirst(output) => self.print_first(To::File(*output))?,
            Action::Transliterate(table) => self.transliterate(table),
            Action::Zap => self.pattern.text.clear(),
            Action::LineNumber => {
                let number = self.input.line_number.to_string();
                self.outputs.line(To::Main, number.as_bytes(), true)?;
            }
        }
        Ok(Flow::Next)
    }

    /// The commands between the pattern space and the hold space.
    fn spaces(&mut self, action: &Action) {
        let end = self.behaviour.end;
        let (pattern, hold) = (&mut self.pattern, &mut self.hold);
        let copy = |from: &Space, to: &mut Space| {
            to.text.clone_from(&from.text);
            to.ended = from.ended;
        };
        let append = |from: &Space, to: &mut Space| {
            to.text.push(end);
            to.text.extend_from_slice(&from.text);
            to.ended = from.ended;
        };
        match action {
            Action::Get => copy(hold, pattern),
            Action::Hold => copy(pattern, hold),
            Action::GetAppended => append(hold, pattern),
            Action::HoldAppended => append(pattern, hold),
            _ => std::mem::swap(pattern, hold),
        }
    }

    /// `n` and `N`. Without a next line the script ends, as GNU has it with the line printed.
    fn next(&mut self, action: &Action) -> Result<Flow, Stop> {
        if self.is_last()? {
            return Ok(if self.behaviour.posix { Flow::EndOfCycle } else { Flow::EndOfScript });
        }
        if matches!(action, Action::Next) {
            self.print_unless_quiet()?;
            self.pattern.text.clear();
        } else {
            self.pattern.text.push(self.behaviour.end);
        }
        Ok(if self.read_line()? { Flow::Next } else { Flow::EndOfScript })
    }

    /// Writes a text of `i` or `c`, whose last newline is the end of a line.
    fn insert(&mut self, text: &[u8]) -> Result<(), Fatal> {
        match text.strip_suffix(b"\n") {
            Some(line) => self.outputs.line(To::Main, line, true),
            None => self.outputs.bytes(text),
        }
    }

    fn print_first(&mut self, to: To) -> Result<(), Fatal> {
        let text = &self.pattern.text;
        match swar::position(self.behaviour.end, text) {
            Some(end) => self.outputs.line(to, text.get(..end).unwrap_or_default(), true),
            None => self.outputs.line(to, text, self.pattern.ended),
        }
    }

    fn substitute(&mut self, command: &Substitution) -> Result<(), Stop> {
        let regex = self.regex(&command.pattern)?;
        if command.pattern.is_none()
            && let Some(what) = missing_group(&self.last_regex, command.group_max)
        {
            return Err(Stop::Script(what));
        }
        if !substitute(command, &regex, &self.pattern.text, self.behaviour.bytes, &mut self.scratch) {
            return Ok(());
        }
        std::mem::swap(&mut self.pattern.text, &mut self.scratch.line);
        self.changed = true;
        if command.print && command.print_first {
            self.print(To::Main)?;
        }
        if command.evaluate {
            self.evaluate()?;
        }
        if command.print && !command.print_first {
            self.print(To::Main)?;
        }
        if let Some(output) = command.write {
            self.print(To::File(output))?;
        }
        Ok(())
    }

    /// The pattern space becomes what it prints as a command.
    fn evaluate(&mut self) -> Result<(), Stop> {
        let command = std::mem::take(&mut self.pattern.text);
        self.pattern.text = self.shell(&command)?;
        if self.pattern.text.last() == Some(&self.behaviour.end) {
            self.pattern.text.pop();
        }
        Ok(())
    }

    fn execute(&mut self, command: &[u8]) -> Result<(), Stop> {
        if command.is_empty() {
            return self.evaluate();
        }
        let output = self.shell(command)?;
        Ok(self.outputs.bytes(&output)?)
    }

    fn shell(&mut self, command: &[u8]) -> Result<Vec<u8>, Stop> {
        // What was written so far comes before what the command writes.
        self.outputs.flush()?;
        host::shell(command)
            .map_err(|error| Stop::Fatal(format!("error running subprocess: {}", words(&error))))
    }

    fn transliterate(&mut self, table: &Transliteration) {
        let text = &mut self.pattern.text;
        if table.others.is_empty() {
            for byte in text {
                *byte = table.bytes[usize::from(*byte)];
            }
            return;
        }
        let line = &mut self.scratch.line;
        line.clear();
        let mut rest: &[u8] = text;
        while !rest.is_empty() {
            let (character, behind) = rest.split_at(character_length(rest, self.behaviour.bytes));
            let other = table.others.binary_search_by(|(from, _)| from.as_slice().cmp(character));
            match (other.ok().and_then(|index| table.others.get(index)), character) {
                (Some((_, to)), _) => line.extend_from_slice(to),
                (None, [byte]) => line.push(table.bytes[usize::from(*byte)]),
                (None, _) => line.extend_from_slice(character),
            }
            rest = behind;
        }
        std::mem::swap(text, line);
    }

    /// `l`: the line so that all of it can be seen, folded at a width.
    fn list(&mut self, width: usize) -> Result<(), Fatal> {
        let mut shown = Vec::new();
        let mut column = 0;
        for byte in &self.pattern.text {
            let piece = match byte {
                b'\\' => "\\\\".to_owned(),
                7 => "\\a".to_owned(),
                8 => "\\b".to_owned(),
                12 => "\\f".to_owned(),
                b'\n' => "\\n".to_owned(),
                b'\r' => "\\r".to_owned(),
                b'\t' => "\\t".to_owned(),
                11 => "\\v".to_owned(),
                b' '..=b'~' => char::from(*byte).to_string(),
                _ => format!("\\{byte:03o}"),
            };
            if width > 0 && column + piece.len() > width - 1 {
                shown.extend(b"\\\n");
                column = 0;
            }
            column += piece.len();
            shown.extend(piece.as_bytes());
        }
        shown.push(b'$');
        self.outputs.line(To::Main, &shown, true)
    }

    /// `R`: keeps the next line of a file for the end of the cycle.
    fn read_from(&mut self, name: &'a [u8]) -> Result<(), Stop> {
        let reader = self.readers.entry(name).or_insert_with(|| Reader::open(name).ok());
        let mut line = Vec::new();
        if let Some(reader) = reader
            && let Some(ended) = reader.line(&mut line, self.behaviour.end)?
        {
            self.appended.push(Appended::Line(line, ended));
        }
        Ok(())
    }

    fn write_appended(&mut self) -> Result<(), Fatal> {
        if self.appended.is_empty() {
            return Ok(());
        }
        for appended in std::mem::take(&mut self.appended) {
            match appended {
                Appended::Text(index) => {
                    if let Some(Command { action: Action::Append(text), .. }) =
                        self.script.commands.get(index)
                    {
                        self.outputs.bytes(text)?;
                    }
                }
                Appended::Line(line, true) => self.outputs.line(To::Main, &line, true)?,
                Appended::Line(line, false) => self.outputs.bytes(&line)?,
                Appended::File(index) => {
                    if let Some(Command { action: Action::Read(name), .. }) = self.script.commands.get(index)
                    {
                        self.copy_file(name)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes a file's content; one that cannot be read has none.
    fn copy_file(&mut self, name: &[u8]) -> Result<(), Fatal> {
        const PIECE_BYTES: usize = 65_536;
        let Ok(mut file) = std::fs::File::open(host::path(name)) else { return Ok(()) };
        let mut piece = vec![0; PIECE_BYTES];
        while let Ok(count @ 1..) = std::io::Read::read(&mut file, &mut piece) {
            self.outputs.bytes(piece.get(..count).unwrap_or_default())?;
        }
        Ok(())
    }
}

/// How far a range is on the line where it begins, and whether the line is in it.
fn begun(first: &Address, last: &RangeEnd, line: u64) -> (Range, bool) {
    let up_to = |end: u64| if end > line { Range::Inside(end) } else { Range::Over };
    match last {
        RangeEnd::Line(end) => {
            // One that begins behind its end is its first line alone.
            let passed = matches!(first, Address::Line(number) if line != *number && line > *end);
            (up_to(*end), !passed)
        }
        RangeEnd::After(count) => (up_to(line.saturating_add(*count)), true),
        RangeEnd::Multiple(0) => (Range::Over, true),
        RangeEnd::Multiple(number) => (up_to((line / number + 1).saturating_mul(*number)), true),
        RangeEnd::Last | RangeEnd::Pattern(_) => (Range::Inside(0), true),
    }
}
