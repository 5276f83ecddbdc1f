//! POSIX mode's errors (POSIX.1-2024, 2.8.1): which of them end a shell that runs a script.

use super::{Outcome, Shell, Unwind};
use crate::builtins::Builtin;
use crate::state::SetOption;

/// The status of a shell that was given its script with `-c`, where bash has another one than for a file.
const COMMAND_STRING_STATUS: u8 = 127;

/// The status of a builtin that was used wrongly.
const USAGE_STATUS: u8 = 2;

impl Shell {
    /// Do the errors of special builtins, expansions and assignments end this shell?
    pub(crate) fn ends_on_errors(&self) -> bool {
        self.state.options.on(SetOption::Posix) && !self.state.interactive
    }

    /// What an error in an expansion or an assignment does: it abandons the command, in POSIX mode the shell.
    pub(crate) fn refused(&self) -> Unwind {
        if !self.ends_on_errors() {
            return Unwind::Discard(1);
        }
        let given = self.state.command_string && self.state.subshell_depth == 0;
        Unwind::Exit(if given { COMMAND_STRING_STATUS } else { 1 })
    }

    /// What the status of a special builtin means for the shell: one that was used wrongly, or a text for `eval` and
    /// `.` that cannot be read, ends it in POSIX mode.
    pub(crate) fn special_outcome(&mut self, builtin: &Builtin, status: u8) -> Outcome {
        let unreadable = std::mem::take(&mut self.state.text_unreadable);
        if !builtin.special || !self.ends_on_errors() {
            return Ok(status);
        }
        let runs_text = matches!(builtin.name, "eval" | "." | "source");
        let wrong = if runs_text { unreadable } else { status == USAGE_STATUS };
        if wrong { Err(Unwind::Exit(status)) } else { Ok(status) }
    }
}
