//! A pseudo-terminal with `wasmsand` in it: keys in, screen text out.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// A running `wasmsand` on a terminal of its own.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    screen: Arc<Mutex<String>>,
    // Closing it hangs the terminal up.
    _master: Box<dyn MasterPty + Send>,
    _home: tempfile::TempDir,
}

impl Terminal {
    /// Starts `wasmsand` with arguments on a new terminal of 24 rows and 80 columns, with a home of its own.
    ///
    /// # Panics
    /// When no terminal can be had or the program does not start.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Terminal {
        Terminal::start_program(crate::program(), arguments)
    }

    /// Starts another program as `start` starts wasmsand: a peer.
    ///
    /// # Panics
    /// When no terminal can be had or the program does not start.
    #[must_use]
    pub fn start_program(program: &Path, arguments: &[&str]) -> Terminal {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a terminal can be opened");
        let home = tempfile::tempdir().expect("a folder can be made");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        // Where a peer finds its programs; the sandbox sees nothing of it.
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", home.path());
        command.env("TERM", "xterm");
        let child = pair.slave.spawn_command(command).expect("wasmsand starts");
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(String::new()));
        let mut reader = pair.master.try_clone_reader().expect("the terminal can be read");
        let seen = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let text = String::from_utf8_lossy(bytes.get(..count).unwrap_or_default()).into_owned();
                seen.lock().expect("no reader panics").push_str(&text);
            }
        });
        let keys = pair.master.take_writer().expect("the terminal can be written");
        Terminal { child, keys, screen, _master: pair.master, _home: home }
    }

    /// Types keys; `\r` is Enter, `\x03` Ctrl-C, `\x04` Ctrl-D, `\x1a` Ctrl-Z.
    ///
    /// # Panics
    /// When the terminal is gone.
    pub fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// Everything shown so far.
    ///
    /// # Panics
    /// Never, unless the reader did.
    #[must_use]
    pub fn screen(&self) -> String {
        self.screen.lock().expect("no reader panics").clone()
    }

    /// Waits until what is shown after the first `from` bytes contains a text; answers where the screen ends then.
    ///
    /// # Panics
    /// When it does not come.
    pub fn expect_after(&self, from: usize, text: &str) -> usize {
        let shown = crate::eventually(|| self.screen().get(from..).is_some_and(|new| new.contains(text)));
        assert!(shown, "{text:?} did not come; the screen: {:?}", self.screen());
        self.screen().len()
    }

    /// Waits until a text is shown after the first `from` bytes; answers where the text ends.
    ///
    /// # Panics
    /// When it does not come.
    #[must_use]
    pub fn behind(&self, from: usize, text: &str) -> usize {
        self.expect_after(from, text);
        let screen = self.screen();
        let place = screen.get(from..).and_then(|new| new.find(text)).unwrap_or_default();
        from + place + text.len()
    }

    /// Waits until a text is shown.
    ///
    /// # Panics
    /// When it does not come.
    pub fn expect(&self, text: &str) -> usize {
        self.expect_after(0, text)
    }

    /// Types keys and waits for a text; answers how long that took.
    ///
    /// # Panics
    /// When it does not come.
    pub fn timed(&mut self, keys: &str, text: &str) -> Duration {
        let from = self.screen().len();
        let start = Instant::now();
        self.keys(keys);
        self.expect_after(from, text);
        start.elapsed()
    }

    /// Waits for the end; answers the exit status.
    ///
    /// # Panics
    /// When it does not end.
    pub fn wait(&mut self) -> u32 {
        self.wait_end().exit_code()
    }

    /// Waits for the end; answers the signal that ended it, or its exit status.
    ///
    /// # Panics
    /// When it does not end.
    pub fn wait_end(&mut self) -> ExitStatus {
        let mut status = None;
        let ended = crate::eventually(|| {
            status = self.child.try_wait().ok().flatten();
            status.is_some()
        });
        assert!(ended, "wasmsand did not leave; the screen: {:?}", self.screen());
        status.unwrap_or_else(|| ExitStatus::with_exit_code(1))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
    }
}
