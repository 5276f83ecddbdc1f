//! Trees through tar archives: saved and loaded again, between us and GNU tar, and archives that mean harm.

// A test fails by panicking, its helper functions too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::io::{self, Read, Write};

use proptest::prelude::*;
use support::tree::tree;
use wasmsand_vfs::{At, Content, Device, Ino, Limits, Open, Opened, Scope, TarError, Time, Vfs};

const NOW: Time = Time(1_700_000_000_000_000_000);

fn at(vfs: &Vfs, path: &'static str) -> At<'static> {
    At { dir: vfs.root(), path: path.as_bytes(), scope: Scope::Anywhere }
}

fn new() -> Vfs {
    Vfs::new(Limits::default(), Time(1))
}

fn saved(vfs: &mut Vfs) -> Vec<u8> {
    let mut archive = Vec::new();
    vfs.save_tar(at(vfs, "/"), &mut archive).unwrap();
    archive
}

fn load(vfs: &mut Vfs, mut archive: &[u8]) -> Result<(), TarError> {
    vfs.load_tar(at(vfs, "/"), &mut archive, NOW)
}

fn loaded(archive: &[u8]) -> Vfs {
    let mut vfs = new();
    load(&mut vfs, archive).unwrap();
    vfs.check().unwrap();
    vfs
}

/// One thing in a random tree.
#[derive(Clone, Debug)]
struct Item {
    /// Which of the directories so far it lies in.
    parent: usize,
    name: Vec<u8>,
    what: What,
    mode: u16,
    owner: (u32, u32),
    times: (u64, u64),
}

#[derive(Clone, Debug)]
enum What {
    Directory,
    /// Pieces of bytes at offsets, and the length.
    File(Vec<(u64, Vec<u8>)>, u64),
    Symlink(Vec<u8>),
    Fifo,
    Device(Device),
    /// Another name of an earlier item that is no directory.
    Link(usize),
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => prop::sample::select(vec!["a", "b", "c", "d.txt", "-x", " ", "...", "PaxHeaders"]).prop_map(|name| name.as_bytes().to_vec()),
        2 => prop::collection::vec(1..=255_u8, 1..30),
        1 => (prop::sample::select(vec![98_usize, 99, 100, 101, 155, 156, 255]), any::<bool>())
            .prop_map(|(count, is_text)| vec![if is_text { b'n' } else { 0xfe }; count]),
        1 => Just(b"two\nlines 12 path=x\n".to_vec()),
    ]
    .prop_map(|name| name.into_iter().map(|byte| if byte == b'/' { b'_' } else { byte }).collect())
    .prop_map(|name: Vec<u8>| if name == b"." || name == b".." { b"dots".to_vec() } else { name })
}

fn what() -> impl Strategy<Value = What> {
    let bytes = prop_oneof![
        4 => prop::collection::vec(1..=255_u8, 1..40),
        1 => (1..=255_u8, 400..5000_usize).prop_map(|(byte, count)| vec![byte; count]),
        1 => (1..=255_u8, 60_000..140_000_usize).prop_map(|(byte, count)| vec![byte; count]),
    ];
    let offset = prop_oneof![4 => Just(0_u64), 2 => 0..10_000_u64, 2 => 0..3_000_000_u64];
    let device = prop_oneof![
        Just(Device::Null),
        Just(Device::Zero),
        Just(Device::Full),
        Just(Device::Random),
        Just(Device::Urandom),
        Just(Device::Terminal),
        (0..3_u8).prop_map(Device::Host),
        any::<u32>().prop_map(Device::Fd),
    ];
    prop_oneof![
        6 => Just(What::Directory),
        6 => (prop::collection::vec((offset, bytes), 0..4), 0..100_000_u64)
            .prop_map(|(pieces, len)| What::File(pieces, len)),
        2 => prop::collection::vec(1..=255_u8, 1..200).prop_map(What::Symlink),
        1 => Just(What::Fifo),
        1 => device.prop_map(What::Device),
        3 => any::<usize>().prop_map(What::Link),
    ]
}

fn item() -> impl Strategy<Value = Item> {
    let id = prop_oneof![Just(0), Just(1000), Just(2_097_151), Just(2_097_152), any::<u32>()];
    let time = prop_oneof![
        Just(NOW.0),
        (0..4_000_000_000_u64).prop_map(|seconds| seconds * 1_000_000_000),
        any::<u64>(),
    ];
    (any::<usize>(), name(), what(), 0..=0o7777_u16, (id.clone(), id), (time.clone(), time))
        .prop_map(|(parent, name, what, mode, owner, times)| Item { parent, name, what, mode, owner, times })
}

/// Makes the items that can be made, then gives them their attributes.
fn built(items: &[Item]) -> Vfs {
    let mut vfs = new();
    let mut dirs = vec![vfs.root()];
    let mut others: Vec<(Ino, Vec<u8>)> = Vec::new();
    let mut attributes = Vec::new();
    for item in items {
        let dir = dirs[item.parent % dirs.len()];
        let at = At { dir, path: &item.name, scope: Scope::Anywhere };
        let done = match &item.what {
            What::Directory => vfs.add_directory(at, 0o777, Time(1)).map(|ino| dirs.push(ino)),
            What::File(pieces, len) => file(&mut vfs, at, pieces, *len),
            What::Symlink(target) => vfs.symlink(target, at, Time(1)),
            What::Fifo => vfs.make_fifo(at, 0o600, Time(1)),
            What::Device(device) => vfs.make_device(at, *device, 0o666, Time(1)),
            What::Link(of) if !others.is_empty() => {
                let (dir, name) = &others[of % others.len()];
                vfs.link(At { dir: *dir, path: name, scope: Scope::Anywhere }, false, at, Time(1))
            }
            What::Link(_) => continue,
        };
        if done.is_err() {
            continue;
        }
        if !matches!(item.what, What::Directory) {
            others.push((dir, item.name.clone()));
        }
        attributes.push((vfs.lookup(at, false).unwrap(), item));
    }
    for (ino, item) in attributes {
        let (atime, mtime) = (Time(item.times.0), Time(item.times.1));
        vfs.chown(ino, Some(1000), Some(1000), Time(1)).unwrap();
        vfs.chmod(ino, item.mode, Time(1)).unwrap();
        vfs.set_times(ino, Some(atime), Some(mtime), Time(1)).unwrap();
        vfs.chown(ino, Some(item.owner.0), Some(item.owner.1), Time(1)).unwrap();
    }
    vfs.check().unwrap();
    vfs
}

fn file(vfs: &mut Vfs, at: At<'_>, pieces: &[(u64, Vec<u8>)], len: u64) -> Result<(), wasmsand_vfs::Errno> {
    let how = Open { write: true, create: true, exclusive: true, ..Open::default() };
    let Opened::File(id) = vfs.open(at, &how, Time(1))? else { panic!("not a file") };
    vfs.set_len(id, len, Time(1))?;
    for (offset, bytes) in pieces {
        vfs.pwrite(id, bytes, *offset, Time(1))?;
    }
    vfs.close(id);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_is_loaded_as_it_was_saved(items in prop::collection::vec(item(), 0..40)) {
        let mut vfs = built(&items);
        let archive = saved(&mut vfs);
        let again = loaded(&archive);
        prop_assert_eq!(tree(&again, true), tree(&vfs, true));
        // Holes are still holes, but for the rest of an archive's block at the end of a file.
        let bytes_max = vfs.usage().content_bytes + 511 * vfs.usage().inodes;
        prop_assert!(again.usage().content_bytes <= bytes_max);
        prop_assert_eq!(again.usage().inodes, vfs.usage().inodes);
        // An image is saved as what it was made of.
        let mut of_image = Vec::new();
        vfs.snapshot().save_tar(&mut of_image).unwrap();
        prop_assert!(of_image == archive);
    }

    #[test]
    fn no_archive_panics_or_exceeds_a_limit(
        items in prop::collection::vec(item(), 0..12),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let mut archive = saved(&mut built(&items));
        for change in &changes {
            change.apply(&mut archive);
        }
        check_is_refused_or_loaded(&archive);
    }

    #[test]
    fn no_garbage_panics(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        check_is_refused_or_loaded(&bytes);
    }
}

/// Loads into a small file system, which must keep to its limits, and to its tree where that fails.
fn check_is_refused_or_loaded(archive: &[u8]) {
    let limits = Limits {
        content_bytes_max: 200_000,
        file_bytes_max: 1 << 22,
        inodes_max: 10,
        name_bytes_max: 200,
        links_max: 3,
        ..Limits::default()
    };
    let mut vfs = Vfs::new(limits, Time(1));
    vfs.add_file(at(&vfs, "/a"), Content::owned(b"was here".to_vec()), 0o644, Time(1)).unwrap();
    let (before, usage) = (tree(&vfs, true), vfs.usage());
    let result = load(&mut vfs, archive);
    vfs.check().unwrap();
    if let Err(error) = result {
        assert!(!error.to_string().is_empty());
        assert_eq!((tree(&vfs, true), vfs.usage()), (before, usage), "{error}");
    }
}

/// Something that happens to an archive on its way.
#[derive(Clone, Debug)]
enum Change {
    /// Another byte; perhaps the checksum of its block is made right again.
    Byte(usize, u8, bool),
    /// A number field of a header becomes something else, and the checksum is right.
    Field(usize, usize, Vec<u8>),
    Kind(usize, u8),
    Cut(usize),
    RemoveBlock(usize),
    RepeatBlock(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let field =
        prop::sample::select(vec![0_usize, 100, 108, 116, 124, 136, 157, 257, 329, 345, 386, 482, 483]);
    let value = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..13),
        prop::sample::select(vec![
            &b"77777777777"[..],
            b"../x",
            b"/abs",
            b"a/../../b",
            b"\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
            b"\0\0\0\0",
            b"-1",
            b"999",
            b"ustar  \0",
            b"a",
            b"b",
            b"c/a",
            b"a/b/c",
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    let kinds = b"0\x001234567xgLKSVDMNAX".to_vec();
    prop_oneof![
        1 => (any::<usize>(), any::<u8>(), any::<bool>()).prop_map(|(place, byte, fix)| Change::Byte(place, byte, fix)),
        3 => (any::<usize>(), field, value).prop_map(|(block, field, value)| Change::Field(block, field, value)),
        3 => (any::<usize>(), prop::sample::select(kinds)).prop_map(|(block, kind)| Change::Kind(block, kind)),
        1 => any::<usize>().prop_map(Change::Cut),
        1 => any::<usize>().prop_map(Change::RemoveBlock),
        1 => any::<usize>().prop_map(Change::RepeatBlock),
    ]
}

impl Change {
    fn apply(&self, archive: &mut Vec<u8>) {
        let blocks = archive.len() / 512;
        if blocks == 0 {
            return;
        }
        // Headers come first and often: small numbers meet them.
        let start = |block: &usize| block % blocks * 512;
        match self {
            Change::Byte(place, byte, fix) => {
                let place = place % (blocks * 512);
                archive[place] = *byte;
                if *fix {
                    set_checksum(&mut archive[place / 512 * 512..][..512]);
                }
            }
            Change::Field(block, field, value) => {
                let block = &mut archive[start(block)..][..512];
                let end = (field + value.len()).min(512);
                block[*field..end].copy_from_slice(&value[..end - field]);
                set_checksum(block);
            }
            Change::Kind(block, kind) => {
                let block = &mut archive[start(block)..][..512];
                block[156] = *kind;
                set_checksum(block);
            }
            Change::Cut(place) => archive.truncate(place % archive.len()),
            Change::RemoveBlock(block) => {
                archive.drain(start(block)..start(block) + 512);
            }
            Change::RepeatBlock(block) => {
                let repeated = archive[start(block)..start(block) + 512].to_vec();
                let place = start(block);
                archive.splice(place..place, repeated);
            }
        }
    }
}

fn set_checksum(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// An entry as text: its type, its name, `->` and where it links to, or `=` and what is in it; of an extended header
/// its records between `;`, one with a length of its own after `!`.
fn entry(text: &str) -> Vec<u8> {
    let (kind, rest) = text.split_at(1);
    let (name, link) = rest.trim().split_once(" -> ").unwrap_or((rest.trim(), ""));
    let (name, data) = name.split_once(" = ").unwrap_or((name, ""));
    let record = |text: &str| match text.strip_prefix('!') {
        Some(raw) => format!("{raw}\n"),
        None => (1..)
            .map(|length| format!("{length} {text}\n"))
            .find(|record| record.starts_with(&format!("{} ", record.len())))
            .unwrap(),
    };
    let data = match kind {
        "x" | "g" => data.split(';').map(record).collect(),
        _ => data.to_owned(),
    };
    let size = format!("{:011o}", data.len());
    raw_entry(kind.as_bytes()[0], name.as_bytes(), link.as_bytes(), size.as_bytes(), data.as_bytes())
}

fn raw_entry(kind: u8, name: &[u8], link: &[u8], size: &[u8], data: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name);
    block[100..107].copy_from_slice(b"0000644");
    block[124..124 + size.len()].copy_from_slice(size);
    block[136..147].copy_from_slice(b"00000000001");
    block[156] = kind;
    block[157..157 + link.len()].copy_from_slice(link);
    block[257..265].copy_from_slice(b"ustar\x0000");
    set_checksum(&mut block);
    block.extend_from_slice(data);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

fn archive(entries: &[&str]) -> Vec<u8> {
    let mut archive: Vec<u8> = entries.iter().flat_map(|text| entry(text)).collect();
    archive.extend_from_slice(&[0; 1024]);
    archive
}

/// What is in a tree, without attributes.
fn names(vfs: &Vfs) -> Vec<String> {
    let short = |(path, text): (Vec<u8>, String)| {
        let words: Vec<&str> = text.split(' ').collect();
        let kind = &words[0][..1];
        format!("{kind} {}", [&[path.escape_ascii().to_string().as_str()], &words[4..]].concat().join(" "))
    };
    tree(vfs, false).into_iter().skip(1).map(short).collect()
}

#[test]
fn hostile_entries_are_refused_with_a_reason() {
    let rows: &[(&[&str], &str)] = &[
        (&["0 ../x = 1"], "../x: the name has '..' in it"),
        (&["0 a/../../x = 1"], "a/../../x: the name has '..' in it"),
        (&["5 a", "1 a/x -> ../y"], "a/x: the name has '..' in it"),
        (&["1 x -> y"], "x: hard link to y, which is not there"),
        (&["1 x -> y", "0 y = 1"], "x: hard link to y, which is not there"),
        (&["5 y", "1 x -> y"], "x: Operation not permitted"),
        (&["1 x -> x"], "x: hard link to x, which is not there"),
        (&["5 d", "0 d/f = 1", "0 d = 2"], "d: a directory that is not empty is in the way"),
        (&["0 f = 1", "0 f/x = 2"], "f/x: Not a directory"),
        (&["2 l -> f", "0 f = 1", "0 l/x = 2"], "l/x: Not a directory"),
        (&["2 l -> nowhere", "0 l/x = 2"], "l/x: No such file or directory"),
        (&["2 l -> l", "0 l/x = 2"], "l/x: Too many levels of symbolic links"),
        (&["0 . = x"], ".: the name is empty or has a NUL in it"),
        (&["6 ."], ".: the name is empty or has a NUL in it"),
        (&["2 l"], "l: No such file or directory"),
        (&["4 sda"], "sda: entries of type '4' cannot be loaded"),
        (&["3 null"], "null: there is no device 0,0 here"),
        (&["M rest"], "rest: entries of type 'M' cannot be loaded"),
        (&["x h = !11 path=x"], "h: the extended header is damaged"),
        (&["x h = path=y;!path"], "h: the extended header is damaged"),
        (&["x h = size=123456", "0 f"], "f: the archive ends too early"),
        (&["x h = size=-1"], "h: the size in the archive is not valid"),
        (&["x h = mtime=soon"], "h: the time in the archive is not valid"),
        (&["x h = path=../x", "0 f"], "../x: the name has '..' in it"),
        (&["x h = path=a\0b", "0 f"], "a\\x00b: the name is empty or has a NUL in it"),
        (
            &["x h = GNU.sparse.size=9;GNU.sparse.map=0,1,2,9", "0 f = 12"],
            "f: the map of the sparse file is damaged",
        ),
        (
            &["x h = GNU.sparse.size=9;GNU.sparse.map=0,1,2", "0 f = 12"],
            "f: the map of the sparse file is damaged",
        ),
        (
            &["x h = GNU.sparse.size=9;GNU.sparse.map=0,1", "0 f = 12"],
            "f: the map of the sparse file is damaged",
        ),
        (&["S f = 1"], "f: the map of the sparse file is damaged"),
    ];
    for (entries, expected) in rows {
        let mut vfs = new();
        let before = tree(&vfs, true);
        let result = load(&mut vfs, &archive(entries)).map_err(|error| error.to_string());
        assert_eq!(result, Err((*expected).to_owned()), "{entries:?}");
        assert_eq!(tree(&vfs, true), before, "{entries:?}");
        vfs.check().unwrap();
    }
}

#[test]
fn odd_entries_are_loaded_as_tar_does() {
    let rows: &[(&[&str], &[&str])] = &[
        (&["0 /abs = 1"], &["F ./abs '1'"]),
        (&["0 ///a//b/./c = 1"], &["D ./a", "D ./a/b", "F ./a/b/c '1'"]),
        (&["0 d/"], &["D ./d"]),
        (&["7 f = 1"], &["F ./f '1'"]),
        (&["0 f = 1", "0 f = 2"], &["F ./f '2'"]),
        (&["0 f = 1", "5 f", "0 f/x = 2"], &["D ./f", "F ./f/x '2'"]),
        (&["5 d", "0 d = 1"], &["F ./d '1'"]),
        (&["5 d", "0 d/f = 1", "5 d"], &["D ./d", "F ./d/f '1'"]),
        (&["0 f = 1", "1 g -> /f", "1 g -> g"], &["F ./f '1' x2 ./f", "F ./g '1' x2 ./f"]),
        (&["0 f = 1", "1 g -> f", "0 f = 2"], &["F ./f '2'", "F ./g '1'"]),
        (&["2 l -> x", "1 m -> l"], &["S ./l -> x", "S ./m -> x"]),
        // A link is replaced, never written through.
        (&["0 f = 1", "2 l -> f", "0 l = 2"], &["F ./f '1'", "F ./l '2'"]),
        (&["5 d", "2 l -> d", "5 l", "0 l/f = 1"], &["D ./d", "D ./l", "F ./l/f '1'"]),
        (&["V label", "g h = mtime=1.5", "0 f = 1"], &["F ./f '1'"]),
        (&["x h = path=", "0 f = 1"], &["F ./f '1'"]),
        (&["L h = long", "0 f = 1"], &["F ./long '1'"]),
        (&["L h = one", "L h = two", "K h = x", "2 f"], &["S ./two -> x"]),
    ];
    for (entries, expected) in rows {
        let vfs = loaded(&archive(entries));
        assert_eq!(names(&vfs), *expected, "{entries:?}");
    }
}

#[test]
fn links_in_an_archive_lead_nowhere_else() {
    let mut vfs = new();
    for path in ["/outside", "/in"] {
        vfs.mkdir(At { dir: vfs.root(), path: path.as_bytes(), scope: Scope::Anywhere }, 0o755, Time(1))
            .unwrap();
    }
    vfs.add_file(at(&vfs, "/outside/secret"), Content::owned(b"s".to_vec()), 0o600, Time(1)).unwrap();
    for target in ["/outside", "../outside", "d/../../outside", "/in/../../../outside"] {
        let link = format!("2 l -> {target}");
        let archives = [
            archive(&["5 d", &link, "0 l/new = 1"]),
            archive(&["5 d", &link, "1 mine -> l/secret"]),
            archive(&["5 d", &link, "5 l/sub"]),
        ];
        for mut archive in archives.iter().map(Vec::as_slice) {
            let error = vfs.load_tar(at(&vfs, "/in"), &mut archive, NOW).unwrap_err().to_string();
            let refused = ["l/new", "mine", "l/sub"].iter().any(|name| error.starts_with(name));
            assert!(
                refused && error.contains("No such file or directory") || error.contains("not there"),
                "{error}"
            );
        }
    }
    // Beneath the directory a link is followed, and an absolute one begins there.
    let mut inside = &archive(&["5 d", "2 l -> /d", "0 l/new = 1"])[..];
    vfs.load_tar(at(&vfs, "/in"), &mut inside, NOW).unwrap();
    assert_eq!(
        names(&vfs),
        ["D ./in", "D ./in/d", "F ./in/d/new '1'", "S ./in/l -> /d", "D ./outside", "F ./outside/secret 's'"]
    );
}

#[test]
fn a_mounted_folder_is_neither_saved_nor_changed() {
    let mut vfs = new();
    vfs.mkdir(at(&vfs, "/m"), 0o755, Time(1)).unwrap();
    let mut other = vfs.fork();
    vfs.mount(at(&vfs, "/m"), Box::new(Nothing), false).unwrap();
    assert!(saved(&mut vfs) == saved(&mut other));
    for (entry, expected) in [
        ("0 m/x = 1", "m/x: Operation not supported"),
        ("5 m", "m: Operation not supported"),
        ("0 m = 1", "m: Operation not supported"),
        ("1 y -> m", "y: Operation not supported"),
    ] {
        assert_eq!(load(&mut vfs, &archive(&[entry])).unwrap_err().to_string(), expected);
    }
    let error = vfs.load_tar(at(&vfs, "/m"), &mut &archive(&[])[..], NOW).unwrap_err();
    assert_eq!(error.to_string(), "Operation not supported");
    vfs.check().unwrap();
}

#[test]
fn what_is_read_only_stays_as_it_is() {
    let mut vfs = new();
    vfs.mkdir(at(&vfs, "/d"), 0o755, Time(1)).unwrap();
    vfs.add_file(at(&vfs, "/d/f"), Content::from_static(b"1"), 0o644, Time(1)).unwrap();
    let ino = vfs.lookup(at(&vfs, "/d"), true).unwrap();
    vfs.set_read_only(ino, true);
    for entry in ["0 d/f = 2", "0 d/g = 2", "5 d", "1 g -> d/f"] {
        let error = load(&mut vfs, &archive(&[entry])).unwrap_err().to_string();
        assert!(error.ends_with(": Read-only file system"), "{error}");
    }
}

#[test]
fn numbers_of_any_size_are_refused_or_moved_to_the_edge() {
    let with = |field: usize, value: &[u8]| {
        let mut archive = archive(&["0 f"]);
        archive[field..field + value.len()].copy_from_slice(value);
        set_checksum(&mut archive[..512]);
        let mut vfs = new();
        let result = load(&mut vfs, &archive).map_err(|error| error.to_string());
        result.map(|()| tree(&vfs, false).pop_last().unwrap().1)
    };
    let early = [0xff; 12];
    let late = b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff";
    assert_eq!(with(136, &early).unwrap(), "File 644 0:0 0 ''");
    assert_eq!(with(136, late).unwrap(), format!("File 644 0:0 {} ''", u64::MAX));
    assert_eq!(with(136, b"x").unwrap_err(), "f: the time in the archive is not valid");
    assert_eq!(with(124, &early).unwrap_err(), "f: the size in the archive is not valid");
    assert_eq!(with(124, &[0xbf; 12]).unwrap_err(), "f: the size in the archive is not valid");
    assert_eq!(with(124, late).unwrap_err(), "f: File too large");
    assert_eq!(with(124, b"00000010000").unwrap_err(), "f: the archive ends too early");
    assert_eq!(with(108, b"77777777").unwrap(), "File 644 16777215:0 1000000000 ''");
    assert_eq!(with(108, &[0xff; 8]).unwrap_err(), "f: the owner in the archive is not valid");
    assert_eq!(with(116, b"\x80\0\0\x01\0\0\0\0").unwrap_err(), "f: the group in the archive is not valid");
    assert_eq!(with(100, b"0104755").unwrap(), "File 4755 0:0 1000000000 ''");
}

#[test]
fn an_archive_must_have_its_end() {
    let whole = archive(&["0 f = 1"]);
    for count in 0..whole.len() {
        let result = load(&mut new(), &whole[..count]).map_err(|error| error.to_string());
        match (count, result) {
            (0..1024, Err(error)) => {
                assert!(error.ends_with("the archive ends too early"), "{count}: {error}")
            }
            (1024..1536, Err(error)) => assert_eq!(error, "the archive ends too early"),
            (1536.., Ok(())) => {}
            (_, result) => panic!("{count}: {result:?}"),
        }
    }
    assert_eq!(load(&mut new(), b"#!/bin/sh\n").unwrap_err().to_string(), "the archive ends too early");
    assert_eq!(
        load(&mut new(), &[b'x'; 512]).unwrap_err().to_string(),
        "not a tar archive, or a damaged one"
    );
}

#[test]
fn limits_are_kept_and_a_failure_changes_nothing() {
    let entries: Vec<String> = (0..1000).map(|number| format!("0 f{number} = 0123456789")).collect();
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let large = archive(&entries);
    let try_with = |limits: Limits| {
        let mut vfs = Vfs::new(limits, Time(1));
        let error = load(&mut vfs, &large).unwrap_err().to_string();
        assert_eq!((vfs.usage().inodes, vfs.usage().content_bytes, names(&vfs)), (1, 0, vec![]));
        vfs.check().unwrap();
        error
    };
    let default = Limits::default();
    assert_eq!(try_with(Limits { inodes_max: 100, ..default.clone() }), "f99: No space left on device");
    assert_eq!(
        try_with(Limits { content_bytes_max: 105, ..default.clone() }),
        "f10: No space left on device"
    );
    assert_eq!(try_with(Limits { file_bytes_max: 9, ..default.clone() }), "f0: File too large");
    assert_eq!(try_with(Limits { name_bytes_max: 3, ..default.clone() }), "f100: File name too long");
    assert_eq!(try_with(Limits { directory_entries_max: 5, ..default }), "f5: No space left on device");
}

#[test]
fn a_header_that_declares_too_much_is_refused_before_anything_is_read() {
    let rows: [(u8, &str); 4] = [
        (b'0', "f: File too large"),
        (b'x', "f: the name or the extended header is too long"),
        (b'L', "f: the name or the extended header is too long"),
        (b'g', "f: the name or the extended header is too long"),
    ];
    for (kind, expected) in rows {
        let archive = raw_entry(kind, b"f", b"", b"77777777777", b"");
        assert_eq!(load(&mut new(), &archive).unwrap_err().to_string(), expected);
    }
    // A map of more extents than there is room for.
    let records = "GNU.sparse.major=1;GNU.sparse.minor=0;GNU.sparse.realsize=9999";
    let map = format!("99999999999\n{}", "0".repeat(500));
    let sparse = archive(&[&format!("x h = {records}"), &format!("0 f = {map}")]);
    assert_eq!(
        load(&mut new(), &sparse).unwrap_err().to_string(),
        "f: the map of the sparse file is damaged"
    );
}

#[test]
fn extended_headers_without_end_are_refused() {
    // Each says of 10,000 extents; there is room for some thousands.
    let pairs: Vec<&str> = vec!["GNU.sparse.offset=0;GNU.sparse.numbytes=0"; 10_000];
    let mut archive = entry(&format!("x h = {}", pairs.join(";"))).repeat(10);
    archive.extend_from_slice(&[0; 1024]);
    let mut vfs = Vfs::new(Limits { content_bytes_max: 1 << 20, ..Limits::default() }, Time(1));
    let error = load(&mut vfs, &archive).unwrap_err();
    assert_eq!(error.to_string(), "h: the map of the sparse file is damaged");
}

#[test]
fn a_sparse_file_of_a_tebibyte_is_small_in_an_archive() {
    let limits = Limits { file_bytes_max: 1 << 50, ..Limits::default() };
    let mut vfs = Vfs::new(limits.clone(), Time(1));
    let pieces = [(5, b"head".to_vec()), (1 << 20, vec![1; 5000]), ((1 << 40) - 3, b"end".to_vec())];
    let at_file = at(&vfs, "/f");
    file(&mut vfs, at_file, &pieces, 1 << 40).unwrap();
    let archive = saved(&mut vfs);
    assert!(archive.len() < 20_000, "{} bytes", archive.len());
    let mut again = Vfs::new(limits, Time(1));
    load(&mut again, &archive).unwrap();
    assert_eq!(again.usage().content_bytes, vfs.usage().content_bytes);
    let ino = again.lookup(at(&again, "/f"), true).unwrap();
    assert_eq!(again.stat(ino).unwrap().size, 1 << 40);
    let how = Open { read: true, ..Open::default() };
    let Ok(Opened::File(id)) = again.open(at(&again, "/f"), &how, NOW) else { panic!("not a file") };
    for (offset, expected) in pieces {
        let mut bytes = vec![0; expected.len()];
        assert_eq!(again.pread(id, &mut bytes, offset, NOW), Ok(expected.len()));
        assert_eq!(bytes, expected);
    }
}

#[test]
fn zeros_become_holes_when_they_are_many() {
    let data = [vec![1; 10], vec![0; 1 << 20], vec![2; 10]].concat();
    let mut archive = raw_entry(b'0', b"f", b"", format!("{:011o}", data.len()).as_bytes(), &data);
    archive.extend_from_slice(&[0; 1024]);
    let mut vfs = loaded(&archive);
    assert!(vfs.usage().content_bytes < 140_000, "{:?}", vfs.usage());
    let ino = vfs.lookup(at(&vfs, "/f"), true).unwrap();
    assert!(vfs.content_of(ino).unwrap().as_slice() == data);
}

#[test]
fn a_tree_deeper_than_any_path_is_saved_and_loaded() {
    let work = || {
        let mut vfs = new();
        let mut dir = vfs.root();
        for _ in 0..3000 {
            dir = vfs.add_directory(At { dir, path: b"dd", scope: Scope::Anywhere }, 0o755, Time(7)).unwrap();
        }
        let archive = saved(&mut vfs);
        let mut again = loaded(&archive);
        assert_eq!(again.usage().inodes, 3001);
        assert!(saved(&mut again) == archive);
    };
    let small = std::thread::Builder::new().stack_size(256 << 10);
    small.spawn(work).unwrap().join().unwrap();
}

#[test]
fn a_path_longer_than_an_archive_takes_is_told() {
    let mut vfs = new();
    let mut dir = vfs.root();
    for _ in 0..260 {
        dir = vfs.add_directory(At { dir, path: &[b'n'; 255], scope: Scope::Anywhere }, 0o755, NOW).unwrap();
    }
    let error = vfs.save_tar(at(&vfs, "/"), &mut io::sink()).unwrap_err().to_string();
    assert!(error.ends_with("n/: the name or the extended header is too long"));
}

/// Takes and gives so many bytes, then fails; one byte at a time.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let (first, rest) = self.0.split_first().ok_or(io::Error::other("the wire broke"))?;
        (buf[0], self.0) = (*first, rest);
        Ok(1)
    }
}

impl Write for Failing<'_> {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        let (_, rest) = self.0.split_first().ok_or(io::Error::other("the disk is full"))?;
        self.0 = rest;
        Ok(1)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn streams_that_break_are_told_and_slow_ones_are_waited_for() {
    let archive = archive(&["0 f = 1", "0 g = 2"]);
    let mut vfs = new();
    let error = vfs.load_tar(at(&vfs, "/"), &mut Failing(&archive[..1536]), NOW).unwrap_err();
    assert_eq!((error.to_string().as_str(), names(&vfs)), ("g: the wire broke", vec![]));
    vfs.load_tar(at(&vfs, "/"), &mut Failing(&archive), NOW).unwrap();
    assert_eq!(names(&vfs), ["F ./f '1'", "F ./g '2'"]);
    let error = vfs.save_tar(at(&vfs, "/"), &mut Failing(&[0; 2000])).unwrap_err();
    assert_eq!(error.to_string(), "f: the disk is full");
    let error = vfs.save_tar(at(&vfs, "/f"), &mut io::sink()).unwrap_err();
    assert_eq!(error.to_string(), "Not a directory");
}

#[test]
fn a_subtree_is_moved_through_an_archive() {
    let mut vfs = new();
    vfs.mkdir(at(&vfs, "/from"), 0o755, Time(1)).unwrap();
    vfs.add_file(at(&vfs, "/from/f"), Content::from_static(b"1"), 0o640, Time(5)).unwrap();
    let ino = vfs.lookup(at(&vfs, "/from"), true).unwrap();
    vfs.chmod(ino, 0o2750, Time(5)).unwrap();
    vfs.mkdir(at(&vfs, "/to"), 0o755, Time(1)).unwrap();
    let mut archive = Vec::new();
    vfs.save_tar(at(&vfs, "/from"), &mut archive).unwrap();
    vfs.load_tar(at(&vfs, "/to"), &mut &archive[..], NOW).unwrap();
    let tree = tree(&vfs, true);
    let of = |path: &str| tree[path.as_bytes()].clone();
    assert_eq!((of("./to"), of("./to/f")), (of("./from"), of("./from/f")));
    assert_eq!(of("./to"), "Directory 2750 1000:1000 5 1");
}

/// A folder that has nothing, and must not be asked.
struct Nothing;

#[rustfmt::skip]
mod nothing {
    use wasmsand_vfs::{Errno, Folder, FolderHandle, FolderStat, Kind, Open, Time};
    type Done<T> = Result<T, Errno>;

    impl Folder for super::Nothing {
        fn stat(&mut self, path: &[u8]) -> Done<FolderStat> { panic!("stat {path:?}") }
        fn list(&mut self, _: &[u8]) -> Done<Vec<(Vec<u8>, Kind)>> { panic!("list") }
        fn read_link(&mut self, _: &[u8]) -> Done<Vec<u8>> { panic!("read_link") }
        fn open(&mut self, _: &[u8], _: &Open) -> Done<FolderHandle> { panic!("open") }
        fn close(&mut self, _: FolderHandle) { panic!("close") }
        fn read_at(&mut self, _: FolderHandle, _: &mut [u8], _: u64) -> Done<usize> { panic!("read") }
        fn write_at(&mut self, _: FolderHandle, _: &[u8], _: u64) -> Done<usize> { panic!("write") }
        fn handle_stat(&mut self, _: FolderHandle) -> Done<FolderStat> { panic!("handle_stat") }
        fn set_len(&mut self, _: FolderHandle, _: u64) -> Done<()> { panic!("set_len") }
        fn sync(&mut self, _: FolderHandle) -> Done<()> { panic!("sync") }
        fn mkdir(&mut self, _: &[u8], _: u16) -> Done<()> { panic!("mkdir") }
        fn rmdir(&mut self, _: &[u8]) -> Done<()> { panic!("rmdir") }
        fn unlink(&mut self, _: &[u8]) -> Done<()> { panic!("unlink") }
        fn rename(&mut self, _: &[u8], _: &[u8]) -> Done<()> { panic!("rename") }
        fn symlink(&mut self, _: &[u8], _: &[u8]) -> Done<()> { panic!("symlink") }
        fn link(&mut self, _: &[u8], _: &[u8]) -> Done<()> { panic!("link") }
        fn set_times(&mut self, _: &[u8], _: Option<Time>, _: Option<Time>) -> Done<()> { panic!("times") }
        fn chmod(&mut self, _: &[u8], _: u16) -> Done<()> { panic!("chmod") }
    }
}
