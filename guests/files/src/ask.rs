//! Asking: a question on standard error, its answer a line of standard input.

use std::io::BufRead;

use crate::run::Run;
use crate::system;

/// Asks; only an answer that begins with a `y` is a yes.
pub fn is_yes(run: &mut Run, question: &str) -> bool {
    run.flush();
    let text = format!("{}: {question}? ", run.program);
    // Nobody is left to ask where it cannot be written.
    let _ = system::write_all(rustix::stdio::stderr(), text.as_bytes());
    let mut answer = Vec::new();
    let read = std::io::stdin().lock().read_until(b'\n', &mut answer);
    read.is_ok() && matches!(answer.first(), Some(b'y' | b'Y'))
}
