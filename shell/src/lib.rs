//! wasmsand: a Unix userland in one process.
//!
//! A [`Session`] owns a machine with an in-memory file system and runs a shell, or one program, in it. Every program
//! is a WASI preview1 guest in the wasmi interpreter; nothing is compiled to machine code, and nothing of the host is
//! reached but through the [`Host`](wasmsand_wasi::Host) that the session is given.
//!
//! ```
//! use wasmsand::{Session, SessionOptions, script};
//! use wasmsand_wasi::Simulated;
//!
//! let host = Simulated::new(1, b"");
//! let mut session = Session::new(Box::new(host), SessionOptions::default()).unwrap();
//! session.start(script("test $((6 * 7)) = 42")).unwrap();
//! assert_eq!(session.run().code(), 0);
//! ```

mod builtins;
mod exec;
mod expand;
pub mod host;
#[cfg(unix)]
pub mod repl;
mod session;
mod state;
pub mod syntax;

pub use exec::start::{Source, Start};
pub use exec::startup::StartupFiles;
pub use session::{End, HOME, PATH, Session, SessionImage, SessionOptions, Task, script};
