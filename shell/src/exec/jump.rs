//! How a command ends: with a status, or by a jump out of what it stands in.

use std::future::Future;
use std::pin::Pin;

/// A jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unwind {
    /// `break N`, and the status the loop ends with.
    Break(u32, u8),
    /// `continue N`
    Continue(u32),
    /// `return N`
    Return(u8),
    /// `exit N`, or an error that ends the shell.
    Exit(u8),
    /// An error that abandons the rest of the complete command (of the line, people say).
    Discard(u8),
    /// An error in a subscript or in the value of an integer: it abandons functions and `eval` too, and a script that
    /// was given with `-c` altogether.
    Abandon(u8),
    /// Ctrl-C at a shell with a prompt: back to it.
    Interrupted,
}

impl Unwind {
    /// The status it leaves behind where nothing catches it.
    pub(crate) fn status(self) -> u8 {
        match self {
            Unwind::Continue(_) => 0,
            Unwind::Break(_, status)
            | Unwind::Return(status)
            | Unwind::Exit(status)
            | Unwind::Discard(status)
            | Unwind::Abandon(status) => status,
            Unwind::Interrupted => 130,
        }
    }
}

/// A status, or a jump.
pub(crate) type Outcome = Result<u8, Unwind>;

/// A command that runs; boxed where the evaluator recurs.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;
