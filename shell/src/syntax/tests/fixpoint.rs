//! What is printed parses to the same tree, wherever it stood.

use bstr::ByteSlice;
use proptest::prelude::*;

use super::against_bash::installed_scripts;
use super::hostile::TOKENS;
use super::snippets::SNIPPETS;
use super::{NoAliases, Outcome, parse_with};
use crate::syntax::ast::List;
use crate::syntax::{ParseOptions, printer};

/// A tree as text, without the places.
fn shape(list: &List) -> String {
    let text = super::unwritten(&format!("{list:?}"));
    let mut out = String::new();
    let mut rest = text.as_str();
    loop {
        let next =
            ["span: Span {", ", line: "].iter().filter_map(|mark| Some((rest.find(mark)?, *mark))).min();
        let Some((at, mark)) = next else { break };
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let after = after.get(mark.len()..).unwrap();
        rest = match mark {
            ", line: " => after.trim_start_matches(|c: char| c.is_ascii_digit()),
            _ => after.split_once('}').unwrap().1,
        };
    }
    out.push_str(rest);
    let out = out.replace(", own_line: true", "").replace(", own_line: false", "");
    // Lines that a backslash joins are one where a text between backticks is printed.
    let out = out.replace(r"\\\n", "");
    // Numbers that are printed where none was written, as bash does.
    out.replace("fd: Default, operation: DuplicateInput", "fd: Number(0), operation: DuplicateInput")
        .replace("fd: Default, operation: DuplicateOutput", "fd: Number(1), operation: DuplicateOutput")
        .replace("fd: Default, operation: ReadWrite", "fd: Number(0), operation: ReadWrite")
}

fn check(source: &[u8]) {
    let options = ParseOptions { extglob: true, ..ParseOptions::default() };
    let Outcome::Commands(lists) = parse_with(source, &options, &NoAliases) else { return };
    for list in lists {
        let (printed, same) = printer::print_and_tell(&list);
        let printed = [printed.as_slice(), b"\n"].concat();
        match parse_with(&printed, &options, &NoAliases) {
            Outcome::Commands(again) => {
                let [again] = again.as_slice() else {
                    // What stands behind the body of a here-document stands on a line of its own.
                    let items: usize = again.iter().map(|list| list.items.len()).sum();
                    assert!(printed.find("<<").is_some(), "{} is not one command", printed.as_bstr());
                    assert_eq!(items, list.items.len(), "{}", printed.as_bstr());
                    continue;
                };
                let trimmed = |text: &[u8]| text.trim_end_with(|end| end == '\n').to_vec();
                // bash prints a coprocess of a simple command with a name, which it reads as a word of the command.
                if same || printed.find("coproc ").is_none() {
                    assert_eq!(trimmed(&printer::print(again)).as_bstr(), trimmed(&printed).as_bstr());
                }
                if same {
                    assert_eq!(
                        shape(again),
                        shape(&list),
                        "{}\nfrom {:?}",
                        printed.as_bstr(),
                        source.as_bstr()
                    );
                }
            }
            other => panic!("{}\nfrom {:?}: {other:?}", printed.as_bstr(), source.as_bstr()),
        }
    }
}

#[test]
fn snippets_survive_printing() {
    SNIPPETS.iter().for_each(|snippet| check(snippet.as_bytes()));
}

#[test]
fn installed_scripts_survive_printing() {
    for path in installed_scripts() {
        if let Ok(source) = std::fs::read(path) {
            check(&source);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, max_global_rejects: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_soups_that_parse_survive_printing(picked in proptest::collection::vec(0..TOKENS.len(), 0..12)) {
        let text: String = picked.into_iter().filter_map(|index| TOKENS.get(index).copied()).collect();
        // Delimiters that no line can end are beyond printing.
        prop_assume!(!text.contains("<<"));
        check(text.as_bytes());
    }
}

/// A command as `declare -f` prints it.
fn check_layout(source: &str, expected: &str) {
    let Outcome::Commands(lists) = super::parse(source) else { panic!("{source}") };
    assert_eq!(printer::print(&lists[0]).to_str_lossy(), expected);
}

#[test]
fn functions_are_laid_out_as_bash_does() {
    check_layout("f() { a; b; }", "function f () \n{ \n    a;\n    b\n}");
    check_layout(
        "f() { if a; then b; else c; fi; for i in x y; do z; done; while a; do b & done; }",
        "function f () \n{ \n    if a; then\n        b;\n    else\n        c;\n    fi;\n    for i in x y;\n    do\n        \
         z;\n    done;\n    while a; do\n        b &\n    done\n}",
    );
    check_layout(
        "f() { case $x in a|b) c;; *) d; e;& esac; (a; b) >c 2>&1; }",
        "function f () \n{ \n    case $x in \n        a | b)\n            c\n        ;;\n        *)\n            d;\n            \
         e\n        ;&\n    esac;\n    ( a;\n    b ) > c 2>&1\n}",
    );
    check_layout(
        "f() { echo 'a b' \"$c\" ${d:-e} | g && ((h)) || [[ -f i ]]; }",
        "function f () \n{ \n    echo 'a b' \"$c\" ${d:-e} | g && ((h)) || [[ -f i ]]\n}",
    );
    check_layout("f() { cat <<A; b; }\nx $y\nA\n", "function f () \n{ \n    cat <<A\nx $y\nA\n\n    b\n}");
}
