//! Host folders against a hostile host: nothing outside is read or changed, nothing waits, nothing eats the memory.
#![cfg(unix)]
// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, RenameFlags, mknodat, renameat_with};
use tempfile::TempDir;
use wasmsand::host::{HostFolder, copy_into};
use wasmsand_wasi::vfs::{At, Folder, Ino, Limits, OpenId, Opened, Overlay, Scope, Stat, Vfs};
use wasmsand_wasi::{Errno, Kind, Open, Time};

const NOW: Time = Time(1_700_000_000_123_456_789);
const SECRET: &[u8] = b"the secret outside";

/// How a folder is given to the sandbox.
#[derive(Clone, Copy, PartialEq, Debug)]
enum How {
    ReadWrite,
    ReadOnly,
    Overlay,
}

/// A folder of the host, mounted on the root of a file system, and a secret beside it.
struct World {
    temp: TempDir,
    vfs: Vfs,
}

const READ: Open = Open {
    read: true,
    write: false,
    append: false,
    create: false,
    exclusive: false,
    truncate: false,
    directory: false,
    follow: true,
    nonblock: false,
    dsync: false,
    rsync: false,
    sync: false,
    mode: 0o666,
};

fn folder(path: &Path, how: How) -> Box<dyn Folder> {
    let folder = HostFolder::open(path, how != How::ReadWrite).unwrap();
    match how {
        How::ReadWrite | How::ReadOnly => Box::new(folder),
        How::Overlay => Box::new(Overlay::new(Box::new(folder), Limits::default(), NOW).unwrap()),
    }
}

impl World {
    /// `furnish` fills the folder before it is mounted.
    fn new(how: How, furnish: impl FnOnce(&Path)) -> World {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir(temp.path().join("inside")).unwrap();
        fs::create_dir(temp.path().join("outside")).unwrap();
        fs::write(temp.path().join("outside/secret"), SECRET).unwrap();
        furnish(&temp.path().join("inside"));
        let mut vfs = Vfs::new(Limits::default(), NOW);
        let root = vfs.root();
        let mounted = folder(&temp.path().join("inside"), how);
        vfs.mount(At { dir: root, path: b"/", scope: Scope::Anywhere }, mounted, how == How::ReadOnly)
            .unwrap();
        World { temp, vfs }
    }

    fn inside(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.temp.path().join("inside").join(Path::new(name.as_ref()))
    }

    fn outside(&self) -> BTreeMap<PathBuf, String> {
        print(&self.temp.path().join("outside"))
    }

    fn at<'p>(&self, path: &'p [u8]) -> At<'p> {
        At { dir: self.vfs.root(), path, scope: Scope::Anywhere }
    }

    fn lookup(&mut self, path: &[u8]) -> Result<Ino, Errno> {
        self.vfs.lookup(self.at(path), false)
    }

    fn stat(&mut self, path: &[u8]) -> Result<Stat, Errno> {
        let ino = self.lookup(path)?;
        self.vfs.stat(ino)
    }

    fn open(&mut self, path: &[u8], how: &Open) -> Result<OpenId, Errno> {
        match self.vfs.open(self.at(path), how, NOW)? {
            Opened::File(id) => Ok(id),
            Opened::CallersFd(_) | Opened::Text(_) => Err(Errno::NotSup),
        }
    }

    fn read(&mut self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let id = self.open(path, &READ)?;
        let mut bytes = vec![0; 100];
        let got = self.vfs.read(id, &mut bytes, NOW);
        self.vfs.close(id);
        bytes.truncate(got?);
        Ok(bytes)
    }

    fn write(&mut self, path: &[u8], how: &Open, bytes: &[u8]) -> Result<usize, Errno> {
        let id = self.open(path, &Open { write: true, ..*how })?;
        let done = self.vfs.write(id, bytes, NOW);
        self.vfs.close(id);
        done
    }

    fn list(&mut self, path: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        let dir = self.vfs.lookup(self.at(path), true)?;
        let id = self.vfs.open_directory(dir)?;
        let (mut names, mut cookie) = (Vec::new(), 2);
        let told = loop {
            match self.vfs.read_dir(id, cookie) {
                Ok(Some(entry)) => {
                    cookie = entry.next;
                    names.push(entry.name);
                }
                Ok(None) => break Ok(()),
                Err(errno) => break Err(errno),
            }
        };
        self.vfs.close(id);
        names.sort();
        told.map(|()| names)
    }

    /// Tries everything that a program can do with a path, and keeps what could be read.
    fn try_everything(&mut self, path: &[u8]) -> Vec<u8> {
        let mut seen = Vec::new();
        seen.extend(self.read(path).unwrap_or_default());
        seen.extend(self.list(path).unwrap_or_default().concat());
        seen.extend(self.vfs.read_link(self.at(path)).unwrap_or_default());
        for follow in [false, true] {
            let Ok(ino) = self.vfs.lookup(self.at(path), follow) else { continue };
            let mut buf = [0; 100];
            if let Ok(count) = self.vfs.peek(ino, &mut buf) {
                seen.extend(&buf[..count]);
            }
            seen.extend(
                self.vfs.content_of(ino).map(|content| content.as_slice().to_vec()).unwrap_or_default(),
            );
            let _ = self.vfs.stat(ino);
            let _ = self.vfs.chmod(ino, 0o640, NOW);
            let _ = self.vfs.set_times(ino, Some(NOW), Some(NOW), NOW);
            let _ = self.vfs.truncate(ino, 3, NOW);
        }
        let _ = self.write(path, &READ, b"changed");
        let _ = self.write(path, &Open { truncate: true, ..READ }, b"changed");
        let _ = self.write(path, &Open { create: true, ..READ }, b"changed");
        let _ = self.write(path, &Open { create: true, exclusive: true, ..READ }, b"changed");
        let _ = self.write(path, &Open { append: true, follow: false, ..READ }, b"changed");
        let _ = self.vfs.mkdir(self.at(path), 0o777, NOW);
        let _ = self.vfs.symlink(b"target", self.at(path), NOW);
        let _ = self.vfs.link(self.at(path), true, self.at(b"linked"), NOW);
        let _ = self.vfs.link(self.at(b"file"), true, self.at(path), NOW);
        let _ = self.vfs.rename(self.at(path), self.at(b"renamed"), NOW);
        let _ = self.vfs.rename(self.at(b"renamed"), self.at(path), NOW);
        let _ = self.vfs.rename(self.at(b"file"), self.at(path), NOW);
        let _ = self.vfs.unlink(self.at(path), NOW);
        let _ = self.vfs.rmdir(self.at(path), NOW);
        seen.extend(self.read(b"linked").unwrap_or_default());
        let _ = self.vfs.unlink(self.at(b"linked"), NOW);
        seen
    }
}

/// A tree as it is: names, kinds, modes, times and bytes.
fn print(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut seen = BTreeMap::new();
    let mut left = vec![root.to_owned()];
    while let Some(path) = left.pop() {
        let stat = fs::symlink_metadata(&path).unwrap();
        let mut shown = format!(
            "{:o} {} {} {} {}.{:09}",
            stat.mode(),
            stat.ino(),
            stat.nlink(),
            stat.size(),
            stat.mtime(),
            stat.mtime_nsec()
        );
        if stat.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if stat.is_file() {
            shown += &fs::read(&path).unwrap().escape_ascii().to_string();
        } else if stat.is_symlink() {
            shown += &fs::read_link(&path).unwrap().display().to_string();
        }
        seen.insert(path, shown);
    }
    seen
}

fn holds_secret(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET)
}

/// Runs something that must not wait for anybody.
fn at_once(work: impl FnOnce() + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        work();
        done.send(()).unwrap();
    });
    match is_done.recv_timeout(Duration::from_secs(60)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it waits"),
        Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => thread.join().unwrap(),
    }
}

/// Links that lead out of the folder in every manner.
fn hostile_links(inside: &Path) {
    let outside = inside.parent().unwrap().join("outside");
    fs::write(inside.join("file"), "file").unwrap();
    fs::create_dir(inside.join("d")).unwrap();
    symlink(outside.join("secret"), inside.join("absolute")).unwrap();
    symlink("../outside/secret", inside.join("relative")).unwrap();
    symlink("../../outside/secret", inside.join("d/relative")).unwrap();
    symlink("../outside", inside.join("dir")).unwrap();
    symlink(&outside, inside.join("dir_absolute")).unwrap();
    symlink("chain2", inside.join("chain1")).unwrap();
    symlink("d/../dir/secret", inside.join("chain2")).unwrap();
    symlink("loop2", inside.join("loop1")).unwrap();
    symlink("loop1", inside.join("loop2")).unwrap();
    symlink("self/x", inside.join("self")).unwrap();
    symlink("../outside/new", inside.join("dangling")).unwrap();
    symlink("/proc/self/root", inside.join("magic")).unwrap();
    symlink(".", inside.join("here")).unwrap();
}

const HOSTILE_PATHS: [&str; 27] = [
    "absolute",
    "relative",
    "d/relative",
    "chain1",
    "chain2",
    "loop1",
    "self",
    "dangling",
    "dir",
    "dir/",
    "dir/.",
    "dir/secret",
    "dir/new",
    "dir/../outside/secret",
    "dir/../secret",
    "dir_absolute/secret",
    "dir_absolute/new",
    "here/dir/secret",
    "here/here/relative",
    "../outside/secret",
    "../../outside/secret",
    "d/../../outside/secret",
    "./.././outside/secret",
    "magic",
    "magic/etc",
    "d/relative/",
    "dangling/x",
];

#[test]
fn no_link_and_no_path_leads_out() {
    for how in [How::ReadWrite, How::ReadOnly, How::Overlay] {
        for path in HOSTILE_PATHS {
            let mut world = World::new(how, hostile_links);
            let (before, inside) = (world.outside(), print(&world.inside("")));
            let seen = world.try_everything(path.as_bytes());
            assert!(!holds_secret(&seen), "{path}: {}", seen.escape_ascii());
            assert_eq!(world.outside(), before, "{how:?} {path}");
            if how != How::ReadWrite {
                assert_eq!(print(&world.inside("")), inside, "{how:?} {path}");
            }
            world.vfs.check().unwrap();
        }
    }
}

#[test]
fn the_folder_itself_follows_no_link_out() {
    let world = World::new(How::ReadWrite, hostile_links);
    let before = world.outside();
    let mut folder = HostFolder::open(&world.inside(""), false).unwrap();
    // The file system never asks for such paths: the host has put a link where it saw a directory.
    for path in [
        "dir/secret",
        "dir_absolute/secret",
        "../outside/secret",
        "d/../../outside/secret",
        "dir/new",
        "here/dir/secret",
    ] {
        let path = path.as_bytes();
        let write = Open { write: true, create: true, truncate: true, ..READ };
        assert!(folder.stat(path).is_err());
        assert!(folder.open(path, &READ).is_err());
        assert!(folder.open(path, &write).is_err());
        assert!(folder.mkdir(path, 0o777).is_err());
        assert!(folder.rmdir(path).is_err());
        assert!(folder.unlink(path).is_err());
        assert!(folder.symlink(b"x", path).is_err());
        assert!(folder.link(path, b"linked").is_err());
        assert!(folder.link(b"file", path).is_err());
        assert!(folder.rename(path, b"renamed").is_err());
        assert!(folder.rename(b"file", path).is_err());
        assert!(folder.chmod(path, 0o777).is_err());
        assert!(folder.set_times(path, Some(NOW), Some(NOW)).is_err());
        assert!(folder.list(path).is_err());
        assert!(folder.read_link(path).is_err());
    }
    for path in ["dir", "dir_absolute", "absolute", "relative"] {
        let path = path.as_bytes();
        assert_eq!(folder.stat(path).unwrap().kind, Kind::Symlink);
        assert!(folder.list(path).is_err(), "{}", path.escape_ascii());
        assert!(folder.open(path, &READ).is_err());
        assert!(folder.open(path, &Open { write: true, truncate: true, ..READ }).is_err());
        assert_eq!(folder.chmod(path, 0o777), Err(Errno::NotSup));
        // The link's own time is set.
        assert_eq!(folder.set_times(path, None, Some(NOW)), Ok(()));
    }
    assert_eq!(world.outside(), before);
}

/// While everything is tried, a thread exchanges a directory and a link that leads out.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_becomes_a_link_leads_nowhere_at_any_moment() {
    for how in [How::ReadWrite, How::Overlay] {
        let mut world = World::new(how, |inside| {
            fs::write(inside.join("file"), "file").unwrap();
            fs::create_dir(inside.join("d")).unwrap();
            symlink("../outside", inside.join("x")).unwrap();
        });
        let (before, real, link) = (world.outside(), world.inside("d"), world.inside("x"));
        let over = Arc::new(AtomicBool::new(false));
        let stop = over.clone();
        let hammer = std::thread::spawn(move || {
            let mut rounds = 0_u32;
            while !stop.load(Ordering::Relaxed) && rounds < 2_000_000 {
                // What the sandbox has removed meanwhile is made again.
                if renameat_with(CWD, &real, CWD, &link, RenameFlags::EXCHANGE).is_err() {
                    let _ = fs::create_dir(&real);
                    let _ = symlink("../outside", &link);
                }
                rounds += 1;
            }
            rounds
        });
        let mut folder = HostFolder::open(&world.inside(""), false).unwrap();
        for round in 0..600 {
            let path: &[u8] = [b"d/secret".as_slice(), b"x/secret", b"d/new", b"d"][round % 4];
            let seen = world.try_everything(path);
            assert!(!holds_secret(&seen), "{}", path.escape_ascii());
            if how == How::ReadWrite {
                let _ = folder.mkdir(path, 0o700);
                let _ = folder.chmod(path, 0o700);
                let _ = folder.rename(path, b"d/other");
            }
            let _ = fs::write(world.inside("file"), "file");
        }
        over.store(true, Ordering::Relaxed);
        assert!(hammer.join().unwrap() > 0);
        assert_eq!(world.outside(), before, "{how:?}");
        world.vfs.check().unwrap();
    }
}

#[test]
fn special_files_are_seen_and_never_opened() {
    for how in [How::ReadWrite, How::Overlay] {
        at_once(move || {
            let mut world = World::new(how, |inside| {
                fs::write(inside.join("file"), "file").unwrap();
                mknodat(CWD, inside.join("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
                drop(std::os::unix::net::UnixListener::bind(inside.join("socket")).unwrap());
                // Only root may, and not in every container; the devices are made where nobody else looks.
                for (name, kind) in [("char", FileType::CharacterDevice), ("block", FileType::BlockDevice)] {
                    let number = rustix::fs::makedev(1, if name == "char" { 3 } else { 7 });
                    if let Err(error) = mknodat(CWD, inside.join(name), kind, Mode::RWXU, number) {
                        println!("no {name} device is tested: {error}");
                    }
                }
            });
            for name in ["fifo", "socket", "char", "block"] {
                if fs::symlink_metadata(world.inside(name)).is_err() {
                    continue;
                }
                let path = name.as_bytes();
                let kind = if name == "fifo" { Kind::Fifo } else { Kind::CharDevice };
                assert_eq!(world.stat(path).unwrap().kind, kind);
                for how in [
                    READ,
                    Open { write: true, ..READ },
                    Open { read: false, write: true, ..READ },
                    Open { create: true, write: true, truncate: true, ..READ },
                    Open { nonblock: true, write: true, ..READ },
                ] {
                    assert_eq!(world.open(path, &how).err(), Some(Errno::NotSup), "{name}");
                }
                let ino = world.lookup(path).unwrap();
                assert_eq!(world.vfs.content_of(ino).err(), Some(Errno::Inval));
                assert_eq!(world.vfs.truncate(ino, 0, NOW), Err(Errno::Inval));
                // A folder's own door is shut too: the host may put a pipe where a file was seen.
                let mut folder = folder(&world.inside(""), How::ReadWrite);
                assert!(folder.open(path, &READ).is_err());
                assert!(
                    folder.open(path, &Open { write: true, truncate: true, create: true, ..READ }).is_err()
                );
                assert_eq!(folder.chmod(path, 0o777), Err(Errno::NotSup));
                assert_eq!(world.vfs.rename(world.at(path), world.at(b"moved"), NOW), Ok(()));
                assert_eq!(world.vfs.unlink(world.at(b"moved"), NOW), Ok(()));
                assert_eq!(world.stat(path), Err(Errno::NoEnt));
                world.try_everything(path);
            }
        });
    }
}

#[test]
fn files_without_permissions_are_errors_to_who_is_not_root() {
    let mut world = World::new(How::ReadWrite, |inside| {
        fs::write(inside.join("none"), "none").unwrap();
        fs::create_dir(inside.join("closed")).unwrap();
        fs::write(inside.join("closed/f"), "f").unwrap();
        fs::set_permissions(inside.join("none"), Permissions::from_mode(0o0)).unwrap();
        fs::set_permissions(inside.join("closed"), Permissions::from_mode(0o0)).unwrap();
    });
    let is_root = fs::metadata(world.temp.path()).unwrap().uid() == 0;
    let expected = |bytes: &[u8]| if is_root { Ok(bytes.to_vec()) } else { Err(Errno::Acces) };
    assert_eq!(world.read(b"none"), expected(b"none"));
    assert_eq!(world.read(b"closed/f"), expected(b"f"));
    assert_eq!(world.stat(b"none").unwrap().mode, 0);
    let ino = world.lookup(b"closed").unwrap();
    assert_eq!(world.vfs.chmod(ino, 0o755, NOW), Ok(()));
    assert_eq!(world.read(b"closed/f"), Ok(b"f".to_vec()));
}

#[test]
fn any_bytes_are_a_name() {
    let names: [&[u8]; 6] = [b"new\nline", b"\xff\xfe", b" ", b"-rf", b"\x1b[31m", &[b'n'; 255]];
    for how in [How::ReadWrite, How::Overlay] {
        let mut world = World::new(how, |inside| {
            for name in names {
                fs::write(inside.join(OsStr::from_bytes(name)), name).unwrap();
            }
        });
        let mut sorted = names.map(<[u8]>::to_vec);
        sorted.sort();
        assert_eq!(world.list(b"/").unwrap(), sorted);
        for name in names {
            assert_eq!(world.read(name).unwrap(), name[..name.len().min(100)]);
            assert_eq!(world.vfs.rename(world.at(name), world.at(b"\xf0moved"), NOW), Ok(()));
            assert_eq!(world.vfs.link(world.at(b"\xf0moved"), false, world.at(name), NOW), Ok(()));
            assert_eq!(world.vfs.unlink(world.at(b"\xf0moved"), NOW), Ok(()));
        }
        assert_eq!(world.stat(&[b'n'; 256]), Err(Errno::NameTooLong));
        assert_eq!(world.vfs.mkdir(world.at(&[b'n'; 256]), 0o777, NOW), Err(Errno::NameTooLong));
        assert_eq!(world.stat(&b"d/".repeat(2048)), Err(Errno::NameTooLong));
        assert_eq!(world.stat(b"nul\0"), Err(Errno::Inval));
    }
}

#[test]
fn a_tree_that_is_deeper_than_a_path_is_an_error() {
    let mut world = World::new(How::ReadWrite, |_| {});
    let name = vec![b'd'; 200];
    let mut dir = world.vfs.root();
    let mut depth = 0;
    let error = loop {
        let at = At { dir, path: &name, scope: Scope::Anywhere };
        match world.vfs.mkdir(at, 0o777, NOW) {
            Ok(()) => dir = world.vfs.lookup(at, false).unwrap(),
            Err(errno) => break errno,
        }
        depth += 1;
        assert!(depth < 100);
    };
    assert_eq!((error, depth), (Errno::NameTooLong, 20));
}

#[test]
fn what_the_host_does_to_an_open_file_breaks_nothing() {
    for how in [How::ReadWrite, How::Overlay] {
        let mut world = World::new(how, |inside| fs::write(inside.join("f"), "0123456789").unwrap());
        let id = world.open(b"f", &READ).unwrap();
        let mut buf = [0; 4];
        assert_eq!(world.vfs.read(id, &mut buf, NOW), Ok(4));
        fs::File::options().write(true).open(world.inside("f")).unwrap().set_len(6).unwrap();
        assert_eq!(world.vfs.read(id, &mut buf, NOW), Ok(2));
        assert_eq!(world.vfs.read(id, &mut buf, NOW), Ok(0));
        fs::remove_file(world.inside("f")).unwrap();
        assert_eq!(world.vfs.pread(id, &mut buf, 0, NOW), Ok(4));
        assert_eq!(world.vfs.fstat(id).unwrap().nlink, 0);
        assert_eq!(world.read(b"f"), Err(Errno::NoEnt));
        world.vfs.close(id);
        world.vfs.check().unwrap();
    }
}

#[test]
fn a_folder_that_is_removed_or_replaced_is_an_empty_one() {
    for how in [How::ReadWrite, How::Overlay] {
        let mut world = World::new(how, |inside| fs::write(inside.join("f"), "f").unwrap());
        assert_eq!(world.read(b"f"), Ok(b"f".to_vec()));
        fs::remove_dir_all(world.inside("")).unwrap();
        // What is put in its place is not what was given.
        symlink("outside", world.temp.path().join("inside")).unwrap();
        let before = world.outside();
        assert_eq!(world.stat(b"f"), Err(Errno::NoEnt));
        assert_eq!(world.list(b"/"), Ok(Vec::new()));
        assert_eq!(world.read(b"secret"), Err(Errno::NoEnt));
        let made = world.write(b"n", &Open { create: true, ..READ }, b"n");
        assert_eq!(made, if how == How::Overlay { Ok(1) } else { Err(Errno::NoEnt) });
        assert!(!holds_secret(&world.try_everything(b"secret")));
        assert_eq!(world.outside(), before);
    }
}

#[test]
fn a_directory_of_100_000_entries_is_read_whole() {
    let mut world = World::new(How::ReadWrite, |inside| {
        for number in 0..100_000 {
            fs::File::create(inside.join(format!("f{number}"))).unwrap();
        }
    });
    assert_eq!(world.list(b"/").unwrap().len(), 100_000);
    world.vfs.check().unwrap();
}

#[test]
fn a_huge_sparse_file_is_read_in_place_and_never_copied_whole() {
    let sparse = |inside: &Path| {
        let file = fs::File::create(inside.join("huge")).unwrap();
        file.set_len(1 << 40).unwrap();
        file.write_all_at(b"end", (1 << 40) - 3).unwrap();
    };
    for how in [How::ReadWrite, How::Overlay] {
        let mut world = World::new(how, sparse);
        let stat = world.stat(b"huge").unwrap();
        assert_eq!(stat.size, 1 << 40);
        assert!(stat.blocks < 10_000, "{} blocks", stat.blocks);
        let id = world.open(b"huge", &READ).unwrap();
        let mut buf = [9; 10];
        assert_eq!(world.vfs.pread(id, &mut buf, (1 << 40) - 5, NOW), Ok(5));
        assert_eq!(&buf[..5], b"\0\0end");
        world.vfs.close(id);
        let ino = world.lookup(b"huge").unwrap();
        assert_eq!(world.vfs.content_of(ino).err(), Some(Errno::FBig));
        // Its start can be written, and its size stays.
        assert_eq!(world.write(b"huge", &READ, b"start"), Ok(5));
        assert_eq!(world.stat(b"huge").unwrap().size, 1 << 40);
        assert_eq!(world.read(b"huge").unwrap()[..7], *b"start\0\0");
    }
    let world = World::new(How::ReadWrite, sparse);
    let mut vfs = Vfs::new(Limits::default(), NOW);
    let to = vfs.root();
    let failed = copy_into(&world.inside(""), &mut vfs, to, NOW).unwrap_err();
    assert_eq!(failed, (world.inside("huge").display().to_string(), Errno::FBig));
    vfs.check().unwrap();
}

fn copied(limits: Limits, furnish: impl FnOnce(&Path)) -> (World, Result<(), Errno>) {
    let mut world = World::new(How::ReadOnly, furnish);
    world.vfs = Vfs::new(limits, NOW);
    let to = world.vfs.root();
    let done = copy_into(&world.inside(""), &mut world.vfs, to, NOW);
    world.vfs.check().unwrap();
    (world, done.map_err(|(_, errno)| errno))
}

#[test]
fn a_copy_is_faithful_and_follows_nothing() {
    let (mut world, done) = copied(Limits::default(), |inside| {
        hostile_links(inside);
        fs::write(inside.join("d/f"), "bytes").unwrap();
        fs::hard_link(inside.join("d/f"), inside.join("g")).unwrap();
        mknodat(CWD, inside.join("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
        let file = fs::File::create(inside.join("sparse")).unwrap();
        file.set_len(100 << 20).unwrap();
        file.write_all_at(b"middle", 50 << 20).unwrap();
        fs::set_permissions(inside.join("d/f"), Permissions::from_mode(0o640)).unwrap();
        let long_ago = std::time::UNIX_EPOCH + Duration::new(1_000_000_000, 123_456_789);
        fs::File::open(inside.join("d")).unwrap().set_modified(long_ago).unwrap();
        fs::set_permissions(inside.join("d"), Permissions::from_mode(0o555)).unwrap();
    });
    done.unwrap();
    assert_eq!(world.read(b"d/f"), Ok(b"bytes".to_vec()));
    let (one, other) = (world.stat(b"d/f").unwrap(), world.stat(b"g").unwrap());
    assert_eq!((one.ino, one.nlink, one.mode), (other.ino, 2, 0o640));
    let dir = world.stat(b"d").unwrap();
    assert_eq!((dir.mode, dir.mtime), (0o555, Time(1_000_000_000_123_456_789)));
    assert_eq!(world.stat(b"fifo"), Err(Errno::NoEnt));
    assert_eq!(world.vfs.read_link(world.at(b"relative")), Ok(b"../outside/secret".to_vec()));
    assert_eq!(world.read(b"relative"), Err(Errno::NoEnt));
    assert_eq!(world.read(b"loop1"), Err(Errno::Loop));
    let sparse = world.stat(b"sparse").unwrap();
    assert_eq!(sparse.size, 100 << 20);
    assert!(sparse.blocks < 1000, "{} blocks", sparse.blocks);
    assert!(world.vfs.usage().content_bytes < 1 << 20);
    let id = world.open(b"sparse", &READ).unwrap();
    let mut buf = [0; 6];
    assert_eq!(world.vfs.pread(id, &mut buf, 50 << 20, NOW), Ok(6));
    assert_eq!(&buf, b"middle");
}

#[test]
fn a_copy_is_bounded_by_the_limits() {
    let big = |inside: &Path| fs::write(inside.join("big"), vec![1; 100_000]).unwrap();
    let limits = Limits { content_bytes_max: 99_999, ..Limits::default() };
    assert_eq!(copied(limits, big).1, Err(Errno::NoSpc));
    let limits = Limits { file_bytes_max: 99_999, ..Limits::default() };
    assert_eq!(copied(limits, big).1, Err(Errno::FBig));
    let many =
        |inside: &Path| (0..20).for_each(|number| fs::write(inside.join(number.to_string()), "").unwrap());
    let limits = Limits { inodes_max: 10, ..Limits::default() };
    assert_eq!(copied(limits, many).1, Err(Errno::NoSpc));
    // Many directories need no more descriptors than few.
    let wide =
        |inside: &Path| (0..3000).for_each(|number| fs::create_dir(inside.join(number.to_string())).unwrap());
    assert_eq!(copied(Limits::default(), wide).1, Ok(()));
}

#[test]
fn a_read_only_mount_changes_nothing_by_any_call() {
    let mut world = World::new(How::ReadWrite, |inside| {
        fs::create_dir(inside.join("d")).unwrap();
        fs::create_dir(inside.join("empty")).unwrap();
        fs::write(inside.join("f"), "bytes").unwrap();
        symlink("f", inside.join("l")).unwrap();
    });
    // Opened before the mount became read-only.
    let both = Open { write: true, ..READ };
    let id = world.open(b"f", &both).unwrap();
    let appending = world.open(b"f", &Open { append: true, ..both }).unwrap();
    let root = world.vfs.root();
    world.vfs.set_read_only(root, true);
    let before = print(&world.inside(""));
    let ino = world.lookup(b"f").unwrap();
    let answers = [
        ("write", world.vfs.write(id, b"x", NOW).map(|_| ())),
        ("append", world.vfs.write(appending, b"x", NOW).map(|_| ())),
        ("pwrite", world.vfs.pwrite(id, b"x", 0, NOW).map(|_| ())),
        ("set_len", world.vfs.set_len(id, 0, NOW)),
        ("allocate", world.vfs.allocate(id, 0, 100, NOW)),
        ("truncate", world.vfs.truncate(ino, 0, NOW)),
        ("chmod", world.vfs.chmod(ino, 0o600, NOW)),
        ("chmod of the root", world.vfs.chmod(root, 0o700, NOW)),
        ("times", world.vfs.set_times(ino, Some(NOW), Some(NOW), NOW)),
        ("open to write", world.open(b"f", &both).map(|_| ())),
        ("open to truncate", world.open(b"f", &Open { truncate: true, ..READ }).map(|_| ())),
        ("open to create", world.open(b"n", &Open { create: true, ..READ }).map(|_| ())),
        ("mkdir", world.vfs.mkdir(world.at(b"n"), 0o777, NOW)),
        ("rmdir", world.vfs.rmdir(world.at(b"empty"), NOW)),
        ("unlink", world.vfs.unlink(world.at(b"f"), NOW)),
        ("unlink of a link", world.vfs.unlink(world.at(b"l"), NOW)),
        ("rename", world.vfs.rename(world.at(b"f"), world.at(b"n"), NOW)),
        ("rename of a directory", world.vfs.rename(world.at(b"d"), world.at(b"n"), NOW)),
        ("rename over", world.vfs.rename(world.at(b"f"), world.at(b"l"), NOW)),
        ("link", world.vfs.link(world.at(b"f"), true, world.at(b"n"), NOW)),
        ("symlink", world.vfs.symlink(b"f", world.at(b"n"), NOW)),
    ];
    for (call, answer) in answers {
        assert_eq!(answer, Err(Errno::RoFs), "{call}");
    }
    assert_eq!(world.vfs.sync(id), Ok(()));
    assert_eq!(print(&world.inside("")), before);
    // O_CREAT of what is there only opens it.
    let mut world = World::new(How::ReadOnly, |inside| fs::write(inside.join("f"), "bytes").unwrap());
    let id = world.open(b"f", &Open { create: true, ..READ }).unwrap();
    assert_eq!(world.vfs.read(id, &mut [0; 9], NOW), Ok(5));
}

#[test]
fn what_is_made_on_the_host_has_the_mode_that_was_asked_for() {
    let mut world = World::new(How::ReadWrite, |_| {});
    let make = |mode| Open { write: true, create: true, mode, ..READ };
    let mode = |world: &World, name: &str| fs::metadata(world.inside(name)).unwrap().mode() & 0o7777;
    // The host's own umask takes nothing away; the sandbox's was taken off before.
    world.write(b"f", &make(0o666), b"f").unwrap();
    assert_eq!(mode(&world, "f"), 0o666);
    world.vfs.mkdir(world.at(b"d"), 0o777, NOW).unwrap();
    assert_eq!(mode(&world, "d"), 0o777);
    // Whoever creates a file may write it, whatever its mode is to be.
    assert_eq!(world.write(b"g", &make(0o444), b"g"), Ok(1));
    assert_eq!(mode(&world, "g"), 0o444);
    // No program of the sandbox's making runs as somebody else.
    world.write(b"s", &make(0o6755), b"s").unwrap();
    let ino = world.lookup(b"s").unwrap();
    assert_eq!(mode(&world, "s"), 0o755);
    world.vfs.chmod(ino, 0o6711, NOW).unwrap();
    assert_eq!(mode(&world, "s"), 0o711);
    let dir = world.lookup(b"d").unwrap();
    world.vfs.chmod(dir, 0o1750, NOW).unwrap();
    assert_eq!(mode(&world, "d"), 0o1750);
}

#[test]
fn times_are_kept_to_the_nanosecond() {
    for how in [How::ReadWrite, How::Overlay] {
        let mut world = World::new(how, |inside| {
            fs::write(inside.join("f"), "f").unwrap();
            symlink("nowhere", inside.join("l")).unwrap();
        });
        for (path, atime, mtime) in [
            (b"f".as_slice(), 1_234_567_890_987_654_321, 1),
            (b"f", 0, 1_000_000_000_000_000_001),
            (b"l", 999_999_999, 2_000_000_000_999_999_999),
            (b".", 5_000_000_001, 1_700_000_000_000_000_001),
        ] {
            let ino = world.lookup(path).unwrap();
            world.vfs.set_times(ino, Some(Time(atime)), Some(Time(mtime)), NOW).unwrap();
            let stat = world.stat(path).unwrap();
            assert_eq!((stat.atime, stat.mtime), (Time(atime), Time(mtime)), "{how:?}");
            world.vfs.set_times(ino, None, Some(Time(7)), NOW).unwrap();
            let stat = world.stat(path).unwrap();
            assert_eq!((stat.atime, stat.mtime), (Time(atime), Time(7)), "{how:?}");
        }
    }
}

#[test]
fn written_files_can_be_made_durable_and_keep_their_holes() {
    for how in [How::ReadWrite, How::Overlay] {
        let mut world = World::new(how, |_| {});
        let id = world.open(b"f", &Open { write: true, create: true, ..READ }).unwrap();
        assert_eq!(world.vfs.pwrite(id, b"far", 10 << 20, NOW), Ok(3));
        assert_eq!(world.vfs.sync(id), Ok(()));
        let stat = world.vfs.fstat(id).unwrap();
        assert_eq!(stat.size, (10 << 20) + 3);
        assert!(stat.blocks > 0 && stat.blocks < 1000, "{how:?} {} blocks", stat.blocks);
        let root = world.vfs.root();
        let dir = world.vfs.open_directory(root).unwrap();
        assert_eq!(world.vfs.sync(dir), Ok(()));
    }
}

#[test]
fn an_overlay_leaves_the_host_as_it_was() {
    let mut world = World::new(How::Overlay, |inside| {
        hostile_links(inside);
        fs::create_dir(inside.join("d/e")).unwrap();
        fs::write(inside.join("d/e/f"), "below").unwrap();
        fs::hard_link(inside.join("d/e/f"), inside.join("g")).unwrap();
        fs::write(inside.join("big"), vec![7; 300_000]).unwrap();
    });
    let before = print(&world.inside(""));
    let append = Open { append: true, ..READ };
    assert_eq!(world.write(b"d/e/f", &append, b", above"), Ok(7));
    assert_eq!(world.read(b"g"), Ok(b"below, above".to_vec()));
    assert_eq!(world.write(b"big", &append, b"end"), Ok(3));
    assert_eq!(world.stat(b"big").unwrap().size, 300_003);
    assert_eq!(world.vfs.rename(world.at(b"d"), world.at(b"moved"), NOW), Ok(()));
    assert_eq!(world.read(b"moved/e/f"), Ok(b"below, above".to_vec()));
    assert_eq!(world.vfs.unlink(world.at(b"g"), NOW), Ok(()));
    assert_eq!(world.stat(b"moved/e/f").unwrap().nlink, 1);
    assert_eq!(world.vfs.mkdir(world.at(b"d"), 0o777, NOW), Ok(()));
    assert_eq!(world.list(b"d"), Ok(Vec::new()));
    assert_eq!(world.read(b"here/dir/secret"), Err(Errno::NoEnt));
    for name in ["absolute", "chain1", "file", "moved/relative"] {
        world.try_everything(name.as_bytes());
    }
    assert_eq!(print(&world.inside("")), before);
    world.vfs.check().unwrap();
}
