//! jq, and yq and tomlq: a command line, with whatever filter is on it, on two files and standard input.

#![no_main]

use std::cell::RefCell;

use cage::{Cage, Line};
use libfuzzer_sys::fuzz_target;

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::new("jq")));

fuzz_target!(|bytes: &[u8]| {
    let Some(line) = Line::read(bytes) else { return };
    CAGE.with_borrow_mut(|cage| {
        line.run(cage, bytes, |mut words| {
            use std::os::unix::ffi::OsStringExt;
            if !matches!(words.first().map(Vec::as_slice), Some(b"jq" | b"yq" | b"tomlq")) {
                words.insert(0, b"jq".to_vec());
            }
            jq_guest::main(words.into_iter().map(std::ffi::OsString::from_vec).collect())
        });
    });
});
