//! What every guest of ours does first in `main`; it owns nothing.
//!
//! WASI preview1 has no working directory. wasmsand gives a process one
//! preopen, `/`, and its working directory in `PWD`; wasi-libc then keeps a
//! working directory of its own, which starts at `/` until somebody sets it.

/// Enters the directory that `PWD` names.
///
/// A `PWD` that is missing or that cannot be entered leaves the guest at `/`:
/// relative paths then fail one by one with an errno of their own, which says
/// more than a guest that refuses to start.
pub fn enter() {
    if let Some(directory) = std::env::var_os("PWD") {
        let _ = std::env::set_current_dir(directory);
    }
}
