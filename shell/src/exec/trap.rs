//! Running traps: between commands, on an untested failure, before a command, at the end.

use bstr::BString;
use wasmsand_wasi::{Signal, SignalAction, Status};

use super::{Shell, Unwind};
use crate::state::{SetOption, TrapName};
use crate::syntax::ast::{Argument, Arithmetic, Command, CommandKind, Part, Pipeline};

/// The signals that end a shell which does not trap them, after its EXIT trap.
const DEATHS: [Signal; 3] = [Signal::TERM, Signal::HUP, Signal::INT];

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

/// What messages about the syntax of an action call it.
fn input_name(name: TrapName) -> &'static str {
    match name {
        TrapName::Exit => "exit trap",
        TrapName::Signal(_) => "trap",
        TrapName::Debug => "debug trap",
        TrapName::Err => "error trap",
        TrapName::Return => "return trap",
    }
}

/// Did commands that are not in its text run as a part of it, or in another process?
fn ran_other_commands(command: &Command) -> bool {
    match &command.kind {
        CommandKind::Subshell(_) => true,
        CommandKind::Simple(simple) => matches!(simple.words.first(), Some(Argument::Word(word))
            if matches!(word.parts.as_slice(), [Part::Literal(name)] if matches!(name.as_slice(), b"eval" | b"." | b"source"))),
        _ => false,
    }
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
        self.state.trace_level += 1;
        // The action of a signal has lines of its own; those of the others count on from the command's.
        let first_line = if matches!(name, TrapName::Signal(_)) { 1 } else { line.max(1) };
        let outcome = self.run_text(&action, first_line, input_name(name)).await;
        self.state.trace_level -= 1;
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

    /// Sets BASH_COMMAND for the ERR trap where the pipeline that failed ran in other processes.
    pub(crate) fn note_failed(&mut self, failed: &Pipeline) {
        if let Some(last) = failed.stages.last()
            && self.state.traps.are_used()
            && (failed.stages.len() > 1 || ran_other_commands(&last.command))
        {
            self.note_command(&last.command);
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

    /// Before a command where traps are set: BASH_COMMAND for all of them, and the DEBUG trap.
    pub(crate) async fn before_command(&mut self, command: &Command) -> Result<(), Unwind> {
        self.note_command(command);
        if self.state.traps.get(TrapName::Debug).is_none() {
            return Ok(());
        }
        self.run_trap(TrapName::Debug).await
    }

    /// The same before an expression of `for ((`.
    pub(crate) async fn before_clause(&mut self, expression: &Arithmetic) -> Result<(), Unwind> {
        if !self.state.traps.any_running() {
            self.state.command_text = super::source_text::arithmetic_source(expression);
        }
        if self.state.traps.get(TrapName::Debug).is_none() {
            return Ok(());
        }
        self.run_trap(TrapName::Debug).await
    }

    /// Sets BASH_COMMAND, which stays what it is while a trap's action runs.
    fn note_command(&mut self, command: &Command) {
        if !self.state.traps.any_running() {
            self.state.command_text = super::source_text::heading_source(command);
        }
    }

    /// What a shell that does not trap a signal does on it. With an EXIT trap it has to live on to run that.
    pub(crate) fn untrapped_action(&self, signal: Signal) -> SignalAction {
        let ends_by_trap = DEATHS.contains(&signal) && self.has_exit_trap();
        let held = signal == Signal::INT && self.state.holds_interrupt;
        let caught = if self.state.interactive { self.catches(signal) } else { ends_by_trap || held };
        if caught { SignalAction::Catch } else { SignalAction::Default }
    }

    fn has_exit_trap(&self) -> bool {
        self.state.traps.get(TrapName::Exit).is_some_and(|action| !action.is_empty())
    }

    /// An EXIT trap was set or removed: the signals that end the shell are caught for it, or no longer.
    pub(crate) async fn settle_deaths(&mut self) {
        for signal in DEATHS {
            if self.state.traps.get(TrapName::Signal(signal)).is_none() && !self.is_deaf_to(signal) {
                let _ = self.sys.set_action(signal, self.untrapped_action(signal)).await;
            }
        }
    }

    /// A background list without job control ignores Ctrl-C.
    fn is_deaf_to(&self, signal: Signal) -> bool {
        signal == Signal::INT && self.state.ignores_interrupt
    }

    /// Before a wait in the foreground: from now on Ctrl-C no longer ends this shell before its child has ended.
    pub(crate) async fn hold_interrupt(&mut self) {
        if self.state.holds_interrupt || self.state.interactive || self.is_deaf_to(Signal::INT) {
            return;
        }
        self.state.holds_interrupt = true;
        if self.state.traps.get(TrapName::Signal(Signal::INT)).is_none() && !self.has_exit_trap() {
            let _ = self.sys.set_action(Signal::INT, SignalAction::Catch).await;
        }
    }

    /// After a wait in the foreground: a child that Ctrl-C did not end has dealt with it, and the shell goes on.
    pub(crate) fn settle_interrupt(&mut self, last: Option<Status>) {
        if !self.state.interactive
            && self.state.traps.get(TrapName::Signal(Signal::INT)).is_none()
            && matches!(last, Some(Status::Exited(_)))
        {
            self.sys.take_signal(Signal::INT);
        }
    }

    /// Did a signal come that ends this shell, whatever it waits for? Ctrl-C is its child's first.
    pub(crate) fn is_dying(&self) -> bool {
        let came = self.sys.caught();
        !self.state.interactive
            && [Signal::TERM, Signal::HUP].into_iter().any(|signal| {
                came.contains(signal) && self.state.traps.get(TrapName::Signal(signal)).is_none()
            })
    }

    /// Looks whether a signal came that ends this shell; then it dies of it after its EXIT trap.
    pub(crate) fn note_death(&mut self) -> bool {
        if self.state.interactive {
            return false;
        }
        for signal in DEATHS {
            if self.state.traps.get(TrapName::Signal(signal)).is_none() && self.sys.take_signal(signal) {
                self.state.dies_of = Some(signal);
                return true;
            }
        }
        false
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
        self.state.traps.enter(TrapName::Exit);
        let outcome = self.run_text(&action, 1, "exit trap").await;
        self.state.traps.leave();
        match outcome {
            Ok(_) => status,
            Err(Unwind::Exit(status) | Unwind::Return(status)) => status,
            Err(
                Unwind::Break(..)
                | Unwind::Continue(_)
                | Unwind::Discard(_)
                | Unwind::Abandon(_)
                | Unwind::Interrupted,
            ) => status,
        }
    }

    /// What `kill -l` prints for a number above 128.
    pub(crate) fn signal_of_status(status: u32) -> Option<Signal> {
        Signal::from_number(if status > 128 { status - 128 } else { status })
    }

    /// The text of an action, for messages.
    pub(crate) fn trap_line(&self, name: TrapName, action: &[u8]) -> BString {
        let mut line = BString::from("trap -- ");
        line.extend_from_slice(&single_quoted(action));
        line.push(b' ');
        let shown = name.print();
        let bare = if self.state.options.on(SetOption::Posix) { shown.strip_prefix("SIG") } else { None };
        line.extend_from_slice(bare.unwrap_or(&shown).as_bytes());
        line.push(b'\n');
        line
    }
}
