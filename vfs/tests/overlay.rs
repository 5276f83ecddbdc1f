//! The overlay: the same answers as a plain file system with the same tree, and a lower layer that stays as it was.

// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use support::folder::{Host, NOW};
use support::random::{op, ops, path};
use support::{Answer, Op, SLOTS, Sandbox, System, answer, text};
use wasmsand_vfs::{At, Content, Errno, Folder, Ino, Kind, Limits, Overlay, Scope, Time, Vfs};

/// One step of the test: an operation, or what only an inode can be told.
#[derive(Clone, Debug)]
enum Step {
    Op(Op),
    Chmod(String, u16),
    Times(String, Option<u64>, Option<u64>),
}

fn perform(sandbox: &mut Sandbox, step: &Step) -> Answer {
    sandbox.now += 1;
    let now = sandbox.now();
    let done = |result: Result<(), Errno>| answer(result.map(|()| String::new()));
    match step {
        Step::Op(op) => sandbox.perform(op),
        Step::Chmod(path, mode) => {
            let ino = sandbox.vfs.lookup(sandbox.at(path), true);
            done(ino.and_then(|ino| sandbox.vfs.chmod(ino, *mode, now)))
        }
        Step::Times(path, atime, mtime) => {
            let ino = sandbox.vfs.lookup(sandbox.at(path), false);
            done(ino.and_then(|ino| sandbox.vfs.set_times(ino, atime.map(Time), mtime.map(Time), now)))
        }
    }
}

/// Sets the modes that are said; the times are any.
fn steps(modes: &'static [u16]) -> impl Strategy<Value = Vec<Step>> {
    let chmod = (path(), prop::sample::select(modes)).prop_map(|(path, mode)| Step::Chmod(path, mode));
    let times =
        (path(), any::<Option<u64>>(), any::<Option<u64>>()).prop_map(|(path, a, m)| Step::Times(path, a, m));
    prop::collection::vec(prop_oneof![20 => op().prop_map(Step::Op), 1 => chmod, 1 => times], 1..80)
}

/// All that a tree shows of itself but the times of reading: each path with its attributes and bytes.
fn tree(vfs: &mut Vfs, root: Ino) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    let mut left = vec![(String::new(), root)];
    while let Some((path, ino)) = left.pop() {
        let stat = vfs.stat(ino).unwrap();
        let nlink = if stat.kind == Kind::Directory { 0 } else { stat.nlink };
        let mut shown = format!(
            "{:?} {:o} {nlink} {} {} {} {}",
            stat.kind, stat.mode, stat.size, stat.uid, stat.mtime.0, stat.ctime.0
        );
        match stat.kind {
            Kind::Directory => {
                for (name, ino, _) in vfs.list(ino).unwrap() {
                    left.push((format!("{path}/{}", text(&name)), ino));
                }
            }
            Kind::File => shown += &format!(" {:?}", bytes_of(vfs, ino)),
            Kind::Symlink => {
                let at =
                    At { dir: root, path: path.trim_start_matches('/').as_bytes(), scope: Scope::Anywhere };
                shown += &text(&vfs.read_link(at).unwrap());
            }
            Kind::Fifo | Kind::CharDevice => {}
        }
        seen.insert(path, shown);
    }
    seen
}

/// Long contents are shown by their sum.
fn bytes_of(vfs: &mut Vfs, ino: Ino) -> String {
    let content = vfs.content_of(ino).unwrap();
    let sum = content
        .as_slice()
        .iter()
        .fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte) + 1));
    let start = content.as_slice().get(..content.len().min(40)).unwrap();
    format!("{} {} {sum}", content.len(), text(start))
}

/// What there is on a host, its modes and change times included; nothing is changed to see it.
fn print(host: &Host) -> BTreeMap<String, String> {
    let mut copy = BTreeMap::new();
    let vfs = &mut host.vfs.lock().unwrap();
    let mut left = vec![(String::new(), vfs.root())];
    while let Some((path, ino)) = left.pop() {
        let stat = vfs.stat(ino).unwrap();
        let bytes = if stat.kind == Kind::File { bytes_of(vfs, ino) } else { String::new() };
        copy.insert(
            path.clone(),
            format!(
                "{:?} {} {:o} {} {} {} {} {bytes}",
                stat.kind, stat.ino, stat.mode, stat.nlink, stat.size, stat.mtime.0, stat.ctime.0
            ),
        );
        if stat.kind == Kind::Directory {
            for (name, ino, _) in vfs.list(ino).unwrap() {
                left.push((format!("{path}/{}", text(&name)), ino));
            }
        }
    }
    copy
}

/// A sandbox with an overlay over a host on `/mnt`; relative paths start in it.
fn over(host: &Host, limits: Limits) -> Sandbox {
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    sandbox.run("mkdir mnt");
    let overlay = Overlay::new(Box::new(host.clone()), limits, NOW).unwrap();
    sandbox.vfs.mount(sandbox.at("mnt"), Box::new(overlay), false).unwrap();
    sandbox.dir = sandbox.vfs.lookup(sandbox.at("mnt"), true).unwrap();
    sandbox
}

/// A host with what a script makes.
fn host(script: &str) -> Host {
    let mut made = Sandbox::new(Scope::Anywhere);
    made.run(script);
    host_of(made)
}

/// The tree of a sandbox becomes a host's.
fn host_of(mut made: Sandbox) -> Host {
    for slot in 0..SLOTS {
        made.perform(&Op::Close(slot));
    }
    let host = Host::new();
    *host.vfs.lock().unwrap() = made.vfs;
    host
}

fn add(host: &Host, path: &str, bytes: Vec<u8>) {
    host.with(path, |vfs, at| vfs.add_file(at, Content::owned(bytes), 0o644, NOW)).unwrap();
}

fn stat(sandbox: &mut Sandbox, path: &str) -> wasmsand_vfs::Stat {
    let ino = sandbox.vfs.lookup(sandbox.at(path), false).unwrap();
    sandbox.vfs.stat(ino).unwrap()
}

#[test]
fn changes_are_seen_above_and_not_below() {
    let host = host("mkdir d; mkdir d/e; open d/f wc; write below; open keep wc; write keep; symlink keep l");
    let before = print(&host);
    let mut sandbox = over(&host, Limits::default());
    assert_eq!(sandbox.run("list ."), "ok d,keep,l");
    assert_eq!(sandbox.run("open d/f rw; write BE; seek set 0; read 9"), "ok BElow");
    assert_eq!(sandbox.run("open d/f rwa; write !; seek set 0; read 9"), "ok BElow!");
    assert_eq!(sandbox.run("rename d moved; list moved; list ."), "ok keep,l,moved");
    assert_eq!(sandbox.run("list moved"), "ok e,f");
    assert_eq!(sandbox.run("stat d"), "ENOENT");
    assert_eq!(sandbox.run("unlink keep; stat l"), "ENOENT");
    assert_eq!(sandbox.run("readlink l"), "ok keep");
    assert_eq!(sandbox.run("open keep wc; write new; open l r; read 9"), "ok new");
    assert_eq!(sandbox.run("rmdir moved"), "ENOTEMPTY");
    assert_eq!(sandbox.run("unlink moved/f; rmdir moved/e; list moved; rmdir moved; list ."), "ok keep,l");
    assert_eq!(print(&host), before);
}

#[test]
fn a_directory_that_was_removed_and_made_again_is_empty() {
    let host = host("mkdir d; mkdir d/e; open d/f wc");
    let mut sandbox = over(&host, Limits::default());
    assert_eq!(sandbox.run("unlink d/f; rmdir d/e; rmdir d; mkdir d; list d"), "ok");
    assert_eq!(sandbox.run("stat d/f"), "ENOENT");
    // Nor does what is moved over a name let the lower layer shine through.
    assert_eq!(sandbox.run("mkdir n; open n/x wc; rmdir d; rename n d; list d"), "ok x");
    assert_eq!(sandbox.run("rename d n; stat d"), "ENOENT");
}

#[test]
fn who_reads_before_the_first_write_sees_it() {
    let host = host("open f wc; write lower; link f g");
    let mut sandbox = over(&host, Limits::default());
    let number = stat(&mut sandbox, "f").ino;
    assert_eq!(sandbox.run("open f r 1; open g rw; write UP; read 9 1"), "ok UPwer");
    assert_eq!(sandbox.run("seek set 0 1; truncate f 1; read 9 1"), "ok U");
    assert_eq!(sandbox.run("unlink f; fstat 1"), "ok file 1 1");
    assert_eq!(sandbox.run("unlink g; fstat 1"), "ok file 1 0");
    assert_eq!(sandbox.run("seek set 0 1; read 9 1"), "ok U");
    assert_eq!(sandbox.vfs.fstat(sandbox.slots[1].unwrap()).unwrap().ino, number);
}

#[test]
fn numbers_stay_when_a_file_is_taken_up() {
    let host = host("mkdir d; open d/f wc; write lower; link d/f d/g; open one wc");
    let mut sandbox = over(&host, Limits::default());
    let (file, dir, one) =
        (stat(&mut sandbox, "d/f").ino, stat(&mut sandbox, "d").ino, stat(&mut sandbox, "one").ino);
    assert_eq!(sandbox.run("open d/f rw; write x; open one wa; write x; rename d e; link one two"), "ok");
    assert_eq!(stat(&mut sandbox, "e").ino, dir);
    assert_eq!(stat(&mut sandbox, "e/f").ino, file);
    assert_eq!(stat(&mut sandbox, "e/g").ino, file);
    assert_eq!((stat(&mut sandbox, "one").ino, stat(&mut sandbox, "two").ino), (one, one));
    assert_eq!(sandbox.run("stat two"), "ok file 1 2");
    assert_eq!(sandbox.run("stat e/g"), "ok file 5 2");
    // Numbers of the upper layer are no number of the lower one.
    sandbox.run("open new wc");
    let new = stat(&mut sandbox, "new").ino;
    assert!(new > 1 << 62 && new != file && new != one, "{new}");
}

#[test]
fn of_a_large_file_only_what_is_written_is_taken_up() {
    let host = Host::new();
    add(&host, "big", (0..1_000_000_u32).map(|number| (number / 4096) as u8).collect());
    let mut sandbox = over(&host, Limits { content_bytes_max: 100_000, ..Limits::default() });
    assert_eq!(sandbox.run("open big rwa; write end; stat big"), "ok file 1000003 1");
    assert_eq!(
        sandbox.run("open big rw 1; seek set 500000 1; write mid 1; seek set 499999 1; read 5 1"),
        "ok zmidz"
    );
    assert_eq!(sandbox.run("seek set 999999; read 9"), "ok \\xf4end");
    // A third piece is too much, and nothing is changed by trying.
    let before = stat(&mut sandbox, "big");
    assert_eq!(sandbox.run("seek set 9 1; write no 1"), "ENOSPC");
    assert_eq!(sandbox.run("seek set 8 1; read 3 1"), "ok \\x00\\x00\\x00");
    assert_eq!(stat(&mut sandbox, "big"), before);
    // Cutting costs nothing, and what was cut does not come back.
    assert_eq!(
        sandbox.run("setlen 200000 1; setlen 300000 1; seek set 199999 1; read 3 1"),
        "ok 0\\x00\\x00"
    );
    assert_eq!(sandbox.run("truncate big 0; stat big"), "ok file 0 1");
    assert_eq!(
        host.with("big", |vfs, at| vfs.lookup(at, true).and_then(|ino| vfs.stat(ino))).unwrap().size,
        1_000_000
    );
}

#[test]
fn a_file_without_end_can_be_moved_and_cut_but_not_copied() {
    let host = Host::new();
    add(&host, "huge", Vec::new());
    host.with("", |vfs, _| {
        let mut wide = Vfs::new(Limits { file_bytes_max: 1 << 50, ..Limits::default() }, NOW);
        let at = At { dir: wide.root(), path: b"huge", scope: Scope::Anywhere };
        let ino = wide.add_file(at, Content::owned(b"x".to_vec()), 0o644, NOW).unwrap();
        wide.truncate(ino, 1 << 40, NOW).unwrap();
        *vfs = wide;
    });
    let mut sandbox = over(&host, Limits::default());
    assert_eq!(
        sandbox.run("rename huge moved; open moved rw; write y; seek set 0; read 3"),
        "ok y\\x00\\x00"
    );
    assert_eq!(sandbox.run("stat moved"), "ok file 1099511627776 1");
    assert_eq!(sandbox.run("seek end 0; write z"), "EFBIG");
    assert_eq!(sandbox.run("setlen 2; seek set 0; read 9"), "ok y\\x00");
}

#[test]
fn limits_bound_what_is_changed_and_leave_nothing_half_done() {
    let host = host("mkdir a; mkdir b; mkdir c; mkdir d; open a/f wc; open b/f wc; open c/f wc");
    let mut sandbox = over(&host, Limits { inodes_max: 3, ..Limits::default() });
    assert_eq!(sandbox.run("open a/f w; write x"), "ok 1");
    assert_eq!(sandbox.run("open b/f w"), "ENOSPC");
    assert_eq!(sandbox.run("mkdir e"), "ENOSPC");
    assert_eq!(sandbox.run("list b"), "ok f");
    // Three names may be removed; those in a directory that is gone no longer count.
    let row = ["rmdir d", "unlink a/f", "rmdir a", "unlink b/f", "unlink c/f", "rename b x", "rmdir b"];
    let answers: Vec<_> = row.iter().map(|row| sandbox.perform(&Op::parse(row))).collect();
    assert_eq!(answers, ["ok", "ok", "ok", "ok", "ENOSPC", "ENOSPC", "ENOSPC"]);
    assert_eq!(sandbox.run("list c"), "ok f");
}

#[test]
fn permission_bits_of_what_was_taken_up_apply() {
    let host = host("mkdir d; open d/f wc; write x");
    let mut sandbox = over(&host, Limits::default());
    let mut chmod = |path: &str, mode| {
        assert_eq!(perform(&mut sandbox, &Step::Chmod(path.to_owned(), mode)), "ok");
        sandbox.perform(&Op::parse("open d/f rw"))
    };
    assert_eq!(chmod("d/f", 0o444), "EACCES");
    assert_eq!(chmod("d/f", 0o644), "ok");
    assert_eq!(chmod("d", 0o600), "EACCES");
    assert_eq!(chmod("d", 0o500), "ok");
    assert_eq!(sandbox.run("unlink d/f"), "EACCES");
    assert_eq!(sandbox.run("open d/n wc"), "EACCES");
    assert_eq!(sandbox.run("rename d/f f"), "EACCES");
}

#[test]
fn a_listing_is_what_it_was_when_its_reading_began() {
    let host = host("open a wc; open b wc; open c wc");
    let mut sandbox = over(&host, Limits::default());
    sandbox.run("open d wc; unlink b; open a w");
    let id = sandbox.vfs.open_directory(sandbox.dir).unwrap();
    let mut seen = Vec::new();
    let mut cookie = 0;
    while let Some(entry) = sandbox.vfs.read_dir(id, cookie).unwrap() {
        cookie = entry.next;
        sandbox.perform_all("open e wc; unlink c");
        seen.push(text(&entry.name));
    }
    seen.sort();
    assert_eq!(seen, [".", "..", "a", "d"]);
}

#[test]
fn what_the_host_does_underneath_is_an_error_at_most() {
    let host = host("mkdir d; open d/f wc; mkdir d/e; open d/e/x wc");
    add(&host, "big", vec![7; 200_000]);
    let mut sandbox = over(&host, Limits::default());
    sandbox.run("open d/g wc; open big rw; write new");
    host.with("d/f", |vfs, at| vfs.unlink(at, NOW)).unwrap();
    assert_eq!(sandbox.run("list d"), "ok e,g");
    host.with("d", |vfs, at| vfs.rename(at, At { path: b"gone", ..at }, NOW)).unwrap();
    assert_eq!(sandbox.run("list d"), "ok g");
    assert_eq!(sandbox.run("stat d/e"), "ENOENT");
    // Who has a file open reads on; another file in its place is not mixed with it.
    host.with("big", |vfs, at| vfs.unlink(at, NOW)).unwrap();
    assert_eq!(sandbox.run("seek set 99999; read 1"), "ok \\x07");
    add(&host, "big", vec![8; 200_000]);
    assert_eq!(sandbox.run("close; open big r; read 3"), "ok new");
    assert_eq!(sandbox.run("seek set 99999; read 1"), "EIO");
    sandbox.vfs.check().unwrap();
}

#[test]
fn a_file_that_only_changed_its_mode_shows_the_hosts_next_bytes() {
    let host = host("open f wc; write old");
    let mut sandbox = over(&host, Limits::default());
    assert_eq!(perform(&mut sandbox, &Step::Chmod("f".to_owned(), 0o700)), "ok");
    host.with("f", |vfs, at| vfs.unlink(at, NOW)).unwrap();
    add(&host, "f", b"newer".to_vec());
    assert_eq!(sandbox.run("open f r; read 9"), "ok newer");
    assert_eq!(stat(&mut sandbox, "f").mode, 0o700);
}

#[test]
fn special_files_are_moved_and_removed_and_never_opened() {
    let host = Host::new();
    host.with("p", |vfs, at| vfs.make_fifo(at, 0o644, NOW)).unwrap();
    let mut sandbox = over(&host, Limits::default());
    assert_eq!(sandbox.run("open p r"), "ENOTSUP");
    assert_eq!(sandbox.run("rename p q; stat q"), "ok fifo");
    assert_eq!(sandbox.run("open q rw"), "ENOTSUP");
    assert_eq!(sandbox.run("unlink q; list ."), "ok");
}

#[test]
fn an_overlay_lies_over_a_directory_only() {
    struct NotOne(Host);
    let host = host("open f wc");
    host.with("f", |vfs, at| assert!(vfs.lookup(at, true).is_ok()));
    let mut one = NotOne(host);
    assert!(one.0.stat(b"f").is_ok());
    let nested = Overlay::new(Box::new(one.0.clone()), Limits::default(), NOW).unwrap();
    // An overlay over an overlay is one more.
    let mut sandbox = Sandbox::new(Scope::Anywhere);
    let twice = Overlay::new(Box::new(nested), Limits::default(), NOW).unwrap();
    sandbox.run("mkdir mnt");
    sandbox.vfs.mount(sandbox.at("mnt"), Box::new(twice), false).unwrap();
    assert_eq!(
        sandbox.run("open mnt/f wa; write twice; rename mnt/f mnt/g; open mnt/g r; read 9"),
        "ok twice"
    );
    assert_eq!(sandbox.run("list mnt"), "ok g");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_overlay_answers_as_a_plain_copy_of_the_tree(
        before in steps(&[0o755, 0o777, 0o555, 0o500]),
        after in steps(&[0o755, 0o555, 0o500, 0o700]),
        more in ops(),
    ) {
        let (mut plain, mut made) = (Sandbox::new(Scope::Anywhere), Sandbox::new(Scope::Anywhere));
        for step in &before {
            prop_assert_eq!(perform(&mut plain, step), perform(&mut made, step));
        }
        for slot in 0..SLOTS {
            plain.perform(&Op::Close(slot));
        }
        let now = plain.now;
        let host = host_of(made);
        let below = print(&host);
        let mut sandbox = over(&host, Limits::default());
        sandbox.now = now;
        for step in after.into_iter().chain(more.into_iter().map(Step::Op)) {
            prop_assert_eq!(perform(&mut sandbox, &step), perform(&mut plain, &step), "{:?}", step);
            prop_assert_eq!(sandbox.vfs.check(), Ok(()), "{:?}", step);
        }
        for slot in 0..SLOTS {
            sandbox.perform(&Op::Close(slot));
            plain.perform(&Op::Close(slot));
        }
        prop_assert_eq!(print(&host), below);
        let (above, root) = (tree(&mut sandbox.vfs, sandbox.dir), plain.vfs.root());
        prop_assert_eq!(above, tree(&mut plain.vfs, root));
        prop_assert!(host.handles.lock().unwrap().iter().all(Option::is_none));
    }

    #[test]
    fn an_operation_that_fails_has_changed_nothing(
        before in ops(),
        after in steps(&[0o755, 0o555, 0o500, 0o700]),
        content_bytes_max in 0_u64..200_000,
        inodes_max in 1_u64..6,
    ) {
        let mut made = Sandbox::new(Scope::Anywhere);
        for op in &before {
            made.perform(op);
        }
        let now = made.now;
        let host = host_of(made);
        let below = print(&host);
        let mut sandbox = over(&host, Limits { content_bytes_max, inodes_max, ..Limits::default() });
        sandbox.now = now;
        let dir = sandbox.dir;
        for step in after {
            let before = tree(&mut sandbox.vfs, dir);
            if !perform(&mut sandbox, &step).starts_with("ok") {
                prop_assert_eq!(tree(&mut sandbox.vfs, dir), before, "{:?}", step);
            }
            prop_assert_eq!(sandbox.vfs.check(), Ok(()), "{:?}", step);
        }
        prop_assert_eq!(print(&host), below);
    }
}
