//! find, xargs and tree: a command line, in a folder with two files.

#![no_main]

use std::cell::RefCell;

use cage::{Cage, Line};
use libfuzzer_sys::fuzz_target;

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::new("find")));

fuzz_target!(|bytes: &[u8]| {
    let Some(line) = Line::read(bytes) else { return };
    CAGE.with_borrow_mut(|cage| {
        line.run(cage, bytes, |mut words| {
            if !matches!(words.first().map(Vec::as_slice), Some(b"find" | b"xargs" | b"tree")) {
                words.insert(0, b"find".to_vec());
            }
            find_guest::main(words)
        });
    });
});
