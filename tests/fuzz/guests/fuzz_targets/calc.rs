//! bc, dc and expr: a command line, two files and standard input.

#![no_main]

use std::cell::RefCell;

use cage::{Cage, Line};
use libfuzzer_sys::fuzz_target;

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::new("calc")));

fuzz_target!(|bytes: &[u8]| {
    let Some(line) = Line::read(bytes) else { return };
    CAGE.with_borrow_mut(|cage| {
        line.run(cage, bytes, |mut words| {
            let named = |name: &[u8]| calc_guest::PROGRAMS.iter().find(|(known, _)| name == known.as_bytes());
            let first = words.first().and_then(|word| named(word));
            let (name, program) = first.unwrap_or(&calc_guest::PROGRAMS[0]);
            if first.is_some() {
                words.remove(0);
            }
            program(name, words)
        });
    });
});
