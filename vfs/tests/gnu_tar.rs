//! Trees between us and GNU tar: what we save it lists and takes out, and what it makes we load.
#![cfg(target_os = "linux")]
// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use support::tree::{Tree, contents, tree};
use wasmsand_vfs::{At, Content, Device, Limits, Open, Opened, Scope, Time, Vfs};

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A folder of the host's that goes with this value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("wasmsand-tar-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// Runs GNU tar in a folder with an archive as its input.
fn tar(folder: &Path, args: &[&str], archive: &[u8]) -> Output {
    let mut child = Command::new("tar")
        .args(args)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // GNU tar reads all of its input, so whoever writes it first never waits for what it prints here.
    child.stdin.take().unwrap().write_all(archive).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "tar {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The tree of a host's folder, in the words of [`tree`] without times of access.
fn host_tree(root: &Path) -> Tree {
    let mut found = Tree::new();
    let mut firsts: HashMap<u64, Vec<u8>> = HashMap::new();
    let mut left = vec![(b".".to_vec(), root.to_owned())];
    while let Some((path, full)) = left.pop() {
        let stat = fs::symlink_metadata(&full).unwrap();
        let mode = stat.mode() & 0o7777;
        let mtime = stat.mtime() * 1_000_000_000 + stat.mtime_nsec();
        let kind = stat.file_type();
        let mut text = if kind.is_dir() {
            let mut names: Vec<_> =
                fs::read_dir(&full).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            for name in names.into_iter().rev() {
                left.push(([&path[..], b"/", name.as_bytes()].concat(), full.join(name)));
            }
            format!("Directory {mode:o} {}:{} {mtime}", stat.uid(), stat.gid())
        } else if kind.is_symlink() {
            let target = fs::read_link(&full).unwrap().into_os_string().into_vec();
            format!("Symlink {mode:o} {}:{} {mtime} -> {}", stat.uid(), stat.gid(), target.escape_ascii())
        } else if kind.is_fifo() {
            format!("Fifo {mode:o} {}:{} {mtime}", stat.uid(), stat.gid())
        } else {
            let bytes = fs::read(&full).unwrap();
            format!("File {mode:o} {}:{} {mtime}{}", stat.uid(), stat.gid(), contents(&bytes))
        };
        if !kind.is_dir() && !kind.is_symlink() && stat.nlink() > 1 {
            let first = firsts.entry(stat.ino()).or_insert_with(|| path.clone());
            text += &format!(" x{} {}", stat.nlink(), first.escape_ascii());
        }
        found.insert(path, text);
    }
    found
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A tree with one of everything that GNU tar knows too. Only root may give files away.
fn sample() -> Vfs {
    let mut vfs = Vfs::new(Limits::default(), Time(1_600_000_000_000_000_000));
    let root = vfs.root();
    let long: Vec<u8> = [&[b'l'; 200][..], b"/", &[b'm'; 200]].concat();
    let deep = [long.as_slice(), b"/deep"].concat();
    let at = |path| At { dir: root, path, scope: Scope::Anywhere };
    let now = Time(1_700_000_000_123_456_789);
    for path in [&b"empty"[..], b"dir", &long[..200], &long, b"dir/\xff\xfe name"] {
        vfs.add_directory(at(path), 0o755, now).unwrap();
    }
    let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8 + 1).collect();
    for (path, content, mode) in [
        (&b"dir/file"[..], &b"some text\n"[..], 0o644),
        (b"dir/large", &bytes, 0o4755),
        (b"none", b"", 0o400),
        (b"two\nlines", b"x", 0o644),
        (&deep, b"deep", 0o600),
        (&[b'\xe9'; 120], b"not text", 0o600),
        ("schön".as_bytes(), b"text", 0o2750),
    ] {
        vfs.add_file(at(path), Content::owned(content.to_vec()), mode, now).unwrap();
    }
    vfs.link(at(b"dir/file"), false, at(b"link"), now).unwrap();
    vfs.link(at(&[b'\xe9'; 120]), false, at(&[b'\xe8'; 120]), now).unwrap();
    vfs.symlink(b"dir/file", at(b"soft"), now).unwrap();
    vfs.symlink(&[b'\xe7'; 150], at(b"long soft"), now).unwrap();
    vfs.make_fifo(at(b"fifo"), 0o620, now).unwrap();
    let how = Open { write: true, create: true, ..Open::default() };
    for name in [&b"sparse"[..], b"dir/\xff\xfe name/sparse", b"hole"] {
        let Ok(Opened::File(id)) = vfs.open(at(name), &how, now) else { panic!("not a file") };
        if name != b"hole" {
            vfs.write(id, b"begin", now).unwrap();
            vfs.pwrite(id, &bytes, 1 << 20, now).unwrap();
            vfs.pwrite(id, b"end", 5_000_000, now).unwrap();
        }
        vfs.set_len(id, 10_000_000, now).unwrap();
        vfs.close(id);
    }
    let owner = if is_root() {
        (Some(3_000_000), Some(7))
    } else {
        (Some(fs::metadata("/proc/self").unwrap().uid()), Some(fs::metadata("/proc/self").unwrap().gid()))
    };
    for name in ["dir", "dir/large", "soft", "fifo", "."] {
        let ino = vfs.lookup(at(name.as_bytes()), false).unwrap();
        vfs.set_times(ino, None, Some(Time(1_234_567_890_000_000_001)), now).unwrap();
        vfs.chown(ino, owner.0, owner.1, now).unwrap();
    }
    vfs.check().unwrap();
    vfs
}

/// Without owners, where they cannot be told apart.
fn comparable(tree: Tree) -> Tree {
    let strip = |text: String| {
        let mut words: Vec<&str> = text.split(' ').collect();
        if !is_root() {
            words.remove(2);
        }
        words.join(" ")
    };
    tree.into_iter().map(|(path, text)| (path, strip(text))).collect()
}

#[test]
fn gnu_tar_takes_out_what_we_save() {
    let mut vfs = sample();
    let mut archive = Vec::new();
    vfs.save_tar(At { dir: vfs.root(), path: b".", scope: Scope::Anywhere }, &mut archive).unwrap();
    let folder = Folder::new();
    let output = tar(&folder.0, &["-xpf", "-", "--numeric-owner", "--delay-directory-restore"], &archive);
    // The record that announces names which are not UTF-8 is POSIX's, but this tar does not know it.
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(told.replace("tar: Ignoring unknown extended header keyword 'hdrcharset'\n", ""), "");
    assert_eq!(comparable(host_tree(&folder.0)), comparable(tree(&vfs, false)));
    // Holes are holes there too.
    for name in ["sparse", "hole"] {
        let allocated = fs::metadata(folder.0.join(name)).unwrap().blocks() * 512;
        assert!(allocated < 1_000_000, "{name}: {allocated}");
    }
}

#[test]
fn gnu_tar_lists_what_we_save() {
    let mut vfs = Vfs::new(Limits::default(), Time(0));
    let root = vfs.root();
    let at = |path| At { dir: root, path, scope: Scope::Anywhere };
    let now = Time(1_700_000_000_000_000_000);
    vfs.make_device(at(b"null"), Device::Null, 0o666, now).unwrap();
    vfs.add_file(at(b"f"), Content::from_static(b"123"), 0o1644, now).unwrap();
    vfs.link(at(b"f"), false, at(b"g"), now).unwrap();
    vfs.symlink(b"f", at(b"s"), now).unwrap();
    vfs.make_fifo(at(b"p"), 0o600, now).unwrap();
    let how = Open { write: true, create: true, ..Open::default() };
    let Ok(Opened::File(id)) = vfs.open(at(b"hole"), &how, now) else { panic!("not a file") };
    vfs.set_len(id, 1 << 29, now).unwrap();
    let mut archive = Vec::new();
    vfs.save_tar(at(b"/"), &mut archive).unwrap();
    let folder = Folder::new();
    let output = tar(&folder.0, &["-tvf", "-", "--numeric-owner"], &archive);
    let expected = "\
        drwxr-xr-x 1000/1000         0 2023-11-14 22:13 ./\n\
        crw-rw-rw- 1000/1000       1,3 2023-11-14 22:13 null\n\
        -rw-r--r-T 1000/1000         3 2023-11-14 22:13 f\n\
        hrw-r--r-T 1000/1000         0 2023-11-14 22:13 g link to f\n\
        lrwxrwxrwx 1000/1000         0 2023-11-14 22:13 s -> f\n\
        prw------- 1000/1000         0 2023-11-14 22:13 p\n\
        -rw-rw-rw- 1000/1000 536870912 2023-11-14 22:13 hole\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// A folder with one of everything that every format of GNU tar can tell.
fn host_sample() -> Folder {
    let folder = Folder::new();
    let path = |name: &str| folder.0.join(name);
    let deep = "deep/".repeat(60);
    for name in ["dir", "empty", &deep] {
        fs::create_dir_all(path(name)).unwrap();
    }
    let bytes: Vec<u8> = (0..300_000_u32).map(|number| (number % 251) as u8 + 1).collect();
    fs::write(path("dir/file"), b"text").unwrap();
    fs::write(path("dir/large"), &bytes).unwrap();
    fs::write(path(&format!("{deep}/{}", "n".repeat(200))), b"deep").unwrap();
    fs::write(path(&"ö".repeat(80)), b"").unwrap();
    fs::hard_link(path("dir/file"), path("link")).unwrap();
    symlink("dir/file", path("soft")).unwrap();
    symlink("x".repeat(300), path("dir/long soft")).unwrap();
    fs::set_permissions(path("dir/large"), fs::Permissions::from_mode(0o4710)).unwrap();
    let sparse = File::create(path("sparse")).unwrap();
    // More extents than the headers of the old formats hold at once.
    for index in 0..60 {
        sparse.write_all_at(&bytes[..4096], index * 200_000 / 4096 * 4096).unwrap();
    }
    sparse.set_len(20_000_000).unwrap();
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path("hole"))
        .unwrap()
        .set_len(1 << 23)
        .unwrap();
    folder
}

#[test]
fn what_gnu_tar_makes_is_loaded_as_it_was() {
    let folder = host_sample();
    let expected = host_tree(&folder.0);
    let seconds = |tree: &Tree| -> Tree {
        let cut = |text: &String| {
            let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            words[3].truncate(10);
            words.join(" ")
        };
        tree.iter().map(|(path, text)| (path.clone(), cut(text))).collect()
    };
    let rows: [(&[&str], bool); 7] = [
        (&["--format=gnu"], false),
        (&["--format=gnu", "--sparse"], false),
        (&["--format=posix"], true),
        (&["--format=posix", "--sparse", "--sparse-version=0.0"], true),
        (&["--format=posix", "--sparse", "--sparse-version=0.1"], true),
        (&["--format=posix", "--sparse", "--sparse-version=1.0"], true),
        (&["--format=oldgnu", "--sparse"], false),
    ];
    for (args, tells_nanoseconds) in rows {
        let args = [args, &["-cf", "-", "--numeric-owner", "."]].concat();
        let archive = tar(&folder.0, &args, b"").stdout;
        let mut vfs = Vfs::new(Limits::default(), Time(1));
        let root = At { dir: vfs.root(), path: b"/", scope: Scope::Anywhere };
        vfs.load_tar(root, &mut &archive[..], Time(5)).unwrap_or_else(|error| panic!("{args:?}: {error}"));
        vfs.check().unwrap();
        let found = tree(&vfs, false);
        if tells_nanoseconds {
            assert_eq!(found, expected, "{args:?}");
        } else {
            assert_eq!(seconds(&found), seconds(&expected), "{args:?}");
        }
        let bytes = vfs.usage().content_bytes;
        assert!(bytes < 1_500_000, "{args:?}: holes became {bytes} bytes");
    }
}

#[test]
fn archives_of_the_oldest_formats_are_loaded() {
    let folder = Folder::new();
    fs::create_dir_all(folder.0.join("d/e")).unwrap();
    fs::write(folder.0.join("d/e/f"), b"text").unwrap();
    fs::write(folder.0.join(format!("d/{}", "n".repeat(90))), b"").unwrap();
    symlink("e/f", folder.0.join("d/s")).unwrap();
    fs::hard_link(folder.0.join("d/e/f"), folder.0.join("h")).unwrap();
    let names = |tree: Tree| -> Vec<(Vec<u8>, usize)> {
        tree.into_iter()
            .map(|(path, text)| (path, text.split(' ').filter(|word| !word.is_empty()).count()))
            .collect()
    };
    for format in ["--format=v7", "--format=ustar"] {
        let archive = tar(&folder.0, &[format, "-cf", "-", "."], b"").stdout;
        let mut vfs = Vfs::new(Limits::default(), Time(1));
        let root = At { dir: vfs.root(), path: b"/", scope: Scope::Anywhere };
        vfs.load_tar(root, &mut &archive[..], Time(5)).unwrap();
        assert_eq!(names(tree(&vfs, false)), names(host_tree(&folder.0)), "{format}");
    }
}
