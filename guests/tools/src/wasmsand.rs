//! The `wasmsand` module: what preview1 lacks and the host adds.
//!
//! It owns the imports and the shapes of their arguments. A path is absolute or
//! relative to the directory in which the process was started, whatever
//! directory wasi-libc believes to be in.

#![expect(unsafe_code, reason = "imports are declared and called here, behind safe functions")]

use rustix::io::Errno;

// SAFETY: the signatures are those that wasmsand documents for its module. A
// pointer and a length are bytes that the host reads during the call and does
// not keep; `mode` is four bytes that it writes.
#[link(wasm_import_module = "wasmsand")]
unsafe extern "C" {
    safe fn signal_action(signal: u32, action: u32) -> u32;
    #[link_name = "exec"]
    fn exec_import(
        path: *const u8,
        path_len: usize,
        argv: *const u8,
        argv_len: usize,
        env: *const u8,
        env_len: usize,
    ) -> u32;
    fn mode_get(path: *const u8, path_len: usize, follow: u32, mode: *mut u32) -> u32;
    fn mode_set(path: *const u8, path_len: usize, follow: u32, mode: u32) -> u32;
}

/// Ignores a signal, or restores its default effect.
pub fn set_ignored(signal: u32, ignored: bool) -> Result<(), Errno> {
    result(signal_action(signal, u32::from(ignored)))
}

/// Puts the program at `path` in this one's place; comes back only with the reason why not.
pub fn exec(path: &[u8], argv: &[Vec<u8>], env: &[Vec<u8>]) -> Errno {
    if path.is_empty() {
        return Errno::NOENT;
    }
    let (argv, env) = (joined(argv), joined(env));
    // SAFETY: the three pairs are slices that live until the call is over.
    let errno =
        unsafe { exec_import(path.as_ptr(), path.len(), argv.as_ptr(), argv.len(), env.as_ptr(), env.len()) };
    // A success does not return.
    result(errno).err().unwrap_or(Errno::IO)
}

/// The type and permissions of a file, as `st_mode` of Linux.
pub fn mode(path: &[u8], follow: bool) -> Result<u32, Errno> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    let mut mode = 0_u32;
    // SAFETY: the slice and the number live until the call is over, and nothing else refers to the number.
    result(unsafe { mode_get(path.as_ptr(), path.len(), u32::from(follow), &raw mut mode) })?;
    Ok(mode)
}

/// Sets the permissions of a file, the low twelve bits of `mode`; links are followed.
pub fn set_mode(path: &[u8], mode: u32) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NOENT);
    }
    // SAFETY: the slice lives until the call is over.
    result(unsafe { mode_set(path.as_ptr(), path.len(), 1, mode) })
}

/// Strings one after another, each with a NUL at its end.
fn joined(strings: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for string in strings {
        bytes.extend_from_slice(string);
        bytes.push(0);
    }
    bytes
}

/// The host numbers errors as WASI does, and so does wasi-libc.
fn result(errno: u32) -> Result<(), Errno> {
    match i32::try_from(errno) {
        Ok(0) => Ok(()),
        Ok(errno) => Err(Errno::from_raw_os_error(errno)),
        Err(_) => Err(Errno::IO),
    }
}
