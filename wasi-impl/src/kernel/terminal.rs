//! The controlling terminal: which process group owns its keyboard.

use super::process::Pid;

/// The terminal of a session. Its bytes are the host's; its foreground group is kept here.
#[derive(Debug, Default)]
pub struct Terminal {
    /// Who is interrupted by Ctrl-C and may read. Absent before the first process.
    pub foreground: Option<Pid>,
}
