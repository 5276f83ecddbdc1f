//! Fuel: how many steps a program may still make while a fuzz target runs it, for a program of awk or bc may rightly
//! run for ever. It is there under `cfg(fuzzing)` only, which cargo-fuzz sets; otherwise [`spend`] is nothing.

#[cfg(fuzzing)]
mod tank {
    use std::sync::atomic::{AtomicU64, Ordering};

    static LEFT: AtomicU64 = AtomicU64::new(u64::MAX);

    /// The fuel is used up: what [`spend`] unwinds with.
    pub struct Empty;

    /// Gives the program so many steps.
    pub fn give(steps: u64) {
        LEFT.store(steps, Ordering::Relaxed);
    }

    /// Takes a step. Where there is none left the program ends: the stack is unwound, and nothing is said.
    pub fn spend(steps: u64) {
        let left = LEFT.load(Ordering::Relaxed);
        if left < steps {
            LEFT.store(u64::MAX, Ordering::Relaxed);
            std::panic::resume_unwind(Box::new(Empty));
        }
        LEFT.store(left - steps, Ordering::Relaxed);
    }
}

#[cfg(fuzzing)]
pub use tank::{Empty, give, spend};

/// Takes steps of a run that is bounded.
#[cfg(not(fuzzing))]
#[inline(always)]
pub fn spend(_steps: u64) {}
