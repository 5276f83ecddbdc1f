//! zip and unzip: bytes as an archive are listed, tested, extracted, changed. Nothing appears outside of the folder.

#![no_main]

use std::cell::RefCell;

use cage::Cage;
use libfuzzer_sys::fuzz_target;

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::strict("zip")));

/// What is done with the archive `a.zip`.
const LINES: [&str; 16] = [
    "unzip -o a.zip",
    "unzip -oq a.zip",
    "unzip -l a.zip",
    "unzip -v a.zip",
    "unzip -t a.zip",
    "unzip -p a.zip",
    "unzip -Z a.zip",
    "zipinfo -v a.zip",
    "unzip -oj a.zip",
    "unzip -o a.zip -d d",
    "unzip -z a.zip",
    "unzip -n a.zip f x*",
    "unzip -oK a.zip",
    "zip -q a.zip f",
    "zip -qd a.zip f",
    "zip -qu a.zip f d",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((line, archive)) = bytes.split_first() else { return };
    let mut words = LINES[usize::from(*line) % LINES.len()].split(' ').map(|word| word.as_bytes().to_vec());
    let name = String::from_utf8(words.next().unwrap()).unwrap();
    CAGE.with_borrow_mut(|cage| {
        cage.file("a.zip", archive);
        cage.file("f", b"f\n");
        std::fs::create_dir("d").unwrap();
        cage.run(bytes, b"", || cage::command(&archive_guest::PROGRAMS, &name, words.collect()));
    });
});
