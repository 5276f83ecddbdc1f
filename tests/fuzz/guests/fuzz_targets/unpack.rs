//! The compressors: bytes as what each of them unpacks, tests and lists; and bytes that are packed and come back as they
//! were.

#![no_main]

use std::cell::RefCell;

use cage::Cage;
use libfuzzer_sys::fuzz_target;

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::strict("unpack")));

/// What unpacks standard input, or the file of its suffix.
const UNPACK: [(&str, &str); 17] = [
    ("gzip -dc", "x.gz"),
    ("gzip -lv x.gz", "x.gz"),
    ("gzip -dN x.gz", "x.gz"),
    ("gzip -tv x.Z", "x.Z"),
    ("zcat x.Z", "x.Z"),
    ("bzip2 -dc", "x.bz2"),
    ("bzip2 -tv x.bz2", "x.bz2"),
    ("xz -dc", "x.xz"),
    ("xz -lvv x.xz", "x.xz"),
    ("xz --robot -lvv x.xz", "x.xz"),
    ("xz -dc --single-stream", "x.xz"),
    ("lzma -dc", "x.lzma"),
    ("xz -dc --format=lzma x.lzma", "x.lzma"),
    ("zstd -dc", "x.zst"),
    ("zstd -lv x.zst", "x.zst"),
    ("zstd -t x.zst", "x.zst"),
    ("zstd -dc --pass-through", "x.zst"),
];

/// What packs `x` and what unpacks it again.
const ROUND: [(&str, &str); 15] = [
    ("gzip -1 x", "gzip -d x.gz"),
    ("gzip x", "gzip -d x.gz"),
    ("gzip -9 x", "gunzip x.gz"),
    ("bzip2 -1 x", "bzip2 -d x.bz2"),
    ("bzip2 x", "bunzip2 x.bz2"),
    ("xz -0 x", "xz -d x.xz"),
    ("xz x", "unxz x.xz"),
    ("xz -3e -Cnone x", "xz -d x.xz"),
    ("xz -Csha256 x", "xz -d x.xz"),
    ("lzma -1 x", "unlzma x.lzma"),
    ("zstd -q --rm -1 x", "zstd -q --rm -d x.zst"),
    ("zstd -q --rm x", "unzstd -q --rm x.zst"),
    ("zstd -q --rm -19 x", "zstd -q --rm -d x.zst"),
    ("zstd -q --rm --fast=3 x", "zstd -q --rm -d x.zst"),
    ("zstd -q --rm -7 --no-check x", "zstd -q --rm -d x.zst"),
];

fn run(line: &str) -> i32 {
    let mut words = line.split(' ').map(|word| word.as_bytes().to_vec());
    let name = String::from_utf8(words.next().unwrap()).unwrap();
    cage::command(&archive_guest::PROGRAMS, &name, words.collect())
}

fuzz_target!(|bytes: &[u8]| {
    let Some((line, data)) = bytes.split_first() else { return };
    CAGE.with_borrow_mut(|cage| {
        let line = usize::from(*line) % (UNPACK.len() + ROUND.len());
        if let Some((line, name)) = UNPACK.get(line) {
            cage.file(name, data);
            cage.run(bytes, data, || run(line));
        } else {
            let (pack, unpack) = ROUND[line - UNPACK.len()];
            cage.file("x", data);
            cage.run(bytes, b"", || {
                assert_eq!(run(pack), 0, "{pack}");
                assert!(!std::path::Path::new("x").exists());
                assert_eq!(run(unpack), 0, "{unpack}");
                assert!(
                    std::fs::read("x").unwrap() == data,
                    "{pack}; {unpack}: it came back as something else"
                );
                0
            });
        }
    });
});
