//! The parser: a script's text to its commands.
//!
//! It owns the syntax of commands and addresses, and the words of its errors. What `s` and `y` are made of is in
//! [`parts`](crate::parts).

use std::rc::Rc;

use crate::cursor::{Chunk, Cursor, is_space};
use crate::parts;
use crate::script::{Action, Address, Command, Lines, OutputIndex, Pattern, RangeEnd, Script, Target};

/// What the command line says about the script.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rules {
    pub(crate) extended: bool,
    pub(crate) posix: bool,
    pub(crate) sandbox: bool,
    /// Each byte is a character.
    pub(crate) bytes: bool,
    /// Lines end with a NUL.
    pub(crate) null_data: bool,
}

/// Reads a script; the error is what to complain about, and whether it is one that only the whole script has.
pub(crate) fn parse(chunks: Vec<Chunk>, rules: Rules) -> Result<Script, (String, bool)> {
    let mut parser = Parser {
        cursor: Cursor::new(chunks),
        rules,
        commands: Vec::new(),
        outputs: Vec::new(),
        blocks: Vec::new(),
        labels: Vec::new(),
        jumps: Vec::new(),
        quiet: false,
    };
    parser.script().map_err(|what| (what, false))?;
    parser.link().map_err(|what| (what, true))?;
    Ok(Script { commands: parser.commands, outputs: parser.outputs, quiet: parser.quiet })
}

pub(crate) struct Parser {
    pub(crate) cursor: Cursor,
    pub(crate) rules: Rules,
    commands: Vec<Command>,
    outputs: Vec<Vec<u8>>,
    /// The open blocks: the index of each, and how a complaint about it begins.
    blocks: Vec<(usize, String)>,
    labels: Vec<(Vec<u8>, Target)>,
    /// The jumps to labels, by the index of the command.
    jumps: Vec<(usize, Vec<u8>)>,
    quiet: bool,
}

impl Parser {
    fn script(&mut self) -> Result<(), String> {
        loop {
            while self.command()? {}
            if !self.cursor.next_chunk() {
                break;
            }
        }
        match self.blocks.pop() {
            Some((_, complaint)) => Err(complaint),
            None => Ok(()),
        }
    }

    /// Ties the jumps to their labels.
    fn link(&mut self) -> Result<(), String> {
        for (index, label) in std::mem::take(&mut self.jumps) {
            let known = self.labels.iter().find(|(name, _)| *name == label);
            let Some((_, target)) = known else {
                return Err(format!("can't find label for jump to `{}'", String::from_utf8_lossy(&label)));
            };
            if let Some(Command {
                action:
                    Action::Branch(place) | Action::BranchIfChanged(place) | Action::BranchUnlessChanged(place),
                ..
            }) = self.commands.get_mut(index)
            {
                *place = *target;
            }
        }
        Ok(())
    }

    pub(crate) fn error<T>(&self, what: &str) -> Result<T, String> {
        Err(self.cursor.error(what))
    }

    /// Reads a command; `false`: the piece of the script is at its end.
    fn command(&mut self) -> Result<bool, String> {
        while self.cursor.peek().is_some_and(|byte| byte == b';' || is_space(byte)) {
            self.cursor.skip(1);
        }
        if self.cursor.peek().is_none() {
            return Ok(false);
        }
        let mut lines = self.addresses()?;
        let Some(mut letter) = self.cursor.next_not_blank() else { return self.error("missing command") };
        if matches!(lines.first, Some(Address::Line(0)))
            && (!matches!(lines.last, Some(RangeEnd::Pattern(_))) || self.rules.posix)
        {
            return self.error("invalid usage of line address 0");
        }
        if letter == b'!' {
            lines.negated = true;
            match self.cursor.next_not_blank() {
                Some(b'!') => return self.error("multiple `!'s"),
                Some(next) => letter = next,
                None => return self.error("missing command"),
            }
        }
        let action = self.action(letter, &lines)?;
        self.commands.push(Command { lines, action });
        Ok(true)
    }

    fn addresses(&mut self) -> Result<Lines, String> {
        let mut lines = Lines { first: self.first_address()?, ..Lines::default() };
        if lines.first.is_none() {
            return Ok(lines);
        }
        self.cursor.skip_blanks();
        if self.cursor.peek() == Some(b',') {
            self.cursor.skip(1);
            self.cursor.skip_blanks();
            lines.last = self.range_end()?;
            if lines.last.is_none() {
                self.cursor.next();
                return self.error("unexpected `,'");
            }
        }
        Ok(lines)
    }

    fn first_address(&mut self) -> Result<Option<Address>, String> {
        if let Some(pattern) = self.pattern_address()? {
            return Ok(Some(Address::Pattern(pattern)));
        }
        Ok(match self.cursor.peek() {
            Some(b'0'..=b'9') => {
                let first = self.number();
                let before_blanks = self.cursor.rest().len();
                self.cursor.skip_blanks();
                if self.cursor.peek() == Some(b'~') && !self.rules.posix {
                    self.cursor.skip(1);
                    self.cursor.skip_blanks();
                    let step = self.number();
                    Some(if step == 0 { Address::Line(first) } else { Address::Step { first, step } })
                } else {
                    for _ in self.cursor.rest().len()..before_blanks {
                        self.cursor.back();
                    }
                    Some(Address::Line(first))
                }
            }
            Some(b'$') => {
                self.cursor.skip(1);
                Some(Address::Last)
            }
            Some(b'+' | b'~') if !self.rules.posix => {
                self.cursor.skip(1);
                self.cursor.skip_blanks();
                self.number();
                return self.error("invalid usage of +N or ~N as first address");
            }
            _ => None,
        })
    }

    fn range_end(&mut self) -> Result<Option<RangeEnd>, String> {
        if let Some(pattern) = self.pattern_address()? {
            return Ok(Some(RangeEnd::Pattern(pattern)));
        }
        Ok(match self.cursor.peek() {
            Some(b'0'..=b'9') => Some(RangeEnd::Line(self.number())),
            Some(b'$') => {
                self.cursor.skip(1);
                Some(RangeEnd::Last)
            }
            Some(sign @ (b'+' | b'~')) if !self.rules.posix => {
                self.cursor.skip(1);
                self.cursor.skip_blanks();
                let number = self.number();
                Some(if sign == b'+' { RangeEnd::After(number) } else { RangeEnd::Multiple(number) })
            }
            _ => None,
        })
    }

    /// `/re/` or `\cREc` with its flags.
    fn pattern_address(&mut self) -> Result<Option<Pattern>, String> {
        let delimiter = match self.cursor.peek() {
            Some(b'/') => b'/',
            Some(b'\\') => {
                self.cursor.skip(1);
                match self.cursor.peek() {
                    Some(delimiter) => delimiter,
                    None => return self.error("unterminated address regex"),
                }
            }
            _ => return Ok(None),
        };
        self.cursor.skip(1);
        let Some(text) = parts::delimited(&mut self.cursor, delimiter, true) else {
            return self.error("unterminated address regex");
        };
        let (mut ignore_case, mut multi_line) = (false, false);
        while !self.rules.posix {
            let before = self.cursor.rest().len();
            self.cursor.skip_blanks();
            match self.cursor.peek() {
                Some(b'I') => ignore_case = true,
                Some(b'M') => multi_line = true,
                _ => {
                    for _ in self.cursor.rest().len()..before {
                        self.cursor.back();
                    }
                    break;
                }
            }
            self.cursor.skip(1);
        }
        self.pattern(&text, ignore_case, multi_line).map(Some)
    }

    /// Compiles a regular expression.
    pub(crate) fn pattern(
        &self,
        text: &[u8],
        ignore_case: bool,
        multi_line: bool,
    ) -> Result<Pattern, String> {
        if text.is_empty() {
            if ignore_case || multi_line {
                return self.error("cannot specify modifiers on empty regexp");
            }
            return Ok(None);
        }
        match parts::regex(text, self.rules, ignore_case, multi_line) {
            Ok(regex) => Ok(Some(Rc::new(regex))),
            Err(what) => self.error(&what),
        }
    }

    pub(crate) fn number(&mut self) -> u64 {
        let mut number: u64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.cursor.peek() {
            number = number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            self.cursor.skip(1);
        }
        number
    }

    /// What a command does, behind its letter.
    fn action(&mut self, letter: u8, lines: &Lines) -> Result<Action, String> {
        let (one, two) = (lines.first.is_some(), lines.last.is_some());
        if self.rules.posix && b"eFvzLQTRW".contains(&letter) {
            return self.unknown(letter);
        }
        match letter {
            b'#' if one => self.error("comments don't accept any addresses"),
            b'#' => Ok(self.comment()),
            b':' if one => self.error(": doesn't want any addresses"),
            b':' => {
                let label = self.label();
                if label.is_empty() {
                    return self.error("\":\" lacks a label");
                }
                self.labels.push((label, self.commands.len()));
                Ok(Action::Nothing)
            }
            b'{' => {
                self.blocks.push((self.commands.len(), self.cursor.error_at_0("unmatched `{'")));
                Ok(Action::Block(0))
            }
            b'}' => self.block_end(one),
            b'a' | b'i' | b'c' => self.text_command(letter),
            b'b' | b't' | b'T' => Ok(self.jump(letter)),
            b'e' => {
                self.no_sandbox()?;
                self.cursor.skip_blanks();
                Ok(Action::Execute(self.rest_of_line()))
            }
            b'r' | b'R' | b'w' | b'W' => self.file_command(letter),
            b'q' | b'Q' if two => self.error("command only uses one address"),
            b'q' | b'Q' => {
                let status = self.optional_number()?.unwrap_or(0);
                let status = i32::try_from(status & 0xff).unwrap_or(0);
                Ok(if letter == b'q' { Action::Quit(status) } else { Action::QuitSilently(status) })
            }
            b'l' => {
                let width = self.optional_number()?;
                Ok(Action::List(width.map(|width| usize::try_from(width).unwrap_or(usize::MAX))))
            }
            b's' => self.substitution(),
            b'y' => self.transliteration(),
            b'v' => self.version(),
            _ => {
                let action = match letter {
                    b'=' => Action::LineNumber,
                    b'd' => Action::Delete,
                    b'D' => Action::DeleteFirst,
                    b'F' => Action::FileName,
                    b'g' => Action::Get,
                    b'G' => Action::GetAppended,
                    b'h' => Action::Hold,
                    b'H' => Action::HoldAppended,
                    b'n' => Action::Next,
                    b'N' => Action::NextAppended,
                    b'p' => Action::Print,
                    b'P' => Action::PrintFirst,
                    b'x' => Action::Exchange,
                    b'z' => Action::Zap,
                    _ => return self.unknown(letter),
                };
                self.end_of_command()?;
                Ok(action)
            }
        }
    }

    fn unknown<T>(&self, letter: u8) -> Result<T, String> {
        self.error(&format!("unknown command: `{}'", String::from_utf8_lossy(&[letter])))
    }

    pub(crate) fn no_sandbox(&self) -> Result<(), String> {
        if self.rules.sandbox { self.error("e/r/w commands disabled in sandbox mode") } else { Ok(()) }
    }

    fn comment(&mut self) -> Action {
        if self.cursor.is_at_start(1) && self.cursor.peek() == Some(b'n') {
            self.quiet = true;
        }
        self.rest_of_line();
        Action::Nothing
    }

    fn block_end(&mut self, has_address: bool) -> Result<Action, String> {
        let Some((start, _)) = self.blocks.pop() else { return self.error("unexpected `}'") };
        if has_address {
            return self.error("`}' doesn't want any addresses");
        }
        let end = self.commands.len();
        if let Some(Command { action: Action::Block(target), .. }) = self.commands.get_mut(start) {
            *target = end;
        }
        self.end_of_command()?;
        Ok(Action::Nothing)
    }

    /// What stands behind a command that takes nothing more.
    pub(crate) fn end_of_command(&mut self) -> Result<(), String> {
        match self.cursor.next_not_blank() {
            None | Some(b'\n' | b';') => Ok(()),
            Some(b'}' | b'#') => {
                self.cursor.back();
                Ok(())
            }
            Some(_) => self.error("extra characters after command"),
        }
    }

    fn optional_number(&mut self) -> Result<Option<u64>, String> {
        self.cursor.skip_blanks();
        let number = self.cursor.peek().is_some_and(|byte| byte.is_ascii_digit()).then(|| self.number());
        self.end_of_command()?;
        Ok(number)
    }

    /// A label: up to a space, a semicolon or a brace.
    fn label(&mut self) -> Vec<u8> {
        self.cursor.skip_blanks();
        let mut label = Vec::new();
        while let Some(byte) = self.cursor.peek().filter(|byte| !is_space(*byte) && !b";}".contains(byte)) {
            label.push(byte);
            self.cursor.skip(1);
        }
        label
    }

    fn jump(&mut self, letter: u8) -> Action {
        let label = self.label();
        if label.starts_with(b"#") {
            // `b #comment` goes to the end.
            for _ in 0..label.len() {
                self.cursor.back();
            }
        } else if !label.is_empty() {
            self.jumps.push((self.commands.len(), label));
        }
        match letter {
            b'b' => Action::Branch(Target::MAX),
            b't' => Action::BranchIfChanged(Target::MAX),
            _ => Action::BranchUnlessChanged(Target::MAX),
        }
    }

    /// The rest of the line, without its newline.
    fn rest_of_line(&mut self) -> Vec<u8> {
        let rest = self.cursor.rest();
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default().to_vec();
        self.cursor.skip((length + 1).min(rest.len()));
        line
    }

    /// The name of a file: the rest of the line.
    pub(crate) fn file_name(&mut self) -> Result<Vec<u8>, String> {
        self.no_sandbox()?;
        self.cursor.skip_blanks();
        if matches!(self.cursor.peek(), None | Some(b'\n')) {
            return self.error("missing filename in r/R/w/W commands");
        }
        Ok(self.rest_of_line())
    }

    fn file_command(&mut self, letter: u8) -> Result<Action, String> {
        let name = self.file_name()?;
        Ok(match letter {
            b'r' => Action::Read(name),
            b'R' => Action::ReadLine(name),
            b'w' => Action::Write(self.output(name)),
            _ => Action::WriteFirst(self.output(name)),
        })
    }

    pub(crate) fn output(&mut self, name: Vec<u8>) -> OutputIndex {
        let known = self.outputs.iter().position(|known| *known == name);
        OutputIndex(known.unwrap_or_else(|| {
            self.outputs.push(name);
            self.outputs.len() - 1
        }))
    }

    fn version(&mut self) -> Result<Action, String> {
        let wanted = self.label();
        let mut numbers = wanted.split(|byte| *byte == b'.').map(|part| {
            part.iter().fold(0_u64, |number, digit| {
                number.saturating_mul(10).saturating_add(u64::from(digit.wrapping_sub(b'0')))
            })
        });
        let wanted = [(); 3].map(|()| numbers.next().unwrap_or(0));
        // The version of the program that this one answers as.
        if wanted > [4, 9, 0] {
            return self.error("expected newer version of sed");
        }
        Ok(Action::Nothing)
    }

    /// `a`, `i` and `c`: the text of the same line, or of those behind a backslash.
    fn text_command(&mut self, letter: u8) -> Result<Action, String> {
        const EXPECTED: &str = "expected \\ after `a', `c' or `i'";
        self.cursor.skip_blanks();
        let mut at_end = false;
        match self.cursor.peek() {
            None => return self.error(EXPECTED),
            Some(b'\\') => {
                self.cursor.skip(1);
                let before = self.cursor.rest().len();
                self.cursor.skip_blanks();
                match self.cursor.peek() {
                    Some(b'\n') => self.cursor.skip(1),
                    // `a\` at the end of an expression: the text is the next one.
                    None if before == self.cursor.rest().len() => at_end = !self.cursor.next_chunk(),
                    _ => {
                        for _ in self.cursor.rest().len()..before {
                            self.cursor.back();
                        }
                    }
                }
            }
            Some(_) if self.rules.posix => {
                self.cursor.next();
                return self.error(EXPECTED);
            }
            Some(_) => {}
        }
        let text = if at_end { Vec::new() } else { self.text()? };
        Ok(match letter {
            b'a' => Action::Append(text),
            b'i' => Action::Insert(text),
            _ => Action::Change(text),
        })
    }

    /// Text up to a newline that no backslash precedes.
    fn text(&mut self) -> Result<Vec<u8>, String> {
        let mut text = Vec::new();
        loop {
            match self.cursor.next() {
                None | Some(b'\n') => break,
                Some(b'\\') => {
                    let escape = crate::escape::byte(self.cursor.rest());
                    let Ok(escape) = escape else {
                        return self.error(parts::RECURSIVE);
                    };
                    if let Some((byte, length)) = escape {
                        self.cursor.skip(length);
                        text.push(byte);
                    } else if let Some(byte) = self.cursor.next() {
                        text.push(byte);
                    } else if self.cursor.next_chunk() {
                        text.push(b'\n');
                    }
                }
                Some(byte) => text.push(byte),
            }
        }
        text.push(b'\n');
        Ok(text)
    }
}
