//! diff and patch: the difference of any two texts, in any form, carries the one over into the other, and back.

#![no_main]

use std::cell::RefCell;
use std::fs::{self, File};

use cage::Cage;
use libfuzzer_sys::fuzz_target;

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::strict("patch")));

const FORMS: [&[&str]; 8] = [
    &["-a"],
    &["-a", "-u"],
    &["-a", "-c"],
    &["-a", "-U1"],
    &["-a", "-C1"],
    &["-a", "-u", "--minimal"],
    &["-a", "-u", "-p"],
    &["-a", "-u", "--speed-large-files"],
];

fn words(line: &[&str]) -> Vec<Vec<u8>> {
    line.iter().map(|word| word.as_bytes().to_vec()).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((form, texts)) = bytes.split_first() else { return };
    // An empty file is one that is not there to a patch: what stands for it is another question.
    let Some(cut) = texts.windows(2).position(|two| two == [0xff, 0]) else { return };
    let (old, new) = (&texts[..cut], &texts[cut + 2..]);
    if old.is_empty() || new.is_empty() {
        return;
    }
    CAGE.with_borrow_mut(|cage| {
        cage.file("f", old);
        cage.file("g", new);
        cage.run(bytes, b"", || {
            let nothing = File::options().write(true).open("/dev/null").unwrap();
            rustix::stdio::dup2_stdout(File::create("p").unwrap()).unwrap();
            let line = [&["diff"], FORMS[usize::from(*form) % FORMS.len()], &["f", "g"]].concat();
            let status = diff_guest::main(words(&line));
            rustix::stdio::dup2_stdout(&nothing).unwrap();
            assert_eq!(status, i32::from(old != new), "{line:?}");
            if status == 1 {
                assert_eq!(diff_guest::main(words(&["patch", "-s", "--binary", "-o", "h", "f", "p"])), 0);
                assert!(fs::read("h").unwrap() == new, "{line:?}: patch made something else");
                let back = diff_guest::main(words(&["patch", "-s", "-R", "--binary", "-o", "i", "g", "p"]));
                assert_eq!(back, 0);
                assert!(fs::read("i").unwrap() == old, "{line:?}: patch -R made something else");
            }
            0
        });
    });
});
