//! Brace expansion against a table, against the machine's bash, and against anything at all.

use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::syntax::ast::{Parameter, Span};

/// The word of a text with quotes, backslashes, `$x` and a tilde: as much of the parser as these tests need.
fn word(text: &str) -> Word {
    let mut parts = Parts::new();
    let mut rest = text;
    if let Some(behind) = rest.strip_prefix('~') {
        let length = behind.find(|c: char| "/'\"\\$".contains(c)).unwrap_or(behind.len());
        let ends = behind.is_empty() || behind[length..].is_empty() || behind[length..].starts_with('/');
        if ends {
            parts.push(Part::Tilde(behind[..length].into()));
            rest = &behind[length..];
        }
    }
    while let Some(first) = rest.chars().next() {
        let behind = &rest[first.len_utf8()..];
        let (part, left) = match first {
            '\'' => {
                let end = behind.find('\'').unwrap_or(behind.len());
                (Part::quoted(&behind[..end]), behind.get(end + 1..).unwrap_or(""))
            }
            '"' => {
                let end = behind.find('"').unwrap_or(behind.len());
                let inner = vec![Part::literal(&behind[..end])];
                (Part::DoubleQuoted(inner), behind.get(end + 1..).unwrap_or(""))
            }
            '\\' if !behind.is_empty() => (Part::quoted(&behind[..1]), &behind[1..]),
            '$' => {
                let (name, length) = match behind.strip_prefix('{') {
                    Some(inner) => (&inner[..1], 3),
                    None => {
                        let end = behind.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(behind.len());
                        (&behind[..end], end)
                    }
                };
                let end = u32::try_from(length).unwrap() + 1;
                (parameter(name, Span { start: 0, end }), &behind[length..])
            }
            _ => {
                let end = behind
                    .find(|c: char| "'\"\\$".contains(c))
                    .map_or(rest.len(), |at| at + first.len_utf8());
                (Part::literal(&rest[..end]), &rest[end..])
            }
        };
        parts.push(part);
        rest = left;
    }
    Word { parts, span: Span { start: 3, end: 4 }, written: None }
}

fn parameter(name: &str, span: Span) -> Part {
    Part::Parameter(Box::new(Parameter {
        name: ParameterName::Variable(name.into()),
        subscript: None,
        indirect: false,
        operator: ParameterOperator::Value,
        span,
    }))
}

/// The field a word becomes where `x` is `X` and nothing else is set; nothing for none.
fn field(word: &Word) -> Option<String> {
    let mut field = String::new();
    let mut quoted = false;
    for part in &word.parts {
        match part {
            Part::Literal(text) => field.push_str(&BString::from(text.as_slice()).to_string()),
            Part::Quoted(text) => {
                field.push_str(&BString::from(text.as_slice()).to_string());
                quoted = true;
            }
            Part::DoubleQuoted(inner) => {
                field.push_str(&field_of(inner));
                quoted = true;
            }
            Part::Parameter(parameter) if parameter.name == ParameterName::Variable("x".into()) => {
                field.push('X')
            }
            Part::Parameter(_) => {}
            Part::Tilde(name) if name.is_empty() => field.push_str("/home"),
            Part::Tilde(name) => field.push_str(&format!("~{name}")),
            other => panic!("{other:?}"),
        }
    }
    (quoted || !field.is_empty()).then_some(field)
}

fn field_of(parts: &[Part]) -> String {
    field(&Word { parts: parts.into(), ..Word::default() }).unwrap_or_default()
}

fn ours(text: &str) -> String {
    let words = expand_braces(&word(text)).unwrap();
    words.iter().filter_map(field).map(|field| format!("<{field}>")).collect()
}

fn bash(texts: &[String]) -> Option<Vec<String>> {
    const SCRIPT: &str = r#"
        [[ $BASH_VERSION == 5.2.* ]] || exit
        HOME=/home x=X
        set -f
        for text do
            eval "set -- $text"
            [ $# -gt 0 ] && printf '<%s>' "$@"
            printf '\0'
        done
    "#;
    let output =
        Command::new("bash").env("LC_ALL", "C.UTF-8").arg("-c").arg(SCRIPT).arg("bash").args(texts).output();
    let output = String::from_utf8(output.ok()?.stdout).ok()?;
    let mut reports: Vec<String> = output.split('\0').map(String::from).collect();
    reports.pop();
    (reports.len() == texts.len()).then_some(reports)
}

fn assert_agrees_with_bash(texts: &[String]) {
    let mut disagreements = Vec::new();
    for batch in texts.chunks(500) {
        let Some(reports) = bash(batch) else {
            return;
        };
        for (text, theirs) in batch.iter().zip(reports) {
            let ours = ours(text);
            if ours != theirs {
                disagreements.push(format!("{text}\n  ours {ours}\n  bash {theirs}"));
            }
        }
    }
    assert!(disagreements.is_empty(), "{}\n{}", disagreements.len(), disagreements.join("\n"));
}

/// A word, and the fields it becomes.
const TABLE: &[(&str, &str)] = &[
    ("{a,b}", "<a><b>"),
    ("x{a,b}y", "<xay><xby>"),
    ("{a,b}{c,d}", "<ac><ad><bc><bd>"),
    ("{a,{b,c},d}", "<a><b><c><d>"),
    ("{a}", "<{a}>"),
    ("{}", "<{}>"),
    ("{,}", ""),
    ("{a,}", "<a>"),
    ("{,a}x", "<x><ax>"),
    ("{a,b", "<{a,b>"),
    ("a,b}", "<a,b}>"),
    ("{a,b}}", "<a}><b}>"),
    ("{{a,b}", "<{a><{b>"),
    ("{a{b,c}", "<{ab><{ac>"),
    ("a{b,c}d}", "<abd}><acd}>"),
    ("{a,b}{", "<a{><b{>"),
    ("}{a,b}", "<}a><}b>"),
    ("{a..c}", "<a><b><c>"),
    ("{1..5}", "<1><2><3><4><5>"),
    ("{5..1}", "<5><4><3><2><1>"),
    ("{1..10..3}", "<1><4><7><10>"),
    ("{10..1..3}", "<10><7><4><1>"),
    ("{1..10..-3}", "<1><4><7><10>"),
    ("{10..1..-3}", "<10><7><4><1>"),
    ("{1..5..0}", "<1><2><3><4><5>"),
    ("{01..10}", "<01><02><03><04><05><06><07><08><09><10>"),
    ("{1..010}", "<001><002><003><004><005><006><007><008><009><010>"),
    ("{-01..3}", "<-01><000><001><002><003>"),
    ("{-5..5..5}", "<-5><0><5>"),
    ("{001..-2}", "<001><000><-01><-02>"),
    ("{a..e..2}", "<a><c><e>"),
    ("{e..a..2}", "<e><c><a>"),
    ("{e..a..-2}", "<e><c><a>"),
    (
        "{a..C}",
        "<a><`><_><^><]><><[><Z><Y><X><W><V><U><T><S><R><Q><P><O><N><M><L><K><J><I><H><G><F><E><D><C>",
    ),
    ("{Z..b}", "<Z><[><><]><^><_><`><a><b>"),
    ("{1..a}", "<{1..a}>"),
    ("{a..1}", "<{a..1}>"),
    ("{1..}", "<{1..}>"),
    ("{..1}", "<{..1}>"),
    ("{1..2..}", "<{1..2..}>"),
    ("{1..2..x}", "<{1..2..x}>"),
    ("{a..b..x}", "<{a..b..x}>"),
    ("{1..3}{a..b}", "<1a><1b><2a><2b><3a><3b>"),
    ("{1..2,3}", "<1..2><3>"),
    ("{{1..2},a}", "<1><2><a>"),
    ("{+1..3}", "<1><2><3>"),
    ("{1..+3}", "<1><2><3>"),
    ("{1.5..2}", "<{1.5..2}>"),
    ("{1..2.5}", "<{1..2.5}>"),
    ("{aa..cc}", "<{aa..cc}>"),
    ("{a..cc}", "<{a..cc}>"),
    ("{é..ê}", "<{é..ê}>"),
    ("{1..3..4..5}", "<{1..3..4..5}>"),
    ("{9223372036854775806..9223372036854775807}", "<9223372036854775806><9223372036854775807>"),
    ("{9223372036854775807..9223372036854775806}", "<9223372036854775807><9223372036854775806>"),
    ("{-9223372036854775808..-9223372036854775807}", "<-9223372036854775808><-9223372036854775807>"),
    ("{9223372036854775808..1}", "<{9223372036854775808..1}>"),
    ("{0..0}", "<0>"),
    ("{00..0}", "<00>"),
    ("{-0..2}", "<0><1><2>"),
    ("{0x1..3}", "<{0x1..3}>"),
    ("{1..3..2}x{,y}", "<1x><1xy><3x><3xy>"),
    ("a{b}c", "<a{b}c>"),
    ("a{b}{c,d}", "<a{b}c><a{b}d>"),
    ("{a,b}{c}", "<a{c}><b{c}>"),
    ("{{a}}", "<{{a}}>"),
    ("{{a},b}", "<{a}><b>"),
    ("{a,{b}}", "<a><{b}>"),
    ("{a,b,}", "<a><b>"),
    ("{,,}", ""),
    ("x{,,}", "<x><x><x>"),
    ("{a,b}c{d,e}", "<acd><ace><bcd><bce>"),
    ("{a\\,b}", "<{a,b}>"),
    ("\\{a,b}", "<{a,b}>"),
    ("{a,b\\}", "<{a,b}>"),
    ("{a,b}\\}", "<a}><b}>"),
    ("{'a,b',c}", "<a,b><c>"),
    ("{\"a,b\",c}", "<a,b><c>"),
    ("{a\",\"b}", "<{a,b}>"),
    ("\"{a,b}\"", "<{a,b}>"),
    ("{a,b\"}\"}", "<a><b}>"),
    ("{$x,b}", "<X><b>"),
    ("{${x},b}", "<X><b>"),
    ("{a..$x}", "<{a..X}>"),
    ("$x{a,b}", ""),
    ("{a,b}$x", "<aX><bX>"),
    ("{$x,c}d", "<cd>"),
    ("{~,x}/a", "</home/a><x/a>"),
    ("a={~,b}", "<a=~><a=b>"),
    ("a=~{,x}", "<a=~><a=~x>"),
    ("{a,~}", "<a></home>"),
    ("{1..3}~", "<1~><2~><3~>"),
    ("{a..z..25}", "<a><z>"),
    ("{z..a..25}", "<z><a>"),
    ("{a..a}", "<a>"),
    ("{1..1..5}", "<1>"),
    ("{}{a,b}", "<{}a><{}b>"),
    ("{},b", "<{},b>"),
    ("a{},b}", "<a}><ab>"),
    ("{a,{}", "<{a,{}>"),
    ("{a,}}", "<a}><}>"),
    ("{a,b}{}", "<a{}><b{}>"),
    ("{}a,b}", "<{}a,b}>"),
    ("{{},a}", "<{}><a>"),
    ("{a..b}..c}", "<a..c}><b..c}>"),
    ("{{a..b}..c}", "<{{a..b}..c}>"),
    ("{1..2}..3}", "<1..3}><2..3}>"),
    ("{a,b}[1]", "<a[1]><b[1]>"),
    ("{*,?}", "<*><?>"),
    ("{a,b}=c", "<a=c><b=c>"),
    ("{Y..[}", "<{Y..[}>"),
    ("{A..a..8}", "<A><I><Q><Y><a>"),
    ("{_..b}", "<{_..b}>"),
    ("{0..9..5}", "<0><5>"),
    ("{00..9..5}", "<00><05>"),
    ("{-9..-1..4}", "<-9><-5><-1>"),
    ("{a,b}/{1..2}", "<a/1><a/2><b/1><b/2>"),
    ("{a,b,c", "<{a,b,c>"),
    ("{a,b{c,d}", "<{a,bc><{a,bd>"),
    ("{a,b{c,d}e", "<{a,bce><{a,bde>"),
    ("{a{1..2}b", "<{a1b><{a2b>"),
    ("{1..3", "<{1..3>"),
    ("1..3}", "<1..3}>"),
    ("{1...3}", "<{1...3}>"),
    ("{1..3...}", "<{1..3...}>"),
    ("{a,b}\"c\"", "<ac><bc>"),
    ("{\"a\",b}", "<a><b>"),
    ("a{}{b,c}", "<a{}b><a{}c>"),
    ("a{}b,c}", "<a}b><ac>"),
    ("{a,{},b}", "<a><{}><b>"),
    ("{a{},b}", "<a{}><b>"),
    ("{}}", "<{}}>"),
    ("x{}y{a,b}", "<x{}ya><x{}yb>"),
    ("{a,b}{},c}", "<a{},c}><b{},c}>"),
    ("a{}", "<a{}>"),
    ("a{,}{}", "<a{}><a{}>"),
    ("{}{},a}", "<{}}><{}a>"),
    ("a{}}", "<a{}}>"),
    ("a{},}", "<a}><a>"),
    ("{a,b}{}{c,d}", "<a{}c><a{}d><b{}c><b{}d>"),
    ("{{}", "<{{}>"),
    ("a{{},b}", "<a{}><ab>"),
    ("$x{}{a,b}", "<X{}a><X{}b>"),
    ("{1..2}{}", "<1{}><2{}>"),
    ("a{}{1..2}", "<a{}1><a{}2>"),
    ("{a..b}{},c}", "<a{},c}><b{},c}>"),
    ("{+01..3}", "<1><2><3>"),
    ("{+1..03}", "<01><02><03>"),
    ("{1..03..02}", "<01><03>"),
    ("{1..3..0x1}", "<{1..3..0x1}>"),
    ("{1..3..+1}", "<1><2><3>"),
    ("{-..3}", "<{-..3}>"),
    ("{1..-}", "<{1..-}>"),
    ("{a..c..-1}", "<a><b><c>"),
    ("{c..a..1}", "<c><b><a>"),
    ("{a..c..0}", "<a><b><c>"),
    ("{1..3..9223372036854775807}", "<1>"),
    ("{1..3..9223372036854775808}", "<{1..3..9223372036854775808}>"),
    ("{3..1..-9223372036854775808}", "<3>"),
    ("{ab}{c..d}", "<{ab}c><{ab}d>"),
    ("{z,{a..c},y}", "<z><a><b><c><y>"),
    ("{'a'..c}", "<{a..c}>"),
    ("{a..b}{", "<a{><b{>"),
    ("{a,b},c}", "<a,c}><b,c}>"),
    ("{a,b},{c,d}", "<a,c><a,d><b,c><b,d>"),
    ("a,{b,c}", "<a,b><a,c>"),
    ("{--1..3}", "<{--1..3}>"),
    ("{1..3}{,,}", "<1><1><1><2><2><2><3><3><3>"),
    ("{\\{,b}", "<{><b>"),
    ("{a,\\}}", "<a><}>"),
    ("{a,b\\,c}", "<a><b,c>"),
    ("{\"{\",b}", "<{><b>"),
    ("1{a},b}", "<1a}><1b>"),
    ("1{\\{a},b}", "<1{a}><1b>"),
    ("1{${x}},}", "<1X}><1>"),
    ("{a}b,c}", "<a}b><c>"),
    ("{\\{},}", "<{}>"),
    ("{\\{}},}", "<{}}>"),
    ("{\\{x}}},}", "<{x}}}>"),
    ("{x}}},}", "<x}}}>"),
    ("{\"{\"x}},}", "<{x}}>"),
    ("{${x}}},}", "<X}}>"),
    ("{a${x}},b}", "<aX}><b>"),
    ("{a},b}", "<a}><b>"),
    ("{a}},b}", "<a}}><b>"),
    ("{a{1..3}b}", "<{a1b}><{a2b}><{a3b}>"),
    ("{{1..2}}", "<{1}><{2}>"),
    ("{{a..b}..c,d}", "<a..c><b..c><d>"),
    ("{{a,b}..c}", "<a..c><b..c>"),
    ("{a..{b,c}}", "<a..b><a..c>"),
    ("{..{b,c}}", "<..b><..c>"),
    ("{a,b}..", "<a..><b..>"),
    ("{{a,b}...}", "<a...><b...>"),
    ("{x{a,b}..y}", "<xa..y><xb..y>"),
    ("{x{a..b}..y}", "<{x{a..b}..y}>"),
    ("{x{a..b}..y}{1,2}", "<{x{a..b}..y}1><{x{a..b}..y}2>"),
    ("{1..2{a,b}}", "<1..2a><1..2b>"),
    ("{a.{b,c}.d}", "<{a.b.d}><{a.c.d}>"),
    ("{1..{2..3}}", "<{1..{2..3}}>"),
    ("{{1..3}..2}", "<{{1..3}..2}>"),
    ("{{1..2}x..2}", "<{{1..2}x..2}>"),
    ("{..}", "<{..}>"),
    ("{a..b{}", "<{a..b{}>"),
    ("{..{a,b}", "<{..a><{..b>"),
    ("{{}..1}", "<{{}..1}>"),
    ("{a..\\,}", "<{a..,}>"),
    ("{a..,}", "<a..>"),
    ("{${x}..b}", "<{X..b}>"),
    ("{a..b{c}d}", "<{a..b{c}d}>"),
    ("{a..b{c,d}e{1..2}}", "<a..bce1><a..bce2><a..bde1><a..bde2>"),
    ("{\"..\",{a,b}}", "<..><a><b>"),
    ("{\"..\"{a,b}}", "<{..a}><{..b}>"),
    ("{${x}},b}", "<X}><b>"),
    ("{\"x\"},b}", "<x}><b>"),
    ("{\\a},b}", "<a}><b>"),
    ("{a\\b},c}", "<ab}><c>"),
    ("{\\{},c}", "<{}><c>"),
    ("{\\}},c}", "<}}><c>"),
    ("{\\},c}", "<}><c>"),
];

#[test]
fn words_expand_as_in_the_table() {
    for (text, expected) in TABLE {
        assert_eq!(ours(text), *expected, "{text}");
    }
}

#[test]
fn the_table_is_what_bash_says() {
    let texts: Vec<String> = TABLE.iter().map(|(text, _)| String::from(*text)).collect();
    assert_agrees_with_bash(&texts);
}

fn soup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a", "b", "1", "{", "{", "}", "}", ",", ",", "..", "{a,b}", "{1..3}", "{,", "\\,", "\\{", "'x,'",
        "\"}\"", "$x", "${x}", "/", "~", "-", "0",
    ]);
    prop::collection::vec(token, 1..9).prop_map(|tokens| tokens.concat())
}

#[test]
fn random_words_agree_with_bash() {
    let mut runner = TestRunner::deterministic();
    let trees = (0..4000).filter_map(|_| soup().new_tree(&mut runner).ok());
    let texts = trees.map(|tree| tree.current());
    // `~-`, `~0`: directories only the shell knows.
    let texts = texts.filter(|text| !text.contains('~') || !text.contains(['-', '0', '1']));
    assert_agrees_with_bash(&texts.collect::<Vec<String>>());
}

proptest! {
    #[test]
    fn any_word_expands_without_panic(text in soup(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut parts = word(&text).parts;
        parts.push(Part::literal(bytes));
        let word = Word { parts, ..Word::default() };
        let _ = expand_braces(&word);
    }
}

#[test]
fn a_word_without_braces_is_itself() {
    let plain = word("a$x'b'");
    assert_eq!(expand_braces(&plain), Ok(vec![plain]));
    let literal = word("a{b}$x");
    assert_eq!(expand_braces(&literal), Ok(vec![literal]));
}

#[test]
fn spans_are_kept() {
    let words = expand_braces(&word("{a,b}")).unwrap();
    assert_eq!(words.len(), 2);
    assert!(words.iter().all(|word| word.span == Span { start: 3, end: 4 }));
}

#[test]
fn expansions_are_bounded() {
    let error = |text: &str| expand_braces(&word(text)).unwrap_err();
    assert_eq!(error("{1..1000000000}"), BraceError::TooLarge { words: 1_000_000_000 });
    let all = "{-9223372036854775808..9223372036854775807}";
    assert_eq!(error(all), BraceError::TooLarge { words: usize::MAX });
    assert!(matches!(error(&"{a,b}".repeat(30)), BraceError::TooLarge { .. }));
    assert!(matches!(error("{1..100000}{1..100000}"), BraceError::TooLarge { .. }));
    let nested = format!("{}{}", "{a,".repeat(5000), "}".repeat(5000));
    assert_eq!(error(&nested), BraceError::TooDeep);
    assert_eq!(
        error("{1..3000000}").to_string(),
        "brace expansion: failed to allocate memory for 3000000 elements"
    );
    assert_eq!(expand_braces(&word("{1..100000}")).map(|words| words.len()), Ok(100_000));
}

#[test]
fn unbalanced_braces_take_linear_time() {
    for unit in ["{", "}", "{}", "{,", "{a,b", "},{"] {
        let text = unit.repeat(20_000);
        let _ = expand_braces(&word(&text));
    }
}
