//! The line editor's thread: rustyline with the session's history, completion by question, and a coloured prompt.

use std::borrow::Cow;
use std::io::{Write, stdin, stdout};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use bstr::BString;
use nu_ansi_term::{Color, Style};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcgetwinsize, tcsetattr};
use rustyline::completion::{Candidate, Completer};
use rustyline::config::{BellStyle, CompletionType, Configurer};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::history::{History, MemHistory};
use rustyline::validate::Validator;
use rustyline::{Config, Context, EditMode, Editor, Helper};
use wasmsand_wasi::{Completion, Line, Prompt};

use super::ToEditor;
use crate::host::Waker;

/// Lines that can be gone back to.
const HISTORY_LINES_MAX: usize = 100_000;

/// Serves requests for lines until the session is gone.
pub(super) fn serve(requests: &Receiver<ToEditor>, answers: &Sender<Line>, waker: &Waker) {
    let config = Config::builder()
        .max_history_size(HISTORY_LINES_MAX)
        .and_then(|config| config.history_ignore_dups(false))
        .map(|config| {
            config
                .completion_type(CompletionType::List)
                .bell_style(BellStyle::None)
                .bracketed_paste(true)
                .build()
        })
        .unwrap_or_default();
    let history = MemHistory::with_config(&config);
    let Ok(mut editor) = Editor::<Questions<'_>, MemHistory>::with_history(config, history) else {
        let _ = answers.send(Line::End);
        return waker.wake();
    };
    editor.set_helper(Some(Questions { requests, answers, waker, hinter: HistoryHinter::new() }));
    let mut known: Arc<Vec<BString>> = Arc::default();
    while let Ok(request) = requests.recv() {
        let ToEditor::Read(prompt) = request else { continue };
        if !Arc::ptr_eq(&known, &prompt.history) {
            follow(&mut editor, &known, &prompt.history);
            known = Arc::clone(&prompt.history);
        }
        let keys = if prompt.vi { EditMode::Vi } else { EditMode::Emacs };
        editor.set_edit_mode(keys);
        let line = read(&mut editor, &prompt);
        let gone = answers.send(line).is_err();
        waker.wake();
        if gone {
            return;
        }
    }
}

/// Makes the editor's history that of the session.
fn follow(editor: &mut Editor<Questions<'_>, MemHistory>, known: &[BString], lines: &[BString]) {
    let new = match lines.strip_prefix(known) {
        Some(new) => new,
        None => {
            // There is nothing that could fail in memory.
            let _ = editor.clear_history();
            lines
        }
    };
    for line in new {
        let _ = editor.history_mut().add(&line.to_string());
    }
}

fn read(editor: &mut Editor<Questions<'_>, MemHistory>, prompt: &Prompt) -> Line {
    keep_open_line();
    match editor.readline(&shown_prompt(&prompt.text.to_string())) {
        Ok(text) => Line::Text(text.into()),
        Err(ReadlineError::Interrupted) => Line::Interrupted,
        Err(_) => Line::End,
    }
}

/// Leaves the row to what a program wrote there and did not end, which the prompt would hide; a mark is behind it, as fish
/// has it. The mark and blanks, as wide as the screen together, end on the next row if the cursor was not in the first
/// column, and on the same one if it was, where the prompt hides them: nobody has to ask the terminal where the cursor is,
/// and take what is typed meanwhile for the answer.
fn keep_open_line() {
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    let Ok(size) = tcgetwinsize(stdout()) else { return };
    let columns = usize::from(size.ws_col);
    if !is_dumb && columns > 1 {
        // A terminal that is gone is noticed by who reads from it.
        let _ = write!(stdout(), "\x1b[2m⏎\x1b[22m{:1$}\r\x1b[K", "", columns - 1);
        let _ = stdout().flush();
    }
}

/// The prompt as its width is counted, and as it is shown: what is between the bytes 1 and 2 takes no room.
fn shown_prompt(text: &str) -> (String, String) {
    let mut counted = String::new();
    let mut shown = String::new();
    let mut takes_room = true;
    for character in text.chars() {
        match character {
            '\x01' => takes_room = false,
            '\x02' => takes_room = true,
            _ => {
                shown.push(character);
                counted.extend(takes_room.then_some(character));
            }
        }
    }
    (counted, shown)
}

/// Asks the session what the editor cannot know.
struct Questions<'a> {
    requests: &'a Receiver<ToEditor>,
    answers: &'a Sender<Line>,
    waker: &'a Waker,
    hinter: HistoryHinter,
}

/// While it lives, Ctrl-C is a signal although the terminal is raw: who waits for completions can give up.
struct Interruptible(Option<rustix::termios::Termios>);

impl Interruptible {
    fn begin() -> Interruptible {
        let raw = tcgetattr(stdin()).ok();
        if let Some(raw) = &raw {
            let mut mode = raw.clone();
            mode.local_modes |= LocalModes::ISIG;
            // A terminal that is gone interrupts nobody.
            let _ = tcsetattr(stdin(), OptionalActions::Now, &mode);
        }
        Interruptible(raw)
    }
}

impl Drop for Interruptible {
    fn drop(&mut self) {
        if let Some(raw) = &self.0 {
            let _ = tcsetattr(stdin(), OptionalActions::Now, raw);
        }
    }
}

/// A candidate in the editor's words.
struct Offered {
    text: String,
    shown: String,
}

impl From<Completion> for Offered {
    fn from(completion: Completion) -> Offered {
        Offered { text: completion.text.to_string(), shown: completion.shown.to_string() }
    }
}

impl Candidate for Offered {
    fn display(&self) -> &str {
        &self.shown
    }

    fn replacement(&self) -> &str {
        &self.text
    }
}

impl Completer for Questions<'_> {
    type Candidate = Offered;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Offered>)> {
        let _interruptible = Interruptible::begin();
        let asked = self.answers.send(Line::Complete { line: line.into(), point: position });
        self.waker.wake();
        match asked.ok().and_then(|()| self.requests.recv().ok()) {
            Some(ToEditor::Completions(found)) => {
                let start = found.start.min(position);
                let start = if line.is_char_boundary(start) { start } else { position };
                Ok((start, found.found.into_iter().map(Offered::from).collect()))
            }
            Some(ToEditor::Read(_)) | None => Ok((position, Vec::new())),
        }
    }
}

impl Hinter for Questions<'_> {
    type Hint = String;

    fn hint(&self, line: &str, position: usize, context: &Context<'_>) -> Option<String> {
        self.hinter.hint(line, position, context)
    }
}

impl Highlighter for Questions<'_> {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        Cow::Owned(coloured(prompt))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(Style::new().dimmed().paint(hint).to_string())
    }
}

impl Validator for Questions<'_> {}

impl Helper for Questions<'_> {}

/// Colours the default prompt, `DIRECTORY STATUS $ `: the directory, and the last status by whether it was 0. A
/// prompt of another form is left as its owner wrote it.
fn coloured(prompt: &str) -> String {
    let parts = prompt.strip_suffix(" $ ").and_then(|rest| rest.rsplit_once(' '));
    match parts.filter(|(_, status)| status.bytes().all(|byte| byte.is_ascii_digit())) {
        Some((directory, status)) if !prompt.contains('\x1b') => {
            let colour = if status == "0" { Color::Green } else { Color::Red };
            format!("{} {} $ ", Color::Blue.bold().paint(directory), colour.paint(status))
        }
        Some(_) | None => prompt.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_no_room_is_shown_and_not_counted() {
        let (counted, shown) = shown_prompt("a\x01\x1b[1m\x02b\x01\x1b]0;t\x07\x02$ ");
        assert_eq!((counted.as_str(), shown.as_str()), ("ab$ ", "a\x1b[1mb\x1b]0;t\x07$ "));
    }

    #[test]
    fn only_the_default_prompt_is_coloured() {
        for own in ["\x1b[1mmine\x1b[0m 0 $ ", "> ", "$ ", "mine $ "] {
            assert_eq!(coloured(own), own);
        }
        assert_eq!(coloured("~/a b 0 $ "), "\x1b[1;34m~/a b\x1b[0m \x1b[32m0\x1b[0m $ ");
        assert_eq!(coloured("~ 130 $ "), "\x1b[1;34m~\x1b[0m \x1b[31m130\x1b[0m $ ");
    }
}
