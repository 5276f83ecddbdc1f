//! Any of the 46 calls with any arguments, one after another, on a kernel with files, directories, links and a pipe.

#![no_main]

use std::collections::HashSet;
use std::sync::Arc;

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use wasmsand_vfs::{At, Content, Open, Opened, Scope, Time};
use wasmsand_wasi::kernel::fd_table::Slot;
use wasmsand_wasi::kernel::{Kernel, Outcome};
use wasmsand_wasi::preview1::{self, Call, Memory};
use wasmsand_wasi::{CoroutineStart, Fd, Limits, Machine, Pid, ShellRequest, Simulated, Spawned};

const MEMORY_BYTES: usize = 65_536;

/// Where things lie in memory; arguments lead there often.
const SUBSCRIPTIONS: u32 = 512;
const PATHS: u32 = 2_048;
const BUFFERS: u32 = 8_192;

const NAMES: [&str; 14] =
    ["a", "b", "d", "d/a", "d/e", "link", "up", "round", "../a", ".", "d/../a", "/a", "d/", "missing"];

/// Makes the function that reads a call from the fuzzer's bytes.
macro_rules! calls {
    ($($variant:ident ($($arg:ident: $kind:ident),*);)*) => {
        fn call(bytes: &mut Unstructured<'_>) -> Result<Call> {
            let number = bytes.int_in_range(0..=45_u8)?;
            let mut next = 0;
            $(
                if next == number {
                    return Ok(Call::$variant { $($arg: $kind(bytes)?),* });
                }
                next += 1;
            )*
            let _ = next;
            Ok(Call::SchedYield {})
        }
    };
}

calls! {
    ArgsGet(argv: place, argv_buf: place);
    ArgsSizesGet(argc: place, argv_buf_size: place);
    EnvironGet(environ: place, environ_buf: place);
    EnvironSizesGet(count: place, buf_size: place);
    ClockResGet(id: small, resolution: place);
    ClockTimeGet(id: small, precision: long, time: place);
    FdAdvise(fd: small, offset: long, len: long, advice: small);
    FdAllocate(fd: small, offset: long, len: long);
    FdClose(fd: small);
    FdDatasync(fd: small);
    FdFdstatGet(fd: small, stat: place);
    FdFdstatSetFlags(fd: small, flags: small);
    FdFdstatSetRights(fd: small, base: long, inheriting: long);
    FdFilestatGet(fd: small, buf: place);
    FdFilestatSetSize(fd: small, size: long);
    FdFilestatSetTimes(fd: small, atim: long, mtim: long, fst_flags: small);
    FdPread(fd: small, iovs: vector, iovs_len: small, offset: long, nread: place);
    FdPrestatGet(fd: small, buf: place);
    FdPrestatDirName(fd: small, path: place, path_len: small);
    FdPwrite(fd: small, iovs: vector, iovs_len: small, offset: long, nwritten: place);
    FdRead(fd: small, iovs: vector, iovs_len: small, nread: place);
    FdReaddir(fd: small, buf: place, buf_len: length, cookie: long, bufused: place);
    FdRenumber(fd: small, to: small);
    FdSeek(fd: small, offset: signed, whence: small, newoffset: place);
    FdSync(fd: small);
    FdTell(fd: small, offset: place);
    FdWrite(fd: small, iovs: vector, iovs_len: small, nwritten: place);
    PathCreateDirectory(fd: small, path: path, path_len: small);
    PathFilestatGet(fd: small, flags: small, path: path, path_len: small, buf: place);
    PathFilestatSetTimes(fd: small, flags: small, path: path, path_len: small, atim: long, mtim: long, fst_flags: small);
    PathLink(old_fd: small, old_flags: small, old_path: path, old_path_len: small, new_fd: small, new_path: path, new_path_len: small);
    PathOpen(fd: small, dirflags: small, path: path, path_len: small, oflags: small, rights_base: long, rights_inheriting: long, fdflags: small, opened_fd: place);
    PathReadlink(fd: small, path: path, path_len: small, buf: place, buf_len: length, bufused: place);
    PathRemoveDirectory(fd: small, path: path, path_len: small);
    PathRename(fd: small, old_path: path, old_path_len: small, new_fd: small, new_path: path, new_path_len: small);
    PathSymlink(old_path: path, old_path_len: small, fd: small, new_path: path, new_path_len: small);
    PathUnlinkFile(fd: small, path: path, path_len: small);
    PollOneoff(subscriptions: subscriptions, events: place, nsubscriptions: small, nevents: place);
    ProcExit(code: small);
    ProcRaise(signal: small);
    SchedYield();
    RandomGet(buf: place, buf_len: length);
    SockAccept(fd: small, flags: small, opened_fd: place);
    SockRecv(fd: small, ri_data: vector, ri_data_len: small, ri_flags: small, ro_datalen: place, ro_flags: place);
    SockSend(fd: small, si_data: vector, si_data_len: small, si_flags: small, so_datalen: place);
    SockShutdown(fd: small, how: small);
}

/// Mostly a small number; descriptors, flags and lengths of paths are that.
fn small(bytes: &mut Unstructured<'_>) -> Result<u32> {
    match bytes.arbitrary::<u8>()? {
        255 => bytes.arbitrary(),
        number => Ok(u32::from(number % 24)),
    }
}

fn length(bytes: &mut Unstructured<'_>) -> Result<u32> {
    Ok(u32::from(bytes.arbitrary::<u16>()?))
}

/// A pointer into the buffers, or anywhere.
fn place(bytes: &mut Unstructured<'_>) -> Result<u32> {
    match bytes.arbitrary::<u16>()? {
        u16::MAX => bytes.arbitrary(),
        number => Ok(BUFFERS + u32::from(number)),
    }
}

fn vector(bytes: &mut Unstructured<'_>) -> Result<u32> {
    Ok(u32::from(bytes.arbitrary::<u8>()? % 16) * 8)
}

fn path(bytes: &mut Unstructured<'_>) -> Result<u32> {
    Ok(PATHS + u32::from(bytes.arbitrary::<u8>()?) * 8)
}

fn subscriptions(bytes: &mut Unstructured<'_>) -> Result<u32> {
    Ok(SUBSCRIPTIONS + u32::from(bytes.arbitrary::<u8>()? % 8) * 48)
}

fn long(bytes: &mut Unstructured<'_>) -> Result<u64> {
    match bytes.arbitrary::<u8>()? {
        255 => bytes.arbitrary(),
        254 => Ok(u64::MAX),
        253 => Ok(1 << 40),
        252 => Ok(u64::from(bytes.arbitrary::<u32>()?)),
        number => Ok(u64::from(number)),
    }
}

fn signed(bytes: &mut Unstructured<'_>) -> Result<i64> {
    match bytes.arbitrary::<i8>()? {
        i8::MAX => bytes.arbitrary(),
        number => Ok(i64::from(number)),
    }
}

fn limits() -> Limits {
    let mut limits = Limits { fds_max: 40, random_bytes_max: 1 << 16, ..Limits::default() };
    limits.files.content_bytes_max = 1 << 20;
    limits.files.inodes_max = 40;
    limits.files.open_files_max = 30;
    limits
}

/// A kernel with one process that has the streams, the root, a directory, a file and a pipe open.
fn kernel() -> Kernel {
    let no_shell = Arc::new(|_: ShellRequest| -> CoroutineStart { Box::new(|_| Box::pin(async { 99 })) });
    let mut machine = Machine::new(limits(), Box::new(Simulated::new(1, b"some input")), no_shell);
    let kernel = machine.kernel();
    let root = kernel.vfs.root();
    let at = |path| At { dir: root, path, scope: Scope::Anywhere };
    let program = wat::parse_str("(module (func (export \"_start\")))").unwrap();
    kernel.vfs.add_file(at(b"/program"), Content::owned(program), 0o755, Time(0)).unwrap();
    for directory in [b"/d".as_slice(), b"/d/e"] {
        kernel.vfs.mkdir(at(directory), 0o755, Time(0)).unwrap();
    }
    kernel.vfs.add_file(at(b"/a"), Content::from_static(b"shared bytes"), 0o644, Time(0)).unwrap();
    kernel.vfs.add_file(at(b"/d/a"), Content::owned(vec![7; 10_000]), 0o644, Time(0)).unwrap();
    for (target, link) in [(b"d/a".as_slice(), b"/link".as_slice()), (b"../..", b"/d/up"), (b"round", b"/round")] {
        kernel.vfs.symlink(target, at(link), Time(0)).unwrap();
    }
    let program = Spawned::Executable { path: "/program".into(), argv: vec!["program".into()], env: vec![] };
    machine.start(program, 0o022, b"/").unwrap();
    let mut kernel = Kernel::new(limits(), Box::new(Simulated::new(3, b"input")));
    std::mem::swap(machine.kernel(), &mut kernel);
    let (read, write) = kernel.vfs.pipe().unwrap();
    let both = Open { read: true, write: true, ..Open::default() };
    let directory = Open { read: true, directory: true, ..Open::default() };
    let mut opened = vec![read, write];
    for (path, how) in [(b"/a".as_slice(), both), (b"/d", directory)] {
        if let Ok(Opened::File(open)) = kernel.vfs.open(at(path), &how, Time(0)) {
            opened.push(open);
        }
    }
    for (fd, open) in (4..).zip(opened) {
        kernel.process_mut(Pid(1)).unwrap().fds.replace(Fd(fd), Slot::new(open));
    }
    kernel
}

/// Buffers, subscriptions and paths where the arguments lead, filled from the fuzzer's bytes.
fn memory(bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut memory = vec![0; MEMORY_BYTES];
    for i in 0..16 {
        let (at, length) = (BUFFERS + u32::from(bytes.arbitrary::<u16>()?) / 2, bytes.arbitrary::<u16>()? / 4);
        memory[i * 8..i * 8 + 4].copy_from_slice(&at.to_le_bytes());
        memory[i * 8 + 4..i * 8 + 8].copy_from_slice(&u32::from(length).to_le_bytes());
    }
    let at = SUBSCRIPTIONS as usize;
    bytes.fill_buffer(&mut memory[at..at + 8 * 48])?;
    for i in 0..8 {
        memory[at + i * 48 + 8] %= 4;
    }
    for (i, name) in NAMES.iter().enumerate() {
        let at = PATHS as usize + i * 16;
        memory[at..at + name.len()].copy_from_slice(name.as_bytes());
    }
    let at = PATHS as usize + NAMES.len() * 16;
    bytes.fill_buffer(&mut memory[at..at + 64])?;
    Ok(memory)
}

fn run(bytes: &mut Unstructured<'_>) -> Result<()> {
    let mut memory = memory(bytes)?;
    let mut kernel = kernel();
    while !bytes.is_empty() {
        let call = call(bytes)?;
        match preview1::perform(&call, &mut kernel, Pid(1), Memory::new(&mut memory), 0) {
            Outcome::Done(_) | Outcome::Block(_) | Outcome::Exit(_) => {}
        }
        let flaw = kernel.vfs.check();
        assert!(flaw.is_ok(), "{flaw:?} after {call:?}");
        let process = kernel.process(Pid(1)).unwrap();
        let held: HashSet<_> = process.fds.iter().map(|(_, slot)| slot.open).collect();
        assert_eq!(held.len(), kernel.vfs.usage().open_files, "after {call:?}");
    }
    Ok(())
}

fuzz_target!(|bytes: &[u8]| {
    let _ = run(&mut Unstructured::new(bytes));
});
