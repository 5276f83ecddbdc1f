//! Mounted folders: the same answers as the file system's own, and no surprise when the host changes them.
//!
// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use support::folder::{Host, NOW};
use support::random::ops;
use support::{Op, SLOTS, Sandbox, System, text};
use wasmsand_vfs::{
    Access, At, Content, Errno, Folder, FolderHandle, FolderStat, Ino, Kind, Open, Scope, Time, Usage,
};

/// A sandbox with a folder on `/mnt`; relative paths start in it.
fn mounted(read_only: bool) -> (Sandbox, Host) {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    let host = Host::new();
    sandbox.run("mkdir mnt; mkdir mnt/hidden; open own wc; write own; close");
    sandbox.vfs.mount(sandbox.at("mnt"), Box::new(host.clone()), read_only).unwrap();
    sandbox.dir = sandbox.vfs.lookup(sandbox.at("mnt"), true).unwrap();
    (sandbox, host)
}

fn add(host: &Host, path: &str, bytes: &'static [u8]) {
    host.with(path.as_bytes(), |vfs, at| vfs.add_file(at, Content::from_static(bytes), 0o644, NOW)).unwrap();
}

#[test]
fn a_mount_covers_the_directory() {
    let (mut sandbox, host) = mounted(false);
    add(&host, "f", b"host");
    assert_eq!(sandbox.run("list /mnt"), "ok f");
    assert_eq!(sandbox.run("stat /mnt/hidden"), "ENOENT");
    assert_eq!(sandbox.run("open /mnt/f r; read 9"), "ok host");
    assert_eq!(sandbox.run("stat ../own"), "ok file 3 1");
    assert_eq!(sandbox.run("rmdir /mnt"), "EBUSY");
    assert_eq!(sandbox.run("rename /mnt /other"), "EBUSY");
    assert_eq!(sandbox.run("rename /own f"), "EXDEV");
    assert_eq!(sandbox.run("link f /own2"), "EXDEV");
    assert_eq!(sandbox.run("rename f /mnt/g; stat g"), "ok file 4 1");
    let root = sandbox.vfs.lookup(sandbox.at("/"), true).unwrap();
    let own = sandbox.vfs.stat(root).unwrap();
    let stat = sandbox.vfs.stat(sandbox.dir).unwrap();
    assert_ne!(own.dev, stat.dev);
    sandbox.run("mkdir d; mkdir d/e");
    let deep = sandbox.vfs.lookup(sandbox.at("d/e"), true).unwrap();
    assert_eq!(sandbox.vfs.path_of(deep), Some(b"/mnt/d/e".to_vec()));
    sandbox.run("rename d moved");
    assert_eq!(sandbox.vfs.path_of(deep), Some(b"/mnt/moved/e".to_vec()));
    assert_eq!(sandbox.run("stat moved/e/../../g"), "ok file 4 1");
}

#[test]
fn a_scope_ends_at_the_mount_too() {
    let (mut sandbox, _) = mounted(false);
    sandbox.run("symlink ../own up; symlink /own abs; mkdir d");
    assert_eq!(sandbox.run("stat up"), "ok file 3 1");
    assert_eq!(sandbox.run("stat abs"), "ok file 3 1");
    sandbox.scope = Scope::Beneath;
    assert_eq!(sandbox.run("stat up"), "EPERM");
    assert_eq!(sandbox.run("stat abs"), "EPERM");
    assert_eq!(sandbox.run("stat d/../.."), "EPERM");
    assert_eq!(sandbox.run("stat d/.."), "ok directory");
}

#[test]
fn a_read_only_mount_refuses_changes() {
    let (mut sandbox, host) = mounted(true);
    add(&host, "f", b"host");
    for row in [
        "open f w",
        "open f rt",
        "open n wc",
        "unlink f",
        "mkdir n",
        "rename f n",
        "link f n",
        "symlink f n",
        "truncate f 0",
    ] {
        assert_eq!(sandbox.run(row), "EROFS", "{row}");
    }
    let ino = sandbox.vfs.lookup(sandbox.at("f"), true).unwrap();
    assert_eq!(sandbox.vfs.chmod(ino, 0o600, NOW), Err(Errno::RoFs));
    assert_eq!(sandbox.vfs.set_times(ino, Some(NOW), None, NOW), Err(Errno::RoFs));
    let access = |write| Access { read: true, write, execute: false };
    assert_eq!(sandbox.vfs.access(ino, access(true)), Err(Errno::RoFs));
    assert_eq!(sandbox.vfs.access(ino, access(false)), Ok(()));
    assert_eq!(sandbox.run("open f rc; read 9"), "ok host");
}

#[test]
fn what_the_host_changes_is_seen_and_breaks_nothing() {
    let (mut sandbox, host) = mounted(false);
    add(&host, "f", b"host");
    sandbox.run("mkdir d; mkdir d/e; open d/e/x rwc; write inner; open f r 1");
    let ino = sandbox.vfs.lookup(sandbox.at("f"), true).unwrap();
    let dir = sandbox.vfs.lookup(sandbox.at("d/e"), true).unwrap();
    let id = sandbox.vfs.open_directory(dir).unwrap();
    // The file is replaced by a directory, the directory is moved away with what is in it.
    host.with(b"f", |vfs, at| vfs.unlink(at, NOW)).unwrap();
    host.with(b"f", |vfs, at| vfs.mkdir(at, 0o755, NOW)).unwrap();
    host.with(b"d", |vfs, at| vfs.rename(at, At { path: b"gone", ..at }, NOW)).unwrap();
    assert_eq!(sandbox.run("stat f"), "ok directory");
    assert_eq!(sandbox.run("read 9 1"), "ok host");
    assert_eq!(sandbox.vfs.stat(ino).unwrap().kind, Kind::Directory);
    assert_eq!(sandbox.vfs.content_of(ino).err(), Some(Errno::IsDir));
    assert_eq!(sandbox.run("stat d/e/x"), "ENOENT");
    assert_eq!(sandbox.vfs.stat(dir), Err(Errno::NoEnt));
    assert_eq!(sandbox.vfs.list(dir), Err(Errno::NoEnt));
    assert_eq!(sandbox.vfs.read_dir(id, 2), Err(Errno::NoEnt));
    assert_eq!(sandbox.run("seek set 0; read 9"), "ok inner");
    assert_eq!(sandbox.run("list gone/e"), "ok x");
    sandbox.vfs.check().unwrap();
}

#[test]
fn what_we_remove_while_it_is_open_lives_on() {
    let (mut sandbox, _) = mounted(false);
    sandbox.run("mkdir d; open d/x rwc; write keep; open d r 1");
    let dir = sandbox.vfs.lookup(sandbox.at("d"), true).unwrap();
    let id = sandbox.vfs.open_directory(dir).unwrap();
    sandbox.run("unlink d/x; rmdir d");
    assert_eq!(sandbox.run("seek set 0; read 9"), "ok keep");
    assert_eq!(sandbox.run("fstat"), "ok file 4 0");
    assert_eq!(sandbox.vfs.fstat(id).unwrap().nlink, 0);
    let names: Vec<_> = std::iter::successors(sandbox.vfs.read_dir(id, 0).unwrap(), |entry| {
        sandbox.vfs.read_dir(id, entry.next).unwrap()
    })
    .map(|entry| text(&entry.name))
    .collect();
    assert_eq!(names, [".", ".."]);
    let at = At { dir, path: b"new", scope: Scope::Beneath };
    assert_eq!(sandbox.vfs.mkdir(at, 0o777, NOW), Err(Errno::NoEnt));
    sandbox.vfs.close(id);
    sandbox.vfs.check().unwrap();
}

#[test]
fn a_listing_is_read_from_where_its_cookie_says() {
    let (mut sandbox, host) = mounted(false);
    for name in ["a", "b", "c", "d"] {
        add(&host, name, b"x");
    }
    let id = sandbox.vfs.open_directory(sandbox.dir).unwrap();
    let mut cookies = vec![0];
    while let Some(entry) = sandbox.vfs.read_dir(id, cookies[cookies.len() - 1]).unwrap() {
        let at = At { dir: sandbox.dir, path: &entry.name, scope: Scope::Anywhere };
        let ino = sandbox.vfs.lookup(at, false).unwrap();
        assert_eq!(sandbox.vfs.stat(ino).unwrap().ino, entry.ino);
        cookies.push(entry.next);
    }
    assert_eq!(cookies.len(), 7);
    sandbox.run("unlink a; unlink c");
    let next = |sandbox: &mut Sandbox, cookie| {
        sandbox.vfs.read_dir(id, cookie).unwrap().map(|entry| text(&entry.name))
    };
    assert_eq!(next(&mut sandbox, cookies[3]), Some("b".to_owned()));
    assert_eq!(next(&mut sandbox, cookies[4]), Some("d".to_owned()));
    assert_eq!(next(&mut sandbox, u64::MAX), None);
    assert_eq!(next(&mut sandbox, 0), Some(".".to_owned()));
    assert_eq!(next(&mut sandbox, 2), Some("b".to_owned()));
}

#[test]
fn a_program_on_the_host_is_read_and_told_apart_from_its_next_version() {
    let (mut sandbox, host) = mounted(false);
    add(&host, "p", b"\0asm");
    let ino = sandbox.vfs.lookup(sandbox.at("p"), true).unwrap();
    let mut buf = [0; 9];
    assert_eq!(sandbox.vfs.peek(ino, &mut buf), Ok(4));
    assert_eq!(sandbox.vfs.content_of(ino).unwrap().as_slice(), b"\0asm");
    let version = sandbox.vfs.content_version(ino).unwrap();
    assert_eq!(sandbox.vfs.content_version(ino), Ok(version));
    host.with(b"p", |vfs, at| {
        let ino = vfs.lookup(at, false).unwrap();
        vfs.truncate(ino, 2, Time(999)).unwrap();
    });
    assert_ne!(sandbox.vfs.content_version(ino).unwrap(), version);
    assert_eq!(sandbox.vfs.usage(), Usage { content_bytes: 3, inodes: 4, open_files: 0, pipes: 0 });
}

/// A host that lies as much as it can.
struct Liar;

impl Folder for Liar {
    fn stat(&mut self, path: &[u8]) -> Result<FolderStat, Errno> {
        let kind = match path.last() {
            None | Some(b'd') => Kind::Directory,
            Some(b'l') => Kind::Symlink,
            Some(b'p') => Kind::Fifo,
            Some(_) => Kind::File,
        };
        let big = u64::MAX;
        let (time, ino) = (Time(big), 0);
        let mode = u16::MAX;
        Ok(FolderStat {
            ino,
            kind,
            mode,
            nlink: big,
            uid: 0,
            gid: 0,
            size: big,
            atime: time,
            mtime: time,
            ctime: time,
            blocks: big,
        })
    }
    fn list(&mut self, _: &[u8]) -> Result<Vec<(Vec<u8>, Kind)>, Errno> {
        let names: [&[u8]; 6] = [b"..", b".", b"", b"a/b", b"nul\0", b"good"];
        Ok(names.map(|name| (name.to_vec(), Kind::File)).to_vec())
    }
    fn read_link(&mut self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        Ok(if path.len() == 1 { b"/../l\0".to_vec() } else { Vec::new() })
    }
    fn open(&mut self, _: &[u8], _: &Open) -> Result<FolderHandle, Errno> {
        Ok(FolderHandle(u64::MAX))
    }
    fn close(&mut self, _: FolderHandle) {}
    fn read_at(&mut self, _: FolderHandle, _: &mut [u8], offset: u64) -> Result<usize, Errno> {
        Ok(if offset == 0 { usize::MAX } else { 0 })
    }
    fn write_at(&mut self, _: FolderHandle, _: &[u8], _: u64) -> Result<usize, Errno> {
        Ok(usize::MAX)
    }
    fn handle_stat(&mut self, _: FolderHandle) -> Result<FolderStat, Errno> {
        self.stat(b"f")
    }
    fn set_len(&mut self, _: FolderHandle, _: u64) -> Result<(), Errno> {
        Ok(())
    }
    fn sync(&mut self, _: FolderHandle) -> Result<(), Errno> {
        Ok(())
    }
    fn mkdir(&mut self, _: &[u8], _: u16) -> Result<(), Errno> {
        Ok(())
    }
    fn rmdir(&mut self, _: &[u8]) -> Result<(), Errno> {
        Ok(())
    }
    fn unlink(&mut self, _: &[u8]) -> Result<(), Errno> {
        Ok(())
    }
    fn rename(&mut self, _: &[u8], _: &[u8]) -> Result<(), Errno> {
        Ok(())
    }
    fn symlink(&mut self, _: &[u8], _: &[u8]) -> Result<(), Errno> {
        Ok(())
    }
    fn link(&mut self, _: &[u8], _: &[u8]) -> Result<(), Errno> {
        Ok(())
    }
    fn set_times(&mut self, _: &[u8], _: Option<Time>, _: Option<Time>) -> Result<(), Errno> {
        Ok(())
    }
    fn chmod(&mut self, _: &[u8], _: u16) -> Result<(), Errno> {
        Ok(())
    }
}

#[test]
fn a_host_that_lies_harms_nobody() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.vfs.mount(sandbox.at("/"), Box::new(Liar), false).unwrap();
    sandbox.dir = sandbox.vfs.root();
    for script in [
        "stat f",
        "list d",
        "list /",
        "open l r",
        "open xl r",
        "open p r",
        "open f rwa; write abc",
        "open f rw; read 9",
        "open f r; seek end 0",
        "rename d f",
        "rename f g",
        "unlink f",
        "rmdir d",
        "rmdir d/d",
        "unlink d/f",
        "mkdir n",
        "stat d/d/d/f/x",
        "truncate f 9",
        "symlink a b",
        "link f n",
        "readlink l",
        "stat ..",
        "rename d d/d",
    ] {
        sandbox.perform_all(script);
    }
    let ino = sandbox.vfs.lookup(sandbox.at("f"), true).unwrap();
    let mut buf = [0; 9];
    assert!(sandbox.vfs.peek(ino, &mut buf).is_ok());
    assert_eq!(sandbox.vfs.content_of(ino).err(), Some(Errno::FBig));
    assert_eq!(sandbox.run("list /"), "ok good");
    sandbox.vfs.check().unwrap();
}

#[test]
fn nodes_that_nobody_uses_are_forgotten() {
    let (mut sandbox, host) = mounted(false);
    for number in 0..70_000 {
        add(&host, &format!("f{number}"), b"");
    }
    // What the kernel holds keeps its number, whatever comes and goes beside it.
    let held = sandbox.vfs.lookup(sandbox.at("f0"), true).unwrap();
    let free = sandbox.vfs.lookup(sandbox.at("f1"), true).unwrap();
    sandbox.vfs.hold(held);
    for number in 0..70_000 {
        let _: Ino = sandbox.vfs.lookup(sandbox.at(&format!("f{number}")), true).unwrap();
    }
    for _ in 0..2000 {
        sandbox.vfs.lookup(sandbox.at("."), true).unwrap();
    }
    assert_eq!(sandbox.vfs.lookup(sandbox.at("f0"), true), Ok(held));
    assert_ne!(sandbox.vfs.lookup(sandbox.at("f1"), true), Ok(free));
    sandbox.vfs.check().unwrap();
}

#[test]
fn a_walk_of_a_large_folder_is_whole_and_numbers_tell_files_apart() {
    let (mut sandbox, host) = mounted(false);
    for dir in 0..200 {
        host.with(format!("d{dir}"), |vfs, at| vfs.mkdir(at, 0o755, NOW)).unwrap();
        for file in 0..1000 {
            add(&host, &format!("d{dir}/f{file}"), b"");
        }
    }
    host.with("d199/f999", |vfs, at| vfs.unlink(at, NOW)).unwrap();
    host.with("d0/f0", |vfs, at| vfs.link(at, false, At { path: b"d199/f999", ..at }, NOW)).unwrap();
    let mut numbers = std::collections::HashSet::new();
    let mut number_of = |sandbox: &mut Sandbox, path: &str| {
        let ino = sandbox.vfs.lookup(sandbox.at(path), false).unwrap();
        let stat = sandbox.vfs.stat(ino).unwrap();
        numbers.insert(stat.ino);
        stat.ino
    };
    let first = number_of(&mut sandbox, "d0/f0");
    let mut count = 0;
    for dir in 0..200 {
        let ino = sandbox.vfs.lookup(sandbox.at(&format!("d{dir}")), false).unwrap();
        let id = sandbox.vfs.open_directory(ino).unwrap();
        let mut cookie = 2;
        while let Some(entry) = sandbox.vfs.read_dir(id, cookie).unwrap() {
            cookie = entry.next;
            count += 1;
            assert_eq!(number_of(&mut sandbox, &format!("d{dir}/{}", text(&entry.name))), entry.ino);
        }
        sandbox.vfs.close(id);
    }
    assert_eq!(count, 200_000);
    assert_eq!(number_of(&mut sandbox, "d199/f999"), first);
    assert_eq!(numbers.len(), 199_999);
    sandbox.vfs.check().unwrap();
}

fn unmount(sandbox: &mut Sandbox, path: &str) -> Result<(), Errno> {
    let done = sandbox.vfs.unmount(sandbox.at(path)).map(|_| ());
    sandbox.vfs.check().unwrap();
    done
}

#[test]
fn an_unmounted_folder_shows_what_it_covered() {
    let (mut sandbox, host) = mounted(false);
    add(&host, "f", b"host");
    sandbox.run("stat f; stat /mnt/f");
    assert_eq!(unmount(&mut sandbox, "/own"), Err(Errno::Inval));
    assert_eq!(unmount(&mut sandbox, "/"), Err(Errno::Inval));
    assert_eq!(unmount(&mut sandbox, "/nope"), Err(Errno::NoEnt));
    assert_eq!(unmount(&mut sandbox, "/mnt"), Ok(()));
    assert_eq!(unmount(&mut sandbox, "/mnt"), Err(Errno::Inval));
    sandbox.dir = sandbox.vfs.root();
    assert_eq!(sandbox.run("list mnt"), "ok hidden");
    assert_eq!(sandbox.run("rmdir mnt/hidden; rmdir mnt; list ."), "ok own");
    // It may be mounted again, and is another mount then.
    sandbox.run("mkdir mnt");
    sandbox.vfs.mount(sandbox.at("mnt"), Box::new(host), true).unwrap();
    assert_eq!(sandbox.run("list mnt"), "ok f");
    assert_eq!(sandbox.run("unlink mnt/f"), "EROFS");
}

#[test]
fn a_folder_in_use_is_not_unmounted() {
    let (mut sandbox, host) = mounted(false);
    add(&host, "f", b"host");
    sandbox.run("mkdir d; open f r");
    assert_eq!(unmount(&mut sandbox, "/mnt"), Err(Errno::Busy));
    assert_eq!(sandbox.run("read 9"), "ok host");
    // An open file that has lost its name counts too.
    sandbox.run("unlink f");
    assert_eq!(unmount(&mut sandbox, "/mnt"), Err(Errno::Busy));
    sandbox.run("close");
    let dir = sandbox.vfs.lookup(sandbox.at("d"), true).unwrap();
    sandbox.vfs.hold(dir);
    assert_eq!(unmount(&mut sandbox, "/mnt"), Err(Errno::Busy));
    sandbox.vfs.release(dir);
    let id = sandbox.vfs.open_directory(dir).unwrap();
    assert_eq!(unmount(&mut sandbox, "/mnt"), Err(Errno::Busy));
    sandbox.vfs.close(id);
    sandbox.vfs.mount(sandbox.at("d"), Box::new(Host::new()), false).unwrap();
    assert_eq!(unmount(&mut sandbox, "/mnt"), Err(Errno::Busy));
    assert_eq!(unmount(&mut sandbox, "/mnt/d"), Ok(()));
    assert_eq!(unmount(&mut sandbox, "/mnt"), Ok(()));
}

#[test]
fn of_two_folders_on_one_directory_the_last_is_seen() {
    let (mut sandbox, below) = mounted(false);
    add(&below, "below", b"");
    let above = Host::new();
    add(&above, "above", b"");
    sandbox.vfs.mount(sandbox.at("/mnt"), Box::new(above), false).unwrap();
    assert_eq!(sandbox.run("list /mnt"), "ok above");
    assert_eq!(sandbox.run("stat /mnt/../own"), "ok file 3 1");
    let top = sandbox.vfs.lookup(sandbox.at("/mnt"), true).unwrap();
    assert_eq!(sandbox.vfs.path_of(top), Some(b"/mnt".to_vec()));
    assert_eq!(sandbox.run("rmdir /mnt"), "EBUSY");
    assert_eq!(unmount(&mut sandbox, "/mnt"), Ok(()));
    assert_eq!(sandbox.run("list /mnt"), "ok below");
    assert_eq!(unmount(&mut sandbox, "/mnt"), Ok(()));
    sandbox.dir = sandbox.vfs.root();
    assert_eq!(sandbox.run("list /mnt"), "ok hidden");
}

#[test]
fn a_folder_may_cover_the_root() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run("open own wc");
    let host = Host::new();
    add(&host, "f", b"");
    sandbox.vfs.mount(sandbox.at("/"), Box::new(host), false).unwrap();
    assert_eq!(sandbox.run("list /"), "ok f");
    sandbox.perform(&Op::Close(0));
    assert_eq!(unmount(&mut sandbox, "/"), Ok(()));
    assert_eq!(sandbox.run("list /"), "ok own");
}

#[test]
fn a_mount_point_stays_where_it_is() {
    let (mut sandbox, host) = mounted(false);
    sandbox.run("mkdir d; mkdir d/point; mkdir other");
    let inner = Host::new();
    add(&inner, "f", b"inner");
    sandbox.vfs.mount(sandbox.at("d/point"), Box::new(inner), false).unwrap();
    for (row, answer) in [
        ("rmdir d/point", "EBUSY"),
        ("unlink d/point", "EISDIR"),
        ("rename d/point p", "EBUSY"),
        ("rename other d/point", "EBUSY"),
        ("rename d/point/f f", "EXDEV"),
        ("link d/point/f f", "EXDEV"),
        ("mkdir d/point", "EEXIST"),
    ] {
        assert_eq!(sandbox.run(row), answer, "{row}");
    }
    // The directory above it may be moved, and it goes along.
    assert_eq!(sandbox.run("rename d e; list e/point"), "ok f");
    // What the host does to the directory beneath is not seen.
    host.with("e/point", |vfs, at| vfs.rmdir(at, NOW)).unwrap();
    assert_eq!(sandbox.run("open e/point/f r; read 9; close"), "ok");
    assert_eq!(sandbox.run("stat e/point/../../other"), "ok directory");
    assert_eq!(unmount(&mut sandbox, "e/point"), Ok(()));
    assert_eq!(sandbox.run("stat e/point"), "ENOENT");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mounted_folder_answers_as_the_file_system_itself(ops in ops()) {
        let mut plain = Sandbox::new(Scope::Anywhere);
        let (mut sandbox, host) = mounted(false);
        for op in &ops {
            prop_assert_eq!(sandbox.perform(op), plain.perform(op), "{:?}", op);
            prop_assert_eq!(sandbox.vfs.check(), Ok(()), "{:?}", op);
        }
        for slot in 0..SLOTS {
            sandbox.perform(&Op::Close(slot));
        }
        // Every handle that was opened on the host was closed there.
        prop_assert!(host.handles.lock().unwrap().iter().all(Option::is_none));
        prop_assert_eq!(host.vfs.lock().unwrap().check(), Ok(()));
    }
}
