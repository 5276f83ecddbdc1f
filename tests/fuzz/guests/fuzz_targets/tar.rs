//! tar: bytes as an archive, with the checksums of its headers put right, are listed, compared and extracted. Nothing
//! appears outside of the folder.

#![no_main]

use std::cell::RefCell;

use cage::Cage;
use libfuzzer_sys::fuzz_target;

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::strict("tar")));

/// What is done with the archive `a`. None of it allows members to leave the folder.
const LINES: [&str; 24] = [
    "xf a",
    "xvf a",
    "tvf a",
    "tf a",
    "xpf a",
    "xkf a",
    "xf a --overwrite",
    "xf a --keep-directory-symlink",
    "xf a --unlink-first",
    "xf a --recursive-unlink",
    "xf a --strip-components=1",
    "xf a --one-top-level",
    "xf a --one-top-level=x/y",
    "xf a -C d",
    "xf a -C l",
    "xif a",
    "xOf a",
    "df a",
    "xf a --transform=s,^,../,",
    "xf a --transform=s,x,/dev/shm/wf-out/,",
    "xf a --no-overwrite-dir --delay-directory-restore",
    "xf a --wildcards *",
    "--delete -f a f",
    "rf a d",
];

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
    let Some((line, archive)) = bytes.split_first() else { return };
    let line = LINES[usize::from(*line) % LINES.len()];
    CAGE.with_borrow_mut(|cage| {
        cage.file("a", &with_checksums(archive));
        cage.file("f", b"f\n");
        // What was there before an archive may lead out of the folder by the user's own will, and does not here.
        std::fs::create_dir("d").unwrap();
        std::os::unix::fs::symlink("d", "l").unwrap();
        cage.run(bytes, b"", || {
            let words = line.split(' ').map(|word| word.as_bytes().to_vec()).collect();
            cage::command(&archive_guest::PROGRAMS, "tar", words)
        });
    });
});
