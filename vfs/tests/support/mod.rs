//! `Op`: one operation on a file system, as text; owns its language and the sandbox that performs it.
//!
//! The same operations are performed by the sandbox, by a naive model and by the host's own file system; each
//! answers in the same words, so the answers can be compared.
#![allow(dead_code, unreachable_pub)]

pub mod folder;
pub mod model;
pub mod random;
pub mod tree;

use wasmsand_vfs::{At, Errno, Ino, Kind, Limits, Open, OpenId, Opened, Scope, Time, Vfs, Whence};

/// Open files are kept in this many numbered slots.
pub const SLOTS: usize = 3;

#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    Mkdir(String),
    Rmdir(String),
    Unlink(String),
    Rename(String, String),
    Link(String, String),
    Symlink(String, String),
    ReadLink(String),
    Stat(String),
    Lstat(String),
    List(String),
    /// Flags: r w a(ppend) c(reate) x(clusive) t(runcate) d(irectory) n(ofollow).
    Open(usize, String, String),
    Close(usize),
    Read(usize, usize),
    Write(usize, Vec<u8>),
    Seek(usize, Whence, i64),
    SetLen(usize, u64),
    Fstat(usize),
    Truncate(String, u64),
}

/// `ok`, `ok` and what was read, or the name of an errno.
pub type Answer = String;

pub trait System {
    fn perform(&mut self, op: &Op) -> Answer;
}

impl Op {
    /// Reads an operation: words between spaces, `''` for nothing; slots count from 0 and are 0 when left out.
    pub fn parse(text: &str) -> Op {
        let words: Vec<&str> =
            text.split_whitespace().map(|word| if word == "''" { "" } else { word }).collect();
        let name = |index: usize| (*words.get(index).unwrap_or(&"")).to_owned();
        let number = |index: usize| name(index).parse().unwrap_or(0);
        let slot = |index: usize| usize::try_from(number(index)).unwrap();
        match words[0] {
            "mkdir" => Op::Mkdir(name(1)),
            "rmdir" => Op::Rmdir(name(1)),
            "unlink" => Op::Unlink(name(1)),
            "rename" => Op::Rename(name(1), name(2)),
            "link" => Op::Link(name(1), name(2)),
            "symlink" => Op::Symlink(name(1), name(2)),
            "readlink" => Op::ReadLink(name(1)),
            "stat" => Op::Stat(name(1)),
            "lstat" => Op::Lstat(name(1)),
            "list" => Op::List(name(1)),
            "open" => Op::Open(slot(3), name(1), name(2)),
            "close" => Op::Close(slot(1)),
            "read" => Op::Read(slot(2), slot(1)),
            "write" => Op::Write(slot(2), name(1).into_bytes()),
            "seek" => Op::Seek(
                slot(3),
                match words[1] {
                    "set" => Whence::Set,
                    "cur" => Whence::Current,
                    "end" => Whence::End,
                    other => panic!("whence {other}"),
                },
                words[2].parse().unwrap(),
            ),
            "setlen" => Op::SetLen(slot(2), words[1].parse().unwrap()),
            "fstat" => Op::Fstat(slot(1)),
            "truncate" => Op::Truncate(name(1), words[2].parse().unwrap()),
            other => panic!("no operation {other}"),
        }
    }
}

/// The flags of `Op::Open`.
pub fn how(flags: &str) -> Open {
    let has = |flag: char| flags.contains(flag);
    Open {
        read: has('r'),
        write: has('w'),
        append: has('a'),
        create: has('c'),
        exclusive: has('x'),
        truncate: has('t'),
        directory: has('d'),
        follow: !has('n'),
        ..Open::default()
    }
}

/// The file system under test, from its root.
pub struct Sandbox {
    pub vfs: Vfs,
    pub scope: Scope,
    /// Where relative paths start.
    pub dir: Ino,
    pub slots: [Option<OpenId>; SLOTS],
    pub now: u64,
}

impl Sandbox {
    pub fn new(scope: Scope) -> Sandbox {
        Sandbox::with_limits(scope, Limits::default())
    }

    pub fn with_limits(scope: Scope, limits: Limits) -> Sandbox {
        let vfs = Vfs::new(limits, Time(1));
        Sandbox { dir: vfs.root(), vfs, scope, slots: [None; SLOTS], now: 1 }
    }

    pub fn at<'a>(&self, path: &'a str) -> At<'a> {
        At { dir: self.dir, path: path.as_bytes(), scope: self.scope }
    }

    pub fn now(&self) -> Time {
        Time(self.now)
    }

    /// Performs operations between semicolons; the answer is the last one's. The others must succeed.
    pub fn run(&mut self, script: &str) -> Answer {
        let mut answer = "ok".to_owned();
        for text in script.split(';').map(str::trim).filter(|text| !text.is_empty()) {
            assert!(answer.starts_with("ok"), "before `{text}` in `{script}`: {answer}");
            answer = self.perform(&Op::parse(text));
            self.vfs.check().unwrap_or_else(|flaw| panic!("after `{text}` in `{script}`: {flaw}"));
        }
        answer
    }

    /// Performs operations between semicolons, whatever their answers.
    pub fn perform_all(&mut self, script: &str) {
        for text in script.split(';').map(str::trim) {
            self.perform(&Op::parse(text));
            self.vfs.check().unwrap_or_else(|flaw| panic!("after `{text}` in `{script}`: {flaw}"));
        }
    }

    fn slot(&self, slot: usize) -> Result<OpenId, Errno> {
        self.slots[slot].ok_or(Errno::BadF)
    }

    fn try_perform(&mut self, op: &Op) -> Result<String, Errno> {
        let now = self.now();
        match op {
            Op::Mkdir(path) => self.vfs.mkdir(self.at(path), 0o777, now).map(done),
            Op::Rmdir(path) => self.vfs.rmdir(self.at(path), now).map(done),
            Op::Unlink(path) => self.vfs.unlink(self.at(path), now).map(done),
            Op::Rename(from, to) => self.vfs.rename(self.at(from), self.at(to), now).map(done),
            Op::Link(from, to) => self.vfs.link(self.at(from), false, self.at(to), now).map(done),
            Op::Symlink(target, path) => self.vfs.symlink(target.as_bytes(), self.at(path), now).map(done),
            Op::ReadLink(path) => Ok(text(&self.vfs.read_link(self.at(path))?)),
            Op::Stat(path) | Op::Lstat(path) => {
                let ino = self.vfs.lookup(self.at(path), matches!(op, Op::Stat(_)))?;
                let stat = self.vfs.stat(ino)?;
                Ok(stat_text(stat.kind, stat.size, stat.nlink))
            }
            Op::List(path) => {
                let ino = self.vfs.lookup(self.at(path), true)?;
                let names = self.vfs.list(ino)?.into_iter().map(|(name, _, _)| text(&name)).collect();
                Ok(list_text(names))
            }
            Op::Open(slot, path, flags) => {
                let Opened::File(id) = self.vfs.open(self.at(path), &how(flags), now)? else {
                    return Err(Errno::NoSys);
                };
                if self.vfs.fstat(id)?.kind == Kind::Directory {
                    self.vfs.close(id);
                    return Ok("directory".to_owned());
                }
                if let Some(old) = self.slots[*slot].replace(id) {
                    self.vfs.close(old);
                }
                Ok(String::new())
            }
            Op::Close(slot) => {
                let id = self.slots[*slot].take().ok_or(Errno::BadF)?;
                self.vfs.close(id);
                Ok(String::new())
            }
            Op::Read(slot, count) => {
                let mut buf = vec![0; *count];
                let got = self.vfs.read(self.slot(*slot)?, &mut buf, now)?;
                Ok(text(&buf[..got]))
            }
            Op::Write(slot, bytes) => Ok(self.vfs.write(self.slot(*slot)?, bytes, now)?.to_string()),
            Op::Seek(slot, whence, offset) => {
                Ok(self.vfs.seek(self.slot(*slot)?, *whence, *offset)?.to_string())
            }
            Op::SetLen(slot, len) => self.vfs.set_len(self.slot(*slot)?, *len, now).map(done),
            Op::Fstat(slot) => {
                let stat = self.vfs.fstat(self.slot(*slot)?)?;
                Ok(stat_text(stat.kind, stat.size, stat.nlink))
            }
            Op::Truncate(path, len) => {
                let ino = self.vfs.lookup(self.at(path), true)?;
                self.vfs.truncate(ino, *len, now).map(done)
            }
        }
    }
}

impl System for Sandbox {
    fn perform(&mut self, op: &Op) -> Answer {
        self.now += 1;
        answer(self.try_perform(op))
    }
}

fn done((): ()) -> String {
    String::new()
}

/// The words for a result.
pub fn answer(result: Result<String, Errno>) -> Answer {
    match result {
        Ok(told) if told.is_empty() => "ok".to_owned(),
        Ok(told) => format!("ok {told}"),
        Err(errno) => errno.name().to_owned(),
    }
}

/// The words for a stat. The size and the names of a directory differ between file systems.
pub fn stat_text(kind: Kind, size: u64, nlink: u64) -> String {
    match kind {
        Kind::File => format!("file {size} {nlink}"),
        Kind::Directory => "directory".to_owned(),
        Kind::Symlink => format!("symlink {size}"),
        Kind::Fifo => "fifo".to_owned(),
        Kind::CharDevice => "device".to_owned(),
    }
}

/// The words for names: sorted, because nobody promises an order.
pub fn list_text(mut names: Vec<String>) -> String {
    names.sort();
    names.join(",")
}

/// Bytes as text that shows each of them.
pub fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}
