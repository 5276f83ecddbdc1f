//! Lines on their way from where they are typed to the parser: history expansion, and what of them the history keeps.
//!
//! A command of several lines becomes one entry (`cmdhist`). What joins its lines depends on what is open where a
//! line ends, which the parser knows.

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};
use wasmsand_wasi::Clock;

use super::{Outcome, Shell};
use crate::expand::{ExpandedLine, HistoryExpansion, Pattern, PatternOptions, PatternPiece};
use crate::state::{History, HistoryControl, SetOption, ShoptOption};
use crate::syntax::{Open, OpenKind, Parsed, Parser};

/// The lines of a command, as they are read one by one.
#[derive(Default)]
pub(crate) struct TypedCommand {
    /// All of it for the parser, each line with its newline.
    pub(crate) text: BString,
    lines: Vec<BString>,
    entry: BString,
    /// What was open behind the last line.
    open: Vec<Open>,
    /// The last line had a comment.
    commented: bool,
    /// The last line was empty, or it ended a here-document.
    blank: bool,
}

/// What an opened quote or here-document means for the next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    /// Nothing.
    Code,
    /// It is in this quote.
    Quote(u8),
    /// It is text of a here-document.
    Document,
}

impl TypedCommand {
    /// Is nothing typed yet?
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn within(&self) -> Within {
        match self.open.last().map(|open| open.kind) {
            Some(OpenKind::SingleQuote) => Within::Quote(b'\''),
            Some(OpenKind::DoubleQuote) => Within::Quote(b'"'),
            Some(OpenKind::HereDocument) => Within::Document,
            _ => Within::Code,
        }
    }

    fn is_open(&self, wanted: &[OpenKind]) -> bool {
        self.open.iter().any(|open| wanted.contains(&open.kind))
    }

    /// Takes one more line, without its newline.
    pub(crate) fn push(&mut self, line: &[u8], lithist: bool) {
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
        let within = self.within();
        let is_comment = within == Within::Code && line.trim_ascii_start().starts_with(b"#");
        if is_comment && !self.lines.is_empty() {
            self.commented = true;
            return;
        }
        if !self.lines.is_empty() {
            if self.open.last().is_some_and(|open| open.kind == OpenKind::Continuation) {
                self.entry.pop();
            } else {
                let joint = self.joint(line, lithist);
                self.entry.extend_from_slice(joint.as_bytes());
            }
        }
        self.entry.extend_from_slice(line);
        self.lines.push(line.into());
        let quote = if let Within::Quote(quote) = within { Some(quote) } else { None };
        self.commented = within != Within::Document && comment_start(line, quote).is_some();
        self.blank = line.trim_ascii().is_empty();
    }

    /// Notes what is open behind the lines so far: nothing when they are complete.
    pub(crate) fn note_open(&mut self, open: Vec<Open>) {
        let was_document = self.within() == Within::Document;
        self.open = open;
        if was_document && self.within() != Within::Document {
            self.entry.push(b'\n');
            self.blank = true;
        }
    }

    /// What stands between the lines so far and the next.
    fn joint(&self, next: &[u8], lithist: bool) -> &'static str {
        use OpenKind as Kind;
        let innermost = self.open.last().map(|open| open.kind);
        let in_for = self.open.iter().rev().nth(1).is_some_and(|open| open.kind == Kind::For);
        if self.within() == Within::Document
            || self.is_open(&[Kind::SingleQuote, Kind::DoubleQuote, Kind::Backquote, Kind::Substitution])
            || innermost == Some(Kind::Arithmetic) && !in_for
        {
            return "\n";
        }
        if self.commented || lithist {
            return "\n";
        }
        let inner = [Kind::Parameter, Kind::Parenthesis, Kind::Bracket, Kind::Test, Kind::Operator];
        if self.blank
            || innermost.is_some_and(|kind| inner.contains(&kind))
            || matches!(innermost, Some(Kind::Arithmetic | Kind::Function))
        {
            return " ";
        }
        let last = self.lines.last().map(|line| line.trim_ascii_end()).unwrap_or_default();
        let mut words = last.rsplit(u8::is_ascii_whitespace);
        let word = words.next().unwrap_or_default();
        if innermost == Some(Kind::For) && words.next() == Some(b"for") {
            return if next.trim_ascii_start().starts_with(b"in") { " " } else { ";" };
        }
        let opens =
            matches!(word, b"then" | b"else" | b"do" | b"if" | b"while" | b"until" | b"in" | b"{" | b"!");
        let closes_pattern = innermost == Some(Kind::Case) && !last.ends_with(b"esac");
        let operator = last.last().is_some_and(|byte| matches!(byte, b';' | b'&' | b'|' | b'('))
            && !last.ends_with(br"\;")
            && !last.ends_with(br"\&")
            && !last.ends_with(br"\|");
        let pattern = last.ends_with(b"()") || closes_pattern && last.ends_with(b")");
        let case_head = closes_pattern && words.next() == Some(b"case");
        if opens || operator || pattern || case_head { " " } else { "; " }
    }
}

/// Where a comment begins in a line that begins within a quote or in none.
fn comment_start(line: &[u8], mut quote: Option<u8>) -> Option<usize> {
    let mut escaped = false;
    let mut blank = true;
    for (at, byte) in line.iter().enumerate() {
        if std::mem::take(&mut escaped) {
            blank = false;
            continue;
        }
        match byte {
            b'\\' if quote != Some(b'\'') => escaped = true,
            b'#' if quote.is_none() && blank => return Some(at),
            _ if quote == Some(*byte) => quote = None,
            b'\'' | b'"' | b'`' if quote.is_none() => quote = Some(*byte),
            _ => {}
        }
        blank = matches!(byte, b' ' | b'\t' | b';' | b'&' | b'|' | b'(' | b')');
    }
    None
}

impl Shell {
    /// The history, to change.
    pub(crate) fn history(&mut self) -> &mut History {
        Arc::make_mut(&mut self.state.history)
    }

    /// How lines are expanded now that begin in a quote or in none.
    pub(crate) fn history_expansion(&self, quote: Option<u8>) -> HistoryExpansion {
        let characters = self.state.variables.text(b"histchars").map_or(b"!^#".as_slice(), |text| text);
        let at = |index: usize| characters.get(index).copied();
        let interactive = self.state.interactive;
        HistoryExpansion {
            // Without characters there is nothing to find: a line has no NUL.
            event: at(0).unwrap_or(0),
            quick: if characters.is_empty() { 0 } else { at(1).unwrap_or(b'^') },
            comment: interactive.then(|| at(2).unwrap_or(b'#')),
            quote,
            extglob: self.state.options.shopt(ShoptOption::Extglob),
            operators: interactive,
        }
    }

    /// Expands a typed line and adds it to its command, and shows it if it changed; says whether there is anything
    /// to run.
    pub(crate) async fn take_typed(&mut self, typed: &mut TypedCommand, line: &[u8]) -> bool {
        let lithist = self.state.options.shopt(ShoptOption::Lithist);
        let expands =
            self.state.options.on(SetOption::Histexpand) && self.state.options.on(SetOption::History);
        let within = typed.within();
        if !expands || within == Within::Document {
            typed.push(line, lithist);
            return true;
        }
        let quote = if let Within::Quote(quote) = within { Some(quote) } else { None };
        let how = self.history_expansion(quote);
        let expanded = how.expand(line, self.history());
        match expanded {
            Ok(None) => typed.push(line, lithist),
            Ok(Some(ExpandedLine { text, shown_only })) => {
                let mut shown = text.clone();
                shown.push(b'\n');
                self.write_error(&shown).await;
                if shown_only {
                    self.remember_line(text).await;
                    return false;
                }
                for line in text.split(|byte| *byte == b'\n') {
                    typed.push(line, lithist);
                }
            }
            Err(error) => {
                self.complain(&error.to_string()).await;
                return false;
            }
        }
        true
    }

    async fn remember_line(&mut self, line: BString) {
        let mut typed = TypedCommand::default();
        typed.push(&line, false);
        self.record(typed).await;
    }

    /// Puts a command that was read into the history, if the options and variables want it there.
    pub(crate) async fn record(&mut self, typed: TypedCommand) {
        if !self.state.options.on(SetOption::History) {
            if self.state.history.holds_running {
                self.history().holds_running = false;
            }
            return;
        }
        let refused = typed.lines.first().is_none_or(|first| {
            first.is_empty() && typed.lines.len() == 1 || self.is_ignored(BStr::new(first))
        });
        if refused {
            self.history().holds_running = false;
            return;
        }
        let time = self.history_time().await;
        let typed_lines = typed.lines.len();
        let lines = if self.state.options.shopt(ShoptOption::Cmdhist) {
            vec![typed.entry]
        } else {
            typed.lines.clone()
        };
        // Of a command of several lines, bash does not know that it is the last entry.
        let holds_running = typed_lines == 1;
        let erases = self.history_control().erases;
        let first = typed.lines.into_iter().next().unwrap_or_default();
        let history = self.history();
        if erases {
            history.erase(&first);
        }
        for line in lines {
            history.add(line, time);
            history.unwritten += 1;
        }
        history.holds_running = holds_running;
    }

    fn history_control(&self) -> HistoryControl {
        self.state
            .variables
            .text(b"HISTCONTROL")
            .map_or_else(HistoryControl::default, |v| HistoryControl::parse(v))
    }

    /// When a line was typed, if that is noted: always at a prompt, elsewhere when HISTTIMEFORMAT is set.
    pub(crate) async fn history_time(&mut self) -> Option<i64> {
        if !self.state.interactive && self.state.variables.text(b"HISTTIMEFORMAT").is_none() {
            return None;
        }
        let now = self.sys.clock(Clock::Realtime).await.ok()?;
        i64::try_from(now / 1_000_000_000).ok()
    }

    /// Do HISTCONTROL or HISTIGNORE keep a line out?
    fn is_ignored(&self, line: &BStr) -> bool {
        let last = self.state.history.last();
        if self.history_control().refuses(line, last) {
            return true;
        }
        let Some(patterns) = self.state.variables.text(b"HISTIGNORE").filter(|text| !text.is_empty()) else {
            return false;
        };
        let options = PatternOptions {
            extglob: self.state.options.shopt(ShoptOption::Extglob),
            ..PatternOptions::default()
        };
        patterns.split(|byte| *byte == b':').any(|pattern| {
            let text = with_ampersand(pattern, last.unwrap_or_default());
            Pattern::new(&[PatternPiece { bytes: &text, quoted: false }], options).matches(line)
        })
    }

    /// Runs what came of `fc`'s editor: each command is shown, remembered and run.
    pub(crate) async fn run_edited(&mut self, text: BString) -> Outcome {
        let mut parser = Parser::new(&text, 1);
        let mut status = 0;
        loop {
            let start = parser.position();
            let parsed = self.parse_next(&mut parser, false);
            let command = text.get(start..parser.position()).unwrap_or_default();
            match parsed {
                Parsed::End => return Ok(status),
                Parsed::Command(list) => {
                    self.write_error(command).await;
                    let mut typed = TypedCommand::default();
                    for line in command.lines() {
                        typed.push(line, self.state.options.shopt(ShoptOption::Lithist));
                        self.note_unfinished(&mut typed);
                    }
                    self.record(typed).await;
                    status = self.run_complete(&list, false).await?;
                }
                Parsed::Incomplete(incomplete) => {
                    return Ok(self.tell_syntax_error(&incomplete.into_error()).await);
                }
                Parsed::Error(error) => return Ok(self.tell_syntax_error(&error).await),
            }
        }
    }

    /// Records the command that a parser reads next, in a script with `set -o history`. Where history expansion
    /// changes it, the parser goes on with the changed text. Says whether there is a command to read.
    pub(super) async fn record_next(&mut self, source: &mut BString, parser: &mut Parser) {
        loop {
            let rest = source.get(parser.position()..).unwrap_or_default();
            let Some(line) = rest.lines().next().map(BString::from) else { return };
            let first_line = parser.line();
            let length = line.len() + usize::from(rest.len() > line.len());
            let text = line.trim_ascii();
            if !text.is_empty() && !text.starts_with(b"#") {
                break;
            }
            // Blank lines and comments are no commands; comments are remembered all the same.
            self.remember_line(line).await;
            *source = rest.get(length..).unwrap_or_default().into();
            *parser = Parser::new(&*source, first_line + 1);
        }
        self.record_command(source, parser).await;
    }

    async fn record_command(&mut self, source: &mut BString, parser: &mut Parser) {
        let mut typed = TypedCommand::default();
        let mut at = parser.position();
        let mut line_number = parser.line();
        let mut changed = false;
        loop {
            let rest = source.get(at..).unwrap_or_default();
            let Some(line) = rest.lines_with_terminator().next().map(BString::from) else { break };
            at += line.len();
            self.state.line = line_number;
            line_number += 1;
            let line = line.strip_suffix(b"\n").unwrap_or(&line);
            let before = typed.text.len();
            if !self.take_typed(&mut typed, line).await {
                // The command is dropped with the line.
                *source = source.get(at..).unwrap_or_default().into();
                *parser = Parser::new(&*source, line_number);
                return Box::pin(self.record_next(source, parser)).await;
            }
            changed |= typed.text.get(before..).and_then(|text| text.strip_suffix(b"\n")) != Some(line);
            match self.parse_next(&mut Parser::new(&typed.text, 1), true) {
                Parsed::Incomplete(incomplete) => typed.note_open(incomplete.open),
                Parsed::Command(_) | Parsed::End | Parsed::Error(_) => {
                    typed.note_open(Vec::new());
                    break;
                }
            }
        }
        if changed {
            let first_line = parser.line();
            let mut text = typed.text.clone();
            text.extend_from_slice(source.get(at..).unwrap_or_default());
            *parser = Parser::new(&text, first_line);
            *source = text;
        }
        self.record(typed).await;
    }
}

/// A pattern with a text for each `&` in it that no backslash quotes.
pub(super) fn with_ampersand(pattern: &[u8], last: &[u8]) -> BString {
    let mut text = BString::default();
    let mut escaped = false;
    for byte in pattern {
        match byte {
            b'&' if escaped => {
                text.pop();
                text.push(b'&');
            }
            b'&' => text.extend_from_slice(last),
            _ => text.push(*byte),
        }
        escaped = *byte == b'\\' && !escaped;
    }
    text
}
