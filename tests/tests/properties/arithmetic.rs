//! Arithmetic: values, side effects and messages.

use wasmsand_tests::Chance;

use super::{Answers, agree, agree_mostly, nothing_is_excused};

const PRELUDE: &str = "unset f";

const NUMBERS: [&str; 30] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "10",
    "42",
    "-1",
    "017",
    "0x1F",
    "0XfF",
    "2#101",
    "8#17",
    "16#ff",
    "36#zZ",
    "37#aA",
    "64#@_",
    "62#Zz",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "0x8000000000000000",
    "63",
    "64",
    "08",
    "2#3",
    "1#0",
    "65#1",
    "0x",
    "1a",
];
const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "r[0]", "r[1]", "r[a-5]", "r[-1]", "$a", "${b}"];
const PLAIN_NAMES: [&str; 6] = ["a", "b", "c", "f", "r[1]", "r[c]"];
const BINARY: [&str; 22] = [
    "+", "-", "*", "/", "%", "**", "<<", ">>", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^", "&&", "||",
    ",", "+", "-",
];
const ASSIGNMENTS: [&str; 11] = ["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^="];
const PREFIXES: [&str; 8] = ["-", "+", "!", "~", "- ", "! ", "++", "--"];

fn number(chance: &mut Chance) -> String {
    // Mostly right, so that whole expressions are.
    let of = if chance.one_in(8) { NUMBERS.len() } else { 20 };
    NUMBERS.get(chance.below(of)).copied().unwrap_or("0").to_owned()
}

fn blank(chance: &mut Chance) -> &'static str {
    if chance.one_in(3) { " " } else { "" }
}

fn expression(chance: &mut Chance, depth: usize) -> String {
    if depth == 0 {
        return match chance.below(3) {
            0 => chance.pick(&NAMES).to_owned(),
            _ => number(chance),
        };
    }
    let inner = |chance: &mut Chance| expression(chance, depth - 1);
    let (before, after) = (blank(chance), blank(chance));
    match chance.below(12) {
        0..=4 => format!("{}{before}{}{after}{}", inner(chance), chance.pick(&BINARY), inner(chance)),
        5 => format!("({before}{}{after})", inner(chance)),
        6 => format!("{}{}", chance.pick(&PREFIXES), inner(chance)),
        7 => format!("{}{before}?{}:{after}{}", inner(chance), inner(chance), inner(chance)),
        8 => format!(
            "{}{before}{}{after}{}",
            chance.pick(&PLAIN_NAMES),
            chance.pick(&ASSIGNMENTS),
            inner(chance)
        ),
        9 => format!("{}{}{}", chance.pick(&PLAIN_NAMES), before, chance.pick(&["++", "--"])),
        10 => format!("{}{}{}", chance.pick(&["++", "--"]), before, chance.pick(&PLAIN_NAMES)),
        _ => inner(chance),
    }
}

/// An expression with a byte taken out, put in or doubled.
fn damaged(chance: &mut Chance, expression: &str) -> String {
    const MORE: [&str; 20] =
        ["+", "-", "*", "/", "(", ")", "?", ":", "=", "<", ">", "&", "|", "!", "~", ",", "a", "1", "#", " "];
    let mut bytes: Vec<char> = expression.chars().collect();
    let at = chance.below(bytes.len());
    match chance.below(3) {
        0 => drop(bytes.remove(at)),
        1 => bytes.insert(at, bytes.get(at).copied().unwrap_or('+')),
        _ => bytes.insert(at, chance.pick(&MORE).chars().next().unwrap_or('+')),
    }
    bytes.into_iter().collect()
}

fn line(chance: &mut Chance, damage: bool) -> String {
    let depth = chance.between(1, 4);
    let mut text = expression(chance, depth);
    if damage {
        text = damaged(chance, &text);
    }
    let show = "\"a=$a b=$b c=$c d=$d e=$e f=${f-} r=${r[*]}\"";
    let begin = "a=5 b=-3 c=0 d=2+3 e=a+1; unset f; r=(10 20 30)";
    let command = match chance.below(4) {
        0 => format!("echo \"$(({text}))\""),
        1 => format!("(({text})); echo $?"),
        2 => format!("let '{}'; echo $?", text.replace('\'', "")),
        _ => format!("x=$(({text})); echo $x"),
    };
    format!("{begin}; eval '{}'; echo {show}", command.replace('\'', "'\\''"))
}

/// bash abandons what evaluates a text too when a subscript in it is wrong; we abandon the text. Where it reads
/// `a[]` it says so twice and takes 0, while we take the first element. And damage may make another thing than an
/// expression of it.
fn is_excused(answers: &Answers<'_>) -> bool {
    let begins = answers.ours.starts_with(answers.bash.trim_end_matches('\n')) && answers.bash.contains(": ");
    let text_of_shell = ["$$", " #", "command not found", "command substitution"];
    let is_shell = |text: &&str| answers.line.contains(*text) || answers.bash.contains(*text);
    begins || answers.line.contains("[]") || text_of_shell.iter().any(is_shell)
}

#[test]
fn expressions_come_to_what_they_come_to_in_bash() {
    agree(PRELUDE, |chance| line(chance, false), nothing_is_excused);
}

#[test]
fn damaged_expressions_are_refused_in_the_words_of_bash() {
    agree_mostly(
        PRELUDE,
        |chance| line(chance, true),
        is_excused,
        "`((` that never closes, of which bash shows a part of the line",
    );
}
