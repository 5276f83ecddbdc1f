//! The interrupt: the one thing of a session that another thread, or a signal handler, may touch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::kernel::signal::{Signal, SignalSet};

/// A set of signals for the terminal's foreground group, raised from anywhere and read at the top of each turn.
///
/// Raising is one atomic operation, so it is safe in a signal handler. A host that sleeps in [`crate::Host::wait`]
/// must be woken by whoever raises.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicU32>);

impl Interrupt {
    /// None raised.
    #[must_use]
    pub fn new() -> Interrupt {
        Interrupt::default()
    }

    /// Raises a signal: `INT` for Ctrl-C, `TSTP` for Ctrl-Z, `QUIT` for Ctrl-\.
    pub fn raise(&self, signal: Signal) {
        self.0.fetch_or(1 << signal.number(), Ordering::SeqCst);
    }

    /// Is anything raised?
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::SeqCst) != 0
    }

    /// Takes what was raised.
    pub(crate) fn take(&self) -> SignalSet {
        let bits = if self.is_raised() { self.0.swap(0, Ordering::SeqCst) } else { 0 };
        let mut set = SignalSet::EMPTY;
        Signal::all()
            .filter(|signal| bits & (1 << signal.number()) != 0)
            .for_each(|signal| set.insert(signal));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_raised_is_taken_once() {
        let interrupt = Interrupt::new();
        let other = interrupt.clone();
        other.raise(Signal::INT);
        assert!(interrupt.is_raised());
        assert_eq!(interrupt.take().iter().collect::<Vec<_>>(), [Signal::INT]);
        assert!(interrupt.take().is_empty());
    }
}
