//! Running traps: between commands, on an untested failure, before a command, at the end.

use bstr::BString;
use wasmsand_wasi::Signal;

use super::{Shell, Unwind};
use crate::state::{SetOption, TrapName};
use crate::syntax::ast::Command;

/// A text in single quotes, newlines and all.
pub(crate) fn single_quoted(text: &[u8]) -> BString {
    let mut quoted = BString::from("'");
    for byte in text {
        if *byte == b'\'' {
            quoted.extend_from_slice(b"'\\''");
        } else {
            quoted.push(*byte);
        }
    }
    quoted.push(b'\'');
    quoted
}

impl Shell {
    /// Runs the trap of a signal; says whether there is one.
    pub(crate) async fn run_signal_trap(&mut self, signal: Signal) -> Result<bool, Unwind> {
        if self.state.traps.get(TrapName::Signal(signal)).is_none() {
            return Ok(false);
        }
        self.run_trap(TrapName::Signal(signal)).await?;
        Ok(true)
    }

    /// Runs a trap's action; `$?` is afterwards what it was before.
    pub(crate) async fn run_trap(&mut self, name: TrapName) -> Result<(), Unwind> {
        let Some(action) = self.state.traps.get(name).map(ToOwned::to_owned) else { return Ok(()) };
        if action.is_empty() || self.state.traps.is_running(name) {
            return Ok(());
        }
        let status = self.state.last_status;
        let pipe_status = self.state.pipe_status.clone();
        let line = self.state.line;
        self.enter_call(b"trap").await?;
        self.state.traps.enter(name);
        let outcome = self.run_text(&action, line.max(1)).await;
        self.state.traps.leave();
        self.leave_call();
        match outcome {
            Ok(_) => {
                self.state.last_status = status;
                self.state.pipe_status = pipe_status;
                self.state.line = line;
                Ok(())
            }
            Err(unwind) => Err(unwind),
        }
    }

    /// The ERR trap of a command that failed untested.
    pub(crate) async fn run_err_trap(&mut self, status: u8) -> Result<(), Unwind> {
        if self.state.traps.get(TrapName::Err).is_none() {
            return Ok(());
        }
        self.state.last_status = status;
        self.run_trap(TrapName::Err).await
    }

    /// The DEBUG trap before a command.
    pub(crate) async fn run_debug_trap(&mut self, command: &Command) -> Result<(), Unwind> {
        if self.state.traps.is_running(TrapName::Debug) {
            return Ok(());
        }
        self.state.command_text = super::source_text::command_source(command);
        self.run_trap(TrapName::Debug).await
    }

    /// The EXIT trap; the status the shell ends with.
    pub(crate) async fn run_exit_trap(&mut self, status: u8) -> u8 {
        let Some(action) = self.state.traps.get(TrapName::Exit).map(ToOwned::to_owned) else { return status };
        self.state.traps.reset(TrapName::Exit);
        if action.is_empty() {
            return status;
        }
        self.state.last_status = status;
        self.state.frames.clear();
        self.state.options.change(SetOption::Errexit, false);
        let line = self.state.line.max(1);
        match self.run_text(&action, line).await {
            Ok(_) => status,
            Err(Unwind::Exit(status) | Unwind::Return(status)) => status,
            Err(Unwind::Break(_) | Unwind::Continue(_) | Unwind::Discard(_) | Unwind::Interrupted) => status,
        }
    }

    /// What `kill -l` prints for a number above 128.
    pub(crate) fn signal_of_status(status: u32) -> Option<Signal> {
        Signal::from_number(if status > 128 { status - 128 } else { status })
    }

    /// The text of an action, for messages.
    pub(crate) fn trap_line(name: TrapName, action: &[u8]) -> BString {
        let mut line = BString::from("trap -- ");
        line.extend_from_slice(&single_quoted(action));
        line.push(b' ');
        line.extend_from_slice(name.print().as_bytes());
        line.push(b'\n');
        line
    }
}
