//! The file system against the host's own: the same operations in a temporary directory must be answered alike.
//!
//! Numbers of errors and flags are Linux's on x86-64, so only there it is compared.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs::{self, File, OpenOptions};
use std::io::{Error, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use support::random::ops;
use support::{Answer, Op, SLOTS, Sandbox, System, how, list_text, stat_text, text};
use wasmsand_vfs::{Kind, Scope, Whence};

struct Host {
    root: PathBuf,
    slots: [Option<File>; SLOTS],
}

static COUNT: AtomicU64 = AtomicU64::new(0);

impl Host {
    fn new() -> Host {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // Two levels down, so that a mistake in a path cannot reach anything of value.
        let root =
            std::env::temp_dir().join(format!("wasmsand-vfs-{}-{number}/outer/root", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        Host { root, slots: [None, None, None] }
    }

    fn path(&self, path: &str) -> PathBuf {
        format!("{}/{path}", self.root.display()).into()
    }

    fn try_perform(&mut self, op: &Op) -> Result<String, Error> {
        let closed = || Error::from_raw_os_error(9);
        match op {
            Op::Mkdir(path) => fs::create_dir(self.path(path)).map(done),
            Op::Rmdir(path) => fs::remove_dir(self.path(path)).map(done),
            Op::Unlink(path) => fs::remove_file(self.path(path)).map(done),
            Op::Rename(from, to) => fs::rename(self.path(from), self.path(to)).map(done),
            Op::Link(from, to) => fs::hard_link(self.path(from), self.path(to)).map(done),
            Op::Symlink(target, path) => std::os::unix::fs::symlink(target, self.path(path)).map(done),
            Op::ReadLink(path) => Ok(text(fs::read_link(self.path(path))?.as_os_str().as_encoded_bytes())),
            Op::Stat(path) => Ok(told(&fs::metadata(self.path(path))?)),
            Op::Lstat(path) => Ok(told(&fs::symlink_metadata(self.path(path))?)),
            Op::List(path) => {
                let mut names = Vec::new();
                for entry in fs::read_dir(self.path(path))? {
                    names.push(entry?.file_name().into_string().unwrap());
                }
                Ok(list_text(names))
            }
            Op::Open(slot, path, flags) => {
                let file = open(self.path(path), flags)?;
                if file.metadata()?.is_dir() {
                    return Ok("directory".to_owned());
                }
                self.slots[*slot] = Some(file);
                Ok(String::new())
            }
            Op::Close(slot) => self.slots[*slot].take().map(|_| String::new()).ok_or_else(closed),
            Op::Read(slot, count) => {
                let mut buf = vec![0; *count];
                let got = self.slots[*slot].as_mut().ok_or_else(closed)?.read(&mut buf)?;
                Ok(text(&buf[..got]))
            }
            Op::Write(slot, bytes) => {
                Ok(self.slots[*slot].as_mut().ok_or_else(closed)?.write(bytes)?.to_string())
            }
            Op::Seek(slot, whence, offset) => {
                let file = self.slots[*slot].as_mut().ok_or_else(closed)?;
                let before_the_start = |_| Error::from_raw_os_error(22);
                let to = match whence {
                    Whence::Set => SeekFrom::Start(u64::try_from(*offset).map_err(before_the_start)?),
                    Whence::Current => SeekFrom::Current(*offset),
                    Whence::End => SeekFrom::End(*offset),
                };
                Ok(file.seek(to)?.to_string())
            }
            Op::SetLen(slot, len) => self.slots[*slot].as_ref().ok_or_else(closed)?.set_len(*len).map(done),
            Op::Fstat(slot) => Ok(told(&self.slots[*slot].as_ref().ok_or_else(closed)?.metadata()?)),
            Op::Truncate(path, len) => {
                OpenOptions::new().write(true).open(self.path(path))?.set_len(*len).map(done)
            }
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(top) = self.root.ancestors().nth(2) {
            let _ = fs::remove_dir_all(top);
        }
    }
}

impl System for Host {
    fn perform(&mut self, op: &Op) -> Answer {
        match self.try_perform(op) {
            Ok(told) if told.is_empty() => "ok".to_owned(),
            Ok(told) => format!("ok {told}"),
            Err(error) => name(error.raw_os_error().unwrap_or(0)),
        }
    }
}

fn done((): ()) -> String {
    String::new()
}

/// Opens with exactly the flags that are said; the standard library refuses some of them together.
fn open(path: PathBuf, flags: &str) -> Result<File, Error> {
    const APPEND: i32 = 0o2000;
    let how = how(flags);
    let custom = [
        (how.create, 0o100),
        (how.exclusive, 0o200),
        (how.truncate, 0o1000),
        (how.append, APPEND),
        (how.directory, 0o200_000),
        (!how.follow, 0o400_000),
    ];
    let custom = custom.iter().filter(|(wanted, _)| *wanted).fold(0, |all, (_, flag)| all | flag);
    // Linux has no mode without any right: reading is as near as it comes, and reads are not tried then.
    let read = how.read || !how.write;
    OpenOptions::new().read(read).write(how.write).custom_flags(custom).open(path)
}

fn told(data: &fs::Metadata) -> String {
    let kind = match (data.is_file(), data.is_dir()) {
        (true, _) => Kind::File,
        (_, true) => Kind::Directory,
        (false, false) => Kind::Symlink,
    };
    stat_text(kind, data.size(), data.nlink())
}

fn name(number: i32) -> String {
    let name = match number {
        1 => "EPERM",
        2 => "ENOENT",
        9 => "EBADF",
        16 => "EBUSY",
        17 => "EEXIST",
        20 => "ENOTDIR",
        21 => "EISDIR",
        22 => "EINVAL",
        27 => "EFBIG",
        39 => "ENOTEMPTY",
        40 => "ELOOP",
        other => return format!("error {other}"),
    };
    name.to_owned()
}

/// Where wasmtime and its test suite ask for something else than Linux does, ours is theirs.
fn is_known_difference(op: &Op, ours: &str, hosts: &str) -> bool {
    match op {
        // The test suite wants ENOTDIR for a link named `file/`.
        Op::Symlink(_, path) | Op::Link(_, path) => {
            path.ends_with('/') && ours == "ENOTDIR" && hosts == "EEXIST"
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_operations_are_answered_as_by_linux(ops in ops()) {
        let mut sandbox = Sandbox::new(Scope::Anywhere);
        let mut host = Host::new();
        for op in &ops {
            // Reading without the right cannot be asked of Linux.
            if matches!(op, Op::Open(_, _, flags) if flags == "c") {
                continue;
            }
            let (ours, hosts) = (sandbox.perform(op), host.perform(op));
            if !is_known_difference(op, &ours, &hosts) {
                prop_assert_eq!(ours, hosts, "{:?}", op);
            }
            prop_assert_eq!(sandbox.vfs.check(), Ok(()), "{:?}", op);
        }
    }
}
