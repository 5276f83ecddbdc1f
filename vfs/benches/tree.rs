//! What the verbs of a tree cost: 100,000 creates, look-ups, stats and unlinks, and the look-up that every program
//! start makes. `cargo bench -p wasmsand-vfs` prints nanoseconds for one of each, the best of several runs.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark ends by panicking, and prints")]

use std::time::Instant;

use wasmsand_vfs::{At, Content, Ino, Limits, Open, Opened, Scope, Time, Vfs};

/// Files in all, and in one directory of the wide tree.
const FILES: u64 = 100_000;
const RUNS: usize = 5;

fn at(dir: Ino, path: &str) -> At<'_> {
    At { dir, path: path.as_bytes(), scope: Scope::Anywhere }
}

/// A tree of directories as a session has it.
fn tree() -> Vfs {
    let mut vfs = Vfs::new(Limits::default(), Time(1));
    let root = vfs.root();
    for path in ["/usr", "/usr/bin", "/home", "/home/user"] {
        vfs.mkdir(at(root, path), 0o755, Time(1)).unwrap();
    }
    for number in 0..150 {
        let path = format!("/usr/bin/program{number}");
        vfs.add_file(at(root, &path), Content::from_static(b"x"), 0o755, Time(1)).unwrap();
    }
    vfs
}

fn create(vfs: &mut Vfs, path: &str) {
    let root = vfs.root();
    let how = Open { write: true, create: true, ..Open::default() };
    let Opened::File(id) = vfs.open(at(root, path), &how, Time(2)).unwrap() else { return };
    vfs.write(id, b"some bytes", Time(3)).unwrap();
    vfs.close(id);
}

/// Runs the work on every path and gives nanoseconds for one.
fn each(vfs: &mut Vfs, paths: &[String], mut work: impl FnMut(&mut Vfs, &str)) -> u64 {
    let start = Instant::now();
    for path in paths {
        work(vfs, path);
    }
    u64::try_from(start.elapsed().as_nanos()).unwrap() / u64::try_from(paths.len()).unwrap()
}

fn verbs(paths: &[String]) -> [u64; 5] {
    let mut vfs = tree();
    let root = vfs.root();
    for path in paths {
        let dir = path.rsplit_once('/').unwrap().0;
        if vfs.lookup(at(root, dir), true).is_err() {
            vfs.mkdir(at(root, dir), 0o755, Time(1)).unwrap();
        }
    }
    let creates = each(&mut vfs, paths, create);
    let lookups = each(&mut vfs, paths, |vfs, path| {
        vfs.lookup(at(root, path), true).unwrap();
    });
    let stats = each(&mut vfs, paths, |vfs, path| {
        let ino = vfs.lookup(at(root, path), true).unwrap();
        assert_eq!(vfs.stat(ino).unwrap().size, 10);
    });
    let start = Instant::now();
    let mut listed = 0;
    let dirs: std::collections::BTreeSet<&str> =
        paths.iter().map(|path| path.rsplit_once('/').unwrap().0).collect();
    for dir in dirs {
        let ino = vfs.lookup(at(root, dir), true).unwrap();
        let id = vfs.open_directory(ino).unwrap();
        let mut cookie = 0;
        while let Some(entry) = vfs.read_dir(id, cookie).unwrap() {
            cookie = entry.next;
            listed += 1;
        }
        vfs.close(id);
    }
    let entries = u64::try_from(start.elapsed().as_nanos()).unwrap() / listed;
    let unlinks = each(&mut vfs, paths, |vfs, path| vfs.unlink(at(root, path), Time(4)).unwrap());
    [creates, lookups, stats, entries, unlinks]
}

fn best(work: impl Fn() -> [u64; 5]) -> [u64; 5] {
    let mut best = [u64::MAX; 5];
    for _ in 0..RUNS {
        for (best, now) in best.iter_mut().zip(work()) {
            *best = (*best).min(now);
        }
    }
    best
}

fn hot_lookup() -> u64 {
    let mut vfs = tree();
    let root = vfs.root();
    let paths: Vec<String> = (0..1_000_000).map(|_| "/usr/bin/program77".to_owned()).collect();
    each(&mut vfs, &paths, |vfs, path| {
        vfs.lookup(at(root, path), true).unwrap();
    })
}

/// Nanoseconds for a snapshot of a large tree, for the first write after one, and for a fork that is dropped again.
fn snapshots() -> [u64; 3] {
    let mut vfs = tree();
    let paths: Vec<String> = (0..FILES).map(|number| format!("/home/user/file{number}")).collect();
    each(&mut vfs, &paths, create);
    let some: Vec<String> = paths.into_iter().step_by(100).collect();
    let snapshots = each(&mut vfs, &some, |vfs, _| drop(vfs.snapshot()));
    let mut images = Vec::new();
    let both = each(&mut vfs, &some, |vfs, path| {
        images.push(vfs.snapshot());
        create(vfs, path);
    });
    let forks = each(&mut vfs, &some, |vfs, path| create(&mut vfs.fork(), path));
    [snapshots, both, forks]
}

fn main() {
    let wide: Vec<String> = (0..FILES).map(|number| format!("/home/user/file{number}")).collect();
    let deep: Vec<String> =
        (0..FILES).map(|number| format!("/home/user/d{}/f{}", number / 100, number % 100)).collect();
    let names = ["create", "lookup", "stat", "read_dir", "unlink"];
    for (tree, paths) in [("one directory", &wide), ("directories of 100", &deep)] {
        for (name, nanos) in names.iter().zip(best(|| verbs(paths))) {
            println!("{FILES} files, {tree}: {name} {nanos} ns");
        }
    }
    println!("lookup of /usr/bin/program77: {} ns", (0..RUNS).map(|_| hot_lookup()).min().unwrap());
    let [snapshot, both, fork] = snapshots();
    println!(
        "{FILES} files, one directory: snapshot {snapshot} ns, with a write {both} ns, fork with a write {fork} ns"
    );
}
