//! The prompt: a line editor on a thread of its own, and the loop that drives the session meanwhile.
//!
//! The editor and the session share nothing but two channels: the session asks for a line, the editor answers with
//! one or asks for completions. So background jobs run while a person types.

mod archive;
mod editor;

use std::sync::mpsc::{Receiver, Sender, channel};

pub use archive::Archive;
use wasmsand_wasi::{Completions, Line, Prompt, Signal, Sleep, Turn};

use crate::host::Waker;
use crate::session::{End, Session};

/// What the loop tells the editor.
pub(crate) enum ToEditor {
    /// Ask the person for a line.
    Read(Prompt),
    /// The answer to a completion question.
    Completions(Completions),
}

/// What the person at the prompt does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Person {
    /// Waits for what runs.
    Waits,
    /// Types a line.
    Types,
    /// Has typed Tab and waits for what could stand there.
    WaitsForCompletions,
}

/// Runs an interactive session to its end. `raised` answers the signals since it was last asked.
pub fn run(
    session: &mut Session,
    waker: &Waker,
    mut archive: Archive,
    raised: impl Fn() -> Vec<Signal>,
) -> End {
    let (to_editor, requests) = channel();
    let (answers, from_editor) = channel();
    let editor_waker = waker.clone();
    // The thread ends with its channel; nobody joins it, for it may be waiting for a key.
    std::thread::spawn(move || editor::serve(&requests, &answers, &editor_waker));
    drive(session, &mut archive, &to_editor, &from_editor, raised)
}

fn drive(
    session: &mut Session,
    archive: &mut Archive,
    to_editor: &Sender<ToEditor>,
    from_editor: &Receiver<Line>,
    raised: impl Fn() -> Vec<Signal>,
) -> End {
    let interrupt = session.interrupt();
    let mut person = Person::Waits;
    loop {
        for signal in raised() {
            // While the editor reads, keys are its own; Ctrl-Z at the prompt does nothing, as in bash. Whoever waits
            // for completions can give up, but not stop what makes them.
            let reaches = match person {
                Person::Waits => true,
                Person::WaitsForCompletions => signal == Signal::INT,
                Person::Types => !matches!(signal, Signal::INT | Signal::QUIT | Signal::TSTP),
            };
            if reaches {
                interrupt.raise(signal);
            }
        }
        while let Ok(line) = from_editor.try_recv() {
            person = match line {
                Line::Complete { .. } => Person::WaitsForCompletions,
                Line::Text(_) | Line::Interrupted | Line::End => Person::Waits,
            };
            session.answer_line(line);
        }
        match session.turn() {
            Turn::Progress => {}
            Turn::Idle { sleep, prompt } => {
                if prompt && person != Person::Types {
                    if !ask(session, archive, to_editor) {
                        session.answer_line(Line::End);
                    }
                    person = Person::Types;
                    continue;
                }
                // The keys are the editor's while it reads.
                let input = sleep.input.filter(|_| person == Person::Waits);
                session.wait(Sleep { input, ..sleep });
            }
            Turn::Ended(status) => return End::Ended(status),
            Turn::TimedOut => return End::TimedOut,
            Turn::OutOfFuel => return End::OutOfFuel,
        }
    }
}

/// Hands the prompt that waits to the editor; says whether the editor is there.
fn ask(session: &Session, archive: &mut Archive, to_editor: &Sender<ToEditor>) -> bool {
    let Some(mut prompt) = session.prompt().cloned() else { return false };
    let request = match prompt.completions.take() {
        Some(completions) => ToEditor::Completions(completions),
        None => {
            archive.note(&prompt);
            ToEditor::Read(prompt)
        }
    };
    to_editor.send(request).is_ok()
}
