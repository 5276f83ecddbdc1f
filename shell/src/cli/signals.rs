//! The signals of this process that a session should see: Ctrl-C, Ctrl-\, and at the prompt Ctrl-Z.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wasmsand_wasi::Signal;

use super::SignalWaker;

/// Flags that signal handlers raise.
pub(crate) struct Signals {
    flags: Vec<(Signal, Arc<AtomicBool>)>,
}

impl Signals {
    /// Installs the handlers. Each raises a flag and ends the host's sleep.
    pub(crate) fn install(waker: &SignalWaker, interactive: bool) -> io::Result<Signals> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
        let mut wanted = vec![
            (SIGINT, Signal::INT),
            (SIGQUIT, Signal::QUIT),
            (SIGTERM, Signal::TERM),
            (SIGHUP, Signal::HUP),
        ];
        if interactive {
            wanted.push((SIGTSTP, Signal::TSTP));
        }
        let mut flags = Vec::new();
        for (number, signal) in wanted {
            let flag = Arc::new(AtomicBool::new(false));
            signal_hook::flag::register(number, Arc::clone(&flag))?;
            signal_hook::low_level::pipe::register(number, waker.descriptor()?)?;
            flags.push((signal, flag));
        }
        Ok(Signals { flags })
    }

    /// Takes what was raised since the last look.
    pub(crate) fn raised(&self) -> Vec<Signal> {
        let taken = |flag: &AtomicBool| flag.load(Ordering::SeqCst) && flag.swap(false, Ordering::SeqCst);
        self.flags.iter().filter(|(_, flag)| taken(flag)).map(|(signal, _)| *signal).collect()
    }
}

/// Dies of a signal that ended the sandbox's first process, so that who started this process learns it as bash would
/// tell it: a loop around us ends at Ctrl-C. Returns for the other signals; what wasm did wrong is no crash of ours.
pub(crate) fn die_of(signal: Signal) {
    if [Signal::INT, Signal::TERM, Signal::HUP].contains(&signal) {
        // If it fails, the exit status says the same.
        let _ = signal_hook::low_level::emulate_default_handler(i32::from(signal.number()));
    }
}
