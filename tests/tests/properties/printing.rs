//! What is printed: formats, quoting that reads back, and the verdicts of `test`.

use wasmsand_tests::Chance;

use super::{agree, ansi_quoted, nothing_is_excused, quoted, some};

fn bytes(chance: &mut Chance, most: usize) -> Vec<u8> {
    let interesting: [&[u8]; 14] = [
        b"a",
        b" ",
        b"'",
        b"\"",
        b"\\",
        b"\n",
        b"\t",
        b"$",
        b"!",
        b"~",
        b"\x01",
        b"\x7f",
        "é".as_bytes(),
        b"\xff",
    ];
    let mut text = Vec::new();
    for _ in 0..chance.below(most + 1) {
        if chance.one_in(4) {
            text.push(chance.between(1, 255) as u8);
        } else {
            text.extend_from_slice(
                interesting.get(chance.below(interesting.len())).copied().unwrap_or_default(),
            );
        }
    }
    text
}

#[test]
fn quoted_text_is_quoted_as_in_bash_and_reads_back() {
    let line = |chance: &mut Chance| {
        let text = ansi_quoted(&bytes(chance, 5));
        format!(
            "x={text}; q=$(printf %q. \"$x\"); q=${{q%.}}; eval \"y=$q\"; eval \"z=${{x@Q}}\"; [[ $x == \"$y\" && $x == \"$z\" ]]; \
             echo $? \"$q\" \"${{x@Q}}\"; declare -p x; a=(\"$x\" b); declare -p a; set | grep -a ^x="
        )
    };
    agree("", line, nothing_is_excused);
}

#[test]
fn formats_print_what_they_print_in_bash() {
    const CONVERSIONS: [&str; 24] = [
        "d", "i", "u", "o", "x", "X", "s", "c", "b", "q", "f", "e", "g", "E", "G", "%", "a", "n", "Q", "ld",
        "hhd", "y", "F", "",
    ];
    const LITERALS: [&str; 20] = [
        "a", " ", "\\n", "\\t", "\\x41", "\\101", "\\0101", "\\u00e9", "\\\\", "\\c", "\\e", "\\q", "\\x",
        "%%", "é", "-", "\\\"", "\\'", "\\u", "\\",
    ];
    const ARGUMENTS: [&str; 32] = [
        "",
        "a",
        "abc",
        "1",
        "42",
        "-7",
        "0x1f",
        "010",
        "08",
        "1.5",
        "-2.75",
        "1e3",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "'a",
        "\"b",
        "'é",
        "a\\tb",
        "a\\c",
        "\\x41\\101\\0101",
        "1x",
        " 3",
        "+4",
        "nan",
        "inf",
        "é",
        "a b",
        "'",
        "0",
        "3 ",
        "1e400",
    ];
    let line = |chance: &mut Chance| {
        let mut format = String::new();
        for _ in 0..chance.between(1, 3) {
            if chance.one_in(3) {
                format.push_str(chance.pick(&LITERALS));
            } else {
                format.push('%');
                format.push_str(&some(chance, &["-", "0", "+", " ", "#", "'"], 1));
                format.push_str(chance.pick(&["", "", "", "5", "3", "10", "-7", "05"]));
                format.push_str(chance.pick(&["", "", "", ".2", ".0", ".", ".1", ".10"]));
                format.push_str(chance.pick(&CONVERSIONS));
            }
        }
        let arguments: Vec<String> = (0..chance.below(4)).map(|_| quoted(chance.pick(&ARGUMENTS))).collect();
        format!("printf {} {}; echo \"<$?>\"", quoted(&format), arguments.join(" "))
    };
    // A precision without digits makes nothing of nothing in bash, where `.0` makes two quotes.
    agree("", line, |answers| answers.line.contains(".Q"));
}

#[test]
fn echo_prints_what_it_prints_in_bash() {
    const PIECES: [&str; 22] = [
        "a", " ", "\\n", "\\t", "\\x41", "\\x4", "\\101", "\\0101", "\\00101", "\\u00e9", "\\U1F600", "\\\\",
        "\\c", "\\e", "\\q", "\\x", "-", "é", "\\0", "\\a", "\\u", "\\",
    ];
    let line = |chance: &mut Chance| {
        let options = chance.pick(&["", "-e", "-n", "-en", "-E", "-eE", "-nx", "--", "-", "-e -n"]);
        let words: Vec<String> =
            (0..chance.between(1, 2)).map(|_| quoted(&some(chance, &PIECES, 3))).collect();
        let shopt = if chance.one_in(4) { "-s" } else { "-u" };
        format!("shopt {shopt} xpg_echo; echo {options} {}", words.join(" "))
    };
    agree("", line, nothing_is_excused);
}

#[test]
fn ansi_quotes_stand_for_what_they_stand_for_in_bash() {
    const PIECES: [&str; 26] = [
        "a", " ", "\\n", "\\t", "\\x41", "\\x4", "\\101", "\\0101", "\\8", "\\u00e9", "\\u41", "\\U1F600",
        "\\\\", "\\cB", "\\c?", "\\e", "\\q", "\\x", "\\'", "\\\"", "\\?", "\\0", "\\x00b", "\\u", "\\x{41}",
        "\\c\\\\",
    ];
    let line = |chance: &mut Chance| {
        let text = some(chance, &PIECES, 4);
        format!("printf %q $'{text}'; echo; x=$'{text}'; echo ${{#x}} \"${{x@E}}\" \"${{x@Q}}\"")
    };
    agree("", line, nothing_is_excused);
}

#[test]
fn tests_give_the_verdicts_of_bash() {
    const WORDS: [&str; 40] = [
        "!", "(", ")", "-a", "-o", "=", "!=", "==", "<", ">", "-n", "-z", "-eq", "-ne", "-lt", "-gt", "-le",
        "-ge", "-f", "-d", "-e", "-s", "-v", "-R", "", "a", "b", "1", "2", "-1", "0x1", " 1 ", "x", "y",
        "-nt", "-ef", "/", ".", "-o", "]",
    ];
    let line = |chance: &mut Chance| {
        let words: Vec<String> = (0..chance.below(6)).map(|_| quoted(chance.pick(&WORDS))).collect();
        let words = words.join(" ");
        if chance.one_in(3) { format!("[ {words} ]; echo $?") } else { format!("test {words}; echo $?") }
    };
    // bash takes the `]` for a word where a parenthesis has no end.
    agree("x=1; unset y a b", line, |answers| answers.bash.contains("found ]"));
}
