//! Claims about history expansion, each of them as `history -p` of bash 5.2 answers it.

use super::*;

const LINES: [&str; 4] = [
    "echo one two three",
    "ls -l /usr/share/doc.tar.gz foo.c",
    r#"grep 'a b' "c d" file>out 2>&1 | sort;x"#,
    "cat /a/b/c.d.e",
];

fn history(lines: &[&str]) -> History {
    let mut history = History::default();
    lines.iter().for_each(|line| history.add((*line).into(), None));
    history
}

fn script() -> HistoryExpansion {
    HistoryExpansion {
        event: b'!',
        quick: b'^',
        comment: None,
        quote: None,
        extglob: false,
        operators: false,
    }
}

fn check(how: HistoryExpansion, history: &mut History, line: &str, expected: Result<&str, &str>) {
    let expanded = how.expand(line.as_bytes(), history);
    let got = match &expanded {
        Ok(Some(expanded)) => Ok(expanded.text.to_string()),
        Ok(None) => Ok(line.to_owned()),
        Err(error) => Err(error.to_string()),
    };
    assert_eq!(got.as_deref().map_err(String::as_str), expected, "{line}");
}

#[test]
fn lines_expand_as_bash_expands_them() {
    // In this order: `:&`, `:s//` and `!%` remember what came before.
    let rows = [
        ("!!", Some("cat /a/b/c.d.e")),
        ("!1", Some("echo one two three")),
        ("!-1", Some("cat /a/b/c.d.e")),
        ("!-2", Some(r#"grep 'a b' "c d" file>out 2>&1 | sort;x"#)),
        ("!ec", Some("echo one two three")),
        ("!?two?", Some("echo one two three")),
        ("!?two?:2", Some("two")),
        ("!ls:0", Some("ls")),
        ("!ls:1", Some("-l")),
        ("!ls:$", Some("foo.c")),
        ("!ls:^", Some("-l")),
        ("!ls:*", Some("-l /usr/share/doc.tar.gz foo.c")),
        ("!ls:1-2", Some("-l /usr/share/doc.tar.gz")),
        ("!ls:1*", Some("-l /usr/share/doc.tar.gz foo.c")),
        ("!ls:1-", Some("-l /usr/share/doc.tar.gz")),
        ("!ls:-1", Some("ls -l")),
        ("!ls^", Some("-l")),
        ("!ls$", Some("foo.c")),
        ("!ls*", Some("-l /usr/share/doc.tar.gz foo.c")),
        ("!ls-", Some("ls -l /usr/share/doc.tar.gz")),
        ("!gr:0-5", Some(r#"grep 'a b' "c d" file > out"#)),
        ("!gr:*", Some(r#"'a b' "c d" file > out 2>&1 | sort ; x"#)),
        ("!gr:5", Some("out")),
        ("!gr:6", Some("2>&1")),
        ("!gr:7", Some("|")),
        ("!gr:8", Some("sort")),
        ("!gr:9", Some(";")),
        ("!gr:12", None),
        ("!$", Some("/a/b/c.d.e")),
        ("!^", Some("/a/b/c.d.e")),
        ("!*", Some("/a/b/c.d.e")),
        ("!:2", None),
        ("!!:$", Some("/a/b/c.d.e")),
        ("!cat:$:h", Some("/a/b")),
        ("!cat:$:t", Some("c.d.e")),
        ("!cat:$:r", Some("/a/b/c.d")),
        ("!cat:$:e", Some(".e")),
        ("!cat:$:h:t", Some("b")),
        ("!ls:2:r:r", Some("/usr/share/doc")),
        ("!1:s/one/1/", Some("echo 1 two three")),
        ("!1:s/one/1", Some("echo 1 two three")),
        ("!1:gs/e/E/", Some("Echo onE two thrEE")),
        ("!1:as/o/0/", Some("ech0 0ne tw0 three")),
        ("!1:s/o/[&]/", Some("ech[o] one two three")),
        (r#"!1:s/o/\&/"#, Some("ech& one two three")),
        ("!1:Gs/o/0/", Some("ech0 0ne tw0 three")),
        ("!1:q", Some("'echo one two three'")),
        ("!gr:x", Some(r#"'grep' ''\''a' 'b'\''' '"c' 'd"' 'file>out' '2>&1' '|' 'sort;x'"#)),
        ("!gr:q", Some(r#"'grep '\''a b'\'' "c d" file>out 2>&1 | sort;x'"#)),
        ("!1:p", Some("echo one two three")),
        ("!1:&", Some("ech0 one two three")),
        ("!1:g&", Some("ech0 0ne tw0 three")),
        ("^a^Z", Some("cZt /a/b/c.d.e")),
        ("^a^Z^", Some("cZt /a/b/c.d.e")),
        ("^a^Z^:s/b/Y/", Some("cZt /a/Y/c.d.e")),
        ("^a^Z^ more", Some("cZt /a/b/c.d.e more")),
        ("x ^a^b", Some("x ^a^b")),
        ("^nosuch^x", None),
        ("!1:s/nosuch/x/", None),
        ("!nosuch", None),
        ("!99", None),
        ("!-99", None),
        ("!ls:9", None),
        ("!ls:3-1", None),
        ("!1:z", None),
        ("!?nosuch?", None),
        ("!1:s", Some("echo one two three")),
        ("!1:s/", None),
        ("!", Some("!")),
        ("! x", Some("! x")),
        ("!=", Some("!=")),
        ("a!", Some("a!")),
        (r#""!!""#, Some(r#""cat /a/b/c.d.e""#)),
        (r#""a!""#, Some(r#""a!""#)),
        (r#""!!"#, Some(r#""cat /a/b/c.d.e"#)),
        (r#"\!!"#, Some(r#"\!!"#)),
        ("a=!$", Some("a=/a/b/c.d.e")),
        ("!{1}", None),
        ("!1!2", Some("echo one two threels -l /usr/share/doc.tar.gz foo.c")),
        ("!#", Some("")),
        ("echo a !#", Some("echo a echo a ")),
        ("a b !#:1", Some("a b b")),
        ("!1:h", Some("echo one two three")),
        ("!1:t", Some("echo one two three")),
        ("!1:r", Some("echo one two three")),
        ("!1:e", Some("echo one two three")),
        ("!(x)", None),
        ("!;", None),
        (r#"!""#, None),
        ("!%", Some("two")),
        ("!?two?:%", Some("two")),
        ("!?hre?:%", Some("three")),
        ("!gr:s/a b/q/", Some(r#"grep 'q' "c d" file>out 2>&1 | sort;x"#)),
        ("!?one", Some("echo one two three")),
        ("!?on:2", None),
        ("!-1:$", Some("/a/b/c.d.e")),
        ("!-1$", Some("/a/b/c.d.e")),
        ("!--1", None),
        ("!0", None),
        ("!1:1:s/n/N/:s/o/O/", Some("ONe")),
        ("$!", Some("$!")),
        ("${!x}", Some("${!x}")),
        ("[!a]", Some("[!a]")),
        ("!1:s//X/", Some("echX one two three")),
        ("!!!!", Some("cat /a/b/c.d.ecat /a/b/c.d.e")),
        ("!1 !2", Some("echo one two three ls -l /usr/share/doc.tar.gz foo.c")),
        ("a !1:p", Some("a echo one two three")),
        ("!ls:x", Some("'ls' '-l' '/usr/share/doc.tar.gz' 'foo.c'")),
        ("`!1`", Some("`echo one two three`")),
        ("#!1", Some("#echo one two three")),
        ("a #!1", Some("a #echo one two three")),
        ("a#!1", Some("a#echo one two three")),
        ("!1:2-$", Some("two three")),
        ("!1:-", Some("echo one two")),
        ("!1:-$", Some("echo one two three")),
        ("!1:^-$", Some("one two three")),
        ("!1:^-2", Some("one two")),
        ("!1:^-", Some("one two")),
        ("!1:0", Some("echo")),
        ("!!:s^one^1", None),
        ("!cat:gs/./_/", Some("cat /a/b/c_d_e")),
        ("!1:u", None),
        ("!1:l", None),
        ("!1:c", None),
        ("!1:s/o/O/:&", Some("echO One two three")),
        ("!1:s/o/O/:g&", Some("echO One twO three")),
        (r#"!1:s/one/a\/b/"#, Some("echo a/b two three")),
        ("!1:s|one|X|", Some("echo X two three")),
        ("!1:s/one/X/ tail", Some("echo X two three tail")),
        ("!1:1 tail", Some("one tail")),
        ("!1;ls", Some("echo one two three;ls")),
        ("!1|cat", Some("echo one two three|cat")),
        ("!1-2", Some("echo one two")),
        ("!ls|x", None),
        ("!ls:2:", None),
        ("!ls:", None),
        ("!ls:$x", Some("foo.cx")),
        ("!1:x:s/o/0/", Some("'ech0' 'one' 'two' 'three'")),
        ("!{ec}x", None),
        ("!ec>x", None),
        (r#""x !1 y""#, Some(r#""x echo one two three y""#)),
        ("'x !1 y'", Some("'x !1 y'")),
        (r#"\'!1\'"#, Some(r#"\'echo one two three\'"#)),
        (r#""it's !1""#, Some(r#""it's echo one two three""#)),
        (r#""a'!1'b""#, Some(r#""a'echo one two three'b""#)),
        (r#"a"'!1'"b"#, Some(r#"a"'echo one two three'"b"#)),
        ("!a b", None),
        ("!1:2:p:s/t/T/", Some("Two")),
        (r#"$'a\'!1'"#, Some(r#"$'a\'echo one two three'"#)),
        (r#"!\!"#, None),
        ("!cat:1:h:h", Some("/a")),
        ("!cat:1:h:h:h", Some("")),
        ("!cat:1:h:h:h:h", Some("")),
        ("!cat:1:t:r:e", Some(".d")),
        ("!1:1-", Some("one two")),
        ("!1:3-", Some("")),
        ("!1:4-", None),
        ("!1:4*", None),
        ("!1:4", None),
        ("!1:3*", Some("three")),
        ("!1:5*", None),
        ("a!b", None),
        ("a!1b", Some("aecho one two threeb")),
        ("!1$ z", Some("three z")),
        ("!!^ z", Some("/a/b/c.d.e z")),
        ("!10", None),
        ("!1:01", Some("one")),
        ("!1:1-9", None),
        ("!?one two?", Some("echo one two three")),
        ("!?l /u?:0", Some("ls")),
        (r#"!1:gs/o/\//"#, Some("ech/ /ne tw/ three")),
        ("!1:as/e/X/:r", Some("Xcho onX two thrXX")),
        ("<(!1)", Some("<(echo one two three)")),
        ("$(!1)", Some("$(echo one two three)")),
        ("!1:$:$", None),
        ("!1:2:3", None),
        ("!1:ss", Some("cho one two three")),
        ("!1:sxoxyx", Some("echy one two three")),
        ("!1:s/x/y/:p", None),
        ("!1:gp", Some("echo one two three")),
        ("!1:ap", Some("echo one two three")),
        ("'a' !1", Some("'a' echo one two three")),
        ("'a !1", Some("'a !1")),
        (r#""a" '!1' "!1" !1"#, Some(r#""a" '!1' "echo one two three" echo one two three"#)),
    ];
    let mut history = history(&LINES);
    for (line, expected) in rows {
        let got = script().expand(line.as_bytes(), &mut history);
        let got = got.map(|expanded| expanded.map_or_else(|| line.to_owned(), |e| e.text.to_string())).ok();
        assert_eq!(got.as_deref(), expected, "{line}");
    }
}

#[test]
fn what_cannot_be_expanded_is_told_in_bash_s_words() {
    let prompt = HistoryExpansion { comment: Some(b'#'), operators: true, extglob: true, ..script() };
    let mut history = history(&[": one two three", ": x"]);
    check(prompt, &mut history, "!1:s/", Err(":s/: no previous substitution"));
    for (line, words) in [
        ("!:ls|x", "l: unrecognized history modifier"),
        ("!ls|x", "!ls: event not found"),
        ("!: >x", " : unrecognized history modifier"),
        (": before !nosuch after", "!nosuch: event not found"),
        ("!1:9", ":9: bad word specifier"),
        ("!1:z", "z: unrecognized history modifier"),
        ("!1:s/nosuch/x/", ":s/nosuch/x/: substitution failed"),
        ("^nosuch^y", ":s^nosuch^y: substitution failed"),
        ("!?nosuch?", "!?nosuch?: event not found"),
        ("!99", "!99: event not found"),
        ("!1:", ": unrecognized history modifier"),
        ("!1:s/", ":s/: substitution failed"),
    ] {
        check(prompt, &mut history, line, Err(words));
    }
}

#[test]
fn comments_patterns_and_open_quotes_are_left_alone_at_a_prompt() {
    let prompt = HistoryExpansion { comment: Some(b'#'), operators: true, extglob: true, ..script() };
    let mut history = history(&["ls a", "x"]);
    for line in ["# !1", "echo # !1", "echo !(a|b)", "a != b", "echo 'a' $!"] {
        check(prompt, &mut history, line, Ok(line));
    }
    check(prompt, &mut history, "a#!1", Ok("a#ls a"));
    check(prompt, &mut history, "!ls;x", Ok("ls a;x"));
    let single = HistoryExpansion { quote: Some(b'\''), ..prompt };
    check(single, &mut history, "!1' !1", Ok("!1' ls a"));
    let double = HistoryExpansion { quote: Some(b'"'), ..prompt };
    check(double, &mut history, "^x^y !1\"", Ok("^x^y ls a\""));
    let other = HistoryExpansion { event: b'@', quick: b'%', ..prompt };
    check(other, &mut history, "@1 !1", Ok("ls a !1"));
    check(other, &mut history, "%x%y", Ok("y"));
}

#[test]
fn a_line_to_be_shown_only_is_marked() {
    let mut history = history(&LINES);
    let shown =
        |line: &str, history: &mut History| script().expand(line.as_bytes(), history).unwrap().unwrap();
    assert!(shown("a !1:p", &mut history).shown_only);
    assert!(!shown("a !1", &mut history).shown_only);
}

#[test]
fn doubling_ends() {
    let mut history = history(&["aaaaaaaa"]);
    for _ in 0..30 {
        match script().expand(b"!!:gs/a/&&&&&&&&/", &mut history) {
            Ok(Some(line)) => history.add(line.text, None),
            other => {
                assert!(other.is_err());
                return;
            }
        }
    }
    panic!("it never ended");
}
