//! sed: a command line, with whatever script is on it, on two files and standard input.

#![no_main]

use std::cell::RefCell;

use cage::{Cage, Line};
use libfuzzer_sys::fuzz_target;

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::new("sed")));

fuzz_target!(|bytes: &[u8]| {
    let Some(line) = Line::read(bytes) else { return };
    CAGE.with_borrow_mut(|cage| {
        line.run(cage, bytes, |mut words| {
            words.insert(0, b"sed".to_vec());
            sed_guest::main(words)
        });
    });
});
