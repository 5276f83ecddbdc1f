//! Permissions, read-only trees, limits, devices and sharing of content.

// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::Arc;

use proptest::prelude::*;
use support::Sandbox;
use wasmsand_vfs::{
    Access, At, Content, Device, Errno, Ino, Kind, Limits, Open, OpenId, Opened, Scope, Target, Time, Usage,
    Vfs, Whence,
};

const NOW: Time = Time(5);

fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run("open f wc; write hello; close; mkdir d; open d/x wc; close");
    sandbox
}

fn ino(sandbox: &mut Sandbox, path: &str) -> Ino {
    sandbox.vfs.lookup(sandbox.at(path), false).unwrap()
}

fn open(sandbox: &mut Sandbox, path: &str, flags: &str) -> Result<OpenId, Errno> {
    match sandbox.vfs.open(sandbox.at(path), &support::how(flags), NOW)? {
        Opened::File(id) => Ok(id),
        Opened::CallersFd(_) | Opened::Text(_) => Err(Errno::NoSys),
    }
}

/// Checks one row: with these modes of `d` and `d/x`, whose owner is `uid`, the operation is answered so.
#[track_caller]
fn check_mode(uid: u32, dir_mode: u16, file_mode: u16, script: &str, expected: &str) {
    let mut sandbox = sandbox();
    for (path, mode) in [("d/x", file_mode), ("d", dir_mode)] {
        let ino = ino(&mut sandbox, path);
        sandbox.vfs.chmod(ino, mode, NOW).unwrap();
        sandbox.vfs.chown(ino, Some(uid), Some(uid), NOW).unwrap();
    }
    assert_eq!(sandbox.run(script), expected, "{script} with {dir_mode:o} {file_mode:o} of {uid}");
}

#[test]
fn permission_bits_apply() {
    check_mode(1000, 0o700, 0o400, "open d/x r", "ok");
    check_mode(1000, 0o700, 0o400, "open d/x w", "EACCES");
    check_mode(1000, 0o700, 0o400, "open d/x rt", "EACCES");
    check_mode(1000, 0o700, 0o200, "open d/x r", "EACCES");
    check_mode(1000, 0o700, 0o200, "open d/x w", "ok");
    check_mode(1000, 0o700, 0o000, "open d/x ''", "ok");
    check_mode(1000, 0o700, 0o000, "stat d/x", "ok file 0 1");
    check_mode(1000, 0o700, 0o000, "truncate d/x 1", "EACCES");
    check_mode(1000, 0o600, 0o777, "stat d/x", "EACCES");
    check_mode(1000, 0o600, 0o777, "list d", "ok x");
    check_mode(1000, 0o300, 0o777, "list d", "EACCES");
    check_mode(1000, 0o300, 0o777, "open d rd", "EACCES");
    check_mode(1000, 0o500, 0o777, "unlink d/x", "EACCES");
    check_mode(1000, 0o500, 0o777, "open d/new wc", "EACCES");
    check_mode(1000, 0o500, 0o777, "open d/x wc", "ok");
    check_mode(1000, 0o500, 0o777, "mkdir d/new", "EACCES");
    check_mode(1000, 0o500, 0o777, "rename f d/new", "EACCES");
    check_mode(1000, 0o500, 0o777, "rename d/x new", "EACCES");
    check_mode(1000, 0o500, 0o777, "link f d/new", "EACCES");
    check_mode(1000, 0o500, 0o777, "symlink f d/new", "EACCES");
    // What is somebody else's has other bits for us.
    check_mode(0, 0o755, 0o644, "open d/x r", "ok");
    check_mode(0, 0o755, 0o644, "open d/x w", "EACCES");
    check_mode(0, 0o755, 0o644, "unlink d/x", "EACCES");
    check_mode(0, 0o777, 0o644, "unlink d/x", "ok");
    check_mode(0, 0o1777, 0o644, "unlink d/x", "EPERM");
    check_mode(0, 0o1777, 0o644, "rename d/x y", "EPERM");
}

#[test]
fn only_the_owner_changes_the_mode() {
    let mut sandbox = sandbox();
    let file = ino(&mut sandbox, "f");
    sandbox.vfs.chmod(file, 0o7644, NOW).unwrap();
    assert_eq!(sandbox.vfs.stat(file).unwrap().mode, 0o7644);
    sandbox.vfs.chown(file, Some(0), None, NOW).unwrap();
    assert_eq!(sandbox.vfs.chmod(file, 0o777, NOW), Err(Errno::Perm));
    assert_eq!(sandbox.vfs.set_times(file, Some(NOW), None, NOW), Err(Errno::Perm));
    let stat = sandbox.vfs.stat(file).unwrap();
    assert_eq!((stat.uid, stat.gid), (0, 1000));
}

#[test]
fn access_is_asked_without_opening() {
    let mut sandbox = sandbox();
    let file = ino(&mut sandbox, "f");
    let execute = Access { execute: true, ..Access::default() };
    let write = Access { write: true, ..Access::default() };
    assert_eq!(sandbox.vfs.access(file, execute), Err(Errno::Acces));
    sandbox.vfs.chmod(file, 0o500, NOW).unwrap();
    assert_eq!(sandbox.vfs.access(file, execute), Ok(()));
    assert_eq!(sandbox.vfs.access(file, write), Err(Errno::Acces));
    sandbox.vfs.set_read_only(file, true);
    assert_eq!(sandbox.vfs.access(file, write), Err(Errno::RoFs));
    assert_eq!(sandbox.vfs.access(file, execute), Ok(()));
}

#[test]
fn a_read_only_tree_refuses_every_change() {
    let rows = [
        "open d/new wc",
        "open d/x w",
        "open d/x rt",
        "unlink d/x",
        "mkdir d/new",
        "rmdir d/e",
        "rename d/x y",
        "rename f d/y",
        "rename f d/x",
        "link d/x y",
        "link f d/y",
        "symlink t d/y",
        "truncate d/x 0",
        "rename d n",
        "mkdir d/e/new",
        "open d/e/new wc",
    ];
    for row in rows {
        let mut sandbox = sandbox();
        sandbox.run("mkdir d/e; open d/x rw");
        let (dir, file) = (ino(&mut sandbox, "d"), ino(&mut sandbox, "d/x"));
        sandbox.vfs.set_read_only(dir, true);
        assert_eq!(sandbox.run(row), "EROFS", "{row}");
        assert_eq!(sandbox.vfs.chmod(file, 0o777, NOW), Err(Errno::RoFs));
        assert_eq!(sandbox.vfs.chown(file, Some(0), None, NOW), Err(Errno::RoFs));
        assert_eq!(sandbox.vfs.set_times(file, Some(NOW), None, NOW), Err(Errno::RoFs));
        // Also through what was opened before.
        let before = sandbox.vfs.stat(file).unwrap();
        assert_eq!(sandbox.run("write z"), "EROFS");
        assert_eq!(sandbox.run("setlen 0"), "EROFS");
        assert_eq!(sandbox.run("read 9"), "ok");
        assert_eq!(sandbox.vfs.stat(file).unwrap(), before);
        assert_eq!(sandbox.run("open d/x r; list d"), "ok e,x");
        sandbox.vfs.set_read_only(dir, false);
        assert_eq!(sandbox.run("unlink d/x"), "ok");
    }
}

#[test]
fn files_are_bounded_together_and_one_by_one() {
    let limits = Limits { content_bytes_max: 1000, file_bytes_max: 600, ..Limits::default() };
    let mut sandbox = Sandbox::with_limits(Scope::Anywhere, limits);
    let (one, two) = (open(&mut sandbox, "a", "rwc").unwrap(), open(&mut sandbox, "b", "rwc").unwrap());
    let vfs = &mut sandbox.vfs;
    // The last bytes that fit are written, as on a full disk; then there is no room.
    assert_eq!(vfs.write(one, &[1; 700], NOW), Ok(600));
    assert_eq!(vfs.write(one, b"x", NOW), Err(Errno::FBig));
    assert_eq!(vfs.set_len(one, 601, NOW), Err(Errno::FBig));
    assert_eq!(vfs.allocate(one, 0, 601, NOW), Err(Errno::FBig));
    assert_eq!(vfs.write(two, &[1; 500], NOW), Ok(400));
    assert_eq!(vfs.write(two, b"x", NOW), Err(Errno::NoSpc));
    assert_eq!(vfs.allocate(two, 0, 500, NOW), Err(Errno::NoSpc));
    assert_eq!(vfs.pwrite(two, b"over", 0, NOW), Ok(4));
    assert_eq!(vfs.usage().content_bytes, 1000);
    // Holes are free, so a file may be longer than what is left.
    assert_eq!(vfs.set_len(two, 600, NOW), Ok(()));
    assert_eq!(
        vfs.stat(Ino::clone(&match vfs.target(two).unwrap() {
            Target::File(ino) => ino,
            other => panic!("{other:?}"),
        }))
        .unwrap()
        .blocks,
        1
    );
    vfs.set_len(one, 0, NOW).unwrap();
    assert_eq!(vfs.usage().content_bytes, 400);
    vfs.check().unwrap();
    assert_eq!(sandbox.vfs.symlink(&[b'a'; 601], sandbox.at("l"), NOW), Err(Errno::NoSpc));
    sandbox.vfs.symlink(&[b'a'; 600], sandbox.at("l"), NOW).unwrap();
    assert_eq!(sandbox.vfs.usage().content_bytes, 1000);
    sandbox.run("unlink l; unlink b; unlink a");
    assert_eq!(sandbox.vfs.usage().content_bytes, 400);
    sandbox.vfs.close(two);
    sandbox.vfs.close(one);
    assert_eq!(sandbox.vfs.usage(), Usage { inodes: 1, ..Usage::default() });
}

#[test]
fn a_far_write_allocates_no_hole() {
    let limits = Limits { file_bytes_max: 1 << 50, content_bytes_max: 1 << 20, ..Limits::default() };
    let mut sandbox = Sandbox::with_limits(Scope::Anywhere, limits);
    let id = open(&mut sandbox, "a", "rwc").unwrap();
    assert_eq!(sandbox.vfs.pwrite(id, b"end", 1 << 40, NOW), Ok(3));
    let stat = sandbox.vfs.fstat(id).unwrap();
    assert_eq!((stat.size, stat.blocks), ((1 << 40) + 3, 8));
    let mut buf = [9; 8];
    assert_eq!(sandbox.vfs.pread(id, &mut buf, (1 << 40) - 2, NOW), Ok(5));
    assert_eq!(&buf[..5], b"\0\0end");
    assert_eq!(sandbox.vfs.allocate(id, 0, 1 << 30, NOW), Err(Errno::NoSpc));
    let Target::File(ino) = sandbox.vfs.target(id).unwrap() else { panic!("no file") };
    assert_eq!(sandbox.vfs.content_of(ino).err(), Some(Errno::NoMem));
    sandbox.vfs.set_len(id, 5, NOW).unwrap();
    assert_eq!(sandbox.vfs.content_of(ino).unwrap().as_slice(), [0; 5]);
    assert_eq!(sandbox.vfs.usage().content_bytes, 0);
    sandbox.vfs.check().unwrap();
}

#[test]
fn inodes_names_and_links_are_bounded() {
    let limits = Limits { inodes_max: 4, links_max: 3, directory_entries_max: 5, ..Limits::default() };
    let mut sandbox = Sandbox::with_limits(Scope::Anywhere, limits);
    sandbox.run("open a wc; close; link a b; link a c");
    assert_eq!(sandbox.run("link a d"), "EMLINK");
    sandbox.run("mkdir d");
    assert_eq!(sandbox.run("mkdir e"), "EMLINK");
    // Four inodes, and apart from them four names.
    assert_eq!(sandbox.run("open x wc"), "ENOSPC");
    sandbox.run("unlink c; open x wc; close");
    assert_eq!(sandbox.vfs.usage().inodes, 4);
    assert_eq!(sandbox.run("unlink b; symlink t y"), "ENOSPC");
    assert_eq!(sandbox.run("unlink x; symlink t y; rename y a"), "ok");
    let limits = Limits { directory_entries_max: 2, ..Limits::default() };
    let mut sandbox = Sandbox::with_limits(Scope::Anywhere, limits);
    sandbox.run("mkdir a; mkdir b");
    assert_eq!(sandbox.run("mkdir c"), "ENOSPC");
    assert_eq!(sandbox.run("rename a c; rename c b; rename b a"), "ok");
}

#[test]
fn content_is_shared_until_it_is_written() {
    let mut vfs = Vfs::new(Limits { content_bytes_max: 100, ..Limits::default() }, NOW);
    let at =
        |path: &'static str, vfs: &Vfs| At { dir: vfs.root(), path: path.as_bytes(), scope: Scope::Anywhere };
    let big: Arc<[u8]> = vec![3; 5000].into();
    let shared = vfs.add_file(at("shared", &vfs), Content::shared(big.clone()), 0o755, NOW).unwrap();
    let fixed = vfs.add_file(at("static", &vfs), Content::from_static(b"static"), 0o755, NOW).unwrap();
    // What is shared costs nothing, and is told as it is.
    assert_eq!(vfs.usage().content_bytes, 0);
    assert_eq!((vfs.stat(shared).unwrap().size, vfs.stat(shared).unwrap().blocks), (5000, 10));
    assert_eq!(vfs.content_of(shared).unwrap().as_slice().as_ptr(), big.as_ptr());
    let version = vfs.content_version(shared).unwrap();
    let how = Open { read: true, write: true, ..Open::default() };
    let Ok(Opened::File(id)) = vfs.open(at("shared", &vfs), &how, NOW) else { panic!("not opened") };
    // The copy would not fit.
    assert_eq!(vfs.write(id, b"x", NOW), Err(Errno::NoSpc));
    assert_eq!(vfs.content_version(shared).unwrap(), version);
    // A cut copies only what is left.
    vfs.set_len(id, 50, NOW).unwrap();
    assert_eq!(vfs.usage().content_bytes, 50);
    assert_ne!(vfs.content_version(shared).unwrap(), version);
    assert_eq!(big.len(), 5000);
    let before = vfs.content_of(shared).unwrap();
    vfs.write(id, b"x", NOW).unwrap();
    assert_eq!((before.as_slice()[0], vfs.content_of(shared).unwrap().as_slice()[0]), (3, b'x'));
    let mut buf = [0; 4];
    assert_eq!(vfs.peek(fixed, &mut buf), Ok(4));
    assert_eq!(&buf, b"stat");
    assert_eq!(vfs.add_file(at("static", &vfs), Content::from_static(b""), 0o755, NOW), Err(Errno::Exist));
    assert_eq!(vfs.content_of(vfs.root()).err(), Some(Errno::IsDir));
    vfs.check().unwrap();
}

#[test]
fn devices_answer_as_on_linux() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    let devices = [
        ("null", Device::Null, "ok", "ok 3"),
        ("zero", Device::Zero, "ok \\x00\\x00", "ok 3"),
        ("full", Device::Full, "ok \\x00\\x00", "ENOSPC"),
        ("random", Device::Random, "ENXIO", "ok 3"),
        ("urandom", Device::Urandom, "ENXIO", "ok 3"),
        ("tty", Device::Terminal, "ENXIO", "ENXIO"),
        ("host", Device::Host(1), "ENXIO", "ENXIO"),
    ];
    for (name, device, read, write) in devices {
        sandbox.vfs.make_device(sandbox.at(name), device, 0o666, NOW).unwrap();
        assert_eq!(sandbox.run(&format!("stat {name}")), "ok device");
        sandbox.run(&format!("open {name} rwct"));
        assert_eq!(sandbox.run("read 2"), read, "{name}");
        assert_eq!(sandbox.run("write abc"), write, "{name}");
        assert_eq!(sandbox.run("setlen 0"), "EINVAL", "{name}");
        let id = sandbox.slots[0].unwrap();
        assert_eq!(sandbox.vfs.target(id), Ok(Target::Device(device)));
        let seek = sandbox.vfs.seek(id, Whence::Set, 5);
        assert_eq!(seek, if write == "ENXIO" { Err(Errno::SPipe) } else { Ok(0) }, "{name}");
        let ready = sandbox.vfs.readiness(id).unwrap();
        assert_eq!((ready.read, ready.write), (write != "ENXIO", true), "{name}");
    }
    let null = ino(&mut sandbox, "null");
    let stat = sandbox.vfs.stat(null).unwrap();
    assert_eq!((stat.kind, stat.rdev, stat.size), (Kind::CharDevice, (1, 3), 0));
    sandbox.vfs.make_device(sandbox.at("stdin"), Device::Fd(0), 0o666, NOW).unwrap();
    let how = Open { read: true, ..Open::default() };
    assert_eq!(sandbox.vfs.open(sandbox.at("stdin"), &how, NOW), Ok(Opened::CallersFd(0)));
    assert_eq!(sandbox.vfs.open_device(Device::Fd(0), &how), Err(Errno::Inval));
    let id = sandbox.vfs.open_device(Device::Host(0), &how).unwrap();
    assert_eq!(sandbox.vfs.fstat(id).unwrap().kind, Kind::CharDevice);
    assert_eq!(sandbox.vfs.write(id, b"x", NOW), Err(Errno::BadF));
    sandbox.vfs.check().unwrap();
}

#[test]
fn who_stands_in_a_directory_keeps_it() {
    let mut sandbox = sandbox();
    let dir = ino(&mut sandbox, "d");
    sandbox.vfs.hold(dir);
    sandbox.run("unlink d/x; rmdir d");
    assert_eq!(sandbox.vfs.stat(dir).unwrap().nlink, 0);
    sandbox.vfs.check().unwrap();
    sandbox.vfs.release(dir);
    assert_eq!(sandbox.vfs.stat(dir), Err(Errno::NoEnt));
    let at = At { dir, path: b"x", scope: Scope::Anywhere };
    assert_eq!(sandbox.vfs.lookup(at, true), Err(Errno::NoEnt));
    sandbox.vfs.release(dir);
    sandbox.vfs.check().unwrap();
}

#[test]
fn an_inode_number_is_never_given_twice() {
    let mut sandbox = sandbox();
    let mut last = 0;
    for _ in 0..100 {
        sandbox.run("open n wc; close");
        let number = ino(&mut sandbox, "n").get();
        assert!(number > last);
        last = number;
        sandbox.run("unlink n");
    }
}

#[test]
fn a_file_system_may_move_between_threads() {
    fn is_send<T: Send>() {}
    is_send::<Vfs>();
}

#[test]
fn a_deep_tree_is_no_deep_recursion() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    let mut dir = sandbox.vfs.root();
    for _ in 0..50_000 {
        let at = At { dir, path: b"d", scope: Scope::Anywhere };
        sandbox.vfs.mkdir(at, 0o777, NOW).unwrap();
        dir = sandbox.vfs.lookup(at, true).unwrap();
    }
    assert_eq!(sandbox.vfs.path_of(dir).unwrap().len(), 100_000);
    sandbox.vfs.set_read_only(sandbox.vfs.root(), true);
    sandbox.vfs.check().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes at all as paths: an answer, never a panic, and nothing out of order.
    #[test]
    fn any_bytes_are_a_path(
        paths in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40),
                prop::collection::vec(prop::sample::select(b"/.a\0\xff".to_vec()), 0..40),
                prop::collection::vec(prop::sample::select(b"/a".to_vec()), 3000..6000),
            ],
            1..30,
        ),
    ) {
        let mut vfs = Vfs::new(Limits::default(), NOW);
        let dir = vfs.root();
        for (number, path) in paths.iter().enumerate() {
            for scope in [Scope::Anywhere, Scope::Beneath, Scope::BeneathRoot] {
                let at = At { dir, path, scope };
                let _ = vfs.mkdir(at, 0o777, NOW);
                let other = At { path: &paths[number / 2], ..at };
                let _ = vfs.rename(other, at, NOW);
                let _ = vfs.link(other, number % 2 == 0, at, NOW);
                let _ = vfs.symlink(&paths[number / 2], at, NOW);
                let _ = vfs.read_link(at);
                if let Ok(Opened::File(id)) = vfs.open(at, &Open { write: true, create: true, ..Open::default() }, NOW) {
                    let _ = vfs.write(id, path, NOW);
                    vfs.close(id);
                }
                let _ = vfs.lookup(at, true).map(|ino| vfs.stat(ino).unwrap());
                if number % 3 == 0 {
                    let _ = vfs.unlink(at, NOW);
                    let _ = vfs.rmdir(at, NOW);
                }
            }
            prop_assert_eq!(vfs.check(), Ok(()));
        }
    }
}

#[test]
fn a_directory_of_descriptors_has_every_number() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    assert_eq!(sandbox.run("mkdir fd"), "ok");
    let fd = ino(&mut sandbox, "fd");
    sandbox.vfs.give_descriptors(fd).unwrap();
    assert!(sandbox.vfs.has_descriptors(fd));
    let how = Open { read: true, ..Open::default() };
    for (path, opened) in [
        ("fd/0", Ok(Opened::CallersFd(0))),
        ("fd/65535", Ok(Opened::CallersFd(65_535))),
        ("fd/65536", Err(Errno::NoEnt)),
        ("fd/00", Err(Errno::NoEnt)),
        ("fd/+1", Err(Errno::NoEnt)),
        ("fd/-1", Err(Errno::NoEnt)),
        ("fd/x", Err(Errno::NoEnt)),
    ] {
        assert_eq!(sandbox.vfs.open(sandbox.at(path), &how, NOW), opened, "{path}");
    }
    let first = sandbox.vfs.lookup(sandbox.at("fd/0"), true);
    assert_eq!(sandbox.vfs.lookup(sandbox.at("fd/0"), true), first);
    sandbox.vfs.make_device(sandbox.at("text"), Device::Text(7), 0o444, NOW).unwrap();
    assert_eq!(sandbox.vfs.open(sandbox.at("text"), &how, NOW), Ok(Opened::Text(7)));
    let text = ino(&mut sandbox, "text");
    assert_eq!(sandbox.vfs.stat(text).unwrap().kind, Kind::File);
    sandbox.vfs.check().unwrap();
}

#[test]
fn an_open_file_is_opened_again_from_its_start_and_knows_its_name() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    assert_eq!(sandbox.run("mkdir d; open d/f rwc; write abc"), "ok 3");
    let id = sandbox.slots[0].unwrap();
    assert_eq!(sandbox.vfs.path_of_open(id).as_deref(), Some(b"/d/f".as_slice()));
    let how = Open { read: true, ..Open::default() };
    let again = sandbox.vfs.open_again(id, &how, NOW).unwrap();
    assert_ne!(again, id);
    let mut bytes = [0; 9];
    assert_eq!(sandbox.vfs.read(again, &mut bytes, NOW), Ok(3));
    assert_eq!(sandbox.vfs.write(again, b"x", NOW), Err(Errno::BadF));
    assert_eq!(sandbox.run("rename d/f d/g"), "ok");
    assert_eq!(sandbox.vfs.path_of_open(id).as_deref(), Some(b"/d/f (deleted)".as_slice()));
    let (reader, writer) = sandbox.vfs.pipe().unwrap();
    assert_eq!(sandbox.vfs.open_again(reader, &how, NOW), Ok(reader));
    assert_eq!(sandbox.vfs.open_again(writer, &how, NOW), Err(Errno::Acces));
    assert_eq!(sandbox.vfs.path_of_open(reader), None);
    for id in [reader, reader, writer, again] {
        sandbox.vfs.close(id);
    }
    sandbox.vfs.check().unwrap();
}
