//! Starting programs: `spawn` and `exec` as far as the guest's memory goes. Owns the checked request; the machine
//! carries it out.

use bstr::{BString, ByteSlice};
use wasmsand_vfs::Errno;

use super::{Bytes, Performance};
use crate::kernel::call::{SpawnGroup, Spawned};
use crate::kernel::process::{Fd, Pid};
use crate::kernel::signal::SignalSet;

/// Bytes of `spawn_options` and of one file action.
const OPTIONS_BYTES: u32 = 32;
const ACTION_BYTES: u32 = 8;

/// File actions of one spawn.
const ACTIONS_MAX: u32 = 1_024;

/// The source of a file action that closes.
const CLOSE: u32 = u32::MAX;

/// Bits of `spawn_options.flags`.
mod flags {
    pub(super) const GROUP: u32 = 1;
    pub(super) const FOREGROUND: u32 = 2;
    pub(super) const CWD: u32 = 4;
    pub(super) const INHERITED: u32 = 8;
    pub(super) const ALL: u32 = 15;
}

/// A program as a guest names it.
#[derive(Debug)]
pub struct Program {
    path: BString,
    argv: Vec<BString>,
    env: Vec<BString>,
}

impl From<Program> for Spawned {
    fn from(program: Program) -> Spawned {
        let Program { path, argv, env } = program;
        Spawned::Executable { path, argv, env }
    }
}

/// A program that a guest wants to have started.
#[derive(Debug)]
pub enum Start {
    /// In the guest's place.
    Exec(Program),
    /// In a process of its own.
    Spawn {
        /// What and how.
        spawn: GuestSpawn,
        /// Where in the guest's memory the new process's number goes; checked to lie inside.
        pid: u32,
    },
}

/// What `spawn` asks for, copied out of guest memory.
#[derive(Debug)]
pub struct GuestSpawn {
    pub(crate) program: Program,
    /// What the child's descriptors are apart from 0 to 2, which are the parent's.
    pub(crate) files: Vec<FileAction>,
    /// The child also gets what the parent finds as `/dev/fd/N`.
    pub(crate) inherited: bool,
    pub(crate) cwd: Option<BString>,
    pub(crate) group: SpawnGroup,
    pub(crate) foreground: bool,
    /// Signals that act by default in the child even if the parent ignores them.
    pub(crate) signals_default: SignalSet,
}

/// What one descriptor of the child is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileAction {
    pub(crate) child: Fd,
    /// A descriptor of the parent; absent: closed.
    pub(crate) source: Option<Fd>,
}

impl Performance<'_> {
    /// `NotCapable`, `Fault`, `NameTooLong`; `TooBig`: more than `arguments_bytes_max`; `Inval`: no argument, a NUL
    /// in the path.
    fn program(&self, path: Bytes, argv: Bytes, env: Bytes) -> Result<Program, Errno> {
        let path = self.path(path)?.into();
        let together = u64::from(argv.1).saturating_add(u64::from(env.1));
        if usize::try_from(together).unwrap_or(usize::MAX) > self.kernel.limits.arguments_bytes_max {
            return Err(Errno::TooBig);
        }
        let argv = strings(self.memory.slice(argv.0, argv.1)?);
        if argv.is_empty() {
            return Err(Errno::Inval);
        }
        Ok(Program { path, argv, env: strings(self.memory.slice(env.0, env.1)?) })
    }

    /// Checks an `exec`.
    pub(super) fn exec(&mut self, path: Bytes, argv: Bytes, env: Bytes) -> Result<Start, Errno> {
        self.program(path, argv, env).map(Start::Exec)
    }

    /// Checks a `spawn`. Beside those of [`Performance::program`]: `Inval`: unknown flags, another size of the
    /// options, too many actions; `BadF`: an action's descriptor; `Perm`: a group that is not there, or the
    /// foreground from the background.
    pub(super) fn spawn(
        &mut self,
        path: Bytes,
        argv: Bytes,
        env: Bytes,
        options: u32,
        pid: u32,
    ) -> Result<Start, Errno> {
        let program = self.program(path, argv, env)?;
        self.memory.slice(pid, 4)?;
        if options == 0 {
            let spawn = GuestSpawn {
                program,
                files: Vec::new(),
                inherited: false,
                cwd: None,
                group: SpawnGroup::Inherit,
                foreground: false,
                signals_default: SignalSet::EMPTY,
            };
            return Ok(Start::Spawn { spawn, pid });
        }
        self.memory.slice(options, OPTIONS_BYTES)?;
        let word = |index: u32| self.memory.read_u32(options.saturating_add(index.saturating_mul(4)));
        let (size, bits) = (word(0)?, word(1)?);
        if size != OPTIONS_BYTES || bits & !flags::ALL != 0 {
            return Err(Errno::Inval);
        }
        let spawn = GuestSpawn {
            program,
            files: self.file_actions(word(3)?, word(4)?)?,
            inherited: bits & flags::INHERITED != 0,
            cwd: if bits & flags::CWD != 0 { Some(self.path((word(5)?, word(6)?))?.into()) } else { None },
            group: if bits & flags::GROUP != 0 { self.group(word(2)?)? } else { SpawnGroup::Inherit },
            foreground: bits & flags::FOREGROUND != 0,
            signals_default: SignalSet::from_bits(word(7)?),
        };
        if spawn.foreground && !self.is_foreground()? {
            return Err(Errno::Perm);
        }
        Ok(Start::Spawn { spawn, pid })
    }

    fn group(&self, group: u32) -> Result<SpawnGroup, Errno> {
        if group == 0 {
            return Ok(SpawnGroup::New);
        }
        if self.group_exists(Pid(group)) { Ok(SpawnGroup::Join(Pid(group))) } else { Err(Errno::Perm) }
    }

    fn file_actions(&self, array: u32, count: u32) -> Result<Vec<FileAction>, Errno> {
        if count > ACTIONS_MAX {
            return Err(Errno::Inval);
        }
        let mut actions = Vec::new();
        for i in 0..count {
            let at = array.checked_add(i.saturating_mul(ACTION_BYTES)).ok_or(Errno::Fault)?;
            let child = self.memory.read_u32(at)?;
            let source = self.memory.read_u32(at.checked_add(4).ok_or(Errno::Fault)?)?;
            if child >= self.kernel.fds_max(self.pid) {
                return Err(Errno::BadF);
            }
            let source = if source == CLOSE {
                None
            } else {
                self.slot(source)?;
                Some(Fd(source))
            };
            actions.push(FileAction { child: Fd(child), source });
        }
        Ok(actions)
    }
}

/// Strings that each end with a NUL.
fn strings(bytes: &[u8]) -> Vec<BString> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    if bytes.is_empty() { Vec::new() } else { bytes.split_str("\0").map(BString::from).collect() }
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
