//! `wasmsand-sys`: what WASI preview1 lacks, for guest programs that run under wasmsand.
//!
//! It is a safe Rust face of the module `wasmsand`, which `wasi-impl/ABI.md` documents: starting programs and
//! waiting for them, pipes, signals, the current directory, modes and owners, the terminal. A program that links it
//! imports that module, and so runs nowhere else. It owns no state.
//!
//! It also builds for Unix, so that what needs no kernel can be tested; there every call answers `NOSYS`.
//!
//! A path is absolute, or relative to the directory that the *process* is in. wasi-libc keeps a current directory of
//! its own, which begins at `/`: [`directory::enter`] first thing in `main` makes the two one, and
//! [`directory::set`] keeps them so.

mod imports;

pub mod command;
pub mod directory;
pub mod fd;
pub mod file;
pub mod posix;
pub mod process;
pub mod search;
pub mod signal;
pub mod terminal;

pub use command::{Child, Command, ExitStatus, Group, Output, Stdio};

/// The version of the host's ABI.
pub fn version() -> u32 {
    imports::version()
}

/// Puts the program at a path in this process's place; comes back only with the reason why not. [`Command::exec`]
/// searches in `PATH`.
pub fn exec(path: &[u8], argv: &[Vec<u8>], env: &[Vec<u8>]) -> std::io::Error {
    let argv = joined(argv.iter().map(Vec::as_slice));
    let env = joined(env.iter().map(Vec::as_slice));
    imports::exec(&imports::Program { path, argv: &argv, env: &env })
}

/// Strings one after another, each with a NUL at its end.
fn joined<'a>(strings: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for string in strings {
        bytes.extend_from_slice(string);
        bytes.push(0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_string_ends_with_nul() {
        assert_eq!(super::joined([b"a".as_slice(), b"", b"bc"]), b"a\0\0bc\0");
        assert_eq!(super::joined([]), b"");
    }
}
