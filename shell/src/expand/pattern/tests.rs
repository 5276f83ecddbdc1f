//! Patterns against tables, against a naive matcher, and against the machine's bash.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use bstr::{BString, ByteSlice};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::parse::{Node, Repeat, Sequence, decode};
use super::*;

const EXTGLOB: PatternOptions =
    PatternOptions { extglob: true, nocase: false, period_special: false, pathname: false, bytewise: false };

fn compiled(text: &str) -> Compiled {
    Compiled::new(&[PatternPiece { bytes: text.as_bytes(), quoted: false }], EXTGLOB)
}

fn pattern(text: &str, options: PatternOptions) -> Pattern {
    Pattern::new(&[PatternPiece { bytes: text.as_bytes(), quoted: false }], options)
}

/// An unquoted piece, a quoted one, an unquoted one, and the text.
type Case = [BString; 4];

fn case_pattern(case: &Case, options: PatternOptions) -> Pattern {
    let [first, middle, last, _] = case;
    let pieces = [(first, false), (middle, true), (last, false)];
    let pieces = pieces.map(|(bytes, quoted)| PatternPiece { bytes, quoted });
    Pattern::new(&pieces, options)
}

/// Whether it matches, then what the four removals and the first replacement leave.
fn ours(case: &Case, options: PatternOptions) -> BString {
    let (pattern, text) = (case_pattern(case, options), &case[3]);
    let from = |start: Option<usize>| &text[start.unwrap_or(0)..];
    let until = |end: Option<usize>| &text[..end.unwrap_or(text.len())];
    let mut replaced = BString::from(text.as_slice());
    // An empty pattern replaces nothing; that is the caller's to know.
    let empty = pattern.is_literal() && pattern.literal().is_empty();
    if let Some((start, end)) = pattern.find(text, 0).filter(|_| !empty) {
        replaced.splice(start..end, *b"<>");
    }
    let parts = [
        if pattern.matches(text) { b"1".as_slice() } else { b"0" },
        from(pattern.prefix(text, false)),
        from(pattern.prefix(text, true)),
        until(pattern.suffix(text, false)),
        until(pattern.suffix(text, true)),
        &replaced,
    ];
    bstr::join("|", parts).into()
}

fn bash(cases: &[Case], setup: &str) -> Option<Vec<BString>> {
    const SCRIPT: &str = r#"
        [[ $BASH_VERSION == 5.2.* ]] || exit
        while [ $# -gt 0 ]; do
            a=$1 b=$2 c=$3 t=$4
            shift 4
            m=0
            [[ $t == $a"$b"$c ]] && m=1
            printf '%s|%s|%s|%s|%s|%s\0' $m "${t#$a"$b"$c}" "${t##$a"$b"$c}" "${t%$a"$b"$c}" \
                "${t%%$a"$b"$c}" "${t/$a"$b"$c/<>}"
        done
    "#;
    let mut command = Command::new("bash");
    command.env("LC_ALL", "C.UTF-8").arg("-c").arg(format!("{setup}\n{SCRIPT}")).arg("bash");
    command.args(cases.iter().flatten().map(|text| OsStr::from_bytes(text)));
    let output = command.output().ok()?;
    let mut reports: Vec<BString> = output.stdout.split(|&byte| byte == 0).map(BString::from).collect();
    reports.pop();
    (reports.len() == cases.len()).then_some(reports)
}

fn assert_agrees_with_bash(cases: &[Case], options: PatternOptions, setup: &str) {
    let mut disagreements = Vec::new();
    for batch in cases.chunks(500) {
        let Some(reports) = bash(batch, setup) else {
            return;
        };
        for (case, theirs) in batch.iter().zip(reports) {
            let ours = ours(case, options);
            if ours != theirs {
                disagreements.push(format!("{case:?}\n  ours {ours:?}\n  bash {theirs:?}"));
            }
        }
    }
    assert!(disagreements.is_empty(), "{}\n{}", disagreements.len(), disagreements.join("\n"));
}

const TEXT: &[&str] = &["a", "b", "c", "ab", "A", "é", "*", "[", "]", "(", ")", "|", "-", "!", "\\", "."];
const ATOMS: &[&str] = &[
    "a",
    "b",
    "c",
    "ab",
    "é",
    ".",
    "-",
    "!",
    "]",
    "?",
    "*",
    "*",
    "[ab]",
    "[!a]",
    "[^b-z]",
    "[a-c]",
    "[]a]",
    "[a-]",
    "[-a]",
    "[[:alpha:]]",
    "[[:upper:]é]",
    "[![:punct:]]",
    "[[.a.]-c]",
    "[[.hyphen.]]",
    "\\*",
    "\\a",
    "[\\]a]",
    "[a\\-c]",
    "[a-c-e]",
    "[c-a]",
    "[c-ab]",
    "[[:nope:]]",
    "[é-ÿ]",
];

/// Patterns that are well formed; where they are not bash has no rules, only habits.
fn well_formed(groups: bool) -> BoxedStrategy<String> {
    let atoms = prop::collection::vec(prop::sample::select(ATOMS), 1..5).prop_map(|atoms| atoms.concat());
    if !groups {
        return atoms.boxed();
    }
    let group = |inner: BoxedStrategy<String>| {
        let operator = prop::sample::select(vec!["?", "*", "+", "@", "!"]);
        (inner.clone(), operator, prop::collection::vec(inner.clone(), 1..3), inner).prop_map(
            |(before, operator, alternatives, after)| {
                format!("{before}{operator}({}){after}", alternatives.join("|"))
            },
        )
    };
    let short = prop::collection::vec(prop::sample::select(ATOMS), 1..3).prop_map(|atoms| atoms.concat());
    short.prop_recursive(2, 12, 4, move |inner| group(inner.boxed())).boxed()
}

/// bash lets `*!(x)` match an empty rest whatever follows; that is left to it.
fn is_regular(case: &Case) -> bool {
    let pattern = BString::from([case[0].as_slice(), &case[1], &case[2]].concat());
    !pattern.contains_str("*!(") && !pattern.contains_str("*?!(") && !pattern.contains_str("*??!(")
}

fn cases(groups: bool, count: usize) -> Vec<Case> {
    let tokens = |max| prop::collection::vec(prop::sample::select(TEXT), 0..max);
    let quoted = tokens(2).prop_map(|tokens| tokens.concat());
    let text = tokens(6).prop_map(|tokens| tokens.concat());
    let strategy = (well_formed(groups), quoted, well_formed(groups), text);
    let mut runner = TestRunner::deterministic();
    let trees = (0..count).filter_map(|_| strategy.new_tree(&mut runner).ok());
    let cases = trees.map(|tree| tree.current()).map(|(a, b, c, t)| [a, b, c, t].map(BString::from));
    cases.filter(is_regular).collect()
}

#[test]
fn random_patterns_agree_with_bash() {
    assert_agrees_with_bash(&cases(false, 8000), PatternOptions::default(), "shopt -u extglob");
}

#[test]
fn random_groups_agree_with_bash() {
    assert_agrees_with_bash(&cases(true, 8000), EXTGLOB, "shopt -s extglob");
}

/// Whether bash's `[[ text == pattern ]]` is true.
const TABLE: &[(&str, &str, bool)] = &[
    ("a", "[a", false),
    ("[a", "[a", true),
    ("]", "[]]", true),
    ("a", "[]a]", true),
    ("]", "[!]a]", false),
    ("b", "[!]a]", true),
    ("-", "[a-]", true),
    ("-", "[-a]", true),
    ("b", "[z-a]", false),
    ("z", "[z-a]", false),
    ("-", "[z-a]", false),
    ("b", "[a-c-e]", true),
    ("d", "[a-c-e]", false),
    ("-", "[a-c-e]", true),
    ("a", "[[:foo:]]", false),
    (":", "[[:foo:]]", false),
    ("a", "[[:alpha:]", false),
    (":", "[[:alpha:]", false),
    ("[:", "[[:alpha:]", true),
    ("a]", "[[:foo:]]", false),
    ("a", "[[.a.]]", true),
    ("-", "[[.hyphen.]]", true),
    ("-", "[[.-.]]", true),
    ("a", "[[.foo.]]", false),
    ("a", "[[=a=]b]", true),
    ("b", "[[=a=]b]", true),
    ("b", "[[.a.]-c]", true),
    ("b", "[a-[.c.]]", true),
    ("]", "[\\]]", true),
    ("\\", "[\\]]", false),
    ("\\", "[\\\\]", true),
    ("a", "[\\a]", true),
    ("b", "[\\a-c]", true),
    ("b", "[a\\-c]", false),
    ("-", "[a\\-c]", true),
    ("\\", "\\", true),
    ("a\\", "a\\", true),
    ("*", "\\*", true),
    ("x", "\\*", false),
    ("^", "[^]", false),
    ("[^]", "[^]", true),
    ("[]", "[]", true),
    ("[!]", "[!]", true),
    ("a", "[!^]", true),
    ("^", "[a^]", true),
    ("é", "?", true),
    ("é", "[é]", true),
    ("é", "[a-ÿ]", true),
    ("@(a", "@(a", true),
    ("a", "@(a", false),
    ("*(a", "*(a", true),
    ("xx(a", "*(a", false),
    ("?(a", "?(a", true),
    ("x(a", "?(a", false),
    ("+(a", "+(a", true),
    ("x", "@(x|y)", true),
    (")", "@([)])", true),
    ("a", "@([)]|a)", true),
    ("[", "@([|a)", false),
    ("a", "@([|a)", false),
    ("[|a", "@([|a)", false),
    ("", "@()", true),
    ("a", "@()a", true),
    ("", "!()", false),
    ("a", "!()", true),
    ("", "!(a)", true),
    ("ab", "!(a)b", false),
    ("b", "!(a)b", true),
    ("aab", "!(a)b", true),
    (")", "@(\\))", true),
    ("|", "@(\\|)", true),
    ("a|b", "@(a\\|b)", true),
    ("ab", "+(a|b)", true),
    ("", "+()", true),
    ("ab", "a!()b", false),
    ("((", "@(()", false),
    ("(", "@(()", false),
    ("a(b)", "@(a(b))", true),
    ("x", "@(@(x|y)|z)", true),
    ("a[b", "a[b", true),
    ("a[b", "a[*", true),
    ("axb", "a[*b", false),
    ("[x", "[*", true),
    ("[]x", "[]*", true),
    ("foo.txt", "*.txt", true),
    ("foo.txt", "*.tx", false),
    ("", "*", true),
    ("", "?", false),
    ("a", "??", false),
    ("ab", "??", true),
    ("abc", "a*c", true),
    ("abc", "*b*", true),
    ("a/b", "*", true),
    ("a\nb", "a?b", true),
    (".x", "*", true),
    ("x", "[!]]", true),
    ("axbxc", "a*x*c", true),
    ("m", "[z-am]", true),
    ("m", "[[:nope:]m]", true),
    ("foobar", "foo@(bar|baz)", true),
    ("foobarbaz", "foo+(bar|baz)", true),
    ("foo", "foo*(bar)", true),
    ("fo", "fo?(o)", true),
    ("main.c", "!(*.c|*.h)", false),
    ("main.o", "!(*.c|*.h)", true),
    ("a1", "[[:alpha:]][[:digit:]]", true),
    ("_", "[[:word:]]", true),
    ("\u{7f}", "[[:ascii:]]", true),
    ("é", "[[:ascii:]]", false),
    (" ", "[[:space:]]", true),
    ("\u{3000}", "[[:blank:]]", true),
    ("\u{a0}", "[[:space:]]", false),
    ("ǅ", "[[:lower:]]", true),
    ("٣", "[[:alpha:]]", true),
    ("٣", "[[:digit:]]", false),
    ("é", "[[:lower:]]", true),
    ("É", "[[:upper:]]", true),
    ("€", "[[:punct:]]", true),
    ("2024-01-02", "[0-9][0-9][0-9][0-9]-??-??", true),
    ("*", "[*]", true),
    ("?", "[?]", true),
    ("a(b", "a(b", true),
    ("a|b", "a|b", true),
    ("ab", "a|b", false),
    ("xa(b", "*(a*b", false),
    ("*(a", "*(*", false),
    ("ab", "@(a|)b", true),
    ("b", "@(a|)b", true),
    ("aXb", "a[^X]b", false),
    ("-", "[+--]", true),
    (",", "[+--]", true),
    ("\\", "[\\", false),
    ("a", "[a\\]", false),
    ("[a]", "[a\\]", true),
    ("a]", "[[]a]]", false),
    ("!", "[!!]", false),
    ("b", "[!!]", true),
    ("^", "[!^]", false),
    ("[", "[[]", true),
    ("a", "[[a]", true),
    (".", "[.]", true),
    ("..", "[..]", false),
    ("=", "[=]", true),
    (":", "[:]", true),
    ("a", "[:a]", true),
    ("x", "[[:alpha:]-z]", true),
    ("*(a", "*(a", true),
    ("*(ab", "*(a*", false),
    ("*(a*", "*(a*", true),
    ("*(a*", "*(a\\*", false),
    ("*(a\\*", "*(a\\*", true),
    ("*([a", "*([a", true),
    ("x*(a*", "**(a*", true),
    ("q", "**(a*", true),
    ("?(a", "?(a", true),
    ("?(ab", "?(a*", false),
    ("?(a*", "?(a*", true),
    ("?(a*", "?(a\\*", false),
    ("?(a\\*", "?(a\\*", true),
    ("?([a", "?([a", true),
    ("x?(a*", "*?(a*", true),
    ("q", "*?(a*", true),
    ("@(a", "@(a", true),
    ("@(ab", "@(a*", false),
    ("@(a*", "@(a*", true),
    ("@(a*", "@(a\\*", false),
    ("@(a\\*", "@(a\\*", true),
    ("@([a", "@([a", true),
    ("x@(a*", "*@(a*", true),
    ("q", "*@(a*", false),
    ("+(a", "+(a", true),
    ("+(ab", "+(a*", false),
    ("+(a*", "+(a*", true),
    ("+(a*", "+(a\\*", false),
    ("+(a\\*", "+(a\\*", true),
    ("+([a", "+([a", true),
    ("x+(a*", "*+(a*", true),
    ("q", "*+(a*", false),
    ("!(a", "!(a", true),
    ("!(ab", "!(a*", false),
    ("!(a*", "!(a*", true),
    ("!(a*", "!(a\\*", false),
    ("!(a\\*", "!(a\\*", true),
    ("!([a", "!([a", true),
    ("x!(a*", "*!(a*", true),
];

#[test]
fn texts_match_as_in_the_table() {
    for (text, glob, expected) in TABLE {
        assert_eq!(pattern(glob, EXTGLOB).matches(text.as_bytes()), *expected, "{text:?} {glob:?}");
    }
}

#[test]
fn the_table_is_what_bash_says() {
    let cases: Vec<Case> =
        TABLE.iter().map(|(text, glob, _)| [*glob, "", "", *text].map(BString::from)).collect();
    let Some(reports) = bash(&cases, "shopt -s extglob") else {
        return;
    };
    for ((text, glob, expected), report) in TABLE.iter().zip(reports) {
        assert_eq!(report[0] == b'1', *expected, "{text:?} {glob:?}");
    }
}

#[test]
fn quoted_pieces_stand_for_themselves_as_bash_joins_them() {
    let check = |pieces: &[(&str, bool)], text: &str, expected: bool| {
        let pieces = pieces.iter().map(|&(text, quoted)| PatternPiece { bytes: text.as_bytes(), quoted });
        let pattern = Pattern::new(&pieces.collect::<Vec<_>>(), EXTGLOB);
        assert_eq!(pattern.matches(text.as_bytes()), expected, "{text:?}");
    };
    check(&[("*", true)], "*", true);
    check(&[("*", true)], "x", false);
    check(&[("a", false), ("*", true), ("*", false)], "a*b", true);
    // A backslash at the end of an unquoted piece takes the quotes of what follows.
    check(&[("\\", false), ("*", true)], "\\xx", true);
    check(&[("\\", false), ("*", false)], "*", true);
    check(&[("[a", false), ("-z]", true)], "b", false);
    check(&[("[a", false), ("-z]", false)], "b", true);
    check(&[("[a", false), ("-", true), ("z]", false)], "-", true);
    check(&[("[a", false), ("-", true), ("z]", false)], "b", false);
    check(&[("[", false), ("]", true), ("a]", false)], "]", true);
    check(&[("[", false), ("!", true), ("a]", false)], "!", true);
    check(&[("[[:", false), ("alpha", true), (":]]", false)], "a", true);
    check(&[("[", false), ("[:alpha:]", true), ("]", false)], "a", true);
    check(&[("[", false), ("[:alpha:]", true), ("]", false)], "b", false);
    check(&[("[", true), ("a]", false)], "a", false);
    check(&[("@", false), ("(", true), ("a)", false)], "@(a)", true);
    check(&[("@(a", false), ("|", true), ("b)", false)], "a|b", true);
    check(&[("@(a", false), (")", true), (")", false)], "a)", true);
}

#[test]
fn only_active_characters_make_a_pattern() {
    for (glob, literal) in
        [("a\\*b", "a*b"), ("\\", "\\"), ("a]", "a]"), ("[a", "[a"), ("@(a", "@(a"), ("é\\?", "é?")]
    {
        let pattern = pattern(glob, EXTGLOB);
        assert!(pattern.is_literal(), "{glob}");
        assert_eq!(pattern.literal(), literal);
        assert!(pattern.matches(literal.as_bytes()));
    }
    for glob in ["*", "?", "[a]", "@(a)", "a*"] {
        assert!(!pattern(glob, EXTGLOB).is_literal(), "{glob}");
    }
    assert!(pattern("@(a)", PatternOptions::default()).is_literal());
    let bytes = Pattern::new(&[PatternPiece { bytes: b"a\xff\xc3", quoted: false }], EXTGLOB);
    assert_eq!(bytes.literal(), b"a\xff\xc3".as_slice());
}

#[test]
fn case_is_ignored_on_demand() {
    let options = PatternOptions { nocase: true, ..EXTGLOB };
    for (glob, text, expected) in [
        ("ABC", "abc", true),
        ("a*", "ABC", true),
        ("[A-Z]", "a", true),
        ("[a-z]", "A", true),
        ("[A-z]", "_", false),
        ("[!a]", "A", false),
        ("É", "é", true),
        ("[é]", "É", true),
        ("[[:upper:]]", "a", false),
        ("[[:lower:]]", "A", false),
        ("[[:lower:]]", "a", true),
        ("@(FOO|bar)", "fooBAR", false),
        ("+(FOO|bar)", "fooBAR", true),
        ("s", "ſ", false),
    ] {
        assert_eq!(pattern(glob, options).matches(text.as_bytes()), expected, "{glob} {text}");
    }
    assert_eq!(pattern("b", options).find(b"ABC", 0), Some((1, 2)));
}

#[test]
fn a_leading_period_is_matched_explicitly() {
    const NAMES: [&str; 8] = [".a.b", ".ab", ".foo", ".x.foo", "a.b", "ab", "foo", "x.foo"];
    let options = PatternOptions { period_special: true, ..EXTGLOB };
    for (glob, expected) in [
        ("*.foo", "x.foo"),
        ("?(a).foo", ".foo"),
        ("!(x).foo", ""),
        ("!(x)", "a.b ab foo x.foo"),
        ("*(a).foo", ".foo"),
        ("@(.foo|foo)", ".foo foo"),
        ("@(.a|x)*", ".a.b .ab x.foo"),
        ("?foo", ""),
        ("[.]foo", ""),
        ("[!a]foo", ""),
        (".*", ".a.b .ab .foo .x.foo"),
        (".!(foo)", ".a.b .ab .x.foo"),
        ("!(.foo)", "a.b ab foo x.foo"),
        ("*(.)foo", ".foo foo"),
        ("+(.)foo", ".foo"),
        ("@(*).foo", "x.foo"),
        ("*@(.foo)", "x.foo"),
        ("!(foo|.foo)", "a.b ab x.foo"),
        ("**.foo", "x.foo"),
        (".?oo", ".foo"),
        ("?(*).foo", ".foo x.foo"),
        ("+(?).foo", "x.foo"),
        ("*(?).foo", ".foo x.foo"),
    ] {
        let pattern = pattern(glob, options);
        let matching: Vec<&str> = NAMES.into_iter().filter(|name| pattern.matches(name.as_bytes())).collect();
        assert_eq!(matching.join(" "), expected, "{glob}");
    }
}

#[test]
fn a_slash_is_matched_explicitly_in_path_names() {
    let options = PatternOptions { pathname: true, ..EXTGLOB };
    let both = PatternOptions { period_special: true, ..options };
    for (glob, text, expected) in [
        ("*", "a/b", false),
        ("*/*", "a/b", true),
        ("a?b", "a/b", false),
        ("a[/]b", "a/b", false),
        ("a[!x]b", "a/b", false),
        ("!(x)", "a/b", false),
        ("!(x)/b", "a/b", true),
        ("a!(x)b", "a/b", false),
        ("@(a/b)", "a/b", true),
        ("*/.b", "a/.b", true),
    ] {
        assert_eq!(pattern(glob, options).matches(text.as_bytes()), expected, "{glob}");
        assert_eq!(pattern(glob, both).matches(text.as_bytes()), expected, "{glob}");
    }
    assert!(pattern("*/*", options).matches(b"a/.b"));
    assert!(!pattern("*/*", both).matches(b"a/.b"));
    assert_eq!(pattern("*", options).suffix(b"a/bc", true), Some(2));
    assert_eq!(pattern("!(x)", options).suffix(b"a/bc", true), Some(2));
    assert_eq!(pattern("*", options).prefix(b"ab/c", true), Some(2));
}

#[test]
fn the_leftmost_longest_match_is_found() {
    for (glob, text, from, expected) in [
        ("b", "abcb", 0, Some((1, 2))),
        ("b", "abcb", 2, Some((3, 4))),
        ("b", "abcb", 4, None),
        ("b", "abcb", 9, None),
        ("b*", "abcb", 0, Some((1, 4))),
        ("*b", "abcba", 1, Some((1, 4))),
        ("?", "é€", 0, Some((0, 2))),
        ("[b-z]", "aé€xz", 0, Some((6, 7))),
        ("@(a|ab)", "xab", 0, Some((1, 3))),
        ("*(a)", "baa", 0, Some((0, 0))),
        ("!(a)", "ab", 0, Some((0, 2))),
        ("x!(a)", "axaxa", 0, Some((1, 5))),
        ("x!(*)", "axaxa", 0, None),
        ("c*d", "acbcd", 0, Some((1, 5))),
        ("bc@(d|e)", "abcbce", 0, Some((3, 6))),
        ("", "ab", 1, Some((1, 1))),
        ("(", "a(", 0, None),
        ("\\", "a\\", 0, None),
        ("\\(", "a(", 0, Some((1, 2))),
    ] {
        assert_eq!(pattern(glob, EXTGLOB).find(text.as_bytes(), from), expected, "{glob} {text} {from}");
    }
}

/// Whether the nodes match the whole text, by trying everything.
fn naive(nodes: &[Node], text: &[u32]) -> bool {
    let Some((node, rest)) = nodes.split_first() else {
        return text.is_empty();
    };
    let one = |takes: bool| takes && naive(rest, &text[1..]);
    match node {
        Node::Unit(unit) => one(text.first() == Some(unit)),
        Node::Any => one(!text.is_empty()),
        Node::Set(set) => one(text.first().is_some_and(|unit| set.contains(*unit))),
        Node::Star => (0..=text.len()).any(|end| naive(rest, &text[end..])),
        Node::Group(repeat, alternatives) => (0..=text.len())
            .any(|end| naive_group(*repeat, alternatives, &text[..end]) && naive(rest, &text[end..])),
    }
}

fn naive_group(repeat: Repeat, alternatives: &[Sequence], text: &[u32]) -> bool {
    let once = |text: &[u32]| alternatives.iter().any(|alternative| naive(alternative, text));
    match repeat {
        Repeat::Once => once(text),
        Repeat::Maybe => text.is_empty() || once(text),
        Repeat::Not => !once(text),
        Repeat::Any if text.is_empty() => true,
        Repeat::Some | Repeat::Any => {
            once(text)
                || (1..text.len())
                    .any(|end| once(&text[..end]) && naive_group(Repeat::Some, alternatives, &text[end..]))
        }
    }
}

fn units(mut text: &[u8]) -> Vec<u32> {
    let mut units = Vec::new();
    while let Some((unit, length)) = decode(text, false) {
        units.push(unit);
        text = &text[length..];
    }
    units
}

/// Groups with anything inside, empty alternatives too.
fn any_groups() -> impl Strategy<Value = String> {
    let atoms = prop::sample::select(vec!["", "a", "b", "c", "?", "*", "[ab]", "[!a]", "ab"]);
    atoms.prop_map(String::from).prop_recursive(3, 14, 3, |inner| {
        let operator = prop::sample::select(vec!["?", "*", "+", "@", "!", "!"]);
        (inner.clone(), operator, prop::collection::vec(inner.clone(), 1..3), inner).prop_map(
            |(before, operator, alternatives, after)| {
                format!("{before}{operator}({}){after}", alternatives.join("|"))
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn matching_agrees_with_trying_everything(glob in any_groups(), text in "[abc]{0,6}") {
        let (pattern, tree) = (pattern(&glob, EXTGLOB), compiled(&glob).sequence);
        let units = units(text.as_bytes());
        let matching = |start: usize, end: usize| naive(&tree, &units[start..end]);
        let (bytes, length) = (text.as_bytes(), text.len());
        prop_assert_eq!(pattern.matches(bytes), matching(0, length));
        prop_assert_eq!(pattern.prefix(bytes, false), (0..=length).find(|&end| matching(0, end)));
        prop_assert_eq!(pattern.prefix(bytes, true), (0..=length).rev().find(|&end| matching(0, end)));
        prop_assert_eq!(pattern.suffix(bytes, true), (0..=length).find(|&start| matching(start, length)));
        prop_assert_eq!(pattern.suffix(bytes, false), (0..=length).rev().find(|&start| matching(start, length)));
        let start = (0..=length).find(|&start| (start..=length).any(|end| matching(start, end)));
        let found = start.and_then(|start| Some((start, (start..=length).rev().find(|&end| matching(start, end))?)));
        prop_assert_eq!(pattern.find(bytes, 0), found);
    }

    #[test]
    fn any_bytes_match_without_panic(
        first in prop::collection::vec(any::<u8>(), 0..12), second in "[\\[\\]!^@*+?()|.:=a\\\\-]{0,14}",
        text in prop::collection::vec(any::<u8>(), 0..12), bits in 0u8..32, from in 0usize..14,
    ) {
        let options = PatternOptions {
            extglob: bits & 1 != 0, nocase: bits & 2 != 0, period_special: bits & 4 != 0, pathname: bits & 8 != 0, bytewise: bits & 16 != 0,
        };
        let pieces =
            [PatternPiece { bytes: &first, quoted: false }, PatternPiece { bytes: second.as_bytes(), quoted: false }];
        let pattern = Pattern::new(&pieces, options);
        pattern.matches(&text);
        for longest in [false, true] {
            prop_assert!(pattern.prefix(&text, longest).is_none_or(|end| end <= text.len()));
            prop_assert!(pattern.suffix(&text, longest).is_none_or(|start| start <= text.len()));
        }
        let found = pattern.find(&text, from);
        prop_assert!(found.is_none_or(|(start, end)| from <= start && start <= end && end <= text.len()));
    }
}

/// The work of a match of the whole text.
fn steps(glob: &str, text: &str) -> u64 {
    let pattern = compiled(glob);
    let mut machine = pattern.machine(text.as_bytes(), &pattern.forward);
    machine.matches();
    machine.steps
}

#[test]
fn adversarial_patterns_take_polynomial_time() {
    let text = "a".repeat(1000);
    for (glob, most) in [
        ("*a*a*a*a*a*a*a*a*a*b", 100_000),
        ("*(a|*(b))", 50_000),
        ("*(*(*(*(a))))c", 50_000),
        ("+(+(+(a|aa)|aaa)|a)b", 100_000),
        ("*(a|aa|aaa)*(a|aa)*(a)b", 100_000),
        ("?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)?(a)aaaaaaaaaab", 100_000),
        ("!(b)", 50_000),
        ("*!(b)*!(b)*!(b)c", 40_000_000),
        ("!(!(!(a*b)))", 100_000_000),
        ("*(!(a)|!(b))c", 40_000_000),
        ("!(*a*!(*a*!(*b*)))c", 200_000_000),
    ] {
        let taken = steps(glob, &text);
        assert!(taken <= most, "{glob}: {taken}");
    }
}

#[test]
fn searching_takes_linear_time_without_negation() {
    let text = "a".repeat(10_000);
    for glob in ["a*b", "*b", "a@(a|b)*c", "+(a)b", "[a]*[b]"] {
        let pattern = compiled(glob);
        let mut machine = pattern.machine(text.as_bytes(), &pattern.forward);
        assert_eq!(machine.search(0), None);
        assert!(machine.steps < 400_000, "{glob}: {}", machine.steps);
    }
}

#[test]
fn patterns_that_are_not_closed_are_read_in_bounded_time() {
    for unit in ["[", "@(", "[[.", "[[:", "*(a|", "!([", "@(a)", "?(", "[a-"] {
        let pattern = pattern(&unit.repeat(50_000), EXTGLOB);
        assert!(!pattern.matches(b"b"));
    }
    let deep = format!("{}a{}", "@(".repeat(2000), ")".repeat(2000));
    pattern(&deep, EXTGLOB).matches(b"a");
}
