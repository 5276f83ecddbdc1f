//! The line editor's thread: rustyline with history, completion by question, and a coloured prompt.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender};

use nu_ansi_term::{Color, Style};
use rustyline::completion::Completer;
use rustyline::config::{BellStyle, CompletionType};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{Config, Context, Editor, Helper};
use wasmsand_wasi::{Line, Prompt};

use super::{FromEditor, ToEditor};
use crate::host::Waker;

/// Lines that the history keeps.
const HISTORY_LINES_MAX: usize = 10_000;

/// Where the history is kept when the command line does not say: `$XDG_STATE_HOME/wasmsand/history`.
pub(super) fn default_history() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("wasmsand").join("history"))
}

/// Serves requests for lines until the session is gone.
pub(super) fn serve(
    requests: &Receiver<ToEditor>,
    answers: &Sender<FromEditor>,
    waker: &Waker,
    history: Option<PathBuf>,
) {
    let config = Config::builder()
        .max_history_size(HISTORY_LINES_MAX)
        .and_then(|config| config.history_ignore_dups(true))
        .map(|config| {
            config
                .completion_type(CompletionType::List)
                .bell_style(BellStyle::None)
                .bracketed_paste(true)
                .build()
        })
        .unwrap_or_default();
    let Ok(mut editor) = Editor::<Questions<'_>, FileHistory>::with_config(config) else {
        let _ = answers.send(FromEditor::Line(Line::End));
        return waker.wake();
    };
    editor.set_helper(Some(Questions { requests, answers, waker, hinter: HistoryHinter::new() }));
    if let Some(file) = &history {
        // The first session has no history yet.
        let _ = editor.load_history(file);
    }
    while let Ok(request) = requests.recv() {
        let ToEditor::Read(prompt) = request else { continue };
        let line = read(&mut editor, &prompt, history.as_deref());
        let gone = answers.send(FromEditor::Line(line)).is_err();
        waker.wake();
        if gone {
            return;
        }
    }
}

fn read(editor: &mut Editor<Questions<'_>, FileHistory>, prompt: &Prompt, history: Option<&Path>) -> Line {
    match editor.readline(&prompt.text.to_string()) {
        Ok(text) => {
            if !text.trim().is_empty() {
                remember(editor, &text, history);
            }
            Line::Text(text.into())
        }
        Err(ReadlineError::Interrupted) => Line::Interrupted,
        Err(_) => Line::End,
    }
}

/// A history that cannot be written is not worth a word at every line.
fn remember(editor: &mut Editor<Questions<'_>, FileHistory>, text: &str, history: Option<&Path>) {
    let _ = editor.add_history_entry(text);
    if let Some(file) = history {
        let _ = file.parent().map(std::fs::create_dir_all);
        let _ = editor.append_history(file).or_else(|_| editor.save_history(file));
    }
}

/// Asks the session what the editor cannot know.
struct Questions<'a> {
    requests: &'a Receiver<ToEditor>,
    answers: &'a Sender<FromEditor>,
    waker: &'a Waker,
    hinter: HistoryHinter,
}

/// Where the word before the cursor begins: after the last unquoted space or operator.
fn word_start(text: &str) -> usize {
    let mut start = 0;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character.is_whitespace() || "|&;()<>=`\"'$".contains(character) {
            start = at + character.len_utf8();
        }
    }
    start
}

impl Completer for Questions<'_> {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..position).unwrap_or(line);
        let start = word_start(before);
        let asked = self.answers.send(FromEditor::Complete(before.to_owned()));
        self.waker.wake();
        match asked.ok().and_then(|()| self.requests.recv().ok()) {
            Some(ToEditor::Completions(found)) => Ok((start, found)),
            Some(ToEditor::Read(_)) | None => Ok((start, Vec::new())),
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
    fn a_word_begins_after_space_and_operators() {
        for (text, start) in [("", 0), ("ls", 0), ("ls a", 3), ("cat<a/b", 4), (r"ls a\ b", 3), ("x=~/b", 2)]
        {
            assert_eq!(word_start(text), start, "{text}");
        }
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
