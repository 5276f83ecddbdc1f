//! The probe table of `wasi-preview1.md`: what wasmtime and Linux answer, row by row.
//!
//! Where the two differ the row says so, and ours is Linux's. Rows about file descriptors, clocks and memory
//! belong to the kernel.

// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use support::{Sandbox, answer, text};
use wasmsand_vfs::{Errno, Kind, Limits, Open, Opened, Scope, Time, Whence};

/// Every row starts in a world with `f` ("hello"), `d/`, `d/e/`, `ld -> d`, `lf -> f` and `dang -> nope`.
const WORLD: &str =
    "open f wc; write hello; close; mkdir d; mkdir d/e; symlink d ld; symlink f lf; symlink nope dang";

/// Checks one row: the answer of the last operation.
#[track_caller]
fn check(probe: &str, script: &str, expected: &str) {
    for scope in [Scope::Beneath, Scope::BeneathRoot, Scope::Anywhere] {
        let mut sandbox = Sandbox::new(scope);
        sandbox.run(WORLD);
        let answer = sandbox.run(script);
        assert_eq!(answer, expected, "{probe}: `{script}` in {scope:?}");
    }
}

#[test]
fn paths() {
    check("open: empty path", "open '' r", "ENOENT");
    check("stat: empty path", "stat ''", "ENOENT");
    check("mkdir: empty path", "mkdir ''", "ENOENT");
    check("stat: 'nope/..'", "stat nope/..", "ENOENT");
    check("stat: 'f/..'", "stat f/..", "ENOTDIR");
    check("stat: 'f/.'", "stat f/.", "ENOTDIR");
    check("stat: 'f/'", "stat f/", "ENOTDIR");
    check("stat: 'd/..'", "stat d/..", "ok directory");
    check("stat: slashes", "stat d///e//", "ok directory");
    let name = "n".repeat(256);
    check("open: component of 256 bytes", &format!("open {name} r"), "ENAMETOOLONG");
    check("open: component of 256 bytes in a missing directory", &format!("open nope/{name} r"), "ENOENT");
    check("open: component of 255 bytes", &format!("open {} wc", &name[..255]), "ok");
    check("open: path of 5000 bytes", &format!("open {} r", "d/../".repeat(1000)), "ENAMETOOLONG");
    check("open: path of 4096 bytes", &format!("stat {}", "./".repeat(2048)), "ENAMETOOLONG");
    check("open: path of 4095 bytes", &format!("stat {}.", "./".repeat(2047)), "ok directory");
}

#[test]
fn mkdir_and_rmdir() {
    check("mkdir: trailing slash", "mkdir n/", "ok");
    check("mkdir: existing", "mkdir d", "EEXIST");
    check("mkdir: over a file", "mkdir f", "EEXIST");
    check("mkdir: '.'", "mkdir .", "EEXIST");
    check("mkdir: parent missing", "mkdir nope/x", "ENOENT");
    check("mkdir: parent is a file", "mkdir f/x", "ENOTDIR");
    check("mkdir: over dangling symlink", "mkdir dang", "EEXIST");
    check("mkdir: over dangling symlink, slash", "mkdir dang/", "EEXIST");
    check("rmdir: symlink to dir", "rmdir ld", "ENOTDIR");
    check("rmdir: 'ld/' (wasmtime INVAL, Linux NOTDIR)", "rmdir ld/", "ENOTDIR");
    check("rmdir: '.'", "rmdir .", "EINVAL");
    check("rmdir: 'd/e/.'", "rmdir d/e/.", "EINVAL");
    check("rmdir: 'd/e/..' (wasmtime INVAL, Linux NOTEMPTY)", "rmdir d/e/..", "ENOTEMPTY");
    check("rmdir: file", "rmdir f", "ENOTDIR");
    check("rmdir: 'f/'", "rmdir f/", "ENOTDIR");
    check("rmdir: non-empty", "rmdir d", "ENOTEMPTY");
    check("rmdir: missing", "rmdir nope", "ENOENT");
    check("rmdir: trailing slash", "rmdir d/e/; list d", "ok");
}

#[test]
fn opening() {
    check("open: CREAT with trailing slash", "open n/ wc", "EISDIR");
    check("open: DIRECTORY on a file", "open f rd", "ENOTDIR");
    check("open: CREAT+DIRECTORY missing", "open n rcd", "EINVAL");
    check("open: CREAT+DIRECTORY on a directory", "open d rcd", "EINVAL");
    check("open: CREAT+DIRECTORY on a file", "open f rcd", "EINVAL");
    check("open: dir with FD_WRITE", "open d rw", "EISDIR");
    check("open: dir with TRUNC", "open d rt", "EISDIR");
    check("open: dir with CREAT", "open d rc", "EISDIR");
    check("open: dir with CREAT+EXCL", "open d rcx", "EEXIST");
    check("open: file with CREAT+EXCL", "open f rcx", "EEXIST");
    check("open: TRUNC with read right only", "open f rt", "ok");
    check("  size afterwards", "open f rt; stat f", "ok file 0 1");
    check("  and no writing", "open f rt; write x", "EBADF");
    check("open: missing", "open nope r", "ENOENT");
    check("open: missing parent", "open nope/x r", "ENOENT");
    check("open: file as parent", "open f/x r", "ENOTDIR");
    check("open: 'f/'", "open f/ r", "ENOTDIR");
    check("open: rights 0 then fstat type", "open f ''; fstat", "ok file 5 1");
    check("open: rights 0 then read", "open f ''; read 9", "EBADF");
    check("open: '.' with rights 0", "open . ''", "ok directory");
    check("open: dir with slashes", "open d/// r", "ok directory");
    check("open: append and truncate", "open f wcat; write x; stat f", "ok file 1 1");
}

#[test]
fn symbolic_links() {
    check("symlink: empty target", "symlink '' n", "ENOENT");
    check("symlink: over a file", "symlink x f", "EEXIST");
    check("symlink: 'dangling/'", "symlink x new/", "ENOENT");
    check("symlink: 'd/'", "symlink x d/", "EEXIST");
    check("symlink: 'f/'", "symlink x f/", "ENOTDIR");
    check("open follow: loop", "symlink l2 l1; symlink l1 l2; open l1 r", "ELOOP");
    check("open nofollow: self-loop before the end", "symlink l l; open l/x rn", "ELOOP");
    check("open nofollow: symlink", "open lf rn", "ELOOP");
    check("open nofollow: symlink to dir, DIRECTORY", "open ld rdn", "ELOOP");
    check("open follow: symlink to file, DIRECTORY", "open lf rd", "ENOTDIR");
    check("open nofollow: symlink to dir, trailing slash", "open ld/ rn", "ok directory");
    check("stat nofollow: 'ld/'", "lstat ld/", "ok directory");
    check("stat nofollow: 'ld'", "lstat ld", "ok symlink 1");
    check("open: through 'ld/x' nofollow", "open d/x wc; open ld/x rn", "ok");
    check("open follow: CREAT on dangling", "open dang wc", "ok");
    check("  target exists now", "open dang wc; stat nope", "ok file 0 1");
    check("open nofollow: CREAT on dangling", "open dang wcn", "ELOOP");
    check("open: CREAT+EXCL on dangling", "open dang wcx", "EEXIST");
    check("open: CREAT on a dangling link to 'new/'", "symlink new/ l; open l wc", "EISDIR");
    check("cat: symlink with .. inside", "symlink ../f d/up; open d/up r; read 9", "ok hello");
    check("readlink: regular file", "readlink f", "EINVAL");
    check("readlink: missing", "readlink nope", "ENOENT");
    check("readlink: verbatim", "symlink a//b/../ l; readlink l", "ok a//b/../");
    check("symlink size", "symlink target l; lstat l", "ok symlink 6");
}

#[test]
fn forty_links_are_followed_and_not_one_more() {
    for (count, expected) in [(5, "ok"), (13, "ok"), (25, "ok"), (33, "ok"), (40, "ok"), (41, "ELOOP")] {
        let mut script = "symlink f l1; ".to_owned();
        for number in 2..=count {
            script += &format!("symlink l{} l{number}; ", number - 1);
        }
        check("open: chain of symlinks", &format!("{script} open l{count} r"), expected);
    }
}

#[test]
fn what_leaves_the_directory_depends_on_the_scope() {
    let rows = [
        ("open .. r", "EPERM", "ok directory", "ok directory"),
        ("open d/../.. r", "EPERM", "ok directory", "ok directory"),
        ("stat /f", "EPERM", "EPERM", "ok file 5 1"),
        ("symlink ../f out; open out r", "EPERM", "ok", "ok"),
        ("symlink .. out; open out/f r", "EPERM", "ok", "ok"),
        ("symlink /f out; open out r", "EPERM", "ok", "ok"),
        ("symlink /d out; stat out/e", "EPERM", "ok directory", "ok directory"),
        ("symlink ../f out; lstat out", "ok symlink 4", "ok symlink 4", "ok symlink 4"),
    ];
    for (script, beneath, root, anywhere) in rows {
        for (scope, expected) in
            [(Scope::Beneath, beneath), (Scope::BeneathRoot, root), (Scope::Anywhere, anywhere)]
        {
            let mut sandbox = Sandbox::new(scope);
            sandbox.run(WORLD);
            assert_eq!(sandbox.run(script), expected, "`{script}` in {scope:?}");
        }
    }
}

#[test]
fn the_world_of_a_sub_directory_ends_there() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run(WORLD);
    sandbox.run("symlink ../../f d/e/up; symlink /f d/abs; open d/f wc; write inner; close");
    let dir = sandbox.vfs.lookup(sandbox.at("d"), true).unwrap();
    let mut stat = |path: &'static str, scope| {
        let at = wasmsand_vfs::At { dir, path: path.as_bytes(), scope };
        let size = sandbox.vfs.lookup(at, true).and_then(|ino| sandbox.vfs.stat(ino)).map(|stat| stat.size);
        answer(size.map(|size| size.to_string()))
    };
    assert_eq!(stat("..", Scope::Beneath), "EPERM");
    assert_eq!(stat("e/../..", Scope::Beneath), "EPERM");
    assert_eq!(stat("e/up", Scope::Beneath), "EPERM");
    assert_eq!(stat("e/up", Scope::BeneathRoot), "ok 5");
    assert_eq!(stat("abs", Scope::BeneathRoot), "ok 5");
    assert_eq!(stat("../d/f", Scope::BeneathRoot), "ENOENT");
    assert_eq!(stat("../d/f", Scope::Anywhere), "ok 5");
    assert_eq!(stat("/d/e/../f", Scope::Anywhere), "ok 5");
}

#[test]
fn hard_links() {
    check("link: to new name", "link f g", "ok");
    check("  nlink", "link f g; stat f", "ok file 5 2");
    check("link: dir", "link d n", "EPERM");
    check("link: missing", "link nope n", "ENOENT");
    check("link: source 'f/'", "link f/ n", "ENOTDIR");
    check("link: target 'n/'", "link f n/", "ENOENT");
    check("link: existing", "link f d", "EEXIST");
    check("link: itself", "link f f", "EEXIST");
    check("link: over dangling symlink", "link f dang", "EEXIST");
    check("link: of a dangling symlink", "link dang n; lstat n", "ok symlink 4");
}

#[test]
fn rename() {
    check("rename: onto hard link of itself", "link f g; rename f g", "ok");
    check("  both still there", "link f g; rename f g; stat f", "ok file 5 2");
    check("rename: onto itself", "rename f f", "ok");
    check("rename: dir into itself", "rename d d/x", "EINVAL");
    check("rename: dir into its own subtree", "rename d d/e/x", "EINVAL");
    check("rename: dir onto itself", "rename d d", "ok");
    check("rename: dir onto parent", "rename d/e d", "ENOTEMPTY");
    check("rename: dir over file", "rename d f", "ENOTDIR");
    check("rename: file over dir", "rename f d", "EISDIR");
    check("rename: dir onto empty dir", "mkdir n; rename d n; list n", "ok e");
    check("rename: dir onto non-empty dir", "mkdir n; rename n d", "ENOTEMPTY");
    check("rename: missing", "rename nope n", "ENOENT");
    check("rename: file with trailing slash source", "rename f/ n", "ENOTDIR");
    check("rename: file to 'n2/'", "rename f n2/", "ENOTDIR");
    check("rename: dir with trailing slashes", "rename d/ n/; list n", "ok e");
    check("rename: '.'", "rename . n", "EBUSY");
    check("rename: 'd/..'", "rename d/.. n", "EBUSY");
    check("rename: onto 'd/.'", "rename f d/.", "EBUSY");
    check("rename: symlink moves link", "rename ld n; lstat n", "ok symlink 1");
    check("rename: 'ld/'", "rename ld/ n", "ENOTDIR");
    check("rename: onto a symlink replaces it", "rename f ld; stat ld", "ok file 5 1");
    check("  and leaves its target", "rename f ld; stat d", "ok directory");
}

#[test]
fn unlink() {
    check("unlink: dir", "unlink d", "EISDIR");
    check("unlink: 'd/'", "unlink d/", "EISDIR");
    check("unlink: 'f/'", "unlink f/", "ENOTDIR");
    check("unlink: 'ld/' (wasmtime ISDIR, Linux NOTDIR)", "unlink ld/", "ENOTDIR");
    check("unlink: missing", "unlink nope", "ENOENT");
    check("unlink: '.'", "unlink .", "EISDIR");
    check("read after unlink", "open f rw; unlink f; read 4", "ok hell");
    check("write after unlink", "open f rw; unlink f; seek end 0; write !; seek set 0; read 9", "ok hello!");
    check("  fstat after unlink", "open f rw; unlink f; fstat", "ok file 5 0");
    check("  old handle, new file of same name", "open f r; unlink f; open f wc 1; read 9 0", "ok hello");
}

#[test]
fn positions_and_lengths() {
    check("seek: SET -1", "open f r; seek set -1", "EINVAL");
    check("seek: SET i64::MAX", "open f r; seek set 9223372036854775807", "ok 9223372036854775807");
    check("seek: then CUR +1", "open f r; seek set 9223372036854775807; seek cur 1", "EINVAL");
    check("read at i64::MAX", "open f r; seek set 9223372036854775807; read 9", "EINVAL");
    check("write at i64::MAX", "open f w; seek set 9223372036854775807; write x", "EINVAL");
    check("seek: END -3", "open f r; seek end -3", "ok 2");
    check("seek: END -99", "open f r; seek end -99", "EINVAL");
    check("seek past end, read", "open f r; seek set 99; read 9", "ok");
    check("write past end", "open f w; seek set 99; write x", "ok 1");
    check("  size", "open f w; seek set 99; write x; fstat", "ok file 100 1");
    check("set_size shrink", "open f rw; seek set 4; setlen 2; seek cur 0", "ok 4");
    check("set_size grows with zeros", "open f rw; setlen 7; read 9", "ok hello\\x00\\x00");
    check("set_size 2^62", "open f w; setlen 4611686018427387904", "EFBIG");
    check("set_size u64::MAX", "open f w; setlen 18446744073709551615", "EINVAL");
    check("set_size on read-only fd", "open f r; setlen 1", "EINVAL");
    check("write at the file limit", "open f w; seek set 1073741824; write x", "EFBIG");
    check("append: tell after write", "open f wa; write !; seek cur 0", "ok 6");
    check("truncate: a directory", "truncate d 0", "EISDIR");
    check("truncate: through a link", "truncate lf 2; stat f", "ok file 2 1");
}

#[test]
fn a_failed_seek_leaves_the_position() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run(WORLD);
    sandbox.run("open f r; seek end -3");
    let id = sandbox.slots[0].unwrap();
    assert_eq!(sandbox.vfs.seek(id, Whence::End, -99), Err(Errno::Inval));
    assert_eq!(sandbox.vfs.seek(id, Whence::Current, i64::MIN), Err(Errno::Inval));
    assert_eq!(sandbox.vfs.tell(id), Ok(2));
}

#[test]
fn positioned_transfers() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run(WORLD);
    sandbox.run("open f rwa; truncate f 0; write abcd");
    let (id, now) = (sandbox.slots[0].unwrap(), Time(9));
    // An appending description appends whatever the offset, as Linux does, and stays where it is.
    assert_eq!(sandbox.vfs.pwrite(id, b"EF", 0, now), Ok(2));
    assert_eq!(sandbox.vfs.tell(id), Ok(4));
    let mut buf = [0; 9];
    assert_eq!(sandbox.vfs.pread(id, &mut buf, 0, now), Ok(6));
    assert_eq!(&buf[..6], b"abcdEF");
    assert_eq!(sandbox.vfs.pread(id, &mut buf, 6, now), Ok(0));
    assert_eq!(sandbox.vfs.pread(id, &mut buf, u64::MAX, now), Err(Errno::Inval));
    assert_eq!(sandbox.vfs.pwrite(id, b"x", u64::MAX, now), Err(Errno::Inval));
    assert_eq!(sandbox.vfs.allocate(id, 0, 0, now), Err(Errno::Inval));
    assert_eq!(sandbox.vfs.allocate(id, i64::MAX as u64, 1, now), Err(Errno::FBig));
    assert_eq!(sandbox.vfs.allocate(id, 4, 6, now), Ok(()));
    assert_eq!(sandbox.vfs.fstat(id).unwrap().size, 10);
    assert_eq!(sandbox.vfs.allocate(id, 0, 2, now), Ok(()));
    assert_eq!(sandbox.vfs.fstat(id).unwrap().size, 10);
    // Append can be switched off and on again; nothing else can.
    let mut flags = sandbox.vfs.flags(id).unwrap();
    (flags.append, flags.read) = (false, false);
    sandbox.vfs.set_flags(id, flags).unwrap();
    assert!(sandbox.vfs.flags(id).unwrap().read);
    sandbox.vfs.pwrite(id, b"Z", 0, now).unwrap();
    sandbox.vfs.pread(id, &mut buf, 0, now).unwrap();
    assert_eq!(&buf[..6], b"ZbcdEF");
}

#[test]
fn a_removed_directory_lives_on_without_names() {
    let mut sandbox = Sandbox::new(Scope::Beneath);
    sandbox.run(WORLD);
    let dir = sandbox.vfs.lookup(sandbox.at("d/e"), true).unwrap();
    let id = sandbox.vfs.open_directory(dir).unwrap();
    sandbox.run("rmdir d/e; rmdir d");
    let at = |path: &'static str| wasmsand_vfs::At { dir, path: path.as_bytes(), scope: Scope::Beneath };
    let create = Open { write: true, create: true, ..Open::default() };
    assert_eq!(sandbox.vfs.open(at("x"), &create, Time(9)), Err(Errno::NoEnt));
    assert_eq!(sandbox.vfs.mkdir(at("x"), 0o777, Time(9)), Err(Errno::NoEnt));
    assert_eq!(sandbox.vfs.symlink(b"t", at("x"), Time(9)), Err(Errno::NoEnt));
    let ino = sandbox.vfs.lookup(at("."), true).unwrap();
    assert_eq!(sandbox.vfs.stat(ino).unwrap().nlink, 0);
    assert_eq!(sandbox.vfs.path_of(dir), None);
    let mut names = Vec::new();
    let mut cookie = 0;
    while let Some(entry) = sandbox.vfs.read_dir(id, cookie).unwrap() {
        names.push(text(&entry.name));
        cookie = entry.next;
    }
    assert_eq!(names, [".", ".."]);
    sandbox.vfs.check().unwrap();
    sandbox.vfs.close(id);
    assert_eq!(sandbox.vfs.stat(dir), Err(Errno::NoEnt));
    sandbox.vfs.check().unwrap();
}

#[test]
fn the_handle_of_a_renamed_directory_follows_it() {
    let mut sandbox = Sandbox::new(Scope::Beneath);
    sandbox.run(WORLD);
    let dir = sandbox.vfs.lookup(sandbox.at("d"), true).unwrap();
    let id = sandbox.vfs.open_directory(dir).unwrap();
    sandbox.run("rename d moved");
    let at = wasmsand_vfs::At { dir, path: b"x", scope: Scope::Beneath };
    let create = Open { write: true, create: true, ..Open::default() };
    let Ok(Opened::File(file)) = sandbox.vfs.open(at, &create, Time(9)) else { panic!("not opened") };
    assert_eq!(sandbox.run("stat moved/x"), "ok file 0 1");
    assert_eq!(sandbox.vfs.path_of(dir), Some(b"/moved".to_vec()));
    sandbox.vfs.close(file);
    sandbox.vfs.close(id);
    sandbox.vfs.close(id);
    sandbox.vfs.check().unwrap();
}

#[test]
fn a_stale_description_is_ebadf() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run(WORLD);
    sandbox.run("open f r");
    let id = sandbox.slots[0].take().unwrap();
    sandbox.vfs.retain(id);
    sandbox.vfs.close(id);
    assert!(sandbox.vfs.fstat(id).is_ok());
    sandbox.vfs.close(id);
    sandbox.run("open f r");
    assert_eq!(sandbox.vfs.read(id, &mut [0], Time(9)), Err(Errno::BadF));
    assert_eq!(sandbox.vfs.target(id), Err(Errno::BadF));
    sandbox.vfs.retain(id);
    sandbox.vfs.close(id);
    assert_eq!(sandbox.vfs.usage().open_files, 1);
}

#[test]
fn times_move_as_posix_says() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run("mkdir d; open d/f rwc");
    let dir = sandbox.vfs.lookup(sandbox.at("d"), true).unwrap();
    let file = sandbox.vfs.lookup(sandbox.at("d/f"), true).unwrap();
    let id = sandbox.slots[0].unwrap();
    let vfs = &mut sandbox.vfs;
    let times = |stat: wasmsand_vfs::Stat| (stat.atime.0, stat.mtime.0, stat.ctime.0);
    assert_eq!(times(vfs.stat(file).unwrap()), (3, 3, 3));
    assert_eq!(times(vfs.stat(dir).unwrap()), (2, 3, 3));
    vfs.write(id, b"x", Time(10)).unwrap();
    assert_eq!(times(vfs.stat(file).unwrap()), (3, 10, 10));
    vfs.pread(id, &mut [0], 0, Time(20)).unwrap();
    assert_eq!(times(vfs.stat(file).unwrap()), (20, 10, 10));
    // relatime: a second reading moves nothing until a day has passed.
    vfs.pread(id, &mut [0], 0, Time(30)).unwrap();
    assert_eq!(times(vfs.stat(file).unwrap()), (20, 10, 10));
    vfs.chmod(file, 0o600, Time(40)).unwrap();
    assert_eq!(times(vfs.stat(file).unwrap()), (20, 10, 40));
    vfs.set_times(file, None, Some(Time(1_500_000_000)), Time(50)).unwrap();
    assert_eq!(times(vfs.stat(file).unwrap()), (20, 1_500_000_000, 50));
    vfs.set_times(file, Some(Time(u64::MAX)), None, Time(60)).unwrap();
    assert_eq!(times(vfs.stat(file).unwrap()), (u64::MAX, 1_500_000_000, 60));
    vfs.set_times(file, None, None, Time(70)).unwrap();
    assert_eq!(vfs.stat(file).unwrap().ctime, Time(60));
    let at = wasmsand_vfs::At { dir, path: b"f", scope: Scope::Beneath };
    vfs.unlink(at, Time(80)).unwrap();
    assert_eq!(times(vfs.stat(dir).unwrap()), (2, 80, 80));
    assert_eq!(vfs.fstat(id).unwrap().ctime, Time(80));
}

#[test]
fn stat_is_linux_like() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run(WORLD);
    let mut stat = |path: &str, follow| {
        let ino = sandbox.vfs.lookup(sandbox.at(path), follow).unwrap();
        sandbox.vfs.stat(ino).unwrap()
    };
    let (root, d, e, f, link) =
        (stat("/", true), stat("d", true), stat("d/e", true), stat("f", true), stat("ld", false));
    assert_eq!((root.nlink, d.nlink, e.nlink, f.nlink), (3, 3, 2, 1));
    assert_eq!((root.size, d.size, f.size, link.size), (4096, 4096, 5, 1));
    assert_eq!((root.mode, d.mode, f.mode, link.mode), (0o755, 0o777, 0o666, 0o777));
    assert_eq!((root.dev, d.dev, f.dev, link.dev), (1, 1, 1, 1));
    assert_eq!((f.uid, f.gid, f.blocks, link.kind), (1000, 1000, 1, Kind::Symlink));
    assert!(d.ino != e.ino && e.ino != f.ino && d.ino != f.ino && d.ino != 0);
}

#[test]
fn a_trailing_nul_is_einval() {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run(WORLD);
    for path in ["f\0", "\0", "d\0/x", "f\0\0"] {
        assert_eq!(sandbox.vfs.lookup(sandbox.at(path), true), Err(Errno::Inval));
        assert_eq!(sandbox.vfs.mkdir(sandbox.at(path), 0o777, Time(9)), Err(Errno::Inval));
    }
    assert_eq!(sandbox.vfs.symlink(b"a\0b", sandbox.at("n"), Time(9)), Err(Errno::Inval));
}

#[test]
fn four_thousand_handles_are_open_at_once_and_leave_nothing() {
    let limits = Limits { open_files_max: 4000, ..Limits::default() };
    let mut sandbox = Sandbox::with_limits(Scope::Anywhere, limits);
    sandbox.run(WORLD);
    let at = sandbox.at("f");
    let how = Open { read: true, ..Open::default() };
    let mut ids = Vec::new();
    for _ in 0..4000 {
        let Ok(Opened::File(id)) = sandbox.vfs.open(at, &how, Time(9)) else { panic!("not opened") };
        ids.push(id);
    }
    assert_eq!(sandbox.vfs.open(at, &how, Time(9)), Err(Errno::NFile));
    assert_eq!(sandbox.vfs.pipe(), Err(Errno::NFile));
    let create = Open { create: true, ..how };
    assert_eq!(sandbox.vfs.open(sandbox.at("new"), &create, Time(9)), Err(Errno::NFile));
    assert_eq!(sandbox.run("stat new"), "ENOENT");
    for id in ids {
        sandbox.vfs.close(id);
    }
    assert_eq!(sandbox.vfs.usage().open_files, 0);
    sandbox.vfs.check().unwrap();
}
