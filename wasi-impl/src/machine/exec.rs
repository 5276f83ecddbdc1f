//! Executing a file: what its first bytes say it is, and putting that into a process.

use bstr::BString;
use wasmsand_vfs::{At, Errno, Ino, Kind, Scope};

use super::coroutine::Coroutine;
use super::guest::Guest;
use super::programs::Program;
use super::{Machine, Running, ShellRequest};
use crate::kernel::call::{Spawn, Spawned};
use crate::kernel::fd_table::Slot;
use crate::kernel::process::{Fd, Pid, World};
use crate::kernel::signal::{SignalAction, SignalSet};
use crate::kernel::{Kernel, files};

/// Interpreters of interpreters that are followed (execve(2) follows four).
const INTERPRETERS_MAX: u32 = 4;

/// Bytes of a file's start that are looked at (BINPRM_BUF_SIZE of Linux).
const HEAD_BYTES: usize = 256;

/// Execute permission of anybody.
const ANY_EXECUTE: u16 = 0o111;

/// What a file turned out to be, with the arguments it is run with.
enum Image {
    /// A wasm module.
    Wasm { ino: Ino, argv: Vec<BString> },
    /// A script for our own shell. `script` is set when the file itself is the script.
    Shell { argv: Vec<BString>, script: Option<BString> },
}

/// A `#!` line.
#[derive(Debug, PartialEq, Eq)]
struct Interpreter {
    path: BString,
    argument: Option<BString>,
}

fn interpreter_of(head: &[u8]) -> Option<Interpreter> {
    let line = head.strip_prefix(b"#!")?;
    // Blanks only: a carriage return is a part of the name, as on Linux.
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | 0);
    let trim = |text: &'_ [u8]| -> BString {
        let start = text.iter().position(|byte| !is_blank(byte)).unwrap_or(text.len());
        let end = text.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
        text.get(start..end).unwrap_or_default().into()
    };
    let line = trim(line.split(|&byte| byte == b'\n').next().unwrap_or_default());
    if line.is_empty() {
        return None;
    }
    let (path, argument) = match line.iter().position(|byte| matches!(byte, b' ' | b'\t')) {
        Some(at) => (line.get(..at).unwrap_or_default(), trim(line.get(at..).unwrap_or_default())),
        None => (line.as_slice(), BString::default()),
    };
    Some(Interpreter { path: path.into(), argument: (!argument.is_empty()).then_some(argument) })
}

/// Text, as bash judges it: no ELF file, and no NUL in the first line.
fn looks_like_text(head: &[u8]) -> bool {
    !head.starts_with(b"\x7fELF")
        && !head.split(|&byte| byte == b'\n').next().unwrap_or_default().contains(&0)
}

impl Machine {
    /// Puts a program into a fresh process.
    pub(super) fn begin(&mut self, pid: Pid, program: Spawned) -> Result<(), Errno> {
        match program {
            Spawned::Coroutine { name, start } => {
                let process = self.kernel().process_mut(pid)?;
                process.name = name.into();
                let (parent, ignored) = (process.parent, process.ignored());
                let coroutine = Coroutine::new(pid, parent, ignored, start);
                self.running.insert(pid, Running::Shell { coroutine, parked: None });
                Ok(())
            }
            executable @ (Spawned::Executable { .. } | Spawned::File { .. }) => self.exec(pid, executable),
        }
    }

    /// Replaces what runs in a process. On an error nothing has changed.
    pub(super) fn exec(&mut self, pid: Pid, program: Spawned) -> Result<(), Errno> {
        let (file, path, argv, env) = match program {
            Spawned::Executable { path, argv, env } => (None, path, argv, env),
            Spawned::File { ino, argv, env } => (Some(ino), BString::default(), argv, env),
            Spawned::Coroutine { .. } => return Err(Errno::NoExec),
        };
        // A pointer counts too, as on Linux: else two million empty arguments were nothing.
        let bytes: usize = argv.iter().chain(&env).map(|string| string.len() + 1 + size_of::<u64>()).sum();
        if bytes > self.kernel().limits.arguments_bytes_max {
            return Err(Errno::TooBig);
        }
        let cwd = self.kernel().process(pid)?.cwd;
        let argv = if argv.is_empty() { vec![path.clone()] } else { argv };
        match self.kernel().identify(cwd, file, path, argv)? {
            Image::Shell { argv, script } => {
                self.kernel().enter_program(pid, &argv, &env);
                let process = self.kernel().process(pid)?;
                let (parent, ignored) = (process.parent, process.ignored());
                let start = (self.shell)(ShellRequest { argv, env, script });
                let coroutine = Coroutine::new(pid, parent, ignored, start);
                self.running.insert(pid, Running::Shell { coroutine, parked: None });
                Ok(())
            }
            Image::Wasm { ino, argv } => self.exec_wasm(pid, ino, &argv, &env),
        }
    }

    /// The program in a file, or why it cannot run, in words.
    fn load(&mut self, ino: Ino) -> Result<Result<Program, String>, Errno> {
        let kernel = self.kernel();
        let limits = kernel.limits.clone();
        let size = kernel.vfs.stat(ino)?.size;
        // A mounted file is read whole to be run, so its size is looked at first.
        if usize::try_from(size).map_or(true, |size| size > limits.module_bytes_max) {
            let most = limits.module_bytes_max;
            return Ok(Err(format!("is a module of {size} bytes; the limit is {most}")));
        }
        let key = kernel.vfs.content_version(ino)?;
        let content = kernel.vfs.content_of(ino)?;
        Ok(self.programs.load(key, &content, &limits))
    }

    /// `NoMem`: the value stacks of the other guests leave no room for one more.
    fn check_stacks(&mut self, pid: Pid, more: usize) -> Result<(), Errno> {
        let held =
            self.running.iter().filter(|(other, _)| **other != pid).map(|(_, running)| match running {
                Running::Guest(guest) => guest.stack_bytes(),
                Running::Shell { .. } => 0,
            });
        let all = held.fold(more, usize::saturating_add);
        if more > 0 && all > self.kernel().limits.value_stacks_bytes_max { Err(Errno::NoMem) } else { Ok(()) }
    }

    fn exec_wasm(&mut self, pid: Pid, ino: Ino, argv: &[BString], env: &[BString]) -> Result<(), Errno> {
        let loaded = self.load(ino)?;
        if let Ok(program) = &loaded {
            self.check_stacks(pid, program.stack_bytes)?;
        }
        let preopens = self.preopens.clone();
        let kernel = self.kernel();
        // What may fail comes first: after an error nothing has changed.
        let slots = match &loaded {
            Ok(_) => kernel.open_preopens(preopens.as_deref())?,
            Err(_) => Vec::new(),
        };
        kernel.enter_program(pid, argv, env);
        match loaded {
            Ok(program) => {
                kernel.enter_guest(
                    pid,
                    if preopens.is_some() { World::Folders } else { World::Whole },
                    slots,
                )?;
                let trace = self.trace;
                let guest = Guest::new(pid, program, self.kernel(), trace);
                self.running.insert(pid, Running::Guest(Box::new(guest)));
            }
            Err(words) => {
                kernel.complain(pid, &words);
                // The process exists and says why it cannot run; its status is the shell's for that.
                let start: super::CoroutineStart = Box::new(|_| Box::pin(async { 126 }));
                let coroutine = Coroutine::new(pid, None, SignalSet::EMPTY, start);
                self.running.insert(pid, Running::Shell { coroutine, parked: None });
            }
        }
        Ok(())
    }
}

impl Kernel {
    /// The session's first process: descriptors 0 to 2 are the host's streams, and the terminal is its own.
    pub(super) fn start_first(&mut self, umask: u16, directory: &[u8]) -> Result<Pid, Errno> {
        let root = self.vfs.root();
        let cwd = self.vfs.lookup(At { dir: root, path: directory, scope: Scope::Anywhere }, true)?;
        if self.vfs.stat(cwd)?.kind != Kind::Directory {
            return Err(Errno::NotDir);
        }
        let pid = self.fork(None, crate::kernel::call::SpawnGroup::New)?;
        self.vfs.hold(cwd);
        let old = std::mem::replace(&mut self.process_mut(pid)?.cwd, cwd);
        self.vfs.release(old);
        for stream in 0..3_u8 {
            let how = wasmsand_vfs::Open { read: stream == 0, write: stream != 0, ..Default::default() };
            let how = if self.host.is_terminal(stream_number(stream)) {
                wasmsand_vfs::Open { read: true, write: true, ..how }
            } else {
                how
            };
            let open = self.vfs.open_device(wasmsand_vfs::Device::Host(stream), &how)?;
            self.install(pid, Slot::new(open), Fd(u32::from(stream)))?;
        }
        self.process_mut(pid)?.umask = umask;
        self.terminal.foreground = Some(pid);
        Ok(pid)
    }

    /// Makes the process of a spawn: inherits, then takes the moved descriptors out of the parent, even when the
    /// child cannot be made.
    pub(super) fn fork_for_spawn(&mut self, parent: Pid, spawn: &Spawn) -> Result<Pid, Errno> {
        let child = self.fork(Some(parent), spawn.group);
        let mut failed = child.err();
        if let Ok(child) = child {
            let process = self.process_mut(child)?;
            for signal in spawn.ignored.iter() {
                process.set_action(signal, SignalAction::Ignore);
            }
        }
        for moved in &spawn.moved {
            let slot = match self.process_mut(parent)?.fds.remove(moved.from) {
                Ok(slot) => slot,
                Err(errno) => {
                    failed = failed.or(Some(errno));
                    continue;
                }
            };
            match child {
                Ok(child) if failed.is_none() && moved.to.0 < self.fds_max(child) => {
                    let slot = Slot { close_on_exec: false, ..slot };
                    if let Some(old) = self.process_mut(child)?.fds.replace(moved.to, slot) {
                        self.vfs.close(old.open);
                    }
                }
                Ok(_) | Err(_) => self.vfs.close(slot.open),
            }
        }
        match (child, failed) {
            (Ok(child), Some(errno)) => {
                self.unfork(child);
                Err(errno)
            }
            (child, _) => child,
        }
    }

    /// Follows `#!` lines until something that can be run, beginning with a file that was found already, or a path.
    fn identify(
        &mut self,
        cwd: Ino,
        file: Option<Ino>,
        path: BString,
        argv: Vec<BString>,
    ) -> Result<Image, Errno> {
        let (mut file, mut path, mut argv) = (file, path, argv);
        let mut script = None;
        for _ in 0..=INTERPRETERS_MAX {
            let ino = match file.take() {
                Some(ino) => ino,
                None => self.vfs.lookup(At { dir: cwd, path: &path, scope: Scope::Anywhere }, true)?,
            };
            let stat = self.vfs.stat(ino)?;
            match stat.kind {
                Kind::File if stat.mode & ANY_EXECUTE != 0 => {}
                Kind::Directory => return Err(Errno::IsDir),
                Kind::File | Kind::Symlink | Kind::Fifo | Kind::CharDevice => return Err(Errno::Acces),
            }
            let mut head = [0; HEAD_BYTES];
            let count = self.vfs.peek(ino, &mut head)?;
            let head = head.get(..count).unwrap_or_default();
            if head.starts_with(b"\0asm") {
                return Ok(Image::Wasm { ino, argv });
            }
            if head.starts_with(super::SHELL_FILE) {
                return Ok(Image::Shell { argv, script: None });
            }
            let Some(interpreter) = interpreter_of(head) else {
                if !looks_like_text(head) {
                    return Err(Errno::NoExec);
                }
                script = script.or(Some(path));
                return Ok(Image::Shell { argv, script });
            };
            let mut next = vec![interpreter.path.clone()];
            next.extend(interpreter.argument);
            next.push(path);
            next.extend(argv.into_iter().skip(1));
            (path, argv) = (interpreter.path, next);
        }
        Err(Errno::Loop)
    }

    /// What exec(2) does to a process apart from its program: arguments, environment, close-on-exec, signals.
    fn enter_program(&mut self, pid: Pid, argv: &[BString], env: &[BString]) {
        let Ok(process) = self.process_mut(pid) else { return };
        process.name = argv.first().map(|name| base_name(name)).unwrap_or_default();
        process.argv = argv.to_vec();
        process.env = env.to_vec();
        process.forget_caught();
        // A guest that executes another program leaves it 0 to 2 and what it inherited; what it opened itself, and
        // its preopens, end with it.
        let was_guest = process.world.take().is_some();
        process.memory_bytes = 0;
        let ends = |fd: Fd, slot: &Slot| slot.close_on_exec || (was_guest && fd > Fd::STDERR);
        let closing: Vec<Fd> =
            process.fds.iter().filter(|(fd, slot)| ends(*fd, slot)).map(|(fd, _)| fd).collect();
        for fd in closing {
            // It was listed a line ago.
            let _ = self.close_fd(pid, fd);
        }
        let Ok(process) = self.process_mut(pid) else { return };
        let left: Vec<(Fd, Slot)> = process.inherited.drain().collect();
        for (fd, slot) in left {
            process.fds.replace(fd, slot);
        }
    }

    /// Opens the directories that a guest is to find open. After an error none is.
    fn open_preopens(&mut self, preopens: Option<&[super::Preopen]>) -> Result<Vec<Slot>, Errno> {
        let whole = super::Preopen { path: "/".into(), name: "/".into(), absolute_symlinks: true };
        let given = preopens.unwrap_or(std::slice::from_ref(&whole));
        if given.len() >= usize::try_from(self.limits.fds_max).unwrap_or(usize::MAX) {
            return Err(Errno::MFile);
        }
        let mut slots = Vec::new();
        for preopen in given {
            match self.open_preopen(preopen) {
                Ok(slot) => slots.push(Slot { is_world: preopens.is_none(), ..slot }),
                Err(errno) => {
                    slots.into_iter().for_each(|slot: Slot| self.vfs.close(slot.open));
                    return Err(errno);
                }
            }
        }
        Ok(slots)
    }

    fn open_preopen(&mut self, preopen: &super::Preopen) -> Result<Slot, Errno> {
        let root = self.vfs.root();
        let ino = self.vfs.lookup(At { dir: root, path: &preopen.path, scope: Scope::Anywhere }, true)?;
        let (name, absolute_symlinks) = (Some(preopen.name.to_vec()), preopen.absolute_symlinks);
        Ok(Slot { preopen: name, absolute_symlinks, ..Slot::new(self.vfs.open_directory(ino)?) })
    }

    /// Gives a guest its descriptors: 0 to 2, then its preopens, and the others as `/dev/fd/N` only, because their
    /// numbers are the preopens' (WASI has no other way to tell a program its directories).
    fn enter_guest(&mut self, pid: Pid, world: World, preopens: Vec<Slot>) -> Result<(), Errno> {
        let process = self.process_mut(pid)?;
        process.world = Some(world);
        let others: Vec<Fd> = process.fds.iter().map(|(fd, _)| fd).filter(|fd| fd.0 > 2).collect();
        for fd in others {
            let slot = process.fds.remove(fd)?;
            process.inherited.replace(fd, slot);
        }
        for slot in preopens {
            self.install(pid, slot, Fd(3))?;
        }
        Ok(())
    }

    /// Writes a sentence of the machine's own to a process's standard error: `wasmsand: name: words`.
    pub(super) fn complain(&mut self, pid: Pid, words: &str) {
        let Ok(process) = self.process(pid) else { return };
        let line = format!("wasmsand: {}: {words}\n", process.name);
        if let Ok(slot) = process.fds.get(Fd::STDERR) {
            let open = slot.open;
            // A full pipe or a closed terminal loses the sentence; the status still tells.
            let _ = self.write_open(open, line.as_bytes());
        }
    }
}

fn stream_number(stream: u8) -> crate::host::Stream {
    files::stream_of(wasmsand_vfs::Device::Host(stream)).unwrap_or(crate::host::Stream::Terminal)
}

fn base_name(path: &[u8]) -> BString {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interpreter_line_has_at_most_one_argument() {
        let check = |head: &[u8], path: &str, argument: Option<&str>| {
            let expected = Interpreter { path: path.into(), argument: argument.map(BString::from) };
            assert_eq!(interpreter_of(head), Some(expected), "{:?}", bstr::BStr::new(head));
        };
        check(b"#!/bin/sh\necho", "/bin/sh", None);
        check(b"#! /usr/bin/env  python3 -u \n", "/usr/bin/env", Some("python3 -u"));
        check(b"#!/bin/awk -f", "/bin/awk", Some("-f"));
        check(b"#!/bin/sh\r\n", "/bin/sh\r", None);
        assert_eq!(interpreter_of(b"#!\n"), None);
        assert_eq!(interpreter_of(b"echo"), None);
    }

    #[test]
    fn text_has_no_nul_in_its_first_line() {
        assert!(looks_like_text(b"echo hi\n\0"));
        assert!(!looks_like_text(b"\x7fELF\0"));
    }
}
