//! Patterns: globs, extended globs, regular expressions, and the expansions that use them.

use wasmsand_tests::Chance;

use super::{Answers, agree, agree_mostly, ansi_quoted, nothing_is_excused, quoted, some};

const TEXT: [&str; 12] = ["a", "b", "c", "A", "1", "-", "]", "[", "\\", "é", ".", "/"];
const SIMPLE: [&str; 5] = ["a", "b", "ab", "é", "c"];

fn pattern(chance: &mut Chance, depth: usize) -> String {
    (0..chance.between(1, 4))
        .map(|_| match chance.below(if depth == 0 { 7 } else { 9 }) {
            0 | 1 => chance.pick(&SIMPLE).to_owned(),
            2 => "*".to_owned(),
            3 => "?".to_owned(),
            4 => bracket(chance),
            5 => format!("\\{}", chance.pick(&["a", "*", "?", "[", "]", "\\", "-"])),
            6 => chance
                .pick(&["[", "]", "!", "^", "-", "(", ")", "|", "[a", "[!", "[]", "[^]", "[a-", "[[:", "\\"])
                .to_owned(),
            _ => {
                let count = chance.between(1, 3);
                let choices: Vec<String> = (0..count).map(|_| pattern(chance, depth - 1)).collect();
                format!("{}({})", chance.pick(&["?", "*", "+", "@", "!"]), choices.join("|"))
            }
        })
        .collect()
}

fn bracket(chance: &mut Chance) -> String {
    const ITEMS: [&str; 18] = [
        "a",
        "b",
        "a-c",
        "c-a",
        "A-Z",
        "0-9",
        "]",
        "-",
        "^",
        "!",
        "\\]",
        "\\a",
        "[:alpha:]",
        "[:digit:]",
        "[:upper:]",
        "[:space:]",
        "[:lower:]",
        "é",
    ];
    let negation = chance.pick(&["", "", "!", "^"]);
    let first = chance.pick(&["", "", "", "]", "-"]);
    let last = chance.pick(&["", "", "-"]);
    format!("[{negation}{first}{}{last}]", some(chance, &ITEMS, 3))
}

/// bash takes an empty text for `*!(a)b`, and finds `*!(a)b` in front of one.
fn is_excused(answers: &Answers<'_>) -> bool {
    answers.line.contains("*!(")
}

fn text(chance: &mut Chance) -> String {
    some(chance, &TEXT, 5)
}

#[test]
fn globs_match_what_they_match_in_bash() {
    let line = |chance: &mut Chance| {
        let (pattern, text) = (pattern(chance, 2), text(chance));
        format!("p={} s={}; [[ $s == $p ]]; echo $?", quoted(&pattern), quoted(&text))
    };
    agree_mostly("", line, is_excused, "brackets that never close within extended patterns");
}

#[test]
fn patterns_without_regard_to_case_match_what_they_match_in_bash() {
    let line = |chance: &mut Chance| {
        let (pattern, text) = (pattern(chance, 1), text(chance));
        format!("p={} s={}; case $s in $p) echo yes;; *) echo no;; esac", quoted(&pattern), quoted(&text))
    };
    agree("shopt -s nocasematch extglob", line, is_excused);
}

#[test]
fn expansions_with_patterns_come_to_what_they_come_to_in_bash() {
    const OPERATORS: [&str; 20] = [
        "#$p",
        "##$p",
        "%$p",
        "%%$p",
        "/$p/$r",
        "//$p/$r",
        "/#$p/$r",
        "/%$p/$r",
        "//$p",
        "/$p",
        "^$p",
        "^^$p",
        ",$p",
        ",,$p",
        "^",
        "^^",
        ",",
        ",,",
        "//$p/\"$r\"",
        "//$p/<&>",
    ];
    let line = |chance: &mut Chance| {
        let (pattern, text) = (pattern(chance, 1), text(chance));
        let with = some(chance, &["x", "&", "\\", "\\&", "/", "é"], 3);
        let operator = chance.pick(&OPERATORS);
        let of = chance.pick(&["x", "y[@]", "y[1]"]);
        let (pattern, text, with) = (quoted(&pattern), quoted(&text), quoted(&with));
        format!(
            "p={pattern} x={text} r={with}; y=(\"$x\" \"$x$x\" a); printf '<%s>' \"${{{of}{operator}}}\"; echo"
        )
    };
    agree_mostly(
        "shopt -s extglob",
        line,
        is_excused,
        "brackets that begin with `]`, which bash measures wrongly",
    );
}

#[test]
fn regular_expressions_match_what_they_match_in_bash() {
    let line = |chance: &mut Chance| {
        let (expression, text) =
            (regex(chance, 2), some(chance, &["a", "b", "c", "1", "-", ".", "é", "ab"], 5));
        format!(
            "p={} s={}; [[ $s =~ $p ]]; echo $? \"${{BASH_REMATCH[@]@Q}}\"",
            quoted(&expression),
            quoted(&text)
        )
    };
    // What a group in a repetition took last is glibc's affair: the whole match counts.
    let whole = |answer: &str| {
        answer.split("' '").next().unwrap_or_default().trim_end_matches(['\'', '\n']).to_owned()
    };
    agree("", line, |answers| whole(answers.bash) == whole(answers.ours));
}

fn regex(chance: &mut Chance, depth: usize) -> String {
    (0..chance.between(1, 3))
        .map(|_| {
            let atom = match chance.below(if depth == 0 { 6 } else { 8 }) {
                0 | 1 => chance.pick(&SIMPLE).to_owned(),
                2 => ".".to_owned(),
                3 => bracket(chance),
                4 => chance.pick(&["^", "$", "\\.", "\\(", "\\[", "a", "b"]).to_owned(),
                5 => chance.pick(&["a", "b", "{", "}", ")", "]", "-", "1"]).to_owned(),
                _ => {
                    let count = chance.between(1, 2);
                    let choices: Vec<String> = (0..count).map(|_| regex(chance, depth - 1)).collect();
                    format!("({})", choices.join("|"))
                }
            };
            let count = chance.pick(&["", "", "", "*", "+", "?", "{1}", "{0,2}", "{2,}", "{,2}"]);
            format!("{atom}{count}")
        })
        .collect()
}

#[test]
fn names_of_files_are_found_as_in_bash() {
    let line = |chance: &mut Chance| {
        let mut word = pattern(chance, 1);
        word.retain(|character| !"()|\\\"'".contains(character));
        format!("p={}; printf '<%s>' $p; echo", ansi_quoted(word.as_bytes()))
    };
    let prelude = "cd \"${FOLDER:-/tmp}\"; mkdir g; cd g; mkdir d; for n in a b ab abc c A 1 - .h ] '[' é a-b 'a*' '!x' ^ \
                   d/a d/.h; do : > ./$n; done";
    agree(prelude, line, nothing_is_excused);
}
