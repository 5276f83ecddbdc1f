//! diff, cmp and patch: a command line, two files and standard input.

#![no_main]

use std::cell::RefCell;

use cage::{Cage, Line};
use libfuzzer_sys::fuzz_target;

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::strict("diff")));

fuzz_target!(|bytes: &[u8]| {
    let Some(line) = Line::read(bytes) else { return };
    // What a command line names may be anywhere; what is named in a patch may not.
    if line
        .words
        .iter()
        .any(|word| word.windows(2).any(|two| two == b"..") || word.windows(5).any(|five| five == b"/dev/"))
    {
        return;
    }
    CAGE.with_borrow_mut(|cage| {
        line.run(cage, bytes, |mut words| {
            if !matches!(words.first().map(Vec::as_slice), Some(b"diff" | b"cmp" | b"patch")) {
                words.insert(0, b"patch".to_vec());
            }
            diff_guest::main(words)
        });
    });
});
