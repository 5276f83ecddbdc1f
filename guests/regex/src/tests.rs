//! The crate as a whole: tables with what GNU's programs answer, and laws.

use proptest::prelude::*;

use crate::{Error, Grammar, Options, Regex};

fn basic() -> Options {
    Options::default()
}

fn extended() -> Options {
    Options { grammar: Grammar::Extended, ..Options::default() }
}

/// The first match in `<>`, its groups behind bars; or the error.
fn shown(pattern: &str, options: Options, text: &[u8]) -> String {
    let regex = match Regex::new(pattern.as_bytes(), options) {
        Ok(regex) => regex,
        Err(error) => return error.to_string(),
    };
    let mut groups = Vec::new();
    let found = regex.captures_at(text, 0, &mut groups);
    assert_eq!(regex.is_match(text), found, "{pattern}");
    assert_eq!(regex.find_at(text, 0), groups.first().cloned().flatten(), "{pattern}");
    let Some(whole) = groups.first().cloned().flatten() else { return "-".to_owned() };
    let piece = |range: std::ops::Range<usize>| String::from_utf8_lossy(&text[range]).into_owned();
    let mut inside = vec![piece(whole.clone())];
    inside.extend(groups[1..].iter().map(|group| group.clone().map_or_else(String::new, piece)));
    format!("{}<{}>{}", piece(0..whole.start), inside.join("|"), piece(whole.end..text.len()))
}

fn check(options: &Options, rows: &[(&str, &str, &str)]) {
    for (pattern, text, wanted) in rows {
        assert_eq!(shown(pattern, options.clone(), text.as_bytes()), *wanted, "{pattern} on {text}");
    }
}

#[test]
fn the_longest_of_the_leftmost_is_found() {
    check(
        &extended(),
        &[
            ("a|ab|abc", "xabcd", "x<abc>d"),
            ("a*(ab)?", "aab", "<aab|ab>"),
            ("(a|ab)(c|bcd)(d*)", "abcd", "<abcd|a|bcd|>"),
            ("(ab|a)(bcd|c)?", "abcd", "<abcd|a|bcd>"),
            ("b*", "abb", "<>abb"),
            ("x|foo|foobar", "a foobar", "a <foobar>"),
            ("(a|aa)(a|aa)?", "aaa", "<aaa|a|aa>"),
        ],
    );
}

#[test]
fn groups_of_loops_tell_what_the_c_library_tells() {
    check(
        &extended(),
        &[
            ("(a*)*", "ab", "<a|a>b"),
            ("(a*)+", "b", "<|>b"),
            ("((a)|b)*", "ab", "<ab|b|a>"),
            ("(((a)|b)(c)?)*", "bab", "<bab|b|b|a|>"),
            ("(a|aa)*", "aaa", "<aaa|a>"),
            ("(x?){2,3}", "xx", "<xx|x>"),
            ("(|x)+", "xx", "<xx|x>"),
            ("a((c)|b?(aab)?){2,}b", "acb", "<acb|c|c|>"),
        ],
    );
}

#[test]
fn the_basic_grammar_has_the_corners_of_gnu() {
    check(
        &basic(),
        &[
            ("*", "a*b", "a<*>b"),
            (r"\(*b\)", "a*b", "a<*b|*b>"),
            (r"^*", "*", "<*>"),
            (r"a\|*b", "*b", "<*b>"),
            (r"a\+\?", "aab", "<aa>b"),
            (r"\+", "a+", "a<+>"),
            (r"\(^a\)", "a", "<a|a>"),
            (r"a\(^b\)", "ab", "-"),
            ("a^b", "a^b", "<a^b>"),
            ("b$c", "b$c", "<b$c>"),
            (r"\(c$\)", "c", "<c|c>"),
            ("^^a", "^a", "<^a>"),
            (r"^\*", "^*", "-"),
            (r"a\{,2\}", "aaa", "<aa>a"),
            (r"a\{2,\}", "aaa", "<aaa>"),
            (r"a{2}", "a{2}", "<a{2}>"),
            (r"\(a\)\(b\)\2\1", "abba", "<abba|a|b>"),
            (r"\(.*\)\n\1$", "xnx", "<xnx|x>"),
            (r"\.\/", "a./", "a<./>"),
        ],
    );
}

#[test]
fn the_extended_grammar_has_the_corners_of_gnu() {
    check(
        &extended(),
        &[
            ("a+*?", "aab", "<aa>b"),
            ("()b", "ab", "a<b|>"),
            ("a||b", "b", "<b>"),
            ("a||b", "x", "<>x"),
            ("a{1,2}{2}", "aaaaa", "<aaaa>a"),
            ("a^b", "a^b", "-"),
            (r"\{1\}", "{1}", "<{1}>"),
            (r"(a)\1", "aa", "<aa|a>"),
            (r"(a|b)\1", "abb", "a<bb|b>"),
            (r"^(.*)\n\1$", "n", "<n|>"),
            (r"(.*)(.*)\1\2$", "abab", "<abab|ab|>"),
        ],
    );
}

#[test]
fn what_is_no_pattern_is_said_in_the_words_of_regcomp() {
    check(
        &basic(),
        &[
            (r"a\{1", "", "Unmatched \\{"),
            (r"a\{b", "", "Unmatched \\{"),
            (r"a\{1a\}", "", "Invalid content of \\{\\}"),
            (r"a\{2,1\}", "", "Invalid content of \\{\\}"),
            (r"\{1\}", "", "Invalid preceding regular expression"),
            (r"a**", "", "Invalid preceding regular expression"),
            (r"a\{32768\}", "", "Regular expression too big"),
            (r"\(a", "", "Unmatched ( or \\("),
            (r"a\)", "", "Unmatched ) or \\)"),
            (r"\(a\1\)", "", "Invalid back reference"),
            (r"a\", "", "Trailing backslash"),
        ],
    );
    check(
        &extended(),
        &[
            ("*a", "", "Invalid preceding regular expression"),
            ("(*b)", "", "Invalid preceding regular expression"),
            ("^*b", "", "Invalid preceding regular expression"),
            ("a{1", "", "Unmatched \\{"),
            ("a{}", "", "Invalid content of \\{\\}"),
            ("(a)|b\\1", "", "Invalid back reference"),
            ("a)", "", "Unmatched ) or \\)"),
            ("[a", "", "Unmatched [, [^, [:, [., or [="),
            ("[[:foo:]]", "", "Invalid character class name"),
            ("[[.foo.]]", "", "Invalid collation character"),
            ("[z-a]", "", "Invalid range end"),
            ("[a-a-c]", "", "Invalid range end"),
            ("[a-[:digit:]]", "", "Invalid range end"),
        ],
    );
}

#[test]
fn grep_is_lenient() {
    let options = Options { lenient: true, ..extended() };
    check(
        &options,
        &[
            ("*a", "*a", "*<a>"),
            ("a{1", "a{1", "<a{1>"),
            ("a{x}", "a{x}", "<a{x}>"),
            ("^*a", "a", "<a>"),
            ("a)", "(a)", "(<a)>"),
        ],
    );
    check(&Options { lenient: true, ..basic() }, &[("a**", "aa", "<aa>")]);
}

#[test]
fn brackets_hold_what_posix_says() {
    check(
        &extended(),
        &[
            ("[]a]+", "x]a]", "x<]a]>"),
            ("[^]a]", "]x", "]<x>"),
            ("[a-]+", "-a-", "<-a->"),
            ("[--1]+", "a-1", "a<-1>"),
            ("[%--]", "a-", "a<->"),
            ("[[:digit:][:upper:]]+", "aB1c", "a<B1>c"),
            ("[[.-.][=a=]]+", "x-a", "x<-a>"),
            (r"[\n]+", r"\n", r"<\n>"),
            ("[[:alpha:]]+", "1éa", "1<éa>"),
            ("[^a]+", "aéb", "a<éb>"),
            ("[é-ü]", "aî", "a<î>"),
        ],
    );
}

#[test]
fn words_and_spaces_are_known() {
    check(
        &extended(),
        &[
            (r"\w+", "-a_1é-", "-<a_1é>-"),
            (r"\W+", "a- b", "a<- >b"),
            (r"\s\S", "a b", "a< b>"),
            (r"\bb", "ab b", "ab <b>"),
            (r"\Bb", "b ab", "b a<b>"),
            (r"\<.\>", "ab c", "ab <c>"),
            (r"\bé\b", "aé é", "aé <é>"),
            (r"\<b", "éb b", "éb <b>"),
            (r"a\'|\`b", "ba", "<b>a"),
            (r"\B", "", "<>"),
        ],
    );
}

#[test]
fn case_is_ignored_where_asked() {
    let options = Options { ignore_case: true, ..extended() };
    check(
        &options,
        &[
            ("stra[ß-ß]e", "STRAßE", "<STRAßE>"),
            ("É", "é", "<é>"),
            ("[^a]", "Ab", "A<b>"),
            ("[[:upper:]]+", "aB", "<aB>"),
            (r"(a)\1", "aA", "<aA|a>"),
        ],
    );
}

#[test]
fn lines_within_a_text_are_seen_where_asked() {
    let lines = Options { multi_line: true, dot_newline: false, ..extended() };
    check(
        &lines,
        &[
            ("^b$", "a\nb\nc", "a\n<b>\nc"),
            ("a.b", "a\nb", "-"),
            ("a[^x]b", "a\nb", "-"),
            (r"a\sb", "a\nb", "<a\nb>"),
            (r"\`b", "a\nb", "-"),
        ],
    );
    check(&extended(), &[("^b", "a\nb", "-"), ("a.b", "a\nb", "<a\nb>")]);
    let regex = Regex::new(b"^a", extended()).unwrap();
    assert_eq!((regex.find_at(b"aa", 0), regex.find_at(b"aa", 1)), (Some(0..1), None));
}

#[test]
fn posix_has_no_operators_of_gnu() {
    let options = Options { posix: true, ..basic() };
    check(
        &options,
        &[(r"a\|b", "b a|b", "b <a|b>"), (r"\w\+", "aw+", "a<w+>"), (r"\(a\)\{2\}", "aa", "<aa|a>")],
    );
}

#[test]
fn lines_may_end_with_a_nul() {
    let options = Options { multi_line: true, line_end: 0, ..basic() };
    check(&options, &[("^b", "a\nb", "-"), ("^b", "a\0b", "a\0<b>"), (r"\(a\)$", "a\0", "<a|a>\0")]);
}

#[test]
fn awk_has_escapes_of_its_own() {
    let options = Options { grammar: Grammar::Awk, ..Options::default() };
    check(
        &options,
        &[
            (r"a\/b", "a/b", "<a/b>"),
            (r#"\""#, "a\"", "a<\">"),
            (r"\ta\052", "\ta*", "<\ta*>"),
            (r"\ya", "ba a", "ba <a>"),
            (r"[\]\/]+", "a]/", "a<]/>"),
            (r"[\t]", "\t", "<\t>"),
            ("a{2}", "aaa", "<aa>a"),
            ("a{x", "a{x", "<a{x>"),
            ("*a", "*a", "<*a>"),
            (r"\.", "a.", "a<.>"),
        ],
    );
}

#[test]
fn bytes_that_are_no_character_match_only_themselves() {
    assert_eq!(shown(".", extended(), b"\xffa"), "\u{fffd}<a>");
    assert_eq!(shown("[^a]", extended(), b"\xff"), "-");
    let regex = Regex::new(b"\xff+", extended()).unwrap();
    assert_eq!(regex.find_at(b"a\xff\xff", 0), Some(1..3));
    // It is a part of this letter, and no byte by itself.
    let regex = Regex::new(b"\x89", extended()).unwrap();
    assert!(!regex.is_match("É".as_bytes()) && regex.is_match(b"\xc3\xc3\x89\x89"));
    let bytes = Options { bytes: true, ..extended() };
    let regex = Regex::new(b"[\x80-\xff]+.", bytes.clone()).unwrap();
    assert_eq!(regex.find_at(b"a\xfe\xffb", 0), Some(1..4));
    assert!(!Regex::new(b"[[:alpha:]]", bytes).unwrap().is_match("é".as_bytes()));
}

#[test]
fn the_earliest_end_is_that_of_some_match() {
    let regex = Regex::new(b"fo+|bar", extended()).unwrap();
    assert_eq!(regex.earliest_end(b"a foooo", 0), Some(4));
    assert_eq!(regex.earliest_end(b"a foo", 3), None);
    assert!(!regex.crosses_lines() && Regex::new(b"a[^b]", extended()).unwrap().crosses_lines());
}

#[test]
fn an_empty_match_does_not_split_a_character() {
    let regex = Regex::new(b"x*", basic()).unwrap();
    assert_eq!(regex.find_at("é".as_bytes(), 1), Some(2..2));
}

#[test]
fn what_is_too_big_is_an_error() {
    for pattern in ["((((a{100}){100}){100}){100})", "(.{30000}){30000}", &"(".repeat(100_000)] {
        assert_eq!(Regex::new(pattern.as_bytes(), extended()).err(), Some(Error::TooBig), "{pattern:.30}");
    }
    assert!(Regex::new(b"a{32767}", extended()).is_ok());
    let stars = format!("a{}", "*+?{1}{0,1}{1,}".repeat(5_000));
    assert!(Regex::new(stars.as_bytes(), extended()).is_ok_and(|regex| regex.is_match(b"")));
    let groups = format!("{}a{}", "(".repeat(100), ")+".repeat(100));
    assert_eq!(Regex::new(groups.as_bytes(), extended()).unwrap().find_at(b"aab", 0), Some(0..2));
}

/// Where a match of the tree may end, by trying everything: no automaton, no order, no bound.
mod naive {
    use std::collections::BTreeSet;

    use crate::syntax::{Look, Node};

    pub(super) fn find(node: &Node, text: &[u8]) -> Option<std::ops::Range<usize>> {
        (0..=text.len()).find_map(|start| Some(start..*ends(node, text, start).last()?))
    }

    fn ends(node: &Node, text: &[u8], at: usize) -> BTreeSet<usize> {
        let one = |holds: bool, end: usize| if holds { BTreeSet::from([end]) } else { BTreeSet::new() };
        match node {
            Node::Empty => one(true, at),
            Node::Byte(byte) => one(text.get(at) == Some(byte), at + 1),
            Node::Char(c) => one(text.get(at).is_some_and(|byte| char::from(*byte) == *c), at + 1),
            Node::Set(set) => one(text.get(at).is_some_and(|byte| set.contains((*byte).into())), at + 1),
            Node::Look(Look::TextStart) => one(at == 0, at),
            Node::Look(_) => one(at == text.len(), at),
            Node::Group(_, node) => ends(node, text, at),
            Node::BackReference(_) => unreachable!("the grammar of the test has none"),
            Node::Concat(nodes) => nodes.iter().fold(BTreeSet::from([at]), |starts, node| {
                starts.iter().flat_map(|start| ends(node, text, *start)).collect()
            }),
            Node::Alternation(nodes) => nodes.iter().flat_map(|node| ends(node, text, at)).collect(),
            Node::Repeat { node, min, max } => {
                let mut all = BTreeSet::new();
                let mut now = BTreeSet::from([at]);
                for round in 0..=max.unwrap_or(min + 10) {
                    if round >= *min {
                        all.extend(&now);
                    }
                    now = now.iter().flat_map(|start| ends(node, text, *start)).collect();
                }
                all
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_match_is_the_one_that_trying_everything_finds(
        pattern in r"([abc.^$]|\(|\)|\||\*|\+|\?|\[ab\]|\{2\}|\{1,2\}){0,12}",
        text in "[abc]{0,8}",
    ) {
        if let Ok((node, _)) = crate::parse::parse(pattern.as_bytes(), &extended())
            && let Ok(regex) = Regex::new(pattern.as_bytes(), extended())
        {
            prop_assert_eq!(regex.find_at(text.as_bytes(), 0), naive::find(&node, text.as_bytes()));
        }
    }

    #[test]
    fn the_backtracker_finds_what_the_automaton_finds(
        pattern in r"([abcé.^$]|\(|\)|\||\*|\+|\?|\[ab\]|\\<|\\b|\\W|\{2\}|\{1,2\}){0,12}",
        text in "[abcé -]{0,8}",
    ) {
        if let Ok(regex) = Regex::new(pattern.as_bytes(), extended()) {
            let found = regex.backtracker(text.as_bytes()).search(0);
            prop_assert_eq!(regex.find_at(text.as_bytes(), 0), found);
        }
    }

    #[test]
    fn nothing_makes_it_panic(
        pattern in proptest::collection::vec(any::<u8>(), 0..20),
        signs in r"([\\(){}|*+?\[\].^$0-9a:=é-]){0,20}",
        text in proptest::collection::vec(any::<u8>(), 0..20),
        flags in any::<[bool; 5]>(),
        grammar in 0..3,
        start in 0_usize..20,
    ) {
        let grammar = [Grammar::Basic, Grammar::Extended, Grammar::Awk][grammar as usize];
        let [ignore_case, multi_line, dot_newline, bytes, lenient] = flags;
        for pattern in [pattern, signs.into_bytes()] {
            let options = Options { grammar, ignore_case, multi_line, dot_newline, bytes, lenient, ..basic() };
            if let Ok(regex) = Regex::new(&pattern, options) {
                let mut groups = Vec::new();
                let found = regex.captures_at(&text, start.min(text.len()), &mut groups);
                prop_assert_eq!(found, regex.find_at(&text, start.min(text.len())).is_some());
            }
        }
    }
}
