//! Regular expressions: any pattern in any grammar on any text. Every way to look for a match finds the same one.

#![no_main]

use std::cell::RefCell;

use cage::Cage;
use libfuzzer_sys::fuzz_target;
use posix_regex::{Grammar, Options, Regex};

thread_local!(static CAGE: RefCell<Cage> = RefCell::new(Cage::strict("regex")));

/// A pattern with and without something that changes its way of being searched for, and not what it finds.
fn look(pattern: &[u8], text: &[u8], options: &Options) {
    let Ok(regex) = Regex::new(pattern, options.clone()) else { return };
    let mut groups = Vec::new();
    for start in 0..=text.len().min(3) {
        let found = regex.find_at(text, start);
        assert_eq!(regex.captures_at(text, start, &mut groups), found.is_some());
        assert_eq!(regex.earliest_end(text, start).is_some(), found.is_some());
        let Some(found) = found else { continue };
        assert_eq!(groups[0], Some(found.clone()));
        assert_eq!(groups.len(), regex.group_count() + 1);
        assert!(start <= found.start && found.start <= found.end && found.end <= text.len());
        for group in groups.iter().flatten() {
            assert!(found.start <= group.start && group.start <= group.end && group.end <= found.end);
        }
    }
    assert_eq!(regex.is_match(text), regex.find_at(text, 0).is_some());
    // A group more makes the backtracker do it; it answers as the automaton.
    if options.grammar != Grammar::Basic
        && pattern.iter().all(|byte| !matches!(byte, b'(' | b')' | b'\\' | b'*' | b'+' | b'?' | b'{'))
    {
        let inside = [b"(", pattern, b")"].concat();
        let Ok(regex_inside) = Regex::new(&inside, options.clone()) else { return };
        if regex_inside.captures_at(text, 0, &mut groups) {
            assert_eq!(groups[0], regex.find_at(text, 0));
            assert_eq!(groups[0], groups[1]);
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [how, rest @ ..] = bytes else { return };
    let cut = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    let (pattern, text) = (&rest[..cut], rest.get(cut + 1..).unwrap_or_default());
    let options = Options {
        grammar: [Grammar::Basic, Grammar::Extended, Grammar::Awk][usize::from(how & 3).min(2)],
        ignore_case: how & 4 != 0,
        multi_line: how & 8 != 0,
        dot_newline: how & 16 == 0,
        bytes: how & 32 != 0,
        lenient: how & 64 != 0,
        posix: how & 128 != 0,
        line_end: b'\n',
    };
    CAGE.with_borrow_mut(|cage| {
        cage.run(bytes, b"", || {
            look(pattern, text, &options);
            0
        });
    });
});
