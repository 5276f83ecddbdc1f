//! Archives: any bytes are loaded or refused, whole or not at all, and what is saved loads as the same tree.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmsand_vfs::{At, Content, Limits, Scope, Time, Vfs};

fn tree() -> Vfs {
    let limits =
        Limits { content_bytes_max: 1 << 20, inodes_max: 100, directory_entries_max: 50, ..Limits::default() };
    let mut vfs = Vfs::new(limits, Time(0));
    let root = vfs.root();
    let at = |path| At { dir: root, path, scope: Scope::Anywhere };
    vfs.mkdir(at(b"/d"), 0o755, Time(0)).unwrap();
    vfs.symlink(b"d", at(b"/link"), Time(0)).unwrap();
    vfs.add_file(at(b"/f"), Content::owned(vec![1; 100]), 0o644, Time(0)).unwrap();
    vfs
}

fn save(vfs: &mut Vfs) -> Vec<u8> {
    let mut archive = Vec::new();
    let at = At { dir: vfs.root(), path: b"/", scope: Scope::Anywhere };
    // A tree may be too deep to be named; that is refused, and no panic.
    if vfs.save_tar(at, &mut archive).is_err() {
        archive.clear();
    }
    archive
}

/// Writes the checksum that a header should have into every block that could be one: random bytes never guess it.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for block in bytes.as_chunks_mut::<512>().0 {
        if block[257..262] == *b"ustar" {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
    bytes
}

fuzz_target!(|bytes: &[u8]| {
    let mut vfs = tree();
    let before = save(&mut vfs);
    let root = vfs.root();
    let loaded = vfs.load_tar(
        At { dir: root, path: b"/", scope: Scope::Anywhere },
        &mut with_checksums(bytes).as_slice(),
        Time(5),
    );
    assert_eq!(vfs.check(), Ok(()));
    let after = save(&mut vfs);
    if loaded.is_err() {
        assert!(before == after, "a refused archive has changed the tree");
        return;
    }
    if after.is_empty() {
        return;
    }
    let mut again = Vfs::new(Limits::default(), Time(0));
    let root = again.root();
    let at = At { dir: root, path: b"/", scope: Scope::Anywhere };
    again.load_tar(at, &mut after.as_slice(), Time(9)).unwrap();
    assert_eq!(again.check(), Ok(()));
    assert!(save(&mut again) == after, "what was saved loads as another tree");
});
