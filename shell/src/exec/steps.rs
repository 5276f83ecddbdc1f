//! Giving way: a shell that computes for long lets others run, and looks at the signals it caught.

use wasmsand_wasi::Signal;

use super::{CALL_DEPTH_MAX, Shell, Unwind};

/// The signals that a shell with a prompt catches, to survive them and to notice its jobs.
pub(crate) const PROMPT_SIGNALS: [Signal; 7] =
    [Signal::INT, Signal::CHLD, Signal::TERM, Signal::QUIT, Signal::TSTP, Signal::TTIN, Signal::TTOU];

/// How many steps pass between two pauses.
const STEPS_BETWEEN_PAUSES: u32 = 128;

impl Shell {
    /// Counts a command, or a round of a loop.
    pub(crate) async fn step(&mut self) -> Result<(), Unwind> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(STEPS_BETWEEN_PAUSES) {
            // Nothing can go wrong with a pause.
            let _ = self.sys.pause().await;
        }
        if self.sys.caught().is_empty() {
            return Ok(());
        }
        Box::pin(self.handle_signals()).await
    }

    /// Runs the traps of the signals caught so far. Ctrl-C without a trap goes back to the prompt.
    pub(crate) async fn handle_signals(&mut self) -> Result<(), Unwind> {
        for signal in self.sys.caught().iter().collect::<Vec<_>>() {
            self.sys.take_signal(signal);
            if self.run_signal_trap(signal).await? {
                continue;
            }
            if signal == Signal::INT && self.state.interactive {
                return Err(Unwind::Interrupted);
            }
        }
        Ok(())
    }

    /// Does a shell with a prompt live by this signal?
    pub(crate) fn catches(&self, signal: Signal) -> bool {
        PROMPT_SIGNALS.contains(&signal)
    }

    /// One level deeper into functions, `eval`, sourced files. Too deep is an error of the whole line.
    pub(crate) async fn enter_call(&mut self, name: &[u8]) -> Result<(), Unwind> {
        if self.state.depth >= CALL_DEPTH_MAX {
            let mut message = bstr::BString::from(name);
            message.extend_from_slice(
                format!(": maximum function nesting level exceeded ({CALL_DEPTH_MAX})").as_bytes(),
            );
            self.complain(&message).await;
            return Err(Unwind::Discard(1));
        }
        self.state.depth += 1;
        Ok(())
    }

    /// Back out.
    pub(crate) fn leave_call(&mut self) {
        self.state.depth = self.state.depth.saturating_sub(1);
    }
}
