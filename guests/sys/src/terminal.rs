//! The terminal: its size and its mode.

use std::io;
use std::os::fd::AsFd;

use crate::imports;

/// How the terminal treats keys and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode(u32);

impl Mode {
    /// Every key and every byte as it is.
    pub const RAW: Mode = Mode(0);
    /// Input comes in lines that can be edited.
    pub const CANONICAL: Mode = Mode(1);
    /// What is typed is shown.
    pub const ECHO: Mode = Mode(2);
    /// Ctrl-C, Ctrl-Z and Ctrl-\ are signals.
    pub const SIGNALS: Mode = Mode(4);
    /// Enter is a newline; Ctrl-S and Ctrl-Q hold the output.
    pub const INPUT: Mode = Mode(8);
    /// A newline goes to the start of the next line.
    pub const OUTPUT: Mode = Mode(16);
    /// How a terminal begins: all of them.
    pub const COOKED: Mode = Mode(31);

    /// With these too.
    #[must_use]
    pub fn with(self, other: Mode) -> Mode {
        Mode(self.0 | other.0)
    }

    /// Without these.
    #[must_use]
    pub fn without(self, other: Mode) -> Mode {
        Mode(self.0 & !other.0)
    }

    /// Are all of these set?
    pub fn has(self, other: Mode) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Columns and rows.
///
/// # Errors
/// ENOTTY without a terminal.
pub fn size() -> io::Result<(u32, u32)> {
    imports::terminal_size()
}

/// The mode.
///
/// # Errors
/// ENOTTY when the descriptor is no terminal.
pub fn mode(fd: impl AsFd) -> io::Result<Mode> {
    imports::terminal_mode_get(fd.as_fd()).map(Mode)
}

/// Sets the mode until this process ends; the host undoes it then.
///
/// # Errors
/// ENOTTY when the descriptor is no terminal.
pub fn set_mode(fd: impl AsFd, mode: Mode) -> io::Result<()> {
    imports::terminal_mode_set(fd.as_fd(), mode.0, false)
}

/// Sets the mode for whoever comes after this process too, as stty does, until the session ends.
///
/// # Errors
/// ENOTTY when the descriptor is no terminal.
pub fn set_lasting_mode(fd: impl AsFd, mode: Mode) -> io::Result<()> {
    imports::terminal_mode_set(fd.as_fd(), mode.0, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_made_of_parts() {
        let pager = Mode::COOKED.without(Mode::CANONICAL.with(Mode::ECHO));
        assert_eq!(pager, Mode::SIGNALS.with(Mode::INPUT).with(Mode::OUTPUT));
        assert!(pager.has(Mode::SIGNALS) && !pager.has(Mode::ECHO) && pager.has(Mode::RAW));
    }
}
