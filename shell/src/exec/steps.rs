//! Giving way: a shell that computes for long lets others run, and looks at the signals it caught.

use wasmsand_wasi::{Signal, Status};

use super::{CALL_DEPTH_MAX, Shell, Unwind};
use crate::state::FrameKind;

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
        self.check_memory().await?;
        if self.sys.caught().is_empty() {
            return Ok(());
        }
        Box::pin(self.handle_signals()).await
    }

    /// Runs the traps of the signals caught so far. Ctrl-C without a trap goes back to the prompt.
    pub(crate) async fn handle_signals(&mut self) -> Result<(), Unwind> {
        self.die_if_dead()?;
        for signal in self.sys.caught().iter().collect::<Vec<_>>() {
            self.sys.take_signal(signal);
            if self.run_signal_trap(signal).await? {
                continue;
            }
            if signal == Signal::INT && self.state.interactive {
                return Err(Unwind::Interrupted);
            }
        }
        // A trap may have raised what it no longer catches.
        self.die_if_dead()
    }

    fn die_if_dead(&mut self) -> Result<(), Unwind> {
        if self.note_death() {
            return Err(Unwind::Exit(self.state.dies_of.map_or(0, |signal| Status::Signaled(signal).code())));
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
            return Err(self.fail_nesting(name, CALL_DEPTH_MAX).await);
        }
        self.state.depth += 1;
        Ok(())
    }

    async fn fail_nesting(&mut self, name: &[u8], depth_max: u32) -> Unwind {
        let why = format!("maximum function nesting level exceeded ({depth_max})");
        self.complain_of(name, &why).await;
        Unwind::Discard(1)
    }

    /// Refuses to call a function where FUNCNEST are running already; 0 or no number is no limit.
    pub(crate) async fn check_nesting(&mut self, name: &[u8]) -> Result<(), Unwind> {
        let Some(text) = self.state.variables.text(b"FUNCNEST") else { return Ok(()) };
        let limit = std::str::from_utf8(text.trim_ascii()).ok().and_then(|text| text.parse::<u32>().ok());
        let running = self.state.frames.iter().filter(|frame| frame.kind == FrameKind::Function).count();
        match limit {
            Some(limit @ 1..) if u32::try_from(running).unwrap_or(u32::MAX) >= limit => {
                Err(self.fail_nesting(name, limit).await)
            }
            _ => Ok(()),
        }
    }

    /// Back out.
    pub(crate) fn leave_call(&mut self) {
        self.state.depth = self.state.depth.saturating_sub(1);
    }
}
