//! Words: braces, quotes, splitting, and the expansions of parameters.

use wasmsand_tests::Chance;

use super::{agree, agree_mostly, ansi_quoted, nothing_is_excused, quoted, some};

#[test]
fn braces_expand_as_in_bash() {
    const PIECES: [&str; 26] = [
        "{",
        "}",
        ",",
        "{",
        "}",
        ",",
        "..",
        "a",
        "b",
        "1",
        "3",
        "-2",
        "01",
        "{1..3}",
        "{a..c}",
        "{a,b}",
        "{3..1..2}",
        "{01..3}",
        "$x",
        "\\{",
        "\\,",
        "\"a,b\"",
        "'}'",
        "${x}",
        "{z..a..5}",
        "x{",
    ];
    let line = |chance: &mut Chance| {
        let words: Vec<String> = (0..chance.between(1, 2)).map(|_| some(chance, &PIECES, 8)).collect();
        format!("printf '<%s>' {}; echo", words.join(" "))
    };
    agree("x=X; set -f", line, nothing_is_excused);
}

fn value(chance: &mut Chance) -> String {
    ansi_quoted(
        some(chance, &["a", "b", " ", " ", ":", ",", "\t", "\n", "\\", "*", "é", "::", "x"], 7).as_bytes(),
    )
}

fn separators(chance: &mut Chance) -> String {
    match chance.below(8) {
        0 => "unset IFS".to_owned(),
        1 => "IFS=".to_owned(),
        2 => "IFS=$' \\t\\n'".to_owned(),
        _ => format!(
            "IFS={}",
            ansi_quoted(some(chance, &[" ", ":", ",", "\t", "\n", "x", "\\", "a"], 3).as_bytes())
        ),
    }
}

#[test]
fn words_are_split_as_in_bash() {
    const WORDS: [&str; 24] = [
        "$x",
        "a$x",
        "$x\"b\"",
        "\"$x\"",
        "$x$y",
        "$*",
        "$@",
        "\"$*\"",
        "\"$@\"",
        "a$@b",
        "\"a$@b\"",
        "${x:-$y}",
        "${u-$x $y}",
        "${u:-\"$x\" $y}",
        "$(echo \"$x\")",
        "${a[*]}",
        "\"${a[*]}\"",
        "${a[@]}",
        "\"${a[@]}\"",
        "${a[@]:1}",
        "\"${a[*]/a/b}\"",
        "$((1+1))$x",
        "${x}''",
        "${#a[@]}",
    ];
    let line = |chance: &mut Chance| {
        let (separators, x, y) = (separators(chance), value(chance), value(chance));
        let words: Vec<&str> = (0..chance.between(1, 2)).map(|_| chance.pick(&WORDS)).collect();
        let words = words.join(" ");
        let command = match chance.below(5) {
            0 => format!("z={words}"),
            1 => format!("for i in {words}; do printf '[%s]' \"$i\"; done; z="),
            _ => format!("printf '<%s>' {words}; z="),
        };
        let command = if command.starts_with("z=") && command.contains(' ') {
            format!("printf '<%s>' {words}; z=")
        } else {
            command
        };
        format!(
            "x={x} y={y}; set -- \"$x\" '' \"$y\"; a=(\"$y\" \"$x\" c); {separators}; {command}; printf '%q' \"$z\"; unset IFS; echo"
        )
    };
    // Between elements without quotes bash may find one separator less, if IFS has blanks and others.
    let fields = |answer: &str| answer.replace("<>", "").replace("[]", "");
    agree("set -f", line, |answers| {
        answers.line.contains('@') && fields(answers.bash) == fields(answers.ours)
    });
}

#[test]
fn lines_are_read_as_in_bash() {
    const COMMANDS: [&str; 12] = [
        "read p q r",
        "read -r p q r",
        "read p",
        "read -r p",
        "read",
        "read -a p",
        "read -ra p",
        "read -n 3 p q",
        "read -N 3 p",
        "read -d : p q",
        "read -rd '' p q",
        "mapfile -t p",
    ];
    let line = |chance: &mut Chance| {
        let (separators, x) = (separators(chance), value(chance));
        let command = chance.pick(&COMMANDS);
        format!(
            "x={x}; unset p q r REPLY; {separators}; {command} <<< \"$x\"; echo $?; unset IFS; declare -p p q r REPLY"
        )
    };
    agree("set -f", line, nothing_is_excused);
}

/// A piece of a word. In `"${x:-word}"` single quotes are a matter of their own.
fn quoted_piece(chance: &mut Chance, depth: usize, single: bool) -> String {
    const PLAIN: [&str; 16] =
        ["a", "b", "\\ ", "\\\\", "\\a", "~", "=", ":", "#", "\\$", "%", "\\\"", "é", "{", "x=~", "^"];
    const EXPANSIONS: [&str; 22] = [
        "$x", "${x}", "${#x}", "$((1+2))", "${x:1}", "${x:0:2}", "${x: -2}", "${u}", "$1", "${@:1:1}", "$#",
        "$?", "${x@U}", "${a[1]}", "${!n}", "${x/ /_}", "${x%b}", "${x^}", "$u", "${a[-1]}", "${x@Q}",
        "${#a[@]}",
    ];
    match chance.below(if depth == 0 { 5 } else { 9 }) {
        0 => chance.pick(&PLAIN).to_owned(),
        1 | 3 if !single => chance.pick(&EXPANSIONS).to_owned(),
        1 => quoted(&some(chance, &["a", " ", "\"", "\\", "$x", "`", "}"], 3)),
        2 => format!(
            "\"{}\"",
            some(chance, &["a", " ", "'", "\\\"", "\\\\", "\\$", "$x", "${x}", "\\`", "\\a", "}"], 3)
        ),
        3 => format!("$'{}'", some(chance, &["a", " ", "\\'", "\\\\", "\\n", "\\x41", "\"", "$x"], 3)),
        4 => chance.pick(&EXPANSIONS).to_owned(),
        5 => format!("\"{}\"", chance.pick(&EXPANSIONS)),
        6 => {
            let in_quotes = chance.one_in(2);
            let operator = chance.pick(&[":-", "-", ":+", "+", ":=", "="]);
            let name = chance.pick(&["x", "u", "e", "1", "9", "a[0]", "@", "*"]);
            let word: String =
                (0..chance.below(3)).map(|_| quoted_piece(chance, depth - 1, single && !in_quotes)).collect();
            let expansion = format!("${{{name}{operator}{word}}}");
            if in_quotes { format!("\"{expansion}\"") } else { expansion }
        }
        7 => {
            let words: String =
                (0..chance.between(1, 2)).map(|_| quoted_piece(chance, depth - 1, single)).collect();
            format!("$(printf '%s ' {words})")
        }
        _ => {
            let operator = chance.pick(&["#", "##", "%", "%%", "/", "//", "^^", ",,"]);
            let word: String = (0..chance.below(3)).map(|_| quoted_piece(chance, 0, single)).collect();
            let expansion = format!("${{x{operator}{word}}}");
            if chance.one_in(2) { format!("\"{expansion}\"") } else { expansion }
        }
    }
}

#[test]
fn quotes_and_expansions_make_the_words_of_bash() {
    let line = |chance: &mut Chance| {
        let words: Vec<String> = (0..chance.between(1, 2))
            .map(|_| (0..chance.between(1, 4)).map(|_| quoted_piece(chance, 2, true)).collect())
            .collect();
        let word = words.join(" ");
        let command = match chance.below(6) {
            0 => format!("y={}; printf '<%s>' \"$y\"", words.first().unwrap()),
            1 => format!("[[ {} == {} ]]; echo $?", words.first().unwrap(), words.last().unwrap()),
            2 => format!("cat <<< {}", words.first().unwrap()),
            _ => format!("printf '<%s>' {word}"),
        };
        // Evaluated: a quote without an end must not reach the next line.
        format!("(x='a b'; e=; unset u; n=x; a=(1 '2 3' 4); set -- p 'q r'; eval {}); echo", quoted(&command))
    };
    agree_mostly("HOME=/h; set -f", line, nothing_is_excused, "a second message about one syntax error");
}

#[test]
fn slices_come_to_what_they_come_to_in_bash() {
    const NUMBERS: [&str; 16] =
        ["", "0", "1", "2", "3", "-1", " -1", " -2", "9", "1+1", "(-1)", "n", "$n", "n?1:2", " ", "-9"];
    const NAMES: [&str; 9] = ["x", "@", "*", "a[@]", "a[*]", "a[1]", "u", "1", "a"];
    let line = |chance: &mut Chance| {
        let (name, offset) = (chance.pick(&NAMES), chance.pick(&NUMBERS));
        let length = if chance.one_in(2) { format!(":{}", chance.pick(&NUMBERS)) } else { String::new() };
        format!("printf '<%s>' \"${{{name}:{offset}{length}}}\" ${{{name}:{offset}{length}}}; echo")
    };
    agree("x='aé c d'; n=1; set -- p 'q r' s; a=(k 'l m' n o); unset 'a[2]' u", line, nothing_is_excused);
}
