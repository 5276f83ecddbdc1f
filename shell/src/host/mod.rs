//! The native host: the machine's door to a Unix process. The only folder of the project, with the command line's
//! main, that uses std's files, time, environment and streams.

#[cfg(unix)]
mod copy;
#[cfg(unix)]
mod folder;
#[cfg(unix)]
mod native;

#[cfg(unix)]
pub use copy::copy_into;
#[cfg(unix)]
pub use folder::HostFolder;
#[cfg(unix)]
pub use native::{NativeHost, Waker};
