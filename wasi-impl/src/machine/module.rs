//! The `wasmsand` module: what preview1 lacks, for guests of ours. Any other program runs without it.
//!
//! Every function answers an errno as WASI numbers it. Strings are pointer and length; lists of strings are bytes in
//! which each string ends with a NUL. Paths are absolute, or relative to the process's current directory; a process
//! that was given particular folders has no path but theirs, and is answered `NotCapable`.

use bstr::{BString, ByteSlice};
use wasmi::{Caller, Error, Linker};
use wasmsand_vfs::{Errno, Ino, Kind};

use super::guest::GuestState;
use crate::kernel::Kernel;
use crate::kernel::call::Spawned;
use crate::kernel::process::{Fd, Pid};
use crate::kernel::signal::{Signal, SignalAction};
use crate::preview1::Memory;
use crate::preview1::abi::{SUCCESS, errno_number};

/// The name of the module.
pub(super) const NAME: &str = "wasmsand";

/// Its functions.
pub(super) const FUNCTIONS: [&str; 4] = ["signal_action", "exec", "mode_get", "mode_set"];

/// Bits of `st_mode` that tell the type (Linux, inode(7)).
fn type_bits(kind: Kind) -> u32 {
    match kind {
        Kind::File => 0o100_000,
        Kind::Directory => 0o040_000,
        Kind::Symlink => 0o120_000,
        Kind::Fifo => 0o010_000,
        Kind::CharDevice => 0o020_000,
    }
}

/// Adds the functions to a linker.
pub(super) fn register(linker: &mut Linker<GuestState>) -> Result<(), Error> {
    linker.func_wrap(
        NAME,
        "signal_action",
        |mut caller: Caller<'_, GuestState>, signal: u32, action: u32| {
            answer(signal_action(caller.data_mut(), signal, action))
        },
    )?;
    linker.func_wrap(
        NAME,
        "exec",
        |caller: Caller<'_, GuestState>,
         path: u32,
         path_len: u32,
         argv: u32,
         argv_len: u32,
         env: u32,
         env_len: u32| { exec(caller, (path, path_len), (argv, argv_len), (env, env_len)) },
    )?;
    linker.func_wrap(
        NAME,
        "mode_get",
        |mut caller: Caller<'_, GuestState>, path: u32, path_len: u32, follow: u32, mode: u32| {
            answer(with_memory(&mut caller, |memory, state| {
                mode_get(memory, state, (path, path_len), follow != 0, mode)
            }))
        },
    )?;
    linker.func_wrap(
        NAME,
        "mode_set",
        |mut caller: Caller<'_, GuestState>, path: u32, path_len: u32, follow: u32, mode: u32| {
            answer(with_memory(&mut caller, |memory, state| {
                mode_set(memory, state, (path, path_len), follow != 0, mode)
            }))
        },
    )?;
    Ok(())
}

fn answer(result: Result<(), Errno>) -> u32 {
    u32::from(result.map_or_else(errno_number, |()| SUCCESS))
}

fn with_memory<T>(
    caller: &mut Caller<'_, GuestState>,
    use_it: impl FnOnce(&mut Memory<'_>, &mut GuestState) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let memory = caller.get_export("memory").and_then(|export| export.into_memory()).ok_or(Errno::Fault)?;
    let (bytes, state) = memory.data_and_store_mut(&mut *caller);
    use_it(&mut Memory::new(bytes), state)
}

/// `signal_action(signal, action)`: 0 restores a signal's default effect, 1 ignores it. A guest cannot catch.
/// `Inval`: no such signal or action, or one that cannot be ignored.
fn signal_action(state: &mut GuestState, signal: u32, action: u32) -> Result<(), Errno> {
    let action = match action {
        0 => SignalAction::Default,
        1 => SignalAction::Ignore,
        _ => return Err(Errno::Inval),
    };
    let signal = Signal::from_number(signal).ok_or(Errno::Inval)?;
    if signal == Signal::KILL || signal == Signal::STOP {
        return Err(Errno::Inval);
    }
    state.process_mut().ok_or(Errno::Srch)?.set_action(signal, action);
    Ok(())
}

/// `exec(path, argv, env)`: puts another program in the caller's place, with descriptors 0 to 2 and what its parent
/// left it. Returns only in failure: `NoEnt`, `Acces`, `NoExec`, `IsDir`, `TooBig`, `Inval`: no argument.
fn exec(
    mut caller: Caller<'_, GuestState>,
    path: (u32, u32),
    argv: (u32, u32),
    env: (u32, u32),
) -> Result<u32, Error> {
    let program = with_memory(&mut caller, |memory, state| {
        let (kernel, pid) = state.lent().ok_or(Errno::Srch)?;
        in_its_world(kernel, pid)?;
        let path = memory.slice(path.0, path.1)?.into();
        let argv = strings(memory.slice(argv.0, argv.1)?);
        if argv.is_empty() {
            return Err(Errno::Inval);
        }
        Ok(Spawned::Executable { path, argv, env: strings(memory.slice(env.0, env.1)?) })
    });
    match program {
        Ok(program) => Err(caller.data_mut().exec(program)),
        Err(errno) => Ok(answer(Err(errno))),
    }
}

/// Strings that each end with a NUL.
fn strings(bytes: &[u8]) -> Vec<BString> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    if bytes.is_empty() { Vec::new() } else { bytes.split_str("\0").map(BString::from).collect() }
}

/// A process with preopens of its own sees nothing but those.
fn in_its_world(kernel: &Kernel, pid: Pid) -> Result<(), Errno> {
    match kernel.process(pid)?.fds.get(Fd(3)) {
        Ok(slot) if slot.is_world => Ok(()),
        Ok(_) | Err(_) => Err(Errno::NotCapable),
    }
}

fn lookup(memory: &Memory<'_>, state: &mut GuestState, path: (u32, u32), follow: bool) -> Result<Ino, Errno> {
    let (kernel, pid) = state.lent().ok_or(Errno::Srch)?;
    in_its_world(kernel, pid)?;
    let path = memory.slice(path.0, path.1)?.to_vec();
    kernel.lookup(pid, &path, follow)
}

/// `mode_get(path, follow, mode)`: writes type and permission bits as `st_mode`. `NoEnt` and its kin, `Fault`.
fn mode_get(
    memory: &mut Memory<'_>,
    state: &mut GuestState,
    path: (u32, u32),
    follow: bool,
    mode: u32,
) -> Result<(), Errno> {
    let ino = lookup(memory, state, path, follow)?;
    let (kernel, _) = state.lent().ok_or(Errno::Srch)?;
    let stat = kernel.vfs.stat(ino)?;
    memory.write_u32(mode, type_bits(stat.kind) | u32::from(stat.mode))
}

/// `mode_set(path, follow, mode)`: sets the low twelve bits. `Perm`: not the owner; `RoFs`; `NoEnt` and its kin.
fn mode_set(
    memory: &mut Memory<'_>,
    state: &mut GuestState,
    path: (u32, u32),
    follow: bool,
    mode: u32,
) -> Result<(), Errno> {
    let ino = lookup(memory, state, path, follow)?;
    let mode = u16::try_from(mode & 0o7777).map_err(|_| Errno::Inval)?;
    let (kernel, _) = state.lent().ok_or(Errno::Srch)?;
    let now = kernel.now();
    kernel.vfs.chmod(ino, mode, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_with_nul_and_may_be_empty() {
        let check = |bytes: &[u8], expected: &[&str]| {
            assert_eq!(strings(bytes), expected.iter().map(|s| BString::from(*s)).collect::<Vec<_>>());
        };
        check(b"", &[]);
        check(b"a\0", &["a"]);
        check(b"a\0\0b\0", &["a", "", "b"]);
        check(b"a\0b", &["a", "b"]);
    }
}
