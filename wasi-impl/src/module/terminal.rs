//! The terminal: its size and its mode.

use wasmsand_vfs::{Errno, OpenId};

use super::{Done, Maybe, Performance};
use crate::host::TerminalMode;
use crate::kernel::signal::{Signal, SignalAction};
use crate::kernel::{Fact, Outcome};

/// Bits of a mode.
mod bits {
    pub(super) const CANONICAL: u32 = 1;
    pub(super) const ECHO: u32 = 2;
    pub(super) const SIGNALS: u32 = 4;
    pub(super) const INPUT: u32 = 8;
    pub(super) const OUTPUT: u32 = 16;
    pub(super) const ALL: u32 = 31;
}

fn bits_of(mode: TerminalMode) -> u32 {
    let pairs = [
        (mode.canonical, bits::CANONICAL),
        (mode.echo, bits::ECHO),
        (mode.signals, bits::SIGNALS),
        (mode.input, bits::INPUT),
        (mode.output, bits::OUTPUT),
    ];
    pairs.iter().filter(|(on, _)| *on).fold(0, |all, (_, bit)| all | bit)
}

fn mode_of(bits: u32) -> Result<TerminalMode, Errno> {
    if bits & !bits::ALL != 0 {
        return Err(Errno::Inval);
    }
    let on = |bit| bits & bit != 0;
    Ok(TerminalMode {
        canonical: on(bits::CANONICAL),
        echo: on(bits::ECHO),
        signals: on(bits::SIGNALS),
        input: on(bits::INPUT),
        output: on(bits::OUTPUT),
    })
}

impl Performance<'_> {
    /// Columns and rows. `NoTty`: there is no terminal; `Fault`.
    pub(super) fn terminal_size(&mut self, columns: u32, rows: u32) -> Done {
        let (width, height) = self.kernel.host.terminal_size().ok_or(Errno::NoTty)?;
        self.memory.write_u32(columns, u32::from(width))?;
        self.memory.write_u32(rows, u32::from(height))
    }

    fn terminal_of(&mut self, fd: u32) -> Result<OpenId, Errno> {
        let open = self.open_of(fd)?;
        if self.kernel.is_terminal(open) { Ok(open) } else { Err(Errno::NoTty) }
    }

    /// The mode. `BadF`; `NoTty`: the descriptor is no terminal; `Fault`.
    pub(super) fn terminal_mode_get(&mut self, fd: u32, mode: u32) -> Done {
        self.terminal_of(fd)?;
        let is = self.kernel.host.terminal_mode().ok_or(Errno::NoTty)?;
        self.memory.write_u32(mode, bits_of(is))
    }

    /// Sets the mode. `BadF`, `NoTty`; `Inval`: unknown bits; `NotCapable`: a confined guest must not take Ctrl-C
    /// from the person. A caller in the background is stopped first, as tcsetattr(3) has it.
    pub(super) fn terminal_mode_set(&mut self, fd: u32, mode: u32, lasting: u32) -> Maybe {
        match self.check_mode_set(fd, mode, lasting) {
            Ok((_, true)) => {
                self.kernel.signal(self.pid, Signal::TTOU);
                // Performed again when somebody lets it go on.
                Outcome::Block(Fact::Time(0))
            }
            Ok((mode, false)) => Outcome::Done(self.kernel.set_terminal_mode(self.pid, mode, lasting != 0)),
            Err(errno) => Outcome::Done(Err(errno)),
        }
    }

    /// The mode, and whether the caller is to be stopped.
    fn check_mode_set(&mut self, fd: u32, mode: u32, lasting: u32) -> Result<(TerminalMode, bool), Errno> {
        self.whole_world()?;
        self.terminal_of(fd)?;
        let mode = mode_of(mode)?;
        if lasting > 1 {
            return Err(Errno::Inval);
        }
        let ignores = self.kernel.process(self.pid)?.action(Signal::TTOU) == SignalAction::Ignore;
        Ok((mode, !ignores && !self.is_foreground()?))
    }
}
