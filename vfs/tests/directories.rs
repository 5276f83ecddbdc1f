//! Reading directories: every entry once, whatever is removed meanwhile. That it is linear `directory.rs` counts.

// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use support::{Sandbox, text};
use wasmsand_vfs::{At, Kind, OpenId, Scope, Time};

fn directory(names: usize) -> (Sandbox, OpenId) {
    let mut sandbox = Sandbox::new(Scope::Beneath);
    for number in 0..names {
        let name = format!("n{number}");
        sandbox.vfs.mkdir(sandbox.at(&name), 0o777, Time(2)).unwrap();
    }
    let id = sandbox.vfs.open_directory(sandbox.vfs.root()).unwrap();
    (sandbox, id)
}

/// All names from a cookie on.
fn names(sandbox: &mut Sandbox, id: OpenId, mut cookie: u64) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(entry) = sandbox.vfs.read_dir(id, cookie).unwrap() {
        names.push(text(&entry.name));
        cookie = entry.next;
    }
    names
}

#[test]
fn dot_and_dot_dot_come_first_with_their_inodes() {
    let (mut sandbox, _) = directory(2);
    sandbox.run("mkdir n0/deep; symlink x n0/link");
    let dir = sandbox.vfs.lookup(sandbox.at("n0"), true).unwrap();
    let id = sandbox.vfs.open_directory(dir).unwrap();
    let mut told = Vec::new();
    let mut cookie = 0;
    while let Some(entry) = sandbox.vfs.read_dir(id, cookie).unwrap() {
        let at = At { dir, path: &entry.name, scope: Scope::Anywhere };
        let ino = sandbox.vfs.lookup(at, false).unwrap();
        assert_eq!((entry.ino, entry.kind), (ino.get(), sandbox.vfs.stat(ino).unwrap().kind));
        told.push((text(&entry.name), entry.kind));
        cookie = entry.next;
    }
    let expected =
        [(".", Kind::Directory), ("..", Kind::Directory), ("deep", Kind::Directory), ("link", Kind::Symlink)];
    assert_eq!(told, expected.map(|(name, kind)| (name.to_owned(), kind)));
    assert_eq!(sandbox.vfs.read_dir(id, cookie), Ok(None));
    assert_eq!(sandbox.vfs.read_dir(id, cookie + 1000), Ok(None));
    assert_eq!(sandbox.vfs.read_dir(id, u64::MAX), Ok(None));
}

#[test]
fn deleting_what_was_read_deletes_everything() {
    let (mut sandbox, id) = directory(10_000);
    let mut cookie = 0;
    while let Some(entry) = sandbox.vfs.read_dir(id, cookie).unwrap() {
        cookie = entry.next;
        let name = text(&entry.name);
        if !name.starts_with('.') {
            sandbox.vfs.rmdir(sandbox.at(&name), Time(3)).unwrap();
        }
    }
    assert_eq!(names(&mut sandbox, id, 0), [".", ".."]);
    sandbox.vfs.check().unwrap();
}

#[test]
fn an_earlier_cookie_is_honoured_after_removals_and_additions() {
    let (mut sandbox, id) = directory(100);
    let mut cookies = vec![0];
    while let Some(entry) = sandbox.vfs.read_dir(id, cookies[cookies.len() - 1]).unwrap() {
        cookies.push(entry.next);
    }
    for number in (0..100).filter(|number| number % 10 != 0) {
        sandbox.run(&format!("rmdir n{number}"));
    }
    sandbox.run("mkdir new");
    // Cookie 2 + 35 was told with `n34`: what is left after it is `n40` and on.
    assert_eq!(names(&mut sandbox, id, cookies[37]), ["n40", "n50", "n60", "n70", "n80", "n90", "new"]);
    assert_eq!(names(&mut sandbox, id, 0).len(), 13);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// While names come and go, a reader sees each name that was there all the time exactly once, and no name
    /// that was never there.
    #[test]
    fn what_stays_is_told_once(
        changes in prop::collection::vec((0u8..4, 0usize..60), 0..300),
    ) {
        let (mut sandbox, id) = directory(40);
        let mut stayed: Vec<String> = (0..40).map(|number| format!("n{number}")).collect();
        let (mut cookie, mut told, mut over) = (0, Vec::new(), false);
        let mut changes = changes.into_iter();
        while !over {
            match changes.next() {
                Some((0, number)) => {
                    let name = format!("n{number}");
                    let _ = sandbox.vfs.rmdir(sandbox.at(&name), Time(3));
                    stayed.retain(|other| *other != name);
                }
                Some((1, number)) => {
                    let name = format!("n{number}");
                    let _ = sandbox.vfs.mkdir(sandbox.at(&name), 0o777, Time(3));
                }
                Some((2, number)) => {
                    let (from, to) = (format!("n{number}"), format!("n{}", (number * 7) % 60));
                    let _ = sandbox.vfs.rename(sandbox.at(&from), sandbox.at(&to), Time(3));
                    stayed.retain(|other| *other != from && *other != to);
                }
                Some(_) | None => match sandbox.vfs.read_dir(id, cookie).unwrap() {
                    Some(entry) => {
                        told.push(text(&entry.name));
                        cookie = entry.next;
                    }
                    None => over = true,
                },
            }
            prop_assert_eq!(sandbox.vfs.check(), Ok(()));
        }
        for name in stayed {
            prop_assert_eq!(told.iter().filter(|other| **other == name).count(), 1, "{}", name);
        }
    }
}
