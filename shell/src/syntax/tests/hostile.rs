//! Texts written to harm: each is answered quickly, on a small stack, with an error or an honest tree.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{Outcome, parse, parse_with};
use crate::syntax::{Aliases, DEPTH_MAX, ErrorKind, ParseOptions, Parsed, Parser, printer};

/// The longest any of them may take. A release build on an idle machine needs a third of this at most; one with
/// assertions is several times slower.
const PATIENCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1500 } else { 150 });

fn hostile_inputs() -> Vec<(&'static str, Vec<u8>)> {
    let repeated = |text: &str, count: usize| text.repeat(count).into_bytes();
    let around = |open: &str, inner: &str, close: &str, count: usize| {
        format!("{}{inner}{}", open.repeat(count), close.repeat(count)).into_bytes()
    };
    vec![
        ("10k (", repeated("(", 10_000)),
        ("10k spaced (", repeated("( ", 10_000)),
        ("28 (", repeated("(", 28)),
        ("10k $(", repeated("$(", 10_000)),
        ("10k $((", repeated("$((", 10_000)),
        ("199 $(( without ends", repeated("$((1+", 199)),
        ("150 ((", around("((", "a", ") )", 150)),
        ("150 $((", around("$((", "a", ") )", 150)),
        ("99 $((", around("$((1+", "a", "))", 99)),
        ("10k <(", repeated("<(", 10_000)),
        ("10k nested defaults", repeated("\"${x:-", 10_000)),
        ("10k ${", repeated("${x:-", 10_000)),
        ("10k ${#a[", repeated("${#a[", 10_000)),
        ("10k a[", repeated("a[", 10_000)),
        ("10k a[$(", repeated("a[$(", 10_000)),
        ("10k $[", repeated("$[", 10_000)),
        ("here-document, $[ and tabs", [b"<<E$[".to_vec(), repeated("\t", 100_000)].concat()),
        ("<<- and tabs", [b"<<-E\n".to_vec(), repeated("\t", 100_000)].concat()),
        ("100k {", repeated("{", 100_000)),
        ("100k { ", repeated("{ ", 100_000)),
        ("10k if", repeated("if ", 10_000)),
        ("10k while", repeated("while ", 10_000)),
        ("10k case", repeated("case a in b) ", 10_000)),
        ("10k functions", repeated("f() { ", 10_000)),
        ("10k function (", repeated("function f (", 10_000)),
        ("10k f()", repeated("f() ", 10_000)),
        ("10k coproc", repeated("coproc ", 10_000)),
        ("10k coproc $(", repeated("coproc $(", 10_000)),
        ("100k !", repeated("! ", 100_000)),
        ("100k time", repeated("time ", 100_000)),
        ("10k [[ (", [b"[[ ".to_vec(), repeated("( ", 10_000)].concat()),
        ("100k [[ !", [b"[[ ".to_vec(), repeated("! ", 100_000), b"a ]]".to_vec()].concat()),
        ("30k [[ &&", [b"[[ ".to_vec(), repeated("a && ", 30_000), b"a ]]".to_vec()].concat()),
        ("100k extended patterns", [b"[[ a == ".to_vec(), repeated("@(", 100_000)].concat()),
        ("100k regular groups", [b"[[ a =~ ".to_vec(), repeated("(", 100_000)].concat()),
        ("10k a=(", repeated("a=(", 10_000)),
        ("10k a=($(", repeated("a=($(", 10_000)),
        ("10k quotes in substitutions", repeated("\"$(", 10_000)),
        ("1 MB quoted", [b"'".to_vec(), vec![b'x'; 1 << 20], b"'".to_vec()].concat()),
        ("1 MB quoted, no end", [b"'".to_vec(), vec![b'\n'; 1 << 20]].concat()),
        ("1 MB word", vec![b'x'; 1 << 20]),
        ("1 MB argument", [b"a ".to_vec(), vec![b'x'; 1 << 20]].concat()),
        ("1 MB comment", vec![b'#'; 1 << 20]),
        ("100k continuations", repeated("\\\n", 100_000)),
        ("100k here-documents at once", repeated("<<A ", 100_000)),
        ("100k here-documents", repeated("<<A\nA\n", 100_000)),
        ("20 nested backticks", {
            let mut text = "a".to_owned();
            for _ in 0..16 {
                text = format!("`{}`", text.replace('\\', "\\\\").replace('`', "\\`"));
            }
            text.into_bytes()
        }),
        ("100k backticks", repeated("`", 100_000)),
        ("100k &&", repeated("a && ", 100_000)),
        ("100k |", repeated("a | ", 100_000)),
        ("100k ;", repeated("a;", 100_000)),
        ("100k elif", [b"if a; then b; ".to_vec(), repeated("elif a; then b; ", 30_000)].concat()),
        ("heredocs nested in substitutions", repeated("$(cat <<A\n", 10_000)),
        ("heredoc bodies nested", repeated("cat <<A\n$(", 10_000)),
        ("100k quotes", repeated("\"", 100_001)),
        ("100k backslashes", repeated("\\", 100_000)),
        ("dollars", repeated("$", 100_000)),
    ]
}

/// Runs on a thread with the stack of a cautious embedder.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap();
    thread.join().unwrap();
}

/// How long it takes, at best: the machine may be busy with something else.
fn quickest(run: impl Fn()) -> Duration {
    let once = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let first = once();
    if first < PATIENCE { first } else { first.min(once()).min(once()) }
}

#[test]
fn hostile_inputs_are_answered_quickly_on_a_small_stack() {
    on_a_small_stack(|| {
        for (name, input) in hostile_inputs() {
            for interactive in [false, true] {
                let options = ParseOptions { extglob: true, interactive, ..ParseOptions::default() };
                let taken = quickest(|| drop(parse_with(&input, &options, &super::NoAliases)));
                if let Outcome::Commands(lists) = parse_with(&input, &options, &super::NoAliases) {
                    lists.iter().for_each(|list| drop(printer::print(list)));
                }
                assert!(taken < PATIENCE, "{name} took {taken:?}");
            }
        }
    });
}

#[test]
fn every_kind_of_nesting_fits_the_small_stack_up_to_the_bound_and_fails_beyond() {
    let kinds = [
        ("( ", "a", " )"),
        ("{ ", "a; ", "} ; "),
        ("$(", "a", ")"),
        ("a \"$(", "a", ")\""),
        ("\"${x:-", "a", "}\""),
        ("\"${x#", "a", "}\""),
        ("${x[", "a", "]}"),
        ("x[$(", "a", ")]=a"),
        ("x=($(", "a", "))"),
        ("declare x=($(", "a", "))"),
        ("$(( ${x:-", "a", "} ))"),
        ("<(", "a", ")"),
        ("if a; then ", "a; ", "fi; "),
        ("if ", "a; ", "then b; fi; "),
        ("while a; do ", "a; ", "done; "),
        ("for i in $(", "a", "); do a; done"),
        ("for i in a; do ", "a; ", "done; "),
        ("for ((a;b;$(", "a", "))); do a; done"),
        ("case a in b) ", "a;", " ;; esac; "),
        ("case $(", "a", ") in b) a;; esac"),
        ("f() { ", "a; ", "}; "),
        ("[[ -n $(", "a", ") ]]"),
        ("a && ! coproc { ", "a; ", "}; "),
        ("((", "a", " ) )"),
        ("a <$(", "a", ") "),
    ];
    on_a_small_stack(move || {
        for (open, inner, close) in kinds {
            let mut accepted = 0;
            for count in 1..=DEPTH_MAX as usize + 1 {
                let text = format!("{}{inner}{}", open.repeat(count), close.repeat(count));
                match parse(&text) {
                    Outcome::Commands(lists) => {
                        accepted = count;
                        lists.iter().for_each(|list| drop(printer::print(list)));
                        lists.iter().for_each(|list| assert_eq!(list, &list.clone()));
                    }
                    Outcome::Error(error) if error.kind == ErrorKind::TooDeep => break,
                    other => panic!("{open} x {count}: {other:?}"),
                }
            }
            assert!((DEPTH_MAX as usize / 6..=DEPTH_MAX as usize).contains(&accepted), "{open}: {accepted}");
        }
    });
}

struct Table(HashMap<Vec<u8>, Vec<u8>>);

impl Aliases for Table {
    fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

#[test]
fn aliases_that_double_end_in_an_error() {
    let doubling = (0..60).map(|n| (format!("a{n}").into_bytes(), format!("a{0}; a{0}", n + 1).into_bytes()));
    let options = ParseOptions { expand_aliases: true, ..ParseOptions::default() };
    let start = Instant::now();
    match parse_with(b"a0\n", &options, &Table(doubling.collect())) {
        Outcome::Error(error) => assert_eq!(error.kind, ErrorKind::AliasTooLong),
        other => panic!("{other:?}"),
    }
    assert!(start.elapsed() < 4 * PATIENCE);
}

/// Reads everything there is in every way there is.
fn read_all_ways(text: &[u8]) {
    let table = Table(HashMap::from([
        (b"a".to_vec(), b"b ".to_vec()),
        (b"b".to_vec(), b"if a".to_vec()),
        (b"c".to_vec(), b"echo 'x".to_vec()),
        (b"d".to_vec(), b"$( \"".to_vec()),
    ]));
    for (extglob, interactive, expand_aliases) in [(false, false, true), (true, true, false)] {
        let options = ParseOptions { extglob, interactive, expand_aliases, ..ParseOptions::default() };
        let mut parser = Parser::new(text, 1);
        loop {
            match parser.next(&options, &table) {
                Parsed::Command(list) => drop(printer::print(&list)),
                Parsed::End => break,
                Parsed::Incomplete(incomplete) => {
                    drop(incomplete.into_error().messages());
                    break;
                }
                Parsed::Error(error) => {
                    assert!(error.span.start <= error.span.end);
                    drop(error.messages());
                    break;
                }
            }
        }
    }
    drop(Parser::parse_dollar_text(text));
    drop(Parser::parse_array_literal(text));
}

pub(super) const TOKENS: [&str; 92] = [
    "a",
    "b",
    "c",
    "d",
    " ",
    " ",
    "\t",
    "\n",
    "\n",
    ";",
    ";;",
    ";&",
    "&",
    "&&",
    "|",
    "||",
    "|&",
    "(",
    ")",
    "((",
    "))",
    "{",
    "}",
    "{ ",
    " }",
    "[[",
    "]]",
    "[[ ",
    " ]]",
    "[",
    "]",
    "if ",
    "then ",
    "else ",
    "elif ",
    "fi",
    "for ",
    " in ",
    "do ",
    "done",
    "while ",
    "case ",
    "esac",
    "select ",
    "function ",
    "coproc ",
    "time ",
    "! ",
    "!",
    "'",
    "\"",
    "`",
    "$",
    "$(",
    "$((",
    "${",
    "$[",
    "$'",
    "$\"",
    "\\",
    "\\\n",
    "#",
    "~",
    ":",
    "=",
    "+=",
    "-",
    "x=",
    "x=(",
    "a[",
    "]=",
    "<",
    ">",
    "<<",
    "<<-",
    "<<A\n",
    "A\n",
    "<<<",
    ">&",
    "&>",
    "<(",
    ">(",
    "2>",
    "{v}>",
    "*",
    "?",
    "@(",
    "/",
    "%",
    "^",
    "=~ ",
    "== ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_all_ways(&text);
    }

    #[test]
    fn random_tokens_never_panic(picked in proptest::collection::vec(0..TOKENS.len(), 0..60)) {
        let text: String = picked.into_iter().filter_map(|index| TOKENS.get(index).copied()).collect();
        read_all_ways(text.as_bytes());
    }
}
