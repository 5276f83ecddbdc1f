//! The prompt: a line editor on a thread of its own, and the loop that drives the session meanwhile.
//!
//! The editor and the session share nothing but two channels: the session asks for a line, the editor answers with
//! one or asks for completions. So background jobs run while a person types.

mod complete;
mod editor;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

use wasmsand_wasi::{Line, Prompt, Signal, Sleep, Turn};

use crate::host::Waker;
use crate::session::{End, Session};

/// What the loop tells the editor.
pub(crate) enum ToEditor {
    /// Ask the person for a line.
    Read(Prompt),
    /// The answer to a completion question.
    Completions(Vec<String>),
}

/// What the editor tells the loop.
pub(crate) enum FromEditor {
    /// A line.
    Line(Line),
    /// What could stand at the end of this text?
    Complete(String),
}

/// Runs an interactive session to its end. `raised` answers the signals since it was last asked.
pub fn run(
    session: &mut Session,
    waker: &Waker,
    history: Option<PathBuf>,
    raised: impl Fn() -> Vec<Signal>,
) -> End {
    let (to_editor, requests) = channel();
    let (answers, from_editor) = channel();
    let editor_waker = waker.clone();
    let history = history.or_else(editor::default_history);
    // The thread ends with its channel; nobody joins it, for it may be waiting for a key.
    std::thread::spawn(move || editor::serve(&requests, &answers, &editor_waker, history));
    drive(session, &to_editor, &from_editor, raised)
}

fn drive(
    session: &mut Session,
    to_editor: &Sender<ToEditor>,
    from_editor: &Receiver<FromEditor>,
    raised: impl Fn() -> Vec<Signal>,
) -> End {
    let interrupt = session.interrupt();
    let mut asked = false;
    loop {
        for signal in raised() {
            // While the editor reads, keys are its own; Ctrl-Z at the prompt does nothing, as in bash.
            if !asked {
                interrupt.raise(signal);
            }
        }
        while let Ok(message) = from_editor.try_recv() {
            match message {
                FromEditor::Line(line) => {
                    asked = false;
                    session.answer_line(line);
                }
                FromEditor::Complete(text) => {
                    let found = complete::candidates(session, &text);
                    // A gone editor is noticed when it is asked for the next line.
                    let _ = to_editor.send(ToEditor::Completions(found));
                }
            }
        }
        match session.turn() {
            Turn::Progress => {}
            Turn::Idle { sleep, prompt } => {
                if prompt && !asked {
                    asked = true;
                    let request = session.prompt().cloned().map(ToEditor::Read);
                    if request.is_none_or(|request| to_editor.send(request).is_err()) {
                        session.answer_line(Line::End);
                    }
                    continue;
                }
                // The keys are the editor's while it reads.
                let input = sleep.input.filter(|_| !asked);
                session.wait(Sleep { input, ..sleep });
            }
            Turn::Ended(status) => return End::Ended(status),
            Turn::TimedOut => return End::TimedOut,
            Turn::OutOfFuel => return End::OutOfFuel,
        }
    }
}
