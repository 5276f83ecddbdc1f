//! Progress: lines for the person who waits for the build. It owns the way to
//! their screen.
//!
//! Cargo keeps a build script's own output until the script fails, and the
//! guests take minutes. So the lines go to the standard error of the cargo
//! that runs this script, where that is a terminal or a pipe. They are not
//! written to a file: cargo writes it at an offset of its own, and the two
//! would overwrite each other.

use std::fs::{File, OpenOptions};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// Where lines about the build go; nowhere, when there is nobody to read them.
pub(crate) struct Progress {
    screen: Option<File>,
}

impl Progress {
    /// Finds the standard error of the parent process, else the terminal.
    pub(crate) fn to_parent() -> Self {
        let screen = candidates().into_iter().find_map(|path| {
            let file = OpenOptions::new().append(true).open(path).ok()?;
            let regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
            (!regular).then_some(file)
        });
        Self { screen }
    }

    /// Writes one line. A screen that went away is not an error of the build.
    pub(crate) fn say(&mut self, line: &str) {
        let Some(screen) = &mut self.screen else { return };
        // Cargo's progress bar has no newline: take its place on the line.
        let clear = if screen.is_terminal() { "\r\x1b[K" } else { "" };
        let _ = writeln!(screen, "{clear}wasmsand-guests: {line}");
    }
}

/// The files that may be the person's screen, best first.
fn candidates() -> Vec<PathBuf> {
    let mut paths = Vec::new();
    if cfg!(target_os = "linux") {
        #[cfg(unix)]
        paths.push(PathBuf::from(format!("/proc/{}/fd/2", std::os::unix::process::parent_id())));
    }
    // A parent whose standard error is known but is a file asked for silence
    // on the screen; only where it cannot be known is the terminal next.
    if cfg!(all(unix, not(target_os = "linux"))) {
        paths.push(PathBuf::from("/dev/tty"));
    }
    paths
}
